//! Customer value: concentration, cut points, tiers, types, RFM, indicators and their index, disciplines.
//!
//! A column of tiers, types or segments is an array of `uint8_t`: the numbers of the enum.

use crm_core::units::{Label, Share};
use crm_core::{Error, ErrorKind};

use crate::boundary::Outcome;

pub mod concentration;

pub mod cuts;

pub mod tiers;

pub mod types;

pub mod rfm;

pub mod indicators;

pub mod index;

pub mod disciplines;

/// The members of a category that a column of its numbers means.
fn members<T: Label>(argument: &'static str, codes: &[u8]) -> Outcome<Vec<T>> {
    let member = |(row, code): (usize, &u8)| {
        T::ALL.get(usize::from(*code)).copied().ok_or_else(|| {
            let reason = "must be a member of its enum";
            let error = Error::new(ErrorKind::OutOfRange, argument, reason);
            error.with_value(code).at_row(row).into()
        })
    };
    codes.iter().enumerate().map(member).collect()
}

/// A share as C gives it: 0.2 is read as exactly 20 %.
fn read_share(argument: &'static str, value: f64) -> Outcome<Share> {
    Share::try_from(value).map_err(|error: Error| error.named(argument).into())
}

pub(crate) fn read_shares<const N: usize>(
    argument: &'static str,
    values: &[f64],
) -> Outcome<[Share; N]> {
    let mut shares = [Share::ZERO; N];
    for (row, (share, value)) in shares.iter_mut().zip(values).enumerate() {
        *share =
            Share::try_from(*value).map_err(|error: Error| error.named(argument).at_row(row))?;
    }
    Ok(shares)
}

/// `N` numbers of an input column.
///
/// # Safety
/// As [`crate::boundary::slice`].
pub(crate) unsafe fn array<const N: usize>(
    argument: &'static str,
    pointer: *const f64,
) -> Outcome<[f64; N]> {
    // SAFETY: as the caller vouches.
    let values = unsafe { crate::boundary::slice(argument, pointer, N) }?;
    let mut array = [f64::NAN; N];
    array.copy_from_slice(values);
    Ok(array)
}
