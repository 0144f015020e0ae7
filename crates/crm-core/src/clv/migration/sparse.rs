use super::super::switching::{ShareRule, check_row, wrong_sum};
use crate::error::{Error, ErrorKind, Result};
use crate::math::double_double::DoubleDouble;

/// A row-stochastic matrix of many states, of which each row has few entries: compressed sparse rows.
///
/// Entries are between 0 and 1, entries of the same place add up, and every row sums to one within
/// [`SUM_TOLERANCE`](crate::clv::switching::SUM_TOLERANCE). What rounding left over is given to the largest
/// entry of the row, as the formulas of a dense [`TransitionMatrix`](crate::clv::switching::TransitionMatrix)
/// read it.
///
/// ```
/// use crm_core::clv::migration::SparseTransitions;
///
/// // 0.3 → 0, 0.7 → 1; all of state 1 stays.
/// let matrix = SparseTransitions::from_csr(&[0, 2, 3], &[0, 1, 1], &[0.3, 0.7, 1.0])?;
/// assert_eq!((matrix.states(), matrix.entries()), (2, 3));
/// let same = SparseTransitions::from_triplets(2, &[1, 0, 0], &[1, 0, 1], &[1.0, 0.3, 0.7])?;
/// assert_eq!(same, matrix);
///
/// let error = SparseTransitions::from_csr(&[0, 2, 3], &[0, 1, 1], &[0.3, 0.7, 0.9]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "transition_matrix (row 1) is of sum 0.9: must sum to 1; normalize it, or say that it need not"
/// );
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseTransitions {
    row_starts: Vec<usize>,
    columns: Vec<u32>,
    probabilities: Vec<f64>,
}

impl SparseTransitions {
    /// The entries of row i are those from `row_starts[i]` to `row_starts[i + 1]`; `columns` says which
    /// state each leads to. (As `indptr`, `indices` and `data` of scipy.)
    ///
    /// # Errors
    /// `Empty` for no states; `OutOfRange` for row starts that do not rise from 0 to the number of
    /// entries and for a column beyond the last state; `LengthMismatch`; with the number of the state,
    /// `NotFinite`, `OutOfRange` and `NotStochastic` as for a dense matrix.
    pub fn from_csr(
        row_starts: &[usize],
        columns: &[usize],
        probabilities: &[f64],
    ) -> Result<Self> {
        let Some((states, &entries)) = row_starts.len().checked_sub(1).zip(row_starts.last())
        else {
            return Err(Error::empty("row_starts"));
        };
        if states == 0 {
            return Err(Error::empty("row_starts"));
        }
        check_lengths(columns, probabilities)?;
        let rising = row_starts
            .windows(2)
            .position(|w| matches!(w, [a, b] if a > b));
        let start = (row_starts.first() != Some(&0)).then_some(0);
        let end = (entries != columns.len()).then_some(states);
        if let Some(row) = start.or(rising.map(|row| row + 1)).or(end) {
            let reason = "must rise from 0 to the number of entries";
            let error = Error::new(ErrorKind::OutOfRange, "row_starts", reason).at_row(row);
            return Err(error.with_value(row_starts.get(row).copied().unwrap_or_default()));
        }
        let mut made = SparseTransitions {
            row_starts: row_starts.to_vec(),
            columns: check_states("columns", columns, states)?,
            probabilities: probabilities.to_vec(),
        };
        for state in 0..states {
            give_left_over("transition_matrix", made.row_mut(state))
                .map_err(|error| error.at_row(state))?;
        }
        Ok(made)
    }

    /// Each entry by itself, in any order: from state `rows[k]` to state `columns[k]` with probability
    /// `probabilities[k]`.
    ///
    /// # Errors
    /// As [`SparseTransitions::from_csr`].
    pub fn from_triplets(
        states: usize,
        rows: &[usize],
        columns: &[usize],
        probabilities: &[f64],
    ) -> Result<Self> {
        if states == 0 {
            return Err(Error::empty("states"));
        }
        check_lengths(columns, probabilities)?;
        if rows.len() != columns.len() {
            return Err(Error::length("rows", rows.len(), columns.len()));
        }
        if probabilities.len() < states {
            let reason = format!("must have an entry for each of {states} states");
            let error = Error::new(ErrorKind::LengthMismatch, "probabilities", reason);
            return Err(error.with_value(format_args!("of length {}", probabilities.len())));
        }
        let rows = check_states("rows", rows, states)?;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&k| rows.get(k).copied());
        let mut row_starts = vec![0_usize; states + 1];
        for &row in &rows {
            if let Some(count) = row_starts.get_mut(row as usize + 1) {
                *count += 1;
            }
        }
        let mut reached = 0;
        for start in &mut row_starts {
            reached += *start;
            *start = reached;
        }
        let columns: Vec<usize> = order
            .iter()
            .filter_map(|&k| columns.get(k).copied())
            .collect();
        let sorted = order.iter().filter_map(|&k| probabilities.get(k).copied());
        Self::from_csr(&row_starts, &columns, &sorted.collect::<Vec<_>>())
    }

    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.row_starts.len() - 1
    }

    /// The number of entries.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.probabilities.len()
    }

    /// The states that `state` leads to, and with what probabilities; nothing beyond the last state.
    #[must_use]
    pub fn row(&self, state: usize) -> (&[u32], &[f64]) {
        let range = self.range(state);
        let columns = self.columns.get(range.clone()).unwrap_or(&[]);
        (columns, self.probabilities.get(range).unwrap_or(&[]))
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&[u32], &[f64])> {
        self.row_starts.windows(2).map(|bounds| {
            let (start, end) = (bounds.first(), bounds.last());
            let range = start.copied().unwrap_or(0)..end.copied().unwrap_or(0);
            let columns = self.columns.get(range.clone()).unwrap_or(&[]);
            (columns, self.probabilities.get(range).unwrap_or(&[]))
        })
    }

    /// Rows that are known to be fine: a part of a matrix, whose rows need not sum to one.
    pub(super) fn from_rows(rows: impl Iterator<Item = impl Iterator<Item = (u32, f64)>>) -> Self {
        let mut made = SparseTransitions {
            row_starts: vec![0],
            columns: Vec::new(),
            probabilities: Vec::new(),
        };
        for row in rows {
            for (column, probability) in row {
                made.columns.push(column);
                made.probabilities.push(probability);
            }
            made.row_starts.push(made.columns.len());
        }
        made
    }

    /// Each row divided by its divisor.
    pub(super) fn divided(&self, divisors: &[f64]) -> Self {
        let mut made = self.clone();
        for (state, divisor) in divisors.iter().enumerate() {
            made.row_mut(state).iter_mut().for_each(|p| *p /= divisor);
        }
        made
    }

    pub(super) fn transposed(&self) -> Self {
        let mut rows = vec![Vec::new(); self.states()];
        for (from, (columns, probabilities)) in (0_u32..).zip(self.rows()) {
            for (&to, &probability) in columns.iter().zip(probabilities) {
                if let Some(row) = rows.get_mut(to as usize) {
                    row.push((from, probability));
                }
            }
        }
        Self::from_rows(rows.into_iter().map(Vec::into_iter))
    }

    /// out = now + δ P later.
    #[expect(
        clippy::indexing_slicing,
        reason = "columns are below the number of states, which all vectors have as length"
    )]
    pub(super) fn look_back(&self, now: &[f64], discount: f64, later: &[f64], out: &mut [f64]) {
        for (((columns, probabilities), now), out) in self.rows().zip(now).zip(out) {
            let mut sum = 0.0;
            for (&column, probability) in columns.iter().zip(probabilities) {
                sum += probability * later[column as usize];
            }
            *out = now + discount * sum;
        }
    }

    fn range(&self, state: usize) -> std::ops::Range<usize> {
        let at = |place| self.row_starts.get(place).copied();
        at(state)
            .zip(at(state + 1))
            .map_or(0..0, |(start, end)| start..end)
    }

    fn row_mut(&mut self, state: usize) -> &mut [f64] {
        let range = self.range(state);
        self.probabilities.get_mut(range).unwrap_or_default()
    }
}

fn check_lengths(columns: &[usize], probabilities: &[f64]) -> Result<()> {
    if columns.len() == probabilities.len() {
        Ok(())
    } else {
        let expected = columns.len();
        Err(Error::length(
            "probabilities",
            probabilities.len(),
            expected,
        ))
    }
}

/// Numbers of states that exist.
fn check_states(argument: &'static str, numbers: &[usize], states: usize) -> Result<Vec<u32>> {
    let check = |(row, &number): (usize, &usize)| match u32::try_from(number) {
        Ok(state) if number < states => Ok(state),
        _ => {
            let reason = format!("must be less than {states}, the number of states");
            let error = Error::new(ErrorKind::OutOfRange, argument, reason);
            Err(error.with_value(number).at_row(row))
        }
    };
    numbers.iter().enumerate().map(check).collect()
}

/// Checks a row and adds what rounding left over to its largest entry.
pub(super) fn give_left_over(argument: &'static str, row: &mut [f64]) -> Result<()> {
    if row.is_empty() {
        return Err(wrong_sum(argument, row, "must sum to 1"));
    }
    check_row(argument, row, ShareRule::SumToOne)?;
    let left_over = DoubleDouble::from(1.0) - DoubleDouble::sum(row.iter().copied());
    if let Some(largest) = row.iter_mut().max_by(|a, b| a.total_cmp(b)) {
        *largest = (DoubleDouble::from(*largest) + left_over).to_f64();
    }
    Ok(())
}
