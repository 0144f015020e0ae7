#include "estimates.h"
#include "vectors.h"

#include <math.h>
#include <stdio.h>

/* Codes of answers; null is none. */
static const uint8_t *answers(const struct value *arguments, const char *name, size_t *count) {
    const struct value *list = get(arguments, name);
    uint8_t *made = working_memory(list->count, 1);
    *count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        made[i] = list->items[i].kind == VALUE_NULL ? CRM_KANO_NO_ANSWER
                                                    : (uint8_t)as_number(&list->items[i]);
    }
    return made;
}

/* One tally for each segment, and how many there are. */
static crm_status tally(const struct value *arguments, crm_kano_tally **made, size_t *count) {
    size_t rows, others;
    const uint8_t *functional = answers(arguments, "functional", &rows);
    const uint8_t *dysfunctional = answers(arguments, "dysfunctional", &others);
    const double *importance = NULL;
    uint32_t *segments = NULL;
    *count = 1;
    if (find(arguments, "importance")) {
        importance = as_numbers(get(arguments, "importance"), &others);
    }
    if (find(arguments, "segments")) {
        const double *codes = as_numbers(get(arguments, "segments"), &others);
        segments = working_memory(rows, sizeof *segments);
        for (size_t i = 0; i < rows; i++) {
            segments[i] = (uint32_t)codes[i];
        }
        *count = (size_t)as_number(get(arguments, "segment_count"));
    }
    *made = working_memory(*count, sizeof **made);
    return crm_kano_tally_answers(functional, dysfunctional, importance, segments, rows, *count,
                                  *made);
}

static crm_kano_category category_of(int32_t number) { return (crm_kano_category)number; }

static void answer_counts(struct answer *answer, const crm_kano_counts *counts, const char *path) {
    answer_number(answer, (double)counts->must_be, "%s.must_be", path);
    answer_number(answer, (double)counts->one_dimensional, "%s.one_dimensional", path);
    answer_number(answer, (double)counts->attractive, "%s.attractive", path);
    answer_number(answer, (double)counts->indifferent, "%s.indifferent", path);
    answer_number(answer, (double)counts->reverse, "%s.reverse", path);
    answer_number(answer, (double)counts->questionable, "%s.questionable", path);
}

static crm_status kano_profile(const struct value *arguments, struct answer *answer) {
    const struct value *given = get(arguments, "counts");
    static const char *const names[] = {"must_be",     "one_dimensional", "attractive",
                                        "indifferent", "reverse",         "questionable"};
    uint64_t numbers[6];
    for (size_t i = 0; i < 6; i++) {
        numbers[i] = (uint64_t)as_number(get(given, names[i]));
    }
    crm_kano_counts counts = {numbers[0], numbers[1], numbers[2],
                              numbers[3], numbers[4], numbers[5]};
    crm_kano_rules rules;
    crm_kano_profile out;
    crm_status status = crm_kano_rules_default(&rules);
    const struct value *blend = find(arguments, "blend");
    const struct value *better_line = find(arguments, "better_line");
    const struct value *worse_line = find(arguments, "worse_line");
    rules.blend = blend ? as_number(blend) : rules.blend;
    rules.better_line = better_line ? as_number(better_line) : rules.better_line;
    rules.worse_line = worse_line ? as_number(worse_line) : rules.worse_line;
    int usual = !blend && !better_line && !worse_line;
    if (status == CRM_STATUS_OK) {
        status = crm_kano_counts_profile(&counts, usual ? NULL : &rules, &out);
    }
    if (status == CRM_STATUS_OK) {
        answer_number(answer, (double)out.respondents, ".respondents");
        answer_text(answer, crm_kano_category_name(out.category), ".category");
        answer_text(answer, crm_kano_category_name(out.runner_up), ".runner_up");
        answer_number(answer, out.tied, ".tied");
        answer_text(answer, crm_kano_category_name(out.grouped_category), ".grouped_category");
        answer_number(answer, out.category_strength, ".category_strength");
        answer_number(answer, out.category_strength_error, ".category_strength_error");
        answer_number(answer, out.blended, ".blended");
        answer_rate(answer, &out.total_strength, ".total_strength");
        answer_number(answer, (double)out.fong.difference, ".fong.difference");
        answer_number(answer, out.fong.critical, ".fong.critical");
        answer_number(answer, out.fong.significant, ".fong.significant");
        answer_number(answer, out.fong.z, ".fong.z");
        answer_number(answer, out.fong.p_value, ".fong.p_value");
        answer_rate(answer, &out.better, ".better");
        answer_rate(answer, &out.worse, ".worse");
        if (out.quadrant == CRM_NO_KANO_CATEGORY) {
            answer_number(answer, NAN, ".quadrant");
        } else {
            answer_text(answer, crm_kano_category_name(category_of(out.quadrant)), ".quadrant");
        }
    }
    return status;
}

static crm_status kano_tally(const struct value *arguments, struct answer *answer) {
    crm_kano_tally *tallies;
    size_t count;
    crm_status status = tally(arguments, &tallies, &count);
    for (size_t i = 0; status == CRM_STATUS_OK && i < count; i++) {
        crm_kano_counts counts;
        char path[32];
        snprintf(path, sizeof path, "[%zu].counts", i);
        status = crm_kano_tally_counts(&tallies[i], &counts);
        answer_counts(answer, &counts, path);
        answer_number(answer, (double)tallies[i].missing, "[%zu].missing", i);
    }
    return status;
}

static crm_status kano_reversed(const struct value *arguments, struct answer *answer) {
    crm_kano_tally *tallies, turned;
    crm_kano_counts counts;
    size_t count;
    crm_status status = tally(arguments, &tallies, &count);
    if (status == CRM_STATUS_OK) {
        status = crm_kano_tally_reversed(tallies, &turned);
    }
    if (status == CRM_STATUS_OK && (status = crm_kano_tally_counts(&turned, &counts)) == CRM_STATUS_OK) {
        answer_counts(answer, &counts, "");
    }
    return status;
}

static crm_status kano_position(const struct value *arguments, struct answer *answer) {
    crm_kano_tally *tallies;
    crm_kano_position out;
    size_t count;
    crm_status status = tally(arguments, &tallies, &count);
    if (status == CRM_STATUS_OK) {
        status = crm_kano_tally_position(tallies, 0.95, &out);
    }
    if (status == CRM_STATUS_OK) {
        answer_mean(answer, &out.functional, ".functional");
        answer_mean(answer, &out.dysfunctional, ".dysfunctional");
        answer_text(answer, crm_kano_category_name(out.category), ".category");
        if (out.weighted_category == CRM_NO_KANO_CATEGORY) {
            answer_number(answer, NAN, ".importance");
        } else {
            answer_mean(answer, &out.stated, ".importance.stated");
            answer_number(answer, (double)out.unstated, ".importance.unstated");
            answer_mean(answer, &out.weighted_functional, ".importance.functional");
            answer_mean(answer, &out.weighted_dysfunctional, ".importance.dysfunctional");
            answer_text(answer, crm_kano_category_name(category_of(out.weighted_category)),
                        ".importance.category");
        }
    }
    return status;
}

const struct runner kano_runners[] = {
    {"kano_profile", kano_profile},
    {"kano_tally", kano_tally},
    {"kano_reversed", kano_reversed},
    {"kano_position", kano_position},
    {NULL, NULL},
};
