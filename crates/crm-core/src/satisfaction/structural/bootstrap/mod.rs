//! Resampling of respondents: how much chance there is in every result of a fit.

mod interval;
mod statistic;
mod urn;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::Responses;
use super::fit::PlsFit;
use super::higher::Lift;
use super::moments::Moments;
use super::table::{Table, Unusable, Workspace};
use super::watch::watched;
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;
use statistic::Layout;
use urn::Urn;

pub(super) use interval::check_level;
pub use interval::{BootstrapEstimate, Bounds};
pub use statistic::{Statistic, StatisticKind};
pub use urn::Respondents;

/// How to resample.
///
/// A resample draws as many respondents as there are, with replacement; with frequencies, as many as these stand for, each alike.
/// With sampling weights a respondent keeps its weight. Resample b takes its random numbers from stream b of this seed, so results are
/// the same bits for any number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resampling {
    /// Number of resamples, from 2 to 1,000,000; default 5,000.
    pub resamples: u32,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Resampling {
    /// 5,000 resamples.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Resampling {
            resamples: 5_000,
            seed,
        }
    }

    pub(super) fn check(self) -> Result<()> {
        if (2..=MOST_RESAMPLES).contains(&self.resamples) {
            return Ok(());
        }
        let rule = format!("must be from 2 to {MOST_RESAMPLES}");
        Err(Error::new(ErrorKind::OutOfRange, "resamples", rule).with_value(self.resamples))
    }
}

const MOST_RESAMPLES: u32 = 1_000_000;

/// The largest table of results: a gigabyte.
const LARGEST_TABLE: usize = 1 << 27;

/// Resamples that gave no estimate, by reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Dropped {
    /// All of them.
    pub resamples: u32,
    /// For each indicator that was asked for, those in which all of its answers were equal.
    pub constant: Vec<u32>,
    /// Those with collinear drivers or blocks, or indicators that cancel each other.
    pub singular: u32,
    /// Those with a ρ_A of 0 or less in consistent PLS.
    pub unreliable: u32,
    /// Those whose weights, or whose EM algorithm, did not settle.
    pub not_converged: u32,
}

/// What resampling says of a fit: [`PlsFit::bootstrap`].
#[derive(Debug, Clone)]
pub struct PlsBootstrap {
    layout: Layout,
    /// Of the fit itself.
    estimates: Vec<f64>,
    /// One row for each statistic, of a value for each resample that was kept.
    values: Vec<Vec<f64>>,
    /// The same without each row or group of rows in turn, for the acceleration.
    left_out: Vec<Vec<f64>>,
    /// How many times each of those counts.
    multiplicities: Vec<f64>,
    kept: u32,
    dropped: Dropped,
}

impl PlsFit {
    /// Fits the model again to resamples of `responses`, which must be those of this fit.
    ///
    /// Missing answers are replaced in each resample anew. A resample is dropped, and counted by reason, if an indicator is constant in it,
    /// if it is singular, or if it does not converge.
    ///
    /// Source: Efron 1979; Efron 1987, "Better bootstrap confidence intervals", JASA 82 (BCa).
    ///
    /// ```
    /// use crm_core::satisfaction::structural::{
    ///     Construct, Mode, PlsOptions, Resampling, Responses, Statistic, StructuralModel,
    /// };
    ///
    /// let model = StructuralModel::new(
    ///     vec![
    ///         Construct::new("quality", Mode::A, ["q1", "q2"]),
    ///         Construct::new("satisfaction", Mode::A, ["s1", "s2"]),
    ///     ],
    ///     &[("quality", "satisfaction")],
    /// )?;
    /// let responses = Responses::new([
    ///     ("q1", &[7.0, 5.0, 8.0, 3.0, 9.0, 6.0, 2.0, 4.0][..]),
    ///     ("q2", &[6.0, 5.0, 9.0, 4.0, 8.0, 6.0, 3.0, 6.0]),
    ///     ("s1", &[8.0, 4.0, 8.0, 4.0, 9.0, 5.0, 2.0, 4.0]),
    ///     ("s2", &[7.0, 6.0, 9.0, 3.0, 9.0, 7.0, 1.0, 5.0]),
    /// ])?;
    /// let fit = model.fit(&responses, &PlsOptions::default())?;
    /// let bootstrap = fit.bootstrap(&responses, Resampling { resamples: 500, seed: 7 })?;
    /// let path = bootstrap.estimate(&Statistic::Path(0), 0.95)?;
    /// assert!(path.percentile.lower < path.estimate && path.estimate < path.percentile.upper);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `OutOfRange` for the number of resamples, or so many that their results exceed 2²⁷ values; of responses, `NotFound`, and `LengthMismatch` if
    /// their rows are not as many as the fit used; `NoSolution` if fewer than two resamples give an estimate.
    pub fn bootstrap(&self, responses: &Responses<'_>, how: Resampling) -> Result<PlsBootstrap> {
        let go_on = |_| ControlFlow::Continue(());
        let made = self.bootstrap_watched(responses, Respondents::default(), how, go_on)?;
        made.ok_or_else(|| Error::new(ErrorKind::NoSolution, "resamples", "were not made"))
    }

    /// The same, with the indices of segments of the respondents that the fit used, and by their strata and clusters, if some are given. `progress`
    /// is told now and then, from any thread, how many resamples are done. Once it breaks, no more are made and the result is `None`.
    ///
    /// A resample draws of all respondents, and so of a segment as many as chance will.
    ///
    /// # Errors
    /// As [`PlsFit::bootstrap`]; `LengthMismatch` for segments, strata or clusters of another number of respondents; with the row, `OutOfRange` for a
    /// cluster in two strata, `NoSolution` for a stratum with a single primary unit; `WrongType` for frequencies with strata or clusters.
    pub fn bootstrap_watched(
        &self,
        responses: &Responses<'_>,
        of: Respondents<'_>,
        how: Resampling,
        progress: impl Fn(u32) -> ControlFlow<()> + Sync + Send,
    ) -> Result<Option<PlsBootstrap>> {
        how.check()?;
        let layout = Layout::new(
            &self.plan,
            of.segments.map_or(0, |segments| segments.count()),
        );
        if (how.resamples as usize).saturating_mul(layout.len()) > LARGEST_TABLE {
            let rule = format!("must give at most {LARGEST_TABLE} values");
            return Err(
                Error::new(ErrorKind::OutOfRange, "resamples", rule).with_value(how.resamples)
            );
        }
        let table = self.table(responses)?;
        let segments = match of.segments {
            Some(segments) => segments.of(&table.sources, responses.rows())?,
            None => Vec::new(),
        };
        let sampler = Sampler {
            fit: self,
            urn: Urn::new(&table, &of, responses.rows())?,
            table,
            layout,
            segments,
        };
        let Some(drawn) = sampler.resample(how, progress) else {
            return Ok(None);
        };
        let mut dropped = Dropped {
            constant: vec![0; self.asked_moments().indicators()],
            ..Dropped::default()
        };
        let kept: Vec<Vec<f64>> = drawn
            .into_iter()
            .filter_map(|values| values.map_err(|reason| dropped.count(reason)).ok())
            .collect();
        if kept.len() < 2 {
            let rule = "give an estimate in fewer than two cases";
            return Err(Error::new(ErrorKind::NoSolution, "resamples", rule).with_value(kept.len()));
        }
        let (left_out, multiplicities) = sampler.leave_out();
        let statistics = sampler.layout.len();
        Ok(Some(PlsBootstrap {
            estimates: sampler.estimates().map_err(|_| self.unusable())?,
            values: columns(&kept, statistics),
            left_out: columns(&left_out, statistics),
            multiplicities,
            kept: kept.len() as u32,
            dropped,
            layout: sampler.layout,
        }))
    }

    /// The rows of this fit.
    pub(super) fn table(&self, responses: &Responses<'_>) -> Result<Table> {
        let table = Table::new(self, responses)?;
        if table.len() != self.moments.used {
            return Err(Error::length("responses", table.len(), self.moments.used));
        }
        Ok(table)
    }

    fn unusable(&self) -> Error {
        let rule = "must be those of the fit";
        Error::new(ErrorKind::NoSolution, "responses", rule)
    }
}

/// What is estimated again and again.
struct Sampler<'a> {
    fit: &'a PlsFit,
    table: Table,
    urn: Urn,
    layout: Layout,
    /// Of each row of the table; empty without segments.
    segments: Vec<usize>,
}

type Values = std::result::Result<Vec<f64>, Unusable>;

impl Sampler<'_> {
    /// The statistics of every resample, in order; `None` if stopped.
    fn resample(
        &self,
        how: Resampling,
        progress: impl Fn(u32) -> ControlFlow<()> + Sync + Send,
    ) -> Option<Vec<Values>> {
        let memory = || (self.table.workspace(), vec![0.0; self.table.len()]);
        watched(how.resamples, progress, memory, |b, (work, weights)| {
            let mut random = Stream::new(how.seed, u64::from(b));
            self.urn.draw(&self.table, &mut random, weights);
            self.statistics(weights, work)
        })
    }

    /// Of the rows with these weights.
    fn statistics(&self, weights: &[f64], work: &mut Workspace) -> Values {
        let refit = self.table.fit(&self.fit.plan, self.fit, weights, work)?;
        let means = match &refit.lower {
            None => self.means_of_segments(weights, &refit.moments, None)?,
            Some((asked, lift)) => self.means_of_segments(weights, asked, Some(lift))?,
        };
        let (correlation, estimates) = (&refit.correlation, &refit.estimates);
        Ok(self
            .layout
            .statistics(self.fit, &refit.moments, correlation, estimates, &means))
    }

    /// Of the fit itself.
    fn estimates(&self) -> Values {
        let (fit, weights) = (self.fit, &self.table.weights);
        let lift = fit.lower.as_ref().map(|lower| &lower.lift);
        let means = self.means_of_segments(weights, fit.asked_moments(), lift)?;
        Ok(self
            .layout
            .statistics(fit, &fit.moments, &fit.correlation, &fit.estimates, &means))
    }

    /// Of the indicators of the model, where the answers have these moments.
    fn means_of_segments(&self, weights: &[f64], asked: &Moments, lift: Option<&Lift>) -> Values {
        if self.segments.is_empty() {
            return Ok(Vec::new());
        }
        let count = self.layout.segments();
        let segments = &self.segments;
        let means = self
            .table
            .means_of_segments(weights, segments, count, asked)?;
        Ok(match lift {
            None => means,
            Some(lift) => means
                .chunks_exact(asked.indicators())
                .flat_map(|means| lift.of_answers(means))
                .collect(),
        })
    }

    /// The statistics without each row, each primary unit, or each group of them, and how many times each counts. Those that give no estimate are
    /// left away.
    fn leave_out(&self) -> (Vec<Vec<f64>>, Vec<f64>) {
        let table = &self.table;
        let (groups, count) = self.urn.groups(table.len());
        // One of the equal rows that a frequency stands for is left out, as many times.
        let by_replicate = table.replicates && count == table.len();
        let left_out = parallel::map_range(count, |group| {
            let mut weights = table.weights.clone();
            let mut multiplicity = 1.0;
            for (weight, _) in weights
                .iter_mut()
                .zip(&groups)
                .filter(|(_, g)| **g == group)
            {
                if by_replicate {
                    multiplicity = *weight;
                    *weight -= 1.0;
                } else {
                    *weight = 0.0;
                }
            }
            let statistics = self.statistics(&weights, &mut table.workspace());
            statistics.ok().map(|statistics| (statistics, multiplicity))
        });
        left_out.into_iter().flatten().unzip()
    }
}

impl Dropped {
    fn count(&mut self, reason: Unusable) {
        use super::composites::Failure;
        use super::em::NoMaximum;
        self.resamples += 1;
        match reason {
            Unusable::Constant(indicators) => {
                for indicator in indicators {
                    if let Some(count) = self.constant.get_mut(indicator) {
                        *count += 1;
                    }
                }
            }
            Unusable::Failure(Failure::Reliability { .. }) => self.unreliable += 1,
            Unusable::Failure(_) | Unusable::Em(NoMaximum::Singular { .. }) => self.singular += 1,
            Unusable::NotConverged | Unusable::Em(NoMaximum::NotConverged) => {
                self.not_converged += 1;
            }
        }
    }
}

/// A row for each statistic.
fn columns(rows: &[Vec<f64>], statistics: usize) -> Vec<Vec<f64>> {
    let column = |place: usize| rows.iter().filter_map(move |row| row.get(place).copied());
    (0..statistics)
        .map(|place| column(place).collect())
        .collect()
}

#[cfg(test)]
mod tests;
