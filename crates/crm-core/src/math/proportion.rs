//! Proportions that were counted, and the quantile of two-sided intervals.

use super::normal;
use crate::error::{Error, ErrorKind, Result};
use crate::units::Probability;

/// z = Φ⁻¹((1 + confidence)/2), the quantile of a two-sided normal interval.
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for a confidence of 0 or 1.
pub(crate) fn z(confidence: Probability) -> Result<f64> {
    upper_point(confidence).map(normal::quantile)
}

/// (1 + confidence)/2, the probability below the upper end of a two-sided interval.
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for a confidence of 0 or 1.
pub(crate) fn upper_point(confidence: Probability) -> Result<f64> {
    if confidence == Probability::ZERO || confidence == Probability::ONE {
        let reason = "must lie between 0 and 1, both excluded";
        return Err(
            Error::new(ErrorKind::OutOfRange, "confidence", reason).with_value(confidence.value())
        );
    }
    Ok(f64::midpoint(1.0, confidence.to_f64()))
}

/// The ends of the Wilson interval of p̂ = `count` / `base`:
/// (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n).
///
/// Source: Wilson 1927.
pub(crate) fn wilson(count: u64, base: u64, z: f64) -> (f64, f64) {
    let n = base as f64;
    let rate = count as f64 / n;
    let centre = rate + z * z / (2.0 * n);
    let spread = z * libm::sqrt((rate * (1.0 - rate) + z * z / (4.0 * n)) / n);
    let scale = 1.0 + z * z / n;
    let lower = if count == 0 {
        0.0
    } else {
        (centre - spread) / scale
    };
    let upper = if count == base {
        1.0
    } else {
        (centre + spread) / scale
    };
    (lower, upper)
}
