//! What was found of a customer: the category, how sure that is, and what contradicts itself.

use serde::{Deserialize, Serialize};

use super::LoyaltyCategory;
use crate::units::{Label, Terms};

/// What a classification comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LoyaltyOutcome {
    /// One category fits better than the others.
    Decided = 0,
    /// The best fit about alike: evidence that would tell them apart is missing, weak or contradictory.
    Ambiguous = 1,
    /// Enough is known, and no category fits.
    NoLoyalty = 2,
    /// Too little is known of what the best category asks.
    InsufficientEvidence = 3,
}

impl Label for LoyaltyOutcome {
    const ALL: &'static [Self] = &[
        LoyaltyOutcome::Decided,
        LoyaltyOutcome::Ambiguous,
        LoyaltyOutcome::NoLoyalty,
        LoyaltyOutcome::InsufficientEvidence,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LoyaltyOutcome::Decided => ("decided", "Decided", "已判定"),
            LoyaltyOutcome::Ambiguous => ("ambiguous", "Ambiguous", "无法区分"),
            LoyaltyOutcome::NoLoyalty => ("no_loyalty", "No loyalty", "无忠诚"),
            LoyaltyOutcome::InsufficientEvidence => {
                ("insufficient_evidence", "Insufficient evidence", "证据不足")
            }
        };
        Terms { name, en, zh }
    }
}

/// Pieces of evidence that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Contradiction {
    /// High attachment, and purchases at reduced prices.
    AttachedForThePrice = 0,
    /// No alternative, and no repeat purchase.
    CaptiveAndAway = 1,
    /// Kept from buying, and repeat purchase.
    ConstrainedAndBuying = 2,
    /// Repeat purchase for rewards or convenience, and much trouble to switch or no alternative: two drivers.
    SeveralDrivers = 3,
}

impl Label for Contradiction {
    const ALL: &'static [Self] = &[
        Contradiction::AttachedForThePrice,
        Contradiction::CaptiveAndAway,
        Contradiction::ConstrainedAndBuying,
        Contradiction::SeveralDrivers,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Contradiction::AttachedForThePrice => (
                "attached_for_the_price",
                "says to be attached, and buys at reduced prices",
                "自称依恋，却主要在低价时购买",
            ),
            Contradiction::CaptiveAndAway => (
                "captive_and_away",
                "has no alternative, and does not buy again",
                "别无选择，却没有重复购买",
            ),
            Contradiction::ConstrainedAndBuying => (
                "constrained_and_buying",
                "is kept from buying, and buys again",
                "受到购买限制，却持续购买",
            ),
            Contradiction::SeveralDrivers => (
                "several_drivers",
                "has more than one reason to buy again",
                "重复购买的原因不止一个",
            ),
        };
        Terms { name, en, zh }
    }
}

/// The classification of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LoyaltyVerdict {
    /// Whether there is a verdict.
    pub outcome: LoyaltyOutcome,
    /// The category that fits best, a verdict or not; the first of equals.
    pub best: LoyaltyCategory,
    /// How far it fits, 0 to 1.
    pub fit: f64,
    /// The category that fits next best.
    pub next: LoyaltyCategory,
    /// By how much it fits less: how sure the verdict is.
    pub margin: f64,
    /// How many of the conditions of the best are known, of how many.
    pub known: (u8, u8),
    /// Which contradictions there are, by the bit of their number.
    pub(super) contradictions: u8,
}

impl LoyaltyVerdict {
    /// Of a customer who was not looked at yet.
    pub(super) const NONE: Self = LoyaltyVerdict {
        outcome: LoyaltyOutcome::InsufficientEvidence,
        best: LoyaltyCategory::Monopoly,
        fit: 0.0,
        next: LoyaltyCategory::Monopoly,
        margin: 0.0,
        known: (0, 0),
        contradictions: 0,
    };

    /// The category, if there is a verdict.
    #[must_use]
    pub fn category(&self) -> Option<LoyaltyCategory> {
        (self.outcome == LoyaltyOutcome::Decided).then_some(self.best)
    }

    /// Whether the evidence contradicts itself in this way.
    #[must_use]
    pub fn contradicts(&self, contradiction: Contradiction) -> bool {
        self.contradictions & contradiction.bit() != 0
    }

    /// What contradicts itself in the evidence.
    pub fn contradictions(&self) -> impl Iterator<Item = Contradiction> {
        let all = Contradiction::ALL.iter().copied();
        all.filter(|contradiction| self.contradicts(*contradiction))
    }
}

impl Contradiction {
    /// How many ways of contradicting there are.
    pub const COUNT: usize = 4;

    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}
