use serde::{Deserialize, Serialize};

use super::range;
use crate::error::{Error, Result};
use crate::math::{beta, distribution, normal};

/// The confidence of an interval, more than 0 and less than 1: 0.95 for 95 %.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Confidence(f64);

impl Confidence {
    /// 95 %.
    pub const P95: Confidence = Confidence(0.95);

    /// # Errors
    /// `NotFinite`; `OutOfRange` unless between 0 and 1.
    pub fn new(value: f64) -> Result<Self> {
        if !value.is_finite() {
            return Err(Error::not_finite("confidence", value));
        }
        if value <= 0.0 || value >= 1.0 {
            return Err(range("confidence", value, "must be between 0 and 1"));
        }
        Ok(Confidence(value))
    }

    /// The number itself.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// α/2, the probability of each side outside.
    pub(crate) fn tail(self) -> f64 {
        0.5 * (1.0 - self.0)
    }

    /// z with P(|Z| ≤ z) = confidence, of the normal distribution.
    pub(crate) fn z(self) -> f64 {
        -normal::quantile(self.tail())
    }

    /// The same of Student's t.
    pub(crate) fn t(self, degrees: f64) -> f64 {
        -distribution::student_t_quantile(degrees, self.tail())
    }
}

impl TryFrom<f64> for Confidence {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self> {
        Confidence::new(value)
    }
}

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> f64 {
        confidence.0
    }
}

/// A number of the population, estimated from a [`Sample`](super::Sample).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error under the design.
    pub standard_error: f64,
    /// The lower end of the interval.
    pub lower: f64,
    /// The upper end of the interval.
    pub upper: f64,
    /// Degrees of freedom of the standard error: primary units less strata.
    pub degrees: usize,
    /// Variance over that of a simple random sample of as many rows; `None` where that one is 0.
    pub design_effect: Option<f64>,
    /// Rows of the domain.
    pub rows: usize,
}

/// What a value and its variances say; the interval is value ± t · standard error.
pub(super) fn symmetric(
    value: f64,
    (variance, simple_variance): (f64, f64),
    degrees: usize,
    rows: usize,
    confidence: Confidence,
) -> Estimate {
    let standard_error = libm::sqrt(variance);
    let half = if variance > 0.0 {
        confidence.t(degrees as f64) * standard_error
    } else {
        0.0
    };
    Estimate {
        value,
        standard_error,
        lower: value - half,
        upper: value + half,
        degrees,
        design_effect: (simple_variance > 0.0).then(|| variance / simple_variance),
        rows,
    }
}

/// The interval of a proportion: that of Clopper and Pearson for n* = p (1 − p) / v · (t₍ₙ₋₁₎ / t₍degrees₎)² answers;
/// n* is the number of rows where p is 0 or 1.
///
/// Source: Korn & Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts
/// estimated from survey data", Survey Methodology 24(2).
pub(super) fn of_proportion(estimate: Estimate, confidence: Confidence) -> Estimate {
    let Estimate {
        value: p,
        standard_error,
        rows,
        ..
    } = estimate;
    let variance = standard_error * standard_error;
    let spread = p * (1.0 - p);
    let answers = if variance > 0.0 && spread > 0.0 {
        let simple = (rows > 1).then(|| confidence.t((rows - 1) as f64));
        let ratio = simple.unwrap_or(1.0) / confidence.t(estimate.degrees as f64);
        spread / variance * ratio * ratio
    } else {
        rows as f64
    };
    let tail = confidence.tail();
    let (yes, no) = (p * answers, (1.0 - p) * answers);
    Estimate {
        lower: if p > 0.0 {
            beta::inverse(yes, no + 1.0, tail).0
        } else {
            0.0
        },
        upper: if p < 1.0 {
            beta::upper_inverse(yes + 1.0, no, tail).0
        } else {
            1.0
        },
        ..estimate
    }
}
