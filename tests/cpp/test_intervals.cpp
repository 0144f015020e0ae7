// Intervals of predictions in C++: purchases, spend, renewals, lifetime values; draws, bootstraps, simulations.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

using namespace crm::prediction;

namespace {

const crm::decimal level(std::string("0.95"));
const std::vector<double> ages(600, 39.0);

bool ordered(const crm_prediction_interval &interval) {
    return interval.lower < interval.estimate && interval.estimate < interval.upper &&
           interval.standard_error > 0;
}

bool ordered(const interval_table &table, std::size_t rows) {
    bool holds = table.estimate.size() == rows;
    for (std::size_t row = 0; holds && row < rows; row++) {
        holds = ordered({table.estimate[row], table.standard_error[row], table.lower[row],
                         table.upper[row]});
    }
    return holds;
}

/// A fit to customers that a known model made; the same seed makes the same ones.
fitted fit() {
    const purchase_model truth(CRM_PURCHASE_MODEL_KIND_MBG_NBD, {0.7, 6, 0.8, 2.5});
    const simulated_histories made = simulate(truth, ages, 3);
    CHECK(made.frequency == simulate(truth, ages, 3).frequency);
    CHECK(made.frequency != simulate(truth, ages, 4).frequency);
    return purchase_model::fit(truth.kind(), {made.frequency, made.recency, ages});
}

crm_gamma_gamma_report spend_fit() {
    const std::vector<double> frequency(600, 3.0);
    const crm::gamma_gamma truth(6, 4, 15);
    return crm::gamma_gamma::fit(frequency, truth.simulate(frequency, 2));
}

void purchases() {
    const fitted made = fit();
    const std::vector<double> frequency{2, 9}, recency{30, 38}, horizons{13, 52};
    const histories customers{frequency, recency, 39.0};
    const auto expected = CRM_PURCHASE_PREDICTION_EXPECTED_PURCHASES;
    CHECK(ordered(intervals(made, expected, customers, {horizons}, level), 2));
    const interval_table alive =
        intervals(made, CRM_PURCHASE_PREDICTION_PROBABILITY_ALIVE, customers, {}, level);
    CHECK(ordered(alive, 2) && alive.lower[0] > 0 && alive.upper[1] < 1);

    const crm_prediction_interval sum = total(made, expected, customers, {horizons}, level);
    const crm_prediction_interval drawn =
        total_by_draws(made, expected, customers, {horizons}, level, 400, 1);
    CHECK(ordered(sum) && ordered(drawn) && sum.estimate == drawn.estimate);
    CHECK(std::abs(sum.standard_error / drawn.standard_error - 1) < 0.25);

    const auto few = draws(made, 2, 7), many = draws(made, 5, 7);
    CHECK(few[1] == many[1] && few[0] != few[1] && draws(made, 0, 7).empty());

    const bootstrap refits = parametric_bootstrap(made.model, ages, 5, 1, level);
    CHECK(refits.intervals.size() == 4 && refits.parameters.size() == 20);
    CHECK(refits.intervals[1].estimate == made.model.parameters()[1]);
}

void spend() {
    const crm_gamma_gamma_report made = spend_fit();
    const std::vector<double> frequency{2, 0}, mean{22, 0};
    CHECK(ordered(intervals(made, {frequency, mean}, level), 2));
    CHECK(ordered(total(made, {frequency, mean}, level)));
    CHECK(draws(made, 3, 1).size() == 3);
    const crm::gamma_gamma model(made.model);
    CHECK(parametric_bootstrap(model, std::vector<double>(300, 3.0), 3, 1, level).intervals.size() == 3);
    CHECK(expected_spend_density(model, {20.0, 2000.0})[0] > 0.01);
}

void renewals() {
    const crm_renewal_model truth{0.7, 2, 1};
    const std::vector<double> came(800, 7.0);
    const simulated_tenures made = simulate(truth, came, 5);
    const crm_renewal_report fit =
        crm::renewal_model::fit_sbg(crm::renewals(made.tenure, made.churned));
    const std::vector<double> horizons{1, 12};
    const auto survival = CRM_RENEWAL_PREDICTION_CONDITIONAL_SURVIVAL;
    CHECK(ordered(intervals(fit, survival, {0.0, horizons}, level), 2));
    CHECK(ordered(total(fit, survival, {0.0, horizons}, level)));
    CHECK(draws(fit, 2, 1)[1][2] == 1); // c was not fitted
    CHECK(sbg_bootstrap(fit.model, came, 3, 1, level).intervals.size() == 2);
    CHECK(bdw_bootstrap(fit.model, came, 3, 1, level).intervals.size() == 3);
}

void lifetime_values() {
    const fitted made = fit();
    const crm_gamma_gamma_report spend = spend_fit();
    const std::vector<double> frequency{2, 9}, recency{30, 38}, mean{22, 31};
    const std::vector<double> rates{0.002, 0.004}, margins{0.3, 0.2};
    valued_customers customers{{frequency, recency, 39.0}, {frequency, mean}, rates, margins};
    const interval_table found = intervals(made, spend, customers, level);
    CHECK(ordered(found, 2));
    CHECK(lifetime_value(made.model, crm::gamma_gamma(spend.model), customers) == found.estimate);
    const crm_prediction_interval sum = total(made, spend, customers, level);
    CHECK(ordered(sum) && sum.estimate == found.estimate[0] + found.estimate[1]);
    CHECK(ordered(total_by_draws(made, spend, customers, level, 50, 1)));
    try {
        intervals(made, spend, customers, crm::decimal(1));
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_OUT_OF_RANGE && error.argument() == std::string("level"));
    }
}

} // namespace

int main() {
    purchases();
    spend();
    renewals();
    lifetime_values();
    return failures != 0;
}
