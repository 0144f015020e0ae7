use serde::{Deserialize, Serialize};

use super::{
    ActionPlan, ActionStatus, Cleaning, Definition, Estimation, FieldResponses, Fieldwork,
    FollowUp, Frame, Improvement, IndicatorTree, Population, Questionnaire, QuestionnaireDesign,
    Reporting, SampleDesign, SamplePlan, SatisfactionIndex, StudyReport, SurveyStep, SurveyTables,
};
use crate::error::{Error, ErrorKind, Result};
use crate::units::Label;

/// What was decided or answered in a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum StepRecord {
    /// Step 1.
    DefineIndicators(Definition),
    /// Step 2.
    DefinePopulation(Frame),
    /// Step 3.
    DesignSample(SampleDesign),
    /// Step 4.
    DesignQuestionnaire(QuestionnaireDesign),
    /// Step 5.
    Survey(Fieldwork),
    /// Step 6.
    Tabulate(Cleaning),
    /// Step 7.
    ComputeIndex(Estimation),
    /// Step 8.
    Report(Reporting),
    /// Step 9.
    Improve(Improvement),
}

impl StepRecord {
    /// The step.
    #[must_use]
    pub fn step(&self) -> SurveyStep {
        match self {
            StepRecord::DefineIndicators(_) => SurveyStep::DefineIndicators,
            StepRecord::DefinePopulation(_) => SurveyStep::DefinePopulation,
            StepRecord::DesignSample(_) => SurveyStep::DesignSample,
            StepRecord::DesignQuestionnaire(_) => SurveyStep::DesignQuestionnaire,
            StepRecord::Survey(_) => SurveyStep::Survey,
            StepRecord::Tabulate(_) => SurveyStep::Tabulate,
            StepRecord::ComputeIndex(_) => SurveyStep::ComputeIndex,
            StepRecord::Report(_) => SurveyStep::Report,
            StepRecord::Improve(_) => SurveyStep::Improve,
        }
    }
}

/// A study as it is stored: what was decided and answered in each step, from the first one on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyRecord {
    /// The steps, in order.
    pub steps: Vec<StepRecord>,
}

/// What a step gave, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Product<'a> {
    /// Of step 1.
    Indicators(&'a IndicatorTree),
    /// Of step 2.
    Population(&'a Population),
    /// Of step 3.
    Plan(&'a SamplePlan),
    /// Of step 4.
    Questionnaire(&'a Questionnaire),
    /// Of step 5.
    Responses(&'a FieldResponses),
    /// Of step 6.
    Tables(&'a SurveyTables),
    /// Of step 7.
    Index(&'a SatisfactionIndex),
    /// Of step 8.
    Report(&'a StudyReport),
    /// Of step 9.
    Actions(&'a ActionPlan),
}

/// A study at whichever step it is: its last product, which owns the others.
///
/// ```
/// use crm_core::ErrorKind;
/// use crm_core::satisfaction::process::{Cleaning, Definition, Frame, StepRecord, Study, SurveyStep};
/// use crm_core::satisfaction::structural::{Wording, presets};
///
/// let study = Study::new(Definition::new(Wording::new("Satisfaction", "满意度"), presets::ccsi(Default::default())))?;
/// let error = study.clone().advance(StepRecord::Tabulate(Cleaning::default())).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::IllegalTransition);
///
/// let study = study.advance(StepRecord::DefinePopulation(Frame::new(Wording::new("Customers", "顾客"))))?;
/// assert_eq!(study.next_step(), Some(SurveyStep::DesignSample));
/// assert_eq!(Study::replay(study.record())?, study);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Study {
    /// After step 1.
    Indicators(IndicatorTree),
    /// After step 2.
    Population(Population),
    /// After step 3.
    Plan(SamplePlan),
    /// After step 4.
    Questionnaire(Questionnaire),
    /// After step 5.
    Responses(FieldResponses),
    /// After step 6.
    Tables(SurveyTables),
    /// After step 7.
    Index(SatisfactionIndex),
    /// After step 8.
    Report(StudyReport),
    /// After step 9.
    Actions(ActionPlan),
}

impl Study {
    /// Begins with step 1.
    ///
    /// # Errors
    /// As [`Definition::define`].
    pub fn new(definition: Definition) -> Result<Self> {
        definition.define().map(Study::Indicators)
    }

    /// Makes a study again from what is stored.
    ///
    /// # Errors
    /// `Empty` without steps; `IllegalTransition` for a step that is not the next one; those of the steps. Rows are rows of what the step was
    /// given, not steps.
    pub fn replay(record: StudyRecord) -> Result<Self> {
        let mut steps = record.steps.into_iter();
        let mut study = match steps.next() {
            None => return Err(Error::empty("steps")),
            Some(StepRecord::DefineIndicators(definition)) => Study::new(definition)?,
            Some(other) => return Err(illegal(Some(SurveyStep::DefineIndicators), other.step())),
        };
        for record in steps {
            study = study.advance(record)?;
        }
        Ok(study)
    }

    /// The study one step further.
    ///
    /// # Errors
    /// `IllegalTransition` for another step than the next one; those of the step.
    pub fn advance(self, record: StepRecord) -> Result<Self> {
        Ok(match (self, record) {
            (Study::Indicators(earlier), StepRecord::DefinePopulation(frame)) => {
                Study::Population(earlier.population(frame)?)
            }
            (Study::Population(earlier), StepRecord::DesignSample(design)) => {
                Study::Plan(earlier.sample(design)?)
            }
            (Study::Plan(earlier), StepRecord::DesignQuestionnaire(design)) => {
                Study::Questionnaire(earlier.questionnaire(design)?)
            }
            (Study::Questionnaire(earlier), StepRecord::Survey(field)) => {
                Study::Responses(earlier.survey(field)?)
            }
            (Study::Responses(earlier), StepRecord::Tabulate(cleaning)) => {
                Study::Tables(earlier.tabulate(cleaning)?)
            }
            (Study::Tables(earlier), StepRecord::ComputeIndex(estimation)) => {
                Study::Index(earlier.index(estimation)?)
            }
            (Study::Index(earlier), StepRecord::Report(reporting)) => {
                Study::Report(earlier.report(reporting)?)
            }
            (Study::Report(earlier), StepRecord::Improve(improvement)) => {
                Study::Actions(earlier.improve(improvement)?)
            }
            (study, record) => return Err(illegal(study.next_step(), record.step())),
        })
    }

    /// The last step that was made.
    #[must_use]
    pub fn step(&self) -> SurveyStep {
        match self {
            Study::Indicators(_) => SurveyStep::DefineIndicators,
            Study::Population(_) => SurveyStep::DefinePopulation,
            Study::Plan(_) => SurveyStep::DesignSample,
            Study::Questionnaire(_) => SurveyStep::DesignQuestionnaire,
            Study::Responses(_) => SurveyStep::Survey,
            Study::Tables(_) => SurveyStep::Tabulate,
            Study::Index(_) => SurveyStep::ComputeIndex,
            Study::Report(_) => SurveyStep::Report,
            Study::Actions(_) => SurveyStep::Improve,
        }
    }

    /// The step that comes next; `None` after the last one.
    #[must_use]
    pub fn next_step(&self) -> Option<SurveyStep> {
        self.step().next()
    }

    /// The product of a step; `None` of one that is still to come.
    #[must_use]
    pub fn product(&self, step: SurveyStep) -> Option<Product<'_>> {
        self.products().get(step as usize).copied()
    }

    /// The products of all steps that were made, in order.
    #[must_use]
    pub fn products(&self) -> Vec<Product<'_>> {
        let last = Some(self.last());
        let mut products: Vec<Product<'_>> =
            std::iter::successors(last, Product::earlier).collect();
        products.reverse();
        products
    }

    /// The plan of the sample; `None` before step 3.
    #[must_use]
    pub fn plan(&self) -> Option<&SamplePlan> {
        self.products()
            .into_iter()
            .find_map(|product| match product {
                Product::Plan(plan) => Some(plan),
                _ => None,
            })
    }

    /// The questionnaire; `None` before step 4.
    #[must_use]
    pub fn questionnaire(&self) -> Option<&Questionnaire> {
        self.products()
            .into_iter()
            .find_map(|product| match product {
                Product::Questionnaire(questionnaire) => Some(questionnaire),
                _ => None,
            })
    }

    /// [`ActionPlan::with_status`].
    ///
    /// # Errors
    /// `IllegalTransition` if the study has no actions; as [`ActionPlan::with_status`].
    pub fn with_status(self, action: usize, status: ActionStatus) -> Result<Self> {
        match self {
            Study::Actions(plan) => plan.with_status(action, status).map(Study::Actions),
            study => Err(too_early("study", NO_ACTIONS, &study)),
        }
    }

    /// [`ActionPlan::follow_up`] by a later study.
    ///
    /// # Errors
    /// `IllegalTransition` if this study has no actions or the next one no index; as [`ActionPlan::follow_up`].
    pub fn follow_up(&self, next: &Study) -> Result<FollowUp> {
        let Study::Actions(plan) = self else {
            return Err(too_early("study", NO_ACTIONS, self));
        };
        let result = next
            .products()
            .into_iter()
            .find_map(|product| match product {
                Product::Index(result) => Some(result),
                _ => None,
            });
        let result =
            result.ok_or_else(|| too_early("next", "must have come to its index", next))?;
        plan.follow_up(result)
    }

    /// What is stored of the study.
    #[must_use]
    pub fn record(&self) -> StudyRecord {
        StudyRecord {
            steps: self.products().into_iter().map(Product::record).collect(),
        }
    }

    fn last(&self) -> Product<'_> {
        match self {
            Study::Indicators(product) => Product::Indicators(product),
            Study::Population(product) => Product::Population(product),
            Study::Plan(product) => Product::Plan(product),
            Study::Questionnaire(product) => Product::Questionnaire(product),
            Study::Responses(product) => Product::Responses(product),
            Study::Tables(product) => Product::Tables(product),
            Study::Index(product) => Product::Index(product),
            Study::Report(product) => Product::Report(product),
            Study::Actions(product) => Product::Actions(product),
        }
    }
}

impl<'a> Product<'a> {
    /// The product that this one was made from.
    fn earlier(&self) -> Option<Product<'a>> {
        match self {
            Product::Indicators(_) => None,
            Product::Population(of) => Some(Product::Indicators(of.indicators())),
            Product::Plan(of) => Some(Product::Population(of.population())),
            Product::Questionnaire(of) => Some(Product::Plan(of.plan())),
            Product::Responses(of) => Some(Product::Questionnaire(of.questionnaire())),
            Product::Tables(of) => Some(Product::Responses(of.responses())),
            Product::Index(of) => Some(Product::Tables(of.tables())),
            Product::Report(of) => Some(Product::Index(of.result())),
            Product::Actions(of) => Some(Product::Report(of.report())),
        }
    }

    fn record(self) -> StepRecord {
        match self {
            Product::Indicators(of) => StepRecord::DefineIndicators(of.definition().clone()),
            Product::Population(of) => StepRecord::DefinePopulation(of.frame().clone()),
            Product::Plan(of) => StepRecord::DesignSample(of.design().clone()),
            Product::Questionnaire(of) => StepRecord::DesignQuestionnaire(of.design().clone()),
            Product::Responses(of) => StepRecord::Survey(of.field().clone()),
            Product::Tables(of) => StepRecord::Tabulate(of.cleaning().clone()),
            Product::Index(of) => StepRecord::ComputeIndex(of.estimation().clone()),
            Product::Report(of) => StepRecord::Report(of.reporting().clone()),
            Product::Actions(of) => StepRecord::Improve(of.improvement().clone()),
        }
    }
}

const NO_ACTIONS: &str = "must have come to its actions";

fn too_early(argument: &'static str, rule: &'static str, study: &Study) -> Error {
    let error = Error::new(ErrorKind::IllegalTransition, argument, rule);
    error.with_value(study.step().name())
}

fn illegal(next: Option<SurveyStep>, given: SurveyStep) -> Error {
    let rule = match next {
        Some(next) => format!("must be the next one, {}", next.name()),
        None => "must not come after the last one".to_owned(),
    };
    Error::new(ErrorKind::IllegalTransition, "step", rule).with_value(given.name())
}
