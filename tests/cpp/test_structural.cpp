// Structural indices of satisfaction in C++.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

using namespace crm::structural;

template <class Call> crm_status refused(Call call, const std::string &value) {
    try {
        call();
    } catch (const crm::error &error) {
        CHECK(std::string(error.what()).find(value) != std::string::npos);
        return error.code();
    }
    return CRM_STATUS_OK;
}

void models() {
    const model acsi = model::preset(CRM_INDEX_PRESET_ACSI);
    CHECK(acsi.size().constructs == 6 && acsi.size().indicators == 14 && acsi.size().paths == 9);
    CHECK(model(acsi.text()).json() == acsi.json() && model::from_json(acsi.json()).text() == acsi.text());
    CHECK(acsi.constructs().front() == "expectations" && acsi.indicators().back() == "loyalty_price_tolerance");
    CHECK(acsi.paths()[0].from == 0 && acsi.paths()[0].to == 1);
    CHECK(model::preset(CRM_INDEX_PRESET_ECSI, true, true).size().constructs == 8);
}

/* With one driver of single items the path is their correlation, and the index the mean's place on the scale. */
void fits() {
    const model one("a =~ x\nb =~ y [0 10]\nb ~ a");
    const answer_columns answers{{1, 4, 7, 8}, {2, 1, 9, 8}};
    const fit found(one, answers);
    CHECK(found.report().status == CRM_PLS_STATUS_CONVERGED && found.report().rows_used == 4);
    const double sxy = -4 * -3 + -1 * -4 + 2 * 4 + 3 * 3, sxx = 16 + 1 + 4 + 9, syy = 9 + 16 + 16 + 9;
    const double r = sxy / std::sqrt(sxx * syy);
    CHECK(std::abs(found.paths()[0].coefficient - r) < 1e-14);
    CHECK(std::abs(found.constructs()[1].r_squared - r * r) < 1e-14 && std::isnan(found.constructs()[0].r_squared));
    CHECK(std::abs(found.constructs()[0].index - 100 * 4.0 / 9) < 1e-12);
    CHECK(std::abs(found.constructs()[1].index - 50) < 1e-12);
    CHECK(std::abs(found.importance("b")[0].importance - r * (100.0 / 10 * std::sqrt(syy)) / (100.0 / 9 * std::sqrt(sxx))) < 1e-12);
    CHECK(found.importance("b")[1].importance == 0);
    CHECK(std::abs(found.individual_index(answers)[2] - 100 * 3.0 / 9) < 1e-12);
    CHECK(found.total_effects()[1] == found.paths()[0].coefficient && found.htmt()[0] == 1);
    CHECK(std::abs(found.fornell_larcker()[1] - r) < 1e-14 && std::abs(found.correlations()[2] - r) < 1e-14);
    CHECK(found.indicators()[1].mean == 5 && found.indicators()[0].weight == 1);
}

/* A resample of single items is a correlation; what is told of it can stop it. */
void resamples() {
    const model acsi = model::preset(CRM_INDEX_PRESET_ACSI);
    const answer_columns answers = acsi.simulate(120, 1);
    const fit found(acsi, answers);
    std::uint32_t last = 0;
    const bootstrap made(found, answers, 300, 7, [&](std::uint32_t done) { return (last = done) <= 300; });
    CHECK(last == 300 && made.report().kept + made.report().dropped == 300);
    const auto paths = made.estimates(CRM_PLS_STATISTIC_PATH, 0.9);
    CHECK(paths.size() == 9 && paths[0].estimate == found.paths()[0].coefficient);
    CHECK(paths[0].percentile_lower < paths[0].estimate && paths[0].estimate < paths[0].percentile_upper);
    CHECK(std::abs(paths[0].t * paths[0].standard_error - paths[0].estimate) < 1e-12);
    const auto indirect = made.estimates(CRM_PLS_STATISTIC_INDIRECT_EFFECT);
    for (std::size_t i = 0; i < indirect.size(); ++i) {
        CHECK(std::abs(indirect[i].estimate - found.indirect_effects()[i]) < 1e-14);
    }
    CHECK(made.constant().size() == 14);
    CHECK(std::abs(made.effect_along({0, 1}).estimate - paths[0].estimate) < 1e-14);
    CHECK(refused([&] { made.effect_along({1, 0}); }, "1 -> 0") == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { bootstrap(found, answers, 1, 7); }, "1") == CRM_STATUS_OUT_OF_RANGE);
    const auto stop = [](std::uint32_t) { return false; };
    CHECK(refused([&] { bootstrap(found, answers, 100000, 7, stop); }, "stop") == CRM_STATUS_STOPPED);
    try {
        bootstrap(found, answers, 100000, 7, [](std::uint32_t) -> bool { throw 5; });
        CHECK(false);
    } catch (int thrown) {
        CHECK(thrown == 5);
    }
}

void segments_and_groups() {
    const model acsi = model::preset(CRM_INDEX_PRESET_ACSI);
    const answer_columns answers = acsi.simulate(120, 1);
    const fit found(acsi, answers);
    std::vector<std::size_t> segment(120);
    std::vector<bool> in_second(120);
    for (std::size_t row = 0; row < 120; ++row) {
        segment[row] = row % 3;
        in_second[row] = row % 2;
    }
    const auto indices = found.segment_index(answers, segment, 3);
    CHECK(indices.observations[2] == 40 && indices.indices.size() == 18);
    const auto each = found.individual_index(answers);
    double mean = 0;
    for (std::size_t row = 0; row < 120; row += 3) {
        mean += each[row * 6 + 3] / 40;
    }
    CHECK(std::abs(indices.indices[3].index - mean) < 1e-10);
    CHECK(indices.indices[3].lower < mean && mean < indices.indices[3].upper);
    const bootstrap made(found, answers, {segment, 3, {}, {}}, 100, 7);
    CHECK(made.estimates(CRM_PLS_STATISTIC_RHO_C).size() == found.size().constructs);
    const bootstrap designed(found, answers, {{}, 0, segment, {}}, 100, 7);
    CHECK(designed.estimates(CRM_PLS_STATISTIC_INDEX)[0].standard_error > 0);
    CHECK(refused([&] { bootstrap(found, answers, {{}, 0, {1, 2}, {}}, 100, 7); }, "2") ==
          CRM_STATUS_LENGTH_MISMATCH);
    const auto resampled = made.estimates(CRM_PLS_STATISTIC_SEGMENT_INDEX);
    CHECK(resampled.size() == 18 && std::abs(resampled[3].estimate - mean) < 1e-10);
    const double difference = made.segment_difference(0, 1, 3).estimate;
    CHECK(std::abs(difference - (resampled[3].estimate - resampled[9].estimate)) < 1e-12);
    double sum = 0, squares = 0;
    const auto scores = found.scores(answers);
    for (std::size_t row = 0; row < 120; ++row) {
        sum += scores[row * 6], squares += scores[row * 6] * scores[row * 6];
    }
    CHECK(std::abs(sum) < 1e-9 && std::abs(squares / 119 - 1) < 1e-12);
    const auto blindfolded = found.blindfold(answers, 7);
    CHECK(std::isnan(blindfolded[0].redundancy) && blindfolded[0].communality > 0 && blindfolded[3].redundancy > 0);
    CHECK(refused([&] { found.blindfold(answers, 6); }, "6") == CRM_STATUS_OUT_OF_RANGE);
    CHECK(refused([&] { found.first_stage(); }, "") == CRM_STATUS_NOT_FOUND);
    const auto predicted = found.predict(answers, 10, 1);
    CHECK(std::isnan(predicted[0].rmse) && predicted[3].mae <= predicted[3].rmse);
    const group_comparison compared(found, answers, in_second, 50, 3);
    CHECK(compared.permutations().first + compared.permutations().second == 50);
    CHECK(compared.paths().size() == 9 && compared.paths()[0].p_value <= 1);
    CHECK(compared.invariance()[0].correlation <= 1 + 1e-12);
    CHECK(found.cross_loadings()[0] == found.indicators()[0].loading);
    CHECK(refused([&] { found.segment_index(answers, {0, 1}, 2); }, "length 120") == CRM_STATUS_LENGTH_MISMATCH);
    CHECK(refused([&] { found.segment_index(answers, segment, 2); }, "2") == CRM_STATUS_OUT_OF_RANGE);
}

/* In two stages the index of a construct is that of the first stage, and its indicators are its components. */
void constructs_of_constructs() {
    const model first("a =~ a1 + a2\nb =~ b1 + b2\nc =~ c1 + c2\nc ~ a + b");
    const answer_columns answers = first.simulate(150, 2);
    const model whole("a =~ a1 + a2\nb =~ b1 + b2\nc =~ c1 + c2\nh =~ a + b\nc ~ h");
    CHECK(whole.size().indicators == 6 && whole.size().constructs == 4);
    const fit found(whole, answers);
    CHECK(found.result_model().indicators() == (std::vector<std::string>{"c1", "c2", "a", "b"}));
    CHECK(found.first_stage().indicators()[0].weight == fit(first, answers).indicators()[0].weight);
    CHECK(std::abs(found.indicators()[2].mean - fit(first, answers).constructs()[0].index) < 1e-10);
    CHECK(found.individual_index(answers).size() == 300);
    CHECK(bootstrap(found, answers, 50, 1).constant().size() == 6);
    crm_pls_options repeated = options();
    repeated.higher_order = CRM_HIGHER_ORDER_REPEATED_INDICATORS;
    CHECK(fit(whole, answers, repeated).size().indicators == 10);
}

void mistakes() {
    CHECK(refused([] { model("a =~ x\nb =~ y\na ~ b\nb ~ a"); }, "a -> b -> a") == CRM_STATUS_OUT_OF_RANGE);
    CHECK(refused([] { model("a =~ x\nb =~ y\nb ~ see"); }, "see") == CRM_STATUS_NOT_FOUND);
    CHECK(refused([] { model("a =~ x y"); }, "'y' in line 1") == CRM_STATUS_UNREADABLE);
    CHECK(refused([] { model::from_json("{}"); }, "must be a structural model") == CRM_STATUS_UNREADABLE);
    const model acsi = model::preset(CRM_INDEX_PRESET_ACSI);
    answer_columns answers = acsi.simulate(100, 1);
    CHECK(refused([&] { fit(acsi, acsi.simulate(4, 1)); }, "") != CRM_STATUS_OK);
    answers[3].assign(100, 5.0);
    CHECK(refused([&] { fit(acsi, answers); }, "quality_overall") == CRM_STATUS_OUT_OF_RANGE);
    answers.pop_back();
    CHECK(refused([&] { fit(acsi, answers); }, "length 14") == CRM_STATUS_LENGTH_MISMATCH);
    crm_pls_options few = options();
    few.max_iterations = 1;
    CHECK(fit(acsi, acsi.simulate(100, 1), few).report().status == CRM_PLS_STATUS_ITERATION_LIMIT);
}

} // namespace

int main() {
    models();
    fits();
    resamples();
    segments_and_groups();
    constructs_of_constructs();
    mistakes();
    return failures != 0;
}
