//! The terms of the core's categories, for the `StrEnum`s of the package.

use crm_core::units::{Label, Language, Terms};
use crm_core::value::cuts::Direction;
use crm_core::value::rfm::RfmSegment;
use crm_core::value::tiers::{PyramidTier, ValueGroup};
use crm_core::value::types::CustomerType;
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::error::Result;

/// Every category of the core, by the `snake_case` name of its class in Python.
static CATEGORIES: &[(&str, AllTerms)] = &[
    ("customer_type", terms::<CustomerType>),
    ("direction", terms::<Direction>),
    ("language", terms::<Language>),
    ("pyramid_tier", terms::<PyramidTier>),
    ("rfm_segment", terms::<RfmSegment>),
    ("value_group", terms::<ValueGroup>),
];

type AllTerms = fn() -> Vec<Terms>;

fn terms<T: Label>() -> Vec<Terms> {
    T::ALL.iter().map(|member| member.terms()).collect()
}

/// The name of every category.
#[pyfunction]
pub(crate) fn categories() -> Vec<&'static str> {
    CATEGORIES.iter().map(|(name, _)| *name).collect()
}

/// The members of a category in the order of their numbers: name, English and Chinese term.
#[pyfunction]
pub(crate) fn category_terms(
    category: &str,
) -> Result<Vec<(&'static str, &'static str, &'static str)>> {
    let found = CATEGORIES.iter().find(|(name, _)| *name == category);
    let Some((_, terms)) = found else {
        let error = Error::new(
            ErrorKind::NotFound,
            "category",
            "is not a category of crm-core",
        );
        return Err(error.with_value(format_args!("{category:?}")).into());
    };
    Ok(terms().into_iter().map(|t| (t.name, t.en, t.zh)).collect())
}
