// Models of purchases with covariates for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_COVARIATES_HPP
#define CRM_CORE_COVARIATES_HPP

#include "crm_core_prediction.hpp"

namespace crm::prediction {

/// What is known of customers beside their purchases: a column for each covariate.
struct covariates {
    /// Of the rate of purchases.
    std::vector<std::vector<double>> purchase{};
    /// Of dropout.
    std::vector<std::vector<double>> dropout{};
};

/// The parameters of a fitted model and how sure they are, in the order of crm_covariate_model_new.
struct covariate_estimates {
    std::vector<double> parameters;
    /// NaN at the boundary, and of models that were not fitted.
    std::vector<double> standard_errors;
    /// Of the logarithms of the first 4 parameters and of the coefficients themselves, row-major.
    std::vector<double> log_covariance;
};

namespace detail {

/// How many customers the columns are of.
inline std::size_t rows_of(const histories &customers, const covariates &given) {
    std::size_t rows = crm::detail::common_rows({{"frequency", customers.frequency},
                                                 {"recency", customers.recency},
                                                 {"age", customers.age}});
    const bool one = !customers.frequency.rows() && !customers.recency.rows() &&
                     !customers.age.rows();
    if (one && !given.purchase.empty()) {
        rows = given.purchase.front().size();
    } else if (one && !given.dropout.empty()) {
        rows = given.dropout.front().size();
    }
    for (const std::vector<double> &each : given.purchase) {
        crm::detail::require_rows(rows, {{"purchase_covariates", each}});
    }
    for (const std::vector<double> &each : given.dropout) {
        crm::detail::require_rows(rows, {{"dropout_covariates", each}});
    }
    return rows;
}

/// Calls with the covariates as the C interface takes them.
template <class Call> auto with_columns(const covariates &given, Call call) {
    std::vector<const double *> purchase, dropout;
    for (const std::vector<double> &each : given.purchase) {
        purchase.push_back(each.data());
    }
    for (const std::vector<double> &each : given.dropout) {
        dropout.push_back(each.data());
    }
    const crm_covariates columns{purchase.data(), purchase.size(), dropout.data(),
                                 dropout.size()};
    return call(&columns);
}

} // namespace detail

struct covariate_fitted;

/// A buy-till-you-die model in which each customer has the parameters that its covariates give it. Predictions are one
/// number per customer; NaN in a row gives NaN in that row.
class covariate_model {
public:
    /// The parameters are in the order that crm_covariate_model_new tells.
    covariate_model(crm_purchase_model_kind kind, std::size_t purchase_count,
                    std::size_t dropout_count, const std::vector<double> &parameters,
                    crm_dropout_effect effect = CRM_DROPOUT_EFFECT_SEPARATE) {
        crm_covariate_model *made = nullptr;
        check(crm_covariate_model_new(kind, purchase_count, dropout_count, effect,
                                      parameters.data(), parameters.size(), &made));
        handle_.reset(made);
    }

    /// The most likely model of this kind. `weights` tell how many customers each row stands for;
    /// `covariate_penalty` is of a ridge on the coefficients.
    static covariate_fitted fit(crm_purchase_model_kind kind, const histories &customers,
                                const covariates &given,
                                crm_dropout_effect effect = CRM_DROPOUT_EFFECT_SEPARATE,
                                double covariate_penalty = 0,
                                const std::vector<double> &weights = {},
                                const fit_options &options = fit_options());

    /// The parameters and how sure they are.
    covariate_estimates estimates() const {
        std::size_t count = 0;
        check(crm_covariate_model_parameter_count(handle_.get(), &count));
        covariate_estimates found{std::vector<double>(count), std::vector<double>(count),
                                  std::vector<double>(count * count)};
        check(crm_covariate_model_read(handle_.get(), count, found.parameters.data(),
                                       found.standard_errors.data(), found.log_covariance.data()));
        return found;
    }

    /// ln of the likelihood of each history.
    std::vector<double> log_likelihood(const histories &customers, const covariates &given) const {
        const auto call = [&](const auto *bits, const auto *columns, double *out) {
            return crm_covariate_model_log_likelihood(handle_.get(), bits, columns, out);
        };
        return evaluate(customers, given, {}, call);
    }

    /// The probability that each customer is alive `horizon` from now.
    std::vector<double> probability_alive(const histories &customers, const covariates &given,
                                          const column &horizon = 0.0) const {
        const auto call = [&](const auto *bits, const auto *columns, double *out) {
            return crm_covariate_model_probability_alive(
                handle_.get(), bits, columns, horizon.data(), horizon.stride(), out);
        };
        return evaluate(customers, given, {{"horizon", horizon}}, call);
    }

    /// The expected purchases in the time `horizon` from now.
    std::vector<double> expected_purchases(const histories &customers, const covariates &given,
                                           const column &horizon) const {
        const auto call = [&](const auto *bits, const auto *columns, double *out) {
            return crm_covariate_model_expected_purchases(
                handle_.get(), bits, columns, horizon.data(), horizon.stride(), out);
        };
        return evaluate(customers, given, {{"horizon", horizon}}, call);
    }

    /// The probability of exactly `purchases` purchases in the time `horizon` from now.
    std::vector<double> purchase_probability(const histories &customers, const covariates &given,
                                             const column &purchases, const column &horizon) const {
        const auto call = [&](const auto *bits, const auto *columns, double *out) {
            return crm_covariate_model_purchase_probability(
                handle_.get(), bits, columns, purchases.data(), purchases.stride(), horizon.data(),
                horizon.stride(), out);
        };
        return evaluate(customers, given, {{"purchases", purchases}, {"horizon", horizon}}, call);
    }

    /// The probability of `purchases` purchases or more in the time `horizon` from now.
    std::vector<double> tail_probability(const histories &customers, const covariates &given,
                                         const column &purchases, const column &horizon) const {
        const auto call = [&](const auto *bits, const auto *columns, double *out) {
            return crm_covariate_model_tail_probability(
                handle_.get(), bits, columns, purchases.data(), purchases.stride(), horizon.data(),
                horizon.stride(), out);
        };
        return evaluate(customers, given, {{"purchases", purchases}, {"horizon", horizon}}, call);
    }

    /// The expected purchases in the time `horizon` from now, which may be INFINITY, each discounted
    /// by (1 + discount_rate)^-u if it comes u from now.
    std::vector<double> discounted_purchases(const histories &customers, const covariates &given,
                                             const column &horizon,
                                             const column &discount_rate) const {
        const auto call = [&](const auto *bits, const auto *columns, double *out) {
            return crm_covariate_model_discounted_purchases(
                handle_.get(), bits, columns, horizon.data(), horizon.stride(),
                discount_rate.data(), discount_rate.stride(), out);
        };
        return evaluate(customers, given, {{"horizon", horizon}, {"discount_rate", discount_rate}},
                        call);
    }

    /// For the C interface.
    const crm_covariate_model *c_value() const noexcept { return handle_.get(); }

private:
    explicit covariate_model(crm_covariate_model *handle) noexcept : handle_(handle) {}

    template <class Call>
    static std::vector<double> evaluate(const histories &customers, const covariates &given,
                                        std::initializer_list<crm::detail::named_column> columns,
                                        Call call) {
        const std::size_t rows = detail::rows_of(customers, given);
        crm::detail::require_rows(rows, columns);
        std::vector<double> out(rows);
        const crm_purchase_histories bits = customers.c_value(rows);
        detail::with_columns(given, [&](const crm_covariates *each) {
            check(call(&bits, each, out.data()));
        });
        return out;
    }

    crm::detail::handle<crm_covariate_model, crm_covariate_model_free> handle_;
};

/// A fitted model, and how the fit went.
struct covariate_fitted {
    covariate_model model;
    crm_covariate_fit fit;
};

inline covariate_fitted covariate_model::fit(crm_purchase_model_kind kind,
                                             const histories &customers, const covariates &given,
                                             crm_dropout_effect effect, double covariate_penalty,
                                             const std::vector<double> &weights,
                                             const fit_options &options) {
    const std::size_t rows = detail::rows_of(customers, given);
    if (!weights.empty()) {
        crm::detail::require_rows(rows, {{"weights", weights}});
    }
    const crm_purchase_histories bits = customers.c_value(rows);
    crm_covariate_model *made = nullptr;
    crm_covariate_fit report{};
    detail::with_columns(given, [&](const crm_covariates *each) {
        check(crm_covariate_model_fit(kind, &bits, each, effect, covariate_penalty,
                                      weights.empty() ? nullptr : weights.data(), &options, &made,
                                      &report));
    });
    return {covariate_model(made), report};
}

} // namespace crm::prediction

#endif // CRM_CORE_COVARIATES_HPP
