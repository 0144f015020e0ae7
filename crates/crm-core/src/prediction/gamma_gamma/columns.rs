use super::{GammaGamma, require_spend, tail_of};
use crate::error::{Error, Result};
use crate::kernels::{Column, each_row};
use crate::units::Probability;

/// What customers to predict for spent, as columns of the same length.
#[derive(Debug, Clone, Copy)]
pub struct SpendColumns<'a> {
    /// x, the number of purchases that the mean is of.
    pub frequency: Column<'a>,
    /// m̄, their mean spend; 0 where x is 0.
    pub mean_spend: Column<'a>,
}

impl SpendColumns<'_> {
    /// Customers of whom no spend is known.
    pub const NEW: SpendColumns<'static> = SpendColumns {
        frequency: Column::Constant(0.0),
        mean_spend: Column::Constant(0.0),
    };
}

/// The expected spend of each customer: [`GammaGamma::expected_spend`]. NaN in a row gives NaN.
///
/// ```
/// use crm_core::prediction::{GammaGamma, SpendColumns, expected_spend_into};
///
/// let customers = SpendColumns {
///     frequency: (&[2.0, 0.0][..]).into(),
///     mean_spend: (&[22.35, 0.0][..]).into(),
/// };
/// let mut expected = [0.0; 2];
/// expected_spend_into(&GammaGamma::new(6.2488, 3.7446, 15.4477)?, customers, &mut expected)?;
/// assert!((expected[1] - 35.17).abs() < 5e-3);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn expected_spend_into(
    model: &GammaGamma,
    customers: SpendColumns<'_>,
    out: &mut [f64],
) -> Result<()> {
    rows(customers, [], out, |x, mean, []| {
        model.expected_spend(x, mean)
    })
}

/// The density over customers of the expected spend at each of these values:
/// [`GammaGamma::expected_spend_density`]. NaN in a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn expected_spend_density_into(
    model: &GammaGamma,
    expected_spend: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    let columns = [("expected_spend", expected_spend)];
    rows(SpendColumns::NEW, columns, out, |_, _, [value]| {
        model.expected_spend_density(value)
    })
}

/// ln f(m̄ | x) of each customer: [`GammaGamma::log_density`]. NaN in a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn spend_log_density_into(
    model: &GammaGamma,
    customers: SpendColumns<'_>,
    out: &mut [f64],
) -> Result<()> {
    rows(customers, [], out, |x, mean, []| model.log_density(x, mean))
}

/// The interval of the expected spend of each customer: [`GammaGamma::spend_interval`]. NaN in a row
/// gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn spend_interval_into(
    model: &GammaGamma,
    customers: SpendColumns<'_>,
    level: Probability,
    lower: &mut [f64],
    upper: &mut [f64],
) -> Result<()> {
    let tail = tail_of(level)?;
    if upper.len() != lower.len() {
        return Err(Error::length("upper", upper.len(), lower.len()));
    }
    rows(customers, [], lower, |x, mean, []| {
        require_spend(x, mean)?;
        Ok(model.interval(x, mean, tail).0)
    })?;
    rows(customers, [], upper, |x, mean, []| {
        Ok(model.interval(x, mean, tail).1)
    })
}

/// The lifetime value of each customer: [`GammaGamma::lifetime_value`]. NaN in a row gives NaN. The
/// discounted purchases come from a purchase model, with a discount rate of each customer's own if
/// need be ([`discounted_purchases_into`](crate::prediction::discounted_purchases_into)).
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn spend_lifetime_value_into(
    model: &GammaGamma,
    customers: SpendColumns<'_>,
    discounted_purchases: Column<'_>,
    margin: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    let columns = [
        ("discounted_purchases", discounted_purchases),
        ("margin", margin),
    ];
    rows(customers, columns, out, |x, mean, [purchases, margin]| {
        model.lifetime_value(x, mean, purchases, margin)
    })
}

fn rows<const N: usize>(
    customers: SpendColumns<'_>,
    columns: [(&'static str, Column<'_>); N],
    out: &mut [f64],
    predict: impl Fn(f64, f64, [f64; N]) -> Result<f64> + Sync,
) -> Result<()> {
    let SpendColumns {
        frequency,
        mean_spend,
    } = customers;
    frequency.require_rows("frequency", out.len())?;
    mean_spend.require_rows("mean_spend", out.len())?;
    for (argument, column) in columns {
        column.require_rows(argument, out.len())?;
    }
    each_row(out, |row, result| {
        let (x, mean) = (frequency.get(row), mean_spend.get(row));
        let numbers = columns.map(|(_, column)| column.get(row));
        if x.is_nan() || mean.is_nan() || numbers.iter().any(|number| number.is_nan()) {
            *result = f64::NAN;
            return Ok(());
        }
        *result = predict(x, mean, numbers).map_err(|error| error.at_row(row))?;
        Ok(())
    })
}
