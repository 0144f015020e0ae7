//! Transaction logs: each customer's transactions, and what models are fitted to.

// In the order of the header.
mod log;

mod arrow;

mod customers;

mod options;

mod summary;

mod holdout;

mod partial;

mod series;

mod repeats;

mod totals;

mod simulation;

pub use arrow::*;
pub use customers::*;
pub use holdout::*;
pub use log::*;
pub use options::*;
pub use partial::*;
pub use repeats::*;
pub use series::*;
pub use simulation::*;
pub use summary::*;
pub use totals::*;

use crm_core::Error;

use crate::boundary::Outcome;

/// Refuses another number of rows than the caller has room for.
fn check_rows(argument: &'static str, rows: usize, expected: usize) -> Outcome {
    if rows == expected {
        return Ok(());
    }
    let reason = format!("must be {expected}");
    let error = Error::new(crm_core::ErrorKind::LengthMismatch, argument, reason);
    Err(error.with_value(rows).into())
}
