use super::checking::check_places;
use super::fit::{Fit, FitOptions};
use super::{
    AnyPurchaseModel, Histories, HistoryColumns, PurchaseHistory, PurchaseModel, PurchaseModelKind,
};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Column, each_row};
use crate::ledger::check_weights;
use crate::parallel;

/// Customers to fit to, each with the number of its cohort; all columns have the same length.
#[derive(Debug, Clone, Copy)]
pub struct CohortColumns<'a> {
    /// The cohort of each row, counted from 0.
    pub cohort: &'a [u32],
    /// x, the number of repeat purchases.
    pub frequency: &'a [f64],
    /// t_x, the time from the first to the last purchase.
    pub recency: &'a [f64],
    /// T, the time from the first purchase to the end of observation.
    pub age: &'a [f64],
    /// How many customers each row stands for; 1 each without weights.
    pub weights: Option<&'a [f64]>,
}

/// What came of the fit to one cohort.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Cohort {
    /// How many customers it has: the sum of the weights.
    pub customers: f64,
    /// Its model, or why it has none: `Empty`, `NoSolution` or `NotConverged`.
    pub outcome: Result<Fit<AnyPurchaseModel>>,
}

/// A model for each cohort of customers (by year of acquisition, channel, country, …), fitted to that
/// cohort alone. A cohort that identifies no model does not spoil the others: its outcome says why.
/// Where cohorts are small, a [prior](super::fit::Prior) gives each a model.
///
/// ```
/// use crm_core::prediction::fit::FitOptions;
/// use crm_core::prediction::{CohortColumns, CohortFits, PurchaseModelKind};
///
/// let customers = CohortColumns {
///     cohort: &[0, 0, 0, 0, 1, 1],
///     frequency: &[0.0, 1.0, 3.0, 2.0, 0.0, 0.0],
///     recency: &[0.0, 2.0, 20.0, 6.0, 0.0, 0.0],
///     age: &[30.0, 29.0, 28.0, 27.0, 30.0, 31.0],
///     weights: None,
/// };
/// let kind = PurchaseModelKind::BgNbd;
/// let fits = CohortFits::fit(kind, &customers, 2, &FitOptions::default())?;
/// assert!(fits.cohorts()[0].outcome.is_ok());
/// assert!(fits.cohorts()[1].outcome.is_err()); // nobody bought again
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CohortFits {
    cohorts: Vec<Cohort>,
}

impl CohortFits {
    /// Fits the model of this kind to each of the cohorts 0 to `cohorts` − 1.
    ///
    /// # Errors
    /// `Empty` without customers; `LengthMismatch`; `OutOfRange` with the row for a cohort that is not
    /// below `cohorts`, and for a row that no customer can have; for no cohort or more than 2²⁴; those of the options. What one
    /// cohort cannot tell is its outcome.
    pub fn fit(
        kind: PurchaseModelKind,
        customers: &CohortColumns<'_>,
        cohorts: usize,
        options: &FitOptions,
    ) -> Result<Self> {
        customers.check()?;
        check_places("cohorts", cohorts)?;
        let mut rows = vec![Vec::new(); cohorts];
        for (row, &cohort) in customers.cohort.iter().enumerate() {
            match rows.get_mut(cohort as usize) {
                Some(rows) => rows.push(row),
                None => return Err(unknown(cohort, cohorts).at_row(row)),
            }
        }
        let fits = parallel::map(rows, |rows| customers.fit(kind, &rows, options));
        let cohorts = fits.into_iter().collect::<Result<_>>()?;
        Ok(CohortFits { cohorts })
    }

    /// What came of each cohort.
    #[must_use]
    pub fn cohorts(&self) -> &[Cohort] {
        &self.cohorts
    }

    /// The probability that each customer is alive `horizon` from now, under the model of its cohort. NaN
    /// in a row gives NaN in that row, and so does a cohort without a model.
    ///
    /// # Errors
    /// `LengthMismatch`; `OutOfRange` with the row for a cohort that was not fitted; those of
    /// [`PurchaseModel::probability_alive`], with the row.
    pub fn probability_alive_into(
        &self,
        cohort: &[u32],
        customers: HistoryColumns<'_>,
        horizon: Column<'_>,
        out: &mut [f64],
    ) -> Result<()> {
        let columns = [("horizon", horizon)];
        self.rows(
            cohort,
            customers,
            columns,
            out,
            |model, history, [horizon]| model.probability_alive(history, horizon),
        )
    }

    /// The expected purchases of each customer under the model of its cohort.
    ///
    /// # Errors
    /// As [`probability_alive_into`](Self::probability_alive_into).
    pub fn expected_purchases_into(
        &self,
        cohort: &[u32],
        customers: HistoryColumns<'_>,
        horizon: Column<'_>,
        out: &mut [f64],
    ) -> Result<()> {
        let columns = [("horizon", horizon)];
        self.rows(
            cohort,
            customers,
            columns,
            out,
            |model, history, [horizon]| model.expected_purchases(history, horizon),
        )
    }

    /// The discounted purchases of each customer under the model of its cohort.
    ///
    /// # Errors
    /// As [`probability_alive_into`](Self::probability_alive_into); `Divergent`.
    pub fn discounted_purchases_into(
        &self,
        cohort: &[u32],
        customers: HistoryColumns<'_>,
        horizon: Column<'_>,
        discount_rate: Column<'_>,
        out: &mut [f64],
    ) -> Result<()> {
        let columns = [("horizon", horizon), ("discount_rate", discount_rate)];
        self.rows(
            cohort,
            customers,
            columns,
            out,
            |model, history, [horizon, rate]| model.discounted_purchases(history, horizon, rate),
        )
    }

    fn rows<const N: usize>(
        &self,
        cohort: &[u32],
        customers: HistoryColumns<'_>,
        columns: [(&'static str, Column<'_>); N],
        out: &mut [f64],
        predict: impl Fn(&AnyPurchaseModel, PurchaseHistory, [f64; N]) -> Result<f64> + Sync,
    ) -> Result<()> {
        customers.require_rows(out.len())?;
        if cohort.len() != out.len() {
            return Err(Error::length("cohort", cohort.len(), out.len()));
        }
        for (argument, column) in columns {
            column.require_rows(argument, out.len())?;
        }
        each_row(out, |row, result| {
            let number = cohort.get(row).copied().unwrap_or(u32::MAX);
            let Some(cohort) = self.cohorts.get(number as usize) else {
                return Err(unknown(number, self.cohorts.len()).at_row(row));
            };
            let history = customers.numbers(row);
            let numbers = columns.map(|(_, column)| column.get(row));
            let missing = history.iter().chain(&numbers).any(|number| number.is_nan());
            *result = match &cohort.outcome {
                Ok(fit) if !missing => {
                    let [frequency, recency, age] = history;
                    PurchaseHistory::new(frequency, recency, age)
                        .and_then(|history| predict(&fit.model, history, numbers))
                        .map_err(|error| error.at_row(row))?
                }
                _ => f64::NAN,
            };
            Ok(())
        })
    }
}

impl CohortColumns<'_> {
    fn check(&self) -> Result<()> {
        let count = self.cohort.len();
        if count == 0 {
            return Err(Error::empty("cohort"));
        }
        for (argument, column) in [
            ("frequency", self.frequency),
            ("recency", self.recency),
            ("age", self.age),
        ] {
            if column.len() != count {
                return Err(Error::length(argument, column.len(), count));
            }
        }
        self.weights
            .map_or(Ok(()), |weights| check_weights(weights, count))
    }

    /// The fit to these rows; errors name the row of the whole table.
    fn fit(&self, kind: PurchaseModelKind, rows: &[usize], options: &FitOptions) -> Result<Cohort> {
        let pick = |column: &[f64]| -> Vec<f64> {
            rows.iter()
                .filter_map(|&row| column.get(row).copied())
                .collect()
        };
        let weights = self.weights.map(pick);
        let customers = match &weights {
            Some(weights) => weights.iter().sum(),
            None => rows.len() as f64,
        };
        let (frequency, recency, age) = (pick(self.frequency), pick(self.recency), pick(self.age));
        let fit = || {
            let histories = match &weights {
                Some(weights) => Histories::with_weights(&frequency, &recency, &age, weights)?,
                None => Histories::new(&frequency, &recency, &age)?,
            };
            AnyPurchaseModel::fit(kind, &histories, options)
        };
        let outcome = if customers > 0.0 {
            fit()
        } else {
            Err(Error::empty("cohort"))
        };
        match outcome {
            Err(error) if !is_outcome(error.kind()) => Err(match error.row() {
                Some(place) => error.at_row(rows.get(place).copied().unwrap_or(place)),
                None => error,
            }),
            outcome => Ok(Cohort { customers, outcome }),
        }
    }
}

/// Whether an error says that the customers of a cohort tell no model.
fn is_outcome(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Empty | ErrorKind::NoSolution | ErrorKind::NotConverged
    )
}

fn unknown(cohort: u32, cohorts: usize) -> Error {
    let reason = format!("must be below the number of cohorts, {cohorts}");
    Error::new(ErrorKind::OutOfRange, "cohort", reason).with_value(cohort)
}
