//! Customer satisfaction: its degree and measures, delivered value, prices, Kano's model of quality, hygiene factors.

use crm_core::satisfaction::estimate::{MeanEstimate, RateEstimate};
use crm_core::units::Probability;
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, refuse, slice};

pub mod measure;

pub mod price;

pub mod two_factor;

pub mod attributes;

pub mod kano;

pub mod study;

/// A part of a whole that was counted, with its Wilson interval.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_rate_estimate {
    /// How many there were.
    pub count: u64,
    /// Of how many.
    pub base: u64,
    /// count / base; this and what follows is NaN if there was nobody to count.
    pub rate: f64,
    /// The binomial standard error √(p(1 − p)/n).
    pub standard_error: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

impl From<RateEstimate> for crm_rate_estimate {
    fn from(estimate: RateEstimate) -> Self {
        crm_rate_estimate {
            count: estimate.count,
            base: estimate.base,
            rate: estimate.rate,
            standard_error: estimate.standard_error,
            lower: estimate.lower,
            upper: estimate.upper,
        }
    }
}

/// The mean of answers, with Student's interval.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_mean_estimate {
    /// How many answers there are.
    pub count: u64,
    /// The mean; NaN without answers.
    pub mean: f64,
    /// The standard deviation s, with n − 1; this and what follows is NaN with fewer than two answers.
    pub standard_deviation: f64,
    /// s / √n.
    pub standard_error: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

impl From<MeanEstimate> for crm_mean_estimate {
    fn from(estimate: MeanEstimate) -> Self {
        crm_mean_estimate {
            count: estimate.count,
            mean: estimate.mean,
            standard_deviation: estimate.standard_deviation,
            standard_error: estimate.standard_error,
            lower: estimate.lower,
            upper: estimate.upper,
        }
    }
}

/// A level of confidence as C gives it: 0.95 is read as exactly 95 %.
fn read_confidence(value: f64) -> Outcome<Probability> {
    Probability::try_from(value).map_err(|error: Error| error.named("confidence").into())
}

/// Columns of the same length, one after the other.
///
/// # Safety
/// As [`slice`], of `count · rows` numbers.
unsafe fn columns<'a>(
    argument: &'static str,
    pointer: *const f64,
    count: usize,
    rows: usize,
) -> Outcome<Vec<&'a [f64]>> {
    let length = count.checked_mul(rows);
    let length = length.ok_or_else(|| {
        refuse(
            ErrorKind::Overflow,
            argument,
            "has more elements than memory can hold",
        )
    })?;
    // SAFETY: as the caller vouches.
    let values = unsafe { slice(argument, pointer, length) }?;
    if rows == 0 {
        crate::boundary::buffer::<[usize; 2]>(argument, count)?;
        return Ok(vec![values; count]);
    }
    Ok(values.chunks_exact(rows).collect())
}
