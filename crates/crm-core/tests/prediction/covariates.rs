//! Models whose rates hang on covariates: what they owe the plain models, and what is refused.

use crm_core::ErrorKind;
use crm_core::kernels::Column;
use crm_core::prediction::fit::{Fit, FitOptions, FitStatus, Prior};
use crm_core::prediction::{
    AnyPurchaseModel, CovariateColumns, CovariateHistories, CovariateModel, Covariates,
    DropoutEffect, Histories, HistoryColumns, PurchaseModel, PurchaseModelKind, Range,
    discounted_purchases_into, expected_purchases_into, log_likelihood_into,
    probability_alive_into, simulate_histories,
};
use crm_core::units::{Label, Probability};

const KINDS: [PurchaseModelKind; 3] = [
    PurchaseModelKind::BgNbd,
    PurchaseModelKind::MbgNbd,
    PurchaseModelKind::ParetoNbd,
];

fn truth(kind: PurchaseModelKind) -> AnyPurchaseModel {
    let parameters = match kind {
        PurchaseModelKind::ParetoNbd => [0.6, 9.0, 0.7, 12.0],
        _ => [0.6, 6.0, 0.8, 2.5],
    };
    AnyPurchaseModel::new(kind, parameters).unwrap()
}

struct Customers {
    frequency: Vec<f64>,
    recency: Vec<f64>,
    age: Vec<f64>,
}

fn simulated(kind: PurchaseModelKind, count: usize, seed: u64) -> Customers {
    let ages = [39.0, 33.0, 28.0, 52.0];
    let age: Vec<f64> = ages.into_iter().cycle().take(count).collect();
    let made = simulate_histories(&truth(kind), &age, seed).unwrap();
    Customers {
        frequency: made.frequency,
        recency: made.recency,
        age,
    }
}

fn named(dropout_effect: DropoutEffect) -> Covariates {
    Covariates {
        purchase: vec!["online".into()],
        dropout: vec!["online".into()],
        dropout_effect,
    }
}

fn fit(
    kind: PurchaseModelKind,
    customers: &Customers,
    covariate: &[f64],
    penalty: f64,
    options: &FitOptions,
) -> Fit<CovariateModel> {
    let columns = [Column::from(covariate)];
    let columns = CovariateColumns {
        purchase: &columns,
        dropout: &columns,
    };
    let Customers {
        frequency,
        recency,
        age,
    } = customers;
    let covariates = named(DropoutEffect::Odds);
    let histories =
        CovariateHistories::new(frequency, recency, age, None, covariates, columns).unwrap();
    CovariateModel::fit(kind, &histories, penalty, options).unwrap()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error <= tolerance, "{found} is not {expected}");
    }
}

/// Coefficients of 0, and covariates of 0, leave the plain model: all bits.
#[test]
fn without_effect_it_is_the_plain_model() {
    for kind in KINDS {
        let plain = truth(kind);
        let customers = simulated(kind, 200, 1);
        let histories = HistoryColumns {
            frequency: (&customers.frequency).into(),
            recency: (&customers.recency).into(),
            age: (&customers.age).into(),
        };
        for (coefficients, value) in [([0.0, 0.0, 0.0], 2.5), ([0.7, -0.3, 0.2], 0.0)] {
            let coefficients = &coefficients[..if kind == PurchaseModelKind::ParetoNbd {
                2
            } else {
                3
            }];
            let covariates = named(DropoutEffect::Separate);
            let model = CovariateModel::new(plain, covariates, coefficients).unwrap();
            let columns = [Column::Constant(value)];
            let models = model.customers(CovariateColumns {
                purchase: &columns,
                dropout: &columns,
            });
            let models = models.unwrap();
            let [mut found, mut expected] = [[0.0; 200]; 2];
            log_likelihood_into(&models, histories, &mut found).unwrap();
            log_likelihood_into(&plain, histories, &mut expected).unwrap();
            assert_eq!(found, expected);
            probability_alive_into(&models, histories, 9.0.into(), &mut found).unwrap();
            probability_alive_into(&plain, histories, 9.0.into(), &mut expected).unwrap();
            assert_eq!(found, expected);
            let (horizon, rate) = (f64::INFINITY.into(), 0.01.into());
            discounted_purchases_into(&models, histories, horizon, rate, &mut found).unwrap();
            discounted_purchases_into(&plain, histories, horizon, rate, &mut expected).unwrap();
            assert_eq!(found, expected);
        }
    }
}

/// Where the second half of the customers lives c times as slowly as the first, each parameter with the unit of
/// time is c times as large, and all else is as in the plain model of the first half.
#[test]
fn a_covariate_that_stretches_time() {
    const STRETCH: f64 = 3.5;
    for kind in KINDS {
        let once = simulated(kind, 3_000, 2);
        let histories = Histories::new(&once.frequency, &once.recency, &once.age).unwrap();
        let plain = AnyPurchaseModel::fit(kind, &histories, &FitOptions::default()).unwrap();
        let twice = |column: &[f64], stretch: f64| -> Vec<f64> {
            let stretched = column.iter().map(|value| value * stretch);
            column.iter().copied().chain(stretched).collect()
        };
        let both = Customers {
            frequency: twice(&once.frequency, 1.0),
            recency: twice(&once.recency, STRETCH),
            age: twice(&once.age, STRETCH),
        };
        let slow = [vec![0.0; 3_000], vec![1.0; 3_000]].concat();
        let fit = fit(kind, &both, &slow, 0.0, &FitOptions::default());
        assert_eq!(fit.report.status, FitStatus::Converged);
        assert_close(
            &fit.model.base().parameters(),
            &plain.model.parameters(),
            1e-6,
        );
        let dropout = match kind {
            PurchaseModelKind::ParetoNbd => -STRETCH.ln(),
            _ => 0.0,
        };
        assert_close(fit.model.coefficients(), &[-STRETCH.ln(), dropout], 1e-6);
        // Densities of x purchase times are stretch^-x as large.
        let purchases: f64 = once.frequency.iter().sum();
        let expected = 2.0 * plain.report.log_likelihood - purchases * STRETCH.ln();
        assert_close(&[fit.report.log_likelihood], &[expected], 1e-10);
    }
}

/// A covariate in other units, with another zero, gives the same fit in those units.
#[test]
fn fits_do_not_depend_on_units() {
    let kind = PurchaseModelKind::BgNbd;
    let customers = simulated(kind, 2_000, 3);
    let z: Vec<f64> = (0..2_000).map(|i| f64::from(i % 7)).collect();
    let other: Vec<f64> = z.iter().map(|z| 1e6 + 250.0 * z).collect();
    let options = FitOptions {
        prior: Some(Prior::default()),
        ..FitOptions::default()
    };
    for (penalty, options) in [(0.0, FitOptions::default()), (0.1, options)] {
        let here = fit(kind, &customers, &z, penalty, &options);
        let there = fit(kind, &customers, &other, penalty, &options);
        assert_close(
            &[here.report.log_likelihood],
            &[there.report.log_likelihood],
            1e-12,
        );
        let [gamma, moved] = [&here, &there].map(|fit| fit.model.coefficients());
        let scaled: Vec<f64> = moved.iter().map(|gamma| gamma * 250.0).collect();
        assert_close(&scaled, gamma, 1e-8);
        let predicted = |fit: &Fit<CovariateModel>, z: &[f64]| {
            let columns = [Column::from(z)];
            let columns = CovariateColumns {
                purchase: &columns,
                dropout: &columns,
            };
            let models = fit.model.customers(columns).unwrap();
            let mut out = vec![0.0; z.len()];
            expected_purchases_into(&models, HistoryColumns::NEW, 52.0.into(), &mut out).unwrap();
            out
        };
        assert_close(&predicted(&there, &other), &predicted(&here, &z), 1e-6);
        let level = Probability::try_from(0.95).unwrap();
        let [errors, others] = [&here, &there].map(|fit| fit.report.intervals(level).unwrap());
        let ratio = others[4].standard_error * 250.0 / errors[4].standard_error;
        assert!((ratio - 1.0).abs() < 1e-6, "{ratio}");
    }
}

/// A penalty draws coefficients to 0, and a large one leaves the plain model.
#[test]
fn penalties() {
    let kind = PurchaseModelKind::ParetoNbd;
    let customers = simulated(kind, 1_000, 4);
    let z: Vec<f64> = customers.frequency.iter().map(|x| x.sqrt()).collect();
    let size = |penalty| {
        let found = fit(kind, &customers, &z, penalty, &FitOptions::default());
        found.model.coefficients()[0].abs()
    };
    let (free, held, gone) = (size(0.0), size(0.5), size(1e9));
    assert!(
        free > held && held > gone && gone < 1e-6,
        "{free} {held} {gone}"
    );
}

struct Simulated {
    model: CovariateModel,
    fit: Fit<CovariateModel>,
    online: Vec<f64>,
    income: Vec<f64>,
}

/// Customers with a covariate of 0 or 1 and one in tens of thousands, under a model of this kind, and a fit to
/// them.
fn simulated_with_covariates(kind: PurchaseModelKind, coefficients: &[f64]) -> Simulated {
    const CUSTOMERS: usize = 6_000;
    let covariates = Covariates {
        purchase: vec!["online".into(), "income".into()],
        dropout: vec!["online".into()],
        dropout_effect: DropoutEffect::Separate,
    };
    let model = CovariateModel::new(truth(kind), covariates.clone(), coefficients).unwrap();
    let online: Vec<f64> = (0..CUSTOMERS).map(|i| f64::from(i % 3 == 0)).collect();
    let income: Vec<f64> = (0..CUSTOMERS)
        .map(|i| 2e4 + 700.0 * (i % 101) as f64)
        .collect();
    let purchase = [Column::from(&online), Column::from(&income)];
    let columns = CovariateColumns {
        purchase: &purchase,
        dropout: &purchase[..1],
    };
    let ages = [39.0, 33.0, 28.0, 52.0];
    let age: Vec<f64> = ages.into_iter().cycle().take(CUSTOMERS).collect();
    let made = simulate_histories(&model.customers(columns).unwrap(), &age, 11).unwrap();
    let (x, tx) = (&made.frequency, &made.recency);
    let histories = CovariateHistories::new(x, tx, &age, None, covariates, columns).unwrap();
    let fit = CovariateModel::fit(kind, &histories, 0.0, &FitOptions::default()).unwrap();
    Simulated {
        model,
        fit,
        online,
        income,
    }
}

const COEFFICIENTS: [(PurchaseModelKind, &[f64]); 2] = [
    (PurchaseModelKind::ParetoNbd, &[0.8, 1e-5, -0.6]),
    (PurchaseModelKind::BgNbd, &[0.8, 1e-5, -0.6, 0.3]),
];

/// The parameters that the data come from lie within their 99.9 % intervals, and coefficients are told from 0.
#[test]
fn fits_find_what_was_simulated() {
    let level = Probability::try_from(0.999).unwrap();
    for (kind, coefficients) in COEFFICIENTS {
        let Simulated { model, fit, .. } = simulated_with_covariates(kind, coefficients);
        assert_eq!(fit.report.status, FitStatus::Converged);
        assert_eq!(fit.report.names, model.names());
        let intervals = fit.report.intervals(level).unwrap();
        for (interval, truth) in intervals.iter().zip(model.parameters()) {
            assert!(
                interval.lower < truth && truth < interval.upper,
                "{truth} {interval:?}"
            );
        }
        assert!(intervals[4].lower > 0.0 && intervals[5].lower > 0.0);
    }
}

/// The delta method and draws of the parameters agree on the expectation of a sum over customers, whatever the
/// units of the covariates.
#[test]
fn uncertainty_of_predictions() {
    let (kind, coefficients) = COEFFICIENTS[0];
    let Simulated {
        fit,
        online,
        income,
        ..
    } = simulated_with_covariates(kind, coefficients);
    let purchase = [Column::from(&online[..300]), Column::from(&income[..300])];
    let columns = CovariateColumns {
        purchase: &purchase,
        dropout: &purchase[..1],
    };
    let predict = |model: &CovariateModel, out: &mut [f64]| {
        let models = model.customers(columns)?;
        expected_purchases_into(&models, HistoryColumns::NEW, 52.0.into(), out)
    };
    let level = Probability::try_from(0.95).unwrap();
    let uncertain = fit.uncertain();
    let delta = uncertain
        .total(300, Range::OneSign, level, predict)
        .unwrap();
    let draws = uncertain
        .total_by_draws(300, level, (1_000, 3), predict)
        .unwrap();
    let ratio = delta.standard_error / draws.standard_error;
    assert!((ratio - 1.0).abs() < 0.08, "{ratio}");
    assert!((delta.upper / draws.upper - 1.0).abs() < 0.01);
}

/// Refits spread as the standard errors of the fit say, and what says nothing is refused, whatever chance brings.
#[test]
fn bootstraps_spread_as_fits_say() {
    let (kind, coefficients) = COEFFICIENTS[1];
    let Simulated {
        fit,
        online,
        income,
        ..
    } = simulated_with_covariates(kind, coefficients);
    let ages: Vec<f64> = [39.0, 33.0, 28.0, 52.0]
        .into_iter()
        .cycle()
        .take(online.len())
        .collect();
    let purchase = [Column::from(&online), Column::from(&income)];
    let columns = CovariateColumns {
        purchase: &purchase,
        dropout: &purchase[..1],
    };
    let how = (0.0, &FitOptions::default());
    let made = fit
        .model
        .parametric_bootstrap(&ages, columns, how, 12, 7)
        .unwrap();
    assert_eq!(made.undefined, 0);
    let level = Probability::try_from(0.95).unwrap();
    let found = made.intervals(level).unwrap();
    for (refits, of_fit) in found.iter().zip(fit.report.intervals(level).unwrap()) {
        let ratio = refits.standard_error / of_fit.standard_error;
        assert!((0.5..2.0).contains(&ratio), "{}: {ratio}", of_fit.name);
    }
    let constant = [Column::Constant(1.0), Column::from(&income)];
    let nothing = CovariateColumns {
        purchase: &constant,
        dropout: &purchase[..1],
    };
    let refused = fit.model.parametric_bootstrap(&ages, nothing, how, 2, 7);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NoSolution);
}

#[test]
fn covariates_that_say_nothing_are_refused() {
    let customers = simulated(PurchaseModelKind::BgNbd, 4, 5);
    let refused = |columns: &[&[f64]]| {
        let columns: Vec<Column<'_>> = columns.iter().map(|column| (*column).into()).collect();
        let covariates = Covariates {
            dropout: vec!["age".into(), "region".into()],
            ..Covariates::default()
        };
        let columns = CovariateColumns {
            purchase: &[],
            dropout: &columns,
        };
        let Customers {
            frequency,
            recency,
            age,
        } = &customers;
        CovariateHistories::new(frequency, recency, age, None, covariates, columns).unwrap_err()
    };
    let age = [20.0, 30.0, 50.0, 40.0];
    let cases = [
        (refused(&[&age]), ErrorKind::LengthMismatch, "of 1", None),
        (
            refused(&[&age, &[1.0; 3]]),
            ErrorKind::LengthMismatch,
            "of length 3",
            None,
        ),
        (
            refused(&[&age, &[1.0; 4]]),
            ErrorKind::NoSolution,
            "\"region\"",
            None,
        ),
        (
            refused(&[&age, &[5.0, 7.0, 11.0, 9.0]]),
            ErrorKind::NoSolution,
            "\"region\"",
            None,
        ),
        (
            refused(&[&[1.0, 2.0, f64::NAN, 0.0], &age]),
            ErrorKind::NotFinite,
            "NaN",
            Some(2),
        ),
    ];
    for (error, kind, value, row) in cases {
        assert_eq!(error.argument(), "dropout_covariates");
        assert_eq!(
            (error.kind(), error.value(), error.row()),
            (kind, Some(value), row)
        );
    }
}

#[test]
fn models_that_cannot_be() {
    let base = AnyPurchaseModel::new(PurchaseModelKind::BgBb, [1.0; 4]).unwrap();
    let error = CovariateModel::new(base, Covariates::default(), &[]).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::OutOfRange, "kind")
    );
    let base = truth(PurchaseModelKind::BgNbd);
    let error = CovariateModel::new(base, named(DropoutEffect::Separate), &[0.0; 2]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LengthMismatch);
    let model = CovariateModel::new(base, named(DropoutEffect::Odds), &[1.0, 1.0]).unwrap();
    let predict = |z: [f64; 2]| {
        let columns = [(&z[..]).into()];
        let columns = CovariateColumns {
            purchase: &columns,
            dropout: &columns,
        };
        let mut out = [0.0; 2];
        let models = model.customers(columns).unwrap();
        let new = HistoryColumns::NEW;
        expected_purchases_into(&models, new, 1.0.into(), &mut out).map(|()| out)
    };
    let infinite = predict([0.0, f64::INFINITY]).unwrap_err();
    let (argument, row) = (infinite.argument(), infinite.row());
    assert_eq!((argument, row), ("purchase_covariates", Some(1)));
    assert_eq!(predict([-1e4, 0.0]).unwrap_err().row(), Some(0));
    let [missing, known] = predict([f64::NAN, 0.0]).unwrap();
    assert!(missing.is_nan() && known > 0.0);
}

#[test]
fn names() {
    let model = |kind, effect, coefficients: &[f64]| {
        CovariateModel::new(truth(kind), named(effect), coefficients)
            .unwrap()
            .names()
    };
    let bg_nbd = model(PurchaseModelKind::BgNbd, DropoutEffect::Separate, &[0.0; 3]);
    let expected = [
        "r",
        "alpha",
        "a",
        "b",
        "purchase.online",
        "dropout_a.online",
        "dropout_b.online",
    ];
    assert_eq!(bg_nbd, expected);
    let pareto = model(
        PurchaseModelKind::ParetoNbd,
        DropoutEffect::Separate,
        &[0.0; 2],
    );
    assert_eq!(pareto[4..], ["purchase.online", "dropout.online"]);
    assert_eq!(DropoutEffect::Common.name(), "common");
}
