//! Structural models: written, read, edited, and asked at random.

use crm_core::satisfaction::structural::presets::{self, CcsiOptions, EcsiOptions};
use crm_core::satisfaction::structural::{
    Answers, ModelBuilder, StructuralModel, SurveySimulation,
};
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::buffers::detached;
use crate::categories::member;
use crate::error::Result;

/// A structural model, checked.
#[pyclass(frozen, name = "StructuralModel", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Model(pub(crate) StructuralModel);

#[derive(FromPyObject)]
pub(crate) struct SimulationIn {
    respondents: u32,
    seed: u64,
    paths: Option<Vec<f64>>,
    loadings: Option<Vec<f64>>,
    components: Option<Vec<f64>>,
    means: Option<Vec<f64>>,
    deviations: Option<Vec<f64>>,
    missing: f64,
    whole: bool,
}

#[pymethods]
impl Model {
    #[staticmethod]
    fn from_text(text: &str) -> Result<Self> {
        Ok(Model(text.parse()?))
    }

    #[staticmethod]
    fn from_json(text: &str) -> Result<Self> {
        let unreadable = |error: serde_json::Error| {
            let reason = format!("must be a structural model ({error})");
            Error::new(ErrorKind::Unreadable, "model", reason)
        };
        let written: ModelBuilder = serde_json::from_str(text).map_err(unreadable)?;
        Ok(Model(written.build()?))
    }

    #[staticmethod]
    fn scsb() -> Self {
        Model(presets::scsb())
    }

    #[staticmethod]
    fn acsi() -> Self {
        Model(presets::acsi())
    }

    #[staticmethod]
    fn ecsi(complaints: bool, two_qualities: bool) -> Self {
        let options = EcsiOptions {
            complaints,
            two_qualities,
        };
        Model(presets::ecsi(options))
    }

    #[staticmethod]
    fn ccsi(complaints: bool) -> Self {
        Model(presets::ccsi(CcsiOptions { complaints }))
    }

    fn to_text(&self) -> String {
        self.0.to_string()
    }

    fn to_json(&self) -> Result<String> {
        let unwritable = |error: serde_json::Error| {
            Error::new(ErrorKind::Unreadable, "model", error.to_string())
        };
        Ok(serde_json::to_string(&self.0).map_err(unwritable)?)
    }

    fn rename_indicators(&self, names: Vec<(String, String)>) -> Result<Self> {
        self.edit(|model| model.rename_indicators(&names))
    }

    fn measured_by(&self, construct: &str, indicators: Vec<String>) -> Result<Self> {
        self.edit(|model| model.measured_by(construct, indicators))
    }

    fn without(&self, constructs: Vec<String>) -> Result<Self> {
        self.edit(|model| {
            constructs
                .iter()
                .try_fold(model, |model, construct| model.without(construct))
        })
    }

    fn with_path(&self, origin: String, to: String, sign: &str) -> Result<Self> {
        let sign = member("sign", sign)?;
        self.edit(|model| Ok(model.signed_path(origin, to, sign)))
    }

    fn without_path(&self, origin: &str, to: &str) -> Result<Self> {
        self.edit(|model| model.without_path(origin, to))
    }

    /// One column for each indicator.
    fn simulate(&self, py: Python<'_>, how: SimulationIn) -> Result<Vec<Vec<f64>>> {
        let usual = SurveySimulation::new(self.0.clone());
        let survey = SurveySimulation {
            respondents: how.respondents,
            seed: how.seed,
            paths: how.paths.unwrap_or(usual.paths),
            loadings: how.loadings.unwrap_or(usual.loadings),
            components: how.components.unwrap_or(usual.components),
            means: how.means.unwrap_or(usual.means),
            deviations: how.deviations.unwrap_or(usual.deviations),
            missing: how.missing,
            answers: if how.whole {
                Answers::Whole
            } else {
                Answers::Continuous
            },
            model: usual.model,
        };
        detached(py, || survey.run())
    }
}

impl Model {
    fn edit(
        &self,
        change: impl FnOnce(ModelBuilder) -> crm_core::Result<ModelBuilder>,
    ) -> Result<Self> {
        Ok(Model(change(ModelBuilder::from(&self.0))?.build()?))
    }
}
