// Customer equity: how much to spend on winning and on keeping customers.
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

} // namespace clv
} // namespace crm

#endif // CRM_CORE_ACQUISITION_HPP
