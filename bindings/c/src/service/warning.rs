//! Early warning: the probability to lose a customer.

use crm_core::service::warning::{LogisticModel, calibration, fit_logistic, recalibrate};
use crm_core::units::Probability;

use super::complaint::crm_counted_rate;
use super::{table, truths};
use crate::boundary::{Outcome, Output, OutputSlice, respond, slice};
use crate::decimal::{crm_decimal, read_decimal};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// A logistic regression: P(lost) = 1 / (1 + exp −(β₀ + Σ βⱼ xⱼ)). It does not change: any number of threads may use it.
pub struct crm_logistic_model(LogisticModel);

/// What a logistic regression says of itself.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_logistic_summary {
    /// ln L, without the penalty.
    pub log_likelihood: f64,
    /// ln L of the mere share of lost customers.
    pub null_log_likelihood: f64,
    /// Rows of the fit.
    pub rows: u64,
    /// Indicators; there is one coefficient more.
    pub indicators: u64,
}

/// Fits a logistic regression of who was lost to indicators, by maximum likelihood. Source: McCullagh & Nelder 1989, chapter 4.
///
/// `CRM_STATUS_NO_SOLUTION` where nobody or everybody was lost, for an indicator that is constant or a combination of others, and where
/// one tells the lost from the rest without fail: a penalty then helps.
///
/// @param indicators a column for each indicator
/// @param count how many indicators
/// @param lost not 0 for who was lost
/// @param rows how many customers
/// @param penalty on ½ Σ β² of standardised indicators, 0 or more
/// @param model receives the handle; give it back to crm_logistic_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_logistic_model_new(
    indicators: *const *const f64,
    count: usize,
    lost: *const u8,
    rows: usize,
    penalty: f64,
    model: *mut Option<Box<crm_logistic_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let columns = table("indicators", indicators, count, rows)?;
        let found = fit_logistic(&columns, &truths("lost", lost, rows)?, penalty)?;
        out.write(Some(Box::new(crm_logistic_model(found))));
        Ok(())
    })
}

/// Frees a model; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_logistic_model_free(model: Option<Box<crm_logistic_model>>) {
    free(model);
}

/// What a model says of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_logistic_model_summary(
    model: *const crm_logistic_model,
    out: *mut crm_logistic_summary,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        Output::new("out", out)?.write(crm_logistic_summary {
            log_likelihood: model.log_likelihood,
            null_log_likelihood: model.null_log_likelihood,
            rows: model.rows,
            indicators: model.coefficients.len() as u64,
        });
        Ok(())
    })
}

/// The coefficients, the intercept first, and their standard errors.
///
/// @param coefficients receives them
/// @param standard_errors receives theirs
/// @param count indicators + 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_logistic_model_coefficients(
    model: *const crm_logistic_model,
    coefficients: *mut f64,
    standard_errors: *mut f64,
    count: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let coefficients = OutputSlice::new("coefficients", coefficients, count)?;
        let errors = OutputSlice::new("standard_errors", standard_errors, count)?;
        let slopes = model.coefficients.iter().copied();
        let all: Vec<f64> = std::iter::once(model.intercept).chain(slopes).collect();
        coefficients.write("coefficients", &all)?;
        errors.write("standard_errors", &model.standard_errors)
    })
}

/// P(lost) of each row.
///
/// @param indicators a column for each indicator of the fit
/// @param count how many indicators
/// @param rows how many customers
/// @param out receives one probability per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_logistic_model_predict(
    model: *const crm_logistic_model,
    indicators: *const *const f64,
    count: usize,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let columns = table("indicators", indicators, count, rows)?;
        let out = OutputSlice::new("out", out, rows)?;
        out.write("out", &model.predict(&columns)?)
    })
}

/// How far predicted probabilities came true.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_calibration_summary {
    /// Mean of (p − y)². Source: Brier 1950.
    pub brier_score: f64,
    /// Mean of −ln of the probability of what happened.
    pub log_loss: f64,
    /// The area under the receiver operating characteristic; NaN where nobody or everybody was lost.
    pub area_under_curve: f64,
    /// Σ over the bins of their share of the rows times |mean p − share of lost|.
    pub expected_error: f64,
    /// Groups of rows of about the same probability.
    pub bins: u64,
}

/// Rows that were given about the same probability.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_calibration_bin {
    /// Mean of their probabilities.
    pub predicted: f64,
    /// The share of them that was lost.
    pub lost: crm_counted_rate,
}

/// Compares predicted probabilities with what happened.
///
/// @param predicted probabilities
/// @param lost not 0 for who was lost
/// @param rows how many
/// @param bins groups of rows of about the same probability at most, 1 or more
/// @param confidence of the intervals, between 0 and 1
/// @param summary receives the figures and the number of bins
/// @param groups receives the groups, the lowest probability first; room for as many as bins
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_calibration(
    predicted: *const f64,
    lost: *const u8,
    rows: usize,
    bins: usize,
    confidence: *const crm_decimal,
    summary: *mut crm_calibration_summary,
    groups: *mut crm_calibration_bin,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let predicted = slice("predicted", predicted, rows)?;
        let lost = truths("lost", lost, rows)?;
        let confidence = Probability::named("confidence", read_decimal("confidence", confidence)?)?;
        let summary = Output::new("summary", summary)?;
        // Groups are never empty, so that there are no more than rows.
        OutputSlice::new("groups", groups, bins)?;
        let found = calibration(predicted, &lost, bins, confidence)?;
        let made: Vec<_> = found
            .bins
            .iter()
            .map(|bin| crm_calibration_bin {
                predicted: bin.predicted,
                lost: bin.lost.into(),
            })
            .collect();
        OutputSlice::new("groups", groups, made.len())?.write("groups", &made)?;
        summary.write(crm_calibration_summary {
            brier_score: found.brier_score,
            log_loss: found.log_loss,
            area_under_curve: found.area_under_curve,
            expected_error: found.expected_error,
            bins: made.len() as u64,
        });
        Ok(())
    })
}

/// Learns a correction of probabilities, logit p' = intercept + slope · logit p, from rows that they were not learnt from.
/// Source: Cox 1958; Platt 1999.
///
/// @param predicted probabilities between 0 and 1, both excluded
/// @param lost not 0 for who was lost
/// @param rows how many
/// @param intercept receives it; 0 where the level is right
/// @param slope receives it; less than 1 where the predictions are too bold
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_recalibrate(
    predicted: *const f64,
    lost: *const u8,
    rows: usize,
    intercept: *mut f64,
    slope: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let predicted = slice("predicted", predicted, rows)?;
        let lost: Outcome<Vec<bool>> = truths("lost", lost, rows);
        let (intercept, slope) = (
            Output::new("intercept", intercept)?,
            Output::new("slope", slope)?,
        );
        let found = recalibrate(predicted, &lost?)?;
        intercept.write(found.intercept);
        slope.write(found.slope);
        Ok(())
    })
}
