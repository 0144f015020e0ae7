use serde::{Deserialize, Serialize};

use super::Drawn;
use super::simple::{check_size, choose};
use crate::error::{Error, Result};
use crate::math::random::Stream;
use crate::survey::{check_positive, positive, range};
use crate::units::{Label, Terms};

/// Clusters drawn at random: all of their units, or some of each in a second stage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Clusters {
    /// N_i, units of each cluster of the population.
    pub sizes: Vec<u64>,
    /// Clusters to draw.
    pub clusters: u64,
    /// Units to draw of each cluster, all of a smaller one; `None` takes whole clusters.
    pub units: Option<u64>,
}

impl Clusters {
    /// The units that are drawn, by cluster, in ascending order; the cluster is the group.
    ///
    /// # Errors
    /// `Empty`; `OutOfRange` unless 0 < clusters ≤ all clusters, for 0 units, and for a cluster of 0 units.
    pub fn draw(&self, seed: u64) -> Result<Vec<Drawn>> {
        if self.sizes.is_empty() {
            return Err(Error::empty("sizes"));
        }
        if let Some(i) = self.sizes.iter().position(|&size| size == 0) {
            return Err(positive("sizes", 0).at_row(i));
        }
        if self.units == Some(0) {
            return Err(positive("units", 0));
        }
        let all = self.sizes.len() as u64;
        check_size("clusters", self.clusters, all)?;
        let weight = all as f64 / self.clusters as f64;
        let chosen = choose(&mut Stream::new(seed, 0), all, self.clusters);
        let first: Vec<Drawn> = chosen
            .into_iter()
            .map(|unit| Drawn {
                unit,
                group: 0,
                weight,
            })
            .collect();
        Ok(second_stage(&first, &self.sizes, self.units, seed))
    }
}

/// So many units of each cluster that was drawn, all of a smaller one; `None` takes whole clusters.
fn second_stage(first: &[Drawn], sizes: &[u64], units: Option<u64>, seed: u64) -> Vec<Drawn> {
    let of_cluster = |cluster: &Drawn| {
        let size = sizes.get(cluster.unit as usize).copied().unwrap_or(0);
        let units = units.unwrap_or(size).min(size);
        let weight = cluster.weight * (size as f64 / units as f64);
        let group = cluster.unit;
        // Each cluster has its own random numbers, after the one of the first stage.
        let chosen = choose(&mut Stream::new(seed, group + 1), size, units);
        chosen.into_iter().map(move |unit| Drawn {
            unit,
            group,
            weight,
        })
    };
    first.iter().flat_map(of_cluster).collect()
}

/// Whether a unit may be drawn more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Replacement {
    /// Independent draws, of which the variance has an exact estimator (Hansen & Hurwitz).
    With = 0,
    /// Steps through the cumulated sizes from a random start: a cluster comes at most once.
    Without = 1,
}

impl Label for Replacement {
    const ALL: &'static [Self] = &[Replacement::With, Replacement::Without];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Replacement::With => ("with", "With replacement", "有放回"),
            Replacement::Without => ("without", "Without replacement", "无放回"),
        };
        Terms { name, en, zh }
    }
}

/// Clusters drawn with probability proportional to a measure of size.
///
/// Source: Hansen & Hurwitz 1943 (with replacement); Madow 1949 (systematic, without).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProportionalToSize {
    /// X_i, size of each cluster of the population.
    pub sizes: Vec<f64>,
    /// n, clusters to draw.
    pub clusters: u64,
    /// Whether a cluster may come twice.
    pub replacement: Replacement,
}

impl ProportionalToSize {
    /// The clusters that are drawn, in ascending order, with weight Σ X / (n X_i).
    ///
    /// # Errors
    /// `Empty`; `OutOfRange` for a size or number of 0 or less, and without replacement for a size over Σ X / n, which
    /// would have to come more than once.
    pub fn draw(&self, seed: u64) -> Result<Vec<Drawn>> {
        check_positive("sizes", &self.sizes)?;
        if self.clusters == 0 {
            return Err(positive("clusters", 0));
        }
        let mut ends = Vec::with_capacity(self.sizes.len());
        let mut total = 0.0;
        for size in &self.sizes {
            total += size;
            ends.push(total);
        }
        let step = total / self.clusters as f64;
        let mut random = Stream::new(seed, 0);
        let points: Vec<f64> = match self.replacement {
            Replacement::With => {
                let mut points: Vec<f64> = (0..self.clusters)
                    .map(|_| random.uniform() * total)
                    .collect();
                points.sort_unstable_by(f64::total_cmp);
                points
            }
            Replacement::Without => {
                // A size of one step up to rounding is drawn for certain, once.
                let most = step * (1.0 + 1e-12);
                if let Some(i) = self.sizes.iter().position(|&size| size > most) {
                    let rule = format!("must not be more than {step}, or it would come twice");
                    let size = self.sizes.get(i).copied().unwrap_or(f64::NAN);
                    return Err(range("sizes", size, rule).at_row(i));
                }
                let start = random.uniform();
                (0..self.clusters)
                    .map(|i| (i as f64 + start) * step)
                    .collect()
            }
        };
        let drawn = points.into_iter().map(|point| {
            let cluster = ends
                .partition_point(|&end| end <= point)
                .min(ends.len() - 1);
            let size = self.sizes.get(cluster).copied().unwrap_or(f64::NAN);
            Drawn {
                unit: cluster as u64,
                group: 0,
                weight: step / size,
            }
        });
        Ok(drawn.collect())
    }
    /// Units of the clusters that are drawn without replacement, of which the sizes are the numbers of units: `units` of each, all of a
    /// smaller one, `None` whole clusters; the cluster is the group.
    ///
    /// # Errors
    /// As [`ProportionalToSize::draw`]; `OutOfRange` for 0 units, and for draws with replacement, which may take a unit twice.
    pub fn draw_units(&self, units: Option<u64>, seed: u64) -> Result<Vec<Drawn>> {
        if units == Some(0) {
            return Err(positive("units", 0));
        }
        if self.replacement == Replacement::With {
            let rule = "must be without, so that no unit is drawn twice";
            return Err(range("replacement", self.replacement.terms().name, rule));
        }
        let sizes: Vec<u64> = self.sizes.iter().map(|&size| size as u64).collect();
        Ok(second_stage(&self.draw(seed)?, &sizes, units, seed))
    }
}
