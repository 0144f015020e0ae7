/*
 * The textbook exercise on a single customer, read in both ways that its text allows: acquired for 400,
 * a first purchase of 2000, kept for 5 years, "then 500 per year", 9 %. What is the customer worth?
 */
#include <crm_core.h>
#include <stdio.h>

static int failed(void) {
    fprintf(stderr, "%s\n", crm_last_error_message());
    return 1;
}

static crm_decimal whole(int64_t number) {
    crm_decimal made = {0};
    crm_decimal_from_minor_units(number, 0, &made);
    return made;
}

static int print(const char *reading, const crm_decimal *value) {
    crm_decimal rounded;
    char text[CRM_DECIMAL_TEXT_SIZE];
    if (crm_decimal_round(value, 10, &rounded) || crm_decimal_format(&rounded, text, sizeof text)) {
        return failed();
    }
    printf("%s %s\n", reading, text);
    return 0;
}

int main(void) {
    const crm_decimal acquisition = whole(400), first = whole(2000), yearly = whole(500), years = whole(5);
    crm_decimal rate, level, growing;

    /* First reading: 2000 now, and a level 500 at the end of each of the five years. */
    if (crm_decimal_parse("0.09", &rate) || crm_annuity_exact(&yearly, &rate, &years, &level) ||
        crm_decimal_add(&level, &first, &level) || crm_decimal_subtract(&level, &acquisition, &level)) {
        return failed();
    }

    /* Second reading: a flow at year ends that starts at 2000 and grows by 500 a year. */
    const crm_decimal flows[] = {whole(2000), whole(2500), whole(3000), whole(3500), whole(4000)};
    if (crm_present_value(flows, 5, &rate, CRM_TIMING_END, &growing) ||
        crm_decimal_subtract(&growing, &acquisition, &growing)) {
        return failed();
    }
    return print("500 as a level flow: ", &level) || print("500 as yearly growth:", &growing);
}
