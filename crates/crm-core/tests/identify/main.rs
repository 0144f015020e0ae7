//! Entity resolution: reference vectors, laws, the store of profiles.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

#[allow(dead_code, reason = "this area has no kernels")]
#[path = "../vectors/mod.rs"]
mod cases;
mod derived;
mod people;
mod resolving;
mod store;
mod store_laws;
mod texts;
mod updates;
mod vectors;
