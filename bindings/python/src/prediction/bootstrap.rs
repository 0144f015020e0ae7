//! What a model makes itself, and fits to it.

use crm_core::prediction::fit::FitOptions;
use crm_core::prediction::{self, Bdw, GammaGamma, ParametricBootstrap, Sbg};
use pyo3::prelude::*;

use super::covariates::{Given, WithCovariates, columns_of};
use super::fit::OptionParts;
use super::purchases::Model;
use super::uncertainty::{Interval, Three, parts};
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;

/// Fits to what a model makes itself.
#[pyclass(frozen, name = "ParametricBootstrap", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Bootstrap(ParametricBootstrap);

#[pymethods]
impl Bootstrap {
    #[getter]
    fn parameters(&self) -> Vec<Vec<f64>> {
        self.0.parameters.clone()
    }

    #[getter]
    fn undefined(&self) -> u32 {
        self.0.undefined
    }

    fn intervals(&self, level: Number) -> Result<Vec<Interval>> {
        let found = self.0.intervals(level.probability("level")?)?;
        Ok(found.into_iter().map(parts).collect())
    }
}

#[pyfunction]
pub(crate) fn purchase_model_bootstrap(
    py: Python<'_>,
    model: &Model,
    ages: Floats,
    options: OptionParts,
    replicates: u32,
    seed: u64,
) -> Result<Bootstrap> {
    let (ages, options) = (ages.slice("ages")?, FitOptions::from(options));
    let made = detached(py, || {
        let model = model.0;
        model.parametric_bootstrap(ages, &options, replicates, seed)
    })?;
    Ok(Bootstrap(made))
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "what fits and draws need")]
pub(crate) fn covariate_model_bootstrap(
    py: Python<'_>,
    model: &WithCovariates,
    ages: Floats,
    given: Given,
    covariate_penalty: f64,
    options: OptionParts,
    replicates: u32,
    seed: u64,
) -> Result<Bootstrap> {
    let (ages, options) = (ages.slice("ages")?, FitOptions::from(options));
    let sides = given.sides()?;
    let made = detached(py, || {
        let how = (covariate_penalty, &options);
        let columns = columns_of(&sides);
        model
            .0
            .parametric_bootstrap(ages, columns, how, replicates, seed)
    })?;
    Ok(Bootstrap(made))
}

#[pyfunction]
pub(crate) fn gamma_gamma_bootstrap(
    py: Python<'_>,
    parameters: Three,
    frequency: Floats,
    options: OptionParts,
    replicates: u32,
    seed: u64,
) -> Result<Bootstrap> {
    let (p, q, gamma) = parameters;
    let model = GammaGamma::new(p, q, gamma)?;
    let (frequency, options) = (frequency.slice("frequency")?, FitOptions::from(options));
    let made = detached(py, || {
        model.parametric_bootstrap(frequency, &options, replicates, seed)
    })?;
    Ok(Bootstrap(made))
}

#[pyfunction]
pub(crate) fn sbg_bootstrap(
    py: Python<'_>,
    parameters: (f64, f64),
    ages: Floats,
    options: OptionParts,
    replicates: u32,
    seed: u64,
) -> Result<Bootstrap> {
    let (alpha, beta) = parameters;
    let model = Sbg::new(alpha, beta)?;
    let (ages, options) = (ages.slice("ages")?, FitOptions::from(options));
    let made = detached(py, || {
        model.parametric_bootstrap(ages, &options, replicates, seed)
    })?;
    Ok(Bootstrap(made))
}

#[pyfunction]
pub(crate) fn bdw_bootstrap(
    py: Python<'_>,
    parameters: Three,
    ages: Floats,
    options: OptionParts,
    replicates: u32,
    seed: u64,
) -> Result<Bootstrap> {
    let (alpha, beta, c) = parameters;
    let model = Bdw::new(alpha, beta, c)?;
    let (ages, options) = (ages.slice("ages")?, FitOptions::from(options));
    let made = detached(py, || {
        model.parametric_bootstrap(ages, &options, replicates, seed)
    })?;
    Ok(Bootstrap(made))
}

/// Frequency and recency of customers of these ages.
#[pyfunction]
pub(crate) fn purchase_model_simulate(
    py: Python<'_>,
    model: &Model,
    ages: Floats,
    seed: u64,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let ages = ages.slice("ages")?;
    let made = detached(py, || prediction::simulate_histories(&model.0, ages, seed))?;
    Ok((made.frequency, made.recency))
}

/// Tenure and churn of customers who came to this many renewals.
#[pyfunction]
pub(crate) fn renewal_simulate(
    py: Python<'_>,
    parameters: Three,
    ages: Floats,
    seed: u64,
) -> Result<(Vec<f64>, Vec<bool>)> {
    let (alpha, beta, c) = parameters;
    let model = Bdw::new(alpha, beta, c)?;
    let ages = ages.slice("ages")?;
    let made = detached(py, || prediction::simulate_tenures(&model, ages, seed))?;
    Ok((made.tenure, made.churned))
}
