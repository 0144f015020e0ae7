//! Customer satisfaction and how it is measured: from the ratio of what was perceived to what was expected,
//! over attributes of products (Kano, importance and satisfaction), to the national indices (SCSB, ACSI, ECSI, CCSI).
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`ratio`] | was what customers perceived more than what they expected? |
//! | [`expectation`] | how much should they be made to expect? |
//! | [`metrics`] | how do customers show it: praise, return, complaints? |
//! | [`price`] | which prices are acceptable, by van Westendorp's questions? |
//! | [`delivered_value`] | what does a customer get, less what it costs the customer? |
//! | [`two_factor`] | which attributes dissatisfy when poor, which satisfy when good? |
//! | [`estimate`] | a rate or a mean, with its standard error and interval |
//! | [`kano`] | which attributes are taken for granted, which delight? |
//! | [`matrix`] | which attributes are important, and which of those are not satisfying? |
//! | [`regression`] | how much does each of many collinear attributes weigh? |
//! | [`process`] | how is a survey of satisfaction made, from its objective to what is done about it? |
//! | [`structural`] | how do constructs that nobody sees hang together? |

pub mod delivered_value;
pub mod estimate;
pub mod expectation;
pub mod kano;
pub mod matrix;
pub mod metrics;
pub mod price;
pub mod process;
pub mod ratio;
pub mod regression;
pub mod structural;
pub mod two_factor;
