//! The vectors of predictions with intervals, and laws of the intervals.

use crm_core::kernels::Column;
use crm_core::prediction::{
    AnyPurchaseModel, Bdw, GammaGamma, HistoryColumns, IntervalColumns, LifetimeValueColumns,
    LifetimeValueModel, Parametric, PredictionInterval, PredictionNumbers, PurchaseModelKind,
    PurchasePrediction, Range, RenewalColumns, RenewalPrediction, SpendColumns, UncertainModel,
    expected_spend_density_into, expected_spend_into, lifetime_value_into,
};
use crm_core::units::{Label, Probability};
use crm_core::{ErrorKind, Result};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const CASES: &str = include_str!("../../../../tests/vectors/prediction_intervals.json");

type Arguments = Map<String, Value>;

#[test]
fn every_case() {
    let file: Value = serde_json::from_str(CASES).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let (name, expected) = (&case["name"], &case["expected"]);
        let found = run(
            case["function"].as_str().unwrap(),
            case["arguments"].as_object().unwrap(),
        );
        match found {
            Ok(found) => check(&found, expected, case["tolerance"].as_f64().unwrap(), name),
            Err(error) => {
                assert_eq!(json!(error.kind()), expected["error"], "{name}: {error}");
                assert_eq!(error.argument(), expected["argument"], "{name}: {error}");
                assert_eq!(json!(error.row()), expected["row"], "{name}: {error}");
            }
        }
    }
}

fn check(found: &Value, expected: &Value, tolerance: f64, place: &Value) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (name, expected) in expected {
                check(&found[name], expected, tolerance, &json!([place, name]));
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}");
            for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
                check(found, expected, tolerance, &json!([place, row]));
            }
        }
        _ => {
            let (found, expected) = (number(found), number(expected));
            let error = (found - expected).abs() / expected.abs().max(1.0);
            assert!(error <= tolerance, "{place}: {found} {expected}");
        }
    }
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("infinite") => f64::INFINITY,
        _ => value.as_f64().unwrap(),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// A list, or one number for all rows; 0 where the case has none.
struct Numbers(Vec<f64>, bool);

impl Numbers {
    fn new(arguments: &Arguments, name: &str) -> Self {
        match arguments.get(name) {
            Some(list @ Value::Array(_)) => Numbers(numbers(list), true),
            Some(value) => Numbers(vec![number(value)], false),
            None => Numbers(vec![0.0], false),
        }
    }

    fn column(&self) -> Column<'_> {
        if self.1 {
            (&self.0).into()
        } else {
            self.0[0].into()
        }
    }
}

pub(super) fn member<T: Label>(arguments: &Arguments, name: &str) -> T {
    let name = arguments[name].as_str().unwrap();
    *T::ALL.iter().find(|member| member.name() == name).unwrap()
}

fn run(function: &str, arguments: &Arguments) -> Result<Value> {
    let columns = |name| Numbers::new(arguments, name);
    let [frequency, recency, age] = ["frequency", "recency", "age"].map(columns);
    let [horizon, purchases, rate] = ["horizon", "purchases", "discount_rate"].map(columns);
    let [mean_spend, renewals, spend_frequency, margin] =
        ["mean_spend", "renewals", "spend_frequency", "margin"].map(columns);
    let customers = HistoryColumns {
        frequency: frequency.column(),
        recency: recency.column(),
        age: age.column(),
    };
    let total = function.ends_with("_total");
    match function.rsplit_once('_').unwrap().0 {
        "purchase_model" => {
            let model = uncertain(purchase_model(arguments)?, arguments)?;
            let prediction: PurchasePrediction = member(arguments, "prediction");
            let numbers = PredictionNumbers {
                horizon: horizon.column(),
                purchases: purchases.column(),
                discount_rate: rate.column(),
            };
            answer(
                &model,
                prediction.range(),
                frequency.0.len(),
                total,
                arguments,
                |model, out| prediction.predict_into(model, customers, numbers, out),
            )
        }
        "gamma_gamma" => {
            let model = uncertain(spend_model(&arguments["model"])?, arguments)?;
            let spend = SpendColumns {
                frequency: frequency.column(),
                mean_spend: mean_spend.column(),
            };
            answer(
                &model,
                Range::OneSign,
                frequency.0.len(),
                total,
                arguments,
                |model, out| expected_spend_into(model, spend, out),
            )
        }
        "gamma_gamma_expected_spend" => {
            let at = columns("expected_spend");
            let mut out = vec![0.0; at.0.len()];
            let model = spend_model(&arguments["model"])?;
            expected_spend_density_into(&model, at.column(), &mut out)?;
            Ok(json!(out))
        }
        "renewal" => {
            let [alpha, beta, c] = ["alpha", "beta", "c"].map(|n| number(&arguments["model"][n]));
            let model = uncertain(Bdw::new(alpha, beta, c)?, arguments)?;
            let prediction: RenewalPrediction = member(arguments, "prediction");
            let columns = RenewalColumns {
                renewals: renewals.column(),
                horizon: horizon.column(),
                discount_rate: rate.column(),
            };
            answer(
                &model,
                prediction.range(),
                renewals.0.len(),
                total,
                arguments,
                |model, out| prediction.predict_into(model, columns, out),
            )
        }
        "lifetime_value" => {
            let purchases = uncertain(purchase_model(arguments)?, arguments)?;
            let covariance = numbers(&arguments["spend_log_covariance"]);
            let spend = UncertainModel::new(spend_model(&arguments["spend"])?, &covariance)?;
            let model = LifetimeValueModel::uncertain(&purchases, &spend);
            let columns = LifetimeValueColumns {
                frequency: frequency.column(),
                recency: recency.column(),
                age: age.column(),
                spend_frequency: spend_frequency.column(),
                mean_spend: mean_spend.column(),
                horizon: horizon.column(),
                discount_rate: rate.column(),
                margin: margin.column(),
            };
            answer(
                &model,
                Range::OneSign,
                frequency.0.len(),
                total,
                arguments,
                |model, out| lifetime_value_into(model, columns, out),
            )
        }
        other => panic!("no such function: {other}"),
    }
}

fn purchase_model(arguments: &Arguments) -> Result<AnyPurchaseModel> {
    let parameters = numbers(&arguments["parameters"]).try_into().unwrap();
    AnyPurchaseModel::new(member::<PurchaseModelKind>(arguments, "model"), parameters)
}

fn spend_model(model: &Value) -> Result<GammaGamma> {
    let [p, q, gamma] = ["p", "q", "gamma"].map(|name| number(&model[name]));
    GammaGamma::new(p, q, gamma)
}

pub(super) fn uncertain<M: Parametric>(
    model: M,
    arguments: &Arguments,
) -> Result<UncertainModel<M>> {
    UncertainModel::new(model, &numbers(&arguments["log_covariance"]))
}

pub(super) fn answer<M: Parametric>(
    model: &UncertainModel<M>,
    range: Range,
    rows: usize,
    total: bool,
    arguments: &Arguments,
    predict: impl Fn(&M, &mut [f64]) -> Result<()>,
) -> Result<Value> {
    let level = Probability::try_from(number(&arguments["level"]))?;
    if total {
        return Ok(json!(model.total(rows, range, level, predict)?));
    }
    let mut columns = [const { Vec::new() }; 4].map(|_: Vec<f64>| vec![0.0; rows]);
    let [estimate, standard_error, lower, upper] = &mut columns;
    let mut out = IntervalColumns {
        estimate,
        standard_error,
        lower,
        upper,
    };
    model.intervals_into(range, level, predict, &mut out)?;
    let [estimate, standard_error, lower, upper] = columns;
    Ok(json!({
        "estimate": estimate, "standard_error": standard_error, "lower": lower, "upper": upper,
    }))
}

fn level() -> Probability {
    Probability::try_from(0.95).unwrap()
}

/// The interval of a number y that is known up to a factor with the standard error s.
fn interval_of(y: f64, s: f64, range: Range) -> PredictionInterval {
    let model = UncertainModel::new(GammaGamma::new(1.0, 1.0, 1.0).unwrap(), &{
        let mut covariance = [0.0; 9];
        covariance[0] = s * s;
        covariance
    });
    let predict = |model: &GammaGamma, out: &mut [f64]| {
        out.fill(y * model.parameters()[0]);
        Ok(())
    };
    model.unwrap().total(1, range, level(), predict).unwrap()
}

proptest! {
    /// However uncertain, probabilities stay probabilities and signs stay signs, and no interval is empty.
    #[test]
    fn intervals_stay_in_range(y in 1e-9..0.999_999_f64, s in 0.0..50.0_f64, sign in prop::bool::ANY) {
        let probability = interval_of(y, s, Range::Probability);
        prop_assert!(0.0 <= probability.lower && probability.upper <= 1.0);
        let signed = if sign { y } else { -y };
        let one_sign = interval_of(signed, s, Range::OneSign);
        prop_assert!(one_sign.lower * signed >= 0.0 && one_sign.upper * signed >= 0.0);
        for interval in [probability, one_sign, interval_of(y, s, Range::Real)] {
            prop_assert!(interval.lower <= interval.estimate && interval.estimate <= interval.upper);
            prop_assert!((interval.standard_error - y * s).abs() <= 1e-9 * y * s);
        }
    }
}

/// What is certain has an interval of no width; at the boundary of a fit nothing is known.
#[test]
fn certain_and_unknown() {
    for range in [Range::Probability, Range::OneSign, Range::Real] {
        let certain = interval_of(0.4, 0.0, range);
        assert_eq!((certain.lower, certain.upper), (0.4, 0.4));
    }
    let zero = interval_of(0.0, 1.0, Range::OneSign);
    assert_eq!((zero.lower, zero.upper), (0.0, 0.0));
    let model = GammaGamma::new(1.0, 2.0, 3.0).unwrap();
    let unknown = UncertainModel::new(model, &[f64::NAN; 9]).unwrap();
    let predict =
        |model: &GammaGamma, out: &mut [f64]| expected_spend_into(model, SpendColumns::NEW, out);
    let total = unknown.total(2, Range::OneSign, level(), predict).unwrap();
    assert_eq!(total.estimate, 6.0);
    assert!(total.standard_error.is_nan() && total.lower.is_nan() && total.upper.is_nan());
    assert_eq!(
        unknown.draws(1, 1).unwrap_err().kind(),
        ErrorKind::NoSolution
    );
    let wrong = UncertainModel::new(model, &[0.0; 4]).unwrap_err();
    assert_eq!(
        (wrong.kind(), wrong.argument()),
        (ErrorKind::LengthMismatch, "log_covariance")
    );
}

/// Draws have the mean and the covariance that they are drawn with, and parameters that are known stay.
#[test]
fn draws_have_their_covariance() {
    const DRAWS: usize = 20_000;
    let covariance = [0.04, 0.03, 0.0, 0.03, 0.09, 0.0, 0.0, 0.0, 0.0];
    let model = GammaGamma::new(6.0, 4.0, 15.0).unwrap();
    let draws = UncertainModel::new(model, &covariance)
        .unwrap()
        .draws(DRAWS as u32, 5)
        .unwrap();
    let logs: Vec<[f64; 3]> = draws
        .iter()
        .map(|drawn| {
            let ratio = |i: usize| (drawn.parameters()[i] / model.parameters()[i]).ln();
            [ratio(0), ratio(1), ratio(2)]
        })
        .collect();
    let n = DRAWS as f64;
    for i in 0..3 {
        let mean = logs.iter().map(|log| log[i]).sum::<f64>() / n;
        assert!(mean.abs() <= 4.0 * (covariance[4 * i] / n).sqrt());
        for j in 0..3 {
            let product = logs.iter().map(|log| log[i] * log[j]).sum::<f64>() / n;
            let (a, b, c) = (covariance[4 * i], covariance[4 * j], covariance[3 * i + j]);
            let error = ((a * b + c * c) / n).sqrt();
            assert!((product - c).abs() <= 4.0 * error, "{i} {j}: {product} {c}");
        }
    }
}
