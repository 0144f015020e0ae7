use super::standing::Border;
use super::{Classification, Conflict, CustomerTable, CustomerVerdict};
use crate::error::{Error, ErrorKind, Result};
use crate::loyalty::explain;
use crate::units::{Label, Language};
use crate::value::types::CustomerType;

/// Why a customer is what it is, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons {
    /// Of the stage.
    pub stage: String,
    /// Of the type, with its strategy.
    pub customer_type: String,
    /// Of the tier.
    pub tier: String,
    /// Of the category of loyalty, with what contradicts itself in the evidence.
    pub loyalty: String,
    /// What the verdicts contradict each other in; none where they agree.
    pub conflicts: Vec<&'static str>,
}

impl Reasons {
    /// All in one text, a line each.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let mut lines = vec![
            self.stage.clone(),
            self.customer_type.clone(),
            self.tier.clone(),
            self.loyalty.clone(),
        ];
        if !self.conflicts.is_empty() {
            lines.push(match language {
                Language::En => {
                    format!("Contradiction: the customer {}.", self.conflicts.join("; "))
                }
                Language::Zh => format!("矛盾：客户{}。", self.conflicts.join("；")),
            });
        }
        lines.join("\n")
    }
}

impl Classification {
    /// Why the customer in `row` of the table, which must be the one that was classified, is what it is.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a row that the table has not; [`ErrorKind::LengthMismatch`] for a table of another length.
    pub fn reasons(
        &self,
        table: &CustomerTable<'_>,
        row: usize,
        language: Language,
    ) -> Result<Reasons> {
        if table.customers != self.verdicts.len() {
            let wanted = self.verdicts.len();
            return Err(Error::length("table", table.customers, wanted));
        }
        let verdict = self.verdicts.get(row).ok_or_else(|| {
            let rule = format!("must be below {}", self.verdicts.len());
            Error::new(ErrorKind::NotFound, "row", rule).with_value(row)
        })?;
        let conflicts = Conflict::ALL
            .iter()
            .filter(|conflict| verdict.has_conflict(**conflict));
        Ok(Reasons {
            stage: self.stage_reason(table, row, verdict, language),
            customer_type: self.type_reason(table, row, verdict, language),
            tier: self.tier_reason(table, row, verdict, language),
            loyalty: self.loyalty_reason(table, row, verdict, language),
            conflicts: conflicts.map(|conflict| conflict.label(language)).collect(),
        })
    }

    fn stage_reason(
        &self,
        table: &CustomerTable<'_>,
        row: usize,
        verdict: &CustomerVerdict,
        language: Language,
    ) -> String {
        let evidence = self
            .stages
            .as_ref()
            .zip(table.place(row))
            .and_then(|(stages, place)| stages.describe(place, language));
        let confidence = verdict.stage_confidence;
        match (verdict.stage, evidence, language) {
            (Some(stage), Some(evidence), Language::En) => format!(
                "{} (confidence {confidence:.2}): {evidence}.",
                stage.label(language),
            ),
            (Some(stage), Some(evidence), Language::Zh) => format!(
                "{}（置信度{confidence:.2}）：{evidence}。",
                stage.label(language),
            ),
            (_, _, Language::En) => "Stage not known: no activity over time.".to_owned(),
            (_, _, Language::Zh) => "生命周期阶段未知：没有历史交易数据。".to_owned(),
        }
    }

    fn type_reason(
        &self,
        table: &CustomerTable<'_>,
        row: usize,
        verdict: &CustomerVerdict,
        language: Language,
    ) -> String {
        let (now, more) = (table.current_of(row), table.potential_of(row));
        let [name_now, name_more] = match language {
            Language::En => ["current value", "potential value"],
            Language::Zh => ["当前价值", "潜在价值"],
        };
        let current = against(name_now, now, self.current, language);
        let potential = against(name_more, more, self.potential, language);
        if let Some(found) = verdict.customer_type {
            let (label, strategy) = (found.label(language), found.strategy(language));
            let margin = share(verdict.type_margin);
            return match language {
                Language::En => format!(
                    "{label} ({margin} of the customers to the nearest border): {current}, {potential}. {strategy}"
                ),
                Language::Zh => {
                    format!(
                        "{label}（距最近界限{margin}的客户）：{current}，{potential}。{strategy}"
                    )
                }
            };
        }
        let high = |value: f64, border: Option<Border>| {
            border
                .filter(|_| !value.is_nan())
                .map(|border| value > border.cut)
        };
        let (across, up) = (high(now, self.current), high(more, self.potential));
        let possible: Vec<&str> = CustomerType::ALL
            .iter()
            .filter(|kind| {
                across.is_none_or(|is| kind.has_high_current() == is)
                    && up.is_none_or(|is| kind.has_high_potential() == is)
            })
            .map(|kind| kind.label(language))
            .collect();
        match language {
            Language::En => {
                let possible = possible.join(" or ");
                format!("Type not known: {current}, {potential}: {possible}.")
            }
            Language::Zh => {
                let possible = possible.join("或");
                format!("客户类型未知：{current}，{potential}：{possible}。")
            }
        }
    }

    fn tier_reason(
        &self,
        table: &CustomerTable<'_>,
        row: usize,
        verdict: &CustomerVerdict,
        language: Language,
    ) -> String {
        let (Some(tier), Some(pyramid)) = (verdict.tier, self.pyramid()) else {
            return match language {
                Language::En => "Tier not known: the current value is not known.".to_owned(),
                Language::Zh => "客户层级未知：当前价值未知。".to_owned(),
            };
        };
        let value = table.current_of(row);
        let cuts = pyramid.thresholds();
        let below = cuts.iter().copied().rfind(|&cut| value > cut);
        let above = cuts.iter().copied().find(|&cut| value <= cut);
        let (label, margin) = (tier.label(language), share(verdict.tier_margin));
        let place = match (below, above, language) {
            (Some(below), Some(above), Language::En) => {
                format!("is above {below:.2} and at most {above:.2}")
            }
            (Some(below), None, Language::En) => format!("is above {below:.2}"),
            (None, Some(above), Language::En) => format!("is at most {above:.2}"),
            (Some(below), Some(above), Language::Zh) => {
                format!("高于{below:.2}且不超过{above:.2}")
            }
            (Some(below), None, Language::Zh) => format!("高于{below:.2}"),
            (None, Some(above), Language::Zh) => format!("不超过{above:.2}"),
            (None, None, _) => String::new(),
        };
        match language {
            Language::En => format!(
                "{label} ({margin} of the customers to the nearest border): current value {value:.2} {place}."
            ),
            Language::Zh => {
                format!("{label}（距最近界限{margin}的客户）：当前价值{value:.2}{place}。")
            }
        }
    }

    fn loyalty_reason(
        &self,
        table: &CustomerTable<'_>,
        row: usize,
        verdict: &CustomerVerdict,
        language: Language,
    ) -> String {
        match (verdict.loyalty, language) {
            (Some(loyalty), _) => explain(
                &loyalty,
                table.loyalty.of(row),
                self.rules.loyalty,
                language,
            ),
            (None, Language::En) => "Nothing is known of loyalty.".to_owned(),
            (None, Language::Zh) => "忠诚度未知。".to_owned(),
        }
    }
}

/// "current value 90.00 is high (above 50.00)".
fn against(name: &str, value: f64, border: Option<Border>, language: Language) -> String {
    let known = border.filter(|_| !value.is_nan());
    match (known.map(|border| border.cut), language) {
        (None, Language::En) => format!("the {name} is not known"),
        (None, Language::Zh) => format!("{name}未知"),
        (Some(cut), Language::En) if value > cut => {
            format!("{name} {value:.2} is high (above {cut:.2})")
        }
        (Some(cut), Language::En) => format!("{name} {value:.2} is low (at most {cut:.2})"),
        (Some(cut), Language::Zh) if value > cut => {
            format!("{name}{value:.2}为高（高于{cut:.2}）")
        }
        (Some(cut), Language::Zh) => format!("{name}{value:.2}为低（不超过{cut:.2}）"),
    }
}

fn share(part: f64) -> String {
    format!("{:.1}%", 100.0 * part)
}
