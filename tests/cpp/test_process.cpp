// The process from raw records to next actions and offers, in C++.
#include <crm_core.hpp>

#include "check.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace {

using crm::idic::process;
namespace identify = crm::identify;

const std::vector<identify::field> fields{{"name", CRM_FIELD_KIND_NAME}, {"mobile", CRM_FIELD_KIND_PHONE}};
const std::string options = R"({
    "actions": [{"name": "call", "label": {"en": "Call", "zh": "致电"}, "channel": "phone", "purpose": "sales"}],
    "offers": [{"name": "sample", "gain": 40, "acceptance": 0.25, "cost": 1}],
    "choice": {"strategy": "upper_confidence", "exploration": 0},
    "training": {"random_pairs": 5000}})";
const std::vector<std::string> keys{"a1", "b7", "a2", "a3", "a4", "a5"};
const std::vector<identify::record> records{{"王小明", "13812345678"}, {"Wang Xiaoming", "+86 138 1234 5678"},
                                            {"李雷", "13911112222"},   {"Ann Lee", "13700001111"},
                                            {"Tom Fox", ""},           {"Eva Karl", "13600000000"}};
const crm::idic::moment now = 5'097'600; // 1970-03-01

crm::idic::told agreed() {
    crm::idic::told out{now};
    for (const std::string &key : keys) {
        out.consents.push_back({key, {CRM_CHANNEL_PHONE, 1}});
    }
    return out;
}

process finished() {
    process made(fields, options);
    made.identify(keys, records);
    made.differentiate({{{"a1", 0, 80, 30}, {"b7", 40, 20, 5}, {"a2", 41, 5, 1}, {"a4", 50, 9, 2}}});
    made.interact(agreed());
    made.customize();
    return made;
}

/// Groups by answers in words, what is out of date, pseudonyms, moves between types.
void segments() {
    std::vector<identify::field> aging = fields;
    aging[1].half_life = 10;
    const std::string asked = R"({"choices": [{"name": "channel", "answers": ["web", "shop"]}], "groups": 2})";
    process made(aging, options.substr(0, options.size() - 1) + R"(, "needs": )" + asked + "}");
    std::vector<std::int64_t> times(keys.size(), now - 5 * 86'400);
    times[2] = now - 11 * 86'400;
    made.identify(keys, records, {}, times);
    crm::idic::history told;
    told.choices = crm::idic::keyed_texts{{"a1", "a2", "a3", "a4"}, {{"shop", "web", "shop", "shop"}}};
    told.current = crm::idic::keyed_columns{{"a1", "a2", "a3"}, {{9, 5, 4}}};
    made.differentiate(told);
    made.interact(agreed());
    made.customize();
    const crm::idic::needs_groups groups = made.needs(1);
    CHECK((groups.sizes == std::vector<std::uint64_t>{3, 1}));
    CHECK(groups.profile[0][0] == 1 && groups.profile[1][0] == 0);
    const crm::idic::cross_table worth = made.value_by_needs();
    CHECK(worth.rows == 4 && worth.columns == 2);
    double total = 0;
    for (const double each : worth.totals) {
        total += each;
    }
    CHECK(total == 18);
    CHECK((made.stale_fields(1, 2) == std::vector<std::uint8_t>{0, 1}));
    CHECK((made.stale_fields(0, 2) == std::vector<std::uint8_t>{0, 0}));
    CHECK(std::fabs(made.plans()[0].freshness - (1 + std::sqrt(0.5)) / 2) < 1e-12);
    const std::vector<std::uint8_t> secret(32, 7);
    const std::vector<std::string> pseudonyms = made.pseudonyms(secret);
    CHECK(pseudonyms.size() == 5 && pseudonyms[0].size() == 64 && pseudonyms[0] != pseudonyms[1]);
    CHECK(made.moves() == std::vector<std::uint64_t>(16));
    told.choices->columns[0][0] = "fax";
    made.next_round();
    made.identify({}, {});
    CHECK(refused([&] { made.differentiate(told); }).code() == CRM_STATUS_NOT_FOUND);
}

void rounds() {
    process made = finished();
    CHECK(made.stage() == CRM_IDIC_STAGE_CUSTOMIZE);
    const std::vector<crm_customer_plan> plans = made.plans();
    CHECK(plans.size() == 5 && plans[0].records == 2 && plans[0].current == 65);
    CHECK(made.customer_of("b7") == plans[0].customer);
    CHECK(made.reasons(0).find("2 records are of this customer") != std::string::npos);
    CHECK(made.reasons(0, CRM_LANGUAGE_ZH).find("下一步") != std::string::npos);
    CHECK(made.counts(CRM_IDIC_STAGE_IDENTIFY).find("\"customers\":5") != std::string::npos);
    CHECK(made.counts(CRM_IDIC_STAGE_CUSTOMIZE).find("\"seconds\":") != std::string::npos);
    CHECK(made.counts(CRM_IDIC_STAGE_PREPARE) == "{}");
    for (const crm_customer_plan &plan : plans) {
        CHECK((plan.offer == 0) == (plan.action == 1));
        CHECK(plan.offer != 0 || std::fabs(plan.offer_value - (plan.acceptance * 40 - 1)) < 1e-12);
    }

    const std::vector<crm_logged_reward> logged =
        made.learn({{plans[0].decision, now, 40, CRM_CONTACT_OUTCOME_PURCHASED, {}}});
    CHECK(logged.size() == 1 && logged[0].customer == plans[0].customer && logged[0].reward == 40);
    CHECK(refused([&] { made.learn({{plans[0].decision, now, 1, CRM_NO_CONTACT, {}}}); }).code() == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { made.learn({{plans[1].decision, now, 1, 99, {}}}); }).code() == CRM_STATUS_OUT_OF_RANGE);
    made.next_round();
    CHECK(made.stage() == CRM_IDIC_STAGE_PREPARE);
    made.identify({"c1"}, {{"Ann Lee", "137 0000 1111"}});
    CHECK(made.customer_of("c1") == made.customer_of("a3"));
}

void state() {
    process made = finished();
    std::vector<std::uint8_t> bytes = made.save();
    process read = process::load(bytes);
    CHECK(read.save() == bytes && read.plans().size() == 5);
    CHECK(read.counts(CRM_IDIC_STAGE_IDENTIFY).find("\"seconds\":null") != std::string::npos);
    bytes[200] ^= 1;
    CHECK(refused([&] { process::load(bytes); }).code() == CRM_STATUS_UNREADABLE);
    CHECK(refused([] { process::load({}); }).code() == CRM_STATUS_UNREADABLE);
    const crm_erased_customer erased = read.erase(read.customer_of("a1"));
    CHECK(erased.records == 2 && erased.keys == 2 && erased.decisions >= 1);
    CHECK(refused([&] { read.customer_of("b7"); }).code() == CRM_STATUS_NOT_FOUND);
}

void review() {
    process made = finished();
    CHECK(made.doubtful().empty() && made.reviewed().empty());
    const std::uint64_t ann = made.customer_of("a3"), tom = made.customer_of("a4"), ming = made.customer_of("a1");
    const crm_reviewed_pair apart = made.keep_apart(tom, ann);
    CHECK(apart.customer == std::min(ann, tom) && apart.other == std::max(ann, tom) && apart.is_one == 0);
    CHECK(made.stage() == CRM_IDIC_STAGE_CUSTOMIZE);
    CHECK(refused([&] { made.confirm(ann, tom); }).code() == CRM_STATUS_ILLEGAL_TRANSITION);
    CHECK(made.undo(apart.decision).other == apart.other);
    const crm_reviewed_pair one = made.confirm(tom, ann);
    CHECK(one.is_one == 1 && made.customer_of("a3") == one.customer && made.customer_of("a4") == one.customer);
    CHECK(made.stage() == CRM_IDIC_STAGE_PREPARE);
    CHECK(made.counts(CRM_IDIC_STAGE_IDENTIFY).find("customers") == std::string::npos);

    process read = process::load(made.save());
    CHECK(read.reviewed().size() == 1 && read.reviewed()[0].decision == one.decision);
    CHECK(refused([&] { read.keep_apart(ann, tom); }).code() == CRM_STATUS_ILLEGAL_TRANSITION);
    CHECK(refused([&] { read.confirm(ann, 999); }).code() == CRM_STATUS_NOT_FOUND);
    read.undo(one.decision);
    CHECK(read.customer_of("a3") == ann && read.customer_of("a4") == tom);
    CHECK(refused([&] { read.undo(one.decision); }).code() == CRM_STATUS_NOT_FOUND);

    CHECK(refused([&] { read.split(ming, {"a1", "b7"}); }).code() == CRM_STATUS_OUT_OF_RANGE);
    CHECK(refused([&] { read.split(ming, {"a3"}); }).code() == CRM_STATUS_NOT_FOUND);
    const crm_reviewed_pair parted = read.split(ming, {"b7"});
    CHECK(read.customer_of("a1") == ming && read.customer_of("b7") == parted.other && parted.is_one == 0);
}

/// Between links and non-links lie possible links, which wait for an answer.
void possible_links() {
    std::vector<std::string> keyed;
    std::vector<identify::record> many;
    for (unsigned i = 0; i < 25; i++) {
        const char *const given[] = {"Ann", "Tom", "Eva", "Ida", "Max"}, *const family[] = {"Karl", "Fox", "Lee", "Berg", "Stein"};
        keyed.push_back("c" + std::to_string(i));
        many.push_back({std::string(given[i % 5]) + " " + family[i / 5], "138" + std::to_string(10'000'000 + 10'007 * i)});
    }
    const auto reviewed = [&](const std::string &threshold) {
        return process(fields, options.substr(0, options.size() - 1) + R"(, "review_threshold": )" + threshold + "}");
    };
    CHECK(refused([&] { reviewed("0.51"); }).code() == CRM_STATUS_OUT_OF_RANGE);
    process made = reviewed("0.0005");
    made.identify(keyed, many);
    made.next_round();
    made.identify({"new"}, {{"Tom Fox", many[0][1]}});
    const std::uint64_t one = made.customer_of("c0"), two = made.customer_of("c6"), incoming = made.customer_of("new");
    CHECK(incoming != one && incoming != two);
    process read = process::load(made.save());
    const std::vector<crm_doubtful_pair> pairs = read.doubtful();
    CHECK(pairs.size() == 2);
    for (const crm_doubtful_pair &pair : pairs) {
        CHECK(pair.probability >= 0.0005 && pair.probability < 0.5);
        CHECK((pair.customer == one || pair.customer == two) && pair.other == incoming);
    }
    read.keep_apart(one, incoming);
    CHECK(read.doubtful().size() == 1 && read.doubtful()[0].customer == two);
    read.confirm(two, incoming);
    CHECK(read.doubtful().empty() && read.customer_of("new") == two);
}

void stages() {
    process made(fields, options);
    CHECK(refused([&] { made.customize(); }).code() == CRM_STATUS_ILLEGAL_TRANSITION);
    CHECK(refused([&] { made.plans(); }).code() == CRM_STATUS_ILLEGAL_TRANSITION);
    CHECK(refused([&] { made.identify({"a"}, {}); }).code() == CRM_STATUS_LENGTH_MISMATCH);
    made.identify(keys, records, [](std::uint32_t done) { return done <= 100; });
    CHECK(refused([&] { made.differentiate({{{"nobody", 0, 1}}}); }).code() == CRM_STATUS_NOT_FOUND);
    // A name is in no message.
    CHECK(std::string(crm_last_error_message()).find("nobody") == std::string::npos);
    bool thrown = false;
    try {
        process(fields, options).identify(keys, records, [](std::uint32_t) -> bool {
            throw std::runtime_error("enough");
        });
    } catch (const std::runtime_error &) {
        thrown = true;
    }
    CHECK(thrown);
}

} // namespace

int main() {
    segments();
    rounds();
    state();
    review();
    possible_links();
    stages();
    return failures != 0;
}
