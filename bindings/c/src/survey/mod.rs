//! Surveys of customers: draws, estimates, sizes, weights, scales. Units, strata, clusters and categories are counted
//! from 0.

pub mod bootstrap;

pub mod design;

pub mod sample;

pub mod scale;

pub mod size;

pub mod weighting;

use crate::boundary::{Outcome, refuse, slice};

/// A table that holds one column of `rows` numbers after the other.
///
/// # Safety
/// As [`slice`], for `columns · rows` numbers.
pub(crate) unsafe fn table<'a>(
    argument: &'static str,
    pointer: *const f64,
    columns: usize,
    rows: usize,
) -> Outcome<Vec<&'a [f64]>> {
    let reason = "has more elements than memory can hold";
    let length = columns
        .checked_mul(rows)
        .ok_or_else(|| refuse(crm_core::ErrorKind::Overflow, argument, reason))?;
    // SAFETY: as the caller vouches.
    let values = unsafe { slice(argument, pointer, length) }?;
    Ok(values.chunks_exact(rows.max(1)).collect())
}
