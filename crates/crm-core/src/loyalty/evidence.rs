use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Column;
use crate::units::{Label, Language, Terms};

/// What may be known of a customer's loyalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Clue {
    /// Attachment from survey items, 0 to 1.
    Attachment = 0,
    /// Repeat purchase: the repeat rate or the share of wallet, 0 to 1.
    RepeatPurchase = 1,
    /// How many viable alternatives the customer has: 0, 1, 2, ….
    Alternatives = 2,
    /// What trouble it is to look and switch elsewhere, 0 to 1.
    SwitchingEffort = 3,
    /// How near and easy buying here is, 0 to 1.
    Convenience = 4,
    /// Share of purchases at a reduced or the lowest price, 0 to 1.
    PromotionShare = 5,
    /// Share of purchases that earn or redeem rewards, 0 to 1.
    RewardShare = 6,
    /// Whether rules or circumstances keep the customer from buying more: 0 or 1.
    Constraint = 7,
}

impl Clue {
    /// How many clues there are.
    pub const COUNT: usize = 8;

    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// How far the clue holds, from 0 to 1: the number itself; of n alternatives 1 / (1 + n), how far there is none.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a number that the clue does not take, NaN among them.
    pub(super) fn degree(self, value: f64) -> Result<f64> {
        let (valid, rule) = match self {
            Clue::Alternatives => (
                value >= 0.0 && value.is_finite() && libm::trunc(value) == value,
                "must be a whole number of 0 or more",
            ),
            Clue::Constraint => (value == 0.0 || value == 1.0, "must be 0 or 1"),
            _ => ((0.0..=1.0).contains(&value), "must be between 0 and 1"),
        };
        if !valid {
            let error = Error::new(ErrorKind::OutOfRange, self.name(), rule);
            return Err(error.with_value(value));
        }
        Ok(match self {
            Clue::Alternatives => 1.0 / (1.0 + value),
            _ => value,
        })
    }

    /// The clue and its value in words: "attachment 0.85".
    pub(super) fn describe(self, value: f64, language: Language) -> String {
        let label = self.label(language);
        match (self, language) {
            (Clue::Constraint, Language::En) if value == 0.0 => "no constraint".to_owned(),
            (Clue::Constraint, Language::En) => "a constraint".to_owned(),
            (Clue::Constraint, Language::Zh) if value == 0.0 => "无购买限制".to_owned(),
            (Clue::Constraint, Language::Zh) => "有购买限制".to_owned(),
            (Clue::Alternatives, Language::En) => format!("{value} viable alternatives"),
            (Clue::Alternatives, Language::Zh) => format!("{value}个可行替代选择"),
            (_, Language::En) => format!("{} {value:.2}", label.to_lowercase()),
            (_, Language::Zh) => format!("{label}{value:.2}"),
        }
    }
}

impl Label for Clue {
    const ALL: &'static [Self] = &[
        Clue::Attachment,
        Clue::RepeatPurchase,
        Clue::Alternatives,
        Clue::SwitchingEffort,
        Clue::Convenience,
        Clue::PromotionShare,
        Clue::RewardShare,
        Clue::Constraint,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Clue::Attachment => ("attachment", "Attachment", "依恋程度"),
            Clue::RepeatPurchase => ("repeat_purchase", "Repeat purchase", "重复购买"),
            Clue::Alternatives => ("alternatives", "Viable alternatives", "可行替代选择"),
            Clue::SwitchingEffort => ("switching_effort", "Switching effort", "转换麻烦程度"),
            Clue::Convenience => ("convenience", "Convenience", "便利程度"),
            Clue::PromotionShare => ("promotion_share", "Share at reduced prices", "低价购买比例"),
            Clue::RewardShare => ("reward_share", "Share with rewards", "奖励购买比例"),
            Clue::Constraint => ("constraint", "Constraint", "购买限制"),
        };
        Terms { name, en, zh }
    }
}

/// What is known of customers: a column for each clue, by its place in [`Clue::ALL`](Label::ALL); NaN where it is not known.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a>(pub [Column<'a>; Clue::COUNT]);

impl<'a> Evidence<'a> {
    /// Nothing known of anybody.
    pub const UNKNOWN: Evidence<'static> = Evidence([Column::Constant(f64::NAN); Clue::COUNT]);

    /// The same with a column for a clue.
    #[must_use]
    pub fn with(mut self, clue: Clue, column: impl Into<Column<'a>>) -> Self {
        if let Some(place) = self.0.get_mut(clue as usize) {
            *place = column.into();
        }
        self
    }

    pub(super) fn require_rows(&self, rows: usize) -> Result<()> {
        Clue::ALL
            .iter()
            .zip(&self.0)
            .try_for_each(|(clue, column)| column.require_rows(clue.name(), rows))
    }

    /// What is known of the customer in `row`.
    #[must_use]
    pub fn of(&self, row: usize) -> Known {
        Known(self.0.map(|column| column.get(row)))
    }
}

/// What is known of one customer; NaN where nothing is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known(pub [f64; Clue::COUNT]);

impl Known {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0.iter().all(|value| value.is_nan())
    }

    pub(crate) fn value(&self, clue: Clue) -> f64 {
        self.0.get(clue as usize).copied().unwrap_or(f64::NAN)
    }
}
