#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of coefficients or of rows"
)]

use nalgebra::{Cholesky, DMatrix, DVector};
use serde::Serialize;

use super::design::{Attribute, PartWorths, coded};
use crate::error::{Error, ErrorKind, Result};

const MOST_ITERATIONS: usize = 50;
const TOLERANCE: f64 = 1e-10;
/// A part-worth beyond it makes a choice certain to 1e-13: it has no bound.
const UNBOUNDED: f64 = 30.0;

/// Part-worths from choices: [`fit_choices`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChoiceFit {
    /// The part-worths, in units of the logit.
    pub part_worths: PartWorths,
    /// ln L.
    pub log_likelihood: f64,
    /// ln L where every product of a set is as likely as the others.
    pub null_log_likelihood: f64,
    /// Choices.
    pub choices: u64,
}

impl ChoiceFit {
    /// McFadden's 1 − ln L / ln L₀.
    #[must_use]
    pub fn mcfadden_r_squared(&self) -> f64 {
        1.0 - self.log_likelihood / self.null_log_likelihood
    }
}

/// Estimates part-worths from choices among sets of products by a conditional logit: P(j) = exp V_j / Σ_l exp V_l over the products of
/// the set, V the utility. `products` has a column of levels per attribute; `set` is the number of the set of each row, whose rows lie
/// together; `chosen` marks the one product of each set that was chosen.
///
/// Source: McFadden 1974, "Conditional logit analysis of qualitative choice behavior"; Louviere & Woodworth 1983.
///
/// # Errors
/// `Empty`; `LengthMismatch`; `OutOfRange` with the row for a level that there is not, a set whose rows do not lie together, of one product
/// or without exactly one that was chosen; `NoSolution` where the products do not tell the levels apart, and where a level is always or
/// never chosen, so that its worth has no bound.
pub fn fit_choices(
    attributes: &[Attribute],
    products: &[&[u32]],
    set: &[u64],
    chosen: &[bool],
) -> Result<ChoiceFit> {
    let columns = coded(attributes, products)?;
    let rows = columns.first().map_or(0, Vec::len);
    if set.len() != rows {
        return Err(Error::length("set", set.len(), rows));
    }
    if chosen.len() != rows {
        return Err(Error::length("chosen", chosen.len(), rows));
    }
    let table = Choices {
        sets: sets(set, chosen)?,
        columns,
        chosen,
    };
    let mut beta = DVector::zeros(table.columns.len());
    let mut now = table.evaluate(&beta);
    let null_log_likelihood = now.log_likelihood;
    for _ in 0..MOST_ITERATIONS {
        let factor = table.factor(&now.information, &beta)?;
        let step = factor.solve(&now.gradient);
        let converged = step.amax() <= TOLERANCE;
        let mut length = 1.0;
        let rounding = 1e-13 * now.log_likelihood.abs();
        let (next, there) = loop {
            let next = &beta + &step * length;
            let there = table.evaluate(&next);
            if there.log_likelihood >= now.log_likelihood - rounding || length < 1e-9 {
                break (next, there);
            }
            length *= 0.5;
        };
        (beta, now) = (next, there);
        if converged {
            return Ok(ChoiceFit {
                part_worths: PartWorths::of(attributes, beta.as_slice(), &factor.inverse()),
                log_likelihood: now.log_likelihood,
                null_log_likelihood,
                choices: table.sets.len() as u64,
            });
        }
        if beta.amax() > UNBOUNDED {
            break;
        }
    }
    Err(unbounded(beta.iamax()))
}

/// Rows of each set.
fn sets(set: &[u64], chosen: &[bool]) -> Result<Vec<std::ops::Range<usize>>> {
    let mut sets = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut first = 0;
    for rows in set.chunk_by(|a, b| a == b) {
        let range = first..first + rows.len();
        let number = set[first];
        let wrong = |reason| {
            let error = Error::new(ErrorKind::OutOfRange, "set", reason);
            Err(error.with_value(number).at_row(range.start))
        };
        if !seen.insert(number) {
            return wrong("must have its rows together");
        }
        if rows.len() < 2 {
            return wrong("must have two products or more");
        }
        if chosen[range.clone()]
            .iter()
            .filter(|&&chosen| chosen)
            .count()
            != 1
        {
            return wrong("must have one product that was chosen");
        }
        first = range.end;
        sets.push(range);
    }
    Ok(sets)
}

struct Choices<'a> {
    columns: Vec<Vec<f64>>,
    sets: Vec<std::ops::Range<usize>>,
    chosen: &'a [bool],
}

struct Evaluation {
    log_likelihood: f64,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
}

impl Choices<'_> {
    fn evaluate(&self, beta: &DVector<f64>) -> Evaluation {
        let size = beta.len();
        let mut log_likelihood = 0.0;
        let mut gradient = DVector::zeros(size);
        let mut information = DMatrix::zeros(size, size);
        for set in &self.sets {
            let products: Vec<DVector<f64>> = set
                .clone()
                .map(|row| DVector::from_fn(size, |j, _| self.columns[j][row]))
                .collect();
            let utilities: Vec<f64> = products.iter().map(|x| x.dot(beta)).collect();
            let most = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let powers: Vec<f64> = utilities.iter().map(|u| libm::exp(u - most)).collect();
            let sum: f64 = powers.iter().sum();
            let mut mean = DVector::zeros(size);
            for (x, power) in products.iter().zip(&powers) {
                mean.axpy(power / sum, x, 1.0);
            }
            for (place, (x, power)) in products.iter().zip(&powers).enumerate() {
                let difference = x - &mean;
                information.syger(power / sum, &difference, &difference, 1.0);
                if self.chosen[set.start + place] {
                    gradient += difference;
                    log_likelihood += utilities[place] - most - libm::log(sum);
                }
            }
        }
        information.fill_upper_triangle_with_lower_triangle();
        Evaluation {
            log_likelihood,
            gradient,
            information,
        }
    }

    fn factor(
        &self,
        information: &DMatrix<f64>,
        beta: &DVector<f64>,
    ) -> Result<Cholesky<f64, nalgebra::Dyn>> {
        let scale = self.sets.len() as f64;
        let factor = Cholesky::new(information.clone());
        let least = |factor: &Cholesky<f64, nalgebra::Dyn>| {
            let root = factor.l_dirty().diagonal();
            root.iter().fold(f64::INFINITY, |least, l| least.min(l * l))
        };
        match factor {
            Some(factor) if least(&factor) > 1e-11 * scale => Ok(factor),
            _ if beta.amax() > 10.0 => Err(unbounded(beta.iamax())),
            _ => {
                let reason = "must tell the levels apart: give sets that differ in each of them";
                Err(Error::new(ErrorKind::NoSolution, "products", reason))
            }
        }
    }
}

fn unbounded(coefficient: usize) -> Error {
    let reason = "has a level that is always or never chosen, so that its worth has no bound";
    Error::new(ErrorKind::NoSolution, "chosen", reason)
        .with_value(format_args!("separating in coefficient {coefficient}"))
}
