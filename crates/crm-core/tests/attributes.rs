//! Importance of attributes, their quadrants and regressions: the vectors, and laws.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::Result;
use crm_core::satisfaction::matrix::{
    Cut, DerivedImportance, derive_importance, importance_intervals, importance_satisfaction,
};
use crm_core::satisfaction::regression::{
    Components, Method, Positive, bootstrap, fit, index_weights,
};
use crm_core::survey::{Bootstrap, Confidence};
use serde_json::{Map, Value, json};
use vectors::numbers;

fn cut(value: &Value) -> Cut {
    let number = |name: &str| value[name].as_f64().unwrap();
    match value["kind"].as_str().unwrap() {
        "mean" => Cut::Mean,
        "median" => Cut::Median,
        "at" => Cut::At(number("value")),
        _ => Cut::Midpoint {
            low: number("low"),
            high: number("high"),
        },
    }
}

fn method(value: &Value) -> Method {
    let number = |name: &str| value[name].as_f64().unwrap();
    match value["kind"].as_str().unwrap() {
        "least_squares" => Method::LeastSquares,
        "ridge" => Method::Ridge(number("penalty")),
        "partial_least_squares" => Method::PartialLeastSquares(number("components") as usize),
        _ => Method::PrincipalComponents(match value["rule"].as_str().unwrap() {
            "kaiser" => Components::Kaiser,
            "share" => Components::Share(number("number")),
            _ => Components::Given(number("number") as usize),
        }),
    }
}

fn values(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap();
    list.iter()
        .map(|v| v.as_f64().unwrap_or(f64::NAN))
        .collect()
}

fn how(a: &Map<String, Value>) -> Result<Bootstrap> {
    Ok(Bootstrap {
        replicates: a["replicates"].as_u64().unwrap() as u32,
        confidence: Confidence::new(a["confidence"].as_f64().unwrap())?,
        seed: a["seed"].as_u64().unwrap(),
    })
}

fn run(function: &str, a: &Map<String, Value>) -> Result<Value> {
    let columns: Vec<Vec<f64>> = a.get("attributes").map_or(Vec::new(), |table| {
        table.as_array().unwrap().iter().map(numbers).collect()
    });
    let attributes: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Ok(match function {
        "importance_satisfaction" => json!(importance_satisfaction(
            &values(&a["importance"]),
            &values(&a["satisfaction"]),
            cut(&a["importance_cut"]),
            cut(&a["satisfaction_cut"]),
        )?),
        "derive_importance" => {
            let method: DerivedImportance = serde_json::from_value(a["method"].clone()).unwrap();
            json!(derive_importance(
                &attributes,
                &numbers(&a["overall"]),
                method
            )?)
        }
        "importance_intervals" => {
            let method: DerivedImportance = serde_json::from_value(a["method"].clone()).unwrap();
            json!(importance_intervals(
                &attributes,
                &numbers(&a["overall"]),
                method,
                &how(a)?
            )?)
        }
        "attribute_intervals" => {
            json!(bootstrap(
                &attributes,
                &numbers(&a["overall"]),
                method(&a["method"]),
                &how(a)?
            )?)
        }
        "attribute_regression" => {
            json!(fit(
                &attributes,
                &numbers(&a["overall"]),
                method(&a["method"])
            )?)
        }
        "index_weights" => {
            let positive: Positive = serde_json::from_value(a["positive"].clone()).unwrap();
            json!(index_weights(&numbers(&a["coefficients"]), positive)?)
        }
        other => panic!("unknown function {other}"),
    })
}

#[test]
fn attribute_vectors() {
    vectors::check(
        include_str!("../../../tests/vectors/attributes.json"),
        |function, arguments| vec![run(function, arguments)],
    );
}

/// Answers on `count` attributes that share a common part, and on the whole, of which the first attribute says most.
fn answers(rows: u64, count: u64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let noise = |row: u64, j: u64| {
        ((row * 7919 + j * 104_729 + row * row % 13 * 31) % 1000) as f64 / 1000.0
    };
    let attribute = |j: u64| {
        (0..rows)
            .map(|row| noise(row, 0) + noise(row, j + 1))
            .collect()
    };
    let attributes: Vec<Vec<f64>> = (0..count).map(attribute).collect();
    let overall = (0..rows as usize).map(|row| {
        let sum: f64 = attributes.iter().map(|column| column[row]).sum();
        2.0 * attributes[0][row] + sum + noise(row as u64, 50)
    });
    let overall = overall.collect();
    (attributes, overall)
}

fn borrowed(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

/// Shares of R² are never negative and sum to R², for as many attributes as are allowed.
#[test]
fn shares_of_many_attributes() {
    let (attributes, overall) = answers(300, 12);
    let found =
        derive_importance(&borrowed(&attributes), &overall, DerivedImportance::Shapley).unwrap();
    let sum: f64 = found.values.iter().sum();
    assert!((sum - found.r_squared.unwrap()).abs() < 1e-12);
    assert!(found.values.iter().all(|&share| share >= 0.0));
    let many = vec![attributes[0].clone(); 21];
    let error =
        derive_importance(&borrowed(&many), &overall, DerivedImportance::Shapley).unwrap_err();
    assert_eq!(
        (error.argument(), error.value()),
        ("attributes", Some("21"))
    );
}

/// Where two attributes nearly say the same, few components predict the rows that were left out as well as all.
#[test]
fn cross_validated_components() {
    let (attributes, overall) = answers(400, 6);
    let of = |seed| {
        let components = Components::CrossValidated { folds: 5, seed };
        fit(
            &borrowed(&attributes),
            &overall,
            Method::PrincipalComponents(components),
        )
        .unwrap()
    };
    assert_eq!(of(1), of(1));
    // The first attribute counts more than the others, which only the last components tell.
    assert!(of(1).components >= 2, "{}", of(1).components);
    let noise: Vec<f64> = (0..400_u64)
        .map(|i| (i * 2_654_435_761 % 1009) as f64)
        .collect();
    let components = Components::CrossValidated { folds: 5, seed: 3 };
    let nothing = fit(
        &borrowed(&attributes),
        &noise,
        Method::PrincipalComponents(components),
    )
    .unwrap();
    assert!(nothing.components <= 3, "{}", nothing.components);
}

#[test]
fn bootstrapped_intervals() {
    let (attributes, overall) = answers(250, 3);
    let columns = borrowed(&attributes);
    let of = |threads: usize, seed| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let how = Bootstrap {
            replicates: 400,
            ..Bootstrap::new(seed)
        };
        pool.install(|| bootstrap(&columns, &overall, Method::LeastSquares, &how).unwrap())
    };
    let intervals = of(1, 9);
    assert_eq!(intervals, of(3, 9));
    assert_ne!(intervals, of(1, 10));
    let found = fit(&columns, &overall, Method::LeastSquares).unwrap();
    for (interval, estimate) in intervals.standardized.iter().zip(&found.standardized) {
        assert_eq!(interval.estimate, *estimate);
        assert!(interval.lower < *estimate && *estimate < interval.upper);
        // About two standard errors on each side.
        let width = (interval.upper - interval.lower) / interval.standard_error;
        assert!((3.2..4.6).contains(&width), "{width}");
    }
}

#[test]
fn lines_that_cannot_be() {
    let upside = Cut::Midpoint {
        low: 10.0,
        high: 1.0,
    };
    let error = importance_satisfaction(&[1.0], &[2.0], Cut::Mean, upside).unwrap_err();
    assert_eq!(
        (error.argument(), error.value()),
        ("satisfaction_cut", Some("10"))
    );
    let missing = importance_satisfaction(&[1.0, 2.0], &[2.0, f64::NAN], Cut::Mean, Cut::Mean);
    let error = missing.unwrap_err();
    assert_eq!((error.argument(), error.row()), ("satisfaction", Some(1)));
}
