//! With which probability each of several independent normal quantities is the largest.

use pulp::{Arch, Simd, WithSimd};

use crate::math::elementary;

/// Cells into which the range of the largest quantity is cut.
const CELLS: usize = 40;
/// Sums over cells go in so many chains.
const CHAINS: usize = 8;
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
    let each = means.iter().zip(deviations).map(|(mean, deviation)| Cells {
        // What is known for sure has a step in place of a slope.
        slope: 1.0 / deviation.max(f64::MIN_POSITIVE),
        distance: low - mean,
        width,
        mass: [0.0; CELLS],
        middle: [0.0; CELLS],
        lower: [0.0; CELLS],
    });
    let mut each: Vec<Cells> = each.collect();
    let mut probabilities = vec![0.0; means.len()];
    Arch::new().dispatch(Largest {
        each: &mut each,
        probabilities: &mut probabilities,
    });
    let sum: f64 = probabilities.iter().sum();
    if sum > 0.0 {
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }
    probabilities
}

/// A quantity over the cells.
struct Cells {
    slope: f64,
    /// From the mean to the lower end of the first cell.
    distance: f64,
    width: f64,
    /// The probability of each cell. Whatever lies below the first cannot be the largest but by less than 1e-6.
    mass: [f64; CELLS],
    /// Φ in the middle of each cell, taken as the mean of its ends.
    middle: [f64; CELLS],
    /// The probability that the quantities before this one are lower.
    lower: [f64; CELLS],
}

struct Largest<'a> {
    each: &'a mut [Cells],
    probabilities: &'a mut [f64],
}

impl WithSimd for Largest<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut lower = [1.0; CELLS];
        for cells in self.each.iter_mut() {
            cells.fill();
            cells.lower = lower;
            for (lower, middle) in lower.iter_mut().zip(&cells.middle) {
                *lower *= middle;
            }
        }
        let mut higher = [1.0; CELLS];
        for (cells, probability) in self.each.iter().zip(self.probabilities).rev() {
            let mut largest = [0.0; CELLS];
            let others = cells.lower.iter().zip(&mut higher);
            let each = cells.mass.iter().zip(&cells.middle).zip(others);
            for (((mass, middle), (lower, higher)), largest) in each.zip(&mut largest) {
                *largest = mass * lower * *higher;
                *higher *= middle;
            }
            *probability = sum(&largest);
        }
    }
}

impl Cells {
    #[inline(always)]
    fn fill(&mut self) {
        let mut up_to = [0.0; CELLS];
        for (p, cell) in up_to.iter_mut().zip(1_i32..) {
            let end = self.distance + self.width * f64::from(cell);
            *p = normal_cdf(end * self.slope);
        }
        // The last cell has no end.
        up_to[CELLS - 1] = 1.0;
        let mut below = [normal_cdf(self.distance * self.slope); CELLS];
        below[1..].copy_from_slice(&up_to[..CELLS - 1]);
        for (((mass, middle), above), below) in self
            .mass
            .iter_mut()
            .zip(&mut self.middle)
            .zip(&up_to)
            .zip(&below)
        {
            *mass = above - below;
            *middle = 0.5 * (above + below);
        }
    }
}

#[inline(always)]
fn sum(values: &[f64; CELLS]) -> f64 {
    let mut sums = [0.0; CHAINS];
    for part in values.chunks_exact(CHAINS) {
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum += value;
        }
    }
    sums.iter().sum()
}

/// Φ(z) to 2e-4. Source: Page 1977, "Approximations to the cumulative normal function".
#[inline(always)]
fn normal_cdf(z: f64) -> f64 {
    let z = z.clamp(-8.0, 8.0);
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
