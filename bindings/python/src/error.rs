//! How an error of the core becomes a Python exception.

use crm_core::ErrorKind;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyType};

/// The result of every function of this crate.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// What a function of this crate may fail with. `?` makes one from either.
pub(crate) enum Failure {
    /// The core refused the call.
    Core(crm_core::Error),
    /// Python raised an exception.
    Python(PyErr),
}

impl From<crm_core::Error> for Failure {
    fn from(error: crm_core::Error) -> Self {
        Failure::Core(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Failure::Python(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Core(error) => {
                Python::attach(|py| exception(py, &error).unwrap_or_else(|e| e))
            }
            Failure::Python(error) => error,
        }
    }
}

/// The class in `crm_core.errors` of each kind. A kind that this crate does not know yet is the base class.
fn class_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFinite => "NotFiniteError",
        ErrorKind::OutOfRange => "OutOfRangeError",
        ErrorKind::Empty => "EmptyError",
        ErrorKind::LengthMismatch => "LengthMismatchError",
        ErrorKind::NotStochastic => "NotStochasticError",
        ErrorKind::Overflow => "NumberOverflowError",
        ErrorKind::Divergent => "DivergentError",
        ErrorKind::IllegalTransition => "IllegalTransitionError",
        ErrorKind::NoSolution => "NoSolutionError",
        ErrorKind::NotConverged => "NotConvergedError",
        ErrorKind::WrongType => "WrongTypeError",
        ErrorKind::MixedTimeZones => "MixedTimeZonesError",
        ErrorKind::Missing => "MissingValueError",
        ErrorKind::Unreadable => "UnreadableError",
        ErrorKind::NotFound => "NotFoundError",
        _ => "CrmError",
    }
}

fn exception(py: Python<'_>, error: &crm_core::Error) -> PyResult<PyErr> {
    let class = py
        .import("crm_core.errors")?
        .getattr(class_name(error.kind()))?;
    let details = [
        ("argument", error.argument().into_pyobject(py)?.into_any()),
        ("row", error.row().into_pyobject(py)?),
        ("value", error.value().into_pyobject(py)?),
    ]
    .into_py_dict(py)?;
    let exception = class
        .cast_into::<PyType>()?
        .call((error.to_string(),), Some(&details))?;
    Ok(PyErr::from_value(exception))
}

/// Every kind of error: its number and the name of its exception class.
#[pyfunction]
pub(crate) fn error_kinds() -> Vec<(i32, &'static str)> {
    ErrorKind::ALL
        .iter()
        .map(|&kind| (kind.code(), class_name(kind)))
        .collect()
}
