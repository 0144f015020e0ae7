//! Customer value: concentration, cut points, tiers, types, RFM.
//!
//! A column of tiers, types or segments is an array of `uint8_t`: the numbers of the enum.

use crm_core::Error;
use crm_core::units::Share;

use crate::boundary::Outcome;

pub mod concentration;

pub mod cuts;

pub mod tiers;

pub mod types;

pub mod rfm;

/// A share as C gives it: 0.2 is read as exactly 20 %.
fn read_share(argument: &'static str, value: f64) -> Outcome<Share> {
    Share::try_from(value).map_err(|error: Error| error.named(argument).into())
}

fn read_shares<const N: usize>(argument: &'static str, values: &[f64]) -> Outcome<[Share; N]> {
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
unsafe fn array<const N: usize>(argument: &'static str, pointer: *const f64) -> Outcome<[f64; N]> {
    // SAFETY: as the caller vouches.
    let values = unsafe { crate::boundary::slice(argument, pointer, N) }?;
    let mut array = [f64::NAN; N];
    array.copy_from_slice(values);
    Ok(array)
}
