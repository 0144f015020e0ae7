/* Runners of tests/vectors/pipeline.json. */
#include "vectors.h"

#include <stdlib.h>

static const char *kind_name(int32_t number) { return crm_field_kind_name((crm_field_kind)number); }
static const char *channel_name(int32_t number) { return crm_channel_name((crm_channel)number); }
static const char *outcome_name(int32_t number) { return crm_contact_outcome_name((crm_contact_outcome)number); }

/* 0 for what is not there. */
static double number_or_none(const struct value *object, const char *name) {
    const struct value *found = find(object, name);
    return found ? as_number(found) : 0;
}

static crm_status new_process(const struct value *arguments, crm_idic **idic) {
    const struct value *fields = get(arguments, "fields");
    crm_record_field *made = working_memory(fields->count, sizeof *made);
    for (size_t i = 0; i < fields->count; i++) {
        made[i].name = as_text(get(&fields->items[i], "name"));
        made[i].partner = i;
        made[i].kind = (crm_field_kind)as_member(get(&fields->items[i], "kind"), kind_name);
        made[i].term_frequency = 1;
        made[i].importance = number_or_none(&fields->items[i], "importance");
        made[i].half_life = number_or_none(&fields->items[i], "half_life");
    }
    return crm_idic_new(made, fields->count, 86, as_text(get(arguments, "options")), idic);
}

static crm_status identify(const struct value *arguments, size_t round, const crm_idic *idic) {
    const struct value *rows = get(arguments, "records");
    const size_t fields = get(arguments, "fields")->count;
    crm_idic_records records = {0};
    records.keys = as_texts(get(arguments, "keys"), &records.rows);
    const char **values = working_memory(records.rows * fields, sizeof *values);
    for (size_t i = 0; i < records.rows * fields; i++) {
        values[i] = as_text(&rows->items[i / fields].items[i % fields]);
    }
    records.values = values;
    if (find(arguments, "times")) {
        const struct value *times = get(arguments, "times");
        int64_t *made = working_memory(records.rows, sizeof *made);
        for (size_t i = 0; i < records.rows; i++) {
            made[i] = (int64_t)as_number(&times->items[i]);
        }
        records.times = made;
    }
    if (round > 0) {
        records.rows = 0;
    }
    return crm_idic_identify(idic, &records, NULL, NULL);
}

static crm_status differentiate(const struct value *arguments, const crm_idic *idic) {
    size_t rows;
    const double *current = as_numbers(get(arguments, "current"), &rows);
    const double *potential = as_numbers(get(arguments, "potential"), &rows);
    const char *const *keys = as_texts(get(arguments, "value_keys"), &rows);
    const crm_keyed_columns now = {keys, &current, 1, rows}, later = {keys, &potential, 1, rows};
    crm_idic_history history = {0};
    history.current = &now;
    history.potential = &later;
    history.end = CRM_NO_DAY;
    crm_keyed_texts choices = {0};
    if (find(arguments, "answers")) {
        const struct value *answers = get(arguments, "answers");
        choices.keys = as_texts(get(arguments, "answer_keys"), &choices.rows);
        choices.column_count = answers->items[0].count;
        const char **values = working_memory(choices.rows * choices.column_count, sizeof *values);
        for (size_t i = 0; i < choices.rows * choices.column_count; i++) {
            values[i] = as_text(&answers->items[i / choices.column_count].items[i % choices.column_count]);
        }
        choices.values = values;
        history.choices = &choices;
    }
    return crm_idic_differentiate(idic, &history, NULL, NULL);
}

static crm_status interact(const struct value *arguments, size_t round, const crm_idic *idic) {
    crm_idic_told told = {0};
    told.now = (int64_t)as_number(&get(arguments, "now")->items[round]);
    told.consent_keys = as_texts(get(arguments, "keys"), &told.consent_count);
    crm_consent_change *consents = working_memory(told.consent_count, sizeof *consents);
    for (size_t i = 0; i < told.consent_count; i++) {
        consents[i].channel = (crm_channel)as_member(get(arguments, "consent"), channel_name);
        consents[i].is_given = 1;
    }
    told.consents = consents;
    return crm_idic_interact(idic, &told, NULL, NULL);
}

static crm_status learn(const struct value *arguments, size_t round, const crm_idic *idic,
                        const crm_customer_plan *plans, size_t count) {
    const struct value *told = &get(arguments, "outcomes")->items[round];
    crm_decision_outcome *outcomes = working_memory(told->count, sizeof *outcomes);
    for (size_t i = 0; i < told->count; i++) {
        const struct value *contact = get(&told->items[i], "contact");
        uint64_t customer;
        crm_status status = crm_idic_customer_of(idic, as_text(get(&told->items[i], "key")), &customer);
        if (status != CRM_STATUS_OK) {
            return status;
        }
        for (size_t row = 0; row < count; row++) {
            if (plans[row].customer == customer) {
                outcomes[i].decision = plans[row].decision;
            }
        }
        outcomes[i].at = (int64_t)as_number(&get(arguments, "now")->items[round]);
        outcomes[i].reward = as_number(get(&told->items[i], "reward"));
        outcomes[i].contact = contact->kind == VALUE_NULL ? CRM_NO_CONTACT : as_member(contact, outcome_name);
    }
    return crm_idic_learn(idic, outcomes, told->count, NULL);
}

/* The process through its bytes. */
static crm_status again(crm_idic **idic) {
    size_t size = 0;
    crm_status status = crm_idic_save(*idic, NULL, 0, &size);
    uint8_t *bytes = working_memory(size, 1);
    if (status == CRM_STATUS_OK) {
        status = crm_idic_save(*idic, bytes, size, &size);
    }
    crm_idic_free(*idic);
    *idic = NULL;
    return status == CRM_STATUS_OK ? crm_idic_load(bytes, size, idic) : status;
}

static crm_status one_round(const struct value *arguments, size_t round, crm_idic **idic, struct answer *answer) {
    size_t count;
    crm_status status = identify(arguments, round, *idic);
    if (status == CRM_STATUS_OK) {
        status = differentiate(arguments, *idic);
    }
    if (status == CRM_STATUS_OK) {
        status = interact(arguments, round, *idic);
    }
    if (status == CRM_STATUS_OK) {
        status = again(idic);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_customize(*idic, NULL, NULL);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_customers(*idic, &count);
    }
    if (status != CRM_STATUS_OK) {
        return status;
    }
    crm_customer_plan *plans = working_memory(count, sizeof *plans);
    status = crm_idic_plans(*idic, count, plans);
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        answer_number(answer, (double)plans[i].customer, "[%zu].customer[%zu]", round, i);
        answer_number(answer, plans[i].current, "[%zu].current[%zu]", round, i);
        answer_number(answer, plans[i].customer_type, "[%zu].customer_type[%zu]", round, i);
        answer_number(answer, (double)plans[i].action, "[%zu].action[%zu]", round, i);
        answer_number(answer, plans[i].expected, "[%zu].expected[%zu]", round, i);
        answer_number(answer, plans[i].standard_error, "[%zu].standard_error[%zu]", round, i);
        answer_number(answer, plans[i].offer, "[%zu].offer[%zu]", round, i);
        answer_number(answer, plans[i].acceptance, "[%zu].acceptance[%zu]", round, i);
        answer_number(answer, plans[i].offer_value, "[%zu].offer_value[%zu]", round, i);
    }
    if (status == CRM_STATUS_OK) {
        status = learn(arguments, round, *idic, plans, count);
    }
    return status == CRM_STATUS_OK ? crm_idic_next_round(*idic) : status;
}

static crm_status idic_rounds(const struct value *arguments, struct answer *answer) {
    crm_idic *idic = NULL;
    crm_status status = new_process(arguments, &idic);
    for (size_t round = 0; status == CRM_STATUS_OK && round < get(arguments, "now")->count; round++) {
        status = one_round(arguments, round, &idic, answer);
    }
    crm_idic_free(idic);
    return status;
}

static crm_status groups_of(const crm_idic *idic, size_t questions, struct answer *answer) {
    size_t count = 0;
    crm_status status = crm_idic_needs_groups(idic, &count);
    uint64_t *sizes = working_memory(count, sizeof *sizes), *counts = working_memory(4 * count, sizeof *counts);
    double *profile = working_memory(count * questions, sizeof *profile);
    double *totals = working_memory(4 * count, sizeof *totals);
    if (status == CRM_STATUS_OK) {
        status = crm_idic_needs(idic, count, questions, sizes, profile);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_value_by_needs(idic, 4 * count, counts, totals);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        answer_number(answer, (double)sizes[i], ".sizes[%zu]", i);
        for (size_t j = 0; j < questions; j++) {
            answer_number(answer, profile[i * questions + j], ".profile[%zu][%zu]", i, j);
        }
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < 4 * count; i++) {
        answer_number(answer, (double)counts[i], ".counts[%zu]", i);
        answer_number(answer, totals[i], ".totals[%zu]", i);
    }
    return status;
}

static crm_status customers_of(const crm_idic *idic, const struct value *arguments, struct answer *answer) {
    const struct value *given = get(arguments, "pseudonym_key");
    size_t count = 0, fields = get(arguments, "fields")->count;
    uint8_t *key = working_memory(given->count, 1), *stale = working_memory(fields, 1);
    for (size_t i = 0; i < given->count; i++) {
        key[i] = (uint8_t)as_number(&given->items[i]);
    }
    crm_status status = crm_idic_customers(idic, &count);
    crm_customer_plan *plans = working_memory(count, sizeof *plans);
    char *pseudonyms = working_memory(count, CRM_PSEUDONYM_SIZE);
    if (status == CRM_STATUS_OK) {
        status = crm_idic_plans(idic, count, plans);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_pseudonyms(idic, key, given->count, count, pseudonyms);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        answer_number(answer, plans[i].needs, ".needs[%zu]", i);
        answer_number(answer, plans[i].freshness, ".freshness[%zu]", i);
        answer_text(answer, pseudonyms + i * CRM_PSEUDONYM_SIZE, ".pseudonyms[%zu]", i);
        status = crm_idic_stale_fields(idic, i, fields, stale);
        for (size_t j = 0; status == CRM_STATUS_OK && j < fields; j++) {
            answer_number(answer, stale[j], ".stale[%zu][%zu]", i, j);
        }
    }
    return status;
}

static crm_status idic_segments(const struct value *arguments, struct answer *answer) {
    crm_idic *idic = NULL;
    crm_status status = new_process(arguments, &idic);
    if (status == CRM_STATUS_OK) {
        status = identify(arguments, 0, idic);
    }
    if (status == CRM_STATUS_OK) {
        status = differentiate(arguments, idic);
    }
    if (status == CRM_STATUS_OK) {
        status = interact(arguments, 0, idic);
    }
    if (status == CRM_STATUS_OK) {
        status = again(&idic);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_idic_customize(idic, NULL, NULL);
    }
    if (status == CRM_STATUS_OK) {
        status = groups_of(idic, get(arguments, "answers")->items[0].count, answer);
    }
    if (status == CRM_STATUS_OK) {
        status = customers_of(idic, arguments, answer);
    }
    crm_idic_free(idic);
    return status;
}

static uint32_t *groups(const struct value *list) {
    uint32_t *made = working_memory(list->count, sizeof *made);
    for (size_t i = 0; i < list->count; i++) {
        made[i] = (uint32_t)as_number(&list->items[i]);
    }
    return made;
}

static crm_status cross_table(const struct value *arguments, struct answer *answer) {
    size_t customers, rows = (size_t)as_number(get(arguments, "rows"));
    size_t columns = (size_t)as_number(get(arguments, "columns")), cells = rows * columns;
    const double *measure = as_numbers(get(arguments, "measure"), &customers);
    uint64_t *counts = working_memory(cells, sizeof *counts);
    double *totals = working_memory(cells, sizeof *totals);
    crm_status status = crm_cross_table(groups(get(arguments, "first")), rows, groups(get(arguments, "second")),
                                        columns, measure, customers, counts, totals);
    for (size_t i = 0; status == CRM_STATUS_OK && i < cells; i++) {
        answer_number(answer, (double)counts[i], ".counts[%zu]", i);
        answer_number(answer, totals[i], ".totals[%zu]", i);
    }
    return status;
}

static crm_status uplift(const struct value *arguments, struct answer *answer) {
    size_t rows, steps;
    const double *score = as_numbers(get(arguments, "score"), &rows);
    const double *outcome = as_numbers(get(arguments, "outcome"), &rows);
    double *share = working_memory(rows + 1, sizeof *share), *gain = working_memory(rows + 1, sizeof *gain), qini;
    crm_status status = crm_uplift_curve(score, as_flags(get(arguments, "treated"), &rows), outcome, rows, share, gain,
                                         &steps, &qini);
    if (status == CRM_STATUS_OK) {
        answer_numbers(answer, share, steps, ".share");
        answer_numbers(answer, gain, steps, ".gain");
        answer_number(answer, qini, ".qini");
    }
    return status;
}

const struct runner pipeline_runners[] = {
    {"idic_rounds", idic_rounds},
    {"idic_segments", idic_segments},
    {"cross_table", cross_table},
    {"uplift_curve", uplift},
    {NULL, NULL},
};
