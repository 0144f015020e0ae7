use super::super::switching::TransitionMatrix;
use super::sparse::SparseTransitions;
use crate::error::{Error, Result};
use crate::kernels::Domain;

/// How customers move among states from one period to the next: a dense matrix or a sparse one.
#[derive(Debug, Clone, PartialEq)]
pub struct Transitions(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Row-major.
    Dense {
        states: usize,
        entries: Vec<f64>,
    },
    Sparse(SparseTransitions),
}

impl From<TransitionMatrix> for Transitions {
    fn from(matrix: TransitionMatrix) -> Self {
        Transitions(Kind::Dense {
            states: matrix.states(),
            entries: matrix.stochastic_entries(),
        })
    }
}

impl From<SparseTransitions> for Transitions {
    fn from(matrix: SparseTransitions) -> Self {
        Transitions(Kind::Sparse(matrix))
    }
}

impl Transitions {
    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        match &self.0 {
            Kind::Dense { states, .. } => *states,
            Kind::Sparse(matrix) => matrix.states(),
        }
    }

    pub(super) fn is_sparse(&self) -> bool {
        matches!(self.0, Kind::Sparse(_))
    }

    /// The states that `state` leads to with a positive probability, and with which.
    pub(super) fn row(&self, state: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let (columns, probabilities) = match &self.0 {
            Kind::Dense { states, entries } => {
                let row = entries.get(state * states..(state + 1) * states);
                (None, row.unwrap_or(&[]))
            }
            Kind::Sparse(matrix) => {
                let (columns, probabilities) = matrix.row(state);
                (Some(columns), probabilities)
            }
        };
        let entry = move |(place, &probability): (usize, &f64)| {
            let column = match columns {
                None => place,
                Some(columns) => *columns.get(place)? as usize,
            };
            (probability > 0.0).then_some((column, probability))
        };
        probabilities.iter().enumerate().filter_map(entry)
    }

    /// One step of Horner's rule: out = now + δ P later.
    pub(super) fn look_back(&self, now: &[f64], discount: f64, later: &[f64], out: &mut [f64]) {
        match &self.0 {
            Kind::Dense { states, entries } => {
                let rows = entries.chunks_exact(*states).zip(now);
                for ((row, now), out) in rows.zip(out) {
                    *out = now + discount * dot(row, later);
                }
            }
            Kind::Sparse(matrix) => matrix.look_back(now, discount, later, out),
        }
    }

    /// Where customers are one period later: out = customers · P.
    pub(super) fn look_ahead(&self, customers: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (state, &n) in customers.iter().enumerate() {
            if n > 0.0 {
                for (to, probability) in self.row(state) {
                    if let Some(sum) = out.get_mut(to) {
                        *sum += n * probability;
                    }
                }
            }
        }
    }

    /// Refuses a column that has not one number of `domain` for each state.
    pub(super) fn check_column(
        &self,
        argument: &'static str,
        column: &[f64],
        domain: Domain,
    ) -> Result<()> {
        check_column(argument, column, domain, self.states())
    }
}

pub(super) fn check_column(
    argument: &'static str,
    column: &[f64],
    domain: Domain,
    states: usize,
) -> Result<()> {
    if column.len() != states {
        return Err(Error::length(argument, column.len(), states));
    }
    match column.iter().position(|value| !domain.contains(*value)) {
        Some(row) => {
            let value = column.get(row).copied().unwrap_or(f64::NAN);
            Err(domain.refuse(argument, value).at_row(row))
        }
        None => Ok(()),
    }
}

/// Σ a_j b_j, as four sums side by side, so that no product waits for the one before.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let (mut first, mut second, mut third, mut fourth) = (0.0, 0.0, 0.0, 0.0);
    for (&[a0, a1, a2, a3], &[b0, b1, b2, b3]) in a_blocks.iter().zip(b_blocks) {
        first += a0 * b0;
        second += a1 * b1;
        third += a2 * b2;
        fourth += a3 * b3;
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    (first + second) + (third + fourth) + rest
}
