use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// What a customer's value is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Measure {
    /// The amounts bought.
    #[default]
    Spend = 0,
    /// Amount − cost; the series must know it.
    Profit = 1,
}

impl Label for Measure {
    const ALL: &'static [Self] = &[Measure::Spend, Measure::Profit];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Measure::Spend => ("spend", "Spend", "消费额"),
            Measure::Profit => ("profit", "Profit", "利润"),
        };
        Terms { name, en, zh }
    }
}

/// Every threshold of the rules, in the customer's own units: interpurchase times, shares of the
/// own peak, probabilities. `RuleOptions::default()` gives the defaults below.
///
/// | field | default | reason |
/// | --- | --- | --- |
/// | `measure` | spend | every log has it |
/// | `development_purchases` | 3 | the first purchase that is more than one repetition |
/// | `silence` | 2 | two purchases in a row were due and did not come |
/// | `termination` | 0.2 | the odds are 4 to 1 that the relationship has ended |
/// | `dropout_a`, `dropout_b` | 1, 2 | one customer in three is lost after the first purchase, one in `x + 3` after `x` repetitions |
/// | `population_weight` | estimated | how far customers differ is known only from the data |
/// | `window` | 8 | enough points for a test at 5 %, few enough to follow a change |
/// | `least_blocks` | 4 | with fewer points no trend can reach 5 % |
/// | `significance` | 0.05 | the usual level; two evaluations in a row must agree besides |
/// | `inclination` | 0.2 | weaker: what keeps a growing customer in Growth, and what makes a low level a decline |
/// | `least_change` | 0.25 | a trend that changes value by less over the window is no matter for marketing |
/// | `level_blocks` | 3 | one missed purchase is no fall of level |
/// | `decline_level` | 0.5 | half of the best that the customer has sustained |
/// | `return_level` | 0.7 | above `decline_level`, so that a customer at the border does not flap |
/// | `confirmations` | 2 | the same answer one own interpurchase time later |
/// | `recovery_purchases` | 2 | a customer won back has bought again after the return |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleOptions {
    /// What a customer's value is measured by.
    pub measure: Measure,
    /// Periods with a purchase from which on a new customer has left Development for Growth; 2 or
    /// more.
    pub development_purchases: u32,
    /// Silence, in own interpurchase times, from which on a customer is in Decline; more than 0.
    pub silence: f64,
    /// P(alive) at or below which a customer is in Termination; more than 0, less than 1.
    pub termination: f64,
    /// First parameter a of the beta distribution of drop-out after a purchase; more than 0.
    pub dropout_a: f64,
    /// Second parameter b of it: after x repetitions, drop-out has odds a / (b + x); more than 0.
    pub dropout_b: f64,
    /// How many interpurchase times of a customer the population's mean weighs as much as; more
    /// than 0. `None` estimates it: [`Population`](super::Population).
    pub population_weight: Option<f64>,
    /// Blocks, each of one own interpurchase time, that a trend is taken over; 4 to 32.
    pub window: u32,
    /// Blocks needed to speak of a trend or a level; 2 to `window`.
    pub least_blocks: u32,
    /// Level of the one-sided Kendall test of a rise or a fall; more than 0, at most 0.5.
    pub significance: f64,
    /// Weaker level of the same test, of an inclination upwards or downwards; more than 0, at most
    /// 0.5.
    pub inclination: f64,
    /// Change over the window, as part of the mean, that makes a significant trend a rise or a
    /// fall; 0 or more.
    pub least_change: f64,
    /// Latest blocks whose mean is the level; 1 to `least_blocks`.
    pub level_blocks: u32,
    /// Part of the own peak at or below which a level that inclines downwards is Decline; from 0
    /// to `return_level`.
    pub decline_level: f64,
    /// Part of the own peak from which on a customer in Decline is back in Maturity; up to 1.
    pub return_level: f64,
    /// Evaluations in a row, one own interpurchase time apart, that must agree on a change of
    /// stage; 1 or more.
    pub confirmations: u32,
    /// Periods with a purchase since the return (included) that make Recovery into Maturity; 2 or
    /// more.
    pub recovery_purchases: u32,
}

/// The most blocks of a trend: the exact null distribution is tabled up to here.
pub(super) const MOST_BLOCKS: usize = 32;

impl Default for RuleOptions {
    fn default() -> Self {
        RuleOptions {
            measure: Measure::Spend,
            development_purchases: 3,
            silence: 2.0,
            termination: 0.2,
            dropout_a: 1.0,
            dropout_b: 2.0,
            population_weight: None,
            window: 8,
            least_blocks: 4,
            significance: 0.05,
            inclination: 0.2,
            least_change: 0.25,
            level_blocks: 3,
            decline_level: 0.5,
            return_level: 0.7,
            confirmations: 2,
            recovery_purchases: 2,
        }
    }
}

impl RuleOptions {
    pub(super) fn check(&self) -> Result<()> {
        let above_zero = (f64::MIN_POSITIVE, f64::MAX);
        let level = (f64::MIN_POSITIVE, 0.5);
        let weight = self.population_weight.unwrap_or(1.0);
        for (name, value, (least, most)) in [
            ("silence", self.silence, above_zero),
            (
                "termination",
                self.termination,
                (f64::MIN_POSITIVE, 1.0 - f64::EPSILON),
            ),
            ("dropout_a", self.dropout_a, above_zero),
            ("dropout_b", self.dropout_b, above_zero),
            ("population_weight", weight, above_zero),
            ("significance", self.significance, level),
            ("inclination", self.inclination, level),
            ("least_change", self.least_change, (0.0, f64::MAX)),
            (
                "decline_level",
                self.decline_level,
                (0.0, self.return_level),
            ),
            ("return_level", self.return_level, (0.0, 1.0)),
        ] {
            if !value.is_finite() {
                return Err(Error::not_finite(name, value));
            }
            if value < least || value > most {
                return Err(refusal(name, value, least, most));
            }
        }
        for (name, value, least, most) in [
            (
                "development_purchases",
                self.development_purchases,
                2,
                u32::MAX,
            ),
            ("window", self.window, 4, MOST_BLOCKS as u32),
            ("least_blocks", self.least_blocks, 2, self.window),
            ("level_blocks", self.level_blocks, 1, self.least_blocks),
            ("confirmations", self.confirmations, 1, u32::MAX),
            ("recovery_purchases", self.recovery_purchases, 2, u32::MAX),
        ] {
            if !(least..=most).contains(&value) {
                return Err(refusal(name, value, least, most));
            }
        }
        Ok(())
    }
}

fn refusal<T: std::fmt::Display>(name: &'static str, value: T, least: T, most: T) -> Error {
    let reason = format!("must be between {least} and {most}");
    Error::new(ErrorKind::OutOfRange, name, reason).with_value(value)
}
