//! The table of a grouping: how many customers each tier, type or segment has, and what they bring.

use serde::{Deserialize, Serialize};

use super::{check_codes, check_column, check_length};
use crate::error::Result;
use crate::math::sum::Sum;

/// What one group of customers is and brings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// The group's code.
    pub code: u8,
    /// How many customers it has.
    pub customers: u64,
    /// Its part of all customers.
    pub share_of_customers: f64,
    /// What its customers bring together.
    pub profit: f64,
    /// Its part of the total profit; negative for a group that loses money. `None` if the total is
    /// not positive: a share of it would mean nothing.
    pub share_of_profit: Option<f64>,
    /// Profit per customer; `None` for an empty group.
    pub mean_profit: Option<f64>,
}

/// One row per group, in the order of the codes 0, 1, …, `groups` − 1; empty groups included.
///
/// ```
/// use crm_core::value::groups::summarise;
///
/// let table = summarise(&[0, 1, 1, 1], &[60.0, 30.0, 20.0, -10.0], 2)?;
/// assert_eq!(table[0].share_of_profit, Some(0.6));
/// assert_eq!((table[1].customers, table[1].profit), (3, 40.0));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`, `Empty`, `NotFinite` for `profit`, `OutOfRange` for a code of `groups` or more.
pub fn summarise(codes: &[u8], profit: &[f64], groups: u8) -> Result<Vec<Group>> {
    check_length("profit", profit.len(), codes.len())?;
    check_column("profit", profit)?;
    check_codes("codes", codes, usize::from(groups))?;
    let mut tallies = vec![(0_u64, Sum::default()); usize::from(groups)];
    for (code, profit) in codes.iter().zip(profit) {
        if let Some((customers, sum)) = tallies.get_mut(usize::from(*code)) {
            *customers += 1;
            sum.add(*profit);
        }
    }
    let total = tallies.iter().map(|(_, sum)| sum.value()).collect::<Sum>();
    let (total, rows) = (total.value(), codes.len() as f64);
    let group = |(code, (customers, sum)): (u8, &(u64, Sum))| {
        let (customers, profit) = (*customers, sum.value());
        Group {
            code,
            customers,
            share_of_customers: customers as f64 / rows,
            profit,
            share_of_profit: (total > 0.0).then(|| profit / total),
            mean_profit: (customers > 0).then(|| profit / customers as f64),
        }
    };
    Ok((0..groups).zip(&tallies).map(group).collect())
}
