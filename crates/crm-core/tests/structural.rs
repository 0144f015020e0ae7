//! Partial least squares: reference vectors.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::Result;
use crm_core::satisfaction::structural::{PlsFit, PlsOptions, Responses, StructuralModel, Weights};
use serde_json::{Map, Value, json};

/// Everything that a fit says; the importance of drivers of one construct.
fn everything(fit: &PlsFit, target: &str) -> Result<Value> {
    let (paths, explained) = (fit.paths(), fit.explained());
    let reliability = fit.reliability();
    let of_paths = |of: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..paths.len()).map(of).collect() };
    let of_constructs =
        |of: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..reliability.len()).map(of).collect() };
    let importance = fit.importance_performance(target)?;
    let mut all = json!({
        "weights": fit.weights(),
        "loadings": fit.loadings(),
        "construct_correlations": fit.construct_correlations(),
        "paths": of_paths(&|k| paths[k].coefficient),
        "f_squared": of_paths(&|k| paths[k].f_squared),
        "vif": of_paths(&|k| paths[k].vif),
        "r_squared": explained.iter().map(|e| e.r_squared).collect::<Vec<_>>(),
        "adjusted_r_squared": explained.iter().map(|e| e.adjusted_r_squared).collect::<Vec<_>>(),
        "total_effects": fit.total_effects(),
        "alpha": of_constructs(&|j| reliability[j].alpha),
        "standardised_alpha": of_constructs(&|j| reliability[j].standardised_alpha),
        "rho_a": of_constructs(&|j| reliability[j].rho_a),
        "rho_c": of_constructs(&|j| reliability[j].rho_c),
        "ave": of_constructs(&|j| reliability[j].ave),
        "htmt": fit.htmt(),
        "gof": fit.gof(),
        "srmr_saturated": fit.srmr().saturated,
        "srmr_estimated": fit.srmr().estimated,
        "index": fit.index(),
        "importance": importance.iter().map(|i| i.importance).collect::<Vec<_>>(),
    });
    // Consistent PLS has no formula for them.
    let errors = of_paths(&|k| paths[k].standard_error);
    if errors.iter().all(|error| !error.is_nan()) {
        all["standard_errors"] = json!(errors);
    }
    Ok(all)
}

fn pls_fit(arguments: &Map<String, Value>) -> Result<Value> {
    let model: StructuralModel = arguments["model"].as_str().unwrap().parse()?;
    let options: PlsOptions = serde_json::from_value(arguments["options"].clone()).unwrap();
    let columns: Vec<(&str, Vec<f64>)> = arguments["responses"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, column)| {
            let answers = column.as_array().unwrap().iter();
            let answers = answers.map(|answer| answer.as_f64().unwrap_or(f64::NAN));
            (name.as_str(), answers.collect())
        })
        .collect();
    let columns = columns.iter().map(|(name, column)| (*name, &column[..]));
    let frequencies = arguments.get("frequencies").map(vectors::numbers);
    let weights = frequencies
        .as_deref()
        .map_or(Weights::Equal, Weights::Frequencies);
    let responses = Responses::new(columns)?.weighted(weights)?;
    let fit = model.fit(&responses, &options)?;
    everything(&fit, arguments["target"].as_str().unwrap())
}

#[test]
fn reference_vectors() {
    let text = include_str!("../../../tests/vectors/structural.json");
    vectors::check(text, |function, arguments| {
        assert_eq!(function, "pls_fit");
        vec![pls_fit(arguments)]
    });
}
