use serde::{Deserialize, Serialize};

use super::{IndicatorTree, SampleDesign, SamplePlan};
use crate::error::{Error, ErrorKind, Result};
use crate::satisfaction::structural::Wording;
use crate::survey::design::Stratum;
use crate::survey::range;

/// Step 2: whose satisfaction is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Who belongs to the population.
    pub description: Wording,
    /// The list that stands for it: an export of accounts, a panel.
    #[serde(default)]
    pub source: Wording,
    /// N; unknown if `None`. With strata or clusters it is the sum of theirs and may be left out.
    #[serde(default)]
    pub units: Option<u64>,
    /// Parts of the population that are sampled apart; none if empty.
    #[serde(default)]
    pub strata: Vec<FrameStratum>,
    /// Parts of the population that are drawn as a whole, such as branches and towns; none if empty.
    #[serde(default)]
    pub clusters: Vec<FrameCluster>,
}

/// Units that are reached together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameCluster {
    /// Its name, different from those of the others.
    pub name: String,
    /// How many units it has.
    pub units: u64,
}

/// A part of the population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameStratum {
    /// Its name, different from those of the others.
    pub name: String,
    /// What people call it.
    #[serde(default)]
    pub label: Wording,
    /// N_h.
    pub units: u64,
    /// S_h, standard deviation of single indices in it, as known from earlier; default 1. Only its proportions matter, and to
    /// proportional allocation not even these.
    #[serde(default = "one")]
    pub deviation: f64,
    /// c_h, what an answer costs in it; default 1. Only the optimum with cost reads it.
    #[serde(default = "one")]
    pub cost: f64,
}

fn one() -> f64 {
    1.0
}

impl Frame {
    /// A population of unknown size without strata.
    #[must_use]
    pub fn new(description: Wording) -> Self {
        Frame {
            description,
            source: Wording::default(),
            units: None,
            strata: Vec::new(),
            clusters: Vec::new(),
        }
    }
}

impl FrameStratum {
    /// A stratum of this many units, of deviation and cost 1.
    pub fn new(name: impl Into<String>, units: u64) -> Self {
        FrameStratum {
            name: name.into(),
            label: Wording::default(),
            units,
            deviation: one(),
            cost: one(),
        }
    }

    pub(super) fn stratum(&self) -> Stratum {
        Stratum {
            population: self.units,
            deviation: self.deviation,
            cost: self.cost,
        }
    }
}

/// Product of step 2: the population and the list that stands for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Population {
    #[serde(skip)]
    indicators: IndicatorTree,
    #[serde(flatten)]
    frame: Frame,
}

impl Population {
    pub(super) fn new(indicators: IndicatorTree, mut frame: Frame) -> Result<Self> {
        let strata = frame.strata.iter().map(|part| (&part.name, part.units));
        let of_strata = check_parts("strata", strata)?;
        let clusters = frame.clusters.iter().map(|part| (&part.name, part.units));
        let of_clusters = check_parts("clusters", clusters)?;
        for (sum, parts) in [(of_strata, "strata"), (of_clusters, "clusters")] {
            let Some(sum) = sum else { continue };
            if let Some(units) = frame.units.filter(|&units| units != sum) {
                let rule = format!("must be the {sum} of the {parts}");
                return Err(range("units", units, rule));
            }
            frame.units = Some(sum);
        }
        if frame.units == Some(0) {
            return Err(range("units", 0, "must be greater than 0"));
        }
        Ok(Population { indicators, frame })
    }

    /// Step 1, which this came from.
    #[must_use]
    pub fn indicators(&self) -> &IndicatorTree {
        &self.indicators
    }

    /// The frame; with strata its units are known.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Units of each cluster.
    pub(super) fn cluster_units(&self) -> Vec<u64> {
        self.frame.clusters.iter().map(|part| part.units).collect()
    }

    /// N_h of each stratum.
    pub(super) fn stratum_units(&self) -> Vec<u64> {
        self.frame.strata.iter().map(|h| h.units).collect()
    }

    /// Step 3.
    ///
    /// # Errors
    /// As [`SurveySize::required`](crate::survey::size::SurveySize::required); `Missing` for strata or clusters that a selection
    /// needs; as [`allocate`](crate::survey::design::allocate) for strata; `OutOfRange` for 0 units of a cluster, and for a cluster so
    /// large that it would have to be drawn twice in proportion to its size.
    pub fn sample(self, design: SampleDesign) -> Result<SamplePlan> {
        SamplePlan::new(self, design)
    }
}

/// Refuses parts without name or units and names that come twice; the sum of their units, if there are any.
fn check_parts<'a>(
    argument: &'static str,
    parts: impl Iterator<Item = (&'a String, u64)> + Clone,
) -> Result<Option<u64>> {
    let mut sum = None;
    for (row, (name, units)) in parts.clone().enumerate() {
        if name.is_empty() {
            let error = Error::new(ErrorKind::Empty, argument, "must have names");
            return Err(error.at_row(row));
        }
        if parts.clone().take(row).any(|(other, _)| other == name) {
            return Err(range(argument, name, "must have different names").at_row(row));
        }
        if units == 0 {
            return Err(range(argument, 0, "must have units").at_row(row));
        }
        sum = Some(units.saturating_add(sum.unwrap_or(0)));
    }
    Ok(sum)
}
