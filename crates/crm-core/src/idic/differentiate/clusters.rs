use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;

/// How groups are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterOptions {
    /// Searches from different random starts, of which the best counts; 10 unless told.
    pub starts: u32,
    /// Rounds of one search at most; 300 unless told.
    pub max_iterations: u32,
    /// Of the starts.
    pub seed: u64,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        ClusterOptions {
            starts: 10,
            max_iterations: 300,
            seed: 0,
        }
    }
}

/// Which group each row belongs to; groups are numbered by their size, the largest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Clustering {
    /// The group of each row.
    pub cluster: Vec<u32>,
    /// Rows of each group.
    pub sizes: Vec<u64>,
    /// Rounds of the search that was the best.
    pub iterations: u32,
    /// Whether that search ended because nothing changed any more.
    pub converged: bool,
}

impl ClusterOptions {
    pub(super) fn check(self, rows: usize, clusters: usize) -> Result<()> {
        let one_or_more = |argument, value: u32| {
            if value == 0 {
                let error = Error::new(ErrorKind::OutOfRange, argument, "must be 1 or more");
                return Err(error.with_value(value));
            }
            Ok(())
        };
        one_or_more("starts", self.starts)?;
        one_or_more("max_iterations", self.max_iterations)?;
        if clusters == 0 || clusters > rows {
            let reason = format!("must be between 1 and the number of rows, {rows}");
            let error = Error::new(ErrorKind::OutOfRange, "clusters", reason);
            return Err(error.with_value(clusters));
        }
        Ok(())
    }
}

/// Rows as starts, each drawn with a probability in proportion to its distance from the nearest drawn before (Arthur & Vassilvitskii
/// 2007); `None` where fewer different rows than `count` exist.
pub(super) fn spread_rows(
    rows: usize,
    count: usize,
    random: &mut Stream,
    distance: impl Fn(usize, usize) -> f64,
) -> Option<Vec<usize>> {
    let first = random.below(rows as u64) as usize;
    let mut chosen = vec![first];
    let mut nearest: Vec<f64> = (0..rows).map(|row| distance(row, first)).collect();
    while chosen.len() < count {
        let total: f64 = nearest.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mut left = random.uniform() * total;
        let last = nearest.iter().rposition(|&d| d > 0.0)?;
        let next = nearest.iter().position(|&d| {
            left -= d;
            left < 0.0
        });
        let next = next.unwrap_or(last);
        for (row, nearest) in nearest.iter_mut().enumerate() {
            *nearest = nearest.min(distance(row, next));
        }
        chosen.push(next);
    }
    Some(chosen)
}

pub(super) fn too_few_different(clusters: usize) -> Error {
    let reason = "must not be more than there are different rows";
    Error::new(ErrorKind::NoSolution, "clusters", reason).with_value(clusters)
}

/// The order in which groups are numbered: the largest first, equal ones by their first row. Position by old number.
pub(super) fn by_size(cluster: &[u32], clusters: usize) -> Vec<u32> {
    let mut groups: Vec<(u64, usize, usize)> = (0..clusters).map(|c| (0, usize::MAX, c)).collect();
    for (row, &c) in cluster.iter().enumerate() {
        if let Some((size, first, _)) = groups.get_mut(c as usize) {
            *size += 1;
            *first = (*first).min(row);
        }
    }
    groups.sort_by_key(|&(size, first, _)| (std::cmp::Reverse(size), first));
    let mut place = vec![0; clusters];
    for (new, &(_, _, old)) in groups.iter().enumerate() {
        if let Some(place) = place.get_mut(old) {
            *place = new as u32;
        }
    }
    place
}

/// The sizes of numbered groups.
pub(super) fn sizes(cluster: &[u32], clusters: usize) -> Vec<u64> {
    let mut sizes = vec![0; clusters];
    for &c in cluster {
        if let Some(size) = sizes.get_mut(c as usize) {
            *size += 1;
        }
    }
    sizes
}
