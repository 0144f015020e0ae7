//! What holds a relationship: levels of relationship marketing, and bonds.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Language, Terms};

/// A level of relationship marketing. Source: Berry & Parasuraman 1991.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum RelationshipLevel {
    /// Price incentives.
    Financial = 0,
    /// Personal bonds.
    Social = 1,
    /// Ties that competitors cannot copy.
    Structural = 2,
}

impl RelationshipLevel {
    /// The instruments that are typical of the level.
    #[must_use]
    pub fn instruments(self, language: Language) -> &'static [&'static str] {
        match (self, language) {
            (RelationshipLevel::Financial, Language::En) => &[
                "volume discounts",
                "frequency programmes",
                "bundle prices",
                "price guarantees",
            ],
            (RelationshipLevel::Financial, Language::Zh) => {
                &["数量折扣", "常客奖励计划", "捆绑价格", "价格保证"]
            }
            (RelationshipLevel::Social, Language::En) => &[
                "a personal contact",
                "knowledge of the customer's wishes",
                "customer clubs and events",
                "care in bad times",
            ],
            (RelationshipLevel::Social, Language::Zh) => &[
                "专人联系",
                "了解客户需求",
                "客户俱乐部与活动",
                "困难时的关怀",
            ],
            (RelationshipLevel::Structural, Language::En) => &[
                "shared systems and processes",
                "custom products",
                "joint investments",
                "services that the customer's own work is built on",
            ],
            (RelationshipLevel::Structural, Language::Zh) => &[
                "系统与流程对接",
                "定制产品",
                "共同投资",
                "嵌入客户业务的增值服务",
            ],
        }
    }
}

impl Label for RelationshipLevel {
    const ALL: &'static [Self] = &[
        RelationshipLevel::Financial,
        RelationshipLevel::Social,
        RelationshipLevel::Structural,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            RelationshipLevel::Financial => ("financial", "Financial level", "财务层次"),
            RelationshipLevel::Social => ("social", "Social level", "社交层次"),
            RelationshipLevel::Structural => ("structural", "Structural level", "结构层次"),
        };
        Terms { name, en, zh }
    }
}

/// What binds a customer to the firm. Source: Liljander & Strandvik 1995.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Bond {
    /// A contract.
    Legal = 0,
    /// Prices, or the cost of leaving.
    Economic = 1,
    /// Products that only fit the firm's.
    Technical = 2,
    /// Nearness.
    Geographic = 3,
    /// Opening hours, delivery times.
    Temporal = 4,
    /// What each knows of the other.
    Knowledge = 5,
    /// Persons who know each other.
    Social = 6,
    /// A common language or origin.
    Cultural = 7,
    /// Values that customer and firm share.
    Value = 8,
    /// Trust in the brand.
    Psychological = 9,
}

impl Bond {
    /// How many bonds there are.
    pub const COUNT: usize = 10;

    /// Whether the bond holds from outside, as an exit barrier, rather than from inside.
    #[must_use]
    pub const fn is_external(self) -> bool {
        matches!(
            self,
            Bond::Legal | Bond::Economic | Bond::Technical | Bond::Geographic | Bond::Temporal
        )
    }
}

impl Label for Bond {
    const ALL: &'static [Self] = &[
        Bond::Legal,
        Bond::Economic,
        Bond::Technical,
        Bond::Geographic,
        Bond::Temporal,
        Bond::Knowledge,
        Bond::Social,
        Bond::Cultural,
        Bond::Value,
        Bond::Psychological,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Bond::Legal => ("legal", "Legal bond", "法律纽带"),
            Bond::Economic => ("economic", "Economic bond", "经济纽带"),
            Bond::Technical => ("technical", "Technical bond", "技术纽带"),
            Bond::Geographic => ("geographic", "Geographic bond", "地理纽带"),
            Bond::Temporal => ("temporal", "Temporal bond", "时间纽带"),
            Bond::Knowledge => ("knowledge", "Knowledge bond", "知识纽带"),
            Bond::Social => ("social", "Social bond", "社会纽带"),
            Bond::Cultural => ("cultural", "Cultural bond", "文化纽带"),
            Bond::Value => ("value", "Value bond", "价值观纽带"),
            Bond::Psychological => ("psychological", "Psychological bond", "心理纽带"),
        };
        Terms { name, en, zh }
    }
}

/// How strongly each bond holds a customer, from 0 to 1, by its place in [`Bond::ALL`](Label::ALL).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "[f64; 10]", into = "[f64; 10]")]
pub struct Bonds([f64; Bond::COUNT]);

/// What a customer's bonds come to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BondStrength {
    /// 1 − Π (1 − s) over all bonds: how likely one of them holds, if each does independently with its strength as probability.
    pub strength: f64,
    /// The same over the external bonds: what keeps a customer who would rather leave.
    pub external: f64,
    /// The same over the internal bonds: what makes a customer want to stay.
    pub internal: f64,
}

impl Bonds {
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a strength outside [0, 1], NaN included, with the place of the bond as the row.
    pub fn new(strengths: [f64; Bond::COUNT]) -> Result<Self> {
        match (0..).zip(strengths).find(|(_, s)| !(0.0..=1.0).contains(s)) {
            Some((row, strength)) => {
                let error = Error::new(
                    ErrorKind::OutOfRange,
                    "strengths",
                    "must be between 0 and 1",
                );
                Err(error.with_value(strength).at_row(row))
            }
            None => Ok(Bonds(strengths)),
        }
    }

    /// The strength of a bond.
    #[must_use]
    pub fn get(&self, bond: Bond) -> f64 {
        self.0.get(bond as usize).copied().unwrap_or_default()
    }

    /// What they come to.
    ///
    /// ```
    /// use crm_core::loyalty::bonds::{Bond, Bonds};
    ///
    /// let mut strengths = [0.0; Bond::COUNT];
    /// strengths[Bond::Legal as usize] = 0.5;
    /// strengths[Bond::Social as usize] = 0.8;
    /// let found = Bonds::new(strengths)?.strength();
    /// assert!((found.strength - 0.9).abs() < 1e-15);
    /// assert_eq!((found.external, found.internal), (0.5, 0.8));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[must_use]
    pub fn strength(&self) -> BondStrength {
        let of = |wanted: &dyn Fn(Bond) -> bool| {
            let bonds = Bond::ALL.iter().copied().filter(|&bond| wanted(bond));
            1.0 - bonds.map(|bond| 1.0 - self.get(bond)).product::<f64>()
        };
        BondStrength {
            strength: of(&|_| true),
            external: of(&Bond::is_external),
            internal: of(&|bond| !bond.is_external()),
        }
    }
}

impl TryFrom<[f64; Bond::COUNT]> for Bonds {
    type Error = Error;

    fn try_from(strengths: [f64; Bond::COUNT]) -> Result<Self> {
        Bonds::new(strengths)
    }
}

impl From<Bonds> for [f64; Bond::COUNT] {
    fn from(bonds: Bonds) -> Self {
        bonds.0
    }
}
