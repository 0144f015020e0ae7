// Customer equity in C++.
#include <crm_core.hpp>

#include <iostream>

namespace {

int failures = 0;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ++failures;                                                                            \
            std::cerr << __FILE__ << ':' << __LINE__ << ": " << #condition << '\n';                \
        }                                                                                          \
    } while (0)

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
    bad_input();
    return failures != 0;
}
