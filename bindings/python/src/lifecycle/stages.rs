//! Stages and histories. A history goes in and out as the list of its entries: day, stage, event.

use crm_core::Error;
use crm_core::lifecycle::{Entry, Event, History, Stage, TRANSITIONS};
use crm_core::units::{Date, Label};
use pyo3::prelude::*;

use crate::categories::member;
use crate::error::Result;

#[pyfunction]
pub(crate) fn stage_transitions() -> Vec<(Option<&'static str>, &'static str, &'static str)> {
    let row = |t: &crm_core::lifecycle::Transition| {
        (t.from.map(Label::name), t.event.name(), t.to.name())
    };
    TRANSITIONS.iter().map(row).collect()
}

#[pyfunction]
pub(crate) fn stage_opened_by(event: &str) -> Result<&'static str> {
    Ok(Stage::opened_by(member("event", event)?)?.name())
}

#[pyfunction]
pub(crate) fn stage_after(stage: &str, event: &str) -> Result<&'static str> {
    let stage: Stage = member("stage", stage)?;
    Ok(stage.after(member("event", event)?)?.name())
}

#[pyfunction]
pub(crate) fn stage_check_move(stage: &str, to: &str) -> Result<()> {
    let stage: Stage = member("stage", stage)?;
    Ok(stage.check_move(member("to", to)?)?)
}

/// How share of customer and profitability stand.
#[pyfunction]
pub(crate) fn stage_marks(stage: &str) -> Result<(&'static str, &'static str)> {
    let marks = member::<Stage>("stage", stage)?.marks();
    Ok((marks.share_of_customer.name(), marks.profitability.name()))
}

/// Days since 1970-01-01, stage, event.
type EntryParts = (i32, String, Option<String>);

fn read_history(entries: Vec<EntryParts>) -> crm_core::Result<History> {
    let read = |(row, (day, stage, event)): (usize, EntryParts)| {
        let entry = || {
            Ok(Entry {
                date: Date::from_days(day)?,
                stage: member("stage", &stage)?,
                event: event.as_deref().map(|e| member("event", e)).transpose()?,
            })
        };
        entry().map_err(|error: Error| error.at_row(row))
    };
    let entries = entries.into_iter().enumerate().map(read);
    History::try_from(entries.collect::<crm_core::Result<Vec<_>>>()?)
}

fn entries(history: &History) -> Vec<EntryParts> {
    let parts = |e: Entry| {
        let event = e.event.map(|event| event.name().to_owned());
        (e.date.days(), e.stage.name().to_owned(), event)
    };
    history.entries().map(parts).collect()
}

/// The entries of a history that is checked.
#[pyfunction]
pub(crate) fn history_check(entries: Vec<EntryParts>) -> Result<Vec<EntryParts>> {
    Ok(self::entries(&read_history(entries)?))
}

#[pyfunction]
pub(crate) fn history_opened(event: &str, day: i32) -> Result<Vec<EntryParts>> {
    let history = History::opened(member("event", event)?, Date::from_days(day)?)?;
    Ok(entries(&history))
}

#[pyfunction]
pub(crate) fn history_apply(
    entries: Vec<EntryParts>,
    event: &str,
    day: i32,
) -> Result<Vec<EntryParts>> {
    let mut history = read_history(entries)?;
    history.apply(member::<Event>("event", event)?, Date::from_days(day)?)?;
    Ok(self::entries(&history))
}

#[pyfunction]
pub(crate) fn history_move_to(
    entries: Vec<EntryParts>,
    stage: &str,
    day: i32,
) -> Result<Vec<EntryParts>> {
    let mut history = read_history(entries)?;
    history.move_to(member("stage", stage)?, Date::from_days(day)?)?;
    Ok(self::entries(&history))
}

#[pyfunction]
pub(crate) fn history_stage_on(entries: Vec<EntryParts>, day: i32) -> Result<Option<&'static str>> {
    let history = read_history(entries)?;
    Ok(history.stage_on(Date::from_days(day)?).map(Label::name))
}

#[pyfunction]
pub(crate) fn history_days_in_stages(
    entries: Vec<EntryParts>,
    until: i32,
) -> Result<[i64; Stage::COUNT]> {
    let until = Date::from_days(until).map_err(|error| error.named("until"))?;
    Ok(read_history(entries)?.days_in_stages(until)?)
}

#[pyfunction]
pub(crate) fn history_recoveries(entries: Vec<EntryParts>) -> Result<usize> {
    Ok(read_history(entries)?.recoveries())
}
