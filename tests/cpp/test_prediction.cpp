// Buy-till-you-die models in C++: predictions for columns and new customers, a fit, what is refused.
#include <crm_core.hpp>

#include <cmath>
#include <iostream>
#include <utility>

using namespace crm::prediction;

namespace {

int failures = 0;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ++failures;                                                                            \
            std::cerr << __FILE__ << ':' << __LINE__ << ": " << #condition << '\n';                \
        }                                                                                          \
    } while (0)

template <class Call> crm::error refused(Call call) {
    try {
        call();
    } catch (const crm::error &error) {
        return error;
    }
    return crm::error(CRM_STATUS_OK, "nothing", "was refused");
}

const std::vector<double> frequency{2, 26, 0}, recency{30.43, 30.86, 0}, age{38.86, 31, 39};
const histories customers{frequency, recency, age};

purchase_model cdnow() {
    return {CRM_PURCHASE_MODEL_KIND_BG_NBD, {0.2426, 4.4136, 0.7929, 2.4258}};
}

void predictions() {
    const purchase_model model = cdnow();
    CHECK(model.kind() == CRM_PURCHASE_MODEL_KIND_BG_NBD && model.parameters()[1] == 4.4136);
    CHECK(std::abs(model.expected_purchases(customers, 39.0)[0] - 1.226) < 5e-4);
    CHECK(std::abs(model.expected_purchases(customers, 52.0)[1] - 25.76) < 5e-3);
    CHECK(model.probability_alive(customers)[2] == 1.0);
    CHECK(model.log_likelihood(customers).size() == 3);

    // A new customer, at several horizons; none and one or more are all there is.
    const std::vector<double> horizons{1, 10, 100};
    const std::vector<double> grows = model.expected_purchases({}, horizons);
    CHECK(grows.size() == 3 && grows[0] < grows[1] && grows[1] < grows[2]);
    const double none = model.purchase_probability({}, 0.0, 39.0)[0];
    CHECK(std::abs(none + model.tail_probability({}, 1.0, 39.0)[0] - 1) < 1e-14);
    const double endless = model.discounted_purchases({}, INFINITY, 0.002)[0];
    CHECK(endless > model.discounted_purchases({}, 520.0, 0.002)[0]);
}

void fits() {
    const std::vector<double> x{0, 1, 1, 2, 4, 7}, tx{0, 3, 25, 20, 30, 38}, t{39, 38, 36, 39, 35, 39};
    const std::vector<double> weights{300, 40, 30, 25, 12, 5};
    const fitted made = purchase_model::fit(CRM_PURCHASE_MODEL_KIND_BG_NBD, {x, tx, t}, weights);
    CHECK(made.fit.status == CRM_FIT_STATUS_CONVERGED && made.fit.customers == 412);
    CHECK(made.model.parameters()[0] == made.fit.parameters[0]);
    CHECK(std::abs(made.fit.aic - (8 - 2 * made.fit.log_likelihood)) < 1e-9);
}

void refusals() {
    const purchase_model model = cdnow();
    const auto after_age = [&] { model.log_likelihood({frequency, age, recency}); };
    CHECK(refused(after_age).argument() == "recency");
    const auto two_horizons = [&] { model.expected_purchases(customers, std::vector<double>{1, 2}); };
    CHECK(refused(two_horizons).code() == CRM_STATUS_LENGTH_MISMATCH);
    const auto nobody = [&] {
        purchase_model::fit(CRM_PURCHASE_MODEL_KIND_MBG_NBD, {0.0, 0.0, age});
    };
    CHECK(refused(nobody).code() == CRM_STATUS_NO_SOLUTION);
}

} // namespace

int main() {
    predictions();
    fits();
    refusals();
    return failures != 0;
}
