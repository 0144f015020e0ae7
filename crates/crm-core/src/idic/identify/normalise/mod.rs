//! One way to write what can be written in many: what is compared is the normal form.
//!
//! | function | turns | into |
//! | --- | --- | --- |
//! | [`name`] | `Dr. José  MÜLLER-Lüdenscheidt`, `王小明 先生` | `jose muller ludenscheidt`, `王小明` |
//! | [`phone`] | `0044 (0)20 7946-0018`, `138 1234 5678` | `+442079460018`, `+8613812345678` |
//! | [`email`] | `Jane.Doe+news@GMail.com` | `janedoe@gmail.com` |
//! | [`address`] | `12, Main St.` | `12 main street` |
//! | [`date`] | `3.5.1990`, `19900503`, `1990年5月3日` | 1990-05-03 |
//! | [`text`] | `New  South-Wales` | `new south wales` |
//! | [`code`] | `2600-001 a` | `2600001A` |
//! | [`number`] | `1,234.50` | 1234.5 |
//!
//! Full-width forms become half-width ones and accents are taken off (ß is ss, ø is o).

mod contact;
mod date;
mod fold;
mod name;
mod number;

pub use contact::{CallingCode, email, phone};
pub use date::date;
pub use fold::{code, text};
pub use name::{name, romanised};
pub use number::number;

pub(crate) use date::digits as date_digits;
pub(crate) use name::has_han;

use crate::error::Result;
use crate::idic::identify::field::FieldKind;
use fold::words;

/// The normal form of a value of this kind; a date as year-month-day.
///
/// # Errors
/// [`Unreadable`](crate::ErrorKind::Unreadable) for what is no phone number, e-mail address, date or number.
pub fn value(kind: FieldKind, given: &str, home: CallingCode) -> Result<String> {
    Ok(match kind {
        FieldKind::Name => name(given),
        FieldKind::Phone => phone(given, home)?,
        FieldKind::Email => email(given)?,
        FieldKind::Address => address(given),
        FieldKind::Date => date(given)?.to_string(),
        FieldKind::Code => code(given),
        FieldKind::Text => text(given),
        FieldKind::Number => number(given)?.to_string(),
        FieldKind::Pseudonym => given.trim().to_ascii_lowercase(),
    })
}

/// The words of an address, with what is often shortened written out.
///
/// ```
/// use crm_core::idic::identify::normalise::address;
///
/// assert_eq!(address("Flat 3, 12 Main St."), "flat 3 12 main street");
/// assert_eq!(address("北京市 朝阳区 建国路 88 号"), "北京市朝阳区建国路88号");
/// ```
#[must_use]
pub fn address(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for word in words(text) {
        let word = LONG_FORMS
            .iter()
            .find(|(short, _)| *short == word)
            .map_or(word.as_str(), |(_, long)| long);
        let ends_in_han = normal.chars().next_back().is_some_and(fold::is_han);
        let begins_with_han = word.chars().next().is_some_and(fold::is_han);
        if !normal.is_empty() && !ends_in_han && !begins_with_han {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    normal
}

/// English abbreviations of the parts of an address.
const LONG_FORMS: [(&str, &str); 20] = [
    ("apt", "apartment"),
    ("ave", "avenue"),
    ("av", "avenue"),
    ("blvd", "boulevard"),
    ("bldg", "building"),
    ("cl", "close"),
    ("cres", "crescent"),
    ("ct", "court"),
    ("cct", "circuit"),
    ("dr", "drive"),
    ("fl", "floor"),
    ("hwy", "highway"),
    ("ln", "lane"),
    ("pde", "parade"),
    ("pl", "place"),
    ("rd", "road"),
    ("sq", "square"),
    ("st", "street"),
    ("str", "street"),
    ("tce", "terrace"),
];
