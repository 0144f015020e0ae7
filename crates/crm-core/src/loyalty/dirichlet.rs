//! Norms of repeat buying: the NBD-Dirichlet model of a category and its brands.
//!
//! Customers buy the category at rates that vary by a gamma distribution (counts are NBD with mean M and exponent K) and choose brands
//! with probabilities that vary by a Dirichlet distribution with parameters α_j = S · share_j. It says how penetration, purchase rate
//! and loyalty of a brand of any share come out if nothing but its share is special: small brands have fewer buyers, who also buy it a
//! little less often (double jeopardy). A brand is loyal where it does better.
//!
//! Source: Goodhardt, Ehrenberg & Chatfield, "The Dirichlet: a comprehensive model of buying behaviour", JRSS A 1984; Ehrenberg,
//! "Repeat-Buying", 1988.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What is left out of the sums over numbers of purchases, relative to what is in them.
const NEGLIGIBLE: f64 = 1e-17;

/// A fitted NBD-Dirichlet model of a category in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dirichlet {
    mean: f64,
    exponent: f64,
    diversity: f64,
    shares: Vec<f64>,
}

/// What the model expects of a brand in a number of periods.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BrandNorms {
    /// The share of the category's purchases.
    pub share: f64,
    /// b: the part of all customers who buy the brand at least once.
    pub penetration: f64,
    /// w: how often those buy it.
    pub purchases_per_buyer: f64,
    /// How often those buy the category.
    pub category_purchases_per_buyer: f64,
    /// w / category purchases per buyer: share of category requirements, share of wallet by count.
    pub share_of_requirements: f64,
    /// The part of the buyers who buy nothing else.
    pub sole_buyers: f64,
    /// The part of the buyers who buy it again in the next such time.
    pub repeat_rate: f64,
}

impl Dirichlet {
    /// A model of known parameters: the mean M of category purchases per customer in a period, the exponent K of the NBD (small: rates
    /// differ much), S (small: customers keep to their brands), and the shares of the brands, which sum to one at most.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a parameter that is not greater than 0, [`ErrorKind::Empty`] for no brand,
    /// [`ErrorKind::OutOfRange`] for a share outside (0, 1), with its row, [`ErrorKind::NotStochastic`] for shares of more than one.
    pub fn new(mean: f64, exponent: f64, diversity: f64, shares: Vec<f64>) -> Result<Self> {
        for (name, value) in [
            ("mean", mean),
            ("exponent", exponent),
            ("diversity", diversity),
        ] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(refuse(name, value, "must be greater than 0 and finite"));
            }
        }
        check_shares(&shares)?;
        Ok(Dirichlet {
            mean,
            exponent,
            diversity,
            shares,
        })
    }

    /// Fits a category in which the part `penetration` of all customers bought, each buyer `purchases_per_buyer` times, and whose brands
    /// have these shares and penetrations: M = penetration · purchases per buyer; K from 1 − (1 + M/K)^(−K) = penetration; S, for each
    /// brand, from its penetration, and over brands the mean weighted by shares.
    ///
    /// ```
    /// use crm_core::loyalty::dirichlet::Dirichlet;
    ///
    /// // Toothpaste in the USA (Ehrenberg 1988): Colgate, Crest, …, in a quarter.
    /// let shares = vec![0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02];
    /// let model = Dirichlet::fit(0.56, 2.6, shares, &[0.20, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02])?;
    /// assert!((model.exponent() - 0.78).abs() < 0.01);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new); [`ErrorKind::LengthMismatch`] for other penetrations than shares; [`ErrorKind::NoSolution`] where buyers are
    /// more alike than chance makes them, or a brand's penetration is less than if all buyers were loyal to one brand or more than if they
    /// had no preference, with its row.
    pub fn fit(
        penetration: f64,
        purchases_per_buyer: f64,
        shares: Vec<f64>,
        penetrations: &[f64],
    ) -> Result<Self> {
        if !(penetration > 0.0 && penetration < 1.0) {
            return Err(refuse(
                "penetration",
                penetration,
                "must lie between 0 and 1",
            ));
        }
        if !(purchases_per_buyer > 1.0 && purchases_per_buyer.is_finite()) {
            let rule = "must be greater than 1 and finite";
            return Err(refuse("purchases_per_buyer", purchases_per_buyer, rule));
        }
        check_shares(&shares)?;
        if penetrations.len() != shares.len() {
            return Err(Error::length(
                "penetrations",
                penetrations.len(),
                shares.len(),
            ));
        }
        let mean = penetration * purchases_per_buyer;
        let buys = |exponent: f64| -libm::expm1(-exponent * libm::log1p(mean / exponent));
        let exponent = where_rising(buys, penetration).ok_or_else(|| {
            let reason = "must be less than chance makes it at these purchases per buyer";
            Error::new(ErrorKind::NoSolution, "penetration", reason).with_value(penetration)
        })?;
        let (mut weighted, mut total) = (0.0, 0.0);
        for (row, (&share, &observed)) in shares.iter().zip(penetrations).enumerate() {
            let bought = |diversity: f64| {
                Category {
                    mean,
                    exponent,
                    diversity,
                }
                .buyers(share)
                .penetration
            };
            let diversity = where_rising(bought, observed).ok_or_else(|| {
                let (least, most) = (share * penetration, buys_of_share(mean, exponent, share));
                let reason = format!("must lie between {least} and {most} at this share");
                let error = Error::new(ErrorKind::NoSolution, "penetrations", reason);
                error.with_value(observed).at_row(row)
            })?;
            weighted += share * diversity;
            total += share;
        }
        Self::new(mean, exponent, weighted / total, shares)
    }

    /// M: category purchases per customer in a period.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// K of the NBD.
    #[must_use]
    pub fn exponent(&self) -> f64 {
        self.exponent
    }

    /// S of the Dirichlet.
    #[must_use]
    pub fn diversity(&self) -> f64 {
        self.diversity
    }

    /// The norms of each brand in a number of periods.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] unless there are periods.
    pub fn norms(&self, periods: f64) -> Result<Vec<BrandNorms>> {
        self.shares
            .iter()
            .map(|&share| self.norms_of_share(share, periods))
            .collect()
    }

    /// The norms of a brand of any share: over many shares, the line of double jeopardy.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] unless there are periods and the share lies between 0 and 1.
    pub fn norms_of_share(&self, share: f64, periods: f64) -> Result<BrandNorms> {
        if !(share > 0.0 && share < 1.0) {
            return Err(refuse("share", share, "must lie between 0 and 1"));
        }
        if !(periods > 0.0 && periods.is_finite()) {
            return Err(refuse(
                "periods",
                periods,
                "must be greater than 0 and finite",
            ));
        }
        let over = |periods: f64| Category {
            mean: self.mean * periods,
            exponent: self.exponent,
            diversity: self.diversity,
        };
        let buyers = over(periods).buyers(share);
        let twice = over(2.0 * periods).buyers(share);
        let penetration = buyers.penetration;
        let per_buyer = self.mean * periods * share / penetration;
        let of_category = buyers.category_purchases / penetration;
        Ok(BrandNorms {
            share,
            penetration,
            purchases_per_buyer: per_buyer,
            category_purchases_per_buyer: of_category,
            share_of_requirements: per_buyer / of_category,
            sole_buyers: buyers.sole / penetration,
            // Who buys in both of two times: 2 b(1) − b(2).
            repeat_rate: 2.0 - twice.penetration / penetration,
        })
    }
}

/// A category in a time.
struct Category {
    mean: f64,
    exponent: f64,
    diversity: f64,
}

/// Parts of all customers.
struct Buyers {
    /// Who buy the brand.
    penetration: f64,
    /// Who buy nothing else.
    sole: f64,
    /// Category purchases of those who buy the brand.
    category_purchases: f64,
}

impl Category {
    /// Sums over the number n of category purchases, P(n) by the NBD: of n purchases none is of the brand with probability
    /// Γ(S) Γ(S − α + n) / (Γ(S − α) Γ(S + n)), and all are with probability Γ(S) Γ(α + n) / (Γ(α) Γ(S + n)).
    fn buyers(&self, share: f64) -> Buyers {
        let Category {
            mean,
            exponent,
            diversity,
        } = *self;
        let alpha = diversity * share;
        let odds = mean / (mean + exponent);
        let mut probability = libm::exp(-exponent * libm::log1p(mean / exponent));
        let (mut none, mut all) = (1.0, 1.0);
        let mut buyers = Buyers {
            penetration: 0.0,
            sole: 0.0,
            category_purchases: 0.0,
        };
        let mut n = 0.0;
        loop {
            let ratio = odds * (exponent + n) / (n + 1.0);
            probability *= ratio;
            none *= (diversity - alpha + n) / (diversity + n);
            all *= (alpha + n) / (diversity + n);
            n += 1.0;
            let some = 1.0 - none;
            buyers.penetration += probability * some;
            buyers.sole += probability * all;
            buyers.category_purchases += n * probability * some;
            // Past the mode the terms n P(n) fall at least as fast as a geometric series of their present ratio.
            let next = odds * (exponent + n) / n;
            if next < 1.0
                && n * probability * next / (1.0 - next) < NEGLIGIBLE * buyers.category_purchases
            {
                return buyers;
            }
        }
    }
}

/// 1 − (1 + M s / K)^(−K): who buys a brand that all choose alike.
fn buys_of_share(mean: f64, exponent: f64, share: f64) -> f64 {
    -libm::expm1(-exponent * libm::log1p(mean * share / exponent))
}

/// Where a function that rises with ln x is `value`; `None` if that lies outside its range.
fn where_rising(rises: impl Fn(f64) -> f64, value: f64) -> Option<f64> {
    const BOUND: f64 = 1e7;
    let (mut low, mut high) = (-libm::log(BOUND), libm::log(BOUND));
    let below = |x: f64| rises(libm::exp(x)) < value;
    if !below(low) || below(high) {
        return None;
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return Some(libm::exp(middle));
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

fn check_shares(shares: &[f64]) -> Result<()> {
    const ROUNDING: f64 = 1e-9;
    if shares.is_empty() {
        return Err(Error::empty("shares"));
    }
    if let Some((row, &share)) = (0..)
        .zip(shares)
        .find(|(_, share)| !(**share > 0.0 && **share < 1.0))
    {
        return Err(refuse("shares", share, "must lie between 0 and 1").at_row(row));
    }
    let sum: f64 = shares.iter().sum();
    if sum > 1.0 + ROUNDING {
        let error = Error::new(ErrorKind::NotStochastic, "shares", "must sum to 1 at most");
        return Err(error.with_value(format_args!("of sum {sum}")));
    }
    Ok(())
}

fn refuse(argument: &'static str, value: f64, rule: &'static str) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value)
}
