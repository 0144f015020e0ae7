//! Do two groups of respondents differ?

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs, paths or rows"
)]

use std::ops::ControlFlow;

use super::Responses;
use super::bootstrap::Resampling;
use super::fit::PlsFit;
use super::moments::Moments;
use super::table::{Table, Workspace};
use super::watch::watched;
use crate::error::{Error, ErrorKind, Result};
use crate::math::quantile;
use crate::math::random::Stream;

/// A path in two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PathDifference {
    /// Coefficient in the first group.
    pub first: f64,
    /// Coefficient in the second group.
    pub second: f64,
    /// Share of the permutations, with the groups as they are among them, whose difference is at least as large in absolute value.
    pub p_value: f64,
}

/// Whether a construct is measured alike in two groups (MICOM), before their paths or means are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Invariance {
    /// Correlation over all respondents of the composites with the weights of either group.
    pub correlation: f64,
    /// The 5 % quantile of the permutations: compositional invariance holds if the correlation is not below it.
    pub least: f64,
    /// Share of the permutations whose correlation is at most this one.
    pub correlation_p: f64,
    /// Mean of the first group less that of the second, of scores with variance 1 over all.
    pub mean_difference: f64,
    /// Share of the permutations with at least as large a difference of means.
    pub mean_p: f64,
    /// Logarithm of the ratio of the variances of the scores, first over second.
    pub log_variance_ratio: f64,
    /// Share of the permutations with at least as large a logarithm, in absolute value.
    pub variance_p: f64,
}

/// How two groups differ: [`PlsFit::compare_groups`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GroupComparison {
    /// One for each path.
    pub paths: Vec<PathDifference>,
    /// One for each construct.
    pub invariance: Vec<Invariance>,
    /// Permutations that gave an estimate in both groups.
    pub kept: u32,
    /// Permutations that did not.
    pub dropped: u32,
}

/// What is compared, for one way to divide the respondents.
struct Division {
    /// Of both groups, one for each path.
    paths: [Vec<f64>; 2],
    /// One for each construct.
    correlations: Vec<f64>,
    mean_differences: Vec<f64>,
    log_variance_ratios: Vec<f64>,
}

impl PlsFit {
    /// Compares the respondents of whom `in_second` is false, the first group, with the others. The null hypothesis is that who belongs to
    /// which group does not matter: in each permutation they are divided at random into groups of the same sizes.
    ///
    /// Permutation b takes its random numbers from stream b of the seed.
    ///
    /// Source: Chin & Dibbern 2010 (permutation MGA); Henseler, Ringle & Sarstedt 2016, "Testing measurement invariance of composites using partial
    /// least squares", International Marketing Review 33 (MICOM, steps 2 and 3; p-values as Phipson & Smyth 2010).
    ///
    /// # Errors
    /// `LengthMismatch` unless `in_second` has an entry for each row; `Empty` for a group without respondents; `WrongType` for frequencies, whose equal rows
    /// must be given one by one; and for a fit in two stages; of responses as [`PlsFit::bootstrap`]; `OutOfRange` for the number of permutations; `NoSolution` if a group cannot be
    /// fitted, or no permutation.
    pub fn compare_groups(
        &self,
        responses: &Responses<'_>,
        in_second: &[bool],
        how: Resampling,
    ) -> Result<GroupComparison> {
        let go_on = |_| ControlFlow::Continue(());
        let made = self.compare_groups_watched(responses, in_second, how, go_on)?;
        made.ok_or_else(|| Error::new(ErrorKind::NoSolution, "resamples", "were not made"))
    }

    /// The same, which tells `progress` now and then, from any thread, how many permutations are done. Once that breaks, no more are made and
    /// the result is `None`.
    ///
    /// # Errors
    /// As [`PlsFit::compare_groups`].
    pub fn compare_groups_watched(
        &self,
        responses: &Responses<'_>,
        in_second: &[bool],
        how: Resampling,
        progress: impl Fn(u32) -> ControlFlow<()> + Sync + Send,
    ) -> Result<Option<GroupComparison>> {
        how.check()?;
        if in_second.len() != responses.rows() {
            return Err(Error::length(
                "in_second",
                in_second.len(),
                responses.rows(),
            ));
        }
        let table = self.table(responses)?;
        if table.replicates {
            let rule = "must not be frequencies, whose rows permutations would keep together";
            return Err(Error::new(ErrorKind::WrongType, "weights", rule));
        }
        if self.first_stage().is_some() {
            let rule = "must not be fitted in two stages, whose first one would differ between groups: compare the groups of its first stage";
            return Err(Error::new(ErrorKind::WrongType, "fit", rule));
        }
        let groups: Vec<bool> = table.sources.iter().map(|&row| in_second[row]).collect();
        let second = groups.iter().filter(|&&is_second| is_second).count();
        if second == 0 || second == groups.len() {
            let rule = "must have respondents in both groups";
            return Err(Error::new(ErrorKind::Empty, "in_second", rule));
        }
        let found = self
            .divide(&table, &groups, &mut table.workspace())
            .ok_or_else(|| {
                let rule = "must give groups to which the model can be fitted";
                Error::new(ErrorKind::NoSolution, "in_second", rule)
            })?;
        let memory = || table.workspace();
        let drawn = watched(how.resamples, progress, memory, |b, work| {
            let order = Stream::new(how.seed, u64::from(b)).permutation(groups.len());
            let mut groups = vec![false; groups.len()];
            order
                .iter()
                .take(second)
                .for_each(|&row| groups[row] = true);
            self.divide(&table, &groups, work)
        });
        let Some(drawn) = drawn else {
            return Ok(None);
        };
        let kept: Vec<Division> = drawn.into_iter().flatten().collect();
        if kept.is_empty() {
            let rule = "give no estimate in both groups";
            return Err(Error::new(ErrorKind::NoSolution, "resamples", rule));
        }
        Ok(Some(found.beside(&kept, how.resamples)))
    }

    /// `None` if a group gives no estimate.
    fn divide(&self, table: &Table, in_second: &[bool], work: &mut Workspace) -> Option<Division> {
        let weights_of = |group: bool| -> Vec<f64> {
            let rows = table.weights.iter().zip(in_second);
            rows.map(|(&weight, &second)| if second == group { weight } else { 0.0 })
                .collect()
        };
        let first = table.fit(&self.plan, self, &weights_of(false), work).ok()?;
        let second = table.fit(&self.plan, self, &weights_of(true), work).ok()?;
        let constructs = 0..self.plan.constructs();
        let weights = [&first, &second].map(|refit| &refit.estimates.composites.weights);
        let correlation = |j: usize| {
            let [own, crossed, other] = [[0, 0], [0, 1], [1, 1]]
                .map(|[a, b]| self.covariance_of_scores(&self.moments, j, weights[a], weights[b]));
            crossed / libm::sqrt(own * other)
        };
        let variance = |moments: &Moments, j: usize| {
            self.covariance_of_scores(moments, j, self.weights(), self.weights())
        };
        Some(Division {
            correlations: constructs.clone().map(correlation).collect(),
            mean_differences: constructs
                .clone()
                .map(|j| {
                    self.mean_of_scores(&first.moments, j) - self.mean_of_scores(&second.moments, j)
                })
                .collect(),
            log_variance_ratios: constructs
                .map(|j| libm::log(variance(&first.moments, j) / variance(&second.moments, j)))
                .collect(),
            paths: [first.estimates.paths, second.estimates.paths],
        })
    }

    /// Mean of the scores of a construct with the weights of this fit, in respondents with these moments.
    fn mean_of_scores(&self, moments: &Moments, construct: usize) -> f64 {
        let score = |i: usize| {
            let deviation = libm::sqrt(self.moments.variance(i));
            self.weights()[i] * (moments.means[i] - self.moments.means[i]) / deviation
        };
        self.plan.blocks[construct].clone().map(score).sum()
    }

    /// Covariance of two composites of the indicators of a construct, standardised as in this fit, in respondents with these moments.
    fn covariance_of_scores(
        &self,
        moments: &Moments,
        construct: usize,
        a: &[f64],
        b: &[f64],
    ) -> f64 {
        let block = self.plan.blocks[construct].clone();
        let pairs = block
            .clone()
            .flat_map(|i| block.clone().map(move |k| (i, k)));
        let term = |(i, k): (usize, usize)| {
            let scale = libm::sqrt(self.moments.variance(i) * self.moments.variance(k));
            a[i] * b[k] * moments.covariance[i * self.plan.indicators + k] / scale
        };
        pairs.map(term).sum()
    }
}

impl Division {
    fn beside(&self, drawn: &[Division], permutations: u32) -> GroupComparison {
        // A rounding makes no difference.
        let share = |is_extreme: &dyn Fn(&Division) -> bool| {
            let extreme = drawn.iter().filter(|division| is_extreme(division)).count();
            (1.0 + extreme as f64) / (1.0 + drawn.len() as f64)
        };
        let reaches = |value: f64, found: f64| value.abs() >= found.abs() * (1.0 - 1e-12);
        let path = |k: usize| {
            let difference = |division: &Division| division.paths[0][k] - division.paths[1][k];
            PathDifference {
                first: self.paths[0][k],
                second: self.paths[1][k],
                p_value: share(&|other| reaches(difference(other), difference(self))),
            }
        };
        let invariance = |j: usize| {
            let mut correlations: Vec<f64> =
                drawn.iter().map(|other| other.correlations[j]).collect();
            correlations.sort_unstable_by(f64::total_cmp);
            let (correlation, mean) = (self.correlations[j], self.mean_differences[j]);
            let ratio = self.log_variance_ratios[j];
            Invariance {
                correlation,
                least: quantile::of_sorted(&correlations, 0.05),
                correlation_p: share(&|other| other.correlations[j] <= correlation + 1e-12),
                mean_difference: mean,
                mean_p: share(&|other| reaches(other.mean_differences[j], mean)),
                log_variance_ratio: ratio,
                variance_p: share(&|other| reaches(other.log_variance_ratios[j], ratio)),
            }
        };
        GroupComparison {
            paths: (0..self.paths[0].len()).map(path).collect(),
            invariance: (0..self.correlations.len()).map(invariance).collect(),
            kept: drawn.len() as u32,
            dropped: permutations - drawn.len() as u32,
        }
    }
}
