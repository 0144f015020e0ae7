//! The loop closes: what came of decisions.

use std::collections::BTreeSet;

use super::differentiation::Differentiation;
use super::identity::Identity;
use super::inputs::Outcome;
use super::interaction::place;
use super::options::IdicOptions;
use super::relations::Relations;
use crate::error::{Error, ErrorKind, Result};
use crate::idic::interact::choice::LoggedReward;
use crate::idic::interact::contact::{Contact, ContactDirection, ContactOutcome};

/// Nothing is learned unless all outcomes are right.
pub(super) fn learn(
    options: &IdicOptions,
    relations: &mut Relations,
    outcomes: &[Outcome],
) -> Result<Vec<LoggedReward>> {
    check(relations, outcomes)?;
    let mut logged = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        logged.push(relations.chooser.reward(outcome.decision, outcome.reward)?);
        let Some(waiting) = relations.waiting.remove(&outcome.decision) else {
            continue;
        };
        let (Some(action), Some(contact)) = (place(options, waiting.action), outcome.contact)
        else {
            continue;
        };
        let relation = relations.customers.entry(waiting.customer).or_default();
        relation.contacts.push(Contact {
            at: outcome.at,
            channel: action.channel,
            direction: ContactDirection::Outbound,
            purpose: action.purpose,
            outcome: contact,
        });
        relation.has_open_complaint |= contact == ContactOutcome::Complained;
        if contact != ContactOutcome::Failed {
            let accepted = contact == ContactOutcome::Purchased;
            relations.answer(options, waiting, accepted, outcome.at)?;
        }
    }
    Ok(logged)
}

fn check(relations: &Relations, outcomes: &[Outcome]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (row, outcome) in outcomes.iter().enumerate() {
        if !outcome.reward.is_finite() {
            return Err(Error::not_finite("reward", outcome.reward).at_row(row));
        }
        if !relations.waiting.contains_key(&outcome.decision) || !seen.insert(outcome.decision) {
            let reason =
                "does not wait for an outcome: it has had one, its time is over, or there was none";
            let error = Error::new(ErrorKind::NotFound, "decision", reason);
            return Err(error.with_value(outcome.decision).at_row(row));
        }
    }
    Ok(())
}

/// Keeps the types of this round for the next one.
pub(super) fn remember_types(
    identity: Option<&Identity>,
    differentiation: Option<&Differentiation>,
    relations: &mut Relations,
) {
    let (Some(identity), Some(found)) = (identity, differentiation) else {
        return;
    };
    let verdicts = found.classification.verdicts().iter();
    for (&customer, verdict) in identity.customers.iter().zip(verdicts) {
        let relation = relations.customers.entry(customer).or_default();
        relation.earlier_type = verdict.customer_type;
    }
}
