use nalgebra::Matrix4;

use super::ParetoNbd;
use super::death::Death;
use crate::math::special::{digamma_difference, logistic, softplus};
use crate::prediction::covariates::{Score, Scored};
use crate::prediction::{PurchaseHistory, PurchaseModel};

impl Scored for ParetoNbd {
    fn score(&self, history: PurchaseHistory) -> Score {
        let ParetoNbd { r, alpha, s, beta } = *self;
        let (x, recency, age) = (history.frequency(), history.recency(), history.age());
        let mut by_r = digamma_difference(r, x) - libm::log1p(age / alpha);
        let mut by_alpha = (r * age / alpha - x) / (alpha + age);
        let mut by_s = -libm::log1p(age / beta);
        let mut by_beta = s * age / (beta * (beta + age));
        let mut value = self.log_likelihood_alive(history);
        if age > recency {
            let death = Death::new(self, x, recency, age);
            let dead = logistic(death.ln_odds);
            value += softplus(death.ln_odds);
            by_r += dead * death.purchase_logarithm;
            by_alpha += dead * (r + x) * death.purchase_step;
            by_s += dead * (1.0 / s + death.dropout_logarithm);
            by_beta += dead * ((s + 1.0) * death.dropout_step - 1.0 / (beta + age));
        }
        Score {
            value,
            slopes: [r * by_r, alpha * by_alpha, s * by_s, beta * by_beta],
        }
    }

    fn second_derivatives(&self, history: PurchaseHistory) -> Matrix4<f64> {
        self.second_derivatives(history)
    }
}
