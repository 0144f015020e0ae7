use serde::{Deserialize, Serialize};

use super::{Population, Questionnaire, QuestionnaireDesign};
use crate::error::{Error, ErrorKind, Result};
use crate::survey::design::{
    Allocation, Drawn, Interval, SimpleRandom, Stratified, Stratum, Systematic, allocate,
};
use crate::survey::size::{RequiredSize, SurveySize, Target};
use crate::survey::{Confidence, Sample, SystematicVariance};

/// Step 3: how precise the result must be, and who is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleDesign {
    /// What is estimated: the mean of single indices, whose standard deviation is known from earlier or guessed, or a share.
    pub target: Target,
    /// Half-width of its interval: points of the index, or a share.
    pub margin: f64,
    /// Of the interval; default 95 %.
    #[serde(default = "usual")]
    pub confidence: Confidence,
    /// Share of those invited who answer, more than 0 and up to 1; default 1.
    #[serde(default = "one")]
    pub response_rate: f64,
    /// Variance over that of a simple random sample, of what is planned beside this design; default 1.
    #[serde(default = "one")]
    pub design_effect: f64,
    /// Whether each stratum needs that precision; default no.
    #[serde(default)]
    pub each_stratum: bool,
    /// Who is drawn; default simple random.
    #[serde(default)]
    pub selection: Selection,
    /// Of the draw; default 0.
    #[serde(default)]
    pub seed: u64,
}

/// How those invited are chosen from the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Each set of so many is as likely as any other.
    #[default]
    SimpleRandom,
    /// In equal steps through the frame, by the fractional interval method.
    Systematic,
    /// So many of each stratum, at random.
    Stratified(Allocation),
}

fn usual() -> Confidence {
    Confidence::P95
}

fn one() -> f64 {
    1.0
}

impl SampleDesign {
    /// A simple random sample at 95 % confidence, in which everybody answers.
    #[must_use]
    pub fn new(target: Target, margin: f64) -> Self {
        SampleDesign {
            target,
            margin,
            confidence: usual(),
            response_rate: one(),
            design_effect: one(),
            each_stratum: false,
            selection: Selection::default(),
            seed: 0,
        }
    }

    fn size(&self, population: &Population) -> SurveySize {
        let units = population.frame().units;
        let shares = population.stratum_units();
        let shares = shares
            .iter()
            .map(|&h| h as f64 / units.unwrap_or(h) as f64)
            .filter(|_| self.each_stratum);
        SurveySize {
            confidence: self.confidence,
            population: units,
            response_rate: self.response_rate,
            design_effect: self.design_effect,
            subgroups: shares.collect(),
            ..SurveySize::new(self.target)
        }
    }
}

/// Product of step 3: how many are invited, of which stratum, and how precise that will be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SamplePlan {
    #[serde(skip)]
    population: Population,
    #[serde(skip)]
    design: SampleDesign,
    required: RequiredSize,
    invitations: u64,
    answers: u64,
    margin: f64,
    allocation: Vec<u64>,
}

impl SamplePlan {
    pub(super) fn new(population: Population, design: SampleDesign) -> Result<Self> {
        let size = design.size(&population);
        let required = size.required(design.margin)?;
        let units = population.frame().units.unwrap_or(u64::MAX);
        let invitations = required.invitations.min(units);
        // Answers that are needed are whole, and so many are invited that they are expected, unless all are invited.
        let expected = libm::floor(invitations as f64 * design.response_rate + 1e-9) as u64;
        let answers = expected.clamp(1, required.answers.max(1));
        let allocation = match design.selection {
            Selection::Stratified(allocation) => {
                let strata: Vec<Stratum> = population
                    .frame()
                    .strata
                    .iter()
                    .map(super::FrameStratum::stratum)
                    .collect();
                if strata.is_empty() {
                    let rule = "must be known for a stratified sample";
                    return Err(Error::new(ErrorKind::Missing, "strata", rule));
                }
                // Two answers are expected of every stratum, so that its variance can be estimated.
                let minimum = libm::ceil(2.0 / design.response_rate - 1e-9) as u64;
                allocate(&strata, invitations, minimum, allocation)?
            }
            Selection::SimpleRandom | Selection::Systematic => Vec::new(),
        };
        Ok(SamplePlan {
            margin: size.margin(answers)?,
            population,
            design,
            required,
            invitations,
            answers,
            allocation,
        })
    }

    /// Step 2, which this came from.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.population
    }

    /// What was decided.
    #[must_use]
    pub fn design(&self) -> &SampleDesign {
        &self.design
    }

    /// What the precision needs.
    #[must_use]
    pub fn required(&self) -> RequiredSize {
        self.required
    }

    /// Customers to invite: what is required, or all if there are not so many.
    #[must_use]
    pub fn invitations(&self) -> u64 {
        self.invitations
    }

    /// Answers that are needed, or that can be expected if there are less.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.answers
    }

    /// Half-width of the interval with so many answers.
    #[must_use]
    pub fn margin(&self) -> f64 {
        self.margin
    }

    /// Invitations of each stratum; empty unless the sample is stratified.
    #[must_use]
    pub fn allocation(&self) -> &[u64] {
        &self.allocation
    }

    /// Who is invited: places in the frame, or in the stratum of the frame that is the group. The same seed draws the same.
    ///
    /// # Errors
    /// `Missing` for a population of unknown size.
    pub fn draw(&self) -> Result<Vec<Drawn>> {
        let units = self.population.frame().units.ok_or_else(|| {
            let rule = "of the population must be known for a draw";
            Error::new(ErrorKind::Missing, "units", rule)
        })?;
        match self.design.selection {
            Selection::SimpleRandom => SimpleRandom {
                population: units,
                size: self.invitations,
            }
            .draw(self.design.seed),
            Selection::Systematic => Systematic {
                population: units,
                size: self.invitations,
                interval: Interval::Fractional,
            }
            .draw(self.design.seed),
            Selection::Stratified(_) => Stratified {
                populations: self.population.stratum_units(),
                sizes: self.allocation.clone(),
            }
            .draw(self.design.seed),
        }
    }

    /// The sample that answered, for estimates: `rows`, of these strata where it is stratified.
    pub(super) fn answered(&self, rows: usize, strata: &[usize]) -> Result<Sample> {
        let units = self.population.frame().units;
        match self.design.selection {
            Selection::SimpleRandom => Sample::simple_random(rows, units),
            Selection::Systematic => {
                Sample::systematic(rows, units, SystematicVariance::SimpleRandom)
            }
            Selection::Stratified(_) => {
                Sample::stratified(strata, &self.population.stratum_units())
            }
        }
    }

    /// Step 4.
    ///
    /// # Errors
    /// `Missing` for a question without text, with its name as value; `OutOfRange` for a name that comes twice and a choice
    /// of fewer than two options; `Empty` for a question without name; `NotFound` for texts of a question that is not asked.
    pub fn questionnaire(self, design: QuestionnaireDesign) -> Result<Questionnaire> {
        Questionnaire::new(self, design)
    }
}
