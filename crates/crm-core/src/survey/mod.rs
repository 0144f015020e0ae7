//! Surveys of customers: how many to ask, whom, what the answers say of all, and how well the scales measure.
//!
//! | module | question |
//! | --- | --- |
//! | [`size`] | how many answers does a precision need, and what precision does a budget buy? |
//! | [`design`] | which units are drawn: simple random, systematic, stratified, clusters |
//! | [`Sample`] | mean, proportion, total, ratio of the population, with standard errors of the design |
//! | [`weighting`] | weights for those who did not answer, raking to known margins, trimming |
//! | [`scale`] | does a scale of several items measure one thing: α, ω, item statistics |
//! | [`Bootstrap`] | how much do statistics vary that have no formula for it? |
//!
//! Units, strata, clusters and categories are counted from 0. Columns have one row per respondent.
//!
//! Sources: Cochran 1977, "Sampling Techniques", 3rd edition; Särndal, Swensson & Wretman 1992, "Model Assisted Survey
//! Sampling"; Kish 1965, "Survey Sampling".

mod bootstrap;
pub mod design;
mod estimate;
mod sample;
pub mod scale;
pub mod size;
pub mod weighting;

pub use bootstrap::{Bootstrap, BootstrapInterval};
pub use estimate::{Confidence, Estimate};
pub use sample::{Sample, SystematicVariance};

use std::fmt::Display;

use crate::error::{Error, ErrorKind, Result};

/// Refuses an empty column and the first value that is NaN or infinite.
pub(crate) fn check_column(argument: &'static str, values: &[f64]) -> Result<()> {
    if values.is_empty() {
        return Err(Error::empty(argument));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(row) => {
            let value = values.get(row).copied().unwrap_or(f64::NAN);
            Err(Error::not_finite(argument, value).at_row(row))
        }
        None => Ok(()),
    }
}

/// Refuses a column of another length, and the first value that is not finite or against the rule.
pub(crate) fn check_values(
    argument: &'static str,
    values: &[f64],
    length: usize,
    allowed: impl Fn(f64) -> bool,
    rule: &'static str,
) -> Result<()> {
    if values.len() != length {
        return Err(Error::length(argument, values.len(), length));
    }
    for (row, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            return Err(Error::not_finite(argument, value).at_row(row));
        }
        if !allowed(value) {
            let error = Error::new(ErrorKind::OutOfRange, argument, rule);
            return Err(error.with_value(value).at_row(row));
        }
    }
    Ok(())
}

/// Refuses a column that is empty or has a value that is not a finite number greater than 0.
fn check_positive(argument: &'static str, values: &[f64]) -> Result<()> {
    check_column(argument, values)?;
    match (0..).zip(values).find(|(_, value)| **value <= 0.0) {
        Some((row, value)) => Err(positive(argument, value).at_row(row)),
        None => Ok(()),
    }
}

fn check_length(argument: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::length(argument, found, expected))
    }
}

/// Refuses the first code that is not below `count`.
fn check_codes(argument: &'static str, codes: &[usize], count: usize) -> Result<()> {
    match (0..).zip(codes).find(|(_, code)| **code >= count) {
        Some((row, code)) => {
            Err(range(argument, code, format!("must be below {count}")).at_row(row))
        }
        None => Ok(()),
    }
}

pub(crate) fn range(
    argument: &'static str,
    value: impl Display,
    rule: impl Into<std::borrow::Cow<'static, str>>,
) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value)
}

fn positive(argument: &'static str, value: impl Display) -> Error {
    range(argument, value, "must be greater than 0")
}

/// A finite number greater than 0.
fn require_positive(argument: &'static str, value: f64) -> Result<f64> {
    if !value.is_finite() {
        return Err(Error::not_finite(argument, value));
    }
    if value <= 0.0 {
        return Err(positive(argument, value));
    }
    Ok(value)
}
