//! Numbers of twice the precision of `f64`, for the few sums whose rounding errors would add up
//! over hundreds of periods. No fused multiply-add is used, so results are the same bits on every
//! processor.
//!
//! Source: Dekker 1971, "A floating-point technique for extending the available precision".

use std::ops::{Add, Mul, Sub};

/// The unevaluated sum `high + low` with |low| ≤ ulp(high) / 2: about 32 significant digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DoubleDouble {
    high: f64,
    low: f64,
}

/// 2²⁷ + 1 splits the 53 bits of a number into two halves whose products are exact.
const SPLITTER: f64 = 134_217_729.0;

impl DoubleDouble {
    pub(crate) const ZERO: DoubleDouble = DoubleDouble {
        high: 0.0,
        low: 0.0,
    };

    /// The sum of many numbers, before any rounding.
    pub(crate) fn sum(values: impl IntoIterator<Item = f64>) -> Self {
        values
            .into_iter()
            .fold(Self::ZERO, |sum, value| sum + value.into())
    }

    pub(crate) fn to_f64(self) -> f64 {
        self.high
    }

    /// Normalised, for |high| ≥ |low|.
    #[inline]
    fn normalized(high: f64, low: f64) -> Self {
        let sum = high + low;
        DoubleDouble {
            high: sum,
            low: low - (sum - high),
        }
    }

    /// a + b without error.
    #[inline]
    fn exact_sum(a: f64, b: f64) -> Self {
        let sum = a + b;
        let b_used = sum - a;
        DoubleDouble {
            high: sum,
            low: (a - (sum - b_used)) + (b - b_used),
        }
    }

    /// a · b without error.
    #[inline]
    fn exact_product(a: f64, b: f64) -> Self {
        let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
        let product = a * b;
        let low = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
        DoubleDouble { high: product, low }
    }
}

#[inline]
fn halves(value: f64) -> (f64, f64) {
    let scaled = SPLITTER * value;
    let high = scaled - (scaled - value);
    (high, value - high)
}

impl From<f64> for DoubleDouble {
    fn from(value: f64) -> Self {
        DoubleDouble {
            high: value,
            low: 0.0,
        }
    }
}

impl Add for DoubleDouble {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        let high = Self::exact_sum(self.high, other.high);
        let low = Self::exact_sum(self.low, other.low);
        let sum = Self::normalized(high.high, high.low + low.high);
        Self::normalized(sum.high, sum.low + low.low)
    }
}

impl Sub for DoubleDouble {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        self + DoubleDouble {
            high: -other.high,
            low: -other.low,
        }
    }
}

impl Mul for DoubleDouble {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        let product = Self::exact_product(self.high, other.high);
        let cross = self.high * other.low + self.low * other.high;
        Self::normalized(product.high, product.low + cross)
    }
}
