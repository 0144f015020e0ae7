//! Customer satisfaction and how it is measured: from the ratio of what was perceived to what was expected,
//! over attributes of products (Kano, importance and satisfaction), to the national indices (SCSB, ACSI, ECSI, CCSI).
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`estimate`] | a rate or a mean, with its standard error and interval |
//! | [`kano`] | which attributes are taken for granted, which delight? |
//! | [`matrix`] | which attributes are important, and which of those are not satisfying? |
//! | [`regression`] | how much does each of many collinear attributes weigh? |
//! | [`structural`] | how do constructs that nobody sees hang together? |

pub mod estimate;
pub mod kano;
pub mod matrix;
pub mod regression;
pub mod structural;
