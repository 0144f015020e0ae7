#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of constructs, paths or indicators"
)]

use serde::{Deserialize, Serialize};

use super::{ExpectedSign, Path, Scale, StructuralModel};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;
use crate::survey::check_values;

/// A generator of answers to the questions of a model, with known paths and loadings.
///
/// Every respondent has a value of each construct. Those that nothing drives are standard normal and independent;
/// the others are η = Σ β ξ + ζ over their drivers ξ, with ζ normal and just so large that η has variance 1. What is felt about
/// a question on η is λ η + √(1 − λ²) ε, standard normal too; the answer is the whole number on the scale that is nearest to
/// mean + deviation times that. A component of a construct of constructs is felt like such an answer, with a loading of its own on the whole.
///
/// The answers depend on the fields alone: the same bits for any number of threads and on every platform. Each respondent
/// has an own stream of random numbers, so that more respondents do not change the first ones.
///
/// ```
/// use crm_core::satisfaction::structural::{SurveySimulation, presets};
///
/// let survey = SurveySimulation { seed: 1, ..SurveySimulation::new(presets::acsi()) };
/// let answers = survey.run()?;
/// assert_eq!((answers.len(), answers[0].len()), (14, 250));
/// assert!(answers[0].iter().all(|answer| (1.0..=10.0).contains(answer)));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveySimulation {
    /// Whose questions are asked.
    pub model: StructuralModel,
    /// How many answer; default 250.
    pub respondents: u32,
    /// Seed of the random numbers; default 0.
    pub seed: u64,
    /// β of each path; default 0.8 / the number of drivers, negative where that is expected, and 0 where either sign may be.
    pub paths: Vec<f64>,
    /// λ of each indicator, from 0 to 1; default 0.85, and 1 of a single item.
    pub loadings: Vec<f64>,
    /// λ of each construct that is a component of another, in the order of the constructs, from 0 to 1; default 0.85.
    #[serde(default)]
    pub components: Vec<f64>,
    /// Mean of the answers to each question before they are rounded; default 0.7 of the way up its scale, and 0.2 for
    /// constructs that are expected to fall when a driver rises.
    pub means: Vec<f64>,
    /// Standard deviation of the answers to each question before they are rounded, greater than 0; default 0.2 of the length of
    /// its scale.
    pub deviations: Vec<f64>,
    /// Probability that an answer is missing (NaN); default 0.
    pub missing: f64,
    /// How answers are given; default whole numbers.
    pub answers: Answers,
}

/// How simulated answers are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// As the nearest whole number on the scale.
    #[default]
    Whole,
    /// As any number, also beyond the scale: exactly normal.
    Continuous,
}

const PATHS_TOGETHER: f64 = 0.8;
const LOADING: f64 = 0.85;
const HIGH: f64 = 0.7;
const LOW: f64 = 0.2;
const DEVIATION: f64 = 0.2;
/// Fewer answers than this are simulated: they are all held in memory.
const MOST_ANSWERS: usize = 1 << 28;
/// Respondents that one task simulates.
const PER_TASK: usize = 1 << 10;

impl SurveySimulation {
    /// The questions of this model with the defaults.
    #[must_use]
    pub fn new(model: StructuralModel) -> Self {
        let falls = |place: usize| {
            let mut signed = model.paths().iter().zip(model.expected_signs());
            signed.any(|(path, sign)| path.to == place && *sign == ExpectedSign::Negative)
        };
        let mut loadings = Vec::new();
        let mut means = Vec::new();
        for (place, construct) in model.constructs().iter().enumerate() {
            if !model.components(place).is_empty() {
                continue;
            }
            let single = construct.indicators().len() == 1;
            let level = if falls(place) { LOW } else { HIGH };
            for indicator in construct.indicators() {
                loadings.push(if single { 1.0 } else { LOADING });
                means.push(indicator.scale().at(level));
            }
        }
        let lengths = model
            .questions()
            .map(|indicator| indicator.scale().length());
        SurveySimulation {
            respondents: 250,
            seed: 0,
            paths: default_paths(&model),
            loadings,
            components: vec![LOADING; wholes(&model).count()],
            means,
            deviations: lengths.map(|length| DEVIATION * length).collect(),
            missing: 0.0,
            answers: Answers::default(),
            model,
        }
    }

    /// Simulates the answers: one column for each indicator, in the order of [`StructuralModel::indicators`].
    ///
    /// # Errors
    /// - `LengthMismatch` for a list that has not one number for each path, indicator or component;
    /// - `NotFinite`, `OutOfRange` for a loading or a probability outside [0, 1], a deviation that is not greater than 0, 0 respondents,
    ///   and paths that explain the whole variance of a construct or more, with the construct as value;
    /// - `Overflow` for 2²⁸ answers or more.
    pub fn run(&self) -> Result<Vec<Vec<f64>>> {
        self.check()?;
        let feelings = self.feelings()?;
        let (indicators, respondents) = (self.means.len(), self.respondents as usize);
        let tasks = parallel::map_range(respondents.div_ceil(PER_TASK), |task| {
            let last = ((task + 1) * PER_TASK).min(respondents);
            let rows = task * PER_TASK..last;
            rows.flat_map(|row| self.respondent(row, &feelings))
                .collect::<Vec<f64>>()
        });
        let rows = tasks.concat();
        let column = |j: usize| rows.iter().skip(j).step_by(indicators).copied().collect();
        Ok((0..indicators).map(column).collect())
    }

    /// The answers of one respondent.
    fn respondent(&self, row: usize, feelings: &[Feeling]) -> Vec<f64> {
        let mut random = Stream::new(self.seed, row as u64);
        let mut felt = vec![0.0; feelings.len()];
        for feeling in feelings {
            let driven: f64 = feeling
                .drivers
                .iter()
                .map(|&(from, beta)| beta * felt[from])
                .sum();
            felt[feeling.place] = driven + feeling.residual * random.normal();
        }
        let mut answers = Vec::with_capacity(self.means.len());
        for (place, construct) in self.model.constructs().iter().enumerate() {
            if !self.model.components(place).is_empty() {
                continue;
            }
            let felt = felt[place];
            for indicator in construct.indicators() {
                let question = answers.len();
                let loading = self.loadings[question];
                let error = libm::sqrt(1.0 - loading * loading) * random.normal();
                let answer =
                    self.means[question] + self.deviations[question] * (loading * felt + error);
                let is_missing = random.uniform() < self.missing;
                answers.push(match self.answers {
                    _ if is_missing => f64::NAN,
                    Answers::Whole => on_scale(answer, indicator.scale()),
                    Answers::Continuous => answer,
                });
            }
        }
        answers
    }

    /// How constructs are felt: those that are driven after their drivers, components after their wholes. ζ has the standard deviation
    /// √(1 − Σ Σ β β′ Cov(ξ, ξ′)).
    fn feelings(&self) -> Result<Vec<Feeling>> {
        let size = self.model.constructs().len();
        let mut drivers: Vec<Vec<(usize, f64)>> = vec![Vec::new(); size];
        for (path, &beta) in self.model.paths().iter().zip(&self.paths) {
            drivers[path.to].push((path.from, beta));
        }
        for ((component, whole), &loading) in wholes(&self.model).zip(&self.components) {
            drivers[component].push((whole, loading));
        }
        let is_component = |place: &usize| wholes(&self.model).any(|(other, _)| other == *place);
        let (components, others): (Vec<usize>, Vec<usize>) = self
            .model
            .topological_order()
            .iter()
            .partition(|place| is_component(place));
        let order: Vec<usize> = others.into_iter().chain(components).collect();
        let mut covariance = vec![vec![0.0; size]; size];
        let mut feelings = Vec::with_capacity(size);
        for (known, &place) in order.iter().enumerate() {
            let drivers = std::mem::take(&mut drivers[place]);
            let with = |covariance: &[Vec<f64>], other: usize| -> f64 {
                let terms = drivers
                    .iter()
                    .map(|&(from, beta)| beta * covariance[from][other]);
                terms.sum()
            };
            for &other in &order[..known] {
                let with_other = with(&covariance, other);
                covariance[place][other] = with_other;
                covariance[other][place] = with_other;
            }
            let explained = with(&covariance, place);
            // A component may be its whole.
            if explained > 1.0 || (explained == 1.0 && !is_component(&place)) {
                let rule = "must leave a part of the variance of each construct unexplained: make them smaller";
                let error = Error::new(ErrorKind::OutOfRange, "paths", rule);
                return Err(error.with_value(self.model.constructs()[place].name()));
            }
            covariance[place][place] = 1.0;
            feelings.push(Feeling {
                place,
                residual: libm::sqrt(1.0 - explained),
                drivers,
            });
        }
        Ok(feelings)
    }

    fn check(&self) -> Result<()> {
        let indicators = self.model.indicators().count();
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let rule = "must be between 0 and 1";
        check_values("paths", &self.paths, self.model.paths().len(), |_| true, "")?;
        check_values("loadings", &self.loadings, indicators, share, rule)?;
        let components = wholes(&self.model).count();
        check_values("components", &self.components, components, share, rule)?;
        check_values("means", &self.means, indicators, |_| true, "")?;
        let positive = |value: f64| value > 0.0;
        check_values(
            "deviations",
            &self.deviations,
            indicators,
            positive,
            "must be greater than 0",
        )?;
        check_values("missing", &[self.missing], 1, share, rule).map_err(Error::without_row)?;
        if self.respondents == 0 {
            let error = Error::new(ErrorKind::OutOfRange, "respondents", "must be 1 or more");
            return Err(error.with_value(0));
        }
        if (self.respondents as usize).saturating_mul(indicators) >= MOST_ANSWERS {
            let rule = "make 2^28 answers or more: take fewer";
            let error = Error::new(ErrorKind::Overflow, "respondents", rule);
            return Err(error.with_value(self.respondents));
        }
        Ok(())
    }
}

/// How a construct is felt: Σ β ξ + ζ.
struct Feeling {
    place: usize,
    /// Their places, and β.
    drivers: Vec<(usize, f64)>,
    /// The standard deviation of ζ.
    residual: f64,
}

/// Each component of a construct of constructs, in the order of the constructs, with that.
fn wholes(model: &StructuralModel) -> impl Iterator<Item = (usize, usize)> {
    let constructs = 0..model.constructs().len();
    constructs.clone().filter_map(move |place| {
        let whole = constructs
            .clone()
            .find(|&j| model.components(j).contains(&place));
        whole.map(|whole| (place, whole))
    })
}

fn default_paths(model: &StructuralModel) -> Vec<f64> {
    let signed = || model.paths().iter().zip(model.expected_signs());
    signed()
        .map(|(path, sign)| {
            let drives = |(other, sign): &(&Path, &ExpectedSign)| {
                other.to == path.to && **sign != ExpectedSign::Either
            };
            let size = PATHS_TOGETHER / signed().filter(drives).count() as f64;
            match sign {
                ExpectedSign::Positive => size,
                ExpectedSign::Negative => -size,
                ExpectedSign::Either => 0.0,
            }
        })
        .collect()
}

fn on_scale(answer: f64, scale: Scale) -> f64 {
    let first = libm::ceil(scale.least());
    libm::round(answer).clamp(first, libm::floor(scale.greatest()).max(first))
}
