//! Differentiate, interact, customise: reference vectors, and laws of the pipeline's stages.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot read its case fails"
)]

mod assigning;
#[path = "../vectors/mod.rs"]
mod cases;
mod choosing;
mod grouping;
mod market;
mod vectors;
