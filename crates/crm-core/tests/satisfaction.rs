//! Satisfaction, its measures and factors against `tests/vectors/satisfaction.json`, and their laws.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics is a failed test"
)]

mod vectors;

use crm_core::Result;
use crm_core::kernels::{Column, KERNELS};
use crm_core::satisfaction::delivered_value::delivered_value_effects;
use crm_core::satisfaction::expectation::ExpectationModel;
use crm_core::satisfaction::metrics::{BehaviouralMeasure, purchase_amount};
use crm_core::satisfaction::price::{
    InconsistentPrices, PriceAnswers, PriceRange, PriceSensitivity,
};
use crm_core::satisfaction::ratio::{
    AttributeAnswers, SatisfactionFacet, satisfaction, satisfaction_by_facet, weighted_degrees,
};
use crm_core::satisfaction::two_factor::{ContrastRules, penalty_reward_contrast};
use crm_core::units::{Label, Probability};
use serde_json::{Map, Value, json};

const VECTORS: &str = include_str!("../../../tests/vectors/satisfaction.json");

fn confidence() -> Probability {
    Probability::try_from(0.95).unwrap()
}

/// A column; null is a missing answer.
fn column(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

fn columns(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(column).collect()
}

fn call(function: &str, a: &Map<String, Value>) -> Result<Value> {
    let number = |name: &str| a[name].as_f64().unwrap();
    let whole = |name: &str| a[name].as_u64().unwrap();
    Ok(match function {
        "satisfaction_summary" | "satisfaction_by_facet" | "weighted_degrees" => {
            let (expected, perceived) = (columns(&a["expected"]), columns(&a["perceived"]));
            let pairs = expected.iter().zip(&perceived);
            let answers: Vec<_> = pairs
                .map(|(expected, perceived)| AttributeAnswers {
                    expected: Column::from(expected),
                    perceived: Column::from(perceived),
                })
                .collect();
            let (weights, rows) = (column(&a["weights"]), expected[0].len());
            if function == "weighted_degrees" {
                json!(weighted_degrees(&answers, &weights, rows)?)
            } else if function == "satisfaction_by_facet" {
                let facets: Vec<SatisfactionFacet> =
                    serde_json::from_value(a["facets"].clone()).unwrap();
                let tolerance = number("tolerance");
                let found = satisfaction_by_facet(
                    &answers,
                    &facets,
                    &weights,
                    rows,
                    tolerance,
                    confidence(),
                )?;
                let named = found.into_iter();
                named
                    .map(|(facet, found)| (facet.name().to_owned(), json!(found)))
                    .collect()
            } else {
                let tolerance = number("tolerance");
                json!(satisfaction(
                    &answers,
                    &weights,
                    rows,
                    tolerance,
                    confidence()
                )?)
            }
        }
        "behavioural_rate" => {
            let measure: BehaviouralMeasure = serde_json::from_value(a["measure"].clone()).unwrap();
            json!(measure.rate(whole("count"), whole("base"), confidence())?)
        }
        "purchase_amount" => json!(purchase_amount(&column(&a["amounts"]), confidence())?),
        "price_sensitivity" => {
            let inconsistent: InconsistentPrices =
                serde_json::from_value(a["inconsistent"].clone()).unwrap();
            let range: PriceRange = serde_json::from_value(a["price_range"].clone()).unwrap();
            let answers = PriceAnswers {
                too_cheap: &column(&a["too_cheap"]),
                cheap: &column(&a["cheap"]),
                expensive: &column(&a["expensive"]),
                too_expensive: &column(&a["too_expensive"]),
            };
            json!(PriceSensitivity::new(&answers, inconsistent, range)?)
        }
        "delivered_value_effects" => {
            let eight = |name: &str| <[f64; 8]>::try_from(column(&a[name])).unwrap();
            json!(delivered_value_effects(
                &eight("amounts"),
                &eight("weights")
            )?)
        }
        "expectation_optimum" | "expectation_curve" => {
            let model: ExpectationModel = serde_json::from_value(Value::Object(a.clone())).unwrap();
            if function == "expectation_curve" {
                json!(model.curve(whole("points") as usize)?)
            } else {
                json!(model.optimum()?)
            }
        }
        "penalty_reward_contrast" => {
            let attributes = columns(&a["attributes"]);
            let attributes: Vec<&[f64]> = attributes.iter().map(Vec::as_slice).collect();
            let rules = ContrastRules {
                poor: number("poor"),
                good: number("good"),
                significance: number("significance"),
                confidence: confidence(),
            };
            json!(penalty_reward_contrast(
                &column(&a["overall"]),
                &attributes,
                &rules
            )?)
        }
        unknown => panic!("no such function: {unknown}"),
    })
}

#[test]
fn vectors() {
    vectors::check(VECTORS, |function, arguments| {
        match KERNELS.iter().find(|kernel| kernel.name == function) {
            Some(kernel) => vectors::run_kernel(kernel, arguments),
            None => vec![call(function, arguments)],
        }
    });
}

/// Prices of 300 respondents that rise, around 10, 20, 30 and 40.
fn prices() -> [Vec<f64>; 4] {
    let jitter = |i: u64| ((i.wrapping_mul(6_364_136_223_846_793_005) >> 33) % 90) as f64 / 10.0;
    [10.0, 20.0, 30.0, 40.0].map(|base| {
        (0..300)
            .map(|i| base + jitter(i * 4 + base as u64))
            .collect()
    })
}

fn sensitivity(answers: &[Vec<f64>; 4]) -> PriceSensitivity {
    let [too_cheap, cheap, expensive, too_expensive] = answers;
    let answers = PriceAnswers {
        too_cheap,
        cheap,
        expensive,
        too_expensive,
    };
    PriceSensitivity::new(&answers, InconsistentPrices::Exclude, PriceRange::Original).unwrap()
}

#[test]
fn intervals_of_prices_hold_the_estimate_and_hang_on_the_seed_alone() {
    let found = sensitivity(&prices());
    let intervals = |seed| found.intervals(200, confidence(), seed).unwrap();
    let first = intervals(1);
    assert_eq!(first, intervals(1));
    assert_ne!(first, intervals(2));
    assert_eq!(first.undefined, 0);
    for interval in [
        first.marginal_cheapness,
        first.marginal_expensiveness,
        first.indifference,
        first.optimal,
    ] {
        assert!(interval.lower <= interval.estimate && interval.estimate <= interval.upper);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    assert_eq!(pool.unwrap().install(|| intervals(1)), first);
    assert!(found.intervals(1, confidence(), 1).is_err());
}

/// Where the answers to one question are of one kind, the replicates of a crossing with it are binomial: with half
/// of 400 respondents at each of two prices, the indifference point lies p of the way between them, where p is the
/// share of a binomial of 400 draws.
#[test]
fn spread_of_a_replicated_price_is_binomial() {
    let half = |low: f64, high: f64| -> Vec<f64> {
        (0..400)
            .map(|i| if i % 2 == 0 { low } else { high })
            .collect()
    };
    let answers = [
        vec![1.0; 400],
        vec![10.0; 400],
        half(20.0, 30.0),
        vec![90.0; 400],
    ];
    let [too_cheap, cheap, expensive, too_expensive] = &answers;
    let answers = PriceAnswers {
        too_cheap,
        cheap,
        expensive,
        too_expensive,
    };
    let found =
        PriceSensitivity::new(&answers, InconsistentPrices::Exclude, PriceRange::Original).unwrap();
    // Not expensive falls from s at 20 to 0 at 30, too expensive is 0 until 90: they meet from 30 to just below 90.
    // Cheap falls from 1 at 10 to 0 at 20, expensive rises there from 0 to 1 − s: they meet at 10 + 10/(2 − s).
    let s = 0.5;
    assert!((found.points.indifference - (10.0 + 10.0 / (2.0 - s))).abs() < 1e-12);
    let interval = found
        .intervals(4_000, confidence(), 3)
        .unwrap()
        .indifference;
    // d(10 + 10/(2 − s))/ds · √(s(1 − s)/400); the standard error of a standard error over 4,000 draws is 1.1 %.
    let expected = 10.0 / (2.0 - s).powi(2) * (s * (1.0 - s) / 400.0_f64).sqrt();
    assert!(
        (interval.standard_error / expected - 1.0).abs() < 0.05,
        "{interval:?}"
    );
}
