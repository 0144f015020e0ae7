use serde::{Deserialize, Serialize};

use super::super::TransitionMatrix;
use super::super::shares::flatten;
use super::TransitionPosterior;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Column;
use crate::math::double_double::DoubleDouble;

/// More brands than this are refused where the table of all pairs would be made: it would fill memory.
pub const MOST_BRANDS: usize = 4096;

const ARGUMENT: &str = "counts";

/// How often a buyer of brand i bought brand j next: n_ij, 0 or more, whole or weighted.
///
/// ```
/// use crm_core::clv::switching::estimate::{DirichletPrior, TransitionCounts};
///
/// // Five switches between two brands.
/// let counts = TransitionCounts::from_pairs(2, &[0, 0, 0, 0, 1], &[0, 0, 0, 1, 0], 1.0.into())?;
/// assert_eq!(counts.rows().next(), Some(&[3.0, 1.0][..]));
/// assert_eq!(counts.maximum_likelihood()?.entries(), [0.75, 0.25, 1.0, 0.0]);
///
/// // One count in advance for each pair keeps a probability from being exactly 0.
/// let posterior = counts.posterior(&DirichletPrior::Uniform(1.0))?;
/// assert_eq!(posterior.mean().entries(), [4.0 / 6.0, 2.0 / 6.0, 2.0 / 3.0, 1.0 / 3.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub struct TransitionCounts {
    states: usize,
    counts: Vec<f64>,
}

/// What is believed of every row before the data: counts in advance, α_ij.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirichletPrior {
    /// The same count for each pair: 1 is uniform over all matrices, ½ is Jeffreys' prior.
    Uniform(f64),
    /// One count for each next brand, the same in every row: market shares times the number of
    /// purchases that they shall weigh as much as.
    PerBrand(Vec<f64>),
    /// One row of counts for each brand bought now.
    Matrix(Vec<Vec<f64>>),
}

impl TransitionCounts {
    /// Counts from their rows.
    ///
    /// # Errors
    /// `Empty`, `LengthMismatch` if they are not square, and with the number of the row `NotFinite`,
    /// `OutOfRange` for a negative count, `Overflow`.
    pub fn new(rows: &[impl AsRef<[f64]>]) -> Result<Self> {
        let (states, counts) = flatten(ARGUMENT, rows)?;
        Self::from_row_major(states, counts)
    }

    /// Counts, row after row.
    ///
    /// # Errors
    /// As [`TransitionCounts::new`].
    pub fn from_row_major(states: usize, counts: Vec<f64>) -> Result<Self> {
        check_weights(ARGUMENT, states, &counts)?;
        Ok(TransitionCounts { states, counts })
    }

    /// Counts from pairs: in each row a brand bought, the one bought next, and the weight of the
    /// pair (1, or the number of customers that it stands for).
    ///
    /// # Errors
    /// `Empty` for no brands or no pairs, `LengthMismatch`, `OutOfRange` for more than [`MOST_BRANDS`],
    /// and with the row `OutOfRange` for a brand that is not below `states` or a negative weight,
    /// `NotFinite`, `Overflow`.
    pub fn from_pairs(states: usize, from: &[u32], to: &[u32], weight: Column<'_>) -> Result<Self> {
        if from.is_empty() {
            return Err(Error::empty("from"));
        }
        if to.len() != from.len() {
            return Err(Error::length("to", to.len(), from.len()));
        }
        weight.require_rows("weight", from.len())?;
        check_brands(states, MOST_BRANDS)?;
        let mut counts = TransitionCounts::zero(states);
        for (row, (&i, &j)) in from.iter().zip(to).enumerate() {
            let weight = weight.get(row);
            check_weight("weight", weight).map_err(|error| error.at_row(row))?;
            let (i, j) = (brand("from", states, i, row)?, brand("to", states, j, row)?);
            counts.add(i, j, weight);
        }
        Self::from_row_major(states, counts.counts)
    }

    /// No switches yet.
    pub(super) fn zero(states: usize) -> Self {
        TransitionCounts {
            states,
            counts: vec![0.0; states * states],
        }
    }

    pub(super) fn add(&mut self, from: usize, to: usize, weight: f64) {
        if let Some(count) = self.counts.get_mut(from * self.states + to) {
            *count += weight;
        }
    }

    /// The number of brands.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The counts, row after row.
    #[must_use]
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// The rows in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.counts.chunks_exact(self.states)
    }

    /// n_i: how often each brand was left for any brand, itself included.
    #[must_use]
    pub fn row_sums(&self) -> Vec<f64> {
        self.rows().map(row_sum).collect()
    }

    /// n: all switches.
    #[must_use]
    pub fn total(&self) -> f64 {
        row_sum(&self.counts)
    }

    /// The matrix under which the counts are likeliest: P_ij = n_ij / n_i.
    ///
    /// Source: Anderson & Goodman 1957, "Statistical inference about Markov chains", section 2.
    ///
    /// # Errors
    /// `Empty` with the row of a brand from which no switch was seen: nothing is known about it, unless
    /// a prior says something.
    pub fn maximum_likelihood(&self) -> Result<TransitionMatrix> {
        let mut entries = self.counts.clone();
        for (i, row) in entries.chunks_exact_mut(self.states).enumerate() {
            let sum = row_sum(row);
            if sum == 0.0 {
                return Err(unobserved(i));
            }
            row.iter_mut().for_each(|count| *count /= sum);
        }
        Ok(TransitionMatrix::trusted(self.states, entries))
    }

    /// What is known of every row after the data: row i of P is Dirichlet with parameters
    /// α_ij + n_ij, where α are the counts in advance.
    ///
    /// Source: Martin 1967, "Bayesian Decision Problems and Markov Chains", the matrix beta distribution.
    ///
    /// # Errors
    /// `LengthMismatch` for a prior of other brands; with the row `NotFinite`, `OutOfRange` for a negative
    /// count in advance or a pair that has neither a count nor one in advance, `Overflow`.
    pub fn posterior(&self, prior: &DirichletPrior) -> Result<TransitionPosterior> {
        let mut parameters = prior.parameters(self.states)?;
        for (parameter, count) in parameters.iter_mut().zip(&self.counts) {
            *parameter += count;
        }
        TransitionPosterior::from_row_major(self.states, parameters)
    }
}

impl DirichletPrior {
    /// Row after row.
    fn parameters(&self, states: usize) -> Result<Vec<f64>> {
        const ARGUMENT: &str = "prior";
        let of_brands = |row: &[f64]| {
            row.iter()
                .try_for_each(|&alpha| check_weight(ARGUMENT, alpha))?;
            if row.len() == states {
                Ok(())
            } else {
                Err(Error::length(ARGUMENT, row.len(), states))
            }
        };
        match self {
            DirichletPrior::Uniform(alpha) => {
                check_weight(ARGUMENT, *alpha)?;
                Ok(vec![*alpha; states * states])
            }
            DirichletPrior::PerBrand(row) => {
                of_brands(row)?;
                Ok(row.repeat(states))
            }
            DirichletPrior::Matrix(rows) => {
                if rows.len() != states {
                    return Err(Error::length(ARGUMENT, rows.len(), states));
                }
                for (i, row) in rows.iter().enumerate() {
                    of_brands(row).map_err(|error| error.at_row(i))?;
                }
                Ok(rows.concat())
            }
        }
    }
}

impl TryFrom<Vec<Vec<f64>>> for TransitionCounts {
    type Error = Error;

    fn try_from(rows: Vec<Vec<f64>>) -> Result<Self> {
        Self::new(&rows)
    }
}

impl From<TransitionCounts> for Vec<Vec<f64>> {
    fn from(counts: TransitionCounts) -> Self {
        counts.rows().map(<[f64]>::to_vec).collect()
    }
}

/// A square table of finite numbers, 0 or more, with finite sums of rows.
pub(super) fn check_weights(argument: &'static str, states: usize, weights: &[f64]) -> Result<()> {
    if states == 0 || weights.is_empty() {
        return Err(Error::empty(argument));
    }
    if states.checked_mul(states) != Some(weights.len()) {
        let expected = states.saturating_mul(states);
        return Err(Error::length(argument, weights.len(), expected));
    }
    for (i, row) in weights.chunks_exact(states).enumerate() {
        row.iter()
            .try_for_each(|&weight| check_weight(argument, weight))
            .map_err(|error| error.at_row(i))?;
        if !row_sum(row).is_finite() {
            return Err(Error::overflow(argument).at_row(i));
        }
    }
    Ok(())
}

pub(super) fn check_weight(argument: &'static str, weight: f64) -> Result<()> {
    if !weight.is_finite() {
        return Err(Error::not_finite(argument, weight));
    }
    if weight < 0.0 {
        let error = Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more");
        return Err(error.with_value(weight));
    }
    Ok(())
}

/// A number of brands for which a table is made.
pub(super) fn check_brands(states: usize, most: usize) -> Result<()> {
    if states == 0 {
        return Err(Error::empty("brands"));
    }
    if states > most {
        let reason = format!("must be at most {most} brands");
        return Err(Error::new(ErrorKind::OutOfRange, "brands", reason).with_value(states));
    }
    Ok(())
}

/// The code of a brand as a place in a table.
pub(super) fn brand(argument: &'static str, states: usize, code: u32, row: usize) -> Result<usize> {
    let place = code as usize;
    if place < states {
        return Ok(place);
    }
    let reason = format!("must be the code of one of {states} brands, counted from 0");
    let error = Error::new(ErrorKind::OutOfRange, argument, reason);
    Err(error.with_value(code).at_row(row))
}

fn row_sum(row: &[f64]) -> f64 {
    DoubleDouble::sum(row.iter().copied()).to_f64()
}

fn unobserved(row: usize) -> Error {
    let reason = "holds no switch from this brand: leave the brand out, or give a prior";
    Error::new(ErrorKind::Empty, ARGUMENT, reason).at_row(row)
}
