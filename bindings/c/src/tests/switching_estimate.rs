//! Estimates through C have the bits of the core.

use std::ptr;

use crm_core::clv::switching::estimate::{DirichletPrior, Survey, TransitionCounts};

use crate::status::crm_status;
use crate::switching_estimate::posterior::{
    crm_transition_fit, crm_transition_posterior, crm_transition_posterior_sample,
};
use crate::switching_estimate::survey::{
    CRM_NONE, crm_inertia_logit_coefficients, crm_inertia_logit_free, crm_inertia_logit_new,
    crm_inertia_logit_predict, crm_logit_coefficient,
};

const COUNTS: [f64; 4] = [30.0, 10.0, 8.0, 50.0];

#[test]
fn posteriors_have_the_same_bits() {
    let core = TransitionCounts::from_row_major(2, COUNTS.to_vec()).unwrap();
    let posterior = core.posterior(&DirichletPrior::Uniform(0.5)).unwrap();
    let (mut matrix, mut parameters, mut sample) = ([0.0; 4], [0.0; 4], [0.0; 4]);
    // SAFETY: all pointers are to values of this function, or NULL where that is allowed.
    unsafe {
        let status = crm_transition_fit(
            COUNTS.as_ptr(),
            2,
            matrix.as_mut_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
        );
        assert_eq!(status, crm_status::Ok);
        let status = crm_transition_posterior(COUNTS.as_ptr(), 2, &0.5, 1, parameters.as_mut_ptr());
        assert_eq!(status, crm_status::Ok);
        let out = sample.as_mut_ptr();
        let status = crm_transition_posterior_sample(parameters.as_ptr(), 2, 7, 3, out);
        assert_eq!(status, crm_status::Ok);
        let too_many = crm_transition_fit(
            COUNTS.as_ptr(),
            usize::MAX,
            matrix.as_mut_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
        );
        assert_eq!(too_many, crm_status::Overflow);
    }
    assert_eq!(matrix, core.maximum_likelihood().unwrap().entries());
    assert_eq!(parameters, posterior.parameters());
    assert_eq!(sample, posterior.sample(7, 3).entries());
}

#[test]
fn surveys_have_the_same_bits() {
    let (last, next) = ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 0]);
    let core = Survey::new(2, &last, &next).unwrap().fit().unwrap();
    let mut handle = None;
    let blank = crm_logit_coefficient {
        brand: 0,
        column: 0,
        estimate: 0.0,
        standard_error: 0.0,
        z: 0.0,
        p_value: 0.0,
    };
    let (mut found, mut matrix) = ([blank; 2], [0.0; 4]);
    // SAFETY: all pointers are to values of this function, or NULL where that is allowed.
    unsafe {
        let status = crm_inertia_logit_new(
            last.as_ptr(),
            next.as_ptr(),
            6,
            2,
            ptr::null(),
            0,
            ptr::null(),
            0,
            &raw mut handle,
        );
        assert_eq!(status, crm_status::Ok);
        let logit = &raw const **handle.as_ref().unwrap();
        let status = crm_inertia_logit_coefficients(logit, 2, found.as_mut_ptr());
        assert_eq!(status, crm_status::Ok);
        let status = crm_inertia_logit_predict(
            logit,
            ptr::null(),
            0,
            ptr::null(),
            0,
            2,
            matrix.as_mut_ptr(),
            ptr::null_mut(),
        );
        assert_eq!(status, crm_status::Ok);
    }
    crm_inertia_logit_free(handle);
    assert_eq!(
        found.map(|c| (c.brand, c.column)),
        [(1, CRM_NONE), (CRM_NONE, CRM_NONE)]
    );
    for (found, core) in found.iter().zip(&core.coefficients) {
        assert_eq!(
            (found.estimate, found.p_value),
            (core.estimate, core.p_value)
        );
    }
    let predicted = core.predict(&[], &[]).unwrap();
    assert_eq!(matrix, predicted.transition_matrix.entries());
}
