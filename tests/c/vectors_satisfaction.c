#include "estimates.h"
#include "vectors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Lists of the same length, one after the other; null is NaN. */
static const double *joined(const struct value *lists, size_t *count, size_t *rows) {
    double *made;
    *count = lists->count;
    *rows = lists->count ? lists->items[0].count : 0;
    made = working_memory(*count * *rows, sizeof *made);
    for (size_t i = 0; i < *count; i++) {
        for (size_t row = 0; row < *rows; row++) {
            made[i * *rows + row] = as_number(&lists->items[i].items[row]);
        }
    }
    return made;
}

static double member(const struct value *arguments, const char *name) {
    return as_number(get(arguments, name));
}

static void answer_summary(struct answer *answer, const crm_satisfaction_summary *found, const char *path) {
    char at[64];
    const char *const names[] = {"degree", "gap", "dissatisfied", "met", "exceeded"};
    const crm_mean_estimate *means[] = {&found->degree, &found->gap};
    const crm_rate_estimate *rates[] = {&found->dissatisfied, &found->met, &found->exceeded};
    answer_number(answer, (double)found->missing, "%s.missing", path);
    for (int i = 0; i < 5; i++) {
        snprintf(at, sizeof at, "%s.%s", path, names[i]);
        if (i < 2) {
            answer_mean(answer, means[i], at);
        } else {
            answer_rate(answer, rates[i - 2], at);
        }
    }
    if (found->verdict == CRM_NO_VERDICT) {
        answer_number(answer, NAN, "%s.verdict", path);
    } else {
        answer_text(answer, crm_satisfaction_verdict_name((crm_satisfaction_verdict)found->verdict), "%s.verdict", path);
    }
}

static crm_status satisfaction_by_facet(const struct value *arguments, struct answer *answer) {
    size_t attributes, rows, weights, names;
    const double *expected = joined(get(arguments, "expected"), &attributes, &rows);
    const double *perceived = joined(get(arguments, "perceived"), &attributes, &rows);
    const double *weight = as_numbers(get(arguments, "weights"), &weights);
    const char *const *facet = as_texts(get(arguments, "facets"), &names);
    if (names != attributes) {
        return inexpressible(answer);
    }
    crm_satisfaction_facet *facets = working_memory(attributes, sizeof *facets);
    for (size_t j = 0; j < attributes; j++) {
        int kind = 0;
        while (strcmp(crm_satisfaction_facet_name((crm_satisfaction_facet)kind), facet[j]) != 0) {
            kind++;
        }
        facets[j] = (crm_satisfaction_facet)kind;
    }
    crm_satisfaction_summary out[5];
    crm_status status = crm_satisfaction_by_facet(expected, perceived, facets, weight, attributes, rows,
                                                  member(arguments, "tolerance"), 0.95, out);
    for (int k = 0; status == CRM_STATUS_OK && k < 5; k++) {
        if (out[k].missing + out[k].degree.count > 0) {
            char path[24];
            snprintf(path, sizeof path, ".%s", crm_satisfaction_facet_name((crm_satisfaction_facet)k));
            answer_summary(answer, &out[k], path);
        }
    }
    return status;
}

static crm_status satisfaction_summary(const struct value *arguments, struct answer *answer) {
    size_t attributes, rows, weights;
    const double *expected = joined(get(arguments, "expected"), &attributes, &rows);
    const double *perceived = joined(get(arguments, "perceived"), &attributes, &rows);
    const double *weight = as_numbers(get(arguments, "weights"), &weights);
    crm_satisfaction_summary out;
    crm_status status = crm_satisfaction(expected, perceived, weight, attributes, rows,
                                         member(arguments, "tolerance"), 0.95, &out);
    if (status == CRM_STATUS_OK) {
        answer_summary(answer, &out, "");
    }
    return status;
}

static crm_status weighted_degrees(const struct value *arguments, struct answer *answer) {
    size_t attributes, rows, weights;
    const double *expected = joined(get(arguments, "expected"), &attributes, &rows);
    const double *perceived = joined(get(arguments, "perceived"), &attributes, &rows);
    const double *weight = as_numbers(get(arguments, "weights"), &weights);
    double *out = working_memory(rows, sizeof *out);
    crm_status status = crm_weighted_degrees(expected, perceived, weight, attributes, rows, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, rows, "");
    }
    return status;
}

static crm_status behavioural_rate(const struct value *arguments, struct answer *answer) {
    const char *name = as_text(get(arguments, "measure"));
    crm_behavioural_measure measure = CRM_BEHAVIOURAL_MEASURE_FAVOURABILITY;
    while (strcmp(crm_behavioural_measure_name(measure), name) != 0) {
        measure = (crm_behavioural_measure)(measure + 1);
    }
    crm_rate_estimate out;
    crm_status status = crm_behavioural_rate(measure, (uint64_t)member(arguments, "count"),
                                             (uint64_t)member(arguments, "base"), 0.95, &out);
    if (status == CRM_STATUS_OK) {
        answer_rate(answer, &out, "");
    }
    return status;
}

static crm_status purchase_amount(const struct value *arguments, struct answer *answer) {
    size_t purchases;
    const double *amounts = as_numbers(get(arguments, "amounts"), &purchases);
    crm_mean_estimate out;
    crm_status status = crm_purchase_amount(amounts, purchases, 0.95, &out);
    if (status == CRM_STATUS_OK) {
        answer_mean(answer, &out, "");
    }
    return status;
}

static crm_status price_sensitivity(const struct value *arguments, struct answer *answer) {
    static const char *const names[] = {"too_cheap", "cheap", "expensive", "too_expensive"};
    const double *answers[4];
    size_t rows = 0, count = 0;
    for (size_t i = 0; i < 4; i++) {
        answers[i] = as_numbers(get(arguments, names[i]), &rows);
    }
    int keep = strcmp(as_text(get(arguments, "inconsistent")), "keep") == 0;
    int narrower = strcmp(as_text(get(arguments, "price_range")), "narrower") == 0;
    crm_price_sensitivity *made = NULL;
    crm_price_points points;
    crm_status status = crm_price_sensitivity_new(
        answers[0], answers[1], answers[2], answers[3], rows,
        keep ? CRM_INCONSISTENT_PRICES_KEEP : CRM_INCONSISTENT_PRICES_EXCLUDE,
        narrower ? CRM_PRICE_RANGE_NARROWER : CRM_PRICE_RANGE_ORIGINAL, &made);
    if (status == CRM_STATUS_OK) {
        status = crm_price_sensitivity_points(made, &points);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_price_sensitivity_price_count(made, &count);
    }
    if (status == CRM_STATUS_OK) {
        double *curves = working_memory(5 * count, sizeof *curves);
        answer_number(answer, (double)points.respondents, ".respondents");
        answer_number(answer, (double)points.inconsistent, ".inconsistent");
        answer_number(answer, (double)points.missing, ".missing");
        answer_number(answer, points.marginal_cheapness, ".points.marginal_cheapness");
        answer_number(answer, points.marginal_expensiveness, ".points.marginal_expensiveness");
        answer_number(answer, points.indifference, ".points.indifference");
        answer_number(answer, points.optimal, ".points.optimal");
        status = crm_price_sensitivity_curves(made, count, curves, curves + count, curves + 2 * count,
                                              curves + 3 * count, curves + 4 * count);
        answer_numbers(answer, curves, count, ".prices");
        answer_numbers(answer, curves + count, count, ".too_cheap");
        answer_numbers(answer, curves + 2 * count, count, ".cheap");
        answer_numbers(answer, curves + 3 * count, count, ".expensive");
        answer_numbers(answer, curves + 4 * count, count, ".too_expensive");
    }
    crm_price_sensitivity_free(made);
    return status;
}

static crm_status delivered_value_effects(const struct value *arguments, struct answer *answer) {
    size_t count;
    const double *amounts = as_numbers(get(arguments, "amounts"), &count);
    const double *weights = as_numbers(get(arguments, "weights"), &count);
    crm_delivered_value_summary out;
    crm_status status = crm_delivered_value_effects(amounts, weights, &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out.benefits, ".benefits");
        answer_number(answer, out.costs, ".costs");
        answer_number(answer, out.net, ".net");
        answer_number(answer, out.ratio, ".ratio");
        for (size_t i = 0; i < 8; i++) {
            const crm_delivered_value_effect *effect = &out.effects[i];
            answer_text(answer, crm_delivered_value_item_name((crm_delivered_value_item)i),
                        ".effects[%zu].item", i);
            answer_number(answer, effect->contribution, ".effects[%zu].contribution", i);
            answer_number(answer, effect->net_derivative, ".effects[%zu].net_derivative", i);
            answer_number(answer, effect->ratio_derivative, ".effects[%zu].ratio_derivative", i);
            answer_number(answer, effect->ratio_elasticity, ".effects[%zu].ratio_elasticity", i);
        }
    }
    return status;
}

static crm_logistic_response response(const struct value *given) {
    crm_logistic_response made = {member(given, "ceiling"), member(given, "midpoint"),
                                  member(given, "steepness")};
    return made;
}

static crm_expectation_model model(const struct value *arguments) {
    crm_expectation_model made = {member(arguments, "market"),
                                  member(arguments, "perceived"),
                                  response(get(arguments, "purchase")),
                                  response(get(arguments, "repeat")),
                                  member(arguments, "lowest"),
                                  member(arguments, "highest")};
    return made;
}

static void answer_point(struct answer *answer, const crm_expectation_point *point,
                         const char *path) {
    answer_number(answer, point->expectation, "%s.expectation", path);
    answer_number(answer, point->degree, "%s.degree", path);
    answer_number(answer, point->buyers, "%s.buyers", path);
    answer_number(answer, point->repeat_rate, "%s.repeat_rate", path);
    answer_number(answer, point->repeat_sales, "%s.repeat_sales", path);
}

static crm_status expectation_optimum(const struct value *arguments, struct answer *answer) {
    crm_expectation_model own = model(arguments);
    crm_expectation_point point;
    int32_t interior;
    crm_status status = crm_expectation_optimum(&own, &point, &interior);
    if (status == CRM_STATUS_OK) {
        answer_point(answer, &point, ".point");
        answer_number(answer, interior, ".interior");
    }
    return status;
}

static crm_status expectation_curve(const struct value *arguments, struct answer *answer) {
    crm_expectation_model own = model(arguments);
    size_t points = (size_t)member(arguments, "points");
    crm_expectation_point *out = working_memory(points, sizeof *out);
    crm_status status = crm_expectation_curve(&own, points, out);
    for (size_t i = 0; status == CRM_STATUS_OK && i < points; i++) {
        char path[40];
        snprintf(path, sizeof path, "[%zu]", i);
        answer_point(answer, &out[i], path);
    }
    return status;
}

static void answer_effect(struct answer *answer, const crm_contrast_effect *effect,
                          const char *path, const char *name) {
    answer_number(answer, effect->estimate, "%s.%s.estimate", path, name);
    answer_number(answer, effect->standard_error, "%s.%s.standard_error", path, name);
    answer_number(answer, effect->t, "%s.%s.t", path, name);
    answer_number(answer, effect->p_value, "%s.%s.p_value", path, name);
    answer_number(answer, effect->lower, "%s.%s.lower", path, name);
    answer_number(answer, effect->upper, "%s.%s.upper", path, name);
}

static crm_status penalty_reward_contrast(const struct value *arguments, struct answer *answer) {
    size_t attributes, rows, others;
    const double *overall = as_numbers(get(arguments, "overall"), &others);
    const double *ratings = joined(get(arguments, "attributes"), &attributes, &rows);
    crm_contrast_rules rules = {member(arguments, "poor"), member(arguments, "good"),
                                member(arguments, "significance"), 0.95};
    crm_contrast_fit fit;
    crm_contrast_attribute *out = working_memory(attributes, sizeof *out);
    crm_status status =
        crm_penalty_reward_contrast(overall, ratings, attributes, rows, &rules, &fit, out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)fit.respondents, ".respondents");
        answer_number(answer, (double)fit.missing, ".missing");
        answer_number(answer, (double)fit.degrees_of_freedom, ".degrees_of_freedom");
        answer_effect(answer, &fit.intercept, "", "intercept");
        answer_number(answer, fit.r_squared, ".r_squared");
        answer_number(answer, fit.r_squared_lower, ".r_squared_lower");
        answer_number(answer, fit.r_squared_upper, ".r_squared_upper");
        answer_number(answer, fit.adjusted_r_squared, ".adjusted_r_squared");
        answer_number(answer, fit.residual_standard_error, ".residual_standard_error");
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < attributes; i++) {
        char path[40];
        snprintf(path, sizeof path, ".attributes[%zu]", i);
        answer_number(answer, (double)out[i].poor, "%s.poor", path);
        answer_number(answer, (double)out[i].good, "%s.good", path);
        answer_effect(answer, &out[i].penalty, path, "penalty");
        answer_effect(answer, &out[i].reward, path, "reward");
        answer_effect(answer, &out[i].asymmetry, path, "asymmetry");
        answer_text(answer, crm_satisfaction_factor_name(out[i].factor), "%s.factor", path);
    }
    return status;
}

const struct runner satisfaction_runners[] = {
    {"satisfaction_by_facet", satisfaction_by_facet},
    {"satisfaction_summary", satisfaction_summary},
    {"weighted_degrees", weighted_degrees},
    {"behavioural_rate", behavioural_rate},
    {"purchase_amount", purchase_amount},
    {"price_sensitivity", price_sensitivity},
    {"delivered_value_effects", delivered_value_effects},
    {"expectation_optimum", expectation_optimum},
    {"expectation_curve", expectation_curve},
    {"penalty_reward_contrast", penalty_reward_contrast},
    {NULL, NULL},
};
