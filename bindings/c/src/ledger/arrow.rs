//! A ledger from a table in Arrow's memory.

use std::ffi::c_char;

use crm_core::Error;
use crm_core_arrow::abi::ArrowArrayStream;
use crm_core_arrow::{LogColumns, Table, read_ledger};

use super::crm_ledger;
use crate::boundary::{Outcome, Output, respond, text};
use crate::handle::output;
use crate::status::crm_status;

/// A ledger of the log that an Arrow stream brings, as every engine that speaks the Arrow C data
/// interface makes one (pyarrow, Polars, DuckDB, ADBC drivers, nanoarrow). Texts and columns of 64
/// bits are read in place.
///
/// The stream is taken: it is released and empty afterwards, also after a failure, unless its pointer
/// itself was refused. Errors name the column of the table and the row counted over the stream.
///
/// `CRM_STATUS_NOT_FOUND` for a column that the table has not, `CRM_STATUS_WRONG_TYPE` for a column of a
/// wrong type or a time zone that is not UTC, `CRM_STATUS_MISSING` for a missing value,
/// `CRM_STATUS_UNREADABLE` for a stream that fails or breaks the rules of the interface; and those of
/// crm_ledger_new.
///
/// @param stream the table
/// @param customer name of the column of customers: integers or texts, dictionaries included
/// @param time name of the column of dates, or of timestamps that are naive or UTC
/// @param amount name of the column of amounts: floats; or integers or decimals, which are exact
/// @param cost name of the column of what it cost the seller; may be NULL
/// @param ledger receives the handle; give it back to crm_ledger_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_from_arrow_new(
    stream: *mut ArrowArrayStream,
    customer: *const c_char,
    time: *const c_char,
    amount: *const c_char,
    cost: *const c_char,
    ledger: *mut Option<Box<crm_ledger>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let stream = take(stream);
        let out = output("ledger", ledger)?;
        let stream = stream?;
        let columns = LogColumns {
            customer: text("customer", customer)?,
            time: text("time", time)?,
            amount: text("amount", amount)?,
            cost: (!cost.is_null()).then(|| text("cost", cost)).transpose()?,
        };
        let made = read_ledger(&Table::read(stream)?, &columns).map_err(of_stream)?;
        out.write(Some(Box::new(crm_ledger(made))));
        Ok(())
    })
}

/// What the core calls the log is the stream here.
fn of_stream(error: Error) -> Error {
    match error.argument() {
        "log" => error.named("stream"),
        _ => error,
    }
}

/// What the stream holds; the caller's struct is empty afterwards.
///
/// # Safety
/// If `stream` is neither NULL nor misaligned, it points to a stream that is valid or released.
unsafe fn take(stream: *mut ArrowArrayStream) -> Outcome<ArrowArrayStream> {
    // SAFETY: as the caller vouches; `Output::new` only looks at the pointer itself.
    unsafe {
        Output::new("stream", stream)?;
        Ok(ArrowArrayStream::take(stream))
    }
}
