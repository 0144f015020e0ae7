//! The beta distribution: regularised incomplete beta function and its inverse.

use std::f64::consts::TAU;

use super::saddle_point::{deviance, stirling_error};

/// Terms after which a continued fraction is taken as it is: it needs about √max(a, b).
const MOST_TERMS: u32 = 1_000_000;

/// Probabilities of the two sides of `x` under Beta(a, b): (I_x(a, b), 1 − I_x(a, b)), each to about 1e-13 of
/// itself, for a, b > 0 and 0 ≤ x ≤ 1 with `y` = 1 − x.
///
/// Source: DLMF 8.17.22, the continued fraction; NIST Handbook of Mathematical Functions.
pub(crate) fn incomplete(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let kernel = kernel(a, b, x, y);
    if x * (a + b + 2.0) < a + 1.0 {
        let lower = kernel / a * continued_fraction(a, b, x);
        (lower, 1.0 - lower)
    } else {
        let upper = kernel / b * continued_fraction(b, a, y);
        (1.0 - upper, upper)
    }
}

/// x and 1 − x with I_x(a, b) = `p`, for a, b > 0 and 0 < p < 1.
///
/// ln I is concave in u = ln(x / (1 − x)), so Newton's iteration from the left of the solution stays
/// there and from the right comes to the left.
pub(crate) fn inverse(a: f64, b: f64, p: f64) -> (f64, f64) {
    if p > 0.5 {
        let (y, x) = lower_inverse(b, a, 1.0 - p);
        return (x, y);
    }
    lower_inverse(a, b, p)
}

/// x and 1 − x with 1 − I_x(a, b) = `q`: [`inverse`] without the rounding of 1 − q.
pub(crate) fn upper_inverse(a: f64, b: f64, q: f64) -> (f64, f64) {
    let (y, x) = inverse(b, a, q);
    (x, y)
}

fn lower_inverse(a: f64, b: f64, p: f64) -> (f64, f64) {
    /// Newton's iteration takes 5 to 10 steps, bisection from end to end 60.
    const MOST_STEPS: u32 = 100;
    /// x = eᵘ is 0 below.
    const LEAST: f64 = -745.0;
    const PRECISION: f64 = 2e-16;

    // I_x(a, b) → xᵃ / (a B(a, b)) as x → 0.
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let tail = (libm::log(p) + libm::log(a) + ln_beta) / a;
    if tail < LEAST {
        return (0.0, 1.0);
    }
    let (mut low, mut high) = (LEAST, -LEAST);
    let mut u = libm::log(a) - libm::log(b);
    let target = libm::log(p);
    for _ in 0..MOST_STEPS {
        let (x, y) = logistic(u);
        let below = incomplete(a, b, x, y).0;
        let excess = libm::log(below) - target;
        if excess < 0.0 {
            low = u;
        } else {
            high = u;
        }
        let newton = u - excess * below / kernel(a, b, x, y);
        let next = if low < newton && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        if (next - u).abs() <= PRECISION * u.abs().max(1.0) {
            u = next;
            break;
        }
        u = next;
    }
    logistic(u)
}

/// x and 1 − x with ln(x / (1 − x)) = u.
fn logistic(u: f64) -> (f64, f64) {
    let small = libm::exp(-u.abs());
    let (small, large) = (small / (1.0 + small), 1.0 / (1.0 + small));
    if u < 0.0 {
        (small, large)
    } else {
        (large, small)
    }
}

/// xᵃ yᵇ / B(a, b) by Loader's saddle-point form, whose error does not grow with a and b.
///
/// Source: Loader 2000, "Fast and accurate computation of binomial probabilities".
pub(crate) fn kernel(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, n * x)
        - deviance(b, n * y);
    libm::sqrt(a / TAU * (b / n)) * libm::exp(exponent)
}

/// The continued fraction of I_x(a, b), by the modified method of Lentz.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const PRECISION: f64 = 1e-16;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for term in 1..=MOST_TERMS {
        let m = f64::from(term);
        let twice = a + 2.0 * m;
        let even = m * (b - m) / ((twice - 1.0) * twice) * x;
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) / twice * ((a + b + m) / (twice + 1.0)) * x;
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
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

    /// (a, b, x, I, 1 − I). Reference values: the power series at (a+b)ₙ/(a+1)ₙ, `mpmath`, 40 digits.
    const PROBABILITIES: [(f64, f64, f64, f64, f64); 10] = [
        (
            0.5,
            0.5,
            0.25,
            0.333_333_333_333_333_3,
            0.666_666_666_666_666_7,
        ),
        (
            2.5,
            7.0,
            0.3,
            0.641_222_462_971_721_2,
            0.358_777_537_028_278_8,
        ),
        (1.0, 3.0, 0.999, 0.999_999_999, 1.000_000_000_000_002_7e-9),
        (
            1e-3,
            4.0,
            1e-12,
            0.974_531_566_596_568_3,
            0.025_468_433_403_431_735,
        ),
        (
            150.0,
            350.25,
            0.3,
            0.508_113_341_696_987_8,
            0.491_886_658_303_012_2,
        ),
        (
            12345.5,
            54321.0,
            0.185_937_5,
            0.692_554_145_179_981,
            0.307_445_854_820_019,
        ),
        (
            1e6,
            3e6,
            0.2505,
            0.989_516_231_942_877_6,
            0.010_483_768_057_122_419,
        ),
        (
            3.0,
            1e9,
            1e-9,
            0.080_301_397_347_303_8,
            0.919_698_602_652_696_2,
        ),
        (
            40.0,
            2.0,
            0.5,
            1.909_938_873_723_149_3e-11,
            0.999_999_999_980_900_6,
        ),
        (
            0.02,
            0.03,
            0.75,
            0.612_773_236_420_050_4,
            0.387_226_763_579_949_6,
        ),
    ];

    #[test]
    fn both_tails_keep_their_digits() {
        for (a, b, x, lower, upper) in PROBABILITIES {
            let found = incomplete(a, b, x, 1.0 - x);
            // x and 1 − x are rounded: the kernel turns that into a relative error of max(a, b) ulps.
            let tolerance = 2e-14 + 4e-16 * libm::sqrt(a.max(b));
            let (wrong_lower, wrong_upper) = (found.0 / lower - 1.0, found.1 / upper - 1.0);
            assert!(wrong_lower.abs() < tolerance, "{a} {b} {x}: {found:?}");
            assert!(
                wrong_upper.abs() < tolerance.max(2e-16 / upper),
                "{a} {b} {x}: {found:?}"
            );
        }
        assert_eq!(incomplete(2.0, 3.0, 0.0, 1.0), (0.0, 1.0));
        assert_eq!(incomplete(2.0, 3.0, 1.0, 0.0), (1.0, 0.0));
    }

    /// (a, b, p, x, 1 − x). Reference values: Newton's iteration in `mpmath`, 40 digits.
    const QUANTILES: [(f64, f64, f64, f64, f64); 7] = [
        (
            0.5,
            0.5,
            0.025,
            0.001_541_333_133_436_012,
            0.998_458_666_866_564,
        ),
        (
            2.5,
            7.0,
            0.025,
            0.052_422_577_666_035_02,
            0.947_577_422_333_965,
        ),
        (
            2.5,
            7.0,
            0.975,
            0.566_793_021_186_802_9,
            0.433_206_978_813_197_1,
        ),
        (1.0, 1.0, 0.3, 0.3, 0.7),
        (0.05, 2.0, 0.025, 3.427_789_878_269_347e-33, 1.0),
        (
            80.5,
            20.5,
            0.5,
            0.798_995_418_137_285,
            0.201_004_581_862_715_04,
        ),
        (
            12345.5,
            54321.0,
            0.005,
            0.181_325_588_457_797_5,
            0.818_674_411_542_202_5,
        ),
    ];

    #[test]
    fn quantiles() {
        for (a, b, p, x, y) in QUANTILES {
            let found = inverse(a, b, p);
            assert!((found.0 / x - 1.0).abs() < 5e-14, "{a} {b} {p}: {found:?}");
            assert!((found.1 / y - 1.0).abs() < 5e-14, "{a} {b} {p}: {found:?}");
            let mirrored = upper_inverse(b, a, p);
            assert_eq!(mirrored, (found.1, found.0));
        }
        assert_eq!(inverse(1e-4, 2.0, 0.01), (0.0, 1.0));
    }

    #[test]
    fn quantiles_far_out_come_back() {
        for (a, b) in [(0.01, 50.0), (2.0, 2.0), (1e7, 2e7), (300.0, 0.5)] {
            for p in [1e-300, 1e-9, 0.4, 0.999] {
                let (x, y) = inverse(a, b, p);
                let back = incomplete(a, b, x, y).0;
                let lost = x == 0.0 || y < 1e-15;
                assert!(
                    lost || (back / p - 1.0).abs() < 1e-9,
                    "{a} {b} {p}: {x} {back}"
                );
            }
        }
    }
}
