//! Every kernel of the table: its exact and its columnar form agree, and both refuse the same rows.

use crm_core::kernels::{Argument, Column, Domain, KERNELS};
use crm_core::units::{decimal, nearest_f64};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// The columnar form rounds at every step, the exact form at the 28th digit: what is left is the
/// error of a handful of f64 operations, amplified by the condition of the formula.
const RELATIVE_TOLERANCE: f64 = 1e-9;

/// Values a user would give, in hundredths, so that they are exact decimals.
fn value(argument: &Argument) -> BoxedStrategy<f64> {
    let hundredths = |from: i32, to: i32| (from..=to).prop_map(|h| f64::from(h) / 100.0).boxed();
    match argument.domain {
        Domain::Finite => hundredths(-100_000, 100_000),
        Domain::NonNegative => hundredths(0, 100_000),
        Domain::Positive => hundredths(1, 100_000),
        Domain::Rate => hundredths(-20, 50),
        Domain::Probability => hundredths(0, 100),
        Domain::PositiveProbability => hundredths(1, 100),
        Domain::Count => (0_u8..=60).prop_map(f64::from).boxed(),
    }
}

#[test]
fn exact_and_columnar_forms_agree() {
    for kernel in KERNELS {
        let row: Vec<_> = kernel.arguments.iter().map(value).collect();
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let result = runner.run(&row, |row| {
            let decimals: Vec<Decimal> = row.iter().map(|v| decimal("v", *v).unwrap()).collect();
            let columns: Vec<Column<'_>> = row.iter().map(|v| Column::Constant(*v)).collect();
            let mut out = [0.0];
            match (
                kernel.evaluate_exact(&decimals),
                kernel.evaluate(&columns, &mut out),
            ) {
                (Ok(exact), Ok(())) => {
                    let exact = nearest_f64(exact);
                    let scale = exact.abs().max(1.0);
                    prop_assert!(
                        (out[0] - exact).abs() <= RELATIVE_TOLERANCE * scale,
                        "{}{row:?}: exact {exact}, columnar {}",
                        kernel.name,
                        out[0]
                    );
                }
                (Err(exact), Err(columnar)) => {
                    prop_assert_eq!(exact.kind(), columnar.kind());
                    prop_assert_eq!(columnar.row(), Some(0));
                }
                (exact, columnar) => prop_assert!(
                    exact.is_err_and(|e| e.kind() == crm_core::ErrorKind::Overflow),
                    "{}{row:?}: {columnar:?}",
                    kernel.name
                ),
            }
            Ok(())
        });
        if let Err(failure) = result {
            panic!("{failure}");
        }
    }
}

#[test]
fn nan_in_gives_nan_out() {
    for kernel in KERNELS {
        for position in 0..kernel.arguments.len() {
            let columns: Vec<Column<'_>> = (0..kernel.arguments.len())
                .map(|i| Column::Constant(if i == position { f64::NAN } else { 1.0 }))
                .collect();
            let mut out = [0.0];
            kernel.evaluate(&columns, &mut out).unwrap();
            assert!(out[0].is_nan(), "{}", kernel.name);
        }
    }
}
