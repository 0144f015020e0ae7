//! The iteration of partial least squares, on the correlations of the indicators alone.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators or constructs"
)]

use std::ops::Range;

use super::linear::inverse;
use super::options::{InnerScheme, PlsOptions};
use super::{Construct, Mode, StructuralModel};
use crate::error::{Error, ErrorKind};

/// A composite of indicators whose standard deviations sum to one has no variance below this.
const NO_VARIANCE: f64 = 1e-24;

/// What the iteration asks of a model, ready to be used many times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) indicators: usize,
    pub(super) blocks: Vec<Range<usize>>,
    pub(super) modes: Vec<Mode>,
    /// Of each construct, with the place of the path among all paths.
    pub(super) drivers: Vec<Vec<(usize, usize)>>,
    pub(super) driven: Vec<Vec<usize>>,
    pub(super) order: Vec<usize>,
    pub(super) paths: usize,
}

/// Why data give no estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// This indicator of a block in mode B depends on those before it.
    Block { construct: usize, indicator: usize },
    /// The indicators cancel.
    NoVariance { construct: usize },
    /// This driver of the construct depends on those before it.
    Drivers { construct: usize, driver: usize },
    /// Reliability ρ_A is not positive, so that nothing can be corrected by it.
    Reliability { construct: usize },
}

impl Failure {
    pub(super) fn error(self, model: &StructuralModel) -> Error {
        let construct = |place: usize| model.constructs().get(place).map_or("", Construct::name);
        let (kind, value, rule) = match self {
            Failure::Block {
                construct: c,
                indicator,
            } => {
                let name = model.indicators().nth(indicator).unwrap_or_default();
                let rule = "must not depend linearly on the other indicators of a block in mode B: leave it out, or take mode A";
                (
                    ErrorKind::NoSolution,
                    format!("{name} of {}", construct(c)),
                    rule,
                )
            }
            Failure::NoVariance { construct: c } => {
                let rule =
                    "must have indicators that do not cancel each other: turn reversed ones round";
                (ErrorKind::NoSolution, construct(c).to_owned(), rule)
            }
            Failure::Drivers {
                construct: c,
                driver,
            } => {
                let value = format!("{} -> {}", construct(driver), construct(c));
                let rule = "must come from a driver that does not depend linearly on the other drivers: leave one of them out";
                (ErrorKind::NoSolution, value, rule)
            }
            Failure::Reliability { construct: c } => {
                let rule = "must have a reliability rho_A above 0 to be corrected by it: take plain PLS, or other indicators";
                (ErrorKind::NoSolution, construct(c).to_owned(), rule)
            }
        };
        let argument = match self {
            Failure::Block { .. } => "indicators",
            Failure::Drivers { .. } => "paths",
            Failure::NoVariance { .. } | Failure::Reliability { .. } => "constructs",
        };
        Error::new(kind, argument, rule).with_value(value)
    }
}

impl Plan {
    pub(super) fn new(model: &StructuralModel) -> Self {
        let constructs = 0..model.constructs().len();
        let drivers = |construct: usize| {
            let paths = model.paths().iter().enumerate();
            let to_it = paths.filter(move |(_, path)| path.to == construct);
            to_it.map(|(place, path)| (path.from, place)).collect()
        };
        Plan {
            indicators: model.indicators().count(),
            blocks: constructs.clone().map(|j| model.block(j)).collect(),
            modes: model.constructs().iter().map(Construct::mode).collect(),
            drivers: constructs.clone().map(drivers).collect(),
            driven: constructs.map(|j| model.successors(j).collect()).collect(),
            order: model.topological_order().to_vec(),
            paths: model.paths().len(),
        }
    }

    pub(super) fn constructs(&self) -> usize {
        self.blocks.len()
    }

    /// Whether the construct is a common factor for PLSc.
    pub(super) fn is_factor(&self, construct: usize) -> bool {
        self.modes[construct] == Mode::A
    }
}

/// Weights, and the correlations of the composites that they make.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Composites {
    /// w, so that each composite has variance 1.
    pub(super) weights: Vec<f64>,
    /// (S W)ᵀ: a row for each construct, of its correlations with all indicators.
    pub(super) loadings: Vec<f64>,
    /// C = Wᵀ S W.
    pub(super) correlations: Vec<f64>,
    pub(super) iterations: u32,
    /// Σ|Δw| of the last iteration.
    pub(super) change: f64,
    pub(super) has_converged: bool,
}

impl Composites {
    /// `s` holds the correlations of the indicators, row-major.
    pub(super) fn new(plan: &Plan, s: &[f64], options: &PlsOptions) -> Result<Self, Failure> {
        let regressions = regressions(plan, s)?;
        let mut composites = Composites {
            weights: vec![1.0; plan.indicators],
            loadings: vec![0.0; plan.constructs() * plan.indicators],
            correlations: vec![0.0; plan.constructs() * plan.constructs()],
            iterations: 0,
            change: f64::INFINITY,
            has_converged: false,
        };
        scale(plan, s, &mut composites.weights)?;
        let mut next = vec![0.0; plan.indicators];
        while composites.iterations < options.max_iterations && !composites.has_converged {
            composites.correlate(plan, s);
            composites.outer_weights(plan, options.scheme, &regressions, &mut next)?;
            scale(plan, s, &mut next)?;
            let changes = composites.weights.iter().zip(&next);
            composites.change = changes.map(|(old, new)| (new - old).abs()).sum();
            composites.weights.copy_from_slice(&next);
            composites.iterations += 1;
            composites.has_converged = composites.change < options.tolerance;
        }
        composites.correlate(plan, s);
        composites.turn(plan, s);
        Ok(composites)
    }

    /// S W and C of the weights.
    fn correlate(&mut self, plan: &Plan, s: &[f64]) {
        let (p, constructs) = (plan.indicators, plan.constructs());
        for (block, loadings) in plan.blocks.iter().zip(self.loadings.chunks_exact_mut(p)) {
            loadings.fill(0.0);
            for i in block.clone() {
                let weight = self.weights[i];
                for (loading, r) in loadings.iter_mut().zip(&s[i * p..(i + 1) * p]) {
                    *loading += weight * r;
                }
            }
        }
        for j in 0..constructs {
            self.correlations[j * constructs + j] = 1.0;
            for k in j + 1..constructs {
                let block = plan.blocks[k].clone();
                let loadings = &self.loadings[j * p..(j + 1) * p];
                let terms = self.weights[block.clone()].iter().zip(&loadings[block]);
                let r = terms.map(|(w, loading)| w * loading).sum();
                self.correlations[j * constructs + k] = r;
                self.correlations[k * constructs + j] = r;
            }
        }
    }

    /// Correlations of the indicators with the inner proxy of their construct; in mode B its regression on them.
    fn outer_weights(
        &self,
        plan: &Plan,
        scheme: InnerScheme,
        regressions: &[Vec<f64>],
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        let p = plan.indicators;
        for (j, block) in plan.blocks.iter().enumerate() {
            let weights = &mut weights[block.clone()];
            if plan.modes[j] == Mode::SingleItem {
                weights.fill(1.0);
                continue;
            }
            weights.fill(0.0);
            self.for_each_neighbour(plan, scheme, j, |neighbour, e| {
                let loadings = &self.loadings[neighbour * p..][block.clone()];
                for (weight, loading) in weights.iter_mut().zip(loadings) {
                    *weight += e * loading;
                }
            })?;
            if plan.modes[j] == Mode::B {
                let correlations = weights.to_vec();
                let rows = regressions[j].chunks_exact(correlations.len());
                for (weight, row) in weights.iter_mut().zip(rows) {
                    *weight = row.iter().zip(&correlations).map(|(a, r)| a * r).sum();
                }
            }
        }
        Ok(())
    }

    /// The inner weights of construct `j`.
    fn for_each_neighbour(
        &self,
        plan: &Plan,
        scheme: InnerScheme,
        j: usize,
        mut give: impl FnMut(usize, f64),
    ) -> Result<(), Failure> {
        let constructs = plan.constructs();
        let r = |neighbour: usize| self.correlations[j * constructs + neighbour];
        let drivers = plan.drivers[j].iter().map(|(driver, _)| *driver);
        match scheme {
            InnerScheme::Path => {
                let regression = Regression::new(plan, &self.correlations, j)?;
                for (driver, coefficient) in drivers.zip(regression.coefficients) {
                    give(driver, coefficient);
                }
                plan.driven[j].iter().for_each(|&k| give(k, r(k)));
            }
            InnerScheme::Centroid => {
                let sign = |r: f64| if r == 0.0 { 0.0 } else { r.signum() };
                let neighbours = drivers.chain(plan.driven[j].iter().copied());
                neighbours.for_each(|k| give(k, sign(r(k))));
            }
            InnerScheme::Factorial => {
                let neighbours = drivers.chain(plan.driven[j].iter().copied());
                neighbours.for_each(|k| give(k, r(k)));
            }
        }
        Ok(())
    }

    /// Turns a composite round whose loadings on its own indicators sum below zero.
    fn turn(&mut self, plan: &Plan, s: &[f64]) {
        let p = plan.indicators;
        let mut is_turned = false;
        for (j, block) in plan.blocks.iter().enumerate() {
            let sum: f64 = self.loadings[j * p..][block.clone()].iter().sum();
            if sum < 0.0 {
                self.weights[block.clone()]
                    .iter_mut()
                    .for_each(|w| *w = -*w);
                is_turned = true;
            }
        }
        if is_turned {
            self.correlate(plan, s);
        }
    }
}

/// The inverse of the correlations of each block in mode B.
fn regressions(plan: &Plan, s: &[f64]) -> Result<Vec<Vec<f64>>, Failure> {
    let blocks = plan.blocks.iter().enumerate();
    let regression = |(construct, block): (usize, &Range<usize>)| {
        if plan.modes[construct] != Mode::B {
            return Ok(Vec::new());
        }
        let rows = block
            .clone()
            .map(|i| &s[i * plan.indicators..][block.clone()]);
        inverse(rows.flatten().copied().collect(), block.len()).map_err(|column| Failure::Block {
            construct,
            indicator: block.start + column,
        })
    };
    blocks.map(regression).collect()
}

/// Divides the weights of each block by the standard deviation of its composite.
fn scale(plan: &Plan, s: &[f64], weights: &mut [f64]) -> Result<(), Failure> {
    for (construct, block) in plan.blocks.iter().enumerate() {
        let weights = &mut weights[block.clone()];
        let size: f64 = weights.iter().map(|w| w.abs()).sum();
        let mut variance = 0.0;
        for (&weight, i) in weights.iter().zip(block.clone()) {
            let row = &s[i * plan.indicators..][block.clone()];
            let covariance: f64 = row.iter().zip(&*weights).map(|(r, w)| r * w).sum();
            variance += weight * covariance;
        }
        if variance.is_nan() || variance <= NO_VARIANCE * size * size {
            return Err(Failure::NoVariance { construct });
        }
        let deviation = libm::sqrt(variance);
        weights.iter_mut().for_each(|weight| *weight /= deviation);
    }
    Ok(())
}

/// The regression of a construct on its drivers.
#[derive(Debug, Clone)]
pub(super) struct Regression {
    /// In the order of the plan's drivers.
    pub(super) coefficients: Vec<f64>,
    /// The diagonal of the inverse of the drivers' correlations: their variance inflation factors.
    pub(super) inflation: Vec<f64>,
    pub(super) r_squared: f64,
}

impl Regression {
    /// Of construct `j`, where `c` holds the correlations of all constructs, row-major.
    pub(super) fn new(plan: &Plan, c: &[f64], j: usize) -> Result<Self, Failure> {
        let constructs = plan.constructs();
        let drivers = &plan.drivers[j];
        let size = drivers.len();
        let among = drivers.iter().flat_map(|(row, _)| {
            let row = &c[row * constructs..(row + 1) * constructs];
            drivers.iter().map(|(column, _)| row[*column])
        });
        let inverse = inverse(among.collect(), size).map_err(|column| Failure::Drivers {
            construct: j,
            driver: drivers[column].0,
        })?;
        let with_j = |(driver, _): &(usize, usize)| c[j * constructs + driver];
        let coefficient = |row: &[f64]| {
            let terms = row.iter().zip(drivers);
            terms.map(|(a, driver)| a * with_j(driver)).sum()
        };
        let coefficients: Vec<f64> = inverse.chunks_exact(size.max(1)).map(coefficient).collect();
        let terms = coefficients.iter().zip(drivers);
        Ok(Regression {
            r_squared: terms.map(|(b, driver)| b * with_j(driver)).sum(),
            inflation: (0..size).map(|k| inverse[k * size + k]).collect(),
            coefficients,
        })
    }
}
