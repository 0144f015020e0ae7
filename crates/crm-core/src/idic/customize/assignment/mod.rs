//! The assignment of offers to customers under a budget and capacities.
//!
//! max Σ v_ij x_ij with Σ_j x_ij ≤ 1 for each customer i, Σ_i x_ij ≤ K_j for each offer j, Σ c_j x_ij ≤ B, x_ij 0 or 1: v is the
//! expected value of the offer to the customer, cost already taken off or not as the caller likes; the cost c counts for the budget
//! alone. Prices λ_j of places and μ of money decouple the customers: each takes the offer with the largest v_ij − λ_j − μ c_j, or none.
//! The prices minimise the dual, D = Σ_i max(0, max_j (v_ij − λ_j − μ c_j)) + Σ λ_j K_j + μ B, which no assignment can exceed: what is
//! found is compared with it.

mod dual;
mod exact;
mod primal;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// An offer that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Offer {
    /// What making it to one customer takes from the budget, 0 or more.
    pub cost: f64,
    /// To how many customers it can be made; `None` to all.
    pub capacity: Option<u64>,
}

/// Why a customer gets an offer or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum AssignmentReason {
    /// It is the offer of the highest value to this customer.
    Best = 0,
    /// One of higher value has places for those only to whom it is worth more.
    PlacesElsewhere = 1,
    /// One of higher value takes money that earns more elsewhere.
    MoneyElsewhere = 2,
    /// No offer has a value of more than 0 to this customer.
    NoGain = 3,
    /// No offer is allowed for this customer.
    NotEligible = 4,
}

impl Label for AssignmentReason {
    const ALL: &'static [Self] = &[
        AssignmentReason::Best,
        AssignmentReason::PlacesElsewhere,
        AssignmentReason::MoneyElsewhere,
        AssignmentReason::NoGain,
        AssignmentReason::NotEligible,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            AssignmentReason::Best => ("best", "Best offer for this customer", "对该客户价值最高"),
            AssignmentReason::PlacesElsewhere => (
                "places_elsewhere",
                "Places of a better offer are worth more elsewhere",
                "更优方案的名额另有更大价值",
            ),
            AssignmentReason::MoneyElsewhere => (
                "money_elsewhere",
                "Money for a better offer earns more elsewhere",
                "更优方案的预算另有更大价值",
            ),
            AssignmentReason::NoGain => ("no_gain", "No offer gains anything", "任何方案都无收益"),
            AssignmentReason::NotEligible => ("not_eligible", "No offer is allowed", "无可用方案"),
        };
        Terms { name, en, zh }
    }
}

/// Who gets which offer: [`assign`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Assignment {
    /// The offer of each customer; `None` where none is made.
    pub offer: Vec<Option<u32>>,
    /// Why, for each customer.
    pub reason: Vec<AssignmentReason>,
    /// Σ v of what is assigned.
    pub value: f64,
    /// The value that no assignment can exceed: the dual at the prices.
    pub bound: f64,
    /// What is assigned costs.
    pub cost: f64,
    /// How often each offer is made.
    pub made: Vec<u64>,
    /// λ: what one place more of each offer would be worth.
    pub place_prices: Vec<f64>,
    /// μ: what one unit of budget more would be worth.
    pub money_price: f64,
}

impl Assignment {
    /// How far from the optimum it may be at most: (bound − value) / bound; 0 where the bound is 0.
    #[must_use]
    pub fn gap(&self) -> f64 {
        if self.bound > 0.0 {
            ((self.bound - self.value) / self.bound).max(0.0)
        } else {
            0.0
        }
    }
}

/// What the solver reads: columns of values, one per offer.
struct Problem<'a> {
    values: &'a [&'a [f64]],
    offers: &'a [Offer],
    budget: Option<f64>,
    customers: usize,
}

/// Assigns offers to customers. `values` has a column per offer with its expected value to each customer; −∞ says that the customer may
/// not get it. Offers whose value is not more than 0 are not made.
///
/// The prices are found by Newton's method on the dual, smoothed (Nesterov 2005) less and less; then customers take their offers in the
/// order of what they would lose by the next best. It takes some twenty passes over the values. For up to 100 customers the assignment is the
/// best of all, found by branch and bound, unless 200,000 looks are too few.
///
/// ```
/// use crm_core::idic::customize::assignment::{Offer, assign};
///
/// // One place for the first offer: it goes to whom it is worth more, beyond the other offer.
/// let offers = [Offer { cost: 0.0, capacity: Some(1) }, Offer::default()];
/// let found = assign(&[&[9.0, 8.0], &[7.0, 2.0]], &offers, None)?;
/// assert_eq!(found.offer, [Some(1), Some(0)]);
/// assert_eq!(found.value, 15.0);
/// assert!(found.gap() < 1e-5);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`] without offers or customers; [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] for NaN and +∞ with the row;
/// [`ErrorKind::OutOfRange`] for a negative cost, with the offer as row, and a negative budget.
pub fn assign(values: &[&[f64]], offers: &[Offer], budget: Option<f64>) -> Result<Assignment> {
    let problem = Problem::new(values, offers, budget)?;
    let prices = dual::prices(&problem);
    let bound = dual::value(&problem, &prices);
    let offer = primal::assignment(&problem, &prices, bound);
    let made = problem.made(&offer);
    let each = offer.iter().enumerate();
    let value = problem.total(&offer);
    let cost = offers
        .iter()
        .zip(&made)
        .map(|(offer, &made)| offer.cost * made as f64);
    Ok(Assignment {
        reason: each
            .map(|(row, offer)| primal::reason(&problem, &prices, row, *offer))
            .collect(),
        offer,
        value,
        bound,
        cost: cost.sum(),
        made,
        place_prices: prices.places,
        money_price: prices.money,
    })
}

impl<'a> Problem<'a> {
    fn new(values: &'a [&'a [f64]], offers: &'a [Offer], budget: Option<f64>) -> Result<Self> {
        let Some(first) = values.first() else {
            return Err(Error::empty("values"));
        };
        let customers = first.len();
        if customers == 0 {
            return Err(Error::empty("values"));
        }
        if offers.len() != values.len() {
            return Err(Error::length("offers", offers.len(), values.len()));
        }
        for column in values {
            if column.len() != customers {
                return Err(Error::length("values", column.len(), customers));
            }
            if let Some((row, &value)) = (0..)
                .zip(*column)
                .find(|(_, v)| v.is_nan() || **v == f64::INFINITY)
            {
                return Err(Error::not_finite("values", value).at_row(row));
            }
        }
        let not_negative = |argument, value: f64| {
            if !value.is_finite() {
                return Err(Error::not_finite(argument, value));
            }
            if value < 0.0 {
                let error = Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more");
                return Err(error.with_value(value));
            }
            Ok(())
        };
        for (row, offer) in offers.iter().enumerate() {
            not_negative("cost", offer.cost).map_err(|error| error.at_row(row))?;
        }
        not_negative("budget", budget.unwrap_or(0.0))?;
        Ok(Problem {
            values,
            offers,
            budget,
            customers,
        })
    }

    fn value(&self, offer: usize, row: usize) -> Option<f64> {
        self.values.get(offer)?.get(row).copied()
    }

    /// Σ v of what is assigned.
    fn total(&self, offer: &[Option<u32>]) -> f64 {
        let each = offer.iter().enumerate();
        each.filter_map(|(row, offer)| self.value((*offer)? as usize, row))
            .sum()
    }

    fn made(&self, offer: &[Option<u32>]) -> Vec<u64> {
        let mut made = vec![0; self.offers.len()];
        for place in offer.iter().flatten() {
            if let Some(count) = made.get_mut(*place as usize) {
                *count += 1;
            }
        }
        made
    }
}
