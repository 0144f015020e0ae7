//! Numbers that Python gives: `float`, `int`, `decimal.Decimal`, and what behaves like them.

use crm_core::units::{Money, Probability, Rate, Share, nearest_f64};
use crm_core::{Error, ErrorKind};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyString, PyType};
use rust_decimal::Decimal;

/// A number as Python gave it. Taking one never fails: what is no number is refused by the
/// conversion, which knows the name of the argument.
#[derive(Debug)]
pub(crate) enum Number {
    /// A `float`, or what has `__float__` (NumPy's scalars).
    Float(f64),
    /// An `int`, or what has `__index__`.
    Whole(Decimal),
    /// A `decimal.Decimal`.
    Exact(Decimal),
    /// A `decimal.Decimal` of more than 28 digits, or an `int` that no `float` reaches.
    TooLong(String),
    /// Not a number: the name of its type.
    Foreign(String),
}

/// Which kind of number a scalar function gives back: a `Decimal` anywhere among its arguments
/// makes the result a `Decimal`, else it is a `float`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Float,
    Exact,
}

impl Kind {
    /// The kind of result that these arguments ask for.
    pub(crate) fn of<'a>(arguments: impl IntoIterator<Item = &'a Number>) -> Self {
        let exact = |n: &Number| matches!(n, Number::Exact(_) | Number::TooLong(_));
        if arguments.into_iter().any(exact) {
            Kind::Exact
        } else {
            Kind::Float
        }
    }

    /// The result as a number of this kind.
    pub(crate) fn number(self, value: Decimal) -> Number {
        match self {
            Kind::Float => Number::Float(nearest_f64(value)),
            Kind::Exact => Number::Exact(value),
        }
    }
}

impl Number {
    /// The exact number; a `float` is read as its shortest text.
    pub(crate) fn decimal(&self, argument: &'static str) -> crm_core::Result<Decimal> {
        match self {
            Number::Float(value) => crm_core::units::decimal(argument, *value),
            Number::Whole(value) | Number::Exact(value) => Ok(*value),
            Number::TooLong(text) => Err(Error::new(
                ErrorKind::Overflow,
                argument,
                "has more than 28 digits: round it first",
            )
            .with_value(text)),
            Number::Foreign(type_name) => Err(not_a_number(argument, type_name)),
        }
    }

    /// The nearest `f64`.
    pub(crate) fn f64(&self, argument: &'static str) -> crm_core::Result<f64> {
        match self {
            Number::Float(value) => Ok(*value),
            other => Ok(nearest_f64(other.decimal(argument)?)),
        }
    }

    /// An amount of money.
    pub(crate) fn money(&self, argument: &'static str) -> crm_core::Result<Money> {
        self.decimal(argument).map(Money::new)
    }

    /// A rate per period, greater than −1.
    pub(crate) fn rate(&self, argument: &'static str) -> crm_core::Result<Rate> {
        Rate::named(argument, self.decimal(argument)?)
    }

    /// A probability, between 0 and 1.
    pub(crate) fn probability(&self, argument: &'static str) -> crm_core::Result<Probability> {
        Probability::named(argument, self.decimal(argument)?)
    }

    /// A part of a whole, between 0 and 1.
    pub(crate) fn share(&self, argument: &'static str) -> crm_core::Result<Share> {
        Share::named(argument, self.decimal(argument)?)
    }
}

/// The exact numbers of a list; an error names the row.
pub(crate) fn decimals(
    argument: &'static str,
    numbers: &[Number],
) -> crm_core::Result<Vec<Decimal>> {
    let decimal = |(row, n): (usize, &Number)| n.decimal(argument).map_err(|e| e.at_row(row));
    numbers.iter().enumerate().map(decimal).collect()
}

fn not_a_number(argument: &'static str, type_name: &str) -> Error {
    Error::new(
        ErrorKind::WrongType,
        argument,
        "must be a float, an int or a Decimal",
    )
    .with_value(format_args!("of type {type_name}"))
}

static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();

impl<'py> FromPyObject<'_, 'py> for Number {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let foreign =
            || -> PyResult<Number> { Ok(Number::Foreign(object.get_type().name()?.to_string())) };
        if let Ok(float) = object.cast::<PyFloat>() {
            return Ok(Number::Float(float.extract()?));
        }
        if object.is_instance_of::<PyBool>() || object.is_instance_of::<PyString>() {
            return foreign();
        }
        if object.is_instance(DECIMAL.import(object.py(), "decimal", "Decimal")?)? {
            return exact(&object);
        }
        if let Ok(whole) = object.extract::<i64>()
            && object.hasattr("__index__")?
        {
            return Ok(Number::Whole(Decimal::from(whole)));
        }
        match object.extract::<f64>() {
            Ok(value) => Ok(Number::Float(value)),
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => {
                Ok(Number::TooLong("beyond 1.8e308".to_owned()))
            }
            Err(_) => foreign(),
        }
    }
}

fn exact(decimal: &Bound<'_, PyAny>) -> PyResult<Number> {
    let finite: bool = decimal.call_method0("is_finite")?.extract()?;
    if !finite {
        return Ok(Number::Float(decimal.extract()?));
    }
    // Fixed-point notation, which carries every digit.
    let text: String = decimal.call_method1("__format__", ("f",))?.extract()?;
    Ok(match Decimal::from_str_exact(&text) {
        Ok(value) => Number::Exact(value),
        Err(_) => Number::TooLong(decimal.str()?.to_string()),
    })
}

impl<'py> IntoPyObject<'py> for Number {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Number::Float(value) => Ok(value.into_pyobject(py)?.into_any()),
            Number::Whole(value) | Number::Exact(value) => value.into_pyobject(py),
            Number::TooLong(text) | Number::Foreign(text) => Ok(text.into_pyobject(py)?.into_any()),
        }
    }
}
