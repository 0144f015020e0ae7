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
    if ((value = find(given, "higher_order")) &&
        strcmp(as_text(value), "repeated_indicators") == 0) {
        options->higher_order = CRM_HIGHER_ORDER_REPEATED_INDICATORS;
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
        answer_number(answer, outer[i].vif, ".outer_vif[%zu]", i);
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

/* Answers, the fit to them, and the model that its results are about. */
struct survey {
    crm_structural_model *model;
    crm_pls_fit *fit;
    crm_structural_size size;
    crm_survey_answers answers;
};

static crm_status fit_survey(const struct value *arguments, struct survey *survey) {
    crm_pls_options options;
    crm_structural_model *asked = NULL;
    read_options(get(arguments, "options"), &options);
    crm_status status = crm_structural_model_new(as_text(get(arguments, "model")), &asked);
    if (status == CRM_STATUS_OK) {
        status = crm_structural_model_size(asked, &survey->size);
    }
    if (status == CRM_STATUS_OK) {
        const double **columns = working_memory(survey->size.indicators, sizeof *columns);
        for (size_t i = 0; status == CRM_STATUS_OK && i < survey->size.indicators; i++) {
            const char *name;
            status = crm_structural_model_indicator(asked, i, &name);
            if (status == CRM_STATUS_OK) {
                columns[i] = as_numbers(get(get(arguments, "responses"), name), &survey->answers.rows);
            }
        }
        survey->answers.columns = columns;
        if (find(arguments, "frequencies")) {
            size_t rows;
            survey->answers.weights = as_numbers(get(arguments, "frequencies"), &rows);
            survey->answers.are_frequencies = 1;
        }
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_new(asked, &survey->answers, &options, &survey->fit);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_model_new(survey->fit, &survey->model);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_structural_model_size(survey->model, &survey->size);
    }
    crm_structural_model_free(asked);
    return status;
}

static crm_status end_survey(struct survey *survey, crm_status status) {
    crm_pls_fit_free(survey->fit);
    crm_structural_model_free(survey->model);
    return status;
}

static crm_status pls_fit(const struct value *arguments, struct answer *answer) {
    struct survey survey = {0};
    crm_status status = fit_survey(arguments, &survey);
    if (status == CRM_STATUS_OK) {
        status = answer_measurement(survey.fit, &survey.size, answer);
    }
    if (status == CRM_STATUS_OK) {
        const char *target = as_text(get(arguments, "target"));
        status = answer_structure(survey.fit, &survey.size, target, answer);
    }
    return end_survey(&survey, status);
}

static const size_t *as_places(const struct value *list, size_t *count) {
    const double *numbers = as_numbers(list, count);
    size_t *places = working_memory(*count, sizeof *places);
    for (size_t i = 0; i < *count; i++) {
        places[i] = (size_t)numbers[i];
    }
    return places;
}

static size_t segments_of(const size_t *segment, size_t rows) {
    size_t last = 0;
    for (size_t i = 0; i < rows; i++) {
        last = segment[i] > last ? segment[i] : last;
    }
    return last + 1;
}

static void answer_estimate(struct answer *answer, const crm_bootstrap_estimate *found,
                            const char *kind, size_t place) {
    answer_number(answer, found->estimate, ".%s.estimate[%zu]", kind, place);
    answer_number(answer, found->bias, ".%s.bias[%zu]", kind, place);
    answer_number(answer, found->standard_error, ".%s.standard_error[%zu]", kind, place);
    answer_number(answer, found->p_value, ".%s.p_value[%zu]", kind, place);
    answer_number(answer, found->percentile_lower, ".%s.percentile_lower[%zu]", kind, place);
    answer_number(answer, found->percentile_upper, ".%s.percentile_upper[%zu]", kind, place);
    answer_number(answer, found->bca_lower, ".%s.bca_lower[%zu]", kind, place);
    answer_number(answer, found->bca_upper, ".%s.bca_upper[%zu]", kind, place);
}

static crm_status answer_bootstrap(const crm_pls_bootstrap *made, const struct survey *survey,
                                   const struct value *arguments, size_t segments,
                                   struct answer *answer) {
    double level = as_number(get(arguments, "level"));
    size_t constructs = survey->size.constructs;
    const struct value *kinds = get(arguments, "places");
    crm_status status = CRM_STATUS_OK;
    for (size_t k = 0; status == CRM_STATUS_OK && k < kinds->count; k++) {
        crm_pls_statistic kind = CRM_PLS_STATISTIC_WEIGHT;
        while (strcmp(crm_pls_statistic_name(kind), kinds->names[k]) != 0) {
            kind++;
        }
        size_t count = kind <= CRM_PLS_STATISTIC_LOADING  ? survey->size.indicators
                       : kind == CRM_PLS_STATISTIC_PATH   ? survey->size.paths
                       : kind == CRM_PLS_STATISTIC_SEGMENT_INDEX
                           ? segments * constructs
                       : kind == CRM_PLS_STATISTIC_INDEX || kind == CRM_PLS_STATISTIC_R_SQUARED ||
                               kind >= CRM_PLS_STATISTIC_ALPHA
                           ? constructs
                           : constructs * constructs;
        crm_bootstrap_estimate *found = working_memory(count, sizeof *found);
        status = crm_pls_bootstrap_estimates(made, kind, level, count, found);
        size_t wanted;
        const size_t *places = as_places(&kinds->items[k], &wanted);
        for (size_t i = 0; status == CRM_STATUS_OK && i < wanted; i++) {
            answer_estimate(answer, &found[places[i]], kinds->names[k], i);
        }
    }
    size_t length;
    const char *const *names = as_texts(get(arguments, "way"), &length);
    size_t *way = working_memory(length, sizeof *way);
    for (size_t i = 0; status == CRM_STATUS_OK && i < length; i++) {
        const char *name = "";
        for (way[i] = 0; way[i] < constructs; way[i]++) {
            status = crm_structural_model_construct(survey->model, way[i], &name);
            if (status != CRM_STATUS_OK || strcmp(name, names[i]) == 0) {
                break;
            }
        }
    }
    if (status == CRM_STATUS_OK) {
        crm_bootstrap_estimate along;
        status = crm_pls_bootstrap_effect_along(made, way, length, level, &along);
        if (status == CRM_STATUS_OK) {
            answer_estimate(answer, &along, "effect_along", 0);
        }
    }
    return status;
}

/* The last that was told of, which never falls. */
static int32_t told(void *context, uint32_t done) {
    uint32_t *last = context;
    if (done < *last) {
        return 1;
    }
    *last = done;
    return 0;
}

static crm_status pls_bootstrap(const struct value *arguments, struct answer *answer) {
    struct survey survey = {0};
    crm_pls_bootstrap *made = NULL;
    crm_survey_respondents respondents = {0};
    uint32_t last = 0;
    size_t rows;
    crm_status status = fit_survey(arguments, &survey);
    if (find(arguments, "segments")) {
        respondents.segment = as_places(get(arguments, "segments"), &rows);
        respondents.segments = segments_of(respondents.segment, rows);
    }
    if (find(arguments, "strata")) {
        respondents.stratum = as_places(get(arguments, "strata"), &rows);
    }
    if (find(arguments, "clusters")) {
        respondents.cluster = as_places(get(arguments, "clusters"), &rows);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_bootstrap_new(survey.fit, &survey.answers, &respondents,
                                       (uint32_t)as_number(get(arguments, "resamples")),
                                       (uint64_t)as_number(get(arguments, "seed")), told, &last,
                                       &made);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_bootstrap(made, &survey, arguments, respondents.segments, answer);
    }
    crm_pls_bootstrap_free(made);
    return end_survey(&survey, status);
}

static crm_status pls_predict(const struct value *arguments, struct answer *answer) {
    struct survey survey = {0};
    crm_status status = fit_survey(arguments, &survey);
    if (status == CRM_STATUS_OK) {
        crm_predicted *found = working_memory(survey.size.indicators, sizeof *found);
        status = crm_pls_fit_predict(survey.fit, &survey.answers,
                                     (size_t)as_number(get(arguments, "folds")),
                                     (uint64_t)as_number(get(arguments, "seed")),
                                     survey.size.indicators, found);
        for (size_t i = 0, driven = 0; status == CRM_STATUS_OK && i < survey.size.indicators; i++) {
            if (!isnan(found[i].rmse)) {
                answer_number(answer, found[i].q_squared, ".q_squared[%zu]", driven);
                answer_number(answer, found[i].rmse, ".rmse[%zu]", driven);
                answer_number(answer, found[i].mae, ".mae[%zu]", driven);
                driven++;
            }
        }
    }
    return end_survey(&survey, status);
}

static crm_status answer_comparison(const crm_group_comparison *made,
                                    const crm_structural_size *size, struct answer *answer) {
    crm_path_difference *paths = working_memory(size->paths, sizeof *paths);
    crm_invariance *found = working_memory(size->constructs, sizeof *found);
    crm_status status = crm_group_comparison_paths(made, size->paths, paths);
    if (status == CRM_STATUS_OK) {
        status = crm_group_comparison_invariance(made, size->constructs, found);
    }
    for (size_t k = 0; status == CRM_STATUS_OK && k < size->paths; k++) {
        answer_number(answer, paths[k].first, ".first[%zu]", k);
        answer_number(answer, paths[k].second, ".second[%zu]", k);
        answer_number(answer, paths[k].p_value, ".p_value[%zu]", k);
    }
    for (size_t j = 0; status == CRM_STATUS_OK && j < size->constructs; j++) {
        answer_number(answer, found[j].correlation, ".correlation[%zu]", j);
        answer_number(answer, found[j].least, ".least[%zu]", j);
        answer_number(answer, found[j].correlation_p, ".correlation_p[%zu]", j);
        answer_number(answer, found[j].mean_difference, ".mean_difference[%zu]", j);
        answer_number(answer, found[j].mean_p, ".mean_p[%zu]", j);
        answer_number(answer, found[j].log_variance_ratio, ".log_variance_ratio[%zu]", j);
        answer_number(answer, found[j].variance_p, ".variance_p[%zu]", j);
    }
    return status;
}

static crm_status pls_compare_groups(const struct value *arguments, struct answer *answer) {
    struct survey survey = {0};
    crm_group_comparison *made = NULL;
    uint32_t last = 0;
    crm_status status = fit_survey(arguments, &survey);
    if (status == CRM_STATUS_OK) {
        size_t rows;
        const double *flags = as_numbers(get(arguments, "in_second"), &rows);
        uint8_t *in_second = working_memory(rows, sizeof *in_second);
        for (size_t i = 0; i < rows; i++) {
            in_second[i] = (uint8_t)flags[i];
        }
        status = crm_group_comparison_new(survey.fit, &survey.answers, in_second,
                                          (uint32_t)as_number(get(arguments, "permutations")),
                                          (uint64_t)as_number(get(arguments, "seed")), told, &last,
                                          &made);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_comparison(made, &survey.size, answer);
    }
    crm_group_comparison_free(made);
    return end_survey(&survey, status);
}

static crm_status pls_segment_index(const struct value *arguments, struct answer *answer) {
    struct survey survey = {0};
    crm_status status = fit_survey(arguments, &survey);
    if (status == CRM_STATUS_OK) {
        size_t rows;
        const size_t *segment = as_places(get(arguments, "segments"), &rows);
        size_t segments = segments_of(segment, rows), constructs = survey.size.constructs;
        double *observations = working_memory(segments, sizeof *observations);
        crm_segment_index *found = working_memory(segments * constructs, sizeof *found);
        status = crm_pls_fit_segment_index(survey.fit, &survey.answers, segment, segments,
                                           as_number(get(arguments, "level")), constructs,
                                           observations, found);
        if (status == CRM_STATUS_OK) {
            answer_numbers(answer, observations, segments, ".observations");
        }
        for (size_t i = 0; status == CRM_STATUS_OK && i < segments * constructs; i++) {
            answer_number(answer, found[i].index, ".index[%zu]", i);
            answer_number(answer, found[i].standard_error, ".standard_error[%zu]", i);
            answer_number(answer, found[i].lower, ".lower[%zu]", i);
            answer_number(answer, found[i].upper, ".upper[%zu]", i);
        }
    }
    return end_survey(&survey, status);
}

static crm_status pls_blindfold(const struct value *arguments, struct answer *answer) {
    struct survey survey = {0};
    crm_status status = fit_survey(arguments, &survey);
    if (status == CRM_STATUS_OK) {
        size_t constructs = survey.size.constructs, driven = 0, several = 0;
        crm_blindfolded *found = working_memory(constructs, sizeof *found);
        status = crm_pls_fit_blindfold(survey.fit, &survey.answers,
                                       (size_t)as_number(get(arguments, "distance")), constructs,
                                       found);
        for (size_t j = 0; status == CRM_STATUS_OK && j < constructs; j++) {
            if (!isnan(found[j].redundancy)) {
                answer_number(answer, found[j].redundancy, ".redundancy[%zu]", driven++);
            }
            if (!isnan(found[j].communality)) {
                answer_number(answer, found[j].communality, ".communality[%zu]", several++);
            }
        }
    }
    return end_survey(&survey, status);
}

static crm_status answer_first_stage(const crm_pls_fit *fit, struct answer *answer) {
    crm_pls_fit *first = NULL;
    crm_structural_model *model = NULL;
    crm_structural_size size;
    crm_status status = crm_pls_fit_first_stage_new(fit, &first);
    if (status == CRM_STATUS_NOT_FOUND) {
        return CRM_STATUS_OK;
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_model_new(first, &model);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_structural_model_size(model, &size);
    }
    if (status == CRM_STATUS_OK) {
        crm_indicator_estimate *outer = working_memory(size.indicators, sizeof *outer);
        status = crm_pls_fit_indicators(first, size.indicators, outer);
        for (size_t i = 0; status == CRM_STATUS_OK && i < size.indicators; i++) {
            answer_number(answer, outer[i].weight, ".first_weights[%zu]", i);
        }
    }
    crm_structural_model_free(model);
    crm_pls_fit_free(first);
    return status;
}

static crm_status answer_higher_order(const crm_pls_fit *fit, const crm_structural_size *size,
                                      struct answer *answer) {
    size_t entries = size->constructs * size->constructs, driven = 0;
    crm_indicator_estimate *outer = working_memory(size->indicators, sizeof *outer);
    crm_construct_estimate *constructs = working_memory(size->constructs, sizeof *constructs);
    crm_path_estimate *paths = working_memory(size->paths, sizeof *paths);
    double *effects = working_memory(entries, sizeof *effects);
    crm_status status = crm_pls_fit_indicators(fit, size->indicators, outer);
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_constructs(fit, size->constructs, constructs);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_paths(fit, size->paths, paths);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_pls_fit_total_effects(fit, size->constructs, effects);
    }
    if (status != CRM_STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < size->indicators; i++) {
        answer_number(answer, outer[i].weight, ".weights[%zu]", i);
        answer_number(answer, outer[i].loading, ".loadings[%zu]", i);
    }
    for (size_t j = 0; j < size->constructs; j++) {
        answer_number(answer, constructs[j].index, ".index[%zu]", j);
        if (!isnan(constructs[j].r_squared)) {
            answer_number(answer, constructs[j].r_squared, ".r_squared[%zu]", driven++);
        }
    }
    for (size_t k = 0; k < size->paths; k++) {
        answer_number(answer, paths[k].coefficient, ".paths[%zu]", k);
    }
    answer_numbers(answer, effects, entries, ".total_effects");
    return answer_first_stage(fit, answer);
}

static crm_status pls_higher_order(const struct value *arguments, struct answer *answer) {
    struct survey survey = {0};
    crm_status status = fit_survey(arguments, &survey);
    if (status == CRM_STATUS_OK) {
        status = answer_higher_order(survey.fit, &survey.size, answer);
    }
    return end_survey(&survey, status);
}

const struct runner structural_runners[] = {{"pls_fit", pls_fit},
                                            {"pls_bootstrap", pls_bootstrap},
                                            {"pls_predict", pls_predict},
                                            {"pls_compare_groups", pls_compare_groups},
                                            {"pls_segment_index", pls_segment_index},
                                            {"pls_blindfold", pls_blindfold},
                                            {"pls_higher_order", pls_higher_order},
                                            {NULL, NULL}};
