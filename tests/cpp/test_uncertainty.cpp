// Uncertain brand switching in C++: gradients, standard errors, draws, what is refused.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>
#include <utility>

using namespace crm::switching;

namespace {

bool close(double found, double expected, double tolerance = 1e-12) {
    return std::abs(found - expected) <= tolerance * std::abs(expected);
}

const std::vector<double> matrix{0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6};
const discounting monthly(crm::decimal("0.10"));

void gradients() {
    const valuation customer({0.5, 0.3, 0.2}, 1.0, 300.0, monthly, 1);
    const gradient found = customer.gradient(matrix, customer.only(0));
    // CLV(A) = 300 (0.5 + (0.5 P_AA + 0.3 P_BA + 0.2 P_CA) / 1.1)
    CHECK(close(found.scalars.value, 150 + 126 / 1.1));
    CHECK(close(found.scalars.discount_rate, -126 / 1.21));
    CHECK(close(found.transition[0], 150 / 1.1) && close(found.transition[3], 90 / 1.1));
    CHECK(close(found.along_simplex[0], 150 / 1.1) && found.along_simplex[1] < 0);
    CHECK(close(found.contribution[0], found.scalars.value / 300) && found.contribution[1] == 0);

    const valuation both = valuation::of_portfolio({0.5, 0.3, 0.2, 1, 0, 0}, 3,
                                                   std::vector<double>{1, 2}, 300.0, monthly, 1);
    const gradient sum = both.gradient(matrix, both.only(0));
    CHECK(close(sum.transition[0], 300 * 2.5 / 1.1));

    const std::vector<crm_lever> levers = customer.levers(matrix, customer.only(0));
    CHECK(levers.size() == 17 && levers[0].effect >= levers[1].effect);
    CHECK(close(levers[0].effect, found.scalars.value) && close(levers[0].elasticity, 1));
    CHECK(levers.back().effect == 0 && refused([&] { customer.levers({1, 0, 0, 1}, {1, 0, 0}); }).argument() == "transition_matrix");

    CHECK(refused([&] { customer.only(3); }).argument() == "brand");
    CHECK(refused([&] { customer.gradient(matrix, {1, 0}); }).argument() == "transition_matrix");
    CHECK(refused([&] { customer.gradient({1, 0, 0, 1}, {1, 0}); }).argument() == "transition_matrix");
}

void errors() {
    const valuation customer({1, 0}, 1.0, 100.0, discounting(crm::decimal("0")), 1);
    const std::vector<double> parameters{8, 2, 1, 3};
    const matrix_estimate estimate = matrix_estimate::from_posterior(parameters, 2);
    CHECK(close(estimate.transition_matrix()[0], 0.8) && estimate.known_by()[1] == 5);
    const standard_error error = customer.standard_error(estimate, customer.only(0));
    const double deviation = 100 * std::sqrt(0.16 / 11);
    CHECK(close(error.parts.standard_error, deviation) && error.row_variance[1] == 0);
    const auto ends = error.interval(crm::decimal("0.95"));
    CHECK(close(ends.second - 180, 1.959963984540054 * deviation));

    const ranking ranked = customer.ranking(estimate, customer.only(0));
    CHECK(ranked.rows[0].brand == 0 && close(ranked.rows[0].variance_share, 1));
    CHECK(close(ranked.rows[0].error_reduction, deviation / 22));

    input_doubts doubts;
    doubts.contribution_sd = {10, 0};
    const standard_error more = customer.standard_error(estimate, customer.only(0), doubts);
    CHECK(close(more.parts.contribution_variance, 18 * 18));
    doubts.contribution_sd = {10};
    CHECK(refused([&] { customer.standard_error(estimate, {1, 0}, doubts); }).argument() == "contribution_sd");
    CHECK(refused([] { matrix_estimate::from_counts({1, 0, 0, 0}, 2); }).code() == CRM_STATUS_EMPTY);
}

void draws() {
    const valuation customer({1, 0}, 1.0, 100.0, discounting(crm::decimal("0")), 1);
    const std::vector<double> parameters{8, 2, 1, 3};
    const drawn_values drawn = customer.simulate(parameters, 7, 2000);
    CHECK(drawn.values().size() == 4000);
    CHECK(drawn.values() == customer.simulate(parameters, 7, 2000).values());
    const draw_summary summary = drawn.summary(customer.only(0), {0.05, 0.95});
    CHECK(close(summary.mean, 180, 0.01) && summary.quantiles[0] < 180 && summary.quantiles[1] > 180);
    const auto bands = customer.bands(parameters, customer.only(0), {0.5}, 7, 2000);
    CHECK(bands.size() == 2 && bands[0].mean == 100 && close(bands[1].mean, summary.mean));

    const valuation endless({1, 0}, 1.0, 100.0, monthly, horizon::infinite());
    CHECK(refused([&] { endless.bands(parameters, {1, 0}, {0.5}, 7); }).argument() == "horizon");
    CHECK(refused([&] { endless.simulate(parameters, 7, 1); }).argument() == "draws");
    CHECK(refused([&] { endless.simulate({1, 1}, 7); }).argument() == "parameters");
}

} // namespace

int main() {
    gradients();
    errors();
    draws();
    return failures != 0;
}
