/*
 * Runs the cases of tests/vectors/<area>.json through the C interface.
 *
 * generate_vectors.py turns the cases into C data. A function that is a kernel needs nothing more.
 * For the others, vectors_<area>.c holds one runner each and lists them:
 *
 *     static crm_status present_value(const struct value *arguments, struct answer *answer) {
 *         size_t periods;
 *         const crm_decimal *flows = as_decimals(get(arguments, "cash_flows"), &periods);
 *         crm_decimal rate = as_decimal(get(arguments, "discount_rate")), out;
 *         crm_status status = crm_present_value(flows, periods, &rate, &out);
 *         if (status == CRM_STATUS_OK) answer_decimal(answer, &out, "");
 *         return status;
 *     }
 *
 *     const struct runner clv_runners[] = {{"present_value", present_value}, {NULL, NULL}};
 *
 * A runner answers every number of the expected value under its path: "" for a plain number,
 * "[3]" in a list, ".customers" in an object, ".groups[3].share" in both. The framework compares.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <crm_core.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_TEXT, VALUE_LIST, VALUE_OBJECT };

/* A value of the JSON file. */
struct value {
    enum value_kind kind;
    double number;             /* of a number or a Boolean */
    const char *text;          /* of a text; of a number its digits as written, without exponent */
    size_t count;              /* of a list or an object */
    const char *const *names;  /* of an object */
    const struct value *items; /* of a list or an object */
};

struct answer;

struct runner {
    const char *function;
    crm_status (*run)(const struct value *arguments, struct answer *answer);
};

struct vector_case {
    const char *name;
    const char *function;
    struct value arguments;
    struct value expected;
    double tolerance;
};

struct vector_area {
    const char *name;
    const struct runner *runners; /* ended by a NULL function; NULL if there are none */
    const struct vector_case *cases;
    size_t count;
};

/* Written by generate_vectors.py. */
extern const struct vector_area vector_areas[];
extern const size_t vector_area_count;

/* The member of an object, or NULL. */
const struct value *find(const struct value *object, const char *name);
/* The member of an object; the test fails without it. */
const struct value *get(const struct value *object, const char *name);

/* Each stops the test if the value is of another kind. Memory lives until the end of the case. */
double as_number(const struct value *value); /* null is NaN */
const char *as_text(const struct value *value);
crm_decimal as_decimal(const struct value *value);
const double *as_numbers(const struct value *list, size_t *count);
const crm_decimal *as_decimals(const struct value *list, size_t *count);
const char *const *as_texts(const struct value *list, size_t *count);
/* 1 for each number that is not 0 and each true. */
uint8_t *as_flags(const struct value *list, size_t *count);
/* The member of a category that has this name, by the function that names its members. */
int32_t as_member(const struct value *name, const char *(*named)(int32_t));
/* A list of lists of the same length, row-major. */
const double *as_table(const struct value *rows, size_t *row_count, size_t *column_count);
/* Zeroed memory. */
void *working_memory(size_t count, size_t size);

/* The path is a format, as of printf. */
void answer_number(struct answer *answer, double number, const char *path, ...);
void answer_decimal(struct answer *answer, const crm_decimal *number, const char *path, ...);
void answer_text(struct answer *answer, const char *text, const char *path, ...);
/* "[0]", "[1]", … after the path. */
void answer_numbers(struct answer *answer, const double *numbers, size_t count, const char *path);
/* Its fields after the path; what is in no replicate is null. */
void answer_interval(struct answer *answer, crm_bootstrap_interval interval, const char *path, ...);
/* For what C cannot even say, such as two columns of different lengths in one call. */
crm_status inexpressible(struct answer *answer);

#endif
