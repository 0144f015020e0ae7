//! The customer lifecycle: stages, histories, tenure, stage economics, stage inference.
//!
//! A column of stages, events or rules is an array of `uint8_t`: the numbers of the enum. A day is
//! an `int32_t`: days since 1970-01-01.

use crm_core::lifecycle::Stage;
use crm_core::units::{Date, Label, Probability};
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, buffer};

pub mod stages;

pub mod history;

pub mod tenure;

pub mod economics;

pub mod inference;

pub mod hidden_markov;

pub mod hidden_markov_uncertainty;

pub mod stage_values;

/// The members that these numbers mean.
fn members<T: Label>(argument: &'static str, codes: &[u8]) -> crm_core::Result<Vec<T>> {
    let member = |(row, code): (usize, &u8)| {
        T::ALL.get(usize::from(*code)).copied().ok_or_else(|| {
            let error = Error::new(
                ErrorKind::OutOfRange,
                argument,
                "must be a number of its enum",
            );
            error.with_value(code).at_row(row)
        })
    };
    codes.iter().enumerate().map(member).collect()
}

fn codes(stages: &[Stage]) -> Vec<u8> {
    stages.iter().map(|stage| stage.code()).collect()
}

fn dates(argument: &'static str, days: &[i32]) -> Outcome<Vec<Date>> {
    let mut dates = buffer_of(argument, days.len())?;
    for (row, day) in days.iter().enumerate() {
        dates.push(Date::from_days(*day).map_err(|e| e.named(argument).at_row(row))?);
    }
    Ok(dates)
}

/// Room for `length` values; not enough memory is an error.
fn buffer_of<T>(argument: &'static str, length: usize) -> Outcome<Vec<T>> {
    buffer::<u8>(argument, length)?;
    Ok(Vec::with_capacity(length))
}

/// A level of confidence as C gives it: 0.95 is read as exactly 95 %.
fn read_confidence(value: f64) -> Outcome<Probability> {
    Probability::try_from(value).map_err(|error: Error| error.named("confidence").into())
}
