//! The C interface of crm-core. `README.md` of this folder says how to add a function; what a C
//! programmer reads is `include/crm_core.h`, generated from the comments of these modules.
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![expect(non_camel_case_types, reason = "types have their C names")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the first page of the header says what every pointer must be"
)]

// What C does not see.
pub mod boundary;
mod category;
mod handle;

// The sections of the header, in its order.
pub mod status;

pub mod watch;

pub mod version;

pub mod last_error;

pub mod decimal;

pub mod date;

#[rustfmt::skip]
pub mod categories;

#[rustfmt::skip]
pub mod kernels;

pub mod clv;

pub mod switching;

pub mod switching_tables;

pub mod switching_estimate;

pub mod switching_uncertainty;

pub mod lifecycle;

pub mod ledger;

pub mod prediction;

pub mod value;

pub mod loyalty;

pub mod identify;

pub mod profiles;

pub mod classification;

pub mod capability;

pub mod service;

pub mod idic;

pub mod satisfaction;

pub mod structural;
pub mod survey;

pub mod kernel;

pub mod sensitivity;

#[cfg(test)]
mod tests;
