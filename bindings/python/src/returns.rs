//! `crm_core.clv`: pay-back and internal rate of return by column.

use crm_core::clv::Timing;
use crm_core::clv::individual::{self, RateOutcome};
use pyo3::prelude::*;

use crate::buffers::{Floats, Output, Values, detached};
use crate::categories::member;
use crate::clv::columns_of;
use crate::error::Result;

#[pyfunction]
pub(crate) fn paybacks(
    py: Python<'_>,
    flows: Floats,
    discount_rate: Values,
    timing: &str,
    mut out: Output,
) -> Result<()> {
    let (flows, out) = (flows.slice("flows")?, out.slice()?);
    let periods = columns_of("flows", flows, out.len())?;
    let rates = discount_rate.column("discount_rate")?;
    let timing = member::<Timing>("timing", timing)?;
    detached(py, || {
        individual::paybacks_into(flows, periods, rates, timing, out)
    })
}

/// The code of each row's outcome; the rates go to `rates`.
#[pyfunction]
pub(crate) fn internal_rates(py: Python<'_>, flows: Floats, mut rates: Output) -> Result<Vec<u8>> {
    let (flows, rates) = (flows.slice("flows")?, rates.slice()?);
    let periods = columns_of("flows", flows, rates.len())?;
    let outcomes = detached(py, || {
        let mut outcomes = vec![RateOutcome::Missing; rates.len()];
        individual::internal_rates_into(flows, periods, rates, &mut outcomes)?;
        Ok(outcomes)
    })?;
    Ok(outcomes.into_iter().map(|outcome| outcome as u8).collect())
}
