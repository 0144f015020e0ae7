//! How many answers a precision needs, and what precision a number of answers, or a budget, buys.
//!
//! The half-width of the interval of a mean is e = z √(deff (1/n − 1/N) S²), so that n answers with
//! 1/n = e² / (z² deff S²) + 1/N give it. For a proportion S² = p (1 − p) N / (N − 1).
//!
//! Source: Cochran 1977, §4.4 (proportion: n₀ / (1 + (n₀ − 1)/N)), §4.6 (mean); Kish 1965, §8.2 (design effect).

use serde::{Deserialize, Serialize};

use super::{Confidence, range, require_positive};
use crate::error::{Error, Result};

/// What is to be estimated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A mean of a variable with this standard deviation S, greater than 0.
    Mean(f64),
    /// A proportion expected to be about this p, between 0 and 1; 0.5 is the most cautious.
    Proportion(f64),
}

/// A survey before it is made.
///
/// ```
/// use crm_core::survey::size::{SurveySize, Target};
///
/// // A share of about one half, to ±5 points with 95 % confidence.
/// let survey = SurveySize::new(Target::Proportion(0.5));
/// assert_eq!(survey.required(0.05)?.answers, 385);
/// // Of 2000 customers, of whom 40 % answer.
/// let small = SurveySize { population: Some(2000), response_rate: 0.4, ..survey };
/// let needed = small.required(0.05)?;
/// assert_eq!((needed.answers, needed.invitations), (323, 808));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SurveySize {
    /// What is to be estimated.
    pub target: Target,
    /// Of the interval.
    pub confidence: Confidence,
    /// N; `None` is a population far larger than any sample.
    pub population: Option<u64>,
    /// Share of those asked who answer, more than 0 and up to 1.
    pub response_rate: f64,
    /// Variance over that of a simple random sample, greater than 0.
    pub design_effect: f64,
    /// Shares of the population of the subgroups that each need the precision; empty for none.
    pub subgroups: Vec<f64>,
}

/// How many to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequiredSize {
    /// n, answers that are needed; with subgroups, so many that the smallest one can be expected to have enough.
    pub answers: u64,
    /// Customers to invite: answers / response rate.
    pub invitations: u64,
}

/// What a budget buys.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AffordableSize {
    /// Customers that can be invited.
    pub invitations: u64,
    /// Answers to expect of them.
    pub answers: u64,
    /// e, half-width of the interval.
    pub margin: f64,
}

/// What a survey costs: `fixed`, and more for each invitation and each answer; all 0 or more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurveyCost {
    /// Whatever the size.
    pub fixed: f64,
    /// Of each customer invited.
    pub per_invitation: f64,
    /// Of each answer.
    pub per_answer: f64,
}

/// A quotient this close to a whole number is that number: inputs such as 0.05 are rounded.
const WHOLE: f64 = 1e-9;

fn round_up(value: f64) -> u64 {
    libm::ceil(value - WHOLE * value.max(1.0)) as u64
}

fn round_down(value: f64) -> u64 {
    libm::floor(value + WHOLE * value.max(1.0)) as u64
}

impl SurveySize {
    /// 95 % confidence, a large population, everybody answers, design effect 1, no subgroups.
    #[must_use]
    pub fn new(target: Target) -> Self {
        SurveySize {
            target,
            confidence: Confidence::P95,
            population: None,
            response_rate: 1.0,
            design_effect: 1.0,
            subgroups: Vec::new(),
        }
    }

    /// The size that estimates the target to ± `margin`, in each subgroup where there are some.
    ///
    /// # Errors
    /// `OutOfRange`, `NotFinite` for numbers outside the ranges said at the fields, or a margin of 0 or less;
    /// `Overflow` for more than 10¹⁵ invitations.
    pub fn required(&self, margin: f64) -> Result<RequiredSize> {
        require_positive("margin", margin)?;
        self.check()?;
        let mut answers = 0;
        for share in self.shares() {
            let group = self.answers(margin, self.units().map(|units| units * share));
            answers = answers.max(round_up(round_up(group) as f64 / share));
        }
        if let Some(population) = self.population {
            answers = answers.min(population);
        }
        let invitations = answers as f64 / self.response_rate;
        if invitations > 1e15 {
            return Err(Error::overflow("invitations"));
        }
        Ok(RequiredSize {
            answers,
            invitations: round_up(invitations),
        })
    }

    /// e, the half-width of the interval that this many answers give; in the smallest subgroup where there are some.
    ///
    /// # Errors
    /// As [`SurveySize::required`]; `OutOfRange` for no answers or more than the population.
    pub fn margin(&self, answers: u64) -> Result<f64> {
        self.check()?;
        if answers == 0 || self.population.is_some_and(|units| answers > units) {
            let rule = "must be at least 1 and at most the population";
            return Err(range("answers", answers, rule));
        }
        let margins = self.shares().map(|share| {
            let units = self.units().map(|units| units * share);
            let spread = self.design_effect * self.variance(units);
            let inverse = 1.0 / (answers as f64 * share) - units.map_or(0.0, |units| 1.0 / units);
            self.confidence.z() * libm::sqrt(spread * inverse.max(0.0))
        });
        Ok(margins.fold(0.0, f64::max))
    }

    /// How many a `budget` can ask, and how precise that is.
    ///
    /// # Errors
    /// As [`SurveySize::margin`]; `OutOfRange` for a negative or not finite cost, costs of 0, and a budget that buys no
    /// answer.
    pub fn affordable(&self, budget: f64, cost: SurveyCost) -> Result<AffordableSize> {
        self.check()?;
        require_positive("budget", budget)?;
        for (argument, amount) in [
            ("fixed", cost.fixed),
            ("per_invitation", cost.per_invitation),
            ("per_answer", cost.per_answer),
        ] {
            if !amount.is_finite() {
                return Err(Error::not_finite(argument, amount));
            }
            if amount < 0.0 {
                return Err(range(argument, amount, "must be 0 or more"));
            }
        }
        let each = cost.per_invitation + self.response_rate * cost.per_answer;
        if each == 0.0 {
            let rule = "must be greater than 0, or the one of an answer";
            return Err(range("per_invitation", cost.per_invitation, rule));
        }
        let bought = ((budget - cost.fixed).max(0.0) / each).min(1e15);
        let mut invitations = round_down(bought);
        if let Some(population) = self.population {
            invitations = invitations.min(population);
        }
        let answers = round_down(invitations as f64 * self.response_rate);
        if answers == 0 {
            return Err(range("budget", budget, "buys no answer"));
        }
        Ok(AffordableSize {
            invitations,
            answers,
            margin: self.margin(answers)?,
        })
    }

    /// n, not rounded, for a population or subgroup of these units.
    fn answers(&self, margin: f64, units: Option<f64>) -> f64 {
        let z = self.confidence.z();
        let large = z * z * self.design_effect * self.variance(units) / (margin * margin);
        match units {
            Some(units) => large / (1.0 + large / units),
            None => large,
        }
    }

    /// S².
    fn variance(&self, units: Option<f64>) -> f64 {
        match (self.target, units) {
            (Target::Mean(deviation), _) => deviation * deviation,
            (Target::Proportion(p), Some(units)) if units > 1.0 => {
                p * (1.0 - p) * units / (units - 1.0)
            }
            (Target::Proportion(p), _) => p * (1.0 - p),
        }
    }

    fn units(&self) -> Option<f64> {
        self.population.map(|units| units as f64)
    }

    fn shares(&self) -> impl Iterator<Item = f64> + '_ {
        let whole = self.subgroups.is_empty().then_some(1.0);
        whole.into_iter().chain(self.subgroups.iter().copied())
    }

    fn check(&self) -> Result<()> {
        match self.target {
            Target::Mean(deviation) => {
                require_positive("standard_deviation", deviation)?;
            }
            Target::Proportion(p) => {
                require_positive("proportion", p)?;
                if p >= 1.0 {
                    return Err(range("proportion", p, "must be between 0 and 1"));
                }
            }
        }
        if self.population == Some(0) {
            return Err(super::positive("population", 0));
        }
        require_positive("design_effect", self.design_effect)?;
        require_positive("response_rate", self.response_rate)?;
        if self.response_rate > 1.0 {
            return Err(range(
                "response_rate",
                self.response_rate,
                "must not be more than 1",
            ));
        }
        for (row, &share) in self.subgroups.iter().enumerate() {
            require_positive("subgroups", share).map_err(|error| error.at_row(row))?;
            if share > 1.0 {
                return Err(range("subgroups", share, "must not be more than 1").at_row(row));
            }
        }
        Ok(())
    }
}
