//! Models beside what customers did: the cases of `tests/vectors/prediction_checking.json`, and laws.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::kernels::Column;
use crm_core::prediction::checking::{
    Holdout, conditional_expectation, expected_tracking, frequency_histogram, holdout_error,
};
use crm_core::prediction::fit::FitOptions;
use crm_core::prediction::{
    AnyPurchaseModel, BgNbd, CohortColumns, CohortFits, Histories, HistoryColumns, PurchaseHistory,
    PurchaseModel, PurchaseModelKind, probability_alive_history_into,
};
use crm_core::{ErrorKind, Result};
use serde_json::{Map, Value, json};
use vectors::numbers;

const CASES: &str = include_str!("../../../tests/vectors/prediction_checking.json");

#[test]
fn every_case() {
    vectors::check(CASES, |function, arguments| {
        vec![match function {
            "purchase_cohorts" => cohorts(arguments),
            _ => check(function, arguments),
        }]
    });
}

fn kind(arguments: &Map<String, Value>) -> PurchaseModelKind {
    serde_json::from_value(arguments["model"].clone()).unwrap()
}

fn count(arguments: &Map<String, Value>, name: &str) -> usize {
    arguments[name].as_u64().unwrap() as usize
}

fn check(function: &str, arguments: &Map<String, Value>) -> Result<Value> {
    let column = |name: &str| arguments.get(name).map(numbers).unwrap_or_default();
    let parameters = column("parameters").try_into().unwrap();
    let model = AnyPurchaseModel::new(kind(arguments), parameters)?;
    let weights = column("weights");
    let [frequency, recency, age] = ["frequency", "recency", "age"].map(column);
    let purchases = column("purchases");
    let duration = arguments.get("duration").map(|duration| match duration {
        Value::Array(_) => numbers(duration),
        one => vec![one.as_f64().unwrap(); purchases.len()],
    });
    let duration = duration.unwrap_or_default();
    let holdout = Holdout {
        customers: HistoryColumns {
            frequency: (&frequency).into(),
            recency: (&recency).into(),
            age: (&age).into(),
        },
        purchases: &purchases,
        duration: (&duration).into(),
        weights: Some(&weights),
    };
    Ok(match function {
        "purchase_model_expected_tracking" => {
            let period = arguments["period"].as_f64().unwrap();
            let periods = count(arguments, "periods");
            let starts = column("starts");
            json!(expected_tracking(
                &model,
                &starts,
                Some(&weights),
                period,
                periods
            )?)
        }
        "purchase_model_frequency_histogram" => {
            let histories = Histories::with_weights(&frequency, &recency, &age, &weights)?;
            json!(frequency_histogram(
                &model,
                &histories,
                count(arguments, "most")
            )?)
        }
        "purchase_model_conditional_expectation" => {
            json!(conditional_expectation(
                &model,
                &holdout,
                count(arguments, "most")
            )?)
        }
        "purchase_model_holdout_error" => json!(holdout_error(&model, &holdout)?),
        "purchase_model_probability_alive_history" => {
            let times = column("times");
            let mut out = vec![0.0; times.len()];
            probability_alive_history_into(&model, &purchases, &times, &mut out)?;
            json!(out)
        }
        other => panic!("no such function: {other}"),
    })
}

fn cohorts(arguments: &Map<String, Value>) -> Result<Value> {
    let column = |name: &str| numbers(&arguments[name]);
    let cohort: Vec<u32> = column("cohort").into_iter().map(|c| c as u32).collect();
    let (frequency, recency, age) = (column("frequency"), column("recency"), column("age"));
    let weights = column("weights");
    let customers = CohortColumns {
        cohort: &cohort,
        frequency: &frequency,
        recency: &recency,
        age: &age,
        weights: Some(&weights),
    };
    let options = FitOptions::default();
    let fits = CohortFits::fit(
        kind(arguments),
        &customers,
        count(arguments, "cohorts"),
        &options,
    )?;
    let outcomes = fits.cohorts().iter().map(|cohort| match &cohort.outcome {
        Ok(fit) => json!(fit.report.status),
        Err(error) => json!(error.kind()),
    });
    let parameters = fits.cohorts().iter().map(|cohort| {
        let fit = cohort.outcome.as_ref().ok();
        fit.map(|fit| fit.model.parameters())
    });
    let mut expected = vec![0.0; cohort.len()];
    let histories = HistoryColumns {
        frequency: (&frequency).into(),
        recency: (&recency).into(),
        age: (&age).into(),
    };
    let horizon = Column::Constant(arguments["horizon"].as_f64().unwrap());
    fits.expected_purchases_into(&cohort, histories, horizon, &mut expected)?;
    let sizes: Vec<f64> = fits.cohorts().iter().map(|c| c.customers).collect();
    Ok(json!({
        "customers": sizes,
        "outcomes": outcomes.collect::<Vec<_>>(),
        "parameters": parameters.collect::<Vec<_>>(),
        "expected_purchases": expected,
    }))
}

/// The mean of the expected histogram of customers of one age is the expected number of purchases.
#[test]
fn the_histogram_has_the_mean_of_the_model() {
    let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258).unwrap();
    let histories = Histories::new(&[0.0], &[0.0], &[20.0]).unwrap();
    let histogram = frequency_histogram(&model, &histories, 400).unwrap();
    let mean: f64 = (0..=400).map(|n| n as f64 * histogram.expected[n]).sum();
    let expected = model
        .expected_purchases(PurchaseHistory::NEW, 20.0)
        .unwrap();
    assert!((mean - expected).abs() < 1e-9, "{mean} is not {expected}");
}

/// Cohorts of customers who are all alike have no model: each says so.
#[test]
fn a_cohort_that_tells_nothing_is_an_outcome() {
    let customers = CohortColumns {
        cohort: &[0, 1],
        frequency: &[1.0, 2.0],
        recency: &[3.0, 4.0],
        age: &[9.0, 9.0],
        weights: None,
    };
    let options = FitOptions::default();
    let fits = CohortFits::fit(PurchaseModelKind::MbgNbd, &customers, 2, &options).unwrap();
    for cohort in fits.cohorts() {
        assert_eq!(
            cohort.outcome.as_ref().unwrap_err().kind(),
            ErrorKind::NoSolution
        );
    }
}
