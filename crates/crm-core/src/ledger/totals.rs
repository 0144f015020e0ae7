use rust_decimal::Decimal;
use serde::Serialize;

use super::{Ledger, Segment, Values};
use crate::error::{Error, Result};
use crate::parallel;
use crate::units::{Date, Money};

/// What each customer brought in all, in the order of customers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// Transactions with an amount of 0 or more.
    pub orders: Vec<u32>,
    /// Transactions with a negative amount.
    pub returns: Vec<u32>,
    /// Sum of the amounts of the orders.
    pub revenue: Vec<f64>,
    /// Sum of the amounts of the returns, without their sign; revenue − returned is the net.
    pub returned: Vec<f64>,
    /// Sum of the costs of orders and returns, if the log has costs.
    pub cost: Option<Vec<f64>>,
    /// Day of the first transaction.
    pub first: Vec<Date>,
    /// Day of the last transaction.
    pub last: Vec<Date>,
    /// The same sums to the last digit, if the log has exact amounts.
    pub exact: Option<ExactTotals>,
}

/// Exact sums of each customer; see [`Totals`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExactTotals {
    /// Sum of the amounts of the orders.
    pub revenue: Vec<Money>,
    /// Sum of the amounts of the returns, without their sign.
    pub returned: Vec<Money>,
    /// Sum of the costs, if the log has costs.
    pub cost: Option<Vec<Money>>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    orders: u32,
    returns: u32,
    revenue: Sum,
    returned: Sum,
    cost: Option<Sum>,
    first: Date,
    last: Date,
}

#[derive(Debug, Clone, Copy)]
enum Sum {
    Float(f64),
    /// In minor units: 2³² rows of 63 bits fit into the 96 bits of a decimal.
    Exact(i128),
}

impl Ledger {
    /// Orders, returns, revenue, cost, first and last day of every customer over the whole log.
    ///
    /// ```
    /// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, TimeColumn};
    ///
    /// let mut builder = LedgerBuilder::new();
    /// builder.push(&Chunk {
    ///     customers: CustomerColumn::Integers(&[1, 1, 1]),
    ///     times: TimeColumn::Dates(&[0, 3, 5]),
    ///     amounts: AmountColumn::Minor { units: &[1999, 1, -500], scale: 2 },
    ///     costs: None,
    /// })?;
    /// let totals = builder.finish()?.totals()?;
    /// assert_eq!((totals.orders[0], totals.returns[0]), (2, 1));
    /// assert_eq!((totals.revenue[0], totals.returned[0]), (20.0, 5.0));
    /// assert_eq!(totals.exact.unwrap().revenue[0].to_string(), "20.00");
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Overflow`](crate::ErrorKind::Overflow) for a sum that no float can hold; the
    /// row is where the customer comes first.
    pub fn totals(&self) -> Result<Totals> {
        let rows = parallel::map_range(self.segments.len(), |segment| {
            let segment = self.segments.get(segment)?;
            let codes = 0..segment.len() as u32;
            Some(
                codes
                    .map(|code| self.total(segment, code))
                    .collect::<Vec<_>>(),
            )
        });
        let mut rows_by_customer = Vec::with_capacity(self.customers());
        for place in &self.places {
            let segment = rows.get(place.segment as usize).and_then(Option::as_ref);
            if let Some(&row) = segment.and_then(|rows| rows.get(place.code as usize)) {
                if !self.is_finite(&row) {
                    return Err(Error::overflow("amount").at_row(place.first_row as usize));
                }
                rows_by_customer.push(row);
            }
        }
        let rows = rows_by_customer.as_slice();
        let floats = |sum: fn(&Row) -> Sum| rows.iter().map(|row| self.float(sum(row))).collect();
        let money = |sum: fn(&Row) -> Sum| rows.iter().map(|row| self.money(sum(row))).collect();
        let revenue: fn(&Row) -> Sum = |row| row.revenue;
        let returned: fn(&Row) -> Sum = |row| row.returned;
        let cost: fn(&Row) -> Sum = |row| row.cost.unwrap_or(Sum::Exact(0));
        Ok(Totals {
            orders: rows.iter().map(|row| row.orders).collect(),
            returns: rows.iter().map(|row| row.returns).collect(),
            revenue: floats(revenue),
            returned: floats(returned),
            cost: self.layout.costs.then(|| floats(cost)),
            first: rows.iter().map(|row| row.first).collect(),
            last: rows.iter().map(|row| row.last).collect(),
            exact: match self.layout.scale {
                None => None,
                Some(_) => Some(ExactTotals {
                    revenue: money(revenue)?,
                    returned: money(returned)?,
                    cost: self.layout.costs.then(|| money(cost)).transpose()?,
                }),
            },
        })
    }
}

impl Ledger {
    fn total(&self, segment: &Segment, code: u32) -> Row {
        let range = segment.range(code);
        let time = |index: Option<usize>| {
            let ticks = index.and_then(|index| segment.times.get(index));
            self.layout.clock.date(ticks.copied().unwrap_or_default())
        };
        let zero = match self.layout.scale {
            None => Sum::Float(0.0),
            Some(_) => Sum::Exact(0),
        };
        let mut row = Row {
            orders: 0,
            returns: 0,
            revenue: zero,
            returned: zero,
            cost: segment.costs.as_ref().map(|_| zero),
            first: time(range.clone().next()),
            last: time(range.clone().last()),
        };
        for index in range {
            if segment.amounts.get(index) < 0.0 {
                row.returns += 1;
                row.returned = row.returned.subtract(&segment.amounts, index);
            } else {
                row.orders += 1;
                row.revenue = row.revenue.add(&segment.amounts, index);
            }
            if let (Some(cost), Some(costs)) = (&mut row.cost, &segment.costs) {
                *cost = cost.add(costs, index);
            }
        }
        row
    }

    fn is_finite(&self, row: &Row) -> bool {
        [Some(row.revenue), Some(row.returned), row.cost]
            .into_iter()
            .flatten()
            .all(|sum| self.float(sum).is_finite())
    }

    fn float(&self, sum: Sum) -> f64 {
        match sum {
            Sum::Float(sum) => sum,
            Sum::Exact(_) => self.money(sum).map_or(f64::NAN, Money::to_f64),
        }
    }

    fn money(&self, sum: Sum) -> Result<Money> {
        let units = match sum {
            Sum::Float(sum) => return Money::try_from(sum),
            Sum::Exact(units) => units,
        };
        Decimal::try_from_i128_with_scale(units, self.layout.scale.unwrap_or(0))
            .map(Money::new)
            .map_err(|_| Error::overflow("amount"))
    }
}

impl Sum {
    fn add(self, values: &Values, index: usize) -> Self {
        match (self, values) {
            (Sum::Exact(sum), Values::Minor(units)) => {
                Sum::Exact(sum + units.get(index).copied().map_or(0, i128::from))
            }
            (Sum::Float(sum), _) => Sum::Float(sum + values.get(index)),
            (Sum::Exact(_), Values::Floats(_)) => self,
        }
    }

    fn subtract(self, values: &Values, index: usize) -> Self {
        self.negated().add(values, index).negated()
    }

    fn negated(self) -> Self {
        match self {
            Sum::Float(sum) => Sum::Float(-sum),
            Sum::Exact(sum) => Sum::Exact(-sum),
        }
    }
}
