//! Repeat purchases over time.

use crm_core::ledger::RepeatPurchases;

use super::summary::{crm_summary_options, read_options};
use super::{check_rows, crm_ledger};
use crate::boundary::{Output, OutputSlice, respond, write_optional};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// When customers came, and how often they bought again in each period. It does not change: any number of
/// threads may read it.
pub struct crm_repeat_purchases(RepeatPurchases);

/// Counts repeat purchases in consecutive periods of `length` units of time, from the beginning of
/// observation on; with days and 7 periods per unit, a length of 1 is a week. The observation may end within
/// a period: what came in that one is left out.
///
/// CRM_STATUS_OUT_OF_RANGE if no period fits into the observation; the statuses of crm_summary_new.
///
/// @param options as of a summary; may be NULL: the defaults
/// @param repeats receives the handle; give it back to crm_repeat_purchases_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_repeat_purchases_new(
    ledger: *const crm_ledger,
    options: *const crm_summary_options,
    length: f64,
    repeats: *mut Option<Box<crm_repeat_purchases>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("repeats", repeats)?;
        let ledger = &borrow("ledger", ledger)?.0;
        let made = ledger.repeat_purchases(&read_options(options)?, length)?;
        out.write(Some(Box::new(crm_repeat_purchases(made))));
        Ok(())
    })
}

/// How many customers and how many whole periods there are.
///
/// @param customers receives the number of customers
/// @param periods receives the number of periods
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_repeat_purchases_measure(
    repeats: *const crm_repeat_purchases,
    customers: *mut usize,
    periods: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let repeats = &borrow("repeats", repeats)?.0;
        let customers = Output::new("customers", customers)?;
        let periods = Output::new("periods", periods)?;
        customers.write(repeats.starts.len());
        periods.write(repeats.purchases.len());
        Ok(())
    })
}

/// Both columns.
///
/// @param customers the number of customers
/// @param starts receives, per customer in the order of the summary, the time from the beginning of observation to
///        the first purchase; may be NULL
/// @param periods the number of periods
/// @param purchases receives, per period, the repeat purchases of all customers; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_repeat_purchases_read(
    repeats: *const crm_repeat_purchases,
    customers: usize,
    starts: *mut f64,
    periods: usize,
    purchases: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let repeats = &borrow("repeats", repeats)?.0;
        let starts = OutputSlice::optional("starts", starts, customers)?;
        let purchases = OutputSlice::optional("purchases", purchases, periods)?;
        check_rows("starts", customers, repeats.starts.len())?;
        check_rows("purchases", periods, repeats.purchases.len())?;
        write_optional(starts, "starts", &repeats.starts)?;
        write_optional(purchases, "purchases", &repeats.purchases)
    })
}

/// Frees repeat purchases; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_repeat_purchases_free(repeats: Option<Box<crm_repeat_purchases>>) {
    free(repeats);
}
