use serde::{Deserialize, Serialize};

use super::{ClusterId, Line, ProfileStore, RecordId, no_such};
use crate::error::Result;

/// What was removed when a customer was erased. It holds no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The records that are gone; their numbers are never given again.
    pub records: Vec<u64>,
    /// How many values went with them, by field.
    pub values: Vec<usize>,
    /// How many entries of the index did.
    pub index_entries: usize,
    /// From how many merges a record was taken.
    pub merges: usize,
}

impl ProfileStore {
    /// Erases a customer completely: its records, their values, where and when they came from, and whatever was made of them, index
    /// and frequencies included. What is
    /// saved afterwards holds no trace but that the numbers were given. The model holds no values; what m and u owe to the
    /// customer stays in them.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if the customer has no record.
    pub fn erase(&mut self, cluster: ClusterId) -> Result<Erasure> {
        let records = self.members(cluster);
        if records.is_empty() {
            return Err(no_such("cluster", cluster.0));
        }
        let mut erasure = Erasure {
            records: records.iter().map(|record| record.0).collect(),
            values: vec![0; self.model.schema().fields().len()],
            index_entries: 0,
            merges: 0,
        };
        for &record in &records {
            self.erase_record(record, &mut erasure);
        }
        for merge in self.merges.iter_mut().flatten() {
            let before = merge.records.len();
            merge
                .records
                .retain(|&record| !erasure.records.contains(&u64::from(record)));
            erasure.merges += usize::from(merge.records.len() < before);
        }
        Ok(erasure)
    }

    fn erase_record(&mut self, record: RecordId, erasure: &mut Erasure) {
        let place = usize::try_from(record.0)
            .ok()
            .and_then(|place| self.records.get_mut(place));
        let Some(profile) = place.and_then(Option::take) else {
            return;
        };
        let line = Line::new(profile.values.reveal());
        for (field, count) in erasure.values.iter_mut().enumerate() {
            *count += usize::from(super::Values::value(&line, field).is_some());
        }
        let keys = self.keys_of(&line);
        erasure.index_entries += keys.len();
        self.index.remove(record.0 as u32, &keys);
        self.clusters.remove(record.0 as u32, profile.cluster);
        self.held -= 1;
        self.count(&line, false);
    }
}
