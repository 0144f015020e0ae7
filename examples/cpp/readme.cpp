#include <crm_core.hpp>
#include <iostream>

int main() {
    const auto yearly = crm::clv::annuity(crm::decimal(500), crm::decimal("0.09"), crm::decimal(5));
    std::cout << crm::decimal(2000 - 400) + yearly << '\n'; // 3544.8256316758584…

    const crm::switching::spending market{1.0, 300.0, crm::decimal("0.10"), 1};
    const std::vector<double> published{0.5, 0.3, 0.2, 0.43, 0.40, 0.20};
    for (double brand : crm::switching::share_path_clv(published, 3, market, CRM_SHARE_RULE_ANY).clv) {
        std::cout << brand << '\n'; // 267.273, 199.091, 114.545
    }
}
