use serde::{Deserialize, Serialize};

use super::Ledger;
use super::customers::{CustomerId, Customers};
use super::holdout::{Halves, HoldoutSummary};
use super::input::{Clock, Layout};
use super::purchases::{CustomerRow, Purchases, Scale};
use super::summary::{Summary, SummaryOptions};
use super::window::{Activity, Returns, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::{Date, Period};

mod columns;

use columns::PartialColumns;

/// What a part of a log contributes to the summary of the whole: of each customer the periods with
/// transactions, and of each period the sum of its amounts.
///
/// Parts are made where the rows are, merged in any grouping, and summarised at last. However the
/// rows are spread over the parts, the summary is that of the whole log:
/// - parts by customer (a hash of the id) have no customer in common, and merging puts them side by
///   side;
/// - parts by time, or no rule at all: a period whose transactions lie in several parts is one
///   period with one sum after merging. So a purchase at a boundary is neither counted twice nor
///   lost, and nothing is asked of the boundaries.
///
/// This is why a part keeps periods, and not only first and last period, their number and the
/// spend: those four do not tell whether the last period of one part is the first of the next, and
/// returns are netted within their period first. It needs room for each active period of each
/// customer, which is at most the room of the rows.
///
/// Merging is associative. Customers are numbered, and rows counted, as if the parts were one log
/// in the order of merging. Sums of a period that lies in several parts are added part by part: of
/// amounts in minor units (up to 2⁵³ units) they are exact, of floats their last digit depends on
/// how the rows are spread. All else is the same bits.
///
/// It is serialised with serde as plain columns, for the way between processes.
///
/// ```
/// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, SummaryOptions, TimeColumn};
///
/// let part = |customers: &[i64], days: &[i32], amounts: &[f64]| {
///     let mut builder = LedgerBuilder::new();
///     builder.push(&Chunk {
///         customers: CustomerColumn::Integers(customers),
///         times: TimeColumn::Dates(days),
///         amounts: AmountColumn::Floats(amounts),
///         costs: None,
///     })?;
///     builder.finish()?.partial_summary(&SummaryOptions::default())
/// };
/// // Customer 7 bought twice on day 10, once in each part: one purchase.
/// let mut whole = part(&[7, 7], &[0, 10], &[5.0, 8.0])?;
/// whole.merge(&part(&[7, 9], &[10, 12], &[2.0, 1.0])?)?;
/// let summary = whole.summary()?;
/// assert_eq!(summary.frequency, [1.0, 0.0]);
/// assert_eq!(summary.mean_spend, [10.0, 0.0]);
/// assert_eq!(summary.age, [12.0, 0.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "PartialColumns", into = "PartialColumns")]
pub struct PartialSummary {
    options: SummaryOptions,
    layout: Layout,
    /// Rows of the log that it is of.
    rows: usize,
    /// Times of the first and the last transaction.
    extent: (i64, i64),
    customers: Customers,
    first_rows: Vec<usize>,
    /// The periods of customer `c` are `offsets[c]..offsets[c + 1]` of the entries.
    offsets: Vec<usize>,
    entries: Vec<Entry>,
}

/// The transactions of one customer in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Entry {
    /// Number of the period since the one that holds the anchor, or a tick.
    period: i64,
    net: f64,
    gross: f64,
    has_returns: bool,
}

/// Customers that one task summarises.
const CUSTOMERS_PER_TASK: usize = 1 << 14;

impl Ledger {
    /// What the transactions of this ledger contribute to the summary of a log of which they are a
    /// part. The options are those of the summary, and the same for every part.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`] for blocks of several days without a start: each part would count
    /// them from another day. Those of [`summary`](Self::summary); rows are those of the part.
    pub fn partial_summary(&self, options: &SummaryOptions) -> Result<PartialSummary> {
        options.check()?;
        let window = part_window(self.layout.clock, self.extent(), options)?;
        if options.returns == Returns::Reject {
            window.refuse_returns(self)?;
        }
        let segments = parallel::map_range(self.segments.len(), |segment| {
            let segment = self.segments.get(segment)?;
            let mut entries = Vec::new();
            let mut offsets = vec![0];
            for code in 0..segment.len() as u32 {
                let bookings = segment.bookings(segment.range(code));
                window.visit(bookings, options.returns, |activity| {
                    entries.push(Entry::from(activity));
                });
                offsets.push(entries.len());
            }
            Some((entries, offsets))
        });
        let mut partial = PartialSummary::empty(*options, self.layout, self.extent());
        partial.rows = self.rows;
        for (customer, place) in self.places.iter().enumerate() {
            let entries = segments.get(place.segment as usize).and_then(|segment| {
                let (entries, offsets) = segment.as_ref()?;
                let code = place.code as usize;
                entries.get(*offsets.get(code)?..*offsets.get(code + 1)?)
            });
            if let Some(id) = self.id(customer) {
                partial.customers.intern_id(id);
                partial.first_rows.push(place.first_row as usize);
                partial.push(entries.unwrap_or_default().iter().copied());
            }
        }
        Ok(partial)
    }
}

impl PartialSummary {
    fn empty(options: SummaryOptions, layout: Layout, extent: (i64, i64)) -> Self {
        PartialSummary {
            options,
            layout,
            rows: 0,
            extent,
            customers: Customers::new(layout.texts),
            first_rows: Vec::new(),
            offsets: vec![0],
            entries: Vec::new(),
        }
    }

    /// Adds what another part of the log contributes; its customers and rows come after those here.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for a part with other options, or of a log with other types of
    /// columns; [`ErrorKind::MixedTimeZones`] for naive and UTC timestamps. Nothing changes then.
    pub fn merge(&mut self, other: &PartialSummary) -> Result<()> {
        self.layout.check_next(&other.layout)?;
        if self.options != other.options {
            let reason = "must be the same in every part";
            return Err(Error::new(ErrorKind::WrongType, "options", reason));
        }
        let first = self.extent.0.min(other.extent.0);
        let last = self.extent.1.max(other.extent.1);
        let mut merged = PartialSummary::empty(self.options, self.layout, (first, last));
        merged.rows = self.rows + other.rows;
        for (code, id) in self.customers.ids().enumerate() {
            merged.customers.intern_id(id);
            let theirs = other.customers.find(id).map(|code| code as usize);
            merged.push(merge_sorted(
                self.periods(code),
                theirs.map_or(&[], |code| other.periods(code)),
            ));
        }
        merged.first_rows.clone_from(&self.first_rows);
        for (code, id) in other.customers.ids().enumerate() {
            if self.customers.find(id).is_none() {
                merged.customers.intern_id(id);
                merged.push(other.periods(code).iter().copied());
                let first_row = other.first_rows.get(code).copied().unwrap_or_default();
                merged.first_rows.push(self.rows + first_row);
            }
        }
        *self = merged;
        Ok(())
    }

    /// The summary of the log whose parts were merged: the same as [`Ledger::summary`] of it.
    ///
    /// # Errors
    /// As [`Ledger::summary`].
    pub fn summary(&self) -> Result<Summary> {
        let window = self.window()?;
        let scale = Scale::new(&self.options, &window, self.units_per_one());
        let rows = self.per_customer(|entries| {
            let mut purchases = Purchases::EMPTY;
            let observed = entries.iter().filter(|entry| window.contains(entry.period));
            observed.for_each(|entry| purchases.add(&entry.activity()));
            purchases.behaviour(&scale, window.end)
        });
        Summary::collect(&rows, &self.options)
    }

    /// The same as [`Ledger::calibration_and_holdout`] of the log whose parts were merged.
    ///
    /// # Errors
    /// As [`Ledger::calibration_and_holdout`].
    pub fn calibration_and_holdout(&self, calibration_end: Date) -> Result<HoldoutSummary> {
        let window = self.window()?;
        let (calibration, holdout) = window.split(calibration_end)?;
        let scale = Scale::new(&self.options, &window, self.units_per_one());
        let rows = self.per_customer(|entries| {
            let mut halves = Halves::EMPTY;
            let observed = entries.iter().filter(|entry| window.contains(entry.period));
            observed.for_each(|entry| halves.add(&entry.activity(), &holdout));
            Some(halves)
        });
        HoldoutSummary::collect(&rows, &scale, &calibration, &holdout, &self.options)
    }

    /// How the summary will be made.
    #[must_use]
    pub fn options(&self) -> &SummaryOptions {
        &self.options
    }

    /// How many customers there are.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.customers.len()
    }

    /// How many rows of the log it is of.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Who customer number `customer` is.
    #[must_use]
    pub fn id(&self, customer: usize) -> Option<CustomerId<'_>> {
        self.customers.get(u32::try_from(customer).ok()?)
    }

    fn push(&mut self, entries: impl Iterator<Item = Entry>) {
        self.entries.extend(entries);
        self.offsets.push(self.entries.len());
    }

    /// The periods of customer number `customer`, oldest first.
    fn periods(&self, customer: usize) -> &[Entry] {
        let bounds = self
            .offsets
            .get(customer)
            .zip(self.offsets.get(customer + 1));
        bounds
            .and_then(|(&start, &end)| self.entries.get(start..end))
            .unwrap_or_default()
    }

    fn window(&self) -> Result<Window> {
        let SummaryOptions { start, end, .. } = self.options;
        let anchor = anchor(&self.options)?;
        let period = self.options.period();
        Window::anchored(self.layout.clock, self.extent, period, anchor, start, end)
    }

    fn units_per_one(&self) -> f64 {
        self.layout.units_per_one()
    }

    fn per_customer<T: Copy + Send + Sync>(
        &self,
        task: impl Fn(&[Entry]) -> Option<T> + Sync + Send,
    ) -> Vec<CustomerRow<T>> {
        let tasks = parallel::map_range(self.customers().div_ceil(CUSTOMERS_PER_TASK), |number| {
            let start = number * CUSTOMERS_PER_TASK;
            let rows = self.first_rows.iter().enumerate().skip(start);
            rows.take(CUSTOMERS_PER_TASK)
                .filter_map(|(customer, &first_row)| {
                    Some(CustomerRow {
                        customer,
                        first_row,
                        value: task(self.periods(customer))?,
                    })
                })
                .collect::<Vec<_>>()
        });
        tasks.concat()
    }
}

/// The day from whose period on the periods of every part are counted.
fn anchor(options: &SummaryOptions) -> Result<Date> {
    match (options.start, options.period()) {
        (Some(start), _) => Ok(start),
        (None, Some(Period::Days(days))) if days.get() > 1 => {
            let reason = "must be given, as blocks of several days are counted from it";
            Err(Error::new(ErrorKind::Missing, "start", reason))
        }
        (None, _) => Date::from_days(0),
    }
}

/// The window of a part, which may lie wholly before the start or after the end.
fn part_window(clock: Clock, extent: (i64, i64), options: &SummaryOptions) -> Result<Window> {
    let SummaryOptions { start, end, .. } = *options;
    let first = end.map_or(extent.0, |end| extent.0.min(clock.midnight_before(end)));
    let last = start.map_or(extent.1, |start| extent.1.max(clock.midnight_before(start)));
    let anchor = anchor(options)?;
    Window::anchored(clock, (first, last), options.period(), anchor, start, end)
}

/// The periods of both, oldest first; those that both have are one.
fn merge_sorted<'e>(
    mine: &'e [Entry],
    theirs: &'e [Entry],
) -> impl Iterator<Item = Entry> + use<'e> {
    let (mut mine, mut theirs) = (mine.iter().peekable(), theirs.iter().peekable());
    std::iter::from_fn(move || match (mine.peek(), theirs.peek()) {
        (Some(a), Some(b)) if a.period == b.period => Some(mine.next()?.and(theirs.next()?)),
        (Some(a), Some(b)) if a.period > b.period => theirs.next().copied(),
        (Some(_), _) => mine.next().copied(),
        (None, _) => theirs.next().copied(),
    })
}

impl Entry {
    fn and(&self, other: &Entry) -> Entry {
        Entry {
            period: self.period,
            net: self.net + other.net,
            gross: self.gross + other.gross,
            has_returns: self.has_returns || other.has_returns,
        }
    }

    fn activity(&self) -> Activity {
        Activity {
            period: self.period,
            purchases: 0,
            net: self.net,
            gross: self.gross,
            cost: 0.0,
            has_returns: self.has_returns,
        }
    }
}

impl From<Activity> for Entry {
    fn from(activity: Activity) -> Self {
        Entry {
            period: activity.period,
            net: activity.net,
            gross: activity.gross,
            has_returns: activity.has_returns,
        }
    }
}
