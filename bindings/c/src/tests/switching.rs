//! Brand switching through C has the bits of the core.

use std::mem::MaybeUninit;
use std::ptr;

use crm_core::clv::switching::{Discounting, Horizon, MatrixClv, ShareRule, TransitionMatrix};
use crm_core::units::Rate;

use crate::categories::crm_share_rule;
use crate::decimal::crm_decimal;
use crate::status::crm_status;
use crate::switching::{
    CRM_INFINITE_HORIZON, crm_matrix_clv_evaluate, crm_matrix_clv_free, crm_matrix_clv_new,
    crm_matrix_clv_values, crm_shares_normalize, crm_spending, crm_switching_clv,
};

const MATRIX: [f64; 9] = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6];
const SHARES: [f64; 6] = [0.5, 0.3, 0.2, 1.0, 0.0, 0.0];

fn rate(text: &str) -> crm_decimal {
    text.parse::<rust_decimal::Decimal>().unwrap().into()
}

#[test]
fn customers_have_the_same_bits() {
    let matrix = TransitionMatrix::from_row_major(3, MATRIX.to_vec()).unwrap();
    let discounting = Discounting::new(Rate::try_from(0.1).unwrap());
    let core = MatrixClv::new(&matrix, 300.0.into(), discounting, Horizon::Infinite).unwrap();
    let mut expected = [0.0; 6];
    core.evaluate(&SHARES, 2.0.into(), ShareRule::SumToOne, &mut expected)
        .unwrap();

    let (mut handle, mut values, mut found) = (None, [0.0; 9], [0.0; 6]);
    let rule = MaybeUninit::new(crm_share_rule::SumToOne);
    // SAFETY: all pointers are to values of this function.
    unsafe {
        let status = crm_matrix_clv_new(
            MATRIX.as_ptr(),
            3,
            &300.0,
            0,
            &rate("0.1"),
            1.0,
            CRM_INFINITE_HORIZON,
            &raw mut handle,
        );
        assert_eq!(status, crm_status::Ok);
        let thing = &raw const **handle.as_ref().unwrap();
        assert_eq!(
            crm_matrix_clv_values(thing, 3, values.as_mut_ptr()),
            crm_status::Ok
        );
        let status =
            crm_matrix_clv_evaluate(thing, SHARES.as_ptr(), 2, &2.0, 0, rule, found.as_mut_ptr());
        assert_eq!(status, crm_status::Ok);
        let too_long = crm_matrix_clv_evaluate(
            thing,
            SHARES.as_ptr(),
            usize::MAX,
            &2.0,
            0,
            rule,
            found.as_mut_ptr(),
        );
        assert_eq!(too_long, crm_status::Overflow);
    }
    crm_matrix_clv_free(handle);
    assert_eq!(values.as_slice(), core.values());
    assert_eq!(found, expected);
}

#[test]
fn absurd_sizes_are_refused() {
    let spending = crm_spending {
        purchases: &1.0,
        purchases_period_stride: usize::MAX,
        purchases_brand_stride: 0,
        contribution: &1.0,
        contribution_period_stride: 0,
        contribution_brand_stride: 0,
        discount_rate: rate("0.1"),
        purchases_per_period: 1.0,
        horizon: 5,
    };
    let mut clv = [0.0; 3];
    let mut call = |brands, matrices, spending: crm_spending| {
        // SAFETY: all pointers are to values of this function; sizes beyond them are refused.
        unsafe {
            crm_switching_clv(
                SHARES.as_ptr(),
                brands,
                MATRIX.as_ptr(),
                matrices,
                &raw const spending,
                clv.as_mut_ptr(),
                ptr::null_mut(),
            )
        }
    };
    assert_eq!(call(3, 1, spending), crm_status::Overflow);
    assert_eq!(call(3, usize::MAX, spending), crm_status::Overflow);
    assert_eq!(call(usize::MAX, 1, spending), crm_status::Overflow);
    let constant = crm_spending {
        purchases_period_stride: 0,
        ..spending
    };
    assert_eq!(call(3, 1, constant), crm_status::Ok);
    for horizon in [-2, i64::MAX] {
        let spending = crm_spending {
            horizon,
            ..constant
        };
        assert_eq!(call(3, 1, spending), crm_status::OutOfRange);
    }
}

#[test]
fn rows_are_normalized() {
    let (weights, mut shares) = ([1.0, 3.0, 0.0, 0.0], [0.0; 4]);
    let mut call = |rows| {
        // SAFETY: all pointers are to values of this function.
        unsafe { crm_shares_normalize(weights.as_ptr(), rows, 2, shares.as_mut_ptr()) }
    };
    assert_eq!(call(2), crm_status::NotStochastic);
    assert_eq!(call(1), crm_status::Ok);
    assert_eq!(shares, [0.25, 0.75, 0.0, 0.0]);
}
