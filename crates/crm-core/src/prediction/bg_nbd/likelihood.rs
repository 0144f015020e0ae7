use nalgebra::DMatrix;

use super::super::fit::{Likelihood, Parameter, by_logarithms};
use super::{BgNbd, Leaving, NAMES};
use crate::math::optimise::WITHIN_REACH;
use crate::math::special::{digamma_difference, ln_beta_ratio, ln_gamma_ratio};
use crate::math::sum;
use crate::parallel;
use crate::prediction::{Histories, PurchaseHistory};

/// The likelihood of many histories. What depends on the frequency or the age alone is computed once
/// for each of their values; the histories themselves only bring the odds of being dead.
pub(super) struct Grouped {
    pub(super) leaving: Leaving,
    customers: f64,
    mean_age: f64,
    mean_frequency: f64,
    pub(super) frequencies: Frequencies,
    pub(super) ages: Ages,
    pub(super) recencies: Vec<f64>,
    /// Of customers who may have left.
    pub(super) rows: Vec<Row>,
}

pub(super) struct Frequencies {
    pub(super) values: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

pub(super) struct Ages {
    pub(super) values: Vec<f64>,
    pub(super) weights: Vec<f64>,
    /// Σ weight · x.
    pub(super) purchases: Vec<f64>,
}

/// A history: places of its numbers among the different ones.
pub(super) struct Row {
    pub(super) frequency: u32,
    pub(super) recency: u32,
    pub(super) age: u32,
    pub(super) weight: f64,
}

/// What the odds of being dead take from a frequency.
struct FrequencyTerms {
    /// r + x.
    shape: f64,
    /// ln (a / (b + stays − 1)).
    log_odds: f64,
    /// 1 / (b + stays − 1).
    inverse: f64,
}

impl Grouped {
    pub(super) fn new(histories: &Histories, leaving: Leaving) -> Self {
        let groups = histories.groups();
        let (frequencies, frequency) = distinct(groups.iter().map(|h| h.frequency()));
        let (ages, age) = distinct(groups.iter().map(|h| h.age()));
        let (recencies, recency) = distinct(groups.iter().map(|h| h.recency()));
        let total = |places: &[u32], count, number: &dyn Fn(usize) -> f64| {
            let mut sums = vec![0.0; count];
            for (group, &place) in places.iter().enumerate() {
                if let Some(sum) = sums.get_mut(place as usize) {
                    *sum += number(group);
                }
            }
            sums
        };
        let weight = |group: usize| histories.weights().get(group).copied().unwrap_or_default();
        let purchases =
            |group: usize| weight(group) * groups.get(group).map_or(0.0, |h| h.frequency());
        let places = frequency.iter().zip(&recency).zip(&age);
        let rows = groups
            .iter()
            .zip(histories.weights())
            .zip(places)
            .filter(|((history, _), _)| leaving.stays(history.frequency()) > 0.0)
            .map(|((_, &weight), ((&frequency, &recency), &age))| Row {
                frequency,
                recency,
                age,
                weight,
            })
            .collect();
        Grouped {
            leaving,
            customers: histories.customers(),
            mean_age: histories.mean(PurchaseHistory::age),
            mean_frequency: histories.mean(PurchaseHistory::frequency),
            frequencies: Frequencies {
                weights: total(&frequency, frequencies.len(), &weight),
                values: frequencies,
            },
            ages: Ages {
                weights: total(&age, ages.len(), &weight),
                purchases: total(&age, ages.len(), &purchases),
                values: ages,
            },
            recencies,
            rows,
        }
    }

    /// For each of three r, with an α that gives the purchases seen, and each pair of a and b.
    fn starts_at(&self, leaving: &[(f64, f64)]) -> Vec<Vec<f64>> {
        let gap = self.mean_age / self.mean_frequency;
        let start = |r, (a, b)| [r, 0.7 * r * gap, a, b].map(libm::log).to_vec();
        [0.25, 1.0, 4.0]
            .into_iter()
            .flat_map(|r| leaving.iter().map(move |&pair| start(r, pair)))
            .collect()
    }
}

/// The different values in ascending order, and the place of each value among them.
fn distinct(values: impl Iterator<Item = f64>) -> (Vec<f64>, Vec<u32>) {
    let values: Vec<f64> = values.collect();
    let mut sorted = values.clone();
    parallel::sort_by_key(&mut sorted, |value| value.to_bits()); // none is negative
    sorted.dedup();
    let place = |value: &f64| sorted.partition_point(|other| other < value) as u32;
    let places = values.iter().map(place).collect();
    (sorted, places)
}

impl Likelihood for Grouped {
    fn parameters(&self) -> Vec<Parameter> {
        Parameter::positive(&NAMES)
    }

    fn customers(&self) -> f64 {
        self.customers
    }

    /// r = a = b = 1, and α so that purchases come as often as they did.
    fn centre(&self) -> Vec<f64> {
        let alpha = libm::log(self.mean_age / self.mean_frequency);
        vec![0.0, alpha, 0.0, 0.0]
    }

    fn starts(&self) -> Vec<Vec<f64>> {
        self.starts_at(&[(0.5, 2.0), (1.0, 10.0)])
    }

    /// Of the MBG/NBD: some customers leave at once and the others hardly ever, a and b are small; or r has no limit.
    fn starts_of_other_modes(&self) -> Vec<Vec<Vec<f64>>> {
        match self.leaving {
            Leaving::AfterRepeat => Vec::new(),
            Leaving::AfterAny => vec![
                self.starts_at(&[(0.05, 0.05), (0.1, 0.3)]),
                self.starts_at(&[(0.1, 0.1)]),
            ],
        }
    }

    fn evaluate(&self, coordinates: &[f64], gradient: &mut [f64]) -> f64 {
        let (&[log_r, log_alpha, log_a, log_b], [by_r, by_alpha, by_a, by_b]) =
            (coordinates, gradient)
        else {
            return f64::NAN;
        };
        let [r, alpha, a, b] = [log_r, log_alpha, log_a, log_b].map(libm::exp);

        // B(a, b + stays)/B(a, b) · Γ(r + x)/Γ(r)
        let [mut value, mut d_r, mut d_a, mut d_b] = [0.0; 4];
        let mut frequency_terms = Vec::with_capacity(self.frequencies.values.len());
        for (&x, &weight) in self
            .frequencies
            .values
            .iter()
            .zip(&self.frequencies.weights)
        {
            let stays = self.leaving.stays(x);
            let gamma = ln_gamma_ratio(r, x) + ln_beta_ratio(a, b, stays);
            let of_sum = digamma_difference(a + b, stays);
            value += weight * gamma;
            d_r += weight * digamma_difference(r, x);
            d_a -= weight * of_sum;
            d_b += weight * (digamma_difference(b, stays) - of_sum);
            let inverse = 1.0 / (b + (stays - 1.0));
            frequency_terms.push(FrequencyTerms {
                shape: r + x,
                log_odds: libm::log(a * inverse),
                inverse,
            });
        }

        // α^r / (α + T)^(r + x). What differences are taken of is small where α is large.
        let mut d_alpha = 0.0;
        let mut age_terms = Vec::with_capacity(self.ages.values.len());
        let ages = self.ages.values.iter().zip(&self.ages.weights);
        for ((&age, &weight), &purchases) in ages.zip(&self.ages.purchases) {
            let (growth, inverse) = (libm::log1p(age / alpha), 1.0 / (alpha + age));
            value -= weight * r * growth + purchases * (log_alpha + growth);
            d_r -= weight * growth;
            d_alpha += (weight * r * age / alpha - purchases) * inverse;
            age_terms.push((growth, age * inverse));
        }

        // 1 + odds
        let recency_term =
            |&recency: &f64| (libm::log1p(recency / alpha), recency / (alpha + recency));
        let recency_terms: Vec<(f64, f64)> = self.recencies.iter().map(recency_term).collect();
        let sums = sum::blocks(self.rows.len(), 5, |row, sums| {
            let found = self.rows.get(row).and_then(|row| {
                let frequency = frequency_terms.get(row.frequency as usize)?;
                let age = age_terms.get(row.age as usize)?;
                let recency = recency_terms.get(row.recency as usize)?;
                Some((frequency, age, recency, row.weight))
            });
            let (Some((frequency, age, recency, weight)), [value, d_r, d_alpha, d_a, d_b]) =
                (found, sums)
            else {
                return;
            };
            let since = age.0 - recency.0;
            let log_odds = frequency.log_odds + frequency.shape * since;
            let small = libm::exp(-log_odds.abs());
            let large = 1.0 / (1.0 + small);
            let dead = weight * if log_odds > 0.0 { large } else { small * large };
            *value += weight * (log_odds.max(0.0) + libm::log1p(small));
            *d_r += dead * since;
            *d_alpha -= dead * frequency.shape * (age.1 - recency.1);
            *d_a += dead;
            *d_b -= dead * frequency.inverse;
        });
        if let &[odds, odds_r, odds_alpha, odds_a, odds_b] = sums.as_slice() {
            value += odds;
            d_r += odds_r;
            d_alpha += odds_alpha / alpha;
            d_a += odds_a / a;
            d_b += odds_b;
        }
        *by_r = d_r * r;
        *by_alpha = d_alpha * alpha;
        *by_a = d_a * a;
        *by_b = d_b * b;
        value
    }

    fn near(&self) -> f64 {
        WITHIN_REACH
    }

    fn hessian(&self, coordinates: &[f64], gradient: &[f64]) -> Option<DMatrix<f64>> {
        let parameters = <[f64; 4]>::try_from(coordinates).ok()?.map(libm::exp);
        let [r, alpha, a, b] = parameters;
        let second = self.second_derivatives(&BgNbd { r, alpha, a, b });
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
            for leaving in [Leaving::AfterRepeat, Leaving::AfterAny] {
                let error = gradient_error(&Grouped::new(&histories_of_all_kinds(), leaving), &point);
                prop_assert!(error < 1e-8, "{leaving:?}: {error}");
            }
        }
    }
}
