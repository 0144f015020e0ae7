use std::ops::Range;

use super::customers::{self, Customers, segment_of};
use super::input::{Chunk, CustomerColumn, Layout};
use super::{Ledger, Place, Segment, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;

/// Customers are spread over this many segments by a hash of their id, so that what belongs to one
/// segment stays in the cache, and segments are worked on in parallel.
const SEGMENTS: usize = 256;
/// Rows that one task sorts by segment.
const ROWS_PER_BLOCK: usize = 1 << 15;
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
    customers: Customers,
    /// Row where each customer comes first.
    first_rows: Vec<u32>,
    /// The customer of each row.
    codes: Vec<u32>,
    rows: Vec<u32>,
    times: Vec<i64>,
    amounts: Vec<u64>,
    costs: Vec<u64>,
}

/// Consecutive rows of the log, sorted by segment; those of segment `s` are
/// `entries[starts[s]..starts[s + 1]]`.
struct Block {
    entries: Vec<Entry>,
    starts: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    /// An integer id itself, the hash of a text id.
    key: u64,
    time: i64,
    amount: u64,
    /// Row of the chunk.
    row: u32,
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
        let layout = chunk.layout()?;
        if let Some(before) = &self.layout {
            before.check_next(&layout)?;
        }
        if u32::try_from(self.rows.saturating_add(chunk.len())).is_err() {
            return Err(Error::overflow("rows"));
        }
        chunk.check(self.rows)?;
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
        let places = places(&segments, self.rows);
        Ok(Ledger {
            layout,
            rows: self.rows,
            segments,
            places,
        })
    }

    fn take(&mut self, chunk: &Chunk<'_>) {
        let hashes = dictionary_hashes(&chunk.customers);
        let first_row = self.rows as u32;
        if self.segments.len() == SEGMENTS {
            let expected = chunk.len() / SEGMENTS;
            parallel::for_each_mut(&mut self.segments, |_, intake| {
                intake.reserve(expected + expected / 16, chunk.costs.is_some());
            });
        }
        for start in (0..chunk.len()).step_by(ROWS_PER_ROUND) {
            let end = chunk.len().min(start + ROWS_PER_ROUND);
            let blocks = parallel::map_range((end - start).div_ceil(ROWS_PER_BLOCK), |block| {
                let start = start + block * ROWS_PER_BLOCK;
                Block::new(chunk, &hashes, start..end.min(start + ROWS_PER_BLOCK))
            });
            parallel::for_each_mut(&mut self.segments, |segment, intake| {
                for block in &blocks {
                    intake.take(chunk, block.segment(segment), first_row);
                }
            });
        }
    }
}

/// Where the customers are, in the order of their first rows. Each task picks those of its rows from all segments,
/// each of which has them in that order.
fn places(segments: &[Segment], rows: usize) -> Vec<Place> {
    let parts = parallel::map_range(rows.div_ceil(ROWS_PER_BLOCK), |block| {
        let (start, end) = (block * ROWS_PER_BLOCK, (block + 1) * ROWS_PER_BLOCK);
        let mut found: Vec<Option<Place>> = vec![None; ROWS_PER_BLOCK];
        for (number, segment) in segments.iter().enumerate() {
            let rows = &segment.first_rows;
            let before = rows.partition_point(|&row| (row as usize) < start);
            let rows = rows.iter().enumerate().skip(before);
            for (code, &first_row) in rows.take_while(|(_, row)| (**row as usize) < end) {
                if let Some(place) = found.get_mut(first_row as usize - start) {
                    *place = Some(Place {
                        first_row,
                        segment: number as u32,
                        code: code as u32,
                    });
                }
            }
        }
        found.into_iter().flatten().collect::<Vec<Place>>()
    });
    parts.concat()
}

/// The hash of each text of a dictionary, so that each is hashed once.
fn dictionary_hashes(customers: &CustomerColumn<'_>) -> Vec<u64> {
    match customers {
        CustomerColumn::Dictionary { texts, .. } => (0..texts.len())
            .map(|code| customers::hash_text(texts.get(code)))
            .collect(),
        _ => Vec::new(),
    }
}

impl Block {
    fn new(chunk: &Chunk<'_>, hashes: &[u64], rows: Range<usize>) -> Self {
        let (keys, segments): (Vec<u64>, Vec<u8>) = match chunk.customers {
            CustomerColumn::Integers(ids) => ids
                .get(rows.clone())
                .unwrap_or_default()
                .iter()
                .map(|&id| (id.cast_unsigned(), segment_of(customers::hash_integer(id))))
                .unzip(),
            CustomerColumn::Texts(texts) => rows
                .clone()
                .map(|row| customers::hash_text(texts.get(row)))
                .map(|hash| (hash, segment_of(hash)))
                .unzip(),
            CustomerColumn::Dictionary { codes, .. } => codes
                .get(rows.clone())
                .unwrap_or_default()
                .iter()
                .map(|&code| hashes.get(code as usize).copied().unwrap_or_default())
                .map(|hash| (hash, segment_of(hash)))
                .unzip(),
        };
        let mut counts = [0_u32; SEGMENTS];
        for &segment in &segments {
            if let Some(count) = counts.get_mut(usize::from(segment)) {
                *count += 1;
            }
        }
        let starts: Vec<u32> = std::iter::once(0)
            .chain(counts.iter().scan(0, |sum, count| {
                *sum += count;
                Some(*sum)
            }))
            .collect();
        let mut next = starts.clone();
        let mut entries = vec![Entry::default(); rows.len()];
        for ((row, key), segment) in rows.zip(keys).zip(segments) {
            if let Some(position) = next.get_mut(usize::from(segment))
                && let Some(entry) = entries.get_mut(*position as usize)
            {
                *position += 1;
                *entry = Entry {
                    key,
                    time: chunk.times.get(row),
                    amount: chunk.amounts.bits(row),
                    row: row as u32,
                };
            }
        }
        Block { entries, starts }
    }

    fn segment(&self, segment: usize) -> &[Entry] {
        match (self.starts.get(segment), self.starts.get(segment + 1)) {
            (Some(&start), Some(&end)) => self
                .entries
                .get(start as usize..end as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Intake {
    fn new(texts: bool) -> Self {
        Intake {
            customers: Customers::new(texts),
            first_rows: Vec::new(),
            codes: Vec::new(),
            rows: Vec::new(),
            times: Vec::new(),
            amounts: Vec::new(),
            costs: Vec::new(),
        }
    }

    fn reserve(&mut self, rows: usize, costs: bool) {
        self.codes.reserve(rows);
        self.rows.reserve(rows);
        self.times.reserve(rows);
        self.amounts.reserve(rows);
        if costs {
            self.costs.reserve(rows);
        }
    }

    fn take(&mut self, chunk: &Chunk<'_>, entries: &[Entry], first_row: u32) {
        self.rows
            .extend(entries.iter().map(|entry| first_row + entry.row));
        self.times.extend(entries.iter().map(|entry| entry.time));
        self.amounts
            .extend(entries.iter().map(|entry| entry.amount));
        if let Some(costs) = chunk.costs {
            self.costs
                .extend(entries.iter().map(|entry| costs.bits(entry.row as usize)));
        }
        for entry in entries {
            let text = || chunk.customers.text(entry.row as usize);
            let code = self.customers.intern(entry.key, text);
            if code as usize == self.first_rows.len() {
                self.first_rows.push(first_row + entry.row);
            }
            self.codes.push(code);
        }
    }

    /// Brings the rows into the order of customers, then times, then rows of the log.
    fn finish(self, layout: &Layout) -> Segment {
        let mut offsets = vec![0_u32; self.customers.len() + 1];
        for &code in &self.codes {
            if let Some(count) = offsets.get_mut(code as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for offset in &mut offsets {
            sum += *offset;
            *offset = sum;
        }
        let mut next = offsets.clone();
        let mut order = vec![0_u32; self.codes.len()];
        for (row, &code) in self.codes.iter().enumerate() {
            if let Some(position) = next.get_mut(code as usize)
                && let Some(slot) = order.get_mut(*position as usize)
            {
                *position += 1;
                *slot = row as u32;
            }
        }
        let time = |row: &u32| self.times.get(*row as usize).copied().unwrap_or_default();
        for bounds in offsets.windows(2) {
            if let [start, end] = *bounds
                && let Some(rows) = order.get_mut(start as usize..end as usize)
                && !rows.is_sorted_by_key(time)
            {
                rows.sort_by_key(time);
            }
        }
        let extent = self
            .times
            .iter()
            .min()
            .copied()
            .zip(self.times.iter().max().copied());
        let amounts = Values::new(&in_order(&self.amounts, &order), layout.scale);
        Segment {
            extent,
            has_returns: amounts.any_negative(),
            amounts,
            costs: layout
                .costs
                .then(|| Values::new(&in_order(&self.costs, &order), layout.scale)),
            times: in_order(&self.times, &order),
            rows: in_order(&self.rows, &order),
            customers: self.customers,
            first_rows: self.first_rows,
            offsets,
        }
    }
}

fn in_order<T: Copy + Default>(column: &[T], order: &[u32]) -> Vec<T> {
    order
        .iter()
        .map(|&row| column.get(row as usize).copied().unwrap_or_default())
        .collect()
}
