//! The E-step: what is expected of the states, given all histories.

use pulp::Arch;

use super::blocks::{Block, LANES, Pack, Vector};
use super::kernel::{Workspace, pass};
use super::transitions::MoveSums;
use super::{HiddenMarkov, Panel, StateTransitions};
use crate::math::elementary;
use crate::parallel;

/// Sums over all histories.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expectations {
    /// −∞ where a history is impossible.
    pub(super) log_likelihood: f64,
    /// Expected customers who begin in each state.
    pub(super) initial: Vec<f64>,
    pub(super) moves: MoveSums,
    /// Of each state: [`Emissions::add_moments`](super::Emissions).
    pub(super) moments: Vec<f64>,
}

impl Expectations {
    /// Of a model whose transitions have the covariates of the panel that the blocks are of.
    pub(super) fn of(model: &HiddenMarkov, panel: &Panel, blocks: &[Block]) -> Self {
        let arch = Arch::new();
        let parts = parallel::map_range(blocks.len(), |i| {
            blocks
                .get(i)
                .map(|block| Self::of_block(model, panel, block, arch))
        });
        let mut all = Expectations::none(model);
        for part in parts.iter().flatten() {
            all.append(part);
        }
        all
    }

    fn none(model: &HiddenMarkov) -> Self {
        let states = model.states();
        let moments = model.emissions.family().moments();
        Expectations {
            log_likelihood: 0.0,
            initial: vec![0.0; states],
            moves: MoveSums::new(&model.transitions),
            moments: vec![0.0; states * moments],
        }
    }

    fn append(&mut self, other: &Expectations) {
        self.log_likelihood += other.log_likelihood;
        let add = |sums: &mut Vec<f64>, more: &[f64]| {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        };
        add(&mut self.initial, &other.initial);
        add(&mut self.moments, &other.moments);
        self.moves.append(&other.moves);
    }

    fn of_block(model: &HiddenMarkov, panel: &Panel, block: &Block, arch: Arch) -> Self {
        let states = model.states();
        let mut sums = Expectations::none(model);
        let densities = Densities::new(model, block);
        let scales = block.counts.iter().zip(&densities.log_scales);
        sums.log_likelihood = scales.map(|(count, scale)| count * scale).sum();
        // Of each different value, how often it is expected to come from each state.
        let mut weights = vec![0.0; block.values.len() * states];
        let mut work = Workspace::default();
        for pack in &block.packs {
            densities.recur(model, panel, block, pack, arch, &mut work);
            sums.log_likelihood += log_scales(&work, pack).iter().take(pack.used).sum::<f64>();
            for (sum, vector) in sums.initial.iter_mut().zip(&work.smoothed) {
                *sum += vector.iter().take(pack.used).sum::<f64>();
            }
            sums.add_moves(model, panel, pack, &work);
            let codes = block.codes.get(pack.first..).unwrap_or_default();
            let codes = codes.chunks_exact(LANES);
            let periods = work.smoothed.chunks_exact(states).take(pack.periods);
            for (codes, smoothed) in codes.zip(periods) {
                for (lane, &code) in codes.iter().take(pack.used).enumerate() {
                    let Some(place) = (code as usize).checked_sub(1) else {
                        continue;
                    };
                    let row = weights.get_mut(place * states..(place + 1) * states);
                    for (weight, vector) in row.into_iter().flatten().zip(smoothed) {
                        *weight += vector.get(lane).copied().unwrap_or(0.0);
                    }
                }
            }
        }
        let values = block.values.iter().zip(&block.logarithms);
        for ((&value, &logarithm), weights) in values.zip(weights.chunks_exact(states)) {
            let emissions = &model.emissions;
            emissions.add_moments(value, logarithm, weights, &mut sums.moments);
        }
        sums
    }

    fn add_moves(&mut self, model: &HiddenMarkov, panel: &Panel, pack: &Pack, work: &Workspace) {
        let squares = model.states() * model.states();
        match &model.transitions {
            StateTransitions::Constant(_) => {
                for (sum, vector) in self.moves.moves.iter_mut().zip(&work.joint) {
                    *sum += vector.iter().take(pack.used).sum::<f64>();
                }
            }
            StateTransitions::Logit(_) => {
                let (mut joint, mut matrix) = (vec![0.0; squares], vec![0.0; squares]);
                let customers = pack.customers.iter().take(pack.used).enumerate();
                for (lane, &customer) in customers {
                    let first = panel.range(customer).start;
                    for t in 1..pack.periods {
                        lane_of(&work.joint, t, lane, &mut joint);
                        lane_of(&work.matrices, t, lane, &mut matrix);
                        let covariates = panel.covariates_of(first + t);
                        self.moves.add_move(&joint, &matrix, covariates);
                    }
                }
            }
        }
    }
}

/// The numbers of one lane in one period of vectors that are as many in each period as `out` is long.
pub(super) fn lane_of(vectors: &[Vector], period: usize, lane: usize, out: &mut [f64]) {
    let vectors = vectors.chunks_exact(out.len()).nth(period);
    for (out, vector) in out.iter_mut().zip(vectors.unwrap_or_default()) {
        *out = vector.get(lane).copied().unwrap_or(f64::NAN);
    }
}

/// Σ ln c of each lane.
pub(super) fn log_scales(work: &Workspace, pack: &Pack) -> Vector {
    let mut sums = [0.0; LANES];
    for scale in work.scale.iter().take(pack.periods) {
        for (sum, &c) in sums.iter_mut().zip(scale) {
            *sum += if c > 0.0 {
                elementary::ln(c)
            } else {
                f64::NEG_INFINITY
            };
        }
    }
    sums
}

/// The densities of the different values of a block, each divided by the largest of its states.
pub(super) struct Densities {
    /// Row 0 is that of a missing value, row i + 1 that of value i.
    table: Vec<f64>,
    /// ln of what each value was divided by.
    pub(super) log_scales: Vec<f64>,
}

impl Densities {
    pub(super) fn new(model: &HiddenMarkov, block: &Block) -> Self {
        let states = model.states();
        let mut table = vec![1.0; states];
        let mut log_scales = Vec::with_capacity(block.values.len());
        let mut row = vec![0.0; states];
        for (&value, &logarithm) in block.values.iter().zip(&block.logarithms) {
            model.emissions.log_densities(value, logarithm, &mut row);
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // A value that is impossible in every state has a density of 0.
            let scale = if largest.is_finite() { largest } else { 0.0 };
            table.extend(row.iter().map(|density| libm::exp(density - scale)));
            log_scales.push(scale);
        }
        Densities { table, log_scales }
    }

    /// ln of what the density of a code was divided by.
    pub(super) fn log_scale(&self, code: u32) -> f64 {
        let place = (code as usize).checked_sub(1);
        place
            .and_then(|place| self.log_scales.get(place))
            .copied()
            .unwrap_or(0.0)
    }

    /// Passes over the histories of a pack.
    pub(super) fn recur(
        &self,
        model: &HiddenMarkov,
        panel: &Panel,
        block: &Block,
        pack: &Pack,
        arch: Arch,
        work: &mut Workspace,
    ) {
        let states = model.states();
        let logit = match &model.transitions {
            StateTransitions::Constant(_) => None,
            StateTransitions::Logit(logit) => Some(logit),
        };
        work.reserve(states, pack.periods, logit.is_some());
        let codes = block.codes.get(pack.first..).unwrap_or_default();
        let periods = work.density.chunks_exact_mut(states);
        for (codes, densities) in codes.chunks_exact(LANES).zip(periods).take(pack.periods) {
            for (lane, &code) in codes.iter().enumerate() {
                let first = code as usize * states;
                let row = self.table.get(first..first + states);
                for (vector, &density) in densities.iter_mut().zip(row.unwrap_or_default()) {
                    if let Some(cell) = vector.get_mut(lane) {
                        *cell = density;
                    }
                }
            }
        }
        if let Some(logit) = logit {
            let mut matrix = vec![0.0; states * states];
            for (lane, &customer) in pack.customers.iter().enumerate() {
                let first = panel.range(customer).start;
                let periods = work.matrices.chunks_exact_mut(states * states);
                for (t, vectors) in periods.take(pack.periods).enumerate() {
                    logit.write(panel.covariates_of(first + t), &mut matrix);
                    for (vector, &p) in vectors.iter_mut().zip(&matrix) {
                        if let Some(cell) = vector.get_mut(lane) {
                            *cell = p;
                        }
                    }
                }
            }
        }
        let constant = match &model.transitions {
            StateTransitions::Constant(matrix) => Some(matrix.entries()),
            StateTransitions::Logit(_) => None,
        };
        pass(arch, &model.initial, constant, pack.periods, work);
    }
}
