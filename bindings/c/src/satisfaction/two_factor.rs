//! Hygiene factors and motivators by penalty–reward contrast analysis.

use crm_core::satisfaction::two_factor::{
    ContrastAnalysis, ContrastAttribute, ContrastEffect, ContrastRules, penalty_reward_contrast,
};

use super::{columns, read_confidence};
use crate::boundary::{Outcome, Output, OutputSlice, buffer, read, respond, slice};
use crate::categories::crm_satisfaction_factor;
use crate::category;
use crate::status::crm_status;

/// How ratings are read and effects are tested.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_contrast_rules {
    /// A rating up to this is poor.
    pub poor: f64,
    /// A rating from this on is good; more than `poor`.
    pub good: f64,
    /// A penalty or a reward is proven if its two-sided p-value is at most this, between 0 and 1, both excluded.
    pub significance: f64,
    /// Level of the intervals, between 0 and 1, both excluded.
    pub confidence: f64,
}

/// A coefficient of the regression, with Student's test of 0.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_contrast_effect {
    /// How far overall satisfaction is moved.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// estimate / standard error.
    pub t: f64,
    /// Two-sided.
    pub p_value: f64,
    /// Lower end of Student's interval.
    pub lower: f64,
    /// Upper end of Student's interval.
    pub upper: f64,
}

impl From<ContrastEffect> for crm_contrast_effect {
    fn from(effect: ContrastEffect) -> Self {
        crm_contrast_effect {
            estimate: effect.estimate,
            standard_error: effect.standard_error,
            t: effect.t,
            p_value: effect.p_value,
            lower: effect.lower,
            upper: effect.upper,
        }
    }
}

/// Penalty and reward of one attribute.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_contrast_attribute {
    /// Respondents who find it poor.
    pub poor: u64,
    /// Respondents who find it good.
    pub good: u64,
    /// The effect of a poor attribute, usually negative.
    pub penalty: crm_contrast_effect,
    /// The effect of a good attribute, usually positive.
    pub reward: crm_contrast_effect,
    /// Reward + penalty: positive where the reward is larger than the penalty.
    pub asymmetry: crm_contrast_effect,
    /// Basic with a proven penalty only, excitement with a proven reward only, performance with both.
    pub factor: crm_satisfaction_factor,
    /// 0.
    pub reserved: u32,
}

impl crm_contrast_attribute {
    fn new(attribute: &ContrastAttribute) -> Outcome<Self> {
        Ok(crm_contrast_attribute {
            poor: attribute.poor,
            good: attribute.good,
            penalty: attribute.penalty.into(),
            reward: attribute.reward.into(),
            asymmetry: attribute.asymmetry.into(),
            factor: category::write(attribute.factor)?,
            reserved: 0,
        })
    }
}

/// The regression of overall satisfaction.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_contrast_fit {
    /// Respondents who answered all.
    pub respondents: u64,
    /// Respondents who left something out; they count for nothing else.
    pub missing: u64,
    /// Respondents less coefficients.
    pub degrees_of_freedom: u64,
    /// Overall satisfaction where every attribute is in between.
    pub intercept: crm_contrast_effect,
    /// Part of the variance of overall satisfaction that is explained.
    pub r_squared: f64,
    /// Lower end of the interval of that part, with dummies taken for fixed (Steiger & Fouladi 1997).
    pub r_squared_lower: f64,
    /// Upper end of it.
    pub r_squared_upper: f64,
    /// The same, corrected for the number of coefficients.
    pub adjusted_r_squared: f64,
    /// Standard deviation of the residuals.
    pub residual_standard_error: f64,
}

impl From<&ContrastAnalysis> for crm_contrast_fit {
    fn from(analysis: &ContrastAnalysis) -> Self {
        crm_contrast_fit {
            respondents: analysis.respondents,
            missing: analysis.missing,
            degrees_of_freedom: analysis.degrees_of_freedom,
            intercept: analysis.intercept.into(),
            r_squared: analysis.r_squared,
            r_squared_lower: analysis.r_squared_lower,
            r_squared_upper: analysis.r_squared_upper,
            adjusted_r_squared: analysis.adjusted_r_squared,
            residual_standard_error: analysis.residual_standard_error,
        }
    }
}

/// Which attributes dissatisfy when they are poor, which satisfy when they are good: overall satisfaction is regressed
/// on two dummy variables for each attribute, poor and good. Sources: Brandt 1987; Matzler & Sauerwein 2002.
///
/// @param overall overall satisfaction of each respondent; NaN where not answered
/// @param ratings of each respondent, one attribute after the other; NaN where not answered
/// @param fit receives the regression
/// @param out receives one row per attribute
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_penalty_reward_contrast(
    overall: *const f64,
    ratings: *const f64,
    attributes: usize,
    respondents: usize,
    rules: *const crm_contrast_rules,
    fit: *mut crm_contrast_fit,
    out: *mut crm_contrast_attribute,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let overall = slice("overall", overall, respondents)?;
        let ratings = columns("ratings", ratings, attributes, respondents)?;
        let rules = read("rules", rules)?;
        let rules = ContrastRules {
            poor: rules.poor,
            good: rules.good,
            significance: rules.significance,
            confidence: read_confidence(rules.confidence)?,
        };
        let fit = Output::new("fit", fit)?;
        let out = OutputSlice::new("out", out, attributes)?;
        buffer::<f64>("ratings", attributes.saturating_mul(respondents))?;
        let found = penalty_reward_contrast(overall, &ratings, &rules)?;
        let rows = found.attributes.iter().map(crm_contrast_attribute::new);
        out.write("out", &rows.collect::<Outcome<Vec<_>>>()?)?;
        fit.write((&found).into());
        Ok(())
    })
}
