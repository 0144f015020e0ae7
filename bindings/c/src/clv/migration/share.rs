//! Buyers who come and go: always a share.

use std::mem::MaybeUninit;

use crm_core::clv::migration::{self, SharePeriod};

use super::read_amount;
use crate::boundary::{Output, OutputSlice, buffer, column, respond, slice, write_optional};
use crate::categories::crm_contact_timing;
use crate::category;
use crate::clv::{read_probabilities, read_rate, table_size};
use crate::decimal::crm_decimal;
use crate::status::crm_status;

/// What is expected of a customer in one period.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_share_period {
    /// Expected number of purchases at the end of the period.
    pub expected_purchases: crm_decimal,
    /// Expected number of contacts in it: the probability of not being lost when it begins.
    pub expected_contacts: crm_decimal,
    /// margin · purchases − contact cost · contacts.
    pub flow: crm_decimal,
    /// The same, each discounted to now.
    pub present_value: crm_decimal,
}

impl From<&SharePeriod> for crm_share_period {
    fn from(period: &SharePeriod) -> Self {
        crm_share_period {
            expected_purchases: period.expected_purchases.into(),
            expected_contacts: period.expected_contacts.into(),
            flow: period.flow.value().into(),
            present_value: period.present_value.value().into(),
        }
    }
}

/// Expected value of a customer who has just bought, may skip periods and come back ("always a share"): with the expected
/// purchases C_i of period i, C_0 = 1, C_i = Σ_j C_{i−j} P_j Π_{k<j} (1 − P_k), and the probability A_i of not being lost when
/// it begins, margin · Σ_{i=0..n} C_i (1+d)^−i − contact_cost · Σ_{i=1..n} A_i (1+d)^−(i−l), where a contact is paid
/// l = 1, ½ or 0 periods before its purchase. Source: Dwyer 1997; Berger & Nasr 1998, case 5.
///
/// @param margin contribution of a purchase, the first of them now
/// @param contact_cost cost per period of each customer who is not lost
/// @param repurchase probability of buying in the next period by recency; who has not bought for `recencies` periods
///     is lost
/// @param discount_rate d, per period; greater than −1
/// @param periods n, at most 10000
/// @param contact when a contact is paid; the middle is crm_migration_value
/// @param value receives the value
/// @param by_period receives n + 1 periods, of which period 0 is the purchase now; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_always_a_share(
    margin: *const crm_decimal,
    contact_cost: *const crm_decimal,
    repurchase: *const crm_decimal,
    recencies: usize,
    discount_rate: *const crm_decimal,
    periods: u64,
    contact: MaybeUninit<crm_contact_timing>,
    value: *mut crm_decimal,
    by_period: *mut crm_share_period,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let margin = read_amount("margin", margin)?;
        let cost = read_amount("contact_cost", contact_cost)?;
        let repurchase = read_probabilities("repurchase", repurchase, recencies)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let contact = category::read("contact", contact)?;
        let value = Output::new("value", value)?;
        let rows = usize::try_from(periods).unwrap_or(usize::MAX);
        let out = OutputSlice::optional("by_period", by_period, rows.saturating_add(1))?;
        let found = migration::always_a_share(margin, cost, &repurchase, rate, periods, contact)?;
        let rows: Vec<crm_share_period> = found.periods.iter().map(Into::into).collect();
        write_optional(out, "by_period", &rows)?;
        value.write(found.value.value().into());
        Ok(())
    })
}

/// The value of each customer of a table, as of crm_always_a_share. A row with a NaN gives NaN.
///
/// @param margin of each customer; stride 0: one for all
/// @param contact_cost of each customer; stride 0: one for all
/// @param repurchase `tables` rows of `recencies` probabilities
/// @param tables 1 for one row for all customers, or `customers`
/// @param recencies how many there are, at least 1
/// @param out receives one value per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_always_a_share_values(
    customers: usize,
    margin: *const f64,
    margin_stride: usize,
    contact_cost: *const f64,
    contact_cost_stride: usize,
    repurchase: *const f64,
    tables: usize,
    recencies: usize,
    discount_rate: f64,
    periods: u64,
    contact: MaybeUninit<crm_contact_timing>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let margin = column("margin", margin, margin_stride, customers)?;
        let cost = column("contact_cost", contact_cost, contact_cost_stride, customers)?;
        let size = table_size("repurchase", tables, recencies)?;
        let repurchase = slice("repurchase", repurchase, size)?;
        let contact = category::read("contact", contact)?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut values = buffer("out", customers)?;
        migration::always_a_share_values_into(
            margin,
            cost,
            repurchase,
            recencies,
            discount_rate,
            periods,
            contact,
            &mut values,
        )?;
        out.write("out", &values)
    })
}
