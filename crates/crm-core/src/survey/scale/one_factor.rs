//! One common factor, fitted by maximum likelihood.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of items"
)]

use nalgebra::{DMatrix, DVector};

use crate::math::optimise::{Objective, Stop, minimise};

const STOP: Stop = Stop {
    tolerance: 1e-11,
    max_iterations: 2000,
};
/// The gradient may be no larger than this where the search ends by rounding.
const SOLVED: f64 = 1e-8;
/// A unique variance that is smaller is on its way to 0.
const LEAST_UNIQUE: f64 = 1e-5;

/// Loadings of standardised items with these correlations; the sum of the loadings is positive. `None` for less than three
/// items and where no maximum was found with unique variances greater than 0.
pub(super) fn fit(correlation: &DMatrix<f64>) -> Option<DVector<f64>> {
    let count = correlation.nrows();
    if count < 3 {
        return None;
    }
    let objective = Discrepancy { correlation };
    let found = minimise(&objective, &objective.start(), STOP);
    let (loadings, log_unique) = found.point.split_at_checked(count)?;
    let inside = log_unique.iter().all(|&u| libm::exp(u) > LEAST_UNIQUE);
    if !inside || found.gradient_norm > SOLVED || found.hessian.cholesky().is_none() {
        return None;
    }
    let loadings = DVector::from_column_slice(loadings);
    let sign = loadings.sum().signum();
    Some(loadings * sign)
}

/// ln |Σ| + tr(R Σ⁻¹) of Σ = λλᵀ + Ψ, by λ and ln ψ. At the minimum the diagonal of Σ is that of R.
struct Discrepancy<'a> {
    correlation: &'a DMatrix<f64>,
}

impl Discrepancy<'_> {
    /// From half of each variance common, shared by the first principal component.
    fn start(&self) -> Vec<f64> {
        let eigen = self.correlation.clone().symmetric_eigen();
        let first = eigen.eigenvalues.imax();
        let size = libm::sqrt(eigen.eigenvalues[first].max(1.0));
        let loadings = eigen.eigenvectors.column(first) * size;
        let loading = |l: &f64| l.clamp(-0.9, 0.9);
        let unique = |l: &f64| libm::log(1.0 - loading(l) * loading(l));
        let loadings: Vec<f64> = loadings.iter().copied().collect();
        let both = loadings
            .iter()
            .map(loading)
            .chain(loadings.iter().map(unique));
        both.collect()
    }
}

impl Objective for Discrepancy<'_> {
    fn evaluate(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let count = self.correlation.nrows();
        let (loadings, log_unique) = point.split_at(count);
        let unique = DVector::from_column_slice(log_unique).map(libm::exp);
        let loadings = DVector::from_column_slice(loadings);
        // Σ⁻¹ = Ψ⁻¹ − Ψ⁻¹ λλᵀ Ψ⁻¹ / (1 + λᵀ Ψ⁻¹ λ), |Σ| = |Ψ| (1 + λᵀ Ψ⁻¹ λ).
        let scaled = loadings.component_div(&unique);
        let signal = 1.0 + loadings.dot(&scaled);
        let mut inverse = &scaled * scaled.transpose() / -signal;
        for (i, variance) in unique.iter().enumerate() {
            inverse[(i, i)] += 1.0 / variance;
        }
        let product = self.correlation * &inverse;
        // dF/dΣ = Σ⁻¹ − Σ⁻¹ R Σ⁻¹.
        let slope = &inverse - &inverse * &product;
        let by_loading = &slope * &loadings * 2.0;
        let by_unique = slope.diagonal().component_mul(&unique);
        for (place, value) in gradient.iter_mut().zip(by_loading.iter().chain(&by_unique)) {
            *place = *value;
        }
        let determinant = log_unique.iter().sum::<f64>() + libm::log(signal);
        determinant + product.trace()
    }
}
