use std::borrow::Cow;

use nalgebra::{DMatrix, DVector, Matrix4, Vector4};
use serde::{Deserialize, Serialize};

use super::options::FitOptions;
use super::report::{FitReport, FitStatus};
use crate::error::{Error, ErrorKind, Result};
use crate::math::optimise::{self, Minimum, Objective, Stop, minimise};

/// A log-likelihood to maximise. Its coordinates are ln θ of positive parameters and γ of others.
pub(crate) trait Likelihood: Sync {
    /// What its coordinates are.
    fn parameters(&self) -> Vec<Parameter>;

    /// The number of customers: the sum of the weights.
    fn customers(&self) -> f64;

    /// Coordinates of the size that the data suggest, with shapes of 1: the medians of the default
    /// priors. A change of the unit of time moves them along.
    fn centre(&self) -> Vec<f64>;

    /// Where a search may start.
    fn starts(&self) -> Vec<Vec<f64>>;

    /// Starts near each other mode that the likelihood may have: the best one of each is always tried too.
    fn starts_of_other_modes(&self) -> Vec<Vec<Vec<f64>>> {
        Vec::new()
    }

    /// ln L over all customers, whose derivatives by the coordinates go to `gradient`.
    fn evaluate(&self, coordinates: &[f64], gradient: &mut [f64]) -> f64;

    /// Norm of the gradient of −ln L / N from which quadratic steps take over.
    fn near(&self) -> f64 {
        optimise::NEAR
    }

    /// Second derivatives of ln L by the coordinates, where its gradient is `gradient`; None where there is no form of
    /// them.
    fn hessian(&self, coordinates: &[f64], gradient: &[f64]) -> Option<DMatrix<f64>> {
        let _ = (coordinates, gradient);
        None
    }
}

/// Second derivatives by ln θ, from those by θ (`second`) and the gradient by ln θ:
/// ∂²/∂ln θᵢ ∂ln θⱼ = θᵢ θⱼ ∂²/∂θᵢ ∂θⱼ, and on the diagonal also ∂/∂ln θᵢ.
pub(crate) fn by_logarithms(
    parameters: [f64; 4],
    second: Matrix4<f64>,
    gradient: [f64; 4],
) -> Matrix4<f64> {
    let parameters = Vector4::from(parameters);
    let scaled = second.component_mul(&(parameters * parameters.transpose()));
    scaled + Matrix4::from_diagonal(&Vector4::from(gradient))
}

/// A parameter of a [`Likelihood`].
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: Cow<'static, str>,
    pub(crate) scale: Scale,
    /// Of a ridge on this coordinate alone, beside that of the options.
    pub(crate) penalty: f64,
}

/// What a fit varies of a parameter, and what is uncertain of it: its coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The logarithm of a positive parameter.
    Logarithm,
    /// The parameter itself.
    Linear,
}

impl Parameter {
    /// Positive parameters of these names.
    pub(crate) fn positive(names: &[&'static str]) -> Vec<Parameter> {
        let parameter = |name: &&'static str| Parameter {
            name: Cow::Borrowed(name),
            scale: Scale::Logarithm,
            penalty: 0.0,
        };
        names.iter().map(parameter).collect()
    }
}

/// No coordinate goes further from its centre than this: e³⁰ is without meaning.
const FURTHEST: f64 = 30.0;
/// A coordinate as far from its centre as this has met no likelihood that holds it: a parameter
/// e¹² = 160,000 times its usual size.
const AT_BOUNDARY: f64 = 12.0;
/// Curvature below this is not told from rounding.
const FLAT: f64 = 1e-9;

/// −ln L / N with the penalty and the prior.
struct Averaged<'a, L> {
    likelihood: &'a L,
    customers: f64,
    centre: Vec<f64>,
    /// Of ½ (coordinate − centre)², for each.
    ridge: Vec<f64>,
}

impl<L: Likelihood> Objective for Averaged<'_, L> {
    fn evaluate(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let distances = || point.iter().zip(&self.centre).map(|(c, centre)| c - centre);
        if !distances().all(|distance| distance.abs() <= FURTHEST) {
            return f64::INFINITY;
        }
        let mut value = -self.likelihood.evaluate(point, gradient) / self.customers;
        let ridges = distances().zip(&self.ridge);
        for (slope, (distance, ridge)) in gradient.iter_mut().zip(ridges) {
            *slope = -*slope / self.customers + ridge * distance;
            value += 0.5 * ridge * distance * distance;
        }
        value
    }

    fn near(&self) -> f64 {
        self.likelihood.near()
    }

    fn hessian(&self, point: &[f64], gradient: &[f64]) -> Option<DMatrix<f64>> {
        let distances = point.iter().zip(&self.centre).map(|(c, centre)| c - centre);
        let ridges = distances
            .zip(&self.ridge)
            .map(|(distance, ridge)| ridge * distance);
        let of_likelihood: Vec<f64> = gradient
            .iter()
            .zip(ridges)
            .map(|(slope, of_ridge)| -self.customers * (slope - of_ridge))
            .collect();
        let hessian = self.likelihood.hessian(point, &of_likelihood)? / -self.customers;
        let ridge = DVector::from_column_slice(&self.ridge);
        Some(hessian + DMatrix::from_diagonal(&ridge))
    }
}

/// Fits `likelihood`; the report's estimates are in the order of its parameters.
///
/// # Errors
/// Those of the options; `LengthMismatch` for medians; `NotConverged`.
pub(crate) fn maximise(likelihood: &impl Likelihood, options: &FitOptions) -> Result<FitReport> {
    options.check()?;
    let parameters = likelihood.parameters();
    let customers = likelihood.customers();
    let ridge = options.penalty
        + options.prior.as_ref().map_or(0.0, |prior| {
            1.0 / (prior.deviation * prior.deviation * customers)
        });
    let objective = Averaged {
        likelihood,
        customers,
        centre: centre(likelihood, &parameters, options)?,
        ridge: parameters.iter().map(|p| ridge + p.penalty).collect(),
    };
    let stop = Stop {
        tolerance: options.tolerance,
        max_iterations: options.max_iterations,
    };
    let mut best: Option<Minimum> = None;
    for start in best_starts(&objective, options.starts as usize) {
        let found = minimise(&objective, &start, stop);
        let solved = |minimum: &Minimum| minimum.gradient_norm <= options.tolerance;
        let better = best
            .as_ref()
            .is_none_or(|best| (solved(&found), -found.value) > (solved(best), -best.value));
        if better {
            best = Some(found);
        }
    }
    let best = best.ok_or_else(|| Error::empty("starts"))?;
    let status = certify(&best, &objective.centre, &parameters, options)?;
    let covariance = match status {
        FitStatus::Converged => (best.hessian * customers).try_inverse(),
        FitStatus::Boundary => None,
    };
    let n = parameters.len();
    let log_likelihood = likelihood.evaluate(&best.point, &mut vec![0.0; n]);
    Ok(FitReport::new(
        parameters,
        best.point,
        covariance,
        log_likelihood,
        customers,
        best.iterations,
        best.gradient_norm,
        status,
    ))
}

fn centre(
    likelihood: &impl Likelihood,
    parameters: &[Parameter],
    options: &FitOptions,
) -> Result<Vec<f64>> {
    let mut centre = likelihood.centre();
    let Some(medians) = options.prior.as_ref().and_then(|p| p.medians.as_ref()) else {
        return Ok(centre);
    };
    let positive = parameters.iter().filter(|p| p.scale == Scale::Logarithm);
    let expected = positive.count();
    if medians.len() != expected {
        return Err(Error::length("medians", medians.len(), expected));
    }
    for (coordinate, median) in centre.iter_mut().zip(medians) {
        *coordinate = libm::log(*median);
    }
    Ok(centre)
}

/// The starts of the lowest values, the lowest first, and the lowest near each other mode.
fn best_starts<L: Likelihood>(objective: &Averaged<'_, L>, count: usize) -> Vec<Vec<f64>> {
    let value = |start: Vec<f64>| {
        let value = objective.evaluate(&start, &mut vec![0.0; start.len()]);
        (value, start)
    };
    let lowest = |starts: Vec<Vec<f64>>, count| {
        let mut valued: Vec<(f64, Vec<f64>)> = starts.into_iter().map(value).collect();
        valued.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        valued.into_iter().take(count).map(|(_, start)| start)
    };
    let first = lowest(objective.likelihood.starts(), count);
    let others = objective.likelihood.starts_of_other_modes();
    let others = others.into_iter().flat_map(|starts| lowest(starts, 1));
    first.chain(others).collect()
}

/// Whether the likelihood has a maximum at `found`.
fn certify(
    found: &Minimum,
    centre: &[f64],
    parameters: &[Parameter],
    options: &FitOptions,
) -> Result<FitStatus> {
    let distance = |(point, centre): (&f64, &f64)| (point - centre).abs();
    let furthest = found.point.iter().zip(centre).map(distance);
    let least_curvature = found.hessian.clone().symmetric_eigenvalues().min();
    if furthest.fold(0.0, f64::max) > AT_BOUNDARY {
        return Ok(FitStatus::Boundary);
    }
    if found.gradient_norm <= options.tolerance {
        return Ok(if least_curvature > FLAT {
            FitStatus::Converged
        } else {
            FitStatus::Boundary
        });
    }
    let names: Vec<&str> = parameters.iter().map(|p| p.name.as_ref()).collect();
    let reason = format!(
        "is the gradient's norm after {} iterations of the fit of {}: allow more iterations, other starts, \
         or a prior",
        found.iterations,
        names.join(", "),
    );
    Err(
        Error::new(ErrorKind::NotConverged, "log_likelihood", reason)
            .with_value(found.gradient_norm),
    )
}
