use serde::Serialize;

use super::clusters::ClusterOptions;
use super::k_means::{ClusterScaling, Table, k_means};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;

/// Rows whose silhouette is computed at most: distances between all pairs of them are needed.
const MOST_ROWS: usize = 5_000;
/// Which stream of the seed the rows are drawn from, where there are more.
const SAMPLE: u64 = u64::MAX;

/// How well a number of groups fits: [`choose_clusters`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClusterCount {
    /// The number of groups.
    pub clusters: u32,
    /// The mean silhouette.
    pub silhouette: f64,
    /// Σ of squared distances from the centres.
    pub inertia: f64,
}

/// The silhouette of each row: (b − a) / max(a, b), a the mean distance to the other rows of its own group, b the mean distance to those of
/// the nearest other group; 0 in a group of one. Near 1 the row lies well in its group, below 0 nearer to another.
///
/// Source: Rousseeuw 1987.
///
/// ```
/// use crm_core::idic::differentiate::{ClusterScaling, silhouette};
///
/// let found = silhouette(&[&[0.0, 1.0, 10.0]], &[0, 0, 1], ClusterScaling::AsGiven)?;
/// assert_eq!(found, [0.9, 1.0 - 1.0 / 9.0, 0.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`]; [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] with the row; [`ErrorKind::OutOfRange`] for fewer than
/// two groups; [`ErrorKind::NoSolution`] for a constant column that is to be standardised.
pub fn silhouette(
    columns: &[&[f64]],
    cluster: &[u32],
    scaling: ClusterScaling,
) -> Result<Vec<f64>> {
    let table = Table::read(columns, scaling)?;
    if cluster.len() != table.rows {
        return Err(Error::length("cluster", cluster.len(), table.rows));
    }
    let rows: Vec<usize> = (0..table.rows).collect();
    of_rows(&table, cluster, &rows)
}

fn of_rows(table: &Table, cluster: &[u32], rows: &[usize]) -> Result<Vec<f64>> {
    let of_row = |row: usize| cluster.get(row).map_or(0, |&c| c as usize);
    let clusters = rows
        .iter()
        .map(|&row| of_row(row))
        .max()
        .map_or(0, |c| c + 1);
    let mut counts = vec![0_u64; clusters];
    for &row in rows {
        if let Some(count) = counts.get_mut(of_row(row)) {
            *count += 1;
        }
    }
    let filled = counts.iter().filter(|&&count| count > 0).count();
    if filled < 2 {
        let reason = "must have two groups or more";
        let error = Error::new(ErrorKind::OutOfRange, "cluster", reason);
        return Err(error.with_value(format_args!("of {filled}")));
    }
    Ok(parallel::map(rows.to_vec(), |row| {
        let x = table.row(row);
        let mut sums = vec![0.0; clusters];
        for &other in rows {
            let pairs = x.iter().zip(table.row(other));
            let square: f64 = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
            if let Some(sum) = sums.get_mut(of_row(other)) {
                *sum += libm::sqrt(square);
            }
        }
        let own = of_row(row);
        let (mut inside, mut outside) = (None, f64::INFINITY);
        for (c, (&sum, &count)) in sums.iter().zip(&counts).enumerate() {
            if c == own {
                inside = (count > 1).then(|| sum / (count - 1) as f64);
            } else if count > 0 {
                outside = outside.min(sum / count as f64);
            }
        }
        match inside {
            Some(a) if a.max(outside) > 0.0 => (outside - a) / a.max(outside),
            _ => 0.0,
        }
    }))
}

/// Groups rows into each number of groups from 2 to `most` by [`k_means`] and returns how well each fits; the highest mean silhouette is
/// the number to take. Of more than 5,000 rows the silhouettes are those of 5,000 drawn by the seed.
///
/// # Errors
/// Those of [`k_means`]; [`ErrorKind::OutOfRange`] for `most` below 2.
pub fn choose_clusters(
    columns: &[&[f64]],
    most: usize,
    scaling: ClusterScaling,
    options: ClusterOptions,
) -> Result<Vec<ClusterCount>> {
    if most < 2 {
        let error = Error::new(ErrorKind::OutOfRange, "most", "must be 2 or more");
        return Err(error.with_value(most));
    }
    let table = Table::read(columns, scaling)?;
    let mut rows = Stream::new(options.seed, SAMPLE).permutation(table.rows);
    rows.truncate(MOST_ROWS);
    rows.sort_unstable();
    (2..=most)
        .map(|clusters| {
            let found = k_means(columns, clusters, scaling, options)?;
            let each = of_rows(&table, &found.clustering.cluster, &rows)?;
            Ok(ClusterCount {
                clusters: clusters as u32,
                silhouette: each.iter().sum::<f64>() / each.len() as f64,
                inertia: found.inertia,
            })
        })
        .collect()
}
