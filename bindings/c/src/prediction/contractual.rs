//! Customers under contract, who renew or leave at known times.

use crm_core::ErrorKind;
use crm_core::prediction::fit::Fit;
use crm_core::prediction::{
    Bdw, RenewalColumns, RenewalModel, Renewals, Sbg, churn_probability_into,
    conditional_survival_into, discounted_lifetime_into, discounted_residual_lifetime_into,
    expected_residual_lifetime_into, retention_rate_into,
};

use super::fit::{crm_fit_options, read_options, read_weights};
use super::spend::{log_covariance, standard_errors};
use crate::boundary::{Outcome, Output, OutputSlice, answer, column, read, refuse, respond, slice};
use crate::categories::crm_fit_status;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// What customers under contract did at their renewals: for each renewal 1, 2, … those who came to it and
/// those of them who left at it. It does not change: any number of threads may read it.
pub struct crm_renewals(Renewals);

/// The renewals of one cohort. CRM_STATUS_OUT_OF_RANGE, with the row, for counts that grow or are negative.
///
/// @param survivors how many customers there were at first, after the first renewal, after the second, …
/// @param count how many counts, 2 or more
/// @param renewals receives the handle; give it back to crm_renewals_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewals_new(
    survivors: *const f64,
    count: usize,
    renewals: *mut Option<Box<crm_renewals>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("renewals", renewals)?;
        let made = Renewals::from_survivors(slice("survivors", survivors, count)?)?;
        out.write(Some(Box::new(crm_renewals(made))));
        Ok(())
    })
}

/// The renewals of customers one by one. One with the tenure n who churned left at renewal n; one who did
/// not has renewed n times, and what comes is not known.
///
/// @param tenure whole numbers
/// @param churned 1 for who left, 0 for who did not
/// @param weights how many customers each row stands for, 0 or more; may be NULL: each counts 1
/// @param customers how many rows there are
/// @param renewals receives the handle; give it back to crm_renewals_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewals_from_customers_new(
    tenure: *const f64,
    churned: *const i32,
    weights: *const f64,
    customers: usize,
    renewals: *mut Option<Box<crm_renewals>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("renewals", renewals)?;
        let tenure = slice("tenure", tenure, customers)?;
        let flags = slice("churned", churned, customers)?;
        let weights = read_weights(weights, customers)?;
        if flags.iter().any(|flag| !matches!(flag, 0 | 1)) {
            return Err(refuse(ErrorKind::OutOfRange, "churned", "must be 0 or 1"));
        }
        let churned: Vec<bool> = flags.iter().map(|&flag| flag == 1).collect();
        let made = Renewals::from_customers(tenure, &churned, weights)?;
        out.write(Some(Box::new(crm_renewals(made))));
        Ok(())
    })
}

/// The renewals of two groups of customers together: cohorts of any age, and customers one by one.
///
/// @param merged receives the handle; give it back to crm_renewals_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewals_merge_new(
    first: *const crm_renewals,
    second: *const crm_renewals,
    merged: *mut Option<Box<crm_renewals>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("merged", merged)?;
        let mut made = borrow("first", first)?.0.clone();
        made.merge(&borrow("second", second)?.0);
        out.write(Some(Box::new(crm_renewals(made))));
        Ok(())
    })
}

/// Frees renewals; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_renewals_free(renewals: Option<Box<crm_renewals>>) {
    free(renewals);
}

/// How many renewals there are, up to the longest tenure, and how many customers.
///
/// @param count receives the number of renewals
/// @param customers receives the sum of the weights
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewals_measure(
    renewals: *const crm_renewals,
    count: *mut usize,
    customers: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let renewals = &borrow("renewals", renewals)?.0;
        let count = Output::new("count", count)?;
        let customers = Output::new("customers", customers)?;
        count.write(renewals.at_risk().len());
        customers.write(renewals.customers());
        Ok(())
    })
}

/// How many customers came to renewal 1, 2, …, and how many of them left at it.
///
/// @param count how many renewals there are, as crm_renewals_measure says
/// @param at_risk receives one number per renewal
/// @param lost receives one number per renewal
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewals_read(
    renewals: *const crm_renewals,
    count: usize,
    at_risk: *mut f64,
    lost: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let renewals = &borrow("renewals", renewals)?.0;
        let at_risk = OutputSlice::new("at_risk", at_risk, count)?;
        let lost = OutputSlice::new("lost", lost, count)?;
        at_risk.write("at_risk", renewals.at_risk())?;
        lost.write("lost", renewals.lost())
    })
}

/// A model of renewals: the beta-discrete-Weibull (BdW), or with c = 1 the shifted beta-geometric (sBG). A new
/// customer renews t times or more with the probability S(t) = B(α, β + t^c)/B(α, β). In all predictions NaN in
/// a row gives NaN in that row. Sources: Fader & Hardie 2007; Fader, Hardie, Liu, Davin & Steenburgh 2018.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_renewal_model {
    /// α, positive.
    pub alpha: f64,
    /// β, positive.
    pub beta: f64,
    /// c, positive: a customer's own retention rate falls with tenure above 1, rises below 1.
    pub c: f64,
}

impl crm_renewal_model {
    pub(super) fn value(&self) -> Outcome<Bdw> {
        Ok(Bdw::new(self.alpha, self.beta, self.c)?)
    }
}

/// How a fit of a model of renewals went. What belongs to c is 0 where c was not fitted.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_renewal_report {
    /// The fitted model.
    pub model: crm_renewal_model,
    /// Standard errors of α, β and c; NaN at the boundary.
    pub standard_errors: [f64; 3],
    /// Covariance of ln α, ln β and ln c, row-major; NaN at the boundary.
    pub log_covariance: [f64; 9],
    /// ln L at the parameters.
    pub log_likelihood: f64,
    /// 2k − 2 ln L with k fitted parameters.
    pub aic: f64,
    /// k ln N − 2 ln L.
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

impl crm_renewal_report {
    fn new<M: RenewalModel>(fit: &Fit<M>) -> Outcome<Self> {
        let [alpha, beta, c] = fit.model.as_bdw().parameters();
        let report = &fit.report;
        Ok(crm_renewal_report {
            model: crm_renewal_model { alpha, beta, c },
            standard_errors: standard_errors(report)?,
            log_covariance: log_covariance(report),
            log_likelihood: report.log_likelihood,
            aic: report.aic(),
            bic: report.bic(),
            customers: report.customers,
            gradient_norm: report.gradient_norm,
            iterations: report.iterations,
            status: category::write(report.status)?,
        })
    }
}

/// The most likely sBG for these renewals; its c is 1.
///
/// CRM_STATUS_NO_SOLUTION for data that cannot tell parameters apart: nobody left, nobody stayed, or first
/// renewals only. CRM_STATUS_EMPTY without data, CRM_STATUS_NOT_CONVERGED.
///
/// @param options may be NULL: plain maximum likelihood
/// @param fit receives the model and how the fit went
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_sbg_fit(
    renewals: *const crm_renewals,
    options: *const crm_fit_options,
    fit: *mut crm_renewal_report,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = Output::new("fit", fit)?;
        let renewals = &borrow("renewals", renewals)?.0;
        let fitted = Sbg::fit(renewals, &read_options(options, 2)?)?;
        fit.write(crm_renewal_report::new(&fitted)?);
        Ok(())
    })
}

/// The most likely BdW for these renewals; refuses as crm_sbg_fit.
///
/// @param options may be NULL: plain maximum likelihood
/// @param fit receives the model and how the fit went
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_bdw_fit(
    renewals: *const crm_renewals,
    options: *const crm_fit_options,
    fit: *mut crm_renewal_report,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = Output::new("fit", fit)?;
        let renewals = &borrow("renewals", renewals)?.0;
        let fitted = Bdw::fit(renewals, &read_options(options, 3)?)?;
        fit.write(crm_renewal_report::new(&fitted)?);
        Ok(())
    })
}

/// The share of those who come to their renewal number `renewal`, from 1 on, who renew.
///
/// @param renewal whole numbers
/// @param renewal_stride 1 for one number per row, 0 for one number for all
/// @param rows how many rows there are
/// @param out receives one number per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_retention_rate(
    model: *const crm_renewal_model,
    renewal: *const f64,
    renewal_stride: usize,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let renewal = column("renewal", renewal, renewal_stride, rows)?;
        answer(rows, out, |out| retention_rate_into(&model, renewal, out))
    })
}

/// The probability that a new customer leaves at its renewal number `renewal`, from 1 on.
///
/// @param renewal whole numbers
/// @param renewal_stride 1 for one number per row, 0 for one number for all
/// @param rows how many rows there are
/// @param out receives one number per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_churn_probability(
    model: *const crm_renewal_model,
    renewal: *const f64,
    renewal_stride: usize,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let renewal = column("renewal", renewal, renewal_stride, rows)?;
        answer(rows, out, |out| {
            churn_probability_into(&model, renewal, out)
        })
    })
}

/// The probability that a customer who has renewed `renewals` times renews `further` times more; with 0
/// renewals this is S(further), the projection of a new cohort.
///
/// @param renewals whole numbers
/// @param renewals_stride 1 for one number per row, 0 for one number for all
/// @param further whole numbers
/// @param further_stride 1 for one number per row, 0 for one number for all
/// @param rows how many rows there are
/// @param out receives one number per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_conditional_survival(
    model: *const crm_renewal_model,
    renewals: *const f64,
    renewals_stride: usize,
    further: *const f64,
    further_stride: usize,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let renewals = column("renewals", renewals, renewals_stride, rows)?;
        let further = column("further", further, further_stride, rows)?;
        answer(rows, out, |out| {
            conditional_survival_into(&model, renewals, further, out)
        })
    })
}

/// Customers under contract to predict for. A stride of 1 is one number per customer, one of 0 one number
/// for all.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_renewal_columns {
    /// How many times each has renewed; 0 for a new customer.
    pub renewals: *const f64,
    /// Doubles from one customer to the next.
    pub renewals_stride: usize,
    /// How many payments are counted; may be INFINITY.
    pub horizon: *const f64,
    /// Doubles from one customer to the next.
    pub horizon_stride: usize,
    /// Discount rate per period, greater than −1.
    pub discount_rate: *const f64,
    /// Doubles from one customer to the next.
    pub discount_rate_stride: usize,
    /// How many customers there are.
    pub customers: usize,
}

/// DEL: the discounted payments, of 1 each, of a customer who has renewed m times and pays now, over the next
/// `horizon` payments: Σ S(m + k)/S(m) (1 + d)^−k over k from 0.
///
/// CRM_STATUS_DIVERGENT, with the row, without a horizon for a negative discount rate, and for one of 0 where
/// αc is 1 or less.
///
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_discounted_lifetime(
    model: *const crm_renewal_model,
    customers: *const crm_renewal_columns,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let (customers, rows) = read_customers(customers)?;
        answer(rows, out, |out| {
            discounted_lifetime_into(&model, customers, out)
        })
    })
}

/// DERL: the discounted payments, of 1 each, that are still to come from a customer who has renewed m times, seen
/// just before the next renewal: Σ S(m + 1 + k)/S(m) (1 + d)^−k over k from 0. Times the net cash flow per
/// period it is the value that is left. Refuses as crm_renewal_discounted_lifetime.
///
/// Source: Fader & Hardie 2010, Marketing Science 29, eq. (6), whose n is m + 1.
///
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_discounted_residual_lifetime(
    model: *const crm_renewal_model,
    customers: *const crm_renewal_columns,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let (customers, rows) = read_customers(customers)?;
        answer(rows, out, |out| {
            discounted_residual_lifetime_into(&model, customers, out)
        })
    })
}

/// The expected number of renewals that are still to come from each customer, among the next `horizon`.
///
/// CRM_STATUS_DIVERGENT, with the row, without a horizon where αc is 1 or less: the mean is infinite.
///
/// @param renewals how many times each has renewed
/// @param renewals_stride 1 for one number per row, 0 for one number for all
/// @param horizon whole numbers, or INFINITY
/// @param horizon_stride 1 for one number per row, 0 for one number for all
/// @param rows how many rows there are
/// @param out receives one number per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_expected_residual_lifetime(
    model: *const crm_renewal_model,
    renewals: *const f64,
    renewals_stride: usize,
    horizon: *const f64,
    horizon_stride: usize,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let renewals = column("renewals", renewals, renewals_stride, rows)?;
        let horizon = column("horizon", horizon, horizon_stride, rows)?;
        answer(rows, out, |out| {
            expected_residual_lifetime_into(&model, renewals, horizon, out)
        })
    })
}

/// # Safety
/// As [`read`], and as [`column`] for each column.
pub(super) unsafe fn read_customers<'a>(
    customers: *const crm_renewal_columns,
) -> Outcome<(RenewalColumns<'a>, usize)> {
    // SAFETY: as the caller vouches.
    unsafe {
        let given = read("customers", customers)?;
        let rows = given.customers;
        let columns = RenewalColumns {
            renewals: column("renewals", given.renewals, given.renewals_stride, rows)?,
            horizon: column("horizon", given.horizon, given.horizon_stride, rows)?,
            discount_rate: column(
                "discount_rate",
                given.discount_rate,
                given.discount_rate_stride,
                rows,
            )?,
        };
        Ok((columns, rows))
    }
}
