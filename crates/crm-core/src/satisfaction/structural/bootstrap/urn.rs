//! Where respondents are drawn from.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of rows, units or strata"
)]

use super::super::Segments;
use super::super::table::Table;
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;

/// What is known of the respondents beside their answers, each a number for every row of the responses.
///
/// With strata or clusters, resamples follow the design of the survey: of the n primary units of each stratum (clusters, or respondents if there are
/// none) n − 1 are drawn with replacement, and those drawn count n/(n − 1) times. That is without bias for totals (Rao & Wu 1988, "Resampling
/// inference with complex survey data", JASA 83; Rao, Wu & Yue 1992). The share of the population that was asked is taken for small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Respondents<'a> {
    /// For indices of segments.
    pub segments: Option<Segments<'a>>,
    /// The stratum that each was drawn from.
    pub strata: Option<&'a [usize]>,
    /// The cluster that each was drawn with: its first stage if there are several. A cluster lies in one stratum.
    pub clusters: Option<&'a [usize]>,
}

/// Rows larger than this, left out one by one for the acceleration of BCa intervals; of more, this many groups of them.
const MOST_GROUPS: usize = 1_000;

/// Where respondents are drawn from.
pub(super) enum Urn {
    /// Each by itself, as often as there are rows.
    Rows(u64),
    /// Equal rows that a frequency stands for; up to which draw each row is meant.
    Replicates(Vec<u64>),
    /// Primary units of each stratum, each with its rows.
    Design(Vec<Vec<Vec<usize>>>),
}

impl Urn {
    pub(super) fn new(table: &Table, of: &Respondents<'_>, rows: usize) -> Result<Self> {
        if of.strata.is_some() || of.clusters.is_some() {
            return Urn::of_design(table, of, rows);
        }
        if !table.replicates {
            return Ok(Urn::Rows(table.len() as u64));
        }
        let mut end = 0;
        let ends = table.weights.iter().map(|&frequency| {
            end += frequency as u64;
            end
        });
        Ok(Urn::Replicates(ends.collect()))
    }

    fn of_design(table: &Table, of: &Respondents<'_>, rows: usize) -> Result<Self> {
        if table.replicates {
            let rule = "must not be frequencies, of which resamples know no strata or clusters";
            return Err(Error::new(ErrorKind::WrongType, "weights", rule));
        }
        for (argument, codes) in [("strata", of.strata), ("clusters", of.clusters)] {
            if let Some(codes) = codes.filter(|codes| codes.len() != rows) {
                return Err(Error::length(argument, codes.len(), rows));
            }
        }
        let strata = Numbered::new(of.strata, table);
        let clusters = Numbered::new(of.clusters, table);
        let mut stratum_of = vec![None; clusters.count];
        let mut units: Vec<Vec<usize>> = vec![Vec::new(); clusters.count];
        for (row, (&stratum, &cluster)) in strata.codes.iter().zip(&clusters.codes).enumerate() {
            let stratum = if of.strata.is_some() { stratum } else { 0 };
            if *stratum_of[cluster].get_or_insert(stratum) != stratum {
                let error =
                    Error::new(ErrorKind::OutOfRange, "clusters", "must lie in one stratum");
                return Err(error.at_row(table.sources[row]));
            }
            units[cluster].push(row);
        }
        let count = if of.strata.is_some() { strata.count } else { 1 };
        let mut design = vec![Vec::new(); count];
        for (unit, stratum) in units.into_iter().zip(stratum_of) {
            design[stratum.unwrap_or(0)].push(unit);
        }
        if let Some(single) = design.iter().find(|units| units.len() < 2) {
            let (argument, rule) = match of.strata {
                Some(_) => ("strata", "must have two clusters or respondents each"),
                None => ("clusters", "must be two or more"),
            };
            let error = Error::new(ErrorKind::NoSolution, argument, rule);
            let first = single.first().and_then(|unit| unit.first());
            return Err(first.map_or(error.clone(), |&row| error.at_row(table.sources[row])));
        }
        Ok(Urn::Design(design))
    }

    /// Writes how much each row counts in a resample.
    pub(super) fn draw(&self, table: &Table, random: &mut Stream, weights: &mut [f64]) {
        weights.fill(0.0);
        match self {
            Urn::Rows(count) => {
                for _ in 0..*count {
                    weights[random.below(*count) as usize] += 1.0;
                }
            }
            Urn::Replicates(ends) => {
                let draws = ends.last().copied().unwrap_or(0);
                for _ in 0..draws {
                    let drawn = random.below(draws);
                    weights[ends.partition_point(|&end| end <= drawn)] += 1.0;
                }
                return;
            }
            Urn::Design(strata) => {
                for units in strata {
                    let count = units.len();
                    let share = count as f64 / (count as f64 - 1.0);
                    for _ in 1..count {
                        let unit = &units[random.below(count as u64) as usize];
                        unit.iter().for_each(|&row| weights[row] += share);
                    }
                }
            }
        }
        for (weight, own) in weights.iter_mut().zip(&table.weights) {
            *weight *= own;
        }
    }

    /// The group that each row, or each primary unit, is left out with, and how many groups there are.
    pub(super) fn groups(&self, rows: usize) -> (Vec<usize>, usize) {
        let Urn::Design(strata) = self else {
            let groups = rows.min(MOST_GROUPS);
            return ((0..rows).map(|row| row % groups).collect(), groups);
        };
        let units = || strata.iter().flatten();
        let groups = units().count().min(MOST_GROUPS);
        let mut of_rows = vec![0; rows];
        for (place, unit) in units().enumerate() {
            unit.iter().for_each(|&row| of_rows[row] = place % groups);
        }
        (of_rows, groups)
    }
}

/// Codes of the rows of a table, from 0 on; without codes each row has its own.
struct Numbered {
    codes: Vec<usize>,
    count: usize,
}

impl Numbered {
    fn new(codes: Option<&[usize]>, table: &Table) -> Self {
        let Some(codes) = codes else {
            return Numbered {
                codes: (0..table.len()).collect(),
                count: table.len(),
            };
        };
        let used: Vec<usize> = table.sources.iter().map(|&row| codes[row]).collect();
        let mut different = used.clone();
        different.sort_unstable();
        different.dedup();
        let place = |code: &usize| different.partition_point(|other| other < code);
        Numbered {
            codes: used.iter().map(place).collect(),
            count: different.len(),
        }
    }
}
