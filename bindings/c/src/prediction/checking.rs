//! Models beside what customers did.

use crm_core::prediction::checking::{
    Holdout, conditional_expectation, expected_tracking, frequency_histogram, holdout_error,
};
use crm_core::prediction::{Histories, probability_alive_history_into};

use super::fit::{dense, read_weights};
use super::model::{crm_purchase_histories, crm_purchase_model};
use crate::boundary::{Outcome, Output, OutputSlice, answer, column, read, respond, slice};
use crate::handle::borrow;
use crate::status::crm_status;

/// The repeat purchases that a model expects of a cohort in each period. Of customers nothing is known
/// but when they came: from the beginning to the end t of a period these are Σ w · E[X(t − start)] over
/// those with start < t. Fader, Hardie & Lee 2005, section 4. What crm_repeat_purchases_read gives
/// is drawn beside it.
///
/// @param starts time from the beginning of observation to each customer's first purchase; that of a
///        customer of age T in an observation of the length L is L − T
/// @param weights how many customers each start stands for; may be NULL: each counts 1
/// @param customers how many starts there are
/// @param period the length of a period
/// @param periods how many periods, from 1 to 2^24
/// @param incremental receives `periods` numbers: the purchases in each period
/// @param cumulative receives `periods` numbers: the purchases from the beginning on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_expected_tracking(
    model: *const crm_purchase_model,
    starts: *const f64,
    weights: *const f64,
    customers: usize,
    period: f64,
    periods: usize,
    incremental: *mut f64,
    cumulative: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let starts = slice("starts", starts, customers)?;
        let weights = read_weights(weights, customers)?;
        let incremental = OutputSlice::new("incremental", incremental, periods)?;
        let cumulative = OutputSlice::new("cumulative", cumulative, periods)?;
        let tracking = expected_tracking(model, starts, weights, period, periods)?;
        incremental.write("incremental", &tracking.incremental)?;
        cumulative.write("cumulative", &tracking.cumulative)
    })
}

/// How many customers made 0, 1, …, `most` or more repeat purchases, beside the number that the model
/// expects of customers who are watched as long. Fader, Hardie & Lee 2005, Figure 2.
///
/// @param weights how many customers each row stands for; may be NULL: each counts 1
/// @param most the last place is of all with so many repeat purchases or more; from 1 to 2^24
/// @param actual receives `most` + 1 numbers
/// @param expected receives `most` + 1 numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_frequency_histogram(
    model: *const crm_purchase_model,
    histories: *const crm_purchase_histories,
    weights: *const f64,
    most: usize,
    actual: *mut f64,
    expected: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let histories = read("histories", histories)?;
        let (columns, rows) = (histories.columns()?, histories.customers);
        let weights = read_weights(weights, rows)?;
        let actual = OutputSlice::new("actual", actual, places(most))?;
        let expected = OutputSlice::new("expected", expected, places(most))?;
        let frequency = dense(columns.frequency, rows);
        let (recency, age) = (dense(columns.recency, rows), dense(columns.age, rows));
        let histories = match weights {
            None => Histories::new(&frequency, &recency, &age)?,
            Some(weights) => Histories::with_weights(&frequency, &recency, &age, weights)?,
        };
        let histogram = frequency_histogram(model, &histories, most)?;
        actual.write("actual", &histogram.actual)?;
        expected.write("expected", &histogram.expected)
    })
}

/// What customers did after the end of calibration.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_purchase_holdout {
    /// What was known of them at that end.
    pub histories: crm_purchase_histories,
    /// Purchases of each customer in the holdout, one number each.
    pub purchases: *const f64,
    /// Length of the holdout.
    pub duration: *const f64,
    /// 1 for one length per customer, 0 for one length for all.
    pub duration_stride: usize,
    /// How many customers each row stands for; may be NULL: each counts 1.
    pub weights: *const f64,
}

impl crm_purchase_holdout {
    /// # Safety
    /// As [`column`], for each column.
    unsafe fn value<'a>(&self) -> Outcome<Holdout<'a>> {
        let rows = self.histories.customers;
        // SAFETY: as the caller vouches.
        unsafe {
            Ok(Holdout {
                customers: self.histories.columns()?,
                purchases: slice("purchases", self.purchases, rows)?,
                duration: column("duration", self.duration, self.duration_stride, rows)?,
                weights: read_weights(self.weights, rows)?,
            })
        }
    }
}

/// Mean purchases in the holdout of those who made 0, 1, …, `most` or more repeat purchases before,
/// beside the mean that the model expects of them. Fader, Hardie & Lee 2005, Figure 5.
///
/// @param most the last place is of all with so many repeat purchases or more; from 1 to 2^24
/// @param customers receives `most` + 1 numbers: how many customers there are in each place
/// @param actual receives `most` + 1 numbers, NaN where there are none
/// @param expected receives `most` + 1 numbers, NaN where there are none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_conditional_expectation(
    model: *const crm_purchase_model,
    holdout: *const crm_purchase_holdout,
    most: usize,
    customers: *mut f64,
    actual: *mut f64,
    expected: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let holdout = read("holdout", holdout)?.value()?;
        let customers = OutputSlice::new("customers", customers, places(most))?;
        let actual = OutputSlice::new("actual", actual, places(most))?;
        let expected = OutputSlice::new("expected", expected, places(most))?;
        let means = conditional_expectation(model, &holdout, most)?;
        customers.write("customers", &means.customers)?;
        actual.write("actual", &means.actual)?;
        expected.write("expected", &means.expected)
    })
}

/// How far the purchases that a model expects in a holdout are from those that came; an error is expected −
/// actual.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_holdout_error {
    /// N, the sum of the weights.
    pub customers: f64,
    /// The purchases of all.
    pub actual: f64,
    /// The purchases that the model expects of all.
    pub expected: f64,
    /// Mean error.
    pub bias: f64,
    /// Mean of the absolute errors (MAE).
    pub mean_absolute_error: f64,
    /// Root of the mean of the squared errors (RMSE).
    pub root_mean_square_error: f64,
    /// Expected of all less actual of all, as a share of actual; NaN if nobody bought.
    pub of_total: f64,
}

/// How far predictions are off in a holdout, by customer and in total.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_holdout_error(
    model: *const crm_purchase_model,
    holdout: *const crm_purchase_holdout,
    out: *mut crm_holdout_error,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let holdout = read("holdout", holdout)?.value()?;
        let out = Output::new("out", out)?;
        let error = holdout_error(model, &holdout)?;
        out.write(crm_holdout_error {
            customers: error.customers,
            actual: error.actual,
            expected: error.expected,
            bias: error.bias,
            mean_absolute_error: error.mean_absolute_error,
            root_mean_square_error: error.root_mean_square_error,
            of_total: error.of_total().unwrap_or(f64::NAN),
        });
        Ok(())
    })
}

/// The probability that one customer was alive at each of `times`, given what was known of it then.
///
/// @param purchases times of all purchases of the customer, the first one too, in rising order
/// @param purchase_count how many purchases there are
/// @param times on the same clock, not before the first purchase
/// @param time_count how many times there are
/// @param out receives one number per time
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_model_probability_alive_history(
    model: *const crm_purchase_model,
    purchases: *const f64,
    purchase_count: usize,
    times: *const f64,
    time_count: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = &borrow("model", model)?.0;
        let purchases = slice("purchases", purchases, purchase_count)?;
        let times = slice("times", times, time_count)?;
        answer(time_count, out, |out| {
            probability_alive_history_into(model, purchases, times, out)
        })
    })
}

/// Places from 0 to `most`; the core refuses what is too much.
fn places(most: usize) -> usize {
    most.saturating_add(1)
}
