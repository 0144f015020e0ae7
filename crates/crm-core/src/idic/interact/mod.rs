//! Interact: the log of contacts, the policy of contacts, what is remembered of a customer, and the choice of the next action, which
//! learns.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`contact`] | through which channel, why, and with what outcome was a customer contacted? |
//! | [`policy`] | may a customer be contacted now: consent, quiet hours, pressure, an open complaint? |
//! | [`memory`] | what does the customer like, as far as was seen, and how certain is it? |
//! | [`choice`] | which action is next, with which probability, and why? |
//! | [`evaluation`] | what would another policy have earned, from the log of this one? |
//! | [`uplift`] | what does acting on the customers of the highest scores gain? |

pub mod choice;
pub mod contact;
pub mod evaluation;
pub mod memory;
pub mod policy;
pub mod uplift;
