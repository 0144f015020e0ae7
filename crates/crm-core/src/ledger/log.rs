use super::customers::CustomerId;
use super::index::{Block, Incoming, Index, SEGMENTS, by_first_row, in_order};
use super::input::{Chunk, Layout};
use super::purchases::{CustomerRow, Purchases, Scale};
use super::summary::{Summary, SummaryOptions};
use super::window::{Booking, Returns, Window, refuse_return};
use crate::error::{Error, Result};
use crate::parallel;

/// A transaction log that is in memory as a whole: chunks that are only borrowed.
///
/// Its summary is that of a [`Ledger`](super::Ledger) of the same chunks, to the last bit, without the copy of all
/// rows that a ledger is: beside the log and the summary it needs 8 bytes a row while customers are found, 4 bytes a
/// row and 8 a customer thereafter.
///
/// ```
/// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, CustomerId, Log, SummaryOptions, TimeColumn};
///
/// let mut log = Log::new();
/// log.push(Chunk {
///     customers: CustomerColumn::Integers(&[7, 3, 7]),
///     times: TimeColumn::Dates(&[20, 10, 15]),
///     amounts: AmountColumn::Floats(&[9.5, 4.0, 2.0]),
///     costs: None,
/// })?;
/// let summary = log.summary(&SummaryOptions::default())?;
/// assert_eq!(summary.frequency, [1.0, 0.0]);
/// assert_eq!(summary.recency, [5.0, 0.0]);
/// assert_eq!(summary.mean_spend, [9.5, 0.0]);
/// assert_eq!(log.id(summary.first_row[0]), Some(CustomerId::Integer(7)));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Log<'a> {
    layout: Option<Layout>,
    chunks: Vec<Chunk<'a>>,
    /// How many rows there are before each chunk.
    starts: Vec<usize>,
    rows: usize,
}

/// Which rows are whose.
struct Customers {
    /// Those of customer `c`, by time, are `rows[offsets[c]..offsets[c + 1]]`.
    rows: Vec<u32>,
    offsets: Vec<u32>,
    /// Their numbers in the order of their first rows.
    order: Vec<u32>,
}

/// Segments whose customers are found at the same time.
const SEGMENTS_PER_ROUND: usize = 16;
/// Rows that one task looks at.
const ROWS_PER_TASK: usize = 1 << 16;

impl<'a> Log<'a> {
    /// A log without rows.
    #[must_use]
    pub fn new() -> Self {
        Log::default()
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the rows of a chunk. A chunk that is refused leaves the log as it was.
    ///
    /// # Errors
    /// As [`LedgerBuilder::push`](super::LedgerBuilder::push).
    pub fn push(&mut self, chunk: Chunk<'a>) -> Result<()> {
        self.layout = Some(chunk.after(self.layout.as_ref(), self.rows)?);
        self.starts.push(self.rows);
        self.rows += chunk.len();
        self.chunks.push(chunk);
        Ok(())
    }

    /// Who the customer of a row is, counted over all chunks.
    #[must_use]
    pub fn id(&self, row: usize) -> Option<CustomerId<'a>> {
        let (chunk, row) = self.chunk(row)?;
        chunk.customers.id(row)
    }

    /// The same as [`Ledger::summary`](super::Ledger::summary) of a ledger of these chunks.
    ///
    /// # Errors
    /// [`Empty`](crate::ErrorKind::Empty) if there are no rows; those of
    /// [`Ledger::summary`](super::Ledger::summary).
    pub fn summary(&self, options: &SummaryOptions) -> Result<Summary> {
        let Some(layout) = self.layout.filter(|_| self.rows > 0) else {
            return Err(Error::empty("log"));
        };
        options.check()?;
        let extent = self.extent();
        let (start, end) = (options.start, options.end);
        let window = Window::new(layout.clock, extent, options.period(), start, end)?;
        if options.returns == Returns::Reject {
            self.refuse_returns(&window, &layout)?;
        }
        let scale = Scale::new(options, &window, layout.units_per_one());
        let customers = self.customers(&layout);
        Summary::make(options, customers.order.len(), |customer| {
            let rows = customers.rows(customer)?;
            let bookings = rows.iter().filter_map(|&row| self.booking(row as usize));
            let purchases = Purchases::observed(bookings, &window, options.returns);
            Some(CustomerRow {
                customer,
                first_row: *rows.iter().min()? as usize,
                value: purchases.behaviour(&scale, window.end)?,
            })
        })
    }

    /// The chunk that holds a row, and where.
    fn chunk(&self, row: usize) -> Option<(&Chunk<'a>, usize)> {
        let number = match self.chunks.len() {
            1 => 0,
            _ => self
                .starts
                .partition_point(|&start| start <= row)
                .checked_sub(1)?,
        };
        Some((self.chunks.get(number)?, row - *self.starts.get(number)?))
    }

    fn booking(&self, row: usize) -> Option<Booking> {
        let (chunk, row) = self.chunk(row)?;
        Some(Booking {
            time: chunk.times.get(row),
            amount: chunk.amounts.units(row),
            // No summary hangs on it.
            cost: 0.0,
        })
    }

    fn bookings(&self, task: usize) -> impl Iterator<Item = (usize, Booking)> {
        let start = task * ROWS_PER_TASK;
        let rows = start..self.rows.min(start + ROWS_PER_TASK);
        rows.filter_map(|row| Some((row, self.booking(row)?)))
    }

    fn tasks(&self) -> usize {
        self.rows.div_ceil(ROWS_PER_TASK)
    }

    /// Times of the first and the last transaction.
    fn extent(&self) -> (i64, i64) {
        let extents = parallel::map_range(self.tasks(), |task| {
            let times = self.bookings(task).map(|(_, booking)| booking.time);
            super::extent(times.map(|time| (time, time)))
        });
        super::extent(extents.into_iter())
    }

    /// Refuses the first row that is a return within the window.
    fn refuse_returns(&self, window: &Window, layout: &Layout) -> Result<()> {
        let found = parallel::map_range(self.tasks(), |task| {
            self.bookings(task)
                .find(|(_, booking)| window.holds_return(booking))
        });
        match found.into_iter().flatten().next() {
            None => Ok(()),
            Some((row, booking)) => Err(refuse_return(row, booking.amount, layout)),
        }
    }

    fn customers(&self, layout: &Layout) -> Customers {
        let taken: Vec<(Incoming<'_>, Vec<Block>)> = (self.chunks.iter().zip(&self.starts))
            .map(|(chunk, &start)| {
                let incoming = Incoming::new(chunk, start as u32);
                let blocks = incoming.blocks(0..chunk.len());
                (incoming, blocks)
            })
            .collect();
        let mut rows = Vec::with_capacity(self.rows);
        let mut offsets = vec![0];
        let mut first_rows = Vec::new();
        let mut segments = vec![0];
        for round in (0..SEGMENTS).step_by(SEGMENTS_PER_ROUND) {
            let found = parallel::map_range(SEGMENTS_PER_ROUND, |segment| {
                let mut index = Index::new(layout.texts);
                for (incoming, blocks) in &taken {
                    let blocks = blocks.iter();
                    blocks.for_each(|block| index.take(incoming, block, round + segment));
                }
                let time = |place: u32| {
                    let row = index.rows.get(place as usize);
                    let found = row.and_then(|&row| self.chunk(row as usize));
                    found.map_or(0, |(chunk, row)| chunk.times.get(row))
                };
                let (order, offsets) = index.order(time);
                (in_order(&index.rows, &order), offsets, index.first_rows)
            });
            for (found, ends, firsts) in found {
                let before = rows.len() as u32;
                rows.extend(found);
                offsets.extend(ends.iter().skip(1).map(|end| before + end));
                first_rows.extend(firsts);
                segments.push(first_rows.len());
            }
            // As many customers are to be expected in each of the other rounds.
            let expected = first_rows.len() / (round / SEGMENTS_PER_ROUND + 1)
                * (SEGMENTS / SEGMENTS_PER_ROUND);
            first_rows.reserve((expected + expected / 16).saturating_sub(first_rows.len()));
            offsets.reserve((expected + expected / 16 + 1).saturating_sub(offsets.len()));
        }
        let bounds = segments.windows(2);
        let firsts: Vec<&[u32]> = bounds
            .map(|bounds| match *bounds {
                [start, end] => first_rows.get(start..end).unwrap_or_default(),
                _ => &[],
            })
            .collect();
        let number = |segment: usize, code: usize, _| {
            (segments.get(segment).copied().unwrap_or_default() + code) as u32
        };
        let order = by_first_row(&firsts, self.rows, number);
        Customers {
            rows,
            offsets,
            order,
        }
    }
}

impl Customers {
    /// The rows of a customer by time.
    fn rows(&self, customer: usize) -> Option<&[u32]> {
        let number = *self.order.get(customer)? as usize;
        let (start, end) = (self.offsets.get(number)?, self.offsets.get(number + 1)?);
        self.rows.get(*start as usize..*end as usize)
    }
}
