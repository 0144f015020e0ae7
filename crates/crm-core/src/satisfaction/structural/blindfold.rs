//! How well a model predicts answers that were left out point by point.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs or rows"
)]

use super::fit::PlsFit;
use super::moments::Moments;
use super::options::{Missing, PlsOptions};
use super::responses::Selected;
use super::table::Table;
use super::{Mode, Responses};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;

/// How well the answers about a construct are predicted: Q² = 1 − Σ e² / Σ (x − x̄)² over its omitted answers, standardised, x̄ being the mean of those
/// left.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Blindfolded {
    /// Place of the construct.
    pub construct: usize,
    /// From the drivers of the construct, x̂ = λ Σ β ξ; NaN if it has none. Above 0 they predict.
    pub redundancy: f64,
    /// From the construct itself, x̂ = λ η; NaN of a single item, which nothing else measures.
    pub communality: f64,
}

/// Σ w e² from the drivers, Σ w e² from the construct, Σ w (x − x̄)².
type Errors = [f64; 3];

impl PlsFit {
    /// Q² of Stone and Geisser by blindfolding, of every construct in mode A or of a single item: of the answers about it, numbered question by question
    /// and respondent by respondent, those with the numbers d, d + D, d + 2D, … are taken as missing, for d = 0, …, D − 1 in turn. In each turn
    /// missing answers become means, the model is fitted anew, and predicts what was omitted.
    ///
    /// Source: Stone 1974; Geisser 1974; Chin 1998, "The partial least squares approach for structural equation modeling", section on predictive
    /// relevance; Tenenhaus et al. 2005, section 2.4.
    ///
    /// Of a model with constructs of constructs, what is left out are the indicators of the model that was estimated: in two stages also the indices of
    /// the components, as the first stage gave them.
    ///
    /// # Errors
    /// `OutOfRange` for an omission distance D below 2 or above the number of rows, or one of which that number is a multiple: it would omit whole
    /// respondents; of responses as [`PlsFit::bootstrap`]; as [`StructuralModel::fit`](super::StructuralModel::fit) where
    /// the model cannot be fitted without the answers.
    pub fn blindfold(
        &self,
        responses: &Responses<'_>,
        distance: usize,
    ) -> Result<Vec<Blindfolded>> {
        let table = self.table(responses)?;
        if !(2..=table.len()).contains(&distance) || table.len().is_multiple_of(distance) {
            let rows = table.len();
            let rule = format!("must be from 2 to {rows} and not divide {rows}");
            return Err(Error::new(ErrorKind::OutOfRange, "distance", rule).with_value(distance));
        }
        let is_asked = |j: &usize| self.plan.modes[*j] != Mode::B;
        let constructs: Vec<usize> = (0..self.plan.constructs()).filter(is_asked).collect();
        let errors = parallel::map_range(constructs.len() * distance, |turn| {
            self.errors_of_turn(
                &table,
                constructs[turn / distance],
                turn % distance,
                distance,
            )
        });
        let errors: Vec<Errors> = errors.into_iter().collect::<Result<_>>()?;
        let turns = constructs.iter().zip(errors.chunks_exact(distance));
        Ok(turns
            .map(|(&construct, turns)| {
                let sum = |part: usize| turns.iter().map(|errors| errors[part]).sum::<f64>();
                let about_mean = sum(2);
                let has_drivers = !self.plan.drivers[construct].is_empty();
                let has_others = self.plan.blocks[construct].len() > 1;
                let q_squared = |part: usize| 1.0 - sum(part) / about_mean;
                Blindfolded {
                    construct,
                    redundancy: if has_drivers { q_squared(0) } else { f64::NAN },
                    communality: if has_others { q_squared(1) } else { f64::NAN },
                }
            })
            .collect())
    }

    fn errors_of_turn(
        &self,
        table: &Table,
        construct: usize,
        turn: usize,
        distance: usize,
    ) -> Result<Errors> {
        let block = self.plan.blocks[construct].clone();
        let answers = |row: usize| match &self.lower {
            None => table.answers(row),
            Some(lower) => lower.lift.of_answers(&table.answers(row)),
        };
        let asked: Vec<Vec<f64>> = (0..table.len()).map(answers).collect();
        let column = |i: usize| asked.iter().map(move |answers| answers[i]);
        let mut columns: Vec<Vec<f64>> = (0..asked.first().map_or(0, Vec::len))
            .map(|i| column(i).collect())
            .collect();
        let places = || (turn..block.len() * table.len()).step_by(distance);
        let place = |number: usize| (block.start + number / table.len(), number % table.len());
        for (i, row) in places().map(place) {
            columns[i][row] = f64::NAN;
        }
        let options = PlsOptions {
            missing: Missing::Mean,
            ..self.options
        };
        let selected = Selected {
            columns: columns.iter().map(Vec::as_slice).collect(),
            weights: Some(table.weights.clone()),
            replicates: table.replicates,
            rows: table.len(),
        };
        let model = &self.model;
        let fit = model.estimate(Moments::new(model, &selected, Missing::Mean)?, &options)?;
        let deviations = fit.moments.deviations();
        let (weights, means) = (fit.weights(), &fit.moments.means);
        let score = |j: usize, row: usize| -> f64 {
            let items = self.plan.blocks[j].clone().map(|i| {
                let z = (columns[i][row] - means[i]) / deviations[i];
                weights[i] * if z.is_nan() { 0.0 } else { z }
            });
            items.sum()
        };
        let mut errors = [0.0; 3];
        for (i, row) in places().map(place) {
            let z = (asked[row][i] - means[i]) / deviations[i];
            if z.is_nan() {
                continue;
            }
            let drivers = self.plan.drivers[construct].iter();
            let driven =
                drivers.map(|&(driver, path)| fit.estimates.paths[path] * score(driver, row));
            let loading = fit.estimates.loadings[i];
            let residuals = [
                z - loading * driven.sum::<f64>(),
                z - loading * score(construct, row),
                z,
            ];
            for (sum, residual) in errors.iter_mut().zip(residuals) {
                *sum += table.weights[row] * residual * residual;
            }
        }
        Ok(errors)
    }
}
