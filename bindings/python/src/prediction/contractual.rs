//! Models of customers under contract.

use crm_core::prediction::{self, Bdw, RenewalColumns, Renewals, Sbg};
use pyo3::prelude::*;

use super::fit::{OptionParts, Report};
use crate::buffers::{Floats, Output, Values, detached};
use crate::error::Result;

/// α, β and c; c is 1 for the sBG.
type Parameters = (f64, f64, f64);

/// Tenure, churn (0 or 1) and weights of customers.
type Customers = (Floats, Vec<bool>, Option<Floats>);

fn model((alpha, beta, c): Parameters) -> crm_core::Result<Bdw> {
    Bdw::new(alpha, beta, c)
}

/// Refuses parameters that the models do not allow.
#[pyfunction]
pub(crate) fn renewal_check(parameters: Parameters) -> Result<()> {
    model(parameters)?;
    Ok(())
}

/// What cohorts did at their renewals.
#[pyclass(frozen, name = "Renewals", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyRenewals(Renewals);

#[pymethods]
impl PyRenewals {
    #[new]
    #[pyo3(signature = (cohorts, customers=None))]
    fn new(cohorts: Vec<Vec<f64>>, customers: Option<Customers>) -> Result<Self> {
        let mut renewals = Renewals::default();
        for cohort in cohorts {
            renewals.add_survivors(&cohort)?;
        }
        if let Some((tenure, churned, weights)) = &customers {
            let weights = weights.as_ref().map(|w| w.slice("weights")).transpose()?;
            renewals.add_customers(tenure.slice("tenure")?, churned, weights)?;
        }
        Ok(PyRenewals(renewals))
    }

    #[getter]
    fn at_risk(&self) -> Vec<f64> {
        self.0.at_risk().to_vec()
    }

    #[getter]
    fn lost(&self) -> Vec<f64> {
        self.0.lost().to_vec()
    }

    #[getter]
    fn customers(&self) -> f64 {
        self.0.customers()
    }

    fn fit_sbg(&self, py: Python<'_>, options: OptionParts) -> Result<Report> {
        let options = options.into();
        Ok(Report(detached(py, || Sbg::fit(&self.0, &options))?.report))
    }

    fn fit_bdw(&self, py: Python<'_>, options: OptionParts) -> Result<Report> {
        let options = options.into();
        Ok(Report(detached(py, || Bdw::fit(&self.0, &options))?.report))
    }
}

#[pyfunction]
pub(crate) fn renewal_retention_rate(
    py: Python<'_>,
    parameters: Parameters,
    renewal: Values,
    mut out: Output,
) -> Result<()> {
    let (model, renewal, out) = (model(parameters)?, renewal.column("renewal")?, out.slice()?);
    detached(py, || prediction::retention_rate_into(&model, renewal, out))
}

#[pyfunction]
pub(crate) fn renewal_churn_probability(
    py: Python<'_>,
    parameters: Parameters,
    renewal: Values,
    mut out: Output,
) -> Result<()> {
    let (model, renewal, out) = (model(parameters)?, renewal.column("renewal")?, out.slice()?);
    detached(py, || {
        prediction::churn_probability_into(&model, renewal, out)
    })
}

#[pyfunction]
pub(crate) fn renewal_conditional_survival(
    py: Python<'_>,
    parameters: Parameters,
    renewals: Values,
    further: Values,
    mut out: Output,
) -> Result<()> {
    let (model, out) = (model(parameters)?, out.slice()?);
    let (renewals, further) = (renewals.column("renewals")?, further.column("further")?);
    detached(py, || {
        prediction::conditional_survival_into(&model, renewals, further, out)
    })
}

#[pyfunction]
pub(crate) fn renewal_discounted_lifetime(
    py: Python<'_>,
    parameters: Parameters,
    renewals: Values,
    horizon: Values,
    discount_rate: Values,
    mut out: Output,
) -> Result<()> {
    let (model, out) = (model(parameters)?, out.slice()?);
    let customers = columns(&renewals, &horizon, &discount_rate)?;
    detached(py, || {
        prediction::discounted_lifetime_into(&model, customers, out)
    })
}

#[pyfunction]
pub(crate) fn renewal_discounted_residual_lifetime(
    py: Python<'_>,
    parameters: Parameters,
    renewals: Values,
    horizon: Values,
    discount_rate: Values,
    mut out: Output,
) -> Result<()> {
    let (model, out) = (model(parameters)?, out.slice()?);
    let customers = columns(&renewals, &horizon, &discount_rate)?;
    detached(py, || {
        prediction::discounted_residual_lifetime_into(&model, customers, out)
    })
}

#[pyfunction]
pub(crate) fn renewal_expected_residual_lifetime(
    py: Python<'_>,
    parameters: Parameters,
    renewals: Values,
    horizon: Values,
    mut out: Output,
) -> Result<()> {
    let (model, out) = (model(parameters)?, out.slice()?);
    let (renewals, horizon) = (renewals.column("renewals")?, horizon.column("horizon")?);
    detached(py, || {
        prediction::expected_residual_lifetime_into(&model, renewals, horizon, out)
    })
}

fn columns<'a>(
    renewals: &'a Values,
    horizon: &'a Values,
    discount_rate: &'a Values,
) -> crm_core::Result<RenewalColumns<'a>> {
    Ok(RenewalColumns {
        renewals: renewals.column("renewals")?,
        horizon: horizon.column("horizon")?,
        discount_rate: discount_rate.column("discount_rate")?,
    })
}
