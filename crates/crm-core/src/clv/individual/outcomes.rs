use serde::{Deserialize, Serialize};

use super::columns::{Discounting, check_flows};
use crate::clv::Timing;
use crate::error::{Error, Result};
use crate::kernels::{self, Column};
use crate::units::{Label, Terms};

/// Whether a row of flows has an internal rate of return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum RateOutcome {
    /// The flows change sign once and have exactly one rate.
    Unique = 0,
    /// The flows do not hold both spending and income, so that no rate makes them worth nothing.
    NoSignChange = 1,
    /// The flows change sign more than once: there may be no rate and there may be several.
    SeveralSignChanges = 2,
    /// A flow is missing: NaN.
    Missing = 3,
}

impl Label for RateOutcome {
    const ALL: &'static [Self] = &[
        RateOutcome::Unique,
        RateOutcome::NoSignChange,
        RateOutcome::SeveralSignChanges,
        RateOutcome::Missing,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            RateOutcome::Unique => ("unique", "One rate", "唯一解"),
            RateOutcome::NoSignChange => ("no_sign_change", "No sign change", "无符号变化"),
            RateOutcome::SeveralSignChanges => (
                "several_sign_changes",
                "Several sign changes",
                "多次符号变化",
            ),
            RateOutcome::Missing => ("missing", "Missing", "缺失"),
        };
        Terms { name, en, zh }
    }
}

/// Pay-back period of each customer's flows, of which `flows` holds `periods` per customer, row after
/// row; `out` has one place per customer. The columnar form of [`payback`](super::payback).
///
/// Flows that never pay back have the pay-back period infinity, which sorts after every other and is over every
/// limit. A row with a NaN flow or rate gives NaN.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::individual::paybacks_into;
///
/// let flows = [-400.0, 200.0, 400.0, -400.0, 100.0, 100.0];
/// let mut periods = [0.0; 2];
/// paybacks_into(&flows, 3, 0.0.into(), Timing::Start, &mut periods)?;
/// assert_eq!(periods, [1.5, f64::INFINITY]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` for 0 periods; `LengthMismatch`; `NotFinite` for an infinite flow, naming the customer's row;
/// `OutOfRange` for a rate of −1 or less; `Overflow`.
pub fn paybacks_into(
    flows: &[f64],
    periods: usize,
    discount_rate: Column<'_>,
    timing: Timing,
    out: &mut [f64],
) -> Result<()> {
    let discounting = Discounting::PerCustomer(discount_rate);
    check_flows(flows, periods, out.len())?;
    discounting.check(periods, timing, out.len())?;
    kernels::each_row(out, |row, result| {
        let flows = flows.get(row * periods..(row + 1) * periods).unwrap_or(&[]);
        *result = row_payback(flows, 1.0 + discount_rate.get(row), timing, row)?;
        Ok(())
    })
}

/// As [`payback`](super::payback).
fn row_payback(flows: &[f64], growth: f64, timing: Timing, row: usize) -> Result<f64> {
    if let Some(infinite) = flows.iter().find(|flow| flow.is_infinite()) {
        return Err(Error::not_finite("flows", *infinite).at_row(row));
    }
    if growth.is_nan() || flows.iter().any(|flow| flow.is_nan()) {
        return Ok(f64::NAN);
    }
    let first = f64::from(timing.first());
    let (mut total, mut factor, mut period) = (0.0, 1.0, first);
    if timing == Timing::End {
        factor /= growth;
    }
    for flow in flows {
        let discounted = flow * factor;
        let before: f64 = total;
        total += discounted;
        if !total.is_finite() {
            return Err(Error::overflow("payback").at_row(row));
        }
        if total >= 0.0 {
            let late = if discounted > 0.0 {
                1.0 + before / discounted
            } else {
                1.0
            };
            return Ok((period - late).max(0.0));
        }
        factor /= growth;
        period += 1.0;
    }
    Ok(f64::INFINITY)
}

/// Internal rate of return of each customer's flows, of which `flows` holds `periods` per customer, row
/// after row; `rates` and `outcomes` have one place per customer. The columnar form of
/// [`internal_rate_of_return`](super::internal_rate_of_return).
///
/// A row without exactly one rate gets NaN; its outcome says why. So does a row with a NaN flow.
///
/// ```
/// use crm_core::clv::individual::{RateOutcome, internal_rates_into};
///
/// let flows = [-400.0, 220.0, 242.0, 10.0, 20.0, 30.0];
/// let (mut rates, mut outcomes) = ([0.0; 2], [RateOutcome::Missing; 2]);
/// internal_rates_into(&flows, 3, &mut rates, &mut outcomes)?;
/// assert!((rates[0] - 0.1).abs() < 1e-15 && rates[1].is_nan());
/// assert_eq!(outcomes, [RateOutcome::Unique, RateOutcome::NoSignChange]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` for 0 periods; `LengthMismatch`; `NotFinite` for an infinite flow, naming the customer's row;
/// `Overflow`.
pub fn internal_rates_into(
    flows: &[f64],
    periods: usize,
    rates: &mut [f64],
    outcomes: &mut [RateOutcome],
) -> Result<()> {
    check_flows(flows, periods, rates.len())?;
    if outcomes.len() != rates.len() {
        return Err(Error::length("outcomes", outcomes.len(), rates.len()));
    }
    for (outcome, flows) in outcomes.iter_mut().zip(flows.chunks_exact(periods)) {
        *outcome = outcome_of(flows);
    }
    let outcomes = &*outcomes;
    kernels::each_row(rates, |row, rate| {
        let flows = flows.get(row * periods..(row + 1) * periods).unwrap_or(&[]);
        if let Some(infinite) = flows.iter().find(|flow| flow.is_infinite()) {
            return Err(Error::not_finite("flows", *infinite).at_row(row));
        }
        *rate = match outcomes.get(row) {
            Some(RateOutcome::Unique) => only_rate(flows),
            _ => f64::NAN,
        };
        if rate.is_infinite() {
            return Err(Error::overflow("internal rate of return").at_row(row));
        }
        Ok(())
    })
}

/// Whether the flows change sign once.
fn outcome_of(flows: &[f64]) -> RateOutcome {
    if flows.iter().any(|flow| flow.is_nan()) {
        return RateOutcome::Missing;
    }
    let mut signs = flows
        .iter()
        .filter(|flow| **flow != 0.0)
        .map(|flow| *flow < 0.0);
    let Some(mut last) = signs.next() else {
        return RateOutcome::NoSignChange;
    };
    let changes = signs.filter(|sign| std::mem::replace(&mut last, *sign) != *sign);
    match changes.count() {
        0 => RateOutcome::NoSignChange,
        1 => RateOutcome::Unique,
        _ => RateOutcome::SeveralSignChanges,
    }
}

/// The rate of flows that change sign once, as for decimals: the root is looked for in v = 1/(1+i) or in
/// 1 + i = 1/v, whichever is at most 1. Infinite where it does not fit into `f64`.
fn only_rate(flows: &[f64]) -> f64 {
    let sum: f64 = flows.iter().sum();
    let size: f64 = flows.iter().map(|flow| flow.abs()).sum();
    let last = flows.iter().rev().find(|flow| **flow != 0.0);
    let pays_in_the_end = last.is_some_and(|flow| *flow > 0.0);
    if size.is_infinite() {
        f64::INFINITY
    } else if sum == 0.0 {
        0.0
    } else if (sum > 0.0) == pays_in_the_end {
        let discount = bisect(pays_in_the_end, |v| horner(flows.iter().rev(), v));
        (1.0 - discount) / discount
    } else {
        bisect(!pays_in_the_end, |x| horner(flows.iter(), x)) - 1.0
    }
}

/// Σ coefficient · x^k, given from the highest power down.
fn horner<'a>(coefficients: impl Iterator<Item = &'a f64>, x: f64) -> f64 {
    coefficients.fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Where `function` changes sign between 0 and 1; it is positive at 1 or negative, as said.
fn bisect(positive_at_one: bool, function: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle: f64 = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if (function(middle) > 0.0) == positive_at_one {
            high = middle;
        } else {
            low = middle;
        }
    }
}
