//! Exact numbers.

use std::ffi::{c_char, c_int};

use crm_core::units::Money;
use crm_core::{Error, ErrorKind};
use rust_decimal::Decimal;

use crate::boundary::{Failure, Outcome, Output, OutputSlice, read, respond, slice, text};
use crate::status::crm_status;

/// Room for the text of any `crm_decimal` with its terminating NUL.
pub const CRM_DECIMAL_TEXT_SIZE: usize = 32;

/// An exact decimal number of up to 28 digits: an amount of money, a rate, a probability. Its
/// value is ±(`hi` · 2^64 + `mid` · 2^32 + `lo`) / 10^`scale`. 16 bytes, no padding.
///
/// Make one with `crm_decimal_parse("19.99", &price)`, with `crm_decimal_from_double` or with
/// `crm_decimal_from_minor_units`; all bits zero is the number 0. Copy it freely: it owns nothing.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct crm_decimal {
    /// The lowest 32 of the 96 bits of the whole number.
    pub lo: u32,
    /// The middle 32 bits.
    pub mid: u32,
    /// The highest 32 bits.
    pub hi: u32,
    /// How many digits stand after the point: 0 to 28.
    pub scale: u8,
    /// 1 for a negative number, else 0.
    pub negative: u8,
    /// Must be 0.
    pub reserved: [u8; 2],
}

impl crm_decimal {
    /// The number; refuses bits that are none.
    pub(crate) fn value(self, argument: &'static str) -> Outcome<Decimal> {
        if self.scale > 28 || self.negative > 1 || self.reserved != [0, 0] {
            let error = Error::new(ErrorKind::Unreadable, argument, "must be a crm_decimal");
            return Err(error
                .with_value(format_args!(
                    "of scale {}, negative {} and reserved {:?}",
                    self.scale, self.negative, self.reserved
                ))
                .into());
        }
        let (negative, scale) = (self.negative == 1, u32::from(self.scale));
        Ok(Decimal::from_parts(
            self.lo, self.mid, self.hi, negative, scale,
        ))
    }
}

impl From<Decimal> for crm_decimal {
    fn from(value: Decimal) -> Self {
        let parts = value.unpack();
        crm_decimal {
            lo: parts.lo,
            mid: parts.mid,
            hi: parts.hi,
            scale: u8::try_from(parts.scale).unwrap_or_default(),
            negative: u8::from(parts.negative),
            reserved: [0, 0],
        }
    }
}

/// The number behind an input pointer.
///
/// # Safety
/// As [`read`].
pub(crate) unsafe fn read_decimal(
    argument: &'static str,
    pointer: *const crm_decimal,
) -> Outcome<Decimal> {
    // SAFETY: as the caller vouches.
    unsafe { read(argument, pointer) }?.value(argument)
}

/// `length` numbers.
///
/// # Safety
/// As [`slice`].
pub(crate) unsafe fn read_decimals(
    argument: &'static str,
    pointer: *const crm_decimal,
    length: usize,
) -> Outcome<Vec<Decimal>> {
    // SAFETY: as the caller vouches.
    let numbers = unsafe { slice(argument, pointer, length) }?;
    numbers
        .iter()
        .enumerate()
        .map(|(row, number)| {
            number.value(argument).map_err(|failure| match failure {
                Failure::Core(error) => Failure::Core(error.at_row(row)),
                other => other,
            })
        })
        .collect()
}

/// Reads a number such as "19.99" or "-0.05": digits with at most one point, no exponent, no
/// separators. Fails with `CRM_STATUS_UNREADABLE`, also for more digits than fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_parse(
    number: *const c_char,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let number = text("number", number)?;
        let out = Output::new("out", out)?;
        let amount: Money = number
            .parse()
            .map_err(|error: Error| error.named("number"))?;
        out.write(amount.value().into());
        Ok(())
    })
}

/// Writes the number as text, with a terminating NUL, into `buffer` of `capacity` bytes.
/// `CRM_DECIMAL_TEXT_SIZE` bytes are enough for every number; too few are
/// `CRM_STATUS_LENGTH_MISMATCH`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_format(
    value: *const crm_decimal,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let value = read_decimal("value", value)?;
        let mut written: Vec<c_char> = value
            .to_string()
            .bytes()
            .map(|byte| c_char::from_ne_bytes([byte]))
            .collect();
        written.push(0);
        if capacity < written.len() {
            let reason = format!("must be at least {}", written.len());
            let error = Error::new(ErrorKind::LengthMismatch, "capacity", reason);
            return Err(error.with_value(capacity).into());
        }
        OutputSlice::new("buffer", buffer, written.len())?.write("buffer", &written)
    })
}

/// Reads a number as the decimal that its shortest text says: 0.09 is exactly 9 %, not the binary
/// fraction nearest to it. NaN and infinities are `CRM_STATUS_NOT_FINITE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_from_double(number: f64, out: *mut crm_decimal) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        out.write(crm_core::units::decimal("number", number)?.into());
        Ok(())
    })
}

/// An amount in minor units: 1999 with scale 2 is 19.99. A scale over 28 is
/// `CRM_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_from_minor_units(
    minor_units: i64,
    scale: u32,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        out.write(Money::from_minor(minor_units, scale)?.value().into());
        Ok(())
    })
}

/// The nearest double.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_to_double(
    value: *const crm_decimal,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let value = read_decimal("value", value)?;
        let out = Output::new("out", out)?;
        out.write(Money::new(value).to_f64());
        Ok(())
    })
}

/// −1, 0 or 1 as `left` is less than, equal to or greater than `right`; by value, so 1.0 equals
/// 1.00.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_compare(
    left: *const crm_decimal,
    right: *const crm_decimal,
    out: *mut c_int,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let (left, right) = (read_decimal("left", left)?, read_decimal("right", right)?);
        let out = Output::new("out", out)?;
        out.write(left.cmp(&right) as c_int);
        Ok(())
    })
}

/// # Safety
/// As the exported functions below.
unsafe fn binary(
    left: *const crm_decimal,
    right: *const crm_decimal,
    out: *mut crm_decimal,
    operation: impl FnOnce(Money, Decimal) -> Result<Money, Error>,
) -> Outcome {
    // SAFETY: as the caller vouches.
    unsafe {
        let (left, right) = (read_decimal("left", left)?, read_decimal("right", right)?);
        let out = Output::new("out", out)?;
        out.write(operation(Money::new(left), right)?.value().into());
    }
    Ok(())
}

/// `left` + `right`: exact, or rounded to 28 digits. `CRM_STATUS_OVERFLOW` from 7.9e28 on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_add(
    left: *const crm_decimal,
    right: *const crm_decimal,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { binary(left, right, out, |l, r| l.add(Money::new(r))) })
}

/// `left` − `right`: exact, or rounded to 28 digits. `CRM_STATUS_OVERFLOW` from 7.9e28 on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_subtract(
    left: *const crm_decimal,
    right: *const crm_decimal,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { binary(left, right, out, |l, r| l.subtract(Money::new(r))) })
}

/// `left` · `right`, rounded half-even to 28 digits. `CRM_STATUS_OVERFLOW` from 7.9e28 on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_multiply(
    left: *const crm_decimal,
    right: *const crm_decimal,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { binary(left, right, out, Money::multiply) })
}

/// `left` / `right`, rounded half-even to 28 digits. A divisor of 0 is `CRM_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_divide(
    left: *const crm_decimal,
    right: *const crm_decimal,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        binary(left, right, out, |l, r| {
            l.divide(r).map_err(|error| error.named("right"))
        })
    })
}

/// Rounds half-even ("bankers'") to `places` digits after the point, 0 to 28.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_decimal_round(
    value: *const crm_decimal,
    places: u32,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let value = read_decimal("value", value)?;
        let out = Output::new("out", out)?;
        if places > 28 {
            let error = Error::new(ErrorKind::OutOfRange, "places", "must be at most 28");
            return Err(Failure::Core(error.with_value(places)));
        }
        out.write(Money::new(value).round(places).value().into());
        Ok(())
    })
}
