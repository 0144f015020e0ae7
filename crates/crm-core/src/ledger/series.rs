use serde::{Deserialize, Serialize};

use super::window::{Activity, Returns};
use super::{Ledger, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::{Date, Period};

/// How period series are made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesOptions {
    /// How time is cut; default months.
    pub period: Period,
    /// The first day of observation, in period 0. Default: the day of the first transaction.
    pub start: Option<Date>,
    /// The last day of observation, in the last period, which counts in full. Default: the day of
    /// the last transaction.
    pub end: Option<Date>,
    /// What to make of negative amounts. Netted returns count in the period in which they fall; a
    /// period with returns alone has 0 purchases and a negative spend.
    pub returns: Returns,
}

impl Default for SeriesOptions {
    fn default() -> Self {
        SeriesOptions {
            period: Period::Months,
            start: None,
            end: None,
            returns: Returns::default(),
        }
    }
}

/// What each customer bought in each period: the input of models that watch customers over time.
///
/// Only periods with activity are stored. The entries of all customers lie one after another:
/// those of customer `i` are the entries `offsets[i]..offsets[i + 1]`.
///
/// ```
/// use crm_core::ledger::PeriodSeries;
///
/// // Two customers watched over 4 periods: one bought in periods 0 and 2, the other in period 3.
/// let series = PeriodSeries::new(
///     vec![0, 2, 3],
///     vec![0, 2, 3],
///     vec![1, 2, 1],
///     vec![20.0, 35.0, 10.0],
///     None,
///     4,
/// )?;
/// let first = series.customer(0).ok_or("no customer 0")?;
/// assert_eq!(first.periods, [0, 2]);
/// assert_eq!(first.spend.iter().sum::<f64>(), 55.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct PeriodSeries {
    offsets: Vec<usize>,
    periods: Vec<u32>,
    purchases: Vec<u32>,
    spend: Vec<f64>,
    profit: Option<Vec<f64>>,
    observed: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    offsets: Vec<usize>,
    periods: Vec<u32>,
    purchases: Vec<u32>,
    spend: Vec<f64>,
    profit: Option<Vec<f64>>,
    observed: u32,
}

impl TryFrom<Parts> for PeriodSeries {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self> {
        PeriodSeries::new(
            parts.offsets,
            parts.periods,
            parts.purchases,
            parts.spend,
            parts.profit,
            parts.observed,
        )
    }
}

/// One customer's active periods, oldest first; all slices have the same length.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CustomerSeries<'a> {
    /// Index of each active period since the start of observation, increasing.
    pub periods: &'a [u32],
    /// Number of purchases in the period.
    pub purchases: &'a [u32],
    /// Sum of the amounts of the period.
    pub spend: &'a [f64],
    /// Sum of amount − cost of the period, where costs are known.
    pub profit: Option<&'a [f64]>,
}

impl PeriodSeries {
    /// A series from its parts; `observed` is the number of periods watched in all.
    ///
    /// # Errors
    /// - [`ErrorKind::Empty`] if `offsets` is empty (no customers is `[0]`);
    /// - [`ErrorKind::LengthMismatch`] if the columns differ in length or the last offset is not
    ///   their length;
    /// - [`ErrorKind::OutOfRange`] if `offsets` does not start at 0 or decreases, if a customer's
    ///   periods do not increase, or if a period is not below `observed`;
    /// - [`ErrorKind::NotFinite`] for a spend or profit that is NaN or infinite.
    pub fn new(
        offsets: Vec<usize>,
        periods: Vec<u32>,
        purchases: Vec<u32>,
        spend: Vec<f64>,
        profit: Option<Vec<f64>>,
        observed: u32,
    ) -> Result<Self> {
        check_offsets(&offsets, periods.len())?;
        let lengths = [
            ("purchases", purchases.len()),
            ("spend", spend.len()),
            ("profit", profit.as_ref().map_or(periods.len(), Vec::len)),
        ];
        if let Some(&(column, length)) = lengths.iter().find(|(_, n)| *n != periods.len()) {
            return Err(Error::length(column, length, periods.len()));
        }
        finite("spend", &spend)?;
        finite("profit", profit.as_deref().unwrap_or_default())?;
        let series = PeriodSeries {
            offsets,
            periods,
            purchases,
            spend,
            profit,
            observed,
        };
        series.check_periods()?;
        Ok(series)
    }

    /// The series of the customers with activity alone, and their numbers in this one.
    ///
    /// ```
    /// use crm_core::ledger::PeriodSeries;
    ///
    /// let series = PeriodSeries::new(vec![0, 0, 1, 1], vec![2], vec![1], vec![5.0], None, 3)?;
    /// let (series, numbers) = series.active();
    /// assert_eq!((series.offsets(), numbers), (&[0, 1][..], vec![1]));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[must_use]
    pub fn active(mut self) -> (Self, Vec<usize>) {
        let bounds = self.offsets.iter().zip(self.offsets.iter().skip(1));
        let active = bounds.enumerate().filter(|(_, (start, end))| start < end);
        let numbers = active.map(|(number, _)| number).collect();
        self.offsets.dedup();
        (self, numbers)
    }

    /// How many customers there are, with and without activity.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// How many periods were watched in all.
    #[must_use]
    pub fn observed(&self) -> u32 {
        self.observed
    }

    /// The active periods of customer `index`; `None` from [`customers`](Self::customers) on.
    #[must_use]
    pub fn customer(&self, index: usize) -> Option<CustomerSeries<'_>> {
        let range = *self.offsets.get(index)?..*self.offsets.get(index + 1)?;
        Some(CustomerSeries {
            periods: self.periods.get(range.clone())?,
            purchases: self.purchases.get(range.clone())?,
            spend: self.spend.get(range.clone())?,
            profit: match &self.profit {
                Some(profit) => Some(profit.get(range)?),
                None => None,
            },
        })
    }

    /// The customers in order.
    pub fn iter(&self) -> impl Iterator<Item = CustomerSeries<'_>> {
        (0..self.customers()).filter_map(|index| self.customer(index))
    }

    /// Where each customer's entries start, and at last the number of entries.
    #[must_use]
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// The period of every entry.
    #[must_use]
    pub fn periods(&self) -> &[u32] {
        &self.periods
    }

    /// The number of purchases of every entry.
    #[must_use]
    pub fn purchases(&self) -> &[u32] {
        &self.purchases
    }

    /// The spend of every entry.
    #[must_use]
    pub fn spend(&self) -> &[f64] {
        &self.spend
    }

    /// Amount − cost of every entry, where costs are known.
    #[must_use]
    pub fn profit(&self) -> Option<&[f64]> {
        self.profit.as_deref()
    }

    fn check_periods(&self) -> Result<()> {
        let refused = parallel::find_first(self.customers(), |customers| {
            let mut own = customers.filter_map(|index| Some((index, self.customer(index)?)));
            own.find_map(|(index, customer)| {
                let place = self.first_refused(customer.periods)?;
                Some(self.offsets.get(index)? + place)
            })
        });
        let Some(row) = refused else { return Ok(()) };
        let reason = format!(
            "must increase within a customer and lie below {}",
            self.observed
        );
        let period = self.periods.get(row).copied().unwrap_or_default();
        Err(Error::new(ErrorKind::OutOfRange, "periods", reason)
            .with_value(period)
            .at_row(row))
    }

    /// The first of one customer's periods that does not follow the one before it, or was not observed.
    fn first_refused(&self, periods: &[u32]) -> Option<usize> {
        let mut least = 0;
        periods.iter().position(|&period| {
            let refused = period < least || period >= self.observed;
            least = period.saturating_add(1);
            refused
        })
    }
}

impl Ledger {
    /// Activity of every customer in each period of the observation; the customers of the series
    /// are those of the ledger, also those without activity.
    ///
    /// ```
    /// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, SeriesOptions, TimeColumn};
    ///
    /// let mut builder = LedgerBuilder::new();
    /// builder.push(&Chunk {
    ///     customers: CustomerColumn::Integers(&[1, 1, 2]),
    ///     times: TimeColumn::Dates(&[0, 5, 31]), // 1970-01-01, 1970-01-06, 1970-02-01
    ///     amounts: AmountColumn::Floats(&[10.0, 20.0, 5.0]),
    ///     costs: Some(AmountColumn::Floats(&[4.0, 5.0, 4.0])),
    /// })?;
    /// let series = builder.finish()?.period_series(&SeriesOptions::default())?;
    /// assert_eq!(series.observed(), 2);
    /// assert_eq!(series.offsets(), [0, 1, 2]);
    /// assert_eq!(series.periods(), [0, 1]);
    /// assert_eq!(series.purchases(), [2, 1]);
    /// assert_eq!(series.profit(), Some(&[21.0, 1.0][..]));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`ErrorKind::OutOfRange`] for a negative amount with [`Returns::Reject`], or a start after
    ///   the end;
    /// - [`ErrorKind::Overflow`] for a sum of amounts that no float can hold; the row is where the
    ///   customer comes first.
    pub fn period_series(&self, options: &SeriesOptions) -> Result<PeriodSeries> {
        let window = self.window(Some(options.period), options.start, options.end)?;
        if options.returns == Returns::Reject {
            window.refuse_returns(self)?;
        }
        let segments = parallel::map_range(self.segments.len(), |segment| {
            let segment = self.segments.get(segment)?;
            let mut activities: Vec<Activity> = Vec::new();
            let mut offsets = vec![0];
            for code in 0..segment.len() as u32 {
                let bookings = segment.bookings(segment.range(code));
                window.visit(bookings, options.returns, |a| activities.push(a));
                offsets.push(activities.len());
            }
            Some((activities, offsets))
        });
        let unit = self.units_per_one();
        let parts = self.places.chunks(CUSTOMERS_PER_PART).collect();
        let parts = parallel::map(parts, |places: &[Place]| {
            let mut part = Entries::with_capacity(places.len(), self.layout.costs);
            for place in places {
                let found = segments
                    .get(place.segment as usize)
                    .and_then(Option::as_ref);
                let activities = found.and_then(|(activities, offsets)| {
                    let code = place.code as usize;
                    activities.get(*offsets.get(code)?..*offsets.get(code + 1)?)
                });
                for activity in activities.unwrap_or_default() {
                    let gain = (activity.net - activity.cost) / unit;
                    if !activity.net.is_finite() || !gain.is_finite() {
                        return Err(Error::overflow("amount").at_row(place.first_row as usize));
                    }
                    part.push(activity, activity.net / unit, gain);
                }
                part.ends.push(part.periods.len());
            }
            Ok(part)
        });
        let entries = segments.iter().flatten().map(|(a, _)| a.len()).sum();
        let mut offsets = Vec::with_capacity(self.customers() + 1);
        offsets.push(0);
        let mut all = Entries::with_capacity(entries, self.layout.costs);
        for part in parts {
            let mut part = part?;
            let before = all.periods.len();
            offsets.extend(part.ends.iter().map(|end| before + end));
            all.periods.append(&mut part.periods);
            all.purchases.append(&mut part.purchases);
            all.spend.append(&mut part.spend);
            if let (Some(all), Some(own)) = (&mut all.profit, &mut part.profit) {
                all.append(own);
            }
        }
        let Entries {
            periods,
            purchases,
            spend,
            profit,
            ..
        } = all;
        Ok(PeriodSeries {
            offsets,
            periods,
            purchases,
            spend,
            profit,
            observed: window.periods(),
        })
    }
}

/// Customers whose entries are put in order by one task.
const CUSTOMERS_PER_PART: usize = 1 << 12;

/// The entries of some customers, one after another.
struct Entries {
    ends: Vec<usize>,
    periods: Vec<u32>,
    purchases: Vec<u32>,
    spend: Vec<f64>,
    profit: Option<Vec<f64>>,
}

impl Entries {
    fn with_capacity(entries: usize, has_costs: bool) -> Self {
        Entries {
            ends: Vec::new(),
            periods: Vec::with_capacity(entries),
            purchases: Vec::with_capacity(entries),
            spend: Vec::with_capacity(entries),
            profit: has_costs.then(|| Vec::with_capacity(entries)),
        }
    }

    fn push(&mut self, activity: &Activity, spend: f64, gain: f64) {
        self.periods
            .push(u32::try_from(activity.period).unwrap_or(u32::MAX));
        self.purchases.push(activity.purchases);
        self.spend.push(spend);
        if let Some(profit) = &mut self.profit {
            profit.push(gain);
        }
    }
}

fn check_offsets(offsets: &[usize], entries: usize) -> Result<()> {
    match offsets {
        [] => return Err(Error::empty("offsets")),
        [first, ..] if *first != 0 => {
            return Err(
                Error::new(ErrorKind::OutOfRange, "offsets", "must start at 0")
                    .with_value(first)
                    .at_row(0),
            );
        }
        _ => {}
    }
    let falls = parallel::find_first(offsets.len() - 1, |rows| {
        let mut steps = offsets.get(rows.start..=rows.end)?.windows(2);
        let place = steps.position(|step| step.first() > step.last())?;
        Some(rows.start + place + 1)
    });
    if let Some(row) = falls {
        let end = offsets.get(row).copied().unwrap_or_default();
        return Err(
            Error::new(ErrorKind::OutOfRange, "offsets", "must not decrease")
                .with_value(end)
                .at_row(row),
        );
    }
    match offsets.last() {
        Some(&last) if last != entries => Err(Error::length("periods", entries, last)),
        _ => Ok(()),
    }
}

fn finite(argument: &'static str, values: &[f64]) -> Result<()> {
    let refused = parallel::find_first(values.len(), |rows| {
        let first = rows.start;
        let place = position_of_infinite(values.get(rows)?)?;
        Some(first + place)
    });
    match refused {
        Some(row) => Err(
            Error::not_finite(argument, values.get(row).copied().unwrap_or(f64::NAN)).at_row(row),
        ),
        None => Ok(()),
    }
}

/// The first value that is infinite or NaN.
fn position_of_infinite(values: &[f64]) -> Option<usize> {
    // What is looked for is rare: blocks are asked as a whole, side by side.
    const BLOCK: usize = 64;
    let mut blocks = values.chunks(BLOCK).enumerate();
    let all_finite = |block: &[f64]| block.iter().fold(true, |all, v| all & v.is_finite());
    let (block, values) = blocks.find(|(_, block)| !all_finite(block))?;
    let place = values.iter().position(|value| !value.is_finite())?;
    Some(block * BLOCK + place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(offsets: &[usize], periods: &[u32], spend: &[f64], observed: u32) -> Option<ErrorKind> {
        let purchases = vec![1; periods.len()];
        PeriodSeries::new(
            offsets.to_vec(),
            periods.to_vec(),
            purchases,
            spend.to_vec(),
            None,
            observed,
        )
        .err()
        .map(|error| error.kind())
    }

    #[test]
    fn accepts_customers_without_activity() {
        let series = PeriodSeries::new(
            vec![0, 0, 1],
            vec![2],
            vec![1],
            vec![5.0],
            Some(vec![1.5]),
            3,
        )
        .unwrap();
        assert_eq!(series.customers(), 2);
        assert!(series.customer(0).unwrap().periods.is_empty());
        assert_eq!(series.customer(1).unwrap().profit, Some(&[1.5][..]));
        assert_eq!(series.customer(2), None);
    }

    #[test]
    fn refuses_what_is_no_series() {
        assert_eq!(kind(&[0, 1], &[0], &[1.0], 1), None);
        assert_eq!(kind(&[], &[], &[], 1), Some(ErrorKind::Empty));
        assert_eq!(kind(&[1, 1], &[0], &[1.0], 1), Some(ErrorKind::OutOfRange));
        assert_eq!(
            kind(&[0, 2, 1], &[0], &[1.0], 1),
            Some(ErrorKind::OutOfRange)
        );
        assert_eq!(
            kind(&[0, 2], &[0], &[1.0], 1),
            Some(ErrorKind::LengthMismatch)
        );
        assert_eq!(kind(&[0, 1], &[0], &[], 1), Some(ErrorKind::LengthMismatch));
        assert_eq!(kind(&[0, 1], &[1], &[1.0], 1), Some(ErrorKind::OutOfRange));
        assert_eq!(
            kind(&[0, 2], &[1, 1], &[1.0, 1.0], 3),
            Some(ErrorKind::OutOfRange)
        );
        assert_eq!(
            kind(&[0, 1], &[0], &[f64::NAN], 1),
            Some(ErrorKind::NotFinite)
        );
    }

    /// Many parts: two entries of each customer, in periods 0 and 1.
    fn many(customers: usize) -> (Vec<usize>, Vec<u32>, Vec<f64>) {
        let entries = 2 * customers;
        (
            (0..=entries).step_by(2).collect(),
            (0..entries).map(|entry| (entry % 2) as u32).collect(),
            vec![1.0; entries],
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn the_first_entry_that_is_refused_is_named(rows in proptest::collection::vec(0..400_000_usize, 1..4)) {
            let first = *rows.iter().min().unwrap();
            let row_of = |offsets: &[usize], periods: &[u32], spend: &[f64]| {
                let (offsets, spend) = (offsets.to_vec(), spend.to_vec());
                let purchases = vec![1; periods.len()];
                let made = PeriodSeries::new(offsets, periods.to_vec(), purchases, spend, None, 2);
                made.unwrap_err().row()
            };
            let (offsets, periods, spend) = many(200_000);
            let (mut late, mut infinite, mut back) = (periods.clone(), spend.clone(), offsets.clone());
            for &row in &rows {
                late[row] = 2;
                infinite[row] = f64::INFINITY;
            }
            prop_assert_eq!(row_of(&offsets, &late, &spend), Some(first));
            prop_assert_eq!(row_of(&offsets, &periods, &infinite), Some(first));
            for row in &rows {
                back[1 + row / 2] = 0;
            }
            // Offset 1 + first/2 is below the one before it, unless that is 0 too.
            let falls = (1 + first / 2..back.len()).find(|&row| back[row] < back[row - 1]);
            prop_assert_eq!(row_of(&back, &periods, &spend), falls);
        }
    }
}
