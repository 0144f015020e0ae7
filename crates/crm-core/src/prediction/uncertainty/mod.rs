//! How sure a prediction is, when all that is uncertain are the parameters.
//!
//! An [`UncertainModel`] is a model with the covariance of its parameters: what a fit leaves
//! ([`Fit::uncertain`](super::fit::Fit::uncertain)), or what a paper prints. Without another fit it gives
//! standard errors and intervals of the prediction for each customer and of the sum over all, by the delta
//! method or by draws of the parameters. [`ParametricBootstrap`] fits again, to what the model itself makes.
//!
//! What customers of known parameters will do, by chance, is not part of these intervals: the
//! purchases of one customer vary more than their expectation is uncertain.

mod bootstrap;
mod interval;
mod model;
mod predictions;

pub use bootstrap::ParametricBootstrap;
pub(super) use bootstrap::replicate;
pub use interval::{IntervalColumns, PredictionInterval, Range};
pub use model::{Parametric, UncertainModel};
pub use predictions::{PredictionNumbers, PurchasePrediction, RenewalPrediction};
