use serde::Serialize;

use super::{check_places, weight_of};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Column, Domain};
use crate::ledger::check_weights;
use crate::prediction::{HistoryColumns, PurchaseModel, expected_purchases_into};

/// What customers did after the end of calibration, beside what was known of them at that end.
#[derive(Debug, Clone, Copy)]
pub struct Holdout<'a> {
    /// Frequency, recency and age in the calibration period.
    pub customers: HistoryColumns<'a>,
    /// x*: purchases of each customer in the holdout.
    pub purchases: &'a [f64],
    /// Length of the holdout.
    pub duration: Column<'a>,
    /// How many customers each row stands for; 1 each without weights.
    pub weights: Option<&'a [f64]>,
}

/// Mean purchases in the holdout of those who made 0, 1, 2, … repeat purchases before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConditionalExpectation {
    /// Customers with so many repeat purchases; the last place is of all with as many or more.
    pub customers: Vec<f64>,
    /// What they bought in the holdout, in the mean; NaN where there are none.
    pub actual: Vec<f64>,
    /// What the model expects of them; NaN where there are none.
    pub expected: Vec<f64>,
}

/// How far the purchases that a model expects in a holdout are from those that came. An error is
/// expected − actual.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HoldoutError {
    /// N, the sum of the weights.
    pub customers: f64,
    /// Σ w · actual: the purchases of all.
    pub actual: f64,
    /// Σ w · expected.
    pub expected: f64,
    /// Σ w · error / N.
    pub bias: f64,
    /// Σ w · |error| / N (MAE).
    pub mean_absolute_error: f64,
    /// √(Σ w · error² / N) (RMSE).
    pub root_mean_square_error: f64,
}

impl HoldoutError {
    /// Expected of all less actual of all, as a share of actual; `None` if nobody bought.
    #[must_use]
    pub fn of_total(&self) -> Option<f64> {
        (self.actual > 0.0).then(|| self.expected / self.actual - 1.0)
    }
}

/// Purchases in the holdout by purchases before, the last place being that of `most` or more.
///
/// Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way", Figure 5.
///
/// ```
/// use crm_core::prediction::checking::{Holdout, conditional_expectation};
/// use crm_core::prediction::{BgNbd, HistoryColumns};
///
/// let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258)?;
/// let holdout = Holdout {
///     customers: HistoryColumns {
///         frequency: (&[0.0, 2.0, 5.0][..]).into(),
///         recency: (&[0.0, 30.43, 38.0][..]).into(),
///         age: 38.86.into(),
///     },
///     purchases: &[0.0, 1.0, 4.0],
///     duration: 39.0.into(),
///     weights: None,
/// };
/// let means = conditional_expectation(&model, &holdout, 2)?;
/// assert_eq!(means.customers, [1.0, 0.0, 2.0]);
/// assert_eq!((means.actual[0], means.actual[2]), (0.0, 2.5));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without a customer; `LengthMismatch`; `NotFinite` and `OutOfRange` with the row for a number that
/// no customer can have; `OutOfRange` for a `most` of 0 or over 2²⁴.
pub fn conditional_expectation(
    model: &impl PurchaseModel,
    holdout: &Holdout<'_>,
    most: usize,
) -> Result<ConditionalExpectation> {
    check_places("most", most)?;
    let expected = holdout.expected(model)?;
    let mut sums = vec![(0.0, 0.0, 0.0); most + 1];
    for (row, (&actual, expected)) in holdout.purchases.iter().zip(expected).enumerate() {
        let weight = weight_of(holdout.weights, row);
        let frequency = holdout.customers.frequency.get(row);
        if let Some(sum) = sums.get_mut(frequency.min(most as f64) as usize) {
            sum.0 += weight;
            sum.1 += weight * actual;
            sum.2 += weight * expected;
        }
    }
    Ok(ConditionalExpectation {
        customers: sums.iter().map(|sum| sum.0).collect(),
        actual: sums.iter().map(|sum| sum.1 / sum.0).collect(),
        expected: sums.iter().map(|sum| sum.2 / sum.0).collect(),
    })
}

/// How far predictions are off, by customer and in total.
///
/// ```
/// use crm_core::prediction::checking::{Holdout, holdout_error};
/// use crm_core::prediction::{BgNbd, HistoryColumns};
///
/// let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258)?;
/// let holdout = Holdout {
///     customers: HistoryColumns {
///         frequency: 2.0.into(),
///         recency: 30.43.into(),
///         age: 38.86.into(),
///     },
///     purchases: &[1.0, 2.0], // 1.226 are expected of each
///     duration: 39.0.into(),
///     weights: None,
/// };
/// let error = holdout_error(&model, &holdout)?;
/// assert!((error.bias - (1.226 - 1.5)).abs() < 1e-4);
/// assert!((error.mean_absolute_error - 0.5).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// As [`conditional_expectation`].
pub fn holdout_error(model: &impl PurchaseModel, holdout: &Holdout<'_>) -> Result<HoldoutError> {
    let expected = holdout.expected(model)?;
    let mut sums = HoldoutError {
        customers: 0.0,
        actual: 0.0,
        expected: 0.0,
        bias: 0.0,
        mean_absolute_error: 0.0,
        root_mean_square_error: 0.0,
    };
    for (row, (&actual, expected)) in holdout.purchases.iter().zip(expected).enumerate() {
        let weight = weight_of(holdout.weights, row);
        let error = expected - actual;
        sums.customers += weight;
        sums.actual += weight * actual;
        sums.expected += weight * expected;
        sums.bias += weight * error;
        sums.mean_absolute_error += weight * error.abs();
        sums.root_mean_square_error += weight * error * error;
    }
    Ok(HoldoutError {
        bias: sums.bias / sums.customers,
        mean_absolute_error: sums.mean_absolute_error / sums.customers,
        root_mean_square_error: libm::sqrt(sums.root_mean_square_error / sums.customers),
        ..sums
    })
}

impl Holdout<'_> {
    /// The purchases that the model expects of each row in the holdout; all rows are checked.
    fn expected(&self, model: &impl PurchaseModel) -> Result<Vec<f64>> {
        let rows = self.purchases.len();
        if rows == 0 {
            return Err(Error::empty("purchases"));
        }
        for (row, &purchases) in self.purchases.iter().enumerate() {
            if !Domain::NonNegative.contains(purchases) {
                return Err(Domain::NonNegative
                    .refuse("purchases", purchases)
                    .at_row(row));
            }
        }
        if let Some(weights) = self.weights {
            check_weights(weights, rows)?;
            if weights.iter().all(|weight| *weight == 0.0) {
                let reason = "must not all be 0";
                return Err(Error::new(ErrorKind::OutOfRange, "weights", reason));
            }
        }
        let mut expected = vec![0.0; rows];
        expected_purchases_into(model, self.customers, self.duration, &mut expected).map_err(
            |error| match error.argument() {
                "horizon" => error.named("duration"),
                _ => error,
            },
        )?;
        match expected.iter().position(|value| value.is_nan()) {
            None => Ok(expected),
            Some(row) => {
                let columns = [
                    ("frequency", self.customers.frequency),
                    ("recency", self.customers.recency),
                    ("age", self.customers.age),
                    ("duration", self.duration),
                ];
                let missing = columns
                    .into_iter()
                    .find(|(_, column)| column.get(row).is_nan());
                let (argument, _) = missing.unwrap_or(("purchases", 0.0.into()));
                Err(Error::not_finite(argument, f64::NAN).at_row(row))
            }
        }
    }
}
