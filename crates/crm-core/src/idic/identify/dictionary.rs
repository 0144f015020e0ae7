use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::personal::Personal;
use crate::error::{Error, Result};

/// Different texts, numbered in the order in which they came, and how often each came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    text: Personal<String>,
    /// Where each text ends.
    ends: Vec<u32>,
    counts: Vec<u32>,
    numbers: HashTable<u32>,
}

/// The same hash in every process.
pub(crate) fn hash(text: &[u8]) -> u64 {
    foldhash::quality::FixedState::with_seed(0x1d1c).hash_one(text)
}

impl Dictionary {
    /// How many different texts there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        slice(self.text.reveal(), &self.ends, number)
    }

    /// How often a text came.
    pub(crate) fn count(&self, number: u32) -> u32 {
        self.counts
            .get(number as usize)
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Counts a text in, and gives its number.
    pub(crate) fn add(&mut self, text: &str) -> Result<u32> {
        let hashed = hash(text.as_bytes());
        let (all, ends) = (self.text.reveal_mut(), &mut self.ends);
        let found = self
            .numbers
            .find(hashed, |&number| slice(all, ends, number) == text)
            .copied();
        let number = match found {
            Some(number) => number,
            None => {
                let number = u32::try_from(ends.len()).map_err(|_| Error::overflow("records"))?;
                all.push_str(text);
                ends.push(u32::try_from(all.len()).map_err(|_| Error::overflow("records"))?);
                self.counts.push(0);
                let hash_of = |&number: &u32| hash(slice(all, ends, number).as_bytes());
                self.numbers.insert_unique(hashed, number, hash_of);
                number
            }
        };
        if let Some(count) = self.counts.get_mut(number as usize) {
            *count = count.saturating_add(1);
        }
        Ok(number)
    }

    /// Gives back the memory that only adding needs.
    pub(crate) fn shrink(&mut self) {
        self.numbers = HashTable::new();
        self.text.reveal_mut().shrink_to_fit();
        self.ends.shrink_to_fit();
        self.counts.shrink_to_fit();
    }
}

fn slice<'a>(text: &'a str, ends: &[u32], number: u32) -> &'a str {
    let number = number as usize;
    let start = number
        .checked_sub(1)
        .and_then(|before| ends.get(before))
        .copied();
    let end = ends.get(number).copied().unwrap_or_default();
    text.get(start.unwrap_or_default() as usize..end as usize)
        .unwrap_or_default()
}
