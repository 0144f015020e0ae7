//! Satisfaction surveys in nine steps. What a step takes and gives is JSON.

use crm_core::satisfaction::process::{AnswerColumn, Fieldwork, StepRecord, Study, StudyRecord};
use crm_core::units::Label;
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;
use crate::survey::{DrawnParts, drawn_parts};

/// A study at whichever step it is.
#[pyclass(frozen, name = "Study", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyStudy(Study);

#[pymethods]
impl PyStudy {
    #[staticmethod]
    fn replay(py: Python<'_>, record: &str) -> Result<Self> {
        let record: StudyRecord = serde_json::from_str(record).map_err(unreadable)?;
        detached(py, || Study::replay(record)).map(PyStudy)
    }

    fn advance(&self, py: Python<'_>, record: &str) -> Result<Self> {
        let record: StepRecord = serde_json::from_str(record).map_err(unreadable)?;
        let study = self.0.clone();
        detached(py, || study.advance(record)).map(PyStudy)
    }

    fn survey(
        &self,
        py: Python<'_>,
        field: &str,
        columns: Vec<(String, Floats)>,
        strata: Vec<usize>,
        clusters: Vec<usize>,
    ) -> Result<Self> {
        let mut field: Fieldwork = serde_json::from_str(field).map_err(unreadable)?;
        let study = self.0.clone();
        detached(py, || {
            field.strata = strata;
            field.clusters = clusters;
            for (name, column) in columns {
                let answers = column.slice("answers")?.to_vec();
                field.answers.insert(name, AnswerColumn(answers));
            }
            study.advance(StepRecord::Survey(field))
        })
        .map(PyStudy)
    }

    fn with_status(&self, py: Python<'_>, action: usize, status: &str) -> Result<Self> {
        let status = member("status", status)?;
        let study = self.0.clone();
        detached(py, || study.with_status(action, status)).map(PyStudy)
    }

    fn follow_up(&self, py: Python<'_>, later: &PyStudy) -> Result<String> {
        let followed = detached(py, || self.0.follow_up(&later.0))?;
        Ok(serde_json::to_string(&followed).map_err(unreadable)?)
    }

    fn step(&self) -> &'static str {
        self.0.step().name()
    }

    fn record(&self) -> Result<String> {
        Ok(serde_json::to_string(&self.0.record()).map_err(unreadable)?)
    }

    /// null for a step that is still to come.
    fn product(&self, step: &str) -> Result<String> {
        let product = self.0.product(member("step", step)?);
        Ok(serde_json::to_string(&product).map_err(unreadable)?)
    }

    fn columns(&self) -> Vec<String> {
        let questionnaire = self.0.questionnaire();
        questionnaire.map_or_else(Vec::new, |of| of.columns().map(str::to_owned).collect())
    }

    fn questionnaire(&self, language: &str) -> Result<Option<String>> {
        let language = member("language", language)?;
        Ok(self.0.questionnaire().map(|of| of.text(language)))
    }

    fn draw(&self, py: Python<'_>) -> Result<Option<DrawnParts>> {
        let Some(plan) = self.0.plan() else {
            return Ok(None);
        };
        detached(py, || plan.draw()).map(|drawn| Some(drawn_parts(drawn)))
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    let reason = format!("must be what a step of a survey takes ({error})");
    Error::new(ErrorKind::Unreadable, "record", reason)
}
