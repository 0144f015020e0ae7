//! What parts of a log contribute to the summary of the whole.

use std::ffi::c_char;

use crm_core::ledger::PartialSummary;
use crm_core::{Error, ErrorKind};

use super::customers::{id_text, integers};
use super::holdout::{crm_holdout_summary, last_day};
use super::summary::{crm_summary, crm_summary_options, read_options};
use super::{check_rows, crm_ledger};
use crate::boundary::{Failure, Outcome, Output, OutputSlice, respond, text, write_text};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// What a part of a log contributes to the summary of the whole: of each customer the periods with
/// transactions, and of each period the sum of its amounts. Make parts where the rows are, merge
/// them in any grouping, and summarise at last: however the rows are spread over the parts, the
/// summary is that of the whole log. A period whose transactions lie in several parts is one
/// period with one sum after merging, so parts by customer need nothing more, and parts by time
/// may be cut anywhere. Sums of exact amounts are exact (up to 2^53 units); of floats the last
/// digit of a period in several parts depends on how the rows are spread.
///
/// It does not change: any number of threads may read it.
pub struct crm_partial_summary(PartialSummary);

/// What the transactions of a ledger contribute to the summary of a log of which they are a part.
/// The options are those of the summary, and the same for every part.
///
/// `CRM_STATUS_MISSING` for blocks of several days without a start: each part would count them from
/// another day. Those of crm_summary_new.
///
/// @param options how the summary is made; may be NULL: the usual options
/// @param partial receives the handle; give it back to crm_partial_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_new(
    ledger: *const crm_ledger,
    options: *const crm_summary_options,
    partial: *mut Option<Box<crm_partial_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("partial", partial)?;
        let ledger = &borrow("ledger", ledger)?.0;
        let made = ledger.partial_summary(&read_options(options)?)?;
        out.write(Some(Box::new(crm_partial_summary(made))));
        Ok(())
    })
}

/// Frees a partial summary; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_partial_summary_free(partial: Option<Box<crm_partial_summary>>) {
    free(partial);
}

/// What two parts contribute together. Customers and rows of the second come after those of the
/// first, as if the parts were one log in this order; merging is associative.
///
/// `CRM_STATUS_WRONG_TYPE` for parts with different options or types of columns,
/// `CRM_STATUS_MIXED_TIME_ZONES` for naive and UTC timestamps.
///
/// @param merged receives the handle; give it back to crm_partial_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_merge_new(
    first: *const crm_partial_summary,
    second: *const crm_partial_summary,
    merged: *mut Option<Box<crm_partial_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("merged", merged)?;
        let mut made = borrow("first", first)?.0.clone();
        made.merge(&borrow("second", second)?.0)?;
        out.write(Some(Box::new(crm_partial_summary(made))));
        Ok(())
    })
}

/// The summary of the log whose parts were merged, as crm_summary_new makes it of the whole.
/// Numbers of customers are those of the partial summary.
///
/// @param summary receives the handle; give it back to crm_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_finish(
    partial: *const crm_partial_summary,
    summary: *mut Option<Box<crm_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("summary", summary)?;
        let made = borrow("partial", partial)?.0.summary()?;
        out.write(Some(Box::new(crm_summary(made))));
        Ok(())
    })
}

/// The holdout summary of the log whose parts were merged, as crm_holdout_summary_new makes it of
/// the whole.
///
/// @param calibration_end last day of the calibration, in days since 1970-01-01
/// @param holdout receives the handle; give it back to crm_holdout_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_finish_holdout(
    partial: *const crm_partial_summary,
    calibration_end: i32,
    holdout: *mut Option<Box<crm_holdout_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("holdout", holdout)?;
        let partial = &borrow("partial", partial)?.0;
        let made = partial.calibration_and_holdout(last_day(calibration_end)?)?;
        out.write(Some(Box::new(crm_holdout_summary(made))));
        Ok(())
    })
}

/// How many customers there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_customers(
    partial: *const crm_partial_summary,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let partial = &borrow("partial", partial)?.0;
        Output::new("out", out)?.write(partial.customers());
        Ok(())
    })
}

/// Who the customers are, if the log has numbers; `CRM_STATUS_WRONG_TYPE` if it has texts.
///
/// @param customers how many there are
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_customer_ids(
    partial: *const crm_partial_summary,
    customers: usize,
    out: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let partial = &borrow("partial", partial)?.0;
        check_rows("customers", customers, partial.customers())?;
        let out = OutputSlice::new("out", out, customers)?;
        let ids = (0..customers).filter_map(|customer| partial.id(customer));
        out.write("out", &integers("partial", ids)?)
    })
}

/// Who a customer is, if the log has texts; `CRM_STATUS_WRONG_TYPE` if it has numbers,
/// `CRM_STATUS_NOT_FOUND` if it has no such customer.
///
/// @param customer number of the customer
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_customer_text(
    partial: *const crm_partial_summary,
    customer: usize,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let partial = &borrow("partial", partial)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(
            id_text("partial", customer, partial.id(customer))?,
            buffer,
            capacity,
        )
    })
}

/// How many bytes the JSON text of a partial summary has, with its terminating NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_json_size(
    partial: *const crm_partial_summary,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let json = json(&borrow("partial", partial)?.0)?;
        Output::new("out", out)?.write(json.len() + 1);
        Ok(())
    })
}

/// Writes a partial summary as JSON, for the way between processes.
///
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_to_json(
    partial: *const crm_partial_summary,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let partial = &borrow("partial", partial)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(&json(partial)?, buffer, capacity)
    })
}

/// Reads a partial summary; `CRM_STATUS_UNREADABLE` for a text that does not hold one.
///
/// @param json what crm_partial_summary_to_json wrote
/// @param partial receives the handle; give it back to crm_partial_summary_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partial_summary_from_json_new(
    json: *const c_char,
    partial: *mut Option<Box<crm_partial_summary>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("partial", partial)?;
        let read = serde_json::from_str(text("json", json)?).map_err(unreadable)?;
        out.write(Some(Box::new(crm_partial_summary(read))));
        Ok(())
    })
}

fn json(partial: &PartialSummary) -> Outcome<String> {
    serde_json::to_string(partial).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Failure {
    let reason = format!("must be a partial summary: {error}");
    Error::new(ErrorKind::Unreadable, "json", reason).into()
}
