//! Mean and covariance of a normal distribution from answers of which some are missing.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators"
)]

use std::collections::BTreeMap;

use super::StructuralModel;
use super::linear::inverse;
use super::moments::Moments;
use crate::error::{Error, ErrorKind};

/// Steps are this small, in standard deviations, when the iteration stops.
const TOLERANCE: f64 = 1e-10;

const MOST_ITERATIONS: usize = 20_000;

/// Rows that lack the same answers.
#[derive(Debug, Clone)]
struct Pattern {
    observed: Vec<usize>,
    missing: Vec<usize>,
    rows: Vec<usize>,
}

/// The rows by what they lack.
#[derive(Debug, Clone)]
pub(super) struct Patterns(Vec<Pattern>);

/// Why there is no maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoMaximum {
    /// The covariance became singular: this indicator depends on others.
    Singular { indicator: usize },
    /// The steps did not become small.
    NotConverged,
}

impl NoMaximum {
    pub(super) fn error(self, model: &StructuralModel) -> Error {
        match self {
            NoMaximum::Singular { indicator } => {
                let name = model.indicators().nth(indicator).unwrap_or_default();
                let rule =
                    "must not depend linearly on the others where missing answers are estimated";
                Error::new(ErrorKind::NoSolution, "indicators", rule).with_value(name)
            }
            NoMaximum::NotConverged => {
                let rule = "has too many missing answers for the EM algorithm to settle";
                Error::new(ErrorKind::NotConverged, "responses", rule)
            }
        }
    }
}

impl Patterns {
    /// `value` gives the answer to an indicator in a row, of those `rows` that have one at least.
    pub(super) fn new(
        indicators: usize,
        rows: impl Iterator<Item = usize>,
        value: impl Fn(usize, usize) -> f64,
    ) -> Self {
        let mut patterns: BTreeMap<Vec<bool>, Vec<usize>> = BTreeMap::new();
        for row in rows {
            let known = (0..indicators).map(|j| !value(j, row).is_nan()).collect();
            patterns.entry(known).or_default().push(row);
        }
        let pattern = |(known, rows): (Vec<bool>, Vec<usize>)| {
            let (observed, missing) = (0..indicators).partition(|&j| known[j]);
            Pattern {
                observed,
                missing,
                rows,
            }
        };
        let some_known = |(known, _): &(Vec<bool>, Vec<usize>)| known.contains(&true);
        Patterns(
            patterns
                .into_iter()
                .filter(some_known)
                .map(pattern)
                .collect(),
        )
    }

    /// Replaces means and covariances by those of maximum likelihood, the latter times n / (n − 1), from `moments` on.
    ///
    /// Source: Dempster, Laird & Rubin 1977; Little & Rubin 2002, "Statistical Analysis with Missing Data", section 11.2.
    pub(super) fn maximise(
        &self,
        moments: &mut Moments,
        value: impl Fn(usize, usize) -> f64,
        weight: impl Fn(usize) -> f64,
    ) -> Result<(), NoMaximum> {
        let size = moments.means.len();
        let (centre, scale) = (moments.means.clone(), moments.deviations());
        let known: Vec<Known> = self
            .0
            .iter()
            .map(|pattern| {
                let standardised = |j: usize, row| (value(j, row) - centre[j]) / scale[j];
                Known::new(pattern, standardised, &weight)
            })
            .collect();
        let count: f64 = known.iter().map(|known| known.count).sum();
        let mut normal = Normal {
            mean: vec![0.0; size],
            covariance: moments.correlation(),
        };
        for _ in 0..MOST_ITERATIONS {
            let mut next = Normal::zero(size);
            for (pattern, known) in self.0.iter().zip(&known) {
                normal.expect(pattern, known, &mut next)?;
            }
            let step = normal.maximise(next, count);
            if step < TOLERANCE {
                let unbiased = count / (count - 1.0);
                for j in 0..size {
                    moments.means[j] = centre[j] + scale[j] * normal.mean[j];
                    for k in 0..size {
                        let covariance = normal.covariance[j * size + k] * unbiased;
                        moments.covariance[j * size + k] = covariance * scale[j] * scale[k];
                    }
                }
                return Ok(());
            }
        }
        Err(NoMaximum::NotConverged)
    }
}

/// Sums over the rows of a pattern, of what is observed.
struct Known {
    count: f64,
    sums: Vec<f64>,
    products: Vec<f64>,
}

impl Known {
    fn new(
        pattern: &Pattern,
        value: impl Fn(usize, usize) -> f64,
        weight: impl Fn(usize) -> f64,
    ) -> Self {
        let size = pattern.observed.len();
        let mut known = Known {
            count: 0.0,
            sums: vec![0.0; size],
            products: vec![0.0; size * size],
        };
        for &row in &pattern.rows {
            let weight = weight(row);
            if weight == 0.0 {
                continue;
            }
            let x: Vec<f64> = pattern.observed.iter().map(|&j| value(j, row)).collect();
            known.count += weight;
            for (j, &x_j) in x.iter().enumerate() {
                known.sums[j] += weight * x_j;
                for (k, &x_k) in x.iter().enumerate() {
                    known.products[j * size + k] += weight * x_j * x_k;
                }
            }
        }
        known
    }
}

/// A normal distribution; or sums of deviations from its mean and of their products.
struct Normal {
    mean: Vec<f64>,
    covariance: Vec<f64>,
}

impl Normal {
    fn zero(size: usize) -> Self {
        Normal {
            mean: vec![0.0; size],
            covariance: vec![0.0; size * size],
        }
    }

    /// E step: adds to `sums` the expected deviations x − μ of the rows of a pattern and their products.
    fn expect(&self, pattern: &Pattern, known: &Known, sums: &mut Normal) -> Result<(), NoMaximum> {
        if known.count == 0.0 {
            return Ok(());
        }
        let size = self.mean.len();
        let (observed, missing) = (&pattern.observed, &pattern.missing);
        let (o, m) = (observed.len(), missing.len());
        let sigma = |j: usize, k: usize| self.covariance[j * size + k];
        // s = Σ (x − μ) and Q = Σ (x − μ)(x − μ)ᵀ of what is observed.
        let mean: Vec<f64> = observed.iter().map(|&j| self.mean[j]).collect();
        let s: Vec<f64> = (0..o)
            .map(|j| known.sums[j] - known.count * mean[j])
            .collect();
        let q: Vec<f64> = (0..o * o)
            .map(|place| {
                let (j, k) = (place / o, place % o);
                known.products[place] - mean[j] * known.sums[k] - mean[k] * known.sums[j]
                    + known.count * mean[j] * mean[k]
            })
            .collect();
        // A = (I, B)ᵀ in the order of the indicators, with B = Σ_mo Σ_oo⁻¹: the expectation of x − μ is A times what is observed.
        let mut a = vec![0.0; size * o];
        for (place, &j) in observed.iter().enumerate() {
            a[j * o + place] = 1.0;
        }
        if m > 0 {
            let pairs = observed
                .iter()
                .flat_map(|&j| observed.iter().map(move |&k| (j, k)));
            let inverse =
                inverse(pairs.map(|(j, k)| sigma(j, k)).collect(), o).map_err(|place| {
                    NoMaximum::Singular {
                        indicator: observed[place],
                    }
                })?;
            for &j in missing {
                for k in 0..o {
                    let terms = (0..o).map(|l| sigma(j, observed[l]) * inverse[l * o + k]);
                    a[j * o + k] = terms.sum();
                }
            }
        }
        let mut aq = vec![0.0; size * o];
        for j in 0..size {
            let row = &a[j * o..(j + 1) * o];
            sums.mean[j] += row.iter().zip(&s).map(|(a, s)| a * s).sum::<f64>();
            for k in 0..o {
                aq[j * o + k] = (0..o).map(|l| row[l] * q[l * o + k]).sum();
            }
        }
        for j in 0..size {
            for k in 0..size {
                let terms = (0..o).map(|l| aq[j * o + l] * a[k * o + l]);
                sums.covariance[j * size + k] += terms.sum::<f64>();
            }
        }
        // What is missing varies about its expectation with Σ_mm − B Σ_om.
        for &j in missing {
            for &k in missing {
                let explained: f64 = (0..o).map(|l| a[j * o + l] * sigma(observed[l], k)).sum();
                sums.covariance[j * size + k] += known.count * (sigma(j, k) - explained);
            }
        }
        Ok(())
    }

    /// M step; gives the largest change.
    fn maximise(&mut self, sums: Normal, count: f64) -> f64 {
        let size = self.mean.len();
        let shifts: Vec<f64> = sums.mean.iter().map(|sum| sum / count).collect();
        let mut step = shifts
            .iter()
            .fold(0.0, |step: f64, shift| step.max(shift.abs()));
        for j in 0..size {
            for k in 0..size {
                let place = j * size + k;
                let covariance = sums.covariance[place] / count - shifts[j] * shifts[k];
                step = step.max((covariance - self.covariance[place]).abs());
                self.covariance[place] = covariance;
            }
            self.mean[j] += shifts[j];
        }
        step
    }
}
