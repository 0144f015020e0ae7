//! Intervals hold the truth as often as they say.

use crm_core::prediction::fit::{FitOptions, FitStatus};
use crm_core::prediction::{
    AnyPurchaseModel, Histories, HistoryColumns, PredictionNumbers, PurchaseModel,
    PurchaseModelKind, PurchasePrediction, Range, simulate_histories,
};
use crm_core::units::{Label, Probability};

const CUSTOMERS: usize = 2_000;
/// Four parameters and the total.
const INTERVALS: usize = 5;

/// In how many of these runs the 95 % interval holds the truth: of each parameter, and of the purchases that
/// are expected of all customers together in as much time again.
fn covered(kind: PurchaseModelKind, runs: u64) -> [u64; INTERVALS] {
    let (parameters, ages) = match kind {
        PurchaseModelKind::BgNbd => ([0.5, 6.0, 0.8, 2.5], [39.0, 33.0, 28.0, 52.0]),
        PurchaseModelKind::MbgNbd => ([0.7, 6.0, 0.8, 2.5], [39.0, 33.0, 28.0, 52.0]),
        PurchaseModelKind::ParetoNbd => ([0.6, 8.0, 0.7, 10.0], [39.0, 33.0, 28.0, 52.0]),
        PurchaseModelKind::BgBb => ([1.2, 0.8, 0.7, 2.8], [6.0, 8.0, 7.0, 10.0]),
    };
    let truth = AnyPurchaseModel::new(kind, parameters).unwrap();
    let ages: Vec<f64> = ages.into_iter().cycle().take(CUSTOMERS).collect();
    let level = Probability::try_from(0.95).unwrap();
    let mut covered = [0; INTERVALS];
    for seed in 0..runs {
        let made = simulate_histories(&truth, &ages, seed).unwrap();
        let histories = Histories::new(&made.frequency, &made.recency, &ages).unwrap();
        let fit = AnyPurchaseModel::fit(kind, &histories, &FitOptions::default()).unwrap();
        assert_eq!(fit.report.status, FitStatus::Converged, "{kind:?} {seed}");
        let customers = HistoryColumns {
            frequency: (&made.frequency).into(),
            recency: (&made.recency).into(),
            age: (&ages).into(),
        };
        let numbers = PredictionNumbers {
            horizon: (&ages).into(),
            ..PredictionNumbers::default()
        };
        let predict = |model: &AnyPurchaseModel, out: &mut [f64]| {
            PurchasePrediction::ExpectedPurchases.predict_into(model, customers, numbers, out)
        };
        let mut expected = vec![0.0; CUSTOMERS];
        predict(&truth, &mut expected).unwrap();
        let uncertain = fit.uncertain();
        let total = uncertain
            .total(CUSTOMERS, Range::OneSign, level, predict)
            .unwrap();
        let found = fit.report.intervals(level).unwrap();
        let ends = found
            .iter()
            .map(|interval| (interval.lower, interval.upper));
        let truths = truth
            .parameters()
            .into_iter()
            .chain([expected.iter().sum()]);
        let held = ends.chain([(total.lower, total.upper)]).zip(truths);
        for (count, ((lower, upper), truth)) in covered.iter_mut().zip(held) {
            *count += u64::from(lower < truth && truth < upper);
        }
    }
    covered
}

/// 90 to 98 % of 500 runs. Takes minutes: `cargo test --release -- --ignored intervals_cover --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn intervals_cover_the_truth_in_many_runs() {
    const RUNS: u64 = 500;
    for kind in PurchaseModelKind::ALL {
        let covered = covered(*kind, RUNS);
        println!("{}: {covered:?} of {RUNS}", kind.name());
        let enough = |count: &u64| (RUNS * 90 / 100..=RUNS * 98 / 100).contains(count);
        assert!(covered.iter().all(enough), "{kind:?}: {covered:?}");
    }
}

/// A binomial number of 40 with the probability 0.95 is 33 or less in 1 of 1,500 cases, and 5 such numbers are
/// all 40 in fewer than 1 of 10, however they hang together: not so in all four models.
#[test]
fn intervals_cover_the_truth() {
    const RUNS: u64 = 40;
    let mut all = true;
    for kind in PurchaseModelKind::ALL {
        let covered = covered(*kind, RUNS);
        assert!(
            covered.iter().all(|count| *count > 33),
            "{kind:?}: {covered:?}"
        );
        all &= covered.iter().all(|count| *count == RUNS);
    }
    assert!(!all, "intervals are too wide");
}
