//! Cut points and parts.

use crm_core::value::cuts::Cuts;
use pyo3::prelude::*;

use super::{Codes, direction, shares, whole};
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;

#[pyfunction]
pub(crate) fn cuts_equal_parts(
    py: Python<'_>,
    values: Floats,
    parts: i64,
    lower_is_better: bool,
) -> Result<Vec<f64>> {
    let values = values.slice("values")?;
    let (parts, direction) = (whole("parts", parts)?, direction(lower_is_better));
    let cuts = detached(py, || Cuts::equal_parts("values", values, parts, direction))?;
    Ok(cuts.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn cuts_quantiles(
    py: Python<'_>,
    values: Floats,
    shares: Vec<Number>,
    lower_is_better: bool,
) -> Result<Vec<f64>> {
    let values = values.slice("values")?;
    let (shares, direction) = (self::shares(&shares)?, direction(lower_is_better));
    let cuts = detached(py, || Cuts::quantiles("values", values, &shares, direction))?;
    Ok(cuts.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn cuts_assign(
    py: Python<'_>,
    values: Floats,
    thresholds: Vec<f64>,
    lower_is_better: bool,
) -> Result<Codes> {
    let values = values.slice("values")?;
    detached(py, || {
        let cuts = Cuts::new(&thresholds, direction(lower_is_better))?;
        let mut parts = vec![0; values.len()];
        cuts.parts_into("values", values, &mut parts)?;
        Ok(parts)
    })
}
