//! `crm_core._core`: the private, compiled part of the Python package.
//!
//! Every function converts, calls one function of the core, and converts back. `README.md` beside
//! this crate says how to add one.
#![deny(unsafe_code)]

mod buffers;
mod categories;
mod error;
mod kernels;
mod ledger;
mod numbers;
mod tables;
mod value;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use super::categories::{categories, category_terms};
    #[pymodule_export]
    use super::error::error_kinds;
    #[pymodule_export]
    use super::kernels::{evaluate, evaluate_columns, kernels};
    #[pymodule_export]
    use super::ledger::{PyLedger, simulate};
    #[pymodule_export]
    use super::tables::OutTable;
    #[pymodule_export]
    use super::value::{
        Concentration, Rfm, customer_type_strategies, customer_types, cuts_assign,
        cuts_equal_parts, cuts_quantiles, group_table, k_means_cut, otsu_cut, pyramid_assign,
        pyramid_thresholds, quantile_cut, rfm_grid, tier_migration, value_group_assign,
        value_group_thresholds,
    };
}
