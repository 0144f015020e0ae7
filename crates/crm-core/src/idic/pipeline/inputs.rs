use std::fmt;

use serde::{Deserialize, Serialize};

use crate::idic::identify::{Provenance, RecordChunk};
use crate::idic::interact::contact::{Channel, Contact, ContactOutcome};
use crate::ledger::{Chunk, TextColumn};
use crate::loyalty::Clue;
use crate::units::{Date, Moment};

/// Records as they are in the systems of the firm: a part of a table, or a table of one system.
#[derive(Clone)]
pub struct RecordSource<'a> {
    /// The number or name by which logs know each record; no two records of a round have the same.
    pub keys: &'a dyn TextColumn,
    /// The values, a column for each field of the schema; empty where one is missing.
    pub fields: RecordChunk<'a>,
}

/// What the first stage reads.
#[derive(Debug, Clone, Default)]
pub struct CustomerRecords<'a> {
    /// The records; in a later round those that are new or have changed, perhaps none. A key that was there before is from then
    /// on that of the new record.
    pub sources: Vec<RecordSource<'a>>,
    /// When the records were made and how much their sources are trusted, over all sources in their order. Where a field of the schema
    /// has a half-life, times are in seconds since 1970-01-01T00:00:00, and trust is above 0 and at most 1.
    pub provenance: Provenance<'a>,
}

/// A number for each of some keys; NaN where it is not known.
#[derive(Clone, Copy)]
pub struct KeyedColumn<'a> {
    /// Of whom.
    pub keys: &'a dyn TextColumn,
    /// What.
    pub values: &'a [f64],
}

/// Several numbers for each of some keys; NaN where one is not known.
#[derive(Clone)]
pub struct KeyedColumns<'a> {
    /// Of whom.
    pub keys: &'a dyn TextColumn,
    /// What, column by column.
    pub columns: Vec<&'a [f64]>,
}

/// Answers in words for each of some keys; empty where one is not known.
#[derive(Clone)]
pub struct KeyedTexts<'a> {
    /// Of whom.
    pub keys: &'a dyn TextColumn,
    /// What, column by column.
    pub columns: Vec<&'a dyn TextColumn>,
}

/// What the second stage reads. Of a customer with several keys values are added up, answers in numbers and clues averaged, and of answers
/// in words the most frequent one counts, of equally frequent ones that which the options name first.
#[derive(Clone, Default)]
pub struct CustomerHistory<'a> {
    /// Transactions; customers are keys of records. None leave stages unknown.
    pub log: Vec<Chunk<'a>>,
    /// The day up to which the log is whole, not before the last transaction; that day unless told.
    pub end: Option<Date>,
    /// Current values; what customers have brought in all, less its cost, unless told.
    pub current: Option<KeyedColumn<'a>>,
    /// Potential values; unless told, what the log lets expect over the horizon.
    pub potential: Option<KeyedColumn<'a>>,
    /// Answers in numbers to the questions of the options, a column each.
    pub needs: Option<KeyedColumns<'a>>,
    /// Answers to the questions of the options that have answers to choose from, a column each.
    pub choices: Option<KeyedTexts<'a>>,
    /// What is known of loyalty.
    pub loyalty: Option<LoyaltyColumns<'a>>,
}

/// Clues of loyalty for each of some keys; NaN where one is not known.
#[derive(Clone)]
pub struct LoyaltyColumns<'a> {
    /// Of whom.
    pub keys: &'a dyn TextColumn,
    /// What.
    pub clues: Vec<(Clue, &'a [f64])>,
}

/// Something that happened to customers, in the order of time.
#[derive(Clone, Copy)]
pub struct Keyed<'a, T> {
    /// To whom.
    pub keys: &'a dyn TextColumn,
    /// What.
    pub values: &'a [T],
}

const NOBODY: &[&str] = &[];

impl<T> Default for Keyed<'_, T> {
    fn default() -> Self {
        Keyed {
            keys: &NOBODY,
            values: &[],
        }
    }
}

/// Consent to be contacted through a channel, given or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentChange {
    /// Through which channel.
    pub channel: Channel,
    /// Whether it is given; else it is taken back.
    pub is_given: bool,
}

/// What the third stage reads: what has happened since the round before.
#[derive(Debug, Clone, Copy)]
pub struct Interactions<'a> {
    /// When the actions are chosen.
    pub now: Moment,
    /// Contacts, but those that outcomes of decisions have told of.
    pub contacts: Keyed<'a, Contact>,
    /// Changes of consent.
    pub consents: Keyed<'a, ConsentChange>,
    /// Whether customers have a complaint that is not closed, as it changed.
    pub complaints: Keyed<'a, bool>,
}

impl Interactions<'_> {
    /// Nothing has happened.
    #[must_use]
    pub fn none(now: Moment) -> Self {
        Interactions {
            now,
            contacts: Keyed::default(),
            consents: Keyed::default(),
            complaints: Keyed::default(),
        }
    }
}

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The number of the decision.
    pub decision: u64,
    /// When.
    pub at: Moment,
    /// What came of the contact; `None` if there was none, as where nothing was to be done. An offer is accepted by a purchase; a
    /// contact that failed says nothing of it.
    pub contact: Option<ContactOutcome>,
    /// What the customer earned, without the cost of the action.
    pub reward: f64,
}

// What says who somebody is, or what somebody did, is not shown: only how much of it there is.

fn rows(name: &str, keys: &dyn TextColumn, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name}({} rows)", keys.len())
}

impl fmt::Debug for RecordSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rows("RecordSource", self.keys, f)
    }
}

impl fmt::Debug for KeyedColumn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rows("KeyedColumn", self.keys, f)
    }
}

impl fmt::Debug for KeyedColumns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rows("KeyedColumns", self.keys, f)
    }
}

impl fmt::Debug for KeyedTexts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rows("KeyedTexts", self.keys, f)
    }
}

impl fmt::Debug for LoyaltyColumns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rows("LoyaltyColumns", self.keys, f)
    }
}

impl<T> fmt::Debug for Keyed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rows("Keyed", self.keys, f)
    }
}

impl fmt::Debug for CustomerHistory<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transactions: usize = self.log.iter().map(Chunk::len).sum();
        write!(f, "CustomerHistory({transactions} transactions)")
    }
}
