//! Complaints: a state machine of their handling, with deadlines, and what many of them say.
//!
//! A complaint is received (the firm listens), recorded, judged as founded or unfounded with a reply, answered by a proposed solution
//! that the customer accepts or rejects, followed up, and closed; it may be escalated at any time. [`TRANSITIONS`] is the whole
//! state machine: no step can be skipped.
//!
//! Source: ISO 10002:2018, "Guidelines for complaints handling in organizations", clause 7, for the steps.

mod record;
mod statistics;
mod step;

pub use record::{Complaint, ComplaintEntry, Deadlines, Overdue};
pub use statistics::{ComplaintStatistics, ResolutionTimes, complaint_statistics};
pub use step::{
    ComplaintAction, ComplaintOutcome, ComplaintStep, ComplaintTransition, TRANSITIONS,
};
