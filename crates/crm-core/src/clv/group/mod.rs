//! The value of a customer of a group whose members leave at a known rate and do not come back
//! ("lost for good").
//!
//! All of these assume a stable volume: every kept customer brings the stated margin in every
//! period. Times the number of customers, [`group_value`], they give the value of the group.
//!
//! | function | retention | margin | horizon | source |
//! | --- | --- | --- | --- | --- |
//! | [`lost_for_good`] | constant | constant | expected tenure, as an annuity | Dwyer 1997 |
//! | [`retention_value`] | constant | growing | endless, first margin now | geometric retention |
//! | [`renewal_value`] | constant | growing | endless, first margin at the first renewal | Gupta & Lehmann 2003 |
//! | [`retention_value_over`], [`renewal_value_over`] | constant | growing | n periods | geometric retention |
//! | [`retention_curve_value`], [`renewal_curve_value`] | by period | growing | length of the curve | |
//! | [`yearly_value`] | constant | constant | n years, promotion at mid-year | Berger & Nasr 1998, case 1 |
//! | [`long_cycle_value`], [`short_cycle_value`] | per cycle | constant | n years | case 2 |
//! | [`two_phase_value`] | constant | accelerating, then levelling off | n years | case 3 |
//! | [`continuous_value`], [`continuous_two_phase_value`] | constant | continuous flow | n years | case 4 |
//! | [`migration_value`] | by recency | constant | n years | case 5 |
//!
//! # What the annuity shortcut costs
//! [`lost_for_good`] puts the mean tenure 1/(1 − r) into the annuity formula. For a positive rate the formula is concave in the
//! tenure, so this overstates the expectation over the geometric tenures (Jensen's inequality) of the
//! same payments at period ends, each made by a customer who is there when its period begins:
//!
//! ```
//! use crm_core::clv::group::{lost_for_good, retention_value};
//! use crm_core::units::{Money, Probability, Rate};
//!
//! let (margin, rate) = (Money::from(100), Rate::try_from(0.1)?);
//! let shortcut = lost_for_good(margin, Probability::try_from(0.2)?, rate)?;
//! // The same margins, each paid at the end of the period in which the customer is there.
//! let retention = Probability::try_from(0.8)?;
//! let now = retention_value(margin, retention, rate, Rate::ZERO)?;
//! let expectation = now.divide(rate.growth_factor()?)?;
//! assert_eq!(shortcut.round(2), "379.08".parse()?);
//! assert_eq!(expectation.round(2), "333.33".parse()?); // 12 % less
//! # Ok::<(), crm_core::Error>(())
//! ```

mod berger_nasr;
mod continuous;
mod curve;
mod geometric;
mod migration;
mod tenure;
mod two_phase;

pub use berger_nasr::{
    LONG_CYCLE_VALUE, SHORT_CYCLE_VALUE, YEARLY_VALUE, long_cycle_value, short_cycle_value,
    yearly_value,
};
pub use continuous::{
    CONTINUOUS_TWO_PHASE_VALUE, CONTINUOUS_VALUE, continuous_two_phase_value, continuous_value,
};
pub use curve::{
    renewal_curve_value, retention_curve_value, retention_curve_values_into, survival,
};
pub(in crate::clv) use geometric::{GROWTH, spread, spread_f64};
pub use geometric::{
    RENEWAL_VALUE, RENEWAL_VALUE_OVER, RETENTION_VALUE, RETENTION_VALUE_OVER, renewal_value,
    renewal_value_over, retention_value, retention_value_over,
};
pub use migration::migration_value;
pub use tenure::{LOST_FOR_GOOD, lost_for_good};
pub use two_phase::{MAX_YEARS, TWO_PHASE_VALUE, TwoPhaseMargin, two_phase_value};

use rust_decimal::Decimal;

use super::arguments::{CUSTOMERS, LIFETIME_VALUE};
use crate::error::Result;
use crate::kernels::{self, Kernel};
use crate::units::Money;

/// Value of a group: number of customers times the lifetime value of one, V_q = N · V_k.
///
/// ```
/// use crm_core::clv::group::group_value;
/// use crm_core::units::Money;
///
/// let value = group_value(1200, "379.08".parse()?)?;
/// assert_eq!(value, Money::from(454_896));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn group_value(customers: u64, lifetime_value: Money) -> Result<Money> {
    lifetime_value.multiply(Decimal::from(customers))
}

/// Columnar form of [`group_value`].
pub static GROUP_VALUE: Kernel = Kernel {
    name: "group_value",
    module: "clv",
    summary: "Value of a group: number of customers times the lifetime value of one.",
    formula: "customers * lifetime_value",
    source: "Dwyer 1997",
    diverges: None,
    arguments: &[CUSTOMERS, LIFETIME_VALUE],
    exact: |row| {
        let [customers, value] = kernels::values(row)?;
        let customers = kernels::count("customers", customers)?;
        Ok(group_value(customers, Money::new(value))?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[customers, value]| customers * value)
    },
};
