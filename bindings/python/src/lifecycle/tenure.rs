//! Churn rates and tenure from data.

use crm_core::lifecycle::tenure::{self, Churn, Cohort, KaplanMeier, RestrictedMean};
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{NewColumn, NewTable, NewValues};
use pyo3::prelude::*;

use super::floats;
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;
use crate::tables::OutTable;

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
            NewColumn::known_floats("variance", km.variance.clone()),
            NewColumn::known_floats("lower", km.lower.clone()),
            NewColumn::known_floats("upper", km.upper.clone()),
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
