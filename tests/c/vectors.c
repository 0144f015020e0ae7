#include "vectors.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 160
#define TEXT_SIZE 1024

struct leaf {
    char path[PATH_SIZE];
    char text[TEXT_SIZE];
    double number;
    int is_text;
};

struct answer {
    struct leaf *leaves;
    size_t count, capacity, used;
    int inexpressible;
};

/* What runs now: for messages and for the memory that ends with it. */
static const struct vector_area *area;
static const struct vector_case *running;
static void *memory[4096];
static size_t memory_count;
static int failures;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s.json, %s (%s): ", area->name, running->name, running->function);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    failures++;
}

static void stop(const char *problem) {
    fail("%s", problem);
    exit(1);
}

void *working_memory(size_t count, size_t size) {
    void *made = calloc(count ? count : 1, size);
    if (!made || memory_count == sizeof memory / sizeof *memory) {
        stop("too little memory");
    }
    memory[memory_count++] = made;
    return made;
}

static void release_memory(void) {
    while (memory_count > 0) {
        free(memory[--memory_count]);
    }
}

/* ---- reading arguments ---- */

const struct value *find(const struct value *object, const char *name) {
    if (object->kind == VALUE_OBJECT) {
        for (size_t i = 0; i < object->count; i++) {
            if (strcmp(object->names[i], name) == 0) {
                return &object->items[i];
            }
        }
    }
    return NULL;
}

const struct value *get(const struct value *object, const char *name) {
    const struct value *found = find(object, name);
    if (!found) {
        fail("no member %s", name);
        exit(1);
    }
    return found;
}

double as_number(const struct value *value) {
    if (value->kind == VALUE_NULL) {
        return NAN;
    }
    if (value->kind != VALUE_NUMBER && value->kind != VALUE_BOOL) {
        stop("an argument is not a number");
    }
    return value->number;
}

const char *as_text(const struct value *value) {
    if (value->kind != VALUE_TEXT) {
        stop("an argument is not a text");
    }
    return value->text;
}

crm_decimal as_decimal(const struct value *value) {
    crm_decimal number;
    if ((value->kind != VALUE_NUMBER && value->kind != VALUE_TEXT) ||
        crm_decimal_parse(value->text, &number) != CRM_STATUS_OK) {
        stop("an argument is not a decimal");
    }
    return number;
}

static void require_list(const struct value *list) {
    if (list->kind != VALUE_LIST) {
        stop("an argument is not a list");
    }
}

const double *as_numbers(const struct value *list, size_t *count) {
    require_list(list);
    double *numbers = working_memory(list->count, sizeof *numbers);
    for (size_t i = 0; i < list->count; i++) {
        numbers[i] = as_number(&list->items[i]);
    }
    *count = list->count;
    return numbers;
}

const crm_decimal *as_decimals(const struct value *list, size_t *count) {
    require_list(list);
    crm_decimal *numbers = working_memory(list->count, sizeof *numbers);
    for (size_t i = 0; i < list->count; i++) {
        numbers[i] = as_decimal(&list->items[i]);
    }
    *count = list->count;
    return numbers;
}

const char *const *as_texts(const struct value *list, size_t *count) {
    require_list(list);
    const char **texts = working_memory(list->count, sizeof *texts);
    for (size_t i = 0; i < list->count; i++) {
        texts[i] = as_text(&list->items[i]);
    }
    *count = list->count;
    return texts;
}

uint8_t *as_flags(const struct value *list, size_t *count) {
    require_list(list);
    uint8_t *flags = working_memory(list->count, sizeof *flags);
    for (size_t i = 0; i < list->count; i++) {
        flags[i] = as_number(&list->items[i]) != 0;
    }
    *count = list->count;
    return flags;
}

int32_t as_member(const struct value *name, const char *(*named)(int32_t)) {
    const char *text = as_text(name);
    for (int32_t number = 0; named(number); number++) {
        if (strcmp(named(number), text) == 0) {
            return number;
        }
    }
    stop("an argument is not a member of its category");
    return -1;
}

const double *as_table(const struct value *rows, size_t *row_count, size_t *column_count) {
    require_list(rows);
    *row_count = rows->count;
    *column_count = rows->count ? rows->items[0].count : 0;
    double *table = working_memory(*row_count * *column_count, sizeof *table);
    for (size_t row = 0; row < *row_count; row++) {
        size_t columns;
        const double *numbers = as_numbers(&rows->items[row], &columns);
        if (columns != *column_count) {
            stop("the rows of a table have different lengths");
        }
        memcpy(table + row * columns, numbers, columns * sizeof *table);
    }
    return table;
}

/* ---- answering ---- */

static struct leaf *add_leaf(struct answer *answer) {
    if (answer->count == answer->capacity) {
        answer->capacity = answer->capacity ? 2 * answer->capacity : 16;
        answer->leaves = realloc(answer->leaves, answer->capacity * sizeof *answer->leaves);
        if (!answer->leaves) {
            stop("too little memory");
        }
    }
    memset(&answer->leaves[answer->count], 0, sizeof *answer->leaves);
    return &answer->leaves[answer->count++];
}

#define SET_PATH(leaf, format)                                                                     \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        vsnprintf((leaf)->path, PATH_SIZE, format, arguments);                                     \
        va_end(arguments);                                                                         \
    } while (0)

void answer_number(struct answer *answer, double number, const char *path, ...) {
    struct leaf *leaf = add_leaf(answer);
    SET_PATH(leaf, path);
    leaf->number = number;
}

void answer_decimal(struct answer *answer, const crm_decimal *number, const char *path, ...) {
    struct leaf *leaf = add_leaf(answer);
    SET_PATH(leaf, path);
    if (crm_decimal_to_double(number, &leaf->number) != CRM_STATUS_OK) {
        stop("a result is not a decimal");
    }
}

void answer_text(struct answer *answer, const char *text, const char *path, ...) {
    struct leaf *leaf = add_leaf(answer);
    SET_PATH(leaf, path);
    snprintf(leaf->text, TEXT_SIZE, "%s", text ? text : "(NULL)");
    leaf->is_text = 1;
}

void answer_numbers(struct answer *answer, const double *numbers, size_t count, const char *path) {
    for (size_t i = 0; i < count; i++) {
        answer_number(answer, numbers[i], "%s[%zu]", path, i);
    }
}

void answer_interval(struct answer *answer, crm_bootstrap_interval interval, const char *path, ...) {
    struct leaf of;
    SET_PATH(&of, path);
    if (interval.replicates == 0) {
        answer_number(answer, interval.estimate, "%s", of.path);
        return;
    }
    answer_number(answer, interval.estimate, "%s.estimate", of.path);
    answer_number(answer, interval.standard_error, "%s.standard_error", of.path);
    answer_number(answer, interval.lower, "%s.lower", of.path);
    answer_number(answer, interval.upper, "%s.upper", of.path);
    answer_number(answer, (double)interval.replicates, "%s.replicates", of.path);
}

crm_status inexpressible(struct answer *answer) {
    answer->inexpressible = 1;
    return CRM_STATUS_LENGTH_MISMATCH;
}

/* ---- comparing ---- */

static int is_close(double found, double expected, double tolerance) {
    if (isnan(expected) || isnan(found)) {
        return isnan(expected) && isnan(found);
    }
    return found == expected || fabs(found - expected) <= tolerance * fmax(fabs(expected), 1.0);
}

static const struct leaf *answered(struct answer *answer, const char *path) {
    for (size_t i = 0; i < answer->count; i++) {
        if (strcmp(answer->leaves[i].path, path) == 0) {
            answer->used++;
            return &answer->leaves[i];
        }
    }
    fail("nothing is answered under the path \"%s\"", path);
    return NULL;
}

static void compare(struct answer *answer, const struct value *expected, const char *path) {
    char deeper[PATH_SIZE];
    if (expected->kind == VALUE_LIST || expected->kind == VALUE_OBJECT) {
        for (size_t i = 0; i < expected->count; i++) {
            if (expected->kind == VALUE_LIST) {
                snprintf(deeper, sizeof deeper, "%s[%zu]", path, i);
            } else {
                snprintf(deeper, sizeof deeper, "%s.%s", path, expected->names[i]);
            }
            compare(answer, &expected->items[i], deeper);
        }
        return;
    }
    const struct leaf *leaf = answered(answer, path);
    if (!leaf) {
        return;
    }
    if (expected->kind == VALUE_TEXT) {
        if (!leaf->is_text || strcmp(leaf->text, expected->text) != 0) {
            fail("%s is \"%s\", not \"%s\"", path, leaf->text, expected->text);
        }
    } else {
        double number = expected->kind == VALUE_NULL ? NAN : expected->number;
        if (leaf->is_text || !is_close(leaf->number, number, running->tolerance)) {
            fail("%s is %.17g, not %.17g", path, leaf->number, number);
        }
    }
}

static const char *const status_names[] = {
    [CRM_STATUS_OK] = "ok",
    [CRM_STATUS_NOT_FINITE] = "not_finite",
    [CRM_STATUS_OUT_OF_RANGE] = "out_of_range",
    [CRM_STATUS_EMPTY] = "empty",
    [CRM_STATUS_LENGTH_MISMATCH] = "length_mismatch",
    [CRM_STATUS_NOT_STOCHASTIC] = "not_stochastic",
    [CRM_STATUS_OVERFLOW] = "overflow",
    [CRM_STATUS_DIVERGENT] = "divergent",
    [CRM_STATUS_ILLEGAL_TRANSITION] = "illegal_transition",
    [CRM_STATUS_NO_SOLUTION] = "no_solution",
    [CRM_STATUS_NOT_CONVERGED] = "not_converged",
    [CRM_STATUS_WRONG_TYPE] = "wrong_type",
    [CRM_STATUS_MIXED_TIME_ZONES] = "mixed_time_zones",
    [CRM_STATUS_MISSING] = "missing",
    [CRM_STATUS_UNREADABLE] = "unreadable",
    [CRM_STATUS_NOT_FOUND] = "not_found",
};

static const char *status_name(crm_status status) {
    size_t count = sizeof status_names / sizeof *status_names;
    return status >= 0 && (size_t)status < count ? status_names[status] : "a defect";
}

/* Arguments that the C interface calls otherwise. */
static const char *name_in_c(const char *argument) {
    static const char *const names[][2] = {{"log", "chunks"}, {"days", "period_days"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(argument, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return argument;
}

static void judge(crm_status status, struct answer *answer, int has_rows) {
    const struct value *error = find(&running->expected, "error");
    const char *expected = error ? as_text(error) : "ok";
    if (strcmp(status_name(status), expected) != 0) {
        fail("status %d (%s: %s), not %s", (int)status, status_name(status),
             crm_last_error_message(), expected);
    } else if (!error) {
        compare(answer, &running->expected, "");
        if (answer->used != answer->count) {
            fail("%zu numbers are answered, %zu expected", answer->count, answer->used);
        }
    } else if (!answer->inexpressible) {
        const struct value *argument = find(&running->expected, "argument");
        const struct value *row = find(&running->expected, "row");
        const char *name = argument ? name_in_c(as_text(argument)) : NULL;
        if (name && strcmp(name, crm_last_error_argument()) != 0) {
            fail("refuses %s, not %s", crm_last_error_argument(), name);
        }
        if (has_rows && row && row->kind == VALUE_NUMBER && row->number != (double)crm_last_error_row()) {
            fail("refuses row %lld, not %g", (long long)crm_last_error_row(), row->number);
        }
    }
}

/* ---- kernels ---- */

/* Columns of different lengths cannot be said in C. */
static int common_rows(const crm_kernel *kernel, size_t *rows) {
    int any = 0;
    *rows = 1;
    for (size_t i = 0; i < crm_kernel_argument_count(kernel); i++) {
        const struct value *given = get(&running->arguments, crm_kernel_argument_name(kernel, i));
        if (given->kind == VALUE_LIST) {
            if (any && given->count != *rows) {
                return 0;
            }
            any = 1;
            *rows = given->count;
        }
    }
    return 1;
}

static crm_status run_columns(const crm_kernel *kernel, struct answer *answer) {
    size_t count = crm_kernel_argument_count(kernel), rows;
    const double **columns = working_memory(count, sizeof *columns);
    size_t *strides = working_memory(count, sizeof *strides);
    if (!common_rows(kernel, &rows)) {
        return inexpressible(answer);
    }
    for (size_t i = 0; i < count; i++) {
        const struct value *given = get(&running->arguments, crm_kernel_argument_name(kernel, i));
        if (given->kind == VALUE_LIST) {
            size_t length;
            columns[i] = as_numbers(given, &length);
            strides[i] = 1;
        } else {
            double *constant = working_memory(1, sizeof *constant);
            *constant = as_number(given);
            columns[i] = constant;
        }
    }
    double *out = working_memory(rows, sizeof *out);
    crm_status status = crm_kernel_evaluate(kernel, rows, columns, strides, count, out);
    if (status == CRM_STATUS_OK && running->expected.kind == VALUE_LIST) {
        answer_numbers(answer, out, rows, "");
    } else if (status == CRM_STATUS_OK) {
        answer_number(answer, out[0], "");
    }
    return status;
}

/* The exact form, for arguments that are all decimals; else `*possible` is 0. */
static crm_status run_exact(const crm_kernel *kernel, struct answer *answer, int *possible) {
    size_t count = crm_kernel_argument_count(kernel);
    crm_decimal *values = working_memory(count, sizeof *values), out;
    *possible = running->expected.kind != VALUE_LIST;
    for (size_t i = 0; i < count && *possible; i++) {
        const struct value *given = get(&running->arguments, crm_kernel_argument_name(kernel, i));
        *possible = given->kind == VALUE_NUMBER &&
                    crm_decimal_parse(given->text, &values[i]) == CRM_STATUS_OK;
    }
    if (!*possible) {
        return CRM_STATUS_OK;
    }
    crm_status status = crm_kernel_evaluate_exact(kernel, values, count, &out);
    if (status == CRM_STATUS_OK) {
        answer_decimal(answer, &out, "");
    }
    return status;
}

/* ---- running ---- */

static void run_kernel(const crm_kernel *kernel) {
    struct answer answer = {0};
    int possible;
    if (running->arguments.count != crm_kernel_argument_count(kernel)) {
        fail("the kernel takes %zu arguments", crm_kernel_argument_count(kernel));
        return;
    }
    judge(run_columns(kernel, &answer), &answer, 1);
    answer.count = answer.used = 0;
    crm_status status = run_exact(kernel, &answer, &possible);
    /* Decimals end at 7.9e28, long before doubles. */
    if (possible && status != CRM_STATUS_OVERFLOW) {
        judge(status, &answer, 0);
    }
    free(answer.leaves);
}

static void run_case(void) {
    const crm_kernel *kernel;
    for (const struct runner *runner = area->runners; runner && runner->function; runner++) {
        if (strcmp(runner->function, running->function) == 0) {
            struct answer answer = {0};
            judge(runner->run(&running->arguments, &answer), &answer, 1);
            free(answer.leaves);
            return;
        }
    }
    if (crm_kernel_find(running->function, &kernel) == CRM_STATUS_OK) {
        run_kernel(kernel);
    } else {
        fail("no such function: vectors_%s.c has no runner for it", area->name);
    }
}

int main(void) {
    for (size_t i = 0; i < vector_area_count; i++) {
        area = &vector_areas[i];
        for (size_t j = 0; j < area->count; j++) {
            running = &area->cases[j];
            run_case();
            release_memory();
        }
        printf("vectors of %s: %zu cases\n", area->name, area->count);
    }
    return failures != 0;
}
