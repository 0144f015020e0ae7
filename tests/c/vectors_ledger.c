#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- days and times ---- */

/* Days since 1970-01-01, by Howard Hinnant's days_from_civil. */
static int32_t days_of(int year, int month, int day) {
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int32_t day(const char *text) {
    return days_of(atoi(text), atoi(text + 5), atoi(text + 8));
}

/* Microseconds, or seconds, of YYYY-MM-DDTHH:MM:SS[.ffffff]. */
static int64_t ticks(const char *text, int in_seconds) {
    int64_t seconds = (int64_t)day(text) * 86400 + atoi(text + 11) * 3600 + atoi(text + 14) * 60 +
                      atoi(text + 17);
    return in_seconds ? seconds : seconds * 1000000 + (text[19] == '.' ? atol(text + 20) : 0);
}

/* YYYY-MM-DD: the day is looked for, as no case is far from the start of its month. */
static void answer_days(struct answer *answer, const int32_t *days, size_t count, const char *path) {
    for (size_t i = 0; i < count; i++) {
        char text[16] = "";
        for (int year = 1960; year < 2100 && !*text; year++) {
            for (int month = 1; month <= 12; month++) {
                int32_t first = days_of(year, month, 1);
                int32_t next = month < 12 ? days_of(year, month + 1, 1) : days_of(year + 1, 1, 1);
                if (first <= days[i] && days[i] < next) {
                    snprintf(text, sizeof text, "%04d-%02d-%02d", year % 10000, month,
                             (int)(days[i] - first + 1) % 100);
                }
            }
        }
        answer_text(answer, text, "%s[%zu]", path, i);
    }
}

/* ---- the log of a case ---- */

static int are_texts(const struct value *list) {
    return list->count > 0 && list->items[0].kind == VALUE_TEXT;
}

static const int64_t *cents(const struct value *list) {
    int64_t *made = working_memory(list->count + 1, sizeof *made);
    for (size_t i = 0; i < list->count; i++) {
        char digits[32] = "";
        for (const char *c = as_text(&list->items[i]); *c; c++) {
            if (*c != '.') {
                strncat(digits, c, 1);
            }
        }
        made[i] = strtoll(digits, NULL, 10);
    }
    return made;
}

static crm_log whole_log(const struct value *log) {
    const struct value *customers = get(log, "customer"), *dates = find(log, "date");
    const struct value *times = dates ? dates : get(log, "timestamp");
    const struct value *amounts = get(log, "amount"), *costs = find(log, "cost");
    size_t count;
    crm_log made = {.rows = customers->count, .scale = are_texts(amounts) ? 2 : 0};
    if (are_texts(customers)) {
        made.customer_texts = as_texts(customers, &count);
    } else {
        int64_t *ids = working_memory(made.rows + 1, sizeof *ids);
        for (size_t i = 0; i < made.rows; i++) {
            ids[i] = (int64_t)as_number(&customers->items[i]);
        }
        made.customers = ids;
    }
    int in_seconds = find(log, "unit") != NULL;
    int32_t *days = working_memory(made.rows + 1, sizeof *days);
    int64_t *instants = working_memory(made.rows + 1, sizeof *instants);
    for (size_t i = 0; i < made.rows; i++) {
        const char *text = as_text(&times->items[i]);
        days[i] = day(text);
        instants[i] = dates ? 0 : ticks(text, in_seconds);
    }
    if (dates) {
        made.days = days;
    } else {
        made.ticks = instants;
        made.tick_unit = in_seconds ? CRM_TIME_UNIT_SECOND : CRM_TIME_UNIT_MICROSECOND;
        made.tick_zone = find(log, "zone") ? CRM_TIME_ZONE_UTC : CRM_TIME_ZONE_NAIVE;
    }
    static const double none[1] = {0};
    if (are_texts(amounts)) {
        made.amount_units = cents(amounts);
        made.cost_units = costs ? cents(costs) : NULL;
    } else {
        made.amounts = amounts->count ? as_numbers(amounts, &count) : none;
        made.costs = costs ? as_numbers(costs, &count) : NULL;
    }
    return made;
}

#define SKIP(column, rows) ((column) ? (column) + (rows) : NULL)

static crm_log part(const crm_log *log, size_t start, size_t rows) {
    crm_log made = *log;
    made.rows = rows;
    made.customers = SKIP(log->customers, start);
    made.customer_texts = SKIP(log->customer_texts, start);
    made.days = SKIP(log->days, start);
    made.ticks = SKIP(log->ticks, start);
    made.amounts = SKIP(log->amounts, start);
    made.amount_units = SKIP(log->amount_units, start);
    made.costs = SKIP(log->costs, start);
    made.cost_units = SKIP(log->cost_units, start);
    return made;
}

/* The chunks of the log; how many. */
static size_t chunks_of(const struct value *arguments, crm_log chunks[8]) {
    crm_log log = whole_log(get(arguments, "log"));
    const struct value *sizes = find(get(arguments, "options"), "chunks");
    size_t count = 0, start = 0;
    for (size_t i = 0; sizes && i < sizes->count; i++) {
        size_t rows = (size_t)as_number(&sizes->items[i]);
        chunks[count++] = part(&log, start, rows);
        start += rows;
    }
    chunks[count++] = part(&log, start, log.rows - start);
    return count;
}

static crm_status ledger_of(const struct value *arguments, crm_ledger **ledger) {
    crm_log chunks[8];
    size_t count = chunks_of(arguments, chunks);
    return crm_ledger_new(chunks, count, ledger);
}

/* ---- options ---- */

static void read_period(const struct value *options, crm_period *period, uint32_t *days) {
    static const char *const names[] = {"days", "weeks", "months", "years", "instant"};
    const struct value *given = find(options, "period");
    if (given && given->kind == VALUE_OBJECT) {
        *period = CRM_PERIOD_DAYS;
        *days = (uint32_t)as_number(get(given, "days"));
    } else if (given) {
        for (int i = 0; i < 5; i++) {
            if (strcmp(as_text(given), names[i]) == 0) {
                *period = (crm_period)i;
            }
        }
    }
}

static crm_returns read_returns(const struct value *options) {
    const struct value *given = find(options, "returns");
    if (!given) {
        return CRM_RETURNS_REJECT;
    }
    return strcmp(as_text(given), "net") == 0 ? CRM_RETURNS_NET : CRM_RETURNS_DROP;
}

static int32_t read_day(const struct value *options, const char *name) {
    const struct value *given = find(options, name);
    return given ? day(as_text(given)) : CRM_NO_DAY;
}

static crm_status read_options(const struct value *given, crm_summary_options *options) {
    crm_status status = crm_summary_options_default(options);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    read_period(given, &options->period, &options->period_days);
    options->start = read_day(given, "start");
    options->end = read_day(given, "end");
    options->returns = read_returns(given);
    options->include_first = find(given, "include_first") != NULL;
    options->continuity_correction = find(given, "continuity_correction") != NULL;
    if (find(given, "periods_per_unit")) {
        options->periods_per_unit = as_number(get(given, "periods_per_unit"));
    }
    return CRM_STATUS_OK;
}

static crm_status summary_of(const struct value *arguments, crm_ledger **ledger,
                             crm_summary **summary) {
    crm_summary_options options;
    crm_status status = read_options(get(arguments, "options"), &options);
    if (status == CRM_STATUS_OK) {
        status = ledger_of(arguments, ledger);
    }
    return status == CRM_STATUS_OK ? crm_summary_new(*ledger, &options, summary) : status;
}

/* The parts of the log, written, read and merged. */
static crm_status merged_of(const struct value *arguments, crm_partial_summary **merged) {
    crm_log log = whole_log(get(arguments, "log"));
    const struct value *sizes = find(get(arguments, "options"), "chunks");
    crm_summary_options options;
    crm_status status = read_options(get(arguments, "options"), &options);
    size_t end = log.rows, starts[16] = {0};
    for (size_t i = 0; i < sizes->count; i++) {
        starts[i + 1] = starts[i] + (size_t)as_number(&sizes->items[i]);
    }
    for (size_t i = 0; status == CRM_STATUS_OK && i <= sizes->count; i++) {
        crm_ledger *ledger = NULL;
        crm_partial_summary *made = NULL, *before = *merged;
        size_t next = i < sizes->count ? starts[i + 1] : end;
        if (next == starts[i]) {
            continue;
        }
        crm_log rows = part(&log, starts[i], next - starts[i]);
        size_t size = 0;
        status = crm_ledger_new(&rows, 1, &ledger);
        if (status == CRM_STATUS_OK) {
            status = crm_partial_summary_new(ledger, &options, &made);
        }
        if (status == CRM_STATUS_OK) {
            status = crm_partial_summary_json_size(made, &size);
        }
        if (status == CRM_STATUS_OK) {
            char *json = working_memory(size, 1);
            status = crm_partial_summary_to_json(made, json, size);
            crm_partial_summary_free(made);
            if (status == CRM_STATUS_OK) {
                status = crm_partial_summary_from_json_new(json, &made);
            }
        }
        if (status == CRM_STATUS_OK && before) {
            status = crm_partial_summary_merge_new(before, made, merged);
            crm_partial_summary_free(before);
            crm_partial_summary_free(made);
        } else if (status == CRM_STATUS_OK) {
            *merged = made;
        }
        crm_ledger_free(ledger);
    }
    return status;
}

/* ---- runners ---- */

static void answer_sizes(struct answer *answer, const size_t *sizes, size_t count, const char *path) {
    for (size_t i = 0; i < count; i++) {
        answer_number(answer, (double)sizes[i], "%s[%zu]", path, i);
    }
}

static void answer_counts(struct answer *answer, const uint32_t *counts, size_t count,
                          const char *path) {
    for (size_t i = 0; i < count; i++) {
        answer_number(answer, counts[i], "%s[%zu]", path, i);
    }
}

static void answer_id(struct answer *answer, size_t row, const int64_t *number, const char *text) {
    if (number) {
        answer_number(answer, (double)*number, ".customer[%zu]", row);
    } else {
        answer_text(answer, text, ".customer[%zu]", row);
    }
}

static void answer_customers(struct answer *answer, const crm_ledger *ledger, const size_t *customers,
                             size_t count) {
    size_t all = 0;
    crm_ledger_customers(ledger, &all);
    int64_t *ids = working_memory(all + 1, sizeof *ids);
    int are_numbers = crm_ledger_customer_ids(ledger, all, ids) == CRM_STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        char text[32] = "";
        if (!are_numbers) {
            crm_ledger_customer_text(ledger, customers[i], text, sizeof text);
        }
        answer_id(answer, i, are_numbers ? &ids[customers[i]] : NULL, text);
    }
}

static void answer_customers_of_parts(struct answer *answer, const crm_partial_summary *partial,
                                      const size_t *customers, size_t count) {
    size_t all = 0;
    crm_partial_summary_customers(partial, &all);
    int64_t *ids = working_memory(all + 1, sizeof *ids);
    int are_numbers = crm_partial_summary_customer_ids(partial, all, ids) == CRM_STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        char text[32] = "";
        if (!are_numbers) {
            crm_partial_summary_customer_text(partial, customers[i], text, sizeof text);
        }
        answer_id(answer, i, are_numbers ? &ids[customers[i]] : NULL, text);
    }
}

/* The customers of a result, from the ledger or from the parts. */
static void answer_whose(struct answer *answer, const crm_ledger *ledger,
                         const crm_partial_summary *partial, const size_t *customers, size_t count) {
    if (partial) {
        answer_customers_of_parts(answer, partial, customers, count);
    } else {
        answer_customers(answer, ledger, customers, count);
    }
}

static crm_status answer_summary(struct answer *answer, const crm_summary *summary,
                                 const crm_ledger *ledger, const crm_partial_summary *partial) {
    size_t rows = 0;
    crm_status status = crm_summary_rows(summary, &rows);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    double *numbers = working_memory(5 * rows + 1, sizeof *numbers);
    size_t *sizes = working_memory(2 * rows + 1, sizeof *sizes);
    crm_summary_columns columns = {sizes,          sizes + rows,       numbers, numbers + rows, numbers + 2 * rows,
                                   numbers + 3 * rows, numbers + 4 * rows};
    status = crm_summary_read(summary, rows, &columns);
    if (status == CRM_STATUS_OK) {
        answer_whose(answer, ledger, partial, columns.customer, rows);
        answer_sizes(answer, columns.first_row, rows, ".first_row");
        answer_numbers(answer, columns.frequency, rows, ".frequency");
        answer_numbers(answer, columns.recency, rows, ".recency");
        answer_numbers(answer, columns.age, rows, ".age");
        answer_numbers(answer, columns.mean_spend, rows, ".mean_spend");
        for (size_t i = 0; i < rows; i++) {
            if (columns.since_last[i] != columns.age[i] - columns.recency[i]) {
                answer_number(answer, columns.since_last[i], ".since_last[%zu]", i);
            }
        }
    }
    return status;
}

/* The columns of a summary one after another, those of numbers before those of rows. */
static void *summary_memory(const crm_summary *summary, size_t *bytes) {
    size_t rows = 0;
    crm_summary_rows(summary, &rows);
    *bytes = rows * (5 * sizeof(double) + 2 * sizeof(size_t));
    double *numbers = working_memory(*bytes + 1, 1);
    size_t *sizes = (size_t *)(numbers + 5 * rows);
    crm_summary_columns columns = {sizes,          sizes + rows,       numbers, numbers + rows, numbers + 2 * rows,
                                   numbers + 3 * rows, numbers + 4 * rows};
    return crm_summary_read(summary, rows, &columns) == CRM_STATUS_OK ? numbers : NULL;
}

/* Whether it is the same without a ledger: the same numbers, or the same error. */
static int is_same_without_ledger(const struct value *arguments, crm_status status, const char *argument,
                                  const crm_summary *summary) {
    crm_log chunks[8];
    size_t count = chunks_of(arguments, chunks), bytes = 0, expected_bytes = 0;
    crm_summary_options options;
    crm_summary *found = NULL;
    if (read_options(get(arguments, "options"), &options) != CRM_STATUS_OK) {
        return 1;
    }
    if (crm_summary_of_log_new(chunks, count, &options, &found) != status) {
        crm_summary_free(found);
        return 0;
    }
    if (status != CRM_STATUS_OK) {
        return strcmp(argument, crm_last_error_argument()) == 0;
    }
    const void *memory = summary_memory(found, &bytes), *expected = summary_memory(summary, &expected_bytes);
    crm_summary_free(found);
    return memory && expected && bytes == expected_bytes && memcmp(memory, expected, bytes) == 0;
}

static crm_status run_summary(const struct value *arguments, struct answer *answer) {
    crm_ledger *ledger = NULL;
    crm_summary *summary = NULL;
    crm_status status = summary_of(arguments, &ledger, &summary);
    char argument[32];
    snprintf(argument, sizeof argument, "%s", status == CRM_STATUS_OK ? "" : crm_last_error_argument());
    if (!is_same_without_ledger(arguments, status, argument, summary)) {
        answer_text(answer, "another one without a ledger", ".summary");
    }
    if (status != CRM_STATUS_OK) {
        crm_ledger_free(ledger); /* again, for its error to be the last */
        status = summary_of(arguments, &ledger, &summary);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_summary(answer, summary, ledger, NULL);
    }
    crm_summary_free(summary);
    crm_ledger_free(ledger);
    return status;
}

static crm_status run_merged_summary(const struct value *arguments, struct answer *answer) {
    crm_partial_summary *partial = NULL;
    crm_summary *summary = NULL;
    crm_status status = merged_of(arguments, &partial);
    if (status == CRM_STATUS_OK) {
        status = crm_partial_summary_finish(partial, &summary);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_summary(answer, summary, NULL, partial);
    }
    crm_summary_free(summary);
    crm_partial_summary_free(partial);
    return status;
}

static crm_status answer_holdout(struct answer *answer, const crm_holdout_summary *holdout,
                                 const crm_ledger *ledger, const crm_partial_summary *partial) {
    crm_holdout_size size;
    crm_status status = crm_holdout_summary_measure(holdout, &size);
    if (status != CRM_STATUS_OK) {
        return status;
    }
    size_t n = (size_t)size.rows;
    double *numbers = working_memory(7 * n + 1, sizeof *numbers);
    size_t *sizes = working_memory(2 * n + 1, sizeof *sizes);
    crm_holdout_columns columns = {sizes,           sizes + n,       numbers,
                                   numbers + n,     numbers + 2 * n, numbers + 3 * n,
                                   numbers + 4 * n, numbers + 5 * n, numbers + 6 * n};
    status = crm_holdout_summary_read(holdout, n, &columns);
    if (status == CRM_STATUS_OK) {
        answer_whose(answer, ledger, partial, columns.customer, n);
        answer_sizes(answer, columns.first_row, n, ".first_row");
        answer_numbers(answer, columns.frequency, n, ".frequency");
        answer_numbers(answer, columns.recency, n, ".recency");
        answer_numbers(answer, columns.age, n, ".age");
        answer_numbers(answer, columns.mean_spend, n, ".mean_spend");
        answer_numbers(answer, columns.holdout_frequency, n, ".holdout_frequency");
        answer_numbers(answer, columns.holdout_spend, n, ".holdout_spend");
        answer_numbers(answer, columns.holdout_mean_spend, n, ".holdout_mean_spend");
        answer_number(answer, size.duration, ".duration");
        answer_number(answer, (double)size.newcomers, ".newcomers");
    }
    return status;
}

static int32_t calibration_end(const struct value *arguments) {
    return read_day(get(arguments, "options"), "calibration_end");
}

static crm_status run_holdout(const struct value *arguments, struct answer *answer) {
    crm_ledger *ledger = NULL;
    crm_holdout_summary *holdout = NULL;
    crm_summary_options options;
    crm_status status = read_options(get(arguments, "options"), &options);
    if (status == CRM_STATUS_OK) {
        status = ledger_of(arguments, &ledger);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_holdout_summary_new(ledger, &options, calibration_end(arguments), &holdout);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_holdout(answer, holdout, ledger, NULL);
    }
    crm_holdout_summary_free(holdout);
    crm_ledger_free(ledger);
    return status;
}

static crm_status run_merged_holdout(const struct value *arguments, struct answer *answer) {
    crm_partial_summary *partial = NULL;
    crm_holdout_summary *holdout = NULL;
    crm_status status = merged_of(arguments, &partial);
    if (status == CRM_STATUS_OK) {
        status = crm_partial_summary_finish_holdout(partial, calibration_end(arguments), &holdout);
    }
    if (status == CRM_STATUS_OK) {
        status = answer_holdout(answer, holdout, NULL, partial);
    }
    crm_holdout_summary_free(holdout);
    crm_partial_summary_free(partial);
    return status;
}

static crm_status run_grouped(const struct value *arguments, struct answer *answer) {
    crm_ledger *ledger = NULL;
    crm_summary *summary = NULL;
    crm_grouped_summary *grouped = NULL;
    size_t rows = 0, groups = 0;
    const double *weights = NULL;
    const struct value *given = find(get(arguments, "options"), "weights");
    crm_status status = summary_of(arguments, &ledger, &summary);
    if (status == CRM_STATUS_OK) {
        status = crm_summary_rows(summary, &rows);
    }
    if (given && status == CRM_STATUS_OK) {
        weights = as_numbers(given, &rows);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_grouped_summary_new(summary, weights, rows, &grouped);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_grouped_summary_groups(grouped, &groups);
    }
    if (status == CRM_STATUS_OK) {
        double *numbers = working_memory(4 * groups + 1, sizeof *numbers);
        size_t *members = working_memory(rows + 1, sizeof *members);
        crm_grouped_summary_columns columns = {numbers, numbers + groups, numbers + 2 * groups,
                                               numbers + 3 * groups};
        status = crm_grouped_summary_read(grouped, groups, &columns);
        if (status == CRM_STATUS_OK) {
            status = crm_grouped_summary_members(grouped, rows, members);
        }
        answer_numbers(answer, columns.frequency, groups, ".frequency");
        answer_numbers(answer, columns.recency, groups, ".recency");
        answer_numbers(answer, columns.age, groups, ".age");
        answer_numbers(answer, columns.weight, groups, ".weight");
        answer_sizes(answer, members, rows, ".group");
    }
    crm_grouped_summary_free(grouped);
    crm_summary_free(summary);
    crm_ledger_free(ledger);
    return status;
}

static crm_status run_period_series(const struct value *arguments, struct answer *answer) {
    const struct value *given = get(arguments, "options");
    crm_ledger *ledger = NULL;
    crm_period_series *series = NULL;
    crm_period_series_size size = {0, 0, 0, {0}};
    crm_period_series_options options;
    crm_status status = crm_period_series_options_default(&options);
    if (status == CRM_STATUS_OK) {
        read_period(given, &options.period, &options.period_days);
        options.start = read_day(given, "start");
        options.end = read_day(given, "end");
        options.returns = read_returns(given);
        status = ledger_of(arguments, &ledger);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_period_series_new(ledger, &options, &series);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_period_series_measure(series, &size);
    }
    if (status == CRM_STATUS_OK) {
        size_t customers = (size_t)size.customers, entries = (size_t)size.entries;
        int costs = find(get(arguments, "log"), "cost") != NULL;
        double *numbers = working_memory(2 * entries + 1, sizeof *numbers);
        uint32_t *counts = working_memory(2 * entries + 1, sizeof *counts);
        crm_period_series_columns columns = {working_memory(customers + 1, sizeof(size_t)), counts,
                                             counts + entries, numbers,
                                             costs ? numbers + entries : NULL};
        status = crm_period_series_read(series, customers, entries, &columns);
        answer_number(answer, (double)size.observed, ".observed");
        answer_sizes(answer, columns.offsets, customers + 1, ".offsets");
        answer_counts(answer, columns.period, entries, ".periods");
        answer_counts(answer, columns.purchases, entries, ".purchases");
        answer_numbers(answer, columns.spend, entries, ".spend");
        if (costs) {
            answer_numbers(answer, columns.profit, entries, ".profit");
        }
    }
    crm_period_series_free(series);
    crm_ledger_free(ledger);
    return status;
}

static crm_status run_repeat_purchases(const struct value *arguments, struct answer *answer) {
    crm_ledger *ledger = NULL;
    crm_repeat_purchases *repeats = NULL;
    crm_summary_options options;
    size_t customers = 0, periods = 0;
    const struct value *length = find(get(arguments, "options"), "length");
    crm_status status = read_options(get(arguments, "options"), &options);
    if (status == CRM_STATUS_OK) {
        status = ledger_of(arguments, &ledger);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_repeat_purchases_new(ledger, &options, length ? as_number(length) : 1, &repeats);
    }
    if (status == CRM_STATUS_OK) {
        status = crm_repeat_purchases_measure(repeats, &customers, &periods);
    }
    if (status == CRM_STATUS_OK) {
        double *starts = working_memory(customers + 1, sizeof *starts);
        double *purchases = working_memory(periods + 1, sizeof *purchases);
        status = crm_repeat_purchases_read(repeats, customers, starts, periods, purchases);
        answer_numbers(answer, starts, customers, ".starts");
        answer_numbers(answer, purchases, periods, ".purchases");
    }
    crm_repeat_purchases_free(repeats);
    crm_ledger_free(ledger);
    return status;
}

static void answer_exact(struct answer *answer, const crm_decimal *amounts, size_t count,
                         const char *path) {
    for (size_t i = 0; i < count; i++) {
        char text[CRM_DECIMAL_TEXT_SIZE] = "";
        crm_decimal_format(&amounts[i], text, sizeof text);
        answer_text(answer, text, "%s[%zu]", path, i);
    }
}

static crm_status run_totals(const struct value *arguments, struct answer *answer) {
    const struct value *log = get(arguments, "log");
    int costs = find(log, "cost") != NULL, exact = are_texts(get(log, "amount"));
    crm_ledger *ledger = NULL;
    size_t n = 0;
    crm_status status = ledger_of(arguments, &ledger);
    if (status == CRM_STATUS_OK) {
        status = crm_ledger_customers(ledger, &n);
    }
    if (status == CRM_STATUS_OK) {
        uint32_t *counts = working_memory(2 * n, sizeof *counts);
        double *sums = working_memory(3 * n, sizeof *sums);
        int32_t *days = working_memory(2 * n, sizeof *days);
        crm_decimal *amounts = working_memory(2 * n, sizeof *amounts);
        crm_total_columns columns = {.orders = counts,
                                     .returns = counts + n,
                                     .revenue = sums,
                                     .returned = sums + n,
                                     .cost = costs ? sums + 2 * n : NULL,
                                     .first_day = days,
                                     .last_day = days + n,
                                     .revenue_exact = exact ? amounts : NULL,
                                     .returned_exact = exact ? amounts + n : NULL};
        status = crm_ledger_totals(ledger, n, &columns);
        answer_counts(answer, columns.orders, n, ".orders");
        answer_counts(answer, columns.returns, n, ".returns");
        answer_numbers(answer, columns.revenue, n, ".revenue");
        answer_numbers(answer, columns.returned, n, ".returned");
        answer_days(answer, columns.first_day, n, ".first");
        answer_days(answer, columns.last_day, n, ".last");
        if (costs) {
            answer_numbers(answer, columns.cost, n, ".cost");
        }
        if (exact) {
            answer_exact(answer, columns.revenue_exact, n, ".revenue_exact");
            answer_exact(answer, columns.returned_exact, n, ".returned_exact");
        }
    }
    crm_ledger_free(ledger);
    return status;
}

const struct runner ledger_runners[] = {{"summary", run_summary},
                                        {"merged_summary", run_merged_summary},
                                        {"calibration_and_holdout", run_holdout},
                                        {"merged_holdout", run_merged_holdout},
                                        {"grouped", run_grouped},
                                        {"period_series", run_period_series},
                                        {"repeat_purchases", run_repeat_purchases},
                                        {"totals", run_totals},
                                        {NULL, NULL}};
