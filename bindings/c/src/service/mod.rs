//! When a relationship is in trouble: complaints, early warning, winning customers back.

pub mod complaint;
pub mod warning;
pub mod win_back;

use crm_core::units::Moment;

use crate::boundary::Outcome;

/// A moment from seconds since 1970-01-01T00:00:00.
pub(crate) fn moment(argument: &'static str, seconds: i64) -> Outcome<Moment> {
    Ok(Moment::from_seconds(seconds).map_err(|error| error.named(argument))?)
}

/// Flags of 0 and not 0.
///
/// # Safety
/// As [`slice`](crate::boundary::slice).
pub(crate) unsafe fn truths(
    argument: &'static str,
    flags: *const u8,
    rows: usize,
) -> Outcome<Vec<bool>> {
    // SAFETY: as the caller vouches.
    let flags = unsafe { crate::boundary::slice(argument, flags, rows) }?;
    Ok(flags.iter().map(|&flag| flag != 0).collect())
}

/// Columns of `rows` numbers.
///
/// # Safety
/// As [`slice`](crate::boundary::slice), for the pointers and for each column.
pub(crate) unsafe fn table<'a, T>(
    argument: &'static str,
    columns: *const *const T,
    count: usize,
    rows: usize,
) -> Outcome<Vec<&'a [T]>> {
    // SAFETY: as the caller vouches.
    unsafe {
        let columns = crate::boundary::slice(argument, columns, count)?;
        let column = |column: &*const T| crate::boundary::slice(argument, *column, rows);
        columns.iter().map(column).collect()
    }
}

/// A number that may be left out as NaN.
pub(crate) fn known(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}
