#include "purchase_models.h"

#include <string.h>

static crm_purchase_model *model_of(const struct value *arguments, crm_status *status) {
    size_t count;
    const double *parameters = as_numbers(get(arguments, "parameters"), &count);
    crm_purchase_model *model;
    *status = crm_purchase_model_new(kind_of(arguments), parameters, &model);
    return model;
}

static crm_renewal_model renewal_model_of(const struct value *model) {
    return (crm_renewal_model){as_number(get(model, "alpha")), as_number(get(model, "beta")),
                               as_number(get(model, "c"))};
}

static const double *covariance_of(const struct value *arguments, const char *name) {
    size_t count;
    return as_numbers(get(arguments, name), &count);
}

/* ---- purchases ---- */

struct question {
    crm_purchase_prediction prediction;
    crm_purchase_histories histories;
    crm_prediction_numbers numbers;
    crm_decimal level;
};

static struct question question_of(const struct value *arguments) {
    struct column horizon = column_of(arguments, "horizon");
    struct column purchases = column_of(arguments, "purchases");
    struct column rate = column_of(arguments, "discount_rate");
    return (struct question){prediction_of(arguments),
                             histories_of(arguments),
                             {horizon.values, horizon.stride, purchases.values, purchases.stride,
                              rate.values, rate.stride},
                             as_decimal(get(arguments, "level"))};
}

static crm_status run_purchase_intervals(const struct value *arguments, struct answer *answer) {
    crm_status status;
    crm_purchase_model *model = model_of(arguments, &status);
    struct question asked = question_of(arguments);
    const size_t rows = asked.histories.customers;
    double *out = room_for_intervals(rows);
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_model_intervals(model, covariance_of(arguments, "log_covariance"),
                                              asked.prediction, &asked.histories, &asked.numbers,
                                              &asked.level, out, out + rows, out + 2 * rows,
                                              out + 3 * rows);
    }
    crm_purchase_model_free(model);
    return answer_intervals(status, answer, out, rows);
}

static crm_status run_purchase_total(const struct value *arguments, struct answer *answer) {
    crm_status status;
    crm_purchase_model *model = model_of(arguments, &status);
    struct question asked = question_of(arguments);
    crm_prediction_interval total = {0, 0, 0, 0};
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_model_total(model, covariance_of(arguments, "log_covariance"),
                                          asked.prediction, &asked.histories, &asked.numbers,
                                          &asked.level, &total);
    }
    crm_purchase_model_free(model);
    return answer_total(status, answer, &total);
}

/* ---- spend ---- */

static crm_spend_columns spend_of(const struct value *arguments) {
    struct column x = column_of(arguments, "frequency"), m = column_of(arguments, "mean_spend");
    return (crm_spend_columns){x.values, x.stride, m.values, m.stride, x.count};
}

static crm_status run_spend_intervals(const struct value *arguments, struct answer *answer) {
    const crm_gamma_gamma model = spend_model_of(get(arguments, "model"));
    const crm_spend_columns spend = spend_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    const size_t rows = spend.customers;
    double *out = room_for_intervals(rows);
    crm_status status = crm_gamma_gamma_intervals(&model, covariance_of(arguments, "log_covariance"),
                                                  &spend, &level, out, out + rows, out + 2 * rows,
                                                  out + 3 * rows);
    return answer_intervals(status, answer, out, rows);
}

static crm_status run_spend_total(const struct value *arguments, struct answer *answer) {
    const crm_gamma_gamma model = spend_model_of(get(arguments, "model"));
    const crm_spend_columns spend = spend_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    crm_prediction_interval total = {0, 0, 0, 0};
    crm_status status = crm_gamma_gamma_total(&model, covariance_of(arguments, "log_covariance"),
                                              &spend, &level, &total);
    return answer_total(status, answer, &total);
}

static crm_status run_spend_density(const struct value *arguments, struct answer *answer) {
    const crm_gamma_gamma model = spend_model_of(get(arguments, "model"));
    struct column at = column_of(arguments, "expected_spend");
    double *out = working_memory(at.count, sizeof *out);
    crm_status status =
        crm_gamma_gamma_expected_spend_density(&model, at.values, at.stride, at.count, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, at.count, "");
    }
    return status;
}

/* ---- renewals ---- */

static crm_renewal_prediction renewal_prediction_of(const struct value *arguments) {
    const char *name = as_text(get(arguments, "prediction"));
    crm_renewal_prediction prediction = CRM_RENEWAL_PREDICTION_CONDITIONAL_SURVIVAL;
    while (strcmp(name, crm_renewal_prediction_name(prediction)) != 0) {
        prediction++;
    }
    return prediction;
}

static crm_renewal_columns contracts_of(const struct value *arguments) {
    struct column renewals = column_of(arguments, "renewals");
    struct column horizon = column_of(arguments, "horizon");
    struct column rate = column_of(arguments, "discount_rate");
    return (crm_renewal_columns){renewals.values, renewals.stride, horizon.values, horizon.stride,
                                 rate.values,     rate.stride,     renewals.count};
}

static crm_status run_renewal_intervals(const struct value *arguments, struct answer *answer) {
    const crm_renewal_model model = renewal_model_of(get(arguments, "model"));
    const crm_renewal_columns customers = contracts_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    const size_t rows = customers.customers;
    double *out = room_for_intervals(rows);
    crm_status status = crm_renewal_intervals(&model, covariance_of(arguments, "log_covariance"),
                                              renewal_prediction_of(arguments), &customers, &level,
                                              out, out + rows, out + 2 * rows, out + 3 * rows);
    return answer_intervals(status, answer, out, rows);
}

static crm_status run_renewal_total(const struct value *arguments, struct answer *answer) {
    const crm_renewal_model model = renewal_model_of(get(arguments, "model"));
    const crm_renewal_columns customers = contracts_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    crm_prediction_interval total = {0, 0, 0, 0};
    crm_status status = crm_renewal_total(&model, covariance_of(arguments, "log_covariance"),
                                          renewal_prediction_of(arguments), &customers, &level,
                                          &total);
    return answer_total(status, answer, &total);
}

/* ---- lifetime values ---- */

static crm_lifetime_value_columns valued_of(const struct value *arguments) {
    struct column x = column_of(arguments, "spend_frequency");
    struct column m = column_of(arguments, "mean_spend");
    struct column horizon = column_of(arguments, "horizon");
    struct column rate = column_of(arguments, "discount_rate");
    struct column margin = column_of(arguments, "margin");
    return (crm_lifetime_value_columns){histories_of(arguments), x.values,       x.stride,
                                        m.values,                m.stride,       horizon.values,
                                        horizon.stride,          rate.values,    rate.stride,
                                        margin.values,           margin.stride};
}

static crm_status run_value_intervals(const struct value *arguments, struct answer *answer) {
    crm_status status;
    crm_purchase_model *model = model_of(arguments, &status);
    const crm_gamma_gamma spend = spend_model_of(get(arguments, "spend"));
    const crm_lifetime_value_columns customers = valued_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    const size_t rows = customers.histories.customers;
    double *out = room_for_intervals(rows), *plain = working_memory(rows, sizeof *plain);
    if (status == CRM_STATUS_OK) {
        status = crm_lifetime_value(model, &spend, &customers, plain);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_lifetime_value_intervals(
            model, covariance_of(arguments, "log_covariance"), &spend,
            covariance_of(arguments, "spend_log_covariance"), &customers, &level, out, out + rows,
            out + 2 * rows, out + 3 * rows);
    }
    crm_purchase_model_free(model);
    if (status == CRM_STATUS_OK && memcmp(out, plain, rows * sizeof *plain) != 0) {
        return inexpressible(answer);
    }
    return answer_intervals(status, answer, out, rows);
}

static crm_status run_value_total(const struct value *arguments, struct answer *answer) {
    crm_status status;
    crm_purchase_model *model = model_of(arguments, &status);
    const crm_gamma_gamma spend = spend_model_of(get(arguments, "spend"));
    const crm_lifetime_value_columns customers = valued_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    crm_prediction_interval total = {0, 0, 0, 0};
    if (status == CRM_STATUS_OK) {
        status = crm_lifetime_value_total(model, covariance_of(arguments, "log_covariance"), &spend,
                                          covariance_of(arguments, "spend_log_covariance"),
                                          &customers, &level, &total);
    }
    crm_purchase_model_free(model);
    return answer_total(status, answer, &total);
}

const struct runner prediction_intervals_runners[] = {
    {"purchase_model_intervals", run_purchase_intervals},
    {"purchase_model_total", run_purchase_total},
    {"gamma_gamma_intervals", run_spend_intervals},
    {"gamma_gamma_total", run_spend_total},
    {"gamma_gamma_expected_spend_density", run_spend_density},
    {"renewal_intervals", run_renewal_intervals},
    {"renewal_total", run_renewal_total},
    {"lifetime_value_intervals", run_value_intervals},
    {"lifetime_value_total", run_value_total},
    {NULL, NULL}};
