//! The regularised incomplete gamma functions, and the tail of χ².

use std::f64::consts::TAU;

use super::saddle_point::{deviance, stirling_error};

/// Terms after which a series or continued fraction is taken as it is: it needs about √a.
const MOST_TERMS: u32 = 1_000_000;

/// The probability that χ² with `degrees` of freedom is more than `statistic`: Q(degrees / 2, statistic / 2).
pub(crate) fn chi_square_tail(degrees: f64, statistic: f64) -> f64 {
    incomplete(0.5 * degrees, 0.5 * statistic).1
}

/// P(a, x) and Q(a, x) = 1 − P(a, x), the smaller one to about 1e-14 of itself, for a ≥ ½ and x ≥ 0.
///
/// Source: DLMF 8.11.4, the series, for x below a + 1; 8.9.2, the continued fraction, above.
pub(crate) fn incomplete(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    let kernel = libm::sqrt(a / TAU) * libm::exp(-stirling_error(a) - deviance(a, x));
    if x < a + 1.0 {
        let lower = kernel * series(a, x);
        (lower, 1.0 - lower)
    } else {
        let upper = kernel * continued_fraction(a, x);
        (1.0 - upper, upper)
    }
}

/// Σ xⁿ / (a (a+1) … (a+n)).
pub(super) fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..=MOST_TERMS {
        term *= x / (a + f64::from(n));
        sum += term;
        if term <= sum * 1e-17 {
            break;
        }
    }
    sum
}

/// 1 / (x + 1 − a − 1·(1−a) / (x + 3 − a − 2·(2−a) / (x + 5 − a − …))), by the modified method of Lentz.
pub(super) fn continued_fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const PRECISION: f64 = 1e-16;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / away_from_zero(b);
    let mut fraction = d;
    for term in 1..=MOST_TERMS {
        let n = f64::from(term);
        let numerator = n * (a - n);
        b += 2.0;
        d = 1.0 / away_from_zero(b + numerator * d);
        c = away_from_zero(b + numerator / c);
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() <= PRECISION {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (a, x, P, Q). Reference values: `mpmath.gammainc(…, regularized=True)`, 40 digits.
    const VALUES: [(f64, f64, f64, f64); 10] = [
        (0.5, 0.1, 0.345_279_153_981_423, 0.654_720_846_018_577),
        (0.5, 2.0, 0.954_499_736_103_641_6, 0.045_500_263_896_358_42),
        (
            1.0,
            30.0,
            0.999_999_999_999_906_4,
            9.357_622_968_840_175e-14,
        ),
        (3.5, 1e-6, 8.597_167_919_753_374e-23, 1.0),
        (
            10.0,
            10.5,
            0.602_867_400_649_189_3,
            0.397_132_599_350_810_63,
        ),
        (
            60.0,
            100.0,
            0.999_993_658_496_572_6,
            6.341_503_427_368_771e-6,
        ),
        (
            450.0,
            400.0,
            0.007_454_327_480_002_925,
            0.992_545_672_519_997,
        ),
        (
            5000.5,
            5100.25,
            0.920_144_113_244_951_5,
            0.079_855_886_755_048_55,
        ),
        (
            100_000.0,
            99_000.0,
            0.000_757_419_921_174_767_9,
            0.999_242_580_078_825_3,
        ),
        (0.5, 300.0, 1.0, 1.674_167_984_691_788e-132),
    ];

    #[test]
    fn both_tails_keep_their_digits() {
        for (a, x, lower, upper) in VALUES {
            let found = incomplete(a, x);
            let (wrong_lower, wrong_upper) = (found.0 / lower - 1.0, found.1 / upper - 1.0);
            assert!(
                wrong_lower.abs() < 1e-13_f64.max(2e-16 / lower),
                "{a} {x}: {found:?}"
            );
            assert!(
                wrong_upper.abs() < 1e-13_f64.max(2e-16 / upper),
                "{a} {x}: {found:?}"
            );
            assert!(lower.min(upper) >= 1e-3 || (wrong_lower.abs().min(wrong_upper.abs())) < 1e-13);
        }
        assert_eq!(incomplete(2.0, 0.0), (0.0, 1.0));
    }

    /// The tables of every textbook.
    #[test]
    fn critical_values() {
        for (degrees, statistic) in [(1.0, 3.841_458_820_694_124), (4.0, 9.487_729_036_781_154)] {
            assert!((chi_square_tail(degrees, statistic) - 0.05).abs() < 1e-15);
        }
    }
}
