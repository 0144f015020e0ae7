#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of rows, of clusters or of columns"
)]

use serde::Serialize;

use super::clusters::{ClusterOptions, Clustering, by_size, sizes, spread_rows, too_few_different};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;

/// Columns with more categories than this are refused.
const MOST_CATEGORIES: u32 = 65_536;

/// Groups of rows about their modes: [`k_modes`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KModes {
    /// Which group each row belongs to.
    pub clustering: Clustering,
    /// The most frequent category of each column in each group; of equally frequent ones the first.
    pub modes: Vec<Vec<u32>>,
    /// Σ over rows of the columns in which the row differs from the mode of its group.
    pub cost: u64,
}

/// Groups rows of categories so that they differ from the modes of their groups in few columns. `columns` are answers, numbers of
/// categories from 0, a row per customer.
///
/// Source: Huang 1998, "Extensions to the k-Means Algorithm for Clustering Large Data Sets with Categorical Values"; starts are drawn
/// as those of k-means++.
///
/// ```
/// use crm_core::idic::differentiate::{ClusterOptions, k_modes};
///
/// let channel = [0, 0, 0, 1, 1];
/// let wish = [2, 2, 2, 0, 1];
/// let found = k_modes(&[&channel, &wish], 2, ClusterOptions::default())?;
/// assert_eq!(found.clustering.cluster, [0, 0, 0, 1, 1]);
/// assert_eq!((found.modes[0].as_slice(), found.cost), ([0, 2].as_slice(), 1));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`]; [`ErrorKind::LengthMismatch`]; [`ErrorKind::OutOfRange`] with the row for a category from 65,536 on, for a number
/// of groups that is 0 or more than there are rows, no starts and no iterations; [`ErrorKind::NoSolution`] for more groups than there are
/// different rows.
pub fn k_modes(columns: &[&[u32]], clusters: usize, options: ClusterOptions) -> Result<KModes> {
    let table = Categories::read(columns)?;
    options.check(table.rows, clusters)?;
    let mut best: Option<Search> = None;
    for start in 0..options.starts {
        let mut random = Stream::new(options.seed, u64::from(start));
        let rows = spread_rows(table.rows, clusters, &mut random, |a, b| {
            table.differences(a, b) as f64
        });
        let rows = rows.ok_or_else(|| too_few_different(clusters))?;
        let modes = rows
            .iter()
            .map(|&row| columns.iter().map(|column| column[row]).collect())
            .collect();
        let found = table.search(modes, options.max_iterations);
        if best.as_ref().is_none_or(|best| found.cost < best.cost) {
            best = Some(found);
        }
    }
    let best = best.ok_or_else(|| too_few_different(clusters))?;
    let place = by_size(&best.cluster, clusters);
    let cluster: Vec<u32> = best.cluster.iter().map(|&c| place[c as usize]).collect();
    let mut modes = vec![Vec::new(); clusters];
    for (c, mode) in best.modes.into_iter().enumerate() {
        modes[place[c] as usize] = mode;
    }
    Ok(KModes {
        clustering: Clustering {
            sizes: sizes(&cluster, clusters),
            cluster,
            iterations: best.iterations,
            converged: best.converged,
        },
        modes,
        cost: best.cost,
    })
}

/// Rows of categories.
pub(super) struct Categories<'a> {
    columns: &'a [&'a [u32]],
    pub(super) rows: usize,
}

struct Search {
    cluster: Vec<u32>,
    modes: Vec<Vec<u32>>,
    cost: u64,
    iterations: u32,
    converged: bool,
}

impl<'a> Categories<'a> {
    pub(super) fn read(columns: &'a [&'a [u32]]) -> Result<Self> {
        let rows = columns.first().map_or(0, |column| column.len());
        if rows == 0 {
            return Err(Error::empty("columns"));
        }
        for column in columns {
            if column.len() != rows {
                return Err(Error::length("columns", column.len(), rows));
            }
            if let Some((row, &code)) = (0..).zip(*column).find(|(_, c)| **c >= MOST_CATEGORIES) {
                let reason = format!("must be a category, less than {MOST_CATEGORIES}");
                let error = Error::new(ErrorKind::OutOfRange, "columns", reason);
                return Err(error.with_value(code).at_row(row));
            }
        }
        Ok(Categories { columns, rows })
    }

    /// In how many columns two rows differ.
    pub(super) fn differences(&self, a: usize, b: usize) -> u64 {
        let differ = self.columns.iter().filter(|column| column[a] != column[b]);
        differ.count() as u64
    }

    fn search(&self, mut modes: Vec<Vec<u32>>, most: u32) -> Search {
        let mut cluster: Vec<u32> = Vec::new();
        let mut iterations = 0;
        loop {
            iterations += 1;
            let nearest = parallel::map_range(self.rows, |row| {
                let mut best = (u64::MAX, 0);
                for (c, mode) in modes.iter().enumerate() {
                    let differ = self.columns.iter().zip(mode).filter(|(x, m)| x[row] != **m);
                    let cost = differ.count() as u64;
                    if cost < best.0 {
                        best = (cost, c as u32);
                    }
                }
                best
            });
            let cost = nearest.iter().map(|&(cost, _)| cost).sum();
            let found: Vec<u32> = nearest.iter().map(|&(_, c)| c).collect();
            let converged = found == cluster;
            cluster = found;
            if converged || iterations > most {
                return Search {
                    cluster,
                    modes,
                    cost,
                    iterations: iterations - 1,
                    converged,
                };
            }
            self.renew(&mut modes, &cluster, &nearest);
        }
    }

    fn renew(&self, modes: &mut [Vec<u32>], cluster: &[u32], nearest: &[(u64, u32)]) {
        let sizes = sizes(cluster, modes.len());
        let mut farthest = (0, 0);
        for (row, &(cost, _)) in nearest.iter().enumerate() {
            if cost > farthest.0 {
                farthest = (cost, row);
            }
        }
        for (j, column) in self.columns.iter().enumerate() {
            let categories = column.iter().copied().max().map_or(0, |c| c as usize + 1);
            let mut counts = vec![0_u64; categories * modes.len()];
            for (&code, &c) in column.iter().zip(cluster) {
                counts[c as usize * categories + code as usize] += 1;
            }
            for (c, mode) in modes.iter_mut().enumerate() {
                if sizes[c] == 0 {
                    // An empty group begins anew at the row that differs most from its mode.
                    mode[j] = column[farthest.1];
                    continue;
                }
                let counts = &counts[c * categories..(c + 1) * categories];
                let mut best = (0, 0);
                for (code, &count) in counts.iter().enumerate() {
                    if count > best.0 {
                        best = (count, code as u32);
                    }
                }
                mode[j] = best.1;
            }
        }
    }
}
