//! Log-gamma, digamma, and their differences, which models of counts need without cancellation.

use super::elementary;

/// From here on the asymptotic series below have full precision.
const ASYMPTOTIC: f64 = 10.0;

/// ln Γ(x) for x > 0.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln Γ(r + x) − ln Γ(r) for r > 0, x ≥ 0: of full relative precision, for large r as well.
///
/// Source: Stirling's series (DLMF 5.11.1) of both terms after the shift r → r + m.
pub(crate) fn ln_gamma_ratio(r: f64, x: f64) -> f64 {
    let mut shift = 1.0;
    let mut low = r;
    while low < ASYMPTOTIC {
        shift *= low / (low + x);
        low += 1.0;
    }
    let high = low + x;
    let main = (low - 0.5) * libm::log1p(x / low) + x * (libm::log(high) - 1.0);
    libm::log(shift) + main + (stirling_correction(high) - stirling_correction(low))
}

/// ln Γ(x) − (x − ½) ln x + x − ½ ln 2π for x ≥ 10.
fn stirling_correction(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    let terms = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1_260.0,
        -1.0 / 1_680.0,
        1.0 / 1_188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    terms.iter().rev().fold(0.0, |sum, c| sum * square + c) / x
}

/// ψ(r + x) − ψ(r) for r > 0, x ≥ 0: the derivative of [`ln_gamma_ratio`] by r.
///
/// Source: DLMF 5.5.2 (shift) and 5.11.2 (series).
pub(crate) fn digamma_difference(r: f64, x: f64) -> f64 {
    let mut shifted = 0.0;
    let mut low = r;
    while low < ASYMPTOTIC {
        shifted += x / (low * (low + x));
        low += 1.0;
    }
    let high = low + x;
    shifted + libm::log1p(x / low) + (digamma_correction(high) - digamma_correction(low))
}

/// ψ(x) − ln x for x ≥ 10.
fn digamma_correction(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    let terms = [
        -1.0 / 12.0,
        1.0 / 120.0,
        -1.0 / 252.0,
        1.0 / 240.0,
        -1.0 / 132.0,
        691.0 / 32_760.0,
        -1.0 / 12.0,
    ];
    terms.iter().rev().fold(0.0, |sum, c| sum * square + c) * square - 0.5 / x
}

/// ψ′(r + x) − ψ′(r) for r > 0, x ≥ 0: the derivative of [`digamma_difference`] by r.
///
/// Source: DLMF 5.15.5 (shift) and 5.15.8 (series).
pub(crate) fn trigamma_difference(r: f64, x: f64) -> f64 {
    let mut shifted = 0.0;
    let mut low = r;
    while low < ASYMPTOTIC {
        let high = low + x;
        // 1/high² − 1/low²
        shifted -= x / (low * high) * (1.0 / low + 1.0 / high);
        low += 1.0;
    }
    let high = low + x;
    shifted - x / (low * high) + (trigamma_correction(high) - trigamma_correction(low))
}

/// ψ′(x) − 1/x for x ≥ 10.
fn trigamma_correction(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    let terms = [
        1.0 / 6.0,
        -1.0 / 30.0,
        1.0 / 42.0,
        -1.0 / 30.0,
        5.0 / 66.0,
        -691.0 / 2_730.0,
        7.0 / 6.0,
    ];
    let series = terms.iter().rev().fold(0.0, |sum, c| sum * square + c);
    square * (0.5 + series / x)
}

/// ψ(x) for x > 0.
#[cfg_attr(not(test), expect(dead_code, reason = "for models to come"))]
pub(crate) fn digamma(x: f64) -> f64 {
    let mut shifted = 0.0;
    let mut high = x;
    while high < ASYMPTOTIC {
        shifted -= 1.0 / high;
        high += 1.0;
    }
    shifted + libm::log(high) + digamma_correction(high)
}

/// ln B(a, b) for a, b > 0, without cancellation where one of them is large.
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    ln_gamma(small) - ln_gamma_ratio(large, small)
}

/// ln (B(a, b + n) / B(a, b)) for n ≥ 0, without cancellation where n or b is large.
pub(crate) fn ln_beta_ratio(a: f64, b: f64, n: f64) -> f64 {
    if a < n {
        ln_gamma_ratio(b, a) - ln_gamma_ratio(b + n, a)
    } else {
        ln_gamma_ratio(b, n) - ln_gamma_ratio(a + b, n)
    }
}

/// ln (1 + eˣ).
pub(crate) fn softplus(x: f64) -> f64 {
    if x > 0.0 {
        x + libm::log1p(libm::exp(-x))
    } else {
        libm::log1p(libm::exp(x))
    }
}

/// 1 / (1 + e⁻ˣ).
pub(crate) fn logistic(x: f64) -> f64 {
    if x > -FURTHEST_EXPONENT {
        logistic_within_reach(x)
    } else {
        libm::exp(x)
    }
}

/// [`logistic`] of each number, in place.
#[inline(always)]
pub(crate) fn logistic_each(numbers: &mut [f64]) {
    let mut within_reach = true;
    for &x in &*numbers {
        within_reach &= x > -FURTHEST_EXPONENT;
    }
    for x in numbers {
        *x = if within_reach {
            logistic_within_reach(*x)
        } else {
            logistic(*x)
        };
    }
}

/// Where exponentials without branches end: e⁷⁰⁰ = 1e304.
const FURTHEST_EXPONENT: f64 = 699.0;

/// The logistic function of x > −[`FURTHEST_EXPONENT`], without branches; of any larger x it is 1.
#[inline(always)]
fn logistic_within_reach(x: f64) -> f64 {
    let small = elementary::exp(-x.abs().min(FURTHEST_EXPONENT));
    let large = 1.0 / (1.0 + small);
    if x > 0.0 { large } else { small * large }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        let error = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
        assert!(
            error <= tolerance,
            "{found} instead of {expected}: {error:e}"
        );
    }

    /// Reference values: `mpmath`, 50 digits.
    #[test]
    fn differences_do_not_cancel() {
        let trigammas = [
            -1_000_001.247_753_183,
            -16.0,
            -17.158_499_081_233_058,
            -0.490_307_761_099_745_3,
            -2.999_994_000_015e-12,
            -1e-20,
            -0.005_250_454_478_212_114,
            -12.245_364_545_107_731,
        ];
        let values = [
            (0.001, 3.0, -6.213_108_723_047_457, 1_001.498_751_123_938_5),
            (0.25, 1.0, -1.386_294_361_119_890_6, 4.0),
            (0.25, 26.0, 57.526_489_675_892_72, 7.475_950_983_641_36),
            (2.5, 20_000.0, 178_090.192_379_403_9, 9.200_430_906_995_364),
            (1e6, 3.0, 41.446_534_673_890_32, 2.999_997_000_005e-6),
            (1e10, 1.0, 23.025_850_929_940_458, 1e-10),
            (9.999, 0.5, 1.138_746_488_252_194, 0.051_253_695_147_988_16),
            (0.3, 1e9, 19_723_265_832.624_9, 24.225_790_058_946_546),
        ];
        for ((r, x, gamma, psi), trigamma) in values.into_iter().zip(trigammas) {
            close(trigamma_difference(r, x), trigamma, 4e-15);
            close(ln_gamma_ratio(r, x), gamma, 4e-15);
            close(digamma_difference(r, x), psi, 4e-15);
        }
        assert_eq!(ln_gamma_ratio(0.3, 0.0), 0.0);
        assert_eq!(digamma_difference(0.3, 0.0), 0.0);
        assert_eq!(trigamma_difference(0.3, 0.0), 0.0);
    }

    /// Reference values: `mpmath`, 50 digits.
    #[test]
    fn digammas_and_betas() {
        for (x, expected) in [
            (0.001, -1_000.575_571_931_81),
            (0.25, -4.227_453_533_376_265),
            (1.0, -0.577_215_664_901_532_9),
            (7.5, 1.946_757_484_246_086_8),
            (1e6, 13.815_510_057_964_191),
        ] {
            close(digamma(x), expected, 4e-15);
        }
        for (a, b, expected) in [
            (0.79, 2.43, -0.506_952_196_572_440_3),
            (0.001, 0.002, 7.313_217_104_417_235),
            (0.001, 1e6, 6.893_363_375_325_39),
            (50.0, 2e4, -350.669_833_211_644_86),
        ] {
            close(ln_beta(a, b), expected, 4e-15);
            close(ln_beta(b, a), expected, 4e-15);
        }
    }

    #[test]
    fn logistic_functions_in_both_tails() {
        close(softplus(-700.0), libm::exp(-700.0), 1e-13);
        assert_eq!(softplus(800.0), 800.0);
        close(logistic(-700.0), libm::exp(-700.0), 1e-13);
        assert_eq!((logistic(0.0), logistic(800.0)), (0.5, 1.0));
        let numbers = [-800.0, -740.0, -699.0, -3.5, 0.0, 1e-9, 40.0, f64::INFINITY];
        for numbers in [&numbers[..], &numbers[3..]] {
            let mut each = numbers.to_vec();
            logistic_each(&mut each);
            assert_eq!(
                each,
                numbers.iter().map(|&x| logistic(x)).collect::<Vec<_>>()
            );
        }
        close(logistic(-3.5), 0.029_312_230_751_356_32, 1e-15);
    }
}
