//! Free coordinates of a hidden Markov model, and the score by them.
//!
//! A probability moves by its log-odds against the likeliest of its row, what is positive by its logarithm, a mean of
//! logarithms in units of its standard deviation, a coefficient in units of 1 / √(mean z²): a step of any coordinate
//! means about the same, and no step leaves the model.

use super::emission::EmissionFamily;
use super::expectation::Expectations;
use super::transitions::TransitionLogit;
use super::{Emissions, HiddenMarkov, StateTransitions};
use crate::clv::switching::TransitionMatrix;
use crate::error::Result;

/// What moves with a coordinate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Coordinate {
    /// ln(π_j / π of the likeliest state).
    Initial(usize),
    /// ln(P_ij / the largest of row i).
    Move(usize, usize),
    /// A coefficient of a logit in this unit.
    Coefficient(usize, f64),
    /// A parameter of this state: its logarithm, its log-odds, or itself in this unit.
    Emission(usize, Scale),
}

/// In what a parameter is free.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// A probability: log-odds.
    LogOdds,
    /// A positive number: its logarithm.
    Logarithm,
    /// Any number, in this unit.
    Linear(f64),
}

impl Scale {
    /// Parameter number `place` of the emissions.
    fn of_emission(emissions: &Emissions, place: usize) -> Self {
        let per_state = emissions.family().parameters().len();
        match (emissions.family(), place % per_state) {
            (EmissionFamily::ZeroInflatedLogNormal, 0) => Scale::LogOdds,
            (EmissionFamily::ZeroInflatedLogNormal, 1) => {
                let deviation = emissions.parameters().get(place + 1);
                Scale::Linear(deviation.copied().unwrap_or(1.0))
            }
            _ => Scale::Logarithm,
        }
    }

    /// The parameter whose coordinate is `step` from that of `value`.
    pub(super) fn moved(self, value: f64, step: f64) -> f64 {
        match self {
            Scale::LogOdds => {
                let odds = value * libm::exp(step);
                odds / (1.0 - value + odds)
            }
            Scale::Logarithm => value * libm::exp(step),
            Scale::Linear(unit) => value + unit * step,
        }
    }

    /// The derivative of the parameter by its coordinate.
    pub(super) fn slope(self, value: f64) -> f64 {
        match self {
            Scale::LogOdds => value * (1.0 - value),
            Scale::Logarithm => value,
            Scale::Linear(unit) => unit,
        }
    }
}

/// All coordinates of a model; `at` are the expectations under it.
pub(super) fn coordinates(model: &HiddenMarkov, at: &Expectations) -> Vec<Coordinate> {
    let mut all: Vec<Coordinate> = others(model.initial()).map(Coordinate::Initial).collect();
    match model.transitions() {
        StateTransitions::Constant(matrix) => {
            for (i, row) in matrix.rows().enumerate() {
                all.extend(others(row).map(|j| Coordinate::Move(i, j)));
            }
        }
        StateTransitions::Logit(logit) => {
            let squares = &at.moves.most_information;
            let moves = squares.first().copied().unwrap_or(0.0);
            let unit = |sum: &f64| {
                if *sum > 0.0 {
                    libm::sqrt(moves / sum)
                } else {
                    1.0
                }
            };
            let units = squares.iter().map(unit).cycle();
            let places = (0..logit.coefficients().len()).zip(units);
            all.extend(places.map(|(place, unit)| Coordinate::Coefficient(place, unit)));
        }
    }
    let emissions = model.emissions();
    let places = 0..emissions.parameters().len();
    all.extend(
        places.map(|place| Coordinate::Emission(place, Scale::of_emission(emissions, place))),
    );
    all
}

/// Every state but the likeliest.
fn others(row: &[f64]) -> impl Iterator<Item = usize> {
    let likeliest = (0..row.len()).rev().max_by(|&a, &b| {
        let p = |state: usize| row.get(state).copied().unwrap_or(0.0);
        p(a).total_cmp(&p(b))
    });
    (0..row.len()).filter(move |&state| Some(state) != likeliest)
}

/// A row of probabilities with that of `state` e^`step` times as likely against the others.
fn tilted(row: &[f64], state: usize, step: f64) -> Vec<f64> {
    let mut tilted = row.to_vec();
    if let Some(p) = tilted.get_mut(state) {
        *p *= libm::exp(step);
    }
    let sum: f64 = tilted.iter().sum();
    tilted.iter_mut().for_each(|p| *p /= sum);
    tilted
}

impl Coordinate {
    /// The model a step away.
    pub(super) fn moved(self, model: &HiddenMarkov, step: f64) -> Result<HiddenMarkov> {
        let mut moved = model.clone();
        match (self, model.transitions()) {
            (Coordinate::Initial(state), _) => moved.initial = tilted(model.initial(), state, step),
            (Coordinate::Move(i, j), StateTransitions::Constant(matrix)) => {
                let rows = matrix.rows().enumerate();
                let tilted = rows.flat_map(|(row, p)| match row == i {
                    true => tilted(p, j, step),
                    false => p.to_vec(),
                });
                let made = TransitionMatrix::from_row_major(matrix.states(), tilted.collect())?;
                moved.transitions = StateTransitions::Constant(made);
            }
            (Coordinate::Coefficient(place, unit), StateTransitions::Logit(logit)) => {
                let mut coefficients = logit.coefficients().to_vec();
                if let Some(coefficient) = coefficients.get_mut(place) {
                    *coefficient += unit * step;
                }
                let made = TransitionLogit::new(model.states(), logit.covariates(), coefficients)?;
                moved.transitions = StateTransitions::Logit(made);
            }
            (Coordinate::Emission(place, scale), _) => {
                let mut parameters = model.emissions().parameters().to_vec();
                if let Some(parameter) = parameters.get_mut(place) {
                    *parameter = scale.moved(*parameter, step);
                }
                moved.emissions = Emissions::new(model.emissions().family(), parameters)?;
            }
            _ => {}
        }
        Ok(moved)
    }

    /// ∂ ln L by this coordinate at a model with these expectations: that of the likelihood of histories and states
    /// together, as it is expected given the histories (Fisher's identity).
    pub(super) fn score(self, model: &HiddenMarkov, at: &Expectations) -> f64 {
        let states = model.states();
        match self {
            Coordinate::Initial(state) => excess(&at.initial, model.initial(), state),
            Coordinate::Move(i, j) => match model.transitions() {
                StateTransitions::Constant(matrix) => {
                    let moves = at.moves.moves.get(i * states..(i + 1) * states);
                    let row = matrix.rows().nth(i);
                    excess(moves.unwrap_or_default(), row.unwrap_or_default(), j)
                }
                StateTransitions::Logit(_) => 0.0,
            },
            Coordinate::Coefficient(place, unit) => {
                unit * at.moves.scores.get(place).copied().unwrap_or(0.0)
            }
            Coordinate::Emission(place, scale) => {
                let per_state = model.emissions().family().parameters().len();
                let state = place / per_state;
                let score = model
                    .emissions()
                    .score(state, place % per_state, &at.moments);
                match scale {
                    Scale::Linear(unit) => unit * score,
                    Scale::LogOdds | Scale::Logarithm => score,
                }
            }
        }
    }

    /// The parameter that is this coordinate's own: its place in [`HiddenMarkov::parameter_names`].
    pub(super) fn own(self, model: &HiddenMarkov) -> usize {
        let states = model.states();
        match self {
            Coordinate::Initial(state) => state,
            Coordinate::Move(i, j) => states + i * states + j,
            Coordinate::Coefficient(place, _) => states + place,
            Coordinate::Emission(place, _) => {
                let transitions = match model.transitions() {
                    StateTransitions::Constant(matrix) => matrix.entries().len(),
                    StateTransitions::Logit(logit) => logit.coefficients().len(),
                };
                states + transitions + place
            }
        }
    }

    /// The parameters that move with this coordinate, and how.
    pub(super) fn slopes(self, model: &HiddenMarkov) -> Vec<(usize, f64)> {
        let of_row = |row: &[f64], state: usize, first: usize| -> Vec<(usize, f64)> {
            let moved = row.get(state).copied().unwrap_or(0.0);
            let slope = |(j, p): (usize, &f64)| {
                let own = if j == state { moved } else { 0.0 };
                (first + j, own - p * moved)
            };
            row.iter().enumerate().map(slope).collect()
        };
        match (self, model.transitions()) {
            (Coordinate::Initial(state), _) => of_row(model.initial(), state, 0),
            (Coordinate::Move(i, j), StateTransitions::Constant(matrix)) => {
                let row = matrix.rows().nth(i).unwrap_or_default();
                of_row(row, j, self.own(model) - j)
            }
            (Coordinate::Coefficient(_, unit), _) => vec![(self.own(model), unit)],
            (Coordinate::Emission(place, scale), _) => {
                let value = model.emissions().parameters().get(place);
                let slope = scale.slope(value.copied().unwrap_or(f64::NAN));
                vec![(self.own(model), slope)]
            }
            (Coordinate::Move(..), StateTransitions::Logit(_)) => Vec::new(),
        }
    }
}

/// n_j − p_j Σn: what a multinomial's score by the log-odds of j is.
fn excess(counts: &[f64], row: &[f64], state: usize) -> f64 {
    let of = |numbers: &[f64]| numbers.get(state).copied().unwrap_or(0.0);
    of(counts) - of(row) * counts.iter().sum::<f64>()
}
