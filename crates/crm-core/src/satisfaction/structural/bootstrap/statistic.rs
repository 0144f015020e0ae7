#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs or statistics"
)]

use super::super::composites::Plan;
use super::super::construct::Scale;
use super::super::estimate::Estimates;
use super::super::fit::PlsFit;
use super::super::index::indices;
use super::super::moments::Moments;
use super::super::quality::heterotrait_monotrait;
use crate::error::{Error, ErrorKind, Result};

/// A result of a fit that resampling tells the chance of. Numbers are places of indicators, paths and constructs in the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// Outer weight of an indicator.
    Weight(usize),
    /// Loading of an indicator.
    Loading(usize),
    /// Coefficient of a path.
    Path(usize),
    /// Total effect of the first construct on the second.
    TotalEffect(usize, usize),
    /// Total effect less the direct path: what is mediated.
    IndirectEffect(usize, usize),
    /// Product of the paths along these constructs, each a driver of the next: a specific indirect effect.
    EffectAlong(Vec<usize>),
    /// R² of a construct.
    RSquared(usize),
    /// Index of a construct.
    Index(usize),
    /// Heterotrait–monotrait ratio of two constructs.
    Htmt(usize, usize),
}

/// Where each statistic lies among those of a resample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    indicators: usize,
    constructs: usize,
    paths: Vec<(usize, usize)>,
}

impl Layout {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut paths = vec![(0, 0); plan.paths];
        for (to, drivers) in plan.drivers.iter().enumerate() {
            for &(from, path) in drivers {
                paths[path] = (from, to);
            }
        }
        Layout {
            indicators: plan.indicators,
            constructs: plan.constructs(),
            paths,
        }
    }

    /// Weights, loadings, paths, total effects, R², indices, HTMT.
    pub(super) fn len(&self) -> usize {
        2 * self.indicators + self.paths.len() + 2 * self.constructs * (self.constructs + 1)
    }

    pub(super) fn statistics(
        &self,
        fit: &PlsFit,
        moments: &Moments,
        correlation: &[f64],
        estimates: &Estimates,
    ) -> Vec<f64> {
        let scales: Vec<Scale> = fit.scales();
        let weights = &estimates.composites.weights;
        let mut statistics = Vec::with_capacity(self.len());
        statistics.extend(weights);
        statistics.extend(&estimates.loadings);
        statistics.extend(&estimates.paths);
        statistics.extend(estimates.total_effects(&fit.plan));
        statistics.extend(&estimates.r_squared);
        statistics.extend(indices(&fit.plan, moments, weights, &scales));
        statistics.extend(heterotrait_monotrait(&fit.plan, correlation));
        statistics
    }

    /// The value of a statistic from those of a resample, given by their place.
    pub(super) fn value(&self, statistic: &Statistic, at: impl Fn(usize) -> f64) -> Result<f64> {
        let (indicators, constructs, paths) = (self.indicators, self.constructs, self.paths.len());
        let total = 2 * indicators + paths;
        let r_squared = total + constructs * constructs;
        let path = |from: usize, to: usize| self.paths.iter().position(|path| *path == (from, to));
        let pair = |first: &usize, second: &usize| -> Result<usize> {
            check(*first, constructs)?;
            check(*second, constructs)?;
            Ok(first * constructs + second)
        };
        match statistic {
            Statistic::Weight(i) => check(*i, indicators).map(at),
            Statistic::Loading(i) => check(*i, indicators).map(|i| at(indicators + i)),
            Statistic::Path(k) => check(*k, paths).map(|k| at(2 * indicators + k)),
            Statistic::TotalEffect(from, to) => pair(from, to).map(|place| at(total + place)),
            Statistic::IndirectEffect(from, to) => {
                let direct = path(*from, *to).map_or(0.0, |k| at(2 * indicators + k));
                pair(from, to).map(|place| at(total + place) - direct)
            }
            Statistic::EffectAlong(way) if way.len() < 2 => {
                let rule = "must lead from one construct to another";
                Err(Error::new(ErrorKind::Empty, "statistic", rule))
            }
            Statistic::EffectAlong(way) => {
                let steps = way.iter().zip(way.iter().skip(1));
                let coefficients = steps.map(|(from, to)| {
                    let place = path(*from, *to).ok_or_else(|| {
                        let rule = "must lead along paths of the model";
                        let error = Error::new(ErrorKind::NotFound, "statistic", rule);
                        error.with_value(format_args!("{from} -> {to}"))
                    });
                    place.map(|k| at(2 * indicators + k))
                });
                coefficients.product()
            }
            Statistic::RSquared(j) => check(*j, constructs).map(|j| at(r_squared + j)),
            Statistic::Index(j) => check(*j, constructs).map(|j| at(r_squared + constructs + j)),
            Statistic::Htmt(first, second) => {
                pair(first, second).map(|place| at(r_squared + 2 * constructs + place))
            }
        }
    }
}

fn check(place: usize, count: usize) -> Result<usize> {
    if place < count {
        return Ok(place);
    }
    let rule = format!("must speak of a place below {count}");
    Err(Error::new(ErrorKind::NotFound, "statistic", rule).with_value(place))
}
