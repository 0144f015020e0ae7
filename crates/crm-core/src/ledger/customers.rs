use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

const HASHER: FixedState = FixedState::with_seed(0x6372_6d5f_636f_7265);

/// The segment of the customers with this hash: bits that hash tables do not look at first.
pub(super) fn segment_of(hash: u64) -> u8 {
    (hash >> 40) as u8
}

pub(super) fn hash_integer(id: i64) -> u64 {
    HASHER.hash_one(id)
}

pub(super) fn hash_text(id: &str) -> u64 {
    HASHER.hash_one(id)
}

/// Who a customer is, as the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CustomerId<'a> {
    /// A number.
    Integer(i64),
    /// A text.
    Text(&'a str),
}

impl CustomerId<'_> {
    pub(super) fn hash(self) -> u64 {
        match self {
            CustomerId::Integer(id) => hash_integer(id),
            CustomerId::Text(id) => hash_text(id),
        }
    }
}

/// Different customers, numbered in the order in which they were first met.
#[derive(Debug, Clone)]
pub(super) enum Customers {
    Integers {
        ids: Vec<i64>,
        codes: HashTable<u32>,
    },
    Texts {
        texts: Texts,
        codes: HashTable<(u64, u32)>,
    },
}

/// Many short texts in one.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    ends: Vec<usize>,
    text: String,
}

impl Customers {
    pub(super) fn new(texts: bool) -> Self {
        if texts {
            Customers::Texts {
                texts: Texts::default(),
                codes: HashTable::new(),
            }
        } else {
            Customers::Integers {
                ids: Vec::new(),
                codes: HashTable::new(),
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Customers::Integers { ids, .. } => ids.len(),
            Customers::Texts { texts, .. } => texts.ends.len(),
        }
    }

    pub(super) fn get(&self, code: u32) -> Option<CustomerId<'_>> {
        match self {
            Customers::Integers { ids, .. } => {
                ids.get(code as usize).map(|&id| CustomerId::Integer(id))
            }
            Customers::Texts { texts, .. } => texts.get(code).map(CustomerId::Text),
        }
    }

    /// Who they are, by their numbers.
    pub(super) fn ids(&self) -> impl Iterator<Item = CustomerId<'_>> {
        (0..self.len() as u32).filter_map(|code| self.get(code))
    }

    /// Numbers a customer of the right kind of id, if it is new.
    pub(super) fn intern_id(&mut self, id: CustomerId<'_>) {
        match id {
            CustomerId::Integer(integer) => self.intern(integer.cast_unsigned(), || ""),
            CustomerId::Text(text) => self.intern(id.hash(), || text),
        };
    }

    /// The number of `id`, if it was met before.
    pub(super) fn find(&self, id: CustomerId<'_>) -> Option<u32> {
        match (self, id) {
            (Customers::Integers { ids, codes }, CustomerId::Integer(id)) => codes
                .find(hash_integer(id), |&code| id_of(ids, code) == id)
                .copied(),
            (Customers::Texts { texts, codes }, CustomerId::Text(id)) => {
                let hash = hash_text(id);
                codes
                    .find(hash, |&(h, code)| h == hash && texts.get(code) == Some(id))
                    .map(|entry| entry.1)
            }
            _ => None,
        }
    }

    /// The number of a customer, a new one if it is met for the first time. `key` is an integer id
    /// itself, or the hash of the text id that `text` gives.
    pub(super) fn intern<'t>(&mut self, key: u64, text: impl FnOnce() -> &'t str) -> u32 {
        match self {
            Customers::Integers { ids, codes } => {
                let id = key.cast_signed();
                let entry = codes.entry(
                    hash_integer(id),
                    |&code| id_of(ids, code) == id,
                    |&code| hash_integer(id_of(ids, code)),
                );
                let new = || {
                    ids.push(id);
                    ids.len() as u32 - 1
                };
                *entry.or_insert_with(new).get()
            }
            Customers::Texts { texts, codes } => {
                let id = text();
                let is_id = |&(hash, code): &(u64, u32)| hash == key && texts.get(code) == Some(id);
                if let Some(&(_, code)) = codes.find(key, is_id) {
                    return code;
                }
                let code = texts.ends.len() as u32;
                texts.push(id);
                codes.insert_unique(key, (key, code), |known| known.0);
                code
            }
        }
    }
}

/// The id of a code that there is.
fn id_of(ids: &[i64], code: u32) -> i64 {
    ids.get(code as usize).copied().unwrap_or_default()
}

impl Texts {
    fn get(&self, code: u32) -> Option<&str> {
        let code = code as usize;
        let start = match code.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(code)?)
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }
}
