//! Second derivatives of the likelihood.

use nalgebra::{Matrix4, Vector4};

use super::ParetoNbd;
use super::death::Death;
use super::likelihood::Grouped;
use crate::math::special::{logistic, trigamma_difference};
use crate::math::sum;

impl Grouped<'_> {
    /// Second derivatives of ln L by r, α, s and β.
    pub(super) fn second_derivatives(&self, model: &ParetoNbd) -> Matrix4<f64> {
        let ParetoNbd { r, alpha, s, beta } = *model;

        // Γ(r + x)/Γ(r)
        let gammas = self.frequencies.iter();
        let gamma: f64 = gammas
            .map(|&(x, weight)| weight * trigamma_difference(r, x))
            .sum();

        // α^r/(α+T)^(r+x) · (β/(β+T))^s
        let [mut r_alpha, mut alpha_alpha, mut s_beta, mut beta_beta] = [0.0; 4];
        for &(age, weight, purchases) in &self.ages {
            let (purchase, dropout) = (age / (alpha + age), age / (beta + age));
            r_alpha += weight * purchase / alpha;
            alpha_alpha += purchases / ((alpha + age) * (alpha + age))
                - weight * r * purchase / alpha * (1.0 / alpha + 1.0 / (alpha + age));
            s_beta += weight * dropout / beta;
            beta_beta -= weight * s * dropout / beta * (1.0 / beta + 1.0 / (beta + age));
        }
        #[rustfmt::skip]
        let of_survivors = Matrix4::new(
            gamma, r_alpha, 0.0, 0.0,
            r_alpha, alpha_alpha, 0.0, 0.0,
            0.0, 0.0, 0.0, s_beta,
            0.0, 0.0, s_beta, beta_beta,
        );
        of_survivors + self.second_derivatives_of_odds(model)
    }

    /// Those of Σ ln(1 + odds). With h(y) the integrand of the odds and means over the moment y of death,
    /// ln odds has the gradient E[∇ ln h] and the Hessian E[∇² ln h] + Cov(∇ ln h).
    fn second_derivatives_of_odds(&self, model: &ParetoNbd) -> Matrix4<f64> {
        let ParetoNbd { r, alpha, s, beta } = *model;
        let histories = self.histories;
        let sums = sum::blocks(histories.len(), 16, |row, sums| {
            let history = histories
                .groups()
                .get(row)
                .zip(histories.weights().get(row));
            let Some((history, weight)) = history.filter(|(h, _)| h.recency() < h.age()) else {
                return;
            };
            let (x, age) = (history.frequency(), history.age());
            let (death, covariances) = Death::with_covariances(model, x, history.recency(), age);
            let (u, w) = (death.purchase_step, death.dropout_step);
            let (u_end, w_end) = (1.0 / (alpha + age), 1.0 / (beta + age));
            // E[1/(α+y)²] − 1/(α+T)², and the same of β
            let u_square = covariances.m22 + u * (u - 2.0 * u_end);
            let w_square = covariances.m44 + w * (w - 2.0 * w_end);
            let slopes = Vector4::new(
                death.purchase_logarithm,
                (r + x) * u,
                1.0 / s + death.dropout_logarithm,
                (s + 1.0) * w - w_end,
            );
            #[rustfmt::skip]
            let curvature = Matrix4::new(
                0.0, u, 0.0, 0.0,
                u, (r + x) * u_square, 0.0, 0.0,
                0.0, 0.0, -1.0 / (s * s), w,
                0.0, 0.0, w, (s + 1.0) * w_square + w_end * w_end,
            );
            let factors = Vector4::new(1.0, -(r + x), 1.0, -(s + 1.0));
            let scatter = covariances.component_mul(&(factors * factors.transpose()));
            let (dead, alive) = (logistic(death.ln_odds), logistic(-death.ln_odds));
            let of_odds = curvature + scatter + slopes * slopes.transpose() * alive;
            for (sum, entry) in sums.iter_mut().zip(&of_odds) {
                *sum += weight * dead * entry;
            }
        });
        Matrix4::from_column_slice(&sums)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::prediction::fit::{hessian_error, histories_of_all_kinds};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_hessian_is_that_of_the_value(point in prop::array::uniform4(-4.0..4.0_f64)) {
            let error = hessian_error(&Grouped::new(&histories_of_all_kinds()), &point).unwrap();
            prop_assert!(error < 1e-8, "{error}");
        }
    }
}
