//! For tests: second derivatives beside differences of gradients.

use super::Likelihood;

/// The largest difference of the Hessian at `point` from central differences of fourth order of the gradient, as a
/// part of the largest entry or, where entries are small, of the value. None if there is no form of the Hessian.
pub(crate) fn hessian_error(likelihood: &impl Likelihood, point: &[f64]) -> Option<f64> {
    const STEP: f64 = 2e-3;
    let gradient_at = |place: usize, steps: f64| {
        let mut moved = point.to_vec();
        if let Some(coordinate) = moved.get_mut(place) {
            *coordinate += steps * STEP;
        }
        let mut gradient = vec![0.0; point.len()];
        let value = likelihood.evaluate(&moved, &mut gradient);
        (value, gradient)
    };
    let (value, gradient) = gradient_at(0, 0.0);
    let hessian = likelihood.hessian(point, &gradient)?;
    let size = hessian.amax().max(value.abs());
    let columns = (0..point.len()).map(|place| {
        let [up, down] = [1.0, -1.0].map(|steps| gradient_at(place, steps).1);
        let [up_twice, down_twice] = [2.0, -2.0].map(|steps| gradient_at(place, steps).1);
        let near = up.iter().zip(&down).map(|(up, down)| up - down);
        let far = up_twice.iter().zip(&down_twice).map(|(up, down)| up - down);
        let slopes = near
            .zip(far)
            .map(|(near, far)| (8.0 * near - far) / (12.0 * STEP));
        let found = hessian.column(place);
        slopes
            .zip(&found)
            .map(|(slope, entry)| (slope - entry).abs())
            .fold(0.0, f64::max)
    });
    Some(columns.fold(0.0, f64::max) / size)
}
