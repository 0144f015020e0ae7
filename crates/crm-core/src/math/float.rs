//! Elementary sums of `f64` formulas.

/// 1 + ratio + … + ratio^(terms−1) for a ratio of 0 or more and a whole number of terms.
pub(crate) fn geometric_sum(ratio: f64, terms: f64) -> f64 {
    if terms == 0.0 {
        0.0
    } else if ratio == 1.0 {
        terms
    } else {
        libm::expm1(terms * libm::log1p(ratio - 1.0)) / (ratio - 1.0)
    }
}

/// (1 + rate)ˣ for a rate over −1: accurate for small rates.
pub(crate) fn growth_power(rate: f64, exponent: f64) -> f64 {
    libm::exp(exponent * libm::log1p(rate))
}

/// (1 − (1+i)^−T) / i, or T where i is 0.
pub(crate) fn annuity_factor(rate: f64, tenure: f64) -> f64 {
    if rate == 0.0 {
        tenure
    } else {
        -libm::expm1(-tenure * libm::log1p(rate)) / rate
    }
}
