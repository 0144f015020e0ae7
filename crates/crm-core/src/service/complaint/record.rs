use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ComplaintAction, ComplaintOutcome, ComplaintStep};
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Moment};

/// One complaint, from the moment it was received: what was done, when, and what was said. Every record is legal: each action follows
/// from the step before it by the state machine ([`TRANSITIONS`](super::TRANSITIONS)), and time never goes back. Deserialising checks
/// the same.
///
/// ```
/// use crm_core::service::complaint::{Complaint, ComplaintAction, ComplaintOutcome, ComplaintStep};
///
/// let mut complaint = Complaint::received("2024-03-01T09:00:00".parse()?);
/// complaint.apply(ComplaintAction::Record, "2024-03-01T09:20:00".parse()?, None)?;
/// let skipped = complaint.apply(ComplaintAction::Close, "2024-03-01T09:30:00".parse()?, None);
/// assert_eq!(
///     skipped.unwrap_err().to_string(),
///     "action is close: cannot be done to a complaint that is recorded"
/// );
/// complaint.apply(
///     ComplaintAction::JudgeUnfounded,
///     "2024-03-02T10:00:00".parse()?,
///     Some("The invoice shows the price that was agreed."),
/// )?;
/// complaint.apply(ComplaintAction::Close, "2024-03-09T10:00:00".parse()?, None)?;
/// assert_eq!(complaint.outcome(), Some(ComplaintOutcome::Unfounded));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Complaint {
    received: Moment,
    entries: Vec<ComplaintEntry>,
}

/// What was done to a [`Complaint`].
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintEntry {
    /// When.
    pub at: Moment,
    /// What.
    pub action: ComplaintAction,
    /// The step that it led to.
    pub step: ComplaintStep,
    /// What was said: the reply, the proposal, the customer's reason. May hold personal data, so that `Debug` leaves it out.
    #[serde(default)]
    pub text: Option<String>,
}

impl fmt::Debug for ComplaintEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.as_ref().map(|_| "…");
        f.debug_struct("ComplaintEntry")
            .field("at", &self.at)
            .field("action", &self.action)
            .field("step", &self.step)
            .field("text", &text)
            .finish()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    received: Moment,
    entries: Vec<ComplaintEntry>,
}

/// How long a complaint may stay at each step, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Deadlines {
    seconds: [Option<u32>; ComplaintStep::COUNT],
}

impl Deadlines {
    /// The same with a limit for one step; a closed complaint is never overdue.
    #[must_use]
    pub fn with(mut self, step: ComplaintStep, seconds: u32) -> Self {
        if step != ComplaintStep::Closed
            && let Some(limit) = self.seconds.get_mut(usize::from(step.code()))
        {
            *limit = Some(seconds);
        }
        self
    }

    /// The limit of a step; `None` where there is none.
    #[must_use]
    pub fn limit(&self, step: ComplaintStep) -> Option<u32> {
        self.seconds
            .get(usize::from(step.code()))
            .copied()
            .flatten()
    }
}

/// A complaint that has stayed at a step for longer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Overdue {
    /// The step.
    pub step: ComplaintStep,
    /// When it should have been left.
    pub due: Moment,
    /// Seconds since.
    pub seconds: i64,
}

impl Complaint {
    /// A complaint that was received at this moment.
    #[must_use]
    pub fn received(at: Moment) -> Self {
        Complaint {
            received: at,
            entries: Vec::new(),
        }
    }

    /// Does `action` and returns the step that it leads to; `text` is what was said with it.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] if the action cannot be done at this step, [`ErrorKind::Missing`] without a text where
    /// [`ComplaintAction::needs_text`], [`ErrorKind::OutOfRange`] if `at` lies before the last entry; the record is unchanged.
    pub fn apply(
        &mut self,
        action: ComplaintAction,
        at: Moment,
        text: Option<&str>,
    ) -> Result<ComplaintStep> {
        let step = self.step().after(action)?;
        let text = text.filter(|text| !text.trim().is_empty());
        if action.needs_text() && text.is_none() {
            let reason = format!("must say what the customer is told by {action}");
            return Err(Error::new(ErrorKind::Missing, "text", reason));
        }
        let last = self.since();
        if at < last {
            let reason = format!("must not lie before the last entry, {last}");
            return Err(Error::new(ErrorKind::OutOfRange, "at", reason).with_value(at));
        }
        self.entries.push(ComplaintEntry {
            at,
            action,
            step,
            text: text.map(str::to_owned),
        });
        Ok(step)
    }

    /// When it was received.
    #[must_use]
    pub fn received_at(&self) -> Moment {
        self.received
    }

    /// What was done, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[ComplaintEntry] {
        &self.entries
    }

    /// The step that it is at.
    #[must_use]
    pub fn step(&self) -> ComplaintStep {
        self.entries
            .last()
            .map_or(ComplaintStep::Received, |entry| entry.step)
    }

    /// Since when it is at that step.
    #[must_use]
    pub fn since(&self) -> Moment {
        self.entries.last().map_or(self.received, |entry| entry.at)
    }

    /// Whether it is not closed: selling to the customer should wait.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.step() != ComplaintStep::Closed
    }

    /// How it ended; `None` while it is open.
    #[must_use]
    pub fn outcome(&self) -> Option<ComplaintOutcome> {
        if self.is_open() {
            return None;
        }
        let before = self.entries.iter().rev().nth(1);
        Some(match before.map(|entry| entry.step) {
            Some(ComplaintStep::FollowedUp) if self.judged_unfounded() => {
                ComplaintOutcome::Unfounded
            }
            Some(ComplaintStep::FollowedUp) => ComplaintOutcome::Resolved,
            Some(ComplaintStep::Unfounded) => ComplaintOutcome::Unfounded,
            _ => ComplaintOutcome::Unresolved,
        })
    }

    /// Whether what the customer accepted last was a judgement and not a solution.
    fn judged_unfounded(&self) -> bool {
        let answered = self
            .entries
            .iter()
            .rposition(|entry| entry.action == ComplaintAction::Accept);
        let before = answered.and_then(|place| self.entries.get(..place)?.last());
        before.is_some_and(|entry| entry.step == ComplaintStep::Unfounded)
    }

    /// Whether it was ever at `step`.
    #[must_use]
    pub fn was_at(&self, step: ComplaintStep) -> bool {
        step == ComplaintStep::Received || self.entries.iter().any(|entry| entry.step == step)
    }

    /// From its receipt to its closing, in seconds; `None` while it is open.
    #[must_use]
    pub fn resolution_seconds(&self) -> Option<i64> {
        (!self.is_open()).then(|| self.received.seconds_until(self.since()))
    }

    /// Seconds at each step, in the order of [`ComplaintStep::ALL`](Label::ALL), up to `until`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] if `until` lies before the complaint was received.
    pub fn seconds_at_steps(&self, until: Moment) -> Result<[i64; ComplaintStep::COUNT]> {
        if until < self.received {
            let reason = format!("must not lie before it was received, {}", self.received);
            return Err(Error::new(ErrorKind::OutOfRange, "until", reason).with_value(until));
        }
        let mut seconds = [0; ComplaintStep::COUNT];
        for (step, from, to) in self.stays(until) {
            if let Some(sum) = seconds.get_mut(usize::from(step.code())) {
                *sum += from.min(until).seconds_until(to.min(until));
            }
        }
        Ok(seconds)
    }

    /// Each step with its first moment and the first one after it, `until` for the last.
    fn stays(&self, until: Moment) -> impl Iterator<Item = (ComplaintStep, Moment, Moment)> {
        let begun = std::iter::once((ComplaintStep::Received, self.received));
        let begun = begun.chain(self.entries.iter().map(|entry| (entry.step, entry.at)));
        let ended = self.entries.iter().map(|entry| entry.at);
        begun
            .zip(ended.chain([until]))
            .map(|((step, from), to)| (step, from, to))
    }

    /// Whether, and since when, the complaint should have left its step at `now`.
    #[must_use]
    pub fn overdue(&self, now: Moment, deadlines: &Deadlines) -> Option<Overdue> {
        late(self.step(), self.since(), now, deadlines)
    }

    /// Every step that took longer than it may, up to `now`.
    #[must_use]
    pub fn missed_deadlines(&self, now: Moment, deadlines: &Deadlines) -> Vec<Overdue> {
        self.stays(now)
            .filter_map(|(step, from, to)| late(step, from, to, deadlines))
            .collect()
    }
}

fn late(step: ComplaintStep, from: Moment, to: Moment, deadlines: &Deadlines) -> Option<Overdue> {
    let due = Moment::from_seconds(from.seconds() + i64::from(deadlines.limit(step)?)).ok()?;
    let seconds = due.seconds_until(to);
    (seconds > 0).then_some(Overdue { step, due, seconds })
}

impl TryFrom<Stored> for Complaint {
    type Error = Error;

    /// # Errors
    /// As [`Complaint::apply`], with the row of the entry.
    fn try_from(stored: Stored) -> Result<Self> {
        let mut complaint = Complaint::received(stored.received);
        for (row, entry) in stored.entries.into_iter().enumerate() {
            let reached = complaint
                .apply(entry.action, entry.at, entry.text.as_deref())
                .map_err(|error| error.at_row(row))?;
            if reached != entry.step {
                let reason = format!("does not follow: the action leads to {reached}");
                let error = Error::new(ErrorKind::IllegalTransition, "step", reason);
                return Err(error.with_value(entry.step).at_row(row));
            }
        }
        Ok(complaint)
    }
}

impl From<Complaint> for Stored {
    fn from(complaint: Complaint) -> Stored {
        Stored {
            received: complaint.received,
            entries: complaint.entries,
        }
    }
}

impl fmt::Display for ComplaintOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
