use rust_decimal::Decimal;
use serde::Serialize;

use super::{Ledger, Place, Segment, Values};
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

/// A sum of amounts of one customer.
trait Sum: Copy + Send + Sync {
    const ZERO: Self;

    fn plus(self, values: &Values, index: usize) -> Self;

    fn negated(self) -> Self;

    fn float(self, ledger: &Ledger) -> f64;

    /// To the last digit, where the log has exact amounts.
    fn exact(sums: &Sums<Self>, ledger: &Ledger) -> Result<Option<ExactTotals>>;
}

impl Sum for f64 {
    const ZERO: Self = 0.0;

    fn plus(self, values: &Values, index: usize) -> Self {
        self + values.get(index)
    }

    fn negated(self) -> Self {
        -self
    }

    fn float(self, _: &Ledger) -> f64 {
        self
    }

    fn exact(_: &Sums<Self>, _: &Ledger) -> Result<Option<ExactTotals>> {
        Ok(None)
    }
}

/// In minor units: 2³² rows of 63 bits fit into the 96 bits of a decimal.
impl Sum for i128 {
    const ZERO: Self = 0;

    fn plus(self, values: &Values, index: usize) -> Self {
        match values {
            Values::Minor(units) => self + units.get(index).copied().map_or(0, i128::from),
            Values::Floats(_) => self,
        }
    }

    fn negated(self) -> Self {
        -self
    }

    fn float(self, ledger: &Ledger) -> f64 {
        ledger.money(self).map_or(f64::NAN, Money::to_f64)
    }

    fn exact(sums: &Sums<Self>, ledger: &Ledger) -> Result<Option<ExactTotals>> {
        let money = |sums: &[i128]| sums.iter().map(|&sum| ledger.money(sum)).collect();
        Ok(Some(ExactTotals {
            revenue: money(&sums.revenue)?,
            returned: money(&sums.returned)?,
            cost: sums.cost.as_deref().map(money).transpose()?,
        }))
    }
}

#[derive(Debug, Clone, Copy)]
struct Row<S> {
    orders: u32,
    returns: u32,
    revenue: S,
    returned: S,
    cost: S,
    first: Date,
    last: Date,
}

/// The sums of many customers, in columns.
struct Sums<S> {
    revenue: Vec<S>,
    returned: Vec<S>,
    cost: Option<Vec<S>>,
}

/// Customers whose columns one task makes.
const CUSTOMERS_PER_TASK: usize = 1 << 14;

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
        match self.layout.scale {
            None => self.totals_of::<f64>(),
            Some(_) => self.totals_of::<i128>(),
        }
    }

    fn totals_of<S: Sum>(&self) -> Result<Totals> {
        let rows = parallel::map_range(self.segments.len(), |segment| {
            let segment = self.segments.get(segment)?;
            let codes = 0..segment.len() as u32;
            let rows = codes.map(|code| self.total::<S>(segment, code));
            Some(rows.collect::<Vec<_>>())
        });
        let row = |place: &Place| {
            let segment = rows.get(place.segment as usize).and_then(Option::as_ref)?;
            segment.get(place.code as usize).copied()
        };
        let tasks = self.places.len().div_ceil(CUSTOMERS_PER_TASK);
        let parts = parallel::map_range(tasks, |task| {
            let first = task * CUSTOMERS_PER_TASK;
            let last = self.places.len().min(first + CUSTOMERS_PER_TASK);
            let places = self.places.get(first..last).unwrap_or_default();
            let rows: Vec<Row<S>> = places.iter().filter_map(row).collect();
            self.columns(places, &rows)
        });
        let mut parts = parts.into_iter();
        let mut all = parts
            .next()
            .unwrap_or_else(|| self.columns::<S>(&[], &[]))?;
        for part in parts {
            all.append(part?);
        }
        Ok(all)
    }

    fn columns<S: Sum>(&self, places: &[Place], rows: &[Row<S>]) -> Result<Totals> {
        let sums = Sums {
            revenue: rows.iter().map(|row| row.revenue).collect(),
            returned: rows.iter().map(|row| row.returned).collect(),
            cost: (self.layout.costs).then(|| rows.iter().map(|row| row.cost).collect()),
        };
        let floats = |sums: &Vec<S>| sums.iter().map(|sum| sum.float(self)).collect();
        let revenue: Vec<f64> = floats(&sums.revenue);
        let returned: Vec<f64> = floats(&sums.returned);
        let cost: Option<Vec<f64>> = sums.cost.as_ref().map(floats);
        for (row, place) in places.iter().enumerate() {
            let columns = [Some(&revenue), Some(&returned), cost.as_ref()];
            let mut found = columns
                .iter()
                .flatten()
                .filter_map(|column| column.get(row));
            if found.any(|sum| !sum.is_finite()) {
                return Err(Error::overflow("amount").at_row(place.first_row as usize));
            }
        }
        Ok(Totals {
            orders: rows.iter().map(|row| row.orders).collect(),
            returns: rows.iter().map(|row| row.returns).collect(),
            revenue,
            returned,
            cost,
            first: rows.iter().map(|row| row.first).collect(),
            last: rows.iter().map(|row| row.last).collect(),
            exact: S::exact(&sums, self)?,
        })
    }

    fn total<S: Sum>(&self, segment: &Segment, code: u32) -> Row<S> {
        let range = segment.range(code);
        let time = |index: Option<usize>| {
            let ticks = index.and_then(|index| segment.times.get(index));
            self.layout.clock.date(ticks.copied().unwrap_or_default())
        };
        let mut row = Row {
            orders: 0,
            returns: 0,
            revenue: S::ZERO,
            returned: S::ZERO,
            cost: S::ZERO,
            first: time(range.clone().next()),
            last: time(range.clone().last()),
        };
        for index in range {
            if segment.amounts.get(index) < 0.0 {
                row.returns += 1;
                row.returned = row
                    .returned
                    .negated()
                    .plus(&segment.amounts, index)
                    .negated();
            } else {
                row.orders += 1;
                row.revenue = row.revenue.plus(&segment.amounts, index);
            }
            if let Some(costs) = &segment.costs {
                row.cost = row.cost.plus(costs, index);
            }
        }
        row
    }

    fn money(&self, units: i128) -> Result<Money> {
        Decimal::try_from_i128_with_scale(units, self.layout.scale.unwrap_or(0))
            .map(Money::new)
            .map_err(|_| Error::overflow("amount"))
    }
}

impl Totals {
    fn append(&mut self, part: Totals) {
        self.orders.extend(part.orders);
        self.returns.extend(part.returns);
        self.revenue.extend(part.revenue);
        self.returned.extend(part.returned);
        extend(&mut self.cost, part.cost);
        self.first.extend(part.first);
        self.last.extend(part.last);
        if let (Some(exact), Some(part)) = (&mut self.exact, part.exact) {
            exact.revenue.extend(part.revenue);
            exact.returned.extend(part.returned);
            extend(&mut exact.cost, part.cost);
        }
    }
}

fn extend<T>(column: &mut Option<Vec<T>>, part: Option<Vec<T>>) {
    if let (Some(column), Some(part)) = (column, part) {
        column.extend(part);
    }
}
