use super::held::MISSING;
use super::table::Table;
use crate::error::{Error, Result};
use crate::idic::identify::dictionary::hash;
use crate::idic::identify::field::FieldKind;
use crate::idic::identify::personal::Personal;
use crate::idic::identify::records::key;

/// The different values of a field, by number, and how many records have each.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    kind: FieldKind,
    text: Personal<String>,
    /// Where each value ends in the text.
    ends: Vec<u32>,
    counts: Vec<u32>,
    /// What stands for each value in blocking keys.
    keys: Vec<u64>,
    numbers: Table,
    /// How many records have any value.
    present: u32,
}

impl Vocabulary {
    pub(super) fn new(kind: FieldKind) -> Self {
        Vocabulary {
            kind,
            text: Personal::default(),
            ends: Vec::new(),
            counts: Vec::new(),
            keys: Vec::new(),
            numbers: Table::default(),
            present: 0,
        }
    }

    /// How many numbers were given.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, number: u32) -> &str {
        let range = range(&self.ends, number);
        self.text.reveal().get(range).unwrap_or_default()
    }

    /// A value, unless it is missing.
    pub(super) fn value(&self, number: u32) -> Option<&str> {
        (number != MISSING).then(|| self.get(number))
    }

    /// How many records have a value.
    pub(super) fn count(&self, number: u32) -> u32 {
        let count = self.counts.get(number as usize);
        count.copied().unwrap_or_default()
    }

    pub(super) fn key(&self, number: u32) -> Option<u64> {
        self.keys.get(number as usize).copied()
    }

    pub(super) fn find(&self, value: &str) -> Option<u32> {
        let hashed = hash(value.as_bytes());
        self.numbers
            .find(hashed, |number| self.get(number) == value)
    }

    /// The share of the records with any value that have this one.
    pub(super) fn frequency(&self, value: &str) -> f64 {
        let count = self.find(value).map_or(0, |number| self.count(number));
        f64::from(count) / f64::from(self.present.max(1))
    }

    /// The number of a value that a further record has.
    pub(super) fn take_in(&mut self, value: &str) -> Result<u32> {
        let number = match self.find(value) {
            Some(number) => number,
            None => self.add(value)?,
        };
        self.count_in(number);
        Ok(number)
    }

    pub(super) fn count_in(&mut self, number: u32) {
        if let Some(count) = self.counts.get_mut(number as usize) {
            *count += 1;
            self.present += 1;
        }
    }

    /// A value that is not there, of no record yet.
    pub(super) fn add(&mut self, value: &str) -> Result<u32> {
        let number = u32::try_from(self.ends.len()).map_err(|_| Error::overflow("records"))?;
        let end = self.text.reveal().len() + value.len();
        let end = u32::try_from(end).map_err(|_| Error::overflow("records"))?;
        self.text.reveal_mut().push_str(value);
        self.ends.push(end);
        self.counts.push(0);
        self.keys.push(key(self.kind, value));
        let (text, ends) = (self.text.reveal(), &self.ends);
        let hash_of = |number| hash(text.get(range(ends, number)).unwrap_or_default().as_bytes());
        self.numbers.insert(hash_of(number), number, hash_of);
        Ok(number)
    }

    /// A record with this value is gone; the value goes with the last of them, and its number is not given again.
    pub(super) fn release(&mut self, number: u32) {
        let Some(count) = self.counts.get_mut(number as usize) else {
            return;
        };
        *count -= 1;
        self.present -= 1;
        if *count > 0 {
            return;
        }
        let hashed = hash(self.get(number).as_bytes());
        self.numbers.remove(hashed, |found| found == number);
        let range = range(&self.ends, number);
        let blank = "\0".repeat(range.len());
        self.text.reveal_mut().replace_range(range, &blank);
        if let Some(key) = self.keys.get_mut(number as usize) {
            *key = 0;
        }
    }
}

fn range(ends: &[u32], number: u32) -> std::ops::Range<usize> {
    let number = number as usize;
    let start = number.checked_sub(1).and_then(|before| ends.get(before));
    let end = ends.get(number).copied().unwrap_or_default();
    start.copied().unwrap_or_default() as usize..end as usize
}
