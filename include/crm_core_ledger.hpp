// Transaction logs: summary, period series, totals, simulation. Included by crm_core.hpp.
//
// Days are counted from 1970-01-01; parse_date("2025-01-31") is such a number. Columns of results
// that would hold nothing, such as costs of a log without costs, are empty.
#ifndef CRM_CORE_LEDGER_HPP
#define CRM_CORE_LEDGER_HPP

namespace crm {

namespace detail {

/// What has data() and size() as a std::vector<T> has.
template <class Range, class T>
using if_range = std::enable_if_t<
    std::is_convertible_v<decltype(std::declval<const Range &>().data()), const T *>>;

/// Not NULL if there are no rows, so that the pointer tells which kind of a column is given.
template <class T> const T *given(const T *values, std::size_t rows) noexcept {
    static const T none{};
    return rows == 0 ? &none : values;
}

} // namespace detail

/// Who bought: integers or texts, which somebody else owns and which must outlive this.
class customer_column {
public:
    /// A vector, array, span … of integers.
    template <class Range, detail::if_range<Range, std::int64_t> * = nullptr>
    customer_column(const Range &ids) : customer_column(ids.data(), ids.size()) {}
    /// `rows` integers.
    customer_column(const std::int64_t *ids, std::size_t rows) noexcept
        : ids_(detail::given(ids, rows)), rows_(rows) {}
    /// Texts, which are not empty.
    customer_column(const std::vector<std::string> &texts) : rows_(texts.size()) {
        texts_.reserve(rows_);
        for (const std::string &text : texts) {
            if (!cut_ && text.find('\0') != std::string::npos) {
                cut_ = texts_.size();
            }
            texts_.push_back(text.c_str());
        }
    }
    /// Texts, which are not empty.
    customer_column(std::vector<const char *> texts)
        : rows_(texts.size()), texts_(std::move(texts)) {}

private:
    friend class log_chunk;

    const std::int64_t *ids_ = nullptr;
    std::size_t rows_;
    std::vector<const char *> texts_;
    std::optional<std::size_t> cut_; // the first row whose text C would read in part only
};

/// When: days or timestamps, which somebody else owns and which must outlive this.
class time_column {
public:
    /// Days since 1970-01-01, in a vector, array, span …
    template <class Range, detail::if_range<Range, std::int32_t> * = nullptr>
    time_column(const Range &days) : time_column(days.data(), days.size()) {}
    /// `rows` days since 1970-01-01.
    time_column(const std::int32_t *days, std::size_t rows) noexcept
        : days_(detail::given(days, rows)), rows_(rows) {}
    /// Ticks since 1970-01-01T00:00:00, in a vector, array, span …
    template <class Range, detail::if_range<Range, std::int64_t> * = nullptr>
    time_column(const Range &ticks, crm_time_unit unit, crm_time_zone zone = CRM_TIME_ZONE_NAIVE)
        : time_column(ticks.data(), ticks.size(), unit, zone) {}
    /// `rows` ticks since 1970-01-01T00:00:00.
    time_column(const std::int64_t *ticks, std::size_t rows, crm_time_unit unit,
                crm_time_zone zone = CRM_TIME_ZONE_NAIVE) noexcept
        : ticks_(detail::given(ticks, rows)), rows_(rows), unit_(unit), zone_(zone) {}

private:
    friend class log_chunk;

    const std::int32_t *days_ = nullptr;
    const std::int64_t *ticks_ = nullptr;
    std::size_t rows_;
    crm_time_unit unit_ = CRM_TIME_UNIT_SECOND;
    crm_time_zone zone_ = CRM_TIME_ZONE_NAIVE;
};

/// For how much: doubles, or exact amounts in minor units, which somebody else owns and which must
/// outlive this. A negative amount is a return.
class amount_column {
public:
    /// Finite numbers, in a vector, array, span …
    template <class Range, detail::if_range<Range, double> * = nullptr>
    amount_column(const Range &values) : amount_column(values.data(), values.size()) {}
    /// `rows` finite numbers.
    amount_column(const double *values, std::size_t rows) noexcept
        : values_(detail::given(values, rows)), rows_(rows) {}
    /// Exact amounts in units of 10^-scale, in a vector, array, span …: with scale 2, cents.
    template <class Range, detail::if_range<Range, std::int64_t> * = nullptr>
    amount_column(const Range &units, std::uint32_t scale)
        : amount_column(units.data(), units.size(), scale) {}
    /// `rows` exact amounts in units of 10^-scale.
    amount_column(const std::int64_t *units, std::size_t rows, std::uint32_t scale) noexcept
        : units_(detail::given(units, rows)), rows_(rows), scale_(scale) {}

private:
    friend class log_chunk;

    const double *values_ = nullptr;
    const std::int64_t *units_ = nullptr;
    std::size_t rows_;
    std::uint32_t scale_ = 0;
};

/// Some rows of a transaction log, in any order; two rows that are alike are two transactions.
/// All chunks of a log have columns of the same kinds.
class log_chunk {
public:
    /// Columns of one length. Costs, if they are known, have the kind and scale of the amounts.
    log_chunk(customer_column customers, time_column times, amount_column amounts,
              std::optional<amount_column> costs = std::nullopt)
        : customers_(std::move(customers)), times_(times), amounts_(amounts), costs_(costs) {
        require("time", times_.rows_);
        require("amount", amounts_.rows_);
        require("cost", costs_ ? costs_->rows_ : rows());
        if (costs_ && costs_->scale_ != amounts_.scale_) {
            throw error(CRM_STATUS_WRONG_TYPE, "cost", "must have the type and scale of the amounts");
        }
    }

    std::size_t rows() const noexcept { return customers_.rows_; }
    bool has_costs() const noexcept { return costs_.has_value(); }

    /// For the C interface; lives as long as this object. `first_row` counts the rows before it.
    crm_log c_value(std::size_t first_row = 0) const {
        if (customers_.cut_) {
            throw error(CRM_STATUS_UNREADABLE, "customer", "must not hold the character NUL",
                        first_row + *customers_.cut_);
        }
        if (costs_ && !costs_->values_ && !costs_->units_) {
            throw error(CRM_STATUS_NULL_POINTER, "cost", "must not be NULL");
        }
        crm_log log = {};
        log.rows = rows();
        log.customers = customers_.ids_;
        log.customer_texts =
            customers_.ids_ ? nullptr : detail::given(customers_.texts_.data(), rows());
        log.days = times_.days_;
        log.ticks = times_.ticks_;
        log.tick_unit = times_.unit_;
        log.tick_zone = times_.zone_;
        log.amounts = amounts_.values_;
        log.amount_units = amounts_.units_;
        log.costs = costs_ ? costs_->values_ : nullptr;
        log.cost_units = costs_ ? costs_->units_ : nullptr;
        log.scale = amounts_.scale_;
        return log;
    }

private:
    void require(const char *argument, std::size_t found) const {
        if (found != rows()) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, argument,
                        "must have length " + std::to_string(rows()));
        }
    }

    customer_column customers_;
    time_column times_;
    amount_column amounts_;
    std::optional<amount_column> costs_;
};

/// The usual options of a summary: single days, the whole log, no returns. Change what differs.
inline crm_summary_options summary_options() {
    crm_summary_options options;
    check(crm_summary_options_default(&options));
    return options;
}

/// The usual options of a period series: calendar months, the whole log, no returns.
inline crm_period_series_options period_series_options() {
    crm_period_series_options options;
    check(crm_period_series_options_default(&options));
    return options;
}

/// One row per customer with a purchase in the observation. See crm_summary_new.
struct summary_columns {
    std::vector<std::size_t> customer;  ///< number of the customer in the ledger
    std::vector<std::size_t> first_row; ///< row of the log where the customer comes first
    std::vector<double> frequency;      ///< x: purchases after the first one
    std::vector<double> recency;        ///< t_x: time from the first to the last purchase
    std::vector<double> age;            ///< T: time from the first purchase to the end
    std::vector<double> mean_spend;     ///< mean amount of the repeat purchases, 0 if none
    std::vector<double> since_last;     ///< age less recency: the recency of RFM scores
};

/// A summary of a calibration period, and what the same customers did in the holdout after it. See
/// crm_holdout_summary_new.
struct holdout_summary_columns {
    summary_columns calibration;            ///< one row per customer who bought in it
    std::vector<double> holdout_frequency;  ///< x*: purchases in the holdout
    std::vector<double> holdout_spend;      ///< sum of the amounts in the holdout
    std::vector<double> holdout_mean_spend; ///< mean amount of the purchases, 0 if none
    std::size_t newcomers = 0;              ///< customers who first appear in the holdout
    double duration = 0;                    ///< length of the holdout
};

/// Customers with equal (frequency, recency, age) as one row. See crm_grouped_summary_new.
struct grouped_summary_columns {
    std::vector<double> frequency;    ///< x of each group
    std::vector<double> recency;      ///< t_x of each group
    std::vector<double> age;          ///< T of each group
    std::vector<double> weight;       ///< customers in each group, or the sum of their weights
    std::vector<std::size_t> members; ///< the group of each row of the summary
};

/// When customers came, and the repeat purchases of all in each whole period of the observation.
struct repeat_purchase_columns {
    std::vector<double> starts, purchases;
};

/// Activity per customer and period; the entries of customer i are offsets[i] to offsets[i + 1].
struct period_series_columns {
    std::vector<std::size_t> offsets;     ///< one more than customers
    std::vector<std::uint32_t> period;    ///< number of the period, one per entry
    std::vector<std::uint32_t> purchases; ///< purchases in the period
    std::vector<double> spend;            ///< sum of the amounts
    std::vector<double> profit;           ///< sum of amount − cost; empty without costs
    std::uint32_t observed = 0;           ///< periods that were observed in all
};

/// What each customer brought in all, in the order of customers.
struct total_columns {
    std::vector<std::uint32_t> orders;   ///< transactions with an amount of 0 or more
    std::vector<std::uint32_t> returns;  ///< transactions with a negative amount
    std::vector<double> revenue;         ///< sum of the amounts of the orders
    std::vector<double> returned;        ///< sum of the amounts of the returns, without sign
    std::vector<double> cost;            ///< sum of the costs; empty without costs
    std::vector<std::int32_t> first_day; ///< day of the first transaction
    std::vector<std::int32_t> last_day;  ///< day of the last transaction
};

/// The sums of total_columns to the last digit.
struct exact_total_columns {
    std::vector<decimal> revenue;  ///< sum of the amounts of the orders
    std::vector<decimal> returned; ///< sum of the amounts of the returns, without sign
    std::vector<decimal> cost;     ///< sum of the costs; empty without costs
};

/// The transactions of one customer, by time.
struct transaction_columns {
    std::vector<std::size_t> row;   ///< row of the log, counted over all chunks
    std::vector<std::int32_t> day;  ///< day
    std::vector<std::int64_t> time; ///< time as the log has it: days or ticks
    std::vector<double> amount;     ///< amount; of an exact amount the nearest double
    std::vector<double> cost;       ///< cost; empty without costs
};

namespace detail {

/// Room for the rows of a column.
template <class T> T *room(std::vector<T> &column, std::size_t rows) {
    column.resize(rows);
    return column.data();
}

inline summary_columns read_summary(const crm_summary *summary) {
    std::size_t rows = 0;
    check(crm_summary_rows(summary, &rows));
    summary_columns out;
    const crm_summary_columns columns = {room(out.customer, rows),  room(out.first_row, rows),
                                         room(out.frequency, rows), room(out.recency, rows),
                                         room(out.age, rows),       room(out.mean_spend, rows),
                                         room(out.since_last, rows)};
    check(crm_summary_read(summary, rows, &columns));
    return out;
}

/// Reads and frees what `made` is.
inline holdout_summary_columns read_holdout(crm_holdout_summary *made) {
    const handle<crm_holdout_summary, crm_holdout_summary_free> owner(made);
    crm_holdout_size size;
    check(crm_holdout_summary_measure(made, &size));
    const auto rows = static_cast<std::size_t>(size.rows);
    holdout_summary_columns out;
    summary_columns &calibration = out.calibration;
    const crm_holdout_columns columns = {
        room(calibration.customer, rows),  room(calibration.first_row, rows),
        room(calibration.frequency, rows), room(calibration.recency, rows),
        room(calibration.age, rows),       room(calibration.mean_spend, rows),
        room(out.holdout_frequency, rows), room(out.holdout_spend, rows),
        room(out.holdout_mean_spend, rows)};
    check(crm_holdout_summary_read(made, rows, &columns));
    for (std::size_t row = 0; row < rows; ++row) {
        calibration.since_last.push_back(calibration.age[row] - calibration.recency[row]);
    }
    out.newcomers = static_cast<std::size_t>(size.newcomers);
    out.duration = size.duration;
    return out;
}

/// The text that `write(buffer, capacity)` writes.
template <class Write> std::string read_text(Write write, std::size_t capacity) {
    std::string text(capacity, '\0');
    crm_status status;
    while ((status = write(text.data(), text.size())) == CRM_STATUS_LENGTH_MISMATCH) {
        text.resize(2 * text.size());
    }
    check(status);
    text.resize(text.find('\0'));
    return text;
}

} // namespace detail

/// What a part of a log contributes to the summary of the whole. Make parts where the rows are,
/// merge them in any grouping, and summarise at last: however the rows are spread, the summary is
/// that of the whole log. See crm_partial_summary. Can be moved, not copied.
class partial_summary {
public:
    /// What to_json wrote.
    static partial_summary from_json(const std::string &json) {
        crm_partial_summary *made = nullptr;
        check(crm_partial_summary_from_json_new(json.c_str(), &made));
        return partial_summary(made);
    }
    /// JSON, for the way between processes.
    std::string to_json() const {
        std::size_t size = 0;
        check(crm_partial_summary_json_size(handle_.get(), &size));
        return detail::read_text(
            [&](char *buffer, std::size_t capacity) {
                return crm_partial_summary_to_json(handle_.get(), buffer, capacity);
            },
            size);
    }
    /// Adds what another part contributes; its customers and rows come after those here.
    void merge(const partial_summary &other) {
        crm_partial_summary *merged = nullptr;
        check(crm_partial_summary_merge_new(handle_.get(), other.handle_.get(), &merged));
        handle_.reset(merged);
    }
    /// The summary of the log whose parts were merged.
    summary_columns summary() const {
        crm_summary *made = nullptr;
        check(crm_partial_summary_finish(handle_.get(), &made));
        const detail::handle<crm_summary, crm_summary_free> owner(made);
        return detail::read_summary(made);
    }
    /// The holdout summary of the log whose parts were merged.
    holdout_summary_columns calibration_and_holdout(std::int32_t calibration_end) const {
        crm_holdout_summary *made = nullptr;
        check(crm_partial_summary_finish_holdout(handle_.get(), calibration_end, &made));
        return detail::read_holdout(made);
    }
    /// How many customers there are.
    std::size_t customers() const {
        std::size_t out = 0;
        check(crm_partial_summary_customers(handle_.get(), &out));
        return out;
    }
    /// Who the customers are, if the log has integers.
    std::vector<std::int64_t> customer_ids() const {
        std::vector<std::int64_t> ids(customers());
        check(crm_partial_summary_customer_ids(handle_.get(), ids.size(), ids.data()));
        return ids;
    }
    /// Who a customer is, if the log has texts.
    std::string customer_text(std::size_t customer) const {
        return detail::read_text(
            [&](char *buffer, std::size_t capacity) {
                return crm_partial_summary_customer_text(handle_.get(), customer, buffer, capacity);
            },
            64);
    }
    /// For the C interface.
    const crm_partial_summary *c_value() const noexcept { return handle_.get(); }

private:
    friend class ledger;

    explicit partial_summary(crm_partial_summary *made) { handle_.reset(made); }

    detail::handle<crm_partial_summary, crm_partial_summary_free> handle_;
};

namespace detail {

inline std::vector<crm_log> logs_of(const std::vector<log_chunk> &chunks) {
    std::vector<crm_log> logs;
    logs.reserve(chunks.size());
    std::size_t rows = 0;
    for (const log_chunk &chunk : chunks) {
        logs.push_back(chunk.c_value(rows));
        rows += chunk.rows();
    }
    return logs;
}

} // namespace detail

/// The summary of the log that the chunks hold: that of their ledger, in half of the memory or less. See
/// crm_summary_of_log_new.
inline summary_columns summary_of_log(const std::vector<log_chunk> &chunks,
                                      const crm_summary_options &options = summary_options()) {
    const std::vector<crm_log> logs = detail::logs_of(chunks);
    crm_summary *made = nullptr;
    check(crm_summary_of_log_new(logs.data(), logs.size(), &options, &made));
    const detail::handle<crm_summary, crm_summary_free> owner(made);
    return detail::read_summary(made);
}

/// Each customer's transactions, by time. Customers are numbered from 0 in the order in which they
/// first appear in the log. Can be moved, not copied.
class ledger {
public:
    /// The log that the chunks hold, one after another; how it is cut into chunks changes nothing.
    /// The chunks are not needed afterwards. Rows in errors are counted over all chunks.
    explicit ledger(const std::vector<log_chunk> &chunks)
        : has_costs_(!chunks.empty() && chunks.front().has_costs()) {
        const std::vector<crm_log> logs = detail::logs_of(chunks);
        crm_ledger *made = nullptr;
        check(crm_ledger_new(logs.data(), logs.size(), &made));
        handle_.reset(made);
    }
    /// A log in one chunk.
    explicit ledger(log_chunk log) : ledger(std::vector<log_chunk>{std::move(log)}) {}

    /// The log that an Arrow stream brings, from the columns of these names. The stream is taken:
    /// it is released afterwards, also after a failure. See crm_ledger_from_arrow_new.
    static ledger from_arrow(ArrowArrayStream *stream, const std::string &customer,
                             const std::string &time, const std::string &amount,
                             const std::optional<std::string> &cost = std::nullopt) {
        ledger taken;
        crm_ledger *made = nullptr;
        const std::string none;
        for (const std::string *name : {&customer, &time, &amount, cost ? &*cost : &none}) {
            if (name->find('\0') != std::string::npos) {
                if (stream != nullptr && stream->release != nullptr) {
                    stream->release(stream);
                }
                throw error(CRM_STATUS_UNREADABLE, "column name", "must not hold the character NUL");
            }
        }
        check(crm_ledger_from_arrow_new(stream, customer.c_str(), time.c_str(), amount.c_str(),
                                        cost ? cost->c_str() : nullptr, &made));
        taken.handle_.reset(made);
        taken.has_costs_ = cost.has_value();
        return taken;
    }

    /// How many customers there are.
    std::size_t customers() const { return ask(crm_ledger_customers); }
    /// How many transactions there are.
    std::size_t rows() const { return ask(crm_ledger_rows); }
    /// Whether the log has costs.
    bool has_costs() const noexcept { return has_costs_; }

    /// Who the customers are, if the log has integers.
    std::vector<std::int64_t> customer_ids() const {
        std::vector<std::int64_t> ids(customers());
        check(crm_ledger_customer_ids(handle_.get(), ids.size(), ids.data()));
        return ids;
    }
    /// Who a customer is, if the log has texts.
    std::string customer_text(std::size_t customer) const {
        return detail::read_text(
            [&](char *buffer, std::size_t capacity) {
                return crm_ledger_customer_text(handle_.get(), customer, buffer, capacity);
            },
            64);
    }
    /// For each customer the row of the log where it comes first, counted over all chunks.
    std::vector<std::size_t> first_rows() const {
        std::vector<std::size_t> rows(customers());
        check(crm_ledger_first_rows(handle_.get(), rows.size(), rows.data()));
        return rows;
    }
    /// The number of the customer with this id; nothing if the log has none.
    std::optional<std::size_t> find(std::int64_t id) const {
        std::size_t customer = 0;
        const crm_status status = crm_ledger_find(handle_.get(), id, &customer);
        return found(status, customer);
    }
    /// The number of the customer with this text as id; nothing if the log has none.
    std::optional<std::size_t> find(const std::string &id) const {
        if (id.find('\0') != std::string::npos) {
            return std::nullopt;
        }
        std::size_t customer = 0;
        const crm_status status = crm_ledger_find_text(handle_.get(), id.c_str(), &customer);
        return found(status, customer);
    }
    /// The transactions of a customer by time; those of the same time in the order of the log.
    transaction_columns transactions(std::size_t customer) const {
        std::size_t rows = 0;
        check(crm_ledger_transaction_count(handle_.get(), customer, &rows));
        transaction_columns out;
        const crm_transaction_columns columns = {room(out.row, rows), room(out.day, rows),
                                                 room(out.time, rows), room(out.amount, rows),
                                                 room_for_costs(out.cost, rows)};
        check(crm_ledger_transactions(handle_.get(), customer, rows, &columns));
        return out;
    }

    /// Frequency, recency, age and mean spend of every customer.
    summary_columns summary(const crm_summary_options &options = summary_options()) const {
        return detail::read_summary(make_summary(options).get());
    }
    /// A summary up to a day, and what each customer did from then on. See crm_holdout_summary_new.
    holdout_summary_columns
    calibration_and_holdout(std::int32_t calibration_end,
                            const crm_summary_options &options = summary_options()) const {
        crm_holdout_summary *made = nullptr;
        check(crm_holdout_summary_new(handle_.get(), &options, calibration_end, &made));
        return detail::read_holdout(made);
    }
    /// What this ledger contributes to the summary of a log of which it is a part.
    crm::partial_summary
    partial_summary(const crm_summary_options &options = summary_options()) const {
        crm_partial_summary *made = nullptr;
        check(crm_partial_summary_new(handle_.get(), &options, &made));
        return crm::partial_summary(made);
    }
    /// The rows of the summary in groups, in the order of their first customers.
    grouped_summary_columns
    grouped_summary(const crm_summary_options &options = summary_options()) const {
        return group(options, nullptr);
    }
    /// The same with weights: one number, 0 or more, per row of the summary.
    grouped_summary_columns grouped_summary(const crm_summary_options &options,
                                            const std::vector<double> &weights) const {
        return group(options, &weights);
    }
    /// Repeat purchases in consecutive periods of `length` units of time. See crm_repeat_purchases_new.
    repeat_purchase_columns
    repeat_purchases(double length = 1,
                     const crm_summary_options &options = summary_options()) const {
        crm_repeat_purchases *made = nullptr;
        check(crm_repeat_purchases_new(handle_.get(), &options, length, &made));
        const detail::handle<crm_repeat_purchases, crm_repeat_purchases_free> repeats(made);
        std::size_t customers = 0, periods = 0;
        check(crm_repeat_purchases_measure(made, &customers, &periods));
        repeat_purchase_columns out{std::vector<double>(customers), std::vector<double>(periods)};
        check(crm_repeat_purchases_read(made, customers, out.starts.data(), periods,
                                        out.purchases.data()));
        return out;
    }
    /// The activity of every customer in each period of the observation.
    period_series_columns
    period_series(const crm_period_series_options &options = period_series_options()) const {
        crm_period_series *made = nullptr;
        check(crm_period_series_new(handle_.get(), &options, &made));
        const detail::handle<crm_period_series, crm_period_series_free> series(made);
        crm_period_series_size size;
        check(crm_period_series_measure(made, &size));
        const auto all = static_cast<std::size_t>(size.customers);
        const auto entries = static_cast<std::size_t>(size.entries);
        period_series_columns out;
        out.observed = size.observed;
        const crm_period_series_columns columns = {
            room(out.offsets, all + 1), room(out.period, entries), room(out.purchases, entries),
            room(out.spend, entries), room_for_costs(out.profit, entries)};
        check(crm_period_series_read(made, all, entries, &columns));
        return out;
    }
    /// Orders, returns, revenue, cost, first and last day of every customer over the whole log.
    total_columns totals() const {
        const std::size_t all = customers();
        total_columns out;
        crm_total_columns columns = {};
        columns.orders = room(out.orders, all);
        columns.returns = room(out.returns, all);
        columns.revenue = room(out.revenue, all);
        columns.returned = room(out.returned, all);
        columns.cost = room_for_costs(out.cost, all);
        columns.first_day = room(out.first_day, all);
        columns.last_day = room(out.last_day, all);
        check(crm_ledger_totals(handle_.get(), all, &columns));
        return out;
    }
    /// The sums of the totals to the last digit, if the amounts of the log are exact.
    exact_total_columns exact_totals() const {
        const std::size_t all = customers();
        std::vector<crm_decimal> revenue, returned, cost;
        crm_total_columns columns = {};
        columns.revenue_exact = room(revenue, all);
        columns.returned_exact = room(returned, all);
        columns.cost_exact = room_for_costs(cost, all);
        check(crm_ledger_totals(handle_.get(), all, &columns));
        return {{revenue.begin(), revenue.end()},
                {returned.begin(), returned.end()},
                {cost.begin(), cost.end()}};
    }
    /// For the C interface.
    const crm_ledger *c_value() const noexcept { return handle_.get(); }

private:
    using summary_handle = detail::handle<crm_summary, crm_summary_free>;

    ledger() = default;

    template <class Question> std::size_t ask(Question question) const {
        std::size_t out = 0;
        check(question(handle_.get(), &out));
        return out;
    }
    template <class T> static T *room(std::vector<T> &column, std::size_t rows) {
        return detail::room(column, rows);
    }
    /// NULL, which is a column that is not wanted, if the log has no costs.
    template <class T> T *room_for_costs(std::vector<T> &column, std::size_t rows) const {
        return has_costs_ ? room(column, rows) : nullptr;
    }
    static std::optional<std::size_t> found(crm_status status, std::size_t customer) {
        if (status == CRM_STATUS_NOT_FOUND) {
            return std::nullopt;
        }
        check(status);
        return customer;
    }
    summary_handle make_summary(const crm_summary_options &options) const {
        crm_summary *made = nullptr;
        check(crm_summary_new(handle_.get(), &options, &made));
        return summary_handle(made);
    }
    grouped_summary_columns group(const crm_summary_options &options,
                                  const std::vector<double> *weights) const {
        const summary_handle made = make_summary(options);
        std::size_t rows = 0;
        check(crm_summary_rows(made.get(), &rows));
        if (weights != nullptr && weights->size() != rows) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "weights",
                        "must have length " + std::to_string(rows));
        }
        crm_grouped_summary *grouped = nullptr;
        check(crm_grouped_summary_new(made.get(), weights ? weights->data() : nullptr, rows,
                                      &grouped));
        const detail::handle<crm_grouped_summary, crm_grouped_summary_free> owner(grouped);
        std::size_t groups = 0;
        check(crm_grouped_summary_groups(grouped, &groups));
        grouped_summary_columns out;
        const crm_grouped_summary_columns columns = {room(out.frequency, groups),
                                                     room(out.recency, groups),
                                                     room(out.age, groups),
                                                     room(out.weight, groups)};
        check(crm_grouped_summary_read(grouped, groups, &columns));
        check(crm_grouped_summary_members(grouped, rows, room(out.members, rows)));
        return out;
    }

    detail::handle<crm_ledger, crm_ledger_free> handle_;
    bool has_costs_ = false;
};

/// A log to try things on, with exact amounts in hundredths.
struct simulated_log {
    std::vector<std::int64_t> customer;     ///< number of the customer, from 1
    std::vector<std::int64_t> second;       ///< seconds since 1970-01-01, naive
    std::vector<std::int64_t> amount_units; ///< amount in hundredths; negative for returns
    std::vector<std::int64_t> cost_units;   ///< cost in hundredths; negative for returns

    /// The log as a chunk of columns, which are borrowed.
    log_chunk chunk() const {
        return {customer, {second, CRM_TIME_UNIT_SECOND}, {amount_units, 2},
                amount_column(cost_units, 2)};
    }
};

/// The parameters of the CDNOW customers, watched for a year and a half. Change what differs.
inline crm_simulation simulation() {
    crm_simulation parameters;
    check(crm_simulation_default(&parameters));
    return parameters;
}

/// Simulates a log: the same parameters give the same log, on any machine.
inline simulated_log simulate(const crm_simulation &parameters = simulation()) {
    crm_simulated_log *made = nullptr;
    check(crm_simulated_log_new(&parameters, &made));
    const detail::handle<crm_simulated_log, crm_simulated_log_free> owner(made);
    std::size_t rows = 0;
    check(crm_simulated_log_rows(made, &rows));
    const std::vector<std::int64_t> room(rows);
    simulated_log out{room, room, room, room};
    const crm_simulated_log_columns columns = {out.customer.data(), out.second.data(),
                                               out.amount_units.data(), out.cost_units.data()};
    check(crm_simulated_log_read(made, rows, &columns));
    return out;
}

} // namespace crm

#endif // CRM_CORE_LEDGER_HPP
