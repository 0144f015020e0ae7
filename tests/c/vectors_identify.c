/* Runners of tests/vectors/identify.json. */
#include "vectors.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef crm_status similarity(const char *a, const char *b, double *out);
typedef crm_status distance(const char *a, const char *b, size_t *out);

static crm_status measured(similarity *measure, const struct value *arguments, struct answer *answer) {
    double out;
    crm_status status = measure(as_text(get(arguments, "a")), as_text(get(arguments, "b")), &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    return status;
}

static crm_status counted(distance *measure, const struct value *arguments, struct answer *answer) {
    size_t out;
    crm_status status = measure(as_text(get(arguments, "a")), as_text(get(arguments, "b")), &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)out, "");
    }
    return status;
}

static crm_status jaro(const struct value *arguments, struct answer *answer) {
    return measured(crm_jaro, arguments, answer);
}

static crm_status jaro_winkler(const struct value *arguments, struct answer *answer) {
    return measured(crm_jaro_winkler, arguments, answer);
}

static crm_status token_set(const struct value *arguments, struct answer *answer) {
    return measured(crm_token_set, arguments, answer);
}

static crm_status levenshtein(const struct value *arguments, struct answer *answer) {
    return counted(crm_levenshtein, arguments, answer);
}

static crm_status osa(const struct value *arguments, struct answer *answer) {
    return counted(crm_osa, arguments, answer);
}

static crm_status damerau_levenshtein(const struct value *arguments, struct answer *answer) {
    return counted(crm_damerau_levenshtein, arguments, answer);
}

static crm_field_kind kind_of(const struct value *arguments) {
    const char *wanted = as_text(get(arguments, "kind"));
    crm_field_kind kind = CRM_FIELD_KIND_NAME;
    while (crm_field_kind_name(kind) && strcmp(crm_field_kind_name(kind), wanted) != 0) {
        kind++;
    }
    return kind;
}

static crm_status normalise(const struct value *arguments, struct answer *answer) {
    char text[256];
    crm_field_kind kind = kind_of(arguments);
    uint32_t code = (uint32_t)as_number(get(arguments, "calling_code"));
    crm_status status = crm_normalise(kind, as_text(get(arguments, "given")), code, text, sizeof text);
    if (status == CRM_STATUS_OK) {
        answer_text(answer, text, "");
    }
    return status;
}

static crm_status pinyin(const struct value *arguments, struct answer *answer) {
    char text[256];
    crm_status status = crm_pinyin(as_text(get(arguments, "given")), text, sizeof text);
    if (status == CRM_STATUS_OK) {
        answer_text(answer, text, "");
    }
    return status;
}

/* The bytes that hexadecimal digits say. */
static size_t bytes_of(const struct value *hex, uint8_t *bytes, size_t room) {
    const char *text = as_text(hex);
    size_t size = strlen(text) / 2;
    for (size_t i = 0; i < size && i < room; i++) {
        unsigned byte = 0;
        sscanf(text + 2 * i, "%2x", &byte);
        bytes[i] = (uint8_t)byte;
    }
    return size;
}

static crm_status hmac_sha256(const struct value *arguments, struct answer *answer) {
    uint8_t key[256], message[256], code[32];
    char text[65] = "";
    size_t key_size = bytes_of(get(arguments, "key"), key, sizeof key);
    size_t message_size = bytes_of(get(arguments, "message"), message, sizeof message);
    crm_status status = crm_hmac_sha256(key, key_size, message, message_size, code);
    if (status == CRM_STATUS_OK) {
        for (size_t i = 0; i < sizeof code; i++) {
            snprintf(text + 2 * i, 3, "%02x", code[i]);
        }
        answer_text(answer, text, "");
    }
    return status;
}

static crm_status pseudonym(const struct value *arguments, struct answer *answer) {
    uint8_t key[256];
    char text[65];
    size_t key_size = bytes_of(get(arguments, "key"), key, sizeof key);
    crm_status status = crm_pseudonym(key, key_size, kind_of(arguments), as_text(get(arguments, "given")),
                                      (uint32_t)as_number(get(arguments, "calling_code")), text, sizeof text);
    if (status == CRM_STATUS_OK) {
        answer_text(answer, text, "");
    }
    return status;
}

static crm_status freshness(const struct value *arguments, struct answer *answer) {
    double out;
    crm_status status = crm_freshness(as_number(get(arguments, "age")), as_number(get(arguments, "half_life")), &out);
    if (status == CRM_STATUS_OK) {
        answer_number(answer, out, "");
    }
    return status;
}

/* Customer 0 has a record of unknown origin that says 0; then each value is told by a source of its own. */
static crm_status profile(const struct value *arguments, struct answer *answer) {
    static const char *const records[] = {"0", "9"};
    const struct value *half_life = get(arguments, "half_life");
    const crm_record_field field = {.name = "value",
                                    .kind = CRM_FIELD_KIND_CODE,
                                    .term_frequency = 1,
                                    .half_life = half_life->kind == VALUE_NULL ? 0 : as_number(half_life)};
    size_t count;
    const char *const *values = as_texts(get(arguments, "values"), &count);
    const double *trust = as_numbers(get(arguments, "trust"), &count);
    const double *days = as_numbers(get(arguments, "days"), &count);
    crm_profile_store *store;
    crm_status status = crm_profile_store_new(&field, 1, records, 2, 86, 0.5, 1, &store);
    for (size_t i = 0; i < count && status == CRM_STATUS_OK; i++) {
        char name[32];
        uint32_t source = 0;
        uint64_t record;
        crm_update_outcome outcome;
        snprintf(name, sizeof name, "source %zu", i);
        status = crm_profile_store_set_source(store, name, trust[i], &source);
        if (status == CRM_STATUS_OK) {
            status = crm_profile_store_update(store, 0, &values[i], 1, source, (int64_t)days[i] * 86400, &record,
                                              &outcome);
        }
    }
    crm_profile_value value;
    crm_profile_conflict conflicts[16];
    size_t conflict_count;
    double mean;
    char text[64];
    if (status == CRM_STATUS_OK) {
        status = crm_profile_store_profile(store, 0, (int64_t)as_number(get(arguments, "now")) * 86400, &value, 1,
                                           conflicts, 16, &conflict_count, &mean);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_profile_store_value(store, 0, 0, text, sizeof text);
    }
    if (status == CRM_STATUS_OK) {
        answer_text(answer, text, ".value");
        answer_number(answer, value.freshness, ".freshness");
        for (size_t i = 0; i < conflict_count; i++) {
            answer_text(answer, crm_conflict_ground_name(conflicts[i].ground), ".grounds[%zu]", i);
        }
    }
    crm_profile_store_free(store);
    return status;
}

/* The qualities of fields, the most important first. */
static crm_status field_quality(const struct value *arguments, struct answer *answer) {
    const struct value *given = get(arguments, "fields");
    crm_record_field *fields = working_memory(given->count, sizeof *fields);
    for (size_t i = 0; i < given->count; i++) {
        const struct value *half_life = get(&given->items[i], "half_life");
        fields[i] = (crm_record_field){.name = as_text(get(&given->items[i], "name")),
                                       .kind = kind_of(&given->items[i]),
                                       .partner = i,
                                       .term_frequency = 1,
                                       .importance = as_number(get(&given->items[i], "importance")),
                                       .half_life = half_life->kind == VALUE_NULL ? 0 : as_number(half_life)};
    }
    const struct value *rows = get(arguments, "rows");
    const char **values = working_memory(rows->count * given->count + 1, sizeof *values);
    for (size_t row = 0; row < rows->count; row++) {
        size_t count;
        const char *const *texts = as_texts(&rows->items[row], &count);
        memcpy(values + row * given->count, texts, count * sizeof *values);
    }
    int64_t *times = NULL;
    if (get(arguments, "days")->kind != VALUE_NULL) {
        size_t count;
        const double *days = as_numbers(get(arguments, "days"), &count);
        times = working_memory(count, sizeof *times);
        for (size_t row = 0; row < count; row++) {
            times[row] = (int64_t)days[row] * 86400;
        }
    }
    crm_field_quality out[16];
    crm_status status =
        crm_field_qualities(fields, given->count, values, rows->count, 86, times,
                            (int64_t)as_number(get(arguments, "now")) * 86400,
                            as_number(get(arguments, "least_freshness")), as_number(get(arguments, "least_filled")), out);
    for (size_t i = 0; i < given->count && status == CRM_STATUS_OK; i++) {
        answer_text(answer, as_text(get(&given->items[out[i].field], "name")), "[%zu].field", i);
        answer_number(answer, out[i].filled, "[%zu].filled", i);
        answer_number(answer, out[i].unreadable, "[%zu].unreadable", i);
        answer_number(answer, (double)out[i].different, "[%zu].different", i);
        answer_number(answer, out[i].has_freshness ? out[i].freshness : -1, "[%zu].freshness", i);
        answer_text(answer, crm_field_verdict_name(out[i].verdict), "[%zu].verdict", i);
    }
    return status;
}

const struct runner identify_runners[] = {
    {"jaro", jaro},
    {"jaro_winkler", jaro_winkler},
    {"token_set", token_set},
    {"levenshtein", levenshtein},
    {"osa", osa},
    {"damerau_levenshtein", damerau_levenshtein},
    {"normalise", normalise},
    {"pinyin", pinyin},
    {"hmac_sha256", hmac_sha256},
    {"pseudonym", pseudonym},
    {"freshness", freshness},
    {"profile", profile},
    {"field_quality", field_quality},
    {NULL, NULL},
};
