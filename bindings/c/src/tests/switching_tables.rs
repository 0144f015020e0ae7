//! Tables of customers through C have the bits of the core.

use std::mem::MaybeUninit;

use crm_core::clv::switching::{
    CustomerAmount, CustomerSpending, Horizon, IndividualMatrixClv, ShareRule,
};
use crm_core::kernels::Column;

use crate::categories::crm_share_rule;
use crate::status::crm_status;
use crate::switching::CRM_INFINITE_HORIZON;
use crate::switching_tables::{crm_customer_spending, crm_individual_matrix_clv};

const MATRICES: [f64; 8] = [0.75, 0.25, 0.5, 0.5, 0.9, 0.1, 0.3, 0.7];
const SHARES: [f64; 4] = [0.5, 0.5, 1.0, 0.0];
const AMOUNTS: [f64; 4] = [1.0, 2.0, 3.0, 4.0];
const RATES: [f64; 2] = [0.1, 0.2];

/// The call with these strides of both amounts, and with `out` at a place of `room`.
fn evaluate(strides: (usize, usize), room: &mut [f64; 8], place: usize) -> crm_status {
    let spending = crm_customer_spending {
        purchases: AMOUNTS.as_ptr(),
        purchases_customer_stride: strides.0,
        purchases_brand_stride: strides.1,
        contribution: AMOUNTS.as_ptr(),
        contribution_customer_stride: strides.0,
        contribution_brand_stride: strides.1,
    };
    room[4..].copy_from_slice(&SHARES);
    let room = room.as_mut_ptr();
    // SAFETY: all pointers are to values of this function and its caller.
    unsafe {
        crm_individual_matrix_clv(
            MATRICES.as_ptr(),
            room.add(4),
            2,
            2,
            &raw const spending,
            RATES.as_ptr(),
            1,
            1.0,
            CRM_INFINITE_HORIZON,
            MaybeUninit::new(crm_share_rule::SumToOne),
            room.add(place),
        )
    }
}

#[test]
fn individual_matrices_have_the_same_bits() {
    for (strides, amount) in [
        ((0, 0), 1.0.into()),
        ((2, 0), Column::Strided(&AMOUNTS[..3], 2).into()),
        ((0, 1), CustomerAmount::PerBrand(&AMOUNTS[..2])),
        ((2, 1), CustomerAmount::PerCustomerAndBrand(&AMOUNTS)),
    ] {
        let mut expected = [0.0; 4];
        let customers = IndividualMatrixClv {
            states: 2,
            transition_matrices: &MATRICES,
            shares: &SHARES,
            rule: ShareRule::SumToOne,
            spending: CustomerSpending {
                purchases: amount,
                contribution: amount,
            },
            discount_rate: RATES.as_slice().into(),
            purchases_per_period: 1.0,
            horizon: Horizon::Infinite,
        };
        customers.evaluate(&mut expected).unwrap();
        let mut room = [0.0; 8];
        assert_eq!(evaluate(strides, &mut room, 0), crm_status::Ok);
        assert_eq!(room[..4], expected);
    }
}

#[test]
fn strides_and_places_that_make_no_sense_are_refused() {
    let mut room = [0.0; 8];
    for strides in [(1, 1), (3, 1), (0, 2), (usize::MAX, 1)] {
        let status = evaluate(strides, &mut room, 0);
        assert_eq!(status, crm_status::LengthMismatch);
    }
    assert_eq!(
        evaluate((usize::MAX, 0), &mut room, 0),
        crm_status::Overflow
    );
    assert_eq!(evaluate((0, 0), &mut room, 3), crm_status::OutOfRange);
}
