#include "vectors.h"

#include <stdio.h>
#include <string.h>

/* The number of the member of this name; the count if there is none. */
typedef const char *member_name(int member);

static const char *stage_name(int member) { return crm_stage_name((crm_stage)member); }
static const char *event_name(int member) { return crm_event_name((crm_event)member); }

static uint8_t code(const struct value *text, member_name *name) {
    int member = 0;
    while (name(member) && strcmp(name(member), as_text(text)) != 0) {
        member++;
    }
    return (uint8_t)member;
}

static const uint64_t *counts(const struct value *list, size_t *count) {
    const double *numbers = as_numbers(list, count);
    uint64_t *made = working_memory(*count, sizeof *made);
    for (size_t i = 0; i < *count; i++) {
        made[i] = (uint64_t)numbers[i];
    }
    return made;
}

static double confidence(const struct value *arguments) {
    return as_number(get(arguments, "confidence"));
}

/* ---- stages ---- */

static crm_status stages_after(const struct value *arguments, struct answer *answer) {
    const struct value *events = get(arguments, "events");
    crm_stage stage = CRM_STAGE_POTENTIAL;
    for (size_t i = 0; i < events->count; i++) {
        crm_event event = (crm_event)code(&events->items[i], event_name);
        crm_status status =
            i == 0 ? crm_stage_opened_by(event, &stage) : crm_stage_after(stage, event, &stage);
        if (status != CRM_STATUS_OK) {
            return status;
        }
        answer_text(answer, crm_stage_name(stage), "[%zu]", i);
    }
    return CRM_STATUS_OK;
}

/* ---- tenure ---- */

static void answer_churn(struct answer *answer, const crm_churn *churn, const char *path) {
    answer_number(answer, (double)churn->at_start, "%s.at_start", path);
    answer_number(answer, (double)churn->lost, "%s.lost", path);
    answer_number(answer, churn->rate, "%s.rate", path);
    answer_number(answer, churn->lower, "%s.lower", path);
    answer_number(answer, churn->upper, "%s.upper", path);
}

static crm_status churn_rate(const struct value *arguments, struct answer *answer) {
    crm_churn out;
    crm_status status = crm_churn_rate((uint64_t)as_number(get(arguments, "at_start")),
                                       (uint64_t)as_number(get(arguments, "lost")),
                                       confidence(arguments), &out);
    if (status == CRM_STATUS_OK) {
        answer_churn(answer, &out, "");
    }
    return status;
}

static crm_status churn_rates(const struct value *arguments, struct answer *answer) {
    size_t cohorts, others;
    const uint64_t *at_start = counts(get(arguments, "at_start"), &cohorts);
    const uint64_t *lost = counts(get(arguments, "lost"), &others);
    crm_churn *out = working_memory(cohorts, sizeof *out), pooled;
    if (others != cohorts) {
        return inexpressible(answer);
    }
    crm_status status = crm_churn_rates(at_start, lost, cohorts, confidence(arguments), out, &pooled);
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i < cohorts; i++) {
            char path[32];
            snprintf(path, sizeof path, ".cohorts[%zu]", i);
            answer_churn(answer, &out[i], path);
        }
        answer_churn(answer, &pooled, ".pooled");
    }
    return status;
}

static crm_status tenure(const struct value *arguments, struct answer *answer,
                         crm_kaplan_meier **made) {
    size_t rows, flags, entries = 0;
    const double *durations = as_numbers(get(arguments, "durations"), &rows);
    const double *observed = as_numbers(get(arguments, "observed"), &flags);
    const struct value *late = find(arguments, "entry");
    const double *entry = late ? as_numbers(late, &entries) : NULL;
    uint8_t *bytes = working_memory(flags, 1);
    for (size_t i = 0; i < flags; i++) {
        bytes[i] = observed[i] != 0;
    }
    *made = NULL;
    if (flags != rows || (late && entries != rows)) {
        return inexpressible(answer);
    }
    return crm_kaplan_meier_new(durations, bytes, entry, rows, confidence(arguments), made);
}

static crm_status kaplan_meier(const struct value *arguments, struct answer *answer) {
    crm_kaplan_meier *made;
    size_t rows = 0;
    double median, lower, upper;
    crm_status status = tenure(arguments, answer, &made);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    status = crm_kaplan_meier_rows(made, &rows);
    crm_survival_row *table = working_memory(rows, sizeof *table);
    if (status == CRM_STATUS_OK && (status = crm_kaplan_meier_table(made, rows, table)) == CRM_STATUS_OK &&
        (status = crm_kaplan_meier_median(made, &median)) == CRM_STATUS_OK &&
        (status = crm_kaplan_meier_median_interval(made, &lower, &upper)) == CRM_STATUS_OK) {
        for (size_t i = 0; i < rows; i++) {
            answer_number(answer, table[i].time, ".time[%zu]", i);
            answer_number(answer, (double)table[i].at_risk, ".at_risk[%zu]", i);
            answer_number(answer, (double)table[i].lost, ".lost[%zu]", i);
            answer_number(answer, (double)table[i].censored, ".censored[%zu]", i);
            answer_number(answer, table[i].survival, ".survival[%zu]", i);
            answer_number(answer, table[i].variance, ".variance[%zu]", i);
            answer_number(answer, table[i].lower, ".lower[%zu]", i);
            answer_number(answer, table[i].upper, ".upper[%zu]", i);
        }
        answer_number(answer, median, ".median");
        answer_number(answer, lower, ".median_interval[0]");
        answer_number(answer, upper, ".median_interval[1]");
    }
    crm_kaplan_meier_free(made);
    return status;
}

static crm_status restricted_mean(const struct value *arguments, struct answer *answer) {
    crm_kaplan_meier *made;
    crm_restricted_mean out;
    crm_status status = tenure(arguments, answer, &made);
    if (status == CRM_STATUS_OK) {
        status = crm_kaplan_meier_restricted_mean(made, as_number(get(arguments, "horizon")), &out);
    }
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out.mean, ".mean");
        answer_number(answer, out.standard_error, ".standard_error");
        answer_number(answer, out.horizon, ".horizon");
    }
    crm_kaplan_meier_free(made);
    return status;
}

/* ---- economics ---- */

struct stage_rows {
    const uint8_t *stage;
    const double *input, *output, *share;
    size_t count;
};

static struct stage_rows stage_rows(const struct value *arguments) {
    struct stage_rows rows;
    const struct value *stages = get(arguments, "stage");
    uint8_t *codes = working_memory(stages->count, 1);
    for (size_t i = 0; i < stages->count; i++) {
        codes[i] = code(&stages->items[i], stage_name);
    }
    rows.stage = codes;
    rows.input = as_numbers(get(arguments, "input"), &rows.count);
    rows.output = as_numbers(get(arguments, "output"), &rows.count);
    rows.share = as_numbers(get(arguments, "share"), &rows.count);
    return rows;
}

static void answer_totals(struct answer *answer, const crm_stage_totals *totals, const char *path) {
    for (int i = 0; i < 7; i++) {
        answer_text(answer, stage_name(i), "%s[%d].stage", path, i);
        answer_number(answer, (double)totals[i].customers, "%s[%d].customers", path, i);
        answer_number(answer, totals[i].input, "%s[%d].input", path, i);
        answer_number(answer, totals[i].output, "%s[%d].output", path, i);
        answer_number(answer, totals[i].ratio, "%s[%d].ratio", path, i);
        answer_number(answer, totals[i].share_of_customer, "%s[%d].share_of_customer", path, i);
    }
}

static crm_status stage_economics(const struct value *arguments, struct answer *answer) {
    struct stage_rows rows = stage_rows(arguments);
    crm_stage_totals out[7];
    crm_status status =
        crm_stage_economics(rows.stage, rows.input, rows.output, rows.share, rows.count, out);
    if (status == CRM_STATUS_OK) {
        answer_totals(answer, out, "");
    }
    return status;
}

static crm_status stage_curve(const struct value *arguments, struct answer *answer) {
    struct stage_rows rows = stage_rows(arguments);
    size_t points = 0;
    const uint64_t *periods = counts(get(arguments, "period"), &points);
    uint32_t *period = working_memory(points, sizeof *period);
    for (size_t i = 0; i < points; i++) {
        period[i] = (uint32_t)periods[i];
    }
    crm_stage_curve *curve = NULL;
    crm_status status = crm_stage_curve_new(period, rows.stage, rows.input, rows.output, rows.share,
                                            rows.count, &curve);
    if (status == CRM_STATUS_OK) {
        status = crm_stage_curve_points(curve, &points);
    }
    crm_stage_totals *totals = working_memory(7 * points, sizeof *totals);
    if (status == CRM_STATUS_OK &&
        (status = crm_stage_curve_table(curve, points, period, totals)) == CRM_STATUS_OK) {
        for (size_t i = 0; i < points; i++) {
            char path[32];
            snprintf(path, sizeof path, "[%zu].stages", i);
            answer_number(answer, period[i], "[%zu].period", i);
            answer_totals(answer, totals + 7 * i, path);
        }
    }
    crm_stage_curve_free(curve);
    return status;
}

/* ---- inference ---- */

/* What customers bought, and how it is looked at. */
struct activity {
    size_t customers, rows, observed;
    size_t *offsets;
    uint32_t *periods, *purchases;
    double *spend;
    crm_rule_options options;
};

static struct activity as_activity(const struct value *arguments) {
    struct activity made = {0};
    const double *spend = as_table(get(arguments, "spend"), &made.customers, &made.observed);
    size_t room = made.customers * made.observed;
    made.offsets = working_memory(made.customers + 1, sizeof *made.offsets);
    made.periods = working_memory(room, sizeof *made.periods);
    made.purchases = working_memory(room, sizeof *made.purchases);
    made.spend = working_memory(room, sizeof *made.spend);
    for (size_t i = 0; i < made.customers; i++) {
        for (size_t t = 0; t < made.observed; t++) {
            if (spend[i * made.observed + t] != 0) {
                made.periods[made.rows] = (uint32_t)t;
                made.purchases[made.rows] = 1;
                made.spend[made.rows++] = spend[i * made.observed + t];
            }
        }
        made.offsets[i + 1] = made.rows;
    }
    crm_rule_options_default(&made.options);
    const struct value *given = find(arguments, "options");
    if (given) {
        made.options.termination = as_number(get(given, "termination"));
    }
    return made;
}

static crm_status infer(const struct value *arguments, size_t *customers,
                        crm_stage_inference **made) {
    struct activity of = as_activity(arguments);
    *customers = of.customers;
    *made = NULL;
    return crm_stage_inference_new(of.offsets, of.customers, of.periods, of.purchases, of.spend, NULL,
                                   NULL, of.rows, (uint32_t)of.observed, NULL, &of.options, made);
}

static void answer_stages(struct answer *answer, const uint8_t *stages, size_t customers) {
    for (size_t i = 0; i < customers; i++) {
        answer_text(answer, stage_name(stages[i]), "[%zu]", i);
    }
}

static crm_status current_stages(const struct value *arguments, struct answer *answer) {
    struct activity of = as_activity(arguments);
    uint8_t *stages = working_memory(of.customers, 1), *rules = working_memory(of.customers, 1);
    double *clear = working_memory(of.customers, sizeof *clear);
    crm_status status = crm_current_stages(of.offsets, of.customers, of.periods, of.purchases, of.spend,
                                           NULL, NULL, of.rows, (uint32_t)of.observed, NULL,
                                           &of.options, stages, clear, rules);
    if (status == CRM_STATUS_OK) {
        answer_stages(answer, stages, of.customers);
    }
    return status;
}

static crm_status infer_stages(const struct value *arguments, struct answer *answer) {
    size_t customers;
    crm_stage_inference *made;
    crm_status status = infer(arguments, &customers, &made);
    uint8_t *stages = working_memory(customers, 1);
    double *clear = working_memory(customers, sizeof *clear);
    if (status == CRM_STATUS_OK &&
        (status = crm_stage_inference_stages(made, customers, stages, clear)) == CRM_STATUS_OK) {
        answer_stages(answer, stages, customers);
    }
    crm_stage_inference_free(made);
    return status;
}

static crm_status customer_rhythm(const struct value *arguments, struct answer *answer) {
    size_t customers;
    crm_stage_inference *made;
    crm_rhythm population;
    crm_status status = infer(arguments, &customers, &made);
    crm_stage_evidence *evidence = working_memory(customers, sizeof *evidence);
    if (status == CRM_STATUS_OK &&
        (status = crm_stage_inference_population(made, &population)) == CRM_STATUS_OK &&
        (status = crm_stage_inference_evidence(made, customers, evidence)) == CRM_STATUS_OK) {
        answer_number(answer, population.interpurchase_time, ".population.interpurchase_time");
        answer_number(answer, population.weight, ".population.weight");
        answer_number(answer, (double)population.repeat_buyers, ".population.repeat_buyers");
        for (size_t i = 0; i < customers; i++) {
            answer_number(answer, evidence[i].interpurchase_time, ".interpurchase_time[%zu]", i);
            answer_number(answer, evidence[i].p_alive, ".p_alive[%zu]", i);
        }
    }
    crm_stage_inference_free(made);
    return status;
}

static crm_status stage_values(const struct value *arguments, struct answer *answer) {
    const struct value *profits = get(arguments, "profits"), *names = get(arguments, "stages");
    const struct value *periods = get(arguments, "periods");
    size_t entries, rows = names->count, given = rows;
    const double *starts = as_numbers(get(arguments, "offsets"), &entries);
    size_t *offsets = working_memory(entries, sizeof *offsets);
    uint8_t *stages = working_memory(rows, 1);
    double per_stage[7], brought[7], values[7];
    const double *of_rows = NULL;
    uint64_t counts[49];
    for (size_t i = 0; i < entries; i++) {
        offsets[i] = (size_t)starts[i];
    }
    for (size_t i = 0; i < rows; i++) {
        stages[i] = code(&names->items[i], stage_name);
    }
    if (profits->kind == VALUE_OBJECT) {
        for (int stage = 0; stage < 7; stage++) {
            per_stage[stage] = as_number(get(profits, stage_name(stage)));
        }
    } else {
        of_rows = as_numbers(profits, &given);
    }
    if (given != rows) {
        return inexpressible(answer);
    }
    crm_decimal rate = as_decimal(get(arguments, "discount_rate"));
    int64_t horizon =
        periods->kind == VALUE_NULL ? CRM_INFINITE_HORIZON : (int64_t)as_number(periods);
    crm_status status =
        crm_stage_values(offsets, entries - 1, stages, rows, of_rows, of_rows ? NULL : per_stage,
                         &rate, horizon, counts, brought, values);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    double again[7];
    status = crm_stage_transition_values(counts, brought, &rate, horizon, again);
    for (int i = 0; i < 7 && status == CRM_STATUS_OK; i++) {
        answer_number(answer, brought[i], ".profits[%d]", i);
        answer_number(answer, again[i], ".values[%d]", i);
        if (memcmp(&values[i], &again[i], sizeof *values) != 0) {
            answer_text(answer, "not what the counted moves give", ".values[%d]", i);
        }
        for (int j = 0; j < 7; j++) {
            answer_number(answer, (double)counts[7 * i + j], ".counts[%d][%d]", i, j);
        }
    }
    return status;
}

const struct runner lifecycle_runners[] = {
    {"stage_values", stage_values},
    {"stages_after", stages_after},       {"churn_rate", churn_rate},
    {"churn_rates", churn_rates},         {"kaplan_meier", kaplan_meier},
    {"restricted_mean", restricted_mean}, {"stage_economics", stage_economics},
    {"stage_curve", stage_curve},         {"infer_stages", infer_stages},
    {"customer_rhythm", customer_rhythm}, {"current_stages", current_stages},
    {NULL, NULL},
};
