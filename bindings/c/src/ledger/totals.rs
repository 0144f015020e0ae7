//! What each customer brought in all.

use crm_core::ErrorKind;
use crm_core::units::{Date, Money};

use super::{check_rows, crm_ledger};
use crate::boundary::{OutputSlice, read, refuse, respond, write_optional};
use crate::decimal::crm_decimal;
use crate::handle::borrow;
use crate::status::crm_status;

/// Where the totals of customers go; a column that is not wanted is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_total_columns {
    /// Transactions with an amount of 0 or more.
    pub orders: *mut u32,
    /// Transactions with a negative amount.
    pub returns: *mut u32,
    /// Sum of the amounts of the orders.
    pub revenue: *mut f64,
    /// Sum of the amounts of the returns, without their sign.
    pub returned: *mut f64,
    /// Sum of the costs; `CRM_STATUS_MISSING` if the log has no costs.
    pub cost: *mut f64,
    /// Day of the first transaction, in days since 1970-01-01.
    pub first_day: *mut i32,
    /// Day of the last transaction.
    pub last_day: *mut i32,
    /// The revenue to the last digit; `CRM_STATUS_WRONG_TYPE` if the amounts of the log are doubles.
    pub revenue_exact: *mut crm_decimal,
    /// What was returned, to the last digit.
    pub returned_exact: *mut crm_decimal,
    /// The cost to the last digit.
    pub cost_exact: *mut crm_decimal,
}

/// Orders, returns, revenue, cost, first and last day of every customer over the whole log.
///
/// @param customers how many customers there are
/// @param columns where they go
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ledger_totals(
    ledger: *const crm_ledger,
    customers: usize,
    columns: *const crm_total_columns,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        let columns = read("columns", columns)?;
        check_rows("customers", customers, ledger.customers())?;
        let orders = OutputSlice::optional("orders", columns.orders, customers)?;
        let returns = OutputSlice::optional("returns", columns.returns, customers)?;
        let revenue = OutputSlice::optional("revenue", columns.revenue, customers)?;
        let returned = OutputSlice::optional("returned", columns.returned, customers)?;
        let cost = OutputSlice::optional("cost", columns.cost, customers)?;
        let first_day = OutputSlice::optional("first_day", columns.first_day, customers)?;
        let last_day = OutputSlice::optional("last_day", columns.last_day, customers)?;
        let revenue_exact =
            OutputSlice::optional("revenue_exact", columns.revenue_exact, customers)?;
        let returned_exact =
            OutputSlice::optional("returned_exact", columns.returned_exact, customers)?;
        let cost_exact = OutputSlice::optional("cost_exact", columns.cost_exact, customers)?;
        let totals = ledger.totals()?;
        if totals.cost.is_none() && (cost.is_some() || cost_exact.is_some()) {
            let reason = "is unknown: the log has no costs";
            return Err(refuse(ErrorKind::Missing, "cost", reason));
        }
        let exact = revenue_exact.is_some() || returned_exact.is_some() || cost_exact.is_some();
        if totals.exact.is_none() && exact {
            let reason = "must be exact for exact totals";
            return Err(refuse(ErrorKind::WrongType, "amount", reason));
        }
        write_optional(orders, "orders", &totals.orders)?;
        write_optional(returns, "returns", &totals.returns)?;
        write_optional(revenue, "revenue", &totals.revenue)?;
        write_optional(returned, "returned", &totals.returned)?;
        write_optional(cost, "cost", totals.cost.as_deref().unwrap_or_default())?;
        write_optional(first_day, "first_day", &days(&totals.first))?;
        write_optional(last_day, "last_day", &days(&totals.last))?;
        if let Some(exact) = totals.exact {
            write_optional(revenue_exact, "revenue_exact", &decimals(&exact.revenue))?;
            write_optional(returned_exact, "returned_exact", &decimals(&exact.returned))?;
            let costs = exact.cost.as_deref().map(decimals).unwrap_or_default();
            write_optional(cost_exact, "cost_exact", &costs)?;
        }
        Ok(())
    })
}

fn days(dates: &[Date]) -> Vec<i32> {
    dates.iter().map(|date| date.days()).collect()
}

fn decimals(amounts: &[Money]) -> Vec<crm_decimal> {
    amounts.iter().map(|amount| amount.value().into()).collect()
}
