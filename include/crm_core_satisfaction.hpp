// Customer satisfaction for C++17: Kano's model of quality. Part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_SATISFACTION_HPP
#define CRM_CORE_SATISFACTION_HPP

#include "crm_core.hpp"

namespace crm::satisfaction {

namespace detail {

inline void same_length(const char *argument, std::size_t found, std::size_t expected) {
    if (found != expected) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, argument, "must have length " + std::to_string(expected));
    }
}

} // namespace detail

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
