//! Partial least squares: reference vectors.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use std::ops::ControlFlow;

use crm_core::Result;
use crm_core::satisfaction::structural::{
    Blindfolded, BootstrapEstimate, CrossValidation, IndexEstimate, Invariance, PathDifference,
    PlsFit, PlsOptions, Predicted, Resampling, Respondents, Responses, Segments, Statistic,
    StatisticKind, StructuralModel, Weights,
};
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
        "outer_vif": fit.outer_inflation(),
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

/// The answers that a case gives, with their names.
fn columns(arguments: &Map<String, Value>) -> Vec<(&str, Vec<f64>)> {
    let columns = arguments["responses"].as_object().unwrap().iter();
    let column = |column: &Value| {
        let answers = column.as_array().unwrap().iter();
        answers
            .map(|answer| answer.as_f64().unwrap_or(f64::NAN))
            .collect()
    };
    columns
        .map(|(name, answers)| (name.as_str(), column(answers)))
        .collect()
}

/// What a case asks of a fit and its answers.
fn fitted(
    arguments: &Map<String, Value>,
    ask: impl Fn(&PlsFit, &Responses<'_>) -> Result<Value>,
) -> Result<Value> {
    let model: StructuralModel = arguments["model"].as_str().unwrap().parse()?;
    let options: PlsOptions = serde_json::from_value(arguments["options"].clone()).unwrap();
    let columns = columns(arguments);
    let columns = columns.iter().map(|(name, column)| (*name, &column[..]));
    let frequencies = arguments.get("frequencies").map(vectors::numbers);
    let weights = frequencies
        .as_deref()
        .map_or(Weights::Equal, Weights::Frequencies);
    let responses = Responses::new(columns)?.weighted(weights)?;
    ask(&model.fit(&responses, &options)?, &responses)
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn places(values: &Value) -> Vec<usize> {
    let values = values.as_array().unwrap().iter();
    values.map(|value| whole(value) as usize).collect()
}

fn how(arguments: &Map<String, Value>, count: &str) -> Resampling {
    Resampling {
        resamples: whole(&arguments[count]) as u32,
        seed: whole(&arguments["seed"]),
    }
}

/// The numbers of segments, and how many segments there are.
fn numbered(segments: &Value) -> (Vec<usize>, usize) {
    let numbers = places(segments);
    let count = numbers.iter().max().unwrap() + 1;
    (numbers, count)
}

fn parts(found: &[BootstrapEstimate]) -> Value {
    let part =
        |of: &dyn Fn(&BootstrapEstimate) -> f64| -> Vec<f64> { found.iter().map(of).collect() };
    json!({
        "estimate": part(&|one| one.estimate),
        "bias": part(&|one| one.bias),
        "standard_error": part(&|one| one.standard_error),
        "p_value": part(&|one| one.p_value),
        "percentile_lower": part(&|one| one.percentile.lower),
        "percentile_upper": part(&|one| one.percentile.upper),
        "bca_lower": part(&|one| one.bca.lower),
        "bca_upper": part(&|one| one.bca.upper),
    })
}

fn bootstrap(
    arguments: &Map<String, Value>,
    fit: &PlsFit,
    responses: &Responses<'_>,
) -> Result<Value> {
    let segments = arguments.get("segments").map(numbered);
    let segments = segments.as_ref();
    let segments = segments.map(|(of_rows, count)| Segments::new(of_rows, *count));
    let how = how(arguments, "resamples");
    let go_on = |_| ControlFlow::Continue(());
    let codes = |name: &str| arguments.get(name).map(places);
    let (strata, clusters) = (codes("strata"), codes("clusters"));
    let respondents = Respondents {
        segments: segments.transpose()?,
        strata: strata.as_deref(),
        clusters: clusters.as_deref(),
    };
    let made = fit.bootstrap_watched(responses, respondents, how, go_on)?;
    let made = made.unwrap();
    let level = arguments["level"].as_f64().unwrap();
    let mut all = Map::new();
    for (name, wanted) in arguments["places"].as_object().unwrap() {
        let kind: StatisticKind = serde_json::from_value(json!(name)).unwrap();
        let found = made.estimates(kind, level)?;
        let wanted: Vec<_> = places(wanted).iter().map(|&place| found[place]).collect();
        all.insert(name.clone(), parts(&wanted));
    }
    let way = arguments["way"].as_array().unwrap().iter();
    let way = way.map(|name| fit.model().place(name.as_str().unwrap()));
    let along = Statistic::EffectAlong(way.collect::<Result<_>>()?);
    all.insert(
        "effect_along".to_owned(),
        parts(&[made.estimate(&along, level)?]),
    );
    Ok(Value::Object(all))
}

fn predict(
    arguments: &Map<String, Value>,
    fit: &PlsFit,
    responses: &Responses<'_>,
) -> Result<Value> {
    let how = CrossValidation {
        folds: whole(&arguments["folds"]) as usize,
        seed: whole(&arguments["seed"]),
    };
    let found = fit.predict(responses, how)?;
    let part = |of: &dyn Fn(&Predicted) -> f64| -> Vec<f64> { found.iter().map(of).collect() };
    Ok(json!({
        "q_squared": part(&|one| one.q_squared),
        "rmse": part(&|one| one.rmse),
        "mae": part(&|one| one.mae),
    }))
}

fn compare_groups(
    arguments: &Map<String, Value>,
    fit: &PlsFit,
    responses: &Responses<'_>,
) -> Result<Value> {
    let in_second = places(&arguments["in_second"]);
    let in_second: Vec<bool> = in_second.iter().map(|&flag| flag == 1).collect();
    let found = fit.compare_groups(responses, &in_second, how(arguments, "permutations"))?;
    assert_eq!(found.dropped, 0);
    let path =
        |of: &dyn Fn(&PathDifference) -> f64| -> Vec<f64> { found.paths.iter().map(of).collect() };
    let construct =
        |of: &dyn Fn(&Invariance) -> f64| -> Vec<f64> { found.invariance.iter().map(of).collect() };
    Ok(json!({
        "first": path(&|one| one.first),
        "second": path(&|one| one.second),
        "p_value": path(&|one| one.p_value),
        "correlation": construct(&|one| one.correlation),
        "least": construct(&|one| one.least),
        "correlation_p": construct(&|one| one.correlation_p),
        "mean_difference": construct(&|one| one.mean_difference),
        "mean_p": construct(&|one| one.mean_p),
        "log_variance_ratio": construct(&|one| one.log_variance_ratio),
        "variance_p": construct(&|one| one.variance_p),
    }))
}

fn segment_index(
    arguments: &Map<String, Value>,
    fit: &PlsFit,
    responses: &Responses<'_>,
) -> Result<Value> {
    let (of_rows, count) = numbered(&arguments["segments"]);
    let level = arguments["level"].as_f64().unwrap();
    let found = fit.segment_index(responses, Segments::new(&of_rows, count)?, level)?;
    let part = |of: &dyn Fn(&IndexEstimate) -> f64| -> Vec<f64> {
        found.iter().flat_map(|one| &one.indices).map(of).collect()
    };
    Ok(json!({
        "observations": found.iter().map(|one| one.observations).collect::<Vec<_>>(),
        "index": part(&|one| one.index),
        "standard_error": part(&|one| one.standard_error),
        "lower": part(&|one| one.interval.lower),
        "upper": part(&|one| one.interval.upper),
    }))
}

fn blindfold(
    arguments: &Map<String, Value>,
    fit: &PlsFit,
    responses: &Responses<'_>,
) -> Result<Value> {
    let found = fit.blindfold(responses, whole(&arguments["distance"]) as usize)?;
    let part = |of: &dyn Fn(&Blindfolded) -> f64| -> Vec<f64> {
        let values = found.iter().map(of);
        values.filter(|value| !value.is_nan()).collect()
    };
    Ok(json!({
        "redundancy": part(&|one| one.redundancy),
        "communality": part(&|one| one.communality),
    }))
}

fn higher_order(fit: &PlsFit) -> Value {
    let paths = fit.paths();
    let explained = fit.explained();
    let mut found = json!({
        "weights": fit.weights(),
        "loadings": fit.loadings(),
        "paths": paths.iter().map(|path| path.coefficient).collect::<Vec<_>>(),
        "r_squared": explained.iter().map(|one| one.r_squared).collect::<Vec<_>>(),
        "index": fit.index(),
        "total_effects": fit.total_effects(),
    });
    if let Some(first) = fit.first_stage() {
        found["first_weights"] = json!(first.weights());
    }
    found
}

#[test]
fn reference_vectors() {
    let text = include_str!("../../../tests/vectors/structural.json");
    vectors::check(text, |function, arguments| {
        vec![fitted(arguments, |fit, responses| match function {
            "pls_fit" => everything(fit, arguments["target"].as_str().unwrap()),
            "pls_bootstrap" => bootstrap(arguments, fit, responses),
            "pls_predict" => predict(arguments, fit, responses),
            "pls_compare_groups" => compare_groups(arguments, fit, responses),
            "pls_blindfold" => blindfold(arguments, fit, responses),
            "pls_higher_order" => Ok(higher_order(fit)),
            "pls_segment_index" => segment_index(arguments, fit, responses),
            _ => panic!("the vectors name {function}"),
        })]
    });
}
