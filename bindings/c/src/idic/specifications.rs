//! What a customer said once and need not say again.

use std::ffi::c_char;

use crm_core::idic::interact::memory::Specifications;
use crm_core::{Error, ErrorKind};

use super::interact::unreadable;
use crate::boundary::{Outcome, Output, OutputSlice, respond, text, write_optional, write_text};
use crate::handle::{borrow, borrow_mut, free, output};
use crate::service::moment;
use crate::status::crm_status;

/// The remembered specifications of a customer: the newest word on each subject. They change: one thread at a time.
pub struct crm_specifications(Specifications);

/// Specifications of nothing.
///
/// @param specifications receives the handle; give it back to crm_specifications_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_new(
    specifications: *mut Option<Box<crm_specifications>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("specifications", specifications)?;
        let made = crm_specifications(Specifications::default());
        out.write(Some(Box::new(made)));
        Ok(())
    })
}

/// Reads what crm_specifications_to_json wrote.
///
/// @param json the text
/// @param specifications receives the handle; give it back to crm_specifications_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_from_json_new(
    json: *const c_char,
    specifications: *mut Option<Box<crm_specifications>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("specifications", specifications)?;
        let made = serde_json::from_str(text("json", json)?)
            .map_err(|error| unreadable("json", "specifications", &error))?;
        out.write(Some(Box::new(crm_specifications(made))));
        Ok(())
    })
}

/// Frees specifications; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_specifications_free(specifications: Option<Box<crm_specifications>>) {
    free(specifications);
}

/// How many bytes crm_specifications_to_json writes, with the terminating NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_json_size(
    specifications: *const crm_specifications,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let specifications = &borrow("specifications", specifications)?.0;
        let out = Output::new("out", out)?;
        out.write(written(specifications)?.len() + 1);
        Ok(())
    })
}

/// Writes the specifications: `{"size": {"value": "M", "at": "2026-03-01T10:00:00"}}`.
///
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_to_json(
    specifications: *const crm_specifications,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let specifications = &borrow("specifications", specifications)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(&written(specifications)?, buffer, capacity)
    })
}

fn written(specifications: &Specifications) -> Outcome<String> {
    let text = serde_json::to_string(specifications);
    Ok(text.map_err(|error| unreadable("specifications", "specifications", &error))?)
}

/// Remembers a specification, unless a newer one of the same subject is known.
///
/// @param specifications the specifications, which change
/// @param subject what it is about, such as `size`
/// @param value what the customer wants, such as `M`
/// @param at when it was said, in seconds since 1970-01-01T00:00:00
/// @param remembered receives whether it was remembered; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_remember(
    specifications: *mut crm_specifications,
    subject: *const c_char,
    value: *const c_char,
    at: i64,
    remembered: *mut i32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let specifications = &mut borrow_mut("specifications", specifications)?.0;
        let (subject, value) = (text("subject", subject)?, text("value", value)?);
        let room = OutputSlice::optional("remembered", remembered, 1)?;
        let is_newest = specifications.remember(subject, value, moment("at", at)?);
        write_optional(room, "remembered", &[i32::from(is_newest)])
    })
}

/// What the customer wants of a subject; `CRM_STATUS_NOT_FOUND` for one of which nothing was said.
///
/// @param subject what it is about
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`, whose message says what is needed
/// @param at receives when it was said
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_recall(
    specifications: *const crm_specifications,
    subject: *const c_char,
    buffer: *mut c_char,
    capacity: usize,
    at: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let specifications = &borrow("specifications", specifications)?.0;
        let subject = text("subject", subject)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let at = Output::new("at", at)?;
        let found = specifications.recall(subject).ok_or_else(|| {
            let reason = "must be one of which something was said";
            Error::new(ErrorKind::NotFound, "subject", reason).with_value(subject)
        })?;
        write_text(&found.value, buffer, capacity)?;
        at.write(found.at.seconds());
        Ok(())
    })
}

/// How many subjects there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_count(
    specifications: *const crm_specifications,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let specifications = &borrow("specifications", specifications)?.0;
        let out = Output::new("out", out)?;
        out.write(specifications.subjects().count());
        Ok(())
    })
}

/// A subject, in the order of the alphabet.
///
/// @param place from 0
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`, whose message says what is needed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_subject(
    specifications: *const crm_specifications,
    place: usize,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let specifications = &borrow("specifications", specifications)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        let subject = specifications.subjects().nth(place).ok_or_else(|| {
            let reason = "must be less than the number of subjects";
            Error::new(ErrorKind::OutOfRange, "place", reason).with_value(place)
        })?;
        write_text(subject, buffer, capacity)
    })
}

/// Forgets everything.
///
/// @param specifications the specifications, which change
/// @param erased receives how much there was; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_specifications_erase(
    specifications: *mut crm_specifications,
    erased: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let specifications = &mut borrow_mut("specifications", specifications)?.0;
        let room = OutputSlice::optional("erased", erased, 1)?;
        write_optional(room, "erased", &[specifications.erase()])
    })
}
