#include "purchase_models.h"

#include <string.h>

struct inputs {
    crm_purchase_histories histories;
    crm_covariates covariates;
    double *out;
    int possible;
};

/* The columns of one side; those of another length than `rows` cannot be said in C. */
static const double *const *columns_of(const struct value *arguments, const char *name, size_t rows,
                                       size_t *count, int *possible) {
    const struct value *columns = get(arguments, name);
    const double **pointers = working_memory(columns->count + 1, sizeof *pointers);
    for (size_t i = 0; i < columns->count; i++) {
        size_t length;
        pointers[i] = as_numbers(&columns->items[i], &length);
        *possible = *possible && length == rows;
    }
    *count = columns->count;
    return pointers;
}

static struct inputs inputs_of(const struct value *arguments) {
    struct inputs made = {.histories = histories_of(arguments), .possible = 1};
    const size_t rows = made.histories.customers;
    made.covariates.purchase = columns_of(arguments, "purchase_covariates", rows,
                                          &made.covariates.purchase_count, &made.possible);
    made.covariates.dropout = columns_of(arguments, "dropout_covariates", rows,
                                         &made.covariates.dropout_count, &made.possible);
    made.out = working_memory(rows, sizeof *made.out);
    return made;
}

static crm_dropout_effect effect_of(const struct value *arguments) {
    const char *name = as_text(get(arguments, "dropout_effect"));
    crm_dropout_effect effect = CRM_DROPOUT_EFFECT_SEPARATE;
    while (strcmp(name, crm_dropout_effect_name(effect)) != 0) {
        effect++;
    }
    return effect;
}

static crm_covariate_model *model_of(const struct value *arguments, crm_status *status) {
    size_t count;
    const double *parameters = as_numbers(get(arguments, "parameters"), &count);
    crm_covariate_model *model;
    *status = crm_covariate_model_new(
        kind_of(arguments), get(arguments, "purchase_names")->count,
        get(arguments, "dropout_names")->count, effect_of(arguments), parameters, count, &model);
    return model;
}

typedef crm_status prediction(const crm_covariate_model *model, const struct value *arguments,
                              const struct inputs *inputs);

static crm_status predict(const struct value *arguments, struct answer *answer,
                          prediction *prediction) {
    crm_status status;
    const struct inputs inputs = inputs_of(arguments);
    if (!inputs.possible) {
        return inexpressible(answer);
    }
    crm_covariate_model *model = model_of(arguments, &status);
    if (status == CRM_STATUS_OK) {
        status = prediction(model, arguments, &inputs);
    }
    crm_covariate_model_free(model);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, inputs.out, inputs.histories.customers, "");
    }
    return status;
}

static crm_status likelihood_of(const crm_covariate_model *model, const struct value *arguments,
                                const struct inputs *inputs) {
    (void)arguments;
    return crm_covariate_model_log_likelihood(model, &inputs->histories, &inputs->covariates,
                                              inputs->out);
}

static crm_status alive_of(const crm_covariate_model *model, const struct value *arguments,
                           const struct inputs *inputs) {
    const double horizon = as_number(get(arguments, "horizon"));
    return crm_covariate_model_probability_alive(model, &inputs->histories, &inputs->covariates,
                                                 &horizon, 0, inputs->out);
}

static crm_status expected_of(const crm_covariate_model *model, const struct value *arguments,
                              const struct inputs *inputs) {
    const double horizon = as_number(get(arguments, "horizon"));
    return crm_covariate_model_expected_purchases(model, &inputs->histories, &inputs->covariates,
                                                  &horizon, 0, inputs->out);
}

static crm_status discounted_of(const crm_covariate_model *model, const struct value *arguments,
                                const struct inputs *inputs) {
    const double horizon = as_number(get(arguments, "horizon"));
    const double rate = as_number(get(arguments, "discount_rate"));
    return crm_covariate_model_discounted_purchases(model, &inputs->histories, &inputs->covariates,
                                                    &horizon, 0, &rate, 0, inputs->out);
}

static crm_status log_likelihood(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, likelihood_of);
}

static crm_status probability_alive(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, alive_of);
}

static crm_status expected_purchases(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, expected_of);
}

static crm_status discounted_purchases(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, discounted_of);
}

/* ---- with intervals ---- */

struct asked {
    crm_purchase_prediction prediction;
    double horizon, discount_rate, none;
    crm_prediction_numbers numbers;
    crm_decimal level;
    const double *log_covariance;
};

static void ask(const struct value *arguments, struct asked *asked) {
    size_t count;
    const struct value *rate = find(arguments, "discount_rate");
    asked->prediction = prediction_of(arguments);
    asked->horizon = as_number(get(arguments, "horizon"));
    asked->discount_rate = rate ? as_number(rate) : 0;
    asked->none = 0;
    asked->numbers = (crm_prediction_numbers){&asked->horizon,       0, &asked->none, 0,
                                              &asked->discount_rate, 0};
    asked->level = as_decimal(get(arguments, "level"));
    asked->log_covariance = as_numbers(get(arguments, "log_covariance"), &count);
}

static crm_status intervals(const struct value *arguments, struct answer *answer) {
    crm_status status;
    struct asked asked;
    const struct inputs inputs = inputs_of(arguments);
    const size_t rows = inputs.histories.customers;
    double *out = room_for_intervals(rows);
    crm_covariate_model *model = model_of(arguments, &status);
    ask(arguments, &asked);
    if (status == CRM_STATUS_OK) {
        status = crm_covariate_model_intervals(
            model, asked.log_covariance, asked.prediction, &inputs.histories, &inputs.covariates,
            &asked.numbers, &asked.level, out, out + rows, out + 2 * rows, out + 3 * rows);
    }
    crm_covariate_model_free(model);
    return answer_intervals(status, answer, out, rows);
}

static crm_status total(const struct value *arguments, struct answer *answer) {
    crm_status status;
    struct asked asked;
    crm_prediction_interval sum = {0, 0, 0, 0};
    const struct inputs inputs = inputs_of(arguments);
    crm_covariate_model *model = model_of(arguments, &status);
    ask(arguments, &asked);
    if (status == CRM_STATUS_OK) {
        status = crm_covariate_model_total(model, asked.log_covariance, asked.prediction,
                                           &inputs.histories, &inputs.covariates, &asked.numbers,
                                           &asked.level, &sum);
    }
    crm_covariate_model_free(model);
    return answer_total(status, answer, &sum);
}

/* What is valued, as the vectors have it: margins of each customer, all else in one number. */
static crm_status values(const struct value *arguments, double *out, crm_prediction_interval *sum,
                         size_t *rows) {
    crm_status status;
    size_t count;
    const struct inputs inputs = inputs_of(arguments);
    const crm_gamma_gamma spend = spend_model_of(get(arguments, "spend"));
    const double *covariance = as_numbers(get(arguments, "log_covariance"), &count);
    const double *of_spend = as_numbers(get(arguments, "spend_log_covariance"), &count);
    const double horizon = as_number(get(arguments, "horizon"));
    const double rate = as_number(get(arguments, "discount_rate"));
    const crm_lifetime_value_columns customers = {
        inputs.histories, as_numbers(get(arguments, "spend_frequency"), &count), 1,
        as_numbers(get(arguments, "mean_spend"), &count), 1, &horizon, 0, &rate, 0,
        as_numbers(get(arguments, "margin"), &count), 1};
    const crm_decimal level = as_decimal(get(arguments, "level"));
    crm_covariate_model *model = model_of(arguments, &status);
    *rows = inputs.histories.customers;
    double *plain = working_memory(*rows, sizeof *plain);
    if (status == CRM_STATUS_OK) {
        status = crm_covariate_lifetime_value(model, &spend, &customers, &inputs.covariates, plain);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_covariate_lifetime_value_intervals(
            model, covariance, &spend, of_spend, &customers, &inputs.covariates, &level, out,
            out + *rows, out + 2 * *rows, out + 3 * *rows);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_covariate_lifetime_value_total(model, covariance, &spend, of_spend, &customers,
                                                    &inputs.covariates, &level, sum);
    }
    crm_covariate_model_free(model);
    return status == CRM_STATUS_OK && memcmp(out, plain, *rows * sizeof *plain) != 0 ? CRM_STATUS_PANIC
                                                                                    : status;
}

static crm_status value_intervals(const struct value *arguments, struct answer *answer) {
    size_t rows = 0;
    crm_prediction_interval sum = {0, 0, 0, 0};
    double *out = room_for_intervals(histories_of(arguments).customers);
    crm_status status = values(arguments, out, &sum, &rows);
    return answer_intervals(status, answer, out, rows);
}

static crm_status value_total(const struct value *arguments, struct answer *answer) {
    size_t rows = 0;
    crm_prediction_interval sum = {0, 0, 0, 0};
    double *out = room_for_intervals(histories_of(arguments).customers);
    crm_status status = values(arguments, out, &sum, &rows);
    return answer_total(status, answer, &sum);
}

static crm_status fit(const struct value *arguments, struct answer *answer) {
    size_t count;
    const struct inputs inputs = inputs_of(arguments);
    const double *weights = as_numbers(get(arguments, "weights"), &count);
    const int named =
        inputs.covariates.purchase_count == get(arguments, "purchase_names")->count &&
        inputs.covariates.dropout_count == get(arguments, "dropout_names")->count;
    crm_covariate_model *model;
    crm_covariate_fit fit;
    if (!inputs.possible || !named) {
        return inexpressible(answer);
    }
    crm_status status = crm_covariate_model_fit(
        kind_of(arguments), &inputs.histories, &inputs.covariates, effect_of(arguments),
        as_number(get(arguments, "covariate_penalty")), weights, NULL, &model, &fit);
    if (status == CRM_STATUS_OK) {
        status = crm_covariate_model_parameter_count(model, &count);
    }
    if (status == CRM_STATUS_OK) {
        double *parameters = working_memory(count, sizeof *parameters);
        double *errors = working_memory(count, sizeof *errors);
        status = crm_covariate_model_read(model, count, parameters, errors, NULL);
        answer_numbers(answer, parameters, count, ".parameters");
        answer_numbers(answer, errors, count, ".standard_errors");
        answer_number(answer, fit.log_likelihood, ".log_likelihood");
        answer_text(answer, crm_fit_status_name(fit.status), ".status");
    }
    crm_covariate_model_free(model);
    return status;
}

const struct runner prediction_covariates_runners[] = {
    {"covariate_model_log_likelihood", log_likelihood},
    {"covariate_model_probability_alive", probability_alive},
    {"covariate_model_expected_purchases", expected_purchases},
    {"covariate_model_discounted_purchases", discounted_purchases},
    {"covariate_model_intervals", intervals},
    {"covariate_model_total", total},
    {"covariate_model_lifetime_value_intervals", value_intervals},
    {"covariate_model_lifetime_value_total", value_total},
    {"covariate_model_fit", fit},
    {NULL, NULL}};
