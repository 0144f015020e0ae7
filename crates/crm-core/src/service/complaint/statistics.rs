use serde::Serialize;

use super::{Complaint, ComplaintOutcome, ComplaintStep, Deadlines};
use crate::error::{Error, ErrorKind, Result};
use crate::lifecycle::tenure::kaplan_meier;
use crate::math::proportion::z;
use crate::math::quantile;
use crate::satisfaction::estimate::RateEstimate;
use crate::units::{Label, Moment, Probability};

/// How long complaints take from receipt to closing, in days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ResolutionTimes {
    /// Of those that are closed; this and the next two are NaN if none is.
    pub mean: f64,
    /// Of those that are closed.
    pub median: f64,
    /// Nine in ten of those that are closed took no longer.
    pub ninth_decile: f64,
    /// The time by which half of all are closed, where those still open count with the time that they have been open: the median by
    /// Kaplan & Meier. Medians of closed complaints alone look the better the more are left lying. `None` while less than half are
    /// closed by any time.
    pub median_of_all: Option<f64>,
}

/// What many complaints say: [`complaint_statistics`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ComplaintStatistics {
    /// Complaints that were received.
    pub received: u64,
    /// Those that are not closed.
    pub open: u64,
    /// How many are at each step now, in the order of [`ComplaintStep::ALL`](Label::ALL).
    pub at_step: [u64; ComplaintStep::COUNT],
    /// Those that are overdue now.
    pub overdue: u64,
    /// Complaints per customer. `None` where the base is not known.
    pub per_customer: Option<f64>,
    /// Founded, of those that were judged; the last judgement counts.
    pub founded: RateEstimate,
    /// Accepted by the customer, of the solutions and judgements that were answered; the last answer counts.
    pub accepted: RateEstimate,
    /// Closed with a solution that the customer took, of those that are closed.
    pub resolved: RateEstimate,
    /// Escalated at some time, of those that were received.
    pub escalated: RateEstimate,
    /// Those that missed no deadline at any step, of those that were received.
    pub in_time: RateEstimate,
    /// From receipt to closing.
    pub resolution: ResolutionTimes,
}

/// Counts complaints as they stand at `now`; rates have Wilson intervals of level `confidence`.
///
/// ```
/// use crm_core::service::complaint::{Complaint, Deadlines, complaint_statistics};
/// use crm_core::units::Probability;
///
/// let complaints = [Complaint::received("2024-03-01".parse()?)];
/// let now = "2024-03-03".parse()?;
/// let found = complaint_statistics(
///     &complaints,
///     now,
///     &Deadlines::default(),
///     Some(50),
///     Probability::try_from(0.95)?,
/// )?;
/// assert_eq!((found.received, found.open, found.per_customer), (1, 1, Some(0.02)));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`] without complaints; [`ErrorKind::OutOfRange`] for a complaint with an entry after `now`, with its row, for a base
/// of no customers, and a confidence of 0 or 1.
pub fn complaint_statistics(
    complaints: &[Complaint],
    now: Moment,
    deadlines: &Deadlines,
    customers: Option<u64>,
    confidence: Probability,
) -> Result<ComplaintStatistics> {
    if complaints.is_empty() {
        return Err(Error::empty("complaints"));
    }
    if customers == Some(0) {
        let error = Error::new(ErrorKind::OutOfRange, "customers", "must be 1 or more");
        return Err(error.with_value(0));
    }
    if let Some(row) = complaints.iter().position(|c| c.since() > now) {
        let reason = format!("must not have entries after {now}");
        return Err(Error::new(ErrorKind::OutOfRange, "complaints", reason).at_row(row));
    }
    let z = z(confidence)?;
    let count = |holds: &dyn Fn(&Complaint) -> bool| {
        complaints.iter().filter(|each| holds(each)).count() as u64
    };
    let share = |part: &dyn Fn(&Complaint) -> bool, whole: &dyn Fn(&Complaint) -> bool| {
        RateEstimate::new(count(&|c| whole(c) && part(c)), count(whole), z)
    };
    let everyone = |_: &Complaint| true;
    let mut at_step = [0; ComplaintStep::COUNT];
    for (sum, &step) in at_step.iter_mut().zip(ComplaintStep::ALL) {
        *sum = count(&|c| c.step() == step);
    }
    let received = complaints.len() as u64;
    Ok(ComplaintStatistics {
        received,
        open: count(&Complaint::is_open),
        at_step,
        overdue: count(&|c| c.overdue(now, deadlines).is_some()),
        per_customer: customers.map(|customers| received as f64 / customers as f64),
        founded: share(
            &|c| last(c, JUDGEMENTS) == Some(ComplaintStep::Founded),
            &|c| last(c, JUDGEMENTS).is_some(),
        ),
        accepted: share(
            &|c| last(c, ANSWERS) == Some(ComplaintStep::Accepted),
            &|c| last(c, ANSWERS).is_some(),
        ),
        resolved: share(&|c| c.outcome() == Some(ComplaintOutcome::Resolved), &|c| {
            !c.is_open()
        }),
        escalated: share(&|c| c.was_at(ComplaintStep::Escalated), &everyone),
        in_time: share(
            &|c| c.missed_deadlines(now, deadlines).is_empty(),
            &everyone,
        ),
        resolution: resolution(complaints, now, confidence)?,
    })
}

const JUDGEMENTS: [ComplaintStep; 2] = [ComplaintStep::Founded, ComplaintStep::Unfounded];
const ANSWERS: [ComplaintStep; 2] = [ComplaintStep::Accepted, ComplaintStep::Rejected];

/// The last of these steps that the complaint was at.
fn last(complaint: &Complaint, steps: [ComplaintStep; 2]) -> Option<ComplaintStep> {
    let mut entries = complaint.entries().iter().rev();
    entries
        .find(|entry| steps.contains(&entry.step))
        .map(|entry| entry.step)
}

fn resolution(
    complaints: &[Complaint],
    now: Moment,
    confidence: Probability,
) -> Result<ResolutionTimes> {
    let closed: Vec<bool> = complaints.iter().map(|c| !c.is_open()).collect();
    let days: Vec<f64> = complaints
        .iter()
        .map(|c| {
            let end = if c.is_open() { now } else { c.since() };
            c.received_at().days_until(end)
        })
        .collect();
    let mut done: Vec<f64> = days
        .iter()
        .zip(&closed)
        .filter_map(|(&days, &closed)| closed.then_some(days))
        .collect();
    done.sort_unstable_by(f64::total_cmp);
    Ok(ResolutionTimes {
        mean: done.iter().sum::<f64>() / done.len() as f64,
        median: quantile::of_sorted(&done, 0.5),
        ninth_decile: quantile::of_sorted(&done, 0.9),
        median_of_all: kaplan_meier(&days, &closed, confidence)?.median(),
    })
}
