use serde::{Deserialize, Serialize};

use super::records::Records;
use super::schema::Schema;
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;

/// Fields that two records must agree on to be compared. Keys are joined by OR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockingKey {
    /// The fields, by their places in the schema.
    pub fields: Vec<usize>,
}

impl BlockingKey {
    pub(crate) fn mask(&self) -> u64 {
        self.fields.iter().fold(0, |mask, &field| mask | 1 << field)
    }

    /// What records with the same values have in common: no order of partner fields, so that swapped values meet.
    pub(crate) fn hash(
        &self,
        schema: &Schema,
        key_of: impl Fn(usize) -> Option<u64>,
    ) -> Option<u64> {
        let mut hash = 0_u64;
        for &field in &self.fields {
            let partner = schema.fields().get(field).and_then(|f| f.partner);
            let place = partner.map_or(field, |partner| partner.min(field)) as u64;
            hash = hash.wrapping_add(mix(
                key_of(field)? ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ));
        }
        Some(hash)
    }
}

/// The finaliser of `MurmurHash3` (Appleby): every bit of the input changes every bit of the output.
fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

/// Which records are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Blocking {
    /// The keys; empty to choose them by the data: fields and pairs of fields that find most of the matches with the fewest
    /// comparisons.
    pub keys: Vec<BlockingKey>,
    /// How many comparisons chosen keys may take, for each record. (default 25)
    pub comparisons_per_record: f64,
    /// Blocks of more records are left out: such a value says little, and other keys find its matches. (default 200)
    pub largest_block: usize,
}

impl Default for Blocking {
    fn default() -> Self {
        Blocking {
            keys: Vec::new(),
            comparisons_per_record: 25.0,
            largest_block: 200,
        }
    }
}

/// No block.
const NONE: u32 = u32::MAX;

/// The blocks of several keys.
#[derive(Debug)]
pub(crate) struct Blocks {
    of_keys: Vec<KeyBlocks>,
    /// By record, then key: the number of its block.
    of_records: Vec<u32>,
    split: Option<usize>,
}

impl Blocks {
    pub(crate) fn new(
        schema: &Schema,
        records: &Records,
        keys: &[BlockingKey],
        largest: usize,
    ) -> Self {
        let of_keys = parallel::map(keys.iter().collect(), |key| {
            let rows = 0..records.len() as u32;
            KeyBlocks::of_rows(schema, records, key, largest, rows)
        });
        let mut of_records = vec![NONE; records.len() * keys.len()];
        for (key, of_key) in of_keys.iter().enumerate() {
            for number in 0..of_key.len() {
                for &row in of_key.block(number) {
                    if let Some(block) = of_records.get_mut(row as usize * keys.len() + key) {
                        *block = number as u32;
                    }
                }
            }
        }
        Blocks {
            of_keys,
            of_records,
            split: records.split(),
        }
    }

    pub(crate) fn of_keys(&self) -> &[KeyBlocks] {
        &self.of_keys
    }

    /// The blocks of a record by the keys before `key`.
    #[inline]
    fn earlier(&self, row: u32, key: usize) -> &[u32] {
        let start = row as usize * self.of_keys.len();
        self.of_records.get(start..start + key).unwrap_or_default()
    }

    /// Calls `visit` with each pair of a block that may be compared, and whether no earlier key has it.
    pub(crate) fn pairs(&self, key: usize, block: usize, mut visit: impl FnMut(u32, u32, bool)) {
        let members = self.of_keys.get(key).map_or(&[][..], |of| of.block(block));
        for (place, &a) in members.iter().enumerate() {
            let of_a = self.earlier(a, key);
            for &b in members.iter().skip(place + 1) {
                let split = self.split;
                if split.is_none_or(|split| (a as usize) < split && split <= b as usize) {
                    let mut both = of_a.iter().zip(self.earlier(b, key));
                    visit(a, b, !both.any(|(a, b)| a == b && *a != NONE));
                }
            }
        }
    }
}

/// The records by their values of a key.
#[derive(Debug, Default)]
pub(crate) struct KeyBlocks {
    /// The records block by block.
    members: Vec<u32>,
    /// Where each block ends in `members`.
    ends: Vec<u32>,
    /// How many comparisons they ask for.
    pub(crate) comparisons: f64,
    /// The share of the records with this key that lie in blocks too large.
    pub(crate) left_out: f64,
}

impl KeyBlocks {
    fn of_rows(
        schema: &Schema,
        records: &Records,
        key: &BlockingKey,
        largest: usize,
        rows: impl Iterator<Item = u32>,
    ) -> Self {
        let hash = |row: u32| key.hash(schema, |field| records.key(row as usize, field));
        let mut hashed: Vec<(u64, u32)> = rows.filter_map(|row| Some((hash(row)?, row))).collect();
        parallel::sort_by_key(&mut hashed, |&entry| entry);
        let mut blocks = KeyBlocks::default();
        for block in hashed.chunk_by(|a, b| a.0 == b.0) {
            if block.len() > largest {
                blocks.left_out += block.len() as f64;
            } else if block.len() > 1 {
                blocks.push(block, records.split());
            }
        }
        blocks.left_out /= hashed.len().max(1) as f64;
        blocks.members.shrink_to_fit();
        blocks.ends.shrink_to_fit();
        blocks
    }

    fn push(&mut self, block: &[(u64, u32)], split: Option<usize>) {
        let size = block.len() as f64;
        let comparisons = match split {
            None => size * (size - 1.0) / 2.0,
            Some(split) => {
                let first = block
                    .iter()
                    .filter(|(_, row)| (*row as usize) < split)
                    .count() as f64;
                first * (size - first)
            }
        };
        if comparisons == 0.0 {
            return;
        }
        self.comparisons += comparisons;
        self.members.extend(block.iter().map(|&(_, row)| row));
        self.ends.push(self.members.len() as u32);
    }

    /// How many blocks there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The records of a block, in order.
    fn block(&self, number: usize) -> &[u32] {
        let start = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied();
        let end = self.ends.get(number).copied().unwrap_or_default();
        self.members
            .get(start.unwrap_or_default() as usize..end as usize)
            .unwrap_or_default()
    }
}

/// So many records are looked at to choose keys.
const SAMPLE: usize = 50_000;
/// So many matches are imagined to estimate what keys find.
const IMAGINED: usize = 1 << 14;
/// A key that finds a smaller share of the matches than this, after those before it, is not worth its comparisons.
const LEAST_GAIN: f64 = 1e-4;
/// More keys cost more than they find.
const MOST_KEYS: usize = 16;
/// How probably a field agrees in two records of one customer, before anything is known.
const AGREEMENT: f64 = 0.7;

/// A key that could be chosen: its mask, the comparisons that it asks for, the share of matches with equal values that it finds.
struct Candidate {
    key: BlockingKey,
    comparisons: f64,
    found: f64,
}

impl Blocking {
    /// Checks keys that are given, or chooses some.
    pub(crate) fn keys(
        &self,
        schema: &Schema,
        records: &Records,
        seed: u64,
    ) -> Result<Vec<BlockingKey>> {
        if self.comparisons_per_record <= 0.0 || self.comparisons_per_record.is_nan() {
            return Err(Error::new(
                ErrorKind::OutOfRange,
                "comparisons_per_record",
                "must be greater than 0",
            )
            .with_value(self.comparisons_per_record));
        }
        if self.largest_block < 2 {
            return Err(
                Error::new(ErrorKind::OutOfRange, "largest_block", "must be 2 or more")
                    .with_value(self.largest_block),
            );
        }
        if self.keys.is_empty() {
            return Ok(self.choose(schema, records, seed));
        }
        let is_key = |key: &BlockingKey| {
            !key.fields.is_empty()
                && key
                    .fields
                    .iter()
                    .all(|&field| field < schema.fields().len())
        };
        match self.keys.iter().position(|key| !is_key(key)) {
            None => Ok(self.keys.clone()),
            Some(row) => {
                let reason = "must be fields of the schema, at least one";
                Err(Error::new(ErrorKind::OutOfRange, "keys", reason).at_row(row))
            }
        }
    }

    /// Again and again the key that finds the most further matches for each comparison, as long as comparisons are left.
    fn choose(&self, schema: &Schema, records: &Records, seed: u64) -> Vec<BlockingKey> {
        let agreement = vec![AGREEMENT; schema.fields().len()];
        let mut unfound = imagined_matches(records, &agreement, seed);
        let mut candidates = self.candidates(schema, records);
        let mut left = self.comparisons_per_record * records.len() as f64;
        let mut keys = Vec::new();
        while keys.len() < MOST_KEYS {
            candidates.retain(|c| c.comparisons <= left || keys.is_empty());
            let worth = |c: &Candidate| {
                let gain: f64 = c.found * weight_of(&unfound, c.key.mask());
                (gain / (c.comparisons + records.len() as f64 / 4.0), gain)
            };
            let best = candidates
                .iter()
                .enumerate()
                .max_by(|(_, a), (_, b)| worth(a).0.total_cmp(&worth(b).0));
            let Some((place, best)) =
                best.filter(|(_, best)| worth(best).1 >= LEAST_GAIN || keys.is_empty())
            else {
                break;
            };
            for (matched, weight) in &mut unfound {
                if *matched & best.key.mask() == best.key.mask() {
                    *weight *= 1.0 - best.found;
                }
            }
            left -= best.comparisons;
            keys.push(candidates.swap_remove(place).key);
        }
        keys
    }

    /// Every field, and every pair of fields.
    fn candidates(&self, schema: &Schema, records: &Records) -> Vec<Candidate> {
        let fields = 0..schema.fields().len();
        let pairs = fields.clone().flat_map(|a| (0..a).map(move |b| vec![b, a]));
        let keys: Vec<Vec<usize>> = fields.map(|field| vec![field]).chain(pairs).collect();
        let step = records.len().div_ceil(SAMPLE).max(1);
        let scale = (step * step) as f64;
        // A block that is too large has so many times fewer records in the sample; at least two show that it is one.
        let largest = (self.largest_block / step).max(2);
        parallel::map(keys, |fields| {
            let key = BlockingKey { fields };
            let rows = (0..records.len() as u32).step_by(step);
            let blocks = KeyBlocks::of_rows(schema, records, &key, largest, rows);
            Candidate {
                key,
                comparisons: blocks.comparisons * scale,
                found: 1.0 - blocks.left_out,
            }
        })
    }
}

/// The share of matches that at least one key finds, if fields agree independently of each other with these probabilities.
pub(crate) fn recall(records: &Records, keys: &[(u64, f64)], agreement: &[f64], seed: u64) -> f64 {
    let mut unfound = imagined_matches(records, agreement, seed);
    for (matched, weight) in &mut unfound {
        for (mask, found) in keys {
            if *matched & mask == *mask {
                *weight *= 1.0 - found;
            }
        }
    }
    1.0 - weight_of(&unfound, 0)
}

/// Matches as the fields in which they agree, each with its weight; the weights add up to 1.
fn imagined_matches(records: &Records, agreement: &[f64], seed: u64) -> Vec<(u64, f64)> {
    let mut stream = Stream::new(seed, 1);
    let rows = records.len().max(1) as f64;
    let present = |field| 1.0 - records.missing(field) as f64 / rows;
    let probabilities: Vec<f64> = agreement
        .iter()
        .enumerate()
        .map(|(field, p)| p * present(field) * present(field))
        .collect();
    let mut fields: Vec<u64> = (0..IMAGINED)
        .map(|_| {
            let agrees = probabilities.iter().enumerate();
            agrees.fold(0, |fields, (f, p)| {
                fields | u64::from(stream.uniform() < *p) << f
            })
        })
        .collect();
    fields.sort_unstable();
    let alike = fields.chunk_by(|a, b| a == b);
    alike
        .filter_map(|same| Some((*same.first()?, same.len() as f64 / IMAGINED as f64)))
        .collect()
}

/// How much the matches that agree in these fields weigh.
fn weight_of(matches: &[(u64, f64)], mask: u64) -> f64 {
    let agreeing = matches.iter().filter(|(fields, _)| fields & mask == mask);
    agreeing.map(|(_, weight)| weight).sum()
}
