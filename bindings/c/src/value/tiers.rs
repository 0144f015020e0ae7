//! Tiers: five value groups, the customer pyramid, the table of a grouping, migration.

use crm_core::value::groups::{Group, summarise};
use crm_core::value::tiers::{Pyramid, TierMigration, ValueGroups};

use super::cuts::byte;
use super::{array, read_shares};
use crate::boundary::{OutputSlice, buffer, respond, slice};
use crate::status::crm_status;

/// The cut points between the tiers of the customer pyramid, ascending: a customer above the third
/// is VIP, above the second major, above the first regular, else small. A tier never holds more
/// than its share: customers equal to the one at its border stay below it.
///
/// @param customers how many customers there are, at least 1
/// @param shares share of the customers in VIP, major, regular, small, summing to 1; may be
///     NULL: 0.01, 0.04, 0.15, 0.80
/// @param thresholds receives 3 cut points
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pyramid_thresholds(
    profit: *const f64,
    customers: usize,
    shares: *const f64,
    thresholds: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let profit = slice("profit", profit, customers)?;
        let thresholds = OutputSlice::new("thresholds", thresholds, 3)?;
        let pyramid = if shares.is_null() {
            Pyramid::new(profit)?
        } else {
            Pyramid::with_shares(profit, &read_shares("shares", slice("shares", shares, 4)?)?)?
        };
        thresholds.write("thresholds", pyramid.thresholds())
    })
}

/// The tier of every customer.
///
/// @param thresholds 3 cut points, ascending
/// @param tiers receives one crm_pyramid_tier per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pyramid_assign(
    profit: *const f64,
    customers: usize,
    thresholds: *const f64,
    tiers: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let profit = slice("profit", profit, customers)?;
        let pyramid = Pyramid::at(&array("thresholds", thresholds)?)?;
        let out = OutputSlice::new("tiers", tiers, customers)?;
        let mut tiers = buffer("profit", customers)?;
        pyramid.assign_into(profit, &mut tiers)?;
        out.write("tiers", &tiers)
    })
}

/// The cut points between the five value groups, ascending.
///
/// @param customers how many customers there are, at least 1
/// @param shares share of the customers in each group from very low to very high, summing to 1;
///     may be NULL: a fifth each
/// @param thresholds receives 4 cut points
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_value_group_thresholds(
    profit: *const f64,
    customers: usize,
    shares: *const f64,
    thresholds: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let profit = slice("profit", profit, customers)?;
        let thresholds = OutputSlice::new("thresholds", thresholds, 4)?;
        let groups = if shares.is_null() {
            ValueGroups::fifths(profit)?
        } else {
            let shares = read_shares("shares", slice("shares", shares, 5)?)?;
            ValueGroups::with_shares(profit, &shares)?
        };
        thresholds.write("thresholds", groups.thresholds())
    })
}

/// The value group of every customer. A profit equal to a cut point belongs to the group below it.
///
/// @param thresholds 4 cut points, ascending
/// @param groups receives one crm_value_group per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_value_group_assign(
    profit: *const f64,
    customers: usize,
    thresholds: *const f64,
    groups: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let profit = slice("profit", profit, customers)?;
        let cuts = ValueGroups::at(&array("thresholds", thresholds)?)?;
        let out = OutputSlice::new("groups", groups, customers)?;
        let mut groups = buffer("profit", customers)?;
        cuts.assign_into(profit, &mut groups)?;
        out.write("groups", &groups)
    })
}

/// What one group of customers is and brings.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct crm_group {
    /// How many customers it has.
    pub customers: u64,
    /// Its part of all customers.
    pub share_of_customers: f64,
    /// What its customers bring together.
    pub profit: f64,
    /// Its part of the total profit, negative for a group that loses money; NaN if the total is not
    /// positive.
    pub share_of_profit: f64,
    /// Profit per customer; NaN for an empty group.
    pub mean_profit: f64,
}

impl From<&Group> for crm_group {
    fn from(group: &Group) -> Self {
        crm_group {
            customers: group.customers,
            share_of_customers: group.share_of_customers,
            profit: group.profit,
            share_of_profit: group.share_of_profit.unwrap_or(f64::NAN),
            mean_profit: group.mean_profit.unwrap_or(f64::NAN),
        }
    }
}

/// The table of a grouping: tiers, types, segments or any other codes.
///
/// @param codes the group of each customer, below `groups`
/// @param customers how many customers there are, at least 1
/// @param groups how many groups there are, up to 255
/// @param out receives one row per group, in the order of the codes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_group_table(
    codes: *const u8,
    profit: *const f64,
    customers: usize,
    groups: usize,
    out: *mut crm_group,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let codes = slice("codes", codes, customers)?;
        let profit = slice("profit", profit, customers)?;
        let groups = byte("groups", groups)?;
        let out = OutputSlice::new("out", out, usize::from(groups))?;
        let table = summarise(codes, profit, groups)?;
        out.write("out", &table.iter().map(Into::into).collect::<Vec<_>>())
    })
}

/// How customers moved between tiers, or any other categories, from one date to another. Give
/// customers who were there at one date only a category of their own.
///
/// @param before the tier of each customer at the first date, below `tiers`
/// @param after the tier of the same customers at the second date
/// @param tiers how many tiers there are, up to 255
/// @param counts receives tiers · tiers numbers of customers, row-major: from × to
/// @param rates receives tiers · tiers rates; each row sums to 1, or is NaN where no customer was in
///     that tier at first
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_tier_migration(
    before: *const u8,
    after: *const u8,
    customers: usize,
    tiers: usize,
    counts: *mut u64,
    rates: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let before = slice("before", before, customers)?;
        let after = slice("after", after, customers)?;
        let cells = usize::from(byte("tiers", tiers)?) * tiers;
        let counts = OutputSlice::new("counts", counts, cells)?;
        let rates = OutputSlice::new("rates", rates, cells)?;
        let migration = TierMigration::new(before, after, byte("tiers", tiers)?)?;
        let unobserved = || vec![f64::NAN; tiers];
        let rows = 0..tiers;
        let counted: Vec<u64> = rows
            .clone()
            .flat_map(|from| migration.counts(from))
            .copied()
            .collect();
        let rated = rows.flat_map(|from| migration.rates(from).unwrap_or_else(unobserved));
        counts.write("counts", &counted)?;
        rates.write("rates", &rated.collect::<Vec<_>>())
    })
}
