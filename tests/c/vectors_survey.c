/* Runners of tests/vectors/survey.json. */
#include "vectors.h"

#include <stdio.h>
#include <string.h>

static size_t *as_codes(const struct value *list, size_t *count) {
    const double *numbers = as_numbers(list, count);
    size_t *codes = working_memory(*count, sizeof *codes);
    for (size_t i = 0; i < *count; i++) {
        codes[i] = (size_t)numbers[i];
    }
    return codes;
}

static uint64_t *as_counts(const struct value *list, size_t *count) {
    const double *numbers = as_numbers(list, count);
    uint64_t *counts = working_memory(*count, sizeof *counts);
    for (size_t i = 0; i < *count; i++) {
        counts[i] = (uint64_t)numbers[i];
    }
    return counts;
}

static uint64_t population_of(const struct value *object) {
    const struct value *population = find(object, "population");
    return population ? (uint64_t)as_number(population) : 0;
}

static crm_status sample_of(const struct value *design, crm_survey_sample **sample) {
    const char *kind = as_text(get(design, "kind"));
    size_t rows, groups;
    if (strcmp(kind, "simple_random") == 0) {
        rows = (size_t)as_number(get(design, "rows"));
        return crm_survey_sample_simple_random_new(rows, population_of(design), sample);
    }
    if (strcmp(kind, "systematic") == 0) {
        rows = (size_t)as_number(get(design, "rows"));
        crm_systematic_variance variance = strcmp(as_text(get(design, "variance")), "simple_random") == 0
                                               ? CRM_SYSTEMATIC_VARIANCE_SIMPLE_RANDOM
                                               : CRM_SYSTEMATIC_VARIANCE_SUCCESSIVE_DIFFERENCES;
        return crm_survey_sample_systematic_new(rows, population_of(design), variance, sample);
    }
    if (strcmp(kind, "stratified") == 0) {
        size_t *stratum = as_codes(get(design, "stratum"), &rows);
        uint64_t *populations = as_counts(get(design, "populations"), &groups);
        return crm_survey_sample_stratified_new(stratum, rows, populations, groups, sample);
    }
    size_t *cluster = as_codes(get(design, "cluster"), &rows);
    if (strcmp(kind, "clusters") == 0) {
        uint64_t all = (uint64_t)as_number(get(design, "clusters_in_population"));
        return crm_survey_sample_clusters_new(cluster, rows, all, sample);
    }
    if (strcmp(kind, "two_stage") == 0) {
        uint64_t all = (uint64_t)as_number(get(design, "clusters_in_population"));
        uint64_t *sizes = as_counts(get(design, "cluster_sizes"), &groups);
        return crm_survey_sample_two_stage_new(cluster, rows, sizes, groups, all, sample);
    }
    if (strcmp(kind, "proportional_to_size") == 0) {
        const double *probabilities = as_numbers(get(design, "probabilities"), &groups);
        const struct value *given = find(design, "cluster_sizes");
        uint64_t *sizes = given ? as_counts(given, &groups) : NULL;
        return crm_survey_sample_proportional_to_size_new(cluster, rows, probabilities, sizes, groups, sample);
    }
    const double *weights = as_numbers(get(design, "weights"), &rows);
    size_t *stratum = as_codes(get(design, "stratum"), &rows);
    return crm_survey_sample_weighted_new(weights, stratum, cluster, rows, sample);
}

static void answer_estimate(struct answer *answer, const crm_survey_estimate *found, const char *path) {
    answer_number(answer, found->value, "%s.value", path);
    answer_number(answer, found->standard_error, "%s.standard_error", path);
    answer_number(answer, found->lower, "%s.lower", path);
    answer_number(answer, found->upper, "%s.upper", path);
    answer_number(answer, found->design_effect, "%s.design_effect", path);
    answer_number(answer, (double)found->degrees, "%s.degrees", path);
    answer_number(answer, (double)found->rows, "%s.rows", path);
}

static crm_status survey_estimate(const struct value *arguments, struct answer *answer) {
    crm_survey_sample *sample;
    crm_status status = sample_of(get(arguments, "design"), &sample);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    const char *estimator = as_text(get(arguments, "estimator"));
    const struct value *given = get(arguments, "values");
    const struct value *inside = find(arguments, "domain");
    double confidence = as_number(get(arguments, "confidence"));
    size_t rows;
    uint8_t *domain = inside ? as_flags(inside, &rows) : NULL;
    crm_survey_estimate out;
    if (strcmp(estimator, "proportion") == 0) {
        uint8_t *flags = as_flags(given, &rows);
        status = crm_survey_sample_proportion(sample, flags, domain, rows, confidence, &out);
    } else {
        const double *values = as_numbers(given, &rows);
        if (strcmp(estimator, "mean") == 0) {
            status = crm_survey_sample_mean(sample, values, domain, rows, confidence, &out);
        } else if (strcmp(estimator, "total") == 0) {
            status = crm_survey_sample_total(sample, values, domain, rows, confidence, &out);
        } else {
            const double *denominator = as_numbers(get(arguments, "denominator"), &rows);
            status = crm_survey_sample_ratio(sample, values, denominator, domain, rows, confidence, &out);
        }
    }
    crm_survey_sample_free(sample);
    if (status == CRM_STATUS_OK) {
        answer_estimate(answer, &out, "");
    }
    return status;
}

static crm_status survey_domain_means(const struct value *arguments, struct answer *answer) {
    size_t rows, count = 0;
    const double *values = as_numbers(get(arguments, "values"), &rows);
    const size_t *domains = as_codes(get(arguments, "domains"), &rows);
    for (size_t row = 0; row < rows; row++) {
        count = domains[row] < count ? count : domains[row] + 1;
    }
    crm_survey_sample *sample;
    crm_survey_estimate *out = working_memory(count, sizeof *out);
    crm_status status = sample_of(get(arguments, "design"), &sample);
    if (status == CRM_STATUS_OK) {
        status = crm_survey_sample_domain_means(sample, values, domains, rows, count,
                                                as_number(get(arguments, "confidence")), out);
        crm_survey_sample_free(sample);
    }
    for (size_t k = 0; status == CRM_STATUS_OK && k < count; k++) {
        char path[24];
        snprintf(path, sizeof path, "[%zu]", k);
        answer_estimate(answer, &out[k], path);
    }
    return status;
}

static crm_status survey_allocate(const struct value *arguments, struct answer *answer) {
    size_t count, others;
    uint64_t *populations = as_counts(get(arguments, "populations"), &count);
    const double *deviations = as_numbers(get(arguments, "deviations"), &others);
    const double *costs = as_numbers(get(arguments, "costs"), &others);
    crm_stratum *strata = working_memory(count, sizeof *strata);
    for (size_t h = 0; h < count; h++) {
        strata[h] = (crm_stratum){populations[h], deviations[h], costs[h]};
    }
    int kind = 0;
    while (strcmp(crm_allocation_name((crm_allocation)kind), as_text(get(arguments, "allocation"))) != 0) {
        kind++;
    }
    uint64_t *sizes = working_memory(count, sizeof *sizes);
    crm_status status = crm_allocate_sample(strata, count, (uint64_t)as_number(get(arguments, "size")),
                                            (uint64_t)as_number(get(arguments, "minimum")), (crm_allocation)kind, sizes);
    for (size_t h = 0; status == CRM_STATUS_OK && h < count; h++) {
        answer_number(answer, (double)sizes[h], "[%zu]", h);
    }
    return status;
}

static crm_survey_plan plan_of(const struct value *arguments) {
    crm_survey_plan plan = {as_number(get(arguments, "spread")),
                            as_number(get(arguments, "confidence")),
                            as_number(get(arguments, "response_rate")),
                            as_number(get(arguments, "design_effect")),
                            population_of(arguments),
                            strcmp(as_text(get(arguments, "target")), "proportion") == 0,
                            {0}};
    return plan;
}

static crm_status survey_size(const struct value *arguments, struct answer *answer) {
    crm_survey_plan plan = plan_of(arguments);
    size_t count;
    const double *subgroups = as_numbers(get(arguments, "subgroups"), &count);
    crm_required_size out;
    crm_status status = crm_survey_required_size(&plan, subgroups, count, as_number(get(arguments, "margin")), &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)out.answers, ".answers");
        answer_number(answer, (double)out.invitations, ".invitations");
    }
    return status;
}

static crm_status survey_margin(const struct value *arguments, struct answer *answer) {
    crm_survey_plan plan = plan_of(arguments);
    size_t count;
    const double *subgroups = as_numbers(get(arguments, "subgroups"), &count);
    uint64_t answers = (uint64_t)as_number(get(arguments, "answers"));
    double out;
    crm_status status = crm_survey_margin(&plan, subgroups, count, answers, &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    return status;
}

static crm_status survey_affordable(const struct value *arguments, struct answer *answer) {
    crm_survey_plan plan = plan_of(arguments);
    size_t count;
    const double *subgroups = as_numbers(get(arguments, "subgroups"), &count);
    crm_survey_cost cost = {as_number(get(arguments, "fixed")), as_number(get(arguments, "per_invitation")),
                            as_number(get(arguments, "per_answer"))};
    crm_affordable_size out;
    crm_status status =
        crm_survey_affordable_size(&plan, subgroups, count, as_number(get(arguments, "budget")), &cost, &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)out.invitations, ".invitations");
        answer_number(answer, (double)out.answers, ".answers");
        answer_number(answer, out.margin, ".margin");
    }
    return status;
}

static crm_status survey_nonresponse(const struct value *arguments, struct answer *answer) {
    size_t rows;
    const double *weights = as_numbers(get(arguments, "weights"), &rows);
    size_t *cells = as_codes(get(arguments, "cells"), &rows);
    uint8_t *answered = as_flags(get(arguments, "answered"), &rows);
    double *out = working_memory(rows, sizeof *out);
    size_t count = (size_t)as_number(get(arguments, "count"));
    crm_status status = crm_weights_for_nonresponse(weights, cells, answered, rows, count, out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, rows, "");
    }
    return status;
}

static crm_status survey_rake(const struct value *arguments, struct answer *answer) {
    const struct value *margins = get(arguments, "margins");
    size_t rows, given, all = 0;
    const double *weights = as_numbers(get(arguments, "weights"), &rows);
    size_t *categories = working_memory(margins->count * rows, sizeof *categories);
    size_t *counts = working_memory(margins->count, sizeof *counts);
    double *targets = working_memory(64, sizeof *targets);
    for (size_t m = 0; m < margins->count; m++) {
        size_t *codes = as_codes(get(&margins->items[m], "categories"), &given);
        const double *of = as_numbers(get(&margins->items[m], "targets"), &counts[m]);
        memcpy(categories + m * rows, codes, rows * sizeof *codes);
        memcpy(targets + all, of, counts[m] * sizeof *of);
        all += counts[m];
    }
    double *out = working_memory(rows, sizeof *out);
    crm_raking outcome;
    crm_status status =
        crm_weights_rake(weights, rows, categories, targets, counts, margins->count,
                         as_number(get(arguments, "tolerance")),
                         (uint32_t)as_number(get(arguments, "max_iterations")), out, &outcome);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, outcome.converged, ".converged");
        if (outcome.converged) {
            answer_numbers(answer, out, rows, ".weights");
        }
    }
    return status;
}

static crm_status survey_trim(const struct value *arguments, struct answer *answer) {
    size_t rows;
    const double *weights = as_numbers(get(arguments, "weights"), &rows);
    double *out = working_memory(rows, sizeof *out);
    crm_status status = crm_weights_trim(weights, rows, as_number(get(arguments, "smallest")),
                                         as_number(get(arguments, "largest")), out);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, out, rows, "");
    }
    return status;
}

static crm_status survey_weight_effect(const struct value *arguments, struct answer *answer) {
    size_t rows;
    const double *weights = as_numbers(get(arguments, "weights"), &rows);
    crm_weight_effect out;
    crm_status status = crm_weights_effect(weights, rows, &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out.effective_size, ".effective_size");
        answer_number(answer, out.design_effect, ".design_effect");
    }
    return status;
}

static crm_status survey_reliability(const struct value *arguments, struct answer *answer) {
    size_t count, rows;
    const double *items = as_table(get(arguments, "items"), &count, &rows);
    crm_scale_item *details = working_memory(count, sizeof *details);
    crm_reliability out;
    crm_status status =
        crm_scale_reliability(items, count, rows, as_number(get(arguments, "confidence")), &out, details);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    answer_number(answer, out.alpha, ".alpha");
    answer_number(answer, out.alpha_lower, ".alpha_lower");
    answer_number(answer, out.alpha_upper, ".alpha_upper");
    answer_number(answer, out.standardized_alpha, ".standardized_alpha");
    answer_number(answer, out.mean_correlation, ".mean_correlation");
    answer_number(answer, out.omega, ".omega");
    for (size_t i = 0; i < count; i++) {
        answer_number(answer, details[i].mean, ".items[%zu].mean", i);
        answer_number(answer, details[i].standard_deviation, ".items[%zu].standard_deviation", i);
        answer_number(answer, details[i].item_total, ".items[%zu].item_total", i);
        answer_number(answer, details[i].item_rest, ".items[%zu].item_rest", i);
        answer_number(answer, details[i].alpha_if_deleted, ".items[%zu].alpha_if_deleted", i);
        answer_number(answer, details[i].loading, ".items[%zu].loading", i);
    }
    return status;
}

static crm_status survey_reliability_intervals(const struct value *arguments, struct answer *answer) {
    size_t count, rows;
    const double *items = as_table(get(arguments, "items"), &count, &rows);
    crm_scale_item_intervals *details = working_memory(count, sizeof *details);
    crm_reliability_intervals out;
    crm_status status = crm_scale_reliability_intervals(
        items, count, rows, (uint32_t)as_number(get(arguments, "replicates")),
        as_number(get(arguments, "confidence")), (uint64_t)as_number(get(arguments, "seed")), &out, details);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    answer_interval(answer, out.alpha, ".alpha");
    answer_interval(answer, out.standardized_alpha, ".standardized_alpha");
    answer_interval(answer, out.mean_correlation, ".mean_correlation");
    answer_interval(answer, out.omega, ".omega");
    for (size_t i = 0; i < count; i++) {
        answer_interval(answer, details[i].mean, ".items[%zu].mean", i);
        answer_interval(answer, details[i].standard_deviation, ".items[%zu].standard_deviation", i);
        answer_interval(answer, details[i].item_total, ".items[%zu].item_total", i);
        answer_interval(answer, details[i].item_rest, ".items[%zu].item_rest", i);
        answer_interval(answer, details[i].alpha_if_deleted, ".items[%zu].alpha_if_deleted", i);
        answer_interval(answer, details[i].loading, ".items[%zu].loading", i);
    }
    return status;
}

const struct runner survey_runners[] = {
    {"survey_affordable", survey_affordable},
    {"survey_allocate", survey_allocate},
    {"survey_domain_means", survey_domain_means},
    {"survey_estimate", survey_estimate},
    {"survey_margin", survey_margin},
    {"survey_nonresponse", survey_nonresponse},
    {"survey_rake", survey_rake},
    {"survey_reliability", survey_reliability},
    {"survey_reliability_intervals", survey_reliability_intervals},
    {"survey_size", survey_size},
    {"survey_trim", survey_trim},
    {"survey_weight_effect", survey_weight_effect},
    {NULL, NULL},
};
