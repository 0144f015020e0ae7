//! Which action makes most of a customer's value.

use crm_core::clv::migration::DecisionProcess;

use super::model::crm_migration_model;
use super::{read_amount, read_chain};
use crate::boundary::{Output, OutputSlice, respond, slice, write_optional};
use crate::clv::{read_rate, table_size};
use crate::decimal::crm_decimal;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// A Markov decision process: which action for a customer in each state makes most of the customer's value? The best
/// satisfies V(i) = max_a { R_i^a + (1+d)^−1 Σ_j P_ij^a V(j) }. Of actions that are worth the same up to rounding, the one with
/// the lowest number is taken. It does not change: any number of threads may use it.
pub struct crm_decision_process(DecisionProcess);

/// A process from tables. A state without an action is CRM_STATUS_EMPTY.
///
/// @param transitions actions × states × states: a transition matrix, row-major, for each action
/// @param rewards actions × states: what a customer in each state brings in a period under each action, less its cost
/// @param available actions × states: 1 if the action may be taken in the state, 0 if not; what belongs to an action that
///     may not is not read; may be NULL if all may
/// @param process receives the handle; give it back to crm_decision_process_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decision_process_new(
    transitions: *const f64,
    rewards: *const f64,
    available: *const u8,
    states: usize,
    actions: u32,
    process: *mut Option<Box<crm_decision_process>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("process", process)?;
        let cells = table_size("rewards", states, actions as usize)?;
        let size = table_size("transitions", cells, states)?;
        let transitions = slice("transitions", transitions, size)?;
        let rewards = slice("rewards", rewards, cells)?;
        let available: Option<Vec<bool>> = if available.is_null() {
            None
        } else {
            let flags = slice("available", available, cells)?;
            Some(flags.iter().map(|flag| *flag != 0).collect())
        };
        let available = available.as_deref();
        let made = DecisionProcess::from_tables(states, actions, transitions, rewards, available)?;
        out.write(Some(Box::new(crm_decision_process(made))));
        Ok(())
    })
}

/// The decision whether to contact a customer of each recency, with the states of crm_recency_matrix: action 0, no
/// contact, costs nothing, and the customer is lost; action 1, a contact, is as in crm_direct_mail_new. The lost are not
/// contacted. Source: Pfeifer & Carraway 2000.
///
/// @param repurchase the probability of a purchase by recency
/// @param recencies how many there are, at least 1
/// @param process receives the handle; give it back to crm_decision_process_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_contact_decision_new(
    repurchase: *const crm_decimal,
    recencies: usize,
    margin: *const crm_decimal,
    contact_cost: *const crm_decimal,
    process: *mut Option<Box<crm_decision_process>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("process", process)?;
        let chain = read_chain(repurchase, recencies)?;
        let margin = read_amount("margin", margin)?;
        let made = chain.contact_decision(margin, read_amount("contact_cost", contact_cost)?)?;
        out.write(Some(Box::new(crm_decision_process(made))));
        Ok(())
    })
}

/// The number of states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decision_process_states(
    process: *const crm_decision_process,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let process = &borrow("process", process)?.0;
        Output::new("out", out)?.write(process.states());
        Ok(())
    })
}

/// The model of customers under a policy: its value, its variance.
///
/// @param policy the action that is taken in each state
/// @param states the number of states
/// @param model receives the handle; give it back to crm_migration_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decision_process_under_new(
    process: *const crm_decision_process,
    policy: *const u32,
    states: usize,
    model: *mut Option<Box<crm_migration_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let process = &borrow("process", process)?.0;
        let policy = slice("policy", policy, states)?;
        out.write(Some(Box::new(crm_migration_model(process.under(policy)?))));
        Ok(())
    })
}

/// The policy of the largest value over an infinite horizon, in every state at once, by policy iteration. A discount
/// rate of 0 or less is CRM_STATUS_DIVERGENT.
///
/// @param discount_rate d, per period; greater than 0
/// @param start the policy to start from, one action per state; may be NULL for the lowest action of each
/// @param states the number of states
/// @param policy receives the action to take in each state
/// @param value receives what a customer in each state is then worth
/// @param start_value receives what a customer in each state is worth under the policy of the start; may be NULL
/// @param iterations receives the number of policies whose value was solved for; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decision_process_policy_iteration(
    process: *const crm_decision_process,
    discount_rate: *const crm_decimal,
    start: *const u32,
    states: usize,
    policy: *mut u32,
    value: *mut f64,
    start_value: *mut f64,
    iterations: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let process = &borrow("process", process)?.0;
        let rate = read_rate("discount_rate", discount_rate)?;
        let start = if start.is_null() {
            None
        } else {
            Some(slice("start", start, states)?)
        };
        let policy = OutputSlice::new("policy", policy, states)?;
        let value = OutputSlice::new("value", value, states)?;
        let start_value = OutputSlice::optional("start_value", start_value, states)?;
        let iterations = OutputSlice::optional("iterations", iterations, 1)?;
        let found = process.policy_iteration(rate, start)?;
        policy.write("policy", &found.policy)?;
        value.write("value", &found.value)?;
        write_optional(start_value, "start_value", &found.start_value)?;
        write_optional(iterations, "iterations", &[found.iterations])
    })
}

/// The best action in each state at each of t = 0, …, `last`, from the last period to the first.
///
/// @param discount_rate d, per period; greater than −1
/// @param last T, the last period
/// @param states the number of states
/// @param actions receives T + 1 rows with the action to take in each state
/// @param value receives what a customer in each state at t = 0 is then worth
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decision_process_backward_induction(
    process: *const crm_decision_process,
    discount_rate: *const crm_decimal,
    last: u32,
    states: usize,
    actions: *mut u32,
    value: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let process = &borrow("process", process)?.0;
        let rate = read_rate("discount_rate", discount_rate)?;
        let size = table_size("actions", (last as usize).saturating_add(1), states)?;
        let actions = OutputSlice::new("actions", actions, size)?;
        let value = OutputSlice::new("value", value, states)?;
        let found = process.backward_induction(rate, last)?;
        actions.write("actions", &found.actions)?;
        value.write("value", &found.value)
    })
}

/// Frees a process; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_decision_process_free(process: Option<Box<crm_decision_process>>) {
    free(process);
}
