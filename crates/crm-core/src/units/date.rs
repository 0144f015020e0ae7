use std::fmt;
use std::str::FromStr;

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

const UNIX_EPOCH: civil::Date = civil::date(1970, 1, 1);

/// A calendar day (proleptic Gregorian), from 0001-01-01 to 9999-12-31.
///
/// ```
/// use crm_core::units::Date;
///
/// let start: Date = "1997-01-01".parse()?;
/// assert_eq!(start.days_until("1997-09-30".parse()?), 272);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(i32);

impl Date {
    /// 0001-01-01.
    pub const MIN: Date = Date(-719_162);
    /// 9999-12-31.
    pub const MAX: Date = Date(2_932_896);

    /// The day that is `days` after 1970-01-01.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] outside the years 1 to 9999.
    pub fn from_days(days: i32) -> Result<Self> {
        if (Self::MIN.0..=Self::MAX.0).contains(&days) {
            Ok(Date(days))
        } else {
            Err(Error::new(
                ErrorKind::OutOfRange,
                "date",
                "must lie in the years 1 to 9999",
            )
            .with_value(format_args!("day {days} after 1970-01-01")))
        }
    }

    /// The day `day` of `month` in `year`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] if the calendar has no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Result<Self> {
        civil::Date::new(year, month, day)
            .ok()
            .filter(|date| date.year() >= 1)
            .map(Date::from_civil)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::OutOfRange,
                    "date",
                    "is not a day of the calendar",
                )
                .with_value(format_args!("{year:04}-{month:02}-{day:02}"))
            })
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Days from this day to `later`; negative if it is earlier.
    #[must_use]
    pub const fn days_until(self, later: Date) -> i32 {
        later.0 - self.0
    }

    /// Year, month (1 to 12) and day (1 to 31).
    #[must_use]
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = self.to_civil();
        (date.year(), date.month(), date.day())
    }

    /// The day `days` after 1970-01-01, or the nearest day that there is.
    pub(crate) fn clamped(days: i64) -> Self {
        Date(days.clamp(i64::from(Self::MIN.0), i64::from(Self::MAX.0)) as i32)
    }

    fn from_civil(date: civil::Date) -> Self {
        let days = date.duration_since(UNIX_EPOCH).as_hours() / 24;
        Date(days as i32)
    }

    fn to_civil(self) -> civil::Date {
        UNIX_EPOCH.saturating_add(jiff::SignedDuration::from_hours(i64::from(self.0) * 24))
    }
}

impl FromStr for Date {
    type Err = Error;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self> {
        text.parse::<civil::Date>()
            .ok()
            .filter(|date| date.year() >= 1)
            .map(Date::from_civil)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Unreadable,
                    "date",
                    "must be a date in the form YYYY-MM-DD",
                )
                .with_value(format_args!("{text:?}"))
            })
    }
}

impl TryFrom<String> for Date {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_civil(), f)
    }
}
