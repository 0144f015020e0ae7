// When a relationship is in trouble: complaints, early warning, winning customers back. Included by crm_core.hpp.
#ifndef CRM_CORE_SERVICE_HPP
#define CRM_CORE_SERVICE_HPP

namespace crm {
namespace service {

/// Seconds since 1970-01-01T00:00:00, in the time zone of the caller's choice.
using moment = std::int64_t;

/// One complaint. A value: an action gives a new one.
class complaint {
public:
    /// A complaint that was received, and nothing more.
    explicit complaint(moment received) {
        crm_complaint *made = nullptr;
        check(crm_complaint_new(received, &made));
        handle_.reset(made);
    }
    /// Reads what to_json wrote.
    static complaint from_json(const std::string &json) {
        crm_complaint *made = nullptr;
        check(crm_complaint_from_json_new(crm::detail::c_text("json", json), &made));
        return owner_of(made);
    }

    /// The complaint after an action; a judgement and a proposal need the text that the customer is told.
    complaint apply(crm_complaint_action action, moment at, const std::optional<std::string> &text = {}) const {
        crm_complaint *made = nullptr;
        const char *said = text ? crm::detail::c_text("text", *text) : nullptr;
        check(crm_complaint_apply_new(handle_.get(), action, at, said, &made));
        return owner_of(made);
    }
    /// Where it stands.
    crm_complaint_state state() const {
        crm_complaint_state out = {};
        check(crm_complaint_state_of(handle_.get(), &out));
        return out;
    }
    /// The steps that it went through, the first one Received.
    std::vector<crm_complaint_step> steps() const {
        std::vector<crm_complaint_step> out(state().actions + 1);
        check(crm_complaint_steps(handle_.get(), out.data(), out.size()));
        return out;
    }
    /// Seconds at each step up to a moment.
    std::array<std::int64_t, 10> seconds_at_steps(moment until) const {
        std::array<std::int64_t, 10> out = {};
        check(crm_complaint_seconds_at_steps(handle_.get(), until, out.data()));
        return out;
    }
    /// For how many seconds it is overdue; 0 if it is not. See crm_complaint_overdue.
    std::int64_t overdue(moment now, const std::array<std::int64_t, 10> &deadlines) const {
        std::int64_t out = 0;
        check(crm_complaint_overdue(handle_.get(), now, deadlines.data(), &out));
        return out;
    }
    /// The whole record.
    std::string to_json() const {
        return crm::detail::read_text(
            [&](char *buffer, std::size_t capacity) { return crm_complaint_to_json(handle_.get(), buffer, capacity); },
            4096);
    }

    /// For the C interface.
    const crm_complaint *c_handle() const noexcept { return handle_.get(); }

private:
    complaint() = default;
    static complaint owner_of(crm_complaint *made) {
        complaint out;
        out.handle_.reset(made);
        return out;
    }
    crm::detail::handle<crm_complaint, crm_complaint_free> handle_;
};

/// No limit for any step.
inline std::array<std::int64_t, 10> no_deadlines() { return {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1}; }

/// Counts complaints as they stand at a moment. See crm_complaint_statistics.
inline crm_complaint_totals complaint_statistics(const std::vector<const complaint *> &complaints, moment now,
                                                 const std::array<std::int64_t, 10> &deadlines = no_deadlines(),
                                                 std::uint64_t customers = 0,
                                                 const decimal &confidence = decimal("0.95")) {
    std::vector<const crm_complaint *> handles;
    for (const complaint *each : complaints) {
        handles.push_back(each->c_handle());
    }
    crm_complaint_totals out = {};
    check(crm_complaint_statistics(handles.data(), handles.size(), now, deadlines.data(), customers,
                                   confidence.c_value(), &out));
    return out;
}

/// Whether a customer is lost, and for how long. See crm_loss_status_of.
inline crm_loss_status loss_status(double p_alive, std::optional<crm_loss_cause> cause = {}, double lost_below = 0.2,
                                   double active_from = 0.5) {
    crm_loss_status out = CRM_LOSS_STATUS_ACTIVE;
    const std::int32_t number = cause ? static_cast<std::int32_t>(*cause) : CRM_LOSS_CAUSE_UNKNOWN;
    check(crm_loss_status_of(p_alive, number, lost_below, active_from, &out));
    return out;
}

/// The segment of lost customers that a cause leads to.
inline crm_loss_segment segment(crm_loss_cause cause) {
    crm_loss_segment out = CRM_LOSS_SEGMENT_MOVED_AWAY;
    check(crm_loss_cause_segment(cause, &out));
    return out;
}

/// What fits the customers of a segment.
inline std::string measure(crm_loss_segment segment, crm_language language = CRM_LANGUAGE_EN) {
    return crm::detail::read_text(
        [&](char *buffer, std::size_t capacity) {
            return crm_loss_segment_measure(segment, language, buffer, capacity);
        },
        256);
}

/// Whom to win back, with the highest return on its cost first. See crm_win_back_ranking.
inline std::vector<crm_win_back_candidate> win_back_ranking(const std::vector<double> &second_lifetime_value,
                                                            const std::vector<double> &success,
                                                            const std::vector<double> &cost,
                                                            std::optional<double> budget = {}) {
    const std::size_t rows = second_lifetime_value.size();
    if (success.size() != rows || cost.size() != rows) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, success.size() != rows ? "success" : "cost",
                    "must have the length of second_lifetime_value");
    }
    std::vector<crm_win_back_candidate> out(rows);
    std::size_t count = 0;
    check(crm_win_back_ranking(second_lifetime_value.data(), success.data(), cost.data(), rows,
                               budget.value_or(std::numeric_limits<double>::quiet_NaN()), out.data(), &count));
    out.resize(count);
    return out;
}

/// A logistic regression of who was lost.
class logistic_model {
public:
    /// Fits it to columns of indicators. See crm_logistic_model_new.
    logistic_model(const std::vector<std::vector<double>> &indicators, const std::vector<std::uint8_t> &lost,
                   double penalty = 0) {
        const auto columns = pointers(indicators, lost.size());
        crm_logistic_model *made = nullptr;
        check(crm_logistic_model_new(columns.data(), columns.size(), lost.data(), lost.size(), penalty, &made));
        handle_.reset(made);
    }

    /// What it says of itself.
    crm_logistic_summary summary() const {
        crm_logistic_summary out = {};
        check(crm_logistic_model_summary(handle_.get(), &out));
        return out;
    }
    /// The coefficients, the intercept first, with their standard errors.
    std::vector<std::pair<double, double>> coefficients() const {
        const std::size_t count = static_cast<std::size_t>(summary().indicators) + 1;
        std::vector<double> values(count), errors(count);
        check(crm_logistic_model_coefficients(handle_.get(), values.data(), errors.data(), count));
        std::vector<std::pair<double, double>> out;
        for (std::size_t i = 0; i < count; i++) {
            out.emplace_back(values[i], errors[i]);
        }
        return out;
    }
    /// P(lost) of each row.
    std::vector<double> predict(const std::vector<std::vector<double>> &indicators) const {
        std::vector<double> out(indicators.empty() ? 0 : indicators[0].size());
        const auto columns = pointers(indicators, out.size());
        check(crm_logistic_model_predict(handle_.get(), columns.data(), columns.size(), out.size(), out.data()));
        return out;
    }

private:
    static std::vector<const double *> pointers(const std::vector<std::vector<double>> &columns, std::size_t rows) {
        std::vector<const double *> out;
        for (const std::vector<double> &column : columns) {
            if (column.size() != rows) {
                throw error(CRM_STATUS_LENGTH_MISMATCH, "indicators", "must have columns of one length");
            }
            out.push_back(column.data());
        }
        return out;
    }
    crm::detail::handle<crm_logistic_model, crm_logistic_model_free> handle_;
};

} // namespace service
} // namespace crm

#endif // CRM_CORE_SERVICE_HPP
