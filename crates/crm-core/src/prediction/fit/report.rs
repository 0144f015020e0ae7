use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::engine::{Parameter, Scale};
use crate::error::{Error, ErrorKind, Result};
use crate::math::normal;
use crate::units::{Label, Probability, Terms};

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fit<M> {
    /// The model with the fitted parameters.
    pub model: M,
    /// How the fit went, and how sure it is.
    pub report: FitReport,
}

impl<M> Fit<M> {
    pub(crate) fn new(model: M, report: FitReport) -> Self {
        Fit { model, report }
    }

    /// The same fit with its model made another.
    pub fn map<N>(self, make: impl FnOnce(M) -> N) -> Fit<N> {
        Fit {
            model: make(self.model),
            report: self.report,
        }
    }
}

/// Whether the likelihood has a maximum among the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum FitStatus {
    /// It has: the gradient vanishes and the Hessian is positive definite.
    Converged = 0,
    /// It has none that the data could tell: it still grows, or stays as it is, while a parameter
    /// goes to 0 or without bound. The parameters are as good as any further on, and predictions
    /// are those of the limit; standard errors have no meaning and are NaN. A prior gives a maximum.
    Boundary = 1,
}

impl Label for FitStatus {
    const ALL: &'static [Self] = &[FitStatus::Converged, FitStatus::Boundary];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            FitStatus::Converged => ("converged", "Converged", "已收敛"),
            FitStatus::Boundary => ("boundary", "At the boundary", "位于边界"),
        };
        Terms { name, en, zh }
    }
}

/// How a fit went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FitReport {
    /// Names of the parameters.
    pub names: Vec<String>,
    /// The fitted parameters.
    pub estimates: Vec<f64>,
    /// ln L at the estimates, without penalty and prior.
    pub log_likelihood: f64,
    /// N, the sum of the weights.
    pub customers: f64,
    /// Steps of the search that found the estimates.
    pub iterations: u32,
    /// Norm of the gradient of what was minimised: −ln L / N by the logarithms of the parameters.
    pub gradient_norm: f64,
    /// Whether this is a maximum.
    pub status: FitStatus,
    coordinates: Vec<f64>,
    scales: Vec<Scale>,
    /// Of the coordinates, row-major; none at the boundary.
    covariance: Option<Vec<f64>>,
}

/// One parameter with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// Its name.
    pub name: String,
    /// The fitted value.
    pub estimate: f64,
    /// Standard error, by the delta method from that of the logarithm.
    pub standard_error: f64,
    /// Lower end of the confidence interval, which is symmetric for the logarithm.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl FitReport {
    #[expect(clippy::too_many_arguments, reason = "its one caller is the engine")]
    pub(crate) fn new(
        parameters: Vec<Parameter>,
        coordinates: Vec<f64>,
        covariance: Option<DMatrix<f64>>,
        log_likelihood: f64,
        customers: f64,
        iterations: u32,
        gradient_norm: f64,
        status: FitStatus,
    ) -> Self {
        let scales: Vec<Scale> = parameters.iter().map(|p| p.scale).collect();
        let value = |(scale, coordinate): (&Scale, &f64)| scale.value(*coordinate);
        FitReport {
            names: parameters
                .into_iter()
                .map(|p| p.name.into_owned())
                .collect(),
            estimates: scales.iter().zip(&coordinates).map(value).collect(),
            log_likelihood,
            customers,
            iterations,
            gradient_norm,
            status,
            coordinates,
            scales,
            covariance: covariance.map(|matrix| matrix.transpose().as_slice().to_vec()),
        }
    }

    /// The same fit in other coordinates of the same scales: those that `map` makes of these.
    pub(crate) fn mapped(self, map: &DMatrix<f64>) -> Self {
        let size = self.coordinates.len();
        let coordinates = map * DVector::from_vec(self.coordinates);
        let value = |(scale, coordinate): (&Scale, &f64)| scale.value(*coordinate);
        let covariance = self.covariance.map(|covariance| {
            let mapped = map * DMatrix::from_row_slice(size, size, &covariance) * map.transpose();
            mapped.transpose().as_slice().to_vec()
        });
        FitReport {
            estimates: self.scales.iter().zip(&coordinates).map(value).collect(),
            coordinates: coordinates.as_slice().to_vec(),
            covariance,
            ..self
        }
    }

    /// Akaike's information criterion, 2k − 2 ln L with k parameters.
    #[must_use]
    pub fn aic(&self) -> f64 {
        2.0 * self.estimates.len() as f64 - 2.0 * self.log_likelihood
    }

    /// The Bayesian information criterion, k ln N − 2 ln L.
    #[must_use]
    pub fn bic(&self) -> f64 {
        self.estimates.len() as f64 * libm::log(self.customers) - 2.0 * self.log_likelihood
    }

    /// Covariance of the logarithms of the parameters (of a covariate's coefficient itself), row-major:
    /// the inverse of the Hessian of −ln L, with penalty and prior. NaN at the boundary.
    #[must_use]
    pub fn log_covariance(&self) -> Vec<f64> {
        let size = self.estimates.len() * self.estimates.len();
        self.covariance
            .clone()
            .unwrap_or_else(|| vec![f64::NAN; size])
    }

    /// Covariance of the parameters, row-major, by the delta method: cov(ln θᵢ, ln θⱼ) · θᵢ θⱼ.
    #[must_use]
    pub fn covariance(&self) -> Vec<f64> {
        let slopes: Vec<f64> = self.slopes().collect();
        let products = slopes
            .iter()
            .flat_map(|a| slopes.iter().map(move |b| a * b));
        self.log_covariance()
            .into_iter()
            .zip(products)
            .map(|(covariance, product)| covariance * product)
            .collect()
    }

    /// The standard error of each parameter, by the delta method. NaN at the boundary.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        let covariance = self.covariance();
        let variances = covariance.iter().step_by(self.estimates.len() + 1);
        variances.copied().map(libm::sqrt).collect()
    }

    /// Each parameter with its standard error and its confidence interval at `level`:
    /// exp(ln θ ± z · s), with s the standard error of ln θ and z the normal quantile.
    ///
    /// # Errors
    /// `OutOfRange` for a level of 0 or 1.
    pub fn intervals(&self, level: Probability) -> Result<Vec<Estimate>> {
        let z = normal_quantile(level)?;
        let covariance = self.log_covariance();
        let variances = covariance.iter().step_by(self.estimates.len() + 1);
        let deviations: Vec<f64> = variances.copied().map(libm::sqrt).collect();
        let parameters = self.names.iter().zip(&self.scales).zip(&self.coordinates);
        let errors = self.slopes().zip(&deviations);
        let estimates = parameters.zip(errors);
        Ok(estimates
            .map(|(((name, scale), coordinate), (slope, s))| Estimate {
                name: name.clone(),
                estimate: scale.value(*coordinate),
                standard_error: slope * s,
                lower: scale.value(coordinate - z * s),
                upper: scale.value(coordinate + z * s),
            })
            .collect())
    }

    /// dθ / d coordinate of each parameter.
    fn slopes(&self) -> impl Iterator<Item = f64> {
        let slope = |(scale, estimate): (&Scale, &f64)| match scale {
            Scale::Logarithm => *estimate,
            Scale::Linear => 1.0,
        };
        self.scales.iter().zip(&self.estimates).map(slope)
    }
}

impl Scale {
    /// The parameter that has this coordinate.
    fn value(self, coordinate: f64) -> f64 {
        match self {
            Scale::Logarithm => libm::exp(coordinate),
            Scale::Linear => coordinate,
        }
    }

    /// The parameter whose coordinate is `step` from that of `value`.
    pub(crate) fn moved(self, value: f64, step: f64) -> f64 {
        match self {
            Scale::Logarithm => value * libm::exp(step),
            Scale::Linear => value + step,
        }
    }
}

/// z for a two-sided interval at `level`.
pub(crate) fn normal_quantile(level: Probability) -> Result<f64> {
    if level == Probability::ZERO || level == Probability::ONE {
        let rule = "must be between 0 and 1, both excluded";
        return Err(Error::new(ErrorKind::OutOfRange, "level", rule).with_value(level.value()));
    }
    Ok(normal::quantile(0.5 + 0.5 * level.to_f64()))
}
