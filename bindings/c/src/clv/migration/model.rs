//! The value of customers who move among states.

use crm_core::clv::migration::{
    MigrationModel, Rewards, SolverOptions, SparseTransitions, Transitions,
};
use crm_core::clv::switching::TransitionMatrix;

use super::{read_amount, read_chain, read_horizon};
use crate::boundary::{Outcome, Output, OutputSlice, read, respond, slice, write_optional};
use crate::clv::{read_rate, table_size};
use crate::decimal::crm_decimal;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// Customers who move among states by a Markov chain and bring a reward in each period (Pfeifer & Carraway 2000):
/// the value of one who is now in state i is V_T(i), entry i of Σ_{t=0}^{T} [(1+d)^−1 P]^t R, and without end
/// of (I − P/(1+d))^−1 R. The reward of the present state, at t = 0, counts in full. It does not change: any number of
/// threads may use it.
pub struct crm_migration_model(pub(crate) MigrationModel);

/// When the iteration for infinite horizons of a sparse matrix stops. Get the defaults from
/// crm_migration_solver_default.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_migration_solver {
    /// The largest error of any value, as a part of the largest value; more than 0. Default 1e-10.
    pub tolerance: f64,
    /// The most products with the matrix. Default 20000.
    pub max_iterations: u64,
}

/// The default of a solver.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_solver_default(
    out: *mut crm_migration_solver,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let SolverOptions {
            tolerance,
            max_iterations,
        } = SolverOptions::default();
        Output::new("out", out)?.write(crm_migration_solver {
            tolerance,
            max_iterations,
        });
        Ok(())
    })
}

/// # Safety
/// As [`slice`], for the numbers that the shapes say; `variance` may be NULL.
unsafe fn new_model(
    transitions: Transitions,
    rewards: *const f64,
    reward_periods: usize,
    variance: *const f64,
) -> Outcome<MigrationModel> {
    let states = transitions.states();
    let size = table_size("rewards", reward_periods.max(1), states)?;
    // SAFETY: as the caller vouches.
    let rewards = unsafe { slice("rewards", rewards, size) }?;
    let rewards = match reward_periods {
        0 => Rewards::constant(rewards),
        _ => Rewards::by_period(rewards.chunks_exact(states).map(<[f64]>::to_vec).collect()),
    };
    let rewards = if variance.is_null() {
        rewards
    } else {
        // SAFETY: as the caller vouches.
        rewards.with_variance(unsafe { slice("reward_variance", variance, states) }?)
    };
    Ok(MigrationModel::new(transitions, rewards)?)
}

/// A model with a matrix of all entries.
///
/// @param transition_matrix P, row-major, states × states: entry (i, j) is the probability that a customer in state i
///     is in state j one period later; every row sums to one
/// @param rewards R, what a customer in each state brings in a period, less costs: one row of `states` numbers for
///     all periods, or one row for each
/// @param reward_periods 0 for the same rewards in all periods; else T + 1, the number of rows
/// @param reward_variance variance of the reward in each state, independent from period to period; may be NULL for none
/// @param model receives the handle; give it back to crm_migration_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_new(
    transition_matrix: *const f64,
    states: usize,
    rewards: *const f64,
    reward_periods: usize,
    reward_variance: *const f64,
    model: *mut Option<Box<crm_migration_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let size = table_size("transition_matrix", states, states)?;
        let entries = slice("transition_matrix", transition_matrix, size)?;
        let matrix = TransitionMatrix::from_row_major(states, entries.to_vec())?;
        let made = new_model(matrix.into(), rewards, reward_periods, reward_variance)?;
        out.write(Some(Box::new(crm_migration_model(made))));
        Ok(())
    })
}

/// A model with a matrix of few entries in each row, in compressed sparse rows: the entries of row i are those from
/// `row_starts[i]` to `row_starts[i + 1]`. Tens of thousands of states are no trouble.
///
/// @param row_starts states + 1 numbers that rise from 0 to the number of entries
/// @param columns the state that each entry leads to
/// @param probabilities the probability of each entry; every row sums to one
/// @param entries the number of entries
/// @param rewards as for crm_migration_model_new
/// @param reward_periods as for crm_migration_model_new
/// @param reward_variance as for crm_migration_model_new; may be NULL
/// @param solver when the iteration for infinite horizons stops; may be NULL for the defaults
/// @param model receives the handle; give it back to crm_migration_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_sparse_new(
    row_starts: *const usize,
    columns: *const usize,
    probabilities: *const f64,
    states: usize,
    entries: usize,
    rewards: *const f64,
    reward_periods: usize,
    reward_variance: *const f64,
    solver: *const crm_migration_solver,
    model: *mut Option<Box<crm_migration_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let starts = slice("row_starts", row_starts, states.saturating_add(1))?;
        let columns = slice("columns", columns, entries)?;
        let probabilities = slice("probabilities", probabilities, entries)?;
        let matrix = SparseTransitions::from_csr(starts, columns, probabilities)?;
        let mut made = new_model(matrix.into(), rewards, reward_periods, reward_variance)?;
        if !solver.is_null() {
            let given = read("solver", solver)?;
            made = made.with_solver(SolverOptions {
                tolerance: given.tolerance,
                max_iterations: given.max_iterations,
            })?;
        }
        out.write(Some(Box::new(crm_migration_model(made))));
        Ok(())
    })
}

/// The model of direct mail to every customer who is not lost, with the states and moves of crm_recency_matrix: state 0
/// brings `margin`, and all states but the last cost `contact_cost`. Source: Pfeifer & Carraway 2000.
///
/// @param repurchase the probability of a purchase by recency
/// @param recencies how many there are, at least 1
/// @param model receives the handle; give it back to crm_migration_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_direct_mail_new(
    repurchase: *const crm_decimal,
    recencies: usize,
    margin: *const crm_decimal,
    contact_cost: *const crm_decimal,
    model: *mut Option<Box<crm_migration_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let chain = read_chain(repurchase, recencies)?;
        let margin = read_amount("margin", margin)?;
        let made = chain.direct_mail(margin, read_amount("contact_cost", contact_cost)?)?;
        out.write(Some(Box::new(crm_migration_model(made))));
        Ok(())
    })
}

/// The number of states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_states(
    model: *const crm_migration_model,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        Output::new("out", out)?.write(model.states());
        Ok(())
    })
}

/// The expected value of a customer in each state. Without end, it is CRM_STATUS_DIVERGENT if it is not finite (without a
/// discount, that is if a customer may stay for ever in a state that brings or costs something), and
/// CRM_STATUS_NOT_CONVERGED if an iteration did not reach its tolerance.
///
/// @param discount_rate d, per period; greater than −1
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param states the number of states
/// @param values receives one value per state
/// @param error_bound receives a number that no error exceeds, up to rounding: 0 where nothing was iterated; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_value(
    model: *const crm_migration_model,
    discount_rate: *const crm_decimal,
    horizon: i64,
    states: usize,
    values: *mut f64,
    error_bound: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let rate = read_rate("discount_rate", discount_rate)?;
        let out = OutputSlice::new("values", values, states)?;
        let bound = OutputSlice::optional("error_bound", error_bound, 1)?;
        let found = model.value(rate, read_horizon(horizon)?)?;
        out.write("values", &found.values)?;
        write_optional(bound, "error_bound", &[found.error_bound])
    })
}

/// The value of each customer of a table by state: that of crm_migration_model_value.
///
/// @param discount_rate as for crm_migration_model_value
/// @param horizon as for crm_migration_model_value
/// @param states the state of each customer, from 0
/// @param customers how many customers there are
/// @param out receives one value per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_customer_values(
    model: *const crm_migration_model,
    discount_rate: *const crm_decimal,
    horizon: i64,
    states: *const usize,
    customers: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let rate = read_rate("discount_rate", discount_rate)?;
        let states = slice("states", states, customers)?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut values = crate::boundary::buffer("out", customers)?;
        model
            .value(rate, read_horizon(horizon)?)?
            .of(states, &mut values)?;
        out.write("out", &values)
    })
}

/// Mean and variance of the discounted value W of a customer in each state:
/// Var W_i = Var R_i + (1+d)^−2 Σ_j P_ij [Var W_j + (v_j − m_i)²], with v the mean value and m_i the mean of what follows
/// state i. Statuses as of crm_migration_model_value.
///
/// @param discount_rate as for crm_migration_model_value
/// @param horizon as for crm_migration_model_value
/// @param states the number of states
/// @param mean receives one mean per state; may be NULL
/// @param variance receives one variance per state
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_moments(
    model: *const crm_migration_model,
    discount_rate: *const crm_decimal,
    horizon: i64,
    states: usize,
    mean: *mut f64,
    variance: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let rate = read_rate("discount_rate", discount_rate)?;
        let mean = OutputSlice::optional("mean", mean, states)?;
        let variance = OutputSlice::new("variance", variance, states)?;
        let found = model.moments(rate, read_horizon(horizon)?)?;
        variance.write("variance", &found.variance)?;
        write_optional(mean, "mean", &found.mean)
    })
}

/// Frees a model; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_migration_model_free(model: Option<Box<crm_migration_model>>) {
    free(model);
}
