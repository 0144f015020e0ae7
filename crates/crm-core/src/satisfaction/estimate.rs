//! What answers and counts estimate: rates with Wilson intervals, means with Student's.

use serde::Serialize;

use crate::math::distribution::student_t_quantile;
use crate::math::proportion::wilson;
use crate::math::sum::Sum;

/// A part of a whole that was counted, p̂ = count / base.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RateEstimate {
    /// How many there were.
    pub count: u64,
    /// Of how many.
    pub base: u64,
    /// count / base; this and what follows is NaN if there was nobody to count.
    pub rate: f64,
    /// The binomial standard error √(p̂(1 − p̂)/n).
    pub standard_error: f64,
    /// Lower end of the Wilson interval.
    pub lower: f64,
    /// Upper end of the Wilson interval.
    pub upper: f64,
}

impl RateEstimate {
    /// `count` of `base`, with the Wilson interval at z.
    pub(crate) fn new(count: u64, base: u64, z: f64) -> Self {
        let rate = count as f64 / base as f64;
        let (lower, upper) = if base == 0 {
            (f64::NAN, f64::NAN)
        } else {
            wilson(count, base, z)
        };
        RateEstimate {
            count,
            base,
            rate,
            standard_error: libm::sqrt(rate * (1.0 - rate) / base as f64),
            lower,
            upper,
        }
    }

    /// −count / base.
    pub(crate) fn negated(self) -> Self {
        RateEstimate {
            rate: -self.rate,
            lower: -self.upper,
            upper: -self.lower,
            ..self
        }
    }
}

/// The mean of answers, x̄.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MeanEstimate {
    /// How many answers there are.
    pub count: u64,
    /// x̄; NaN without answers.
    pub mean: f64,
    /// s, with n − 1; this and what follows is NaN with fewer than two answers.
    pub standard_deviation: f64,
    /// s / √n.
    pub standard_error: f64,
    /// Lower end of Student's interval.
    pub lower: f64,
    /// Upper end of Student's interval.
    pub upper: f64,
}

impl MeanEstimate {
    /// From Σ(x − x̄)²; `upper_point` is the probability below the upper end of the interval.
    pub(crate) fn new(count: u64, mean: f64, squares: f64, upper_point: f64) -> Self {
        let n = count as f64;
        let (standard_deviation, quantile) = if count < 2 {
            (f64::NAN, f64::NAN)
        } else {
            let degrees = n - 1.0;
            (
                libm::sqrt(squares / degrees),
                student_t_quantile(degrees, upper_point),
            )
        };
        let standard_error = standard_deviation / libm::sqrt(n);
        MeanEstimate {
            count,
            mean,
            standard_deviation,
            standard_error,
            lower: mean - quantile * standard_error,
            upper: mean + quantile * standard_error,
        }
    }

    /// Of these values; NaN is a missing one.
    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone, upper_point: f64) -> Self {
        let known = values.filter(|value| !value.is_nan());
        let count = known.clone().count() as u64;
        let mean = known.clone().collect::<Sum>().value() / count as f64;
        let squares = known.map(|x| (x - mean) * (x - mean)).collect::<Sum>();
        MeanEstimate::new(count, mean, squares.value(), upper_point)
    }
}
