//! Formulas by name: for programs that learn at run time what to compute.

use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::LazyLock;

use crm_core::kernels::{Column, KERNELS, Kernel};
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, Output, OutputSlice, buffer, column, guard, respond, slice, text};
use crate::decimal::{crm_decimal, read_decimal};
use crate::handle::borrow;
use crate::status::crm_status;

/// One formula over columns of numbers, with its description. It is part of the library: do not
/// free it. Safe to use from any number of threads.
pub struct crm_kernel {
    pub(crate) kernel: &'static Kernel,
    name: CString,
    module: CString,
    summary: CString,
    formula: CString,
    source: CString,
    arguments: Vec<ArgumentTexts>,
}

struct ArgumentTexts {
    name: CString,
    meaning: CString,
    rule: CString,
}

static DESCRIBED: LazyLock<Vec<crm_kernel>> = LazyLock::new(|| {
    let text = |text: &str| CString::new(text).unwrap_or_default();
    let describe = |kernel: &&'static Kernel| crm_kernel {
        kernel,
        name: text(kernel.name),
        module: text(kernel.module),
        summary: text(kernel.summary),
        formula: text(kernel.formula),
        source: text(kernel.source),
        arguments: kernel
            .arguments
            .iter()
            .map(|argument| ArgumentTexts {
                name: text(argument.name),
                meaning: text(argument.meaning),
                rule: text(argument.domain.rule()),
            })
            .collect(),
    };
    KERNELS.iter().map(describe).collect()
});

/// How many kernels the library has.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_kernel_count() -> usize {
    KERNELS.len()
}

/// The kernel at `index`, from 0; NULL from `crm_kernel_count()` on.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_kernel_at(index: usize) -> *const crm_kernel {
    guard(|| DESCRIBED.get(index).map_or(ptr::null(), ptr::from_ref)).unwrap_or(ptr::null())
}

/// The kernel of this name, such as "lost_for_good", or `CRM_STATUS_NOT_FOUND`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_find(
    name: *const c_char,
    out: *mut *const crm_kernel,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        let wanted = Kernel::find(text("name", name)?)?;
        let found = DESCRIBED.iter().find(|k| ptr::eq(k.kernel, wanted));
        out.write(found.map_or(ptr::null(), ptr::from_ref));
        Ok(())
    })
}

/// Static text, or NULL for a NULL kernel.
///
/// # Safety
/// `kernel` is NULL or comes from this module.
unsafe fn described(
    kernel: *const crm_kernel,
    part: impl FnOnce(&'static crm_kernel) -> Option<&'static CString>,
) -> *const c_char {
    guard(|| {
        // SAFETY: as the caller vouches.
        let kernel = unsafe { borrow("kernel", kernel) }.ok();
        kernel
            .and_then(part)
            .map_or(ptr::null(), |text| text.as_ptr())
    })
    .unwrap_or(ptr::null())
}

/// Its name: `crm_` + name is the function that computes it. Static text; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_name(kernel: *const crm_kernel) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.name)) }
}

/// The part of the library that it belongs to, such as "clv". Static text; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_module(kernel: *const crm_kernel) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.module)) }
}

/// What it computes, in one line. Static text; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_summary(kernel: *const crm_kernel) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.summary)) }
}

/// Its formula, in the names of the arguments. Static text; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_formula(kernel: *const crm_kernel) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.formula)) }
}

/// Where the formula is published. Static text; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_source(kernel: *const crm_kernel) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.source)) }
}

/// How many arguments it takes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_argument_count(kernel: *const crm_kernel) -> usize {
    guard(|| {
        // SAFETY: the pointer is what the header asks for.
        let kernel = unsafe { borrow("kernel", kernel) };
        kernel.map_or(0, |kernel: &crm_kernel| kernel.arguments.len())
    })
    .unwrap_or(0)
}

/// The name of the argument at `index`, from 0. Static text; NULL if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_argument_name(
    kernel: *const crm_kernel,
    index: usize,
) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.arguments.get(index)?.name)) }
}

/// What that argument means, with its unit. Static text; NULL if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_argument_meaning(
    kernel: *const crm_kernel,
    index: usize,
) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.arguments.get(index)?.meaning)) }
}

/// The values that the argument may take, completing "must be …". Static text; NULL if there is
/// none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_argument_rule(
    kernel: *const crm_kernel,
    index: usize,
) -> *const c_char {
    // SAFETY: the pointer is what the header asks for.
    unsafe { described(kernel, |kernel| Some(&kernel.arguments.get(index)?.rule)) }
}

/// Computes `rows` results from `count` columns in the order of the kernel's arguments; column i
/// is `columns[i]` with the stride `strides[i]`. Else as the function of the kernel's name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_evaluate(
    kernel: *const crm_kernel,
    rows: usize,
    columns: *const *const f64,
    strides: *const usize,
    count: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let kernel = borrow("kernel", kernel)?.kernel;
        let (columns, strides) = (
            slice("columns", columns, count)?,
            slice("strides", strides, count)?,
        );
        checked_count("count", kernel, count)?;
        let inputs: Vec<Input> = kernel
            .arguments
            .iter()
            .zip(columns.iter().zip(strides))
            .map(|(argument, (&values, &stride))| (argument.name, values, stride))
            .collect();
        evaluate(kernel, rows, &inputs, out)
    })
}

/// Computes one exact result from `count` values in the order of the kernel's arguments. Else as
/// the `_exact` function of the kernel's name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_evaluate_exact(
    kernel: *const crm_kernel,
    values: *const crm_decimal,
    count: usize,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let kernel = borrow("kernel", kernel)?.kernel;
        checked_count("count", kernel, count)?;
        let values = slice("values", values, count)?;
        let inputs: Vec<_> = kernel
            .arguments
            .iter()
            .zip(values)
            .map(|(argument, value)| (argument.name, ptr::from_ref(value)))
            .collect();
        evaluate_exact(kernel, &inputs, out)
    })
}

fn checked_count(argument: &'static str, kernel: &Kernel, count: usize) -> Outcome {
    let expected = kernel.arguments.len();
    if count == expected {
        return Ok(());
    }
    let reason = format!(
        "must be {expected}, the number of arguments of {}",
        kernel.name
    );
    let error = Error::new(ErrorKind::LengthMismatch, argument, reason);
    Err(error.with_value(count).into())
}

/// Name, values and stride of one column.
pub(crate) type Input = (&'static str, *const f64, usize);

/// The body of every columnar kernel function. Results are made in memory of the library, then
/// copied out: the output may be one of the inputs, and a failure leaves it untouched.
///
/// # Safety
/// As the exported functions: columns of `rows` numbers, room for `rows` results.
pub(crate) unsafe fn evaluate(
    kernel: &Kernel,
    rows: usize,
    inputs: &[Input],
    out: *mut f64,
) -> Outcome {
    // SAFETY: as the caller vouches.
    let (columns, out) = unsafe {
        let columns: Outcome<Vec<Column<'_>>> = inputs
            .iter()
            .map(|&(name, values, stride)| column(name, values, stride, rows))
            .collect();
        (columns?, OutputSlice::new("out", out, rows)?)
    };
    let mut results = buffer("rows", rows)?;
    kernel.evaluate(&columns, &mut results)?;
    out.write("out", &results)
}

/// The body of every exact kernel function.
///
/// # Safety
/// As the exported functions.
pub(crate) unsafe fn evaluate_exact(
    kernel: &Kernel,
    inputs: &[(&'static str, *const crm_decimal)],
    out: *mut crm_decimal,
) -> Outcome {
    // SAFETY: as the caller vouches.
    let (values, out) = unsafe {
        let values: Outcome<Vec<_>> = inputs
            .iter()
            .map(|&(name, value)| read_decimal(name, value))
            .collect();
        (values?, Output::new("out", out)?)
    };
    out.write(kernel.evaluate_exact(&values)?.into());
    Ok(())
}
