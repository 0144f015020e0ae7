use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// Customers by two divisions of them, such as value × needs, or type before × type after: [`cross_table`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CrossTable {
    /// Rows of the table.
    pub rows: usize,
    /// Columns of the table.
    pub columns: usize,
    /// Customers in each cell, row after row.
    pub counts: Vec<u64>,
    /// Σ of what was measured in each cell; NaN cells do not occur, 0 where nobody is.
    pub totals: Vec<f64>,
}

impl CrossTable {
    /// Customers in a cell.
    #[must_use]
    pub fn count(&self, row: usize, column: usize) -> Option<u64> {
        self.counts.get(self.cell(row, column)?).copied()
    }

    /// Σ of what was measured in a cell.
    #[must_use]
    pub fn total(&self, row: usize, column: usize) -> Option<f64> {
        self.totals.get(self.cell(row, column)?).copied()
    }

    /// The share of each row's customers in each of its cells: of a table of types before and after, the probabilities of the moves. NaN
    /// in a row without customers.
    #[must_use]
    pub fn row_shares(&self) -> Vec<f64> {
        let rows = self.counts.chunks(self.columns.max(1));
        rows.flat_map(|row| {
            let sum = row.iter().sum::<u64>() as f64;
            row.iter().map(move |&count| count as f64 / sum)
        })
        .collect()
    }

    fn cell(&self, row: usize, column: usize) -> Option<usize> {
        (row < self.rows && column < self.columns).then_some(row * self.columns + column)
    }
}

/// Counts customers by two divisions, and sums `measure` (their value, say) in each cell; `None` sums nothing.
///
/// ```
/// use crm_core::idic::differentiate::cross_table;
///
/// let table = cross_table(&[0, 0, 1], 2, &[0, 1, 1], 2, Some(&[5.0, 7.0, 1.0]))?;
/// assert_eq!(table.count(0, 1), Some(1));
/// assert_eq!(table.totals, [5.0, 7.0, 0.0, 1.0]);
/// assert_eq!(table.row_shares(), [0.5, 0.5, 0.0, 1.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`]; [`ErrorKind::OutOfRange`] for a number beyond its division, with the row; [`ErrorKind::NotFinite`].
pub fn cross_table(
    first: &[u32],
    rows: usize,
    second: &[u32],
    columns: usize,
    measure: Option<&[f64]>,
) -> Result<CrossTable> {
    if second.len() != first.len() {
        return Err(Error::length("second", second.len(), first.len()));
    }
    if let Some(measure) = measure {
        if measure.len() != first.len() {
            return Err(Error::length("measure", measure.len(), first.len()));
        }
        if let Some((row, &value)) = (0..).zip(measure).find(|(_, x)| !x.is_finite()) {
            return Err(Error::not_finite("measure", value).at_row(row));
        }
    }
    for (argument, division, size) in [("first", first, rows), ("second", second, columns)] {
        if let Some((row, &group)) = (0..).zip(division).find(|(_, g)| **g as usize >= size) {
            let reason = format!("must be less than {size}");
            let error = Error::new(ErrorKind::OutOfRange, argument, reason);
            return Err(error.with_value(group).at_row(row));
        }
    }
    let cells = rows.saturating_mul(columns);
    let (mut counts, mut totals) = (vec![0; cells], vec![0.0; cells]);
    for (row, (&a, &b)) in first.iter().zip(second).enumerate() {
        let cell = a as usize * columns + b as usize;
        if let (Some(count), Some(total)) = (counts.get_mut(cell), totals.get_mut(cell)) {
            *count += 1;
            *total += measure.and_then(|m| m.get(row)).copied().unwrap_or(0.0);
        }
    }
    Ok(CrossTable {
        rows,
        columns,
        counts,
        totals,
    })
}
