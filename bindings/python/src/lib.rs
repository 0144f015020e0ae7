//! `crm_core._core`: the private, compiled part of the Python package.
//!
//! Every function converts, calls one function of the core, and converts back. `README.md` beside
//! this crate says how to add one.
#![deny(unsafe_code)]

mod buffers;
mod categories;
mod error;
mod kernels;
mod numbers;
mod tables;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use super::categories::{categories, category_terms};
    #[pymodule_export]
    use super::error::error_kinds;
    #[pymodule_export]
    use super::kernels::{evaluate, evaluate_columns, kernels};
    #[pymodule_export]
    use super::tables::OutTable;
}
