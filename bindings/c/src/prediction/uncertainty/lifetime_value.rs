//! What customers are worth.

use crm_core::prediction::{
    AnyPurchaseModel, CovariateModel, LifetimeValueColumns, LifetimeValueModel, Parametric, Range,
    UncertainModel, lifetime_value_into,
};

use super::{Predict, Question, crm_prediction_interval, read_level, uncertain};
use crate::boundary::{Outcome, answer, column, read, respond};
use crate::decimal::crm_decimal;
use crate::handle::borrow;
use crate::prediction::covariates::{Given, crm_covariate_model, crm_covariates};
use crate::prediction::model::{crm_purchase_histories, crm_purchase_model};
use crate::prediction::spend::crm_gamma_gamma;
use crate::status::crm_status;

type Valued = LifetimeValueModel<AnyPurchaseModel>;
type ValuedByCovariates = LifetimeValueModel<CovariateModel>;

/// Customers to value. A stride of 1 is one number per customer, one of 0 one number for all.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_lifetime_value_columns {
    /// Frequency, recency and age.
    pub histories: crm_purchase_histories,
    /// The number of purchases that the mean spend is of: the frequency, or one more where the mean
    /// includes the first purchase.
    pub spend_frequency: *const f64,
    /// Doubles from one customer to the next.
    pub spend_frequency_stride: usize,
    /// Their mean spend, positive; 0 where there is none.
    pub mean_spend: *const f64,
    /// Doubles from one customer to the next.
    pub mean_spend_stride: usize,
    /// How far to look, from the end of observation; may be INFINITY.
    pub horizon: *const f64,
    /// Doubles from one customer to the next.
    pub horizon_stride: usize,
    /// Discount rate per unit of time.
    pub discount_rate: *const f64,
    /// Doubles from one customer to the next.
    pub discount_rate_stride: usize,
    /// Part of the spend that remains.
    pub margin: *const f64,
    /// Doubles from one customer to the next.
    pub margin_stride: usize,
}

impl crm_lifetime_value_columns {
    /// # Safety
    /// As [`column`], for each column.
    unsafe fn columns<'a>(&self) -> Outcome<(LifetimeValueColumns<'a>, usize)> {
        let rows = self.histories.customers;
        // SAFETY: as the caller vouches.
        unsafe {
            let histories = self.histories.columns()?;
            let of = |name, pointer, stride| column(name, pointer, stride, rows);
            let columns = LifetimeValueColumns {
                frequency: histories.frequency,
                recency: histories.recency,
                age: histories.age,
                spend_frequency: of(
                    "spend_frequency",
                    self.spend_frequency,
                    self.spend_frequency_stride,
                )?,
                mean_spend: of("mean_spend", self.mean_spend, self.mean_spend_stride)?,
                horizon: of("horizon", self.horizon, self.horizon_stride)?,
                discount_rate: of(
                    "discount_rate",
                    self.discount_rate,
                    self.discount_rate_stride,
                )?,
                margin: of("margin", self.margin, self.margin_stride)?,
            };
            Ok((columns, rows))
        }
    }
}

/// The lifetime value of each customer: margin · expected spend per purchase · discounted purchases. How often a
/// customer buys and what it spends must not hang on each other. NaN in a row gives NaN in that row.
///
/// CRM_STATUS_DIVERGENT, with the row, where discounted purchases or expected spend are.
///
/// @param purchases how often customers buy
/// @param spend what they spend per purchase
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lifetime_value(
    purchases: *const crm_purchase_model,
    spend: *const crm_gamma_gamma,
    customers: *const crm_lifetime_value_columns,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = LifetimeValueModel {
            purchases: borrow("purchases", purchases)?.0,
            spend: read("spend", spend)?.value()?,
        };
        let (columns, rows) = read("customers", customers)?.columns()?;
        answer(rows, out, |out| lifetime_value_into(&model, columns, out))
    })
}

/// The lifetime value of each customer with its standard error and its interval by the delta method over the
/// parameters of both models, whose fits are independent. The interval is symmetric in ln |value|: it has one sign.
///
/// @param purchases how often customers buy
/// @param log_covariance of the model of purchases: 16 numbers, row-major
/// @param spend what they spend per purchase
/// @param spend_log_covariance of the model of spend: 9 numbers, row-major
/// @param level the probability with which the interval holds the truth
/// @param estimate receives one number per customer; may be NULL
/// @param standard_error receives one number per customer; may be NULL
/// @param lower receives one number per customer; may be NULL
/// @param upper receives one number per customer; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lifetime_value_intervals(
    purchases: *const crm_purchase_model,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
    customers: *const crm_lifetime_value_columns,
    level: *const crm_decimal,
    estimate: *mut f64,
    standard_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(
            purchases,
            log_covariance,
            spend,
            spend_log_covariance,
            customers,
            level,
        )?
        .intervals(estimate, standard_error, lower, upper)
    })
}

/// The sum of the lifetime values of all customers, with the standard error of the sum and its interval, which is
/// symmetric in the logarithm where all values have one sign, and in the value itself where they do not.
///
/// @param purchases how often customers buy
/// @param log_covariance of the model of purchases: 16 numbers, row-major
/// @param spend what they spend per purchase
/// @param spend_log_covariance of the model of spend: 9 numbers, row-major
/// @param level the probability with which the interval holds the truth
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lifetime_value_total(
    purchases: *const crm_purchase_model,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
    customers: *const crm_lifetime_value_columns,
    level: *const crm_decimal,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(
            purchases,
            log_covariance,
            spend,
            spend_log_covariance,
            customers,
            level,
        )?
        .total(out)
    })
}

/// As crm_lifetime_value_total, from the sums under parameters of both models that are drawn.
///
/// @param purchases how often customers buy
/// @param log_covariance of the model of purchases: 16 numbers, row-major
/// @param spend what they spend per purchase
/// @param spend_log_covariance of the model of spend: 9 numbers, row-major
/// @param level the probability with which the interval holds the truth
/// @param count how many draws, 2 or more
/// @param seed the same seed gives the same draws, on any machine
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lifetime_value_total_by_draws(
    purchases: *const crm_purchase_model,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
    customers: *const crm_lifetime_value_columns,
    level: *const crm_decimal,
    count: u32,
    seed: u64,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        ask(
            purchases,
            log_covariance,
            spend,
            spend_log_covariance,
            customers,
            level,
        )?
        .total_by_draws((count, seed), out)
    })
}

/// The lifetime value of each customer, as crm_lifetime_value, whose purchases hang on covariates.
///
/// @param purchases how often customers buy
/// @param spend what they spend per purchase
/// @param covariates as many as the model of purchases has, whose rows are those of the histories
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_lifetime_value(
    purchases: *const crm_covariate_model,
    spend: *const crm_gamma_gamma,
    customers: *const crm_lifetime_value_columns,
    covariates: *const crm_covariates,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = LifetimeValueModel {
            purchases: borrow("purchases", purchases)?.model.clone(),
            spend: read("spend", spend)?.value()?,
        };
        let (columns, rows) = read("customers", customers)?.columns()?;
        let given = Given::new(covariates, rows)?;
        let models = model.customers(given.columns())?;
        answer(rows, out, |out| lifetime_value_into(&models, columns, out))
    })
}

/// The lifetime value of each customer with its standard error and its interval, as crm_lifetime_value_intervals, where
/// purchases hang on covariates.
///
/// @param purchases how often customers buy
/// @param log_covariance of the model of purchases: the square of as many numbers as parameters, row-major, as
///        crm_covariate_model_read gives it
/// @param spend what they spend per purchase
/// @param spend_log_covariance of the model of spend: 9 numbers, row-major
/// @param covariates as many as the model of purchases has, whose rows are those of the histories
/// @param level the probability with which the interval holds the truth
/// @param estimate receives one number per customer; may be NULL
/// @param standard_error receives one number per customer; may be NULL
/// @param lower receives one number per customer; may be NULL
/// @param upper receives one number per customer; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_lifetime_value_intervals(
    purchases: *const crm_covariate_model,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
    customers: *const crm_lifetime_value_columns,
    covariates: *const crm_covariates,
    level: *const crm_decimal,
    estimate: *mut f64,
    standard_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let purchases = borrow("purchases", purchases)?.model.clone();
        let model = both(purchases, log_covariance, spend, spend_log_covariance)?;
        ask_by_covariates(model, customers, covariates, level)?.intervals(
            estimate,
            standard_error,
            lower,
            upper,
        )
    })
}

/// The sum of the lifetime values of all customers with its interval, as crm_lifetime_value_total, where purchases hang on
/// covariates.
///
/// @param purchases how often customers buy
/// @param log_covariance as of crm_covariate_lifetime_value_intervals
/// @param spend what they spend per purchase
/// @param spend_log_covariance of the model of spend: 9 numbers, row-major
/// @param covariates as many as the model of purchases has, whose rows are those of the histories
/// @param level the probability with which the interval holds the truth
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_lifetime_value_total(
    purchases: *const crm_covariate_model,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
    customers: *const crm_lifetime_value_columns,
    covariates: *const crm_covariates,
    level: *const crm_decimal,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let purchases = borrow("purchases", purchases)?.model.clone();
        let model = both(purchases, log_covariance, spend, spend_log_covariance)?;
        ask_by_covariates(model, customers, covariates, level)?.total(out)
    })
}

/// As crm_covariate_lifetime_value_total, from the sums under parameters of both models that are drawn.
///
/// @param purchases how often customers buy
/// @param log_covariance as of crm_covariate_lifetime_value_intervals
/// @param spend what they spend per purchase
/// @param spend_log_covariance of the model of spend: 9 numbers, row-major
/// @param covariates as many as the model of purchases has, whose rows are those of the histories
/// @param level the probability with which the interval holds the truth
/// @param count how many draws, 2 or more
/// @param seed the same seed gives the same draws, on any machine
/// @param out receives the sum
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_lifetime_value_total_by_draws(
    purchases: *const crm_covariate_model,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
    customers: *const crm_lifetime_value_columns,
    covariates: *const crm_covariates,
    level: *const crm_decimal,
    count: u32,
    seed: u64,
    out: *mut crm_prediction_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let purchases = borrow("purchases", purchases)?.model.clone();
        let model = both(purchases, log_covariance, spend, spend_log_covariance)?;
        ask_by_covariates(model, customers, covariates, level)?.total_by_draws((count, seed), out)
    })
}

/// Both models with the uncertainty of their parameters.
///
/// # Safety
/// As [`read`]; `log_covariance` is NULL or points to as many numbers as the square of the parameters of `purchases`, the other to 9.
unsafe fn both<M: Parametric + Clone>(
    purchases: M,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
) -> Outcome<UncertainModel<LifetimeValueModel<M>>> {
    // SAFETY: as the caller vouches.
    unsafe {
        let spend = read("spend", spend)?.value()?;
        Ok(LifetimeValueModel::uncertain(
            &uncertain("log_covariance", purchases, log_covariance)?,
            &uncertain("spend_log_covariance", spend, spend_log_covariance)?,
        ))
    }
}

/// # Safety
/// As [`borrow`], [`both`] and [`crm_lifetime_value_columns::columns`].
unsafe fn ask(
    purchases: *const crm_purchase_model,
    log_covariance: *const f64,
    spend: *const crm_gamma_gamma,
    spend_log_covariance: *const f64,
    customers: *const crm_lifetime_value_columns,
    level: *const crm_decimal,
) -> Outcome<Question<Valued, impl Predict<Valued>>> {
    // SAFETY: as the caller vouches.
    let (model, (columns, rows), level) = unsafe {
        let purchases = borrow("purchases", purchases)?.0;
        (
            both(purchases, log_covariance, spend, spend_log_covariance)?,
            read("customers", customers)?.columns()?,
            read_level(level)?,
        )
    };
    Ok(Question {
        model,
        range: Range::OneSign,
        rows,
        level,
        predict: move |model: &Valued, out: &mut [f64]| lifetime_value_into(model, columns, out),
    })
}

/// # Safety
/// As [`read`], [`crm_lifetime_value_columns::columns`] and [`Given::new`].
unsafe fn ask_by_covariates(
    model: UncertainModel<ValuedByCovariates>,
    customers: *const crm_lifetime_value_columns,
    covariates: *const crm_covariates,
    level: *const crm_decimal,
) -> Outcome<Question<ValuedByCovariates, impl Predict<ValuedByCovariates>>> {
    // SAFETY: as the caller vouches.
    let ((columns, rows), given, level) = unsafe {
        let columns = read("customers", customers)?.columns()?;
        (
            columns,
            Given::new(covariates, columns.1)?,
            read_level(level)?,
        )
    };
    Ok(Question {
        model,
        range: Range::OneSign,
        rows,
        level,
        predict: move |model: &ValuedByCovariates, out: &mut [f64]| {
            lifetime_value_into(&model.customers(given.columns())?, columns, out)
        },
    })
}
