#include "vectors.h"

#include <math.h>

static crm_gamma_gamma model_of(const struct value *arguments) {
    const struct value *model = get(arguments, "model");
    return (crm_gamma_gamma){as_number(get(model, "p")), as_number(get(model, "q")),
                             as_number(get(model, "gamma"))};
}

/* The customers of a case; 0 if the columns differ in length, which C cannot even say. */
static int spend_of(const struct value *arguments, crm_spend_columns *spend) {
    size_t rows;
    spend->frequency = as_numbers(get(arguments, "frequency"), &rows);
    spend->mean_spend = as_numbers(get(arguments, "mean_spend"), &spend->customers);
    spend->frequency_stride = spend->mean_spend_stride = 1;
    return rows == spend->customers;
}

static crm_status run_fit(const struct value *arguments, struct answer *answer) {
    crm_spend_columns spend;
    crm_gamma_gamma_report fit;
    size_t rows;
    const struct value *weights = find(arguments, "weights");
    if (!spend_of(arguments, &spend)) {
        return inexpressible(answer);
    }
    crm_status status =
        crm_gamma_gamma_fit(&spend, weights ? as_numbers(weights, &rows) : NULL, NULL, &fit);
    if (status == CRM_STATUS_OK) {
        const double estimates[] = {fit.model.p, fit.model.q, fit.model.gamma};
        answer_numbers(answer, estimates, 3, ".estimates");
        answer_numbers(answer, fit.standard_errors, 3, ".standard_errors");
        answer_number(answer, fit.log_likelihood, ".log_likelihood");
        answer_number(answer, fit.customers, ".customers");
        answer_number(answer, fit.correlation, ".correlation");
    }
    return status;
}

typedef crm_status column(const crm_gamma_gamma *model, const crm_spend_columns *spend, double *out);

static crm_status run_column(const struct value *arguments, struct answer *answer, column *function) {
    const crm_gamma_gamma model = model_of(arguments);
    crm_spend_columns spend;
    spend_of(arguments, &spend);
    double *out = working_memory(spend.customers, sizeof *out);
    crm_status status = function(&model, &spend, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, spend.customers, "");
    }
    return status;
}

static crm_status run_expected_spend(const struct value *arguments, struct answer *answer) {
    return run_column(arguments, answer, crm_gamma_gamma_expected_spend);
}

static crm_status run_log_density(const struct value *arguments, struct answer *answer) {
    return run_column(arguments, answer, crm_gamma_gamma_log_density);
}

static crm_status run_spend_interval(const struct value *arguments, struct answer *answer) {
    const crm_gamma_gamma model = model_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    crm_spend_columns spend;
    spend_of(arguments, &spend);
    double *bounds = working_memory(2 * spend.customers, sizeof *bounds);
    double *upper = bounds + spend.customers;
    crm_status status = crm_gamma_gamma_spend_interval(&model, &spend, &level, bounds, upper);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, bounds, spend.customers, ".lower");
        answer_numbers(answer, upper, spend.customers, ".upper");
    }
    return status;
}

static crm_status run_lifetime_value(const struct value *arguments, struct answer *answer) {
    const crm_gamma_gamma model = model_of(arguments);
    crm_spend_columns spend;
    size_t rows;
    spend_of(arguments, &spend);
    double *out = working_memory(spend.customers, sizeof *out);
    crm_status status = crm_gamma_gamma_lifetime_value(
        &model, &spend, as_numbers(get(arguments, "discounted_purchases"), &rows), 1,
        as_numbers(get(arguments, "margin"), &rows), 1, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, spend.customers, "");
    }
    return status;
}

const struct runner prediction_spend_runners[] = {
    {"gamma_gamma_fit", run_fit},
    {"gamma_gamma_expected_spend", run_expected_spend},
    {"gamma_gamma_log_density", run_log_density},
    {"gamma_gamma_spend_interval", run_spend_interval},
    {"gamma_gamma_lifetime_value", run_lifetime_value},
    {NULL, NULL}};
