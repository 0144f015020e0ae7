// How far to trust the value of brand switching, for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_UNCERTAINTY_HPP
#define CRM_CORE_UNCERTAINTY_HPP

#include "crm_core.hpp"

namespace crm::switching {

/// V = sum_j w_j CLV(j) with its derivatives by every input.
struct gradient {
    /// V, and the derivatives by single numbers.
    crm_switching_gradient scalars{};
    /// dV/dP_ab, row-major: entry (a, b) alone changes.
    std::vector<double> transition;
    /// The same along the simplex: the other entries of row a give way in proportion to their size.
    std::vector<double> along_simplex;
    /// dV/dS_0.
    std::vector<double> shares;
    /// dV/dpi.
    std::vector<double> contribution;
};

/// What is not known exactly beside P.
struct input_doubts {
    /// The standard deviation of r.
    double discount_rate_sd = 0;
    /// The purchases from which the present shares were estimated; 0 where they are known.
    double shares_known_by = 0;
    /// The standard deviation of every contribution; empty where they are known.
    std::vector<double> contribution_sd{};

    /// For the C interface; lives as long as this object.
    crm_input_doubts c_value(std::size_t brands) const {
        if (!contribution_sd.empty() && contribution_sd.size() != brands) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "contribution_sd",
                        "must have length " + std::to_string(brands));
        }
        crm_input_doubts made{};
        made.discount_rate_sd = discount_rate_sd;
        made.shares_known_by = shares_known_by;
        made.contribution_sd = contribution_sd.empty() ? nullptr : contribution_sd.data();
        return made;
    }
};

/// A switching matrix, and how well each of its rows is known.
class matrix_estimate {
public:
    /// The mean of Dirichlet rows; `parameters` is row-major.
    static matrix_estimate from_posterior(const std::vector<double> &parameters, std::size_t brands) {
        return matrix_estimate(crm_matrix_estimate_from_posterior_new, "parameters", parameters, brands);
    }
    /// The likeliest matrix for counted switches, row-major.
    static matrix_estimate from_counts(const std::vector<double> &counts, std::size_t brands) {
        return matrix_estimate(crm_matrix_estimate_from_counts_new, "counts", counts, brands);
    }

    /// P, row-major.
    const std::vector<double> &transition_matrix() const noexcept { return matrix_; }
    /// The purchases that each row is known by.
    const std::vector<double> &known_by() const noexcept { return known_by_; }
    /// For the C interface.
    const crm_matrix_estimate *c_value() const noexcept { return handle_.get(); }

private:
    template <class Make>
    matrix_estimate(Make make, const char *name, const std::vector<double> &table, std::size_t brands)
        : matrix_(brands * brands), known_by_(brands) {
        if (table.size() != brands * brands) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, name, "must be square");
        }
        crm_matrix_estimate *made = nullptr;
        check(make(table.data(), brands, &made));
        handle_.reset(made);
        check(crm_matrix_estimate_values(made, brands, matrix_.data(), known_by_.data()));
    }

    crm::detail::handle<crm_matrix_estimate, crm_matrix_estimate_free> handle_;
    std::vector<double> matrix_;
    std::vector<double> known_by_;
};

/// The standard error of V, and where it comes from.
struct standard_error {
    /// V, its standard error, and the variances that single inputs bring.
    crm_standard_error parts{};
    /// The variance that each row of P brings.
    std::vector<double> row_variance;

    /// Where V lies with probability `level` if it is about normal.
    std::pair<double, double> interval(const decimal &level) const {
        std::pair<double, double> ends;
        check(crm_normal_interval(parts.value, parts.standard_error, level.c_value(), &ends.first,
                                  &ends.second));
        return ends;
    }
};

/// Which part of P is worth measuring better; the most rewarding comes first.
struct ranking {
    /// The standard error of V that comes from P alone.
    double standard_error = 0;
    std::vector<crm_row_rank> rows;
    std::vector<crm_entry_rank> entries;
};

/// What the draws of V say.
struct draw_summary {
    double mean = 0;
    double standard_deviation = 0;
    /// At the probabilities that were asked for.
    std::vector<double> quantiles;
};

/// The value to every brand in every random draw.
class drawn_values {
public:
    /// Takes the handle over.
    drawn_values(crm_drawn_values *made, std::size_t draws, std::size_t brands)
        : draws_(draws), brands_(brands) {
        handle_.reset(made);
    }

    /// Row-major: the values of the brands in each draw.
    std::vector<double> values() const {
        std::vector<double> values(draws_ * brands_);
        check(crm_drawn_values_copy(handle_.get(), draws_, brands_, values.data()));
        return values;
    }

    /// Mean, standard deviation and quantiles of sum_j w_j CLV(j).
    draw_summary summary(const std::vector<double> &weights,
                         const std::vector<double> &probabilities) const {
        draw_summary made;
        made.quantiles.resize(probabilities.size());
        check(crm_drawn_values_summary(handle_.get(), weights.data(), weights.size(),
                                       probabilities.data(), probabilities.size(), &made.mean,
                                       &made.standard_deviation, made.quantiles.data()));
        return made;
    }

private:
    crm::detail::handle<crm_drawn_values, crm_drawn_values_free> handle_;
    std::size_t draws_;
    std::size_t brands_;
};

/// All that CLV(j) depends on beside the switching matrix.
class valuation {
public:
    /// One customer, or one market; `contribution` is one number for all brands, or one for each.
    valuation(const std::vector<double> &shares, double purchases, const column &contribution,
              const discounting &discount, horizon until)
        : brands_(shares.size()), until_(until) {
        crm::detail::require_rows(brands_, {{"contribution", contribution}});
        crm_switching_valuation *made = nullptr;
        check(crm_switching_valuation_new(shares.data(), brands_, purchases, contribution.data(),
                                          contribution.stride(), discount.rate.c_value(),
                                          discount.purchases_per_period, until.c_value(), &made));
        handle_.reset(made);
    }

    /// All customers of a table together; `shares` is row-major, one row of `brands` for each.
    static valuation of_portfolio(const std::vector<double> &shares, std::size_t brands,
                                  const column &purchases, const column &contribution,
                                  const discounting &discount, horizon until,
                                  crm_share_rule rule = CRM_SHARE_RULE_SUM_TO_ONE) {
        const std::size_t customers = detail::rows("shares", shares.size(), brands);
        crm::detail::require_rows(customers, {{"purchases", purchases}});
        crm::detail::require_rows(brands, {{"contribution", contribution}});
        crm_switching_valuation *made = nullptr;
        check(crm_switching_valuation_of_portfolio_new(
            shares.data(), customers, brands, purchases.data(), purchases.stride(), rule,
            contribution.data(), contribution.stride(), discount.rate.c_value(),
            discount.purchases_per_period, until.c_value(), &made));
        return valuation(made, brands, until);
    }

    /// The number of brands.
    std::size_t brands() const noexcept { return brands_; }

    /// The weights 1 for this brand and 0 for all others.
    std::vector<double> only(std::size_t brand) const {
        if (brand >= brands_) {
            throw error(CRM_STATUS_OUT_OF_RANGE, "brand", "must be below " + std::to_string(brands_));
        }
        std::vector<double> weights(brands_);
        weights[brand] = 1;
        return weights;
    }

    /// V = sum_j w_j CLV(j) and its derivatives by every input.
    switching::gradient gradient(const std::vector<double> &transition_matrix,
                                 const std::vector<double> &weights) const {
        const std::size_t k = weights.size();
        if (detail::rows("transition_matrix", transition_matrix.size(), k) != k) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "transition_matrix", "must be square");
        }
        const std::vector<double> square(k * k), row(k);
        switching::gradient made{{}, square, square, row, row};
        check(crm_switching_valuation_gradient(
            handle_.get(), transition_matrix.data(), weights.data(), k, &made.scalars,
            made.transition.data(), made.along_simplex.data(), made.shares.data(),
            made.contribution.data()));
        return made;
    }

    /// All inputs by what one percent of each does to V, the largest first.
    std::vector<crm_lever> levers(const std::vector<double> &transition_matrix,
                                  const std::vector<double> &weights) const {
        const std::size_t k = weights.size();
        if (detail::rows("transition_matrix", transition_matrix.size(), k) != k) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "transition_matrix", "must be square");
        }
        std::vector<crm_lever> made(k * k + 2 * k + 2);
        check(crm_switching_valuation_levers(handle_.get(), transition_matrix.data(), weights.data(), k,
                                             made.size(), made.data()));
        return made;
    }

    /// The standard error of V by the delta method.
    switching::standard_error standard_error(const matrix_estimate &estimate,
                                             const std::vector<double> &weights,
                                             const input_doubts &doubts = {}) const {
        const crm_input_doubts bits = doubts.c_value(weights.size());
        switching::standard_error made{{}, std::vector<double>(weights.size())};
        check(crm_switching_valuation_standard_error(handle_.get(), estimate.c_value(), weights.data(),
                                                     weights.size(), &bits, &made.parts,
                                                     made.row_variance.data()));
        return made;
    }

    /// Which part of P is worth measuring better.
    switching::ranking ranking(const matrix_estimate &estimate, const std::vector<double> &weights) const {
        const std::size_t k = weights.size();
        switching::ranking made{0, std::vector<crm_row_rank>(k), std::vector<crm_entry_rank>(k * k)};
        check(crm_switching_valuation_ranking(handle_.get(), estimate.c_value(), weights.data(), k,
                                              &made.standard_error, made.rows.data(),
                                              made.entries.data()));
        return made;
    }

    /// The value to every brand in random draws; `parameters` of the Dirichlet rows is row-major.
    drawn_values simulate(const std::vector<double> &parameters, std::uint64_t seed,
                          std::uint32_t draws = 10000, const input_doubts &doubts = {}) const {
        require_square("parameters", parameters);
        const crm_input_doubts bits = doubts.c_value(brands_);
        crm_drawn_values *made = nullptr;
        check(crm_switching_valuation_simulate(handle_.get(), parameters.data(), brands_, &bits, draws,
                                               seed, &made));
        return drawn_values(made, draws, brands_);
    }

    /// V of the purchases up to each period t = 0, ..., T, over the same draws.
    std::vector<draw_summary> bands(const std::vector<double> &parameters,
                                    const std::vector<double> &weights,
                                    const std::vector<double> &probabilities, std::uint64_t seed,
                                    std::uint32_t draws = 10000, const input_doubts &doubts = {}) const {
        require_square("parameters", parameters);
        if (weights.size() != brands_) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "weights", "must have length " + std::to_string(brands_));
        }
        const crm_input_doubts bits = doubts.c_value(brands_);
        const std::size_t periods = until_.periods(), count = probabilities.size();
        if (periods == 0) {
            throw error(CRM_STATUS_OUT_OF_RANGE, "horizon", "must be finite for a value up to each period");
        }
        std::vector<double> mean(periods), deviation(periods), quantiles(periods * count);
        check(crm_switching_valuation_bands(handle_.get(), parameters.data(), weights.data(), brands_,
                                            &bits, draws, seed, probabilities.data(), count, periods,
                                            mean.data(), deviation.data(), quantiles.data()));
        std::vector<draw_summary> made;
        for (std::size_t t = 0; t < periods; ++t) {
            const auto first = quantiles.begin() + static_cast<std::ptrdiff_t>(t * count);
            made.push_back({mean[t], deviation[t], {first, first + static_cast<std::ptrdiff_t>(count)}});
        }
        return made;
    }

private:
    valuation(crm_switching_valuation *made, std::size_t brands, horizon until)
        : brands_(brands), until_(until) {
        handle_.reset(made);
    }

    void require_square(const char *name, const std::vector<double> &table) const {
        if (table.size() != brands_ * brands_) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, name,
                        "must have length " + std::to_string(brands_ * brands_));
        }
    }

    crm::detail::handle<crm_switching_valuation, crm_switching_valuation_free> handle_;
    std::size_t brands_;
    horizon until_;
};

} // namespace crm::switching

#endif // CRM_CORE_UNCERTAINTY_HPP
