//! Choices that several functions of ledgers offer.

use std::mem::MaybeUninit;

use crm_core::ledger::{Granularity, Returns};
use crm_core::units::{Date, Period};
use crm_core::{Error, ErrorKind};

use crate::boundary::Outcome;

/// In place of a day: none is given.
pub const CRM_NO_DAY: i32 = i32::MIN;

/// How the calendar is cut into periods.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum crm_period {
    /// Blocks of as many days as is said beside, counted from the start of observation.
    Days = 0,
    /// Calendar weeks, Monday to Sunday.
    Weeks = 1,
    /// Calendar months.
    Months = 2,
    /// Calendar years.
    Years = 3,
    /// No periods, for summaries: only transactions of the same instant are one purchase, and times
    /// are days with fractions. Dates have no instants: for them it is single days.
    Instant = 4,
}

/// What to make of negative amounts.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum crm_returns {
    /// `CRM_STATUS_OUT_OF_RANGE`, with the row.
    Reject = 0,
    /// They are left out, as if the log did not have them.
    Drop = 1,
    /// They are deducted. Amounts are added within each period first. In a summary, a period that
    /// has returns is a purchase only if what remains is positive; otherwise the remainder is
    /// deducted from the purchase before it, and before the first purchase it concerns nothing
    /// that was observed.
    Net = 2,
}

/// The member of `members` whose number C passed.
pub(super) fn choice<E: Copy, T: Copy>(
    argument: &'static str,
    value: MaybeUninit<E>,
    members: &[T],
) -> Outcome<T> {
    const { assert!(size_of::<E>() == size_of::<i32>() && align_of::<E>() == align_of::<i32>()) };
    // SAFETY: C passes an enum as an integer of this size, and every integer is an `i32`.
    let number = unsafe { value.as_ptr().cast::<i32>().read() };
    let member = usize::try_from(number).ok().and_then(|n| members.get(n));
    member.copied().ok_or_else(|| {
        let error = Error::new(
            ErrorKind::OutOfRange,
            argument,
            "must be a member of its enum",
        );
        error.with_value(number).into()
    })
}

pub(super) fn returns(value: MaybeUninit<crm_returns>) -> Outcome<Returns> {
    choice(
        "returns",
        value,
        &[Returns::Reject, Returns::Drop, Returns::Net],
    )
}

pub(super) fn granularity(
    value: MaybeUninit<crm_period>,
    period_days: u32,
) -> Outcome<Granularity> {
    let days = Period::days(period_days)
        .map(Granularity::Period)
        .map_err(|error| error.named("period_days"));
    let members = [
        None,
        Some(Granularity::Period(Period::Weeks)),
        Some(Granularity::Period(Period::Months)),
        Some(Granularity::Period(Period::Years)),
        Some(Granularity::Instant),
    ];
    match choice("period", value, &members)? {
        Some(granularity) => Ok(granularity),
        None => Ok(days?),
    }
}

/// A flag that C passed as 0 or 1.
pub(crate) fn flag(argument: &'static str, value: i32) -> Outcome<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => {
            let error = Error::new(ErrorKind::OutOfRange, argument, "must be 0 or 1");
            Err(error.with_value(value).into())
        }
    }
}

pub(crate) fn day(argument: &'static str, days: i32) -> Outcome<Option<Date>> {
    if days == CRM_NO_DAY {
        return Ok(None);
    }
    let date = Date::from_days(days).map_err(|error| error.named(argument))?;
    Ok(Some(date))
}
