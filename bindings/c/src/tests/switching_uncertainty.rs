//! Uncertain brand switching through C has the bits of the core.

use std::ptr;

use crm_core::clv::switching::estimate::TransitionPosterior;
use crm_core::clv::switching::uncertainty::{InputDoubts, MatrixEstimate, MonteCarlo, Valuation};
use crm_core::clv::switching::{Discounting, Shares, TransitionMatrix};
use crm_core::units::Rate;

use crate::decimal::crm_decimal;
use crate::status::crm_status;
use crate::switching_uncertainty::{
    crm_drawn_values_copy, crm_drawn_values_free, crm_input_doubts, crm_matrix_estimate_free,
    crm_matrix_estimate_from_posterior_new, crm_standard_error, crm_switching_gradient,
    crm_switching_valuation, crm_switching_valuation_free, crm_switching_valuation_gradient,
    crm_switching_valuation_new, crm_switching_valuation_simulate,
    crm_switching_valuation_standard_error,
};

const SHARES: [f64; 3] = [0.5, 0.3, 0.2];
const MATRIX: [f64; 9] = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6];
const PARAMETERS: [f64; 9] = [8.5, 2.0, 1.5, 1.0, 9.0, 0.5, 3.0, 2.5, 12.0];
const WEIGHTS: [f64; 3] = [1.0, 0.0, 0.0];
const DEVIATIONS: [f64; 3] = [5.0, 0.0, 2.5];

fn core() -> Valuation {
    let discounting = Discounting::new(Rate::try_from(0.1).unwrap());
    let shares = Shares::new(SHARES).unwrap();
    Valuation::new(&shares, 1.5, 300.0.into(), discounting, 12.into()).unwrap()
}

fn valuation() -> Option<Box<crm_switching_valuation>> {
    let rate: crm_decimal = "0.1".parse::<rust_decimal::Decimal>().unwrap().into();
    let mut handle = None;
    // SAFETY: all pointers are to values of this function.
    let status = unsafe {
        crm_switching_valuation_new(
            SHARES.as_ptr(),
            3,
            1.5,
            &300.0,
            0,
            &rate,
            1.0,
            12,
            &raw mut handle,
        )
    };
    assert_eq!(status, crm_status::Ok);
    handle
}

#[test]
fn gradients_have_the_same_bits() {
    let matrix = TransitionMatrix::from_row_major(3, MATRIX.to_vec()).unwrap();
    let expected = core().gradient(&matrix, &WEIGHTS).unwrap();
    let handle = valuation();
    let mut scalars = crm_switching_gradient {
        value: 0.0,
        discount_rate: 0.0,
        purchases_per_period: 0.0,
        purchases: 0.0,
    };
    let (mut transition, mut shares) = ([0.0; 9], [0.0; 3]);
    // SAFETY: all pointers are to values of this function, or NULL where that is allowed.
    let status = unsafe {
        crm_switching_valuation_gradient(
            &raw const **handle.as_ref().unwrap(),
            MATRIX.as_ptr(),
            WEIGHTS.as_ptr(),
            3,
            &raw mut scalars,
            transition.as_mut_ptr(),
            ptr::null_mut(),
            shares.as_mut_ptr(),
            ptr::null_mut(),
        )
    };
    assert_eq!(status, crm_status::Ok);
    assert_eq!(scalars.value.to_bits(), expected.value.to_bits());
    assert_eq!(
        scalars.discount_rate.to_bits(),
        expected.discount_rate.to_bits()
    );
    assert_eq!(transition.as_slice(), expected.transition);
    assert_eq!(shares.as_slice(), expected.shares);
    crm_switching_valuation_free(handle);
}

#[test]
fn errors_and_draws_have_the_same_bits() {
    let posterior = TransitionPosterior::from_row_major(3, PARAMETERS.to_vec()).unwrap();
    let doubts = InputDoubts {
        discount_rate_sd: 0.01,
        shares_known_by: None,
        contribution_sd: DEVIATIONS.to_vec(),
    };
    let estimate = MatrixEstimate::from_posterior(&posterior);
    let expected = core().standard_error(&estimate, &WEIGHTS, &doubts).unwrap();
    let how = MonteCarlo { draws: 20, seed: 3 };
    let expected_draws = core().simulate(&posterior, &doubts, how).unwrap();

    let doubts = crm_input_doubts {
        discount_rate_sd: 0.01,
        shares_known_by: 0.0,
        contribution_sd: DEVIATIONS.as_ptr(),
    };
    let (handle, mut estimate, mut drawn) = (valuation(), None, None);
    let thing = &raw const **handle.as_ref().unwrap();
    let mut error = crm_standard_error {
        value: 0.0,
        standard_error: 0.0,
        discount_rate_variance: 0.0,
        shares_variance: 0.0,
        contribution_variance: 0.0,
    };
    let mut draws = [0.0; 60];
    // SAFETY: all pointers are to values of this function.
    unsafe {
        let made =
            crm_matrix_estimate_from_posterior_new(PARAMETERS.as_ptr(), 3, &raw mut estimate);
        assert_eq!(made, crm_status::Ok);
        let status = crm_switching_valuation_standard_error(
            thing,
            &raw const **estimate.as_ref().unwrap(),
            WEIGHTS.as_ptr(),
            3,
            &raw const doubts,
            &raw mut error,
            ptr::null_mut(),
        );
        assert_eq!(status, crm_status::Ok);
        let status = crm_switching_valuation_simulate(
            thing,
            PARAMETERS.as_ptr(),
            3,
            &raw const doubts,
            20,
            3,
            &raw mut drawn,
        );
        assert_eq!(status, crm_status::Ok);
        let copied = crm_drawn_values_copy(
            &raw const **drawn.as_ref().unwrap(),
            20,
            3,
            draws.as_mut_ptr(),
        );
        assert_eq!(copied, crm_status::Ok);
    }
    assert_eq!(
        error.standard_error.to_bits(),
        expected.standard_error.to_bits()
    );
    assert_eq!(draws.as_slice(), expected_draws.values());
    crm_drawn_values_free(drawn);
    crm_matrix_estimate_free(estimate);
    crm_switching_valuation_free(handle);
}
