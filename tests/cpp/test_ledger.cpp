// The C++ layer of ledgers.
#include <crm_core.hpp>

#include <iostream>

namespace {

int failures = 0;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ++failures;                                                                            \
            std::cerr << __FILE__ << ':' << __LINE__ << ": " << #condition << '\n';                \
        }                                                                                          \
    } while (0)

using vec = std::vector<double>;

const std::vector<std::string> customers{"ann", "bob", "ann", "ann"};
const std::vector<std::int32_t> days{0, 2, 14, 14};
const std::vector<std::int64_t> cents{2000, 500, 1250, 750}, costs{1000, 400, 600, 400};

void from_a_log() {
    crm::ledger::log log;
    log.customers(customers).days(days).amounts_exact(cents, 2).costs_exact(costs);
    const crm::ledger::book book(log);
    CHECK(book.customers() == 2 && book.rows() == 4);
    CHECK(book.find("bob") == 1 && book.first_rows() == (std::vector<std::size_t>{0, 1}));

    crm_summary_options weekly = crm::ledger::summary_options();
    weekly.periods_per_unit = 7;
    const crm::ledger::summary summary = book.summarize(weekly);
    CHECK(summary.frequency == (vec{1, 0}) && summary.recency == (vec{2, 0}));
    CHECK(summary.age == (vec{2, 12.0 / 7}) && summary.mean_spend == (vec{20, 0}));

    const crm::ledger::grouped_summary grouped = book.group(weekly, vec{0.5, 2});
    CHECK(grouped.weight == (vec{0.5, 2}) && book.group().weight == (vec{1, 1}));

    const crm::ledger::period_series series = book.series();
    CHECK(series.observed == 1 && series.profit == (vec{20, 1}));

    const crm::ledger::totals totals = book.totals();
    CHECK(totals.orders == (std::vector<std::uint32_t>{3, 1}) && totals.cost == (vec{20, 4}));
    CHECK(crm::decimal(totals.revenue_exact[0]).to_string() == "40.00");
}

void in_chunks() {
    crm::ledger::log first, second;
    const std::vector<std::int64_t> ids{7, 3}, more{7};
    const std::vector<std::int64_t> ticks{0, 86400}, later{172800};
    const vec amounts{1, 2}, last{4};
    first.customers(ids).ticks(ticks, CRM_TIME_UNIT_SECOND, CRM_TIME_ZONE_UTC).amounts(amounts);
    second.customers(more).ticks(later, CRM_TIME_UNIT_SECOND, CRM_TIME_ZONE_UTC).amounts(last);
    const crm::ledger::book book({&first, &second});
    CHECK(book.ids() == ids && book.find(3) == 1);
    CHECK(book.summarize().mean_spend == (vec{4, 0}) && book.series().profit.empty());

    crm::ledger::log naive;
    naive.customers(more).ticks(later, CRM_TIME_UNIT_SECOND, CRM_TIME_ZONE_NAIVE).amounts(last);
    try {
        crm::ledger::book mixed({&first, &naive});
        CHECK(!"naive and UTC times are refused");
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_MIXED_TIME_ZONES && error.argument() == "time");
    }
}

void refusals() {
    try {
        crm::ledger::book{crm::ledger::log{}};
        CHECK(!"a log without rows is refused");
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_EMPTY && error.argument() == "log");
    }
    crm::ledger::log log;
    log.customers(customers);
    try {
        log.amounts({1.0});
        CHECK(!"columns of different lengths are refused");
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_LENGTH_MISMATCH && error.argument() == "amount");
    }
    log.days(days);
    const vec amounts{1, 2, -3, 4};
    log.amounts(amounts);
    try {
        crm::ledger::book(log).summarize();
        CHECK(!"returns are refused");
    } catch (const crm::error &error) {
        CHECK(error.code() == CRM_STATUS_OUT_OF_RANGE && error.row() == 2u);
    }
}

} // namespace

int main() {
    from_a_log();
    in_chunks();
    refusals();
    return failures == 0 ? 0 : 1;
}
