//! The likeliest path of states.

use super::{Decoding, HiddenMarkov, Panel, StateTransitions};
use crate::parallel;

/// Customers whose paths one task finds.
const CUSTOMERS_PER_TASK: usize = 1 << 10;

impl HiddenMarkov {
    /// Writes each customer's path and its probability.
    pub(super) fn write_paths(&self, panel: &Panel, out: &mut Decoding) {
        let tasks = panel.customers().div_ceil(CUSTOMERS_PER_TASK);
        let parts = parallel::map_range(tasks, |task| {
            let first = task * CUSTOMERS_PER_TASK;
            let customers = first..panel.customers().min(first + CUSTOMERS_PER_TASK);
            let mut trellis = Trellis::new(self);
            let mut path = Vec::new();
            let probabilities: Vec<f64> = customers
                .map(|customer| trellis.walk(panel, customer, &mut path))
                .collect();
            (path, probabilities)
        });
        out.path.clear();
        out.path_log_probability.clear();
        for (mut path, mut probabilities) in parts {
            out.path.append(&mut path);
            out.path_log_probability.append(&mut probabilities);
        }
    }
}

/// δ_t(j) = max_i (δ_{t−1}(i) + ln P_ij) + ln b_t(j), with the state i before each j.
///
/// Source: Rabiner 1989, equations (33).
struct Trellis<'a> {
    model: &'a HiddenMarkov,
    initial: Vec<f64>,
    /// ln P, row-major.
    log_matrix: Vec<f64>,
    best: Vec<f64>,
    next: Vec<f64>,
    densities: Vec<f64>,
    before: Vec<u32>,
}

impl<'a> Trellis<'a> {
    fn new(model: &'a HiddenMarkov) -> Self {
        let states = model.states();
        let log_matrix = match &model.transitions {
            StateTransitions::Constant(matrix) => logarithms(matrix.entries()),
            StateTransitions::Logit(_) => vec![0.0; states * states],
        };
        Trellis {
            model,
            initial: logarithms(&model.initial),
            log_matrix,
            best: vec![0.0; states],
            next: vec![0.0; states],
            densities: vec![0.0; states],
            before: Vec::new(),
        }
    }

    /// Appends the path of a customer; ln of its probability.
    fn walk(&mut self, panel: &Panel, customer: usize, path: &mut Vec<u32>) -> f64 {
        let rows = panel.range(customer);
        if rows.is_empty() {
            return 0.0;
        }
        let states = self.model.states();
        self.before.clear();
        for row in rows.clone() {
            self.write_densities(panel.values().get(row).copied().unwrap_or(f64::NAN));
            if row == rows.start {
                let begun = self.initial.iter().zip(&self.densities);
                for (best, (initial, density)) in self.best.iter_mut().zip(begun) {
                    *best = initial + density;
                }
                continue;
            }
            if let StateTransitions::Logit(logit) = &self.model.transitions {
                logit.write(panel.covariates_of(row), &mut self.log_matrix);
                self.log_matrix.iter_mut().for_each(|p| *p = libm::log(*p));
            }
            for (j, (next, density)) in self.next.iter_mut().zip(&self.densities).enumerate() {
                let moves = self.log_matrix.iter().skip(j).step_by(states);
                let (from, log_probability) =
                    largest(self.best.iter().zip(moves).map(|(a, b)| a + b));
                *next = log_probability + density;
                self.before.push(from);
            }
            std::mem::swap(&mut self.best, &mut self.next);
        }
        let (mut state, log_probability) = largest(self.best.iter().copied());
        let first = path.len();
        path.push(state);
        for before in self.before.chunks_exact(states).rev() {
            state = before.get(state as usize).copied().unwrap_or(0);
            path.push(state);
        }
        if let Some(path) = path.get_mut(first..) {
            path.reverse();
        }
        log_probability
    }

    fn write_densities(&mut self, value: f64) {
        if value.is_nan() {
            self.densities.fill(0.0);
            return;
        }
        let emissions = &self.model.emissions;
        let logarithm = emissions.family().logarithm(value);
        emissions.log_densities(value, logarithm, &mut self.densities);
    }
}

fn logarithms(probabilities: &[f64]) -> Vec<f64> {
    probabilities.iter().map(|&p| libm::log(p)).collect()
}

/// The first of the largest numbers, and its place.
fn largest(numbers: impl Iterator<Item = f64>) -> (u32, f64) {
    let mut found = (0, f64::NEG_INFINITY);
    for (place, number) in numbers.enumerate() {
        if number > found.1 {
            found = (place as u32, number);
        }
    }
    found
}
