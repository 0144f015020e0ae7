//! Hygiene factors and motivators.

use crm_core::satisfaction::two_factor::{
    self, ContrastAnalysis, ContrastAttribute, ContrastEffect, ContrastRules,
};
use crm_core::units::Label;
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;

#[derive(IntoPyObject)]
pub(crate) struct ContrastEffectParts {
    estimate: f64,
    standard_error: f64,
    t: f64,
    p_value: f64,
    lower: f64,
    upper: f64,
}

impl From<ContrastEffect> for ContrastEffectParts {
    fn from(effect: ContrastEffect) -> Self {
        ContrastEffectParts {
            estimate: effect.estimate,
            standard_error: effect.standard_error,
            t: effect.t,
            p_value: effect.p_value,
            lower: effect.lower,
            upper: effect.upper,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ContrastAttributeParts {
    poor: u64,
    good: u64,
    penalty: ContrastEffectParts,
    reward: ContrastEffectParts,
    asymmetry: ContrastEffectParts,
    factor: &'static str,
}

impl From<ContrastAttribute> for ContrastAttributeParts {
    fn from(attribute: ContrastAttribute) -> Self {
        ContrastAttributeParts {
            poor: attribute.poor,
            good: attribute.good,
            penalty: attribute.penalty.into(),
            reward: attribute.reward.into(),
            asymmetry: attribute.asymmetry.into(),
            factor: attribute.factor.name(),
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ContrastParts {
    respondents: u64,
    missing: u64,
    intercept: ContrastEffectParts,
    attributes: Vec<ContrastAttributeParts>,
    r_squared: f64,
    r_squared_lower: f64,
    r_squared_upper: f64,
    adjusted_r_squared: f64,
    residual_standard_error: f64,
    degrees_of_freedom: u64,
}

impl From<ContrastAnalysis> for ContrastParts {
    fn from(analysis: ContrastAnalysis) -> Self {
        ContrastParts {
            respondents: analysis.respondents,
            missing: analysis.missing,
            intercept: analysis.intercept.into(),
            attributes: analysis.attributes.into_iter().map(Into::into).collect(),
            r_squared: analysis.r_squared,
            r_squared_lower: analysis.r_squared_lower,
            r_squared_upper: analysis.r_squared_upper,
            adjusted_r_squared: analysis.adjusted_r_squared,
            residual_standard_error: analysis.residual_standard_error,
            degrees_of_freedom: analysis.degrees_of_freedom,
        }
    }
}

#[pyfunction]
pub(crate) fn penalty_reward_contrast(
    py: Python<'_>,
    overall: Floats,
    attributes: Vec<Floats>,
    poor: Number,
    good: Number,
    significance: Number,
    confidence: Number,
) -> Result<ContrastParts> {
    let overall = overall.slice("overall")?;
    let attributes = attributes.iter().map(|column| column.slice("attributes"));
    let attributes = attributes.collect::<crm_core::Result<Vec<_>>>()?;
    let rules = ContrastRules {
        poor: poor.f64("poor")?,
        good: good.f64("good")?,
        significance: significance.f64("significance")?,
        confidence: confidence.probability("confidence")?,
    };
    let found = detached(py, || {
        two_factor::penalty_reward_contrast(overall, &attributes, &rules)
    })?;
    Ok(found.into())
}
