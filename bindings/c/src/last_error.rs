//! What went wrong: the last failure on a thread.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char};
use std::sync::Once;

use crate::boundary::Failure;
use crate::status::crm_status;

/// A failure in C's words.
pub(crate) struct LastError {
    message: CString,
    argument: CString,
    row: i64,
    value: Option<CString>,
}

thread_local! {
    static LAST_ERROR: RefCell<Option<LastError>> = const { RefCell::new(None) };
    /// The last call on this thread failed without leaving a description.
    static UNDESCRIBED: Cell<bool> = const { Cell::new(false) };
}

const NO_FAILURE: &CStr = c"";
/// Said when a failure could not be described, for want of memory or because describing it
/// failed too. It needs no allocation.
const UNDESCRIBED_FAILURE: &CStr = c"crm_core: a call failed and its message could not be made";

/// The status of a failure, and what to remember of it.
pub(crate) fn describe(failure: &Failure) -> (crm_status, LastError) {
    let (status, argument, reason) = match failure {
        Failure::Core(error) => {
            let last = LastError {
                message: c_text(&error.to_string()),
                argument: c_text(error.argument()),
                row: error
                    .row()
                    .and_then(|r| i64::try_from(r).ok())
                    .unwrap_or(-1),
                value: error.value().map(c_text),
            };
            return (error.kind().into(), last);
        }
        Failure::Null(argument) => (crm_status::NullPointer, *argument, "must not be NULL"),
        Failure::Misaligned(argument) => (
            crm_status::MisalignedPointer,
            *argument,
            "is not aligned for its type",
        ),
        Failure::Stopped => (crm_status::Stopped, "progress", "asked to stop the call"),
    };
    let last = LastError {
        message: c_text(&format!("{argument}: {reason}")),
        argument: c_text(argument),
        row: -1,
        value: None,
    };
    (status, last)
}

/// What to remember of a panic.
pub(crate) fn describe_panic(panic: &(dyn Any + Send)) -> LastError {
    let what = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    LastError {
        message: c_text(&format!("defect in crm_core, please report it: {what}")),
        argument: CString::default(),
        row: -1,
        value: None,
    }
}

/// `text` up to its first NUL.
fn c_text(text: &str) -> CString {
    let text = text.split('\0').next().unwrap_or_default();
    CString::new(text).unwrap_or_default()
}

/// Keeps the last error of this thread; `None` is a failure that could not be described.
pub(crate) fn remember(last: Option<LastError>) {
    // While a thread ends its variables may be gone: then nobody can ask either.
    let _ = UNDESCRIBED.try_with(|flag| flag.set(last.is_none()));
    let _ = LAST_ERROR.try_with(|slot| slot.replace(last));
}

/// A library does not write to its host's standard error: the message of a panic is kept instead.
/// The hook belongs to this library's own copy of the Rust runtime.
pub(crate) fn silence_panics() {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| {
        if !cfg!(test) {
            std::panic::set_hook(Box::new(|_| {}));
        }
    });
}

fn last_error<T>(missing: T, read: impl FnOnce(&LastError) -> T) -> T {
    LAST_ERROR
        .try_with(|slot| {
            slot.try_borrow()
                .ok()
                .and_then(|last| last.as_ref().map(read))
        })
        .ok()
        .flatten()
        .unwrap_or(missing)
}

/// What the last failed call on this thread says about itself, in English: the argument, the row,
/// the value and the rule. Empty text before the first failure.
///
/// The text belongs to the library and lives until the next call on this thread that fails; a call
/// that succeeds leaves it alone. The same holds for the three functions below.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_last_error_message() -> *const c_char {
    let missing = match UNDESCRIBED.try_with(Cell::get) {
        Ok(false) => NO_FAILURE,
        _ => UNDESCRIBED_FAILURE,
    };
    last_error(missing.as_ptr(), |last| last.message.as_ptr())
}

/// The name of the argument that the last failed call on this thread refused; empty text if it
/// was about none.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_last_error_argument() -> *const c_char {
    last_error(NO_FAILURE.as_ptr(), |last| last.argument.as_ptr())
}

/// The row of that argument, counted from 0; −1 if the failure was not about a row.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_last_error_row() -> i64 {
    last_error(-1, |last| last.row)
}

/// The value that was refused, as text; NULL if the failure was not about a value.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_last_error_value() -> *const c_char {
    last_error(std::ptr::null(), |last| {
        last.value
            .as_ref()
            .map_or(std::ptr::null(), |value| value.as_ptr())
    })
}
