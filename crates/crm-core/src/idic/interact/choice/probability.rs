//! With which probability each of several independent normal quantities is the largest.

use crate::math::elementary;

/// Cells into which the range of the largest quantity is cut.
const CELLS: usize = 40;
/// Standard deviations on either side that count.
const REACH: f64 = 5.0;

/// The probabilities, which sum to one, to about two hundredths: the mass of each quantity in a cell times the probability that the others
/// are lower. An action is drawn from these probabilities, so that the recorded one is exactly that of the draw.
pub(super) fn of_being_largest(means: &[f64], deviations: &[f64]) -> Vec<f64> {
    let bound = |sign: f64| {
        let ends = means.iter().zip(deviations);
        ends.map(|(mean, deviation)| mean + sign * REACH * deviation)
            .fold(f64::NEG_INFINITY, f64::max)
    };
    let (low, high) = (bound(-1.0), bound(1.0));
    let width = (high - low) / CELLS as f64;
    let mut probabilities = vec![0.0; means.len()];
    let mut below: Vec<f64> = means
        .iter()
        .zip(deviations)
        .map(|(mean, deviation)| normal_cdf(low, *mean, *deviation))
        .collect();
    let mut above = vec![0.0; means.len()];
    // Whatever lies below the range cannot be the largest but by less than 1e-6.
    for cell in 1..=CELLS {
        let end = if cell == CELLS {
            f64::INFINITY
        } else {
            low + width * cell as f64
        };
        for ((above, mean), deviation) in above.iter_mut().zip(means).zip(deviations) {
            *above = normal_cdf(end, *mean, *deviation);
        }
        for (place, probability) in probabilities.iter_mut().enumerate() {
            let mut mass = 0.0;
            let mut others = 1.0;
            for (other, (low, high)) in below.iter().zip(&above).enumerate() {
                if other == place {
                    mass = high - low;
                } else {
                    others *= 0.5 * (low + high);
                }
            }
            *probability += mass * others;
        }
        std::mem::swap(&mut below, &mut above);
    }
    let sum: f64 = probabilities.iter().sum();
    if sum > 0.0 {
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }
    probabilities
}

/// Φ((x − mean) / deviation) to 2e-4. Source: Page 1977, "Approximations to the cumulative normal function".
fn normal_cdf(x: f64, mean: f64, deviation: f64) -> f64 {
    let distance = x - mean;
    if deviation == 0.0 || distance.is_infinite() {
        return if distance > 0.0 { 1.0 } else { 0.0 };
    }
    let z = (distance / deviation).clamp(-8.0, 8.0);
    1.0 / (1.0 + elementary::exp(-z * (1.595_769_1 + 0.071_354_8 * z * z)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two normals: P = Φ((m₁ − m₂) / √(s₁² + s₂²)).
    #[test]
    fn two_are_known_in_closed_form() {
        for (means, deviations, expected) in [
            ([0.0, 0.0], [1.0, 1.0], 0.5),
            ([1.0, 0.0], [1.0, 1.0], 0.760_249_938_906_523_7),
            ([0.0, 3.0], [2.0, 0.5], 0.072_808_5),
            ([0.0, 1.0], [1e-9, 1.0], 0.158_655_3),
            ([1.0, 0.0], [0.0, 0.0], 1.0),
        ] {
            let found = of_being_largest(&means, &deviations);
            assert!((found[0] - expected).abs() < 0.025, "{found:?}, {expected}");
            assert!((found[0] + found[1] - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_ones_are_equally_likely() {
        for deviation in [0.0, 1e-6, 1.0] {
            let found = of_being_largest(&[2.0; 5], &[deviation; 5]);
            assert!(found.iter().all(|p| (p - 0.2).abs() < 1e-12), "{found:?}");
        }
    }
}
