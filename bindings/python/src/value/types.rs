//! The four customer types and the borders between them.

use crm_core::units::{Label, Language};
use crm_core::value::types::{CustomerType, CutRule, TypeCuts};
use pyo3::prelude::*;

use super::{Codes, whole};
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;

fn cut(py: Python<'_>, values: &Floats, rule: CutRule) -> Result<f64> {
    let values = values.slice("values")?;
    detached(py, || rule.cut("values", values))
}

#[pyfunction]
pub(crate) fn quantile_cut(py: Python<'_>, values: Floats, share: Number) -> Result<f64> {
    cut(py, &values, CutRule::Quantile(share.share("share")?))
}

#[pyfunction]
pub(crate) fn otsu_cut(py: Python<'_>, values: Floats, bins: i64) -> Result<f64> {
    cut(
        py,
        &values,
        CutRule::Otsu {
            bins: whole("bins", bins)?,
        },
    )
}

#[pyfunction]
pub(crate) fn k_means_cut(py: Python<'_>, values: Floats) -> Result<f64> {
    cut(py, &values, CutRule::KMeans)
}

#[pyfunction]
pub(crate) fn customer_types(
    py: Python<'_>,
    current: Floats,
    potential: Floats,
    current_cut: Number,
    potential_cut: Number,
) -> Result<Codes> {
    let (current, potential) = (current.slice("current")?, potential.slice("potential")?);
    let cuts = TypeCuts::new(
        current_cut.f64("current_cut")?,
        potential_cut.f64("potential_cut")?,
    )?;
    detached(py, || {
        let mut types = vec![0; current.len()];
        cuts.classify_into(current, potential, &mut types)?;
        Ok(types)
    })
}

/// English and Chinese, for every type in the order of their numbers.
#[pyfunction]
pub(crate) fn customer_type_strategies() -> Vec<(&'static str, &'static str)> {
    let both = |kind: &CustomerType| (kind.strategy(Language::En), kind.strategy(Language::Zh));
    CustomerType::ALL.iter().map(both).collect()
}
