//! Do two groups of respondents differ?

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs, paths or rows"
)]

use std::ops::ControlFlow;

use super::Responses;
use super::bootstrap::Resampling;
use super::fit::PlsFit;
use super::higher::Lift;
use super::moments::Moments;
use super::table::{Refit, Table, Workspace};
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
    /// must be given one by one; of responses as [`PlsFit::bootstrap`]; `OutOfRange` for the number of permutations; `NoSolution` if a group cannot be
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
        let pooled = self.asked_moments();
        let lift = self.lower.as_ref().map(|lower| &lower.lift);
        let own = |j: usize| self.composite(j, self.weights(), lift);
        let of_group = |j: usize, refit: &Refit| {
            let lift = refit.lower.as_ref().map(|(_, lift)| lift);
            self.composite(j, &refit.estimates.composites.weights, lift)
        };
        let correlation = |j: usize| {
            let (a, b) = (of_group(j, &first), of_group(j, &second));
            let variances = covariance(pooled, &a, &a) * covariance(pooled, &b, &b);
            covariance(pooled, &a, &b) / libm::sqrt(variances)
        };
        let mean_difference = |j: usize| {
            let means = first.asked_moments().means.iter();
            let differences = means.zip(&second.asked_moments().means).map(|(a, b)| a - b);
            own(j).iter().zip(differences).map(|(a, d)| a * d).sum()
        };
        let log_variance_ratio = |j: usize| {
            let composite = own(j);
            let variance =
                |refit: &Refit| covariance(refit.asked_moments(), &composite, &composite);
            libm::log(variance(&first) / variance(&second))
        };
        let constructs = 0..self.plan.constructs();
        Some(Division {
            correlations: constructs.clone().map(correlation).collect(),
            mean_differences: constructs.clone().map(mean_difference).collect(),
            log_variance_ratios: constructs.map(log_variance_ratio).collect(),
            paths: [first.estimates.paths, second.estimates.paths],
        })
    }

    /// A composite with these weights, as a sum of the answers that were asked for: the factor of each. Its indicators, which a lift may sum from
    /// answers, are standardised over all respondents.
    fn composite(&self, construct: usize, weights: &[f64], lift: Option<&Lift>) -> Vec<f64> {
        let pooled = self.asked_moments();
        let mut factors = vec![0.0; pooled.indicators()];
        for i in self.plan.blocks[construct].clone() {
            let asked = [(i, 1.0)];
            let terms = lift.map_or(&asked[..], |lift| lift.terms_of(i));
            let mut indicator = vec![0.0; factors.len()];
            terms.iter().for_each(|&(place, a)| indicator[place] += a);
            let deviation = libm::sqrt(covariance(pooled, &indicator, &indicator));
            for (factor, a) in factors.iter_mut().zip(indicator) {
                *factor += weights[i] * a / deviation;
            }
        }
        factors
    }
}

/// aᵀ Σ b.
fn covariance(moments: &Moments, a: &[f64], b: &[f64]) -> f64 {
    let size = moments.indicators();
    let rows = a.iter().enumerate().filter(|(_, a)| **a != 0.0);
    let row = |(i, a): (usize, &f64)| {
        let entries = moments.covariance[i * size..].iter().zip(b);
        a * entries.map(|(entry, b)| entry * b).sum::<f64>()
    };
    rows.map(row).sum()
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
