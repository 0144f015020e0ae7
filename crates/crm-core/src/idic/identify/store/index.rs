use hashbrown::HashMap;

/// No record.
const NONE: u32 = u32::MAX;

/// For each blocking key the records by their values, as chains from the last record to the first.
#[derive(Debug, Clone)]
pub(super) struct Index {
    keys: Vec<Chains>,
}

#[derive(Debug, Clone, Default)]
struct Chains {
    /// The last record of each value.
    last: HashMap<u64, u32, foldhash::fast::FixedState>,
    /// By record: the one before it with the same value.
    before: Vec<u32>,
}

impl Index {
    pub(super) fn new(keys: usize) -> Self {
        Index {
            keys: vec![Chains::default(); keys],
        }
    }

    /// Adds a record, whose number is above all before it, with its values by number of the key.
    pub(super) fn add(&mut self, record: u32, values: &[(usize, u64)]) {
        for chains in &mut self.keys {
            chains.before.resize(record as usize + 1, NONE);
        }
        for &(key, value) in values {
            let Some(chains) = self.keys.get_mut(key) else {
                continue;
            };
            let before = chains.last.insert(value, record).unwrap_or(NONE);
            if let Some(link) = chains.before.get_mut(record as usize) {
                *link = before;
            }
        }
    }

    /// Takes a record out of every chain; a value that no other record has is forgotten.
    pub(super) fn remove(&mut self, record: u32, values: &[(usize, u64)]) {
        for &(key, value) in values {
            let Some(Chains { last, before }) = self.keys.get_mut(key) else {
                continue;
            };
            let next = before.get(record as usize).copied().unwrap_or(NONE);
            let mut at = last.get(&value).copied().unwrap_or(NONE);
            if at == record {
                match next {
                    NONE => last.remove(&value),
                    next => last.insert(value, next),
                };
                continue;
            }
            while at != NONE {
                match before.get_mut(at as usize) {
                    Some(link) if *link == record => {
                        *link = next;
                        break;
                    }
                    link => at = link.map_or(NONE, |link| *link),
                }
            }
        }
    }

    /// The records with a value of a key; none if there are more than `largest`.
    pub(super) fn records(&self, key: usize, value: u64, largest: usize) -> Vec<u32> {
        let Some(Chains { last, before }) = self.keys.get(key) else {
            return Vec::new();
        };
        let mut records = Vec::new();
        let mut at = last.get(&value).copied().unwrap_or(NONE);
        while at != NONE {
            if records.len() == largest {
                return Vec::new();
            }
            records.push(at);
            at = before.get(at as usize).copied().unwrap_or(NONE);
        }
        records
    }
}
