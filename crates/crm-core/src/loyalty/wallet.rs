//! Share of wallet, and what ranks say of it.

use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::units::{Money, Share};

const SPEND: Argument = Argument {
    name: "spend",
    meaning: "what the customer buys from the firm in a period: money, or purchases",
    domain: Domain::NonNegative,
};

const CATEGORY_SPEND: Argument = Argument {
    name: "category_spend",
    meaning: "what the customer buys in the category from everyone, the firm included, in the same period and unit",
    domain: Domain::Positive,
};

/// Share of wallet: the part of what a customer buys in the category that is bought from the firm, spend / category spend.
///
/// Of purchases instead of money it is the share of category requirements.
///
/// ```
/// use crm_core::loyalty::wallet::share_of_wallet;
///
/// assert_eq!(share_of_wallet(250.into(), 1000.into())?.to_f64(), 0.25);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for a negative spend, one above that on the category, and a category in which nothing is bought.
pub fn share_of_wallet(spend: Money, category_spend: Money) -> Result<Share> {
    let share = SHARE_OF_WALLET.evaluate_exact(&[spend.value(), category_spend.value()])?;
    Share::new(share)
}

/// Columnar form of [`share_of_wallet`].
pub static SHARE_OF_WALLET: Kernel = Kernel {
    name: "share_of_wallet",
    module: "loyalty",
    summary: "Share of wallet: the part of what a customer buys in the category that is bought from the firm.",
    formula: "spend / category_spend",
    source: "share of wallet (SOW); of purchases, share of category requirements",
    diverges: None,
    arguments: &[SPEND, CATEGORY_SPEND],
    exact: |row| {
        let [spend, category] = kernels::values(row)?;
        if spend > category {
            let reason = "must not be more than category_spend";
            return Err(Error::new(ErrorKind::OutOfRange, "spend", reason).with_value(spend));
        }
        let share = spend.checked_div(category);
        share.ok_or_else(|| Error::overflow("share_of_wallet"))
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[spend, category]| {
            match spend <= category {
                true => spend / category,
                false => f64::NAN,
            }
        })
    },
};

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
