//! Gamma-Gamma: the cases of `tests/vectors/prediction_spend.json`, and laws.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::kernels::Column;
use crm_core::prediction::fit::{FitOptions, FitStatus};
use crm_core::prediction::{
    GammaGamma, SpendColumns, Spending, expected_spend_into, spend_interval_into,
    spend_lifetime_value_into, spend_log_density_into,
};
use crm_core::units::Probability;
use crm_core::{ErrorKind, Result};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vectors::numbers;

const CASES: &str = include_str!("../../../tests/vectors/prediction_spend.json");

#[test]
fn every_case() {
    vectors::check(CASES, |function, arguments| {
        if function == "gamma_gamma_fit" {
            return vec![fit(arguments)];
        }
        match model(arguments) {
            Ok(model) => predictions(
                &model,
                function.trim_start_matches("gamma_gamma_"),
                arguments,
            ),
            Err(error) => vec![Err(error)],
        }
    });
}

fn fit(arguments: &Map<String, Value>) -> Result<Value> {
    let (x, m) = (
        numbers(&arguments["frequency"]),
        numbers(&arguments["mean_spend"]),
    );
    let spending = match arguments.get("weights") {
        None => Spending::new(&x, &m)?,
        Some(weights) => Spending::with_weights(&x, &m, &numbers(weights))?,
    };
    let report = GammaGamma::fit(&spending, &FitOptions::default())?.report;
    let intervals = report.intervals(Probability::try_from(0.95)?)?;
    let errors: Vec<f64> = intervals
        .iter()
        .map(|estimate| estimate.standard_error)
        .collect();
    Ok(json!({
        "estimates": report.estimates,
        "standard_errors": errors,
        "log_likelihood": report.log_likelihood,
        "customers": report.customers,
        "correlation": spending.correlation(),
    }))
}

fn model(arguments: &Map<String, Value>) -> Result<GammaGamma> {
    let number = |name: &str| arguments["model"][name].as_f64().unwrap();
    GammaGamma::new(number("p"), number("q"), number("gamma"))
}

/// The scalar form row by row, and the columnar form.
fn predictions(
    model: &GammaGamma,
    function: &str,
    arguments: &Map<String, Value>,
) -> Vec<Result<Value>> {
    let column = |name: &str| arguments.get(name).map(numbers).unwrap_or_default();
    let [x, m, purchases, margin] =
        ["frequency", "mean_spend", "discounted_purchases", "margin"].map(column);
    let customers = SpendColumns {
        frequency: Column::from(&x),
        mean_spend: Column::from(&m),
    };
    let mut out = vec![0.0; x.len()];
    if function == "spend_interval" {
        let level = Probability::try_from(arguments["level"].as_f64().unwrap()).unwrap();
        let mut upper = out.clone();
        let pairs: Result<Vec<(f64, f64)>> = x
            .iter()
            .zip(&m)
            .map(|(&x, &m)| model.spend_interval(x, m, level))
            .collect();
        let columnar = spend_interval_into(model, customers, level, &mut out, &mut upper);
        return vec![
            pairs.map(|pairs| {
                let (lower, upper): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
                json!({"lower": lower, "upper": upper})
            }),
            columnar.map(|()| json!({"lower": out, "upper": upper})),
        ];
    }
    let scalar = |row: usize| match function {
        "expected_spend" => model.expected_spend(x[row], m[row]),
        "log_density" => model.log_density(x[row], m[row]),
        "lifetime_value" => model.lifetime_value(x[row], m[row], purchases[row], margin[row]),
        other => panic!("no function {other}"),
    };
    let scalars: Result<Vec<f64>> = (0..x.len())
        .map(|row| scalar(row).map_err(|error| error.at_row(row)))
        .collect();
    let columnar = match function {
        "expected_spend" => expected_spend_into(model, customers, &mut out),
        "log_density" => spend_log_density_into(model, customers, &mut out),
        _ => {
            let (purchases, margin) = (Column::from(&purchases), Column::from(&margin));
            spend_lifetime_value_into(model, customers, purchases, margin, &mut out)
        }
    };
    vec![
        scalars.map(|values| json!(values)),
        columnar.map(|()| json!(out)),
    ]
}

fn frequencies(customers: usize) -> Vec<f64> {
    (0..customers).map(|i| (i % 9) as f64).collect()
}

fn fitted(x: &[f64], m: &[f64]) -> crm_core::prediction::fit::Fit<GammaGamma> {
    GammaGamma::fit(&Spending::new(x, m).unwrap(), &FitOptions::default()).unwrap()
}

#[test]
fn a_fit_finds_what_was_simulated() {
    let truth = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let x = frequencies(20_000);
    let m = truth.simulate(&x, 7).unwrap();
    assert_eq!(m, truth.simulate(&x, 7).unwrap());
    let fit = fitted(&x, &m);
    assert_eq!(fit.report.status, FitStatus::Converged);
    let intervals = fit
        .report
        .intervals(Probability::try_from(0.999).unwrap())
        .unwrap();
    for (interval, truth) in intervals.iter().zip(truth.parameters()) {
        assert!(
            (interval.lower..interval.upper).contains(&truth),
            "{interval:?} {truth}"
        );
    }
}

#[test]
fn one_customer_or_one_amount_is_at_the_boundary() {
    assert_eq!(fitted(&[3.0], &[20.0]).report.status, FitStatus::Boundary);
    assert_eq!(
        fitted(&[3.0, 1.0, 2.0], &[20.0; 3]).report.status,
        FitStatus::Boundary
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_unit_of_money_changes_gamma_alone(seed in any::<u64>(), log_unit in -12.0..12.0) {
        let unit = f64::exp(log_unit);
        let model = GammaGamma::new(4.0, 3.0, 20.0).unwrap();
        let x = frequencies(600);
        let m = model.simulate(&x, seed).unwrap();
        let scaled: Vec<f64> = m.iter().map(|m| m * unit).collect();
        let (a, b) = (fitted(&x, &m), fitted(&x, &scaled));
        prop_assume!(a.report.status == FitStatus::Converged);
        let ([p, q, gamma], [p2, q2, gamma2]) = (a.model.parameters(), b.model.parameters());
        for (found, expected) in [(p2, p), (q2, q), (gamma2, gamma * unit)] {
            prop_assert!((found / expected - 1.0).abs() < 1e-4, "{found} {expected}");
        }
        let jacobian = a.report.customers * unit.ln();
        prop_assert!((b.report.log_likelihood + jacobian - a.report.log_likelihood).abs() < 1e-6);
    }

    #[test]
    fn a_weight_is_a_number_of_customers(seed in any::<u64>()) {
        let model = GammaGamma::new(4.0, 3.0, 20.0).unwrap();
        let x = frequencies(300);
        let m = model.simulate(&x, seed).unwrap();
        let weights: Vec<f64> = (0..x.len()).map(|i| (i % 3) as f64).collect();
        let (mut every_x, mut every_m) = (vec![], vec![]);
        for (i, &weight) in weights.iter().enumerate() {
            for _ in 0..weight as usize {
                every_x.push(x[i]);
                every_m.push(m[i]);
            }
        }
        let weighted = Spending::with_weights(&x, &m, &weights).unwrap();
        let every = Spending::new(&every_x, &every_m).unwrap();
        prop_assert!((weighted.correlation().unwrap() - every.correlation().unwrap()).abs() < 1e-12);
        let a = GammaGamma::fit(&weighted, &FitOptions::default());
        let b = GammaGamma::fit(&every, &FitOptions::default());
        match (a, b) {
            (Ok(a), Ok(b)) => {
                prop_assume!(a.report.status == FitStatus::Converged);
                let (a, b) = (a.report.log_likelihood, b.report.log_likelihood);
                prop_assert!((a - b).abs() < 1e-7 * a.abs(), "{a} {b}");
            }
            _ => prop_assume!(false),
        }
    }

    #[test]
    fn expectation_and_interval_shrink_to_the_customer(
        (p, q, gamma) in (0.2..50.0, 1.1..30.0, 0.1..100.0),
        x in 1..40_u32,
        m in 0.1..500.0,
    ) {
        let model = GammaGamma::new(p, q, gamma).unwrap();
        let x = f64::from(x);
        let all = model.expected_spend(0.0, 0.0).unwrap();
        let one = model.expected_spend(x, m).unwrap();
        prop_assert!(one >= all.min(m) * (1.0 - 1e-12) && one <= all.max(m) * (1.0 + 1e-12));
        let half = Probability::try_from(0.5).unwrap();
        let most = Probability::try_from(0.99).unwrap();
        let (narrow, wide) = (
            model.spend_interval(x, m, half).unwrap(),
            model.spend_interval(x, m, most).unwrap(),
        );
        prop_assert!(0.0 < wide.0 && wide.0 < narrow.0 && narrow.0 < narrow.1 && narrow.1 < wide.1);
    }

    #[test]
    fn an_infinite_mean_is_said_and_never_negative(q in 0.01..1.0, gamma in 0.1..100.0) {
        let model = GammaGamma::new(3.0, q, gamma).unwrap();
        let error = model.expected_spend(0.0, 0.0).unwrap_err();
        prop_assert_eq!((error.kind(), error.argument()), (ErrorKind::Divergent, "q"));
        prop_assert!(model.expected_spend(1.0, 5.0).unwrap() > 0.0);
        prop_assert!(model.spend_interval(0.0, 0.0, Probability::try_from(0.9).unwrap()).is_ok());
    }
}

#[test]
fn the_densities_are_densities() {
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    // Simpson's rule over ln m.
    let integral = |density: &dyn Fn(f64) -> f64| {
        let n = 4_000;
        let step = 24.0 / f64::from(n);
        let at = |i: i32| {
            let m = f64::exp(-12.0 + f64::from(i) * step);
            density(m)
                * m
                * if i == 0 || i == n {
                    1.0
                } else {
                    f64::from(2 + 2 * (i % 2))
                }
        };
        (0..=n).map(at).sum::<f64>() * step / 3.0
    };
    for x in [1.0, 4.0, 30.0] {
        let total = integral(&|m| model.log_density(x, m).unwrap().exp());
        assert!((total - 1.0).abs() < 1e-9, "{total}");
    }
    let total = integral(&|m| model.expected_spend_density(m).unwrap());
    assert!((total - 1.0).abs() < 1e-9, "{total}");
    let mean = integral(&|m| m * model.expected_spend_density(m).unwrap());
    assert!((mean / model.expected_spend(0.0, 0.0).unwrap() - 1.0).abs() < 1e-6);
}
