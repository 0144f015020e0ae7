//! What holds for the predictions of every model.

use crm_core::prediction::{
    AnyPurchaseModel, BgBb, HistoryColumns, PredictionNumbers, PurchaseHistory, PurchaseModel,
    PurchaseModelKind, PurchasePrediction, simulate_histories,
};
use crm_core::units::Label;
use proptest::prelude::*;

fn binomial(n: u32, k: u32) -> f64 {
    (0..k)
        .map(|i| f64::from(n - i) / f64::from(i + 1))
        .product()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Tower property: what is expected after n opportunities, over all histories that there can be, is
    /// what was expected before the first one.
    #[test]
    fn bg_bb_expectations_are_expected(
        parameters in prop::array::uniform4((-3.0..3.0_f64).prop_map(f64::exp)),
        n in 1_u32..9,
        horizon in 0_u32..20,
    ) {
        let [a, b, c, d] = parameters;
        let model = BgBb::new(a, b, c, d).unwrap();
        let mut expected = [0.0; 3];
        let mut add = |x: u32, recency: u32, sequences: f64| {
            let history = PurchaseHistory::new(x.into(), recency.into(), n.into()).unwrap();
            let weight = sequences * model.log_likelihood(history).unwrap().exp();
            let far = f64::from(horizon);
            expected[0] += weight * model.expected_purchases(history, far).unwrap();
            expected[1] += weight * model.probability_alive(history, far).unwrap();
            expected[2] += weight * model.discounted_purchases(history, far, 0.1).unwrap();
        };
        add(0, 0, 1.0);
        for recency in 1..=n {
            for x in 1..=recency {
                add(x, recency, binomial(recency - 1, x - 1));
            }
        }
        let new = PurchaseHistory::NEW;
        let (seen, all) = (f64::from(n), f64::from(n + horizon));
        let purchases = |t| model.expected_purchases(new, t).unwrap();
        let discounted = |t| model.discounted_purchases(new, t, 0.1).unwrap();
        let unconditional = [
            purchases(all) - purchases(seen),
            model.probability_alive(new, all).unwrap(),
            (discounted(all) - discounted(seen)) * 1.1_f64.powf(seen),
        ];
        for (found, expected) in expected.into_iter().zip(unconditional) {
            prop_assert!((found - expected).abs() <= 1e-9 * expected.max(1e-3), "{found} {expected}");
        }
    }
}

/// The same for all models over simulated histories, within four standard errors of the mean.
#[test]
fn expectations_are_expected() {
    const CUSTOMERS: usize = 20_000;
    const AGE: f64 = 20.0;
    const HORIZON: f64 = 15.0;
    for kind in PurchaseModelKind::ALL {
        let model = AnyPurchaseModel::new(*kind, [0.9, 5.0, 0.8, 7.0]).unwrap();
        let made = simulate_histories(&model, &[AGE; CUSTOMERS], 11).unwrap();
        let customers = HistoryColumns {
            frequency: (&made.frequency).into(),
            recency: (&made.recency).into(),
            age: AGE.into(),
        };
        let of_new = |prediction: PurchasePrediction, horizon: f64| {
            let mut out = [0.0];
            let numbers = PredictionNumbers {
                horizon: horizon.into(),
                ..PredictionNumbers::default()
            };
            prediction
                .predict_into(&model, HistoryColumns::NEW, numbers, &mut out)
                .unwrap();
            out[0]
        };
        let (alive, purchases) = (
            PurchasePrediction::ProbabilityAlive,
            PurchasePrediction::ExpectedPurchases,
        );
        let later = of_new(purchases, AGE + HORIZON) - of_new(purchases, AGE);
        for (prediction, expected) in [(alive, of_new(alive, AGE + HORIZON)), (purchases, later)] {
            let numbers = PredictionNumbers {
                horizon: HORIZON.into(),
                ..PredictionNumbers::default()
            };
            let mut found = vec![0.0; CUSTOMERS];
            prediction
                .predict_into(&model, customers, numbers, &mut found)
                .unwrap();
            let n = CUSTOMERS as f64;
            let mean = found.iter().sum::<f64>() / n;
            let squares: f64 = found.iter().map(|y| (y - mean) * (y - mean)).sum();
            let error = (squares / n / n).sqrt();
            assert!(
                (mean - expected).abs() < 4.0 * error,
                "{kind:?} {prediction:?}: {mean} {expected}"
            );
        }
    }
}
