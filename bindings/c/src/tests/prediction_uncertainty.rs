//! Draws, simulations and bootstraps through C have the bits of the core.

use std::ptr;

use crm_core::prediction::fit::FitOptions;
use crm_core::prediction::{
    AnyPurchaseModel, Bdw, Parametric, PurchaseModelKind, UncertainModel, simulate_histories,
    simulate_tenures,
};
use crm_core::units::Probability;

use crate::decimal::crm_decimal;
use crate::prediction::contractual::crm_renewal_model;
use crate::prediction::model::crm_purchase_model;
use crate::prediction::uncertainty::crm_prediction_interval;
use crate::prediction::uncertainty::purchases::{
    crm_purchase_model_bootstrap, crm_purchase_model_draws, crm_purchase_model_simulate,
};
use crate::prediction::uncertainty::renewals::crm_renewal_simulate;
use crate::status::crm_status;

const PARAMETERS: [f64; 4] = [0.7, 6.0, 0.8, 2.5];
const AGES: [f64; 300] = [39.0; 300];

fn model() -> AnyPurchaseModel {
    AnyPurchaseModel::new(PurchaseModelKind::MbgNbd, PARAMETERS).unwrap()
}

#[test]
fn draws_have_the_same_bits() {
    let mut covariance = [0.0; 16];
    for (place, variance) in [0.01, 0.02, 0.03, 0.04].into_iter().enumerate() {
        covariance[5 * place] = variance;
    }
    let draws = UncertainModel::new(model(), &covariance)
        .unwrap()
        .draws(3, 9)
        .unwrap();
    let expected: Vec<f64> = draws.iter().flat_map(Parametric::values).collect();
    let (handle, mut found) = (crm_purchase_model(model()), [0.0; 12]);
    // SAFETY: all pointers are to values of this function.
    let status = unsafe {
        crm_purchase_model_draws(
            &raw const handle,
            covariance.as_ptr(),
            3,
            9,
            found.as_mut_ptr(),
        )
    };
    assert_eq!(
        (status, found.as_slice()),
        (crm_status::Ok, expected.as_slice())
    );
}

#[test]
fn simulations_have_the_same_bits() {
    let handle = crm_purchase_model(model());
    let expected = simulate_histories(&model(), &AGES, 5).unwrap();
    let (mut frequency, mut recency) = ([0.0; 300], [0.0; 300]);
    // SAFETY: all pointers are to values of this function.
    let status = unsafe {
        crm_purchase_model_simulate(
            &raw const handle,
            AGES.as_ptr(),
            AGES.len(),
            5,
            frequency.as_mut_ptr(),
            recency.as_mut_ptr(),
        )
    };
    assert_eq!(status, crm_status::Ok);
    assert_eq!(frequency.as_slice(), expected.frequency);
    assert_eq!(recency.as_slice(), expected.recency);

    let expected = simulate_tenures(&Bdw::new(0.7, 2.0, 1.3).unwrap(), &AGES, 5).unwrap();
    let contract = crm_renewal_model {
        alpha: 0.7,
        beta: 2.0,
        c: 1.3,
    };
    let (mut tenure, mut churned) = ([0.0; 300], [0; 300]);
    // SAFETY: all pointers are to values of this function.
    let status = unsafe {
        crm_renewal_simulate(
            &raw const contract,
            AGES.as_ptr(),
            AGES.len(),
            5,
            tenure.as_mut_ptr(),
            churned.as_mut_ptr(),
        )
    };
    assert_eq!(status, crm_status::Ok);
    assert_eq!(tenure.as_slice(), expected.tenure);
    assert_eq!(churned.map(|flag| flag == 1).as_slice(), expected.churned);
}

#[test]
fn bootstraps_have_the_same_bits() {
    let made = model()
        .parametric_bootstrap(&AGES, &FitOptions::default(), 4, 2)
        .unwrap();
    let expected = made.intervals(Probability::try_from(0.9).unwrap()).unwrap();
    let level: crm_decimal = "0.9".parse::<rust_decimal::Decimal>().unwrap().into();
    let handle = crm_purchase_model(model());
    let zero = crm_prediction_interval {
        estimate: 0.0,
        standard_error: 0.0,
        lower: 0.0,
        upper: 0.0,
    };
    let (mut intervals, mut undefined, mut parameters) = ([zero; 4], 9, [0.0; 16]);
    // SAFETY: all pointers are to values of this function.
    let status = unsafe {
        crm_purchase_model_bootstrap(
            &raw const handle,
            AGES.as_ptr(),
            AGES.len(),
            ptr::null(),
            4,
            2,
            &raw const level,
            intervals.as_mut_ptr(),
            parameters.as_mut_ptr(),
            &raw mut undefined,
        )
    };
    assert_eq!((status, undefined), (crm_status::Ok, made.undefined));
    for (found, expected) in intervals.iter().zip(&expected) {
        assert_eq!(
            (
                found.estimate,
                found.standard_error,
                found.lower,
                found.upper
            ),
            (
                expected.estimate,
                expected.standard_error,
                expected.lower,
                expected.upper
            )
        );
    }
    let kept: Vec<f64> = made.parameters.concat();
    assert_eq!(parameters[..kept.len()], kept);
    assert!(parameters[kept.len()..].iter().all(|value| value.is_nan()));
}
