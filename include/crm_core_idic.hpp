// Contacts, memory, the next action, offers, conjoint analysis and groups of customers. Included by crm_core.hpp.
#ifndef CRM_CORE_IDIC_HPP
#define CRM_CORE_IDIC_HPP

namespace crm {
namespace idic {

/// Seconds since 1970-01-01T00:00:00, in the time zone of the caller's choice.
using moment = std::int64_t;

namespace detail {

/// Columns of one length for the C interface.
template <class Number>
std::vector<const Number *> pointers(const char *argument, const std::vector<std::vector<Number>> &columns) {
    std::vector<const Number *> out;
    for (const std::vector<Number> &column : columns) {
        if (column.size() != columns[0].size()) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, argument, "must have columns of one length");
        }
        out.push_back(column.data());
    }
    return out;
}

template <class Number> std::size_t rows(const std::vector<std::vector<Number>> &columns) {
    return columns.empty() ? 0 : columns[0].size();
}

} // namespace detail

/// The rules of contact, from JSON. See crm_contact_policy_new.
class contact_policy {
public:
    explicit contact_policy(const std::string &json) {
        crm_contact_policy *made = nullptr;
        check(crm_contact_policy_new(crm::detail::c_text("json", json), &made));
        handle_.reset(made);
    }
    /// Why the firm may not contact the customer now; nothing if it may. See crm_contact_policy_ask.
    std::optional<crm_contact_refusal> ask(const std::vector<crm_channel> &consent,
                                           const std::vector<crm_contact> &contacts, bool has_open_complaint,
                                           crm_channel channel, crm_contact_purpose purpose, moment now) const {
        std::array<std::uint8_t, 9> agreed = {};
        for (crm_channel each : consent) {
            agreed.at(static_cast<std::size_t>(each)) = 1;
        }
        std::int32_t out = 0;
        check(crm_contact_policy_ask(handle_.get(), agreed.data(), contacts.data(), contacts.size(),
                                     has_open_complaint ? 1 : 0, channel, purpose, now, &out));
        return out == CRM_CONTACT_ALLOWED ? std::nullopt : std::optional(static_cast<crm_contact_refusal>(out));
    }

private:
    crm::detail::handle<crm_contact_policy, crm_contact_policy_free> handle_;
};

/// What a customer chose among options.
class preference_memory {
public:
    /// A memory of nothing. See crm_preference_memory_new.
    explicit preference_memory(std::size_t choices, double prior = 1, std::optional<double> half_life = {})
        : choices_(choices) {
        crm_preference_memory *made = nullptr;
        check(crm_preference_memory_new(choices, prior,
                                        half_life.value_or(std::numeric_limits<double>::quiet_NaN()), &made));
        handle_.reset(made);
    }
    /// Remembers that the customer chose an option.
    void observe(std::size_t choice, moment at, double weight = 1) {
        check(crm_preference_memory_observe(handle_.get(), choice, weight, at));
    }
    /// What is believed of each option at a moment.
    std::vector<crm_preference_belief> belief(moment at, const decimal &confidence = decimal("0.95")) const {
        std::vector<crm_preference_belief> out(choices_);
        check(crm_preference_memory_belief(handle_.get(), at, confidence.c_value(), out.data(), out.size()));
        return out;
    }
    /// The whole memory, for crm_preference_memory_from_json_new.
    std::string to_json() const {
        return crm::detail::read_text(
            [&](char *buffer, std::size_t capacity) {
                return crm_preference_memory_to_json(handle_.get(), buffer, capacity);
            },
            1024);
    }

private:
    std::size_t choices_;
    crm::detail::handle<crm_preference_memory, crm_preference_memory_free> handle_;
};

/// What a customer said once and need not say again: the newest word on each subject.
class specifications {
public:
    /// A specification, and when it was said.
    struct said {
        std::string value;
        moment at;
    };

    /// Nothing was said.
    specifications() {
        crm_specifications *made = nullptr;
        check(crm_specifications_new(&made));
        handle_.reset(made);
    }
    /// What to_json wrote.
    static specifications from_json(const std::string &json) {
        crm_specifications *made = nullptr;
        check(crm_specifications_from_json_new(crm::detail::c_text("json", json), &made));
        specifications out;
        out.handle_.reset(made);
        return out;
    }

    /// Remembers a specification, unless a newer one of the same subject is known; whether it was remembered.
    bool remember(const std::string &subject, const std::string &value, moment at) {
        std::int32_t out = 0;
        check(crm_specifications_remember(handle_.get(), crm::detail::c_text("subject", subject),
                                          crm::detail::c_text("value", value), at, &out));
        return out != 0;
    }
    /// What the customer wants of a subject; nothing if nothing was said.
    std::optional<said> recall(const std::string &subject) const {
        said out{"", 0};
        crm_status status = CRM_STATUS_OK;
        out.value = crm::detail::read_text(
            [&](char *buffer, std::size_t capacity) {
                status = crm_specifications_recall(handle_.get(), crm::detail::c_text("subject", subject), buffer,
                                                   capacity, &out.at);
                if (status == CRM_STATUS_NOT_FOUND) {
                    buffer[0] = '\0';
                    return CRM_STATUS_OK;
                }
                return status;
            },
            256);
        if (status == CRM_STATUS_NOT_FOUND) {
            return std::nullopt;
        }
        return out;
    }
    /// The subjects, in the order of the alphabet.
    std::vector<std::string> subjects() const {
        std::size_t count = 0;
        check(crm_specifications_count(handle_.get(), &count));
        std::vector<std::string> out;
        for (std::size_t place = 0; place < count; place++) {
            out.push_back(crm::detail::read_text(
                [&](char *buffer, std::size_t capacity) {
                    return crm_specifications_subject(handle_.get(), place, buffer, capacity);
                },
                256));
        }
        return out;
    }
    /// Forgets everything; how much there was.
    std::size_t erase() {
        std::size_t out = 0;
        check(crm_specifications_erase(handle_.get(), &out));
        return out;
    }
    /// All of it, for from_json.
    std::string to_json() const {
        std::size_t size = 0;
        check(crm_specifications_json_size(handle_.get(), &size));
        return crm::detail::read_text(
            [&](char *buffer, std::size_t capacity) {
                return crm_specifications_to_json(handle_.get(), buffer, capacity);
            },
            size);
    }

private:
    crm::detail::handle<crm_specifications, crm_specifications_free> handle_;
};

/// A decision with what was known of each action, doing nothing first.
struct decision {
    crm_action_decision made;
    std::vector<crm_action_score> scores;
};

/// Chooses the next action for a customer, and learns from what comes of it.
class action_chooser {
public:
    /// From options in JSON. See crm_action_chooser_new.
    explicit action_chooser(const std::string &options) {
        crm_action_chooser *made = nullptr;
        check(crm_action_chooser_new(crm::detail::c_text("options", options), &made));
        handle_.reset(made);
    }
    /// Goes on as the chooser that wrote its state.
    static action_chooser from_state(const std::string &state) {
        crm_action_chooser *made = nullptr;
        check(crm_action_chooser_from_state_new(crm::detail::c_text("state", state), &made));
        return action_chooser(made);
    }

    /// The whole state.
    std::string state() const {
        std::size_t size = 0;
        check(crm_action_chooser_state_size(handle_.get(), &size));
        std::string out(size, '\0');
        check(crm_action_chooser_state(handle_.get(), out.data(), out.size()));
        out.resize(size - 1);
        return out;
    }
    /// Chooses an action. See crm_action_chooser_decide.
    decision decide(std::uint64_t customer, const std::vector<double> &features,
                    const std::vector<std::uint8_t> &eligible, moment at) {
        decision out = {{}, std::vector<crm_action_score>(eligible.size() + 1)};
        check(crm_action_chooser_decide(handle_.get(), customer, features.data(), features.size(), eligible.data(),
                                        eligible.size(), at, &out.made, out.scores.data()));
        return out;
    }
    /// Chooses an action for each of many customers; `features` and `eligible` row by row. See crm_action_chooser_decide_each.
    std::vector<crm_action_decision> decide_each(const std::vector<std::uint64_t> &customers,
                                                 const std::vector<double> &features,
                                                 const std::vector<std::uint8_t> &eligible, moment at) {
        std::vector<crm_action_decision> out(customers.size());
        if (out.empty()) {
            return out;
        }
        crm::detail::same_length("features", features.size() % out.size(), 0);
        crm::detail::same_length("eligible", eligible.size() % out.size(), 0);
        check(crm_action_chooser_decide_each(handle_.get(), customers.data(), out.size(), features.data(),
                                             features.size() / out.size(), eligible.data(),
                                             eligible.size() / out.size(), at, out.data()));
        return out;
    }
    /// How many rewards were seen of each of `actions` actions and, first, of doing nothing.
    std::vector<std::uint64_t> observations(std::size_t actions) const {
        std::vector<std::uint64_t> out(actions + 1);
        check(crm_action_chooser_observations(handle_.get(), out.data(), out.size()));
        return out;
    }
    /// Whether the customer is one of those for whom nothing is done.
    bool is_control(std::uint64_t customer) const {
        std::int32_t out = 0;
        check(crm_action_chooser_is_control(handle_.get(), customer, &out));
        return out != 0;
    }
    /// Expected reward less cost of each of `actions` actions for a customer, doing nothing first.
    std::vector<double> expected(std::uint64_t customer, const std::vector<double> &features,
                                 std::size_t actions) const {
        std::vector<double> out(actions + 1);
        check(crm_action_chooser_expected(handle_.get(), customer, features.data(), features.size(), out.data(),
                                          out.size()));
        return out;
    }
    /// Learns what a decision earned.
    crm_logged_reward reward(std::uint64_t decision, double reward) {
        crm_logged_reward out = {};
        check(crm_action_chooser_reward(handle_.get(), decision, reward, &out));
        return out;
    }
    /// Gives the reward 0 to decisions that have waited too long; how many there were.
    std::size_t expire(moment now) {
        std::size_t out = 0;
        check(crm_action_chooser_expire(handle_.get(), now, &out));
        return out;
    }
    /// Forgets all that is kept of one customer; how many entries there were.
    std::size_t erase(std::uint64_t customer) {
        std::size_t out = 0;
        check(crm_action_chooser_erase(handle_.get(), customer, &out));
        return out;
    }
    /// The constant, what each feature adds, what the customer's own history adds, and the cost, negative. See
    /// crm_action_chooser_explain.
    std::vector<double> explain(std::uint64_t customer, const std::vector<double> &features,
                                std::size_t action) const {
        std::vector<double> out(features.size() + 3);
        crm_action_score score = {};
        check(crm_action_chooser_explain(handle_.get(), customer, features.data(), features.size(), action, out.data(),
                                         &score));
        return out;
    }

private:
    explicit action_chooser(crm_action_chooser *made) : handle_(made) {}
    crm::detail::handle<crm_action_chooser, crm_action_chooser_free> handle_;
};

/// What acting on the customers of the highest scores gains.
struct uplift {
    std::vector<double> share, gain;
    double qini;
};

/// What acting on the customers of the highest scores gains against a control group. See crm_uplift_curve.
inline uplift uplift_curve(const std::vector<double> &score, const std::vector<std::uint8_t> &treated,
                           const std::vector<double> &outcome) {
    crm::detail::same_length("treated", treated.size(), score.size());
    crm::detail::same_length("outcome", outcome.size(), score.size());
    std::size_t count = 0;
    uplift out{std::vector<double>(score.size() + 1), std::vector<double>(score.size() + 1), 0};
    check(crm_uplift_curve(score.data(), treated.data(), outcome.data(), score.size(), out.share.data(),
                           out.gain.data(), &count, &out.qini));
    out.share.resize(count);
    out.gain.resize(count);
    return out;
}

/// Customers by two divisions of them.
struct cross_table {
    std::size_t rows, columns;
    /// Row after row.
    std::vector<std::uint64_t> counts;
    std::vector<double> totals;
};

/// Counts customers by two divisions, and sums what was measured. See crm_cross_table.
inline cross_table cross(const std::vector<std::uint32_t> &first, std::size_t rows,
                         const std::vector<std::uint32_t> &second, std::size_t columns,
                         const std::vector<double> &measure = {}) {
    crm::detail::same_length("second", second.size(), first.size());
    if (!measure.empty()) {
        crm::detail::same_length("measure", measure.size(), first.size());
    }
    cross_table out{rows, columns, std::vector<std::uint64_t>(rows * columns), std::vector<double>(rows * columns)};
    check(crm_cross_table(first.data(), rows, second.data(), columns, measure.empty() ? nullptr : measure.data(),
                          first.size(), out.counts.data(), out.totals.data()));
    return out;
}

/// Who gets which offer.
struct assignment {
    std::vector<std::int32_t> offer;
    std::vector<crm_assignment_reason> reason;
    std::vector<double> place_prices;
    crm_assignment_summary summary;
};

/// Assigns offers to customers: a column of values for each offer. See crm_assign_offers.
inline assignment assign_offers(const std::vector<std::vector<double>> &values, const std::vector<crm_offer> &offers,
                                std::optional<double> budget = {}) {
    if (offers.size() != values.size()) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "offers", "must be one for each column of values");
    }
    const auto columns = detail::pointers("values", values);
    const std::size_t customers = detail::rows(values);
    assignment out = {std::vector<std::int32_t>(customers), std::vector<crm_assignment_reason>(customers),
                      std::vector<double>(offers.size()), {}};
    check(crm_assign_offers(columns.data(), offers.data(), offers.size(), customers,
                            budget.value_or(std::numeric_limits<double>::quiet_NaN()), out.offer.data(),
                            out.reason.data(), out.place_prices.data(), &out.summary));
    return out;
}

/// Groups about means.
struct groups {
    std::vector<std::uint32_t> cluster;
    std::vector<double> centers;
    crm_clustering fit;
};

/// Groups rows of numbers about their means. See crm_k_means.
inline groups k_means(const std::vector<std::vector<double>> &columns, std::size_t clusters,
                      crm_cluster_scaling scaling = CRM_CLUSTER_SCALING_STANDARDIZED,
                      const crm_cluster_options &options = {0, 10, 300}) {
    const auto needs = detail::pointers("columns", columns);
    const std::size_t rows = detail::rows(columns);
    groups out = {std::vector<std::uint32_t>(rows), std::vector<double>(clusters * columns.size()), {}};
    check(crm_k_means(needs.data(), needs.size(), rows, clusters, scaling, &options, out.cluster.data(),
                      out.centers.data(), &out.fit));
    return out;
}

/// The share of choices of each product over respondents. See crm_choice_shares.
inline std::vector<double> choice_shares(const std::vector<std::vector<double>> &utilities, crm_choice_rule rule) {
    const auto columns = detail::pointers("utilities", utilities);
    std::vector<double> out(utilities.size());
    check(crm_choice_shares(columns.data(), columns.size(), detail::rows(utilities), rule, out.data()));
    return out;
}

} // namespace idic
} // namespace crm

#endif // CRM_CORE_IDIC_HPP
