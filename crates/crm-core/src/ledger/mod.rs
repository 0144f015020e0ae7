//! From a transaction log to what each customer did.
//!
//! A log is three or four columns: customer, time, amount, and perhaps cost. [`LedgerBuilder`]
//! takes it in chunks and in any order of rows; the [`Ledger`] holds each customer's transactions
//! by time. From it come
//! - [`Ledger::summary`]: frequency, recency, age and mean spend, which buy-till-you-die models
//!   are fitted to ([`Summary::grouped`] counts equal customers);
//! - [`Ledger::calibration_and_holdout`]: the same up to a day, and what came after it;
//! - [`Ledger::repeat_purchases`]: how often customers bought again in each period;
//! - [`Ledger::partial_summary`]: what a part of the log contributes to the summary of the whole;
//! - [`Ledger::period_series`]: activity per customer and period;
//! - [`Ledger::totals`]: orders, revenue, returns, cost, first and last day of each customer;
//! - [`Ledger::transactions`]: the transactions of one customer.
//!
//! Who wants but the summary of a log that is in memory as a whole makes a [`Log`] instead, which copies no row.
//!
//! [`Simulation`] makes logs to try things on.
//!
//! Customers are numbered in the order in which they first appear in the log. What the ledger
//! makes of special rows:
//!
//! | in the log | in the ledger |
//! | --- | --- |
//! | rows in any order | the same ledger; only the customers' numbers follow the rows |
//! | two rows that are alike | two transactions: a log says what happened, and twice is twice |
//! | several transactions in one period | one purchase in the summary (see [`SummaryOptions::granularity`]) |
//! | a negative amount | a return: refused, left out or netted ([`Returns`]) |
//! | an amount of 0 | a purchase |
//! | a customer with one row | a customer: frequency 0, recency 0 |
//! | UTC timestamps | days are days of UTC; naive timestamps are taken as they stand |
//!
//! Sums are computed in the order of time, so that results are the same bits for any chunks and
//! any number of threads.

mod build;
mod customers;
mod grouping;
mod holdout;
mod index;
mod input;
mod log;
mod partial;
mod purchases;
mod repeats;
mod series;
mod simulate;
mod summary;
mod totals;
mod window;

pub use build::LedgerBuilder;
pub use customers::CustomerId;
pub use holdout::HoldoutSummary;
pub use input::{AmountColumn, Chunk, CustomerColumn, TextColumn, TimeColumn, TimeUnit, TimeZone};
pub use log::Log;
pub use partial::PartialSummary;
pub use repeats::RepeatPurchases;
pub use series::{CustomerSeries, PeriodSeries, SeriesOptions};
pub use simulate::{DropOut, SimulatedLog, Simulation};
pub use summary::{Granularity, Grouped, Summary, SummaryOptions};
pub use totals::{ExactTotals, Totals};
pub use window::Returns;

pub(crate) use grouping::{Grouping, check_weights, group_rows};

use crate::error::Result;
use crate::units::{Date, Money, Period};
use customers::Customers;
use input::Layout;
use window::{Booking, Window};

/// Every customer's transactions, by time.
///
/// ```
/// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, CustomerId, LedgerBuilder, TimeColumn};
///
/// let mut builder = LedgerBuilder::new();
/// builder.push(&Chunk {
///     customers: CustomerColumn::Integers(&[7, 3, 7]),
///     times: TimeColumn::Dates(&[20, 10, 15]),
///     amounts: AmountColumn::Floats(&[9.5, 4.0, 2.0]),
///     costs: None,
/// })?;
/// let ledger = builder.finish()?;
/// assert_eq!(ledger.id(0), Some(CustomerId::Integer(7)));
/// let amounts: Vec<f64> = ledger.transactions(0).map(|t| t.amount).collect();
/// assert_eq!(amounts, [2.0, 9.5]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ledger {
    layout: Layout,
    rows: usize,
    segments: Vec<Segment>,
    /// Where each customer is, in the order of first appearance.
    places: Vec<Place>,
}

/// The customers whose ids have the same hash, up to its other bits.
#[derive(Debug, Clone)]
struct Segment {
    customers: Customers,
    first_rows: Vec<u32>,
    /// The transactions of customer `c` are `offsets[c]..offsets[c + 1]` of the columns.
    offsets: Vec<u32>,
    times: Vec<i64>,
    amounts: Values,
    costs: Option<Values>,
    rows: Vec<u32>,
    /// The first and the last time; where there is none, the last before the first.
    extent: (i64, i64),
    has_returns: bool,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    first_row: u32,
    segment: u32,
    code: u32,
}

#[derive(Debug, Clone)]
enum Values {
    Floats(Vec<f64>),
    /// In units of 10^−scale.
    Minor(Vec<i64>),
}

/// One row of the log.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Transaction {
    /// Its row in the log, counted over all chunks.
    pub row: usize,
    /// Its day.
    pub date: Date,
    /// Its time as the log has it: days or ticks since 1970-01-01.
    pub time: i64,
    /// Its amount; of an exact amount the nearest float.
    pub amount: f64,
    /// Its exact amount, if the log has exact amounts.
    pub money: Option<Money>,
    /// Its cost, if the log has costs.
    pub cost: Option<f64>,
}

impl Ledger {
    /// How many customers there are.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.places.len()
    }

    /// How many transactions there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Who customer number `customer` is.
    #[must_use]
    pub fn id(&self, customer: usize) -> Option<CustomerId<'_>> {
        let (segment, place) = self.place(customer)?;
        segment.customers.get(place.code)
    }

    /// The number of the customer `id`.
    #[must_use]
    pub fn find(&self, id: CustomerId<'_>) -> Option<usize> {
        let segment = self
            .segments
            .get(usize::from(customers::segment_of(id.hash())))?;
        let code = segment.customers.find(id)?;
        let first_row = segment.first_rows.get(code as usize)?;
        self.places
            .binary_search_by_key(first_row, |place| place.first_row)
            .ok()
    }

    /// The row where customer number `customer` comes first, counted over all chunks. Whatever
    /// else the log says of a customer, its name for example, can be taken from there.
    #[must_use]
    pub fn first_row(&self, customer: usize) -> Option<usize> {
        self.places
            .get(customer)
            .map(|place| place.first_row as usize)
    }

    /// The transactions of customer number `customer` by time; those of the same time in the order
    /// of the log. None for a number that no customer has.
    pub fn transactions(&self, customer: usize) -> impl Iterator<Item = Transaction> {
        let found = self.place(customer);
        let (segment, range) = match found {
            Some((segment, place)) => (Some(segment), segment.range(place.code)),
            None => (None, 0..0),
        };
        range.filter_map(move |index| segment?.transaction(index, &self.layout))
    }

    /// Times of the first and the last transaction of the log.
    fn extent(&self) -> (i64, i64) {
        extent(self.segments.iter().map(|segment| segment.extent))
    }

    fn place(&self, customer: usize) -> Option<(&Segment, Place)> {
        let place = *self.places.get(customer)?;
        Some((self.segments.get(place.segment as usize)?, place))
    }

    /// The periods from the one that holds `start` to the one that holds `end`.
    fn window(
        &self,
        period: Option<Period>,
        start: Option<Date>,
        end: Option<Date>,
    ) -> Result<Window> {
        Window::new(self.layout.clock, self.extent(), period, start, end)
    }

    fn units_per_one(&self) -> f64 {
        self.layout.units_per_one()
    }
}

/// The first and the last time of several of them; of none, the last before the first.
fn extent(times: impl Iterator<Item = (i64, i64)>) -> (i64, i64) {
    times.fold((i64::MAX, i64::MIN), |(first, last), (earliest, latest)| {
        (first.min(earliest), last.max(latest))
    })
}

impl Segment {
    fn len(&self) -> usize {
        self.first_rows.len()
    }

    fn range(&self, code: u32) -> std::ops::Range<usize> {
        let offset = |code: usize| self.offsets.get(code).map_or(0, |&offset| offset as usize);
        offset(code as usize)..offset(code as usize + 1)
    }

    /// Some of the transactions.
    fn bookings(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = Booking> {
        let costs = self.costs.as_ref();
        let times = self.times.get(range.clone()).unwrap_or_default();
        range.zip(times).map(move |(index, &time)| Booking {
            time,
            amount: self.amounts.get(index),
            cost: costs.map_or(0.0, |costs| costs.get(index)),
        })
    }

    fn transaction(&self, index: usize, layout: &Layout) -> Option<Transaction> {
        let time = *self.times.get(index)?;
        let money = self.amounts.money(index, layout.scale);
        let cost = self.costs.as_ref();
        let number = |values: &Values| match values.money(index, layout.scale) {
            Some(money) => money.to_f64(),
            None => values.get(index),
        };
        Some(Transaction {
            row: *self.rows.get(index)? as usize,
            date: layout.clock.date(time),
            time,
            amount: number(&self.amounts),
            money,
            cost: cost.map(number),
        })
    }
}

impl Values {
    fn new(bits: &[u64], scale: Option<u32>) -> Self {
        match scale {
            None => Values::Floats(bits.iter().map(|&bits| f64::from_bits(bits)).collect()),
            Some(_) => Values::Minor(bits.iter().map(|bits| bits.cast_signed()).collect()),
        }
    }

    /// The value in its units.
    fn get(&self, index: usize) -> f64 {
        match self {
            Values::Floats(values) => values.get(index).copied().unwrap_or_default(),
            Values::Minor(units) => units.get(index).map_or(0.0, |&units| units as f64),
        }
    }

    fn any_negative(&self) -> bool {
        match self {
            Values::Floats(values) => values.iter().any(|&value| value < 0.0),
            Values::Minor(units) => units.iter().any(|&units| units < 0),
        }
    }

    fn money(&self, index: usize, scale: Option<u32>) -> Option<Money> {
        match self {
            Values::Floats(_) => None,
            Values::Minor(units) => Money::from_minor(*units.get(index)?, scale?).ok(),
        }
    }
}
