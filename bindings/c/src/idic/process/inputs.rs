//! What the process is told: records, histories, contacts, outcomes.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::idic::interact::contact::ContactOutcome;
use crm_core::idic::pipeline::{
    ConsentChange, KeyedColumn, KeyedColumns, KeyedTexts, LoyaltyColumns,
    Outcome as DecisionOutcome,
};
use crm_core::ledger::TextColumn;
use crm_core::loyalty::Clue;
use crm_core::units::Label;
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, read, slice, text};
use crate::categories::crm_channel;
use crate::category;
use crate::idic::interact::crm_contact;
use crate::ledger::flag;
use crate::service::moment;

/// Records as they are in the systems of the firm.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_idic_records {
    /// The number or name by which logs know each record, in UTF-8; no two are the same.
    pub keys: *const *const c_char,
    /// Record by record the value of each field in UTF-8; a value that is missing is empty.
    pub values: *const *const c_char,
    /// When each record was made; NULL if that is not known. Seconds since 1970-01-01T00:00:00 where a field has a half-life, else in
    /// any unit.
    pub times: *const i64,
    /// How much the source of each record is trusted; NULL if that is not known. Above 0 and at most 1 where a field has a half-life.
    pub trust: *const f64,
    /// How many records.
    pub rows: usize,
}

/// Numbers for some keys; NaN where one is not known.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_keyed_columns {
    /// Of whom, in UTF-8.
    pub keys: *const *const c_char,
    /// What, column by column.
    pub columns: *const *const f64,
    /// How many columns.
    pub column_count: usize,
    /// How many keys.
    pub rows: usize,
}

/// Answers in words for some keys.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_keyed_texts {
    /// Of whom, in UTF-8.
    pub keys: *const *const c_char,
    /// Row by row, a text in UTF-8 for each column; empty where one is not known.
    pub values: *const *const c_char,
    /// How many columns.
    pub column_count: usize,
    /// How many keys.
    pub rows: usize,
}

/// What customers have bought, and what is known of them. Whatever nobody knows anything of is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_idic_history {
    /// The key of a record of the customer of each transaction, in UTF-8.
    pub keys: *const *const c_char,
    /// Its day: days since 1970-01-01.
    pub dates: *const i32,
    /// Its amount; negative for a return.
    pub amounts: *const f64,
    /// What it cost the seller; NULL if that is not known.
    pub costs: *const f64,
    /// How many transactions.
    pub rows: usize,
    /// Current values, one column; NULL for what customers have brought in, less its cost.
    pub current: *const crm_keyed_columns,
    /// Potential values, one column; NULL for what the transactions let expect.
    pub potential: *const crm_keyed_columns,
    /// Answers in numbers to the questions of the options, a column each.
    pub needs: *const crm_keyed_columns,
    /// Answers to the questions of the options that have answers to choose from, a column each.
    pub choices: *const crm_keyed_texts,
    /// What is known of loyalty: 8 columns in the order of crm_clue.
    pub loyalty: *const crm_keyed_columns,
    /// The day up to which the transactions are whole; CRM_NO_DAY for that of the last one.
    pub end: i32,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// Consent to be contacted through a channel.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_consent_change {
    /// Through which channel.
    pub channel: MaybeUninit<crm_channel>,
    /// 1 if it is given, 0 if it is taken back.
    pub is_given: i32,
}

/// What has happened since the round before, in the order of time.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_idic_told {
    /// When the actions are chosen, in seconds since 1970-01-01T00:00:00.
    pub now: i64,
    /// With whom each contact was, by the key of a record.
    pub contact_keys: *const *const c_char,
    /// Contacts, but those that outcomes of decisions have told of.
    pub contacts: *const crm_contact,
    /// How many contacts.
    pub contact_count: usize,
    /// Whose consent has changed.
    pub consent_keys: *const *const c_char,
    /// How it has changed.
    pub consents: *const crm_consent_change,
    /// How many changes of consent.
    pub consent_count: usize,
    /// Who has complained, or whose complaint was closed.
    pub complaint_keys: *const *const c_char,
    /// Not 0 where a complaint is open from then on.
    pub complaints: *const u8,
    /// How many changes of complaints.
    pub complaint_count: usize,
}

/// What came of a decision.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_decision_outcome {
    /// The number of the decision.
    pub decision: u64,
    /// When, in seconds since 1970-01-01T00:00:00.
    pub at: i64,
    /// What the customer earned, without the cost of the action.
    pub reward: f64,
    /// The crm_contact_outcome, or CRM_NO_CONTACT. A purchase accepts the offer; a contact that failed says nothing of it.
    pub contact: i32,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// The number that stands for no contact, where else a crm_contact_outcome does.
pub const CRM_NO_CONTACT: i32 = -1;

pub(super) fn consent(change: &crm_consent_change) -> Outcome<ConsentChange> {
    Ok(ConsentChange {
        channel: category::read("consents", change.channel)?,
        is_given: flag("consents", change.is_given)?,
    })
}

pub(super) fn of_decision(row: usize, given: &crm_decision_outcome) -> Outcome<DecisionOutcome> {
    let contact = match given.contact {
        CRM_NO_CONTACT => None,
        number => {
            let place = usize::try_from(number).ok();
            let known = place.and_then(|place| ContactOutcome::ALL.get(place).copied());
            Some(known.ok_or_else(|| {
                let reason = "must be a crm_contact_outcome or CRM_NO_CONTACT";
                let error = Error::new(ErrorKind::OutOfRange, "outcomes", reason);
                error.with_value(number).at_row(row)
            })?)
        }
    };
    Ok(DecisionOutcome {
        decision: given.decision,
        at: moment("outcomes", given.at)?,
        contact,
        reward: given.reward,
    })
}

/// Columns of numbers with their keys.
pub(super) struct KeyedNumbers<'a> {
    keys: Vec<&'a str>,
    columns: Vec<&'a [f64]>,
}

impl<'a> KeyedNumbers<'a> {
    /// # Safety
    /// What is not NULL is what the header asks for.
    pub(super) unsafe fn read(
        argument: &'static str,
        given: *const crm_keyed_columns,
    ) -> Outcome<Option<Self>> {
        if given.is_null() {
            return Ok(None);
        }
        // SAFETY: as the caller vouches.
        unsafe {
            let given = read(argument, given)?;
            Ok(Some(KeyedNumbers {
                keys: texts(argument, given.keys, given.rows)?,
                columns: crate::service::table(
                    argument,
                    given.columns,
                    given.column_count,
                    given.rows,
                )?,
            }))
        }
    }

    pub(super) fn one(&self, argument: &'static str) -> Outcome<KeyedColumn<'_>> {
        match self.columns.as_slice() {
            [values] => Ok(KeyedColumn {
                keys: &self.keys,
                values,
            }),
            columns => Err(Error::length(argument, columns.len(), 1).into()),
        }
    }

    pub(super) fn all(&self) -> KeyedColumns<'_> {
        KeyedColumns {
            keys: &self.keys,
            columns: self.columns.clone(),
        }
    }

    pub(super) fn clues(&self) -> Outcome<LoyaltyColumns<'_>> {
        if self.columns.len() != Clue::COUNT {
            return Err(Error::length("loyalty", self.columns.len(), Clue::COUNT).into());
        }
        let clues = Clue::ALL.iter().copied().zip(self.columns.iter().copied());
        Ok(LoyaltyColumns {
            keys: &self.keys,
            clues: clues.collect(),
        })
    }
}

/// Columns of texts with their keys.
pub(super) struct KeyedWords<'a> {
    keys: Vec<&'a str>,
    columns: Vec<Vec<&'a str>>,
}

impl<'a> KeyedWords<'a> {
    /// # Safety
    /// What is not NULL is what the header asks for.
    pub(super) unsafe fn read(
        argument: &'static str,
        given: *const crm_keyed_texts,
    ) -> Outcome<Option<Self>> {
        if given.is_null() {
            return Ok(None);
        }
        // SAFETY: as the caller vouches.
        unsafe {
            let given = read(argument, given)?;
            let (rows, count) = (given.rows, given.column_count);
            let values = texts(argument, given.values, rows.saturating_mul(count))?;
            Ok(Some(KeyedWords {
                keys: texts(argument, given.keys, rows)?,
                columns: columns(&values, count),
            }))
        }
    }

    pub(super) fn all(&self) -> KeyedTexts<'_> {
        KeyedTexts {
            keys: &self.keys,
            columns: self.columns.iter().map(|c| c as &dyn TextColumn).collect(),
        }
    }
}

/// Values that are given row by row, column by column.
pub(super) fn columns<'a>(values: &[&'a str], count: usize) -> Vec<Vec<&'a str>> {
    let column = |place| values.iter().skip(place).step_by(count).copied().collect();
    (0..count).map(column).collect()
}

/// # Safety
/// There are `count` texts that end with a NUL.
pub(super) unsafe fn texts<'a>(
    argument: &'static str,
    texts: *const *const c_char,
    count: usize,
) -> Outcome<Vec<&'a str>> {
    // SAFETY: as the caller vouches.
    unsafe {
        let each = slice(argument, texts, count)?.iter();
        each.map(|&given| text(argument, given)).collect()
    }
}
