//! Weights of attributes from many collinear scores: principal component regression, and ridge and partial least
//! squares regression beside it.
//!
//! All of them see the data through the correlations R of the attributes and r with the overall satisfaction, which one
//! pass over the rows gives; b are the coefficients of standardised attributes:
//!
//! | method | b |
//! | --- | --- |
//! | least squares | R⁻¹ r |
//! | principal components | Σ v_j (v_j · r) / λ_j over the m largest eigenvalues λ of R |
//! | ridge | (R + penalty · I)⁻¹ r |
//! | partial least squares | the best fit to r in the span of r, Rr, …, Rᵐ⁻¹r |
//!
//! Source: Jolliffe 2002, "Principal Component Analysis", chapter 8 (principal components); Hoerl & Kennard 1970 (ridge);
//! Wold, Ruhe, Wold & Dunn 1984 and Helland 1988 (partial least squares).
//!
//! ```
//! use crm_core::satisfaction::regression::{Components, Method, Positive, fit, index_weights};
//!
//! // Two attributes that move together, and a third.
//! let attributes: [&[f64]; 3] = [&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 2.0, 3.0, 4.0, 6.0], &[3.0, 1.0, 4.0, 1.0, 5.0]];
//! let overall = [1.0, 2.0, 4.0, 4.0, 6.0];
//! let found = fit(&attributes, &overall, Method::PrincipalComponents(Components::Kaiser))?;
//! let weights = index_weights(&found.standardized, Positive::Refused)?;
//! assert!(found.r_squared > 0.9 && (weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//! # Ok::<(), crm_core::Error>(())
//! ```
#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of attributes"
)]

mod bootstrap;

pub use bootstrap::{RegressionIntervals, bootstrap};

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::matrix::{constant, solve};
use crate::error::{Error, ErrorKind, Result};
use crate::math::least_squares::Undetermined;
use crate::math::moments::Moments;
use crate::math::random::Stream;
use crate::survey::{check_column, range};
use crate::units::{Label, Terms};

/// How many principal components are kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Components {
    /// So many.
    Given(usize),
    /// The fewest that have this share of the variance, more than 0 and up to 1.
    Share(f64),
    /// Those whose variance is that of an attribute at least, λ ≥ 1. Source: Kaiser 1960.
    Kaiser,
    /// The number that predicts best the rows that were left out of the fit, one of `folds` random parts at a time.
    CrossValidated {
        /// Parts, 2 or more.
        folds: usize,
        /// Of the parts.
        seed: u64,
    },
}

/// How the coefficients are found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// All attributes, as they are.
    LeastSquares,
    /// The principal components of the attributes.
    PrincipalComponents(Components),
    /// A penalty of 0 or more on Σ b², in units of the correlation matrix.
    Ridge(f64),
    /// So many components of partial least squares.
    PartialLeastSquares(usize),
}

/// A [`Method`] without its numbers, where languages have no enums with fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum MethodKind {
    /// [`Method::LeastSquares`].
    LeastSquares = 0,
    /// [`Components::Given`] by a count.
    GivenComponents = 1,
    /// [`Components::Share`] by a number.
    ShareOfVariance = 2,
    /// [`Components::Kaiser`].
    Kaiser = 3,
    /// [`Components::CrossValidated`] by a count of folds and a seed.
    CrossValidated = 4,
    /// [`Method::Ridge`] by a number.
    Ridge = 5,
    /// [`Method::PartialLeastSquares`] by a count.
    PartialLeastSquares = 6,
}

impl MethodKind {
    /// The method with its numbers; it reads those that it has.
    #[must_use]
    pub fn with(self, number: f64, count: usize, seed: u64) -> Method {
        match self {
            MethodKind::LeastSquares => Method::LeastSquares,
            MethodKind::GivenComponents => Method::PrincipalComponents(Components::Given(count)),
            MethodKind::ShareOfVariance => Method::PrincipalComponents(Components::Share(number)),
            MethodKind::Kaiser => Method::PrincipalComponents(Components::Kaiser),
            MethodKind::CrossValidated => {
                Method::PrincipalComponents(Components::CrossValidated { folds: count, seed })
            }
            MethodKind::Ridge => Method::Ridge(number),
            MethodKind::PartialLeastSquares => Method::PartialLeastSquares(count),
        }
    }
}

impl Label for MethodKind {
    const ALL: &'static [Self] = &[
        MethodKind::LeastSquares,
        MethodKind::GivenComponents,
        MethodKind::ShareOfVariance,
        MethodKind::Kaiser,
        MethodKind::CrossValidated,
        MethodKind::Ridge,
        MethodKind::PartialLeastSquares,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            MethodKind::LeastSquares => ("least_squares", "Least squares", "最小二乘回归"),
            MethodKind::GivenComponents => (
                "given_components",
                "Principal components, number given",
                "主成分回归（给定个数）",
            ),
            MethodKind::ShareOfVariance => (
                "share_of_variance",
                "Principal components by share of variance",
                "主成分回归（累计贡献率）",
            ),
            MethodKind::Kaiser => (
                "kaiser",
                "Principal components by Kaiser",
                "主成分回归（特征值大于一）",
            ),
            MethodKind::CrossValidated => (
                "cross_validated",
                "Principal components, cross-validated",
                "主成分回归（交叉验证）",
            ),
            MethodKind::Ridge => ("ridge", "Ridge", "岭回归"),
            MethodKind::PartialLeastSquares => (
                "partial_least_squares",
                "Partial least squares",
                "偏最小二乘回归",
            ),
        };
        Terms { name, en, zh }
    }
}

/// A regression of overall satisfaction on attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Regression {
    /// Of attributes as they were answered.
    pub coefficients: Vec<f64>,
    /// ȳ − Σ coefficient · x̄.
    pub intercept: f64,
    /// Of standardised attributes and overall satisfaction.
    pub standardized: Vec<f64>,
    /// Components that were kept; all attributes of least squares and ridge.
    pub components: usize,
    /// Eigenvalues of the correlations of the attributes, the largest first: variances of the principal components.
    pub eigenvalues: Vec<f64>,
    /// Share of the variance of overall satisfaction that is explained.
    pub r_squared: f64,
    /// √(Σ (y − ŷ)² / n).
    pub root_mean_square_error: f64,
}

/// Regresses `overall` on `attributes`, columns of one answer a row.
///
/// # Errors
/// `Empty`; `LengthMismatch`; `NotFinite` with the row; `NoSolution` for a column that does not vary, for collinear
/// attributes in least squares (or ridge without penalty), and less than 3 rows; `OutOfRange` for a number of components
/// that is 0 or more than the attributes have independent ones, a share, a penalty or a number of folds outside its range.
pub fn fit(attributes: &[&[f64]], overall: &[f64], method: Method) -> Result<Regression> {
    check_table(attributes, overall)?;
    if overall.len() < 3 {
        return Err(Undetermined::TooFewRows.error("attributes", |j| j));
    }
    let columns: Vec<&[f64]> = attributes.iter().copied().chain([overall]).collect();
    let moments = Moments::of(&columns, overall.len(), |_| 1.0);
    let parts = Parts::new(&moments)?;
    let step = match method {
        Method::LeastSquares => Step::LeastSquares,
        Method::Ridge(penalty) if penalty >= 0.0 && penalty.is_finite() => Step::Ridge(penalty),
        Method::Ridge(penalty) => {
            return Err(range(
                "penalty",
                penalty,
                "must be a finite number, 0 or more",
            ));
        }
        Method::PartialLeastSquares(count) => {
            Step::PartialLeastSquares(check_count(count, attributes.len())?)
        }
        Method::PrincipalComponents(components) => {
            Step::PrincipalComponents(keep(components, &parts, &columns)?)
        }
    };
    let standardized = parts.coefficients(step)?;
    Ok(Regression {
        components: step.components(attributes.len()),
        ..parts.regression(&moments, standardized)
    })
}

/// A method whose number of components is known.
#[derive(Debug, Clone, Copy)]
enum Step {
    LeastSquares,
    PrincipalComponents(usize),
    Ridge(f64),
    PartialLeastSquares(usize),
}

impl Step {
    fn components(self, attributes: usize) -> usize {
        match self {
            Step::PrincipalComponents(count) | Step::PartialLeastSquares(count) => count,
            Step::LeastSquares | Step::Ridge(_) => attributes,
        }
    }
}

/// An eigenvalue that is smaller is rounding.
const SMALL: f64 = 1e-11;

/// What moments say, standardised.
struct Parts {
    /// R and r.
    correlation: DMatrix<f64>,
    target: DVector<f64>,
    /// Eigenvalues, the largest first, and their vectors.
    eigenvalues: Vec<f64>,
    vectors: DMatrix<f64>,
}

impl Parts {
    fn new(moments: &Moments) -> Result<Self> {
        let count = moments.means.len() - 1;
        if let Some(column) = (0..count).find(|&j| moments.is_constant(j)) {
            return Err(constant("attributes", column));
        }
        if moments.is_constant(count) {
            return Err(constant("overall", 0));
        }
        let all = moments.correlation();
        let correlation = all.view((0, 0), (count, count)).into_owned();
        let eigen = correlation.clone().symmetric_eigen();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        Ok(Parts {
            target: all.column(count).rows(0, count).into_owned(),
            eigenvalues: order
                .iter()
                .map(|&j| eigen.eigenvalues[j].max(0.0))
                .collect(),
            vectors: eigen.eigenvectors.select_columns(&order),
            correlation,
        })
    }

    /// Components whose variance is more than rounding.
    fn rank(&self) -> usize {
        self.eigenvalues
            .iter()
            .filter(|&&value| value > SMALL)
            .count()
    }

    fn coefficients(&self, step: Step) -> Result<DVector<f64>> {
        let solved = |matrix: &DMatrix<f64>| {
            solve(matrix, &self.target)
                .map_err(|undetermined| undetermined.error("attributes", |column| column))
        };
        match step {
            Step::LeastSquares => solved(&self.correlation),
            Step::Ridge(penalty) => {
                let count = self.target.len();
                solved(&(&self.correlation + DMatrix::identity(count, count) * penalty))
            }
            Step::PrincipalComponents(count) => {
                let kept = count.min(self.rank());
                let mut slopes = DVector::zeros(self.target.len());
                for (j, value) in self.eigenvalues.iter().enumerate().take(kept) {
                    let vector = self.vectors.column(j);
                    slopes += vector * (vector.dot(&self.target) / value);
                }
                Ok(slopes)
            }
            Step::PartialLeastSquares(count) => Ok(self.conjugate_gradients(count)),
        }
    }

    /// Partial least squares: after m steps of conjugate gradients for R b = r, b fits best in the span of r, …, Rᵐ⁻¹r.
    fn conjugate_gradients(&self, count: usize) -> DVector<f64> {
        let mut slopes = DVector::zeros(self.target.len());
        let mut residual = self.target.clone();
        let mut direction = residual.clone();
        for _ in 0..count {
            let size = residual.norm_squared();
            if size <= SMALL * SMALL * self.target.norm_squared() {
                break;
            }
            let image = &self.correlation * &direction;
            let length = size / direction.dot(&image);
            slopes += &direction * length;
            residual -= image * length;
            direction = &residual + &direction * (residual.norm_squared() / size);
        }
        slopes
    }

    fn regression(&self, moments: &Moments, standardized: DVector<f64>) -> Regression {
        let count = standardized.len();
        let roots = moments.products.diagonal().map(libm::sqrt);
        let slope = |j: usize| standardized[j] * roots[count] / roots[j];
        let coefficients: Vec<f64> = (0..count).map(slope).collect();
        let explained: f64 = coefficients
            .iter()
            .zip(moments.means.iter())
            .map(|(b, x)| b * x)
            .sum();
        let fitted = standardized.dot(&(&self.correlation * &standardized));
        let r_squared = 2.0 * standardized.dot(&self.target) - fitted;
        let squares = moments.products[(count, count)] * (1.0 - r_squared).max(0.0);
        Regression {
            intercept: moments.means[count] - explained,
            coefficients,
            standardized: standardized.iter().copied().collect(),
            components: count,
            eigenvalues: self.eigenvalues.clone(),
            r_squared,
            root_mean_square_error: libm::sqrt(squares / moments.weight),
        }
    }
}

fn check_count(count: usize, most: usize) -> Result<usize> {
    if (1..=most).contains(&count) {
        Ok(count)
    } else {
        let rule = format!("must be between 1 and the {most} independent attributes");
        Err(range("components", count, rule))
    }
}

fn keep(components: Components, parts: &Parts, columns: &[&[f64]]) -> Result<usize> {
    match components {
        Components::Given(count) => check_count(count, parts.rank()),
        Components::Kaiser => {
            // Without the rounding of 1, of attributes that are not correlated.
            let large = parts
                .eigenvalues
                .iter()
                .filter(|&&value| value >= 1.0 - SMALL);
            Ok(large.count().max(1))
        }
        Components::Share(share) => {
            if !(share > 0.0 && share <= 1.0) {
                return Err(range("share", share, "must be more than 0 and 1 at most"));
            }
            let total: f64 = parts.eigenvalues.iter().sum();
            let mut sum = 0.0;
            let reached = parts.eigenvalues.iter().position(|value| {
                sum += value;
                sum >= share * total * (1.0 - SMALL)
            });
            let last = parts.rank();
            Ok(reached.map_or(last, |place| (place + 1).min(last)))
        }
        Components::CrossValidated { folds, seed } => cross_validated(parts, columns, folds, seed),
    }
}

/// The number of components with the smallest sum of squared errors over rows that were left out.
fn cross_validated(parts: &Parts, columns: &[&[f64]], folds: usize, seed: u64) -> Result<usize> {
    let rows = columns.first().map_or(0, |column| column.len());
    if folds < 2 || folds > rows / 2 {
        let rule = "must be 2 or more, of two rows at least";
        return Err(range("folds", folds, rule));
    }
    // Parts of equal size: the rows in random order, dealt out in turn.
    let mut random = Stream::new(seed, 0);
    let mut fold: Vec<usize> = (0..rows).map(|row| row % folds).collect();
    for last in (1..rows).rev() {
        fold.swap(last, random.below(last as u64 + 1) as usize);
    }
    let most = parts.rank();
    let mut errors = vec![0.0; most];
    for part in 0..folds {
        let inside = |row: usize| f64::from(u8::from(fold[row] == part));
        let trained = Moments::of(columns, rows, |row| 1.0 - inside(row));
        let tested = Moments::of(columns, rows, inside);
        let fitted = Parts::new(&trained)?;
        for (error, count) in errors.iter_mut().zip(1..) {
            let slopes = fitted.coefficients(Step::PrincipalComponents(count))?;
            *error += squared_error(&tested, &fitted.regression(&trained, slopes));
        }
    }
    let best = errors.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
    Ok(best.map_or(1, |(place, _)| place + 1))
}

/// Σ (y − ŷ)² over the rows of these moments.
fn squared_error(moments: &Moments, model: &Regression) -> f64 {
    let mut direction = DVector::from_column_slice(&model.coefficients);
    direction *= -1.0;
    direction = direction.push(1.0);
    let about = direction.dot(&(&moments.products * &direction));
    let bias = direction.dot(&moments.means) - model.intercept;
    about + moments.weight * bias * bias
}

/// What becomes of negative coefficients when weights of an index are made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Positive {
    /// They are an error.
    Refused = 0,
    /// They count as 0.
    Truncated = 1,
    /// They count by their size.
    Absolute = 2,
}

impl Label for Positive {
    const ALL: &'static [Self] = &[Positive::Refused, Positive::Truncated, Positive::Absolute];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Positive::Refused => ("refused", "Negative refused", "拒绝负权重"),
            Positive::Truncated => ("truncated", "Negative as zero", "负权重归零"),
            Positive::Absolute => ("absolute", "By size", "取绝对值"),
        };
        Terms { name, en, zh }
    }
}

/// Weights of 0 or more that sum to one, in proportion to `coefficients`.
///
/// # Errors
/// `Empty`; `NotFinite` with the row; `OutOfRange` for a negative coefficient that is refused, with the row; `NoSolution`
/// where all weights would be 0.
pub fn index_weights(coefficients: &[f64], positive: Positive) -> Result<Vec<f64>> {
    check_column("coefficients", coefficients)?;
    let mut weights = Vec::with_capacity(coefficients.len());
    for (row, &coefficient) in coefficients.iter().enumerate() {
        weights.push(match positive {
            Positive::Refused if coefficient < 0.0 => {
                return Err(range("coefficients", coefficient, "must be 0 or more").at_row(row));
            }
            Positive::Refused | Positive::Truncated => coefficient.max(0.0),
            Positive::Absolute => coefficient.abs(),
        });
    }
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        let reason = "must have one that is greater than 0";
        return Err(Error::new(ErrorKind::NoSolution, "coefficients", reason));
    }
    // Divided by the largest first, so that the sum stays in range.
    let sum: f64 = weights.iter().map(|weight| weight / largest).sum();
    Ok(weights
        .iter()
        .map(|weight| weight / largest / sum)
        .collect())
}

/// Columns of the same length, all finite.
pub(super) fn check_table(attributes: &[&[f64]], overall: &[f64]) -> Result<()> {
    if attributes.is_empty() {
        return Err(Error::empty("attributes"));
    }
    check_column("overall", overall)?;
    for column in attributes {
        if column.len() != overall.len() {
            return Err(Error::length("attributes", column.len(), overall.len()));
        }
        check_column("attributes", column)?;
    }
    Ok(())
}
