//! A composite index of customer value: indicators made comparable, weighed and added up.
//!
//! The score of customer i is Σⱼ wⱼ zᵢⱼ, with zᵢⱼ the normalised indicator, turned so that more is better, and wⱼ its weight:
//! given by hand, from comparisons in pairs (the weights of [`Priorities`](crate::capability::ahp::Priorities)), or from the data.
//! The terms wⱼ zᵢⱼ are the contributions: they add up to the score, to the bit.

mod weighting;

use serde::{Deserialize, Serialize};

use super::cuts::Direction;
use super::{check_column, sort_by};
use crate::capability::check_weights;
use crate::error::{Error, ErrorKind, Result};
use crate::math::moments::Moments;
use crate::parallel;
use crate::units::{Label, Terms};

/// How an indicator is made comparable with others. x is the value, and of the customers of the fit min and max are the extremes,
/// x̄ the mean, s the standard deviation (divisor n). Where less is better, the sign of the numerator, or the order of ranks, turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Normalisation {
    /// (x − min) / (max − min): from 0 (worst) to 1 (best). Of customers who were not in the fit it may lie beyond.
    #[default]
    MinMax = 0,
    /// (x − x̄) / s: 0 is the mean.
    ZScore = 1,
    /// The share of customers who are worse, and half of those who are equal: between 0 and 1, and deaf to outliers.
    Rank = 2,
}

impl Label for Normalisation {
    const ALL: &'static [Self] = &[
        Normalisation::MinMax,
        Normalisation::ZScore,
        Normalisation::Rank,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Normalisation::MinMax => ("min_max", "Min–max", "极差标准化"),
            Normalisation::ZScore => ("z_score", "z-score", "Z分数标准化"),
            Normalisation::Rank => ("rank", "Rank", "秩次标准化"),
        };
        Terms { name, en, zh }
    }
}

/// Where the weights of an index come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Weighting {
    /// By judgement: by hand, or from comparisons in pairs.
    Given = 0,
    /// Indicators that are spread unevenly over customers weigh more:
    /// wⱼ ∝ 1 − eⱼ, eⱼ = −Σᵢ pᵢⱼ ln pᵢⱼ / ln n, pᵢⱼ = zᵢⱼ / Σᵢ zᵢⱼ. Shannon 1948; Zeleny 1982, "Multiple Criteria Decision Making".
    Entropy = 1,
    /// Indicators that vary much and say what others do not weigh more: wⱼ ∝ σⱼ Σₖ (1 − rⱼₖ). CRITIC: Diakoulaki, Mavrotas &
    /// Papayannakis 1995, "Determining objective weights in multiple criteria problems", Computers & Operations Research 22.
    Critic = 2,
}

impl Label for Weighting {
    const ALL: &'static [Self] = &[Weighting::Given, Weighting::Entropy, Weighting::Critic];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Weighting::Given => ("given", "Given weights", "主观赋权"),
            Weighting::Entropy => ("entropy", "Entropy weights", "熵权法"),
            Weighting::Critic => ("critic", "CRITIC weights", "CRITIC法"),
        };
        Terms { name, en, zh }
    }
}

/// One indicator of all customers.
#[derive(Debug, Clone, Copy)]
pub struct IndicatorColumn<'a> {
    /// What errors call it.
    pub name: &'a str,
    /// One value per customer.
    pub values: &'a [f64],
    /// Which end is the better one.
    pub direction: Direction,
}

/// The weights of the indicators.
#[derive(Debug, Clone, Copy)]
pub enum Weights<'a> {
    /// One for each indicator, 0 or more, of sum 1.
    Given(&'a [f64]),
    /// By [`Weighting::Entropy`].
    Entropy,
    /// By [`Weighting::Critic`].
    Critic,
}

/// A composite index, fitted to customers. It scores these and others.
///
/// Weights from data are those of the min–max normalised indicators, whatever the normalisation of the scores: entropy knows no
/// negative numbers, and standardised indicators would all vary alike.
///
/// ```
/// use crm_core::value::cuts::Direction;
/// use crm_core::value::index::{CompositeIndex, IndicatorColumn, Normalisation, Weights};
///
/// let profit = [120.0, 40.0, 80.0];
/// let arrears = [0.0, 0.5, 0.1];
/// let indicators = [
///     IndicatorColumn { name: "profit", values: &profit, direction: Direction::HigherIsBetter },
///     IndicatorColumn { name: "arrears", values: &arrears, direction: Direction::LowerIsBetter },
/// ];
/// let index = CompositeIndex::fit(&indicators, Normalisation::MinMax, Weights::Given(&[0.75, 0.25]))?;
/// assert_eq!(index.scores(&[&profit, &arrears])?, [1.0, 0.0, 0.575]);
/// assert_eq!(index.contributions(&[&profit, &arrears])?[1], [0.25, 0.0, 0.2]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompositeIndex {
    indicators: Vec<Scaled>,
    weighting: Weighting,
}

/// An indicator with its scale and weight.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Scaled {
    name: String,
    scale: Scale,
    weight: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
enum Scale {
    /// (x − origin) / width; the width is negative where less is better.
    Linear { origin: f64, width: f64 },
    /// The customers of the fit, worst first by `direction`.
    Rank {
        worst_first: Vec<f64>,
        direction: Direction,
    },
}

impl Scale {
    fn apply(&self, value: f64) -> f64 {
        match self {
            // Adding 0 turns −0, the worst of an indicator of which less is better, into 0.
            Scale::Linear { origin, width } => (value - origin) / width + 0.0,
            Scale::Rank {
                worst_first,
                direction,
            } => {
                let worse = worst_first.partition_point(|&other| direction.is_worse(other, value));
                let rest = worst_first.get(worse..).unwrap_or_default();
                let equal = rest.partition_point(|&other| other == value);
                (worse as f64 + 0.5 * equal as f64) / worst_first.len() as f64
            }
        }
    }
}

impl CompositeIndex {
    /// Learns scales, and the weights if they are not given.
    ///
    /// # Errors
    /// All name the indicator. [`ErrorKind::Empty`] without indicators or customers; [`ErrorKind::NotFinite`] for a value that is not known, with its
    /// row; [`ErrorKind::LengthMismatch`]; [`ErrorKind::NoSolution`] for an indicator that is the same for all, and for CRITIC where
    /// all indicators say the same; [`ErrorKind::Overflow`] for values that span more than the number type; of given weights
    /// [`ErrorKind::OutOfRange`], [`ErrorKind::NotFinite`] and [`ErrorKind::NotStochastic`].
    pub fn fit(
        indicators: &[IndicatorColumn<'_>],
        normalisation: Normalisation,
        weights: Weights<'_>,
    ) -> Result<Self> {
        let Some(first) = indicators.first() else {
            return Err(Error::empty("indicators"));
        };
        if let Weights::Given(given) = weights {
            check_weights("weights", given, indicators.len())?;
        }
        for indicator in indicators {
            check_indicator(indicator.name, indicator.values, first.values.len())?;
        }
        let scales: Vec<Scale> = indicators
            .iter()
            .map(|indicator| scale(indicator, normalisation))
            .collect::<Result<_>>()?;
        let (weighting, weights) = match weights {
            Weights::Given(given) => (Weighting::Given, given.to_vec()),
            Weights::Entropy => (
                Weighting::Entropy,
                weighting::entropy(&min_max(indicators)?),
            ),
            Weights::Critic => (Weighting::Critic, weighting::critic(&min_max(indicators)?)?),
        };
        let scaled = indicators.iter().zip(scales).zip(weights);
        Ok(CompositeIndex {
            indicators: scaled
                .map(|((indicator, scale), weight)| Scaled {
                    name: indicator.name.to_owned(),
                    scale,
                    weight,
                })
                .collect(),
            weighting,
        })
    }

    /// The weights, in the order of the indicators.
    #[must_use]
    pub fn weights(&self) -> Vec<f64> {
        self.indicators.iter().map(|i| i.weight).collect()
    }

    /// Where the weights come from.
    #[must_use]
    pub fn weighting(&self) -> Weighting {
        self.weighting
    }

    /// What each indicator adds to the score of each customer: one column for each indicator.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`], [`ErrorKind::Empty`] and [`ErrorKind::NotFinite`]; they name the indicator.
    pub fn contributions(&self, values: &[&[f64]]) -> Result<Vec<Vec<f64>>> {
        let rows = self.check(values)?;
        let mut columns = vec![vec![0.0; rows]; values.len()];
        for ((indicator, values), out) in self.indicators.iter().zip(values).zip(&mut columns) {
            let mut blocks: Vec<(&[f64], &mut [f64])> = values
                .chunks(ROWS_PER_BLOCK)
                .zip(out.chunks_mut(ROWS_PER_BLOCK))
                .collect();
            parallel::for_each_mut(&mut blocks, |_, (values, out)| {
                for (value, out) in values.iter().zip(out.iter_mut()) {
                    *out = indicator.weight * indicator.scale.apply(*value);
                }
            });
        }
        Ok(columns)
    }

    /// The score of each customer: the sum of its contributions in the order of the indicators.
    ///
    /// # Errors
    /// Those of [`contributions`](Self::contributions).
    pub fn scores(&self, values: &[&[f64]]) -> Result<Vec<f64>> {
        let contributions = self.contributions(values)?;
        let mut columns = contributions.into_iter();
        let mut scores = columns.next().unwrap_or_default();
        for column in columns {
            for (score, contribution) in scores.iter_mut().zip(column) {
                *score += contribution;
            }
        }
        Ok(scores)
    }

    fn check(&self, values: &[&[f64]]) -> Result<usize> {
        if values.len() != self.indicators.len() {
            let wanted = self.indicators.len();
            return Err(Error::length("indicators", values.len(), wanted));
        }
        let rows = values.first().map_or(0, |first| first.len());
        for (indicator, values) in self.indicators.iter().zip(values) {
            check_indicator(&indicator.name, values, rows)?;
        }
        Ok(rows)
    }
}

/// Rows that one task works on.
const ROWS_PER_BLOCK: usize = 1 << 14;

fn check_indicator(name: &str, values: &[f64], rows: usize) -> Result<()> {
    let checked = check_column("indicators", values)
        .and_then(|()| super::check_length("indicators", values.len(), rows));
    checked.map_err(|error| error.named(name.to_owned()))
}

fn scale(indicator: &IndicatorColumn<'_>, normalisation: Normalisation) -> Result<Scale> {
    let values = indicator.values;
    let lower = indicator.direction == Direction::LowerIsBetter;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if least == most {
        let reason = "must not be the same for all customers: it tells nobody apart";
        let error = Error::new(ErrorKind::NoSolution, indicator.name.to_owned(), reason);
        return Err(error.with_value(least));
    }
    let (origin, width) = match normalisation {
        Normalisation::MinMax if lower => (most, least - most),
        Normalisation::MinMax => (least, most - least),
        Normalisation::ZScore => {
            let moments = Moments::of(&[values], values.len(), |_| 1.0);
            let deviation = libm::sqrt(moments.products.trace() / values.len() as f64);
            (
                moments.means.sum(),
                if lower { -deviation } else { deviation },
            )
        }
        Normalisation::Rank => {
            // Adding 0 turns −0 into 0, which is equal to it.
            let mut worst_first: Vec<f64> = values.iter().map(|value| value + 0.0).collect();
            sort_by(&mut worst_first, f64::total_cmp);
            if lower {
                worst_first.reverse();
            }
            return Ok(Scale::Rank {
                worst_first,
                direction: indicator.direction,
            });
        }
    };
    if origin.is_finite() && width.is_finite() && width != 0.0 {
        Ok(Scale::Linear { origin, width })
    } else {
        Err(Error::overflow(indicator.name.to_owned()))
    }
}

/// All indicators, normalised by min–max.
fn min_max(indicators: &[IndicatorColumn<'_>]) -> Result<Vec<Vec<f64>>> {
    indicators
        .iter()
        .map(|indicator| {
            let scale = scale(indicator, Normalisation::MinMax)?;
            Ok(indicator.values.iter().map(|&x| scale.apply(x)).collect())
        })
        .collect()
}
