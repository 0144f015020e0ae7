// Whom to send the catalogue: Pfeifer & Carraway's direct mail.
//
// A purchase brings 40, a catalogue costs 4, a year's discount is 20 %. Of customers who bought one, two, three and
// four years ago, 30, 20, 15 and 5 % buy again when they get the catalogue; who has not bought for longer is lost.
#include <crm_core.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace crm::migration;

int main() {
    const recency_chain chain(
        {crm::decimal("0.30"), crm::decimal("0.20"), crm::decimal("0.15"), crm::decimal("0.05")});
    const crm::decimal margin(40), cost(4), rate("0.2");

    // To mail every customer who is not lost.
    const model mail = chain.direct_mail(margin, cost);
    const std::vector<double> five_years = mail.value(rate, 4).values;
    const moments everybody = mail.moments(rate, horizon::infinite());

    // To mail those who are worth it, and to let the others go.
    const optimal_policy best = chain.contact_decision(margin, cost).policy_iteration(rate, {1, 1, 1, 1, 0});

    std::printf("state      five years  without end      sd  best policy\n");
    for (std::size_t i = 0; i < 5; ++i) {
        const std::string name = i < 4 ? "recency " + std::to_string(i + 1) : "lost";
        std::printf("%-9s %11.2f %12.2f %7.2f %7.2f %s\n", name.c_str(), five_years[i], everybody.mean[i],
                    std::sqrt(everybody.variance[i]), best.value[i], best.policy[i] ? "mail" : "no mail");
    }

    // Where a thousand customers who have just bought are after four years, if all are mailed.
    const std::vector<double> path = mail.distribution({1000, 0, 0, 0, 0}, 4);
    const double *last = path.data() + 4 * 5;
    std::printf("after four years: %.0f, %.0f, %.0f, %.0f, lost %.0f of 1000\n", last[0], last[1], last[2], last[3],
                last[4]);
}
