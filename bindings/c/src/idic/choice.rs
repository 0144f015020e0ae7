//! The next action for a customer.

use std::ffi::c_char;

use crm_core::idic::interact::choice::{ActionChooser, ChooserOptions, Decision, LoggedReward};
use crm_core::{Error, ErrorKind};

use super::interact::unreadable;
use crate::boundary::{Output, OutputSlice, respond, slice, text, write_text};
use crate::handle::{borrow, borrow_mut, free, output};
use crate::service::{moment, truths};
use crate::status::crm_status;

/// Chooses the next action for a customer, and learns from what comes of it. It changes with each decision and reward: one thread at a
/// time.
pub struct crm_action_chooser(ActionChooser);

/// A decision.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_action_decision {
    /// The number by which its reward is reported.
    pub id: u64,
    /// For whom.
    pub customer: u64,
    /// The action: 0 is to do nothing, then those of the options.
    pub action: u64,
    /// With which probability it was chosen: what crm_evaluate_policy needs.
    pub probability: f64,
    /// Whether the customer is one of those for whom nothing is done, for comparison.
    pub is_control: i32,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// What was known of an action when a decision was made.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_action_score {
    /// Expected reward less the cost of the action.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// With which probability it is chosen.
    pub probability: f64,
    /// Whether the action was allowed.
    pub is_eligible: i32,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// A decision with its reward.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_logged_reward {
    /// The decision.
    pub id: u64,
    /// Whose.
    pub customer: u64,
    /// What was done.
    pub action: u64,
    /// With which probability it was chosen.
    pub probability: f64,
    /// What it earned, without the cost of the action.
    pub reward: f64,
}

impl From<&Decision> for crm_action_decision {
    fn from(made: &Decision) -> Self {
        crm_action_decision {
            id: made.id,
            customer: made.customer,
            action: made.action as u64,
            probability: made.probability,
            is_control: i32::from(made.is_control),
            reserved: [0; 4],
        }
    }
}

impl From<&LoggedReward> for crm_logged_reward {
    fn from(logged: &LoggedReward) -> Self {
        crm_logged_reward {
            id: logged.id,
            customer: logged.customer,
            action: logged.action as u64,
            probability: logged.probability,
            reward: logged.reward,
        }
    }
}

/// A chooser that has seen nothing. The reward of an action is linear in the features of the context, with coefficients that all
/// customers share and a leaning of each customer on top. Source: Li, Chu, Langford & Schapire 2010; Agrawal & Goyal 2013.
///
/// The options, of which `actions` and `features` are needed: `{"actions": [{"name": "call", "cost": 2}, {"name": "voucher"}], "features":
/// ["orders", "complaints"], "constant": true, "strategy": "thompson" | "upper_confidence" | "greedy", "width": 1, "ridge": 1, "noise": 1, "customer_spread":
/// 0, "discount": 1, "exploration": 0.02, "control_share": 0, "reward_window": null, "seed": 0}`. To do nothing is always an action, the
/// first; `constant` says whether there is a coefficient for what an action earns whatever the features are, `noise` is the standard deviation of a reward whose mean is known, `exploration` the part of all decisions that go to any
/// allowed action by chance, `control_share` the part of the customers for whom nothing is done, `reward_window` the days after which a
/// decision without a reward has the reward 0.
///
/// @param options the text
/// @param chooser receives the handle; give it back to crm_action_chooser_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_new(
    options: *const c_char,
    chooser: *mut Option<Box<crm_action_chooser>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("chooser", chooser)?;
        let options: ChooserOptions = serde_json::from_str(text("options", options)?)
            .map_err(|error| unreadable("options", "options of a chooser", &error))?;
        out.write(Some(Box::new(crm_action_chooser(ActionChooser::new(
            options,
        )?))));
        Ok(())
    })
}

/// Reads the state that crm_action_chooser_state wrote: the chooser goes on as the one that was written. A corrupt state is
/// `CRM_STATUS_UNREADABLE`.
///
/// @param state the text
/// @param chooser receives the handle; give it back to crm_action_chooser_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_from_state_new(
    state: *const c_char,
    chooser: *mut Option<Box<crm_action_chooser>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("chooser", chooser)?;
        let made = serde_json::from_str(text("state", state)?)
            .map_err(|error| unreadable("state", "the state of a chooser", &error))?;
        out.write(Some(Box::new(crm_action_chooser(made))));
        Ok(())
    })
}

/// Frees a chooser; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_action_chooser_free(chooser: Option<Box<crm_action_chooser>>) {
    free(chooser);
}

/// How many bytes the state takes, with its terminating NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_state_size(
    chooser: *const crm_action_chooser,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &borrow("chooser", chooser)?.0;
        let out = Output::new("out", out)?;
        out.write(state(chooser)?.len() + 1);
        Ok(())
    })
}

/// Writes the whole state.
///
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_state(
    chooser: *const crm_action_chooser,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &borrow("chooser", chooser)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(&state(chooser)?, buffer, capacity)
    })
}

fn state(chooser: &ActionChooser) -> Result<String, Error> {
    serde_json::to_string(chooser)
        .map_err(|error| unreadable("chooser", "a chooser that can be written", &error))
}

/// Chooses an action for a customer.
///
/// @param chooser the chooser, which changes
/// @param customer the number of the customer
/// @param features the context, in the order of the options
/// @param feature_count how many features
/// @param eligible not 0 for each action of the options that is allowed; to do nothing is always
/// @param action_count how many actions the options have
/// @param at when, in seconds since 1970-01-01T00:00:00
/// @param decision receives the decision
/// @param scores receives what was known of each action, doing nothing first: action_count + 1; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_decide(
    chooser: *mut crm_action_chooser,
    customer: u64,
    features: *const f64,
    feature_count: usize,
    eligible: *const u8,
    action_count: usize,
    at: i64,
    decision: *mut crm_action_decision,
    scores: *mut crm_action_score,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &mut borrow_mut("chooser", chooser)?.0;
        let features = slice("features", features, feature_count)?;
        let eligible = truths("eligible", eligible, action_count)?;
        let out = Output::new("decision", decision)?;
        let actions = chooser.options().actions.len();
        if action_count != actions {
            return Err(Error::length("eligible", action_count, actions).into());
        }
        let room = OutputSlice::optional("scores", scores, actions + 1)?;
        let found = chooser.decide(customer, features, &eligible, moment("at", at)?)?;
        if let Some(room) = room {
            let scores: Vec<_> = found
                .scores
                .iter()
                .map(|score| crm_action_score {
                    mean: score.mean,
                    standard_error: score.standard_error,
                    probability: score.probability,
                    is_eligible: i32::from(score.is_eligible),
                    reserved: [0; 4],
                })
                .collect();
            room.write("scores", &scores)?;
        }
        out.write((&found).into());
        Ok(())
    })
}

/// Chooses an action for each of many customers, one after the other, at one moment; an error leaves the chooser as it was. The decisions
/// are those of crm_action_chooser_decide.
///
/// @param chooser the chooser, which changes
/// @param customers the number of each customer
/// @param count how many customers
/// @param features the contexts, row by row: count * feature_count
/// @param feature_count how many features the options have
/// @param eligible not 0 for each action of the options that is allowed, row by row: count * action_count
/// @param action_count how many actions the options have
/// @param at when, in seconds since 1970-01-01T00:00:00
/// @param decisions receives one per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_decide_each(
    chooser: *mut crm_action_chooser,
    customers: *const u64,
    count: usize,
    features: *const f64,
    feature_count: usize,
    eligible: *const u8,
    action_count: usize,
    at: i64,
    decisions: *mut crm_action_decision,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &mut borrow_mut("chooser", chooser)?.0;
        let customers = slice("customers", customers, count)?;
        let features = slice("features", features, count.saturating_mul(feature_count))?;
        let eligible = truths("eligible", eligible, count.saturating_mul(action_count))?;
        let out = OutputSlice::new("decisions", decisions, count)?;
        let found = chooser.decide_each(customers, features, &eligible, moment("at", at)?)?;
        let made: Vec<crm_action_decision> = found.iter().map(Into::into).collect();
        out.write("decisions", &made)
    })
}

/// Learns what a decision earned. `CRM_STATUS_NOT_FOUND` for one that does not wait for a reward.
///
/// @param chooser the chooser, which changes
/// @param decision the number of the decision
/// @param reward what it earned
/// @param logged receives the row for the log; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_reward(
    chooser: *mut crm_action_chooser,
    decision: u64,
    reward: f64,
    logged: *mut crm_logged_reward,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &mut borrow_mut("chooser", chooser)?.0;
        let room = OutputSlice::optional("logged", logged, 1)?;
        let found = chooser.reward(decision, reward)?;
        crate::boundary::write_optional(room, "logged", &[(&found).into()])
    })
}

/// Gives the reward 0 to all decisions that have waited for longer than the reward window.
///
/// @param chooser the chooser, which changes
/// @param now the moment
/// @param expired receives how many there were
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_expire(
    chooser: *mut crm_action_chooser,
    now: i64,
    expired: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &mut borrow_mut("chooser", chooser)?.0;
        let out = Output::new("expired", expired)?;
        out.write(chooser.expire(moment("now", now)?).len());
        Ok(())
    })
}

/// The coefficients of an action's reward, the constant first.
///
/// @param action 0 is to do nothing, then those of the options
/// @param coefficients receives them
/// @param count features + 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_coefficients(
    chooser: *const crm_action_chooser,
    action: usize,
    coefficients: *mut f64,
    count: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &borrow("chooser", chooser)?.0;
        let out = OutputSlice::new("coefficients", coefficients, count)?;
        let found = chooser.coefficients(action).ok_or_else(|| {
            let reason = "must be 0 or the number of an action of the options, from 1";
            Error::new(ErrorKind::OutOfRange, "action", reason).with_value(action)
        })?;
        out.write("coefficients", found)
    })
}

/// How many rewards were seen of each action, doing nothing first.
///
/// @param rewards receives them
/// @param count actions of the options + 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_observations(
    chooser: *const crm_action_chooser,
    rewards: *mut u64,
    count: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &borrow("chooser", chooser)?.0;
        let out = OutputSlice::new("rewards", rewards, count)?;
        out.write("rewards", &chooser.observations())
    })
}

/// Whether a customer is one of those for whom nothing is done, for comparison.
///
/// @param customer the number of the customer
/// @param is_control receives 1 if so, else 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_is_control(
    chooser: *const crm_action_chooser,
    customer: u64,
    is_control: *mut i32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &borrow("chooser", chooser)?.0;
        let out = Output::new("is_control", is_control)?;
        out.write(i32::from(chooser.is_control(customer)));
        Ok(())
    })
}

/// Expected reward less cost of each action for a customer, doing nothing first: what any policy can be judged by.
///
/// @param customer the number of the customer
/// @param features the context, in the order of the options
/// @param feature_count how many features
/// @param expected receives them
/// @param count actions of the options + 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_expected(
    chooser: *const crm_action_chooser,
    customer: u64,
    features: *const f64,
    feature_count: usize,
    expected: *mut f64,
    count: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &borrow("chooser", chooser)?.0;
        let features = slice("features", features, feature_count)?;
        let out = OutputSlice::new("expected", expected, count)?;
        out.write("expected", &chooser.expected(customer, features)?)
    })
}

/// Where the expected reward of an action for a customer comes from.
///
/// @param customer the number of the customer
/// @param features the context, in the order of the options
/// @param feature_count how many features
/// @param action 0 is to do nothing, then those of the options
/// @param parts receives feature_count + 3 parts: the constant, what each feature adds, what the customer's own history adds, and the cost,
///     which is taken off
/// @param score receives their sum and its standard error; its probability is NaN
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_explain(
    chooser: *const crm_action_chooser,
    customer: u64,
    features: *const f64,
    feature_count: usize,
    action: usize,
    parts: *mut f64,
    score: *mut crm_action_score,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &borrow("chooser", chooser)?.0;
        let features = slice("features", features, feature_count)?;
        let parts = OutputSlice::new("parts", parts, feature_count.saturating_add(3))?;
        let score = Output::new("score", score)?;
        let found = chooser.explain(customer, features, action)?;
        let all: Vec<f64> = std::iter::once(found.constant)
            .chain(found.contributions.iter().copied())
            .chain([found.leaning, -found.cost])
            .collect();
        parts.write("parts", &all)?;
        score.write(crm_action_score {
            mean: found.mean,
            standard_error: found.standard_error,
            probability: f64::NAN,
            is_eligible: 1,
            reserved: [0; 4],
        });
        Ok(())
    })
}

/// Forgets all that is kept of one customer.
///
/// @param chooser the chooser, which changes
/// @param customer the number of the customer
/// @param erased receives how many entries there were
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_action_chooser_erase(
    chooser: *mut crm_action_chooser,
    customer: u64,
    erased: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let chooser = &mut borrow_mut("chooser", chooser)?.0;
        let out = Output::new("erased", erased)?;
        out.write(chooser.erase(customer));
        Ok(())
    })
}
