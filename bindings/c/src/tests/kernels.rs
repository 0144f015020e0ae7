//! Every kernel through C has the bits of the core.

use std::ptr;

use crm_core::kernels::{Column, Domain, KERNELS, Kernel};
use rust_decimal::Decimal;

use crate::decimal::crm_decimal;
use crate::kernel::{crm_kernel_at, crm_kernel_evaluate, crm_kernel_evaluate_exact};
use crate::status::crm_status;

const ROWS: usize = 500;

/// Numbers in the domain, in hundredths, from a small linear congruential generator.
fn values(domain: Domain, seed: &mut u64) -> Vec<f64> {
    let mut next = |from: i64, to: i64| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let span = u64::try_from(to - from + 1).unwrap();
        (from + i64::try_from((*seed >> 33) % span).unwrap()) as f64
    };
    (0..ROWS)
        .map(|_| match domain {
            Domain::Finite => next(-100_000, 100_000) / 100.0,
            Domain::NonNegative => next(0, 100_000) / 100.0,
            Domain::Positive => next(1, 100_000) / 100.0,
            Domain::Rate => next(-20, 50) / 100.0,
            Domain::Probability => next(0, 100) / 100.0,
            Domain::PositiveProbability => next(1, 100) / 100.0,
            Domain::Count => next(0, 60),
        })
        .collect()
}

fn tables() -> impl Iterator<Item = (usize, &'static Kernel, Vec<Vec<f64>>)> {
    let mut seed = 1;
    KERNELS.iter().enumerate().map(move |(place, kernel)| {
        let columns = kernel
            .arguments
            .iter()
            .map(|a| values(a.domain, &mut seed))
            .collect();
        (place, *kernel, columns)
    })
}

#[test]
fn columns_have_the_same_bits() {
    for (place, kernel, table) in tables() {
        for row in 0..ROWS {
            let columns: Vec<Column<'_>> = table
                .iter()
                .map(|column| Column::Constant(column[row]))
                .collect();
            let mut expected = [0.0];
            let expected = kernel
                .evaluate(&columns, &mut expected)
                .map(|()| expected[0]);
            let pointers: Vec<_> = table.iter().map(|column| &raw const column[row]).collect();
            let strides = vec![0; table.len()];
            let mut found = f64::NEG_INFINITY;
            // SAFETY: one row of valid columns.
            let status = unsafe {
                crm_kernel_evaluate(
                    crm_kernel_at(place),
                    1,
                    pointers.as_ptr(),
                    strides.as_ptr(),
                    table.len(),
                    &raw mut found,
                )
            };
            match expected {
                Ok(value) => {
                    assert_eq!(status, crm_status::Ok);
                    assert_eq!(
                        found.to_bits(),
                        value.to_bits(),
                        "{} row {row}",
                        kernel.name
                    );
                }
                Err(error) => {
                    assert_eq!(status as i32, error.kind().code());
                    assert_eq!(found, f64::NEG_INFINITY, "written after a failure");
                }
            }
        }
    }
}

#[test]
fn exact_forms_have_the_same_digits() {
    for (place, kernel, table) in tables() {
        for row in 0..ROWS.min(100) {
            let decimals: Vec<Decimal> = table
                .iter()
                .map(|column| crm_core::units::decimal("value", column[row]).unwrap())
                .collect();
            let given: Vec<crm_decimal> = decimals.iter().map(|d| (*d).into()).collect();
            let mut found = crm_decimal::default();
            // SAFETY: one row of valid decimals.
            let status = unsafe {
                crm_kernel_evaluate_exact(
                    crm_kernel_at(place),
                    given.as_ptr(),
                    given.len(),
                    &raw mut found,
                )
            };
            match kernel.evaluate_exact(&decimals) {
                Ok(value) => {
                    assert_eq!(status, crm_status::Ok);
                    assert_eq!(found, value.into(), "{} row {row}", kernel.name);
                }
                Err(error) => assert_eq!(status as i32, error.kind().code()),
            }
        }
    }
}

#[test]
fn a_kernel_knows_its_arguments() {
    assert_eq!(crm_kernel_at(KERNELS.len()), ptr::null());
    for (place, kernel) in KERNELS.iter().enumerate() {
        // SAFETY: a kernel of the library.
        let count = unsafe { crate::kernel::crm_kernel_argument_count(crm_kernel_at(place)) };
        assert_eq!(count, kernel.arguments.len());
    }
}
