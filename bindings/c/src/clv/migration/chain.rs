//! Where customers go, without regard to rewards.

use super::model::crm_migration_model;
use super::read_horizon;
use crate::boundary::{Output, OutputSlice, respond, slice, write_optional};
use crate::clv::{read_rate, table_size};
use crate::decimal::crm_decimal;
use crate::handle::borrow;
use crate::status::crm_status;

/// The class of a state that is in no recurrent class.
pub const CRM_TRANSIENT: i64 = -1;

fn class_number(class: &Option<usize>) -> i64 {
    class.map_or(CRM_TRANSIENT, |class| {
        i64::try_from(class).unwrap_or(i64::MAX)
    })
}

/// The expected number of customers in each state at t = 0, …, `last`: initial · P^t.
///
/// @param initial how many customers are in each state now, 0 or more
/// @param states the number of states
/// @param last T, the last period
/// @param customers receives T + 1 rows of `states` numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_distribution(
    model: *const crm_migration_model,
    initial: *const f64,
    states: usize,
    last: u32,
    customers: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let initial = slice("initial", initial, states)?;
        let size = table_size("customers", (last as usize).saturating_add(1), states)?;
        let out = OutputSlice::new("customers", customers, size)?;
        let found = model.transitions().distribution(initial, last)?;
        out.write("customers", &found.customers)
    })
}

/// The discounted number of periods that the customers of a cohort spend in each state, the present one included:
/// Σ_{t=0}^{T} (1+d)^−t · initial · P^t. Without a discount it is the expected time in each state; a state of a recurrent
/// class that may be reached has an infinite time (INFINITY) over an infinite horizon.
///
/// @param initial how many customers are in each state now, 0 or more
/// @param states the number of states
/// @param discount_rate d, per period; greater than −1, and 0 or more for an infinite horizon
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param periods receives one number per state
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_occupancy(
    model: *const crm_migration_model,
    initial: *const f64,
    states: usize,
    discount_rate: *const crm_decimal,
    horizon: i64,
    periods: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let initial = slice("initial", initial, states)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let out = OutputSlice::new("periods", periods, states)?;
        let horizon = read_horizon(horizon)?;
        let transitions = model.transitions();
        let found = transitions.occupancy(initial, rate, horizon, model.solver())?;
        out.write("periods", &found)
    })
}

/// Which states a customer can stay in for ever. A class of states is recurrent if each of them leads to each other
/// and none leads out; with one state, that state is absorbing. Classes are numbered from 0 in the order of their
/// first states.
///
/// @param states the number of states
/// @param recurrent_class receives the class of each state, or CRM_TRANSIENT; may be NULL
/// @param classes receives the number of classes, 1 or more
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_structure(
    model: *const crm_migration_model,
    states: usize,
    recurrent_class: *mut i64,
    classes: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let of_states = OutputSlice::optional("recurrent_class", recurrent_class, states)?;
        let count = Output::new("classes", classes)?;
        let found = model.transitions().structure();
        let numbers: Vec<i64> = found.recurrent_class.iter().map(class_number).collect();
        write_optional(of_states, "recurrent_class", &numbers)?;
        count.write(found.classes);
        Ok(())
    })
}

/// The probability of ending up in each recurrent class (crm_migration_model_structure tells how many there are), and the
/// expected number of periods, the present one included, until one is reached: 0 for who is in one.
///
/// @param states the number of states
/// @param classes the number of recurrent classes
/// @param probabilities receives states × classes probabilities, row after row
/// @param expected_periods receives one number per state; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_absorption(
    model: *const crm_migration_model,
    states: usize,
    classes: usize,
    probabilities: *mut f64,
    expected_periods: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let size = table_size("probabilities", states, classes)?;
        let out = OutputSlice::new("probabilities", probabilities, size)?;
        let periods = OutputSlice::optional("expected_periods", expected_periods, states)?;
        let found = model.transitions().absorption(model.solver())?;
        out.write("probabilities", &found.probabilities)?;
        write_optional(periods, "expected_periods", &found.expected_periods)
    })
}

/// The distribution over the states that customers tend to, whatever state they start in. With several recurrent classes there
/// is none: CRM_STATUS_NO_SOLUTION.
///
/// @param states the number of states
/// @param out receives one probability per state
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_model_stationary_distribution(
    model: *const crm_migration_model,
    states: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let out = OutputSlice::new("out", out, states)?;
        let found = model
            .transitions()
            .stationary_distribution(model.solver())?;
        out.write("out", &found)
    })
}
