use serde::{Deserialize, Serialize};

use super::shares::{ShareRule, check_row, flatten, normalize_row};
use crate::error::{Error, Result};
use crate::math::double_double::DoubleDouble;

/// A row-stochastic matrix: P_ij is the probability that a buyer of brand i buys brand j next
/// (more generally, that a customer in state i is in state j one period later).
///
/// Entries are between 0 and 1 and every row sums to one within
/// [`SUM_TOLERANCE`](super::SUM_TOLERANCE). Formulas read each row as exactly stochastic: what
/// rounding left over belongs to its largest entry. So a matrix typed with a few decimals gives the
/// value of those decimals, over any number of periods.
///
/// ```
/// use crm_core::clv::switching::TransitionMatrix;
///
/// let matrix = TransitionMatrix::new(&[[0.7, 0.3], [0.4, 0.6]])?;
/// assert_eq!(matrix.states(), 2);
///
/// let error = TransitionMatrix::new(&[[0.7, 0.3], [0.4, 0.5]]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "transition_matrix (row 1) is of sum 0.9: must sum to 1; normalize it, or say that it need not"
/// );
/// let counts = [[14.0, 6.0], [4.0, 6.0]];
/// assert_eq!(TransitionMatrix::normalized(&counts)?, matrix);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub struct TransitionMatrix {
    states: usize,
    entries: Vec<f64>,
}

const ARGUMENT: &str = "transition_matrix";

impl TransitionMatrix {
    /// A matrix from its rows.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`](crate::ErrorKind::Empty), `LengthMismatch` if it is not square, and with
    /// the number of the row `NotFinite`, `OutOfRange` for an entry outside [0, 1], `NotStochastic`
    /// with the sum of the row.
    pub fn new(rows: &[impl AsRef<[f64]>]) -> Result<Self> {
        let (states, entries) = flatten(ARGUMENT, rows)?;
        Self::from_row_major(states, entries)
    }

    /// A matrix from its entries, row after row.
    ///
    /// # Errors
    /// As [`TransitionMatrix::new`].
    pub fn from_row_major(states: usize, entries: Vec<f64>) -> Result<Self> {
        check_square(states, &entries)?;
        for (i, row) in entries.chunks_exact(states).enumerate() {
            check_row(ARGUMENT, row, ShareRule::SumToOne).map_err(|error| error.at_row(i))?;
        }
        Ok(TransitionMatrix { states, entries })
    }

    /// A matrix from rows of weights, 0 or more (counted switches, say), each divided by its sum.
    ///
    /// # Errors
    /// `Empty`, `LengthMismatch` if it is not square, and with the number of the row `NotFinite`,
    /// `OutOfRange` for a negative weight, `NotStochastic` for a row of zeros.
    pub fn normalized(rows: &[impl AsRef<[f64]>]) -> Result<Self> {
        let (states, mut entries) = flatten(ARGUMENT, rows)?;
        check_square(states, &entries)?;
        for (i, row) in entries.chunks_exact_mut(states).enumerate() {
            normalize_row(ARGUMENT, row).map_err(|error| error.at_row(i))?;
        }
        Ok(TransitionMatrix { states, entries })
    }

    /// A matrix whose rows are known to be stochastic.
    pub(super) fn trusted(states: usize, entries: Vec<f64>) -> Self {
        TransitionMatrix { states, entries }
    }

    /// The number of brands, or states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The rows in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.entries.chunks_exact(self.states)
    }

    /// The entries, row after row.
    #[must_use]
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// The entries, row after row, with what rounding left over of each row in its largest entry.
    pub(in crate::clv) fn stochastic_entries(&self) -> Vec<f64> {
        let exact = self.exact_entries().into_iter();
        exact.map(DoubleDouble::to_f64).collect()
    }

    /// The entries, row after row, such that every row sums to exactly one.
    pub(super) fn exact_entries(&self) -> Vec<DoubleDouble> {
        let exact_row = |row: &[f64]| {
            let sum = DoubleDouble::sum(row.iter().copied());
            let left_over = DoubleDouble::from(1.0) - sum;
            let mut exact: Vec<DoubleDouble> = row.iter().copied().map(Into::into).collect();
            let largest = exact
                .iter_mut()
                .max_by(|a, b| a.to_f64().total_cmp(&b.to_f64()));
            if let Some(entry) = largest {
                *entry = *entry + left_over;
            }
            exact
        };
        self.rows().flat_map(exact_row).collect()
    }
}

fn check_square(states: usize, entries: &[f64]) -> Result<()> {
    if states == 0 || entries.is_empty() {
        return Err(Error::empty(ARGUMENT));
    }
    if states.checked_mul(states) != Some(entries.len()) {
        let expected = states.saturating_mul(states);
        return Err(Error::length(ARGUMENT, entries.len(), expected));
    }
    Ok(())
}

impl TryFrom<Vec<Vec<f64>>> for TransitionMatrix {
    type Error = Error;

    fn try_from(rows: Vec<Vec<f64>>) -> Result<Self> {
        Self::new(&rows)
    }
}

impl From<TransitionMatrix> for Vec<Vec<f64>> {
    fn from(matrix: TransitionMatrix) -> Self {
        matrix.rows().map(<[f64]>::to_vec).collect()
    }
}
