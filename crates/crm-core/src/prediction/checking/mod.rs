//! Does a fitted model describe the customers? What they did beside what it expects.
//!
//! - [`expected_tracking`]: repeat purchases of a cohort period by period, beside those that
//!   [`Ledger::repeat_purchases`](crate::ledger::Ledger::repeat_purchases) counts;
//! - [`frequency_histogram`]: how many customers bought 0, 1, 2, … times again;
//! - [`conditional_expectation`]: purchases in the holdout by purchases before;
//! - [`holdout_error`]: how far off predictions are in the holdout.

mod frequencies;
mod holdout;
mod tracking;

pub use frequencies::{FrequencyHistogram, frequency_histogram};
pub use holdout::{
    ConditionalExpectation, Holdout, HoldoutError, conditional_expectation, holdout_error,
};
pub use tracking::{ExpectedTracking, expected_tracking};

use crate::error::{Error, ErrorKind, Result};

/// Different numbers in rising order, each with the sum of the weights of its rows.
fn weighted_values(values: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut sorted: Vec<(f64, f64)> = values.collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (value, weight) in sorted {
        match merged.last_mut() {
            Some(last) if last.0 == value => last.1 += weight,
            _ => merged.push((value, weight)),
        }
    }
    merged
}

/// The weight of a row; 1 without weights.
fn weight_of(weights: Option<&[f64]>, row: usize) -> f64 {
    weights.map_or(1.0, |weights| weights.get(row).copied().unwrap_or_default())
}

/// Most bins, periods and cohorts of one call.
const MOST_PLACES: usize = 1 << 24;

pub(super) fn check_places(argument: &'static str, count: usize) -> Result<()> {
    if (1..=MOST_PLACES).contains(&count) {
        return Ok(());
    }
    let rule = "must be from 1 to 2^24";
    Err(Error::new(ErrorKind::OutOfRange, argument, rule).with_value(count))
}
