//! Estimating a switching matrix: reference vectors.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use crm_core::clv::switching::estimate::{
    DirichletPrior, PanelRules, PurchasePanel, ShareFit, ShareRegression, Shrinkage, Survey,
    TransitionCounts, homogeneity_test,
};
use crm_core::clv::switching::{SharePath, ShareRule, TransitionMatrix};
use crm_core::units::Probability;
use crm_core::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn optional<T: DeserializeOwned + Default>(value: &Value) -> T {
    if value.is_null() {
        T::default()
    } else {
        read(value)
    }
}

type Table = Vec<Vec<f64>>;

fn square(entries: &[f64]) -> Value {
    let side = (entries.len() as f64).sqrt() as usize;
    json!(entries.chunks(side).collect::<Vec<_>>())
}

fn counts(arguments: &Value) -> Result<TransitionCounts> {
    TransitionCounts::new(&read::<Table>(&arguments["counts"]))
}

fn panel(arguments: &Value) -> Result<PurchasePanel> {
    let rules = PanelRules {
        ties: optional(&arguments["ties"]),
        longest_gap: optional(&arguments["longest_gap"]),
    };
    PurchasePanel::new(
        read(&arguments["brands"]),
        &read::<Vec<i64>>(&arguments["customer"]),
        &read::<Vec<i64>>(&arguments["time"]),
        &read::<Vec<u32>>(&arguments["brand"]),
        rules,
    )
}

fn pairs(arguments: &Value) -> Result<TransitionCounts> {
    let (from, to): (Vec<u32>, Vec<u32>) = (read(&arguments["from"]), read(&arguments["to"]));
    let weight: Option<Vec<f64>> = optional(&arguments["weight"]);
    let weight = weight.as_ref().map_or(1.0.into(), Into::into);
    TransitionCounts::from_pairs(read(&arguments["brands"]), &from, &to, weight)
}

fn fit(arguments: &Value) -> Result<Value> {
    let fit = counts(arguments)?.fit()?;
    let mut found = serde_json::to_value(&fit).unwrap();
    found["standard_errors"] = square(&fit.standard_errors);
    Ok(found)
}

fn posterior(arguments: &Value) -> Result<Value> {
    let prior = match &arguments["prior"] {
        Value::Array(rows) if rows[0].is_array() => {
            DirichletPrior::Matrix(read(&arguments["prior"]))
        }
        Value::Array(_) => DirichletPrior::PerBrand(read(&arguments["prior"])),
        one => DirichletPrior::Uniform(read(one)),
    };
    let posterior = counts(arguments)?.posterior(&prior)?;
    let level = Probability::named("level", read(&arguments["level"]))?;
    let interval = posterior.credible_interval(level)?;
    let mut found = json!({
        "parameters": square(posterior.parameters()),
        "mean": square(posterior.mean().entries()),
        "standard_deviations": square(&posterior.standard_deviations()),
        "covariance": square(&posterior.covariance(read(&arguments["row"]))?),
        "lower": square(&interval.lower),
        "upper": square(&interval.upper),
    });
    if let Ok(mode) = posterior.mode() {
        found["mode"] = square(mode.entries());
    }
    Ok(found)
}

fn share_fit(arguments: &Value) -> Result<ShareFit> {
    let paths: Vec<Table> = read(&arguments["shares"]);
    let paths: Result<Vec<SharePath>> = paths
        .iter()
        .map(|path| SharePath::new(path, ShareRule::SumToOne))
        .collect();
    let towards: Option<Table> = optional(&arguments["towards"]);
    let shrinkage = towards.map(|towards| {
        Ok::<_, Error>(Shrinkage {
            towards: TransitionMatrix::new(&towards)?,
            strength: read(&arguments["strength"]),
        })
    });
    let regression = ShareRegression {
        weights: optional(&arguments["weights"]),
        shrinkage: shrinkage.transpose()?,
    };
    regression.fit(&paths?)
}

fn shares(arguments: &Value) -> Result<Value> {
    let fit = share_fit(arguments)?;
    assert!(fit.kkt_residual < 1e-13, "{}", fit.kkt_residual);
    Ok(serde_json::to_value(&fit).unwrap())
}

fn share_inference(arguments: &Value) -> Result<Value> {
    let inference = share_fit(arguments)?.inference(read(&arguments["covariance"]))?;
    let level = read::<f64>(&arguments["level"]).try_into()?;
    let limits = inference.confidence_interval(level)?;
    let mut found = serde_json::to_value(&inference).unwrap();
    let matrices = [
        ("standard_errors", &inference.standard_errors),
        ("t_values", &inference.t_values),
        ("p_values", &inference.p_values),
        ("covariance", &inference.covariance),
        ("lower", &limits.lower),
        ("upper", &limits.upper),
    ];
    for (name, entries) in matrices {
        found[name] = square(entries);
    }
    Ok(found)
}

fn logit(arguments: &Value) -> Result<Value> {
    let (last, next): (Vec<u32>, Vec<u32>) = (read(&arguments["last"]), read(&arguments["next"]));
    let attributes: Vec<Table> = optional(&arguments["attributes"]);
    let covariates: Table = optional(&arguments["covariates"]);
    let (m, q) = (
        attributes.first().map_or(0, |rows| rows[0].len()),
        covariates.first().map_or(0, Vec::len),
    );
    let (attributes, covariates) = (attributes.concat().concat(), covariates.concat());
    let survey = Survey::new(read(&arguments["brands"]), &last, &next)?
        .with_attributes(m, &attributes)?
        .with_covariates(q, &covariates)?;
    let fit = survey.fit()?;
    assert!(fit.gradient_norm < 1e-10 && fit.iterations < 12);
    let at_attributes: Table = optional(&arguments["at_attributes"]);
    let at_covariates: Vec<f64> = optional(&arguments["at_covariates"]);
    let predicted = fit.predict(&at_covariates, &at_attributes.concat())?;
    let mut found = serde_json::to_value(&fit).unwrap();
    for part in ["estimate", "standard_error", "z", "p_value"] {
        let column = found["coefficients"].as_array().unwrap().iter();
        found[part] = column
            .map(|coefficient| coefficient[part].clone())
            .collect();
    }
    found["covariance"] = square(&fit.covariance);
    found["transition_matrix"] = json!(predicted.transition_matrix);
    found["standard_errors"] = square(&predicted.standard_errors);
    Ok(found)
}

fn run(function: &str, arguments: &Value) -> Result<Value> {
    Ok(match function {
        "panel_counts" => json!(panel(arguments)?.counts()),
        "pair_counts" => json!(pairs(arguments)?),
        "transition_fit" => fit(arguments)?,
        "transition_posterior" => posterior(arguments)?,
        "independence_test" => json!(counts(arguments)?.independence_test()?),
        "homogeneity_test" => {
            let groups: Vec<Table> = read(&arguments["groups"]);
            let groups: Result<Vec<_>> = groups
                .iter()
                .map(|group| TransitionCounts::new(group))
                .collect();
            json!(homogeneity_test(&groups?)?)
        }
        "stationarity_test" => {
            json!(panel(arguments)?.stationarity_test(&read::<Vec<i64>>(&arguments["boundaries"]))?)
        }
        "second_order_test" => json!(panel(arguments)?.second_order_test()?),
        "share_regression" => shares(arguments)?,
        "share_inference" => share_inference(arguments)?,
        "inertia_logit" => logit(arguments)?,
        other => panic!("no such function: {other}"),
    })
}

/// Every part of `expected` is in `found`.
fn compare(path: &str, found: &Value, expected: &Value, tolerance: f64) {
    match (found, expected) {
        (found, Value::Object(expected)) => {
            for (key, expected) in expected {
                compare(&format!("{path}.{key}"), &found[key], expected, tolerance);
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
            let error = (found - expected).abs() / expected.abs().max(1.0);
            assert!(error <= tolerance, "{path}: {found} is not {expected}");
        }
        _ => assert_eq!(found, expected, "{path}"),
    }
}

#[test]
fn vectors() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/estimation.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for case in file["cases"].as_array().unwrap() {
        println!("{}", case["name"]);
        let found = run(case["function"].as_str().unwrap(), &case["arguments"]);
        let expected = &case["expected"];
        if expected.get("error").is_some() {
            let error = found.unwrap_err();
            let mut told = json!({"error": error.kind(), "argument": error.argument()});
            if let Some(row) = error.row() {
                told["row"] = json!(row);
            }
            assert_eq!(told, *expected, "{error}");
        } else {
            compare(
                "",
                &found.unwrap(),
                expected,
                case["tolerance"].as_f64().unwrap(),
            );
        }
    }
}
