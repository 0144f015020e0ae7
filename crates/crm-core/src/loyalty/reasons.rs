//! Verdicts in words.

use super::classify::{Asked, LoyaltyRules};
use super::evidence::{Clue, Known};
use super::verdict::{LoyaltyOutcome, LoyaltyVerdict};
use crate::units::{Label, Language};

/// The verdict in words: the evidence that decided, what is missing, and what contradicts itself.
///
/// ```
/// use crm_core::loyalty::{Clue, Evidence, Known, LoyaltyRules, classify, explain};
/// use crm_core::units::Language;
///
/// let mut known = Known([f64::NAN; 8]);
/// known.0[Clue::Attachment as usize] = 0.9;
/// known.0[Clue::RepeatPurchase as usize] = 0.8;
/// let evidence = Evidence::UNKNOWN.with(Clue::Attachment, 0.9).with(Clue::RepeatPurchase, 0.8);
/// let verdict = classify(1, evidence, LoyaltyRules::default())?[0];
/// assert_eq!(
///     explain(&verdict, known, LoyaltyRules::default(), Language::En),
///     "Premium loyalty (fit 0.85, 0.40 ahead of latent loyalty): attachment 0.90 is high, repeat purchase 0.80 is high."
/// );
/// # Ok::<(), crm_core::Error>(())
/// ```
#[must_use]
pub fn explain(
    verdict: &LoyaltyVerdict,
    known: Known,
    rules: LoyaltyRules,
    language: Language,
) -> String {
    let conditions = verdict.best.conditions(rules.latent);
    let (given, missing): (Vec<_>, Vec<_>) = conditions
        .iter()
        .partition(|(clue, _)| !known.value(*clue).is_nan());
    let evidence: Vec<String> = given
        .into_iter()
        .map(|&(clue, asked)| weighed(clue, asked, known.value(clue), language))
        .collect();
    let missing: Vec<String> = missing
        .into_iter()
        .map(|(clue, _)| match language {
            Language::En => clue.label(language).to_lowercase(),
            Language::Zh => clue.label(language).to_owned(),
        })
        .collect();
    let against: Vec<&str> = verdict
        .contradictions()
        .map(|c| c.label(language))
        .collect();
    match language {
        Language::En => english(verdict, &evidence, &missing, &against),
        Language::Zh => chinese(verdict, &evidence, &missing, &against),
    }
}

fn weighed(clue: Clue, asked: Asked, value: f64, language: Language) -> String {
    let described = clue.describe(value, language);
    let holds = match (clue, asked) {
        (Clue::Alternatives | Clue::Constraint, _) => return described,
        (_, Asked::High) => value >= 0.5,
        (_, Asked::Low) => value < 0.5,
    };
    let high = holds == (asked == Asked::High);
    match (language, high) {
        (Language::En, true) => format!("{described} is high"),
        (Language::En, false) => format!("{described} is low"),
        (Language::Zh, true) => format!("{described}（高）"),
        (Language::Zh, false) => format!("{described}（低）"),
    }
}

fn english(
    verdict: &LoyaltyVerdict,
    evidence: &[String],
    missing: &[String],
    against: &[&str],
) -> String {
    let (best, next) = (
        verdict.best.label(Language::En),
        verdict.next.label(Language::En).to_lowercase(),
    );
    let mut text = match verdict.outcome {
        LoyaltyOutcome::Decided => format!(
            "{best} (fit {:.2}, {:.2} ahead of {next})",
            verdict.fit, verdict.margin
        ),
        LoyaltyOutcome::Ambiguous => format!(
            "Ambiguous: {} and {next} fit about alike ({:.2} and {:.2})",
            best.to_lowercase(),
            verdict.fit,
            verdict.fit - verdict.margin
        ),
        LoyaltyOutcome::NoLoyalty => format!(
            "No loyalty: {} fits best ({:.2})",
            best.to_lowercase(),
            verdict.fit
        ),
        LoyaltyOutcome::InsufficientEvidence => format!(
            "Insufficient evidence: of {best} {} of {} conditions known",
            verdict.known.0,
            verdict.known.1,
            best = best.to_lowercase()
        ),
    };
    if !evidence.is_empty() {
        text += &format!(": {}", evidence.join(", "));
    }
    text += ".";
    if !missing.is_empty() {
        text += &format!(" Not known: {}.", missing.join(", "));
    }
    if !against.is_empty() {
        text += &format!(" Contradiction: the customer {}.", against.join("; "));
    }
    text
}

fn chinese(
    verdict: &LoyaltyVerdict,
    evidence: &[String],
    missing: &[String],
    against: &[&str],
) -> String {
    let (best, next) = (
        verdict.best.label(Language::Zh),
        verdict.next.label(Language::Zh),
    );
    let mut text = match verdict.outcome {
        LoyaltyOutcome::Decided => format!(
            "{best}（吻合度{:.2}，领先{next}{:.2}）",
            verdict.fit, verdict.margin
        ),
        LoyaltyOutcome::Ambiguous => {
            let following = verdict.fit - verdict.margin;
            format!(
                "无法区分：{best}与{next}吻合度相近（{:.2}与{following:.2}）",
                verdict.fit
            )
        }
        LoyaltyOutcome::NoLoyalty => format!("无忠诚：最接近{best}（{:.2}）", verdict.fit),
        LoyaltyOutcome::InsufficientEvidence => {
            let (known, conditions) = verdict.known;
            format!("证据不足：{best}的{conditions}项条件中仅知{known}项")
        }
    };
    if !evidence.is_empty() {
        text += &format!("：{}", evidence.join("，"));
    }
    text += "。";
    if !missing.is_empty() {
        text += &format!("未知：{}。", missing.join("、"));
    }
    if !against.is_empty() {
        text += &format!("矛盾：客户{}。", against.join("；"));
    }
    text
}
