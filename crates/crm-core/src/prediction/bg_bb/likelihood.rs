use super::death::Death;
use super::{BgBb, NAMES};
use crate::math::special::{digamma_difference, logistic, softplus};
use crate::math::sum;
use crate::prediction::fit::{Likelihood, Parameter};
use crate::prediction::{Histories, PurchaseModel};

/// The histories, which the model can make.
pub(super) struct Grouped<'a>(pub(super) &'a Histories);

impl Likelihood for Grouped<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        Parameter::positive(&NAMES)
    }

    fn customers(&self) -> f64 {
        self.0.customers()
    }

    /// Uniform probabilities.
    fn centre(&self) -> Vec<f64> {
        vec![0.0; 4]
    }

    fn starts(&self) -> Vec<Vec<f64>> {
        [[0.5, 0.5], [1.0, 2.0], [1.0, 10.0]]
            .into_iter()
            .flat_map(|[alpha, beta]| {
                [[0.5, 2.0], [1.0, 10.0]].map(|[gamma, delta]| [alpha, beta, gamma, delta])
            })
            .map(|start| start.map(libm::log).to_vec())
            .collect()
    }

    fn evaluate(&self, coordinates: &[f64], gradient: &mut [f64]) -> f64 {
        let &[log_alpha, log_beta, log_gamma, log_delta] = coordinates else {
            return f64::NAN;
        };
        let parameters = [log_alpha, log_beta, log_gamma, log_delta].map(libm::exp);
        let [alpha, beta, gamma, delta] = parameters;
        let model = BgBb {
            alpha,
            beta,
            gamma,
            delta,
        };
        let groups = self.0.groups();
        let sums = sum::blocks(groups.len(), 5, |row, sums| {
            let (Some(&history), Some(weight)) = (groups.get(row), self.0.weights().get(row))
            else {
                return;
            };
            let (x, n) = (history.frequency(), history.age());
            let death = Death::new(&model, history);
            let dead = logistic(death.ln_odds);
            let purchases = digamma_difference(alpha + beta, n);
            let dropouts = digamma_difference(gamma + delta, n);
            let alive = [
                digamma_difference(alpha, x) - purchases,
                digamma_difference(beta, n - x) - purchases,
                -dropouts,
                digamma_difference(delta, n) - dropouts,
            ];
            let [value, slopes @ ..] = sums else {
                return;
            };
            *value += weight * (model.log_likelihood_alive(history) + softplus(death.ln_odds));
            for ((slope, alive), odds) in slopes.iter_mut().zip(alive).zip(death.gradient) {
                *slope += weight * (alive + dead * odds);
            }
        });
        let [value, slopes @ ..] = sums.as_slice() else {
            return f64::NAN;
        };
        for ((gradient, slope), parameter) in gradient.iter_mut().zip(slopes).zip(parameters) {
            *gradient = slope * parameter;
        }
        *value
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::prediction::fit::gradient_error;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_gradient_is_that_of_the_value(point in prop::array::uniform4(-4.0..4.0_f64)) {
            let (frequency, recency) = ([0.0, 1.0, 2.0, 6.0, 3.0, 1.0], [0.0, 1.0, 6.0, 6.0, 4.0, 5.0]);
            let (age, weights) = ([6.0, 6.0, 6.0, 6.0, 5.0, 5.0], [90.0, 30.0, 9.0, 4.0, 8.0, 11.0]);
            let histories = Histories::with_weights(&frequency, &recency, &age, &weights).unwrap();
            let error = gradient_error(&Grouped(&histories), &point);
            prop_assert!(error < 1e-8, "{error}");
        }
    }
}
