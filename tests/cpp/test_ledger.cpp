// The C++ layer of ledgers.
#include <crm_core.hpp>

#include "check.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace {

using vec = std::vector<double>;
using sizes = std::vector<std::size_t>;
using counts = std::vector<std::uint32_t>;
using days = std::vector<std::int32_t>;
using integers = std::vector<std::int64_t>;
using texts = std::vector<std::string>;

bool is(const crm::error &error, crm_status code, const std::string &argument,
        std::optional<std::size_t> row = std::nullopt) {
    return error.code() == code && error.argument() == argument && error.row() == row;
}

// Ann buys on January 31 for 19.99 and on February 28 for 30.01, and returns 5.00 on March 15; Bob
// buys twice on February 1; Cyd buys on March 20, the last day.
const texts names{"ann", "bob", "ann", "bob", "ann", "cyd"};
const integers ids{7, -8, 7, -8, 7, 9};
const std::int32_t january_31 = 20119;
const days dates{20119, 20120, 20147, 20120, 20162, 20167};
const integers cents{1999, 500, 3001, 750, -500, 10000};
const integers cost_cents{1200, 250, 1800, 400, 0, 8000};
const vec amounts{19.99, 5, 30.01, 7.5, -5, 100};

crm::ledger exact_ledger() {
    const texts head(names.begin(), names.begin() + 2), tail(names.begin() + 2, names.end());
    return crm::ledger({{head, {dates.data(), 2}, {cents.data(), 2, 2},
                         crm::amount_column(cost_cents.data(), 2, 2)},
                        {tail, {dates.data() + 2, 4}, {cents.data() + 2, 4, 2},
                         crm::amount_column(cost_cents.data() + 2, 4, 2)}});
}

crm_summary_options netted() {
    crm_summary_options options = crm::summary_options();
    options.returns = CRM_RETURNS_NET;
    return options;
}

void customers() {
    CHECK(crm::parse_date("2025-01-31") == january_31);
    crm::ledger made = exact_ledger();
    const crm::ledger log = std::move(made);
    CHECK(log.customers() == 3 && log.rows() == 6 && log.has_costs());
    CHECK(log.customer_text(0) == "ann" && log.customer_text(2) == "cyd");
    CHECK((log.first_rows() == sizes{0, 1, 5}));
    CHECK(log.find("bob") == 1u && !log.find("dan") && !log.find(7));
    CHECK(!log.find(std::string("bob\0by", 6)));
    const crm::transaction_columns ann = log.transactions(0);
    CHECK((ann.row == sizes{0, 2, 4} && ann.day == days{20119, 20147, 20162}));
    CHECK((ann.time == integers{20119, 20147, 20162}));
    CHECK((ann.amount == vec{19.99, 30.01, -5} && ann.cost == vec{12, 18, 0}));
    CHECK(is(refused([&] { log.customer_ids(); }), CRM_STATUS_WRONG_TYPE, "ledger"));
    CHECK(is(refused([&] { log.customer_text(3); }), CRM_STATUS_NOT_FOUND, "customer"));
    CHECK(is(refused([&] { log.transactions(3); }), CRM_STATUS_NOT_FOUND, "customer"));

    const crm::ledger numbers(crm::log_chunk(ids, dates, amounts));
    CHECK((numbers.customer_ids() == integers{7, -8, 9}));
    CHECK(numbers.find(-8) == 1u && !numbers.find(8) && !numbers.has_costs());
    CHECK(numbers.transactions(0).cost.empty());

    const std::string long_name(1000, 'x');
    const std::vector<const char *> pointers{long_name.c_str()};
    const std::array<std::int32_t, 1> one_day{0};
    CHECK(crm::ledger({pointers, one_day, vec{1}}).customer_text(0) == long_name);
}

void summaries() {
    const crm::ledger log = exact_ledger();
    const crm::summary_columns rows = log.summary(netted());
    CHECK((rows.customer == sizes{0, 1, 2} && rows.first_row == sizes{0, 1, 5}));
    CHECK((rows.frequency == vec{1, 0, 0} && rows.recency == vec{28, 0, 0}));
    CHECK((rows.age == vec{48, 47, 0} && rows.mean_spend == vec{25.01, 0, 0}));
    CHECK(is(refused([&] { log.summary(); }), CRM_STATUS_OUT_OF_RANGE, "amount", 4));

    const std::vector<crm::log_chunk> chunks{crm::log_chunk(ids, dates, amounts)};
    const crm::summary_columns direct = crm::summary_of_log(chunks, netted());
    const crm::summary_columns same = crm::ledger(chunks).summary(netted());
    CHECK((direct.customer == same.customer && direct.first_row == same.first_row));
    CHECK((direct.frequency == same.frequency && direct.recency == same.recency));
    CHECK((direct.age == same.age && direct.mean_spend == same.mean_spend));
    CHECK(is(refused([&] { crm::summary_of_log(chunks); }), CRM_STATUS_OUT_OF_RANGE, "amount", 4));
    CHECK(is(refused([&] { crm::summary_of_log({}); }), CRM_STATUS_EMPTY, "chunks"));

    crm_summary_options options = netted();
    options.period = CRM_PERIOD_MONTHS;
    options.start = crm::parse_date("2025-02-01");
    const crm::grouped_summary_columns groups = log.grouped_summary(options);
    CHECK((groups.frequency == vec{0, 0} && groups.age == vec{1, 0}));
    CHECK((groups.weight == vec{2, 1} && groups.members == sizes{0, 0, 1}));
    CHECK((log.grouped_summary(options, {0.5, 2, 3}).weight == vec{2.5, 3}));
    CHECK(is(refused([&] { log.grouped_summary(options, {1}); }), CRM_STATUS_LENGTH_MISMATCH,
             "weights"));
    CHECK(refused([&] { log.grouped_summary(options, {1, -1, 1}); }).row() == 1u);

    options.include_first = 2;
    const crm::error flag = refused([&] { log.summary(options); });
    CHECK(is(flag, CRM_STATUS_OUT_OF_RANGE, "include_first") && flag.value() == "2");
    options = netted();
    options.continuity_correction = 2;
    CHECK(is(refused([&] { log.summary(options); }), CRM_STATUS_OUT_OF_RANGE,
             "continuity_correction"));
    options = netted();
    options.reserved = 1;
    CHECK(is(refused([&] { log.summary(options); }), CRM_STATUS_OUT_OF_RANGE, "reserved"));
    options = netted();
    options.period_days = 0;
    CHECK(is(refused([&] { log.summary(options); }), CRM_STATUS_OUT_OF_RANGE, "period_days"));
}

void series() {
    crm_period_series_options options = crm::period_series_options();
    options.returns = CRM_RETURNS_NET;
    const crm::period_series_columns months = exact_ledger().period_series(options);
    CHECK(months.observed == 3);
    CHECK((months.offsets == sizes{0, 3, 4, 5} && months.period == counts{0, 1, 2, 1, 2}));
    CHECK((months.purchases == counts{1, 1, 0, 2, 1}));
    CHECK((months.spend == vec{19.99, 30.01, -5, 12.5, 100}));
    CHECK((months.profit == vec{7.99, 12.01, -5, 6, 20}));
    const crm::ledger without_costs(crm::log_chunk(ids, dates, amounts));
    CHECK(without_costs.period_series(options).profit.empty());
    CHECK(refused([&] { without_costs.period_series(); }).row() == 4u);
}

void totals() {
    const crm::ledger log = exact_ledger();
    const crm::total_columns all = log.totals();
    CHECK((all.orders == counts{2, 2, 1} && all.returns == counts{1, 0, 0}));
    CHECK((all.revenue == vec{50, 12.5, 100} && all.returned == vec{5, 0, 0}));
    CHECK((all.cost == vec{30, 6.5, 80} && all.first_day == days{20119, 20120, 20167}));
    CHECK((all.last_day == days{20162, 20120, 20167}));
    const crm::exact_total_columns exact = log.exact_totals();
    CHECK(exact.revenue[0].to_string() == "50.00" && exact.returned[0].to_string() == "5.00");
    CHECK(exact.cost[1].to_string() == "6.50" && exact.revenue.size() == 3);

    // Sums that no double holds: 2^63 - 1 ten-thousandths, twice.
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const crm::ledger large({integers{1, 1}, days{0, 0}, {integers{most, most}, 4}});
    CHECK(large.exact_totals().revenue[0].to_string() == "1844674407370955.1614");
    CHECK(large.exact_totals().cost.empty() && large.totals().cost.empty());

    const crm::ledger doubles(crm::log_chunk(ids, dates, amounts));
    CHECK(is(refused([&] { doubles.exact_totals(); }), CRM_STATUS_WRONG_TYPE, "amount"));
}

void timestamps() {
    // Noon and midnight after it, in seconds: with instants, half a day apart.
    const integers seconds{43200, 86400};
    const crm::ledger log({integers{1, 1}, {seconds, CRM_TIME_UNIT_SECOND}, vec{1, 2}});
    crm_summary_options options = crm::summary_options();
    options.period = CRM_PERIOD_INSTANT;
    CHECK((log.summary(options).recency == vec{0.5}));
    CHECK((log.transactions(0).day == days{0, 1} && log.transactions(0).time == seconds));
    CHECK(is(refused([&] {
                 crm::ledger({{integers{1}, {seconds.data(), 1, CRM_TIME_UNIT_SECOND}, vec{1}},
                              {integers{1},
                               {seconds.data(), 1, CRM_TIME_UNIT_SECOND, CRM_TIME_ZONE_UTC},
                               vec{1}}});
             }),
             CRM_STATUS_MIXED_TIME_ZONES, "time"));
}

void refusals() {
    using crm::ledger;
    const crm::log_chunk good(ids, dates, amounts);
    CHECK(is(refused([&] { ledger({good, {integers{1, 2}, days{0, 0}, vec{1, NAN}}}); }),
             CRM_STATUS_NOT_FINITE, "amount", 7));
    CHECK(is(refused([&] { ledger({good, {integers{1}, days{9999999}, vec{1}}}); }),
             CRM_STATUS_OUT_OF_RANGE, "time", 6));
    CHECK(is(refused([&] { ledger({good, {texts{"a"}, days{0}, vec{1}}}); }),
             CRM_STATUS_WRONG_TYPE, "customer"));
    CHECK(is(refused([&] { ledger({texts{"a", ""}, days{0, 0}, vec{1, 2}}); }),
             CRM_STATUS_MISSING, "customer", 1));
    CHECK(is(refused([&] {
                 ledger({std::vector<const char *>{"a", nullptr}, days{0, 0}, vec{1, 2}});
             }),
             CRM_STATUS_MISSING, "customer", 1));
    const texts broken{"b", std::string("b\0c", 3)};
    const crm::error cut = refused([&] {
        ledger({{texts{"a"}, days{0}, vec{1}}, {broken, days{0, 0}, vec{1, 2}}});
    });
    CHECK(is(cut, CRM_STATUS_UNREADABLE, "customer", 2));
    CHECK(std::string(cut.what()) == "customer (row 2): must not hold the character NUL");
    CHECK(is(refused([&] { ledger({integers{1}, days{0, 1}, vec{1}}); }),
             CRM_STATUS_LENGTH_MISMATCH, "time"));
    CHECK(is(refused([&] { ledger({integers{1}, days{0}, vec{1}, vec{}}); }),
             CRM_STATUS_LENGTH_MISMATCH, "cost"));
    CHECK(is(refused([&] {
                 ledger({integers{1}, days{0}, {integers{1}, 2}, crm::amount_column(integers{1}, 3)});
             }),
             CRM_STATUS_WRONG_TYPE, "cost"));
    CHECK(is(refused([&] { ledger({integers{1}, days{0}, {integers{1}, 0}, vec{1}}); }),
             CRM_STATUS_WRONG_TYPE, "cost"));
    const std::size_t many = 100000;
    const integers buyers(many, 1);
    const days when(many, 0);
    const vec paid(many, 1);
    const std::int64_t *no_integers = nullptr;
    CHECK(is(refused([&] { ledger({{no_integers, many}, when, paid}); }), CRM_STATUS_NULL_POINTER,
             "customer"));
    CHECK(is(refused([&] { ledger({buyers, {(const std::int32_t *)nullptr, many}, paid}); }),
             CRM_STATUS_NULL_POINTER, "time"));
    CHECK(is(refused([&] {
                 ledger({buyers, {no_integers, many, CRM_TIME_UNIT_SECOND}, paid});
             }),
             CRM_STATUS_NULL_POINTER, "time"));
    CHECK(is(refused([&] { ledger({buyers, when, {(const double *)nullptr, many}}); }),
             CRM_STATUS_NULL_POINTER, "amount"));
    CHECK(is(refused([&] { ledger({buyers, when, {no_integers, many, 2}}); }),
             CRM_STATUS_NULL_POINTER, "amount"));
    CHECK(is(refused([&] {
                 ledger({buyers, when, paid, crm::amount_column((const double *)nullptr, many)});
             }),
             CRM_STATUS_NULL_POINTER, "cost"));
    CHECK(refused([] { ledger({integers{}, days{}, vec{}}); }).code() == CRM_STATUS_EMPTY);
    CHECK(refused([] { ledger({texts{}, days{}, vec{}}); }).code() == CRM_STATUS_EMPTY);
    CHECK(is(refused([] { ledger(std::vector<crm::log_chunk>{}); }), CRM_STATUS_EMPTY, "chunks"));
    CHECK((ledger({{integers{}, days{}, vec{}}, good}).first_rows() == sizes{0, 1, 5}));
}

// A stream of one batch of three columns, in memory that nobody frees.
struct source {
    std::array<ArrowSchema, 4> schemas{};
    std::array<ArrowSchema *, 3> schema_children{&schemas[1], &schemas[2], &schemas[3]};
    std::array<ArrowArray, 4> arrays{};
    std::array<ArrowArray *, 3> array_children{&arrays[1], &arrays[2], &arrays[3]};
    std::array<std::array<const void *, 2>, 4> buffers{};
    int batches = 1;
    bool fails = false;
    int released = 0;

    ArrowArrayStream stream() {
        const std::array<const char *, 4> formats{"+s", "l", "tdD", "g"}, columns{"", "id", "day", "paid"};
        const std::array<const void *, 4> values{nullptr, ids.data(), dates.data(), amounts.data()};
        for (std::size_t i = 0; i < schemas.size(); ++i) {
            schemas[i].format = formats[i];
            schemas[i].name = columns[i];
            schemas[i].release = [](ArrowSchema *taken) { taken->release = nullptr; };
            buffers[i] = {nullptr, values[i]};
            arrays[i].length = static_cast<std::int64_t>(ids.size());
            arrays[i].n_buffers = i == 0 ? 1 : 2;
            arrays[i].buffers = buffers[i].data();
            arrays[i].release = [](ArrowArray *taken) { taken->release = nullptr; };
        }
        schemas[0].n_children = arrays[0].n_children = 3;
        schemas[0].children = schema_children.data();
        arrays[0].children = array_children.data();
        ArrowArrayStream made = {};
        made.private_data = this;
        made.get_schema = [](ArrowArrayStream *of, ArrowSchema *out) {
            *out = static_cast<source *>(of->private_data)->schemas[0];
            return 0;
        };
        made.get_next = [](ArrowArrayStream *of, ArrowArray *out) {
            source &self = *static_cast<source *>(of->private_data);
            *out = self.batches-- > 0 ? self.arrays[0] : ArrowArray{};
            return self.fails ? 5 : 0;
        };
        made.get_last_error = [](ArrowArrayStream *) { return "the connection is lost"; };
        made.release = [](ArrowArrayStream *taken) {
            ++static_cast<source *>(taken->private_data)->released;
            taken->release = nullptr;
        };
        return made;
    }
};

void streams() {
    source good;
    ArrowArrayStream stream = good.stream();
    const crm::ledger log = crm::ledger::from_arrow(&stream, "id", "day", "paid");
    CHECK(stream.release == nullptr && good.released == 1);
    CHECK((log.customer_ids() == integers{7, -8, 9} && log.totals().revenue == vec{50, 12.5, 100}));
    CHECK(!log.has_costs() && log.totals().cost.empty());

    source costly;
    stream = costly.stream();
    CHECK((crm::ledger::from_arrow(&stream, "id", "day", "paid", "paid").totals().cost ==
           vec{45, 12.5, 100}));

    source nameless;
    stream = nameless.stream();
    const crm::error missing =
        refused([&] { crm::ledger::from_arrow(&stream, "id", "day", "price"); });
    CHECK(missing.code() == CRM_STATUS_NOT_FOUND && nameless.released == 1);
    CHECK(std::string(missing.what()).find("price") != std::string::npos);

    source cut;
    stream = cut.stream();
    const std::string name("paid\0not", 8);
    CHECK(refused([&] { crm::ledger::from_arrow(&stream, "id", "day", name); }).code() == CRM_STATUS_UNREADABLE);
    CHECK(stream.release == nullptr && cut.released == 1);

    source broken;
    broken.fails = true;
    broken.batches = 0;
    stream = broken.stream();
    const crm::error error = refused([&] { crm::ledger::from_arrow(&stream, "id", "day", "paid"); });
    CHECK(error.code() == CRM_STATUS_UNREADABLE && broken.released == 1);
    CHECK(std::string(error.what()).find("the connection is lost") != std::string::npos);
}

void simulations() {
    crm_simulation parameters = crm::simulation();
    parameters.customers = 50;
    parameters.seed = 3;
    const crm::simulated_log log = crm::simulate(parameters);
    CHECK(log.customer.size() >= 50 && log.customer.size() == log.cost_units.size());
    CHECK(crm::simulate(parameters).amount_units == log.amount_units);
    const crm::ledger ledger(log.chunk());
    CHECK(ledger.customers() == 50 && ledger.rows() == log.second.size());
    std::int64_t units = 0;
    for (std::int64_t amount : log.amount_units) {
        units += amount;
    }
    crm::decimal revenue;
    for (const crm::decimal &each : ledger.exact_totals().revenue) {
        revenue = revenue + each;
    }
    CHECK(revenue == crm::decimal::from_minor_units(units, 2));
    parameters.r = -1;
    CHECK(refused([&] { crm::simulate(parameters); }).argument() == "r");
}

} // namespace

void parts() {
    const integers who{7, 7, 7, 9, 8}, cents_of{500, 800, 200, 100, 300};
    const days when{0, 10, 10, 12, 15};
    const auto part = [&](std::size_t from, std::size_t rows) {
        return crm::ledger({{who.data() + from, rows}, {when.data() + from, rows},
                            {cents_of.data() + from, rows, 2}})
            .partial_summary();
    };
    const crm::ledger whole({who, when, {cents_of, 2}});
    crm::partial_summary merged = part(0, 2);
    merged.merge(crm::partial_summary::from_json(part(2, 3).to_json()));
    CHECK((merged.customers() == 3 && merged.customer_ids() == integers{7, 9, 8}));
    CHECK(is(refused([&] { merged.customer_text(0); }), CRM_STATUS_WRONG_TYPE, "partial"));
    const crm::summary_columns summary = merged.summary();
    CHECK((summary.frequency == vec{1, 0, 0} && summary.mean_spend == vec{10, 0, 0}));
    CHECK((summary.recency == whole.summary().recency && summary.age == vec{15, 3, 0}));
    for (const auto &split :
         {merged.calibration_and_holdout(10), whole.calibration_and_holdout(10)}) {
        CHECK((split.calibration.frequency == vec{1} && split.calibration.age == vec{10}));
        CHECK((split.holdout_frequency == vec{0} && split.holdout_spend == vec{0}));
        CHECK(split.newcomers == 2 && split.duration == 5);
    }
    CHECK(whole.calibration_and_holdout(9).holdout_mean_spend == vec{10});
    CHECK(is(refused([&] { whole.calibration_and_holdout(15); }), CRM_STATUS_OUT_OF_RANGE,
             "calibration_end"));
    CHECK(is(refused([] { crm::partial_summary::from_json("{}"); }), CRM_STATUS_UNREADABLE,
             "json"));
    const crm::ledger texts_too({names, dates, {cents, 2}});
    CHECK(texts_too.partial_summary(netted()).customer_text(2) == "cyd");
    CHECK(is(refused([&] { merged.merge(texts_too.partial_summary(netted())); }),
             CRM_STATUS_WRONG_TYPE, "customer"));
}

int main() {
    customers();
    summaries();
    parts();
    series();
    totals();
    timestamps();
    refusals();
    streams();
    simulations();
    return failures != 0;
}
