use std::borrow::Cow;

use nalgebra::DMatrix;

use super::histories::CovariateHistories;
use super::model::{CovariateModel, Link, moved};
use super::score::without_rates;
use crate::error::{ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::sum;
use crate::prediction::fit::{
    Fit, FitOptions, FitStatus, Likelihood, Parameter, Prior, Scale, maximise,
};
use crate::prediction::{
    AnyPurchaseModel, BgNbd, Histories, MbgNbd, ParetoNbd, PurchaseModel, PurchaseModelKind,
};

/// The likelihood by the logarithms of the parameters of a customer with mean covariates, and by the
/// coefficients of standardised covariates.
struct Standardised<'a> {
    kind: PurchaseModelKind,
    histories: &'a CovariateHistories,
    links: Vec<Link>,
    parameters: Vec<Parameter>,
    centre: Vec<f64>,
    starts: Vec<Vec<f64>>,
}

impl<'a> Standardised<'a> {
    fn new(
        kind: PurchaseModelKind,
        histories: &'a CovariateHistories,
        penalty: f64,
    ) -> Result<Self> {
        let names = histories.covariates.coefficient_names(kind);
        let plain = without_covariates(kind, &histories.plain)?;
        let with_zeros = |plain: Vec<f64>| [plain, vec![0.0; names.len()]].concat();
        let best = best_without_covariates(kind, &histories.plain)?;
        let starts = best.into_iter().chain(plain.starts());
        let coefficient = |name: &String| Parameter {
            name: Cow::Owned(name.clone()),
            scale: Scale::Linear,
            penalty,
        };
        let parameters = plain.parameters().into_iter();
        Ok(Standardised {
            kind,
            histories,
            links: histories.covariates.links(kind),
            parameters: parameters.chain(names.iter().map(coefficient)).collect(),
            centre: with_zeros(plain.centre()),
            starts: starts.map(with_zeros).collect(),
        })
    }

    /// From these coordinates to those of the covariates as they are, z = mean + deviation · u:
    /// γ = γᵤ / deviation and ln θ₀ = ln θ − sign · γ'mean.
    fn to_given_units(&self) -> DMatrix<f64> {
        let size = self.parameters.len();
        let mut map = DMatrix::identity(size, size);
        let mut set = |place: (usize, usize), value| {
            if let Some(entry) = map.get_mut(place) {
                *entry = value;
            }
        };
        for link in &self.links {
            let scales = self.histories.design(link.side).scales();
            for (place, (mean, deviation)) in link.coefficients.clone().zip(scales) {
                set((4 + place, 4 + place), 1.0 / deviation);
                set((link.parameter, 4 + place), -link.sign * mean / deviation);
            }
        }
        map
    }
}

/// The likelihood of the plain model.
fn without_covariates<'a>(
    kind: PurchaseModelKind,
    histories: &'a Histories,
) -> Result<Box<dyn Likelihood + 'a>> {
    Ok(match kind {
        PurchaseModelKind::BgNbd => Box::new(BgNbd::likelihood(histories)),
        PurchaseModelKind::MbgNbd => Box::new(MbgNbd::likelihood(histories)),
        PurchaseModelKind::ParetoNbd => Box::new(ParetoNbd::likelihood(histories)),
        PurchaseModelKind::BgBb => return Err(without_rates()),
    })
}

/// The coordinates of the plain model's maximum; with a prior, where it has none.
fn best_without_covariates(
    kind: PurchaseModelKind,
    histories: &Histories,
) -> Result<Option<Vec<f64>>> {
    let plain = FitOptions {
        tolerance: 1e-6,
        ..FitOptions::default()
    };
    let with_prior = FitOptions {
        prior: Some(Prior::default()),
        ..plain.clone()
    };
    for options in [plain, with_prior] {
        match AnyPurchaseModel::fit(kind, histories, &options) {
            Ok(fit) if fit.report.status == FitStatus::Converged => {
                return Ok(Some(fit.model.parameters().map(libm::log).to_vec()));
            }
            Err(error) if error.kind() != ErrorKind::NotConverged => return Err(error),
            _ => {}
        }
    }
    Ok(None)
}

impl Likelihood for Standardised<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        self.parameters.clone()
    }

    fn customers(&self) -> f64 {
        self.histories.customers()
    }

    fn centre(&self) -> Vec<f64> {
        self.centre.clone()
    }

    fn starts(&self) -> Vec<Vec<f64>> {
        self.starts.clone()
    }

    fn evaluate(&self, coordinates: &[f64], gradient: &mut [f64]) -> f64 {
        let Some((logarithms, coefficients)) = coordinates.split_first_chunk::<4>() else {
            return f64::NAN;
        };
        let histories = self.histories;
        let mean = logarithms.map(libm::exp);
        let sums = sum::blocks(
            histories.groups.len(),
            1 + coordinates.len(),
            |row, sums| {
                let (Some(&history), Some(weight)) =
                    (histories.groups.get(row), histories.weights.get(row))
                else {
                    return;
                };
                let z = |side| histories.design(side).row(row);
                let sum = |side, gamma: &[f64]| gamma.iter().zip(z(side)).map(|(g, z)| g * z).sum();
                let parameters = moved(mean, &self.links, coefficients, sum);
                let model = AnyPurchaseModel::new(self.kind, parameters);
                let Ok(score) = model.and_then(|model| Ok(model.scored()?.score(history))) else {
                    // No number can hold the parameters.
                    sums.iter_mut().for_each(|sum| *sum = f64::NAN);
                    return;
                };
                let Some((value, by_parameters, by_coefficients)) = parts(sums) else {
                    return;
                };
                *value += weight * score.value;
                for (sum, slope) in by_parameters.iter_mut().zip(score.slopes) {
                    *sum += weight * slope;
                }
                for link in &self.links {
                    let slope = score
                        .slopes
                        .get(link.parameter)
                        .copied()
                        .unwrap_or_default();
                    let places = by_coefficients.get_mut(link.coefficients.clone());
                    for (sum, z) in places.unwrap_or_default().iter_mut().zip(z(link.side)) {
                        *sum += weight * link.sign * slope * z;
                    }
                }
            },
        );
        let Some((value, slopes)) = sums.split_first() else {
            return f64::NAN;
        };
        gradient.copy_from_slice(slopes);
        *value
    }
}

/// The places of the value, of the slopes by the parameters and of those by the coefficients.
fn parts(sums: &mut [f64]) -> Option<(&mut f64, &mut [f64; 4], &mut [f64])> {
    let (value, slopes) = sums.split_first_mut()?;
    let (parameters, coefficients) = slopes.split_first_chunk_mut::<4>()?;
    Some((value, parameters, coefficients))
}

impl CovariateModel {
    /// The most likely parameters of a model of this kind for `histories`.
    ///
    /// The search is over covariates that are standardised to mean 0 and variance 1, so that neither their units nor
    /// where their zeros lie matter; what is reported is in the units of the caller. In the options this concerns:
    /// the penalty and the prior, which are of the parameters of a customer with mean covariates, and of
    /// coefficients γ · (standard deviation of the covariate); and the norm of the gradient.
    ///
    /// `penalty` is λ of a ridge on the coefficients alone: λ/2 · Σ (γ · standard deviation)² is added to −ln L / N.
    ///
    /// # Errors
    /// Those of the plain model's fit; `OutOfRange` for a model of discrete time; `NotFinite` and `OutOfRange` for
    /// `penalty`, named `covariate_penalty`.
    pub fn fit(
        kind: PurchaseModelKind,
        histories: &CovariateHistories,
        penalty: f64,
        options: &FitOptions,
    ) -> Result<Fit<Self>> {
        if !Domain::NonNegative.contains(penalty) {
            return Err(Domain::NonNegative.refuse("covariate_penalty", penalty));
        }
        let likelihood = Standardised::new(kind, histories, penalty)?;
        let report = maximise(&likelihood, options)?.mapped(&likelihood.to_given_units());
        let model = Self::of(kind, histories.covariates.clone(), &report.estimates)?;
        Ok(Fit::new(model, report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prediction::{CovariateColumns, Covariates, DropoutEffect};
    use crate::units::Label;

    fn histories(dropout_effect: DropoutEffect) -> CovariateHistories {
        let (x, t_x) = ([0.0, 1.0, 3.0, 0.0, 12.0], [0.0, 2.0, 30.0, 0.0, 38.0]);
        let age = [30.0, 39.0, 33.0, 28.0, 38.0];
        let columns = [[1.0, 0.0, 1.0, 0.0, 0.5], [10.0, -3.0, 4.0, 8.0, 2.0]];
        let [first, second] = columns.each_ref().map(|column| (&column[..]).into());
        let covariates = Covariates {
            purchase: vec!["first".into(), "second".into()],
            dropout: vec!["second".into()],
            dropout_effect,
        };
        let given = CovariateColumns {
            purchase: &[first, second],
            dropout: &[second],
        };
        let weights = Some(&[3.0, 2.0, 1.5, 4.0, 1.0][..]);
        CovariateHistories::new(&x, &t_x, &age, weights, covariates, given).unwrap()
    }

    /// Slopes are differences of the value, whose error is of the sixth order in the step.
    #[test]
    fn slopes() {
        const STEP: f64 = 1e-2;
        for &kind in &PurchaseModelKind::ALL[..3] {
            for &effect in DropoutEffect::ALL {
                let histories = histories(effect);
                let likelihood = Standardised::new(kind, &histories, 0.0).unwrap();
                let size = likelihood.parameters.len();
                let mut point = vec![-0.4, 1.6, 0.3, 0.9];
                point.extend((4..size).map(|place| 0.3 - 0.1 * place as f64));
                let value = |place: usize, steps: f64| {
                    let mut moved = point.clone();
                    moved[place] += steps * STEP;
                    likelihood.evaluate(&moved, &mut vec![0.0; size])
                };
                let mut gradient = vec![0.0; size];
                likelihood.evaluate(&point, &mut gradient);
                for (place, slope) in gradient.iter().enumerate() {
                    let difference = |steps| value(place, steps) - value(place, -steps);
                    let expected = (45.0 * difference(1.0) - 9.0 * difference(2.0)
                        + difference(3.0))
                        / (60.0 * STEP);
                    assert!(
                        (slope - expected).abs() < 1e-9 * expected.abs().max(1.0),
                        "{kind:?} {effect:?} {place}: {slope} {expected}"
                    );
                }
            }
        }
    }
}
