//! Integrals of u^(a−1) (A+u)^(−p) (B+u)^(−q) and of (1+v)^(−p) e^(−gv): most expectations of models with
//! gamma or beta heterogeneity are such integrals. By ln u or ln(1+v) they are smooth, with one peak.

use pulp::{Arch, Simd, WithSimd};

use super::lanes::{self, Lanes};
use super::legendre::RULES;

/// u^a (A+u)^(−p) (B+u)^(−q), to be integrated over ln u; it is log-concave there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Integrand {
    /// a > 0.
    pub(crate) power: f64,
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
/// The exponent falls by no more in one panel: 16 nodes then give 14 digits.
const FALL_PER_PANEL: f64 = 12.0;
/// Panels of this length in ln u are well inside the strip |Im ln u| < π where the integrand is analytic.
const PANEL: f64 = 2.5;

/// Exponents below this have a power of e.
const LARGEST: f64 = 690.0;

impl Integrand {
    /// The integral for u from 0 to `upper`, which may be infinite where a < p + q.
    ///
    /// Panels of Gauss and Legendre go from the maximum to both sides. The branch points of the
    /// integrand are at ln A ± iπ and ln B ± iπ; far from them it is nearly exponential and panels
    /// grow with the distance.
    pub(crate) fn integrate(&self, upper: f64) -> Peak {
        let point = self.maximum(upper);
        let around = Around::new(self, point);
        let right = if upper > point {
            libm::log(upper / point)
        } else {
            0.0
        };
        Peak {
            point,
            width: around.march(1.0, right) + around.march(-1.0, f64::INFINITY),
        }
    }

    /// The slope of the logarithm by ln u: it never rises with u.
    fn slope(&self, u: f64) -> f64 {
        let falls = self.factors.iter();
        self.power
            - falls
                .map(|(scale, power)| power * (u / (scale + u)))
                .sum::<f64>()
    }

    /// u near the maximum; no later digit is needed.
    fn maximum(&self, upper: f64) -> f64 {
        const CLOSE: f64 = 1.001;
        if upper.is_finite() && self.slope(upper) >= 0.0 {
            return upper;
        }
        let factors = self.factors.iter();
        let steepness: f64 = factors.map(|(scale, power)| power / scale).sum();
        let mut low = self.power / steepness;
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

/// The logarithm of an integrand relative to its value at one point, by the distance d from there.
struct Around {
    power: f64,
    factors: [Factor; 2],
    /// The integrand falls like exp(−decay · (eᵈ − 1)).
    decay: f64,
    /// Where the slope changes, as far as it does.
    bends: [f64; 2],
}

/// (A+u)^(−p) at a point u.
#[derive(Debug, Clone, Copy)]
struct Factor {
    power: f64,
    /// u / (A+u).
    ratio: f64,
    /// A / (A+u).
    rest: f64,
}

impl Factor {
    const NONE: Factor = Factor {
        power: 0.0,
        ratio: 1.0,
        rest: 0.0,
    };
}

impl Around {
    fn new(integrand: &Integrand, u: f64) -> Self {
        Around {
            power: integrand.power,
            factors: integrand.factors.map(|(scale, power)| Factor {
                power,
                ratio: u / (scale + u),
                rest: scale / (scale + u),
            }),
            decay: 0.0,
            bends: integrand.factors.map(|(scale, power)| {
                if power > 0.0 {
                    libm::log(scale / u)
                } else {
                    f64::NAN
                }
            }),
        }
    }

    /// (1+v)^(1−p) e^(−gv) by ln(1+v), around v.
    fn exponential(p: f64, g: f64, v: f64) -> Self {
        let decay = g * (1.0 + v);
        Around {
            power: 1.0 - p,
            factors: [Factor::NONE; 2],
            decay,
            bends: [-libm::log(decay.abs()), f64::NAN],
        }
    }

    /// a d − p ln(1 + ρ_A (eᵈ − 1)) − q ln(1 + ρ_B (eᵈ − 1)) − decay · (eᵈ − 1)
    #[inline(always)]
    fn exponents(&self, d: Lanes) -> Lanes {
        let bounded = lanes::each(d, |d| d.clamp(-LARGEST, LARGEST));
        let mut exponents = lanes::each(d, |d| self.power * d);
        for factor in self.factors.iter().filter(|factor| factor.power > 0.0) {
            let logarithms = lanes::ln_mixture(factor.ratio, factor.rest, bounded);
            let falls = lanes::both(logarithms, d, |logarithm, d| {
                -factor.power * (logarithm + (d - LARGEST).max(0.0))
            });
            lanes::add(&mut exponents, falls);
        }
        if self.decay != 0.0 {
            let falls = lanes::each(lanes::exp_m1(bounded), |rise| -self.decay * rise);
            lanes::add(&mut exponents, falls);
        }
        exponents
    }

    /// The same at one place, for the choice of panels.
    fn exponent(&self, d: f64) -> f64 {
        let bounded = libm::exp(d.clamp(-LARGEST, LARGEST));
        let mut exponent = self.power * d - self.decay * (bounded - 1.0);
        for factor in self.factors.iter().filter(|factor| factor.power > 0.0) {
            let mixture = factor.rest + factor.ratio * bounded;
            exponent -= factor.power * (libm::log(mixture) + (d - LARGEST).max(0.0));
        }
        exponent
    }

    /// The integral over |d| from 0 to `limit` on the side of `direction`, ±1, where the integrand falls.
    fn march(&self, direction: f64, limit: f64) -> f64 {
        let (mut total, mut from, mut height) = (0.0, 0.0, 0.0);
        while from < limit && height > -NEGLIGIBLE {
            let mut length = self.longest_panel(direction, from).min(limit - from);
            let mut end = self.exponent(direction * (from + length));
            while height - end > FALL_PER_PANEL && length > f64::EPSILON * from {
                length *= (0.9 * FALL_PER_PANEL / (height - end)).max(0.5);
                end = self.exponent(direction * (from + length));
            }
            total += Arch::new().dispatch(Panel {
                around: self,
                from: direction * from,
                length: direction * length,
            });
            from += length;
            height = end;
        }
        total
    }

    /// As long as the distance from the bends behind and half of that to the next one allow.
    fn longest_panel(&self, direction: f64, from: f64) -> f64 {
        let mut room = f64::INFINITY;
        for bend in self.bends.iter().filter(|bend| bend.is_finite()) {
            let ahead = direction * bend - from;
            room = room.min(if ahead > 0.0 { 0.5 * ahead } else { -ahead });
        }
        room.max(PANEL)
    }
}

/// The integral over one panel.
struct Panel<'a> {
    around: &'a Around,
    from: f64,
    length: f64,
}

impl WithSimd for Panel<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let [_, rule, _] = &*RULES;
        let mut total = lanes::splat(0.0);
        for (nodes, weights) in rule.groups() {
            let d = lanes::each(*nodes, |node| self.from + self.length * node);
            let exponents = lanes::each(self.around.exponents(d), |e| e.max(-LARGEST));
            let values = lanes::both(*weights, lanes::exp(exponents), |w, value| w * value);
            lanes::add(&mut total, values);
        }
        self.length.abs() * lanes::sum(total)
    }
}

/// ∫ (1+v)^(−p) e^(−gv) dv from 0 to `upper`, which may be infinite where g > 0; g is not 0.
///
/// By ln(1+v) the integrand is log-concave for g > 0, with one peak, and log-convex for g < 0, where it
/// falls from both ends.
pub(crate) fn exponential_integral(p: f64, g: f64, upper: f64) -> f64 {
    let turn = (1.0 - p) / g - 1.0;
    let turn = turn.max(0.0).min(upper);
    let end = libm::log1p(upper);
    let middle = libm::log1p(turn);
    if g > 0.0 {
        let around = Around::exponential(p, g, turn);
        let width = around.march(1.0, end - middle) + around.march(-1.0, middle);
        return width * libm::exp((1.0 - p) * middle - g * turn);
    }
    let first = Around::exponential(p, g, 0.0).march(1.0, middle);
    let last = Around::exponential(p, g, upper).march(-1.0, end - middle);
    first + last * libm::exp((1.0 - p) * end - g * upper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::special::{ln_beta, ln_gamma};

    fn logarithm(integrand: &Integrand, upper: f64) -> f64 {
        let Peak { point, width } = integrand.integrate(upper);
        let factors = integrand.factors.iter();
        let falls: f64 = factors
            .map(|(scale, power)| power * (scale + point).ln())
            .sum();
        integrand.power * point.ln() - falls + width.ln()
    }

    fn assert_close(integrand: &Integrand, upper: f64, expected: f64) {
        let found = logarithm(integrand, upper);
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(
            error < 3e-13,
            "{found} instead of {expected}: {error:e} {integrand:?}"
        );
    }

    const POWERS: [f64; 7] = [1e-6, 0.01, 0.6, 1.0, 7.5, 300.0, 2e4];

    /// ∫ u^(a−1) (A+u)^(−p) du = A^(a−p) B(a, p − a) from 0 to ∞.
    #[test]
    fn beta_functions() {
        for a in POWERS {
            for b in POWERS {
                for scale in [1e-9, 1.0, 3e7] {
                    let integrand = Integrand {
                        power: a,
                        factors: [(scale, a), (scale, b)],
                    };
                    let expected = ln_beta(a, b) - b * scale.ln();
                    assert_close(&integrand, f64::INFINITY, expected);
                }
            }
        }
    }

    /// ∫ e^(−gv) dv; Γ(1−p, g) eᵍ g^(p−1) without end, and a part of it, by `mpmath`, 50 digits.
    #[test]
    fn exponentials() {
        for g in [1e-6_f64, 0.3, 1.0, 40.0, -1e-6, -0.3, -40.0] {
            for upper in [1e-6_f64, 0.5, 1.0, 15.0] {
                let expected = -(-g * upper).exp_m1() / g;
                let found = exponential_integral(0.0, g, upper);
                assert!((found / expected - 1.0).abs() < 1e-13, "{g} {upper}");
            }
        }
    }

    /// ∫ (A+u)^(−2) du = t / (A (A+t)) from 0 to t.
    #[test]
    fn finite_upper_limits() {
        for scale in [1e-9, 1.0, 3e7] {
            for upper in [1e-12_f64, 1e-3, 1.0, 50.0, 1e9] {
                let integrand = Integrand {
                    power: 1.0,
                    factors: [(scale, 2.0), (1.0, 0.0)],
                };
                let expected = (upper / (scale * (scale + upper))).ln();
                assert_close(&integrand, upper, expected);
            }
        }
    }
}
