//! Estimating a switching matrix from a panel: counts, and tests of order and stationarity.

use std::mem::MaybeUninit;

use crm_core::clv::switching::estimate::{
    ChiSquareTest, PanelRules, PurchasePanel, TransitionCounts, homogeneity_test,
};
use crm_core::{Error, ErrorKind};

use super::{product, read_counts, square};
use crate::boundary::{Output, OutputSlice, column, respond, slice};
use crate::categories::crm_ties;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// Every purchase is followed by the next one, whenever it comes.
pub const CRM_NO_GAP: i64 = -1;

/// A χ² test of counted switches, in two forms. Where `smallest_expected` is below about 5, neither
/// statistic need be close to χ².
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_chi_square_test {
    /// G² = 2 Σ n ln(n / m), where m is the count that the hypothesis expects.
    pub likelihood_ratio: f64,
    /// X² = Σ (n − m)² / m.
    pub pearson: f64,
    /// Σ over the compared tables (rows − 1)(columns − 1), without rows and columns of zeros.
    pub degrees_of_freedom: u64,
    /// The probability of a greater `likelihood_ratio`, if the hypothesis holds.
    pub likelihood_ratio_p: f64,
    /// The probability of a greater `pearson`, if the hypothesis holds.
    pub pearson_p: f64,
    /// The smallest m.
    pub smallest_expected: f64,
}

impl From<ChiSquareTest> for crm_chi_square_test {
    fn from(test: ChiSquareTest) -> Self {
        crm_chi_square_test {
            likelihood_ratio: test.likelihood_ratio,
            pearson: test.pearson,
            degrees_of_freedom: test.degrees_of_freedom,
            likelihood_ratio_p: test.likelihood_ratio_p,
            pearson_p: test.pearson_p,
            smallest_expected: test.smallest_expected,
        }
    }
}

/// The purchases of a panel of customers, as sequences of brands in the order of time. It does not
/// change: any number of threads may read it.
pub struct crm_purchase_panel(PurchasePanel);

/// Makes sequences from the rows of a table, in any order. Brands are counted from 0.
///
/// @param brand the code of a brand in each row, below `brands`
/// @param brands k, the number of brands
/// @param ties what two rows of one customer at the same time are
/// @param longest_gap two purchases further apart than this are no switch; CRM_NO_GAP: they always are
/// @param panel receives the handle; give it back to crm_purchase_panel_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_panel_new(
    customer: *const i64,
    time: *const i64,
    brand: *const u32,
    rows: usize,
    brands: usize,
    ties: MaybeUninit<crm_ties>,
    longest_gap: i64,
    panel: *mut Option<Box<crm_purchase_panel>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("panel", panel)?;
        let customers = slice("customer", customer, rows)?;
        let times = slice("time", time, rows)?;
        let codes = slice("brand", brand, rows)?;
        let longest_gap = match longest_gap {
            CRM_NO_GAP => None,
            gap => Some(u64::try_from(gap).map_err(|_| {
                let reason = "must be 0 or more, or CRM_NO_GAP";
                Error::new(ErrorKind::OutOfRange, "longest_gap", reason).with_value(gap)
            })?),
        };
        let rules = PanelRules {
            ties: category::read("ties", ties)?,
            longest_gap,
        };
        let made = PurchasePanel::new(brands, customers, times, codes, rules)?;
        out.write(Some(Box::new(crm_purchase_panel(made))));
        Ok(())
    })
}

/// How many purchases there are, and how many sequences: one per customer and one more for each gap that cuts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_panel_size(
    panel: *const crm_purchase_panel,
    purchases: *mut usize,
    sequences: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let panel = &borrow("panel", panel)?.0;
        let purchases = Output::new("purchases", purchases)?;
        let sequences = Output::new("sequences", sequences)?;
        purchases.write(panel.purchases());
        sequences.write(panel.sequences());
        Ok(())
    })
}

/// How often a buyer of brand i bought brand j next.
///
/// @param brands k, as the panel was made with
/// @param counts receives k × k counts, row-major
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_panel_counts(
    panel: *const crm_purchase_panel,
    brands: usize,
    counts: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let panel = &borrow("panel", panel)?.0;
        let out = OutputSlice::new("counts", counts, square("counts", brands)?)?;
        out.write("counts", panel.counts().counts())
    })
}

/// The counts of each period of time: before the first boundary, between two, from the last one on. A
/// switch belongs to the period of its second purchase.
///
/// @param boundaries increasing times
/// @param count how many boundaries there are
/// @param brands k, as the panel was made with
/// @param counts receives count + 1 tables of k × k counts
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_panel_counts_by_period(
    panel: *const crm_purchase_panel,
    boundaries: *const i64,
    count: usize,
    brands: usize,
    counts: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let panel = &borrow("panel", panel)?.0;
        let boundaries = slice("boundaries", boundaries, count)?;
        let size = product("counts", square("counts", brands)?, count.saturating_add(1))?;
        let out = OutputSlice::new("counts", counts, size)?;
        let periods = panel.counts_by_period(boundaries)?;
        let all: Vec<f64> = periods
            .iter()
            .flat_map(TransitionCounts::counts)
            .copied()
            .collect();
        out.write("counts", &all)
    })
}

/// Does the next brand not depend on the brand before the present one? The χ² test of order 1 against
/// order 2. Source: Anderson & Goodman 1957.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_second_order_test(
    panel: *const crm_purchase_panel,
    out: *mut crm_chi_square_test,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let panel = &borrow("panel", panel)?.0;
        let out = Output::new("out", out)?;
        out.write(panel.second_order_test()?.into());
        Ok(())
    })
}

/// Do the customers switch by the same matrix in all periods? The χ² test of stationarity, with the periods of
/// crm_purchase_panel_counts_by_period. Source: Anderson & Goodman 1957.
///
/// @param boundaries increasing times
/// @param count how many boundaries there are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stationarity_test(
    panel: *const crm_purchase_panel,
    boundaries: *const i64,
    count: usize,
    out: *mut crm_chi_square_test,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let panel = &borrow("panel", panel)?.0;
        let boundaries = slice("boundaries", boundaries, count)?;
        let out = Output::new("out", out)?;
        out.write(panel.stationarity_test(boundaries)?.into());
        Ok(())
    })
}

/// Frees a panel; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_purchase_panel_free(panel: Option<Box<crm_purchase_panel>>) {
    free(panel);
}

/// Counts pairs: in each row a brand bought, the one bought next, and the weight of the pair.
///
/// @param weight of each pair, 0 or more; stride 0: one for all
/// @param counts receives k × k counts, row-major
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pair_counts(
    from: *const u32,
    to: *const u32,
    rows: usize,
    weight: *const f64,
    weight_stride: usize,
    brands: usize,
    counts: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let from = slice("from", from, rows)?;
        let to = slice("to", to, rows)?;
        let weight = column("weight", weight, weight_stride, rows)?;
        let out = OutputSlice::new("counts", counts, square("counts", brands)?)?;
        let made = TransitionCounts::from_pairs(brands, from, to, weight)?;
        out.write("counts", made.counts())
    })
}

/// Does the next brand not depend on the present one? The χ² test of order 0 against order 1. Source: Anderson &
/// Goodman 1957.
///
/// @param counts k × k, row-major
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_independence_test(
    counts: *const f64,
    brands: usize,
    out: *mut crm_chi_square_test,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let counts = read_counts(counts, brands)?;
        let out = Output::new("out", out)?;
        out.write(counts.independence_test()?.into());
        Ok(())
    })
}

/// Do all groups of customers switch by the same matrix? The χ² test of homogeneity. Source: Anderson &
/// Goodman 1957.
///
/// @param counts one table of k × k counts for each group, one after the other
/// @param groups how many groups there are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_homogeneity_test(
    counts: *const f64,
    groups: usize,
    brands: usize,
    out: *mut crm_chi_square_test,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let size = square("counts", brands)?;
        let all = slice("counts", counts, product("counts", size, groups)?)?;
        let out = Output::new("out", out)?;
        let read = |counts: &[f64]| TransitionCounts::from_row_major(brands, counts.to_vec());
        let tables = all.chunks_exact(size.max(1)).map(read);
        let tables = tables.collect::<Result<Vec<_>, _>>()?;
        out.write(homogeneity_test(&tables)?.into());
        Ok(())
    })
}
