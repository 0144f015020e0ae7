use serde::{Deserialize, Serialize};

use super::{Method, Parts, Regression, Step, fit};
use crate::error::Result;
use crate::math::moments::Moments;
use crate::survey::{Bootstrap, BootstrapInterval};

/// How much a regression varies from sample to sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RegressionIntervals {
    /// Of [`Regression::coefficients`].
    pub coefficients: Vec<BootstrapInterval>,
    /// Of [`Regression::intercept`].
    pub intercept: BootstrapInterval,
    /// Of [`Regression::standardized`].
    pub standardized: Vec<BootstrapInterval>,
    /// Of [`Regression::r_squared`]. R² of resamples is too large on average, the more so the fewer rows there are.
    pub r_squared: BootstrapInterval,
    /// Of [`Regression::root_mean_square_error`].
    pub root_mean_square_error: BootstrapInterval,
}

/// Intervals of a regression by resampling rows, each replicate fitted with as many components as all rows have.
///
/// # Errors
/// As [`fit`]; `OutOfRange` for less than 2 replicates; `NoSolution` where less than half of the replicates have a solution
/// (an attribute is nearly constant).
pub fn bootstrap(
    attributes: &[&[f64]],
    overall: &[f64],
    method: Method,
    how: &Bootstrap,
) -> Result<RegressionIntervals> {
    let all = fit(attributes, overall, method)?;
    let step = step(method, &all);
    let columns: Vec<&[f64]> = attributes.iter().copied().chain([overall]).collect();
    let intervals = how.intervals("attributes", &columns, &statistics(&all), |moments| {
        fit_moments(moments, step).map(|found| statistics(&found))
    })?;
    let count = attributes.len();
    Ok(RegressionIntervals {
        coefficients: intervals[..count].to_vec(),
        standardized: intervals[count..2 * count].to_vec(),
        intercept: intervals[2 * count],
        r_squared: intervals[2 * count + 1],
        root_mean_square_error: intervals[2 * count + 2],
    })
}

fn fit_moments(moments: &Moments, step: Step) -> Result<Regression> {
    let parts = Parts::new(moments)?;
    Ok(parts.regression(moments, parts.coefficients(step)?))
}

/// Coefficients, standardised coefficients, intercept, R², root mean square error.
fn statistics(found: &Regression) -> Vec<f64> {
    let mut statistics = found.coefficients.clone();
    statistics.extend(&found.standardized);
    let single = [
        found.intercept,
        found.r_squared,
        found.root_mean_square_error,
    ];
    statistics.extend(single);
    statistics
}

fn step(method: Method, all: &Regression) -> Step {
    match method {
        Method::LeastSquares => Step::LeastSquares,
        Method::PrincipalComponents(_) => Step::PrincipalComponents(all.components),
        Method::Ridge(penalty) => Step::Ridge(penalty),
        Method::PartialLeastSquares(count) => Step::PartialLeastSquares(count),
    }
}
