// Loyalty in C++.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

using crm::decimal;
using namespace crm::loyalty;

void categories() {
    evidence known;
    known.attachment = {0.9, 0.1};
    known.repeat_purchase = {0.8, 0.9};
    known.reward_share = {std::nan(""), 0.95};
    const auto verdicts = classify(known);
    CHECK(verdicts[0].best == CRM_LOYALTY_CATEGORY_PREMIUM && verdicts[0].outcome == CRM_LOYALTY_OUTCOME_DECIDED);
    CHECK(verdicts[1].best == CRM_LOYALTY_CATEGORY_INCENTIVE && verdicts[1].known == 3);
    evidence one;
    one.attachment = {0.9};
    one.repeat_purchase = {0.8};
    CHECK(explain(one, CRM_LANGUAGE_EN).find("Premium loyalty (fit 0.85") == 0);
    CHECK(conditions({0.9, 0.2}, {0.8, 0.7})[1] == CRM_LOYALTY_CONDITION_SPURIOUS);
    known.attachment.pop_back();
    try {
        classify(known);
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_LENGTH_MISMATCH);
    }
}

void shares_and_norms() {
    CHECK(std::fabs(net_promoter_score({10, 9, 9, 8, 3}).score - 0.4) < 1e-15);
    CHECK(std::fabs(wallet_allocation({8, 10})[1] - 2.0 / 3) < 1e-15);
    CHECK(std::fabs(size_of_prize({8, 10}, 300)[0] - 100) < 1e-12);
    CHECK(share_of_wallet(250, 1000) == 0.25);
    CHECK(refused([] { share_of_wallet(2, 1); }).argument() == "spend");
    const auto model = dirichlet_fit(0.56, 2.6, {0.25, 0.19}, {0.20, 0.17});
    const auto norms = dirichlet_norms(model, {0.25, 0.02});
    CHECK(std::fabs(model.exponent - 0.78) < 0.01 && norms[0].purchases_per_buyer > norms[1].purchases_per_buyer);
    CHECK(bond_strength({0.5, 0, 0, 0, 0, 0, 0.75, 0, 0, 0}).strength == 0.875);
}

void years() {
    const profit found = loyalty_profit(51, {{{30, 30, 30}, {0, 9, 12}, {0, 3, 6}, {0, 0, 0}, {0, 0, 0}}});
    CHECK(found.break_even_year == 2 && decimal(found.years[3].cumulative) == 69);
    try {
        loyalty_profit(-1, {});
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_OUT_OF_RANGE && error.argument() == "acquisition_cost");
    }
}

void texts() {
    CHECK(vulnerability(CRM_LOYALTY_CATEGORY_PRICE) == "Any lower price.");
    for (int i = 0; i < 7; i++) {
        const auto category = static_cast<crm_loyalty_category>(i);
        for (const auto text : {why, vulnerability, measure}) {
            CHECK(!text(category, CRM_LANGUAGE_EN).empty());
            CHECK(text(category, CRM_LANGUAGE_ZH) != text(category, CRM_LANGUAGE_EN));
        }
    }
    CHECK(crm_loyalty_category_why(static_cast<crm_loyalty_category>(7), CRM_LANGUAGE_EN) == nullptr);
    CHECK(crm_loyalty_category_measure(CRM_LOYALTY_CATEGORY_PRICE, static_cast<crm_language>(9)) == nullptr);
    CHECK(instruments(CRM_RELATIONSHIP_LEVEL_FINANCIAL).find("volume discounts, ") == 0);
}

} // namespace

int main() {
    texts();
    categories();
    shares_and_norms();
    years();
    return failures != 0;
}
