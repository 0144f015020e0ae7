use serde::{Deserialize, Serialize};

use super::{Event, Stage};
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Date, Label};

/// The dated stages of one customer. Every history is legal: each entry follows from the one
/// before it by the state machine ([`TRANSITIONS`](super::TRANSITIONS)), and dates never go back.
/// Deserialising checks the same, so no stored text can produce an invalid history.
///
/// The serialised form is the list of entries:
/// `[{"date":"2024-01-15","stage":"potential","event":"first_contact"}, …]`.
///
/// ```
/// use crm_core::lifecycle::{Event, History, Stage};
///
/// let mut history = History::opened(Event::FirstContact, "2024-01-15".parse()?)?;
/// history.apply(Event::FirstPurchase, "2024-03-01".parse()?)?;
/// history.apply(Event::RepeatPurchase, "2024-06-01".parse()?)?;
/// assert_eq!(history.stage_on("2024-05-31".parse()?), Some(Stage::Development));
/// assert_eq!(history.days_in_stages("2024-06-11".parse()?)?[Stage::Development as usize], 92);
///
/// let refused = history.apply(Event::WinBack, "2024-07-01".parse()?).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "event is win_back: cannot happen to a customer in stage growth"
/// );
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Entry>", into = "Vec<Entry>")]
pub struct History {
    first: Entry,
    later: Vec<Entry>,
}

/// One entry of a [`History`]: from `date` on, the customer is in `stage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The first day in the stage.
    pub date: Date,
    /// The stage.
    pub stage: Stage,
    /// What led to it; `None` where that is not known.
    #[serde(default)]
    pub event: Option<Event>,
}

impl History {
    /// A lifecycle that opens on `date`: by a first contact or by a first purchase.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] for any other event.
    pub fn opened(event: Event, date: Date) -> Result<Self> {
        let stage = Stage::opened_by(event)?;
        Ok(Self::start(Entry {
            date,
            stage,
            event: Some(event),
        }))
    }

    /// A record that begins on `date` with a customer who is in `stage` already.
    #[must_use]
    pub fn recorded_from(stage: Stage, date: Date) -> Self {
        Self::start(Entry {
            date,
            stage,
            event: None,
        })
    }

    fn start(first: Entry) -> Self {
        History {
            first,
            later: Vec::new(),
        }
    }

    /// Adds `event` on `date` and returns the stage it leads to. An event that confirms the stage
    /// adds no entry.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] if the event cannot happen in the stage,
    /// [`ErrorKind::OutOfRange`] if `date` lies before the last entry; the history is unchanged.
    pub fn apply(&mut self, event: Event, date: Date) -> Result<Stage> {
        let stage = self.stage().after(event)?;
        self.check_date(date)?;
        if stage != self.stage() {
            self.later.push(Entry {
                date,
                stage,
                event: Some(event),
            });
        }
        Ok(stage)
    }

    /// Moves the customer to another `stage` on `date`, by an event that is not known.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] if no event leads from the stage to `stage`,
    /// [`ErrorKind::OutOfRange`] if `date` lies before the last entry; the history is unchanged.
    pub fn move_to(&mut self, stage: Stage, date: Date) -> Result<()> {
        self.stage().check_move(stage)?;
        self.check_date(date)?;
        self.later.push(Entry {
            date,
            stage,
            event: None,
        });
        Ok(())
    }

    fn check_date(&self, date: Date) -> Result<()> {
        let last = self.last().date;
        if date >= last {
            return Ok(());
        }
        let reason = format!("must not lie before the last entry, {last}");
        Err(Error::new(ErrorKind::OutOfRange, "date", reason).with_value(date))
    }

    fn last(&self) -> Entry {
        self.later.last().copied().unwrap_or(self.first)
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        std::iter::once(self.first).chain(self.later.iter().copied())
    }

    /// The stage after the last entry.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.last().stage
    }

    /// The stage at the end of the day `date`; `None` before the first entry.
    #[must_use]
    pub fn stage_on(&self, date: Date) -> Option<Stage> {
        if date < self.first.date {
            return None;
        }
        let begun = self.later.partition_point(|entry| entry.date <= date);
        let entry = begun.checked_sub(1).and_then(|last| self.later.get(last));
        Some(entry.copied().unwrap_or(self.first).stage)
    }

    /// Days in each stage, in the order of [`Stage::ALL`](Label::ALL), from the first entry up to
    /// `until` (not included).
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] if `until` lies before the first entry.
    pub fn days_in_stages(&self, until: Date) -> Result<[i64; Stage::COUNT]> {
        if until < self.first.date {
            let reason = format!("must not lie before the first entry, {}", self.first.date);
            return Err(Error::new(ErrorKind::OutOfRange, "until", reason).with_value(until));
        }
        let mut days = [0; Stage::COUNT];
        let ends = self.later.iter().map(|entry| entry.date);
        for (entry, end) in self.entries().zip(ends.chain([Date::MAX])) {
            let stay = entry.date.min(until).days_until(end.min(until));
            if let Some(sum) = days.get_mut(usize::from(entry.stage.code())) {
                *sum += i64::from(stay);
            }
        }
        Ok(days)
    }

    /// How often the customer was won back.
    #[must_use]
    pub fn recoveries(&self) -> usize {
        let entered = self.later.iter();
        entered.filter(|e| e.stage == Stage::Recovery).count()
    }
}

impl TryFrom<Vec<Entry>> for History {
    type Error = Error;

    /// # Errors
    /// [`ErrorKind::Empty`] without entries; else as [`History::apply`] and [`History::move_to`],
    /// with the row of the entry.
    fn try_from(entries: Vec<Entry>) -> Result<Self> {
        let mut entries = entries.into_iter().enumerate();
        let Some((_, first)) = entries.next() else {
            return Err(Error::empty("history"));
        };
        let mut history = match first.event {
            Some(event) => History::opened(event, first.date).map_err(|e| e.at_row(0))?,
            None => History::recorded_from(first.stage, first.date),
        };
        check_stage(first, history.stage()).map_err(|e| e.at_row(0))?;
        for (row, entry) in entries {
            history.follow(entry).map_err(|e| e.at_row(row))?;
        }
        Ok(history)
    }
}

impl History {
    fn follow(&mut self, entry: Entry) -> Result<()> {
        let Some(event) = entry.event else {
            return self.move_to(entry.stage, entry.date);
        };
        let before = self.stage();
        check_stage(entry, before.after(event)?)?;
        if entry.stage == before {
            return before.check_move(entry.stage);
        }
        self.apply(event, entry.date).map(drop)
    }
}

/// The stage written in `entry` is the one that its event leads to.
fn check_stage(entry: Entry, reached: Stage) -> Result<()> {
    if entry.stage == reached {
        return Ok(());
    }
    let reason = format!("does not follow: the event leads to stage {reached}");
    Err(Error::new(ErrorKind::IllegalTransition, "stage", reason).with_value(entry.stage.name()))
}

impl From<History> for Vec<Entry> {
    fn from(history: History) -> Vec<Entry> {
        history.entries().collect()
    }
}
