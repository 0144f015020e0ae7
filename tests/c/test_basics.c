/* The vocabulary: version, decimals, labels, errors, kernels by name. */
#include "check.h"
#include <math.h>
#include <pthread.h>
#include <stdint.h>

static crm_decimal exactly(const char *number) {
    crm_decimal value = {0};
    CHECK(crm_decimal_parse(number, &value) == CRM_STATUS_OK);
    return value;
}

static void expect_decimal(const crm_decimal *value, const char *expected) {
    char text[CRM_DECIMAL_TEXT_SIZE];
    CHECK(crm_decimal_format(value, text, sizeof text) == CRM_STATUS_OK);
    CHECK_TEXT(text, expected);
}

static void version(void) {
    CHECK_TEXT(crm_version(), CRM_VERSION);
    CHECK(crm_abi_version() == CRM_ABI_VERSION);
}

static void decimals(void) {
    crm_decimal a = exactly("19.99"), b = exactly("-0.01"), result;
    int order = 9;
    double number = 0;
    CHECK(crm_decimal_add(&a, &b, &result) == CRM_STATUS_OK);
    expect_decimal(&result, "19.98");
    CHECK(crm_decimal_subtract(&a, &b, &result) == CRM_STATUS_OK);
    expect_decimal(&result, "20.00");
    CHECK(crm_decimal_multiply(&a, &b, &result) == CRM_STATUS_OK);
    expect_decimal(&result, "-0.1999");
    CHECK(crm_decimal_divide(&b, &a, &result) == CRM_STATUS_OK);
    CHECK(crm_decimal_round(&result, 6, &result) == CRM_STATUS_OK);
    expect_decimal(&result, "-0.000500");
    CHECK(crm_decimal_compare(&a, &b, &order) == CRM_STATUS_OK && order == 1);
    CHECK(crm_decimal_compare(&b, &a, &order) == CRM_STATUS_OK && order == -1);
    a = exactly("1.0");
    b = exactly("1.00");
    CHECK(crm_decimal_compare(&a, &b, &order) == CRM_STATUS_OK && order == 0);
    CHECK(crm_decimal_from_double(0.09, &a) == CRM_STATUS_OK);
    expect_decimal(&a, "0.09");
    CHECK(crm_decimal_to_double(&a, &number) == CRM_STATUS_OK && number == 0.09);
    CHECK(crm_decimal_from_minor_units(INT64_MIN, 2, &a) == CRM_STATUS_OK);
    expect_decimal(&a, "-92233720368547758.08");
    a = exactly("-0.1234567890123456789012345678");
    expect_decimal(&a, "-0.1234567890123456789012345678");
    a = exactly("79228162514264337593543950335");
    expect_decimal(&a, "79228162514264337593543950335");
    CHECK(crm_decimal_add(&a, &a, &a) == CRM_STATUS_OVERFLOW);
    expect_decimal(&a, "79228162514264337593543950335");
}

static void bad_decimals(void) {
    static const char *const unreadable[] = {"",     " ",    "12a", "1,000", "1e",
                                             "--1",  "1.2.3", "NaN", "inf",
                                             "0.12345678901234567890123456789",
                                             "79228162514264337593543950336", "\xff"};
    crm_decimal kept = exactly("7"), one = exactly("1"), zero = exactly("0");
    char text[4] = "abc";
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        CHECK(crm_decimal_parse(unreadable[i], &kept) == CRM_STATUS_UNREADABLE);
        CHECK_TEXT(crm_last_error_argument(), "number");
    }
    CHECK(crm_decimal_from_double(NAN, &kept) == CRM_STATUS_NOT_FINITE);
    CHECK(crm_decimal_from_double(-INFINITY, &kept) == CRM_STATUS_NOT_FINITE);
    CHECK(crm_decimal_from_double(1e300, &kept) == CRM_STATUS_OVERFLOW);
    CHECK(crm_decimal_from_minor_units(1, 29, &kept) == CRM_STATUS_OUT_OF_RANGE);
    CHECK(crm_decimal_round(&one, 29, &kept) == CRM_STATUS_OUT_OF_RANGE);
    CHECK(crm_decimal_divide(&one, &zero, &kept) == CRM_STATUS_OUT_OF_RANGE);
    CHECK_TEXT(crm_last_error_argument(), "right");
    expect_decimal(&kept, "7");

    one = exactly("1000");
    CHECK(crm_decimal_format(&one, text, sizeof text) == CRM_STATUS_LENGTH_MISMATCH);
    CHECK_TEXT(crm_last_error_argument(), "capacity");
    CHECK_TEXT(text, "abc");
    one.scale = 29;
    CHECK(crm_decimal_add(&one, &zero, &kept) == CRM_STATUS_UNREADABLE);
    CHECK_TEXT(crm_last_error_argument(), "left");
    one.scale = 0;
    one.negative = 255;
    CHECK(crm_decimal_add(&zero, &one, &kept) == CRM_STATUS_UNREADABLE);
    CHECK_TEXT(crm_last_error_argument(), "right");
}

static void labels(void) {
    CHECK_TEXT(crm_language_name(CRM_LANGUAGE_ZH), "zh");
    CHECK_TEXT(crm_language_label(CRM_LANGUAGE_EN, CRM_LANGUAGE_EN), "English");
    CHECK_TEXT(crm_language_label(CRM_LANGUAGE_ZH, CRM_LANGUAGE_ZH), "中文");
    CHECK(crm_language_name((crm_language)2) == NULL);
    CHECK(crm_language_name((crm_language)-1) == NULL);
    CHECK(crm_language_label(CRM_LANGUAGE_ZH, (crm_language)INT32_MAX) == NULL);
}

static void errors(void) {
    const double margin = 100, churn[] = {0.2, NAN, 1.5}, rate = 0.1;
    double out[] = {-1, -1, -1};
    CHECK(crm_lost_for_good(3, &margin, 0, churn, 1, &rate, 0, out) == CRM_STATUS_OUT_OF_RANGE);
    CHECK_TEXT(crm_last_error_message(),
               "churn (row 2) is 1.5: must be greater than 0 and at most 1");
    CHECK_TEXT(crm_last_error_argument(), "churn");
    CHECK(crm_last_error_row() == 2);
    CHECK_TEXT(crm_last_error_value(), "1.5");
    CHECK(out[0] == -1 && out[1] == -1 && out[2] == -1);

    CHECK(crm_lost_for_good(2, &margin, 0, churn, 1, &rate, 0, out) == CRM_STATUS_OK);
    CHECK(fabs(out[0] - 379.0786769408448) < 1e-9 && isnan(out[1]));
    CHECK_TEXT(crm_last_error_argument(), "churn"); /* a success leaves it alone */

    CHECK(crm_lost_for_good(2, &margin, 0, NULL, 1, &rate, 0, out) == CRM_STATUS_NULL_POINTER);
    CHECK_TEXT(crm_last_error_message(), "churn: must not be NULL");
    CHECK(crm_last_error_row() == -1 && crm_last_error_value() == NULL);
}

static void columns(void) {
    /* One row-major table: margin, churn, discount rate. */
    const double table[] = {100, 0.2, 0.1, 200, 0.2, 0.1, 100, 0.5, 0};
    double out[3] = {0}, in_place[] = {100, 200};
    const double churn = 0.2, rate = 0.1;
    CHECK(crm_lost_for_good(3, table, 3, table + 1, 3, table + 2, 3, out) == CRM_STATUS_OK);
    CHECK(fabs(out[1] - 2 * out[0]) < 1e-9 && out[2] == 200);
    CHECK(crm_lost_for_good(2, in_place, 1, &churn, 0, &rate, 0, in_place) == CRM_STATUS_OK);
    CHECK(in_place[0] == out[0] && in_place[1] == out[1]);
    CHECK(crm_lost_for_good(0, NULL, 1, NULL, 0, NULL, 2, NULL) == CRM_STATUS_OK);

    CHECK(crm_lost_for_good(SIZE_MAX, table, 1, &churn, 0, &rate, 0, out) == CRM_STATUS_OVERFLOW);
    CHECK_TEXT(crm_last_error_argument(), "margin");
    CHECK(crm_lost_for_good(3, table, SIZE_MAX, &churn, 0, &rate, 0, out) == CRM_STATUS_OVERFLOW);
    CHECK(crm_lost_for_good(SIZE_MAX / 16, &rate, 0, &churn, 0, &rate, 0, out) ==
          CRM_STATUS_OVERFLOW);
}

static void exact(void) {
    crm_decimal margin = exactly("100"), churn = exactly("0.2"), rate = exactly("0.1"), value;
    CHECK(crm_lost_for_good_exact(&margin, &churn, &rate, &value) == CRM_STATUS_OK);
    CHECK(crm_decimal_round(&value, 10, &value) == CRM_STATUS_OK);
    expect_decimal(&value, "379.0786769408");
    churn = exactly("0");
    CHECK(crm_lost_for_good_exact(&margin, &churn, &rate, &value) == CRM_STATUS_OUT_OF_RANGE);
    CHECK_TEXT(crm_last_error_argument(), "churn");
}

static void kernels(void) {
    const crm_kernel *kernel = NULL;
    const double margin = 100, churn = 0.2, rate = 0.1;
    const double *const columns[] = {&margin, &churn, &rate};
    const size_t strides[] = {0, 0, 0};
    double direct = 0, found = 1;
    CHECK(crm_kernel_find("lost_for_good", &kernel) == CRM_STATUS_OK);
    CHECK_TEXT(crm_kernel_name(kernel), "lost_for_good");
    CHECK_TEXT(crm_kernel_module(kernel), "clv");
    CHECK(crm_kernel_argument_count(kernel) == 3);
    CHECK_TEXT(crm_kernel_argument_name(kernel, 1), "churn");
    CHECK_TEXT(crm_kernel_argument_rule(kernel, 1), "greater than 0 and at most 1");
    CHECK(crm_kernel_argument_name(kernel, 3) == NULL);
    CHECK(crm_lost_for_good(1, &margin, 0, &churn, 0, &rate, 0, &direct) == CRM_STATUS_OK);
    CHECK(crm_kernel_evaluate(kernel, 1, columns, strides, 3, &found) == CRM_STATUS_OK);
    CHECK(memcmp(&direct, &found, sizeof found) == 0);
    CHECK(crm_kernel_evaluate(kernel, 1, columns, strides, 2, &found) ==
          CRM_STATUS_LENGTH_MISMATCH);

    const crm_kernel *kept = kernel;
    CHECK(crm_kernel_find("no_such_formula", &kernel) == CRM_STATUS_NOT_FOUND);
    CHECK(kernel == kept);
    CHECK(crm_kernel_at(crm_kernel_count()) == NULL);
    CHECK(crm_kernel_name(NULL) == NULL && crm_kernel_argument_count(NULL) == 0);
    for (size_t i = 0; i < crm_kernel_count(); i++) {
        kernel = crm_kernel_at(i);
        CHECK(strlen(crm_kernel_summary(kernel)) > 0 && strlen(crm_kernel_formula(kernel)) > 0);
        CHECK(strlen(crm_kernel_source(kernel)) > 0 && crm_kernel_argument_count(kernel) > 0);
    }
}

static void *fail_elsewhere(void *unused) {
    crm_decimal value;
    (void)unused;
    CHECK_TEXT(crm_last_error_message(), "");
    CHECK(crm_decimal_parse("elsewhere", &value) == CRM_STATUS_UNREADABLE);
    CHECK(strstr(crm_last_error_message(), "elsewhere") != NULL);
    return NULL;
}

static void each_thread_has_its_error(void) {
    crm_decimal value;
    pthread_t thread;
    CHECK(crm_decimal_parse("here", &value) == CRM_STATUS_UNREADABLE);
    CHECK(pthread_create(&thread, NULL, fail_elsewhere, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(strstr(crm_last_error_message(), "here") != NULL);
    CHECK(strstr(crm_last_error_message(), "elsewhere") == NULL);
}

int main(void) {
    CHECK_TEXT(crm_last_error_message(), "");
    version();
    decimals();
    bad_decimals();
    labels();
    errors();
    columns();
    exact();
    kernels();
    each_thread_has_its_error();
    return failures != 0;
}
