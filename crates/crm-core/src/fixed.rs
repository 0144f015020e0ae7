//! Numbers in texts.

use std::fmt;

/// A number with so many decimals, 0 to 3: the text of `{:.DECIMALS}` and, if a sign is asked for, of `{:+.DECIMALS}`, made by
/// whole numbers alone in a tenth of the time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fixed<const DECIMALS: u32>(pub(crate) f64);

impl<const DECIMALS: u32> Fixed<DECIMALS> {
    const UNITS_PER_ONE: u64 = 10_u64.pow(DECIMALS);

    /// |value| in units of the last decimal: of its exact value the nearest, of two the even one. `None` for what is not
    /// finite, or so large or small that it does not matter how fast it is written.
    fn units(self) -> Option<u64> {
        const { assert!(DECIMALS <= 3, "the units of a mantissa fit into 64 bits") };
        if self.0 == 0.0 {
            return Some(0);
        }
        let bits = self.0.abs().to_bits();
        let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
        // The value is mantissa / 2^places.
        let places = 1075_u64.checked_sub(bits >> 52)?;
        if places == 0 || places >= 1075 {
            return None;
        }
        let scaled = mantissa * Self::UNITS_PER_ONE;
        if places > 63 {
            // Below 2^63 / 2^64.
            return Some(0);
        }
        let (units, rest, half) = (
            scaled >> places,
            scaled & ((1 << places) - 1),
            1 << (places - 1),
        );
        let rounds_up = rest > half || rest == half && units % 2 == 1;
        Some(units + u64::from(rounds_up))
    }
}

impl<const DECIMALS: u32> fmt::Display for Fixed<DECIMALS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(units) = self.units() else {
            let (decimals, value) = (DECIMALS as usize, self.0);
            return if f.sign_plus() {
                write!(f, "{value:+.decimals$}")
            } else {
                write!(f, "{value:.decimals$}")
            };
        };
        if self.0.is_sign_negative() {
            f.write_str("-")?;
        } else if f.sign_plus() {
            f.write_str("+")?;
        }
        // 2^64 has 20 digits.
        let mut text = [b'0'; 24];
        let mut left = units;
        let mut length = 0;
        for (place, byte) in (0..).zip(text.iter_mut().rev()) {
            if place == DECIMALS && DECIMALS > 0 {
                *byte = b'.';
            } else {
                *byte += (left % 10) as u8;
                left /= 10;
            }
            length += 1;
            if left == 0 && (DECIMALS == 0 || place > DECIMALS) {
                break;
            }
        }
        let text = text.get(text.len() - length..).unwrap_or_default();
        f.write_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Fixed;

    fn check(value: f64) {
        assert_eq!(Fixed::<0>(value).to_string(), format!("{value:.0}"));
        assert_eq!(Fixed::<1>(value).to_string(), format!("{value:.1}"));
        assert_eq!(Fixed::<2>(value).to_string(), format!("{value:.2}"));
        assert_eq!(Fixed::<3>(value).to_string(), format!("{value:.3}"));
        assert_eq!(format!("{:+}", Fixed::<0>(value)), format!("{value:+.0}"));
        assert_eq!(format!("{:+}", Fixed::<2>(value)), format!("{value:+.2}"));
    }

    #[test]
    fn special_values_are_written_as_by_the_standard_library() {
        let large = [
            4503599627370495.5,
            4503599627370496.0,
            9007199254740993.0,
            f64::MAX,
        ];
        let small = [
            f64::MIN_POSITIVE,
            5e-324,
            1e-20,
            0.0005,
            0.0015,
            0.5,
            1.5,
            2.5,
            0.25,
            0.35,
        ];
        let special = [0.0, f64::NAN, f64::INFINITY];
        for value in large.into_iter().chain(small).chain(special) {
            check(value);
            check(-value);
        }
    }

    proptest! {
        #[test]
        fn any_value_is_written_as_by_the_standard_library(bits: u64) {
            check(f64::from_bits(bits));
        }

        #[test]
        fn values_of_texts_are_written_as_by_the_standard_library(value in -1e6..1e6_f64) {
            check(value);
        }

        /// Multiples of 1/16 lie halfway between two texts as often as not.
        #[test]
        fn ties_go_to_the_even_digit(sixteenths in -100_000..100_000_i32) {
            check(f64::from(sixteenths) / 16.0);
        }
    }
}
