//! Share of wallet, and what ranks say of it.

use crate::error::{Error, ErrorKind, Result};

/// The share of wallet of each brand that a customer uses, from how the customer rates them:
/// share = (1 − rank / (n + 1)) · 2 / n, rank 1 for the best of n brands, equal ratings share the mean of their ranks. The shares sum
/// to one.
///
/// Source: Keiningham, Aksoy, Buoye & Cooil 2011, the wallet allocation rule.
///
/// ```
/// use crm_core::loyalty::wallet::wallet_allocation;
///
/// // Two brands of a customer's three are the favourites.
/// let shares = wallet_allocation(&[9.0, 9.0, 6.0])?;
/// assert!((shares[0] - 5.0 / 12.0).abs() < 1e-15 && (shares[2] - 1.0 / 6.0).abs() < 1e-15);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`] for no brand, [`ErrorKind::NotFinite`] for a rating, with its row.
pub fn wallet_allocation(ratings: &[f64]) -> Result<Vec<f64>> {
    if ratings.is_empty() {
        return Err(Error::empty("ratings"));
    }
    if let Some((row, &rating)) = (0..).zip(ratings).find(|(_, rating)| !rating.is_finite()) {
        return Err(Error::not_finite("ratings", rating).at_row(row));
    }
    let brands = ratings.len() as f64;
    let rank = |rating: f64| {
        let better = ratings.iter().filter(|&&other| other > rating).count() as f64;
        let alike = ratings.iter().filter(|&&other| other == rating).count() as f64;
        better + (alike + 1.0) / 2.0
    };
    Ok(ratings
        .iter()
        .map(|&rating| share_of_rank(rank(rating), brands))
        .collect())
}

/// (1 − rank / (n + 1)) · 2 / n.
fn share_of_rank(rank: f64, brands: f64) -> f64 {
    (1.0 - rank / (brands + 1.0)) * 2.0 / brands
}

/// What being rated better than all others would add, for each brand that a customer uses: the size of the prize,
/// (share of the sole first rank − share at present) × spend on the category.
///
/// # Errors
/// Those of [`wallet_allocation`]; [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for a category spend that is negative.
pub fn size_of_prize(ratings: &[f64], category_spend: f64) -> Result<Vec<f64>> {
    let shares = wallet_allocation(ratings)?;
    if !category_spend.is_finite() {
        return Err(Error::not_finite("category_spend", category_spend));
    }
    if category_spend < 0.0 {
        let error = Error::new(ErrorKind::OutOfRange, "category_spend", "must be 0 or more");
        return Err(error.with_value(category_spend));
    }
    let first = share_of_rank(1.0, ratings.len() as f64);
    Ok(shares
        .into_iter()
        .map(|share| (first - share) * category_spend)
        .collect())
}
