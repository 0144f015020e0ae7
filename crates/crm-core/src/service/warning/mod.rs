//! Early warning: the probability to lose a customer, by logistic regression on indicators, and how far such probabilities can be
//! trusted.

mod calibration;
mod logistic;

pub use calibration::{Calibration, CalibrationBin, Recalibration, calibration, recalibrate};
pub use logistic::{LogisticModel, fit_logistic};
