#include "purchase_models.h"

#include <math.h>
#include <string.h>

struct column column_of(const struct value *arguments, const char *name) {
    static const double zero = 0;
    const struct value *given = find(arguments, name);
    if (!given) {
        return (struct column){&zero, 0, 1};
    }
    const int is_list = given->kind == VALUE_LIST;
    const size_t count = is_list ? given->count : 1;
    double *values = working_memory(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        const struct value *one = is_list ? &given->items[i] : given;
        values[i] = one->kind == VALUE_TEXT ? INFINITY : as_number(one);
    }
    return (struct column){values, is_list, count};
}

crm_purchase_histories histories_of(const struct value *arguments) {
    struct column x = column_of(arguments, "frequency"), tx = column_of(arguments, "recency");
    struct column age = column_of(arguments, "age");
    return (crm_purchase_histories){x.values,   x.stride,   tx.values, tx.stride,
                                    age.values, age.stride, x.count};
}

crm_purchase_model_kind kind_of(const struct value *arguments) {
    const char *name = as_text(get(arguments, "model"));
    crm_purchase_model_kind kind = CRM_PURCHASE_MODEL_KIND_BG_NBD;
    while (strcmp(name, crm_purchase_model_kind_name(kind)) != 0) {
        kind++;
    }
    return kind;
}

crm_purchase_prediction prediction_of(const struct value *arguments) {
    const char *name = as_text(get(arguments, "prediction"));
    crm_purchase_prediction prediction = CRM_PURCHASE_PREDICTION_PROBABILITY_ALIVE;
    while (strcmp(name, crm_purchase_prediction_name(prediction)) != 0) {
        prediction++;
    }
    return prediction;
}

crm_gamma_gamma spend_model_of(const struct value *model) {
    return (crm_gamma_gamma){as_number(get(model, "p")), as_number(get(model, "q")),
                             as_number(get(model, "gamma"))};
}

double *room_for_intervals(size_t rows) { return working_memory(4 * rows, sizeof(double)); }

crm_status answer_intervals(crm_status status, struct answer *answer, const double *room,
                            size_t rows) {
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, room, rows, ".estimate");
        answer_numbers(answer, room + rows, rows, ".standard_error");
        answer_numbers(answer, room + 2 * rows, rows, ".lower");
        answer_numbers(answer, room + 3 * rows, rows, ".upper");
    }
    return status;
}

crm_status answer_total(crm_status status, struct answer *answer,
                        const crm_prediction_interval *total) {
    if (status == CRM_STATUS_OK) {
        answer_number(answer, total->estimate, ".estimate");
        answer_number(answer, total->standard_error, ".standard_error");
        answer_number(answer, total->lower, ".lower");
        answer_number(answer, total->upper, ".upper");
    }
    return status;
}

struct inputs {
    crm_purchase_histories histories;
    double *out;
    int possible;
};

static struct inputs inputs_of(const struct value *arguments) {
    const crm_purchase_histories histories = histories_of(arguments);
    const size_t rows = histories.customers;
    return (struct inputs){histories, working_memory(rows, sizeof(double)),
                           column_of(arguments, "recency").count == rows &&
                               column_of(arguments, "age").count == rows};
}

typedef crm_status (*prediction)(const crm_purchase_model *model, const struct value *arguments,
                                 const struct inputs *inputs);

static crm_status predict(const struct value *arguments, struct answer *answer,
                          prediction prediction) {
    size_t count;
    const double *parameters = as_numbers(get(arguments, "parameters"), &count);
    struct inputs inputs = inputs_of(arguments);
    if (!inputs.possible || count != 4) {
        return inexpressible(answer);
    }
    crm_purchase_model *model;
    crm_status status = crm_purchase_model_new(kind_of(arguments), parameters, &model);
    if (status == CRM_STATUS_OK) {
        status = prediction(model, arguments, &inputs);
    }
    crm_purchase_model_free(model);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, inputs.out, inputs.histories.customers, "");
    }
    return status;
}

static crm_status likelihood_of(const crm_purchase_model *model, const struct value *arguments,
                                const struct inputs *inputs) {
    (void)arguments;
    return crm_purchase_model_log_likelihood(model, &inputs->histories, inputs->out);
}

static crm_status alive_of(const crm_purchase_model *model, const struct value *arguments,
                           const struct inputs *inputs) {
    struct column horizon = column_of(arguments, "horizon");
    return crm_purchase_model_probability_alive(model, &inputs->histories, horizon.values,
                                                horizon.stride, inputs->out);
}

static crm_status expected_of(const crm_purchase_model *model, const struct value *arguments,
                              const struct inputs *inputs) {
    struct column horizon = column_of(arguments, "horizon");
    return crm_purchase_model_expected_purchases(model, &inputs->histories, horizon.values,
                                                 horizon.stride, inputs->out);
}

static crm_status probability_of(const crm_purchase_model *model, const struct value *arguments,
                                 const struct inputs *inputs) {
    struct column horizon = column_of(arguments, "horizon"),
                  purchases = column_of(arguments, "purchases");
    return crm_purchase_model_purchase_probability(model, &inputs->histories, purchases.values,
                                                   purchases.stride, horizon.values,
                                                   horizon.stride, inputs->out);
}

static crm_status tail_of(const crm_purchase_model *model, const struct value *arguments,
                          const struct inputs *inputs) {
    struct column horizon = column_of(arguments, "horizon"),
                  purchases = column_of(arguments, "purchases");
    return crm_purchase_model_tail_probability(model, &inputs->histories, purchases.values,
                                               purchases.stride, horizon.values, horizon.stride,
                                               inputs->out);
}

static crm_status discounted_of(const crm_purchase_model *model, const struct value *arguments,
                                const struct inputs *inputs) {
    struct column horizon = column_of(arguments, "horizon"),
                  rate = column_of(arguments, "discount_rate");
    return crm_purchase_model_discounted_purchases(model, &inputs->histories, horizon.values,
                                                   horizon.stride, rate.values, rate.stride,
                                                   inputs->out);
}

crm_status purchase_model_log_likelihood(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, likelihood_of);
}

crm_status purchase_model_probability_alive(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, alive_of);
}

crm_status purchase_model_expected_purchases(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, expected_of);
}

crm_status purchase_model_purchase_probability(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, probability_of);
}

crm_status purchase_model_tail_probability(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, tail_of);
}

crm_status purchase_model_discounted_purchases(const struct value *arguments, struct answer *answer) {
    return predict(arguments, answer, discounted_of);
}

crm_status purchase_model_fit(const struct value *arguments, struct answer *answer) {
    size_t count;
    struct inputs inputs = inputs_of(arguments);
    const double *weights = as_numbers(get(arguments, "weights"), &count);
    crm_purchase_model *model;
    crm_purchase_model_kind kind;
    crm_purchase_fit fit;
    double errors[4], parameters[4];
    crm_status status = crm_purchase_model_fit(kind_of(arguments), &inputs.histories, weights, NULL,
                                               &model, &fit);
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_model_parameters(model, &kind, parameters);
    }
    crm_purchase_model_free(model);
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i < 4; i++) {
            errors[i] = fit.parameters[i] * sqrt(fit.log_covariance[5 * i]);
        }
        answer_numbers(answer, parameters, 4, ".parameters");
        answer_numbers(answer, errors, 4, ".standard_errors");
        answer_number(answer, fit.log_likelihood, ".log_likelihood");
        answer_text(answer, crm_fit_status_name(fit.status), ".status");
    }
    return status;
}
