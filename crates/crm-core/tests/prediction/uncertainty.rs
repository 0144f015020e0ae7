//! What the uncertainty of the parameters makes of predictions.

use crm_core::prediction::fit::{Fit, FitOptions, FitReport};
use crm_core::prediction::{
    AnyPurchaseModel, Bdw, GammaGamma, Histories, HistoryColumns, ParametricBootstrap,
    PurchaseModel, PurchaseModelKind, Range, RenewalModel, Renewals, Sbg, Spending,
    expected_purchases_into, simulate_histories, simulate_tenures,
};
use crm_core::units::{Label, Probability};
use crm_core::{ErrorKind, Result};

const AGES: [f64; 4] = [39.0, 33.0, 28.0, 52.0];

fn level() -> Probability {
    Probability::try_from(0.95).unwrap()
}

fn fitted(customers: usize) -> (Vec<f64>, Fit<AnyPurchaseModel>) {
    let truth = AnyPurchaseModel::new(PurchaseModelKind::BgNbd, [0.5, 6.0, 0.8, 2.5]).unwrap();
    let ages: Vec<f64> = AGES.into_iter().cycle().take(customers).collect();
    let made = simulate_histories(&truth, &ages, 5).unwrap();
    let histories = Histories::new(&made.frequency, &made.recency, &ages).unwrap();
    let options = FitOptions::default();
    let fit = AnyPurchaseModel::fit(PurchaseModelKind::BgNbd, &histories, &options).unwrap();
    (ages, fit)
}

fn expected_of_new(model: &AnyPurchaseModel, out: &mut [f64]) -> Result<()> {
    expected_purchases_into(model, HistoryColumns::NEW, 52.0.into(), out)
}

/// Of a parameter itself the delta method gives the parameter's standard error.
#[test]
fn standard_errors_of_parameters() {
    let (_, fit) = fitted(2_000);
    let mut found = [0.0; 4];
    fit.uncertain()
        .standard_errors_into(
            |model, out| {
                out.copy_from_slice(&model.parameters());
                Ok(())
            },
            &mut found,
        )
        .unwrap();
    for (found, parameter) in found.iter().zip(fit.report.intervals(level()).unwrap()) {
        assert!((found / parameter.standard_error - 1.0).abs() < 1e-9);
    }
}

/// The delta method and draws of the parameters agree where the prediction is nearly linear, and a sum
/// of equal rows has as many times the error of one.
#[test]
fn totals_by_both_methods() {
    let (_, fit) = fitted(8_000);
    let by_delta = fit
        .uncertain()
        .total(10, Range::OneSign, level(), expected_of_new)
        .unwrap();
    let by_draws = fit
        .uncertain()
        .total_by_draws(10, level(), (1_000, 1), expected_of_new)
        .unwrap();
    assert_eq!(by_delta.estimate, by_draws.estimate);
    assert!((by_delta.standard_error / by_draws.standard_error - 1.0).abs() < 0.08);
    assert!((by_delta.lower / by_draws.lower - 1.0).abs() < 0.02);
    let one = fit
        .uncertain()
        .total(1, Range::OneSign, level(), expected_of_new)
        .unwrap();
    assert!((by_delta.standard_error / one.standard_error / 10.0 - 1.0).abs() < 1e-9);
}

#[test]
fn draws_repeat() {
    let fit = fitted(2_000).1.uncertain();
    let (few, many) = (fit.draws(3, 9).unwrap(), fit.draws(5, 9).unwrap());
    assert_eq!(few, many[..3]);
    assert_ne!(few, fit.draws(3, 10).unwrap());
}

/// Refits to simulated data spread as the Hessian says.
#[test]
fn bootstrap_spreads_as_standard_errors() {
    let (ages, fit) = fitted(1_500);
    let options = FitOptions::default();
    let made = fit
        .model
        .parametric_bootstrap(&ages, &options, 30, 3)
        .unwrap();
    assert_eq!((made.parameters.len(), made.undefined), (30, 0));
    let found = made.intervals(level()).unwrap();
    let expected = fit.report.intervals(level()).unwrap();
    for (found, expected) in found.iter().zip(expected).take(2) {
        let ratio = found.standard_error / expected.standard_error;
        assert!((0.6..1.6).contains(&ratio), "{ratio}");
    }
}

/// The mean of simulated frequencies is the expectation of a new customer, for every model.
#[test]
fn simulated_means() {
    const CUSTOMERS: usize = 10_000;
    for kind in PurchaseModelKind::ALL {
        let model = AnyPurchaseModel::new(*kind, [0.9, 5.0, 0.8, 7.0]).unwrap();
        let made = simulate_histories(&model, &[20.0; CUSTOMERS], 2).unwrap();
        let n = CUSTOMERS as f64;
        let mean = made.frequency.iter().sum::<f64>() / n;
        let squares: f64 = made.frequency.iter().map(|x| (x - mean) * (x - mean)).sum();
        let error = (squares / n / n).sqrt();
        let mut expected = [0.0];
        expected_purchases_into(&model, HistoryColumns::NEW, 20.0.into(), &mut expected).unwrap();
        assert!(
            (mean - expected[0]).abs() < 4.0 * error,
            "{kind:?}: {mean} {expected:?}"
        );
        assert!(
            made.recency
                .iter()
                .all(|recency| (0.0..=20.0).contains(recency))
        );
    }
}

#[test]
fn what_cannot_be_simulated() {
    let model = AnyPurchaseModel::new(PurchaseModelKind::BgBb, [1.0; 4]).unwrap();
    let error = simulate_histories(&model, &[2.0, 2.5], 0).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("age", Some(1)));
    let (_, fit) = fitted(500);
    let error = fit
        .uncertain()
        .total_by_draws(1, level(), (1, 0), expected_of_new)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::OutOfRange, "count")
    );
}

/// Spend and renewals: refits to simulated data spread as the Hessian says.
#[test]
fn other_bootstraps_spread_as_standard_errors() {
    let options = FitOptions::default();
    let spread_alike = |made: &ParametricBootstrap, report: &FitReport| {
        assert_eq!((made.parameters.len(), made.undefined), (40, 0));
        let found = made.intervals(level()).unwrap();
        let expected = report.intervals(level()).unwrap();
        for (found, expected) in found.iter().zip(expected) {
            let ratio = found.standard_error / expected.standard_error;
            assert!((0.6..1.6).contains(&ratio), "{ratio}");
            assert!(found.lower < expected.estimate && expected.estimate < found.upper);
        }
    };

    let frequency: Vec<f64> = [1.0, 2.0, 5.0].into_iter().cycle().take(1_500).collect();
    let truth = GammaGamma::new(6.0, 4.0, 15.0).unwrap();
    let spend = truth.simulate(&frequency, 1).unwrap();
    let fit = GammaGamma::fit(&Spending::new(&frequency, &spend).unwrap(), &options).unwrap();
    let made = fit
        .model
        .parametric_bootstrap(&frequency, &options, 40, 2)
        .unwrap();
    spread_alike(&made, &fit.report);

    let ages: Vec<f64> = [3.0, 5.0, 9.0].into_iter().cycle().take(6_000).collect();
    let truth = Bdw::new(0.7, 2.0, 1.3).unwrap();
    let made = simulate_tenures(&truth, &ages, 4).unwrap();
    let renewals = Renewals::from_customers(&made.tenure, &made.churned, None).unwrap();
    let fit = Sbg::fit(&renewals, &options).unwrap();
    let made = fit
        .model
        .parametric_bootstrap(&ages, &options, 40, 2)
        .unwrap();
    spread_alike(&made, &fit.report);
    let fit = Bdw::fit(&renewals, &options).unwrap();
    let made = fit
        .model
        .parametric_bootstrap(&ages, &options, 40, 2)
        .unwrap();
    spread_alike(&made, &fit.report);
}

/// As many customers leave at each renewal as the model says.
#[test]
fn simulated_tenures() {
    const CUSTOMERS: usize = 20_000;
    let model = Bdw::new(0.7, 2.0, 1.3).unwrap();
    let made = simulate_tenures(&model, &[6.0; CUSTOMERS], 8).unwrap();
    let n = CUSTOMERS as f64;
    for renewal in 1..=6_u32 {
        let expected = model.churn_probability(renewal.into()).unwrap();
        let customers = made.tenure.iter().zip(&made.churned);
        let left = customers.filter(|(tenure, left)| **left && **tenure == f64::from(renewal));
        let share = left.count() as f64 / n;
        assert!(
            (share - expected).abs() < 4.0 * (expected / n).sqrt(),
            "{renewal}: {share} {expected}"
        );
    }
    let error = simulate_tenures(&model, &[1.0, 1.5], 0).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("age", Some(1)));
}
