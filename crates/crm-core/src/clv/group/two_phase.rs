use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::clv::arguments::{DISCOUNT_RATE, RETENTION};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math;
use crate::units::{Money, Probability, Rate};

/// The longest projection of margins that change every year.
pub const MAX_YEARS: u64 = 1000;

pub(super) const ACCELERATION: Argument = Argument {
    name: "acceleration",
    meaning: "growth of the margin up to the turning point: h of h t^2",
    domain: Domain::Finite,
};
pub(super) const INITIAL_MARGIN: Argument = Argument {
    name: "initial_margin",
    meaning: "margin per customer and year at the start",
    domain: Domain::Finite,
};
pub(super) const TURNING_POINT: Argument = Argument {
    name: "turning_point",
    meaning: "years until growth slows down",
    domain: Domain::NonNegative,
};
pub(super) const FURTHER_GAIN: Argument = Argument {
    name: "further_gain",
    meaning: "what the margin still gains after the turning point, in the limit",
    domain: Domain::Finite,
};
const YEARS: Argument = Argument {
    name: "years",
    meaning: "years over which the flows are projected, at most 1000",
    domain: Domain::Count,
};

/// A margin per customer and year that grows in two phases: faster and faster up to the turning point g,
/// then ever slower towards a limit. With promotion cost already taken off,
///
/// π(t) = h t² + v for t ≤ g; π(t) = h g² + v + N (1 − e^−(t−g)) for t > g.
///
/// Source: Berger & Nasr 1998, case 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoPhaseMargin {
    /// h: growth up to the turning point.
    pub acceleration: Decimal,
    /// v: the margin at the start.
    pub initial_margin: Money,
    /// g: years until growth slows down, 0 or more; below 0 the first phase is empty.
    pub turning_point: Decimal,
    /// N: what the margin still gains after the turning point, in the limit.
    pub further_gain: Money,
}

impl TwoPhaseMargin {
    /// π(t), the margin `t` years from now.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn at(&self, t: Decimal) -> Result<Money> {
        let first_phase = t.min(self.turning_point);
        let accelerated = first_phase
            .checked_mul(first_phase)
            .and_then(|square| square.checked_mul(self.acceleration))
            .ok_or_else(|| Error::overflow("acceleration"))?;
        let margin = self.initial_margin.add(Money::new(accelerated))?;
        if t <= self.turning_point {
            return Ok(margin);
        }
        let past = self.turning_point.saturating_sub(t);
        let gained = Decimal::ONE.saturating_sub(math::decimal::exp(past)?);
        margin.add(self.further_gain.multiply(gained)?)
    }
}

/// Expected value of a customer whose yearly margin grows in two phases:
/// Σ π(t) r^t (1+d)^−t for t = 0 … n.
///
/// Source: Berger & Nasr 1998, case 3, eq. 4.
///
/// ```
/// use crm_core::clv::group::{TwoPhaseMargin, two_phase_value};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let margin = TwoPhaseMargin {
///     acceleration: 4.into(),
///     initial_margin: Money::from(20),
///     turning_point: 2.into(),
///     further_gain: Money::ZERO,
/// };
/// let value = two_phase_value(&margin, Probability::ONE, Rate::ZERO, 3)?;
/// assert_eq!(value, Money::from(20 + 24 + 36 + 36));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for more than [`MAX_YEARS`] years, `Overflow`.
pub fn two_phase_value(
    margin: &TwoPhaseMargin,
    retention: Probability,
    discount_rate: Rate,
    years: u64,
) -> Result<Money> {
    if years > MAX_YEARS {
        return Err(too_many_years(years));
    }
    let discount = super::geometric::ratio(retention, discount_rate, Rate::ZERO)?;
    (0..=years).rev().try_fold(Money::ZERO, |later, t| {
        later.multiply(discount)?.add(margin.at(Decimal::from(t))?)
    })
}

pub(super) fn too_many_years(years: u64) -> Error {
    let reason = format!("must be at most {MAX_YEARS}");
    Error::new(ErrorKind::OutOfRange, "years", reason).with_value(years)
}

/// Columnar form of [`two_phase_value`].
pub static TWO_PHASE_VALUE: Kernel = Kernel {
    name: "two_phase_value",
    module: "clv",
    summary: "Expected value of a customer whose yearly margin grows in two phases.",
    formula: "sum of margin(t) * retention^t * (1 + discount_rate)^(-t) for t = 0 to years, where margin(t) = acceleration * min(t, turning_point)^2 + initial_margin + further_gain * (1 - exp(-max(t - turning_point, 0)))",
    source: "Berger & Nasr 1998, case 3",
    diverges: None,
    arguments: &[
        ACCELERATION,
        INITIAL_MARGIN,
        TURNING_POINT,
        FURTHER_GAIN,
        RETENTION,
        DISCOUNT_RATE,
        YEARS,
    ],
    exact: |row| {
        let [
            acceleration,
            initial,
            turning_point,
            gain,
            retention,
            rate,
            years,
        ] = kernels::values(row)?;
        let margin = TwoPhaseMargin {
            acceleration,
            initial_margin: Money::new(initial),
            turning_point,
            further_gain: Money::new(gain),
        };
        let retention = Probability::named("retention", retention)?;
        let rate = Rate::named("discount_rate", rate)?;
        let years = kernels::count("years", years)?;
        Ok(two_phase_value(&margin, retention, rate, years)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |row| {
            let [
                acceleration,
                initial,
                turning_point,
                gain,
                retention,
                rate,
                years,
            ] = row;
            if years > MAX_YEARS as f64 {
                return f64::NAN;
            }
            let margin = |t: f64| {
                let first_phase = t.min(turning_point);
                acceleration * first_phase * first_phase + initial
                    - gain * libm::expm1(first_phase - t)
            };
            let discount = retention / (1.0 + rate);
            (0..=years as u32)
                .rev()
                .fold(0.0, |later, t| later * discount + margin(f64::from(t)))
        })
    },
};
