//! The vectors of all models of purchases. Here errors are relative to the expected value, however
//! small it is; those of a logarithm are relative to 1 at least.

use std::path::Path;

use crm_core::kernels::Column;
use crm_core::prediction::fit::FitOptions;
use crm_core::prediction::{
    AnyPurchaseModel, Histories, HistoryColumns, PurchaseModelKind, discounted_purchases_into,
    expected_purchases_into, log_likelihood_into, probability_alive_into,
    purchase_probability_into, tail_probability_into,
};
use crm_core::units::Probability;
use crm_core::{Error, Result};
use serde_json::{Value, json};

const AREAS: [&str; 3] = [
    "prediction_bg_nbd",
    "prediction_bg_bb",
    "prediction_pareto_nbd",
];

pub(super) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// JSON knows no infinity: it is the text `infinite`.
pub(super) fn number(value: &Value) -> f64 {
    match value.as_f64() {
        Some(number) => number,
        None => {
            assert_eq!(value, "infinite");
            f64::INFINITY
        }
    }
}

/// A list, or one number for all rows.
struct Numbers(Vec<f64>, bool);

impl Numbers {
    fn new(value: &Value) -> Self {
        match value {
            Value::Array(_) => Numbers(numbers(value), false),
            value => Numbers(vec![number(value)], true),
        }
    }

    fn column(&self) -> Column<'_> {
        if self.1 {
            self.0[0].into()
        } else {
            (&self.0).into()
        }
    }
}

fn fit(kind: PurchaseModelKind, arguments: &Value) -> Result<Value> {
    let column = |name: &str| numbers(&arguments[name]);
    let histories = Histories::with_weights(
        &column("frequency"),
        &column("recency"),
        &column("age"),
        &column("weights"),
    )?;
    let report = AnyPurchaseModel::fit(kind, &histories, &FitOptions::default())?.report;
    let intervals = report.intervals(Probability::try_from(0.95)?)?;
    let errors: Vec<f64> = intervals.iter().map(|i| i.standard_error).collect();
    Ok(json!({
        "parameters": report.estimates,
        "log_likelihood": report.log_likelihood,
        "standard_errors": errors,
        "status": report.status,
    }))
}

fn predict(function: &str, kind: PurchaseModelKind, arguments: &Value) -> Result<Value> {
    let parameters = numbers(&arguments["parameters"]);
    let model = AnyPurchaseModel::new(kind, parameters.try_into().unwrap())?;
    let [frequency, recency, age, horizon, purchases, discount_rate] = [
        "frequency",
        "recency",
        "age",
        "horizon",
        "purchases",
        "discount_rate",
    ]
    .map(|name| match &arguments[name] {
        Value::Null => Numbers(Vec::new(), false),
        value => Numbers::new(value),
    });
    let mut out = vec![0.0; frequency.0.len()];
    let customers = HistoryColumns {
        frequency: frequency.column(),
        recency: recency.column(),
        age: age.column(),
    };
    let horizon = horizon.column();
    match function {
        "log_likelihood" => log_likelihood_into(&model, customers, &mut out),
        "probability_alive" => probability_alive_into(&model, customers, horizon, &mut out),
        "expected_purchases" => expected_purchases_into(&model, customers, horizon, &mut out),
        "purchase_probability" => {
            let purchases = purchases.column();
            purchase_probability_into(&model, customers, purchases, horizon, &mut out)
        }
        "tail_probability" => {
            tail_probability_into(&model, customers, purchases.column(), horizon, &mut out)
        }
        "discounted_purchases" => {
            let rate = discount_rate.column();
            discounted_purchases_into(&model, customers, horizon, rate, &mut out)
        }
        other => panic!("no such function: {other}"),
    }?;
    Ok(json!(out))
}

fn check(found: &Value, expected: &Value, tolerance: f64, place: &str, failures: &mut Vec<String>) {
    match expected {
        Value::Array(items) => {
            assert_eq!(found.as_array().unwrap().len(), items.len());
            for (i, item) in items.iter().enumerate() {
                check(
                    &found[i],
                    item,
                    tolerance,
                    &format!("{place}[{i}]"),
                    failures,
                );
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                check(
                    &found[name],
                    member,
                    tolerance,
                    &format!("{place}.{name}"),
                    failures,
                );
            }
        }
        Value::Number(expected) => {
            let expected = expected.as_f64().unwrap();
            let found = found.as_f64().unwrap_or(f64::NAN);
            let least = if place.contains("log_likelihood") {
                1.0
            } else {
                f64::MIN_POSITIVE
            };
            let error = (found - expected).abs() / expected.abs().max(least);
            if error > tolerance || error.is_nan() {
                failures.push(format!("{place}: {found:e} is not {expected:e}: {error:e}"));
            }
        }
        expected => assert_eq!(found, expected, "{place}"),
    }
}

fn check_error(error: &Error, expected: &Value, name: &str) {
    assert_eq!(
        serde_json::to_value(error.kind()).unwrap(),
        expected["error"],
        "{name}"
    );
    assert_eq!(error.argument(), expected["argument"], "{name}");
    let row = expected
        .get("row")
        .map(|row| row.as_u64().unwrap() as usize);
    assert_eq!(error.row(), row, "{name}");
}

/// Runs the cases of an area: `run` takes the function, without the prefix, the kind of the model and the
/// arguments.
pub(super) fn run_cases(
    area: &str,
    prefix: &str,
    run: impl Fn(&str, PurchaseModelKind, &Value) -> Result<Value>,
) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let mut failures = Vec::new();
    let text = std::fs::read_to_string(folder.join(format!("{area}.json"))).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let (name, arguments) = (case["name"].as_str().unwrap(), &case["arguments"]);
        let kind = serde_json::from_value(arguments["model"].clone()).unwrap();
        let function = case["function"].as_str().unwrap();
        let found = run(function.strip_prefix(prefix).unwrap(), kind, arguments);
        let expected = &case["expected"];
        if expected.get("error").is_some() {
            check_error(&found.unwrap_err(), expected, name);
        } else {
            let tolerance = case["tolerance"].as_f64().unwrap();
            let place = format!("{name}, {function}");
            check(&found.unwrap(), expected, tolerance, &place, &mut failures);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn vectors() {
    for area in AREAS {
        run_cases(
            area,
            "purchase_model_",
            |function, kind, arguments| match function {
                "fit" => fit(kind, arguments),
                function => predict(function, kind, arguments),
            },
        );
    }
}
