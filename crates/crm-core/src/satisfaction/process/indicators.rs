use serde::{Deserialize, Serialize};

use super::{Frame, Population};
use crate::error::{Error, ErrorKind, Result};
use crate::satisfaction::structural::{Construct, ModelBuilder, StructuralModel, Wording, presets};

/// Step 1: what is measured. Constructs are the indices, their indicators the questions, and the scale of each question
/// quantifies it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What people call the study.
    pub title: Wording,
    /// Constructs, indicators, and what drives what.
    pub model: ModelBuilder,
    /// The construct whose index is the result; default `satisfaction`.
    #[serde(default = "satisfaction")]
    pub target: String,
}

fn satisfaction() -> String {
    presets::SATISFACTION.to_owned()
}

impl Definition {
    /// Of the satisfaction in this model.
    pub fn new(title: Wording, model: impl Into<ModelBuilder>) -> Self {
        Definition {
            title,
            model: model.into(),
            target: satisfaction(),
        }
    }

    /// Checks the definition.
    ///
    /// # Errors
    /// As [`StructuralModel::new`]; `NotFound` for a target that is no construct, `OutOfRange` for one that nothing drives.
    pub fn define(self) -> Result<IndicatorTree> {
        let model = self.model.clone().build()?;
        let target = model.place(&self.target).map_err(|e| e.named("target"))?;
        if model.predecessors(target).next().is_none() {
            let rule = "must be driven by another construct";
            let error = Error::new(ErrorKind::OutOfRange, "target", rule);
            return Err(error.with_value(self.target));
        }
        Ok(IndicatorTree {
            definition: self,
            model,
            target,
        })
    }
}

/// Product of step 1: the index, the constructs that it hangs together with, and the questions that measure them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorTree {
    #[serde(flatten)]
    definition: Definition,
    #[serde(skip)]
    model: StructuralModel,
    #[serde(skip)]
    target: usize,
}

impl IndicatorTree {
    /// What was decided.
    #[must_use]
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Constructs, indicators and paths.
    #[must_use]
    pub fn model(&self) -> &StructuralModel {
        &self.model
    }

    /// Place of the construct whose index is the result.
    #[must_use]
    pub fn target(&self) -> usize {
        self.target
    }

    /// The name of the construct at this place.
    pub(super) fn name(&self, construct: usize) -> String {
        let construct = self.model.constructs().get(construct);
        construct.map_or("", Construct::name).to_owned()
    }

    /// Step 2.
    ///
    /// # Errors
    /// `OutOfRange` for a population of 0 units, a name that comes twice, and units that are not the sum of those of the strata;
    /// `Empty` for a stratum without name. Rows are strata.
    pub fn population(self, frame: Frame) -> Result<Population> {
        Population::new(self, frame)
    }
}
