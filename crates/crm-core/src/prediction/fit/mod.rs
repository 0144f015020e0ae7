//! Fits by maximum likelihood, or maximum a posteriori.
//!
//! The engine minimises −ln L / N over the logarithms of the parameters, N being the number of
//! customers: first BFGS with bounded steps from the best of several starts, then Newton's method. A fit is converged when
//! the gradient vanishes and the Hessian is positive definite there; no other claim of an optimiser
//! counts.

mod engine;
mod options;
mod report;
mod uncertainty;

pub(crate) use engine::{Likelihood, Parameter, Scale, maximise};
pub use options::{FitOptions, Prior};
pub use report::{Estimate, Fit, FitReport, FitStatus};
pub use uncertainty::PredictionInterval;
