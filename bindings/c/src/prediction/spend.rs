//! What customers spend per purchase.

use crm_core::prediction::fit::FitReport;
use crm_core::prediction::{
    GammaGamma, SpendColumns, Spending, expected_spend_into, spend_interval_into,
    spend_lifetime_value_into, spend_log_density_into,
};
use crm_core::units::Probability;

use super::fit::{crm_fit_options, dense, read_options, read_weights};
use crate::boundary::{Outcome, Output, OutputSlice, answer, buffer, column, read, respond, slice};
use crate::categories::crm_fit_status;
use crate::category;
use crate::decimal::{crm_decimal, read_decimal};
use crate::status::crm_status;

/// The Gamma-Gamma model of spend. The amounts of a customer are Gamma(p, ν), by shape and rate, and
/// ν ~ Gamma(q, γ) differs between customers. What a customer spends must not hang on how often it buys;
/// the correlation that a fit tells shows whether it does. In all predictions NaN in a row gives NaN in
/// that row. Source: Fader & Hardie 2013, note 025.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_gamma_gamma {
    /// p, positive.
    pub p: f64,
    /// q, positive; the mean over customers is finite above 1.
    pub q: f64,
    /// γ, positive, in the unit of money.
    pub gamma: f64,
}

impl crm_gamma_gamma {
    pub(super) fn value(&self) -> Outcome<GammaGamma> {
        Ok(GammaGamma::new(self.p, self.q, self.gamma)?)
    }
}

/// What is known of the spend of customers: columns of a summary. A stride of 1 is one number per
/// customer, one of 0 one number for all: two strides of 0 and two zeros are customers of whom nothing is
/// known.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_spend_columns {
    /// x, the number of purchases that the mean is of; a whole number.
    pub frequency: *const f64,
    /// Doubles from one customer to the next.
    pub frequency_stride: usize,
    /// Their mean spend, positive; 0 where x is 0.
    pub mean_spend: *const f64,
    /// Doubles from one customer to the next.
    pub mean_spend_stride: usize,
    /// How many customers there are.
    pub customers: usize,
}

/// How a fit of the Gamma-Gamma model went.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_gamma_gamma_report {
    /// The fitted model.
    pub model: crm_gamma_gamma,
    /// Standard errors of p, q and γ; NaN at the boundary.
    pub standard_errors: [f64; 3],
    /// Covariance of ln p, ln q and ln γ, row-major; NaN at the boundary.
    pub log_covariance: [f64; 9],
    /// ln L at the parameters.
    pub log_likelihood: f64,
    /// 6 − 2 ln L.
    pub aic: f64,
    /// 3 ln N − 2 ln L.
    pub bic: f64,
    /// N, the customers with repeat purchases: the sum of their weights.
    pub customers: f64,
    /// Norm of the gradient of −ln L / N by the logarithms of the parameters.
    pub gradient_norm: f64,
    /// Correlation of frequency and mean spend, which the model takes for 0. CDNOW has 0.11; NaN if one
    /// of both is the same for all.
    pub correlation: f64,
    /// Steps of the search.
    pub iterations: u32,
    /// Whether this is a maximum.
    pub status: crm_fit_status,
}

/// The most likely parameters for what customers spent. Customers whose frequency and mean spend are 0 say
/// nothing of spend and are left out. Where the mean includes the first purchase, the frequency must count
/// it too.
///
/// CRM_STATUS_EMPTY if no customer bought again, CRM_STATUS_OUT_OF_RANGE with the row, CRM_STATUS_NOT_CONVERGED.
///
/// @param weights how many customers each row stands for, 0 or more; may be NULL: each counts 1
/// @param options may be NULL: plain maximum likelihood
/// @param fit receives the model and how the fit went
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_fit(
    spend: *const crm_spend_columns,
    weights: *const f64,
    options: *const crm_fit_options,
    fit: *mut crm_gamma_gamma_report,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = Output::new("fit", fit)?;
        let (columns, rows) = read_spend(spend)?;
        let options = read_options(options, 3)?;
        let (frequency, mean) = (
            dense(columns.frequency, rows),
            dense(columns.mean_spend, rows),
        );
        let spending = match read_weights(weights, rows)? {
            None => Spending::new(&frequency, &mean)?,
            Some(weights) => Spending::with_weights(&frequency, &mean, weights)?,
        };
        let fitted = GammaGamma::fit(&spending, &options)?;
        let [p, q, gamma] = fitted.model.parameters();
        let report = &fitted.report;
        fit.write(crm_gamma_gamma_report {
            model: crm_gamma_gamma { p, q, gamma },
            standard_errors: standard_errors(report)?,
            log_covariance: log_covariance(report),
            log_likelihood: report.log_likelihood,
            aic: report.aic(),
            bic: report.bic(),
            customers: report.customers,
            gradient_norm: report.gradient_norm,
            correlation: spending.correlation().unwrap_or(f64::NAN),
            iterations: report.iterations,
            status: category::write(report.status)?,
        });
        Ok(())
    })
}

/// The standard errors of up to three parameters; 0 for those that were not fitted.
pub(super) fn standard_errors(report: &FitReport) -> Outcome<[f64; 3]> {
    let mut errors = [0.0; 3];
    let any_level = Probability::try_from(0.95)?;
    for (place, estimate) in errors.iter_mut().zip(report.intervals(any_level)?) {
        *place = estimate.standard_error;
    }
    Ok(errors)
}

/// The covariance of the logarithms of up to three parameters; 0 for those that were not fitted.
pub(super) fn log_covariance(report: &FitReport) -> [f64; 9] {
    let mut all = [0.0; 9];
    let covariance = report.log_covariance();
    let fitted = report.estimates.len().max(1);
    for (row, values) in all.chunks_mut(3).zip(covariance.chunks(fitted)) {
        for (place, value) in row.iter_mut().zip(values) {
            *place = *value;
        }
    }
    all
}

/// The expected spend per purchase of each customer, p (γ + x m)/(p x + q − 1).
///
/// CRM_STATUS_DIVERGENT, with the row, where it is infinite: p x + q of 1 or less. The interval is finite
/// there, too.
///
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_expected_spend(
    model: *const crm_gamma_gamma,
    spend: *const crm_spend_columns,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let (columns, rows) = read_spend(spend)?;
        answer(rows, out, |out| expected_spend_into(&model, columns, out))
    })
}

/// The log-density of the mean spend of each customer, given its frequency, which is 1 or more.
///
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_log_density(
    model: *const crm_gamma_gamma,
    spend: *const crm_spend_columns,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let (columns, rows) = read_spend(spend)?;
        answer(rows, out, |out| {
            spend_log_density_into(&model, columns, out)
        })
    })
}

/// The interval that holds the expected spend of each customer with a probability; as much probability
/// lies below it as above it.
///
/// @param level the probability, between 0 and 1, both excluded
/// @param lower receives one number per customer
/// @param upper receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_spend_interval(
    model: *const crm_gamma_gamma,
    spend: *const crm_spend_columns,
    level: *const crm_decimal,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let (columns, rows) = read_spend(spend)?;
        let level = Probability::named("level", read_decimal("level", level)?)?;
        let lower = OutputSlice::new("lower", lower, rows)?;
        let upper = OutputSlice::new("upper", upper, rows)?;
        let (mut lows, mut highs) = (buffer("spend", rows)?, buffer("spend", rows)?);
        spend_interval_into(&model, columns, level, &mut lows, &mut highs)?;
        lower.write("lower", &lows)?;
        upper.write("upper", &highs)
    })
}

/// The lifetime value of each customer: margin · expected spend · discounted purchases.
///
/// @param discounted_purchases 0 or more, as crm_purchase_model_discounted_purchases gives them
/// @param discounted_purchases_stride 1 for one number per customer, 0 for one number for all
/// @param margin part of the spend that remains
/// @param margin_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_lifetime_value(
    model: *const crm_gamma_gamma,
    spend: *const crm_spend_columns,
    discounted_purchases: *const f64,
    discounted_purchases_stride: usize,
    margin: *const f64,
    margin_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let (columns, rows) = read_spend(spend)?;
        let name = "discounted_purchases";
        let purchases = column(
            name,
            discounted_purchases,
            discounted_purchases_stride,
            rows,
        )?;
        let margin = column("margin", margin, margin_stride, rows)?;
        answer(rows, out, |out| {
            spend_lifetime_value_into(&model, columns, purchases, margin, out)
        })
    })
}

/// Draws the mean spend of customers with these frequencies; 0 where the frequency is 0. The same seed
/// gives the same amounts, on any machine.
///
/// @param customers how many there are
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_gamma_gamma_simulate(
    model: *const crm_gamma_gamma,
    frequency: *const f64,
    customers: usize,
    seed: u64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = read("model", model)?.value()?;
        let frequency = slice("frequency", frequency, customers)?;
        let out = OutputSlice::new("out", out, customers)?;
        out.write("out", &model.simulate(frequency, seed)?)
    })
}

/// # Safety
/// As [`read`], and as [`column`] for each column.
pub(super) unsafe fn read_spend<'a>(
    spend: *const crm_spend_columns,
) -> Outcome<(SpendColumns<'a>, usize)> {
    // SAFETY: as the caller vouches.
    unsafe {
        let spend = read("spend", spend)?;
        let rows = spend.customers;
        let columns = SpendColumns {
            frequency: column("frequency", spend.frequency, spend.frequency_stride, rows)?,
            mean_spend: column(
                "mean_spend",
                spend.mean_spend,
                spend.mean_spend_stride,
                rows,
            )?,
        };
        Ok((columns, rows))
    }
}
