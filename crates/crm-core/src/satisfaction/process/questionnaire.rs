use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{FieldResponses, Fieldwork, SamplePlan};
use crate::error::{Error, ErrorKind, Result};
use crate::satisfaction::structural::{Indicator, Scale, Wording};
use crate::survey::range;
use crate::units::Language;

/// Step 4: what is asked beside the questions of the indicators.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuestionnaireDesign {
    /// What stands before the first question.
    pub introduction: Wording,
    /// Texts of questions by the name of their indicator, where the model has none, or others than these.
    pub texts: BTreeMap<String, Wording>,
    /// More questions, after those of the indicators: who the respondent is, what is missing.
    pub more: Vec<Question>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The name of its column.
    pub name: String,
    /// What is asked.
    pub text: Wording,
    /// What may be answered.
    pub kind: QuestionKind,
}

/// What may be answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// A number on a scale.
    Rating(Scale),
    /// One of these; the answer is its number, from 1.
    Choice(Vec<Wording>),
    /// A text, of which no column is kept.
    Open,
}

/// Product of step 4: the questions, in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Questionnaire {
    #[serde(skip)]
    plan: SamplePlan,
    #[serde(skip)]
    design: QuestionnaireDesign,
    questions: Vec<Question>,
}

impl Questionnaire {
    pub(super) fn new(plan: SamplePlan, design: QuestionnaireDesign) -> Result<Self> {
        let model = plan.population().indicators().model();
        if let Some(name) = design
            .texts
            .keys()
            .find(|name| model.indicators().all(|known| known != *name))
        {
            let error = Error::new(ErrorKind::NotFound, "texts", "must be of an indicator");
            return Err(error.with_value(name));
        }
        let asked = |indicator: &Indicator| Question {
            name: indicator.name().to_owned(),
            text: design
                .texts
                .get(indicator.name())
                .unwrap_or(indicator.question())
                .clone(),
            kind: QuestionKind::Rating(indicator.scale()),
        };
        let asked = model.questions().map(asked);
        let questions: Vec<Question> = asked.chain(design.more.iter().cloned()).collect();
        let mut names = HashSet::new();
        for (row, question) in questions.iter().enumerate() {
            question
                .check(&mut names)
                .map_err(|error| error.at_row(row))?;
        }
        Ok(Questionnaire {
            plan,
            design,
            questions,
        })
    }

    /// Step 3, which this came from.
    #[must_use]
    pub fn plan(&self) -> &SamplePlan {
        &self.plan
    }

    /// What was decided.
    #[must_use]
    pub fn design(&self) -> &QuestionnaireDesign {
        &self.design
    }

    /// Those of the indicators, construct by construct, then the others.
    #[must_use]
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Names of the columns that the answers have.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let with_column = self
            .questions
            .iter()
            .filter(|question| question.kind != QuestionKind::Open);
        with_column.map(|question| question.name.as_str())
    }

    /// Number of questions of the indicators, which come first.
    pub(super) fn indicators(&self) -> usize {
        self.plan
            .population()
            .indicators()
            .model()
            .questions()
            .count()
    }

    /// The questionnaire to print or to type into a tool, in Markdown.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let title = &self.plan.population().indicators().definition().title;
        let mut text = format!("# {}\n", title.in_language(language));
        let introduction = self.design.introduction.in_language(language);
        if !introduction.is_empty() {
            text += &format!("\n{introduction}\n");
        }
        for (place, question) in self.questions.iter().enumerate() {
            let asked = question.text.in_language(language);
            // Writing to a text cannot fail.
            let _ = write!(text, "\n{}. {asked}", place + 1);
            match &question.kind {
                QuestionKind::Rating(scale) => {
                    let _ = writeln!(text, " ({}–{})", scale.least(), scale.greatest());
                }
                QuestionKind::Choice(options) => {
                    text.push('\n');
                    for (option, number) in options.iter().zip(1..) {
                        let _ = writeln!(text, "   {number} {}", option.in_language(language));
                    }
                }
                QuestionKind::Open => text.push_str("\n   ________\n"),
            }
        }
        text
    }

    /// Step 5.
    ///
    /// # Errors
    /// `NotFound` for a question without column, `LengthMismatch` for columns of different lengths, strata or clusters of other rows, and rows
    /// that are not the complete and partial answers; `NotFinite` for an infinite answer; `OutOfRange` for a last day before the first one
    /// and a stratum or cluster that is not in the frame; `Empty` without answers.
    pub fn survey(self, field: Fieldwork) -> Result<FieldResponses> {
        FieldResponses::new(self, field)
    }
}

impl Question {
    fn check<'a>(&'a self, names: &mut HashSet<&'a str>) -> Result<()> {
        let named = |kind, rule: &'static str| Error::new(kind, "questions", rule);
        if self.name.is_empty() {
            return Err(named(ErrorKind::Empty, "must have names"));
        }
        if !names.insert(&self.name) {
            return Err(range("questions", &self.name, "must have different names"));
        }
        if self.text.in_language(Language::En).is_empty() {
            let error = named(ErrorKind::Missing, "must have a text that can be asked");
            return Err(error.with_value(&self.name));
        }
        match &self.kind {
            QuestionKind::Choice(options) if options.len() < 2 => {
                let rule = "must offer two options or more";
                Err(range("questions", &self.name, rule))
            }
            _ => Ok(()),
        }
    }
}
