/* Runners of tests/vectors/classification.json. */
#include "vectors.h"

#include <math.h>
#include <string.h>

static const double *optional_column(const struct value *value) {
    size_t count;
    return value->kind == VALUE_NULL ? NULL : as_numbers(value, &count);
}

static const double *clue(const struct value *clues, const char *name, size_t customers) {
    const struct value *found = find(clues, name);
    if (found) {
        return optional_column(found);
    }
    double *unknown = working_memory(customers, sizeof *unknown);
    for (size_t i = 0; i < customers; i++) {
        unknown[i] = NAN;
    }
    return unknown;
}

static void cut(const struct value *rule, crm_cut_method *method, double *number) {
    *method = CRM_CUT_METHOD_GIVEN;
    while (strcmp(crm_cut_method_name(*method), as_text(get(rule, "method"))) != 0) {
        (*method)++;
    }
    *number = as_number(get(rule, "number"));
}

/* A ledger whose period series has these purchases for 100: one period is one day. */
static crm_status series_of(const struct value *activity, crm_period_series **series) {
    size_t offset_count, entries;
    const double *offsets = as_numbers(get(activity, "offsets"), &offset_count);
    const double *periods = as_numbers(get(activity, "periods"), &entries);
    int64_t *customers = working_memory(entries, sizeof *customers);
    int32_t *days = working_memory(entries, sizeof *days);
    double *amounts = working_memory(entries, sizeof *amounts);
    for (size_t who = 0; who + 1 < offset_count; who++) {
        for (size_t i = (size_t)offsets[who]; i < (size_t)offsets[who + 1]; i++) {
            customers[i] = (int64_t)who;
            days[i] = (int32_t)periods[i];
            amounts[i] = 100;
        }
    }
    crm_log log = {.rows = entries, .customers = customers, .days = days, .amounts = amounts};
    crm_ledger *ledger = NULL;
    crm_period_series_options options;
    crm_status status = crm_ledger_new(&log, 1, &ledger);
    if (status == CRM_STATUS_OK) {
        status = crm_period_series_options_default(&options);
    }
    if (status == CRM_STATUS_OK) {
        options.period = CRM_PERIOD_DAYS;
        options.period_days = 1;
        status = crm_period_series_new(ledger, &options, series);
    }
    crm_ledger_free(ledger);
    return status;
}

static void answer_member(struct answer *answer, int32_t code, const char *name, const char *path, size_t row) {
    if (code < 0) {
        answer_number(answer, NAN, ".rows[%zu].%s", row, path);
    } else {
        answer_text(answer, name, ".rows[%zu].%s", row, path);
    }
}

static void answer_row(struct answer *answer, const crm_customer_verdict *found, size_t i) {
    int decided = found->loyalty_outcome == CRM_LOYALTY_OUTCOME_DECIDED;
    answer_member(answer, found->stage, crm_stage_name((crm_stage)found->stage), "stage", i);
    answer_member(answer, found->customer_type, crm_customer_type_name((crm_customer_type)found->customer_type), "type",
                  i);
    answer_member(answer, found->tier, crm_pyramid_tier_name((crm_pyramid_tier)found->tier), "tier", i);
    answer_member(answer, decided ? found->loyalty_best : -1,
                  crm_loyalty_category_name((crm_loyalty_category)found->loyalty_best), "loyalty", i);
    answer_member(answer, found->loyalty_outcome, crm_loyalty_outcome_name((crm_loyalty_outcome)found->loyalty_outcome),
                  "loyalty_outcome", i);
    answer_number(answer, found->type_margin, ".rows[%zu].type_margin", i);
    answer_number(answer, found->tier_margin, ".rows[%zu].tier_margin", i);
    answer_number(answer, found->loyalty_margin, ".rows[%zu].loyalty_margin", i);
    size_t place = 0;
    for (int32_t conflict = 0; conflict < 5; conflict++) {
        if (found->conflicts >> conflict & 1) {
            answer_text(answer, crm_conflict_name((crm_conflict)conflict), ".rows[%zu].conflicts[%zu]", i, place++);
        }
    }
}

static crm_status classify(const struct value *arguments, struct answer *answer) {
    size_t customers = (size_t)as_number(get(arguments, "customers"));
    const struct value *clues = get(arguments, "clues"), *activity = get(arguments, "activity");
    crm_loyalty_evidence evidence = {
        clue(clues, "attachment", customers),   clue(clues, "repeat_purchase", customers),
        clue(clues, "alternatives", customers), clue(clues, "switching_effort", customers),
        clue(clues, "convenience", customers),  clue(clues, "promotion_share", customers),
        clue(clues, "reward_share", customers), clue(clues, "constraint", customers),
        1};
    crm_customer_table table = {.customers = customers, .loyalty = &evidence};
    table.current = optional_column(get(arguments, "current"));
    table.potential = optional_column(get(arguments, "potential"));
    crm_period_series *series = NULL;
    crm_classification *found = NULL;
    crm_classification_rules rules;
    crm_status status = crm_classification_rules_default(&rules);
    if (status == CRM_STATUS_OK && activity->kind != VALUE_NULL) {
        status = series_of(activity, &series);
        table.series = series;
        const struct value *places = get(activity, "places");
        if (places->kind != VALUE_NULL) {
            size_t count;
            const double *numbers = as_numbers(places, &count);
            int64_t *made = working_memory(count, sizeof *made);
            for (size_t i = 0; i < count; i++) {
                made[i] = (int64_t)numbers[i];
            }
            table.places = made;
        }
    }
    cut(get(arguments, "current_cut"), &rules.current_method, &rules.current_number);
    cut(get(arguments, "potential_cut"), &rules.potential_method, &rules.potential_number);
    rules.tier_shares = optional_column(get(arguments, "tier_shares"));
    if (status == CRM_STATUS_OK) {
        status = crm_classification_new(&table, &rules, &found);
    }
    crm_classification *now = NULL;
    if (status == CRM_STATUS_OK) {
        status = crm_classification_now(&table, &rules, &now);
    }
    crm_customer_verdict *verdicts = working_memory(customers, sizeof *verdicts);
    crm_customer_verdict *same = working_memory(customers, sizeof *same);
    double tiers[3], current, potential;
    char text[4096];
    if (status == CRM_STATUS_OK) {
        status = crm_classification_verdicts(found, customers, verdicts);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_classification_verdicts(now, customers, same);
    }
    if (status == CRM_STATUS_OK && memcmp(same, verdicts, customers * sizeof *verdicts) != 0) {
        return CRM_STATUS_PANIC; /* no case expects it */
    }
    if (status == CRM_STATUS_OK) {
        status = crm_classification_borders(found, tiers, &current, &potential);
    }
    if (status == CRM_STATUS_OK) {
        answer_number(answer, current, ".current");
        answer_number(answer, potential, ".potential");
        if (isnan(tiers[0])) {
            answer_number(answer, NAN, ".tiers");
        } else {
            answer_numbers(answer, tiers, 3, ".tiers");
        }
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < customers; i++) {
        answer_row(answer, &verdicts[i], i);
        status = crm_classification_explain(found, &table, i, CRM_LANGUAGE_ZH, text, sizeof text);
    }
    crm_classification_free(found);
    crm_classification_free(now);
    crm_period_series_free(series);
    return status;
}

const struct runner classification_runners[] = {
    {"classify", classify},
    {NULL, NULL},
};
