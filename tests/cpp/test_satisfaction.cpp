// The C++ layer of customer satisfaction.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

namespace satisfaction = crm::satisfaction;

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

void degree_and_measures() {
    const crm_satisfaction_summary found = satisfaction::satisfaction({{8, 5, 4}}, {{8, 6, NAN}}, {1}, 0.05);
    CHECK(found.missing == 1 && std::abs(found.degree.mean - 1.1) < 1e-15 && found.met.count == 1);
    CHECK(satisfaction::verdict(found) == CRM_SATISFACTION_VERDICT_EXCEEDED);
    CHECK(!satisfaction::verdict(satisfaction::satisfaction({{1}}, {{NAN}}, {1}, 0)));
    const auto facets = satisfaction::satisfaction_by_facet(
        {{8, 5}, {4, 4}}, {{8, 6}, {2, NAN}}, {CRM_SATISFACTION_FACET_SERVICE, CRM_SATISFACTION_FACET_PRODUCT}, {1, 1}, 0.05);
    CHECK(facets[CRM_SATISFACTION_FACET_PRODUCT].degree.mean == 0.5 && facets[CRM_SATISFACTION_FACET_PRODUCT].missing == 1);
    CHECK(facets[CRM_SATISFACTION_FACET_SERVICE].degree.count == 2);
    CHECK(!satisfaction::verdict(facets[CRM_SATISFACTION_FACET_IDEA]));
    CHECK(satisfaction::weighted_degrees({{8, 5}, {4, 4}}, {{8, 6}, {2, 4}}, {3, 1})[0] == 0.875);
    CHECK(refused([] { satisfaction::weighted_degrees({{8, 5}, {4}}, {{8, 6}, {2}}, {1, 1}); }).argument() == "expected");
    CHECK(satisfaction::behavioural_rate(CRM_BEHAVIOURAL_MEASURE_REPEAT, 10, 50).rate == 0.2);
    CHECK(satisfaction::purchase_amount({10, 20, 30}).mean == 20);
    CHECK(satisfaction::delivered_value_effects({8, 4, 2, 2, 4, 2, 1, 1}).ratio == 2);
    CHECK(satisfaction::delivered_value_effects({8, 4, 2, 2, 4, 2, 1, 1}, {0, 1, 1, 1, 1, 1, 1, 1}).net == 0);
    const crm_expectation_model model = {10000, 5, {0.5, 4, 1}, {0.9, 1, 6}, 1, 10};
    const auto best = satisfaction::optimum(model);
    CHECK(best.interior && best.point.degree > 1.1 && best.point.degree < 1.2);
    for (const crm_expectation_point &point : satisfaction::curve(model, 50)) {
        CHECK(point.repeat_sales <= best.point.repeat_sales);
    }
}

void prices() {
    const satisfaction::price_sensitivity found({5, 8, 4, 6}, {10, 12, 8, 11}, {18, 20, 15, 16}, {25, 28, 20, 22});
    const crm_price_points points = found.points();
    CHECK(points.respondents == 4 && points.marginal_cheapness < points.indifference);
    CHECK(points.optimal < points.marginal_expensiveness);
    const auto curves = found.curves();
    CHECK(curves.prices.front() == 4 && curves.too_cheap.front() == 1 && curves.too_expensive.back() == 1);
    const crm_price_intervals intervals = found.intervals(7, 100);
    CHECK(intervals.optimal.estimate == points.optimal && intervals.undefined == 0);
    CHECK(refused([] { satisfaction::price_sensitivity({1}, {2}, {3}, {}); }).argument() == "too_expensive");
}

void hygiene_factors() {
    const std::vector<double> clean{1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    const std::vector<double> overall{2, 2.5, 2.2, 2, 6, 6.4, 6.2, 6, 6.1, 6.3};
    const auto found = satisfaction::penalty_reward_contrast(overall, {clean}, {2, 4, 0.05, 0.95});
    CHECK(found.attributes.size() == 1 && found.attributes[0].factor == CRM_SATISFACTION_FACTOR_BASIC);
    CHECK(found.fit.respondents == 10 && found.attributes[0].poor == 4);
}

} // namespace

int main() {
    kano();
    degree_and_measures();
    prices();
    hygiene_factors();
    return failures == 0 ? 0 : 1;
}
