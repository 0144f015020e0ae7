use serde::{Deserialize, Serialize};

use super::fold::half_width;
use crate::error::{Error, ErrorKind, Result};

/// The country that phone numbers without a calling code are of, by its calling code of 1 to 3 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct CallingCode(u16);

impl CallingCode {
    /// China.
    pub const CHINA: CallingCode = CallingCode(86);

    /// A calling code, such as 86 for China.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] unless it is between 1 and 999.
    pub fn new(code: u16) -> Result<Self> {
        match code {
            1..=999 => Ok(CallingCode(code)),
            _ => Err(Error::new(
                ErrorKind::OutOfRange,
                "calling_code",
                "must be between 1 and 999",
            )
            .with_value(code)),
        }
    }
}

impl TryFrom<u16> for CallingCode {
    type Error = Error;

    fn try_from(code: u16) -> Result<Self> {
        CallingCode::new(code)
    }
}

impl From<CallingCode> for u16 {
    fn from(code: CallingCode) -> u16 {
        code.0
    }
}

/// A phone number as ITU-T E.164 writes it: `+`, calling code, number; at most 15 digits.
///
/// A number that begins with `+` or `00` has its calling code; any other is one of `home`, without the `0` before area codes (Italy,
/// +39, keeps it). Chinese mobile numbers may begin with 86 and no sign. What follows `x`, `ext` or `转` is an extension and is
/// left out.
///
/// ```
/// use crm_core::idic::identify::normalise::{CallingCode, phone};
///
/// assert_eq!(phone("138 1234 5678", CallingCode::CHINA)?, "+8613812345678");
/// assert_eq!(phone("0044 (0)20 7946-0018", CallingCode::CHINA)?, "+442079460018");
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Unreadable`] unless 7 to 15 digits remain; the error does not show them.
pub fn phone(text: &str, home: CallingCode) -> Result<String> {
    let text: String = text.chars().map(half_width).collect();
    let extension = text
        .find(['x', 'X', '转', '轉', ';'])
        .or_else(|| text.find("ext"));
    let text = text
        .get(..extension.unwrap_or(text.len()))
        .unwrap_or_default()
        .trim();
    let has_plus = text.starts_with('+') || text.starts_with("(+");
    let text = if has_plus || text.starts_with("00") {
        text.replacen("(0)", "", 1)
    } else {
        text.to_owned()
    };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let abroad = if has_plus {
        Some(digits.as_str())
    } else {
        digits.strip_prefix("00")
    };
    let number = match abroad {
        Some(number) => number.to_owned(),
        None if home == CallingCode::CHINA && digits.len() == 13 && digits.starts_with("861") => {
            digits
        }
        None => {
            const ITALY: CallingCode = CallingCode(39);
            let national = match home {
                ITALY => digits.as_str(),
                _ => digits.strip_prefix('0').unwrap_or(&digits),
            };
            let trunk_of_north_america = home.0 == 1 && national.len() == 11;
            let national = match trunk_of_north_america {
                true => national.strip_prefix('1').unwrap_or(national),
                false => national,
            };
            format!("{}{national}", home.0)
        }
    };
    match number.len() {
        7..=15 => Ok(format!("+{number}")),
        _ => Err(Error::new(
            ErrorKind::Unreadable,
            "phone",
            "must have 7 to 15 digits with its calling code",
        )),
    }
}

/// An e-mail address in small letters, without `mailto:` and what follows `+` in its local part; and of Google's, without the dots
/// there, which it ignores. Mail systems may tell capitals apart in the local part; none in use does.
///
/// # Errors
/// [`ErrorKind::Unreadable`] unless it has one `@` with something on both sides; the error does not show it.
pub fn email(text: &str) -> Result<String> {
    let small: String = text
        .trim()
        .chars()
        .map(half_width)
        .flat_map(char::to_lowercase)
        .collect();
    let small = small.strip_prefix("mailto:").unwrap_or(&small);
    let unreadable = || {
        Error::new(
            ErrorKind::Unreadable,
            "email",
            "must have a name, one @ and a domain",
        )
    };
    let (local, domain) = small.split_once('@').ok_or_else(unreadable)?;
    let local = local.split('+').next().unwrap_or_default();
    let has_space = small.contains(char::is_whitespace);
    if local.is_empty() || domain.is_empty() || domain.contains('@') || has_space {
        return Err(unreadable());
    }
    match domain {
        "gmail.com" | "googlemail.com" => Ok(format!("{}@gmail.com", local.replace('.', ""))),
        _ => Ok(format!("{local}@{domain}")),
    }
}
