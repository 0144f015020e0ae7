use super::iterative::{Certificate, Solution, SolverOptions, System};
use super::sparse::SparseTransitions;
use super::transitions::Transitions;
use crate::error::Result;
use crate::math::elimination::Elimination;

/// (I − δQ)^−1 with δ = 1/(1 + rate), where Q is P among some of its states. Without a rate, they must be
/// transient; then it is the fundamental matrix.
pub(super) struct Resolvent<'a> {
    growth: f64,
    options: &'a SolverOptions,
    kind: Kind,
}

enum Kind {
    Elimination(Elimination),
    Iteration {
        /// Q without its diagonal.
        matrix: SparseTransitions,
        /// rate + Σ_{j≠i} P_ij.
        diagonal: Vec<f64>,
        /// 1/rate if Q is all of P.
        annuity: Option<f64>,
    },
}

impl<'a> Resolvent<'a> {
    /// `members` are the states that Q has, in its order.
    pub(super) fn new(
        transitions: &Transitions,
        members: &[usize],
        rate: f64,
        options: &'a SolverOptions,
    ) -> Self {
        let mut places = vec![None; transitions.states()];
        for (place, &member) in members.iter().enumerate() {
            if let Some(entry) = places.get_mut(member) {
                *entry = u32::try_from(place).ok();
            }
        }
        let place = |state: usize| places.get(state).copied().flatten();
        let kind = if transitions.is_sparse() {
            let others =
                |&state: &usize| transitions.row(state).filter(move |(to, _)| *to != state);
            let row = |state: &usize| others(state).filter_map(|(to, p)| Some((place(to)?, p)));
            let leaving = |state: &usize| rate + others(state).map(|(_, p)| p).sum::<f64>();
            Kind::Iteration {
                matrix: SparseTransitions::from_rows(members.iter().map(row)),
                diagonal: members.iter().map(leaving).collect(),
                annuity: (members.len() == transitions.states()).then_some(1.0 / rate),
            }
        } else {
            let mut entries = vec![0.0; members.len() * members.len()];
            let mut leaks = vec![rate; members.len()];
            let rows = entries.chunks_exact_mut(members.len().max(1));
            for ((&state, row), leak) in members.iter().zip(rows).zip(&mut leaks) {
                for (to, probability) in transitions.row(state) {
                    match place(to).and_then(|to| row.get_mut(to as usize)) {
                        Some(entry) => *entry = probability,
                        None => *leak += probability,
                    }
                }
            }
            Kind::Elimination(Elimination::new(entries, leaks))
        };
        Resolvent {
            growth: 1.0 + rate,
            options,
            kind,
        }
    }

    /// x = rhs + δ Q x, that is ((1+i) I − Q) x = (1+i) rhs with i the rate.
    pub(super) fn solve(&self, rhs: &[f64]) -> Result<Solution> {
        let rhs = self.grown(rhs);
        match &self.kind {
            Kind::Elimination(elimination) => Ok(eliminated(rhs, |x| elimination.solve(x))),
            Kind::Iteration {
                matrix,
                diagonal,
                annuity,
            } => {
                let system = System::new(matrix, diagonal);
                let certificate = match annuity {
                    Some(annuity) => Certificate::Stochastic(*annuity),
                    None => Certificate::Largest(system.weights(self.options)?),
                };
                let solution = system.solve(&rhs, &certificate, self.options)?;
                Ok(not_negative(&rhs, solution))
            }
        }
    }

    /// y = start + δ y Q.
    pub(super) fn solve_left(&self, start: &[f64]) -> Result<Solution> {
        let start = self.grown(start);
        match &self.kind {
            Kind::Elimination(elimination) => Ok(eliminated(start, |y| elimination.solve_left(y))),
            Kind::Iteration {
                matrix,
                diagonal,
                annuity,
            } => {
                let weights = match annuity {
                    Some(annuity) => vec![*annuity; start.len()],
                    None => System::new(matrix, diagonal).weights(self.options)?,
                };
                let certificate = Certificate::Total(weights);
                let transposed = matrix.transposed();
                let system = System::new(&transposed, diagonal);
                let solution = system.solve(&start, &certificate, self.options)?;
                Ok(not_negative(&start, solution))
            }
        }
    }

    fn grown(&self, rhs: &[f64]) -> Vec<f64> {
        rhs.iter().map(|b| self.growth * b).collect()
    }
}

fn eliminated(mut values: Vec<f64>, solve: impl Fn(&mut [f64])) -> Solution {
    solve(&mut values);
    Solution {
        values,
        error_bound: 0.0,
        iterations: 0,
    }
}

/// The inverse has no negative entry, so that what an iteration finds below 0 for a right-hand side of 0 or more is 0.
fn not_negative(rhs: &[f64], mut solution: Solution) -> Solution {
    if rhs.iter().all(|b| *b >= 0.0) {
        for value in &mut solution.values {
            *value = value.max(0.0);
        }
    }
    solution
}
