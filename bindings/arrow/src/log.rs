//! A transaction log, from a table.

use std::borrow::Cow;

use crm_core::ledger::{
    self, AmountColumn, Chunk, CustomerColumn, Ledger, LedgerBuilder, Log, TimeColumn, TimeUnit,
};
use crm_core::{Error, Result};

use crate::array::Array;
use crate::table::{Column, Table};
use crate::text::Texts;
use crate::types::{DataType, TimeZone};

/// The names of a log's columns in a table.
#[derive(Debug, Clone, Copy)]
pub struct LogColumns<'a> {
    /// Integers or texts.
    pub customer: &'a str,
    /// Dates, or timestamps that are naive or UTC.
    pub time: &'a str,
    /// Numbers. Integers and decimals are exact, unless the costs are floats.
    pub amount: &'a str,
    /// What the transaction cost the seller, as the amounts.
    pub cost: Option<&'a str>,
}

/// The ledger of the log that a table holds. Texts and columns of 64 bits are read in place.
///
/// # Errors
/// Each names the column of the table, and the row counted over all of it:
/// `NotFound` for a column that the table has not, `WrongType` for a
/// column of a wrong type or a time zone that is not UTC, `Missing` for a missing
/// value, `Overflow` for a number beyond 64 bits, and those of
/// [`LedgerBuilder::push`] and [`LedgerBuilder::finish`].
pub fn read_ledger(table: &Table, columns: &LogColumns<'_>) -> Result<Ledger> {
    let mut builder = LedgerBuilder::new();
    each_part(table, columns, |part| {
        builder
            .push(&part.chunk())
            .map_err(|error| name_column(error, columns))
    })?;
    builder.finish()
}

/// What `work` makes of the log that a table holds, whose rows stay where they are.
///
/// # Errors
/// As [`read_ledger`], but for a log without rows; those of `work`, which may call the columns as the log does.
pub fn with_log<T>(
    table: &Table,
    columns: &LogColumns<'_>,
    work: impl FnOnce(&Log<'_>) -> Result<T>,
) -> Result<T> {
    let mut parts = Vec::new();
    let read = each_part(table, columns, |part| {
        parts.push(part);
        Ok(())
    });
    let mut log = Log::new();
    let pushed = parts.iter().try_for_each(|part| log.push(part.chunk()));
    pushed.map_err(|error| name_column(error, columns))?;
    read?;
    work(&log).map_err(|error| name_column(error, columns))
}

/// The parts of the log that a table holds, for who makes no ledger of them alone.
///
/// # Errors
/// As [`read_ledger`], but for those of the builder.
pub fn read_log<'a>(table: &'a Table, columns: &LogColumns<'_>) -> Result<Vec<LogPart<'a>>> {
    let mut parts = Vec::new();
    each_part(table, columns, |part| {
        parts.push(part);
        Ok(())
    })?;
    Ok(parts)
}

fn each_part<'a>(
    table: &'a Table,
    columns: &LogColumns<'_>,
    mut take: impl FnMut(LogPart<'a>) -> Result<()>,
) -> Result<()> {
    let customer = table.column(columns.customer)?;
    let time = table.column(columns.time)?;
    let amount = table.column(columns.amount)?;
    let cost = columns.cost.map(|name| table.column(name)).transpose()?;
    let scale = common_scale(amount, cost);
    let mut costs = cost.map(Column::chunks);
    let mut before = 0;
    for ((customer, time), amount) in customer.chunks().zip(time.chunks()).zip(amount.chunks()) {
        let cost = costs.as_mut().and_then(Iterator::next);
        let part = LogPart::read(&customer, &time, &amount, cost.as_ref(), scale)
            .map_err(|error| count_from(error, before))?;
        before += customer.len();
        take(part)?;
    }
    Ok(())
}

/// One chunk of a log: what was converted is kept, the rest is borrowed.
#[derive(Debug)]
pub struct LogPart<'a> {
    customers: Customers<'a>,
    times: Times<'a>,
    amounts: Amounts<'a>,
    costs: Option<Amounts<'a>>,
}

#[derive(Debug)]
enum Customers<'a> {
    Integers(Cow<'a, [i64]>),
    Texts(Texts<'a>),
    Dictionary(Vec<u32>, Texts<'a>),
}

#[derive(Debug)]
enum Times<'a> {
    Days(Cow<'a, [i32]>),
    Ticks(&'a [i64], TimeUnit, ledger::TimeZone),
}

#[derive(Debug)]
enum Amounts<'a> {
    Floats(Cow<'a, [f64]>),
    Minor(Cow<'a, [i64]>, u32),
}

impl<'a> LogPart<'a> {
    fn read(
        customer: &Array<'a>,
        time: &Array<'a>,
        amount: &Array<'a>,
        cost: Option<&Array<'a>>,
        scale: Option<u32>,
    ) -> Result<Self> {
        Ok(LogPart {
            customers: customers(customer)?,
            times: times(time)?,
            amounts: amounts(amount, scale)?,
            costs: cost.map(|cost| amounts(cost, scale)).transpose()?,
        })
    }

    /// The chunk, for a ledger.
    #[must_use]
    pub fn chunk(&self) -> Chunk<'_> {
        Chunk {
            customers: match &self.customers {
                Customers::Integers(ids) => CustomerColumn::Integers(ids),
                Customers::Texts(texts) => CustomerColumn::Texts(texts),
                Customers::Dictionary(codes, texts) => CustomerColumn::Dictionary { codes, texts },
            },
            times: match &self.times {
                Times::Days(days) => TimeColumn::Dates(days),
                &Times::Ticks(ticks, unit, zone) => TimeColumn::Timestamps { ticks, unit, zone },
            },
            amounts: self.amounts.column(),
            costs: self.costs.as_ref().map(Amounts::column),
        }
    }
}

impl Amounts<'_> {
    fn column(&self) -> AmountColumn<'_> {
        match self {
            Amounts::Floats(values) => AmountColumn::Floats(values),
            Amounts::Minor(units, scale) => AmountColumn::Minor {
                units,
                scale: *scale,
            },
        }
    }
}

fn customers<'a>(array: &Array<'a>) -> Result<Customers<'a>> {
    array.check_complete()?;
    match array.data_type() {
        DataType::Dictionary { values, .. } if values.is_text() => {
            let (codes, texts) = array.dictionary()?;
            Ok(Customers::Dictionary(codes, texts))
        }
        data_type if data_type.is_text() => array.texts().map(Customers::Texts),
        data_type if data_type.is_integer() => array.integers().map(Customers::Integers),
        DataType::Null => Ok(Customers::Texts(Texts::none())),
        _ => Err(array.wrong_type("an integer or a text")),
    }
}

fn times<'a>(array: &Array<'a>) -> Result<Times<'a>> {
    array.check_complete()?;
    let (unit, zone) = match array.data_type() {
        DataType::Timestamp {
            unit,
            zone: TimeZone::Naive,
        } => (*unit, ledger::TimeZone::Naive),
        DataType::Timestamp {
            unit,
            zone: TimeZone::Utc,
        } => (*unit, ledger::TimeZone::Utc),
        DataType::Timestamp { .. } => {
            return Err(array.wrong_type("in UTC, or local times without a zone: convert it"));
        }
        DataType::Date32 | DataType::Date64 | DataType::Null => {
            return array.days().map(Times::Days);
        }
        _ => return Err(array.wrong_type("a date or a timestamp")),
    };
    Ok(Times::Ticks(array.ticks()?, unit, zone))
}

fn amounts<'a>(array: &Array<'a>, scale: Option<u32>) -> Result<Amounts<'a>> {
    array.check_complete()?;
    let Some(scale) = scale else {
        return array.floats().map(Amounts::Floats);
    };
    let (units, own_scale) = array.minor_units()?;
    if own_scale == scale {
        return Ok(Amounts::Minor(units, scale));
    }
    let factor = 10_i64.checked_pow(scale - own_scale);
    let rescaled = units.iter().enumerate().map(|(row, &units)| {
        factor
            .and_then(|factor| units.checked_mul(factor))
            .ok_or_else(|| array.overflow(row, units))
    });
    Ok(Amounts::Minor(
        rescaled.collect::<Result<Vec<_>>>()?.into(),
        scale,
    ))
}

/// The scale that amounts and costs have in common, the larger of the two; `None` unless both are
/// exact.
fn common_scale(amount: Column<'_>, cost: Option<Column<'_>>) -> Option<u32> {
    let scale = |column: Column<'_>| match column.data_type {
        DataType::Decimal { scale, .. } => u32::try_from(*scale).ok(),
        integer if integer.is_integer() => Some(0),
        _ => None,
    };
    match cost {
        Some(cost) => Some(scale(amount)?.max(scale(cost)?)),
        None => scale(amount),
    }
}

/// The error of a chunk, its row counted over the whole table.
fn count_from(error: Error, first_row: usize) -> Error {
    match error.row() {
        Some(row) => error.at_row(first_row + row),
        None => error,
    }
}

/// The error of the ledger, with the name of the table's column.
fn name_column(error: Error, columns: &LogColumns<'_>) -> Error {
    let name = match error.argument() {
        "customer" => columns.customer,
        "time" => columns.time,
        "amount" => columns.amount,
        "cost" => columns.cost.unwrap_or("cost"),
        _ => return error,
    };
    let name = name.to_owned();
    error.named(name)
}
