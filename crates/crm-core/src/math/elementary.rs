//! Elementary functions without branches: loops over arrays of numbers that call them become loops over
//! vectors, several times as fast as those of `libm`.
//!
//! They are plain sums and products without fused multiply-add: compiled for any processor they give
//! the same bits. Relative errors are below 1e-15.

/// ln 2, whose product with a whole number below 2¹¹ is exact in its first part.
const LN_2: (f64, f64) = (
    f64::from_bits(0x3fe6_2e42_fee0_0000),
    1.908_214_929_270_587_7e-10,
);
/// 1.5 · 2⁵²: a number added to it is rounded to a whole one, which stands in the last bits.
const ROUNDING: f64 = 6_755_399_441_055_744.0;
const EXPONENT_BITS: u32 = 52;
const ONE: u64 = 1.0_f64.to_bits();

/// (eʳ − 1 − r) / r² by Taylor's series, from the constant term on; what is left out is below 1e-17.
const EXPONENTIAL: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];
/// Σ s²ʲ / (2j + 3) for |s| ≤ 0.172, from the constant term on.
const LOGARITHM: [f64; 12] = [
    1.0 / 3.0,
    1.0 / 5.0,
    1.0 / 7.0,
    1.0 / 9.0,
    1.0 / 11.0,
    1.0 / 13.0,
    1.0 / 15.0,
    1.0 / 17.0,
    1.0 / 19.0,
    1.0 / 21.0,
    1.0 / 23.0,
    0.0,
];

/// In pairs (Estrin), so that processors need not wait for one product after the other.
#[inline(always)]
fn polynomial([c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11]: [f64; 12], x: f64) -> f64 {
    let x2 = x * x;
    let x4 = x2 * x2;
    let low = (c0 + c1 * x) + (c2 + c3 * x) * x2;
    let middle = (c4 + c5 * x) + (c6 + c7 * x) * x2;
    let high = (c8 + c9 * x) + (c10 + c11 * x) * x2;
    low + (middle + high * x4) * x4
}

/// 2ᵏ and eʳ − 1 of the reduced argument r = x − k ln 2, |r| ≤ ½ ln 2; for |x| < 700.
#[inline(always)]
fn reduced_exponential(x: f64) -> (f64, f64) {
    let shifted = x * std::f64::consts::LOG2_E + ROUNDING;
    let k = shifted - ROUNDING;
    let r = (x - k * LN_2.0) - k * LN_2.1;
    let series = polynomial(EXPONENTIAL, r);
    let power = f64::from_bits((shifted.to_bits() << EXPONENT_BITS).wrapping_add(ONE));
    (power, r + r * r * series)
}

/// eˣ for |x| < 700.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let (power, rest) = reduced_exponential(x);
    power + power * rest
}

/// eˣ − 1 for |x| < 700.
#[inline(always)]
pub(crate) fn exp_m1(x: f64) -> f64 {
    let (power, rest) = reduced_exponential(x);
    (power - 1.0) + power * rest
}

/// ln (w + low) for a normal number w > 0 and what rounding has left out of it.
#[inline(always)]
fn ln_of_sum(w: f64, low: f64) -> f64 {
    /// The bits of √½, rounded up.
    const LEAST: u64 = 0x3fe6_a09e_667f_3bcd;
    /// 2⁵²: its sum with a whole number shows that number in the last bits.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    // w = m · 2ᵏ with √½ ≤ m < √2; the exponent is k + 1023.
    let exponent = (w.to_bits().wrapping_sub(LEAST).wrapping_add(ONE)) >> EXPONENT_BITS;
    let k = f64::from_bits(WHOLE.to_bits() | exponent) - (WHOLE + 1023.0);
    let m = f64::from_bits(
        w.to_bits()
            .wrapping_sub(exponent << EXPONENT_BITS)
            .wrapping_add(ONE),
    );
    let f = m - 1.0;
    // ln (1 + f) = 2 artanh(s) = f − s (f − 2 s² Σ s²ʲ / (2j + 3)), s = f / (2 + f).
    let s = f / (2.0 + f);
    let square = s * s;
    let series = polynomial(LOGARITHM, square);
    let rest = s * (f - 2.0 * square * series) - (k * LN_2.1 + low / w);
    k * LN_2.0 + (f - rest)
}

/// ln x for x > 0; ∞ counts as the power of two that follows the largest number.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    /// 2⁵⁴: brings numbers that are not normal among those that are.
    const LIFT: f64 = 18_014_398_509_481_984.0;
    let tiny = x < f64::MIN_POSITIVE;
    let lifted = if tiny { x * LIFT } else { x };
    let lift = if tiny {
        54.0 * std::f64::consts::LN_2
    } else {
        0.0
    };
    ln_of_sum(lifted, 0.0) - lift
}

/// ln (1 + x) for x ≥ 0.
#[inline(always)]
pub(crate) fn ln_1p(x: f64) -> f64 {
    let w = 1.0 + x;
    ln_of_sum(w, x - (w - 1.0))
}

/// ln (1 + ρ (eˣ − 1)) for 0 < ρ ≤ 1 and |x| < 700; `rest` is 1 − ρ.
#[inline(always)]
pub(crate) fn ln_mixture(ratio: f64, rest: f64, x: f64) -> f64 {
    let (power, low) = reduced_exponential(x);
    let change = ratio * ((power - 1.0) + power * low);
    let w = rest + ratio * (power + power * low);
    let rounding = if change > -0.5 {
        change - (w - 1.0)
    } else {
        0.0
    };
    ln_of_sum(w, rounding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() <= 1e-15 * expected.abs(),
            "{found} instead of {expected}"
        );
    }

    #[test]
    fn agree_with_libm() {
        for i in 0..200_000 {
            let x = (f64::from(i) / 100_000.0 - 1.0) * 3.5;
            let x = x * x * x * 16.0;
            close(exp(x), libm::exp(x));
            let rise = libm::expm1(x);
            close(exp_m1(x), rise);
            if x > 0.0 {
                close(ln_1p(rise), libm::log1p(rise));
            }
            let power = libm::exp(x);
            close(ln(power), libm::log(power));
            let mixed = libm::log1p(0.25 * rise);
            close(ln_mixture(0.25, 0.75, x), mixed);
            if x > -600.0 {
                close(ln_mixture(1.0, 1e-300, x), x);
            }
        }
        for tiny in [0.0, 1e-300, 1e-20, 3e-9] {
            close(exp_m1(tiny), libm::expm1(tiny));
            close(ln_1p(tiny), libm::log1p(tiny));
        }
        for end in [5e-324, 1e-310, f64::MIN_POSITIVE, 1e-300, 1e300, f64::MAX] {
            close(ln(end), libm::log(end));
        }
        assert_eq!(ln(1.0), 0.0);
    }
}
