use serde::{Deserialize, Serialize};

use super::{Population, Questionnaire, QuestionnaireDesign};
use crate::error::{Error, ErrorKind, Result};
use crate::survey::design::{
    Allocation, Clusters, Drawn, Interval, ProportionalToSize, Replacement, SimpleRandom,
    Stratified, Stratum, Systematic, allocate,
};
use crate::survey::size::{RequiredSize, SurveySize, Target};
use crate::survey::{Confidence, Sample, SystematicVariance, range};

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
    /// Variance over that of a simple random sample, of what is planned beside this design; default 1. Of clusters of which m each are asked it is
    /// 1 + (m − 1) ρ, where ρ is how far answers within a cluster go together (Kish 1965, §5.4).
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
    /// Clusters of the frame, at random.
    Clusters(SecondStage),
    /// Clusters of the frame with probability proportional to their units, in steps from a random start. With equally many units of
    /// each, all customers are equally likely.
    ProportionalToSize(SecondStage),
}

/// Who is invited of the clusters that were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondStage {
    /// So many of each at random, all of a smaller one; `None` takes whole clusters.
    pub units: Option<u64>,
}

impl Selection {
    /// How clusters are drawn, if they are.
    pub(super) fn second_stage(self) -> Option<SecondStage> {
        match self {
            Selection::Clusters(stage) | Selection::ProportionalToSize(stage) => Some(stage),
            Selection::SimpleRandom | Selection::Systematic | Selection::Stratified(_) => None,
        }
    }
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
    clusters: u64,
}

impl SamplePlan {
    pub(super) fn new(population: Population, design: SampleDesign) -> Result<Self> {
        let size = design.size(&population);
        let required = size.required(design.margin)?;
        let units = population.frame().units.unwrap_or(u64::MAX);
        let mut invitations = required.invitations.min(units);
        let mut clusters = 0;
        if let Some(stage) = design.selection.second_stage() {
            let per_cluster = invited_of_cluster(&population, design.selection, stage)?;
            // Two at least, so that their variance can be estimated.
            let needed = libm::ceil(invitations as f64 / per_cluster - 1e-9);
            let all = population.frame().clusters.len() as u64;
            clusters = (needed as u64).max(2).min(all);
            invitations = libm::round(clusters as f64 * per_cluster) as u64;
        }
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
            _ => Vec::new(),
        };
        let plan = SamplePlan {
            margin: size.margin(answers)?,
            population,
            design,
            required,
            invitations,
            answers,
            allocation,
            clusters,
        };
        if let Selection::ProportionalToSize(_) = plan.design.selection {
            // Whether a cluster is too large hangs on how many are drawn.
            plan.proportional_to_size().draw(plan.design.seed)?;
        }
        Ok(plan)
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

    /// Customers to invite: what is required, or all if there are not so many. Of clusters as many as are expected, which is exact if all have
    /// equally many.
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

    /// Clusters to draw; 0 unless the sample is of clusters.
    #[must_use]
    pub fn clusters(&self) -> u64 {
        self.clusters
    }

    fn proportional_to_size(&self) -> ProportionalToSize {
        let sizes = self.population.cluster_units();
        ProportionalToSize {
            sizes: sizes.into_iter().map(|units| units as f64).collect(),
            clusters: self.clusters,
            replacement: Replacement::Without,
        }
    }

    /// Who is invited: places in the frame, or in the stratum or cluster of the frame that is the group. The same seed draws the same.
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
            Selection::Clusters(SecondStage { units }) => Clusters {
                sizes: self.population.cluster_units(),
                clusters: self.clusters,
                units,
            }
            .draw(self.design.seed),
            Selection::ProportionalToSize(SecondStage { units }) => self
                .proportional_to_size()
                .draw_units(units, self.design.seed),
        }
    }

    /// The sample that answered, for estimates: `rows`, of these strata or clusters where it has them. Who answered of a cluster is taken for
    /// a random sample of it, and the clusters of which somebody did for all that were drawn.
    pub(super) fn answered(
        &self,
        rows: usize,
        strata: &[usize],
        clusters: &[usize],
    ) -> Result<Sample> {
        let units = self.population.frame().units;
        match self.design.selection {
            Selection::SimpleRandom => Sample::simple_random(rows, units),
            Selection::Systematic => {
                Sample::systematic(rows, units, SystematicVariance::SimpleRandom)
            }
            Selection::Stratified(_) => {
                Sample::stratified(strata, &self.population.stratum_units())
            }
            Selection::Clusters(_) => {
                let all = self.population.cluster_units();
                let (codes, sizes) = with_answers(clusters, &all);
                Sample::two_stage(&codes, &sizes, all.len() as u64)
            }
            Selection::ProportionalToSize(_) => {
                let all = self.population.cluster_units();
                let (codes, sizes) = with_answers(clusters, &all);
                let total = units.unwrap_or(0) as f64;
                let shares: Vec<f64> = sizes.iter().map(|&units| units as f64 / total).collect();
                Sample::proportional_to_size(&codes, &shares, Some(&sizes))
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

/// How many are invited of a cluster, on average over those that may be drawn.
fn invited_of_cluster(
    population: &Population,
    selection: Selection,
    stage: SecondStage,
) -> Result<f64> {
    let sizes = population.cluster_units();
    if sizes.is_empty() {
        let rule = "must be known for a sample of them";
        return Err(Error::new(ErrorKind::Missing, "clusters", rule));
    }
    if stage.units == Some(0) {
        return Err(range("units", 0, "must be greater than 0"));
    }
    let mean = |weight: &dyn Fn(u64) -> f64| {
        let invited = |units: u64| stage.units.unwrap_or(units).min(units) as f64;
        let sum: f64 = sizes
            .iter()
            .map(|&units| weight(units) * invited(units))
            .sum();
        sum / sizes.iter().map(|&units| weight(units)).sum::<f64>()
    };
    Ok(match selection {
        Selection::ProportionalToSize(_) => mean(&|units| units as f64),
        _ => mean(&|_| 1.0),
    })
}

/// The clusters of rows, numbered among those that have rows, and the units of these.
fn with_answers(clusters: &[usize], all: &[u64]) -> (Vec<usize>, Vec<u64>) {
    let mut used = clusters.to_vec();
    used.sort_unstable();
    used.dedup();
    let code = |cluster: &usize| used.partition_point(|other| other < cluster);
    let sizes = used.iter().filter_map(|&cluster| all.get(cluster).copied());
    (clusters.iter().map(code).collect(), sizes.collect())
}
