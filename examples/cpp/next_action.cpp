// From raw, duplicated records to the next action and offer for each customer, with reasons; then what came of it is learned.
#include <crm_core.hpp>

#include <cstdio>

namespace {

namespace idic = crm::idic;

const std::vector<std::string> keys{"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "B1", "B2"};
const std::vector<crm::identify::record> records{
    {"王小明", "13812340001"},        {"Ann Abelard", "13812340102"},
    {"Tom Brunner", "13812340203"},   {"Eva Castillo", "13812340304"},
    {"李雷", "13812340405"},          {"Ida Eriksson", "13812340506"},
    {"Max Fontana", "13812340607"},   {"Leo Hoffman", "13812340708"},
    {"Wang Xiaoming", "+86 138 1234 0001"}, {"Ann Abelhard", "138-1234-0102"}};
const std::int32_t first = 20454; // 2026-01-01
const idic::moment now = 1'775'037'600, later = 1'777'629'600; // 2026-04-01 and 05-01 at 10:00

const std::string options = R"({
    "actions": [{"name": "call", "channel": "phone", "purpose": "sales", "cost": 2, "label": {"en": "Call", "zh": "致电"}},
                {"name": "letter", "channel": "email", "purpose": "sales", "label": {"en": "E-mail", "zh": "电子邮件"}}],
    "offers": [{"name": "service", "gain": 30, "acceptance": 0.3, "cost": 1, "capacity": 2,
                "label": {"en": "Service plan", "zh": "服务套餐"}},
               {"name": "sample", "gain": 8, "acceptance": 0.5, "label": {"en": "Sample", "zh": "试用装"}}],
    "choice": {"strategy": "upper_confidence", "noise": 5, "exploration": 0, "seed": 1}})";

// Key, day and amount of each purchase.
idic::history history() {
    return {{{"A1", first + 3, 80},  {"B1", first + 20, 95}, {"A1", first + 45, 90}, {"B1", first + 70, 110},
             {"A2", first + 5, 40},  {"B2", first + 33, 35}, {"A2", first + 64, 30}, {"A3", first + 8, 15},
             {"A3", first + 80, 18}, {"A4", first + 12, 60}, {"A4", first + 19, 55}, {"A4", first + 25, 70},
             {"A5", first + 30, 25}, {"A5", first + 58, 30}, {"A5", first + 85, 45}, {"A6", first + 9, 12},
             {"A7", first + 40, 20}, {"A7", first + 66, 22}, {"A7", first + 88, 25}, {"A8", first + 50, 9}}};
}

void show(const crm_customer_plan &plan) {
    const char *const actions[] = {"nothing", "call", "letter"}, *const offers[] = {"service", "sample"};
    std::printf("%2d %u %7.2f %-11s %-7s %-7s %s\n", static_cast<int>(plan.customer),
                static_cast<unsigned>(plan.records), plan.current,
                plan.stage < 0 ? "-" : crm_stage_name(static_cast<crm_stage>(plan.stage)),
                plan.customer_type < 0 ? "-"
                                       : crm_customer_type_name(static_cast<crm_customer_type>(plan.customer_type)),
                actions[plan.action], plan.offer == CRM_NO_OFFER ? "-" : offers[plan.offer]);
}

} // namespace

int main() {
    // Identify, differentiate, interact, customise. Everybody agreed to e-mail, the first four to calls.
    idic::process process({{"name", CRM_FIELD_KIND_NAME}, {"mobile", CRM_FIELD_KIND_PHONE}}, options);
    process.identify(keys, records);
    idic::told told{now};
    for (const std::string &key : keys) {
        told.consents.push_back({key, {CRM_CHANNEL_EMAIL, 1}});
    }
    for (std::size_t i = 0; i < 4; ++i) {
        told.consents.push_back({keys[i], {CRM_CHANNEL_PHONE, 1}});
    }
    process.differentiate(history());
    process.interact(told);
    process.customize();
    const std::vector<crm_customer_plan> plans = process.plans();
    std::printf("%zu records of %zu customers\n", keys.size(), plans.size());
    for (const crm_customer_plan &plan : plans) {
        show(plan);
    }
    std::printf("%s\n%s\n", process.reasons(1).c_str(), process.reasons(1, CRM_LANGUAGE_ZH).c_str());

    // Letters sell, calls do not: the next round does better.
    std::vector<crm_decision_outcome> outcomes;
    for (const crm_customer_plan &plan : plans) {
        if (plan.action == 1) {
            outcomes.push_back({plan.decision, now, 0, CRM_CONTACT_OUTCOME_DECLINED, {}});
        } else if (plan.action == 2) {
            outcomes.push_back({plan.decision, now, 12, CRM_CONTACT_OUTCOME_PURCHASED, {}});
        }
    }
    std::printf("%zu outcomes\n", process.learn(outcomes).size());
    process.next_round();
    process.identify({}, {});
    process.differentiate(history());
    process.interact({later});
    process.customize();
    for (const crm_customer_plan &plan : process.plans()) {
        show(plan);
    }
}
