//! Complaints and their handling.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::service::complaint::{
    Complaint, ComplaintAction, ComplaintStep, Deadlines, complaint_statistics,
};
use crm_core::units::{Label, Probability};
use crm_core::{Error, ErrorKind};

use super::moment;
use crate::boundary::{Outcome, Output, OutputSlice, respond, slice, text, write_text};
use crate::categories::{crm_complaint_action, crm_complaint_outcome, crm_complaint_step};
use crate::category;
use crate::decimal::{crm_decimal, read_decimal};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// One complaint: every step of its handling follows from the one before, and time never goes back. It does not change: any number of
/// threads may read it.
pub struct crm_complaint(Complaint);

/// Where a complaint stands.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_complaint_state {
    /// When it was received, in seconds since 1970-01-01T00:00:00, as all moments of complaints, in the time zone of the caller's choice.
    pub received: i64,
    /// Since when it is at its step.
    pub since: i64,
    /// The step.
    pub step: crm_complaint_step,
    /// Whether it is not closed.
    pub is_open: i32,
    /// How it ended, if it is closed.
    pub outcome: crm_complaint_outcome,
    /// How many actions there were.
    pub actions: u32,
}

/// A complaint that was received, and nothing more.
///
/// @param received seconds since 1970-01-01T00:00:00
/// @param complaint receives the handle; give it back to crm_complaint_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_new(
    received: i64,
    complaint: *mut Option<Box<crm_complaint>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("complaint", complaint)?;
        let made = Complaint::received(moment("received", received)?);
        out.write(Some(Box::new(crm_complaint(made))));
        Ok(())
    })
}

/// Frees a complaint; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_complaint_free(complaint: Option<Box<crm_complaint>>) {
    free(complaint);
}

/// The complaint after an action. `CRM_STATUS_ILLEGAL_TRANSITION` for an action that cannot be done at its step, `CRM_STATUS_MISSING`
/// without a text for a judgement or a proposal, `CRM_STATUS_OUT_OF_RANGE` for a moment before the last action.
///
/// @param complaint the complaint, which stays as it is
/// @param action what is done
/// @param at when
/// @param text what the customer was told, or said; may be NULL
/// @param after receives the handle; give it back to crm_complaint_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_apply_new(
    complaint: *const crm_complaint,
    action: MaybeUninit<crm_complaint_action>,
    at: i64,
    text: *const c_char,
    after: *mut Option<Box<crm_complaint>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("after", after)?;
        let mut made = borrow("complaint", complaint)?.0.clone();
        let said = match text.is_null() {
            true => None,
            false => Some(self::text("text", text)?),
        };
        let action: ComplaintAction = category::read("action", action)?;
        made.apply(action, moment("at", at)?, said)?;
        out.write(Some(Box::new(crm_complaint(made))));
        Ok(())
    })
}

/// Reads what crm_complaint_to_json wrote; a record that skips a step is refused.
///
/// @param json the text
/// @param complaint receives the handle; give it back to crm_complaint_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_from_json_new(
    json: *const c_char,
    complaint: *mut Option<Box<crm_complaint>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("complaint", complaint)?;
        let made = serde_json::from_str(text("json", json)?).map_err(unreadable)?;
        out.write(Some(Box::new(crm_complaint(made))));
        Ok(())
    })
}

fn unreadable(error: serde_json::Error) -> Error {
    let reason = format!("must be a complaint: {error}");
    Error::new(ErrorKind::Unreadable, "json", reason)
}

/// Writes a complaint with all that was said, as `{"received": …, "entries": […]}`.
///
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`, whose message says what is needed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_to_json(
    complaint: *const crm_complaint,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let complaint = &borrow("complaint", complaint)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        let written = serde_json::to_string(complaint).map_err(unreadable)?;
        write_text(&written, buffer, capacity)
    })
}

/// Where a complaint stands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_state_of(
    complaint: *const crm_complaint,
    out: *mut crm_complaint_state,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let complaint = &borrow("complaint", complaint)?.0;
        let out = Output::new("out", out)?;
        let outcome = complaint.outcome();
        out.write(crm_complaint_state {
            received: complaint.received_at().seconds(),
            since: complaint.since().seconds(),
            step: category::write(complaint.step())?,
            is_open: i32::from(complaint.is_open()),
            outcome: category::write(
                outcome.unwrap_or(crm_core::service::complaint::ComplaintOutcome::Unresolved),
            )?,
            actions: complaint.entries().len() as u32,
        });
        Ok(())
    })
}

/// The steps that a complaint went through, the first one Received.
///
/// @param steps receives one more than there were actions
/// @param count actions + 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_steps(
    complaint: *const crm_complaint,
    steps: *mut crm_complaint_step,
    count: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let complaint = &borrow("complaint", complaint)?.0;
        let out = OutputSlice::new("steps", steps, count)?;
        let entered = complaint.entries().iter().map(|entry| entry.step);
        let all = std::iter::once(ComplaintStep::Received).chain(entered);
        let all: Outcome<Vec<_>> = all.map(category::write).collect();
        out.write("steps", &all?)
    })
}

/// Seconds at each step up to a moment.
///
/// @param until not before the complaint was received
/// @param seconds receives 10 numbers, in the order of crm_complaint_step
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_seconds_at_steps(
    complaint: *const crm_complaint,
    until: i64,
    seconds: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let complaint = &borrow("complaint", complaint)?.0;
        let out = OutputSlice::new("seconds", seconds, ComplaintStep::COUNT)?;
        out.write(
            "seconds",
            &complaint.seconds_at_steps(moment("until", until)?)?,
        )
    })
}

/// For how many seconds a complaint is overdue at its step; 0 if it is not.
///
/// @param now the moment
/// @param deadlines seconds that a complaint may stay at each step: 10 numbers in the order of crm_complaint_step, negative without a limit
/// @param out receives the seconds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_overdue(
    complaint: *const crm_complaint,
    now: i64,
    deadlines: *const i64,
    out: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let complaint = &borrow("complaint", complaint)?.0;
        let deadlines = read_deadlines(slice("deadlines", deadlines, ComplaintStep::COUNT)?)?;
        let out = Output::new("out", out)?;
        let late = complaint.overdue(moment("now", now)?, &deadlines);
        out.write(late.map_or(0, |late| late.seconds));
        Ok(())
    })
}

fn read_deadlines(limits: &[i64]) -> Outcome<Deadlines> {
    let mut deadlines = Deadlines::default();
    for (row, (&step, &limit)) in ComplaintStep::ALL.iter().zip(limits).enumerate() {
        if limit >= 0 {
            let limit = u32::try_from(limit).map_err(|_| {
                let reason = "must be less than 136 years";
                let error = Error::new(ErrorKind::OutOfRange, "deadlines", reason);
                error.with_value(limit).at_row(row)
            })?;
            deadlines = deadlines.with(step, limit);
        }
    }
    Ok(deadlines)
}

/// A part that was counted; rate and interval are NaN where nobody was there to count.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_counted_rate {
    /// How many there were.
    pub count: u64,
    /// Of how many.
    pub base: u64,
    /// count / base.
    pub rate: f64,
    /// Lower end of the Wilson interval.
    pub lower: f64,
    /// Upper end of the Wilson interval.
    pub upper: f64,
}

impl From<crm_core::satisfaction::estimate::RateEstimate> for crm_counted_rate {
    fn from(rate: crm_core::satisfaction::estimate::RateEstimate) -> Self {
        crm_counted_rate {
            count: rate.count,
            base: rate.base,
            rate: rate.rate,
            lower: rate.lower,
            upper: rate.upper,
        }
    }
}

/// What many complaints say.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_complaint_totals {
    /// Complaints that were received.
    pub received: u64,
    /// Those that are not closed.
    pub open: u64,
    /// How many are at each step now, in the order of crm_complaint_step.
    pub at_step: [u64; 10],
    /// Those that are overdue now.
    pub overdue: u64,
    /// Complaints per customer; NaN where the number of customers is not known.
    pub per_customer: f64,
    /// Founded, of those that were judged.
    pub founded: crm_counted_rate,
    /// Accepted by the customer, of the solutions and judgements that were answered.
    pub accepted: crm_counted_rate,
    /// Closed with a solution that the customer took, of those that are closed.
    pub resolved: crm_counted_rate,
    /// Escalated at some time, of those that were received.
    pub escalated: crm_counted_rate,
    /// Those that missed no deadline, of those that were received.
    pub in_time: crm_counted_rate,
    /// Days from receipt to closing of those that are closed: the mean; NaN if none is.
    pub mean_days: f64,
    /// The median.
    pub median_days: f64,
    /// The ninth decile.
    pub ninth_decile_days: f64,
    /// The median over all, those still open counted as such (Kaplan & Meier); NaN while less than half are closed.
    pub median_days_of_all: f64,
}

/// Counts complaints as they stand at a moment.
///
/// @param complaints the handles
/// @param count how many, at least 1
/// @param now the moment, not before any action
/// @param deadlines as for crm_complaint_overdue
/// @param customers how many customers there are; 0: not known
/// @param confidence of the intervals, between 0 and 1
/// @param out receives the totals
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_complaint_statistics(
    complaints: *const *const crm_complaint,
    count: usize,
    now: i64,
    deadlines: *const i64,
    customers: u64,
    confidence: *const crm_decimal,
    out: *mut crm_complaint_totals,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let handles = slice("complaints", complaints, count)?;
        let each = |handle: &*const crm_complaint| Ok(borrow("complaints", *handle)?.0.clone());
        let complaints: Outcome<Vec<Complaint>> = handles.iter().map(each).collect();
        let deadlines = read_deadlines(slice("deadlines", deadlines, ComplaintStep::COUNT)?)?;
        let confidence = Probability::named("confidence", read_decimal("confidence", confidence)?)?;
        let out = Output::new("out", out)?;
        let customers = (customers > 0).then_some(customers);
        let now = moment("now", now)?;
        let found = complaint_statistics(&complaints?, now, &deadlines, customers, confidence)?;
        out.write(crm_complaint_totals {
            received: found.received,
            open: found.open,
            at_step: found.at_step,
            overdue: found.overdue,
            per_customer: found.per_customer.unwrap_or(f64::NAN),
            founded: found.founded.into(),
            accepted: found.accepted.into(),
            resolved: found.resolved.into(),
            escalated: found.escalated.into(),
            in_time: found.in_time.into(),
            mean_days: found.resolution.mean,
            median_days: found.resolution.median,
            ninth_decile_days: found.resolution.ninth_decile,
            median_days_of_all: found.resolution.median_of_all.unwrap_or(f64::NAN),
        });
        Ok(())
    })
}
