//! Tiers: five value groups by profit contribution, the customer pyramid, and how customers move
//! between tiers.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::cuts::{Cuts, Direction};
use super::{check_codes, check_length, out_of_range};
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Share, Terms};

/// One of five groups of customers by the profit they contribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ValueGroup {
    /// The least profitable; often at a loss.
    VeryLow = 0,
    /// Below the middle.
    Low = 1,
    /// The middle.
    Moderate = 2,
    /// Above the middle.
    High = 3,
    /// The most profitable.
    VeryHigh = 4,
}

impl Label for ValueGroup {
    const ALL: &'static [Self] = &[
        ValueGroup::VeryLow,
        ValueGroup::Low,
        ValueGroup::Moderate,
        ValueGroup::High,
        ValueGroup::VeryHigh,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ValueGroup::VeryLow => ("very_low", "Very low value", "很低价值"),
            ValueGroup::Low => ("low", "Low value", "低价值"),
            ValueGroup::Moderate => ("moderate", "Moderate value", "中等价值"),
            ValueGroup::High => ("high", "High value", "高价值"),
            ValueGroup::VeryHigh => ("very_high", "Very high value", "很高价值"),
        };
        Terms { name, en, zh }
    }
}

/// A tier of the customer pyramid, from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum PyramidTier {
    /// The top: by default the best 1 %.
    Vip = 0,
    /// By default the next 4 %.
    Major = 1,
    /// By default the next 15 %.
    Regular = 2,
    /// The base: by default the other 80 %.
    Small = 3,
}

impl Label for PyramidTier {
    const ALL: &'static [Self] = &[
        PyramidTier::Vip,
        PyramidTier::Major,
        PyramidTier::Regular,
        PyramidTier::Small,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            PyramidTier::Vip => ("vip", "VIP customers", "VIP客户"),
            PyramidTier::Major => ("major", "Major customers", "主要客户"),
            PyramidTier::Regular => ("regular", "Regular customers", "普通客户"),
            PyramidTier::Small => ("small", "Small customers", "小客户"),
        };
        Terms { name, en, zh }
    }
}

/// The cut points between the five [`ValueGroup`]s.
///
/// ```
/// use crm_core::value::tiers::{ValueGroup, ValueGroups};
///
/// let groups = ValueGroups::at(&[-3.0, 0.0, 20.0, 50.0])?;
/// assert_eq!(groups.group(-2.1), ValueGroup::Low);
/// assert_eq!(groups.group(107.76), ValueGroup::VeryHigh);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueGroups(Cuts);

impl ValueGroups {
    /// Four given profits, ascending; a profit equal to one belongs to the group below it.
    ///
    /// # Errors
    /// `NotFinite`, `OutOfRange` if they do not ascend.
    pub fn at(thresholds: &[f64; 4]) -> Result<Self> {
        Cuts::new(thresholds, Direction::HigherIsBetter).map(ValueGroups)
    }

    /// Five groups of a fifth of the customers each, as [`Cuts`] splits them.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`.
    pub fn fifths(profit: &[f64]) -> Result<Self> {
        Cuts::equal_parts("profit", profit, 5, Direction::HigherIsBetter).map(ValueGroups)
    }

    /// Groups of these shares of the customers, from very low to very high.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`; `OutOfRange` for a share of 0; `NotStochastic` if they do not sum to 1.
    pub fn with_shares(profit: &[f64], shares: &[Share; 5]) -> Result<Self> {
        let below = cumulative(shares.iter())?;
        Cuts::quantiles("profit", profit, &below, Direction::HigherIsBetter).map(ValueGroups)
    }

    /// The four cut points, ascending.
    #[must_use]
    pub fn thresholds(&self) -> &[f64] {
        self.0.thresholds()
    }

    /// The group of one customer.
    #[must_use]
    pub fn group(&self, profit: f64) -> ValueGroup {
        match self.0.part(profit) {
            0 => ValueGroup::VeryLow,
            1 => ValueGroup::Low,
            2 => ValueGroup::Moderate,
            3 => ValueGroup::High,
            _ => ValueGroup::VeryHigh,
        }
    }

    /// Writes the code of every customer's group into `out`.
    ///
    /// # Errors
    /// `LengthMismatch`, `NotFinite`.
    pub fn assign_into(&self, profit: &[f64], out: &mut [u8]) -> Result<()> {
        self.0.parts_into("profit", profit, out)
    }
}

/// The cut points between the tiers of the customer pyramid.
///
/// A tier never holds more than its share: customers equal to the one at its border stay below
/// it, and fewer than 100 customers have no best 1 %.
///
/// ```
/// use crm_core::value::tiers::{Pyramid, PyramidTier};
///
/// let profit: Vec<f64> = (1..=200).map(f64::from).collect();
/// let pyramid = Pyramid::new(&profit)?;
/// assert_eq!(pyramid.thresholds(), [160.0, 190.0, 198.0]);
/// assert_eq!(pyramid.tier(199.0), PyramidTier::Vip);
/// assert_eq!(pyramid.tier(198.0), PyramidTier::Major);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pyramid(Cuts);

impl Pyramid {
    /// VIP 1 %, major 4 %, regular 15 %, small 80 % of the customers.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`.
    pub fn new(profit: &[f64]) -> Result<Self> {
        let mut shares = [Share::ZERO; 4];
        for (share, percent) in shares.iter_mut().zip([1, 4, 15, 80]) {
            *share = Share::new(Decimal::new(percent, 2))?;
        }
        Self::with_shares(profit, &shares)
    }

    /// These shares of the customers, from the top (VIP) to the base (small).
    ///
    /// # Errors
    /// `Empty`, `NotFinite`; `OutOfRange` for a share of 0; `NotStochastic` if they do not sum to 1.
    pub fn with_shares(profit: &[f64], shares: &[Share; 4]) -> Result<Self> {
        let below = cumulative(shares.iter().rev())?;
        Cuts::quantiles("profit", profit, &below, Direction::HigherIsBetter).map(Pyramid)
    }

    /// Three given profits, ascending: regular above the first, major above the second, VIP above
    /// the third.
    ///
    /// # Errors
    /// `NotFinite`, `OutOfRange` if they do not ascend.
    pub fn at(thresholds: &[f64; 3]) -> Result<Self> {
        Cuts::new(thresholds, Direction::HigherIsBetter).map(Pyramid)
    }

    /// The three cut points, ascending.
    #[must_use]
    pub fn thresholds(&self) -> &[f64] {
        self.0.thresholds()
    }

    /// The tier of one customer.
    #[must_use]
    pub fn tier(&self, profit: f64) -> PyramidTier {
        match self.0.part(profit) {
            0 => PyramidTier::Small,
            1 => PyramidTier::Regular,
            2 => PyramidTier::Major,
            _ => PyramidTier::Vip,
        }
    }

    /// Writes the code of every customer's tier into `out`.
    ///
    /// # Errors
    /// `LengthMismatch`, `NotFinite`.
    pub fn assign_into(&self, profit: &[f64], out: &mut [u8]) -> Result<()> {
        self.0
            .codes_into("profit", profit, out, |part| 3_u8.saturating_sub(part))
    }
}

/// The running sums of `shares` but the last, which is 1.
fn cumulative<'a>(shares: impl Iterator<Item = &'a Share>) -> Result<Vec<Share>> {
    let mut sum = Decimal::ZERO;
    let mut sums = Vec::new();
    for share in shares {
        if *share == Share::ZERO {
            return Err(out_of_range("shares", 0, "must be greater than 0"));
        }
        sum = sum.saturating_add(share.value());
        sums.push(sum);
    }
    if sum != Decimal::ONE {
        let error = Error::new(ErrorKind::NotStochastic, "shares", "must sum to 1");
        return Err(error.with_value(format_args!("of sum {sum}")));
    }
    sums.pop();
    sums.into_iter().map(Share::new).collect()
}

/// How customers moved between tiers (or any other categories) from one date to another.
///
/// Both columns must speak of the same customers in the same order. Customers who were there at
/// one date only need a category of their own ("none") to be counted.
///
/// ```
/// use crm_core::value::tiers::TierMigration;
///
/// let moves = TierMigration::new(&[0, 0, 0, 1], &[0, 0, 1, 1], 3)?;
/// assert_eq!(moves.counts(0), [2, 1, 0]);
/// assert_eq!(moves.rates(1), Some(vec![0.0, 1.0, 0.0]));
/// assert_eq!(moves.rates(2), None);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierMigration {
    tiers: usize,
    /// Row-major: from × to.
    counts: Vec<u64>,
}

impl TierMigration {
    /// Counts the moves between codes of `tiers` categories.
    ///
    /// # Errors
    /// `LengthMismatch`; `OutOfRange` for a code of `tiers` or more.
    pub fn new(before: &[u8], after: &[u8], tiers: u8) -> Result<Self> {
        let tiers = usize::from(tiers);
        check_length("after", after.len(), before.len())?;
        check_codes("before", before, tiers)?;
        check_codes("after", after, tiers)?;
        let mut counts = vec![0; tiers * tiers];
        for (from, to) in before.iter().zip(after) {
            if let Some(count) = counts.get_mut(usize::from(*from) * tiers + usize::from(*to)) {
                *count += 1;
            }
        }
        Ok(TierMigration { tiers, counts })
    }

    /// The number of categories.
    #[must_use]
    pub fn tiers(&self) -> usize {
        self.tiers
    }

    /// How many customers of category `from` went to each category; empty if there is no such
    /// category.
    #[must_use]
    pub fn counts(&self, from: usize) -> &[u64] {
        let mut rows = self.counts.chunks_exact(self.tiers.max(1));
        rows.nth(from).unwrap_or_default()
    }

    /// The part of the customers of category `from` that went to each category, summing to 1;
    /// `None` if no customer was there at first: nothing is known about its row.
    #[must_use]
    pub fn rates(&self, from: usize) -> Option<Vec<f64>> {
        let counts = self.counts(from);
        let observed: u64 = counts.iter().sum();
        let rate = |count: &u64| *count as f64 / observed as f64;
        (observed > 0).then(|| counts.iter().map(rate).collect())
    }
}
