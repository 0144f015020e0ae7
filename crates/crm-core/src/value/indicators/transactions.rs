use super::{Indicator, IndicatorTable};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::parallel;
use crate::units::Date;

/// The indicators of transactions of every customer of a ledger, in its order, up to `observation_end`. Profit and gross margin are
/// there if the log has costs.
///
/// Gross margin is NaN where orders do not exceed returns, mean and largest order where there is no order, and interpurchase time
/// where all orders are of one day.
///
/// ```
/// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, TimeColumn};
/// use crm_core::units::Date;
/// use crm_core::value::indicators::{Indicator, transaction_indicators};
///
/// let mut builder = LedgerBuilder::new();
/// builder.push(&Chunk {
///     customers: CustomerColumn::Integers(&[1, 1, 1]),
///     times: TimeColumn::Dates(&[0, 10, 12]),
///     amounts: AmountColumn::Floats(&[60.0, 20.0, -8.0]),
///     costs: Some(AmountColumn::Floats(&[30.0, 15.0, -3.0])),
/// })?;
/// let table = transaction_indicators(&builder.finish()?, Date::from_days(30)?)?;
/// let of = |indicator| table.get(indicator).map(|column| column[0]);
/// assert_eq!((of(Indicator::MeanOrder), of(Indicator::ReturnAmount)), (Some(40.0), Some(8.0)));
/// assert_eq!((of(Indicator::Profit), of(Indicator::Tenure)), (Some(30.0), Some(30.0)));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for an observation that ends before a transaction, whose row is named; [`ErrorKind::Overflow`] for a
/// sum that no float can hold.
pub fn transaction_indicators(ledger: &Ledger, observation_end: Date) -> Result<IndicatorTable> {
    let totals = ledger.totals()?;
    let customers = ledger.customers();
    let blocks = parallel::map_range(customers.div_ceil(CUSTOMERS_PER_TASK), |block| {
        let first = block * CUSTOMERS_PER_TASK;
        let rows = first..customers.min(first + CUSTOMERS_PER_TASK);
        rows.map(|customer| Walk::of(ledger, customer, observation_end))
            .collect::<Result<Vec<_>>>()
    });
    let mut walks = Vec::with_capacity(customers);
    for block in blocks {
        walks.extend(block?);
    }
    let days = |day: Date| f64::from(day.days());
    let count = |counts: &[u32]| counts.iter().map(|&n| f64::from(n)).collect::<Vec<f64>>();
    let orders = count(&totals.orders);
    let mean_order = totals
        .revenue
        .iter()
        .zip(&orders)
        .map(|(revenue, n)| revenue / n);
    let mut columns = vec![
        (Indicator::OrderCount, orders.clone()),
        (Indicator::Revenue, totals.revenue.clone()),
    ];
    if let Some(cost) = &totals.cost {
        let net = totals
            .revenue
            .iter()
            .zip(&totals.returned)
            .map(|(r, returned)| r - returned);
        let profit: Vec<f64> = net
            .clone()
            .zip(cost)
            .map(|(net, cost)| net - cost)
            .collect();
        let margin = net
            .zip(&profit)
            .map(|(net, profit)| if net > 0.0 { profit / net } else { f64::NAN });
        columns.push((Indicator::GrossMargin, margin.collect()));
        columns.insert(2, (Indicator::Profit, profit));
    }
    columns.extend([
        (Indicator::MeanOrder, mean_order.collect()),
        (
            Indicator::LargestOrder,
            walks.iter().map(|walk| walk.largest).collect(),
        ),
        (Indicator::ReturnCount, count(&totals.returns)),
        (Indicator::ReturnAmount, totals.returned.clone()),
        (
            Indicator::Tenure,
            totals
                .first
                .iter()
                .map(|&first| days(observation_end) - days(first))
                .collect(),
        ),
        (
            Indicator::InterpurchaseTime,
            walks.iter().map(Walk::interpurchase_time).collect(),
        ),
    ]);
    Ok(IndicatorTable::new(customers, columns))
}

const CUSTOMERS_PER_TASK: usize = 1 << 12;

/// What one pass over a customer's transactions finds.
struct Walk {
    largest: f64,
    /// First and last day with an order, and how many such days.
    days: Option<(Date, Date, u32)>,
}

impl Walk {
    fn of(ledger: &Ledger, customer: usize, end: Date) -> Result<Self> {
        let mut walk = Walk {
            largest: f64::NAN,
            days: None,
        };
        for transaction in ledger.transactions(customer) {
            if transaction.date > end {
                let rule = format!("must not be before the transaction of {}", transaction.date);
                let error = Error::new(ErrorKind::OutOfRange, "observation_end", rule);
                return Err(error.with_value(end).at_row(transaction.row));
            }
            if transaction.amount < 0.0 {
                continue;
            }
            walk.largest = walk.largest.max(transaction.amount);
            walk.days = Some(match walk.days {
                None => (transaction.date, transaction.date, 1),
                Some((first, last, n)) => (
                    first,
                    transaction.date,
                    n + u32::from(transaction.date > last),
                ),
            });
        }
        Ok(walk)
    }

    fn interpurchase_time(&self) -> f64 {
        match self.days {
            Some((first, last, n)) if n > 1 => {
                f64::from(last.days() - first.days()) / f64::from(n - 1)
            }
            _ => f64::NAN,
        }
    }
}
