//! `bindings/c/src/categories.rs`: an enum, a name and a label function for every category; and
//! `include/crm_core_categories.hpp`: the two functions for C++.

use std::path::Path;

use crm_core::units::{Label, Terms};

use crate::Result;
use crate::text::{camel, wrap};

/// A category of the core as C sees it.
struct Category {
    /// Its C type is `crm_` + name, its members `CRM_<NAME>_<MEMBER>`.
    name: &'static str,
    /// What it is, for the header.
    meaning: &'static str,
    /// The path of its type in the core.
    path: &'static str,
    members: Vec<Terms>,
}

/// `category!(path of the core's type, name in C, what it is)`.
macro_rules! category {
    ($path:path, $name:literal, $meaning:literal) => {
        Category {
            name: $name,
            meaning: $meaning,
            path: stringify!($path),
            members: <$path as Label>::ALL.iter().map(|m| m.terms()).collect(),
        }
    };
}

/// Every category of the C interface. Its members come from the core.
fn categories() -> Vec<Category> {
    vec![
        category!(
            crm_core::units::Language,
            "language",
            "The language of a label on a screen."
        ),
        category!(
            crm_core::clv::Timing,
            "timing",
            "When in its period a flow falls: at its start (the first flow is now) or at its end."
        ),
        category!(
            crm_core::clv::individual::Basis,
            "basis",
            "Which flows of a customer are counted: revenue less refunds; that less product cost; that less service and marketing cost."
        ),
        category!(
            crm_core::clv::individual::RateOutcome,
            "rate_outcome",
            "Whether a row of flows has an internal rate of return."
        ),
        category!(
            crm_core::clv::sensitivity::ChangeKind,
            "change_kind",
            "How far a factor is moved: by a part of it, or by an amount in its unit."
        ),
        category!(
            crm_core::clv::components::Component,
            "component",
            "A part of the lifetime value; the last three lower it."
        ),
        category!(
            crm_core::lifecycle::hidden_markov::EmissionFamily,
            "emission_family",
            "What customers in a state of a hidden Markov model do in a period: counts with the variance of the mean, counts with more, amounts that may be 0."
        ),
        category!(
            crm_core::lifecycle::hidden_markov::EmStatus,
            "em_status",
            "How a fit by EM ended: the likelihood no longer grows, or the iterations were used up."
        ),
        category!(
            crm_core::prediction::PurchaseModelKind,
            "purchase_model_kind",
            "A buy-till-you-die model of purchases."
        ),
        category!(
            crm_core::prediction::fit::FitStatus,
            "fit_status",
            "Whether the likelihood has a maximum: at the boundary it still grows, or stays as it is, while a parameter goes to 0 or without bound."
        ),
        category!(
            crm_core::prediction::DropoutEffect,
            "dropout_effect",
            "What covariates of dropout do to the probability p ~ Beta(a, b) of leaving after a purchase: coefficients of their own for a and b; one for a, and so for the odds of leaving; one for both, which leaves the mean of p."
        ),
        category!(
            crm_core::prediction::PurchasePrediction,
            "purchase_prediction",
            "What a model of purchases predicts of a customer."
        ),
        category!(
            crm_core::prediction::RenewalPrediction,
            "renewal_prediction",
            "What a model of customers under contract predicts."
        ),
        category!(
            crm_core::clv::switching::ShareRule,
            "share_rule",
            "What the shares of one row must sum to."
        ),
        category!(
            crm_core::clv::migration::ContactTiming,
            "contact_timing",
            "When in its period a contact is paid, whose purchase falls at the period's end."
        ),
        category!(
            crm_core::clv::switching::estimate::Ties,
            "ties",
            "What two purchases of one customer at the same time are: an error, or two in the order of rows."
        ),
        category!(
            crm_core::clv::switching::uncertainty::LeverInput,
            "lever_input",
            "An input of the value of brands."
        ),
        category!(
            crm_core::clv::switching::estimate::CovarianceEstimator,
            "covariance_estimator",
            "What a covariance of least-squares estimates takes for granted of the errors."
        ),
        category!(
            crm_core::lifecycle::Stage,
            "stage",
            "A stage of the customer lifecycle."
        ),
        category!(
            crm_core::lifecycle::Event,
            "event",
            "What moves a customer from stage to stage, or confirms the stage."
        ),
        category!(
            crm_core::lifecycle::Mark,
            "mark",
            "How a quantity stands in a stage of the lifecycle."
        ),
        category!(
            crm_core::lifecycle::inference::Rule,
            "stage_rule",
            "The rule that decided a stage."
        ),
        category!(
            crm_core::lifecycle::inference::Measure,
            "stage_measure",
            "What a customer's value is measured by, to infer the stage."
        ),
        category!(
            crm_core::value::cuts::Direction,
            "direction",
            "Which end of a column is the better one."
        ),
        category!(
            crm_core::value::tiers::ValueGroup,
            "value_group",
            "One of five groups of customers by the profit they contribute."
        ),
        category!(
            crm_core::value::tiers::PyramidTier,
            "pyramid_tier",
            "A tier of the customer pyramid, from the top."
        ),
        category!(
            crm_core::value::types::CustomerType,
            "customer_type",
            "A type of customer by current and potential value."
        ),
        category!(
            crm_core::value::rfm::RfmSegment,
            "rfm_segment",
            "A segment of the standard table by recency and frequency score."
        ),
        category!(
            crm_core::value::types::CutMethod,
            "cut_method",
            "How the border between a low and a high value is found."
        ),
        category!(
            crm_core::classification::Conflict,
            "conflict",
            "Verdicts on a customer that contradict each other, or what is known of its loyalty."
        ),
        category!(
            crm_core::value::indicators::Indicator,
            "indicator",
            "An indicator of the value of a customer."
        ),
        category!(
            crm_core::value::indicators::IndicatorGroup,
            "indicator_group",
            "Where an indicator comes from."
        ),
        category!(
            crm_core::value::indicators::IndicatorUnit,
            "indicator_unit",
            "What an indicator is measured in."
        ),
        category!(
            crm_core::value::indicators::ContactKind,
            "contact_kind",
            "What a contact with a customer was."
        ),
        category!(
            crm_core::value::index::Normalisation,
            "normalisation",
            "How indicators are made comparable: between the extremes, by mean and deviation, or by rank."
        ),
        category!(
            crm_core::value::index::Weighting,
            "weighting",
            "Where the weights of an index come from: given, by entropy, by CRITIC."
        ),
        category!(
            crm_core::value::disciplines::ValueDiscipline,
            "value_discipline",
            "A way to lead a market by customer value."
        ),
        category!(
            crm_core::loyalty::LoyaltyCategory,
            "loyalty_category",
            "Why a customer buys again."
        ),
        category!(
            crm_core::loyalty::LoyaltyOutcome,
            "loyalty_outcome",
            "Whether a customer's loyalty has a verdict."
        ),
        category!(
            crm_core::idic::identify::FieldKind,
            "field_kind",
            "What the values of a field of records are, and so how they are normalised and compared."
        ),
        category!(
            crm_core::idic::identify::AgreementLevel,
            "agreement_level",
            "How well the values of a field agree in two records."
        ),
        category!(
            crm_core::idic::identify::DataSensitivity,
            "data_sensitivity",
            "What the values of a field of records say of a person."
        ),
        category!(
            crm_core::idic::identify::ConflictGround,
            "conflict_ground",
            "Why one of two values of a customer that contradict each other stands."
        ),
        category!(
            crm_core::idic::identify::FieldVerdict,
            "field_verdict",
            "What is to be done about a field of records."
        ),
        category!(
            crm_core::idic::identify::store::UpdateOutcome,
            "update_outcome",
            "What an update did to a field of a customer."
        ),
        category!(
            crm_core::loyalty::LatentAttachment,
            "latent_attachment",
            "Where Latent loyalty lies."
        ),
        category!(
            crm_core::loyalty::Clue,
            "clue",
            "What may be known of a customer's loyalty."
        ),
        category!(
            crm_core::loyalty::Contradiction,
            "contradiction",
            "Pieces of evidence of loyalty that contradict each other."
        ),
        category!(
            crm_core::loyalty::attitude::LoyaltyCondition,
            "loyalty_condition",
            "Attitude against behaviour."
        ),
        category!(
            crm_core::loyalty::profit::LoyaltyEffect,
            "loyalty_effect",
            "Where the profit of a loyal customer comes from."
        ),
        category!(
            crm_core::loyalty::bonds::Bond,
            "bond",
            "What binds a customer to the firm."
        ),
        category!(
            crm_core::loyalty::bonds::RelationshipLevel,
            "relationship_level",
            "A level of relationship marketing."
        ),
        category!(
            crm_core::capability::ahp::RandomIndex,
            "random_index",
            "The mean consistency index of random judgements in pairs: which published table."
        ),
        category!(
            crm_core::capability::fuzzy::Composition,
            "composition",
            "How the memberships of several indices make one."
        ),
        category!(
            crm_core::capability::crm::InfluencingFactor,
            "influencing_factor",
            "What the CRM capability of a firm hangs on."
        ),
        category!(
            crm_core::satisfaction::ratio::SatisfactionVerdict,
            "satisfaction_verdict",
            "How an expectation was met."
        ),
        category!(
            crm_core::satisfaction::ratio::SatisfactionFacet,
            "satisfaction_facet",
            "A facet of customer satisfaction."
        ),
        category!(
            crm_core::satisfaction::metrics::BehaviouralMeasure,
            "behavioural_measure",
            "A rate by which customers show how satisfied they are."
        ),
        category!(
            crm_core::satisfaction::price::InconsistentPrices,
            "inconsistent_prices",
            "What happens to respondents whose prices do not rise."
        ),
        category!(
            crm_core::satisfaction::price::PriceRange,
            "price_range",
            "Which curves bound the acceptable prices: too cheap and too expensive with not cheap and not expensive, or with expensive and cheap."
        ),
        category!(
            crm_core::satisfaction::delivered_value::DeliveredValueItem,
            "delivered_value_item",
            "A benefit or a cost of a customer; the last four are costs."
        ),
        category!(
            crm_core::satisfaction::two_factor::SatisfactionFactor,
            "satisfaction_factor",
            "What kind of factor of satisfaction an attribute is."
        ),
        category!(
            crm_core::satisfaction::kano::KanoAnswer,
            "kano_answer",
            "An answer to one question of a Kano pair."
        ),
        category!(
            crm_core::satisfaction::kano::KanoCategory,
            "kano_category",
            "What kind of quality an attribute is, in the order in which ties are decided."
        ),
        category!(
            crm_core::satisfaction::structural::Mode,
            "measurement_mode",
            "How the weights of a construct's indicators are found."
        ),
        category!(
            crm_core::satisfaction::structural::ExpectedSign,
            "expected_sign",
            "The sign that a path is expected to have."
        ),
        category!(
            crm_core::satisfaction::structural::presets::Preset,
            "index_preset",
            "A ready model of customer satisfaction."
        ),
        category!(
            crm_core::satisfaction::structural::InnerScheme,
            "inner_scheme",
            "How the inner proxy of a construct weighs its neighbours."
        ),
        category!(
            crm_core::satisfaction::structural::Missing,
            "missing_answers",
            "What stands for a missing answer: the mean of the question; nothing, so that the respondent is left out; what the other answers let expect."
        ),
        category!(
            crm_core::satisfaction::structural::Estimator,
            "estimator",
            "What constructs are taken for: composites of their indicators, or common factors."
        ),
        category!(
            crm_core::satisfaction::structural::HigherOrder,
            "higher_order",
            "What is estimated in the place of a construct that is measured by constructs."
        ),
        category!(
            crm_core::satisfaction::structural::StatisticKind,
            "pls_statistic",
            "What a bootstrap of a structural model tells the chance of."
        ),
        category!(
            crm_core::satisfaction::structural::PlsStatus,
            "pls_status",
            "How the iteration of partial least squares ended."
        ),
        category!(
            crm_core::satisfaction::matrix::Quadrant,
            "quadrant",
            "What to do about an attribute, by its importance and satisfaction."
        ),
        category!(
            crm_core::satisfaction::matrix::DerivedImportance,
            "derived_importance",
            "How the importance of attributes is derived from answers."
        ),
        category!(
            crm_core::satisfaction::regression::MethodKind,
            "regression_method",
            "A regression of overall satisfaction on many attributes."
        ),
        category!(
            crm_core::satisfaction::regression::Positive,
            "positive_weights",
            "What becomes of negative coefficients when weights of an index are made of them."
        ),
        category!(
            crm_core::satisfaction::process::SurveyStep,
            "survey_step",
            "A step of a satisfaction survey."
        ),
        category!(
            crm_core::satisfaction::process::ActionStatus,
            "action_status",
            "How far an action is that improves satisfaction."
        ),
        category!(
            crm_core::survey::design::Interval,
            "systematic_interval",
            "How a systematic sample steps through its frame."
        ),
        category!(
            crm_core::survey::design::Allocation,
            "allocation",
            "How a sample is split over strata."
        ),
        category!(
            crm_core::survey::design::Replacement,
            "replacement",
            "Whether a unit may be drawn more than once."
        ),
        category!(
            crm_core::survey::SystematicVariance,
            "systematic_variance",
            "How the variance of a systematic sample is estimated."
        ),
        category!(
            crm_core::service::complaint::ComplaintStep,
            "complaint_step",
            "How far the handling of a complaint has come."
        ),
        category!(
            crm_core::service::complaint::ComplaintAction,
            "complaint_action",
            "What moves a complaint from step to step."
        ),
        category!(
            crm_core::service::complaint::ComplaintOutcome,
            "complaint_outcome",
            "How a closed complaint ended."
        ),
        category!(
            crm_core::service::win_back::LossSegment,
            "loss_segment",
            "How a customer was lost."
        ),
        category!(
            crm_core::service::win_back::LossCause,
            "loss_cause",
            "Why a customer switched."
        ),
        category!(
            crm_core::service::win_back::LossStatus,
            "loss_status",
            "Whether a customer is lost, and for how long."
        ),
        category!(
            crm_core::idic::interact::contact::Channel,
            "channel",
            "Through which channel a customer is contacted."
        ),
        category!(
            crm_core::idic::interact::contact::ContactDirection,
            "contact_direction",
            "Who spoke to whom."
        ),
        category!(
            crm_core::idic::interact::contact::ContactPurpose,
            "contact_purpose",
            "What a contact is for."
        ),
        category!(
            crm_core::idic::interact::contact::ContactOutcome,
            "contact_outcome",
            "What came of a contact."
        ),
        category!(
            crm_core::idic::interact::policy::ContactRefusal,
            "contact_refusal",
            "Why a contact is not allowed."
        ),
        category!(
            crm_core::idic::interact::choice::ChoiceStrategy,
            "choice_strategy",
            "How an action is chosen from what is known of their rewards."
        ),
        category!(
            crm_core::idic::customize::assignment::AssignmentReason,
            "assignment_reason",
            "Why a customer gets an offer or none."
        ),
        category!(
            crm_core::idic::customize::conjoint::ChoiceRule,
            "choice_rule",
            "How utilities become choices."
        ),
        category!(
            crm_core::idic::differentiate::ClusterScaling,
            "cluster_scaling",
            "What distances between customers are measured in."
        ),
        category!(
            crm_core::idic::pipeline::IdicStage,
            "idic_stage",
            "A stage of the process from raw records to next actions and offers."
        ),
    ]
}

const HEAD: &str = "\
// Generated by `cargo run -p xtask -- generate` from the categories of the core: do not edit.

//! Categories: closed sets of terms, each with a name for machines and a label for people.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crate::category::{Category, Texts, label, name};
";

pub(crate) fn rust(_root: &Path) -> Result<String> {
    Ok(HEAD.to_owned() + &categories().iter().map(code).collect::<String>())
}

fn code(category: &Category) -> String {
    let Category { name, path, .. } = category;
    let each = |line: &dyn Fn(usize, &Terms) -> String| -> String {
        category
            .members
            .iter()
            .enumerate()
            .map(|(number, terms)| line(number, terms))
            .collect()
    };
    let meaning = wrap(category.meaning, "/// ");
    let members = each(&|number, terms| {
        format!(
            "    /// {} ({}).\n    {} = {number},\n",
            terms.en,
            terms.zh,
            camel(terms.name)
        )
    });
    let all = each(&|_, terms| format!("        crm_{name}::{},\n", camel(terms.name)));
    let terms = each(&|_, terms| {
        format!(
            "        Texts {{ name: c{:?}, en: c{:?}, zh: c{:?} }},\n",
            terms.name, terms.en, terms.zh
        )
    });
    format!(
        "
{meaning}#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum crm_{name} {{
{members}}}

impl Category for crm_{name} {{
    type Core = {path};
    const ALL: &'static [Self] = &[
{all}    ];
    const TEXTS: &'static [Texts] = &[
{terms}    ];
}}

/// Its name for machines: English snake_case, the same in every language of the library and never
/// translated. Static text; NULL for a number that is no member.
#[unsafe(no_mangle)]
#[must_use]
pub extern \"C\" fn crm_{name}_name(value: MaybeUninit<crm_{name}>) -> *const c_char {{
    name(value)
}}

/// Its term for people, in `language`. Static text; NULL for a number that is no member.
#[unsafe(no_mangle)]
#[must_use]
pub extern \"C\" fn crm_{name}_label(
    value: MaybeUninit<crm_{name}>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {{
    label(value, language)
}}
"
    )
}

const CPP_HEAD: &str = "\
// Generated by `cargo run -p xtask -- generate` from the categories of the core: do not edit.
// Included by crm_core.hpp.
#ifndef CRM_CORE_CATEGORIES_HPP
#define CRM_CORE_CATEGORIES_HPP

namespace crm {
";

const CPP_FOOT: &str = "
} // namespace crm

#endif // CRM_CORE_CATEGORIES_HPP
";

pub(crate) fn cpp(_root: &Path) -> Result<String> {
    Ok(CPP_HEAD.to_owned() + &categories().iter().map(cpp_code).collect::<String>() + CPP_FOOT)
}

fn cpp_code(category: &Category) -> String {
    let name = category.name;
    let meaning = wrap(category.meaning, "/// ");
    format!(
        "
{meaning}/// This is its name for machines, the same in every language binding.
inline std::string_view name(crm_{name} value) {{
    return detail::member_text(crm_{name}_name(value), \"{name}\");
}}
/// Its term for people, in UTF-8.
inline std::string_view label(crm_{name} value, crm_language language = CRM_LANGUAGE_EN) {{
    return detail::member_text(crm_{name}_label(value, language), \"{name}\");
}}
"
    )
}
