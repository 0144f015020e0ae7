//! Customers under contract.

use std::mem::MaybeUninit;

use crm_core::prediction::{
    Bdw, Parametric, RenewalPrediction, Sbg, UncertainModel, simulate_tenures,
};

use super::{
    BootstrapOutputs, Predict, Question, crm_prediction_interval, read_level, uncertain,
    write_draws,
};
use crate::boundary::{Outcome, OutputSlice, read, respond, slice};
use crate::categories::crm_renewal_prediction;
use crate::category;
use crate::decimal::crm_decimal;
use crate::prediction::contractual::{crm_renewal_columns, crm_renewal_model, read_customers};
use crate::prediction::fit::{crm_fit_options, read_options};
use crate::status::crm_status;

/// The prediction for each customer with its standard error and its interval by the delta method, as of
/// crm_purchase_model_intervals.
///
/// @param log_covariance 9 numbers, row-major, as crm_renewal_report has it: of an sBG what belongs to c is 0
/// @param prediction what is predicted; retention rates and churn probabilities are those at the renewal number `renewals`, and
///        conditional survival is over `horizon` further renewals
/// @param level the probability with which the interval holds the truth
/// @param estimate receives one number per customer; may be NULL
/// @param standard_error receives one number per customer; may be NULL
/// @param lower receives one number per customer; may be NULL
/// @param upper receives one number per customer; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_intervals(
    model: *const crm_renewal_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_renewal_prediction>,
    customers: *const crm_renewal_columns,
    level: *const crm_decimal,
    estimate: *mut f64,
    standard_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(model, log_covariance, prediction, customers, level)?.intervals(
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
/// @param log_covariance 9 numbers, row-major, as crm_renewal_report has it
/// @param prediction what is predicted
/// @param level the probability with which the interval holds the truth
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_total(
    model: *const crm_renewal_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_renewal_prediction>,
    customers: *const crm_renewal_columns,
    level: *const crm_decimal,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { ask(model, log_covariance, prediction, customers, level)?.total(out) })
}

/// Parameters drawn from the distribution that a fit leaves them, as crm_purchase_model_draws.
///
/// @param log_covariance 9 numbers, row-major, as crm_renewal_report has it
/// @param count how many draws
/// @param seed the same seed gives the same draws, on any machine
/// @param parameters receives 3 · count numbers: α, β and c of each draw
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_draws(
    model: *const crm_renewal_model,
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

/// What customers do under the model who came to this many renewals, unless they left before.
///
/// @param ages how many renewals each came to, whole numbers
/// @param customers how many there are
/// @param seed the same seed gives the same customers, on any machine
/// @param tenure receives for each the renewal at which it left, or how often it has renewed
/// @param churned receives for each 1 if it left, else 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_simulate(
    model: *const crm_renewal_model,
    ages: *const f64,
    customers: usize,
    seed: u64,
    tenure: *mut f64,
    churned: *mut i32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?;
        let ages = slice("ages", ages, customers)?;
        let tenure = OutputSlice::new("tenure", tenure, customers)?;
        let churned = OutputSlice::new("churned", churned, customers)?;
        let made = simulate_tenures(&model.value()?, ages, seed)?;
        let flags: Vec<i32> = made.churned.iter().map(|&left| left.into()).collect();
        tenure.write("tenure", &made.tenure)?;
        churned.write("churned", &flags)
    })
}

/// Simulates customers under contract many times and fits the sBG again each time, as
/// crm_purchase_model_bootstrap; the model's c must be 1.
///
/// @param ages how many renewals each came to, unless it left before: whole numbers
/// @param customers how many there are
/// @param options of the fits; may be NULL: plain maximum likelihood
/// @param replicates how many times, 2 or more
/// @param seed the same seed gives the same replicates, on any machine
/// @param level the probability that the intervals hold
/// @param intervals receives 2, of α and β
/// @param replicate_parameters receives 2 · replicates numbers, the parameters of each replicate that has a maximum, and NaN
///        for those without; may be NULL
/// @param undefined receives the number of replicates without a maximum, which are left out
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_sbg_bootstrap(
    model: *const crm_renewal_model,
    ages: *const f64,
    customers: usize,
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
        let model = Sbg::try_from(read("model", model)?.value()?)?;
        let ages = slice("ages", ages, customers)?;
        let options = read_options(options, 2)?;
        let level = read_level(level)?;
        let size = model.values().len();
        let out =
            BootstrapOutputs::new(intervals, replicate_parameters, undefined, size, replicates)?;
        out.write(
            &model.parametric_bootstrap(ages, &options, replicates, seed)?,
            level,
        )
    })
}

/// As crm_sbg_bootstrap, for the BdW.
///
/// @param ages how many renewals each came to, unless it left before: whole numbers
/// @param customers how many there are
/// @param options of the fits; may be NULL: plain maximum likelihood
/// @param replicates how many times, 2 or more
/// @param seed the same seed gives the same replicates, on any machine
/// @param level the probability that the intervals hold
/// @param intervals receives 3, of α, β and c
/// @param replicate_parameters receives 3 · replicates numbers, the parameters of each replicate that has a maximum, and NaN
///        for those without; may be NULL
/// @param undefined receives the number of replicates without a maximum, which are left out
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_bdw_bootstrap(
    model: *const crm_renewal_model,
    ages: *const f64,
    customers: usize,
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
        let model = read("model", model)?;
        let ages = slice("ages", ages, customers)?;
        let options = read_options(options, 3)?;
        let level = read_level(level)?;
        let out = BootstrapOutputs::new(intervals, replicate_parameters, undefined, 3, replicates)?;
        let model = model.value()?;
        out.write(
            &model.parametric_bootstrap(ages, &options, replicates, seed)?,
            level,
        )
    })
}

/// # Safety
/// As [`read`], and `log_covariance` is NULL or points to 9 numbers.
unsafe fn read_uncertain(
    model: *const crm_renewal_model,
    log_covariance: *const f64,
) -> Outcome<UncertainModel<Bdw>> {
    // SAFETY: as the caller vouches.
    unsafe {
        uncertain(
            "log_covariance",
            read("model", model)?.value()?,
            log_covariance,
        )
    }
}

/// # Safety
/// As [`read_uncertain`], [`read_customers`] and [`read_level`].
unsafe fn ask(
    model: *const crm_renewal_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_renewal_prediction>,
    customers: *const crm_renewal_columns,
    level: *const crm_decimal,
) -> Outcome<Question<Bdw, impl Predict<Bdw>>> {
    // SAFETY: as the caller vouches.
    let (model, (columns, rows), level) = unsafe {
        let model = read_uncertain(model, log_covariance)?;
        (model, read_customers(customers)?, read_level(level)?)
    };
    let prediction: RenewalPrediction = category::read("prediction", prediction)?;
    Ok(Question {
        model,
        range: prediction.range(),
        rows,
        level,
        predict: move |model: &Bdw, out: &mut [f64]| prediction.predict_into(model, columns, out),
    })
}
