// Surveys and attributes in C++.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

bool near(double found, double expected) { return std::fabs(found - expected) < 1e-12; }

void draws() {
    using namespace crm::survey;
    CHECK(draw_simple_random(100, 7, 1).size() == 7);
    CHECK(draw_systematic(10, 4, 1).size() == 4);
    CHECK(draw_stratified({4, 6}, {2, 3}, 1).back().group == 1);
    CHECK(draw_clusters({5, 3, 8}, 3, 0, 1).size() == 16);
    CHECK(draw_proportional_to_size({1, 2, 3}, 2, CRM_REPLACEMENT_WITH, 1).size() == 2);
    const std::vector<std::uint64_t> sizes = allocate({{400, 5, 1}, {600, 10, 1}}, 40, CRM_ALLOCATION_NEYMAN);
    CHECK(sizes[0] == 10 && sizes[1] == 30);
}

void estimates() {
    using namespace crm::survey;
    const sample four = sample::simple_random(4, 20);
    const crm_survey_estimate mean = four.mean({6, 7, 9, 10});
    CHECK(near(mean.value, 8) && near(mean.standard_error, std::sqrt(2.0 / 3.0)) && mean.degrees == 3);
    CHECK(near(four.total({6, 7, 9, 10}).value, 160));
    CHECK(near(four.proportion({1, 0, 1, 1}, {1, 1, 1, 0}).value, 2.0 / 3.0));
    CHECK(near(four.ratio({2, 2, 2, 2}, {1, 1, 1, 1}).value, 2));
    const auto domains = four.domain_means({6, 7, 9, 10}, {0, 1, 1, 0}, 2);
    CHECK(near(domains[0].value, 8) && near(domains[1].value, 8) && domains[1].rows == 2);
    CHECK(near(four.with_weights({1, 1, 1, 3}).mean({0, 0, 0, 1}).value, 0.5));
    CHECK(near(sample::stratified({0, 0, 1, 1}, {30, 10}).mean({1, 1, 5, 5}).value, 2));
    CHECK(near(sample::clusters({0, 0, 1}, 10).total({1, 2, 3}).value, 30));
    CHECK(near(sample::weighted({1, 1, 2}).mean({0, 0, 1}).value, 0.5));
    try {
        four.mean({1, 2});
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_LENGTH_MISMATCH && error.argument() == "values");
    }
    crm_survey_plan plan = {0.5, 0.95, 1, 1, 0, 1, {0}};
    CHECK(required_size(plan, 0.05).answers == 385);
    CHECK(margin(plan, 385) < 0.05);
    CHECK(affordable_size(plan, 100, {0, 1, 0}).answers == 100);
}

void weights() {
    using namespace crm::survey;
    const raking raked = rake({1, 1, 1, 1}, {{{0, 0, 1, 1}, {40, 60}}, {{0, 1, 0, 1}, {50, 50}}});
    CHECK(raked.outcome.converged == 1 && near(raked.weights[3], 30));
    CHECK(near(adjust_for_nonresponse({1, 1}, {0, 0}, 1, {1, 0})[0], 2));
    CHECK(near(trim({1, 1, 1, 9}, 0.2, 2)[3], 6));
    CHECK(near(weight_effect({1, 1, 2}).effective_size, 16.0 / 6.0));
    CHECK(near(reliability({{1, 2, 3}, {1, 3, 2}}).scale.alpha, 2.0 / 3.0));
}

void attributes() {
    using namespace crm::satisfaction;
    const std::vector<double> importance = {0.5, 0.1}, satisfaction = {6, 9};
    CHECK(near(cut_mean(importance), 0.3) && near(cut_median(satisfaction), 7.5));
    CHECK(importance_satisfaction(importance, satisfaction, 0.3, 7.5)[0] == CRM_QUADRANT_URGENT_IMPROVEMENT);
    const attribute_table table = {{1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}};
    const std::vector<double> overall = {1, 2, 4, 4, 5};
    const auto shares = derive_importance(table, overall);
    CHECK(near(shares.values[0] + shares.values[1], *shares.r_squared));
    CHECK(!derive_importance(table, overall, CRM_DERIVED_IMPORTANCE_CORRELATION).r_squared);
    const attribute_fit fit = attribute_regression(table, overall);
    CHECK(fit.quality.components == 1 && near(fit.eigenvalues[0] + fit.eigenvalues[1], 2));
    CHECK(near(index_weights(fit.standardized)[0], 0.5));
    const regression_method ridge{CRM_REGRESSION_METHOD_RIDGE, 1, 0, 0};
    const auto spread = attribute_intervals(table, overall, ridge, {1, 50, 0.9});
    CHECK(spread.coefficients.size() == 2 && spread.standardized[1].replicates > 25);
    CHECK(spread.fit.r_squared.lower < spread.fit.r_squared.upper);
    const auto vague = importance_intervals(table, overall, CRM_DERIVED_IMPORTANCE_CORRELATION, {1, 50, 0.9});
    CHECK(vague.values.size() == 2 && vague.r_squared.replicates == 0);
    try {
        attribute_regression(table, {1, 2});
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.argument() == "attributes");
    }
}

} // namespace

int main() {
    draws();
    estimates();
    weights();
    attributes();
    return failures != 0;
}
