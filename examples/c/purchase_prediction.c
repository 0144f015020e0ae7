/* Who will buy again? A BG/NBD model of 1,501 customers, whose histories are counted by kind. */
#include <crm_core.h>
#include <stdio.h>

/* Repeat purchases, weeks from the first to the last purchase, weeks since the first, customers. */
static const double frequency[] = {0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 6, 11};
static const double recency[] = {0, 0, 0, 1.5, 8, 33, 5.5, 34, 12, 30.5, 37, 38};
static const double age[] = {39, 33, 28, 38, 36, 35, 39, 36, 34, 33, 39, 38.5};
static const double customers[] = {300, 420, 390, 90, 80, 85, 40, 45, 20, 15, 11, 5};

static crm_status predict(const crm_purchase_model *model) {
    const double x[] = {0, 2, 2, 11}, last[] = {0, 5.5, 34, 38}, weeks = 39, now = 0;
    const crm_purchase_histories some = {x, 1, last, 1, &weeks, 0, 4};
    double alive[4], expected[4];
    crm_status status = crm_purchase_model_probability_alive(model, &some, &now, 0, alive);
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_model_expected_purchases(model, &some, &weeks, 0, expected);
    }
    if (status == CRM_STATUS_OK) {
        printf("purchases  last week  alive  expected in 39 weeks\n");
        for (int i = 0; i < 4; i++) {
            printf("%9.0f%11.1f%6.1f%%%22.3f\n", x[i], last[i], 100 * alive[i], expected[i]);
        }
    }
    return status;
}

static crm_status check(const crm_purchase_model *model, const crm_purchase_histories *histories) {
    double actual[4], expected[4], purchases[4], cumulative[4];
    const double start = 0, newcomers = 1000;
    crm_status status =
        crm_purchase_model_frequency_histogram(model, histories, customers, 3, actual, expected);
    if (status == CRM_STATUS_OK) {
        status = crm_purchase_model_expected_tracking(model, &start, &newcomers, 1, 13, 4, purchases,
                                                      cumulative);
    }
    if (status == CRM_STATUS_OK) {
        for (int n = 0; n < 4; n++) {
            printf("%d repeat purchases: %.0f customers, %.1f expected\n", n, actual[n], expected[n]);
        }
        for (int quarter = 0; quarter < 4; quarter++) {
            printf("quarter %d of 1000 new customers: %.1f\n", quarter + 1, purchases[quarter]);
        }
    }
    return status;
}

int main(void) {
    const crm_purchase_histories histories = {frequency, 1, recency, 1, age, 1, 12};
    crm_purchase_model *model;
    crm_purchase_fit fit;
    crm_status status = crm_purchase_model_fit(CRM_PURCHASE_MODEL_KIND_BG_NBD, &histories, customers,
                                               NULL, &model, &fit);
    if (status == CRM_STATUS_OK) {
        printf("r %.4f, alpha %.4f, a %.4f, b %.4f\n", fit.parameters[0], fit.parameters[1],
               fit.parameters[2], fit.parameters[3]);
        printf("log-likelihood %.4f\n", fit.log_likelihood);
        status = predict(model);
    }
    if (status == CRM_STATUS_OK) {
        status = check(model, &histories);
    }
    if (status != CRM_STATUS_OK) {
        fprintf(stderr, "%s\n", crm_last_error_message());
    }
    crm_purchase_model_free(model);
    return status != CRM_STATUS_OK;
}
