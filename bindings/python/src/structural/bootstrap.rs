//! Bootstraps of structural models.

use crm_core::satisfaction::structural::{
    BootstrapEstimate, PlsBootstrap, Resampling, Respondents, Statistic, StatisticKind,
};
use pyo3::prelude::*;

use super::fit::{AnswersIn, Fit, SegmentNumbers, SegmentsIn};
use crate::buffers::watched;
use crate::categories::member;
use crate::error::Result;

#[derive(IntoPyObject)]
pub(crate) struct EstimatesOut {
    estimate: Vec<f64>,
    bias: Vec<f64>,
    standard_error: Vec<f64>,
    resamples: Vec<u32>,
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

impl EstimatesOut {
    fn of(found: &[BootstrapEstimate]) -> Self {
        let column = |part: fn(&BootstrapEstimate) -> f64| found.iter().map(part).collect();
        EstimatesOut {
            estimate: column(|one| one.estimate),
            bias: column(|one| one.bias),
            standard_error: column(|one| one.standard_error),
            resamples: found.iter().map(|one| one.resamples).collect(),
            t: column(|one| one.t),
            p_value: column(|one| one.p_value),
            percentile_lower: column(|one| one.percentile.lower),
            percentile_upper: column(|one| one.percentile.upper),
            bca_lower: column(|one| one.bca.lower),
            bca_upper: column(|one| one.bca.upper),
        }
    }
}

/// What resampling says of a fit.
#[pyclass(frozen, name = "PlsBootstrap", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Bootstrap(PlsBootstrap);

#[pymethods]
impl Bootstrap {
    /// `progress` is told how many resamples are done.
    #[staticmethod]
    #[pyo3(signature = (fit, answers, resamples, seed, progress, segments, strata, clusters))]
    #[expect(clippy::too_many_arguments, reason = "the package names each of them")]
    fn make(
        py: Python<'_>,
        fit: &Fit,
        answers: AnswersIn,
        resamples: u32,
        seed: u64,
        progress: Option<Bound<'_, PyAny>>,
        segments: Option<SegmentsIn>,
        strata: Option<Vec<usize>>,
        clusters: Option<Vec<usize>>,
    ) -> Result<Self> {
        let (responses, how) = (answers.responses()?, Resampling { resamples, seed });
        let numbers = segments.as_ref().map(SegmentsIn::numbers).transpose()?;
        let segments = numbers.as_ref().map(SegmentNumbers::segments);
        let respondents = Respondents {
            segments: segments.transpose()?,
            strata: strata.as_deref(),
            clusters: clusters.as_deref(),
        };
        let tell = |done| match &progress {
            Some(progress) => progress.call1((done,)).map(drop),
            None => Ok(()),
        };
        watched(py, tell, |watch| {
            fit.0.bootstrap_watched(&responses, respondents, how, watch)
        })
        .map(Bootstrap)
    }

    fn kept(&self) -> u32 {
        self.0.kept()
    }

    fn dropped(&self) -> DroppedOut {
        let dropped = self.0.dropped();
        DroppedOut {
            resamples: dropped.resamples,
            constant: dropped.constant.clone(),
            singular: dropped.singular,
            unreliable: dropped.unreliable,
            not_converged: dropped.not_converged,
        }
    }

    /// Of every indicator, path, construct, pair of constructs in rows, or segment in rows and construct.
    fn estimates(&self, of: &str, level: f64) -> Result<EstimatesOut> {
        let kind: StatisticKind = member("of", of)?;
        Ok(EstimatesOut::of(&self.0.estimates(kind, level)?))
    }

    /// Of one way along paths, by places of constructs.
    fn effect_along(&self, way: Vec<usize>, level: f64) -> Result<EstimatesOut> {
        let found = self.0.estimate(&Statistic::EffectAlong(way), level)?;
        Ok(EstimatesOut::of(&[found]))
    }

    /// Of every construct, one segment less another.
    fn segment_differences(
        &self,
        segment: usize,
        other: usize,
        constructs: usize,
        level: f64,
    ) -> Result<EstimatesOut> {
        let difference = |construct| Statistic::SegmentDifference {
            segment,
            other,
            construct,
        };
        let found: Vec<BootstrapEstimate> = (0..constructs)
            .map(|construct| self.0.estimate(&difference(construct), level))
            .collect::<crm_core::Result<_>>()?;
        Ok(EstimatesOut::of(&found))
    }
}
