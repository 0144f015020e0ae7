//! The answers in memory, ready to be fitted many times with other weights.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators or rows"
)]

use super::composites::{Failure, Plan};
use super::cross_product::{CrossProduct, padded};
use super::em::{NoMaximum, Patterns};
use super::estimate::Estimates;
use super::fit::PlsFit;
use super::higher::Lift;
use super::index::fill;
use super::moments::Moments;
use super::options::Missing;
use super::responses::Responses;
use crate::error;

/// A variance as small as this, of an indicator that has 1 over all rows, may be rounding: the answers are then compared.
const NEARLY_CONSTANT: f64 = 1e-10;

/// Rows that a fit uses, standardised by its means and standard deviations.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// Row-major, padded; 0 where an answer is missing.
    rows: Vec<f64>,
    width: usize,
    indicators: usize,
    /// Of each row; all above 0.
    pub(super) weights: Vec<f64>,
    /// Whether a weight is a number of equal rows.
    pub(super) replicates: bool,
    /// The row of the responses that each row is.
    pub(super) sources: Vec<usize>,
    /// Indicators that each row lacks.
    gaps: Vec<(usize, Vec<usize>)>,
    /// Indicators that some row lacks.
    incomplete: Vec<usize>,
    patterns: Option<Patterns>,
    centre: Vec<f64>,
    scale: Vec<f64>,
}

/// Why some weights of the rows give no estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unusable {
    /// These indicators have no two different answers.
    Constant(Vec<usize>),
    Failure(Failure),
    Em(NoMaximum),
    NotConverged,
}

/// Working memory of one thread.
#[derive(Debug, Clone)]
pub(super) struct Workspace {
    cross: CrossProduct,
    row: Vec<f64>,
}

impl Table {
    /// The rows of `responses` that `fit` would use.
    pub(super) fn new(fit: &PlsFit, responses: &Responses<'_>) -> error::Result<Self> {
        let answers = responses.select(fit.asked_model())?;
        let moments = fit.asked_moments();
        let indicators = moments.indicators();
        let width = padded(indicators);
        let (centre, scale) = (moments.means.clone(), moments.deviations());
        let mut table = Table {
            rows: Vec::with_capacity(answers.rows * width),
            width,
            indicators,
            weights: Vec::with_capacity(answers.rows),
            replicates: answers.replicates,
            sources: Vec::with_capacity(answers.rows),
            gaps: Vec::new(),
            incomplete: Vec::new(),
            patterns: None,
            centre,
            scale,
        };
        let mut row = vec![0.0; width];
        for source in 0..answers.rows {
            let weight = answers.weight(source);
            if weight == 0.0 {
                continue;
            }
            let mut gaps = Vec::new();
            for (j, value) in row.iter_mut().enumerate().take(indicators) {
                *value = (answers.value(j, source) - table.centre[j]) / table.scale[j];
                if value.is_nan() {
                    *value = 0.0;
                    gaps.push(j);
                }
            }
            let is_dropped = match fit.options.missing {
                Missing::Mean => false,
                Missing::Listwise => !gaps.is_empty(),
                Missing::Em => gaps.len() == indicators,
            };
            if is_dropped {
                continue;
            }
            if !gaps.is_empty() {
                table.gaps.push((table.weights.len(), gaps));
            }
            table.rows.extend(&row);
            table.weights.push(weight);
            table.sources.push(source);
        }
        table.incomplete = table
            .gaps
            .iter()
            .flat_map(|(_, gaps)| gaps.clone())
            .collect();
        table.incomplete.sort_unstable();
        table.incomplete.dedup();
        if fit.options.missing == Missing::Em && !table.gaps.is_empty() {
            let patterns = Patterns::new(indicators, 0..table.len(), |j, row| table.value(j, row));
            table.patterns = Some(patterns);
        }
        Ok(table)
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn workspace(&self) -> Workspace {
        Workspace {
            cross: CrossProduct::new(self.indicators),
            row: vec![0.0; self.width],
        }
    }

    /// The standardised answer, or NaN.
    pub(super) fn value(&self, indicator: usize, row: usize) -> f64 {
        let gaps = self.gaps.binary_search_by_key(&row, |(row, _)| *row);
        match gaps {
            Ok(place) if self.gaps[place].1.contains(&indicator) => f64::NAN,
            _ => self.rows[row * self.width + indicator],
        }
    }

    /// The answer in its own units, or NaN.
    fn answer(&self, indicator: usize, row: usize) -> f64 {
        self.centre[indicator] + self.scale[indicator] * self.value(indicator, row)
    }

    /// The answers of a row in their own units, or NaN.
    pub(super) fn answers(&self, row: usize) -> Vec<f64> {
        (0..self.indicators).map(|j| self.answer(j, row)).collect()
    }

    /// The moments of the rows with these weights, in the units of the answers.
    pub(super) fn moments(
        &self,
        weights: &[f64],
        work: &mut Workspace,
    ) -> Result<Moments, Unusable> {
        let mut moments = self.standardised_moments(weights, work)?;
        if let Some(patterns) = &self.patterns {
            let value = |j, row| self.value(j, row);
            let maximum = patterns.maximise(&mut moments, value, |row| weights[row]);
            maximum.map_err(Unusable::Em)?;
        }
        for j in 0..self.indicators {
            moments.means[j] = self.centre[j] + self.scale[j] * moments.means[j];
            for k in 0..self.indicators {
                moments.covariance[j * self.indicators + k] *= self.scale[j] * self.scale[k];
            }
        }
        Ok(moments)
    }

    /// With the mean of the weighted answers in the place of missing ones.
    fn standardised_moments(
        &self,
        weights: &[f64],
        work: &mut Workspace,
    ) -> Result<Moments, Unusable> {
        let fill = self.means_of_incomplete(weights);
        let mut gaps = self.gaps.iter().peekable();
        work.cross.clear();
        let (mut count, mut used) = (0.0, 0);
        for (row, (values, &weight)) in self.rows.chunks_exact(self.width).zip(weights).enumerate()
        {
            let gap = gaps.next_if(|(gap, _)| *gap == row);
            if weight == 0.0 {
                continue;
            }
            count += weight;
            used += 1;
            match gap {
                None => work.cross.add(values, weight),
                Some((_, missing)) => {
                    work.row.copy_from_slice(values);
                    missing.iter().for_each(|&j| work.row[j] = fill[j]);
                    work.cross.add(&work.row, weight);
                }
            }
        }
        let (sums, products) = work.cross.finish();
        let size = self.indicators;
        let means: Vec<f64> = sums.iter().take(size).map(|sum| sum / count).collect();
        let mut covariance = vec![0.0; size * size];
        for j in 0..size {
            for k in j..size {
                let sum = products[j * self.width + k] - sums[j] * means[k];
                covariance[j * size + k] = sum / (count - 1.0);
                covariance[k * size + j] = covariance[j * size + k];
            }
        }
        let is_constant = |&j: &usize| {
            let variance = covariance[j * size + j];
            (variance.is_nan() || variance < NEARLY_CONSTANT) && self.is_constant(j, weights)
        };
        let constant: Vec<usize> = (0..size).filter(is_constant).collect();
        if !constant.is_empty() {
            return Err(Unusable::Constant(constant));
        }
        Ok(Moments {
            means,
            covariance,
            count,
            used,
            dropped: 0,
            missing: vec![0; size],
        })
    }

    /// Mean answers in the units of the answers, segments × indicators, with what stands for missing answers in rows that have
    /// these moments; NaN where a segment has no weight.
    pub(super) fn means_of_segments(
        &self,
        weights: &[f64],
        segments: &[usize],
        count: usize,
        moments: &Moments,
    ) -> Result<Vec<f64>, Unusable> {
        let mut sums = vec![0.0; count * self.width];
        let mut totals = vec![0.0; count];
        let rows = self.rows.chunks_exact(self.width).zip(weights);
        for ((values, &weight), &segment) in rows.zip(segments) {
            totals[segment] += weight;
            let sums = &mut sums[segment * self.width..(segment + 1) * self.width];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
        let missing = match self.patterns {
            Some(_) => Missing::Em,
            None => Missing::Mean,
        };
        for (row, gaps) in self.gaps.iter().filter(|(row, _)| weights[*row] > 0.0) {
            let mut answers = self.answers(*row);
            fill(moments, missing, &mut answers)
                .map_err(|indicator| Unusable::Em(NoMaximum::Singular { indicator }))?;
            for &j in gaps {
                let value = (answers[j] - self.centre[j]) / self.scale[j];
                sums[segments[*row] * self.width + j] += weights[*row] * value;
            }
        }
        let mean = |(segment, j): (usize, usize)| {
            let mean = sums[segment * self.width + j] / totals[segment];
            self.centre[j] + self.scale[j] * mean
        };
        let places = (0..count).flat_map(|segment| (0..self.indicators).map(move |j| (segment, j)));
        Ok(places.map(mean).collect())
    }

    /// The mean of the answers to each question that some row lacks; others are not asked for.
    fn means_of_incomplete(&self, weights: &[f64]) -> Vec<f64> {
        let mut means = vec![0.0; self.indicators];
        for &j in &self.incomplete {
            let column = self.rows.iter().skip(j).step_by(self.width);
            let sum: f64 = column.zip(weights).map(|(x, weight)| x * weight).sum();
            let total: f64 = weights.iter().sum();
            let without = self.gaps.iter().filter(|(_, missing)| missing.contains(&j));
            let missing: f64 = without.map(|(row, _)| weights[*row]).sum();
            means[j] = sum / (total - missing);
        }
        means
    }

    fn is_constant(&self, indicator: usize, weights: &[f64]) -> bool {
        let rows = (0..self.len()).filter(|&row| weights[row] > 0.0);
        let mut values = rows
            .map(|row| self.value(indicator, row))
            .filter(|x| !x.is_nan());
        let first = values.next();
        values.all(|value| Some(value) == first)
    }

    /// Moments, correlations and estimates of the rows with these weights.
    pub(super) fn fit(
        &self,
        plan: &Plan,
        fit: &PlsFit,
        weights: &[f64],
        work: &mut Workspace,
    ) -> Result<Refit, Unusable> {
        let asked = self.moments(weights, work)?;
        let (moments, lower) = match &fit.lower {
            None => (asked, None),
            Some(lower) => {
                let lift = lower.lift_again(&asked, &fit.options)?;
                (lift.of_moments(&asked), Some((asked, lift)))
            }
        };
        let correlation = moments.correlation();
        let estimates =
            Estimates::new(plan, &correlation, &fit.options).map_err(Unusable::Failure)?;
        if !estimates.composites.has_converged {
            return Err(Unusable::NotConverged);
        }
        Ok(Refit {
            moments,
            correlation,
            estimates,
            lower,
        })
    }
}

/// A fit with other weights of the rows.
#[derive(Debug, Clone)]
pub(super) struct Refit {
    pub(super) moments: Moments,
    pub(super) correlation: Vec<f64>,
    pub(super) estimates: Estimates,
    /// The moments of the answers and what lifts them, of a model with constructs of constructs.
    pub(super) lower: Option<(Moments, Lift)>,
}

impl Refit {
    /// The moments of the answers.
    pub(super) fn asked_moments(&self) -> &Moments {
        let lower = self.lower.as_ref();
        lower.map_or(&self.moments, |(asked, _)| asked)
    }

    /// What the answers of a respondent say of the indicators of the model.
    pub(super) fn lifted(&self, answers: Vec<f64>) -> Vec<f64> {
        match &self.lower {
            None => answers,
            Some((_, lift)) => lift.of_answers(&answers),
        }
    }
}
