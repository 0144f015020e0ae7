//! The cases of tests/vectors/capability.json, and laws of weights and grades.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

mod vectors;

use crm_core::Result;
use crm_core::capability::acceptability::{WeightBelief, rank_acceptability};
use crm_core::capability::ahp::{PairwiseMatrix, Priorities, RandomIndex};
use crm_core::capability::crm::crm_capability;
use crm_core::capability::fuzzy::{Composition, Grade, GradeScale, Membership};
use crm_core::capability::tree::{Index, IndexTree};
use crm_core::kernels::Kernel;
use crm_core::units::Language;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vectors::{check, numbers, run_kernel};

fn size(arguments: &Map<String, Value>) -> usize {
    arguments["criteria"].as_u64().unwrap() as usize
}

fn priorities(arguments: &Map<String, Value>) -> Result<Value> {
    let matrix = PairwiseMatrix::new(size(arguments), &numbers(&arguments["judgements"]))?;
    let table: RandomIndex = serde_json::from_value(arguments["random_index"].clone()).unwrap();
    let found = matrix.priorities(table)?;
    assert_eq!(found.random_index, table);
    Ok(json!({
        "weights": found.weights,
        "lambda_max": found.lambda_max,
        "consistency_index": found.consistency_index,
        "consistency_ratio": found.consistency_ratio,
        "worst": found.worst,
    }))
}

fn group(arguments: &Map<String, Value>) -> Result<Value> {
    let members = arguments["members"].as_array().unwrap().iter();
    let members: Result<Vec<_>> = members
        .map(|member| PairwiseMatrix::new(size(arguments), &numbers(member)))
        .collect();
    let joint = PairwiseMatrix::of_group(&members?, &numbers(&arguments["weights"]))?;
    Ok(json!(joint.judgements()))
}

fn evaluate(arguments: &Map<String, Value>) -> Result<Value> {
    let root: Index = serde_json::from_str(arguments["tree"].as_str().unwrap()).unwrap();
    let scale = numbers(&arguments["scores"])
        .into_iter()
        .map(|score| Grade {
            name: score.to_string(),
            score,
        });
    let memberships = arguments["memberships"].as_array().unwrap().iter();
    let memberships: Result<Vec<_>> = memberships
        .map(|degrees| Membership::new(numbers(degrees)))
        .collect();
    let composition = serde_json::from_value(arguments["composition"].clone()).unwrap();
    let evaluated = IndexTree::new(root)?.evaluate(
        &memberships?,
        &GradeScale::new(scale.collect())?,
        composition,
    )?;
    let rows = evaluated.indices().into_iter().map(|index| {
        json!({
            "share": index.share,
            "membership": index.membership,
            "score": index.score,
            "grade": index.verdict.grade,
            "margin": index.verdict.margin,
            "sensitivity": index.sensitivity,
        })
    });
    Ok(rows.collect())
}

fn acceptability(arguments: &Map<String, Value>) -> Result<Value> {
    let rows = arguments["scores"].as_array().unwrap();
    let criteria = rows[0].as_array().unwrap().len();
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let scores: Vec<f64> = rows
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(number)
        .collect();
    let belief = match &arguments["weights"] {
        Value::Null => WeightBelief::Uniform,
        weights => WeightBelief::Around {
            weights: numbers(weights),
            concentration: arguments["concentration"].as_f64().unwrap(),
        },
    };
    let whole = |name: &str| arguments[name].as_u64().unwrap();
    let draws = whole("draws") as u32;
    let found = rank_acceptability(&scores, criteria, &belief, draws, whole("seed"))?;
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let again =
        one.install(|| rank_acceptability(&scores, criteria, &belief, draws, whole("seed")));
    assert_eq!(format!("{found:?}"), format!("{:?}", again?));
    let table = |values: &[f64], width: usize| json!(values.chunks(width).collect::<Vec<_>>());
    Ok(json!({
        "ranks": table(&found.ranks, rows.len()),
        "mean_ranks": found.mean_ranks,
        "central_weights": table(&found.central_weights, criteria),
    }))
}

fn run(function: &str, arguments: &Map<String, Value>) -> Vec<Result<Value>> {
    vec![match function {
        "ahp_priorities" => priorities(arguments),
        "ahp_group" => group(arguments),
        "evaluate_tree" => evaluate(arguments),
        "rank_acceptability" => acceptability(arguments),
        "membership_of_measure" => {
            let value = arguments["value"].as_f64().unwrap();
            Membership::from_measure(value, &numbers(&arguments["peaks"])).map(|m| json!(m))
        }
        kernel => return run_kernel(Kernel::find(kernel).unwrap(), arguments),
    }]
}

#[test]
fn vectors_of_capability() {
    check(include_str!("../../../tests/vectors/capability.json"), run);
}

/// A tree is what it was after it was written and read.
#[test]
fn the_tree_of_crm_capability_is_read_as_it_was_written() {
    let tree = crm_capability().unwrap();
    let text = serde_json::to_string(&tree).unwrap();
    assert_eq!(serde_json::from_str::<IndexTree>(&text).unwrap(), tree);
    let equal = vec![Membership::new(vec![0.2; 5]).unwrap(); tree.leaves().len()];
    let scale = GradeScale::five(Language::En);
    let evaluated = tree
        .evaluate(&equal, &scale, Composition::default())
        .unwrap();
    assert!((evaluated.score - 60.0).abs() < 1e-12);
    let leaves = evaluated
        .indices()
        .into_iter()
        .filter(|index| index.parts.is_empty());
    assert!((leaves.map(|leaf| leaf.share).sum::<f64>() - 1.0).abs() < 1e-14);
}

#[test]
fn votes_of_nobody_are_no_membership() {
    assert!(Membership::from_votes(&[0, 0]).is_err());
    assert!(Membership::new(vec![0.5, 0.6]).is_err());
    assert!(Membership::new(vec![1.5, -0.5]).is_err());
}

fn judgements(size: usize) -> impl Strategy<Value = Vec<f64>> {
    let pairs = size * (size - 1) / 2;
    prop::collection::vec((-9.0..9.0_f64).prop_map(f64::exp), pairs)
}

/// The largest |(A w)_i / (λ w_i) − 1|.
fn residual(matrix: &PairwiseMatrix, found: &Priorities) -> f64 {
    let rows = matrix.judgements().chunks(matrix.size());
    let of_row = |(row, weight): (&[f64], &f64)| {
        let grown: f64 = row.iter().zip(&found.weights).map(|(a, w)| a * w).sum();
        (grown / weight / found.lambda_max - 1.0).abs()
    };
    rows.zip(&found.weights).map(of_row).fold(0.0, f64::max)
}

#[test]
fn weights_of_judgements_that_contradict_each_other_are_exact() {
    let upper = [
        1.43416616031305,
        1.2196935707883805,
        0.005299440506642258,
        0.10775119413891386,
        1.0,
        5.967843990637528,
        1.0,
        93.4359824279318,
        0.0002061043920644477,
        0.2533061492022928,
        6364.314648528984,
        1.0,
        7692.496424573278,
        1.0,
        0.0001361014334638851,
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
    ];
    let matrix = PairwiseMatrix::from_upper(7, &upper).unwrap();
    let found = matrix.priorities(RandomIndex::Saaty2005).unwrap();
    assert!(residual(&matrix, &found) < 1e-14);
}

proptest! {
    /// λ w = A w in every row, λ ≥ n; and what was made of weights gives them back, without contradiction.
    #[test]
    fn weights_are_the_principal_eigenvector((n, upper) in (2..9_usize).prop_flat_map(|n| (Just(n), judgements(n)))) {
        let matrix = PairwiseMatrix::from_upper(n, &upper).unwrap();
        let found = matrix.priorities(RandomIndex::Saaty2005).unwrap();
        prop_assert!(found.lambda_max >= n as f64 * (1.0 - 1e-14));
        prop_assert!(residual(&matrix, &found) < 1e-13);
        let implied: Vec<f64> = (0..n)
            .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
            .map(|(i, j)| found.weights[i] / found.weights[j])
            .filter(|ratio| (1e-9..=1e9).contains(ratio))
            .collect();
        if implied.len() == upper.len() {
            let again = PairwiseMatrix::from_upper(n, &implied).unwrap().priorities(RandomIndex::default()).unwrap();
            prop_assert!(again.is_consistent() && again.worst.is_none());
            for (a, b) in again.weights.iter().zip(&found.weights) {
                prop_assert!((a / b - 1.0).abs() < 1e-12);
            }
        }
    }

    /// A measured value belongs to two neighbouring grades at most, in degrees of sum one.
    #[test]
    fn a_measure_lies_between_neighbours(value in -20.0..20.0_f64) {
        let membership = Membership::from_measure(value, &[-7.0, -1.0, 4.0, 11.0]).unwrap();
        let degrees = membership.degrees();
        prop_assert!((degrees.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let inside: Vec<usize> = (0..4).filter(|&k| degrees[k] > 0.0).collect();
        prop_assert!(inside.len() <= 2 && inside[inside.len() - 1] - inside[0] <= 1);
    }
}
