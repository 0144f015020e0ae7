//! How sure predictions are, for every model: intervals, totals, draws.

use crm_core::Error;
use crm_core::prediction::{
    self, AnyPurchaseModel, Bdw, CovariateModel, CustomerModels, GammaGamma, HistoryColumns,
    IntervalColumns, LifetimeValueColumns, LifetimeValueModel, Parametric, PredictionInterval,
    PredictionNumbers, PurchasePrediction, Range, RenewalColumns, RenewalPrediction, SpendColumns,
    UncertainModel,
};
use pyo3::prelude::*;

use super::covariates::{Given, WithCovariates, columns_of};
use super::gamma_gamma::Spend;
use super::purchases::{Customers, Model};
use crate::buffers::{Output, Values, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;

/// Estimate, standard error, lower and upper end.
pub(super) type Interval = (f64, f64, f64, f64);

/// The three parameters of a model of spend or of renewals.
pub(super) type Three = (f64, f64, f64);

/// Where estimates, standard errors, lower and upper ends go.
#[derive(FromPyObject)]
pub(crate) struct IntervalOutputs(Output, Output, Output, Output);

impl IntervalOutputs {
    /// Writes what `predict` makes of the model for each row, with intervals at this level.
    fn write<M: Parametric + Send>(
        &mut self,
        py: Python<'_>,
        model: &UncertainModel<M>,
        range: Range,
        level: &Number,
        predict: impl Fn(&M, &mut [f64]) -> crm_core::Result<()> + Send,
    ) -> Result<()> {
        let (level, mut out) = (level.probability("level")?, self.columns()?);
        detached(py, || model.intervals_into(range, level, predict, &mut out))
    }

    fn columns(&mut self) -> crm_core::Result<IntervalColumns<'_>> {
        Ok(IntervalColumns {
            estimate: self.0.slice()?,
            standard_error: self.1.slice()?,
            lower: self.2.slice()?,
            upper: self.3.slice()?,
        })
    }
}

/// Over how many rows to sum, at which level, and with which count and seed of draws, if with any.
#[derive(FromPyObject)]
pub(crate) struct Total(usize, Number, Option<(u32, u64)>);

impl Total {
    fn of<M: Parametric + Send>(
        &self,
        py: Python<'_>,
        model: &UncertainModel<M>,
        range: Range,
        predict: impl Fn(&M, &mut [f64]) -> crm_core::Result<()> + Send,
    ) -> Result<Interval> {
        let level = self.1.probability("level")?;
        let total = detached(py, || match self.2 {
            None => model.total(self.0, range, level, predict),
            Some(draws) => model.total_by_draws(self.0, level, draws, predict),
        })?;
        Ok(parts(total))
    }
}

pub(super) fn parts(interval: PredictionInterval) -> Interval {
    let PredictionInterval {
        estimate,
        standard_error,
        lower,
        upper,
        ..
    } = interval;
    (estimate, standard_error, lower, upper)
}

/// The parameters of drawn models, one model after the other.
fn write_draws<M: Parametric + Send>(
    py: Python<'_>,
    model: &UncertainModel<M>,
    (count, seed): (u32, u64),
    mut out: Output,
) -> Result<()> {
    let out = out.slice()?;
    detached(py, || {
        let drawn: Vec<f64> = model
            .draws(count, seed)?
            .iter()
            .flat_map(Parametric::values)
            .collect();
        if drawn.len() != out.len() {
            return Err(Error::length("out", out.len(), drawn.len()));
        }
        out.copy_from_slice(&drawn);
        Ok(())
    })
}

/// Horizon, purchases and discount rate.
#[derive(FromPyObject)]
pub(crate) struct Numbers(Values, Values, Values);

impl Numbers {
    fn columns(&self) -> crm_core::Result<PredictionNumbers<'_>> {
        Ok(PredictionNumbers {
            horizon: self.0.column("horizon")?,
            purchases: self.1.column("purchases")?,
            discount_rate: self.2.column("discount_rate")?,
        })
    }
}

/// Which prediction, for which customers, and its numbers.
struct Asked<'a> {
    prediction: PurchasePrediction,
    customers: HistoryColumns<'a>,
    numbers: PredictionNumbers<'a>,
}

impl<'a> Asked<'a> {
    fn new(prediction: &str, customers: &'a Customers, numbers: &'a Numbers) -> Result<Self> {
        Ok(Asked {
            prediction: member::<PurchasePrediction>("prediction", prediction)?,
            customers: customers.columns()?,
            numbers: numbers.columns()?,
        })
    }

    fn predict(&self, models: &impl CustomerModels, out: &mut [f64]) -> crm_core::Result<()> {
        self.prediction
            .predict_into(models, self.customers, self.numbers, out)
    }
}

/// A model of purchases with the covariance of its parameters' logarithms.
#[pyclass(frozen, name = "UncertainPurchases", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct UncertainPurchases(UncertainModel<AnyPurchaseModel>);

#[pymethods]
impl UncertainPurchases {
    #[new]
    fn new(model: &Model, log_covariance: Vec<f64>) -> Result<Self> {
        Ok(Self(UncertainModel::new(model.0, &log_covariance)?))
    }

    fn intervals(
        &self,
        py: Python<'_>,
        prediction: &str,
        customers: Customers,
        numbers: Numbers,
        level: Number,
        mut out: IntervalOutputs,
    ) -> Result<()> {
        let asked = Asked::new(prediction, &customers, &numbers)?;
        let range = asked.prediction.range();
        out.write(py, &self.0, range, &level, |model, out| {
            asked.predict(model, out)
        })
    }

    fn total(
        &self,
        py: Python<'_>,
        prediction: &str,
        customers: Customers,
        numbers: Numbers,
        how: Total,
    ) -> Result<Interval> {
        let asked = Asked::new(prediction, &customers, &numbers)?;
        how.of(py, &self.0, asked.prediction.range(), |model, out| {
            asked.predict(model, out)
        })
    }

    fn draws(&self, py: Python<'_>, count: u32, seed: u64, out: Output) -> Result<()> {
        write_draws(py, &self.0, (count, seed), out)
    }
}

/// A model with covariates, with the covariance of the logarithms of its first parameters and of its coefficients.
#[pyclass(frozen, name = "UncertainCovariates", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct UncertainCovariates(UncertainModel<CovariateModel>);

#[pymethods]
impl UncertainCovariates {
    #[new]
    fn new(model: &WithCovariates, log_covariance: Vec<f64>) -> Result<Self> {
        let model = model.0.clone();
        Ok(Self(UncertainModel::new(model, &log_covariance)?))
    }

    #[expect(clippy::too_many_arguments, reason = "what all predictions need")]
    fn intervals(
        &self,
        py: Python<'_>,
        prediction: &str,
        customers: Customers,
        given: Given,
        numbers: Numbers,
        level: Number,
        mut out: IntervalOutputs,
    ) -> Result<()> {
        let asked = Asked::new(prediction, &customers, &numbers)?;
        let (range, sides) = (asked.prediction.range(), given.sides()?);
        out.write(py, &self.0, range, &level, |model, out| {
            asked.predict(&model.customers(columns_of(&sides))?, out)
        })
    }

    fn total(
        &self,
        py: Python<'_>,
        prediction: &str,
        customers: Customers,
        given: Given,
        numbers: Numbers,
        how: Total,
    ) -> Result<Interval> {
        let asked = Asked::new(prediction, &customers, &numbers)?;
        let sides = given.sides()?;
        how.of(py, &self.0, asked.prediction.range(), |model, out| {
            asked.predict(&model.customers(columns_of(&sides))?, out)
        })
    }

    fn draws(&self, py: Python<'_>, count: u32, seed: u64, out: Output) -> Result<()> {
        write_draws(py, &self.0, (count, seed), out)
    }
}

/// A model of spend with the covariance of its parameters' logarithms.
#[pyclass(frozen, name = "UncertainSpend", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct UncertainSpend(UncertainModel<GammaGamma>);

#[pymethods]
impl UncertainSpend {
    #[new]
    fn new(parameters: Three, log_covariance: Vec<f64>) -> Result<Self> {
        let (p, q, gamma) = parameters;
        let model = GammaGamma::new(p, q, gamma)?;
        Ok(Self(UncertainModel::new(model, &log_covariance)?))
    }

    fn intervals(
        &self,
        py: Python<'_>,
        spend: Spend,
        level: Number,
        mut out: IntervalOutputs,
    ) -> Result<()> {
        let predict = predict_spend(spend.columns()?);
        out.write(py, &self.0, Range::OneSign, &level, predict)
    }

    fn total(&self, py: Python<'_>, spend: Spend, how: Total) -> Result<Interval> {
        let spend = spend.columns()?;
        how.of(py, &self.0, Range::OneSign, predict_spend(spend))
    }

    fn draws(&self, py: Python<'_>, count: u32, seed: u64, out: Output) -> Result<()> {
        write_draws(py, &self.0, (count, seed), out)
    }
}

fn predict_spend(
    spend: SpendColumns<'_>,
) -> impl Fn(&GammaGamma, &mut [f64]) -> crm_core::Result<()> {
    move |model, out| prediction::expected_spend_into(model, spend, out)
}

/// A model of customers under contract with the covariance of its parameters' logarithms.
#[pyclass(frozen, name = "UncertainRenewals", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct UncertainRenewals(UncertainModel<Bdw>);

/// Renewals, horizon and discount rate.
#[derive(FromPyObject)]
pub(crate) struct Contracts(Values, Values, Values);

impl Contracts {
    fn columns(&self) -> crm_core::Result<RenewalColumns<'_>> {
        Ok(RenewalColumns {
            renewals: self.0.column("renewals")?,
            horizon: self.1.column("horizon")?,
            discount_rate: self.2.column("discount_rate")?,
        })
    }
}

#[pymethods]
impl UncertainRenewals {
    #[new]
    fn new(parameters: Three, log_covariance: Vec<f64>) -> Result<Self> {
        let (alpha, beta, c) = parameters;
        let model = Bdw::new(alpha, beta, c)?;
        Ok(Self(UncertainModel::new(model, &log_covariance)?))
    }

    fn intervals(
        &self,
        py: Python<'_>,
        prediction: &str,
        customers: Contracts,
        level: Number,
        mut out: IntervalOutputs,
    ) -> Result<()> {
        let prediction = member::<RenewalPrediction>("prediction", prediction)?;
        let customers = customers.columns()?;
        out.write(py, &self.0, prediction.range(), &level, |model, out| {
            prediction.predict_into(model, customers, out)
        })
    }

    fn total(
        &self,
        py: Python<'_>,
        prediction: &str,
        customers: Contracts,
        how: Total,
    ) -> Result<Interval> {
        let prediction = member::<RenewalPrediction>("prediction", prediction)?;
        let customers = customers.columns()?;
        how.of(py, &self.0, prediction.range(), |model, out| {
            prediction.predict_into(model, customers, out)
        })
    }

    fn draws(&self, py: Python<'_>, count: u32, seed: u64, out: Output) -> Result<()> {
        write_draws(py, &self.0, (count, seed), out)
    }
}

/// Customers to value: histories, what the mean spend is of, and horizon, discount rate and margin.
#[derive(FromPyObject)]
pub(crate) struct Valued(Customers, Values, Values, Values, Values, Values);

impl Valued {
    fn columns(&self) -> crm_core::Result<LifetimeValueColumns<'_>> {
        let histories = self.0.columns()?;
        Ok(LifetimeValueColumns {
            frequency: histories.frequency,
            recency: histories.recency,
            age: histories.age,
            spend_frequency: self.1.column("spend_frequency")?,
            mean_spend: self.2.column("mean_spend")?,
            horizon: self.3.column("horizon")?,
            discount_rate: self.4.column("discount_rate")?,
            margin: self.5.column("margin")?,
        })
    }
}

/// The lifetime value of each customer.
#[pyfunction]
pub(crate) fn lifetime_value(
    py: Python<'_>,
    purchases: &Model,
    spend: Three,
    customers: Valued,
    mut out: Output,
) -> Result<()> {
    let (customers, out) = (customers.columns()?, out.slice()?);
    let model = valued(purchases.0, spend)?;
    detached(py, || {
        prediction::lifetime_value_into(&model, customers, out)
    })
}

/// The lifetime value of each customer, whose purchases hang on covariates.
#[pyfunction]
pub(crate) fn covariate_lifetime_value(
    py: Python<'_>,
    purchases: &WithCovariates,
    spend: Three,
    customers: Valued,
    given: Given,
    mut out: Output,
) -> Result<()> {
    let (customers, out) = (customers.columns()?, out.slice()?);
    let (model, sides) = (valued(purchases.0.clone(), spend)?, given.sides()?);
    detached(py, || {
        let models = model.customers(columns_of(&sides))?;
        prediction::lifetime_value_into(&models, customers, out)
    })
}

fn valued<M>(purchases: M, (p, q, gamma): Three) -> Result<LifetimeValueModel<M>> {
    Ok(LifetimeValueModel {
        purchases,
        spend: GammaGamma::new(p, q, gamma)?,
    })
}

/// Models of purchases and spend with the covariances of their parameters' logarithms.
#[pyclass(frozen, name = "UncertainLifetimeValue", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct UncertainLifetimeValue(UncertainModel<LifetimeValueModel<AnyPurchaseModel>>);

#[pymethods]
impl UncertainLifetimeValue {
    #[new]
    fn new(purchases: &UncertainPurchases, spend: &UncertainSpend) -> Self {
        Self(LifetimeValueModel::uncertain(&purchases.0, &spend.0))
    }

    fn intervals(
        &self,
        py: Python<'_>,
        customers: Valued,
        level: Number,
        mut out: IntervalOutputs,
    ) -> Result<()> {
        let customers = customers.columns()?;
        out.write(py, &self.0, Range::OneSign, &level, |model, out| {
            prediction::lifetime_value_into(model, customers, out)
        })
    }

    fn total(&self, py: Python<'_>, customers: Valued, how: Total) -> Result<Interval> {
        let customers = customers.columns()?;
        how.of(py, &self.0, Range::OneSign, |model, out| {
            prediction::lifetime_value_into(model, customers, out)
        })
    }
}

/// The same where purchases hang on covariates.
#[pyclass(
    frozen,
    name = "UncertainCovariateLifetimeValue",
    module = "crm_core._core"
)]
#[derive(Debug)]
pub(crate) struct UncertainCovariateLifetimeValue(
    UncertainModel<LifetimeValueModel<CovariateModel>>,
);

#[pymethods]
impl UncertainCovariateLifetimeValue {
    #[new]
    fn new(purchases: &UncertainCovariates, spend: &UncertainSpend) -> Self {
        Self(LifetimeValueModel::uncertain(&purchases.0, &spend.0))
    }

    fn intervals(
        &self,
        py: Python<'_>,
        customers: Valued,
        given: Given,
        level: Number,
        mut out: IntervalOutputs,
    ) -> Result<()> {
        let (customers, sides) = (customers.columns()?, given.sides()?);
        out.write(py, &self.0, Range::OneSign, &level, |model, out| {
            let models = model.customers(columns_of(&sides))?;
            prediction::lifetime_value_into(&models, customers, out)
        })
    }

    fn total(
        &self,
        py: Python<'_>,
        customers: Valued,
        given: Given,
        how: Total,
    ) -> Result<Interval> {
        let (customers, sides) = (customers.columns()?, given.sides()?);
        how.of(py, &self.0, Range::OneSign, |model, out| {
            let models = model.customers(columns_of(&sides))?;
            prediction::lifetime_value_into(&models, customers, out)
        })
    }
}

#[pyfunction]
pub(crate) fn gamma_gamma_expected_spend_density(
    py: Python<'_>,
    parameters: Three,
    expected_spend: Values,
    mut out: Output,
) -> Result<()> {
    let (p, q, gamma) = parameters;
    let model = GammaGamma::new(p, q, gamma)?;
    let (at, out) = (expected_spend.column("expected_spend")?, out.slice()?);
    detached(py, || {
        prediction::expected_spend_density_into(&model, at, out)
    })
}
