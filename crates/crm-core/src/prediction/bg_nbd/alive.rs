use super::BgNbd;
use super::mixture::{PowerMean, mean_gain};
use crate::math::special::ln_beta_ratio;
use crate::math::{negative_binomial, quadrature};
use crate::prediction::AliveProcess;

impl AliveProcess for BgNbd {
    /// E[(1 − (α/(α+pt))^r) / p]: a customer who buys with the rate λ and leaves with the probability p
    /// buys (1 − e^(−λpt))/p times. Fader, Hardie & Lee (2005), eq. (9).
    fn mean(&self, horizon: f64) -> f64 {
        mean_gain(self.r, self.a, self.b, horizon / self.alpha)
    }

    /// E[(α/(α+pt))^r], since λp is the rate of leaving.
    fn survival(&self, horizon: f64) -> f64 {
        PowerMean::new(self.r, self.a, self.b).at(horizon / self.alpha)
    }

    /// Either none of n purchases was the last, and no more came; or the n-th was, whatever would have
    /// come: B(a, b+n)/B(a, b) · P(N = n) + B(a+1, b+n−1)/B(a, b) · P(N ≥ n), N being negative binomial.
    /// Fader, Hardie & Lee (2005), eq. (8).
    fn probability(&self, purchases: f64, horizon: f64) -> f64 {
        let BgNbd { r, alpha, a, b } = *self;
        let exactly = negative_binomial::probability(r, alpha, purchases, horizon);
        if purchases == 0.0 {
            return exactly;
        }
        let stayed = self.stays(purchases - 1.0);
        let (leaves, stays) = (a, b + (purchases - 1.0));
        let or_more = negative_binomial::tail(r, alpha, purchases, horizon);
        stayed * (stays * exactly + leaves * or_more) / (leaves + stays)
    }

    /// None of n − 1 purchases was the last, and n or more would have come: B(a, b+n−1)/B(a, b) · P(N ≥ n).
    fn tail(&self, purchases: f64, horizon: f64) -> f64 {
        let or_more = negative_binomial::tail(self.r, self.alpha, purchases, horizon);
        self.stays(purchases - 1.0) * or_more
    }

    /// ∫₀^horizon e^(−force·u) · E[λ e^(−λpu)] du, and E[λ e^(−λpu)] = r/α · E[(α/(α+pu))^(r+1)].
    fn discounted(&self, horizon: f64, force: f64) -> f64 {
        let BgNbd { r, alpha, a, b } = *self;
        if force == 0.0 && horizon < f64::INFINITY {
            return self.mean(horizon);
        }
        if force <= 0.0 && horizon == f64::INFINITY {
            // E[1/p]
            let finite = force == 0.0 && a > 1.0;
            return if finite {
                (a + b - 1.0) / (a - 1.0)
            } else {
                f64::INFINITY
            };
        }
        let buying = PowerMean::new(r + 1.0, a, b);
        let flow = |u: f64| libm::exp(-force * u) * buying.at(u / alpha);
        let (mut sum, mut start) = (0.0, 0.0);
        while start < horizon {
            let end = (start + self.smooth_length(start, force)).min(horizon);
            sum += quadrature::gauss_legendre(start, end, flow);
            let rest = flow(end) / force.max(0.0); // at most, where the flow is discounted
            if rest <= NEGLIGIBLE * sum || !sum.is_finite() {
                break;
            }
            start = end;
        }
        r / alpha * sum
    }
}

/// What lies beyond no longer counts.
const NEGLIGIBLE: f64 = 1e-17;

impl BgNbd {
    /// The probability to stay after each of n purchases: B(a, b+n)/B(a, b).
    fn stays(&self, n: f64) -> f64 {
        libm::exp(ln_beta_ratio(self.a, self.b, n))
    }

    /// A length from the time `u` on over which 16 nodes integrate the discounted flow to full
    /// precision. The flow falls like e^(−force·u), and as (α+u)^(−bend) with a bend of about E[p](r+1)
    /// at first and a at last.
    fn smooth_length(&self, u: f64, force: f64) -> f64 {
        let BgNbd { r, alpha, a, b } = *self;
        let first = (r + 1.0) * a / (a + b);
        let last = a.max(1.0) * (alpha + u) / u;
        let flow = 2.0 * (alpha + u) / (1.0 + 0.5 * first.min(last));
        flow.min(8.0 / force.abs())
    }
}
