// Transaction logs and what customers did. Included by crm_core.hpp.
#ifndef CRM_CORE_LEDGER_HPP
#define CRM_CORE_LEDGER_HPP

namespace crm::ledger {

/// Rows of a transaction log, as columns that somebody else owns: what it was made from must outlive
/// it. Each setter gives one column; all must have the same length.
///
///     crm::ledger::log log;
///     log.customers(ids).days(days).amounts_exact(cents, 2);
///     crm::ledger::book book(log);
class log {
public:
    /// Who bought, as numbers.
    log &customers(const std::vector<std::int64_t> &ids) {
        log_.customers = column("customer", ids);
        return *this;
    }
    /// Who bought, as texts.
    log &customers(const std::vector<std::string> &ids) {
        texts_.clear();
        for (const std::string &id : ids) {
            texts_.push_back(id.c_str());
        }
        log_.customer_texts = column("customer", texts_);
        return *this;
    }
    /// When, in days since 1970-01-01.
    log &days(const std::vector<std::int32_t> &days) {
        log_.days = column("time", days);
        return *this;
    }
    /// When, in ticks since 1970-01-01T00:00:00.
    log &ticks(const std::vector<std::int64_t> &ticks, crm_time_unit unit, crm_time_zone zone) {
        log_.ticks = column("time", ticks);
        log_.tick_unit = unit;
        log_.tick_zone = zone;
        return *this;
    }
    /// For how much; a negative amount is a return.
    log &amounts(const std::vector<double> &amounts) {
        log_.amounts = column("amount", amounts);
        return *this;
    }
    /// For how much, in units of 10^-scale: 2 where the units are cents. The costs have this scale too.
    log &amounts_exact(const std::vector<std::int64_t> &units, std::uint32_t scale) {
        log_.amount_units = column("amount", units);
        log_.scale = scale;
        return *this;
    }
    /// What it cost the seller.
    log &costs(const std::vector<double> &costs) {
        log_.costs = column("cost", costs);
        return *this;
    }
    /// What it cost the seller, in units of 10^-scale.
    log &costs_exact(const std::vector<std::int64_t> &units) {
        log_.cost_units = column("cost", units);
        return *this;
    }
    /// For the C interface.
    const crm_log &c_value() const noexcept { return log_; }

    log() = default;
    log(const log &) = delete;
    log &operator=(const log &) = delete;

private:
    template <class T> const T *column(const char *argument, const std::vector<T> &values) {
        if (any_ && values.size() != log_.rows) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, argument,
                        "must have length " + std::to_string(log_.rows));
        }
        any_ = true;
        log_.rows = values.size();
        return values.data();
    }

    crm_log log_{};
    std::vector<const char *> texts_;
    bool any_ = false;
};

/// Frequency, recency, age and mean spend: one row per customer with a purchase in the observation.
struct summary {
    std::vector<std::size_t> customer;  ///< Number of the customer in the ledger.
    std::vector<std::size_t> first_row; ///< Row of the log where the customer comes first.
    std::vector<double> frequency;      ///< Purchases after the first one, in different periods.
    std::vector<double> recency;        ///< Time from the first to the last purchase.
    std::vector<double> age;            ///< Time from the first purchase to the end of observation.
    std::vector<double> mean_spend;     ///< Mean amount of the repeat purchases, 0 without any.
};

/// Customers with equal frequency, recency and age as one row.
struct grouped_summary {
    std::vector<double> frequency, recency, age;
    std::vector<double> weight;     ///< Number of customers in each group, or the sum of their weights.
    std::vector<std::size_t> group; ///< The group of each row of the summary.
};

/// Activity per customer and period; the entries of customer i are offsets[i] up to offsets[i + 1].
struct period_series {
    std::vector<std::size_t> offsets;
    std::vector<std::uint32_t> period;    ///< Index since the start of observation.
    std::vector<std::uint32_t> purchases; ///< Number of purchases in the period.
    std::vector<double> spend;            ///< Sum of the amounts.
    std::vector<double> profit;           ///< Amounts − costs; empty if the log has no costs.
    std::uint64_t observed = 0;           ///< Periods that were observed in all.
};

/// What each customer brought in all.
struct totals {
    std::vector<std::uint32_t> orders, returns; ///< Transactions of 0 or more, and negative ones.
    std::vector<double> revenue, returned;      ///< Sums of both, without sign.
    std::vector<double> cost;                   ///< Empty if the log has no costs.
    std::vector<std::int32_t> first_day, last_day;
    /// Sums to the last digit; empty if the amounts of the log are doubles.
    std::vector<crm_decimal> revenue_exact, returned_exact;
};

/// The usual options of a summary: days, the whole log, no returns.
inline crm_summary_options summary_options() {
    crm_summary_options options;
    check(crm_summary_options_default(&options));
    return options;
}

/// The usual options of a period series: months, the whole log, no returns.
inline crm_period_series_options period_series_options() {
    crm_period_series_options options;
    check(crm_period_series_options_default(&options));
    return options;
}

/// Each customer's transactions, by time. Customers are numbered in the order of first appearance.
class book {
public:
    /// The ledger of one log.
    explicit book(const log &whole) { make(&whole.c_value(), 1, whole.c_value()); }
    /// The ledger of a log in chunks.
    explicit book(const std::vector<const log *> &chunks) {
        std::vector<crm_log> parts;
        for (const log *chunk : chunks) {
            parts.push_back(chunk->c_value());
        }
        make(parts.data(), parts.size(), parts.empty() ? crm_log{} : parts.front());
    }

    /// How many customers there are.
    std::size_t customers() const { return count(crm_ledger_customers); }
    /// How many transactions there are.
    std::size_t rows() const { return count(crm_ledger_rows); }
    /// Who the customers are, if the log has numbers.
    std::vector<std::int64_t> ids() const {
        std::vector<std::int64_t> out(customers());
        check(crm_ledger_customer_ids(handle_.get(), out.data(), out.size()));
        return out;
    }
    /// The row of the log where each customer comes first.
    std::vector<std::size_t> first_rows() const {
        std::vector<std::size_t> out(customers());
        check(crm_ledger_first_rows(handle_.get(), out.data(), out.size()));
        return out;
    }
    /// The number of the customer with this id.
    std::size_t find(std::int64_t id) const {
        std::size_t out = 0;
        check(crm_ledger_find(handle_.get(), id, &out));
        return out;
    }
    /// The number of the customer with this text as id.
    std::size_t find(const std::string &id) const {
        std::size_t out = 0;
        check(crm_ledger_find_text(handle_.get(), id.c_str(), &out));
        return out;
    }

    /// Frequency, recency, age and mean spend of each customer.
    ledger::summary summarize(const crm_summary_options &options = summary_options()) const {
        const summary_handle made = summary_of(options);
        std::size_t rows = 0;
        check(crm_summary_rows(made.get(), &rows));
        ledger::summary out;
        resize(rows, out.customer, out.first_row, out.frequency, out.recency, out.age, out.mean_spend);
        const crm_summary_columns columns{out.customer.data(),  out.first_row.data(),
                                          out.frequency.data(), out.recency.data(),
                                          out.age.data(),       out.mean_spend.data()};
        check(crm_summary_read(made.get(), &columns, rows));
        return out;
    }
    /// Counts the customers with equal frequency, recency and age.
    grouped_summary group(const crm_summary_options &options = summary_options()) const {
        return group(options, nullptr, 0);
    }
    /// The same with a weight, 0 or more, for each row of the summary.
    grouped_summary group(const crm_summary_options &options, const std::vector<double> &weights) const {
        return group(options, weights.data(), weights.size());
    }
    /// Activity per customer and period.
    ledger::period_series
    series(const crm_period_series_options &options = period_series_options()) const {
        crm_period_series *raw = nullptr;
        check(crm_period_series_new(handle_.get(), &options, &raw));
        const crm::detail::handle<crm_period_series, crm_period_series_free> made(raw);
        crm_period_series_size size;
        check(crm_period_series_measure(made.get(), &size));
        const auto customers = static_cast<std::size_t>(size.customers);
        const auto entries = static_cast<std::size_t>(size.entries);
        ledger::period_series out;
        out.observed = size.observed;
        out.offsets.resize(customers + 1);
        resize(entries, out.period, out.purchases, out.spend);
        out.profit.resize(costs_ ? entries : 0);
        const crm_period_series_columns columns{out.offsets.data(), out.period.data(),
                                                out.purchases.data(), out.spend.data(),
                                                costs_ ? out.profit.data() : nullptr};
        check(crm_period_series_read(made.get(), &columns, customers, entries));
        return out;
    }
    /// Orders, returns, revenue, cost, first and last day of each customer.
    ledger::totals totals() const {
        const std::size_t n = customers();
        ledger::totals out;
        resize(n, out.orders, out.returns, out.revenue, out.returned, out.first_day, out.last_day);
        out.cost.resize(costs_ ? n : 0);
        resize(exact_ ? n : 0, out.revenue_exact, out.returned_exact);
        const crm_total_columns columns{out.orders.data(),
                                        out.returns.data(),
                                        out.revenue.data(),
                                        out.returned.data(),
                                        costs_ ? out.cost.data() : nullptr,
                                        out.first_day.data(),
                                        out.last_day.data(),
                                        exact_ ? out.revenue_exact.data() : nullptr,
                                        exact_ ? out.returned_exact.data() : nullptr,
                                        nullptr};
        check(crm_ledger_totals(handle_.get(), &columns, n));
        return out;
    }
    /// For the C interface.
    const crm_ledger *c_value() const noexcept { return handle_.get(); }

private:
    using summary_handle = crm::detail::handle<crm_summary, crm_summary_free>;

    void make(const crm_log *chunks, std::size_t count, const crm_log &first) {
        crm_ledger *made = nullptr;
        check(crm_ledger_new(chunks, count, &made));
        handle_.reset(made);
        costs_ = first.costs != nullptr || first.cost_units != nullptr;
        exact_ = first.amount_units != nullptr;
    }
    template <class Question> std::size_t count(Question question) const {
        std::size_t out = 0;
        check(question(handle_.get(), &out));
        return out;
    }
    template <class... Columns> static void resize(std::size_t rows, Columns &...columns) {
        (columns.resize(rows), ...);
    }
    summary_handle summary_of(const crm_summary_options &options) const {
        crm_summary *made = nullptr;
        check(crm_summary_new(handle_.get(), &options, &made));
        return summary_handle(made);
    }
    grouped_summary group(const crm_summary_options &options, const double *weights,
                          std::size_t weight_count) const {
        const summary_handle summary = summary_of(options);
        std::size_t rows = 0, groups = 0;
        check(crm_summary_rows(summary.get(), &rows));
        crm_grouped_summary *raw = nullptr;
        check(crm_grouped_summary_new(summary.get(), weights, weights ? weight_count : rows, &raw));
        const crm::detail::handle<crm_grouped_summary, crm_grouped_summary_free> made(raw);
        check(crm_grouped_summary_groups(made.get(), &groups));
        grouped_summary out;
        resize(groups, out.frequency, out.recency, out.age, out.weight);
        out.group.resize(rows);
        const crm_grouped_summary_columns columns{out.frequency.data(), out.recency.data(),
                                                  out.age.data(), out.weight.data()};
        check(crm_grouped_summary_read(made.get(), &columns, groups));
        check(crm_grouped_summary_members(made.get(), out.group.data(), rows));
        return out;
    }

    crm::detail::handle<crm_ledger, crm_ledger_free> handle_;
    bool costs_ = false, exact_ = false;
};

} // namespace crm::ledger

#endif // CRM_CORE_LEDGER_HPP
