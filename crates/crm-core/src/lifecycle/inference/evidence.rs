use std::fmt;

use serde::{Deserialize, Serialize};

use super::options::RuleOptions;
use crate::fixed::Fixed;
use crate::lifecycle::Stage;
use crate::units::{Label, Language, Terms};

/// The rule that decided a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Rule {
    /// Potential: nothing bought yet.
    NeverBought = 0,
    /// Development: fewer purchases than `development_purchases`.
    FirstPurchases = 1,
    /// Growth: as many purchases as `development_purchases`, too early for a trend.
    RepeatPurchases = 2,
    /// Growth: value rises.
    RisingValue = 3,
    /// Growth: share of wallet rises.
    RisingShare = 4,
    /// Maturity: value neither rises nor falls, at a good level.
    Plateau = 5,
    /// Decline: value falls.
    FallingValue = 6,
    /// Decline: share of wallet falls.
    FallingShare = 7,
    /// Decline: the level is far below the own peak and inclines downwards.
    BelowPeak = 8,
    /// Decline: silent for long against the own rhythm.
    Silence = 9,
    /// Termination: the relationship has probably ended.
    LikelyEnded = 10,
    /// Recovery: bought again after Termination.
    BoughtAgain = 11,
    /// Maturity: kept buying after the return.
    Reactivated = 12,
}

impl Label for Rule {
    const ALL: &'static [Self] = &[
        Rule::NeverBought,
        Rule::FirstPurchases,
        Rule::RepeatPurchases,
        Rule::RisingValue,
        Rule::RisingShare,
        Rule::Plateau,
        Rule::FallingValue,
        Rule::FallingShare,
        Rule::BelowPeak,
        Rule::Silence,
        Rule::LikelyEnded,
        Rule::BoughtAgain,
        Rule::Reactivated,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Rule::NeverBought => ("never_bought", "never bought", "从未购买"),
            Rule::FirstPurchases => ("first_purchases", "first purchases", "首批购买"),
            Rule::RepeatPurchases => ("repeat_purchases", "repeat purchases", "重复购买"),
            Rule::RisingValue => ("rising_value", "value rises", "价值上升"),
            Rule::RisingShare => ("rising_share", "share of wallet rises", "钱包份额上升"),
            Rule::Plateau => ("plateau", "steady at a good level", "稳定在较高水平"),
            Rule::FallingValue => ("falling_value", "value falls", "价值下降"),
            Rule::FallingShare => ("falling_share", "share of wallet falls", "钱包份额下降"),
            Rule::BelowPeak => ("below_peak", "far below the own peak", "远低于自身峰值"),
            Rule::Silence => ("silence", "silent for long", "长期未购买"),
            Rule::LikelyEnded => ("likely_ended", "probably ended", "关系很可能已结束"),
            Rule::BoughtAgain => ("bought_again", "bought again", "再次购买"),
            Rule::Reactivated => ("reactivated", "buys as before", "恢复购买"),
        };
        Terms { name, en, zh }
    }
}

/// Why a customer is in a stage: the rule that decided, and the numbers at the end of observation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The rule that holds the customer in the stage.
    pub rule: Rule,
    /// A change of stage that has been seen and waits to be confirmed.
    pub pending: Option<Stage>,
    /// The customer's rhythm; `None` for a customer who never bought.
    pub rhythm: Option<RhythmEvidence>,
    /// Trend and level of value at the last evaluation; `None` while there are too few blocks.
    pub trend: Option<TrendEvidence>,
}

/// The rhythm of one customer at the end of observation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RhythmEvidence {
    /// Periods with a purchase.
    pub purchases: u32,
    /// Periods since the last purchase.
    pub silence: u32,
    /// Own interpurchase time in periods, shrunk towards the population's.
    pub interpurchase_time: f64,
    /// Probability that the relationship has not ended: as given, else by the rules.
    pub p_alive: f64,
}

impl RhythmEvidence {
    /// The silence in units of the own interpurchase time.
    #[must_use]
    pub fn silence_ratio(&self) -> f64 {
        f64::from(self.silence) / self.interpurchase_time
    }
}

/// Trend and level of one customer's value at the last evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TrendEvidence {
    /// The period of the evaluation.
    pub period: u32,
    /// Blocks of one own interpurchase time that the trend was taken over.
    pub blocks: u32,
    /// Periods in a block.
    pub block_periods: u32,
    /// Theil–Sen slope: change of value per period, from one block to the next.
    pub slope: f64,
    /// Change over all blocks as part of the mean of their absolute values.
    pub change: f64,
    /// P(S ≥ s) of Kendall's test: small for a rise.
    pub p_rise: f64,
    /// P(S ≤ s) of Kendall's test: small for a fall.
    pub p_fall: f64,
    /// Value per period over the latest `level_blocks` blocks.
    pub level: f64,
    /// The own peak: the highest value per period that was sustained over a whole window, its best
    /// block left out, since the relationship began, or began anew.
    pub peak: f64,
    /// The same p-values for the share of wallet, where it is known.
    pub share: Option<ShareTrend>,
}

/// Trend of one customer's share of wallet at the last evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ShareTrend {
    /// Theil–Sen slope per block.
    pub slope: f64,
    /// Change over all blocks as part of their mean.
    pub change: f64,
    /// P(S ≥ s): small for a rise.
    pub p_rise: f64,
    /// P(S ≤ s): small for a fall.
    pub p_fall: f64,
}

impl Evidence {
    pub(super) const NEVER_BOUGHT: Self = Evidence {
        rule: Rule::NeverBought,
        pending: None,
        rhythm: None,
        trend: None,
    };

    /// How clear the decision is: 0.5 where the deciding number only just meets its threshold, or
    /// where a change waits to be confirmed; 1 where it is as far beyond as it can be. Not a
    /// probability: the probability of Termination is `1 − p_alive`.
    #[must_use]
    pub fn confidence(&self, options: &RuleOptions) -> f64 {
        if self.pending.is_some() {
            return 0.5;
        }
        let rhythm = self.rhythm.as_ref();
        let quiet = rhythm.map_or(0.0, RhythmEvidence::silence_ratio) / options.silence;
        let trend = |f: fn(&TrendEvidence) -> f64| self.trend.as_ref().map_or(1.0, f);
        let share = |f: fn(&ShareTrend) -> f64| {
            let trend = self.trend.and_then(|trend| trend.share);
            trend.as_ref().map_or(1.0, f)
        };
        // Part of the way from the clearest value (0) to the threshold (1).
        let closeness = match self.rule {
            Rule::NeverBought => 0.0,
            Rule::FirstPurchases
            | Rule::RepeatPurchases
            | Rule::BoughtAgain
            | Rule::Reactivated => quiet,
            Rule::RisingValue => trend(|t| t.p_rise) / options.significance,
            Rule::FallingValue => trend(|t| t.p_fall) / options.significance,
            Rule::RisingShare => share(|t| t.p_rise) / options.significance,
            Rule::FallingShare => share(|t| t.p_fall) / options.significance,
            Rule::Plateau => {
                let two_sided = 2.0 * trend(|t| t.p_rise.min(t.p_fall));
                (1.0 - two_sided) / (1.0 - options.significance)
            }
            Rule::BelowPeak => trend(TrendEvidence::part_of_peak) / options.decline_level,
            Rule::Silence => 1.0 / quiet,
            Rule::LikelyEnded => rhythm.map_or(1.0, |r| r.p_alive) / options.termination,
        };
        1.0 - 0.5 * closeness.clamp(0.0, 1.0)
    }

    /// The evidence in words, with its numbers. Where a change waits to be confirmed, the rule is what has held so
    /// far, and the numbers are those that speak for the change.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let mut text = String::new();
        // Writing into memory does not fail.
        let _ = self.write_to(&mut text, language);
        text
    }

    /// Writes what [`describe`](Self::describe) says to the end of `text`.
    ///
    /// # Errors
    /// Those of `text`.
    pub fn write_to(&self, text: &mut impl fmt::Write, language: Language) -> fmt::Result {
        let rule = self.rule.label(language);
        let next = self.pending.map(|next| next.label(language));
        match (next, language) {
            (None, _) => text.write_str(rule)?,
            (Some(next), Language::En) => write!(
                text,
                "{rule} so far, first sign of {next}, not yet confirmed"
            )?,
            (Some(next), Language::Zh) => write!(text, "此前{rule}，初现{next}迹象，尚待确认")?,
        }
        let [colon, comma] = match language {
            Language::En => [": ", ", "],
            Language::Zh => ["：", "，"],
        };
        if let Some(rhythm) = &self.rhythm {
            text.write_str(colon)?;
            rhythm.write_to(text, language)?;
        }
        if let Some(trend) = &self.trend {
            text.write_str(if self.rhythm.is_some() { comma } else { colon })?;
            trend.write_to(text, language)?;
        }
        Ok(())
    }
}

impl RhythmEvidence {
    fn write_to(&self, text: &mut impl fmt::Write, language: Language) -> fmt::Result {
        let (n, silence) = (self.purchases, self.silence);
        let ratio = Fixed::<1>(self.silence_ratio());
        let time = Fixed::<1>(self.interpurchase_time);
        let alive = Fixed::<2>(self.p_alive);
        match language {
            Language::En => write!(
                text,
                "purchases in {n} {}, silent for {silence} {}, {ratio} times the own \
                 interpurchase time of {time}, P(alive) {alive}",
                periods(n),
                periods(silence)
            ),
            Language::Zh => write!(
                text,
                "{n}期有购买，已沉默{silence}期，为自身购买间隔{time}期的{ratio}倍，存活概率{alive}"
            ),
        }
    }
}

fn periods(n: u32) -> &'static str {
    if n == 1 { "period" } else { "periods" }
}

impl TrendEvidence {
    /// Level / peak; 1 where nothing was ever sustained and there is no peak to be far below.
    fn part_of_peak(&self) -> f64 {
        if self.peak > 0.0 {
            self.level / self.peak
        } else {
            1.0
        }
    }

    fn write_to(&self, text: &mut impl fmt::Write, language: Language) -> fmt::Result {
        let (blocks, change) = (self.blocks, Fixed::<0>(100.0 * self.change));
        let p = Fixed::<3>(self.p_rise.min(self.p_fall));
        match language {
            Language::En => write!(text, "trend {change:+} % over {blocks} intervals (p = {p})")?,
            Language::Zh => write!(text, "{blocks}个间隔内趋势{change:+}%（p = {p}）")?,
        }
        if self.peak.is_nan() || self.peak <= 0.0 {
            return Ok(());
        }
        let level = Fixed::<0>(100.0 * self.level / self.peak);
        match language {
            Language::En => write!(text, ", level at {level} % of the own peak"),
            Language::Zh => write!(text, "，水平为自身峰值的{level}%"),
        }
    }
}
