//! The pipeline of one-to-one relationships.

pub mod choice;
pub mod customize;
pub mod differentiate;
pub mod interact;
pub mod process;
pub mod specifications;
