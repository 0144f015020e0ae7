/* Runners of tests/vectors/indicators.json. */
#include "vectors.h"

#include <math.h>
#include <string.h>

/* Columns of one length, one after the other; returns 0 if they are of different lengths. */
static int table(const struct value *list, const double **values, size_t *count, size_t *rows) {
    double *made = NULL;
    *count = list->count;
    *rows = 0;
    for (size_t j = 0; j < list->count; j++) {
        size_t length;
        const double *column = as_numbers(&list->items[j], &length);
        if (j > 0 && length != *rows) {
            return 0;
        }
        *rows = length;
        if (!made) {
            made = working_memory(*count * length + 1, sizeof *made);
        }
        for (size_t i = 0; i < length; i++) {
            made[j * length + i] = column[i];
        }
    }
    *values = made ? made : working_memory(1, sizeof *made);
    return 1;
}

static crm_status composite_index(const struct value *arguments, struct answer *answer) {
    const struct value *others = get(arguments, "others"), *given = get(arguments, "weights");
    const double *indicators, *scored, *weights = NULL;
    size_t count, rows, scored_count, scored_rows, flagged, weight_count = 0;
    const uint8_t *lower_is_better = as_flags(get(arguments, "lower_is_better"), &flagged);
    crm_normalisation normalisation = CRM_NORMALISATION_MIN_MAX;
    crm_weighting weighting = CRM_WEIGHTING_GIVEN;
    crm_composite_index *index = NULL;
    if (!table(get(arguments, "indicators"), &indicators, &count, &rows)) {
        return inexpressible(answer);
    }
    if (others->kind == VALUE_NULL) {
        scored = indicators, scored_count = count, scored_rows = rows;
    } else if (!table(others, &scored, &scored_count, &scored_rows)) {
        return inexpressible(answer);
    }
    if (given->kind != VALUE_NULL) {
        weights = as_numbers(given, &weight_count);
        if (weight_count != count) {
            return inexpressible(answer);
        }
    }
    while (strcmp(crm_normalisation_name(normalisation), as_text(get(arguments, "normalisation"))) != 0) {
        normalisation++;
    }
    while (strcmp(crm_weighting_name(weighting), as_text(get(arguments, "weighting"))) != 0) {
        weighting++;
    }
    crm_status status = crm_composite_index_new(indicators, count, rows, lower_is_better,
                                                normalisation, weighting, weights, &index);
    double *found = working_memory(count + 1, sizeof *found);
    double *scores = working_memory(scored_rows + 1, sizeof *scores);
    double *contributions = working_memory(scored_count * scored_rows + 1, sizeof *contributions);
    if (status == CRM_STATUS_OK) {
        status = crm_composite_index_weights(index, count, found);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_composite_index_score(index, scored, scored_count, scored_rows, scores, contributions);
    }
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, found, count, ".weights");
        answer_numbers(answer, scores, scored_rows, ".scores");
        for (size_t j = 0; j < scored_count; j++) {
            for (size_t i = 0; i < scored_rows; i++) {
                answer_number(answer, contributions[j * scored_rows + i], ".contributions[%zu][%zu]", j, i);
            }
        }
    }
    crm_composite_index_free(index);
    return status;
}

static crm_status transaction_indicators(const struct value *arguments, struct answer *answer) {
    size_t rows, customers = 0;
    const double *who = as_numbers(get(arguments, "customer"), &rows), *days = as_numbers(get(arguments, "day"), &rows);
    int64_t *ids = working_memory(rows, sizeof *ids);
    int32_t *dates = working_memory(rows, sizeof *dates);
    for (size_t i = 0; i < rows; i++) {
        ids[i] = (int64_t)who[i];
        dates[i] = (int32_t)days[i];
    }
    int has_costs = get(arguments, "cost")->kind != VALUE_NULL;
    crm_log log = {.rows = rows, .customers = ids, .days = dates};
    log.amounts = as_numbers(get(arguments, "amount"), &rows);
    log.costs = has_costs ? as_numbers(get(arguments, "cost"), &rows) : NULL;
    crm_ledger *ledger = NULL;
    crm_status status = crm_ledger_new(&log, 1, &ledger);
    if (status == CRM_STATUS_OK) {
        status = crm_ledger_customers(ledger, &customers);
    }
    crm_transaction_indicators *out = working_memory(customers + 1, sizeof *out);
    if (status == CRM_STATUS_OK) {
        status = crm_transaction_indicators_of(ledger, (int32_t)as_number(get(arguments, "observation_end")), customers,
                                               out);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < customers; i++) {
        answer_number(answer, out[i].order_count, ".order_count[%zu]", i);
        answer_number(answer, out[i].revenue, ".revenue[%zu]", i);
        if (has_costs) {
            answer_number(answer, out[i].profit, ".profit[%zu]", i);
            answer_number(answer, out[i].gross_margin, ".gross_margin[%zu]", i);
        }
        answer_number(answer, out[i].mean_order, ".mean_order[%zu]", i);
        answer_number(answer, out[i].largest_order, ".largest_order[%zu]", i);
        answer_number(answer, out[i].return_count, ".return_count[%zu]", i);
        answer_number(answer, out[i].return_amount, ".return_amount[%zu]", i);
        answer_number(answer, out[i].tenure, ".tenure[%zu]", i);
        answer_number(answer, out[i].interpurchase_time, ".interpurchase_time[%zu]", i);
    }
    crm_ledger_free(ledger);
    return status;
}

static const uint32_t *numbers_of(const struct value *list, size_t *count) {
    const double *numbers = as_numbers(list, count);
    uint32_t *made = working_memory(*count + 1, sizeof *made);
    for (size_t i = 0; i < *count; i++) {
        made[i] = (uint32_t)numbers[i];
    }
    return made;
}

static crm_status financial_indicators(const struct value *arguments, struct answer *answer) {
    size_t invoices, customers = (size_t)as_number(get(arguments, "customers"));
    const uint32_t *customer = numbers_of(get(arguments, "customer"), &invoices);
    const double *amount = as_numbers(get(arguments, "amount"), &invoices);
    const double *issued = as_numbers(get(arguments, "issued"), &invoices);
    const double *due = as_numbers(get(arguments, "due"), &invoices);
    const double *paid = as_numbers(get(arguments, "paid"), &invoices);
    crm_financial_indicators *out = working_memory(customers, sizeof *out);
    crm_status status = crm_financial_indicators_of(customer, amount, issued, due, paid, invoices,
                                                    as_number(get(arguments, "as_of")), customers, out);
    for (size_t i = 0; status == CRM_STATUS_OK && i < customers; i++) {
        answer_number(answer, out[i].largest_payment, ".largest_payment[%zu]", i);
        answer_number(answer, out[i].mean_payment, ".mean_payment[%zu]", i);
        answer_number(answer, out[i].collection_period, ".collection_period[%zu]", i);
        answer_number(answer, out[i].mean_arrears, ".mean_arrears[%zu]", i);
        answer_number(answer, out[i].arrears_rate, ".arrears_rate[%zu]", i);
    }
    return status;
}

static crm_status contact_indicators(const struct value *arguments, struct answer *answer) {
    size_t contacts, kinds, customers = (size_t)as_number(get(arguments, "customers"));
    const uint32_t *customer = numbers_of(get(arguments, "customer"), &contacts);
    const char *const *names = as_texts(get(arguments, "kind"), &kinds);
    uint8_t *kind = working_memory(kinds, 1);
    for (size_t i = 0; i < kinds; i++) {
        while (strcmp(crm_contact_kind_name((crm_contact_kind)kind[i]), names[i]) != 0) {
            kind[i]++;
        }
    }
    crm_contact_indicators *out = working_memory(customers, sizeof *out);
    crm_status status = crm_contact_indicators_of(customer, kind, contacts, customers, out);
    for (size_t i = 0; status == CRM_STATUS_OK && i < customers; i++) {
        answer_number(answer, out[i].task_count, ".task_count[%zu]", i);
        answer_number(answer, out[i].process_count, ".process_count[%zu]", i);
        answer_number(answer, out[i].praise_count, ".praise_count[%zu]", i);
        answer_number(answer, out[i].praise_rate, ".praise_rate[%zu]", i);
        answer_number(answer, out[i].complaint_count, ".complaint_count[%zu]", i);
        answer_number(answer, out[i].complaint_rate, ".complaint_rate[%zu]", i);
        answer_number(answer, out[i].suggestion_count, ".suggestion_count[%zu]", i);
        answer_number(answer, out[i].suggestion_rate, ".suggestion_rate[%zu]", i);
    }
    return status;
}

static crm_status discipline_profile(const struct value *arguments, struct answer *answer) {
    size_t count, rated;
    const char *const *names = as_texts(get(arguments, "items"), &count);
    const double *ratings = as_numbers(get(arguments, "ratings"), &rated);
    uint8_t *items = working_memory(count + 1, 1);
    crm_discipline_profile found;
    for (size_t i = 0; i < count; i++) {
        while (strcmp(crm_value_discipline_name((crm_value_discipline)items[i]), names[i]) != 0) {
            items[i]++;
        }
    }
    crm_status status =
        crm_discipline_profile_of(items, ratings, count, as_number(get(arguments, "standard")), &found);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, found.scores, 3, ".scores");
        answer_number(answer, found.margin, ".margin");
        if (found.has_leading) {
            answer_text(answer, crm_value_discipline_name(found.leading), ".leading");
        } else {
            answer_number(answer, NAN, ".leading");
        }
        for (size_t i = 0; i < 3; i++) {
            answer_number(answer, found.keeps_up[i], ".keeps_up[%zu]", i);
        }
    }
    return status;
}

const struct runner indicators_runners[] = {
    {"composite_index", composite_index},
    {"transaction_indicators", transaction_indicators},
    {"financial_indicators", financial_indicators},
    {"contact_indicators", contact_indicators},
    {"discipline_profile", discipline_profile},
    {NULL, NULL},
};
