use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::error::{Error, Result};
use crate::kernels::{Column, Domain};
use crate::parallel;

/// Which rows of a summary are alike. Groups come in the order of their first rows.
#[derive(Debug)]
pub(crate) struct Grouping {
    /// The first row of each group.
    pub(crate) first_rows: Vec<usize>,
    /// What was found in each [`ROWS_PER_PART`] rows.
    parts: Vec<Part>,
}

/// Consecutive rows that one task groups; parts are merged in order, so that threads do not matter.
#[derive(Debug)]
struct Part {
    /// The group of each row among those of the part.
    local: Vec<u32>,
    /// Of these the groups among all; until the parts are merged, their first rows.
    groups: Vec<usize>,
}

const ROWS_PER_PART: usize = 1 << 18;

/// Groups the first `rows` rows, by the bits of their three numbers.
pub(crate) fn group_rows(rows: usize, columns: [Column<'_>; 3]) -> Grouping {
    let key = |row: usize| columns.map(|column| column.get(row).to_bits());
    let mut parts = parallel::map_range(rows.div_ceil(ROWS_PER_PART), |part| {
        let first = part * ROWS_PER_PART;
        let length = ROWS_PER_PART.min(rows - first);
        let mut groups = Groups::default();
        Part {
            local: (first..first + length)
                .map(|row| groups.number(row, key(row)) as u32)
                .collect(),
            groups: groups.first_rows,
        }
    });
    let mut all = Groups::default();
    for row in parts.iter_mut().flat_map(|part| &mut part.groups) {
        *row = all.number(*row, key(*row));
    }
    Grouping {
        first_rows: all.first_rows,
        parts,
    }
}

/// Different keys, numbered in the order in which they were first met.
#[derive(Default)]
struct Groups {
    keys: Vec<[u64; 3]>,
    first_rows: Vec<usize>,
    numbers: HashTable<usize>,
}

impl Groups {
    /// The number of a key, a new one if it is met for the first time.
    fn number(&mut self, row: usize, key: [u64; 3]) -> usize {
        let hasher = FixedState::default();
        let keys = &self.keys;
        let number = *self
            .numbers
            .entry(
                hasher.hash_one(key),
                |&number| keys.get(number) == Some(&key),
                |&number| hasher.hash_one(keys.get(number).copied().unwrap_or_default()),
            )
            .or_insert(keys.len())
            .get();
        if number == self.keys.len() {
            self.keys.push(key);
            self.first_rows.push(row);
        }
        number
    }
}

impl Grouping {
    /// The group of a row that there is.
    pub(crate) fn group(&self, row: usize) -> usize {
        let found = self.parts.get(row / ROWS_PER_PART).and_then(|part| {
            let local = part.local.get(row % ROWS_PER_PART)?;
            part.groups.get(*local as usize).copied()
        });
        found.unwrap_or_default()
    }

    /// The group of each row.
    pub(crate) fn groups(&self) -> impl Iterator<Item = usize> {
        let rows = self.parts.iter().map(|part| part.local.len()).sum();
        (0..rows).map(|row| self.group(row))
    }

    /// The sum over the rows of each group.
    pub(crate) fn sums(&self, weight: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.first_rows.len()];
        for (row, group) in self.groups().enumerate() {
            if let Some(sum) = sums.get_mut(group) {
                *sum += weight(row);
            }
        }
        sums
    }
}

/// Refuses weights of another number of rows, and those that are not finite or negative.
pub(crate) fn check_weights(weights: &[f64], rows: usize) -> Result<()> {
    if weights.len() != rows {
        return Err(Error::length("weights", weights.len(), rows));
    }
    let refused = |weight: &f64| !Domain::NonNegative.contains(*weight);
    match weights
        .iter()
        .enumerate()
        .find(|(_, weight)| refused(weight))
    {
        Some((row, &weight)) => Err(Domain::NonNegative.refuse("weights", weight).at_row(row)),
        None => Ok(()),
    }
}
