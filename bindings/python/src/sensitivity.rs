//! `crm_core.clv`: tornado tables.

use std::cell::RefCell;

use crm_core::clv::sensitivity::{self, Change, ChangeKind, Factor, Sensitivity, Tornado};
use crm_core::kernels::{Domain, Kernel};
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::categories::member;
use crate::error::{Failure, Result};
use crate::numbers::{Kind, Number};

#[derive(IntoPyObject)]
pub(crate) struct Row {
    name: String,
    base: Number,
    low: Number,
    high: Number,
    clipped_low: bool,
    clipped_high: bool,
    value_low: Number,
    value_high: Number,
    swing: Number,
    elasticity: Option<Number>,
}

type Table = (Number, Vec<Row>);

fn shown(table: Tornado, kind: Kind) -> Table {
    let row = |row: Sensitivity| Row {
        name: row.name,
        base: kind.number(row.base),
        low: kind.number(row.low),
        high: kind.number(row.high),
        clipped_low: row.clipped_low,
        clipped_high: row.clipped_high,
        value_low: kind.number(row.value_low),
        value_high: kind.number(row.value_high),
        swing: kind.number(row.swing),
        elasticity: row.elasticity.map(|elasticity| kind.number(elasticity)),
    };
    let rows = table.sensitivities.into_iter().map(row).collect();
    (kind.number(table.base_value), rows)
}

fn change(kind: &str, amount: &Number) -> crm_core::Result<Change> {
    Ok(Change {
        kind: member::<ChangeKind>("changes", kind)?,
        amount: amount.decimal("changes")?,
    })
}

/// `factors` holds name, kind of change and its amount.
#[pyfunction]
pub(crate) fn kernel_tornado(
    kernel: &str,
    values: Vec<Number>,
    factors: Vec<(String, String, Number)>,
) -> Result<Table> {
    let kernel = Kernel::find(kernel)?;
    let amounts = factors.iter().map(|(_, _, amount)| amount);
    let kind = Kind::of(values.iter().chain(amounts));
    let named = kernel.arguments.iter().zip(&values);
    let values = named
        .map(|(argument, value)| value.decimal(argument.name))
        .collect::<crm_core::Result<Vec<_>>>()?;
    let changes = factors
        .iter()
        .map(|(name, kind, amount)| Ok((name.as_str(), change(kind, amount)?)))
        .collect::<crm_core::Result<Vec<_>>>()?;
    let table = sensitivity::kernel_tornado(kernel, &values, &changes)?;
    Ok(shown(table, kind))
}

/// Name, base, kind of change, its amount and domain.
type Moved = (String, Number, String, Number, String);

fn factor((name, base, kind, amount, domain): &Moved) -> crm_core::Result<Factor<'_>> {
    let base = base.decimal("base");
    Ok(Factor {
        name,
        base: base.map_err(|error| error.named(name.clone()))?,
        change: change(kind, amount)?,
        domain: member::<Domain>("domains", domain)?,
    })
}

/// `function` takes a list with a number for each factor.
#[pyfunction]
pub(crate) fn tornado(function: &Bound<'_, PyAny>, factors: Vec<Moved>) -> Result<Table> {
    let numbers = factors
        .iter()
        .flat_map(|(_, base, _, amount, _)| [base, amount]);
    let kind = Kind::of(numbers);
    let read = factors.iter().map(factor);
    let factors = read.collect::<crm_core::Result<Vec<_>>>()?;
    let raised = RefCell::new(None);
    let call = |row: &[rust_decimal::Decimal]| -> PyResult<Number> {
        let numbers: Vec<Number> = row.iter().map(|value| kind.number(*value)).collect();
        function.call1((numbers,))?.extract()
    };
    let table = sensitivity::tornado(&factors, |row| match call(row) {
        Ok(result) => result.decimal("function"),
        Err(error) => {
            raised.replace(Some(error));
            Err(Error::new(ErrorKind::NoSolution, "function", "raised"))
        }
    });
    match (raised.into_inner(), table) {
        (Some(error), _) => Err(Failure::Python(error)),
        (None, table) => Ok(shown(table?, kind)),
    }
}
