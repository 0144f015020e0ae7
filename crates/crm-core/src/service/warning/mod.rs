//! Early warning: the probability to lose a customer, by logistic regression on indicators, and how far such probabilities can be
//! trusted.

mod calibration;
mod logistic;

pub use calibration::{Calibration, CalibrationBin, Recalibration, calibration, recalibrate};
pub use logistic::{LogisticModel, fit_logistic};

use crate::error::{Error, Result};

/// Refuses NaN and infinities.
fn check_finite(argument: &'static str, column: &[f64]) -> Result<()> {
    match column.iter().position(|value| !value.is_finite()) {
        Some(row) => {
            let value = column.get(row).copied().unwrap_or(f64::NAN);
            Err(Error::not_finite(argument, value).at_row(row))
        }
        None => Ok(()),
    }
}

/// 1 / (1 + e^−x), without overflow.
fn logistic(x: f64) -> f64 {
    let power = libm::exp(-x.abs());
    if x >= 0.0 {
        1.0 / (1.0 + power)
    } else {
        power / (1.0 + power)
    }
}

/// ln(1 + eˣ), without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
