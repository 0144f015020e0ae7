// Lifetime value in C++: what is not a formula per row.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

using crm::decimal;
using decimals = std::vector<decimal>;

void one_customer() {
    using namespace crm::clv;
    const decimals flows{-400, 125, 500};
    CHECK(present_value(flows, decimal("0.25"), CRM_TIMING_START) == 20);
    CHECK(present_value(flows, decimal("0.25"), CRM_TIMING_END) == 16);
    CHECK(present_value_varying({125, 200}, {decimal("0.25"), decimal("0.6")}, CRM_TIMING_END) == 200);
    const std::int32_t now = crm::parse_date("2025-01-01");
    const std::vector<dated_flow> dated{{now, -400}, {crm::parse_date("2026-01-01"), 545}};
    CHECK(present_value_dated(dated, decimal("0.09"), now).round(20) == 100);
    CHECK(payback({-400, 200, 400}, 0, CRM_TIMING_START) == decimal("1.5"));
    CHECK(!payback({-400, 200}, 0, CRM_TIMING_START));
    CHECK(internal_rate_of_return({-400, 220, 242}).rate == decimal("0.1"));
    const internal_rate ambiguous = internal_rate_of_return({-1000, 2300, -1320});
    CHECK(!ambiguous.rate && ambiguous.sign_changes == 2);
    CHECK(internal_rate_between({-1000, 2300, -1320}, decimal("0.15"), decimal("0.5")) == decimal("0.2"));

    crm_flow_entry entry = {};
    entry.period = 1;
    entry.revenue = *decimal(100).c_value();
    entry.refunds = *decimal(10).c_value();
    entry.service_cost = *decimal(5).c_value();
    CHECK((crm::clv::flows({entry}, CRM_BASIS_PROFIT) == decimals{0, 90}));
    CHECK((crm::clv::flows({entry}, CRM_BASIS_PROFIT_CONTRIBUTION) == decimals{0, 85}));
}

void many_customers() {
    using namespace crm::clv;
    const std::vector<double> flows{-400, 125, 500, -100, NAN, 250};
    const std::vector<double> values = present_values(flows, 2, 0.25, CRM_TIMING_START);
    CHECK(values[0] == 20 && std::isnan(values[1]));
    const std::vector<double> rates{0.25, 0.6};
    CHECK(present_values({125, 200, 125, 200}, 2, rates, CRM_TIMING_END)[0] == 228);
    CHECK(present_values_varying({125, 200}, 1, rates, CRM_TIMING_END)[0] == 200);
    const std::vector<double> paid = paybacks({-400, 200, 400, -400, 100, 100}, 2, 0.0, CRM_TIMING_START);
    CHECK(paid[0] == 1.5 && std::isinf(paid[1]));
    const internal_rate_columns found = internal_rates({-400, 220, 242, 1, 2, 3}, 2);
    CHECK(std::abs(found.rates[0] - 0.1) < 1e-12 && std::isnan(found.rates[1]));
    CHECK(found.outcomes[0] == CRM_RATE_OUTCOME_UNIQUE && found.outcomes[1] == CRM_RATE_OUTCOME_NO_SIGN_CHANGE);
    const std::vector<double> curves{0.5, 0.75, 1, 1};
    CHECK(std::abs(retention_curve_values(100, curves, 2, 0.25, 0, CRM_TIMING_START)[0] - 164) < 1e-12);
    CHECK(std::abs(retention_curve_values(100, curves, 2, 0.25, 0, CRM_TIMING_END)[1] - 144) < 1e-12);
}

void tables_of_customers() {
    using namespace crm::clv;
    const std::int32_t now = crm::parse_date("2025-01-01"), later = crm::parse_date("2026-01-01");
    const std::vector<double> dated = present_values_dated({{1, later, 545}, {0, now, 30}, {1, now, -400}}, 2, 0.09, now);
    CHECK(dated[0] == 30 && std::abs(dated[1] - 100) < 1e-9);
    CHECK(refused([&] { present_values_dated({{2, now, 1}}, 2, 0.09, now); }).argument() == "customer_numbers");
    std::vector<double> components(2 * 9);
    components[0] = 10;
    components[9 + CRM_COMPONENT_CUSTOMER_COST] = 4;
    CHECK((component_totals(components, 2) == std::vector<double>{10, -4}));
    CHECK(aggregate_components(components, 2)[CRM_COMPONENT_CUSTOMER_COST] == 4);
    CHECK(refused([&] { component_totals(components, 3); }).code() == CRM_STATUS_LENGTH_MISMATCH);
    const std::vector<double> current{120, 10};
    CHECK((reading_splits(50, current, 30)[1] == 0.6 && reading_splits(50, current, 30).size() == 6));
}

void groups_and_components() {
    using namespace crm::clv;
    const decimals curve{decimal("0.5"), decimal("0.75")};
    CHECK(retention_curve_value(100, curve, decimal("0.25"), 0) == 164);
    CHECK(renewal_curve_value(100, curve, decimal("0.25"), 0) == 64);
    const decimal often("0.75"), rate("0.2");
    CHECK(migration_value(260, 50, {often}, rate, 10).round(20) ==
          yearly_value(decimal(260), decimal(50), often, rate, decimal(10)).round(20));

    decimals flows(9 * 2);
    flows[0] = 600;
    flows[CRM_COMPONENT_REPEAT_PURCHASES * 2 + 1] = 125;
    flows[CRM_COMPONENT_ACQUISITION_COST * 2] = 400;
    const crm_breakdown breakdown = component_present_values(flows, decimal("0.25"), CRM_TIMING_START);
    CHECK(total(breakdown) == 300);
    CHECK(total(sum({breakdown, breakdown})) == 600);
    const std::vector<crm_waterfall_bar> bars = waterfall(breakdown);
    CHECK(bars.size() == 9 && bars[8].component == CRM_COMPONENT_ACQUISITION_COST);
    CHECK(decimal(bars[8].start) == 700 && decimal(bars[8].end) == 300);
    CHECK(word_of_mouth_effect(200, 100) == 0);
    CHECK(historic_value({-400, 300}, decimal("0.1"), CRM_TIMING_START) == -140);
    CHECK(decimal(reading_split(50, 120, 30).current) == decimal("0.6"));
}

void bad_input() {
    using namespace crm::clv;
    CHECK(refused([] { present_value({}, 0, CRM_TIMING_END); }).code() == CRM_STATUS_EMPTY);
    const crm::error rate = refused([] { present_value({1}, -1, CRM_TIMING_END); });
    CHECK(rate.code() == CRM_STATUS_OUT_OF_RANGE && rate.argument() == "discount_rate");
    const crm::error timing = refused([] { present_value({1}, 0, static_cast<crm_timing>(7)); });
    CHECK(timing.code() == CRM_STATUS_OUT_OF_RANGE && timing.argument() == "timing");
    const crm::error flows = refused([] { present_values({1, INFINITY}, 2, 0.1, CRM_TIMING_END); });
    CHECK(flows.code() == CRM_STATUS_NOT_FINITE && flows.row() == 1u);
    CHECK(refused([] { present_values({1, 2, 3}, 2, 0.1, CRM_TIMING_END); }).code() == CRM_STATUS_LENGTH_MISMATCH);
    CHECK(refused([] { internal_rate_of_return({1, 2}); }).code() == CRM_STATUS_NO_SOLUTION);
    CHECK(refused([] { reading_split(-1, 1, 1); }).argument() == "historic");
}

} // namespace

int main() {
    one_customer();
    many_customers();
    tables_of_customers();
    groups_and_components();
    bad_input();
    return failures != 0;
}
