//! The instructions of a processor change no bit.

use proptest::prelude::*;
use pulp::Arch;

use super::{
    Discounting, Horizon, IndividualMatrixClv, MatrixClv, ShareRule, Shares, TransitionMatrix,
};
use crate::units::Rate;

/// The portable instructions, and all that this processor has beside its best.
fn others() -> Vec<Arch> {
    let mut others = vec![Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    others.extend(pulp::x86::V3::try_new().map(Arch::V3));
    others
}

fn rows(k: usize, count: usize) -> impl Strategy<Value = Vec<f64>> {
    let weight = prop_oneof![5 => 0.0..1.0, 1 => Just(0.0), 1 => 1e-12..1e-9];
    let row = prop::collection::vec(weight, k).prop_map(|mut row| {
        row[0] += 1e-3;
        Vec::from(Shares::normalized(row).unwrap())
    });
    prop::collection::vec(row, count).prop_map(|rows| rows.concat())
}

fn horizons() -> impl Strategy<Value = Horizon> {
    prop_oneof![
        (0_u32..200).prop_map(Horizon::Periods),
        Just(Horizon::Infinite)
    ]
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn shared_matrix(
        (k, matrix, shares) in (1_usize..=40, 0_usize..21)
            .prop_flat_map(|(k, n)| (Just(k), rows(k, k), rows(k, n))),
        horizon in horizons(),
    ) {
        let matrix = TransitionMatrix::from_row_major(k, matrix).unwrap();
        let discounting = Discounting::new(Rate::try_from(0.01).unwrap());
        let kernel = MatrixClv::new(&matrix, 30.0.into(), discounting, horizon).unwrap();
        let evaluate = |arch| {
            let mut out = vec![0.0; shares.len()];
            kernel.evaluate_on(arch, &shares, 3.0.into(), ShareRule::SumToOne, &mut out).unwrap();
            bits(&out)
        };
        for arch in others() {
            prop_assert_eq!(evaluate(arch), evaluate(Arch::new()));
        }
    }

    #[test]
    fn individual_matrices(
        (states, matrices, shares) in (1_usize..=20, 0_usize..21)
            .prop_flat_map(|(k, n)| (Just(k), rows(k, n * k), rows(k, n))),
        horizon in horizons(),
        of_each: bool,
    ) {
        let rates: Vec<f64> = (1..=shares.len() / states).map(|i| i as f64 / 100.0).collect();
        let customers = IndividualMatrixClv {
            states,
            transition_matrices: &matrices,
            shares: &shares,
            rule: ShareRule::SumToOne,
            spending: 3.0.into(),
            discount_rate: if of_each { (&rates).into() } else { 0.01.into() },
            purchases_per_period: 1.0,
            horizon,
        };
        let evaluate = |arch| {
            let mut out = vec![0.0; shares.len()];
            customers.evaluate_on(arch, &mut out).unwrap();
            bits(&out)
        };
        for arch in others() {
            prop_assert_eq!(evaluate(arch), evaluate(Arch::new()));
        }
    }
}
