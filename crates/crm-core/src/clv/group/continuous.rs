use rust_decimal::Decimal;

use super::two_phase::{ACCELERATION, FURTHER_GAIN, INITIAL_MARGIN, TURNING_POINT, TwoPhaseMargin};
use crate::clv::arguments::{DISCOUNT_RATE, MARGIN, RETENTION};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math::decimal::{exp, ln};
use crate::units::{Money, Probability, Rate};

const DURATION: Argument = Argument {
    name: "years",
    meaning: "years over which the flow is projected, whole or not",
    domain: Domain::NonNegative,
};

/// Expected value of a customer whose margin flows in evenly over the year:
/// ∫ m (r/(1+d))^t dt from 0 to n.
///
/// Source: Berger & Nasr 1998, case 4, eq. 5, with a constant margin.
///
/// ```
/// use crm_core::clv::group::continuous_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let value = continuous_value(Money::from(100), Probability::ONE, Rate::ZERO, "2.5".parse().unwrap())?;
/// assert_eq!(value, Money::from(250));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a negative number of years, `Overflow`.
pub fn continuous_value(
    margin: Money,
    retention: Probability,
    discount_rate: Rate,
    years: Decimal,
) -> Result<Money> {
    refuse_negative("years", years)?;
    match decay(retention, discount_rate)? {
        Some(decay) => margin.multiply(integral(decay, years)?),
        None => Ok(Money::ZERO),
    }
}

/// Expected value of a customer whose margin flows in continuously and grows in two phases:
/// ∫ π(t) (r/(1+d))^t dt from 0 to n.
///
/// With k = ln(1+d) − ln r, u = min(g, n) and s = n − g this is
/// h ∫₀ᵘ t² e^−kt dt + v ∫₀ᵘ e^−kt dt, and for n > g also
/// e^−kg [(h g² + v + N) ∫₀ˢ e^−kt dt − N ∫₀ˢ e^−(k+1)t dt].
///
/// Source: Berger & Nasr 1998, case 4, eq. 5.
///
/// ```
/// use crm_core::clv::group::{TwoPhaseMargin, continuous_two_phase_value};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let margin = TwoPhaseMargin {
///     acceleration: 3.into(),
///     initial_margin: Money::from(10),
///     turning_point: 5.into(),
///     further_gain: Money::from(7),
/// };
/// // Without loss or discount: 3 · 2³/3 + 10 · 2.
/// let value = continuous_two_phase_value(&margin, Probability::ONE, Rate::ZERO, 2.into())?;
/// assert_eq!(value.round(20), Money::from(28));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a negative number of years or turning point, `Overflow`.
pub fn continuous_two_phase_value(
    margin: &TwoPhaseMargin,
    retention: Probability,
    discount_rate: Rate,
    years: Decimal,
) -> Result<Money> {
    let turning_point = margin.turning_point;
    refuse_negative("turning_point", turning_point)?;
    refuse_negative("years", years)?;
    let Some(decay) = decay(retention, discount_rate)? else {
        return Ok(Money::ZERO);
    };
    let first_phase = years.min(turning_point);
    let accelerated = integral_of_square(decay, first_phase)?
        .checked_mul(margin.acceleration)
        .ok_or_else(overflow)?;
    let value = margin
        .initial_margin
        .multiply(integral(decay, first_phase)?)?
        .add(Money::new(accelerated))?;
    if years <= turning_point {
        return Ok(value);
    }
    let past = years.checked_sub(turning_point).ok_or_else(overflow)?;
    let faster = decay.checked_add(Decimal::ONE).ok_or_else(overflow)?;
    let kept = decay
        .checked_mul(turning_point)
        .map(|k| exp(-k))
        .ok_or_else(overflow)??;
    let limit = margin.at(turning_point)?.add(margin.further_gain)?;
    let second_phase = limit
        .multiply(integral(decay, past)?)?
        .subtract(margin.further_gain.multiply(integral(faster, past)?)?)?;
    value.add(second_phase.multiply(kept)?)
}

/// k = ln(1+d) − ln r; none for a retention of 0, where no time passes before the customer is lost.
fn decay(retention: Probability, discount_rate: Rate) -> Result<Option<Decimal>> {
    if retention == Probability::ZERO {
        return Ok(None);
    }
    ln(discount_rate.growth_factor()?)?
        .checked_sub(ln(retention.value())?)
        .map(Some)
        .ok_or_else(overflow)
}

/// ∫ e^−kt dt from 0 to n: n (1 − e^−x)/x with x = k n, for small x by the series
/// Σ (−x)^j / (j+1)!.
fn integral(k: Decimal, n: Decimal) -> Result<Decimal> {
    let x = k.checked_mul(n).ok_or_else(overflow)?;
    let mean = if x.abs() <= Decimal::ONE {
        series(x, 1)
    } else {
        Decimal::ONE
            .checked_sub(exp(-x)?)
            .and_then(|one| one.checked_div(x))
    };
    mean.and_then(|mean| mean.checked_mul(n))
        .ok_or_else(overflow)
}

/// ∫ t² e^−kt dt from 0 to n: n³ (2 − e^−x (x² + 2x + 2))/x³ with x = k n, for small x by the series
/// Σ (−x)^j / (j! (j+3)).
fn integral_of_square(k: Decimal, n: Decimal) -> Result<Decimal> {
    let x = k.checked_mul(n).ok_or_else(overflow)?;
    let mean = if x.abs() <= Decimal::TWO {
        series(x, 3)
    } else {
        let exponential = exp(-x)?;
        let closed = || {
            let square = x.checked_mul(x)?;
            let bracket = square
                .checked_add(x.checked_mul(Decimal::TWO)?)?
                .checked_add(Decimal::TWO)?;
            Decimal::TWO
                .checked_sub(exponential.checked_mul(bracket)?)?
                .checked_div(square.checked_mul(x)?)
        };
        closed()
    };
    let cube = n.checked_mul(n).and_then(|square| square.checked_mul(n));
    mean.and_then(|mean| mean.checked_mul(cube?))
        .ok_or_else(overflow)
}

/// Σ (−x)^j / (j! (j + first)) = ∫ u^(first−1) e^−xu du from 0 to 1.
fn series(x: Decimal, first: u32) -> Option<Decimal> {
    let (mut power, mut sum) = (Decimal::ONE, Decimal::ZERO);
    for j in 0..TERMS {
        sum = sum.checked_add(power.checked_div(Decimal::from(j + first))?)?;
        power = power.checked_mul(-x)?.checked_div(Decimal::from(j + 1))?;
    }
    Some(sum)
}

/// Terms of a series for |x| ≤ 2: 2³⁶/36! is under the 28th decimal.
const TERMS: u32 = 36;

fn overflow() -> Error {
    Error::overflow("years")
}

fn refuse_negative(argument: &'static str, value: Decimal) -> Result<()> {
    if value < Decimal::ZERO {
        let reason = format!("must be {}", Domain::NonNegative.rule());
        return Err(Error::new(ErrorKind::OutOfRange, argument, reason).with_value(value));
    }
    Ok(())
}

/// Columnar form of [`continuous_value`].
pub static CONTINUOUS_VALUE: Kernel = Kernel {
    name: "continuous_value",
    module: "clv",
    summary: "Expected value of a customer whose margin flows in evenly over the year.",
    formula: "integral of margin * (retention / (1 + discount_rate))^t dt from 0 to years",
    source: "Berger & Nasr 1998, case 4",
    diverges: None,
    arguments: &[MARGIN, RETENTION, DISCOUNT_RATE, DURATION],
    exact: |row| {
        let [margin, retention, rate, years] = kernels::values(row)?;
        let retention = Probability::named("retention", retention)?;
        let rate = Rate::named("discount_rate", rate)?;
        Ok(continuous_value(Money::new(margin), retention, rate, years)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[margin, retention, rate, years]| {
            if retention == 0.0 {
                return 0.0;
            }
            margin * integral_f64(libm::log1p(rate) - libm::log(retention), years)
        })
    },
};

/// Columnar form of [`continuous_two_phase_value`].
pub static CONTINUOUS_TWO_PHASE_VALUE: Kernel = Kernel {
    name: "continuous_two_phase_value",
    module: "clv",
    summary: "Expected value of a customer whose margin flows in continuously and grows in two phases.",
    formula: "integral of margin(t) * (retention / (1 + discount_rate))^t dt from 0 to years, where margin(t) = acceleration * min(t, turning_point)^2 + initial_margin + further_gain * (1 - exp(-max(t - turning_point, 0)))",
    source: "Berger & Nasr 1998, case 4",
    diverges: None,
    arguments: &[
        ACCELERATION,
        INITIAL_MARGIN,
        TURNING_POINT,
        FURTHER_GAIN,
        RETENTION,
        DISCOUNT_RATE,
        DURATION,
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
        Ok(continuous_two_phase_value(&margin, retention, rate, years)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |row| {
            let [h, v, g, gain, retention, rate, years] = row;
            if retention == 0.0 {
                return 0.0;
            }
            let k = libm::log1p(rate) - libm::log(retention);
            let first_phase = years.min(g);
            let value =
                h * integral_of_square_f64(k, first_phase) + v * integral_f64(k, first_phase);
            if years <= g {
                return value;
            }
            let past = years - g;
            let second_phase =
                (h * g * g + v + gain) * integral_f64(k, past) - gain * integral_f64(k + 1.0, past);
            value + libm::exp(-k * g) * second_phase
        })
    },
};

/// As [`integral`].
fn integral_f64(k: f64, n: f64) -> f64 {
    let x = k * n;
    if x == 0.0 {
        n
    } else {
        -libm::expm1(-x) / x * n
    }
}

/// As [`integral_of_square`].
fn integral_of_square_f64(k: f64, n: f64) -> f64 {
    let x = k * n;
    let mean = if x.abs() <= 2.0 {
        let (mut power, mut sum) = (1.0, 0.0);
        for j in 0..TERMS {
            sum += power / f64::from(j + 3);
            power *= -x / f64::from(j + 1);
        }
        sum
    } else {
        (2.0 - libm::exp(-x) * (x * x + 2.0 * x + 2.0)) / (x * x * x)
    };
    mean * n * n * n
}
