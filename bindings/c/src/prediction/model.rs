//! Models of purchases and what they predict.

use std::mem::MaybeUninit;

use crm_core::prediction::{
    AnyPurchaseModel, HistoryColumns, PurchaseModel, discounted_purchases_into,
    expected_purchases_into, log_likelihood_into, probability_alive_into,
    purchase_probability_into, tail_probability_into,
};

use crate::boundary::{Outcome, Output, OutputSlice, answer, column, read, respond, slice};
use crate::categories::crm_purchase_model_kind;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// What is known of customers: columns of a summary. A stride of 1 is one number per customer, one of
/// 0 one number for all: three strides of 0 and three zeros are new customers.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_purchase_histories {
    /// x, the number of repeat purchases; a whole number.
    pub frequency: *const f64,
    /// Doubles from one customer to the next.
    pub frequency_stride: usize,
    /// t_x, the time from the first to the last purchase; 0 where x is 0.
    pub recency: *const f64,
    /// Doubles from one customer to the next.
    pub recency_stride: usize,
    /// T, the time from the first purchase to the end of observation; not less than the recency.
    pub age: *const f64,
    /// Doubles from one customer to the next.
    pub age_stride: usize,
    /// How many customers there are.
    pub customers: usize,
}

impl crm_purchase_histories {
    /// # Safety
    /// As [`column`], for each column.
    pub(super) unsafe fn columns<'a>(&self) -> Outcome<HistoryColumns<'a>> {
        let rows = self.customers;
        // SAFETY: as the caller vouches.
        unsafe {
            Ok(HistoryColumns {
                frequency: column("frequency", self.frequency, self.frequency_stride, rows)?,
                recency: column("recency", self.recency, self.recency_stride, rows)?,
                age: column("age", self.age, self.age_stride, rows)?,
            })
        }
    }
}

/// A buy-till-you-die model with its parameters. It does not change: any number of threads may use it.
///
/// Time is in the unit of the parameters, and so are ages, recencies and horizons; models of discrete
/// time count opportunities. In all predictions NaN in a row gives NaN in that row.
pub struct crm_purchase_model(pub(crate) AnyPurchaseModel);

/// A model with known parameters, in this order:
///
/// `CRM_PURCHASE_MODEL_KIND_BG_NBD`, Fader, Hardie & Lee 2005: r, α, a, b. While alive a customer buys at
/// random with the rate λ ~ Gamma(r, α), and after each repeat purchase leaves for good with the
/// probability p ~ Beta(a, b).
///
/// `CRM_PURCHASE_MODEL_KIND_MBG_NBD`, Batislam, Denizel & Filiztekin 2007: r, α, a, b. The same, but a
/// customer may leave after its first purchase too.
///
/// `CRM_PURCHASE_MODEL_KIND_PARETO_NBD`, Schmittlein, Morrison & Colombo 1987: r, α, s, β. A customer leaves after
/// a time that is exponential with the rate μ ~ Gamma(s, β), whether it buys or not.
///
/// `CRM_PURCHASE_MODEL_KIND_BG_BB`, Fader, Hardie & Shang 2010: α, β, γ, δ. Time counts opportunities: while alive a
/// customer takes each with the probability p ~ Beta(α, β), and before each leaves for good with θ ~ Beta(γ, δ).
///
/// @param parameters 4 positive numbers
/// @param model receives the handle; give it back to crm_purchase_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_new(
    kind: MaybeUninit<crm_purchase_model_kind>,
    parameters: *const f64,
    model: *mut Option<Box<crm_purchase_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let kind = category::read("kind", kind)?;
        let mut values = [0.0; 4];
        values.copy_from_slice(slice("parameters", parameters, 4)?);
        let made = AnyPurchaseModel::new(kind, values)?;
        out.write(Some(Box::new(crm_purchase_model(made))));
        Ok(())
    })
}

/// The kind and the parameters of a model.
///
/// @param kind receives the kind
/// @param parameters receives 4 numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_parameters(
    model: *const crm_purchase_model,
    kind: *mut crm_purchase_model_kind,
    parameters: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let kind = Output::new("kind", kind)?;
        let parameters = OutputSlice::new("parameters", parameters, 4)?;
        kind.write(category::write(model.kind())?);
        parameters.write("parameters", &model.parameters())
    })
}

/// ln of the likelihood of each customer's history.
///
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_log_likelihood(
    model: *const crm_purchase_model,
    histories: *const crm_purchase_histories,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let (customers, rows) = read_histories(histories)?;
        answer(rows, out, |out| log_likelihood_into(model, customers, out))
    })
}

/// The probability that each customer is alive a time `horizon` from now; now for 0.
///
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_probability_alive(
    model: *const crm_purchase_model,
    histories: *const crm_purchase_histories,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let (customers, rows) = read_histories(histories)?;
        let horizon = column("horizon", horizon, horizon_stride, rows)?;
        answer(rows, out, |out| {
            probability_alive_into(model, customers, horizon, out)
        })
    })
}

/// The expected number of purchases of each customer in the time `horizon` from now.
///
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_expected_purchases(
    model: *const crm_purchase_model,
    histories: *const crm_purchase_histories,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let (customers, rows) = read_histories(histories)?;
        let horizon = column("horizon", horizon, horizon_stride, rows)?;
        answer(rows, out, |out| {
            expected_purchases_into(model, customers, horizon, out)
        })
    })
}

/// The probability that each customer buys exactly `purchases` times in the time `horizon` from now.
///
/// @param purchases whole numbers, 0 or more
/// @param purchases_stride 1 for one number per customer, 0 for one number for all
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_purchase_probability(
    model: *const crm_purchase_model,
    histories: *const crm_purchase_histories,
    purchases: *const f64,
    purchases_stride: usize,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let (customers, rows) = read_histories(histories)?;
        let purchases = column("purchases", purchases, purchases_stride, rows)?;
        let horizon = column("horizon", horizon, horizon_stride, rows)?;
        answer(rows, out, |out| {
            purchase_probability_into(model, customers, purchases, horizon, out)
        })
    })
}

/// The probability that each customer buys `purchases` times or more in the time `horizon` from now; not
/// 1 minus a sum, so that a small one is right too.
///
/// @param purchases whole numbers, 0 or more
/// @param purchases_stride 1 for one number per customer, 0 for one number for all
/// @param horizon 0 or more
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_tail_probability(
    model: *const crm_purchase_model,
    histories: *const crm_purchase_histories,
    purchases: *const f64,
    purchases_stride: usize,
    horizon: *const f64,
    horizon_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let (customers, rows) = read_histories(histories)?;
        let purchases = column("purchases", purchases, purchases_stride, rows)?;
        let horizon = column("horizon", horizon, horizon_stride, rows)?;
        answer(rows, out, |out| {
            tail_probability_into(model, customers, purchases, horizon, out)
        })
    })
}

/// The expected purchases of each customer in the time `horizon` from now, each discounted by
/// (1 + discount_rate)^−u if it comes u from now; an infinite horizon counts all that will ever come
/// (DERT), and is CRM_STATUS_DIVERGENT where they have no finite value. Times the margin per purchase this is the
/// lifetime value that is left.
///
/// @param horizon 0 or more, or INFINITY
/// @param horizon_stride 1 for one number per customer, 0 for one number for all
/// @param discount_rate per unit of time, greater than −1
/// @param discount_rate_stride 1 for one number per customer, 0 for one number for all
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_discounted_purchases(
    model: *const crm_purchase_model,
    histories: *const crm_purchase_histories,
    horizon: *const f64,
    horizon_stride: usize,
    discount_rate: *const f64,
    discount_rate_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let (customers, rows) = read_histories(histories)?;
        let horizon = column("horizon", horizon, horizon_stride, rows)?;
        let rate = column("discount_rate", discount_rate, discount_rate_stride, rows)?;
        answer(rows, out, |out| {
            discounted_purchases_into(model, customers, horizon, rate, out)
        })
    })
}

/// Frees a model; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_purchase_model_free(model: Option<Box<crm_purchase_model>>) {
    free(model);
}

/// # Safety
/// As [`read`], and as [`column`] for each column.
pub(super) unsafe fn read_histories<'a>(
    histories: *const crm_purchase_histories,
) -> Outcome<(HistoryColumns<'a>, usize)> {
    // SAFETY: as the caller vouches.
    unsafe {
        let histories = read("histories", histories)?;
        Ok((histories.columns()?, histories.customers))
    }
}
