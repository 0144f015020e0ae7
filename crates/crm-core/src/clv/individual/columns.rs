use crate::clv::Timing;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Column, Domain};
use crate::math;
use crate::units::Date;

/// The discount rates of a table of flows.
#[derive(Debug, Clone, Copy)]
pub enum Discounting<'a> {
    /// A rate per period for each customer, or one for all.
    PerCustomer(Column<'a>),
    /// A rate for each period, the same for all customers: as many as periods with [`Timing::End`], one
    /// less with [`Timing::Start`], as in [`present_value_varying`](super::present_value_varying).
    PerPeriod(&'a [f64]),
}

/// Present value of each customer's flows, of which `flows` holds `periods` per customer, row after
/// row; `out` has one place per customer. The columnar form of
/// [`present_value`](super::present_value) and [`present_value_varying`](super::present_value_varying).
///
/// A row with a NaN flow or rate gives NaN.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::individual::{Discounting, present_values_into};
///
/// let flows = [-400.0, 125.0, 500.0, -100.0, 0.0, 250.0];
/// let mut values = [0.0; 2];
/// present_values_into(&flows, 3, Discounting::PerCustomer(0.25.into()), Timing::Start, &mut values)?;
/// assert_eq!(values, [20.0, 60.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` for 0 periods; `LengthMismatch`; `NotFinite` for an infinite flow, naming the customer's
/// row; `OutOfRange` for a rate of −1 or less; `Overflow`.
pub fn present_values_into(
    flows: &[f64],
    periods: usize,
    discounting: Discounting<'_>,
    timing: Timing,
    out: &mut [f64],
) -> Result<()> {
    check_flows(flows, periods, out.len())?;
    discounting.check(periods, timing, out.len())?;
    kernels::each_row(out, |row, value| {
        let flows = flows.get(row * periods..(row + 1) * periods).unwrap_or(&[]);
        *value = discounting.value(flows, row, timing);
        if value.is_finite() {
            return Ok(());
        }
        match flows.iter().find(|flow| flow.is_infinite()) {
            Some(infinite) => Err(Error::not_finite("flows", *infinite).at_row(row)),
            None if value.is_nan() => Ok(()),
            None => Err(Error::overflow("present value").at_row(row)),
        }
    })
}

/// Refuses a table of another size than `periods` flows for each customer.
pub(super) fn check_flows(flows: &[f64], periods: usize, customers: usize) -> Result<()> {
    if periods == 0 {
        return Err(Error::empty("flows"));
    }
    let expected = periods
        .checked_mul(customers)
        .ok_or_else(|| Error::overflow("flows"))?;
    if flows.len() != expected {
        return Err(Error::length("flows", flows.len(), expected));
    }
    Ok(())
}

impl Discounting<'_> {
    /// Refuses rates of another number, and a rate of −1 or less.
    pub(super) fn check(self, periods: usize, timing: Timing, customers: usize) -> Result<()> {
        let (name, rates) = match self {
            Discounting::PerCustomer(rates) => {
                rates.require_rows("discount_rate", customers)?;
                ("discount_rate", rates)
            }
            Discounting::PerPeriod(rates) => {
                let rates = Column::Values(rates);
                let expected = periods - usize::from(timing == Timing::Start);
                rates.require_rows("discount_rates", expected)?;
                ("discount_rates", rates)
            }
        };
        let refused = |rate: f64| !rate.is_nan() && !Domain::Rate.contains(rate);
        match rates.rows() {
            None if refused(rates.get(0)) => Err(Domain::Rate.refuse(name, rates.get(0))),
            None => Ok(()),
            Some(rows) => match (0..rows).find(|row| refused(rates.get(*row))) {
                Some(row) => Err(Domain::Rate.refuse(name, rates.get(row)).at_row(row)),
                None => Ok(()),
            },
        }
    }

    /// The present value of the flows of the customer in `row`, from the last to the first.
    fn value(self, flows: &[f64], row: usize, timing: Timing) -> f64 {
        match self {
            Discounting::PerCustomer(rates) => {
                let growth = 1.0 + rates.get(row);
                let steps = flows.iter().rev();
                let value = steps.fold(0.0, |later, flow| later / growth + flow);
                match timing {
                    Timing::Start => value,
                    Timing::End => value / growth,
                }
            }
            Discounting::PerPeriod(rates) => {
                let (now, later) = match (timing, flows) {
                    (Timing::Start, [first, later @ ..]) => (*first, later),
                    _ => (0.0, flows),
                };
                let steps = later.iter().zip(rates).rev();
                now + steps.fold(0.0, |after, (flow, rate)| (after + flow) / (1.0 + rate))
            }
        }
    }
}

/// Present value on the day `now` of each customer's dated flows (XNPV, Act/365): row k of the three
/// columns is the flow `amounts[k]` of customer `customer_numbers[k]` on the day `dates[k]`, in any order.
/// `out` has one place per customer; a customer without flows is worth 0, one with a NaN amount
/// NaN. The columnar form of [`present_value_dated`](super::present_value_dated).
///
/// ```
/// use crm_core::clv::individual::present_values_dated_into;
/// use crm_core::units::Date;
///
/// let now: Date = "2025-01-01".parse()?;
/// let dates = [now, "2026-01-01".parse()?, now];
/// let mut values = [0.0; 2];
/// present_values_dated_into(&[0, 0, 1], &dates, &[-400.0, 545.0, 30.0], 0.09, now, &mut values)?;
/// assert!((values[0] - 100.0).abs() < 1e-12);
/// assert_eq!(values[1], 30.0);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; `OutOfRange` for a rate of −1 or less, or a customer number without a place in
/// `out`; `NotFinite` for an infinite amount or a rate that is not finite; `Overflow`.
pub fn present_values_dated_into(
    customer_numbers: &[u32],
    dates: &[Date],
    amounts: &[f64],
    yearly_rate: f64,
    now: Date,
    out: &mut [f64],
) -> Result<()> {
    let rows = amounts.len();
    if customer_numbers.len() != rows {
        let found = customer_numbers.len();
        return Err(Error::length("customer_numbers", found, rows));
    }
    if dates.len() != rows {
        return Err(Error::length("dates", dates.len(), rows));
    }
    if !Domain::Rate.contains(yearly_rate) {
        return Err(Domain::Rate.refuse("yearly_rate", yearly_rate));
    }
    out.fill(0.0);
    for (row, ((customer, date), amount)) in
        customer_numbers.iter().zip(dates).zip(amounts).enumerate()
    {
        let Some(value) = out.get_mut(*customer as usize) else {
            let reason = "must be the number of a customer";
            return Err(
                Error::new(ErrorKind::OutOfRange, "customer_numbers", reason)
                    .with_value(customer)
                    .at_row(row),
            );
        };
        if amount.is_infinite() {
            return Err(Error::not_finite("amounts", *amount).at_row(row));
        }
        let years = f64::from(now.days_until(*date)) / 365.0;
        *value += amount * math::float::growth_power(yearly_rate, -years);
        if value.is_infinite() {
            return Err(Error::overflow("present value").at_row(row));
        }
    }
    Ok(())
}
