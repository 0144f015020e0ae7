#include "purchase_models.h"

#include <math.h>
#include <string.h>

/* A column, or one number for all rows; JSON has no infinity: it is the text "infinite". */
struct column {
    const double *values;
    size_t stride, count;
};

static double as_extended(const struct value *value) {
    return value->kind == VALUE_TEXT ? INFINITY : as_number(value);
}

static struct column column_of(const struct value *arguments, const char *name) {
    const struct value *given = get(arguments, name);
    const size_t count = given->kind == VALUE_LIST ? given->count : 1;
    double *values = working_memory(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[i] = as_extended(given->kind == VALUE_LIST ? &given->items[i] : given);
    }
    struct column made = {values, given->kind == VALUE_LIST, count};
    return made;
}

static crm_purchase_model_kind kind_of(const struct value *arguments) {
    const char *name = as_text(get(arguments, "model"));
    crm_purchase_model_kind kind = CRM_PURCHASE_MODEL_KIND_BG_NBD;
    while (strcmp(name, crm_purchase_model_kind_name(kind)) != 0) {
        kind++;
    }
    return kind;
}

struct inputs {
    crm_purchase_histories histories;
    double *out;
    int possible;
};

static struct inputs inputs_of(const struct value *arguments) {
    struct column x = column_of(arguments, "frequency"), tx = column_of(arguments, "recency");
    struct column age = column_of(arguments, "age");
    crm_purchase_histories histories = {x.values, x.stride,   tx.values, tx.stride,
                                        age.values, age.stride, x.count};
    struct inputs made = {histories, working_memory(x.count, sizeof(double)),
                          x.count == tx.count && x.count == age.count};
    return made;
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
