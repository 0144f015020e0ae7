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
    /// The ratio of terms is at most 0.01.
    const MOST_TERMS: u32 = 20;
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) - difference;
    }
    let v = difference / (x + m);
    let square = v * v;
    let (mut sum, mut power) = (difference * v, 2.0 * x * v);
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
