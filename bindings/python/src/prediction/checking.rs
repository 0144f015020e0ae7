//! What models expect beside what customers did; fits by cohort.

use crm_core::prediction::checking::{self, Holdout};
use crm_core::prediction::{
    CohortColumns, CohortFits, Histories, PurchaseModelKind, probability_alive_history_into,
};
use pyo3::prelude::*;

use super::fit::{OptionParts, Report};
use super::purchases::{Customers, Model};
use crate::buffers::{Floats, Indices, Output, Values, detached};
use crate::categories::member;
use crate::error::{Failure, Result};

/// The expected repeat purchases in each period, and from the beginning on.
#[pyfunction]
pub(crate) fn expected_tracking(
    py: Python<'_>,
    model: &Model,
    starts: Floats,
    weights: Option<Floats>,
    period: f64,
    periods: usize,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let starts = starts.slice("starts")?;
    let weights = weights.as_ref().map(|w| w.slice("weights")).transpose()?;
    let tracking = detached(py, || {
        checking::expected_tracking(&model.0, starts, weights, period, periods)
    })?;
    Ok((tracking.incremental, tracking.cumulative))
}

/// Actual and expected customers by repeat purchases.
#[pyfunction]
pub(crate) fn frequency_histogram(
    py: Python<'_>,
    model: &Model,
    histories: (Floats, Floats, Floats),
    weights: Option<Floats>,
    most: usize,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let (frequency, recency, age) = &histories;
    let (frequency, recency) = (frequency.slice("frequency")?, recency.slice("recency")?);
    let age = age.slice("age")?;
    let weights = weights.as_ref().map(|w| w.slice("weights")).transpose()?;
    let histogram = detached(py, || {
        let histories = match weights {
            None => Histories::new(frequency, recency, age)?,
            Some(weights) => Histories::with_weights(frequency, recency, age, weights)?,
        };
        checking::frequency_histogram(&model.0, &histories, most)
    })?;
    Ok((histogram.actual, histogram.expected))
}

/// Customers, purchases in the holdout, its length, weights.
#[derive(FromPyObject)]
pub(crate) struct HoldoutParts(Customers, Floats, Values, Option<Floats>);

impl HoldoutParts {
    fn holdout(&self) -> crm_core::Result<Holdout<'_>> {
        Ok(Holdout {
            customers: self.0.columns()?,
            purchases: self.1.slice("purchases")?,
            duration: self.2.column("duration")?,
            weights: self.3.as_ref().map(|w| w.slice("weights")).transpose()?,
        })
    }
}

/// Customers, actual and expected means by repeat purchases.
#[pyfunction]
pub(crate) fn conditional_expectation(
    py: Python<'_>,
    model: &Model,
    holdout: HoldoutParts,
    most: usize,
) -> Result<(Vec<f64>, Vec<f64>, Vec<f64>)> {
    let holdout = holdout.holdout()?;
    let means = detached(py, || {
        checking::conditional_expectation(&model.0, &holdout, most)
    })?;
    Ok((means.customers, means.actual, means.expected))
}

#[derive(IntoPyObject)]
pub(crate) struct ErrorParts {
    customers: f64,
    actual: f64,
    expected: f64,
    bias: f64,
    mean_absolute_error: f64,
    root_mean_square_error: f64,
    of_total: Option<f64>,
}

#[pyfunction]
pub(crate) fn holdout_error(
    py: Python<'_>,
    model: &Model,
    holdout: HoldoutParts,
) -> Result<ErrorParts> {
    let holdout = holdout.holdout()?;
    let error = detached(py, || checking::holdout_error(&model.0, &holdout))?;
    Ok(ErrorParts {
        customers: error.customers,
        actual: error.actual,
        expected: error.expected,
        bias: error.bias,
        mean_absolute_error: error.mean_absolute_error,
        root_mean_square_error: error.root_mean_square_error,
        of_total: error.of_total(),
    })
}

/// P(alive) of one customer at each of `times`.
#[pyfunction]
pub(crate) fn probability_alive_history(
    py: Python<'_>,
    model: &Model,
    purchases: Floats,
    times: Floats,
    mut out: Output,
) -> Result<()> {
    let (purchases, times) = (purchases.slice("purchases")?, times.slice("times")?);
    let out = out.slice()?;
    detached(py, || {
        probability_alive_history_into(&model.0, purchases, times, out)
    })
}

/// A fitted model with its report, or the error that says why there is none.
#[derive(IntoPyObject)]
pub(crate) enum CohortOutcome {
    Fitted((Model, Report)),
    Refused(Py<PyAny>),
}

/// A model for each cohort.
#[pyclass(frozen, name = "CohortFits", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyCohortFits(CohortFits);

#[pymethods]
impl PyCohortFits {
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        kind: &str,
        cohort: Indices,
        cohorts: usize,
        histories: (Floats, Floats, Floats),
        weights: Option<Floats>,
        options: OptionParts,
    ) -> Result<Self> {
        let kind = member::<PurchaseModelKind>("kind", kind)?;
        let (frequency, recency, age) = &histories;
        let columns = CohortColumns {
            cohort: cohort.slice("cohort")?,
            frequency: frequency.slice("frequency")?,
            recency: recency.slice("recency")?,
            age: age.slice("age")?,
            weights: weights.as_ref().map(|w| w.slice("weights")).transpose()?,
        };
        let options = options.into();
        let fits = detached(py, || CohortFits::fit(kind, &columns, cohorts, &options))?;
        Ok(PyCohortFits(fits))
    }

    /// How many customers each cohort has.
    #[getter]
    fn customers(&self) -> Vec<f64> {
        self.0
            .cohorts()
            .iter()
            .map(|cohort| cohort.customers)
            .collect()
    }

    fn outcomes(&self, py: Python<'_>) -> Vec<CohortOutcome> {
        let outcomes = self.0.cohorts().iter().map(|cohort| &cohort.outcome);
        let parts = outcomes.map(|outcome| match outcome {
            Ok(fit) => CohortOutcome::Fitted((Model(fit.model), Report(fit.report.clone()))),
            Err(error) => {
                let exception = PyErr::from(Failure::Core(error.clone()));
                CohortOutcome::Refused(exception.into_value(py).into_any())
            }
        });
        parts.collect()
    }

    fn probability_alive(
        &self,
        py: Python<'_>,
        cohort: Indices,
        customers: Customers,
        horizon: Values,
        mut out: Output,
    ) -> Result<()> {
        let (cohort, customers) = (cohort.slice("cohort")?, customers.columns()?);
        let (horizon, out) = (horizon.column("horizon")?, out.slice()?);
        detached(py, || {
            self.0
                .probability_alive_into(cohort, customers, horizon, out)
        })
    }

    fn expected_purchases(
        &self,
        py: Python<'_>,
        cohort: Indices,
        customers: Customers,
        horizon: Values,
        mut out: Output,
    ) -> Result<()> {
        let (cohort, customers) = (cohort.slice("cohort")?, customers.columns()?);
        let (horizon, out) = (horizon.column("horizon")?, out.slice()?);
        detached(py, || {
            self.0
                .expected_purchases_into(cohort, customers, horizon, out)
        })
    }

    fn discounted_purchases(
        &self,
        py: Python<'_>,
        cohort: Indices,
        customers: Customers,
        horizon: Values,
        discount_rate: Values,
        mut out: Output,
    ) -> Result<()> {
        let (cohort, customers) = (cohort.slice("cohort")?, customers.columns()?);
        let (horizon, out) = (horizon.column("horizon")?, out.slice()?);
        let rate = discount_rate.column("discount_rate")?;
        detached(py, || {
            self.0
                .discounted_purchases_into(cohort, customers, horizon, rate, out)
        })
    }
}
