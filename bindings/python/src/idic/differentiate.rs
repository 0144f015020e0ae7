//! Groups of customers with the same needs.

use crm_core::idic::differentiate::{
    ClusterCount, ClusterOptions, ClusterScaling, Clustering, category_silhouette, choose_clusters,
    choose_modes, cross_table, k_means, k_modes, silhouette,
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

fn categories(columns: &[Indices]) -> crm_core::Result<Vec<&[u32]>> {
    let each = columns.iter();
    each.map(|column| column.slice("columns")).collect()
}

/// Groups, modes, cost.
#[pyfunction]
pub(crate) fn k_modes_groups(
    py: Python<'_>,
    columns: Vec<Indices>,
    clusters: usize,
    given: Options,
) -> Result<(Groups, Vec<Vec<u32>>, u64)> {
    let columns = categories(&columns)?;
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

#[pyfunction]
pub(crate) fn category_silhouettes(
    py: Python<'_>,
    columns: Vec<Indices>,
    cluster: Indices,
) -> Result<Vec<f64>> {
    let columns = categories(&columns)?;
    let cluster = cluster.slice("cluster")?;
    detached(py, || category_silhouette(&columns, cluster))
}

/// Groups, silhouette, inertia of a number of groups.
type Count = (u32, f64, f64);

fn counts(found: &[ClusterCount]) -> Vec<Count> {
    let each = found.iter();
    each.map(|count| (count.clusters, count.silhouette, count.inertia))
        .collect()
}

#[pyfunction]
pub(crate) fn cluster_counts(
    py: Python<'_>,
    columns: Vec<Floats>,
    most: usize,
    scaling: &str,
    given: Options,
) -> Result<Vec<Count>> {
    let columns = slices("columns", &columns)?;
    let scaling: ClusterScaling = member("scaling", scaling)?;
    let found = detached(py, || {
        choose_clusters(&columns, most, scaling, options(given))
    })?;
    Ok(counts(&found))
}

#[pyfunction]
pub(crate) fn mode_counts(
    py: Python<'_>,
    columns: Vec<Indices>,
    most: usize,
    given: Options,
) -> Result<Vec<Count>> {
    let columns = categories(&columns)?;
    let found = detached(py, || choose_modes(&columns, most, options(given)))?;
    Ok(counts(&found))
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
