//! What another policy would have earned, from a log of decisions with the probabilities they were made with (off-policy evaluation).

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::math::proportion::z;
use crate::survey::check_values;
use crate::units::Probability;

/// A log of rewards and what the policy under judgement would have done; columns of one decision a row.
#[derive(Debug, Clone, Copy)]
pub struct LoggedDecisions<'a> {
    /// What each decision earned.
    pub reward: &'a [f64],
    /// With which probability the logged action was chosen, more than 0.
    pub probability: &'a [f64],
    /// With which probability the policy under judgement chooses the action that was logged.
    pub target_probability: &'a [f64],
    /// For the doubly robust estimate: the reward that a model expects of the logged action, and what it expects of the policy under
    /// judgement, Σₐ π(a|x) q̂(x, a).
    pub expected: Option<(&'a [f64], &'a [f64])>,
    /// Weights target / logged above it are cut to it; `None` cuts none.
    pub largest_weight: Option<f64>,
}

/// A mean reward per decision, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PolicyValue {
    /// The estimate.
    pub value: f64,
    /// Its standard error; NaN with fewer than two decisions.
    pub standard_error: f64,
    /// Lower end of the normal interval.
    pub lower: f64,
    /// Upper end of the normal interval.
    pub upper: f64,
}

/// What a policy would have earned per decision: [`evaluate_policy`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PolicyEvaluation {
    /// What was earned in fact.
    pub logged: PolicyValue,
    /// Inverse propensity scoring: mean of w·r, w = target / logged probability.
    pub inverse_propensity: PolicyValue,
    /// Self-normalised: Σ w·r / Σ w; NaN where the policy shares no action with the log.
    pub self_normalized: PolicyValue,
    /// Doubly robust: mean of q̂(π) + w·(r − q̂); right if either the probabilities or the model are. `None` without a model.
    pub doubly_robust: Option<PolicyValue>,
    /// (Σ w)² / Σ w²: how many decisions the log is worth for this policy.
    pub effective_decisions: f64,
    /// Decisions whose weight was cut.
    pub cut: u64,
}

/// Estimates what a policy would have earned, with normal intervals of level `confidence`.
///
/// Source: Horvitz & Thompson 1952; Swaminathan & Joachims 2015 (self-normalised); Dudík, Langford & Li 2011 (doubly robust).
///
/// ```
/// use crm_core::idic::interact::evaluation::{LoggedDecisions, evaluate_policy};
/// use crm_core::units::Probability;
///
/// // A coin chose between two actions; the policy always takes the second.
/// let found = evaluate_policy(
///     LoggedDecisions {
///         reward: &[0.0, 1.0, 1.0, 0.0],
///         probability: &[0.5; 4],
///         target_probability: &[0.0, 1.0, 1.0, 0.0],
///         expected: None,
///         largest_weight: None,
///     },
///     Probability::try_from(0.95)?,
/// )?;
/// assert_eq!((found.logged.value, found.inverse_propensity.value), (0.5, 1.0));
/// assert_eq!(found.effective_decisions, 2.0);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`]; [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] with the row, for a logged
/// probability that is not in (0, 1], a target probability outside [0, 1]; [`ErrorKind::OutOfRange`] for a largest weight that is not
/// more than 0 and a confidence of 0 or 1.
pub fn evaluate_policy(
    log: LoggedDecisions<'_>,
    confidence: Probability,
) -> Result<PolicyEvaluation> {
    let z = z(confidence)?;
    let rows = log.reward.len();
    check_column("reward", log.reward, rows, |_| true, "")?;
    check_column(
        "probability",
        log.probability,
        rows,
        |p| p > 0.0 && p <= 1.0,
        "must be more than 0 and at most 1",
    )?;
    check_column(
        "target_probability",
        log.target_probability,
        rows,
        |p| (0.0..=1.0).contains(&p),
        "must be between 0 and 1",
    )?;
    if let Some((action, policy)) = log.expected {
        check_column("expected_of_action", action, rows, |_| true, "")?;
        check_column("expected_of_policy", policy, rows, |_| true, "")?;
    }
    let largest = log.largest_weight.unwrap_or(f64::INFINITY);
    if largest.is_nan() || largest <= 0.0 {
        let error = Error::new(
            ErrorKind::OutOfRange,
            "largest_weight",
            "must be more than 0",
        );
        return Err(error.with_value(largest));
    }
    let ratios = log.target_probability.iter().zip(log.probability);
    let raw: Vec<f64> = ratios.map(|(target, logged)| target / logged).collect();
    let weights: Vec<f64> = raw.iter().map(|weight| weight.min(largest)).collect();
    let total: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    let weighted: Vec<f64> = weights.iter().zip(log.reward).map(|(w, r)| w * r).collect();
    let doubly_robust = log.expected.map(|(action, policy)| {
        let parts = weights.iter().zip(log.reward).zip(action).zip(policy);
        let each: Vec<f64> = parts.map(|(((w, r), q), v)| v + w * (r - q)).collect();
        mean(&each, z)
    });
    Ok(PolicyEvaluation {
        logged: mean(log.reward, z),
        inverse_propensity: mean(&weighted, z),
        self_normalized: self_normalized(&weights, log.reward, total, z),
        doubly_robust,
        effective_decisions: total * total / squares,
        cut: raw.iter().filter(|&&weight| weight > largest).count() as u64,
    })
}

fn check_column(
    argument: &'static str,
    column: &[f64],
    rows: usize,
    allowed: impl Fn(f64) -> bool,
    rule: &'static str,
) -> Result<()> {
    if rows == 0 {
        return Err(Error::empty(argument));
    }
    check_values(argument, column, rows, allowed, rule)
}

fn mean(values: &[f64], z: f64) -> PolicyValue {
    let rows = values.len() as f64;
    let value = values.iter().sum::<f64>() / rows;
    let squares: f64 = values.iter().map(|x| (x - value) * (x - value)).sum();
    interval(value, libm::sqrt(squares / (rows - 1.0) / rows), z)
}

/// By linearisation of the ratio: se² = n/(n − 1) · Σ w²(r − v)² / (Σ w)².
fn self_normalized(weights: &[f64], rewards: &[f64], total: f64, z: f64) -> PolicyValue {
    let pairs = weights.iter().zip(rewards);
    let value = pairs.clone().map(|(w, r)| w * r).sum::<f64>() / total;
    let squares: f64 = pairs.map(|(w, r)| w * w * (r - value) * (r - value)).sum();
    let rows = weights.len() as f64;
    interval(value, libm::sqrt(rows / (rows - 1.0) * squares) / total, z)
}

fn interval(value: f64, standard_error: f64, z: f64) -> PolicyValue {
    let standard_error = if standard_error.is_finite() {
        standard_error
    } else {
        f64::NAN
    };
    PolicyValue {
        value,
        standard_error,
        lower: value - z * standard_error,
        upper: value + z * standard_error,
    }
}
