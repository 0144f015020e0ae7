use super::ParetoNbd;
use crate::math::beta;
use crate::math::log_concave::{Integrand, exponential_integral};
use crate::prediction::AliveProcess;

impl AliveProcess for ParetoNbd {
    /// r β/α · (1 − (β/(β+t))^(s−1)) / (s−1): Schmittlein, Morrison & Colombo (1987), eq. (17).
    fn mean(&self, horizon: f64) -> f64 {
        let ParetoNbd { r, alpha, s, beta } = *self;
        let logarithm = libm::log1p(horizon / beta);
        let time = if s == 1.0 {
            logarithm
        } else {
            -libm::expm1((1.0 - s) * logarithm) / (s - 1.0)
        };
        r * (beta / alpha) * time
    }

    /// E[e^(−μt)] = (β/(β+t))^s
    fn survival(&self, horizon: f64) -> f64 {
        libm::exp(-self.s * libm::log1p(horizon / self.beta))
    }

    /// Either the customer lives on and buys n times, or it dies after the time y, having bought n times:
    /// P(N_t = n) (β/(β+t))^s + ∫ P(N_y = n) s (β/(β+y))^s dy/(β+y), where N is the negative binomial number
    /// of purchases of those who do not die.
    ///
    /// Source: Fader & Hardie (2006), "Deriving an expression for P(X(t) = x) under the Pareto/NBD model".
    fn probability(&self, purchases: f64, horizon: f64) -> f64 {
        if horizon == 0.0 {
            return f64::from(u8::from(purchases == 0.0));
        }
        let ParetoNbd { r, alpha, s, beta } = *self;
        let peak = Integrand {
            rise: purchases + 1.0,
            fall: r + s,
            factors: [(alpha, r + purchases), (beta, s + 1.0)],
        }
        .integrate(horizon);
        let y = peak.point;
        let dead = self.bought(purchases, y) * self.survival(y) * (s * (y / (beta + y)));
        self.bought(purchases, horizon) * self.survival(horizon) + dead * peak.width
    }

    /// The n-th purchase comes at the time y, and the customer is still alive then:
    /// ∫ n P(N_y = n) (β/(β+y))^s dy/y.
    fn tail(&self, purchases: f64, horizon: f64) -> f64 {
        if horizon == 0.0 {
            return 0.0;
        }
        let peak = Integrand {
            rise: purchases,
            fall: self.r + self.s,
            factors: [(self.alpha, self.r + purchases), (self.beta, self.s)],
        }
        .integrate(horizon);
        let rate = purchases * self.bought(purchases, peak.point) * self.survival(peak.point);
        (rate * peak.width).min(1.0)
    }

    /// r/α ∫ (β/(β+u))^s e^(−δu) du; without end r/α · β (δβ)^(s−1) Ψ(s, s; δβ), Fader, Hardie & Lee (2005),
    /// "RFM and CLV", eq. (4).
    fn discounted(&self, horizon: f64, force: f64) -> f64 {
        let ParetoNbd { r, alpha, s, beta } = *self;
        if force == 0.0 && horizon.is_finite() {
            return self.mean(horizon);
        }
        if horizon == f64::INFINITY && (force < 0.0 || (force == 0.0 && s <= 1.0)) {
            return f64::INFINITY;
        }
        let time = if force == 0.0 {
            1.0 / (s - 1.0)
        } else {
            exponential_integral(s, force * beta, horizon / beta)
        };
        r * (beta / alpha) * time
    }
}

impl ParetoNbd {
    /// P(N = n) after the time y, for those who do not die.
    fn bought(&self, n: f64, y: f64) -> f64 {
        if n == 0.0 {
            return libm::exp(-self.r * libm::log1p(y / self.alpha));
        }
        let total = self.alpha + y;
        beta::kernel(n, self.r, y / total, self.alpha / total) / n
    }
}
