use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CEILING, SOURCE, STEEPNESS, refuse_negative, spend};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math::decimal::{exp, ln};
use crate::units::{Money, Probability};

const SPEND: Argument = spend("spend", "spent per prospect or per customer and period");
const CURRENT_SPEND: Argument = Argument {
    name: "spend",
    meaning: "spent now, per prospect or per customer and period",
    domain: Domain::Positive,
};
const RATE: Argument = Argument {
    name: "rate",
    meaning: "reached now, below the ceiling",
    domain: Domain::PositiveProbability,
};

/// What spending reaches: rate(spend) = ceiling · (1 − e^(−k · spend)), an acquisition rate per prospect or a
/// retention rate per customer and period.
///
/// ```
/// use crm_core::clv::acquisition::ResponseCurve;
/// use crm_core::units::{Money, Probability};
///
/// // 5 a prospect wins 25 % of them; no spending would win more than half.
/// let (rate, ceiling) = (Probability::try_from(0.25)?, Probability::try_from(0.5)?);
/// let curve = ResponseCurve::through(Money::from(5), rate, ceiling)?;
/// assert_eq!(curve.rate(Money::from(10))?.value().round_dp(20), "0.375".parse().unwrap());
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct ResponseCurve {
    ceiling: Probability,
    steepness: Decimal,
}

/// A [`ResponseCurve`] as it is serialised.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Parts {
    ceiling: Probability,
    steepness: Decimal,
}

impl TryFrom<Parts> for ResponseCurve {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self> {
        ResponseCurve::new(parts.ceiling, parts.steepness)
    }
}

impl From<ResponseCurve> for Parts {
    fn from(curve: ResponseCurve) -> Self {
        Parts {
            ceiling: curve.ceiling,
            steepness: curve.steepness,
        }
    }
}

impl ResponseCurve {
    /// The curve with this ceiling and this k, per unit of money.
    ///
    /// # Errors
    /// `OutOfRange` unless `steepness` is greater than 0.
    pub fn new(ceiling: Probability, steepness: Decimal) -> Result<Self> {
        if steepness <= Decimal::ZERO {
            let reason = format!("must be {}", STEEPNESS.domain.rule());
            return Err(
                Error::new(ErrorKind::OutOfRange, STEEPNESS.name, reason).with_value(steepness)
            );
        }
        Ok(ResponseCurve { ceiling, steepness })
    }

    /// The curve of this ceiling through what is spent and reached now: k = −ln(1 − rate/ceiling)/spend.
    ///
    /// # Errors
    /// `OutOfRange` unless `spend` and `rate` are greater than 0 and `rate` is less than `ceiling`; `Overflow`.
    pub fn through(spend: Money, rate: Probability, ceiling: Probability) -> Result<Self> {
        for (argument, value) in [(CURRENT_SPEND, spend.value()), (RATE, rate.value())] {
            if value <= Decimal::ZERO {
                let reason = format!("must be {}", argument.domain.rule());
                return Err(
                    Error::new(ErrorKind::OutOfRange, argument.name, reason).with_value(value)
                );
            }
        }
        if rate >= ceiling {
            let reason = format!("must be less than the ceiling, {}", ceiling.value());
            let error = Error::new(ErrorKind::OutOfRange, RATE.name, reason);
            return Err(error.with_value(rate.value()));
        }
        let overflow = || Error::overflow(STEEPNESS.name);
        let missing = ceiling
            .value()
            .checked_sub(rate.value())
            .and_then(|gap| gap.checked_div(ceiling.value()))
            .ok_or_else(overflow)?;
        let steepness = ln(missing)?
            .checked_div(spend.value())
            .ok_or_else(overflow)?;
        ResponseCurve::new(ceiling, -steepness)
    }

    /// The rate that no spending would exceed.
    #[must_use]
    pub const fn ceiling(&self) -> Probability {
        self.ceiling
    }

    /// k, per unit of money.
    #[must_use]
    pub const fn steepness(&self) -> Decimal {
        self.steepness
    }

    /// The rate that `spend` reaches: ceiling · (1 − e^(−k · spend)).
    ///
    /// # Errors
    /// `OutOfRange` for a negative spend, `Overflow`.
    pub fn rate(&self, spend: Money) -> Result<Probability> {
        let gap = Probability::named(SPEND.name, self.missing(spend)?.min(Decimal::ONE))?;
        Ok(self.ceiling.and(gap.complement()))
    }

    /// What the next unit of money adds to the rate: ceiling · k · e^(−k · spend).
    ///
    /// # Errors
    /// As [`ResponseCurve::rate`].
    pub fn slope(&self, spend: Money) -> Result<Decimal> {
        self.initial_slope()?
            .checked_mul(self.missing(spend)?)
            .ok_or_else(|| Error::overflow(STEEPNESS.name))
    }

    /// ceiling · k: what the first unit of money adds to the rate.
    pub(super) fn initial_slope(&self) -> Result<Decimal> {
        self.ceiling
            .value()
            .checked_mul(self.steepness)
            .ok_or_else(|| Error::overflow(STEEPNESS.name))
    }

    /// e^(−k · spend): the part of the ceiling that is not reached.
    fn missing(&self, spend: Money) -> Result<Decimal> {
        refuse_negative(SPEND.name, spend)?;
        exp(-spend.multiply(self.steepness)?.value())
    }
}

/// Columnar form of [`ResponseCurve::rate`].
pub static RESPONSE_RATE: Kernel = Kernel {
    name: "response_rate",
    module: "clv",
    summary: "The acquisition or retention rate that a spend reaches.",
    formula: "ceiling * (1 - exp(-steepness * spend))",
    source: SOURCE,
    diverges: None,
    arguments: &[SPEND, CEILING, STEEPNESS],
    exact: |row| {
        let [spend, ceiling, steepness] = kernels::values(row)?;
        let curve = ResponseCurve::new(Probability::named("ceiling", ceiling)?, steepness)?;
        Ok(curve.rate(Money::new(spend))?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[spend, ceiling, steepness]| {
            -libm::expm1(-steepness * spend) * ceiling
        })
    },
};

/// The steepness of [`ResponseCurve::through`].
pub static RESPONSE_STEEPNESS: Kernel = Kernel {
    name: "response_steepness",
    module: "clv",
    summary: "Steepness k of the response curve through what is spent and reached now.",
    formula: "-ln(1 - rate / ceiling) / spend",
    source: SOURCE,
    diverges: None,
    arguments: &[CURRENT_SPEND, RATE, CEILING],
    exact: |row| {
        let [spend, rate, ceiling] = kernels::values(row)?;
        let rate = Probability::named("rate", rate)?;
        let ceiling = Probability::named("ceiling", ceiling)?;
        Ok(ResponseCurve::through(Money::new(spend), rate, ceiling)?.steepness)
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[spend, rate, ceiling]| {
            if rate < ceiling {
                -libm::log1p(-rate / ceiling) / spend
            } else {
                f64::NAN
            }
        })
    },
};
