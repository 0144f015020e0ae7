/* Runners of tests/vectors/attributes.json. */
#include "vectors.h"

#include <string.h>

/* Attributes one after the other, as lists of answers. */
static const double *table_of(const struct value *arguments, size_t *count) {
    size_t rows;
    return as_table(get(arguments, "attributes"), count, &rows);
}

static double cut_of(const struct value *cut, const double *values, size_t count) {
    const char *kind = as_text(get(cut, "kind"));
    double place = 0;
    if (strcmp(kind, "mean") == 0) {
        crm_cut_mean(values, count, &place);
    } else if (strcmp(kind, "median") == 0) {
        crm_cut_median(values, count, &place);
    } else if (strcmp(kind, "at") == 0) {
        place = as_number(get(cut, "value"));
    } else {
        place = 0.5 * (as_number(get(cut, "low")) + as_number(get(cut, "high")));
    }
    return place;
}

static crm_status importance_satisfaction(const struct value *arguments, struct answer *answer) {
    size_t count, satisfactions;
    const double *importance = as_numbers(get(arguments, "importance"), &count);
    const double *satisfaction = as_numbers(get(arguments, "satisfaction"), &satisfactions);
    double x = cut_of(get(arguments, "importance_cut"), importance, count);
    double y = cut_of(get(arguments, "satisfaction_cut"), satisfaction, count);
    crm_quadrant *quadrants = working_memory(count, sizeof *quadrants);
    crm_status status = crm_importance_satisfaction(importance, satisfaction, count, x, y, quadrants);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, x, ".importance_cut");
        answer_number(answer, y, ".satisfaction_cut");
        for (size_t i = 0; i < count; i++) {
            answer_text(answer, crm_quadrant_name(quadrants[i]), ".quadrants[%zu]", i);
        }
    }
    return status;
}

/* The member of a category with this name: its number. */
#define MEMBER(category, text)                                                                     \
    do {                                                                                           \
        while (crm_##category##_name((crm_##category)number) &&                                    \
               strcmp(crm_##category##_name((crm_##category)number), (text)) != 0) {               \
            number++;                                                                              \
        }                                                                                          \
    } while (0)

static crm_status derive_importance(const struct value *arguments, struct answer *answer) {
    size_t count, rows;
    int number = 0;
    const double *attributes = table_of(arguments, &count);
    const double *overall = as_numbers(get(arguments, "overall"), &rows);
    MEMBER(derived_importance, as_text(get(arguments, "method")));
    double *values = working_memory(count, sizeof *values), r_squared;
    crm_status status = crm_derive_importance(attributes, count, overall, rows, (crm_derived_importance)number, values,
                                              &r_squared);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, values, count, ".values");
        answer_number(answer, r_squared, ".r_squared");
    }
    return status;
}

struct method {
    crm_regression_method kind;
    double number;
    size_t parts;
};

static struct method method_of(const struct value *given) {
    const char *kind = as_text(get(given, "kind"));
    struct method method = {CRM_REGRESSION_METHOD_LEAST_SQUARES, 0, 0};
    if (strcmp(kind, "ridge") == 0) {
        method.kind = CRM_REGRESSION_METHOD_RIDGE;
        method.number = as_number(get(given, "penalty"));
    } else if (strcmp(kind, "partial_least_squares") == 0) {
        method.kind = CRM_REGRESSION_METHOD_PARTIAL_LEAST_SQUARES;
        method.parts = (size_t)as_number(get(given, "components"));
    } else if (strcmp(kind, "principal_components") == 0) {
        const char *rule = as_text(get(given, "rule"));
        method.number = as_number(get(given, "number"));
        method.parts = (size_t)method.number;
        method.kind = strcmp(rule, "given") == 0   ? CRM_REGRESSION_METHOD_GIVEN_COMPONENTS
                      : strcmp(rule, "share") == 0 ? CRM_REGRESSION_METHOD_SHARE_OF_VARIANCE
                                                   : CRM_REGRESSION_METHOD_KAISER;
    }
    return method;
}

static crm_status attribute_regression(const struct value *arguments, struct answer *answer) {
    struct method method = method_of(get(arguments, "method"));
    size_t count, rows;
    const double *attributes = table_of(arguments, &count);
    const double *overall = as_numbers(get(arguments, "overall"), &rows);
    double *lists = working_memory(3 * count, sizeof *lists);
    crm_attribute_fit fit;
    crm_status status = crm_attribute_regression(attributes, count, overall, rows, method.kind, method.number,
                                                 method.parts, 0, &fit, lists, lists + count, lists + 2 * count);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, lists, count, ".coefficients");
        answer_numbers(answer, lists + count, count, ".standardized");
        answer_numbers(answer, lists + 2 * count, count, ".eigenvalues");
        answer_number(answer, fit.intercept, ".intercept");
        answer_number(answer, fit.r_squared, ".r_squared");
        answer_number(answer, fit.root_mean_square_error, ".root_mean_square_error");
        answer_number(answer, (double)fit.components, ".components");
    }
    return status;
}

static crm_status importance_intervals(const struct value *arguments, struct answer *answer) {
    size_t count, rows;
    int number = 0;
    const double *attributes = table_of(arguments, &count);
    const double *overall = as_numbers(get(arguments, "overall"), &rows);
    MEMBER(derived_importance, as_text(get(arguments, "method")));
    crm_bootstrap_interval *values = working_memory(count, sizeof *values), r_squared;
    crm_status status = crm_importance_intervals(
        attributes, count, overall, rows, (crm_derived_importance)number,
        (uint32_t)as_number(get(arguments, "replicates")), as_number(get(arguments, "confidence")),
        (uint64_t)as_number(get(arguments, "seed")), values, &r_squared);
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        answer_interval(answer, values[i], ".values[%zu]", i);
    }
    if (status == CRM_STATUS_OK) {
        answer_interval(answer, r_squared, ".r_squared");
    }
    return status;
}

static crm_status attribute_intervals(const struct value *arguments, struct answer *answer) {
    struct method method = method_of(get(arguments, "method"));
    size_t count, rows;
    const double *attributes = table_of(arguments, &count);
    const double *overall = as_numbers(get(arguments, "overall"), &rows);
    crm_bootstrap_interval *lists = working_memory(2 * count, sizeof *lists);
    crm_attribute_fit_intervals fit;
    crm_status status = crm_attribute_intervals(
        attributes, count, overall, rows, method.kind, method.number, method.parts,
        (uint32_t)as_number(get(arguments, "replicates")), as_number(get(arguments, "confidence")),
        (uint64_t)as_number(get(arguments, "seed")), &fit, lists, lists + count);
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        answer_interval(answer, lists[i], ".coefficients[%zu]", i);
        answer_interval(answer, lists[count + i], ".standardized[%zu]", i);
    }
    if (status == CRM_STATUS_OK) {
        answer_interval(answer, fit.intercept, ".intercept");
        answer_interval(answer, fit.r_squared, ".r_squared");
        answer_interval(answer, fit.root_mean_square_error, ".root_mean_square_error");
    }
    return status;
}

static crm_status index_weights(const struct value *arguments, struct answer *answer) {
    size_t count;
    int number = 0;
    const double *coefficients = as_numbers(get(arguments, "coefficients"), &count);
    MEMBER(positive_weights, as_text(get(arguments, "positive")));
    double *weights = working_memory(count, sizeof *weights);
    crm_status status = crm_index_weights(coefficients, count, (crm_positive_weights)number, weights);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, weights, count, "");
    }
    return status;
}

const struct runner attributes_runners[] = {
    {"attribute_intervals", attribute_intervals},
    {"attribute_regression", attribute_regression},
    {"derive_importance", derive_importance},
    {"importance_intervals", importance_intervals},
    {"importance_satisfaction", importance_satisfaction},
    {"index_weights", index_weights},
    {NULL, NULL},
};
