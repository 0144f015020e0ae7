use serde::{Deserialize, Serialize};

use super::Ledger;
use super::input::{Clock, Layout};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::{Date, Period};

/// What to make of negative amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Returns {
    /// A negative amount within the observation is an error that names its row.
    #[default]
    Reject,
    /// Transactions with negative amounts are left out, as if the log did not have them.
    Drop,
    /// Amounts are added, within each period first. In a summary, a period that has returns is a
    /// purchase only if what remains is positive; otherwise the remainder is deducted from the
    /// purchase before it, and before the first purchase it concerns nothing that was observed.
    /// So a later return lowers the spend, but the purchase has taken place.
    Net,
}

/// A net of returns is zero if it is below this part of the amounts that were added: the rounding
/// of a sum of some thousand floats.
const NET_TOLERANCE: f64 = 1e-12;

/// The observed part of the log, cut into periods.
#[derive(Debug, Clone)]
pub(super) struct Window {
    clock: Clock,
    /// `None`: each tick is a period.
    calendar: Option<Calendar>,
    /// First day of observation.
    start: Date,
    /// Numbers of the first and the last period.
    first: i64,
    last: i64,
    /// Where age ends.
    pub(super) end: i64,
}

/// The number of the period of each day from the first to the last transaction of the log.
#[derive(Debug, Clone)]
struct Calendar {
    period: Period,
    /// The day that lies in period 0.
    anchor: Date,
    first_day: i32,
    periods: Vec<i32>,
}

/// A transaction, its amount and cost in their units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Booking {
    pub(super) time: i64,
    pub(super) amount: f64,
    pub(super) cost: f64,
}

/// What a customer did in one period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Activity {
    /// Number of the period.
    pub(super) period: i64,
    /// Transactions that are not returns.
    pub(super) purchases: u32,
    /// Sum of the amounts.
    pub(super) net: f64,
    /// Sum of the amounts without their signs.
    pub(super) gross: f64,
    /// Sum of the costs.
    pub(super) cost: f64,
    pub(super) has_returns: bool,
}

/// The error for a return of so many units.
pub(super) fn refuse_return(row: usize, units: f64, layout: &Layout) -> Error {
    let rule = "must not be negative, unless returns are dropped or netted";
    Error::new(ErrorKind::OutOfRange, "amount", rule)
        .with_value(units / layout.units_per_one())
        .at_row(row)
}

impl Activity {
    pub(super) fn is_purchase(&self) -> bool {
        !self.has_returns || self.net > NET_TOLERANCE * self.gross
    }
}

impl Window {
    /// The periods from the one that holds `start` (default: the first transaction) to the one
    /// that holds `end` (default: the last transaction), counted from the start; `extent` is that of the log.
    pub(super) fn new(
        clock: Clock,
        extent: (i64, i64),
        period: Option<Period>,
        start: Option<Date>,
        end: Option<Date>,
    ) -> Result<Self> {
        let anchor = start.unwrap_or_else(|| clock.date(extent.0));
        Window::anchored(clock, extent, period, anchor, start, end)
    }

    /// The same, counted from the period that holds `anchor`.
    pub(super) fn anchored(
        clock: Clock,
        (earliest, latest): (i64, i64),
        period: Option<Period>,
        anchor: Date,
        start: Option<Date>,
        end: Option<Date>,
    ) -> Result<Self> {
        let first_day = start.unwrap_or_else(|| clock.date(earliest));
        let last_day = end.unwrap_or_else(|| clock.date(latest));
        if first_day > last_day {
            let reason = format!("must not be after the end, {last_day}");
            return Err(Error::new(ErrorKind::OutOfRange, "start", reason).with_value(first_day));
        }
        // Dates have no instants: each is a day.
        match period.or(clock.zone.is_none().then_some(Period::DAY)) {
            Some(period) => {
                let days = clock.date(earliest).days()..=clock.date(latest).days();
                let last = i64::from(period.between(anchor, last_day));
                Ok(Window {
                    clock,
                    calendar: Some(Calendar {
                        period,
                        anchor,
                        first_day: *days.start(),
                        periods: days
                            .map(|day| period.between(anchor, Date::clamped(day.into())))
                            .collect(),
                    }),
                    start: first_day,
                    first: i64::from(period.between(anchor, first_day)),
                    last,
                    end: last,
                })
            }
            None => {
                let after = clock.midnight_after(last_day);
                Ok(Window {
                    clock,
                    calendar: None,
                    start: first_day,
                    first: clock.midnight_before(first_day),
                    last: after.saturating_sub(1),
                    end: if end.is_some() { after } else { latest },
                })
            }
        }
    }

    /// The periods up to the one that holds `calibration_end`, and those after it.
    pub(super) fn split(&self, calibration_end: Date) -> Result<(Window, Window)> {
        let refuse = |reason: String| {
            Error::new(ErrorKind::OutOfRange, "calibration_end", reason).with_value(calibration_end)
        };
        if calibration_end < self.start {
            return Err(refuse(format!(
                "must not be before the start, {}",
                self.start
            )));
        }
        let (last, end) = match &self.calendar {
            Some(calendar) => {
                let last = calendar.period.between(calendar.anchor, calibration_end);
                (i64::from(last), i64::from(last))
            }
            None => {
                let after = self.clock.midnight_after(calibration_end);
                (after.saturating_sub(1), after)
            }
        };
        if end >= self.end {
            return Err(refuse(
                "must leave a part of the observation as holdout".into(),
            ));
        }
        let calibration = Window {
            last,
            end,
            ..self.clone()
        };
        let holdout = Window {
            first: last.saturating_add(1),
            ..self.clone()
        };
        Ok((calibration, holdout))
    }

    /// How many periods there are; of ticks, the number is of no use.
    pub(super) fn periods(&self) -> u32 {
        u32::try_from(self.last + 1).unwrap_or(u32::MAX)
    }

    /// Numbers of the first and the last period.
    pub(super) fn numbers(&self) -> (i64, i64) {
        (self.first, self.last)
    }

    /// Whether numbers are those of periods, not of ticks.
    pub(super) fn has_periods(&self) -> bool {
        self.calendar.is_some()
    }

    /// How many numbers make one period, or one day if there are no periods.
    pub(super) fn numbers_per_period(&self) -> f64 {
        match self.calendar {
            Some(_) => 1.0,
            None => self.clock.ticks_per_day as f64,
        }
    }

    /// Refuses the first row of the log that is a return within the window.
    pub(super) fn refuse_returns(&self, ledger: &Ledger) -> Result<()> {
        let refused = parallel::map_range(ledger.segments.len(), |segment| {
            let segment = ledger.segments.get(segment).filter(|s| s.has_returns)?;
            let bookings = segment.bookings(0..segment.rows.len()).zip(&segment.rows);
            let returns = bookings.filter(|(booking, _)| self.holds_return(booking));
            returns
                .map(|(booking, &row)| (row, booking.amount))
                .min_by_key(|(row, _)| *row)
        });
        match refused.into_iter().flatten().min_by_key(|(row, _)| *row) {
            None => Ok(()),
            Some((row, amount)) => Err(refuse_return(row as usize, amount, &ledger.layout)),
        }
    }

    /// Whether it is a return within the window.
    pub(super) fn holds_return(&self, booking: &Booking) -> bool {
        booking.amount < 0.0 && self.contains(self.number(booking.time))
    }

    /// Visits the periods in which the transactions of a customer, oldest first, lie.
    pub(super) fn visit(
        &self,
        bookings: impl Iterator<Item = Booking>,
        returns: Returns,
        mut visit: impl FnMut(Activity),
    ) {
        let mut current: Option<Activity> = None;
        for Booking { time, amount, cost } in bookings {
            let period = self.number(time);
            let is_return = amount < 0.0;
            if !self.contains(period) || (is_return && returns == Returns::Drop) {
                continue;
            }
            if current.is_some_and(|activity| activity.period != period) {
                current.take().into_iter().for_each(&mut visit);
            }
            let activity = current.get_or_insert(Activity {
                period,
                purchases: 0,
                net: 0.0,
                gross: 0.0,
                cost: 0.0,
                has_returns: false,
            });
            activity.purchases += u32::from(!is_return);
            activity.net += amount;
            activity.gross += amount.abs();
            activity.cost += cost;
            activity.has_returns |= is_return;
        }
        current.into_iter().for_each(visit);
    }

    pub(super) fn contains(&self, number: i64) -> bool {
        (self.first..=self.last).contains(&number)
    }

    /// The number of the period that holds a tick.
    fn number(&self, ticks: i64) -> i64 {
        let Some(calendar) = &self.calendar else {
            return ticks;
        };
        let day = self.clock.date(ticks).days().abs_diff(calendar.first_day);
        calendar
            .periods
            .get(day as usize)
            .map_or(0, |&period| i64::from(period))
    }
}
