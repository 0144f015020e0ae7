use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::Drawn;
use super::simple::{check_size, choose};
use crate::error::{Error, Result};
use crate::math::random::Stream;
use crate::survey::{positive, range, require_positive};
use crate::units::{Label, Terms};

/// How a sample is split over strata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Allocation {
    /// n_h ∝ N_h.
    Proportional = 0,
    /// n_h ∝ N_h S_h: the smallest variance of the mean for n answers.
    Neyman = 1,
    /// n_h ∝ N_h S_h / √c_h: the smallest variance for what the answers cost.
    Optimum = 2,
}

impl Label for Allocation {
    const ALL: &'static [Self] = &[
        Allocation::Proportional,
        Allocation::Neyman,
        Allocation::Optimum,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Allocation::Proportional => ("proportional", "Proportional allocation", "比例分配"),
            Allocation::Neyman => ("neyman", "Neyman allocation", "奈曼分配"),
            Allocation::Optimum => ("optimum", "Optimum allocation with cost", "最优分配"),
        };
        Terms { name, en, zh }
    }
}

/// What is known of a stratum before its sample is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// N_h, its units.
    pub population: u64,
    /// S_h, standard deviation of the variable among them; proportional allocation does not read it.
    pub deviation: f64,
    /// c_h, what an answer costs; only the optimum with cost reads it.
    pub cost: f64,
}

impl Stratum {
    /// A stratum of this many units, of deviation and cost 1.
    #[must_use]
    pub fn of(population: u64) -> Self {
        Stratum {
            population,
            deviation: 1.0,
            cost: 1.0,
        }
    }

    /// a_h, to which the allocation is proportional.
    fn measure(&self, allocation: Allocation) -> f64 {
        let units = self.population as f64;
        match allocation {
            Allocation::Proportional => units,
            Allocation::Neyman => units * self.deviation,
            Allocation::Optimum => units * self.deviation / libm::sqrt(self.cost),
        }
    }
}

/// How many units of each stratum make a sample of `size`: the whole numbers n_h ≥ `minimum` and ≤ N_h with
/// Σ n_h = n that make Σ a_h² / n_h smallest, a_h = N_h, N_h S_h or N_h S_h / √c_h. They are the allocation by
/// Neyman's formula n a_h / Σ a where it is whole; else nothing whole is better.
///
/// One unit after the other goes to the stratum with the largest a_h / √(n_h (n_h + 1)). A minimum of 2 lets the variance
/// of every stratum be estimated; a stratum smaller than the minimum is taken whole.
///
/// Source: Neyman 1934; Wright 2012, "The equivalence of Neyman optimum allocation for sampling and equal proportions
/// for apportioning the U.S. House of Representatives", The American Statistician 66(4); Cochran 1977, §5.5.
///
/// # Errors
/// `Empty` without strata; `OutOfRange` for a stratum of 0 units, a negative deviation, a cost of 0 or less, a minimum of
/// 0, and a size that is less than all minima or more than all units. Rows are strata.
pub fn allocate(
    strata: &[Stratum],
    size: u64,
    minimum: u64,
    allocation: Allocation,
) -> Result<Vec<u64>> {
    check_strata(strata)?;
    if minimum == 0 {
        return Err(positive("minimum", minimum));
    }
    let least = |stratum: &Stratum| minimum.min(stratum.population);
    let mut sizes: Vec<u64> = strata.iter().map(least).collect();
    let needed: u64 = sizes.iter().sum();
    let units: u64 = strata.iter().map(|stratum| stratum.population).sum();
    if size < needed || size > units {
        let rule = format!("must be between {needed} (all minima) and {units} (all units)");
        return Err(range("size", size, rule));
    }
    let claim = |(stratum, (each, &taken)): (usize, (&Stratum, &u64))| {
        let taken_before = taken as f64;
        Claim {
            priority: each.measure(allocation) / libm::sqrt(taken_before * (taken_before + 1.0)),
            stratum,
        }
    };
    let open = strata.iter().zip(&sizes).enumerate();
    let open = open.filter(|(_, (stratum, taken))| **taken < stratum.population);
    let mut claims: BinaryHeap<Claim> = open.map(claim).collect();
    for _ in needed..size {
        let Some(Claim { stratum, .. }) = claims.pop() else {
            break;
        };
        if let (Some(each), Some(taken)) = (strata.get(stratum), sizes.get_mut(stratum)) {
            *taken += 1;
            if *taken < each.population {
                claims.push(claim((stratum, (each, &*taken))));
            }
        }
    }
    Ok(sizes)
}

/// A stratum's claim to the next unit.
#[derive(Debug, Clone, Copy)]
struct Claim {
    priority: f64,
    stratum: usize,
}

impl Ord for Claim {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_priority = self.priority.total_cmp(&other.priority);
        by_priority.then(other.stratum.cmp(&self.stratum))
    }
}

impl PartialOrd for Claim {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Claim {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Claim {}

fn check_strata(strata: &[Stratum]) -> Result<()> {
    if strata.is_empty() {
        return Err(Error::empty("strata"));
    }
    for (h, stratum) in strata.iter().enumerate() {
        if stratum.population == 0 {
            return Err(positive("population", 0).at_row(h));
        }
        require_positive("cost", stratum.cost).map_err(|error| error.at_row(h))?;
        if !stratum.deviation.is_finite() {
            return Err(Error::not_finite("deviation", stratum.deviation).at_row(h));
        }
        if stratum.deviation < 0.0 {
            return Err(range("deviation", stratum.deviation, "must be 0 or more").at_row(h));
        }
    }
    Ok(())
}

/// A simple random sample of each stratum.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stratified {
    /// N_h, units of each stratum.
    pub populations: Vec<u64>,
    /// n_h, units to draw of each, as of [`allocate`].
    pub sizes: Vec<u64>,
}

impl Stratified {
    /// The units that are drawn, by stratum, in ascending order; the stratum is the group.
    ///
    /// # Errors
    /// `LengthMismatch`; `OutOfRange` unless 0 < n_h ≤ N_h, with the stratum as row.
    pub fn draw(&self, seed: u64) -> Result<Vec<Drawn>> {
        super::super::check_length("sizes", self.sizes.len(), self.populations.len())?;
        let mut drawn = Vec::new();
        for (h, (&population, &size)) in self.populations.iter().zip(&self.sizes).enumerate() {
            check_size("sizes", size, population).map_err(|error| error.at_row(h))?;
            let weight = population as f64 / size as f64;
            let units = choose(&mut Stream::new(seed, h as u64), population, size);
            drawn.extend(units.into_iter().map(|unit| Drawn {
                unit,
                group: h as u64,
                weight,
            }));
        }
        Ok(drawn)
    }
}
