// From a transaction log to what each customer did: frequency, recency, age, and exact totals.
#include <crm_core.hpp>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

int main() {
    const std::vector<std::string> customers{"ann", "bob", "ann", "bob", "ann", "cyd"};
    std::vector<std::int32_t> days;
    for (const char *date : {"2025-01-31", "2025-02-01", "2025-02-28", "2025-02-01", "2025-03-15",
                             "2025-03-20"}) {
        days.push_back(crm::parse_date(date));
    }
    // In cents; the negative amount is a return.
    const std::vector<std::int64_t> amounts{1999, 500, 3001, 750, -500, 10000};
    const std::vector<std::int64_t> costs{1200, 250, 1800, 400, 0, 8000};
    const crm::ledger ledger({customers, days, {amounts, 2}, crm::amount_column(costs, 2)});

    crm_summary_options options = crm::summary_options();
    options.returns = CRM_RETURNS_NET;
    const crm::summary_columns summary = ledger.summary(options);
    std::printf("%-10s%10s%10s%10s%12s\n", "customer", "frequency", "recency", "age", "mean spend");
    for (std::size_t i = 0; i < summary.customer.size(); ++i) {
        std::printf("%-10s%10.0f%10.0f%10.0f%12.2f\n",
                    ledger.customer_text(summary.customer[i]).c_str(), summary.frequency[i],
                    summary.recency[i], summary.age[i], summary.mean_spend[i]);
    }

    const crm::total_columns totals = ledger.totals();
    const crm::exact_total_columns exact = ledger.exact_totals();
    std::printf("\n%-10s%10s%10s%10s%10s%10s\n", "customer", "orders", "returns", "revenue",
                "returned", "cost");
    for (std::size_t i = 0; i < ledger.customers(); ++i) {
        std::printf("%-10s%10u%10u%10s%10s%10s\n", ledger.customer_text(i).c_str(),
                    static_cast<unsigned>(totals.orders[i]),
                    static_cast<unsigned>(totals.returns[i]), exact.revenue[i].to_string().c_str(),
                    exact.returned[i].to_string().c_str(), exact.cost[i].to_string().c_str());
    }
}
