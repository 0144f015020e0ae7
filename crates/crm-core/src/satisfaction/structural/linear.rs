//! Inverses of the small matrices of blocks and drivers.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the size of the matrix"
)]

/// A pivot below this, in a matrix with ones on its diagonal, is nothing but rounding.
const SINGULAR: f64 = 1e-12;

/// The inverse of a row-major matrix of correlations, by elimination with row pivoting.
///
/// # Errors
/// The first column that depends on those before it.
pub(super) fn inverse(mut matrix: Vec<f64>, size: usize) -> Result<Vec<f64>, usize> {
    let mut inverse = vec![0.0; size * size];
    for i in 0..size {
        inverse[i * size + i] = 1.0;
    }
    for column in 0..size {
        let mut pivot = column;
        for row in column + 1..size {
            if matrix[row * size + column].abs() > matrix[pivot * size + column].abs() {
                pivot = row;
            }
        }
        let largest = matrix[pivot * size + column];
        if largest.is_nan() || largest.abs() < SINGULAR {
            return Err(column);
        }
        for k in 0..size {
            matrix.swap(column * size + k, pivot * size + k);
            inverse.swap(column * size + k, pivot * size + k);
        }
        for k in 0..size {
            matrix[column * size + k] /= largest;
            inverse[column * size + k] /= largest;
        }
        for row in (0..size).filter(|&row| row != column) {
            let factor = matrix[row * size + column];
            if factor == 0.0 {
                continue;
            }
            for k in 0..size {
                matrix[row * size + k] -= factor * matrix[column * size + k];
                inverse[row * size + k] -= factor * inverse[column * size + k];
            }
        }
    }
    Ok(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses() {
        let found = inverse(vec![1.0, 0.6, 0.6, 1.0], 2).unwrap();
        for (found, expected) in found.iter().zip([1.5625, -0.9375, -0.9375, 1.5625]) {
            assert!((found - expected).abs() < 1e-15);
        }
        // Inadmissible correlations, as they come out of corrections, have an inverse.
        let found = inverse(vec![1.0, 1.25, 1.25, 1.0], 2).unwrap();
        assert!((found[0] + 1.0 / 0.5625).abs() < 1e-15);
        assert_eq!(
            inverse(vec![1.0, 0.5, 0.5, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0], 3).err(),
            None
        );
        assert_eq!(
            inverse(vec![1.0, 1.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0], 3),
            Err(1)
        );
    }
}
