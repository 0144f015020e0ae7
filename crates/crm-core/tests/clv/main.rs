//! Lifetime value: reference vectors, laws, and what is refused.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

#[path = "../vectors/mod.rs"]
mod cases;
mod laws;
mod refused;
mod vectors;
