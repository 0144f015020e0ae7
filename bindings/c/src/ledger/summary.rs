//! Frequency, recency, age and mean spend.

use std::mem::MaybeUninit;

use crm_core::ledger::{Grouped, Summary, SummaryOptions};
use crm_core::{Error, ErrorKind};

use super::log::{crm_log, with_log};
use super::options::{CRM_NO_DAY, crm_period, crm_returns, day, flag, granularity, returns};
use super::{check_rows, crm_ledger};
use crate::boundary::{Outcome, Output, OutputSlice, read, respond, slice, write_optional};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// How a summary is made. Take the defaults of `crm_summary_options_default` and change what differs.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct crm_summary_options {
    /// How many periods are one unit of time; default 1. With single days as periods, 7 expresses
    /// recency and age in weeks.
    pub periods_per_unit: f64,
    /// All transactions of one period are one purchase; default days.
    pub period: MaybeUninit<crm_period>,
    /// How many days make a period of `CRM_PERIOD_DAYS`; default 1.
    pub period_days: u32,
    /// First day of observation, in days since 1970-01-01; the period that holds it counts in full.
    /// Default `CRM_NO_DAY`: the day of the first transaction.
    pub start: i32,
    /// Last day of observation; the period that holds it counts in full. Default `CRM_NO_DAY`: the
    /// day of the last transaction.
    pub end: i32,
    /// What to make of negative amounts; default `CRM_RETURNS_REJECT`.
    pub returns: MaybeUninit<crm_returns>,
    /// 1: the mean spend includes the first purchase; 0, the default: it does not.
    pub include_first: i32,
    /// 1: half a period for each repeat purchase is deducted from recency and age, since in what is left of
    /// the period of a purchase no other one is counted, though models of continuous time expect it; 0, the
    /// default: they are not.
    pub continuity_correction: i32,
    /// Must be 0.
    pub reserved: u32,
}

impl crm_summary_options {
    fn default() -> Self {
        crm_summary_options {
            periods_per_unit: SummaryOptions::default().periods_per_unit,
            period: MaybeUninit::new(crm_period::Days),
            period_days: 1,
            start: CRM_NO_DAY,
            end: CRM_NO_DAY,
            returns: MaybeUninit::new(crm_returns::Reject),
            include_first: 0,
            continuity_correction: 0,
            reserved: 0,
        }
    }

    fn value(&self) -> Outcome<SummaryOptions> {
        if self.reserved != 0 {
            let error = Error::new(ErrorKind::OutOfRange, "reserved", "must be 0");
            return Err(error.with_value(self.reserved).into());
        }
        Ok(SummaryOptions {
            granularity: granularity(self.period, self.period_days)?,
            periods_per_unit: self.periods_per_unit,
            start: day("start", self.start)?,
            end: day("end", self.end)?,
            returns: returns(self.returns)?,
            include_first: flag("include_first", self.include_first)?,
            continuity_correction: flag("continuity_correction", self.continuity_correction)?,
        })
    }
}

/// The usual options: single days, the whole log, no returns, mean spend of the repeat purchases.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_summary_options_default(out: *mut crm_summary_options) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        Output::new("out", out)?.write(crm_summary_options::default());
        Ok(())
    })
}

/// The options that C passed, or the usual ones.
///
/// # Safety
/// As [`read`], unless `options` is NULL.
pub(super) unsafe fn read_options(options: *const crm_summary_options) -> Outcome<SummaryOptions> {
    if options.is_null() {
        return crm_summary_options::default().value();
    }
    // SAFETY: as the caller vouches.
    unsafe { read("options", options) }?.value()
}

/// Frequency, recency, age and mean spend: one row per customer with a purchase in the observation,
/// in the order of customers. It does not change: any number of threads may read it.
pub struct crm_summary(pub(super) Summary);

/// Where the columns of a summary go; a column that is not wanted is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_summary_columns {
    /// Number of the customer in the ledger.
    pub customer: *mut usize,
    /// Row of the log where the customer comes first.
    pub first_row: *mut usize,
    /// x: purchases after the first one, in different periods.
    pub frequency: *mut f64,
    /// t_x: time from the first to the last purchase.
    pub recency: *mut f64,
    /// T: time from the first purchase to the end of observation.
    pub age: *mut f64,
    /// Mean amount of the repeat purchases, 0 if there are none.
    pub mean_spend: *mut f64,
    /// Time from the last purchase to the end of observation, age − recency: the recency of RFM scores.
    pub since_last: *mut f64,
}

/// With purchases in the periods p_0 < ... < p_x and the last observed period e: recency = p_x − p_0,
/// age = e − p_0, mean spend = (spend(p_1) + ... + spend(p_x)) / x.
///
/// Source: Fader & Hardie 2008, note 022; the same as `summary_data_from_transaction_data` of the
/// Python package lifetimes.
///
/// @param options how it is made; may be NULL: the usual options
/// @param summary receives the handle; give it back to crm_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_summary_new(
    ledger: *const crm_ledger,
    options: *const crm_summary_options,
    summary: *mut Option<Box<crm_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("summary", summary)?;
        let ledger = &borrow("ledger", ledger)?.0;
        let made = ledger.summary(&read_options(options)?)?;
        out.write(Some(Box::new(crm_summary(made))));
        Ok(())
    })
}

/// The summary of the log that the chunks hold: that of crm_summary_new of their ledger, with its errors and those of
/// crm_ledger_new, in half of the memory or less, since rows stay where they are and no ledger is kept. Its column
/// `first_row` tells who a customer is.
///
/// @param chunks the parts of the log; they are not needed afterwards
/// @param chunk_count how many there are
/// @param options how it is made; may be NULL: the usual options
/// @param summary receives the handle; give it back to crm_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_summary_of_log_new(
    chunks: *const crm_log,
    chunk_count: usize,
    options: *const crm_summary_options,
    summary: *mut Option<Box<crm_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("summary", summary)?;
        let options = read_options(options)?;
        let made = with_log(chunks, chunk_count, |log| log.summary(&options))?;
        out.write(Some(Box::new(crm_summary(made))));
        Ok(())
    })
}

/// Frees a summary; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_summary_free(summary: Option<Box<crm_summary>>) {
    free(summary);
}

/// How many rows a summary has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_summary_rows(
    summary: *const crm_summary,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let summary = &borrow("summary", summary)?.0;
        Output::new("out", out)?.write(summary.len());
        Ok(())
    })
}

/// Copies the columns of a summary.
///
/// @param rows how many rows there are, as crm_summary_rows says
/// @param columns where they go
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_summary_read(
    summary: *const crm_summary,
    rows: usize,
    columns: *const crm_summary_columns,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let summary = &borrow("summary", summary)?.0;
        let columns = read("columns", columns)?;
        check_rows("rows", rows, summary.len())?;
        let customer = OutputSlice::optional("customer", columns.customer, rows)?;
        let first_row = OutputSlice::optional("first_row", columns.first_row, rows)?;
        let frequency = OutputSlice::optional("frequency", columns.frequency, rows)?;
        let recency = OutputSlice::optional("recency", columns.recency, rows)?;
        let age = OutputSlice::optional("age", columns.age, rows)?;
        let mean_spend = OutputSlice::optional("mean_spend", columns.mean_spend, rows)?;
        let since_last = OutputSlice::optional("since_last", columns.since_last, rows)?;
        write_optional(customer, "customer", &summary.customer)?;
        write_optional(first_row, "first_row", &summary.first_row)?;
        write_optional(frequency, "frequency", &summary.frequency)?;
        write_optional(recency, "recency", &summary.recency)?;
        write_optional(age, "age", &summary.age)?;
        write_optional(mean_spend, "mean_spend", &summary.mean_spend)?;
        write_optional(since_last, "since_last", &summary.since_last())
    })
}

/// Customers with equal frequency, recency and age as one row with a weight: what the likelihood of
/// a model needs, in a fraction of the rows. It does not change: any number of threads may read it.
pub struct crm_grouped_summary(Grouped);

/// Where the columns of a grouped summary go; a column that is not wanted is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_grouped_summary_columns {
    /// x of each group.
    pub frequency: *mut f64,
    /// t_x of each group.
    pub recency: *mut f64,
    /// T of each group.
    pub age: *mut f64,
    /// Number of customers in each group, or the sum of their weights.
    pub weight: *mut f64,
}

/// Groups the rows of a summary; groups come in the order of their first customers.
///
/// @param weights one number, 0 or more, per row of the summary; may be NULL: each counts 1
/// @param rows how many rows the summary has
/// @param grouped receives the handle; give it back to crm_grouped_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_grouped_summary_new(
    summary: *const crm_summary,
    weights: *const f64,
    rows: usize,
    grouped: *mut Option<Box<crm_grouped_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("grouped", grouped)?;
        let summary = &borrow("summary", summary)?.0;
        let made = if weights.is_null() {
            check_rows("rows", rows, summary.len())?;
            summary.grouped()
        } else {
            summary.grouped_with_weights(slice("weights", weights, rows)?)?
        };
        out.write(Some(Box::new(crm_grouped_summary(made))));
        Ok(())
    })
}

/// Frees a grouped summary; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_grouped_summary_free(grouped: Option<Box<crm_grouped_summary>>) {
    free(grouped);
}

/// How many groups there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_grouped_summary_groups(
    grouped: *const crm_grouped_summary,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let grouped = &borrow("grouped", grouped)?.0;
        Output::new("out", out)?.write(grouped.weight.len());
        Ok(())
    })
}

/// Copies the columns of the groups.
///
/// @param groups how many groups there are, as crm_grouped_summary_groups says
/// @param columns where they go
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_grouped_summary_read(
    grouped: *const crm_grouped_summary,
    groups: usize,
    columns: *const crm_grouped_summary_columns,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let grouped = &borrow("grouped", grouped)?.0;
        let columns = read("columns", columns)?;
        check_rows("groups", groups, grouped.weight.len())?;
        let frequency = OutputSlice::optional("frequency", columns.frequency, groups)?;
        let recency = OutputSlice::optional("recency", columns.recency, groups)?;
        let age = OutputSlice::optional("age", columns.age, groups)?;
        let weight = OutputSlice::optional("weight", columns.weight, groups)?;
        write_optional(frequency, "frequency", &grouped.frequency)?;
        write_optional(recency, "recency", &grouped.recency)?;
        write_optional(age, "age", &grouped.age)?;
        write_optional(weight, "weight", &grouped.weight)
    })
}

/// The group of each row of the summary.
///
/// @param rows how many rows the summary has
/// @param out receives the numbers of the groups
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_grouped_summary_members(
    grouped: *const crm_grouped_summary,
    rows: usize,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let grouped = &borrow("grouped", grouped)?.0;
        check_rows("rows", rows, grouped.group.len())?;
        OutputSlice::new("out", out, rows)?.write("out", &grouped.group)
    })
}
