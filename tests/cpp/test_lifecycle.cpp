// The C++ layer of the customer lifecycle.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

namespace lifecycle = crm::lifecycle;

void stages() {
    CHECK(lifecycle::opened_by(CRM_EVENT_FIRST_PURCHASE) == CRM_STAGE_DEVELOPMENT);
    CHECK(lifecycle::after(CRM_STAGE_GROWTH, CRM_EVENT_PLATEAU) == CRM_STAGE_MATURITY);
    CHECK(lifecycle::marks_of(CRM_STAGE_POTENTIAL).profitability == CRM_MARK_NEGATIVE);
    lifecycle::check_move(CRM_STAGE_TERMINATION, CRM_STAGE_RECOVERY);
    const crm::error error = refused([] { lifecycle::check_move(CRM_STAGE_TERMINATION, CRM_STAGE_GROWTH); });
    CHECK(error.code() == CRM_STATUS_ILLEGAL_TRANSITION);
    CHECK(std::string(error.what()) == "stage is growth: cannot be reached from stage termination");
    CHECK(crm::label(CRM_STAGE_MATURITY, CRM_LANGUAGE_ZH) == "成熟期");
}

void histories() {
    const lifecycle::history made({CRM_EVENT_FIRST_CONTACT, CRM_EVENT_FIRST_PURCHASE, CRM_EVENT_CHURN, CRM_EVENT_WIN_BACK},
                                  {100, 110, 150, 200});
    CHECK(made.entries().size() == 4 && made.recoveries() == 1);
    CHECK(made.stage_on(109) == CRM_STAGE_POTENTIAL && made.stage_on(110) == CRM_STAGE_DEVELOPMENT);
    CHECK(made.days_in_stages(205)[CRM_STAGE_TERMINATION] == 50);
    const lifecycle::history again(made.entries());
    CHECK(again.entries().back().event == CRM_EVENT_WIN_BACK);
    const lifecycle::history recorded(std::vector<lifecycle::entry>{{CRM_STAGE_MATURITY, {}, 5}});
    CHECK(!recorded.entries().front().event);
    CHECK(refused([] { lifecycle::history({CRM_EVENT_FIRST_CONTACT, CRM_EVENT_PLATEAU}, {1, 2}); }).row() == 1);
    CHECK(refused([&] { made.stage_on(99); }).code() == CRM_STATUS_OUT_OF_RANGE);
    CHECK(refused([] { lifecycle::history(std::vector<lifecycle::entry>{}); }).code() == CRM_STATUS_EMPTY);
}

void tenure() {
    CHECK(lifecycle::churn_rate(50, 10).rate == 0.2);
    CHECK(lifecycle::churn_rates({50, 150}, {10, 12}).pooled.rate == 0.11);
    CHECK(refused([] { lifecycle::churn_rate(5, 6); }).argument() == "lost");
    const lifecycle::kaplan_meier months({3, 5, 5, 8, 10}, {1, 1, 0, 0, 1});
    CHECK(months.table().size() == 4 && months.table()[1].at_risk == 4);
    CHECK(months.median() == 10.0 && months.quantile(0.2) == 3.0);
    CHECK(months.survival_at(4) == 0.8 && !months.survival_at(-1));
    CHECK(std::fabs(months.restricted_mean(5).mean - 4.6) < 1e-12);
    CHECK(months.median_interval().first == 3.0);
    CHECK(refused([] { lifecycle::kaplan_meier({1, 2}, {1, 2}); }).row() == 1);
    CHECK(refused([] { lifecycle::kaplan_meier({1, 2}, {1, 1}, {0}); }).argument() == "entry");
}

void economics() {
    const auto table = lifecycle::stage_economics({CRM_STAGE_GROWTH, CRM_STAGE_MATURITY}, {10, 0}, {25, 9}, {0.5, NAN});
    CHECK(table[CRM_STAGE_GROWTH].ratio == 2.5 && std::isnan(table[CRM_STAGE_MATURITY].ratio));
    const auto curve = lifecycle::stage_curve({7, 3}, {CRM_STAGE_GROWTH, CRM_STAGE_MATURITY}, {10, 0}, {25, 9});
    CHECK(curve.size() == 2 && curve[0].period == 3 && curve[0].stages[CRM_STAGE_MATURITY].output == 9);
    CHECK(refused([] { lifecycle::stage_economics({CRM_STAGE_GROWTH}, {-1}, {0}); }).argument() == "input");
}

/// A customer who buys every month, and one who stopped after four.
lifecycle::activity two_customers() {
    lifecycle::activity made;
    made.offsets = {0, 12, 16};
    for (std::uint32_t period = 0; period < 16; period++) {
        made.periods.push_back(period % 12);
    }
    made.purchases.assign(16, 1);
    made.spend.assign(16, 100.0);
    made.observed = 12;
    return made;
}

void inference() {
    lifecycle::activity given = two_customers();
    const lifecycle::stage_inference found(given);
    CHECK((found.stages() == std::vector<crm_stage>{CRM_STAGE_MATURITY, CRM_STAGE_TERMINATION}));
    CHECK(found.confidence()[1] > 0.9 && found.evidence()[1].rule == CRM_STAGE_RULE_LIKELY_ENDED);
    CHECK(found.describe(1).rfind("probably ended: ", 0) == 0);
    CHECK(!found.describe(0, CRM_LANGUAGE_ZH).empty() && found.population().interpurchase_time == 1);
    const lifecycle::stage_histories histories = found.histories();
    CHECK(histories.offsets.size() == 3 && histories.stages.front() == CRM_STAGE_DEVELOPMENT);
    CHECK(histories.rules.size() == histories.offsets.back());
    CHECK(found.census().back()[CRM_STAGE_TERMINATION] == 1);
    std::uint64_t steps = 0;
    for (std::uint64_t count : found.transitions().counts) {
        steps += count;
    }
    CHECK(steps == 22);
    const std::size_t move = CRM_STAGE_DEVELOPMENT * lifecycle::stage_count + CRM_STAGE_GROWTH;
    CHECK(found.economics()[move].count == 2 && found.economics()[move].before == 100);
    const lifecycle::stages_now now = lifecycle::current_stages(given);
    CHECK(now.stages == found.stages() && now.confidence == found.confidence());
    CHECK((now.rules == std::vector<crm_stage_rule>{CRM_STAGE_RULE_PLATEAU, CRM_STAGE_RULE_LIKELY_ENDED}));
    given.p_alive = {NAN, 0.9};
    CHECK(lifecycle::current_stages(given).stages[1] == CRM_STAGE_DECLINE);
    CHECK(lifecycle::stage_inference(given).stages()[1] == CRM_STAGE_DECLINE);
    given.p_alive = {0.5};
    CHECK(refused([&] { lifecycle::stage_inference made(given); }).argument() == "p_alive");
    crm_rule_options options = lifecycle::rule_options();
    options.silence = 0;
    CHECK(refused([&] { lifecycle::stage_inference made(two_customers(), options); }).argument() == "silence");
    options = lifecycle::rule_options();
    options.measure = CRM_STAGE_MEASURE_PROFIT;
    CHECK(refused([&] { lifecycle::stage_inference made(two_customers(), options); }).code() == CRM_STATUS_MISSING);
    CHECK(refused([&] { found.describe(2); }).code() == CRM_STATUS_NOT_FOUND);
}

// What the C interface says of too little room.
void room() {
    const lifecycle::activity given = two_customers();
    const crm_rule_options options = lifecycle::rule_options();
    crm_stage_inference *made = nullptr;
    crm::check(crm_stage_inference_new(given.offsets.data(), 2, given.periods.data(), given.purchases.data(),
                                       given.spend.data(), nullptr, nullptr, given.periods.size(), given.observed,
                                       nullptr, &options, &made));
    char text[4] = "";
    const crm::error small = refused(
        [&] { crm::check(crm_stage_inference_describe(made, 0, CRM_LANGUAGE_EN, text, sizeof text)); });
    CHECK(small.code() == CRM_STATUS_LENGTH_MISMATCH && small.argument() == "capacity" && text[0] == 0);
    std::uint64_t census[lifecycle::stage_count] = {};
    for (const std::uint32_t observed : {std::uint32_t{1}, UINT32_MAX}) {
        const crm::error other = refused([&] { crm::check(crm_stage_inference_census(made, observed, census)); });
        CHECK(other.code() == CRM_STATUS_LENGTH_MISMATCH && other.argument() == "observed");
    }
    crm_stage_inference_free(made);
}

} // namespace

void hidden_markov() {
    const lifecycle::hidden_markov truth(CRM_EMISSION_FAMILY_POISSON, {0.5, 0.5}, {0.9, 0.1, 0.2, 0.8}, {0.2, 3.0});
    const std::vector<std::size_t> periods(300, 24);
    const lifecycle::simulated_states made = truth.simulate(periods, 7);
    lifecycle::state_panel panel;
    for (std::size_t i = 0; i <= periods.size(); i++) {
        panel.offsets.push_back(24 * i);
    }
    panel.values = made.values;
    const auto fit = lifecycle::hidden_markov::fit(panel, CRM_EMISSION_FAMILY_POISSON, 2);
    CHECK(std::abs(fit.means()[0] - 0.2) < 0.05 && std::abs(fit.means()[1] - 3.0) < 0.15);
    CHECK(fit.report().status == CRM_EM_STATUS_CONVERGED && fit.report().customers == 300);
    const auto again = lifecycle::hidden_markov::from_json(fit.json());
    CHECK(again.parameters() == fit.parameters() && again.report().bic == fit.report().bic);
    const lifecycle::decoded_states found = again.decode(panel);
    std::size_t right = 0;
    for (std::size_t row = 0; row < panel.values.size(); row++) {
        right += found.path[row] == made.states[row];
    }
    CHECK(static_cast<double>(right) > 0.9 * static_cast<double>(panel.values.size()));
    CHECK(fit.stages(panel, found.path).size() == panel.values.size());
    const auto values = fit.state_values(10, crm::decimal("0.01"), crm::switching::horizon::infinite());
    CHECK(values[0] < values[1]);
    const auto logit = lifecycle::hidden_markov::by_covariates(CRM_EMISSION_FAMILY_POISSON, {0.5, 0.5}, {0, 1, 0, 0}, 1,
                                                               {0.2, 3.0});
    CHECK(logit.transitions({0}) == (std::vector<double>{0.5, 0.5, 0.5, 0.5}) && logit.coefficients()[1] == 1);
    const lifecycle::state_uncertainty sure = fit.uncertainty(panel);
    const auto estimates = sure.intervals();
    CHECK(estimates.size() == 8 && estimates[7].name == "mean_1" && estimates[7].estimate == fit.means()[1]);
    for (const lifecycle::parameter_estimate &one : estimates) {
        CHECK(one.lower < one.estimate && one.estimate < one.upper && one.standard_error > 0);
    }
    CHECK(std::abs(sure.covariance()[63] - estimates[7].standard_error * estimates[7].standard_error) < 1e-12);
    CHECK(sure.distance() < 0.1);
    std::uint32_t told = 0;
    const auto stop = [&](std::uint32_t done) { return told = done, false; };
    const crm_emission_family family = CRM_EMISSION_FAMILY_POISSON;
    const lifecycle::em_options options;
    CHECK(refused([&] { lifecycle::hidden_markov::fit(panel, family, 4, options, stop); }).code() ==
          CRM_STATUS_STOPPED);
    CHECK(refused([&] { fit.uncertainty(panel, stop); }).code() == CRM_STATUS_STOPPED);
    CHECK(refused([&] { truth.report(); }).code() == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { logit.decode(panel); }).argument() == "covariates");
    CHECK(refused([&] { lifecycle::hidden_markov::from_json("{}"); }).code() == CRM_STATUS_UNREADABLE);
}

void values() {
    const std::vector<crm_stage> rows = {CRM_STAGE_MATURITY, CRM_STAGE_MATURITY, CRM_STAGE_DECLINE};
    const crm::decimal rate("0.25");
    const auto until = crm::switching::horizon::infinite().c_value();
    const lifecycle::stage_worth found =
        lifecycle::stage_values({0, 3}, rows, std::vector<double>{10, 10, 2}, rate, until);
    CHECK(std::abs(found.values[CRM_STAGE_MATURITY] - 70.0 / 3) < 1e-12 && found.values[CRM_STAGE_DECLINE] == 10);
    CHECK(std::isnan(found.values[CRM_STAGE_GROWTH]) && found.profits[CRM_STAGE_MATURITY] == 10);
    const std::array<double, 7> profits = {0, 0, 0, 10, 2, 0, 0};
    CHECK(lifecycle::stage_values({0, 3}, rows, profits, rate, until).values[CRM_STAGE_DECLINE] == 10);
    CHECK(refused([&] {
              lifecycle::stage_values({0, 1, 2, 3}, rows, profits, rate, until);
          }).code() == CRM_STATUS_EMPTY);
}

int main() {
    values();
    stages();
    histories();
    tenure();
    economics();
    inference();
    hidden_markov();
    room();
    return failures != 0;
}
