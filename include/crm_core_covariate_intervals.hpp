// How sure predictions of models with covariates are, for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_COVARIATE_INTERVALS_HPP
#define CRM_CORE_COVARIATE_INTERVALS_HPP

#include "crm_core_covariates.hpp"

namespace crm::prediction {

namespace detail {

/// Calls with the bits of customers, covariates and numbers, which must agree in length, for so many customers.
template <class Call>
void ask(const histories &customers, const covariates &given, const prediction_numbers &numbers,
         Call call) {
    const std::size_t rows = rows_of(customers, given);
    crm::detail::require_rows(rows, {{"horizon", numbers.horizon},
                                     {"purchases", numbers.purchases},
                                     {"discount_rate", numbers.discount_rate}});
    const crm_purchase_histories bits = customers.c_value(rows);
    const crm_prediction_numbers about = numbers.c_value();
    with_columns(given, [&](const crm_covariates *each) { check(call(&bits, each, &about, rows)); });
}

} // namespace detail

/// The prediction for each customer with its interval; see crm_covariate_model_intervals.
inline interval_table intervals(const covariate_fitted &fit, crm_purchase_prediction prediction,
                                const histories &customers, const covariates &given,
                                const prediction_numbers &numbers, const decimal &level) {
    const std::vector<double> covariance = fit.model.estimates().log_covariance;
    interval_table out(0);
    const auto call = [&](const auto *bits, const auto *each, const auto *about, std::size_t rows) {
        out = interval_table(rows);
        return crm_covariate_model_intervals(
            fit.model.c_value(), covariance.data(), prediction, bits, each, about, level.c_value(),
            out.estimate.data(), out.standard_error.data(), out.lower.data(), out.upper.data());
    };
    detail::ask(customers, given, numbers, call);
    return out;
}

/// The sum over all customers with its interval; see crm_covariate_model_total.
inline crm_prediction_interval total(const covariate_fitted &fit, crm_purchase_prediction prediction,
                                     const histories &customers, const covariates &given,
                                     const prediction_numbers &numbers, const decimal &level) {
    const std::vector<double> covariance = fit.model.estimates().log_covariance;
    crm_prediction_interval out{};
    const auto call = [&](const auto *bits, const auto *each, const auto *about, std::size_t) {
        return crm_covariate_model_total(fit.model.c_value(), covariance.data(), prediction, bits,
                                         each, about, level.c_value(), &out);
    };
    detail::ask(customers, given, numbers, call);
    return out;
}

/// The same from the sums under drawn parameters; see crm_covariate_model_total_by_draws.
inline crm_prediction_interval total_by_draws(const covariate_fitted &fit,
                                              crm_purchase_prediction prediction,
                                              const histories &customers, const covariates &given,
                                              const prediction_numbers &numbers,
                                              const decimal &level, std::uint32_t count,
                                              std::uint64_t seed) {
    const std::vector<double> covariance = fit.model.estimates().log_covariance;
    crm_prediction_interval out{};
    const auto call = [&](const auto *bits, const auto *each, const auto *about, std::size_t) {
        return crm_covariate_model_total_by_draws(fit.model.c_value(), covariance.data(), prediction,
                                                  bits, each, about, level.c_value(), count, seed,
                                                  &out);
    };
    detail::ask(customers, given, numbers, call);
    return out;
}

namespace detail {

/// Calls with the bits of customers to value and of their covariates, which must agree in length, for so many customers.
template <class Call>
void value(const valued_customers &customers, const covariates &given, Call call) {
    const crm_lifetime_value_columns bits = customers.c_value();
    const std::size_t rows = bits.histories.customers;
    for (const std::vector<double> &each : given.purchase) {
        crm::detail::require_rows(rows, {{"purchase_covariates", each}});
    }
    for (const std::vector<double> &each : given.dropout) {
        crm::detail::require_rows(rows, {{"dropout_covariates", each}});
    }
    with_columns(given, [&](const crm_covariates *each) { check(call(&bits, each, rows)); });
}

} // namespace detail

/// The lifetime value of each customer; see crm_covariate_lifetime_value.
inline std::vector<double> lifetime_value(const covariate_model &purchases, const gamma_gamma &spend,
                                          const valued_customers &customers,
                                          const covariates &given) {
    std::vector<double> out;
    detail::value(customers, given, [&](const auto *bits, const auto *each, std::size_t rows) {
        out.resize(rows);
        return crm_covariate_lifetime_value(purchases.c_value(), &spend.c_value(), bits, each, out.data());
    });
    return out;
}

/// The lifetime value of each customer with its interval; see crm_covariate_lifetime_value_intervals.
inline interval_table intervals(const covariate_fitted &purchases, const crm_gamma_gamma_report &spend,
                                const valued_customers &customers, const covariates &given,
                                const decimal &level) {
    const std::vector<double> covariance = purchases.model.estimates().log_covariance;
    interval_table out(0);
    detail::value(customers, given, [&](const auto *bits, const auto *each, std::size_t rows) {
        out = interval_table(rows);
        return crm_covariate_lifetime_value_intervals(
            purchases.model.c_value(), covariance.data(), &spend.model, spend.log_covariance, bits,
            each, level.c_value(), out.estimate.data(), out.standard_error.data(), out.lower.data(),
            out.upper.data());
    });
    return out;
}

/// The lifetime value of all customers together; see crm_covariate_lifetime_value_total.
inline crm_prediction_interval total(const covariate_fitted &purchases,
                                     const crm_gamma_gamma_report &spend,
                                     const valued_customers &customers, const covariates &given,
                                     const decimal &level) {
    const std::vector<double> covariance = purchases.model.estimates().log_covariance;
    crm_prediction_interval out{};
    detail::value(customers, given, [&](const auto *bits, const auto *each, std::size_t) {
        return crm_covariate_lifetime_value_total(purchases.model.c_value(), covariance.data(),
                                                  &spend.model, spend.log_covariance, bits, each,
                                                  level.c_value(), &out);
    });
    return out;
}

/// The same from the sums under drawn parameters; see crm_covariate_lifetime_value_total_by_draws.
inline crm_prediction_interval total_by_draws(const covariate_fitted &purchases,
                                              const crm_gamma_gamma_report &spend,
                                              const valued_customers &customers,
                                              const covariates &given, const decimal &level,
                                              std::uint32_t count, std::uint64_t seed) {
    const std::vector<double> covariance = purchases.model.estimates().log_covariance;
    crm_prediction_interval out{};
    detail::value(customers, given, [&](const auto *bits, const auto *each, std::size_t) {
        return crm_covariate_lifetime_value_total_by_draws(
            purchases.model.c_value(), covariance.data(), &spend.model, spend.log_covariance, bits,
            each, level.c_value(), count, seed, &out);
    });
    return out;
}

/// Drawn parameters, those of each draw after those of the one before; see crm_covariate_model_draws.
inline std::vector<double> draws(const covariate_fitted &fit, std::uint32_t count,
                                 std::uint64_t seed) {
    const covariate_estimates known = fit.model.estimates();
    std::vector<double> out(count * known.parameters.size());
    check(crm_covariate_model_draws(fit.model.c_value(), known.log_covariance.data(), count, seed,
                                    out.data()));
    return out;
}

/// Customers of these ages and covariates; see crm_covariate_model_simulate.
inline simulated_histories simulate(const covariate_model &model, const std::vector<double> &ages,
                                    const covariates &given, std::uint64_t seed) {
    detail::rows_of({0.0, 0.0, ages}, given);
    simulated_histories out{std::vector<double>(ages.size()), std::vector<double>(ages.size())};
    detail::with_columns(given, [&](const crm_covariates *each) {
        check(crm_covariate_model_simulate(model.c_value(), ages.data(), each, ages.size(), seed,
                                           out.frequency.data(), out.recency.data()));
    });
    return out;
}

/// Fits to customers of these ages and covariates that the model makes; see crm_covariate_model_bootstrap.
inline bootstrap parametric_bootstrap(const covariate_model &model, const std::vector<double> &ages,
                                      const covariates &given, std::uint32_t replicates,
                                      std::uint64_t seed, const decimal &level,
                                      double covariate_penalty = 0,
                                      const fit_options &options = fit_options()) {
    detail::rows_of({0.0, 0.0, ages}, given);
    std::size_t size = 0;
    check(crm_covariate_model_parameter_count(model.c_value(), &size));
    bootstrap out{std::vector<crm_prediction_interval>(size), std::vector<double>(size * replicates)};
    detail::with_columns(given, [&](const crm_covariates *each) {
        check(crm_covariate_model_bootstrap(model.c_value(), ages.data(), each, ages.size(),
                                            covariate_penalty, &options, replicates, seed,
                                            level.c_value(), out.intervals.data(),
                                            out.parameters.data(), &out.undefined));
    });
    return out;
}

} // namespace crm::prediction

#endif // CRM_CORE_COVARIATE_INTERVALS_HPP
