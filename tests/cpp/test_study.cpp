// A satisfaction survey in nine steps, in C++.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

using crm::satisfaction::study;

const char *const definition =
    R"({"steps": [{"step": "define_indicators", "title": {"en": "Spring", "zh": "春季"}, "model": {
        "constructs": [{"name": "quality", "indicators": ["q"]}, {"name": "satisfaction", "indicators": ["s"]}],
        "paths": [{"from": "quality", "to": "satisfaction"}]}}]})";

study designed() {
    return study(definition)
        .advance(R"({"step": "define_population", "description": {"en": "Customers"}, "strata": [
            {"name": "a", "units": 600}, {"name": "b", "units": 400}]})")
        .advance(R"({"step": "design_sample", "target": {"mean": 20}, "margin": 10,
                     "selection": {"stratified": "proportional"}, "seed": 1})")
        .advance(R"({"step": "design_questionnaire", "texts": {"q": {"en": "How good is it?", "zh": "质量如何？"},
                                                               "s": {"en": "How satisfied are you?"}}})");
}

study answered(const std::vector<double> &satisfaction) {
    const std::string outcomes = R"({"outcomes": {"complete": 7, "refusal": 3}})";
    const std::vector<std::vector<double>> answers = {{5, 7, 6, 8, 9, 10, 8}, satisfaction};
    return designed()
        .survey(outcomes, answers, {0, 0, 0, 1, 1, 1, 1})
        .advance(R"({"step": "tabulate"})")
        .advance(R"({"step": "compute_index", "resampling": {"resamples": 50, "seed": 1}})")
        .advance(R"({"step": "report", "aim": 60})")
        .advance(R"({"step": "improve", "actions": [{"construct": "quality", "what": {"en": "Train"}, "rise": 5}]})");
}

void from_definition_to_actions() {
    const study plan = designed();
    CHECK(plan.step() == CRM_SURVEY_STEP_DESIGN_QUESTIONNAIRE);
    CHECK((plan.columns() == std::vector<std::string>{"q", "s"}));
    CHECK(plan.questionnaire(CRM_LANGUAGE_ZH).find("质量如何？") != std::string::npos);
    const std::vector<crm_drawn> drawn = plan.draw();
    CHECK(drawn.size() == 16 && plan.number(CRM_SURVEY_STEP_DESIGN_SAMPLE, "/invitations") == 16);

    const study found = answered({4, 7, 7, 9, 8, 10, 7});
    // Strata of 600 and 400: 0.6 · 6 + 0.4 · 8.5 = 7, which is 600/9 on the scale from 0 to 100.
    CHECK(std::fabs(found.number(CRM_SURVEY_STEP_COMPUTE_INDEX, "/constructs/1/index") - 600.0 / 9) < 1e-12);
    CHECK(found.number(CRM_SURVEY_STEP_REPORT, "/reaches_aim") == 1);
    CHECK(found.text(CRM_SURVEY_STEP_REPORT, "/drivers/0/construct") == "quality");
    CHECK(found.product(CRM_SURVEY_STEP_IMPROVE).find("expected_index") != std::string::npos);
    CHECK(study(found.json()).json() == found.json());
    const study dropped = found.with_status(0, CRM_ACTION_STATUS_DROPPED);
    CHECK(dropped.number(CRM_SURVEY_STEP_IMPROVE, "/gain") == 0 && dropped.step() == CRM_SURVEY_STEP_IMPROVE);
    const std::string followed = found.follow_up(answered({5, 8, 8, 10, 9, 10, 8}));
    CHECK(followed.find("\"construct\":\"quality\"") != std::string::npos);
}

void no_step_is_left_out() {
    const auto refused = [](auto call) {
        try {
            call();
        } catch (const crm::error &error) {
            return error.code();
        }
        return CRM_STATUS_OK;
    };
    CHECK(refused([] { study(definition).advance(R"({"step": "tabulate"})"); }) == CRM_STATUS_ILLEGAL_TRANSITION);
    CHECK(refused([] { study(definition).questionnaire(); }) == CRM_STATUS_NOT_FOUND);
    CHECK(refused([] { study(definition).draw(); }) == CRM_STATUS_NOT_FOUND);
    CHECK(refused([] { study("{}"); }) == CRM_STATUS_UNREADABLE);
    CHECK(refused([] { designed().survey(R"({"outcomes": {}})", {{1, 2}}); }) == CRM_STATUS_LENGTH_MISMATCH);
    CHECK(refused([] { designed().number(CRM_SURVEY_STEP_DESIGN_SAMPLE, "/nothing"); }) == CRM_STATUS_NOT_FOUND);
    CHECK(refused([] { designed().number(CRM_SURVEY_STEP_DESIGN_SAMPLE, "/required"); }) == CRM_STATUS_WRONG_TYPE);
    CHECK(refused([] { designed().follow_up(designed()); }) == CRM_STATUS_ILLEGAL_TRANSITION);
}

} // namespace

int main() {
    from_definition_to_actions();
    no_step_is_left_out();
    return failures != 0;
}
