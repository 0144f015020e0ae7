// Customer value: concentration, cut points, tiers, types, RFM, indicators, disciplines. Included by crm_core.hpp.
//
// A column of tiers, types or segments is a std::vector of the enum; name() and label() say it.
#ifndef CRM_CORE_VALUE_HPP
#define CRM_CORE_VALUE_HPP

namespace crm::value {

/// Numbers or codes that somebody else owns, one after the other: a vector, array, span, or a
/// pointer. For use as an argument: what it was made from must outlive it.
template <class T> class view {
public:
    view() noexcept = default;
    view(const T *values, std::size_t rows) noexcept : values_(values), rows_(rows) {}
    template <class Range, class = std::enable_if_t<std::is_convertible_v<
                               decltype(std::declval<const Range &>().data()), const T *>>>
    view(const Range &values) noexcept : values_(values.data()), rows_(values.size()) {}

    const T *data() const noexcept { return values_; }
    std::size_t size() const noexcept { return rows_; }

private:
    const T *values_ = nullptr;
    std::size_t rows_ = 0;
};

using numbers = view<double>;
using codes = view<std::uint8_t>;

namespace detail {

inline void require(const char *argument, std::size_t found, std::size_t expected) {
    if (found != expected) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, argument, "must have length " + std::to_string(expected));
    }
}

template <class Enum> std::vector<Enum> members(const std::vector<std::uint8_t> &codes) {
    std::vector<Enum> made;
    made.reserve(codes.size());
    for (std::uint8_t code : codes) {
        made.push_back(static_cast<Enum>(code));
    }
    return made;
}

} // namespace detail

/// The numbers of a column of categories, for group_table and tier_migration.
template <class Enum> std::vector<std::uint8_t> codes_of(const std::vector<Enum> &members) {
    std::vector<std::uint8_t> made;
    made.reserve(members.size());
    for (Enum member : members) {
        made.push_back(static_cast<std::uint8_t>(member));
    }
    return made;
}

/// How the profit of a customer base is concentrated. Can be moved, not copied.
class concentration {
public:
    /// One profit per customer.
    explicit concentration(numbers profit) { make(profit, nullptr); }
    /// Grouped data: number or share of customers of each row, in any unit.
    concentration(numbers profit, numbers weight) {
        detail::require("weight", weight.size(), profit.size());
        make(profit, weight.data());
    }

    /// The number of customers, or the sum of the weights.
    double customers() const { return ask(crm_concentration_customers); }
    /// The total profit.
    double total() const { return ask(crm_concentration_total); }
    /// The mean profit per customer.
    double mean() const { return ask(crm_concentration_mean); }
    /// The share of the profit that the best `share` of the customers brings; may exceed 1.
    double top_share(double share) const { return ask(crm_concentration_top_share, share); }
    /// The share of the profit that the worst `share` of the customers brings; may be negative.
    double bottom_share(double share) const { return ask(crm_concentration_bottom_share, share); }
    /// The smallest share of the customers that brings `share` of the profit.
    double smallest_share(double share) const { return ask(crm_concentration_smallest_share, share); }
    /// The Gini coefficient of Raffinetti, Siletti & Vernizzi 2015, from 0 to 1.
    double gini() const { return ask(crm_concentration_gini); }
    /// N / (N − 1) times the Gini coefficient.
    double gini_corrected() const { return ask(crm_concentration_gini_corrected); }
    /// Customers with a profit, and what they alone would bring as a multiple of the total.
    crm_curve_point peak() const {
        crm_curve_point out;
        check(crm_concentration_peak(handle_.get(), &out));
        return out;
    }
    /// Evenly spaced points of the best-first curve.
    std::vector<crm_curve_point> curve(std::size_t points = 101) const {
        std::vector<crm_curve_point> out(points);
        check(crm_concentration_curve(handle_.get(), points, out.data()));
        return out;
    }
    /// Evenly spaced points of the Lorenz curve.
    std::vector<crm_curve_point> lorenz(std::size_t points = 101) const {
        std::vector<crm_curve_point> out(points);
        check(crm_concentration_lorenz(handle_.get(), points, out.data()));
        return out;
    }
    /// A bootstrap confidence interval of gini().
    crm_interval gini_interval(const crm_bootstrap &bootstrap) const {
        crm_interval out;
        check(crm_concentration_gini_interval(handle_.get(), &bootstrap, &out));
        return out;
    }
    /// A bootstrap confidence interval of top_share().
    crm_interval top_share_interval(double share, const crm_bootstrap &bootstrap) const {
        crm_interval out;
        check(crm_concentration_top_share_interval(handle_.get(), share, &bootstrap, &out));
        return out;
    }
    /// A bootstrap confidence interval of smallest_share().
    crm_interval smallest_share_interval(double share, const crm_bootstrap &bootstrap) const {
        crm_interval out;
        check(crm_concentration_smallest_share_interval(handle_.get(), share, &bootstrap, &out));
        return out;
    }
    /// For the C interface.
    const crm_concentration *c_value() const noexcept { return handle_.get(); }

private:
    void make(numbers profit, const double *weight) {
        crm_concentration *made = nullptr;
        check(crm_concentration_new(profit.data(), weight, profit.size(), &made));
        handle_.reset(made);
    }
    template <class Question, class... Share> double ask(Question question, Share... share) const {
        double out = 0;
        check(question(handle_.get(), share..., &out));
        return out;
    }

    crm::detail::handle<crm_concentration, crm_concentration_free> handle_;
};

/// A bootstrap of 1,000 replicates and 95 % confidence.
inline crm_bootstrap bootstrap(std::uint64_t seed, std::uint32_t replicates = 1000,
                               double level = 0.95) noexcept {
    return {seed, level, replicates, 0};
}

/// Cut points for parts of equal size, ascending.
inline std::vector<double> cuts_equal_parts(numbers values, std::size_t parts,
                                            crm_direction direction = CRM_DIRECTION_HIGHER_IS_BETTER) {
    std::vector<double> out(parts > 0 ? parts - 1 : 0);
    check(crm_cuts_equal_parts(values.data(), values.size(), parts, direction, out.data()));
    return out;
}

/// Cut points at these shares of the rows, counted from the worst; ascending.
inline std::vector<double> cuts_quantiles(numbers values, numbers shares,
                                          crm_direction direction = CRM_DIRECTION_HIGHER_IS_BETTER) {
    std::vector<double> out(shares.size());
    check(crm_cuts_quantiles(values.data(), values.size(), shares.data(), shares.size(), direction,
                             out.data()));
    return out;
}

/// How many cut points each value is strictly better than.
inline std::vector<std::uint8_t> cuts_assign(numbers values, numbers thresholds,
                                             crm_direction direction = CRM_DIRECTION_HIGHER_IS_BETTER) {
    std::vector<std::uint8_t> out(values.size());
    check(crm_cuts_assign(values.data(), values.size(), thresholds.data(), thresholds.size(),
                          direction, out.data()));
    return out;
}

/// The cut points of VIP 1 %, major 4 %, regular 15 %, small 80 % of the customers.
inline std::vector<double> pyramid_thresholds(numbers profit) {
    std::vector<double> out(3);
    check(crm_pyramid_thresholds(profit.data(), profit.size(), nullptr, out.data()));
    return out;
}
/// The cut points of these four shares of the customers, from VIP to small.
inline std::vector<double> pyramid_thresholds(numbers profit, numbers shares) {
    detail::require("shares", shares.size(), 4);
    std::vector<double> out(3);
    check(crm_pyramid_thresholds(profit.data(), profit.size(), shares.data(), out.data()));
    return out;
}
/// The tier of every customer.
inline std::vector<crm_pyramid_tier> pyramid_assign(numbers profit, numbers thresholds) {
    detail::require("thresholds", thresholds.size(), 3);
    std::vector<std::uint8_t> out(profit.size());
    check(crm_pyramid_assign(profit.data(), profit.size(), thresholds.data(), out.data()));
    return detail::members<crm_pyramid_tier>(out);
}

/// The cut points of five groups of a fifth of the customers each.
inline std::vector<double> value_group_thresholds(numbers profit) {
    std::vector<double> out(4);
    check(crm_value_group_thresholds(profit.data(), profit.size(), nullptr, out.data()));
    return out;
}
/// The cut points of these five shares of the customers, from very low to very high.
inline std::vector<double> value_group_thresholds(numbers profit, numbers shares) {
    detail::require("shares", shares.size(), 5);
    std::vector<double> out(4);
    check(crm_value_group_thresholds(profit.data(), profit.size(), shares.data(), out.data()));
    return out;
}
/// The value group of every customer.
inline std::vector<crm_value_group> value_group_assign(numbers profit, numbers thresholds) {
    detail::require("thresholds", thresholds.size(), 4);
    std::vector<std::uint8_t> out(profit.size());
    check(crm_value_group_assign(profit.data(), profit.size(), thresholds.data(), out.data()));
    return detail::members<crm_value_group>(out);
}

/// What each of `groups` groups has and brings, in the order of the codes.
inline std::vector<crm_group> group_table(codes groups_of, numbers profit, std::size_t groups) {
    detail::require("profit", profit.size(), groups_of.size());
    std::vector<crm_group> out(groups);
    check(crm_group_table(groups_of.data(), profit.data(), profit.size(), groups, out.data()));
    return out;
}

/// Moves between tiers, row-major: from × to. A row of rates is NaN where nobody was at first.
struct migration {
    std::vector<std::uint64_t> counts;
    std::vector<double> rates;
};
/// How the same customers moved between `tiers` tiers.
inline migration tier_migration(codes before, codes after, std::size_t tiers) {
    detail::require("after", after.size(), before.size());
    migration out{std::vector<std::uint64_t>(tiers * tiers), std::vector<double>(tiers * tiers)};
    check(crm_tier_migration(before.data(), after.data(), before.size(), tiers, out.counts.data(),
                             out.rates.data()));
    return out;
}

/// The value that at most 1 − share of the values lie above.
inline double quantile_cut(numbers values, double share = 0.5) {
    double out = 0;
    check(crm_quantile_cut(values.data(), values.size(), share, &out));
    return out;
}
/// The border of Otsu's method.
inline double otsu_cut(numbers values, std::uint32_t bins = 256) {
    double out = 0;
    check(crm_otsu_cut(values.data(), values.size(), bins, &out));
    return out;
}
/// The border of the best two clusters.
inline double k_means_cut(numbers values) {
    double out = 0;
    check(crm_k_means_cut(values.data(), values.size(), &out));
    return out;
}

/// The type of every customer; a value is high if it lies above its border.
inline std::vector<crm_customer_type> customer_types(numbers current, numbers potential,
                                                     double current_cut, double potential_cut) {
    detail::require("potential", potential.size(), current.size());
    std::vector<std::uint8_t> out(current.size());
    check(crm_customer_types(current.data(), potential.data(), current.size(), current_cut,
                             potential_cut, out.data()));
    return detail::members<crm_customer_type>(out);
}
/// What to do with customers of this type.
inline std::string_view strategy(crm_customer_type type, crm_language language = CRM_LANGUAGE_EN) {
    return crm::detail::member_text(crm_customer_type_strategy(type, language), "type");
}

/// Scores from 1 (worst), and segments; `segment` is empty if there are none.
struct rfm_scores {
    std::vector<std::uint8_t> recency, frequency, monetary;
    std::vector<std::string_view> segment;
};

/// Cut points of recency, frequency and monetary value. Can be moved, not copied; the segments of
/// its scores are texts that live as long as it does.
class rfm {
public:
    /// Finds the cut points on these customers. Without rules, 5 scores have the standard segments.
    rfm(numbers recency, numbers frequency, numbers monetary, std::size_t scores = 5,
        crm_direction recency_direction = CRM_DIRECTION_LOWER_IS_BETTER,
        view<crm_segment_rule> rules = {}) {
        detail::require("frequency", frequency.size(), recency.size());
        detail::require("monetary", monetary.size(), recency.size());
        crm_rfm *made = nullptr;
        check(crm_rfm_new(recency.data(), frequency.data(), monetary.data(), recency.size(), scores,
                          recency_direction, rules.size() ? rules.data() : nullptr, rules.size(),
                          &made));
        handle_.reset(made);
        scores_ = scores;
    }
    /// Takes given cut points, ascending: one fewer than scores for each measure.
    static rfm from_thresholds(numbers recency, numbers frequency, numbers monetary,
                               crm_direction recency_direction = CRM_DIRECTION_LOWER_IS_BETTER,
                               view<crm_segment_rule> rules = {}) {
        detail::require("frequency", frequency.size(), recency.size());
        detail::require("monetary", monetary.size(), recency.size());
        rfm made;
        crm_rfm *handle = nullptr;
        made.scores_ = recency.size() + 1;
        check(crm_rfm_from_thresholds_new(recency.data(), frequency.data(), monetary.data(),
                                          made.scores_, recency_direction,
                                          rules.size() ? rules.data() : nullptr, rules.size(),
                                          &handle));
        made.handle_.reset(handle);
        return made;
    }

    /// The cut points of each measure, ascending.
    struct thresholds_type {
        std::vector<double> recency, frequency, monetary;
    };
    thresholds_type thresholds() const {
        const std::vector<double> room(scores_ - 1);
        thresholds_type out{room, room, room};
        check(crm_rfm_thresholds(handle_.get(), scores_ - 1, out.recency.data(),
                                 out.frequency.data(), out.monetary.data()));
        return out;
    }
    /// Scores and segments of these customers, who need not be those of the cut points.
    rfm_scores score(numbers recency, numbers frequency, numbers monetary) const {
        detail::require("frequency", frequency.size(), recency.size());
        detail::require("monetary", monetary.size(), recency.size());
        const std::vector<std::uint8_t> room(recency.size());
        rfm_scores out{room, room, room, {}};
        std::size_t count = 0;
        check(crm_rfm_segment_count(handle_.get(), &count));
        std::vector<std::uint8_t> segments(count > 0 ? recency.size() : 0);
        check(crm_rfm_score(handle_.get(), recency.data(), frequency.data(), monetary.data(),
                            recency.size(), out.recency.data(), out.frequency.data(),
                            out.monetary.data(), count > 0 ? segments.data() : nullptr));
        for (std::uint8_t segment : segments) {
            out.segment.push_back(crm_rfm_segment_at(handle_.get(), segment));
        }
        return out;
    }
    /// For the C interface.
    const crm_rfm *c_value() const noexcept { return handle_.get(); }

private:
    rfm() = default;

    crm::detail::handle<crm_rfm, crm_rfm_free> handle_;
    std::size_t scores_ = 0;
};

/// Customers and revenue by score, row-major: cell (r, f) is at (r − 1) · scores + f − 1.
struct rfm_cells {
    std::vector<std::uint64_t> customers;
    std::vector<double> revenue;
};
/// Customers and revenue by recency and frequency score.
inline rfm_cells rfm_grid(codes recency, codes frequency, numbers revenue, std::size_t scores = 5) {
    detail::require("frequency", frequency.size(), recency.size());
    detail::require("revenue", revenue.size(), recency.size());
    rfm_cells out{std::vector<std::uint64_t>(scores * scores), std::vector<double>(scores * scores)};
    check(crm_rfm_grid(recency.data(), frequency.data(), revenue.data(), revenue.size(), scores,
                       out.customers.data(), out.revenue.data()));
    return out;
}

/// What an indicator is. See crm_indicator_describe.
inline crm_indicator_about about(crm_indicator indicator) {
    crm_indicator_about out = {};
    check(crm_indicator_describe(indicator, &out));
    return out;
}

/// The indicators of payments of every customer. See crm_financial_indicators_of.
inline std::vector<crm_financial_indicators> financial_indicators(view<std::uint32_t> customer, numbers amount,
                                                                  numbers issued, numbers due, numbers paid,
                                                                  double as_of, std::size_t customers) {
    detail::require("amount", amount.size(), customer.size());
    detail::require("issued", issued.size(), customer.size());
    detail::require("due", due.size(), customer.size());
    detail::require("paid", paid.size(), customer.size());
    std::vector<crm_financial_indicators> out(customers);
    check(crm_financial_indicators_of(customer.data(), amount.data(), issued.data(), due.data(), paid.data(),
                                      customer.size(), as_of, customers, out.data()));
    return out;
}

/// The indicators of contacts of every customer. See crm_contact_indicators_of.
inline std::vector<crm_contact_indicators> contact_indicators(view<std::uint32_t> customer,
                                                              const std::vector<crm_contact_kind> &kind,
                                                              std::size_t customers) {
    detail::require("kind", kind.size(), customer.size());
    std::vector<crm_contact_indicators> out(customers);
    check(crm_contact_indicators_of(customer.data(), codes_of(kind).data(), customer.size(), customers, out.data()));
    return out;
}

/// The indicators of transactions of every customer of a ledger. See crm_transaction_indicators_of.
inline std::vector<crm_transaction_indicators> transaction_indicators(const ledger &log,
                                                                      std::int32_t observation_end) {
    std::vector<crm_transaction_indicators> out(log.customers());
    check(crm_transaction_indicators_of(log.c_value(), observation_end, out.size(), out.data()));
    return out;
}

/// A composite index of several indicators. See crm_composite_index. Can be moved, not copied.
class composite_index {
public:
    /// An indicator of all customers, and which end of it is the better one.
    struct indicator {
        std::vector<double> values;
        crm_direction direction = CRM_DIRECTION_HIGHER_IS_BETTER;
    };
    /// Weights from the data.
    composite_index(const std::vector<indicator> &indicators, crm_weighting weighting,
                    crm_normalisation normalisation = CRM_NORMALISATION_MIN_MAX) {
        make(indicators, weighting, {}, normalisation);
    }
    /// Weights by hand, or from comparisons in pairs.
    composite_index(const std::vector<indicator> &indicators, const std::vector<double> &weights,
                    crm_normalisation normalisation = CRM_NORMALISATION_MIN_MAX) {
        detail::require("weights", weights.size(), indicators.size());
        make(indicators, CRM_WEIGHTING_GIVEN, weights, normalisation);
    }

    /// The weight of each indicator.
    std::vector<double> weights() const {
        std::size_t count = 0;
        check(crm_composite_index_indicators(handle_.get(), &count));
        std::vector<double> out(count);
        check(crm_composite_index_weights(handle_.get(), count, out.data()));
        return out;
    }
    /// The score of each customer.
    std::vector<double> scores(const std::vector<std::vector<double>> &indicators) const {
        const std::vector<double> columns = joined(indicators);
        std::vector<double> out(rows(indicators));
        check(crm_composite_index_score(handle_.get(), columns.data(), indicators.size(), out.size(), out.data(),
                                        nullptr));
        return out;
    }
    /// What each indicator adds to the score of each customer: one column for each indicator.
    std::vector<std::vector<double>> contributions(const std::vector<std::vector<double>> &indicators) const {
        const std::vector<double> columns = joined(indicators);
        const std::size_t n = rows(indicators);
        std::vector<double> found(columns.size());
        check(crm_composite_index_score(handle_.get(), columns.data(), indicators.size(), n, nullptr, found.data()));
        std::vector<std::vector<double>> out;
        for (std::size_t j = 0; j < indicators.size(); ++j) {
            const auto start = found.begin() + static_cast<std::ptrdiff_t>(j * n);
            out.emplace_back(start, start + static_cast<std::ptrdiff_t>(n));
        }
        return out;
    }
    /// For the C interface.
    const crm_composite_index *c_value() const noexcept { return handle_.get(); }

private:
    static std::size_t rows(const std::vector<std::vector<double>> &columns) {
        return columns.empty() ? 0 : columns[0].size();
    }
    static std::vector<double> joined(const std::vector<std::vector<double>> &columns) {
        std::vector<double> made;
        for (const std::vector<double> &column : columns) {
            detail::require("indicators", column.size(), rows(columns));
            made.insert(made.end(), column.begin(), column.end());
        }
        return made;
    }
    void make(const std::vector<indicator> &indicators, crm_weighting weighting, const std::vector<double> &weights,
              crm_normalisation normalisation) {
        std::vector<std::vector<double>> columns;
        std::vector<crm_direction> directions;
        for (const indicator &each : indicators) {
            columns.push_back(each.values);
            directions.push_back(each.direction);
        }
        crm_composite_index *made = nullptr;
        check(crm_composite_index_new(joined(columns).data(), columns.size(), rows(columns),
                                      codes_of(directions).data(), normalisation, weighting, weights.data(), &made));
        handle_.reset(made);
    }

    crm::detail::handle<crm_composite_index, crm_composite_index_free> handle_;
};

/// Scores the value disciplines from ratings of items; NaN is not rated. See crm_discipline_profile_of.
inline crm_discipline_profile discipline_profile(const std::vector<crm_value_discipline> &items, numbers ratings,
                                                 double standard = 0.5) {
    detail::require("ratings", ratings.size(), items.size());
    crm_discipline_profile out = {};
    check(crm_discipline_profile_of(codes_of(items).data(), ratings.data(), items.size(), standard, &out));
    return out;
}

} // namespace crm::value

#endif // CRM_CORE_VALUE_HPP
