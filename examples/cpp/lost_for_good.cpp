// What customers of three segments are worth who leave sooner or later: the margin stops for good.
#include <crm_core.hpp>
#include <cstdio>
#include <iostream>
#include <vector>

int main() {
    using crm::clv::lost_for_good;
    using crm::decimal;
    // 100 a year, 20 % of the customers lost each year, 10 % interest: exactly.
    std::cout << "one customer: "
              << lost_for_good(decimal(100), decimal("0.20"), decimal("0.10")).round(2) << '\n';

    // The same for a column of churns: one margin and one rate for all rows.
    const std::vector<double> churns{0.10, 0.20, 0.40};
    const std::vector<double> values = lost_for_good(100.0, churns, 0.10);
    for (std::size_t i = 0; i < churns.size(); ++i) {
        std::printf("churn %.2f: %.2f\n", churns[i], values[i]);
    }

    // What is refused is named.
    try {
        lost_for_good(100.0, std::vector<double>{0.10, 1.20, 0.40}, 0.10);
    } catch (const crm::error &error) {
        std::cout << "refused: " << error.what() << '\n';
    }
}
