//! The value of customers who move among states by a Markov chain (Pfeifer & Carraway 2000).
//!
//! A state is what is known of a customer and decides what comes next: the recency of the last purchase,
//! recency × frequency, a stage of the lifecycle.
//!
//! | question | answer |
//! | --- | --- |
//! | what is a customer in each state worth, and how uncertain is that? | [`MigrationModel::value`], [`MigrationModel::moments`] |
//! | where will customers be, for how long, and where do they end? | [`Transitions::distribution`], [`Transitions::occupancy`], [`Transitions::absorption`], [`Transitions::stationary_distribution`] |
//! | which customers are worth a contact? | [`RecencyChain`], [`DecisionProcess`] |
//! | which probability, reward or rate moves the value most? | [`Valuation::levers`](crate::clv::switching::uncertainty::Valuation::levers), with states for brands and rewards for contributions |
//! | what will buyers bring who come and go? | [`always_a_share`] |
//!
//! Time is t = 0, 1, 2, …: the reward of the present state, at t = 0, counts in full, the reward at t is multiplied by
//! (1+d)^−t. Matrices are dense ([`TransitionMatrix`](super::switching::TransitionMatrix)) or sparse ([`SparseTransitions`]).
//!
//! # Value by lifecycle stage
//! The stage transition rates that a [`StageInference`](crate::lifecycle::inference::StageInference) counts are a
//! chain:
//!
//! ```
//! use crm_core::clv::migration::{MigrationModel, Rewards};
//! use crm_core::clv::switching::{Horizon, TransitionMatrix};
//! use crm_core::ledger::PeriodSeries;
//! use crm_core::lifecycle::Stage;
//! use crm_core::lifecycle::inference::{Known, RuleOptions, infer_stages};
//! use crm_core::units::Rate;
//!
//! // Two customers over 24 months: one buys every month, one stopped after eight.
//! let series = PeriodSeries::new(
//!     vec![0, 24, 32],
//!     (0..24).chain(0..8).collect(),
//!     vec![1; 32],
//!     vec![100.0; 32],
//!     None,
//!     24,
//! )?;
//! let found = infer_stages(&series, Known::default(), &RuleOptions::default())?;
//! let stages = [Stage::Development, Stage::Growth, Stage::Maturity, Stage::Decline, Stage::Termination];
//! let rates = found.histories.transitions().chain(&stages)?;
//! let matrix = TransitionMatrix::from_row_major(stages.len(), rates)?;
//! // What a customer brings a month in each of these stages.
//! let model = MigrationModel::new(matrix, Rewards::constant([60.0, 90.0, 100.0, 10.0, 0.0]))?;
//! let by_stage = model.value(Rate::try_from(0.01)?, Horizon::Infinite)?;
//! assert!(by_stage.values[2] > by_stage.values[3] && by_stage.values[4] == 0.0);
//! # Ok::<(), crm_core::Error>(())
//! ```

mod absorption;
mod always_a_share;
mod cohort;
mod decision;
mod iterative;
mod model;
mod recency;
mod resolvent;
mod rewards;
mod sparse;
mod structure;
mod transitions;

pub use absorption::Absorption;
pub use always_a_share::{
    AlwaysAShare, ContactTiming, MAX_PERIODS, SharePeriod, always_a_share,
    always_a_share_values_into,
};
pub use cohort::CohortPath;
pub use decision::{Choice, DecisionProcess, FinitePolicy, OptimalPolicy};
pub use iterative::SolverOptions;
pub use model::{MigrationModel, Moments, StateValues};
pub use recency::RecencyChain;
pub use rewards::Rewards;
pub use sparse::SparseTransitions;
pub use structure::Structure;
pub use transitions::Transitions;
