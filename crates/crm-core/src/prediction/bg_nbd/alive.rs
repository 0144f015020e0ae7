use super::BgNbd;
use crate::math::negative_binomial;
use crate::math::special::ln_gamma_ratio;
use crate::prediction::AliveProcess;

/// Series end when a term is this small beside their sum.
const PRECISION: f64 = 1e-17;
const MOST_TERMS: u32 = 100_000;

impl AliveProcess for BgNbd {
    /// (a+b−1)/(a−1) · [1 − (α/(α+t))^(a−1) · 2F1(k, a−1; a+b−1; z)] with k = a+b−1−r, z = t/(α+t): Fader,
    /// Hardie & Lee (2005), eq. (9), after Euler's transformation, and divided through by a − 1:
    ///
    /// −(a+b−1) · ((1−z)^(a−1) − 1)/(a−1) − (1−z)^(a−1) · Σ_{n≥1} (k)ₙ (a)ₙ₋₁ / ((a+b)ₙ₋₁ n!) zⁿ
    fn mean(&self, horizon: f64) -> f64 {
        let BgNbd { r, alpha, a, b } = *self;
        let z = horizon / (alpha + horizon);
        let log_rest = -libm::log1p(horizon / alpha);
        let exponent = (a - 1.0) * log_rest;
        let slope = if exponent == 0.0 {
            log_rest
        } else {
            log_rest * (libm::expm1(exponent) / exponent)
        };
        let k = a + b - 1.0 - r;
        let (mut term, mut sum) = (k * z, k * z);
        for n in 1..MOST_TERMS {
            let n = f64::from(n);
            term *= (k + n) * (a + n - 1.0) / ((a + b + n - 1.0) * (n + 1.0)) * z;
            sum += term;
            if term.abs() <= PRECISION * sum.abs() {
                break;
            }
        }
        -(a + b - 1.0) * slope - libm::exp(exponent) * sum
    }

    /// E[(1−p)^N] = 2F1(r, a; a+b; −t/α) = (1−z)^r · 2F1(r, b; a+b; z).
    fn survival(&self, horizon: f64) -> f64 {
        let BgNbd { r, alpha, a, b } = *self;
        let z = horizon / (alpha + horizon);
        let (mut term, mut sum) = (1.0, 1.0);
        for n in 0..MOST_TERMS {
            let n = f64::from(n);
            term *= (r + n) * (b + n) / ((a + b + n) * (n + 1.0)) * z;
            sum += term;
            if term <= PRECISION * sum {
                break;
            }
        }
        libm::exp(-r * libm::log1p(horizon / alpha)) * sum
    }

    /// Either none of n purchases was the last, and no more came; or the n-th was, whatever would have
    /// come: B(a, b+n)/B(a, b) · P(N = n) + B(a+1, b+n−1)/B(a, b) · P(N ≥ n). Fader, Hardie & Lee (2005),
    /// eq. (8).
    fn probability(&self, purchases: f64, horizon: f64) -> f64 {
        let BgNbd { r, alpha, a, b } = *self;
        let exactly = negative_binomial::probability(r, alpha, purchases, horizon);
        if purchases == 0.0 {
            return exactly;
        }
        let stays = self.stays(purchases);
        let leaves = self.stays(purchases - 1.0) * a / (a + b + (purchases - 1.0));
        stays * exactly + leaves * negative_binomial::tail(r, alpha, purchases, horizon)
    }

    /// None of n − 1 purchases was the last, and n or more would have come: B(a, b+n−1)/B(a, b) · P(N ≥ n).
    fn tail(&self, purchases: f64, horizon: f64) -> f64 {
        let never_left = self.stays(purchases - 1.0);
        never_left * negative_binomial::tail(self.r, self.alpha, purchases, horizon)
    }

    fn discounted(&self, horizon: f64, force: f64) -> f64 {
        let _ = (horizon, force);
        f64::NAN
    }
}

impl BgNbd {
    /// The probability to stay after each of n purchases: B(a, b+n)/B(a, b).
    fn stays(&self, n: f64) -> f64 {
        libm::exp(ln_gamma_ratio(self.b, n) - ln_gamma_ratio(self.a + self.b, n))
    }
}
