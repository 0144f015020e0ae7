// Buy-till-you-die models for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_PREDICTION_HPP
#define CRM_CORE_PREDICTION_HPP

#include "crm_core.hpp"

#include <array>

namespace crm::prediction {

/// What is known of customers: columns, or numbers for all. Made from nothing it is a new customer.
struct histories {
    /// x, the number of repeat purchases.
    column frequency = 0.0;
    /// t_x, the time from the first to the last purchase.
    column recency = 0.0;
    /// T, the time from the first purchase to the end of observation.
    column age = 0.0;

    /// For the C interface.
    crm_purchase_histories c_value(std::size_t customers) const noexcept {
        return {frequency.data(), frequency.stride(), recency.data(), recency.stride(),
                age.data(),       age.stride(),       customers};
    }
};

/// How a model is fitted: plain maximum likelihood, unless changed.
struct fit_options : crm_fit_options {
    fit_options() : crm_fit_options{} { check(crm_fit_options_default(this)); }
};

struct fitted;

/// A buy-till-you-die model with its parameters. Predictions are one number per customer; NaN in a
/// row gives NaN in that row.
class purchase_model {
public:
    /// The parameters are in the order that crm_purchase_model_new tells.
    purchase_model(crm_purchase_model_kind kind, const std::array<double, 4> &parameters) {
        crm_purchase_model *made = nullptr;
        check(crm_purchase_model_new(kind, parameters.data(), &made));
        handle_.reset(made);
    }

    /// The most likely model of this kind. `weights` tell how many customers each row stands for.
    static fitted fit(crm_purchase_model_kind kind, const histories &customers,
                      const std::vector<double> &weights = {},
                      const fit_options &options = fit_options());

    /// Which model it is.
    crm_purchase_model_kind kind() const {
        crm_purchase_model_kind kind{};
        std::array<double, 4> parameters{};
        check(crm_purchase_model_parameters(handle_.get(), &kind, parameters.data()));
        return kind;
    }
    /// Its parameters.
    std::array<double, 4> parameters() const {
        crm_purchase_model_kind kind{};
        std::array<double, 4> parameters{};
        check(crm_purchase_model_parameters(handle_.get(), &kind, parameters.data()));
        return parameters;
    }

    /// ln of the likelihood of each history.
    std::vector<double> log_likelihood(const histories &customers) const {
        return evaluate(customers, {}, [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_model_log_likelihood(handle_.get(), bits, out);
        });
    }

    /// The probability that each customer is alive `horizon` from now.
    std::vector<double> probability_alive(const histories &customers,
                                          const column &horizon = 0.0) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_model_probability_alive(handle_.get(), bits, horizon.data(),
                                                        horizon.stride(), out);
        };
        return evaluate(customers, {{"horizon", horizon}}, call);
    }

    /// The expected purchases in the time `horizon` from now.
    std::vector<double> expected_purchases(const histories &customers, const column &horizon) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_model_expected_purchases(handle_.get(), bits, horizon.data(),
                                                         horizon.stride(), out);
        };
        return evaluate(customers, {{"horizon", horizon}}, call);
    }

    /// The probability of exactly `purchases` purchases in the time `horizon` from now.
    std::vector<double> purchase_probability(const histories &customers, const column &purchases,
                                             const column &horizon) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_model_purchase_probability(
                handle_.get(), bits, purchases.data(), purchases.stride(), horizon.data(),
                horizon.stride(), out);
        };
        return evaluate(customers, {{"purchases", purchases}, {"horizon", horizon}}, call);
    }

    /// The probability of `purchases` purchases or more in the time `horizon` from now.
    std::vector<double> tail_probability(const histories &customers, const column &purchases,
                                         const column &horizon) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_model_tail_probability(handle_.get(), bits, purchases.data(),
                                                       purchases.stride(), horizon.data(),
                                                       horizon.stride(), out);
        };
        return evaluate(customers, {{"purchases", purchases}, {"horizon", horizon}}, call);
    }

    /// The expected purchases in the time `horizon` from now, which may be INFINITY, each discounted
    /// by (1 + discount_rate)^-u if it comes u from now.
    std::vector<double> discounted_purchases(const histories &customers, const column &horizon,
                                             const column &discount_rate) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_model_discounted_purchases(
                handle_.get(), bits, horizon.data(), horizon.stride(), discount_rate.data(),
                discount_rate.stride(), out);
        };
        return evaluate(customers, {{"horizon", horizon}, {"discount_rate", discount_rate}}, call);
    }

private:
    explicit purchase_model(crm_purchase_model *handle) noexcept : handle_(handle) {}

    template <class Call>
    static std::vector<double> evaluate(const histories &customers,
                                        std::initializer_list<crm::detail::named_column> columns,
                                        Call call) {
        std::size_t rows = crm::detail::common_rows({{"frequency", customers.frequency},
                                                     {"recency", customers.recency},
                                                     {"age", customers.age}});
        const bool one = !customers.frequency.rows() && !customers.recency.rows() &&
                         !customers.age.rows();
        rows = one ? crm::detail::common_rows(columns) : rows;
        crm::detail::require_rows(rows, columns);
        std::vector<double> out(rows);
        const crm_purchase_histories bits = customers.c_value(rows);
        check(call(&bits, out.data()));
        return out;
    }

    crm::detail::handle<crm_purchase_model, crm_purchase_model_free> handle_;
};

/// A fitted model, and how the fit went.
struct fitted {
    purchase_model model;
    crm_purchase_fit fit;
};

inline fitted purchase_model::fit(crm_purchase_model_kind kind, const histories &customers,
                                  const std::vector<double> &weights, const fit_options &options) {
    const std::size_t rows = crm::detail::common_rows({{"frequency", customers.frequency},
                                                       {"recency", customers.recency},
                                                       {"age", customers.age}});
    if (!weights.empty()) {
        crm::detail::require_rows(rows, {{"weights", weights}});
    }
    const crm_purchase_histories bits = customers.c_value(rows);
    crm_purchase_model *made = nullptr;
    crm_purchase_fit report{};
    check(crm_purchase_model_fit(kind, &bits, weights.empty() ? nullptr : weights.data(), &options,
                                 &made, &report));
    return {purchase_model(made), report};
}

} // namespace crm::prediction

#endif // CRM_CORE_PREDICTION_HPP
