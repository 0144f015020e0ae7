//! What each stage costs and brings.

use crm_core::lifecycle::Stage;
use crm_core::lifecycle::economics::{
    StageEconomics, StageRows, return_on_spend, stage_curve, stage_economics,
};
use crm_core_arrow::{NewColumn, NewTable, NewValues};
use pyo3::prelude::*;

use super::{categories, floats};
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::{Kind, Number};
use crate::tables::OutTable;

#[pyfunction]
#[pyo3(name = "return_on_spend")]
pub(crate) fn py_return_on_spend(input: Number, output: Number) -> Result<Option<Number>> {
    let kind = Kind::of([&input, &output]);
    let ratio = return_on_spend(input.money("input")?, output.money("output")?)?;
    Ok(ratio.map(|ratio| kind.number(ratio)))
}

/// Stage economics of each period, as one table; without periods, of all rows.
#[pyfunction]
#[pyo3(name = "stage_economics")]
pub(crate) fn py_stage_economics(
    py: Python<'_>,
    period: Option<Vec<u32>>,
    stage: Vec<u8>,
    input: Floats,
    output: Floats,
    share: Option<Floats>,
) -> Result<OutTable> {
    let code = |(row, code): (usize, &u8)| Stage::from_code(*code).map_err(|e| e.at_row(row));
    let stage: Vec<Stage> = stage
        .iter()
        .enumerate()
        .map(code)
        .collect::<crm_core::Result<_>>()?;
    let rows = StageRows {
        stage: &stage,
        input: input.slice("input")?,
        output: output.slice("output")?,
        share: share.as_ref().map(|s| s.slice("share")).transpose()?,
    };
    let table = detached(py, || {
        let (periods, cells): (Option<Vec<u32>>, Vec<StageEconomics>) = match &period {
            None => (None, stage_economics(rows)?),
            Some(period) => {
                let curve = stage_curve(period, rows)?;
                let periods = curve.iter().flat_map(|point| [point.period; Stage::COUNT]);
                (
                    Some(periods.collect()),
                    curve
                        .iter()
                        .flat_map(|point| point.stages.iter().copied())
                        .collect(),
                )
            }
        };
        let column = |value: fn(&StageEconomics) -> f64| cells.iter().map(value).collect();
        let customers = cells
            .iter()
            .map(|c| i64::try_from(c.customers).unwrap_or(i64::MAX));
        let mut columns = Vec::new();
        columns.extend(periods.map(|p| NewColumn::counts("period", p)));
        let names = cells.iter().map(|cell| cell.stage).collect::<Vec<_>>();
        columns.push(categories("stage", &names));
        columns.push(NewColumn::new(
            "customers",
            NewValues::Integers(customers.collect()),
        ));
        columns.push(floats("input", column(|c| c.input)));
        columns.push(floats("output", column(|c| c.output)));
        let ratio: Vec<f64> = column(|c| c.ratio.unwrap_or(f64::NAN));
        columns.push(NewColumn::known_floats("ratio", ratio));
        let share: Vec<f64> = column(|c| c.share_of_customer.unwrap_or(f64::NAN));
        columns.push(NewColumn::known_floats("share_of_customer", share));
        NewTable::new(columns)
    })?;
    Ok(table.into())
}
