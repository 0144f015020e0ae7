use super::{Indicator, IndicatorTable, check_rows};
use crate::error::{Error, ErrorKind, Result};
use crate::math::sum::Sum;

/// Invoices, one per row. Days are counted from any day, the same for all.
#[derive(Debug, Clone, Copy)]
pub struct Invoices<'a> {
    /// The customer's number, from 0.
    pub customer: &'a [u32],
    /// More than 0.
    pub amount: &'a [f64],
    /// Day of the invoice.
    pub issued: &'a [f64],
    /// Day by which it is to be paid, not before it was issued.
    pub due: &'a [f64],
    /// Day on which it was paid, not before it was issued; NaN while it is open.
    pub paid: &'a [f64],
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    largest: f64,
    paid: Sum,
    paid_days: Sum,
    payments: f64,
    due: Sum,
    overdue: Sum,
    invoices_due: f64,
}

/// The indicators of payments of every customer, as of a day. What was paid after that day is open; what was issued after it is not
/// there yet. An invoice is overdue if it is open and its day has passed.
///
/// The indicators of payments are NaN for who has paid nothing, those of arrears for who had nothing due. The collection period
/// speaks of invoices that were paid: open ones will take longer.
///
/// ```
/// use crm_core::value::indicators::{Indicator, Invoices, financial_indicators};
///
/// let invoices = Invoices {
///     customer: &[0, 0, 0],
///     amount: &[100.0, 300.0, 100.0],
///     issued: &[0.0, 10.0, 20.0],
///     due: &[30.0, 40.0, 50.0],
///     paid: &[25.0, 45.0, f64::NAN],
/// };
/// let table = financial_indicators(invoices, 1, 60.0)?;
/// assert_eq!(table.get(Indicator::CollectionPeriod), Some(&[30.0][..]));
/// assert_eq!(table.get(Indicator::ArrearsRate), Some(&[0.2][..]));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`]; [`ErrorKind::OutOfRange`] for an amount of 0 or less, a customer beyond
/// `customers`, or a day before the invoice, with their row.
pub fn financial_indicators(
    invoices: Invoices<'_>,
    customers: usize,
    as_of: f64,
) -> Result<IndicatorTable> {
    invoices.check(customers)?;
    if !as_of.is_finite() {
        return Err(Error::not_finite("as_of", as_of));
    }
    let mut tallies = vec![Tally::default(); customers];
    for (row, &customer) in invoices.customer.iter().enumerate() {
        if let (Some(tally), Some(invoice)) =
            (tallies.get_mut(customer as usize), invoices.row(row))
        {
            tally.add(invoice, as_of);
        }
    }
    let column = |of: fn(&Tally) -> f64| tallies.iter().map(of).collect();
    let columns = vec![
        (
            Indicator::LargestPayment,
            column(|t| {
                if t.payments > 0.0 {
                    t.largest
                } else {
                    f64::NAN
                }
            }),
        ),
        (
            Indicator::MeanPayment,
            column(|t| t.paid.value() / t.payments),
        ),
        (
            Indicator::CollectionPeriod,
            column(|t| t.paid_days.value() / t.payments),
        ),
        (
            Indicator::MeanArrears,
            column(|t| t.overdue.value() / t.invoices_due),
        ),
        (
            Indicator::ArrearsRate,
            column(|t| t.overdue.value() / t.due.value()),
        ),
    ];
    Ok(IndicatorTable::new(customers, columns))
}

/// Amount, issued, due, paid.
type Invoice = [f64; 4];

impl Tally {
    fn add(&mut self, [amount, issued, due, paid]: Invoice, as_of: f64) {
        if issued > as_of {
            return;
        }
        let is_paid = paid <= as_of;
        if is_paid {
            self.largest = self.largest.max(amount);
            self.paid.add(amount);
            self.paid_days.add(paid - issued);
            self.payments += 1.0;
        }
        if due < as_of {
            self.due.add(amount);
            self.invoices_due += 1.0;
            self.overdue.add(if is_paid { 0.0 } else { amount });
        }
    }
}

impl Invoices<'_> {
    fn row(&self, row: usize) -> Option<Invoice> {
        Some([
            *self.amount.get(row)?,
            *self.issued.get(row)?,
            *self.due.get(row)?,
            *self.paid.get(row)?,
        ])
    }

    fn check(&self, customers: usize) -> Result<()> {
        let lengths = [
            ("amount", self.amount.len()),
            ("issued", self.issued.len()),
            ("due", self.due.len()),
            ("paid", self.paid.len()),
        ];
        check_rows(self.customer, customers, &lengths)?;
        for row in 0..self.customer.len() {
            if let Some(invoice) = self.row(row) {
                check(invoice).map_err(|error| error.at_row(row))?;
            }
        }
        Ok(())
    }
}

fn check([amount, issued, due, paid]: Invoice) -> Result<()> {
    for (name, value) in [("amount", amount), ("issued", issued), ("due", due)] {
        if !value.is_finite() {
            return Err(Error::not_finite(name, value));
        }
    }
    if paid.is_infinite() {
        return Err(Error::not_finite("paid", paid));
    }
    let refuse = |name, value: f64, rule| {
        Err(Error::new(ErrorKind::OutOfRange, name, rule).with_value(value))
    };
    let rule = "must not be before the day of the invoice";
    if amount <= 0.0 {
        refuse("amount", amount, "must be more than 0")
    } else if due < issued {
        refuse("due", due, rule)
    } else if paid < issued {
        refuse("paid", paid, rule)
    } else {
        Ok(())
    }
}
