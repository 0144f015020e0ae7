//! How many answers a precision needs, and what a budget buys.

use crm_core::survey::Confidence;
use crm_core::survey::size::{SurveyCost, SurveySize, Target};

use crate::boundary::{Outcome, Output, read, respond, slice};
use crate::status::crm_status;

/// A survey before it is made.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_survey_plan {
    /// The standard deviation of the variable whose mean is estimated, or the proportion that is expected.
    pub spread: f64,
    /// Of the interval, between 0 and 1.
    pub confidence: f64,
    /// Share of those asked who answer, more than 0 and up to 1.
    pub response_rate: f64,
    /// Variance over that of a simple random sample; 1 for such a sample.
    pub design_effect: f64,
    /// Units of the population; 0 for one far larger than any sample.
    pub population: u64,
    /// 1 if `spread` is a proportion, 0 if it is a standard deviation.
    pub is_proportion: i32,
    /// Not read.
    pub reserved: [u8; 4],
}

/// How many to ask.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_required_size {
    /// Answers that are needed.
    pub answers: u64,
    /// Customers to invite.
    pub invitations: u64,
}

/// What a survey costs, in any unit of money; all 0 or more.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_survey_cost {
    /// Whatever the size.
    pub fixed: f64,
    /// Of each customer invited.
    pub per_invitation: f64,
    /// Of each answer.
    pub per_answer: f64,
}

/// What a budget buys.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_affordable_size {
    /// Customers that can be invited.
    pub invitations: u64,
    /// Answers to expect of them.
    pub answers: u64,
    /// Half-width of the interval.
    pub margin: f64,
}

unsafe fn survey(
    plan: *const crm_survey_plan,
    subgroups: *const f64,
    count: usize,
) -> Outcome<SurveySize> {
    // SAFETY: as the caller vouches.
    let (plan, subgroups) = unsafe { (read("plan", plan)?, slice("subgroups", subgroups, count)?) };
    Ok(SurveySize {
        target: if plan.is_proportion == 0 {
            Target::Mean(plan.spread)
        } else {
            Target::Proportion(plan.spread)
        },
        confidence: Confidence::new(plan.confidence)?,
        population: (plan.population > 0).then_some(plan.population),
        response_rate: plan.response_rate,
        design_effect: plan.design_effect,
        subgroups: subgroups.to_vec(),
    })
}

/// The size that estimates a mean or a proportion to ± `margin`, in each subgroup where there are some. Source:
/// Cochran 1977, §4.4 and §4.6.
///
/// @param subgroups shares of the population of the subgroups that need the precision
/// @param count how many subgroups there are; 0 for none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_required_size(
    plan: *const crm_survey_plan,
    subgroups: *const f64,
    count: usize,
    margin: f64,
    out: *mut crm_required_size,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let survey = survey(plan, subgroups, count)?;
        let out = Output::new("out", out)?;
        let size = survey.required(margin)?;
        out.write(crm_required_size {
            answers: size.answers,
            invitations: size.invitations,
        });
        Ok(())
    })
}

/// The half-width of the interval that this many answers give; in the smallest subgroup where there are some.
///
/// @param subgroups shares of the population of the subgroups that need the precision
/// @param count how many subgroups there are; 0 for none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_margin(
    plan: *const crm_survey_plan,
    subgroups: *const f64,
    count: usize,
    answers: u64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let survey = survey(plan, subgroups, count)?;
        let out = Output::new("out", out)?;
        out.write(survey.margin(answers)?);
        Ok(())
    })
}

/// How many a budget can ask, and how precise that is.
///
/// @param subgroups shares of the population of the subgroups that need the precision
/// @param count how many subgroups there are; 0 for none
/// @param budget in the unit of the costs
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_affordable_size(
    plan: *const crm_survey_plan,
    subgroups: *const f64,
    count: usize,
    budget: f64,
    cost: *const crm_survey_cost,
    out: *mut crm_affordable_size,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let survey = survey(plan, subgroups, count)?;
        let cost = read("cost", cost)?;
        let out = Output::new("out", out)?;
        let cost = SurveyCost {
            fixed: cost.fixed,
            per_invitation: cost.per_invitation,
            per_answer: cost.per_answer,
        };
        let size = survey.affordable(budget, cost)?;
        out.write(crm_affordable_size {
            invitations: size.invitations,
            answers: size.answers,
            margin: size.margin,
        });
        Ok(())
    })
}
