// A published exercise whose answers cannot be right, and how the library says so.
//
// Brands A, B and C share a market of one purchase a month, each worth 300. Today's shares are .5, .3 and
// .2; a switching matrix gives next month's. At 10 % a month over t = 0, 1 the published values are
// 267.2, 199.0 and 114.5 (the matrix itself is lost).
#include <crm_core.hpp>
#include <cstdio>
#include <vector>

using namespace crm::switching;

static void print(const char *how, const std::vector<double> &clv) {
    std::printf("%-13s A %.2f  B %.2f  C %.2f  together %.2f\n", how, clv[0], clv[1], clv[2],
                clv[0] + clv[1] + clv[2]);
}

int main() {
    const spending market{1.0, 300.0, crm::decimal("0.10"), 1};

    // Every purchase goes to one of the brands, so the three values must add up to 300 now and 300
    // discounted once: 572.73. The published ones add up to 580.7. Working back, next month's
    // shares must have been:
    const std::vector<double> published{0.5, 0.3, 0.2, 0.43, 0.40, 0.20};

    // Shares that do not sum to one are refused, with the row and its sum.
    try {
        share_path_clv(published, 3, market);
    } catch (const crm::error &refusal) {
        std::printf("by default    %s\n", refusal.what());
    }

    // Whoever wants the published numbers says that the shares need not sum to one.
    print("as published", share_path_clv(published, 3, market, CRM_SHARE_RULE_ANY).clv);

    // Normalising is a step that the caller takes. The values then add up.
    print("normalised", share_path_clv(normalize(published, 3), 3, market).clv);

    // With a switching matrix the slip cannot happen: its rows are checked, and shares that sum to
    // one keep doing so. Row i says what the buyers of brand i buy next.
    const std::vector<double> matrix{0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6};
    print("by a matrix", switching_clv({0.5, 0.3, 0.2}, matrix, market).clv);
}
