//! The Gamma-Gamma model of spend.

use crm_core::Error;
use crm_core::prediction::{self, GammaGamma, SpendColumns, Spending};
use pyo3::prelude::*;

use super::fit::{OptionParts, Report};
use crate::buffers::{Floats, Output, Values, detached};
use crate::error::Result;
use crate::numbers::Number;

/// p, q and γ.
type Parameters = (f64, f64, f64);

/// Frequency and mean spend: columns, or one number for all rows.
#[derive(FromPyObject)]
pub(crate) struct Spend(Values, Values);

impl Spend {
    pub(crate) fn columns(&self) -> crm_core::Result<SpendColumns<'_>> {
        Ok(SpendColumns {
            frequency: self.0.column("frequency")?,
            mean_spend: self.1.column("mean_spend")?,
        })
    }
}

fn model((p, q, gamma): Parameters) -> crm_core::Result<GammaGamma> {
    GammaGamma::new(p, q, gamma)
}

/// How the fit went, and the correlation of frequency and mean spend.
#[pyfunction]
pub(crate) fn gamma_gamma_fit(
    py: Python<'_>,
    frequency: Floats,
    mean_spend: Floats,
    weights: Option<Floats>,
    options: OptionParts,
) -> Result<(Report, Option<f64>)> {
    let (frequency, mean_spend) = (
        frequency.slice("frequency")?,
        mean_spend.slice("mean_spend")?,
    );
    let weights = weights.as_ref().map(|w| w.slice("weights")).transpose()?;
    let options = options.into();
    detached(py, || {
        let spending = match weights {
            None => Spending::new(frequency, mean_spend)?,
            Some(weights) => Spending::with_weights(frequency, mean_spend, weights)?,
        };
        let fit = GammaGamma::fit(&spending, &options)?;
        Ok((Report(fit.report), spending.correlation()))
    })
}

/// Refuses parameters that the model does not allow.
#[pyfunction]
pub(crate) fn gamma_gamma_check(parameters: Parameters) -> Result<()> {
    model(parameters)?;
    Ok(())
}

#[pyfunction]
pub(crate) fn gamma_gamma_expected_spend(
    py: Python<'_>,
    parameters: Parameters,
    spend: Spend,
    mut out: Output,
) -> Result<()> {
    let (model, spend, out) = (model(parameters)?, spend.columns()?, out.slice()?);
    detached(py, || prediction::expected_spend_into(&model, spend, out))
}

#[pyfunction]
pub(crate) fn gamma_gamma_log_density(
    py: Python<'_>,
    parameters: Parameters,
    spend: Spend,
    mut out: Output,
) -> Result<()> {
    let (model, spend, out) = (model(parameters)?, spend.columns()?, out.slice()?);
    detached(py, || {
        prediction::spend_log_density_into(&model, spend, out)
    })
}

#[pyfunction]
pub(crate) fn gamma_gamma_spend_interval(
    py: Python<'_>,
    parameters: Parameters,
    spend: Spend,
    level: Number,
    mut lower: Output,
    mut upper: Output,
) -> Result<()> {
    let (model, spend) = (model(parameters)?, spend.columns()?);
    let (lower, upper) = (lower.slice()?, upper.slice()?);
    let level = level.probability("level")?;
    detached(py, || {
        prediction::spend_interval_into(&model, spend, level, lower, upper)
    })
}

#[pyfunction]
pub(crate) fn gamma_gamma_lifetime_value(
    py: Python<'_>,
    parameters: Parameters,
    spend: Spend,
    discounted_purchases: Values,
    margin: Values,
    mut out: Output,
) -> Result<()> {
    let (model, spend, out) = (model(parameters)?, spend.columns()?, out.slice()?);
    let purchases = discounted_purchases.column("discounted_purchases")?;
    let margin = margin.column("margin")?;
    detached(py, || {
        prediction::spend_lifetime_value_into(&model, spend, purchases, margin, out)
    })
}

#[pyfunction]
pub(crate) fn gamma_gamma_simulate(
    py: Python<'_>,
    parameters: Parameters,
    frequency: Floats,
    seed: u64,
    mut out: Output,
) -> Result<()> {
    let (model, frequency, out) = (
        model(parameters)?,
        frequency.slice("frequency")?,
        out.slice()?,
    );
    detached(py, || {
        let drawn = model.simulate(frequency, seed)?;
        if drawn.len() != out.len() {
            return Err(Error::length("out", out.len(), drawn.len()));
        }
        out.copy_from_slice(&drawn);
        Ok(())
    })
}
