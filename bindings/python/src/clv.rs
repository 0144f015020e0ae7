//! `crm_core.clv`: what is not a kernel.

use crm_core::clv::Timing;
use crm_core::clv::components::{self, Component, ComponentFlows};
use crm_core::clv::individual::{
    self, Basis, DatedFlow, Discounting, FlowEntry, FlowLedger, InternalRate, Payback,
};
use crm_core::clv::{group, reading};
use crm_core::units::{Date, Money, Probability, Rate};
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::buffers::{Floats, Output, Values, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::{Kind, Number, decimals};

fn amounts(argument: &'static str, numbers: &[Number]) -> crm_core::Result<Vec<Money>> {
    Ok(decimals(argument, numbers)?
        .into_iter()
        .map(Money::new)
        .collect())
}

fn rates(argument: &'static str, numbers: &[Number]) -> crm_core::Result<Vec<Rate>> {
    let rate = |(row, n): (usize, &Number)| n.rate(argument).map_err(|e| e.at_row(row));
    numbers.iter().enumerate().map(rate).collect()
}

fn probabilities(argument: &'static str, numbers: &[Number]) -> crm_core::Result<Vec<Probability>> {
    let probability =
        |(row, n): (usize, &Number)| n.probability(argument).map_err(|e| e.at_row(row));
    numbers.iter().enumerate().map(probability).collect()
}

fn date(argument: &'static str, day: i32) -> crm_core::Result<Date> {
    Date::from_days(day).map_err(|error| error.named(argument))
}

fn dates(argument: &'static str, days: &[i32]) -> crm_core::Result<Vec<Date>> {
    let read = |(row, day): (usize, &i32)| date(argument, *day).map_err(|e| e.at_row(row));
    days.iter().enumerate().map(read).collect()
}

/// The number of columns of a row-major table of `rows` rows.
pub(crate) fn columns_of(
    argument: &'static str,
    table: &[f64],
    rows: usize,
) -> crm_core::Result<usize> {
    match rows {
        0 => Ok(1),
        rows if table.len().is_multiple_of(rows) => Ok(table.len() / rows),
        _ => Err(Error::new(
            ErrorKind::LengthMismatch,
            argument,
            "must have whole rows",
        )),
    }
}

#[pyfunction]
pub(crate) fn present_value(
    flows: Vec<Number>,
    discount_rate: Number,
    timing: &str,
) -> Result<Number> {
    let kind = Kind::of(flows.iter().chain([&discount_rate]));
    let rate = discount_rate.rate("discount_rate")?;
    let timing = member::<Timing>("timing", timing)?;
    let value = individual::present_value(&amounts("flows", &flows)?, rate, timing)?;
    Ok(kind.number(value.value()))
}

#[pyfunction]
pub(crate) fn present_value_varying(
    flows: Vec<Number>,
    discount_rates: Vec<Number>,
    timing: &str,
) -> Result<Number> {
    let kind = Kind::of(flows.iter().chain(&discount_rates));
    let rates = rates("discount_rates", &discount_rates)?;
    let timing = member::<Timing>("timing", timing)?;
    let value = individual::present_value_varying(&amounts("flows", &flows)?, &rates, timing)?;
    Ok(kind.number(value.value()))
}

#[pyfunction]
pub(crate) fn present_value_dated(
    days: Vec<i32>,
    amounts: Vec<Number>,
    yearly_rate: Number,
    now: i32,
) -> Result<Number> {
    let kind = Kind::of(amounts.iter().chain([&yearly_rate]));
    if days.len() != amounts.len() {
        return Err(Error::length("dates", days.len(), amounts.len()).into());
    }
    let flows: Vec<DatedFlow> = dates("dates", &days)?
        .into_iter()
        .zip(self::amounts("amounts", &amounts)?)
        .map(|(date, amount)| DatedFlow { date, amount })
        .collect();
    let rate = yearly_rate.rate("yearly_rate")?;
    let value = individual::present_value_dated(&flows, rate, date("now", now)?)?;
    Ok(kind.number(value.value()))
}

#[pyfunction]
pub(crate) fn present_values(
    py: Python<'_>,
    flows: Floats,
    discount_rate: Values,
    timing: &str,
    mut out: Output,
) -> Result<()> {
    let (flows, out) = (flows.slice("flows")?, out.slice()?);
    let periods = columns_of("flows", flows, out.len())?;
    let discounting = Discounting::PerCustomer(discount_rate.column("discount_rate")?);
    let timing = member::<Timing>("timing", timing)?;
    detached(py, || {
        individual::present_values_into(flows, periods, discounting, timing, out)
    })
}

#[pyfunction]
pub(crate) fn present_values_varying(
    py: Python<'_>,
    flows: Floats,
    discount_rates: Floats,
    timing: &str,
    mut out: Output,
) -> Result<()> {
    let (flows, out) = (flows.slice("flows")?, out.slice()?);
    let periods = columns_of("flows", flows, out.len())?;
    let discounting = Discounting::PerPeriod(discount_rates.slice("discount_rates")?);
    let timing = member::<Timing>("timing", timing)?;
    detached(py, || {
        individual::present_values_into(flows, periods, discounting, timing, out)
    })
}

#[pyfunction]
pub(crate) fn present_values_dated(
    py: Python<'_>,
    customer_numbers: Vec<u32>,
    days: Vec<i32>,
    amounts: Floats,
    yearly_rate: Number,
    now: i32,
    mut out: Output,
) -> Result<()> {
    let dates = dates("dates", &days)?;
    let (amounts, out) = (amounts.slice("amounts")?, out.slice()?);
    let (rate, now) = (yearly_rate.f64("yearly_rate")?, date("now", now)?);
    detached(py, || {
        individual::present_values_dated_into(&customer_numbers, &dates, amounts, rate, now, out)
    })
}

#[pyfunction]
pub(crate) fn payback(
    flows: Vec<Number>,
    discount_rate: Number,
    timing: &str,
) -> Result<Option<Number>> {
    let kind = Kind::of(flows.iter().chain([&discount_rate]));
    let rate = discount_rate.rate("discount_rate")?;
    let timing = member::<Timing>("timing", timing)?;
    Ok(
        match individual::payback(&amounts("flows", &flows)?, rate, timing)? {
            Payback::After(periods) => Some(kind.number(periods)),
            Payback::Never => None,
        },
    )
}

#[pyfunction]
pub(crate) fn internal_rate_of_return(flows: Vec<Number>) -> Result<(Option<Number>, usize)> {
    let kind = Kind::of(&flows);
    Ok(
        match individual::internal_rate_of_return(&amounts("flows", &flows)?)? {
            InternalRate::Unique(rate) => (Some(kind.number(rate.value())), 1),
            InternalRate::Ambiguous { sign_changes } => (None, sign_changes),
        },
    )
}

#[pyfunction]
pub(crate) fn internal_rate_between(
    flows: Vec<Number>,
    low: Number,
    high: Number,
) -> Result<Number> {
    let kind = Kind::of(flows.iter().chain([&low, &high]));
    let (low, high) = (low.rate("low")?, high.rate("high")?);
    let rate = individual::internal_rate_between(&amounts("flows", &flows)?, low, high)?;
    Ok(kind.number(rate.value()))
}

/// What one customer brought and cost: the fields of a `FlowEntry` in order.
type Entry = (u32, Number, Number, Number, Number, Number);

#[pyfunction]
pub(crate) fn flows(entries: Vec<Entry>, basis: &str) -> Result<Vec<Number>> {
    let kind = Kind::of(
        entries
            .iter()
            .flat_map(|(_, a, b, c, d, e)| [a, b, c, d, e]),
    );
    let read = |(row, entry): (usize, &Entry)| -> crm_core::Result<FlowEntry> {
        let (period, revenue, product_cost, service_cost, marketing_cost, refunds) = entry;
        let money = |number: &Number, name| number.money(name).map_err(|e| e.at_row(row));
        Ok(FlowEntry {
            period: *period,
            revenue: money(revenue, "revenue")?,
            product_cost: money(product_cost, "product_cost")?,
            service_cost: money(service_cost, "service_cost")?,
            marketing_cost: money(marketing_cost, "marketing_cost")?,
            refunds: money(refunds, "refunds")?,
        })
    };
    let entries = entries
        .iter()
        .enumerate()
        .map(read)
        .collect::<crm_core::Result<_>>()?;
    let flows = FlowLedger::new(entries)?.flows(member::<Basis>("basis", basis)?)?;
    Ok(flows
        .into_iter()
        .map(|flow| kind.number(flow.value()))
        .collect())
}

#[pyfunction]
pub(crate) fn survival(retention: Vec<Number>) -> Result<Vec<Number>> {
    let kind = Kind::of(&retention);
    let curve = group::survival(&probabilities("retention", &retention)?);
    Ok(curve.into_iter().map(|p| kind.number(p.value())).collect())
}

#[pyfunction]
pub(crate) fn retention_curve_value(
    margin: Number,
    retention: Vec<Number>,
    discount_rate: Number,
    growth: Number,
) -> Result<Number> {
    let kind = Kind::of(retention.iter().chain([&margin, &discount_rate, &growth]));
    let curve = probabilities("retention", &retention)?;
    let (rate, growth) = (discount_rate.rate("discount_rate")?, growth.rate("growth")?);
    let value = group::retention_curve_value(margin.money("margin")?, &curve, rate, growth)?;
    Ok(kind.number(value.value()))
}

#[pyfunction]
pub(crate) fn renewal_curve_value(
    margin: Number,
    retention: Vec<Number>,
    discount_rate: Number,
    growth: Number,
) -> Result<Number> {
    let kind = Kind::of(retention.iter().chain([&margin, &discount_rate, &growth]));
    let curve = probabilities("retention", &retention)?;
    let (rate, growth) = (discount_rate.rate("discount_rate")?, growth.rate("growth")?);
    let value = group::renewal_curve_value(margin.money("margin")?, &curve, rate, growth)?;
    Ok(kind.number(value.value()))
}

#[pyfunction]
pub(crate) fn retention_curve_values(
    py: Python<'_>,
    margin: Values,
    retention: Floats,
    discount_rate: Number,
    growth: Number,
    timing: &str,
    mut out: Output,
) -> Result<()> {
    let (retention, out) = (retention.slice("retention")?, out.slice()?);
    let periods = columns_of("retention", retention, out.len())?;
    let margin = margin.column("margin")?;
    let (rate, growth) = (discount_rate.f64("discount_rate")?, growth.f64("growth")?);
    let timing = member::<Timing>("timing", timing)?;
    detached(py, || {
        group::retention_curve_values_into(margin, retention, periods, rate, growth, timing, out)
    })
}

#[pyfunction]
pub(crate) fn migration_value(
    gross_contribution: Number,
    promotion_cost: Number,
    repurchase: Vec<Number>,
    discount_rate: Number,
    years: u64,
) -> Result<Number> {
    let scalars = [&gross_contribution, &promotion_cost, &discount_rate];
    let kind = Kind::of(repurchase.iter().chain(scalars));
    let margin = gross_contribution.money("gross_contribution")?;
    let cost = promotion_cost.money("promotion_cost")?;
    let repurchase = probabilities("repurchase", &repurchase)?;
    let rate = discount_rate.rate("discount_rate")?;
    let value = group::migration_value(margin, cost, &repurchase, rate, years)?;
    Ok(kind.number(value.value()))
}

/// `flows` holds a list per component, named.
#[pyfunction]
pub(crate) fn component_present_values(
    flows: Vec<(String, Vec<Number>)>,
    discount_rate: Number,
    timing: &str,
) -> Result<Vec<Number>> {
    let numbers = flows.iter().flat_map(|(_, numbers)| numbers);
    let kind = Kind::of(numbers.chain([&discount_rate]));
    let mut by_component = ComponentFlows::default();
    for (name, numbers) in &flows {
        let component = member::<Component>("flows", name)?;
        by_component = by_component.with(component, amounts("flows", numbers)?);
    }
    let rate = discount_rate.rate("discount_rate")?;
    let breakdown = by_component.present_values(rate, member::<Timing>("timing", timing)?)?;
    Ok(parts(&breakdown, kind))
}

/// The amounts of a breakdown in the order of the components.
fn parts(breakdown: &components::Breakdown, kind: Kind) -> Vec<Number> {
    use crm_core::units::Label;
    let amount = |component: &Component| kind.number(breakdown.get(*component).value());
    Component::ALL.iter().map(amount).collect()
}

fn breakdown(amounts: &[Number]) -> crm_core::Result<components::Breakdown> {
    use crm_core::units::Label;
    let mut breakdown = components::Breakdown::default();
    for (component, amount) in Component::ALL.iter().zip(amounts) {
        breakdown = breakdown.with(*component, amount.money(component.name())?);
    }
    Ok(breakdown)
}

#[pyfunction]
pub(crate) fn breakdown_total(amounts: Vec<Number>) -> Result<Number> {
    Ok(Kind::of(&amounts).number(breakdown(&amounts)?.total()?.value()))
}

#[pyfunction]
pub(crate) fn breakdown_sum(customers: Vec<Vec<Number>>) -> Result<Vec<Number>> {
    let kind = Kind::of(customers.iter().flatten());
    let customers = customers.iter().map(|amounts| breakdown(amounts));
    let customers = customers.collect::<crm_core::Result<Vec<_>>>()?;
    Ok(parts(&components::Breakdown::sum(&customers)?, kind))
}

/// Component, start and end of each bar.
#[pyfunction]
pub(crate) fn breakdown_waterfall(
    amounts: Vec<Number>,
) -> Result<Vec<(&'static str, Number, Number)>> {
    use crm_core::units::{Label, Language};
    let kind = Kind::of(&amounts);
    let bars = breakdown(&amounts)?.waterfall(Language::En)?;
    let bar = |bar: components::WaterfallBar| {
        let (start, end) = (kind.number(bar.start.value()), kind.number(bar.end.value()));
        (bar.component.name(), start, end)
    };
    Ok(bars.into_iter().map(bar).collect())
}

#[pyfunction]
pub(crate) fn component_totals(py: Python<'_>, components: Floats, mut out: Output) -> Result<()> {
    let (table, out) = (components.slice("components")?, out.slice()?);
    detached(py, || components::component_totals_into(table, out))
}

#[pyfunction]
pub(crate) fn aggregate_components(py: Python<'_>, components: Floats) -> Result<Vec<f64>> {
    let table = components.slice("components")?;
    detached(py, || components::aggregate_components(table)).map(|sums| sums.to_vec())
}

#[pyfunction]
pub(crate) fn word_of_mouth_effect(satisfied: u64, unsatisfied: u64) -> Result<i64> {
    Ok(components::word_of_mouth_effect(satisfied, unsatisfied)?)
}

#[pyfunction]
pub(crate) fn historic_value(flows: Vec<Number>, rate: Number, timing: &str) -> Result<Number> {
    let kind = Kind::of(flows.iter().chain([&rate]));
    let timing = member::<Timing>("timing", timing)?;
    let value = reading::historic_value(&amounts("flows", &flows)?, rate.rate("rate")?, timing)?;
    Ok(kind.number(value.value()))
}

#[pyfunction]
pub(crate) fn reading_split(
    historic: Number,
    current: Number,
    potential: Number,
) -> Result<(Number, Number, Number)> {
    let kind = Kind::of([&historic, &current, &potential]);
    let reading = reading::Reading {
        historic: historic.money("historic")?,
        current: current.money("current")?,
        potential: potential.money("potential")?,
    };
    let split = reading.split()?;
    let share = |share: crm_core::units::Share| kind.number(share.value());
    Ok((
        share(split.historic),
        share(split.current),
        share(split.potential),
    ))
}

#[pyfunction]
pub(crate) fn reading_splits(
    py: Python<'_>,
    historic: Values,
    current: Values,
    potential: Values,
    mut out: Output,
) -> Result<()> {
    let (historic, current) = (historic.column("historic")?, current.column("current")?);
    let (potential, out) = (potential.column("potential")?, out.slice()?);
    detached(py, || {
        reading::splits_into(historic, current, potential, out)
    })
}
