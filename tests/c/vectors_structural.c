#include "vectors.h"

#include <math.h>
#include <string.h>

/* The usual options, but for those that are given. */
static void read_options(const struct value *given, crm_pls_options *options) {
    const struct value *value;
    crm_pls_options_default(options);
    if ((value = find(given, "tolerance"))) {
        options->tolerance = as_number(value);
    }
    if ((value = find(given, "max_iterations"))) {
        options->max_iterations = (uint32_t)as_number(value);
    }
    if ((value = find(given, "scheme"))) {
        const char *name = as_text(value);
        options->scheme = strcmp(name, "centroid") == 0    ? CRM_INNER_SCHEME_CENTROID
                          : strcmp(name, "factorial") == 0 ? CRM_INNER_SCHEME_FACTORIAL
                                                           : CRM_INNER_SCHEME_PATH;
    }
    if ((value = find(given, "estimator")) && strcmp(as_text(value), "consistent") == 0) {
        options->estimator = CRM_ESTIMATOR_CONSISTENT;
    }
    if ((value = find(given, "missing")) && strcmp(as_text(value), "listwise") == 0) {
        options->missing = CRM_MISSING_ANSWERS_LISTWISE;
    }
}

static crm_status answer_measurement(const crm_pls_fit *fit, const crm_structural_size *size,
                                     struct answer *answer) {
    crm_indicator_estimate *outer = working_memory(size->indicators, sizeof *outer);
    crm_construct_estimate *constructs = working_memory(size->constructs, sizeof *constructs);
    crm_pls_report report;
    crm_status status = crm_pls_fit_indicators(fit, size->indicators, outer);
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_constructs(fit, size->constructs, constructs);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_report(fit, &report);
    }
    if (status != CRM_STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < size->indicators; i++) {
        answer_number(answer, outer[i].weight, ".weights[%zu]", i);
        answer_number(answer, outer[i].loading, ".loadings[%zu]", i);
    }
    for (size_t j = 0, driven = 0; j < size->constructs; j++) {
        answer_number(answer, constructs[j].alpha, ".alpha[%zu]", j);
        answer_number(answer, constructs[j].standardised_alpha, ".standardised_alpha[%zu]", j);
        answer_number(answer, constructs[j].rho_a, ".rho_a[%zu]", j);
        answer_number(answer, constructs[j].rho_c, ".rho_c[%zu]", j);
        answer_number(answer, constructs[j].ave, ".ave[%zu]", j);
        answer_number(answer, constructs[j].index, ".index[%zu]", j);
        if (!isnan(constructs[j].r_squared)) {
            answer_number(answer, constructs[j].r_squared, ".r_squared[%zu]", driven);
            answer_number(answer, constructs[j].adjusted_r_squared, ".adjusted_r_squared[%zu]",
                          driven);
            driven++;
        }
    }
    answer_number(answer, report.gof, ".gof");
    answer_number(answer, report.srmr_saturated, ".srmr_saturated");
    answer_number(answer, report.srmr_estimated, ".srmr_estimated");
    return CRM_STATUS_OK;
}

static crm_status answer_structure(const crm_pls_fit *fit, const crm_structural_size *size,
                                   const char *target, struct answer *answer) {
    size_t entries = size->constructs * size->constructs;
    crm_path_estimate *paths = working_memory(size->paths, sizeof *paths);
    crm_importance *importance = working_memory(size->constructs, sizeof *importance);
    double *matrix = working_memory(entries, sizeof *matrix);
    crm_status status = crm_pls_fit_paths(fit, size->paths, paths);
    for (size_t k = 0; status == CRM_STATUS_OK && k < size->paths; k++) {
        answer_number(answer, paths[k].coefficient, ".paths[%zu]", k);
        answer_number(answer, paths[k].f_squared, ".f_squared[%zu]", k);
        answer_number(answer, paths[k].vif, ".vif[%zu]", k);
        if (!isnan(paths[k].standard_error)) { /* PLSc has no formula for it */
            answer_number(answer, paths[k].standard_error, ".standard_errors[%zu]", k);
        }
    }
    if (status == CRM_STATUS_OK &&
        (status = crm_pls_fit_correlations(fit, size->constructs, matrix)) == CRM_STATUS_OK) {
        answer_numbers(answer, matrix, entries, ".construct_correlations");
    }
    if (status == CRM_STATUS_OK &&
        (status = crm_pls_fit_total_effects(fit, size->constructs, matrix)) == CRM_STATUS_OK) {
        answer_numbers(answer, matrix, entries, ".total_effects");
    }
    if (status == CRM_STATUS_OK &&
        (status = crm_pls_fit_htmt(fit, size->constructs, matrix)) == CRM_STATUS_OK) {
        answer_numbers(answer, matrix, entries, ".htmt");
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_importance(fit, target, size->constructs, importance);
    }
    for (size_t j = 0, drivers = 0; status == CRM_STATUS_OK && j < size->constructs; j++) {
        if (importance[j].importance != 0.0) {
            answer_number(answer, importance[j].importance, ".importance[%zu]", drivers++);
        }
    }
    return status;
}

static crm_status pls_fit(const struct value *arguments, struct answer *answer) {
    crm_structural_model *model = NULL;
    crm_pls_fit *fit = NULL;
    crm_structural_size size;
    crm_pls_options options;
    crm_survey_answers answers = {0};
    read_options(get(arguments, "options"), &options);
    crm_status status = crm_structural_model_new(as_text(get(arguments, "model")), &model);
    if (status == CRM_STATUS_OK) {
        status = crm_structural_model_size(model, &size);
    }
    if (status == CRM_STATUS_OK) {
        const double **columns = working_memory(size.indicators, sizeof *columns);
        for (size_t i = 0; status == CRM_STATUS_OK && i < size.indicators; i++) {
            const char *name;
            status = crm_structural_model_indicator(model, i, &name);
            if (status == CRM_STATUS_OK) {
                columns[i] = as_numbers(get(get(arguments, "responses"), name), &answers.rows);
            }
        }
        answers.columns = columns;
        if (find(arguments, "frequencies")) {
            size_t rows;
            answers.weights = as_numbers(get(arguments, "frequencies"), &rows);
            answers.are_frequencies = 1;
        }
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_new(model, &answers, &options, &fit);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_measurement(fit, &size, answer);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_structure(fit, &size, as_text(get(arguments, "target")), answer);
    }
    crm_pls_fit_free(fit);
    crm_structural_model_free(model);
    return status;
}

const struct runner structural_runners[] = {{"pls_fit", pls_fit}, {NULL, NULL}};
