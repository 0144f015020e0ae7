use serde::Serialize;

use super::purchases::{CustomerRow, Purchases, Scale};
use super::summary::SummaryOptions;
use super::window::Returns;
use super::{Ledger, Segment};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::parallel;

/// When customers came, and how often they bought again in each period: the curve that
/// [`expected_tracking`](crate::prediction::checking::expected_tracking) is drawn beside.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RepeatPurchases {
    /// Time from the beginning of observation to the first purchase of each customer, in the order of the
    /// summary.
    pub starts: Vec<f64>,
    /// Repeat purchases of all customers in each whole period of the observation.
    pub purchases: Vec<f64>,
}

impl Ledger {
    /// Repeat purchases in consecutive periods of `length` units of time, from the beginning of
    /// observation on. What counts as one purchase, and the unit, are those of
    /// [`summary`](Self::summary): days and 7 periods per unit, with a length of 1, are weeks.
    ///
    /// The observation may end within a period; what came in that one is left out.
    ///
    /// ```
    /// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, SummaryOptions, TimeColumn};
    ///
    /// let mut builder = LedgerBuilder::new();
    /// builder.push(&Chunk {
    ///     customers: CustomerColumn::Integers(&[1, 1, 2, 1, 2]),
    ///     times: TimeColumn::Dates(&[0, 6, 3, 7, 13]), // days 0 to 13: two weeks
    ///     amounts: AmountColumn::Floats(&[10.0, 20.0, 5.0, 7.0, 3.0]),
    ///     costs: None,
    /// })?;
    /// let weeks = SummaryOptions { periods_per_unit: 7.0, ..SummaryOptions::default() };
    /// let repeats = builder.finish()?.repeat_purchases(&weeks, 1.0)?;
    /// assert_eq!(repeats.starts, [0.0, 3.0 / 7.0]);
    /// assert_eq!(repeats.purchases, [1.0, 2.0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`NotFinite`](ErrorKind::NotFinite) and [`OutOfRange`](ErrorKind::OutOfRange) for a length that is not
    ///   positive, longer than the observation, or so short that there are more than 2²⁴ periods;
    /// - those of [`summary`](Self::summary).
    pub fn repeat_purchases(
        &self,
        options: &SummaryOptions,
        length: f64,
    ) -> Result<RepeatPurchases> {
        options.check()?;
        if !Domain::Positive.contains(length) {
            return Err(Domain::Positive.refuse("length", length));
        }
        let window = self.window(options.period(), options.start, options.end)?;
        if options.returns == Returns::Reject {
            window.refuse_returns(self)?;
        }
        let scale = Scale::new(options, &window, self.units_per_one());
        let (first, last) = window.numbers();
        let periods = libm::floor(scale.time(first, last + 1) / length);
        if !(1.0..=MOST_PERIODS).contains(&periods) {
            let reason = "must fit into the observation, from 1 to 2^24 times";
            return Err(Error::new(ErrorKind::OutOfRange, "length", reason).with_value(length));
        }
        let start = |segment: &Segment, range| {
            let bookings = segment.bookings(range);
            Purchases::observed(bookings, &window, options.returns).start(&scale, first)
        };
        let mut starts = Vec::with_capacity(self.customers());
        let values =
            |rows: &[CustomerRow<f64>]| -> Vec<f64> { rows.iter().map(|row| row.value).collect() };
        self.per_customer(start, values, |part| starts.extend(part));
        let counts = parallel::map_range(self.segments.len(), |segment| {
            let mut counts = vec![0_u64; periods as usize];
            let Some(segment) = self.segments.get(segment) else {
                return counts;
            };
            for code in 0..segment.len() as u32 {
                let mut bought = false;
                let bookings = segment.bookings(segment.range(code));
                window.visit(bookings, options.returns, |activity| {
                    if !activity.is_purchase() {
                        return;
                    }
                    let place = scale.time(first, activity.period) / length;
                    if let (true, Some(count)) = (bought, counts.get_mut(place as usize)) {
                        *count += 1;
                    }
                    bought = true;
                });
            }
            counts
        });
        let mut purchases = vec![0_u64; periods as usize];
        for segment in counts {
            for (total, count) in purchases.iter_mut().zip(segment) {
                *total += count;
            }
        }
        Ok(RepeatPurchases {
            starts,
            purchases: purchases.into_iter().map(|count| count as f64).collect(),
        })
    }
}

const MOST_PERIODS: f64 = (1_u32 << 24) as f64;
