//! Models of purchases whose rates hang on covariates.

use std::mem::MaybeUninit;

use crm_core::prediction::{CovariateModel, Parametric, UncertainModel};

use super::purchases::{Asked, crm_prediction_numbers, simulate};
use super::{
    BootstrapOutputs, Predict, Question, crm_prediction_interval, read_level, uncertain,
    write_draws,
};
use crate::boundary::{Outcome, respond, slice};
use crate::categories::crm_purchase_prediction;
use crate::decimal::crm_decimal;
use crate::handle::borrow;
use crate::prediction::covariates::{Given, crm_covariate_model, crm_covariates};
use crate::prediction::fit::{crm_fit_options, read_options};
use crate::prediction::model::crm_purchase_histories;
use crate::status::crm_status;

/// The prediction for each customer with its standard error and its interval by the delta method, as of
/// crm_purchase_model_intervals. The derivatives are by the logarithms of the first 4 parameters and by the coefficients themselves.
///
/// @param log_covariance the square of as many numbers as parameters, row-major, as crm_covariate_model_read gives it; NaN at
///        the boundary of a fit, where errors and intervals are NaN
/// @param prediction what is predicted
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param numbers horizon, purchases, discount rate
/// @param level the probability with which the interval holds the truth
/// @param estimate receives one number per customer; may be NULL
/// @param standard_error receives one number per customer; may be NULL
/// @param lower receives one number per customer; may be NULL
/// @param upper receives one number per customer; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_intervals(
    model: *const crm_covariate_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_purchase_prediction>,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    numbers: *const crm_prediction_numbers,
    level: *const crm_decimal,
    estimate: *mut f64,
    standard_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::read(prediction, histories, numbers)?;
        ask(model, log_covariance, asked, covariates, level)?.intervals(
            estimate,
            standard_error,
            lower,
            upper,
        )
    })
}

/// The sum of the predictions for all customers, with the standard error of the sum and its interval, as of
/// crm_purchase_model_total.
///
/// @param log_covariance as of crm_covariate_model_intervals
/// @param prediction what is predicted
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param numbers horizon, purchases, discount rate
/// @param level the probability with which the interval holds the truth
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_total(
    model: *const crm_covariate_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_purchase_prediction>,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    numbers: *const crm_prediction_numbers,
    level: *const crm_decimal,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::read(prediction, histories, numbers)?;
        ask(model, log_covariance, asked, covariates, level)?.total(out)
    })
}

/// As crm_covariate_model_total, from the sums under parameters that are drawn; see crm_purchase_model_total_by_draws.
///
/// CRM_STATUS_NO_SOLUTION for a fit at the boundary.
///
/// @param log_covariance as of crm_covariate_model_intervals
/// @param prediction what is predicted
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param numbers horizon, purchases, discount rate
/// @param level the probability with which the interval holds the truth
/// @param count how many draws, 2 or more
/// @param seed the same seed gives the same draws, on any machine
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_total_by_draws(
    model: *const crm_covariate_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_purchase_prediction>,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    numbers: *const crm_prediction_numbers,
    level: *const crm_decimal,
    count: u32,
    seed: u64,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::read(prediction, histories, numbers)?;
        ask(model, log_covariance, asked, covariates, level)?.total_by_draws((count, seed), out)
    })
}

/// Parameters drawn from the distribution that a fit leaves them, as crm_purchase_model_draws.
///
/// @param log_covariance as of crm_covariate_model_intervals
/// @param count how many draws
/// @param seed the same seed gives the same draws, on any machine
/// @param parameters receives `count` times as many numbers as the model has parameters, those of each draw in their order
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_draws(
    model: *const crm_covariate_model,
    log_covariance: *const f64,
    count: u32,
    seed: u64,
    parameters: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read_uncertain(model, log_covariance)?;
        write_draws(&model, count, seed, parameters)
    })
}

/// What customers of these ages and covariates do under the model: each has rates and probabilities of its own, drawn
/// as its parameters say. More customers do not change the first ones; where all covariates are 0, they are those of
/// crm_purchase_model_simulate.
///
/// CRM_STATUS_OVERFLOW, with the row, for a customer with more than 2^26 purchases.
///
/// @param ages one number per customer
/// @param covariates as many as the model has, one number per customer in each
/// @param customers how many there are
/// @param seed the same seed gives the same customers, on any machine
/// @param frequency receives one number per customer
/// @param recency receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_simulate(
    model: *const crm_covariate_model,
    ages: *const f64,
    covariates: *const crm_covariates,
    customers: usize,
    seed: u64,
    frequency: *mut f64,
    recency: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.model;
        let ages = slice("ages", ages, customers)?;
        let given = Given::new(covariates, customers)?;
        simulate(
            &model.customers(given.columns())?,
            ages,
            seed,
            frequency,
            recency,
        )
    })
}

/// Simulates customers of these ages and covariates many times under the model and fits it again each time, as
/// crm_purchase_model_bootstrap.
///
/// @param ages one number per customer
/// @param covariates as many as the model has, one number per customer in each
/// @param customers how many there are
/// @param covariate_penalty of the fits, as of crm_covariate_model_fit
/// @param options of the fits; may be NULL: plain maximum likelihood
/// @param replicates how many times, 2 or more
/// @param seed the same seed gives the same replicates, on any machine
/// @param level the probability that the intervals hold
/// @param intervals receives one for each parameter in their order
/// @param replicate_parameters receives `replicates` times as many numbers as the model has parameters: those of each replicate
///        that has a maximum, and NaN for those without; may be NULL
/// @param undefined receives the number of replicates without a maximum, which are left out
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_bootstrap(
    model: *const crm_covariate_model,
    ages: *const f64,
    covariates: *const crm_covariates,
    customers: usize,
    covariate_penalty: f64,
    options: *const crm_fit_options,
    replicates: u32,
    seed: u64,
    level: *const crm_decimal,
    intervals: *mut crm_prediction_interval,
    replicate_parameters: *mut f64,
    undefined: *mut u32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.model;
        let ages = slice("ages", ages, customers)?;
        let given = Given::new(covariates, customers)?;
        let options = read_options(options, 4)?;
        let level = read_level(level)?;
        let size = model.values().len();
        let out =
            BootstrapOutputs::new(intervals, replicate_parameters, undefined, size, replicates)?;
        let how = (covariate_penalty, &options);
        out.write(
            &model.parametric_bootstrap(ages, given.columns(), how, replicates, seed)?,
            level,
        )
    })
}

/// # Safety
/// As [`borrow`], and `log_covariance` is NULL or points to as many numbers as the square of the model's parameters.
unsafe fn read_uncertain(
    model: *const crm_covariate_model,
    log_covariance: *const f64,
) -> Outcome<UncertainModel<CovariateModel>> {
    // SAFETY: as the caller vouches.
    unsafe {
        let model = borrow("model", model)?.model.clone();
        uncertain("log_covariance", model, log_covariance)
    }
}

/// # Safety
/// As [`read_uncertain`], [`Given::new`] and [`read_level`].
unsafe fn ask(
    model: *const crm_covariate_model,
    log_covariance: *const f64,
    asked: Asked<'_>,
    covariates: *const crm_covariates,
    level: *const crm_decimal,
) -> Outcome<Question<CovariateModel, impl Predict<CovariateModel>>> {
    // SAFETY: as the caller vouches.
    let (model, given, level) = unsafe {
        let model = read_uncertain(model, log_covariance)?;
        (
            model,
            Given::new(covariates, asked.rows)?,
            read_level(level)?,
        )
    };
    Ok(Question {
        model,
        range: asked.prediction.range(),
        rows: asked.rows,
        level,
        predict: move |model: &CovariateModel, out: &mut [f64]| {
            asked.predict(&model.customers(given.columns())?, out)
        },
    })
}
