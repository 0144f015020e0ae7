//! Linear regression by least squares.

use std::fmt::Display;

use nalgebra::{DMatrix, DVector};

use super::sum::Sum;
use crate::error::{Error, ErrorKind};

/// A column whose part that the columns before it do not explain is smaller than this, relative to itself, is
/// taken as their linear combination: the rounding of the data has eaten what is left.
const INDEPENDENT: f64 = 1e-11;

/// The minimum of Σ w (y − Xβ)², with what the residuals say of its error.
#[derive(Debug, Clone)]
pub(crate) struct LeastSquares {
    /// β, first the intercept where there is one.
    pub(crate) coefficients: Vec<f64>,
    /// (XᵀWX)⁻¹, in the order of the coefficients.
    pub(crate) inverse: DMatrix<f64>,
    /// y − Xβ.
    pub(crate) residuals: Vec<f64>,
    /// Σ w (y − Xβ)².
    pub(crate) residual_squares: f64,
    /// Σ w (y − ȳ)², or Σ w y² without an intercept.
    pub(crate) total_squares: f64,
    /// Rows less coefficients.
    pub(crate) degrees: usize,
}

/// Why there is no single minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undetermined {
    /// The column of this place is a linear combination of the intercept and the columns before it.
    Collinear(usize),
    /// There are not more rows than coefficients.
    TooFewRows,
}

impl Undetermined {
    /// The error of an `argument` whose columns are called by `name`.
    pub(crate) fn error<N: Display>(
        self,
        argument: &'static str,
        name: impl FnOnce(usize) -> N,
    ) -> Error {
        match self {
            Undetermined::Collinear(column) => Error::new(
                ErrorKind::NoSolution,
                argument,
                "is a constant or a linear combination of the columns before it",
            )
            .with_value(format_args!("collinear in column {}", name(column))),
            Undetermined::TooFewRows => Error::new(
                ErrorKind::NoSolution,
                argument,
                "must have more rows than the regression has coefficients",
            ),
        }
    }
}

impl LeastSquares {
    /// Regresses `response` on `columns` of the same length, all of them finite. `weights`, all positive, are
    /// inverse variances of the rows.
    ///
    /// The columns are centred where there is an intercept, then orthogonalised by Householder reflections, so that
    /// the error grows with the condition of X, not with its square.
    ///
    /// Source: Golub & Van Loan 2013, "Matrix Computations", algorithm 5.3.2.
    pub(crate) fn fit(
        columns: &[impl AsRef<[f64]>],
        response: &[f64],
        weights: Option<&[f64]>,
        intercept: bool,
    ) -> Result<Self, Undetermined> {
        let (rows, count) = (response.len(), columns.len());
        let coefficients = count + usize::from(intercept);
        if rows <= coefficients {
            return Err(Undetermined::TooFewRows);
        }
        let roots: Vec<f64> = match weights {
            Some(weights) => weights.iter().map(|&w| libm::sqrt(w)).collect(),
            None => vec![1.0; rows],
        };
        let total_weight = roots.iter().map(|r| r * r).collect::<Sum>().value();
        let centre = |values: &[f64]| {
            let weighted = values.iter().zip(&roots).map(|(x, r)| r * r * x);
            if intercept {
                weighted.collect::<Sum>().value() / total_weight
            } else {
                0.0
            }
        };
        let scaled = |values: &[f64], mean: f64| {
            let centred = values.iter().zip(&roots).map(|(x, r)| r * (x - mean));
            DVector::from_iterator(rows, centred)
        };
        let means = DVector::from_iterator(count, columns.iter().map(|x| centre(x.as_ref())));
        let mean = centre(response);
        let design: Vec<DVector<f64>> = columns
            .iter()
            .zip(means.iter())
            .map(|(x, &mean)| scaled(x.as_ref(), mean))
            .collect();
        let sizes: Vec<f64> = columns
            .iter()
            .map(|x| scaled(x.as_ref(), 0.0).norm())
            .collect();
        let target = scaled(response, mean);
        let total_squares = target.norm_squared();

        let design = if count == 0 {
            DMatrix::zeros(rows, 0)
        } else {
            DMatrix::from_columns(&design)
        };
        let factors = design.clone().qr();
        let triangle = factors.r();
        let independent = |(j, size): (usize, &f64)| {
            let left = triangle.get((j, j)).copied().unwrap_or(0.0);
            left.abs() > INDEPENDENT * size
        };
        if let Some(j) = sizes.iter().enumerate().position(|each| !independent(each)) {
            return Err(Undetermined::Collinear(j));
        }
        let mut projected = target.clone();
        factors.q_tr_mul(&mut projected);
        let slopes = triangle
            .solve_upper_triangular(&projected.rows(0, count))
            .ok_or(Undetermined::TooFewRows)?;
        let left = triangle
            .solve_upper_triangular(&DMatrix::identity(count, count))
            .ok_or(Undetermined::TooFewRows)?;
        let inverse = &left * left.transpose();

        let scaled_residuals = target - design * &slopes;
        let residuals = scaled_residuals.iter().zip(&roots).map(|(e, r)| e / r);
        let fit = LeastSquares {
            coefficients: slopes.iter().copied().collect(),
            inverse,
            residuals: residuals.collect(),
            residual_squares: scaled_residuals.norm_squared(),
            total_squares,
            degrees: rows - coefficients,
        };
        Ok(if intercept {
            fit.with_intercept(mean, &means, total_weight)
        } else {
            fit
        })
    }

    /// The intercept ȳ − x̄ᵀβ of centred columns, put before the slopes.
    fn with_intercept(self, mean: f64, means: &DVector<f64>, weight: f64) -> Self {
        let explained: f64 = means
            .iter()
            .zip(&self.coefficients)
            .map(|(m, b)| m * b)
            .sum();
        let spread = &self.inverse * means;
        let slopes = means.len();
        let mut inverse = DMatrix::zeros(slopes + 1, slopes + 1);
        inverse
            .view_mut((0, 0), (1, 1))
            .fill(1.0 / weight + means.dot(&spread));
        inverse.view_mut((1, 0), (slopes, 1)).copy_from(&-&spread);
        inverse
            .view_mut((0, 1), (1, slopes))
            .copy_from(&(-&spread).transpose());
        inverse
            .view_mut((1, 1), (slopes, slopes))
            .copy_from(&self.inverse);
        let coefficients = std::iter::once(mean - explained).chain(self.coefficients);
        LeastSquares {
            coefficients: coefficients.collect(),
            inverse,
            ..self
        }
    }

    /// s² = Σ w e² / (n − k), the variance of a row of weight 1.
    pub(crate) fn residual_variance(&self) -> f64 {
        self.residual_squares / self.degrees as f64
    }

    /// s² (XᵀWX)⁻¹, the covariance matrix of the coefficients.
    pub(crate) fn covariance(&self) -> DMatrix<f64> {
        &self.inverse * self.residual_variance()
    }

    /// The roots of the diagonal of [`covariance`](LeastSquares::covariance).
    pub(crate) fn standard_errors(&self) -> Vec<f64> {
        let variances = self.inverse.diagonal() * self.residual_variance();
        variances.iter().map(|&v| libm::sqrt(v)).collect()
    }

    /// R² = 1 − residual over total squares; NaN where the response does not vary.
    pub(crate) fn r_squared(&self) -> f64 {
        1.0 - self.residual_squares / self.total_squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGLEY: [[f64; 7]; 16] = [
        [60323.0, 83.0, 234289.0, 2356.0, 1590.0, 107608.0, 1947.0],
        [61122.0, 88.5, 259426.0, 2325.0, 1456.0, 108632.0, 1948.0],
        [60171.0, 88.2, 258054.0, 3682.0, 1616.0, 109773.0, 1949.0],
        [61187.0, 89.5, 284599.0, 3351.0, 1650.0, 110929.0, 1950.0],
        [63221.0, 96.2, 328975.0, 2099.0, 3099.0, 112075.0, 1951.0],
        [63639.0, 98.1, 346999.0, 1932.0, 3594.0, 113270.0, 1952.0],
        [64989.0, 99.0, 365385.0, 1870.0, 3547.0, 115094.0, 1953.0],
        [63761.0, 100.0, 363112.0, 3578.0, 3350.0, 116219.0, 1954.0],
        [66019.0, 101.2, 397469.0, 2904.0, 3048.0, 117388.0, 1955.0],
        [67857.0, 104.6, 419180.0, 2822.0, 2857.0, 118734.0, 1956.0],
        [68169.0, 108.4, 442769.0, 2936.0, 2798.0, 120445.0, 1957.0],
        [66513.0, 110.8, 444546.0, 4681.0, 2637.0, 121950.0, 1958.0],
        [68655.0, 112.6, 482704.0, 3813.0, 2552.0, 123366.0, 1959.0],
        [69564.0, 114.2, 502601.0, 3931.0, 2514.0, 125368.0, 1960.0],
        [69331.0, 115.7, 518173.0, 4806.0, 2572.0, 127852.0, 1961.0],
        [70551.0, 116.9, 554894.0, 4007.0, 2827.0, 130081.0, 1962.0],
    ];
    /// Coefficient and standard error.
    const CERTIFIED: [(f64, f64); 7] = [
        (-3_482_258.634_595_82, 890_420.383_607_373),
        (15.061_872_271_373_3, 84.914_925_774_766_9),
        (-0.035_819_179_292_591_0, 0.033_491_007_772_243_2),
        (-2.020_229_803_816_83, 0.488_399_681_651_699),
        (-1.033_226_867_173_59, 0.214_274_163_161_675),
        (-0.051_104_105_653_580_7, 0.226_073_200_069_370),
        (1_829.151_464_613_55, 455.478_499_142_212),
    ];

    fn columns() -> (Vec<Vec<f64>>, Vec<f64>) {
        let column = |j: usize| LONGLEY.iter().map(|row| row[j]).collect::<Vec<f64>>();
        ((1..7).map(column).collect(), column(0))
    }

    /// Certified values: NIST Statistical Reference Datasets, linear regression, Longley.
    #[test]
    fn longley() {
        let (x, y) = columns();
        let fit = LeastSquares::fit(&x, &y, None, true).unwrap();
        let errors = fit.standard_errors();
        for (j, (coefficient, error)) in CERTIFIED.iter().enumerate() {
            let found = (fit.coefficients[j], errors[j]);
            assert!((found.0 / coefficient - 1.0).abs() < 1e-11, "{found:?}");
            assert!((found.1 / error - 1.0).abs() < 1e-11, "{found:?}");
        }
        let spread = libm::sqrt(fit.residual_variance());
        assert!(
            (spread / 304.854_073_561_965 - 1.0).abs() < 1e-13,
            "{spread}"
        );
        assert!((fit.r_squared() - 0.995_479_004_577_296).abs() < 1e-14);
        assert_eq!(fit.degrees, 9);
    }

    /// The intercept is a column of ones like any other.
    #[test]
    fn intercept_as_a_column() {
        let (mut x, y) = columns();
        x.truncate(2);
        let with = LeastSquares::fit(&x, &y, None, true).unwrap();
        x.insert(0, vec![1.0; y.len()]);
        let without = LeastSquares::fit(&x, &y, None, false).unwrap();
        for j in 0..3 {
            let (a, b) = (with.coefficients[j], without.coefficients[j]);
            assert!((a / b - 1.0).abs() < 1e-11, "{a} {b}");
            for k in 0..3 {
                let (a, b) = (with.covariance()[(j, k)], without.covariance()[(j, k)]);
                assert!((a / b - 1.0).abs() < 1e-10, "{a} {b}");
            }
        }
    }

    /// A weight of 2 is the same row twice, up to the degrees of freedom.
    #[test]
    fn weights_are_repetitions() {
        let (x, y) = ([1.0, 2.0, 4.0, 7.0], [2.0, 3.0, 9.0, 11.0]);
        let weighted = LeastSquares::fit(&[x], &y, Some(&[1.0, 2.0, 1.0, 1.0]), true).unwrap();
        let (x, y) = ([1.0, 2.0, 2.0, 4.0, 7.0], [2.0, 3.0, 3.0, 9.0, 11.0]);
        let repeated = LeastSquares::fit(&[x], &y, None, true).unwrap();
        for (a, b) in weighted.coefficients.iter().zip(&repeated.coefficients) {
            assert!((a - b).abs() < 1e-14);
        }
        assert!((weighted.residual_squares - repeated.residual_squares).abs() < 1e-13);
        assert!((weighted.r_squared() - repeated.r_squared()).abs() < 1e-14);
        assert_eq!((weighted.degrees, repeated.degrees), (2, 3));
        // By hand: Sxx = 22.8, Sxy = 37.4 about the means 3.2 and 5.6.
        assert!((repeated.coefficients[1] - 37.4 / 22.8).abs() < 1e-14);
    }

    #[test]
    fn what_is_not_determined() {
        let (mut x, y) = columns();
        let sum = x[0].iter().zip(&x[3]).map(|(a, b)| a - 2.0 * b + 3.0);
        x.insert(4, sum.collect());
        let found = LeastSquares::fit(&x, &y, None, true).unwrap_err();
        assert_eq!(found, Undetermined::Collinear(4));
        let error = found.error("attributes", |j| j);
        assert_eq!(error.kind(), ErrorKind::NoSolution);
        assert_eq!(error.value(), Some("collinear in column 4"));
        let constant = LeastSquares::fit(&[vec![0.1; 16]], &y, None, true).unwrap_err();
        assert_eq!(constant, Undetermined::Collinear(0));
        let few = LeastSquares::fit(&x, &y[..7], None, true).unwrap_err();
        assert_eq!(few, Undetermined::TooFewRows);
    }

    #[test]
    fn only_an_intercept() {
        let none: [Vec<f64>; 0] = [];
        let fit = LeastSquares::fit(&none, &[1.0, 2.0, 6.0], None, true).unwrap();
        assert_eq!(fit.coefficients, [3.0]);
        assert!((fit.standard_errors()[0] - libm::sqrt(7.0 / 3.0)).abs() < 1e-15);
    }
}
