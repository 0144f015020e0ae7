// Customer equity in C++.
#include <crm_core.hpp>

#include "check.hpp"

namespace {

using crm::decimal;

void spends() {
    using namespace crm::clv;
    const equity_model model(50, decimal("0.2"), response_curve_through(5, decimal("0.2"), decimal("0.4")),
                             response_curve_through(10, decimal("0.4"), decimal("0.7")));
    const crm_equity_plan now = model.at(5, 10);
    CHECK(decimal(now.acquisition.rate).round(20) == decimal("0.2"));
    CHECK(decimal(now.equity).round(20) == customer_equity(decimal(50), decimal("0.2"), decimal(5), decimal("0.4"),
                                                           decimal(10), decimal("0.2")));
    const crm_equity_plan best = model.optimum();
    CHECK(decimal(best.acquisition.spend).round(2) == decimal("9.21"));
    CHECK(decimal(best.retention.spend).round(2) == decimal("15.87"));
    CHECK(decimal(best.equity) > decimal(now.equity) && !best.acquisition.corner);
    const crm_equity_plan within = model.optimum_within(10);
    CHECK(decimal(within.outlay).round(20) == 10 && decimal(within.equity) < decimal(best.equity));
}

void factors() {
    using namespace crm::clv;
    const tornado_table table = kernel_tornado("group_value", {20, 50}, {{"customers", CRM_CHANGE_KIND_RELATIVE, decimal("0.1")},
                                                                         {"lifetime_value", CRM_CHANGE_KIND_ABSOLUTE, 1}});
    CHECK(table.base_value == 1000 && table.sensitivities.size() == 2);
    const sensitivity &widest = table.sensitivities[0];
    CHECK(widest.argument == "customers" && widest.low == 18 && widest.high == 22 && widest.swing == 200);
    CHECK(widest.elasticity == decimal(1) && !widest.clipped_low);
    try {
        kernel_tornado("group_value", {20, 50}, {{"margin", CRM_CHANGE_KIND_RELATIVE, 1}});
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_NOT_FOUND && error.argument() == "factors");
    }
}

void bad_input() {
    using namespace crm::clv;
    const equity_model model(50, 0, response_curve(decimal("0.4"), 1), response_curve(decimal("0.7"), 0));
    try {
        model.optimum();
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_OUT_OF_RANGE && error.argument() == "steepness");
    }
}

} // namespace

int main() {
    spends();
    factors();
    bad_input();
    return failures != 0;
}
