//! Quantiles of the gamma distribution of rate 1.

use std::f64::consts::TAU;

use super::gamma;
use super::saddle_point::{deviance, stirling_error};

/// Newton's iteration halves the distance from far away, and squares it when near.
const MOST_STEPS: u32 = 200;
/// No step moves x by more than this factor's logarithm.
const LONGEST_STEP: f64 = 2.0;
/// A step of this size, of ln x, is rounding.
const PRECISION: f64 = 4e-16;
/// The saddle-point form is for shapes from here on.
const LEAST_SADDLE: f64 = 0.5;

/// x with P(a, x) = `p`, for a > 0 and 0 < p < 1; precise for small p.
///
/// ln P is concave in u = ln x, so Newton's iteration from the left of the solution stays there. It
/// starts left of it, as P(a, x) ≤ x^a / Γ(a + 1).
pub(crate) fn lower(a: f64, p: f64) -> f64 {
    let start = (libm::log(p) + libm::lgamma(a + 1.0)) / a;
    let target = libm::log(p);
    let x = solve(start, |x| {
        let (log, slope) = log_lower(a, x);
        (log - target, slope)
    });
    x.max(f64::MIN_POSITIVE)
}

/// x with 1 − P(a, x) = `q`: [`lower`] without the rounding of 1 − q.
///
/// ln Q is concave in u = ln x, too: from wherever the iteration starts, it comes to the right of
/// the solution and from there to it.
pub(crate) fn upper(a: f64, q: f64) -> f64 {
    let target = libm::log(q);
    solve(libm::log(a), |x| {
        let (log, slope) = log_upper(a, x);
        (log - target, slope)
    })
}

/// The zero of a function of u = ln x, given with its derivative.
fn solve(start: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut u = start;
    for _ in 0..MOST_STEPS {
        let (value, slope) = function(libm::exp(u));
        let step = (-value / slope).clamp(-LONGEST_STEP, LONGEST_STEP);
        if step.is_nan() || step.abs() <= PRECISION * u.abs().max(1.0) {
            break;
        }
        u += step;
    }
    libm::exp(u)
}

/// ln P(a, x) and its derivative by ln x, for x however small.
fn log_lower(a: f64, x: f64) -> (f64, f64) {
    let log_kernel = log_kernel(a, x);
    if x < a + 1.0 {
        let series = gamma::series(a, x);
        return (log_kernel + libm::log(series), 1.0 / series);
    }
    let kernel = libm::exp(log_kernel);
    let upper = kernel * gamma::continued_fraction(a, x);
    (libm::log1p(-upper), kernel / (1.0 - upper))
}

/// ln Q(a, x) and its derivative by ln x, for x however large.
fn log_upper(a: f64, x: f64) -> (f64, f64) {
    let log_kernel = log_kernel(a, x);
    if x >= a + 1.0 {
        let fraction = gamma::continued_fraction(a, x);
        return (log_kernel + libm::log(fraction), -1.0 / fraction);
    }
    let kernel = libm::exp(log_kernel);
    let lower = kernel * gamma::series(a, x);
    (libm::log1p(-lower), -kernel / (1.0 - lower))
}

/// ln of x^a e^(−x) / Γ(a).
fn log_kernel(a: f64, x: f64) -> f64 {
    if a < LEAST_SADDLE {
        return a * libm::log(x) - x - libm::lgamma(a);
    }
    0.5 * libm::log(a / TAU) - stirling_error(a) - deviance(a, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values: `mpmath`, 50 digits.
    #[test]
    fn quantiles() {
        for (a, p, expected) in QUANTILES {
            let (found, name) = if p > 0.0 {
                (lower(a, p), "lower")
            } else {
                (upper(a, -p), "upper")
            };
            let error = (found / expected - 1.0).abs();
            assert!(
                error <= 2e-13,
                "{name}({a}, {p}) = {found}, not {expected}: {error:e}"
            );
        }
    }

    /// Shape, probability below (positive) or above (negative), quantile.
    const QUANTILES: [(f64, f64, f64); 16] = [
        (0.02, 0.025, 4.501_881_229_117_73e-81),
        (0.02, -0.025, 0.192_756_400_568_263_3),
        (0.3, 0.025, 3.185_679_031_739_166e-06),
        (0.3, -0.025, 1.900_263_642_838_826),
        (1.0, 0.025, 0.025_317_807_984_289_876),
        (1.0, -0.025, 3.688_879_454_113_936_3),
        (3.7, 0.025, 0.940_872_464_377_505_3),
        (3.7, -0.025, 8.312_977_261_150_271),
        (17.0, 0.025, 9.903_126_469_607_288),
        (17.0, -0.025, 25.982_997_597_560_953),
        (400.0, 0.025, 361.756_296_631_143_47),
        (400.0, -0.025, 440.137_668_446_575_33),
        (50_000.0, 0.025, 49_562.686_650_323_674),
        (50_000.0, -0.025, 50_439.207_652_832_79),
        (2.5, 1e-30, 1.616_703_890_292_311e-12),
        (2.5, -1e-30, 75.294_842_067_838_33),
    ];
}
