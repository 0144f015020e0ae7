use serde::Serialize;

use super::purchases::{Behaviour, CustomerRow, Purchases, Scale};
use super::summary::{Summary, SummaryOptions};
use super::window::{Returns, Window};
use super::{Ledger, Segment};
use crate::error::{Error, Result};
use crate::units::Date;

/// A summary of the calibration period, which a model is fitted to, and beside it what the same
/// customers did in the holdout period, which its predictions are compared with.
///
/// Customers who first appear in the holdout have no row: a model knows nothing of them. How many
/// they are is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HoldoutSummary {
    /// Frequency, recency, age and mean spend in the calibration period.
    pub calibration: Summary,
    /// x*: purchases in the holdout, in different periods. All count: none is a first one.
    pub holdout_frequency: Vec<f64>,
    /// Sum of the amounts in the holdout.
    pub holdout_spend: Vec<f64>,
    /// Mean amount of the purchases in the holdout, 0 if there are none.
    pub holdout_mean_spend: Vec<f64>,
    /// Length of the holdout, in the unit of recency and age.
    pub duration: f64,
    /// Customers with a purchase in the holdout, but none in the calibration period.
    pub newcomers: usize,
}

/// Purchases of one customer before and after the end of calibration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Halves {
    pub(super) calibration: Purchases,
    pub(super) holdout: Purchases,
}

impl Ledger {
    /// Splits the observation after `calibration_end`: a summary up to it, and what each customer
    /// did from then to the end of observation.
    ///
    /// The period that holds `calibration_end` belongs to the calibration in full. Each part is
    /// read as an observation of its own: with [`Returns::Net`], a return in the holdout is
    /// deducted from a purchase of the holdout, or from none.
    ///
    /// The same as `calibration_and_holdout_data` of the Python package lifetimes.
    ///
    /// Source: Fader, Hardie & Lee, "Counting your customers the easy way", Marketing Science 24
    /// (2005), section 4 (39 weeks of calibration, 39 of holdout).
    ///
    /// ```
    /// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, SummaryOptions, TimeColumn};
    /// use crm_core::units::Date;
    ///
    /// let mut builder = LedgerBuilder::new();
    /// builder.push(&Chunk {
    ///     customers: CustomerColumn::Integers(&[1, 1, 1, 2, 3, 1]),
    ///     times: TimeColumn::Dates(&[0, 5, 12, 3, 15, 20]),
    ///     amounts: AmountColumn::Floats(&[10.0, 20.0, 5.0, 7.0, 3.0, 9.0]),
    ///     costs: None,
    /// })?;
    /// let split = builder
    ///     .finish()?
    ///     .calibration_and_holdout(&SummaryOptions::default(), Date::from_days(10)?)?;
    /// assert_eq!(split.calibration.frequency, [1.0, 0.0]);
    /// assert_eq!(split.calibration.age, [10.0, 7.0]);
    /// assert_eq!(split.holdout_frequency, [2.0, 0.0]);
    /// assert_eq!(split.holdout_mean_spend, [7.0, 0.0]);
    /// assert_eq!((split.duration, split.newcomers), (10.0, 1));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`OutOfRange`](crate::ErrorKind::OutOfRange) for a `calibration_end` before the start, or
    ///   after which no period of the observation is left;
    /// - those of [`summary`](Self::summary).
    pub fn calibration_and_holdout(
        &self,
        options: &SummaryOptions,
        calibration_end: Date,
    ) -> Result<HoldoutSummary> {
        options.check()?;
        let window = self.window(options.period(), options.start, options.end)?;
        let (calibration, holdout) = window.split(calibration_end)?;
        if options.returns == Returns::Reject {
            window.refuse_returns(self)?;
        }
        let scale = Scale::new(options, &window, self.units_per_one());
        let halves = |segment: &Segment, range| {
            let mut halves = Halves::EMPTY;
            window.visit(segment.bookings(range), options.returns, |activity| {
                halves.add(&activity, &holdout);
            });
            Some(halves)
        };
        let mut rows = Vec::with_capacity(self.customers());
        self.per_customer(halves, <[_]>::to_vec, |part| rows.extend(part));
        HoldoutSummary::collect(&rows, &scale, &calibration, &holdout, options)
    }
}

impl Halves {
    pub(super) const EMPTY: Halves = Halves {
        calibration: Purchases::EMPTY,
        holdout: Purchases::EMPTY,
    };

    pub(super) fn add(&mut self, activity: &super::window::Activity, holdout: &Window) {
        if holdout.contains(activity.period) {
            self.holdout.add(activity);
        } else {
            self.calibration.add(activity);
        }
    }
}

impl HoldoutSummary {
    pub(super) fn collect(
        rows: &[CustomerRow<Halves>],
        scale: &Scale,
        calibration: &Window,
        holdout: &Window,
        options: &SummaryOptions,
    ) -> Result<Self> {
        let known: Vec<(CustomerRow<Behaviour>, Purchases)> = rows
            .iter()
            .filter_map(|row| {
                let value = row.value.calibration.behaviour(scale, calibration.end)?;
                let known = CustomerRow {
                    customer: row.customer,
                    first_row: row.first_row,
                    value,
                };
                Some((known, row.value.holdout))
            })
            .collect();
        let newcomers = rows
            .iter()
            .filter(|row| row.value.calibration.count() == 0.0 && row.value.holdout.count() > 0.0);
        let calibrated: Vec<CustomerRow<Behaviour>> = known.iter().map(|(row, _)| *row).collect();
        let summary = HoldoutSummary {
            calibration: Summary::collect(&calibrated, options)?,
            holdout_frequency: known.iter().map(|(_, h)| h.count()).collect(),
            holdout_spend: known.iter().map(|(_, h)| h.spend(scale)).collect(),
            holdout_mean_spend: known.iter().map(|(_, h)| h.mean_spend(scale)).collect(),
            duration: scale.time(calibration.end, holdout.end),
            newcomers: newcomers.count(),
        };
        match summary.holdout_spend.iter().position(|s| !s.is_finite()) {
            None => Ok(summary),
            Some(row) => Err(Error::overflow("amount")
                .at_row(known.get(row).map_or(0, |(row, _)| row.first_row))),
        }
    }
}
