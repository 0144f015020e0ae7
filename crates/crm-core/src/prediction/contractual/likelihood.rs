use super::beta_ratio::log_beta_ratio;
use super::{Renewals, power_difference};
use crate::math::special::digamma_difference;
use crate::prediction::fit::{Likelihood, Parameter};

/// The likelihood of renewals under the BdW, or under the sBG, whose c is 1.
///
/// Of the customers who come to renewal t, those lost contribute ln(1 − r_t) and the others ln r_t,
/// with ln r_t = −D, D = ∫ ψ(α + β + v) − ψ(β + v) dv from (t − 1)^c to t^c.
pub(super) struct RenewalLikelihood<'a> {
    pub(super) renewals: &'a Renewals,
    /// Whether c is a parameter.
    pub(super) duration_dependence: bool,
}

impl Likelihood for RenewalLikelihood<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        Parameter::positive(if self.duration_dependence {
            &["alpha", "beta", "c"]
        } else {
            &["alpha", "beta"]
        })
    }

    fn customers(&self) -> f64 {
        self.renewals.customers()
    }

    /// α = 1, β so that the mean churn is that of all renewals, c = 1.
    fn centre(&self) -> Vec<f64> {
        self.start(1.0, 1.0)
    }

    fn starts(&self) -> Vec<Vec<f64>> {
        [(0.5, 1.0), (1.0, 1.0), (4.0, 1.0), (1.0, 1.5), (1.0, 0.7)]
            .iter()
            .map(|&(alpha, c)| self.start(alpha, c))
            .collect()
    }

    fn evaluate(&self, coordinates: &[f64], gradient: &mut [f64]) -> f64 {
        let (alpha, beta, c) = match *coordinates {
            [ln_alpha, ln_beta] => (libm::exp(ln_alpha), libm::exp(ln_beta), 1.0),
            [ln_alpha, ln_beta, ln_c] => (libm::exp(ln_alpha), libm::exp(ln_beta), libm::exp(ln_c)),
            _ => return f64::NAN,
        };
        let (mut value, mut by_alpha, mut by_beta, mut by_c) = (0.0, 0.0, 0.0, 0.0);
        let counts = self.renewals.at_risk().iter().zip(self.renewals.lost());
        for (before, (&at_risk, &lost)) in counts.enumerate() {
            if at_risk == 0.0 {
                continue;
            }
            let before = before as f64;
            let (from, step) = (libm::pow(before, c), power_difference(before, 1.0, c));
            let log_loss = log_beta_ratio(alpha, beta + from, step);
            let stayed = at_risk - lost;
            value -= stayed * log_loss;
            let mut by_loss = -stayed;
            if lost > 0.0 {
                value += lost * libm::log(-libm::expm1(-log_loss));
                by_loss += lost / libm::expm1(log_loss);
            }
            let both = digamma_difference(alpha + beta + from, step);
            by_alpha += by_loss * both;
            by_beta += by_loss * (both - digamma_difference(beta + from, step));
            // d(tᶜ)/dc · dD/d(tᶜ) at both ends; (t − 1)ᶜ ln(t − 1) is 0 at t = 1.
            let end = |t: f64| {
                let power = libm::pow(t, c);
                digamma_difference(beta + power, alpha) * power * libm::log(t)
            };
            let at_start = if before == 0.0 { 0.0 } else { end(before) };
            by_c += by_loss * (end(before + 1.0) - at_start);
        }
        match gradient {
            [slope_alpha, slope_beta] => {
                (*slope_alpha, *slope_beta) = (alpha * by_alpha, beta * by_beta);
            }
            [slope_alpha, slope_beta, slope_c] => {
                (*slope_alpha, *slope_beta) = (alpha * by_alpha, beta * by_beta);
                *slope_c = c * by_c;
            }
            _ => {}
        }
        value
    }
}

impl RenewalLikelihood<'_> {
    fn start(&self, alpha: f64, c: f64) -> Vec<f64> {
        let churn = self.renewals.churn();
        let beta = alpha * (1.0 - churn) / churn;
        let coordinates = [alpha, beta, c].map(libm::log);
        let parameters = self.parameters().len();
        coordinates.into_iter().take(parameters).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_gradient_is_that_of_the_value(
            point in prop::array::uniform3(-2.0..3.0),
            lost in prop::collection::vec(0..30_u32, 1..9),
            stayed in 0..40_u32,
            duration_dependence in any::<bool>(),
        ) {
            let mut left = f64::from(lost.iter().sum::<u32>() + stayed + 1);
            let mut survivors = vec![left];
            for count in lost {
                left -= f64::from(count);
                survivors.push(left);
            }
            let renewals = Renewals::from_survivors(&survivors).unwrap();
            let likelihood = RenewalLikelihood { renewals: &renewals, duration_dependence };
            let parameters = if duration_dependence { 3 } else { 2 };
            let point = &point[..parameters];
            let mut gradient = vec![0.0; parameters];
            likelihood.evaluate(point, &mut gradient);
            for (j, slope) in gradient.iter().enumerate() {
                let at = |by: f64| {
                    let mut moved = point.to_vec();
                    moved[j] += by;
                    likelihood.evaluate(&moved, &mut vec![0.0; parameters])
                };
                let h = 1e-4;
                let difference = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                let size = slope.abs().max(survivors[0]);
                prop_assert!((slope - difference).abs() <= 1e-8 * size, "{slope} {difference}");
            }
        }
    }
}
