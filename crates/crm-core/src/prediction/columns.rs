//! Predictions for columns of customers: one result per row, of the same bits for any number of threads.
//!
//! NaN in any number of a row gives NaN in that row; any other number that the model does not allow is
//! an error that names argument, row and value. Constant columns are one value for all rows:
//! [`HistoryColumns::NEW`] with a column of horizons predicts for new customers.
//!
//! The model is one for all customers, or one for each: [`CustomerModels`].
//!
//! ```
//! use crm_core::prediction::{BgNbd, HistoryColumns, expected_purchases_into};
//!
//! let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258)?;
//! let customers = HistoryColumns {
//!     frequency: (&[2.0, 26.0][..]).into(),
//!     recency: (&[30.43, 30.86][..]).into(),
//!     age: (&[38.86, 31.0][..]).into(),
//! };
//! let mut expected = [0.0; 2];
//! expected_purchases_into(&model, customers, 52.0.into(), &mut expected)?;
//! assert!((expected[1] - 25.758).abs() < 5e-3);
//! # Ok::<(), crm_core::Error>(())
//! ```

use super::{HistoryBlock, HistoryColumns, PurchaseHistory, PurchaseModel};
use crate::error::Result;
use crate::kernels::{Column, each_block, each_row};
use crate::ledger::{Grouping, group_rows};

/// Which model each customer has. A [`PurchaseModel`] is the one of all; models that differ between
/// customers come from covariates: [`CovariateModel::customers`](super::CovariateModel::customers).
pub trait CustomerModels: Sync {
    /// The model of a customer.
    type Model: PurchaseModel;

    /// The model of all, if it is the same for all, so that customers with equal histories have equal predictions.
    fn shared(&self) -> Option<&Self::Model>;

    /// Refuses models for another number of customers.
    ///
    /// # Errors
    /// `LengthMismatch`.
    fn require_rows(&self, rows: usize) -> Result<()>;

    /// What `use_model` makes of the model of the customer in `row`; nothing where that model hangs on NaN.
    ///
    /// # Errors
    /// Of a model that cannot be.
    fn with<R>(&self, row: usize, use_model: impl FnOnce(&Self::Model) -> R) -> Result<Option<R>>;
}

impl<M: PurchaseModel> CustomerModels for M {
    type Model = M;

    fn shared(&self) -> Option<&M> {
        Some(self)
    }

    fn require_rows(&self, _: usize) -> Result<()> {
        Ok(())
    }

    #[inline]
    fn with<R>(&self, _: usize, use_model: impl FnOnce(&M) -> R) -> Result<Option<R>> {
        Ok(Some(use_model(self)))
    }
}

/// ln of the likelihood of each history: [`PurchaseModel::log_likelihood`].
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn log_likelihood_into(
    models: &impl CustomerModels,
    customers: HistoryColumns<'_>,
    out: &mut [f64],
) -> Result<()> {
    rows(models, customers, [], out, |model, history, []| {
        model.log_likelihood(history)
    })
}

/// The probability that each customer is alive `horizon` from now: [`PurchaseModel::probability_alive`].
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn probability_alive_into<M: CustomerModels>(
    models: &M,
    customers: HistoryColumns<'_>,
    horizon: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    let columns = [("horizon", horizon)];
    let predict =
        |model: &M::Model, history, [horizon]: [f64; 1]| model.probability_alive(history, horizon);
    let shared = models
        .shared()
        .filter(|model| model.alive_each(&HistoryBlock::NEW, &mut [0.0; HistoryBlock::LEN]));
    let (Some(model), Column::Constant(0.0)) = (shared, horizon) else {
        return rows(models, customers, columns, out, predict);
    };
    customers.require_rows(out.len())?;
    let blocks = |first: usize, out: &mut [f64; HistoryBlock::LEN]| {
        model.alive_each(&HistoryBlock::read(&customers, first), out)
    };
    each_block(out, blocks, |row, result| {
        *result = one_row(models, customers, columns, row, predict)?;
        Ok(())
    })
}

/// The expected purchases of each customer: [`PurchaseModel::expected_purchases`].
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn expected_purchases_into(
    models: &impl CustomerModels,
    customers: HistoryColumns<'_>,
    horizon: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    let columns = [("horizon", horizon)];
    rows(
        models,
        customers,
        columns,
        out,
        |model, history, [horizon]| model.expected_purchases(history, horizon),
    )
}

/// The probability of a number of purchases: [`PurchaseModel::purchase_probability`].
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn purchase_probability_into(
    models: &impl CustomerModels,
    customers: HistoryColumns<'_>,
    purchases: Column<'_>,
    horizon: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    let columns = [("purchases", purchases), ("horizon", horizon)];
    rows(
        models,
        customers,
        columns,
        out,
        |model, history, [purchases, horizon]| {
            model.purchase_probability(history, purchases, horizon)
        },
    )
}

/// The probability of a number of purchases or more: [`PurchaseModel::tail_probability`].
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn tail_probability_into(
    models: &impl CustomerModels,
    customers: HistoryColumns<'_>,
    purchases: Column<'_>,
    horizon: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    let columns = [("purchases", purchases), ("horizon", horizon)];
    rows(
        models,
        customers,
        columns,
        out,
        |model, history, [purchases, horizon]| model.tail_probability(history, purchases, horizon),
    )
}

/// The discounted purchases of each customer: [`PurchaseModel::discounted_purchases`].
///
/// # Errors
/// `LengthMismatch`; those of the scalar form, with the row.
pub fn discounted_purchases_into(
    models: &impl CustomerModels,
    customers: HistoryColumns<'_>,
    horizon: Column<'_>,
    discount_rate: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    let columns = [("horizon", horizon), ("discount_rate", discount_rate)];
    rows(
        models,
        customers,
        columns,
        out,
        |model, history, [horizon, rate]| model.discounted_purchases(history, horizon, rate),
    )
}

/// Fewer rows are not worth a search for equal ones.
const WORTH_GROUPING: usize = 1 << 12;

/// The prediction for every row: once for equal histories, where the first rows show that many are
/// equal.
fn rows<M: CustomerModels, const N: usize>(
    models: &M,
    customers: HistoryColumns<'_>,
    columns: [(&'static str, Column<'_>); N],
    out: &mut [f64],
    predict: impl Fn(&M::Model, PurchaseHistory, [f64; N]) -> Result<f64> + Sync,
) -> Result<()> {
    models.require_rows(out.len())?;
    customers.require_rows(out.len())?;
    for (argument, column) in columns {
        column.require_rows(argument, out.len())?;
    }
    let one = |row: usize, result: &mut f64| {
        *result = one_row(models, customers, columns, row, &predict)?;
        Ok(())
    };
    let constant = columns.iter().all(|(_, column)| column.rows().is_none());
    let alike = models.shared().is_some() && constant;
    match alike.then(|| grouping(customers, out.len())).flatten() {
        Some(grouping) => {
            let mut results = vec![0.0; grouping.first_rows.len()];
            each_row(&mut results, |group, result| {
                grouping
                    .first_rows
                    .get(group)
                    .map_or(Ok(()), |&row| one(row, result))
            })?;
            each_row(out, |row, result| {
                *result = results
                    .get(grouping.group(row))
                    .copied()
                    .unwrap_or(f64::NAN);
                Ok(())
            })
        }
        _ => each_row(out, one),
    }
}

/// The prediction for one row.
fn one_row<M: CustomerModels, const N: usize>(
    models: &M,
    customers: HistoryColumns<'_>,
    columns: [(&'static str, Column<'_>); N],
    row: usize,
    predict: impl Fn(&M::Model, PurchaseHistory, [f64; N]) -> Result<f64>,
) -> Result<f64> {
    let history = customers.numbers(row);
    let numbers = columns.map(|(_, column)| column.get(row));
    if history.iter().chain(&numbers).any(|number| number.is_nan()) {
        return Ok(f64::NAN);
    }
    let [frequency, recency, age] = history;
    PurchaseHistory::new(frequency, recency, age)
        .and_then(|history| models.with(row, |model| predict(model, history, numbers)))
        .and_then(|found| found.unwrap_or(Ok(f64::NAN)))
        .map_err(|error| error.at_row(row))
}

/// Which histories are equal, if that is worth knowing.
fn grouping(customers: HistoryColumns<'_>, rows: usize) -> Option<Grouping> {
    let columns = [customers.frequency, customers.recency, customers.age];
    if columns.iter().any(|column| column.rows().is_none()) || rows <= WORTH_GROUPING {
        return None;
    }
    let sample = group_rows(WORTH_GROUPING, columns);
    let worth = 2 * sample.first_rows.len() <= WORTH_GROUPING;
    worth.then(|| group_rows(rows, columns))
}
