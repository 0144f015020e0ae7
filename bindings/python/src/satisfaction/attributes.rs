//! Importance of attributes, their quadrants, and regressions on them. A table is a list of columns.

use crm_core::satisfaction::matrix::{
    Cut, DerivedImportance, derive_importance, importance_satisfaction,
};
use crm_core::satisfaction::regression::{
    Components, Method, Positive, bootstrap, fit, index_weights,
};
use crm_core::survey::Confidence;
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;

pub(crate) fn columns<'a>(
    argument: &'static str,
    table: &'a [Floats],
) -> crm_core::Result<Vec<&'a [f64]>> {
    table.iter().map(|column| column.slice(argument)).collect()
}

/// One field is given; none is the mean.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct CutParts {
    median: bool,
    scale: Option<(f64, f64)>,
    at: Option<f64>,
}

impl From<CutParts> for Cut {
    fn from(parts: CutParts) -> Self {
        match parts {
            CutParts { median: true, .. } => Cut::Median,
            CutParts {
                scale: Some((low, high)),
                ..
            } => Cut::Midpoint { low, high },
            CutParts { at: Some(at), .. } => Cut::At(at),
            _ => Cut::Mean,
        }
    }
}

/// Codes of the quadrants and the two lines.
#[pyfunction(name = "importance_satisfaction")]
pub(crate) fn py_importance_satisfaction(
    importance: Floats,
    satisfaction: Floats,
    importance_cut: CutParts,
    satisfaction_cut: CutParts,
) -> Result<(Vec<u8>, f64, f64)> {
    let matrix = importance_satisfaction(
        importance.slice("importance")?,
        satisfaction.slice("satisfaction")?,
        importance_cut.into(),
        satisfaction_cut.into(),
    )?;
    let codes = matrix.quadrants.iter().map(|&quadrant| quadrant as u8);
    Ok((
        codes.collect(),
        matrix.importance_cut,
        matrix.satisfaction_cut,
    ))
}

#[pyfunction(name = "derive_importance")]
pub(crate) fn py_derive_importance(
    py: Python<'_>,
    attributes: Vec<Floats>,
    overall: Floats,
    method: &str,
) -> Result<(Vec<f64>, Option<f64>)> {
    let attributes = columns("attributes", &attributes)?;
    let overall = overall.slice("overall")?;
    let method = member::<DerivedImportance>("method", method)?;
    let found = detached(py, || derive_importance(&attributes, overall, method))?;
    Ok((found.values, found.r_squared))
}

/// Without a number of any kind: principal components by Kaiser's rule.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct MethodParts {
    least_squares: bool,
    components: Option<usize>,
    share: Option<f64>,
    cross_validated: Option<(usize, u64)>,
    penalty: Option<f64>,
    partial: Option<usize>,
}

impl From<MethodParts> for Method {
    fn from(parts: MethodParts) -> Self {
        if parts.least_squares {
            return Method::LeastSquares;
        }
        if let Some(penalty) = parts.penalty {
            return Method::Ridge(penalty);
        }
        if let Some(components) = parts.partial {
            return Method::PartialLeastSquares(components);
        }
        Method::PrincipalComponents(if let Some(count) = parts.components {
            Components::Given(count)
        } else if let Some(share) = parts.share {
            Components::Share(share)
        } else if let Some((folds, seed)) = parts.cross_validated {
            Components::CrossValidated { folds, seed }
        } else {
            Components::Kaiser
        })
    }
}

#[derive(IntoPyObject)]
pub(crate) struct RegressionParts {
    coefficients: Vec<f64>,
    intercept: f64,
    standardized: Vec<f64>,
    components: usize,
    eigenvalues: Vec<f64>,
    r_squared: f64,
    root_mean_square_error: f64,
}

#[pyfunction]
pub(crate) fn attribute_regression(
    py: Python<'_>,
    attributes: Vec<Floats>,
    overall: Floats,
    method: MethodParts,
) -> Result<RegressionParts> {
    let attributes = columns("attributes", &attributes)?;
    let overall = overall.slice("overall")?;
    let found = detached(py, || fit(&attributes, overall, method.into()))?;
    Ok(RegressionParts {
        coefficients: found.coefficients,
        intercept: found.intercept,
        standardized: found.standardized,
        components: found.components,
        eigenvalues: found.eigenvalues,
        r_squared: found.r_squared,
        root_mean_square_error: found.root_mean_square_error,
    })
}

#[derive(IntoPyObject)]
pub(crate) struct CoefficientParts {
    estimate: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
}

#[pyfunction]
pub(crate) fn attribute_intervals(
    py: Python<'_>,
    attributes: Vec<Floats>,
    overall: Floats,
    method: MethodParts,
    replicates: u32,
    confidence: f64,
    seed: u64,
) -> Result<Vec<CoefficientParts>> {
    let attributes = columns("attributes", &attributes)?;
    let overall = overall.slice("overall")?;
    let confidence = Confidence::new(confidence)?;
    let method = method.into();
    let intervals = detached(py, || {
        bootstrap(&attributes, overall, method, replicates, confidence, seed)
    })?;
    let parts = intervals.into_iter().map(|interval| CoefficientParts {
        estimate: interval.estimate,
        standard_error: interval.standard_error,
        lower: interval.lower,
        upper: interval.upper,
    });
    Ok(parts.collect())
}

#[pyfunction(name = "index_weights")]
pub(crate) fn py_index_weights(coefficients: Floats, positive: &str) -> Result<Vec<f64>> {
    let positive = member::<Positive>("positive", positive)?;
    Ok(index_weights(
        coefficients.slice("coefficients")?,
        positive,
    )?)
}
