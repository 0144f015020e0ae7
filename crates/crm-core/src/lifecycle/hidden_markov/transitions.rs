use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use crate::clv::switching::TransitionMatrix;
use crate::error::{Error, Result};

/// How customers move among the states from one period to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateTransitions {
    /// The same for all customers and periods.
    Constant(TransitionMatrix),
    /// By covariates of the customer and the period.
    Logit(TransitionLogit),
}

/// Transitions by covariates z, a multinomial logit for each state: ln(P_ij / P_ii) = a_ij + b_ij · z, for j ≠ i.
///
/// A coefficient says how a covariate changes the odds of moving from i to j against staying in i.
///
/// Source: Netzer, Lattin & Srinivasan 2008, section 2.1, with a multinomial logit in place of their ordered one: it
/// needs no order of the states, so that it holds it whatever the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct TransitionLogit {
    states: usize,
    covariates: usize,
    coefficients: Vec<f64>,
}

#[derive(Deserialize)]
struct Parts {
    states: usize,
    covariates: usize,
    coefficients: Vec<f64>,
}

impl TryFrom<Parts> for TransitionLogit {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self> {
        TransitionLogit::new(parts.states, parts.covariates, parts.coefficients)
    }
}

impl TransitionLogit {
    /// A logit from its coefficients: for each state i, for each other state j in order, a_ij and then b_ij.
    ///
    /// # Errors
    /// `Empty` without states, `LengthMismatch`, `NotFinite` with the place.
    pub fn new(states: usize, covariates: usize, coefficients: Vec<f64>) -> Result<Self> {
        if states == 0 {
            return Err(Error::empty("states"));
        }
        let expected = (states.checked_mul(states - 1))
            .and_then(|moves| moves.checked_mul(covariates.checked_add(1)?))
            .ok_or_else(|| Error::overflow("coefficients"))?;
        if coefficients.len() != expected {
            return Err(Error::length("coefficients", coefficients.len(), expected));
        }
        if let Some(row) = coefficients.iter().position(|c| !c.is_finite()) {
            let value = coefficients.get(row).copied().unwrap_or(f64::NAN);
            return Err(Error::not_finite("coefficients", value).at_row(row));
        }
        Ok(TransitionLogit {
            states,
            covariates,
            coefficients,
        })
    }

    /// The logit without effects of covariates that has these transitions; a probability of 0 becomes one of 1e-9.
    pub(super) fn constant(matrix: &TransitionMatrix, covariates: usize) -> Self {
        const LEAST: f64 = 1e-9;
        let mut coefficients = Vec::new();
        for (i, row) in matrix.rows().enumerate() {
            let stay = row.get(i).copied().unwrap_or(0.0).max(LEAST);
            for (_, &p) in row.iter().enumerate().filter(|(j, _)| *j != i) {
                coefficients.push(libm::log(p.max(LEAST) / stay));
                coefficients.resize(coefficients.len() + covariates, 0.0);
            }
        }
        TransitionLogit {
            states: matrix.states(),
            covariates,
            coefficients,
        }
    }

    /// The number of covariates.
    #[must_use]
    pub fn covariates(&self) -> usize {
        self.covariates
    }

    /// a_ij and b_ij, for each i, for each j ≠ i.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The coefficients of a state: a_ij, b_ij for each other state j.
    fn of(&self, state: usize) -> &[f64] {
        let length = self.row_length();
        let first = state * length;
        self.coefficients
            .get(first..first + length)
            .unwrap_or_default()
    }

    /// Coefficients of a state.
    pub(super) fn row_length(&self) -> usize {
        (self.states - 1) * (self.covariates + 1)
    }

    /// P for these covariates, row-major, into `out`.
    pub(super) fn write(&self, covariates: &[f64], out: &mut [f64]) {
        for (i, row) in out.chunks_exact_mut(self.states).enumerate() {
            let mut moves = self.of(i).chunks_exact(self.covariates + 1);
            let mut largest = 0.0_f64;
            for (j, utility) in row.iter_mut().enumerate() {
                *utility = 0.0;
                if j != i
                    && let Some((a, b)) = moves.next().and_then(<[f64]>::split_first)
                {
                    *utility = b.iter().zip(covariates).fold(*a, |sum, (b, z)| sum + b * z);
                }
                largest = largest.max(*utility);
            }
            let mut sum = 0.0;
            for utility in row.iter_mut() {
                *utility = libm::exp(*utility - largest);
                sum += *utility;
            }
            row.iter_mut().for_each(|p| *p /= sum);
        }
    }

    /// P for a customer and period with these covariates.
    ///
    /// # Errors
    /// `LengthMismatch` unless there is one number for each; `NotFinite`.
    pub fn matrix(&self, covariates: &[f64]) -> Result<TransitionMatrix> {
        if covariates.len() != self.covariates {
            return Err(Error::length(
                "covariates",
                covariates.len(),
                self.covariates,
            ));
        }
        if let Some(row) = covariates.iter().position(|z| !z.is_finite()) {
            let value = covariates.get(row).copied().unwrap_or(f64::NAN);
            return Err(Error::not_finite("covariates", value).at_row(row));
        }
        let mut entries = vec![0.0; self.states * self.states];
        self.write(covariates, &mut entries);
        TransitionMatrix::from_row_major(self.states, entries)
            .map_err(|_| Error::overflow("covariates"))
    }

    fn reordered(&self, order: &[usize]) -> Self {
        let width = self.covariates + 1;
        let mut coefficients = Vec::with_capacity(self.coefficients.len());
        for &i in order {
            for &j in order.iter().filter(|&&j| j != i) {
                let place = if j < i { j } else { j - 1 } * width;
                let row = self.of(i).get(place..place + width);
                coefficients.extend(row.unwrap_or_default());
            }
        }
        TransitionLogit {
            coefficients,
            ..*self
        }
    }
}

/// Part of the information at its greatest that is added to it, so that what the data cannot tell stays as it is.
const RIDGE: f64 = 1e-9;

impl StateTransitions {
    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        match self {
            StateTransitions::Constant(matrix) => matrix.states(),
            StateTransitions::Logit(logit) => logit.states,
        }
    }

    /// The number of covariates.
    #[must_use]
    pub fn covariates(&self) -> usize {
        match self {
            StateTransitions::Constant(_) => 0,
            StateTransitions::Logit(logit) => logit.covariates,
        }
    }

    /// Free parameters.
    pub(super) fn parameters(&self) -> usize {
        self.states() * (self.states() - 1) * (self.covariates() + 1)
    }

    /// P for a customer and period with these covariates: none where transitions are constant.
    ///
    /// # Errors
    /// `LengthMismatch` unless there is one number for each covariate; `NotFinite`.
    pub fn matrix(&self, covariates: &[f64]) -> Result<TransitionMatrix> {
        match self {
            StateTransitions::Constant(matrix) if covariates.is_empty() => Ok(matrix.clone()),
            StateTransitions::Constant(_) => Err(Error::length("covariates", covariates.len(), 0)),
            StateTransitions::Logit(logit) => logit.matrix(covariates),
        }
    }

    pub(super) fn reordered(&self, order: &[usize]) -> Result<Self> {
        Ok(match self {
            StateTransitions::Constant(matrix) => {
                let rows: Vec<&[f64]> = matrix.rows().collect();
                let row = |&i: &usize| rows.get(i).copied().unwrap_or_default();
                let entries = order.iter().map(row).flat_map(|row| {
                    let entry = |&j: &usize| row.get(j).copied().unwrap_or(f64::NAN);
                    order.iter().map(entry)
                });
                StateTransitions::Constant(TransitionMatrix::from_row_major(
                    matrix.states(),
                    entries.collect(),
                )?)
            }
            StateTransitions::Logit(logit) => StateTransitions::Logit(logit.reordered(order)),
        })
    }

    /// The transitions that expected moves make likeliest: shares of moves, or one step of Newton's method of `length`
    /// times its length. A state that nobody was in keeps its own.
    pub(super) fn maximised(&self, sums: &MoveSums, length: f64) -> Result<Self> {
        match self {
            StateTransitions::Constant(matrix) => {
                let mut entries = sums.moves.clone();
                let rows = entries.chunks_exact_mut(matrix.states()).zip(matrix.rows());
                for (row, former) in rows {
                    let sum: f64 = row.iter().sum();
                    if sum > 0.0 {
                        row.iter_mut().for_each(|n| *n /= sum);
                    } else {
                        row.copy_from_slice(former);
                    }
                }
                let made = TransitionMatrix::from_row_major(matrix.states(), entries)?;
                Ok(StateTransitions::Constant(made))
            }
            StateTransitions::Logit(logit) => {
                let row_length = logit.row_length();
                let mut coefficients = logit.coefficients.clone();
                let scores = sums.scores.chunks_exact(row_length.max(1));
                let informations = sums
                    .information
                    .chunks_exact((row_length * row_length).max(1));
                let rows = coefficients.chunks_exact_mut(row_length.max(1));
                for ((row, score), information) in rows.zip(scores).zip(informations) {
                    let mut information =
                        DMatrix::from_row_slice(row_length, row_length, information);
                    for (place, most) in sums
                        .most_information
                        .iter()
                        .cycle()
                        .take(row_length)
                        .enumerate()
                    {
                        if let Some(entry) = information.get_mut((place, place)) {
                            *entry += RIDGE * most;
                        }
                    }
                    let Some(factor) = information.cholesky() else {
                        continue;
                    };
                    let step = factor.solve(&DVector::from_column_slice(score));
                    if step.iter().all(|s| s.is_finite()) {
                        for (coefficient, step) in row.iter_mut().zip(&step) {
                            *coefficient += length * step;
                        }
                    }
                }
                Ok(StateTransitions::Logit(TransitionLogit {
                    coefficients,
                    ..*logit
                }))
            }
        }
    }
}

/// What is expected of the moves among states, given the histories.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MoveSums {
    /// Expected moves from i to j, row-major.
    pub(super) moves: Vec<f64>,
    /// ∂Q/∂(a_ij, b_ij) of a logit: Σ (ξ_ij − γ_i P_ij) (1, z); none for constant transitions.
    pub(super) scores: Vec<f64>,
    /// −∂²Q of each state: Σ γ_i (P_ij 1{j=l} − P_ij P_il) (1, z)(1, z)ᵀ.
    pub(super) information: Vec<f64>,
    /// Σ over all moves of the squares of (1, z).
    pub(super) most_information: Vec<f64>,
}

impl MoveSums {
    pub(super) fn new(transitions: &StateTransitions) -> Self {
        let states = transitions.states();
        let (row, width) = match transitions {
            StateTransitions::Constant(_) => (0, 0),
            StateTransitions::Logit(logit) => (logit.row_length(), logit.covariates + 1),
        };
        MoveSums {
            moves: vec![0.0; states * states],
            scores: vec![0.0; states * row],
            information: vec![0.0; states * row * row],
            most_information: vec![0.0; width],
        }
    }

    /// Adds one move of one customer: the probabilities `joint` of being in i before and j after, and P.
    pub(super) fn add_move(&mut self, joint: &[f64], matrix: &[f64], covariates: &[f64]) {
        let width = covariates.len() + 1;
        let feature = |f: usize| f.checked_sub(1).and_then(|f| covariates.get(f)).copied();
        for (f, most) in self.most_information.iter_mut().enumerate() {
            let z = feature(f).unwrap_or(1.0);
            *most += z * z;
        }
        let states = libm::round(libm::sqrt(joint.len() as f64)) as usize;
        let length = (states - 1) * width;
        let rows = joint.chunks_exact(states).zip(matrix.chunks_exact(states));
        for (i, (joint, matrix)) in rows.enumerate() {
            let before: f64 = joint.iter().sum();
            let others = |skip: usize| (0..states).filter(move |&j| j != skip);
            let first = i * length;
            for (place, j) in others(i).enumerate() {
                let (Some(&xi), Some(&p)) = (joint.get(j), matrix.get(j)) else {
                    continue;
                };
                for f in 0..width {
                    let z = feature(f).unwrap_or(1.0);
                    if let Some(score) = self.scores.get_mut(first + place * width + f) {
                        *score += (xi - before * p) * z;
                    }
                    let row = (first + place * width + f) * length;
                    for (other, l) in others(i).enumerate() {
                        let q = matrix.get(l).copied().unwrap_or(0.0);
                        let weight = before * p * (f64::from(u8::from(j == l)) - q) * z;
                        for g in 0..width {
                            if let Some(entry) = self.information.get_mut(row + other * width + g) {
                                *entry += weight * feature(g).unwrap_or(1.0);
                            }
                        }
                    }
                }
            }
        }
    }

    pub(super) fn append(&mut self, other: &MoveSums) {
        let add = |sums: &mut Vec<f64>, more: &[f64]| {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        };
        add(&mut self.moves, &other.moves);
        add(&mut self.scores, &other.scores);
        add(&mut self.information, &other.information);
        add(&mut self.most_information, &other.most_information);
    }
}
