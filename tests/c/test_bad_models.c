/* Structural models and answers that cannot be fitted: what is said names what to change. */
#include "check.h"

#include <string.h>

static const double X1[] = {1, 2, 3, 4, 5, 6, 2, 3}, X2[] = {2, 1, 4, 3, 6, 5, 3, 1}, Y1[] = {1, 3, 2, 5, 4, 6, 1, 2};
static const double Y2[] = {2, 3, 3, 4, 6, 5, 2, 3}, SAME[] = {4, 4, 4, 4, 4, 4, 4, 4};
static const char *const TWO =
    "{\"constructs\":[{\"name\":\"x\",\"indicators\":[\"x1\",\"x2\"]},{\"name\":\"y\",\"indicators\":[\"y1\",\"y2\"]}]"
    ",\"paths\":[{\"from\":\"x\",\"to\":\"y\"}]}";
static const char *const IN_A_CYCLE =
    "{\"constructs\":[{\"name\":\"a\",\"indicators\":[\"x\"]},{\"name\":\"b\",\"indicators\":[\"y\"]}]"
    ",\"paths\":[{\"from\":\"a\",\"to\":\"b\"},{\"from\":\"b\",\"to\":\"a\"}]}";
static const char *const NOT_MEASURED =
    "{\"constructs\":[{\"name\":\"a\",\"indicators\":[\"x\"]},{\"name\":\"b\",\"indicators\":[]}]"
    ",\"paths\":[{\"from\":\"a\",\"to\":\"b\"}]}";
static const char *const FORMATIVE =
    "{\"constructs\":[{\"name\":\"x\",\"mode\":\"b\",\"indicators\":[\"x1\",\"x2\"]},{\"name\":\"y\",\"indicators\":[\"y1\",\"y2\"]}]"
    ",\"paths\":[{\"from\":\"x\",\"to\":\"y\"}]}";
static const char *const TWO_DRIVERS =
    "{\"constructs\":[{\"name\":\"a\",\"indicators\":[\"x1\"]},{\"name\":\"b\",\"indicators\":[\"x2\"]},{\"name\":\"y\",\"indicators\":[\"y1\",\"y2\"]}]"
    ",\"paths\":[{\"from\":\"a\",\"to\":\"y\"},{\"from\":\"b\",\"to\":\"y\"}]}";

static crm_status read_model(const char *text) {
    crm_structural_model *model = NULL;
    crm_status status = crm_structural_model_from_json_new(text, &model);
    crm_structural_model_free(model);
    return status;
}

/* Fits a model to columns, and says how that went. */
static crm_status fit(const char *text, const double *const *columns, size_t rows, uint32_t iterations,
                      crm_pls_status *ended) {
    crm_structural_model *model = NULL;
    crm_pls_fit *made = NULL;
    crm_pls_options options;
    crm_pls_report report = {0};
    const crm_survey_answers answers = {.columns = columns, .rows = rows};
    CHECK(crm_structural_model_from_json_new(text, &model) == CRM_STATUS_OK);
    CHECK(crm_pls_options_default(&options) == CRM_STATUS_OK);
    options.max_iterations = iterations;
    crm_status status = crm_pls_fit_new(model, &answers, &options, &made);
    if (status == CRM_STATUS_OK) {
        CHECK(crm_pls_fit_report(made, &report) == CRM_STATUS_OK);
        *ended = report.status;
    }
    crm_pls_fit_free(made);
    crm_structural_model_free(model);
    return status;
}

static int says(const char *part) {
    return strstr(crm_last_error_message(), part) != NULL;
}

static void models(void) {
    CHECK(read_model(IN_A_CYCLE) == CRM_STATUS_OUT_OF_RANGE);
    CHECK(says("-> a") && says("leave one of them out"));
    CHECK(read_model(NOT_MEASURED) == CRM_STATUS_EMPTY);
    CHECK(says("b"));
}

static void answers(void) {
    const double *const good[] = {X1, X2, Y1, Y2};
    const double *const constant[] = {X1, SAME, Y1, Y2};
    const double *const twice[] = {X1, X1, Y1, Y2};
    crm_pls_status ended = CRM_PLS_STATUS_CONVERGED;
    CHECK(fit(TWO, good, 8, 300, &ended) == CRM_STATUS_OK && ended == CRM_PLS_STATUS_CONVERGED);
    CHECK(fit(TWO, constant, 8, 300, &ended) == CRM_STATUS_OUT_OF_RANGE);
    CHECK(says("x2") && says("leave out the one that has not"));
    CHECK(fit(TWO, good, 2, 300, &ended) == CRM_STATUS_OUT_OF_RANGE);
    CHECK(says("must have more than 2 rows"));
    /* It did not settle, and says so; what it found is at hand. */
    CHECK(fit(TWO, good, 8, 1, &ended) == CRM_STATUS_OK && ended == CRM_PLS_STATUS_ITERATION_LIMIT);
    CHECK(fit(FORMATIVE, twice, 8, 300, &ended) == CRM_STATUS_NO_SOLUTION);
    CHECK(says("x2 of x") && says("leave it out, or take mode A"));
    CHECK(fit(TWO_DRIVERS, twice, 8, 300, &ended) == CRM_STATUS_NO_SOLUTION);
    CHECK(says("b -> y") && says("leave one of them out"));
}

int main(void) {
    models();
    answers();
    return failures != 0;
}
