//! A summary of a calibration period, and what came after it.

use crm_core::ledger::HoldoutSummary;

use super::options::day;
use super::summary::{crm_summary_options, read_options};
use super::{check_rows, crm_ledger};
use crate::boundary::{Outcome, Output, OutputSlice, read, refuse, respond, write_optional};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crm_core::ErrorKind;
use crm_core::units::Date;

/// A summary of the calibration period, which a model is fitted to, and beside it what the same
/// customers did in the holdout period, which its predictions are compared with. It does not
/// change: any number of threads may read it.
pub struct crm_holdout_summary(pub(super) HoldoutSummary);

/// How large a holdout summary is.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct crm_holdout_size {
    /// Customers with a purchase in the calibration period: one row each.
    pub rows: u64,
    /// Customers who first appear in the holdout; they have no row.
    pub newcomers: u64,
    /// Length of the holdout, in the unit of recency and age.
    pub duration: f64,
}

/// Where the columns of a holdout summary go; a column that is not wanted is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_holdout_columns {
    /// Number of the customer in the ledger.
    pub customer: *mut usize,
    /// Row of the log where the customer comes first.
    pub first_row: *mut usize,
    /// x: purchases after the first one, in different periods of the calibration.
    pub frequency: *mut f64,
    /// t_x: time from the first to the last purchase of the calibration.
    pub recency: *mut f64,
    /// T: time from the first purchase to the end of the calibration.
    pub age: *mut f64,
    /// Mean amount of the repeat purchases of the calibration, 0 if there are none.
    pub mean_spend: *mut f64,
    /// x*: purchases in the holdout, in different periods.
    pub holdout_frequency: *mut f64,
    /// Sum of the amounts in the holdout.
    pub holdout_spend: *mut f64,
    /// Mean amount of the purchases in the holdout, 0 if there are none.
    pub holdout_mean_spend: *mut f64,
}

/// Splits the observation after a day: a summary up to it, and what each customer did from then to
/// the end of observation. The period that holds the day belongs to the calibration in full.
/// Customers who first appear in the holdout are left out and counted. Each part is read as an
/// observation of its own: a netted return in the holdout is deducted from a purchase of the
/// holdout, or from none.
///
/// `CRM_STATUS_OUT_OF_RANGE` if the day is before the start, or leaves no holdout. Source: Fader,
/// Hardie & Lee 2005, section 4; the same as `calibration_and_holdout_data` of lifetimes.
///
/// @param options how it is made; may be NULL: the usual options
/// @param calibration_end last day of the calibration, in days since 1970-01-01
/// @param holdout receives the handle; give it back to crm_holdout_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_holdout_summary_new(
    ledger: *const crm_ledger,
    options: *const crm_summary_options,
    calibration_end: i32,
    holdout: *mut Option<Box<crm_holdout_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("holdout", holdout)?;
        let ledger = &borrow("ledger", ledger)?.0;
        let options = read_options(options)?;
        let made = ledger.calibration_and_holdout(&options, last_day(calibration_end)?)?;
        out.write(Some(Box::new(crm_holdout_summary(made))));
        Ok(())
    })
}

pub(super) fn last_day(calibration_end: i32) -> Outcome<Date> {
    let name = "calibration_end";
    let missing = || refuse(ErrorKind::Missing, name, "must be given");
    day(name, calibration_end)?.ok_or_else(missing)
}

/// Frees a holdout summary; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_holdout_summary_free(holdout: Option<Box<crm_holdout_summary>>) {
    free(holdout);
}

/// How many rows and newcomers there are, and how long the holdout is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_holdout_summary_measure(
    holdout: *const crm_holdout_summary,
    out: *mut crm_holdout_size,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let holdout = &borrow("holdout", holdout)?.0;
        Output::new("out", out)?.write(crm_holdout_size {
            rows: holdout.calibration.len() as u64,
            newcomers: holdout.newcomers as u64,
            duration: holdout.duration,
        });
        Ok(())
    })
}

/// Copies the columns of a holdout summary.
///
/// @param rows how many rows there are, as crm_holdout_summary_measure says
/// @param columns where they go
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_holdout_summary_read(
    holdout: *const crm_holdout_summary,
    rows: usize,
    columns: *const crm_holdout_columns,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let holdout = &borrow("holdout", holdout)?.0;
        let columns = read("columns", columns)?;
        let calibration = &holdout.calibration;
        check_rows("rows", rows, calibration.len())?;
        let customer = OutputSlice::optional("customer", columns.customer, rows)?;
        let first_row = OutputSlice::optional("first_row", columns.first_row, rows)?;
        let numbers = [
            ("frequency", columns.frequency, &calibration.frequency),
            ("recency", columns.recency, &calibration.recency),
            ("age", columns.age, &calibration.age),
            ("mean_spend", columns.mean_spend, &calibration.mean_spend),
            (
                "holdout_frequency",
                columns.holdout_frequency,
                &holdout.holdout_frequency,
            ),
            (
                "holdout_spend",
                columns.holdout_spend,
                &holdout.holdout_spend,
            ),
            (
                "holdout_mean_spend",
                columns.holdout_mean_spend,
                &holdout.holdout_mean_spend,
            ),
        ];
        for (name, column, _) in &numbers {
            OutputSlice::optional(name, *column, rows)?;
        }
        write_optional(customer, "customer", &calibration.customer)?;
        write_optional(first_row, "first_row", &calibration.first_row)?;
        for (name, column, values) in numbers {
            write_optional(OutputSlice::optional(name, column, rows)?, name, values)?;
        }
        Ok(())
    })
}
