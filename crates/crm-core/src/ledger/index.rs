use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use super::customers::{Customers, hash_integer, hash_text, segment_of};
use super::input::{Chunk, CustomerColumn};
use crate::parallel;

/// Customers are spread over this many segments by a hash of their id, so that what belongs to one
/// segment stays in the cache, and segments are worked on in parallel.
pub(super) const SEGMENTS: usize = 256;
/// Rows that one task sorts by segment.
const ROWS_PER_BLOCK: usize = 1 << 15;
/// Blocks whose results are held at the same time, beside what becomes of them.
const BLOCKS_PER_ROUND: usize = 16;
/// Entries of a dictionary that one task hashes.
const TEXTS_PER_TASK: usize = 1 << 14;

/// A chunk whose rows are being taken.
pub(super) struct Incoming<'c> {
    pub(super) chunk: &'c Chunk<'c>,
    /// How many rows there were before it.
    first_row: u32,
    dictionary: Dictionary,
}

/// The dictionary of a chunk, if it has one: each entry is hashed and looked up once.
struct Dictionary {
    hashes: Vec<u64>,
    /// The customer of each entry in its segment, counted from 1; 0 before the first row of the entry.
    customers: Vec<AtomicU32>,
}

/// Consecutive rows of a chunk, sorted by segment; those of segment `s` are
/// `rows[starts[s]..starts[s + 1]]`.
pub(super) struct Block {
    first_row: usize,
    /// Counted from the first row of the block.
    rows: Vec<u16>,
    /// The hash of each of these texts; of what is not a text, none.
    hashes: Vec<u64>,
    starts: [u32; SEGMENTS + 1],
}

/// The rows of one segment in the order of the log, and whose they are.
#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) customers: Customers,
    /// Row where each customer comes first.
    pub(super) first_rows: Vec<u32>,
    pub(super) rows: Vec<u32>,
    /// The customer of each row.
    codes: Vec<u32>,
}

impl<'c> Incoming<'c> {
    pub(super) fn new(chunk: &'c Chunk<'c>, first_row: u32) -> Self {
        Incoming {
            chunk,
            first_row,
            dictionary: Dictionary::new(&chunk.customers),
        }
    }

    /// Some of its rows, sorted by segment in blocks.
    pub(super) fn blocks(&self, rows: Range<usize>) -> Vec<Block> {
        parallel::map_range(rows.len().div_ceil(ROWS_PER_BLOCK), |block| {
            let start = rows.start + block * ROWS_PER_BLOCK;
            self.block(start..rows.end.min(start + ROWS_PER_BLOCK))
        })
    }

    fn block(&self, rows: Range<usize>) -> Block {
        let mut hashes = Vec::new();
        let segments: Vec<u8> = match self.chunk.customers {
            CustomerColumn::Integers(ids) => {
                let ids = ids.get(rows.clone()).unwrap_or_default().iter();
                ids.map(|&id| segment_of(hash_integer(id))).collect()
            }
            CustomerColumn::Texts(texts) => {
                hashes.extend(rows.clone().map(|row| hash_text(texts.get(row))));
                hashes.iter().map(|&hash| segment_of(hash)).collect()
            }
            CustomerColumn::Dictionary { codes, .. } => {
                let codes = codes.get(rows.clone()).unwrap_or_default().iter();
                let hash = |&code: &u32| self.dictionary.hash(code);
                codes.map(|code| segment_of(hash(code))).collect()
            }
        };
        Block::new(rows.start, &segments, &hashes)
    }
}

impl Dictionary {
    fn new(customers: &CustomerColumn<'_>) -> Self {
        let CustomerColumn::Dictionary { texts, .. } = customers else {
            return Dictionary {
                hashes: Vec::new(),
                customers: Vec::new(),
            };
        };
        let hashes = parallel::map_range(texts.len().div_ceil(TEXTS_PER_TASK), |task| {
            let start = task * TEXTS_PER_TASK;
            let entries = start..texts.len().min(start + TEXTS_PER_TASK);
            let hashes = entries.map(|entry| hash_text(texts.get(entry)));
            hashes.collect::<Vec<u64>>()
        });
        Dictionary {
            hashes: hashes.concat(),
            customers: (0..texts.len()).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    fn hash(&self, entry: u32) -> u64 {
        self.hashes.get(entry as usize).copied().unwrap_or_default()
    }

    /// The customer of an entry, by `intern` when it is met first. An entry belongs to one segment, whose task alone
    /// asks for it, so that nothing hangs on the order of threads.
    fn customer(&self, entry: u32, intern: impl FnOnce() -> u32) -> u32 {
        let Some(known) = self.customers.get(entry as usize) else {
            return intern();
        };
        if let Some(customer) = known.load(Ordering::Relaxed).checked_sub(1) {
            return customer;
        }
        let customer = intern();
        known.store(customer + 1, Ordering::Relaxed);
        customer
    }
}

impl Block {
    /// Sorts rows by their segments.
    fn new(first_row: usize, segments: &[u8], hashes: &[u64]) -> Self {
        let mut starts = [0_u32; SEGMENTS + 1];
        for &segment in segments {
            if let Some(count) = starts.get_mut(usize::from(segment) + 1) {
                *count += 1;
            }
        }
        add_up(&mut starts);
        let mut next = starts;
        let mut rows = vec![0_u16; segments.len()];
        let mut sorted = vec![0_u64; hashes.len()];
        for (row, &segment) in segments.iter().enumerate() {
            if let Some(place) = next.get_mut(usize::from(segment)) {
                let at = *place as usize;
                *place += 1;
                if let Some(slot) = rows.get_mut(at) {
                    *slot = row as u16;
                }
                if let Some((slot, &hash)) = sorted.get_mut(at).zip(hashes.get(row)) {
                    *slot = hash;
                }
            }
        }
        Block {
            first_row,
            rows,
            hashes: sorted,
            starts,
        }
    }

    fn range(&self, segment: usize) -> Range<usize> {
        let start = |segment: usize| self.starts.get(segment).map_or(0, |&start| start as usize);
        start(segment)..start(segment + 1)
    }

    /// Rows of the chunk that belong to a segment.
    pub(super) fn rows(&self, segment: usize) -> impl ExactSizeIterator<Item = usize> {
        let rows = self.rows.get(self.range(segment)).unwrap_or_default();
        rows.iter().map(|&row| self.first_row + usize::from(row))
    }

    fn hashes(&self, segment: usize) -> &[u64] {
        self.hashes.get(self.range(segment)).unwrap_or_default()
    }
}

impl Index {
    pub(super) fn new(texts: bool) -> Self {
        Index {
            customers: Customers::new(texts),
            first_rows: Vec::new(),
            rows: Vec::new(),
            codes: Vec::new(),
        }
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        self.rows.reserve(rows);
        self.codes.reserve(rows);
    }

    /// Adds the rows of a block that belong to this segment.
    pub(super) fn take(&mut self, incoming: &Incoming<'_>, block: &Block, segment: usize) {
        let rows = block.rows(segment);
        match incoming.chunk.customers {
            CustomerColumn::Integers(ids) => {
                for row in rows {
                    let id = ids.get(row).copied().unwrap_or_default();
                    let code = self.customers.intern(id.cast_unsigned(), || "");
                    self.push(incoming.first_row + row as u32, code);
                }
            }
            CustomerColumn::Texts(texts) => {
                for (row, &hash) in rows.zip(block.hashes(segment)) {
                    let code = self.customers.intern(hash, || texts.get(row));
                    self.push(incoming.first_row + row as u32, code);
                }
            }
            CustomerColumn::Dictionary { codes, texts } => {
                for row in rows {
                    let entry = codes.get(row).copied().unwrap_or_default();
                    let code = incoming.dictionary.customer(entry, || {
                        let hash = incoming.dictionary.hash(entry);
                        self.customers.intern(hash, || texts.get(entry as usize))
                    });
                    self.push(incoming.first_row + row as u32, code);
                }
            }
        }
    }

    fn push(&mut self, row: u32, code: u32) {
        if code as usize == self.first_rows.len() {
            self.first_rows.push(row);
        }
        self.rows.push(row);
        self.codes.push(code);
    }

    /// The places of the rows in the order of customers, then times, then rows of the log; those of customer `c` are
    /// `offsets[c]..offsets[c + 1]`. `time` is that of the row at a place.
    pub(super) fn order(&self, time: impl Fn(u32) -> i64) -> (Vec<u32>, Vec<u32>) {
        let mut offsets = vec![0_u32; self.first_rows.len() + 1];
        for &code in &self.codes {
            if let Some(count) = offsets.get_mut(code as usize + 1) {
                *count += 1;
            }
        }
        add_up(&mut offsets);
        let mut next = offsets.clone();
        let mut order = vec![0_u32; self.codes.len()];
        for (place, &code) in self.codes.iter().enumerate() {
            if let Some(position) = next.get_mut(code as usize)
                && let Some(slot) = order.get_mut(*position as usize)
            {
                *position += 1;
                *slot = place as u32;
            }
        }
        for bounds in offsets.windows(2) {
            if let [start, end] = *bounds
                && let Some(places) = order.get_mut(start as usize..end as usize)
                && !places.is_sorted_by_key(|&place| time(place))
            {
                places.sort_by_key(|&place| time(place));
            }
        }
        (order, offsets)
    }
}

/// Each number becomes the sum of all up to it.
fn add_up(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}

/// The values at these places.
pub(super) fn in_order<T: Copy + Default>(column: &[T], order: &[u32]) -> Vec<T> {
    order
        .iter()
        .map(|&place| column.get(place as usize).copied().unwrap_or_default())
        .collect()
}

/// What `place` makes of each customer (number of its segment, code in it, first row), in the order of first rows. Each
/// task picks those of its rows from all segments, each of which has them in that order.
pub(super) fn by_first_row<T: Clone + Send + Sync>(
    segments: &[&[u32]],
    rows: usize,
    place: impl Fn(usize, usize, u32) -> T + Sync + Send,
) -> Vec<T> {
    let customers = segments.iter().map(|first_rows| first_rows.len()).sum();
    let mut places = Vec::with_capacity(customers);
    let blocks = rows.div_ceil(ROWS_PER_BLOCK);
    for round in (0..blocks).step_by(BLOCKS_PER_ROUND) {
        let parts = parallel::map_range(BLOCKS_PER_ROUND.min(blocks - round), |block| {
            let start = (round + block) * ROWS_PER_BLOCK;
            let end = start + ROWS_PER_BLOCK;
            let mut found: Vec<Option<T>> = vec![None; ROWS_PER_BLOCK];
            for (segment, first_rows) in segments.iter().enumerate() {
                let before = first_rows.partition_point(|&row| (row as usize) < start);
                let there = first_rows.iter().enumerate().skip(before);
                for (code, &row) in there.take_while(|(_, row)| (**row as usize) < end) {
                    if let Some(slot) = found.get_mut(row as usize - start) {
                        *slot = Some(place(segment, code, row));
                    }
                }
            }
            found
        });
        places.extend(parts.into_iter().flatten().flatten());
    }
    places
}
