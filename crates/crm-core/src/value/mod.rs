//! Customer value: who brings the profit, and how customers are told apart by it.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`pareto`] | how concentrated is the profit? 80/20, Lorenz curve, Gini |
//! | [`cuts`] | which cut points split the customers, and on which side is each? |
//! | [`tiers`] | five value groups, the customer pyramid, migration between tiers |
//! | [`types`] | Golden, Meteor, Stream, Burden: current against potential value |
//! | [`rfm`] | recency, frequency, monetary: scores, segments, grid |
//! | [`groups`] | count, profit and share of each tier, type or segment |
//! | [`indicators`] | which indicators speak of value, and what do the logs say of them? |
//! | [`index`] | one score of several indicators, with what each contributes |
//! | [`disciplines`] | does a firm lead by operations, product or intimacy? |
//!
//! Columns are `f64` slices, one row per customer; results are codes (`u8`): the place of a tier,
//! type or segment in its `ALL`. Equal customers always get equal codes, whatever the row order.

pub mod cuts;
pub mod disciplines;
pub mod groups;
pub mod index;
pub mod indicators;
pub mod pareto;
pub mod rfm;
pub mod tiers;
pub mod types;

use crate::error::{Error, ErrorKind, Result};

/// Rows that one task of the thread pool works on.
#[cfg(feature = "parallel")]
const ROWS_PER_TASK: usize = 1 << 15;

/// Refuses an empty column and the first value that is NaN or infinite.
fn check_column(argument: &'static str, values: &[f64]) -> Result<()> {
    if values.is_empty() {
        return Err(Error::empty(argument));
    }
    check_finite(argument, values)
}

/// Refuses the first value that is NaN or infinite.
fn check_finite(argument: &'static str, values: &[f64]) -> Result<()> {
    match (0..).zip(values).find(|(_, value)| !value.is_finite()) {
        Some((row, value)) => Err(Error::not_finite(argument, *value).at_row(row)),
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
fn check_codes(argument: &'static str, codes: &[u8], count: usize) -> Result<()> {
    match (0..)
        .zip(codes)
        .find(|(_, code)| usize::from(**code) >= count)
    {
        Some((row, code)) => {
            let rule = format!("must be a code below {count}");
            Err(out_of_range(argument, code, rule).at_row(row))
        }
        None => Ok(()),
    }
}

fn out_of_range(
    argument: &'static str,
    value: impl std::fmt::Display,
    rule: impl Into<std::borrow::Cow<'static, str>>,
) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value)
}

#[cfg(feature = "parallel")]
fn sort_by<T: Send>(rows: &mut [T], order: impl Fn(&T, &T) -> std::cmp::Ordering + Sync) {
    use rayon::prelude::*;
    rows.par_sort_unstable_by(order);
}

#[cfg(not(feature = "parallel"))]
fn sort_by<T>(rows: &mut [T], order: impl Fn(&T, &T) -> std::cmp::Ordering) {
    rows.sort_unstable_by(order);
}
