//! What the estimation of a switching matrix shares: sizes, counts, optional outputs.

pub mod panel;
pub mod posterior;
pub mod shares;
pub mod survey;
use crm_core::ErrorKind;
use crm_core::clv::switching::estimate::TransitionCounts;

use crate::boundary::{Outcome, Output, refuse, slice};

/// brands² entries.
pub(crate) fn square(argument: &'static str, brands: usize) -> Outcome<usize> {
    product(argument, brands, brands)
}

pub(crate) fn product(argument: &'static str, a: usize, b: usize) -> Outcome<usize> {
    a.checked_mul(b).ok_or_else(|| {
        refuse(
            ErrorKind::Overflow,
            argument,
            "has more numbers than memory",
        )
    })
}

/// # Safety
/// As [`slice`], for brands² numbers.
pub(crate) unsafe fn read_square<'a>(
    argument: &'static str,
    values: *const f64,
    brands: usize,
) -> Outcome<&'a [f64]> {
    // SAFETY: as the caller vouches.
    unsafe { slice(argument, values, square(argument, brands)?) }
}

/// # Safety
/// As [`slice`], for brands² numbers.
pub(crate) unsafe fn read_counts(counts: *const f64, brands: usize) -> Outcome<TransitionCounts> {
    // SAFETY: as the caller vouches.
    let counts = unsafe { read_square("counts", counts, brands) }?;
    Ok(TransitionCounts::from_row_major(brands, counts.to_vec())?)
}

/// # Safety
/// As [`Output::new`].
pub(crate) unsafe fn optional<T>(
    argument: &'static str,
    pointer: *mut T,
) -> Outcome<Option<Output<T>>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller vouches.
    unsafe { Output::new(argument, pointer) }.map(Some)
}
