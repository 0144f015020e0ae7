//! Lifetime value of a customer of a group: retention by period and by recency.

use std::mem::MaybeUninit;

use crm_core::clv::group;
use crm_core::units::Money;

use super::{read_probabilities, read_rate, read_timing, table_size};
use crate::boundary::{Output, OutputSlice, buffer, column, respond, slice};
use crate::categories::crm_timing;
use crate::decimal::{crm_decimal, read_decimal};
use crate::status::crm_status;

/// Expected value of a customer whose retention differs by period, the first margin now: the sum of
/// margin · (1 + growth)^t · r_1 … r_t · (1 + discount_rate)^−t for t = 0 to the length of the curve.
///
/// @param retention probability of staying for each next period
/// @param out receives the value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_retention_curve_value(
    margin: *const crm_decimal,
    retention: *const crm_decimal,
    periods: usize,
    discount_rate: *const crm_decimal,
    growth: *const crm_decimal,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let margin = Money::new(read_decimal("margin", margin)?);
        let curve = read_probabilities("retention", retention, periods)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let growth = read_rate("growth", growth)?;
        let out = Output::new("out", out)?;
        let value = group::retention_curve_value(margin, &curve, rate, growth)?;
        out.write(value.value().into());
        Ok(())
    })
}

/// As `crm_retention_curve_value`, with the first margin at the first renewal: the sum of
/// margin · (1 + growth)^(t−1) · r_1 … r_t · (1 + discount_rate)^−t for t = 1 to the length of the
/// curve.
///
/// @param retention probability of staying for each next period
/// @param out receives the value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_renewal_curve_value(
    margin: *const crm_decimal,
    retention: *const crm_decimal,
    periods: usize,
    discount_rate: *const crm_decimal,
    growth: *const crm_decimal,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let margin = Money::new(read_decimal("margin", margin)?);
        let curve = read_probabilities("retention", retention, periods)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let growth = read_rate("growth", growth)?;
        let out = Output::new("out", out)?;
        let value = group::renewal_curve_value(margin, &curve, rate, growth)?;
        out.write(value.value().into());
        Ok(())
    })
}

/// Expected value of each customer by the customer's own retention curve, the first margin now
/// (`CRM_TIMING_START`) or at the first renewal (`CRM_TIMING_END`). A row with a NaN gives NaN.
///
/// @param margin of each customer; stride 0: one for all
/// @param retention customers × periods probabilities, row after row
/// @param out receives one value per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_retention_curve_values(
    customers: usize,
    margin: *const f64,
    margin_stride: usize,
    retention: *const f64,
    periods: usize,
    discount_rate: f64,
    growth: f64,
    timing: MaybeUninit<crm_timing>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let margin = column("margin", margin, margin_stride, customers)?;
        let size = table_size("retention", customers, periods)?;
        let retention = slice("retention", retention, size)?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut values = buffer("out", customers)?;
        group::retention_curve_values_into(
            margin,
            retention,
            periods,
            discount_rate,
            growth,
            read_timing(timing)?,
            &mut values,
        )?;
        out.write("out", &values)
    })
}

/// Expected value of a customer who may skip years and come back: `repurchase[j]` is the probability
/// of buying this year for a customer who last bought j + 1 years ago; who has not bought for
/// `recencies` years is lost. Promotion goes, at mid-year, to all who may still buy.
/// Source: Berger & Nasr 1998, case 5, after Dwyer 1997.
///
/// @param gross_contribution gross contribution margin per sale
/// @param promotion_cost promotion cost per customer and year
/// @param years at most 1000
/// @param out receives the value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_migration_value(
    gross_contribution: *const crm_decimal,
    promotion_cost: *const crm_decimal,
    repurchase: *const crm_decimal,
    recencies: usize,
    discount_rate: *const crm_decimal,
    years: u64,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let margin = Money::new(read_decimal("gross_contribution", gross_contribution)?);
        let cost = Money::new(read_decimal("promotion_cost", promotion_cost)?);
        let repurchase = read_probabilities("repurchase", repurchase, recencies)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let out = Output::new("out", out)?;
        let value = group::migration_value(margin, cost, &repurchase, rate, years)?;
        out.write(value.value().into());
        Ok(())
    })
}
