//! From columns of C to a ledger.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::ledger::{
    AmountColumn, Chunk, CustomerColumn, Ledger, LedgerBuilder, Log, TextColumn, TimeColumn,
    TimeUnit, TimeZone,
};
use crm_core::{Error, ErrorKind};

use super::options::choice;
use crate::boundary::{Failure, Outcome, respond, slice, text};
use crate::handle::{free, output};
use crate::status::crm_status;

/// How long one tick of a timestamp is.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum crm_time_unit {
    /// A second.
    Second = 0,
    /// 10^-3 s.
    Millisecond = 1,
    /// 10^-6 s.
    Microsecond = 2,
    /// 10^-9 s.
    Nanosecond = 3,
}

/// Whose clock timestamps show.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum crm_time_zone {
    /// The clock on the wall where the transaction took place; days are local days.
    Naive = 0,
    /// Instants of Coordinated Universal Time; days are UTC days.
    Utc = 1,
}

/// Rows of a transaction log, in any order, as columns of `rows` values; without rows all may be NULL. Two rows that are alike are
/// two transactions. Set what you do not use to 0:
/// `crm_log log = {.rows = n, .customers = ids, .days = days, .amount_units = cents, .scale = 2};`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct crm_log {
    /// How many rows there are.
    pub rows: usize,
    /// Who bought, as numbers; either these or the texts.
    pub customers: *const i64,
    /// Who bought, as texts that are not empty.
    pub customer_texts: *const *const c_char,
    /// When, in days since 1970-01-01; either these or the ticks.
    pub days: *const i32,
    /// When, in ticks since 1970-01-01T00:00:00.
    pub ticks: *const i64,
    /// How long a tick is.
    pub tick_unit: MaybeUninit<crm_time_unit>,
    /// Whose clock the ticks are of.
    pub tick_zone: MaybeUninit<crm_time_zone>,
    /// For how much, all finite; a negative amount is a return. Either these or the exact ones.
    pub amounts: *const f64,
    /// For how much, in units of 10^-scale.
    pub amount_units: *const i64,
    /// What it cost the seller; NULL if unknown. As the amounts, exact or not.
    pub costs: *const f64,
    /// What it cost the seller, in units of 10^-scale.
    pub cost_units: *const i64,
    /// Digits after the point of exact amounts and costs: 2 where the units are cents.
    pub scale: u32,
    /// Must be 0.
    pub reserved: u32,
}

/// Each customer's transactions, by time. Customers are numbered from 0 in the order in which they
/// first appear in the log. It does not change: any number of threads may read it.
pub struct crm_ledger(pub(crate) Ledger);

/// A ledger of the log that the chunks hold, one after another; how the log is cut into chunks
/// changes nothing. The chunks are not needed afterwards. Rows in errors are counted over all
/// chunks; the arguments are called `customer`, `time`, `amount` and `cost`.
///
/// `CRM_STATUS_WRONG_TYPE` for chunks of different kinds, `CRM_STATUS_MIXED_TIME_ZONES` for naive and
/// UTC ticks, `CRM_STATUS_OUT_OF_RANGE` for times outside the years 1 to 9999, `CRM_STATUS_NOT_FINITE`,
/// `CRM_STATUS_MISSING` for a customer that is NULL or empty, `CRM_STATUS_EMPTY` for a log without rows,
/// `CRM_STATUS_OVERFLOW` from 2^32 rows on.
///
/// @param chunks the parts of the log
/// @param chunk_count how many there are
/// @param ledger receives the handle; give it back to crm_ledger_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_new(
    chunks: *const crm_log,
    chunk_count: usize,
    ledger: *mut Option<Box<crm_ledger>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("ledger", ledger)?;
        let mut builder = LedgerBuilder::new();
        for chunk in slice("chunks", chunks, chunk_count)? {
            let texts = chunk.texts(builder.rows())?;
            if let Some(chunk) = chunk.read(&texts)? {
                builder.push(&chunk)?;
            }
        }
        let made = builder.finish().map_err(|error| error.named("chunks"))?;
        out.write(Some(Box::new(crm_ledger(made))));
        Ok(())
    })
}

/// Frees a ledger; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_ledger_free(ledger: Option<Box<crm_ledger>>) {
    free(ledger);
}

/// What `work` makes of the log that the chunks hold, whose rows stay where they are.
///
/// # Safety
/// As [`slice`]; every pointer of a chunk that is not NULL points to as many values as it has rows.
pub(super) unsafe fn with_log<T>(
    chunks: *const crm_log,
    chunk_count: usize,
    work: impl FnOnce(&Log<'_>) -> crm_core::Result<T>,
) -> Outcome<T> {
    // SAFETY: as the caller vouches.
    unsafe {
        let chunks = slice("chunks", chunks, chunk_count)?;
        let (mut texts, mut failure, mut rows) = (Vec::new(), None, 0);
        for chunk in chunks {
            match chunk.texts(rows) {
                Ok(read) => texts.push(read),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
            rows += chunk.rows;
        }
        let mut log = Log::new();
        for (chunk, texts) in chunks.iter().zip(&texts) {
            if let Some(chunk) = chunk.read(texts)? {
                log.push(chunk)?;
            }
        }
        // What is amiss before it comes first.
        failure.map_or(Ok(()), Err)?;
        Ok(work(&log).map_err(|error| match error.argument() {
            "log" => error.named("chunks"),
            _ => error,
        })?)
    }
}

impl crm_log {
    /// The chunk, if it has rows, and the texts of its customers, if they are texts.
    ///
    /// # Safety
    /// Every pointer that is not NULL points to `rows` values.
    unsafe fn read<'a>(&self, texts: &'a dyn TextColumn) -> Outcome<Option<Chunk<'a>>> {
        if self.reserved != 0 {
            let error = Error::new(ErrorKind::OutOfRange, "reserved", "must be 0");
            return Err(error.with_value(self.reserved).into());
        }
        if self.rows == 0 {
            return Ok(None);
        }
        // SAFETY: as the caller vouches.
        unsafe {
            let customers = match either("customer", self.customers, self.customer_texts)? {
                Either::First(ids) => CustomerColumn::Integers(slice("customer", ids, self.rows)?),
                Either::Second(_) => CustomerColumn::Texts(texts),
            };
            let times = match either("time", self.days, self.ticks)? {
                Either::First(days) => TimeColumn::Dates(slice("time", days, self.rows)?),
                Either::Second(ticks) => TimeColumn::Timestamps {
                    ticks: slice("time", ticks, self.rows)?,
                    unit: choice(
                        "tick_unit",
                        self.tick_unit,
                        &[
                            TimeUnit::Second,
                            TimeUnit::Millisecond,
                            TimeUnit::Microsecond,
                            TimeUnit::Nanosecond,
                        ],
                    )?,
                    zone: choice(
                        "tick_zone",
                        self.tick_zone,
                        &[TimeZone::Naive, TimeZone::Utc],
                    )?,
                },
            };
            let amounts = either("amount", self.amounts, self.amount_units)?;
            let costs = match (self.costs.is_null(), self.cost_units.is_null()) {
                (true, true) => None,
                _ => Some(either("cost", self.costs, self.cost_units)?),
            };
            Ok(Some(Chunk {
                customers,
                times,
                amounts: self.amounts("amount", amounts)?,
                costs: costs.map(|costs| self.amounts("cost", costs)).transpose()?,
            }))
        }
    }

    /// # Safety
    /// As [`slice`], for `rows` values.
    unsafe fn amounts<'a>(
        &self,
        argument: &'static str,
        values: Either<f64, i64>,
    ) -> Outcome<AmountColumn<'a>> {
        // SAFETY: as the caller vouches.
        unsafe {
            Ok(match values {
                Either::First(values) => AmountColumn::Floats(slice(argument, values, self.rows)?),
                Either::Second(units) => AmountColumn::Minor {
                    units: slice(argument, units, self.rows)?,
                    scale: self.scale,
                },
            })
        }
    }

    /// The texts of the customers, none where they are numbers or [`read`](Self::read) refuses the chunk; `first_row` counts the rows of earlier chunks.
    ///
    /// # Safety
    /// As [`slice`] and [`text`], for `rows` texts.
    unsafe fn texts<'a>(&self, first_row: usize) -> Outcome<Vec<&'a str>> {
        let are_texts = self.customers.is_null() && !self.customer_texts.is_null();
        if self.reserved != 0 || !are_texts {
            return Ok(Vec::new());
        }
        // SAFETY: as the caller vouches.
        let texts = unsafe { slice("customer", self.customer_texts, self.rows) }?;
        let mut read = Vec::with_capacity(texts.len());
        for (row, &id) in texts.iter().enumerate() {
            // SAFETY: as the caller vouches.
            read.push(
                unsafe { text("customer", id) }.map_err(|failure| match failure {
                    Failure::Core(error) => Failure::Core(error.at_row(first_row + row)),
                    _ => {
                        let error = Error::new(ErrorKind::Missing, "customer", "must not be NULL");
                        Failure::Core(error.at_row(first_row + row))
                    }
                })?,
            );
        }
        Ok(read)
    }
}

/// A column that comes in one of two kinds.
#[derive(Clone, Copy)]
enum Either<A, B> {
    First(*const A),
    Second(*const B),
}

/// The one of two columns that is given.
fn either<A, B>(
    argument: &'static str,
    first: *const A,
    second: *const B,
) -> Outcome<Either<A, B>> {
    match (first.is_null(), second.is_null()) {
        (false, true) => Ok(Either::First(first)),
        (true, false) => Ok(Either::Second(second)),
        (true, true) => Err(Failure::Null(argument)),
        (false, false) => Err(Failure::Core(Error::new(
            ErrorKind::WrongType,
            argument,
            "must be given in one kind only",
        ))),
    }
}
