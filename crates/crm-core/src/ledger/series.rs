use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodSeries {
    offsets: Vec<usize>,
    periods: Vec<u32>,
    purchases: Vec<u32>,
    spend: Vec<f64>,
    profit: Option<Vec<f64>>,
    observed: u32,
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
        let mut row = 0;
        for customer in self.iter() {
            let mut least = 0;
            for &period in customer.periods {
                if period < least || period >= self.observed {
                    let reason = format!(
                        "must increase within a customer and lie below {}",
                        self.observed
                    );
                    return Err(Error::new(ErrorKind::OutOfRange, "periods", reason)
                        .with_value(period)
                        .at_row(row));
                }
                least = period.saturating_add(1);
                row += 1;
            }
        }
        Ok(())
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
    for (row, (start, end)) in offsets.iter().zip(offsets.iter().skip(1)).enumerate() {
        if end < start {
            return Err(
                Error::new(ErrorKind::OutOfRange, "offsets", "must not decrease")
                    .with_value(end)
                    .at_row(row + 1),
            );
        }
    }
    match offsets.last() {
        Some(&last) if last != entries => Err(Error::length("periods", entries, last)),
        _ => Ok(()),
    }
}

fn finite(argument: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(row) => Err(
            Error::not_finite(argument, values.get(row).copied().unwrap_or(f64::NAN)).at_row(row),
        ),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
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
}
