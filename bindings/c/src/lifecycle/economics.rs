//! What each stage costs and brings.

use crm_core::lifecycle::Stage;
use crm_core::lifecycle::economics::{
    CurvePoint, StageEconomics, StageRows, TransitionEconomics, stage_curve, stage_economics,
};

use super::members;
use crate::boundary::{Outcome, Output, OutputSlice, respond, slice};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// One stage: how many customers it has, what went in and what came out.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_stage_totals {
    /// Customers (rows) in the stage.
    pub customers: u64,
    /// Spent on them, in all.
    pub input: f64,
    /// Profit from them, in all.
    pub output: f64,
    /// output / input; NaN where nothing was spent.
    pub ratio: f64,
    /// Mean share of customer over the rows that know it; NaN if none does.
    pub share_of_customer: f64,
}

impl From<&StageEconomics> for crm_stage_totals {
    fn from(row: &StageEconomics) -> Self {
        crm_stage_totals {
            customers: row.customers,
            input: row.input,
            output: row.output,
            ratio: row.ratio.unwrap_or(f64::NAN),
            share_of_customer: row.share_of_customer.unwrap_or(f64::NAN),
        }
    }
}

/// What the moves from one stage to another earn; all numbers are 0 where none was made.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct crm_transition_economics {
    /// How often customers made the move.
    pub count: u64,
    /// Mean profit per customer and period during the stay that ended with the move.
    pub before: f64,
    /// Mean profit per customer and period during the stay that began with it.
    pub after: f64,
    /// after − before.
    pub gain: f64,
    /// Σ (after − before) · periods of the stay, over all moves.
    pub total_gain: f64,
}

impl From<&TransitionEconomics> for crm_transition_economics {
    fn from(row: &TransitionEconomics) -> Self {
        crm_transition_economics {
            count: row.count,
            before: row.before,
            after: row.after,
            gain: row.gain,
            total_gain: row.total_gain,
        }
    }
}

/// # Safety
/// As the exported functions below.
unsafe fn with_rows<T>(
    stage: *const u8,
    input: *const f64,
    output: *const f64,
    share: *const f64,
    rows: usize,
    call: impl FnOnce(StageRows<'_>) -> crm_core::Result<T>,
) -> Outcome<T> {
    // SAFETY: as the caller vouches.
    unsafe {
        let stage: Vec<Stage> = members("stage", slice("stage", stage, rows)?)?;
        let share = if share.is_null() {
            None
        } else {
            Some(slice("share", share, rows)?)
        };
        Ok(call(StageRows {
            stage: &stage,
            input: slice("input", input, rows)?,
            output: slice("output", output, rows)?,
            share,
        })?)
    }
}

/// Input, output and their ratio per stage, over a customer base.
///
/// @param stage the crm_stage of each customer
/// @param input what the firm spent on the customer, 0 or more
/// @param output the profit that the customer brought; may be negative
/// @param share share of customer, 0 to 1, NaN where it is not known; may be NULL
/// @param rows how many customers there are
/// @param out receives 7 rows, in the order of crm_stage
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_economics(
    stage: *const u8,
    input: *const f64,
    output: *const f64,
    share: *const f64,
    rows: usize,
    out: *mut crm_stage_totals,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let room = OutputSlice::new("out", out, Stage::COUNT)?;
        let table = with_rows(stage, input, output, share, rows, stage_economics)?;
        room.write("out", &table.iter().map(Into::into).collect::<Vec<_>>())
    })
}

/// Stage economics over time. It does not change: any number of threads may read it.
pub struct crm_stage_curve(Vec<CurvePoint>);

/// Input, output and share of customer per stage for each period that occurs.
///
/// @param period the period of each row
/// @param stage the crm_stage of the customer in it
/// @param input what the firm spent on the customer, 0 or more
/// @param output the profit that the customer brought; may be negative
/// @param share share of customer, 0 to 1, NaN where it is not known; may be NULL
/// @param rows how many rows there are
/// @param curve receives the handle; give it back to crm_stage_curve_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_curve_new(
    period: *const u32,
    stage: *const u8,
    input: *const f64,
    output: *const f64,
    share: *const f64,
    rows: usize,
    curve: *mut Option<Box<crm_stage_curve>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = self::output("curve", curve)?;
        let period = slice("period", period, rows)?;
        let made = with_rows(stage, input, output, share, rows, |rows| {
            stage_curve(period, rows)
        })?;
        out.write(Some(Box::new(crm_stage_curve(made))));
        Ok(())
    })
}

/// Frees a curve; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_stage_curve_free(curve: Option<Box<crm_stage_curve>>) {
    free(curve);
}

/// How many periods there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_curve_points(
    curve: *const crm_stage_curve,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let curve = &borrow("curve", curve)?.0;
        Output::new("out", out)?.write(curve.len());
        Ok(())
    })
}

/// The periods, oldest first, and their tables.
///
/// @param points crm_stage_curve_points
/// @param periods receives one period per point
/// @param out receives 7 rows per point, in the order of crm_stage
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_curve_table(
    curve: *const crm_stage_curve,
    points: usize,
    periods: *mut u32,
    out: *mut crm_stage_totals,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let curve = &borrow("curve", curve)?.0;
        let periods = OutputSlice::new("periods", periods, points)?;
        let out = OutputSlice::new("out", out, points.saturating_mul(Stage::COUNT))?;
        let known: Vec<u32> = curve.iter().map(|point| point.period).collect();
        periods.write("periods", &known)?;
        let rows = curve.iter().flat_map(|point| &point.stages);
        out.write("out", &rows.map(Into::into).collect::<Vec<_>>())
    })
}
