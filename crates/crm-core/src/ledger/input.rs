use serde::{Deserialize, Serialize};

use super::customers::CustomerId;
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::Date;

/// Some rows of a transaction log, as columns of equal length that are only borrowed.
///
/// Rows may come in any order. Two rows that are alike are two transactions.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// Who bought.
    pub customers: CustomerColumn<'a>,
    /// When.
    pub times: TimeColumn<'a>,
    /// For how much; a negative amount is a return.
    pub amounts: AmountColumn<'a>,
    /// What it cost the seller, in the kind (and scale) of the amounts.
    pub costs: Option<AmountColumn<'a>>,
}

/// The customer of each row. All chunks of a log use integers, or all use texts.
#[derive(Debug, Clone, Copy)]
pub enum CustomerColumn<'a> {
    /// Numbers that identify customers.
    Integers(&'a [i64]),
    /// Texts that identify customers, compared byte by byte; an empty text is refused.
    Texts(&'a dyn TextColumn),
    /// Texts given as numbers of entries of a dictionary; chunks may have different dictionaries.
    Dictionary {
        /// For each row the number of its text.
        codes: &'a [u32],
        /// The texts, which may repeat.
        texts: &'a dyn TextColumn,
    },
}

/// A column of texts in whatever layout its owner keeps them.
///
/// `get(row)` is only called with `row < len()` and must return the same text each time.
pub trait TextColumn: Sync + std::fmt::Debug {
    /// How many rows there are.
    fn len(&self) -> usize;

    /// The text of a row.
    fn get(&self, row: usize) -> &str;

    /// Whether there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<S: AsRef<str> + Sync + std::fmt::Debug> TextColumn for &[S] {
    fn len(&self) -> usize {
        <[S]>::len(self)
    }

    fn get(&self, row: usize) -> &str {
        <[S]>::get(self, row).map_or("", AsRef::as_ref)
    }
}

impl<S: AsRef<str> + Sync + std::fmt::Debug> TextColumn for Vec<S> {
    fn len(&self) -> usize {
        <[S]>::len(self)
    }

    fn get(&self, row: usize) -> &str {
        <[S]>::get(self, row).map_or("", AsRef::as_ref)
    }
}

/// The time of each row. All chunks of a log have the same kind, unit and zone.
#[derive(Debug, Clone, Copy)]
pub enum TimeColumn<'a> {
    /// Days since 1970-01-01.
    Dates(&'a [i32]),
    /// Ticks since 1970-01-01T00:00:00.
    Timestamps {
        /// The number of ticks.
        ticks: &'a [i64],
        /// How long a tick is.
        unit: TimeUnit,
        /// Whose clock shows them.
        zone: TimeZone,
    },
}

/// How long one tick of a timestamp is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// A second.
    Second,
    /// 10⁻³ s.
    Millisecond,
    /// 10⁻⁶ s.
    Microsecond,
    /// 10⁻⁹ s; reaches from year 1677 to 2262.
    Nanosecond,
}

/// Whose clock timestamps show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeZone {
    /// The clock on the wall where the transaction took place; days are local days.
    Naive,
    /// Instants of Coordinated Universal Time; days are UTC days. Convert timestamps of other
    /// zones to UTC instants, or to naive local time if days shall be local.
    Utc,
}

/// The amount of each row. All chunks of a log have the same kind and scale.
#[derive(Debug, Clone, Copy)]
pub enum AmountColumn<'a> {
    /// Floating-point numbers, all finite.
    Floats(&'a [f64]),
    /// Exact decimals.
    Minor {
        /// The amounts in units of 10^−scale.
        units: &'a [i64],
        /// Decimals after the point, at most 28: 2 where the units are cents.
        scale: u32,
    },
}

/// What all chunks of one log have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) texts: bool,
    pub(super) clock: Clock,
    /// `None` for floating-point amounts.
    pub(super) scale: Option<u32>,
    pub(super) costs: bool,
}

/// How times are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) ticks_per_day: i64,
    pub(super) zone: Option<TimeZone>,
}

/// Rows that one task checks.
const ROWS_PER_TASK: usize = 1 << 16;

impl Chunk<'_> {
    /// How many rows there are, by the customer column.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.customers {
            CustomerColumn::Integers(ids) => ids.len(),
            CustomerColumn::Texts(texts) => texts.len(),
            CustomerColumn::Dictionary { codes, .. } => codes.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn layout(&self) -> Result<Layout> {
        let scale = self.amounts.scale()?;
        if let Some(costs) = self.costs
            && costs.scale()? != scale
        {
            return Err(different("cost", "amounts"));
        }
        Ok(Layout {
            texts: !matches!(self.customers, CustomerColumn::Integers(_)),
            clock: self.times.clock(),
            scale,
            costs: self.costs.is_some(),
        })
    }

    /// What the chunk is made of, checked to follow `rows` rows of this layout; `None` for the first chunk.
    pub(super) fn after(&self, before: Option<&Layout>, rows: usize) -> Result<Layout> {
        let layout = self.layout()?;
        before.map_or(Ok(()), |before| before.check_next(&layout))?;
        if u32::try_from(rows.saturating_add(self.len())).is_err() {
            return Err(Error::overflow("rows"));
        }
        self.check(rows)?;
        Ok(layout)
    }

    /// Refuses the first row that no log may hold; `first_row` counts the rows of earlier chunks.
    fn check(&self, first_row: usize) -> Result<()> {
        let rows = self.len();
        for (column, length) in [
            ("time", self.times.len()),
            ("amount", self.amounts.len()),
            ("cost", self.costs.map_or(rows, AmountColumn::len)),
        ] {
            if length != rows {
                return Err(Error::length(column, length, rows));
            }
        }
        let times = self.times.clock().range();
        let tasks = parallel::map_range(rows.div_ceil(ROWS_PER_TASK), |task| {
            let start = task * ROWS_PER_TASK;
            (start..rows.min(start + ROWS_PER_TASK))
                .find_map(|row| self.refusal(row, &times).map(|e| e.at_row(first_row + row)))
        });
        tasks.into_iter().flatten().next().map_or(Ok(()), Err)
    }

    fn refusal(&self, row: usize, times: &std::ops::RangeInclusive<i64>) -> Option<Error> {
        let time = self.times.get(row);
        if !times.contains(&time) {
            let rule = "must lie in the years 1 to 9999";
            return Some(Error::new(ErrorKind::OutOfRange, "time", rule).with_value(time));
        }
        let amounts = [("amount", Some(self.amounts)), ("cost", self.costs)];
        for (argument, column) in amounts {
            if let Some(AmountColumn::Floats(values)) = column
                && let Some(&value) = values.get(row)
                && !value.is_finite()
            {
                return Some(Error::not_finite(argument, value));
            }
        }
        match self.customers {
            CustomerColumn::Integers(_) => None,
            CustomerColumn::Texts(texts) => texts.get(row).is_empty().then(no_customer),
            CustomerColumn::Dictionary { codes, texts } => {
                let code = codes.get(row).copied().unwrap_or_default() as usize;
                if code >= texts.len() {
                    let rule = format!("must be an entry of the dictionary of {}", texts.len());
                    return Some(
                        Error::new(ErrorKind::OutOfRange, "customer", rule).with_value(code),
                    );
                }
                texts.get(code).is_empty().then(no_customer)
            }
        }
    }
}

fn no_customer() -> Error {
    Error::new(ErrorKind::Missing, "customer", "must not be an empty text")
}

fn different(argument: &'static str, other: &'static str) -> Error {
    let reason = format!("must have the type and scale of the {other}");
    Error::new(ErrorKind::WrongType, argument, reason)
}

impl<'a> CustomerColumn<'a> {
    pub(super) fn id(self, row: usize) -> Option<CustomerId<'a>> {
        match self {
            CustomerColumn::Integers(ids) => ids.get(row).copied().map(CustomerId::Integer),
            CustomerColumn::Texts(texts) => {
                (row < texts.len()).then(|| CustomerId::Text(texts.get(row)))
            }
            CustomerColumn::Dictionary { codes, texts } => {
                let code = *codes.get(row)? as usize;
                Some(CustomerId::Text(texts.get(code)))
            }
        }
    }
}

impl Layout {
    /// Amounts are counted in units of this: 1, or 10^−scale.
    pub(super) fn units_per_one(&self) -> f64 {
        libm::pow(10.0, f64::from(self.scale.unwrap_or(0)))
    }

    /// Refuses a chunk whose layout is not that of the chunks before it.
    pub(super) fn check_next(&self, next: &Layout) -> Result<()> {
        if self.clock.zone != next.clock.zone
            && (self.clock.zone.is_some() && next.clock.zone.is_some())
        {
            return Err(Error::new(
                ErrorKind::MixedTimeZones,
                "time",
                "must be naive in every chunk, or UTC in every chunk",
            ));
        }
        let column = if self.texts != next.texts {
            "customer"
        } else if self.clock != next.clock {
            "time"
        } else if self.scale != next.scale {
            "amount"
        } else if self.costs != next.costs {
            "cost"
        } else {
            return Ok(());
        };
        Err(different(column, "chunks before"))
    }
}

impl TimeColumn<'_> {
    fn len(self) -> usize {
        match self {
            TimeColumn::Dates(days) => days.len(),
            TimeColumn::Timestamps { ticks, .. } => ticks.len(),
        }
    }

    pub(super) fn get(self, row: usize) -> i64 {
        match self {
            TimeColumn::Dates(days) => days.get(row).copied().map_or(0, i64::from),
            TimeColumn::Timestamps { ticks, .. } => ticks.get(row).copied().unwrap_or(0),
        }
    }

    fn clock(self) -> Clock {
        match self {
            TimeColumn::Dates(_) => Clock::new(None),
            TimeColumn::Timestamps { unit, zone, .. } => Clock::new(Some((unit, zone))),
        }
    }
}

impl TimeUnit {
    const fn per_day(self) -> i64 {
        86_400
            * match self {
                TimeUnit::Second => 1,
                TimeUnit::Millisecond => 1_000,
                TimeUnit::Microsecond => 1_000_000,
                TimeUnit::Nanosecond => 1_000_000_000,
            }
    }
}

impl Clock {
    /// The clock of timestamps, or of dates.
    pub(super) fn new(timestamps: Option<(TimeUnit, TimeZone)>) -> Self {
        Clock {
            ticks_per_day: timestamps.map_or(1, |(unit, _)| unit.per_day()),
            zone: timestamps.map(|(_, zone)| zone),
        }
    }

    /// The unit and zone of timestamps.
    pub(super) fn timestamps(self) -> Option<(TimeUnit, TimeZone)> {
        let units = [
            TimeUnit::Second,
            TimeUnit::Millisecond,
            TimeUnit::Microsecond,
            TimeUnit::Nanosecond,
        ];
        let is_unit = |unit: &TimeUnit| unit.per_day() == self.ticks_per_day;
        units.into_iter().find(is_unit).zip(self.zone)
    }

    /// Whether a time lies in the years 1 to 9999.
    pub(super) fn holds(self, ticks: i64) -> bool {
        self.range().contains(&ticks)
    }

    /// The ticks of the years 1 to 9999; without the least `i64`, which often stands for "none".
    fn range(self) -> std::ops::RangeInclusive<i64> {
        let first = i64::from(Date::MIN.days()).saturating_mul(self.ticks_per_day);
        let end = (i64::from(Date::MAX.days()) + 1).saturating_mul(self.ticks_per_day);
        first.max(-i64::MAX)..=end - 1
    }

    /// The first tick of a day.
    pub(super) fn midnight_before(self, day: Date) -> i64 {
        i64::from(day.days()).saturating_mul(self.ticks_per_day)
    }

    /// The first tick after a day.
    pub(super) fn midnight_after(self, day: Date) -> i64 {
        (i64::from(day.days()) + 1).saturating_mul(self.ticks_per_day)
    }

    /// The day that holds a tick.
    pub(super) fn date(self, ticks: i64) -> Date {
        Date::clamped(if self.ticks_per_day == 1 {
            ticks
        } else {
            ticks.div_euclid(self.ticks_per_day)
        })
    }
}

impl AmountColumn<'_> {
    fn len(self) -> usize {
        match self {
            AmountColumn::Floats(values) => values.len(),
            AmountColumn::Minor { units, .. } => units.len(),
        }
    }

    fn scale(self) -> Result<Option<u32>> {
        match self {
            AmountColumn::Floats(_) => Ok(None),
            AmountColumn::Minor { scale, .. } if scale <= 28 => Ok(Some(scale)),
            AmountColumn::Minor { scale, .. } => {
                Err(
                    Error::new(ErrorKind::OutOfRange, "scale", "must be at most 28")
                        .with_value(scale),
                )
            }
        }
    }

    /// The amount in its units.
    pub(super) fn units(self, row: usize) -> f64 {
        match self {
            AmountColumn::Floats(values) => values.get(row).copied().unwrap_or_default(),
            AmountColumn::Minor { units, .. } => units.get(row).map_or(0.0, |&units| units as f64),
        }
    }

    /// The amount as 64 bits: those of the float, or of the minor units.
    pub(super) fn bits(self, row: usize) -> u64 {
        match self {
            AmountColumn::Floats(values) => values.get(row).map_or(0, |value| value.to_bits()),
            AmountColumn::Minor { units, .. } => {
                units.get(row).map_or(0, |units| units.cast_unsigned())
            }
        }
    }
}
