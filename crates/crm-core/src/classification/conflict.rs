use serde::{Deserialize, Serialize};

use super::CustomerVerdict;
use crate::lifecycle::Stage;
use crate::loyalty::{Clue, Known, LoyaltyCategory};
use crate::units::{Label, Terms};
use crate::value::tiers::PyramidTier;
use crate::value::types::CustomerType;

/// Verdicts that contradict each other, or what is known of the customer's loyalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Conflict {
    /// The log says that the customer has left, and evidence says repeat purchase.
    EndedAndBuying = 0,
    /// The log says that the customer buys, and evidence says no repeat purchase.
    ActiveAndNotBuying = 1,
    /// The customer has probably left, and the potential value is high.
    EndedWithPotential = 2,
    /// Premium loyalty after the first purchases.
    NewAndConvinced = 3,
    /// Among the best, and earns nothing or less.
    TopWithoutProfit = 4,
}

impl Conflict {
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl Label for Conflict {
    const ALL: &'static [Self] = &[
        Conflict::EndedAndBuying,
        Conflict::ActiveAndNotBuying,
        Conflict::EndedWithPotential,
        Conflict::NewAndConvinced,
        Conflict::TopWithoutProfit,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Conflict::EndedAndBuying => (
                "ended_and_buying",
                "has left by the log, and buys again by the evidence of loyalty",
                "交易记录显示已流失，忠诚证据却显示持续购买",
            ),
            Conflict::ActiveAndNotBuying => (
                "active_and_not_buying",
                "buys by the log, and does not buy again by the evidence of loyalty",
                "交易记录显示持续购买，忠诚证据却显示没有重复购买",
            ),
            Conflict::EndedWithPotential => (
                "ended_with_potential",
                "has probably left, and is given a high potential value",
                "很可能已流失，潜在价值却被评为高",
            ),
            Conflict::NewAndConvinced => (
                "new_and_convinced",
                "has only just begun to buy, and counts as convinced",
                "刚开始购买，却被判为超值忠诚",
            ),
            Conflict::TopWithoutProfit => (
                "top_without_profit",
                "is among the best, and is worth nothing or less",
                "位于上层，当前价值却不为正",
            ),
        };
        Terms { name, en, zh }
    }
}

/// The conflicts, by the bits of their numbers. NaN is neither high nor low.
pub(super) fn find(verdict: &CustomerVerdict, current: f64, known: Known, high: f64) -> u8 {
    let repeats = known.value(Clue::RepeatPurchase);
    let ended = verdict.stage == Some(Stage::Termination);
    let active = matches!(verdict.stage, Some(Stage::Growth | Stage::Maturity));
    let new = matches!(verdict.stage, Some(Stage::Potential | Stage::Development));
    let category = verdict.loyalty.and_then(|loyalty| loyalty.category());
    let kind = verdict.customer_type;
    let has_potential = kind.is_some_and(CustomerType::has_high_potential);
    let top = matches!(verdict.tier, Some(PyramidTier::Vip | PyramidTier::Major))
        || kind.is_some_and(CustomerType::has_high_current);
    [
        (Conflict::EndedAndBuying, ended && repeats >= high),
        (
            Conflict::ActiveAndNotBuying,
            active && repeats <= 1.0 - high,
        ),
        (Conflict::EndedWithPotential, ended && has_potential),
        (
            Conflict::NewAndConvinced,
            new && category == Some(LoyaltyCategory::Premium),
        ),
        (Conflict::TopWithoutProfit, top && current <= 0.0),
    ]
    .into_iter()
    .filter(|(_, there)| *there)
    .fold(0, |bits, (conflict, _)| bits | conflict.bit())
}
