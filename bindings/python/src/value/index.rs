//! Composite indices of several indicators.

use crm_core::value::index::{self, IndicatorColumn, Weights};
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use super::direction;
use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;

/// Scales and weights of indicators.
#[pyclass(frozen, module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct CompositeIndex(index::CompositeIndex);

fn columns(indicators: &[Floats]) -> crm_core::Result<Vec<&[f64]>> {
    indicators
        .iter()
        .map(|column| column.slice("indicators"))
        .collect()
}

#[pymethods]
impl CompositeIndex {
    /// `weights` are numbers, or the name of a way to find them.
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        names: Vec<String>,
        indicators: Vec<Floats>,
        lower_is_better: Vec<bool>,
        normalisation: &str,
        weighting: &str,
        weights: Option<Vec<f64>>,
    ) -> Result<Self> {
        let columns = columns(&indicators)?;
        let normalisation = member("normalisation", normalisation)?;
        let weights = match (member("weighting", weighting)?, &weights) {
            (index::Weighting::Entropy, _) => Weights::Entropy,
            (index::Weighting::Critic, _) => Weights::Critic,
            (index::Weighting::Given, Some(weights)) => Weights::Given(weights),
            (index::Weighting::Given, None) => {
                let reason = "must be there if they are given";
                return Err(Error::new(ErrorKind::Missing, "weights", reason).into());
            }
        };
        let indicators: Vec<IndicatorColumn<'_>> = names
            .iter()
            .zip(columns)
            .zip(lower_is_better)
            .map(|((name, values), lower)| IndicatorColumn {
                name,
                values,
                direction: direction(lower),
            })
            .collect();
        let fit = || index::CompositeIndex::fit(&indicators, normalisation, weights);
        detached(py, fit).map(CompositeIndex)
    }

    fn weights(&self) -> Vec<f64> {
        self.0.weights()
    }

    /// The scores, and the contributions of each indicator.
    fn score(&self, py: Python<'_>, indicators: Vec<Floats>) -> Result<(Vec<f64>, Vec<Vec<f64>>)> {
        let columns = columns(&indicators)?;
        detached(py, || {
            Ok((self.0.scores(&columns)?, self.0.contributions(&columns)?))
        })
    }
}
