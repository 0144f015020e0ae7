//! Counts of a Poisson process whose rate is Gamma(r, α): over the time t negative binomial with
//! success probability z = t/(α + t).

use super::special::ln_gamma_ratio;

/// P(N = n) = Γ(r+n)/(Γ(r) n!) · (1−z)^r zⁿ over the time `t`.
pub(crate) fn probability(r: f64, alpha: f64, n: f64, t: f64) -> f64 {
    let never = -r * libm::log1p(t / alpha);
    if n == 0.0 {
        return libm::exp(never);
    }
    let coefficient = ln_gamma_ratio(r, n) - ln_gamma_ratio(1.0, n);
    libm::exp(coefficient + never - n * libm::log1p(alpha / t))
}

/// P(N ≥ n) over the time `t`, for n ≥ 1: of full relative precision where it is small.
pub(crate) fn tail(r: f64, alpha: f64, n: f64, t: f64) -> f64 {
    let z = t / (alpha + t);
    if n > r * t / alpha + 1.0 {
        let (mut term, mut sum, mut k) = (1.0, 1.0, n);
        while term > f64::EPSILON * sum {
            term *= (r + k) / (k + 1.0) * z;
            sum += term;
            k += 1.0;
        }
        return probability(r, alpha, n, t) * sum;
    }
    let (mut term, mut sum, mut k) = (probability(r, alpha, 0.0, t), 0.0, 0.0);
    while k < n {
        sum += term;
        term *= (r + k) / (k + 1.0) * z;
        k += 1.0;
    }
    (1.0 - sum).max(0.0)
}
