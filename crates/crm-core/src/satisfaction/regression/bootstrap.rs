use serde::{Deserialize, Serialize};

use super::{Method, Parts, Regression, Step, fit};
use crate::error::{Error, ErrorKind, Result};
use crate::math::moments::Moments;
use crate::math::quantile;
use crate::math::random::Stream;
use crate::parallel;
use crate::survey::{Confidence, range};

/// How much a coefficient varies from sample to sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CoefficientInterval {
    /// The standardised coefficient of all rows.
    pub estimate: f64,
    /// Standard deviation over the replicates.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
}

/// Intervals of the standardised coefficients by resampling rows: `replicates` samples of as many rows, drawn with
/// replacement, each of them fitted with as many components as all rows have. The same bits for any number of threads.
///
/// Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", §9.5 (pairs) and chapter 13 (percentiles).
///
/// # Errors
/// As [`fit`]; `OutOfRange` for less than 2 replicates; `NoSolution` where less than half of the replicates have a solution
/// (an attribute is nearly constant).
pub fn bootstrap(
    attributes: &[&[f64]],
    overall: &[f64],
    method: Method,
    replicates: u32,
    confidence: Confidence,
    seed: u64,
) -> Result<Vec<CoefficientInterval>> {
    if replicates < 2 {
        return Err(range("replicates", replicates, "must be 2 or more"));
    }
    let all = fit(attributes, overall, method)?;
    let step = step(method, &all);
    let columns: Vec<&[f64]> = attributes.iter().copied().chain([overall]).collect();
    let rows = overall.len();
    let fitted = parallel::map_range(replicates as usize, |replicate| {
        let mut random = Stream::new(seed, replicate as u64);
        let mut times = vec![0_u32; rows];
        for _ in 0..rows {
            if let Some(count) = times.get_mut(random.below(rows as u64) as usize) {
                *count += 1;
            }
        }
        let weight = |row: usize| f64::from(times.get(row).copied().unwrap_or(0));
        let moments = Moments::of(&columns, rows, weight);
        Parts::new(&moments)?.coefficients(step)
    });
    let fitted: Vec<_> = fitted.into_iter().flatten().collect();
    if fitted.len() < 2 || fitted.len() < replicates as usize / 2 {
        let reason = "have no solution in most of the replicates";
        return Err(Error::new(ErrorKind::NoSolution, "attributes", reason));
    }
    let interval = |(j, &estimate): (usize, &f64)| {
        let mut values: Vec<f64> = fitted.iter().filter_map(|b| b.get(j).copied()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|b| (b - mean) * (b - mean)).sum();
        CoefficientInterval {
            estimate,
            standard_error: libm::sqrt(squares / (count - 1.0)),
            lower: quantile::of_sorted(&values, confidence.tail()),
            upper: quantile::of_sorted(&values, 1.0 - confidence.tail()),
        }
    };
    Ok(all.standardized.iter().enumerate().map(interval).collect())
}

fn step(method: Method, all: &Regression) -> Step {
    match method {
        Method::LeastSquares => Step::LeastSquares,
        Method::PrincipalComponents(_) => Step::PrincipalComponents(all.components),
        Method::Ridge(penalty) => Step::Ridge(penalty),
        Method::PartialLeastSquares(count) => Step::PartialLeastSquares(count),
    }
}
