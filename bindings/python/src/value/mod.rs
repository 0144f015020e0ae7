//! `crm_core.value`: concentration, cut points, tiers, types, RFM, indicators. A column of codes is `bytes`.

pub(crate) mod concentration;
pub(crate) mod cuts;
pub(crate) mod index;
pub(crate) mod indicators;
pub(crate) mod rfm;
pub(crate) mod tiers;
pub(crate) mod types;

use crm_core::units::Share;
use crm_core::value::cuts::Direction;
use crm_core::{Error, ErrorKind};

use crate::numbers::Number;

/// A column of codes, as Python's `bytes`.
type Codes = Vec<u8>;

/// A whole number that the core takes in a smaller type.
fn whole<T: TryFrom<i64>>(argument: &'static str, number: i64) -> crm_core::Result<T> {
    T::try_from(number).map_err(|_| {
        let error = Error::new(ErrorKind::OutOfRange, argument, "is beyond all limits");
        error.with_value(number)
    })
}

fn direction(lower_is_better: bool) -> Direction {
    if lower_is_better {
        Direction::LowerIsBetter
    } else {
        Direction::HigherIsBetter
    }
}

pub(crate) fn shares(numbers: &[Number]) -> crm_core::Result<Vec<Share>> {
    let share = |(row, n): (usize, &Number)| n.share("shares").map_err(|e| e.at_row(row));
    numbers.iter().enumerate().map(share).collect()
}

/// `N` numbers of a list.
pub(crate) fn array<const N: usize, T>(
    argument: &'static str,
    list: Vec<T>,
) -> crm_core::Result<[T; N]> {
    let found = list.len();
    list.try_into().map_err(|_| {
        let error = Error::new(
            ErrorKind::LengthMismatch,
            argument,
            format!("must have length {N}"),
        );
        error.with_value(format_args!("of length {found}"))
    })
}
