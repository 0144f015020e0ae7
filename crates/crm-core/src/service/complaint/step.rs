use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// How far the handling of a complaint has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ComplaintStep {
    /// Heard, by whatever channel.
    Received = 0,
    /// Written down, with somebody who answers for it.
    Recorded = 1,
    /// Judged to be founded, and the customer was told so.
    Founded = 2,
    /// Judged to be unfounded, and the customer was told why.
    Unfounded = 3,
    /// A solution was proposed to the customer.
    Proposed = 4,
    /// The customer took the solution.
    Accepted = 5,
    /// The customer did not take the solution, or the judgement.
    Rejected = 6,
    /// After the solution the customer was asked whether it holds.
    FollowedUp = 7,
    /// In the hands of a higher place.
    Escalated = 8,
    /// Over.
    Closed = 9,
}

impl Label for ComplaintStep {
    const ALL: &'static [Self] = &[
        ComplaintStep::Received,
        ComplaintStep::Recorded,
        ComplaintStep::Founded,
        ComplaintStep::Unfounded,
        ComplaintStep::Proposed,
        ComplaintStep::Accepted,
        ComplaintStep::Rejected,
        ComplaintStep::FollowedUp,
        ComplaintStep::Escalated,
        ComplaintStep::Closed,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ComplaintStep::Received => ("received", "Received", "受理"),
            ComplaintStep::Recorded => ("recorded", "Recorded", "已记录"),
            ComplaintStep::Founded => ("founded", "Judged founded", "投诉成立"),
            ComplaintStep::Unfounded => ("unfounded", "Judged unfounded", "投诉不成立"),
            ComplaintStep::Proposed => ("proposed", "Solution proposed", "已提出解决方案"),
            ComplaintStep::Accepted => ("accepted", "Solution accepted", "客户接受"),
            ComplaintStep::Rejected => ("rejected", "Rejected by the customer", "客户拒绝"),
            ComplaintStep::FollowedUp => ("followed_up", "Followed up", "已回访"),
            ComplaintStep::Escalated => ("escalated", "Escalated", "已升级"),
            ComplaintStep::Closed => ("closed", "Closed", "已结案"),
        };
        Terms { name, en, zh }
    }
}

impl fmt::Display for ComplaintStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What moves a complaint from step to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ComplaintAction {
    /// It is written down.
    Record = 0,
    /// It is judged to be founded; needs the reply to the customer.
    JudgeFounded = 1,
    /// It is judged to be unfounded; needs the reply to the customer.
    JudgeUnfounded = 2,
    /// A solution is proposed; needs the proposal.
    Propose = 3,
    /// The customer accepts.
    Accept = 4,
    /// The customer rejects.
    Reject = 5,
    /// The customer is asked whether the solution holds.
    FollowUp = 6,
    /// A higher place takes over.
    Escalate = 7,
    /// The complaint is closed.
    Close = 8,
}

impl Label for ComplaintAction {
    const ALL: &'static [Self] = &[
        ComplaintAction::Record,
        ComplaintAction::JudgeFounded,
        ComplaintAction::JudgeUnfounded,
        ComplaintAction::Propose,
        ComplaintAction::Accept,
        ComplaintAction::Reject,
        ComplaintAction::FollowUp,
        ComplaintAction::Escalate,
        ComplaintAction::Close,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ComplaintAction::Record => ("record", "Record", "记录"),
            ComplaintAction::JudgeFounded => ("judge_founded", "Judge founded", "判定成立"),
            ComplaintAction::JudgeUnfounded => ("judge_unfounded", "Judge unfounded", "判定不成立"),
            ComplaintAction::Propose => ("propose", "Propose a solution", "提出解决方案"),
            ComplaintAction::Accept => ("accept", "Accept", "接受"),
            ComplaintAction::Reject => ("reject", "Reject", "拒绝"),
            ComplaintAction::FollowUp => ("follow_up", "Follow up", "回访"),
            ComplaintAction::Escalate => ("escalate", "Escalate", "升级"),
            ComplaintAction::Close => ("close", "Close", "结案"),
        };
        Terms { name, en, zh }
    }
}

impl fmt::Display for ComplaintAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ComplaintAction {
    /// Whether the action says something to the customer, so that a text of what was said is needed.
    #[must_use]
    pub const fn needs_text(self) -> bool {
        matches!(
            self,
            ComplaintAction::JudgeFounded
                | ComplaintAction::JudgeUnfounded
                | ComplaintAction::Propose
        )
    }
}

/// How a closed complaint ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ComplaintOutcome {
    /// The customer accepted the last solution that was proposed.
    Resolved = 0,
    /// It was unfounded, and the customer left it at that.
    Unfounded = 1,
    /// It was closed against the customer's will, or without an answer.
    Unresolved = 2,
}

impl Label for ComplaintOutcome {
    const ALL: &'static [Self] = &[
        ComplaintOutcome::Resolved,
        ComplaintOutcome::Unfounded,
        ComplaintOutcome::Unresolved,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ComplaintOutcome::Resolved => ("resolved", "Resolved", "已解决"),
            ComplaintOutcome::Unfounded => ("unfounded", "Unfounded", "不成立"),
            ComplaintOutcome::Unresolved => ("unresolved", "Unresolved", "未解决"),
        };
        Terms { name, en, zh }
    }
}

/// One row of the state machine: what `action` makes of a complaint at the step `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ComplaintTransition {
    /// The step before.
    pub from: ComplaintStep,
    /// What is done.
    pub action: ComplaintAction,
    /// The step after.
    pub to: ComplaintStep,
}

/// The whole state machine. What is not listed is not legal.
pub const TRANSITIONS: &[ComplaintTransition] = {
    use ComplaintAction::{
        Accept, Close, Escalate, FollowUp, JudgeFounded, JudgeUnfounded, Propose, Record, Reject,
    };
    use ComplaintStep::{
        Accepted, Closed, Escalated, FollowedUp, Founded, Proposed, Received, Recorded, Rejected,
        Unfounded,
    };
    &[
        on(Received, Record, Recorded),
        on(Recorded, JudgeFounded, Founded),
        on(Recorded, JudgeUnfounded, Unfounded),
        on(Recorded, Escalate, Escalated),
        on(Founded, Propose, Proposed),
        on(Founded, Escalate, Escalated),
        on(Unfounded, Accept, Accepted),
        on(Unfounded, Reject, Rejected),
        on(Unfounded, Close, Closed),
        on(Unfounded, Escalate, Escalated),
        on(Proposed, Accept, Accepted),
        on(Proposed, Reject, Rejected),
        on(Proposed, Escalate, Escalated),
        on(Accepted, FollowUp, FollowedUp),
        on(Accepted, Escalate, Escalated),
        on(Rejected, JudgeFounded, Founded),
        on(Rejected, Propose, Proposed),
        on(Rejected, Escalate, Escalated),
        on(Rejected, Close, Closed),
        on(FollowedUp, Propose, Proposed),
        on(FollowedUp, Escalate, Escalated),
        on(FollowedUp, Close, Closed),
        on(Escalated, JudgeFounded, Founded),
        on(Escalated, JudgeUnfounded, Unfounded),
        on(Escalated, Propose, Proposed),
        on(Escalated, Close, Closed),
    ]
};

const fn on(
    from: ComplaintStep,
    action: ComplaintAction,
    to: ComplaintStep,
) -> ComplaintTransition {
    ComplaintTransition { from, action, to }
}

impl ComplaintStep {
    /// How many steps there are.
    pub const COUNT: usize = 10;

    /// The number of the step: its place in [`ComplaintStep::ALL`](Label::ALL).
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The step after `action`, by [`TRANSITIONS`].
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`], naming the action and the step.
    pub fn after(self, action: ComplaintAction) -> Result<Self> {
        TRANSITIONS
            .iter()
            .find(|t| t.from == self && t.action == action)
            .map(|t| t.to)
            .ok_or_else(|| {
                let reason = format!("cannot be done to a complaint that is {self}");
                Error::new(ErrorKind::IllegalTransition, "action", reason).with_value(action)
            })
    }

    /// What can be done to a complaint at this step.
    pub fn actions(self) -> impl Iterator<Item = ComplaintAction> {
        TRANSITIONS
            .iter()
            .filter(move |t| t.from == self)
            .map(|t| t.action)
    }
}
