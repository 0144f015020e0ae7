use super::model::{Covariates, Link, Side, moved, require_columns};
use crate::error::{Error, Result};
use crate::kernels::Column;
use crate::prediction::{AnyPurchaseModel, CustomerModels, PurchaseModel};

/// The covariates of customers: a column for each, in the order of their names.
#[derive(Debug, Clone, Copy, Default)]
pub struct CovariateColumns<'a> {
    /// Of the rate of purchases.
    pub purchase: &'a [Column<'a>],
    /// Of dropout.
    pub dropout: &'a [Column<'a>],
}

impl<'a> CovariateColumns<'a> {
    pub(super) fn of(&self, side: Side) -> &'a [Column<'a>] {
        match side {
            Side::Purchase => self.purchase,
            Side::Dropout => self.dropout,
        }
    }

    pub(super) fn require(&self, covariates: &Covariates) -> Result<()> {
        Side::BOTH
            .into_iter()
            .try_for_each(|side| require_columns(side, self.of(side).len(), covariates))
    }

    /// Refuses columns of another number of rows.
    pub(super) fn require_rows(&self, rows: usize) -> Result<()> {
        Side::BOTH.into_iter().try_for_each(|side| {
            let mut columns = self.of(side).iter();
            columns.try_for_each(|column| column.require_rows(side.argument(), rows))
        })
    }
}

/// The model of each customer of a table: see [`CovariateModel::customers`](super::CovariateModel::customers).
///
/// NaN in a covariate gives NaN in that row; an infinite one is an error, and so is one so large that the
/// customer's parameters are not numbers any more.
#[derive(Debug, Clone)]
pub struct CovariateCustomers<'a> {
    base: AnyPurchaseModel,
    links: Vec<Link>,
    coefficients: Vec<f64>,
    columns: CovariateColumns<'a>,
}

impl<'a> CovariateCustomers<'a> {
    pub(super) fn new(
        base: AnyPurchaseModel,
        links: Vec<Link>,
        coefficients: Vec<f64>,
        columns: CovariateColumns<'a>,
    ) -> Self {
        CovariateCustomers {
            base,
            links,
            coefficients,
            columns,
        }
    }

    /// The model of the customer in `row`; none where a covariate is NaN.
    ///
    /// # Errors
    /// `NotFinite` for an infinite covariate; `OutOfRange` for one too large.
    pub fn model(&self, row: usize) -> Result<Option<AnyPurchaseModel>> {
        for side in Side::BOTH {
            for column in self.columns.of(side) {
                let value = column.get(row);
                if value.is_nan() {
                    return Ok(None);
                }
                if value.is_infinite() {
                    return Err(Error::not_finite(side.argument(), value));
                }
            }
        }
        let sum = |side, gamma: &[f64]| {
            let terms = gamma.iter().zip(self.columns.of(side));
            terms.map(|(gamma, z)| gamma * z.get(row)).sum()
        };
        let parameters = moved(self.base.parameters(), &self.links, &self.coefficients, sum);
        self.base.with_parameters(parameters).map(Some)
    }
}

impl CustomerModels for CovariateCustomers<'_> {
    type Model = AnyPurchaseModel;

    fn shared(&self) -> Option<&AnyPurchaseModel> {
        None
    }

    fn require_rows(&self, rows: usize) -> Result<()> {
        self.columns.require_rows(rows)
    }

    fn with<R>(
        &self,
        row: usize,
        use_model: impl FnOnce(&AnyPurchaseModel) -> R,
    ) -> Result<Option<R>> {
        Ok(self.model(row)?.as_ref().map(use_model))
    }
}
