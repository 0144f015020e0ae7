//! Models of purchases.

use std::mem::MaybeUninit;

use crm_core::Result;
use crm_core::prediction::{
    AnyPurchaseModel, CustomerModels, HistoryColumns, PredictionNumbers, PurchasePrediction,
    UncertainModel, simulate_histories,
};

use super::{
    BootstrapOutputs, Predict, Question, crm_prediction_interval, read_level, uncertain,
    write_draws,
};
use crate::boundary::{Outcome, OutputSlice, column, read, respond, slice};
use crate::categories::crm_purchase_prediction;
use crate::category;
use crate::decimal::crm_decimal;
use crate::handle::borrow;
use crate::prediction::fit::{crm_fit_options, read_options};
use crate::prediction::model::{crm_purchase_histories, crm_purchase_model, read_histories};
use crate::status::crm_status;

/// What a prediction of purchases is about, beside the customers. A stride of 1 is one number per customer, one of
/// 0 one number for all. Numbers that a prediction does not know may be NULL: only `purchase_probability` and
/// `tail_probability` know purchases, only `discounted_purchases` a discount rate.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_prediction_numbers {
    /// How far to look, from the end of observation; INFINITY for all discounted purchases that will ever
    /// come.
    pub horizon: *const f64,
    /// Doubles from one customer to the next.
    pub horizon_stride: usize,
    /// How many purchases.
    pub purchases: *const f64,
    /// Doubles from one customer to the next.
    pub purchases_stride: usize,
    /// Discount rate per unit of time.
    pub discount_rate: *const f64,
    /// Doubles from one customer to the next.
    pub discount_rate_stride: usize,
}

/// A prediction for customers.
pub(super) struct Asked<'a> {
    pub(super) prediction: PurchasePrediction,
    customers: HistoryColumns<'a>,
    pub(super) rows: usize,
    numbers: PredictionNumbers<'a>,
}

impl Asked<'_> {
    /// # Safety
    /// As [`read`] and [`column`].
    pub(super) unsafe fn read(
        prediction: MaybeUninit<crm_purchase_prediction>,
        histories: *const crm_purchase_histories,
        numbers: *const crm_prediction_numbers,
    ) -> Outcome<Self> {
        // SAFETY: as the caller vouches.
        unsafe {
            let prediction = category::read("prediction", prediction)?;
            let (customers, rows) = read_histories(histories)?;
            let given = read("numbers", numbers)?;
            let mut numbers = PredictionNumbers {
                horizon: column("horizon", given.horizon, given.horizon_stride, rows)?,
                ..PredictionNumbers::default()
            };
            match prediction {
                PurchasePrediction::PurchaseProbability | PurchasePrediction::TailProbability => {
                    let stride = given.purchases_stride;
                    numbers.purchases = column("purchases", given.purchases, stride, rows)?;
                }
                PurchasePrediction::DiscountedPurchases => {
                    let (rate, stride) = (given.discount_rate, given.discount_rate_stride);
                    numbers.discount_rate = column("discount_rate", rate, stride, rows)?;
                }
                PurchasePrediction::ProbabilityAlive | PurchasePrediction::ExpectedPurchases => {}
            }
            Ok(Asked {
                prediction,
                customers,
                rows,
                numbers,
            })
        }
    }

    pub(super) fn predict(&self, models: &impl CustomerModels, out: &mut [f64]) -> Result<()> {
        let prediction = self.prediction;
        prediction.predict_into(models, self.customers, self.numbers, out)
    }
}

/// The prediction for each customer with its standard error and its interval, by the delta method: √(g′ C g),
/// with g the derivatives of the prediction by the logarithms of the parameters and C their covariance. The
/// interval of a probability is symmetric in its log-odds and stays between 0 and 1; that of any other
/// prediction is symmetric in its logarithm and stays positive.
///
/// Only the parameters are taken as uncertain, not what customers of known parameters will do by chance.
///
/// CRM_STATUS_OUT_OF_RANGE for what is no covariance matrix, and for a level of 0 or 1.
///
/// @param log_covariance C, 16 numbers, row-major, as crm_purchase_fit has it; NaN at the boundary of a fit, where errors and
///        intervals are NaN
/// @param prediction what is predicted
/// @param numbers horizon, purchases, discount rate
/// @param level the probability with which the interval holds the truth
/// @param estimate receives one number per customer; may be NULL
/// @param standard_error receives one number per customer; may be NULL
/// @param lower receives one number per customer; may be NULL
/// @param upper receives one number per customer; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_intervals(
    model: *const crm_purchase_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_purchase_prediction>,
    histories: *const crm_purchase_histories,
    numbers: *const crm_prediction_numbers,
    level: *const crm_decimal,
    estimate: *mut f64,
    standard_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(model, log_covariance, prediction, histories, numbers, level)?.intervals(
            estimate,
            standard_error,
            lower,
            upper,
        )
    })
}

/// The sum of the predictions for all customers, with the standard error of the sum and its interval, as of
/// crm_purchase_model_intervals. Errors of customers are not independent, since all hang on the same
/// parameters: that is counted in. NaN if the prediction for one customer is.
///
/// @param log_covariance 16 numbers, row-major, as crm_purchase_fit has it
/// @param prediction what is predicted
/// @param numbers horizon, purchases, discount rate
/// @param level the probability with which the interval holds the truth
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_total(
    model: *const crm_purchase_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_purchase_prediction>,
    histories: *const crm_purchase_histories,
    numbers: *const crm_prediction_numbers,
    level: *const crm_decimal,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(model, log_covariance, prediction, histories, numbers, level)?.total(out)
    })
}

/// As crm_purchase_model_total, from the sums under parameters that are drawn: their standard deviation and their
/// quantiles. Where sums are skewed this is the truer interval.
///
/// CRM_STATUS_NO_SOLUTION for a fit at the boundary.
///
/// @param log_covariance 16 numbers, row-major, as crm_purchase_fit has it
/// @param prediction what is predicted
/// @param numbers horizon, purchases, discount rate
/// @param level the probability with which the interval holds the truth
/// @param count how many draws, 2 or more
/// @param seed the same seed gives the same draws, on any machine
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_total_by_draws(
    model: *const crm_purchase_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_purchase_prediction>,
    histories: *const crm_purchase_histories,
    numbers: *const crm_prediction_numbers,
    level: *const crm_decimal,
    count: u32,
    seed: u64,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(model, log_covariance, prediction, histories, numbers, level)?
            .total_by_draws((count, seed), out)
    })
}

/// Parameters drawn from the distribution that a fit leaves them: their logarithms are normal around those of the
/// model, with the covariance. More draws do not change the first ones.
///
/// CRM_STATUS_NO_SOLUTION for a fit at the boundary, which has no such distribution.
///
/// @param log_covariance 16 numbers, row-major, as crm_purchase_fit has it
/// @param count how many draws
/// @param seed the same seed gives the same draws, on any machine
/// @param parameters receives 4 · count numbers, the parameters of each draw in their order
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_draws(
    model: *const crm_purchase_model,
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

/// What customers of these ages do under the model: each has rates and probabilities of its own, drawn as the model
/// says. More customers do not change the first ones.
///
/// CRM_STATUS_OVERFLOW, with the row, for a customer with more than 2^26 purchases.
///
/// @param ages one number per customer
/// @param customers how many there are
/// @param seed the same seed gives the same customers, on any machine
/// @param frequency receives one number per customer
/// @param recency receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_simulate(
    model: *const crm_purchase_model,
    ages: *const f64,
    customers: usize,
    seed: u64,
    frequency: *mut f64,
    recency: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let ages = slice("ages", ages, customers)?;
        simulate(model, ages, seed, frequency, recency)
    })
}

/// Simulates customers of these ages many times under the model and fits it again each time: how far the
/// parameters of such a fit are from the truth. Intervals are quantiles of the fitted parameters (Efron 1979).
///
/// @param ages one number per customer
/// @param customers how many there are
/// @param options of the fits; may be NULL: plain maximum likelihood
/// @param replicates how many times, 2 or more
/// @param seed the same seed gives the same replicates, on any machine
/// @param level the probability that the intervals hold
/// @param intervals receives 4, one for each parameter in their order
/// @param replicate_parameters receives 4 · replicates numbers, the parameters of each replicate that has a maximum, and NaN
///        for those without; may be NULL
/// @param undefined receives the number of replicates without a maximum, which are left out
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_bootstrap(
    model: *const crm_purchase_model,
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
        let model = &borrow("model", model)?.0;
        let ages = slice("ages", ages, customers)?;
        let options = read_options(options, 4)?;
        let level = read_level(level)?;
        let out = BootstrapOutputs::new(intervals, replicate_parameters, undefined, 4, replicates)?;
        out.write(
            &model.parametric_bootstrap(ages, &options, replicates, seed)?,
            level,
        )
    })
}

/// Writes what customers of these ages do.
///
/// # Safety
/// As [`OutputSlice::new`], for a number per customer each.
pub(super) unsafe fn simulate(
    models: &impl CustomerModels<Model = AnyPurchaseModel>,
    ages: &[f64],
    seed: u64,
    frequency: *mut f64,
    recency: *mut f64,
) -> Outcome {
    // SAFETY: as the caller vouches.
    let (frequency, recency) = unsafe {
        (
            OutputSlice::new("frequency", frequency, ages.len())?,
            OutputSlice::new("recency", recency, ages.len())?,
        )
    };
    let made = simulate_histories(models, ages, seed)?;
    frequency.write("frequency", &made.frequency)?;
    recency.write("recency", &made.recency)
}

/// # Safety
/// As [`borrow`], and `log_covariance` is NULL or points to 16 numbers.
unsafe fn read_uncertain(
    model: *const crm_purchase_model,
    log_covariance: *const f64,
) -> Outcome<UncertainModel<AnyPurchaseModel>> {
    // SAFETY: as the caller vouches.
    unsafe { uncertain("log_covariance", borrow("model", model)?.0, log_covariance) }
}

/// # Safety
/// As [`read_uncertain`], [`Asked::read`] and [`read_level`].
unsafe fn ask(
    model: *const crm_purchase_model,
    log_covariance: *const f64,
    prediction: MaybeUninit<crm_purchase_prediction>,
    histories: *const crm_purchase_histories,
    numbers: *const crm_prediction_numbers,
    level: *const crm_decimal,
) -> Outcome<Question<AnyPurchaseModel, impl Predict<AnyPurchaseModel>>> {
    // SAFETY: as the caller vouches.
    let (model, asked, level) = unsafe {
        let model = read_uncertain(model, log_covariance)?;
        let asked = Asked::read(prediction, histories, numbers)?;
        (model, asked, read_level(level)?)
    };
    Ok(Question {
        model,
        range: asked.prediction.range(),
        rows: asked.rows,
        level,
        predict: move |model: &AnyPurchaseModel, out: &mut [f64]| asked.predict(model, out),
    })
}
