//! Everything that follows from the correlations of the indicators: composites, corrections for attenuation, regressions, effects.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators, constructs or paths"
)]

use super::composites::{Composites, Failure, Plan, Regression};
use super::options::{Estimator, PlsOptions};

/// The estimates of one set of correlations.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimates {
    pub(super) composites: Composites,
    /// Correlations of the indicators with their own constructs.
    pub(super) loadings: Vec<f64>,
    /// Correlations of the constructs, row-major.
    pub(super) correlations: Vec<f64>,
    /// ρ_A.
    pub(super) rho_a: Vec<f64>,
    /// One for each path.
    pub(super) paths: Vec<f64>,
    /// Variance inflation factors, one for each path.
    pub(super) inflation: Vec<f64>,
    /// NaN for a construct without drivers.
    pub(super) r_squared: Vec<f64>,
}

impl Estimates {
    pub(super) fn new(plan: &Plan, s: &[f64], options: &PlsOptions) -> Result<Self, Failure> {
        let composites = Composites::new(plan, s, options)?;
        let constructs = plan.constructs();
        let rho_a: Vec<f64> = (0..constructs)
            .map(|j| rho_a(plan, s, &composites, j))
            .collect();
        let loadings = plan.blocks.iter().enumerate().flat_map(|(j, block)| {
            composites.loadings[j * plan.indicators..][block.clone()].iter()
        });
        let mut estimates = Estimates {
            loadings: loadings.copied().collect(),
            correlations: composites.correlations.clone(),
            composites,
            rho_a,
            paths: vec![0.0; plan.paths],
            inflation: vec![0.0; plan.paths],
            r_squared: vec![f64::NAN; constructs],
        };
        if options.estimator == Estimator::Consistent {
            estimates.correct(plan)?;
        }
        estimates.regress(plan)?;
        Ok(estimates)
    }

    /// Takes blocks in mode A for common factors: λ = w √ρ_A / w'w, and correlations divided by √(ρ_A ρ_A').
    ///
    /// Source: Dijkstra & Henseler 2015, "Consistent partial least squares path modeling", MIS Quarterly 39, eq. 3–6.
    fn correct(&mut self, plan: &Plan) -> Result<(), Failure> {
        let constructs = plan.constructs();
        for construct in (0..constructs).filter(|&j| plan.is_factor(j)) {
            let rho = self.rho_a[construct];
            if rho.is_nan() || rho <= 0.0 {
                return Err(Failure::Reliability { construct });
            }
            let block = plan.blocks[construct].clone();
            let weights = &self.composites.weights[block.clone()];
            let squares: f64 = weights.iter().map(|w| w * w).sum();
            for (loading, weight) in self.loadings[block].iter_mut().zip(weights) {
                *loading = weight * libm::sqrt(rho) / squares;
            }
            for other in (0..constructs).filter(|&k| k != construct) {
                self.correlations[construct * constructs + other] /= libm::sqrt(rho);
                self.correlations[other * constructs + construct] /= libm::sqrt(rho);
            }
        }
        Ok(())
    }

    fn regress(&mut self, plan: &Plan) -> Result<(), Failure> {
        for j in 0..plan.constructs() {
            if plan.drivers[j].is_empty() {
                continue;
            }
            let regression = Regression::new(plan, &self.correlations, j)?;
            self.r_squared[j] = regression.r_squared;
            for (k, (_, path)) in plan.drivers[j].iter().enumerate() {
                self.paths[*path] = regression.coefficients[k];
                self.inflation[*path] = regression.inflation[k];
            }
        }
        Ok(())
    }

    /// Row-major: entry (i, k) is the sum over all ways from construct i to k of the product of their paths.
    pub(super) fn total_effects(&self, plan: &Plan) -> Vec<f64> {
        let constructs = plan.constructs();
        let mut total = vec![0.0; constructs * constructs];
        for from in 0..constructs {
            for &to in &plan.order {
                let effect = plan.drivers[to].iter().map(|&(driver, path)| {
                    let reached = if driver == from {
                        1.0
                    } else {
                        total[from * constructs + driver]
                    };
                    reached * self.paths[path]
                });
                // The sum of no terms is −0.
                total[from * constructs + to] = 0.0 + effect.sum::<f64>();
            }
        }
        total
    }
}

/// (w'w)² · w'(S − diag S)w / w'(ww' − diag ww')w, which is 1 for a single item and in mode B.
///
/// Source: Dijkstra & Henseler 2015, eq. 3.
fn rho_a(plan: &Plan, s: &[f64], composites: &Composites, construct: usize) -> f64 {
    if !plan.is_factor(construct) {
        return 1.0;
    }
    let block = plan.blocks[construct].clone();
    let weights = &composites.weights[block.clone()];
    let (mut covariances, mut products) = (0.0, 0.0);
    for (i, &w_i) in block.clone().zip(weights) {
        for (k, &w_k) in block.clone().zip(weights) {
            if i != k {
                covariances += w_i * w_k * s[i * plan.indicators + k];
                products += w_i * w_i * w_k * w_k;
            }
        }
    }
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    squares * squares * covariances / products
}

#[cfg(test)]
mod tests {
    use super::super::{Construct, InnerScheme, Mode, StructuralModel};
    use super::*;

    const LOADINGS: [f64; 8] = [0.9, 0.7, 0.8, 0.6, 0.85, 0.75, 0.95, 0.5];

    /// a → b, a → c, b → c.
    fn model() -> StructuralModel {
        StructuralModel::new(
            vec![
                Construct::new("a", Mode::A, ["a1", "a2", "a3"]),
                Construct::new("b", Mode::A, ["b1", "b2"]),
                Construct::new("c", Mode::A, ["c1", "c2", "c3"]),
            ],
            &[("a", "b"), ("a", "c"), ("b", "c")],
        )
        .unwrap()
    }

    /// From correlations of a factor model PLSc finds the factor model: λ, ρ, β and R², whatever the scheme.
    #[test]
    fn consistent() {
        let (model, factor) = (model(), [0, 0, 0, 1, 1, 2, 2, 2]);
        // β = 0.5; 0.3 and 0.4: ρ_ac = 0.3 + 0.4 · 0.5, ρ_bc = 0.4 + 0.3 · 0.5.
        let rho = [[1.0, 0.5, 0.5], [0.5, 1.0, 0.55], [0.5, 0.55, 1.0]];
        let entry = |i: usize, k: usize| match i == k {
            true => 1.0,
            false => LOADINGS[i] * rho[factor[i]][factor[k]] * LOADINGS[k],
        };
        let s: Vec<f64> = (0..64).map(|place| entry(place / 8, place % 8)).collect();
        for scheme in [
            InnerScheme::Path,
            InnerScheme::Centroid,
            InnerScheme::Factorial,
        ] {
            let options = PlsOptions {
                scheme,
                estimator: Estimator::Consistent,
                tolerance: 1e-15,
                ..PlsOptions::default()
            };
            let found = Estimates::new(&Plan::new(&model), &s, &options).unwrap();
            let close = |found: &[f64], expected: &[f64]| {
                assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-13, "{found} {expected}");
                }
            };
            close(&found.loadings, &LOADINGS);
            close(&found.correlations, rho.as_flattened());
            close(&found.paths, &[0.5, 0.3, 0.4]);
            // R² = Σ β ρ.
            close(&found.r_squared[1..], &[0.25, 0.3 * 0.5 + 0.4 * 0.55]);
            let total = found.total_effects(&Plan::new(&model));
            close(&total, &[0.0, 0.5, 0.5, 0.0, 0.0, 0.4, 0.0, 0.0, 0.0]);
        }
    }
}
