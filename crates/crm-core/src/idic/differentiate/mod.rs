//! Differentiate: groups of customers with the same needs, and what they are worth.
//!
//! By value customers differ by [`clv`](crate::clv), their tiers and types by [`value`](crate::value); by needs they are grouped here, on
//! numbers by k-means, on categories by k-modes.

mod clusters;
mod k_means;
mod k_modes;
mod matrix;
mod silhouette;

pub use clusters::{ClusterOptions, Clustering};
pub use k_means::{ClusterScaling, KMeans, k_means};
pub use k_modes::{KModes, k_modes};
pub use matrix::{CrossTable, cross_table};
pub use silhouette::{
    ClusterCount, category_silhouette, choose_clusters, choose_modes, silhouette,
};
