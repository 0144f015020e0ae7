//! Customers who move among states by a Markov chain.

pub mod model;

pub mod chain;

pub mod decision;

pub mod share;

use crm_core::clv::migration::RecencyChain;
use crm_core::units::Money;

use super::{read_probabilities, table_size};
use crate::boundary::{Outcome, OutputSlice, respond};
use crate::decimal::{crm_decimal, read_decimal};
use crate::status::crm_status;
use crate::switching::read_horizon;

/// # Safety
/// As [`read_decimal`].
unsafe fn read_amount(argument: &'static str, amount: *const crm_decimal) -> Outcome<Money> {
    // SAFETY: as the caller vouches.
    unsafe { read_decimal(argument, amount) }.map(Money::new)
}

/// # Safety
/// As [`read_probabilities`].
unsafe fn read_chain(repurchase: *const crm_decimal, recencies: usize) -> Outcome<RecencyChain> {
    // SAFETY: as the caller vouches.
    let table = unsafe { read_probabilities("repurchase", repurchase, recencies) }?;
    Ok(RecencyChain::new(table)?)
}

/// The transition matrix of customers by recency who are all contacted: state j, from 0, holds those who last bought j + 1
/// periods ago, the last state those who are lost. A customer of state j buys with probability `repurchase[j]`
/// and is in state 0 one period later, else in state j + 1. Source: Pfeifer & Carraway 2000.
///
/// @param repurchase the probability of a purchase by recency
/// @param recencies how many there are, at least 1
/// @param transition_matrix receives (recencies + 1) × (recencies + 1) probabilities, row after row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_recency_matrix(
    repurchase: *const crm_decimal,
    recencies: usize,
    transition_matrix: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let states = recencies.saturating_add(1);
        let size = table_size("transition_matrix", states, states)?;
        let out = OutputSlice::new("transition_matrix", transition_matrix, size)?;
        let chain = read_chain(repurchase, recencies)?;
        out.write("transition_matrix", chain.transition_matrix()?.entries())
    })
}
