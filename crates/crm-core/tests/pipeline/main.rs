//! The process from raw records to next actions and offers: what must hold of every round.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot make its round fails"
)]

#[allow(dead_code, reason = "this area has no kernels")]
#[path = "../vectors/mod.rs"]
mod cases;
mod learning;
mod records;
mod review;
mod rounds;
mod saved;
mod vectors;
mod world;
