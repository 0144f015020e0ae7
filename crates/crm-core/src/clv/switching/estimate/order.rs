//! Is one switching matrix enough: tests of its order, over time and between groups.

use serde::Serialize;

use super::counts::check_brands;
use super::{PurchasePanel, TransitionCounts};
use crate::error::{Error, ErrorKind, Result};
use crate::math::gamma::chi_square_tail;

/// More brands than this are refused where a table of all triples would be made.
pub const MOST_BRANDS_OF_TRIPLES: usize = 256;

/// A χ² test of counted switches: the statistic in two forms, and how likely a greater one is by
/// chance, if the hypothesis holds.
///
/// Both forms are close to χ² for large counts; where `smallest_expected` is below about 5, they may
/// be far from it, and from each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChiSquareTest {
    /// G² = 2 Σ n ln(n / m), where m is the count that the hypothesis expects.
    pub likelihood_ratio: f64,
    /// X² = Σ (n − m)² / m (Pearson).
    pub pearson: f64,
    /// Σ over the compared tables (rows − 1)(columns − 1); rows and columns of zeros do not count, as
    /// they cannot differ from what is expected.
    pub degrees_of_freedom: u64,
    /// The probability of more than `likelihood_ratio`, if the hypothesis holds.
    pub likelihood_ratio_p: f64,
    /// The probability of more than `pearson`, if the hypothesis holds.
    pub pearson_p: f64,
    /// The smallest m.
    pub smallest_expected: f64,
}

impl TransitionCounts {
    /// Order 0 against order 1: does the next brand not depend on the present one (H₀: P_ij = p_j)?
    /// If so, market shares are all there is to know. (k − 1)² degrees of freedom.
    ///
    /// Source: Anderson & Goodman 1957, section 3; Hoel 1954.
    ///
    /// ```
    /// use crm_core::clv::switching::estimate::TransitionCounts;
    ///
    /// let test = TransitionCounts::new(&[[30.0, 10.0], [20.0, 40.0]])?.independence_test()?;
    /// assert!((test.pearson - 16.666_666_666_666_668).abs() < 1e-12);
    /// assert_eq!(test.degrees_of_freedom, 1);
    /// assert!(test.pearson_p < 0.001);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `NoSolution` where fewer than two brands were left, or bought next: there is nothing to compare.
    pub fn independence_test(&self) -> Result<ChiSquareTest> {
        conditional_independence("counts", [(self.states(), self.counts())])
    }
}

/// Do all groups switch by the same matrix (H₀: P⁽¹⁾ = P⁽²⁾ = …)? Groups are segments of customers
/// (homogeneity) or periods of time (stationarity). (groups − 1) · k · (k − 1) degrees of freedom, less what
/// was never seen.
///
/// Source: Anderson & Goodman 1957, section 3.
///
/// # Errors
/// `Empty` for no groups, `LengthMismatch` with the row of a group of another number of brands,
/// `NoSolution` where no brand was left in two groups for two brands: there is nothing to compare.
pub fn homogeneity_test(groups: &[TransitionCounts]) -> Result<ChiSquareTest> {
    let states = groups.first().map_or(0, TransitionCounts::states);
    if states == 0 {
        return Err(Error::empty("groups"));
    }
    if let Some(row) = groups.iter().position(|group| group.states() != states) {
        let found = groups.get(row).map_or(0, TransitionCounts::states);
        return Err(Error::length("groups", found, states).at_row(row));
    }
    let table = |i: usize| -> Vec<f64> {
        groups
            .iter()
            .filter_map(|group| group.rows().nth(i))
            .flatten()
            .copied()
            .collect()
    };
    let tables: Vec<Vec<f64>> = (0..states).map(table).collect();
    conditional_independence("groups", tables.iter().map(|table| (states, &table[..])))
}

impl PurchasePanel {
    /// Do the customers switch by the same matrix in all periods? [`homogeneity_test`] of the
    /// [`counts_by_period`](PurchasePanel::counts_by_period).
    ///
    /// # Errors
    /// As these two.
    pub fn stationarity_test(&self, boundaries: &[i64]) -> Result<ChiSquareTest> {
        let periods = self.counts_by_period(boundaries)?;
        homogeneity_test(&periods).map_err(|error| error.named("boundaries"))
    }

    /// Order 1 against order 2: does the next brand not depend on the brand before the present one
    /// (H₀: P_hij = P_ij)? If it does, one matrix forgets something. k (k − 1)² degrees of freedom,
    /// less what was never seen.
    ///
    /// Source: Anderson & Goodman 1957, section 3.
    ///
    /// # Errors
    /// `OutOfRange` for more than [`MOST_BRANDS_OF_TRIPLES`] brands; `NoSolution` where no brand was reached from
    /// two brands and left for two: there is nothing to compare.
    pub fn second_order_test(&self) -> Result<ChiSquareTest> {
        let k = self.brands();
        check_brands(k, MOST_BRANDS_OF_TRIPLES)?;
        // By the present brand: one row for each brand before it, one column for each after it.
        let mut triples = vec![0.0; k * k * k];
        for triple in self.runs().flat_map(|run| run.windows(3)) {
            if let &[(before, _), (present, _), (next, _)] = triple
                && let Some(count) = triples.get_mut((present * k + before) * k + next)
            {
                *count += 1.0;
            }
        }
        conditional_independence("panel", triples.chunks_exact(k * k).map(|table| (k, table)))
    }
}

/// Rows and columns are independent in each table, with sums of rows and columns of its own:
/// m = row sum · column sum / sum. Tables are (number of columns, counts row after row).
fn conditional_independence<'a>(
    argument: &'static str,
    tables: impl IntoIterator<Item = (usize, &'a [f64])>,
) -> Result<ChiSquareTest> {
    let (mut likelihood_ratio, mut pearson, mut degrees) = (0.0, 0.0, 0_u64);
    let mut smallest_expected = f64::INFINITY;
    for (columns, table) in tables {
        let rows = || table.chunks_exact(columns);
        let row_sums: Vec<f64> = rows().map(|row| row.iter().sum()).collect();
        let mut column_sums = vec![0.0; columns];
        for row in rows() {
            column_sums
                .iter_mut()
                .zip(row)
                .for_each(|(sum, count)| *sum += count);
        }
        let total: f64 = row_sums.iter().sum();
        for (row, row_sum) in rows().zip(&row_sums) {
            for (&count, column_sum) in row.iter().zip(&column_sums) {
                let expected = row_sum * column_sum / total;
                if expected > 0.0 {
                    smallest_expected = expected.min(smallest_expected);
                    pearson += (count - expected) * (count - expected) / expected;
                }
                if count > 0.0 {
                    likelihood_ratio += 2.0 * count * libm::log(count / expected);
                }
            }
        }
        let seen = |sums: &[f64]| {
            sums.iter()
                .filter(|&&sum| sum > 0.0)
                .count()
                .saturating_sub(1) as u64
        };
        degrees += seen(&row_sums) * seen(&column_sums);
    }
    if degrees == 0 {
        let reason = "leave no degrees of freedom: too few brands were seen to compare anything";
        return Err(Error::new(ErrorKind::NoSolution, argument, reason));
    }
    // Where everything is as expected, rounding may leave less than 0.
    let likelihood_ratio = f64::max(likelihood_ratio, 0.0);
    Ok(ChiSquareTest {
        likelihood_ratio,
        pearson,
        degrees_of_freedom: degrees,
        likelihood_ratio_p: chi_square_tail(degrees as f64, likelihood_ratio),
        pearson_p: chi_square_tail(degrees as f64, pearson),
        smallest_expected,
    })
}
