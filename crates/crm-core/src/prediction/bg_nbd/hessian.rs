//! Second derivatives of the likelihood.

use nalgebra::{Matrix4, Vector4};

use super::BgNbd;
use super::likelihood::Grouped;
use crate::math::special::{logistic, trigamma_difference};
use crate::math::sum;

impl Grouped {
    /// Second derivatives of ln L by r, α, a and b.
    pub(super) fn second_derivatives(&self, model: &BgNbd) -> Matrix4<f64> {
        let BgNbd { r, alpha, a, b } = *model;

        // B(a, b + stays)/B(a, b) · Γ(r + x)/Γ(r)
        let [mut r_r, mut of_sum, mut b_b] = [0.0; 3];
        let frequencies = self.frequencies.values.iter();
        for (&x, &weight) in frequencies.zip(&self.frequencies.weights) {
            let stays = self.leaving.stays(x);
            r_r += weight * trigamma_difference(r, x);
            of_sum -= weight * trigamma_difference(a + b, stays);
            b_b += weight * trigamma_difference(b, stays);
        }

        // α^r / (α + T)^(r + x)
        let [mut r_alpha, mut alpha_alpha] = [0.0; 2];
        let ages = self.ages.values.iter().zip(&self.ages.weights);
        for ((&age, &weight), &purchases) in ages.zip(&self.ages.purchases) {
            let inverse = 1.0 / (alpha + age);
            let part = age * inverse / alpha; // 1/α − 1/(α+T)
            r_alpha += weight * part;
            alpha_alpha +=
                purchases * inverse * inverse - weight * r * part * (1.0 / alpha + inverse);
        }
        #[rustfmt::skip]
        let of_survivors = Matrix4::new(
            r_r, r_alpha, 0.0, 0.0,
            r_alpha, alpha_alpha, 0.0, 0.0,
            0.0, 0.0, of_sum, of_sum,
            0.0, 0.0, of_sum, of_sum + b_b,
        );
        of_survivors + self.second_derivatives_of_odds(model)
    }

    /// Those of Σ ln(1 + odds).
    fn second_derivatives_of_odds(&self, model: &BgNbd) -> Matrix4<f64> {
        let BgNbd { r, alpha, a, b } = *model;
        let sums = sum::blocks(self.rows.len(), 16, |row, sums| {
            let Some(row) = self.rows.get(row) else {
                return;
            };
            let number = |numbers: &[f64], place: u32| numbers.get(place as usize).copied();
            let [x, t_x, age] = [
                number(&self.frequencies.values, row.frequency),
                number(&self.recencies, row.recency),
                number(&self.ages.values, row.age),
            ]
            .map(Option::unwrap_or_default);
            let stays = self.leaving.stays(x);
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
            let log_odds = model.log_odds_dead([x, t_x, age], self.leaving);
            let (dead, alive) = (logistic(log_odds), logistic(-log_odds));
            let of_odds = curvature + slopes * slopes.transpose() * alive;
            for (sum, entry) in sums.iter_mut().zip(&of_odds) {
                *sum += row.weight * dead * entry;
            }
        });
        Matrix4::from_column_slice(&sums)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::super::Leaving;
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
