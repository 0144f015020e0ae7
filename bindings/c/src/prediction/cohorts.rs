//! A model for each cohort.

use std::mem::MaybeUninit;

use crm_core::prediction::{Cohort, CohortColumns, CohortFits, HistoryColumns};
use crm_core::{Error, ErrorKind};

use super::fit::{crm_fit_options, crm_purchase_fit, read_dense, read_options, read_weights};
use super::model::{crm_purchase_histories, crm_purchase_model};
use crate::boundary::{Outcome, Output, answer, column, read, respond, slice};
use crate::categories::crm_purchase_model_kind;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// A model of purchases for each cohort of customers (by year of acquisition, channel, country, …), fitted to
/// that cohort alone. A cohort that identifies no model does not spoil the others: its outcome says why. It
/// does not change: any number of threads may use it.
pub struct crm_purchase_cohorts(CohortFits);

/// Fits the model of this kind to each of the cohorts 0 to `cohorts` − 1.
///
/// CRM_STATUS_OUT_OF_RANGE with the row for a cohort that is not below `cohorts`, and for a row that no
/// customer can have. What one cohort cannot tell is its outcome.
///
/// @param cohort the cohort of each customer, counted from 0
/// @param cohorts how many cohorts there are, from 1 to 2^24
/// @param weights how many customers each row stands for, 0 or more; may be NULL: each counts 1
/// @param options may be NULL: plain maximum likelihood
/// @param fits receives the handle; give it back to crm_purchase_cohorts_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_cohorts_fit(
    kind: MaybeUninit<crm_purchase_model_kind>,
    histories: *const crm_purchase_histories,
    cohort: *const u32,
    cohorts: usize,
    weights: *const f64,
    options: *const crm_fit_options,
    fits: *mut Option<Box<crm_purchase_cohorts>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("fits", fits)?;
        let kind = category::read("kind", kind)?;
        let [frequency, recency, age] = read_dense(histories)?;
        let rows = frequency.len();
        let cohort = slice("cohort", cohort, rows)?;
        let weights = read_weights(weights, rows)?;
        let options = read_options(options, 4)?;
        let customers = CohortColumns {
            cohort,
            frequency: &frequency,
            recency: &recency,
            age: &age,
            weights,
        };
        let made = CohortFits::fit(kind, &customers, cohorts, &options)?;
        out.write(Some(Box::new(crm_purchase_cohorts(made))));
        Ok(())
    })
}

/// How many cohorts there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_cohorts_count(
    fits: *const crm_purchase_cohorts,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fits = &borrow("fits", fits)?.0;
        Output::new("out", out)?.write(fits.cohorts().len());
        Ok(())
    })
}

/// What came of the fit to one cohort.
///
/// @param cohort its number
/// @param customers receives how many customers it has: the sum of the weights
/// @param outcome receives CRM_STATUS_OK for a cohort with a model; else CRM_STATUS_EMPTY without customers,
///        CRM_STATUS_NO_SOLUTION where nobody bought again or all customers are alike,
///        CRM_STATUS_NOT_CONVERGED where no maximum was found
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_cohorts_outcome(
    fits: *const crm_purchase_cohorts,
    cohort: usize,
    customers: *mut f64,
    outcome: *mut crm_status,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = find(&borrow("fits", fits)?.0, cohort)?;
        let customers = Output::new("customers", customers)?;
        let outcome = Output::new("outcome", outcome)?;
        customers.write(found.customers);
        outcome.write(match &found.outcome {
            Ok(_) => crm_status::Ok,
            Err(error) => error.kind().into(),
        });
        Ok(())
    })
}

/// The model of one cohort, and how its fit went. For a cohort without a model the call fails as its fit did.
///
/// @param cohort its number
/// @param model receives the handle of the fitted model; give it back to crm_purchase_model_free
/// @param fit receives how the fit went
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_cohorts_model(
    fits: *const crm_purchase_cohorts,
    cohort: usize,
    model: *mut Option<Box<crm_purchase_model>>,
    fit: *mut crm_purchase_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = output("model", model)?;
        let found = find(&borrow("fits", fits)?.0, cohort)?;
        let report = Output::new("fit", fit)?;
        let fitted = found.outcome.as_ref().map_err(Error::clone)?;
        report.write(crm_purchase_fit::new(&fitted.report)?);
        model.write(Some(Box::new(crm_purchase_model(fitted.model))));
        Ok(())
    })
}

/// The probability that each customer is alive a time `horizon` from now, under the model of its cohort; NaN
/// where the cohort has none.
///
/// @param cohort the cohort of each customer
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_cohorts_probability_alive(
    fits: *const crm_purchase_cohorts,
    histories: *const crm_purchase_histories,
    cohort: *const u32,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fits = &borrow("fits", fits)?.0;
        let (customers, cohort) = read_customers(histories, cohort)?;
        let horizon = column("horizon", horizon, horizon_stride, cohort.len())?;
        answer(cohort.len(), out, |out| {
            fits.probability_alive_into(cohort, customers, horizon, out)
        })
    })
}

/// The expected purchases of each customer in the time `horizon` from now, under the model of its cohort; NaN
/// where the cohort has none.
///
/// @param cohort the cohort of each customer
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_cohorts_expected_purchases(
    fits: *const crm_purchase_cohorts,
    histories: *const crm_purchase_histories,
    cohort: *const u32,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fits = &borrow("fits", fits)?.0;
        let (customers, cohort) = read_customers(histories, cohort)?;
        let horizon = column("horizon", horizon, horizon_stride, cohort.len())?;
        answer(cohort.len(), out, |out| {
            fits.expected_purchases_into(cohort, customers, horizon, out)
        })
    })
}

/// As crm_purchase_model_discounted_purchases, under the model of each customer's cohort; NaN where the
/// cohort has none.
///
/// @param cohort the cohort of each customer
/// @param horizon 0 or more, or INFINITY
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param discount_rate per unit of time, greater than −1
/// @param discount_rate_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_cohorts_discounted_purchases(
    fits: *const crm_purchase_cohorts,
    histories: *const crm_purchase_histories,
    cohort: *const u32,
    horizon: *const f64,
    horizon_stride: usize,
    discount_rate: *const f64,
    discount_rate_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fits = &borrow("fits", fits)?.0;
        let (customers, cohort) = read_customers(histories, cohort)?;
        let rows = cohort.len();
        let horizon = column("horizon", horizon, horizon_stride, rows)?;
        let rate = column("discount_rate", discount_rate, discount_rate_stride, rows)?;
        answer(rows, out, |out| {
            fits.discounted_purchases_into(cohort, customers, horizon, rate, out)
        })
    })
}

/// Frees the models of cohorts; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_purchase_cohorts_free(fits: Option<Box<crm_purchase_cohorts>>) {
    free(fits);
}

fn find(fits: &CohortFits, cohort: usize) -> Outcome<&Cohort> {
    fits.cohorts().get(cohort).ok_or_else(|| {
        let reason = format!(
            "must be below the number of cohorts, {}",
            fits.cohorts().len()
        );
        let error = Error::new(ErrorKind::OutOfRange, "cohort", reason);
        error.with_value(cohort).into()
    })
}

/// # Safety
/// As [`read`] and [`slice`], and as [`column`] for each column.
unsafe fn read_customers<'a>(
    histories: *const crm_purchase_histories,
    cohort: *const u32,
) -> Outcome<(HistoryColumns<'a>, &'a [u32])> {
    // SAFETY: as the caller vouches.
    unsafe {
        let histories = read("histories", histories)?;
        Ok((
            histories.columns()?,
            slice("cohort", cohort, histories.customers)?,
        ))
    }
}
