//! Fits find what is there, and say so when nothing is.

use crm_core::ErrorKind;
use crm_core::ledger::{Granularity, LedgerBuilder, Simulation, SummaryOptions};
use crm_core::prediction::fit::{FitOptions, FitStatus, Prior};
use crm_core::prediction::{
    AnyPurchaseModel, BgNbd, Histories, MbgNbd, PurchaseHistory, PurchaseModel, PurchaseModelKind,
    simulate_histories,
};
use crm_core::units::Probability;

fn simulated(periods_per_unit: f64) -> Histories {
    let simulation = Simulation {
        customers: 4_000,
        seed: 3,
        ..Simulation::default()
    };
    let mut builder = LedgerBuilder::new();
    builder.push(&simulation.run().unwrap().chunk()).unwrap();
    let options = SummaryOptions {
        periods_per_unit,
        ..SummaryOptions::default()
    };
    let summary = builder.finish().unwrap().summary(&options).unwrap();
    Histories::try_from(&summary).unwrap()
}

/// Fader, Hardie & Lee (2005), section 6, and the spreadsheet that goes with it.
#[test]
fn published_predictions() {
    let model = BgNbd::new(0.242_592_907, 4.413_531_561, 0.792_886_148, 2.425_753_436).unwrap();
    let history = PurchaseHistory::new(2.0, 30.43, 38.86).unwrap();
    assert!((model.expected_purchases(history, 39.0).unwrap() - 1.226).abs() < 5e-4);
    let history = PurchaseHistory::new(26.0, 30.86, 31.0).unwrap();
    assert!((model.expected_purchases(history, 52.0).unwrap() - 25.759).abs() < 5e-4);
}

#[test]
fn fits_do_not_depend_on_the_unit_of_time() {
    let prior = FitOptions {
        prior: Some(Prior::default()),
        ..FitOptions::default()
    };
    for options in [FitOptions::default(), prior] {
        let days = BgNbd::fit(&simulated(1.0), &options).unwrap();
        let weeks = BgNbd::fit(&simulated(7.0), &options).unwrap();
        assert_eq!(days.report.status, FitStatus::Converged);
        let [r, alpha, a, b] = days.model.parameters();
        let expected = [r, alpha / 7.0, a, b];
        for (found, expected) in weeks.model.parameters().into_iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-7);
        }
    }
}

/// The parameters that the data come from lie within their 99.9 % intervals.
#[test]
fn fits_find_what_was_simulated() {
    let histories = simulated(1.0);
    let fit = BgNbd::fit(&histories, &FitOptions::default()).unwrap();
    let level = Probability::try_from(0.999).unwrap();
    for (interval, truth) in fit
        .report
        .intervals(level)
        .unwrap()
        .iter()
        .zip([0.243, 30.9, 0.793, 2.426])
    {
        assert!(
            interval.lower < truth && truth < interval.upper,
            "{interval:?}"
        );
    }
    let other = MbgNbd::fit(&histories, &FitOptions::default()).unwrap();
    assert!(fit.report.log_likelihood > other.report.log_likelihood);
}

/// Purchases of one day count as one, so that α comes out too large; the correction takes most of that back.
#[test]
fn the_continuity_correction_lessens_the_bias_of_whole_days() {
    let simulation = Simulation {
        customers: 60_000,
        seed: 11,
        ..Simulation::default()
    };
    let mut builder = LedgerBuilder::new();
    builder.push(&simulation.run().unwrap().chunk()).unwrap();
    let ledger = builder.finish().unwrap();
    let days = SummaryOptions {
        end: Some("1998-06-30".parse().unwrap()),
        ..SummaryOptions::default()
    };
    let alpha = |options: &SummaryOptions| {
        let summary = ledger.summary(options).unwrap();
        let histories = Histories::try_from(&summary).unwrap();
        let report = BgNbd::fit(&histories, &FitOptions::default())
            .unwrap()
            .report;
        let level = Probability::try_from(0.95).unwrap();
        let alpha = report.intervals(level).unwrap().remove(1);
        (alpha.estimate, alpha.standard_error)
    };
    let (instants, error) = alpha(&SummaryOptions {
        granularity: Granularity::Instant,
        ..days
    });
    let (uncorrected, _) = alpha(&days);
    let (corrected, _) = alpha(&SummaryOptions {
        continuity_correction: true,
        ..days
    });
    assert!(
        uncorrected - instants > 2.5 * error,
        "{instants} {uncorrected}"
    );
    let left = (corrected - instants) / (uncorrected - instants);
    assert!(left.abs() < 0.3, "{left} of the bias is left");
}

/// Customers who are all alike in what they buy, or of whom nobody leaves: the likelihood rises for ever, or its maximum is
/// as good as there. Digits that are lost on the way must not end a search before it can tell.
#[test]
fn likelihoods_that_rise_for_ever_are_told() {
    let ages: Vec<f64> = (0..400).map(|i| 10.0 + 0.2 * f64::from(i)).collect();
    let kinds = [
        (PurchaseModelKind::ParetoNbd, [5e3, 1.5e5, 4.0, 5.0]),
        (PurchaseModelKind::ParetoNbd, [1.2, 95.0, 1e-5, 20.0]),
        (PurchaseModelKind::ParetoNbd, [0.2, 2.0, 5e3, 1e6]),
        (PurchaseModelKind::MbgNbd, [5e3, 1.5e5, 0.5, 1.0]),
        (PurchaseModelKind::BgNbd, [1.2, 95.0, 1e-5, 5.0]),
    ];
    for (kind, parameters) in kinds {
        let model = AnyPurchaseModel::new(kind, parameters).unwrap();
        let statuses: Vec<FitStatus> = (0..8)
            .map(|seed| {
                let made = simulate_histories(&model, &ages, seed).unwrap();
                let histories = Histories::new(&made.frequency, &made.recency, &ages).unwrap();
                let report = AnyPurchaseModel::fit(kind, &histories, &FitOptions::default())
                    .unwrap()
                    .report;
                assert!(report.iterations < 150, "{kind:?}: {}", report.iterations);
                report.status
            })
            .collect();
        assert!(
            statuses.contains(&FitStatus::Boundary),
            "{kind:?} {parameters:?}"
        );
    }
}

#[test]
fn data_that_say_nothing_are_refused() {
    let fit = |frequency: &[f64], recency: &[f64], age: &[f64]| {
        let histories = Histories::new(frequency, recency, age).unwrap();
        BgNbd::fit(&histories, &FitOptions::default())
    };
    let nobody = fit(&[0.0, 0.0], &[0.0, 0.0], &[3.0, 4.0]).unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NoSolution);
    let one = fit(&[2.0], &[1.0], &[3.0]).unwrap_err();
    assert_eq!(
        (one.kind(), one.argument()),
        (ErrorKind::NoSolution, "frequency")
    );
}

#[test]
fn histories_that_cannot_be_are_refused_with_their_row() {
    let refused = |frequency, recency, age| {
        let column = |value| [0.0, value];
        Histories::new(&column(frequency), &column(recency), &column(age)).unwrap_err()
    };
    for (error, argument, kind) in [
        (refused(1.0, 5.0, 4.0), "recency", ErrorKind::OutOfRange),
        (refused(0.0, 1.0, 4.0), "recency", ErrorKind::OutOfRange),
        (refused(-1.0, 1.0, 4.0), "frequency", ErrorKind::OutOfRange),
        (refused(1.5, 1.0, 4.0), "frequency", ErrorKind::OutOfRange),
        (refused(1.0, f64::NAN, 4.0), "recency", ErrorKind::NotFinite),
        (
            refused(1.0, 1.0, f64::INFINITY),
            "age",
            ErrorKind::NotFinite,
        ),
    ] {
        assert_eq!(
            (error.argument(), error.kind(), error.row()),
            (argument, kind, Some(1))
        );
    }
}
