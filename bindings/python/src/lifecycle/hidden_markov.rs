//! Hidden Markov models of relationship states.

use crm_core::clv::switching::{Horizon, TransitionMatrix};
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::hidden_markov::{
    Activity as Shown, EmOptions, EmStatus, EmissionFamily, Emissions, HiddenMarkov,
    HiddenMarkovFit, Panel, StateTransitions, TransitionLogit,
};
use crm_core::units::Label;
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{NewColumn, NewTable};
use pyo3::prelude::*;

use super::activity::Activity;
use super::ids::Ids;
use super::{categories, floats};
use crate::buffers::{detached, watched};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;
use crate::tables::{ArrowTable, OutTable};

/// The histories of customers, who have names.
#[pyclass(frozen, name = "StatePanel", module = "crm_core._core")]
pub(crate) struct StatePanel {
    ids: Ids,
    panel: Panel,
    /// The period of each customer's first row.
    first: Vec<u32>,
}

#[pymethods]
impl StatePanel {
    /// A table with a row for each customer and period, those of a customer together and without gaps.
    #[staticmethod]
    fn from_table(
        py: Python<'_>,
        table: ArrowTable,
        customer: &str,
        value: &str,
        covariates: Vec<String>,
    ) -> Result<Self> {
        detached(py, || {
            let (ids, offsets) = Ids::of_runs(table.0.column(customer)?)?;
            let values = table.0.column(value)?.floats()?;
            let columns: Vec<Vec<f64>> = covariates
                .iter()
                .map(|name| table.0.column(name)?.floats())
                .collect::<crm_core::Result<_>>()?;
            let row = |row: usize| columns.iter().filter_map(move |column| column.get(row));
            let numbers = (0..values.len()).flat_map(row).copied().collect();
            let first = vec![0; offsets.len().saturating_sub(1)];
            let panel = Panel::new(offsets, values)?.with_covariates(numbers, columns.len())?;
            Ok(StatePanel { ids, panel, first })
        })
    }

    /// A table of activity per customer and active period.
    #[staticmethod]
    fn from_activity(
        py: Python<'_>,
        table: ArrowTable,
        observed: u32,
        shown: &str,
    ) -> Result<Self> {
        let shown: Shown = member("activity", shown)?;
        detached(py, || {
            let activity = Activity::read(&table.0, observed)?;
            let starts = activity
                .series
                .iter()
                .map(|customer| customer.periods.first().copied());
            let first = starts.map(|first| first.unwrap_or(observed)).collect();
            let panel = Panel::from_series(&activity.series, shown);
            Ok(StatePanel {
                ids: activity.ids,
                panel,
                first,
            })
        })
    }
}

impl StatePanel {
    fn lengths(&self) -> impl Iterator<Item = usize> {
        let offsets = self.panel.offsets();
        offsets
            .iter()
            .zip(offsets.iter().skip(1))
            .map(|(start, end)| end - start)
    }

    fn rows(&self) -> Vec<NewColumn> {
        let customers = self.lengths().enumerate();
        let customers = customers.flat_map(|(customer, n)| std::iter::repeat_n(customer, n));
        let starts = self.first.iter().zip(self.lengths());
        let periods = starts.flat_map(|(&first, n)| (first..).take(n));
        vec![
            self.ids.column(customers),
            NewColumn::counts("period", periods),
            NewColumn::known_floats("value", self.panel.values().to_vec()),
        ]
    }
}

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct EmOptionParts {
    starts: u32,
    trial_iterations: u32,
    max_iterations: u32,
    tolerance: f64,
    seed: u64,
}

impl From<EmOptionParts> for EmOptions {
    fn from(parts: EmOptionParts) -> Self {
        EmOptions {
            starts: parts.starts,
            trial_iterations: parts.trial_iterations,
            max_iterations: parts.max_iterations,
            tolerance: parts.tolerance,
            seed: parts.seed,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct EmReportParts {
    log_likelihood: f64,
    aic: f64,
    bic: f64,
    observations: usize,
    customers: usize,
    iterations: u32,
    status: &'static str,
    trials: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct UncertaintyParts {
    names: Vec<String>,
    estimates: Vec<f64>,
    standard_errors: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    covariance: Vec<f64>,
    distance: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct DecodedTables {
    periods: OutTable,
    customers: OutTable,
}

/// A model, and how its fit went if it was fitted. Its text form is all that a pickle or a file needs.
#[pyclass(frozen, name = "HiddenMarkov", module = "crm_core._core")]
pub(crate) struct PyHiddenMarkov {
    model: HiddenMarkov,
    fit: Option<HiddenMarkovFit>,
}

impl From<HiddenMarkovFit> for PyHiddenMarkov {
    fn from(fit: HiddenMarkovFit) -> Self {
        PyHiddenMarkov {
            model: fit.model.clone(),
            fit: Some(fit),
        }
    }
}

#[pymethods]
impl PyHiddenMarkov {
    #[new]
    fn new(
        family: &str,
        initial: Vec<f64>,
        transitions: Option<Vec<Vec<f64>>>,
        coefficients: Vec<f64>,
        covariates: usize,
        parameters: Vec<f64>,
    ) -> Result<Self> {
        let emissions = Emissions::new(member::<EmissionFamily>("family", family)?, parameters)?;
        let transitions = match transitions {
            Some(rows) => StateTransitions::Constant(TransitionMatrix::new(&rows)?),
            None => {
                let logit = TransitionLogit::new(initial.len(), covariates, coefficients)?;
                StateTransitions::Logit(logit)
            }
        };
        Ok(PyHiddenMarkov {
            model: HiddenMarkov::new(initial, transitions, emissions)?,
            fit: None,
        })
    }

    /// `progress` is told how many iterations are done.
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        panel: &StatePanel,
        family: &str,
        states: usize,
        options: EmOptionParts,
        progress: Option<Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let family: EmissionFamily = member("family", family)?;
        let options = options.into();
        let tell = |done| match &progress {
            Some(progress) => progress.call1((done,)).map(drop),
            None => Ok(()),
        };
        let fit = watched(py, tell, |watch| {
            HiddenMarkov::fit_watched(&panel.panel, family, states, &options, watch)
        })?;
        Ok(fit.into())
    }

    fn refined(&self, py: Python<'_>, panel: &StatePanel, options: EmOptionParts) -> Result<Self> {
        let options = options.into();
        let fit = detached(py, || self.model.refined(&panel.panel, &options))?;
        Ok(fit.into())
    }

    #[staticmethod]
    fn from_json(model: &str, fit: Option<&str>) -> Result<Self> {
        let unreadable = |error: serde_json::Error| {
            let reason = format!("is no hidden Markov model: {error}");
            Error::new(ErrorKind::Unreadable, "model", reason)
        };
        let fit = fit
            .map(serde_json::from_str)
            .transpose()
            .map_err(unreadable)?;
        let model = serde_json::from_str(model).map_err(unreadable)?;
        Ok(PyHiddenMarkov { model, fit })
    }

    /// The model, and the fit if there was one.
    fn to_json(&self) -> Result<(String, Option<String>)> {
        let unwritable = |error: serde_json::Error| {
            Error::new(ErrorKind::Unreadable, "model", error.to_string())
        };
        let fit = self.fit.as_ref().map(serde_json::to_string).transpose();
        let model = serde_json::to_string(&self.model).map_err(unwritable)?;
        Ok((model, fit.map_err(unwritable)?))
    }

    #[getter]
    fn initial(&self) -> Vec<f64> {
        self.model.initial().to_vec()
    }

    #[getter]
    fn parameter_names(&self) -> Vec<&'static str> {
        self.model.emissions().family().parameters().to_vec()
    }

    #[getter]
    fn parameters(&self) -> Vec<f64> {
        self.model.emissions().parameters().to_vec()
    }

    #[getter]
    fn means(&self) -> Vec<f64> {
        self.model.emissions().means()
    }

    #[getter]
    fn covariates(&self) -> usize {
        self.model.transitions().covariates()
    }

    /// None where transitions are constant.
    #[getter]
    fn coefficients(&self) -> Option<Vec<f64>> {
        match self.model.transitions() {
            StateTransitions::Constant(_) => None,
            StateTransitions::Logit(logit) => Some(logit.coefficients().to_vec()),
        }
    }

    #[getter]
    fn report(&self) -> Option<EmReportParts> {
        let fit = self.fit.as_ref()?;
        Some(EmReportParts {
            log_likelihood: fit.log_likelihood,
            aic: fit.aic(),
            bic: fit.bic(),
            observations: fit.observations,
            customers: fit.customers,
            iterations: fit.iterations,
            status: EmStatus::name(fit.status),
            trials: fit.trials.clone(),
        })
    }

    /// `progress` is told of how many parameters the differences are done.
    fn uncertainty(
        &self,
        py: Python<'_>,
        panel: &StatePanel,
        confidence: Number,
        progress: Option<Bound<'_, PyAny>>,
    ) -> Result<UncertaintyParts> {
        let confidence = confidence.probability("confidence")?;
        let tell = |done| match &progress {
            Some(progress) => progress.call1((done,)).map(drop),
            None => Ok(()),
        };
        let found = watched(py, tell, |watch| {
            self.model.uncertainty_watched(&panel.panel, watch)
        })?;
        let (lower, upper) = found.intervals(confidence)?;
        Ok(UncertaintyParts {
            names: self.model.parameter_names(),
            estimates: found.estimates,
            standard_errors: found.standard_errors,
            lower,
            upper,
            covariance: found.covariance,
            distance: found.distance,
        })
    }

    /// Row-major.
    fn transition_matrix(&self, covariates: Vec<f64>) -> Result<Vec<f64>> {
        let matrix = self.model.transitions().matrix(&covariates)?;
        Ok(matrix.entries().to_vec())
    }

    fn decode(&self, py: Python<'_>, panel: &StatePanel) -> Result<DecodedTables> {
        detached(py, || {
            let found = self.model.decode(&panel.panel)?;
            let stages = self.model.stages(&panel.panel, &found.path)?;
            let column = |table: &[f64], state: usize| {
                table
                    .iter()
                    .skip(state)
                    .step_by(found.states)
                    .copied()
                    .collect::<Vec<f64>>()
            };
            let mut periods = panel.rows();
            periods.push(NewColumn::counts("state", found.path.iter().copied()));
            periods.push(categories("stage", &stages));
            let ends = panel
                .panel
                .offsets()
                .iter()
                .zip(panel.panel.offsets().iter().skip(1));
            // The last row of each customer with a history.
            let last: Vec<Option<usize>> = ends
                .map(|(start, end)| (end > start).then(|| end - 1))
                .collect();
            let known: Vec<bool> = last.iter().map(Option::is_some).collect();
            let of_last = |values: &[f64]| -> Vec<f64> {
                let value = |row: &Option<usize>| row.and_then(|row| values.get(row)).copied();
                last.iter()
                    .map(|row| value(row).unwrap_or(f64::NAN))
                    .collect()
            };
            let last_state = |row: &Option<usize>| row.and_then(|row| found.path.get(row)).copied();
            let last_stage = |row: &Option<usize>| row.and_then(|row| stages.get(row)).copied();
            let ended: Vec<Stage> = last
                .iter()
                .map(|row| last_stage(row).unwrap_or(Stage::Potential))
                .collect();
            let states = last.iter().map(|row| last_state(row).unwrap_or(0));
            let mut customers = vec![
                panel.ids.clone().into_column(),
                NewColumn::counts("periods", panel.lengths().map(|n| n as u32)),
                NewColumn::counts("state", states).with_validity(&known),
                categories("stage", &ended).with_validity(&known),
                floats("log_likelihood", found.log_likelihood.clone()),
                floats("path_log_probability", found.path_log_probability.clone()),
            ];
            for state in 0..found.states {
                let smoothed = column(&found.smoothed, state);
                let name = format!("probability_{state}");
                customers.push(NewColumn::known_floats(&name, of_last(&smoothed)));
                periods.push(floats(&name, smoothed));
            }
            for state in 0..found.states {
                let name = format!("filtered_{state}");
                periods.push(floats(&name, column(&found.filtered, state)));
            }
            Ok((NewTable::new(periods)?, NewTable::new(customers)?))
        })
        .map(|(periods, customers)| DecodedTables {
            periods: periods.into(),
            customers: customers.into(),
        })
    }

    /// A horizon of `None` has no end.
    fn state_values(
        &self,
        margin: f64,
        covariates: Vec<f64>,
        discount_rate: Number,
        horizon: Option<u32>,
    ) -> Result<Vec<f64>> {
        let rate = discount_rate.rate("discount_rate")?;
        let horizon = horizon.map_or(Horizon::Infinite, Horizon::Periods);
        Ok(self
            .model
            .state_values(margin, &covariates, rate, horizon)?
            .values)
    }

    /// Customers 0, 1, 2, … of these lengths; covariates row-major.
    fn simulate(
        &self,
        py: Python<'_>,
        periods: Vec<usize>,
        covariates: Vec<f64>,
        seed: u64,
    ) -> Result<OutTable> {
        detached(py, || {
            let made = self.model.simulate_with(&periods, covariates, seed)?;
            let ids = (0..periods.len()).map(|i| i64::try_from(i).unwrap_or(i64::MAX));
            let panel = StatePanel {
                ids: Ids::Integers(ids.collect()),
                first: vec![0; periods.len()],
                panel: made.panel,
            };
            let mut columns = panel.rows();
            columns.push(NewColumn::counts("state", made.states));
            NewTable::new(columns)
        })
        .map(OutTable::from)
    }

    /// The stage of every row on a path of states.
    fn stages(&self, panel: &StatePanel, path: Vec<u32>) -> Result<OutTable> {
        let stages = self.model.stages(&panel.panel, &path)?;
        Ok(NewTable::new(vec![categories("stage", &stages)])?.into())
    }
}
