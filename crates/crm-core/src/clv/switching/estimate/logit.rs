use std::f64::consts::FRAC_1_SQRT_2;

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::super::TransitionMatrix;
use super::choices::{Evaluation, Shape, mean_feature, softmax};
use super::newton::Maximum;
use super::survey::{Survey, check_table};
use crate::error::{Error, ErrorKind, Result};

/// Surveys that need more coefficients than this are refused.
const MOST_COEFFICIENTS: usize = 1024;

/// A switching matrix from a survey, by a multinomial logit with inertia: a customer who bought brand i last
/// chooses brand j next with probability P_ij = exp V_j / Σ_l exp V_l,
///
/// V_j = α_j + λ·1{j = i} + β·x_j + γ_j·z, where α_0 = 0 and γ_0 = 0.
///
/// x_j are the attributes of brand j, z the covariates of the customer. λ is the inertia: to have been bought
/// last makes the odds of a brand e^λ times as great.
///
/// Source: McFadden 1974, "Conditional logit analysis of qualitative choice behavior"; inertia by the last
/// brand as in Rust, Lemon & Zeithaml 2004, equation (1), and Guadagni & Little 1983.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LogitFit {
    /// α_1, …, α_{k−1}; λ; β_1, …, β_m; then γ_j1, …, γ_jq for j = 1, …, k − 1.
    pub coefficients: Vec<Coefficient>,
    /// The covariances of the estimates, row-major in the order of the coefficients: the inverse of the
    /// observed information.
    pub covariance: Vec<f64>,
    /// ln L at the estimates.
    pub log_likelihood: f64,
    /// ln L with all coefficients 0: −n ln k.
    pub null_log_likelihood: f64,
    /// ln L with constants alone: the brands' shares of the answers.
    pub shares_log_likelihood: f64,
    /// McFadden's ρ² = 1 − ln L / ln L(0), against the null model.
    pub mcfadden_r_squared: f64,
    /// n.
    pub customers: usize,
    /// The steps that were taken.
    pub iterations: usize,
    /// The largest |∂ ln L / ∂θ| × standard error: how many standard errors the estimates may be from
    /// the maximum, about.
    pub gradient_norm: f64,
    /// The smallest part of a coefficient's information at zero that is left at the estimates, the others
    /// being known: greater than 0, as the maximum is the only one.
    pub least_information: f64,
    #[serde(skip)]
    shape: Shape,
}

/// What a coefficient belongs to; brands and columns are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// α_j.
    Constant {
        /// j.
        brand: usize,
    },
    /// λ.
    Inertia,
    /// A number of β.
    Attribute {
        /// Its column.
        column: usize,
    },
    /// A number of γ_j.
    Covariate {
        /// j.
        brand: usize,
        /// Its column.
        column: usize,
    },
}

/// An estimate of one coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Coefficient {
    /// What it belongs to.
    pub term: Term,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// estimate / standard error.
    pub z: f64,
    /// The probability of a larger |z| if the coefficient is 0.
    pub p_value: f64,
}

/// A matrix as a fitted model predicts it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PredictedMatrix {
    /// P.
    pub transition_matrix: TransitionMatrix,
    /// The standard error of each entry by the delta method, √(∇P_ij' Σ ∇P_ij), row-major.
    pub standard_errors: Vec<f64>,
}

impl Survey<'_> {
    /// The multinomial logit with inertia that makes the answers likeliest, by Newton's method: the
    /// likelihood is concave, so the maximum is the only one.
    ///
    /// ```
    /// use crm_core::clv::switching::estimate::Survey;
    ///
    /// // Of 10 buyers of each brand, 8 and 6 stay.
    /// let (mut last, mut next) = (Vec::new(), Vec::new());
    /// for (i, j, customers) in [(0, 0, 8), (0, 1, 2), (1, 0, 4), (1, 1, 6)] {
    ///     last.extend(vec![i; customers]);
    ///     next.extend(vec![j; customers]);
    /// }
    /// let fit = Survey::new(2, &last, &next)?.fit()?;
    /// // With two brands the model has a parameter for each row of the matrix: it gives back the shares.
    /// let matrix = fit.predict(&[], &[])?.transition_matrix;
    /// assert!((matrix.entries()[0] - 0.8).abs() < 1e-12 && (matrix.entries()[3] - 0.6).abs() < 1e-12);
    /// assert!((fit.coefficients[1].estimate - 0.5 * (4.0_f64.ln() + 1.5_f64.ln())).abs() < 1e-12);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `NoSolution` with the offending coefficient where the maximum does not exist: for fewer than two brands,
    /// a brand that nobody chooses, attributes or covariates that follow from each other (collinear),
    /// or one that tells the answers of some customers without doubt (separated); `OutOfRange` for more than 1024
    /// coefficients; `NotConverged`.
    pub fn fit(&self) -> Result<LogitFit> {
        self.check_choices()?;
        let null = Evaluation::of(self, &vec![0.0; Shape::of(self).parameters()]);
        let maximum = Maximum::of(self, &null)?;
        Ok(LogitFit::new(self, &null, maximum))
    }

    /// Two brands or more, each of which somebody chooses, and not too many coefficients.
    fn check_choices(&self) -> Result<()> {
        let coefficients = Shape::of(self).parameters();
        if coefficients > MOST_COEFFICIENTS {
            let reason = format!("must need at most {MOST_COEFFICIENTS} coefficients");
            let error = Error::new(ErrorKind::OutOfRange, "covariates", reason);
            return Err(error.with_value(format_args!("in need of {coefficients}")));
        }
        if self.brands < 2 {
            let reason = "must be two brands or more: there is no choice";
            return Err(Error::new(ErrorKind::NoSolution, "brands", reason).with_value(self.brands));
        }
        match (0..self.brands).find(|brand| !self.next.contains(brand)) {
            Some(brand) => {
                let reason = "was chosen by nobody, so that its constant is without bound: leave the brand out";
                let error = Error::new(ErrorKind::NoSolution, "next", reason);
                Err(error.with_value(format_args!("never brand {brand}; it")))
            }
            None => Ok(()),
        }
    }

    /// Σ_j n_j ln(n_j / n).
    fn shares_log_likelihood(&self) -> f64 {
        let n = self.customers() as f64;
        let buyers = |brand| self.next.iter().filter(|&&next| next == brand).count() as f64;
        let brands = (0..self.brands).map(buyers);
        brands.map(|buyers| buyers * libm::log(buyers / n)).sum()
    }
}

impl LogitFit {
    fn new(survey: &Survey<'_>, null: &Evaluation, maximum: Maximum) -> Self {
        let shape = Shape::of(survey);
        let errors = maximum.covariance.diagonal().map(libm::sqrt);
        let coefficient = |(j, (&estimate, &standard_error)): (usize, (&f64, &f64))| {
            let z: f64 = estimate / standard_error;
            Coefficient {
                term: shape.term(j),
                estimate,
                standard_error,
                z,
                p_value: libm::erfc(z.abs() * FRAC_1_SQRT_2),
            }
        };
        let estimates = maximum.theta.iter().zip(&errors).enumerate();
        let log_likelihood = maximum.at.log_likelihood;
        LogitFit {
            coefficients: estimates.map(coefficient).collect(),
            covariance: maximum.covariance.as_slice().to_vec(),
            log_likelihood,
            null_log_likelihood: null.log_likelihood,
            shares_log_likelihood: survey.shares_log_likelihood(),
            mcfadden_r_squared: 1.0 - log_likelihood / null.log_likelihood,
            customers: survey.customers(),
            iterations: maximum.iterations,
            gradient_norm: maximum.at.gradient.component_mul(&errors).amax(),
            least_information: maximum.least_information,
            shape,
        }
    }

    /// The number of brands.
    #[must_use]
    pub fn brands(&self) -> usize {
        self.shape.brands
    }

    /// The switching matrix of customers with these covariates z, who see brands with these attributes:
    /// one row of x_j for each brand. For a market, take means, or average the matrices of customers.
    ///
    /// # Errors
    /// `LengthMismatch` unless there is one number for each covariate, and for each attribute of each brand;
    /// `NotFinite`; `Overflow` for numbers so far from those of the survey that utilities have no value.
    pub fn predict(&self, covariates: &[f64], attributes: &[f64]) -> Result<PredictedMatrix> {
        let shape = self.shape;
        check_table("covariates", 1, shape.covariates, covariates).map_err(Error::without_row)?;
        check_table("attributes", shape.brands, shape.attributes, attributes)?;
        let theta: Vec<f64> = self.coefficients.iter().map(|c| c.estimate).collect();
        let (mut entries, mut standard_errors) = (Vec::new(), Vec::new());
        let mut features = DMatrix::zeros(shape.parameters(), shape.brands);
        for last in 0..shape.brands {
            shape.features(last, covariates, attributes, &mut features);
            let probabilities = softmax(&features, &theta).0;
            if !probabilities.iter().all(|p| p.is_finite()) {
                return Err(Error::overflow("attributes"));
            }
            let mean = mean_feature(&features, &probabilities);
            for (column, &p) in features.column_iter().zip(&probabilities) {
                // ∇P_ij = P_ij (f_j − Σ_l P_il f_l).
                let gradient: DVector<f64> = (column - &mean) * p;
                standard_errors.push(libm::sqrt(self.variance(gradient.as_slice())));
                entries.push(p);
            }
        }
        Ok(PredictedMatrix {
            transition_matrix: TransitionMatrix::trusted(shape.brands, entries),
            standard_errors,
        })
    }

    /// g' Σ g.
    fn variance(&self, gradient: &[f64]) -> f64 {
        let rows = self.covariance.chunks_exact(gradient.len());
        let product = |row: &[f64]| row.iter().zip(gradient).map(|(c, g)| c * g).sum::<f64>();
        let sum: f64 = rows.zip(gradient).map(|(row, g)| g * product(row)).sum();
        f64::max(sum, 0.0)
    }
}
