//! Lifetime value of one customer: flows, present value, pay-back, internal rate of return.

use std::mem::MaybeUninit;

use crm_core::Error;
use crm_core::clv::individual::{
    self, Basis, DatedFlow, Discounting, FlowEntry, FlowLedger, InternalRate, Payback, RateOutcome,
};
use crm_core::units::{Money, Rate};
use rust_decimal::Decimal;

use super::{date, read_dates, read_money, read_rate, read_timing, table_size};
use crate::boundary::{Outcome, Output, OutputSlice, buffer, column, filled, respond, slice};
use crate::categories::{crm_basis, crm_rate_outcome, crm_timing};
use crate::category;
use crate::decimal::{crm_decimal, read_decimals};
use crate::status::crm_status;

/// Present value of one flow per period at one rate: the sum of flow_t · (1 + rate)^−t, where t
/// starts at 0 (`CRM_TIMING_START`) or 1 (`CRM_TIMING_END`). Exact: each step rounds half-even at
/// the 28th digit.
///
/// `CRM_STATUS_EMPTY` without flows; `CRM_STATUS_OUT_OF_RANGE` for a rate of −1 or less.
///
/// @param flows income positive, spending negative
/// @param out receives the present value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_present_value(
    flows: *const crm_decimal,
    periods: usize,
    discount_rate: *const crm_decimal,
    timing: MaybeUninit<crm_timing>,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = read_money("flows", flows, periods)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let out = Output::new("out", out)?;
        let value = individual::present_value(&flows, rate, read_timing(timing)?)?;
        out.write(value.value().into());
        Ok(())
    })
}

/// Present value of one flow per period where each period has its own rate: the sum of
/// flow_t / ((1 + rate_1) … (1 + rate_t)).
///
/// With `CRM_TIMING_END` there is a rate for each flow; with `CRM_TIMING_START` the first flow is
/// now, and there is a rate for each period between two flows, one less than there are flows.
/// Another number of rates is `CRM_STATUS_LENGTH_MISMATCH`.
///
/// @param flows income positive, spending negative
/// @param out receives the present value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_present_value_varying(
    flows: *const crm_decimal,
    periods: usize,
    discount_rates: *const crm_decimal,
    discount_rate_count: usize,
    timing: MaybeUninit<crm_timing>,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = read_money("flows", flows, periods)?;
        let rates = read_decimals("discount_rates", discount_rates, discount_rate_count)?;
        let rate = |(row, r)| Rate::named("discount_rates", r).map_err(|e: Error| e.at_row(row));
        let rates = rates
            .into_iter()
            .enumerate()
            .map(rate)
            .collect::<Result<Vec<_>, _>>()?;
        let out = Output::new("out", out)?;
        let value = individual::present_value_varying(&flows, &rates, read_timing(timing)?)?;
        out.write(value.value().into());
        Ok(())
    })
}

/// Present value on the day `now` of flows with dates: the sum of
/// flow · (1 + yearly_rate)^−(days from now / 365) (XNPV, Act/365). Flows may stand in any order;
/// those before `now` are compounded. A spreadsheet takes the date of the first flow as `now`.
///
/// Days are counted from 1970-01-01, see `crm_date_parse`; years outside 1 to 9999 are
/// `CRM_STATUS_OUT_OF_RANGE`.
///
/// @param dates day of each flow
/// @param amounts income positive, spending negative
/// @param out receives the present value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_present_value_dated(
    dates: *const i32,
    amounts: *const crm_decimal,
    flow_count: usize,
    yearly_rate: *const crm_decimal,
    now: i32,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let dates = read_dates("dates", dates, flow_count)?;
        let amounts = read_money("amounts", amounts, flow_count)?;
        let flows: Vec<DatedFlow> = dates
            .into_iter()
            .zip(amounts)
            .map(|(date, amount)| DatedFlow { date, amount })
            .collect();
        let rate = read_rate("yearly_rate", yearly_rate)?;
        let out = Output::new("out", out)?;
        let value = individual::present_value_dated(&flows, rate, date("now", now)?)?;
        out.write(value.value().into());
        Ok(())
    })
}

/// Present value of each customer's flows, of which `flows` holds `periods` per customer, row after
/// row. A row with a NaN gives NaN; what is refused names the customer's row.
///
/// @param flows customers × periods amounts
/// @param discount_rate a rate per period for each customer; stride 0: one for all
/// @param out receives one present value per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_present_values(
    customers: usize,
    flows: *const f64,
    periods: usize,
    discount_rate: *const f64,
    discount_rate_stride: usize,
    timing: MaybeUninit<crm_timing>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = slice("flows", flows, table_size("flows", customers, periods)?)?;
        let rates = column(
            "discount_rate",
            discount_rate,
            discount_rate_stride,
            customers,
        )?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut values = buffer("out", customers)?;
        let discounting = Discounting::PerCustomer(rates);
        let timing = read_timing(timing)?;
        individual::present_values_into(flows, periods, discounting, timing, &mut values)?;
        out.write("out", &values)
    })
}

/// As `crm_present_values`, with a rate for each period, the same for all customers: as many as
/// periods with `CRM_TIMING_END`, one less with `CRM_TIMING_START`.
///
/// @param flows customers × periods amounts
/// @param out receives one present value per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_present_values_varying(
    customers: usize,
    flows: *const f64,
    periods: usize,
    discount_rates: *const f64,
    discount_rate_count: usize,
    timing: MaybeUninit<crm_timing>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = slice("flows", flows, table_size("flows", customers, periods)?)?;
        let rates = slice("discount_rates", discount_rates, discount_rate_count)?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut values = buffer("out", customers)?;
        let discounting = Discounting::PerPeriod(rates);
        let timing = read_timing(timing)?;
        individual::present_values_into(flows, periods, discounting, timing, &mut values)?;
        out.write("out", &values)
    })
}

/// Present value on the day `now` of each customer's dated flows (XNPV, Act/365): flow k is
/// `amounts[k]` of customer `customer_numbers[k]` on the day `dates[k]`, in any order. A customer
/// without flows is worth 0.
///
/// @param customer_numbers number of each flow's customer, from 0
/// @param dates day of each flow, counted from 1970-01-01
/// @param amounts income positive, spending negative
/// @param customers how many customers there are
/// @param out receives one present value per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_present_values_dated(
    flow_count: usize,
    customer_numbers: *const u32,
    dates: *const i32,
    amounts: *const f64,
    yearly_rate: f64,
    now: i32,
    customers: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let numbers = slice("customer_numbers", customer_numbers, flow_count)?;
        let dates = read_dates("dates", dates, flow_count)?;
        let amounts = slice("amounts", amounts, flow_count)?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut values = buffer("out", customers)?;
        let now = date("now", now)?;
        individual::present_values_dated_into(
            numbers,
            &dates,
            amounts,
            yearly_rate,
            now,
            &mut values,
        )?;
        out.write("out", &values)
    })
}

/// Pay-back period: the time from now at which the running total of the discounted flows first comes
/// back to zero; within the period that brings it there, income is taken to come in evenly. A rate
/// of 0 gives the plain pay-back period.
///
/// @param pays_back receives 1, or 0 if the flows never make up for what was spent
/// @param out receives the number of periods; 0 if the flows never pay back
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_payback(
    flows: *const crm_decimal,
    periods: usize,
    discount_rate: *const crm_decimal,
    timing: MaybeUninit<crm_timing>,
    pays_back: *mut i32,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = read_money("flows", flows, periods)?;
        let rate = read_rate("discount_rate", discount_rate)?;
        let (pays_back, out) = (
            Output::new("pays_back", pays_back)?,
            Output::new("out", out)?,
        );
        let (answer, after) = match individual::payback(&flows, rate, read_timing(timing)?)? {
            Payback::After(after) => (1, after),
            Payback::Never => (0, Decimal::ZERO),
        };
        pays_back.write(answer);
        out.write(after.into());
        Ok(())
    })
}

/// Pay-back period of each customer's flows, as `crm_payback`: infinity where they never pay back, NaN for
/// a row with a NaN flow or rate. What is refused names the customer's row.
///
/// @param flows customers × periods amounts
/// @param discount_rate a rate per period for each customer; stride 0: one for all
/// @param out receives one pay-back period per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_paybacks(
    customers: usize,
    flows: *const f64,
    periods: usize,
    discount_rate: *const f64,
    discount_rate_stride: usize,
    timing: MaybeUninit<crm_timing>,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = slice("flows", flows, table_size("flows", customers, periods)?)?;
        let rates = column(
            "discount_rate",
            discount_rate,
            discount_rate_stride,
            customers,
        )?;
        let out = OutputSlice::new("out", out, customers)?;
        let mut values = buffer("out", customers)?;
        individual::paybacks_into(flows, periods, rates, read_timing(timing)?, &mut values)?;
        out.write("out", &values)
    })
}

/// Internal rate of return of each customer's flows, as `crm_internal_rate_of_return`: NaN for a row that
/// does not have exactly one, where the outcome says why.
///
/// @param flows customers × periods amounts
/// @param rates receives one rate per customer
/// @param outcomes receives one outcome per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_internal_rates(
    customers: usize,
    flows: *const f64,
    periods: usize,
    rates: *mut f64,
    outcomes: *mut crm_rate_outcome,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = slice("flows", flows, table_size("flows", customers, periods)?)?;
        let (rates, outcomes) = (
            OutputSlice::new("rates", rates, customers)?,
            OutputSlice::new("outcomes", outcomes, customers)?,
        );
        let (mut found, mut why) = (
            buffer("rates", customers)?,
            filled("outcomes", customers, RateOutcome::Missing)?,
        );
        individual::internal_rates_into(flows, periods, &mut found, &mut why)?;
        let why = why.into_iter().map(category::write::<crm_rate_outcome>);
        outcomes.write("outcomes", &why.collect::<Outcome<Vec<_>>>()?)?;
        rates.write("rates", &found)
    })
}

/// Internal rate of return: the rate per period at which the flows are worth nothing. Flows that
/// change sign once have exactly one, rounded to 18 decimals. Flows that change sign more often may
/// have none and may have as many as changes: then look between two rates with
/// `crm_internal_rate_between`, or compare present values instead.
///
/// `CRM_STATUS_NO_SOLUTION` if the flows do not hold both spending and income.
///
/// @param sign_changes receives how often the flows change sign: 1 if `out` is the only rate
/// @param out receives the rate; 0 if there is more than one sign change
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_internal_rate_of_return(
    flows: *const crm_decimal,
    periods: usize,
    sign_changes: *mut usize,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = read_money("flows", flows, periods)?;
        let sign_changes_out = Output::new("sign_changes", sign_changes)?;
        let out = Output::new("out", out)?;
        let (changes, rate) = match individual::internal_rate_of_return(&flows)? {
            InternalRate::Unique(rate) => (1, rate.value()),
            InternalRate::Ambiguous { sign_changes } => (sign_changes, Decimal::ZERO),
        };
        sign_changes_out.write(changes);
        out.write(rate.into());
        Ok(())
    })
}

/// A rate between `low` and `high` at which the flows are worth nothing, where their present values
/// at `low` and `high` differ in sign; `CRM_STATUS_NO_SOLUTION` where they do not.
///
/// @param out receives the rate
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_internal_rate_between(
    flows: *const crm_decimal,
    periods: usize,
    low: *const crm_decimal,
    high: *const crm_decimal,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = read_money("flows", flows, periods)?;
        let (low, high) = (read_rate("low", low)?, read_rate("high", high)?);
        let out = Output::new("out", out)?;
        let rate = individual::internal_rate_between(&flows, low, high)?;
        out.write(rate.value().into());
        Ok(())
    })
}

/// What one customer brought and cost in a period. All amounts are 0 or more.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct crm_flow_entry {
    /// The period, counted from 0, at most 100000.
    pub period: u32,
    /// Revenue before refunds.
    pub revenue: crm_decimal,
    /// Cost of the products sold.
    pub product_cost: crm_decimal,
    /// Cost to serve this customer.
    pub service_cost: crm_decimal,
    /// Marketing spent on this customer.
    pub marketing_cost: crm_decimal,
    /// Revenue given back.
    pub refunds: crm_decimal,
}

/// # Safety
/// As [`slice`].
unsafe fn read_ledger(entries: *const crm_flow_entry, count: usize) -> Outcome<FlowLedger> {
    // SAFETY: as the caller vouches.
    let entries = unsafe { slice("entries", entries, count) }?;
    let read = |entry: &crm_flow_entry| -> Outcome<FlowEntry> {
        Ok(FlowEntry {
            period: entry.period,
            revenue: Money::new(entry.revenue.value("revenue")?),
            product_cost: Money::new(entry.product_cost.value("product_cost")?),
            service_cost: Money::new(entry.service_cost.value("service_cost")?),
            marketing_cost: Money::new(entry.marketing_cost.value("marketing_cost")?),
            refunds: Money::new(entry.refunds.value("refunds")?),
        })
    };
    Ok(FlowLedger::new(
        entries.iter().map(read).collect::<Outcome<_>>()?,
    )?)
}

/// How many periods the entries reach over: their last period + 1.
///
/// @param entries in any order; a period may have none and may have several
/// @param out receives the number of periods
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_flow_periods(
    entries: *const crm_flow_entry,
    entry_count: usize,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = read_ledger(entries, entry_count)?;
        Output::new("out", out)?.write(ledger.periods());
        Ok(())
    })
}

/// One flow per period from what a customer brought and cost, on a basis: revenue less refunds; that
/// less product cost (profit); that less service and marketing cost (profit contribution). A period
/// without entries has a flow of 0.
///
/// @param entries in any order; a period may have none and may have several
/// @param out receives the flows
/// @param periods room in `out`: what `crm_flow_periods` says, else `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_flows(
    entries: *const crm_flow_entry,
    entry_count: usize,
    basis: MaybeUninit<crm_basis>,
    out: *mut crm_decimal,
    periods: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = read_ledger(entries, entry_count)?;
        let out = OutputSlice::new("out", out, periods)?;
        let basis: Basis = category::read::<crm_basis>("basis", basis)?;
        let flows: Vec<crm_decimal> = ledger
            .flows(basis)?
            .into_iter()
            .map(|flow| flow.value().into())
            .collect();
        out.write("out", &flows)
    })
}
