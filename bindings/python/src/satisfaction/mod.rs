//! `crm_core.satisfaction`: what answers and counts estimate.

pub(crate) mod attributes;
pub(crate) mod kano;
pub(crate) mod measure;
pub(crate) mod price;
pub(crate) mod study;
pub(crate) mod two_factor;

use crm_core::satisfaction::estimate::{MeanEstimate, RateEstimate};
use pyo3::prelude::*;

#[derive(IntoPyObject)]
pub(crate) struct RateParts {
    count: u64,
    base: u64,
    rate: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
}

impl From<RateEstimate> for RateParts {
    fn from(estimate: RateEstimate) -> Self {
        RateParts {
            count: estimate.count,
            base: estimate.base,
            rate: estimate.rate,
            standard_error: estimate.standard_error,
            lower: estimate.lower,
            upper: estimate.upper,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct MeanParts {
    count: u64,
    mean: f64,
    standard_deviation: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
}

impl From<MeanEstimate> for MeanParts {
    fn from(estimate: MeanEstimate) -> Self {
        MeanParts {
            count: estimate.count,
            mean: estimate.mean,
            standard_deviation: estimate.standard_deviation,
            standard_error: estimate.standard_error,
            lower: estimate.lower,
            upper: estimate.upper,
        }
    }
}
