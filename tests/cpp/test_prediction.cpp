// Buy-till-you-die models in C++: predictions for columns and new customers, a fit, what is refused.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>
#include <utility>

using namespace crm::prediction;

namespace {

const std::vector<double> frequency{2, 26, 0}, recency{30.43, 30.86, 0}, age{38.86, 31, 39};
const histories customers{frequency, recency, age};

purchase_model cdnow() {
    return {CRM_PURCHASE_MODEL_KIND_BG_NBD, {0.2426, 4.4136, 0.7929, 2.4258}};
}

void predictions() {
    const purchase_model model = cdnow();
    CHECK(model.kind() == CRM_PURCHASE_MODEL_KIND_BG_NBD && model.parameters()[1] == 4.4136);
    CHECK(std::abs(model.expected_purchases(customers, 39.0)[0] - 1.226) < 5e-4);
    CHECK(std::abs(model.expected_purchases(customers, 52.0)[1] - 25.76) < 5e-3);
    CHECK(model.probability_alive(customers)[2] == 1.0);
    CHECK(model.log_likelihood(customers).size() == 3);

    // A new customer, at several horizons; none and one or more are all there is.
    const std::vector<double> horizons{1, 10, 100};
    const std::vector<double> grows = model.expected_purchases({}, horizons);
    CHECK(grows.size() == 3 && grows[0] < grows[1] && grows[1] < grows[2]);
    const double none = model.purchase_probability({}, 0.0, 39.0)[0];
    CHECK(std::abs(none + model.tail_probability({}, 1.0, 39.0)[0] - 1) < 1e-14);
    const double endless = model.discounted_purchases({}, INFINITY, 0.002)[0];
    CHECK(endless > model.discounted_purchases({}, 520.0, 0.002)[0]);
}

void fits() {
    const std::vector<double> x{0, 1, 1, 2, 4, 7}, tx{0, 3, 25, 20, 30, 38}, t{39, 38, 36, 39, 35, 39};
    const std::vector<double> weights{300, 40, 30, 25, 12, 5};
    const fitted made = purchase_model::fit(CRM_PURCHASE_MODEL_KIND_BG_NBD, {x, tx, t}, weights);
    CHECK(made.fit.status == CRM_FIT_STATUS_CONVERGED && made.fit.customers == 412);
    CHECK(made.model.parameters()[0] == made.fit.parameters[0]);
    CHECK(std::abs(made.fit.aic - (8 - 2 * made.fit.log_likelihood)) < 1e-9);
}

void refusals() {
    const purchase_model model = cdnow();
    const auto after_age = [&] { model.log_likelihood({frequency, age, recency}); };
    CHECK(refused(after_age).argument() == "recency");
    const auto two_horizons = [&] { model.expected_purchases(customers, std::vector<double>{1, 2}); };
    CHECK(refused(two_horizons).code() == CRM_STATUS_LENGTH_MISMATCH);
    const auto nobody = [&] {
        purchase_model::fit(CRM_PURCHASE_MODEL_KIND_MBG_NBD, {0.0, 0.0, age});
    };
    CHECK(refused(nobody).code() == CRM_STATUS_NO_SOLUTION);
}

void checks() {
    const purchase_model model = cdnow();
    const auto tracking = model.expected_tracking({0, 0, 1.5}, 1, 4);
    CHECK(tracking.cumulative.size() == 4 && tracking.incremental[0] == tracking.cumulative[0]);
    CHECK(std::abs(tracking.cumulative[0] - 2 * model.expected_purchases({}, 1.0)[0]) < 1e-15);
    const auto histogram = model.frequency_histogram(customers, 3);
    CHECK(histogram.actual == (std::vector<double>{1, 0, 1, 1}));
    const holdout done{customers, {1, 20, 0}, 39.0};
    const auto means = model.conditional_expectation(done, 2);
    CHECK(means.customers == (std::vector<double>{1, 0, 2}) && std::isnan(means.actual[1]));
    CHECK(means.actual[2] == 10.5);
    const crm_holdout_error error = model.holdout_error(done);
    CHECK(error.actual == 21 && std::abs(error.bias * 3 - (error.expected - 21)) < 1e-12);
    const auto curve = model.probability_alive_history({2, 4, 9}, {2, 9, 30});
    CHECK(curve.size() == 3 && curve[0] == 1 && curve[2] < curve[1]);
    const holdout short_one{customers, {1, 20}, 39.0};
    CHECK(refused([&] { model.holdout_error(short_one); }).code() == CRM_STATUS_LENGTH_MISMATCH);
}

void cohorts() {
    const std::vector<double> x{0, 1, 1, 2, 4, 7, 0, 0}, tx{0, 3, 25, 20, 30, 38, 0, 0};
    const std::vector<double> t{39, 38, 36, 39, 35, 39, 30, 31};
    const std::vector<std::uint32_t> cohort{0, 0, 0, 0, 0, 0, 1, 1};
    const std::vector<double> weights{300, 40, 30, 25, 12, 5, 1, 1};
    const cohort_models made(CRM_PURCHASE_MODEL_KIND_BG_NBD, {x, tx, t}, cohort, 2, weights);
    CHECK(made.size() == 2 && made.outcome(0) == CRM_STATUS_OK);
    CHECK(made.outcome(1) == CRM_STATUS_NO_SOLUTION);
    const std::vector<double> expected = made.expected_purchases({x, tx, t}, cohort, 10.0);
    const fitted first = made.model(0);
    CHECK(expected[2] == first.model.expected_purchases({x, tx, t}, 10.0)[2]);
    CHECK(std::isnan(expected[6]) && std::isnan(made.probability_alive({x, tx, t}, cohort)[7]));
    CHECK(made.discounted_purchases({x, tx, t}, cohort, 10.0, 0.01)[2] < expected[2]);
    CHECK(refused([&] { made.model(1); }).code() == CRM_STATUS_NO_SOLUTION);
    CHECK(refused([&] { made.outcome(2); }).code() == CRM_STATUS_OUT_OF_RANGE);
}

} // namespace

int main() {
    predictions();
    fits();
    checks();
    cohorts();
    refusals();
    return failures != 0;
}
