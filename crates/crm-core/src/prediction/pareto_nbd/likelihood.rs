use nalgebra::DMatrix;

use super::death::Death;
use super::{NAMES, ParetoNbd};
use crate::math::optimise::WITHIN_REACH;
use crate::math::special::{digamma_difference, ln_gamma_ratio};
use crate::math::sum;
use crate::prediction::fit::{FitOptions, Likelihood, Parameter, by_logarithms, maximise};
use crate::prediction::{Histories, PurchaseHistory};

/// Histories, and those of their parts that many of them share.
pub(super) struct Grouped<'a> {
    pub(super) histories: &'a Histories,
    mean_age: f64,
    mean_frequency: f64,
    /// Different frequencies and ages, each with the sum of its weights; the latter also with Σ weight · x.
    pub(super) frequencies: Vec<(f64, f64)>,
    pub(super) ages: Vec<(f64, f64, f64)>,
}

impl<'a> Grouped<'a> {
    pub(super) fn new(histories: &'a Histories) -> Self {
        let mut frequencies: Vec<(f64, f64)> = histories
            .iter()
            .map(|(history, weight)| (history.frequency(), weight))
            .collect();
        frequencies.sort_by(|a, b| a.0.total_cmp(&b.0));
        frequencies.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0.0 };
            same
        });
        let mut ages: Vec<(f64, f64, f64)> = histories
            .iter()
            .map(|(history, weight)| (history.age(), weight, weight * history.frequency()))
            .collect();
        ages.sort_by(|a, b| a.0.total_cmp(&b.0));
        ages.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
                kept.2 += next.2;
            }
            same
        });
        Grouped {
            histories,
            mean_age: histories.mean(PurchaseHistory::age),
            mean_frequency: histories.mean(PurchaseHistory::frequency),
            frequencies,
            ages,
        }
    }
}

/// Fits of no more histories than this start from scratch.
const FEW: usize = 1 << 14;
/// Of others the heaviest histories make up the sample, with every 32nd of the rest.
const SAMPLED: usize = 32;

impl Grouped<'_> {
    /// The coordinates of the maximum for a sample: those histories of more customers than SAMPLED times
    /// the mean, and every SAMPLED-th of the others, for all of them.
    fn maximum_of_sample(&self) -> Option<Vec<f64>> {
        let histories = self.histories;
        if histories.len() <= FEW {
            return None;
        }
        let heavy = SAMPLED as f64 * histories.customers() / histories.len() as f64;
        let (mut columns, mut weights, mut light) = ([const { Vec::new() }; 3], Vec::new(), 0);
        for (history, weight) in histories.iter() {
            let share = if weight > heavy { 1 } else { SAMPLED };
            light += usize::from(share > 1);
            if light % share == 0 {
                let numbers = [history.frequency(), history.recency(), history.age()];
                for (column, number) in columns.iter_mut().zip(numbers) {
                    column.push(number);
                }
                weights.push(weight * share as f64);
            }
        }
        let [frequency, recency, age] = &columns;
        let sample = Histories::with_weights(frequency, recency, age, &weights).ok()?;
        let options = FitOptions {
            tolerance: 1e-6,
            ..FitOptions::default()
        };
        let report = maximise(&Grouped::new(&sample), &options).ok()?;
        Some(report.estimates.into_iter().map(libm::log).collect())
    }
}

impl Likelihood for Grouped<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        Parameter::positive(&NAMES)
    }

    fn customers(&self) -> f64 {
        self.histories.customers()
    }

    /// r = s = 1, α so that purchases come as often as they did, β so that half die while observed.
    fn centre(&self) -> Vec<f64> {
        let alpha = libm::log(self.mean_age / self.mean_frequency);
        vec![0.0, alpha, 0.0, libm::log(self.mean_age)]
    }

    /// Usual shapes; for many histories also the maximum for a sample of them, which is near.
    fn starts(&self) -> Vec<Vec<f64>> {
        if let Some(start) = self.maximum_of_sample() {
            return vec![start];
        }
        let gap = self.mean_age / self.mean_frequency;
        [0.25, 1.0, 4.0]
            .into_iter()
            .flat_map(|r| [0.5, 2.0].map(|s| [r, 0.5 * r * gap, s, s * self.mean_age]))
            .map(|start| start.map(libm::log).to_vec())
            .collect()
    }

    fn evaluate(&self, coordinates: &[f64], gradient: &mut [f64]) -> f64 {
        let (&[log_r, log_alpha, log_s, log_beta], [by_r, by_alpha, by_s, by_beta]) =
            (coordinates, gradient)
        else {
            return f64::NAN;
        };
        let [r, alpha, s, beta] = [log_r, log_alpha, log_s, log_beta].map(libm::exp);
        let model = ParetoNbd { r, alpha, s, beta };
        let [mut value, mut d_r, mut d_alpha, mut d_s, mut d_beta] = [0.0; 5];

        // Γ(r + x)/Γ(r)
        for &(x, weight) in &self.frequencies {
            value += weight * ln_gamma_ratio(r, x);
            d_r += weight * digamma_difference(r, x);
        }

        // α^r/(α+T)^(r+x) · (β/(β+T))^s
        for &(age, weight, purchases) in &self.ages {
            let purchase = libm::log1p(age / alpha);
            let dropout = libm::log1p(age / beta);
            value -= weight * (r * purchase + s * dropout) + purchases * (log_alpha + purchase);
            d_r -= weight * purchase;
            d_s -= weight * dropout;
            d_alpha += (weight * r * age / alpha - purchases) / (alpha + age);
            d_beta += weight * s * age / (beta * (beta + age));
        }

        // 1 + odds
        let groups = self.histories.groups();
        let sums = sum::blocks(groups.len(), 5, |row, sums| {
            let (Some(history), Some(weight), [value, d_r, d_alpha, d_s, d_beta]) =
                (groups.get(row), self.histories.weights().get(row), sums)
            else {
                return;
            };
            let (x, age) = (history.frequency(), history.age());
            if age == history.recency() {
                return;
            }
            let death = Death::new(&model, x, history.recency(), age);
            let small = libm::exp(-death.ln_odds.abs());
            let large = 1.0 / (1.0 + small);
            let dead = weight
                * if death.ln_odds > 0.0 {
                    large
                } else {
                    small * large
                };
            *value += weight * (death.ln_odds.max(0.0) + libm::log1p(small));
            *d_r += dead * death.purchase_logarithm;
            *d_alpha += dead * (r + x) * death.purchase_step;
            *d_s += dead * (1.0 / s + death.dropout_logarithm);
            *d_beta += dead * ((s + 1.0) * death.dropout_step - 1.0 / (beta + age));
        });
        if let &[odds, odds_r, odds_alpha, odds_s, odds_beta] = sums.as_slice() {
            value += odds;
            d_r += odds_r;
            d_alpha += odds_alpha;
            d_s += odds_s;
            d_beta += odds_beta;
        }
        *by_r = d_r * r;
        *by_alpha = d_alpha * alpha;
        *by_s = d_s * s;
        *by_beta = d_beta * beta;
        value
    }

    fn near(&self) -> f64 {
        WITHIN_REACH
    }

    fn hessian(&self, coordinates: &[f64], gradient: &[f64]) -> Option<DMatrix<f64>> {
        let parameters = <[f64; 4]>::try_from(coordinates).ok()?.map(libm::exp);
        let [r, alpha, s, beta] = parameters;
        let second = self.second_derivatives(&ParetoNbd { r, alpha, s, beta });
        let hessian = by_logarithms(parameters, second, gradient.try_into().ok()?);
        Some(DMatrix::from_column_slice(4, 4, hessian.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::prediction::fit::{gradient_error, histories_of_all_kinds};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_gradient_is_that_of_the_value(point in prop::array::uniform4(-4.0..4.0_f64)) {
            let error = gradient_error(&Grouped::new(&histories_of_all_kinds()), &point);
            prop_assert!(error < 1e-8, "{error}");
        }
    }
}
