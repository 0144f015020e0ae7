//! Do two groups of respondents differ?

use std::ffi::c_void;

use crm_core::satisfaction::structural::{GroupComparison, Resampling};
use crm_core::{Error, ErrorKind};

use super::answers::crm_survey_answers;
use super::fit::crm_pls_fit;
use crate::boundary::{Outcome, Output, OutputSlice, read, respond, slice};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crate::watch::{crm_progress, watched};

/// How two groups of respondents differ. It does not change: any number of threads may use it.
pub struct crm_group_comparison(GroupComparison);

/// Compares two groups by permutations: paths (Chin & Dibbern 2010) and measurement (MICOM; Henseler, Ringle & Sarstedt 2016). The
/// same seed gives the same bits, for any number of threads.
///
/// `CRM_STATUS_EMPTY` for a group without respondents; `CRM_STATUS_WRONG_TYPE` for frequencies, whose equal rows must be given one by
/// one; `CRM_STATUS_OUT_OF_RANGE` for less than 2 or more than 1,000,000 permutations, and with the row of a flag that is neither 0
/// nor 1; `CRM_STATUS_LENGTH_MISMATCH` for answers of others than the respondents of the fit; `CRM_STATUS_NO_SOLUTION` if a group
/// cannot be fitted; `CRM_STATUS_STOPPED` if `progress` says so.
///
/// @param answers those of the fit
/// @param in_second 1 for each respondent of the second group, 0 for the first
/// @param permutations how many, 1,000 as a rule
/// @param seed of the random numbers
/// @param progress may be NULL; told how many permutations are done
/// @param context may be NULL; given to `progress`
/// @param comparison receives the handle; give it back to crm_group_comparison_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_group_comparison_new(
    fit: *const crm_pls_fit,
    answers: *const crm_survey_answers,
    in_second: *const u8,
    permutations: u32,
    seed: u64,
    progress: crm_progress,
    context: *mut c_void,
    comparison: *mut Option<Box<crm_group_comparison>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("comparison", comparison)?;
        let fit = &borrow("fit", fit)?.0;
        let answers = read("answers", answers)?;
        let responses = answers.responses(fit.asked_model())?;
        let flags = slice("in_second", in_second, answers.rows)?
            .iter()
            .enumerate();
        let in_second: Vec<bool> = flags.map(flag).collect::<Outcome<_>>()?;
        let how = Resampling {
            resamples: permutations,
            seed,
        };
        let made = watched(progress, context, |watch| {
            fit.compare_groups_watched(&responses, &in_second, how, watch)
        })?;
        out.write(Some(Box::new(crm_group_comparison(made))));
        Ok(())
    })
}

fn flag((row, flag): (usize, &u8)) -> Outcome<bool> {
    match flag {
        0 => Ok(false),
        1 => Ok(true),
        _ => {
            let error = Error::new(ErrorKind::OutOfRange, "in_second", "must be 0 or 1");
            Err(error.with_value(flag).at_row(row).into())
        }
    }
}

/// A path in two groups.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_path_difference {
    /// Coefficient in the first group.
    pub first: f64,
    /// Coefficient in the second group.
    pub second: f64,
    /// Share of the permutations, with the groups as they are among them, whose difference is at least as large.
    pub p_value: f64,
}

/// How the paths differ.
///
/// @param paths how many the model has
/// @param out receives one entry for each path
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_group_comparison_paths(
    comparison: *const crm_group_comparison,
    paths: usize,
    out: *mut crm_path_difference,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let comparison = &borrow("comparison", comparison)?.0;
        let out = OutputSlice::new("out", out, paths)?;
        let found: Vec<crm_path_difference> = comparison
            .paths
            .iter()
            .map(|path| crm_path_difference {
                first: path.first,
                second: path.second,
                p_value: path.p_value,
            })
            .collect();
        out.write("out", &found)
    })
}

/// Whether a construct is measured alike in two groups (MICOM).
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_invariance {
    /// Correlation over all respondents of the composites with the weights of either group.
    pub correlation: f64,
    /// The 5 % quantile of the permutations: compositional invariance holds if the correlation is not below it.
    pub least: f64,
    /// Share of the permutations whose correlation is at most this one.
    pub correlation_p: f64,
    /// Mean score of the first group less that of the second.
    pub mean_difference: f64,
    /// Share of the permutations with at least as large a difference of means.
    pub mean_p: f64,
    /// Logarithm of the ratio of the variances of the scores, first over second.
    pub log_variance_ratio: f64,
    /// Share of the permutations with at least as large a logarithm, in absolute value.
    pub variance_p: f64,
}

/// Whether the constructs are measured alike.
///
/// @param constructs how many the model has
/// @param out receives one entry for each construct
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_group_comparison_invariance(
    comparison: *const crm_group_comparison,
    constructs: usize,
    out: *mut crm_invariance,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let comparison = &borrow("comparison", comparison)?.0;
        let out = OutputSlice::new("out", out, constructs)?;
        let found: Vec<crm_invariance> = comparison
            .invariance
            .iter()
            .map(|one| crm_invariance {
                correlation: one.correlation,
                least: one.least,
                correlation_p: one.correlation_p,
                mean_difference: one.mean_difference,
                mean_p: one.mean_p,
                log_variance_ratio: one.log_variance_ratio,
                variance_p: one.variance_p,
            })
            .collect();
        out.write("out", &found)
    })
}

/// How many permutations gave an estimate in both groups, and how many did not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_group_comparison_permutations(
    comparison: *const crm_group_comparison,
    kept: *mut u32,
    dropped: *mut u32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let comparison = &borrow("comparison", comparison)?.0;
        let (kept, dropped) = (Output::new("kept", kept)?, Output::new("dropped", dropped)?);
        kept.write(comparison.kept);
        dropped.write(comparison.dropped);
        Ok(())
    })
}

/// Frees a comparison; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_group_comparison_free(comparison: Option<Box<crm_group_comparison>>) {
    free(comparison);
}
