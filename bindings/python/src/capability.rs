//! `crm_core.capability`: weights from comparisons in pairs, and trees of graded indices.

use crm_core::capability::acceptability::{self, WeightBelief};
use crm_core::capability::ahp::PairwiseMatrix;
use crm_core::capability::crm::crm_capability;
use crm_core::capability::fuzzy::{Grade, GradeScale, Membership};
use crm_core::capability::tree::{Index, IndexTree};
use crm_core::units::Language;
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::buffers::detached;
use crate::categories::member;
use crate::error::Result;

#[derive(IntoPyObject)]
pub(crate) struct PriorityParts {
    weights: Vec<f64>,
    lambda_max: f64,
    consistency_index: f64,
    consistency_ratio: f64,
    is_consistent: bool,
    /// Row, column, given, implied.
    worst: Option<(usize, usize, f64, f64)>,
}

#[pyfunction]
pub(crate) fn ahp_priorities(
    judgements: Vec<f64>,
    criteria: usize,
    random_index: &str,
) -> Result<PriorityParts> {
    let matrix = PairwiseMatrix::new(criteria, &judgements)?;
    let found = matrix.priorities(member("random_index", random_index)?)?;
    Ok(PriorityParts {
        is_consistent: found.is_consistent(),
        lambda_max: found.lambda_max,
        consistency_index: found.consistency_index,
        consistency_ratio: found.consistency_ratio,
        worst: found
            .worst
            .map(|worst| (worst.row, worst.column, worst.given, worst.implied)),
        weights: found.weights,
    })
}

#[derive(IntoPyObject)]
pub(crate) struct AcceptabilityParts {
    ranks: Vec<f64>,
    mean_ranks: Vec<f64>,
    central_weights: Vec<f64>,
}

/// Row-major; without weights all are equally likely.
#[pyfunction]
pub(crate) fn rank_acceptability(
    py: Python<'_>,
    scores: Vec<f64>,
    criteria: usize,
    weights: Option<Vec<f64>>,
    concentration: f64,
    draws: u32,
    seed: u64,
) -> Result<AcceptabilityParts> {
    let belief = match weights {
        None => WeightBelief::Uniform,
        Some(weights) => WeightBelief::Around {
            weights,
            concentration,
        },
    };
    detached(py, || {
        let found = acceptability::rank_acceptability(&scores, criteria, &belief, draws, seed)?;
        Ok(AcceptabilityParts {
            ranks: found.ranks,
            mean_ranks: found.mean_ranks,
            central_weights: found.central_weights,
        })
    })
}

#[pyfunction]
pub(crate) fn ahp_group(
    members: Vec<Vec<f64>>,
    criteria: usize,
    weights: Vec<f64>,
) -> Result<Vec<f64>> {
    let matrix = |member: &Vec<f64>| PairwiseMatrix::new(criteria, member);
    let members: crm_core::Result<Vec<_>> = members.iter().map(matrix).collect();
    let joint = PairwiseMatrix::of_group(&members?, &weights)?;
    Ok(joint.judgements().to_vec())
}

#[pyfunction]
pub(crate) fn membership_from_votes(votes: Vec<u64>) -> Result<Vec<f64>> {
    Ok(Membership::from_votes(&votes)?.into())
}

#[pyfunction]
pub(crate) fn membership_from_measure(value: f64, peaks: Vec<f64>) -> Result<Vec<f64>> {
    Ok(Membership::from_measure(value, &peaks)?.into())
}

/// Names and scores.
#[pyfunction]
pub(crate) fn grade_scale_five(language: &str) -> Result<(Vec<String>, Vec<f64>)> {
    let scale = GradeScale::five(member::<Language>("language", language)?);
    let grades = scale.grades().iter();
    Ok(grades
        .map(|grade| (grade.name.clone(), grade.score))
        .unzip())
}

#[pyfunction]
pub(crate) fn crm_capability_tree() -> Result<String> {
    written(&crm_capability()?)
}

/// The tree that a text holds, as it is written.
#[pyfunction]
pub(crate) fn index_tree_checked(json: &str) -> Result<String> {
    written(&read(json)?)
}

#[pyfunction]
pub(crate) fn index_tree_with_weights(json: &str, name: &str, weights: Vec<f64>) -> Result<String> {
    written(&read(json)?.with_weights(name, &weights)?)
}

#[derive(IntoPyObject)]
pub(crate) struct EvaluatedParts {
    name: String,
    share: f64,
    membership: Vec<f64>,
    score: f64,
    grade: usize,
    margin: f64,
    sensitivity: Option<f64>,
}

#[pyfunction]
pub(crate) fn index_tree_evaluate(
    json: &str,
    memberships: Vec<Vec<f64>>,
    names: Vec<String>,
    scores: Vec<f64>,
    composition: &str,
) -> Result<Vec<EvaluatedParts>> {
    let grades = names.into_iter().zip(scores);
    let scale = GradeScale::new(grades.map(|(name, score)| Grade { name, score }).collect())?;
    let membership = |(row, degrees): (usize, Vec<f64>)| {
        Membership::new(degrees).map_err(|error| error.named("memberships").at_row(row))
    };
    let memberships: crm_core::Result<Vec<_>> = memberships
        .into_iter()
        .enumerate()
        .map(membership)
        .collect();
    let composition = member("composition", composition)?;
    let evaluated = read(json)?.evaluate(&memberships?, &scale, composition)?;
    let parts = evaluated.indices().into_iter().map(|index| EvaluatedParts {
        name: index.name.clone(),
        share: index.share,
        membership: index.membership.degrees().to_vec(),
        score: index.score,
        grade: index.verdict.grade,
        margin: index.verdict.margin,
        sensitivity: index.sensitivity,
    });
    Ok(parts.collect())
}

fn read(json: &str) -> Result<IndexTree> {
    let root: Index = serde_json::from_str(json).map_err(unreadable)?;
    Ok(IndexTree::new(root)?)
}

fn written(tree: &IndexTree) -> Result<String> {
    Ok(serde_json::to_string(tree).map_err(unreadable)?)
}

fn unreadable(error: serde_json::Error) -> Error {
    let reason = format!("must be a tree of indices: {error}");
    Error::new(ErrorKind::Unreadable, "json", reason)
}
