// CRM capability in C++.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

using namespace crm::capability;

void weights_and_tree() {
    const priorities found = ahp({1, 2, 4, 0.5, 1, 2, 0.25, 0.5, 1}, 3);
    CHECK(std::fabs(found.weights[0] - 4.0 / 7) < 1e-14 && found.consistency.worst_given == 0);
    const index_tree tree = index_tree::crm_capability().with_weights("crm_capability", found.weights);
    const std::vector<index> all = tree.indices();
    CHECK(all[0].name == "crm_capability" && all[0].parts == 3 && all[1].weight == found.weights[0]);
    CHECK(index_tree::from_json(tree.to_json()).to_json() == tree.to_json());
    std::vector<std::vector<double>> memberships;
    for (const index &each : all) {
        if (each.parts == 0) {
            memberships.push_back(membership_from_votes({3, 5, 2}));
        }
    }
    const auto evaluated = tree.evaluate(memberships, {90, 60, 30});
    CHECK(std::fabs(evaluated[0].values.score - 63) < 1e-12 && evaluated[0].values.grade == 1);
    CHECK(std::fabs(evaluated[0].membership[0] - 0.3) < 1e-14 && evaluated.size() == all.size());
    CHECK(membership_from_measure(2, {1, 3}) == std::vector<double>({0.5, 0.5}));
}

void bad_input() {
    try {
        ahp({1, 2, 2, 1}, 2);
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_OUT_OF_RANGE && error.argument() == "judgements" && error.row() == 1);
    }
    try {
        index_tree::from_json("{");
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_UNREADABLE);
    }
    try {
        index_tree::crm_capability().with_weights("nobody", {1});
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_NOT_FOUND && error.argument() == "name");
    }
}

} // namespace

void ranks() {
    const auto found = rank_acceptability({{0.9, 0.3}, {0.7, 0.9}}, 100000, 1);
    CHECK(std::abs(found.ranks[2] - 0.75) < 0.01 && std::abs(found.mean_ranks[0] - 1.75) < 0.01);
    const auto sure = rank_acceptability({{0.9, 0.3}, {0.7, 0.9}}, 1000, 1, {0.6, 0.4}, 1000);
    CHECK(sure.ranks[2] == 1 && std::isnan(sure.central_weights[0]));
}

int main() {
    ranks();
    weights_and_tree();
    bad_input();
    return failures != 0;
}
