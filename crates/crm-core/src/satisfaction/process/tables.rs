use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Estimation, FieldResponses, Question, QuestionKind, SatisfactionIndex};
use crate::error::{Error, ErrorKind, Result};
use crate::math::sum::Sum;
use crate::satisfaction::structural::{
    Construct, PlsFit, PlsOptions, Respondents, Responses, Weights,
};
use crate::survey::scale::{self, Reliability};
use crate::survey::weighting::{Margin, RakingOptions, WeightEffect, rake, weight_effect};
use crate::survey::{Confidence, Estimate, Sample, range};

/// Step 6: which answers are kept, and whom they stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cleaning {
    /// What is done about answers that a question does not allow; default an error.
    pub out_of_scale: OutOfScale,
    /// Respondents who left out more than this share of the questions of the indicators are excluded; default 0.5.
    pub most_missing: f64,
    /// Whether those are excluded who gave one and the same answer to all questions on scales of more than two answers; default no.
    pub straight_lining: bool,
    /// Known numbers (or shares) of the population, to which the weights are raked; none by default.
    pub rake: Vec<RakeTo>,
}

impl Default for Cleaning {
    fn default() -> Self {
        Cleaning {
            out_of_scale: OutOfScale::Refuse,
            most_missing: 0.5,
            straight_lining: false,
            rake: Vec::new(),
        }
    }
}

/// What is done about answers that a question does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutOfScale {
    /// They are an error.
    Refuse,
    /// They are taken for missing, and counted.
    Missing,
}

/// What is known of the population by a question with options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RakeTo {
    /// The question.
    pub question: String,
    /// Units of the population, or shares, of each option.
    pub targets: Vec<f64>,
}

/// What was left out, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Exclusions {
    /// Answers that a question does not allow, taken for missing.
    pub out_of_scale: usize,
    /// Respondents with too many missing answers.
    pub too_many_missing: usize,
    /// Respondents who gave one answer to everything.
    pub straight_lining: usize,
}

/// The answers to a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QuestionTable {
    /// Its name.
    pub question: String,
    /// Respondents who answered.
    pub answered: usize,
    /// Respondents who did not.
    pub missing: usize,
    /// Mean of the population, under the design and the weights; `None` of a choice, and where nobody answered.
    pub mean: Option<Estimate>,
    /// Standard deviation in the population, √(n/(n − 1) · Σ w (x − x̄)² / Σ w); `None` where there is no mean.
    pub standard_deviation: Option<f64>,
    /// How often each answer came, for a choice and for whole-number answers on a scale of at most 21 answers.
    pub answers: Vec<AnswerShare>,
}

/// How often an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AnswerShare {
    /// The answer.
    pub answer: f64,
    /// Respondents who gave it.
    pub count: usize,
    /// Its share in the population, among those who would answer.
    pub share: Estimate,
}

/// How well the questions of a construct measure one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScaleTable {
    /// The construct.
    pub construct: String,
    /// Of those who answered all of its questions.
    pub reliability: Reliability,
}

/// Product of step 6: the cleaned answers, their weights, and what they say question by question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurveyTables {
    #[serde(skip)]
    responses: FieldResponses,
    #[serde(skip)]
    cleaning: Cleaning,
    /// By the name of the question.
    #[serde(skip)]
    answers: BTreeMap<String, Vec<f64>>,
    #[serde(skip)]
    weights: Vec<f64>,
    /// Of those who are kept; empty without strata.
    #[serde(skip)]
    strata: Vec<usize>,
    /// Of those who are kept; empty without clusters.
    #[serde(skip)]
    clusters: Vec<usize>,
    respondents: usize,
    exclusions: Exclusions,
    weighting: WeightEffect,
    questions: Vec<QuestionTable>,
    scales: Vec<ScaleTable>,
}

/// Scales with more steps between their answers are not tabulated answer by answer.
const MOST_STEPS: f64 = 20.0;

impl SurveyTables {
    pub(super) fn new(responses: FieldResponses, cleaning: Cleaning) -> Result<Self> {
        let questionnaire = responses.questionnaire();
        let (plan, field) = (questionnaire.plan(), responses.field());
        let cleaned = Cleaned::new(&responses, &cleaning)?;
        let kept = |values: &[usize]| -> Vec<usize> {
            let both = values.iter().zip(&cleaned.keeps);
            both.filter(|(_, keeps)| **keeps).map(|(v, _)| *v).collect()
        };
        let respondents = cleaned.keeps.iter().filter(|keeps| **keeps).count();
        if respondents == 0 {
            let rule = "are all excluded";
            return Err(Error::new(ErrorKind::Empty, "answers", rule));
        }
        let (strata, clusters) = (kept(&field.strata), kept(&field.clusters));
        let sample = plan.answered(respondents, &strata, &clusters)?;
        let sample = raked(
            sample,
            questionnaire.questions(),
            &cleaned.answers,
            &cleaning,
        )?;
        let confidence = plan.design().confidence;
        let tables = questionnaire
            .questions()
            .iter()
            .filter_map(|question| Some((question, cleaned.answers.get(&question.name)?)))
            .map(|(question, answers)| table(question, answers, &sample, confidence));
        let questions = tables.collect::<Result<_>>()?;
        let scales = scales(&responses, &cleaned.answers, confidence)?;
        Ok(SurveyTables {
            respondents,
            exclusions: cleaned.exclusions,
            weighting: weight_effect(sample.weights())?,
            weights: sample.weights().to_vec(),
            questions,
            scales,
            strata,
            clusters,
            answers: cleaned.answers,
            responses,
            cleaning,
        })
    }

    /// Step 5, which this came from.
    #[must_use]
    pub fn responses(&self) -> &FieldResponses {
        &self.responses
    }

    /// What was decided.
    #[must_use]
    pub fn cleaning(&self) -> &Cleaning {
        &self.cleaning
    }

    /// Respondents who are kept.
    #[must_use]
    pub fn respondents(&self) -> usize {
        self.respondents
    }

    /// What was left out.
    #[must_use]
    pub fn exclusions(&self) -> Exclusions {
        self.exclusions
    }

    /// Units of the population that each respondent stands for; relative if its size is not known.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// What unequal weights cost.
    #[must_use]
    pub fn weighting(&self) -> WeightEffect {
        self.weighting
    }

    /// One table for each question with a column.
    #[must_use]
    pub fn questions(&self) -> &[QuestionTable] {
        &self.questions
    }

    /// Reliability of every construct with several questions.
    #[must_use]
    pub fn scales(&self) -> &[ScaleTable] {
        &self.scales
    }

    /// Cleaned answers to a question, of those who are kept; NaN is a missing one.
    #[must_use]
    pub fn answers(&self, question: &str) -> Option<&[f64]> {
        self.answers.get(question).map(Vec::as_slice)
    }

    /// What resamples keep of the design.
    pub(super) fn respondents_drawn(&self) -> Respondents<'_> {
        let known = |codes| Some(codes).filter(|codes: &&[usize]| !codes.is_empty());
        Respondents {
            strata: known(&self.strata),
            clusters: known(&self.clusters),
            segments: None,
        }
    }

    pub(super) fn all_answers(&self) -> &BTreeMap<String, Vec<f64>> {
        &self.answers
    }

    /// Fits the model to the cleaned answers with their weights.
    ///
    /// # Errors
    /// As [`StructuralModel::fit`](crate::satisfaction::structural::StructuralModel::fit).
    pub fn fit(&self, options: &PlsOptions) -> Result<PlsFit> {
        let indicators = self
            .responses
            .questionnaire()
            .plan()
            .population()
            .indicators();
        indicators.model().fit(&self.structural()?, options)
    }

    /// The cleaned answers as a fit takes them.
    pub(super) fn structural(&self) -> Result<Responses<'_>> {
        let columns = self.answers.iter();
        let columns = columns.map(|(name, answers)| (name.as_str(), answers.as_slice()));
        Responses::new(columns)?.weighted(Weights::Sampling(&self.weights))
    }

    /// Step 7.
    ///
    /// # Errors
    /// As [`SurveyTables::fit`] and [`PlsFit::bootstrap`]; `NotConverged` for weights that did not settle; `NotFound` for a question
    /// of segments that is no choice.
    pub fn index(self, estimation: Estimation) -> Result<SatisfactionIndex> {
        SatisfactionIndex::new(self, estimation)
    }
}

/// Answers that are kept.
struct Cleaned {
    answers: BTreeMap<String, Vec<f64>>,
    keeps: Vec<bool>,
    exclusions: Exclusions,
}

impl Cleaned {
    fn new(responses: &FieldResponses, cleaning: &Cleaning) -> Result<Self> {
        if !(0.0..=1.0).contains(&cleaning.most_missing) {
            let rule = "must be between 0 and 1";
            return Err(range("most_missing", cleaning.most_missing, rule));
        }
        let questionnaire = responses.questionnaire();
        let mut exclusions = Exclusions::default();
        let mut columns = Vec::new();
        for question in questionnaire.questions() {
            if let Some(column) = responses.field().answers.get(&question.name)
                && question.kind != QuestionKind::Open
            {
                let mut answers = column.0.clone();
                exclusions.out_of_scale += question.clean(&mut answers, cleaning.out_of_scale)?;
                columns.push((question, answers));
            }
        }
        let indicators = columns
            .get(..questionnaire.indicators())
            .unwrap_or(&columns);
        let keep = |row: usize| {
            let given = |(_, answers): &(&Question, Vec<f64>)| answers.get(row).copied();
            let missing = indicators
                .iter()
                .filter_map(given)
                .filter(|answer| answer.is_nan())
                .count();
            let missing = missing as f64 / indicators.len() as f64;
            // Nobody who answered nothing says anything.
            if missing > cleaning.most_missing || missing == 1.0 {
                exclusions.too_many_missing += 1;
                return false;
            }
            let long = indicators.iter().filter(|(question, _)| question.is_long());
            let mut long = long.filter_map(given).filter(|answer| !answer.is_nan());
            let first = long.next();
            let others: Vec<f64> = long.collect();
            let is_straight = !others.is_empty() && others.iter().all(|x| Some(*x) == first);
            if cleaning.straight_lining && is_straight {
                exclusions.straight_lining += 1;
                return false;
            }
            true
        };
        let keeps: Vec<bool> = (0..responses.rows()).map(keep).collect();
        let kept = |(question, answers): (&Question, Vec<f64>)| {
            let both = answers.into_iter().zip(&keeps);
            let kept = both.filter(|(_, keeps)| **keeps).map(|(answer, _)| answer);
            (question.name.clone(), kept.collect())
        };
        Ok(Cleaned {
            answers: columns.into_iter().map(kept).collect(),
            exclusions,
            keeps,
        })
    }
}

impl Question {
    fn is_long(&self) -> bool {
        match &self.kind {
            QuestionKind::Rating(scale) => scale.length() > 1.0,
            QuestionKind::Choice(_) | QuestionKind::Open => false,
        }
    }

    fn allows(&self, answer: f64) -> bool {
        match &self.kind {
            QuestionKind::Rating(scale) => (scale.least()..=scale.greatest()).contains(&answer),
            QuestionKind::Choice(options) => {
                answer >= 1.0 && answer <= options.len() as f64 && libm::trunc(answer) == answer
            }
            QuestionKind::Open => true,
        }
    }

    /// Takes answers that are not allowed for missing; their number.
    fn clean(&self, answers: &mut [f64], rule: OutOfScale) -> Result<usize> {
        let mut count = 0;
        for (row, answer) in answers.iter_mut().enumerate() {
            if answer.is_nan() || self.allows(*answer) {
                continue;
            }
            if rule == OutOfScale::Refuse {
                let reason = "must be an answer that the question allows";
                let value = format!("{answer} to {}", self.name);
                return Err(range("answers", value, reason).at_row(row));
            }
            *answer = f64::NAN;
            count += 1;
        }
        Ok(count)
    }

    /// Codes of the options from 0, of a choice that all have answered.
    pub(super) fn codes(&self, argument: &'static str, answers: &[f64]) -> Result<Vec<usize>> {
        if let Some(row) = answers.iter().position(|answer| answer.is_nan()) {
            let error = Error::new(ErrorKind::Missing, argument, "must be answered by all");
            return Err(error.with_value(&self.name).at_row(row));
        }
        Ok(answers.iter().map(|&answer| answer as usize - 1).collect())
    }
}

/// The question of this name, its options and answers.
pub(super) fn choice<'a>(
    argument: &'static str,
    name: &str,
    questions: &'a [Question],
    answers: &'a BTreeMap<String, Vec<f64>>,
) -> Result<(&'a Question, usize, &'a [f64])> {
    let question = questions.iter().find(|question| question.name == name);
    if let (Some(question), Some(answers)) = (question, answers.get(name))
        && let QuestionKind::Choice(options) = &question.kind
    {
        return Ok((question, options.len(), answers));
    }
    let rule = "must be a question with options";
    Err(Error::new(ErrorKind::NotFound, argument, rule).with_value(name))
}

fn raked(
    sample: Sample,
    questions: &[Question],
    answers: &BTreeMap<String, Vec<f64>>,
    cleaning: &Cleaning,
) -> Result<Sample> {
    if cleaning.rake.is_empty() {
        return Ok(sample);
    }
    let mut categories = Vec::new();
    for to in &cleaning.rake {
        let (question, options, answers) = choice("rake", &to.question, questions, answers)?;
        if to.targets.len() != options {
            let error = Error::length("targets", to.targets.len(), options);
            return Err(error.at_row(categories.len()));
        }
        categories.push(question.codes("rake", answers)?);
    }
    let margins = categories.iter().zip(&cleaning.rake);
    let margins: Vec<Margin<'_>> = margins
        .map(|(categories, to)| Margin {
            categories,
            targets: &to.targets,
        })
        .collect();
    let raked = rake(sample.weights(), &margins, RakingOptions::default())?;
    if !raked.converged {
        let rule = "cannot be met together by weights of these respondents";
        let error = Error::new(ErrorKind::NotConverged, "rake", rule);
        return Err(error.with_value(raked.largest_error));
    }
    sample.with_weights(&raked.weights)
}

fn table(
    question: &Question,
    answers: &[f64],
    sample: &Sample,
    confidence: Confidence,
) -> Result<QuestionTable> {
    let known: Vec<bool> = answers.iter().map(|answer| !answer.is_nan()).collect();
    let answered = known.iter().filter(|known| **known).count();
    let mut table = QuestionTable {
        question: question.name.clone(),
        answered,
        missing: answers.len() - answered,
        mean: None,
        standard_deviation: None,
        answers: Vec::new(),
    };
    if answered == 0 {
        return Ok(table);
    }
    if let QuestionKind::Rating(_) = question.kind {
        // A domain leaves the missing ones out, so that any finite number may stand for them.
        let values = answers.iter().map(|&x| if x.is_nan() { 0.0 } else { x });
        let values: Vec<f64> = values.collect();
        let mean = sample.mean(&values, Some(&known), confidence)?;
        table.standard_deviation = deviation(answers, sample.weights(), mean.value);
        table.mean = Some(mean);
    }
    for answer in possible(&question.kind, answers) {
        let gave: Vec<bool> = answers.iter().map(|given| *given == answer).collect();
        table.answers.push(AnswerShare {
            answer,
            count: gave.iter().filter(|gave| **gave).count(),
            share: sample.proportion(&gave, Some(&known), confidence)?,
        });
    }
    Ok(table)
}

/// Answers that are counted one by one; none if there are too many, or one lies in between.
fn possible(kind: &QuestionKind, answers: &[f64]) -> Vec<f64> {
    let (least, greatest) = match kind {
        QuestionKind::Rating(scale) => (libm::ceil(scale.least()), libm::floor(scale.greatest())),
        QuestionKind::Choice(options) => (1.0, options.len() as f64),
        QuestionKind::Open => return Vec::new(),
    };
    let is_whole = |answer: &f64| answer.is_nan() || libm::trunc(*answer) == *answer;
    let is_choice = matches!(kind, QuestionKind::Choice(_));
    if !is_choice && (greatest - least > MOST_STEPS || !answers.iter().all(is_whole)) {
        return Vec::new();
    }
    let steps = (greatest - least).max(0.0) as usize;
    (0..=steps).map(|step| least + step as f64).collect()
}

fn deviation(answers: &[f64], weights: &[f64], mean: f64) -> Option<f64> {
    let known = || answers.iter().zip(weights).filter(|(x, _)| !x.is_nan());
    let count = known().count() as f64;
    let squares: Sum = known().map(|(x, w)| w * (x - mean) * (x - mean)).collect();
    let size: Sum = known().map(|(_, w)| *w).collect();
    (count > 1.0).then(|| libm::sqrt(count / (count - 1.0) * squares.value() / size.value()))
}

/// Reliability of every construct with several questions, from those who answered all of them.
fn scales(
    responses: &FieldResponses,
    answers: &BTreeMap<String, Vec<f64>>,
    confidence: Confidence,
) -> Result<Vec<ScaleTable>> {
    let plan = responses.questionnaire().plan();
    let model = plan.population().indicators().model();
    let constructs = model.constructs().iter();
    let several = constructs.filter(|construct| construct.indicators().len() > 1);
    let scale = |construct: &Construct| {
        let columns: Vec<&Vec<f64>> = construct
            .indicators()
            .iter()
            .filter_map(|indicator| answers.get(indicator.name()))
            .collect();
        let rows = columns.first().map_or(0, |column| column.len());
        let is_complete = |row: &usize| {
            let answer = |column: &&Vec<f64>| column.get(*row).is_some_and(|x| !x.is_nan());
            columns.iter().all(answer)
        };
        let complete: Vec<usize> = (0..rows).filter(is_complete).collect();
        let items: Vec<Vec<f64>> = columns
            .iter()
            .map(|column| {
                let rows = complete.iter().filter_map(|&row| column.get(row));
                rows.copied().collect()
            })
            .collect();
        let items: Vec<&[f64]> = items.iter().map(Vec::as_slice).collect();
        let reliability = scale::reliability(&items, confidence)
            .map_err(|error| error.named(format!("answers of {}", construct.name())))?;
        Ok(ScaleTable {
            construct: construct.name().to_owned(),
            reliability,
        })
    };
    several.map(scale).collect()
}
