use serde::{Deserialize, Serialize};

use super::level::{AgreementLevel, Pattern};
use super::normalise::CallingCode;
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// What the values of a field are, and so how they are normalised and compared.
///
/// | kind | exact | close | similar |
/// | --- | --- | --- | --- |
/// | name, text | equal | Jaro–Winkler ≥ 0.92, or the same pinyin | ≥ 0.8 |
/// | address | equal but for spaces | Jaro–Winkler or token set ≥ 0.92 | ≥ 0.75 |
/// | phone | equal | one edit (OSA), or the same last 8 digits | two edits |
/// | e-mail | equal | one edit, or the same local part | Jaro–Winkler ≥ 0.88 |
/// | date | equal | one edit of its digits, or day and month swapped | two of year, month, day equal |
/// | code | equal | one edit | two edits, of 5 characters or more |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum FieldKind {
    /// A given name, family name or full name.
    Name = 0,
    /// A phone number.
    Phone = 1,
    /// An e-mail address.
    Email = 2,
    /// A line of a postal address.
    Address = 3,
    /// A day, such as that of birth.
    Date = 4,
    /// An identifier: number of a document, postcode, house number.
    Code = 5,
    /// Any other short text: town, state, sex.
    Text = 6,
}

impl Label for FieldKind {
    const ALL: &'static [Self] = &[
        FieldKind::Name,
        FieldKind::Phone,
        FieldKind::Email,
        FieldKind::Address,
        FieldKind::Date,
        FieldKind::Code,
        FieldKind::Text,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            FieldKind::Name => ("name", "name", "姓名"),
            FieldKind::Phone => ("phone", "phone number", "电话号码"),
            FieldKind::Email => ("email", "e-mail address", "电子邮箱"),
            FieldKind::Address => ("address", "address", "地址"),
            FieldKind::Date => ("date", "date", "日期"),
            FieldKind::Code => ("code", "identifier", "编号"),
            FieldKind::Text => ("text", "text", "文本"),
        };
        Terms { name, en, zh }
    }
}

/// Which of the two probabilities of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// m: that records of one customer agree on this level, given that neither value is missing.
    Match,
    /// u: that records of two customers do.
    NonMatch,
}

/// A field of the records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: FieldKind,
    /// The field that its value may stand in by mistake, by its place in the schema.
    pub partner: Option<usize>,
    /// Whether agreement on a frequent value is weaker evidence than on a rare one.
    pub term_frequency: bool,
    /// Probabilities set by hand, instead of estimated ones.
    pub fixed: Vec<(Side, AgreementLevel, f64)>,
}

impl Field {
    /// A field of this name and kind without a partner, whose probabilities are estimated; term frequencies count.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Field {
            name: name.into(),
            kind,
            partner: None,
            term_frequency: true,
            fixed: Vec::new(),
        }
    }

    /// Sets m or u of a level by hand.
    #[must_use]
    pub fn fix(mut self, side: Side, level: AgreementLevel, probability: f64) -> Self {
        self.fixed.push((side, level, probability));
        self
    }
}

/// The fields of records, and the country that phone numbers without a calling code are of.
///
/// ```
/// use crm_core::idic::identify::{Field, FieldKind, Schema};
///
/// let schema = Schema::new(vec![
///     Field::new("given_name", FieldKind::Name),
///     Field::new("surname", FieldKind::Name),
///     Field::new("mobile", FieldKind::Phone),
/// ])?
/// .swappable(0, 1)?;
/// assert_eq!(schema.fields()[0].partner, Some(1));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Schema {
    fields: Vec<Field>,
    calling_code: CallingCode,
}

#[derive(Clone, Serialize, Deserialize)]
struct Unchecked {
    fields: Vec<Field>,
    calling_code: CallingCode,
}

impl Schema {
    /// Fields in the order of their columns; phone numbers are Chinese.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] without fields, [`ErrorKind::OutOfRange`] for more than 21 fields, two of one name, a partner that is
    /// not there, or a fixed probability outside (0, 1) or of a missing value.
    pub fn new(fields: Vec<Field>) -> Result<Self> {
        if fields.is_empty() {
            return Err(Error::empty("fields"));
        }
        let refused = |reason: &'static str, row: usize| {
            Err(Error::new(ErrorKind::OutOfRange, "fields", reason).at_row(row))
        };
        if fields.len() > Pattern::FIELDS {
            return refused("must be 21 or fewer", Pattern::FIELDS);
        }
        for (row, field) in fields.iter().enumerate() {
            if fields.iter().take(row).any(|f| f.name == field.name) {
                return refused("must have different names", row);
            }
            if field.partner.is_some_and(|p| p >= fields.len() || p == row) {
                return refused("must have another field as partner", row);
            }
            let is_probability = |&(_, level, p): &(Side, AgreementLevel, f64)| {
                0.0 < p && p < 1.0 && level != AgreementLevel::Missing
            };
            if !field.fixed.iter().all(is_probability) {
                return refused(
                    "must have fixed probabilities between 0 and 1, of levels that are not missing",
                    row,
                );
            }
        }
        Ok(Schema {
            fields,
            calling_code: CallingCode::CHINA,
        })
    }

    /// The fields `a` and `b` may have each other's values.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] if one of them is not there, or they are the same.
    pub fn swappable(mut self, a: usize, b: usize) -> Result<Self> {
        for (field, partner) in [(a, b), (b, a)] {
            if let Some(field) = self.fields.get_mut(field) {
                field.partner = Some(partner);
            }
        }
        let Schema {
            fields,
            calling_code,
        } = self;
        if a.max(b) >= fields.len() {
            let reason = "must be the place of a field";
            return Err(Error::new(ErrorKind::OutOfRange, "partner", reason).with_value(a.max(b)));
        }
        Ok(Schema::new(fields)?.with_calling_code(calling_code))
    }

    /// The same for phone numbers of another country.
    #[must_use]
    pub fn with_calling_code(mut self, calling_code: CallingCode) -> Self {
        self.calling_code = calling_code;
        self
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The country that phone numbers without a calling code are of.
    #[must_use]
    pub fn calling_code(&self) -> CallingCode {
        self.calling_code
    }

    /// The place of the field of this name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none.
    pub fn find(&self, name: &str) -> Result<usize> {
        let place = self.fields.iter().position(|field| field.name == name);
        place.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "field", "is not a field of the schema")
                .with_value(format_args!("{name:?}"))
        })
    }
}

impl TryFrom<Unchecked> for Schema {
    type Error = Error;

    fn try_from(given: Unchecked) -> Result<Self> {
        Ok(Schema::new(given.fields)?.with_calling_code(given.calling_code))
    }
}

impl From<Schema> for Unchecked {
    fn from(schema: Schema) -> Self {
        Unchecked {
            fields: schema.fields,
            calling_code: schema.calling_code,
        }
    }
}
