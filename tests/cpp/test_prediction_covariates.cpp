// Models of purchases with covariates in C++: known parameters, a fit, what is refused.
#include <crm_core.hpp>

#include "check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace crm::prediction;

namespace {

const std::vector<double> frequency{2, 26, 0}, recency{30.43, 30.86, 0}, age{38.86, 31, 39};
const histories customers{frequency, recency, age};
const covariates online{{{1, 0, 1}}, {}};

void predictions() {
    const covariate_model model(CRM_PURCHASE_MODEL_KIND_PARETO_NBD, 1, 0,
                                {0.55, 10.6, 0.61, 11.7, 0.7});
    const purchase_model plain(CRM_PURCHASE_MODEL_KIND_PARETO_NBD, {0.55, 10.6, 0.61, 11.7});
    const auto same = [](double a, double b) { return std::abs(a / b - 1) < 1e-14; };
    CHECK(same(model.expected_purchases(customers, online, 39.0)[1],
               plain.expected_purchases(customers, 39.0)[1]));
    CHECK(same(model.log_likelihood(customers, online)[1], plain.log_likelihood(customers)[1]));
    CHECK(model.probability_alive(customers, online)[0] !=
          plain.probability_alive(customers)[0]);

    // New customers: purchases go with 1/alpha.
    const std::vector<double> grows = model.expected_purchases({}, online, 52.0);
    CHECK(grows.size() == 3 && same(grows[0] / grows[1], std::exp(0.7)));
    const double none = model.purchase_probability({}, online, 0.0, 39.0)[0];
    CHECK(std::abs(none + model.tail_probability({}, online, 1.0, 39.0)[0] - 1) < 1e-14);
    CHECK(model.discounted_purchases({}, online, INFINITY, 0.002)[0] > grows[0]);
    CHECK(std::isnan(model.estimates().standard_errors[4]));
}

void fits() {
    const std::vector<double> x{0, 1, 1, 2, 4, 7, 0, 1}, tx{0, 3, 25, 20, 30, 38, 0, 9};
    const std::vector<double> t{39, 38, 36, 39, 35, 39, 30, 39}, half{0, 0, 1, 0, 1, 1, 1, 0};
    const std::vector<double> weights{300, 40, 30, 25, 12, 5, 90, 40};
    const covariate_fitted made =
        covariate_model::fit(CRM_PURCHASE_MODEL_KIND_BG_NBD, {x, tx, t}, {{half}, {}},
                             CRM_DROPOUT_EFFECT_ODDS, 0.1, weights);
    CHECK(made.fit.status == CRM_FIT_STATUS_CONVERGED && made.fit.customers == 542);
    CHECK(std::abs(made.fit.aic - (10 - 2 * made.fit.log_likelihood)) < 1e-9);
    const covariate_estimates found = made.model.estimates();
    CHECK(found.parameters.size() == 5 && found.parameters[4] > 0 && found.standard_errors[4] > 0);
    CHECK(std::abs(found.log_covariance[24] / std::pow(found.standard_errors[4], 2) - 1) < 1e-12);
}

/// Without effect the customers are those of the plain model; with one they buy more.
void simulations() {
    const std::vector<double> ages(500, 52.0);
    const covariate_model model(CRM_PURCHASE_MODEL_KIND_PARETO_NBD, 1, 0,
                                {0.55, 10.6, 0.61, 11.7, 2.0});
    const purchase_model plain(CRM_PURCHASE_MODEL_KIND_PARETO_NBD, {0.55, 10.6, 0.61, 11.7});
    const simulated_histories expected = simulate(plain, ages, 3);
    const auto made_at = [&](double value) {
        return simulate(model, ages, {{std::vector<double>(ages.size(), value)}, {}}, 3);
    };
    CHECK(made_at(0).frequency == expected.frequency && made_at(0).recency == expected.recency);
    const auto total_of = [](const std::vector<double> &each) {
        return std::accumulate(each.begin(), each.end(), 0.0);
    };
    CHECK(total_of(made_at(1).frequency) > 2 * total_of(expected.frequency));
    const auto too_few = [&] { simulate(model, ages, {{{1, 2}}, {}}, 3); };
    CHECK(refused(too_few).code() == CRM_STATUS_LENGTH_MISMATCH);
}

/// Intervals around a fit hold it, draws agree with the delta method, and what is refused is told.
void uncertainty() {
    std::vector<double> ages(800, 52.0), half(800);
    std::fill(half.begin(), half.begin() + 400, 1.0);
    const covariates given{{half}, {}};
    const covariate_model truth(CRM_PURCHASE_MODEL_KIND_PARETO_NBD, 1, 0,
                                {0.9, 10.6, 0.8, 11.7, 0.8});
    const simulated_histories made = simulate(truth, ages, given, 5);
    const histories seen{made.frequency, made.recency, ages};
    const covariate_fitted fit =
        covariate_model::fit(CRM_PURCHASE_MODEL_KIND_PARETO_NBD, seen, given);
    const crm::decimal level("0.95");
    const auto expected = CRM_PURCHASE_PREDICTION_EXPECTED_PURCHASES;
    const interval_table each = intervals(fit, expected, seen, given, {39.0}, level);
    CHECK(each.estimate == fit.model.expected_purchases(seen, given, 39.0));
    CHECK(each.lower[7] < each.estimate[7] && each.estimate[7] < each.upper[7]);
    const crm_prediction_interval sum = total(fit, expected, seen, given, {39.0}, level);
    const auto drawn = total_by_draws(fit, expected, seen, given, {39.0}, level, 400, 1);
    CHECK(std::abs(sum.standard_error / drawn.standard_error - 1) < 0.2);
    CHECK(draws(fit, 3, 1).size() == 15 && draws(fit, 3, 1)[14] == draws(fit, 5, 1)[14]);
    const bootstrap refits = parametric_bootstrap(fit.model, ages, given, 3, 1, level);
    CHECK(refits.intervals.size() == 5 && refits.parameters.size() == 15);
    CHECK(refits.intervals[4].estimate == fit.model.estimates().parameters[4]);

    std::vector<double> means(800);
    for (std::size_t row = 0; row < means.size(); row++) {
        means[row] = made.frequency[row] > 0 ? 20.0 : 0.0;
    }
    const valued_customers customers{seen, {made.frequency, means}, 0.002, 0.3, 52.0};
    crm_gamma_gamma_report spend{};
    spend.model = {6.2488, 3.7446, 15.4477};
    const interval_table values = intervals(fit, spend, customers, given, level);
    const crm::gamma_gamma spent(spend.model);
    CHECK(values.estimate == lifetime_value(fit.model, spent, customers, given));
    CHECK(values.lower[7] < values.estimate[7] && values.estimate[7] < values.upper[7]);
    const crm_prediction_interval worth = total(fit, spend, customers, given, level);
    const auto drawn_worth = total_by_draws(fit, spend, customers, given, level, 400, 1);
    CHECK(std::abs(worth.standard_error / drawn_worth.standard_error - 1) < 0.2);
    const covariates short_of_one{{std::vector<double>(799)}, {}};
    const auto mismatch = [&] { total(fit, spend, customers, short_of_one, level); };
    CHECK(refused(mismatch).argument() == "purchase_covariates");

    const auto behind = [&] { intervals(fit, expected, seen, given, {-1.0}, level); };
    CHECK(refused(behind).argument() == "horizon");
}

void refusals() {
    const covariate_model model(CRM_PURCHASE_MODEL_KIND_BG_NBD, 1, 0,
                                {0.55, 10.6, 0.61, 11.7, 0.7});
    const auto nothing = [&] { model.log_likelihood(customers, {}); };
    CHECK(refused(nothing).argument() == "purchase_covariates");
    const auto too_few = [&] { model.log_likelihood(customers, {{{1, 2}}, {}}); };
    CHECK(refused(too_few).code() == CRM_STATUS_LENGTH_MISMATCH);
    const auto constant = [&] {
        covariate_model::fit(CRM_PURCHASE_MODEL_KIND_BG_NBD, customers, {{}, {{4, 4, 4}}});
    };
    CHECK(refused(constant).code() == CRM_STATUS_NO_SOLUTION);
    CHECK(refused(constant).argument() == "dropout_covariates");
}

} // namespace

int main() {
    predictions();
    fits();
    simulations();
    uncertainty();
    refusals();
    return failures != 0;
}
