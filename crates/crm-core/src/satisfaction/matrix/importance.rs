#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of attributes, or of their subsets"
)]

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::constant;
use crate::error::Result;
use crate::math::least_squares::Undetermined;
use crate::math::moments::Moments;
use crate::satisfaction::regression::check_table;
use crate::survey::{Bootstrap, BootstrapInterval, range};
use crate::units::{Label, Terms};

/// Shares of R² are computed for so many attributes at most: each of the 2ᵏ sets of attributes is a regression.
pub const MOST_ATTRIBUTES: usize = 20;

/// How the importance of attributes is derived from answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum DerivedImportance {
    /// Correlation of each attribute with overall satisfaction.
    Correlation = 0,
    /// Coefficients of the regression of overall satisfaction on all attributes, all standardised.
    StandardizedRegression = 1,
    /// Each attribute's share of R²: what it adds to the R² of the attributes before it, averaged over all orders. The
    /// Shapley value, known as LMG: never negative, and R² is its sum.
    Shapley = 2,
}

impl Label for DerivedImportance {
    const ALL: &'static [Self] = &[
        DerivedImportance::Correlation,
        DerivedImportance::StandardizedRegression,
        DerivedImportance::Shapley,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            DerivedImportance::Correlation => ("correlation", "Correlation", "相关系数"),
            DerivedImportance::StandardizedRegression => (
                "standardized_regression",
                "Standardized regression",
                "标准化回归系数",
            ),
            DerivedImportance::Shapley => ("shapley", "Shapley share of R²", "夏普利值分解"),
        };
        Terms { name, en, zh }
    }
}

/// Importances that were derived from answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Importance {
    /// One for each attribute.
    pub values: Vec<f64>,
    /// R² of the regression on all attributes; of correlations `None`, as each stands for itself.
    pub r_squared: Option<f64>,
}

/// Derives the importance of `attributes`, columns of one answer a row, from the answers on the `overall` satisfaction.
///
/// Source: Lindeman, Merenda & Gold 1980 and Grömping 2006, "Relative Importance for Linear Regression in R" (shares of
/// R²); Lipovetsky & Conklin 2001 (the Shapley value).
///
/// # Errors
/// `Empty`; `LengthMismatch`; `NotFinite` with the row; `NoSolution` for a column that does not vary, for attributes that
/// are collinear (the value names the column), and for no more rows than attributes; `OutOfRange` for shares of R² of more
/// than [`MOST_ATTRIBUTES`].
pub fn derive_importance(
    attributes: &[&[f64]],
    overall: &[f64],
    method: DerivedImportance,
) -> Result<Importance> {
    let columns = check(attributes, overall, method)?;
    of_moments(
        &Moments::of(&columns, overall.len(), |_| 1.0),
        overall.len(),
        method,
    )
}

/// How much derived importances vary from sample to sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportanceIntervals {
    /// Of [`Importance::values`].
    pub values: Vec<BootstrapInterval>,
    /// Of [`Importance::r_squared`].
    pub r_squared: Option<BootstrapInterval>,
}

/// Intervals of derived importances by resampling rows. Grömping 2006 takes them so for shares of R², which have no simple
/// distribution.
///
/// ```
/// use crm_core::satisfaction::matrix::{DerivedImportance, importance_intervals};
/// use crm_core::survey::Bootstrap;
///
/// let attributes: [&[f64]; 2] = [&[1.0, 2.0, 3.0, 4.0, 5.0, 3.0], &[3.0, 1.0, 4.0, 1.0, 5.0, 2.0]];
/// let overall = [1.0, 2.0, 4.0, 4.0, 6.0, 3.0];
/// let found = importance_intervals(&attributes, &overall, DerivedImportance::Shapley, &Bootstrap::new(7))?;
/// assert!(found.values[0].lower > found.values[1].lower && found.values[0].estimate < found.values[0].upper);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// As [`derive_importance`]; `OutOfRange` for less than 2 replicates; `NoSolution` where less than half of the replicates have a
/// solution (an attribute is nearly constant).
pub fn importance_intervals(
    attributes: &[&[f64]],
    overall: &[f64],
    method: DerivedImportance,
    how: &Bootstrap,
) -> Result<ImportanceIntervals> {
    let columns = check(attributes, overall, method)?;
    let rows = overall.len();
    let of = |moments: &Moments| of_moments(moments, rows, method).map(Importance::statistics);
    let all = of(&Moments::of(&columns, rows, |_| 1.0))?;
    let mut intervals = how.intervals("attributes", &columns, &all, of)?;
    let r_squared = intervals.split_off(attributes.len());
    Ok(ImportanceIntervals {
        values: intervals,
        r_squared: r_squared.first().copied(),
    })
}

impl Importance {
    /// Values, and R² if there is one.
    fn statistics(self) -> Vec<f64> {
        let mut statistics = self.values;
        statistics.extend(self.r_squared);
        statistics
    }
}

/// The columns of attributes and then of the overall satisfaction.
fn check<'a>(
    attributes: &[&'a [f64]],
    overall: &'a [f64],
    method: DerivedImportance,
) -> Result<Vec<&'a [f64]>> {
    check_table(attributes, overall)?;
    let count = attributes.len();
    if method == DerivedImportance::Shapley && count > MOST_ATTRIBUTES {
        let rule = format!("must be {MOST_ATTRIBUTES} at most for shares of R²");
        return Err(range("attributes", count, rule));
    }
    Ok(attributes.iter().copied().chain([overall]).collect())
}

/// From moments of attributes and then of the overall satisfaction.
fn of_moments(moments: &Moments, rows: usize, method: DerivedImportance) -> Result<Importance> {
    let count = moments.means.len() - 1;
    if moments.is_constant(count) {
        return Err(constant("overall", 0));
    }
    if let Some(column) = (0..count).find(|&j| moments.is_constant(j)) {
        return Err(constant("attributes", column));
    }
    let correlation = moments.correlation();
    let with_overall = correlation.column(count).rows(0, count).into_owned();
    if method == DerivedImportance::Correlation {
        return Ok(Importance {
            values: with_overall.iter().copied().collect(),
            r_squared: None,
        });
    }
    if rows <= count + 1 {
        return Err(Undetermined::TooFewRows.error("attributes", |j| j));
    }
    let among = correlation.view((0, 0), (count, count)).into_owned();
    let slopes = solve(&among, &with_overall)
        .map_err(|undetermined| undetermined.error("attributes", |column| column))?;
    let values = match method {
        DerivedImportance::Shapley => shapley(&explained(&correlation), count),
        DerivedImportance::StandardizedRegression | DerivedImportance::Correlation => {
            slopes.iter().copied().collect()
        }
    };
    Ok(Importance {
        values,
        r_squared: Some(slopes.dot(&with_overall)),
    })
}

/// The solution of R b = r for a correlation matrix R, by Cholesky's factors.
pub(in crate::satisfaction) fn solve(
    correlation: &DMatrix<f64>,
    target: &DVector<f64>,
) -> std::result::Result<DVector<f64>, Undetermined> {
    /// Share of an attribute's variance that the others leave, below which it is rounding.
    const INDEPENDENT: f64 = 1e-11;
    let mut rest = correlation.clone();
    for j in 0..rest.nrows() {
        if rest[(j, j)] <= INDEPENDENT {
            return Err(Undetermined::Collinear(j));
        }
        sweep(&mut rest, j);
    }
    match correlation.clone().cholesky() {
        Some(factors) => Ok(factors.solve(target)),
        None => Err(Undetermined::Collinear(correlation.nrows() - 1)),
    }
}

/// Takes from all columns after j what column j explains of them.
fn sweep(rest: &mut DMatrix<f64>, j: usize) {
    let pivot = rest[(j, j)];
    for a in j + 1..rest.nrows() {
        let factor = rest[(a, j)] / pivot;
        for b in j + 1..rest.nrows() {
            rest[(a, b)] -= factor * rest[(j, b)];
        }
    }
}

/// R² of the regression on each set of attributes; bit j of its place says whether attribute j is in it. The last column
/// of `correlation` is the response.
fn explained(correlation: &DMatrix<f64>) -> Vec<f64> {
    let count = correlation.nrows() - 1;
    let mut squares = vec![0.0; 1 << count];
    visit(correlation.clone(), 0, 0, &mut squares);
    squares
}

/// Sets that hold the attributes of `set` and any from `first` on, of which `rest` is what `set` leaves.
fn visit(rest: DMatrix<f64>, first: usize, set: usize, squares: &mut [f64]) {
    let count = rest.nrows() - 1;
    squares[set] = 1.0 - rest[(count, count)];
    for j in first..count {
        let mut next = rest.clone();
        sweep(&mut next, j);
        visit(next, j + 1, set | 1 << j, squares);
    }
}

/// Σ over the sets S without attribute j of |S|! (k − 1 − |S|)! / k! · (v(S ∪ j) − v(S)).
fn shapley(worth: &[f64], count: usize) -> Vec<f64> {
    // 1 / (k · C(k − 1, s))
    let mut share = 1.0 / count as f64;
    let mut shares = Vec::with_capacity(count);
    for size in 0..count {
        shares.push(share);
        share *= (size + 1) as f64 / (count - 1 - size).max(1) as f64;
    }
    let gain = |j: usize| {
        let without = (0..worth.len()).filter(|set| set >> j & 1 == 0);
        without
            .map(|set| shares[set.count_ones() as usize] * (worth[set | 1 << j] - worth[set]))
            .collect::<crate::math::sum::Sum>()
            .value()
    };
    (0..count).map(gain).collect()
}
