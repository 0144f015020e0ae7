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

mod totals;

mod simulation;

pub use arrow::*;
pub use customers::*;
pub use holdout::*;
pub use log::*;
pub use options::*;
pub use partial::*;
pub use series::*;
pub use simulation::*;
pub use summary::*;
pub use totals::*;

use crm_core::Error;

use crate::boundary::{Outcome, OutputSlice};

/// Refuses another number of rows than the caller has room for.
fn check_rows(argument: &'static str, rows: usize, expected: usize) -> Outcome {
    if rows == expected {
        return Ok(());
    }
    let reason = format!("must be {expected}");
    let error = Error::new(crm_core::ErrorKind::LengthMismatch, argument, reason);
    Err(error.with_value(rows).into())
}

/// Where a column goes, if the caller wants it.
///
/// # Safety
/// As [`OutputSlice::new`].
unsafe fn wanted<T: Copy>(
    argument: &'static str,
    pointer: *mut T,
    rows: usize,
) -> Outcome<Option<OutputSlice<T>>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller vouches.
    unsafe { OutputSlice::new(argument, pointer, rows) }.map(Some)
}

/// Writes a column that the caller wants.
fn write<T: Copy>(argument: &'static str, out: Option<OutputSlice<T>>, values: &[T]) -> Outcome {
    out.map_or(Ok(()), |out| out.write(argument, values))
}
