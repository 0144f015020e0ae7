//! The Gamma-Gamma model of spend.

use crm_core::prediction::{
    GammaGamma, Range, UncertainModel, expected_spend_density_into, expected_spend_into,
};

use super::{
    BootstrapOutputs, Predict, Question, crm_prediction_interval, read_level, uncertain,
    write_draws,
};
use crate::boundary::{Outcome, answer, column, read, respond, slice};
use crate::decimal::crm_decimal;
use crate::prediction::fit::{crm_fit_options, read_options};
use crate::prediction::spend::{crm_gamma_gamma, crm_spend_columns, read_spend};
use crate::status::crm_status;

/// The density over customers of their expected spend M = p/ν: (pγ)^q M^(−q−1) e^(−pγ/M) / Γ(q).
///
/// @param expected_spend M, positive
/// @param expected_spend_stride 1 for one number per row, 0 for one number for all
/// @param rows how many rows there are
/// @param out receives one number per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_expected_spend_density(
    model: *const crm_gamma_gamma,
    expected_spend: *const f64,
    expected_spend_stride: usize,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let at = column(
            "expected_spend",
            expected_spend,
            expected_spend_stride,
            rows,
        )?;
        answer(rows, out, |out| {
            expected_spend_density_into(&model, at, out)
        })
    })
}

/// The expected spend of each customer with its standard error and its interval by the delta method, which is
/// symmetric in the logarithm: how sure the mean is, given what the fit leaves open. What a customer's own
/// expected spend may be is crm_gamma_gamma_spend_interval.
///
/// CRM_STATUS_DIVERGENT, with the row, as of crm_gamma_gamma_expected_spend.
///
/// @param log_covariance 9 numbers, row-major, as crm_gamma_gamma_report has it; NaN at the boundary of a fit, where errors and
///        intervals are NaN
/// @param level the probability with which the interval holds the truth
/// @param estimate receives one number per customer; may be NULL
/// @param standard_error receives one number per customer; may be NULL
/// @param lower receives one number per customer; may be NULL
/// @param upper receives one number per customer; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_intervals(
    model: *const crm_gamma_gamma,
    log_covariance: *const f64,
    spend: *const crm_spend_columns,
    level: *const crm_decimal,
    estimate: *mut f64,
    standard_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(model, log_covariance, spend, level)?.intervals(estimate, standard_error, lower, upper)
    })
}

/// The sum of the expected spend of all customers, with the standard error of the sum and its interval, as of
/// crm_purchase_model_total.
///
/// @param log_covariance 9 numbers, row-major, as crm_gamma_gamma_report has it
/// @param level the probability with which the interval holds the truth
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_total(
    model: *const crm_gamma_gamma,
    log_covariance: *const f64,
    spend: *const crm_spend_columns,
    level: *const crm_decimal,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { ask(model, log_covariance, spend, level)?.total(out) })
}

/// Parameters drawn from the distribution that a fit leaves them, as crm_purchase_model_draws.
///
/// @param log_covariance 9 numbers, row-major, as crm_gamma_gamma_report has it
/// @param count how many draws
/// @param seed the same seed gives the same draws, on any machine
/// @param parameters receives 3 · count numbers: p, q and γ of each draw
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_draws(
    model: *const crm_gamma_gamma,
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

/// Simulates the spend of customers with these frequencies many times and fits the model again each time, as
/// crm_purchase_model_bootstrap.
///
/// @param frequency one number per customer
/// @param customers how many there are
/// @param options of the fits; may be NULL: plain maximum likelihood
/// @param replicates how many times, 2 or more
/// @param seed the same seed gives the same replicates, on any machine
/// @param level the probability that the intervals hold
/// @param intervals receives 3, of p, q and γ
/// @param replicate_parameters receives 3 · replicates numbers, the parameters of each replicate that has a maximum, and NaN
///        for those without; may be NULL
/// @param undefined receives the number of replicates without a maximum, which are left out
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_bootstrap(
    model: *const crm_gamma_gamma,
    frequency: *const f64,
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
        let model = read("model", model)?.value()?;
        let frequency = slice("frequency", frequency, customers)?;
        let options = read_options(options, 3)?;
        let level = read_level(level)?;
        let out = BootstrapOutputs::new(intervals, replicate_parameters, undefined, 3, replicates)?;
        out.write(
            &model.parametric_bootstrap(frequency, &options, replicates, seed)?,
            level,
        )
    })
}

/// # Safety
/// As [`read`], and `log_covariance` is NULL or points to 9 numbers.
unsafe fn read_uncertain(
    model: *const crm_gamma_gamma,
    log_covariance: *const f64,
) -> Outcome<UncertainModel<GammaGamma>> {
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
/// As [`read_uncertain`], [`read_spend`] and [`read_level`].
unsafe fn ask(
    model: *const crm_gamma_gamma,
    log_covariance: *const f64,
    spend: *const crm_spend_columns,
    level: *const crm_decimal,
) -> Outcome<Question<GammaGamma, impl Predict<GammaGamma>>> {
    // SAFETY: as the caller vouches.
    let (model, (columns, rows), level) = unsafe {
        let model = read_uncertain(model, log_covariance)?;
        (model, read_spend(spend)?, read_level(level)?)
    };
    Ok(Question {
        model,
        range: Range::OneSign,
        rows,
        level,
        predict: move |model: &GammaGamma, out: &mut [f64]| {
            expected_spend_into(model, columns, out)
        },
    })
}
