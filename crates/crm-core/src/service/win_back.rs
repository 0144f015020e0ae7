//! Lost customers: why they left, whether it is for good, what fits them, and who is worth winning back.

use std::cmp::Reverse;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::{Label, Language, Terms};

/// How a customer was lost. It decides what, if anything, brings the customer back.
///
/// Source: Stauss & Friege 1999, "Regaining Service Customers", Journal of Service Research 1(4), the segments of lost customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LossSegment {
    /// The firm wanted it: the customer did not pay off, did not pay, or did harm.
    IntentionallyPushedAway = 0,
    /// The firm failed the customer's expectations, and did not want to.
    UnintentionallyPushedAway = 1,
    /// A competitor offers something better.
    PulledAway = 2,
    /// A competitor offers a lower price.
    BoughtAway = 3,
    /// The customer's life or needs have changed.
    MovedAway = 4,
}

impl Label for LossSegment {
    const ALL: &'static [Self] = &[
        LossSegment::IntentionallyPushedAway,
        LossSegment::UnintentionallyPushedAway,
        LossSegment::PulledAway,
        LossSegment::BoughtAway,
        LossSegment::MovedAway,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LossSegment::IntentionallyPushedAway => (
                "intentionally_pushed_away",
                "Intentionally pushed away",
                "企业主动放弃",
            ),
            LossSegment::UnintentionallyPushedAway => (
                "unintentionally_pushed_away",
                "Unintentionally pushed away",
                "企业无意推离",
            ),
            LossSegment::PulledAway => ("pulled_away", "Pulled away", "被竞争者吸引"),
            LossSegment::BoughtAway => ("bought_away", "Bought away", "被低价争夺"),
            LossSegment::MovedAway => ("moved_away", "Moved away", "需求或环境变化"),
        };
        Terms { name, en, zh }
    }
}

/// Why a customer switched.
///
/// Source: Keaveney 1995, "Customer Switching Behavior in Service Industries", Journal of Marketing 59(2): the eight causes, and under
/// them the incidents that customers told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LossCause {
    /// High price, price increases, unfair or deceptive pricing.
    Pricing = 0,
    /// Location, hours, waiting.
    Inconvenience = 1,
    /// Mistakes, billing errors, what was sold does harm or does not work.
    CoreServiceFailure = 2,
    /// Staff were uncaring, impolite, unresponsive or unknowing.
    ServiceEncounterFailure = 3,
    /// A failure was answered badly, late, or not at all.
    ResponseToServiceFailure = 4,
    /// A competitor is better.
    Competition = 5,
    /// Cheating, hard selling, unsafe practice, conflict of interest.
    EthicalProblems = 6,
    /// The customer moved, or the provider closed.
    InvoluntarySwitching = 7,
    /// The firm ended the relationship; not one of Keaveney's, who asked customers that left by themselves.
    EndedByFirm = 8,
}

impl Label for LossCause {
    const ALL: &'static [Self] = &[
        LossCause::Pricing,
        LossCause::Inconvenience,
        LossCause::CoreServiceFailure,
        LossCause::ServiceEncounterFailure,
        LossCause::ResponseToServiceFailure,
        LossCause::Competition,
        LossCause::EthicalProblems,
        LossCause::InvoluntarySwitching,
        LossCause::EndedByFirm,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LossCause::Pricing => ("pricing", "Pricing", "价格"),
            LossCause::Inconvenience => ("inconvenience", "Inconvenience", "不方便"),
            LossCause::CoreServiceFailure => (
                "core_service_failure",
                "Core service failure",
                "核心服务失误",
            ),
            LossCause::ServiceEncounterFailure => (
                "service_encounter_failure",
                "Service encounter failure",
                "服务接触失误",
            ),
            LossCause::ResponseToServiceFailure => (
                "response_to_service_failure",
                "Response to service failure",
                "失误补救不当",
            ),
            LossCause::Competition => ("competition", "Competition", "竞争"),
            LossCause::EthicalProblems => ("ethical_problems", "Ethical problems", "道德问题"),
            LossCause::InvoluntarySwitching => (
                "involuntary_switching",
                "Involuntary switching",
                "非自愿转换",
            ),
            LossCause::EndedByFirm => ("ended_by_firm", "Ended by the firm", "企业终止关系"),
        };
        Terms { name, en, zh }
    }
}

impl fmt::Display for LossCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl LossCause {
    /// The segment of lost customers that the cause leads to. Inconvenience, failures, bad responses and ethical problems push the
    /// customer away.
    #[must_use]
    pub const fn segment(self) -> LossSegment {
        match self {
            LossCause::Pricing => LossSegment::BoughtAway,
            LossCause::Competition => LossSegment::PulledAway,
            LossCause::InvoluntarySwitching => LossSegment::MovedAway,
            LossCause::EndedByFirm => LossSegment::IntentionallyPushedAway,
            LossCause::Inconvenience
            | LossCause::CoreServiceFailure
            | LossCause::ServiceEncounterFailure
            | LossCause::ResponseToServiceFailure
            | LossCause::EthicalProblems => LossSegment::UnintentionallyPushedAway,
        }
    }
}

impl LossSegment {
    /// What fits the customers of the segment.
    #[must_use]
    pub const fn measure(self, language: Language) -> &'static str {
        let [en, zh] = match self {
            LossSegment::IntentionallyPushedAway => [
                "Do not win back; part on good terms.",
                "不予赢回，好聚好散。",
            ],
            LossSegment::UnintentionallyPushedAway => [
                "Apologise, repair what went wrong, compensate, and say what has changed.",
                "致歉、补救、补偿，并说明已作的改进。",
            ],
            LossSegment::PulledAway => [
                "Show what is better now: improved product, added service, closer care.",
                "展示改进之处：更好的产品、增值服务与更贴近的关怀。",
            ],
            LossSegment::BoughtAway => [
                "Show value for the money; a price only where the second lifetime value bears it.",
                "强调物有所值；仅当第二生命周期价值足以承担时才让价。",
            ],
            LossSegment::MovedAway => [
                "Offer another channel or form; where no need is left, ask for referrals.",
                "提供其他渠道或形式；需求已不存在的，请其推荐。",
            ],
        };
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}

/// Whether a customer is lost, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LossStatus {
    /// Likely still a customer.
    Active = 0,
    /// Neither likely a customer nor likely lost.
    AtRisk = 1,
    /// Lost, and the need is still there: the customer buys elsewhere, or nothing for the time being.
    TemporarilyLost = 2,
    /// Lost, and what the relationship rested on is gone.
    PermanentlyLost = 3,
}

impl Label for LossStatus {
    const ALL: &'static [Self] = &[
        LossStatus::Active,
        LossStatus::AtRisk,
        LossStatus::TemporarilyLost,
        LossStatus::PermanentlyLost,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LossStatus::Active => ("active", "Active", "活跃"),
            LossStatus::AtRisk => ("at_risk", "At risk", "有流失风险"),
            LossStatus::TemporarilyLost => ("temporarily_lost", "Temporarily lost", "暂时流失"),
            LossStatus::PermanentlyLost => ("permanently_lost", "Permanently lost", "永久流失"),
        };
        Terms { name, en, zh }
    }
}

/// Between which probabilities to be a customer still a customer counts as at risk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossLimits {
    /// Below it a customer counts as lost; 0.2 unless told.
    pub lost_below: f64,
    /// From it on a customer counts as active; 0.5 unless told.
    pub active_from: f64,
}

impl Default for LossLimits {
    fn default() -> Self {
        LossLimits {
            lost_below: 0.2,
            active_from: 0.5,
        }
    }
}

/// Whether a customer is lost, from the probability to be a customer still (P(alive) of [`prediction`](crate::prediction), or 1 − the
/// score of [`warning`](super::warning)) and the cause of the loss, where one is known.
///
/// A loss is permanent where the customer was moved away or the firm ended the relationship; otherwise the need is still there and the
/// loss is temporary.
///
/// ```
/// use crm_core::service::win_back::{LossCause, LossLimits, LossStatus, loss_status};
///
/// let limits = LossLimits::default();
/// assert_eq!(loss_status(0.04, Some(LossCause::Pricing), limits)?, LossStatus::TemporarilyLost);
/// assert_eq!(loss_status(0.3, None, limits)?, LossStatus::AtRisk);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for a probability outside [0, 1], and for limits that are not in order.
pub fn loss_status(
    p_alive: f64,
    cause: Option<LossCause>,
    limits: LossLimits,
) -> Result<LossStatus> {
    check_probability("lost_below", limits.lost_below)?;
    check_probability("active_from", limits.active_from)?;
    if limits.lost_below > limits.active_from {
        let reason = format!("must not be more than active_from, {}", limits.active_from);
        let error = Error::new(ErrorKind::OutOfRange, "lost_below", reason);
        return Err(error.with_value(limits.lost_below));
    }
    check_probability("p_alive", p_alive)?;
    let gone = matches!(
        cause.map(LossCause::segment),
        Some(LossSegment::MovedAway | LossSegment::IntentionallyPushedAway)
    );
    Ok(if p_alive >= limits.active_from {
        LossStatus::Active
    } else if p_alive >= limits.lost_below {
        LossStatus::AtRisk
    } else if gone {
        LossStatus::PermanentlyLost
    } else {
        LossStatus::TemporarilyLost
    })
}

fn check_probability(argument: &'static str, value: f64) -> Result<()> {
    if !value.is_finite() {
        return Err(Error::not_finite(argument, value));
    }
    if !(0.0..=1.0).contains(&value) {
        let error = Error::new(ErrorKind::OutOfRange, argument, "must be between 0 and 1");
        return Err(error.with_value(value));
    }
    Ok(())
}

/// A customer in the order of winning back: [`win_back_ranking`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WinBackCandidate {
    /// The row of the customer.
    pub row: usize,
    /// Expected second lifetime value less the cost of the attempt, V'·s − c.
    pub worth: f64,
    /// What this attempt and those before it in the ranking cost.
    pub cumulative_cost: f64,
    /// What they are worth.
    pub cumulative_worth: f64,
}

/// Those who are worth an attempt to win them back, V'·s > c, with the highest return on its cost first: (V'·s − c) / c. Where a budget
/// is given, who no longer fits is passed over for those after.
///
/// `second_lifetime_value` V' is the value of a customer after being won back, `success` s the probability that the attempt succeeds,
/// `cost` c what it costs whether or not it does. Equal returns keep the order of rows.
///
/// Source: Stauss & Friege 1999; the expected worth is [`win_back_worth`](crate::clv::churn_loss::win_back_worth).
///
/// ```
/// use crm_core::service::win_back::win_back_ranking;
///
/// let ranking = win_back_ranking(&[1500.0, 200.0, 900.0], &[0.2, 0.3, 0.5], &[120.0, 80.0, 100.0], None)?;
/// let rows: Vec<usize> = ranking.iter().map(|candidate| candidate.row).collect();
/// assert_eq!(rows, [2, 0]);
/// assert_eq!(ranking[1].cumulative_worth, 350.0 + 180.0);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] with the row; [`ErrorKind::OutOfRange`] with the row for a probability outside
/// [0, 1], a negative cost, and a negative budget.
pub fn win_back_ranking(
    second_lifetime_value: &[f64],
    success: &[f64],
    cost: &[f64],
    budget: Option<f64>,
) -> Result<Vec<WinBackCandidate>> {
    let rows = second_lifetime_value.len();
    for (argument, column) in [("success", success), ("cost", cost)] {
        if column.len() != rows {
            return Err(Error::length(argument, column.len(), rows));
        }
    }
    if let Some(budget) = budget {
        not_negative("budget", budget)?;
    }
    let mut worthwhile = Vec::new();
    for (row, ((&value, &success), &cost)) in second_lifetime_value
        .iter()
        .zip(success)
        .zip(cost)
        .enumerate()
    {
        if !value.is_finite() {
            return Err(Error::not_finite("second_lifetime_value", value).at_row(row));
        }
        check_probability("success", success).map_err(|error| error.at_row(row))?;
        not_negative("cost", cost).map_err(|error| error.at_row(row))?;
        let worth = value * success - cost;
        if worth > 0.0 {
            worthwhile.push((worth / cost, row, worth, cost));
        }
    }
    // What is greater than 0 has its order in its bits.
    parallel::sort_by_key(&mut worthwhile, |&(returns, row, ..)| {
        (Reverse(returns.to_bits()), row)
    });
    let (mut cumulative_cost, mut cumulative_worth) = (0.0, 0.0);
    let mut ranking = Vec::with_capacity(worthwhile.len());
    for (_, row, worth, cost) in worthwhile {
        if budget.is_some_and(|budget| cumulative_cost + cost > budget) {
            continue;
        }
        cumulative_cost += cost;
        cumulative_worth += worth;
        ranking.push(WinBackCandidate {
            row,
            worth,
            cumulative_cost,
            cumulative_worth,
        });
    }
    Ok(ranking)
}

fn not_negative(argument: &'static str, value: f64) -> Result<()> {
    if !value.is_finite() {
        return Err(Error::not_finite(argument, value));
    }
    if value < 0.0 {
        return Err(
            Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more").with_value(value),
        );
    }
    Ok(())
}
