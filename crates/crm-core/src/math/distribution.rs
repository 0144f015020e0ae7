//! Distributions of test statistics: normal, Student's t, χ² and F.
//!
//! A probability is the pair of both tails, (P(X ≤ x), P(X > x)), of which the smaller one keeps its digits.
//! The quantile of the normal distribution is in [`normal`](super::normal). Degrees of freedom are greater than 0 (those of χ²: at least 1) and need not be whole.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{beta, gamma, gamma_quantile};

/// Both tails of the standard normal distribution at `z`.
pub(crate) fn normal(z: f64) -> (f64, f64) {
    let scaled = z * FRAC_1_SQRT_2;
    (0.5 * libm::erfc(-scaled), 0.5 * libm::erfc(scaled))
}

/// Both tails of Student's t: P(|T| > |t|) = I_x(ν/2, ½) with x = ν/(ν + t²).
///
/// Source: DLMF 8.17; Abramowitz & Stegun 26.7.1.
pub(crate) fn student_t(degrees: f64, t: f64) -> (f64, f64) {
    // Of t² and ν the larger one divides, so that neither overflows.
    let ratio = t / libm::sqrt(degrees);
    let (x, y) = if ratio.abs() <= 1.0 {
        let square = ratio * ratio;
        (1.0 / (1.0 + square), square / (1.0 + square))
    } else {
        let square = 1.0 / (ratio * ratio);
        (square / (1.0 + square), 1.0 / (1.0 + square))
    };
    let tail = 0.5 * beta::incomplete(0.5 * degrees, 0.5, x, y).0;
    if t < 0.0 {
        (tail, 1.0 - tail)
    } else {
        (1.0 - tail, tail)
    }
}

/// t with P(T ≤ t) = `p`, for 0 < p < 1.
pub(crate) fn student_t_quantile(degrees: f64, p: f64) -> f64 {
    let tail = if p < 0.5 { p } else { 1.0 - p };
    if tail >= 0.5 {
        return 0.0;
    }
    let (x, y) = beta::inverse(0.5 * degrees, 0.5, 2.0 * tail);
    (libm::sqrt(degrees) * libm::sqrt(y / x)).copysign(p - 0.5)
}

/// Both tails of χ².
pub(crate) fn chi_square(degrees: f64, statistic: f64) -> (f64, f64) {
    gamma::incomplete(0.5 * degrees, 0.5 * statistic)
}

/// x with P(χ² ≤ x) = `p`, for 0 < p < 1.
pub(crate) fn chi_square_quantile(degrees: f64, p: f64) -> f64 {
    if p <= 0.5 {
        2.0 * gamma_quantile::lower(0.5 * degrees, p)
    } else {
        2.0 * gamma_quantile::upper(0.5 * degrees, 1.0 - p)
    }
}

/// Both tails of F, for a statistic of 0 or more: P(F ≤ f) = I_x(d₁/2, d₂/2) with x = d₁f/(d₁f + d₂).
///
/// Source: Abramowitz & Stegun 26.6.2.
pub(crate) fn f(numerator: f64, denominator: f64, statistic: f64) -> (f64, f64) {
    let ratio = numerator / denominator * statistic;
    let (x, y) = if ratio <= 1.0 {
        (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio))
    } else {
        (1.0 / (1.0 + 1.0 / ratio), 1.0 / (1.0 + ratio))
    };
    beta::incomplete(0.5 * numerator, 0.5 * denominator, x, y)
}

/// f with P(F ≤ f) = `p`, for 0 < p < 1.
pub(crate) fn f_quantile(numerator: f64, denominator: f64, p: f64) -> f64 {
    let (x, y) = beta::inverse(0.5 * numerator, 0.5 * denominator, p);
    denominator / numerator * (x / y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values: `mpmath`, 40 digits, from its incomplete beta and gamma functions and Newton's iteration.
    fn check(name: &str, found: f64, expected: f64) {
        let error = (found / expected - 1.0).abs();
        assert!(error < 5e-14, "{name}: {found}, not {expected}");
    }

    fn check_tails(name: &str, found: (f64, f64), expected: (f64, f64)) {
        check(name, found.0, expected.0);
        check(name, found.1, expected.1);
    }

    #[test]
    fn normal_tails() {
        for (z, lower, upper) in [
            (0.1, 0.539_827_837_277_029, 0.460_172_162_722_971),
            (-1.96, 0.024_997_895_148_220_435, 0.975_002_104_851_779_5),
            (8.0, 0.999_999_999_999_999_3, 6.220_960_574_271_784e-16),
            (-30.0, 4.906_713_927_148_187e-198, 1.0),
        ] {
            check_tails("normal", normal(z), (lower, upper));
        }
    }

    #[test]
    fn student_t_tails() {
        for (degrees, t, lower, upper) in [
            (1.0, 0.3, 0.592_773_579_077_742_3, 0.407_226_420_922_257_64),
            (3.0, -1e-9, 0.499_999_999_632_447_4, 0.500_000_000_367_552_5),
            (4.0, 2.5, 0.966_616_727_594_006, 0.033_383_272_405_994_07),
            (
                9.0,
                -40.0,
                9.491_499_224_669_913e-12,
                0.999_999_999_990_508_5,
            ),
            (
                29.5,
                2.045,
                0.975_066_869_461_756_4,
                0.024_933_130_538_243_604,
            ),
            (
                1000.0,
                -3.3,
                0.000_500_498_362_501_045,
                0.999_499_501_637_499,
            ),
            (2.0, 1e10, 1.0, 5e-21),
        ] {
            check_tails("t", student_t(degrees, t), (lower, upper));
        }
    }

    #[test]
    fn f_tails() {
        for (numerator, denominator, statistic, lower, upper) in [
            (1.0, 1.0, 1.0, 0.5, 0.5),
            (
                3.0,
                10.0,
                0.01,
                0.001_465_492_949_390_548_3,
                0.998_534_507_050_609_4,
            ),
            (
                5.0,
                2.0,
                7.5,
                0.878_183_818_021_152_2,
                0.121_816_181_978_847_82,
            ),
            (
                99.0,
                490.0,
                1.3,
                0.961_214_889_720_179_2,
                0.038_785_110_279_820_775,
            ),
            (
                12.5,
                1000.0,
                3.0,
                0.999_694_869_418_170_9,
                0.000_305_130_581_829_119_15,
            ),
            // (1 + 2f/d₂)^(−d₂/2)
            (2.0, 30.0, 1e5, 1.0, 4.369098104367179e-58),
        ] {
            let found = f(numerator, denominator, statistic);
            check_tails("f", found, (lower, upper));
        }
    }

    #[test]
    fn chi_square_tails() {
        for (degrees, statistic, lower, upper) in [
            (
                1.0,
                1e-3,
                0.025_227_120_630_039_613,
                0.974_772_879_369_960_4,
            ),
            (3.0, 7.8, 0.949_668_902_140_146_7, 0.050_331_097_859_853_35),
            (
                10.0,
                40.0,
                0.999_983_055_256_069_9,
                1.694_474_393_006_738_5e-5,
            ),
            (
                200.0,
                150.0,
                0.003_352_441_498_186_992,
                0.996_647_558_501_813,
            ),
            (1.5, 1.0, 0.527_937_109_834_671_8, 0.472_062_890_165_328_2),
        ] {
            check_tails("χ²", chi_square(degrees, statistic), (lower, upper));
        }
    }

    #[test]
    fn quantiles() {
        for (degrees, p, expected) in [
            (1.0, 0.975, 12.706_204_736_174_694),
            (4.0, 0.95, 2.131_846_786_326_649_5),
            (9.0, 0.005, -3.249_835_541_592_126_3),
            (29.5, 0.51, 0.025_282_354_967_837_786),
            (1000.0, 1e-9, -6.053_690_272_079_834),
        ] {
            let found = student_t_quantile(degrees, p);
            assert!((found / expected - 1.0).abs() < 1e-13, "{found} {expected}");
        }
        assert_eq!(student_t_quantile(2.0, 0.5), 0.0);
        for (numerator, denominator, p, expected) in [
            (1.0, 1.0, 0.5, 1.0),
            (4.0, 12.0, 0.95, 3.259_166_726_901_248_5),
            (99.0, 490.0, 0.025, 0.724_255_724_333_757_1),
            (2.5, 7.0, 1e-4, 0.000_539_737_920_386_643_1),
            (30.0, 1000.0, 0.999, 2.021_771_368_133_139_7),
        ] {
            check("F", f_quantile(numerator, denominator, p), expected);
        }
        for (degrees, p, expected) in [
            (1.0, 0.95, 3.841_458_820_694_124_5),
            (4.0, 0.05, 0.710_723_021_397_324_1),
            (10.0, 0.999, 29.588_298_445_074_418),
            (200.0, 0.5, 199.333_729_838_630_97),
            (1.0, 0.001, 1.570_797_149_262_49e-6),
        ] {
            check("χ²", chi_square_quantile(degrees, p), expected);
        }
    }
}
