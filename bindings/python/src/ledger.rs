//! `crm_core.ledger`.

use crm_core::ledger::{
    CustomerId, DropOut, Granularity, HoldoutSummary, Ledger, Log, PartialSummary, PeriodSeries,
    Returns, SeriesOptions, Simulation, Summary, SummaryOptions,
};
use crm_core::units::{Date, Money, Period};
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{LogColumns, NewColumn, NewTable, NewValues, in_parts, read_ledger, with_log};
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::lifecycle::ids::Ids;
use crate::tables::{ArrowTable, OutTable};

/// Every customer's transactions.
#[pyclass(frozen, name = "Ledger", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyLedger(pub(crate) Ledger);

/// A number of days, or the name of a calendar period.
#[derive(FromPyObject)]
pub(crate) enum PeriodArgument {
    Days(i64),
    Named(String),
}

/// An id as Python gives it.
#[derive(FromPyObject)]
pub(crate) enum Id {
    Integer(i64),
    Text(String),
}

#[pymethods]
impl PyLedger {
    #[new]
    #[pyo3(signature = (table, customer, time, amount, cost=None))]
    fn new(
        py: Python<'_>,
        table: ArrowTable,
        customer: &str,
        time: &str,
        amount: &str,
        cost: Option<&str>,
    ) -> Result<Self> {
        let columns = LogColumns {
            customer,
            time,
            amount,
            cost,
        };
        detached(py, || read_ledger(&table.0, &columns)).map(PyLedger)
    }

    #[getter]
    fn customers(&self) -> usize {
        self.0.customers()
    }

    #[getter]
    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn summary(&self, py: Python<'_>, options: SummaryArguments) -> Result<OutTable> {
        let options = options.read()?;
        Ok(detached(py, || summary_table(&self.0, self.0.summary(&options)?))?.into())
    }

    /// When customers came, and their repeat purchases in each period of this length.
    fn repeat_purchases(
        &self,
        py: Python<'_>,
        length: f64,
        options: SummaryArguments,
    ) -> Result<(Vec<f64>, Vec<f64>)> {
        let options = options.read()?;
        let repeats = detached(py, || self.0.repeat_purchases(&options, length))?;
        Ok((repeats.starts, repeats.purchases))
    }

    /// The table, the length of the holdout and the number of newcomers.
    fn calibration_and_holdout(
        &self,
        py: Python<'_>,
        calibration_end: i32,
        options: SummaryArguments,
    ) -> Result<(OutTable, f64, usize)> {
        let options = options.read()?;
        let calibration_end = Date::from_days(calibration_end)?;
        let (table, duration, newcomers) = detached(py, || {
            holdout_table(
                &self.0,
                self.0.calibration_and_holdout(&options, calibration_end)?,
            )
        })?;
        Ok((table.into(), duration, newcomers))
    }

    fn partial_summary(
        &self,
        py: Python<'_>,
        options: SummaryArguments,
    ) -> Result<PyPartialSummary> {
        let options = options.read()?;
        detached(py, || self.0.partial_summary(&options)).map(PyPartialSummary)
    }

    /// The groups, and the group of each customer of the summary.
    fn grouped_summary(
        &self,
        py: Python<'_>,
        options: SummaryArguments,
        weights: Option<Floats>,
    ) -> Result<(OutTable, OutTable)> {
        let options = options.read()?;
        let weights = weights.as_ref().map(|w| w.slice("weights")).transpose()?;
        let (groups, members) = detached(py, || {
            let summary = self.0.summary(&options)?;
            let grouped = match weights {
                None => summary.grouped(),
                Some(weights) => summary.grouped_with_weights(weights)?,
            };
            let groups = NewTable::new(vec![
                counts("frequency", grouped.frequency),
                floats("recency", grouped.recency),
                floats("age", grouped.age),
                floats("weight", grouped.weight),
            ])?;
            let customers = summary.customer.iter().copied();
            let members = NewTable::new(vec![
                ids(&self.0, customers),
                integers("group", grouped.group.iter().copied()),
            ])?;
            Ok((groups, members))
        })?;
        Ok((groups.into(), members.into()))
    }

    /// One row per customer and active period, and how many periods were observed.
    fn period_series(&self, py: Python<'_>, series: SeriesArguments) -> Result<(OutTable, u32)> {
        let options = series_options(&series)?;
        let (table, observed) = detached(py, || {
            let series = self.0.period_series(&options)?;
            let ids = Ids::of_ledger(&self.0, 0..self.0.customers());
            let count = |of: fn(&PeriodSeries) -> &[u32]| {
                let counts = of(&series);
                in_parts(counts.len(), |first, part| {
                    for (own, &count) in part.iter_mut().zip(counts.iter().skip(first)) {
                        *own = i64::from(count);
                    }
                })
            };
            let mut columns = vec![
                ids.column_of_runs(series.offsets()),
                NewColumn::new("period", NewValues::Integers(count(PeriodSeries::periods))),
                NewColumn::new(
                    "purchases",
                    NewValues::Integers(count(PeriodSeries::purchases)),
                ),
                floats("spend", series.spend().to_vec()),
            ];
            columns.extend(series.profit().map(|p| floats("profit", p.to_vec())));
            Ok((NewTable::new(columns)?, series.observed()))
        })?;
        Ok((table.into(), observed))
    }

    /// Sums as floats, or as exact decimals.
    fn totals(&self, py: Python<'_>, exact: bool) -> Result<OutTable> {
        let days = |dates: &[Date]| NewValues::Days(dates.iter().map(|d| d.days()).collect());
        let table = detached(py, || {
            let totals = self.0.totals()?;
            let sums = if exact {
                let exact = totals.exact.ok_or_else(inexact)?;
                let cost = exact.cost.as_deref().map(decimals);
                (decimals(&exact.revenue), decimals(&exact.returned), cost)
            } else {
                let cost = totals.cost.map(NewValues::Floats);
                (
                    NewValues::Floats(totals.revenue),
                    NewValues::Floats(totals.returned),
                    cost,
                )
            };
            let mut columns = vec![
                ids(&self.0, 0..self.0.customers()),
                NewColumn::counts("orders", totals.orders),
                NewColumn::counts("returns", totals.returns),
                NewColumn::new("revenue", sums.0),
                NewColumn::new("returned", sums.1),
            ];
            columns.extend(sums.2.map(|cost| NewColumn::new("cost", cost)));
            columns.push(NewColumn::new("first", days(&totals.first)));
            columns.push(NewColumn::new("last", days(&totals.last)));
            NewTable::new(columns)
        })?;
        Ok(table.into())
    }

    fn transactions(&self, customer: Id) -> Result<OutTable> {
        let id = match &customer {
            Id::Integer(id) => CustomerId::Integer(*id),
            Id::Text(id) => CustomerId::Text(id),
        };
        let number = self.0.find(id).ok_or_else(|| {
            let error = Error::new(ErrorKind::NotFound, "customer", "is not in the ledger");
            match id {
                CustomerId::Integer(id) => error.with_value(id),
                CustomerId::Text(id) => error.with_value(format_args!("{id:?}")),
            }
        })?;
        let all: Vec<_> = self.0.transactions(number).collect();
        let days = all.iter().map(|t| t.date.days()).collect();
        let mut columns = vec![
            integers("row", all.iter().map(|t| t.row)),
            NewColumn::new("date", NewValues::Days(days)),
            floats("amount", all.iter().map(|t| t.amount).collect()),
        ];
        let costs: Option<Vec<f64>> = all.iter().map(|t| t.cost).collect();
        columns.extend(costs.map(|costs| floats("cost", costs)));
        Ok(NewTable::new(columns)?.into())
    }
}

/// What a part of a log contributes to the summary of the whole.
#[pyclass(frozen, name = "PartialSummary", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyPartialSummary(PartialSummary);

#[pymethods]
impl PyPartialSummary {
    #[staticmethod]
    fn from_json(py: Python<'_>, json: &str) -> Result<Self> {
        detached(py, || {
            serde_json::from_str(json).map_err(|error| {
                let reason = format!("must be a partial summary: {error}");
                Error::new(ErrorKind::Unreadable, "json", reason)
            })
        })
        .map(PyPartialSummary)
    }

    fn to_json(&self, py: Python<'_>) -> Result<String> {
        detached(py, || {
            serde_json::to_string(&self.0)
                .map_err(|error| Error::new(ErrorKind::Unreadable, "json", error.to_string()))
        })
    }

    #[getter]
    fn customers(&self) -> usize {
        self.0.customers()
    }

    #[getter]
    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn merge(&self, py: Python<'_>, other: &PyPartialSummary) -> Result<Self> {
        detached(py, || {
            let mut merged = self.0.clone();
            merged.merge(&other.0)?;
            Ok(PyPartialSummary(merged))
        })
    }

    fn summary(&self, py: Python<'_>) -> Result<OutTable> {
        Ok(detached(py, || summary_table(&self.0, self.0.summary()?))?.into())
    }

    /// The table, the length of the holdout and the number of newcomers.
    fn calibration_and_holdout(
        &self,
        py: Python<'_>,
        calibration_end: i32,
    ) -> Result<(OutTable, f64, usize)> {
        let calibration_end = Date::from_days(calibration_end)?;
        let (table, duration, newcomers) = detached(py, || {
            holdout_table(&self.0, self.0.calibration_and_holdout(calibration_end)?)
        })?;
        Ok((table.into(), duration, newcomers))
    }
}

/// Who tells customers apart by numbers.
pub(crate) trait Customers {
    fn id(&self, customer: usize) -> Option<CustomerId<'_>>;
}

/// By the rows of the log.
impl Customers for Log<'_> {
    fn id(&self, row: usize) -> Option<CustomerId<'_>> {
        Log::id(self, row)
    }
}

impl Customers for Ledger {
    fn id(&self, customer: usize) -> Option<CustomerId<'_>> {
        Ledger::id(self, customer)
    }
}

impl Customers for PartialSummary {
    fn id(&self, customer: usize) -> Option<CustomerId<'_>> {
        PartialSummary::id(self, customer)
    }
}

fn summary_columns(ids: NewColumn, summary: Summary) -> Vec<NewColumn> {
    let since_last = summary.since_last();
    vec![
        ids,
        counts("frequency", summary.frequency),
        floats("recency", summary.recency),
        floats("age", summary.age),
        floats("since_last", since_last),
        floats("mean_spend", summary.mean_spend),
        integers("first_row", summary.first_row.into_iter()),
    ]
}

fn summary_table(whose: &impl Customers, mut summary: Summary) -> crm_core::Result<NewTable> {
    let customers = std::mem::take(&mut summary.customer);
    NewTable::new(summary_columns(ids(whose, customers.into_iter()), summary))
}

/// The summary of the log that a table holds, without a ledger.
#[pyfunction]
pub(crate) fn summary(
    py: Python<'_>,
    table: ArrowTable,
    customer: &str,
    time: &str,
    amount: &str,
    options: SummaryArguments,
) -> Result<OutTable> {
    let options = options.read()?;
    let columns = LogColumns {
        customer,
        time,
        amount,
        cost: None,
    };
    let table = detached(py, || {
        with_log(&table.0, &columns, |log| {
            let mut summary = log.summary(&options)?;
            // Rows tell who it is; numbers are in the way.
            summary.customer = Vec::new();
            let customers = ids(log, summary.first_row.iter().copied());
            NewTable::new(summary_columns(customers, summary))
        })
    })?;
    Ok(table.into())
}

fn holdout_table(
    whose: &impl Customers,
    mut split: HoldoutSummary,
) -> crm_core::Result<(NewTable, f64, usize)> {
    let customers = std::mem::take(&mut split.calibration.customer);
    let customers = ids(whose, customers.into_iter());
    let mut columns = summary_columns(customers, split.calibration);
    columns.extend([
        counts("holdout_frequency", split.holdout_frequency),
        floats("holdout_spend", split.holdout_spend),
        floats("holdout_mean_spend", split.holdout_mean_spend),
    ]);
    Ok((NewTable::new(columns)?, split.duration, split.newcomers))
}

/// Period, start and end of a series, and what to make of returns.
pub(crate) type SeriesArguments = (PeriodArgument, Option<i32>, Option<i32>, String);

pub(crate) fn series_options(
    (period, start, end, returns): &SeriesArguments,
) -> crm_core::Result<SeriesOptions> {
    Ok(SeriesOptions {
        period: period.period()?,
        start: date("start", *start)?,
        end: date("end", *end)?,
        returns: parse_returns(returns)?,
    })
}

/// The ids of these customers.
pub(crate) fn ids(whose: &impl Customers, customers: impl Iterator<Item = usize>) -> NewColumn {
    let ids = customers.filter_map(|customer| whose.id(customer));
    let values = match whose.id(0) {
        Some(CustomerId::Text(_)) => {
            let text = |id| match id {
                CustomerId::Text(text) => text.to_owned(),
                CustomerId::Integer(number) => number.to_string(),
            };
            NewValues::Texts(ids.map(text).collect())
        }
        _ => {
            let number = |id| match id {
                CustomerId::Integer(number) => Some(number),
                CustomerId::Text(_) => None,
            };
            NewValues::Integers(ids.filter_map(number).collect())
        }
    };
    NewColumn::new("customer", values)
}

impl PeriodArgument {
    fn granularity(&self) -> crm_core::Result<Granularity> {
        match self {
            PeriodArgument::Named(name) if name == "instant" => Ok(Granularity::Instant),
            period => period.period().map(Granularity::Period),
        }
    }

    fn period(&self) -> crm_core::Result<Period> {
        match self {
            PeriodArgument::Days(days) => u32::try_from(*days)
                .map_err(|_| {
                    Error::new(ErrorKind::OutOfRange, "days", "must be 1 or more").with_value(days)
                })
                .and_then(Period::days),
            PeriodArgument::Named(name) => match name.as_str() {
                "days" => Ok(Period::DAY),
                "weeks" => Ok(Period::Weeks),
                "months" => Ok(Period::Months),
                "years" => Ok(Period::Years),
                _ => Err(unknown("period", name)),
            },
        }
    }
}

/// The options of a summary.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct SummaryArguments {
    period: PeriodArgument,
    periods_per_unit: f64,
    start: Option<i32>,
    end: Option<i32>,
    returns: String,
    include_first: bool,
    continuity_correction: bool,
}

impl SummaryArguments {
    fn read(self) -> crm_core::Result<SummaryOptions> {
        Ok(SummaryOptions {
            granularity: self.period.granularity()?,
            periods_per_unit: self.periods_per_unit,
            start: date("start", self.start)?,
            end: date("end", self.end)?,
            returns: parse_returns(&self.returns)?,
            include_first: self.include_first,
            continuity_correction: self.continuity_correction,
        })
    }
}

fn parse_returns(name: &str) -> crm_core::Result<Returns> {
    match name {
        "reject" => Ok(Returns::Reject),
        "drop" => Ok(Returns::Drop),
        "net" => Ok(Returns::Net),
        _ => Err(unknown("returns", name)),
    }
}

fn unknown(argument: &'static str, name: &str) -> Error {
    Error::new(ErrorKind::NotFound, argument, "is not one that there is")
        .with_value(format_args!("{name:?}"))
}

fn date(argument: &'static str, days: Option<i32>) -> crm_core::Result<Option<Date>> {
    days.map(|days| Date::from_days(days).map_err(|error| error.named(argument)))
        .transpose()
}

fn inexact() -> Error {
    let reason = "must be decimals or integers for exact totals";
    Error::new(ErrorKind::WrongType, "amount", reason)
}

/// Sums of amounts of one scale.
fn decimals(amounts: &[Money]) -> NewValues {
    let scale = amounts.first().map_or(0, |amount| amount.value().scale());
    let units = amounts.iter().map(|amount| amount.value().mantissa());
    NewValues::Decimals(units.collect(), scale)
}

fn floats(name: &str, values: Vec<f64>) -> NewColumn {
    NewColumn::new(name, NewValues::Floats(values))
}

/// Whole numbers that the core counts in floats.
fn counts(name: &str, values: Vec<f64>) -> NewColumn {
    let counts = values.into_iter().map(|count| count as i64).collect();
    NewColumn::new(name, NewValues::Integers(counts))
}

fn integers(name: &str, values: impl Iterator<Item = usize>) -> NewColumn {
    let values = values.map(|value| i64::try_from(value).unwrap_or(i64::MAX));
    NewColumn::new(name, NewValues::Integers(values.collect()))
}

/// How customers leave, by the name of the distribution and its two parameters.
type Leaving = (String, f64, f64);

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the parameters, one by one")]
pub(crate) fn simulate(
    py: Python<'_>,
    customers: u32,
    seed: u64,
    start: i32,
    days: u32,
    entry_days: u32,
    purchases: (f64, f64),
    drop_out: Option<Leaving>,
    spend: (f64, f64, f64),
    return_probability: f64,
    cost_share: f64,
) -> Result<OutTable> {
    let drop_out = match drop_out {
        None => DropOut::Never,
        Some((name, a, b)) if name == "beta_geometric" => DropOut::BetaGeometric { a, b },
        Some((_, s, beta)) => DropOut::GammaExponential { s, beta },
    };
    let simulation = Simulation {
        customers,
        seed,
        start: Date::from_days(start).map_err(|error| error.named("start"))?,
        days,
        entry_days,
        r: purchases.0,
        alpha: purchases.1,
        drop_out,
        p: spend.0,
        q: spend.1,
        gamma: spend.2,
        return_probability,
        cost_share,
    };
    let table = detached(py, || {
        let log = simulation.run()?;
        let money = |cents: &[i64]| cents.iter().map(|&cents| cents as f64 / 100.0).collect();
        let (amounts, costs) = (money(&log.amount), money(&log.cost));
        NewTable::new(vec![
            NewColumn::new("customer", NewValues::Integers(log.customer)),
            NewColumn::new("time", NewValues::Seconds(log.time)),
            floats("amount", amounts),
            floats("cost", costs),
        ])
    })?;
    Ok(table.into())
}
