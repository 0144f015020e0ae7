#include "vectors.h"

#include <stdlib.h>
#include <string.h>

static crm_emission_family family(const struct value *arguments) {
    const char *name = as_text(get(arguments, "family"));
    int member = 0;
    while (crm_emission_family_name((crm_emission_family)member) &&
           strcmp(crm_emission_family_name((crm_emission_family)member), name) != 0) {
        member++;
    }
    return (crm_emission_family)member;
}

static crm_status model(const struct value *arguments, crm_hidden_markov **made) {
    size_t states, parameters, rows = 0, count = 0, covariates = 0;
    const double *initial = as_numbers(get(arguments, "initial"), &states);
    const double *values = as_numbers(get(arguments, "parameters"), &parameters);
    const struct value *matrix = find(arguments, "transitions");
    const double *transitions = matrix ? as_table(matrix, &rows, &count) : NULL;
    const double *coefficients = NULL;
    if (!matrix) {
        coefficients = as_numbers(get(arguments, "coefficients"), &count);
        covariates = count / (states * (states - 1)) - 1;
    }
    return crm_hidden_markov_new(family(arguments), states, initial, transitions, coefficients,
                                 covariates, values, parameters, made);
}

static crm_state_panel panel(const struct value *arguments) {
    const struct value *histories = get(arguments, "histories"), *covariates;
    crm_state_panel made = {NULL, histories->count, NULL, 0, NULL, 0};
    size_t *offsets = working_memory(histories->count + 1, sizeof *offsets), length, rows;
    offsets[0] = 0;
    for (size_t i = 0; i < histories->count; i++) {
        offsets[i + 1] = offsets[i] + histories->items[i].count;
    }
    made.rows = offsets[histories->count];
    double *values = working_memory(made.rows + 1, sizeof *values);
    for (size_t i = 0; i < histories->count; i++) {
        const double *history = as_numbers(&histories->items[i], &length);
        if (length > 0) {
            memcpy(values + offsets[i], history, length * sizeof *values);
        }
    }
    made.offsets = offsets;
    made.values = values;
    covariates = find(arguments, "covariates");
    if (covariates) {
        made.covariates = as_table(covariates, &rows, &made.covariate_count);
    }
    return made;
}

static crm_status decode(const struct value *arguments, struct answer *answer) {
    crm_hidden_markov *made = NULL;
    crm_state_panel given = panel(arguments);
    crm_status status = model(arguments, &made);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    size_t states;
    (void)as_numbers(get(arguments, "initial"), &states);
    double *filtered = working_memory(given.rows * states + 1, sizeof *filtered);
    double *smoothed = working_memory(given.rows * states + 1, sizeof *smoothed);
    uint32_t *path = working_memory(given.rows + 1, sizeof *path);
    double *likelihood = working_memory(given.customers, sizeof *likelihood);
    double *probability = working_memory(given.customers, sizeof *probability);
    status = crm_hidden_markov_decode(made, &given, filtered, smoothed, path, likelihood, probability);
    if (status == CRM_STATUS_OK) {
        for (size_t row = 0; row < given.rows; row++) {
            answer_number(answer, path[row], ".path[%zu]", row);
            for (size_t k = 0; k < states; k++) {
                answer_number(answer, filtered[row * states + k], ".filtered[%zu][%zu]", row, k);
                answer_number(answer, smoothed[row * states + k], ".smoothed[%zu][%zu]", row, k);
            }
        }
        for (size_t i = 0; i < given.customers; i++) {
            answer_number(answer, likelihood[i], ".log_likelihood[%zu]", i);
            answer_number(answer, probability[i], ".path_log_probability[%zu]", i);
        }
    }
    crm_hidden_markov_free(made);
    return status;
}

static crm_status answer_fit(const crm_hidden_markov *made, struct answer *answer, int whole) {
    crm_hidden_markov_shape shape;
    crm_em_report report;
    crm_status status = crm_hidden_markov_dimensions(made, &shape);
    if (status != CRM_STATUS_OK || (status = crm_hidden_markov_report(made, &report)) != CRM_STATUS_OK) {
        return status;
    }
    size_t states = shape.states, moves = states * (states - 1) * (shape.covariates + 1);
    double *initial = working_memory(states, sizeof *initial);
    double *means = working_memory(states, sizeof *means);
    double *parameters = working_memory(shape.emission_parameters, sizeof *parameters);
    double *matrix = working_memory(states * states, sizeof *matrix);
    double *coefficients = working_memory(moves, sizeof *coefficients);
    status = crm_hidden_markov_states(made, states, shape.emission_parameters, initial, parameters, means);
    if (status == CRM_STATUS_OK) {
        status = shape.covariates
                     ? crm_hidden_markov_coefficients(made, moves, coefficients)
                     : crm_hidden_markov_transitions(made, NULL, 0, states, matrix);
    }
    if (status != CRM_STATUS_OK) {
        return status;
    }
    answer_number(answer, report.log_likelihood, ".log_likelihood");
    answer_text(answer, crm_em_status_name((crm_em_status)report.status), ".status");
    if (whole) {
        answer_number(answer, report.iterations, ".iterations");
        answer_number(answer, report.bic, ".bic");
    }
    for (size_t i = 0; i < states; i++) {
        answer_number(answer, initial[i], ".initial[%zu]", i);
        for (size_t j = 0; j < states && !shape.covariates; j++) {
            answer_number(answer, matrix[i * states + j], ".transitions[%zu][%zu]", i, j);
        }
    }
    for (size_t i = 0; i < shape.emission_parameters; i++) {
        answer_number(answer, parameters[i], ".parameters[%zu]", i);
    }
    for (size_t i = 0; i < moves && shape.covariates; i++) {
        answer_number(answer, coefficients[i], ".coefficients[%zu]", i);
    }
    return CRM_STATUS_OK;
}

static crm_status refined(const struct value *arguments, struct answer *answer) {
    crm_hidden_markov *start = NULL, *made = NULL;
    crm_state_panel given = panel(arguments);
    crm_em_options options;
    crm_status status = crm_em_options_default(&options);
    options.max_iterations = (uint32_t)as_number(get(arguments, "max_iterations"));
    options.tolerance = as_number(get(arguments, "tolerance"));
    if (status == CRM_STATUS_OK && (status = model(arguments, &start)) == CRM_STATUS_OK &&
        (status = crm_hidden_markov_refined_new(start, &given, &options, &made)) == CRM_STATUS_OK) {
        status = answer_fit(made, answer, 1);
    }
    crm_hidden_markov_free(start);
    crm_hidden_markov_free(made);
    return status;
}

/* The fit, read back from its JSON text. */
static crm_status fit(const struct value *arguments, struct answer *answer) {
    crm_hidden_markov *made = NULL, *again = NULL;
    crm_state_panel given = panel(arguments);
    const char *json = NULL;
    size_t states = (size_t)as_number(get(arguments, "states"));
    crm_em_options options;
    crm_status status = crm_em_options_default(&options);
    options.max_iterations = 5000;
    options.tolerance = as_number(get(arguments, "tolerance"));
    if (status == CRM_STATUS_OK) {
        status = crm_hidden_markov_fit_new(&given, family(arguments), states, &options, NULL, NULL, &made);
    }
    if (status == CRM_STATUS_OK && (status = crm_hidden_markov_json(made, &json)) == CRM_STATUS_OK &&
        (status = crm_hidden_markov_from_json_new(json, &again)) == CRM_STATUS_OK) {
        status = answer_fit(again, answer, 0);
    }
    crm_hidden_markov_free(made);
    crm_hidden_markov_free(again);
    return status;
}

static crm_status uncertainty(const struct value *arguments, struct answer *answer) {
    crm_hidden_markov *made = NULL;
    crm_hidden_markov_uncertainty *found = NULL;
    crm_state_panel given = panel(arguments);
    size_t n = 0;
    double distance;
    crm_status status = model(arguments, &made);
    if (status == CRM_STATUS_OK) {
        status = crm_hidden_markov_uncertainty_new(made, &given, NULL, NULL, &found);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_hidden_markov_uncertainty_parameters(found, &n);
    }
    double *columns[4], *covariance = working_memory(n * n + 1, sizeof *covariance);
    for (int i = 0; i < 4; i++) {
        columns[i] = working_memory(n + 1, sizeof *columns[i]);
    }
    if (status == CRM_STATUS_OK &&
        (status = crm_hidden_markov_uncertainty_intervals(
             found, as_number(get(arguments, "confidence")), n, columns[0], columns[1], columns[2],
             columns[3])) == CRM_STATUS_OK &&
        (status = crm_hidden_markov_uncertainty_covariance(found, n * n, covariance)) == CRM_STATUS_OK &&
        (status = crm_hidden_markov_uncertainty_distance(found, &distance)) == CRM_STATUS_OK) {
        answer_number(answer, distance, ".distance");
        for (size_t i = 0; i < n && status == CRM_STATUS_OK; i++) {
            const char *name = "";
            status = crm_hidden_markov_uncertainty_name(found, i, &name);
            answer_text(answer, name, ".names[%zu]", i);
            answer_number(answer, columns[1][i], ".standard_errors[%zu]", i);
            answer_number(answer, columns[2][i], ".lower[%zu]", i);
            answer_number(answer, columns[3][i], ".upper[%zu]", i);
            for (size_t j = 0; j < n; j++) {
                answer_number(answer, covariance[i * n + j], ".covariance[%zu][%zu]", i, j);
            }
        }
    }
    crm_hidden_markov_free(made);
    crm_hidden_markov_uncertainty_free(found);
    return status;
}

static crm_status stages(const struct value *arguments, struct answer *answer) {
    crm_hidden_markov *made = NULL;
    crm_state_panel given = panel(arguments);
    size_t length;
    const double *states = as_numbers(get(arguments, "path"), &length);
    uint32_t *path = working_memory(length, sizeof *path);
    uint8_t *found = working_memory(given.rows, 1);
    for (size_t i = 0; i < length; i++) {
        path[i] = (uint32_t)states[i];
    }
    if (length != given.rows) {
        return inexpressible(answer);
    }
    crm_status status = model(arguments, &made);
    if (status == CRM_STATUS_OK) {
        status = crm_hidden_markov_stages(made, &given, path, found);
    }
    for (size_t i = 0; i < given.rows && status == CRM_STATUS_OK; i++) {
        answer_text(answer, crm_stage_name((crm_stage)found[i]), "[%zu]", i);
    }
    crm_hidden_markov_free(made);
    return status;
}

static crm_status state_values(const struct value *arguments, struct answer *answer) {
    crm_hidden_markov *made = NULL;
    size_t covariates, states;
    const double *at = as_numbers(get(arguments, "at"), &covariates);
    (void)as_numbers(get(arguments, "initial"), &states);
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    const struct value *periods = get(arguments, "periods");
    int64_t horizon =
        periods->kind == VALUE_NULL ? CRM_INFINITE_HORIZON : (int64_t)as_number(periods);
    double *out = working_memory(states, sizeof *out);
    crm_status status = model(arguments, &made);
    if (status == CRM_STATUS_OK) {
        status = crm_hidden_markov_state_values(made, as_number(get(arguments, "margin")), at,
                                                covariates, &rate, horizon, states, out);
    }
    for (size_t i = 0; i < states && status == CRM_STATUS_OK; i++) {
        answer_number(answer, out[i], "[%zu]", i);
    }
    crm_hidden_markov_free(made);
    return status;
}

const struct runner hidden_markov_runners[] = {
    {"hidden_markov_decode", decode},
    {"hidden_markov_refined", refined},
    {"hidden_markov_fit", fit},
    {"hidden_markov_uncertainty", uncertainty},
    {"hidden_markov_stages", stages},
    {"hidden_markov_state_values", state_values},
    {NULL, NULL},
};
