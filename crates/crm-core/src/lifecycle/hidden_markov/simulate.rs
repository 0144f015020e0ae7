use serde::Serialize;

use super::{EmissionFamily, HiddenMarkov, Panel, StateTransitions};
use crate::error::{Error, Result};
use crate::math::random::Stream;
use crate::parallel;

/// Customers that a model made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SimulatedPanel {
    /// What they did.
    pub panel: Panel,
    /// In which state they were in each row.
    pub states: Vec<u32>,
}

/// Customers that one task simulates.
const CUSTOMERS_PER_TASK: usize = 1 << 10;

impl HiddenMarkov {
    /// Customers with histories of these lengths. Customer i has stream i of `seed`, so that more customers do not
    /// change the first ones.
    ///
    /// # Errors
    /// `LengthMismatch` for a model whose transitions have covariates: see [`HiddenMarkov::simulate_with`]; `Overflow`.
    pub fn simulate(&self, periods: &[usize], seed: u64) -> Result<SimulatedPanel> {
        self.simulate_with(periods, Vec::new(), seed)
    }

    /// The same with covariates of every row.
    ///
    /// # Errors
    /// As [`Panel::with_covariates`].
    pub fn simulate_with(
        &self,
        periods: &[usize],
        covariates: Vec<f64>,
        seed: u64,
    ) -> Result<SimulatedPanel> {
        let mut offsets = vec![0];
        let mut rows: usize = 0;
        for &length in periods {
            rows = (rows.checked_add(length)).ok_or_else(|| Error::overflow("periods"))?;
            offsets.push(rows);
        }
        let empty = Panel::new(offsets.clone(), vec![f64::NAN; rows])?;
        let empty = empty.with_covariates(covariates, self.transitions.covariates())?;
        let tasks = periods.len().div_ceil(CUSTOMERS_PER_TASK);
        let parts = parallel::map_range(tasks, |task| {
            let first = task * CUSTOMERS_PER_TASK;
            let (mut values, mut states) = (Vec::new(), Vec::new());
            for customer in first..periods.len().min(first + CUSTOMERS_PER_TASK) {
                let mut random = Stream::new(seed, customer as u64);
                self.simulate_one(&empty, customer, &mut random, &mut values, &mut states);
            }
            (values, states)
        });
        let (mut values, mut states) = (Vec::new(), Vec::new());
        for (mut more_values, mut more_states) in parts {
            values.append(&mut more_values);
            states.append(&mut more_states);
        }
        let panel = empty.with_values(values);
        Ok(SimulatedPanel { panel, states })
    }

    fn simulate_one(
        &self,
        panel: &Panel,
        customer: usize,
        random: &mut Stream,
        values: &mut Vec<f64>,
        states: &mut Vec<u32>,
    ) {
        let mut row_of_logit = vec![0.0; self.states() * self.states()];
        let mut state: Option<usize> = None;
        for row in panel.range(customer) {
            let probabilities = match (state, &self.transitions) {
                (None, _) => self.initial.as_slice(),
                (Some(from), StateTransitions::Constant(matrix)) => {
                    matrix.rows().nth(from).unwrap_or_default()
                }
                (Some(from), StateTransitions::Logit(logit)) => {
                    logit.write(panel.covariates_of(row), &mut row_of_logit);
                    let mut rows = row_of_logit.chunks_exact(self.states());
                    rows.nth(from).unwrap_or_default()
                }
            };
            let drawn = pick(probabilities, random.uniform());
            states.push(drawn as u32);
            values.push(self.draw(drawn, random));
            state = Some(drawn);
        }
    }

    fn draw(&self, state: usize, random: &mut Stream) -> f64 {
        let emissions = self.emissions();
        let row = emissions.rows().nth(state).unwrap_or_default();
        match (emissions.family(), row) {
            (EmissionFamily::Poisson, &[mean]) => random.poisson(mean),
            (EmissionFamily::NegativeBinomial, &[mean, shape]) => {
                let rate = random.gamma(shape) * mean / shape;
                random.poisson(rate)
            }
            (EmissionFamily::ZeroInflatedLogNormal, &[p, mu, sigma]) => {
                if random.uniform() < p {
                    libm::exp(mu + sigma * random.normal())
                } else {
                    0.0
                }
            }
            _ => f64::NAN,
        }
    }
}

/// The state whose part of the unit interval holds `u`.
fn pick(probabilities: &[f64], u: f64) -> usize {
    let mut sum = 0.0;
    let below = |p: &f64| {
        sum += p;
        u < sum
    };
    let last = probabilities.iter().rposition(|&p| p > 0.0).unwrap_or(0);
    probabilities.iter().position(below).unwrap_or(last)
}
