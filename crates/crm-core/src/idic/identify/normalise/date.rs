use super::fold::half_width;
use crate::error::{Error, ErrorKind, Result};
use crate::units::Date;

/// A day as people write it: eight digits (year, month, day), or three numbers with signs between them, of which the year has four
/// digits and comes first or last. Where it comes last, the day comes first (3.5.1990), unless only the other order is a day of
/// the calendar (12/31/1990). A time of day after it is left out.
///
/// ```
/// use crm_core::idic::identify::normalise::date;
///
/// for text in ["1990-05-03", "19900503", "3.5.1990", "1990年5月3日", "1990-05-03T12:00:00"] {
///     assert_eq!(date(text)?.ymd(), (1990, 5, 3));
/// }
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Unreadable`] if it is none, such as 1990-00-17; the error does not show it.
pub fn date(text: &str) -> Result<Date> {
    let unreadable = || {
        Error::new(
            ErrorKind::Unreadable,
            "date",
            "is not a day of the calendar",
        )
    };
    numbers(text)
        .and_then(|[year, month, day]| of_calendar(year, month, day))
        .ok_or_else(unreadable)
}

/// Eight digits of a date, for comparison: of one that the calendar does not have, those that stand there.
pub(crate) fn digits(text: &str) -> Option<String> {
    match date(text) {
        Ok(date) => {
            let (year, month, day) = date.ymd();
            Some(format!("{year:04}{month:02}{day:02}"))
        }
        Err(_) => numbers(text).map(|[year, month, day]| format!("{year:04}{month:02}{day:02}")),
    }
}

fn of_calendar(year: u32, month: u32, day: u32) -> Option<Date> {
    let (year, month, day) = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    Date::from_ymd(year.ok()?, month.ok()?, day.ok()?).ok()
}

/// Year, month and day as they stand there.
fn numbers(text: &str) -> Option<[u32; 3]> {
    let plain: String = text.trim().chars().map(half_width).collect();
    let mut groups = plain
        .split(|c: char| !c.is_ascii_digit())
        .filter(|g| !g.is_empty());
    let number = |digits: Option<&str>| digits?.parse().ok();
    let first = groups.next()?;
    if first.len() >= 8 {
        let part = |range| number(first.get(range));
        return (first.len() == 8).then_some([part(0..4)?, part(4..6)?, part(6..8)?]);
    }
    let (second, third) = (groups.next()?, groups.next()?);
    let two = |digits: &str| digits.len() <= 2;
    if first.len() == 4 && two(second) && two(third) {
        return Some([
            number(Some(first))?,
            number(Some(second))?,
            number(Some(third))?,
        ]);
    }
    let is_year_last = two(first) && two(second) && third.len() == 4;
    let (day, month): (u32, u32) = (number(Some(first))?, number(Some(second))?);
    let (month, day) = if month > 12 && day <= 12 {
        (day, month)
    } else {
        (month, day)
    };
    is_year_last.then_some([number(Some(third))?, month, day])
}
