use serde::Serialize;

use super::{Parametric, PredictionInterval};
use crate::error::{Error, ErrorKind, Result};
use crate::prediction::fit::{Fit, FitStatus, normal_quantile};
use crate::units::Probability;

/// Fits to what a model makes itself: how far the parameters of such a fit are from the truth (Efron
/// 1979).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ParametricBootstrap {
    /// Parameters of each replicate that has a maximum.
    pub parameters: Vec<Vec<f64>>,
    /// Replicates without one, which are left out. Unless it is 0, read the intervals with care.
    pub undefined: u32,
    /// What the replicates are made with.
    pub truth: Vec<f64>,
}

impl ParametricBootstrap {
    /// The standard deviation and the (1 ∓ level)/2 quantiles of each parameter.
    ///
    /// # Errors
    /// `NoSolution` with fewer than two replicates; `OutOfRange` for a level of 0 or 1.
    pub fn intervals(&self, level: Probability) -> Result<Vec<PredictionInterval>> {
        normal_quantile(level)?;
        if self.parameters.len() < 2 {
            let reason = "have a maximum in fewer than two cases";
            return Err(Error::new(ErrorKind::NoSolution, "replicates", reason));
        }
        let interval = |(place, truth): (usize, &f64)| {
            let values = self.parameters.iter().filter_map(|p| p.get(place).copied());
            PredictionInterval::percentile(*truth, values.collect(), level)
        };
        Ok(self.truth.iter().enumerate().map(interval).collect())
    }
}

/// Replicates have 2³² streams of random numbers each, more than customers.
const STREAM_BITS: u32 = 32;

/// Fits again `replicates` times: `refit` simulates with the streams from b · 2³² on, and fits.
pub(in crate::prediction) fn replicate<M: Parametric>(
    model: &M,
    replicates: u32,
    refit: impl Fn(u64) -> Result<Fit<M>>,
) -> Result<ParametricBootstrap> {
    if replicates < 2 {
        let rule = "must be 2 or more";
        return Err(Error::new(ErrorKind::OutOfRange, "replicates", rule).with_value(replicates));
    }
    let mut made = ParametricBootstrap {
        parameters: Vec::with_capacity(replicates as usize),
        undefined: 0,
        truth: model.values(),
    };
    for b in 0..replicates {
        match refit(u64::from(b) << STREAM_BITS) {
            Ok(fit) if fit.report.status == FitStatus::Converged => {
                made.parameters.push(fit.model.values());
            }
            Ok(_) => made.undefined += 1,
            Err(error) => match error.kind() {
                ErrorKind::NoSolution | ErrorKind::NotConverged => made.undefined += 1,
                _ => return Err(error),
            },
        }
    }
    Ok(made)
}
