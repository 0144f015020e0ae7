// The C++ layer of customer satisfaction.
#include <crm_core.hpp>

#include <cmath>
#include <iostream>

namespace {

int failures = 0;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ++failures;                                                                            \
            std::cerr << __FILE__ << ':' << __LINE__ << ": " << #condition << '\n';                \
        }                                                                                          \
    } while (0)

namespace satisfaction = crm::satisfaction;

template <class Call> crm::error refused(Call call) {
    try {
        call();
    } catch (const crm::error &error) {
        return error;
    }
    return crm::error(CRM_STATUS_OK, "nothing", "was refused");
}

void kano() {
    using answers = std::vector<satisfaction::kano_answer>;
    const answers functional{CRM_KANO_ANSWER_LIKE, CRM_KANO_ANSWER_LIKE, CRM_KANO_ANSWER_NEUTRAL, std::nullopt,
                             CRM_KANO_ANSWER_DISLIKE};
    const answers dysfunctional{CRM_KANO_ANSWER_DISLIKE, CRM_KANO_ANSWER_NEUTRAL, CRM_KANO_ANSWER_DISLIKE,
                                CRM_KANO_ANSWER_LIKE, CRM_KANO_ANSWER_LIKE};
    CHECK(satisfaction::kano_evaluate(CRM_KANO_ANSWER_LIKE, CRM_KANO_ANSWER_NEUTRAL) == CRM_KANO_CATEGORY_ATTRACTIVE);
    const crm_kano_tally tally = satisfaction::kano_tally(functional, dysfunctional, {5, 3, 2, 9, NAN});
    const crm_kano_counts counts = satisfaction::counts(tally);
    CHECK(counts.one_dimensional == 1 && counts.attractive == 1 && counts.must_be == 1 && counts.reverse == 1);
    CHECK(tally.missing == 1 && tally.cells[4].importance == 5);
    const crm_kano_profile profile = satisfaction::profile(counts);
    CHECK(profile.category == CRM_KANO_CATEGORY_MUST_BE && profile.tied == 4 && profile.blended == 1);
    CHECK(profile.total_strength.rate == 0.75 && profile.better.count == 2 && profile.worse.rate == -2.0 / 3);
    CHECK(satisfaction::quadrant(profile) == CRM_KANO_CATEGORY_ONE_DIMENSIONAL);
    crm_kano_rules strict = satisfaction::kano_rules();
    strict.better_line = strict.worse_line = 0.9;
    CHECK(satisfaction::quadrant(satisfaction::profile(counts, strict)) == CRM_KANO_CATEGORY_INDIFFERENT);
    CHECK(satisfaction::counts(satisfaction::reversed(tally)).one_dimensional == 1);
    const crm_kano_tally twice = satisfaction::add(tally, tally);
    CHECK(twice.missing == 2 && satisfaction::counts(twice).must_be == 2);
    const crm_kano_position position = satisfaction::position(tally);
    CHECK(position.functional.mean == 1.5 && position.unstated == 1 && position.stated.count == 3);
    const auto parts = satisfaction::kano_tallies(functional, dysfunctional, {{0, 0, 1, 1, 1}, 3});
    CHECK(parts[0].missing == 0 && parts[1].missing == 1 && parts.size() == 3);
    CHECK(!satisfaction::quadrant(satisfaction::profile({0, 0, 0, 0, 3, 0})));
    CHECK(refused([&] { satisfaction::position(parts[2]); }).code() == CRM_STATUS_EMPTY);
    CHECK(refused([&] { satisfaction::kano_tally(functional, {}); }).argument() == "dysfunctional");
    CHECK(crm::label(CRM_KANO_CATEGORY_MUST_BE, CRM_LANGUAGE_ZH) == "当然质量");
}

} // namespace

int main() {
    kano();
    return failures == 0 ? 0 : 1;
}
