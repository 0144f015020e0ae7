//! Groups of customers with the same needs.

use crm_core::idic::differentiate::{
    ClusterOptions, ClusterScaling, Clustering, choose_clusters, cross_table, k_means, k_modes,
    silhouette,
};
use pyo3::prelude::*;

use crate::buffers::{Floats, Indices, detached};
use crate::categories::member;
use crate::error::Result;
use crate::service::slices;

/// Starts, iterations at most, seed.
type Options = (u32, u32, u64);

fn options((starts, max_iterations, seed): Options) -> ClusterOptions {
    ClusterOptions {
        starts,
        max_iterations,
        seed,
    }
}

/// Group of each row, sizes, iterations, converged.
type Groups = (Vec<u32>, Vec<u64>, u32, bool);

fn groups(found: Clustering) -> Groups {
    (
        found.cluster,
        found.sizes,
        found.iterations,
        found.converged,
    )
}

/// Groups, centers, inertia, explained.
#[pyfunction]
pub(crate) fn k_means_groups(
    py: Python<'_>,
    columns: Vec<Floats>,
    clusters: usize,
    scaling: &str,
    given: Options,
) -> Result<(Groups, Vec<Vec<f64>>, f64, f64)> {
    let columns = slices("columns", &columns)?;
    let scaling: ClusterScaling = member("scaling", scaling)?;
    let found = detached(py, || k_means(&columns, clusters, scaling, options(given)))?;
    Ok((
        groups(found.clustering),
        found.centers,
        found.inertia,
        found.explained,
    ))
}

/// Groups, modes, cost.
#[pyfunction]
pub(crate) fn k_modes_groups(
    py: Python<'_>,
    columns: Vec<Indices>,
    clusters: usize,
    given: Options,
) -> Result<(Groups, Vec<Vec<u32>>, u64)> {
    let columns: crm_core::Result<Vec<&[u32]>> = columns
        .iter()
        .map(|column| column.slice("columns"))
        .collect();
    let columns = columns?;
    let found = detached(py, || k_modes(&columns, clusters, options(given)))?;
    Ok((groups(found.clustering), found.modes, found.cost))
}

#[pyfunction]
pub(crate) fn silhouettes(
    py: Python<'_>,
    columns: Vec<Floats>,
    cluster: Indices,
    scaling: &str,
) -> Result<Vec<f64>> {
    let columns = slices("columns", &columns)?;
    let scaling: ClusterScaling = member("scaling", scaling)?;
    let cluster = cluster.slice("cluster")?;
    detached(py, || silhouette(&columns, cluster, scaling))
}

/// Groups, silhouette, inertia of each number of groups.
#[pyfunction]
pub(crate) fn cluster_counts(
    py: Python<'_>,
    columns: Vec<Floats>,
    most: usize,
    scaling: &str,
    given: Options,
) -> Result<Vec<(u32, f64, f64)>> {
    let columns = slices("columns", &columns)?;
    let scaling: ClusterScaling = member("scaling", scaling)?;
    let found = detached(py, || {
        choose_clusters(&columns, most, scaling, options(given))
    })?;
    Ok(found
        .iter()
        .map(|count| (count.clusters, count.silhouette, count.inertia))
        .collect())
}

/// Counts and totals, row after row.
#[pyfunction]
pub(crate) fn crossed(
    first: Indices,
    rows: usize,
    second: Indices,
    columns: usize,
    measure: Option<Floats>,
) -> Result<(Vec<u64>, Vec<f64>)> {
    let measure = match &measure {
        Some(measure) => Some(measure.slice("measure")?),
        None => None,
    };
    let (first, second) = (first.slice("first")?, second.slice("second")?);
    let found = cross_table(first, rows, second, columns, measure)?;
    Ok((found.counts, found.totals))
}
