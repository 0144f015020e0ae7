//! Markov chains of customers through C have the bits of the core.

use std::ptr;

use crm_core::clv::migration::{MigrationModel, Rewards, SparseTransitions};
use crm_core::clv::switching::Horizon;
use crm_core::units::Rate;

use crate::clv::migration::model::{
    crm_migration_model_free, crm_migration_model_moments, crm_migration_model_new,
    crm_migration_model_sparse_new, crm_migration_model_value,
};
use crate::decimal::crm_decimal;
use crate::status::crm_status;
use crate::switching::CRM_INFINITE_HORIZON;

const STARTS: [usize; 4] = [0, 2, 5, 6];
const COLUMNS: [usize; 6] = [0, 1, 0, 1, 2, 2];
const PROBABILITIES: [f64; 6] = [0.7, 0.3, 0.2, 0.7, 0.1, 1.0];
const REWARDS: [f64; 3] = [10.0, 2.5, 0.0];

fn rate() -> crm_decimal {
    "0.1".parse::<rust_decimal::Decimal>().unwrap().into()
}

#[test]
fn a_sparse_model_has_the_same_bits() {
    let matrix = SparseTransitions::from_csr(&STARTS, &COLUMNS, &PROBABILITIES).unwrap();
    let core = MigrationModel::new(matrix, Rewards::constant(REWARDS)).unwrap();
    let expected = core
        .value(Rate::try_from(0.1).unwrap(), Horizon::Infinite)
        .unwrap();
    let moments = core
        .moments(Rate::try_from(0.1).unwrap(), 12.into())
        .unwrap();

    let (mut model, mut values, mut bound) = (None, [0.0; 3], 0.0);
    let mut variance = [0.0; 3];
    // SAFETY: all pointers are to values of this function.
    unsafe {
        let status = crm_migration_model_sparse_new(
            STARTS.as_ptr(),
            COLUMNS.as_ptr(),
            PROBABILITIES.as_ptr(),
            3,
            6,
            REWARDS.as_ptr(),
            0,
            ptr::null(),
            ptr::null(),
            &raw mut model,
        );
        assert_eq!(status, crm_status::Ok);
        let made = &raw const **model.as_ref().unwrap();
        let forever = CRM_INFINITE_HORIZON;
        let out = values.as_mut_ptr();
        let status = crm_migration_model_value(made, &rate(), forever, 3, out, &raw mut bound);
        assert_eq!(status, crm_status::Ok);
        let out = variance.as_mut_ptr();
        let status = crm_migration_model_moments(made, &rate(), 12, 3, ptr::null_mut(), out);
        assert_eq!(status, crm_status::Ok);
        let too_few = crm_migration_model_value(made, &rate(), 12, 2, out, ptr::null_mut());
        assert_eq!(too_few, crm_status::LengthMismatch);
    }
    crm_migration_model_free(model);
    assert_eq!(
        (values.as_slice(), bound),
        (expected.values.as_slice(), expected.error_bound)
    );
    assert_eq!(variance.as_slice(), moments.variance);
}

#[test]
fn absurd_sizes_are_refused() {
    let mut model = None;
    for (states, periods) in [(usize::MAX, 0), (1, usize::MAX), (1 << 40, 0)] {
        // SAFETY: all pointers are to values of this function; sizes beyond them are refused.
        let status = unsafe {
            crm_migration_model_new(
                [1.0].as_ptr(),
                states,
                [1.0].as_ptr(),
                periods,
                ptr::null(),
                &raw mut model,
            )
        };
        assert_eq!(status, crm_status::Overflow);
        assert!(model.is_none());
    }
}
