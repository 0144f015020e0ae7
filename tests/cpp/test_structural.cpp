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
    mistakes();
    return failures != 0;
}
