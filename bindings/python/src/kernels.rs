//! The kernels of the core, by name. `python/crm_core/_kernels.py` has one function for each.

use crm_core::kernels::{Column, KERNELS, Kernel};
use pyo3::prelude::*;

use crate::buffers::{Output, Values, detached};
use crate::error::Result;
use crate::numbers::{Kind, Number};

/// The result for one row of numbers: in decimals if one of them is a `Decimal`, else in `f64`,
/// the same bits as in a column.
#[pyfunction]
pub(crate) fn evaluate(kernel: &str, values: Vec<Number>) -> Result<Number> {
    let kernel = Kernel::find(kernel)?;
    let named = || kernel.arguments.iter().zip(&values);
    match Kind::of(&values) {
        kind @ Kind::Exact => {
            let exact = named()
                .map(|(a, v)| v.decimal(a.name))
                .collect::<crm_core::Result<Vec<_>>>()?;
            Ok(kind.number(kernel.evaluate_exact(&exact)?))
        }
        Kind::Float => {
            let columns = named()
                .map(|(a, v)| v.f64(a.name).map(Column::Constant))
                .collect::<crm_core::Result<Vec<_>>>()?;
            let mut out = [f64::NAN];
            kernel
                .evaluate(&columns, &mut out)
                .map_err(crm_core::Error::without_row)?;
            let [result] = out;
            Ok(Number::Float(result))
        }
    }
}

/// One result per row of `out`.
#[pyfunction]
pub(crate) fn evaluate_columns(
    py: Python<'_>,
    kernel: &str,
    columns: Vec<Values>,
    mut out: Output,
) -> Result<()> {
    let kernel = Kernel::find(kernel)?;
    let columns = kernel
        .arguments
        .iter()
        .zip(&columns)
        .map(|(argument, values)| values.column(argument.name))
        .collect::<crm_core::Result<Vec<_>>>()?;
    let out = out.slice()?;
    detached(py, || kernel.evaluate(&columns, out))
}

/// Every kernel: its name, its public module and the names of its arguments.
#[pyfunction]
pub(crate) fn kernels() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let names = |kernel: &Kernel| kernel.arguments.iter().map(|a| a.name).collect();
    KERNELS
        .iter()
        .map(|kernel| (kernel.name, kernel.module, names(kernel)))
        .collect()
}
