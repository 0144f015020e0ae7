//! What customers are worth: how often they will buy, times what they spend.

use super::fit::Scale;
use super::uncertainty::{Parametric, UncertainModel};
use super::{
    CovariateColumns, CovariateCustomers, CovariateModel, CustomerModels, GammaGamma,
    HistoryColumns, PurchaseHistory, PurchaseModel, SpendColumns, discounted_purchases_into,
    spend_lifetime_value_into,
};
use crate::error::{Error, Result};
use crate::kernels::Column;

/// A model of purchases and one of spend, which together give lifetime values. How often a customer
/// buys and what it spends must not hang on each other.
///
/// ```text
/// CLV = margin · E[M | x, m̄] · Σ E[purchases at T + u] (1 + d)^−u
/// ```
///
/// Source: Fader, Hardie & Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis",
/// Journal of Marketing Research 42.
///
/// ```
/// use crm_core::prediction::{
///     GammaGamma, LifetimeValueColumns, LifetimeValueModel, ParetoNbd, lifetime_value_into,
/// };
///
/// let model = LifetimeValueModel {
///     purchases: ParetoNbd::new(0.5533, 10.5776, 0.6062, 11.6679)?, // CDNOW, in weeks
///     spend: GammaGamma::new(6.2488, 3.7446, 15.4477)?,
/// };
/// let customers = LifetimeValueColumns {
///     frequency: (&[2.0, 0.0][..]).into(),
///     recency: (&[30.43, 0.0][..]).into(),
///     age: 38.86.into(),
///     spend_frequency: (&[2.0, 0.0][..]).into(),
///     mean_spend: (&[22.35, 0.0][..]).into(),
///     horizon: f64::INFINITY.into(),
///     discount_rate: 0.0027.into(), // 15 % a year
///     margin: (&[0.3, 0.4][..]).into(), // one of each customer's own
/// };
/// let mut values = [0.0; 2];
/// lifetime_value_into(&model, customers, &mut values)?;
/// assert!(values[0] > values[1]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifetimeValueModel<M> {
    /// How often customers buy.
    pub purchases: M,
    /// What they spend per purchase.
    pub spend: GammaGamma,
}

/// Customers to value, as columns of the same length.
#[derive(Debug, Clone, Copy)]
pub struct LifetimeValueColumns<'a> {
    /// x, the number of repeat purchases.
    pub frequency: Column<'a>,
    /// t_x, the time from the first to the last purchase.
    pub recency: Column<'a>,
    /// T, the time from the first purchase to the end of observation.
    pub age: Column<'a>,
    /// The number of purchases that the mean spend is of: x, or x + 1 where it includes the first one.
    pub spend_frequency: Column<'a>,
    /// m̄, their mean spend; 0 where there is none.
    pub mean_spend: Column<'a>,
    /// How far to look; may be infinite.
    pub horizon: Column<'a>,
    /// Discount rate per unit of time.
    pub discount_rate: Column<'a>,
    /// Part of the spend that remains.
    pub margin: Column<'a>,
}

impl<M: PurchaseModel> LifetimeValueModel<M> {
    /// The lifetime value of one customer, of whose spend the number of purchases and their mean are
    /// known.
    ///
    /// # Errors
    /// Those of [`PurchaseModel::discounted_purchases`] and of [`GammaGamma::lifetime_value`].
    pub fn lifetime_value(
        &self,
        history: PurchaseHistory,
        (spend_frequency, mean_spend): (f64, f64),
        horizon: f64,
        discount_rate: f64,
        margin: f64,
    ) -> Result<f64> {
        let purchases = self
            .purchases
            .discounted_purchases(history, horizon, discount_rate)?;
        self.spend
            .lifetime_value(spend_frequency, mean_spend, purchases, margin)
            .map_err(spend_frequency_named)
    }
}

impl<M: Parametric + Clone> LifetimeValueModel<M> {
    /// Both models with the uncertainty of their parameters. The fits are to different data, what
    /// customers did and what they paid, and their errors are independent.
    #[must_use]
    pub fn uncertain(
        purchases: &UncertainModel<M>,
        spend: &UncertainModel<GammaGamma>,
    ) -> UncertainModel<Self> {
        let model = LifetimeValueModel {
            purchases: purchases.model().clone(),
            spend: *spend.model(),
        };
        purchases.joined(spend, model)
    }
}

impl<M: Parametric> Parametric for LifetimeValueModel<M> {
    fn values(&self) -> Vec<f64> {
        [self.purchases.values(), self.spend.values()].concat()
    }

    fn with_values(&self, values: &[f64]) -> Result<Self> {
        let size = self.purchases.values().len();
        let (purchases, spend) = values
            .split_at_checked(size)
            .ok_or_else(|| Error::length("values", values.len(), size + GammaGamma::NAMES.len()))?;
        Ok(LifetimeValueModel {
            purchases: self.purchases.with_values(purchases)?,
            spend: self.spend.with_values(spend)?,
        })
    }

    fn scales(&self) -> Vec<Scale> {
        [self.purchases.scales(), self.spend.scales()].concat()
    }
}

impl LifetimeValueModel<CovariateModel> {
    /// The models of customers with these covariates, which [`lifetime_value_into`] takes.
    ///
    /// # Errors
    /// `LengthMismatch` for another number of columns than covariates.
    pub fn customers<'a>(
        &self,
        columns: CovariateColumns<'a>,
    ) -> Result<LifetimeValueModel<CovariateCustomers<'a>>> {
        Ok(LifetimeValueModel {
            purchases: self.purchases.customers(columns)?,
            spend: self.spend,
        })
    }
}

/// The lifetime value of each customer: [`LifetimeValueModel::lifetime_value`], of one model of purchases for all or of
/// one of each customer's own. NaN in a row gives NaN.
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn lifetime_value_into<M: CustomerModels>(
    model: &LifetimeValueModel<M>,
    customers: LifetimeValueColumns<'_>,
    out: &mut [f64],
) -> Result<()> {
    let mut purchases = vec![0.0; out.len()];
    let histories = HistoryColumns {
        frequency: customers.frequency,
        recency: customers.recency,
        age: customers.age,
    };
    discounted_purchases_into(
        &model.purchases,
        histories,
        customers.horizon,
        customers.discount_rate,
        &mut purchases,
    )?;
    let spend = SpendColumns {
        frequency: customers.spend_frequency,
        mean_spend: customers.mean_spend,
    };
    spend_lifetime_value_into(
        &model.spend,
        spend,
        (&purchases).into(),
        customers.margin,
        out,
    )
    .map_err(spend_frequency_named)
}

/// The spend model calls its number of purchases `frequency`.
fn spend_frequency_named(error: Error) -> Error {
    if error.argument() == "frequency" {
        error.named("spend_frequency")
    } else {
        error
    }
}
