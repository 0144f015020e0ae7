// The textbook exercise on a single customer, read in both ways that its text allows: acquired for 400,
// a first purchase of 2000, kept for 5 years, "then 500 per year", 9 %. What is the customer worth?
#include <crm_core.hpp>
#include <iostream>

int main() {
    using crm::decimal;
    const decimal rate("0.09"), acquisition(400), first(2000);

    // First reading: 2000 now, and a level 500 at the end of each of the five years.
    const decimal level = first - acquisition + crm::clv::annuity(decimal(500), rate, decimal(5));

    // Second reading: a flow at year ends that starts at 2000 and grows by 500 a year.
    const decimal growing = crm::clv::present_value({2000, 2500, 3000, 3500, 4000}, rate, CRM_TIMING_END) - acquisition;

    std::cout << "500 as a level flow:  " << level.round(10) << '\n'
              << "500 as yearly growth: " << growing.round(10) << '\n';
}
