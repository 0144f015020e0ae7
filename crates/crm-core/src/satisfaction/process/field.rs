use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Cleaning, Questionnaire, Selection, SurveyTables};
use crate::error::{Error, ErrorKind, Result};
use crate::satisfaction::estimate::RateEstimate;
use crate::survey::{Confidence, range};
use crate::units::Date;

/// Step 5: what came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fieldwork {
    /// The first day in the field.
    #[serde(default)]
    pub first_day: Option<Date>,
    /// The last day in the field.
    #[serde(default)]
    pub last_day: Option<Date>,
    /// What became of those invited.
    pub outcomes: Outcomes,
    /// Stratum of each row, its place in the frame; empty unless the sample is stratified.
    #[serde(default)]
    pub strata: Vec<usize>,
    /// Cluster of each row, its place in the frame; empty unless the sample is of clusters.
    #[serde(default)]
    pub clusters: Vec<usize>,
    /// Answers to each question, by the name of its column; one row for each respondent.
    #[serde(default)]
    pub answers: BTreeMap<String, AnswerColumn>,
}

/// Answers to a question. NaN is a missing one, which is written as null.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Option<f64>>", into = "Vec<Option<f64>>")]
pub struct AnswerColumn(pub Vec<f64>);

impl PartialEq for AnswerColumn {
    /// A missing answer equals a missing answer.
    fn eq(&self, other: &Self) -> bool {
        let bits = |column: &Self| column.0.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        bits(self) == bits(other)
    }
}

impl From<Vec<Option<f64>>> for AnswerColumn {
    fn from(values: Vec<Option<f64>>) -> Self {
        let known = values.into_iter().map(|value| value.unwrap_or(f64::NAN));
        AnswerColumn(known.collect())
    }
}

impl From<AnswerColumn> for Vec<Option<f64>> {
    fn from(column: AnswerColumn) -> Self {
        let known = column.0.into_iter();
        known
            .map(|value| (!value.is_nan()).then_some(value))
            .collect()
    }
}

/// What became of those invited, counted.
///
/// Source: American Association for Public Opinion Research 2023, "Standard definitions: final dispositions of case codes
/// and outcome rates for surveys", 10th edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outcomes {
    /// I: answered.
    pub complete: u64,
    /// P: broke off, with enough answers to keep.
    pub partial: u64,
    /// R: refused, or broke off early.
    pub refusal: u64,
    /// NC: not reached.
    pub non_contact: u64,
    /// O: reached, but could not answer.
    pub other: u64,
    /// U: not known whether they belong to the population.
    pub unknown: u64,
    /// Do not belong to the population: in none of the rates.
    pub ineligible: u64,
}

/// The outcome rates of a survey. E = I + P + R + NC + O + U are those who may belong to the population.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OutcomeRates {
    /// RR1 = I / E.
    pub response: RateEstimate,
    /// RR2 = (I + P) / E.
    pub response_with_partials: RateEstimate,
    /// COOP1 = I / (I + P + R + O).
    pub cooperation: RateEstimate,
    /// REF1 = R / E.
    pub refusal: RateEstimate,
    /// CON1 = (I + P + R + O) / E.
    pub contact: RateEstimate,
}

impl Outcomes {
    /// The outcome rates, with Wilson intervals.
    ///
    /// # Errors
    /// `Overflow` for more than 2⁶⁴ − 1 invited.
    pub fn rates(&self, confidence: Confidence) -> Result<OutcomeRates> {
        let reached = [self.complete, self.partial, self.refusal, self.other];
        let silent = [self.non_contact, self.unknown];
        let sum = |counts: &[u64]| {
            let mut counts = counts.iter();
            let sum = counts.try_fold(0_u64, |sum, &count| sum.checked_add(count));
            sum.ok_or_else(|| Error::overflow("outcomes"))
        };
        let (contacted, others) = (sum(&reached)?, sum(&silent)?);
        let eligible = sum(&[contacted, others])?;
        sum(&[eligible, self.ineligible])?;
        let rate = |count, base| RateEstimate::new(count, base, confidence.z());
        Ok(OutcomeRates {
            response: rate(self.complete, eligible),
            response_with_partials: rate(self.complete + self.partial, eligible),
            cooperation: rate(self.complete, contacted),
            refusal: rate(self.refusal, eligible),
            contact: rate(contacted, eligible),
        })
    }
}

/// Product of step 5: the answers as they came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldResponses {
    #[serde(skip)]
    questionnaire: Questionnaire,
    #[serde(skip)]
    field: Fieldwork,
    rows: usize,
    outcomes: Outcomes,
    rates: OutcomeRates,
}

impl FieldResponses {
    pub(super) fn new(questionnaire: Questionnaire, field: Fieldwork) -> Result<Self> {
        let mut rows = None;
        for name in questionnaire.columns() {
            let AnswerColumn(column) = field.answers.get(name).ok_or_else(|| {
                let rule = "must have a column for every question";
                Error::new(ErrorKind::NotFound, "answers", rule).with_value(name)
            })?;
            let first = *rows.get_or_insert(column.len());
            if column.len() != first {
                let rule = format!("must all have the {first} rows of the first one");
                let error = Error::new(ErrorKind::LengthMismatch, "answers", rule);
                return Err(error.with_value(name));
            }
            if let Some(row) = column.iter().position(|answer| answer.is_infinite()) {
                let rule = "must be finite, or NaN for a missing answer";
                let error = Error::new(ErrorKind::NotFinite, "answers", rule).at_row(row);
                return Err(error.with_value(name));
            }
        }
        let rows = rows.unwrap_or(0);
        if rows == 0 {
            return Err(Error::empty("answers"));
        }
        check_days(&field)?;
        let (frame, selection) = {
            let plan = questionnaire.plan();
            (plan.population().frame(), plan.design().selection)
        };
        let strata = matches!(selection, Selection::Stratified(_)).then_some(frame.strata.len());
        check_parts("strata", &field.strata, strata, rows)?;
        let clusters = selection.second_stage().map(|_| frame.clusters.len());
        check_parts("clusters", &field.clusters, clusters, rows)?;
        let rates = field
            .outcomes
            .rates(questionnaire.plan().design().confidence)?;
        let answered = field.outcomes.complete + field.outcomes.partial;
        if answered != rows as u64 {
            let rule = format!("must count {rows} complete and partial answers, one for each row");
            let error = Error::new(ErrorKind::LengthMismatch, "outcomes", rule);
            return Err(error.with_value(answered));
        }
        Ok(FieldResponses {
            rows,
            outcomes: field.outcomes,
            rates,
            questionnaire,
            field,
        })
    }

    /// Step 4, which this came from.
    #[must_use]
    pub fn questionnaire(&self) -> &Questionnaire {
        &self.questionnaire
    }

    /// What came back.
    #[must_use]
    pub fn field(&self) -> &Fieldwork {
        &self.field
    }

    /// Number of respondents.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many of those invited answered, refused, were reached.
    #[must_use]
    pub fn rates(&self) -> &OutcomeRates {
        &self.rates
    }

    /// Step 6.
    ///
    /// # Errors
    /// `OutOfRange` for an answer that its question does not allow, with its row and the question as value, unless such answers are
    /// taken for missing, and for a share outside 0 to 1; `Empty` if nobody is left; `NotFound`, `Missing` for a question to rake by that
    /// is no choice or that somebody did not answer; as [`rake`](crate::survey::weighting::rake), [`Sample`](crate::survey::Sample)
    /// and [`reliability`](crate::survey::scale::reliability).
    pub fn tabulate(self, cleaning: Cleaning) -> Result<SurveyTables> {
        SurveyTables::new(self, cleaning)
    }
}

fn check_days(field: &Fieldwork) -> Result<()> {
    match (field.first_day, field.last_day) {
        (Some(first), Some(last)) if last < first => Err(range(
            "last_day",
            last,
            format!("must not be before {first}"),
        )),
        _ => Ok(()),
    }
}

/// Refuses parts of the frame that are not one of `count` for each row, or are given where there are none.
fn check_parts(
    argument: &'static str,
    parts: &[usize],
    count: Option<usize>,
    rows: usize,
) -> Result<()> {
    let expected = count.map_or(0, |_| rows);
    if parts.len() != expected {
        return Err(Error::length(argument, parts.len(), expected));
    }
    let count = count.unwrap_or(0);
    match (0..).zip(parts).find(|(_, part)| **part >= count) {
        Some((row, part)) => {
            Err(range(argument, part, format!("must be below {count}")).at_row(row))
        }
        None => Ok(()),
    }
}
