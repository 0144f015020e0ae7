//! Groups of customers with the same needs.

use std::mem::MaybeUninit;

use crm_core::idic::differentiate::{
    ClusterCount, ClusterOptions, ClusterScaling, Clustering, category_silhouette, choose_clusters,
    choose_modes, cross_table, k_means, k_modes, silhouette,
};

use crate::boundary::{Output, OutputSlice, optional_slice, read, respond, slice, write_optional};
use crate::categories::crm_cluster_scaling;
use crate::category;
use crate::service::table;
use crate::status::crm_status;

/// How groups are searched.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_cluster_options {
    /// Of the random starts.
    pub seed: u64,
    /// Searches from different starts, of which the best counts; for example 10.
    pub starts: u32,
    /// Rounds of one search at most; for example 300.
    pub max_iterations: u32,
}

impl From<crm_cluster_options> for ClusterOptions {
    fn from(given: crm_cluster_options) -> Self {
        ClusterOptions {
            starts: given.starts,
            max_iterations: given.max_iterations,
            seed: given.seed,
        }
    }
}

/// How well groups fit.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_clustering {
    /// k-means: Σ of squared distances from the centres, in units of the scaling. k-modes: columns in which rows differ from their modes.
    pub cost: f64,
    /// k-means: 1 − cost / Σ of squared distances from the mean of all rows. k-modes: NaN.
    pub explained: f64,
    /// Rounds of the search that was the best.
    pub iterations: u32,
    /// Whether it ended because nothing changed any more.
    pub converged: i32,
}

fn summary(cost: f64, explained: f64, found: &Clustering) -> crm_clustering {
    crm_clustering {
        cost,
        explained,
        iterations: found.iterations,
        converged: i32::from(found.converged),
    }
}

/// Groups rows of numbers about their means, so that Σ of squared distances is small (Lloyd 1982; starts of Arthur & Vassilvitskii 2007).
/// Groups are numbered by their size, the largest first.
///
/// @param columns the needs, a row per customer
/// @param column_count how many columns
/// @param rows how many customers
/// @param clusters how many groups
/// @param scaling what distances are measured in
/// @param options how groups are searched
/// @param cluster receives the group of each row
/// @param centers receives the mean of each column over each group, group after group: clusters · column_count
/// @param out receives how well they fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_k_means(
    columns: *const *const f64,
    column_count: usize,
    rows: usize,
    clusters: usize,
    scaling: MaybeUninit<crm_cluster_scaling>,
    options: *const crm_cluster_options,
    cluster: *mut u32,
    centers: *mut f64,
    out: *mut crm_clustering,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("columns", columns, column_count, rows)?;
        let scaling: ClusterScaling = category::read("scaling", scaling)?;
        let options = read("options", options)?.into();
        let cluster = OutputSlice::new("cluster", cluster, rows)?;
        let centers = OutputSlice::new("centers", centers, clusters.saturating_mul(column_count))?;
        let out = Output::new("out", out)?;
        let found = k_means(&columns, clusters, scaling, options)?;
        cluster.write("cluster", &found.clustering.cluster)?;
        centers.write("centers", &found.centers.concat())?;
        out.write(summary(found.inertia, found.explained, &found.clustering));
        Ok(())
    })
}

/// Groups rows of categories about their modes, so that they differ from them in few columns (Huang 1998).
///
/// @param columns answers: categories from 0 to 65,535, a row per customer
/// @param column_count how many columns
/// @param rows how many customers
/// @param clusters how many groups
/// @param options how groups are searched
/// @param cluster receives the group of each row
/// @param modes receives the most frequent category of each column in each group, group after group: clusters · column_count
/// @param out receives how well they fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_k_modes(
    columns: *const *const u32,
    column_count: usize,
    rows: usize,
    clusters: usize,
    options: *const crm_cluster_options,
    cluster: *mut u32,
    modes: *mut u32,
    out: *mut crm_clustering,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("columns", columns, column_count, rows)?;
        let options = read("options", options)?.into();
        let cluster = OutputSlice::new("cluster", cluster, rows)?;
        let modes = OutputSlice::new("modes", modes, clusters.saturating_mul(column_count))?;
        let out = Output::new("out", out)?;
        let found = k_modes(&columns, clusters, options)?;
        cluster.write("cluster", &found.clustering.cluster)?;
        modes.write("modes", &found.modes.concat())?;
        out.write(summary(found.cost as f64, f64::NAN, &found.clustering));
        Ok(())
    })
}

/// The silhouette of each row: near 1 it lies well in its group, below 0 nearer to another. Source: Rousseeuw 1987.
///
/// @param columns the needs, a row per customer
/// @param column_count how many columns
/// @param cluster the group of each row
/// @param rows how many customers
/// @param scaling what distances are measured in
/// @param out receives one per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_silhouette(
    columns: *const *const f64,
    column_count: usize,
    cluster: *const u32,
    rows: usize,
    scaling: MaybeUninit<crm_cluster_scaling>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("columns", columns, column_count, rows)?;
        let cluster = slice("cluster", cluster, rows)?;
        let scaling: ClusterScaling = category::read("scaling", scaling)?;
        let out = OutputSlice::new("out", out, rows)?;
        out.write("out", &silhouette(&columns, cluster, scaling)?)
    })
}

/// The silhouette of each row of categories; the distance of two rows is the number of columns in which they differ.
///
/// @param columns answers: categories from 0 to 65,535, a row per customer
/// @param column_count how many columns
/// @param cluster the group of each row
/// @param rows how many customers
/// @param out receives one per row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_category_silhouette(
    columns: *const *const u32,
    column_count: usize,
    cluster: *const u32,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("columns", columns, column_count, rows)?;
        let cluster = slice("cluster", cluster, rows)?;
        let out = OutputSlice::new("out", out, rows)?;
        out.write("out", &category_silhouette(&columns, cluster)?)
    })
}

/// How well a number of groups fits.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_cluster_count {
    /// The mean silhouette.
    pub silhouette: f64,
    /// Σ of squared distances from the centres; of categories, of columns in which rows differ from their modes.
    pub inertia: f64,
    /// The number of groups.
    pub clusters: u32,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// How well each number of groups from 2 on fits; the highest silhouette is the number to take.
///
/// @param columns the needs, a row per customer
/// @param column_count how many columns
/// @param rows how many customers
/// @param most groups at most, 2 or more
/// @param scaling what distances are measured in
/// @param options how groups are searched
/// @param out receives most − 1 rows
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_choose_clusters(
    columns: *const *const f64,
    column_count: usize,
    rows: usize,
    most: usize,
    scaling: MaybeUninit<crm_cluster_scaling>,
    options: *const crm_cluster_options,
    out: *mut crm_cluster_count,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("columns", columns, column_count, rows)?;
        let scaling: ClusterScaling = category::read("scaling", scaling)?;
        let options = read("options", options)?.into();
        let out = OutputSlice::new("out", out, most.saturating_sub(1))?;
        let found = choose_clusters(&columns, most, scaling, options)?;
        out.write("out", &found.iter().map(Into::into).collect::<Vec<_>>())
    })
}

/// How well each number of groups of categories from 2 on fits; the highest silhouette is the number to take.
///
/// @param columns answers: categories from 0 to 65,535, a row per customer
/// @param column_count how many columns
/// @param rows how many customers
/// @param most groups at most, 2 or more
/// @param options how groups are searched
/// @param out receives most − 1 rows
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_choose_modes(
    columns: *const *const u32,
    column_count: usize,
    rows: usize,
    most: usize,
    options: *const crm_cluster_options,
    out: *mut crm_cluster_count,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("columns", columns, column_count, rows)?;
        let options = read("options", options)?.into();
        let out = OutputSlice::new("out", out, most.saturating_sub(1))?;
        let found = choose_modes(&columns, most, options)?;
        out.write("out", &found.iter().map(Into::into).collect::<Vec<_>>())
    })
}

impl From<&ClusterCount> for crm_cluster_count {
    fn from(count: &ClusterCount) -> Self {
        crm_cluster_count {
            silhouette: count.silhouette,
            inertia: count.inertia,
            clusters: count.clusters,
            reserved: [0; 4],
        }
    }
}

/// Counts customers by two divisions of them, such as value × needs, or type before × type after, and sums what was measured in each cell.
///
/// @param first the group of each customer in the first division, below `rows`
/// @param rows groups of the first division
/// @param second the group of each customer in the second division, below `columns`
/// @param columns groups of the second division
/// @param measure what is summed, such as the value of each customer; may be NULL: nothing
/// @param customers how many customers
/// @param counts receives customers in each cell, row after row: rows · columns
/// @param totals receives the sums; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_cross_table(
    first: *const u32,
    rows: usize,
    second: *const u32,
    columns: usize,
    measure: *const f64,
    customers: usize,
    counts: *mut u64,
    totals: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let first = slice("first", first, customers)?;
        let second = slice("second", second, customers)?;
        let measure = optional_slice("measure", measure, customers)?;
        let cells = rows.saturating_mul(columns);
        let counts = OutputSlice::new("counts", counts, cells)?;
        let totals = OutputSlice::optional("totals", totals, cells)?;
        let found = cross_table(first, rows, second, columns, measure)?;
        counts.write("counts", &found.counts)?;
        write_optional(totals, "totals", &found.totals)
    })
}
