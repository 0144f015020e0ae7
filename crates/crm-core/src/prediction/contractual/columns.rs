use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::RenewalModel;
use crate::error::Result;
use crate::kernels::{Column, each_row};
use crate::parallel;

/// Customers under contract to predict for, as columns of the same length.
#[derive(Debug, Clone, Copy)]
pub struct RenewalColumns<'a> {
    /// How many times each has renewed; 0 for a new customer.
    pub renewals: Column<'a>,
    /// How many payments are counted; may be infinite.
    pub horizon: Column<'a>,
    /// Discount rate per period.
    pub discount_rate: Column<'a>,
}

/// Retention rates at these renewals: [`RenewalModel::retention_rate`]. NaN in a row gives NaN.
///
/// ```
/// use crm_core::prediction::{Sbg, retention_rate_into};
///
/// let mut rates = [0.0; 3];
/// let renewals = [1.0, 2.0, 3.0];
/// retention_rate_into(&Sbg::new(1.0, 3.0)?, (&renewals[..]).into(), &mut rates)?;
/// assert!((rates[2] - 5.0 / 6.0).abs() < 1e-15);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn retention_rate_into(
    model: &impl RenewalModel,
    renewal: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    renewal.require_rows("renewal", out.len())?;
    rows(out, |row| [renewal.get(row)], |[t]| model.retention_rate(t))
}

/// The probability that a new customer leaves at these renewals: [`RenewalModel::churn_probability`].
/// NaN in a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn churn_probability_into(
    model: &impl RenewalModel,
    renewal: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    renewal.require_rows("renewal", out.len())?;
    rows(
        out,
        |row| [renewal.get(row)],
        |[t]| model.churn_probability(t),
    )
}

/// The probability that each customer renews `further` times more:
/// [`RenewalModel::conditional_survival`]. NaN in a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn conditional_survival_into(
    model: &impl RenewalModel,
    renewals: Column<'_>,
    further: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    renewals.require_rows("renewals", out.len())?;
    further.require_rows("further", out.len())?;
    let numbers = |row| [renewals.get(row), further.get(row)];
    rows(out, numbers, |[renewals, further]| {
        model.conditional_survival(renewals, further)
    })
}

/// DEL of each customer: [`RenewalModel::discounted_lifetime`]. NaN in a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn discounted_lifetime_into(
    model: &impl RenewalModel,
    customers: RenewalColumns<'_>,
    out: &mut [f64],
) -> Result<()> {
    customers.require_rows(out.len())?;
    rows(
        out,
        |row| customers.numbers(row),
        |[renewals, horizon, rate]| model.discounted_lifetime(renewals, horizon, rate),
    )
}

/// DERL of each customer: [`RenewalModel::discounted_residual_lifetime`]; times the net cash flow per
/// period it is the value that is left. NaN in a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn discounted_residual_lifetime_into(
    model: &impl RenewalModel,
    customers: RenewalColumns<'_>,
    out: &mut [f64],
) -> Result<()> {
    customers.require_rows(out.len())?;
    rows(
        out,
        |row| customers.numbers(row),
        |[renewals, horizon, rate]| model.discounted_residual_lifetime(renewals, horizon, rate),
    )
}

/// The expected further renewals of each customer: [`RenewalModel::expected_residual_lifetime`]. NaN in
/// a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn expected_residual_lifetime_into(
    model: &impl RenewalModel,
    renewals: Column<'_>,
    horizon: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    renewals.require_rows("renewals", out.len())?;
    horizon.require_rows("horizon", out.len())?;
    let numbers = |row| [renewals.get(row), horizon.get(row)];
    rows(out, numbers, |[renewals, horizon]| {
        model.expected_residual_lifetime(renewals, horizon)
    })
}

impl RenewalColumns<'_> {
    fn require_rows(&self, rows: usize) -> Result<()> {
        self.renewals.require_rows("renewals", rows)?;
        self.horizon.require_rows("horizon", rows)?;
        self.discount_rate.require_rows("discount_rate", rows)
    }

    fn numbers(&self, row: usize) -> [f64; 3] {
        [self.renewals, self.horizon, self.discount_rate].map(|column| column.get(row))
    }
}

/// Predicts once for each different row of numbers: tenures and rates are few, customers many.
fn rows<const N: usize>(
    out: &mut [f64],
    numbers: impl Fn(usize) -> [f64; N] + Sync,
    predict: impl Fn([f64; N]) -> Result<f64> + Sync + Send,
) -> Result<()> {
    let mut places: HashMap<[u64; N], u32, FixedState> = HashMap::default();
    let mut different = Vec::new();
    let place_of_row: Vec<u32> = (0..out.len())
        .map(|row| {
            let numbers = numbers(row);
            *places.entry(numbers.map(f64::to_bits)).or_insert_with(|| {
                different.push(numbers);
                different.len() as u32 - 1
            })
        })
        .collect();
    let predicted = parallel::map_range(different.len(), |place| match different.get(place) {
        Some(numbers) if !numbers.iter().any(|number| number.is_nan()) => predict(*numbers),
        _ => Ok(f64::NAN),
    });
    each_row(out, |row, result| {
        let place = place_of_row.get(row).map_or(0, |&place| place as usize);
        match predicted.get(place) {
            Some(Ok(value)) => *result = *value,
            Some(Err(error)) => return Err(error.clone().at_row(row)),
            None => *result = f64::NAN,
        }
        Ok(())
    })
}
