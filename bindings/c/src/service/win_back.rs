//! Lost customers and whom to win back.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::service::win_back::{
    LossCause, LossLimits, LossSegment, loss_status, win_back_ranking,
};
use crm_core::units::{Label, Language};
use crm_core::{Error, ErrorKind};

use super::known;
use crate::boundary::{Outcome, Output, OutputSlice, respond, slice, write_text};
use crate::categories::{crm_language, crm_loss_cause, crm_loss_segment, crm_loss_status};
use crate::category;
use crate::status::crm_status;

/// The number that stands for a cause of loss that is not known.
pub const CRM_LOSS_CAUSE_UNKNOWN: i32 = -1;

fn cause(number: i32) -> Outcome<Option<LossCause>> {
    if number == CRM_LOSS_CAUSE_UNKNOWN {
        return Ok(None);
    }
    let cause = usize::try_from(number)
        .ok()
        .and_then(|n| LossCause::ALL.get(n));
    let cause = cause.ok_or_else(|| {
        let reason = "must be a member of crm_loss_cause or CRM_LOSS_CAUSE_UNKNOWN";
        Error::new(ErrorKind::OutOfRange, "cause", reason).with_value(number)
    })?;
    Ok(Some(*cause))
}

/// Whether a customer is lost, and for how long: active from one probability to be a customer still on, lost below another, at risk
/// between; a loss is permanent where the customer was moved away or the firm ended the relationship.
///
/// @param p_alive the probability to be a customer still
/// @param cause the crm_loss_cause, or CRM_LOSS_CAUSE_UNKNOWN
/// @param lost_below for example 0.2
/// @param active_from for example 0.5
/// @param out receives the status
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loss_status_of(
    p_alive: f64,
    cause: i32,
    lost_below: f64,
    active_from: f64,
    out: *mut crm_loss_status,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        let limits = LossLimits {
            lost_below,
            active_from,
        };
        let status = loss_status(p_alive, self::cause(cause)?, limits)?;
        out.write(category::write(status)?);
        Ok(())
    })
}

/// The segment of lost customers that a cause leads to. Source: Keaveney 1995 for the causes, Stauss & Friege 1999 for the segments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loss_cause_segment(
    cause: MaybeUninit<crm_loss_cause>,
    out: *mut crm_loss_segment,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        let cause: LossCause = category::read("cause", cause)?;
        out.write(category::write(cause.segment())?);
        Ok(())
    })
}

/// What fits the customers of a segment.
///
/// @param language of the words
/// @param buffer receives the text with its terminating NUL; 256 bytes always suffice
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_loss_segment_measure(
    segment: MaybeUninit<crm_loss_segment>,
    language: MaybeUninit<crm_language>,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let segment: LossSegment = category::read("segment", segment)?;
        let language: Language = category::read("language", language)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(segment.measure(language), buffer, capacity)
    })
}

/// A customer in the order of winning back.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct crm_win_back_candidate {
    /// The row of the customer.
    pub row: u64,
    /// Expected second lifetime value less the cost of the attempt.
    pub worth: f64,
    /// What this attempt and those before it cost.
    pub cumulative_cost: f64,
    /// What they are worth.
    pub cumulative_worth: f64,
}

/// Those who are worth an attempt to win them back, V·s > c, with the highest return on its cost first. Source: Stauss & Friege 1999.
///
/// @param second_lifetime_value V, the value of each customer after being won back
/// @param success s, the probability that the attempt succeeds
/// @param cost c, what it costs whether or not it does
/// @param rows how many customers
/// @param budget for all attempts; NaN: no limit
/// @param candidates receives the ranking; room for as many as there are rows
/// @param count receives how many there are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_win_back_ranking(
    second_lifetime_value: *const f64,
    success: *const f64,
    cost: *const f64,
    rows: usize,
    budget: f64,
    candidates: *mut crm_win_back_candidate,
    count: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let value = slice("second_lifetime_value", second_lifetime_value, rows)?;
        let success = slice("success", success, rows)?;
        let cost = slice("cost", cost, rows)?;
        let out = OutputSlice::new("candidates", candidates, rows)?;
        let count = Output::new("count", count)?;
        let found = win_back_ranking(value, success, cost, known(budget))?;
        let mut ranking: Vec<_> = found
            .iter()
            .map(|candidate| crm_win_back_candidate {
                row: candidate.row as u64,
                worth: candidate.worth,
                cumulative_cost: candidate.cumulative_cost,
                cumulative_worth: candidate.cumulative_worth,
            })
            .collect();
        ranking.resize(rows, crm_win_back_candidate::default());
        out.write("candidates", &ranking)?;
        count.write(found.len());
        Ok(())
    })
}
