//! Satisfaction degree, expectation management, behavioural measures, delivered value.

use std::mem::MaybeUninit;

use crm_core::satisfaction::delivered_value::{DeliveredValue, delivered_value_effects};
use crm_core::satisfaction::expectation::{ExpectationModel, ExpectationPoint, LogisticResponse};
use crm_core::satisfaction::metrics::purchase_amount;
use crm_core::satisfaction::ratio::{
    AttributeAnswers, SatisfactionFacet, SatisfactionSummary, satisfaction, satisfaction_by_facet,
    weighted_degrees,
};
use crm_core::units::Label;

use super::{columns, crm_mean_estimate, crm_rate_estimate, read_confidence};
use crate::boundary::{Outcome, Output, OutputSlice, buffer, read, respond, slice};
use crate::categories::{
    crm_behavioural_measure, crm_satisfaction_facet, crm_satisfaction_verdict,
};
use crate::category;
use crate::status::crm_status;

/// Instead of a crm_satisfaction_verdict where nobody answered.
pub const CRM_NO_VERDICT: i32 = -1;

/// How satisfied the respondents are with one attribute, or with all of them weighted.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_satisfaction_summary {
    /// Respondents without an answer; they count for nothing else.
    pub missing: u64,
    /// The degree C = b/a, its mean over the respondents.
    pub degree: crm_mean_estimate,
    /// The gap b − a.
    pub gap: crm_mean_estimate,
    /// Whose expectation was not met.
    pub dissatisfied: crm_rate_estimate,
    /// Whose expectation was met.
    pub met: crm_rate_estimate,
    /// Whose expectation was exceeded.
    pub exceeded: crm_rate_estimate,
    /// The crm_satisfaction_verdict on the mean degree, or CRM_NO_VERDICT if nobody answered.
    pub verdict: i32,
    /// 0.
    pub reserved: u32,
}

impl crm_satisfaction_summary {
    /// Of a facet without attributes.
    const NOTHING: Self = {
        let mean = crm_mean_estimate {
            count: 0,
            mean: f64::NAN,
            standard_deviation: f64::NAN,
            standard_error: f64::NAN,
            lower: f64::NAN,
            upper: f64::NAN,
        };
        let rate = crm_rate_estimate {
            count: 0,
            base: 0,
            rate: f64::NAN,
            standard_error: f64::NAN,
            lower: f64::NAN,
            upper: f64::NAN,
        };
        crm_satisfaction_summary {
            missing: 0,
            degree: mean,
            gap: mean,
            dissatisfied: rate,
            met: rate,
            exceeded: rate,
            verdict: CRM_NO_VERDICT,
            reserved: 0,
        }
    };

    fn new(summary: &SatisfactionSummary) -> Outcome<Self> {
        let verdict = summary
            .verdict
            .map(category::write::<crm_satisfaction_verdict>);
        Ok(crm_satisfaction_summary {
            missing: summary.missing,
            degree: summary.degree.into(),
            gap: summary.gap.into(),
            dissatisfied: summary.dissatisfied.into(),
            met: summary.met.into(),
            exceeded: summary.exceeded.into(),
            verdict: verdict
                .transpose()?
                .map_or(CRM_NO_VERDICT, |found| found as i32),
            reserved: 0,
        })
    }
}

/// What was expected of and perceived in each attribute.
///
/// # Safety
/// As [`columns`].
unsafe fn answers<'a>(
    expected: *const f64,
    perceived: *const f64,
    attributes: usize,
    respondents: usize,
) -> Outcome<Vec<AttributeAnswers<'a>>> {
    // SAFETY: as the caller vouches.
    let (expected, perceived) = unsafe {
        (
            columns("expected", expected, attributes, respondents)?,
            columns("perceived", perceived, attributes, respondents)?,
        )
    };
    let pairs = expected.into_iter().zip(perceived);
    let attribute = |(expected, perceived): (&'a [f64], &'a [f64])| AttributeAnswers {
        expected: expected.into(),
        perceived: perceived.into(),
    };
    Ok(pairs.map(attribute).collect())
}

/// Satisfaction with attributes that weigh differently: of each respondent C = Σ w·b/a and the gap Σ w·(b − a), with
/// weights divided by their sum. A respondent who left out an attribute that has a weight is missing.
///
/// @param expected a of every respondent, greater than 0, one attribute after the other; NaN where not answered
/// @param perceived b, 0 or more, on the same scale, likewise
/// @param weights one per attribute, 0 or more
/// @param tolerance the expectation is met from C = 1 − tolerance to 1 + tolerance
/// @param confidence level of the intervals, between 0 and 1, both excluded; 0.95 is usual
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_satisfaction(
    expected: *const f64,
    perceived: *const f64,
    weights: *const f64,
    attributes: usize,
    respondents: usize,
    tolerance: f64,
    confidence: f64,
    out: *mut crm_satisfaction_summary,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let answers = answers(expected, perceived, attributes, respondents)?;
        let weights = slice("weights", weights, attributes)?;
        let out = Output::new("out", out)?;
        buffer::<f64>("expected", respondents)?;
        let confidence = read_confidence(confidence)?;
        let found = satisfaction(&answers, weights, respondents, tolerance, confidence)?;
        out.write(crm_satisfaction_summary::new(&found)?);
        Ok(())
    })
}

/// crm_satisfaction with the attributes of each facet alone. A respondent who left out an attribute of one facet is missing in that one
/// only.
///
/// @param facets one per attribute
/// @param out receives five summaries, in the order of crm_satisfaction_facet; that of a facet without attributes has counts of 0, NaN, and
///            CRM_NO_VERDICT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_satisfaction_by_facet(
    expected: *const f64,
    perceived: *const f64,
    facets: *const MaybeUninit<crm_satisfaction_facet>,
    weights: *const f64,
    attributes: usize,
    respondents: usize,
    tolerance: f64,
    confidence: f64,
    out: *mut crm_satisfaction_summary,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let answers = answers(expected, perceived, attributes, respondents)?;
        let facets = slice("facets", facets, attributes)?.iter();
        let facets: Vec<SatisfactionFacet> = facets
            .map(|facet| category::read("facets", *facet))
            .collect::<Outcome<_>>()?;
        let weights = slice("weights", weights, attributes)?;
        let out = OutputSlice::new("out", out, SatisfactionFacet::ALL.len())?;
        buffer::<f64>("expected", respondents)?;
        let confidence = read_confidence(confidence)?;
        let found = satisfaction_by_facet(
            &answers,
            &facets,
            weights,
            respondents,
            tolerance,
            confidence,
        )?;
        let summaries = SatisfactionFacet::ALL.iter().map(|facet| {
            let found = found.iter().find(|(own, _)| own == facet);
            found.map_or(Ok(crm_satisfaction_summary::NOTHING), |(_, summary)| {
                crm_satisfaction_summary::new(summary)
            })
        });
        out.write("out", &summaries.collect::<Outcome<Vec<_>>>()?)
    })
}

/// The weighted satisfaction degree of every respondent; NaN where an attribute that has a weight was not answered.
/// See crm_satisfaction.
///
/// @param out receives one degree per respondent
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_weighted_degrees(
    expected: *const f64,
    perceived: *const f64,
    weights: *const f64,
    attributes: usize,
    respondents: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let answers = answers(expected, perceived, attributes, respondents)?;
        let weights = slice("weights", weights, attributes)?;
        let out = OutputSlice::new("out", out, respondents)?;
        buffer::<f64>("expected", respondents)?;
        out.write("out", &weighted_degrees(&answers, weights, respondents)?)
    })
}

/// A rate by which customers show how satisfied they are: `count` of `base`, as the measure says.
///
/// @param base how many customers, buyers or services there are, at least 1
/// @param confidence level of the interval, between 0 and 1, both excluded; 0.95 is usual
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_behavioural_rate(
    measure: MaybeUninit<crm_behavioural_measure>,
    count: u64,
    base: u64,
    confidence: f64,
    out: *mut crm_rate_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let measure = category::read("measure", measure)?;
        let out = Output::new("out", out)?;
        out.write(
            measure
                .rate(count, base, read_confidence(confidence)?)?
                .into(),
        );
        Ok(())
    })
}

/// The mean amount of a purchase.
///
/// @param purchases how many there are, at least 1
/// @param confidence level of the interval, between 0 and 1, both excluded; 0.95 is usual
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_purchase_amount(
    amounts: *const f64,
    purchases: usize,
    confidence: f64,
    out: *mut crm_mean_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let amounts = slice("amounts", amounts, purchases)?;
        let out = Output::new("out", out)?;
        out.write(purchase_amount(amounts, read_confidence(confidence)?)?.into());
        Ok(())
    })
}

/// What one item does to the delivered value.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_delivered_value_effect {
    /// w·x, or −w·x of a cost: its part of the net value.
    pub contribution: f64,
    /// What one unit more does to the net value: w, or −w of a cost.
    pub net_derivative: f64,
    /// What one unit more does to benefits over costs: w/C, or −w·B/C² of a cost; NaN where C is 0.
    pub ratio_derivative: f64,
    /// What one percent more does to benefits over costs, in percent; NaN where B or C is 0.
    pub ratio_elasticity: f64,
}

/// Delivered value of one offer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_delivered_value_summary {
    /// B = Σ w·x over the benefits.
    pub benefits: f64,
    /// C = Σ w·x over the costs.
    pub costs: f64,
    /// B − C.
    pub net: f64,
    /// B / C; NaN where C is 0.
    pub ratio: f64,
    /// Each item, by the numbers of crm_delivered_value_item.
    pub effects: [crm_delivered_value_effect; 8],
}

impl From<DeliveredValue> for crm_delivered_value_summary {
    fn from(value: DeliveredValue) -> Self {
        crm_delivered_value_summary {
            benefits: value.benefits,
            costs: value.costs,
            net: value.net,
            ratio: value.ratio,
            effects: value.effects.map(|effect| crm_delivered_value_effect {
                contribution: effect.contribution,
                net_derivative: effect.net_derivative,
                ratio_derivative: effect.ratio_derivative,
                ratio_elasticity: effect.ratio_elasticity,
            }),
        }
    }
}

/// The delivered value of weighted items, and what each does to it. Source: Kotler 1994.
///
/// @param amounts 8 numbers, 0 or more, by the numbers of crm_delivered_value_item
/// @param weights 8 numbers, 0 or more; may be NULL: all 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_delivered_value_effects(
    amounts: *const f64,
    weights: *const f64,
    out: *mut crm_delivered_value_summary,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let amounts = read("amounts", amounts.cast::<[f64; 8]>())?;
        let weights = if weights.is_null() {
            [1.0; 8]
        } else {
            read("weights", weights.cast::<[f64; 8]>())?
        };
        let out = Output::new("out", out)?;
        out.write(delivered_value_effects(&amounts, &weights)?.into());
        Ok(())
    })
}

/// A share that grows with what it answers to: ceiling / (1 + exp(−steepness·(x − midpoint))).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_logistic_response {
    /// The share that it comes near to, greater than 0, at most 1.
    pub ceiling: f64,
    /// Where half of it is reached.
    pub midpoint: f64,
    /// How fast it grows, greater than 0.
    pub steepness: f64,
}

impl From<crm_logistic_response> for LogisticResponse {
    fn from(response: crm_logistic_response) -> Self {
        LogisticResponse {
            ceiling: response.ceiling,
            midpoint: response.midpoint,
            steepness: response.steepness,
        }
    }
}

/// How expectation brings buyers, and satisfaction brings them back.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_expectation_model {
    /// N, how many could buy; greater than 0.
    pub market: f64,
    /// b, the value that buyers will perceive; greater than 0.
    pub perceived: f64,
    /// D, the share who buy, by the expectation a.
    pub purchase: crm_logistic_response,
    /// R, the share of buyers who buy again, by the satisfaction degree C = b/a.
    pub repeat: crm_logistic_response,
    /// The lowest expectation that can be set, greater than 0.
    pub lowest: f64,
    /// The highest, more than the lowest.
    pub highest: f64,
}

impl From<crm_expectation_model> for ExpectationModel {
    fn from(model: crm_expectation_model) -> Self {
        ExpectationModel {
            market: model.market,
            perceived: model.perceived,
            purchase: model.purchase.into(),
            repeat: model.repeat.into(),
            lowest: model.lowest,
            highest: model.highest,
        }
    }
}

/// What comes of one level of expectation.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_expectation_point {
    /// a.
    pub expectation: f64,
    /// C = b/a.
    pub degree: f64,
    /// N·D(a).
    pub buyers: f64,
    /// R(C).
    pub repeat_rate: f64,
    /// N·D(a)·R(C).
    pub repeat_sales: f64,
}

impl From<ExpectationPoint> for crm_expectation_point {
    fn from(point: ExpectationPoint) -> Self {
        crm_expectation_point {
            expectation: point.expectation,
            degree: point.degree,
            buyers: point.buyers,
            repeat_rate: point.repeat_rate,
            repeat_sales: point.repeat_sales,
        }
    }
}

/// Levels of expectation, evenly from the lowest to the highest, and what comes of each.
///
/// @param points how many, at least 2
/// @param out receives that many
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_expectation_curve(
    model: *const crm_expectation_model,
    points: usize,
    out: *mut crm_expectation_point,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = ExpectationModel::from(read("model", model)?);
        let out = OutputSlice::new("out", out, points)?;
        buffer::<[f64; 5]>("points", points)?;
        let curve = model.curve(points)?.into_iter().map(Into::into);
        out.write("out", &curve.collect::<Vec<crm_expectation_point>>())
    })
}

/// The expectation with the most repeat sales, among equals the lowest.
///
/// @param interior receives 1 if repeat sales are stationary there, 0 if it is the lowest or the highest
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_expectation_optimum(
    model: *const crm_expectation_model,
    out: *mut crm_expectation_point,
    interior: *mut i32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = ExpectationModel::from(read("model", model)?);
        let out = Output::new("out", out)?;
        let interior = Output::new("interior", interior)?;
        let best = model.optimum()?;
        out.write(best.point.into());
        interior.write(i32::from(best.interior));
        Ok(())
    })
}
