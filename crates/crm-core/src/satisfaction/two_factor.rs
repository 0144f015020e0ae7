//! Hygiene factors and motivators: which attributes dissatisfy when they are poor, which satisfy when they are good?
//!
//! Penalty–reward contrast analysis regresses overall satisfaction on two dummy variables for each attribute: it is
//! poor, it is good. The first coefficient is the penalty of a poor attribute, the second the reward of a good one,
//! each against an attribute in between.
//!
//! Sources: Herzberg, Mausner & Snyderman 1959; Brandt 1987; Matzler & Sauerwein 2002, "The factor structure of
//! customer satisfaction", International Journal of Service Industry Management 13(4).

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::distribution::{student_t, student_t_quantile};
use crate::math::explained::r_squared_interval;
use crate::math::least_squares::{LeastSquares, Undetermined};
use crate::math::proportion::upper_point;
use crate::units::{Label, Probability, Terms};

/// What kind of factor of satisfaction an attribute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum SatisfactionFactor {
    /// Hygiene: only its lack is felt. A penalty, no reward.
    Basic = 0,
    /// Both are felt: a penalty and a reward.
    Performance = 1,
    /// Motivator: only its presence is felt. A reward, no penalty.
    Excitement = 2,
    /// Neither is felt.
    Neither = 3,
}

impl Label for SatisfactionFactor {
    const ALL: &'static [Self] = &[
        SatisfactionFactor::Basic,
        SatisfactionFactor::Performance,
        SatisfactionFactor::Excitement,
        SatisfactionFactor::Neither,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            SatisfactionFactor::Basic => ("basic", "Basic factor (hygiene)", "保健因素"),
            SatisfactionFactor::Performance => ("performance", "Performance factor", "绩效因素"),
            SatisfactionFactor::Excitement => {
                ("excitement", "Excitement factor (motivator)", "激励因素")
            }
            SatisfactionFactor::Neither => ("neither", "No proven effect", "无显著影响因素"),
        };
        Terms { name, en, zh }
    }
}

/// How ratings are read and effects are tested.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ContrastRules {
    /// A rating up to this is poor.
    pub poor: f64,
    /// A rating from this on is good; more than `poor`.
    pub good: f64,
    /// A penalty or a reward is proven if its two-sided p-value is at most this, greater than 0 and less than 1.
    pub significance: f64,
    /// Level of the intervals, between 0 and 1.
    pub confidence: Probability,
}

/// A coefficient of the regression, with Student's test of 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ContrastEffect {
    /// How far overall satisfaction is moved.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// estimate / standard error.
    pub t: f64,
    /// Two-sided.
    pub p_value: f64,
    /// Lower end of Student's interval.
    pub lower: f64,
    /// Upper end of Student's interval.
    pub upper: f64,
}

/// Penalty and reward of one attribute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ContrastAttribute {
    /// Respondents who find it poor.
    pub poor: u64,
    /// Respondents who find it good.
    pub good: u64,
    /// The effect of a poor attribute, usually negative.
    pub penalty: ContrastEffect,
    /// The effect of a good attribute, usually positive.
    pub reward: ContrastEffect,
    /// Reward + penalty: positive where the reward is larger than the penalty, with its own test.
    pub asymmetry: ContrastEffect,
    /// The factor: basic with a proven penalty only, excitement with a proven reward only, performance with both. A
    /// penalty must be negative and a reward positive to count.
    pub factor: SatisfactionFactor,
}

/// The regression and its attributes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ContrastAnalysis {
    /// Respondents who answered all.
    pub respondents: u64,
    /// Respondents who left something out; they count for nothing else.
    pub missing: u64,
    /// Overall satisfaction where every attribute is in between.
    pub intercept: ContrastEffect,
    /// Each attribute, in order.
    pub attributes: Vec<ContrastAttribute>,
    /// Part of the variance of overall satisfaction that is explained.
    pub r_squared: f64,
    /// Lower end of the interval of that part, from the non-central F, with dummies taken for fixed (Steiger & Fouladi 1997).
    pub r_squared_lower: f64,
    /// Upper end of it.
    pub r_squared_upper: f64,
    /// The same, corrected for the number of coefficients.
    pub adjusted_r_squared: f64,
    /// Standard deviation of the residuals.
    pub residual_standard_error: f64,
    /// Respondents less coefficients.
    pub degrees_of_freedom: u64,
}

/// Penalty–reward contrast analysis of overall satisfaction on the ratings of attributes, a column each; NaN is a
/// missing answer, whose respondent is left out and counted.
///
/// # Errors
/// `Empty` without attributes; `LengthMismatch`; `OutOfRange` for rules that cannot be; `NotFinite`, with the row, for
/// an infinite rating; `NoSolution` where there are too few respondents, where nobody, or everybody, finds an
/// attribute poor or good, and where dummies are collinear: the attribute is named.
pub fn penalty_reward_contrast(
    overall: &[f64],
    attributes: &[&[f64]],
    rules: &ContrastRules,
) -> Result<ContrastAnalysis> {
    let level = check(overall, attributes, rules)?;
    let complete: Vec<usize> = (0..overall.len())
        .filter(|&row| {
            let answered = |column: &[f64]| column.get(row).is_some_and(|x| !x.is_nan());
            answered(overall) && attributes.iter().all(|column| answered(column))
        })
        .collect();
    let of = |column: &[f64], code: &dyn Fn(f64) -> f64| -> Vec<f64> {
        let values = complete.iter().filter_map(|row| column.get(*row));
        values.map(|x| code(*x)).collect()
    };
    let is = |holds: bool| f64::from(u8::from(holds));
    let dummies: Vec<Vec<f64>> = attributes
        .iter()
        .flat_map(|column| {
            let poor = of(column, &|x| is(x <= rules.poor));
            [poor, of(column, &|x| is(x >= rules.good))]
        })
        .collect();
    let response = of(overall, &|x| x);
    let name = |dummy: usize| {
        let kind = if dummy.is_multiple_of(2) {
            "poor"
        } else {
            "good"
        };
        format!("{kind} of attribute {}", dummy / 2)
    };
    let fit = LeastSquares::fit(&dummies, &response, None, true)
        .map_err(|undetermined| refuse(undetermined, name))?;
    let tests = Tests {
        covariance: fit.covariance(),
        coefficients: &fit.coefficients,
        degrees: fit.degrees as f64,
        quantile: student_t_quantile(fit.degrees as f64, level),
    };
    let count = |dummy: usize| {
        let found = dummies.get(dummy).into_iter().flatten();
        found.filter(|x| **x > 0.0).count() as u64
    };
    let attribute = |j: usize| {
        let penalty = tests.effect(&[2 * j + 1]);
        let reward = tests.effect(&[2 * j + 2]);
        let proven = |effect: &ContrastEffect| effect.p_value <= rules.significance;
        ContrastAttribute {
            poor: count(2 * j),
            good: count(2 * j + 1),
            penalty,
            reward,
            asymmetry: tests.effect(&[2 * j + 1, 2 * j + 2]),
            factor: match (
                proven(&penalty) && penalty.estimate < 0.0,
                proven(&reward) && reward.estimate > 0.0,
            ) {
                (true, false) => SatisfactionFactor::Basic,
                (true, true) => SatisfactionFactor::Performance,
                (false, true) => SatisfactionFactor::Excitement,
                (false, false) => SatisfactionFactor::Neither,
            },
        }
    };
    let (respondents, degrees) = (complete.len() as f64, fit.degrees as f64);
    let predictors = 2.0 * attributes.len() as f64;
    let (r_squared_lower, r_squared_upper) =
        r_squared_interval(fit.r_squared(), predictors, degrees, 1.0 - level);
    Ok(ContrastAnalysis {
        respondents: complete.len() as u64,
        missing: (overall.len() - complete.len()) as u64,
        intercept: tests.effect(&[0]),
        attributes: (0..attributes.len()).map(attribute).collect(),
        r_squared: fit.r_squared(),
        r_squared_lower,
        r_squared_upper,
        adjusted_r_squared: 1.0 - (1.0 - fit.r_squared()) * (respondents - 1.0) / degrees,
        residual_standard_error: libm::sqrt(fit.residual_variance()),
        degrees_of_freedom: fit.degrees as u64,
    })
}

/// Refuses what cannot be; the probability below the upper end of the intervals.
fn check(overall: &[f64], attributes: &[&[f64]], rules: &ContrastRules) -> Result<f64> {
    if attributes.is_empty() {
        return Err(Error::empty("attributes"));
    }
    let out_of_range = |argument, value: f64, reason: &'static str| {
        Err(Error::new(ErrorKind::OutOfRange, argument, reason).with_value(value))
    };
    for (argument, cut) in [("poor", rules.poor), ("good", rules.good)] {
        if !cut.is_finite() {
            return Err(Error::not_finite(argument, cut));
        }
    }
    if rules.good <= rules.poor {
        return out_of_range("good", rules.good, "must be more than what is poor");
    }
    if !(rules.significance > 0.0 && rules.significance < 1.0) {
        let reason = "must lie between 0 and 1, both excluded";
        return out_of_range("significance", rules.significance, reason);
    }
    check_ratings("overall", overall)?;
    for (j, column) in attributes.iter().enumerate() {
        if column.len() != overall.len() {
            let error = Error::length("attributes", column.len(), overall.len());
            return Err(error.named(format!("attributes[{j}]")));
        }
        check_ratings("attributes", column).map_err(|e| e.named(format!("attributes[{j}]")))?;
    }
    upper_point(rules.confidence)
}

fn check_ratings(argument: &'static str, column: &[f64]) -> Result<()> {
    match (0..).zip(column).find(|(_, rating)| rating.is_infinite()) {
        Some((row, rating)) => Err(Error::not_finite(argument, *rating).at_row(row)),
        None => Ok(()),
    }
}

fn refuse(undetermined: Undetermined, name: impl Fn(usize) -> String) -> Error {
    undetermined.error("attributes", name)
}

/// Student's tests of sums of coefficients.
struct Tests<'a> {
    covariance: nalgebra::DMatrix<f64>,
    coefficients: &'a [f64],
    degrees: f64,
    quantile: f64,
}

impl Tests<'_> {
    /// The sum of the coefficients at these places.
    fn effect(&self, places: &[usize]) -> ContrastEffect {
        let coefficients = places
            .iter()
            .filter_map(|place| self.coefficients.get(*place));
        let pairs = places
            .iter()
            .flat_map(|i| places.iter().map(move |j| (*i, *j)));
        let estimate: f64 = coefficients.sum();
        let variance: f64 = pairs.filter_map(|pair| self.covariance.get(pair)).sum();
        let standard_error = libm::sqrt(variance);
        let t = estimate / standard_error;
        let (below, above) = student_t(self.degrees, t);
        ContrastEffect {
            estimate,
            standard_error,
            t,
            p_value: 2.0 * below.min(above),
            lower: estimate - self.quantile * standard_error,
            upper: estimate + self.quantile * standard_error,
        }
    }
}
