use serde::{Deserialize, Serialize};

use super::held::MISSING;
use super::{ClusterId, ProfileStore, RecordId, no_such};
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
        let Ok((record, _)) = self.row(record) else {
            return;
        };
        for (count, &number) in erasure.values.iter_mut().zip(self.held.numbers(record)) {
            *count += usize::from(number != MISSING);
        }
        let schema = &self.model.schema;
        for (key, blocks) in self.model.keys.iter().zip(&mut self.blocks) {
            let value_of = |record| self.held.key(schema, key, record);
            if let Some(value) = value_of(record) {
                blocks.remove(record, value, value_of);
                erasure.index_entries += 1;
            }
        }
        self.held.erase(record);
        self.customers.take(record);
        if self.origin(record).is_some() {
            self.put_origin(record, None);
        }
    }
}
