//! Customer-relationship analytics: the theory that business schools teach, as functions that
//! real systems call. The same numbers from Rust, C and Python.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`capability`] | how able is the firm to manage its relationships? |
//! | [`classification`] | which stage, type, tier and loyalty is each customer of, and why? |
//! | [`clv`] | what is a customer worth? |
//! | [`idic`] | who is each customer, what does each want, and what is done next? |
//! | [`ledger`] | what did each customer buy, and when? |
//! | [`lifecycle`] | which stage of the relationship is a customer in, and for how long? |
//! | [`loyalty`] | why do customers stay, and what does that earn? |
//! | [`prediction`] | when will a customer buy again, and is it still one? |
//! | [`satisfaction`] | how satisfied are customers, and what would satisfy them more? |
//! | [`service`] | which complaints are open, who is about to leave, and who can be won back? |
//! | [`survey`] | whom to ask, how many, and what do the answers say of all? |
//! | [`units`] | money, rates, probabilities, dates: valid once made |
//! | [`value`] | who brings the profit, and how do customers differ by it? |
//! | [`kernels`] | the same formulas over millions of customers |
#![forbid(unsafe_code)]

pub mod capability;
pub mod classification;
pub mod clv;
pub mod error;
mod fixed;
pub mod idic;
pub mod kernels;
pub mod ledger;
pub mod lifecycle;
pub mod loyalty;
mod math;
mod parallel;
pub mod prediction;
pub mod satisfaction;
pub mod service;
pub mod survey;
pub mod units;
pub mod value;

pub use error::{Error, ErrorKind, Result};

/// The Rust that the README shows is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
