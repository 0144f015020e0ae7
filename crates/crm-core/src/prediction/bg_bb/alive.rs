use super::BgBb;
use crate::math::beta;
use crate::math::log_concave::Integrand;
use crate::math::scaled::Scaled;
use crate::math::special::{digamma_difference, ln_gamma_ratio};
use crate::prediction::AliveProcess;

/// Sums of no more terms than this are summed; longer ones have a closed form.
const MOST_TERMS: f64 = 10_000.0;
/// Where γ is nearer to 1, differences of ln Γ would cancel.
const NEXT_TO_ONE: f64 = 1e-3;

impl AliveProcess for BgBb {
    /// α/(α+β) Σ B(γ, δ+i)/B(γ, δ), i from 1 to n: Fader, Hardie & Shang (2010), eq. (8), before the sum is
    /// closed; that form, δ/(γ−1) (1 − (1+δ)ₙ/(γ+δ)ₙ), is for many opportunities.
    fn mean(&self, horizon: f64) -> f64 {
        let BgBb {
            alpha,
            beta,
            gamma,
            delta,
        } = *self;
        let chance = alpha / (alpha + beta);
        if horizon <= MOST_TERMS {
            return chance * self.discounted_sum(horizon, 1.0);
        }
        let rest = gamma - 1.0;
        if rest == 0.0 {
            return chance * delta * digamma_difference(1.0 + delta, horizon);
        }
        let logarithm = if rest.abs() < NEXT_TO_ONE {
            // The integral of ψ(1+δ+v) − ψ(1+δ+n+v) over v from 0 to γ − 1, by two nodes of Gauss.
            let [low, high] = [0.5 - 0.75_f64.sqrt() / 3.0, 0.5 + 0.75_f64.sqrt() / 3.0]
                .map(|node| digamma_difference(1.0 + delta + rest * node, horizon));
            -0.5 * rest * (low + high)
        } else if rest > 0.0 {
            ln_gamma_ratio(1.0 + delta, rest) - ln_gamma_ratio(1.0 + delta + horizon, rest)
        } else {
            ln_gamma_ratio(gamma + delta + horizon, -rest) - ln_gamma_ratio(gamma + delta, -rest)
        };
        chance * delta * (-libm::expm1(logarithm) / rest)
    }

    /// B(γ, δ+n)/B(γ, δ)
    fn survival(&self, horizon: f64) -> f64 {
        let (gamma, delta) = (self.gamma, self.delta);
        if horizon < gamma {
            libm::exp(ln_gamma_ratio(delta, horizon) - ln_gamma_ratio(gamma + delta, horizon))
        } else {
            libm::exp(ln_gamma_ratio(delta, gamma) - ln_gamma_ratio(delta + horizon, gamma))
        }
    }

    /// Either the customer lives through all n opportunities, or it leaves after i of them:
    /// P(X_n = x) B(γ, δ+n)/B(γ, δ) + Σ P(X_i = x) B(γ+1, δ+i)/B(γ, δ), i from x to n − 1, where X is the
    /// beta-binomial number of purchases of those who do not leave.
    ///
    /// Source: Fader, Hardie & Shang (2010), eq. (7).
    fn probability(&self, purchases: f64, horizon: f64) -> f64 {
        if purchases > horizon {
            return 0.0;
        }
        let x = purchases;
        let mut bought = self.always(x);
        let mut total = Scaled::new(0.0);
        let mut i = x;
        while i < horizon {
            total = total.plus(bought.times(self.gamma / (self.gamma + self.delta + i)));
            bought = self.next(bought, x, i).times((i + 1.0) / (i + 1.0 - x));
            i += 1.0;
        }
        total.plus(bought).value()
    }

    /// The x-th purchase is made at opportunity i, and the customer is alive then:
    /// Σ x/i P(X_i = x) B(γ, δ+i)/B(γ, δ), i from x to n.
    fn tail(&self, purchases: f64, horizon: f64) -> f64 {
        let x = purchases;
        let mut bought = self.always(x);
        let mut total = Scaled::new(0.0);
        let mut i = x;
        while i <= horizon {
            total = total.plus(bought);
            bought = self.next(bought, x, i).times(i / (i + 1.0 - x));
            i += 1.0;
        }
        total.value().min(1.0)
    }

    /// α/(α+β) Σ B(γ, δ+i)/B(γ, δ) e^(−δi); without end α/(α+β) E[(1−θ)/(e^δ − 1 + θ)], an integral over the
    /// odds u of θ: eq. (15) of Fader, Hardie & Shang (2010), which has it as a 2F1.
    fn discounted(&self, horizon: f64, force: f64) -> f64 {
        let BgBb {
            alpha,
            beta,
            gamma,
            delta,
        } = *self;
        let chance = alpha / (alpha + beta);
        let discount = libm::exp(-force);
        if horizon.is_finite() {
            if force == 0.0 {
                return self.mean(horizon);
            }
            return chance * self.discounted_sum(horizon, discount);
        }
        if force < 0.0 || (force == 0.0 && gamma <= 1.0) {
            return f64::INFINITY;
        }
        if force == 0.0 {
            return chance * (delta / (gamma - 1.0));
        }
        let rest = -libm::expm1(-force);
        let peak = Integrand {
            rise: gamma,
            fall: delta + 1.0,
            factors: [(1.0, gamma + delta), (rest, 1.0)],
        }
        .integrate(f64::INFINITY);
        let u = peak.point;
        let density = beta::kernel(gamma, delta, u / (1.0 + u), 1.0 / (1.0 + u));
        chance * discount * density / (rest + u) * peak.width
    }
}

impl BgBb {
    /// The probability to buy at each of x opportunities and be alive.
    fn always(&self, x: f64) -> Scaled {
        let logarithm = ln_gamma_ratio(self.alpha, x) - ln_gamma_ratio(self.alpha + self.beta, x)
            + ln_gamma_ratio(self.delta, x)
            - ln_gamma_ratio(self.gamma + self.delta, x);
        Scaled::exp(logarithm)
    }

    /// From x given purchases at i opportunities to as many at i + 1, alive.
    fn next(&self, bought: Scaled, x: f64, i: f64) -> Scaled {
        let misses = (self.beta + (i - x)) / (self.alpha + self.beta + i);
        let stays = (self.delta + i) / (self.gamma + self.delta + i);
        bought.times(misses * stays)
    }

    /// Σ B(γ, δ+i)/B(γ, δ) qⁱ, i from 1 to n.
    fn discounted_sum(&self, horizon: f64, q: f64) -> f64 {
        let (mut term, mut sum, mut i) = (1.0, 0.0, 0.0);
        while i < horizon {
            term *= (self.delta + i) / (self.gamma + self.delta + i) * q;
            sum += term;
            i += 1.0;
            if term < f64::EPSILON * (1.0 - q) * sum || sum == f64::INFINITY {
                break;
            }
        }
        sum
    }
}
