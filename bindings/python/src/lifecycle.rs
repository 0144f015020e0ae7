//! `crm_core.lifecycle`. A history goes in and out as the list of its entries: day, stage, event.

use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::economics::{
    StageEconomics, StageRows, return_on_spend, stage_curve, stage_economics, transition_economics,
};
use crm_core::lifecycle::inference::{
    Known, Measure, Population, RhythmEvidence, Rule, RuleOptions, StageInference, TrendEvidence,
};
use crm_core::lifecycle::tenure::{Churn, Cohort, KaplanMeier, RestrictedMean};
use crm_core::lifecycle::{Entry, Event, History, Stage, TRANSITIONS, inference, tenure};
use crm_core::units::{Date, Label, Language};
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{Column, NewColumn, NewTable, NewValues, Table};
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::{Kind, Number};
use crate::tables::{ArrowTable, OutTable};

// --- stages and histories --------------------------------------------------------------------

#[pyfunction]
pub(crate) fn stage_transitions() -> Vec<(Option<&'static str>, &'static str, &'static str)> {
    let row = |t: &crm_core::lifecycle::Transition| {
        (t.from.map(Label::name), t.event.name(), t.to.name())
    };
    TRANSITIONS.iter().map(row).collect()
}

#[pyfunction]
pub(crate) fn stage_opened_by(event: &str) -> Result<&'static str> {
    Ok(Stage::opened_by(member("event", event)?)?.name())
}

#[pyfunction]
pub(crate) fn stage_after(stage: &str, event: &str) -> Result<&'static str> {
    let stage: Stage = member("stage", stage)?;
    Ok(stage.after(member("event", event)?)?.name())
}

#[pyfunction]
pub(crate) fn stage_check_move(stage: &str, to: &str) -> Result<()> {
    let stage: Stage = member("stage", stage)?;
    Ok(stage.check_move(member("to", to)?)?)
}

/// How share of customer and profitability stand.
#[pyfunction]
pub(crate) fn stage_marks(stage: &str) -> Result<(&'static str, &'static str)> {
    let marks = member::<Stage>("stage", stage)?.marks();
    Ok((marks.share_of_customer.name(), marks.profitability.name()))
}

/// Days since 1970-01-01, stage, event.
type EntryParts = (i32, String, Option<String>);

fn read_history(entries: Vec<EntryParts>) -> crm_core::Result<History> {
    let read = |(row, (day, stage, event)): (usize, EntryParts)| {
        let entry = || {
            Ok(Entry {
                date: Date::from_days(day)?,
                stage: member("stage", &stage)?,
                event: event.as_deref().map(|e| member("event", e)).transpose()?,
            })
        };
        entry().map_err(|error: Error| error.at_row(row))
    };
    let entries = entries.into_iter().enumerate().map(read);
    History::try_from(entries.collect::<crm_core::Result<Vec<_>>>()?)
}

fn entries(history: &History) -> Vec<EntryParts> {
    let parts = |e: Entry| {
        let event = e.event.map(|event| event.name().to_owned());
        (e.date.days(), e.stage.name().to_owned(), event)
    };
    history.entries().map(parts).collect()
}

/// The entries of a history that is checked.
#[pyfunction]
pub(crate) fn history_check(entries: Vec<EntryParts>) -> Result<Vec<EntryParts>> {
    Ok(self::entries(&read_history(entries)?))
}

#[pyfunction]
pub(crate) fn history_opened(event: &str, day: i32) -> Result<Vec<EntryParts>> {
    let history = History::opened(member("event", event)?, Date::from_days(day)?)?;
    Ok(entries(&history))
}

#[pyfunction]
pub(crate) fn history_apply(
    entries: Vec<EntryParts>,
    event: &str,
    day: i32,
) -> Result<Vec<EntryParts>> {
    let mut history = read_history(entries)?;
    history.apply(member::<Event>("event", event)?, Date::from_days(day)?)?;
    Ok(self::entries(&history))
}

#[pyfunction]
pub(crate) fn history_move_to(
    entries: Vec<EntryParts>,
    stage: &str,
    day: i32,
) -> Result<Vec<EntryParts>> {
    let mut history = read_history(entries)?;
    history.move_to(member("stage", stage)?, Date::from_days(day)?)?;
    Ok(self::entries(&history))
}

#[pyfunction]
pub(crate) fn history_stage_on(entries: Vec<EntryParts>, day: i32) -> Result<Option<&'static str>> {
    let history = read_history(entries)?;
    Ok(history.stage_on(Date::from_days(day)?).map(Label::name))
}

#[pyfunction]
pub(crate) fn history_days_in_stages(
    entries: Vec<EntryParts>,
    until: i32,
) -> Result<[i64; Stage::COUNT]> {
    let until = Date::from_days(until).map_err(|error| error.named("until"))?;
    Ok(read_history(entries)?.days_in_stages(until)?)
}

#[pyfunction]
pub(crate) fn history_recoveries(entries: Vec<EntryParts>) -> Result<usize> {
    Ok(read_history(entries)?.recoveries())
}

// --- tenure ----------------------------------------------------------------------------------

#[derive(IntoPyObject)]
pub(crate) struct ChurnParts {
    at_start: u64,
    lost: u64,
    rate: f64,
    lower: f64,
    upper: f64,
}

impl From<Churn> for ChurnParts {
    fn from(churn: Churn) -> Self {
        ChurnParts {
            at_start: churn.at_start,
            lost: churn.lost,
            rate: churn.rate,
            lower: churn.lower,
            upper: churn.upper,
        }
    }
}

#[pyfunction]
pub(crate) fn churn_rate(at_start: i64, lost: i64, confidence: Number) -> Result<ChurnParts> {
    let cohort = cohort(at_start, lost)?;
    Ok(tenure::churn_rate(cohort, confidence.probability("confidence")?)?.into())
}

/// One row per cohort, and all of them pooled.
#[pyfunction]
pub(crate) fn churn_rates(
    at_start: Vec<i64>,
    lost: Vec<i64>,
    confidence: Number,
) -> Result<(Vec<ChurnParts>, ChurnParts)> {
    let counts = at_start.into_iter().zip(lost).enumerate();
    let cohorts = counts.map(|(row, (n, d))| cohort(n, d).map_err(|e| e.at_row(row)));
    let cohorts = cohorts.collect::<crm_core::Result<Vec<_>>>()?;
    let table = tenure::churn_rates(&cohorts, confidence.probability("confidence")?)?;
    let rows = table.cohorts.into_iter().map(Into::into).collect();
    Ok((rows, table.pooled.into()))
}

fn cohort(at_start: i64, lost: i64) -> crm_core::Result<Cohort> {
    let count = |argument, value: i64| {
        u64::try_from(value).map_err(|_| {
            Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more").with_value(value)
        })
    };
    Ok(Cohort {
        at_start: count("at_start", at_start)?,
        lost: count("lost", lost)?,
    })
}

#[derive(IntoPyObject)]
pub(crate) struct MeanParts {
    mean: f64,
    standard_error: f64,
    horizon: f64,
}

impl From<RestrictedMean> for MeanParts {
    fn from(mean: RestrictedMean) -> Self {
        MeanParts {
            mean: mean.mean,
            standard_error: mean.standard_error,
            horizon: mean.horizon,
        }
    }
}

/// The estimate of how long customers stay.
#[pyclass(frozen, name = "KaplanMeier", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyKaplanMeier(KaplanMeier);

#[pymethods]
impl PyKaplanMeier {
    /// `observed` is 0 or 1 in each row.
    #[new]
    fn new(
        py: Python<'_>,
        durations: Floats,
        observed: Floats,
        entry: Option<Floats>,
        confidence: Number,
    ) -> Result<Self> {
        let confidence = confidence.probability("confidence")?;
        let durations = durations.slice("durations")?;
        let observed = flags(observed.slice("observed")?)?;
        let entry = entry.as_ref().map(|e| e.slice("entry")).transpose()?;
        let made = detached(py, || match entry {
            None => tenure::kaplan_meier(durations, &observed, confidence),
            Some(entry) => tenure::kaplan_meier_late_entry(durations, &observed, entry, confidence),
        })?;
        Ok(PyKaplanMeier(made))
    }

    fn table(&self) -> Result<OutTable> {
        let km = &self.0;
        let counts = |name, values: &[u64]| {
            let values = values.iter().map(|&n| i64::try_from(n).unwrap_or(i64::MAX));
            NewColumn::new(name, NewValues::Integers(values.collect()))
        };
        let table = NewTable::new(vec![
            floats("time", km.time.clone()),
            counts("at_risk", &km.at_risk),
            counts("lost", &km.lost),
            counts("censored", &km.censored),
            floats("survival", km.survival.clone()),
            known_floats("variance", &km.variance),
            known_floats("lower", &km.lower),
            known_floats("upper", &km.upper),
        ])?;
        Ok(table.into())
    }

    fn survival_at(&self, time: f64) -> Option<f64> {
        self.0.survival_at(time)
    }

    fn quantile(&self, probability: Number) -> Result<Option<f64>> {
        Ok(self.0.quantile(probability.probability("probability")?))
    }

    fn median(&self) -> Option<f64> {
        self.0.median()
    }

    fn median_interval(&self) -> (Option<f64>, Option<f64>) {
        self.0.median_interval()
    }

    fn restricted_mean(&self, horizon: f64) -> Result<MeanParts> {
        Ok(self.0.restricted_mean(horizon)?.into())
    }
}

fn flags(values: &[f64]) -> crm_core::Result<Vec<bool>> {
    let flag = |(row, value): (usize, &f64)| match *value {
        0.0 => Ok(false),
        1.0 => Ok(true),
        other => {
            let error = Error::new(ErrorKind::OutOfRange, "observed", "must be true or false");
            Err(error.with_value(other).at_row(row))
        }
    };
    values.iter().enumerate().map(flag).collect()
}

fn floats(name: &str, values: Vec<f64>) -> NewColumn {
    NewColumn::new(name, NewValues::Floats(values))
}

/// A column in which NaN means that there is no value.
fn known_floats(name: &str, values: &[f64]) -> NewColumn {
    let known: Vec<bool> = values.iter().map(|value| !value.is_nan()).collect();
    floats(name, values.to_vec()).with_validity(&known)
}

// --- economics -------------------------------------------------------------------------------

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
        columns.extend(periods.map(|p| NewColumn::new("period", NewValues::Counts(p))));
        let names = cells.iter().map(|cell| cell.stage).collect::<Vec<_>>();
        columns.push(categories("stage", &names));
        columns.push(NewColumn::new(
            "customers",
            NewValues::Integers(customers.collect()),
        ));
        columns.push(floats("input", column(|c| c.input)));
        columns.push(floats("output", column(|c| c.output)));
        let ratio: Vec<f64> = column(|c| c.ratio.unwrap_or(f64::NAN));
        columns.push(known_floats("ratio", &ratio));
        let share: Vec<f64> = column(|c| c.share_of_customer.unwrap_or(f64::NAN));
        columns.push(known_floats("share_of_customer", &share));
        NewTable::new(columns)
    })?;
    Ok(table.into())
}

fn categories<T: Label + PartialEq>(name: &str, members: &[T]) -> NewColumn {
    let code = |member: &T| T::ALL.iter().position(|m| m == member).unwrap_or_default();
    let codes = members
        .iter()
        .map(|m| u8::try_from(code(m)).unwrap_or(u8::MAX));
    let names = T::ALL.iter().map(|member| member.name()).collect();
    NewColumn::new(name, NewValues::Categories(codes.collect(), names))
}

// --- inference -------------------------------------------------------------------------------

#[derive(FromPyObject, IntoPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct OptionParts {
    measure: String,
    development_purchases: u32,
    silence: f64,
    termination: f64,
    dropout_a: f64,
    dropout_b: f64,
    population_weight: Option<f64>,
    window: u32,
    least_blocks: u32,
    significance: f64,
    inclination: f64,
    least_change: f64,
    level_blocks: u32,
    decline_level: f64,
    return_level: f64,
    confirmations: u32,
    recovery_purchases: u32,
}

impl From<RuleOptions> for OptionParts {
    fn from(o: RuleOptions) -> Self {
        OptionParts {
            measure: o.measure.name().to_owned(),
            development_purchases: o.development_purchases,
            silence: o.silence,
            termination: o.termination,
            dropout_a: o.dropout_a,
            dropout_b: o.dropout_b,
            population_weight: o.population_weight,
            window: o.window,
            least_blocks: o.least_blocks,
            significance: o.significance,
            inclination: o.inclination,
            least_change: o.least_change,
            level_blocks: o.level_blocks,
            decline_level: o.decline_level,
            return_level: o.return_level,
            confirmations: o.confirmations,
            recovery_purchases: o.recovery_purchases,
        }
    }
}

impl OptionParts {
    fn options(self) -> crm_core::Result<RuleOptions> {
        Ok(RuleOptions {
            measure: member::<Measure>("measure", &self.measure)?,
            development_purchases: self.development_purchases,
            silence: self.silence,
            termination: self.termination,
            dropout_a: self.dropout_a,
            dropout_b: self.dropout_b,
            population_weight: self.population_weight,
            window: self.window,
            least_blocks: self.least_blocks,
            significance: self.significance,
            inclination: self.inclination,
            least_change: self.least_change,
            level_blocks: self.level_blocks,
            decline_level: self.decline_level,
            return_level: self.return_level,
            confirmations: self.confirmations,
            recovery_purchases: self.recovery_purchases,
        })
    }
}

/// The default thresholds of the rules.
#[pyfunction]
pub(crate) fn rule_options() -> OptionParts {
    RuleOptions::default().into()
}

#[derive(IntoPyObject)]
pub(crate) struct PopulationParts {
    interpurchase_time: f64,
    weight: f64,
    repeat_buyers: u64,
}

impl From<Population> for PopulationParts {
    fn from(population: Population) -> Self {
        PopulationParts {
            interpurchase_time: population.interpurchase_time,
            weight: population.weight,
            repeat_buyers: population.repeat_buyers,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct InferenceParts {
    customers: OutTable,
    histories: OutTable,
    census: OutTable,
    transition_economics: OutTable,
    counts: Vec<[u64; Stage::COUNT]>,
    rates: Vec<[f64; Stage::COUNT]>,
    population: PopulationParts,
}

/// The stage of every customer of a series of activity: a table with the columns `customer`,
/// `period`, `purchases`, `spend` and perhaps `profit` and `share_of_wallet`, in which the rows of
/// a customer lie together, oldest first.
#[pyfunction]
pub(crate) fn infer_stages(
    py: Python<'_>,
    table: ArrowTable,
    observed: u32,
    p_alive: Option<Floats>,
    options: OptionParts,
    language: Option<&str>,
) -> Result<InferenceParts> {
    let options = options.options()?;
    let p_alive = p_alive.as_ref().map(|p| p.slice("p_alive")).transpose()?;
    let language: Option<Language> = language.map(|name| member("language", name)).transpose()?;
    detached(py, || {
        let activity = Activity::read(&table.0, observed)?;
        let known = Known {
            share_of_wallet: activity.share.as_deref(),
            p_alive,
        };
        let found = inference::infer_stages(&activity.series, known, &options)?;
        let transitions = found.histories.transitions();
        let rates = transitions
            .rates()
            .map(|row| row.unwrap_or([f64::NAN; Stage::COUNT]));
        Ok(InferenceParts {
            customers: customers_table(&activity.ids, &found, language)?.into(),
            histories: histories_table(&activity.ids, &found)?.into(),
            census: census_table(&found)?.into(),
            transition_economics: economics_table(&found, &activity.series)?.into(),
            counts: transitions.counts.to_vec(),
            rates: rates.to_vec(),
            population: found.population.into(),
        })
    })
}

/// Customers as the table names them.
enum Ids {
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

impl Ids {
    fn column(&self, customers: impl Iterator<Item = usize>) -> NewColumn {
        let values = match self {
            Ids::Integers(ids) => {
                NewValues::Integers(customers.filter_map(|i| ids.get(i).copied()).collect())
            }
            Ids::Texts(ids) => {
                NewValues::Texts(customers.filter_map(|i| ids.get(i).cloned()).collect())
            }
        };
        NewColumn::new("customer", values)
    }
}

/// A table of activity as the core takes it.
struct Activity {
    ids: Ids,
    series: PeriodSeries,
    share: Option<Vec<f64>>,
}

impl Activity {
    fn read(table: &Table, observed: u32) -> crm_core::Result<Self> {
        let (ids, offsets) = runs(table.column("customer")?)?;
        let spend = complete(table.column("spend")?)?;
        let optional = |name: &str| {
            let known = table.names().any(|n| n == name);
            known.then(|| table.column(name)).transpose()
        };
        Ok(Activity {
            ids,
            series: PeriodSeries::new(
                offsets,
                counts("period", table.column("period")?)?,
                counts("purchases", table.column("purchases")?)?,
                spend,
                optional("profit")?.map(complete).transpose()?,
                observed,
            )?,
            share: optional("share_of_wallet")?
                .map(Column::floats)
                .transpose()?,
        })
    }
}

/// The customers of a column in which the rows of each lie together, and where each begins.
fn runs(column: Column<'_>) -> crm_core::Result<(Ids, Vec<usize>)> {
    use crm_core::ledger::TextColumn as _;

    let mut row = 0;
    let mut offsets = Vec::new();
    let ids = if column.data_type.is_integer() {
        let mut ids: Vec<i64> = Vec::new();
        for chunk in column.chunks() {
            chunk.check_complete().map_err(|e| count_from(e, row))?;
            for id in chunk.integers()?.iter() {
                if ids.last() != Some(id) {
                    ids.push(*id);
                    offsets.push(row);
                }
                row += 1;
            }
        }
        refuse_twice(&ids, &offsets)?;
        Ids::Integers(ids)
    } else {
        let mut ids: Vec<String> = Vec::new();
        for chunk in column.chunks() {
            chunk.check_complete().map_err(|e| count_from(e, row))?;
            let (codes, texts) = if chunk.data_type().is_text() {
                (None, chunk.texts()?)
            } else {
                let (codes, texts) = chunk.dictionary()?;
                (Some(codes), texts)
            };
            for i in 0..chunk.len() {
                let place = codes
                    .as_ref()
                    .map_or(Some(i), |c| c.get(i).map(|c| *c as usize));
                let id = place.map_or("", |place| texts.get(place));
                if ids.last().map(String::as_str) != Some(id) {
                    ids.push(id.to_owned());
                    offsets.push(row);
                }
                row += 1;
            }
        }
        refuse_twice(&ids, &offsets)?;
        Ids::Texts(ids)
    };
    offsets.push(row);
    Ok((ids, offsets))
}

fn refuse_twice<T: Eq + std::hash::Hash>(ids: &[T], offsets: &[usize]) -> crm_core::Result<()> {
    let mut seen = std::collections::HashSet::with_capacity(ids.len());
    match ids.iter().zip(offsets).find(|(id, _)| !seen.insert(*id)) {
        Some((_, &row)) => {
            let reason = "must have the rows of a customer together";
            Err(Error::new(ErrorKind::OutOfRange, "customer", reason).at_row(row))
        }
        None => Ok(()),
    }
}

fn count_from(error: Error, first: usize) -> Error {
    match error.row() {
        Some(row) => error.at_row(first + row),
        None => error,
    }
}

fn complete(column: Column<'_>) -> crm_core::Result<Vec<f64>> {
    if let Some(row) = column.first_missing()? {
        let name = column.name.to_owned();
        return Err(Error::new(ErrorKind::Missing, name, "is missing").at_row(row));
    }
    column.floats()
}

fn counts(argument: &'static str, column: Column<'_>) -> crm_core::Result<Vec<u32>> {
    let count = |(row, value): (usize, f64)| {
        if value >= 0.0 && value <= f64::from(u32::MAX) && value == value.trunc() {
            return Ok(value as u32);
        }
        let reason = "must be a whole number, 0 or more";
        let error = Error::new(ErrorKind::OutOfRange, argument, reason);
        Err(error.with_value(value).at_row(row))
    };
    complete(column)?
        .into_iter()
        .enumerate()
        .map(count)
        .collect()
}

fn customers_table(
    ids: &Ids,
    found: &StageInference,
    language: Option<Language>,
) -> crm_core::Result<NewTable> {
    let evidence = &found.evidence;
    let rhythm = |value: fn(&RhythmEvidence) -> f64| {
        let value = |r: Option<&RhythmEvidence>| r.map_or(f64::NAN, value);
        evidence
            .iter()
            .map(|e| value(e.rhythm.as_ref()))
            .collect::<Vec<f64>>()
    };
    let trend = |value: fn(&TrendEvidence) -> f64| {
        let value = |t: Option<&TrendEvidence>| t.map_or(f64::NAN, value);
        evidence
            .iter()
            .map(|e| value(e.trend.as_ref()))
            .collect::<Vec<f64>>()
    };
    let whole = |name, value: fn(&RhythmEvidence) -> u32| {
        let value = |r: Option<RhythmEvidence>| r.as_ref().map_or(0, value);
        NewColumn::new(
            name,
            NewValues::Counts(evidence.iter().map(|e| value(e.rhythm)).collect()),
        )
    };
    let rules: Vec<Rule> = evidence.iter().map(|e| e.rule).collect();
    let pending: Vec<bool> = evidence.iter().map(|e| e.pending.is_some()).collect();
    let waiting = evidence
        .iter()
        .map(|e| e.pending.unwrap_or(Stage::Potential));
    let mut columns = vec![
        ids.column(0..found.stages.len()),
        categories("stage", &found.stages),
        floats("confidence", found.confidence.clone()),
        categories("rule", &rules),
        categories("pending", &waiting.collect::<Vec<_>>()).with_validity(&pending),
        whole("purchases", |r| r.purchases),
        whole("silence", |r| r.silence),
        known_floats("interpurchase_time", &rhythm(|r| r.interpurchase_time)),
        known_floats("p_alive", &rhythm(|r| r.p_alive)),
        known_floats("slope", &trend(|t| t.slope)),
        known_floats("change", &trend(|t| t.change)),
        known_floats("p_rise", &trend(|t| t.p_rise)),
        known_floats("p_fall", &trend(|t| t.p_fall)),
        known_floats("level", &trend(|t| t.level)),
        known_floats("peak", &trend(|t| t.peak)),
    ];
    columns.extend(language.map(|language| {
        let texts = evidence.iter().map(|e| e.describe(language));
        NewColumn::new("evidence", NewValues::Texts(texts.collect()))
    }));
    NewTable::new(columns)
}

fn histories_table(ids: &Ids, found: &StageInference) -> crm_core::Result<NewTable> {
    let histories = &found.histories;
    let lengths = histories.iter().map(|history| history.stages.len());
    let customers = lengths
        .enumerate()
        .flat_map(|(i, n)| std::iter::repeat_n(i, n));
    NewTable::new(vec![
        ids.column(customers),
        NewColumn::new("period", NewValues::Counts(histories.periods().to_vec())),
        categories("stage", histories.stages()),
        categories("rule", histories.rules()),
    ])
}

fn census_table(found: &StageInference) -> crm_core::Result<NewTable> {
    let census = found.histories.census();
    let mut columns = vec![NewColumn::new(
        "period",
        NewValues::Counts((0..found.histories.observed()).collect()),
    )];
    for (place, stage) in Stage::ALL.iter().enumerate() {
        let cell = |row: &[u64; Stage::COUNT]| i64::try_from(*row.get(place)?).ok();
        let counts = census.iter().map(|row| cell(row).unwrap_or_default());
        columns.push(NewColumn::new(
            stage.name(),
            NewValues::Integers(counts.collect()),
        ));
    }
    NewTable::new(columns)
}

fn economics_table(found: &StageInference, series: &PeriodSeries) -> crm_core::Result<NewTable> {
    let rows = transition_economics(&found.histories, series)?;
    let from: Vec<Stage> = rows.iter().map(|row| row.from).collect();
    let to: Vec<Stage> = rows.iter().map(|row| row.to).collect();
    let count = rows
        .iter()
        .map(|row| i64::try_from(row.count).unwrap_or(i64::MAX));
    NewTable::new(vec![
        categories("stage", &from),
        categories("to", &to),
        NewColumn::new("count", NewValues::Integers(count.collect())),
        floats("before", rows.iter().map(|row| row.before).collect()),
        floats("after", rows.iter().map(|row| row.after).collect()),
        floats("gain", rows.iter().map(|row| row.gain).collect()),
        floats(
            "total_gain",
            rows.iter().map(|row| row.total_gain).collect(),
        ),
    ])
}
