use serde::Serialize;

use super::clusters::ClusterOptions;
use super::k_means::{ClusterScaling, Table, k_means};
use super::k_modes::{Categories, k_modes};
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
    /// Σ of squared distances from the centres; of categories, of columns in which rows differ from their modes.
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
    of_rows(cluster, &rows, |a, b| table.distance(a, b))
}

/// The [`silhouette`] of each row of categories; the distance of two rows is the number of columns in which they differ.
///
/// ```
/// use crm_core::idic::differentiate::category_silhouette;
///
/// let found = category_silhouette(&[&[0, 0, 1], &[2, 2, 0]], &[0, 0, 1])?;
/// assert_eq!(found, [1.0, 1.0, 0.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`]; [`ErrorKind::LengthMismatch`]; [`ErrorKind::OutOfRange`] for fewer than two groups, and with the row for a category
/// from 65,536 on.
pub fn category_silhouette(columns: &[&[u32]], cluster: &[u32]) -> Result<Vec<f64>> {
    let table = Categories::read(columns)?;
    if cluster.len() != table.rows {
        return Err(Error::length("cluster", cluster.len(), table.rows));
    }
    let rows: Vec<usize> = (0..table.rows).collect();
    of_rows(cluster, &rows, |a, b| table.differences(a, b) as f64)
}

fn of_rows(
    cluster: &[u32],
    rows: &[usize],
    distance: impl Fn(usize, usize) -> f64 + Sync,
) -> Result<Vec<f64>> {
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
        let mut sums = vec![0.0; clusters];
        for &other in rows {
            if let Some(sum) = sums.get_mut(of_row(other)) {
                *sum += distance(row, other);
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
    check_most(most)?;
    let table = Table::read(columns, scaling)?;
    let rows = sample(table.rows, options);
    let fit = |clusters| {
        let found = k_means(columns, clusters, scaling, options)?;
        let each = of_rows(&found.clustering.cluster, &rows, |a, b| {
            table.distance(a, b)
        })?;
        Ok(count(clusters, &each, found.inertia))
    };
    (2..=most).map(fit).collect()
}

/// The same for rows of categories by [`k_modes`] and [`category_silhouette`]; the inertia is Σ of the columns in which rows differ from the
/// modes of their groups.
///
/// # Errors
/// Those of [`k_modes`]; [`ErrorKind::OutOfRange`] for `most` below 2.
pub fn choose_modes(
    columns: &[&[u32]],
    most: usize,
    options: ClusterOptions,
) -> Result<Vec<ClusterCount>> {
    check_most(most)?;
    let table = Categories::read(columns)?;
    let rows = sample(table.rows, options);
    let fit = |clusters| {
        let found = k_modes(columns, clusters, options)?;
        let each = of_rows(&found.clustering.cluster, &rows, |a, b| {
            table.differences(a, b) as f64
        })?;
        Ok(count(clusters, &each, found.cost as f64))
    };
    (2..=most).map(fit).collect()
}

fn check_most(most: usize) -> Result<()> {
    if most < 2 {
        let error = Error::new(ErrorKind::OutOfRange, "most", "must be 2 or more");
        return Err(error.with_value(most));
    }
    Ok(())
}

/// The rows whose silhouettes are computed.
fn sample(rows: usize, options: ClusterOptions) -> Vec<usize> {
    let mut rows = Stream::new(options.seed, SAMPLE).permutation(rows);
    rows.truncate(MOST_ROWS);
    rows.sort_unstable();
    rows
}

fn count(clusters: usize, silhouettes: &[f64], inertia: f64) -> ClusterCount {
    ClusterCount {
        clusters: clusters as u32,
        silhouette: silhouettes.iter().sum::<f64>() / silhouettes.len() as f64,
        inertia,
    }
}
