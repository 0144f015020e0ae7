//! Integrals of positive, smooth functions.

/// Halvings of the step at most.
const MOST_HALVINGS: u32 = 9;
/// The error of the trapezoidal rule here about squares with each halving: two sums this near are
/// both better, and the second one is exact.
const NEAR: f64 = 1e-8;
/// Values this small beside the sum no longer count.
const NEGLIGIBLE: f64 = 1e-18;

/// ∫ f(y) dy over the real line, of a positive function with one main peak that falls off at least
/// exponentially on both sides, however slowly: double-exponential quadrature around the peak.
///
/// Source: Takahasi & Mori 1974, "Double exponential formulas for numerical integration", with y − peak
/// = width · sinh τ.
pub(crate) fn line(f: impl Fn(f64) -> f64) -> f64 {
    let (peak, width) = peak(&f);
    let value = |t: f64| {
        let value = f(peak + width * libm::sinh(t)) * width * libm::cosh(t);
        if value.is_finite() { value } else { 0.0 }
    };
    let mut step = 0.5;
    let mut sum = value(0.0) + one_side(value, step, step) + one_side(value, -step, -step);
    for _ in 0..MOST_HALVINGS {
        let half = 0.5 * step;
        let refined = sum + one_side(value, half, step) + one_side(value, -half, -step);
        let done = (refined * half - sum * step).abs() <= NEAR * refined * half;
        (sum, step) = (refined, half);
        if done {
            break;
        }
    }
    sum * step
}

/// Σ of values at first, first + step, … until they do not count.
fn one_side(value: impl Fn(f64) -> f64, first: f64, step: f64) -> f64 {
    /// sinh 30 = 5e12 widths.
    const FURTHEST: f64 = 30.0;
    /// The first values may lie before a further peak.
    const NEAREST: f64 = 2.0;
    let (mut sum, mut place) = (0.0, first);
    while place.abs() <= FURTHEST {
        let term = value(place);
        sum += term;
        if term <= NEGLIGIBLE * sum && place.abs() > NEAREST {
            break;
        }
        place += step;
    }
    sum
}

/// Where f is largest, roughly, and how wide its peak is.
fn peak(f: impl Fn(f64) -> f64) -> (f64, f64) {
    const REACH: i32 = 64;
    let at = |center: f64, step: f64, reach: i32| {
        let places = (-reach..=reach).map(|i| center + f64::from(i) * step);
        let higher = |best: (f64, f64), place: f64| {
            let value = f(place);
            if value > best.1 { (place, value) } else { best }
        };
        places.fold((center, f(center)), higher)
    };
    let (mut center, mut height) = at(0.0, 1.0, REACH);
    let mut step = 0.25;
    while step > 1e-4 {
        (center, height) = at(center, step, 4);
        let falls = |side: f64| f(center + side * step) < 0.9 * height;
        if !(falls(1.0) || falls(-1.0)) {
            break;
        }
        step *= 0.25;
    }
    let side = |sign: f64| f(center + sign * step).max(0.5 * height) / height;
    let curvature = -libm::log(side(1.0) * side(-1.0)) / (step * step);
    let width = if curvature > 1.0 {
        1.0 / libm::sqrt(curvature)
    } else {
        1.0
    };
    (center, width)
}

/// Nodes and weights of the Gauss–Legendre rule on [−1, 1]; both halves are alike. DLMF 3.5(v).
const GAUSS_LEGENDRE: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_74),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
];

/// ∫ f over [low, high] by the Gauss–Legendre rule of 16 nodes.
pub(crate) fn gauss_legendre(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (center, half) = (0.5 * (low + high), 0.5 * (high - low));
    let pair =
        |(node, weight): &(f64, f64)| weight * (f(center - half * node) + f(center + half * node));
    half * GAUSS_LEGENDRE.iter().map(pair).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::special::ln_gamma;

    /// ∫ e^(ay − eʸ) dy = Γ(a): slow decay for a small a, a narrow peak for a large one.
    #[test]
    fn gammas() {
        for a in [1e-3, 0.02, 0.5, 1.0, 8.0, 300.0] {
            let found = line(|y| libm::exp(a * y - libm::exp(y) - ln_gamma(a)));
            assert!((found - 1.0).abs() < 1e-12, "{a}: {found}");
        }
    }

    /// A polynomial of degree 31 is integrated without error.
    #[test]
    fn polynomial() {
        let found = gauss_legendre(0.0, 2.0, |x| 32.0 * libm::pow(x, 31.0));
        assert!((found / libm::pow(2.0, 32.0) - 1.0).abs() < 1e-14);
    }
}
