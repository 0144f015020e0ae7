//! The terms of the core's categories, for the `StrEnum`s of the package.

use crm_core::capability::ahp::RandomIndex;
use crm_core::capability::crm::InfluencingFactor;
use crm_core::capability::fuzzy::Composition;
use crm_core::classification::Conflict;
use crm_core::clv::Timing;
use crm_core::clv::components::Component;
use crm_core::clv::individual::{Basis, RateOutcome};
use crm_core::clv::migration::ContactTiming;
use crm_core::clv::sensitivity::ChangeKind;
use crm_core::clv::switching::ShareRule;
use crm_core::clv::switching::estimate::{CovarianceEstimator, Ties};
use crm_core::clv::switching::uncertainty::LeverInput;
use crm_core::idic::customize::assignment::AssignmentReason;
use crm_core::idic::customize::conjoint::ChoiceRule;
use crm_core::idic::differentiate::ClusterScaling;
use crm_core::idic::identify::store::UpdateOutcome;
use crm_core::idic::identify::{
    AgreementLevel, ConflictGround, DataSensitivity, FieldKind, FieldVerdict, Survivorship,
};
use crm_core::idic::interact::choice::ChoiceStrategy;
use crm_core::idic::interact::contact::Channel;
use crm_core::idic::interact::contact::ContactDirection;
use crm_core::idic::interact::contact::ContactOutcome;
use crm_core::idic::interact::contact::ContactPurpose;
use crm_core::idic::interact::policy::ContactRefusal;
use crm_core::idic::pipeline::IdicStage;
use crm_core::kernels::Domain;
use crm_core::lifecycle::hidden_markov::{EmStatus, EmissionFamily};
use crm_core::lifecycle::inference::{Measure, Rule};
use crm_core::lifecycle::{Event, Mark, Stage};
use crm_core::loyalty::attitude::LoyaltyCondition;
use crm_core::loyalty::bonds::{Bond, RelationshipLevel};
use crm_core::loyalty::profit::LoyaltyEffect;
use crm_core::loyalty::{Clue, Contradiction, LatentAttachment, LoyaltyCategory, LoyaltyOutcome};
use crm_core::prediction::DropoutEffect;
use crm_core::prediction::fit::FitStatus;
use crm_core::prediction::{PurchasePrediction, RenewalPrediction};
use crm_core::satisfaction::delivered_value::DeliveredValueItem;
use crm_core::satisfaction::kano::{KanoAnswer, KanoCategory};
use crm_core::satisfaction::matrix::{DerivedImportance, Quadrant};
use crm_core::satisfaction::metrics::BehaviouralMeasure;
use crm_core::satisfaction::price::{InconsistentPrices, PriceRange};
use crm_core::satisfaction::process::{ActionStatus, SurveyStep};
use crm_core::satisfaction::ratio::{SatisfactionFacet, SatisfactionVerdict};
use crm_core::satisfaction::regression::Positive;
use crm_core::satisfaction::structural::presets::Preset;
use crm_core::satisfaction::structural::{
    Estimator, ExpectedSign, HigherOrder, InnerScheme, Missing, Mode, PlsStatus,
};
use crm_core::satisfaction::two_factor::SatisfactionFactor;
use crm_core::service::complaint::ComplaintAction;
use crm_core::service::complaint::ComplaintOutcome;
use crm_core::service::complaint::ComplaintStep;
use crm_core::service::win_back::LossCause;
use crm_core::service::win_back::LossSegment;
use crm_core::service::win_back::LossStatus;
use crm_core::survey::SystematicVariance;
use crm_core::survey::design::{Allocation, Interval, Replacement};
use crm_core::units::{Label, Language, Terms};
use crm_core::value::cuts::Direction;
use crm_core::value::disciplines::ValueDiscipline;
use crm_core::value::index::{Normalisation, Weighting};
use crm_core::value::indicators::{ContactKind, Indicator, IndicatorGroup, IndicatorUnit};
use crm_core::value::rfm::RfmSegment;
use crm_core::value::tiers::{PyramidTier, ValueGroup};
use crm_core::value::types::{CustomerType, CutMethod};
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::error::Result;

/// Every category of the core, by the `snake_case` name of its class in Python.
static CATEGORIES: &[(&str, AllTerms)] = &[
    ("action_status", terms::<ActionStatus>),
    ("agreement_level", terms::<AgreementLevel>),
    ("allocation", terms::<Allocation>),
    ("assignment_reason", terms::<AssignmentReason>),
    ("basis", terms::<Basis>),
    ("behavioural_measure", terms::<BehaviouralMeasure>),
    ("bond", terms::<Bond>),
    ("change_kind", terms::<ChangeKind>),
    ("channel", terms::<Channel>),
    ("choice_rule", terms::<ChoiceRule>),
    ("choice_strategy", terms::<ChoiceStrategy>),
    ("clue", terms::<Clue>),
    ("cluster_scaling", terms::<ClusterScaling>),
    ("conflict_ground", terms::<ConflictGround>),
    ("complaint_action", terms::<ComplaintAction>),
    ("complaint_outcome", terms::<ComplaintOutcome>),
    ("complaint_step", terms::<ComplaintStep>),
    ("component", terms::<Component>),
    ("composition", terms::<Composition>),
    ("conflict", terms::<Conflict>),
    ("contact_kind", terms::<ContactKind>),
    ("contact_direction", terms::<ContactDirection>),
    ("contact_outcome", terms::<ContactOutcome>),
    ("contact_purpose", terms::<ContactPurpose>),
    ("contact_refusal", terms::<ContactRefusal>),
    ("contact_timing", terms::<ContactTiming>),
    ("contradiction", terms::<Contradiction>),
    ("covariance_estimator", terms::<CovarianceEstimator>),
    ("customer_type", terms::<CustomerType>),
    ("cut_method", terms::<CutMethod>),
    ("delivered_value_item", terms::<DeliveredValueItem>),
    ("derived_importance", terms::<DerivedImportance>),
    ("direction", terms::<Direction>),
    ("domain", terms::<Domain>),
    ("dropout_effect", terms::<DropoutEffect>),
    ("em_status", terms::<EmStatus>),
    ("emission_family", terms::<EmissionFamily>),
    ("estimator", terms::<Estimator>),
    ("event", terms::<Event>),
    ("expected_sign", terms::<ExpectedSign>),
    ("field_kind", terms::<FieldKind>),
    ("field_verdict", terms::<FieldVerdict>),
    ("fit_status", terms::<FitStatus>),
    ("inconsistent_prices", terms::<InconsistentPrices>),
    ("idic_stage", terms::<IdicStage>),
    ("index_preset", terms::<Preset>),
    ("indicator", terms::<Indicator>),
    ("indicator_group", terms::<IndicatorGroup>),
    ("indicator_unit", terms::<IndicatorUnit>),
    ("influencing_factor", terms::<InfluencingFactor>),
    ("inner_scheme", terms::<InnerScheme>),
    ("higher_order", terms::<HigherOrder>),
    ("kano_answer", terms::<KanoAnswer>),
    ("kano_category", terms::<KanoCategory>),
    ("language", terms::<Language>),
    ("latent_attachment", terms::<LatentAttachment>),
    ("lever_input", terms::<LeverInput>),
    ("loss_cause", terms::<LossCause>),
    ("loss_segment", terms::<LossSegment>),
    ("loss_status", terms::<LossStatus>),
    ("loyalty_category", terms::<LoyaltyCategory>),
    ("loyalty_condition", terms::<LoyaltyCondition>),
    ("loyalty_effect", terms::<LoyaltyEffect>),
    ("loyalty_outcome", terms::<LoyaltyOutcome>),
    ("mark", terms::<Mark>),
    ("measurement_mode", terms::<Mode>),
    ("missing_answers", terms::<Missing>),
    ("normalisation", terms::<Normalisation>),
    ("pls_status", terms::<PlsStatus>),
    ("positive_weights", terms::<Positive>),
    ("price_range", terms::<PriceRange>),
    ("purchase_prediction", terms::<PurchasePrediction>),
    ("pyramid_tier", terms::<PyramidTier>),
    ("quadrant", terms::<Quadrant>),
    ("random_index", terms::<RandomIndex>),
    ("rate_outcome", terms::<RateOutcome>),
    ("relationship_level", terms::<RelationshipLevel>),
    ("renewal_prediction", terms::<RenewalPrediction>),
    ("replacement", terms::<Replacement>),
    ("rfm_segment", terms::<RfmSegment>),
    ("satisfaction_facet", terms::<SatisfactionFacet>),
    ("satisfaction_factor", terms::<SatisfactionFactor>),
    ("satisfaction_verdict", terms::<SatisfactionVerdict>),
    ("data_sensitivity", terms::<DataSensitivity>),
    ("share_rule", terms::<ShareRule>),
    ("stage", terms::<Stage>),
    ("stage_measure", terms::<Measure>),
    ("stage_rule", terms::<Rule>),
    ("survey_step", terms::<SurveyStep>),
    ("survivorship", terms::<Survivorship>),
    ("systematic_interval", terms::<Interval>),
    ("systematic_variance", terms::<SystematicVariance>),
    ("ties", terms::<Ties>),
    ("timing", terms::<Timing>),
    ("update_outcome", terms::<UpdateOutcome>),
    ("value_discipline", terms::<ValueDiscipline>),
    ("value_group", terms::<ValueGroup>),
    ("weighting", terms::<Weighting>),
];

type AllTerms = fn() -> Vec<Terms>;

fn terms<T: Label>() -> Vec<Terms> {
    T::ALL.iter().map(|member| member.terms()).collect()
}

/// The member of this name.
pub(crate) fn member<T: Label>(argument: &'static str, name: &str) -> crm_core::Result<T> {
    let found = T::ALL.iter().find(|member| member.name() == name);
    found.copied().ok_or_else(|| {
        let names: Vec<_> = T::ALL.iter().map(|member| member.name()).collect();
        let reason = format!("must be one of {}", names.join(", "));
        Error::new(ErrorKind::OutOfRange, argument, reason).with_value(format_args!("{name:?}"))
    })
}

/// The name of every category.
#[pyfunction]
pub(crate) fn categories() -> Vec<&'static str> {
    CATEGORIES.iter().map(|(name, _)| *name).collect()
}

/// The members of a category in the order of their numbers: name, English and Chinese term.
#[pyfunction]
pub(crate) fn category_terms(
    category: &str,
) -> Result<Vec<(&'static str, &'static str, &'static str)>> {
    let found = CATEGORIES.iter().find(|(name, _)| *name == category);
    let Some((_, terms)) = found else {
        let error = Error::new(
            ErrorKind::NotFound,
            "category",
            "is not a category of crm-core",
        );
        return Err(error.with_value(format_args!("{category:?}")).into());
    };
    Ok(terms().into_iter().map(|t| (t.name, t.en, t.zh)).collect())
}
