/* From a transaction log to what each customer did: frequency, recency, age, and exact totals. */
#include <crm_core.h>
#include <stdio.h>

enum { ROWS = 6, MOST = 6 };

static const char *const customers[ROWS] = {"ann", "bob", "ann", "bob", "ann", "cyd"};
static const char *const dates[ROWS] = {"2025-01-31", "2025-02-01", "2025-02-28",
                                        "2025-02-01", "2025-03-15", "2025-03-20"};
/* In cents; the negative amount is a return. */
static const int64_t amounts[ROWS] = {1999, 500, 3001, 750, -500, 10000};
static const int64_t costs[ROWS] = {1200, 250, 1800, 400, 0, 8000};

static int fail(void) {
    fprintf(stderr, "%s\n", crm_last_error_message());
    return 1;
}

static int print_summary(const crm_ledger *ledger) {
    crm_summary_options options;
    crm_summary *summary = NULL;
    size_t rows = 0, customer[MOST];
    double frequency[MOST], recency[MOST], age[MOST], mean_spend[MOST];
    crm_summary_columns columns = {customer, NULL, frequency, recency, age, mean_spend, NULL};
    crm_summary_options_default(&options);
    options.returns = CRM_RETURNS_NET;
    if (crm_summary_new(ledger, &options, &summary) || crm_summary_rows(summary, &rows) ||
        crm_summary_read(summary, rows, &columns)) {
        crm_summary_free(summary);
        return fail();
    }
    crm_summary_free(summary);
    printf("%-10s%10s%10s%10s%12s\n", "customer", "frequency", "recency", "age", "mean spend");
    for (size_t i = 0; i < rows; i++) {
        char name[16];
        if (crm_ledger_customer_text(ledger, customer[i], name, sizeof name)) {
            return fail();
        }
        printf("%-10s%10.0f%10.0f%10.0f%12.2f\n", name, frequency[i], recency[i], age[i],
               mean_spend[i]);
    }
    return 0;
}

static int print_totals(const crm_ledger *ledger) {
    size_t count = 0;
    uint32_t orders[MOST], returns[MOST];
    crm_decimal sums[3][MOST];
    crm_total_columns columns = {.orders = orders,
                                 .returns = returns,
                                 .revenue_exact = sums[0],
                                 .returned_exact = sums[1],
                                 .cost_exact = sums[2]};
    if (crm_ledger_customers(ledger, &count) || crm_ledger_totals(ledger, count, &columns)) {
        return fail();
    }
    printf("\n%-10s%10s%10s%10s%10s%10s\n", "customer", "orders", "returns", "revenue", "returned",
           "cost");
    for (size_t i = 0; i < count; i++) {
        char name[16], text[3][CRM_DECIMAL_TEXT_SIZE];
        if (crm_ledger_customer_text(ledger, i, name, sizeof name)) {
            return fail();
        }
        for (int sum = 0; sum < 3; sum++) {
            if (crm_decimal_format(&sums[sum][i], text[sum], sizeof text[sum])) {
                return fail();
            }
        }
        printf("%-10s%10u%10u%10s%10s%10s\n", name, (unsigned)orders[i], (unsigned)returns[i],
               text[0], text[1], text[2]);
    }
    return 0;
}

int main(void) {
    int32_t days[ROWS];
    for (int i = 0; i < ROWS; i++) {
        if (crm_date_parse(dates[i], &days[i])) {
            return fail();
        }
    }
    crm_log log = {.rows = ROWS,
                   .customer_texts = customers,
                   .days = days,
                   .amount_units = amounts,
                   .cost_units = costs,
                   .scale = 2};
    crm_ledger *ledger;
    if (crm_ledger_new(&log, 1, &ledger)) {
        return fail();
    }
    int failed = print_summary(ledger) || print_totals(ledger);
    crm_ledger_free(ledger);
    return failed;
}
