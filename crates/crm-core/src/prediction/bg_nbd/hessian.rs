//! Second derivatives of the likelihood.

use nalgebra::{Matrix4, Vector4};

use super::likelihood::Grouped;
use super::{BgNbd, Leaving};
use crate::math::special::{logistic, trigamma_difference};
use crate::math::sum;

impl BgNbd {
    /// Second derivatives of ln L of one history by r, α, a and b.
    pub(super) fn second_derivatives(&self, numbers: [f64; 3], leaving: Leaving) -> Matrix4<f64> {
        let [x, _, age] = numbers;
        let of_survivors =
            self.curvature_by_frequency(x, leaving) + self.curvature_by_age(age, [1.0, x]);
        of_survivors + self.curvature_of_odds(numbers, leaving)
    }

    /// Those of ln (B(a, b + stays)/B(a, b) · Γ(r + x)/Γ(r)).
    fn curvature_by_frequency(&self, x: f64, leaving: Leaving) -> Matrix4<f64> {
        let BgNbd { r, a, b, .. } = *self;
        let stays = leaving.stays(x);
        let r_r = trigamma_difference(r, x);
        let of_sum = -trigamma_difference(a + b, stays);
        let b_b = trigamma_difference(b, stays);
        #[rustfmt::skip]
        return Matrix4::new(
            r_r, 0.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 0.0,
            0.0, 0.0, of_sum, of_sum,
            0.0, 0.0, of_sum, of_sum + b_b,
        );
    }

    /// Those of ln (α^r / (α + T)^(r + x)), summed over customers of this age: how many they are, and how often they bought.
    fn curvature_by_age(&self, age: f64, [customers, purchases]: [f64; 2]) -> Matrix4<f64> {
        let BgNbd { r, alpha, .. } = *self;
        let inverse = 1.0 / (alpha + age);
        let part = age * inverse / alpha; // 1/α − 1/(α+T)
        let r_alpha = customers * part;
        let alpha_alpha =
            purchases * inverse * inverse - customers * r * part * (1.0 / alpha + inverse);
        #[rustfmt::skip]
        return Matrix4::new(
            0.0, r_alpha, 0.0, 0.0,
            r_alpha, alpha_alpha, 0.0, 0.0,
            0.0, 0.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 0.0,
        );
    }

    /// Those of ln (1 + odds).
    fn curvature_of_odds(&self, [x, t_x, age]: [f64; 3], leaving: Leaving) -> Matrix4<f64> {
        let BgNbd { r, alpha, a, b } = *self;
        let stays = leaving.stays(x);
        if stays == 0.0 {
            return Matrix4::zeros();
        }
        let (end, last) = (1.0 / (alpha + age), 1.0 / (alpha + t_x));
        let step = (t_x - age) * end * last; // 1/(α+T) − 1/(α+t_x)
        let inverse = 1.0 / (b + (stays - 1.0));
        let slopes = Vector4::new(
            libm::log1p((age - t_x) * last),
            (r + x) * step,
            1.0 / a,
            -inverse,
        );
        #[rustfmt::skip]
        let curvature = Matrix4::new(
            0.0, step, 0.0, 0.0,
            step, -(r + x) * step * (end + last), 0.0, 0.0,
            0.0, 0.0, -1.0 / (a * a), 0.0,
            0.0, 0.0, 0.0, inverse * inverse,
        );
        let log_odds = self.log_odds_dead([x, t_x, age], leaving);
        let (dead, alive) = (logistic(log_odds), logistic(-log_odds));
        (curvature + slopes * slopes.transpose() * alive) * dead
    }
}

impl Grouped {
    /// Second derivatives of ln L by r, α, a and b.
    pub(super) fn second_derivatives(&self, model: &BgNbd) -> Matrix4<f64> {
        let frequencies = self.frequencies.values.iter();
        let by_frequency: Matrix4<f64> = frequencies
            .zip(&self.frequencies.weights)
            .map(|(&x, &weight)| model.curvature_by_frequency(x, self.leaving) * weight)
            .sum();
        let ages = self.ages.values.iter().zip(&self.ages.weights);
        let by_age: Matrix4<f64> = ages
            .zip(&self.ages.purchases)
            .map(|((&age, &weight), &purchases)| model.curvature_by_age(age, [weight, purchases]))
            .sum();
        let of_odds = sum::blocks(self.rows.len(), 16, |row, sums| {
            let Some(row) = self.rows.get(row) else {
                return;
            };
            let number = |numbers: &[f64], place: u32| numbers.get(place as usize).copied();
            let history = [
                number(&self.frequencies.values, row.frequency),
                number(&self.recencies, row.recency),
                number(&self.ages.values, row.age),
            ]
            .map(Option::unwrap_or_default);
            let curvature = model.curvature_of_odds(history, self.leaving);
            for (sum, entry) in sums.iter_mut().zip(&curvature) {
                *sum += row.weight * entry;
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
            for leaving in [Leaving::AfterRepeat, Leaving::AfterAny] {
                let error = hessian_error(&Grouped::new(&histories_of_all_kinds(), leaving), &point).unwrap();
                prop_assert!(error < 1e-8, "{leaving:?}: {error}");
            }
        }
    }
}
