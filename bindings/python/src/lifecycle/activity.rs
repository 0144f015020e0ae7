//! A table of activity per customer and period, as it comes in.

use crm_core::ledger::PeriodSeries;
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{Column, NewColumn, NewValues, Table};

/// Customers as the table names them.
#[derive(Debug)]
pub(crate) enum Ids {
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

impl Ids {
    pub(crate) fn column(&self, customers: impl Iterator<Item = usize>) -> NewColumn {
        let values = match self {
            Ids::Integers(ids) => {
                NewValues::Integers(customers.filter_map(|i| ids.get(i).copied()).collect())
            }
            Ids::Texts(ids) => {
                NewValues::Texts(customers.filter_map(|i| ids.get(i).cloned()).collect())
            }
        };
        NewColumn::new("customer", values)
    }

    /// Every customer once.
    pub(crate) fn column_of_all(&self) -> NewColumn {
        let values = match self {
            Ids::Integers(ids) => NewValues::Integers(ids.clone()),
            Ids::Texts(ids) => NewValues::Texts(ids.clone()),
        };
        NewColumn::new("customer", values)
    }

    /// Customer i in the rows `offsets[i]..offsets[i + 1]`.
    pub(crate) fn column_of_runs(&self, offsets: &[usize]) -> NewColumn {
        let values = match self {
            Ids::Integers(ids) => NewValues::Integers(repeated(ids, offsets)),
            Ids::Texts(ids) => NewValues::Texts(repeated(ids, offsets)),
        };
        NewColumn::new("customer", values)
    }
}

fn repeated<T: Clone>(values: &[T], offsets: &[usize]) -> Vec<T> {
    let mut rows = Vec::with_capacity(offsets.last().copied().unwrap_or_default());
    let ends = offsets.iter().skip(1);
    for (value, (start, end)) in values.iter().zip(offsets.iter().zip(ends)) {
        rows.extend(std::iter::repeat_n(value, end - start).cloned());
    }
    rows
}

impl Ids {
    /// The number among these customers of each row of a column of customers.
    pub(crate) fn places(&self, column: Column<'_>) -> crm_core::Result<Vec<Option<u32>>> {
        let (rows, _) = read_ids(column, false)?;
        Ok(match (self, rows) {
            (Ids::Integers(own), Ids::Integers(rows)) => found(own, &rows),
            (Ids::Texts(own), Ids::Texts(rows)) => found(own, &rows),
            _ => {
                let rule = "must be of the kind of the customers of the activity";
                return Err(Error::new(ErrorKind::WrongType, "customer", rule));
            }
        })
    }
}

fn found<T: Eq + std::hash::Hash>(own: &[T], rows: &[T]) -> Vec<Option<u32>> {
    let places: std::collections::HashMap<&T, u32> = own.iter().zip(0..).collect();
    rows.iter().map(|id| places.get(id).copied()).collect()
}

/// A table of activity as the core takes it.
#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) ids: Ids,
    pub(crate) series: PeriodSeries,
    pub(crate) share: Option<Vec<f64>>,
}

impl Activity {
    pub(crate) fn read(table: &Table, observed: u32) -> crm_core::Result<Self> {
        let (ids, offsets) = runs(table.column("customer")?)?;
        let spend = complete(table.column("spend")?)?;
        let optional = |name: &str| {
            let known = table.names().any(|n| n == name);
            known.then(|| table.column(name)).transpose()
        };
        Ok(Activity {
            ids,
            series: PeriodSeries::new(
                offsets,
                counts("period", table.column("period")?)?,
                counts("purchases", table.column("purchases")?)?,
                spend,
                optional("profit")?.map(complete).transpose()?,
                observed,
            )?,
            share: optional("share_of_wallet")?
                .map(Column::floats)
                .transpose()?,
        })
    }
}

/// The customers of a column in which the rows of each lie together, and where each begins.
pub(super) fn runs(column: Column<'_>) -> crm_core::Result<(Ids, Vec<usize>)> {
    read_ids(column, true)
}

/// Every row of a column of texts or whole numbers.
pub(super) fn texts_or_codes(column: Column<'_>) -> crm_core::Result<Ids> {
    Ok(read_ids(column, false)?.0)
}

fn read_ids(column: Column<'_>, in_runs: bool) -> crm_core::Result<(Ids, Vec<usize>)> {
    use crm_core::ledger::TextColumn as _;

    let mut row = 0;
    let mut offsets = Vec::new();
    let ids = if column.data_type.is_integer() {
        let mut ids: Vec<i64> = Vec::new();
        for chunk in column.chunks() {
            chunk.check_complete().map_err(|e| count_from(e, row))?;
            for id in chunk.integers()?.iter() {
                if !in_runs || ids.last() != Some(id) {
                    ids.push(*id);
                    offsets.push(row);
                }
                row += 1;
            }
        }
        if in_runs {
            refuse_twice(&ids, &offsets)?;
        }
        Ids::Integers(ids)
    } else {
        let mut ids: Vec<String> = Vec::new();
        for chunk in column.chunks() {
            chunk.check_complete().map_err(|e| count_from(e, row))?;
            let (codes, texts) = if chunk.data_type().is_text() {
                (None, chunk.texts()?)
            } else {
                let (codes, texts) = chunk.dictionary()?;
                (Some(codes), texts)
            };
            for i in 0..chunk.len() {
                let place = codes
                    .as_ref()
                    .map_or(Some(i), |c| c.get(i).map(|c| *c as usize));
                let id = place.map_or("", |place| texts.get(place));
                if !in_runs || ids.last().map(String::as_str) != Some(id) {
                    ids.push(id.to_owned());
                    offsets.push(row);
                }
                row += 1;
            }
        }
        if in_runs {
            refuse_twice(&ids, &offsets)?;
        }
        Ids::Texts(ids)
    };
    offsets.push(row);
    Ok((ids, offsets))
}

fn refuse_twice<T: Ord + std::hash::Hash>(ids: &[T], offsets: &[usize]) -> crm_core::Result<()> {
    if ids.is_sorted_by(|earlier, later| earlier < later) {
        return Ok(());
    }
    let mut seen = std::collections::HashSet::with_capacity(ids.len());
    match ids.iter().zip(offsets).find(|(id, _)| !seen.insert(*id)) {
        Some((_, &row)) => {
            let reason = "must have the rows of a customer together";
            Err(Error::new(ErrorKind::OutOfRange, "customer", reason).at_row(row))
        }
        None => Ok(()),
    }
}

fn count_from(error: Error, first: usize) -> Error {
    match error.row() {
        Some(row) => error.at_row(first + row),
        None => error,
    }
}

fn complete(column: Column<'_>) -> crm_core::Result<Vec<f64>> {
    refuse_missing(column)?;
    column.floats()
}

fn refuse_missing(column: Column<'_>) -> crm_core::Result<()> {
    match column.first_missing()? {
        Some(row) => {
            let name = column.name.to_owned();
            Err(Error::new(ErrorKind::Missing, name, "is missing").at_row(row))
        }
        None => Ok(()),
    }
}

fn counts(argument: &'static str, column: Column<'_>) -> crm_core::Result<Vec<u32>> {
    let refused = |row: usize, value: &dyn std::fmt::Display| {
        let reason = "must be a whole number, 0 or more";
        let error = Error::new(ErrorKind::OutOfRange, argument, reason);
        error.with_value(value).at_row(row)
    };
    if !column.data_type.is_integer() {
        let count = |(row, value): (usize, f64)| {
            let is_count = value >= 0.0 && value <= f64::from(u32::MAX) && value == value.trunc();
            is_count
                .then_some(value as u32)
                .ok_or_else(|| refused(row, &value))
        };
        return complete(column)?
            .into_iter()
            .enumerate()
            .map(count)
            .collect();
    }
    refuse_missing(column)?;
    let mut counts = Vec::with_capacity(column.chunks().map(|chunk| chunk.len()).sum());
    for chunk in column.chunks() {
        let first = counts.len();
        let integers = chunk.integers()?;
        counts.extend(integers.iter().map(|&value| value as u32));
        let mut read = integers.iter().zip(counts.iter().skip(first)).enumerate();
        let other = read.find(|(_, (value, count))| i64::from(**count) != **value);
        if let Some((row, (value, _))) = other {
            return Err(refused(first + row, value));
        }
    }
    Ok(counts)
}
