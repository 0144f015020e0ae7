use rust_decimal::Decimal;

use crate::clv::Timing;
use crate::clv::group::geometric::ratio;
use crate::error::{Error, Result};
use crate::kernels::{self, Column, Domain};
use crate::units::{Money, Probability, Rate};

/// The survival curve of a retention curve: the probability of being there at t = 0, 1, … n, where
/// `retention` holds the probability of staying from t − 1 to t. It starts with 1.
///
/// ```
/// use crm_core::clv::group::survival;
/// use crm_core::units::Probability;
///
/// let curve = [Probability::try_from(0.6)?, Probability::try_from(0.8)?];
/// let survival: Vec<f64> = survival(&curve).iter().map(|p| p.to_f64()).collect();
/// assert_eq!(survival, [1.0, 0.6, 0.48]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[must_use]
pub fn survival(retention: &[Probability]) -> Vec<Probability> {
    let mut alive = Probability::ONE;
    let mut curve = vec![alive];
    curve.extend(retention.iter().map(|stay| {
        alive = alive.and(*stay);
        alive
    }));
    curve
}

/// Expected value of a customer whose retention differs by period, the first margin now:
/// Σ m (1+g)^t r_1 … r_t (1+i)^−t for t = 0 … n, where n is the length of the curve.
///
/// Evaluated from the last period to the first, so that no power is ever formed. For margins that
/// follow no constant growth, take the [`survival`] curve times the margins as the flows of
/// [`present_value`](crate::clv::individual::present_value).
///
/// ```
/// use crm_core::clv::group::retention_curve_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let curve = [Probability::try_from(0.5)?, Probability::try_from(0.75)?];
/// let rate = Rate::try_from(0.25)?;
/// let value = retention_curve_value(Money::from(100), &curve, rate, Rate::ZERO)?;
/// assert_eq!(value, Money::from(100 + 40 + 24));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn retention_curve_value(
    margin: Money,
    retention: &[Probability],
    discount_rate: Rate,
    growth: Rate,
) -> Result<Money> {
    margin.multiply(curve_multiple(retention, discount_rate, growth)?)
}

/// Expected value of a customer whose retention differs by period, the first margin at the first
/// renewal: Σ m (1+g)^(t−1) r_1 … r_t (1+i)^−t for t = 1 … n, where n is the length of the curve.
///
/// ```
/// use crm_core::clv::group::renewal_curve_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let curve = [Probability::try_from(0.5)?, Probability::try_from(0.75)?];
/// let rate = Rate::try_from(0.25)?;
/// let value = renewal_curve_value(Money::from(100), &curve, rate, Rate::ZERO)?;
/// assert_eq!(value, Money::from(40 + 24));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn renewal_curve_value(
    margin: Money,
    retention: &[Probability],
    discount_rate: Rate,
    growth: Rate,
) -> Result<Money> {
    let Some((first, later)) = retention.split_first() else {
        return Ok(Money::ZERO);
    };
    margin
        .multiply(curve_multiple(later, discount_rate, growth)?)?
        .multiply(first.value())?
        .divide(discount_rate.growth_factor()?)
}

/// 1 + x_1 (1 + x_2 (1 + …)) with x_t = r_t (1+g)/(1+i).
fn curve_multiple(retention: &[Probability], discount_rate: Rate, growth: Rate) -> Result<Decimal> {
    retention
        .iter()
        .rev()
        .try_fold(Decimal::ONE, |later, stay| {
            ratio(*stay, discount_rate, growth)?
                .checked_mul(later)
                .and_then(|later| later.checked_add(Decimal::ONE))
                .ok_or_else(|| Error::overflow("retention"))
        })
}

/// Expected value of each customer by the customer's own retention curve, of which `retention` holds
/// `periods` probabilities per customer, row after row; `margin` has a margin for each or one
/// for all, `out` one place per customer. The columnar form of [`retention_curve_value`] ([`Timing::Start`]) and
/// [`renewal_curve_value`] ([`Timing::End`]).
///
/// A row with a NaN gives NaN.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::group::retention_curve_values_into;
///
/// let margins = [100.0, 10.0];
/// let curves = [0.5, 0.75, 1.0, 1.0];
/// let mut values = [0.0; 2];
/// retention_curve_values_into(
///     margins.as_slice().into(), &curves, 2, 0.25, 0.0, Timing::Start, &mut values,
/// )?;
/// assert!((values[0] - 164.0).abs() < 1e-12 && (values[1] - 24.4).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; `OutOfRange` and `NotFinite`, naming the customer's row; `Overflow`.
pub fn retention_curve_values_into(
    margin: Column<'_>,
    retention: &[f64],
    periods: usize,
    discount_rate: f64,
    growth: f64,
    timing: Timing,
    out: &mut [f64],
) -> Result<()> {
    for (name, rate) in [("discount_rate", discount_rate), ("growth", growth)] {
        if !rate.is_nan() && !Domain::Rate.contains(rate) {
            return Err(Domain::Rate.refuse(name, rate));
        }
    }
    let expected = periods
        .checked_mul(out.len())
        .ok_or_else(|| Error::overflow("retention"))?;
    if retention.len() != expected {
        return Err(Error::length("retention", retention.len(), expected));
    }
    margin.require_rows("margin", out.len())?;
    let (discount, growth) = (1.0 / (1.0 + discount_rate), 1.0 + growth);
    kernels::each_row(out, |row, value| {
        let margin = margin.get(row);
        let curve = retention
            .get(row * periods..(row + 1) * periods)
            .unwrap_or(&[]);
        let refused = curve
            .iter()
            .find(|p| !p.is_nan() && !Domain::Probability.contains(**p));
        if let Some(refused) = refused {
            return Err(Domain::Probability
                .refuse("retention", *refused)
                .at_row(row));
        }
        if margin.is_infinite() {
            return Err(Error::not_finite("margin", margin).at_row(row));
        }
        let multiple = |curve: &[f64]| {
            let step = growth * discount;
            curve
                .iter()
                .rev()
                .fold(1.0, |later, stay| 1.0 + stay * step * later)
        };
        *value = match (timing, curve) {
            (Timing::Start, curve) => margin * multiple(curve),
            (Timing::End, [first, later @ ..]) => margin * first * discount * multiple(later),
            (Timing::End, []) => margin * 0.0,
        };
        if value.is_infinite() {
            return Err(Error::overflow("retention_curve_value").at_row(row));
        }
        Ok(())
    })
}
