//! Drawing samples. Every draw depends on its seed alone.
//!
//! | design | who is drawn |
//! | --- | --- |
//! | [`SimpleRandom`] | any `size` units, each set of them as likely as any other |
//! | [`Systematic`] | units in equal steps from a random start: equal interval, circular, fractional interval |
//! | [`Stratified`] | some of each stratum; how many of which: [`allocate`] |
//! | [`Clusters`] | whole clusters, or some units of each: two stages |
//! | [`ProportionalToSize`] | clusters with probability proportional to their size |
//!
//! A draw is a list of units, each with its stratum or cluster and its weight, the inverse of its probability. What
//! the answers say of the population is computed by [`Sample`](super::Sample).
//!
//! ```
//! use crm_core::survey::design::{Allocation, SimpleRandom, Stratum, allocate};
//!
//! let drawn = SimpleRandom { population: 1000, size: 3 }.draw(7)?;
//! assert_eq!(drawn.len(), 3);
//! assert!(drawn.iter().all(|each| each.unit < 1000 && each.weight == 1000.0 / 3.0));
//!
//! let strata = [
//!     Stratum { deviation: 5.0, ..Stratum::of(400) },
//!     Stratum { deviation: 10.0, ..Stratum::of(600) },
//! ];
//! assert_eq!(allocate(&strata, 40, 2, Allocation::Neyman)?, [10, 30]);
//! # Ok::<(), crm_core::Error>(())
//! ```

mod allocation;
mod cluster;
mod simple;
mod systematic;

pub use allocation::{Allocation, Stratified, Stratum, allocate};
pub use cluster::{Clusters, ProportionalToSize, Replacement};
pub use simple::SimpleRandom;
pub use systematic::{Interval, Systematic};

use serde::{Deserialize, Serialize};

/// A unit that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Drawn {
    /// Place of the unit in its frame: the population, or its stratum or cluster.
    pub unit: u64,
    /// Its stratum or cluster; 0 where there are none.
    pub group: u64,
    /// Units of the population that it stands for: the inverse of its probability.
    pub weight: f64,
}
