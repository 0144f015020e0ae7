//! `crm_core.survey`: draws, estimates, sizes, weights, scales. Flags are columns of 0.0 and 1.0.

use crm_core::survey::design::{
    Allocation, Clusters, Drawn, ProportionalToSize, SimpleRandom, Stratified, Stratum, Systematic,
    allocate,
};
use crm_core::survey::scale::{ItemIntervals, reliability, reliability_intervals};
use crm_core::survey::size::{SurveyCost, SurveySize, Target};
use crm_core::survey::weighting::{
    Margin, RakingOptions, adjust_for_nonresponse, rake, trim, weight_effect,
};
use crm_core::survey::{Bootstrap, BootstrapInterval, Confidence, Estimate, Sample};
use pyo3::prelude::*;

use crate::buffers::{Floats, Whole, detached};
use crate::categories::member;
use crate::error::Result;
use crate::satisfaction::attributes::columns;

/// Units, groups and weights.
pub(crate) type DrawnParts = (Vec<u64>, Vec<u64>, Vec<f64>);

pub(crate) fn drawn_parts(drawn: Vec<Drawn>) -> DrawnParts {
    let units = drawn.iter().map(|each| each.unit).collect();
    let groups = drawn.iter().map(|each| each.group).collect();
    (
        units,
        groups,
        drawn.iter().map(|each| each.weight).collect(),
    )
}

#[pyfunction]
pub(crate) fn draw_simple_random(
    py: Python<'_>,
    population: u64,
    size: u64,
    seed: u64,
) -> Result<DrawnParts> {
    detached(py, || SimpleRandom { population, size }.draw(seed)).map(drawn_parts)
}

#[pyfunction]
pub(crate) fn draw_systematic(
    py: Python<'_>,
    population: u64,
    size: u64,
    interval: &str,
    seed: u64,
) -> Result<DrawnParts> {
    let design = Systematic {
        population,
        size,
        interval: member("interval", interval)?,
    };
    detached(py, || design.draw(seed)).map(drawn_parts)
}

#[pyfunction]
pub(crate) fn draw_stratified(
    py: Python<'_>,
    populations: Vec<u64>,
    sizes: Vec<u64>,
    seed: u64,
) -> Result<DrawnParts> {
    let design = Stratified { populations, sizes };
    detached(py, || design.draw(seed)).map(drawn_parts)
}

#[pyfunction]
pub(crate) fn draw_clusters(
    py: Python<'_>,
    sizes: Vec<u64>,
    clusters: u64,
    units: Option<u64>,
    seed: u64,
) -> Result<DrawnParts> {
    let design = Clusters {
        sizes,
        clusters,
        units,
    };
    detached(py, || design.draw(seed)).map(drawn_parts)
}

#[pyfunction]
pub(crate) fn draw_proportional_to_size(
    py: Python<'_>,
    sizes: Vec<f64>,
    clusters: u64,
    replacement: &str,
    seed: u64,
) -> Result<DrawnParts> {
    let design = ProportionalToSize {
        sizes,
        clusters,
        replacement: member("replacement", replacement)?,
    };
    detached(py, || design.draw(seed)).map(drawn_parts)
}

/// A stratum is its population, deviation and cost.
#[pyfunction]
pub(crate) fn allocate_sample(
    py: Python<'_>,
    strata: Vec<(u64, f64, f64)>,
    size: u64,
    minimum: u64,
    allocation: &str,
) -> Result<Vec<u64>> {
    let stratum = |(population, deviation, cost)| Stratum {
        population,
        deviation,
        cost,
    };
    let strata: Vec<Stratum> = strata.into_iter().map(stratum).collect();
    let allocation = member::<Allocation>("allocation", allocation)?;
    detached(py, || allocate(&strata, size, minimum, allocation))
}

#[derive(IntoPyObject)]
pub(crate) struct EstimateParts {
    value: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
    degrees: usize,
    design_effect: Option<f64>,
    rows: usize,
}

impl From<Estimate> for EstimateParts {
    fn from(estimate: Estimate) -> Self {
        EstimateParts {
            value: estimate.value,
            standard_error: estimate.standard_error,
            lower: estimate.lower,
            upper: estimate.upper,
            degrees: estimate.degrees,
            design_effect: estimate.design_effect,
            rows: estimate.rows,
        }
    }
}

fn flags(argument: &'static str, values: &Floats) -> crm_core::Result<Vec<bool>> {
    Ok(values
        .slice(argument)?
        .iter()
        .map(|&flag| flag != 0.0)
        .collect())
}

fn domain_flags(domain: Option<Floats>) -> crm_core::Result<Option<Vec<bool>>> {
    domain.map(|domain| flags("domain", &domain)).transpose()
}

/// Who was drawn, and how.
#[pyclass(frozen, name = "SurveySample", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PySample(Sample);

#[pymethods]
impl PySample {
    #[staticmethod]
    fn simple_random(rows: usize, population: Option<u64>) -> Result<Self> {
        Ok(PySample(Sample::simple_random(rows, population)?))
    }

    #[staticmethod]
    fn systematic(rows: usize, population: Option<u64>, variance: &str) -> Result<Self> {
        let variance = member("variance", variance)?;
        Ok(PySample(Sample::systematic(rows, population, variance)?))
    }

    #[staticmethod]
    fn stratified(py: Python<'_>, stratum: Whole, populations: Vec<u64>) -> Result<Self> {
        let stratum = stratum.numbers(py, "stratum")?;
        detached(py, || Sample::stratified(&stratum, &populations)).map(PySample)
    }

    #[staticmethod]
    fn clusters(py: Python<'_>, cluster: Whole, clusters_in_population: u64) -> Result<Self> {
        let cluster = cluster.numbers(py, "cluster")?;
        detached(py, || Sample::clusters(&cluster, clusters_in_population)).map(PySample)
    }

    #[staticmethod]
    fn two_stage(
        py: Python<'_>,
        cluster: Whole,
        cluster_sizes: Vec<u64>,
        clusters_in_population: u64,
    ) -> Result<Self> {
        let cluster = cluster.numbers(py, "cluster")?;
        detached(py, || {
            Sample::two_stage(&cluster, &cluster_sizes, clusters_in_population)
        })
        .map(PySample)
    }

    #[staticmethod]
    fn proportional_to_size(
        py: Python<'_>,
        cluster: Whole,
        probabilities: Vec<f64>,
        cluster_sizes: Option<Vec<u64>>,
    ) -> Result<Self> {
        let cluster = cluster.numbers(py, "cluster")?;
        let sizes = cluster_sizes.as_deref();
        detached(py, || {
            Sample::proportional_to_size(&cluster, &probabilities, sizes)
        })
        .map(PySample)
    }

    #[staticmethod]
    fn weighted(
        py: Python<'_>,
        weights: Floats,
        stratum: Option<Whole>,
        cluster: Option<Whole>,
    ) -> Result<Self> {
        let weights = weights.slice("weights")?;
        let stratum = stratum
            .map(|codes| codes.numbers(py, "stratum"))
            .transpose()?;
        let cluster = cluster
            .map(|codes| codes.numbers(py, "cluster"))
            .transpose()?;
        detached(py, || {
            Sample::weighted(weights, stratum.as_deref(), cluster.as_deref())
        })
        .map(PySample)
    }

    fn with_weights(&self, weights: Floats) -> Result<Self> {
        Ok(PySample(self.0.with_weights(weights.slice("weights")?)?))
    }

    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn weights(&self) -> Vec<f64> {
        self.0.weights().to_vec()
    }

    fn total(
        &self,
        py: Python<'_>,
        values: Floats,
        domain: Option<Floats>,
        confidence: f64,
    ) -> Result<EstimateParts> {
        let (values, domain) = (values.slice("values")?, domain_flags(domain)?);
        let confidence = Confidence::new(confidence)?;
        detached(py, || self.0.total(values, domain.as_deref(), confidence)).map(Into::into)
    }

    fn mean(
        &self,
        py: Python<'_>,
        values: Floats,
        domain: Option<Floats>,
        confidence: f64,
    ) -> Result<EstimateParts> {
        let (values, domain) = (values.slice("values")?, domain_flags(domain)?);
        let confidence = Confidence::new(confidence)?;
        detached(py, || self.0.mean(values, domain.as_deref(), confidence)).map(Into::into)
    }

    fn proportion(
        &self,
        py: Python<'_>,
        flags: Floats,
        domain: Option<Floats>,
        confidence: f64,
    ) -> Result<EstimateParts> {
        let (flags, domain) = (self::flags("flags", &flags)?, domain_flags(domain)?);
        let confidence = Confidence::new(confidence)?;
        detached(py, || {
            self.0.proportion(&flags, domain.as_deref(), confidence)
        })
        .map(Into::into)
    }

    fn ratio(
        &self,
        py: Python<'_>,
        numerator: Floats,
        denominator: Floats,
        domain: Option<Floats>,
        confidence: f64,
    ) -> Result<EstimateParts> {
        let (numerator, denominator) = (
            numerator.slice("numerator")?,
            denominator.slice("denominator")?,
        );
        let (domain, confidence) = (domain_flags(domain)?, Confidence::new(confidence)?);
        detached(py, || {
            self.0
                .ratio(numerator, denominator, domain.as_deref(), confidence)
        })
        .map(Into::into)
    }

    fn domain_means(
        &self,
        py: Python<'_>,
        values: Floats,
        domains: Whole,
        count: usize,
        confidence: f64,
    ) -> Result<Vec<EstimateParts>> {
        let values = values.slice("values")?;
        let domains = domains.numbers(py, "domains")?;
        let confidence = Confidence::new(confidence)?;
        let means = detached(py, || {
            self.0.domain_means(values, &domains, count, confidence)
        })?;
        Ok(means.into_iter().map(Into::into).collect())
    }
}

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct SizeParts {
    standard_deviation: Option<f64>,
    proportion: f64,
    confidence: f64,
    population: Option<u64>,
    response_rate: f64,
    design_effect: f64,
    subgroups: Vec<f64>,
}

impl SizeParts {
    fn survey(self) -> crm_core::Result<SurveySize> {
        Ok(SurveySize {
            target: match self.standard_deviation {
                Some(deviation) => Target::Mean(deviation),
                None => Target::Proportion(self.proportion),
            },
            confidence: Confidence::new(self.confidence)?,
            population: self.population,
            response_rate: self.response_rate,
            design_effect: self.design_effect,
            subgroups: self.subgroups,
        })
    }
}

/// Answers and invitations.
#[pyfunction]
pub(crate) fn survey_size_required(survey: SizeParts, margin: f64) -> Result<(u64, u64)> {
    let size = survey.survey()?.required(margin)?;
    Ok((size.answers, size.invitations))
}

#[pyfunction]
pub(crate) fn survey_size_margin(survey: SizeParts, answers: u64) -> Result<f64> {
    Ok(survey.survey()?.margin(answers)?)
}

/// Invitations, answers and margin; the cost is fixed, per invitation and per answer.
#[pyfunction]
pub(crate) fn survey_size_affordable(
    survey: SizeParts,
    budget: f64,
    cost: (f64, f64, f64),
) -> Result<(u64, u64, f64)> {
    let (fixed, per_invitation, per_answer) = cost;
    let cost = SurveyCost {
        fixed,
        per_invitation,
        per_answer,
    };
    let size = survey.survey()?.affordable(budget, cost)?;
    Ok((size.invitations, size.answers, size.margin))
}

#[pyfunction]
pub(crate) fn weights_for_nonresponse(
    py: Python<'_>,
    weights: Floats,
    cells: Whole,
    count: usize,
    answered: Floats,
) -> Result<Vec<f64>> {
    let (weights, cells) = (weights.slice("weights")?, cells.numbers(py, "cells")?);
    let answered = flags("answered", &answered)?;
    detached(py, || {
        adjust_for_nonresponse(weights, &cells, count, &answered)
    })
}

/// Weights, whether converged, rounds, largest error. A margin is categories and targets.
#[pyfunction]
pub(crate) fn weights_raked(
    py: Python<'_>,
    weights: Floats,
    margins: Vec<(Whole, Vec<f64>)>,
    tolerance: f64,
    max_iterations: u32,
) -> Result<(Vec<f64>, bool, u32, f64)> {
    let weights = weights.slice("weights")?;
    let read = |(categories, targets): (Whole, Vec<f64>)| {
        Ok((categories.numbers(py, "categories")?, targets))
    };
    let owned: Vec<(Vec<usize>, Vec<f64>)> =
        margins.into_iter().map(read).collect::<Result<_>>()?;
    let margins: Vec<Margin<'_>> = owned
        .iter()
        .map(|(categories, targets)| Margin {
            categories,
            targets,
        })
        .collect();
    let options = RakingOptions {
        tolerance,
        max_iterations,
    };
    let raked = detached(py, || rake(weights, &margins, options))?;
    let state = (raked.converged, raked.iterations, raked.largest_error);
    Ok((raked.weights, state.0, state.1, state.2))
}

#[pyfunction]
pub(crate) fn weights_trimmed(
    py: Python<'_>,
    weights: Floats,
    smallest: f64,
    largest: f64,
) -> Result<Vec<f64>> {
    let weights = weights.slice("weights")?;
    detached(py, || trim(weights, smallest, largest))
}

/// Effective size and design effect.
#[pyfunction]
pub(crate) fn weights_effect(weights: Floats) -> Result<(f64, f64)> {
    let effect = weight_effect(weights.slice("weights")?)?;
    Ok((effect.effective_size, effect.design_effect))
}

#[derive(IntoPyObject)]
pub(crate) struct ItemParts {
    mean: f64,
    standard_deviation: f64,
    item_total: f64,
    item_rest: Option<f64>,
    alpha_if_deleted: Option<f64>,
    loading: Option<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct ReliabilityParts {
    rows: usize,
    alpha: f64,
    alpha_lower: f64,
    alpha_upper: f64,
    standardized_alpha: f64,
    mean_correlation: f64,
    omega: Option<f64>,
    items: Vec<ItemParts>,
}

#[pyfunction]
pub(crate) fn scale_reliability(
    py: Python<'_>,
    items: Vec<Floats>,
    confidence: f64,
) -> Result<ReliabilityParts> {
    let items = columns("items", &items)?;
    let confidence = Confidence::new(confidence)?;
    let found = detached(py, || reliability(&items, confidence))?;
    let parts = found.items.iter().map(|item| ItemParts {
        mean: item.mean,
        standard_deviation: item.standard_deviation,
        item_total: item.item_total,
        item_rest: item.item_rest,
        alpha_if_deleted: item.alpha_if_deleted,
        loading: item.loading,
    });
    Ok(ReliabilityParts {
        rows: found.rows,
        alpha: found.alpha,
        alpha_lower: found.alpha_lower,
        alpha_upper: found.alpha_upper,
        standardized_alpha: found.standardized_alpha,
        mean_correlation: found.mean_correlation,
        omega: found.omega,
        items: parts.collect(),
    })
}

/// Replicates, confidence and seed.
#[derive(FromPyObject)]
pub(crate) struct ResamplingIn(u32, f64, u64);

impl ResamplingIn {
    pub(crate) fn value(&self) -> crm_core::Result<Bootstrap> {
        Ok(Bootstrap {
            replicates: self.0,
            confidence: Confidence::new(self.1)?,
            seed: self.2,
        })
    }
}

#[derive(IntoPyObject)]
pub(crate) struct IntervalParts {
    estimate: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
    replicates: u32,
}

impl From<BootstrapInterval> for IntervalParts {
    fn from(interval: BootstrapInterval) -> Self {
        IntervalParts {
            estimate: interval.estimate,
            standard_error: interval.standard_error,
            lower: interval.lower,
            upper: interval.upper,
            replicates: interval.replicates,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ItemIntervalParts {
    mean: IntervalParts,
    standard_deviation: IntervalParts,
    item_total: IntervalParts,
    item_rest: Option<IntervalParts>,
    alpha_if_deleted: Option<IntervalParts>,
    loading: Option<IntervalParts>,
}

impl From<ItemIntervals> for ItemIntervalParts {
    fn from(item: ItemIntervals) -> Self {
        ItemIntervalParts {
            mean: item.mean.into(),
            standard_deviation: item.standard_deviation.into(),
            item_total: item.item_total.into(),
            item_rest: item.item_rest.map(Into::into),
            alpha_if_deleted: item.alpha_if_deleted.map(Into::into),
            loading: item.loading.map(Into::into),
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ReliabilityIntervalParts {
    alpha: IntervalParts,
    standardized_alpha: IntervalParts,
    mean_correlation: IntervalParts,
    omega: Option<IntervalParts>,
    items: Vec<ItemIntervalParts>,
}

#[pyfunction]
pub(crate) fn scale_reliability_intervals(
    py: Python<'_>,
    items: Vec<Floats>,
    how: ResamplingIn,
) -> Result<ReliabilityIntervalParts> {
    let (items, how) = (columns("items", &items)?, how.value()?);
    let found = detached(py, || reliability_intervals(&items, &how))?;
    Ok(ReliabilityIntervalParts {
        alpha: found.alpha.into(),
        standardized_alpha: found.standardized_alpha.into(),
        mean_correlation: found.mean_correlation.into(),
        omega: found.omega.map(Into::into),
        items: found.items.into_iter().map(Into::into).collect(),
    })
}
