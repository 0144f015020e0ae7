//! How much statistics vary from sample to sample, by resampling rows.

use crm_core::survey::{Bootstrap, BootstrapInterval, Confidence};

use crate::boundary::Outcome;

/// How much a statistic varies from sample to sample (Efron & Tibshirani 1993, chapter 13).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_bootstrap_interval {
    /// Of all rows; NaN where there is none.
    pub estimate: f64,
    /// Standard deviation over the replicates.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// Replicates in which the statistic has a value.
    pub replicates: u64,
}

impl From<BootstrapInterval> for crm_bootstrap_interval {
    fn from(interval: BootstrapInterval) -> Self {
        crm_bootstrap_interval {
            estimate: interval.estimate,
            standard_error: interval.standard_error,
            lower: interval.lower,
            upper: interval.upper,
            replicates: u64::from(interval.replicates),
        }
    }
}

impl From<Option<BootstrapInterval>> for crm_bootstrap_interval {
    fn from(interval: Option<BootstrapInterval>) -> Self {
        interval.map_or(
            crm_bootstrap_interval {
                estimate: f64::NAN,
                standard_error: f64::NAN,
                lower: f64::NAN,
                upper: f64::NAN,
                replicates: 0,
            },
            Into::into,
        )
    }
}

pub(crate) fn intervals(found: &[BootstrapInterval]) -> Vec<crm_bootstrap_interval> {
    found.iter().map(|&interval| interval.into()).collect()
}

pub(crate) fn resampling(replicates: u32, confidence: f64, seed: u64) -> Outcome<Bootstrap> {
    Ok(Bootstrap {
        replicates,
        confidence: Confidence::new(confidence)?,
        seed,
    })
}
