//! The vocabulary: exact money, rates, probabilities, shares, dates, periods and labels.
//!
//! A value of one of these types is valid: functions that take them do not check again. Scalars
//! are exact decimals (28 significant digits); columns of numbers are `f64` slices and are checked
//! by the kernel that reads them (see [`crate::kernels`]).

mod date;
mod label;
mod moment;
mod money;
mod period;
mod ratio;
mod wording;

pub use date::Date;
pub use label::{Label, Language, Terms};
pub use moment::Moment;
pub use money::Money;
pub use period::Period;
pub use ratio::{Probability, Rate, Share};
pub use wording::Wording;

use rust_decimal::Decimal;

use crate::error::{Error, ErrorKind, Result};

/// Reads a number as the decimal that its shortest text says: `0.09` is exactly 9 %, not the
/// binary fraction nearest to it. What lies beyond the 28th decimal is rounded half-even.
///
/// # Errors
/// [`ErrorKind::NotFinite`] for NaN and infinities, [`ErrorKind::Overflow`] from 7.9e28 on.
pub fn decimal(argument: &'static str, value: f64) -> Result<Decimal> {
    if !value.is_finite() {
        return Err(Error::not_finite(argument, value));
    }
    let text = value.to_string();
    let read = Decimal::from_str_exact(&text).or_else(|_| text.parse());
    read.map_err(|_| {
        Error::new(
            ErrorKind::Overflow,
            argument,
            "has no exact decimal of 28 digits",
        )
        .with_value(value)
    })
}

/// The `f64` nearest to a decimal.
#[must_use]
pub fn nearest_f64(value: Decimal) -> f64 {
    // The conversion of rust_decimal goes through two rounded parts and can be off by one unit;
    // reading the text is correctly rounded, and the text of a decimal is always a number.
    value.to_string().parse().unwrap_or(f64::NAN)
}
