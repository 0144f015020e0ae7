//! Elementary functions of exact decimals. Absolute errors stay within a few units of the 28th
//! decimal; what rounds to less than that is 0.

use rust_decimal::Decimal;

use crate::error::{Error, Result};

/// ln 2 to 28 decimals.
const LN_2: Decimal = Decimal::from_parts(0xAA7A_65BF, 0x81F5_2F01, 0x1665_943F, false, 28);

/// A series term of this size no longer changes the sum.
const NEGLIGIBLE: Decimal = Decimal::from_parts(1, 0, 0, false, 28);

fn overflow() -> Error {
    Error::overflow("power")
}

/// `base`ⁿ for a positive `base`, by repeated squaring.
///
/// # Errors
/// `Overflow` from 7.9e28 on.
pub(crate) fn power(base: Decimal, exponent: i64) -> Result<Decimal> {
    let mut square = if exponent < 0 {
        Decimal::ONE.checked_div(base).ok_or_else(overflow)?
    } else {
        base
    };
    let mut remaining = exponent.unsigned_abs();
    let mut result = Decimal::ONE;
    loop {
        if remaining % 2 == 1 {
            result = result.checked_mul(square).ok_or_else(overflow)?;
        }
        remaining /= 2;
        if remaining == 0 || result.is_zero() {
            return Ok(result);
        }
        square = square.checked_mul(square).ok_or_else(overflow)?;
    }
}

/// `base`ˣ for a positive `base` and any exponent: exact squaring for whole exponents,
/// exp(x ln base) otherwise.
///
/// # Errors
/// `Overflow` from 7.9e28 on.
pub(crate) fn real_power(base: Decimal, exponent: Decimal) -> Result<Decimal> {
    match i64::try_from(exponent) {
        Ok(whole) if exponent.is_integer() => power(base, whole),
        _ => exp(ln(base)?.checked_mul(exponent).ok_or_else(overflow)?),
    }
}

/// 1 + ratio + … + ratio^(terms−1) for a ratio of 0 or more. The number of terms is halved in every step, so
/// nothing cancels for a ratio near 1.
///
/// # Errors
/// `Overflow` from 7.9e28 on.
pub(crate) fn geometric_sum(ratio: Decimal, terms: u64) -> Result<Decimal> {
    let (mut sum, mut power) = (Decimal::ZERO, Decimal::ONE);
    let doubled = |sum: Decimal, power: Decimal| {
        let sum = sum.checked_mul(power.checked_add(Decimal::ONE)?)?;
        Some((sum, power.checked_mul(power)?))
    };
    let extended = |sum: Decimal, power: Decimal| {
        let sum = sum.checked_mul(ratio)?.checked_add(Decimal::ONE)?;
        Some((sum, power.checked_mul(ratio)?))
    };
    for bit in (0..u64::BITS - terms.leading_zeros()).rev() {
        (sum, power) = doubled(sum, power).ok_or_else(|| Error::overflow("sum"))?;
        if terms >> bit & 1 == 1 {
            (sum, power) = extended(sum, power).ok_or_else(|| Error::overflow("sum"))?;
        }
    }
    Ok(sum)
}

/// ln x for x > 0: x = m·2ᵏ with m near 1, then 2·artanh((m−1)/(m+1)).
pub(crate) fn ln(x: Decimal) -> Result<Decimal> {
    let (mut mantissa, mut halvings) = (x, 0_i64);
    let (upper, lower) = (Decimal::new(14, 1), Decimal::new(7, 1));
    while mantissa > upper {
        mantissa = mantissa.checked_div(Decimal::TWO).ok_or_else(overflow)?;
        halvings += 1;
    }
    while mantissa < lower {
        mantissa = mantissa.checked_mul(Decimal::TWO).ok_or_else(overflow)?;
        halvings -= 1;
    }
    let artanh = || {
        let z = mantissa
            .checked_sub(Decimal::ONE)?
            .checked_div(mantissa.checked_add(Decimal::ONE)?)?;
        let z_squared = z.checked_mul(z)?;
        let (mut power, mut sum, mut odd) = (z, z, 3_i64);
        while power.abs() > NEGLIGIBLE {
            power = power.checked_mul(z_squared)?;
            sum = sum.checked_add(power.checked_div(Decimal::from(odd))?)?;
            odd += 2;
        }
        sum.checked_mul(Decimal::TWO)?
            .checked_add(LN_2.checked_mul(Decimal::from(halvings))?)
    };
    artanh().ok_or_else(overflow)
}

/// eˣ: x = k·ln 2 + r with |r| ≤ ln 2 / 2, then the Taylor series of eʳ.
pub(crate) fn exp(x: Decimal) -> Result<Decimal> {
    let reduced = || {
        let doublings = x.checked_div(LN_2)?.round();
        let r = x.checked_sub(doublings.checked_mul(LN_2)?)?;
        let (mut term, mut sum, mut n) = (Decimal::ONE, Decimal::ONE, 1_i64);
        while term.abs() > NEGLIGIBLE {
            term = term.checked_mul(r)?.checked_div(Decimal::from(n))?;
            sum = sum.checked_add(term)?;
            n += 1;
        }
        Some((sum, i64::try_from(doublings).ok()?))
    };
    let (sum, doublings) = reduced().ok_or_else(overflow)?;
    sum.checked_mul(power(Decimal::TWO, doublings)?)
        .ok_or_else(overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few units of the 28th decimal: the documented accuracy.
    const TOLERANCE: Decimal = Decimal::from_parts(200, 0, 0, false, 28);

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// Reference values: 40-digit decimals of Python's `decimal` module.
    #[test]
    fn real_powers_have_28_decimals() {
        for (base, exponent, expected) in [
            ("1.09", "-5", "0.6499313862983454840528818807"),
            ("1.09", "-6.25", "0.5835584846552971486954339683"),
            ("0.8", "2.5", "0.5724334022399461622807484592"),
            ("1.0000001", "0.5", "1.0000000499999987500000625000"),
            ("3", "-70.5", "0.0000000000000000000000000000"),
        ] {
            let found = real_power(number(base), number(exponent)).unwrap();
            let error = (found - number(expected)).abs();
            assert!(error <= TOLERANCE, "{base}^{exponent} = {found}");
        }
    }

    /// Reference values: Python's `decimal` module with 60 digits.
    #[test]
    fn geometric_sums_do_not_cancel_near_one() {
        for (ratio, terms, expected) in [
            ("0.625", 11, "2.6515084216371178627014160156"),
            ("1", 1_000_000, "1000000"),
            ("0", 5, "1"),
            ("0.5", 0, "0"),
            ("1.0000000000000001", 1000, "1000.0000000000499500000000002"),
        ] {
            let found = geometric_sum(number(ratio), terms).unwrap();
            let error = (found - number(expected)).abs();
            assert!(error <= Decimal::new(1, 22), "{ratio}, {terms}: {found}");
        }
    }

    #[test]
    fn too_large_is_an_overflow() {
        assert!(power(number("10"), 29).is_err());
        assert!(real_power(number("10"), number("29.5")).is_err());
        assert!(real_power(number("0.5"), number("-1e18")).is_err());
    }
}
