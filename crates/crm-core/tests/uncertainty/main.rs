//! How far to trust the matrix CLV: reference vectors, and the laws that hold for any market.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../switching_arguments/mod.rs"]
mod arguments;
#[allow(dead_code, reason = "this area has no kernels")]
#[path = "../vectors/mod.rs"]
mod cases;
mod laws;
mod vectors;
