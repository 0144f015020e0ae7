// How satisfied are the customers, and what should be improved first? A survey in nine steps, with generated answers.
#include <crm_core.hpp>

#include <cstdio>

int main() {
    // 1 to 4: the questions of the ACSI, asked of so many that the index is known to 2.5 points; half of them answer.
    const auto acsi = crm::structural::model::preset(CRM_INDEX_PRESET_ACSI);
    const std::string definition = R"({"steps": [{"step": "define_indicators",
        "title": {"en": "Spring survey", "zh": "春季调查"}, "model": )" + acsi.json() + "}]}";
    const auto questionnaire =
        crm::satisfaction::study(definition)
            .advance(R"({"step": "define_population", "units": 12000,
                         "description": {"en": "Customers who bought in the last year"}})")
            .advance(R"({"step": "design_sample", "target": {"mean": 20}, "margin": 2.5, "response_rate": 0.5})")
            .advance(R"({"step": "design_questionnaire"})");
    std::printf("%.0f invited for %.0f answers\n",
                questionnaire.number(CRM_SURVEY_STEP_DESIGN_SAMPLE, "/invitations"),
                questionnaire.number(CRM_SURVEY_STEP_DESIGN_SAMPLE, "/answers"));

    // 5: what came back.
    const auto responses = questionnaire.survey(
        R"({"outcomes": {"complete": 250, "refusal": 41, "non_contact": 193}})", acsi.simulate(250, 1, 0.02));
    std::printf("response rate %.1f%%\n", 100 * responses.number(CRM_SURVEY_STEP_SURVEY, "/rates/response/rate"));

    // 6 and 7: do the questions measure one thing each, and what do they say?
    const auto tables = responses.advance(R"({"step": "tabulate"})");
    for (int i = 0; i < 5; i++) {
        const std::string scale = "/scales/" + std::to_string(i), alpha = scale + "/reliability/alpha";
        const auto number = [&](const std::string &at) { return tables.number(CRM_SURVEY_STEP_TABULATE, at); };
        std::printf("%-14salpha %.2f (%.2f to %.2f)\n",
                    tables.text(CRM_SURVEY_STEP_TABULATE, scale + "/construct").c_str(), number(alpha),
                    number(alpha + "_lower"), number(alpha + "_upper"));
    }
    const auto index =
        tables.advance(R"({"step": "compute_index", "resampling": {"resamples": 1000, "seed": 1}})");

    // 8 and 9: what to improve first, and what that brings.
    const auto report = index.advance(R"({"step": "report"})");
    const auto number = [&](const std::string &at) { return report.number(CRM_SURVEY_STEP_REPORT, at); };
    const auto text = [&](const std::string &at) { return report.text(CRM_SURVEY_STEP_REPORT, at); };
    std::printf("index %.1f (%.1f to %.1f)\n", number("/index/index"), number("/lower"), number("/upper"));
    for (int i = 0; i < 3; i++) {
        const std::string driver = "/drivers/" + std::to_string(i);
        std::printf("%-14simportance %.2f, performance %.1f: %s\n", text(driver + "/construct").c_str(),
                    number(driver + "/importance"), number(driver + "/performance"),
                    text(driver + "/quadrant").c_str());
    }
    const auto plan = report.advance(R"({"step": "improve", "actions": [{"rise": 4, "owner": "service",
        "what": {"en": "Answer every question within a day"}, "construct": ")" + text("/drivers/0/construct") + "\"}]}");
    std::printf("4 points more of the first: index %.1f\n",
                plan.number(CRM_SURVEY_STEP_IMPROVE, "/expected_index"));
}
