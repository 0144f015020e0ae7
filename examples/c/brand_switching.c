/* A published exercise whose answers cannot be right, and how the library says so.
 *
 * Brands A, B and C share a market of one purchase a month, each worth 300. Today's shares are .5, .3 and
 * .2; a switching matrix gives next month's. At 10 % a month over t = 0, 1 the published values are
 * 267.2, 199.0 and 114.5 (the matrix itself is lost). */
#include <crm_core.h>
#include <stdio.h>

static void print(const char *how, const double *clv) {
    printf("%-13s A %.2f  B %.2f  C %.2f  together %.2f\n", how, clv[0], clv[1], clv[2],
           clv[0] + clv[1] + clv[2]);
}

static int failed(void) {
    fprintf(stderr, "%s\n", crm_last_error_message());
    return 1;
}

int main(void) {
    const double one = 1.0, worth = 300.0;
    crm_spending market = {.purchases = &one, .contribution = &worth, .purchases_per_period = 1.0, .horizon = 1};
    double clv[3], normalized[6];
    if (crm_decimal_parse("0.10", &market.discount_rate)) {
        return failed();
    }

    /* Every purchase goes to one of the brands, so the three values must add up to 300 now and 300
     * discounted once: 572.73. The published ones add up to 580.7. Working back, next month's
     * shares must have been: */
    const double published[] = {0.5, 0.3, 0.2, 0.43, 0.40, 0.20};

    /* Shares that do not sum to one are refused, with the row and its sum. */
    if (crm_share_path_clv(published, 2, 3, CRM_SHARE_RULE_SUM_TO_ONE, &market, clv, NULL)) {
        printf("by default    %s\n", crm_last_error_message());
    }

    /* Whoever wants the published numbers says that the shares need not sum to one. */
    if (crm_share_path_clv(published, 2, 3, CRM_SHARE_RULE_ANY, &market, clv, NULL)) {
        return failed();
    }
    print("as published", clv);

    /* Normalising is a step that the caller takes. The values then add up. */
    if (crm_shares_normalize(published, 2, 3, normalized) ||
        crm_share_path_clv(normalized, 2, 3, CRM_SHARE_RULE_SUM_TO_ONE, &market, clv, NULL)) {
        return failed();
    }
    print("normalised", clv);

    /* With a switching matrix the slip cannot happen: its rows are checked, and shares that sum to
     * one keep doing so. Row i says what the buyers of brand i buy next. */
    const double matrix[] = {0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6};
    if (crm_switching_clv(published, 3, matrix, 1, &market, clv, NULL)) {
        return failed();
    }
    print("by a matrix", clv);
    return 0;
}
