//! Lifetime value beyond the formulas per row: flows, curves, components, readings.

pub mod individual;

pub mod group;

pub mod components;

pub mod reading;

pub mod migration;

pub mod acquisition;

use std::mem::MaybeUninit;

use crm_core::clv::Timing;
use crm_core::units::{Date, Money, Probability, Rate};
use crm_core::{Error, ErrorKind};

use crate::boundary::{Failure, Outcome, slice};
use crate::categories::crm_timing;
use crate::category;
use crate::decimal::{crm_decimal, read_decimal, read_decimals};

/// # Safety
/// As [`slice`].
pub(super) unsafe fn read_money(
    argument: &'static str,
    pointer: *const crm_decimal,
    length: usize,
) -> Outcome<Vec<Money>> {
    // SAFETY: as the caller vouches.
    let numbers = unsafe { read_decimals(argument, pointer, length) }?;
    Ok(numbers.into_iter().map(Money::new).collect())
}

/// # Safety
/// As [`read`].
pub(super) unsafe fn read_rate(
    argument: &'static str,
    pointer: *const crm_decimal,
) -> Outcome<Rate> {
    // SAFETY: as the caller vouches.
    Ok(Rate::named(argument, unsafe {
        read_decimal(argument, pointer)
    }?)?)
}

/// # Safety
/// As [`slice`].
pub(super) unsafe fn read_probabilities(
    argument: &'static str,
    pointer: *const crm_decimal,
    length: usize,
) -> Outcome<Vec<Probability>> {
    // SAFETY: as the caller vouches.
    let numbers = unsafe { read_decimals(argument, pointer, length) }?;
    let probability = |(row, p)| Probability::named(argument, p).map_err(|e: Error| e.at_row(row));
    Ok(numbers
        .into_iter()
        .enumerate()
        .map(probability)
        .collect::<Result<_, _>>()?)
}

pub(super) fn read_timing(timing: MaybeUninit<crm_timing>) -> Outcome<Timing> {
    category::read::<crm_timing>("timing", timing)
}

pub(super) fn date(argument: &'static str, day: i32) -> Result<Date, Error> {
    Date::from_days(day).map_err(|error| error.named(argument))
}

/// # Safety
/// As [`slice`].
pub(super) unsafe fn read_dates(
    argument: &'static str,
    pointer: *const i32,
    length: usize,
) -> Outcome<Vec<Date>> {
    // SAFETY: as the caller vouches.
    let days = unsafe { slice(argument, pointer, length) }?;
    let mut dates = Vec::new();
    dates
        .try_reserve_exact(length)
        .map_err(|_| Error::overflow(argument))?;
    for (row, day) in days.iter().enumerate() {
        dates.push(date(argument, *day).map_err(|error| error.at_row(row))?);
    }
    Ok(dates)
}

/// The number of elements of a table; too many are an error.
pub(super) fn table_size(argument: &'static str, rows: usize, columns: usize) -> Outcome<usize> {
    rows.checked_mul(columns).ok_or_else(|| {
        let reason = "has more elements than memory can hold";
        Failure::Core(Error::new(ErrorKind::Overflow, argument, reason))
    })
}
