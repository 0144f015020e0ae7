// Markov chains of customers in C++: dense and sparse, decisions, always a share, what is refused.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>
#include <utility>

using namespace crm::migration;

namespace {

bool close(double found, double expected) {
    return std::abs(found - expected) <= 1e-9 * std::abs(expected);
}

const crm::decimal rate("0.25");
const std::vector<double> matrix{0.75, 0.25, 0, 1};

void models() {
    model made(matrix, 2, {{6, 0}});
    const model dense = std::move(made);
    // 6 / (1 - 0.75 / 1.25)
    const state_values value = dense.value(rate, horizon::infinite());
    CHECK(dense.states() == 2 && close(value.values[0], 15) && value.values[1] == 0);
    CHECK(dense.customer_values(rate, 0, {1, 0, 1}) == (std::vector<double>{0, 6, 0}));
    CHECK(close(dense.moments(rate, 1).variance[0], 36 * 0.75 * 0.25 / 1.5625));
    CHECK(dense.distribution({64, 0}, 1) == (std::vector<double>{64, 0, 48, 16}));
    const std::vector<double> time = dense.occupancy({1, 0}, 0, horizon::infinite());
    CHECK(close(time[0], 4) && std::isinf(time[1]));
    CHECK(dense.structure().recurrent_class == (std::vector<std::int64_t>{CRM_TRANSIENT, 0}));
    CHECK(close(dense.absorption().expected_periods[0], 4) && dense.absorption().classes == 1);
    CHECK(dense.stationary_distribution() == (std::vector<double>{0, 1}));

    const sparse_matrix same{{0, 2, 3}, {0, 1, 1}, {0.75, 0.25, 1}};
    const state_values iterated = model(same, {{6, 0}}).value(rate, horizon::infinite());
    CHECK(close(iterated.values[0], 15) && iterated.error_bound <= 15e-10);
    const crm_migration_solver strict{1e-18, 100};
    const auto stopped = [&] { model(same, {{6, 0}}, strict).value(rate, horizon::infinite()); };
    CHECK(refused(stopped).code() == CRM_STATUS_NOT_CONVERGED);

    const model varying(matrix, 2, rewards::by_period({6, 0, 10, 1}, 2));
    CHECK(close(varying.value(rate, 1).values[0], 6 + (0.75 * 10 + 0.25) / 1.25));
    const model uncertain(matrix, 2, rewards({6, 0}).with_variance({9, 0}));
    CHECK(close(uncertain.moments(rate, 0).variance[0], 9));
    CHECK(refused([&] { varying.value(rate, 2); }).argument() == "rewards");
    CHECK(refused([] { model(matrix, 2, {{1, 2, 3}}); }).argument() == "rewards");
    CHECK(refused([] { model({0.5, 0.5, 0, 0.9}, 2, {{1, 2}}); }).row() == 1u);
    CHECK(refused([&] { dense.customer_values(rate, 0, {0, 2}); }).row() == 1u);
    CHECK(refused([&] { dense.occupancy({1}, rate, 3); }).argument() == "initial");
}

void decisions() {
    const recency_chain chain({crm::decimal("0.30"), crm::decimal("0.20"), crm::decimal("0.15"), crm::decimal("0.05")});
    CHECK(chain.transition_matrix()[0] == 0.3 && chain.transition_matrix().size() == 25);
    const crm::decimal fifth("0.2");
    const double everybody = chain.direct_mail(40, 4).value(fifth, horizon::infinite()).values[0];
    CHECK(close(everybody, 52.319609436577));
    const decision_process contact = chain.contact_decision(40, 4);
    const optimal_policy best = contact.policy_iteration(fifth, {1, 1, 1, 1, 0});
    CHECK(best.policy == (std::vector<std::uint32_t>{1, 1, 1, 0, 0}));
    CHECK(best.start_value[0] == everybody && best.value[0] > everybody && best.iterations == 2);
    CHECK(contact.under(best.policy).value(fifth, horizon::infinite()).values == best.value);
    CHECK(contact.backward_induction(fifth, 0).actions == (std::vector<std::uint32_t>{0, 0, 0, 0, 0}));

    const decision_process keep({0.5, 0.5, 0, 1, 0.8, 0.2, 0, 1}, {10, 0, 7, 0}, 2, 2, {1, 1, 1, 0});
    CHECK(close(keep.policy_iteration(rate).value[0], 7 / 0.36));
    CHECK(refused([&] { keep.under({0, 1}); }).row() == 1u);
    CHECK(refused([&] { keep.policy_iteration(0); }).code() == CRM_STATUS_DIVERGENT);
    CHECK(refused([&] { keep.policy_iteration(rate, {1}); }).argument() == "start");
    CHECK(refused([] { decision_process({1}, {1}, 1, 1, {0}); }).code() == CRM_STATUS_EMPTY);
}

void shares() {
    const recency_chain chain({crm::decimal("0.5"), crm::decimal("0.2")});
    const always_a_share_value found = always_a_share(100, 5, chain, rate, 2);
    CHECK(found.value == crm::decimal("153.4") && found.periods.size() == 3);
    CHECK(found.periods[2].expected_purchases == crm::decimal("0.35"));
    const std::vector<double> margins{100, 10};
    const std::vector<double> values = always_a_share_values(margins, 5.0, {0.5, 0.2}, 2, 0.25, 2);
    CHECK(close(values[0], 153.4) && close(values[1], 7.24));
    CHECK(always_a_share_values(100.0, 5.0, {0.5, 0.2, 0.5, 0.2}, 2, 0.25, 2) ==
          (std::vector<double>{values[0], values[0]}));
    CHECK(refused([&] { always_a_share_values(margins, 5.0, {0.5}, 2, 0.25, 2); }).argument() == "repurchase");
}

} // namespace

int main() {
    models();
    decisions();
    shares();
    return failures != 0;
}
