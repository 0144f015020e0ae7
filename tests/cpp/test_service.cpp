// Service and IDIC in C++.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

using crm::service::complaint;

void complaints() {
    const complaint heard(0);
    const complaint recorded = heard.apply(CRM_COMPLAINT_ACTION_RECORD, 600);
    const complaint judged = recorded.apply(CRM_COMPLAINT_ACTION_JUDGE_UNFOUNDED, 7200, "The price was agreed.");
    const complaint closed = judged.apply(CRM_COMPLAINT_ACTION_CLOSE, 90000);
    CHECK(closed.state().outcome == CRM_COMPLAINT_OUTCOME_UNFOUNDED && !closed.state().is_open);
    CHECK(closed.steps().size() == 4 && closed.seconds_at_steps(90000)[1] == 6600);
    CHECK(complaint::from_json(closed.to_json()).state().actions == 3);
    auto deadlines = crm::service::no_deadlines();
    deadlines[1] = 3600;
    CHECK(recorded.overdue(4201, deadlines) == 1 && closed.overdue(999999, deadlines) == 0);
    const auto totals = crm::service::complaint_statistics({&recorded, &closed}, 100000, deadlines, 100);
    CHECK(totals.open == 1 && totals.overdue == 1 && totals.per_customer == 0.02);
    try {
        recorded.apply(CRM_COMPLAINT_ACTION_ACCEPT, 700);
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_ILLEGAL_TRANSITION);
    }
    try {
        recorded.apply(CRM_COMPLAINT_ACTION_JUDGE_FOUNDED, 700);
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_MISSING);
    }
}

void lost_customers() {
    CHECK(crm::service::loss_status(0.1) == CRM_LOSS_STATUS_TEMPORARILY_LOST);
    CHECK(crm::service::segment(CRM_LOSS_CAUSE_PRICING) == CRM_LOSS_SEGMENT_BOUGHT_AWAY);
    CHECK(crm::service::measure(CRM_LOSS_SEGMENT_MOVED_AWAY).find("Offer another channel") == 0);
    const auto ranking = crm::service::win_back_ranking({1500, 200, 900}, {0.2, 0.3, 0.5}, {120, 80, 100});
    CHECK(ranking.size() == 2 && ranking[0].row == 2 && ranking[1].cumulative_worth == 530);
    const std::vector<std::vector<double>> months = {{1, 2, 2, 3, 4, 5, 6, 7}};
    const crm::service::logistic_model model(months, {0, 0, 1, 0, 0, 1, 1, 1});
    CHECK(model.summary().rows == 8 && model.coefficients()[1].first > 0);
    CHECK(model.predict({{1, 7}})[1] > 0.8);
}

void actions() {
    const crm::idic::contact_policy policy(R"({"quiet_hours": {"from": 21, "until": 8}})");
    CHECK(policy.ask({CRM_CHANNEL_EMAIL}, {}, false, CRM_CHANNEL_EMAIL, CRM_CONTACT_PURPOSE_SALES, 0) ==
          CRM_CONTACT_REFUSAL_QUIET_HOURS);
    CHECK(!policy.ask({CRM_CHANNEL_EMAIL}, {}, false, CRM_CHANNEL_EMAIL, CRM_CONTACT_PURPOSE_SALES, 43200));

    crm::idic::preference_memory memory(2, 1, 90);
    memory.observe(1, 0);
    memory.observe(1, 90 * 86400);
    CHECK(memory.belief(90 * 86400)[1].probability == 2.5 / 3.5);
    CHECK(memory.to_json().find("half_life") != std::string::npos);

    crm::idic::specifications wishes;
    CHECK(wishes.remember("size", "M", 60) && !wishes.remember("size", "S", 0));
    CHECK(wishes.recall("size")->value == "M" && wishes.recall("size")->at == 60 && !wishes.recall("colour"));
    auto kept = crm::idic::specifications::from_json(wishes.to_json());
    CHECK(kept.subjects() == std::vector<std::string>{"size"} && kept.erase() == 1 && kept.subjects().empty());
    CHECK(refused([] { crm::idic::specifications::from_json("{"); }).code() == CRM_STATUS_UNREADABLE);

    crm::idic::action_chooser chooser(R"({"actions": [{"name": "call", "cost": 1}, {"name": "voucher"}],
        "features": ["orders"], "noise": 0.5, "seed": 3})");
    const auto first = chooser.decide(7, {3}, {1, 0}, 0);
    CHECK(first.scores.size() == 3 && !first.scores[2].is_eligible && first.made.action < 2);
    CHECK(chooser.reward(first.made.id, 2).customer == 7);
    const auto parts = chooser.explain(7, {3}, 1);
    CHECK(parts.size() == 4 && parts[3] == -1);
    crm::idic::action_chooser again = crm::idic::action_chooser::from_state(chooser.state());
    CHECK(again.observations(2)[first.made.action] == 1 && again.expected(7, {3}, 2).size() == 3 && !again.is_control(7));
    auto twin = crm::idic::action_chooser::from_state(chooser.state());
    const auto both = twin.decide_each({8, 9}, {1, 2}, {1, 1, 0, 1}, 60);
    CHECK(both.size() == 2 && both[0].customer == 8 && both[1].id == both[0].id + 1 && both[1].action != 1);
    CHECK(refused([&] { twin.decide_each({8, 9}, {1, 2, 3, 4}, {1, 1, 0, 1}, 60); }).argument() == "features");
    CHECK(again.decide(8, {1}, {1, 1}, 60).made.action == chooser.decide(8, {1}, {1, 1}, 60).made.action);
    CHECK(again.expire(1000000) == 0 && again.erase(8) == 1);
    try {
        crm::idic::action_chooser::from_state(chooser.state().substr(1));
        CHECK(false);
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_UNREADABLE);
    }
}

void offers_and_groups() {
    const auto found = crm::idic::assign_offers({{9, 8}, {7, 2}}, {{0, 1}, {0, -1}});
    CHECK(found.offer[0] == 1 && found.offer[1] == 0 && found.summary.value == 15);
    CHECK(found.reason[0] == CRM_ASSIGNMENT_REASON_PLACES_ELSEWHERE);
    const auto groups = crm::idic::k_means({{1, 1.2, 0.9, 5, 5.1, 4.8, 5.2}}, 2);
    CHECK(groups.cluster[0] == 1 && groups.cluster[3] == 0 && std::fabs(groups.centers[0] - 5.025) < 1e-12);
    CHECK(crm::idic::choice_shares({{2, 0}, {1, 3}}, CRM_CHOICE_RULE_FIRST_CHOICE)[0] == 0.5);
}

} // namespace

int main() {
    complaints();
    lost_customers();
    actions();
    offers_and_groups();
    return failures != 0;
}
