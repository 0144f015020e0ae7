use hashbrown::HashMap;

/// No record.
const NONE: u32 = u32::MAX;

/// Records by a value, as chains from the last record that was added to the first.
#[derive(Debug, Clone, Default)]
pub(super) struct Chains {
    /// The last record of each value.
    last: HashMap<u64, u32, foldhash::fast::FixedState>,
    /// By record: the one before it with the same value.
    before: Vec<u32>,
}

impl Chains {
    /// Adds a record that has no value.
    pub(super) fn add(&mut self, record: u32, value: u64) {
        if self.before.len() <= record as usize {
            self.before.resize(record as usize + 1, NONE);
        }
        let before = self.last.insert(value, record).unwrap_or(NONE);
        if let Some(link) = self.before.get_mut(record as usize) {
            *link = before;
        }
    }

    /// Takes a record out; a value that no other record has is forgotten.
    pub(super) fn remove(&mut self, record: u32, value: u64) {
        let next = self.next(record);
        let mut at = self.last.get(&value).copied().unwrap_or(NONE);
        if at == record {
            match next {
                NONE => self.last.remove(&value),
                next => self.last.insert(value, next),
            };
            return;
        }
        while at != NONE {
            match self.before.get_mut(at as usize) {
                Some(link) if *link == record => {
                    *link = next;
                    return;
                }
                link => at = link.map_or(NONE, |link| *link),
            }
        }
    }

    fn next(&self, record: u32) -> u32 {
        self.before.get(record as usize).copied().unwrap_or(NONE)
    }

    /// The records with a value, the last one first.
    pub(super) fn records(&self, value: u64) -> impl Iterator<Item = u32> {
        let known = |record: u32| Some(record).filter(|&record| record != NONE);
        let last = self.last.get(&value).copied();
        std::iter::successors(last, move |&record| known(self.next(record)))
    }
}

/// For each blocking key the records by their values.
#[derive(Debug, Clone)]
pub(super) struct Index {
    keys: Vec<Chains>,
}

impl Index {
    pub(super) fn new(keys: usize) -> Self {
        Index {
            keys: vec![Chains::default(); keys],
        }
    }

    /// Adds a record, with its values by number of the key.
    pub(super) fn add(&mut self, record: u32, values: &[(usize, u64)]) {
        for &(key, value) in values {
            if let Some(chains) = self.keys.get_mut(key) {
                chains.add(record, value);
            }
        }
    }

    /// Takes a record out of every chain.
    pub(super) fn remove(&mut self, record: u32, values: &[(usize, u64)]) {
        for &(key, value) in values {
            if let Some(chains) = self.keys.get_mut(key) {
                chains.remove(record, value);
            }
        }
    }

    /// The records with a value of a key; none if there are more than `largest`.
    pub(super) fn records(&self, key: usize, value: u64, largest: usize) -> Vec<u32> {
        let Some(chains) = self.keys.get(key) else {
            return Vec::new();
        };
        let records: Vec<u32> = chains.records(value).take(largest + 1).collect();
        if records.len() > largest {
            Vec::new()
        } else {
            records
        }
    }
}
