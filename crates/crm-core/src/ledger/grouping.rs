use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::error::{Error, Result};
use crate::kernels::Domain;
use crate::parallel;

/// Which rows of a summary are alike. Groups come in the order of their first rows.
#[derive(Debug)]
pub(crate) struct Grouping {
    /// The first row of each group.
    pub(crate) first_rows: Vec<usize>,
    /// The group of each row.
    pub(crate) group: Vec<usize>,
}

/// Rows that one task groups; what it finds is merged in order, so that threads do not matter.
const ROWS_PER_TASK: usize = 1 << 18;

/// Groups rows whose three numbers have the same bits.
pub(crate) fn group_rows(frequency: &[f64], recency: &[f64], age: &[f64]) -> Grouping {
    let rows = frequency.len();
    let key = |row: usize| {
        [frequency, recency, age].map(|column| column.get(row).map_or(0, |number| number.to_bits()))
    };
    let mut parts = parallel::map_range(rows.div_ceil(ROWS_PER_TASK), |task| {
        let first = task * ROWS_PER_TASK;
        group_by(rows.min(first + ROWS_PER_TASK) - first, |row| {
            key(first + row)
        })
    });
    if parts.len() <= 1 {
        return parts.pop().unwrap_or(Grouping {
            first_rows: Vec::new(),
            group: Vec::new(),
        });
    }
    let firsts: Vec<usize> = (0..)
        .step_by(ROWS_PER_TASK)
        .zip(&parts)
        .flat_map(|(first, part)| part.first_rows.iter().map(move |row| first + row))
        .collect();
    let at = |index: usize| firsts.get(index).copied().unwrap_or_default();
    let merged = group_by(firsts.len(), |index| key(at(index)));
    let mut places = merged.group.as_slice();
    let mut group = Vec::with_capacity(rows);
    for part in parts {
        let (places_of_part, rest) = places.split_at(part.first_rows.len().min(places.len()));
        places = rest;
        let place = |local: usize| places_of_part.get(local).copied().unwrap_or_default();
        group.extend(part.group.into_iter().map(place));
    }
    Grouping {
        first_rows: merged.first_rows.into_iter().map(at).collect(),
        group,
    }
}

fn group_by(rows: usize, key: impl Fn(usize) -> [u64; 3]) -> Grouping {
    let mut first_rows = Vec::new();
    let mut groups = HashMap::with_hasher(FixedState::default());
    let mut number = |row| match groups.entry(key(row)) {
        Entry::Occupied(known) => *known.get(),
        Entry::Vacant(new) => {
            first_rows.push(row);
            *new.insert(first_rows.len() - 1)
        }
    };
    let group = (0..rows).map(&mut number).collect();
    Grouping { first_rows, group }
}

impl Grouping {
    /// The sum over the rows of each group.
    pub(crate) fn sums(&self, weight: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.first_rows.len()];
        for (row, &group) in self.group.iter().enumerate() {
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
