//! Importance of attributes, their quadrants, and regressions on them. A table is a list of columns.

use crm_core::satisfaction::matrix::{
    Cut, DerivedImportance, derive_importance, importance_intervals, importance_satisfaction,
};
use crm_core::satisfaction::regression::{
    Components, Method, Positive, bootstrap, fit, index_weights,
};
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;
use crate::survey::{IntervalParts, ResamplingIn};

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
pub(crate) struct RegressionIntervalParts {
    coefficients: Vec<IntervalParts>,
    intercept: IntervalParts,
    standardized: Vec<IntervalParts>,
    r_squared: IntervalParts,
    root_mean_square_error: IntervalParts,
}

#[pyfunction]
pub(crate) fn attribute_intervals(
    py: Python<'_>,
    attributes: Vec<Floats>,
    overall: Floats,
    method: MethodParts,
    how: ResamplingIn,
) -> Result<RegressionIntervalParts> {
    let attributes = columns("attributes", &attributes)?;
    let overall = overall.slice("overall")?;
    let (method, how) = (method.into(), how.value()?);
    let found = detached(py, || bootstrap(&attributes, overall, method, &how))?;
    Ok(RegressionIntervalParts {
        coefficients: found.coefficients.into_iter().map(Into::into).collect(),
        intercept: found.intercept.into(),
        standardized: found.standardized.into_iter().map(Into::into).collect(),
        r_squared: found.r_squared.into(),
        root_mean_square_error: found.root_mean_square_error.into(),
    })
}

/// Of the values, and of R².
#[pyfunction(name = "importance_intervals")]
pub(crate) fn py_importance_intervals(
    py: Python<'_>,
    attributes: Vec<Floats>,
    overall: Floats,
    method: &str,
    how: ResamplingIn,
) -> Result<(Vec<IntervalParts>, Option<IntervalParts>)> {
    let attributes = columns("attributes", &attributes)?;
    let overall = overall.slice("overall")?;
    let (method, how) = (member::<DerivedImportance>("method", method)?, how.value()?);
    let found = detached(py, || {
        importance_intervals(&attributes, overall, method, &how)
    })?;
    let values = found.values.into_iter().map(Into::into).collect();
    Ok((values, found.r_squared.map(Into::into)))
}

#[pyfunction(name = "index_weights")]
pub(crate) fn py_index_weights(coefficients: Floats, positive: &str) -> Result<Vec<f64>> {
    let positive = member::<Positive>("positive", positive)?;
    Ok(index_weights(
        coefficients.slice("coefficients")?,
        positive,
    )?)
}
