use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::Date;
use crate::error::{Error, ErrorKind, Result};

/// How the calendar is cut into periods.
///
/// ```
/// use crm_core::units::{Date, Period};
///
/// let start: Date = "1997-01-01".parse()?;
/// let later: Date = "1997-03-31".parse()?;
/// assert_eq!(Period::Months.between(start, later), 2);
/// assert_eq!(Period::Weeks.between(start, later), 13); // Monday 1996-12-30 to Monday 1997-03-31
/// assert_eq!(Period::days(7)?.between(start, later), 12); // 7-day blocks from 1997-01-01 on
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Blocks of this many days, counted from an origin: the start of observation.
    Days(NonZeroU32),
    /// Calendar weeks, Monday to Sunday.
    Weeks,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

impl Period {
    /// One day.
    pub const DAY: Period = Period::Days(NonZeroU32::MIN);

    /// Blocks of `count` days.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for 0.
    pub fn days(count: u32) -> Result<Self> {
        NonZeroU32::new(count).map(Period::Days).ok_or_else(|| {
            Error::new(ErrorKind::OutOfRange, "days", "must be 1 or more").with_value(count)
        })
    }

    /// How many periods `date` is after the one that holds `origin`; negative if before it.
    #[must_use]
    pub fn between(self, origin: Date, date: Date) -> i32 {
        match self {
            Period::Days(count) => {
                i64::from(origin.days_until(date)).div_euclid(i64::from(count.get())) as i32
            }
            Period::Weeks => week(date) - week(origin),
            Period::Months => month(date) - month(origin),
            Period::Years => i32::from(date.ymd().0) - i32::from(origin.ymd().0),
        }
    }
}

/// Weeks since the one that begins on Monday 1969-12-29.
fn week(date: Date) -> i32 {
    (date.days() + 3).div_euclid(7)
}

/// Months since January of year 0.
fn month(date: Date) -> i32 {
    let (year, month, _) = date.ymd();
    i32::from(year) * 12 + i32::from(month) - 1
}
