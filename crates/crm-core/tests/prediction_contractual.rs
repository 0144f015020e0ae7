//! Contractual models: the cases of `tests/vectors/prediction_contractual.json`, and laws.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::kernels::Column;
use crm_core::prediction::fit::{Fit, FitOptions};
use crm_core::prediction::{
    Bdw, RenewalColumns, RenewalModel, Renewals, Sbg, churn_probability_into,
    conditional_survival_into, discounted_lifetime_into, discounted_residual_lifetime_into,
    expected_residual_lifetime_into, retention_rate_into,
};
use crm_core::{ErrorKind, Result};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vectors::numbers;

const CASES: &str = include_str!("../../../tests/vectors/prediction_contractual.json");

#[test]
fn every_case() {
    vectors::check(CASES, |function, arguments| match function {
        "sbg_fit" => {
            vec![renewals(arguments).and_then(|r| report(Sbg::fit(&r, &FitOptions::default())?))]
        }
        "bdw_fit" => {
            vec![renewals(arguments).and_then(|r| report(Bdw::fit(&r, &FitOptions::default())?))]
        }
        "renewals" => vec![renewals(arguments).map(
            |r| json!({"at_risk": r.at_risk(), "lost": r.lost(), "customers": r.customers()}),
        )],
        _ => match model(arguments) {
            Ok(AnyModel::Sbg(model)) => {
                predictions(&model, function.trim_start_matches("renewal_"), arguments)
            }
            Ok(AnyModel::Bdw(model)) => {
                predictions(&model, function.trim_start_matches("renewal_"), arguments)
            }
            Err(error) => vec![Err(error)],
        },
    });
}

enum AnyModel {
    Sbg(Sbg),
    Bdw(Bdw),
}

fn model(arguments: &Map<String, Value>) -> Result<AnyModel> {
    let number = |name: &str| arguments["model"][name].as_f64();
    let (alpha, beta) = (number("alpha").unwrap(), number("beta").unwrap());
    Ok(match number("c") {
        None => AnyModel::Sbg(Sbg::new(alpha, beta)?),
        Some(c) => AnyModel::Bdw(Bdw::new(alpha, beta, c)?),
    })
}

fn renewals(arguments: &Map<String, Value>) -> Result<Renewals> {
    let mut renewals = Renewals::default();
    for cohort in arguments
        .get("survivors")
        .map_or(&[][..], |c| c.as_array().unwrap())
    {
        renewals.add_survivors(&numbers(cohort))?;
    }
    if let Some(tenure) = arguments.get("tenure") {
        let churned: Vec<bool> = numbers(&arguments["churned"])
            .iter()
            .map(|&c| c == 1.0)
            .collect();
        let weights = arguments.get("weights").map(numbers);
        renewals.add_customers(&numbers(tenure), &churned, weights.as_deref())?;
    }
    Ok(renewals)
}

fn report<M>(fit: Fit<M>) -> Result<Value> {
    let level = crm_core::units::Probability::try_from(0.95)?;
    let errors: Vec<f64> = fit
        .report
        .intervals(level)?
        .iter()
        .map(|estimate| estimate.standard_error)
        .collect();
    Ok(json!({
        "estimates": fit.report.estimates,
        "standard_errors": errors,
        "log_likelihood": fit.report.log_likelihood,
    }))
}

/// A horizon of the cases: a number, or null for an infinite one.
fn horizon(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::INFINITY)
}

/// The scalar form row by row, and the columnar form.
fn predictions(
    model: &impl RenewalModel,
    function: &str,
    arguments: &Map<String, Value>,
) -> Vec<Result<Value>> {
    let column = |name: &str| -> Vec<f64> {
        arguments[name]
            .as_array()
            .unwrap()
            .iter()
            .map(horizon)
            .collect()
    };
    let first = column(if arguments.contains_key("renewal") {
        "renewal"
    } else {
        "renewals"
    });
    let rows = first.len();
    let others: Vec<Vec<f64>> = ["further", "horizon", "discount_rate"]
        .iter()
        .filter(|name| arguments.contains_key(**name))
        .map(|name| column(name))
        .collect();
    let scalar = |row: usize| match function {
        "retention_rate" => model.retention_rate(first[row]),
        "churn_probability" => model.churn_probability(first[row]),
        "conditional_survival" => model.conditional_survival(first[row], others[0][row]),
        "discounted_lifetime" => {
            model.discounted_lifetime(first[row], others[0][row], others[1][row])
        }
        "discounted_residual_lifetime" => {
            model.discounted_residual_lifetime(first[row], others[0][row], others[1][row])
        }
        "expected_residual_lifetime" => {
            model.expected_residual_lifetime(first[row], others[0][row])
        }
        other => panic!("no function {other}"),
    };
    let scalars: Result<Vec<f64>> = (0..rows)
        .map(|row| scalar(row).map_err(|error| error.at_row(row)))
        .collect();
    let mut out = vec![0.0; rows];
    let customers = || RenewalColumns {
        renewals: Column::from(&first),
        horizon: Column::from(&others[0]),
        discount_rate: Column::from(&others[1]),
    };
    let columnar = match function {
        "retention_rate" => retention_rate_into(model, Column::from(&first), &mut out),
        "conditional_survival" => conditional_survival_into(
            model,
            Column::from(&first),
            Column::from(&others[0]),
            &mut out,
        ),
        "discounted_lifetime" => discounted_lifetime_into(model, customers(), &mut out),
        "discounted_residual_lifetime" => {
            discounted_residual_lifetime_into(model, customers(), &mut out)
        }
        "churn_probability" => churn_probability_into(model, Column::from(&first), &mut out),
        _ => expected_residual_lifetime_into(
            model,
            Column::from(&first),
            Column::from(&others[0]),
            &mut out,
        ),
    };
    vec![
        scalars.map(|values| json!(values)),
        columnar.map(|()| json!(out)),
    ]
}

fn models() -> impl Strategy<Value = (f64, f64)> {
    (-5.0..6.0, -5.0..8.0).prop_map(|(a, b): (f64, f64)| (a.exp(), b.exp()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn retention_rises_with_tenure_and_is_the_ratio((alpha, beta) in models(), t in 1..5_000) {
        let model = Sbg::new(alpha, beta).unwrap();
        let t = f64::from(t);
        let (now, next) = (model.retention_rate(t).unwrap(), model.retention_rate(t + 1.0).unwrap());
        prop_assert!(now <= next);
        let exact = (beta + t - 1.0) / (alpha + beta + t - 1.0);
        prop_assert!((now - exact).abs() <= 4e-15 * exact, "{now} {exact}");
        let survival = |t: f64| model.survival(t).unwrap();
        prop_assert!((survival(t) - survival(t - 1.0) * now).abs() <= 1e-13);
    }

    #[test]
    fn bdw_with_c_of_1_is_sbg((alpha, beta) in models(), m in 0..300, rate in 0.001..0.5) {
        let (sbg, bdw) = (Sbg::new(alpha, beta).unwrap(), Bdw::new(alpha, beta, 1.0).unwrap());
        let near = Bdw::new(alpha, beta, 1.0 + 1e-12).unwrap();
        let m = f64::from(m);
        let value = |model: &dyn Fn(f64) -> f64| model(m);
        let of = |derl: f64| derl;
        let a = value(&|m| of(sbg.discounted_residual_lifetime(m, f64::INFINITY, rate).unwrap()));
        let b = bdw.discounted_residual_lifetime(m, f64::INFINITY, rate).unwrap();
        let c = near.discounted_residual_lifetime(m, f64::INFINITY, rate).unwrap();
        prop_assert_eq!(a, b);
        prop_assert!((a - c).abs() <= 1e-8 * a);
    }

    #[test]
    fn lifetimes_have_their_closed_forms((alpha, beta) in models(), m in 0..300) {
        let model = Sbg::new(alpha + 1.01, beta).unwrap();
        let m = f64::from(m);
        let found = model.expected_residual_lifetime(m, f64::INFINITY).unwrap();
        let exact = (beta + m) / (alpha + 0.01);
        prop_assert!((found / exact - 1.0).abs() <= 1e-11, "{found} {exact}");
    }

    #[test]
    fn a_lifetime_is_its_first_years_and_the_rest(
        (alpha, beta) in models(),
        c in 0.3..2.5,
        m in 0..40,
        horizon in 1..3_000,
        rate in 0.0005..0.3,
    ) {
        let model = Bdw::new(alpha, beta, c).unwrap();
        let (m, h) = (f64::from(m), f64::from(horizon));
        let whole = model.discounted_lifetime(m, f64::INFINITY, rate).unwrap();
        let first = model.discounted_lifetime(m, h, rate).unwrap();
        let discount = (-h * rate.ln_1p()).exp();
        let later = model.conditional_survival(m, h).unwrap() * discount
            * model.discounted_lifetime(m + h, f64::INFINITY, rate).unwrap();
        prop_assert!((first + later - whole).abs() <= 1e-11 * whole, "{first} + {later} is not {whole}");
        let terms: f64 = (0..horizon)
            .map(|k| {
                let k = f64::from(k);
                model.conditional_survival(m, k).unwrap() * (-k * rate.ln_1p()).exp()
            })
            .sum();
        prop_assert!((first - terms).abs() <= 1e-11 * terms, "{first} is not {terms}");
    }

    #[test]
    fn cohorts_and_customers_are_the_same_data(
        lost in prop::collection::vec(1..40_u32, 2..8),
        stayed in 1..50_u32,
    ) {
        let total: u32 = lost.iter().sum::<u32>() + stayed;
        let mut left = total;
        let mut survivors = vec![f64::from(total)];
        let (mut tenure, mut churned) = (vec![], vec![]);
        for (t, &count) in lost.iter().enumerate() {
            left -= count;
            survivors.push(f64::from(left));
            tenure.extend((0..count).map(|_| (t + 1) as f64));
            churned.extend((0..count).map(|_| true));
        }
        tenure.extend((0..stayed).map(|_| lost.len() as f64));
        churned.extend((0..stayed).map(|_| false));
        let cohort = Renewals::from_survivors(&survivors).unwrap();
        let customers = Renewals::from_customers(&tenure, &churned, None).unwrap();
        prop_assert_eq!(&cohort, &customers);
        let twice = Renewals::from_customers(&tenure, &churned, Some(&vec![2.0; tenure.len()])).unwrap();
        let mut merged = cohort.clone();
        merged.merge(&customers);
        prop_assert_eq!(&merged, &twice);
        let doubled: Vec<f64> = cohort.at_risk().iter().map(|n| 2.0 * n).collect();
        prop_assert_eq!(twice.at_risk(), doubled);
    }
}

#[test]
fn what_cannot_be_told_is_refused() {
    let kind = |survivors: &[f64]| {
        let renewals = Renewals::from_survivors(survivors).unwrap();
        Sbg::fit(&renewals, &FitOptions::default())
            .unwrap_err()
            .kind()
    };
    assert_eq!(kind(&[10.0, 10.0, 10.0]), ErrorKind::NoSolution);
    assert_eq!(kind(&[10.0, 0.0]), ErrorKind::NoSolution);
    assert_eq!(kind(&[10.0, 5.0]), ErrorKind::NoSolution);
    let empty = Sbg::fit(&Renewals::default(), &FitOptions::default()).unwrap_err();
    assert_eq!(empty.kind(), ErrorKind::Empty);
}

#[test]
fn customers_who_are_all_alike_are_at_the_boundary() {
    let renewals = Renewals::from_survivors(&[1024.0, 512.0, 256.0, 128.0, 64.0]).unwrap();
    let fit = Sbg::fit(&renewals, &FitOptions::default()).unwrap();
    assert_eq!(
        fit.report.status,
        crm_core::prediction::fit::FitStatus::Boundary
    );
    assert!((fit.model.retention_rate(1.0).unwrap() - 0.5).abs() < 1e-3);
}
