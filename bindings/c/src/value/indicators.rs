//! Indicators of customer value: the catalogue, and what logs say.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;

use crm_core::units::{Date, Label, Language};
use crm_core::value::indicators::{
    Contacts, Indicator, IndicatorTable, Invoices, contact_indicators, financial_indicators,
    transaction_indicators,
};

use super::members;
use crate::boundary::{Output, OutputSlice, guard, respond, slice};
use crate::categories::{
    crm_direction, crm_indicator, crm_indicator_group, crm_indicator_unit, crm_language,
};
use crate::category;
use crate::handle::borrow;
use crate::ledger::crm_ledger;
use crate::status::crm_status;

/// What an indicator is.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_indicator_about {
    /// Where it comes from.
    pub group: crm_indicator_group,
    /// What it is measured in.
    pub unit: crm_indicator_unit,
    /// Which end speaks of a more valuable customer, where one does.
    pub direction: crm_direction,
    /// 1 if it has a direction; 0 for a trait that says who a customer is.
    pub has_direction: i32,
}

/// Where an indicator comes from, what it is measured in, and which end is the better one.
///
/// @param out receives it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_indicator_describe(
    indicator: MaybeUninit<crm_indicator>,
    out: *mut crm_indicator_about,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let indicator: Indicator = category::read("indicator", indicator)?;
        let out = Output::new("out", out)?;
        out.write(crm_indicator_about {
            group: category::write(indicator.group())?,
            unit: category::write(indicator.unit())?,
            direction: category::write(indicator.direction().unwrap_or_default())?,
            has_direction: i32::from(indicator.direction().is_some()),
        });
        Ok(())
    })
}

/// How an indicator is computed, or what it means: a sentence for people. Static text in UTF-8; NULL for a number that is no
/// indicator or no language.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_indicator_definition(
    value: MaybeUninit<crm_indicator>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    static TEXTS: LazyLock<Vec<[CString; 2]>> = LazyLock::new(|| {
        let text = |indicator: Indicator, language| {
            CString::new(indicator.definition(language)).unwrap_or_default()
        };
        let both = |one: &Indicator| [Language::En, Language::Zh].map(|l| text(*one, l));
        Indicator::ALL.iter().map(both).collect()
    });
    let find = || {
        let indicator = category::read("value", value).ok()?;
        let language = category::read("language", language).ok()?;
        let texts = TEXTS.get(indicator as usize)?.get(language as usize)?;
        Some(texts.as_ptr())
    };
    guard(find).flatten().unwrap_or(ptr::null())
}

/// The indicators of the transactions of one customer; see crm_indicator_definition.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_transaction_indicators {
    /// Orders.
    pub order_count: f64,
    /// Sum of the orders.
    pub revenue: f64,
    /// Orders − returns − costs; NaN if the log has no costs.
    pub profit: f64,
    /// Profit / (orders − returns); NaN if orders do not exceed returns, or there are no costs.
    pub gross_margin: f64,
    /// Mean order; NaN without one.
    pub mean_order: f64,
    /// Largest order; NaN without one.
    pub largest_order: f64,
    /// Returns.
    pub return_count: f64,
    /// Sum of the returns, without their sign.
    pub return_amount: f64,
    /// Days from the first transaction to the end of observation.
    pub tenure: f64,
    /// Mean days between days with an order; NaN if there is only one.
    pub interpurchase_time: f64,
}

/// The indicators of transactions of every customer of a ledger.
///
/// `CRM_STATUS_OUT_OF_RANGE` for an observation that ends before a transaction, with its row in the log.
///
/// @param observation_end the last day, in days since 1970-01-01
/// @param customers how many the ledger has
/// @param out receives one per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transaction_indicators_of(
    ledger: *const crm_ledger,
    observation_end: i32,
    customers: usize,
    out: *mut crm_transaction_indicators,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let ledger = &borrow("ledger", ledger)?.0;
        let out = OutputSlice::new("out", out, customers)?;
        let table = transaction_indicators(ledger, Date::from_days(observation_end)?)?;
        let rows = rows(&table, |of| crm_transaction_indicators {
            order_count: of(Indicator::OrderCount),
            revenue: of(Indicator::Revenue),
            profit: of(Indicator::Profit),
            gross_margin: of(Indicator::GrossMargin),
            mean_order: of(Indicator::MeanOrder),
            largest_order: of(Indicator::LargestOrder),
            return_count: of(Indicator::ReturnCount),
            return_amount: of(Indicator::ReturnAmount),
            tenure: of(Indicator::Tenure),
            interpurchase_time: of(Indicator::InterpurchaseTime),
        });
        out.write("out", &rows)
    })
}

/// The indicators of the payments of one customer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_financial_indicators {
    /// The largest invoice that was paid; NaN without one.
    pub largest_payment: f64,
    /// Mean amount of the invoices that were paid; NaN without one.
    pub mean_payment: f64,
    /// Mean days from invoice to payment, of those that were paid; NaN without one.
    pub collection_period: f64,
    /// Overdue money / invoices that were due; NaN without one.
    pub mean_arrears: f64,
    /// Overdue money / money that was due; NaN without one.
    pub arrears_rate: f64,
}

/// The indicators of payments of every customer, as of a day. What was paid after that day is open, what was issued after it is not
/// there yet; an invoice is overdue if it is open and its day has passed. Days are counted from any day.
///
/// @param customer the number of the customer of each invoice, from 0
/// @param amount of each invoice, more than 0
/// @param issued day of each invoice
/// @param due day by which each is to be paid
/// @param paid day on which each was paid; NaN while it is open
/// @param invoices how many there are
/// @param customers how many customers there are
/// @param out receives one per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_financial_indicators_of(
    customer: *const u32,
    amount: *const f64,
    issued: *const f64,
    due: *const f64,
    paid: *const f64,
    invoices: usize,
    as_of: f64,
    customers: usize,
    out: *mut crm_financial_indicators,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let given = Invoices {
            customer: slice("customer", customer, invoices)?,
            amount: slice("amount", amount, invoices)?,
            issued: slice("issued", issued, invoices)?,
            due: slice("due", due, invoices)?,
            paid: slice("paid", paid, invoices)?,
        };
        let out = OutputSlice::new("out", out, customers)?;
        let table = financial_indicators(given, customers, as_of)?;
        let rows = rows(&table, |of| crm_financial_indicators {
            largest_payment: of(Indicator::LargestPayment),
            mean_payment: of(Indicator::MeanPayment),
            collection_period: of(Indicator::CollectionPeriod),
            mean_arrears: of(Indicator::MeanArrears),
            arrears_rate: of(Indicator::ArrearsRate),
        });
        out.write("out", &rows)
    })
}

/// The indicators of the contacts of one customer; rates are parts of all its contacts, NaN without one.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_contact_indicators {
    /// Tasks.
    pub task_count: f64,
    /// Processes.
    pub process_count: f64,
    /// How often the customer praised.
    pub praise_count: f64,
    /// Praise / all contacts.
    pub praise_rate: f64,
    /// How often the customer complained.
    pub complaint_count: f64,
    /// Complaints / all contacts.
    pub complaint_rate: f64,
    /// How often the customer suggested something.
    pub suggestion_count: f64,
    /// Suggestions / all contacts.
    pub suggestion_rate: f64,
}

/// The indicators of contacts of every customer.
///
/// @param customer the number of the customer of each contact, from 0
/// @param kind one crm_contact_kind for each contact
/// @param contacts how many there are
/// @param customers how many customers there are
/// @param out receives one per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_contact_indicators_of(
    customer: *const u32,
    kind: *const u8,
    contacts: usize,
    customers: usize,
    out: *mut crm_contact_indicators,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let kind: Vec<_> = members("kind", slice("kind", kind, contacts)?)?;
        let given = Contacts {
            customer: slice("customer", customer, contacts)?,
            kind: &kind,
        };
        let out = OutputSlice::new("out", out, customers)?;
        let table = contact_indicators(given, customers)?;
        let rows = rows(&table, |of| crm_contact_indicators {
            task_count: of(Indicator::TaskCount),
            process_count: of(Indicator::ProcessCount),
            praise_count: of(Indicator::PraiseCount),
            praise_rate: of(Indicator::PraiseRate),
            complaint_count: of(Indicator::ComplaintCount),
            complaint_rate: of(Indicator::ComplaintRate),
            suggestion_count: of(Indicator::SuggestionCount),
            suggestion_rate: of(Indicator::SuggestionRate),
        });
        out.write("out", &rows)
    })
}

/// A struct for each customer, from what the table has of an indicator; NaN where it has no such column.
fn rows<T>(table: &IndicatorTable, row: impl Fn(&dyn Fn(Indicator) -> f64) -> T) -> Vec<T> {
    (0..table.customers())
        .map(|customer| {
            row(&|indicator| {
                let value = table.get(indicator).and_then(|column| column.get(customer));
                value.copied().unwrap_or(f64::NAN)
            })
        })
        .collect()
}
