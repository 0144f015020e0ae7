//! Hidden Markov models: the shared vectors, and what holds of every model.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that panics is a failed test"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::clv::switching::{Horizon, TransitionMatrix};
use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::hidden_markov::{
    Activity, EmOptions, EmissionFamily, Emissions, HiddenMarkov, HiddenMarkovFit, Panel,
    StateTransitions, TransitionLogit,
};
use crm_core::units::{Label, Probability, Rate};
use crm_core::{ErrorKind, Result};
use serde_json::{Map, Value, json};
use vectors::numbers;

type Arguments = Map<String, Value>;

#[test]
fn every_case_of_the_vectors() {
    let text = include_str!("../../../tests/vectors/hidden_markov.json");
    vectors::check(text, |function, arguments| vec![run(function, arguments)]);
}

fn run(function: &str, arguments: &Arguments) -> Result<Value> {
    Ok(match function {
        "hidden_markov_decode" => {
            let (model, panel) = (model(arguments)?, panel(arguments)?);
            let found = model.decode(&panel)?;
            let table = |values: &[f64]| json!(values.chunks(found.states).collect::<Vec<_>>());
            json!({
                "log_likelihood": found.log_likelihood,
                "filtered": table(&found.filtered),
                "smoothed": table(&found.smoothed),
                "path": found.path,
                "path_log_probability": found.path_log_probability,
            })
        }
        "hidden_markov_refined" => {
            let options = EmOptions {
                max_iterations: arguments["max_iterations"].as_u64().unwrap() as u32,
                tolerance: arguments["tolerance"].as_f64().unwrap(),
                ..EmOptions::default()
            };
            let fit = model(arguments)?.refined(&panel(arguments)?, &options)?;
            let mut found = fitted(&fit);
            found["iterations"] = json!(fit.iterations);
            found["bic"] = json!(fit.bic());
            found
        }
        "hidden_markov_fit" => {
            let states = arguments["states"].as_u64().unwrap() as usize;
            let options = EmOptions {
                max_iterations: 5_000,
                tolerance: arguments["tolerance"].as_f64().unwrap(),
                ..EmOptions::default()
            };
            fitted(&HiddenMarkov::fit(
                &panel(arguments)?,
                family(arguments),
                states,
                &options,
            )?)
        }
        "hidden_markov_uncertainty" => {
            let model = model(arguments)?;
            let found = model.uncertainty(&panel(arguments)?)?;
            let confidence = Probability::try_from(arguments["confidence"].as_f64().unwrap())?;
            let (lower, upper) = found.intervals(confidence)?;
            let size = found.estimates.len();
            json!({
                "names": model.parameter_names(),
                "standard_errors": found.standard_errors,
                "covariance": found.covariance.chunks(size).collect::<Vec<_>>(),
                "distance": found.distance,
                "lower": lower,
                "upper": upper,
            })
        }
        "hidden_markov_stages" => {
            let path: Vec<u32> = numbers(&arguments["path"])
                .iter()
                .map(|p| *p as u32)
                .collect();
            let stages = model(arguments)?.stages(&panel(arguments)?, &path)?;
            json!(stages)
        }
        "hidden_markov_state_values" => {
            let horizon = arguments["periods"].as_u64();
            let horizon = horizon.map_or(Horizon::Infinite, |last| Horizon::Periods(last as u32));
            let rate = Rate::try_from(arguments["discount_rate"].as_f64().unwrap())?;
            let margin = arguments["margin"].as_f64().unwrap();
            let at = numbers(&arguments["at"]);
            json!(
                model(arguments)?
                    .state_values(margin, &at, rate, horizon)?
                    .values
            )
        }
        _ => Value::Null,
    })
}

fn family(arguments: &Arguments) -> EmissionFamily {
    let name = arguments["family"].as_str().unwrap();
    *EmissionFamily::ALL
        .iter()
        .find(|family| family.name() == name)
        .unwrap()
}

fn model(arguments: &Arguments) -> Result<HiddenMarkov> {
    let initial = numbers(&arguments["initial"]);
    let transitions = match arguments.get("transitions") {
        Some(rows) => {
            let rows: Vec<Vec<f64>> = rows.as_array().unwrap().iter().map(numbers).collect();
            StateTransitions::Constant(TransitionMatrix::new(&rows)?)
        }
        None => {
            let coefficients = numbers(&arguments["coefficients"]);
            let states = initial.len();
            let covariates = coefficients.len() / (states * (states - 1)) - 1;
            StateTransitions::Logit(TransitionLogit::new(states, covariates, coefficients)?)
        }
    };
    let emissions = Emissions::new(family(arguments), numbers(&arguments["parameters"]))?;
    HiddenMarkov::new(initial, transitions, emissions)
}

fn panel(arguments: &Arguments) -> Result<Panel> {
    let (mut offsets, mut values) = (vec![0], Vec::new());
    for history in arguments["histories"].as_array().unwrap() {
        let history = history.as_array().unwrap().iter();
        values.extend(history.map(|value| value.as_f64().unwrap_or(f64::NAN)));
        offsets.push(values.len());
    }
    let panel = Panel::new(offsets, values)?;
    match arguments.get("covariates") {
        Some(rows) => {
            let rows: Vec<Vec<f64>> = rows.as_array().unwrap().iter().map(numbers).collect();
            let width = rows[0].len();
            panel.with_covariates(rows.concat(), width)
        }
        None => Ok(panel),
    }
}

fn fitted(fit: &HiddenMarkovFit) -> Value {
    let mut found = json!({
        "log_likelihood": fit.log_likelihood,
        "status": fit.status,
        "initial": fit.model.initial(),
        "parameters": fit.model.emissions().parameters(),
    });
    match fit.model.transitions() {
        StateTransitions::Constant(matrix) => {
            found["transitions"] = json!(matrix.rows().collect::<Vec<_>>());
        }
        StateTransitions::Logit(logit) => found["coefficients"] = json!(logit.coefficients()),
    }
    found
}

fn constant(rows: &[[f64; 3]; 3]) -> StateTransitions {
    StateTransitions::Constant(TransitionMatrix::new(rows).unwrap())
}

/// The customers of the module's documentation.
fn truth() -> HiddenMarkov {
    let rows = [[0.90, 0.08, 0.02], [0.10, 0.80, 0.10], [0.05, 0.15, 0.80]];
    let emissions = Emissions::new(EmissionFamily::Poisson, vec![0.1, 1.0, 4.0]).unwrap();
    HiddenMarkov::new(vec![0.4, 0.4, 0.2], constant(&rows), emissions).unwrap()
}

/// The confusion matrix that the documentation shows.
#[test]
fn states_are_recovered() {
    let made = truth().simulate(&[24; 2_000], 1).unwrap();
    let options = EmOptions::default();
    let fit = HiddenMarkov::fit(&made.panel, EmissionFamily::Poisson, 3, &options).unwrap();
    for (found, expected) in fit.model.emissions().means().iter().zip([0.1, 1.0, 4.0]) {
        assert!((found - expected).abs() < 0.05 * expected + 0.01, "{found}");
    }
    let path = fit.model.decode(&made.panel).unwrap().path;
    let mut counts = [[0_u32; 3]; 3];
    for (&truth, &found) in made.states.iter().zip(&path) {
        counts[truth as usize][found as usize] += 1;
    }
    let percent = counts.map(|row| {
        let sum: u32 = row.iter().sum();
        row.map(|n| (100.0 * f64::from(n) / f64::from(sum)).round() as u32)
    });
    assert_eq!(percent, [[89, 11, 0], [15, 80, 5], [0, 13, 87]]);
}

/// Amounts, and the coefficients of a covariate, come back within a few standard errors.
#[test]
fn parameters_are_recovered() {
    let matrix = TransitionMatrix::new(&[[0.9, 0.1], [0.2, 0.8]]).unwrap();
    let family = EmissionFamily::ZeroInflatedLogNormal;
    let given = vec![0.1, 2.0, 0.7, 0.8, 4.0, 0.4];
    let emissions = Emissions::new(family, given.clone()).unwrap();
    let model = HiddenMarkov::new(
        vec![0.5, 0.5],
        StateTransitions::Constant(matrix),
        emissions,
    )
    .unwrap();
    let made = model.simulate(&[20; 500], 3).unwrap();
    let fit = HiddenMarkov::fit(&made.panel, family, 2, &EmOptions::default()).unwrap();
    for (found, expected) in fit.model.emissions().parameters().iter().zip(&given) {
        assert!((found - expected).abs() < 0.08, "{found} {expected}");
    }

    let coefficients = vec![-2.0, 1.0, -1.5, -0.8];
    let logit = TransitionLogit::new(2, 1, coefficients.clone()).unwrap();
    let emissions =
        Emissions::new(EmissionFamily::NegativeBinomial, vec![0.3, 2.0, 5.0, 3.0]).unwrap();
    let model =
        HiddenMarkov::new(vec![0.5, 0.5], StateTransitions::Logit(logit), emissions).unwrap();
    let covariates: Vec<f64> = (0..10_000)
        .map(|row| f64::from(row * 7 % 11) / 5.0 - 1.0)
        .collect();
    let made = model.simulate_with(&[20; 500], covariates, 4).unwrap();
    let fit = HiddenMarkov::fit(
        &made.panel,
        EmissionFamily::NegativeBinomial,
        2,
        &EmOptions::default(),
    )
    .unwrap();
    let StateTransitions::Logit(found) = fit.model.transitions() else {
        panic!("a fit with covariates");
    };
    for (found, expected) in found.coefficients().iter().zip(&coefficients) {
        assert!((found - expected).abs() < 0.3, "{found} {expected}");
    }
    let shapes: Vec<f64> = fit.model.emissions().parameters().to_vec();
    assert!(
        (shapes[1] - 2.0).abs() < 1.5 && (shapes[3] - 3.0).abs() < 0.5,
        "{shapes:?}"
    );
}

/// Standard errors are what parameters vary by from sample to sample; those of a fit are small against its distance.
#[test]
fn standard_errors_are_those_of_many_samples() {
    const SAMPLES: usize = 60;
    let matrix = TransitionMatrix::new(&[[0.9, 0.1], [0.2, 0.8]]).unwrap();
    let family = EmissionFamily::Poisson;
    let emissions = Emissions::new(family, vec![0.3, 3.0]).unwrap();
    let constant = StateTransitions::Constant(matrix);
    let model = HiddenMarkov::new(vec![0.5, 0.5], constant, emissions).unwrap();
    let mut standardised = [0.0; 8];
    for seed in 0..SAMPLES {
        let made = model.simulate(&[12; 120], seed as u64).unwrap();
        let options = EmOptions {
            tolerance: 1e-12,
            ..EmOptions::default()
        };
        let fit = model.refined(&made.panel, &options).unwrap();
        let found = fit.model.uncertainty(&made.panel).unwrap();
        assert!(found.distance < 1e-3, "{}", found.distance);
        let truth = [0.5, 0.5, 0.9, 0.1, 0.2, 0.8, 0.3, 3.0];
        let errors = found.estimates.iter().zip(&found.standard_errors);
        for ((sum, truth), (estimate, error)) in standardised.iter_mut().zip(truth).zip(errors) {
            *sum += ((estimate - truth) / error).powi(2) / SAMPLES as f64;
        }
    }
    // χ² with 60 degrees of freedom, divided by them, is between these but once in 10,000 times.
    assert!(
        standardised.iter().all(|mean| (0.44..1.83).contains(mean)),
        "{standardised:?}"
    );
}

/// A state that nobody is in has no standard errors, and does not keep others from having them.
#[test]
fn what_the_panel_does_not_tell_is_held() {
    let rows = [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.3, 0.3, 0.4]];
    let emissions = Emissions::new(EmissionFamily::Poisson, vec![0.3, 3.0, 50.0]).unwrap();
    let model = HiddenMarkov::new(vec![0.5, 0.5, 0.0], constant(&rows), emissions).unwrap();
    let made = model.simulate(&[10; 100], 1).unwrap();
    let found = model.uncertainty(&made.panel).unwrap();
    let known = |names: &[&str]| {
        let all = model.parameter_names();
        let place = |name: &&str| all.iter().position(|n| n == name).unwrap();
        names
            .iter()
            .map(place)
            .all(|place| found.standard_errors[place] > 0.0)
    };
    assert!(known(&[
        "initial_0",
        "initial_1",
        "transition_0_0",
        "transition_1_0",
        "mean_1"
    ]));
    let missing = found.standard_errors.iter().filter(|error| error.is_nan());
    assert_eq!(missing.count(), 1 + 2 + 3 + 1);
}

#[test]
fn likelihood_never_falls_and_threads_do_not_matter() {
    let made = truth().simulate(&[10; 2_500], 9).unwrap();
    for family in [EmissionFamily::Poisson, EmissionFamily::NegativeBinomial] {
        let fits: Vec<HiddenMarkovFit> = [1, 2, 5]
            .into_iter()
            .map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .build()
                    .unwrap();
                let options = EmOptions {
                    starts: 2,
                    trial_iterations: 3,
                    max_iterations: 4,
                    ..EmOptions::default()
                };
                pool.install(|| HiddenMarkov::fit(&made.panel, family, 3, &options).unwrap())
            })
            .collect();
        assert!(fits[0] == fits[1] && fits[0] == fits[2], "{family:?}");

        let mut before = f64::NEG_INFINITY;
        for max_iterations in 1..12 {
            let options = EmOptions {
                starts: 1,
                max_iterations,
                tolerance: 0.0,
                ..EmOptions::default()
            };
            let fit = HiddenMarkov::fit(&made.panel, family, 3, &options).unwrap();
            assert!(
                fit.log_likelihood >= before - 1e-9 * before.abs().min(1e9),
                "{family:?}"
            );
            before = fit.log_likelihood;
        }
    }
}

#[test]
fn threads_do_not_matter_to_standard_errors() {
    let made = truth().simulate(&[10; 2_500], 9).unwrap();
    let [one, three] = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let errors = || truth().uncertainty(&made.panel).unwrap();
        pool.build().unwrap().install(errors)
    });
    assert!(one == three);
}

/// A fit is as good where its states are given in another order.
#[test]
fn states_are_ordered_by_their_means() {
    let made = truth().simulate(&[12; 300], 2).unwrap();
    let rows = [[0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7]];
    let emissions =
        |means: [f64; 3]| Emissions::new(EmissionFamily::Poisson, means.to_vec()).unwrap();
    let start = HiddenMarkov::new(
        vec![0.2, 0.5, 0.3],
        constant(&rows),
        emissions([5.0, 0.2, 1.0]),
    );
    // The same with states 1, 2, 0.
    let rows = [[0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.3, 0.1, 0.6]];
    let other = HiddenMarkov::new(
        vec![0.5, 0.3, 0.2],
        constant(&rows),
        emissions([0.2, 1.0, 5.0]),
    );
    let options = EmOptions {
        max_iterations: 30,
        ..EmOptions::default()
    };
    let [a, b] = [start, other].map(|model| model.unwrap().refined(&made.panel, &options).unwrap());
    assert!((a.log_likelihood - b.log_likelihood).abs() < 1e-8);
    let pairs = a
        .model
        .emissions()
        .means()
        .into_iter()
        .zip(b.model.emissions().means());
    for (a, b) in pairs {
        assert!((a - b).abs() < 1e-10);
    }
    let means = a.model.emissions().means();
    assert!(means.is_sorted());
}

/// Transitions by covariates of which none has an effect are those of the plain model.
#[test]
fn covariates_without_effect() {
    let model = truth();
    let StateTransitions::Constant(matrix) = model.transitions() else {
        panic!("constant transitions");
    };
    let mut coefficients = Vec::new();
    for (i, row) in matrix.rows().enumerate() {
        for j in (0..3).filter(|&j| j != i) {
            coefficients.extend([libm::log(row[j] / row[i]), 0.0]);
        }
    }
    let logit = TransitionLogit::new(3, 1, coefficients).unwrap();
    let with = HiddenMarkov::new(
        model.initial().to_vec(),
        StateTransitions::Logit(logit),
        model.emissions().clone(),
    )
    .unwrap();
    let made = model.simulate(&[9; 50], 5).unwrap();
    let plain = model.decode(&made.panel).unwrap();
    let covariates = (0..450).map(f64::from).collect();
    let found = with
        .decode(&made.panel.with_covariates(covariates, 1).unwrap())
        .unwrap();
    assert_eq!(plain.path, found.path);
    for (plain, found) in plain.smoothed.iter().zip(&found.smoothed) {
        assert!((plain - found).abs() < 1e-12);
    }
}

#[test]
fn a_model_survives_json() {
    let model = truth();
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<HiddenMarkov>(&text).unwrap(), model);
    let broken = text.replace("0.4,0.4,0.2", "0.4,0.4,0.3");
    assert!(serde_json::from_str::<HiddenMarkov>(&broken).is_err());
}

#[test]
fn a_fit_can_be_stopped() {
    let made = truth().simulate(&[6; 100], 1).unwrap();
    let count = std::cell::Cell::new(0);
    let stop_at_five = |done| {
        count.set(done);
        if done == 5 {
            std::ops::ControlFlow::Break(())
        } else {
            std::ops::ControlFlow::Continue(())
        }
    };
    let options = EmOptions::default();
    let family = EmissionFamily::Poisson;
    let fit = HiddenMarkov::fit_watched(&made.panel, family, 2, &options, stop_at_five).unwrap();
    assert!(fit.is_none() && count.get() == 5);
    let errors = truth()
        .uncertainty_watched(&made.panel, stop_at_five)
        .unwrap();
    assert!(errors.is_none() && count.get() == 5);
}

#[test]
fn activity_becomes_histories() {
    // One who bought in months 1 and 3 of 5, one who never bought, one who bought in the last month.
    let series = PeriodSeries::new(
        vec![0, 2, 2, 3],
        vec![1, 3, 4],
        vec![2, 1, 1],
        vec![30.0, 5.0, 7.0],
        None,
        5,
    )
    .unwrap();
    let panel = Panel::from_series(&series, Activity::Purchases);
    assert_eq!(panel.offsets(), [0, 4, 4, 5]);
    assert_eq!(panel.values(), [2.0, 0.0, 1.0, 0.0, 1.0]);
    let panel = Panel::from_series(&series, Activity::Spend);
    assert_eq!(panel.values(), [30.0, 0.0, 5.0, 0.0, 7.0]);
}

#[test]
fn what_is_refused() {
    let refused = |offsets: Vec<usize>, values: Vec<f64>| {
        let error = Panel::new(offsets, values).unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    assert_eq!(refused(vec![], vec![]).0, ErrorKind::Empty);
    assert_eq!(
        refused(vec![0, 2, 1], vec![1.0]),
        (ErrorKind::OutOfRange, "offsets".into(), Some(2))
    );
    assert_eq!(refused(vec![0, 2], vec![1.0]).0, ErrorKind::LengthMismatch);
    let panel = Panel::new(vec![0, 2], vec![1.0, 2.0]).unwrap();
    let error = panel
        .clone()
        .with_covariates(vec![0.0, 0.0, 1.0, f64::NAN], 2)
        .unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::NotFinite, Some(1)));
    let error = Panel::new(vec![0, 1], vec![f64::INFINITY]).unwrap();
    let error = truth().decode(&error).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::NotFinite, "values")
    );
    let bad = EmOptions {
        tolerance: -1.0,
        ..EmOptions::default()
    };
    let error = HiddenMarkov::fit(&panel, EmissionFamily::Poisson, 2, &bad).unwrap_err();
    assert_eq!(error.argument(), "tolerance");
}
