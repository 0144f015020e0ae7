#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of rows, of clusters or of columns"
)]

use serde::{Deserialize, Serialize};

use super::clusters::{ClusterOptions, Clustering, by_size, sizes, spread_rows, too_few_different};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;
use crate::units::{Label, Terms};

/// Rows of one sum: sums over blocks in their order give the same bits for any number of threads.
const BLOCK: usize = 4096;

/// What distances are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ClusterScaling {
    /// Standard deviations of the columns, so that the unit of a column does not matter.
    Standardized = 0,
    /// The units of the columns.
    AsGiven = 1,
}

impl Label for ClusterScaling {
    const ALL: &'static [Self] = &[ClusterScaling::Standardized, ClusterScaling::AsGiven];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ClusterScaling::Standardized => ("standardized", "Standardised", "标准化"),
            ClusterScaling::AsGiven => ("as_given", "As given", "原始单位"),
        };
        Terms { name, en, zh }
    }
}

/// Groups of rows about their means: [`k_means`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KMeans {
    /// Which group each row belongs to.
    pub clustering: Clustering,
    /// The mean of each column over each group, in the units of the columns.
    pub centers: Vec<Vec<f64>>,
    /// Σ of squared distances of the rows from the centres of their groups, in units of the scaling.
    pub inertia: f64,
    /// 1 − inertia / Σ of squared distances from the mean of all rows: what the groups explain.
    pub explained: f64,
}

/// Groups rows of numbers so that Σ of their squared distances from the means of their groups is small: Lloyd's iteration from the best of
/// several k-means++ starts. `columns` are the needs, a row per customer.
///
/// Source: Lloyd 1982; Arthur & Vassilvitskii 2007.
///
/// ```
/// use crm_core::idic::differentiate::{ClusterOptions, ClusterScaling, k_means};
///
/// let price = [1.0, 1.2, 0.9, 5.0, 5.1, 4.8, 5.2];
/// let found = k_means(&[&price], 2, ClusterScaling::AsGiven, ClusterOptions::default())?;
/// assert_eq!(found.clustering.cluster, [1, 1, 1, 0, 0, 0, 0]);
/// assert!((found.centers[0][0] - 5.025).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`]; [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] with the row; [`ErrorKind::OutOfRange`] for a number of
/// groups that is 0 or more than there are rows, no starts and no iterations; [`ErrorKind::NoSolution`] for a constant column that is to
/// be standardised, and for more groups than there are different rows.
pub fn k_means(
    columns: &[&[f64]],
    clusters: usize,
    scaling: ClusterScaling,
    options: ClusterOptions,
) -> Result<KMeans> {
    let table = Table::read(columns, scaling)?;
    options.check(table.rows, clusters)?;
    let mut best: Option<Search> = None;
    for start in 0..options.starts {
        let mut random = Stream::new(options.seed, u64::from(start));
        let rows = spread_rows(table.rows, clusters, &mut random, |a, b| {
            distance(table.row(a), table.row(b))
        });
        let rows = rows.ok_or_else(|| too_few_different(clusters))?;
        let centers = rows
            .iter()
            .flat_map(|&row| table.row(row))
            .copied()
            .collect();
        let found = table.search(centers, clusters, options.max_iterations);
        if best
            .as_ref()
            .is_none_or(|best| found.inertia < best.inertia)
        {
            best = Some(found);
        }
    }
    let best = best.ok_or_else(|| too_few_different(clusters))?;
    Ok(table.result(best, clusters))
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The rows, one after the other, in units of the scaling.
pub(super) struct Table {
    pub(super) rows: usize,
    width: usize,
    values: Vec<f64>,
    means: Vec<f64>,
    deviations: Vec<f64>,
}

/// Where one search ended.
struct Search {
    cluster: Vec<u32>,
    centers: Vec<f64>,
    inertia: f64,
    iterations: u32,
    converged: bool,
}

/// What the rows of a block say: the nearest centre of each, and the sums of each group.
struct Part {
    cluster: Vec<u32>,
    sums: Vec<f64>,
    counts: Vec<u64>,
    inertia: f64,
    farthest: (f64, usize),
}

impl Table {
    pub(super) fn read(columns: &[&[f64]], scaling: ClusterScaling) -> Result<Self> {
        let rows = columns.first().map_or(0, |column| column.len());
        if rows == 0 {
            return Err(Error::empty("columns"));
        }
        let (mut means, mut deviations) = (Vec::new(), Vec::new());
        for (place, column) in columns.iter().enumerate() {
            if column.len() != rows {
                return Err(Error::length("columns", column.len(), rows));
            }
            if let Some((row, &value)) = (0..).zip(*column).find(|(_, x)| !x.is_finite()) {
                return Err(Error::not_finite("columns", value).at_row(row));
            }
            let mean = column.iter().sum::<f64>() / rows as f64;
            let squares: f64 = column.iter().map(|x| (x - mean) * (x - mean)).sum();
            let deviation = match scaling {
                ClusterScaling::AsGiven => 1.0,
                ClusterScaling::Standardized => libm::sqrt(squares / rows as f64),
            };
            if deviation.is_nan() || deviation <= 1e-14 * mean.abs() {
                let reason = "does not vary and cannot be standardised: leave it out";
                let error = Error::new(ErrorKind::NoSolution, "columns", reason);
                return Err(error.with_value(format_args!("constant in column {place}")));
            }
            means.push(mean);
            deviations.push(deviation);
        }
        let width = columns.len();
        let mut values = vec![0.0; rows * width];
        for (j, column) in columns.iter().enumerate() {
            for (row, x) in column.iter().enumerate() {
                values[row * width + j] = (x - means[j]) / deviations[j];
            }
        }
        Ok(Table {
            rows,
            width,
            values,
            means,
            deviations,
        })
    }

    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// Between two rows.
    pub(super) fn distance(&self, a: usize, b: usize) -> f64 {
        libm::sqrt(distance(self.row(a), self.row(b)))
    }

    fn search(&self, mut centers: Vec<f64>, clusters: usize, most: u32) -> Search {
        let mut cluster: Vec<u32> = Vec::new();
        let mut iterations = 0;
        loop {
            iterations += 1;
            let part = self.nearest(&centers, clusters);
            let converged = part.cluster == cluster;
            cluster = part.cluster;
            if converged || iterations > most {
                return Search {
                    cluster,
                    centers,
                    inertia: part.inertia,
                    iterations: iterations - 1,
                    converged,
                };
            }
            for c in 0..clusters {
                let center = &mut centers[c * self.width..(c + 1) * self.width];
                if part.counts[c] == 0 {
                    // An empty group begins anew at the row that is farthest from its centre.
                    center.copy_from_slice(self.row(part.farthest.1));
                    continue;
                }
                let sums = &part.sums[c * self.width..(c + 1) * self.width];
                for (center, sum) in center.iter_mut().zip(sums) {
                    *center = sum / part.counts[c] as f64;
                }
            }
        }
    }

    fn nearest(&self, centers: &[f64], clusters: usize) -> Part {
        let parts = parallel::map_range(self.rows.div_ceil(BLOCK), |block| {
            self.nearest_of_block(block * BLOCK, centers, clusters)
        });
        let mut all = Part {
            cluster: Vec::with_capacity(self.rows),
            sums: vec![0.0; clusters * self.width],
            counts: vec![0; clusters],
            inertia: 0.0,
            farthest: (-1.0, 0),
        };
        for part in parts {
            all.cluster.extend(part.cluster);
            all.inertia += part.inertia;
            all.sums
                .iter_mut()
                .zip(part.sums)
                .for_each(|(a, b)| *a += b);
            all.counts
                .iter_mut()
                .zip(part.counts)
                .for_each(|(a, b)| *a += b);
            if part.farthest.0 > all.farthest.0 {
                all.farthest = part.farthest;
            }
        }
        all
    }

    fn nearest_of_block(&self, first: usize, centers: &[f64], clusters: usize) -> Part {
        let last = (first + BLOCK).min(self.rows);
        let mut part = Part {
            cluster: Vec::with_capacity(last - first),
            sums: vec![0.0; clusters * self.width],
            counts: vec![0; clusters],
            inertia: 0.0,
            farthest: (-1.0, first),
        };
        for row in first..last {
            let x = self.row(row);
            let mut best = (f64::INFINITY, 0);
            for (c, center) in centers.chunks_exact(self.width).enumerate() {
                let d = distance(x, center);
                if d < best.0 {
                    best = (d, c);
                }
            }
            let (d, c) = best;
            part.inertia += d;
            part.counts[c] += 1;
            let sums = &mut part.sums[c * self.width..(c + 1) * self.width];
            sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
            if d > part.farthest.0 {
                part.farthest = (d, row);
            }
            part.cluster.push(c as u32);
        }
        part
    }

    fn result(&self, found: Search, clusters: usize) -> KMeans {
        let place = by_size(&found.cluster, clusters);
        let cluster: Vec<u32> = found.cluster.iter().map(|&c| place[c as usize]).collect();
        let mut centers = vec![Vec::new(); clusters];
        for (c, center) in found.centers.chunks_exact(self.width).enumerate() {
            let units = center.iter().zip(&self.deviations).zip(&self.means);
            centers[place[c] as usize] = units.map(|((x, s), m)| m + s * x).collect();
        }
        // Columns were centred: the mean of all rows is 0.
        let total: f64 = self.values.iter().map(|x| x * x).sum();
        KMeans {
            clustering: Clustering {
                sizes: sizes(&cluster, clusters),
                cluster,
                iterations: found.iterations,
                converged: found.converged,
            },
            centers,
            inertia: found.inertia,
            explained: 1.0 - found.inertia / total,
        }
    }
}
