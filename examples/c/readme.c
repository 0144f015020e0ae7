#include <crm_core.h>
#include <stdio.h>

int main(void) {
    /* Acquired for 400, a first purchase of 2000, then 500 a year for 5 years; 9 %. Exact decimals. */
    crm_decimal now, yearly, rate, years, later, value;
    char text[CRM_DECIMAL_TEXT_SIZE];
    if (crm_decimal_parse("1600", &now) || crm_decimal_parse("500", &yearly) || crm_decimal_parse("0.09", &rate) ||
        crm_decimal_parse("5", &years) || crm_annuity_exact(&yearly, &rate, &years, &later) ||
        crm_decimal_add(&now, &later, &value) || crm_decimal_format(&value, text, sizeof text)) {
        fprintf(stderr, "%s\n", crm_last_error_message());
        return 1;
    }
    printf("%s\n", text); /* 3544.8256316758584… */

    /* Three brands over two months, shares as published: they sum to 1.03, so we say that they may. */
    const double published[] = {0.5, 0.3, 0.2, 0.43, 0.40, 0.20}, purchases = 1, contribution = 300;
    crm_spending market = {.purchases = &purchases, .contribution = &contribution, .purchases_per_period = 1, .horizon = 1};
    double clv[3];
    if (crm_decimal_parse("0.10", &market.discount_rate) ||
        crm_share_path_clv(published, 2, 3, CRM_SHARE_RULE_ANY, &market, clv, NULL)) {
        fprintf(stderr, "%s\n", crm_last_error_message());
        return 1;
    }
    printf("%.2f %.2f %.2f\n", clv[0], clv[1], clv[2]); /* 267.27 199.09 114.55 */
    return 0;
}
