//! Indices from 0 to 100, of all, of segments and of respondents.

use std::ffi::c_char;

use crm_core::satisfaction::structural::Segments;

use super::answers::crm_survey_answers;
use super::fit::crm_pls_fit;
use crate::boundary::{OutputSlice, read, respond, slice, text};
use crate::handle::borrow;
use crate::status::crm_status;

/// A driver on the importance–performance map.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_importance {
    /// By how many points the index of the target rises with one point of the driver's, over all paths; 0 for a construct that does
    /// not drive it.
    pub importance: f64,
    /// The index of the driver.
    pub performance: f64,
}

/// Importance and performance of every construct as a driver of another (Ringle & Sarstedt 2016).
///
/// @param target name of the construct that is to rise
/// @param constructs how many the model has
/// @param out receives one entry for each construct
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_importance(
    fit: *const crm_pls_fit,
    target: *const c_char,
    constructs: usize,
    out: *mut crm_importance,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let out = OutputSlice::new("out", out, constructs)?;
        let drivers = fit.importance_performance(text("target", target)?)?;
        let of_each = fit.index().into_iter().enumerate();
        let entries: Vec<crm_importance> = of_each
            .map(|(place, performance)| {
                let driver = drivers.iter().find(|driver| driver.construct == place);
                crm_importance {
                    importance: driver.map_or(0.0, |driver| driver.importance),
                    performance,
                }
            })
            .collect();
        out.write("out", &entries)
    })
}

/// The index of every construct for every respondent, with the weights of the fit. A missing answer is the mean of the fit or what the
/// other answers let expect, as the fit says; where it left respondents out, their indices are NaN.
///
/// @param answers those of the fit, or others
/// @param constructs how many the model has
/// @param out receives rows · constructs numbers: the indices of the first respondent, of the second, …
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_individual_index(
    fit: *const crm_pls_fit,
    answers: *const crm_survey_answers,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let answers = read("answers", answers)?;
        let out = OutputSlice::new("out", out, answers.rows.saturating_mul(constructs))?;
        out.write(
            "out",
            &fit.individual_index(&answers.responses(fit.asked_model())?)?,
        )
    })
}

/// The score of every construct for every respondent: the composite of the standardised answers, with mean 0 and variance 1 over the
/// respondents of the fit. Missing answers as of crm_pls_fit_individual_index.
///
/// @param answers those of the fit, or others
/// @param constructs how many the model has
/// @param out receives rows · constructs numbers: the scores of the first respondent, of the second, …
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_scores(
    fit: *const crm_pls_fit,
    answers: *const crm_survey_answers,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let answers = read("answers", answers)?;
        let out = OutputSlice::new("out", out, answers.rows.saturating_mul(constructs))?;
        out.write("out", &fit.scores(&answers.responses(fit.asked_model())?)?)
    })
}

/// The mean index of the respondents of a segment.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_segment_index {
    /// The index; NaN without respondents.
    pub index: f64,
    /// Standard error of the mean, with the weights of the indicators taken for known; NaN for less than two respondents.
    pub standard_error: f64,
    /// Lower end of Student's interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// The index of every construct in every segment of respondents, with the interval of a mean. crm_pls_bootstrap_new gives one that knows
/// that the weights of the indicators are estimated.
///
/// `CRM_STATUS_OUT_OF_RANGE` with the row of a segment that is not below `segments`, and for a level not between 0 and 1.
///
/// @param answers those of the fit, or others
/// @param segment number of the segment of each respondent, below `segments`
/// @param segments how many segments there are
/// @param level of the intervals, as 0.95
/// @param constructs how many the model has
/// @param observations receives the sum of the weights of each segment
/// @param out receives segments · constructs estimates: those of the first segment, of the second, …
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_segment_index(
    fit: *const crm_pls_fit,
    answers: *const crm_survey_answers,
    segment: *const usize,
    segments: usize,
    level: f64,
    constructs: usize,
    observations: *mut f64,
    out: *mut crm_segment_index,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let answers = read("answers", answers)?;
        let segment = slice("segment", segment, answers.rows)?;
        let observations = OutputSlice::new("observations", observations, segments)?;
        let out = OutputSlice::new("out", out, segments.saturating_mul(constructs))?;
        let segments = Segments::new(segment, segments)?;
        let found = fit.segment_index(&answers.responses(fit.asked_model())?, segments, level)?;
        let counted: Vec<f64> = found.iter().map(|one| one.observations).collect();
        let indices: Vec<crm_segment_index> = found
            .iter()
            .flat_map(|one| &one.indices)
            .map(|one| crm_segment_index {
                index: one.index,
                standard_error: one.standard_error,
                lower: one.interval.lower,
                upper: one.interval.upper,
            })
            .collect();
        out.write("out", &indices)?;
        observations.write("observations", &counted)
    })
}
