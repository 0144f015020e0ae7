// What customers spend per purchase: the Gamma-Gamma model. Included by crm_core.hpp.
#ifndef CRM_CORE_SPEND_HPP
#define CRM_CORE_SPEND_HPP

namespace crm {

namespace detail {

/// Refuses a column of another length than the first one.
inline void same_length(const char *argument, std::size_t found, std::size_t rows) {
    if (found != rows) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, argument,
                    "must have length " + std::to_string(rows));
    }
}

} // namespace detail

/// An interval for each customer.
struct interval_columns {
    std::vector<double> lower; ///< its lower end
    std::vector<double> upper; ///< its upper end
};

/// The Gamma-Gamma model of spend; see crm_gamma_gamma. Customers are given by the frequency and the
/// mean spend of a summary, in columns of one length.
class gamma_gamma {
public:
    /// Known parameters, all positive.
    gamma_gamma(double p, double q, double gamma) noexcept : model_{p, q, gamma} {}
    /// Parameters of the C interface, as of a report.
    explicit gamma_gamma(const crm_gamma_gamma &model) noexcept : model_(model) {}

    /// The most likely parameters, with how the fit went; see crm_gamma_gamma_fit.
    static crm_gamma_gamma_report fit(const std::vector<double> &frequency,
                                      const std::vector<double> &mean_spend,
                                      const std::optional<std::vector<double>> &weights = std::nullopt,
                                      const crm_fit_options *options = nullptr) {
        const crm_spend_columns spend = columns(frequency, mean_spend);
        if (weights) {
            detail::same_length("weights", weights->size(), frequency.size());
        }
        crm_gamma_gamma_report report;
        check(crm_gamma_gamma_fit(&spend, weights ? weights->data() : nullptr, options, &report));
        return report;
    }

    /// The expected spend per purchase of each customer.
    std::vector<double> expected_spend(const std::vector<double> &frequency,
                                       const std::vector<double> &mean_spend) const {
        const crm_spend_columns spend = columns(frequency, mean_spend);
        std::vector<double> out(frequency.size());
        check(crm_gamma_gamma_expected_spend(&model_, &spend, out.data()));
        return out;
    }
    /// The expected spend per purchase of a customer of whom nothing is known.
    double expected_spend() const { return expected_spend({0.0}, {0.0}).front(); }
    /// The log-density of the mean spend of each customer.
    std::vector<double> log_density(const std::vector<double> &frequency,
                                    const std::vector<double> &mean_spend) const {
        const crm_spend_columns spend = columns(frequency, mean_spend);
        std::vector<double> out(frequency.size());
        check(crm_gamma_gamma_log_density(&model_, &spend, out.data()));
        return out;
    }
    /// The interval that holds the expected spend of each customer with this probability.
    interval_columns spend_interval(const std::vector<double> &frequency,
                                    const std::vector<double> &mean_spend,
                                    const decimal &level) const {
        const crm_spend_columns spend = columns(frequency, mean_spend);
        interval_columns out{std::vector<double>(frequency.size()),
                             std::vector<double>(frequency.size())};
        check(crm_gamma_gamma_spend_interval(&model_, &spend, level.c_value(), out.lower.data(),
                                             out.upper.data()));
        return out;
    }
    /// Margin times expected spend times discounted purchases of each customer.
    std::vector<double> lifetime_value(const std::vector<double> &frequency,
                                       const std::vector<double> &mean_spend,
                                       const std::vector<double> &discounted_purchases,
                                       const std::vector<double> &margin) const {
        const crm_spend_columns spend = columns(frequency, mean_spend);
        detail::same_length("discounted_purchases", discounted_purchases.size(), frequency.size());
        detail::same_length("margin", margin.size(), frequency.size());
        std::vector<double> out(frequency.size());
        check(crm_gamma_gamma_lifetime_value(&model_, &spend, discounted_purchases.data(), 1,
                                             margin.data(), 1, out.data()));
        return out;
    }
    /// The same with one margin for all.
    std::vector<double> lifetime_value(const std::vector<double> &frequency,
                                       const std::vector<double> &mean_spend,
                                       const std::vector<double> &discounted_purchases,
                                       double margin) const {
        return lifetime_value(frequency, mean_spend, discounted_purchases,
                              std::vector<double>(frequency.size(), margin));
    }
    /// Draws the mean spend of customers with these frequencies.
    std::vector<double> simulate(const std::vector<double> &frequency, std::uint64_t seed) const {
        std::vector<double> out(frequency.size());
        check(crm_gamma_gamma_simulate(&model_, frequency.data(), frequency.size(), seed,
                                       out.data()));
        return out;
    }
    /// For the C interface.
    const crm_gamma_gamma &c_value() const noexcept { return model_; }

private:
    static crm_spend_columns columns(const std::vector<double> &frequency,
                                     const std::vector<double> &mean_spend) {
        detail::same_length("mean_spend", mean_spend.size(), frequency.size());
        return {frequency.data(), 1, mean_spend.data(), 1, frequency.size()};
    }

    crm_gamma_gamma model_;
};

} // namespace crm

#endif // CRM_CORE_SPEND_HPP
