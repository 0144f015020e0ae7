/* What customers of three segments are worth who leave sooner or later: the margin stops for good. */
#include <crm_core.h>
#include <stdio.h>

int main(void) {
    /* 100 a year, 20 % of the customers lost each year, 10 % interest: exactly. */
    crm_decimal margin, churn, rate, value;
    char text[CRM_DECIMAL_TEXT_SIZE];
    if (crm_decimal_parse("100", &margin) || crm_decimal_parse("0.20", &churn) ||
        crm_decimal_parse("0.10", &rate) || crm_lost_for_good_exact(&margin, &churn, &rate, &value) ||
        crm_decimal_round(&value, 2, &value) || crm_decimal_format(&value, text, sizeof text)) {
        fprintf(stderr, "%s\n", crm_last_error_message());
        return 1;
    }
    printf("one customer: %s\n", text);

    /* The same for a column of churns: one margin and one rate for all rows. */
    const double churns[] = {0.10, 0.20, 0.40}, one_margin = 100.0, one_rate = 0.10;
    double values[3];
    if (crm_lost_for_good(3, &one_margin, 0, churns, 1, &one_rate, 0, values)) {
        fprintf(stderr, "%s\n", crm_last_error_message());
        return 1;
    }
    for (int i = 0; i < 3; i++) {
        printf("churn %.2f: %.2f\n", churns[i], values[i]);
    }

    /* What is refused is named. */
    const double wrong[] = {0.10, 1.20, 0.40};
    if (crm_lost_for_good(3, &one_margin, 0, wrong, 1, &one_rate, 0, values)) {
        printf("refused: %s\n", crm_last_error_message());
    }
    return 0;
}
