//! Models of purchases whose rates hang on covariates.

use crm_core::kernels::Column;
use crm_core::prediction::{
    self, CovariateColumns, CovariateHistories, CovariateModel, Covariates, DropoutEffect,
    PredictionNumbers, PurchaseModelKind, PurchasePrediction,
};
use pyo3::prelude::*;

use super::fit::{OptionParts, Report};
use super::purchases::Customers;
use crate::buffers::{Floats, Output, Values, detached};
use crate::categories::member;
use crate::error::Result;

/// The columns of purchases and of dropout.
#[derive(FromPyObject)]
pub(crate) struct Given(Vec<Values>, Vec<Values>);

impl Given {
    pub(crate) fn sides(&self) -> crm_core::Result<[Vec<Column<'_>>; 2]> {
        Ok([
            columns("purchase_covariates", &self.0)?,
            columns("dropout_covariates", &self.1)?,
        ])
    }
}

fn columns<'a>(argument: &'static str, given: &'a [Values]) -> crm_core::Result<Vec<Column<'a>>> {
    given.iter().map(|column| column.column(argument)).collect()
}

pub(crate) fn columns_of<'a>(
    [purchase, dropout]: &'a [Vec<Column<'a>>; 2],
) -> CovariateColumns<'a> {
    CovariateColumns { purchase, dropout }
}

/// The names of the covariates of purchases and of dropout, and the effect of the latter.
#[derive(FromPyObject)]
pub(crate) struct Names(Vec<String>, Vec<String>, String);

impl Names {
    fn covariates(self) -> crm_core::Result<Covariates> {
        Ok(Covariates {
            purchase: self.0,
            dropout: self.1,
            dropout_effect: member::<DropoutEffect>("dropout_effect", &self.2)?,
        })
    }
}

/// A model with its parameters.
#[pyclass(frozen, name = "CovariateModel", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct WithCovariates(pub(crate) CovariateModel);

#[pymethods]
impl WithCovariates {
    #[new]
    fn new(kind: &str, names: Names, parameters: Vec<f64>) -> Result<Self> {
        let kind = member::<PurchaseModelKind>("kind", kind)?;
        let model = CovariateModel::of(kind, names.covariates()?, &parameters)?;
        Ok(WithCovariates(model))
    }

    /// The model that fits best, and how the fit went.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "what a fit needs")]
    fn fit(
        py: Python<'_>,
        kind: &str,
        histories: (Floats, Floats, Floats),
        weights: Option<Floats>,
        names: Names,
        given: Given,
        covariate_penalty: f64,
        options: OptionParts,
    ) -> Result<(Self, Report)> {
        let kind = member::<PurchaseModelKind>("kind", kind)?;
        let (frequency, recency, age) = &histories;
        let (frequency, recency) = (frequency.slice("frequency")?, recency.slice("recency")?);
        let age = age.slice("age")?;
        let weights = weights.as_ref().map(|w| w.slice("weights")).transpose()?;
        let (options, names) = (options.into(), names.covariates()?);
        let sides = given.sides()?;
        let columns = columns_of(&sides);
        let fit = detached(py, || {
            let histories =
                CovariateHistories::new(frequency, recency, age, weights, names, columns)?;
            CovariateModel::fit(kind, &histories, covariate_penalty, &options)
        })?;
        Ok((WithCovariates(fit.model), Report(fit.report)))
    }

    #[getter]
    fn parameters(&self) -> Vec<(String, f64)> {
        self.0
            .names()
            .into_iter()
            .zip(self.0.parameters())
            .collect()
    }

    fn log_likelihood(
        &self,
        py: Python<'_>,
        customers: Customers,
        given: Given,
        mut out: Output,
    ) -> Result<()> {
        let (customers, out) = (customers.columns()?, out.slice()?);
        let sides = given.sides()?;
        let models = self.0.customers(columns_of(&sides))?;
        detached(py, || {
            prediction::log_likelihood_into(&models, customers, out)
        })
    }

    #[expect(clippy::too_many_arguments, reason = "what all predictions need")]
    fn predict(
        &self,
        py: Python<'_>,
        prediction: &str,
        customers: Customers,
        given: Given,
        horizon: Values,
        purchases: Values,
        discount_rate: Values,
        mut out: Output,
    ) -> Result<()> {
        let prediction = member::<PurchasePrediction>("prediction", prediction)?;
        let (customers, out) = (customers.columns()?, out.slice()?);
        let numbers = PredictionNumbers {
            horizon: horizon.column("horizon")?,
            purchases: purchases.column("purchases")?,
            discount_rate: discount_rate.column("discount_rate")?,
        };
        let sides = given.sides()?;
        let models = self.0.customers(columns_of(&sides))?;
        detached(py, || {
            prediction.predict_into(&models, customers, numbers, out)
        })
    }

    /// Frequency and recency of customers of these ages, whose covariates are `given`.
    fn simulate(
        &self,
        py: Python<'_>,
        age: Floats,
        given: Given,
        seed: u64,
    ) -> Result<(Vec<f64>, Vec<f64>)> {
        let age = age.slice("age")?;
        let sides = given.sides()?;
        let models = self.0.customers(columns_of(&sides))?;
        let made = detached(py, || prediction::simulate_histories(&models, age, seed))?;
        Ok((made.frequency, made.recency))
    }
}
