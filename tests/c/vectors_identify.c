/* Runners of tests/vectors/identify.json. */
#include "vectors.h"

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

static crm_status normalise(const struct value *arguments, struct answer *answer) {
    char text[256];
    const char *wanted = as_text(get(arguments, "kind"));
    crm_field_kind kind = CRM_FIELD_KIND_NAME;
    while (crm_field_kind_name(kind) && strcmp(crm_field_kind_name(kind), wanted) != 0) {
        kind++;
    }
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

const struct runner identify_runners[] = {
    {"jaro", jaro},
    {"jaro_winkler", jaro_winkler},
    {"token_set", token_set},
    {"levenshtein", levenshtein},
    {"osa", osa},
    {"damerau_levenshtein", damerau_levenshtein},
    {"normalise", normalise},
    {"pinyin", pinyin},
    {NULL, NULL},
};
