//! Models of purchases whose rates hang on covariates.

use std::mem::MaybeUninit;

use crm_core::Result;
use crm_core::kernels::Column;
use crm_core::prediction::fit::FitReport;
use crm_core::prediction::{
    CovariateColumns, CovariateCustomers, CovariateHistories, CovariateModel, Covariates,
    HistoryColumns, discounted_purchases_into, expected_purchases_into, log_likelihood_into,
    probability_alive_into, purchase_probability_into, tail_probability_into,
};

use super::fit::{crm_fit_options, read_dense, read_options, read_weights};
use super::model::{crm_purchase_histories, read_histories};
use crate::boundary::{
    Outcome, Output, OutputSlice, answer, column, read, respond, slice, write_optional,
};
use crate::categories::{crm_dropout_effect, crm_fit_status, crm_purchase_model_kind};
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// What is known of customers beside their purchases: one column per covariate, one number per customer in
/// each. The counts say how many covariates there are; either may be 0. In errors a covariate goes by its
/// place, "0", "1", …
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_covariates {
    /// Columns of the covariates of purchases.
    pub purchase: *const *const f64,
    /// How many there are.
    pub purchase_count: usize,
    /// Columns of the covariates of dropout.
    pub dropout: *const *const f64,
    /// How many there are.
    pub dropout_count: usize,
}

/// A buy-till-you-die model in which each customer has the parameters that its covariates z give it. It does not change:
/// any number of threads may use it.
pub struct crm_covariate_model {
    pub(super) model: CovariateModel,
    report: Option<FitReport>,
}

/// How a fit of a model with covariates went. Parameters, standard errors and covariance: crm_covariate_model_read.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_covariate_fit {
    /// ln L at the parameters.
    pub log_likelihood: f64,
    /// 2k − 2 ln L with k parameters.
    pub aic: f64,
    /// k ln N − 2 ln L.
    pub bic: f64,
    /// N, the sum of the weights.
    pub customers: f64,
    /// Norm of the gradient of −ln L / N by the logarithms of the parameters and the coefficients of standardised covariates.
    pub gradient_norm: f64,
    /// Steps of the search.
    pub iterations: u32,
    /// Whether this is a maximum.
    pub status: crm_fit_status,
}

/// The columns of one side.
///
/// # Safety
/// `pointers` points to `count` pointers, each to `rows` numbers.
unsafe fn columns<'a>(
    argument: &'static str,
    pointers: *const *const f64,
    count: usize,
    rows: usize,
) -> Outcome<Vec<Column<'a>>> {
    // SAFETY: as the caller vouches.
    let pointers = unsafe { slice(argument, pointers, count) }?;
    let column = |&values: &*const f64| -> Outcome<Column<'a>> {
        // SAFETY: as the caller vouches.
        Ok(Column::Values(unsafe { slice(argument, values, rows) }?))
    };
    pointers.iter().map(column).collect()
}

/// Both sides of [`crm_covariates`].
pub(super) struct Given<'a> {
    purchase: Vec<Column<'a>>,
    dropout: Vec<Column<'a>>,
}

impl Given<'_> {
    /// # Safety
    /// As the header says of the struct, whose columns have `rows` numbers.
    pub(super) unsafe fn new<'a>(
        covariates: *const crm_covariates,
        rows: usize,
    ) -> Outcome<Given<'a>> {
        // SAFETY: as the caller vouches.
        unsafe {
            let given = read("covariates", covariates)?;
            let (purchase, dropout) = (given.purchase_count, given.dropout_count);
            Ok(Given {
                purchase: columns("purchase_covariates", given.purchase, purchase, rows)?,
                dropout: columns("dropout_covariates", given.dropout, dropout, rows)?,
            })
        }
    }

    pub(super) fn columns(&self) -> CovariateColumns<'_> {
        CovariateColumns {
            purchase: &self.purchase,
            dropout: &self.dropout,
        }
    }
}

/// Covariates that go by their places.
fn numbered(
    purchase: usize,
    dropout: usize,
    effect: MaybeUninit<crm_dropout_effect>,
) -> Outcome<Covariates> {
    let names = |count: usize| (0..count).map(|place| place.to_string()).collect();
    Ok(Covariates {
        purchase: names(purchase),
        dropout: names(dropout),
        dropout_effect: category::read("dropout_effect", effect)?,
    })
}

/// A model with known parameters:
///
/// Pareto/NBD: α_i = α_0 exp(−γ_1'z_1), β_i = β_0 exp(−γ_2'z_2). BG/NBD and MBG/NBD: α_i = α_0 exp(−γ_1'z_1),
/// a_i = a_0 exp(γ_2'z_2), b_i = b_0 exp(γ_3'z_2), unless `dropout_effect` says else, which the Pareto/NBD does not read.
/// z_1 are the covariates of purchases and z_2 those of dropout. A positive coefficient of purchases is of customers
/// who buy more often. CRM_STATUS_OUT_OF_RANGE for a model of discrete time. Source: Fader & Hardie 2007, "Incorporating
/// time-invariant covariates into the Pareto/NBD and BG/NBD models".
///
/// @param purchase_count how many covariates purchases hang on
/// @param dropout_count how many covariates dropout hangs on
/// @param parameters the 4 of the plain model, of a customer whose covariates are all 0; then γ_1, γ_2, γ_3
/// @param count how many: 4 + purchase_count + dropout_count, once more dropout_count where there are γ_3
/// @param model receives the handle; give it back to crm_covariate_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_new(
    kind: MaybeUninit<crm_purchase_model_kind>,
    purchase_count: usize,
    dropout_count: usize,
    dropout_effect: MaybeUninit<crm_dropout_effect>,
    parameters: *const f64,
    count: usize,
    model: *mut Option<Box<crm_covariate_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let kind = category::read("kind", kind)?;
        let covariates = numbered(purchase_count, dropout_count, dropout_effect)?;
        let parameters = slice("parameters", parameters, count)?;
        let model = CovariateModel::of(kind, covariates, parameters)?;
        out.write(Some(Box::new(crm_covariate_model {
            model,
            report: None,
        })));
        Ok(())
    })
}

/// The most likely parameters of a model for these histories and covariates.
///
/// The search is over covariates that are standardised to mean 0 and variance 1; the parameters are in the units of the
/// caller. Penalty and prior of the options are of the parameters of a customer with mean covariates, and of
/// coefficients times the standard deviations of their covariates. CRM_STATUS_NO_SOLUTION for a covariate that is the
/// same for all customers or determined by those before it, and where the plain model has none.
///
/// @param covariates the columns, whose rows are those of the histories
/// @param covariate_penalty λ, 0 or more, of a ridge on the coefficients alone: λ/2 · Σ (γ · standard deviation)² is added to
/// −ln L / N
/// @param weights how many customers each row stands for, 0 or more; may be NULL: each counts 1
/// @param options may be NULL: plain maximum likelihood
/// @param model receives the handle of the fitted model; give it back to crm_covariate_model_free
/// @param fit receives how the fit went
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_fit(
    kind: MaybeUninit<crm_purchase_model_kind>,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    dropout_effect: MaybeUninit<crm_dropout_effect>,
    covariate_penalty: f64,
    weights: *const f64,
    options: *const crm_fit_options,
    model: *mut Option<Box<crm_covariate_model>>,
    fit: *mut crm_covariate_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = output("model", model)?;
        let kind = category::read("kind", kind)?;
        let [frequency, recency, age] = read_dense(histories)?;
        let rows = frequency.len();
        let given = Given::new(covariates, rows)?;
        let names = numbered(given.purchase.len(), given.dropout.len(), dropout_effect)?;
        let options = read_options(options, 4)?;
        let fit = Output::new("fit", fit)?;
        let weights = read_weights(weights, rows)?;
        let histories =
            CovariateHistories::new(&frequency, &recency, &age, weights, names, given.columns())?;
        let fitted = CovariateModel::fit(kind, &histories, covariate_penalty, &options)?;
        let report = fitted.report;
        fit.write(crm_covariate_fit {
            log_likelihood: report.log_likelihood,
            aic: report.aic(),
            bic: report.bic(),
            customers: report.customers,
            gradient_norm: report.gradient_norm,
            iterations: report.iterations,
            status: category::write(report.status)?,
        });
        model.write(Some(Box::new(crm_covariate_model {
            model: fitted.model,
            report: Some(report),
        })));
        Ok(())
    })
}

/// How many parameters a model has, with the 4 of the plain model.
///
/// @param out receives the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_parameter_count(
    model: *const crm_covariate_model,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.model;
        Output::new("out", out)?.write(model.parameters().len());
        Ok(())
    })
}

/// The parameters of a model, in the order of crm_covariate_model_new, and how sure they are. What belongs to a
/// model that was not fitted, or whose fit is at the boundary, is NaN.
///
/// @param count how many parameters there are, as crm_covariate_model_parameter_count says
/// @param parameters receives `count` numbers
/// @param standard_errors receives `count` numbers; may be NULL
/// @param log_covariance receives `count`² numbers, row-major: the covariance of the logarithms of the first 4 parameters and of
/// the coefficients themselves; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_read(
    model: *const crm_covariate_model,
    count: usize,
    parameters: *mut f64,
    standard_errors: *mut f64,
    log_covariance: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let crm_covariate_model { model, report } = borrow("model", model)?;
        let values = model.parameters();
        let parameters = OutputSlice::new("parameters", parameters, count)?;
        let errors = OutputSlice::optional("standard_errors", standard_errors, count)?;
        let size = count.saturating_mul(count);
        let covariance = OutputSlice::optional("log_covariance", log_covariance, size)?;
        parameters.write("parameters", &values)?;
        let unknown = |size: usize| vec![f64::NAN; size];
        let found = report.as_ref().map(FitReport::standard_errors);
        let found = found.unwrap_or_else(|| unknown(values.len()));
        write_optional(errors, "standard_errors", &found)?;
        let found = report.as_ref().map(FitReport::log_covariance);
        let found = found.unwrap_or_else(|| unknown(values.len() * values.len()));
        write_optional(covariance, "log_covariance", &found)
    })
}

/// ln of the likelihood of each customer's history. In this and all predictions NaN in a row, of a covariate too, gives
/// NaN in that row; they are those of the plain model with the customer's own parameters.
///
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_log_likelihood(
    model: *const crm_covariate_model,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::new(model, histories, covariates)?;
        asked.answer(out, |customers, histories, out| {
            log_likelihood_into(customers, histories, out)
        })
    })
}

/// The probability that each customer is alive a time `horizon` from now; now for 0.
///
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_probability_alive(
    model: *const crm_covariate_model,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::new(model, histories, covariates)?;
        let horizon = column("horizon", horizon, horizon_stride, asked.rows)?;
        asked.answer(out, |customers, histories, out| {
            probability_alive_into(customers, histories, horizon, out)
        })
    })
}

/// The expected number of purchases of each customer in the time `horizon` from now.
///
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_expected_purchases(
    model: *const crm_covariate_model,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::new(model, histories, covariates)?;
        let horizon = column("horizon", horizon, horizon_stride, asked.rows)?;
        asked.answer(out, |customers, histories, out| {
            expected_purchases_into(customers, histories, horizon, out)
        })
    })
}

/// The probability that each customer buys exactly `purchases` times in the time `horizon` from now.
///
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param purchases whole numbers, 0 or more
/// @param purchases_stride 1 for one number per customer, 0 for one number for all
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_purchase_probability(
    model: *const crm_covariate_model,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    purchases: *const f64,
    purchases_stride: usize,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::new(model, histories, covariates)?;
        let purchases = column("purchases", purchases, purchases_stride, asked.rows)?;
        let horizon = column("horizon", horizon, horizon_stride, asked.rows)?;
        asked.answer(out, |customers, histories, out| {
            purchase_probability_into(customers, histories, purchases, horizon, out)
        })
    })
}

/// The probability that each customer buys `purchases` times or more in the time `horizon` from now; not
/// 1 minus a sum, so that a small one is right too.
///
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param purchases whole numbers, 0 or more
/// @param purchases_stride 1 for one number per customer, 0 for one number for all
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_tail_probability(
    model: *const crm_covariate_model,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    purchases: *const f64,
    purchases_stride: usize,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::new(model, histories, covariates)?;
        let purchases = column("purchases", purchases, purchases_stride, asked.rows)?;
        let horizon = column("horizon", horizon, horizon_stride, asked.rows)?;
        asked.answer(out, |customers, histories, out| {
            tail_probability_into(customers, histories, purchases, horizon, out)
        })
    })
}

/// The expected purchases of each customer in the time `horizon` from now, each discounted by
/// (1 + discount_rate)^−u if it comes u from now; an infinite horizon counts all that will ever come (DERT), and is
/// CRM_STATUS_DIVERGENT where they have no finite value.
///
/// @param covariates as many as the model has, whose rows are those of the histories
/// @param horizon 0 or more, or INFINITY
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param discount_rate per unit of time, greater than −1
/// @param discount_rate_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_covariate_model_discounted_purchases(
    model: *const crm_covariate_model,
    histories: *const crm_purchase_histories,
    covariates: *const crm_covariates,
    horizon: *const f64,
    horizon_stride: usize,
    discount_rate: *const f64,
    discount_rate_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Asked::new(model, histories, covariates)?;
        let horizon = column("horizon", horizon, horizon_stride, asked.rows)?;
        let rate = column(
            "discount_rate",
            discount_rate,
            discount_rate_stride,
            asked.rows,
        )?;
        asked.answer(out, |customers, histories, out| {
            discounted_purchases_into(customers, histories, horizon, rate, out)
        })
    })
}

/// Frees a model; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_covariate_model_free(model: Option<Box<crm_covariate_model>>) {
    free(model);
}

/// Customers that a model is asked about.
struct Asked<'a> {
    model: &'a CovariateModel,
    histories: HistoryColumns<'a>,
    given: Given<'a>,
    rows: usize,
}

impl<'a> Asked<'a> {
    /// # Safety
    /// The pointers are what the header asks for.
    unsafe fn new(
        model: *const crm_covariate_model,
        histories: *const crm_purchase_histories,
        covariates: *const crm_covariates,
    ) -> Outcome<Asked<'a>> {
        // SAFETY: as the caller vouches.
        unsafe {
            let model = &borrow("model", model)?.model;
            let (histories, rows) = read_histories(histories)?;
            Ok(Asked {
                model,
                histories,
                given: Given::new(covariates, rows)?,
                rows,
            })
        }
    }

    /// Writes what `predict` makes of the customers, each with its own model.
    ///
    /// # Safety
    /// As [`answer`].
    unsafe fn answer(
        &self,
        out: *mut f64,
        predict: impl FnOnce(&CovariateCustomers<'_>, HistoryColumns<'_>, &mut [f64]) -> Result<()>,
    ) -> Outcome {
        let customers = self.model.customers(self.given.columns())?;
        // SAFETY: as the caller vouches.
        unsafe {
            answer(self.rows, out, |out| {
                predict(&customers, self.histories, out)
            })
        }
    }
}
