//! Columns of numbers that Python owns (NumPy arrays, `array.array`, …), read and written in place, and those that are given
//! to it without a copy.

use std::ffi::c_int;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crm_core::kernels::Column;
use crm_core::{Error, ErrorKind};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Result;
use crate::numbers::Number;

/// Runs a call that reads columns: the interpreter lock is released meanwhile, and Ctrl-C is seen
/// when it is back. Every long call goes through here.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    call: impl FnOnce() -> crm_core::Result<T> + Send,
) -> Result<T> {
    let threads = threads()?;
    let result = py.detach(|| threads.install(call));
    py.check_signals()?;
    Ok(result?)
}

/// Runs a call that is over before another thread would have been told of it. It must not divide its work: threads of this
/// process are only in [`detached`].
pub(crate) fn brief<T: Send>(
    py: Python<'_>,
    call: impl FnOnce() -> crm_core::Result<T> + Send,
) -> Result<T> {
    Ok(py.detach(call)?)
}

/// How often a long call is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Runs a long call that can be watched and stopped: it tells how far it is by the function that it is given, and stops once that
/// breaks. Meanwhile `tell` is called on this thread, now and then, with how far it is; an exception that it raises, or
/// Ctrl-C, stops the call.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    tell: impl Fn(u32) -> PyResult<()>,
    call: impl FnOnce(&(dyn Fn(u32) -> ControlFlow<()> + Sync)) -> crm_core::Result<Option<T>> + Send,
) -> Result<T> {
    let threads = threads()?;
    let (done, is_stopped) = (AtomicU32::new(0), AtomicBool::new(false));
    let watch = |now: u32| {
        done.fetch_max(now, Ordering::Relaxed);
        match is_stopped.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let is_over = AtomicBool::new(false);
    let waiting = std::thread::current();
    let mut failure = None;
    let result = std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let result = threads.install(|| call(&watch));
            is_over.store(true, Ordering::Release);
            waiting.unpark();
            result
        });
        while !is_over.load(Ordering::Acquire) && !worker.is_finished() {
            py.detach(|| std::thread::park_timeout(BETWEEN_LOOKS));
            if failure.is_none() {
                let looked = py
                    .check_signals()
                    .and_then(|()| tell(done.load(Ordering::Relaxed)));
                failure = looked.err();
                is_stopped.store(failure.is_some(), Ordering::Relaxed);
            }
        }
        py.detach(|| worker.join())
    });
    match (failure, result) {
        (Some(failure), _) => Err(failure.into()),
        (None, Ok(result)) => {
            let stopped = || PyRuntimeError::new_err("stopped before it was done");
            Ok(result?.ok_or_else(stopped)?)
        }
        (None, Err(_)) => Err(PyRuntimeError::new_err("a thread has panicked").into()),
    }
}

/// The threads of this process, made when they are first needed. A process that was forked has
/// none of its parent's threads and would wait for them without end: it makes its own.
///
/// The interpreter lock is held, so that no other thread forks while `THREADS` is locked.
fn threads() -> PyResult<Arc<ThreadPool>> {
    static THREADS: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);
    let mut made = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    match &*made {
        Some((process, threads)) if *process == std::process::id() => Ok(Arc::clone(threads)),
        _ => {
            let threads = ThreadPoolBuilder::new().build();
            let threads = Arc::new(threads.map_err(|e| PyRuntimeError::new_err(e.to_string()))?);
            // To drop the parent's would be to wait for its threads.
            std::mem::forget(made.replace((std::process::id(), Arc::clone(&threads))));
            Ok(threads)
        }
    }
}

/// A buffer of `f64` in native byte order. The package makes all of them from what the user gave
/// (`crm_core._columns`).
///
/// While a call has the interpreter lock released, another thread may write into the array that
/// the user gave. As with NumPy's own functions the results are then arbitrary numbers.
#[derive(Debug)]
pub(crate) struct Floats(PyBuffer<f64>);

impl<'py> FromPyObject<'_, 'py> for Floats {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        PyBuffer::get(&object).map(Floats)
    }
}

impl Floats {
    /// The lengths of its dimensions.
    pub(crate) fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    /// Every element of a contiguous buffer, row by row.
    pub(crate) fn slice(&self, argument: &'static str) -> crm_core::Result<&[f64]> {
        match self.0.as_slice_ptr() {
            Some(_) if self.0.item_count() == 0 => Ok(&[]),
            #[expect(unsafe_code, reason = "the one place that reads a buffer of Python")]
            // SAFETY: the buffer is C-contiguous, aligned and of f64 (pyo3 checked); it is neither
            // freed nor resized while `self` holds it.
            Some(elements) => Ok(unsafe { elements.as_ref() }),
            None => Err(layout(argument, "must be contiguous")),
        }
    }

    /// One column: contiguous, or every n-th element of a row-major table.
    pub(crate) fn column(&self, argument: &'static str) -> crm_core::Result<Column<'_>> {
        let (rows, stride) = match (self.0.shape(), self.0.strides()) {
            ([rows], [stride]) => (*rows, *stride),
            _ => return Err(layout(argument, "must have one dimension")),
        };
        if self.0.is_c_contiguous() {
            return self.slice(argument).map(Column::Values);
        }
        let stride = usize::try_from(stride).unwrap_or(0);
        if stride == 0 || stride % size_of::<f64>() != 0 {
            return Err(layout(
                argument,
                "must have a positive stride of whole elements",
            ));
        }
        let stride = stride / size_of::<f64>();
        let elements = rows.saturating_sub(1) * stride + 1;
        #[expect(
            unsafe_code,
            reason = "the one place that reads a strided buffer of Python"
        )]
        // SAFETY: first to last element of the buffer, aligned and of f64 (pyo3 checked); it has
        // two rows or more, else it would be contiguous; it lives as long as `self` holds it.
        let elements = unsafe { std::slice::from_raw_parts(self.0.buf_ptr().cast(), elements) };
        Ok(Column::Strided(elements, stride))
    }
}

/// A contiguous buffer of `u32`, made by the package.
#[derive(Debug)]
pub(crate) struct Indices(PyBuffer<u32>);

impl<'py> FromPyObject<'_, 'py> for Indices {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        PyBuffer::get(&object).map(Indices)
    }
}

impl Indices {
    pub(crate) fn slice(&self, argument: &'static str) -> crm_core::Result<&[u32]> {
        match self.0.as_slice_ptr() {
            Some(_) if self.0.item_count() == 0 => Ok(&[]),
            #[expect(unsafe_code, reason = "as for Floats")]
            // SAFETY: the buffer is C-contiguous, aligned and of u32 (pyo3 checked); it is neither
            // freed nor resized while `self` holds it.
            Some(elements) => Ok(unsafe { elements.as_ref() }),
            None => Err(layout(argument, "must be contiguous")),
        }
    }
}

/// A contiguous buffer of `i64`.
#[derive(Debug)]
pub(crate) struct Whole(PyBuffer<i64>);

impl<'py> FromPyObject<'_, 'py> for Whole {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        PyBuffer::get(&object).map(Whole)
    }
}

impl Whole {
    /// Every element, in place.
    pub(crate) fn slice(&self, argument: &'static str) -> crm_core::Result<&[i64]> {
        match self.0.as_slice_ptr() {
            Some(_) if self.0.item_count() == 0 => Ok(&[]),
            #[expect(unsafe_code, reason = "as for Floats")]
            // SAFETY: the buffer is C-contiguous, aligned and of i64 (pyo3 checked); it is neither
            // freed nor resized while `self` holds it.
            Some(elements) => Ok(unsafe { elements.as_ref() }),
            None => Err(layout(argument, "must be contiguous")),
        }
    }

    /// Every element; one that is negative is refused with its row.
    pub(crate) fn numbers(
        &self,
        py: Python<'_>,
        argument: &'static str,
    ) -> crm_core::Result<Vec<usize>> {
        let values = self.0.to_vec(py);
        let values = values.map_err(|_| layout(argument, "must be contiguous"))?;
        let whole = |(row, value): (usize, i64)| {
            usize::try_from(value).map_err(|_| {
                let error = Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more");
                error.with_value(value).at_row(row)
            })
        };
        values.into_iter().enumerate().map(whole).collect()
    }
}

/// A writable, contiguous buffer of `f64` for the results, which nobody else holds yet.
#[derive(Debug)]
pub(crate) struct Output(PyBuffer<f64>);

impl<'py> FromPyObject<'_, 'py> for Output {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        PyBuffer::get(&object).map(Output)
    }
}

impl Output {
    /// Every element, row by row.
    pub(crate) fn slice(&mut self) -> crm_core::Result<&mut [f64]> {
        match self.0.as_slice_ptr() {
            _ if self.0.readonly() => Err(layout("out", "must be writable")),
            Some(_) if self.0.item_count() == 0 => Ok(&mut []),
            #[expect(unsafe_code, reason = "the one place that writes a buffer of Python")]
            // SAFETY: the buffer is C-contiguous, aligned, writable and of f64; the package made
            // it for this call, so nothing else refers to it.
            Some(mut elements) => Ok(unsafe { elements.as_mut() }),
            None => Err(layout("out", "must be contiguous")),
        }
    }
}

/// Numbers that were made here, as an object that owns them and has the buffer interface, writable: NumPy's arrays over it
/// need no copy.
#[pyclass(name = "Numbers", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Numbers(Owned);

#[derive(Debug)]
enum Owned {
    Floats(Vec<f64>),
    Integers(Vec<i64>),
}

impl From<Vec<f64>> for Numbers {
    fn from(values: Vec<f64>) -> Self {
        Numbers(Owned::Floats(values))
    }
}

impl From<Vec<i64>> for Numbers {
    fn from(values: Vec<i64>) -> Self {
        Numbers(Owned::Integers(values))
    }
}

#[pymethods]
impl Numbers {
    /// The name of NumPy's type.
    #[getter]
    fn dtype(&self) -> &'static str {
        match self.0 {
            Owned::Floats(_) => "float64",
            Owned::Integers(_) => "int64",
        }
    }

    #[expect(unsafe_code, reason = "the one place that gives memory to Python")]
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        const WRITABLE: c_int = 0;
        let mut numbers = slf.borrow_mut();
        let (pointer, bytes) = match &mut numbers.0 {
            Owned::Floats(values) => (values.as_mut_ptr().cast(), size_of::<f64>() * values.len()),
            Owned::Integers(values) => {
                (values.as_mut_ptr().cast(), size_of::<i64>() * values.len())
            }
        };
        let bytes = ffi::Py_ssize_t::try_from(bytes)?;
        // SAFETY: Python gives a place for the view, which then holds this object; the vector lives as long as it and is never
        // resized, and nothing here reads or writes it any more.
        let code =
            unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), pointer, bytes, WRITABLE, flags) };
        if code == 0 {
            Ok(())
        } else {
            Err(PyErr::fetch(slf.py()))
        }
    }
}

fn layout(argument: &'static str, reason: &'static str) -> Error {
    Error::new(ErrorKind::WrongType, argument, reason)
}

/// One argument of a columnar function: a column, or one number for all rows.
#[derive(Debug)]
pub(crate) enum Values {
    Constant(Number),
    Column(Floats),
    Integers(Whole),
}

impl<'py> FromPyObject<'_, 'py> for Values {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(floats) = object.extract() {
            return Ok(Values::Column(floats));
        }
        match object.extract() {
            Ok(integers) => Ok(Values::Integers(integers)),
            Err(_) => object.extract().map(Values::Constant),
        }
    }
}

impl Values {
    /// As the core takes it.
    pub(crate) fn column(&self, argument: &'static str) -> crm_core::Result<Column<'_>> {
        match self {
            Values::Constant(number) => number.f64(argument).map(Column::Constant),
            Values::Column(floats) => floats.column(argument),
            Values::Integers(integers) => integers.slice(argument).map(Column::Integers),
        }
    }
}
