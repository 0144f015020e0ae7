// The C++ layer of identify.
#include <crm_core.hpp>

#include "check.hpp"

#include <cmath>

namespace {

namespace identify = crm::identify;

template <class Call> crm_status refused(Call call) {
    try {
        call();
    } catch (const crm::error &error) {
        return error.code();
    }
    return CRM_STATUS_OK;
}

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
    CHECK(refused([] { identify::normalise(CRM_FIELD_KIND_EMAIL, "nobody"); }) == CRM_STATUS_UNREADABLE);
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

    const std::uint64_t merge = store.merge(60, 3);
    CHECK(store.cluster(203) == 60);
    CHECK(store.undo(merge) == 3 && store.cluster(203) == 3);
    CHECK(refused([&] { store.undo(merge); }) == CRM_STATUS_NOT_FOUND);

    std::vector<std::uint8_t> bytes = store.save();
    identify::profile_store opened = identify::profile_store::load(bytes);
    CHECK(opened.save() == bytes && opened.size() == 242);
    bytes[100] ^= 1;
    CHECK(refused([&] { identify::profile_store::load(bytes); }) == CRM_STATUS_UNREADABLE);
    CHECK(refused([] { identify::profile_store::load({}); }) == CRM_STATUS_UNREADABLE);

    const auto [records, values] = opened.erase(3);
    CHECK(records == 2 && values == 7);
    CHECK(opened.matches(person(3), 0.01).empty());
    CHECK(refused([&] { opened.erase(3); }) == CRM_STATUS_NOT_FOUND);
    CHECK(refused([&] { opened.matches({"one"}); }) == CRM_STATUS_LENGTH_MISMATCH);
    CHECK(refused([] { identify::profile_store(fields, {{"short"}}); }) == CRM_STATUS_LENGTH_MISMATCH);
}

} // namespace

int main() {
    texts();
    store();
    return failures != 0;
}
