//! How well a scale of several items measures one thing.
//!
//! ```
//! use crm_core::survey::Confidence;
//! use crm_core::survey::scale::reliability;
//!
//! // Two items, answered by three customers.
//! let items: [&[f64]; 2] = [&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]];
//! let found = reliability(&items, Confidence::P95)?;
//! assert!((found.alpha - 2.0 / 3.0).abs() < 1e-15); // 2 (1 − 2/3)
//! # Ok::<(), crm_core::Error>(())
//! ```
#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of items"
)]

mod intervals;
mod one_factor;

pub use intervals::{ItemIntervals, ReliabilityIntervals, reliability_intervals};

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::{Confidence, check_column, check_length};
use crate::error::{Error, ErrorKind, Result};
use crate::math::distribution;
use crate::math::moments::Moments;

/// Variance of a sum over the sum of variances, below which it is rounding.
const SMALL: f64 = 1e-14;

/// What the items of a scale say of its reliability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reliability {
    /// Respondents.
    pub rows: usize,
    /// Cronbach's α = k / (k − 1) · (1 − Σ s_i² / s²), s² the variance of the sum of the items.
    pub alpha: f64,
    /// Lower end of the interval of α (Feldt): 1 − (1 − α) F.
    pub alpha_lower: f64,
    /// Upper end of it.
    pub alpha_upper: f64,
    /// α of the standardised items: k r̄ / (1 + (k − 1) r̄), with r̄ their mean correlation.
    pub standardized_alpha: f64,
    /// Mean correlation of two items.
    pub mean_correlation: f64,
    /// McDonald's ω = (Σ λ)² / ((Σ λ)² + Σ ψ), where one factor with loadings λ and unique variances ψ explains the
    /// covariances, fitted by maximum likelihood. `None` with two items, for which it is not determined, and where the
    /// likelihood has no maximum inside (a unique variance of 0, the case of Heywood).
    pub omega: Option<f64>,
    /// One for each item.
    pub items: Vec<Item>,
}

/// An item of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Item {
    /// Mean of the answers.
    pub mean: f64,
    /// Standard deviation of the answers.
    pub standard_deviation: f64,
    /// Correlation with the sum of all items.
    pub item_total: f64,
    /// Correlation with the sum of the other items (the corrected item–total correlation); `None` where that sum does not
    /// vary.
    pub item_rest: Option<f64>,
    /// α of the scale without this item; `None` of a scale of two items and where the sum of the others does not vary.
    pub alpha_if_deleted: Option<f64>,
    /// λ of the standardised item on the one factor, where ω is determined.
    pub loading: Option<f64>,
}

/// Cronbach's α with Feldt's interval, McDonald's ω and statistics of the items, each a column of the same rows.
/// Items that are worded the other way round must be turned round before.
///
/// Source: Cronbach 1951; Feldt, Woodruff & Salih 1987, "Statistical inference for coefficient alpha" (1 − α̂ over
/// 1 − α is F with n − 1 and (n − 1)(k − 1) degrees of freedom); McDonald 1999, "Test Theory"; Jöreskog 1967 (the
/// likelihood of a factor model).
///
/// # Errors
/// `OutOfRange` for less than 2 items or 3 rows; `LengthMismatch`; `NotFinite` with the row; `NoSolution` for an item that
/// does not vary, with its place as value, and for a sum of items that does not.
pub fn reliability(items: &[&[f64]], confidence: Confidence) -> Result<Reliability> {
    let found = measure(&check_items(items)?)?;
    let (k, rows) = (items.len() as f64, found.rows as f64);
    let (between, within) = (rows - 1.0, (rows - 1.0) * (k - 1.0));
    let bound = |p: f64| 1.0 - (1.0 - found.alpha) * distribution::f_quantile(between, within, p);
    Ok(Reliability {
        alpha_lower: bound(1.0 - confidence.tail()),
        alpha_upper: bound(confidence.tail()),
        ..found
    })
}

/// What the moments of the items say, without the interval of α.
fn measure(moments: &Moments) -> Result<Reliability> {
    let count = moments.means.len();
    if let Some(constant) = (0..count).find(|&i| moments.is_constant(i)) {
        let reason = "must vary between respondents";
        let error = Error::new(ErrorKind::NoSolution, "items", reason);
        return Err(error.with_value(format!("constant in item {constant}")));
    }
    let covariance = moments.covariance();
    let correlation = moments.correlation();
    let k = count as f64;
    let total = covariance.sum();
    if total <= SMALL * covariance.diagonal().sum() {
        let reason = "must have a sum that varies";
        return Err(Error::new(ErrorKind::NoSolution, "items", reason));
    }
    let mean_correlation = (correlation.sum() - k) / (k * (k - 1.0));
    let factor = one_factor::fit(&correlation);
    let item = |i: usize| {
        let variance = covariance[(i, i)];
        let with_total = covariance.row(i).sum();
        let rest = total - 2.0 * with_total + variance;
        let varies = rest > SMALL * covariance.diagonal().sum();
        Item {
            mean: moments.means[i],
            standard_deviation: libm::sqrt(variance),
            item_total: with_total / libm::sqrt(variance * total),
            item_rest: varies.then(|| (with_total - variance) / libm::sqrt(variance * rest)),
            alpha_if_deleted: (varies && count > 2)
                .then(|| alpha(&covariance.clone().remove_row(i).remove_column(i))),
            loading: factor.as_ref().map(|factor| factor[i]),
        }
    };
    Ok(Reliability {
        rows: moments.weight as usize,
        alpha: alpha(&covariance),
        alpha_lower: f64::NAN,
        alpha_upper: f64::NAN,
        standardized_alpha: k * mean_correlation / (1.0 + (k - 1.0) * mean_correlation),
        mean_correlation,
        omega: factor.as_ref().map(|loadings| {
            let variances = covariance.diagonal();
            let common = loadings.dot(&variances.map(libm::sqrt));
            let unique = variances.zip_map(loadings, |v, l| (1.0 - l * l) * v).sum();
            common * common / (common * common + unique)
        }),
        items: (0..count).map(item).collect(),
    })
}

fn alpha(covariance: &DMatrix<f64>) -> f64 {
    let k = covariance.nrows() as f64;
    k / (k - 1.0) * (1.0 - covariance.diagonal().sum() / covariance.sum())
}

fn check_items(items: &[&[f64]]) -> Result<Moments> {
    let rows = items.first().map_or(0, |item| item.len());
    if items.len() < 2 {
        return Err(super::range("items", items.len(), "must be 2 or more"));
    }
    for item in items {
        check_length("items", item.len(), rows)?;
        check_column("items", item)?;
    }
    if rows < 3 {
        return Err(super::range("rows", rows, "must be 3 or more"));
    }
    Ok(Moments::of(items, rows, |_| 1.0))
}
