//! Satisfaction degree, expectation management, behavioural measures, delivered value.

use crm_core::kernels::Column;
use crm_core::satisfaction::delivered_value::{DeliveredValue, delivered_value_effects as effects};
use crm_core::satisfaction::expectation::{ExpectationModel, ExpectationPoint, LogisticResponse};
use crm_core::satisfaction::metrics::{self, BehaviouralMeasure};
use crm_core::satisfaction::ratio::{
    self, AttributeAnswers, SatisfactionFacet, SatisfactionSummary,
};
use crm_core::units::Label;
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use super::{MeanParts, RateParts};
use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;

fn answers<'a>(
    expected: &'a [Floats],
    perceived: &'a [Floats],
) -> crm_core::Result<Vec<AttributeAnswers<'a>>> {
    let pairs = expected.iter().zip(perceived);
    let attribute = |(expected, perceived): (&'a Floats, &'a Floats)| {
        Ok(AttributeAnswers {
            expected: Column::Values(expected.slice("expected")?),
            perceived: Column::Values(perceived.slice("perceived")?),
        })
    };
    pairs.map(attribute).collect()
}

#[derive(IntoPyObject)]
pub(crate) struct SummaryParts {
    missing: u64,
    degree: MeanParts,
    gap: MeanParts,
    dissatisfied: RateParts,
    met: RateParts,
    exceeded: RateParts,
    verdict: Option<&'static str>,
}

impl From<SatisfactionSummary> for SummaryParts {
    fn from(summary: SatisfactionSummary) -> Self {
        SummaryParts {
            missing: summary.missing,
            degree: summary.degree.into(),
            gap: summary.gap.into(),
            dissatisfied: summary.dissatisfied.into(),
            met: summary.met.into(),
            exceeded: summary.exceeded.into(),
            verdict: summary.verdict.map(Label::name),
        }
    }
}

#[pyfunction]
pub(crate) fn satisfaction(
    py: Python<'_>,
    expected: Vec<Floats>,
    perceived: Vec<Floats>,
    weights: Vec<f64>,
    respondents: usize,
    tolerance: Number,
    confidence: Number,
) -> Result<SummaryParts> {
    let answers = answers(&expected, &perceived)?;
    let tolerance = tolerance.f64("tolerance")?;
    let confidence = confidence.probability("confidence")?;
    let found = detached(py, || {
        ratio::satisfaction(&answers, &weights, respondents, tolerance, confidence)
    })?;
    Ok(found.into())
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "those of the core")]
pub(crate) fn satisfaction_by_facet(
    py: Python<'_>,
    expected: Vec<Floats>,
    perceived: Vec<Floats>,
    facets: Vec<String>,
    weights: Vec<f64>,
    respondents: usize,
    tolerance: Number,
    confidence: Number,
) -> Result<Vec<(&'static str, SummaryParts)>> {
    let answers = answers(&expected, &perceived)?;
    let facets = facets.iter().map(|facet| member("facets", facet));
    let facets: Vec<SatisfactionFacet> = facets.collect::<crm_core::Result<_>>()?;
    let tolerance = tolerance.f64("tolerance")?;
    let confidence = confidence.probability("confidence")?;
    let found = detached(py, || {
        ratio::satisfaction_by_facet(
            &answers,
            &facets,
            &weights,
            respondents,
            tolerance,
            confidence,
        )
    })?;
    let named = found
        .into_iter()
        .map(|(facet, summary)| (facet.name(), summary.into()));
    Ok(named.collect())
}

#[pyfunction]
pub(crate) fn weighted_degrees(
    py: Python<'_>,
    expected: Vec<Floats>,
    perceived: Vec<Floats>,
    weights: Vec<f64>,
    respondents: usize,
) -> Result<Vec<f64>> {
    let answers = answers(&expected, &perceived)?;
    detached(py, || {
        ratio::weighted_degrees(&answers, &weights, respondents)
    })
}

#[pyfunction]
pub(crate) fn satisfaction_verdict(degree: f64, tolerance: f64) -> Option<&'static str> {
    ratio::SatisfactionVerdict::of(degree, tolerance).map(Label::name)
}

#[pyfunction]
pub(crate) fn behavioural_rate(
    measure: &str,
    count: u64,
    base: u64,
    confidence: Number,
) -> Result<RateParts> {
    let measure: BehaviouralMeasure = member("measure", measure)?;
    let confidence = confidence.probability("confidence")?;
    Ok(measure.rate(count, base, confidence)?.into())
}

#[pyfunction]
pub(crate) fn purchase_amount(
    py: Python<'_>,
    amounts: Floats,
    confidence: Number,
) -> Result<MeanParts> {
    let amounts = amounts.slice("amounts")?;
    let confidence = confidence.probability("confidence")?;
    let found = detached(py, || metrics::purchase_amount(amounts, confidence))?;
    Ok(found.into())
}

#[derive(IntoPyObject)]
pub(crate) struct EffectParts {
    item: &'static str,
    contribution: f64,
    net_derivative: f64,
    ratio_derivative: f64,
    ratio_elasticity: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct DeliveredParts {
    benefits: f64,
    costs: f64,
    net: f64,
    ratio: f64,
    effects: Vec<EffectParts>,
}

impl From<DeliveredValue> for DeliveredParts {
    fn from(value: DeliveredValue) -> Self {
        let effects = value.effects.into_iter().map(|effect| EffectParts {
            item: effect.item.name(),
            contribution: effect.contribution,
            net_derivative: effect.net_derivative,
            ratio_derivative: effect.ratio_derivative,
            ratio_elasticity: effect.ratio_elasticity,
        });
        DeliveredParts {
            benefits: value.benefits,
            costs: value.costs,
            net: value.net,
            ratio: value.ratio,
            effects: effects.collect(),
        }
    }
}

#[pyfunction]
pub(crate) fn delivered_value_effects(
    amounts: Vec<f64>,
    weights: Vec<f64>,
) -> Result<DeliveredParts> {
    let eight = |argument: &'static str, values: Vec<f64>| {
        let found = values.len();
        <[f64; 8]>::try_from(values).map_err(|_| {
            let error = Error::new(ErrorKind::LengthMismatch, argument, "must have length 8");
            error.with_value(format_args!("of length {found}"))
        })
    };
    let (amounts, weights) = (eight("amounts", amounts)?, eight("weights", weights)?);
    Ok(effects(&amounts, &weights)?.into())
}

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ResponseParts {
    ceiling: f64,
    midpoint: f64,
    steepness: f64,
}

impl From<ResponseParts> for LogisticResponse {
    fn from(response: ResponseParts) -> Self {
        LogisticResponse {
            ceiling: response.ceiling,
            midpoint: response.midpoint,
            steepness: response.steepness,
        }
    }
}

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ExpectationParts {
    market: f64,
    perceived: f64,
    purchase: ResponseParts,
    repeat: ResponseParts,
    lowest: f64,
    highest: f64,
}

impl From<ExpectationParts> for ExpectationModel {
    fn from(model: ExpectationParts) -> Self {
        ExpectationModel {
            market: model.market,
            perceived: model.perceived,
            purchase: model.purchase.into(),
            repeat: model.repeat.into(),
            lowest: model.lowest,
            highest: model.highest,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct PointParts {
    expectation: f64,
    degree: f64,
    buyers: f64,
    repeat_rate: f64,
    repeat_sales: f64,
}

impl From<ExpectationPoint> for PointParts {
    fn from(point: ExpectationPoint) -> Self {
        PointParts {
            expectation: point.expectation,
            degree: point.degree,
            buyers: point.buyers,
            repeat_rate: point.repeat_rate,
            repeat_sales: point.repeat_sales,
        }
    }
}

#[pyfunction]
pub(crate) fn expectation_curve(model: ExpectationParts, points: usize) -> Result<Vec<PointParts>> {
    let curve = ExpectationModel::from(model).curve(points)?;
    Ok(curve.into_iter().map(Into::into).collect())
}

/// The point, and whether it is interior.
#[pyfunction]
pub(crate) fn expectation_optimum(model: ExpectationParts) -> Result<(PointParts, bool)> {
    let best = ExpectationModel::from(model).optimum()?;
    Ok((best.point.into(), best.interior))
}
