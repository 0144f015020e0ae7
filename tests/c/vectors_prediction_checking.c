#include "purchase_models.h"

#include <math.h>

static const double *optional_column(const struct value *arguments, const char *name, size_t *rows) {
    const struct value *given = find(arguments, name);
    return given ? as_numbers(given, rows) : NULL;
}

static crm_purchase_holdout holdout_of(const struct value *arguments) {
    size_t rows;
    crm_purchase_holdout holdout = {.histories = histories_of(arguments)};
    holdout.purchases = optional_column(arguments, "purchases", &rows);
    holdout.weights = optional_column(arguments, "weights", &rows);
    const struct value *duration = get(arguments, "duration");
    holdout.duration_stride = duration->kind == VALUE_LIST;
    if (holdout.duration_stride) {
        holdout.duration = as_numbers(duration, &rows);
    } else {
        double *one = working_memory(1, sizeof *one);
        *one = as_number(duration);
        holdout.duration = one;
    }
    return holdout;
}

static size_t count_of(const struct value *arguments, const char *name) {
    return (size_t)as_number(get(arguments, name));
}

typedef crm_status (*check)(const crm_purchase_model *model, const struct value *arguments,
                            struct answer *answer);

static crm_status with_model(const struct value *arguments, struct answer *answer, check check) {
    size_t count;
    const double *parameters = as_numbers(get(arguments, "parameters"), &count);
    crm_purchase_model *model;
    crm_status status = crm_purchase_model_new(kind_of(arguments), parameters, &model);
    if (status == CRM_STATUS_OK) {
        status = check(model, arguments, answer);
    }
    crm_purchase_model_free(model);
    return status;
}

static crm_status tracking(const crm_purchase_model *model, const struct value *arguments,
                           struct answer *answer) {
    size_t customers, periods = count_of(arguments, "periods");
    const double *starts = optional_column(arguments, "starts", &customers);
    const double *weights = optional_column(arguments, "weights", &customers);
    double *incremental = working_memory(periods + 1, sizeof *incremental);
    double *cumulative = working_memory(periods + 1, sizeof *cumulative);
    crm_status status = crm_purchase_model_expected_tracking(
        model, starts, weights, customers, as_number(get(arguments, "period")), periods,
        incremental, cumulative);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, incremental, periods, ".incremental");
        answer_numbers(answer, cumulative, periods, ".cumulative");
    }
    return status;
}

static crm_status histogram(const crm_purchase_model *model, const struct value *arguments,
                            struct answer *answer) {
    size_t rows, most = count_of(arguments, "most");
    const crm_purchase_histories histories = histories_of(arguments);
    const double *weights = optional_column(arguments, "weights", &rows);
    double *actual = working_memory(most + 1, sizeof *actual);
    double *expected = working_memory(most + 1, sizeof *expected);
    crm_status status =
        crm_purchase_model_frequency_histogram(model, &histories, weights, most, actual, expected);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, actual, most + 1, ".actual");
        answer_numbers(answer, expected, most + 1, ".expected");
    }
    return status;
}

static crm_status means(const crm_purchase_model *model, const struct value *arguments,
                        struct answer *answer) {
    size_t most = count_of(arguments, "most");
    const crm_purchase_holdout holdout = holdout_of(arguments);
    double *customers = working_memory(most + 1, sizeof *customers);
    double *actual = working_memory(most + 1, sizeof *actual);
    double *expected = working_memory(most + 1, sizeof *expected);
    crm_status status = crm_purchase_model_conditional_expectation(model, &holdout, most, customers,
                                                                   actual, expected);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, customers, most + 1, ".customers");
        answer_numbers(answer, actual, most + 1, ".actual");
        answer_numbers(answer, expected, most + 1, ".expected");
    }
    return status;
}

static crm_status errors(const crm_purchase_model *model, const struct value *arguments,
                         struct answer *answer) {
    const crm_purchase_holdout holdout = holdout_of(arguments);
    crm_holdout_error error;
    crm_status status = crm_purchase_model_holdout_error(model, &holdout, &error);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, error.customers, ".customers");
        answer_number(answer, error.actual, ".actual");
        answer_number(answer, error.expected, ".expected");
        answer_number(answer, error.bias, ".bias");
        answer_number(answer, error.mean_absolute_error, ".mean_absolute_error");
        answer_number(answer, error.root_mean_square_error, ".root_mean_square_error");
    }
    return status;
}

static crm_status curve(const crm_purchase_model *model, const struct value *arguments,
                        struct answer *answer) {
    size_t bought = 0, count = 0;
    const double *purchases = optional_column(arguments, "purchases", &bought);
    const double *times = optional_column(arguments, "times", &count);
    double *alive = working_memory(count + 1, sizeof *alive);
    crm_status status = crm_purchase_model_probability_alive_history(model, purchases, bought,
                                                                     times, count, alive);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, alive, count, "");
    }
    return status;
}

static crm_status run_tracking(const struct value *arguments, struct answer *answer) {
    return with_model(arguments, answer, tracking);
}

static crm_status run_histogram(const struct value *arguments, struct answer *answer) {
    return with_model(arguments, answer, histogram);
}

static crm_status run_means(const struct value *arguments, struct answer *answer) {
    return with_model(arguments, answer, means);
}

static crm_status run_errors(const struct value *arguments, struct answer *answer) {
    return with_model(arguments, answer, errors);
}

static crm_status run_curve(const struct value *arguments, struct answer *answer) {
    return with_model(arguments, answer, curve);
}

/* What came of one cohort: a model, or the name of the reason for which there is none. */
static void answer_cohort(const crm_purchase_cohorts *fits, size_t cohort, struct answer *answer) {
    static const struct {
        crm_status status;
        const char *name;
    } reasons[] = {{CRM_STATUS_EMPTY, "empty"},
                   {CRM_STATUS_NO_SOLUTION, "no_solution"},
                   {CRM_STATUS_NOT_CONVERGED, "not_converged"}};
    double customers = 0;
    crm_status outcome = CRM_STATUS_PANIC;
    crm_purchase_cohorts_outcome(fits, cohort, &customers, &outcome);
    answer_number(answer, customers, ".customers[%zu]", cohort);
    crm_purchase_model *model;
    crm_purchase_fit fit;
    if (crm_purchase_cohorts_model(fits, cohort, &model, &fit) == CRM_STATUS_OK) {
        for (size_t i = 0; i < 4; i++) {
            answer_number(answer, fit.parameters[i], ".parameters[%zu][%zu]", cohort, i);
        }
        answer_text(answer, crm_fit_status_name(fit.status), ".outcomes[%zu]", cohort);
    } else {
        answer_number(answer, NAN, ".parameters[%zu]", cohort);
        for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
            if (reasons[i].status == outcome) {
                answer_text(answer, reasons[i].name, ".outcomes[%zu]", cohort);
            }
        }
    }
    crm_purchase_model_free(model);
}

static crm_status run_cohorts(const struct value *arguments, struct answer *answer) {
    size_t rows, count = 0;
    const crm_purchase_histories histories = histories_of(arguments);
    const double *numbers = optional_column(arguments, "cohort", &rows);
    const double *weights = optional_column(arguments, "weights", &rows);
    const double horizon = as_number(get(arguments, "horizon"));
    uint32_t *cohort = working_memory(rows, sizeof *cohort);
    double *expected = working_memory(rows, sizeof *expected);
    for (size_t row = 0; row < rows; row++) {
        cohort[row] = (uint32_t)numbers[row];
    }
    crm_purchase_cohorts *fits;
    crm_status status =
        crm_purchase_cohorts_fit(kind_of(arguments), &histories, cohort,
                                 count_of(arguments, "cohorts"), weights, NULL, &fits);
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_cohorts_expected_purchases(fits, &histories, cohort, &horizon, 0,
                                                         expected);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_cohorts_count(fits, &count);
    }
    for (size_t i = 0; i < count; i++) {
        answer_cohort(fits, i, answer);
    }
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, expected, rows, ".expected_purchases");
    }
    crm_purchase_cohorts_free(fits);
    return status;
}

const struct runner prediction_checking_runners[] = {
    {"purchase_model_expected_tracking", run_tracking},
    {"purchase_model_frequency_histogram", run_histogram},
    {"purchase_model_conditional_expectation", run_means},
    {"purchase_model_holdout_error", run_errors},
    {"purchase_model_probability_alive_history", run_curve},
    {"purchase_cohorts", run_cohorts},
    {NULL, NULL}};
