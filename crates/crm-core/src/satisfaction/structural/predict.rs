//! How well a model predicts answers of respondents that it was not fitted to.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs or rows"
)]

use serde::{Deserialize, Serialize};

use super::Responses;
use super::fit::PlsFit;
use super::table::{Refit, Table};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;

/// How to hold respondents out: in random order they are dealt out to the folds one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// Number of folds, from 2 to the number of rows, which leaves out one at a time; 10 is usual.
    pub folds: usize,
    /// Seed of the order.
    pub seed: u64,
}

/// How well an indicator of a driven construct is predicted, in the units of its answers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Predicted {
    /// Place of the indicator.
    pub indicator: usize,
    /// Q² = 1 − Σ e² / Σ (x − x̄)² over the rows held out, x̄ being the mean of the others: above 0 the model predicts better than that mean.
    pub q_squared: f64,
    /// √(mean of e²).
    pub rmse: f64,
    /// Mean of |e|.
    pub mae: f64,
}

/// Σ w, Σ w e², Σ w |e| and Σ w (x − x̄)² of an indicator.
type Errors = [f64; 4];

impl PlsFit {
    /// Q² by cross-validation: the model is fitted without each fold, and the scores of the drivers there predict the answers to the questions about
    /// the constructs that they drive, x̂ = x̄ + s.d. · λ · Σ β ξ.
    ///
    /// A missing answer of a driver is taken as the mean; one that would be predicted is left out.
    ///
    /// Source: Shmueli, Ray, Velasquez Estrada & Chatla 2016, "The elephant in the room: predictive performance of PLS models", Journal of
    /// Business Research 69 (PLSpredict, from direct antecedents).
    ///
    /// # Errors
    /// `OutOfRange` for the number of folds; of responses as [`PlsFit::bootstrap`]; `NoSolution` if the model cannot be fitted without a fold, which is
    /// given as value.
    pub fn predict(
        &self,
        responses: &Responses<'_>,
        how: CrossValidation,
    ) -> Result<Vec<Predicted>> {
        let table = self.table(responses)?;
        if !(2..=table.len()).contains(&how.folds) {
            let rule = format!("must be from 2 to {}", table.len());
            return Err(Error::new(ErrorKind::OutOfRange, "folds", rule).with_value(how.folds));
        }
        let order = Stream::new(how.seed, 0).permutation(table.len());
        let folds = parallel::map_range(how.folds, |fold| {
            let held_out: Vec<usize> = order
                .iter()
                .skip(fold)
                .step_by(how.folds)
                .copied()
                .collect();
            self.errors_of_fold(&table, &held_out).ok_or_else(|| {
                let rule = "must leave enough different answers to fit the model";
                Error::new(ErrorKind::NoSolution, "folds", rule)
                    .with_value(format_args!("fold {fold}"))
            })
        });
        let mut total: Vec<Errors> = vec![[0.0; 4]; self.plan.indicators];
        for errors in folds {
            for (total, errors) in total.iter_mut().zip(errors?) {
                total
                    .iter_mut()
                    .zip(errors)
                    .for_each(|(total, error)| *total += error);
            }
        }
        let driven = (0..self.plan.constructs()).filter(|&j| !self.plan.drivers[j].is_empty());
        let indicators = driven.flat_map(|j| self.plan.blocks[j].clone());
        Ok(indicators
            .map(|indicator| {
                let [weight, squares, absolute, about_mean] = total[indicator];
                Predicted {
                    indicator,
                    q_squared: 1.0 - squares / about_mean,
                    rmse: libm::sqrt(squares / weight),
                    mae: absolute / weight,
                }
            })
            .collect())
    }

    /// Of all indicators; `None` if the other rows give no fit.
    fn errors_of_fold(&self, table: &Table, held_out: &[usize]) -> Option<Vec<Errors>> {
        let mut weights = table.weights.clone();
        held_out.iter().for_each(|&row| weights[row] = 0.0);
        let refit = table
            .fit(&self.plan, self, &weights, &mut table.workspace())
            .ok()?;
        let mut errors = vec![[0.0; 4]; self.plan.indicators];
        for &row in held_out {
            let answers = refit.lifted(table.answers(row));
            let weight = table.weights[row];
            for (i, predicted) in self.predicted(&refit, &answers) {
                if answers[i].is_nan() {
                    continue;
                }
                let error = answers[i] - predicted;
                let about_mean = answers[i] - refit.moments.means[i];
                let terms = [1.0, error * error, error.abs(), about_mean * about_mean];
                errors[i]
                    .iter_mut()
                    .zip(terms)
                    .for_each(|(sum, term)| *sum += weight * term);
            }
        }
        Some(errors)
    }

    /// The indicators of driven constructs, with what the answers to the questions about their drivers let expect.
    fn predicted(&self, refit: &Refit, answers: &[f64]) -> Vec<(usize, f64)> {
        let deviations = refit.moments.deviations();
        let standardised = |i: usize| {
            let z = (answers[i] - refit.moments.means[i]) / deviations[i];
            if z.is_nan() { 0.0 } else { z }
        };
        let weights = &refit.estimates.composites.weights;
        let score = |j: usize| -> f64 {
            self.plan.blocks[j]
                .clone()
                .map(|i| weights[i] * standardised(i))
                .sum()
        };
        let scores: Vec<f64> = (0..self.plan.constructs()).map(score).collect();
        let mut predicted = Vec::new();
        for (drivers, block) in self.plan.drivers.iter().zip(&self.plan.blocks) {
            if drivers.is_empty() {
                continue;
            }
            let terms = drivers
                .iter()
                .map(|&(driver, path)| refit.estimates.paths[path] * scores[driver]);
            let expected: f64 = terms.sum();
            predicted.extend(block.clone().map(|i| {
                let loading = refit.estimates.loadings[i];
                (
                    i,
                    refit.moments.means[i] + deviations[i] * loading * expected,
                )
            }));
        }
        predicted
    }
}
