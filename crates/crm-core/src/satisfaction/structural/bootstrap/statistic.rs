#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs or statistics"
)]

use serde::{Deserialize, Serialize};

use super::super::composites::Plan;
use super::super::estimate::Estimates;
use super::super::fit::PlsFit;
use super::super::index::IndexFormula;
use super::super::moments::Moments;
use super::super::quality::heterotrait_monotrait;
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

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
    /// Index of a segment's construct.
    SegmentIndex {
        /// Number of the segment.
        segment: usize,
        /// Place of the construct.
        construct: usize,
    },
    /// Index of a construct in one segment less that in another.
    SegmentDifference {
        /// Number of the one segment.
        segment: usize,
        /// Number of the other segment.
        other: usize,
        /// Place of the construct.
        construct: usize,
    },
}

/// What resampling tells the chance of, for every indicator, path or construct at once: [`PlsBootstrap::estimates`](super::PlsBootstrap::estimates).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum StatisticKind {
    /// Outer weight of each indicator.
    Weight = 0,
    /// Loading of each indicator.
    Loading = 1,
    /// Coefficient of each path.
    Path = 2,
    /// Total effect of each construct (row) on each (column).
    TotalEffect = 3,
    /// The same less the direct paths.
    IndirectEffect = 4,
    /// R² of each construct; NaN without drivers.
    RSquared = 5,
    /// Index of each construct.
    Index = 6,
    /// Heterotrait–monotrait ratio of each construct (row) and each (column).
    Htmt = 7,
    /// Index of each construct (column) in each segment (row).
    SegmentIndex = 8,
}

impl Label for StatisticKind {
    const ALL: &'static [Self] = &[
        StatisticKind::Weight,
        StatisticKind::Loading,
        StatisticKind::Path,
        StatisticKind::TotalEffect,
        StatisticKind::IndirectEffect,
        StatisticKind::RSquared,
        StatisticKind::Index,
        StatisticKind::Htmt,
        StatisticKind::SegmentIndex,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            StatisticKind::Weight => ("weight", "Weight", "权重"),
            StatisticKind::Loading => ("loading", "Loading", "载荷"),
            StatisticKind::Path => ("path", "Path coefficient", "路径系数"),
            StatisticKind::TotalEffect => ("total_effect", "Total effect", "总效应"),
            StatisticKind::IndirectEffect => ("indirect_effect", "Indirect effect", "间接效应"),
            StatisticKind::RSquared => ("r_squared", "R²", "R²"),
            StatisticKind::Index => ("index", "Index", "指数"),
            StatisticKind::Htmt => ("htmt", "HTMT", "异质—单质比率"),
            StatisticKind::SegmentIndex => ("segment_index", "Index of a segment", "细分群体指数"),
        };
        Terms { name, en, zh }
    }
}

/// Where each statistic lies among those of a resample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    indicators: usize,
    constructs: usize,
    paths: Vec<(usize, usize)>,
    segments: usize,
}

impl Layout {
    pub(super) fn new(plan: &Plan, segments: usize) -> Self {
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
            segments,
        }
    }

    pub(super) fn segments(&self) -> usize {
        self.segments
    }

    /// Weights, loadings, paths, total effects, R², indices, HTMT, indices of segments.
    pub(super) fn len(&self) -> usize {
        let squares = 2 * self.constructs * (self.constructs + 1);
        2 * self.indicators + self.paths.len() + squares + self.segments * self.constructs
    }

    /// The means of the answers in segments lie one segment after the other.
    pub(super) fn statistics(
        &self,
        fit: &PlsFit,
        moments: &Moments,
        correlation: &[f64],
        estimates: &Estimates,
        means_of_segments: &[f64],
    ) -> Vec<f64> {
        let weights = &estimates.composites.weights;
        let formula = IndexFormula::new(&fit.plan, weights, &moments.deviations(), &fit.scales());
        let mut statistics = Vec::with_capacity(self.len());
        statistics.extend(weights);
        statistics.extend(&estimates.loadings);
        statistics.extend(&estimates.paths);
        statistics.extend(estimates.total_effects(&fit.plan));
        statistics.extend(&estimates.r_squared);
        statistics.extend(formula.of(&moments.means));
        statistics.extend(heterotrait_monotrait(&fit.plan, correlation));
        let segments = means_of_segments.chunks_exact(self.indicators);
        statistics.extend(segments.flat_map(|means| formula.of(means)));
        statistics
    }

    /// Every statistic of a kind, in the order of the model.
    pub(super) fn every(&self, kind: StatisticKind) -> Vec<Statistic> {
        let constructs = 0..self.constructs;
        let pairs = |rows: usize| {
            let constructs = constructs.clone();
            (0..rows).flat_map(move |row| constructs.clone().map(move |column| (row, column)))
        };
        match kind {
            StatisticKind::Weight => (0..self.indicators).map(Statistic::Weight).collect(),
            StatisticKind::Loading => (0..self.indicators).map(Statistic::Loading).collect(),
            StatisticKind::Path => (0..self.paths.len()).map(Statistic::Path).collect(),
            StatisticKind::TotalEffect => pairs(self.constructs)
                .map(|(from, to)| Statistic::TotalEffect(from, to))
                .collect(),
            StatisticKind::IndirectEffect => pairs(self.constructs)
                .map(|(from, to)| Statistic::IndirectEffect(from, to))
                .collect(),
            StatisticKind::RSquared => constructs.map(Statistic::RSquared).collect(),
            StatisticKind::Index => constructs.map(Statistic::Index).collect(),
            StatisticKind::Htmt => pairs(self.constructs)
                .map(|(first, second)| Statistic::Htmt(first, second))
                .collect(),
            StatisticKind::SegmentIndex => pairs(self.segments)
                .map(|(segment, construct)| Statistic::SegmentIndex { segment, construct })
                .collect(),
        }
    }

    /// The value of a statistic from those of a resample, given by their place.
    pub(super) fn value(&self, statistic: &Statistic, at: impl Fn(usize) -> f64) -> Result<f64> {
        let (indicators, constructs, paths) = (self.indicators, self.constructs, self.paths.len());
        let total = 2 * indicators + paths;
        let r_squared = total + constructs * constructs;
        let segments = r_squared + 2 * constructs + constructs * constructs;
        let of_segment = |segment: &usize, construct: &usize| -> Result<usize> {
            check(*segment, self.segments)?;
            check(*construct, constructs)?;
            Ok(segments + segment * constructs + construct)
        };
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
            Statistic::SegmentIndex { segment, construct } => {
                of_segment(segment, construct).map(at)
            }
            Statistic::SegmentDifference {
                segment,
                other,
                construct,
            } => {
                let other = of_segment(other, construct).map(&at)?;
                of_segment(segment, construct).map(|place| at(place) - other)
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
