// Buy-till-you-die models for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_PREDICTION_HPP
#define CRM_CORE_PREDICTION_HPP

#include "crm_core.hpp"

#include <array>
#include <cstdint>

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
struct holdout;
class cohort_models;

/// The repeat purchases that a model expects of a cohort: in each period, and from the beginning on.
struct expected_tracking_columns {
    std::vector<double> incremental, cumulative;
};

/// Customers with 0, 1, 2, … repeat purchases; the last place is of all with as many or more.
struct frequency_histogram_columns {
    std::vector<double> actual, expected;
};

/// Mean purchases in the holdout of those who made 0, 1, 2, … repeat purchases before; NaN for none.
struct conditional_expectation_columns {
    std::vector<double> customers, actual, expected;
};

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

    /// The repeat purchases expected in each of `periods` periods of customers who come at `starts`.
    expected_tracking_columns expected_tracking(const std::vector<double> &starts, double period,
                                                std::size_t periods,
                                                const std::vector<double> &weights = {}) const {
        if (!weights.empty()) {
            crm::detail::require_rows(starts.size(), {{"weights", weights}});
        }
        expected_tracking_columns out{std::vector<double>(periods), std::vector<double>(periods)};
        check(crm_purchase_model_expected_tracking(
            handle_.get(), starts.data(), weights.empty() ? nullptr : weights.data(), starts.size(),
            period, periods, out.incremental.data(), out.cumulative.data()));
        return out;
    }

    /// Customers by repeat purchases, beside those that the model expects. `most` is 1 or more.
    frequency_histogram_columns frequency_histogram(const histories &customers, std::size_t most,
                                                    const std::vector<double> &weights = {}) const {
        const std::size_t rows = rows_of(customers, weights);
        const crm_purchase_histories bits = customers.c_value(rows);
        frequency_histogram_columns out{std::vector<double>(most + 1), std::vector<double>(most + 1)};
        check(crm_purchase_model_frequency_histogram(
            handle_.get(), &bits, weights.empty() ? nullptr : weights.data(), most,
            out.actual.data(), out.expected.data()));
        return out;
    }

    /// Purchases in the holdout by purchases before, beside those that the model expects.
    conditional_expectation_columns conditional_expectation(const holdout &done,
                                                            std::size_t most) const;

    /// How far predictions are off in the holdout.
    crm_holdout_error holdout_error(const holdout &done) const;

    /// P(alive) of one customer, who bought at `purchases`, at each of `times`.
    std::vector<double> probability_alive_history(const std::vector<double> &purchases,
                                                  const std::vector<double> &times) const {
        std::vector<double> out(times.size());
        check(crm_purchase_model_probability_alive_history(handle_.get(), purchases.data(),
                                                           purchases.size(), times.data(),
                                                           times.size(), out.data()));
        return out;
    }

    /// For the C interface.
    const crm_purchase_model *c_value() const noexcept { return handle_.get(); }

private:
    friend class cohort_models;
    explicit purchase_model(crm_purchase_model *handle) noexcept : handle_(handle) {}

    static std::size_t rows_of(const histories &customers, const std::vector<double> &weights) {
        const std::size_t rows = crm::detail::common_rows({{"frequency", customers.frequency},
                                                           {"recency", customers.recency},
                                                           {"age", customers.age}});
        if (!weights.empty()) {
            crm::detail::require_rows(rows, {{"weights", weights}});
        }
        return rows;
    }

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
    const std::size_t rows = rows_of(customers, weights);
    const crm_purchase_histories bits = customers.c_value(rows);
    crm_purchase_model *made = nullptr;
    crm_purchase_fit report{};
    check(crm_purchase_model_fit(kind, &bits, weights.empty() ? nullptr : weights.data(), &options,
                                 &made, &report));
    return {purchase_model(made), report};
}

/// What customers did after the end of calibration, beside what was known of them at that end.
struct holdout {
    histories customers;
    /// Purchases of each customer in the holdout.
    std::vector<double> purchases;
    /// Length of the holdout.
    column duration;
    /// How many customers each row stands for; none: each counts 1.
    std::vector<double> weights = {};

    /// For the C interface.
    crm_purchase_holdout c_value() const {
        const std::size_t rows = purchases.size();
        crm::detail::require_rows(rows, {{"frequency", customers.frequency},
                                         {"recency", customers.recency},
                                         {"age", customers.age},
                                         {"duration", duration}});
        if (!weights.empty()) {
            crm::detail::require_rows(rows, {{"weights", weights}});
        }
        return {customers.c_value(rows), purchases.data(), duration.data(), duration.stride(),
                weights.empty() ? nullptr : weights.data()};
    }
};

inline conditional_expectation_columns
purchase_model::conditional_expectation(const holdout &done, std::size_t most) const {
    const crm_purchase_holdout bits = done.c_value();
    conditional_expectation_columns out{std::vector<double>(most + 1), std::vector<double>(most + 1),
                                        std::vector<double>(most + 1)};
    check(crm_purchase_model_conditional_expectation(handle_.get(), &bits, most,
                                                     out.customers.data(), out.actual.data(),
                                                     out.expected.data()));
    return out;
}

inline crm_holdout_error purchase_model::holdout_error(const holdout &done) const {
    const crm_purchase_holdout bits = done.c_value();
    crm_holdout_error out{};
    check(crm_purchase_model_holdout_error(handle_.get(), &bits, &out));
    return out;
}

/// A model for each cohort of customers, fitted to that cohort alone.
class cohort_models {
public:
    /// `cohort` is the cohort of each customer, from 0 to `cohorts` - 1. What one cohort cannot tell
    /// is its outcome and no exception.
    cohort_models(crm_purchase_model_kind kind, const histories &customers,
                  const std::vector<std::uint32_t> &cohort, std::size_t cohorts,
                  const std::vector<double> &weights = {},
                  const fit_options &options = fit_options()) {
        const crm_purchase_histories bits = customers_of(customers, cohort);
        if (!weights.empty()) {
            crm::detail::require_rows(cohort.size(), {{"weights", weights}});
        }
        crm_purchase_cohorts *made = nullptr;
        check(crm_purchase_cohorts_fit(kind, &bits, cohort.data(), cohorts,
                                       weights.empty() ? nullptr : weights.data(), &options, &made));
        handle_.reset(made);
    }

    /// How many cohorts there are.
    std::size_t size() const {
        std::size_t count = 0;
        check(crm_purchase_cohorts_count(handle_.get(), &count));
        return count;
    }

    /// CRM_STATUS_OK for a cohort with a model, or why it has none.
    crm_status outcome(std::size_t cohort) const {
        double customers = 0;
        crm_status outcome{};
        check(crm_purchase_cohorts_outcome(handle_.get(), cohort, &customers, &outcome));
        return outcome;
    }

    /// The model of a cohort; throws as its fit did where there is none.
    fitted model(std::size_t cohort) const {
        crm_purchase_model *made = nullptr;
        crm_purchase_fit fit{};
        check(crm_purchase_cohorts_model(handle_.get(), cohort, &made, &fit));
        return {purchase_model(made), fit};
    }

    /// P(alive) of each customer under the model of its cohort; NaN where there is none.
    std::vector<double> probability_alive(const histories &customers,
                                          const std::vector<std::uint32_t> &cohort,
                                          const column &horizon = 0.0) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_cohorts_probability_alive(handle_.get(), bits, cohort.data(),
                                                          horizon.data(), horizon.stride(), out);
        };
        return evaluate(customers, cohort, {{"horizon", horizon}}, call);
    }

    /// The expected purchases of each customer under the model of its cohort.
    std::vector<double> expected_purchases(const histories &customers,
                                           const std::vector<std::uint32_t> &cohort,
                                           const column &horizon) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_cohorts_expected_purchases(handle_.get(), bits, cohort.data(),
                                                           horizon.data(), horizon.stride(), out);
        };
        return evaluate(customers, cohort, {{"horizon", horizon}}, call);
    }

    /// The discounted purchases of each customer under the model of its cohort.
    std::vector<double> discounted_purchases(const histories &customers,
                                             const std::vector<std::uint32_t> &cohort,
                                             const column &horizon,
                                             const column &discount_rate) const {
        const auto call = [&](const crm_purchase_histories *bits, double *out) {
            return crm_purchase_cohorts_discounted_purchases(
                handle_.get(), bits, cohort.data(), horizon.data(), horizon.stride(),
                discount_rate.data(), discount_rate.stride(), out);
        };
        return evaluate(customers, cohort, {{"horizon", horizon}, {"discount_rate", discount_rate}},
                        call);
    }

private:
    static crm_purchase_histories customers_of(const histories &customers,
                                               const std::vector<std::uint32_t> &cohort) {
        crm::detail::require_rows(cohort.size(), {{"frequency", customers.frequency},
                                                  {"recency", customers.recency},
                                                  {"age", customers.age}});
        return customers.c_value(cohort.size());
    }

    template <class Call>
    static std::vector<double> evaluate(const histories &customers,
                                        const std::vector<std::uint32_t> &cohort,
                                        std::initializer_list<crm::detail::named_column> columns,
                                        Call call) {
        const crm_purchase_histories bits = customers_of(customers, cohort);
        crm::detail::require_rows(cohort.size(), columns);
        std::vector<double> out(cohort.size());
        check(call(&bits, out.data()));
        return out;
    }

    crm::detail::handle<crm_purchase_cohorts, crm_purchase_cohorts_free> handle_;
};

} // namespace crm::prediction

#endif // CRM_CORE_PREDICTION_HPP
