//! Who owns a handle is said by its type.
//!
//! | in Rust | in C | meaning |
//! | --- | --- | --- |
//! | `*const crm_thing` | `const crm_thing *` | borrowed for the call: read it with [`borrow`] |
//! | `*mut Option<Box<crm_thing>>` | `crm_thing **` | made for the caller: prepare it with [`output`] |
//! | `Option<Box<crm_thing>>` | `crm_thing *` | given back, NULL allowed: [`free`] it |

use crate::boundary::{self, Outcome, Output};

/// The thing behind a handle that the caller keeps.
///
/// # Safety
/// If `handle` is not NULL, it came from a `_new` function of its type and is not freed.
pub(crate) unsafe fn borrow<'a, T>(argument: &'static str, handle: *const T) -> Outcome<&'a T> {
    // SAFETY: one element; the caller vouches for the handle.
    let things = unsafe { boundary::slice(argument, handle, 1) }?;
    things.first().ok_or(boundary::Failure::Null(argument))
}

/// Where a new handle goes. It is NULL from here on until it is written, so that it is NULL after
/// a failure: make this the first line of the body.
///
/// # Safety
/// As [`Output::new`].
pub(crate) unsafe fn output<T>(
    argument: &'static str,
    handle: *mut Option<Box<T>>,
) -> Outcome<Output<Option<Box<T>>>> {
    // SAFETY: as the caller vouches.
    unsafe {
        Output::new(argument, handle)?.write(None);
        Output::new(argument, handle)
    }
}

/// Frees what a handle owns; NULL is nothing.
pub(crate) fn free<T>(handle: Option<Box<T>>) {
    boundary::guard(|| drop(handle));
}

/// The thing behind a handle, to be changed.
///
/// # Safety
/// As [`borrow`], and nobody else uses the handle during the call.
pub(crate) unsafe fn borrow_mut<'a, T>(
    argument: &'static str,
    handle: *mut T,
) -> Outcome<&'a mut T> {
    // SAFETY: as the caller vouches; checked for NULL and alignment.
    unsafe {
        borrow(argument, handle.cast_const())?;
        handle.as_mut().ok_or(boundary::Failure::Null(argument))
    }
}
