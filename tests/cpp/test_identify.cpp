// The C++ layer of identify.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

namespace identify = crm::identify;

const std::vector<identify::field> fields{{"given", CRM_FIELD_KIND_NAME, 1},
                                          {"family", CRM_FIELD_KIND_NAME, 0},
                                          {"born", CRM_FIELD_KIND_DATE},
                                          {"mobile", CRM_FIELD_KIND_PHONE}};

identify::record person(unsigned i) {
    const char *given[] = {"anna", "bruno", "clara", "david", "elena", "felix", "greta"};
    const char *family[] = {"abendroth", "brinkmann", "czerny", "dombrowski", "eichhorn"};
    const unsigned long long mixed = (i + 1ULL) * 0x9e3779b97f4a7c15ULL;
    const auto part = [mixed](unsigned shift, unsigned bound) {
        return static_cast<unsigned>(((mixed ^ mixed >> 29) >> shift) % bound);
    };
    const std::string born = std::to_string(1910 + part(16, 90)) + "-" + std::to_string(10 + part(24, 3)) + "-" +
                             std::to_string(10 + part(29, 18));
    return {given[part(0, 7)], family[part(8, 5)], born, std::to_string(13800000000ULL + part(34, 90000000))};
}

std::vector<identify::record> people() {
    std::vector<identify::record> all;
    for (unsigned i = 0; i < 200; i++) {
        all.push_back(person(i));
    }
    for (unsigned i = 0; i < 40; i++) {
        all.push_back(person(i));
        all.back()[3].clear();
    }
    return all;
}

void texts() {
    CHECK(identify::levenshtein("王小明", "王晓明") == 1);
    CHECK(identify::osa("ca", "abc") == 3 && identify::damerau_levenshtein("ca", "abc") == 2);
    CHECK(std::fabs(identify::jaro("MARTHA", "MARHTA") - 0.944444) < 1e-6);
    CHECK(std::fabs(identify::jaro_winkler("MARTHA", "MARHTA") - 0.961111) < 1e-6);
    CHECK(identify::token_set("a b", "b a") == 1);
    CHECK(identify::pinyin("王小明") == "wangxiaoming");
    CHECK(identify::normalise(CRM_FIELD_KIND_ADDRESS, "st st st") == "street street street");
    CHECK(identify::normalise(CRM_FIELD_KIND_PHONE, "030 901820", 49) == "+4930901820");
    CHECK(refused([] { identify::normalise(CRM_FIELD_KIND_EMAIL, "nobody"); }).code() == CRM_STATUS_UNREADABLE);
}

void store() {
    identify::profile_store store(fields, people());
    CHECK(store.size() == 240);
    CHECK(store.cluster(203) == 3);
    identify::record incoming = person(120);
    incoming[1] += "x";
    const std::vector<crm_match> likely = store.matches(incoming);
    CHECK(likely.size() == 1 && likely[0].record == 120);
    const identify::explanation why = store.explain(incoming, 120); // a record that is added makes its values less rare
    const crm_added added = store.add(incoming);
    CHECK(added.record == 240 && added.cluster == 120 && added.matched.record == 120);
    CHECK(added.doubtful.probability == 0);
    CHECK(store.add({"zoe", "quandt", "2001-01-01", "13999999999"}).matched.probability == 0);
    double weight = why.prior;
    for (const crm_field_evidence &each : why.fields) {
        weight += each.weight + each.term_frequency;
    }
    CHECK(std::fabs(weight - likely[0].weight) < 1e-9);
    CHECK(std::fabs(why.probability - 1 / (1 + std::exp2(-weight))) < 1e-12);
    CHECK(why.fields[1].level == CRM_AGREEMENT_LEVEL_CLOSE && why.fields[3].level == CRM_AGREEMENT_LEVEL_EXACT);

    // Somebody of whom the name alone is known is possibly one of the two who have it.
    const identify::record called = {person(120)[0], person(120)[1], "", ""};
    const std::vector<crm_match> possible = store.matches(called, 0.001);
    CHECK(!possible.empty() && possible[0].probability < 0.5);
    store.set_review_threshold(possible[0].probability);
    identify::profile_store reviewed = identify::profile_store::load(store.save());
    const crm_added unsure = reviewed.add(called);
    CHECK(unsure.matched.probability == 0 && unsure.cluster != possible[0].cluster);
    CHECK(unsure.doubtful.record == possible[0].record && unsure.doubtful.probability == possible[0].probability);
    CHECK(refused([&] { store.set_review_threshold(0.6); }).code() == CRM_STATUS_OUT_OF_RANGE);

    const std::uint64_t merge = store.merge(60, 3);
    CHECK(store.cluster(203) == 60);
    CHECK(store.undo(merge) == 3 && store.cluster(203) == 3);
    CHECK(refused([&] { store.undo(merge); }).code() == CRM_STATUS_NOT_FOUND);

    const std::uint64_t parted = store.split(3, {203});
    CHECK(parted == 241 && store.cluster(203) == parted && store.cluster(3) == 3);
    CHECK(refused([&] { store.split(3, {3}); }).code() == CRM_STATUS_OUT_OF_RANGE);
    CHECK(refused([&] { store.split(3, {4}); }).code() == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { store.split(3, {}); }).code() == CRM_STATUS_EMPTY);
    store.merge(3, parted);

    std::vector<std::uint8_t> bytes = store.save();
    identify::profile_store opened = identify::profile_store::load(bytes);
    CHECK(opened.save() == bytes && opened.size() == 242);
    bytes[100] ^= 1;
    CHECK(refused([&] { identify::profile_store::load(bytes); }).code() == CRM_STATUS_UNREADABLE);
    CHECK(refused([] { identify::profile_store::load({}); }).code() == CRM_STATUS_UNREADABLE);

    const auto [records, values] = opened.erase(3);
    CHECK(records == 2 && values == 7);
    CHECK(opened.matches(person(3), 0.01).empty());
    CHECK(refused([&] { opened.erase(3); }).code() == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { opened.matches({"one"}); }).code() == CRM_STATUS_LENGTH_MISMATCH);
    CHECK(refused([] { identify::profile_store(fields, {{"short"}}); }).code() == CRM_STATUS_LENGTH_MISMATCH);
}

/// An address that is made of the names says nothing where these agree.
void derived() {
    std::vector<identify::field> made = fields;
    made.push_back({"email", CRM_FIELD_KIND_EMAIL});
    std::vector<identify::record> records = people();
    for (identify::record &each : records) {
        each.push_back(each[0] + "." + each[1] + "@example.org");
    }
    const identify::record incoming = {records[120][0], records[120][1], "", "", records[120][4]};
    const auto email = [&] {
        return identify::profile_store(made, records).explain(incoming, 120).fields[4];
    };
    CHECK(email().weight + email().term_frequency > 3);
    made[4].derived_from = {0, 1};
    CHECK(std::fabs(email().weight) < 1 && email().term_frequency == 0);
    made[4].derived_from = {4};
    CHECK(refused(email).code() == CRM_STATUS_OUT_OF_RANGE && refused(email).row() == 4);
    made[4].derived_from = {32};
    CHECK(refused(email).code() == CRM_STATUS_OUT_OF_RANGE);
}

void qualities() {
    std::vector<identify::field> ageing = fields;
    ageing[3].half_life = 100;
    ageing[3].importance = 3;
    const std::vector<identify::record> records = people();
    const std::vector<std::int64_t> times(records.size(), 0);
    const std::vector<crm_field_quality> found = identify::field_qualities(ageing, records, 200 * 86400, times);
    CHECK(found.size() == 4 && found[0].field == 3 && found[0].filled == 200.0 / 240);
    CHECK(found[0].has_freshness == 1 && found[0].freshness == 0.25 && found[0].verdict == CRM_FIELD_VERDICT_STALE);
    CHECK(found[1].field == 0 && found[1].different == 7 && found[1].verdict == CRM_FIELD_VERDICT_USEFUL);
    CHECK(identify::field_qualities(ageing, records, 0)[0].has_freshness == 0);
    CHECK(refused([&] { identify::field_qualities(ageing, records, -1, times); }).row() == 0);
    CHECK(refused([&] { identify::field_qualities(ageing, records, 0, std::vector<std::int64_t>(3)); }).code() ==
          CRM_STATUS_LENGTH_MISMATCH);
}

void updates() {
    std::vector<identify::field> ageing = fields;
    ageing[3].half_life = 100;
    ageing[3].importance = 3;
    identify::profile_store store(ageing, people());
    constexpr std::int64_t day = 86400;
    const std::uint32_t shop = store.set_source("shop", 0.8), list = store.set_source("list", 0.2);
    CHECK(shop == 0 && list == 1 && store.set_source("shop", 0.8) == shop);
    const auto mobile = [&](const char *number, std::uint32_t source, std::int64_t at) {
        return store.update(3, {"", "", "", number}, {source, at * day}).fields;
    };
    CHECK(mobile("13900000001", shop, 1000)[3] == CRM_UPDATE_OUTCOME_REPLACED);
    CHECK(mobile("13900000002", list, 1199)[3] == CRM_UPDATE_OUTCOME_OVERRULED);
    CHECK(mobile("13900000003", list, 1201)[3] == CRM_UPDATE_OUTCOME_REPLACED);
    CHECK(mobile("139 0000 0003", list, 1202)[0] == CRM_UPDATE_OUTCOME_NOT_GIVEN);
    identify::profile known = store.profile(3, 1302 * day, 4);
    CHECK(store.value(3, 3) == "+8613900000003" && known.fields[3].freshness == 0.5);
    CHECK(known.fields[3].source == list && known.fields[3].at == 1202 * day && known.fields[3].has_origin == 1);
    CHECK(known.fields[0].has_origin == 0 && known.fields[0].has_freshness == 1 && known.fields[0].freshness == 1);
    CHECK(known.conflicts.size() == 3 && known.conflicts[0].overruled == 240);
    CHECK(known.conflicts[0].ground == CRM_CONFLICT_GROUND_MORE_RECENT && known.conflicts[0].field == 3);
    CHECK(known.conflicts[2].ground == CRM_CONFLICT_GROUND_KNOWN_ORIGIN && known.conflicts[2].overruled == 3);
    CHECK(std::fabs(known.freshness - (3 + 3 * 0.5) / 6) < 1e-15);
    store.set_origin(0, {shop, 7 * day});
    CHECK(store.profile(0, 7 * day, 4).fields[3].freshness == 1);
    const crm_added added = store.add(person(5), {list, 9 * day});
    CHECK(added.cluster == 5 && store.profile(5, 9 * day, 4).fields[3].record == added.record);
    CHECK(identify::profile_store::load(store.save()).value(3, 3) == "+8613900000003");
    CHECK(refused([&] { store.profile(3, 0, 4); }).code() == CRM_STATUS_OUT_OF_RANGE);
    CHECK(refused([&] { store.profile(3, 1302 * day, 3); }).code() == CRM_STATUS_LENGTH_MISMATCH);
    CHECK(refused([&] { store.value(3, 4); }).code() == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { store.update(3, {"", "", "", ""}, {shop, 0}); }).code() == CRM_STATUS_EMPTY);
    CHECK(refused([&] { store.update(3, person(3), {70000, 0}); }).code() == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { store.set_source("shop", 0); }).code() == CRM_STATUS_OUT_OF_RANGE);
}

void pseudonyms() {
    const std::vector<std::uint8_t> key(32, 7);
    const std::string made = identify::pseudonym(key, CRM_FIELD_KIND_PHONE, "138 1234 5678");
    CHECK(made.size() == 64 && made == identify::pseudonym(key, CRM_FIELD_KIND_PHONE, "+86 13812345678"));
    CHECK(made != identify::pseudonym(std::vector<std::uint8_t>(32, 8), CRM_FIELD_KIND_PHONE, "138 1234 5678"));
    CHECK(identify::pseudonym(key, CRM_FIELD_KIND_PHONE, "").empty());
    CHECK(refused([] { identify::pseudonym({1, 2}, CRM_FIELD_KIND_PHONE, "1"); }).code() == CRM_STATUS_OUT_OF_RANGE);
    CHECK(identify::hmac_sha256({'J', 'e', 'f', 'e'}, {})[0] != identify::hmac_sha256({}, {})[0]);
    CHECK(identify::freshness(730, 365) == 0.25);
}

} // namespace

int main() {
    texts();
    store();
    derived();
    qualities();
    updates();
    pseudonyms();
    return failures != 0;
}
