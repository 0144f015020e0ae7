//! Cut points that split a column of numbers into parts.

use std::mem::MaybeUninit;

use crm_core::units::Share;
use crm_core::value::cuts::Cuts;
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, OutputSlice, buffer, respond, slice};
use crate::categories::crm_direction;
use crate::category;
use crate::status::crm_status;

/// The cut points that split `values` into `parts` parts of equal size: observed values, ascending.
/// A value's part is the number of cut points that it is strictly better than, so equal values are
/// always in the same part; with many equal values some parts stay empty.
///
/// @param rows how many values there are, at least 1
/// @param parts from 2 to 255
/// @param thresholds receives parts − 1 cut points
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_cuts_equal_parts(
    values: *const f64,
    rows: usize,
    parts: usize,
    direction: MaybeUninit<crm_direction>,
    thresholds: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let values = slice("values", values, rows)?;
        let direction = category::read("direction", direction)?;
        let parts = byte("parts", parts)?;
        let thresholds = OutputSlice::new(
            "thresholds",
            thresholds,
            usize::from(parts).saturating_sub(1),
        )?;
        let cuts = Cuts::equal_parts("values", values, parts, direction)?;
        thresholds.write("thresholds", cuts.thresholds())
    })
}

/// The cut points at these shares of the rows, counted from the worst: observed values, ascending.
/// Never more than 1 − share of the rows are better than the cut point of a share.
///
/// @param shares ascending between 0 and 1, both excluded; 0.2 is read as exactly 20 %
/// @param count how many shares there are, from 1 to 254
/// @param thresholds receives `count` cut points
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_cuts_quantiles(
    values: *const f64,
    rows: usize,
    shares: *const f64,
    count: usize,
    direction: MaybeUninit<crm_direction>,
    thresholds: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let values = slice("values", values, rows)?;
        let shares = slice("shares", shares, count)?;
        let direction = category::read("direction", direction)?;
        let thresholds = OutputSlice::new("thresholds", thresholds, count)?;
        let exact = |(row, share): (usize, &f64)| {
            Share::try_from(*share).map_err(|error| error.named("shares").at_row(row))
        };
        let shares: Vec<Share> = shares
            .iter()
            .enumerate()
            .map(exact)
            .collect::<Result<_, _>>()?;
        let cuts = Cuts::quantiles("values", values, &shares, direction)?;
        thresholds.write("thresholds", cuts.thresholds())
    })
}

/// The part of every value: how many cut points it is strictly better than, from 0.
///
/// @param thresholds cut points, ascending
/// @param count how many cut points there are, from 1 to 254
/// @param parts receives one part per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_cuts_assign(
    values: *const f64,
    rows: usize,
    thresholds: *const f64,
    count: usize,
    direction: MaybeUninit<crm_direction>,
    parts: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let values = slice("values", values, rows)?;
        let thresholds = slice("thresholds", thresholds, count)?;
        let direction = category::read("direction", direction)?;
        let out = OutputSlice::new("parts", parts, rows)?;
        let mut parts = buffer("values", rows)?;
        Cuts::new(thresholds, direction)?.parts_into("values", values, &mut parts)?;
        out.write("parts", &parts)
    })
}

/// A number of parts, groups or scores, of which the core takes no more than 255.
pub(super) fn byte(argument: &'static str, number: usize) -> Outcome<u8> {
    u8::try_from(number).map_err(|_| {
        let error = Error::new(ErrorKind::OutOfRange, argument, "must be at most 255");
        error.with_value(number).into()
    })
}
