//! Activity per customer and period.

use std::mem::MaybeUninit;

use crm_core::ErrorKind;
use crm_core::ledger::{Granularity, PeriodSeries, SeriesOptions};

use super::options::{CRM_NO_DAY, crm_period, crm_returns, day, granularity, returns};
use super::{check_rows, crm_ledger};
use crate::boundary::{Outcome, Output, OutputSlice, read, refuse, respond, write_optional};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// How a period series is made. Take the defaults of `crm_period_series_options_default` and change
/// what differs.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct crm_period_series_options {
    /// How time is cut; default months.
    pub period: MaybeUninit<crm_period>,
    /// How many days make a period of `CRM_PERIOD_DAYS`; default 1.
    pub period_days: u32,
    /// First day of observation, in period 0. Default `CRM_NO_DAY`: that of the first transaction.
    pub start: i32,
    /// Last day of observation, in the last period, which counts in full. Default `CRM_NO_DAY`: that
    /// of the last transaction.
    pub end: i32,
    /// What to make of negative amounts; default `CRM_RETURNS_REJECT`. Netted returns count in the
    /// period in which they fall; a period with returns alone has 0 purchases and a negative spend.
    pub returns: MaybeUninit<crm_returns>,
}

impl crm_period_series_options {
    fn default() -> Self {
        crm_period_series_options {
            period: MaybeUninit::new(crm_period::Months),
            period_days: 1,
            start: CRM_NO_DAY,
            end: CRM_NO_DAY,
            returns: MaybeUninit::new(crm_returns::Reject),
        }
    }

    fn value(&self) -> Outcome<SeriesOptions> {
        let Granularity::Period(period) = granularity(self.period, self.period_days)? else {
            let reason = "must not be an instant";
            return Err(refuse(ErrorKind::OutOfRange, "period", reason));
        };
        Ok(SeriesOptions {
            period,
            start: day("start", self.start)?,
            end: day("end", self.end)?,
            returns: returns(self.returns)?,
        })
    }
}

/// The usual options: calendar months, the whole log, no returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_period_series_options_default(
    out: *mut crm_period_series_options,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        Output::new("out", out)?.write(crm_period_series_options::default());
        Ok(())
    })
}

/// What each customer bought in each period. Only periods with activity are entries; those of
/// customer i are the entries offsets[i] up to, not including, offsets[i + 1]. It does not change:
/// any number of threads may read it.
pub struct crm_period_series(pub(crate) PeriodSeries);

/// Where the columns of a period series go; a column that is not wanted is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_period_series_columns {
    /// Where each customer's entries start, and at last the number of entries: customers + 1 numbers.
    pub offsets: *mut usize,
    /// Index of the period since the start of observation, one per entry.
    pub period: *mut u32,
    /// Number of purchases in the period.
    pub purchases: *mut u32,
    /// Sum of the amounts of the period.
    pub spend: *mut f64,
    /// Sum of amount − cost of the period; `CRM_STATUS_MISSING` if the log has no costs.
    pub profit: *mut f64,
}

/// How large a period series is.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct crm_period_series_size {
    /// Customers, those without activity too: the customers of the ledger.
    pub customers: u64,
    /// Entries of all customers.
    pub entries: u64,
    /// Periods that were observed in all.
    pub observed: u32,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// The activity of every customer in each period of the observation.
///
/// @param options how it is made; may be NULL: the usual options
/// @param series receives the handle; give it back to crm_period_series_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_period_series_new(
    ledger: *const crm_ledger,
    options: *const crm_period_series_options,
    series: *mut Option<Box<crm_period_series>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("series", series)?;
        let ledger = &borrow("ledger", ledger)?.0;
        let options = if options.is_null() {
            crm_period_series_options::default()
        } else {
            read("options", options)?
        };
        let made = ledger.period_series(&options.value()?)?;
        out.write(Some(Box::new(crm_period_series(made))));
        Ok(())
    })
}

/// Frees a period series; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_period_series_free(series: Option<Box<crm_period_series>>) {
    free(series);
}

/// How many customers, entries and periods there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_period_series_measure(
    series: *const crm_period_series,
    out: *mut crm_period_series_size,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let series = &borrow("series", series)?.0;
        Output::new("out", out)?.write(crm_period_series_size {
            customers: series.customers() as u64,
            entries: series.periods().len() as u64,
            observed: series.observed(),
            reserved: [0; 4],
        });
        Ok(())
    })
}

/// Copies the columns of a period series.
///
/// @param customers how many customers there are
/// @param entries how many entries there are
/// @param columns where they go
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_period_series_read(
    series: *const crm_period_series,
    customers: usize,
    entries: usize,
    columns: *const crm_period_series_columns,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let series = &borrow("series", series)?.0;
        let columns = read("columns", columns)?;
        check_rows("customers", customers, series.customers())?;
        check_rows("entries", entries, series.periods().len())?;
        let offsets = OutputSlice::optional("offsets", columns.offsets, series.offsets().len())?;
        let period = OutputSlice::optional("period", columns.period, entries)?;
        let purchases = OutputSlice::optional("purchases", columns.purchases, entries)?;
        let spend = OutputSlice::optional("spend", columns.spend, entries)?;
        let profit = OutputSlice::optional("profit", columns.profit, entries)?;
        if profit.is_some() && series.profit().is_none() {
            let reason = "is unknown: the log has no costs";
            return Err(refuse(ErrorKind::Missing, "profit", reason));
        }
        write_optional(offsets, "offsets", series.offsets())?;
        write_optional(period, "period", series.periods())?;
        write_optional(purchases, "purchases", series.purchases())?;
        write_optional(spend, "spend", series.spend())?;
        write_optional(profit, "profit", series.profit().unwrap_or_default())
    })
}
