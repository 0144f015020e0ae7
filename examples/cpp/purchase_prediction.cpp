// Who will buy again? A BG/NBD model of 1,501 customers, whose histories are counted by kind.
#include <crm_core.hpp>

#include <cstdio>

int main() {
    // Repeat purchases, weeks from the first to the last purchase, weeks since the first, customers.
    const std::vector<double> frequency{0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 6, 11};
    const std::vector<double> recency{0, 0, 0, 1.5, 8, 33, 5.5, 34, 12, 30.5, 37, 38};
    const std::vector<double> age{39, 33, 28, 38, 36, 35, 39, 36, 34, 33, 39, 38.5};
    const std::vector<double> customers{300, 420, 390, 90, 80, 85, 40, 45, 20, 15, 11, 5};

    using namespace crm::prediction;
    const histories known{frequency, recency, age};
    const fitted made = purchase_model::fit(CRM_PURCHASE_MODEL_KIND_BG_NBD, known, customers);
    const auto [r, alpha, a, b] = made.model.parameters();
    std::printf("r %.4f, alpha %.4f, a %.4f, b %.4f\n", r, alpha, a, b);
    std::printf("log-likelihood %.4f\n", made.fit.log_likelihood);

    const std::vector<double> x{0, 2, 2, 11}, last{0, 5.5, 34, 38};
    const std::vector<double> alive = made.model.probability_alive({x, last, 39.0});
    const std::vector<double> expected = made.model.expected_purchases({x, last, 39.0}, 39.0);
    std::printf("purchases  last week  alive  expected in 39 weeks\n");
    for (std::size_t i = 0; i < x.size(); i++) {
        std::printf("%9.0f%11.1f%6.1f%%%22.3f\n", x[i], last[i], 100 * alive[i], expected[i]);
    }

    const auto histogram = made.model.frequency_histogram(known, 3, customers);
    for (std::size_t n = 0; n < 4; n++) {
        std::printf("%zu repeat purchases: %.0f customers, %.1f expected\n", n, histogram.actual[n],
                    histogram.expected[n]);
    }
    const auto tracking = made.model.expected_tracking({0}, 13, 4, {1000});
    for (std::size_t quarter = 0; quarter < 4; quarter++) {
        std::printf("quarter %zu of 1000 new customers: %.1f\n", quarter + 1,
                    tracking.incremental[quarter]);
    }
}
