//! The value of a market whose customers switch between brands (Rust, Lemon & Zeithaml 2004).
//!
//! CLV(j) = Σ_{t=0}^{T} (1+r)^(−t/f) · F_t · S_{j,t} · π_{j,t}: what the customers of a market, or one
//! customer, will bring to brand j. F_t is the number of purchases in period t, S_{j,t} the share of
//! them that brand j gets, π_{j,t} its contribution per purchase, r the discount rate per period, f
//! the number of purchases per period of r.
//!
//! | you have | use |
//! | --- | --- |
//! | one market or customer, inputs that may vary by period | [`SpendingAllocation`] |
//! | a table of customers, one switching matrix in all periods or one for each | [`MatrixClv`] |
//! | a table of customers in segments, one switching matrix for each segment | [`SegmentMatrixClv`] |
//! | a table of customers, one switching matrix for each customer | [`IndividualMatrixClv`] |
//! | doubts about a matrix, and about other inputs | [`uncertainty`] |
//!
//! Where the switching matrix comes from is the matter of [`estimate`].
//!
//! Shares of all brands sum to one, and so does each row of a switching matrix. Published numbers
//! often do not: the example `brand_switching` tells what that does to a result. Here such rows are
//! refused with their number and sum, unless the caller says that they need not sum to one
//! ([`ShareRule::Any`]) or asks for [`Shares::normalized`].

mod allocation;
mod discounting;
pub mod estimate;
mod geometric;
mod individual;
mod kernel;
mod lanes;
mod matrix;
mod pack;
mod product;
mod segments;
mod shares;
mod spending;
mod table;
#[cfg(test)]
mod tests;
pub mod uncertainty;

pub use allocation::{Amount, Contributions, ShareSource, SpendingAllocation, Transition};
pub use discounting::{Discounting, Horizon};
pub use individual::IndividualMatrixClv;
pub use kernel::MatrixClv;
pub use matrix::TransitionMatrix;
pub use segments::SegmentMatrixClv;
pub(crate) use shares::check_row;
pub(in crate::clv) use shares::wrong_sum;
pub use shares::{SUM_TOLERANCE, SharePath, ShareRule, Shares};
pub use spending::{CustomerAmount, CustomerSpending};
