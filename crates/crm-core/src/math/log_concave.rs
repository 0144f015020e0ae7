//! Integrals of u^(a−1) (A+u)^(−p) (B+u)^(−q) and of (1+v)^(−p) e^(−gv): most expectations of models with
//! gamma or beta heterogeneity are such integrals. By ln u or ln(1+v) they are smooth, with one peak.

use pulp::{Arch, Simd, WithSimd};

use super::elementary::{exp, exp_m1, ln_mixture};
use super::legendre::{SOME, sum};

/// u^a (A+u)^(−p) (B+u)^(−q), to be integrated over ln u; it is log-concave there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Integrand {
    /// a > 0: it grows so where u is small.
    pub(crate) rise: f64,
    /// p + q − a: it falls so where u is large. Given apart, because the difference may cancel.
    pub(crate) fall: f64,
    /// (A, p) and (B, q), with A, B > 0 and p, q ≥ 0.
    pub(crate) factors: [(f64, f64); 2],
}

/// An integral as its integrand at `point` times `width`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peak {
    /// u where the integrand is near its maximum.
    pub(crate) point: f64,
    /// ∫ over ln u, divided by the integrand at `point`.
    pub(crate) width: f64,
}

/// What lies further below the maximum than e^−40 does not count.
const NEGLIGIBLE: f64 = 40.0;
/// The exponent falls by no more in one panel: 16 nodes then give 13 digits.
const FALL_PER_PANEL: f64 = 10.0;
/// Panels of this length are well inside the strip of half-width π where the integrand is analytic.
const PANEL: f64 = 2.0;
/// Exponents up to this have a power of e, and so have their negatives.
const LARGEST: f64 = 690.0;

impl Integrand {
    /// The integral for u from 0 to `upper`, which may be infinite where a < p + q.
    ///
    /// Panels of Gauss and Legendre go from the maximum to both sides. The branch points of the
    /// integrand are at ln A ± iπ and ln B ± iπ; far from them it is nearly exponential and panels
    /// grow with the distance.
    pub(crate) fn integrate(&self, upper: f64) -> Peak {
        let point = self.maximum(upper);
        let limit = libm::log(upper / point).max(0.0);
        let left = Side::of_powers(self, point, -1.0).integral(f64::INFINITY);
        let right = Side::of_powers(self, point, 1.0).integral(limit);
        Peak {
            point,
            width: left + right,
        }
    }

    /// The slope of the logarithm by ln u: it never rises with u.
    fn slope(&self, u: f64) -> f64 {
        let falls = self.factors.iter();
        let falls = falls.map(|(scale, power)| power * (u / (scale + u)));
        self.rise - falls.sum::<f64>()
    }

    /// u near the maximum; no later digit is needed.
    fn maximum(&self, upper: f64) -> f64 {
        const CLOSE: f64 = 1.001;
        if upper.is_finite() && self.slope(upper) >= 0.0 {
            return upper;
        }
        let factors = self.factors.iter();
        let steepness: f64 = factors.map(|(scale, power)| power / scale).sum();
        let mut low = self.rise / steepness;
        let mut high = low.max(f64::MIN_POSITIVE);
        while self.slope(high) > 0.0 && high < f64::MAX / 16.0 {
            low = high;
            high *= 16.0;
        }
        high = high.min(upper);
        while high > low * CLOSE {
            let middle = low.sqrt() * high.sqrt();
            if self.slope(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        high.min(upper)
    }
}

/// ∫ (1+v)^(−p) e^(−gv) dv from 0 to `upper`, which may be infinite where g > 0; g is not 0.
///
/// By ln(1+v) the integrand is log-concave for g > 0, with one peak, and log-convex for g < 0, where it
/// falls from both ends.
pub(crate) fn exponential_integral(p: f64, g: f64, upper: f64) -> f64 {
    let turn = ((1.0 - p) / g - 1.0).max(0.0).min(upper);
    let (middle, end) = (libm::log1p(turn), libm::log1p(upper));
    let side = |v: f64, direction| Side::of_exponential(p, g * (1.0 + v), direction);
    if g > 0.0 {
        let width = side(turn, -1.0).integral(middle) + side(turn, 1.0).integral(end - middle);
        return width * libm::exp((1.0 - p) * middle - g * turn);
    }
    let first = side(0.0, 1.0).integral(middle);
    let last = side(upper, -1.0).integral(end - middle);
    first + last * libm::exp((1.0 - p) * end - g * upper)
}

/// One side of a point, from which an integrand falls: its logarithm relative to its value at that
/// point, by the distance d, is −slope · d − Σ power · ln(1 + ratio · (e^−d − 1)) − decay · (e^±d − 1).
struct Side {
    slope: f64,
    factors: [Factor; 2],
    decay: f64,
    direction: f64,
    /// Where the slope changes: of each factor, from its first unit to all of its power.
    bends: [[f64; 2]; 2],
}

#[derive(Debug, Clone, Copy)]
struct Factor {
    power: f64,
    ratio: f64,
    /// 1 − ratio.
    rest: f64,
}

impl Side {
    /// To the right the powers of u are taken out of the factors: (A+u)/u is bounded there.
    fn of_powers(integrand: &Integrand, u: f64, direction: f64) -> Self {
        let factors = integrand.factors.map(|(scale, power)| {
            let (ratio, rest) = (u / (scale + u), scale / (scale + u));
            if direction > 0.0 {
                Factor {
                    power,
                    ratio: rest,
                    rest: ratio,
                }
            } else {
                Factor { power, ratio, rest }
            }
        });
        let bends = integrand.factors.map(|(scale, power)| {
            if power == 0.0 {
                return [f64::NAN; 2];
            }
            let all = libm::log(scale / u);
            [all, all - libm::log(power.max(1.0))].map(|bend| direction * bend)
        });
        Side {
            slope: if direction > 0.0 {
                integrand.fall
            } else {
                integrand.rise
            },
            factors,
            decay: 0.0,
            direction,
            bends,
        }
    }

    /// Of (1+v)^(1−p) e^(−gv) by ln(1+v), with g(1+v) = `decay`.
    fn of_exponential(p: f64, decay: f64, direction: f64) -> Self {
        let none = Factor {
            power: 0.0,
            ratio: 1.0,
            rest: 0.0,
        };
        Side {
            slope: direction * (p - 1.0),
            factors: [none; 2],
            decay,
            direction,
            bends: [
                [-direction * libm::log(decay.abs()), f64::NAN],
                [f64::NAN; 2],
            ],
        }
    }

    #[inline(always)]
    fn exponent_at_node(&self, d: f64) -> f64 {
        let bounded = d.min(LARGEST);
        let [first, second] = self.factors;
        let mut exponent = -self.slope * d;
        if first.power > 0.0 {
            exponent -= first.power * ln_mixture(first.ratio, first.rest, -bounded);
        }
        if second.power > 0.0 {
            exponent -= second.power * ln_mixture(second.ratio, second.rest, -bounded);
        }
        if self.decay != 0.0 {
            exponent -= self.decay * exp_m1(self.direction * bounded);
        }
        exponent
    }

    /// The same by the functions that are fast for one number, for the choice of panels.
    fn exponent(&self, d: f64) -> f64 {
        let back = libm::exp(-d.min(LARGEST));
        let mut exponent = -self.slope * d;
        for factor in self.factors.iter().filter(|factor| factor.power > 0.0) {
            exponent -= factor.power * libm::log(factor.rest + factor.ratio * back);
        }
        if self.decay != 0.0 {
            let change = if self.direction > 0.0 {
                1.0 / back
            } else {
                back
            };
            exponent -= self.decay * (change - 1.0);
        }
        exponent
    }

    /// The integral over d from 0 to `limit`.
    fn integral(&self, limit: f64) -> f64 {
        let (mut total, mut from, mut height) = (0.0, 0.0, 0.0);
        while from < limit && height > -NEGLIGIBLE {
            let mut length = self.longest_panel(from).min(limit - from);
            let mut end = self.exponent(from + length);
            while height - end > FALL_PER_PANEL && length > f64::EPSILON * from {
                length *= (0.9 * FALL_PER_PANEL / (height - end)).max(0.5);
                end = self.exponent(from + length);
            }
            total += Arch::new().dispatch(Panel {
                side: self,
                from,
                length,
            });
            from += length;
            height = end;
        }
        total
    }

    /// As long as the distance from the bends behind and half of that to the next one allow.
    fn longest_panel(&self, from: f64) -> f64 {
        let mut room = f64::INFINITY;
        for bend in self.bends.as_flattened().iter().filter(|b| b.is_finite()) {
            let ahead = bend - from;
            room = room.min(if ahead > 0.0 { 0.5 * ahead } else { -ahead });
        }
        room.max(PANEL)
    }
}

/// The integral over one panel.
struct Panel<'a> {
    side: &'a Side,
    from: f64,
    length: f64,
}

impl WithSimd for Panel<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let mut values = [0.0; 16];
        for ((value, node), weight) in values.iter_mut().zip(SOME.nodes).zip(SOME.weights) {
            let exponent = self.side.exponent_at_node(self.from + self.length * node);
            *value = weight * exp(exponent.max(-LARGEST));
        }
        self.length * sum(&values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::special::ln_beta;

    /// The logarithm of the integral is right to 11 digits of it and 15 of the terms that make it here.
    fn assert_close(integrand: &Integrand, upper: f64, expected: f64) {
        let Peak { point, width } = integrand.integrate(upper);
        let factor = |(scale, power): &(f64, f64)| -power * (scale.ln() + (point / scale).ln_1p());
        let [first, second] = [&integrand.factors[0], &integrand.factors[1]].map(factor);
        let rise = integrand.rise * point.ln();
        let error = (rise + first + second + width.ln() - expected).abs();
        let rounding = 1e-15 * (rise.abs() + first.abs() + second.abs());
        assert!(error < 5e-12 + rounding, "{error:e} {integrand:?}");
    }

    const POWERS: [f64; 7] = [1e-6, 0.01, 0.6, 1.0, 7.5, 300.0, 2e3];

    /// ∫ u^(a−1) (A+u)^(−p) du = A^(a−p) B(a, p − a) from 0 to ∞.
    #[test]
    fn beta_functions() {
        for a in POWERS {
            for b in POWERS {
                for scale in [1e-9, 1.0, 3e7] {
                    let integrand = Integrand {
                        rise: a,
                        fall: b,
                        factors: [(scale, a), (scale, b)],
                    };
                    let expected = ln_beta(a, b) - b * scale.ln();
                    assert_close(&integrand, f64::INFINITY, expected);
                }
            }
        }
    }

    /// ∫ e^(−gv) dv = (1 − e^(−gt)) / g from 0 to t.
    #[test]
    fn exponentials() {
        for g in [1e-6_f64, 0.3, 1.0, 40.0, -1e-6, -0.3, -40.0] {
            for upper in [1e-6_f64, 0.5, 1.0, 15.0] {
                let expected = -(-g * upper).exp_m1() / g;
                let found = exponential_integral(0.0, g, upper);
                let error = (found / expected - 1.0).abs();
                assert!(error < 1e-13, "{g} {upper}: {error:e}");
            }
        }
    }

    /// ∫ (A+u)^(−2) du = t / (A (A+t)) from 0 to t.
    #[test]
    fn finite_upper_limits() {
        for scale in [1e-9, 1.0, 3e7] {
            for upper in [1e-12_f64, 1e-3, 1.0, 50.0, 1e9] {
                let integrand = Integrand {
                    rise: 1.0,
                    fall: 1.0,
                    factors: [(scale, 2.0), (1.0, 0.0)],
                };
                let expected = (upper / (scale * (scale + upper))).ln();
                assert_close(&integrand, upper, expected);
            }
        }
    }
}
