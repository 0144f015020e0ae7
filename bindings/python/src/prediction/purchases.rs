//! The models of purchases, of any kind.

use crm_core::prediction::{
    self, AnyPurchaseModel, Histories, HistoryColumns, PurchaseModel, PurchaseModelKind,
};
use crm_core::units::Label;
use pyo3::prelude::*;

use super::fit::{OptionParts, Report};
use crate::buffers::{Floats, Output, Values, detached};
use crate::categories::member;
use crate::error::Result;

/// Frequency, recency and age: columns, or one number for all rows.
#[derive(FromPyObject)]
pub(crate) struct Customers(Values, Values, Values);

impl Customers {
    pub(super) fn columns(&self) -> crm_core::Result<HistoryColumns<'_>> {
        Ok(HistoryColumns {
            frequency: self.0.column("frequency")?,
            recency: self.1.column("recency")?,
            age: self.2.column("age")?,
        })
    }
}

/// A model of purchases with its parameters.
#[pyclass(frozen, name = "PurchaseModel", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Model(pub(super) AnyPurchaseModel);

#[pymethods]
impl Model {
    #[new]
    fn new(kind: &str, parameters: [f64; 4]) -> Result<Self> {
        let kind = member::<PurchaseModelKind>("kind", kind)?;
        Ok(Model(AnyPurchaseModel::new(kind, parameters)?))
    }

    /// The model that fits best, and how the fit went.
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        kind: &str,
        customers: Customers,
        rows: usize,
        weights: Option<Floats>,
        options: OptionParts,
    ) -> Result<(Self, Report)> {
        let kind = member::<PurchaseModelKind>("kind", kind)?;
        let customers = customers.columns()?;
        let weights = weights.as_ref().map(|w| w.slice("weights")).transpose()?;
        let options = options.into();
        let fit = detached(py, || {
            let histories = Histories::of_columns(customers, rows, weights)?;
            AnyPurchaseModel::fit(kind, &histories, &options)
        })?;
        Ok((Model(fit.model), Report(fit.report)))
    }

    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().name()
    }

    #[getter]
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let names = self.0.names().into_iter();
        names.zip(self.0.parameters()).collect()
    }

    fn log_likelihood(&self, py: Python<'_>, customers: Customers, mut out: Output) -> Result<()> {
        let (customers, out) = (customers.columns()?, out.slice()?);
        detached(py, || {
            prediction::log_likelihood_into(&self.0, customers, out)
        })
    }

    fn probability_alive(
        &self,
        py: Python<'_>,
        customers: Customers,
        horizon: Values,
        mut out: Output,
    ) -> Result<()> {
        let (customers, out) = (customers.columns()?, out.slice()?);
        let horizon = horizon.column("horizon")?;
        detached(py, || {
            prediction::probability_alive_into(&self.0, customers, horizon, out)
        })
    }

    fn expected_purchases(
        &self,
        py: Python<'_>,
        customers: Customers,
        horizon: Values,
        mut out: Output,
    ) -> Result<()> {
        let (customers, out) = (customers.columns()?, out.slice()?);
        let horizon = horizon.column("horizon")?;
        detached(py, || {
            prediction::expected_purchases_into(&self.0, customers, horizon, out)
        })
    }

    fn purchase_probability(
        &self,
        py: Python<'_>,
        customers: Customers,
        purchases: Values,
        horizon: Values,
        mut out: Output,
    ) -> Result<()> {
        let (customers, out) = (customers.columns()?, out.slice()?);
        let (purchases, horizon) = (purchases.column("purchases")?, horizon.column("horizon")?);
        detached(py, || {
            prediction::purchase_probability_into(&self.0, customers, purchases, horizon, out)
        })
    }

    fn tail_probability(
        &self,
        py: Python<'_>,
        customers: Customers,
        purchases: Values,
        horizon: Values,
        mut out: Output,
    ) -> Result<()> {
        let (customers, out) = (customers.columns()?, out.slice()?);
        let (purchases, horizon) = (purchases.column("purchases")?, horizon.column("horizon")?);
        detached(py, || {
            prediction::tail_probability_into(&self.0, customers, purchases, horizon, out)
        })
    }

    fn discounted_purchases(
        &self,
        py: Python<'_>,
        customers: Customers,
        horizon: Values,
        discount_rate: Values,
        mut out: Output,
    ) -> Result<()> {
        let (customers, out) = (customers.columns()?, out.slice()?);
        let horizon = horizon.column("horizon")?;
        let rate = discount_rate.column("discount_rate")?;
        detached(py, || {
            prediction::discounted_purchases_into(&self.0, customers, horizon, rate, out)
        })
    }
}
