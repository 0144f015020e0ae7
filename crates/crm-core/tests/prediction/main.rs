//! Buy-till-you-die models: reference vectors, fits, laws.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod columns;
mod covariate_vectors;
mod covariates;
mod coverage;
mod fits;
mod intervals;
mod laws;
mod uncertainty;
mod vectors;
