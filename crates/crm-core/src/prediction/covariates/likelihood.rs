use std::borrow::Cow;

use nalgebra::{DMatrix, Matrix4xX, Vector4};

use super::histories::CovariateHistories;
use super::model::{CovariateModel, Link, moved};
use super::score::without_rates;
use crate::error::{ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::optimise::WITHIN_REACH;
use crate::math::sum;
use crate::prediction::fit::{
    Fit, FitOptions, FitStatus, Likelihood, Parameter, Prior, Scale, by_logarithms, maximise,
};
use crate::prediction::{
    AnyPurchaseModel, BgNbd, Histories, MbgNbd, ParetoNbd, PurchaseHistory, PurchaseModel,
    PurchaseModelKind,
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

    /// The history of a group, its weight, and the model of its customers; no model where no number can hold its parameters.
    fn group(
        &self,
        group: usize,
        mean: [f64; 4],
        coefficients: &[f64],
    ) -> Option<(PurchaseHistory, f64, Option<AnyPurchaseModel>)> {
        let histories = self.histories;
        let (history, weight) = histories
            .groups
            .get(group)
            .zip(histories.weights.get(group))?;
        let z = |side| histories.design(side).row(group);
        let sum = |side, gamma: &[f64]| gamma.iter().zip(z(side)).map(|(g, z)| g * z).sum();
        let parameters = moved(mean, &self.links, coefficients, sum);
        let model = AnyPurchaseModel::new(self.kind, parameters).ok();
        Some((*history, *weight, model))
    }

    /// Derivatives of the logarithms of a group's parameters, which are linear in the coordinates.
    fn directions(&self, group: usize) -> Matrix4xX<f64> {
        let mut directions = Matrix4xX::identity(self.parameters.len());
        for link in &self.links {
            let z = self.histories.design(link.side).row(group);
            for (place, z) in link.coefficients.clone().zip(z) {
                if let Some(entry) = directions.get_mut((link.parameter, 4 + place)) {
                    *entry = link.sign * z;
                }
            }
        }
        directions
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
        let mean = logarithms.map(libm::exp);
        let size = coordinates.len();
        let sums = sum::blocks(self.histories.groups.len(), 1 + size, |group, sums| {
            let Some((history, weight, model)) = self.group(group, mean, coefficients) else {
                return;
            };
            let scored = model.as_ref().and_then(|model| model.scored().ok());
            let (Some(scored), [value, slopes @ ..]) = (scored, &mut *sums) else {
                sums.fill(f64::NAN);
                return;
            };
            let score = scored.score(history);
            *value += weight * score.value;
            let by_coordinates = self.directions(group).tr_mul(&Vector4::from(score.slopes));
            for (sum, slope) in slopes.iter_mut().zip(&by_coordinates) {
                *sum += weight * slope;
            }
        });
        let Some((value, slopes)) = sums.split_first() else {
            return f64::NAN;
        };
        gradient.copy_from_slice(slopes);
        *value
    }

    fn near(&self) -> f64 {
        WITHIN_REACH
    }

    fn hessian(&self, coordinates: &[f64], _: &[f64]) -> Option<DMatrix<f64>> {
        let (logarithms, coefficients) = coordinates.split_first_chunk::<4>()?;
        let mean = logarithms.map(libm::exp);
        let size = coordinates.len();
        let groups = self.histories.groups.len();
        let sums = sum::blocks(groups, size * size, |group, sums| {
            let Some((history, weight, model)) = self.group(group, mean, coefficients) else {
                return;
            };
            let scored = model.as_ref().and_then(|model| model.scored().ok());
            let (Some(model), Some(scored)) = (&model, scored) else {
                sums.fill(f64::NAN);
                return;
            };
            let second = scored.second_derivatives(history);
            let slopes = scored.score(history).slopes;
            let curvature = by_logarithms(model.parameters(), second, slopes);
            let directions = self.directions(group);
            let by_coordinates = directions.tr_mul(&(curvature * weight * &directions));
            for (sum, entry) in sums.iter_mut().zip(&by_coordinates) {
                *sum += entry;
            }
        });
        Some(DMatrix::from_column_slice(size, size, &sums))
    }
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
    use crate::prediction::fit::{gradient_error, hessian_error};
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

    #[test]
    fn slopes_and_curvature_are_those_of_the_value() {
        for &kind in &PurchaseModelKind::ALL[..3] {
            for &effect in DropoutEffect::ALL {
                let histories = histories(effect);
                let likelihood = Standardised::new(kind, &histories, 0.0).unwrap();
                let mut point = vec![-0.4, 1.6, 0.3, 0.9];
                let coefficients = 4..likelihood.parameters.len();
                point.extend(coefficients.map(|place| 0.3 - 0.1 * place as f64));
                let slopes = gradient_error(&likelihood, &point);
                let curvature = hessian_error(&likelihood, &point).unwrap();
                assert!(slopes < 1e-9, "{kind:?} {effect:?}: {slopes}");
                assert!(curvature < 1e-9, "{kind:?} {effect:?}: {curvature}");
            }
        }
    }
}
