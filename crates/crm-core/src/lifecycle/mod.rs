//! The customer lifecycle: from the moment a customer starts to learn about the firm until the
//! relationship, and everything about it, is completely over.
//!
//! | part | what it answers |
//! | --- | --- |
//! | [`Stage`], [`Event`], [`History`] | which stages there are, what moves a customer, when it did |
//! | [`tenure`] | how long do customers stay? |
//! | [`economics`] | what does each stage cost and bring? |
//! | [`inference`] | which stage is this customer in, by rules? |
//! | [`hidden_markov`] | which stage is this customer in, by a hidden Markov model? |
//! | [`stage_values`] | what is a customer in each stage worth? |

pub mod economics;
pub mod hidden_markov;
mod history;
pub mod inference;
pub mod stage_values;
mod stages;
pub mod tenure;

pub use history::{Entry, History};
pub use stages::{Event, Mark, Marks, Stage, TRANSITIONS, Transition};
