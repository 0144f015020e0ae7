//! The likelihood of a multinomial logit with inertia, its gradient and information.

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::logit::Term;
use super::survey::Survey;

/// Which coefficients a model has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Shape {
    pub(super) brands: usize,
    pub(super) attributes: usize,
    pub(super) covariates: usize,
}

impl Shape {
    pub(super) fn of(survey: &Survey<'_>) -> Self {
        Shape {
            brands: survey.brands,
            attributes: survey.attributes.0,
            covariates: survey.covariates.0,
        }
    }

    /// How many coefficients there are.
    pub(super) fn parameters(self) -> usize {
        self.first_covariate() + (self.brands - 1) * self.covariates
    }

    fn inertia(self) -> usize {
        self.brands - 1
    }

    fn first_covariate(self) -> usize {
        self.brands + self.attributes
    }

    /// What a coefficient belongs to.
    pub(super) fn term(self, place: usize) -> Term {
        if place < self.inertia() {
            Term::Constant { brand: place + 1 }
        } else if place == self.inertia() {
            Term::Inertia
        } else if place < self.first_covariate() {
            let column = place - self.brands;
            Term::Attribute { column }
        } else {
            let place = place - self.first_covariate();
            Term::Covariate {
                brand: place / self.covariates + 1,
                column: place % self.covariates,
            }
        }
    }

    /// f with V_j = f_j · θ: one column for each brand j.
    #[expect(
        clippy::indexing_slicing,
        reason = "features have one row for each parameter"
    )]
    pub(super) fn features(
        self,
        last: usize,
        covariates: &[f64],
        attributes: &[f64],
        features: &mut DMatrix<f64>,
    ) {
        features.fill(0.0);
        for (j, mut column) in features.column_iter_mut().enumerate() {
            column[self.inertia()] = f64::from(u8::from(j == last));
            let own = attributes.iter().skip(j * self.attributes);
            for (place, x) in own.take(self.attributes).enumerate() {
                column[self.brands + place] = *x;
            }
            if j > 0 {
                column[j - 1] = 1.0;
                let first = self.first_covariate() + (j - 1) * self.covariates;
                for (place, z) in covariates.iter().enumerate() {
                    column[first + place] = *z;
                }
            }
        }
    }
}

/// ln L at some coefficients, with its derivatives.
#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    /// Σ ln P(next).
    pub(super) log_likelihood: f64,
    /// Σ (f_next − f̄), where f̄ = Σ_j P_j f_j.
    pub(super) gradient: DVector<f64>,
    /// Σ Σ_j P_j (f_j − f̄)(f_j − f̄)': the negative of the matrix of second derivatives.
    pub(super) information: DMatrix<f64>,
}

impl Evaluation {
    pub(super) fn of(survey: &Survey<'_>, theta: &[f64]) -> Self {
        let shape = Shape::of(survey);
        let parameters = shape.parameters();
        let mut made = Evaluation {
            log_likelihood: 0.0,
            gradient: DVector::zeros(parameters),
            information: DMatrix::zeros(parameters, parameters),
        };
        let mut features = DMatrix::zeros(parameters, shape.brands);
        for (row, (&last, &next)) in survey.last.iter().zip(&survey.next).enumerate() {
            let covariates = of_row(survey.covariates.1, shape.covariates, row);
            let attributes = of_row(survey.attributes.1, shape.brands * shape.attributes, row);
            shape.features(last, covariates, attributes, &mut features);
            let (probabilities, ln_sum) = softmax(&features, theta);
            let utility: f64 = features
                .column(next)
                .iter()
                .zip(theta)
                .map(|(f, t)| f * t)
                .sum();
            made.log_likelihood += utility - ln_sum;
            let mean = mean_feature(&features, &probabilities);
            for mut column in features.column_iter_mut() {
                column -= &mean;
            }
            made.gradient += features.column(next);
            for (column, &p) in features.column_iter().zip(&probabilities) {
                made.information.ger(p, &column, &column, 1.0);
            }
        }
        made
    }
}

/// The probability of each brand and ln Σ exp V_j, without overflow.
pub(super) fn softmax(features: &DMatrix<f64>, theta: &[f64]) -> (Vec<f64>, f64) {
    let utility = |column: &[f64]| column.iter().zip(theta).map(|(f, t)| f * t).sum::<f64>();
    let utilities: Vec<f64> = features
        .column_iter()
        .map(|column| utility(column.as_slice()))
        .collect();
    let largest = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = utilities.iter().map(|v| libm::exp(v - largest)).collect();
    let sum: f64 = powers.iter().sum();
    let probabilities = powers.iter().map(|power| power / sum).collect();
    (probabilities, largest + libm::log(sum))
}

/// f̄ = Σ_j P_j f_j.
pub(super) fn mean_feature(features: &DMatrix<f64>, probabilities: &[f64]) -> DVector<f64> {
    let mut mean = DVector::zeros(features.nrows());
    for (column, &p) in features.column_iter().zip(probabilities) {
        mean.axpy(p, &column, 1.0);
    }
    mean
}

fn of_row(values: &[f64], columns: usize, row: usize) -> &[f64] {
    values
        .get(row * columns..(row + 1) * columns)
        .unwrap_or(&[])
}
