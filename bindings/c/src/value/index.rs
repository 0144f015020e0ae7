//! A composite index of several indicators.

use std::mem::MaybeUninit;

use crm_core::value::cuts::Direction;
use crm_core::value::index::{CompositeIndex, IndicatorColumn, Weighting, Weights};

use super::members;
use crate::boundary::{Output, OutputSlice, respond, slice, write_optional};
use crate::categories::{crm_normalisation, crm_weighting};
use crate::category;
use crate::handle::{self, borrow, free};
use crate::status::crm_status;
use crate::survey::table;

/// A composite index of customer value: scales and weights of indicators, learnt from customers. It scores these and others.
pub struct crm_composite_index(CompositeIndex);

/// Learns a composite index: score = Σ weight · normalised indicator, turned so that more is better. Errors call the indicators
/// `indicators[0]`, `indicators[1]`, …. Weights from data are those of the min–max normalised indicators: by entropy, or by CRITIC
/// (Diakoulaki, Mavrotas & Papayannakis 1995).
///
/// `CRM_STATUS_NO_SOLUTION` for an indicator that is the same for all, and for CRITIC where all say the same;
/// `CRM_STATUS_NOT_FINITE` for a value that is not known, with its row; `CRM_STATUS_NOT_STOCHASTIC` for given weights that do not
/// sum to one.
///
/// @param indicators one column of `rows` values after the other
/// @param count how many indicators there are, at least 1
/// @param rows how many customers
/// @param directions one crm_direction for each indicator
/// @param weights one for each indicator, of sum 1; read if they are given, for example those of crm_ahp_priorities; else may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_composite_index_new(
    indicators: *const f64,
    count: usize,
    rows: usize,
    directions: *const u8,
    normalisation: MaybeUninit<crm_normalisation>,
    weighting: MaybeUninit<crm_weighting>,
    weights: *const f64,
    index: *mut Option<Box<crm_composite_index>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("index", index)?;
        let columns = table("indicators", indicators, count, rows)?;
        let directions: Vec<Direction> =
            members("directions", slice("directions", directions, count)?)?;
        let normalisation = category::read("normalisation", normalisation)?;
        let weights = match category::read("weighting", weighting)? {
            Weighting::Given => Weights::Given(slice("weights", weights, count)?),
            Weighting::Entropy => Weights::Entropy,
            Weighting::Critic => Weights::Critic,
        };
        let names: Vec<String> = (0..count)
            .map(|place| format!("indicators[{place}]"))
            .collect();
        // Without rows there are no columns to cut the table into.
        let columns = columns.into_iter().chain(std::iter::repeat(&[][..]));
        let indicators: Vec<IndicatorColumn<'_>> = names
            .iter()
            .zip(columns)
            .zip(directions)
            .map(|((name, values), direction)| IndicatorColumn {
                name,
                values,
                direction,
            })
            .collect();
        let made = CompositeIndex::fit(&indicators, normalisation, weights)?;
        out.write(Some(Box::new(crm_composite_index(made))));
        Ok(())
    })
}

/// How many indicators an index is made of.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_composite_index_indicators(
    index: *const crm_composite_index,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let index = &borrow("index", index)?.0;
        Output::new("out", out)?.write(index.weights().len());
        Ok(())
    })
}

/// The weights of an index.
///
/// @param count how many indicators it has
/// @param weights receives one for each
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_composite_index_weights(
    index: *const crm_composite_index,
    count: usize,
    weights: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let index = &borrow("index", index)?.0;
        let out = OutputSlice::new("weights", weights, count)?;
        out.write("weights", &index.weights())
    })
}

/// The score of each customer, and what each indicator adds to it: contributions add up to the score, to the bit.
///
/// @param indicators one column of `rows` values after the other
/// @param count how many indicators the index has
/// @param rows how many customers, who need not be those that the index was learnt from
/// @param scores receives one for each customer; may be NULL
/// @param contributions receives one column of `rows` values after the other; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_composite_index_score(
    index: *const crm_composite_index,
    indicators: *const f64,
    count: usize,
    rows: usize,
    scores: *mut f64,
    contributions: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let index = &borrow("index", index)?.0;
        let columns = table("indicators", indicators, count, rows)?;
        let scores = OutputSlice::optional("scores", scores, rows)?;
        // The table has been read, so this many numbers fit into memory.
        let contributions =
            OutputSlice::optional("contributions", contributions, count.saturating_mul(rows))?;
        if contributions.is_some() {
            let found = index.contributions(&columns)?.concat();
            write_optional(contributions, "contributions", &found)?;
        }
        write_optional(scores, "scores", &index.scores(&columns)?)
    })
}

/// Frees an index; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_composite_index_free(index: Option<Box<crm_composite_index>>) {
    free(index);
}
