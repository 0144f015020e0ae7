//! Between C and Rust: pointers become slices, errors become a status and a message, a panic
//! never crosses.
//!
//! Every exported function is one call of [`respond`] around a closure that reads its inputs with
//! [`read`], [`slice`], [`column`] and [`text`], prepares its outputs with [`Output`] and
//! [`OutputSlice`], calls one function of the core, and writes.

use std::ffi::{CStr, c_char};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crm_core::kernels::Column;
use crm_core::{Error, ErrorKind};

use crate::last_error::{describe, describe_panic, remember, silence_panics};
use crate::status::crm_status;

/// Why a call failed: what the core refused, a pointer that cannot be one, or the caller's own wish.
#[derive(Debug)]
pub(crate) enum Failure {
    Core(Error),
    Null(&'static str),
    Misaligned(&'static str),
    /// The caller's progress function asked for it.
    Stopped,
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Core(error)
    }
}

/// A failure of `kind` about `argument`, as [`Error::new`].
pub(crate) fn refuse(kind: ErrorKind, argument: &'static str, reason: &'static str) -> Failure {
    Failure::Core(Error::new(kind, argument, reason))
}

/// Runs the body of an exported function: success is `CRM_STATUS_OK`; a failure or a panic becomes
/// its status and the last error of this thread.
pub(crate) fn respond(body: impl FnOnce() -> Outcome) -> crm_status {
    guard(|| match body() {
        Ok(()) => crm_status::Ok,
        Err(failure) => {
            let (status, last) = describe(&failure);
            remember(Some(last));
            status
        }
    })
    .unwrap_or(crm_status::Panic)
}

/// Runs `body`; a panic becomes `None` and the last error of this thread.
pub(crate) fn guard<T>(body: impl FnOnce() -> T) -> Option<T> {
    silence_panics();
    let panic = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => return Some(result),
        Err(panic) => panic,
    };
    let last = catch_unwind(AssertUnwindSafe(|| describe_panic(panic.as_ref()))).ok();
    remember(last);
    // A payload whose destructor panics would do so here, outside every guard.
    std::mem::forget(panic);
    None
}

// ---------------------------------------------------------------------------------------------
// Inputs

fn checked<T>(argument: &'static str, pointer: *const T) -> Outcome<*const T> {
    if pointer.is_null() {
        Err(Failure::Null(argument))
    } else if !pointer.is_aligned() {
        Err(Failure::Misaligned(argument))
    } else {
        Ok(pointer)
    }
}

/// `length` elements of `T` must fit into the address space.
fn checked_length<T>(argument: &'static str, length: usize) -> Outcome {
    let limit = isize::MAX.unsigned_abs() / size_of::<T>().max(1);
    if length > limit {
        let error = Error::new(
            ErrorKind::Overflow,
            argument,
            "has more elements than memory can hold",
        );
        return Err(error.with_value(format_args!("of length {length}")).into());
    }
    Ok(())
}

/// The value behind an input pointer.
///
/// # Safety
/// If `pointer` is neither NULL nor misaligned, it points to a `T`.
pub(crate) unsafe fn read<T: Copy>(argument: &'static str, pointer: *const T) -> Outcome<T> {
    let pointer = checked(argument, pointer)?;
    // SAFETY: not NULL, aligned, and the caller vouches for the rest.
    Ok(unsafe { pointer.read() })
}

/// `length` values; the pointer may be NULL if there are none.
///
/// # Safety
/// If `pointer` is neither NULL nor misaligned, it points to `length` values of `T`, which nobody
/// changes during the call.
pub(crate) unsafe fn slice<'a, T>(
    argument: &'static str,
    pointer: *const T,
    length: usize,
) -> Outcome<&'a [T]> {
    if length == 0 {
        return Ok(&[]);
    }
    checked_length::<T>(argument, length)?;
    let pointer = checked(argument, pointer)?;
    // SAFETY: not NULL, aligned, not longer than memory, and the caller vouches for the rest.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// The elements behind a pointer that may be NULL: then there are none.
///
/// # Safety
/// As [`slice`], unless `pointer` is NULL.
pub(crate) unsafe fn optional_slice<'a, T>(
    argument: &'static str,
    pointer: *const T,
    length: usize,
) -> Outcome<Option<&'a [T]>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller vouches.
    unsafe { slice(argument, pointer, length) }.map(Some)
}

/// A column of `rows` numbers, `stride` apart; stride 0 is one number for all rows.
///
/// # Safety
/// As [`slice`], for `(rows − 1) · stride + 1` numbers.
pub(crate) unsafe fn column<'a>(
    argument: &'static str,
    pointer: *const f64,
    stride: usize,
    rows: usize,
) -> Outcome<Column<'a>> {
    let Some(last_row) = rows.checked_sub(1) else {
        return Ok(Column::Values(&[]));
    };
    if stride == 0 {
        // SAFETY: as the caller vouches.
        return unsafe { read(argument, pointer) }.map(Column::Constant);
    }
    let length = last_row
        .checked_mul(stride)
        .and_then(|last| last.checked_add(1))
        .ok_or_else(|| {
            refuse(
                ErrorKind::Overflow,
                argument,
                "has rows and a stride that reach beyond memory",
            )
        })?;
    // SAFETY: as the caller vouches.
    let values = unsafe { slice(argument, pointer, length) }?;
    Ok(if stride == 1 {
        Column::Values(values)
    } else {
        Column::Strided(values, stride)
    })
}

/// A NUL-terminated text in UTF-8.
///
/// # Safety
/// If `pointer` is not NULL, it points to a NUL-terminated text, which nobody changes during the
/// call.
pub(crate) unsafe fn text<'a>(argument: &'static str, pointer: *const c_char) -> Outcome<&'a str> {
    let pointer = checked(argument, pointer)?;
    // SAFETY: not NULL, and the caller vouches for the rest.
    unsafe { CStr::from_ptr(pointer) }
        .to_str()
        .map_err(|_| refuse(ErrorKind::Unreadable, argument, "must be text in UTF-8"))
}

// ---------------------------------------------------------------------------------------------
// Outputs

/// Where one result goes: checked before the work, written after it. It may be one of the inputs,
/// which are read before.
#[derive(Debug)]
pub(crate) struct Output<T>(*mut T);

impl<T> Output<T> {
    /// # Safety
    /// If `pointer` is neither NULL nor misaligned, a `T` can be written to it during the call.
    pub(crate) unsafe fn new(argument: &'static str, pointer: *mut T) -> Outcome<Self> {
        checked(argument, pointer)?;
        Ok(Output(pointer))
    }

    pub(crate) fn write(self, value: T) {
        // SAFETY: checked and vouched for in `new`.
        unsafe { self.0.write(value) }
    }
}

/// Where a column of results goes: checked before the work, written after it, as [`Output`].
#[derive(Debug)]
pub(crate) struct OutputSlice<T> {
    pointer: *mut T,
    length: usize,
}

impl<T: Copy> OutputSlice<T> {
    /// # Safety
    /// If `pointer` is neither NULL nor misaligned, `length` values can be written to it during
    /// the call.
    pub(crate) unsafe fn new(
        argument: &'static str,
        pointer: *mut T,
        length: usize,
    ) -> Outcome<Self> {
        if length > 0 {
            checked_length::<T>(argument, length)?;
            checked(argument, pointer)?;
        }
        Ok(OutputSlice { pointer, length })
    }

    /// Where results go that the caller may not want: NULL.
    ///
    /// # Safety
    /// As [`OutputSlice::new`], unless `pointer` is NULL.
    pub(crate) unsafe fn optional(
        argument: &'static str,
        pointer: *mut T,
        length: usize,
    ) -> Outcome<Option<Self>> {
        if pointer.is_null() {
            return Ok(None);
        }
        // SAFETY: as the caller vouches.
        unsafe { OutputSlice::new(argument, pointer, length) }.map(Some)
    }

    /// Copies `values` out; there must be as many as the caller has room for.
    pub(crate) fn write(self, argument: &'static str, values: &[T]) -> Outcome {
        if values.len() != self.length {
            let error = Error::new(
                ErrorKind::LengthMismatch,
                argument,
                format!("must have length {}", values.len()),
            );
            return Err(error
                .with_value(format_args!("of length {}", self.length))
                .into());
        }
        if !values.is_empty() {
            // SAFETY: `new` checked the pointer and the caller vouched for its length; `values` is
            // memory of this library, so they do not overlap.
            unsafe {
                self.pointer
                    .copy_from_nonoverlapping(values.as_ptr(), values.len());
            }
        }
        Ok(())
    }
}

/// Writes results that the caller wants.
pub(crate) fn write_optional<T: Copy>(
    out: Option<OutputSlice<T>>,
    argument: &'static str,
    values: &[T],
) -> Outcome {
    out.map_or(Ok(()), |out| out.write(argument, values))
}

/// Writes a text with its terminating NUL, if there is room.
///
/// # Safety
/// As [`OutputSlice::new`], for `capacity` bytes.
pub(crate) unsafe fn write_text(text: &str, buffer: *mut c_char, capacity: usize) -> Outcome {
    let bytes = text.bytes().map(|byte| c_char::from_ne_bytes([byte]));
    let written: Vec<c_char> = bytes.chain([0]).collect();
    if capacity < written.len() {
        let reason = format!("must be at least {}", written.len());
        let error = Error::new(ErrorKind::LengthMismatch, "capacity", reason);
        return Err(error.with_value(capacity).into());
    }
    // SAFETY: as the caller vouches; `written` is no longer than the room.
    unsafe { OutputSlice::new("buffer", buffer, written.len()) }?.write("buffer", &written)
}

/// A column of results that is written in place, for calls that are bound by memory: their
/// description says that it may not be an input and holds anything after a failure.
///
/// # Safety
/// If `pointer` is neither NULL nor misaligned, `length` values can be written to it during the
/// call; `inputs` are all the memory that the call reads meanwhile, as [`span`]s.
pub(crate) unsafe fn in_place<'a>(
    argument: &'static str,
    pointer: *mut f64,
    length: usize,
    inputs: &[Range<*const u8>],
) -> Outcome<&'a mut [f64]> {
    if length == 0 {
        return Ok(&mut []);
    }
    checked_length::<f64>(argument, length)?;
    checked(argument, pointer)?;
    let (start, end) = (
        pointer.cast_const().cast(),
        pointer.wrapping_add(length).cast_const().cast(),
    );
    for input in inputs {
        if input.start < end && start < input.end {
            let reason = "must not overlap an input";
            return Err(refuse(ErrorKind::OutOfRange, argument, reason));
        }
    }
    // SAFETY: not NULL, aligned, not longer than memory, any bits are an `f64`, apart from the
    // inputs, and the caller vouches for the rest.
    Ok(unsafe { std::slice::from_raw_parts_mut(pointer, length) })
}

/// Where values lie.
pub(crate) fn span<T>(values: &[T]) -> Range<*const u8> {
    let Range { start, end } = values.as_ptr_range();
    start.cast()..end.cast()
}

/// Where the values of a column lie.
pub(crate) fn column_span(column: &Column<'_>) -> Range<*const u8> {
    match *column {
        Column::Constant(_) => span::<f64>(&[]),
        Column::Values(values) | Column::Strided(values, _) => span(values),
        Column::Integers(values) => span(values),
    }
}

/// Writes the `rows` results that `fill` makes to a column.
///
/// # Safety
/// As [`OutputSlice::new`].
pub(crate) unsafe fn answer(
    rows: usize,
    out: *mut f64,
    fill: impl FnOnce(&mut [f64]) -> crm_core::Result<()>,
) -> Outcome {
    // SAFETY: as the caller vouches.
    let out = unsafe { OutputSlice::new("out", out, rows) }?;
    let mut results = buffer("out", rows)?;
    fill(&mut results)?;
    out.write("out", &results)
}

/// Zeroed working memory for `length` results; not enough memory is an error.
pub(crate) fn buffer<T: Clone + Default>(argument: &'static str, length: usize) -> Outcome<Vec<T>> {
    filled(argument, length, T::default())
}

/// As [`buffer`], with `value` in every place.
pub(crate) fn filled<T: Clone>(argument: &'static str, length: usize, value: T) -> Outcome<Vec<T>> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(length).map_err(|_| {
        let error = Error::new(
            ErrorKind::Overflow,
            argument,
            "has more rows than memory can hold",
        );
        error.with_value(format_args!("of length {length}"))
    })?;
    buffer.resize(length, value);
    Ok(buffer)
}
