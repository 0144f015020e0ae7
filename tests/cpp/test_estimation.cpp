// Estimating a switching matrix in C++: panels, posteriors, market shares, surveys, what is refused.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>
#include <utility>

using namespace crm::switching::estimate;

namespace {

bool close(double found, double expected) { return std::abs(found - expected) <= 1e-12; }

void panels() {
    // Customer 7 buys brands 0, 0, 1, customer 9 buys 1, 1.
    purchase_panel made({7, 9, 7, 9, 7}, {1, 1, 2, 5, 8}, {0, 1, 0, 1, 1}, 2);
    const purchase_panel panel = std::move(made);
    CHECK(panel.size() == std::make_pair(std::size_t{5}, std::size_t{2}));
    const transition_counts counts = panel.counts();
    CHECK(counts.counts() == (std::vector<double>{1, 1, 0, 1}));
    const std::vector<transition_counts> periods = panel.counts_by_period({4});
    CHECK(periods.size() == 2 && periods[0].counts()[0] == 1 && periods[1].counts()[0] == 0);
    CHECK(panel.stationarity_test({4}).degrees_of_freedom == 1);
    CHECK(refused([&] { panel.second_order_test(); }).code() == CRM_STATUS_NO_SOLUTION);
    CHECK(refused([] { purchase_panel({1, 1}, {2, 2}, {0, 1}, 2); }).row() == 1u);
    CHECK(purchase_panel({1, 1}, {2, 2}, {0, 1}, 2, CRM_TIES_ROW_ORDER).counts().counts()[1] == 1);
    CHECK(purchase_panel({1, 1}, {2, 9}, {0, 1}, 2, CRM_TIES_REFUSE, 5).size().second == 2);
    CHECK(refused([] { purchase_panel({1}, {2}, {0}, 2, CRM_TIES_REFUSE, -7); }).argument() == "longest_gap");
    CHECK(refused([] { purchase_panel({1}, {2, 3}, {0}, 2); }).argument() == "time");
}

void posteriors() {
    const transition_counts counts = transition_counts::from_pairs({0, 0, 1}, {0, 1, 1}, 2, std::vector<double>{3, 1, 4});
    CHECK(counts.counts() == (std::vector<double>{3, 1, 0, 4}));
    const markov_fit fit = counts.fit();
    CHECK(close(fit.transition_matrix[0], 0.75) && close(fit.standard_errors[0], std::sqrt(0.75 * 0.25 / 4)));
    CHECK(fit.summary.switches == 8 && fit.summary.free_parameters == 2);
    const transition_posterior posterior = counts.posterior();
    CHECK(close(posterior.mean()[0], 4.0 / 6) && posterior.mode() == fit.transition_matrix);
    const std::vector<double> covariance = posterior.covariance(0);
    CHECK(close(covariance[0] + covariance[1], 0));
    CHECK(close(std::sqrt(covariance[0]), posterior.standard_deviations()[0]));
    const interval held = posterior.credible_interval(crm::decimal("0.9"));
    CHECK(held.lower[0] < posterior.mean()[0] && posterior.mean()[0] < held.upper[0]);
    CHECK(posterior.sample(1, 2) == posterior.sample(1, 2) && posterior.sample(1, 2) != posterior.sample(1, 3));
    CHECK(close(counts.posterior({2, 1}).parameters()[0], 5) && counts.posterior({1, 2, 3, 4}).parameters()[2] == 3);
    CHECK(refused([&] { counts.posterior({0.0}); }).row() == 1u);
    CHECK(refused([&] { counts.posterior({1, 2, 3}); }).code() == CRM_STATUS_LENGTH_MISMATCH);
    CHECK(refused([] { transition_counts({1, 2, 0, 0}).fit(); }).code() == CRM_STATUS_EMPTY);
    CHECK(refused([] { transition_counts({1, 2, 3}); }).argument() == "counts");
    CHECK(refused([] { transition_posterior({1, 2, 0, 1}); }).row() == 1u);
    CHECK(close(homogeneity_test({counts, counts}).pearson, 0));
    CHECK(transition_counts({30, 10, 20, 40}).independence_test().pearson_p < 0.001);
}

void shares() {
    const std::vector<double> north{0.9, 0.1, 0.75, 0.25, 0.675, 0.325}, south{0.2, 0.8, 0.4, 0.6};
    const share_fit fit = share_regression({north, south}, 2);
    CHECK(close(fit.transition_matrix[0], 0.8) && close(fit.transition_matrix[3], 0.7));
    CHECK(fit.summary.rank == 2 && fit.summary.steps == 3 && fit.summary.kkt_residual < 1e-13);
    CHECK(close(share_regression({north, south}, 2, {1, 2, 3}).transition_matrix[0], 0.8));
    const std::vector<double> steady{0.6, 0.4, 0.6, 0.4};
    CHECK(refused([&] { share_regression({steady}, 2); }).code() == CRM_STATUS_NO_SOLUTION);
    const shrinkage stay{{0.9, 0.1, 0.2, 0.8}, 0.1};
    CHECK(std::isnan(share_regression({steady}, 2, {}, stay).summary.r_squared));
    CHECK(refused([&] { share_regression({north, {0.5, 0.5}}, 2); }).row() == 1u);
    CHECK(refused([&] { share_regression({north}, 2, {1}); }).argument() == "weights");
    CHECK(refused([&] { share_regression({{}}, 2); }).argument() == "periods");
    CHECK(refused([&] { share_regression({}, 2); }).code() == CRM_STATUS_EMPTY);
}

void share_errors() {
    const std::vector<double> north{0.9, 0.1, 0.74, 0.26, 0.67, 0.33}, south{0.2, 0.8, 0.41, 0.59};
    share_inference made({north, south}, 2);
    const share_inference robust = std::move(made);
    const share_entries found = robust.entries();
    CHECK(close(found.standard_errors[0], found.standard_errors[1]) && found.p_values[0] < found.p_values[1]);
    CHECK(close(robust.covariance()[0], found.standard_errors[0] * found.standard_errors[0]));
    CHECK(robust.summary().observations == 3 && close(robust.summary().degrees_of_freedom, 1));
    const interval limits = robust.confidence_interval(crm::decimal("0.9"));
    const double middle = share_regression({north, south}, 2).transition_matrix[0];
    CHECK(close(0.5 * (limits.lower[0] + limits.upper[0]), middle));
    const share_inference classical({north, south}, 2, CRM_COVARIANCE_ESTIMATOR_CLASSICAL, {1, 2, 3});
    CHECK(classical.entries().standard_errors[0] != found.standard_errors[0]);
    CHECK(refused([&] { robust.confidence_interval(crm::decimal("1")); }).argument() == "level");
    CHECK(refused([&] { share_inference({south, north}, 2, CRM_COVARIANCE_ESTIMATOR_HC1, {1}); }).argument() == "weights");
    CHECK(refused([&] { share_inference({{1, 0, 0.5, 0.5}, {0, 1, 0.3, 0.7}}, 2); }).code() == CRM_STATUS_NO_SOLUTION);
}

void surveys() {
    survey answers{{0, 0, 1, 1, 0, 1, 1, 0}, {0, 1, 1, 0, 0, 1, 0, 1}, 2};
    const inertia_logit plain(answers);
    CHECK(close(plain.predict().transition_matrix[0], 0.5) && plain.summary().customers == 8);
    CHECK(plain.coefficients()[1].brand == CRM_NONE && plain.coefficients()[1].column == CRM_NONE);
    answers.covariates = {1, 2, 3, 2, 4, 1, 1, 3};
    answers.covariate_columns = 1;
    inertia_logit made(answers);
    const inertia_logit model = std::move(made);
    const std::vector<crm_logit_coefficient> found = model.coefficients();
    CHECK(found.size() == 3 && found[2].brand == 1 && found[2].column == 0);
    CHECK(close(std::sqrt(model.covariance()[8]), found[2].standard_error));
    const predicted_matrix low = model.predict({1}), high = model.predict({4});
    CHECK((found[2].estimate > 0) == (high.transition_matrix[1] > low.transition_matrix[1]));
    CHECK(refused([&] { model.predict(); }).argument() == "covariates");
    answers.covariates.pop_back();
    CHECK(refused([&] { inertia_logit{answers}; }).argument() == "covariates");
    CHECK(refused([] { inertia_logit{survey{{0, 1}, {0, 1}, 2}}; }).argument() == "last");
}

} // namespace

int main() {
    panels();
    posteriors();
    shares();
    share_errors();
    surveys();
    return failures != 0;
}
