//! What customers have been worth and may be, from their transactions.

use std::borrow::Cow;

use super::inputs::CustomerHistory;
use super::options::IdicOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{
    AmountColumn, Chunk, CustomerColumn, CustomerId, Ledger, LedgerBuilder, PeriodSeries,
    SeriesOptions, Summary, SummaryOptions, TimeColumn,
};
use crate::prediction::fit::{Fit, FitOptions, FitStatus};
use crate::prediction::{
    GammaGamma, Histories, HistoryColumns, MbgNbd, SpendColumns, Spending, expected_purchases_into,
    expected_spend_into, probability_alive_into,
};
use crate::units::Date;

const DAYS_OF_WEEK: f64 = 7.0;

/// What transactions say of customers, by their rows.
pub(super) struct Worth {
    pub(super) series: PeriodSeries,
    pub(super) current: Vec<f64>,
    pub(super) potential: Vec<f64>,
    pub(super) alive: Vec<f64>,
    pub(super) transactions: u64,
    /// Whether the models of purchases and of spend could be fitted.
    pub(super) is_modelled: bool,
    /// Whether the log has no best model of one of them.
    pub(super) is_at_boundary: bool,
}

/// The transactions whose customer is known, by the rows of customers; and how many were left out.
pub(super) fn ledger(
    history: &CustomerHistory<'_>,
    rows_of: impl Fn(&CustomerColumn<'_>) -> Result<Vec<Option<u32>>>,
) -> Result<(Option<Ledger>, u64)> {
    let mut builder = LedgerBuilder::new();
    let mut left_out = 0;
    let mut before = 0;
    for chunk in &history.log {
        let rows = rows_of(&chunk.customers).map_err(|error| match error.row() {
            Some(row) => error.at_row(before + row),
            None => error,
        })?;
        before += rows.len();
        left_out += rows.iter().filter(|row| row.is_none()).count() as u64;
        push(&mut builder, chunk, &rows)?;
    }
    match builder.rows() {
        0 => Ok((None, left_out)),
        _ => Ok((Some(builder.finish()?), left_out)),
    }
}

fn push(builder: &mut LedgerBuilder, chunk: &Chunk<'_>, rows: &[Option<u32>]) -> Result<()> {
    let customers: Vec<i64> = rows.iter().flatten().map(|&row| i64::from(row)).collect();
    let times = match chunk.times {
        TimeColumn::Dates(dates) => Times::Dates(known("times", dates, rows)?),
        TimeColumn::Timestamps { ticks, .. } => Times::Ticks(known("times", ticks, rows)?),
    };
    let amounts = Amounts::known("amounts", chunk.amounts, rows)?;
    let costs = chunk
        .costs
        .map(|costs| Amounts::known("costs", costs, rows));
    let costs = costs.transpose()?;
    if customers.is_empty() {
        return Ok(());
    }
    builder.push(&Chunk {
        customers: CustomerColumn::Integers(&customers),
        times: match (&times, chunk.times) {
            (Times::Ticks(ticks), TimeColumn::Timestamps { unit, zone, .. }) => {
                TimeColumn::Timestamps { ticks, unit, zone }
            }
            (Times::Dates(dates), _) => TimeColumn::Dates(dates),
            (Times::Ticks(_), times @ TimeColumn::Dates(_)) => times,
        },
        amounts: amounts.column(),
        costs: costs.as_ref().map(Amounts::column),
    })
}

enum Times<'a> {
    Dates(Cow<'a, [i32]>),
    Ticks(Cow<'a, [i64]>),
}

enum Amounts<'a> {
    Floats(Cow<'a, [f64]>),
    Minor(Cow<'a, [i64]>, u32),
}

impl<'a> Amounts<'a> {
    fn known(
        argument: &'static str,
        column: AmountColumn<'a>,
        rows: &[Option<u32>],
    ) -> Result<Self> {
        Ok(match column {
            AmountColumn::Floats(values) => Amounts::Floats(known(argument, values, rows)?),
            AmountColumn::Minor { units, scale } => {
                Amounts::Minor(known(argument, units, rows)?, scale)
            }
        })
    }

    fn column(&self) -> AmountColumn<'_> {
        match self {
            Amounts::Floats(values) => AmountColumn::Floats(values),
            Amounts::Minor(units, scale) => AmountColumn::Minor {
                units,
                scale: *scale,
            },
        }
    }
}

/// The values of the rows whose customer is known.
fn known<'a, T: Copy>(
    argument: &'static str,
    values: &'a [T],
    rows: &[Option<u32>],
) -> Result<Cow<'a, [T]>> {
    if values.len() != rows.len() {
        return Err(Error::length(argument, values.len(), rows.len()));
    }
    if rows.iter().all(Option::is_some) {
        return Ok(values.into());
    }
    let kept = values.iter().zip(rows).filter(|(_, row)| row.is_some());
    Ok(kept.map(|(value, _)| *value).collect())
}

impl Worth {
    pub(super) fn of(
        ledger: &Ledger,
        customers: usize,
        end: Option<Date>,
        options: &IdicOptions,
    ) -> Result<Self> {
        let totals = ledger.totals()?;
        if let (Some(end), Some(last)) = (end, totals.last.iter().max().copied())
            && end < last
        {
            let reason = format!("must not be before the last transaction, {last}");
            return Err(Error::new(ErrorKind::OutOfRange, "end", reason).with_value(end));
        }
        let place = places(ledger, customers);
        let net = |place: usize| {
            let of = |column: &[f64]| column.get(place).copied().unwrap_or_default();
            let cost = totals.cost.as_deref().map_or(0.0, of);
            of(&totals.revenue) - of(&totals.returned) - cost
        };
        let current: Vec<f64> = place.iter().map(|place| place.map_or(0.0, net)).collect();
        let (earned, revenue): (f64, f64) = (
            current.iter().sum(),
            totals.revenue.iter().sum::<f64>() - totals.returned.iter().sum::<f64>(),
        );
        let margin = if revenue > 0.0 {
            earned / revenue
        } else {
            f64::NAN
        };
        let found = Expected::of(ledger, customers, end, margin, options)?;
        let is_modelled = found.is_some();
        let unknown = || vec![f64::NAN; customers];
        let Expected {
            potential,
            alive,
            is_at_boundary,
        } = found.unwrap_or_else(|| Expected {
            potential: unknown(),
            alive: unknown(),
            is_at_boundary: false,
        });
        Ok(Worth {
            series: series(ledger, &place, end, options)?,
            current,
            potential,
            alive,
            transactions: ledger.rows() as u64,
            is_modelled,
            is_at_boundary,
        })
    }
}

/// The number in the ledger of each customer.
fn places(ledger: &Ledger, customers: usize) -> Vec<Option<usize>> {
    let find = |row: u32| ledger.find(CustomerId::Integer(i64::from(row)));
    (0..customers as u32).map(find).collect()
}

/// The activity of all customers, by their rows.
fn series(
    ledger: &Ledger,
    places: &[Option<usize>],
    end: Option<Date>,
    options: &IdicOptions,
) -> Result<PeriodSeries> {
    let by_ledger = ledger.period_series(&SeriesOptions {
        period: options.period,
        end,
        returns: options.returns,
        ..SeriesOptions::default()
    })?;
    let mut offsets = vec![0];
    let (mut periods, mut purchases, mut spend) = (Vec::new(), Vec::new(), Vec::new());
    let mut profit = by_ledger.profit().map(|_| Vec::new());
    for place in places {
        if let Some(own) = place.and_then(|place| by_ledger.customer(place)) {
            periods.extend_from_slice(own.periods);
            purchases.extend_from_slice(own.purchases);
            spend.extend_from_slice(own.spend);
            if let (Some(profit), Some(own)) = (&mut profit, own.profit) {
                profit.extend_from_slice(own);
            }
        }
        offsets.push(periods.len());
    }
    PeriodSeries::new(
        offsets,
        periods,
        purchases,
        spend,
        profit,
        by_ledger.observed(),
    )
}

/// What models let expect, by the rows of customers.
struct Expected {
    potential: Vec<f64>,
    alive: Vec<f64>,
    is_at_boundary: bool,
}

impl Expected {
    /// Expected purchases over the horizon (MBG/NBD) times expected spend (Gamma-Gamma) times margin; nothing where the log identifies no
    /// model.
    fn of(
        ledger: &Ledger,
        customers: usize,
        end: Option<Date>,
        margin: f64,
        options: &IdicOptions,
    ) -> Result<Option<Self>> {
        let summary = ledger.summary(&SummaryOptions {
            periods_per_unit: DAYS_OF_WEEK,
            end,
            returns: options.returns,
            include_first: true,
            ..SummaryOptions::default()
        })?;
        let Some(each) = predicted(&summary, margin, options.horizon) else {
            return Ok(None);
        };
        let mut found = Expected {
            potential: vec![f64::NAN; customers],
            alive: vec![f64::NAN; customers],
            is_at_boundary: each.is_at_boundary,
        };
        let numbers = summary.customer.iter().zip(&each.potential);
        for ((&number, &value), &p) in numbers.zip(&each.alive) {
            let Some(CustomerId::Integer(row)) = ledger.id(number) else {
                continue;
            };
            let row = usize::try_from(row).unwrap_or(usize::MAX);
            for (column, value) in [(&mut found.potential, value), (&mut found.alive, p)] {
                if let Some(place) = column.get_mut(row) {
                    *place = value;
                }
            }
        }
        Ok(Some(found))
    }
}

/// P(alive) of a customer who has as good as certainly not left.
const CERTAIN: f64 = 1.0 - 1e-6;

/// Potential value and P(alive) of each row of the summary. A log in which nobody is seen to leave puts the model at its boundary, where
/// everybody is alive: that says nothing of anybody, and P(alive) stays unknown.
fn predicted(summary: &Summary, margin: f64, horizon: f64) -> Option<Expected> {
    let options = FitOptions::default();
    let histories = Histories::new(&summary.frequency, &summary.recency, &summary.age).ok()?;
    let Fit { model, report } = MbgNbd::fit(&histories, &options).ok()?;
    let mut is_at_boundary = report.status == FitStatus::Boundary;
    let columns = HistoryColumns {
        frequency: summary.frequency.as_slice().into(),
        recency: summary.recency.as_slice().into(),
        age: summary.age.as_slice().into(),
    };
    let mut alive = vec![0.0; summary.len()];
    probability_alive_into(&model, columns, 0.0.into(), &mut alive).ok()?;
    if is_at_boundary && alive.iter().all(|&p| p > CERTAIN) {
        alive.fill(f64::NAN);
    }
    let mut purchases = vec![0.0; summary.len()];
    let weeks = horizon / DAYS_OF_WEEK;
    expected_purchases_into(&model, columns, weeks.into(), &mut purchases).ok()?;
    // Who has returned everything has no spend that the model could take.
    let spent = |mean: f64, value: f64| if mean > 0.0 { value } else { f64::NAN };
    let bought: Vec<(f64, f64)> = summary
        .frequency
        .iter()
        .zip(&summary.mean_spend)
        .map(|(&x, &mean)| (spent(mean, x + 1.0), spent(mean, mean)))
        .collect();
    let (counts, means): (Vec<f64>, Vec<f64>) =
        bought.iter().copied().filter(|(x, _)| !x.is_nan()).unzip();
    let spending = Spending::new(&counts, &means).ok()?;
    let Fit { model, report } = GammaGamma::fit(&spending, &options).ok()?;
    is_at_boundary |= report.status == FitStatus::Boundary;
    let (counts, means): (Vec<f64>, Vec<f64>) = bought.into_iter().unzip();
    let columns = SpendColumns {
        frequency: counts.as_slice().into(),
        mean_spend: means.as_slice().into(),
    };
    let mut spend = vec![0.0; summary.len()];
    expected_spend_into(&model, columns, &mut spend).ok()?;
    let each = purchases.iter().zip(&spend);
    let potential: Vec<f64> = each
        .map(|(purchases, spend)| purchases * spend * margin)
        .collect();
    let is_usable = potential.iter().all(|value| !value.is_infinite());
    is_usable.then_some(Expected {
        potential,
        alive,
        is_at_boundary,
    })
}
