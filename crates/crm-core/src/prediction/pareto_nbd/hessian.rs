//! Second derivatives of the likelihood.

use nalgebra::{Matrix4, Vector4};

use super::ParetoNbd;
use super::death::Death;
use super::likelihood::Grouped;
use crate::math::special::{logistic, trigamma_difference};
use crate::math::sum;
use crate::prediction::PurchaseHistory;

impl ParetoNbd {
    /// Second derivatives of ln L of one history by r, α, s and β.
    pub(super) fn second_derivatives(&self, history: PurchaseHistory) -> Matrix4<f64> {
        let x = history.frequency();
        let of_survivors =
            self.curvature_by_frequency(x) + self.curvature_by_age(history.age(), [1.0, x]);
        of_survivors + self.curvature_of_odds(history)
    }

    /// Those of ln (Γ(r + x)/Γ(r)).
    fn curvature_by_frequency(&self, x: f64) -> Matrix4<f64> {
        let mut curvature = Matrix4::zeros();
        if let Some(entry) = curvature.get_mut((0, 0)) {
            *entry = trigamma_difference(self.r, x);
        }
        curvature
    }

    /// Those of ln (α^r/(α+T)^(r+x) · (β/(β+T))^s), summed over customers of this age: how many they are, and how often they
    /// bought.
    fn curvature_by_age(&self, age: f64, [customers, purchases]: [f64; 2]) -> Matrix4<f64> {
        let ParetoNbd { r, alpha, s, beta } = *self;
        let (u, w) = (1.0 / (alpha + age), 1.0 / (beta + age));
        let (purchase, dropout) = (age * u / alpha, age * w / beta);
        let r_alpha = customers * purchase;
        let alpha_alpha = purchases * u * u - customers * r * purchase * (1.0 / alpha + u);
        let s_beta = customers * dropout;
        let beta_beta = -customers * s * dropout * (1.0 / beta + w);
        #[rustfmt::skip]
        return Matrix4::new(
            0.0, r_alpha, 0.0, 0.0,
            r_alpha, alpha_alpha, 0.0, 0.0,
            0.0, 0.0, 0.0, s_beta,
            0.0, 0.0, s_beta, beta_beta,
        );
    }

    /// Those of ln (1 + odds). With h(y) the integrand of the odds and means over the moment y of death,
    /// ln odds has the gradient E[∇ ln h] and the Hessian E[∇² ln h] + Cov(∇ ln h).
    fn curvature_of_odds(&self, history: PurchaseHistory) -> Matrix4<f64> {
        let ParetoNbd { r, alpha, s, beta } = *self;
        let [x, t_x, age] = history.numbers();
        if t_x >= age {
            return Matrix4::zeros();
        }
        let (death, covariances) = Death::with_covariances(self, x, t_x, age);
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
        (curvature + scatter + slopes * slopes.transpose() * alive) * dead
    }
}

impl Grouped<'_> {
    /// Second derivatives of ln L by r, α, s and β.
    pub(super) fn second_derivatives(&self, model: &ParetoNbd) -> Matrix4<f64> {
        let frequencies = self.frequencies.iter();
        let by_frequency: Matrix4<f64> = frequencies
            .map(|&(x, weight)| model.curvature_by_frequency(x) * weight)
            .sum();
        let ages = self.ages.iter();
        let by_age: Matrix4<f64> = ages
            .map(|&(age, weight, purchases)| model.curvature_by_age(age, [weight, purchases]))
            .sum();
        let histories = self.histories;
        let of_odds = sum::blocks(histories.len(), 16, |row, sums| {
            let found = histories.groups().get(row);
            let Some((history, weight)) = found.zip(histories.weights().get(row)) else {
                return;
            };
            let curvature = model.curvature_of_odds(*history);
            for (sum, entry) in sums.iter_mut().zip(&curvature) {
                *sum += weight * entry;
            }
        });
        by_frequency + by_age + Matrix4::from_column_slice(&of_odds)
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
