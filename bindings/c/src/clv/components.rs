//! Lifetime value by component: where it comes from.

use std::mem::MaybeUninit;

use crm_core::clv::components::{self, Breakdown, Component, ComponentFlows};
use crm_core::units::{Label, Language, Money};

use super::{read_money, read_rate, read_timing, table_size};
use crate::boundary::{Outcome, Output, OutputSlice, buffer, read, respond, slice};
use crate::categories::{crm_component, crm_timing};
use crate::category;
use crate::decimal::crm_decimal;
use crate::status::crm_status;

/// The lifetime value of one customer, or of many, by component. A cost is positive: the total
/// subtracts it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct crm_breakdown {
    /// Profit of the first purchase.
    pub base_profit: crm_decimal,
    /// Profit of the purchases that follow.
    pub repeat_purchases: crm_decimal,
    /// Profit of other products bought.
    pub cross_selling: crm_decimal,
    /// What serving a customer who knows the firm saves.
    pub lower_cost_to_serve: crm_decimal,
    /// Profit from customers whom this one brought.
    pub referral_income: crm_decimal,
    /// What a loyal customer pays over the price that others pay.
    pub loyalty_price_premium: crm_decimal,
    /// Cost of keeping the relationship, subtracted.
    pub customer_cost: crm_decimal,
    /// Expected cost of losing the customer, subtracted.
    pub churn_cost: crm_decimal,
    /// Cost of acquiring the customer, subtracted.
    pub acquisition_cost: crm_decimal,
}

/// One bar of a waterfall chart: a component, from the sum of those before it to the sum with it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_waterfall_bar {
    /// The component; `crm_component_label` has its term.
    pub component: crm_component,
    /// The sum of the components before.
    pub start: crm_decimal,
    /// The sum with this one; below the start for a cost.
    pub end: crm_decimal,
}

impl crm_breakdown {
    fn value(&self) -> Outcome<Breakdown> {
        [
            (Component::BaseProfit, "base_profit", self.base_profit),
            (
                Component::RepeatPurchases,
                "repeat_purchases",
                self.repeat_purchases,
            ),
            (Component::CrossSelling, "cross_selling", self.cross_selling),
            (
                Component::LowerCostToServe,
                "lower_cost_to_serve",
                self.lower_cost_to_serve,
            ),
            (
                Component::ReferralIncome,
                "referral_income",
                self.referral_income,
            ),
            (
                Component::LoyaltyPricePremium,
                "loyalty_price_premium",
                self.loyalty_price_premium,
            ),
            (Component::CustomerCost, "customer_cost", self.customer_cost),
            (Component::ChurnCost, "churn_cost", self.churn_cost),
            (
                Component::AcquisitionCost,
                "acquisition_cost",
                self.acquisition_cost,
            ),
        ]
        .into_iter()
        .try_fold(Breakdown::default(), |sum, (component, name, amount)| {
            Outcome::Ok(sum.with(component, Money::new(amount.value(name)?)))
        })
    }
}

impl From<Breakdown> for crm_breakdown {
    fn from(breakdown: Breakdown) -> Self {
        crm_breakdown {
            base_profit: breakdown.base_profit.value().into(),
            repeat_purchases: breakdown.repeat_purchases.value().into(),
            cross_selling: breakdown.cross_selling.value().into(),
            lower_cost_to_serve: breakdown.lower_cost_to_serve.value().into(),
            referral_income: breakdown.referral_income.value().into(),
            loyalty_price_premium: breakdown.loyalty_price_premium.value().into(),
            customer_cost: breakdown.customer_cost.value().into(),
            churn_cost: breakdown.churn_cost.value().into(),
            acquisition_cost: breakdown.acquisition_cost.value().into(),
        }
    }
}

/// The present value of each component of a customer's flows, rounded half-even to 12 decimals, so
/// that the components add up to the total exactly in whatever order they are summed.
///
/// @param flows components × periods amounts: 9 rows in the order of `crm_component`, a cost positive
/// @param out receives the present values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_component_present_values(
    flows: *const crm_decimal,
    periods: usize,
    discount_rate: *const crm_decimal,
    timing: MaybeUninit<crm_timing>,
    out: *mut crm_breakdown,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let size = table_size("flows", Component::COUNT, periods)?;
        let flows = read_money("flows", flows, size)?;
        let by_component = Component::ALL
            .iter()
            .zip(flows.chunks(periods.max(1)))
            .fold(ComponentFlows::default(), |all, (component, flows)| {
                all.with(*component, flows.to_vec())
            });
        let rate = read_rate("discount_rate", discount_rate)?;
        let out = Output::new("out", out)?;
        out.write(
            by_component
                .present_values(rate, read_timing(timing)?)?
                .into(),
        );
        Ok(())
    })
}

/// The lifetime value: incomes less costs.
///
/// @param out receives the total
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_breakdown_total(
    breakdown: *const crm_breakdown,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let breakdown = read("breakdown", breakdown)?.value()?;
        let out = Output::new("out", out)?;
        out.write(breakdown.total()?.value().into());
        Ok(())
    })
}

/// The components of many customers, summed.
///
/// @param out receives the sums; zeros for no customers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_breakdown_sum(
    breakdowns: *const crm_breakdown,
    customers: usize,
    out: *mut crm_breakdown,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let breakdowns = slice("breakdowns", breakdowns, customers)?;
        let breakdowns: Vec<Breakdown> = breakdowns
            .iter()
            .map(crm_breakdown::value)
            .collect::<Outcome<_>>()?;
        let out = Output::new("out", out)?;
        out.write(Breakdown::sum(&breakdowns)?.into());
        Ok(())
    })
}

/// The bars of a waterfall chart, in the order of `crm_component`; the last one ends at the total.
///
/// @param out receives the bars
/// @param bars room in `out`: 9, else `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_breakdown_waterfall(
    breakdown: *const crm_breakdown,
    out: *mut crm_waterfall_bar,
    bars: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let breakdown = read("breakdown", breakdown)?.value()?;
        let out = OutputSlice::new("out", out, bars)?;
        let bar = |bar: components::WaterfallBar| -> Outcome<crm_waterfall_bar> {
            Ok(crm_waterfall_bar {
                component: category::write::<crm_component>(bar.component)?,
                start: bar.start.value().into(),
                end: bar.end.value().into(),
            })
        };
        let bars = breakdown.waterfall(Language::En)?;
        out.write(
            "out",
            &bars.into_iter().map(bar).collect::<Outcome<Vec<_>>>()?,
        )
    })
}

/// The total of each customer from a table of components. NaN in a row gives NaN.
///
/// @param components customers × 9 amounts in the order of `crm_component`, costs positive
/// @param out receives one total per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_component_totals(
    customers: usize,
    components: *const f64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let size = table_size("components", customers, Component::COUNT)?;
        let table = slice("components", components, size)?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut totals = buffer("out", customers)?;
        components::component_totals_into(table, &mut totals)?;
        out.write("out", &totals)
    })
}

/// The sum of each component over a table of customers. NaN in a column gives NaN for it.
///
/// @param components customers × 9 amounts in the order of `crm_component`
/// @param out receives the sums
/// @param component_count room in `out`: 9, else `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_aggregate_components(
    customers: usize,
    components: *const f64,
    out: *mut f64,
    component_count: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let size = table_size("components", customers, Component::COUNT)?;
        let table = slice("components", components, size)?;
        let out = OutputSlice::new("out", out, component_count)?;
        out.write("out", &components::aggregate_components(table)?)
    })
}

/// Customers gained less customers lost by word of mouth, as a lower bound: a satisfied customer
/// tells at least 12 people, over 10 of whom come (10 are counted); an unsatisfied one tells at least
/// 20, who stay away.
///
/// @param out receives the number, negative for a loss
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_word_of_mouth_effect(
    satisfied: u64,
    unsatisfied: u64,
    out: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        out.write(components::word_of_mouth_effect(satisfied, unsatisfied)?);
        Ok(())
    })
}
