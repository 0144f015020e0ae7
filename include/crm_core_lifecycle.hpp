// The customer lifecycle for C++17: stages, histories, tenure, stage economics, stage inference.
// Part of crm_core.hpp, which includes it.
//
// A day is days since 1970-01-01. A column of stages is a std::vector of the enum; name() and
// label() say it.
#ifndef CRM_CORE_LIFECYCLE_HPP
#define CRM_CORE_LIFECYCLE_HPP

#include "crm_core.hpp"

#include <array>

namespace crm::lifecycle {

/// How many stages there are.
constexpr std::size_t stage_count = 7;

/// Days since 1970-01-01.
using day = std::int32_t;

namespace detail {

template <class Enum> std::vector<std::uint8_t> codes(const std::vector<Enum> &members) {
    std::vector<std::uint8_t> made;
    made.reserve(members.size());
    for (Enum member : members) {
        made.push_back(static_cast<std::uint8_t>(member));
    }
    return made;
}

template <class Enum> std::vector<Enum> members(const std::vector<std::uint8_t> &codes) {
    std::vector<Enum> made;
    made.reserve(codes.size());
    for (std::uint8_t code : codes) {
        made.push_back(static_cast<Enum>(code));
    }
    return made;
}

inline void same_length(const char *argument, std::size_t found, std::size_t expected) {
    if (found != expected) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, argument, "must have length " + std::to_string(expected));
    }
}

inline const double *optional_column(const char *argument, const std::vector<double> &column, std::size_t rows) {
    if (column.empty()) {
        return nullptr;
    }
    same_length(argument, column.size(), rows);
    return column.data();
}

inline std::optional<double> known(double number) {
    return number == number ? std::optional<double>(number) : std::nullopt;
}

} // namespace detail

// ---- stages ----

/// The stage in which a lifecycle opens: by a first contact or a first purchase.
inline crm_stage opened_by(crm_event event) {
    crm_stage out = CRM_STAGE_POTENTIAL;
    check(crm_stage_opened_by(event, &out));
    return out;
}

/// The stage of a customer in `stage` after `event`; throws if the event cannot happen then.
inline crm_stage after(crm_stage stage, crm_event event) {
    check(crm_stage_after(stage, event, &stage));
    return stage;
}

/// Throws unless one event can move a customer from `from` to another stage `to`.
inline void check_move(crm_stage from, crm_stage to) { check(crm_stage_check_move(from, to)); }

/// What marks a stage.
struct marks {
    crm_mark share_of_customer;
    crm_mark profitability;
};
inline marks marks_of(crm_stage stage) {
    marks out = {};
    check(crm_stage_marks(stage, &out.share_of_customer, &out.profitability));
    return out;
}

/// One entry of a history: from `date` on, the customer is in `stage`.
struct entry {
    crm_stage stage;
    std::optional<crm_event> event;
    day date;
};

/// The dated stages of one customer; every move in it is legal. Can be moved, not copied.
class history {
public:
    /// From events and their days; the first one must open a lifecycle.
    history(const std::vector<crm_event> &events, const std::vector<day> &dates) {
        detail::same_length("dates", dates.size(), events.size());
        const std::vector<std::uint8_t> codes = detail::codes(events);
        crm_history *made = nullptr;
        check(crm_history_from_events_new(codes.data(), dates.data(), codes.size(), &made));
        handle_.reset(made);
    }
    /// From entries; without an event, the first one begins a record in any stage.
    explicit history(const std::vector<entry> &entries) {
        std::vector<std::uint8_t> stages, events;
        std::vector<day> dates;
        for (const entry &each : entries) {
            stages.push_back(static_cast<std::uint8_t>(each.stage));
            events.push_back(each.event ? static_cast<std::uint8_t>(*each.event) : std::uint8_t{CRM_EVENT_UNKNOWN});
            dates.push_back(each.date);
        }
        crm_history *made = nullptr;
        check(crm_history_new(stages.data(), events.data(), dates.data(), entries.size(), &made));
        handle_.reset(made);
    }

    /// The entries, oldest first.
    std::vector<entry> entries() const {
        std::size_t rows = 0;
        check(crm_history_entry_count(handle_.get(), &rows));
        std::vector<std::uint8_t> stages(rows), events(rows);
        std::vector<day> dates(rows);
        check(crm_history_entries(handle_.get(), rows, stages.data(), events.data(), dates.data()));
        std::vector<entry> made;
        for (std::size_t i = 0; i < rows; i++) {
            const bool unknown = events[i] == CRM_EVENT_UNKNOWN;
            made.push_back({static_cast<crm_stage>(stages[i]),
                            unknown ? std::nullopt : std::optional(static_cast<crm_event>(events[i])), dates[i]});
        }
        return made;
    }
    /// The stage at the end of a day.
    crm_stage stage_on(day date) const {
        crm_stage out = CRM_STAGE_POTENTIAL;
        check(crm_history_stage_on(handle_.get(), date, &out));
        return out;
    }
    /// Days in each stage from the first entry up to a day, not included.
    std::array<std::int64_t, stage_count> days_in_stages(day until) const {
        std::array<std::int64_t, stage_count> out = {};
        check(crm_history_days_in_stages(handle_.get(), until, out.data()));
        return out;
    }
    /// How often the customer was won back.
    std::size_t recoveries() const {
        std::size_t out = 0;
        check(crm_history_recoveries(handle_.get(), &out));
        return out;
    }

private:
    crm::detail::handle<crm_history, crm_history_free> handle_;
};

// ---- tenure ----

/// Churn rate of the customers of one period, with the Wilson interval.
inline crm_churn churn_rate(std::uint64_t at_start, std::uint64_t lost, double confidence = 0.95) {
    crm_churn out = {};
    check(crm_churn_rate(at_start, lost, confidence, &out));
    return out;
}

/// Churn per cohort and over all.
struct churn_table {
    std::vector<crm_churn> cohorts;
    crm_churn pooled;
};
inline churn_table churn_rates(const std::vector<std::uint64_t> &at_start, const std::vector<std::uint64_t> &lost,
                               double confidence = 0.95) {
    detail::same_length("lost", lost.size(), at_start.size());
    churn_table out = {std::vector<crm_churn>(at_start.size()), {}};
    check(crm_churn_rates(at_start.data(), lost.data(), lost.size(), confidence, out.cohorts.data(), &out.pooled));
    return out;
}

/// The Kaplan–Meier estimate of how long customers stay. Can be moved, not copied.
class kaplan_meier {
public:
    /// `observed` is 1 where a loss was observed, 0 where the customer was only last seen; `entry`
    /// has the ages at which customers came under observation, and may be empty.
    kaplan_meier(const std::vector<double> &durations, const std::vector<std::uint8_t> &observed,
                 const std::vector<double> &entry = {}, double confidence = 0.95) {
        detail::same_length("observed", observed.size(), durations.size());
        const double *late = detail::optional_column("entry", entry, durations.size());
        crm_kaplan_meier *made = nullptr;
        check(crm_kaplan_meier_new(durations.data(), observed.data(), late, durations.size(), confidence, &made));
        handle_.reset(made);
    }

    /// One row per distinct time.
    std::vector<crm_survival_row> table() const {
        std::size_t rows = 0;
        check(crm_kaplan_meier_rows(handle_.get(), &rows));
        std::vector<crm_survival_row> out(rows);
        check(crm_kaplan_meier_table(handle_.get(), rows, out.data()));
        return out;
    }
    /// The median tenure; nothing if the curve does not come down to 1/2.
    std::optional<double> median() const { return ask(crm_kaplan_meier_median); }
    /// The interval of the median.
    std::pair<std::optional<double>, std::optional<double>> median_interval() const {
        double lower = 0, upper = 0;
        check(crm_kaplan_meier_median_interval(handle_.get(), &lower, &upper));
        return {detail::known(lower), detail::known(upper)};
    }
    /// The shortest time that this part of the customers do not outlast.
    std::optional<double> quantile(double probability) const { return ask(crm_kaplan_meier_quantile, probability); }
    /// Probability to stay longer than `time`; nothing where the curve is not known.
    std::optional<double> survival_at(double time) const { return ask(crm_kaplan_meier_survival_at, time); }
    /// Mean tenure up to `horizon`.
    crm_restricted_mean restricted_mean(double horizon) const {
        crm_restricted_mean out = {};
        check(crm_kaplan_meier_restricted_mean(handle_.get(), horizon, &out));
        return out;
    }

private:
    template <class Function, class... Arguments>
    std::optional<double> ask(Function function, Arguments... arguments) const {
        double out = 0;
        check(function(handle_.get(), arguments..., &out));
        return detail::known(out);
    }

    crm::detail::handle<crm_kaplan_meier, crm_kaplan_meier_free> handle_;
};

// ---- economics ----

/// One row per stage, in the order of crm_stage.
using stage_table = std::array<crm_stage_totals, stage_count>;

/// Input, output and their ratio per stage; `share` may be empty.
inline stage_table stage_economics(const std::vector<crm_stage> &stage, const std::vector<double> &input,
                                   const std::vector<double> &output, const std::vector<double> &share = {}) {
    detail::same_length("input", input.size(), stage.size());
    detail::same_length("output", output.size(), stage.size());
    const std::vector<std::uint8_t> codes = detail::codes(stage);
    stage_table out = {};
    check(crm_stage_economics(codes.data(), input.data(), output.data(),
                              detail::optional_column("share", share, stage.size()), codes.size(), out.data()));
    return out;
}

/// What a customer in each stage is worth, and from what; NaN where nothing was seen of a stage.
struct stage_worth {
    /// Row-major: how often customers went from a stage to a stage.
    std::array<std::uint64_t, stage_count * stage_count> counts;
    std::array<double, stage_count> profits, values;
};

/// See crm_stage_values: rows of a customer are together, oldest first; `profits` has one for each row.
inline stage_worth stage_values(const std::vector<std::size_t> &offsets, const std::vector<crm_stage> &stages,
                                const std::vector<double> &profits, const decimal &discount_rate, std::int64_t horizon) {
    detail::same_length("profits", profits.size(), stages.size());
    if (offsets.empty()) {
        throw error(CRM_STATUS_EMPTY, "offsets", "must not be empty");
    }
    const std::vector<std::uint8_t> codes = detail::codes(stages);
    stage_worth out = {};
    check(crm_stage_values(offsets.data(), offsets.size() - 1, codes.data(), codes.size(), profits.data(), nullptr,
                           discount_rate.c_value(), horizon, out.counts.data(), out.profits.data(), out.values.data()));
    return out;
}
/// The same with the profit of a period in each stage.
inline stage_worth stage_values(const std::vector<std::size_t> &offsets, const std::vector<crm_stage> &stages,
                                const std::array<double, stage_count> &profits, const decimal &discount_rate,
                                std::int64_t horizon) {
    if (offsets.empty()) {
        throw error(CRM_STATUS_EMPTY, "offsets", "must not be empty");
    }
    const std::vector<std::uint8_t> codes = detail::codes(stages);
    stage_worth out = {};
    check(crm_stage_values(offsets.data(), offsets.size() - 1, codes.data(), codes.size(), nullptr, profits.data(),
                           discount_rate.c_value(), horizon, out.counts.data(), out.profits.data(), out.values.data()));
    return out;
}

/// One period of the curve over time.
struct curve_point {
    std::uint32_t period;
    stage_table stages;
};

/// stage_economics for each period that occurs, oldest first; `share` may be empty.
inline std::vector<curve_point> stage_curve(const std::vector<std::uint32_t> &period,
                                            const std::vector<crm_stage> &stage, const std::vector<double> &input,
                                            const std::vector<double> &output,
                                            const std::vector<double> &share = {}) {
    detail::same_length("period", period.size(), stage.size());
    detail::same_length("input", input.size(), stage.size());
    detail::same_length("output", output.size(), stage.size());
    const std::vector<std::uint8_t> codes = detail::codes(stage);
    crm_stage_curve *made = nullptr;
    check(crm_stage_curve_new(period.data(), codes.data(), input.data(), output.data(),
                              detail::optional_column("share", share, stage.size()), codes.size(), &made));
    const crm::detail::handle<crm_stage_curve, crm_stage_curve_free> curve(made);
    std::size_t points = 0;
    check(crm_stage_curve_points(curve.get(), &points));
    std::vector<std::uint32_t> periods(points);
    std::vector<crm_stage_totals> totals(points * stage_count);
    check(crm_stage_curve_table(curve.get(), points, periods.data(), totals.data()));
    std::vector<curve_point> out(points);
    for (std::size_t i = 0; i < points; i++) {
        out[i].period = periods[i];
        for (std::size_t s = 0; s < stage_count; s++) {
            out[i].stages[s] = totals[i * stage_count + s];
        }
    }
    return out;
}

// ---- inference ----

/// The default thresholds of the rules.
inline crm_rule_options rule_options() {
    crm_rule_options out = {};
    check(crm_rule_options_default(&out));
    return out;
}

/// Activity per customer and period: those of customer i are the rows offsets[i] to
/// offsets[i + 1] − 1, oldest first.
struct activity {
    /// One more than there are customers; the first 0, the last the number of rows.
    std::vector<std::size_t> offsets;
    std::vector<std::uint32_t> periods;
    std::vector<std::uint32_t> purchases;
    std::vector<double> spend;
    /// How many periods were observed in all.
    std::uint32_t observed = 0;
    /// amount − cost; may be empty.
    std::vector<double> profit = {};
    /// NaN where it is not known; may be empty.
    std::vector<double> share_of_wallet = {};
    /// One per customer, NaN where it is not known; may be empty.
    std::vector<double> p_alive = {};
};

/// The histories of all customers, one entry per move; laid out as activity.
struct stage_histories {
    std::vector<std::size_t> offsets;
    std::vector<std::uint32_t> periods;
    std::vector<crm_stage> stages;
    std::vector<crm_stage_rule> rules;
};

namespace detail {

/// How many customers the activity is of; refuses columns of other lengths.
inline std::size_t customers_of(const activity &given) {
    if (given.offsets.empty()) {
        throw error(CRM_STATUS_EMPTY, "offsets", "must not be empty");
    }
    detail::same_length("purchases", given.purchases.size(), given.periods.size());
    detail::same_length("spend", given.spend.size(), given.periods.size());
    return given.offsets.size() - 1;
}

} // namespace detail

/// The stages of many customers as they are now.
struct stages_now {
    std::vector<crm_stage> stages;
    /// From 0.5, just so, to 1, clear; not a probability.
    std::vector<double> confidence;
    /// What holds each customer in the stage.
    std::vector<crm_stage_rule> rules;
};

/// The stage that every customer is in now: what stage_inference says, without evidence and histories, in a part of its time.
inline stages_now current_stages(const activity &given, const crm_rule_options &options = rule_options()) {
    const std::size_t customers = detail::customers_of(given), rows = given.periods.size();
    std::vector<std::uint8_t> stages(customers), rules(customers);
    std::vector<double> confidence(customers);
    check(crm_current_stages(given.offsets.data(), customers, given.periods.data(), given.purchases.data(),
                             given.spend.data(), detail::optional_column("profit", given.profit, rows),
                             detail::optional_column("share_of_wallet", given.share_of_wallet, rows), rows,
                             given.observed, detail::optional_column("p_alive", given.p_alive, customers), &options,
                             stages.data(), confidence.data(), rules.data()));
    return {detail::members<crm_stage>(stages), confidence, detail::members<crm_stage_rule>(rules)};
}

/// The lifecycle stage of every customer by rules. Can be moved, not copied.
class stage_inference {
public:
    explicit stage_inference(const activity &given, const crm_rule_options &options = rule_options())
        : customers_(detail::customers_of(given)), observed_(given.observed) {
        const std::size_t rows = given.periods.size();
        crm_stage_inference *made = nullptr;
        check(crm_stage_inference_new(given.offsets.data(), customers_, given.periods.data(), given.purchases.data(),
                                      given.spend.data(), detail::optional_column("profit", given.profit, rows),
                                      detail::optional_column("share_of_wallet", given.share_of_wallet, rows), rows,
                                      given.observed, detail::optional_column("p_alive", given.p_alive, customers_),
                                      &options, &made));
        handle_.reset(made);
    }

    /// How many customers there are.
    std::size_t customers() const noexcept { return customers_; }
    /// The stage of each customer in the last period.
    std::vector<crm_stage> stages() const { return decided().first; }
    /// How clear each decision is: from 0.5, just so, to 1, clear.
    std::vector<double> confidence() const { return decided().second; }
    /// Why each customer is in the stage.
    std::vector<crm_stage_evidence> evidence() const {
        std::vector<crm_stage_evidence> out(customers_);
        check(crm_stage_inference_evidence(handle_.get(), customers_, out.data()));
        return out;
    }
    /// The evidence of one customer in words.
    std::string describe(std::size_t customer, crm_language language = CRM_LANGUAGE_EN) const {
        std::array<char, 1024> text = {};
        check(crm_stage_inference_describe(handle_.get(), customer, language, text.data(), text.size()));
        return text.data();
    }
    /// The rhythm of the population.
    crm_rhythm population() const {
        crm_rhythm out = {};
        check(crm_stage_inference_population(handle_.get(), &out));
        return out;
    }
    /// The stages of all customers over all periods.
    stage_histories histories() const {
        std::size_t entries = 0;
        check(crm_stage_inference_entries(handle_.get(), &entries));
        stage_histories out = {std::vector<std::size_t>(customers_ + 1), std::vector<std::uint32_t>(entries), {}, {}};
        std::vector<std::uint8_t> stages(entries), rules(entries);
        check(crm_stage_inference_histories(handle_.get(), customers_, entries, out.offsets.data(),
                                            out.periods.data(), stages.data(), rules.data()));
        out.stages = detail::members<crm_stage>(stages);
        out.rules = detail::members<crm_stage_rule>(rules);
        return out;
    }
    /// How many customers are in each stage: one row per period.
    std::vector<std::array<std::uint64_t, stage_count>> census() const {
        std::vector<std::uint64_t> counts(std::size_t{observed_} * stage_count);
        check(crm_stage_inference_census(handle_.get(), observed_, counts.data()));
        std::vector<std::array<std::uint64_t, stage_count>> out(observed_);
        for (std::size_t i = 0; i < counts.size(); i++) {
            out[i / stage_count][i % stage_count] = counts[i];
        }
        return out;
    }
    /// Moves from one period to the next: 49 numbers, row-major, stage before by stage after.
    struct transition_table {
        std::array<std::uint64_t, stage_count * stage_count> counts;
        /// Each row divided by its sum; NaN where the sum is 0.
        std::array<double, stage_count * stage_count> rates;
    };
    transition_table transitions() const {
        transition_table out = {};
        check(crm_stage_inference_transitions(handle_.get(), out.counts.data(), out.rates.data()));
        return out;
    }
    /// What each move earned: 49 rows, row-major, stage before by stage after.
    std::array<crm_transition_economics, stage_count * stage_count> economics() const {
        std::array<crm_transition_economics, stage_count * stage_count> out = {};
        check(crm_stage_inference_economics(handle_.get(), out.data()));
        return out;
    }

private:
    std::pair<std::vector<crm_stage>, std::vector<double>> decided() const {
        std::vector<std::uint8_t> stages(customers_);
        std::vector<double> confidence(customers_);
        check(crm_stage_inference_stages(handle_.get(), customers_, stages.data(), confidence.data()));
        return {detail::members<crm_stage>(stages), confidence};
    }

    std::size_t customers_;
    std::uint32_t observed_;
    crm::detail::handle<crm_stage_inference, crm_stage_inference_free> handle_;
};

} // namespace crm::lifecycle

#endif // CRM_CORE_LIFECYCLE_HPP
