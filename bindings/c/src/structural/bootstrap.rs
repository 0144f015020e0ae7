//! Bootstraps of structural models: how much chance there is in every result.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use crm_core::satisfaction::structural::{
    BootstrapEstimate, PlsBootstrap, Resampling, Respondents, Segments, Statistic,
};

use super::answers::crm_survey_answers;
use super::fit::crm_pls_fit;
use crate::boundary::{Outcome, Output, OutputSlice, optional_slice, read, respond, slice};
use crate::categories::crm_pls_statistic;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crate::watch::{crm_progress, watched};

/// What resampling says of a fit. It does not change: any number of threads may use it.
pub struct crm_pls_bootstrap(PlsBootstrap);

/// What is known of the respondents of a survey beside their answers, each a number for every row; any pointer may be NULL.
///
/// With strata or clusters, resamples follow the design: of the n clusters of each stratum (or respondents, without clusters) n − 1 are
/// drawn with replacement, and those drawn count n / (n − 1) times (Rao & Wu 1988).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_survey_respondents {
    /// The segment of each, below `segments`, for indices of segments.
    pub segment: *const usize,
    /// How many segments there are; 0 without.
    pub segments: usize,
    /// The stratum that each was drawn from.
    pub stratum: *const usize,
    /// The cluster that each was drawn with, which lies in one stratum.
    pub cluster: *const usize,
}

impl crm_survey_respondents {
    /// # Safety
    /// The pointers are NULL, or to `rows` numbers that outlive the result.
    unsafe fn respondents<'a>(&self, rows: usize) -> Outcome<Respondents<'a>> {
        // SAFETY: as the caller vouches.
        unsafe {
            let segments = match optional_slice("segment", self.segment, rows)? {
                Some(of_rows) => Some(Segments::new(of_rows, self.segments)?),
                None => None,
            };
            Ok(Respondents {
                segments,
                strata: optional_slice("stratum", self.stratum, rows)?,
                clusters: optional_slice("cluster", self.cluster, rows)?,
            })
        }
    }
}

/// Fits a model again to random resamples of the respondents (Efron 1979). The same seed gives the same bits, for any number of
/// threads.
///
/// Missing answers are replaced in each resample anew. A resample without an estimate is dropped, and counted by reason
/// (crm_pls_bootstrap_report).
///
/// `CRM_STATUS_OUT_OF_RANGE` for less than 2 or more than 1,000,000 resamples, and with the row of a segment that is not below
/// `segments`, and of a cluster in two strata; `CRM_STATUS_LENGTH_MISMATCH` for answers of others than the respondents of the fit;
/// `CRM_STATUS_NO_SOLUTION` if fewer than two resamples give an estimate, and with the row of a stratum with one primary unit;
/// `CRM_STATUS_WRONG_TYPE` for frequencies with strata or clusters; `CRM_STATUS_STOPPED` if `progress` says so.
///
/// @param answers those of the fit
/// @param respondents may be NULL: no segments, strata or clusters
/// @param resamples how many, 5,000 as a rule
/// @param seed of the random numbers
/// @param progress may be NULL; told how many resamples are done
/// @param context may be NULL; given to `progress`
/// @param bootstrap receives the handle; give it back to crm_pls_bootstrap_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_bootstrap_new(
    fit: *const crm_pls_fit,
    answers: *const crm_survey_answers,
    respondents: *const crm_survey_respondents,
    resamples: u32,
    seed: u64,
    progress: crm_progress,
    context: *mut c_void,
    bootstrap: *mut Option<Box<crm_pls_bootstrap>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("bootstrap", bootstrap)?;
        let fit = &borrow("fit", fit)?.0;
        let answers = read("answers", answers)?;
        let responses = answers.responses(fit.asked_model())?;
        let respondents = match respondents.is_null() {
            true => Respondents::default(),
            false => read("respondents", respondents)?.respondents(answers.rows)?,
        };
        let how = Resampling { resamples, seed };
        let made = watched(progress, context, |watch| {
            fit.bootstrap_watched(&responses, respondents, how, watch)
        })?;
        out.write(Some(Box::new(crm_pls_bootstrap(made))));
        Ok(())
    })
}

/// How a bootstrap went.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct crm_pls_bootstrap_counts {
    /// Resamples that gave an estimate.
    pub kept: u32,
    /// Resamples that gave none, for the reasons below or because all answers to a question were equal in them.
    pub dropped: u32,
    /// Those with drivers or blocks that depend linearly on each other, or indicators that cancel.
    pub singular: u32,
    /// Those with a ρ_A of 0 or less, with common factors.
    pub unreliable: u32,
    /// Those whose weights did not settle.
    pub not_converged: u32,
    /// 0.
    pub reserved: [u8; 4],
}

/// How many resamples gave an estimate, and why others did not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_bootstrap_report(
    bootstrap: *const crm_pls_bootstrap,
    out: *mut crm_pls_bootstrap_counts,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let bootstrap = &borrow("bootstrap", bootstrap)?.0;
        let dropped = bootstrap.dropped();
        Output::new("out", out)?.write(crm_pls_bootstrap_counts {
            kept: bootstrap.kept(),
            dropped: dropped.resamples,
            singular: dropped.singular,
            unreliable: dropped.unreliable,
            not_converged: dropped.not_converged,
            reserved: [0; 4],
        });
        Ok(())
    })
}

/// In how many resamples all answers to each question were equal.
///
/// @param indicators how many the model has
/// @param out receives one count for each indicator
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_bootstrap_constant(
    bootstrap: *const crm_pls_bootstrap,
    indicators: usize,
    out: *mut u32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let bootstrap = &borrow("bootstrap", bootstrap)?.0;
        let out = OutputSlice::new("out", out, indicators)?;
        out.write("out", &bootstrap.dropped().constant)
    })
}

/// What resampling says of one statistic; NaN where it has no value, as R² of a construct without drivers.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_bootstrap_estimate {
    /// The value of the fit itself.
    pub estimate: f64,
    /// Mean of the resamples less the estimate.
    pub bias: f64,
    /// Standard deviation of the resamples.
    pub standard_error: f64,
    /// Estimate over standard error.
    pub t: f64,
    /// Two-sided, of the value 0.
    pub p_value: f64,
    /// Lower end of the percentile interval.
    pub percentile_lower: f64,
    /// Upper end of the percentile interval.
    pub percentile_upper: f64,
    /// Lower end of the interval corrected for bias and acceleration (Efron 1987).
    pub bca_lower: f64,
    /// Upper end of that interval.
    pub bca_upper: f64,
    /// Resamples in which it has a value: all that were kept, but for the index of a segment those that drew of it.
    pub resamples: u32,
    /// 0.
    pub reserved: [u8; 4],
}

impl From<BootstrapEstimate> for crm_bootstrap_estimate {
    fn from(one: BootstrapEstimate) -> Self {
        crm_bootstrap_estimate {
            estimate: one.estimate,
            bias: one.bias,
            standard_error: one.standard_error,
            t: one.t,
            p_value: one.p_value,
            percentile_lower: one.percentile.lower,
            percentile_upper: one.percentile.upper,
            bca_lower: one.bca.lower,
            bca_upper: one.bca.upper,
            resamples: one.resamples,
            reserved: [0; 4],
        }
    }
}

/// Bootstrap estimates of all weights, loadings, paths, effects, R², indices, HTMT, reliabilities, importances, or indices of segments.
///
/// `CRM_STATUS_OUT_OF_RANGE` for a level not between 0 and 1; `CRM_STATUS_LENGTH_MISMATCH` for another count than there are.
///
/// @param statistic which
/// @param level of the intervals, as 0.95
/// @param count how many there are: of indicators, paths or constructs; constructs · constructs for effects, importances and HTMT;
///     segments · constructs for indices of segments
/// @param out receives the estimates; those of pairs row by row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_bootstrap_estimates(
    bootstrap: *const crm_pls_bootstrap,
    statistic: MaybeUninit<crm_pls_statistic>,
    level: f64,
    count: usize,
    out: *mut crm_bootstrap_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let bootstrap = &borrow("bootstrap", bootstrap)?.0;
        let out = OutputSlice::new("out", out, count)?;
        let kind = category::read("statistic", statistic)?;
        let found = bootstrap.estimates(kind, level)?;
        let found: Vec<crm_bootstrap_estimate> = found.into_iter().map(Into::into).collect();
        out.write("out", &found)
    })
}

/// Bootstrap estimate of a specific indirect effect: the product of the paths along a way through the model.
///
/// `CRM_STATUS_NOT_FOUND` for a way that does not lead along paths of the model; `CRM_STATUS_EMPTY` for less than two constructs;
/// `CRM_STATUS_OUT_OF_RANGE` for a level not between 0 and 1.
///
/// @param way places of constructs, each a driver of the next
/// @param length how many constructs lie on the way, 2 or more
/// @param level of the intervals, as 0.95
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_bootstrap_effect_along(
    bootstrap: *const crm_pls_bootstrap,
    way: *const usize,
    length: usize,
    level: f64,
    out: *mut crm_bootstrap_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let bootstrap = &borrow("bootstrap", bootstrap)?.0;
        let way = slice("way", way, length)?.to_vec();
        let out = Output::new("out", out)?;
        out.write(
            bootstrap
                .estimate(&Statistic::EffectAlong(way), level)?
                .into(),
        );
        Ok(())
    })
}

/// Bootstrap estimate of the index of a construct in one segment less that in another.
///
/// `CRM_STATUS_NOT_FOUND` for a segment or construct that does not exist; `CRM_STATUS_OUT_OF_RANGE` for a level not between 0 and
/// 1.
///
/// @param segment number of the one segment
/// @param other number of the other segment
/// @param construct place of the construct
/// @param level of the intervals, as 0.95
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_bootstrap_segment_difference(
    bootstrap: *const crm_pls_bootstrap,
    segment: usize,
    other: usize,
    construct: usize,
    level: f64,
    out: *mut crm_bootstrap_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let bootstrap = &borrow("bootstrap", bootstrap)?.0;
        let out = Output::new("out", out)?;
        let difference = Statistic::SegmentDifference {
            segment,
            other,
            construct,
        };
        out.write(bootstrap.estimate(&difference, level)?.into());
        Ok(())
    })
}

/// Frees a bootstrap; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_pls_bootstrap_free(bootstrap: Option<Box<crm_pls_bootstrap>>) {
    free(bootstrap);
}
