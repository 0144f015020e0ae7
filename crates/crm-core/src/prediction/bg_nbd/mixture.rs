//! Means over p ~ Beta(a, b) of what depends on 1 + pw, for a, b, r > 0 and w ≥ 0.
//!
//! Each is a Gauss hypergeometric function. Its series in z = w/(1+w) is taken where it is short and
//! does not cancel, which is nearly everywhere in practice; else the integral over p, which is
//! positive, by double-exponential quadrature.

use crate::math::quadrature;
use crate::math::special::{ln_beta, softplus};

/// Longer series cost more than the integral.
const MOST_TERMS: u32 = 3_000;
/// The part of its terms that may cancel from a sum: four digits of sixteen.
const LEAST_REST: f64 = 1e-4;

/// E[(1 + pw)^−r] = 2F1(r, a; a+b; −w).
///
/// By Euler's and Pfaff's transformations (DLMF 15.8.1) this is (1−z)^a · 2F1(a+b−r, a; a+b; z) and
/// (1−z)^r · 2F1(r, b; a+b; z); the parameters of the first stay small for heavy buyers, the second is a
/// sum of positive terms.
pub(super) fn mean_power(r: f64, a: f64, b: f64, w: f64) -> f64 {
    let z = w / (1.0 + w);
    let growth = libm::log1p(w);
    let k = a + b - r;
    if let Some(sum) = series(1.0, z, |n| (k + n) * (a + n) / ((a + b + n) * (n + 1.0))) {
        return libm::exp(-a * growth) * sum;
    }
    if let Some(sum) = series(1.0, z, |n| (r + n) * (b + n) / ((a + b + n) * (n + 1.0))) {
        return libm::exp(-r * growth) * sum;
    }
    mean(a, b, |p| libm::exp(-r * libm::log1p(p * w)))
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
    let normaliser = ln_beta(a, b);
    // dp = p (1 − p) dy with y = ln (p / (1 − p))
    quadrature::line(|y| {
        let (log_p, log_q) = (-softplus(-y), -softplus(y));
        libm::exp(a * log_p + b * log_q - normaliser) * function(libm::exp(log_p))
    })
}
