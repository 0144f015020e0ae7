use pulp::Arch;
use serde::Serialize;

use super::blocks::{Block, LANES, blocks};
use super::expectation::{Densities, lane_of};
use super::kernel::Workspace;
use super::{HiddenMarkov, Panel};
use crate::error::{Error, ErrorKind, Result};
use crate::math::elementary;
use crate::parallel;

/// Where customers were in each period, as far as their histories tell: [`HiddenMarkov::decode`]. Rows are those of the
/// panel; tables are row-major, with a column for each state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Decoding {
    /// K.
    pub states: usize,
    /// P(state | periods up to this one): what was known then.
    pub filtered: Vec<f64>,
    /// P(state | all periods): what is known now.
    pub smoothed: Vec<f64>,
    /// The likeliest path of states (Viterbi); of paths that are equally likely the one with the lower states.
    pub path: Vec<u32>,
    /// ln of the probability of each customer's path together with the history; 0 without one.
    pub path_log_probability: Vec<f64>,
    /// ln of the likelihood of each customer's history; 0 without one.
    pub log_likelihood: Vec<f64>,
}

impl HiddenMarkov {
    /// State probabilities and the likeliest path of every customer.
    ///
    /// # Errors
    /// `OutOfRange` with the row for a value that the family does not have; `LengthMismatch` if the panel has not the
    /// covariates of the model; `NoSolution` with the first row that is impossible under it.
    pub fn decode(&self, panel: &Panel) -> Result<Decoding> {
        self.check(panel)?;
        let blocks = blocks(panel, self.emissions.family());
        let arch = Arch::new();
        let parts = parallel::map_range(blocks.len(), |i| {
            blocks
                .get(i)
                .map(|block| self.decode_block(panel, block, arch))
        });
        let (states, rows) = (self.states(), panel.rows());
        let mut all = Decoding {
            states,
            filtered: vec![f64::NAN; rows * states],
            smoothed: vec![f64::NAN; rows * states],
            path: vec![0; rows],
            path_log_probability: vec![0.0; panel.customers()],
            log_likelihood: vec![0.0; panel.customers()],
        };
        let mut impossible: Option<usize> = None;
        for customer in parts.into_iter().flatten().flatten() {
            let rows = panel.range(customer.customer);
            impossible = [impossible, customer.impossible.map(|t| rows.start + t)]
                .into_iter()
                .flatten()
                .min();
            let copy = |to: &mut [f64], from: &[f64]| {
                let to = to.get_mut(rows.start * states..rows.end * states);
                for (to, from) in to.into_iter().flatten().zip(from) {
                    *to = *from;
                }
            };
            copy(&mut all.filtered, &customer.filtered);
            copy(&mut all.smoothed, &customer.smoothed);
            if let Some(log_likelihood) = all.log_likelihood.get_mut(customer.customer) {
                *log_likelihood = customer.log_likelihood;
            }
        }
        if let Some(row) = impossible {
            let reason = "is impossible under the model";
            let value = panel.values().get(row).copied().unwrap_or(f64::NAN);
            let error = Error::new(ErrorKind::NoSolution, "values", reason);
            return Err(error.with_value(value).at_row(row));
        }
        self.write_paths(panel, &mut all);
        Ok(all)
    }

    fn decode_block(&self, panel: &Panel, block: &Block, arch: Arch) -> Vec<OfCustomer> {
        let states = self.states();
        let densities = Densities::new(self, block);
        let mut work = Workspace::default();
        let mut found = Vec::new();
        for pack in &block.packs {
            densities.recur(self, panel, block, pack, arch, &mut work);
            for (lane, &customer) in pack.customers.iter().take(pack.used).enumerate() {
                let mut one = OfCustomer {
                    customer,
                    filtered: vec![0.0; pack.periods * states],
                    smoothed: vec![0.0; pack.periods * states],
                    log_likelihood: 0.0,
                    impossible: None,
                };
                let periods = one.filtered.chunks_exact_mut(states);
                for (t, (filtered, smoothed)) in periods
                    .zip(one.smoothed.chunks_exact_mut(states))
                    .enumerate()
                {
                    lane_of(&work.filtered, t, lane, filtered);
                    lane_of(&work.smoothed, t, lane, smoothed);
                    let scale = work.scale.get(t).and_then(|scale| scale.get(lane));
                    let scale = scale.copied().unwrap_or(0.0);
                    if scale > 0.0 {
                        let code = block.codes.get(pack.first + t * LANES + lane);
                        let divided = densities.log_scale(code.copied().unwrap_or(0));
                        one.log_likelihood += elementary::ln(scale) + divided;
                    } else {
                        one.impossible = one.impossible.or(Some(t));
                    }
                }
                found.push(one);
            }
        }
        found
    }
}

struct OfCustomer {
    customer: usize,
    filtered: Vec<f64>,
    smoothed: Vec<f64>,
    log_likelihood: f64,
    /// The first period that cannot be.
    impossible: Option<usize>,
}
