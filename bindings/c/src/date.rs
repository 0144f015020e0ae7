//! Dates: days since 1970-01-01.

use std::ffi::c_char;

use crm_core::Error;
use crm_core::units::Date;

use crate::boundary::{Output, respond, text};
use crate::status::crm_status;

/// Reads a date such as "2025-01-31" as the number of days since 1970-01-01, which is how every
/// function takes dates. Fails with `CRM_STATUS_UNREADABLE`.
///
/// @param out receives the days; negative before 1970
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_date_parse(date: *const c_char, out: *mut i32) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let date = text("date", date)?;
        let out = Output::new("out", out)?;
        let read: Date = date.parse().map_err(|error: Error| error.named("date"))?;
        out.write(read.days());
        Ok(())
    })
}
