// Hidden Markov models of relationship states for C++17. Part of crm_core.hpp, which includes it.
#ifndef CRM_CORE_HIDDEN_MARKOV_HPP
#define CRM_CORE_HIDDEN_MARKOV_HPP

#include "crm_core_lifecycle.hpp"
#include "crm_core_migration.hpp"

namespace crm::lifecycle {

/// What customers did in each period: those of customer i are the rows offsets[i] to offsets[i + 1] − 1, oldest first and
/// without gaps; NaN where nothing is known.
struct state_panel {
    std::vector<std::size_t> offsets;
    std::vector<double> values;
    /// Row-major: for each row the covariates that drive the move into its period.
    std::vector<double> covariates;
    std::size_t covariate_count = 0;

    crm_state_panel c_value() const {
        if (offsets.empty()) {
            throw error(CRM_STATUS_EMPTY, "offsets", "must not be empty");
        }
        detail::same_length("covariates", covariates.size(), values.size() * covariate_count);
        return {offsets.data(), offsets.size() - 1, values.data(), values.size(), covariates.data(), covariate_count};
    }
};

/// How a model is fitted: the defaults, unless changed.
struct em_options : crm_em_options {
    em_options() : crm_em_options{} { check(crm_em_options_default(this)); }
};

/// Where customers were in each period; tables are row-major, a column for each state.
struct decoded_states {
    std::vector<double> filtered, smoothed;
    std::vector<std::uint32_t> path;
    /// One number for each customer.
    std::vector<double> log_likelihood, path_log_probability;
};

/// Customers that a model made.
struct simulated_states {
    std::vector<double> values;
    std::vector<std::uint32_t> states;
};

/// A parameter with its uncertainty; NaN where it is at the edge of what it may be.
struct parameter_estimate {
    std::string name;
    double estimate, standard_error, lower, upper;
};

/// How sure the parameters of a model are. Can be moved, not copied.
class state_uncertainty {
    friend class hidden_markov;

public:
    /// Each parameter with its standard error and its confidence interval.
    std::vector<parameter_estimate> intervals(double confidence = 0.95) const {
        const std::size_t n = size();
        std::vector<double> estimate(n), error(n), lower(n), upper(n);
        check(crm_hidden_markov_uncertainty_intervals(handle_.get(), confidence, n, estimate.data(), error.data(),
                                                      lower.data(), upper.data()));
        std::vector<parameter_estimate> out;
        for (std::size_t i = 0; i < n; i++) {
            const char *name = nullptr;
            check(crm_hidden_markov_uncertainty_name(handle_.get(), i, &name));
            out.push_back({name, estimate[i], error[i], lower[i], upper[i]});
        }
        return out;
    }
    /// Covariances of the parameters, row-major.
    std::vector<double> covariance() const {
        std::vector<double> out(size() * size());
        check(crm_hidden_markov_uncertainty_covariance(handle_.get(), out.size(), out.data()));
        return out;
    }
    /// How far the model is from the maximum of ln L, in standard errors.
    double distance() const {
        double out = 0;
        check(crm_hidden_markov_uncertainty_distance(handle_.get(), &out));
        return out;
    }

private:
    std::size_t size() const {
        std::size_t out = 0;
        check(crm_hidden_markov_uncertainty_parameters(handle_.get(), &out));
        return out;
    }

    crm::detail::handle<crm_hidden_markov_uncertainty, crm_hidden_markov_uncertainty_free> handle_;
};

/// A hidden Markov model of relationship states (Netzer, Lattin & Srinivasan 2008).
class hidden_markov {
public:
    /// A model with constant transitions: K × K probabilities, row-major; `parameters` of state 0, then of state 1, …
    hidden_markov(crm_emission_family family, const std::vector<double> &initial, const std::vector<double> &transitions,
                  const std::vector<double> &parameters) {
        detail::same_length("transitions", transitions.size(), initial.size() * initial.size());
        crm_hidden_markov *made = nullptr;
        check(crm_hidden_markov_new(family, initial.size(), initial.data(), transitions.data(), nullptr, 0,
                                    parameters.data(), parameters.size(), &made));
        handle_.reset(made);
    }
    /// A model whose transitions hang on covariates: for each state i, for each other state j, a_ij and then b_ij.
    static hidden_markov by_covariates(crm_emission_family family, const std::vector<double> &initial,
                                       const std::vector<double> &coefficients, std::size_t covariates,
                                       const std::vector<double> &parameters) {
        const std::size_t states = initial.size();
        const std::size_t moves = states == 0 ? 0 : states * (states - 1);
        detail::same_length("coefficients", coefficients.size(), moves * (covariates + 1));
        crm_hidden_markov *made = nullptr;
        check(crm_hidden_markov_new(family, states, initial.data(), nullptr, coefficients.data(), covariates,
                                    parameters.data(), parameters.size(), &made));
        return hidden_markov(made);
    }
    /// The likeliest model with so many states. An exception of `progress` stops the call and comes out of it.
    static hidden_markov fit(const state_panel &panel, crm_emission_family family, std::size_t states,
                             const crm_em_options &options = em_options(), const progress_function &progress = nullptr) {
        const crm_state_panel given = panel.c_value();
        crm_hidden_markov *made = nullptr;
        crm::detail::watcher watcher{progress};
        watcher.check(
            crm_hidden_markov_fit_new(&given, family, states, &options, watcher.function(), &watcher, &made));
        return hidden_markov(made);
    }
    /// EM from this model on.
    hidden_markov refined(const state_panel &panel, const crm_em_options &options = em_options()) const {
        const crm_state_panel given = panel.c_value();
        crm_hidden_markov *made = nullptr;
        check(crm_hidden_markov_refined_new(handle_.get(), &given, &options, &made));
        return hidden_markov(made);
    }
    /// A model from the text of json().
    static hidden_markov from_json(const std::string &text) {
        crm_hidden_markov *made = nullptr;
        check(crm_hidden_markov_from_json_new(text.c_str(), &made));
        return hidden_markov(made);
    }
    /// The model, with the report of its fit.
    std::string json() const {
        const char *text = nullptr;
        check(crm_hidden_markov_json(handle_.get(), &text));
        return text;
    }

    /// How many states, covariates and parameters there are.
    crm_hidden_markov_shape shape() const {
        crm_hidden_markov_shape out = {};
        check(crm_hidden_markov_dimensions(handle_.get(), &out));
        return out;
    }
    /// How the fit went.
    crm_em_report report() const {
        crm_em_report out = {};
        check(crm_hidden_markov_report(handle_.get(), &out));
        return out;
    }
    /// The probability of each state in a customer's first period.
    std::vector<double> initial() const { return states().initial; }
    /// The parameters of state 0, then those of state 1, …
    std::vector<double> parameters() const { return states().parameters; }
    /// What is expected in a period of each state.
    std::vector<double> means() const { return states().means; }
    /// P of a customer and period with these covariates, row-major.
    std::vector<double> transitions(const std::vector<double> &covariates = {}) const {
        const std::size_t k = shape().states;
        std::vector<double> out(k * k);
        check(crm_hidden_markov_transitions(handle_.get(), covariates.data(), covariates.size(), k, out.data()));
        return out;
    }
    /// The coefficients of transitions by covariates.
    std::vector<double> coefficients() const {
        const crm_hidden_markov_shape found = shape();
        const std::size_t k = found.states;
        std::vector<double> out(k * (k - 1) * (found.covariates + std::size_t{1}));
        check(crm_hidden_markov_coefficients(handle_.get(), out.size(), out.data()));
        return out;
    }

    /// How sure the parameters are that were fitted to this panel. An exception of `progress` stops the call and comes out.
    state_uncertainty uncertainty(const state_panel &panel, const progress_function &progress = nullptr) const {
        const crm_state_panel given = panel.c_value();
        crm_hidden_markov_uncertainty *made = nullptr;
        crm::detail::watcher watcher{progress};
        watcher.check(
            crm_hidden_markov_uncertainty_new(handle_.get(), &given, watcher.function(), &watcher, &made));
        state_uncertainty found;
        found.handle_.reset(made);
        return found;
    }

    /// Where every customer was in each period.
    decoded_states decode(const state_panel &panel) const {
        const crm_state_panel given = panel.c_value();
        const std::size_t cells = given.rows * shape().states;
        decoded_states out = {std::vector<double>(cells), std::vector<double>(cells),
                              std::vector<std::uint32_t>(given.rows), std::vector<double>(given.customers),
                              std::vector<double>(given.customers)};
        check(crm_hidden_markov_decode(handle_.get(), &given, out.filtered.data(), out.smoothed.data(), out.path.data(),
                                       out.log_likelihood.data(), out.path_log_probability.data()));
        return out;
    }
    /// The stage of the lifecycle of every row on a path of states.
    std::vector<crm_stage> stages(const state_panel &panel, const std::vector<std::uint32_t> &path) const {
        const crm_state_panel given = panel.c_value();
        detail::same_length("path", path.size(), given.rows);
        std::vector<std::uint8_t> out(given.rows);
        check(crm_hidden_markov_stages(handle_.get(), &given, path.data(), out.data()));
        return detail::members<crm_stage>(out);
    }
    /// The expected value of a customer who is now in each state.
    std::vector<double> state_values(double margin, const decimal &discount_rate, switching::horizon until,
                                     const std::vector<double> &covariates = {}) const {
        std::vector<double> out(shape().states);
        check(crm_hidden_markov_state_values(handle_.get(), margin, covariates.data(), covariates.size(),
                                             discount_rate.c_value(), until.c_value(), out.size(), out.data()));
        return out;
    }
    /// Customers with histories of these lengths.
    simulated_states simulate(const std::vector<std::size_t> &periods, std::uint64_t seed,
                              const std::vector<double> &covariates = {}) const {
        std::size_t rows = 0;
        for (std::size_t length : periods) {
            rows += length;
        }
        const std::size_t count = shape().covariates;
        detail::same_length("covariates", covariates.size(), rows * count);
        simulated_states out = {std::vector<double>(rows), std::vector<std::uint32_t>(rows)};
        check(crm_hidden_markov_simulate(handle_.get(), periods.data(), periods.size(), covariates.data(), count, seed,
                                         rows, out.values.data(), out.states.data()));
        return out;
    }

private:
    explicit hidden_markov(crm_hidden_markov *made) { handle_.reset(made); }

    struct columns {
        std::vector<double> initial, parameters, means;
    };
    columns states() const {
        const crm_hidden_markov_shape found = shape();
        columns out = {std::vector<double>(found.states), std::vector<double>(found.emission_parameters),
                       std::vector<double>(found.states)};
        check(crm_hidden_markov_states(handle_.get(), found.states, found.emission_parameters, out.initial.data(),
                                       out.parameters.data(), out.means.data()));
        return out;
    }

    crm::detail::handle<crm_hidden_markov, crm_hidden_markov_free> handle_;
};

} // namespace crm::lifecycle

#endif // CRM_CORE_HIDDEN_MARKOV_HPP
