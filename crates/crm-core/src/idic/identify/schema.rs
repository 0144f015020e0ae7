use serde::{Deserialize, Serialize};

use super::field::{Field, Side};
use super::level::{AgreementLevel, Pattern};
use super::normalise::CallingCode;
use crate::error::{Error, ErrorKind, Result};

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
    /// not there, a field derived from one that is not there, is derived itself or is this one, or derived and with a partner or fixed
    /// probabilities, an importance or a half-life that is not above 0, or a fixed probability outside (0, 1) or of a missing value.
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
            let is_source = |&from: &usize| {
                from != row && fields.get(from).is_some_and(|f| f.derived_from.is_empty())
            };
            if !field.derived_from.iter().all(is_source) {
                return refused(
                    "must be derived from other fields that are not derived",
                    row,
                );
            }
            let is_plain = field.partner.is_none() && field.fixed.is_empty();
            if !(field.derived_from.is_empty() || is_plain) {
                return refused(
                    "must be without a partner and fixed probabilities if they are derived",
                    row,
                );
            }
            let is_positive = |value: f64| value > 0.0 && value.is_finite();
            if !is_positive(field.importance) {
                return refused("must have an importance above 0", row);
            }
            if !field.half_life.is_none_or(is_positive) {
                return refused("must have a half-life above 0", row);
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

    /// The values of a field are made of those of others, as e-mail addresses are of names. Fields are taken to agree independently of each
    /// other, which such a field does not: people of one name have one address. It has two tables of m and u then, one for pairs that
    /// agree on what it is made of (on one of these fields at least, where no other differs) and one for all others, both estimated
    /// by EM: an interaction of the fields in either class.
    ///
    /// Source: Thibaudeau 1993, "The discrimination power of dependency structures in record linkage", Survey Methodology 19; Larsen &
    /// Rubin 2001, "Iterative automated record linkage using mixture models", JASA 96.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] if one of them is not there, or as [`Schema::new`] says.
    pub fn derived(mut self, field: usize, from: &[usize]) -> Result<Self> {
        let Some(derived) = self.fields.get_mut(field) else {
            let reason = "must be the place of a field";
            return Err(Error::new(ErrorKind::OutOfRange, "field", reason).with_value(field));
        };
        derived.derived_from = from.to_vec();
        Ok(Schema::new(self.fields)?.with_calling_code(self.calling_code))
    }

    /// Some fields, as bits, and all that they are made of.
    pub(crate) fn with_sources(&self, fields: u64) -> u64 {
        let derived = self.fields.iter().enumerate();
        let derived = derived.filter(|(place, _)| fields >> place & 1 == 1);
        let sources = derived.flat_map(|(_, field)| &field.derived_from);
        sources.fold(fields, |all, source| all | 1 << source)
    }

    /// Whether a pair with these levels agrees on what a field is made of.
    pub(crate) fn is_derived(&self, field: usize, level: impl Fn(usize) -> AgreementLevel) -> bool {
        let sources = self.fields.get(field).map_or(&[][..], |f| &f.derived_from);
        let mut agrees = false;
        for &source in sources {
            match level(source) {
                AgreementLevel::Missing => {}
                AgreementLevel::Different | AgreementLevel::Similar => return false,
                AgreementLevel::Swapped | AgreementLevel::Close | AgreementLevel::Exact => {
                    agrees = true;
                }
            }
        }
        agrees
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
