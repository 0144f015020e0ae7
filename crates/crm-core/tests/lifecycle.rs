//! The shared vectors of the customer lifecycle: `tests/vectors/lifecycle.json`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics is a failed test"
)]

use crm_core::clv::switching::Horizon;
use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::economics::{StageRows, stage_curve, stage_economics};
use crm_core::lifecycle::inference::{
    CurrentStages, Known, RhythmEvidence, RuleOptions, StageInference, current_stages, infer_stages,
};
use crm_core::lifecycle::stage_values::{StageProfits, stage_values};
use crm_core::lifecycle::tenure::{
    Cohort, KaplanMeier, churn_rate, churn_rates, kaplan_meier, kaplan_meier_late_entry,
};
use crm_core::lifecycle::{Event, Stage};
use crm_core::units::{Label, Probability, Rate};
use crm_core::{Error, Result, kernels::Kernel};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    function: String,
    arguments: Map<String, Value>,
    expected: Value,
    tolerance: f64,
}

#[test]
fn every_case_of_the_vectors() {
    let text = include_str!("../../../tests/vectors/lifecycle.json");
    let vectors: Vectors = serde_json::from_str(text).unwrap();
    assert!(!vectors.cases.is_empty());
    for case in &vectors.cases {
        let found = run(&case.function, &case.arguments).unwrap_or_else(|error| error_json(&error));
        let path = format!("{} / {}", case.function, case.name);
        compare(&path, &found, &case.expected, case.tolerance);
    }
}

/// Every member of `expected` is in `found`; numbers agree within the tolerance.
fn compare(path: &str, found: &Value, expected: &Value, tolerance: f64) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (key, expected) in expected {
                let path = format!("{path}.{key}");
                let found = found.get(key).unwrap_or_else(|| panic!("{path}: missing"));
                compare(&path, found, expected, tolerance);
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{path}");
            for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
                compare(&format!("{path}[{i}]"), found, expected, tolerance);
            }
        }
        (Value::Number(found), Value::Number(expected)) => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            let error = (found - expected).abs();
            assert!(
                error <= tolerance * expected.abs().max(1.0),
                "{path}: {found} is not {expected}"
            );
        }
        _ => assert_eq!(found, expected, "{path}"),
    }
}

fn error_json(error: &Error) -> Value {
    let mut object = json!({"error": error.kind(), "argument": error.argument()});
    if let Some(row) = error.row() {
        object["row"] = json!(row);
    }
    object
}

type Arguments = Map<String, Value>;

fn read<T: serde::de::DeserializeOwned>(arguments: &Arguments, name: &str) -> T {
    serde_json::from_value(arguments[name].clone()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn read_or<T: serde::de::DeserializeOwned + Default>(arguments: &Arguments, name: &str) -> T {
    if arguments.contains_key(name) {
        read(arguments, name)
    } else {
        T::default()
    }
}

fn confidence(arguments: &Arguments) -> Result<Probability> {
    Probability::try_from(read::<f64>(arguments, "confidence"))
}

fn run(function: &str, arguments: &Arguments) -> Result<Value> {
    Ok(match function {
        "expected_tenure" | "survival_probability" => kernel(function, arguments)?,
        "stages_after" => {
            let mut events = read::<Vec<Event>>(arguments, "events").into_iter();
            let mut stage = Stage::opened_by(events.next().unwrap())?;
            let mut reached = vec![stage];
            for event in events {
                stage = stage.after(event)?;
                reached.push(stage);
            }
            json!(reached)
        }
        "churn_rate" => {
            let cohort = Cohort {
                at_start: read(arguments, "at_start"),
                lost: read(arguments, "lost"),
            };
            json!(churn_rate(cohort, confidence(arguments)?)?)
        }
        "churn_rates" => {
            let at_start: Vec<u64> = read(arguments, "at_start");
            let lost: Vec<u64> = read(arguments, "lost");
            let cohorts = at_start.into_iter().zip(lost);
            let cohorts: Vec<Cohort> = cohorts
                .map(|(at_start, lost)| Cohort { at_start, lost })
                .collect();
            json!(churn_rates(&cohorts, confidence(arguments)?)?)
        }
        "kaplan_meier" => {
            let tenure = tenure(arguments)?;
            let mut found = json!(tenure);
            found["median"] = json!(tenure.median());
            found["median_interval"] = json!(tenure.median_interval());
            found
        }
        "restricted_mean" => json!(tenure(arguments)?.restricted_mean(read(arguments, "horizon"))?),
        "stage_economics" => json!(with_rows(arguments, stage_economics)?),
        "stage_curve" => {
            let period: Vec<u32> = read(arguments, "period");
            json!(with_rows(arguments, |rows| stage_curve(&period, rows))?)
        }
        "stage_values" => worth(arguments)?,
        "infer_stages" => json!(infer(arguments)?.stages),
        "current_stages" => json!(now(arguments)?.stages),
        "customer_rhythm" => rhythm(&infer(arguments)?),
        _ => panic!("the runner does not know {function}"),
    })
}

fn worth(arguments: &Arguments) -> Result<Value> {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let rows: Vec<f64>;
    let profits = match &arguments["profits"] {
        Value::Object(given) => {
            let mut all = [f64::NAN; 7];
            for (profit, stage) in all.iter_mut().zip(Stage::ALL) {
                *profit = number(&given[stage.name()]);
            }
            StageProfits::Given(all)
        }
        observed => {
            rows = observed.as_array().unwrap().iter().map(number).collect();
            StageProfits::Observed(&rows)
        }
    };
    let horizon = read::<Option<u32>>(arguments, "periods");
    let found = stage_values(
        &read::<Vec<usize>>(arguments, "offsets"),
        &read::<Vec<Stage>>(arguments, "stages"),
        profits,
        Rate::try_from(read::<f64>(arguments, "discount_rate"))?,
        horizon.map_or(Horizon::Infinite, Horizon::Periods),
    )?;
    Ok(json!({
        "counts": found.transitions.counts,
        "profits": found.profits,
        "values": found.values,
    }))
}

fn kernel(name: &str, arguments: &Arguments) -> Result<Value> {
    let kernel = Kernel::find(name)?;
    let columns: Vec<_> = kernel
        .arguments
        .iter()
        .map(|argument| read::<f64>(arguments, argument.name).into())
        .collect();
    let mut out = [0.0];
    kernel.evaluate(&columns, &mut out)?;
    Ok(json!(out[0]))
}

fn tenure(arguments: &Arguments) -> Result<KaplanMeier> {
    let durations: Vec<f64> = read(arguments, "durations");
    let observed: Vec<bool> = read(arguments, "observed");
    let confidence = confidence(arguments)?;
    match read_or::<Option<Vec<f64>>>(arguments, "entry") {
        Some(entry) => kaplan_meier_late_entry(&durations, &observed, &entry, confidence),
        None => kaplan_meier(&durations, &observed, confidence),
    }
}

fn with_rows<T>(
    arguments: &Arguments,
    economics: impl Fn(StageRows<'_>) -> Result<T>,
) -> Result<T> {
    let share: Vec<Option<f64>> = read(arguments, "share");
    let share: Vec<f64> = share.into_iter().map(|s| s.unwrap_or(f64::NAN)).collect();
    economics(StageRows {
        stage: &read::<Vec<Stage>>(arguments, "stage"),
        input: &read::<Vec<f64>>(arguments, "input"),
        output: &read::<Vec<f64>>(arguments, "output"),
        share: Some(&share),
    })
}

/// One row of `spend` per customer, one column per period; 0 is no purchase.
fn series(spend: &[Vec<f64>]) -> PeriodSeries {
    let (mut offsets, mut periods, mut amounts) = (vec![0], Vec::new(), Vec::new());
    for row in spend {
        for (period, &amount) in row.iter().enumerate().filter(|(_, amount)| **amount != 0.0) {
            periods.push(u32::try_from(period).unwrap());
            amounts.push(amount);
        }
        offsets.push(periods.len());
    }
    let purchases = vec![1; periods.len()];
    let observed = u32::try_from(spend[0].len()).unwrap();
    PeriodSeries::new(offsets, periods, purchases, amounts, None, observed).unwrap()
}

fn infer(arguments: &Arguments) -> Result<StageInference> {
    let series = series(&read::<Vec<Vec<f64>>>(arguments, "spend"));
    let options: RuleOptions = read_or(arguments, "options");
    infer_stages(&series, Known::default(), &options)
}

fn now(arguments: &Arguments) -> Result<CurrentStages> {
    let series = series(&read::<Vec<Vec<f64>>>(arguments, "spend"));
    let options: RuleOptions = read_or(arguments, "options");
    current_stages(&series, Known::default(), &options)
}

fn rhythm(found: &StageInference) -> Value {
    let column = |value: fn(&RhythmEvidence) -> f64| -> Value {
        let rhythms = found.evidence.iter().map(|e| e.rhythm.as_ref().map(value));
        json!(rhythms.collect::<Vec<_>>())
    };
    json!({
        "population": found.population,
        "interpurchase_time": column(|r| r.interpurchase_time),
        "p_alive": column(|r| r.p_alive),
    })
}
