// The C++ layer of the models of spend and of renewals.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

using vec = std::vector<double>;

bool is(const crm::error &error, crm_status code, const std::string &argument,
        std::optional<std::size_t> row = std::nullopt) {
    return error.code() == code && error.argument() == argument && error.row() == row;
}

bool near(double found, double expected, double tolerance) {
    return std::abs(found - expected) <= tolerance * std::abs(expected);
}

void spend() {
    const crm::gamma_gamma cdnow(6.25, 3.74, 15.44);
    CHECK(near(cdnow.expected_spend(), 6.25 * 15.44 / 2.74, 1e-15));
    const vec x{2, 26}, m{22.35, 35};
    const vec expected = cdnow.expected_spend(x, m);
    CHECK(near(expected[0], 6.25 * (15.44 + 44.7) / 15.24, 1e-15));
    CHECK(near(cdnow.lifetime_value(x, m, {2, 8.5}, 0.3)[0], 0.6 * expected[0], 1e-15));
    const crm::interval_columns interval = cdnow.spend_interval(x, m, crm::decimal("0.9"));
    CHECK(interval.lower[0] < expected[0] && expected[0] < interval.upper[0]);
    CHECK(cdnow.log_density(x, m).size() == 2);
    CHECK(is(refused([] { crm::gamma_gamma(2, 1, 3).expected_spend(); }), CRM_STATUS_DIVERGENT, "q",
             0));
    CHECK(is(refused([&] { cdnow.expected_spend(x, {1}); }), CRM_STATUS_LENGTH_MISMATCH,
             "mean_spend"));
    vec frequency(3000);
    for (std::size_t i = 0; i < frequency.size(); i++) {
        frequency[i] = static_cast<double>(i % 8);
    }
    const vec drawn = cdnow.simulate(frequency, 5);
    CHECK(drawn == cdnow.simulate(frequency, 5) && drawn != cdnow.simulate(frequency, 6));
    const crm_gamma_gamma_report report = crm::gamma_gamma::fit(frequency, drawn);
    CHECK(report.status == CRM_FIT_STATUS_CONVERGED && report.customers == 2625);
    CHECK(std::abs(report.model.q - 3.74) < 5 * report.standard_errors[1]);
    const vec twice(frequency.size(), 2.0);
    CHECK(near(crm::gamma_gamma::fit(frequency, drawn, twice).log_likelihood,
               2 * report.log_likelihood, 1e-9));
}

void contracts() {
    crm::renewals cohorts(vec{1000, 869, 743, 653, 593, 551, 517, 491});
    const crm_renewal_report high_end = crm::renewal_model::fit_sbg(cohorts);
    CHECK(near(high_end.model.alpha, 0.668088351, 1e-7) && high_end.model.c == 1);
    CHECK(near(high_end.log_likelihood, -1611.158147391, 1e-12));
    CHECK(high_end.standard_errors[0] > 0 && high_end.standard_errors[2] == 0);
    CHECK(crm::renewal_model::fit_bdw(cohorts).log_likelihood > high_end.log_likelihood);
    cohorts.merge(crm::renewals(vec{1, 3}, {1, 0}));
    CHECK(cohorts.at_risk()[0] == 1002 && cohorts.lost()[0] == 132 && cohorts.at_risk()[2] == 744);

    const crm::renewal_model model(2, 3);
    CHECK(near(model.retention_rate({1, 4})[1], 6.0 / 8.0, 1e-14));
    CHECK(near(model.churn_probability({1})[0], 0.4, 1e-14));
    CHECK(near(model.survival({2})[0], 0.6 * 4 / 6, 1e-14));
    CHECK(near(model.conditional_survival({1}, {1})[0], 4.0 / 6, 1e-14));
    CHECK(near(model.expected_residual_lifetime({5})[0], 8, 1e-12)); // (β + m)/(α − 1)
    const double later = model.discounted_lifetime({1}, 0.1)[0];
    CHECK(near(model.discounted_residual_lifetime({0}, 0.1)[0], 0.6 * later, 1e-13));
    CHECK(near(model.discounted_lifetime({0}, 0.1, 2)[0], 1 + 0.6 / 1.1, 1e-14));
    CHECK(is(refused([] { crm::renewal_model(1, 1).expected_residual_lifetime({0}); }),
             CRM_STATUS_DIVERGENT, "horizon", 0));
    CHECK(is(refused([] { crm::renewals(vec{5, 6}); }), CRM_STATUS_OUT_OF_RANGE, "survivors", 1));
    CHECK(is(refused([] { crm::renewals(vec{1}, {2}); }), CRM_STATUS_OUT_OF_RANGE, "churned"));
}

} // namespace

int main() {
    spend();
    contracts();
    return failures != 0;
}
