use nalgebra::Matrix4;

use super::{BgNbd, Leaving, MbgNbd};
use crate::math::special::{digamma_difference, logistic, softplus};
use crate::prediction::PurchaseHistory;
use crate::prediction::covariates::{Score, Scored};

impl BgNbd {
    fn score(&self, history: PurchaseHistory, leaving: Leaving) -> Score {
        let BgNbd { r, alpha, a, b } = *self;
        let (x, recency, age) = (history.frequency(), history.recency(), history.age());
        let stays = leaving.stays(x);
        let log_odds = self.log_odds_dead(history.numbers(), leaving);
        let dead = logistic(log_odds);
        let of_sum = digamma_difference(a + b, stays);
        let since = libm::log1p((age - recency) / (alpha + recency));
        let by_age = 1.0 / (alpha + age);
        let step = (recency - age) * by_age / (alpha + recency); // 1/(α+T) − 1/(α+t_x)
        let by_r = digamma_difference(r, x) - libm::log1p(age / alpha) + dead * since;
        let by_alpha = (r * age / alpha - x) * by_age + dead * (r + x) * step;
        let by_b = digamma_difference(b, stays) - of_sum;
        let leaves = if stays > 0.0 {
            dead / (b + (stays - 1.0))
        } else {
            0.0
        };
        Score {
            value: self.log_likelihood_alive(history, leaving) + softplus(log_odds),
            slopes: [
                r * by_r,
                alpha * by_alpha,
                dead - a * of_sum,
                b * (by_b - leaves),
            ],
        }
    }
}

impl Scored for BgNbd {
    fn score(&self, history: PurchaseHistory) -> Score {
        self.score(history, Leaving::AfterRepeat)
    }

    fn second_derivatives(&self, history: PurchaseHistory) -> Matrix4<f64> {
        self.second_derivatives(history.numbers(), Leaving::AfterRepeat)
    }
}

impl Scored for MbgNbd {
    fn score(&self, history: PurchaseHistory) -> Score {
        self.0.score(history, Leaving::AfterAny)
    }

    fn second_derivatives(&self, history: PurchaseHistory) -> Matrix4<f64> {
        let numbers = history.numbers();
        self.0.second_derivatives(numbers, Leaving::AfterAny)
    }
}
