#include "vectors.h"

#include <string.h>

static const uint32_t *codes(const struct value *list, size_t *count) {
    const double *numbers = as_numbers(list, count);
    uint32_t *made = working_memory(*count, sizeof *made);
    for (size_t i = 0; i < *count; i++) {
        made[i] = (uint32_t)numbers[i];
    }
    return made;
}

static const int64_t *whole(const struct value *list, size_t *count) {
    const double *numbers = as_numbers(list, count);
    int64_t *made = working_memory(*count, sizeof *made);
    for (size_t i = 0; i < *count; i++) {
        made[i] = (int64_t)numbers[i];
    }
    return made;
}

static size_t brands_of(const struct value *arguments) {
    return (size_t)as_number(get(arguments, "brands"));
}

/* Rows under `path`. */
static void answer_square(struct answer *answer, const double *entries, size_t size,
                          const char *path) {
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++) {
            answer_number(answer, entries[i * size + j], "%s[%zu][%zu]", path, i, j);
        }
    }
}

/* Tables of one shape, one after the other; NULL for what C cannot say. */
static const double *as_tables(const struct value *list, size_t *rows, size_t *columns) {
    double *all = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const double *one = as_table(&list->items[i], rows, columns);
        if (!all) {
            all = working_memory(list->count * *rows * *columns, sizeof *all);
        }
        memcpy(all + i * *rows * *columns, one, *rows * *columns * sizeof *all);
    }
    return all;
}

/* ---- panels ---- */

static crm_status panel_of(const struct value *arguments, crm_purchase_panel **panel) {
    size_t rows, count;
    const int64_t *customer = whole(get(arguments, "customer"), &rows);
    const int64_t *time = whole(get(arguments, "time"), &count);
    const uint32_t *brand = codes(get(arguments, "brand"), &count);
    const struct value *ties = find(arguments, "ties"), *gap = find(arguments, "longest_gap");
    crm_ties rule = ties && strcmp(as_text(ties), crm_ties_name(CRM_TIES_ROW_ORDER)) == 0
                        ? CRM_TIES_ROW_ORDER
                        : CRM_TIES_REFUSE;
    int64_t longest_gap = gap ? (int64_t)as_number(gap) : CRM_NO_GAP;
    return crm_purchase_panel_new(customer, time, brand, rows, brands_of(arguments), rule,
                                  longest_gap, panel);
}

static crm_status panel_counts(const struct value *arguments, struct answer *answer) {
    size_t brands = brands_of(arguments);
    double *counts = working_memory(brands * brands, sizeof *counts);
    crm_purchase_panel *panel;
    crm_status status = panel_of(arguments, &panel);
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_panel_counts(panel, brands, counts);
        crm_purchase_panel_free(panel);
    }
    if (status == CRM_STATUS_OK) {
        answer_square(answer, counts, brands, "");
    }
    return status;
}

static crm_status pair_counts(const struct value *arguments, struct answer *answer) {
    size_t brands = brands_of(arguments), rows, count;
    const uint32_t *from = codes(get(arguments, "from"), &rows);
    const uint32_t *to = codes(get(arguments, "to"), &count);
    double one = 1, *counts = working_memory(brands * brands, sizeof *counts);
    const struct value *given = find(arguments, "weight");
    const double *weight = given ? as_numbers(given, &count) : &one;
    crm_status status = crm_pair_counts(from, to, rows, weight, given ? 1 : 0, brands, counts);
    if (status == CRM_STATUS_OK) {
        answer_square(answer, counts, brands, "");
    }
    return status;
}

/* ---- tests ---- */

static crm_status answer_test(struct answer *answer, crm_status status,
                              const crm_chi_square_test *test) {
    if (status == CRM_STATUS_OK) {
        answer_number(answer, test->likelihood_ratio, ".likelihood_ratio");
        answer_number(answer, test->pearson, ".pearson");
        answer_number(answer, (double)test->degrees_of_freedom, ".degrees_of_freedom");
        answer_number(answer, test->likelihood_ratio_p, ".likelihood_ratio_p");
        answer_number(answer, test->pearson_p, ".pearson_p");
        answer_number(answer, test->smallest_expected, ".smallest_expected");
    }
    return status;
}

static crm_status independence_test(const struct value *arguments, struct answer *answer) {
    size_t brands, columns;
    const double *counts = as_table(get(arguments, "counts"), &brands, &columns);
    crm_chi_square_test test;
    return answer_test(answer, crm_independence_test(counts, brands, &test), &test);
}

static crm_status homogeneity_test(const struct value *arguments, struct answer *answer) {
    const struct value *groups = get(arguments, "groups");
    size_t brands = 0, columns = 0;
    const double *counts = as_tables(groups, &brands, &columns);
    crm_chi_square_test test;
    crm_status status = crm_homogeneity_test(counts, groups->count, brands, &test);
    return answer_test(answer, status, &test);
}

static crm_status stationarity_test(const struct value *arguments, struct answer *answer) {
    size_t count;
    const int64_t *boundaries = whole(get(arguments, "boundaries"), &count);
    crm_chi_square_test test;
    crm_purchase_panel *panel;
    crm_status status = panel_of(arguments, &panel);
    if (status == CRM_STATUS_OK) {
        status = crm_stationarity_test(panel, boundaries, count, &test);
        crm_purchase_panel_free(panel);
    }
    return answer_test(answer, status, &test);
}

static crm_status second_order_test(const struct value *arguments, struct answer *answer) {
    crm_chi_square_test test;
    crm_purchase_panel *panel;
    crm_status status = panel_of(arguments, &panel);
    if (status == CRM_STATUS_OK) {
        status = crm_second_order_test(panel, &test);
        crm_purchase_panel_free(panel);
    }
    return answer_test(answer, status, &test);
}

/* ---- likelihood and posterior ---- */

static crm_status transition_fit(const struct value *arguments, struct answer *answer) {
    size_t brands, columns;
    const double *counts = as_table(get(arguments, "counts"), &brands, &columns);
    if (columns != brands) {
        return inexpressible(answer);
    }
    double *matrix = working_memory(brands * brands, sizeof *matrix);
    double *errors = working_memory(brands * brands, sizeof *errors);
    crm_markov_fit fit;
    crm_status status = crm_transition_fit(counts, brands, matrix, errors, &fit);
    if (status == CRM_STATUS_OK) {
        answer_square(answer, matrix, brands, ".transition_matrix");
        answer_square(answer, errors, brands, ".standard_errors");
        answer_number(answer, fit.log_likelihood, ".log_likelihood");
        answer_number(answer, (double)fit.free_parameters, ".free_parameters");
        answer_number(answer, fit.switches, ".switches");
        answer_number(answer, fit.aic, ".aic");
        answer_number(answer, fit.bic, ".bic");
    }
    return status;
}

static crm_status transition_posterior(const struct value *arguments, struct answer *answer) {
    size_t brands, columns, length = 1, rows;
    const double *counts = as_table(get(arguments, "counts"), &brands, &columns);
    const struct value *given = get(arguments, "prior");
    double one;
    const double *prior = &one;
    if (given->kind == VALUE_NUMBER) {
        one = as_number(given);
    } else if (given->items[0].kind == VALUE_LIST) {
        prior = as_table(given, &rows, &columns);
        length = rows * columns;
    } else {
        prior = as_numbers(given, &length);
    }
    crm_decimal level = as_decimal(get(arguments, "level"));
    size_t row = (size_t)as_number(get(arguments, "row")), size = brands * brands;
    double *parameters = working_memory(size, sizeof *parameters);
    double *mean = working_memory(size, sizeof *mean), *mode = working_memory(size, sizeof *mode);
    double *deviations = working_memory(size, sizeof *deviations);
    double *covariance = working_memory(size, sizeof *covariance);
    double *lower = working_memory(size, sizeof *lower), *upper = working_memory(size, sizeof *upper);
    crm_status status = crm_transition_posterior(counts, brands, prior, length, parameters);
    if (status == CRM_STATUS_OK) {
        status = crm_transition_posterior_moments(parameters, brands, mean, deviations);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_transition_posterior_covariance(parameters, brands, row, covariance);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_transition_posterior_interval(parameters, brands, &level, lower, upper);
    }
    if (status == CRM_STATUS_OK) {
        answer_square(answer, parameters, brands, ".parameters");
        answer_square(answer, mean, brands, ".mean");
        answer_square(answer, deviations, brands, ".standard_deviations");
        answer_square(answer, covariance, brands, ".covariance");
        answer_square(answer, lower, brands, ".lower");
        answer_square(answer, upper, brands, ".upper");
        if (crm_transition_posterior_mode(parameters, brands, mode) == CRM_STATUS_OK) {
            answer_square(answer, mode, brands, ".mode");
        }
    }
    return status;
}

/* ---- shares ---- */

struct regression {
    const double *shares, *weights, *towards;
    size_t *periods, markets, brands;
    double strength;
};

static struct regression regression_of(const struct value *arguments) {
    const struct value *markets = get(arguments, "shares"), *given;
    struct regression made = {.markets = markets->count};
    size_t total = 0, columns, count;
    made.periods = working_memory(markets->count, sizeof *made.periods);
    for (size_t i = 0; i < markets->count; i++) {
        as_table(&markets->items[i], &made.periods[i], &made.brands);
        total += made.periods[i];
    }
    double *rows = working_memory(total * made.brands, sizeof *rows);
    made.shares = rows;
    for (size_t i = 0; i < markets->count; i++) {
        const double *one = as_table(&markets->items[i], &count, &columns);
        memcpy(rows, one, count * columns * sizeof *rows);
        rows += count * columns;
    }
    if ((given = find(arguments, "weights"))) {
        made.weights = as_numbers(given, &count);
    }
    if ((given = find(arguments, "towards"))) {
        made.towards = as_table(given, &count, &columns);
    }
    made.strength = (given = find(arguments, "strength")) ? as_number(given) : 0;
    return made;
}

static crm_status share_regression(const struct value *arguments, struct answer *answer) {
    const struct regression of = regression_of(arguments);
    double *matrix = working_memory(of.brands * of.brands, sizeof *matrix);
    crm_share_fit fit;
    crm_status status = crm_share_regression(of.shares, of.periods, of.markets, of.brands, of.weights,
                                             of.towards, of.strength, matrix, &fit);
    if (status == CRM_STATUS_OK) {
        answer_square(answer, matrix, of.brands, ".transition_matrix");
        answer_number(answer, fit.sum_of_squares, ".sum_of_squares");
        answer_number(answer, fit.r_squared, ".r_squared");
        answer_number(answer, (double)fit.steps, ".steps");
        answer_number(answer, (double)fit.at_bound, ".at_bound");
    }
    return status;
}

static crm_status share_inference(const struct value *arguments, struct answer *answer) {
    const struct regression of = regression_of(arguments);
    const crm_decimal level = as_decimal(get(arguments, "level"));
    size_t k = of.brands;
    double *first = working_memory(k * k, sizeof *first), *second = working_memory(k * k, sizeof *second);
    double *third = working_memory(k * k, sizeof *third);
    double *covariance = working_memory(k * k * k * k, sizeof *covariance);
    crm_share_inference *made;
    crm_share_inference_summary summary;
    crm_covariance_estimator kind = CRM_COVARIANCE_ESTIMATOR_CLASSICAL;
    while (strcmp(as_text(get(arguments, "covariance")), crm_covariance_estimator_name(kind)) != 0) {
        kind++;
    }
    crm_status status = crm_share_inference_new(of.shares, of.periods, of.markets, k, of.weights, of.towards,
                                                of.strength, kind, &made);
    if (status == CRM_STATUS_OK) {
        crm_share_inference_get_summary(made, &summary);
        answer_number(answer, (double)summary.observations, ".observations");
        answer_number(answer, summary.effective_parameters, ".effective_parameters");
        answer_number(answer, summary.degrees_of_freedom, ".degrees_of_freedom");
        crm_share_inference_entries(made, k, first, second, third);
        answer_square(answer, first, k, ".standard_errors");
        answer_square(answer, second, k, ".t_values");
        answer_square(answer, third, k, ".p_values");
        crm_share_inference_covariance(made, k * k, covariance);
        answer_square(answer, covariance, k * k, ".covariance");
        status = crm_share_inference_interval(made, &level, k, first, second);
        answer_square(answer, first, k, ".lower");
        answer_square(answer, second, k, ".upper");
        crm_share_inference_free(made);
    }
    return status;
}

/* ---- surveys ---- */

static crm_status inertia_logit(const struct value *arguments, struct answer *answer) {
    size_t brands = brands_of(arguments), customers, count, rows = 0, m = 0, q = 0;
    const uint32_t *last = codes(get(arguments, "last"), &customers);
    const uint32_t *next = codes(get(arguments, "next"), &count);
    const struct value *given;
    const double *attributes = NULL, *covariates = NULL, *at_x = NULL, *at_z = NULL;
    if ((given = find(arguments, "attributes"))) {
        attributes = as_tables(given, &rows, &m);
    }
    if ((given = find(arguments, "covariates"))) {
        covariates = as_table(given, &rows, &q);
    }
    if ((given = find(arguments, "at_attributes"))) {
        at_x = as_table(given, &rows, &count);
    }
    if ((given = find(arguments, "at_covariates"))) {
        at_z = as_numbers(given, &count);
    }
    crm_inertia_logit *logit;
    crm_logit_summary summary;
    crm_status status =
        crm_inertia_logit_new(last, next, customers, brands, attributes, m, covariates, q, &logit);
    if (status == CRM_STATUS_OK) {
        status = crm_inertia_logit_summary(logit, &summary);
        size_t size = (size_t)summary.coefficients;
        crm_logit_coefficient *found = working_memory(size, sizeof *found);
        double *covariance = working_memory(size * size, sizeof *covariance);
        double *matrix = working_memory(brands * brands, sizeof *matrix);
        double *errors = working_memory(brands * brands, sizeof *errors);
        crm_inertia_logit_coefficients(logit, size, found);
        crm_inertia_logit_covariance(logit, size, covariance);
        status = crm_inertia_logit_predict(logit, at_z, q, at_x, m, brands, matrix, errors);
        crm_inertia_logit_free(logit);
        for (size_t i = 0; i < size; i++) {
            answer_number(answer, found[i].estimate, ".estimate[%zu]", i);
            answer_number(answer, found[i].standard_error, ".standard_error[%zu]", i);
            answer_number(answer, found[i].z, ".z[%zu]", i);
            answer_number(answer, found[i].p_value, ".p_value[%zu]", i);
        }
        answer_square(answer, covariance, size, ".covariance");
        answer_number(answer, summary.log_likelihood, ".log_likelihood");
        answer_number(answer, summary.null_log_likelihood, ".null_log_likelihood");
        answer_number(answer, summary.shares_log_likelihood, ".shares_log_likelihood");
        answer_number(answer, summary.mcfadden_r_squared, ".mcfadden_r_squared");
        answer_square(answer, matrix, brands, ".transition_matrix");
        answer_square(answer, errors, brands, ".standard_errors");
    }
    return status;
}

const struct runner estimation_runners[] = {{"panel_counts", panel_counts},
                                            {"pair_counts", pair_counts},
                                            {"transition_fit", transition_fit},
                                            {"transition_posterior", transition_posterior},
                                            {"independence_test", independence_test},
                                            {"homogeneity_test", homogeneity_test},
                                            {"stationarity_test", stationarity_test},
                                            {"second_order_test", second_order_test},
                                            {"share_regression", share_regression},
                                            {"share_inference", share_inference},
                                            {"inertia_logit", inertia_logit},
                                            {NULL, NULL}};
