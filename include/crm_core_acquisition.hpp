// Customer equity: how much to spend on winning and on keeping customers. Tornado tables.
// Included by crm_core.hpp.
#ifndef CRM_CORE_ACQUISITION_HPP
#define CRM_CORE_ACQUISITION_HPP

namespace crm {
namespace clv {

/// What spending reaches: ceiling · (1 − e^(−steepness · spend)).
inline crm_response_curve response_curve(const decimal &ceiling, const decimal &steepness) {
    return {*ceiling.c_value(), *steepness.c_value()};
}

/// The curve of this ceiling through what is spent and reached now. See crm_response_steepness.
inline crm_response_curve response_curve_through(const decimal &spend, const decimal &rate, const decimal &ceiling) {
    return response_curve(ceiling, response_steepness(spend, rate, ceiling));
}

/// A market of alike prospects: what its customers bring and how they respond to spending.
class equity_model {
public:
    /// Margin and discount rate per period, and the response of prospects and of customers.
    equity_model(const decimal &margin, const decimal &discount_rate, const crm_response_curve &acquisition,
                 const crm_response_curve &retention)
        : model_{*margin.c_value(), *discount_rate.c_value(), acquisition, retention} {}

    /// What these spends lead to. See crm_equity_at.
    crm_equity_plan at(const decimal &acquisition_spend, const decimal &retention_spend) const {
        crm_equity_plan plan = {};
        check(crm_equity_at(&model_, acquisition_spend.c_value(), retention_spend.c_value(), &plan));
        return plan;
    }
    /// The two spends that together make the customer equity largest. See crm_equity_optimum.
    crm_equity_plan optimum() const {
        crm_equity_plan plan = {};
        check(crm_equity_optimum(&model_, &plan));
        return plan;
    }
    /// The best two spends within a budget per prospect. See crm_equity_optimum_within.
    crm_equity_plan optimum_within(const decimal &budget) const {
        crm_equity_plan plan = {};
        check(crm_equity_optimum_within(&model_, budget.c_value(), &plan));
        return plan;
    }

private:
    crm_equity_model model_;
};

/// One factor of a kernel's value, by the name of its argument, and how far to move it down and up.
struct factor {
    std::string argument;
    crm_change_kind kind;
    decimal amount;
};

/// What one factor does to the value. See crm_sensitivity.
struct sensitivity {
    std::string argument;
    decimal base, low, high;
    bool clipped_low, clipped_high;
    decimal value_low, value_high, swing;
    std::optional<decimal> elasticity;
};

/// The factors of a value, the one with the widest swing first.
struct tornado_table {
    decimal base_value;
    std::vector<sensitivity> sensitivities;
};

/// Moves each factor of the kernel of this name down and up while its other arguments stay. See
/// crm_kernel_tornado.
inline tornado_table kernel_tornado(const std::string &name, const std::vector<decimal> &values,
                                    const std::vector<factor> &factors) {
    const crm_kernel *kernel = nullptr;
    check(crm_kernel_find(detail::c_text("name", name), &kernel));
    std::vector<crm_factor> given;
    for (const factor &each : factors) {
        given.push_back({detail::c_text("argument", each.argument), *each.amount.c_value(), each.kind, {}});
    }
    const std::vector<crm_decimal> bits = detail::c_values(values);
    std::vector<crm_sensitivity> rows(given.size());
    crm_decimal base_value = {};
    check(crm_kernel_tornado(kernel, bits.data(), bits.size(), given.data(), given.size(), rows.data(), &base_value));
    tornado_table table{decimal(base_value), {}};
    for (const crm_sensitivity &row : rows) {
        table.sensitivities.push_back({factors[row.factor].argument, decimal(row.base),
                                       decimal(row.low), decimal(row.high), row.clipped_low != 0,
                                       row.clipped_high != 0, decimal(row.value_low), decimal(row.value_high),
                                       decimal(row.swing),
                                       row.has_elasticity != 0 ? std::optional<decimal>(row.elasticity)
                                                               : std::nullopt});
    }
    return table;
}

} // namespace clv
} // namespace crm

#endif // CRM_CORE_ACQUISITION_HPP
