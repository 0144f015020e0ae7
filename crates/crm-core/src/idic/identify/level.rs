use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// How well the values of a field agree in two records, from a missing one to equal ones.
///
/// What counts as close and similar depends on the [`FieldKind`](super::FieldKind).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum AgreementLevel {
    /// A value is missing: no evidence either way.
    Missing = 0,
    /// Both are there and differ.
    Different = 1,
    /// They differ by more than a slip.
    Similar = 2,
    /// The value stands in the partner field of the other record: first and family name swapped.
    Swapped = 3,
    /// They differ by a slip of the pen.
    Close = 4,
    /// Equal, once normalised.
    Exact = 5,
}

impl Label for AgreementLevel {
    const ALL: &'static [Self] = &[
        AgreementLevel::Missing,
        AgreementLevel::Different,
        AgreementLevel::Similar,
        AgreementLevel::Swapped,
        AgreementLevel::Close,
        AgreementLevel::Exact,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            AgreementLevel::Missing => ("missing", "missing", "缺失"),
            AgreementLevel::Different => ("different", "different", "不同"),
            AgreementLevel::Similar => ("similar", "similar", "相似"),
            AgreementLevel::Swapped => ("swapped", "in the partner field", "字段互换"),
            AgreementLevel::Close => ("close", "close", "相近"),
            AgreementLevel::Exact => ("exact", "equal", "相同"),
        };
        Terms { name, en, zh }
    }
}

impl AgreementLevel {
    /// How many there are.
    pub const COUNT: usize = 6;
}

/// The levels of all fields of a pair: three bits for each field.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Pattern(u64);

impl Pattern {
    const BITS: usize = 3;
    /// So many fields fit.
    pub const FIELDS: usize = 64 / Pattern::BITS;

    /// The pattern with this level for a field.
    #[must_use]
    pub const fn with(self, field: usize, level: AgreementLevel) -> Self {
        let shift = Pattern::BITS * field;
        Pattern(self.0 & !(7 << shift) | (level as u64) << shift)
    }

    /// The level of a field.
    #[must_use]
    pub const fn level(self, field: usize) -> AgreementLevel {
        match self.0 >> (Pattern::BITS * field) & 7 {
            0 => AgreementLevel::Missing,
            1 => AgreementLevel::Different,
            2 => AgreementLevel::Similar,
            3 => AgreementLevel::Swapped,
            4 => AgreementLevel::Close,
            _ => AgreementLevel::Exact,
        }
    }
}
