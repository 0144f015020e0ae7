//! What the fits of all models share: options in, a report out.

use crm_core::prediction::fit::{FitOptions, FitReport, FitStatus, Prior};
use crm_core::units::Label;
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::error::Result;
use crate::numbers::Number;

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct OptionParts {
    penalty: f64,
    prior: Option<PriorParts>,
    starts: u32,
    max_iterations: u32,
    tolerance: f64,
}

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct PriorParts {
    medians: Option<Vec<f64>>,
    deviation: f64,
}

impl From<OptionParts> for FitOptions {
    fn from(parts: OptionParts) -> Self {
        FitOptions {
            penalty: parts.penalty,
            prior: parts.prior.map(|prior| Prior {
                medians: prior.medians,
                deviation: prior.deviation,
            }),
            starts: parts.starts,
            max_iterations: parts.max_iterations,
            tolerance: parts.tolerance,
        }
    }
}

/// How a fit went. Its text form is all that a pickle or a file needs.
#[pyclass(frozen, name = "FitReport", module = "crm_core._core")]
#[derive(Debug, Clone)]
pub(crate) struct Report(pub(crate) FitReport);

#[derive(IntoPyObject)]
pub(crate) struct EstimateParts {
    name: String,
    estimate: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
}

#[pymethods]
impl Report {
    #[staticmethod]
    fn from_json(text: &str) -> Result<Self> {
        let unreadable = |error: serde_json::Error| {
            let reason = format!("is not the report of a fit: {error}");
            Error::new(ErrorKind::Unreadable, "report", reason)
        };
        Ok(Report(serde_json::from_str(text).map_err(unreadable)?))
    }

    fn to_json(&self) -> Result<String> {
        let unwritable = |error: serde_json::Error| {
            Error::new(ErrorKind::Unreadable, "report", error.to_string())
        };
        Ok(serde_json::to_string(&self.0).map_err(unwritable)?)
    }

    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.names.clone()
    }

    #[getter]
    fn estimates(&self) -> Vec<f64> {
        self.0.estimates.clone()
    }

    #[getter]
    fn log_likelihood(&self) -> f64 {
        self.0.log_likelihood
    }

    #[getter]
    fn customers(&self) -> f64 {
        self.0.customers
    }

    #[getter]
    fn iterations(&self) -> u32 {
        self.0.iterations
    }

    #[getter]
    fn gradient_norm(&self) -> f64 {
        self.0.gradient_norm
    }

    #[getter]
    fn status(&self) -> &'static str {
        FitStatus::name(self.0.status)
    }

    #[getter]
    fn aic(&self) -> f64 {
        self.0.aic()
    }

    #[getter]
    fn bic(&self) -> f64 {
        self.0.bic()
    }

    /// Row-major.
    fn covariance(&self) -> Vec<f64> {
        self.0.covariance()
    }

    /// Row-major.
    fn log_covariance(&self) -> Vec<f64> {
        self.0.log_covariance()
    }

    fn intervals(&self, level: Number) -> Result<Vec<EstimateParts>> {
        let found = self.0.intervals(level.probability("level")?)?;
        let parts = found.into_iter().map(|one| EstimateParts {
            name: one.name,
            estimate: one.estimate,
            standard_error: one.standard_error,
            lower: one.lower,
            upper: one.upper,
        });
        Ok(parts.collect())
    }
}
