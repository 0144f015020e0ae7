//! The maximum of a concave likelihood, by Newton's method.

use nalgebra::{DMatrix, DVector};

use super::choices::{Evaluation, Shape};
use super::logit::Term;
use super::survey::Survey;
use crate::error::{Error, ErrorKind, Result};

/// Newton's iteration takes 4 to 8 steps; where it takes more, answers are separated.
const MOST_ITERATIONS: usize = 60;

/// The part of a parameter's information that the others leave, by which it counts as known: below,
/// roundings decide.
const LEAST_INFORMATION: f64 = 1e-12;

/// Where the likelihood is greatest.
pub(super) struct Maximum {
    pub(super) theta: DVector<f64>,
    pub(super) at: Evaluation,
    /// The inverse of the information.
    pub(super) covariance: DMatrix<f64>,
    pub(super) least_information: f64,
    pub(super) iterations: usize,
}

impl Maximum {
    /// Climbs from `null`, where all parameters are 0.
    pub(super) fn of(survey: &Survey<'_>, null: &Evaluation) -> Result<Self> {
        let shape = Shape::of(survey);
        let scale = null.information.diagonal().map(libm::sqrt);
        if !scale.iter().all(|scale| scale.is_finite()) {
            let reason = "must be numbers whose squares are numbers";
            return Err(Error::new(ErrorKind::Overflow, "attributes", reason));
        }
        factor(&null.information, &scale).map_err(|place| collinear(shape.term(place)))?;

        // How far a feature spreads among brands, from which to tell what a large parameter is.
        let spread = &scale / libm::sqrt(survey.customers() as f64);
        let (mut theta, mut now) = (DVector::zeros(shape.parameters()), null.clone());
        let mut converged = false;
        for iterations in 0..=MOST_ITERATIONS {
            // A parameter without bound has gone further than all others.
            let runaway = || separated(shape.term(theta.component_mul(&spread).iamax()));
            let (root, least_information) =
                factor(&now.information, &scale).map_err(|_| runaway())?;
            if converged {
                let unit = |j| DVector::from_fn(scale.len(), |i, _| f64::from(u8::from(i == j)));
                let columns: Vec<_> = (0..scale.len())
                    .map(|j| solve(&root, &scale, &unit(j)))
                    .collect();
                return Ok(Maximum {
                    theta,
                    at: now,
                    covariance: DMatrix::from_columns(&columns),
                    least_information,
                    iterations,
                });
            }
            if iterations == MOST_ITERATIONS {
                return Err(runaway());
            }
            let step = solve(&root, &scale, &now.gradient);
            // The step after a step of this size is its square: nothing.
            converged = step.component_mul(&spread).amax() <= 1e-9;
            (theta, now) = climb(survey, &theta, &step, &now).ok_or_else(not_converged)?;
        }
        Err(not_converged())
    }
}

/// The whole step, or the largest half of a half … that makes the answers likelier; less than its
/// rounding the likelihood may fall.
fn climb(
    survey: &Survey<'_>,
    theta: &DVector<f64>,
    step: &DVector<f64>,
    now: &Evaluation,
) -> Option<(DVector<f64>, Evaluation)> {
    let rounding = 1e-14 * now.log_likelihood.abs();
    let mut part = 1.0;
    for _ in 0..40 {
        let taken = theta + step * part;
        let value = Evaluation::of(survey, taken.as_slice());
        if value.log_likelihood >= now.log_likelihood - rounding {
            return Some((taken, value));
        }
        part *= 0.5;
    }
    None
}

/// The Cholesky factor of D⁻¹ A D⁻¹ with D = diag(scale) and its smallest squared pivot, or the parameter
/// that has no information of its own.
#[expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of parameters, the size of all matrices"
)]
fn factor(
    matrix: &DMatrix<f64>,
    scale: &DVector<f64>,
) -> std::result::Result<(DMatrix<f64>, f64), usize> {
    let size = scale.len();
    if let Some(constant) = scale.iter().position(|&scale| scale == 0.0) {
        return Err(constant);
    }
    let mut root = DMatrix::zeros(size, size);
    let mut least = f64::INFINITY;
    for i in 0..size {
        for j in 0..=i {
            let known: f64 = (0..j).map(|l| root[(i, l)] * root[(j, l)]).sum();
            let rest = matrix[(i, j)] / (scale[i] * scale[j]) - known;
            if i > j {
                root[(i, j)] = rest / root[(j, j)];
            } else if rest > LEAST_INFORMATION {
                least = rest.min(least);
                root[(i, i)] = libm::sqrt(rest);
            } else {
                return Err(i);
            }
        }
    }
    Ok((root, least))
}

/// x with D L L' D x = y.
fn solve(root: &DMatrix<f64>, scale: &DVector<f64>, y: &DVector<f64>) -> DVector<f64> {
    let mut x = y.component_div(scale);
    // The pivots are greater than 0.
    root.solve_lower_triangular_mut(&mut x);
    root.tr_solve_lower_triangular_mut(&mut x);
    x.component_div_assign(scale);
    x
}

fn collinear(term: Term) -> Error {
    let reason = "follows from the others or is the same in all choices: leave it out";
    let (argument, value) = named(term);
    Error::new(ErrorKind::NoSolution, argument, reason).with_value(value)
}

fn separated(term: Term) -> Error {
    let reason = "tells the answers of some customers without doubt, so that its estimate is without bound: \
                  leave it out, or join it or the brand with others";
    let (argument, value) = named(term);
    Error::new(ErrorKind::NoSolution, argument, reason).with_value(value)
}

/// The argument that a coefficient comes from, and which of it.
fn named(term: Term) -> (&'static str, String) {
    match term {
        Term::Constant { brand } => ("next", format!("brand {brand}, which")),
        Term::Inertia => ("last", "the same brand as next, which".to_owned()),
        Term::Attribute { column } => ("attributes", format!("column {column}, which")),
        Term::Covariate { brand, column } => (
            "covariates",
            format!("column {column} for brand {brand}, which"),
        ),
    }
}

fn not_converged() -> Error {
    let reason = "the likelihood does not rise any more, nor is it at a maximum: scale attributes and covariates to \
                  numbers near 1";
    Error::new(ErrorKind::NotConverged, "next", reason)
}
