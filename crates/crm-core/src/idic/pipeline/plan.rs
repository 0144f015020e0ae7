//! The result for one customer, and its reasons.

use serde::Serialize;

use super::customization::{self, Customization};
use super::differentiation::Differentiation;
use super::identity::Identity;
use super::interaction::{Interaction, place};
use super::options::{IdicOptions, NextAction};
use crate::classification;
use crate::error::{Error, ErrorKind, Result};
use crate::idic::customize::assignment::AssignmentReason;
use crate::idic::identify::Schema;
use crate::lifecycle::Stage;
use crate::loyalty::LoyaltyCategory;
use crate::units::{Label, Language};
use crate::value::tiers::PyramidTier;
use crate::value::types::CustomerType;

/// All that the process says of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CustomerPlan {
    /// The number of the customer, which stays.
    pub customer: u64,
    /// Records that are of this customer.
    pub records: u32,
    /// How fresh the profile is, from 0 to 1 ([`Interaction::freshness`]); NaN where no field has a half-life.
    pub freshness: f64,
    /// Current value; NaN where it is not known.
    pub current: f64,
    /// Potential value; NaN where it is not known.
    pub potential: f64,
    /// P(alive); NaN where it is not known.
    pub alive: f64,
    /// The stage of the lifecycle.
    pub stage: Option<Stage>,
    /// The type by current and potential value.
    pub customer_type: Option<CustomerType>,
    /// The tier of the pyramid.
    pub tier: Option<PyramidTier>,
    /// The category of loyalty, if there is a verdict.
    pub loyalty: Option<LoyaltyCategory>,
    /// The group by needs.
    pub needs: Option<u32>,
    /// The decision by which an outcome is told.
    pub decision: u64,
    /// The next action: 0 is to do nothing, then those of the options.
    pub action: usize,
    /// With which probability it was chosen.
    pub probability: f64,
    /// Whether the customer is one of those for whom nothing is done, for comparison.
    pub is_control: bool,
    /// What the action is expected to earn, less its cost.
    pub expected: f64,
    /// The standard error of it.
    pub standard_error: f64,
    /// The offer that goes with it, by its place among those of the options.
    pub offer: Option<u32>,
    /// The probability that the offer is accepted; NaN without one.
    pub acceptance: f64,
    /// What the offer is expected to earn, less its cost; NaN without one.
    pub offer_value: f64,
    /// Why this offer, or none.
    pub offer_reason: AssignmentReason,
}

/// Why a customer is what it is, and why this is the next action and the offer, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanReasons {
    /// Of whom the records are, and what of them is out of date.
    pub identity: String,
    /// Of stage, type, tier and loyalty, a line each; and what the verdicts contradict each other in.
    pub standing: String,
    /// Of the group by needs.
    pub needs: String,
    /// Of the next action.
    pub action: String,
    /// Of the offer.
    pub offer: String,
}

impl PlanReasons {
    /// All in one text, a line each.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = [
            &self.identity,
            &self.standing,
            &self.needs,
            &self.action,
            &self.offer,
        ];
        lines.map(String::as_str).join("\n")
    }
}

/// A process that has come to its last stage.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) schema: &'a Schema,
    pub(super) options: &'a IdicOptions,
    pub(super) identity: &'a Identity,
    pub(super) differentiation: &'a Differentiation,
    pub(super) interaction: &'a Interaction,
    pub(super) customization: &'a Customization,
}

impl View<'_> {
    pub(super) fn plans(self) -> Vec<CustomerPlan> {
        let rows = 0..self.identity.len();
        rows.filter_map(|row| self.plan(row)).collect()
    }

    fn plan(self, row: usize) -> Option<CustomerPlan> {
        let evidence = &self.differentiation.evidence;
        let verdict = self.differentiation.classification.verdicts().get(row)?;
        let action = *self.interaction.action.get(row)?;
        Some(CustomerPlan {
            customer: *self.identity.customers.get(row)?,
            records: *self.identity.sizes.get(row)?,
            freshness: *self.interaction.freshness().get(row).unwrap_or(&f64::NAN),
            current: *evidence.current.get(row)?,
            potential: *evidence.potential.get(row)?,
            alive: *evidence.alive.get(row)?,
            stage: verdict.stage,
            customer_type: verdict.customer_type,
            tier: verdict.tier,
            loyalty: verdict.loyalty.and_then(|loyalty| loyalty.category()),
            needs: *self.differentiation.needs.group.get(row)?,
            decision: *self.interaction.decision.get(row)?,
            action,
            probability: *self.interaction.probability.get(row)?,
            is_control: *self.interaction.is_control.get(row)?,
            expected: *self.interaction.means_of(row).get(action)?,
            standard_error: *self.interaction.standard_error.get(row)?,
            offer: *self.customization.offer.get(row)?,
            acceptance: *self.customization.acceptance.get(row)?,
            offer_value: *self.customization.value.get(row)?,
            offer_reason: *self.customization.reason.get(row)?,
        })
    }

    pub(super) fn reasons(self, row: usize, language: Language) -> Result<PlanReasons> {
        let plan = self
            .plan(row)
            .ok_or_else(|| no_such_row(row, self.identity.len()))?;
        let found = self.differentiation;
        let standing: classification::Reasons =
            found
                .classification
                .reasons(&found.evidence.table(), row, language)?;
        Ok(PlanReasons {
            identity: identity(&plan, language) + &self.stale(&plan, row, language),
            standing: standing.text(language),
            needs: self.needs(&plan, language),
            action: self.action(&plan, row, language),
            offer: self.offer(&plan, row, language),
        })
    }

    /// " Out of date: mobile, address (freshness 0.21)."
    fn stale(self, plan: &CustomerPlan, row: usize, language: Language) -> String {
        let stale = self.interaction.stale(row).iter();
        let fields = stale.filter_map(|&field| self.schema.fields().get(field as usize));
        let names: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
        let fresh = plan.freshness;
        match (names.is_empty(), language) {
            (true, _) => String::new(),
            (false, Language::En) => {
                format!(" Out of date: {} (freshness {fresh:.2}).", names.join(", "))
            }
            (false, Language::Zh) => {
                format!("已过时：{}（新鲜度{fresh:.2}）。", names.join("，"))
            }
        }
    }

    fn needs(self, plan: &CustomerPlan, language: Language) -> String {
        let groups = &self.differentiation.needs;
        let Some(group) = plan.needs else {
            return match language {
                Language::En => "Needs not known.".to_owned(),
                Language::Zh => "需求未知。".to_owned(),
            };
        };
        let asked = &self.options.needs;
        let center = groups.centers.get(group as usize).into_iter().flatten();
        let means = asked.questions.iter().zip(center);
        let means = means.map(|(name, mean)| format!("{name} {mean:.2}"));
        let mode = groups.modes.get(group as usize).into_iter().flatten();
        let modes = asked.choices.iter().zip(mode).map(|(question, &answer)| {
            let answer = question.answers.get(answer as usize);
            format!("{} {}", question.name, answer.map_or("", String::as_str))
        });
        let profile: Vec<String> = means.chain(modes).collect();
        let (number, count) = (group + 1, groups.sizes.len());
        match (language, groups.modes.is_empty()) {
            (Language::En, true) => format!(
                "Needs: group {number} of {count} (means: {}).",
                profile.join(", ")
            ),
            (Language::En, false) => format!(
                "Needs: group {number} of {count} (most frequent: {}).",
                profile.join(", ")
            ),
            (Language::Zh, true) => format!(
                "需求：{count}组中的第{number}组（均值：{}）。",
                profile.join("，")
            ),
            (Language::Zh, false) => format!(
                "需求：{count}组中的第{number}组（最常见：{}）。",
                profile.join("，")
            ),
        }
    }

    fn action(self, plan: &CustomerPlan, row: usize, language: Language) -> String {
        if plan.is_control {
            return match language {
                Language::En => "Next: nothing, in the control group for comparison.".to_owned(),
                Language::Zh => "下一步：不行动，属于对照组，用于比较。".to_owned(),
            };
        }
        let name = action_label(place(self.options, plan.action), language);
        let (expected, error, chance) = (plan.expected, plan.standard_error, plan.probability);
        let mut text = match language {
            Language::En => format!(
                "Next: {name}, expected to earn {expected:.2} (standard error {error:.2}), chosen with probability {chance:.2}."
            ),
            Language::Zh => format!(
                "下一步：{name}，预期收益{expected:.2}（标准误{error:.2}），被选概率{chance:.2}。"
            ),
        };
        let why = self.contributions(plan, row, language);
        if !why.is_empty() {
            text.push_str(&match language {
                Language::En => format!(" Mainly: {}.", why.join(", ")),
                Language::Zh => format!("主要因素：{}。", why.join("，")),
            });
        }
        let refused: Vec<String> = self
            .options
            .actions
            .iter()
            .zip(self.interaction.refusals_of(row))
            .filter_map(|(action, refusal)| {
                let (label, why) = (
                    action_label(Some(action), language),
                    (*refusal)?.label(language),
                );
                Some(match language {
                    Language::En => format!("{label} ({})", lower_first(why)),
                    Language::Zh => format!("{label}（{why}）"),
                })
            })
            .collect();
        if !refused.is_empty() {
            text.push_str(&match language {
                Language::En => format!(" Not allowed: {}.", refused.join(", ")),
                Language::Zh => format!("不可用：{}。", refused.join("，")),
            });
        }
        text
    }

    /// The two parts of the expected reward that say most: "current value +1.20".
    fn contributions(self, plan: &CustomerPlan, row: usize, language: Language) -> Vec<String> {
        let Some(coefficients) = self.interaction.coefficients.get(plan.action) else {
            return Vec::new();
        };
        let features = self.differentiation.features_of(row);
        let constant = usize::from(self.options.choice.constant);
        let each = coefficients.iter().skip(constant).zip(features);
        let mut parts: Vec<(f64, String)> = each
            .map(|(coefficient, value)| coefficient * value)
            .zip(feature_labels(self.options, language))
            .filter(|(part, _)| libm::fabs(*part) >= LEAST_SHOWN)
            .collect();
        parts.sort_by(|(a, _), (b, _)| libm::fabs(*b).total_cmp(&libm::fabs(*a)));
        let shown = parts.into_iter().take(2);
        shown
            .map(|(part, label)| format!("{label} {part:+.2}"))
            .collect()
    }

    fn offer(self, plan: &CustomerPlan, row: usize, language: Language) -> String {
        let why = plan.offer_reason.label(language);
        let made = plan
            .offer
            .and_then(|offer| self.options.offers.get(offer as usize));
        let sells = place(self.options, plan.action).is_some_and(|action| action.purpose.sells());
        match (made, language) {
            (Some(offer), _) => {
                let name = offer.label.or(language, &offer.name);
                let gain = customization::gain(self.differentiation, offer, row);
                let (value, rate, cost) = (plan.offer_value, plan.acceptance, offer.cost);
                match language {
                    Language::En => format!(
                        "Offer: {name}, expected to earn {value:.2} = {rate:.3} · {gain:.2} − {cost:.2}: {}.",
                        lower_first(why)
                    ),
                    Language::Zh => format!(
                        "方案：{name}，预期收益{value:.2} = {rate:.3} × {gain:.2} − {cost:.2}：{why}。"
                    ),
                }
            }
            (None, Language::En) if !sells => {
                "Offer: none, as the next action does not sell.".to_owned()
            }
            (None, Language::Zh) if !sells => "方案：无，下一步行动不涉及销售。".to_owned(),
            (None, Language::En) => format!("Offer: none: {}.", lower_first(why)),
            (None, Language::Zh) => format!("方案：无：{why}。"),
        }
    }
}

pub(super) fn no_such_row(row: usize, rows: usize) -> Error {
    let rule = format!("must be below {rows}");
    Error::new(ErrorKind::NotFound, "row", rule).with_value(row)
}

/// Parts of an expected reward that would be shown as 0 are not shown.
const LEAST_SHOWN: f64 = 0.005;

fn identity(plan: &CustomerPlan, language: Language) -> String {
    match (plan.records, language) {
        (1, Language::En) => format!("Customer {}: one record.", plan.customer),
        (records, Language::En) => {
            format!(
                "Customer {}: {records} records are of this customer.",
                plan.customer
            )
        }
        (records, Language::Zh) => format!("客户{}：由{records}条记录合并。", plan.customer),
    }
}

/// What an action is called; `None` is to do nothing.
fn action_label(action: Option<&NextAction>, language: Language) -> &str {
    match (action, language) {
        (Some(action), _) => action.label.or(language, &action.name),
        (None, Language::En) => "nothing",
        (None, Language::Zh) => "不行动",
    }
}

fn feature_labels(options: &IdicOptions, language: Language) -> Vec<String> {
    let values = match language {
        Language::En => [
            "rank of current value",
            "rank of potential value",
            "probability alive",
        ],
        Language::Zh => ["当前价值排名", "潜在价值排名", "存活概率"],
    };
    let stages = Stage::ALL.iter().map(|stage| match language {
        Language::En => format!("stage {}", lower_first(stage.label(language))),
        Language::Zh => stage.label(language).to_owned(),
    });
    let need = |name: &str| match language {
        Language::En => format!("need {name}"),
        Language::Zh => format!("需求{name}"),
    };
    let needs = options.needs.questions.iter().map(|name| need(name));
    let chosen = options.needs.choices.iter().flat_map(|question| {
        let answers = question.answers.iter();
        answers.map(move |answer| need(&format!("{} {answer}", question.name)))
    });
    values
        .iter()
        .map(|name| (*name).to_owned())
        .chain(stages)
        .chain(needs)
        .chain(chosen)
        .collect()
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}
