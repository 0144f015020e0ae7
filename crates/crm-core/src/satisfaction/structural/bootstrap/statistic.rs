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
use super::super::quality::{heterotrait_monotrait, reliability};
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
    /// Unstandardised total effect of the first construct on the second: [`Importance`](super::super::Importance).
    Importance(usize, usize),
    /// Cronbach's α of the answers about a construct.
    Alpha(usize),
    /// ρ_A of a construct.
    RhoA(usize),
    /// Composite reliability ρ_C of a construct.
    RhoC(usize),
    /// Average variance extracted of a construct.
    Ave(usize),
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
    /// Unstandardised total effect of each construct (row) on each (column), in points of their indices.
    Importance = 9,
    /// Cronbach's α of each construct.
    Alpha = 10,
    /// ρ_A of each construct.
    RhoA = 11,
    /// ρ_C of each construct.
    RhoC = 12,
    /// Average variance extracted of each construct.
    Ave = 13,
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
        StatisticKind::Importance,
        StatisticKind::Alpha,
        StatisticKind::RhoA,
        StatisticKind::RhoC,
        StatisticKind::Ave,
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
            StatisticKind::Importance => ("importance", "Importance", "重要性"),
            StatisticKind::Alpha => ("alpha", "Cronbach's alpha", "克朗巴哈α系数"),
            StatisticKind::RhoA => ("rho_a", "Reliability rho_A", "信度rho_A"),
            StatisticKind::RhoC => ("rho_c", "Composite reliability rho_C", "组合信度rho_C"),
            StatisticKind::Ave => ("ave", "Average variance extracted", "平均方差抽取量"),
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

/// Places of the first value of each kind. Weights start at 0.
struct Starts {
    loadings: usize,
    paths: usize,
    total: usize,
    htmt: usize,
    r_squared: usize,
    index: usize,
    /// By which total effects become importances.
    spans: usize,
    /// α of all constructs, then ρ_A, ρ_C and AVE.
    reliability: usize,
    segments: usize,
    end: usize,
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

    pub(super) fn len(&self) -> usize {
        self.starts().end
    }

    /// Where the values of each kind start: of total effects and HTMT there is one for each pair of constructs, of what follows
    /// R² one for each construct.
    fn starts(&self) -> Starts {
        let (constructs, pairs) = (self.constructs, self.constructs * self.constructs);
        let paths = 2 * self.indicators;
        let total = paths + self.paths.len();
        let htmt = total + pairs;
        let r_squared = htmt + pairs;
        let segments = r_squared + 7 * constructs;
        Starts {
            loadings: self.indicators,
            paths,
            total,
            htmt,
            r_squared,
            index: r_squared + constructs,
            spans: r_squared + 2 * constructs,
            reliability: r_squared + 3 * constructs,
            segments,
            end: segments + self.segments * constructs,
        }
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
        let reliability = reliability(&fit.plan, moments, correlation, estimates);
        let mut statistics = Vec::with_capacity(self.len());
        statistics.extend(weights);
        statistics.extend(&estimates.loadings);
        statistics.extend(&estimates.paths);
        statistics.extend(estimates.total_effects(&fit.plan));
        statistics.extend(heterotrait_monotrait(&fit.plan, correlation));
        statistics.extend(&estimates.r_squared);
        statistics.extend(formula.of(&moments.means));
        statistics.extend(&formula.spans);
        statistics.extend(reliability.iter().map(|one| one.alpha));
        statistics.extend(reliability.iter().map(|one| one.rho_a));
        statistics.extend(reliability.iter().map(|one| one.rho_c));
        statistics.extend(reliability.iter().map(|one| one.ave));
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
            StatisticKind::Importance => pairs(self.constructs)
                .map(|(from, to)| Statistic::Importance(from, to))
                .collect(),
            StatisticKind::Alpha => constructs.map(Statistic::Alpha).collect(),
            StatisticKind::RhoA => constructs.map(Statistic::RhoA).collect(),
            StatisticKind::RhoC => constructs.map(Statistic::RhoC).collect(),
            StatisticKind::Ave => constructs.map(Statistic::Ave).collect(),
        }
    }

    /// The value of a statistic from those of a resample, given by their place.
    pub(super) fn value(&self, statistic: &Statistic, at: impl Fn(usize) -> f64) -> Result<f64> {
        let (indicators, constructs, paths) = (self.indicators, self.constructs, self.paths.len());
        let starts = self.starts();
        let of_segment = |segment: &usize, construct: &usize| -> Result<usize> {
            check(*segment, self.segments)?;
            check(*construct, constructs)?;
            Ok(starts.segments + segment * constructs + construct)
        };
        let of_construct = |start: usize, construct: &usize| -> Result<usize> {
            Ok(start + check(*construct, constructs)?)
        };
        let path = |from: usize, to: usize| self.paths.iter().position(|path| *path == (from, to));
        let pair = |first: &usize, second: &usize| -> Result<usize> {
            check(*first, constructs)?;
            check(*second, constructs)?;
            Ok(first * constructs + second)
        };
        match statistic {
            Statistic::Weight(i) => check(*i, indicators).map(at),
            Statistic::Loading(i) => check(*i, indicators).map(|i| at(starts.loadings + i)),
            Statistic::Path(k) => check(*k, paths).map(|k| at(starts.paths + k)),
            Statistic::TotalEffect(from, to) => {
                pair(from, to).map(|place| at(starts.total + place))
            }
            Statistic::IndirectEffect(from, to) => {
                let direct = path(*from, *to).map_or(0.0, |k| at(starts.paths + k));
                pair(from, to).map(|place| at(starts.total + place) - direct)
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
                    place.map(|k| at(starts.paths + k))
                });
                coefficients.product()
            }
            Statistic::RSquared(j) => of_construct(starts.r_squared, j).map(at),
            Statistic::Index(j) => of_construct(starts.index, j).map(at),
            Statistic::Htmt(first, second) => {
                pair(first, second).map(|place| at(starts.htmt + place))
            }
            Statistic::Importance(from, to) => pair(from, to).map(|place| {
                at(starts.total + place) * at(starts.spans + from) / at(starts.spans + to)
            }),
            Statistic::Alpha(j) => of_construct(starts.reliability, j).map(at),
            Statistic::RhoA(j) => of_construct(starts.reliability + constructs, j).map(at),
            Statistic::RhoC(j) => of_construct(starts.reliability + 2 * constructs, j).map(at),
            Statistic::Ave(j) => of_construct(starts.reliability + 3 * constructs, j).map(at),
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
