/* How satisfied are the customers, and what should be improved first? A survey in nine steps, with generated answers. */
#include <crm_core.h>
#include <stdio.h>
#include <stdlib.h>

enum { RESPONDENTS = 250, QUESTIONS = 14 };

/* Goes on, and gives the study before back. */
static crm_status advance(crm_study **study, const char *json) {
    crm_study *next;
    crm_status status = crm_study_advance_new(*study, json, &next);
    if (status == CRM_STATUS_OK) {
        crm_study_free(*study);
        *study = next;
    }
    return status;
}

static double number(const crm_study *study, crm_survey_step step, const char *pointer, int place, const char *part) {
    char at[80];
    double out = 0;
    snprintf(at, sizeof at, pointer, place, part);
    if (crm_study_number(study, step, at, &out) != CRM_STATUS_OK) {
        fprintf(stderr, "%s\n", crm_last_error_message());
    }
    return out;
}

static const char *text(const crm_study *study, crm_survey_step step, const char *pointer, int place, const char *part) {
    static char out[2][80];
    static int turn;
    char at[80];
    turn = !turn;
    snprintf(at, sizeof at, pointer, place, part);
    if (crm_study_text(study, step, at, out[turn], sizeof out[turn]) != CRM_STATUS_OK) {
        fprintf(stderr, "%s\n", crm_last_error_message());
        out[turn][0] = '\0';
    }
    return out[turn];
}

/* 1 to 4: the questions of the ACSI, asked of so many that the index is known to 2.5 points; half of them answer. */
static crm_status design(const crm_structural_model *acsi, crm_study **study) {
    static const char format[] = "{\"steps\": [{\"step\": \"define_indicators\", \"model\": %s,"
                                 " \"title\": {\"en\": \"Spring survey\", \"zh\": \"春季调查\"}}]}";
    const char *model;
    crm_status status = crm_structural_model_json(acsi, &model);
    if (status == CRM_STATUS_OK) {
        size_t size = (size_t)snprintf(NULL, 0, format, model) + 1;
        char *definition = malloc(size);
        if (!definition) {
            abort();
        }
        snprintf(definition, size, format, model);
        status = crm_study_new(definition, study);
        free(definition);
    }
    if (status == CRM_STATUS_OK) {
        status = advance(study, "{\"step\": \"define_population\", \"units\": 12000,"
                                " \"description\": {\"en\": \"Customers who bought in the last year\"}}");
    }
    if (status == CRM_STATUS_OK) {
        status = advance(study, "{\"step\": \"design_sample\", \"target\": {\"mean\": 20}, \"margin\": 2.5,"
                                " \"response_rate\": 0.5}");
    }
    if (status == CRM_STATUS_OK) {
        printf("%.0f invited for %.0f answers\n",
               number(*study, CRM_SURVEY_STEP_DESIGN_SAMPLE, "/invitations", 0, ""),
               number(*study, CRM_SURVEY_STEP_DESIGN_SAMPLE, "/answers", 0, ""));
        status = advance(study, "{\"step\": \"design_questionnaire\"}");
    }
    return status;
}

/* 5: what came back. */
static crm_status survey(const crm_structural_model *acsi, crm_study **study) {
    static double answers[QUESTIONS * RESPONDENTS];
    const double *columns[QUESTIONS];
    crm_study *next = NULL;
    crm_status status = crm_structural_model_simulate(acsi, RESPONDENTS, 1, 0.02, answers);
    for (int i = 0; i < QUESTIONS; i++) {
        columns[i] = answers + i * RESPONDENTS;
    }
    if (status == CRM_STATUS_OK) {
        status = crm_study_survey_new(
            *study, "{\"outcomes\": {\"complete\": 250, \"refusal\": 41, \"non_contact\": 193}}", columns,
            QUESTIONS, RESPONDENTS, NULL, NULL, &next);
    }
    if (status == CRM_STATUS_OK) {
        crm_study_free(*study);
        *study = next;
        printf("response rate %.1f%%\n",
               100 * number(*study, CRM_SURVEY_STEP_SURVEY, "/rates/response/rate", 0, ""));
    }
    return status;
}

/* 6 and 7: do the questions measure one thing each, and what do they say? */
static crm_status compute(crm_study **study) {
    const crm_survey_step step = CRM_SURVEY_STEP_TABULATE;
    crm_status status = advance(study, "{\"step\": \"tabulate\"}");
    for (int i = 0; status == CRM_STATUS_OK && i < 5; i++) {
        printf("%-14salpha %.2f (%.2f to %.2f)\n", text(*study, step, "/scales/%d/%s", i, "construct"),
               number(*study, step, "/scales/%d/reliability/%s", i, "alpha"),
               number(*study, step, "/scales/%d/reliability/%s", i, "alpha_lower"),
               number(*study, step, "/scales/%d/reliability/%s", i, "alpha_upper"));
    }
    if (status == CRM_STATUS_OK) {
        status = advance(study, "{\"step\": \"compute_index\", \"resampling\": {\"resamples\": 1000, \"seed\": 1}}");
    }
    return status;
}

/* 8 and 9: what to improve first, and what that brings. */
static crm_status improve(crm_study **study) {
    const crm_survey_step step = CRM_SURVEY_STEP_REPORT;
    char action[200];
    crm_status status = advance(study, "{\"step\": \"report\"}");
    if (status == CRM_STATUS_OK) {
        printf("index %.1f (%.1f to %.1f)\n", number(*study, step, "/index/index", 0, ""),
               number(*study, step, "/lower", 0, ""), number(*study, step, "/upper", 0, ""));
        for (int i = 0; i < 3; i++) {
            printf("%-14simportance %.2f, performance %.1f: %s\n",
                   text(*study, step, "/drivers/%d/%s", i, "construct"),
                   number(*study, step, "/drivers/%d/%s", i, "importance"),
                   number(*study, step, "/drivers/%d/%s", i, "performance"),
                   text(*study, step, "/drivers/%d/%s", i, "quadrant"));
        }
        snprintf(action, sizeof action,
                 "{\"step\": \"improve\", \"actions\": [{\"construct\": \"%s\", \"rise\": 4, \"owner\": \"service\","
                 " \"what\": {\"en\": \"Answer every question within a day\"}}]}",
                 text(*study, step, "/drivers/%d/%s", 0, "construct"));
        status = advance(study, action);
    }
    if (status == CRM_STATUS_OK) {
        printf("4 points more of the first: index %.1f\n",
               number(*study, CRM_SURVEY_STEP_IMPROVE, "/expected_index", 0, ""));
    }
    return status;
}

int main(void) {
    crm_structural_model *acsi = NULL;
    crm_study *study = NULL;
    crm_status status = crm_structural_model_preset_new(CRM_INDEX_PRESET_ACSI, 0, 0, &acsi);
    if (status == CRM_STATUS_OK) {
        status = design(acsi, &study);
    }
    if (status == CRM_STATUS_OK) {
        status = survey(acsi, &study);
    }
    if (status == CRM_STATUS_OK) {
        status = compute(&study);
    }
    if (status == CRM_STATUS_OK) {
        status = improve(&study);
    }
    if (status != CRM_STATUS_OK) {
        fprintf(stderr, "%s\n", crm_last_error_message());
    }
    crm_study_free(study);
    crm_structural_model_free(acsi);
    return status != CRM_STATUS_OK;
}
