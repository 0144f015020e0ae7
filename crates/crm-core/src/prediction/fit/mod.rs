//! Fits by maximum likelihood, or maximum a posteriori.
//!
//! The engine minimises −ln L / N over the logarithms of the parameters, N being the number of
//! customers: first BFGS with bounded steps from the best of several starts, then Newton's method. A fit is converged when
//! the gradient vanishes and the Hessian is positive definite there; no other claim of an optimiser
//! counts.

mod engine;
#[cfg(test)]
mod gradient_check;
#[cfg(test)]
mod hessian_check;
mod options;
mod report;

pub use engine::Scale;
pub(crate) use engine::{Likelihood, Parameter, by_logarithms, maximise};
#[cfg(test)]
pub(crate) use gradient_check::{gradient_error, histories_of_all_kinds};
#[cfg(test)]
pub(crate) use hessian_check::hessian_error;
pub use options::{FitOptions, Prior};
pub(crate) use report::normal_quantile;
pub use report::{Estimate, Fit, FitReport, FitStatus};
