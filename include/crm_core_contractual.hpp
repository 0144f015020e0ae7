// Customers under contract, who renew or leave at known times. Included by crm_core.hpp.
#ifndef CRM_CORE_CONTRACTUAL_HPP
#define CRM_CORE_CONTRACTUAL_HPP

namespace crm {

/// What customers did at their renewals; see crm_renewals. Can be moved, not copied.
class renewals {
public:
    /// One cohort: customers at first, after the first renewal, after the second, …
    explicit renewals(const std::vector<double> &survivors) {
        crm_renewals *made = nullptr;
        check(crm_renewals_new(survivors.data(), survivors.size(), &made));
        handle_.reset(made);
    }
    /// Customers one by one; `churned` is 1 for who left at this tenure, 0 for who was still there.
    renewals(const std::vector<double> &tenure, const std::vector<std::int32_t> &churned,
             const std::optional<std::vector<double>> &weights = std::nullopt) {
        detail::same_length("churned", churned.size(), tenure.size());
        if (weights) {
            detail::same_length("weights", weights->size(), tenure.size());
        }
        crm_renewals *made = nullptr;
        check(crm_renewals_from_customers_new(tenure.data(), churned.data(),
                                              weights ? weights->data() : nullptr, tenure.size(),
                                              &made));
        handle_.reset(made);
    }
    /// Adds other customers.
    void merge(const renewals &other) {
        crm_renewals *merged = nullptr;
        check(crm_renewals_merge_new(handle_.get(), other.handle_.get(), &merged));
        handle_.reset(merged);
    }
    /// How many customers came to renewal 1, 2, …
    std::vector<double> at_risk() const { return read().first; }
    /// How many of them left at it.
    std::vector<double> lost() const { return read().second; }
    /// For the C interface.
    const crm_renewals *c_value() const noexcept { return handle_.get(); }

private:
    std::pair<std::vector<double>, std::vector<double>> read() const {
        std::size_t count = 0;
        double customers = 0;
        check(crm_renewals_measure(handle_.get(), &count, &customers));
        std::pair<std::vector<double>, std::vector<double>> out{std::vector<double>(count),
                                                                std::vector<double>(count)};
        check(crm_renewals_read(handle_.get(), count, out.first.data(), out.second.data()));
        return out;
    }

    detail::handle<crm_renewals, crm_renewals_free> handle_;
};

/// A model of renewals, the BdW or with c = 1 the sBG; see crm_renewal_model. Columns are of one length.
class renewal_model {
public:
    /// Known parameters, all positive; without c it is an sBG.
    renewal_model(double alpha, double beta, double c = 1) noexcept : model_{alpha, beta, c} {}
    /// Parameters of the C interface, as of a report.
    explicit renewal_model(const crm_renewal_model &model) noexcept : model_(model) {}

    /// The most likely sBG, with how the fit went; see crm_sbg_fit.
    static crm_renewal_report fit_sbg(const renewals &data, const crm_fit_options *options = nullptr) {
        crm_renewal_report report;
        check(crm_sbg_fit(data.c_value(), options, &report));
        return report;
    }
    /// The most likely BdW, with how the fit went; see crm_bdw_fit.
    static crm_renewal_report fit_bdw(const renewals &data, const crm_fit_options *options = nullptr) {
        crm_renewal_report report;
        check(crm_bdw_fit(data.c_value(), options, &report));
        return report;
    }

    /// The shares of those who come to these renewals, from 1 on, who renew.
    std::vector<double> retention_rate(const std::vector<double> &renewal) const {
        std::vector<double> out(renewal.size());
        check(crm_renewal_retention_rate(&model_, renewal.data(), 1, renewal.size(), out.data()));
        return out;
    }
    /// The probabilities that a new customer leaves at these renewals, from 1 on.
    std::vector<double> churn_probability(const std::vector<double> &renewal) const {
        std::vector<double> out(renewal.size());
        check(crm_renewal_churn_probability(&model_, renewal.data(), 1, renewal.size(),
                                            out.data()));
        return out;
    }
    /// The probabilities that a new customer renews so many times: the projection of a cohort.
    std::vector<double> survival(const std::vector<double> &renewals) const {
        return conditional_survival(std::vector<double>(renewals.size(), 0.0), renewals);
    }
    /// The probability that each customer renews `further` times more.
    std::vector<double> conditional_survival(const std::vector<double> &renewals,
                                             const std::vector<double> &further) const {
        detail::same_length("further", further.size(), renewals.size());
        std::vector<double> out(renewals.size());
        check(crm_renewal_conditional_survival(&model_, renewals.data(), 1, further.data(), 1,
                                               renewals.size(), out.data()));
        return out;
    }
    /// DEL of customers who have renewed so often and pay now; see crm_renewal_discounted_lifetime.
    std::vector<double>
    discounted_lifetime(const std::vector<double> &renewals, double discount_rate,
                        double horizon = std::numeric_limits<double>::infinity()) const {
        return lifetimes(crm_renewal_discounted_lifetime, renewals, discount_rate, horizon);
    }
    /// DERL of customers who have renewed so often; see crm_renewal_discounted_residual_lifetime.
    std::vector<double>
    discounted_residual_lifetime(const std::vector<double> &renewals, double discount_rate,
                                 double horizon = std::numeric_limits<double>::infinity()) const {
        return lifetimes(crm_renewal_discounted_residual_lifetime, renewals, discount_rate, horizon);
    }
    /// The expected number of renewals that are still to come, among the next `horizon`.
    std::vector<double>
    expected_residual_lifetime(const std::vector<double> &renewals,
                               double horizon = std::numeric_limits<double>::infinity()) const {
        std::vector<double> out(renewals.size());
        check(crm_renewal_expected_residual_lifetime(&model_, renewals.data(), 1, &horizon, 0,
                                                     renewals.size(), out.data()));
        return out;
    }
    /// For the C interface.
    const crm_renewal_model &c_value() const noexcept { return model_; }

private:
    template <class Function>
    std::vector<double> lifetimes(Function function, const std::vector<double> &renewals,
                                  double discount_rate, double horizon) const {
        const crm_renewal_columns customers = {renewals.data(), 1, &horizon,       0,
                                               &discount_rate,  0, renewals.size()};
        std::vector<double> out(renewals.size());
        check(function(&model_, &customers, out.data()));
        return out;
    }

    crm_renewal_model model_;
};

} // namespace crm

#endif // CRM_CORE_CONTRACTUAL_HPP
