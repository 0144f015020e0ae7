use rust_decimal::Decimal;

use crate::clv::arguments::{DISCOUNT_RATE, MARGIN, PERIODS, RETENTION};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math;
use crate::units::{Money, Probability, Rate};

pub(in crate::clv) const GROWTH: Argument = Argument {
    name: "growth",
    meaning: "growth of the margin per period, after the first margin",
    domain: Domain::Rate,
};

/// Expected value of a customer under geometric retention without an end, the first margin now:
/// Σ m (1+g)^t r^t (1+i)^−t for t = 0, 1, …, which is m (1+i) / (1 + i − r(1+g)).
///
/// ```
/// use crm_core::clv::group::retention_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (retention, rate) = (Probability::try_from(0.8)?, Rate::try_from(0.2)?);
/// let value = retention_value(Money::from(100), retention, rate, Rate::ZERO)?;
/// assert_eq!(value, Money::from(300));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Divergent` where r(1+g) is not less than 1 + i, as for a retention of 1 without discount;
/// `Overflow`.
pub fn retention_value(
    margin: Money,
    retention: Probability,
    discount_rate: Rate,
    growth: Rate,
) -> Result<Money> {
    let spread = spread(retention, discount_rate, growth)?;
    margin
        .multiply(discount_rate.growth_factor()?)?
        .divide(spread)
}

/// Expected value of a customer under geometric retention without an end, the first margin at the
/// first renewal: Σ m (1+g)^(t−1) r^t (1+i)^−t for t = 1, 2, …, which is m r / (1 + i − r(1+g)).
///
/// Source: Gupta & Lehmann 2003, "Customers as Assets"; r / (1 + i − r) is their margin multiple.
///
/// ```
/// use crm_core::clv::group::renewal_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (retention, rate) = (Probability::try_from(0.8)?, Rate::try_from(0.2)?);
/// let value = renewal_value(Money::from(100), retention, rate, Rate::ZERO)?;
/// assert_eq!(value, Money::from(200));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// As [`retention_value`].
pub fn renewal_value(
    margin: Money,
    retention: Probability,
    discount_rate: Rate,
    growth: Rate,
) -> Result<Money> {
    let spread = spread(retention, discount_rate, growth)?;
    margin.multiply(retention.value())?.divide(spread)
}

/// [`retention_value`] of the first `periods` margins only: Σ m (1+g)^t r^t (1+i)^−t for
/// t = 0 … n − 1.
///
/// ```
/// use crm_core::clv::group::retention_value_over;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (retention, rate) = (Probability::try_from(0.5)?, Rate::try_from(0.25)?);
/// let value = retention_value_over(Money::from(100), retention, rate, Rate::ZERO, 3)?;
/// assert_eq!(value, Money::from(100 + 40 + 16));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn retention_value_over(
    margin: Money,
    retention: Probability,
    discount_rate: Rate,
    growth: Rate,
    periods: u64,
) -> Result<Money> {
    let ratio = ratio(retention, discount_rate, growth)?;
    margin.multiply(math::decimal::geometric_sum(ratio, periods)?)
}

/// [`renewal_value`] of the first `periods` renewals only: Σ m (1+g)^(t−1) r^t (1+i)^−t for
/// t = 1 … n.
///
/// ```
/// use crm_core::clv::group::renewal_value_over;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (retention, rate) = (Probability::try_from(0.5)?, Rate::try_from(0.25)?);
/// let value = renewal_value_over(Money::from(100), retention, rate, Rate::ZERO, 2)?;
/// assert_eq!(value, Money::from(40 + 16));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn renewal_value_over(
    margin: Money,
    retention: Probability,
    discount_rate: Rate,
    growth: Rate,
    periods: u64,
) -> Result<Money> {
    retention_value_over(margin, retention, discount_rate, growth, periods)?
        .multiply(retention.value())?
        .divide(discount_rate.growth_factor()?)
}

/// 1 + i − r(1+g), positive where the endless sum converges.
pub(in crate::clv) fn spread(
    retention: Probability,
    discount_rate: Rate,
    growth: Rate,
) -> Result<Decimal> {
    let kept = retention.value().checked_mul(growth.growth_factor()?);
    let spread = kept.and_then(|kept| discount_rate.growth_factor().ok()?.checked_sub(kept));
    match spread {
        Some(spread) if spread > Decimal::ZERO => Ok(spread),
        Some(_) => Err(Error::new(
            ErrorKind::Divergent,
            "retention",
            "retention * (1 + growth) must be less than 1 + discount_rate, else the value has no end",
        )
        .with_value(retention.value())),
        None => Err(Error::overflow("growth")),
    }
}

/// r(1+g)/(1+i): what the next margin is worth, per unit of this one.
pub(super) fn ratio(retention: Probability, discount_rate: Rate, growth: Rate) -> Result<Decimal> {
    retention
        .value()
        .checked_mul(growth.growth_factor()?)
        .and_then(|kept| kept.checked_div(discount_rate.growth_factor().ok()?))
        .ok_or_else(|| Error::overflow("growth"))
}

/// As [`spread`], not finite where the endless sum diverges or `f64` cannot tell.
pub(in crate::clv) fn spread_f64(retention: f64, discount_rate: f64, growth: f64) -> f64 {
    let spread = (1.0 + discount_rate) - retention * (1.0 + growth);
    if spread > 8.0 * f64::EPSILON * (1.0 + discount_rate) {
        spread
    } else {
        f64::NAN
    }
}

fn typed(row: [Decimal; 4]) -> Result<(Money, Probability, Rate, Rate)> {
    let [margin, retention, rate, growth] = row;
    Ok((
        Money::new(margin),
        Probability::named("retention", retention)?,
        Rate::named("discount_rate", rate)?,
        Rate::named("growth", growth)?,
    ))
}

/// Columnar form of [`retention_value`].
pub static RETENTION_VALUE: Kernel = Kernel {
    name: "retention_value",
    module: "clv",
    summary: "Expected value under geometric retention without an end, the first margin now.",
    formula: "margin * (1 + discount_rate) / (1 + discount_rate - retention * (1 + growth))",
    source: "geometric retention, first margin now; compare Gupta & Lehmann 2003",
    diverges: Some("retention * (1 + growth) is at least 1 + discount_rate"),
    arguments: &[MARGIN, RETENTION, DISCOUNT_RATE, GROWTH],
    exact: |row| {
        let (margin, retention, rate, growth) = typed(kernels::values(row)?)?;
        Ok(retention_value(margin, retention, rate, growth)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[margin, retention, rate, growth]| {
            margin * (1.0 + rate) / spread_f64(retention, rate, growth)
        })
    },
};

/// Columnar form of [`renewal_value`].
pub static RENEWAL_VALUE: Kernel = Kernel {
    name: "renewal_value",
    module: "clv",
    summary: "Expected value under geometric retention without an end, the first margin at the first renewal.",
    formula: "margin * retention / (1 + discount_rate - retention * (1 + growth))",
    source: "Gupta & Lehmann 2003, \"Customers as Assets\"",
    diverges: Some("retention * (1 + growth) is at least 1 + discount_rate"),
    arguments: &[MARGIN, RETENTION, DISCOUNT_RATE, GROWTH],
    exact: |row| {
        let (margin, retention, rate, growth) = typed(kernels::values(row)?)?;
        Ok(renewal_value(margin, retention, rate, growth)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[margin, retention, rate, growth]| {
            margin * retention / spread_f64(retention, rate, growth)
        })
    },
};

/// Columnar form of [`retention_value_over`].
pub static RETENTION_VALUE_OVER: Kernel = Kernel {
    name: "retention_value_over",
    module: "clv",
    summary: "Expected value of the first margins under geometric retention, the first of them now.",
    formula: "margin * (sum of (retention * (1 + growth) / (1 + discount_rate))^t for t = 0, ..., periods - 1)",
    source: "geometric retention, first margin now; compare Gupta & Lehmann 2003",
    diverges: None,
    arguments: &[MARGIN, RETENTION, DISCOUNT_RATE, GROWTH, PERIODS],
    exact: |row| {
        let [margin, retention, rate, growth, periods] = kernels::values(row)?;
        let (margin, retention, rate, growth) = typed([margin, retention, rate, growth])?;
        let periods = kernels::count("periods", periods)?;
        Ok(retention_value_over(margin, retention, rate, growth, periods)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[margin, retention, rate, growth, periods]| {
                let ratio = retention * (1.0 + growth) / (1.0 + rate);
                margin * math::float::geometric_sum(ratio, periods)
            },
        )
    },
};

/// Columnar form of [`renewal_value_over`].
pub static RENEWAL_VALUE_OVER: Kernel = Kernel {
    name: "renewal_value_over",
    module: "clv",
    summary: "Expected value of the margins of the first renewals under geometric retention.",
    formula: "margin * retention / (1 + discount_rate) * (sum of (retention * (1 + growth) / (1 + discount_rate))^t for t = 0, ..., periods - 1)",
    source: "Gupta & Lehmann 2003, \"Customers as Assets\", finite horizon",
    diverges: None,
    arguments: &[MARGIN, RETENTION, DISCOUNT_RATE, GROWTH, PERIODS],
    exact: |row| {
        let [margin, retention, rate, growth, periods] = kernels::values(row)?;
        let (margin, retention, rate, growth) = typed([margin, retention, rate, growth])?;
        let periods = kernels::count("periods", periods)?;
        Ok(renewal_value_over(margin, retention, rate, growth, periods)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[margin, retention, rate, growth, periods]| {
                let ratio = retention * (1.0 + growth) / (1.0 + rate);
                margin * retention / (1.0 + rate) * math::float::geometric_sum(ratio, periods)
            },
        )
    },
};
