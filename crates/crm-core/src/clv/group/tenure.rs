use rust_decimal::Decimal;

use crate::clv::arguments::{DISCOUNT_RATE, MARGIN};
use crate::error::{Error, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math;
use crate::units::{Money, Probability, Rate};

const CHURN: Argument = Argument {
    name: "churn",
    meaning: "part of the customers lost in a period",
    domain: Domain::PositiveProbability,
};

/// Present value of a level margin over the expected tenure T = 1 / churn:
/// V = m · (1 − (1+i)^−T) / i, paid at period ends; i = 0 gives m · T.
///
/// T need not be whole: the last part of a period then earns by the same formula. This is a shortcut: the
/// expectation over the tenures that customers really have is
/// [`retention_value`](super::retention_value), compared in [the module](super).
///
/// Source: Dwyer 1997, "lost for good".
///
/// ```
/// use crm_core::clv::group::lost_for_good;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let value = lost_for_good(Money::from(100), Probability::try_from(0.2)?, Rate::try_from(0.1)?)?;
/// assert_eq!(value.round(4), "379.0787".parse()?);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a churn of 0 (an endless tenure), `Overflow`.
pub fn lost_for_good(margin: Money, churn: Probability, discount_rate: Rate) -> Result<Money> {
    let tenure = Decimal::ONE
        .checked_div(churn.value())
        .ok_or_else(|| CHURN.domain.refuse(CHURN.name, 0.0))?;
    margin.multiply(annuity_factor(tenure, discount_rate)?)
}

/// Columnar form of [`lost_for_good`].
pub static LOST_FOR_GOOD: Kernel = Kernel {
    name: "lost_for_good",
    module: "clv",
    summary: "Present value of a level margin over the expected tenure 1 / churn.",
    formula: "margin * (1 - (1 + discount_rate)^(-1 / churn)) / discount_rate",
    source: "Dwyer 1997, \"lost for good\"",
    diverges: None,
    arguments: &[MARGIN, CHURN, DISCOUNT_RATE],
    exact: |row| {
        let [margin, churn, rate] = kernels::values(row)?;
        let churn = Probability::named("churn", churn)?;
        let rate = Rate::named("discount_rate", rate)?;
        Ok(lost_for_good(Money::new(margin), churn, rate)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[margin, churn, rate]| {
            margin * math::float::annuity_factor(rate, 1.0 / churn)
        })
    },
};

/// (1 − (1+i)^−T) / i, or T where i is 0.
fn annuity_factor(tenure: Decimal, rate: Rate) -> Result<Decimal> {
    if rate == Rate::ZERO {
        return Ok(tenure);
    }
    let last = math::decimal::real_power(rate.growth_factor()?, -tenure)?;
    Decimal::ONE
        .checked_sub(last)
        .and_then(|sum| sum.checked_div(rate.value()))
        .ok_or_else(|| Error::overflow("annuity"))
}
