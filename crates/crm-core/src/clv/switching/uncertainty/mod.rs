//! How far to trust a value that a switching matrix gives.
//!
//! The matrix P of [`MatrixClv`](super::MatrixClv) is estimated, and a wrong P_ij ruins the value. A
//! [`Valuation`] holds all that the value depends on beside P; from it follow
//!
//! | question | answer |
//! | --- | --- |
//! | what does a small change of any input do? | [`Valuation::gradient`] |
//! | which input moves the value most? | [`Valuation::levers`] |
//! | how large is the standard error of the value? | [`Valuation::standard_error`] |
//! | where does the value lie, with which probability? | [`Valuation::simulate`], [`Valuation::bands`] |
//! | which part of P is worth measuring better? | [`Valuation::ranking`] |
//!
//! Where P comes from, and how well it is known: [`estimate`](super::estimate).

mod delta;
mod gradient;
mod levers;
mod monte_carlo;
mod ranking;
mod valuation;

pub use delta::{InputDoubts, MatrixEstimate, StandardError, normal_interval};
pub use gradient::Gradient;
pub use levers::{Lever, LeverInput};
pub use monte_carlo::{Bands, DrawnValues, MonteCarlo, Summary};
pub use ranking::{EntryRank, Ranking, RowRank};
pub use valuation::Valuation;
