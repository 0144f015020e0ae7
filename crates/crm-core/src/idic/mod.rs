//! Identify, differentiate, interact, customise (Peppers & Rogers): from raw records to the next action for each customer.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`identify`] | which records are the same customer, and what do we know of it? |

pub mod identify;
