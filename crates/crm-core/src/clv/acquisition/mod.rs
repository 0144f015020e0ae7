//! How much to spend on winning and on keeping customers: the customer equity test.
//!
//! Spending has a diminishing return: [`ResponseCurve`], rate(spend) = ceiling · (1 − e^(−k · spend)), is known
//! from what is spent and reached now and from the rate that no spending would exceed.
//!
//! | function | question |
//! | --- | --- |
//! | [`ResponseCurve::through`] | the curve, from one judgement |
//! | [`prospect_value`] | what is a prospect worth whom A is spent on: a · v − A |
//! | [`acquired_customer_value`] | what is an acquired customer worth whom R a period is spent on |
//! | [`customer_equity`] | both in one: value of a prospect, acquired and kept |
//! | [`optimal_acquisition_spend`], [`optimal_retention_spend`] | which spend makes the most of it |
//! | [`EquityModel`] | the two together, with or without a budget |
//!
//! # Reading of the formula
//! Blattberg & Deighton write customer equity as a m − A + a (m − R/r) · r′/(1 − r′) with r′ = r/(1 + d). That is
//! a (m + (r m − R)/(1 + d − r)) − A: the first margin m is earned at once, and whoever is a customer at
//! the start of a period gets R, stays with probability r and then brings m; R and the margin are both counted at
//! the end of the period. Written so, the formula holds for a retention of 0 too.
//!
//! Source: Blattberg & Deighton 1996, "Manage Marketing by the Customer Equity Test", Harvard Business
//! Review 74(4), 136–144; budget: Berger & Bechwati 2001, Omega 29(1), 49–61.

mod equity;
mod model;
mod optimum;
mod response;

pub use equity::{
    ACQUIRED_CUSTOMER_VALUE, CUSTOMER_EQUITY, PROSPECT_VALUE, acquired_customer_value,
    customer_equity, prospect_value,
};
pub use model::{EquityModel, EquityPlan, Spending};
pub use optimum::{
    OPTIMAL_ACQUISITION_SPEND, OPTIMAL_RETENTION_SPEND, optimal_acquisition_spend,
    optimal_retention_spend,
};
pub use response::{RESPONSE_RATE, RESPONSE_STEEPNESS, ResponseCurve};

use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Argument, Domain};
use crate::units::Money;

const CEILING: Argument = Argument {
    name: "ceiling",
    meaning: "rate that no spending would exceed",
    domain: Domain::Probability,
};
const STEEPNESS: Argument = Argument {
    name: "steepness",
    meaning: "k of the response curve, per unit of money",
    domain: Domain::Positive,
};
const CUSTOMER_VALUE: Argument = Argument {
    name: "customer_value",
    meaning: "what an acquired customer is worth: the first margin, or all of them",
    domain: Domain::Finite,
};
const SOURCE: &str = "Blattberg & Deighton 1996, \"Manage Marketing by the Customer Equity Test\"";

const fn spend(name: &'static str, meaning: &'static str) -> Argument {
    Argument {
        name,
        meaning,
        domain: Domain::NonNegative,
    }
}

const ACQUISITION_SPEND: Argument = spend("acquisition_spend", "A, spent per prospect");
const RETENTION_SPEND: Argument = spend("retention_spend", "R, spent per customer and period");

fn refuse_negative(argument: &'static str, amount: Money) -> Result<()> {
    if amount < Money::ZERO {
        let reason = format!("must be {}", Domain::NonNegative.rule());
        return Err(Error::new(ErrorKind::OutOfRange, argument, reason).with_value(amount));
    }
    Ok(())
}
