//! What a customer in each stage is worth.

use crm_core::lifecycle::Stage;
use crm_core::lifecycle::inference::StageTransitions;
use crm_core::lifecycle::stage_values::{PerStage, StageProfits, stage_values};

use super::members;
use crate::boundary::{Outcome, OutputSlice, respond, slice};
use crate::clv::read_rate;
use crate::decimal::crm_decimal;
use crate::status::crm_status;
use crate::switching::read_horizon;

/// The value of a customer in each stage, from the stages of customers over time, whatever found them: how often customers went from
/// stage to stage is a Markov chain, and a value is that of the chain from a stage on (Pfeifer & Carraway 2000), the
/// present period in full. A stage that was only ever the last one seen is taken to be kept for ever.
///
/// A period in a stage brings the mean of `profits` over the rows in it, or what `stage_profits` says; one of the two is NULL.
///
/// CRM_STATUS_EMPTY if no customer has two rows; CRM_STATUS_DIVERGENT where a value without end is not finite.
///
/// @param offsets customers + 1 numbers: where each customer's rows start, and at last how many there are
/// @param customers how many customers there are
/// @param stages the crm_stage of each row; rows of a customer oldest first, without gaps
/// @param rows how many rows there are
/// @param profits the profit of each row; may be NULL
/// @param stage_profits 7 numbers, the profit of a period in each stage; may be NULL
/// @param discount_rate per period; greater than −1
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param counts receives 49 numbers, row-major: how often customers went from a stage (row) to a stage (column)
/// @param brought receives 7 numbers: what a period in each stage brings; NaN for a stage that nobody was in
/// @param values receives 7 values; NaN for a stage that nobody was seen leaving, keeping or reaching
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_values(
    offsets: *const usize,
    customers: usize,
    stages: *const u8,
    rows: usize,
    profits: *const f64,
    stage_profits: *const f64,
    discount_rate: *const crm_decimal,
    horizon: i64,
    counts: *mut u64,
    brought: *mut f64,
    values: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let offsets = slice("offsets", offsets, customers.saturating_add(1))?;
        let stages: Vec<Stage> = members("stages", slice("stages", stages, rows)?)?;
        let profits = match stage_profits.is_null() {
            true => StageProfits::Observed(slice("profits", profits, rows)?),
            false => StageProfits::Given(per_stage("stage_profits", stage_profits)?),
        };
        let rate = read_rate("discount_rate", discount_rate)?;
        let horizon = read_horizon(horizon)?;
        let counts = OutputSlice::new("counts", counts, Stage::COUNT * Stage::COUNT)?;
        let brought = OutputSlice::new("brought", brought, Stage::COUNT)?;
        let values = OutputSlice::new("values", values, Stage::COUNT)?;
        let found = stage_values(offsets, &stages, profits, rate, horizon)?;
        counts.write("counts", found.transitions.counts.as_flattened())?;
        brought.write("brought", &or_nan(found.profits))?;
        values.write("values", &or_nan(found.values))
    })
}

/// The same from moves that were counted, as crm_stage_inference_transitions gives them.
///
/// @param counts 49 numbers, row-major: how often customers went from a stage (row) to a stage (column)
/// @param stage_profits 7 numbers: the profit of a period in each stage; those of stages without moves are not looked at
/// @param discount_rate per period; greater than −1
/// @param horizon T, the last period, or CRM_INFINITE_HORIZON
/// @param values receives 7 values; NaN for a stage that nobody was seen leaving, keeping or reaching
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_transition_values(
    counts: *const u64,
    stage_profits: *const f64,
    discount_rate: *const crm_decimal,
    horizon: i64,
    values: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let given = slice("counts", counts, Stage::COUNT * Stage::COUNT)?;
        let profits = per_stage("stage_profits", stage_profits)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let horizon = read_horizon(horizon)?;
        let values = OutputSlice::new("values", values, Stage::COUNT)?;
        let mut counts = [[0; Stage::COUNT]; Stage::COUNT];
        counts.as_flattened_mut().copy_from_slice(given);
        let found = StageTransitions::new(counts).values(&profits, rate, horizon)?;
        values.write("values", &or_nan(found))
    })
}

/// # Safety
/// `numbers` is NULL or points to one for each stage.
unsafe fn per_stage(argument: &'static str, numbers: *const f64) -> Outcome<PerStage<f64>> {
    // SAFETY: as the caller vouches.
    let given = unsafe { slice(argument, numbers, Stage::COUNT) }?;
    let mut all = [0.0; Stage::COUNT];
    all.copy_from_slice(given);
    Ok(all)
}

fn or_nan(values: PerStage<Option<f64>>) -> PerStage<f64> {
    values.map(|value| value.unwrap_or(f64::NAN))
}
