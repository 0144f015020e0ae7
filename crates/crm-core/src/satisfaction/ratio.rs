//! The satisfaction degree C = b / a: what was perceived, over what was expected.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::estimate::{MeanEstimate, RateEstimate};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Column, Domain, Kernel};
use crate::math::proportion::{upper_point, z};
use crate::units::{Label, Probability, Terms};

const EXPECTED: Argument = Argument {
    name: "expected",
    meaning: "a, what the customer expected, on any scale from 0",
    domain: Domain::Positive,
};

const PERCEIVED: Argument = Argument {
    name: "perceived",
    meaning: "b, what the customer perceived, on the same scale",
    domain: Domain::NonNegative,
};

/// Satisfaction degree of a customer: C = b / a.
///
/// ```
/// use crm_core::satisfaction::ratio::satisfaction_degree;
///
/// assert_eq!(satisfaction_degree(8.into(), 10.into())?, "1.25".parse().unwrap());
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for an expectation that is not greater than 0 and a negative perception; `Overflow`.
pub fn satisfaction_degree(expected: Decimal, perceived: Decimal) -> Result<Decimal> {
    SATISFACTION_DEGREE.evaluate_exact(&[expected, perceived])
}

/// Columnar form of [`satisfaction_degree`].
pub static SATISFACTION_DEGREE: Kernel = Kernel {
    name: "satisfaction_degree",
    module: "satisfaction",
    summary: "Satisfaction degree of a customer: what was perceived, over what was expected.",
    formula: "perceived / expected",
    source: "customer satisfaction degree C = b / a",
    diverges: None,
    arguments: &[EXPECTED, PERCEIVED],
    exact: |row| {
        let [expected, perceived] = kernels::values(row)?;
        let degree = perceived.checked_div(expected);
        degree.ok_or_else(|| Error::overflow("satisfaction_degree"))
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[expected, perceived]| {
            perceived / expected
        })
    },
};

/// Disconfirmation of a customer's expectation: b − a.
///
/// ```
/// use crm_core::satisfaction::ratio::disconfirmation;
///
/// assert_eq!(disconfirmation(8.into(), 10.into())?, 2.into());
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn disconfirmation(expected: Decimal, perceived: Decimal) -> Result<Decimal> {
    DISCONFIRMATION.evaluate_exact(&[expected, perceived])
}

/// Columnar form of [`disconfirmation`].
pub static DISCONFIRMATION: Kernel = Kernel {
    name: "disconfirmation",
    module: "satisfaction",
    summary: "Disconfirmation of a customer's expectation: what was perceived, less what was expected.",
    formula: "perceived - expected",
    source: "Oliver 1980",
    diverges: None,
    arguments: &[
        Argument {
            domain: Domain::Finite,
            ..EXPECTED
        },
        Argument {
            domain: Domain::Finite,
            ..PERCEIVED
        },
    ],
    exact: |row| {
        let [expected, perceived] = kernels::values(row)?;
        let gap = perceived.checked_sub(expected);
        gap.ok_or_else(|| Error::overflow("disconfirmation"))
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[expected, perceived]| {
            perceived - expected
        })
    },
};

/// How an expectation was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum SatisfactionVerdict {
    /// C < 1.
    Dissatisfied = 0,
    /// C ≈ 1.
    Met = 1,
    /// C > 1.
    Exceeded = 2,
}

impl SatisfactionVerdict {
    /// The verdict on a degree: met from 1 − `tolerance` to 1 + `tolerance`. `None` for NaN.
    #[must_use]
    pub fn of(degree: f64, tolerance: f64) -> Option<Self> {
        if degree.is_nan() {
            None
        } else if degree < 1.0 - tolerance {
            Some(SatisfactionVerdict::Dissatisfied)
        } else if degree > 1.0 + tolerance {
            Some(SatisfactionVerdict::Exceeded)
        } else {
            Some(SatisfactionVerdict::Met)
        }
    }
}

impl Label for SatisfactionVerdict {
    const ALL: &'static [Self] = &[
        SatisfactionVerdict::Dissatisfied,
        SatisfactionVerdict::Met,
        SatisfactionVerdict::Exceeded,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            SatisfactionVerdict::Dissatisfied => ("dissatisfied", "Dissatisfied", "不满意"),
            SatisfactionVerdict::Met => ("met", "Expectation met", "符合期望"),
            SatisfactionVerdict::Exceeded => ("exceeded", "Expectation exceeded", "超出期望"),
        };
        Terms { name, en, zh }
    }
}

/// A facet of customer satisfaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum SatisfactionFacet {
    /// With the product: quality, function, design, packaging, price.
    Product = 0,
    /// With the service: before, in and after the sale.
    Service = 1,
    /// With what is seen of the company: name, sign, colours, premises.
    Visual = 2,
    /// With how the company acts: rules, conduct, results.
    Behaviour = 3,
    /// With the ideas of the company: purpose, values, philosophy.
    Idea = 4,
}

impl Label for SatisfactionFacet {
    const ALL: &'static [Self] = &[
        SatisfactionFacet::Product,
        SatisfactionFacet::Service,
        SatisfactionFacet::Visual,
        SatisfactionFacet::Behaviour,
        SatisfactionFacet::Idea,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            SatisfactionFacet::Product => ("product", "Product satisfaction", "产品满意"),
            SatisfactionFacet::Service => ("service", "Service satisfaction", "服务满意"),
            SatisfactionFacet::Visual => ("visual", "Visual satisfaction", "视听满意"),
            SatisfactionFacet::Behaviour => ("behaviour", "Behaviour satisfaction", "行为满意"),
            SatisfactionFacet::Idea => ("idea", "Idea satisfaction", "理念满意"),
        };
        Terms { name, en, zh }
    }
}

/// What was expected of and perceived in one attribute, one row a respondent; NaN where not answered.
#[derive(Debug, Clone, Copy)]
pub struct AttributeAnswers<'a> {
    /// a, greater than 0.
    pub expected: Column<'a>,
    /// b, 0 or more, on the same scale.
    pub perceived: Column<'a>,
}

/// How satisfied the respondents are with one attribute, or with all of them weighted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SatisfactionSummary {
    /// Respondents without an answer; they count for nothing else.
    pub missing: u64,
    /// The degree C, its mean over the respondents.
    pub degree: MeanEstimate,
    /// The gap b − a.
    pub gap: MeanEstimate,
    /// Whose expectation was not met.
    pub dissatisfied: RateEstimate,
    /// Whose expectation was met.
    pub met: RateEstimate,
    /// Whose expectation was exceeded.
    pub exceeded: RateEstimate,
    /// The verdict on the mean degree; `None` if nobody answered.
    pub verdict: Option<SatisfactionVerdict>,
}

/// Satisfaction with attributes that weigh differently: of each respondent C = Σ wⱼ Cⱼ and the gap
/// Σ wⱼ (bⱼ − aⱼ), with weights that are divided by their sum. A respondent who left out an attribute that has a
/// weight is missing. One attribute with the weight 1 is summarised alone.
///
/// ```
/// use crm_core::satisfaction::ratio::{AttributeAnswers, SatisfactionVerdict, satisfaction};
/// use crm_core::units::Probability;
///
/// let answers = AttributeAnswers {
///     expected: [8.0, 5.0, 4.0].as_slice().into(),
///     perceived: [8.0, 6.0, f64::NAN].as_slice().into(),
/// };
/// let found = satisfaction(&[answers], &[1.0], 3, 0.05, Probability::try_from(0.95)?)?;
/// assert_eq!((found.degree.mean, found.missing), (1.1, 1));
/// assert_eq!(found.verdict, Some(SatisfactionVerdict::Exceeded));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; with the row, `OutOfRange` and `NotFinite` for what [`satisfaction_degree`] refuses;
/// `OutOfRange` for a negative weight, weights that are all 0, a tolerance outside 0 to 1 and a confidence of 0 or 1.
pub fn satisfaction(
    attributes: &[AttributeAnswers<'_>],
    weights: &[f64],
    respondents: usize,
    tolerance: f64,
    confidence: Probability,
) -> Result<SatisfactionSummary> {
    if !Domain::Probability.contains(tolerance) {
        return Err(Domain::Probability.refuse("tolerance", tolerance));
    }
    let (level, z) = (upper_point(confidence)?, z(confidence)?);
    let degrees = weighted(&SATISFACTION_DEGREE, attributes, weights, respondents)?;
    let gaps = weighted(&DISCONFIRMATION, attributes, weights, respondents)?;
    let degree = MeanEstimate::of(degrees.iter().copied(), level);
    let rate = |verdict| {
        let found = |degree: &&f64| SatisfactionVerdict::of(**degree, tolerance) == Some(verdict);
        RateEstimate::new(degrees.iter().filter(found).count() as u64, degree.count, z)
    };
    Ok(SatisfactionSummary {
        missing: respondents as u64 - degree.count,
        degree,
        gap: MeanEstimate::of(gaps.iter().copied(), level),
        dissatisfied: rate(SatisfactionVerdict::Dissatisfied),
        met: rate(SatisfactionVerdict::Met),
        exceeded: rate(SatisfactionVerdict::Exceeded),
        verdict: SatisfactionVerdict::of(degree.mean, tolerance),
    })
}

/// [`satisfaction`] with the attributes of each facet alone, for the facets that have attributes, in their order. A respondent who
/// left out an attribute of one facet is missing in that one only.
///
/// # Errors
/// Those of [`satisfaction`]; `LengthMismatch` unless there is a facet for each attribute.
pub fn satisfaction_by_facet(
    attributes: &[AttributeAnswers<'_>],
    facets: &[SatisfactionFacet],
    weights: &[f64],
    respondents: usize,
    tolerance: f64,
    confidence: Probability,
) -> Result<Vec<(SatisfactionFacet, SatisfactionSummary)>> {
    for (argument, found) in [("facets", facets.len()), ("weights", weights.len())] {
        if found != attributes.len() {
            return Err(Error::length(argument, found, attributes.len()));
        }
    }
    let present = SatisfactionFacet::ALL.iter().filter(|f| facets.contains(f));
    let summary = |&facet: &SatisfactionFacet| {
        // Attributes of other facets weigh nothing, so that errors name the attribute by its own place.
        let own = weights.iter().zip(facets);
        let own = own.map(|(&weight, &other)| if other == facet { weight } else { 0.0 });
        let own: Vec<f64> = own.collect();
        let found = satisfaction(attributes, &own, respondents, tolerance, confidence)?;
        Ok((facet, found))
    };
    present.map(summary).collect()
}

/// The weighted satisfaction degree of every respondent, Σ wⱼ bⱼ/aⱼ with weights divided by their sum; NaN where an
/// attribute that has a weight was not answered.
///
/// # Errors
/// Those of [`satisfaction`].
pub fn weighted_degrees(
    attributes: &[AttributeAnswers<'_>],
    weights: &[f64],
    respondents: usize,
) -> Result<Vec<f64>> {
    weighted(&SATISFACTION_DEGREE, attributes, weights, respondents)
}

/// Σ wⱼ kernel(aⱼ, bⱼ) of every respondent.
fn weighted(
    kernel: &Kernel,
    attributes: &[AttributeAnswers<'_>],
    weights: &[f64],
    respondents: usize,
) -> Result<Vec<f64>> {
    let shares = shares(weights)?;
    if weights.len() != attributes.len() {
        return Err(Error::length("weights", weights.len(), attributes.len()));
    }
    let mut total = vec![0.0; respondents];
    let mut own = vec![0.0; respondents];
    for (j, (answers, share)) in attributes.iter().zip(shares).enumerate() {
        let evaluated = kernel.evaluate(&[answers.expected, answers.perceived], &mut own);
        evaluated.map_err(|error| {
            let argument = format!("{}[{j}]", error.argument());
            if attributes.len() > 1 {
                error.named(argument)
            } else {
                error
            }
        })?;
        if share > 0.0 {
            for (sum, value) in total.iter_mut().zip(&own) {
                *sum += share * value;
            }
        }
    }
    Ok(total)
}

/// Weights divided by their sum.
pub(super) fn shares(weights: &[f64]) -> Result<Vec<f64>> {
    for (row, &weight) in weights.iter().enumerate() {
        if !Domain::NonNegative.contains(weight) {
            return Err(Domain::NonNegative.refuse("weights", weight).at_row(row));
        }
    }
    let total: f64 = weights.iter().sum();
    if total > 0.0 && total.is_finite() {
        Ok(weights.iter().map(|weight| weight / total).collect())
    } else {
        let reason = "must have a positive, finite sum";
        Err(Error::new(ErrorKind::OutOfRange, "weights", reason).with_value(total))
    }
}
