// Customers who move among states by a Markov chain, for C++17: part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_MIGRATION_HPP
#define CRM_CORE_MIGRATION_HPP

#include "crm_core.hpp"

namespace crm::migration {

using switching::horizon;

/// A matrix of few entries in each row: those of row i are from row_starts[i] to row_starts[i + 1].
struct sparse_matrix {
    std::vector<std::size_t> row_starts;
    std::vector<std::size_t> columns;
    std::vector<double> probabilities;
};

/// What a customer in each state brings in a period, less costs.
class rewards {
public:
    /// One number per state, the same in all periods.
    rewards(std::vector<double> by_state) : values_(std::move(by_state)) {}
    /// Row-major: one row of a number per state for each period t = 0, ..., T.
    static rewards by_period(std::vector<double> rows, std::size_t periods) {
        rewards made(std::move(rows));
        made.periods_ = periods;
        return made;
    }
    /// The same with a variance in each state, independent from period to period.
    rewards with_variance(std::vector<double> by_state) const {
        rewards made(*this);
        made.variance_ = std::move(by_state);
        return made;
    }

    /// For the C interface: refuses other shapes than these states need.
    void require(std::size_t states) const {
        if (values_.size() != states * (periods_ ? periods_ : 1)) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "rewards", "must have a number for each state in every row");
        }
        if (!variance_.empty() && variance_.size() != states) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "reward_variance",
                        "must have length " + std::to_string(states));
        }
    }
    /// For the C interface.
    const double *data() const noexcept { return values_.data(); }
    /// For the C interface.
    std::size_t periods() const noexcept { return periods_; }
    /// For the C interface.
    const double *variance() const noexcept { return variance_.empty() ? nullptr : variance_.data(); }

private:
    std::vector<double> values_;
    std::size_t periods_ = 0;
    std::vector<double> variance_;
};

/// The value of a customer by state.
struct state_values {
    std::vector<double> values;
    /// No error exceeds it, up to rounding; 0 where nothing was iterated.
    double error_bound = 0;
};

/// Mean and variance of a customer's value by state.
struct moments {
    std::vector<double> mean;
    std::vector<double> variance;
};

/// The recurrent class of each state, CRM_TRANSIENT if it is in none.
struct structure {
    std::vector<std::int64_t> recurrent_class;
    std::size_t classes = 0;
};

/// Where a customer ends up, and after how long.
struct absorption {
    /// Row-major: for each state the probability of each recurrent class.
    std::vector<double> probabilities;
    std::vector<double> expected_periods;
    std::size_t classes = 0;
};

/// Customers who move among states by a Markov chain and bring a reward in each period.
class model {
public:
    /// With a matrix of all entries, row-major.
    model(const std::vector<double> &transition_matrix, std::size_t states, const rewards &rewards) {
        if (transition_matrix.size() != states * states) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "transition_matrix", "must be square");
        }
        rewards.require(states);
        crm_migration_model *made = nullptr;
        check(crm_migration_model_new(transition_matrix.data(), states, rewards.data(), rewards.periods(),
                                      rewards.variance(), &made));
        handle_.reset(made);
    }
    /// With a sparse matrix; `solver` says when iterations for infinite horizons stop.
    model(const sparse_matrix &matrix, const rewards &rewards,
          std::optional<crm_migration_solver> solver = std::nullopt) {
        const std::size_t states = matrix.row_starts.empty() ? 0 : matrix.row_starts.size() - 1;
        if (matrix.columns.size() != matrix.probabilities.size()) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "probabilities", "must have one for each column");
        }
        rewards.require(states);
        crm_migration_model *made = nullptr;
        check(crm_migration_model_sparse_new(matrix.row_starts.data(), matrix.columns.data(),
                                             matrix.probabilities.data(), states, matrix.columns.size(),
                                             rewards.data(), rewards.periods(), rewards.variance(),
                                             solver ? &*solver : nullptr, &made));
        handle_.reset(made);
    }
    /// Takes what the C interface gave.
    explicit model(crm_migration_model *made) noexcept : handle_(made) {}

    /// The number of states.
    std::size_t states() const {
        std::size_t states = 0;
        check(crm_migration_model_states(handle_.get(), &states));
        return states;
    }

    /// The expected value of a customer in each state.
    state_values value(const decimal &discount_rate, horizon until) const {
        state_values found{std::vector<double>(states()), 0};
        check(crm_migration_model_value(handle_.get(), discount_rate.c_value(), until.c_value(),
                                        found.values.size(), found.values.data(), &found.error_bound));
        return found;
    }

    /// The value of each customer of a table, by state.
    std::vector<double> customer_values(const decimal &discount_rate, horizon until,
                                        const std::vector<std::size_t> &customers) const {
        std::vector<double> found(customers.size());
        check(crm_migration_model_customer_values(handle_.get(), discount_rate.c_value(), until.c_value(),
                                                  customers.data(), customers.size(), found.data()));
        return found;
    }

    /// Mean and variance of the discounted value of a customer in each state.
    migration::moments moments(const decimal &discount_rate, horizon until) const {
        migration::moments found{std::vector<double>(states()), std::vector<double>(states())};
        check(crm_migration_model_moments(handle_.get(), discount_rate.c_value(), until.c_value(),
                                          found.mean.size(), found.mean.data(), found.variance.data()));
        return found;
    }

    /// Row-major: the expected number of customers in each state at t = 0, ..., last.
    std::vector<double> distribution(const std::vector<double> &initial, std::uint32_t last) const {
        std::vector<double> rows((static_cast<std::size_t>(last) + 1) * initial.size());
        check(crm_migration_model_distribution(handle_.get(), initial.data(), initial.size(), last, rows.data()));
        return rows;
    }

    /// The discounted number of periods that a cohort spends in each state.
    std::vector<double> occupancy(const std::vector<double> &initial, const decimal &discount_rate,
                                  horizon until) const {
        std::vector<double> found(initial.size());
        check(crm_migration_model_occupancy(handle_.get(), initial.data(), initial.size(),
                                            discount_rate.c_value(), until.c_value(), found.data()));
        return found;
    }

    /// Which states a customer can stay in for ever.
    migration::structure structure() const {
        migration::structure found{std::vector<std::int64_t>(states()), 0};
        check(crm_migration_model_structure(handle_.get(), found.recurrent_class.size(),
                                            found.recurrent_class.data(), &found.classes));
        return found;
    }

    /// Where a customer ends up, and after how long.
    migration::absorption absorption() const {
        const std::size_t states = this->states(), classes = structure().classes;
        migration::absorption found{std::vector<double>(states * classes), std::vector<double>(states), classes};
        check(crm_migration_model_absorption(handle_.get(), states, classes, found.probabilities.data(),
                                             found.expected_periods.data()));
        return found;
    }

    /// The distribution over the states that customers tend to.
    std::vector<double> stationary_distribution() const {
        std::vector<double> found(states());
        check(crm_migration_model_stationary_distribution(handle_.get(), found.size(), found.data()));
        return found;
    }

private:
    crm::detail::handle<crm_migration_model, crm_migration_model_free> handle_;
};

/// The best policy over an infinite horizon.
struct optimal_policy {
    /// The action to take in each state.
    std::vector<std::uint32_t> policy;
    std::vector<double> value;
    /// What customers are worth under the policy that the iteration started from.
    std::vector<double> start_value;
    /// The policies whose value was solved for.
    std::uint64_t iterations = 0;
};

/// The best actions over a finite horizon.
struct finite_policy {
    /// Row-major: the action to take in each state at t = 0, ..., T.
    std::vector<std::uint32_t> actions;
    std::vector<double> value;
};

/// A Markov decision process.
class decision_process {
public:
    /// From tables: `transitions` is actions x states x states, the others are actions x states; an empty
    /// `available` allows all.
    decision_process(const std::vector<double> &transitions, const std::vector<double> &rewards,
                     std::size_t states, std::uint32_t actions, const std::vector<std::uint8_t> &available = {}) {
        const std::size_t cells = states * actions;
        if (rewards.size() != cells || transitions.size() != cells * states) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, rewards.size() != cells ? "rewards" : "transitions",
                        "must have a row for each action");
        }
        if (!available.empty() && available.size() != cells) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "available", "must have a row for each action");
        }
        crm_decision_process *made = nullptr;
        check(crm_decision_process_new(transitions.data(), rewards.data(),
                                       available.empty() ? nullptr : available.data(), states, actions, &made));
        handle_.reset(made);
    }
    /// Takes what the C interface gave.
    explicit decision_process(crm_decision_process *made) noexcept : handle_(made) {}

    /// The number of states.
    std::size_t states() const {
        std::size_t states = 0;
        check(crm_decision_process_states(handle_.get(), &states));
        return states;
    }

    /// The model of customers under a policy.
    model under(const std::vector<std::uint32_t> &policy) const {
        crm_migration_model *made = nullptr;
        check(crm_decision_process_under_new(handle_.get(), policy.data(), policy.size(), &made));
        return model(made);
    }

    /// The policy of the largest value over an infinite horizon, from `start` or the lowest action of each state.
    optimal_policy policy_iteration(const decimal &discount_rate,
                                    const std::vector<std::uint32_t> &start = {}) const {
        const std::size_t states = this->states();
        if (!start.empty() && start.size() != states) {
            throw error(CRM_STATUS_LENGTH_MISMATCH, "start", "must have length " + std::to_string(states));
        }
        optimal_policy found{std::vector<std::uint32_t>(states), std::vector<double>(states),
                             std::vector<double>(states), 0};
        check(crm_decision_process_policy_iteration(
            handle_.get(), discount_rate.c_value(), start.empty() ? nullptr : start.data(), states,
            found.policy.data(), found.value.data(), found.start_value.data(), &found.iterations));
        return found;
    }

    /// The best action in each state at each of t = 0, ..., last.
    finite_policy backward_induction(const decimal &discount_rate, std::uint32_t last) const {
        const std::size_t states = this->states();
        finite_policy found{std::vector<std::uint32_t>((static_cast<std::size_t>(last) + 1) * states),
                            std::vector<double>(states)};
        check(crm_decision_process_backward_induction(handle_.get(), discount_rate.c_value(), last, states,
                                                      found.actions.data(), found.value.data()));
        return found;
    }

private:
    crm::detail::handle<crm_decision_process, crm_decision_process_free> handle_;
};

/// Customers by recency: crm_recency_matrix.
class recency_chain {
public:
    /// The probability of a purchase by recency.
    explicit recency_chain(const std::vector<decimal> &repurchase) {
        for (const decimal &probability : repurchase) {
            repurchase_.push_back(*probability.c_value());
        }
    }

    /// Row-major: P when every customer who is not lost is contacted.
    std::vector<double> transition_matrix() const {
        const std::size_t states = repurchase_.size() + 1;
        std::vector<double> matrix(states * states);
        check(crm_recency_matrix(repurchase_.data(), repurchase_.size(), matrix.data()));
        return matrix;
    }

    /// The model of direct mail to every customer who is not lost.
    model direct_mail(const decimal &margin, const decimal &contact_cost) const {
        crm_migration_model *made = nullptr;
        check(crm_direct_mail_new(repurchase_.data(), repurchase_.size(), margin.c_value(),
                                  contact_cost.c_value(), &made));
        return model(made);
    }

    /// The decision whether to contact a customer of each recency: 0 no contact, 1 contact.
    decision_process contact_decision(const decimal &margin, const decimal &contact_cost) const {
        crm_decision_process *made = nullptr;
        check(crm_contact_decision_new(repurchase_.data(), repurchase_.size(), margin.c_value(),
                                       contact_cost.c_value(), &made));
        return decision_process(made);
    }

    /// For the C interface.
    const std::vector<crm_decimal> &c_values() const noexcept { return repurchase_; }

private:
    std::vector<crm_decimal> repurchase_;
};

/// What is expected of a customer in one period.
struct share_period {
    decimal expected_purchases;
    decimal expected_contacts;
    decimal flow;
    decimal present_value;
};

/// The value of a customer who buys now and then, and how it comes about; period 0 is the purchase now.
struct always_a_share_value {
    decimal value;
    std::vector<share_period> periods;
};

/// crm_always_a_share.
inline always_a_share_value always_a_share(const decimal &margin, const decimal &contact_cost,
                                           const recency_chain &repurchase, const decimal &discount_rate,
                                           std::uint32_t periods,
                                           crm_contact_timing contact = CRM_CONTACT_TIMING_START) {
    const std::vector<crm_decimal> &table = repurchase.c_values();
    std::vector<crm_share_period> rows(static_cast<std::size_t>(periods) + 1);
    crm_decimal value;
    check(crm_always_a_share(margin.c_value(), contact_cost.c_value(), table.data(), table.size(),
                             discount_rate.c_value(), periods, contact, &value, rows.data()));
    always_a_share_value found{decimal(value), {}};
    for (const crm_share_period &row : rows) {
        found.periods.push_back({decimal(row.expected_purchases), decimal(row.expected_contacts),
                                 decimal(row.flow), decimal(row.present_value)});
    }
    return found;
}

/// crm_always_a_share_values: `repurchase` is one row of `recencies` probabilities for all customers, or one for each.
inline std::vector<double> always_a_share_values(const column &margin, const column &contact_cost,
                                                 const std::vector<double> &repurchase, std::size_t recencies,
                                                 double discount_rate, std::uint32_t periods,
                                                 crm_contact_timing contact = CRM_CONTACT_TIMING_START) {
    if (recencies == 0 || repurchase.size() % recencies != 0) {
        throw error(CRM_STATUS_LENGTH_MISMATCH, "repurchase", "must have rows of as many as recencies");
    }
    const std::size_t tables = repurchase.size() / recencies;
    std::size_t customers = crm::detail::common_rows({{"margin", margin}, {"contact_cost", contact_cost}});
    if (!margin.rows() && !contact_cost.rows()) {
        customers = tables;
    }
    std::vector<double> values(customers);
    check(crm_always_a_share_values(customers, margin.data(), margin.stride(), contact_cost.data(),
                                    contact_cost.stride(), repurchase.data(), tables, recencies, discount_rate,
                                    periods, contact, values.data()));
    return values;
}

} // namespace crm::migration

#endif // CRM_CORE_MIGRATION_HPP
