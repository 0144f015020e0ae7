//! A satisfaction survey from its objective to what is done about it, in nine steps.
//!
//! | step | what is decided | product | next |
//! | --- | --- | --- | --- |
//! | 1 define and quantify the indicators | [`Definition`] | [`IndicatorTree`] | [`population`](IndicatorTree::population) |
//! | 2 define the population | [`Frame`] | [`Population`] | [`sample`](Population::sample) |
//! | 3 design the sample | [`SampleDesign`] | [`SamplePlan`] | [`questionnaire`](SamplePlan::questionnaire) |
//! | 4 design the questionnaire | [`QuestionnaireDesign`] | [`Questionnaire`] | [`survey`](Questionnaire::survey) |
//! | 5 survey | [`Fieldwork`] | [`FieldResponses`] | [`tabulate`](FieldResponses::tabulate) |
//! | 6 tabulate | [`Cleaning`] | [`SurveyTables`] | [`index`](SurveyTables::index) |
//! | 7 compute and analyse the index | [`Estimation`] | [`SatisfactionIndex`] | [`report`](SatisfactionIndex::report) |
//! | 8 report | [`Reporting`] | [`StudyReport`] | [`improve`](StudyReport::improve) |
//! | 9 improve | [`Improvement`] | [`ActionPlan`] | [`follow_up`](ActionPlan::follow_up), with the next study |
//!
//! A product is made from the one before and from nothing else, and owns it: no step can be left out, and whoever holds an index holds
//! the sample and the questions that it came from. A [`Study`] is a product whose step is known at run time. It is stored
//! as what was decided and answered, step by step; what was computed is computed again when it is read, to the same bits.
//!
//! ```
//! use crm_core::satisfaction::process::{Definition, Frame, QuestionnaireDesign, SampleDesign};
//! use crm_core::satisfaction::structural::{Wording, presets};
//! use crm_core::survey::size::Target;
//!
//! let title = Wording::new("Customer satisfaction", "顾客满意度");
//! let customers = Wording::new("Customers who bought in the last year", "过去一年内购买过的顾客");
//! let plan = Definition::new(title, presets::acsi())
//!     .define()?
//!     .population(Frame { units: Some(12_000), ..Frame::new(customers) })?
//!     // The index to ± 2 points; indices of single customers have a standard deviation of about 20; 3 in 10 answer.
//!     .sample(SampleDesign { response_rate: 0.3, ..SampleDesign::new(Target::Mean(20.0), 2.0) })?;
//! assert_eq!((plan.answers(), plan.invitations()), (373, 1244));
//! assert_eq!(plan.draw()?.len(), 1244);
//!
//! let questionnaire = plan.questionnaire(QuestionnaireDesign::default())?;
//! assert_eq!(questionnaire.questions().len(), 14);
//! # Ok::<(), crm_core::Error>(())
//! ```

mod field;
mod improve;
mod index;
mod indicators;
mod plan;
mod population;
mod questionnaire;
mod report;
mod study;
mod tables;

pub use field::{AnswerColumn, FieldResponses, Fieldwork, OutcomeRates, Outcomes};
pub use improve::{
    Action, ActionPlan, ActionStatus, FollowUp, FollowedConstruct, Improvement, PlannedAction,
};
pub use index::{
    ConstructIndex, ConstructResampled, Driver, Estimation, PathResult, Resampled,
    SatisfactionIndex, SegmentResult,
};
pub use indicators::{Definition, IndicatorTree};
pub use plan::{SampleDesign, SamplePlan, SecondStage, Selection};
pub use population::{Frame, FrameCluster, FrameStratum, Population};
pub use questionnaire::{Question, QuestionKind, Questionnaire, QuestionnaireDesign};
pub use report::{EarlierIndex, IndexChange, RankedDriver, Reporting, StudyReport};
pub use study::{Product, StepRecord, Study, StudyRecord};
pub use tables::{
    AnswerShare, Cleaning, Exclusions, OutOfScale, QuestionTable, RakeTo, ScaleTable, SurveyTables,
};

use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// A step of a satisfaction survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum SurveyStep {
    /// What is measured, by which questions, on which scales.
    DefineIndicators = 0,
    /// Whose satisfaction is measured.
    DefinePopulation = 1,
    /// How many of them are asked, and which.
    DesignSample = 2,
    /// What they are asked.
    DesignQuestionnaire = 3,
    /// What they answered.
    Survey = 4,
    /// The answers, cleaned, weighted and counted.
    Tabulate = 5,
    /// The index with its interval, and what drives it.
    ComputeIndex = 6,
    /// What the study found.
    Report = 7,
    /// What is done about it.
    Improve = 8,
}

impl SurveyStep {
    /// The step after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| *step > self)
    }
}

impl Label for SurveyStep {
    const ALL: &'static [Self] = &[
        SurveyStep::DefineIndicators,
        SurveyStep::DefinePopulation,
        SurveyStep::DesignSample,
        SurveyStep::DesignQuestionnaire,
        SurveyStep::Survey,
        SurveyStep::Tabulate,
        SurveyStep::ComputeIndex,
        SurveyStep::Report,
        SurveyStep::Improve,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            SurveyStep::DefineIndicators => (
                "define_indicators",
                "Define and quantify the indicators",
                "确定测评指标并量化",
            ),
            SurveyStep::DefinePopulation => (
                "define_population",
                "Define the population measured",
                "确定被测评对象",
            ),
            SurveyStep::DesignSample => ("design_sample", "Design the sample", "抽样设计"),
            SurveyStep::DesignQuestionnaire => (
                "design_questionnaire",
                "Design the questionnaire",
                "问卷设计",
            ),
            SurveyStep::Survey => ("survey", "Survey", "实施调查"),
            SurveyStep::Tabulate => ("tabulate", "Tabulate the answers", "调查数据汇总整理"),
            SurveyStep::ComputeIndex => (
                "compute_index",
                "Compute and analyse the index",
                "计算满意度指数并分析评价",
            ),
            SurveyStep::Report => ("report", "Report", "编写测评报告"),
            SurveyStep::Improve => ("improve", "Improve", "提出改进措施"),
        };
        Terms { name, en, zh }
    }
}
