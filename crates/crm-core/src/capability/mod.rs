//! How able a firm is to manage its customer relationships, as a score that says where it comes from.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`acceptability`] | which alternative ranks first while weights are not known for sure? |
//! | [`ahp`] | how much does each criterion weigh, from comparisons in pairs, and do they contradict each other? |
//! | [`fuzzy`] | how far is an index excellent, good, …, and what do several indices make together? |
//! | [`tree`] | a tree of indices of any depth, evaluated from its leaves to its root |
//! | [`crm`] | the tree of CRM capability, and what influences it |
//!
//! Relationship marketing differs from transaction marketing by four shifts: from the single transaction to the lasting relationship,
//! from attracting customers to keeping them, from the product to the customer, and from brand equity to customer equity. The last
//! is what [`clv`](crate::clv) measures; the capability to bring the others about is what is scored here.

pub mod acceptability;
pub mod ahp;
pub mod crm;
pub mod fuzzy;
pub mod tree;

use std::borrow::Cow;
use std::fmt::Display;

use crate::error::{Error, ErrorKind, Result};

/// How far from 1 the sum of weights or degrees may be.
const SUM_TOLERANCE: f64 = 1e-9;

fn out_of_range(
    argument: &'static str,
    value: impl Display,
    rule: impl Into<Cow<'static, str>>,
) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value)
}

/// Refuses anything but `expected` numbers of 0 or more that sum to one.
pub(crate) fn check_weights(
    argument: &'static str,
    weights: &[f64],
    expected: usize,
) -> Result<()> {
    if weights.len() != expected {
        return Err(Error::length(argument, weights.len(), expected));
    }
    for (row, &weight) in weights.iter().enumerate() {
        if !weight.is_finite() {
            return Err(Error::not_finite(argument, weight).at_row(row));
        }
        if weight < 0.0 {
            return Err(out_of_range(argument, weight, "must be 0 or more").at_row(row));
        }
    }
    let sum: f64 = weights.iter().sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        return Err(
            Error::new(ErrorKind::NotStochastic, argument, "must sum to 1")
                .with_value(format_args!("of sum {sum}")),
        );
    }
    Ok(())
}
