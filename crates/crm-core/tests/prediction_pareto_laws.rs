//! Pareto/NBD and BG/BB: published numbers, and the laws that hold for any parameters.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crm_core::ErrorKind;
use crm_core::prediction::fit::{FitOptions, FitStatus};
use crm_core::prediction::{BgBb, Histories, ParetoNbd, PurchaseHistory, PurchaseModel};
use proptest::prelude::*;

fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(f64::MIN_POSITIVE)
}

fn shape() -> impl Strategy<Value = f64> {
    (-4.0..4.0_f64).prop_map(f64::exp)
}

fn scale() -> impl Strategy<Value = f64> {
    (-3.0..7.0_f64).prop_map(f64::exp)
}

fn pareto() -> impl Strategy<Value = [f64; 4]> {
    (shape(), scale(), shape(), scale()).prop_map(|(r, alpha, s, beta)| [r, alpha, s, beta])
}

/// x, t_x and T; t_x is often T or close to it.
fn history() -> impl Strategy<Value = [f64; 3]> {
    let since = prop_oneof![Just(0.0), 0.0..1e-6, 0.0..1.0];
    (0_u32..60, since, 0.0..200.0).prop_map(|(x, since, age)| {
        let recency = if x == 0 { 0.0 } else { age * (1.0 - since) };
        [f64::from(x), recency, age]
    })
}

fn bg_bb() -> impl Strategy<Value = BgBb> {
    (shape(), shape(), shape(), shape()).prop_map(|(a, b, c, d)| BgBb::new(a, b, c, d).unwrap())
}

fn opportunities() -> impl Strategy<Value = PurchaseHistory> {
    (0_u32..30, 0_u32..30, 0_u32..30).prop_map(|(misses, more, x)| {
        let recency = if x == 0 { 0 } else { x + misses };
        let [x, recency, age] = [x, recency, recency + more].map(f64::from);
        PurchaseHistory::new(x, recency, age).unwrap()
    })
}

fn model([r, alpha, s, beta]: [f64; 4]) -> ParetoNbd {
    ParetoNbd::new(r, alpha, s, beta).unwrap()
}

fn customer([x, recency, age]: [f64; 3]) -> PurchaseHistory {
    PurchaseHistory::new(x, recency, age).unwrap()
}

/// Fader & Hardie, notes to the CDNOW spreadsheet; the donors of Fader, Hardie & Shang (2010), table 5.
#[test]
fn published_predictions() {
    let cdnow = model([0.553_275_509, 10.577_612_239, 0.606_213_569, 11.667_911_237]);
    let heavy = customer([26.0, 30.86, 31.0]);
    assert!((cdnow.expected_purchases(heavy, 52.0).unwrap() - 25.458).abs() < 5e-3);
    assert!((cdnow.probability_alive(heavy, 0.0).unwrap() - 0.997_92).abs() < 5e-6);
    let donors = BgBb::new(1.203_522_352, 0.749_716_358, 0.656_718_208, 2.783_442_233).unwrap();
    for (x, t_x, expected) in [(0.0, 0.0, 0.07), (1.0, 1.0, 0.09), (6.0, 6.0, 3.75)] {
        let found = donors
            .expected_purchases(customer([x, t_x, 6.0]), 5.0)
            .unwrap();
        assert!((found - expected).abs() < 5e-3, "{found}");
    }
}

/// Ten histories and how many customers have them.
#[test]
fn fits_stand_at_a_maximum() {
    let frequency = [0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0, 9.0];
    let recency = [0.0, 0.0, 0.0, 4.0, 21.0, 10.0, 30.0, 25.0, 36.0, 38.0];
    let age = [39.0, 33.0, 28.0, 39.0, 30.0, 35.0, 39.0, 31.0, 38.5, 39.0];
    let weights = [
        300.0, 250.0, 200.0, 60.0, 55.0, 30.0, 45.0, 30.0, 25.0, 12.0,
    ];
    let histories = Histories::with_weights(&frequency, &recency, &age, &weights).unwrap();
    let fit = ParetoNbd::fit(&histories, &FitOptions::default()).unwrap();
    assert_eq!(fit.report.status, FitStatus::Converged);
    let likelihood = |model: &ParetoNbd| -> f64 {
        let terms = histories
            .iter()
            .map(|(h, w)| w * model.log_likelihood(h).unwrap());
        terms.sum()
    };
    assert!(close(
        likelihood(&fit.model),
        fit.report.log_likelihood,
        1e-13
    ));
    for place in 0..4 {
        for factor in [0.99, 1.01] {
            let mut parameters = fit.model.parameters();
            parameters
                .iter_mut()
                .skip(place)
                .take(1)
                .for_each(|p| *p *= factor);
            assert!(likelihood(&model(parameters)) < fit.report.log_likelihood);
        }
    }
}

#[test]
fn bg_bb_refuses_what_it_cannot_make() {
    let donors = BgBb::new(1.2, 0.75, 0.66, 2.8).unwrap();
    let error = donors
        .log_likelihood(customer([2.0, 1.0, 6.0]))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::OutOfRange, "frequency")
    );
    let error = donors
        .log_likelihood(customer([1.0, 1.5, 6.0]))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::OutOfRange, "recency")
    );
    let error = donors
        .expected_purchases(customer([1.0, 1.0, 6.0]), 0.5)
        .unwrap_err();
    assert_eq!(error.argument(), "horizon");
    let histories = Histories::new(&[1.0, 3.0], &[1.0, 2.0], &[6.0, 6.0]).unwrap();
    let error = BgBb::fit(&histories, &FitOptions::default()).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("frequency", Some(1)));
}

#[test]
fn sums_without_end_need_a_discount_or_an_early_end() {
    let endless = |s| {
        model([0.5, 10.0, s, 12.0]).discounted_purchases(PurchaseHistory::NEW, f64::INFINITY, 0.0)
    };
    assert_eq!(endless(1.0).unwrap_err().kind(), ErrorKind::Divergent);
    assert!(close(endless(3.0).unwrap(), 0.5 / 10.0 * 12.0 / 2.0, 1e-15)); // r/α · β/(s−1)
    let endless = |gamma| {
        let model = BgBb::new(1.0, 1.0, gamma, 2.0).unwrap();
        model.discounted_purchases(PurchaseHistory::NEW, f64::INFINITY, 0.0)
    };
    assert_eq!(endless(0.9).unwrap_err().kind(), ErrorKind::Divergent);
    assert!(close(endless(3.0).unwrap(), 0.5 * 2.0 / 2.0, 1e-15)); // α/(α+β) · δ/(γ−1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn alive_in_proportion(parameters in pareto(), [x, recency, age] in history(), later in 0.0..100.0_f64) {
        let model = model(parameters);
        let alive = |age, horizon| model.probability_alive(customer([x, recency, age]), horizon).unwrap();
        let now = alive(age, 0.0);
        prop_assert!((0.0..=1.0).contains(&now));
        prop_assert!(recency < age || x == 0.0 || now == 1.0);
        prop_assert!(alive(age + later, 0.0) <= now * (1.0 + 1e-12));
        prop_assert!(alive(age, later) <= now);
    }

    /// The same customers, with time in another unit.
    #[test]
    fn no_unit_of_time(parameters in pareto(), history in history(), unit in 0.01..100.0_f64) {
        let [r, alpha, s, beta] = parameters;
        let [x, recency, age] = history;
        let scaled = model([r, alpha * unit, s, beta * unit]);
        let later = customer([x, recency * unit, (age * unit).max(recency * unit)]);
        let change = model(parameters).log_likelihood(customer(history)).unwrap()
            - scaled.log_likelihood(later).unwrap();
        prop_assert!((change - x * f64::ln(unit)).abs() < 1e-9 * (1.0 + x), "{change}");
    }

    #[test]
    fn probabilities_make_the_mean_and_the_tail(parameters in pareto(), history in history()) {
        let (model, customer) = (model(parameters), customer(history));
        let horizon = 0.5 * (history[2] + 1.0) / (model.parameters()[0] + history[0]);
        let mut mean = 0.0;
        let mut total = model.purchase_probability(customer, 0.0, horizon).unwrap();
        for n in 1..400_u32 {
            let n = f64::from(n);
            let (probability, tail) = (
                model.purchase_probability(customer, n, horizon).unwrap(),
                model.tail_probability(customer, n, horizon).unwrap(),
            );
            prop_assert!((total + tail - 1.0).abs() < 1e-12, "{n}: {total} + {tail}");
            total += probability;
            mean += tail;
            if tail < 1e-16 {
                let expected = model.expected_purchases(customer, horizon).unwrap();
                prop_assert!((mean - expected).abs() < 1e-11 * expected + 1e-13, "{mean} {expected}");
                break;
            }
        }
    }

    #[test]
    fn expectations_are_discounted_sums(parameters in pareto(), history in history(), rate in 1e-6..0.5_f64) {
        let (model, customer) = (model(parameters), customer(history));
        let until = |horizon| model.discounted_purchases(customer, horizon, rate).unwrap();
        let undiscounted = model.expected_purchases(customer, 50.0).unwrap();
        let (part, whole) = (until(50.0), until(f64::INFINITY));
        prop_assert!(part <= undiscounted && part <= whole * (1.0 + 1e-12));
        prop_assert!(part >= undiscounted * (1.0 + rate).powf(-50.0));
        let nearly = model.discounted_purchases(customer, 50.0, 1e-13).unwrap();
        prop_assert!(close(nearly, undiscounted, 1e-10));
        let growing = model.discounted_purchases(customer, 50.0, -1e-13).unwrap();
        prop_assert!(close(growing, undiscounted, 1e-10));
    }

    /// All histories of n opportunities together are certain.
    #[test]
    fn bg_bb_histories_sum_to_one(model in bg_bb(), n in 0_u32..9) {
        let mut total = 0.0;
        for t_x in 0..=n {
            for x in 0..=t_x {
                if (x == 0) != (t_x == 0) {
                    continue;
                }
                // The x − 1 earlier purchases lie anywhere among t_x − 1 opportunities.
                let ways: f64 = (1..x).map(|k| f64::from(t_x - x + k) / f64::from(k)).product();
                let history = customer([x, t_x, n].map(f64::from));
                total += ways * model.log_likelihood(history).unwrap().exp();
            }
        }
        prop_assert!((total - 1.0).abs() < 1e-12, "{total}");
    }

    #[test]
    fn bg_bb_probabilities_make_the_mean_and_the_tail(model in bg_bb(), history in opportunities(), n in 0_u32..40) {
        let horizon = f64::from(n);
        let mut mean = 0.0;
        let mut total = model.purchase_probability(history, 0.0, horizon).unwrap();
        for purchases in 1..=n {
            let tail = model.tail_probability(history, f64::from(purchases), horizon).unwrap();
            prop_assert!((total + tail - 1.0).abs() < 1e-12);
            mean += tail;
            total += model.purchase_probability(history, f64::from(purchases), horizon).unwrap();
        }
        prop_assert!((total - 1.0).abs() < 1e-12);
        let expected = model.expected_purchases(history, horizon).unwrap();
        prop_assert!((mean - expected).abs() <= 1e-12 * expected);
        prop_assert_eq!(model.purchase_probability(history, horizon + 1.0, horizon).unwrap(), 0.0);
    }

    #[test]
    fn bg_bb_expectations_are_discounted_sums(model in bg_bb(), history in opportunities(), rate in 1e-3..0.5_f64) {
        let until = |horizon| model.discounted_purchases(history, horizon, rate).unwrap();
        let steps = |n: u32| {
            let expected = |n| model.expected_purchases(history, f64::from(n)).unwrap();
            (expected(n) - expected(n - 1)) * (1.0 + rate).powf(-f64::from(n))
        };
        let some: f64 = (1..=20).map(steps).sum();
        prop_assert!(close(until(20.0), some, 1e-10));
        prop_assert!(close(until(40_000.0), until(f64::INFINITY), 1e-11));
    }
}
