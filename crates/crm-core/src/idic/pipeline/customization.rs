//! The fourth stage: the offer for each customer.

use serde::{Deserialize, Serialize};

use super::differentiation::Differentiation;
use super::identity::Watch;
use super::interaction::{Interaction, place};
use super::options::{IdicOptions, OfferOption};
use super::relations::Relations;
use crate::error::Result;
use crate::idic::customize::assignment::{AssignmentReason, Offer, assign};

/// How the fourth stage went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomizationCounts {
    /// Customers whose next action sells, and whom an offer is for.
    pub eligible: u64,
    /// How often each offer is made.
    pub made: Vec<u64>,
    /// The expected value of all offers made.
    pub value: f64,
    /// What no assignment can exceed.
    pub bound: f64,
    /// What the offers made cost.
    pub cost: f64,
    /// What one place more of each offer would be worth.
    pub place_prices: Vec<f64>,
    /// What one unit of budget more would be worth.
    pub money_price: f64,
}

/// The offers to customers, by their rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customization {
    pub(super) offer: Vec<Option<u32>>,
    pub(super) reason: Vec<AssignmentReason>,
    /// The probability that the offer made is accepted.
    #[serde(with = "super::state::column")]
    pub(super) acceptance: Vec<f64>,
    /// The expected value of the offer made.
    #[serde(with = "super::state::column")]
    pub(super) value: Vec<f64>,
    pub(super) counts: CustomizationCounts,
}

pub(super) fn customize(
    customers: &[u64],
    options: &IdicOptions,
    relations: &Relations,
    differentiation: &Differentiation,
    interaction: &Interaction,
    watch: Watch<'_>,
) -> Result<Option<Customization>> {
    let rows = customers.len();
    let mut found = Customization {
        offer: vec![None; rows],
        reason: vec![AssignmentReason::NotEligible; rows],
        acceptance: vec![f64::NAN; rows],
        value: vec![f64::NAN; rows],
        counts: CustomizationCounts {
            made: vec![0; options.offers.len()],
            place_prices: vec![0.0; options.offers.len()],
            ..CustomizationCounts::default()
        },
    };
    let worth = Worth {
        customers,
        options,
        relations,
        differentiation,
        interaction,
    };
    let of_offer = |(place, offer): (usize, &OfferOption)| -> Vec<Option<(f64, f64)>> {
        (0..rows).map(|row| worth.of(place, offer, row)).collect()
    };
    let each: Vec<_> = options.offers.iter().enumerate().map(of_offer).collect();
    if watch(30).is_break() {
        return Ok(None);
    }
    if rows == 0 || each.is_empty() {
        return Ok(Some(found));
    }
    let values = |column: &Vec<Option<(f64, f64)>>| -> Vec<f64> {
        let value = |each: &Option<(f64, f64)>| each.map_or(f64::NEG_INFINITY, |(value, _)| value);
        column.iter().map(value).collect()
    };
    let columns: Vec<Vec<f64>> = each.iter().map(values).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let offers: Vec<Offer> = options.offers.iter().map(OfferOption::terms).collect();
    let made = assign(&columns, &offers, options.offer_budget)?;
    let is_eligible = |row: &usize| {
        each.iter()
            .any(|column| matches!(column.get(*row), Some(Some(_))))
    };
    found.counts = CustomizationCounts {
        eligible: (0..rows).filter(is_eligible).count() as u64,
        made: made.made,
        value: made.value,
        bound: made.bound,
        cost: made.cost,
        place_prices: made.place_prices,
        money_price: made.money_price,
    };
    let places = found.acceptance.iter_mut().zip(&mut found.value);
    for ((row, offer), (acceptance, value)) in made.offer.iter().enumerate().zip(places) {
        let column = offer.and_then(|offer| each.get(offer as usize));
        if let Some(Some((worth, rate))) = column.and_then(|column| column.get(row)) {
            (*acceptance, *value) = (*rate, *worth);
        }
    }
    (found.offer, found.reason) = (made.offer, made.reason);
    Ok((!watch(100).is_break()).then_some(found))
}

struct Worth<'a> {
    customers: &'a [u64],
    options: &'a IdicOptions,
    relations: &'a Relations,
    differentiation: &'a Differentiation,
    interaction: &'a Interaction,
}

impl Worth<'_> {
    /// Expected value, acceptance · gain − cost, and acceptance of an offer to a customer; `None` if it is not for them.
    fn of(&self, number: usize, offer: &OfferOption, row: usize) -> Option<(f64, f64)> {
        let action = place(self.options, *self.interaction.action.get(row)?)?;
        let verdict = self.differentiation.classification.verdicts().get(row)?;
        let needs = self.differentiation.needs.group.get(row).copied().flatten();
        if !action.purpose.sells() || !offer.audience.includes(verdict, needs) {
            return None;
        }
        let customer = *self.customers.get(row)?;
        let acceptance = self.relations.acceptance(
            self.options,
            number,
            customer,
            verdict.customer_type,
            self.interaction.now,
        );
        Some((acceptance * self.gain(offer, row) - offer.cost, acceptance))
    }

    fn gain(&self, offer: &OfferOption, row: usize) -> f64 {
        gain(self.differentiation, offer, row)
    }
}

/// What an offer earns if the customer accepts it.
pub(super) fn gain(differentiation: &Differentiation, offer: &OfferOption, row: usize) -> f64 {
    let potential = differentiation.evidence.potential.get(row).copied();
    let known = potential.filter(|value| !value.is_nan()).unwrap_or(0.0);
    offer.gain + offer.gain_share * known
}

impl Customization {
    /// The offer to each customer, by its place among those of the options.
    #[must_use]
    pub fn offers(&self) -> &[Option<u32>] {
        &self.offer
    }

    /// Why each customer gets it, or none.
    #[must_use]
    pub fn reasons(&self) -> &[AssignmentReason] {
        &self.reason
    }

    /// How it went.
    #[must_use]
    pub fn counts(&self) -> &CustomizationCounts {
        &self.counts
    }

    pub(super) fn fits(&self, rows: usize, options: &IdicOptions) -> bool {
        let offers = options.offers.len();
        [
            self.offer.len(),
            self.reason.len(),
            self.acceptance.len(),
            self.value.len(),
        ]
        .iter()
        .all(|&length| length == rows)
            && self
                .offer
                .iter()
                .flatten()
                .all(|&offer| (offer as usize) < offers)
    }
}
