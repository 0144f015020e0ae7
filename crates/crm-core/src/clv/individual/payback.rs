use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::clv::Timing;
use crate::error::{Error, Result};
use crate::units::{Money, Rate};

/// Whether and when flows pay back what was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payback {
    /// So many periods from now, the last of them in part.
    After(Decimal),
    /// The flows given never make up for what was spent.
    Never,
}

/// Pay-back period: the time from now at which the running total of the discounted flows first
/// comes back to zero. Within the period that brings it there, income is taken to come in evenly.
///
/// A rate of 0 gives the plain pay-back period, any other the discounted one. Flows whose first
/// amount is zero or more, so that nothing is ever spent, have paid back after 0 periods; a later
/// fall below zero is not looked at, as the definition has it.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::individual::{Payback, payback};
/// use crm_core::units::{Money, Rate};
///
/// let flows = [-400, 200, 300].map(Money::from);
/// let plain = payback(&flows, Rate::ZERO, Timing::Start)?;
/// assert_eq!(plain, Payback::After("1.6666666666666666666666666667".parse().unwrap()));
/// let discounted = payback(&flows, Rate::try_from(0.5)?, Timing::Start)?;
/// assert_eq!(discounted, Payback::Never);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without flows, `Overflow`.
pub fn payback(flows: &[Money], discount_rate: Rate, timing: Timing) -> Result<Payback> {
    if flows.is_empty() {
        return Err(Error::empty("flows"));
    }
    let overflow = || Error::overflow("payback");
    let growth = discount_rate.growth_factor()?;
    let mut factor = match timing {
        Timing::Start => Decimal::ONE,
        Timing::End => Decimal::ONE.checked_div(growth).ok_or_else(overflow)?,
    };
    let mut total = Money::ZERO;
    let mut periods = Decimal::from(timing.first());
    for flow in flows {
        let discounted = flow.multiply(factor)?;
        let before = total;
        total = before.add(discounted)?;
        if total >= Money::ZERO {
            let missing = before.value().checked_div(discounted.value());
            let early = Decimal::ONE.checked_add(missing.unwrap_or(Decimal::ZERO));
            let after = early.and_then(|early| periods.checked_sub(early));
            return after
                .map(|after| Payback::After(after.max(Decimal::ZERO)))
                .ok_or_else(overflow);
        }
        factor = factor.checked_div(growth).ok_or_else(overflow)?;
        periods = periods.saturating_add(Decimal::ONE);
    }
    Ok(Payback::Never)
}
