//! Bootstraps of structural models.

use crm_core::satisfaction::structural::{
    BootstrapEstimate, PlsBootstrap, Resampling, Statistic, StructuralModel,
};
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use super::fit::{AnswersIn, Fit};
use crate::buffers::watched;
use crate::error::Result;

#[derive(IntoPyObject)]
pub(crate) struct EstimatesOut {
    estimate: Vec<f64>,
    bias: Vec<f64>,
    standard_error: Vec<f64>,
    t: Vec<f64>,
    p_value: Vec<f64>,
    percentile_lower: Vec<f64>,
    percentile_upper: Vec<f64>,
    bca_lower: Vec<f64>,
    bca_upper: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct DroppedOut {
    resamples: u32,
    constant: Vec<u32>,
    singular: u32,
    unreliable: u32,
    not_converged: u32,
}

/// What resampling says of a fit.
#[pyclass(frozen, name = "PlsBootstrap", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Bootstrap {
    made: PlsBootstrap,
    model: StructuralModel,
}

#[pymethods]
impl Bootstrap {
    /// `progress` is told how many resamples are done.
    #[staticmethod]
    fn make(
        py: Python<'_>,
        fit: &Fit,
        answers: AnswersIn,
        resamples: u32,
        seed: u64,
        progress: Option<Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let (responses, how) = (answers.responses()?, Resampling { resamples, seed });
        let tell = |done| match &progress {
            Some(progress) => progress.call1((done,)).map(drop),
            None => Ok(()),
        };
        let made = watched(py, tell, |watch| {
            fit.0.bootstrap_watched(&responses, how, watch)
        })?;
        Ok(Bootstrap {
            made,
            model: fit.0.model().clone(),
        })
    }

    fn kept(&self) -> u32 {
        self.made.kept()
    }

    fn dropped(&self) -> DroppedOut {
        let dropped = self.made.dropped();
        DroppedOut {
            resamples: dropped.resamples,
            constant: dropped.constant.clone(),
            singular: dropped.singular,
            unreliable: dropped.unreliable,
            not_converged: dropped.not_converged,
        }
    }

    /// Of every indicator, path, construct, or pair of constructs in rows.
    fn estimates(&self, of: &str, level: f64) -> Result<EstimatesOut> {
        let found: Vec<BootstrapEstimate> = statistics(&self.model, of)?
            .iter()
            .map(|statistic| self.made.estimate(statistic, level))
            .collect::<crm_core::Result<_>>()?;
        let column = |part: fn(&BootstrapEstimate) -> f64| found.iter().map(part).collect();
        Ok(EstimatesOut {
            estimate: column(|one| one.estimate),
            bias: column(|one| one.bias),
            standard_error: column(|one| one.standard_error),
            t: column(|one| one.t),
            p_value: column(|one| one.p_value),
            percentile_lower: column(|one| one.percentile.lower),
            percentile_upper: column(|one| one.percentile.upper),
            bca_lower: column(|one| one.bca.lower),
            bca_upper: column(|one| one.bca.upper),
        })
    }
}

/// Every statistic of a kind, in the order of the model.
fn statistics(model: &StructuralModel, of: &str) -> crm_core::Result<Vec<Statistic>> {
    let constructs = 0..model.constructs().len();
    let indicators = 0..model.indicators().count();
    let pairs = constructs
        .clone()
        .flat_map(|a| constructs.clone().map(move |b| (a, b)));
    Ok(match of {
        "weight" => indicators.map(Statistic::Weight).collect(),
        "loading" => indicators.map(Statistic::Loading).collect(),
        "path" => (0..model.paths().len()).map(Statistic::Path).collect(),
        "r_squared" => constructs.map(Statistic::RSquared).collect(),
        "index" => constructs.map(Statistic::Index).collect(),
        "total" => pairs.map(|(a, b)| Statistic::TotalEffect(a, b)).collect(),
        "indirect" => pairs
            .map(|(a, b)| Statistic::IndirectEffect(a, b))
            .collect(),
        "htmt" => pairs.map(|(a, b)| Statistic::Htmt(a, b)).collect(),
        _ => return Err(Error::new(ErrorKind::NotFound, "of", "is no statistic").with_value(of)),
    })
}
