//! Fits of models of purchases.

use std::mem::MaybeUninit;

use crm_core::kernels::Column;
use crm_core::prediction::fit::{FitOptions, FitReport, Prior};
use crm_core::prediction::{AnyPurchaseModel, Histories};

use super::model::{crm_purchase_histories, crm_purchase_model, read_histories};
use crate::boundary::{Outcome, Output, optional_slice, read, respond, slice};
use crate::categories::{crm_fit_status, crm_purchase_model_kind};
use crate::category;
use crate::handle::output;
use crate::status::crm_status;

/// How a model is fitted. Take the defaults of `crm_fit_options_default` and change what differs.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_fit_options {
    /// λ of a ridge on the logarithms of the parameters: λ/2 · Σ (ln θ − ln θ_0)² is added to −ln L / N;
    /// default 0.
    pub penalty: f64,
    /// Standard deviation of the logarithms in log-normal priors, for a maximum a posteriori; default
    /// NaN: no priors.
    pub prior_deviation: f64,
    /// Medians θ_0 of the priors, as many as parameters; default NULL: 1 for shapes and, for rates, what the
    /// data say of the unit of time.
    pub prior_medians: *const f64,
    /// Norm of the gradient of −ln L / N by the logarithms of the parameters at which a fit has converged;
    /// default 1e-9.
    pub tolerance: f64,
    /// From how many starting points, the best of several, to search to the end; default 1.
    pub starts: u32,
    /// Steps of one search at most; default 200.
    pub max_iterations: u32,
}

impl crm_fit_options {
    /// # Safety
    /// `prior_medians` is NULL or points to `parameters` numbers.
    pub(crate) unsafe fn value(&self, parameters: usize) -> Outcome<FitOptions> {
        let medians = if self.prior_medians.is_null() {
            None
        } else {
            // SAFETY: as the caller vouches.
            Some(unsafe { slice("medians", self.prior_medians, parameters) }?.to_vec())
        };
        let prior = Prior {
            medians,
            deviation: self.prior_deviation,
        };
        Ok(FitOptions {
            penalty: self.penalty,
            prior: (!self.prior_deviation.is_nan()).then_some(prior),
            starts: self.starts,
            max_iterations: self.max_iterations,
            tolerance: self.tolerance,
        })
    }
}

/// The usual options: plain maximum likelihood.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fit_options_default(out: *mut crm_fit_options) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let options = FitOptions::default();
        Output::new("out", out)?.write(crm_fit_options {
            penalty: options.penalty,
            prior_deviation: f64::NAN,
            prior_medians: std::ptr::null(),
            tolerance: options.tolerance,
            starts: options.starts,
            max_iterations: options.max_iterations,
        });
        Ok(())
    })
}

/// How a fit of a model with 4 parameters went.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_purchase_fit {
    /// The fitted parameters.
    pub parameters: [f64; 4],
    /// Covariance of the logarithms of the parameters, row-major: the inverse of the Hessian of −ln L. NaN
    /// at the boundary. The standard error of parameter i is parameters[i] · sqrt(log_covariance[5 · i]).
    pub log_covariance: [f64; 16],
    /// ln L at the parameters.
    pub log_likelihood: f64,
    /// 8 − 2 ln L.
    pub aic: f64,
    /// 4 ln N − 2 ln L.
    pub bic: f64,
    /// N, the sum of the weights.
    pub customers: f64,
    /// Norm of the gradient of −ln L / N by the logarithms of the parameters.
    pub gradient_norm: f64,
    /// Steps of the search.
    pub iterations: u32,
    /// Whether this is a maximum.
    pub status: crm_fit_status,
}

impl crm_purchase_fit {
    pub(super) fn new(report: &FitReport) -> Outcome<Self> {
        let mut fit = crm_purchase_fit {
            parameters: [f64::NAN; 4],
            log_covariance: [f64::NAN; 16],
            log_likelihood: report.log_likelihood,
            aic: report.aic(),
            bic: report.bic(),
            customers: report.customers,
            gradient_norm: report.gradient_norm,
            iterations: report.iterations,
            status: category::write(report.status)?,
        };
        for (place, value) in fit.parameters.iter_mut().zip(&report.estimates) {
            *place = *value;
        }
        for (place, value) in fit.log_covariance.iter_mut().zip(report.log_covariance()) {
            *place = value;
        }
        Ok(fit)
    }
}

/// The most likely parameters of a model for these histories.
///
/// CRM_STATUS_NO_SOLUTION for data that cannot tell parameters apart: nobody bought again, or all customers are
/// alike. CRM_STATUS_NOT_CONVERGED if no maximum was found.
///
/// @param weights how many customers each row stands for, 0 or more; may be NULL: each counts 1
/// @param options may be NULL: plain maximum likelihood
/// @param model receives the handle of the fitted model; give it back to crm_purchase_model_free
/// @param fit receives how the fit went
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_fit(
    kind: MaybeUninit<crm_purchase_model_kind>,
    histories: *const crm_purchase_histories,
    weights: *const f64,
    options: *const crm_fit_options,
    model: *mut Option<Box<crm_purchase_model>>,
    fit: *mut crm_purchase_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = output("model", model)?;
        let kind = category::read("kind", kind)?;
        let [frequency, recency, age] = read_dense(histories)?;
        let options = read_options(options, 4)?;
        let fit = Output::new("fit", fit)?;
        let histories = match read_weights(weights, frequency.len())? {
            None => Histories::new(&frequency, &recency, &age)?,
            Some(weights) => Histories::with_weights(&frequency, &recency, &age, weights)?,
        };
        let fitted = AnyPurchaseModel::fit(kind, &histories, &options)?;
        fit.write(crm_purchase_fit::new(&fitted.report)?);
        model.write(Some(Box::new(crm_purchase_model(fitted.model))));
        Ok(())
    })
}

/// # Safety
/// As [`read`] and [`crm_fit_options::value`], unless `options` is NULL: plain maximum likelihood.
pub(super) unsafe fn read_options(
    options: *const crm_fit_options,
    parameters: usize,
) -> Outcome<FitOptions> {
    if options.is_null() {
        return Ok(FitOptions::default());
    }
    // SAFETY: as the caller vouches.
    unsafe { read("options", options)?.value(parameters) }
}

/// The weights of `rows` rows; none if NULL.
///
/// # Safety
/// As [`slice`], unless `weights` is NULL.
pub(super) unsafe fn read_weights<'a>(
    weights: *const f64,
    rows: usize,
) -> Outcome<Option<&'a [f64]>> {
    // SAFETY: as the caller vouches.
    unsafe { optional_slice("weights", weights, rows) }
}

/// Frequency, recency and age as a fit reads them: one number per customer.
///
/// # Safety
/// As [`read_histories`].
pub(super) unsafe fn read_dense(
    histories: *const crm_purchase_histories,
) -> Outcome<[Vec<f64>; 3]> {
    // SAFETY: as the caller vouches.
    let (columns, rows) = unsafe { read_histories(histories) }?;
    let all = [columns.frequency, columns.recency, columns.age];
    Ok(all.map(|column| dense(column, rows)))
}

pub(super) fn dense(column: Column<'_>, rows: usize) -> Vec<f64> {
    match column {
        Column::Constant(value) => vec![value; rows],
        Column::Values(values) => values.to_vec(),
        Column::Strided(values, stride) => values.iter().copied().step_by(stride).collect(),
        Column::Integers(values) => values.iter().map(|&value| value as f64).collect(),
    }
}
