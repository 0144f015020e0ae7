#include "vectors.h"

#include <math.h>
#include <string.h>

static int64_t horizon_of(const struct value *arguments) {
    const struct value *horizon = get(arguments, "horizon");
    return horizon->kind == VALUE_TEXT ? CRM_INFINITE_HORIZON : (int64_t)as_number(horizon);
}

static double number_or(const struct value *arguments, const char *name, double otherwise) {
    const struct value *given = find(arguments, name);
    return given ? as_number(given) : otherwise;
}

/* One number for all, or a list; `possible` becomes 0 for a list of another length. */
static const double *column_of(const struct value *given, size_t rows, size_t *stride, int *possible) {
    if (given->kind == VALUE_NUMBER) {
        double *constant = working_memory(1, sizeof *constant);
        *constant = as_number(given);
        *stride = 0;
        return constant;
    }
    size_t count;
    const double *values = as_numbers(given, &count);
    *possible &= count == rows;
    *stride = 1;
    return values;
}

/* The number of brands of a case; 0 for a case that C cannot say. */
static crm_status valuation_of(const struct value *arguments, size_t *brands,
                               crm_switching_valuation **valuation, struct answer *answer) {
    const struct value *shares = get(arguments, "shares");
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    double per_period = number_or(arguments, "purchases_per_period", 1.0);
    size_t customers = 0, purchases_stride, contribution_stride;
    int possible = 1, portfolio = shares->items[0].kind == VALUE_LIST;
    const double *now = portfolio ? as_table(shares, &customers, brands) : as_numbers(shares, brands);
    const double *contribution =
        column_of(get(arguments, "contribution"), *brands, &contribution_stride, &possible);
    const double *purchases =
        column_of(get(arguments, "purchases"), customers, &purchases_stride, &possible);
    if (!possible) {
        return inexpressible(answer);
    }
    if (portfolio) {
        crm_share_rule rule = strcmp(as_text(get(arguments, "rule")), "any") == 0
                                  ? CRM_SHARE_RULE_ANY
                                  : CRM_SHARE_RULE_SUM_TO_ONE;
        return crm_switching_valuation_of_portfolio_new(
            now, customers, *brands, purchases, purchases_stride, rule, contribution,
            contribution_stride, &rate, per_period, horizon_of(arguments), valuation);
    }
    return crm_switching_valuation_new(now, *brands, *purchases, contribution, contribution_stride,
                                       &rate, per_period, horizon_of(arguments), valuation);
}

static void answer_square(struct answer *answer, const double *table, size_t brands, const char *path) {
    for (size_t i = 0; i < brands; i++) {
        for (size_t j = 0; j < brands; j++) {
            answer_number(answer, table[i * brands + j], "%s[%zu][%zu]", path, i, j);
        }
    }
}

static crm_status gradient_of(const struct value *arguments, struct answer *answer,
                              const crm_switching_valuation *valuation, size_t brands) {
    size_t rows, columns, count;
    const double *matrix = as_table(get(arguments, "transition_matrix"), &rows, &columns);
    const double *weights = as_numbers(get(arguments, "weights"), &count);
    if (count != brands || rows != brands) {
        return inexpressible(answer);
    }
    crm_switching_gradient found;
    double *free = working_memory(brands * brands, sizeof *free);
    double *along = working_memory(brands * brands, sizeof *along);
    double *shares = working_memory(brands, sizeof *shares);
    double *contribution = working_memory(brands, sizeof *contribution);
    crm_status status = crm_switching_valuation_gradient(valuation, matrix, weights, brands, &found,
                                                         free, along, shares, contribution);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, found.value, ".value");
        answer_square(answer, free, brands, ".transition");
        answer_square(answer, along, brands, ".transition_along_simplex");
        answer_number(answer, found.discount_rate, ".discount_rate");
        answer_number(answer, found.purchases_per_period, ".purchases_per_period");
        answer_numbers(answer, shares, brands, ".shares");
        answer_number(answer, found.purchases, ".purchases");
        answer_numbers(answer, contribution, brands, ".contribution");
    }
    return status;
}

static crm_status levers_of(const struct value *arguments, struct answer *answer,
                            const crm_switching_valuation *valuation, size_t brands) {
    size_t rows, columns, weighted, count = brands * brands + 2 * brands + 2;
    const double *matrix = as_table(get(arguments, "transition_matrix"), &rows, &columns);
    const double *weights = as_numbers(get(arguments, "weights"), &weighted);
    crm_lever *levers = working_memory(count, sizeof *levers);
    crm_status status = crm_switching_valuation_levers(valuation, matrix, weights, brands, count, levers);
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        const crm_lever *lever = &levers[i];
        const char *input = crm_lever_input_name(lever->input);
        answer_number(answer, fabs(lever->elasticity), ".elasticity_sizes[%zu]", i);
        if (lever->input == CRM_LEVER_INPUT_TRANSITION) {
            answer_number(answer, lever->derivative, ".derivatives.%s[%zu][%zu]", input, (size_t)lever->brand,
                          (size_t)lever->next_brand);
        } else if (lever->brand != CRM_NONE) {
            answer_number(answer, lever->derivative, ".derivatives.%s[%zu]", input, (size_t)lever->brand);
        } else {
            answer_number(answer, lever->derivative, ".derivatives.%s", input);
        }
    }
    return status;
}

static crm_input_doubts doubts_of(const struct value *arguments, size_t brands, int *possible) {
    crm_input_doubts doubts = {0};
    doubts.discount_rate_sd = number_or(arguments, "discount_rate_sd", 0.0);
    const struct value *known_by = find(arguments, "shares_known_by"), *deviations;
    if (known_by) {
        doubts.shares_known_by = as_number(known_by);
        /* In C, 0 says that the shares are known. */
        *possible &= doubts.shares_known_by != 0.0;
    }
    if ((deviations = find(arguments, "contribution_sd"))) {
        size_t count;
        doubts.contribution_sd = as_numbers(deviations, &count);
        *possible &= count == brands;
    }
    return doubts;
}

static crm_status estimate_of(const struct value *arguments, crm_matrix_estimate **estimate) {
    size_t rows, columns;
    const struct value *counts = find(arguments, "counts");
    if (counts) {
        const double *table = as_table(counts, &rows, &columns);
        return crm_matrix_estimate_from_counts_new(table, rows, estimate);
    }
    const double *table = as_table(get(arguments, "parameters"), &rows, &columns);
    return crm_matrix_estimate_from_posterior_new(table, rows, estimate);
}

static crm_status error_of(const struct value *arguments, struct answer *answer,
                           const crm_switching_valuation *valuation, size_t brands) {
    int possible = 1;
    size_t count;
    const double *weights = as_numbers(get(arguments, "weights"), &count);
    crm_input_doubts doubts = doubts_of(arguments, brands, &possible);
    if (!possible) {
        return find(arguments, "contribution_sd") ? inexpressible(answer)
                                                  : (inexpressible(answer), CRM_STATUS_OUT_OF_RANGE);
    }
    crm_matrix_estimate *estimate;
    crm_status status = estimate_of(arguments, &estimate);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    crm_standard_error error;
    double *rows = working_memory(brands, sizeof *rows);
    status = crm_switching_valuation_standard_error(valuation, estimate, weights, brands, &doubts,
                                                    &error, rows);
    crm_matrix_estimate_free(estimate);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, error.value, ".value");
        answer_number(answer, error.standard_error, ".standard_error");
        answer_numbers(answer, rows, brands, ".row_variance");
        answer_number(answer, error.discount_rate_variance, ".discount_rate_variance");
        answer_number(answer, error.shares_variance, ".shares_variance");
        answer_number(answer, error.contribution_variance, ".contribution_variance");
    }
    return status;
}

static crm_status ranking_of(const struct value *arguments, struct answer *answer,
                             const crm_switching_valuation *valuation, size_t brands) {
    size_t count;
    const double *weights = as_numbers(get(arguments, "weights"), &count);
    crm_matrix_estimate *estimate;
    crm_status status = estimate_of(arguments, &estimate);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    double standard_error;
    crm_row_rank *rows = working_memory(brands, sizeof *rows);
    crm_entry_rank *entries = working_memory(brands * brands, sizeof *entries);
    status = crm_switching_valuation_ranking(valuation, estimate, weights, brands, &standard_error,
                                             rows, entries);
    crm_matrix_estimate_free(estimate);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    answer_number(answer, standard_error, ".standard_error");
    for (size_t i = 0; i < brands; i++) {
        answer_number(answer, (double)rows[i].brand, ".rows[%zu].brand", i);
        answer_number(answer, rows[i].variance, ".rows[%zu].variance", i);
        answer_number(answer, rows[i].variance_share, ".rows[%zu].variance_share", i);
        answer_number(answer, rows[i].known_by, ".rows[%zu].known_by", i);
        answer_number(answer, rows[i].variance_reduction, ".rows[%zu].variance_reduction", i);
        answer_number(answer, rows[i].error_reduction, ".rows[%zu].error_reduction", i);
    }
    for (size_t i = 0; i < brands * brands; i++) {
        const crm_entry_rank *entry = &entries[i];
        answer_number(answer, (double)entry->from, ".entries[%zu].from", i);
        answer_number(answer, (double)entry->to, ".entries[%zu].to", i);
        answer_number(answer, entry->variance, ".entries[%zu].variance", i);
        answer_number(answer, entry->variance_share, ".entries[%zu].variance_share", i);
        answer_number(answer, entry->elasticity, ".entries[%zu].elasticity", i);
        answer_number(answer, entry->elasticity_along_simplex,
                      ".entries[%zu].elasticity_along_simplex", i);
    }
    return status;
}

static void answer_summary(struct answer *answer, double mean, double deviation,
                           const double *quantiles, size_t count, const char *path) {
    answer_number(answer, mean, "%s.mean", path);
    answer_number(answer, deviation, "%s.standard_deviation", path);
    for (size_t i = 0; i < count; i++) {
        answer_number(answer, quantiles[i], "%s.quantiles[%zu]", path, i);
    }
}

static crm_status simulation_of(const struct value *arguments, struct answer *answer,
                                const crm_switching_valuation *valuation, size_t brands) {
    int possible = 1;
    size_t rows, columns, count;
    const double *weights = as_numbers(get(arguments, "weights"), &count);
    const double *parameters = as_table(get(arguments, "parameters"), &rows, &columns);
    const double *probabilities = as_numbers(get(arguments, "probabilities"), &count);
    crm_input_doubts doubts = doubts_of(arguments, brands, &possible);
    uint32_t draws = (uint32_t)as_number(get(arguments, "draws"));
    uint64_t seed = (uint64_t)as_number(get(arguments, "seed"));
    if (!possible || rows != brands) {
        return inexpressible(answer);
    }
    crm_drawn_values *drawn;
    crm_status status = crm_switching_valuation_simulate(valuation, parameters, brands, &doubts,
                                                         draws, seed, &drawn);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    double mean, deviation, *quantiles = working_memory(count, sizeof *quantiles);
    status = crm_drawn_values_summary(drawn, weights, brands, probabilities, count, &mean,
                                      &deviation, quantiles);
    crm_drawn_values_free(drawn);
    if (status == CRM_STATUS_OK) {
        answer_summary(answer, mean, deviation, quantiles, count, "");
    }
    return status;
}

static crm_status bands_of(const struct value *arguments, struct answer *answer,
                           const crm_switching_valuation *valuation, size_t brands) {
    int possible = 1;
    size_t rows, columns, count, weight_count;
    const double *weights = as_numbers(get(arguments, "weights"), &weight_count);
    const double *parameters = as_table(get(arguments, "parameters"), &rows, &columns);
    const double *probabilities = as_numbers(get(arguments, "probabilities"), &count);
    crm_input_doubts doubts = doubts_of(arguments, brands, &possible);
    int64_t horizon = horizon_of(arguments);
    size_t periods = horizon < 0 ? 1 : (size_t)horizon + 1;
    double *mean = working_memory(periods, sizeof *mean);
    double *deviation = working_memory(periods, sizeof *deviation);
    double *quantiles = working_memory(periods * count, sizeof *quantiles);
    crm_status status = crm_switching_valuation_bands(
        valuation, parameters, weights, brands, &doubts, (uint32_t)as_number(get(arguments, "draws")),
        (uint64_t)as_number(get(arguments, "seed")), probabilities, count, periods, mean, deviation,
        quantiles);
    for (size_t t = 0; status == CRM_STATUS_OK && t < periods; t++) {
        char path[32];
        size_t length = 0;
        for (const char *text = ".periods["; *text; text++) {
            path[length++] = *text;
        }
        path[length++] = (char)('0' + t); /* the cases have less than ten periods */
        path[length++] = ']';
        path[length] = 0;
        answer_summary(answer, mean[t], deviation[t], quantiles + t * count, count, path);
    }
    return status;
}

typedef crm_status run(const struct value *, struct answer *, const crm_switching_valuation *, size_t);

static crm_status with_valuation(const struct value *arguments, struct answer *answer, run *run) {
    size_t brands;
    crm_switching_valuation *valuation;
    crm_status status = valuation_of(arguments, &brands, &valuation, answer);
    if (status == CRM_STATUS_OK) {
        status = run(arguments, answer, valuation, brands);
        crm_switching_valuation_free(valuation);
    }
    return status;
}

static crm_status switching_gradient(const struct value *arguments, struct answer *answer) {
    return with_valuation(arguments, answer, gradient_of);
}

static crm_status switching_standard_error(const struct value *arguments, struct answer *answer) {
    return with_valuation(arguments, answer, error_of);
}

static crm_status switching_levers(const struct value *arguments, struct answer *answer) {
    return with_valuation(arguments, answer, levers_of);
}

static crm_status switching_ranking(const struct value *arguments, struct answer *answer) {
    return with_valuation(arguments, answer, ranking_of);
}

static crm_status switching_simulation(const struct value *arguments, struct answer *answer) {
    return with_valuation(arguments, answer, simulation_of);
}

static crm_status switching_bands(const struct value *arguments, struct answer *answer) {
    return with_valuation(arguments, answer, bands_of);
}

const struct runner uncertainty_runners[] = {{"switching_gradient", switching_gradient},
                                             {"portfolio_gradient", switching_gradient},
                                             {"switching_standard_error", switching_standard_error},
                                             {"switching_levers", switching_levers},
                                             {"switching_ranking", switching_ranking},
                                             {"switching_simulation", switching_simulation},
                                             {"switching_bands", switching_bands},
                                             {NULL, NULL}};
