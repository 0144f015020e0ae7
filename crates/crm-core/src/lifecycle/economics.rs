//! What each stage of the lifecycle costs and brings.

use rust_decimal::Decimal;
use serde::Serialize;

use super::Stage;
use super::inference::StageHistories;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::PeriodSeries;
use crate::units::{Label, Money};

/// Profit per unit of money spent on the customers: output / input. `None` where nothing was
/// spent: there is no ratio then.
///
/// ```
/// use crm_core::lifecycle::economics::return_on_spend;
/// use crm_core::units::Money;
///
/// assert_eq!(return_on_spend(Money::from(40), Money::from(100))?, Some("2.5".parse().unwrap()));
/// assert_eq!(return_on_spend(Money::ZERO, Money::from(100))?, None);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for a negative input, [`ErrorKind::Overflow`].
pub fn return_on_spend(input: Money, output: Money) -> Result<Option<Decimal>> {
    if input < Money::ZERO {
        return Err(
            Error::new(ErrorKind::OutOfRange, "input", "must be 0 or more").with_value(input),
        );
    }
    if input == Money::ZERO {
        return Ok(None);
    }
    output
        .divide(input.value())
        .map(|ratio| Some(ratio.value()))
}

/// The rows that stage economics are computed from: one row per customer, or per customer and
/// period. All columns have the same length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageRows<'a> {
    /// The stage of the customer.
    pub stage: &'a [Stage],
    /// What the firm spent on the customer; 0 or more.
    pub input: &'a [f64],
    /// The profit that the customer brought; may be negative.
    pub output: &'a [f64],
    /// Share of customer, 0 to 1; NaN where it is not known.
    pub share: Option<&'a [f64]>,
}

/// One stage: how many rows it has, what went in and what came out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StageEconomics {
    /// The stage.
    pub stage: Stage,
    /// Customers (rows) in the stage.
    pub customers: u64,
    /// Spent on them, in all.
    pub input: f64,
    /// Profit from them, in all.
    pub output: f64,
    /// output / input; `None` where nothing was spent.
    pub ratio: Option<f64>,
    /// Mean share of customer over the rows that know it; `None` if none does.
    pub share_of_customer: Option<f64>,
}

/// Table over a customer base: one row per stage, in the order of [`Stage::ALL`](Label::ALL).
///
/// ```
/// use crm_core::lifecycle::Stage;
/// use crm_core::lifecycle::economics::{StageRows, stage_economics};
///
/// let table = stage_economics(StageRows {
///     stage: &[Stage::Development, Stage::Maturity, Stage::Maturity],
///     input: &[30.0, 10.0, 0.0],
///     output: &[-5.0, 60.0, 40.0],
///     share: None,
/// })?;
/// assert_eq!(table[Stage::Maturity as usize].ratio, Some(10.0));
/// assert_eq!(table[Stage::Decline as usize].ratio, None);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for a
/// value that the column does not allow, with its row.
pub fn stage_economics(rows: StageRows<'_>) -> Result<Vec<StageEconomics>> {
    let periods = vec![0; rows.stage.len()];
    let curve = stage_curve(&periods, rows)?;
    Ok(match curve.into_iter().next() {
        Some(point) => point.stages,
        None => Totals::default().table(),
    })
}

/// One period of the curve over time: [`stage_curve`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurvePoint {
    /// The period.
    pub period: u32,
    /// One row per stage, in the order of [`Stage::ALL`](Label::ALL).
    pub stages: Vec<StageEconomics>,
}

/// Profit and share of customer per stage over time: a table as by [`stage_economics`] for each
/// period that occurs, oldest first. `period[i]` is the period of row `i`.
///
/// # Errors
/// As [`stage_economics`].
pub fn stage_curve(period: &[u32], rows: StageRows<'_>) -> Result<Vec<CurvePoint>> {
    check(period, rows)?;
    let mut order: Vec<usize> = (0..period.len()).collect();
    order.sort_by_key(|&row| period.get(row));
    let same_period = order.chunk_by(|&a, &b| period.get(a) == period.get(b));
    Ok(same_period
        .filter_map(|members| {
            let period = *members.first().and_then(|&row| period.get(row))?;
            let mut totals = Totals::default();
            for &row in members {
                totals.add(rows, row)?;
            }
            let stages = totals.table();
            Some(CurvePoint { period, stages })
        })
        .collect())
}

/// A running total per stage.
#[derive(Default)]
struct Totals([Total; Stage::COUNT]);

#[derive(Default, Clone, Copy)]
struct Total {
    customers: u64,
    input: f64,
    output: f64,
    share: f64,
    shares: u64,
}

impl Totals {
    fn add(&mut self, rows: StageRows<'_>, row: usize) -> Option<()> {
        let code = rows.stage.get(row)?.code();
        let total = self.0.get_mut(usize::from(code))?;
        total.customers += 1;
        total.input += rows.input.get(row)?;
        total.output += rows.output.get(row)?;
        let share = rows.share.and_then(|share| share.get(row));
        if let Some(share) = share.filter(|share| !share.is_nan()) {
            total.share += share;
            total.shares += 1;
        }
        Some(())
    }

    fn table(&self) -> Vec<StageEconomics> {
        let rows = Stage::ALL.iter().zip(&self.0);
        rows.map(|(&stage, total)| StageEconomics {
            stage,
            customers: total.customers,
            input: total.input,
            output: total.output,
            ratio: (total.input > 0.0).then(|| total.output / total.input),
            share_of_customer: (total.shares > 0).then(|| total.share / total.shares as f64),
        })
        .collect()
    }
}

fn check(period: &[u32], rows: StageRows<'_>) -> Result<()> {
    let expected = rows.stage.len();
    let lengths = [
        ("period", period.len()),
        ("input", rows.input.len()),
        ("output", rows.output.len()),
        ("share", rows.share.map_or(expected, <[f64]>::len)),
    ];
    if let Some(&(argument, found)) = lengths.iter().find(|(_, length)| *length != expected) {
        return Err(Error::length(argument, found, expected));
    }
    refuse("input", rows.input, "must be 0 or more", |v| v >= 0.0)?;
    refuse("output", rows.output, "must be a finite number", |_| true)?;
    check_share("share", rows.share.unwrap_or_default())
}

/// Shares lie between 0 and 1, or are NaN where they are not known.
pub(super) fn check_share(argument: &'static str, share: &[f64]) -> Result<()> {
    let refused = |v: &f64| !v.is_nan() && !(0.0..=1.0).contains(v);
    match share.iter().enumerate().find(|(_, v)| refused(v)) {
        Some((row, v)) => {
            Err(
                Error::new(ErrorKind::OutOfRange, argument, "must be between 0 and 1")
                    .with_value(v)
                    .at_row(row),
            )
        }
        None => Ok(()),
    }
}

fn refuse(
    argument: &'static str,
    values: &[f64],
    rule: &'static str,
    allowed: impl Fn(f64) -> bool,
) -> Result<()> {
    let refused = |v: &f64| !v.is_finite() || !allowed(*v);
    match values.iter().enumerate().find(|(_, v)| refused(v)) {
        Some((row, &v)) if v.is_finite() => Err(Error::new(ErrorKind::OutOfRange, argument, rule)
            .with_value(v)
            .at_row(row)),
        Some((row, &v)) => Err(Error::not_finite(argument, v).at_row(row)),
        None => Ok(()),
    }
}

/// What a move from one stage to another earns: [`transition_economics`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TransitionEconomics {
    /// The stage left.
    pub from: Stage,
    /// The stage entered.
    pub to: Stage,
    /// How often customers made the move.
    pub count: u64,
    /// Mean profit per customer and period during the stay that ended with the move.
    pub before: f64,
    /// Mean profit per customer and period during the stay that began with it.
    pub after: f64,
    /// after − before: what one such move changes per period.
    pub gain: f64,
    /// What all such moves changed over the stays that they began: Σ (after − before) · periods.
    pub total_gain: f64,
}

/// Which stage transitions earn most, from stage histories and the series they were inferred from;
/// the largest total gain first. Value is the profit of the series, or the spend where the series
/// has no costs.
///
/// A stay is the run of periods that a customer spends in a stage without a break. `before` and
/// `after` weigh every move alike.
///
/// # Errors
/// [`ErrorKind::LengthMismatch`] if `series` has other customers than `histories`.
pub fn transition_economics(
    histories: &StageHistories,
    series: &PeriodSeries,
) -> Result<Vec<TransitionEconomics>> {
    if series.customers() != histories.customers() {
        return Err(Error::length(
            "series",
            series.customers(),
            histories.customers(),
        ));
    }
    let mut moves = [[MoveSum::default(); Stage::COUNT]; Stage::COUNT];
    for (customer, history) in series.iter().zip(histories.iter()) {
        let values = customer.profit.unwrap_or(customer.spend);
        let mut entries = customer.periods.iter().zip(values).peekable();
        let mut previous: Option<(Stage, f64)> = None;
        for stay in history.stays() {
            let mut value = 0.0;
            while let Some((_, v)) = entries.next_if(|(period, _)| **period < stay.end) {
                value += v;
            }
            let periods = f64::from(stay.end - stay.start);
            let mean = value / periods;
            if let Some((from, before)) = previous {
                let row = moves.get_mut(usize::from(from.code()));
                let cell = row.and_then(|row| row.get_mut(usize::from(stay.stage.code())));
                if let Some(sum) = cell {
                    sum.add(before, mean, periods);
                }
            }
            previous = Some((stay.stage, mean));
        }
    }
    let mut table: Vec<TransitionEconomics> = Vec::new();
    for (&from, row) in Stage::ALL.iter().zip(&moves) {
        for (&to, sum) in Stage::ALL.iter().zip(row) {
            table.extend(sum.row(from, to));
        }
    }
    table.sort_by(|a, b| b.total_gain.total_cmp(&a.total_gain));
    Ok(table)
}

#[derive(Debug, Clone, Copy, Default)]
struct MoveSum {
    count: u64,
    before: f64,
    after: f64,
    total_gain: f64,
}

impl MoveSum {
    fn add(&mut self, before: f64, after: f64, periods: f64) {
        self.count += 1;
        self.before += before;
        self.after += after;
        self.total_gain += (after - before) * periods;
    }

    fn row(&self, from: Stage, to: Stage) -> Option<TransitionEconomics> {
        let n = self.count as f64;
        (self.count > 0).then(|| TransitionEconomics {
            from,
            to,
            count: self.count,
            before: self.before / n,
            after: self.after / n,
            gain: (self.after - self.before) / n,
            total_gain: self.total_gain,
        })
    }
}
