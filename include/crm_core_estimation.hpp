// Estimating a switching matrix for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_ESTIMATION_HPP
#define CRM_CORE_ESTIMATION_HPP

#include "crm_core_switching.hpp"

namespace crm::switching::estimate {

namespace detail {

/// The number of brands of a square table.
inline std::size_t side(const char *name, std::size_t size) {
    std::size_t brands = 0;
    while (brands * brands < size) {
        ++brands;
    }
    if (brands * brands != size) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, name, "must be square");
    }
    return brands;
}

inline void require_same(const char *name, std::size_t found, std::size_t expected) {
    if (found != expected) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, name, "must have length " + std::to_string(expected));
    }
}

} // namespace detail

/// A chi-square test of counted switches; see crm_chi_square_test.
using chi_square_test = crm_chi_square_test;

/// The likeliest matrix for counted switches.
struct markov_fit {
    /// P, row-major.
    std::vector<double> transition_matrix;
    /// Of each entry.
    std::vector<double> standard_errors;
    crm_markov_fit summary;
};

/// The ends of the intervals that hold each entry with a given probability.
struct interval {
    std::vector<double> lower, upper;
};

/// What is known of a switching matrix: its rows are Dirichlet.
class transition_posterior {
public:
    /// From its parameters, row-major, all greater than 0.
    explicit transition_posterior(std::vector<double> parameters)
        : brands_(detail::side("parameters", parameters.size())), parameters_(std::move(parameters)) {
        check(crm_transition_posterior_moments(parameters_.data(), brands_, nullptr, nullptr));
    }

    std::size_t brands() const noexcept { return brands_; }
    const std::vector<double> &parameters() const noexcept { return parameters_; }

    /// alpha_ij / A_i.
    std::vector<double> mean() const {
        return square([&](double *out) {
            return crm_transition_posterior_moments(parameters_.data(), brands_, out, nullptr);
        });
    }
    std::vector<double> standard_deviations() const {
        return square([&](double *out) {
            return crm_transition_posterior_moments(parameters_.data(), brands_, nullptr, out);
        });
    }
    /// (alpha_ij - 1) / (A_i - k).
    std::vector<double> mode() const {
        return square([&](double *out) {
            return crm_transition_posterior_mode(parameters_.data(), brands_, out);
        });
    }
    /// Cov(P_ia, P_ib) of row i.
    std::vector<double> covariance(std::size_t row) const {
        return square([&](double *out) {
            return crm_transition_posterior_covariance(parameters_.data(), brands_, row, out);
        });
    }
    interval credible_interval(const decimal &level) const {
        interval made{std::vector<double>(parameters_.size()), std::vector<double>(parameters_.size())};
        check(crm_transition_posterior_interval(parameters_.data(), brands_, level.c_value(),
                                                made.lower.data(), made.upper.data()));
        return made;
    }
    /// A random matrix, the same for the same seed and stream.
    std::vector<double> sample(std::uint64_t seed, std::uint64_t stream) const {
        return square([&](double *out) {
            return crm_transition_posterior_sample(parameters_.data(), brands_, seed, stream, out);
        });
    }

private:
    template <class Call> std::vector<double> square(Call call) const {
        std::vector<double> made(parameters_.size());
        check(call(made.data()));
        return made;
    }

    std::size_t brands_;
    std::vector<double> parameters_;
};

/// How often a buyer of brand i bought brand j next, row-major.
class transition_counts {
public:
    explicit transition_counts(std::vector<double> counts)
        : brands_(detail::side("counts", counts.size())), counts_(std::move(counts)) {}

    /// From pairs: in each row a brand bought and the one bought next, counted from 0.
    static transition_counts from_pairs(const std::vector<std::uint32_t> &from,
                                        const std::vector<std::uint32_t> &to, std::size_t brands,
                                        const column &weight = 1.0) {
        detail::require_same("to", to.size(), from.size());
        crm::detail::require_rows(from.size(), {{"weight", weight}});
        std::vector<double> counts(brands * brands);
        check(crm_pair_counts(from.data(), to.data(), from.size(), weight.data(), weight.stride(),
                              brands, counts.data()));
        return transition_counts(std::move(counts));
    }

    std::size_t brands() const noexcept { return brands_; }
    const std::vector<double> &counts() const noexcept { return counts_; }

    /// crm_transition_fit: P_ij = n_ij / n_i.
    markov_fit fit() const {
        markov_fit made{std::vector<double>(counts_.size()), std::vector<double>(counts_.size()), {}};
        check(crm_transition_fit(counts_.data(), brands_, made.transition_matrix.data(),
                                 made.standard_errors.data(), &made.summary));
        return made;
    }
    /// crm_transition_posterior: `prior` is one number, one for each next brand, or a table.
    transition_posterior posterior(const std::vector<double> &prior = {1.0}) const {
        std::vector<double> parameters(counts_.size());
        check(crm_transition_posterior(counts_.data(), brands_, prior.data(), prior.size(),
                                       parameters.data()));
        return transition_posterior(std::move(parameters));
    }
    /// Order 0 against order 1.
    chi_square_test independence_test() const {
        chi_square_test made{};
        check(crm_independence_test(counts_.data(), brands_, &made));
        return made;
    }

private:
    std::size_t brands_;
    std::vector<double> counts_;
};

/// crm_homogeneity_test: do all groups switch by the same matrix?
inline chi_square_test homogeneity_test(const std::vector<transition_counts> &groups) {
    std::vector<double> all;
    const std::size_t brands = groups.empty() ? 0 : groups.front().brands();
    for (const transition_counts &group : groups) {
        detail::require_same("groups", group.brands(), brands);
        all.insert(all.end(), group.counts().begin(), group.counts().end());
    }
    chi_square_test made{};
    check(crm_homogeneity_test(all.data(), groups.size(), brands, &made));
    return made;
}

/// The purchases of a panel of customers, as sequences of brands in the order of time.
class purchase_panel {
public:
    /// One row per purchase, in any order; brands are counted from 0.
    purchase_panel(const std::vector<std::int64_t> &customer, const std::vector<std::int64_t> &time,
                   const std::vector<std::uint32_t> &brand, std::size_t brands,
                   crm_ties ties = CRM_TIES_REFUSE, std::int64_t longest_gap = CRM_NO_GAP)
        : brands_(brands) {
        detail::require_same("time", time.size(), customer.size());
        detail::require_same("brand", brand.size(), customer.size());
        crm_purchase_panel *made = nullptr;
        check(crm_purchase_panel_new(customer.data(), time.data(), brand.data(), customer.size(),
                                     brands, ties, longest_gap, &made));
        handle_.reset(made);
    }

    std::size_t brands() const noexcept { return brands_; }
    /// The number of purchases, and of sequences.
    std::pair<std::size_t, std::size_t> size() const {
        std::pair<std::size_t, std::size_t> made;
        check(crm_purchase_panel_size(handle_.get(), &made.first, &made.second));
        return made;
    }
    transition_counts counts() const {
        std::vector<double> counts(brands_ * brands_);
        check(crm_purchase_panel_counts(handle_.get(), brands_, counts.data()));
        return transition_counts(std::move(counts));
    }
    /// Before the first boundary, between two, from the last one on.
    std::vector<transition_counts> counts_by_period(const std::vector<std::int64_t> &boundaries) const {
        const std::size_t size = brands_ * brands_;
        std::vector<double> all(size * (boundaries.size() + 1));
        check(crm_purchase_panel_counts_by_period(handle_.get(), boundaries.data(), boundaries.size(),
                                                  brands_, all.data()));
        std::vector<transition_counts> made;
        for (auto first = all.begin(); first != all.end(); first += static_cast<std::ptrdiff_t>(size)) {
            made.emplace_back(std::vector<double>(first, first + static_cast<std::ptrdiff_t>(size)));
        }
        return made;
    }
    /// Order 1 against order 2.
    chi_square_test second_order_test() const {
        chi_square_test made{};
        check(crm_second_order_test(handle_.get(), &made));
        return made;
    }
    /// The same matrix in all periods?
    chi_square_test stationarity_test(const std::vector<std::int64_t> &boundaries) const {
        chi_square_test made{};
        check(crm_stationarity_test(handle_.get(), boundaries.data(), boundaries.size(), &made));
        return made;
    }

private:
    crm::detail::handle<crm_purchase_panel, crm_purchase_panel_free> handle_;
    std::size_t brands_;
};

/// What a matrix is drawn to, row-major, and how strongly.
struct shrinkage {
    std::vector<double> towards;
    double strength;
};

/// A switching matrix estimated from market shares.
struct share_fit {
    /// P, row-major.
    std::vector<double> transition_matrix;
    crm_share_fit summary;
};

namespace detail {
/// Markets as C wants them: their shares one after the other.
struct markets {
    std::vector<double> shares;
    std::vector<std::size_t> periods;

    markets(const std::vector<std::vector<double>> &tables, std::size_t brands, const std::vector<double> &weights,
            const std::optional<shrinkage> &drawn) {
        std::size_t steps = 0;
        for (const std::vector<double> &table : tables) {
            periods.push_back(switching::detail::rows("shares", table.size(), brands));
            steps += periods.back() > 0 ? periods.back() - 1 : 0;
            shares.insert(shares.end(), table.begin(), table.end());
        }
        if (!weights.empty()) {
            require_same("weights", weights.size(), steps);
        }
        if (drawn) {
            require_same("towards", drawn->towards.size(), brands * brands);
        }
    }
};
} // namespace detail

/// crm_share_regression: each market is a table of shares, row-major by period; `weights` are none, or
/// one for each step of each market.
inline share_fit share_regression(const std::vector<std::vector<double>> &markets, std::size_t brands,
                                  const std::vector<double> &weights = {},
                                  const std::optional<shrinkage> &drawn = std::nullopt) {
    const detail::markets all(markets, brands, weights, drawn);
    share_fit made{std::vector<double>(brands * brands), {}};
    check(crm_share_regression(all.shares.data(), all.periods.data(), markets.size(), brands,
                               weights.empty() ? nullptr : weights.data(),
                               drawn ? drawn->towards.data() : nullptr, drawn ? drawn->strength : 0,
                               made.transition_matrix.data(), &made.summary));
    return made;
}

/// What is known of every entry of a matrix, row-major; NaN for entries held at 0.
struct share_entries {
    std::vector<double> standard_errors, t_values, p_values;
};

/// Standard errors of a share_regression of the same markets: crm_share_inference_new.
class share_inference {
public:
    share_inference(const std::vector<std::vector<double>> &markets, std::size_t brands,
                    crm_covariance_estimator covariance = CRM_COVARIANCE_ESTIMATOR_HC3,
                    const std::vector<double> &weights = {},
                    const std::optional<shrinkage> &drawn = std::nullopt)
        : brands_(brands) {
        const detail::markets all(markets, brands, weights, drawn);
        crm_share_inference *made = nullptr;
        check(crm_share_inference_new(all.shares.data(), all.periods.data(), markets.size(), brands,
                                      weights.empty() ? nullptr : weights.data(),
                                      drawn ? drawn->towards.data() : nullptr, drawn ? drawn->strength : 0,
                                      covariance, &made));
        handle_.reset(made);
    }

    crm_share_inference_summary summary() const {
        crm_share_inference_summary made{};
        check(crm_share_inference_get_summary(handle_.get(), &made));
        return made;
    }
    share_entries entries() const {
        const std::size_t size = brands_ * brands_;
        share_entries made{std::vector<double>(size), std::vector<double>(size), std::vector<double>(size)};
        check(crm_share_inference_entries(handle_.get(), brands_, made.standard_errors.data(),
                                          made.t_values.data(), made.p_values.data()));
        return made;
    }
    interval confidence_interval(const decimal &level) const {
        interval made{std::vector<double>(brands_ * brands_), std::vector<double>(brands_ * brands_)};
        check(crm_share_inference_interval(handle_.get(), level.c_value(), brands_, made.lower.data(),
                                           made.upper.data()));
        return made;
    }
    /// Of entries i·k + j, row-major.
    std::vector<double> covariance() const {
        const std::size_t entries = brands_ * brands_;
        std::vector<double> made(entries * entries);
        check(crm_share_inference_covariance(handle_.get(), entries, made.data()));
        return made;
    }

private:
    crm::detail::handle<crm_share_inference, crm_share_inference_free> handle_;
    std::size_t brands_;
};

/// What customers said: last and next brands, counted from 0; what else may decide, row-major.
struct survey {
    std::vector<std::uint32_t> last, next;
    std::size_t brands;
    /// For each customer one row of `attribute_columns` numbers for each brand.
    std::vector<double> attributes = {};
    std::size_t attribute_columns = 0;
    /// One row of `covariate_columns` numbers for each customer.
    std::vector<double> covariates = {};
    std::size_t covariate_columns = 0;
};

/// A matrix as a fitted model predicts it, row-major.
struct predicted_matrix {
    std::vector<double> transition_matrix, standard_errors;
};

/// A multinomial logit with inertia, fitted to a survey: crm_inertia_logit_new.
class inertia_logit {
public:
    explicit inertia_logit(const survey &answers)
        : brands_(answers.brands), attributes_(answers.attribute_columns),
          covariates_(answers.covariate_columns) {
        const std::size_t customers = answers.last.size();
        detail::require_same("next", answers.next.size(), customers);
        detail::require_same("attributes", answers.attributes.size(), customers * brands_ * attributes_);
        detail::require_same("covariates", answers.covariates.size(), customers * covariates_);
        crm_inertia_logit *made = nullptr;
        check(crm_inertia_logit_new(answers.last.data(), answers.next.data(), customers, brands_,
                                    answers.attributes.data(), attributes_, answers.covariates.data(),
                                    covariates_, &made));
        handle_.reset(made);
    }

    crm_logit_summary summary() const {
        crm_logit_summary made{};
        check(crm_inertia_logit_summary(handle_.get(), &made));
        return made;
    }
    std::vector<crm_logit_coefficient> coefficients() const {
        std::vector<crm_logit_coefficient> made(static_cast<std::size_t>(summary().coefficients));
        check(crm_inertia_logit_coefficients(handle_.get(), made.size(), made.data()));
        return made;
    }
    /// Row-major.
    std::vector<double> covariance() const {
        const auto size = static_cast<std::size_t>(summary().coefficients);
        std::vector<double> made(size * size);
        check(crm_inertia_logit_covariance(handle_.get(), size, made.data()));
        return made;
    }
    /// The matrix of customers with these covariates, who see brands with these attributes.
    predicted_matrix predict(const std::vector<double> &covariates = {},
                             const std::vector<double> &attributes = {}) const {
        detail::require_same("covariates", covariates.size(), covariates_);
        detail::require_same("attributes", attributes.size(), brands_ * attributes_);
        predicted_matrix made{std::vector<double>(brands_ * brands_), std::vector<double>(brands_ * brands_)};
        check(crm_inertia_logit_predict(handle_.get(), covariates.data(), covariates_,
                                        attributes.data(), attributes_, brands_,
                                        made.transition_matrix.data(), made.standard_errors.data()));
        return made;
    }

private:
    crm::detail::handle<crm_inertia_logit, crm_inertia_logit_free> handle_;
    std::size_t brands_, attributes_, covariates_;
};

} // namespace crm::switching::estimate

#endif // CRM_CORE_ESTIMATION_HPP
