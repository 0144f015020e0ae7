//! Offers to customers, and conjoint analysis.

use std::mem::MaybeUninit;

use crm_core::idic::customize::assignment::{Offer, assign};
use crm_core::idic::customize::conjoint::{
    Attribute, ChoiceRule, PartWorths, choice_shares, fit_choices, fit_ratings,
};

use crate::boundary::{Outcome, Output, OutputSlice, respond, slice};
use crate::categories::{crm_assignment_reason, crm_choice_rule};
use crate::category;
use crate::service::{known, table, truths};
use crate::status::crm_status;

/// An offer that can be made.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_offer {
    /// What making it to one customer takes from the budget, 0 or more.
    pub cost: f64,
    /// To how many customers it can be made; negative: to all.
    pub capacity: i64,
}

/// What an assignment is worth.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_assignment_summary {
    /// Σ of the values that are assigned.
    pub value: f64,
    /// The value that no assignment can exceed.
    pub bound: f64,
    /// (bound − value) / bound: how far from the optimum it may be at most.
    pub gap: f64,
    /// What is assigned costs.
    pub cost: f64,
    /// What one unit of budget more would be worth.
    pub money_price: f64,
}

/// The number that stands for no offer.
pub const CRM_NO_OFFER: i32 = -1;

/// Assigns offers to customers, at most one to each, under a budget and capacities, so that Σ of values is as large as can be: prices of
/// places and of money minimise the dual, and customers take the best at these prices.
///
/// @param values a column for each offer: its expected value to each customer; −INFINITY: the customer may not get it
/// @param offers their costs and capacities
/// @param offer_count how many offers
/// @param customers how many customers
/// @param budget for all offers; NaN: no limit
/// @param offer receives the offer of each customer, or CRM_NO_OFFER
/// @param reason receives why; may be NULL
/// @param place_prices receives what one place more of each offer would be worth; may be NULL
/// @param summary receives what it is worth
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_assign_offers(
    values: *const *const f64,
    offers: *const crm_offer,
    offer_count: usize,
    customers: usize,
    budget: f64,
    offer: *mut i32,
    reason: *mut crm_assignment_reason,
    place_prices: *mut f64,
    summary: *mut crm_assignment_summary,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("values", values, offer_count, customers)?;
        let terms = slice("offers", offers, offer_count)?;
        let terms: Vec<Offer> = terms
            .iter()
            .map(|terms| Offer {
                cost: terms.cost,
                capacity: u64::try_from(terms.capacity).ok(),
            })
            .collect();
        let offer = OutputSlice::new("offer", offer, customers)?;
        let reason = OutputSlice::optional("reason", reason, customers)?;
        let prices = OutputSlice::optional("place_prices", place_prices, offer_count)?;
        let summary = Output::new("summary", summary)?;
        let found = assign(&columns, &terms, known(budget))?;
        let number = |offer: &Option<u32>| offer.map_or(CRM_NO_OFFER, u32::cast_signed);
        offer.write("offer", &found.offer.iter().map(number).collect::<Vec<_>>())?;
        if let Some(reason) = reason {
            let reasons: Outcome<Vec<_>> = found
                .reason
                .iter()
                .map(|reason| category::write(*reason))
                .collect();
            reason.write("reason", &reasons?)?;
        }
        crate::boundary::write_optional(prices, "place_prices", &found.place_prices)?;
        summary.write(crm_assignment_summary {
            value: found.value,
            bound: found.bound,
            gap: found.gap(),
            cost: found.cost,
            money_price: found.money_price,
        });
        Ok(())
    })
}

/// What a level of an attribute is worth.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_level_worth {
    /// The part-worth; those of an attribute sum to zero.
    pub worth: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// How well part-worths explain ratings.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_rating_fit {
    /// The mean rating over all levels.
    pub intercept: f64,
    /// Share of the variance of the ratings that is explained.
    pub r_squared: f64,
    /// Ratings less coefficients.
    pub degrees_of_freedom: u64,
}

/// How well part-worths explain choices.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_choice_fit {
    /// ln L.
    pub log_likelihood: f64,
    /// ln L where every product of a set is as likely as the others.
    pub null_log_likelihood: f64,
    /// Choices.
    pub choices: u64,
}

fn attributes(levels: &[usize]) -> Vec<Attribute> {
    let named = |(place, &levels): (usize, &usize)| Attribute {
        name: place.to_string(),
        levels: (0..levels).map(|level| level.to_string()).collect(),
    };
    levels.iter().enumerate().map(named).collect()
}

fn total(levels: &[usize]) -> usize {
    levels.iter().copied().fold(0, usize::saturating_add)
}

fn worths(found: &PartWorths) -> Vec<crm_level_worth> {
    let all = found.levels.iter().flatten();
    all.map(|level| crm_level_worth {
        worth: level.worth,
        standard_error: level.standard_error,
    })
    .collect()
}

/// Part-worths from ratings of products, by least squares. Source: Green & Srinivasan 1978.
///
/// @param levels how many levels each attribute has, 2 or more
/// @param attribute_count how many attributes
/// @param products a column for each attribute: the level of each product that was rated, from 0
/// @param ratings one per product
/// @param rows how many ratings
/// @param part_worths receives those of all levels, attribute after attribute
/// @param importance receives one per attribute: its range of part-worths over the sum of all; may be NULL
/// @param fit receives how well they explain the ratings
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fit_ratings(
    levels: *const usize,
    attribute_count: usize,
    products: *const *const u32,
    ratings: *const f64,
    rows: usize,
    part_worths: *mut crm_level_worth,
    importance: *mut f64,
    fit: *mut crm_rating_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let levels = slice("levels", levels, attribute_count)?;
        let products = table("products", products, attribute_count, rows)?;
        let ratings = slice("ratings", ratings, rows)?;
        let worths_out = OutputSlice::new("part_worths", part_worths, total(levels))?;
        let importance = OutputSlice::optional("importance", importance, attribute_count)?;
        let fit = Output::new("fit", fit)?;
        let found = fit_ratings(&attributes(levels), &products, ratings)?;
        worths_out.write("part_worths", &worths(&found.part_worths))?;
        crate::boundary::write_optional(importance, "importance", &found.part_worths.importance())?;
        fit.write(crm_rating_fit {
            intercept: found.intercept,
            r_squared: found.r_squared,
            degrees_of_freedom: found.degrees_of_freedom,
        });
        Ok(())
    })
}

/// Part-worths from choices among sets of products, by a conditional logit. Source: McFadden 1974.
///
/// @param levels how many levels each attribute has, 2 or more
/// @param attribute_count how many attributes
/// @param products a column for each attribute: the level of each product that was shown, from 0
/// @param set the number of the set that each product was shown in; the rows of a set lie together
/// @param chosen not 0 for the one product of each set that was chosen
/// @param rows how many products were shown
/// @param part_worths receives those of all levels, attribute after attribute
/// @param importance receives one per attribute: its range of part-worths over the sum of all; may be NULL
/// @param fit receives how well they explain the choices
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fit_choices(
    levels: *const usize,
    attribute_count: usize,
    products: *const *const u32,
    set: *const u64,
    chosen: *const u8,
    rows: usize,
    part_worths: *mut crm_level_worth,
    importance: *mut f64,
    fit: *mut crm_choice_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let levels = slice("levels", levels, attribute_count)?;
        let products = table("products", products, attribute_count, rows)?;
        let set = slice("set", set, rows)?;
        let chosen = truths("chosen", chosen, rows)?;
        let worths_out = OutputSlice::new("part_worths", part_worths, total(levels))?;
        let importance = OutputSlice::optional("importance", importance, attribute_count)?;
        let fit = Output::new("fit", fit)?;
        let found = fit_choices(&attributes(levels), &products, set, &chosen)?;
        worths_out.write("part_worths", &worths(&found.part_worths))?;
        crate::boundary::write_optional(importance, "importance", &found.part_worths.importance())?;
        fit.write(crm_choice_fit {
            log_likelihood: found.log_likelihood,
            null_log_likelihood: found.null_log_likelihood,
            choices: found.choices,
        });
        Ok(())
    })
}

/// The share of choices of each product over respondents.
///
/// @param utilities a column for each product: its utility to each respondent
/// @param products how many products
/// @param respondents how many respondents
/// @param rule how utilities become choices
/// @param shares receives one per product
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_choice_shares(
    utilities: *const *const f64,
    products: usize,
    respondents: usize,
    rule: MaybeUninit<crm_choice_rule>,
    shares: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = table("utilities", utilities, products, respondents)?;
        let rule: ChoiceRule = category::read("rule", rule)?;
        let out = OutputSlice::new("shares", shares, products)?;
        out.write("shares", &choice_shares(&columns, rule)?)
    })
}
