#include "vectors.h"

#include <string.h>

/* What the amounts and the horizon of a case are in C; `possible` is 0 for what C cannot say. */
struct inputs {
    crm_spending spending;
    size_t periods;
    int possible;
};

static int64_t horizon_of(const struct value *arguments) {
    const struct value *horizon = get(arguments, "horizon");
    return horizon->kind == VALUE_TEXT ? CRM_INFINITE_HORIZON : (int64_t)as_number(horizon);
}

static double purchases_per_period_of(const struct value *arguments) {
    const struct value *given = find(arguments, "purchases_per_period");
    return given ? as_number(given) : 1.0;
}

/* A number, one per brand, or rows by period of one number or one per brand. */
static const double *amount(const struct value *given, struct inputs *inputs, size_t brands,
                            size_t *period_stride, size_t *brand_stride) {
    size_t rows = 1, columns = 1;
    const double *values;
    *period_stride = *brand_stride = 0;
    if (given->kind == VALUE_NUMBER) {
        double *constant = working_memory(1, sizeof *constant);
        *constant = as_number(given);
        return constant;
    }
    if (given->items[0].kind == VALUE_LIST) {
        values = as_table(given, &rows, &columns);
        *period_stride = columns;
        inputs->possible &= rows == inputs->periods;
    } else {
        values = as_numbers(given, &columns);
        inputs->possible &= columns == brands;
    }
    *brand_stride = columns > 1;
    return values;
}

static struct inputs read_inputs(const struct value *arguments, size_t brands) {
    struct inputs inputs = {0};
    crm_spending *spending = &inputs.spending;
    inputs.possible = 1;
    spending->horizon = horizon_of(arguments);
    inputs.periods = spending->horizon < 0 ? 0 : (size_t)spending->horizon + 1;
    spending->discount_rate = as_decimal(get(arguments, "discount_rate"));
    spending->purchases_per_period = purchases_per_period_of(arguments);
    spending->purchases =
        amount(get(arguments, "purchases"), &inputs, brands, &spending->purchases_period_stride,
               &spending->purchases_brand_stride);
    spending->contribution = amount(get(arguments, "contribution"), &inputs, brands,
                                    &spending->contribution_period_stride,
                                    &spending->contribution_brand_stride);
    return inputs;
}

/* Room for the terms of a finite sum. */
static double *room_for_terms(const struct inputs *inputs, size_t brands) {
    return inputs->periods ? working_memory(inputs->periods * brands, sizeof(double)) : NULL;
}

/* The terms add up to the answers, up to the rounding of a plain sum. */
static void answer_values(struct answer *answer, const double *clv, const double *terms,
                          const struct inputs *inputs, size_t brands) {
    for (size_t j = 0; j < brands; j++) {
        double sum = terms ? 0.0 : clv[j];
        for (size_t t = 0; terms && t < inputs->periods; t++) {
            sum += terms[t * brands + j];
        }
        double error = sum - clv[j], scale = clv[j] < 0 ? -clv[j] : clv[j];
        if (error < 0) {
            error = -error;
        }
        /* A wrong sum is answered in place of the value, and found. */
        answer_number(answer, error <= 1e-12 * (scale + 1.0) ? clv[j] : sum, "[%zu]", j);
    }
}

static crm_status retention_clv(const struct value *arguments, struct answer *answer) {
    struct inputs inputs = read_inputs(arguments, 1);
    crm_decimal share = as_decimal(get(arguments, "share"));
    crm_decimal retention = as_decimal(get(arguments, "retention"));
    double clv, *terms = room_for_terms(&inputs, 1);
    if (!inputs.possible) {
        return inexpressible(answer);
    }
    crm_status status = crm_retention_clv(&share, &retention, &inputs.spending, &clv, terms);
    if (status == CRM_STATUS_OK) {
        answer_values(answer, &clv, terms, &inputs, 1);
    }
    return status;
}

static crm_share_rule rule_of(const struct value *arguments) {
    const char *name = as_text(get(arguments, "rule"));
    return strcmp(name, crm_share_rule_name(CRM_SHARE_RULE_ANY)) == 0 ? CRM_SHARE_RULE_ANY
                                                                      : CRM_SHARE_RULE_SUM_TO_ONE;
}

static crm_status share_path_clv(const struct value *arguments, struct answer *answer) {
    const struct value *rows = get(arguments, "shares");
    for (size_t i = 1; i < rows->count; i++) {
        if (rows->items[i].count != rows->items[0].count) {
            return inexpressible(answer);
        }
    }
    size_t periods, brands;
    const double *shares = as_table(rows, &periods, &brands);
    struct inputs inputs = read_inputs(arguments, brands);
    double *clv = working_memory(brands, sizeof *clv), *terms = room_for_terms(&inputs, brands);
    if (!inputs.possible) {
        return inexpressible(answer);
    }
    crm_status status = crm_share_path_clv(shares, periods, brands, rule_of(arguments),
                                           &inputs.spending, clv, terms);
    if (status == CRM_STATUS_OK) {
        answer_values(answer, clv, terms, &inputs, brands);
    }
    return status;
}

static crm_status switching_clv(const struct value *arguments, struct answer *answer) {
    size_t brands, matrices = 1, rows, columns;
    const double *shares = as_numbers(get(arguments, "shares"), &brands);
    struct inputs inputs = read_inputs(arguments, brands);
    const struct value *given = get(arguments, "transition_matrix");
    const double *matrix;
    if (given->items[0].items[0].kind == VALUE_LIST) {
        matrices = given->count;
        double *all = working_memory(matrices * brands * brands, sizeof *all);
        for (size_t t = 0; t < matrices; t++) {
            const double *one = as_table(&given->items[t], &rows, &columns);
            inputs.possible &= rows == brands && columns == brands && matrices > 1;
            memcpy(all + t * brands * brands, one, brands * brands * sizeof *all);
        }
        matrix = all;
    } else {
        matrix = as_table(given, &rows, &columns);
        inputs.possible &= brands == 0 || (rows == brands && columns == brands);
    }
    double *clv = working_memory(brands, sizeof *clv), *terms = room_for_terms(&inputs, brands);
    if (!inputs.possible) {
        return inexpressible(answer);
    }
    crm_status status =
        crm_switching_clv(shares, brands, matrix, matrices, &inputs.spending, clv, terms);
    if (status == CRM_STATUS_OK) {
        answer_values(answer, clv, terms, &inputs, brands);
    }
    return status;
}

static void answer_table(struct answer *answer, crm_status status, const double *out,
                         size_t customers, size_t brands) {
    for (size_t i = 0; status == CRM_STATUS_OK && i < customers; i++) {
        for (size_t j = 0; j < brands; j++) {
            answer_number(answer, out[i * brands + j], "[%zu][%zu]", i, j);
        }
    }
}

static crm_status matrix_clv(const struct value *arguments, struct answer *answer) {
    size_t brands, columns, customers, count, purchases_stride = 0, contribution_stride = 0;
    const double *matrix = as_table(get(arguments, "transition_matrix"), &brands, &columns);
    const double *shares = as_table(get(arguments, "shares"), &customers, &columns);
    const struct value *given = get(arguments, "contribution");
    double contribution_of_all, one = 1.0;
    const double *contribution = &contribution_of_all, *purchases = &one;
    if (given->kind == VALUE_LIST) {
        contribution = as_numbers(given, &count);
        contribution_stride = 1;
    } else {
        contribution_of_all = as_number(given);
    }
    if ((given = find(arguments, "purchases"))) {
        purchases = as_numbers(given, &count);
        purchases_stride = 1;
    }
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    double *out = working_memory(customers * brands, sizeof *out);
    crm_matrix_clv *handle;
    crm_status status =
        crm_matrix_clv_new(matrix, brands, contribution, contribution_stride, &rate,
                           purchases_per_period_of(arguments), horizon_of(arguments), &handle);
    if (status == CRM_STATUS_OK) {
        status = crm_matrix_clv_evaluate(handle, shares, customers, purchases, purchases_stride,
                                         rule_of(arguments), out);
        crm_matrix_clv_free(handle);
    }
    answer_table(answer, status, out, customers, brands);
    return status;
}

/* Matrices of the same size, one after the other. */
static const double *as_matrices(const struct value *list, size_t *count) {
    size_t rows, columns, length;
    double *all = NULL;
    *count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const double *one = as_table(&list->items[i], &rows, &columns);
        length = rows * columns;
        if (!all) {
            all = working_memory(list->count * length, sizeof *all);
        }
        memcpy(all + i * length, one, length * sizeof *all);
    }
    return all;
}

/* A number, one per customer, or rows of one per brand: for all customers, or of each. */
static const double *of_customers(const struct value *given, size_t *customer_stride,
                                  size_t *brand_stride) {
    size_t rows, columns;
    const double *values;
    *customer_stride = *brand_stride = 0;
    if (given->kind == VALUE_NUMBER) {
        double *constant = working_memory(1, sizeof *constant);
        *constant = as_number(given);
        return constant;
    }
    if (given->items[0].kind != VALUE_LIST) {
        *customer_stride = 1;
        return as_numbers(given, &rows);
    }
    values = as_table(given, &rows, &columns);
    *customer_stride = rows > 1 ? columns : 0;
    *brand_stride = 1;
    return values;
}

static crm_customer_spending customer_spending(const struct value *purchases,
                                               const struct value *contribution) {
    crm_customer_spending spending;
    spending.purchases = of_customers(purchases, &spending.purchases_customer_stride,
                                      &spending.purchases_brand_stride);
    spending.contribution = of_customers(contribution, &spending.contribution_customer_stride,
                                         &spending.contribution_brand_stride);
    return spending;
}

static crm_status individual_matrix_clv(const struct value *arguments, struct answer *answer) {
    size_t customers, brands, count, rate_stride, none;
    const double *matrices = as_matrices(get(arguments, "transition_matrices"), &count);
    const double *shares = as_table(get(arguments, "shares"), &customers, &brands);
    const double *rate = of_customers(get(arguments, "discount_rate"), &rate_stride, &none);
    crm_customer_spending spending =
        customer_spending(get(arguments, "purchases"), get(arguments, "contribution"));
    double *out = working_memory(customers * brands, sizeof *out);
    crm_status status = crm_individual_matrix_clv(
        matrices, shares, customers, brands, &spending, rate, rate_stride,
        purchases_per_period_of(arguments), horizon_of(arguments), rule_of(arguments), out);
    answer_table(answer, status, out, customers, brands);
    return status;
}

static crm_status segment_matrix_clv(const struct value *arguments, struct answer *answer) {
    size_t customers, brands, segments, rows, columns;
    const double *matrices = as_matrices(get(arguments, "transition_matrices"), &segments);
    const double *contribution = as_table(get(arguments, "contribution"), &rows, &columns);
    const double *shares = as_table(get(arguments, "shares"), &customers, &brands);
    const double *given = as_numbers(get(arguments, "segments"), &rows);
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    crm_customer_spending spending = customer_spending(get(arguments, "customer_purchases"),
                                                       get(arguments, "customer_contribution"));
    crm_matrix_clv **kernels = working_memory(segments, sizeof *kernels);
    uint32_t *segment_of = working_memory(customers, sizeof *segment_of);
    double *out = working_memory(customers * brands, sizeof *out);
    crm_segment_matrix_clv *model = NULL;
    crm_status status = CRM_STATUS_OK;
    for (size_t i = 0; i < customers; i++) {
        segment_of[i] = (uint32_t)given[i];
    }
    for (size_t i = 0; i < segments && status == CRM_STATUS_OK; i++) {
        status = crm_matrix_clv_new(matrices + i * brands * brands, brands,
                                    contribution + i * brands, 1, &rate, 1.0,
                                    horizon_of(arguments), &kernels[i]);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_segment_matrix_clv_new((const crm_matrix_clv *const *)kernels, segments, &model);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_segment_matrix_clv_evaluate(model, shares, segment_of, customers, &spending,
                                                 rule_of(arguments), out);
    }
    for (size_t i = 0; i < segments; i++) {
        crm_matrix_clv_free(kernels[i]);
    }
    crm_segment_matrix_clv_free(model);
    answer_table(answer, status, out, customers, brands);
    return status;
}

static crm_status matrix_clv_by_period(const struct value *arguments, struct answer *answer) {
    size_t customers, brands, periods;
    const double *matrices = as_matrices(get(arguments, "transition_matrices"), &periods);
    const double *shares = as_table(get(arguments, "shares"), &customers, &brands);
    struct inputs inputs = {.periods = periods + 1, .possible = 1};
    crm_spending *spending = &inputs.spending;
    double one = 1.0, *out = working_memory(customers * brands, sizeof *out);
    crm_matrix_clv *handle;
    spending->horizon = (int64_t)periods;
    spending->discount_rate = as_decimal(get(arguments, "discount_rate"));
    spending->purchases_per_period = purchases_per_period_of(arguments);
    spending->purchases =
        amount(get(arguments, "purchases"), &inputs, brands, &spending->purchases_period_stride,
               &spending->purchases_brand_stride);
    spending->contribution = amount(get(arguments, "contribution"), &inputs, brands,
                                    &spending->contribution_period_stride,
                                    &spending->contribution_brand_stride);
    if (!inputs.possible) {
        return inexpressible(answer);
    }
    crm_status status = crm_matrix_clv_by_period_new(matrices, brands, spending, &handle);
    if (status == CRM_STATUS_OK) {
        status = crm_matrix_clv_evaluate(handle, shares, customers, &one, 0, rule_of(arguments), out);
        crm_matrix_clv_free(handle);
    }
    answer_table(answer, status, out, customers, brands);
    return status;
}

const struct runner switching_runners[] = {{"retention_clv", retention_clv},
                                           {"share_path_clv", share_path_clv},
                                           {"switching_clv", switching_clv},
                                           {"matrix_clv", matrix_clv},
                                           {"individual_matrix_clv", individual_matrix_clv},
                                           {"segment_matrix_clv", segment_matrix_clv},
                                           {"matrix_clv_by_period", matrix_clv_by_period},
                                           {NULL, NULL}};
