//! `crm_core.lifecycle`.

pub(crate) mod economics;
pub(crate) mod hidden_markov;
pub(crate) mod inference;
pub(crate) mod stage_values;
pub(crate) mod stages;
pub(crate) mod tenure;

pub(crate) mod activity;
pub(crate) mod ids;
mod tables;

use crm_core::units::Label;
use crm_core_arrow::{NewColumn, NewValues};

fn floats(name: &str, values: Vec<f64>) -> NewColumn {
    NewColumn::new(name, NewValues::Floats(values))
}

fn categories<T: Label + PartialEq>(name: &str, members: &[T]) -> NewColumn {
    let code = |member: &T| T::ALL.iter().position(|m| m == member).unwrap_or_default();
    let codes = members
        .iter()
        .map(|m| u8::try_from(code(m)).unwrap_or(u8::MAX));
    coded::<T>(name, codes.collect())
}

/// A column of members by their places in `ALL`.
fn coded<T: Label>(name: &str, codes: Vec<u8>) -> NewColumn {
    let names = T::ALL.iter().map(|member| member.name()).collect();
    NewColumn::new(name, NewValues::Categories(codes, names))
}
