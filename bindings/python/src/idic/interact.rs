//! Contacts, their policy, the memory of preferences, and judging a policy from a log.

use crm_core::idic::interact::contact::{Channel, Contact, ContactPurpose};
use crm_core::idic::interact::evaluation::{LoggedDecisions, PolicyValue, evaluate_policy};
use crm_core::idic::interact::memory::{MemoryOptions, PreferenceMemory, Specifications};
use crm_core::idic::interact::policy::{Consent, ContactPolicy, Standing};
use crm_core::idic::interact::uplift::uplift_curve;
use crm_core::units::Label;
use pyo3::prelude::*;

use super::{read, written};
use crate::buffers::Floats;
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;
use crate::service::moment;

/// Seconds, channel, direction, purpose, outcome.
pub(super) type ContactParts = (i64, String, String, String, String);

pub(super) fn contact(
    (at, channel, direction, purpose, outcome): &ContactParts,
) -> crm_core::Result<Contact> {
    Ok(Contact {
        at: moment("contacts", *at)?,
        channel: member("contacts", channel)?,
        direction: member("contacts", direction)?,
        purpose: member("contacts", purpose)?,
        outcome: member("contacts", outcome)?,
    })
}

/// The refusal; None if the contact is allowed.
#[pyfunction]
pub(crate) fn contact_refusal(
    policy: &str,
    consent: Vec<String>,
    contacts: Vec<ContactParts>,
    has_open_complaint: bool,
    asked: (String, String, i64),
) -> Result<Option<&'static str>> {
    let policy: ContactPolicy = read("policy", policy)?;
    let mut agreed = Consent::default();
    for channel in &consent {
        agreed = agreed.given(member("consent", channel)?);
    }
    let contacts: crm_core::Result<Vec<Contact>> = contacts.iter().map(contact).collect();
    let contacts = contacts?;
    let standing = Standing {
        consent: agreed,
        contacts: &contacts,
        has_open_complaint,
    };
    let (channel, purpose, now) = asked;
    let channel: Channel = member("channel", &channel)?;
    let purpose: ContactPurpose = member("purpose", &purpose)?;
    let verdict = policy.may_contact(&standing, channel, purpose, moment("now", now)?)?;
    Ok(verdict.err().map(Label::name))
}

/// The JSON of a memory of nothing.
#[pyfunction]
pub(crate) fn memory_new(choices: usize, prior: f64, half_life: Option<f64>) -> Result<String> {
    written(&PreferenceMemory::new(
        choices,
        MemoryOptions { prior, half_life },
    )?)
}

#[pyfunction]
pub(crate) fn memory_checked(memory: &str) -> Result<String> {
    written(&read::<PreferenceMemory>("memory", memory)?)
}

#[pyfunction]
pub(crate) fn memory_observe(memory: &str, choice: usize, weight: f64, at: i64) -> Result<String> {
    let mut memory: PreferenceMemory = read("memory", memory)?;
    memory.observe(choice, weight, moment("at", at)?)?;
    written(&memory)
}

/// Parameter, probability, lower, upper of each option.
#[pyfunction]
pub(crate) fn memory_belief(
    memory: &str,
    at: i64,
    confidence: Number,
) -> Result<Vec<(f64, f64, f64, f64)>> {
    let memory: PreferenceMemory = read("memory", memory)?;
    let at = moment("at", at)?;
    let found = memory.belief(at, confidence.probability("confidence")?)?;
    let all = found.iter().zip(memory.parameters(at));
    Ok(all
        .map(|(belief, parameter)| (parameter, belief.probability, belief.lower, belief.upper))
        .collect())
}

#[pyfunction]
pub(crate) fn specifications_checked(specifications: &str) -> Result<String> {
    written(&read::<Specifications>("specifications", specifications)?)
}

/// With a specification more, unless a newer one of the same subject is known.
#[pyfunction]
pub(crate) fn specifications_remember(
    specifications: &str,
    subject: &str,
    value: &str,
    at: i64,
) -> Result<String> {
    let mut known: Specifications = read("specifications", specifications)?;
    known.remember(subject, value, moment("at", at)?);
    written(&known)
}

/// What was said of each subject, and when.
#[pyfunction]
pub(crate) fn specifications_read(specifications: &str) -> Result<Vec<(String, String, i64)>> {
    let known: Specifications = read("specifications", specifications)?;
    let said = known.subjects().filter_map(|subject| {
        let found = known.recall(subject)?;
        Some((subject.to_owned(), found.value.clone(), found.at.seconds()))
    });
    Ok(said.collect())
}

/// Value, standard error, lower, upper.
type Value = (f64, f64, f64, f64);

fn value(found: PolicyValue) -> Value {
    (found.value, found.standard_error, found.lower, found.upper)
}

/// Logged, inverse propensity, self-normalised, doubly robust, effective decisions, cut.
type Evaluation = (Value, Value, Value, Option<Value>, f64, u64);

#[pyfunction]
pub(crate) fn policy_evaluation(
    reward: Floats,
    probability_logged: Floats,
    target: Floats,
    expected: Option<(Floats, Floats)>,
    largest_weight: Option<f64>,
    confidence: Number,
) -> Result<Evaluation> {
    let expected = match &expected {
        Some((action, policy)) => Some((
            action.slice("expected_of_action")?,
            policy.slice("expected_of_policy")?,
        )),
        None => None,
    };
    let log = LoggedDecisions {
        reward: reward.slice("reward")?,
        probability: probability_logged.slice("probability")?,
        target_probability: target.slice("target_probability")?,
        expected,
        largest_weight,
    };
    let found = evaluate_policy(log, confidence.probability("confidence")?)?;
    Ok((
        value(found.logged),
        value(found.inverse_propensity),
        value(found.self_normalized),
        found.doubly_robust.map(value),
        found.effective_decisions,
        found.cut,
    ))
}

/// Share, gain, Qini coefficient.
#[pyfunction]
pub(crate) fn uplift(
    score: Floats,
    treated: Vec<bool>,
    outcome: Floats,
) -> Result<(Vec<f64>, Vec<f64>, f64)> {
    let found = uplift_curve(score.slice("score")?, &treated, outcome.slice("outcome")?)?;
    Ok((found.share, found.gain, found.qini))
}
