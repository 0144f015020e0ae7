// Customer satisfaction for C++17: degree, measures, prices, Kano's model, hygiene factors. Part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_SATISFACTION_HPP
#define CRM_CORE_SATISFACTION_HPP

#include "crm_core.hpp"

#include <array>

namespace crm::satisfaction {

namespace detail {

inline void same_length(const char *argument, std::size_t found, std::size_t expected) {
    if (found != expected) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, argument, "must have length " + std::to_string(expected));
    }
}

} // namespace detail

// ---- degree and measures ----

/// Columns of one number per respondent, one per attribute; NaN where not answered.
using columns = std::vector<std::vector<double>>;

namespace detail {

/// The columns one after the other; all must have `rows` numbers.
inline std::vector<double> joined(const char *argument, const columns &values, std::size_t rows) {
    std::vector<double> made;
    made.reserve(values.size() * rows);
    for (const std::vector<double> &column : values) {
        same_length(argument, column.size(), rows);
        made.insert(made.end(), column.begin(), column.end());
    }
    return made;
}

} // namespace detail

/// Satisfaction with attributes that weigh differently: C = Σ w·b/a of each respondent, met within the tolerance of 1.
inline crm_satisfaction_summary satisfaction(const columns &expected, const columns &perceived,
                                             const std::vector<double> &weights, double tolerance,
                                             double confidence = 0.95) {
    const std::size_t rows = expected.empty() ? 0 : expected.front().size();
    detail::same_length("perceived", perceived.size(), expected.size());
    detail::same_length("weights", weights.size(), expected.size());
    const std::vector<double> a = detail::joined("expected", expected, rows);
    const std::vector<double> b = detail::joined("perceived", perceived, rows);
    crm_satisfaction_summary out;
    check(crm_satisfaction(a.data(), b.data(), weights.data(), weights.size(), rows, tolerance, confidence, &out));
    return out;
}

/// satisfaction() with the attributes of each facet alone: five summaries in the order of crm_satisfaction_facet. See
/// crm_satisfaction_by_facet.
inline std::array<crm_satisfaction_summary, 5>
satisfaction_by_facet(const columns &expected, const columns &perceived,
                      const std::vector<crm_satisfaction_facet> &facets, const std::vector<double> &weights,
                      double tolerance, double confidence = 0.95) {
    const std::size_t rows = expected.empty() ? 0 : expected.front().size();
    detail::same_length("perceived", perceived.size(), expected.size());
    detail::same_length("facets", facets.size(), expected.size());
    detail::same_length("weights", weights.size(), expected.size());
    const std::vector<double> a = detail::joined("expected", expected, rows);
    const std::vector<double> b = detail::joined("perceived", perceived, rows);
    std::array<crm_satisfaction_summary, 5> out;
    check(crm_satisfaction_by_facet(a.data(), b.data(), facets.data(), weights.data(), weights.size(), rows, tolerance,
                                    confidence, out.data()));
    return out;
}

/// The verdict on the mean degree; nothing if nobody answered.
inline std::optional<crm_satisfaction_verdict> verdict(const crm_satisfaction_summary &summary) {
    return summary.verdict == CRM_NO_VERDICT
               ? std::nullopt
               : std::optional(static_cast<crm_satisfaction_verdict>(summary.verdict));
}

/// The weighted satisfaction degree of every respondent.
inline std::vector<double> weighted_degrees(const columns &expected, const columns &perceived,
                                            const std::vector<double> &weights) {
    const std::size_t rows = expected.empty() ? 0 : expected.front().size();
    detail::same_length("perceived", perceived.size(), expected.size());
    detail::same_length("weights", weights.size(), expected.size());
    const std::vector<double> a = detail::joined("expected", expected, rows);
    const std::vector<double> b = detail::joined("perceived", perceived, rows);
    std::vector<double> out(rows);
    check(crm_weighted_degrees(a.data(), b.data(), weights.data(), weights.size(), rows, out.data()));
    return out;
}

/// A rate by which customers show how satisfied they are, with its Wilson interval.
inline crm_rate_estimate behavioural_rate(crm_behavioural_measure measure, std::uint64_t count, std::uint64_t base,
                                          double confidence = 0.95) {
    crm_rate_estimate out;
    check(crm_behavioural_rate(measure, count, base, confidence, &out));
    return out;
}

/// The mean amount of a purchase, with Student's interval.
inline crm_mean_estimate purchase_amount(const std::vector<double> &amounts, double confidence = 0.95) {
    crm_mean_estimate out;
    check(crm_purchase_amount(amounts.data(), amounts.size(), confidence, &out));
    return out;
}

/// The delivered value of items by the numbers of crm_delivered_value_item, and what each does to it.
inline crm_delivered_value_summary delivered_value_effects(const std::array<double, 8> &amounts) {
    crm_delivered_value_summary out;
    check(crm_delivered_value_effects(amounts.data(), nullptr, &out));
    return out;
}
inline crm_delivered_value_summary delivered_value_effects(const std::array<double, 8> &amounts,
                                                           const std::array<double, 8> &weights) {
    crm_delivered_value_summary out;
    check(crm_delivered_value_effects(amounts.data(), weights.data(), &out));
    return out;
}

/// Levels of expectation, evenly from the lowest to the highest, and what comes of each.
inline std::vector<crm_expectation_point> curve(const crm_expectation_model &model, std::size_t points = 101) {
    std::vector<crm_expectation_point> out(points);
    check(crm_expectation_curve(&model, points, out.data()));
    return out;
}

/// The expectation with the most repeat sales.
struct expectation_optimum {
    crm_expectation_point point;
    /// Whether repeat sales are stationary there; else it is the lowest or the highest.
    bool interior;
};
inline expectation_optimum optimum(const crm_expectation_model &model) {
    expectation_optimum out = {};
    std::int32_t interior = 0;
    check(crm_expectation_optimum(&model, &out.point, &interior));
    out.interior = interior != 0;
    return out;
}

// ---- prices ----

/// What answers to van Westendorp's questions say of prices. Can be moved, not copied.
class price_sensitivity {
public:
    /// The prices that each respondent named; NaN where not answered.
    price_sensitivity(const std::vector<double> &too_cheap, const std::vector<double> &cheap,
                      const std::vector<double> &expensive, const std::vector<double> &too_expensive,
                      crm_inconsistent_prices inconsistent = CRM_INCONSISTENT_PRICES_EXCLUDE,
                      crm_price_range range = CRM_PRICE_RANGE_ORIGINAL) {
        const std::size_t rows = too_cheap.size();
        detail::same_length("cheap", cheap.size(), rows);
        detail::same_length("expensive", expensive.size(), rows);
        detail::same_length("too_expensive", too_expensive.size(), rows);
        crm_price_sensitivity *made = nullptr;
        check(crm_price_sensitivity_new(too_cheap.data(), cheap.data(), expensive.data(), too_expensive.data(), rows,
                                        inconsistent, range, &made));
        handle_.reset(made);
    }

    /// The four price points, and whose answers count.
    crm_price_points points() const {
        crm_price_points out;
        check(crm_price_sensitivity_points(handle_.get(), &out));
        return out;
    }

    /// Every price that was named, ascending, and the shares of respondents at it.
    struct curve_table {
        std::vector<double> prices, too_cheap, cheap, expensive, too_expensive;
    };
    curve_table curves() const {
        std::size_t rows = 0;
        check(crm_price_sensitivity_price_count(handle_.get(), &rows));
        const std::vector<double> empty(rows);
        curve_table out{empty, empty, empty, empty, empty};
        check(crm_price_sensitivity_curves(handle_.get(), rows, out.prices.data(), out.too_cheap.data(),
                                           out.cheap.data(), out.expensive.data(), out.too_expensive.data()));
        return out;
    }

    /// Percentile intervals of the price points: respondents are drawn with replacement.
    crm_price_intervals intervals(std::uint64_t seed, std::uint32_t replicates = 1000, double confidence = 0.95) const {
        crm_price_intervals out;
        check(crm_price_sensitivity_intervals(handle_.get(), replicates, confidence, seed, &out));
        return out;
    }

private:
    crm::detail::handle<crm_price_sensitivity, crm_price_sensitivity_free> handle_;
};

// ---- hygiene factors and motivators ----

/// Penalty and reward of each attribute, and the regression that they come from.
struct contrast_analysis {
    crm_contrast_fit fit;
    std::vector<crm_contrast_attribute> attributes;
};
inline contrast_analysis penalty_reward_contrast(const std::vector<double> &overall, const columns &ratings,
                                                 const crm_contrast_rules &rules) {
    const std::vector<double> joined = detail::joined("ratings", ratings, overall.size());
    contrast_analysis out = {{}, std::vector<crm_contrast_attribute>(ratings.size())};
    check(crm_penalty_reward_contrast(overall.data(), joined.data(), ratings.size(), overall.size(), &rules, &out.fit,
                                      out.attributes.data()));
    return out;
}

// ---- Kano ----

/// An answer to one question of a Kano pair; nothing where there is none.
using kano_answer = std::optional<crm_kano_answer>;

namespace detail {

inline std::vector<std::uint8_t> codes(const std::vector<kano_answer> &answers) {
    std::vector<std::uint8_t> made;
    made.reserve(answers.size());
    for (const kano_answer &answer : answers) {
        made.push_back(answer ? static_cast<std::uint8_t>(*answer) : std::uint8_t{CRM_KANO_NO_ANSWER});
    }
    return made;
}

} // namespace detail

/// The category of a pair of answers by the evaluation table.
inline crm_kano_category kano_evaluate(crm_kano_answer functional, crm_kano_answer dysfunctional) {
    crm_kano_category out = CRM_KANO_CATEGORY_QUESTIONABLE;
    check(crm_kano_evaluate(functional, dysfunctional, &out));
    return out;
}

/// Segment of each respondent and how many segments there are.
struct kano_segments {
    std::vector<std::uint32_t> of_respondents;
    std::size_t count;
};

/// Counts the pairs of answers about one attribute, one tally for each segment. `importance` is what each respondent
/// says it is, NaN where not stated, or empty: nobody was asked.
inline std::vector<crm_kano_tally> kano_tallies(const std::vector<kano_answer> &functional,
                                                const std::vector<kano_answer> &dysfunctional,
                                                const kano_segments &segments,
                                                const std::vector<double> &importance = {}) {
    const std::size_t rows = functional.size();
    detail::same_length("dysfunctional", dysfunctional.size(), rows);
    detail::same_length("segments", segments.of_respondents.size(), rows);
    detail::same_length("importance", importance.empty() ? rows : importance.size(), rows);
    const std::vector<std::uint8_t> with = detail::codes(functional), without = detail::codes(dysfunctional);
    std::vector<crm_kano_tally> out(segments.count);
    check(crm_kano_tally_answers(with.data(), without.data(), importance.empty() ? nullptr : importance.data(),
                                 segments.of_respondents.data(), rows, segments.count, out.data()));
    return out;
}

/// The same for all respondents as one.
inline crm_kano_tally kano_tally(const std::vector<kano_answer> &functional,
                                 const std::vector<kano_answer> &dysfunctional,
                                 const std::vector<double> &importance = {}) {
    const kano_segments one{std::vector<std::uint32_t>(functional.size()), 1};
    return kano_tallies(functional, dysfunctional, one, importance).front();
}

/// The tally of the respondents of both.
inline crm_kano_tally add(const crm_kano_tally &one, const crm_kano_tally &other) {
    crm_kano_tally out;
    check(crm_kano_tally_add(&one, &other, &out));
    return out;
}

/// The tally as if the questions had been asked the other way round.
inline crm_kano_tally reversed(const crm_kano_tally &tally) {
    crm_kano_tally out;
    check(crm_kano_tally_reversed(&tally, &out));
    return out;
}

/// How many respondents fall into each category.
inline crm_kano_counts counts(const crm_kano_tally &tally) {
    crm_kano_counts out;
    check(crm_kano_tally_counts(&tally, &out));
    return out;
}

/// The usual rules, to change.
inline crm_kano_rules kano_rules() {
    crm_kano_rules out;
    check(crm_kano_rules_default(&out));
    return out;
}

/// What the counts say of an attribute: mode, strengths, Fong's test, Better and Worse.
inline crm_kano_profile profile(const crm_kano_counts &counts, const crm_kano_rules &rules = kano_rules()) {
    crm_kano_profile out;
    check(crm_kano_counts_profile(&counts, &rules, &out));
    return out;
}

/// The quadrant of (Better, Worse), where there is one.
inline std::optional<crm_kano_category> quadrant(const crm_kano_profile &profile) {
    return profile.quadrant == CRM_NO_KANO_CATEGORY ? std::nullopt
                                                 : std::optional(static_cast<crm_kano_category>(profile.quadrant));
}

/// The continuous analysis.
inline crm_kano_position position(const crm_kano_tally &tally, double confidence = 0.95) {
    crm_kano_position out;
    check(crm_kano_tally_position(&tally, confidence, &out));
    return out;
}

} // namespace crm::satisfaction

#endif // CRM_CORE_SATISFACTION_HPP
