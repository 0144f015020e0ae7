//! Which stage is this customer in?

use crm_core::lifecycle::Stage;
use crm_core::lifecycle::inference::{self, Measure, Population, RuleOptions};
use crm_core::units::{Label, Language};
use pyo3::prelude::*;

use super::activity::Activity;
use super::tables::{
    census_table, current_table, customers_table, economics_table, histories_table,
};
use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;
use crate::ledger::{PyLedger, SeriesArguments, series_options};
use crate::tables::{ArrowTable, OutTable};

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
    pub(crate) fn options(self) -> crm_core::Result<RuleOptions> {
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
    let activity = || Activity::read(&table.0, observed);
    infer(py, activity, p_alive, options, language)
}

/// The same of the customers of a ledger who have activity.
#[pyfunction]
pub(crate) fn infer_ledger_stages(
    py: Python<'_>,
    ledger: &PyLedger,
    series: SeriesArguments,
    p_alive: Option<Floats>,
    options: OptionParts,
    language: Option<&str>,
) -> Result<InferenceParts> {
    let series = series_options(&series)?;
    let activity = || Activity::of_ledger(&ledger.0, &series);
    infer(py, activity, p_alive, options, language)
}

fn infer(
    py: Python<'_>,
    activity: impl FnOnce() -> crm_core::Result<Activity> + Send,
    p_alive: Option<Floats>,
    options: OptionParts,
    language: Option<&str>,
) -> Result<InferenceParts> {
    let options = options.options()?;
    let p_alive = p_alive.as_ref().map(|p| p.slice("p_alive")).transpose()?;
    let language: Option<Language> = language.map(|name| member("language", name)).transpose()?;
    detached(py, || {
        let activity = activity()?;
        let known = activity.known(p_alive);
        let found = inference::infer_stages(&activity.series, known, &options)?;
        let transitions = found.histories.transitions();
        let rates = transitions
            .rates()
            .map(|row| row.unwrap_or([f64::NAN; Stage::COUNT]));
        // What goes through the histories one by one is done while the larger tables are made.
        let ((histories, customers), (census, economics)) = rayon::join(
            || {
                let histories = histories_table(&activity.ids, &found);
                (histories, customers_table(&activity.ids, &found, language))
            },
            || {
                let economics = economics_table(&found, &activity.series);
                (census_table(&found), economics)
            },
        );
        Ok(InferenceParts {
            customers: customers?.into(),
            histories: histories?.into(),
            census: census?.into(),
            transition_economics: economics?.into(),
            counts: transitions.counts.to_vec(),
            rates: rates.to_vec(),
            population: found.population.into(),
        })
    })
}

/// The stage of every customer of such a series now: a table with the stage, the rule and how clear it is.
#[pyfunction]
pub(crate) fn current_stages(
    py: Python<'_>,
    table: ArrowTable,
    observed: u32,
    p_alive: Option<Floats>,
    options: OptionParts,
) -> Result<OutTable> {
    current(py, || Activity::read(&table.0, observed), p_alive, options)
}

/// The same of the customers of a ledger who have activity.
#[pyfunction]
pub(crate) fn current_ledger_stages(
    py: Python<'_>,
    ledger: &PyLedger,
    series: SeriesArguments,
    p_alive: Option<Floats>,
    options: OptionParts,
) -> Result<OutTable> {
    let series = series_options(&series)?;
    let activity = || Activity::of_ledger(&ledger.0, &series);
    current(py, activity, p_alive, options)
}

fn current(
    py: Python<'_>,
    activity: impl FnOnce() -> crm_core::Result<Activity> + Send,
    p_alive: Option<Floats>,
    options: OptionParts,
) -> Result<OutTable> {
    let options = options.options()?;
    let p_alive = p_alive.as_ref().map(|p| p.slice("p_alive")).transpose()?;
    detached(py, || {
        let activity = activity()?;
        let known = activity.known(p_alive);
        let found = inference::current_stages(&activity.series, known, &options)?;
        current_table(activity.ids, found)
    })
    .map(OutTable::from)
}
