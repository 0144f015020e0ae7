use super::index::{Incoming, Index, SEGMENTS, by_first_row, in_order};
use super::input::{Chunk, Layout};
use super::{Ledger, Place, Segment, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;

/// Rows that are sorted by segment before they are handed to the segments.
const ROWS_PER_ROUND: usize = 1 << 18;

/// Takes a transaction log chunk by chunk; the chunks are only borrowed for the call.
///
/// How the log is cut into chunks changes nothing in the result. The memory in use is that of the
/// ledger itself: 24 bytes a row (32 with costs), and the customers' ids.
///
/// ```
/// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, TimeColumn};
///
/// let mut builder = LedgerBuilder::new();
/// builder.push(&Chunk {
///     customers: CustomerColumn::Texts(&vec!["ann", "bob", "ann"]),
///     times: TimeColumn::Dates(&[10_000, 10_003, 10_007]),
///     amounts: AmountColumn::Minor { units: &[1999, 500, 2550], scale: 2 },
///     costs: None,
/// })?;
/// let ledger = builder.finish()?;
/// assert_eq!(ledger.customers(), 2);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct LedgerBuilder {
    layout: Option<Layout>,
    rows: usize,
    segments: Vec<Intake>,
}

/// The rows of one segment in the order of the log.
#[derive(Debug, Clone)]
struct Intake {
    index: Index,
    times: Vec<i64>,
    amounts: Vec<u64>,
    costs: Vec<u64>,
}

impl LedgerBuilder {
    /// A log without rows.
    #[must_use]
    pub fn new() -> Self {
        LedgerBuilder::default()
    }

    /// How many rows were taken.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the rows of a chunk. A chunk that is refused leaves the builder as it was.
    ///
    /// # Errors
    /// Rows in errors are counted over all chunks. The arguments are called `customer`, `time`,
    /// `amount` and `cost`.
    /// - [`ErrorKind::LengthMismatch`] if the columns differ in length;
    /// - [`ErrorKind::WrongType`] if the chunk has columns of another type or scale than the
    ///   chunks before, or costs of another type or scale than the amounts;
    /// - [`ErrorKind::MixedTimeZones`] for naive timestamps after UTC timestamps, or the reverse;
    /// - [`ErrorKind::OutOfRange`] for a time outside the years 1 to 9999, a scale above 28, or a
    ///   code that its dictionary does not have;
    /// - [`ErrorKind::NotFinite`] for an amount or cost that is NaN or infinite;
    /// - [`ErrorKind::Missing`] for an empty text as customer;
    /// - [`ErrorKind::Overflow`] from 2³² rows on.
    pub fn push(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        let layout = chunk.after(self.layout.as_ref(), self.rows)?;
        self.layout = Some(layout);
        if self.segments.is_empty() {
            self.segments = vec![Intake::new(layout.texts); SEGMENTS];
        }
        self.take(chunk);
        self.rows += chunk.len();
        Ok(())
    }

    /// The error for a missing value (null) in a row of the chunk that is to be pushed next.
    #[must_use]
    pub fn missing(&self, argument: &'static str, row_of_chunk: usize) -> Error {
        Error::new(ErrorKind::Missing, argument, "must not be missing")
            .at_row(self.rows + row_of_chunk)
    }

    /// Sorts each customer's transactions by time; those of the same time keep their order.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] if there are no rows.
    pub fn finish(self) -> Result<Ledger> {
        let Some(layout) = self.layout.filter(|_| self.rows > 0) else {
            return Err(Error::empty("log"));
        };
        let segments = parallel::map(self.segments, |intake| intake.finish(&layout));
        let first_rows: Vec<&[u32]> = segments.iter().map(|s| s.first_rows.as_slice()).collect();
        let places = by_first_row(&first_rows, self.rows, |segment, code, first_row| Place {
            first_row,
            segment: segment as u32,
            code: code as u32,
        });
        Ok(Ledger {
            layout,
            rows: self.rows,
            segments,
            places,
        })
    }

    fn take(&mut self, chunk: &Chunk<'_>) {
        let incoming = Incoming::new(chunk, self.rows as u32);
        let expected = chunk.len() / SEGMENTS;
        parallel::for_each_mut(&mut self.segments, |_, intake| {
            intake.reserve(expected + expected / 16, chunk.costs.is_some());
        });
        for start in (0..chunk.len()).step_by(ROWS_PER_ROUND) {
            let blocks = incoming.blocks(start..chunk.len().min(start + ROWS_PER_ROUND));
            parallel::for_each_mut(&mut self.segments, |segment, intake| {
                for block in &blocks {
                    intake.index.take(&incoming, block, segment);
                    intake.take_values(chunk, || block.rows(segment));
                }
            });
        }
    }
}

impl Intake {
    fn new(texts: bool) -> Self {
        Intake {
            index: Index::new(texts),
            times: Vec::new(),
            amounts: Vec::new(),
            costs: Vec::new(),
        }
    }

    fn reserve(&mut self, rows: usize, costs: bool) {
        self.index.reserve(rows);
        self.times.reserve(rows);
        self.amounts.reserve(rows);
        if costs {
            self.costs.reserve(rows);
        }
    }

    fn take_values<R: Iterator<Item = usize>>(&mut self, chunk: &Chunk<'_>, rows: impl Fn() -> R) {
        self.times.extend(rows().map(|row| chunk.times.get(row)));
        self.amounts
            .extend(rows().map(|row| chunk.amounts.bits(row)));
        if let Some(costs) = chunk.costs {
            self.costs.extend(rows().map(|row| costs.bits(row)));
        }
    }

    /// Brings the rows into the order of customers, then times, then rows of the log.
    fn finish(self, layout: &Layout) -> Segment {
        let time = |place: u32| self.times.get(place as usize).copied().unwrap_or_default();
        let (order, offsets) = self.index.order(time);
        let extent = super::extent(self.times.iter().map(|&time| (time, time)));
        let amounts = Values::new(&in_order(&self.amounts, &order), layout.scale);
        Segment {
            extent,
            has_returns: amounts.any_negative(),
            amounts,
            costs: layout
                .costs
                .then(|| Values::new(&in_order(&self.costs, &order), layout.scale)),
            times: in_order(&self.times, &order),
            rows: in_order(&self.index.rows, &order),
            customers: self.index.customers,
            first_rows: self.index.first_rows,
            offsets,
        }
    }
}
