//! For tests: gradients beside differences of values.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::Likelihood;
use crate::prediction::Histories;

/// Histories with ends of their own: no repeat purchase, one just now, many.
pub(crate) fn histories_of_all_kinds() -> Histories {
    let frequency = [0.0, 0.0, 1.0, 2.0, 7.0, 7.0, 40.0, 3.0];
    let recency = [0.0, 0.0, 0.5, 30.0, 38.0, 9.0, 36.0, 20.0];
    let age = [39.0, 1.0, 39.0, 38.0, 38.0, 39.0, 37.0, 21.0];
    let weights = [300.0, 20.0, 40.0, 30.0, 5.0, 9.0, 2.0, 11.0];
    Histories::with_weights(&frequency, &recency, &age, &weights).unwrap()
}

/// The largest difference of the gradient at `point` from central differences of fourth order of the value,
/// as a part of the largest slope or, where slopes are small, of the value.
pub(crate) fn gradient_error(likelihood: &impl Likelihood, point: &[f64]) -> f64 {
    const STEP: f64 = 2e-3;
    let mut gradient = vec![0.0; point.len()];
    let value = likelihood.evaluate(point, &mut gradient);
    let at = |place: usize, steps: f64| {
        let mut moved = point.to_vec();
        if let Some(coordinate) = moved.get_mut(place) {
            *coordinate += steps * STEP;
        }
        likelihood.evaluate(&moved, &mut vec![0.0; point.len()])
    };
    let difference = |place: usize| {
        let near = at(place, 1.0) - at(place, -1.0);
        let far = at(place, 2.0) - at(place, -2.0);
        (8.0 * near - far) / (12.0 * STEP)
    };
    let size = gradient
        .iter()
        .fold(value.abs(), |size, slope| size.max(slope.abs()));
    let errors = gradient
        .iter()
        .enumerate()
        .map(|(place, slope)| (slope - difference(place)).abs());
    errors.fold(0.0, f64::max) / size
}
