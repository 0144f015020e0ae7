// The C++ layer of customer value.
#include <crm_core.hpp>

#include "check.hpp"

#include <array>
#include <cmath>
#include <cstring>

namespace {

namespace value = crm::value;
using vec = std::vector<double>;

const std::vector<double> profit{50.0, -20.0, 30.0, 0.0, 40.0};

void concentration() {
    value::concentration base(profit);
    CHECK(base.customers() == 5 && base.total() == 100 && base.mean() == 20);
    CHECK(base.top_share(0.4) == 0.9 && base.smallest_share(0.8) == 0.35);
    CHECK(base.peak().customers == 0.6 && base.peak().profit == 1.2);
    CHECK(base.curve(3).back().profit == 1 && base.lorenz(3).front().profit == 0);
    const value::concentration moved = std::move(base);
    const crm_interval gini = moved.gini_interval(value::bootstrap(7, 200));
    CHECK(gini.lower <= gini.estimate && gini.estimate <= gini.upper && gini.estimate == moved.gini());
    CHECK(moved.gini_corrected() == moved.gini() * 1.25);
    CHECK(moved.top_share_interval(0.4, value::bootstrap(7, 50)).estimate == 0.9);
    CHECK(moved.smallest_share_interval(0.8, value::bootstrap(7, 50)).estimate == 0.35);
    CHECK(value::concentration(vec{1.0, 3.0}, vec{3.0, 1.0}).mean() == 1.5);
    CHECK(refused([] { value::concentration(vec{1.0, NAN}); }).row() == 1);
    CHECK(refused([] { value::concentration(vec{1.0}, vec{1.0, 2.0}); }).argument() == "weight");
    CHECK(refused([&] { moved.top_share(1.5); }).code() == CRM_STATUS_OUT_OF_RANGE);
}

void tiers() {
    const std::vector<double> cuts = value::value_group_thresholds(profit);
    CHECK((cuts == vec{-20, 0, 30, 40}));
    CHECK(value::value_group_assign(profit, cuts).front() == CRM_VALUE_GROUP_VERY_HIGH);
    CHECK(value::value_group_thresholds(profit, vec{0.2, 0.2, 0.2, 0.2, 0.2}) == cuts);
    CHECK(value::cuts_equal_parts(profit, 5) == cuts);
    CHECK(value::cuts_quantiles(profit, vec{0.2, 0.4, 0.6, 0.8}) == cuts);
    CHECK((value::cuts_assign(profit, cuts) == std::vector<std::uint8_t>{4, 0, 2, 1, 3}));
    const std::vector<double> borders = value::pyramid_thresholds(profit, vec{0.2, 0.2, 0.2, 0.4});
    const auto tiers = value::pyramid_assign(profit, borders);
    CHECK(tiers[0] == CRM_PYRAMID_TIER_VIP && tiers[1] == CRM_PYRAMID_TIER_SMALL);
    CHECK(value::pyramid_thresholds(profit).size() == 3);
    const auto codes = value::codes_of(tiers);
    const std::vector<crm_group> table = value::group_table(codes, profit, 4);
    CHECK(table[0].profit == 50 && table[3].customers == 2 && table[3].share_of_profit == -0.2);
    const value::migration moves = value::tier_migration(codes, codes, 5);
    CHECK(moves.counts[3 * 5 + 3] == 2 && moves.rates[0] == 1 && std::isnan(moves.rates[4 * 5]));
    CHECK(refused([] { value::pyramid_assign(profit, vec{1.0, 2.0}); }).argument() == "thresholds");
    CHECK(refused([] { value::pyramid_thresholds(profit, vec{0.2, 0.2, 0.2, 0.2}); }).code() ==
          CRM_STATUS_NOT_STOCHASTIC);
}

void types() {
    const std::array<double, 5> values{1, 2, 3, 10, 11};
    CHECK(value::k_means_cut(values) == 6.25 && value::quantile_cut(values) == 3);
    CHECK(value::otsu_cut(values, 10) == 3);
    const auto types = value::customer_types(vec{9, 9, 1, 1}, vec{9, 1, 9, 1}, 5, 5);
    CHECK((types == std::vector<crm_customer_type>{CRM_CUSTOMER_TYPE_GOLDEN, CRM_CUSTOMER_TYPE_METEOR,
                                                  CRM_CUSTOMER_TYPE_STREAM, CRM_CUSTOMER_TYPE_BURDEN}));
    CHECK(crm::label(types[0], CRM_LANGUAGE_ZH) == "黄金客户");
    CHECK(value::strategy(types[3]).substr(0, 9) == "Cut costs");
    CHECK(value::strategy(types[0], CRM_LANGUAGE_ZH) != value::strategy(types[0]));
    CHECK(crm_customer_type_strategy(static_cast<crm_customer_type>(9), CRM_LANGUAGE_EN) == nullptr);
    CHECK(refused([] { value::k_means_cut(vec{1.0, 1.0}); }).code() == CRM_STATUS_NO_SOLUTION);
}

void rfm() {
    const std::vector<double> days{3, 40, 400, 200, 90}, orders{9, 4, 1, 1, 2},
        spend{900, 250, 20, 60, 100};
    const value::rfm model(days, orders, spend);
    CHECK((model.thresholds().recency == vec{40, 90, 200, 400}));
    const value::rfm_scores scores = model.score(days, orders, spend);
    CHECK((scores.recency == std::vector<std::uint8_t>{5, 4, 1, 2, 3}));
    CHECK(scores.segment.front() == "champions" && scores.segment[2] == "hibernating");
    const value::rfm_cells grid = value::rfm_grid(scores.recency, scores.frequency, spend);
    CHECK(grid.customers[24] == 1 && grid.revenue[24] == 900);

    const crm_segment_rule rules[] = {{"active", 2, 3, 1, 3, 1, 3, {0, 0}},
                                      {"lapsed", 1, 1, 1, 3, 1, 3, {0, 0}}};
    const value::rfm given = value::rfm::from_thresholds(vec{30, 90}, vec{1, 5}, vec{50, 500},
                                                         CRM_DIRECTION_LOWER_IS_BETTER, {rules, 2});
    CHECK(given.score(vec{10, 200}, vec{1, 6}, vec{50, 501}).segment[1] == "lapsed");
    CHECK(value::rfm(days, orders, spend, 3).score(days, orders, spend).segment.empty());
    uint8_t out[5];
    const value::rfm thirds(days, orders, spend, 3);
    CHECK(crm_rfm_score(thirds.c_value(), days.data(), orders.data(), spend.data(), 5, out, out, out,
                        out) == CRM_STATUS_NOT_FOUND);
    CHECK(crm_rfm_segment_at(model.c_value(), 10) == nullptr);
    CHECK(refused([&] { value::rfm(days, orders, vec{1.0}); }).argument() == "monetary");
    CHECK(refused([&] { value::rfm(days, orders, spend, 3, CRM_DIRECTION_LOWER_IS_BETTER,
                                   {rules, 1}); }).code() == CRM_STATUS_NOT_FOUND);
}

void indicators() {
    using index = value::composite_index;
    const vec profit{120, 40, 80}, arrears{0, 0.5, 0.1};
    const std::vector<index::indicator> both{{profit}, {arrears, CRM_DIRECTION_LOWER_IS_BETTER}};
    const index given(both, vec{0.75, 0.25});
    CHECK((given.scores({profit, arrears}) == vec{1, 0, 0.575}));
    CHECK((given.contributions({profit, arrears})[1] == vec{0.25, 0, 0.2}));
    const vec weights = index(both, CRM_WEIGHTING_CRITIC, CRM_NORMALISATION_RANK).weights();
    CHECK(weights.size() == 2 && std::fabs(weights[0] + weights[1] - 1) < 1e-15);
    CHECK(refused([&] { index({{profit}, {vec{1, 1, 1}}}, CRM_WEIGHTING_ENTROPY); }).argument() == "indicators[1]");
    CHECK(refused([&] { given.scores({profit, vec{1}}); }).code() == CRM_STATUS_LENGTH_MISMATCH);

    const crm_indicator_about about = value::about(CRM_INDICATOR_ARREARS_RATE);
    CHECK(about.group == CRM_INDICATOR_GROUP_FINANCIAL && about.unit == CRM_INDICATOR_UNIT_SHARE);
    CHECK(about.has_direction && about.direction == CRM_DIRECTION_LOWER_IS_BETTER);
    CHECK(!value::about(CRM_INDICATOR_INDUSTRY).has_direction);
    CHECK(std::string(crm_indicator_definition(CRM_INDICATOR_PROFIT, CRM_LANGUAGE_EN)) ==
          "Orders − returns − costs.");
    CHECK(crm_indicator_definition(static_cast<crm_indicator>(99), CRM_LANGUAGE_EN) == nullptr);

    const std::vector<std::uint32_t> who{0, 0, 0};
    const auto paid = value::financial_indicators(who, vec{100, 300, 100}, vec{0, 10, 20}, vec{30, 40, 50},
                                                  vec{25, 45, std::nan("")}, 60, 1);
    CHECK(paid[0].collection_period == 30 && paid[0].arrears_rate == 0.2);
    const auto spoken = value::contact_indicators(
        who, {CRM_CONTACT_KIND_PRAISE, CRM_CONTACT_KIND_TASK, CRM_CONTACT_KIND_TASK}, 2);
    CHECK(spoken[0].task_count == 2 && std::isnan(spoken[1].praise_rate));

    const auto firm = value::discipline_profile(
        {CRM_VALUE_DISCIPLINE_PRODUCT_LEADERSHIP, CRM_VALUE_DISCIPLINE_CUSTOMER_INTIMACY}, vec{0.3, 0.9});
    CHECK(firm.has_leading && firm.leading == CRM_VALUE_DISCIPLINE_CUSTOMER_INTIMACY && firm.keeps_up[1] == 0);
    CHECK(crm_value_discipline_promise(static_cast<crm_value_discipline>(3), CRM_LANGUAGE_EN) == nullptr);
}

void classification() {
    crm::customer_table table;
    table.customers = 3;
    table.current = {90, 80, 5};
    table.potential = {70, 5, std::nan("")};
    table.loyalty.attachment = {0.9, 0.1, std::nan("")};
    table.loyalty.repeat_purchase = {0.8, 0.9, std::nan("")};
    crm_classification_rules rules = crm::usual_classification_rules();
    rules.current_method = CRM_CUT_METHOD_GIVEN;
    rules.current_number = 50;
    const crm::classification found(table, rules);
    const auto verdicts = found.verdicts(), same = crm::classification::now(table, rules).verdicts();
    CHECK(std::memcmp(same.data(), verdicts.data(), same.size() * sizeof same[0]) == 0);
    CHECK(verdicts[0].customer_type == CRM_CUSTOMER_TYPE_GOLDEN && verdicts[1].customer_type == CRM_CUSTOMER_TYPE_METEOR);
    CHECK(verdicts[2].customer_type == -1 && std::isnan(verdicts[2].type_margin) && verdicts[2].stage == -1);
    CHECK(verdicts[0].loyalty_best == CRM_LOYALTY_CATEGORY_PREMIUM && verdicts[2].loyalty_outcome == -1);
    CHECK(found.borders().current == 50 && found.borders().tiers[0] == 90);
    CHECK(found.explain(2).find("Nothing is known of loyalty.") != std::string::npos);
    CHECK(found.explain(0, CRM_LANGUAGE_ZH).find("黄金客户") != std::string::npos);
    CHECK(refused([&] { found.explain(3); }).code() == CRM_STATUS_NOT_FOUND);
    table.potential = {1};
    CHECK(refused([&] { crm::classification made(table); }).argument() == "potential");
}

} // namespace

int main() {
    classification();
    indicators();
    concentration();
    tiers();
    types();
    rfm();
    return failures != 0;
}
