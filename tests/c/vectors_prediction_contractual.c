#include "vectors.h"

#include <math.h>

/* ---- the renewals of a case ---- */

/* What was there before and `added` together; both are given back. */
static crm_status merge(crm_renewals **all, crm_renewals *added) {
    crm_renewals *before = *all;
    if (!before) {
        *all = added;
        return CRM_STATUS_OK;
    }
    crm_status status = crm_renewals_merge_new(before, added, all);
    crm_renewals_free(before);
    crm_renewals_free(added);
    return status;
}

static crm_status renewals_of(const struct value *arguments, crm_renewals **all) {
    const struct value *cohorts = find(arguments, "survivors"), *tenure = find(arguments, "tenure");
    const struct value *weights = find(arguments, "weights");
    crm_status status = CRM_STATUS_OK;
    size_t count, rows;
    if (!cohorts && !tenure) { /* nothing at all */
        static const double nobody = 0;
        static const int32_t stayed = 0;
        return crm_renewals_from_customers_new(&nobody, &stayed, NULL, 1, all);
    }
    for (size_t i = 0; cohorts && status == CRM_STATUS_OK && i < cohorts->count; i++) {
        crm_renewals *made = NULL;
        const double *survivors = as_numbers(&cohorts->items[i], &count);
        status = crm_renewals_new(survivors, count, &made);
        if (status == CRM_STATUS_OK) {
            status = merge(all, made);
        }
    }
    if (tenure && status == CRM_STATUS_OK) {
        crm_renewals *made = NULL;
        const double *periods = as_numbers(tenure, &rows);
        const double *flags = as_numbers(get(arguments, "churned"), &count);
        int32_t *churned = working_memory(rows + 1, sizeof *churned);
        for (size_t i = 0; i < rows && i < count; i++) {
            churned[i] = (int32_t)flags[i];
        }
        status = crm_renewals_from_customers_new(
            periods, churned, weights ? as_numbers(weights, &count) : NULL, rows, &made);
        if (status == CRM_STATUS_OK) {
            status = merge(all, made);
        }
    }
    return status;
}

static int are_of_one_length(const struct value *arguments) {
    const struct value *tenure = find(arguments, "tenure"), *churned = find(arguments, "churned");
    return !tenure || tenure->count == churned->count;
}

typedef crm_status fit(const crm_renewals *renewals, const crm_fit_options *options,
                       crm_renewal_report *report);

static crm_status run_fit(const struct value *arguments, struct answer *answer, fit *function,
                          size_t parameters) {
    crm_renewals *renewals = NULL;
    crm_renewal_report report;
    if (!are_of_one_length(arguments)) {
        return inexpressible(answer);
    }
    crm_status status = renewals_of(arguments, &renewals);
    if (status == CRM_STATUS_OK) {
        status = function(renewals, NULL, &report);
    }
    if (status == CRM_STATUS_OK) {
        const double estimates[] = {report.model.alpha, report.model.beta, report.model.c};
        answer_numbers(answer, estimates, parameters, ".estimates");
        answer_numbers(answer, report.standard_errors, parameters, ".standard_errors");
        answer_number(answer, report.log_likelihood, ".log_likelihood");
    }
    crm_renewals_free(renewals);
    return status;
}

static crm_status run_sbg_fit(const struct value *arguments, struct answer *answer) {
    return run_fit(arguments, answer, crm_sbg_fit, 2);
}

static crm_status run_bdw_fit(const struct value *arguments, struct answer *answer) {
    return run_fit(arguments, answer, crm_bdw_fit, 3);
}

static crm_status run_renewals(const struct value *arguments, struct answer *answer) {
    crm_renewals *renewals = NULL;
    size_t count = 0;
    double customers = 0;
    crm_status status = renewals_of(arguments, &renewals);
    if (status == CRM_STATUS_OK) {
        status = crm_renewals_measure(renewals, &count, &customers);
    }
    if (status == CRM_STATUS_OK) {
        double *numbers = working_memory(2 * count, sizeof *numbers);
        status = crm_renewals_read(renewals, count, numbers, numbers + count);
        answer_numbers(answer, numbers, count, ".at_risk");
        answer_numbers(answer, numbers + count, count, ".lost");
        answer_number(answer, customers, ".customers");
    }
    crm_renewals_free(renewals);
    return status;
}

/* ---- predictions ---- */

static crm_renewal_model model_of(const struct value *arguments) {
    const struct value *model = get(arguments, "model"), *c = find(model, "c");
    return (crm_renewal_model){as_number(get(model, "alpha")), as_number(get(model, "beta")),
                               c ? as_number(c) : 1};
}

/* A column whose nulls are infinite. */
static const double *column_of(const struct value *arguments, const char *name, size_t *rows) {
    const struct value *list = get(arguments, name);
    double *made = working_memory(list->count, sizeof *made);
    for (size_t i = 0; i < list->count; i++) {
        made[i] = list->items[i].kind == VALUE_NULL ? INFINITY : as_number(&list->items[i]);
    }
    *rows = list->count;
    return made;
}

typedef crm_status one(const crm_renewal_model *, const double *, size_t, size_t, double *);

static crm_status run_one(const struct value *arguments, struct answer *answer, one *function) {
    const crm_renewal_model model = model_of(arguments);
    size_t rows;
    const double *renewal = column_of(arguments, "renewal", &rows);
    double *out = working_memory(rows, sizeof *out);
    crm_status status = function(&model, renewal, 1, rows, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, rows, "");
    }
    return status;
}

typedef crm_status two(const crm_renewal_model *, const double *, size_t, const double *, size_t,
                       size_t, double *);

static crm_status run_two(const struct value *arguments, struct answer *answer, two *function,
                          const char *second) {
    const crm_renewal_model model = model_of(arguments);
    size_t rows;
    const double *renewals = column_of(arguments, "renewals", &rows);
    const double *others = column_of(arguments, second, &rows);
    double *out = working_memory(rows, sizeof *out);
    crm_status status = function(&model, renewals, 1, others, 1, rows, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, rows, "");
    }
    return status;
}

typedef crm_status lifetime(const crm_renewal_model *, const crm_renewal_columns *, double *);

static crm_status run_lifetime(const struct value *arguments, struct answer *answer,
                               lifetime *function) {
    const crm_renewal_model model = model_of(arguments);
    crm_renewal_columns customers = {.renewals_stride = 1, .horizon_stride = 1,
                                     .discount_rate_stride = 1};
    customers.renewals = column_of(arguments, "renewals", &customers.customers);
    customers.horizon = column_of(arguments, "horizon", &customers.customers);
    customers.discount_rate = column_of(arguments, "discount_rate", &customers.customers);
    double *out = working_memory(customers.customers, sizeof *out);
    crm_status status = function(&model, &customers, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, customers.customers, "");
    }
    return status;
}

static crm_status run_retention(const struct value *arguments, struct answer *answer) {
    return run_one(arguments, answer, crm_renewal_retention_rate);
}

static crm_status run_churn(const struct value *arguments, struct answer *answer) {
    return run_one(arguments, answer, crm_renewal_churn_probability);
}

static crm_status run_survival(const struct value *arguments, struct answer *answer) {
    return run_two(arguments, answer, crm_renewal_conditional_survival, "further");
}

static crm_status run_expected(const struct value *arguments, struct answer *answer) {
    return run_two(arguments, answer, crm_renewal_expected_residual_lifetime, "horizon");
}

static crm_status run_del(const struct value *arguments, struct answer *answer) {
    return run_lifetime(arguments, answer, crm_renewal_discounted_lifetime);
}

static crm_status run_derl(const struct value *arguments, struct answer *answer) {
    return run_lifetime(arguments, answer, crm_renewal_discounted_residual_lifetime);
}

const struct runner prediction_contractual_runners[] = {
    {"sbg_fit", run_sbg_fit},
    {"bdw_fit", run_bdw_fit},
    {"renewals", run_renewals},
    {"renewal_retention_rate", run_retention},
    {"renewal_churn_probability", run_churn},
    {"renewal_conditional_survival", run_survival},
    {"renewal_discounted_lifetime", run_del},
    {"renewal_discounted_residual_lifetime", run_derl},
    {"renewal_expected_residual_lifetime", run_expected},
    {NULL, NULL}};
