//! Identify, Differentiate, Interact, Customize: from raw records to the next action for each customer.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`identify`] | which records are the same customer, and what do we know of it? |
//! | [`differentiate`] | which groups of customers have the same needs, and what are they worth? |
//! | [`interact`] | may we contact the customer, what do we remember, and what do we do next? |
//! | [`customize`] | which offer goes to whom under budget and capacity, and which product fits? |
//! | [`pipeline`] | all of it, one after the other and round by round |
//!
//! Source: Peppers & Rogers 1993, "The One to One Future".

pub mod customize;
pub mod differentiate;
pub mod identify;
pub mod interact;
pub mod pipeline;
