use std::fmt;
use std::str::FromStr;

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::Date;
use crate::error::{Error, ErrorKind, Result};

const UNIX_EPOCH: civil::DateTime = civil::datetime(1970, 1, 1, 0, 0, 0, 0);
const SECONDS_OF_DAY: i64 = 86_400;

/// A day and a time of day, to the second, from 0001-01-01 to 9999-12-31. It has no time zone: all moments of a system
/// are in the one that the caller chose.
///
/// ```
/// use crm_core::units::Moment;
///
/// let morning: Moment = "2024-03-01T08:30:00".parse()?;
/// assert_eq!(morning.seconds_until("2024-03-01T09:00:00".parse()?), 1800);
/// assert_eq!(morning.hour(), 8);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment(i64);

impl Moment {
    /// The first moment, 0001-01-01T00:00:00.
    pub const MIN: Moment = Moment(Date::MIN.days() as i64 * SECONDS_OF_DAY);
    /// The last moment, 9999-12-31T23:59:59.
    pub const MAX: Moment = Moment((Date::MAX.days() as i64 + 1) * SECONDS_OF_DAY - 1);

    /// The moment that is `seconds` after 1970-01-01T00:00:00.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] outside the years 1 to 9999.
    pub fn from_seconds(seconds: i64) -> Result<Self> {
        if (Self::MIN.0..=Self::MAX.0).contains(&seconds) {
            return Ok(Moment(seconds));
        }
        let reason = "must lie in the years 1 to 9999";
        Err(Error::new(ErrorKind::OutOfRange, "moment", reason)
            .with_value(format_args!("second {seconds} after 1970-01-01")))
    }

    /// Seconds since 1970-01-01T00:00:00.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Seconds from this moment to `later`; negative if it is earlier.
    #[must_use]
    pub const fn seconds_until(self, later: Moment) -> i64 {
        later.0 - self.0
    }

    /// Days from this moment to `later`, with their fraction; negative if it is earlier.
    #[must_use]
    pub fn days_until(self, later: Moment) -> f64 {
        self.seconds_until(later) as f64 / SECONDS_OF_DAY as f64
    }

    /// The day.
    #[must_use]
    pub fn date(self) -> Date {
        Date::clamped(self.0.div_euclid(SECONDS_OF_DAY))
    }

    /// The hour of the day, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        (self.0.rem_euclid(SECONDS_OF_DAY) / 3600) as u8
    }

    fn to_civil(self) -> civil::DateTime {
        UNIX_EPOCH.saturating_add(jiff::SignedDuration::from_secs(self.0))
    }
}

impl From<Date> for Moment {
    /// The beginning of the day.
    fn from(date: Date) -> Moment {
        Moment(i64::from(date.days()) * SECONDS_OF_DAY)
    }
}

impl FromStr for Moment {
    type Err = Error;

    /// Reads `YYYY-MM-DDThh:mm:ss`, or a day alone as its beginning; parts of a second are cut off.
    fn from_str(text: &str) -> Result<Self> {
        text.parse::<civil::DateTime>()
            .ok()
            .filter(|moment| moment.year() >= 1)
            .map(|moment| {
                Moment(
                    moment
                        .with()
                        .subsec_nanosecond(0)
                        .build()
                        .unwrap_or(moment)
                        .duration_since(UNIX_EPOCH)
                        .as_secs(),
                )
            })
            .ok_or_else(|| {
                let reason = "must be a moment in the form YYYY-MM-DDThh:mm:ss";
                Error::new(ErrorKind::Unreadable, "moment", reason)
                    .with_value(format_args!("{text:?}"))
            })
    }
}

impl TryFrom<String> for Moment {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        moment.to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_civil(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_whole_range() {
        for text in [
            "0001-01-01T00:00:00",
            "1969-12-31T23:59:59",
            "1970-01-01T00:00:00",
            "9999-12-31T23:59:59",
        ] {
            let moment: Moment = text.parse().unwrap();
            assert_eq!(moment.to_string(), text);
            assert_eq!(Moment::from_seconds(moment.seconds()), Ok(moment));
        }
        assert_eq!("0001-01-01".parse(), Ok(Moment::MIN));
        assert_eq!("9999-12-31T23:59:59.9".parse(), Ok(Moment::MAX));
        for text in ["", "0000-12-31T00:00:00", "2024-02-30T00:00:00", "now"] {
            assert_eq!(
                text.parse::<Moment>().unwrap_err().kind(),
                ErrorKind::Unreadable
            );
        }
        assert!(Moment::from_seconds(Moment::MAX.seconds() + 1).is_err());
    }

    #[test]
    fn days_and_hours_before_the_epoch() {
        let moment: Moment = "1969-12-31T23:59:59".parse().unwrap();
        assert_eq!((moment.seconds(), moment.hour()), (-1, 23));
        assert_eq!(moment.date().to_string(), "1969-12-31");
        assert_eq!(
            Moment::from("1969-12-31".parse::<Date>().unwrap()).seconds(),
            -86_400
        );
    }
}
