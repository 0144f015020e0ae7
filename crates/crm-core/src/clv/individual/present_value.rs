use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::clv::Timing;
use crate::error::{Error, Result};
use crate::math;
use crate::units::{Date, Money, Rate};

/// An amount that is paid on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedFlow {
    /// The day.
    pub date: Date,
    /// Income is positive, spending negative.
    pub amount: Money,
}

/// Present value of one flow per period at one rate: V = Σ flow_t (1+i)^−t, where t starts at 0
/// ([`Timing::Start`]) or 1 ([`Timing::End`]).
///
/// The sum is evaluated from the last flow to the first (Horner), so that no power of 1 + i is ever
/// formed; each of the n steps rounds half-even at the 28th digit.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::individual::present_value;
/// use crm_core::units::{Money, Rate};
///
/// let flows = [-400, 125, 500].map(Money::from);
/// let value = present_value(&flows, Rate::try_from(0.25)?, Timing::Start)?;
/// assert_eq!(value, Money::from(-400 + 100 + 320));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without flows, `Overflow`.
pub fn present_value(flows: &[Money], discount_rate: Rate, timing: Timing) -> Result<Money> {
    if flows.is_empty() {
        return Err(Error::empty("flows"));
    }
    let growth = discount_rate.growth_factor()?;
    let value = flows
        .iter()
        .rev()
        .try_fold(Money::ZERO, |later, flow| later.divide(growth)?.add(*flow))?;
    match timing {
        Timing::Start => Ok(value),
        Timing::End => value.divide(growth),
    }
}

/// Present value of one flow per period where each period has its own rate:
/// V = Σ flow_t / ((1+i_1) … (1+i_t)).
///
/// With [`Timing::End`] there is a rate for each flow, and flow k is paid at the end of period k.
/// With [`Timing::Start`] the first flow is now; `discount_rates` has a rate for each period between
/// two flows, one less than there are flows.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::individual::present_value_varying;
/// use crm_core::units::{Money, Rate};
///
/// let rates = [Rate::try_from(0.25)?, Rate::try_from(0.6)?];
/// let value = present_value_varying(&[125, 200].map(Money::from), &rates, Timing::End)?;
/// assert_eq!(value, Money::from(100 + 100));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without flows, `LengthMismatch` for a wrong number of rates, `Overflow`.
pub fn present_value_varying(
    flows: &[Money],
    discount_rates: &[Rate],
    timing: Timing,
) -> Result<Money> {
    let (now, later) = match (timing, flows) {
        (_, []) => return Err(Error::empty("flows")),
        (Timing::Start, [first, later @ ..]) => (*first, later),
        (Timing::End, flows) => (Money::ZERO, flows),
    };
    if discount_rates.len() != later.len() {
        let found = discount_rates.len();
        return Err(Error::length("discount_rates", found, later.len()));
    }
    let value = later
        .iter()
        .zip(discount_rates)
        .rev()
        .try_fold(Money::ZERO, |after, (flow, rate)| {
            after.add(*flow)?.divide(rate.growth_factor()?)
        })?;
    now.add(value)
}

/// Present value on the day `now` of flows with dates: V = Σ flow (1+i)^−(days from now / 365)
/// (XNPV, Act/365). The rate is per year of 365 days; flows may stand in any order, and those before
/// `now` are compounded. Spreadsheets take the date of the first flow as `now`.
///
/// ```
/// use crm_core::clv::individual::{DatedFlow, present_value_dated};
/// use crm_core::units::{Money, Rate};
///
/// let flows = [
///     DatedFlow { date: "2025-01-01".parse()?, amount: Money::from(-400) },
///     DatedFlow { date: "2026-01-01".parse()?, amount: Money::from(545) },
/// ];
/// let value = present_value_dated(&flows, Rate::try_from(0.09)?, "2025-01-01".parse()?)?;
/// assert_eq!(value.round(20), Money::from(100));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without flows, `Overflow`.
pub fn present_value_dated(flows: &[DatedFlow], yearly_rate: Rate, now: Date) -> Result<Money> {
    if flows.is_empty() {
        return Err(Error::empty("flows"));
    }
    let growth = yearly_rate.growth_factor()?;
    let discount = |value: Money, days: i32| -> Result<Money> {
        let years = Decimal::from(-days)
            .checked_div(DAYS_PER_YEAR)
            .ok_or_else(|| Error::overflow("date"))?;
        match days {
            0 => Ok(value),
            _ => value.multiply(math::decimal::real_power(growth, years)?),
        }
    };
    let mut by_date = flows.to_vec();
    by_date.sort_by_key(|flow| flow.date);
    let mut value = Money::ZERO;
    let mut date = now;
    for flow in by_date.iter().rev() {
        if value != Money::ZERO {
            value = discount(value, flow.date.days_until(date))?;
        }
        value = value.add(flow.amount)?;
        date = flow.date;
    }
    discount(value, now.days_until(date))
}

/// The year of the Act/365 day count.
const DAYS_PER_YEAR: Decimal = Decimal::from_parts(365, 0, 0, false, 0);
