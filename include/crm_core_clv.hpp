// Lifetime value beyond the formulas per row: flows, curves, components, readings.
// Included by crm_core.hpp.
#ifndef CRM_CORE_CLV_HPP
#define CRM_CORE_CLV_HPP

namespace crm {
namespace detail {

inline std::vector<crm_decimal> c_values(const std::vector<decimal> &numbers) {
    std::vector<crm_decimal> bits;
    bits.reserve(numbers.size());
    for (const decimal &number : numbers) {
        bits.push_back(*number.c_value());
    }
    return bits;
}

/// The number of columns of a row-major table, which must have whole rows.
inline std::size_t columns_of(const std::vector<double> &table, std::size_t rows, const char *name) {
    if (rows == 0 ? !table.empty() : table.size() % rows != 0) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, name, "must have whole rows");
    }
    return rows == 0 ? 0 : table.size() / rows;
}

} // namespace detail

/// The day "2025-01-31", counted from 1970-01-01.
inline std::int32_t parse_date(const std::string &date) {
    std::int32_t day = 0;
    check(crm_date_parse(detail::c_text("date", date), &day));
    return day;
}

namespace clv {

/// Present value of one flow per period at one rate, exactly. See crm_present_value.
inline decimal present_value(const std::vector<decimal> &flows, const decimal &discount_rate, crm_timing timing) {
    const std::vector<crm_decimal> bits = detail::c_values(flows);
    crm_decimal out = {};
    check(crm_present_value(bits.data(), bits.size(), discount_rate.c_value(), timing, &out));
    return decimal(out);
}

/// Present value where each period has its own rate, exactly. See crm_present_value_varying.
inline decimal present_value_varying(const std::vector<decimal> &flows, const std::vector<decimal> &discount_rates,
                                     crm_timing timing) {
    const std::vector<crm_decimal> bits = detail::c_values(flows), rates = detail::c_values(discount_rates);
    crm_decimal out = {};
    check(crm_present_value_varying(bits.data(), bits.size(), rates.data(), rates.size(), timing, &out));
    return decimal(out);
}

/// An amount that is paid on a day.
struct dated_flow {
    std::int32_t date; ///< counted from 1970-01-01, see crm::parse_date
    decimal amount;    ///< income positive, spending negative
};

/// Present value on the day `now` of flows with dates (XNPV, Act/365), exactly. See
/// crm_present_value_dated.
inline decimal present_value_dated(const std::vector<dated_flow> &flows, const decimal &yearly_rate,
                                   std::int32_t now) {
    std::vector<std::int32_t> dates;
    std::vector<crm_decimal> amounts;
    for (const dated_flow &flow : flows) {
        dates.push_back(flow.date);
        amounts.push_back(*flow.amount.c_value());
    }
    crm_decimal out = {};
    check(crm_present_value_dated(dates.data(), amounts.data(), flows.size(), yearly_rate.c_value(), now, &out));
    return decimal(out);
}

/// Present value of each customer's flows: `flows` has a row per customer, of one amount per
/// period, row after row. See crm_present_values.
inline std::vector<double> present_values(const std::vector<double> &flows, std::size_t customers,
                                          const column &discount_rate, crm_timing timing) {
    std::vector<double> out(customers);
    detail::require_rows(customers, {{"discount_rate", discount_rate}});
    const std::size_t periods = detail::columns_of(flows, customers, "flows");
    check(crm_present_values(customers, flows.data(), periods, discount_rate.data(), discount_rate.stride(), timing,
                             out.data()));
    return out;
}

/// The same with a rate for each period. See crm_present_values_varying.
inline std::vector<double> present_values_varying(const std::vector<double> &flows, std::size_t customers,
                                                  const std::vector<double> &discount_rates, crm_timing timing) {
    std::vector<double> out(customers);
    const std::size_t periods = detail::columns_of(flows, customers, "flows");
    check(crm_present_values_varying(customers, flows.data(), periods, discount_rates.data(), discount_rates.size(),
                                     timing, out.data()));
    return out;
}

/// A flow of one of many customers.
struct customer_flow {
    std::uint32_t customer; ///< number of the customer, from 0
    std::int32_t date;      ///< counted from 1970-01-01, see crm::parse_date
    double amount;          ///< income positive, spending negative
};

/// Present value of each customer's dated flows, which may stand in any order. See
/// crm_present_values_dated.
inline std::vector<double> present_values_dated(const std::vector<customer_flow> &flows, std::size_t customers,
                                                double yearly_rate, std::int32_t now) {
    std::vector<std::uint32_t> numbers;
    std::vector<std::int32_t> dates;
    std::vector<double> amounts, out(customers);
    for (const customer_flow &flow : flows) {
        numbers.push_back(flow.customer);
        dates.push_back(flow.date);
        amounts.push_back(flow.amount);
    }
    check(crm_present_values_dated(flows.size(), numbers.data(), dates.data(), amounts.data(), yearly_rate, now,
                                   customers, out.data()));
    return out;
}

/// Pay-back period in periods from now; nothing if the flows never pay back. See crm_payback.
inline std::optional<decimal> payback(const std::vector<decimal> &flows, const decimal &discount_rate,
                                      crm_timing timing) {
    const std::vector<crm_decimal> bits = detail::c_values(flows);
    std::int32_t pays_back = 0;
    crm_decimal out = {};
    check(crm_payback(bits.data(), bits.size(), discount_rate.c_value(), timing, &pays_back, &out));
    return pays_back != 0 ? std::optional<decimal>(decimal(out)) : std::nullopt;
}

/// Internal rate of return: the rate, if the flows change sign once and so have exactly one.
struct internal_rate {
    std::optional<decimal> rate; ///< nothing if there is more than one sign change
    std::size_t sign_changes;    ///< how often the flows change sign
};

/// Internal rate of return. See crm_internal_rate_of_return.
inline internal_rate internal_rate_of_return(const std::vector<decimal> &flows) {
    const std::vector<crm_decimal> bits = detail::c_values(flows);
    internal_rate found = {std::nullopt, 0};
    crm_decimal out = {};
    check(crm_internal_rate_of_return(bits.data(), bits.size(), &found.sign_changes, &out));
    if (found.sign_changes == 1) {
        found.rate = decimal(out);
    }
    return found;
}

/// Pay-back period of each customer's flows, infinity where they never pay back. See crm_paybacks.
inline std::vector<double> paybacks(const std::vector<double> &flows, std::size_t customers,
                                    const column &discount_rate, crm_timing timing) {
    std::vector<double> out(customers);
    detail::require_rows(customers, {{"discount_rate", discount_rate}});
    const std::size_t periods = detail::columns_of(flows, customers, "flows");
    check(crm_paybacks(customers, flows.data(), periods, discount_rate.data(), discount_rate.stride(), timing,
                       out.data()));
    return out;
}

/// Internal rates of return of many customers.
struct internal_rate_columns {
    std::vector<double> rates;              ///< NaN without exactly one
    std::vector<crm_rate_outcome> outcomes; ///< why
};

/// Internal rate of return of each customer's flows. See crm_internal_rates.
inline internal_rate_columns internal_rates(const std::vector<double> &flows, std::size_t customers) {
    internal_rate_columns found{std::vector<double>(customers), std::vector<crm_rate_outcome>(customers)};
    const std::size_t periods = detail::columns_of(flows, customers, "flows");
    check(crm_internal_rates(customers, flows.data(), periods, found.rates.data(), found.outcomes.data()));
    return found;
}

/// An internal rate of return between two rates. See crm_internal_rate_between.
inline decimal internal_rate_between(const std::vector<decimal> &flows, const decimal &low, const decimal &high) {
    const std::vector<crm_decimal> bits = detail::c_values(flows);
    crm_decimal out = {};
    check(crm_internal_rate_between(bits.data(), bits.size(), low.c_value(), high.c_value(), &out));
    return decimal(out);
}

/// One flow per period from what a customer brought and cost. See crm_flows.
inline std::vector<decimal> flows(const std::vector<crm_flow_entry> &entries, crm_basis basis) {
    std::size_t periods = 0;
    check(crm_flow_periods(entries.data(), entries.size(), &periods));
    std::vector<crm_decimal> out(periods);
    check(crm_flows(entries.data(), entries.size(), basis, out.data(), out.size()));
    std::vector<decimal> result;
    for (const crm_decimal &flow : out) {
        result.emplace_back(flow);
    }
    return result;
}

/// Expected value by a retention curve, the first margin now. See crm_retention_curve_value.
inline decimal retention_curve_value(const decimal &margin, const std::vector<decimal> &retention,
                                     const decimal &discount_rate, const decimal &growth) {
    const std::vector<crm_decimal> curve = detail::c_values(retention);
    crm_decimal out = {};
    check(crm_retention_curve_value(margin.c_value(), curve.data(), curve.size(), discount_rate.c_value(),
                                    growth.c_value(), &out));
    return decimal(out);
}

/// Expected value by a retention curve, the first margin at the first renewal. See
/// crm_renewal_curve_value.
inline decimal renewal_curve_value(const decimal &margin, const std::vector<decimal> &retention,
                                   const decimal &discount_rate, const decimal &growth) {
    const std::vector<crm_decimal> curve = detail::c_values(retention);
    crm_decimal out = {};
    check(crm_renewal_curve_value(margin.c_value(), curve.data(), curve.size(), discount_rate.c_value(),
                                  growth.c_value(), &out));
    return decimal(out);
}

/// Expected value of each customer by the customer's own retention curve: `retention` has a row per
/// customer. See crm_retention_curve_values.
inline std::vector<double> retention_curve_values(const column &margin, const std::vector<double> &retention,
                                                  std::size_t customers, double discount_rate, double growth,
                                                  crm_timing timing) {
    std::vector<double> out(customers);
    detail::require_rows(customers, {{"margin", margin}});
    const std::size_t periods = detail::columns_of(retention, customers, "retention");
    check(crm_retention_curve_values(customers, margin.data(), margin.stride(), retention.data(), periods,
                                     discount_rate, growth, timing, out.data()));
    return out;
}

/// Expected value of a customer who may skip years and come back. See crm_migration_value.
inline decimal migration_value(const decimal &gross_contribution, const decimal &promotion_cost,
                               const std::vector<decimal> &repurchase, const decimal &discount_rate,
                               std::uint64_t years) {
    const std::vector<crm_decimal> table = detail::c_values(repurchase);
    crm_decimal out = {};
    check(crm_migration_value(gross_contribution.c_value(), promotion_cost.c_value(), table.data(), table.size(),
                              discount_rate.c_value(), years, &out));
    return decimal(out);
}

/// The lifetime value of customers by component, present-valued from their flows: `flows` has 9 rows
/// in the order of crm_component, of one amount per period. See crm_component_present_values.
inline crm_breakdown component_present_values(const std::vector<decimal> &flows, const decimal &discount_rate,
                                              crm_timing timing) {
    constexpr std::size_t components = sizeof(crm_breakdown) / sizeof(crm_decimal);
    if (flows.size() % components != 0) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "flows", "must have 9 rows of the same length");
    }
    const std::vector<crm_decimal> bits = detail::c_values(flows);
    crm_breakdown out = {};
    check(crm_component_present_values(bits.data(), bits.size() / components, discount_rate.c_value(), timing, &out));
    return out;
}

/// The lifetime value: incomes less costs. See crm_breakdown_total.
inline decimal total(const crm_breakdown &breakdown) {
    crm_decimal out = {};
    check(crm_breakdown_total(&breakdown, &out));
    return decimal(out);
}

/// The components of many customers, summed. See crm_breakdown_sum.
inline crm_breakdown sum(const std::vector<crm_breakdown> &breakdowns) {
    crm_breakdown out = {};
    check(crm_breakdown_sum(breakdowns.data(), breakdowns.size(), &out));
    return out;
}

/// The bars of a waterfall chart. See crm_breakdown_waterfall.
inline std::vector<crm_waterfall_bar> waterfall(const crm_breakdown &breakdown) {
    std::vector<crm_waterfall_bar> bars(sizeof(crm_breakdown) / sizeof(crm_decimal));
    check(crm_breakdown_waterfall(&breakdown, bars.data(), bars.size()));
    return bars;
}

/// The total of each customer from a table of components: 9 per customer, row after row, costs positive. See
/// crm_component_totals.
inline std::vector<double> component_totals(const std::vector<double> &components, std::size_t customers) {
    std::vector<double> out(customers);
    if (components.size() != customers * (CRM_COMPONENT_ACQUISITION_COST + 1)) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "components", "must have 9 amounts for each customer");
    }
    check(crm_component_totals(customers, components.data(), out.data()));
    return out;
}

/// The sum of each component over such a table. See crm_aggregate_components.
inline std::vector<double> aggregate_components(const std::vector<double> &components, std::size_t customers) {
    std::vector<double> out(CRM_COMPONENT_ACQUISITION_COST + 1);
    if (components.size() != customers * out.size()) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "components", "must have 9 amounts for each customer");
    }
    check(crm_aggregate_components(customers, components.data(), out.data(), out.size()));
    return out;
}

/// Customers gained less customers lost by word of mouth. See crm_word_of_mouth_effect.
inline std::int64_t word_of_mouth_effect(std::uint64_t satisfied, std::uint64_t unsatisfied) {
    std::int64_t effect = 0;
    check(crm_word_of_mouth_effect(satisfied, unsatisfied, &effect));
    return effect;
}

/// The flows realised so far, compounded to now. See crm_historic_value.
inline decimal historic_value(const std::vector<decimal> &flows, const decimal &rate, crm_timing timing) {
    const std::vector<crm_decimal> bits = detail::c_values(flows);
    crm_decimal out = {};
    check(crm_historic_value(bits.data(), bits.size(), rate.c_value(), timing, &out));
    return decimal(out);
}

/// The shares of historic, current and potential value in their sum. See crm_reading_split.
inline crm_reading_shares reading_split(const decimal &historic, const decimal &current, const decimal &potential) {
    crm_reading_shares out = {};
    check(crm_reading_split(historic.c_value(), current.c_value(), potential.c_value(), &out));
    return out;
}

/// The same for many customers: 3 shares for each, row after row. See crm_reading_splits.
inline std::vector<double> reading_splits(const column &historic, const column &current, const column &potential) {
    const std::size_t customers = detail::common_rows(
        {{"historic", historic}, {"current", current}, {"potential", potential}});
    std::vector<double> out(3 * customers);
    check(crm_reading_splits(customers, historic.data(), historic.stride(), current.data(), current.stride(),
                             potential.data(), potential.stride(), out.data()));
    return out;
}

} // namespace clv
} // namespace crm

#endif // CRM_CORE_CLV_HPP
