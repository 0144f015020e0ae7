use serde::{Deserialize, Serialize};

use super::check_scores;
use crate::error::Result;
use crate::math::sum::Sum;
use crate::value::{check_column, check_length, out_of_range};

/// Customers and revenue by recency and frequency score.
///
/// Row-major: cell (r, f) is at (r − 1) · scores + f − 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RfmGrid {
    /// Number of scores of each measure.
    pub scores: u8,
    /// Customers per cell.
    pub customers: Vec<u64>,
    /// Revenue per cell.
    pub revenue: Vec<f64>,
}

impl RfmGrid {
    /// Counts customers and adds up their revenue by score.
    ///
    /// ```
    /// use crm_core::value::rfm::RfmGrid;
    ///
    /// let grid = RfmGrid::new(&[2, 2, 1], &[2, 2, 1], &[100.0, 50.0, 5.0], 2)?;
    /// assert_eq!(grid.customers, [1, 0, 0, 2]);
    /// assert_eq!(grid.revenue, [5.0, 0.0, 0.0, 150.0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `LengthMismatch`, `Empty`, `NotFinite` for `revenue`, `OutOfRange` for a score that is not
    /// from 1 to `scores`, or for `scores` outside 2 to 9.
    pub fn new(recency: &[u8], frequency: &[u8], revenue: &[f64], scores: u8) -> Result<Self> {
        check_scores(scores)?;
        check_length("frequency", frequency.len(), recency.len())?;
        check_length("revenue", revenue.len(), recency.len())?;
        check_column("revenue", revenue)?;
        let check = |argument, column: &[u8]| match (0..)
            .zip(column)
            .find(|(_, score)| !(1..=scores).contains(score))
        {
            Some((row, score)) => {
                let rule = format!("must be from 1 to {scores}");
                Err(out_of_range(argument, score, rule).at_row(row))
            }
            None => Ok(()),
        };
        check("recency", recency)?;
        check("frequency", frequency)?;
        let width = usize::from(scores);
        let mut cells = vec![(0_u64, Sum::default()); width * width];
        for ((r, f), revenue) in recency.iter().zip(frequency).zip(revenue) {
            let cell = (usize::from(*r) - 1) * width + usize::from(*f) - 1;
            if let Some((customers, sum)) = cells.get_mut(cell) {
                *customers += 1;
                sum.add(*revenue);
            }
        }
        Ok(RfmGrid {
            scores,
            customers: cells.iter().map(|(customers, _)| *customers).collect(),
            revenue: cells.iter().map(|(_, sum)| sum.value()).collect(),
        })
    }
}
