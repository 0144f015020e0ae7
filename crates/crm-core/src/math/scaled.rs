//! Numbers whose exponents do not end where those of `f64` do.

/// `value` · 2^(`SCALE` · `scale`), with |value| within 2^±`SCALE`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scaled {
    value: f64,
    scale: f64,
}

/// Products of two values below 2^256 and above 2^−256 are normal numbers.
const LARGE: f64 = 1.157_920_892_373_162e77;
const LN_LARGE: f64 = 256.0 * std::f64::consts::LN_2;

impl Scaled {
    pub(crate) fn new(value: f64) -> Self {
        Scaled { value, scale: 0.0 }.settled()
    }

    fn settled(mut self) -> Self {
        if self.value.abs() > LARGE {
            self.value /= LARGE;
            self.scale += 1.0;
        } else if self.value.abs() < 1.0 / LARGE && self.value != 0.0 {
            self.value *= LARGE;
            self.scale -= 1.0;
        }
        self
    }

    /// e^`exponent`
    pub(crate) fn exp(exponent: f64) -> Self {
        let scale = (exponent / LN_LARGE).round();
        Scaled {
            value: libm::exp(exponent - scale * LN_LARGE),
            scale,
        }
    }

    pub(crate) fn times(self, factor: f64) -> Self {
        Scaled {
            value: self.value * factor,
            scale: self.scale,
        }
        .settled()
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let (small, large) =
            if self.value == 0.0 || (other.value != 0.0 && self.scale < other.scale) {
                (self, other)
            } else {
                (other, self)
            };
        let added = if small.scale == large.scale {
            small.value
        } else if small.scale + 1.0 == large.scale {
            small.value / LARGE
        } else {
            0.0
        };
        Scaled {
            value: large.value + added,
            scale: large.scale,
        }
        .settled()
    }

    /// ln of a number that is not negative.
    pub(crate) fn ln(self) -> f64 {
        libm::log(self.value) + self.scale * LN_LARGE
    }

    /// The ratio of this to `other`; 0 / 0 is 0.
    pub(crate) fn over(self, other: Self) -> f64 {
        if self.value == 0.0 {
            return 0.0;
        }
        self.value / other.value * libm::exp((self.scale - other.scale) * LN_LARGE)
    }

    /// As a plain number; 0 where it is too small for one.
    pub(crate) fn value(self) -> f64 {
        self.over(Scaled {
            value: 1.0,
            scale: 0.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_sums_beyond_the_range() {
        let mut factorial = Scaled::new(1.0);
        let mut exponential = Scaled::new(0.0);
        let mut term = Scaled::new(1.0);
        for n in 1..=3_000 {
            exponential = exponential.plus(term);
            factorial = factorial.times(f64::from(n));
            term = term.times(1_000.0 / f64::from(n));
        }
        assert!((factorial.ln() / libm::lgamma(3_001.0) - 1.0).abs() < 1e-15);
        assert!((exponential.ln() - 1_000.0).abs() < 1e-12);
        assert!((Scaled::exp(1_000.0).over(exponential) - 1.0).abs() < 1e-12);
        assert_eq!(Scaled::exp(-1e6).value(), 0.0);
        assert_eq!(Scaled::new(0.0).ln(), f64::NEG_INFINITY);
        assert!(
            (Scaled::exp(-700.0).times(1e-4).value() / (libm::exp(-700.0) * 1e-4) - 1.0).abs()
                < 1e-12
        );
    }
}
