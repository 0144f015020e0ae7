/* The value groups of a Beijing appliance maker: who makes the profit?
 *
 * Published per group: the mean value of a customer and the group's share of the customers, %. */
#include <crm_core.h>
#include <stdio.h>

int main(void) {
    const double value[] = {-4.12, -2.10, 7.45, 30.49, 107.76};
    const double customers[] = {42.2, 20.5, 26.3, 9.2, 1.8};
    double all, mean, lowest, best, eighty, gini;
    crm_curve_point peak;
    crm_concentration *base;
    if (crm_concentration_new(value, customers, 5, &base) ||
        crm_concentration_customers(base, &all) || crm_concentration_mean(base, &mean) ||
        crm_concentration_bottom_share(base, 0.627, &lowest) ||
        crm_concentration_top_share(base, 0.11, &best) || crm_concentration_peak(base, &peak) ||
        crm_concentration_smallest_share(base, 0.8, &eighty) || crm_concentration_gini(base, &gini)) {
        fprintf(stderr, "%s\n", crm_last_error_message());
        crm_concentration_free(base);
        return 1;
    }
    printf("%-18s%12s%16s\n", "group", "customers", "profit per head");
    for (int i = 0; i < 5; i++) {
        printf("%-18s%10.1f %%%16.5f\n", crm_value_group_label((crm_value_group)i, CRM_LANGUAGE_EN),
               customers[i], value[i] * customers[i] / all);
    }
    printf("mean value of a customer: %.5f\n", mean);
    printf("the lowest 62.7 %% of the customers bring %.5f of it\n", lowest * mean);
    printf("the best 11 %% of the customers make %.1f %% of the profit\n", 100 * best);
    printf("without the others, %.1f %% of the customers would make %.1f %% of it\n",
           100 * peak.customers, 100 * peak.profit);
    printf("80 %% of the profit comes from %.2f %% of the customers\n", 100 * eighty);
    printf("Gini (Raffinetti, Siletti & Vernizzi): %.4f\n", gini);
    crm_concentration_free(base);
    return 0;
}
