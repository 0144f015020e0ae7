// How sure predictions of purchases, spend, renewals and lifetime values are, for C++17: part of crm_core.hpp,
// which includes it.
#ifndef CRM_CORE_INTERVALS_HPP
#define CRM_CORE_INTERVALS_HPP

namespace crm::prediction {

/// Predictions with their standard errors and intervals, one of each per customer.
struct interval_table {
    std::vector<double> estimate;       ///< the predictions
    std::vector<double> standard_error; ///< by the delta method
    std::vector<double> lower;          ///< lower ends of the intervals
    std::vector<double> upper;          ///< upper ends

    /// Room for this many customers.
    explicit interval_table(std::size_t rows)
        : estimate(rows), standard_error(rows), lower(rows), upper(rows) {}
};

/// What a prediction is about, beside the customers; numbers that it does not know are not read.
struct prediction_numbers {
    column horizon = 0.0;       ///< how far to look; may be INFINITY for discounted purchases
    column purchases = 0.0;     ///< how many purchases
    column discount_rate = 0.0; ///< per unit of time

    /// For the C interface.
    crm_prediction_numbers c_value() const noexcept {
        return {horizon.data(),     horizon.stride(),       purchases.data(),
                purchases.stride(), discount_rate.data(), discount_rate.stride()};
    }
};

/// Fits to what a model makes itself; see crm_purchase_model_bootstrap.
struct bootstrap {
    std::vector<crm_prediction_interval> intervals; ///< one for each parameter in their order
    std::vector<double> parameters;                 ///< of each replicate, NaN for those without a maximum
    std::uint32_t undefined = 0;                    ///< replicates without a maximum
};

/// Customers that a model made.
struct simulated_histories {
    std::vector<double> frequency; ///< x
    std::vector<double> recency;   ///< t_x
};

/// Customers under contract that a model made.
struct simulated_tenures {
    std::vector<double> tenure;        ///< the renewal at which each left, or how often it has renewed
    std::vector<std::int32_t> churned; ///< 1 for who left
};

namespace detail {

/// How many customers there are, of columns and numbers that must agree.
inline std::size_t rows_of(const histories &customers, const prediction_numbers &numbers) {
    return crm::detail::common_rows({{"frequency", customers.frequency},
                                     {"recency", customers.recency},
                                     {"age", customers.age},
                                     {"horizon", numbers.horizon},
                                     {"purchases", numbers.purchases},
                                     {"discount_rate", numbers.discount_rate}});
}

} // namespace detail

// ---- purchases ----

/// The prediction for each customer with its interval; see crm_purchase_model_intervals.
inline interval_table intervals(const fitted &fit, crm_purchase_prediction prediction,
                                const histories &customers, const prediction_numbers &numbers,
                                const decimal &level) {
    const std::size_t rows = detail::rows_of(customers, numbers);
    const crm_purchase_histories bits = customers.c_value(rows);
    const crm_prediction_numbers about = numbers.c_value();
    interval_table out(rows);
    check(crm_purchase_model_intervals(fit.model.c_value(), fit.fit.log_covariance, prediction, &bits,
                                       &about, level.c_value(), out.estimate.data(),
                                       out.standard_error.data(), out.lower.data(),
                                       out.upper.data()));
    return out;
}

/// The sum over all customers with its interval; see crm_purchase_model_total.
inline crm_prediction_interval total(const fitted &fit, crm_purchase_prediction prediction,
                                     const histories &customers, const prediction_numbers &numbers,
                                     const decimal &level) {
    const std::size_t rows = detail::rows_of(customers, numbers);
    const crm_purchase_histories bits = customers.c_value(rows);
    const crm_prediction_numbers about = numbers.c_value();
    crm_prediction_interval out{};
    check(crm_purchase_model_total(fit.model.c_value(), fit.fit.log_covariance, prediction, &bits,
                                   &about, level.c_value(), &out));
    return out;
}

/// The same from the sums under drawn parameters; see crm_purchase_model_total_by_draws.
inline crm_prediction_interval total_by_draws(const fitted &fit, crm_purchase_prediction prediction,
                                              const histories &customers,
                                              const prediction_numbers &numbers,
                                              const decimal &level, std::uint32_t count,
                                              std::uint64_t seed) {
    const std::size_t rows = detail::rows_of(customers, numbers);
    const crm_purchase_histories bits = customers.c_value(rows);
    const crm_prediction_numbers about = numbers.c_value();
    crm_prediction_interval out{};
    check(crm_purchase_model_total_by_draws(fit.model.c_value(), fit.fit.log_covariance, prediction,
                                            &bits, &about, level.c_value(), count, seed, &out));
    return out;
}

/// Drawn parameters; see crm_purchase_model_draws.
inline std::vector<std::array<double, 4>> draws(const fitted &fit, std::uint32_t count,
                                                std::uint64_t seed) {
    std::vector<std::array<double, 4>> out(count);
    check(crm_purchase_model_draws(fit.model.c_value(), fit.fit.log_covariance, count, seed,
                                   count ? out.front().data() : nullptr));
    return out;
}

/// Customers of these ages; see crm_purchase_model_simulate.
inline simulated_histories simulate(const purchase_model &model, const std::vector<double> &ages,
                                    std::uint64_t seed) {
    simulated_histories out{std::vector<double>(ages.size()), std::vector<double>(ages.size())};
    check(crm_purchase_model_simulate(model.c_value(), ages.data(), ages.size(), seed,
                                      out.frequency.data(), out.recency.data()));
    return out;
}

/// Fits to customers of these ages that the model makes; see crm_purchase_model_bootstrap.
inline bootstrap parametric_bootstrap(const purchase_model &model, const std::vector<double> &ages,
                                      std::uint32_t replicates, std::uint64_t seed,
                                      const decimal &level,
                                      const fit_options &options = fit_options()) {
    bootstrap out{std::vector<crm_prediction_interval>(4), std::vector<double>(4 * replicates)};
    check(crm_purchase_model_bootstrap(model.c_value(), ages.data(), ages.size(), &options,
                                       replicates, seed, level.c_value(), out.intervals.data(),
                                       out.parameters.data(), &out.undefined));
    return out;
}

// ---- spend ----

/// What is known of the spend of customers: columns, or numbers for all.
struct spend_columns {
    column frequency = 0.0;  ///< the number of purchases that the mean is of
    column mean_spend = 0.0; ///< their mean spend

    /// How many customers there are.
    std::size_t rows() const {
        return crm::detail::common_rows({{"frequency", frequency}, {"mean_spend", mean_spend}});
    }
    /// For the C interface.
    crm_spend_columns c_value() const {
        return {frequency.data(), frequency.stride(), mean_spend.data(), mean_spend.stride(), rows()};
    }
};

/// The density over customers of their expected spend; see crm_gamma_gamma_expected_spend_density.
inline std::vector<double> expected_spend_density(const gamma_gamma &model,
                                                  const std::vector<double> &expected_spend) {
    std::vector<double> out(expected_spend.size());
    check(crm_gamma_gamma_expected_spend_density(&model.c_value(), expected_spend.data(), 1,
                                                 expected_spend.size(), out.data()));
    return out;
}

/// The expected spend of each customer with its interval; see crm_gamma_gamma_intervals.
inline interval_table intervals(const crm_gamma_gamma_report &fit, const spend_columns &customers,
                                const decimal &level) {
    const crm_spend_columns spend = customers.c_value();
    interval_table out(spend.customers);
    check(crm_gamma_gamma_intervals(&fit.model, fit.log_covariance, &spend, level.c_value(),
                                    out.estimate.data(), out.standard_error.data(),
                                    out.lower.data(), out.upper.data()));
    return out;
}

/// The sum over all customers with its interval; see crm_gamma_gamma_total.
inline crm_prediction_interval total(const crm_gamma_gamma_report &fit,
                                     const spend_columns &customers, const decimal &level) {
    const crm_spend_columns spend = customers.c_value();
    crm_prediction_interval out{};
    check(crm_gamma_gamma_total(&fit.model, fit.log_covariance, &spend, level.c_value(), &out));
    return out;
}

/// Drawn parameters p, q and gamma; see crm_gamma_gamma_draws.
inline std::vector<std::array<double, 3>> draws(const crm_gamma_gamma_report &fit,
                                                std::uint32_t count, std::uint64_t seed) {
    std::vector<std::array<double, 3>> out(count);
    check(crm_gamma_gamma_draws(&fit.model, fit.log_covariance, count, seed,
                                count ? out.front().data() : nullptr));
    return out;
}

/// Fits to the spend of customers with these frequencies that the model makes; see
/// crm_gamma_gamma_bootstrap.
inline bootstrap parametric_bootstrap(const gamma_gamma &model, const std::vector<double> &frequency,
                                      std::uint32_t replicates, std::uint64_t seed,
                                      const decimal &level,
                                      const fit_options &options = fit_options()) {
    bootstrap out{std::vector<crm_prediction_interval>(3), std::vector<double>(3 * replicates)};
    check(crm_gamma_gamma_bootstrap(&model.c_value(), frequency.data(), frequency.size(), &options,
                                    replicates, seed, level.c_value(), out.intervals.data(),
                                    out.parameters.data(), &out.undefined));
    return out;
}

// ---- renewals ----

/// Customers under contract: columns, or numbers for all.
struct contracts {
    column renewals = 0.0;      ///< how many times each has renewed
    column horizon = 0.0;       ///< how many payments are counted; may be INFINITY
    column discount_rate = 0.0; ///< per period

    /// For the C interface.
    crm_renewal_columns c_value() const {
        const std::size_t rows = crm::detail::common_rows(
            {{"renewals", renewals}, {"horizon", horizon}, {"discount_rate", discount_rate}});
        return {renewals.data(),      renewals.stride(),      horizon.data(), horizon.stride(),
                discount_rate.data(), discount_rate.stride(), rows};
    }
};

/// The prediction for each customer with its interval; see crm_renewal_intervals.
inline interval_table intervals(const crm_renewal_report &fit, crm_renewal_prediction prediction,
                                const contracts &customers, const decimal &level) {
    const crm_renewal_columns bits = customers.c_value();
    interval_table out(bits.customers);
    check(crm_renewal_intervals(&fit.model, fit.log_covariance, prediction, &bits, level.c_value(),
                                out.estimate.data(), out.standard_error.data(), out.lower.data(),
                                out.upper.data()));
    return out;
}

/// The sum over all customers with its interval; see crm_renewal_total.
inline crm_prediction_interval total(const crm_renewal_report &fit,
                                     crm_renewal_prediction prediction, const contracts &customers,
                                     const decimal &level) {
    const crm_renewal_columns bits = customers.c_value();
    crm_prediction_interval out{};
    check(crm_renewal_total(&fit.model, fit.log_covariance, prediction, &bits, level.c_value(),
                            &out));
    return out;
}

/// Drawn parameters alpha, beta and c; see crm_renewal_draws.
inline std::vector<std::array<double, 3>> draws(const crm_renewal_report &fit, std::uint32_t count,
                                                std::uint64_t seed) {
    std::vector<std::array<double, 3>> out(count);
    check(crm_renewal_draws(&fit.model, fit.log_covariance, count, seed,
                            count ? out.front().data() : nullptr));
    return out;
}

/// Customers who came to this many renewals, unless they left before; see crm_renewal_simulate.
inline simulated_tenures simulate(const crm_renewal_model &model, const std::vector<double> &ages,
                                  std::uint64_t seed) {
    simulated_tenures out{std::vector<double>(ages.size()), std::vector<std::int32_t>(ages.size())};
    check(crm_renewal_simulate(&model, ages.data(), ages.size(), seed, out.tenure.data(),
                               out.churned.data()));
    return out;
}

/// Fits of the sBG to customers that the model makes; see crm_sbg_bootstrap.
inline bootstrap sbg_bootstrap(const crm_renewal_model &model, const std::vector<double> &ages,
                               std::uint32_t replicates, std::uint64_t seed, const decimal &level,
                               const fit_options &options = fit_options()) {
    bootstrap out{std::vector<crm_prediction_interval>(2), std::vector<double>(2 * replicates)};
    check(crm_sbg_bootstrap(&model, ages.data(), ages.size(), &options, replicates, seed,
                            level.c_value(), out.intervals.data(), out.parameters.data(),
                            &out.undefined));
    return out;
}

/// Fits of the BdW to customers that the model makes; see crm_bdw_bootstrap.
inline bootstrap bdw_bootstrap(const crm_renewal_model &model, const std::vector<double> &ages,
                               std::uint32_t replicates, std::uint64_t seed, const decimal &level,
                               const fit_options &options = fit_options()) {
    bootstrap out{std::vector<crm_prediction_interval>(3), std::vector<double>(3 * replicates)};
    check(crm_bdw_bootstrap(&model, ages.data(), ages.size(), &options, replicates, seed,
                            level.c_value(), out.intervals.data(), out.parameters.data(),
                            &out.undefined));
    return out;
}

// ---- lifetime values ----

/// Customers to value: columns, or numbers for all.
struct valued_customers {
    histories history;                                        ///< frequency, recency and age
    spend_columns spend;                                      ///< what is known of their spend
    column discount_rate = 0.0;                               ///< per unit of time
    column margin = 1.0;                                      ///< part of the spend that remains
    column horizon = std::numeric_limits<double>::infinity(); ///< how far to look

    /// For the C interface.
    crm_lifetime_value_columns c_value() const {
        const std::size_t rows = crm::detail::common_rows({{"frequency", history.frequency},
                                                           {"recency", history.recency},
                                                           {"age", history.age},
                                                           {"spend_frequency", spend.frequency},
                                                           {"mean_spend", spend.mean_spend},
                                                           {"discount_rate", discount_rate},
                                                           {"margin", margin},
                                                           {"horizon", horizon}});
        return {history.c_value(rows),
                spend.frequency.data(),
                spend.frequency.stride(),
                spend.mean_spend.data(),
                spend.mean_spend.stride(),
                horizon.data(),
                horizon.stride(),
                discount_rate.data(),
                discount_rate.stride(),
                margin.data(),
                margin.stride()};
    }
};

/// The lifetime value of each customer; see crm_lifetime_value.
inline std::vector<double> lifetime_value(const purchase_model &purchases, const gamma_gamma &spend,
                                          const valued_customers &customers) {
    const crm_lifetime_value_columns bits = customers.c_value();
    std::vector<double> out(bits.histories.customers);
    check(crm_lifetime_value(purchases.c_value(), &spend.c_value(), &bits, out.data()));
    return out;
}

/// The lifetime value of each customer with its interval; see crm_lifetime_value_intervals.
inline interval_table intervals(const fitted &purchases, const crm_gamma_gamma_report &spend,
                                const valued_customers &customers, const decimal &level) {
    const crm_lifetime_value_columns bits = customers.c_value();
    interval_table out(bits.histories.customers);
    check(crm_lifetime_value_intervals(purchases.model.c_value(), purchases.fit.log_covariance,
                                       &spend.model, spend.log_covariance, &bits, level.c_value(),
                                       out.estimate.data(), out.standard_error.data(),
                                       out.lower.data(), out.upper.data()));
    return out;
}

/// The lifetime value of all customers together; see crm_lifetime_value_total.
inline crm_prediction_interval total(const fitted &purchases, const crm_gamma_gamma_report &spend,
                                     const valued_customers &customers, const decimal &level) {
    const crm_lifetime_value_columns bits = customers.c_value();
    crm_prediction_interval out{};
    check(crm_lifetime_value_total(purchases.model.c_value(), purchases.fit.log_covariance,
                                   &spend.model, spend.log_covariance, &bits, level.c_value(),
                                   &out));
    return out;
}

/// The same from the sums under drawn parameters; see crm_lifetime_value_total_by_draws.
inline crm_prediction_interval total_by_draws(const fitted &purchases,
                                              const crm_gamma_gamma_report &spend,
                                              const valued_customers &customers,
                                              const decimal &level, std::uint32_t count,
                                              std::uint64_t seed) {
    const crm_lifetime_value_columns bits = customers.c_value();
    crm_prediction_interval out{};
    check(crm_lifetime_value_total_by_draws(
        purchases.model.c_value(), purchases.fit.log_covariance, &spend.model,
        spend.log_covariance, &bits, level.c_value(), count, seed, &out));
    return out;
}

} // namespace crm::prediction

#endif // CRM_CORE_INTERVALS_HPP
