//! Structural indices of satisfaction: SCSB, ACSI, ECSI, CCSI and models of one's own, by partial least squares.
//!
//! A model says which questions (indicators) measure which constructs, and which constructs drive which. Results for
//! indicators, constructs and paths are in the order of the model.

pub mod model;

pub mod answers;

pub mod fit;

pub mod matrices;

pub mod index;

pub mod bootstrap;

pub mod predict;

pub mod groups;
