//! The two parts of Loader's saddle-point forms of densities, whose errors do not grow with their parameters.
//!
//! Source: Loader 2000, "Fast and accurate computation of binomial probabilities".

use std::f64::consts::TAU;

/// ln Γ(z + 1) − (z + ½) ln z + z − ½ ln 2π.
pub(crate) fn stirling_error(z: f64) -> f64 {
    /// Coefficients of 1/z, 1/z³, … (Abramowitz & Stegun 6.1.41); from 16 on, seven are enough.
    const SERIES: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    if z < 16.0 {
        return libm::lgamma(z + 1.0) - (z + 0.5) * libm::log(z) + z - 0.5 * libm::log(TAU);
    }
    let square = 1.0 / (z * z);
    SERIES.iter().rev().fold(0.0, |sum, c| sum * square + c) / z
}

/// x ln(x / m) + m − x ≥ 0, without cancellation where x is near m.
pub(crate) fn deviance(x: f64, m: f64) -> f64 {
    let difference = m - x;
    if difference.abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) + difference;
    }
    x * rise_above_logarithm(difference / x)
}

/// u − ln(1 + u) ≥ 0 for u > −1, without cancellation where u is near 0.
pub(crate) fn rise_above_logarithm(u: f64) -> f64 {
    /// The ratio of terms is at most 0.02.
    const MOST_TERMS: u32 = 20;
    if u.abs() > 0.25 {
        return u - libm::log1p(u);
    }
    // ln(1 + u) = 2 artanh v
    let v = u / (2.0 + u);
    let square = v * v;
    let (mut sum, mut power) = (u * v, -2.0 * v);
    for odd in 1..=MOST_TERMS {
        power *= square;
        let next = sum + power / f64::from(2 * odd + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
