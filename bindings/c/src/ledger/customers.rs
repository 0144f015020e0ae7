//! The customers of a ledger and their transactions.

use std::ffi::c_char;

use crm_core::ledger::CustomerId;
use crm_core::{Error, ErrorKind};

use super::{check_rows, crm_ledger};
use crate::boundary::{
    Failure, Outcome, Output, OutputSlice, read, refuse, respond, text, write_optional, write_text,
};
use crate::handle::borrow;
use crate::status::crm_status;

/// How many customers there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_customers(
    ledger: *const crm_ledger,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        Output::new("out", out)?.write(ledger.customers());
        Ok(())
    })
}

/// How many transactions there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_rows(ledger: *const crm_ledger, out: *mut usize) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        Output::new("out", out)?.write(ledger.rows());
        Ok(())
    })
}

/// Who the customers are, if the log has numbers; `CRM_STATUS_WRONG_TYPE` if it has texts.
///
/// @param customers how many there are
/// @param out receives one number per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_customer_ids(
    ledger: *const crm_ledger,
    customers: usize,
    out: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        check_rows("customers", customers, ledger.customers())?;
        let out = OutputSlice::new("out", out, customers)?;
        let ids = (0..customers).filter_map(|customer| ledger.id(customer));
        out.write("out", &integers("ledger", ids)?)
    })
}

/// Who a customer is, if the log has texts; `CRM_STATUS_WRONG_TYPE` if it has numbers,
/// `CRM_STATUS_NOT_FOUND` if it has no such customer.
///
/// @param customer number of the customer
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_customer_text(
    ledger: *const crm_ledger,
    customer: usize,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        OutputSlice::new("buffer", buffer, capacity)?;
        let id = id_text("ledger", customer, ledger.id(customer))?;
        write_text(id, buffer, capacity)
    })
}

/// The numbers that customers are known by.
pub(super) fn integers<'a>(
    argument: &'static str,
    ids: impl Iterator<Item = CustomerId<'a>>,
) -> Outcome<Vec<i64>> {
    ids.map(|id| match id {
        CustomerId::Integer(id) => Ok(id),
        CustomerId::Text(_) => Err(refuse(
            ErrorKind::WrongType,
            argument,
            "has texts as customers",
        )),
    })
    .collect()
}

/// The text that customer number `customer` is known by.
pub(super) fn id_text<'a>(
    argument: &'static str,
    customer: usize,
    id: Option<CustomerId<'a>>,
) -> Outcome<&'a str> {
    match id {
        Some(CustomerId::Text(id)) => Ok(id),
        Some(CustomerId::Integer(_)) => Err(refuse(
            ErrorKind::WrongType,
            argument,
            "has numbers as customers",
        )),
        None => Err(no_customer(customer)),
    }
}

/// For each customer the row of the log where it comes first, counted over all chunks. Whatever
/// else the log says of a customer can be taken from there.
///
/// @param customers how many there are
/// @param out receives one row per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_first_rows(
    ledger: *const crm_ledger,
    customers: usize,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        check_rows("customers", customers, ledger.customers())?;
        let out = OutputSlice::new("out", out, customers)?;
        let rows: Vec<usize> = (0..customers).filter_map(|c| ledger.first_row(c)).collect();
        out.write("out", &rows)
    })
}

/// The number of the customer with this id; `CRM_STATUS_NOT_FOUND` if the log has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_find(
    ledger: *const crm_ledger,
    id: i64,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        let out = Output::new("out", out)?;
        let found = ledger.find(CustomerId::Integer(id));
        out.write(found.ok_or_else(|| no_customer(id))?);
        Ok(())
    })
}

/// The number of the customer with this text as id; `CRM_STATUS_NOT_FOUND` if the log has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_find_text(
    ledger: *const crm_ledger,
    id: *const c_char,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        let id = text("id", id)?;
        let out = Output::new("out", out)?;
        let found = ledger.find(CustomerId::Text(id));
        out.write(found.ok_or_else(|| no_customer(format!("{id:?}")))?);
        Ok(())
    })
}

fn no_customer(id: impl std::fmt::Display) -> Failure {
    let error = Error::new(ErrorKind::NotFound, "customer", "is not in the ledger");
    error.with_value(id).into()
}

/// Where the columns of transactions go; a column that is not wanted is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_transaction_columns {
    /// Row of the log, counted over all chunks.
    pub row: *mut usize,
    /// Day, in days since 1970-01-01.
    pub day: *mut i32,
    /// Time as the log has it: days or ticks.
    pub time: *mut i64,
    /// Amount; of an exact amount the nearest double.
    pub amount: *mut f64,
    /// Cost; NaN if the log has none.
    pub cost: *mut f64,
}

/// How many transactions a customer has; `CRM_STATUS_NOT_FOUND` if there is no such customer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_transaction_count(
    ledger: *const crm_ledger,
    customer: usize,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        let out = Output::new("out", out)?;
        ledger.id(customer).ok_or_else(|| no_customer(customer))?;
        out.write(ledger.transactions(customer).count());
        Ok(())
    })
}

/// The transactions of a customer by time; those of the same time in the order of the log.
///
/// @param customer number of the customer
/// @param rows how many there are, as crm_ledger_transaction_count says
/// @param columns where they go
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_transactions(
    ledger: *const crm_ledger,
    customer: usize,
    rows: usize,
    columns: *const crm_transaction_columns,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        let columns = read("columns", columns)?;
        ledger.id(customer).ok_or_else(|| no_customer(customer))?;
        let all: Vec<_> = ledger.transactions(customer).collect();
        check_rows("rows", rows, all.len())?;
        let row = OutputSlice::optional("row", columns.row, rows)?;
        let day = OutputSlice::optional("day", columns.day, rows)?;
        let time = OutputSlice::optional("time", columns.time, rows)?;
        let amount = OutputSlice::optional("amount", columns.amount, rows)?;
        let cost = OutputSlice::optional("cost", columns.cost, rows)?;
        write_optional(row, "row", &all.iter().map(|t| t.row).collect::<Vec<_>>())?;
        write_optional(
            day,
            "day",
            &all.iter().map(|t| t.date.days()).collect::<Vec<_>>(),
        )?;
        write_optional(
            time,
            "time",
            &all.iter().map(|t| t.time).collect::<Vec<_>>(),
        )?;
        write_optional(
            amount,
            "amount",
            &all.iter().map(|t| t.amount).collect::<Vec<_>>(),
        )?;
        let costs: Vec<f64> = all.iter().map(|t| t.cost.unwrap_or(f64::NAN)).collect();
        write_optional(cost, "cost", &costs)
    })
}
