//! Counts of a Poisson process whose rate is Gamma(r, α): over the time t negative binomial, each with
//! the probability z = t/(α + t).

use super::beta;

/// P(N = n) = Γ(r+n)/(Γ(r) n!) · (1−z)^r zⁿ over the time `t`.
pub(crate) fn probability(r: f64, alpha: f64, n: f64, t: f64) -> f64 {
    if n == 0.0 {
        return libm::exp(-r * libm::log1p(t / alpha));
    }
    beta::kernel(n, r, t / (alpha + t), alpha / (alpha + t)) / n
}

/// P(N ≥ n) over the time `t` for n ≥ 1, which is I_z(n, r): DLMF 8.17.24.
pub(crate) fn tail(r: f64, alpha: f64, n: f64, t: f64) -> f64 {
    beta::incomplete(n, r, t / (alpha + t), alpha / (alpha + t)).0
}
