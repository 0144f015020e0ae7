//! What a customer in each stage is worth.

use crm_core::clv::switching::Horizon;
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::inference::StageTransitions;
use crm_core::lifecycle::stage_values::{self, PerStage, StageProfits};
use crm_core_arrow::{Column, NewColumn, NewTable};
use pyo3::prelude::*;

use super::categories;
use super::ids::Ids;
use crate::buffers::detached;
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;
use crate::tables::{ArrowTable, OutTable};

#[derive(IntoPyObject)]
pub(crate) struct StageValueParts {
    counts: Vec<[u64; Stage::COUNT]>,
    rates: Vec<[f64; Stage::COUNT]>,
    table: OutTable,
}

/// A row for each customer and period, those of a customer together, oldest first. Profits are a column, or one number for
/// each stage. A horizon of `None` has no end.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package names each of them")]
pub(crate) fn stage_values_of_rows(
    py: Python<'_>,
    table: ArrowTable,
    customer: &str,
    stage: &str,
    profit: Option<&str>,
    per_stage: PerStage<f64>,
    discount_rate: Number,
    horizon: Option<u32>,
) -> Result<StageValueParts> {
    let rate = discount_rate.rate("discount_rate")?;
    detached(py, || {
        let (_, offsets) = Ids::of_runs(table.0.column(customer)?)?;
        let stages = stages(table.0.column(stage)?)?;
        let rows = profit
            .map(|profit| table.0.column(profit)?.floats())
            .transpose()?;
        let profits = match &rows {
            Some(rows) => StageProfits::Observed(rows),
            None => StageProfits::Given(per_stage),
        };
        let until = horizon.map_or(Horizon::Infinite, Horizon::Periods);
        let found = stage_values::stage_values(&offsets, &stages, profits, rate, until)?;
        let known = |row: Option<PerStage<f64>>| row.unwrap_or([f64::NAN; Stage::COUNT]);
        Ok(StageValueParts {
            counts: found.transitions.counts.to_vec(),
            rates: found.transitions.rates().map(known).to_vec(),
            table: worth(found.profits, found.values)?.into(),
        })
    })
}

#[pyfunction]
pub(crate) fn stage_values_of_moves(
    counts: PerStage<PerStage<u64>>,
    profits: PerStage<f64>,
    discount_rate: Number,
    horizon: Option<u32>,
) -> Result<OutTable> {
    let rate = discount_rate.rate("discount_rate")?;
    let until = horizon.map_or(Horizon::Infinite, Horizon::Periods);
    let values = StageTransitions::new(counts).values(&profits, rate, until)?;
    Ok(worth(profits.map(Some), values)?.into())
}

fn worth(
    profits: PerStage<Option<f64>>,
    values: PerStage<Option<f64>>,
) -> crm_core::Result<NewTable> {
    use crm_core::units::Label as _;

    let known = |numbers: PerStage<Option<f64>>| numbers.map(|number| number.unwrap_or(f64::NAN));
    NewTable::new(vec![
        categories("stage", Stage::ALL),
        NewColumn::known_floats("profit", known(profits).to_vec()),
        NewColumn::known_floats("value", known(values).to_vec()),
    ])
}

fn stages(column: Column<'_>) -> crm_core::Result<Vec<Stage>> {
    let stage = |(row, found): (usize, crm_core::Result<Stage>)| found.map_err(|e| e.at_row(row));
    match Ids::of_rows(column)? {
        Ids::Texts(names) => {
            let stages = names.iter().map(|name| member("stage", name));
            stages.enumerate().map(stage).collect()
        }
        Ids::Integers(codes) => {
            let code = |code: &i64| Stage::from_code(u8::try_from(*code).unwrap_or(u8::MAX));
            codes.iter().map(code).enumerate().map(stage).collect()
        }
    }
}
