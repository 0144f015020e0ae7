use rust_decimal::Decimal;

use super::{CEILING, CUSTOMER_VALUE, ResponseCurve, SOURCE, STEEPNESS};
use crate::clv::arguments::{DISCOUNT_RATE, MARGIN};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Kernel};
use crate::math::decimal::{exp, ln};
use crate::units::{Money, Probability, Rate};

/// The acquisition spend per prospect that makes a(A) · v − A largest, where v is what an acquired
/// customer is worth.
///
/// The slope of the gain is c k e^(−kA) v − 1. It falls, so that the optimum is where it is zero,
/// A* = ln(c k v)/k, and 0 where the first unit of money already brings less than one, c k v ≤ 1.
///
/// ```
/// use crm_core::clv::acquisition::{ResponseCurve, optimal_acquisition_spend};
/// use crm_core::units::{Money, Probability};
///
/// let curve = ResponseCurve::new(Probability::try_from(0.5)?, "0.1".parse().unwrap())?;
/// let spend = optimal_acquisition_spend(Money::from(60), &curve)?;
/// assert_eq!(spend.round(4), "10.9861".parse()?); // 10 ln 3
/// assert_eq!(optimal_acquisition_spend(Money::from(20), &curve)?, Money::ZERO);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn optimal_acquisition_spend(customer_value: Money, curve: &ResponseCurve) -> Result<Money> {
    let first = customer_value.multiply(curve.initial_slope()?)?;
    if first.value() <= Decimal::ONE {
        return Ok(Money::ZERO);
    }
    Money::new(ln(first.value())?).divide(curve.steepness())
}

/// The retention spend per customer and period that makes the value of an acquired customer,
/// m + (r(R) m − R)/(1 + d − r(R)), largest.
///
/// With q = 1 + d and y = k R its slope is zero where k q m − 1 − y = (q − c)/c · e^y. The left
/// side falls and the right side rises, so that there is one optimum, and none over 0 where c k m ≤ 1. Newton's
/// steps reach it from above (see `balance`); in closed form it is y = b − W((q − c)/c · e^b) with
/// b = k q m − 1 and Lambert's W.
///
/// ```
/// use crm_core::clv::acquisition::{ResponseCurve, optimal_retention_spend};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let curve = ResponseCurve::new(Probability::try_from(0.8)?, "0.1".parse().unwrap())?;
/// let spend = optimal_retention_spend(Money::from(50), &curve, Rate::try_from(0.2)?)?;
/// assert_eq!(spend.round(4), "18.4282".parse()?);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Divergent` for a ceiling over 1 + d, which a finite spend brings retention up to; `Overflow`.
pub fn optimal_retention_spend(
    margin: Money,
    curve: &ResponseCurve,
    discount_rate: Rate,
) -> Result<Money> {
    let growth = discount_rate.growth_factor()?;
    let ceiling = curve.ceiling().value();
    if ceiling > growth {
        let reason =
            format!("must be at most 1 + discount_rate, {growth}, else the value has no maximum");
        return Err(Error::new(ErrorKind::Divergent, CEILING.name, reason).with_value(ceiling));
    }
    if margin.multiply(curve.initial_slope()?)?.value() <= Decimal::ONE {
        return Ok(Money::ZERO);
    }
    let worth = margin.multiply(growth)?.multiply(curve.steepness())?;
    let scales = || {
        let ratio = growth.checked_sub(ceiling)?.checked_div(ceiling)?;
        Some((worth.value().checked_sub(Decimal::ONE)?, ratio))
    };
    let (b, s) = scales().ok_or_else(overflow)?;
    Money::new(balance(b, s)?).divide(curve.steepness())
}

/// The root y of b − y = s e^y for b > s ≥ 0.
///
/// The difference of the two sides is concave and falls, so that Newton's steps from above the root go
/// down to it. As s e^y ≤ b at the root, min(b, ln(b/s)) is above it.
fn balance(b: Decimal, s: Decimal) -> Result<Decimal> {
    if s.is_zero() {
        return Ok(b);
    }
    let mut y = ln(b.checked_div(s).ok_or_else(overflow)?)?.min(b);
    loop {
        let right = exp(y)?.checked_mul(s).ok_or_else(overflow)?;
        let step = || {
            let difference = b.checked_sub(y)?.checked_sub(right)?;
            let slope = right.checked_add(Decimal::ONE)?;
            difference.checked_div(slope)?.checked_add(y)
        };
        let next = step().ok_or_else(overflow)?;
        if next >= y {
            return Ok(y);
        }
        y = next;
    }
}

fn overflow() -> Error {
    Error::overflow("retention_spend")
}

fn typed(ceiling: Decimal, steepness: Decimal) -> Result<ResponseCurve> {
    ResponseCurve::new(Probability::named("ceiling", ceiling)?, steepness)
}

/// Columnar form of [`optimal_acquisition_spend`].
pub static OPTIMAL_ACQUISITION_SPEND: Kernel = Kernel {
    name: "optimal_acquisition_spend",
    module: "clv",
    summary: "The acquisition spend per prospect that makes the value of a prospect largest.",
    formula: "max(ln(ceiling * steepness * customer_value) / steepness, 0)",
    source: SOURCE,
    diverges: None,
    arguments: &[CUSTOMER_VALUE, CEILING, STEEPNESS],
    exact: |row| {
        let [value, ceiling, steepness] = kernels::values(row)?;
        let curve = typed(ceiling, steepness)?;
        Ok(optimal_acquisition_spend(Money::new(value), &curve)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[value, ceiling, steepness]| {
            libm::log((ceiling * steepness * value).max(1.0)) / steepness
        })
    },
};

/// Columnar form of [`optimal_retention_spend`].
pub static OPTIMAL_RETENTION_SPEND: Kernel = Kernel {
    name: "optimal_retention_spend",
    module: "clv",
    summary: "The retention spend per customer and period that makes the value of a customer largest.",
    formula: "y / steepness, where steepness * (1 + discount_rate) * margin - 1 - y = (1 + discount_rate - ceiling) / ceiling * exp(y), and 0 if ceiling * steepness * margin <= 1",
    source: SOURCE,
    diverges: Some("ceiling is over 1 + discount_rate"),
    arguments: &[MARGIN, CEILING, STEEPNESS, DISCOUNT_RATE],
    exact: |row| {
        let [margin, ceiling, steepness, rate] = kernels::values(row)?;
        let curve = typed(ceiling, steepness)?;
        let rate = Rate::named("discount_rate", rate)?;
        Ok(optimal_retention_spend(Money::new(margin), &curve, rate)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[margin, ceiling, steepness, rate]| {
                let growth = 1.0 + rate;
                if growth - ceiling <= NEAR_LIMIT {
                    return f64::NAN;
                }
                if ceiling * steepness * margin <= 1.0 {
                    return 0.0;
                }
                let b = steepness * growth * margin - 1.0;
                balance_f64(b, (growth - ceiling) / ceiling) / steepness
            },
        )
    },
};

/// Nearer to the limit than this, `f64` cannot tell whether the value has a maximum.
const NEAR_LIMIT: f64 = 64.0 * f64::EPSILON;

/// As [`balance`].
fn balance_f64(b: f64, s: f64) -> f64 {
    let mut y = libm::log(b / s).min(b).max(0.0);
    loop {
        let right = s * libm::exp(y);
        let next = y + (b - y - right) / (1.0 + right);
        if next < y {
            y = next;
        } else {
            return y;
        }
    }
}
