//! Columns say what the scalar form says, to the last bit, and name the row that has no answer.

use crm_core::ErrorKind;
use crm_core::prediction::{
    BgNbd, HistoryColumns, MbgNbd, PurchaseHistory, PurchaseModel, probability_alive_into,
};
use proptest::prelude::*;

fn columns(customers: &[[f64; 3]]) -> [Vec<f64>; 3] {
    [0, 1, 2].map(|j| customers.iter().map(|customer| customer[j]).collect())
}

fn alive(model: &impl PurchaseModel, customers: &[[f64; 3]]) -> Result<Vec<f64>, crm_core::Error> {
    let [frequency, recency, age] = columns(customers);
    let customers = HistoryColumns {
        frequency: (&frequency).into(),
        recency: (&recency).into(),
        age: (&age).into(),
    };
    let mut out = vec![0.5; frequency.len()];
    probability_alive_into(model, customers, 0.0.into(), &mut out)?;
    Ok(out)
}

fn customer() -> impl Strategy<Value = [f64; 3]> {
    let x = prop_oneof![Just(0.0), (1..400_u32).prop_map(f64::from), Just(20_000.0)];
    (x, 0.0..1.0_f64, prop_oneof![Just(0.0), 1e-6..1e6_f64]).prop_map(|(x, part, age)| {
        let recency = if x > 0.0 { part * age } else { 0.0 };
        [x, recency, age]
    })
}

proptest! {
    #[test]
    fn alive_now_has_the_bits_of_the_scalar_form(
        customers in prop::collection::vec(customer(), 1..300),
        ln in prop::array::uniform4(-12.0..12.0_f64),
    ) {
        let [r, alpha, a, b] = ln.map(f64::exp);
        let scalar = |model: &dyn Fn(PurchaseHistory) -> f64| -> Vec<f64> {
            let history = |[x, t_x, age]: &[f64; 3]| PurchaseHistory::new(*x, *t_x, *age).unwrap();
            customers.iter().map(|customer| model(history(customer))).collect()
        };
        let model = BgNbd::new(r, alpha, a, b).unwrap();
        let expected = scalar(&|history| model.probability_alive(history, 0.0).unwrap());
        prop_assert_eq!(alive(&model, &customers).unwrap(), expected);
        let model = MbgNbd::new(r, alpha, a, b).unwrap();
        let expected = scalar(&|history| model.probability_alive(history, 0.0).unwrap());
        prop_assert_eq!(alive(&model, &customers).unwrap(), expected);
    }

    #[test]
    fn missing_numbers_stay_missing_and_impossible_ones_are_named(row in 0..200_usize, j in 0..3_usize) {
        let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258).unwrap();
        let mut customers = vec![[2.0, 30.43, 38.86]; 200];
        let expected = alive(&model, &customers).unwrap();
        customers[row][j] = f64::NAN;
        let found = alive(&model, &customers).unwrap();
        prop_assert!(found[row].is_nan());
        prop_assert!((0..200).filter(|i| *i != row).all(|i| found[i] == expected[i]));
        customers[row][j] = -1.0;
        let error = alive(&model, &customers).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::OutOfRange);
        prop_assert_eq!(error.row(), Some(row));
        prop_assert_eq!(error.argument(), ["frequency", "recency", "age"][j]);
    }
}

/// 1 / (1 + a/(b+x−1) · ((α+T)/(α+t_x))^(r+x)) in 40 digits of mpmath, also where the odds are beyond e^700.
#[test]
fn small_and_usual_probabilities_keep_their_digits() {
    let model = BgNbd::new(0.25, 4.5, 0.75, 2.5).unwrap();
    let (t_x, short, long) = (1.0 / 1024.0, 1.0 / 512.0, 39.0);
    for (x, age, expected) in [
        (1.0, short, 0.769_182_627_416_644_8),
        (100.0, long, 2.327_333_417_674_966_4e-97),
        (310.0, long, 9.236_862_219_206_124e-304),
    ] {
        let history = PurchaseHistory::new(x, t_x, age).unwrap();
        let found = model.probability_alive(history, 0.0).unwrap();
        assert!((found / expected - 1.0).abs() < 2e-13, "{x}: {found:e}");
    }
    let history = PurchaseHistory::new(320.0, t_x, long).unwrap();
    let found = model.probability_alive(history, 0.0).unwrap();
    assert!((found - 1.340_980_112_683e-313).abs() < 1e-322, "{found:e}");
}

#[test]
fn parameters_at_the_ends_of_the_range_have_a_probability() {
    for parameters in [
        [1e-300, 5e-324, 1e-300, 1e300],
        [1e300, 1e300, 1e300, 5e-324],
    ] {
        let [r, alpha, a, b] = parameters;
        let model = BgNbd::new(r, alpha, a, b).unwrap();
        for history in [(1.0, 0.0, 1e300), (5.0, 1.0, 1.0), (1.0, 1e-300, 1e-299)] {
            let history = PurchaseHistory::new(history.0, history.1, history.2).unwrap();
            let found = model.probability_alive(history, 0.0).unwrap();
            assert!(
                (0.0..=1.0).contains(&found),
                "{parameters:?} {history:?}: {found}"
            );
        }
    }
}
