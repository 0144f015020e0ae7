//! Contacts, their policy, the memory of preferences, and judging a policy from a log.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::idic::interact::contact::{Channel, Contact, ContactPurpose};
use crm_core::idic::interact::evaluation::{LoggedDecisions, PolicyValue, evaluate_policy};
use crm_core::idic::interact::memory::{MemoryOptions, PreferenceMemory};
use crm_core::idic::interact::policy::{Consent, ContactPolicy, ContactRefusal, Standing};
use crm_core::idic::interact::uplift::uplift_curve;
use crm_core::units::{Label, Probability};
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, Output, OutputSlice, respond, slice, text, write_text};
use crate::categories::{
    crm_channel, crm_contact_direction, crm_contact_outcome, crm_contact_purpose,
};
use crate::category;
use crate::decimal::{crm_decimal, read_decimal};
use crate::handle::{borrow, borrow_mut, free, output};
use crate::ledger::flag;
use crate::service::{known, moment, truths};
use crate::status::crm_status;

/// One contact with a customer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_contact {
    /// When, in seconds since 1970-01-01T00:00:00, in the time zone of the caller's choice.
    pub at: i64,
    /// Through which channel.
    pub channel: MaybeUninit<crm_channel>,
    /// Who spoke to whom.
    pub direction: MaybeUninit<crm_contact_direction>,
    /// What for.
    pub purpose: MaybeUninit<crm_contact_purpose>,
    /// What came of it.
    pub outcome: MaybeUninit<crm_contact_outcome>,
}

/// The rules of contact. They do not change: any number of threads may use them.
pub struct crm_contact_policy(ContactPolicy);

/// Reads rules of contact; what is not said has no rule. `{"quiet_hours": {"from": 21, "until": 8}, "least_days_between": 2, "caps":
/// [{"contacts": 3, "days": 30}, {"contacts": 1, "days": 7, "channel": "phone"}, {"contacts": 1, "days": 90, "purpose": "survey"}]}`
///
/// @param json the text
/// @param policy receives the handle; give it back to crm_contact_policy_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_contact_policy_new(
    json: *const c_char,
    policy: *mut Option<Box<crm_contact_policy>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("policy", policy)?;
        let made: ContactPolicy = serde_json::from_str(text("json", json)?)
            .map_err(|error| unreadable("json", "rules of contact", &error))?;
        made.check()?;
        out.write(Some(Box::new(crm_contact_policy(made))));
        Ok(())
    })
}

pub(super) fn unreadable(argument: &'static str, what: &str, error: &serde_json::Error) -> Error {
    let reason = format!("must be {what}: {error}");
    Error::new(ErrorKind::Unreadable, argument, reason)
}

/// Frees rules of contact; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_contact_policy_free(policy: Option<Box<crm_contact_policy>>) {
    free(policy);
}

/// The number that stands for a contact that is allowed, where else a crm_contact_refusal does.
pub const CRM_CONTACT_ALLOWED: i32 = -1;

/// Whether the firm may contact a customer now; the first rule in the order of crm_contact_refusal that forbids it is the answer. What
/// the customer has to be told (transactions, complaints) is always allowed.
///
/// @param consent not 0 for the channels that the customer agreed to: 9 flags in the order of crm_channel
/// @param contacts the contacts so far, in any order; an opt-out takes consent for its channel back
/// @param count how many contacts
/// @param has_open_complaint 1 if a complaint of the customer is not closed, else 0
/// @param channel to be used
/// @param purpose of the contact
/// @param now the moment
/// @param out receives a crm_contact_refusal or CRM_CONTACT_ALLOWED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_contact_policy_ask(
    policy: *const crm_contact_policy,
    consent: *const u8,
    contacts: *const crm_contact,
    count: usize,
    has_open_complaint: i32,
    channel: MaybeUninit<crm_channel>,
    purpose: MaybeUninit<crm_contact_purpose>,
    now: i64,
    out: *mut i32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let policy = &borrow("policy", policy)?.0;
        let agreed = truths("consent", consent, Channel::COUNT)?;
        let contacts = slice("contacts", contacts, count)?;
        let contacts: Outcome<Vec<Contact>> = contacts.iter().map(contact).collect();
        let contacts = contacts?;
        let out = Output::new("out", out)?;
        let all = Channel::ALL.iter().zip(agreed);
        let standing = Standing {
            consent: all.fold(Consent::default(), |consent, (&channel, agreed)| {
                if agreed {
                    consent.given(channel)
                } else {
                    consent
                }
            }),
            contacts: &contacts,
            has_open_complaint: flag("has_open_complaint", has_open_complaint)?,
        };
        let channel: Channel = category::read("channel", channel)?;
        let purpose: ContactPurpose = category::read("purpose", purpose)?;
        let verdict = policy.may_contact(&standing, channel, purpose, moment("now", now)?)?;
        out.write(verdict.map_or_else(refusal_number, |()| CRM_CONTACT_ALLOWED));
        Ok(())
    })
}

fn refusal_number(refusal: ContactRefusal) -> i32 {
    refusal as i32
}

pub(super) fn contact(given: &crm_contact) -> Outcome<Contact> {
    Ok(Contact {
        at: moment("contacts", given.at)?,
        channel: category::read("contacts", given.channel)?,
        direction: category::read("contacts", given.direction)?,
        purpose: category::read("contacts", given.purpose)?,
        outcome: category::read("contacts", given.outcome)?,
    })
}

/// What a customer chose among options, as Dirichlet(prior + count); counts fade by half in each half-life. It changes with each
/// observation: one thread at a time.
pub struct crm_preference_memory(PreferenceMemory);

/// A memory of nothing.
///
/// @param choices how many options there are, 2 or more; with two, no and yes, it remembers a liking
/// @param prior the choices that count as seen of each option before any was, more than 0
/// @param half_life days in which what was seen loses half of its weight; NaN keeps it
/// @param memory receives the handle; give it back to crm_preference_memory_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_preference_memory_new(
    choices: usize,
    prior: f64,
    half_life: f64,
    memory: *mut Option<Box<crm_preference_memory>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("memory", memory)?;
        let options = MemoryOptions {
            prior,
            half_life: known(half_life),
        };
        let made = PreferenceMemory::new(choices, options)?;
        out.write(Some(Box::new(crm_preference_memory(made))));
        Ok(())
    })
}

/// Reads what crm_preference_memory_to_json wrote.
///
/// @param json the text
/// @param memory receives the handle; give it back to crm_preference_memory_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_preference_memory_from_json_new(
    json: *const c_char,
    memory: *mut Option<Box<crm_preference_memory>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("memory", memory)?;
        let made = serde_json::from_str(text("json", json)?)
            .map_err(|error| unreadable("json", "a memory", &error))?;
        out.write(Some(Box::new(crm_preference_memory(made))));
        Ok(())
    })
}

/// Writes a memory.
///
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`, whose message says what is needed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_preference_memory_to_json(
    memory: *const crm_preference_memory,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let memory = &borrow("memory", memory)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        let written = serde_json::to_string(memory)
            .map_err(|error| unreadable("memory", "a memory", &error))?;
        write_text(&written, buffer, capacity)
    })
}

/// Frees a memory; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_preference_memory_free(memory: Option<Box<crm_preference_memory>>) {
    free(memory);
}

/// Remembers that the customer chose an option. What comes in late counts as faded.
///
/// @param memory the memory, which changes
/// @param choice the option, from 0
/// @param weight 1 for one choice
/// @param at when, in seconds since 1970-01-01T00:00:00
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_preference_memory_observe(
    memory: *mut crm_preference_memory,
    choice: usize,
    weight: f64,
    at: i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let memory = &mut borrow_mut("memory", memory)?.0;
        Ok(memory.observe(choice, weight, moment("at", at)?)?)
    })
}

/// What is believed of an option.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_preference_belief {
    /// Prior + what is left of the counts: the parameter of the Dirichlet distribution.
    pub parameter: f64,
    /// How probable it is that the customer chooses the option.
    pub probability: f64,
    /// Lower end of the equal-tailed credible interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
}

/// What is believed of each option at a moment.
///
/// @param at the moment
/// @param confidence of the credible intervals, between 0 and 1
/// @param beliefs receives one per option
/// @param choices how many options there are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_preference_memory_belief(
    memory: *const crm_preference_memory,
    at: i64,
    confidence: *const crm_decimal,
    beliefs: *mut crm_preference_belief,
    choices: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let memory = &borrow("memory", memory)?.0;
        let confidence = Probability::named("confidence", read_decimal("confidence", confidence)?)?;
        let out = OutputSlice::new("beliefs", beliefs, choices)?;
        let at = moment("at", at)?;
        let found = memory.belief(at, confidence)?;
        let all = found.iter().zip(memory.parameters(at));
        let beliefs: Vec<_> = all
            .map(|(belief, parameter)| crm_preference_belief {
                parameter,
                probability: belief.probability,
                lower: belief.lower,
                upper: belief.upper,
            })
            .collect();
        out.write("beliefs", &beliefs)
    })
}

/// A log of decisions, and what the policy under judgement would have done; one number a row.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_logged_decisions {
    /// What each decision earned.
    pub reward: *const f64,
    /// With which probability the logged action was chosen, more than 0.
    pub probability: *const f64,
    /// With which probability the policy chooses the action that was logged.
    pub target_probability: *const f64,
    /// The reward that a model expects of the logged action; NULL without a model.
    pub expected_of_action: *const f64,
    /// What the model expects of the policy; NULL without a model.
    pub expected_of_policy: *const f64,
    /// Weights above it are cut to it; NaN cuts none.
    pub largest_weight: f64,
    /// How many decisions.
    pub rows: usize,
}

/// A mean reward per decision.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_policy_value {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the normal interval.
    pub lower: f64,
    /// Upper end of the normal interval.
    pub upper: f64,
}

impl From<PolicyValue> for crm_policy_value {
    fn from(found: PolicyValue) -> Self {
        crm_policy_value {
            value: found.value,
            standard_error: found.standard_error,
            lower: found.lower,
            upper: found.upper,
        }
    }
}

/// What a policy would have earned per decision.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_policy_evaluation {
    /// What was earned in fact.
    pub logged: crm_policy_value,
    /// Inverse propensity scoring.
    pub inverse_propensity: crm_policy_value,
    /// Self-normalised.
    pub self_normalized: crm_policy_value,
    /// Doubly robust; NaN without a model.
    pub doubly_robust: crm_policy_value,
    /// How many decisions the log is worth for this policy.
    pub effective_decisions: f64,
    /// Decisions whose weight was cut.
    pub cut: u64,
}

/// What another policy would have earned, from a log of decisions with the probabilities they were made with. Source: Horvitz & Thompson
/// 1952; Swaminathan & Joachims 2015; Dudík, Langford & Li 2011.
///
/// @param log the decisions
/// @param confidence of the intervals, between 0 and 1
/// @param out receives the estimates
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_evaluate_policy(
    log: *const crm_logged_decisions,
    confidence: *const crm_decimal,
    out: *mut crm_policy_evaluation,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let log = crate::boundary::read("log", log)?;
        let confidence = Probability::named("confidence", read_decimal("confidence", confidence)?)?;
        let out = Output::new("out", out)?;
        let expected = match log.expected_of_action.is_null() && log.expected_of_policy.is_null() {
            true => None,
            false => Some((
                slice("expected_of_action", log.expected_of_action, log.rows)?,
                slice("expected_of_policy", log.expected_of_policy, log.rows)?,
            )),
        };
        let decisions = LoggedDecisions {
            reward: slice("reward", log.reward, log.rows)?,
            probability: slice("probability", log.probability, log.rows)?,
            target_probability: slice("target_probability", log.target_probability, log.rows)?,
            expected,
            largest_weight: known(log.largest_weight),
        };
        let found = evaluate_policy(decisions, confidence)?;
        out.write(crm_policy_evaluation {
            logged: found.logged.into(),
            inverse_propensity: found.inverse_propensity.into(),
            self_normalized: found.self_normalized.into(),
            doubly_robust: found.doubly_robust.map_or(UNKNOWN, Into::into),
            effective_decisions: found.effective_decisions,
            cut: found.cut,
        });
        Ok(())
    })
}

const UNKNOWN: crm_policy_value = crm_policy_value {
    value: f64::NAN,
    standard_error: f64::NAN,
    lower: f64::NAN,
    upper: f64::NAN,
};

/// What acting on the customers of the highest scores gains against a control group, per customer of all: share · (mean outcome of those
/// acted on − that of the control group), among the share of the highest scores. Customers of equal scores are one step. Source:
/// Radcliffe 2007.
///
/// `CRM_STATUS_EMPTY` unless somebody was acted on and somebody was not.
///
/// @param score what customers are ranked by
/// @param treated not 0 for those who were acted on
/// @param outcome what came of it
/// @param rows how many customers
/// @param share receives the share at each step, 0 first: up to rows + 1 steps
/// @param gain receives what it gains
/// @param count receives how many steps there are
/// @param qini receives the area between the curve and the line to its end
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_uplift_curve(
    score: *const f64,
    treated: *const u8,
    outcome: *const f64,
    rows: usize,
    share: *mut f64,
    gain: *mut f64,
    count: *mut usize,
    qini: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let score = slice("score", score, rows)?;
        let treated = truths("treated", treated, rows)?;
        let outcome = slice("outcome", outcome, rows)?;
        OutputSlice::new("share", share, rows.saturating_add(1))?;
        OutputSlice::new("gain", gain, rows.saturating_add(1))?;
        let count = Output::new("count", count)?;
        let qini = Output::new("qini", qini)?;
        let found = uplift_curve(score, &treated, outcome)?;
        OutputSlice::new("share", share, found.share.len())?.write("share", &found.share)?;
        OutputSlice::new("gain", gain, found.gain.len())?.write("gain", &found.gain)?;
        count.write(found.share.len());
        qini.write(found.qini);
        Ok(())
    })
}
