//! Dated histories of one customer.

use crm_core::lifecycle::{Entry, Event, History, Stage};
use crm_core::units::Date;
use crm_core::{Error, ErrorKind};

use super::{buffer_of, dates, members};
use crate::boundary::{Outcome, Output, OutputSlice, respond, slice};
use crate::categories::crm_stage;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// The dated stages of one customer: every move in it is legal, and dates never go back. It does
/// not change: any number of threads may read it.
pub struct crm_history(History);

/// The number that stands for an event that is not known.
pub const CRM_EVENT_UNKNOWN: u8 = 255;

/// The history that these events make. The first one must open a lifecycle; an event that confirms
/// the stage makes no entry. `CRM_STATUS_ILLEGAL_TRANSITION` and the row for an event that cannot
/// happen then; `CRM_STATUS_OUT_OF_RANGE` and the row for a date before the one above it.
///
/// @param events one crm_event per row
/// @param dates the day of each, days since 1970-01-01
/// @param rows how many there are, at least 1
/// @param history receives the handle; give it back to crm_history_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_history_from_events_new(
    events: *const u8,
    dates: *const i32,
    rows: usize,
    history: *mut Option<Box<crm_history>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("history", history)?;
        let events: Vec<Event> = members("events", slice("events", events, rows)?)?;
        let days = slice("dates", dates, rows)?;
        let made = from_events(&events, &self::dates("dates", days)?)?;
        out.write(Some(Box::new(crm_history(made))));
        Ok(())
    })
}

fn from_events(events: &[Event], dates: &[Date]) -> Outcome<History> {
    let mut rows = events.iter().zip(dates).enumerate();
    let Some((_, (first, date))) = rows.next() else {
        return Err(Error::new(ErrorKind::Empty, "events", "must not be empty").into());
    };
    let mut history = History::opened(*first, *date).map_err(|e| e.at_row(0))?;
    for (row, (event, date)) in rows {
        let moved = history.apply(*event, *date);
        moved.map_err(|e| e.at_row(row))?;
    }
    Ok(history)
}

/// The history of these entries, as crm_history_entries gives them.
///
/// @param stages one crm_stage per row: where the customer is from the date on
/// @param events the crm_event that led there, or CRM_EVENT_UNKNOWN; if the first is unknown, the
///     record begins with a customer in any stage
/// @param dates the day of each, days since 1970-01-01
/// @param rows how many there are, at least 1
/// @param history receives the handle; give it back to crm_history_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_history_new(
    stages: *const u8,
    events: *const u8,
    dates: *const i32,
    rows: usize,
    history: *mut Option<Box<crm_history>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("history", history)?;
        let stages: Vec<Stage> = members("stages", slice("stages", stages, rows)?)?;
        let events = slice("events", events, rows)?;
        let days = slice("dates", dates, rows)?;
        let mut entries = buffer_of("stages", rows)?;
        let columns = stages.iter().zip(events).zip(self::dates("dates", days)?);
        for (row, ((stage, event), date)) in columns.enumerate() {
            let event = if *event == CRM_EVENT_UNKNOWN {
                None
            } else {
                let found = members("events", &[*event]).map_err(|e| e.at_row(row))?;
                found.first().copied()
            };
            entries.push(Entry {
                date,
                stage: *stage,
                event,
            });
        }
        out.write(Some(Box::new(crm_history(History::try_from(entries)?))));
        Ok(())
    })
}

/// Frees a history; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_history_free(history: Option<Box<crm_history>>) {
    free(history);
}

/// How many entries there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_history_entry_count(
    history: *const crm_history,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let history = &borrow("history", history)?.0;
        Output::new("out", out)?.write(history.entries().count());
        Ok(())
    })
}

/// The entries, oldest first.
///
/// @param rows crm_history_entry_count
/// @param stages receives one crm_stage per entry
/// @param events receives the crm_event that led there, or CRM_EVENT_UNKNOWN
/// @param dates receives the day of each
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_history_entries(
    history: *const crm_history,
    rows: usize,
    stages: *mut u8,
    events: *mut u8,
    dates: *mut i32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let history = &borrow("history", history)?.0;
        let stages = OutputSlice::new("stages", stages, rows)?;
        let events = OutputSlice::new("events", events, rows)?;
        let dates = OutputSlice::new("dates", dates, rows)?;
        let entries: Vec<Entry> = history.entries().collect();
        let event = |e: &Entry| e.event.map_or(CRM_EVENT_UNKNOWN, |event| event as u8);
        let column = |code: fn(&Entry) -> u8| entries.iter().map(code).collect::<Vec<_>>();
        stages.write("stages", &column(|e| e.stage.code()))?;
        events.write("events", &entries.iter().map(event).collect::<Vec<_>>())?;
        let days: Vec<i32> = entries.iter().map(|e| e.date.days()).collect();
        dates.write("dates", &days)
    })
}

/// The stage at the end of a day. `CRM_STATUS_OUT_OF_RANGE` before the first entry.
///
/// @param date days since 1970-01-01
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_history_stage_on(
    history: *const crm_history,
    date: i32,
    out: *mut crm_stage,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let history = &borrow("history", history)?.0;
        let out = Output::new("out", out)?;
        let date = Date::from_days(date)?;
        let stage = history.stage_on(date).ok_or_else(|| {
            let reason = "must not lie before the first entry";
            Error::new(ErrorKind::OutOfRange, "date", reason).with_value(date)
        })?;
        out.write(category::write(stage)?);
        Ok(())
    })
}

/// Days in each stage from the first entry up to a day, not included.
///
/// @param until days since 1970-01-01, not before the first entry
/// @param days receives 7 numbers, in the order of crm_stage
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_history_days_in_stages(
    history: *const crm_history,
    until: i32,
    days: *mut i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let history = &borrow("history", history)?.0;
        let days = OutputSlice::new("days", days, Stage::COUNT)?;
        let until = Date::from_days(until).map_err(|e| e.named("until"))?;
        days.write("days", &history.days_in_stages(until)?)
    })
}

/// How often the customer was won back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_history_recoveries(
    history: *const crm_history,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let history = &borrow("history", history)?.0;
        Output::new("out", out)?.write(history.recoveries());
        Ok(())
    })
}
