use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::clv::Timing;
use crate::clv::individual::present_value;
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Money, Rate};

/// Decimals of an internal rate of return.
const RATE_PLACES: u32 = 18;

/// The interval of a bisection is as narrow as decimals can tell.
const NARROW: Decimal = Decimal::from_parts(1, 0, 0, false, 27);

/// The internal rate of return, as far as the flows have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InternalRate {
    /// The flows change sign once: this is their only rate.
    Unique(Rate),
    /// The flows change sign more than once: there may be none and there may be as many rates as
    /// changes (Descartes). Compare present values instead, or look between two rates with
    /// [`internal_rate_between`].
    Ambiguous {
        /// How often the flows change sign.
        sign_changes: usize,
    },
}

/// Internal rate of return: the rate per period at which the flows, one per period, are worth
/// nothing: Σ flow_t (1+i)^−t = 0. When the first flow falls makes no difference.
///
/// Flows that change sign once have exactly one rate over −1; it is found by bisection and rounded to
/// 18 decimals.
///
/// ```
/// use crm_core::clv::individual::{InternalRate, internal_rate_of_return};
/// use crm_core::units::{Money, Rate};
///
/// let flows = [-400, 220, 242].map(Money::from);
/// let rate = internal_rate_of_return(&flows)?;
/// assert_eq!(rate, InternalRate::Unique(Rate::try_from(0.1)?));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without flows; `NoSolution` if no flow differs in sign from the others; `Overflow`.
pub fn internal_rate_of_return(flows: &[Money]) -> Result<InternalRate> {
    if flows.is_empty() {
        return Err(Error::empty("flows"));
    }
    let spending: Vec<bool> = flows
        .iter()
        .filter(|flow| **flow != Money::ZERO)
        .map(|flow| *flow < Money::ZERO)
        .collect();
    match spending
        .windows(2)
        .filter(|pair| pair.first() != pair.last())
        .count()
    {
        0 => Err(Error::new(
            ErrorKind::NoSolution,
            "flows",
            "must hold both spending and income, else no rate makes them worth nothing",
        )),
        1 => only_rate(flows).map(InternalRate::Unique),
        sign_changes => Ok(InternalRate::Ambiguous { sign_changes }),
    }
}

/// A rate between `low` and `high` at which the flows are worth nothing, where their present values
/// at `low` and `high` differ in sign. If there are several such rates, this is one of them.
///
/// ```
/// use crm_core::clv::individual::internal_rate_between;
/// use crm_core::units::{Money, Rate};
///
/// // 10 % and 20 % both make these flows worth nothing.
/// let flows = [-1000, 2300, -1320].map(Money::from);
/// let rate = internal_rate_between(&flows, Rate::try_from(0.15)?, Rate::try_from(0.5)?)?;
/// assert_eq!(rate, Rate::try_from(0.2)?);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without flows; `OutOfRange` unless `low` is less than `high`; `NoSolution` if the present
/// values at `low` and `high` have the same sign; `Overflow`.
pub fn internal_rate_between(flows: &[Money], low: Rate, high: Rate) -> Result<Rate> {
    if low >= high {
        return Err(Error::new(
            ErrorKind::OutOfRange,
            "low",
            format!("must be less than high, {}", high.value()),
        )
        .with_value(low.value()));
    }
    let value_at = |rate| present_value(flows, Rate::new(rate)?, Timing::Start);
    let (at_low, at_high) = (value_at(low.value())?, value_at(high.value())?);
    if at_low == Money::ZERO {
        return Ok(low);
    }
    if at_high != Money::ZERO && (at_low < Money::ZERO) == (at_high < Money::ZERO) {
        return Err(Error::new(
            ErrorKind::NoSolution,
            "flows",
            format!(
                "the present values at {} and {} must differ in sign",
                low.value(),
                high.value()
            ),
        ));
    }
    Rate::new(bisect(low.value(), high.value(), value_at)?.round_dp(RATE_PLACES))
}

/// The rate of flows that change sign once. With v = 1/(1+i), their value is a polynomial in v with
/// one positive root; where that root is over 1, the polynomial in 1 + i = 1/v is taken instead, so
/// that powers never overflow.
fn only_rate(flows: &[Money]) -> Result<Rate> {
    let sum = Money::sum(flows.iter().copied())?;
    let last = flows.iter().rev().find(|flow| **flow != Money::ZERO);
    let pays_in_the_end = last.is_some_and(|flow| *flow > Money::ZERO);
    let rate = if sum == Money::ZERO {
        Some(Decimal::ZERO)
    } else if (sum > Money::ZERO) == pays_in_the_end {
        let discount = bisect(Decimal::ZERO, Decimal::ONE, |v| {
            horner(flows.iter().rev(), v)
        })?;
        Decimal::ONE
            .checked_div(discount)
            .and_then(|growth| growth.checked_sub(Decimal::ONE))
    } else {
        let growth = bisect(Decimal::ZERO, Decimal::ONE, |x| horner(flows.iter(), x))?;
        growth.checked_sub(Decimal::ONE)
    };
    let rate = rate.ok_or_else(|| Error::overflow("internal rate of return"))?;
    Rate::new(rate.round_dp(RATE_PLACES))
}

/// Σ coefficient · x^k, given from the highest power down.
fn horner<'a>(coefficients: impl Iterator<Item = &'a Money>, x: Decimal) -> Result<Money> {
    coefficients
        .copied()
        .try_fold(Money::ZERO, |sum, coefficient| {
            sum.multiply(x)?.add(coefficient)
        })
}

/// A zero of `function` between `low` and `high`, where its signs differ.
fn bisect(
    mut low: Decimal,
    mut high: Decimal,
    function: impl Fn(Decimal) -> Result<Money>,
) -> Result<Decimal> {
    let high_is_negative = function(high)? < Money::ZERO;
    loop {
        let middle = low
            .checked_add(high)
            .and_then(|sum| sum.checked_div(Decimal::TWO))
            .ok_or_else(|| Error::overflow("internal rate of return"))?;
        let value = function(middle)?;
        if value == Money::ZERO || high.saturating_sub(low) <= NARROW {
            return Ok(middle);
        }
        if (value < Money::ZERO) == high_is_negative {
            high = middle;
        } else {
            low = middle;
        }
    }
}
