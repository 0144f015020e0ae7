//! Means over p ~ Beta(a, b) of what depends on 1 + pw, for a, b, r > 0 and w ≥ 0.
//!
//! Each is a Gauss hypergeometric function. Its series in z = w/(1+w) or in 1 − z is taken where it is short
//! and does not cancel, which is nearly everywhere in practice; else the integral over p, which is
//! positive, by double-exponential quadrature.

use std::f64::consts::TAU;

use crate::math::saddle_point::{rise_above_logarithm, stirling_error};
use crate::math::special::{ln_gamma, ln_gamma_ratio};
use crate::math::{elementary, quadrature};

/// Longer series cost more than the integral.
const MOST_TERMS: u32 = 3_000;
/// The part of its terms that may cancel from a sum: four digits of sixteen.
const LEAST_REST: f64 = 1e-4;
/// From this z on the series in 1 − z is the shorter one.
const FAR: f64 = 0.75;

/// E[(1 + pw)^−r] = 2F1(r, a; a+b; −w), for many w.
pub(super) struct PowerMean {
    r: f64,
    a: f64,
    b: f64,
    far: Vec<Far>,
}

/// The connection formula DLMF 15.8.3 in y = 1 − z, for one r:
///
/// Γ(a+b)Γ(r−a)/(Γ(r)Γ(b)) · y^a · 2F1(a, a+b−r; a−r+1; y) + Γ(a+b)Γ(a−r)/(Γ(a)Γ(a+b−r)) · y^r · 2F1(r, b; r−a+1; y)
struct Far {
    weight: f64,
    r: f64,
    /// ln of the first coefficient without its sign, and the sign.
    slow: (f64, f64),
    /// The same of the second one.
    fast: (f64, f64),
}

impl PowerMean {
    pub(super) fn new(r: f64, a: f64, b: f64) -> Self {
        /// The formula has poles where r − a is whole, which cancel; this near to one six digits are left.
        const NEAR_POLE: f64 = 2e-3;
        /// There the value is interpolated between others: the eighth difference of a function that is as
        /// smooth in r as y^r vanishes for these steps.
        const STEP: f64 = 4e-3;
        const WEIGHTS: [(f64, f64); 8] = [
            (-4.0, -1.0 / 70.0),
            (-3.0, 8.0 / 70.0),
            (-2.0, -0.4),
            (-1.0, 0.8),
            (1.0, 0.8),
            (2.0, -0.4),
            (3.0, 8.0 / 70.0),
            (4.0, -1.0 / 70.0),
        ];
        let whole = (r - a).round();
        let far = if (r - a - whole).abs() > NEAR_POLE {
            vec![Far::new(1.0, r, a, b)]
        } else if r > 4.0 * STEP {
            let at = |(steps, weight): (f64, f64)| Far::new(weight, r + steps * STEP, a, b);
            WEIGHTS.map(at).into()
        } else {
            Vec::new()
        };
        PowerMean { r, a, b, far }
    }

    /// The mean at `w`. By Euler's and Pfaff's transformations (DLMF 15.8.1) it is (1−z)^a · 2F1(a+b−r, a; a+b; z)
    /// and (1−z)^r · 2F1(r, b; a+b; z); the parameters of the first stay small for heavy buyers, the second is a
    /// sum of positive terms.
    pub(super) fn at(&self, w: f64) -> f64 {
        let PowerMean { r, a, b, .. } = *self;
        let z = w / (1.0 + w);
        let growth = libm::log1p(w);
        if z > FAR {
            let parts = self.far.iter().map(|far| far.value(a, b, growth));
            match parts.sum::<Option<f64>>() {
                Some(value) if value > 0.0 => return value,
                _ => {}
            }
        }
        let k = a + b - r;
        if let Some(sum) = series(1.0, z, |n| (k + n) * (a + n) / ((a + b + n) * (n + 1.0))) {
            return libm::exp(-a * growth) * sum;
        }
        if let Some(sum) = series(1.0, z, |n| (r + n) * (b + n) / ((a + b + n) * (n + 1.0))) {
            return libm::exp(-r * growth) * sum;
        }
        mean(a, b, |p| libm::exp(-r * libm::log1p(p * w)))
    }
}

impl Far {
    fn new(weight: f64, r: f64, a: f64, b: f64) -> Self {
        let signed = |x: f64| {
            let (log, sign) = libm::lgamma_r(x);
            (log, f64::from(sign))
        };
        let (difference, sign) = if r > a {
            (-ln_gamma_ratio(r - a, a), 1.0)
        } else {
            let (log, sign) = signed(r - a);
            (log - ln_gamma(r), sign)
        };
        let fast = if r < a {
            // Γ(a+b)/Γ(a+b−r) · Γ(a−r)/Γ(a)
            (ln_gamma_ratio(a + b - r, r) - ln_gamma_ratio(a - r, r), 1.0)
        } else {
            let (above, above_sign) = signed(a - r);
            let (below, below_sign) = signed(a + b - r);
            (
                ln_gamma_ratio(a, b) + (above - below),
                above_sign * below_sign,
            )
        };
        Far {
            weight,
            r,
            slow: (ln_gamma_ratio(b, a) + difference, sign),
            fast,
        }
    }

    /// The weighted value where 1 + w has the logarithm `growth`; None if it cancels.
    fn value(&self, a: f64, b: f64, growth: f64) -> Option<f64> {
        let (r, y) = (self.r, libm::exp(-growth));
        let part = |(log, sign): (f64, f64), power: f64| sign * libm::exp(log - power * growth);
        let shrinking = |n: f64| (a + n) * (a + b - r + n) / ((a - r + 1.0 + n) * (n + 1.0));
        let slow = part(self.slow, a) * series(1.0, y, shrinking)?;
        let fast = part(self.fast, r);
        let at_most = fast.abs() * libm::exp(-b * libm::log1p(-y)); // for r > a
        if r > a && at_most < f64::EPSILON * LEAST_REST * slow.abs() {
            return Some(self.weight * slow);
        }
        let shrinking = |n: f64| (r + n) * (b + n) / ((r - a + 1.0 + n) * (n + 1.0));
        let fast = fast * series(1.0, y, shrinking)?;
        let sum = slow + fast;
        (sum > LEAST_REST * slow.abs().max(fast.abs())).then_some(self.weight * sum)
    }
}

/// E[(1 − (1 + pw)^−r) / p].
///
/// The closed form is c/(a−1) · [1 − (1−z)^(a−1) · 2F1(c−r, a−1; c; z)] with c = a+b−1. Divided through
/// by a − 1, and with c taken into the sum, neither a = 1 nor a + b = 1 is a singularity:
///
/// −c · ((1−z)^(a−1) − 1)/(a−1) − (1−z)^(a−1) · Σ_{n≥1} (c−r)ₙ (a)ₙ₋₁ / ((a+b)ₙ₋₁ n!) zⁿ
pub(super) fn mean_gain(r: f64, a: f64, b: f64, w: f64) -> f64 {
    if w == 0.0 {
        return 0.0;
    }
    let z = w / (1.0 + w);
    let (c, k) = (a + b - 1.0, a + b - 1.0 - r);
    let rest = -libm::log1p(w);
    let exponent = (a - 1.0) * rest;
    let slope = if exponent == 0.0 {
        rest
    } else {
        rest * (libm::expm1(exponent) / exponent)
    };
    let ratio = |n: f64| (k + n + 1.0) * (a + n) / ((a + b + n) * (n + 2.0));
    if let Some(sum) = series(k * z, z, ratio) {
        let (first, second) = (-c * slope, -libm::exp(exponent) * sum);
        let gain = first + second;
        if gain > LEAST_REST * first.abs().max(second.abs()) {
            return gain;
        }
    }
    mean(a, b, |p| {
        let step = p * w;
        if step < f64::EPSILON {
            r * w
        } else {
            -libm::expm1(-r * libm::log1p(step)) / p
        }
    })
}

/// Σ of terms that begin with `first`, the (n+1)-th being the n-th times `ratio(n)` · z. None if they are
/// too many, or cancel.
fn series(first: f64, z: f64, ratio: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut term, mut sum, mut magnitude) = (first, first, first.abs());
    let precision = 0.25 * f64::EPSILON * (1.0 - z);
    for n in 0..MOST_TERMS {
        term *= ratio(f64::from(n)) * z;
        sum += term;
        magnitude += term.abs();
        if term.abs() <= precision * magnitude {
            return (sum.abs() >= LEAST_REST * magnitude && sum.is_finite()).then_some(sum);
        }
    }
    None
}

/// E[`function`(p)] of a positive function.
fn mean(a: f64, b: f64, function: impl Fn(f64) -> f64) -> f64 {
    let odds = LogOdds::new(a, b);
    let width = odds.width.min(1.0);
    width
        * quadrature::line(|x| {
            let distance = width * x;
            odds.density(distance) * function(odds.p(distance))
        })
}

/// ln(p/(1−p)) of p ~ Beta(a, b), by its distance d from the mode ln(a/b).
///
/// Its density there is B(a, b)⁻¹ p₀ᵃ q₀ᵇ with p₀ = a/(a+b) and q₀ = 1 − p₀; d away it is
/// (1 + q₀(e^−d − 1))^−a · (1 + p₀(eᵈ − 1))^−b times as high.
struct LogOdds {
    a: f64,
    b: f64,
    p: f64,
    q: f64,
    /// 1/√curvature of the logarithm at the mode.
    width: f64,
    ln_height: f64,
}

impl LogOdds {
    fn new(a: f64, b: f64) -> Self {
        let (p, q) = (a / (a + b), b / (a + b));
        let width = 1.0 / libm::sqrt(a * q);
        let errors = stirling_error(a) + stirling_error(b) - stirling_error(a + b);
        LogOdds {
            a,
            b,
            p,
            q,
            width,
            ln_height: -libm::log(width * libm::sqrt(TAU)) - errors,
        }
    }

    fn density(&self, distance: f64) -> f64 {
        let LogOdds { a, b, p, q, .. } = *self;
        let fall = if distance.abs() > 1.0 {
            a * ln_mixture(q, p, -distance) + b * ln_mixture(p, q, distance)
        } else {
            // The terms of first order, which cancel, have been taken out: a q = b p.
            let half = libm::sinh(0.5 * distance);
            4.0 * a * q * half * half
                - a * rise_above_logarithm(q * libm::expm1(-distance))
                - b * rise_above_logarithm(p * libm::expm1(distance))
        };
        libm::exp(self.ln_height - fall)
    }

    fn p(&self, distance: f64) -> f64 {
        self.p / (1.0 + self.q * libm::expm1(-distance))
    }
}

/// ln (1 + ρ (eˣ − 1)), also where eˣ overflows; `rest` is 1 − ρ.
fn ln_mixture(ratio: f64, rest: f64, x: f64) -> f64 {
    /// From here on the smaller part does not count.
    const FAR: f64 = 690.0;
    if x.abs() < FAR {
        elementary::ln_mixture(ratio, rest, x)
    } else {
        (libm::log(ratio) + x).max(libm::log(rest))
    }
}
