// The value groups of a Beijing appliance maker: who makes the profit?
//
// Published per group: the mean value of a customer and the group's share of the customers, %.
#include <crm_core.hpp>
#include <cstdio>
#include <vector>

int main() {
    const std::vector<double> value{-4.12, -2.10, 7.45, 30.49, 107.76};
    const std::vector<double> customers{42.2, 20.5, 26.3, 9.2, 1.8};
    const crm::value::concentration base(value, customers);
    std::printf("%-18s%12s%16s\n", "group", "customers", "profit per head");
    for (std::size_t i = 0; i < value.size(); ++i) {
        std::printf("%-18s%10.1f %%%16.5f\n", crm::label(static_cast<crm_value_group>(i)).data(),
                    customers[i], value[i] * customers[i] / base.customers());
    }
    std::printf("mean value of a customer: %.5f\n", base.mean());
    std::printf("the lowest 62.7 %% of the customers bring %.5f of it\n",
                base.bottom_share(0.627) * base.mean());
    std::printf("the best 11 %% of the customers make %.1f %% of the profit\n",
                100 * base.top_share(0.11));
    std::printf("without the others, %.1f %% of the customers would make %.1f %% of it\n",
                100 * base.peak().customers, 100 * base.peak().profit);
    std::printf("80 %% of the profit comes from %.2f %% of the customers\n",
                100 * base.smallest_share(0.8));
    std::printf("Gini (Raffinetti, Siletti & Vernizzi): %.4f\n", base.gini());
}
