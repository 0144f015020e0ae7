//! Indicators of the value of a customer: a catalogue, and the indicators that logs can be asked for.
//!
//! | log | indicators |
//! | --- | --- |
//! | transactions | [`transaction_indicators`] |
//! | invoices and payments | [`financial_indicators`] |
//! | contacts | [`contact_indicators`] |
//!
//! Expected sales come from a model of purchases ([`prediction`](crate::prediction)), and traits from master data. A
//! [`CompositeIndex`](super::index::CompositeIndex) makes one score of several.

mod catalogue;
mod contacts;
mod invoices;
mod transactions;

pub use catalogue::{Indicator, IndicatorGroup, IndicatorUnit};
pub use contacts::{ContactKind, Contacts, contact_indicators};
pub use invoices::{Invoices, financial_indicators};
pub use transactions::transaction_indicators;

use serde::Serialize;

use super::check_length;
use crate::error::{Error, ErrorKind, Result};

/// Columns of indicators, one row per customer. NaN where an indicator has no value, as the mean of no payment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorTable {
    customers: usize,
    columns: Vec<(Indicator, Vec<f64>)>,
}

impl IndicatorTable {
    fn new(customers: usize, columns: Vec<(Indicator, Vec<f64>)>) -> Self {
        IndicatorTable { customers, columns }
    }

    /// How many customers there are.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.customers
    }

    /// The columns, in the order of the catalogue.
    #[must_use]
    pub fn columns(&self) -> &[(Indicator, Vec<f64>)] {
        &self.columns
    }

    /// The column of an indicator, if the log says it.
    #[must_use]
    pub fn get(&self, indicator: Indicator) -> Option<&[f64]> {
        let found = self.columns.iter().find(|(own, _)| *own == indicator);
        found.map(|(_, values)| values.as_slice())
    }
}

/// Refuses other columns than `rows` long, and customers beyond their number.
fn check_rows(customer: &[u32], customers: usize, others: &[(&'static str, usize)]) -> Result<()> {
    for &(name, rows) in others {
        check_length(name, rows, customer.len())?;
    }
    match (0..)
        .zip(customer)
        .find(|(_, customer)| **customer as usize >= customers)
    {
        Some((row, customer)) => {
            let rule = format!("must be below the number of customers, {customers}");
            let error = Error::new(ErrorKind::OutOfRange, "customer", rule);
            Err(error.with_value(customer).at_row(row))
        }
        None => Ok(()),
    }
}
