use serde::Serialize;

use super::design::{Attribute, PartWorths, coded};
use crate::error::{Error, Result};
use crate::math::least_squares::LeastSquares;

/// Part-worths from ratings: [`fit_ratings`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RatingFit {
    /// The part-worths.
    pub part_worths: PartWorths,
    /// The mean rating over all levels.
    pub intercept: f64,
    /// Share of the variance of the ratings that is explained.
    pub r_squared: f64,
    /// Ratings less coefficients.
    pub degrees_of_freedom: u64,
}

/// Estimates part-worths from ratings of products by least squares. `products` has a column of levels per attribute, a row per rating.
///
/// Source: Green & Srinivasan 1978, "Conjoint Analysis in Consumer Research".
///
/// ```
/// use crm_core::idic::customize::conjoint::{Attribute, fit_ratings};
///
/// let attribute = |name: &str| Attribute { name: name.into(), levels: vec!["low".into(), "high".into()] };
/// let fit = fit_ratings(
///     &[attribute("price"), attribute("quality")],
///     &[&[0, 0, 1, 1, 0], &[0, 1, 0, 1, 1]],
///     &[5.0, 9.0, 1.0, 5.0, 9.0],
/// )?;
/// assert!((fit.part_worths.levels[0][0].worth - 2.0).abs() < 1e-12);
/// assert!((fit.part_worths.importance()[1] - 0.5).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty`; `LengthMismatch`; `NotFinite` with the row; `OutOfRange` for a level that there is not, with the row, and an attribute of
/// fewer than two levels; `NoSolution` where the products do not tell the levels apart, or there are too few.
pub fn fit_ratings(
    attributes: &[Attribute],
    products: &[&[u32]],
    ratings: &[f64],
) -> Result<RatingFit> {
    let columns = coded(attributes, products)?;
    let rows = columns.first().map_or(0, Vec::len);
    if ratings.len() != rows {
        return Err(Error::length("ratings", ratings.len(), rows));
    }
    if let Some((row, &rating)) = (0..).zip(ratings).find(|(_, rating)| !rating.is_finite()) {
        return Err(Error::not_finite("ratings", rating).at_row(row));
    }
    let fit = LeastSquares::fit(&columns, ratings, None, true)
        .map_err(|undetermined| undetermined.error("products", |column| column))?;
    let count = columns.len();
    let variance = fit.residual_squares / fit.degrees as f64;
    let covariance = fit.inverse.view((1, 1), (count, count)) * variance;
    let (intercept, worths) = match fit.coefficients.split_first() {
        Some((intercept, worths)) => (*intercept, worths),
        None => (f64::NAN, [].as_slice()),
    };
    Ok(RatingFit {
        part_worths: PartWorths::of(attributes, worths, &covariance),
        intercept,
        r_squared: 1.0 - fit.residual_squares / fit.total_squares,
        degrees_of_freedom: fit.degrees as u64,
    })
}
