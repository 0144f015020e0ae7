use std::str::FromStr;

use rust_decimal::Decimal;

use super::fold::half_width;
use crate::error::{Error, ErrorKind, Result};

/// A quantity as people write it: digits, of which a point parts the decimals; commas, spaces and apostrophes may stand between groups of
/// three digits before it. It has up to 28 digits.
///
/// ```
/// use crm_core::idic::identify::normalise::number;
///
/// for text in ["1234.50", " 1,234.5", "+1 234.500", "１２３４．５"] {
///     assert_eq!(number(text)?.to_string(), "1234.5");
/// }
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Unreadable`] if it is none, such as `1,5`; the error does not show it.
pub fn number(text: &str) -> Result<Decimal> {
    let unreadable = || Error::new(ErrorKind::Unreadable, "number", "is not a number");
    let plain: String = text.trim().chars().map(half_width).collect();
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, "0"));
    let unsigned = whole.strip_prefix(['+', '-']).unwrap_or(whole);
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut groups = unsigned.split([',', ' ', '\'', '’']);
    let first = groups.next().unwrap_or_default();
    let is_grouped = groups.clone().next().is_some();
    let are_groups = groups.all(|group| group.len() == 3 && are_digits(group));
    if !are_digits(first) || !are_digits(decimals) || !are_groups || is_grouped && first.len() > 3 {
        return Err(unreadable());
    }
    let digits: String = unsigned.chars().filter(char::is_ascii_digit).collect();
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let number = Decimal::from_str(&format!("{sign}{digits}.{decimals}"));
    number
        .map(|number| number.normalize())
        .map_err(|_| unreadable())
}
