//! Means and covariances of many columns in one pass.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of columns"
)]

use nalgebra::{DMatrix, DVector};

use super::sum;

/// Rows from which the origin of the sums is taken.
const ROWS_OF_ORIGIN: usize = 256;

/// Means and sums of squares and products about them, of columns that share their rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moments {
    /// Sum of weights.
    pub(crate) weight: f64,
    pub(crate) means: DVector<f64>,
    /// Σ w (x_i − x̄_i)(x_j − x̄_j).
    pub(crate) products: DMatrix<f64>,
}

impl Moments {
    /// Of the `columns`, all of `rows` finite numbers. `weight` says how often a row counts. The same bits for any number of
    /// threads.
    ///
    /// Deviations are taken from the means of the first rows, near to those of all, so that one pass loses no digits.
    pub(crate) fn of(
        columns: &[&[f64]],
        rows: usize,
        weight: impl Fn(usize) -> f64 + Sync + Send,
    ) -> Self {
        let count = columns.len();
        let origin: Vec<f64> = columns
            .iter()
            .map(|column| {
                let first = column.get(..ROWS_OF_ORIGIN).unwrap_or(column);
                first.iter().sum::<f64>() / first.len().max(1) as f64
            })
            .collect();
        let sums = sum::blocks(rows, 1 + count + count * (count + 1) / 2, |row, sums| {
            let w = weight(row);
            if w == 0.0 {
                return;
            }
            let (head, products) = sums.split_at_mut(1 + count);
            let mut parts = products.iter_mut();
            for (total, one) in head.iter_mut().zip(std::iter::once(w)) {
                *total += one;
            }
            let deviation = |j: usize| {
                let value = columns.get(j).and_then(|column| column.get(row));
                value.copied().unwrap_or(f64::NAN) - origin.get(j).copied().unwrap_or(0.0)
            };
            for (i, total) in head.iter_mut().skip(1).enumerate() {
                let weighted = w * deviation(i);
                *total += weighted;
                for (j, part) in (0..=i).zip(&mut parts) {
                    *part += weighted * deviation(j);
                }
            }
        });
        Moments::about(&origin, sums)
    }

    /// From Σ w, Σ w (x − o) and Σ w (x_i − o_i)(x_j − o_j) by rows of the lower triangle.
    fn about(origin: &[f64], sums: Vec<f64>) -> Self {
        let count = origin.len();
        let mut sums = sums.into_iter();
        let weight = sums.next().unwrap_or(0.0);
        let shifts = DVector::from_iterator(count, sums.by_ref().take(count)) / weight;
        let mut products = DMatrix::zeros(count, count);
        for i in 0..count {
            for j in 0..=i {
                let product = sums.next().unwrap_or(0.0) - weight * shifts[i] * shifts[j];
                products[(i, j)] = product;
                products[(j, i)] = product;
            }
        }
        Moments {
            weight,
            means: DVector::from_column_slice(origin) + shifts,
            products,
        }
    }

    /// Covariances with the divisor n − 1.
    pub(crate) fn covariance(&self) -> DMatrix<f64> {
        &self.products / (self.weight - 1.0)
    }

    /// The column of this place does not vary beyond rounding.
    pub(crate) fn is_constant(&self, column: usize) -> bool {
        /// Deviation over mean that the sums of a constant column may have.
        const ROUNDING: f64 = 1e-14;
        let mean = self.means[column];
        self.products[(column, column)] <= self.weight * (ROUNDING * mean) * (ROUNDING * mean)
    }

    /// Correlations; the diagonal is 1. No column may be constant.
    pub(crate) fn correlation(&self) -> DMatrix<f64> {
        let roots = self.products.diagonal().map(libm::sqrt);
        DMatrix::from_fn(roots.len(), roots.len(), |i, j| {
            if i == j {
                1.0
            } else {
                (self.products[(i, j)] / roots[i] / roots[j]).clamp(-1.0, 1.0)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: means 3 and 10⁹ + 2, squares 10 and 10, product 7.
    #[test]
    fn two_columns_far_from_zero() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        let y = [1e9, 1e9 + 1.0, 1e9 + 4.0, 1e9 + 2.0, 1e9 + 3.0];
        let moments = Moments::of(&[&x, &y], 5, |_| 1.0);
        assert_eq!(moments.means.as_slice(), [3.0, 1e9 + 2.0]);
        assert_eq!(moments.products.as_slice(), [10.0, 7.0, 7.0, 10.0]);
        assert!((moments.correlation()[(0, 1)] - 0.7).abs() < 1e-15);
        assert_eq!(moments.covariance()[(0, 1)], 1.75);
        let twice = Moments::of(&[&x[..3]], 3, |row| [1.0, 2.0, 0.0][row]);
        assert_eq!((twice.weight, twice.means[0]), (3.0, 5.0 / 3.0));
        assert!(Moments::of(&[&[0.1; 300]], 300, |_| 1.0).is_constant(0));
    }
}
