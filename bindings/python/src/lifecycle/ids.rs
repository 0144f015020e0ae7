//! Customers as a table names them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::ops::Range;

use crm_core::ledger::{CustomerId, Ledger, TextColumn as _};
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{
    Array, Column, DataType, NewColumn, NewTexts, NewValues, ROWS_PER_PART, Texts, in_parts,
};
use foldhash::fast::RandomState;
use rayon::prelude::*;

/// Customers as the table names them.
#[derive(Debug, Clone)]
pub(crate) enum Ids {
    Integers(Vec<i64>),
    Texts(NewTexts),
}

impl Ids {
    /// Every row of a column of texts or whole numbers.
    pub(crate) fn of_rows(column: Column<'_>) -> crm_core::Result<Self> {
        let mut ids = Ids::none(column);
        let mut first = 0;
        for chunk in column.chunks() {
            let rows = Rows::read(&chunk, first)?;
            ids.extend(&rows, rows.len(), |row| row);
            first += rows.len();
        }
        Ok(ids)
    }

    /// The customers of a column in which the rows of each lie together, and where each begins, with the number of rows at
    /// last.
    pub(crate) fn of_runs(column: Column<'_>) -> crm_core::Result<(Self, Vec<usize>)> {
        let mut ids = Ids::none(column);
        let mut offsets = Vec::new();
        let mut first = 0;
        for chunk in column.chunks() {
            let rows = Rows::read(&chunk, first)?;
            let starts = run_starts(rows.len(), |row| rows.repeats(row));
            let goes_on = usize::from(ids.goes_on_in(&rows));
            let starts = starts.get(goes_on..).unwrap_or_default();
            let row = |start: usize| starts.get(start).copied().unwrap_or_default();
            ids.extend(&rows, starts.len(), row);
            offsets.extend(starts.iter().map(|start| first + start));
            first += rows.len();
        }
        match &ids {
            Ids::Integers(ids) => refuse_twice(first_repeated_integer(ids), &offsets)?,
            Ids::Texts(ids) => {
                let ids: Vec<&str> = ids.iter().collect();
                refuse_twice(first_repeated(&ids), &offsets)?;
            }
        }
        offsets.push(first);
        Ok((ids, offsets))
    }

    /// The ids of these customers of a ledger.
    pub(crate) fn of_ledger(
        ledger: &Ledger,
        customers: impl IntoParallelIterator<Item = usize, Iter: IndexedParallelIterator>,
    ) -> Self {
        let ids = customers.into_par_iter().map(|number| ledger.id(number));
        if let Some(CustomerId::Text(_)) = ledger.id(0) {
            let parts = ids.fold_chunks(ROWS_PER_PART, NewTexts::default, |mut texts, id| {
                if let Some(CustomerId::Text(id)) = id {
                    texts.push(id);
                }
                texts
            });
            return Ids::Texts(NewTexts::concat(&parts.collect::<Vec<_>>()));
        }
        let number = |id| match id {
            Some(CustomerId::Integer(id)) => id,
            _ => 0,
        };
        Ids::Integers(ids.map(number).collect())
    }

    fn none(column: Column<'_>) -> Self {
        if column.data_type.is_integer() {
            Ids::Integers(Vec::new())
        } else {
            Ids::Texts(NewTexts::default())
        }
    }

    /// Adds so many ids, each of the row that is told.
    fn extend(&mut self, rows: &Rows<'_>, count: usize, row: impl Fn(usize) -> usize + Sync) {
        match (self, rows) {
            (Ids::Integers(ids), Rows::Integers(rows)) => {
                let mut more = in_parts(count, |first, part| {
                    for (id, place) in part.iter_mut().zip(first..) {
                        *id = rows.get(row(place)).copied().unwrap_or_default();
                    }
                });
                if ids.is_empty() {
                    *ids = more;
                } else {
                    ids.append(&mut more);
                }
            }
            (Ids::Texts(ids), rows) => {
                let text = |place| rows.text(row(place));
                let parts = parts(count).map(|places| places.map(text).collect());
                let mut parts: Vec<NewTexts> = parts.collect();
                if !ids.is_empty() {
                    parts.insert(0, std::mem::take(ids));
                }
                *ids = NewTexts::concat(&parts);
            }
            // Every chunk of a column has the type of the column.
            (Ids::Integers(_), _) => {}
        }
    }

    /// Whether the last of these ids is that of the first row.
    fn goes_on_in(&self, rows: &Rows<'_>) -> bool {
        match (self, rows) {
            (Ids::Integers(ids), Rows::Integers(rows)) => {
                ids.last().is_some_and(|last| rows.first() == Some(last))
            }
            (Ids::Integers(_), _) => false,
            (Ids::Texts(ids), rows) => {
                let last = ids.len().checked_sub(1).and_then(|last| ids.get(last));
                rows.len() > 0 && last == Some(rows.text(0))
            }
        }
    }

    pub(crate) fn column(&self, customers: impl Iterator<Item = usize>) -> NewColumn {
        let values = match self {
            Ids::Integers(ids) => {
                NewValues::Integers(customers.filter_map(|i| ids.get(i).copied()).collect())
            }
            Ids::Texts(ids) => NewValues::Texts(customers.filter_map(|i| ids.get(i)).collect()),
        };
        NewColumn::new("customer", values)
    }

    /// Every customer once.
    pub(crate) fn into_column(self) -> NewColumn {
        let values = match self {
            Ids::Integers(ids) => NewValues::Integers(ids),
            Ids::Texts(ids) => NewValues::Texts(ids),
        };
        NewColumn::new("customer", values)
    }

    /// Customer i in the rows `offsets[i]..offsets[i + 1]`.
    pub(crate) fn column_of_runs(&self, offsets: &[usize]) -> NewColumn {
        let rows = offsets.last().copied().unwrap_or_default();
        let values = match self {
            Ids::Integers(ids) => NewValues::Integers(in_parts(rows, |first, rows| {
                repeat(ids, offsets, first, rows);
            })),
            Ids::Texts(ids) => {
                let parts = parts(ids.len()).map(|customers| repeated(ids, offsets, customers));
                NewValues::Texts(NewTexts::concat(&parts.collect::<Vec<_>>()))
            }
        };
        NewColumn::new("customer", values)
    }

    /// The number among these customers of each row of a column of customers.
    pub(crate) fn places(&self, column: Column<'_>) -> crm_core::Result<Vec<Option<u32>>> {
        match (self, Ids::of_rows(column)?) {
            (Ids::Integers(own), Ids::Integers(rows)) => Ok(places(own, &rows)),
            (Ids::Texts(own), Ids::Texts(rows)) => {
                let own: Vec<&str> = own.iter().collect();
                Ok(places(&own, &rows.iter().collect::<Vec<_>>()))
            }
            _ => {
                let rule = "must be of the kind of the customers of the activity";
                Err(Error::new(ErrorKind::WrongType, "customer", rule))
            }
        }
    }
}

/// One chunk of a column of customers.
enum Rows<'a> {
    Integers(Cow<'a, [i64]>),
    Texts(Texts<'a>),
    Coded(Vec<u32>, Texts<'a>),
}

impl<'a> Rows<'a> {
    /// A chunk that begins in row `first` of its column.
    fn read(chunk: &Array<'a>, first: usize) -> crm_core::Result<Self> {
        chunk.check_complete().map_err(|error| match error.row() {
            Some(row) => error.at_row(first + row),
            None => error,
        })?;
        match chunk.data_type() {
            DataType::Dictionary { .. } => {
                let (codes, texts) = chunk.dictionary()?;
                Ok(Rows::Coded(codes, texts))
            }
            kind if kind.is_integer() => chunk.integers().map(Rows::Integers),
            _ => chunk.texts().map(Rows::Texts),
        }
    }

    fn len(&self) -> usize {
        match self {
            Rows::Integers(ids) => ids.len(),
            Rows::Texts(texts) => texts.len(),
            Rows::Coded(codes, _) => codes.len(),
        }
    }

    fn text(&self, row: usize) -> &str {
        match self {
            Rows::Integers(_) => "",
            Rows::Texts(texts) => texts.get(row),
            Rows::Coded(codes, texts) => {
                codes.get(row).map_or("", |code| texts.get(*code as usize))
            }
        }
    }

    /// Whether a row has the id of the row before it.
    fn repeats(&self, row: usize) -> bool {
        let Some(before) = row.checked_sub(1) else {
            return false;
        };
        match self {
            Rows::Integers(ids) => ids.get(row) == ids.get(before),
            Rows::Coded(codes, _) if codes.get(row) == codes.get(before) => true,
            Rows::Texts(_) | Rows::Coded(..) => self.text(row) == self.text(before),
        }
    }
}

/// The rows that do not repeat the one before them.
fn run_starts(rows: usize, repeats: impl Fn(usize) -> bool + Sync) -> Vec<usize> {
    let starts = |rows: Range<usize>| {
        // Every row is written, and stays if it begins a run: whether it does is not foreseen by the processor.
        let mut starts = vec![0; rows.len()];
        let mut count = 0;
        for row in rows {
            if let Some(start) = starts.get_mut(count) {
                *start = row;
            }
            count += usize::from(!repeats(row));
        }
        starts.truncate(count);
        starts
    };
    parts(rows).map(starts).collect::<Vec<_>>().concat()
}

/// Numbers below `count`, in parts.
fn parts(count: usize) -> impl IndexedParallelIterator<Item = Range<usize>> {
    let parts = (0..count.div_ceil(ROWS_PER_PART)).into_par_iter();
    parts.map(move |part| {
        let first = part * ROWS_PER_PART;
        first..count.min(first + ROWS_PER_PART)
    })
}

/// Refuses the customer in this place, whose rows do not lie together.
fn refuse_twice(repeated: Option<usize>, offsets: &[usize]) -> crm_core::Result<()> {
    match repeated.and_then(|place| offsets.get(place)) {
        Some(&row) => {
            let reason = "must have the rows of a customer together";
            Err(Error::new(ErrorKind::OutOfRange, "customer", reason).at_row(row))
        }
        None => Ok(()),
    }
}

/// The place of the first id that an earlier place has.
fn first_repeated<T: Ord + Hash>(ids: &[T]) -> Option<usize> {
    if ids.is_sorted_by(|earlier, later| earlier < later) {
        return None;
    }
    let mut seen = HashSet::with_capacity_and_hasher(ids.len(), RandomState::default());
    ids.iter().position(|id| !seen.insert(id))
}

/// The same of numbers, which are often dense enough for a bit each.
fn first_repeated_integer(ids: &[i64]) -> Option<usize> {
    const BITS_PER_ID: usize = 64;
    let (&least, &most) = (ids.iter().min()?, ids.iter().max()?);
    let span = usize::try_from(most.abs_diff(least)).unwrap_or(usize::MAX);
    if span >= BITS_PER_ID.saturating_mul(ids.len()) {
        return first_repeated(ids);
    }
    let mut seen = vec![0_u64; span / 64 + 1];
    ids.iter().position(|id| {
        let bit = id.abs_diff(least);
        let Some(word) = seen.get_mut((bit / 64) as usize) else {
            return false;
        };
        let before = *word;
        *word |= 1 << (bit % 64);
        *word == before
    })
}

fn places<T: Eq + Hash + Sync>(own: &[T], rows: &[T]) -> Vec<Option<u32>> {
    if own == rows {
        return (0..).map(Some).take(rows.len()).collect();
    }
    let places: HashMap<&T, u32, RandomState> = own.iter().zip(0..).collect();
    rows.par_iter().map(|id| places.get(id).copied()).collect()
}

/// Fills the rows from `first` on with the ids of the customers whose rows they are.
fn repeat(ids: &[i64], offsets: &[usize], first: usize, mut rows: &mut [i64]) {
    let mut row = first;
    let customer = offsets
        .partition_point(|offset| *offset <= first)
        .saturating_sub(1);
    let ends = offsets.iter().skip(customer + 1);
    for (id, end) in ids.iter().skip(customer).zip(ends) {
        let (own, others) = rows.split_at_mut(rows.len().min(end - row));
        own.fill(*id);
        (row, rows) = (*end, others);
        if rows.is_empty() {
            return;
        }
    }
}

fn repeated(ids: &NewTexts, offsets: &[usize], customers: Range<usize>) -> NewTexts {
    let mut texts = NewTexts::default();
    for customer in customers {
        let bounds = (offsets.get(customer), offsets.get(customer + 1));
        if let (Some(id), (Some(start), Some(end))) = (ids.get(customer), bounds) {
            (*start..*end).for_each(|_| texts.push(id));
        }
    }
    texts
}
