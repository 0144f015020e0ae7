//! Offers to customers, and conjoint analysis.

use crm_core::idic::customize::assignment::{Offer, assign};
use crm_core::idic::customize::conjoint::{
    Attribute, PartWorths, choice_shares, fit_choices, fit_ratings,
};
use pyo3::prelude::*;

use crate::buffers::{Floats, Indices, detached};
use crate::categories::member;
use crate::error::Result;
use crate::service::{slices, truths};

#[derive(IntoPyObject)]
pub(crate) struct AssignmentParts {
    /// −1: none.
    offer: Vec<i64>,
    reason: Vec<u8>,
    value: f64,
    bound: f64,
    gap: f64,
    cost: f64,
    made: Vec<u64>,
    place_prices: Vec<f64>,
    money_price: f64,
}

#[pyfunction]
pub(crate) fn offers_assigned(
    py: Python<'_>,
    values: Vec<Floats>,
    offers: Vec<(f64, Option<u64>)>,
    budget: Option<f64>,
) -> Result<AssignmentParts> {
    let columns = slices("values", &values)?;
    let offers: Vec<Offer> = offers
        .into_iter()
        .map(|(cost, capacity)| Offer { cost, capacity })
        .collect();
    let found = detached(py, || assign(&columns, &offers, budget))?;
    Ok(AssignmentParts {
        gap: found.gap(),
        offer: found
            .offer
            .iter()
            .map(|offer| offer.map_or(-1, i64::from))
            .collect(),
        reason: found.reason.iter().map(|&reason| reason as u8).collect(),
        value: found.value,
        bound: found.bound,
        cost: found.cost,
        made: found.made,
        place_prices: found.place_prices,
        money_price: found.money_price,
    })
}

/// For each attribute, worth and standard error of its levels; and its importance.
type Worths = (Vec<Vec<(f64, f64)>>, Vec<f64>);

fn worths(found: &PartWorths) -> Worths {
    let levels = found.levels.iter().map(|levels| {
        let pairs = levels
            .iter()
            .map(|level| (level.worth, level.standard_error));
        pairs.collect()
    });
    (levels.collect(), found.importance())
}

fn attributes(given: Vec<(String, Vec<String>)>) -> Vec<Attribute> {
    given
        .into_iter()
        .map(|(name, levels)| Attribute { name, levels })
        .collect()
}

fn products(columns: &[Indices]) -> crm_core::Result<Vec<&[u32]>> {
    columns
        .iter()
        .map(|column| column.slice("products"))
        .collect()
}

/// Part-worths, intercept, R², degrees of freedom.
#[pyfunction]
pub(crate) fn ratings_fit(
    given: Vec<(String, Vec<String>)>,
    levels: Vec<Indices>,
    ratings: Floats,
) -> Result<(Worths, f64, f64, u64)> {
    let found = fit_ratings(
        &attributes(given),
        &products(&levels)?,
        ratings.slice("ratings")?,
    )?;
    Ok((
        worths(&found.part_worths),
        found.intercept,
        found.r_squared,
        found.degrees_of_freedom,
    ))
}

/// Part-worths, ln L, ln L₀, choices.
#[pyfunction]
pub(crate) fn choices_fit(
    py: Python<'_>,
    given: Vec<(String, Vec<String>)>,
    levels: Vec<Indices>,
    sets: Vec<u64>,
    chosen: Vec<u8>,
) -> Result<(Worths, f64, f64, u64)> {
    let (attributes, products, chosen) = (attributes(given), products(&levels)?, truths(&chosen));
    let found = detached(py, || fit_choices(&attributes, &products, &sets, &chosen))?;
    Ok((
        worths(&found.part_worths),
        found.log_likelihood,
        found.null_log_likelihood,
        found.choices,
    ))
}

#[pyfunction]
pub(crate) fn shares_of_choices(utilities: Vec<Floats>, rule: &str) -> Result<Vec<f64>> {
    let columns = slices("utilities", &utilities)?;
    Ok(choice_shares(&columns, member("rule", rule)?)?)
}
