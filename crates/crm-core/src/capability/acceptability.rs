//! Which alternative ranks first while weights are not known for sure.
//!
//! Weights are judgements. Where nobody would swear to them, they are drawn at random, alternatives are ranked by each draw,
//! and the shares of draws say how sure a rank is. Source: Lahdelma, Hokkanen & Salminen 1998, "SMAA – Stochastic
//! multiobjective acceptability analysis", European Journal of Operational Research 106; Lahdelma & Salminen 2001,
//! "SMAA-2", Operations Research 49 (3), for the shares of all ranks.

use serde::{Deserialize, Serialize};

use super::{check_weights, out_of_range};
use crate::error::{Error, Result};
use crate::math::random::Stream;
use crate::parallel;

/// What is believed of the weights of criteria.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightBelief {
    /// Nothing: all weights of 0 or more that sum to one are equally likely.
    Uniform,
    /// These weights, more or less: a Dirichlet distribution with this mean. A weight of 0 stays 0.
    Around {
        /// Mean weights, which sum to one.
        weights: Vec<f64>,
        /// κ, above 0: how sure they are. The variance of a weight w is w (1 − w) / (κ + 1).
        concentration: f64,
    },
}

/// How sure the ranks of alternatives are: [`rank_acceptability`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Acceptability {
    /// Row-major: the share of draws in which each alternative (row) has each rank (column), the first one best. Equal scores
    /// share their ranks.
    pub ranks: Vec<f64>,
    /// The mean rank of each alternative, 1 for always first.
    pub mean_ranks: Vec<f64>,
    /// Row-major: the mean of the weights under which each alternative (row) is first, for each criterion: whose
    /// preferences make it first. NaN where it never is.
    pub central_weights: Vec<f64>,
}

/// Draws of one task, with random numbers of its own.
const DRAWS_PER_BLOCK: u32 = 1 << 10;
/// More draws than this are refused.
const MOST_DRAWS: u32 = 100_000_000;

/// Ranks alternatives by their weighted sums of scores under random weights.
///
/// `scores` is row-major: a row for each alternative, a column for each criterion, more is better. The scores of the leaves of an
/// [`IndexTree`](super::tree::IndexTree), with the shares of the leaves as weights, make the ranking of firms by their
/// capability. The same seed gives the same bits for any number of threads.
///
/// ```
/// use crm_core::capability::acceptability::{WeightBelief, rank_acceptability};
///
/// // The second firm is better wherever the second criterion weighs more than a quarter.
/// let scores = [0.9, 0.3, 0.7, 0.9];
/// let found = rank_acceptability(&scores, 2, &WeightBelief::Uniform, 100_000, 1)?;
/// assert!((found.ranks[2] - 0.75).abs() < 0.01);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`](crate::ErrorKind::Empty) without alternatives or criteria; [`ErrorKind::LengthMismatch`](crate::ErrorKind::LengthMismatch) for incomplete rows or other weights than
/// criteria; [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) for a score, with its row;
/// [`ErrorKind::NotStochastic`](crate::ErrorKind::NotStochastic) for weights that do not sum to one; [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange) for a concentration of 0 or
/// less, no draws or more than 100,000,000.
pub fn rank_acceptability(
    scores: &[f64],
    criteria: usize,
    belief: &WeightBelief,
    draws: u32,
    seed: u64,
) -> Result<Acceptability> {
    check(scores, criteria, belief, draws)?;
    let parameters = match belief {
        WeightBelief::Uniform => vec![1.0; criteria],
        WeightBelief::Around {
            weights,
            concentration,
        } => weights
            .iter()
            .map(|weight| weight * concentration)
            .collect(),
    };
    let blocks = draws.div_ceil(DRAWS_PER_BLOCK);
    let sums = parallel::map_range(blocks as usize, |block| {
        let first = block as u32 * DRAWS_PER_BLOCK;
        let mut sums = Tally::new(scores.len() / criteria, criteria);
        let mut random = Stream::new(seed, block as u64);
        for _ in first..draws.min(first + DRAWS_PER_BLOCK) {
            let weights = drawn(&parameters, &mut random);
            sums.add(scores, &weights);
        }
        sums
    });
    let mut all = Tally::new(scores.len() / criteria, criteria);
    for part in &sums {
        all.append(part);
    }
    Ok(all.finish(draws))
}

fn check(scores: &[f64], criteria: usize, belief: &WeightBelief, draws: u32) -> Result<()> {
    if scores.is_empty() || criteria == 0 {
        return Err(Error::empty("scores"));
    }
    if !scores.len().is_multiple_of(criteria) {
        let expected = scores.len().next_multiple_of(criteria);
        return Err(Error::length("scores", scores.len(), expected));
    }
    if let Some((place, &score)) = scores
        .iter()
        .enumerate()
        .find(|(_, score)| !score.is_finite())
    {
        return Err(Error::not_finite("scores", score).at_row(place / criteria));
    }
    if let WeightBelief::Around {
        weights,
        concentration,
    } = belief
    {
        check_weights("weights", weights, criteria)?;
        if !(*concentration > 0.0 && concentration.is_finite()) {
            return Err(out_of_range(
                "concentration",
                concentration,
                "must be above 0",
            ));
        }
    }
    if !(1..=MOST_DRAWS).contains(&draws) {
        let rule = format!("must be from 1 to {MOST_DRAWS}");
        return Err(out_of_range("draws", draws, rule));
    }
    Ok(())
}

/// Weights from a Dirichlet distribution; a parameter of 0 gives a weight of 0.
fn drawn(parameters: &[f64], random: &mut Stream) -> Vec<f64> {
    let positive: Vec<f64> = parameters.iter().copied().filter(|p| *p > 0.0).collect();
    let mut weights = random.dirichlet(&positive).into_iter();
    let weight = |parameter: &f64| match *parameter > 0.0 {
        true => weights.next().unwrap_or(0.0),
        false => 0.0,
    };
    parameters.iter().map(weight).collect()
}

/// Sums over draws.
struct Tally {
    alternatives: usize,
    ranks: Vec<f64>,
    firsts: Vec<f64>,
    weights: Vec<f64>,
}

impl Tally {
    fn new(alternatives: usize, criteria: usize) -> Self {
        Tally {
            alternatives,
            ranks: vec![0.0; alternatives * alternatives],
            firsts: vec![0.0; alternatives],
            weights: vec![0.0; alternatives * criteria],
        }
    }

    fn add(&mut self, scores: &[f64], weights: &[f64]) {
        let total = |row: &[f64]| {
            row.iter()
                .zip(weights)
                .map(|(score, weight)| score * weight)
                .sum()
        };
        let totals: Vec<f64> = scores.chunks_exact(weights.len()).map(total).collect();
        let rows = self
            .ranks
            .chunks_exact_mut(self.alternatives)
            .zip(&mut self.firsts);
        let sums = self.weights.chunks_exact_mut(weights.len());
        for (((ranks, firsts), sums), own) in rows.zip(sums).zip(&totals) {
            let better = totals.iter().filter(|other| *other > own).count();
            let equal = totals.iter().filter(|other| *other == own).count();
            let share = 1.0 / equal as f64;
            for rank in ranks.iter_mut().skip(better).take(equal) {
                *rank += share;
            }
            if better == 0 {
                *firsts += share;
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += share * weight;
                }
            }
        }
    }

    fn append(&mut self, other: &Tally) {
        let add = |sums: &mut Vec<f64>, more: &[f64]| {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        };
        add(&mut self.ranks, &other.ranks);
        add(&mut self.firsts, &other.firsts);
        add(&mut self.weights, &other.weights);
    }

    fn finish(self, draws: u32) -> Acceptability {
        let shares: Vec<f64> = self
            .ranks
            .iter()
            .map(|sum| sum / f64::from(draws))
            .collect();
        let mean = |row: &[f64]| {
            let ranks = row.iter().enumerate();
            ranks.map(|(rank, share)| (rank + 1) as f64 * share).sum()
        };
        let criteria = self.weights.len() / self.alternatives;
        let rows = self.weights.chunks_exact(criteria).zip(&self.firsts);
        Acceptability {
            mean_ranks: shares.chunks_exact(self.alternatives).map(mean).collect(),
            central_weights: rows
                .flat_map(|(row, firsts)| row.iter().map(move |sum| sum / firsts))
                .collect(),
            ranks: shares,
        }
    }
}
