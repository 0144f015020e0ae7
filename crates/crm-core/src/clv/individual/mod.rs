//! The value of a single customer from the flows that the customer brings.
//!
//! V = Σ (Q_t − C_t) (1 + i)^−t over the lifetime. The flows are given as a list, one per period,
//! or with their dates; they may be worked out from a [`FlowLedger`] on one of three bases.
//!
//! | function | discounting |
//! | --- | --- |
//! | [`present_value`] | one rate |
//! | [`present_value_varying`] | a rate for each period |
//! | [`present_value_dated`] | a yearly rate over days: XNPV, Act/365 |
//! | [`annuity`], [`annuity_due`] | a level payment |
//! | [`present_values_into`], [`present_values_dated_into`] | columns of many customers |
//! | [`payback`], [`paybacks_into`] | when the flows have paid back what was spent |
//! | [`internal_rate_of_return`], [`internal_rates_into`] | the rate at which they are worth nothing |
//!
//! The source's exercise: acquired for 400, a first purchase of 2000, kept for 5 years at 9 %,
//! "then 500 per year". It leaves open whether 500 is a level flow beside the first purchase or the
//! yearly growth of a flow that starts at 2000:
//!
//! ```
//! use crm_core::clv::Timing;
//! use crm_core::clv::individual::{annuity, present_value};
//! use crm_core::units::{Money, Rate};
//!
//! let rate = Rate::try_from(0.09)?;
//! let level = annuity(Money::from(500), rate, 5)?.add(Money::from(2000 - 400))?;
//! assert_eq!(level.round(10), "3544.8256316759".parse()?);
//!
//! let flows = [2000, 2500, 3000, 3500, 4000].map(Money::from);
//! let growing = present_value(&flows, rate, Timing::End)?.subtract(Money::from(400))?;
//! assert_eq!(growing.round(10), "10934.8265925923".parse()?);
//! # Ok::<(), crm_core::Error>(())
//! ```

mod annuity;
mod columns;
mod internal_rate;
mod ledger;
mod outcomes;
mod payback;
mod present_value;

pub use annuity::{ANNUITY, ANNUITY_DUE, annuity, annuity_due};
pub use columns::{Discounting, present_values_dated_into, present_values_into};
pub use internal_rate::{InternalRate, internal_rate_between, internal_rate_of_return};
pub use ledger::{Basis, FlowEntry, FlowLedger, MAX_PERIOD};
pub use outcomes::{RateOutcome, internal_rates_into, paybacks_into};
pub use payback::{Payback, payback};
pub use present_value::{DatedFlow, present_value, present_value_dated, present_value_varying};
