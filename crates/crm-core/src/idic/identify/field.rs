use serde::{Deserialize, Serialize};

use super::level::AgreementLevel;
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
/// | number | equal | by 1 % of the larger one at most | by 10 % |
/// | pseudonym | equal | – | – |
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
    /// A quantity: income, age, number of employees.
    Number = 7,
    /// What [`PseudonymKey::pseudonym`](super::PseudonymKey::pseudonym) made of a value.
    Pseudonym = 8,
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
        FieldKind::Number,
        FieldKind::Pseudonym,
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
            FieldKind::Number => ("number", "number", "数值"),
            FieldKind::Pseudonym => ("pseudonym", "pseudonym", "假名标识"),
        };
        Terms { name, en, zh }
    }
}

/// What the values of a field say of a person, and so what becomes of them in a record of pseudonyms.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum DataSensitivity {
    /// It identifies the person, or helps to: a pseudonym takes its place.
    #[default]
    Personal = 0,
    /// It says nothing of a person alone: it stays.
    Open = 1,
    /// Health, religion, finances (GDPR art. 9, PIPL art. 28): it is left out. Such fields have few different values, which their
    /// frequencies would give away.
    Sensitive = 2,
}

impl Label for DataSensitivity {
    const ALL: &'static [Self] = &[
        DataSensitivity::Personal,
        DataSensitivity::Open,
        DataSensitivity::Sensitive,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            DataSensitivity::Personal => ("personal", "personal", "个人信息"),
            DataSensitivity::Open => ("open", "not personal", "非个人信息"),
            DataSensitivity::Sensitive => ("sensitive", "sensitive", "敏感个人信息"),
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
    /// The fields that its values are made of, by their places in the schema: the names in an e-mail address. See
    /// [`Schema::derived`](super::Schema::derived).
    #[serde(default)]
    pub derived_from: Vec<usize>,
    /// Whether agreement on a frequent value is weaker evidence than on a rare one.
    pub term_frequency: bool,
    /// How much it matters to know it, beside the other fields: its weight in the freshness of a profile, and its place in lists
    /// of what is stale. (default 1)
    pub importance: f64,
    /// After how many days half of its values are taken to have changed; `None` if they do not.
    pub half_life: Option<f64>,
    /// What its values say of a person.
    pub sensitivity: DataSensitivity,
    /// Probabilities set by hand, instead of estimated ones.
    pub fixed: Vec<(Side, AgreementLevel, f64)>,
}

impl Field {
    /// A personal field of this name and kind without a partner and a half-life, whose probabilities are estimated; term
    /// frequencies count.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Field {
            name: name.into(),
            kind,
            partner: None,
            derived_from: Vec::new(),
            term_frequency: true,
            importance: 1.0,
            half_life: None,
            sensitivity: DataSensitivity::Personal,
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
