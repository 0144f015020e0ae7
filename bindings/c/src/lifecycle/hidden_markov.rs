//! Which stage is this customer in? Hidden Markov models of relationship states.

use std::ffi::{CString, c_char, c_void};
use std::mem::MaybeUninit;

use crm_core::clv::switching::TransitionMatrix;
use crm_core::lifecycle::hidden_markov::{
    EmOptions, Emissions, HiddenMarkov, HiddenMarkovFit, Panel, StateTransitions, TransitionLogit,
};
use crm_core::{Error, ErrorKind};

use super::codes;
use crate::boundary::{Outcome, Output, OutputSlice, read, respond, slice, text, write_optional};
use crate::categories::crm_emission_family;
use crate::category;
use crate::clv::read_rate;
use crate::decimal::crm_decimal;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crate::switching::read_horizon;
use crate::watch::{crm_progress, watched};

/// What customers did in each period. The histories of all customers lie one after another: those of customer i are
/// the rows offsets[i] to offsets[i + 1] − 1, oldest first and without gaps.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_state_panel {
    /// customers + 1 numbers, the first one 0, the last one rows.
    pub offsets: *const usize,
    /// How many customers there are.
    pub customers: usize,
    /// The value of each row: purchases or spend, by the family; NaN where it is not known.
    pub values: *const f64,
    /// Rows of all customers together.
    pub rows: usize,
    /// Row-major: for each row the covariates that drive the move into its period; NULL without covariates.
    pub covariates: *const f64,
    /// How many covariates there are.
    pub covariate_count: usize,
}

impl crm_state_panel {
    /// # Safety
    /// The pointers are NULL or of the lengths that the fields say.
    unsafe fn value(&self) -> Outcome<Panel> {
        // SAFETY: as the caller vouches.
        unsafe {
            let offsets = slice("offsets", self.offsets, self.customers.saturating_add(1))?;
            let values = slice("values", self.values, self.rows)?;
            let length = self.rows.saturating_mul(self.covariate_count);
            let covariates = slice("covariates", self.covariates, length)?;
            let panel = Panel::new(offsets.to_vec(), values.to_vec())?;
            Ok(panel.with_covariates(covariates.to_vec(), self.covariate_count)?)
        }
    }
}

/// # Safety
/// `panel` is NULL or points to a panel whose pointers are what its fields say.
pub(super) unsafe fn read_panel(panel: *const crm_state_panel) -> Outcome<Panel> {
    // SAFETY: as the caller vouches.
    unsafe { read("panel", panel)?.value() }
}

/// How a hidden Markov model is fitted. Get the defaults from crm_em_options_default, then change what you need.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_em_options {
    /// Gain of ln L in an iteration, per row that is known, at or below which the fit has converged. Default 1e-9.
    pub tolerance: f64,
    /// Seed of the random starts. Default 1.
    pub seed: u64,
    /// Starts: the first one spreads the states evenly, the others are random. Default 8.
    pub starts: u32,
    /// Iterations of each start, after which the likeliest one goes on alone. Default 20.
    pub trial_iterations: u32,
    /// Iterations at most from there on. Default 1000.
    pub max_iterations: u32,
    /// Is 0.
    pub reserved: u32,
}

impl From<EmOptions> for crm_em_options {
    fn from(options: EmOptions) -> Self {
        crm_em_options {
            tolerance: options.tolerance,
            seed: options.seed,
            starts: options.starts,
            trial_iterations: options.trial_iterations,
            max_iterations: options.max_iterations,
            reserved: 0,
        }
    }
}

/// # Safety
/// `options` is NULL or points to options.
unsafe fn read_options(options: *const crm_em_options) -> Outcome<EmOptions> {
    if options.is_null() {
        return Ok(EmOptions::default());
    }
    // SAFETY: as the caller vouches.
    let given = unsafe { read("options", options)? };
    Ok(EmOptions {
        starts: given.starts,
        trial_iterations: given.trial_iterations,
        max_iterations: given.max_iterations,
        tolerance: given.tolerance,
        seed: given.seed,
    })
}

/// The default options of a fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_em_options_default(out: *mut crm_em_options) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        Output::new("out", out)?.write(EmOptions::default().into());
        Ok(())
    })
}

/// How a fit went.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_em_report {
    /// ln L at the model.
    pub log_likelihood: f64,
    /// Akaike's information criterion.
    pub aic: f64,
    /// The Bayesian information criterion, with the known rows as the number of observations: of several numbers of
    /// states that with the lowest is to be preferred.
    pub bic: f64,
    /// Rows whose value is known.
    pub observations: u64,
    /// Customers with a history.
    pub customers: u64,
    /// Iterations of the start that won.
    pub iterations: u32,
    /// The crm_em_status.
    pub status: i32,
}

/// The parts of a hidden Markov model that say how long its columns are.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_hidden_markov_shape {
    /// K, the number of states.
    pub states: u32,
    /// The number of covariates of the transitions.
    pub covariates: u32,
    /// Parameters of the emissions of all states together.
    pub emission_parameters: u32,
    /// The crm_emission_family.
    pub family: i32,
}

/// A hidden Markov model of relationship states, and how its fit went if it was fitted. It does not change: any number
/// of threads may use it.
///
/// A customer is in one of K states, which nobody sees, moves among them from period to period by a Markov chain, and
/// in each period does what the distribution of the state says. Source: Netzer, Lattin & Srinivasan 2008.
pub struct crm_hidden_markov {
    made: Made,
    json: CString,
}

enum Made {
    Fitted(HiddenMarkovFit),
    Given(HiddenMarkov),
}

impl crm_hidden_markov {
    fn new(made: Made) -> Outcome<Box<Self>> {
        let unwritable = |reason: String| Error::new(ErrorKind::Unreadable, "model", reason);
        let json = match &made {
            Made::Fitted(fit) => serde_json::to_string(fit),
            Made::Given(model) => serde_json::to_string(model),
        };
        let json = json.map_err(|error| unwritable(error.to_string()))?;
        let json = CString::new(json).map_err(|error| unwritable(error.to_string()))?;
        Ok(Box::new(crm_hidden_markov { made, json }))
    }

    pub(super) fn model(&self) -> &HiddenMarkov {
        match &self.made {
            Made::Fitted(fit) => &fit.model,
            Made::Given(model) => model,
        }
    }
}

/// A model with known parameters. States keep their order.
///
/// Emissions of a state: CRM_EMISSION_FAMILY_POISSON, the mean of a count; CRM_EMISSION_FAMILY_NEGATIVE_BINOMIAL, mean m
/// and shape r of a count with variance m + m²/r; CRM_EMISSION_FAMILY_ZERO_INFLATED_LOG_NORMAL, the probability to buy,
/// and mean and standard deviation of the logarithm of the amount.
///
/// Transitions are constant, by `transitions`, or hang on covariates z, by `coefficients`:
/// ln(P_ij / P_ii) = a_ij + b_ij z. One of the two is NULL.
///
/// @param states K, 1 to 64
/// @param initial K probabilities of the first period
/// @param transitions K × K probabilities, row-major, from a row to a column; may be NULL
/// @param coefficients for each state i, for each other state j in order, a_ij and then b_ij: K (K − 1) (covariates + 1)
///     numbers; may be NULL
/// @param covariates how many there are; 0 with `transitions`
/// @param parameters those of state 0, then those of state 1, …
/// @param parameter_count how many these are
/// @param model receives the handle; give it back to crm_hidden_markov_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_new(
    family: MaybeUninit<crm_emission_family>,
    states: usize,
    initial: *const f64,
    transitions: *const f64,
    coefficients: *const f64,
    covariates: usize,
    parameters: *const f64,
    parameter_count: usize,
    model: *mut Option<Box<crm_hidden_markov>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let family = category::read("family", family)?;
        let initial = slice("initial", initial, states)?;
        let transitions = if coefficients.is_null() {
            let length = states.saturating_mul(states);
            let entries = slice("transitions", transitions, length)?.to_vec();
            StateTransitions::Constant(TransitionMatrix::from_row_major(states, entries)?)
        } else {
            let moves = states.saturating_mul(states.saturating_sub(1));
            let length = moves.saturating_mul(covariates.saturating_add(1));
            let coefficients = slice("coefficients", coefficients, length)?.to_vec();
            StateTransitions::Logit(TransitionLogit::new(states, covariates, coefficients)?)
        };
        let parameters = slice("parameters", parameters, parameter_count)?.to_vec();
        let emissions = Emissions::new(family, parameters)?;
        let made = HiddenMarkov::new(initial.to_vec(), transitions, emissions)?;
        out.write(Some(crm_hidden_markov::new(Made::Given(made))?));
        Ok(())
    })
}

/// The likeliest model of a panel with this many states, by EM (Baum–Welch) from several seeded starts; its states are in
/// the order of their means. If the panel has covariates, transitions hang on them. The bits do not depend on the
/// number of threads.
///
/// CRM_STATUS_NO_SOLUTION if nobody buys, or all amounts are equal; CRM_STATUS_STOPPED if `progress` says so.
///
/// @param states K, 1 to 64
/// @param options may be NULL: the defaults
/// @param progress may be NULL; told how many iterations are done, of all starts together
/// @param context may be NULL; given to `progress`
/// @param model receives the handle; give it back to crm_hidden_markov_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_fit_new(
    panel: *const crm_state_panel,
    family: MaybeUninit<crm_emission_family>,
    states: usize,
    options: *const crm_em_options,
    progress: crm_progress,
    context: *mut c_void,
    model: *mut Option<Box<crm_hidden_markov>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let family = category::read("family", family)?;
        let (panel, options) = (read_panel(panel)?, read_options(options)?);
        let fit = watched(progress, context, |watch| {
            HiddenMarkov::fit_watched(&panel, family, states, &options, watch)
        })?;
        out.write(Some(crm_hidden_markov::new(Made::Fitted(fit))?));
        Ok(())
    })
}

/// EM from a model on, by the tolerance and the iterations of the options alone.
///
/// @param options may be NULL: the defaults
/// @param refined receives the handle; give it back to crm_hidden_markov_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_refined_new(
    model: *const crm_hidden_markov,
    panel: *const crm_state_panel,
    options: *const crm_em_options,
    refined: *mut Option<Box<crm_hidden_markov>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("refined", refined)?;
        let model = borrow("model", model)?.model();
        let (panel, options) = (read_panel(panel)?, read_options(options)?);
        let fit = model.refined(&panel, &options)?;
        out.write(Some(crm_hidden_markov::new(Made::Fitted(fit))?));
        Ok(())
    })
}

/// A model from the JSON text of crm_hidden_markov_json.
///
/// @param model receives the handle; give it back to crm_hidden_markov_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_from_json_new(
    json: *const c_char,
    model: *mut Option<Box<crm_hidden_markov>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let json = text("json", json)?;
        let made = match serde_json::from_str(json) {
            Ok(fit) => Made::Fitted(fit),
            Err(_) => Made::Given(serde_json::from_str(json).map_err(|error| {
                let reason = format!("must be a hidden Markov model ({error})");
                Error::new(ErrorKind::Unreadable, "json", reason)
            })?),
        };
        out.write(Some(crm_hidden_markov::new(made)?));
        Ok(())
    })
}

/// The model, with the report of its fit, as JSON; the text lives as long as the model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_json(
    model: *const crm_hidden_markov,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        Output::new("out", out)?.write(model.json.as_ptr());
        Ok(())
    })
}

/// Frees a model; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_hidden_markov_free(model: Option<Box<crm_hidden_markov>>) {
    free(model);
}

/// How long the columns of a model are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_dimensions(
    model: *const crm_hidden_markov,
    out: *mut crm_hidden_markov_shape,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let emissions = model.emissions();
        Output::new("out", out)?.write(crm_hidden_markov_shape {
            states: model.states() as u32,
            covariates: model.transitions().covariates() as u32,
            emission_parameters: emissions.parameters().len() as u32,
            family: emissions.family() as i32,
        });
        Ok(())
    })
}

/// How a fit went; CRM_STATUS_NOT_FOUND for a model that was not fitted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_report(
    model: *const crm_hidden_markov,
    out: *mut crm_em_report,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        let out = Output::new("out", out)?;
        let Made::Fitted(fit) = &model.made else {
            let reason = "was not fitted";
            return Err(Error::new(ErrorKind::NotFound, "model", reason).into());
        };
        out.write(crm_em_report {
            log_likelihood: fit.log_likelihood,
            aic: fit.aic(),
            bic: fit.bic(),
            observations: fit.observations as u64,
            customers: fit.customers as u64,
            iterations: fit.iterations,
            status: fit.status as i32,
        });
        Ok(())
    })
}

/// Where customers begin and what they do in each state.
///
/// @param states the number of states
/// @param parameter_count parameters of the emissions of all states together
/// @param initial receives K probabilities
/// @param parameters receives the parameters of state 0, then those of state 1, …
/// @param means receives what is expected in a period of each state: K numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_states(
    model: *const crm_hidden_markov,
    states: usize,
    parameter_count: usize,
    initial: *mut f64,
    parameters: *mut f64,
    means: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let initial = OutputSlice::new("initial", initial, states)?;
        let parameters = OutputSlice::new("parameters", parameters, parameter_count)?;
        let means = OutputSlice::new("means", means, states)?;
        initial.write("initial", model.initial())?;
        parameters.write("parameters", model.emissions().parameters())?;
        means.write("means", &model.emissions().means())
    })
}

/// The transition matrix of a customer and period with these covariates.
///
/// @param covariates as many as the model has; may be NULL where transitions are constant
/// @param covariate_count how many these are
/// @param states the number of states
/// @param out receives K × K probabilities, row-major
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_transitions(
    model: *const crm_hidden_markov,
    covariates: *const f64,
    covariate_count: usize,
    states: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let covariates = slice("covariates", covariates, covariate_count)?;
        let out = OutputSlice::new("out", out, states.saturating_mul(states))?;
        out.write("out", model.transitions().matrix(covariates)?.entries())
    })
}

/// The coefficients of transitions by covariates, in the order of crm_hidden_markov_new; CRM_STATUS_NOT_FOUND where
/// transitions are constant.
///
/// @param count K (K − 1) (covariates + 1)
/// @param out receives them
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_coefficients(
    model: *const crm_hidden_markov,
    count: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let out = OutputSlice::new("out", out, count)?;
        match model.transitions() {
            StateTransitions::Constant(_) => {
                let reason = "has constant transitions";
                Err(Error::new(ErrorKind::NotFound, "model", reason).into())
            }
            StateTransitions::Logit(logit) => out.write("out", logit.coefficients()),
        }
    })
}

/// Where every customer was in each period.
///
/// CRM_STATUS_NO_SOLUTION with the first row that is impossible under the model.
///
/// @param filtered receives, row-major, P(state | periods up to this one): rows × K; may be NULL
/// @param smoothed receives, row-major, P(state | all periods): rows × K; may be NULL
/// @param path receives the state of each row on the likeliest path (Viterbi); may be NULL
/// @param log_likelihood receives ln of the likelihood of each customer's history; may be NULL
/// @param path_log_probability receives ln of the probability of each customer's path together with the history; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_decode(
    model: *const crm_hidden_markov,
    panel: *const crm_state_panel,
    filtered: *mut f64,
    smoothed: *mut f64,
    path: *mut u32,
    log_likelihood: *mut f64,
    path_log_probability: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let panel = read_panel(panel)?;
        let table = panel.rows().saturating_mul(model.states());
        let filtered = OutputSlice::optional("filtered", filtered, table)?;
        let smoothed = OutputSlice::optional("smoothed", smoothed, table)?;
        let path = OutputSlice::optional("path", path, panel.rows())?;
        let customers = panel.customers();
        let likelihoods = OutputSlice::optional("log_likelihood", log_likelihood, customers)?;
        let probabilities =
            OutputSlice::optional("path_log_probability", path_log_probability, customers)?;
        let found = model.decode(&panel)?;
        write_optional(filtered, "filtered", &found.filtered)?;
        write_optional(smoothed, "smoothed", &found.smoothed)?;
        write_optional(path, "path", &found.path)?;
        write_optional(likelihoods, "log_likelihood", &found.log_likelihood)?;
        write_optional(
            probabilities,
            "path_log_probability",
            &found.path_log_probability,
        )
    })
}

/// The stage of the lifecycle of every row, from a path of states: Potential before the first purchase, Development
/// from it on; Growth above the state of then; Maturity in the highest state; Decline below the state before;
/// Termination in the lowest state, if its mean is at most a tenth of that of the highest; Recovery from there on up.
/// Every move is legal.
///
/// @param path a state for each row
/// @param stages receives the crm_stage of each row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_stages(
    model: *const crm_hidden_markov,
    panel: *const crm_state_panel,
    path: *const u32,
    stages: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let panel = read_panel(panel)?;
        let path = slice("path", path, panel.rows())?;
        let out = OutputSlice::new("stages", stages, panel.rows())?;
        out.write("stages", &codes(&model.stages(&panel, path)?))
    })
}

/// The expected value of a customer who is now in each state: a period in a state brings its mean times `margin`, the
/// present one in full, later ones discounted.
///
/// CRM_STATUS_DIVERGENT where a value without end is not finite.
///
/// @param margin what each purchase, or each unit of spend, brings
/// @param covariates as many as the model has, for all periods to come; may be NULL where transitions are constant
/// @param covariate_count how many these are
/// @param discount_rate per period; greater than −1
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param states the number of states
/// @param out receives K values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_state_values(
    model: *const crm_hidden_markov,
    margin: f64,
    covariates: *const f64,
    covariate_count: usize,
    discount_rate: *const crm_decimal,
    horizon: i64,
    states: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let covariates = slice("covariates", covariates, covariate_count)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let out = OutputSlice::new("out", out, states)?;
        let horizon = read_horizon(horizon)?;
        let found = model.state_values(margin, covariates, rate, horizon)?;
        out.write("out", &found.values)
    })
}

/// Customers that a model makes, each with random numbers of its own from the seed.
///
/// @param periods the length of each customer's history
/// @param customers how many customers there are
/// @param covariates row-major, one row for each period of each customer; may be NULL where transitions are constant
/// @param covariate_count how many covariates there are
/// @param rows the sum of the lengths
/// @param values receives what the customers did in each row
/// @param states receives the state of each row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_simulate(
    model: *const crm_hidden_markov,
    periods: *const usize,
    customers: usize,
    covariates: *const f64,
    covariate_count: usize,
    seed: u64,
    rows: usize,
    values: *mut f64,
    states: *mut u32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?.model();
        let periods = slice("periods", periods, customers)?;
        let length = rows.saturating_mul(covariate_count);
        let covariates = slice("covariates", covariates, length)?.to_vec();
        let values = OutputSlice::new("values", values, rows)?;
        let states = OutputSlice::new("states", states, rows)?;
        let sum = periods
            .iter()
            .try_fold(0_usize, |sum, &n| sum.checked_add(n));
        if sum != Some(rows) {
            let reason = "must be the sum of the periods";
            return Err(Error::new(ErrorKind::LengthMismatch, "rows", reason)
                .with_value(rows)
                .into());
        }
        let made = model.simulate_with(periods, covariates, seed)?;
        values.write("values", made.panel.values())?;
        states.write("states", &made.states)
    })
}
