use hashbrown::HashTable;

/// Numbers by their hashes. It is made of small parts, and one that is full is split in two, so that no insertion takes long, however
/// many numbers there are (extendible hashing, Fagin, Nievergelt, Pippenger & Strong 1979).
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// The part of each number that `depth` bits of a hash make.
    directory: Vec<u32>,
    depth: u32,
    parts: Vec<Part>,
    len: usize,
}

#[derive(Debug, Clone, Default)]
struct Part {
    /// By so many bits its hashes agree.
    depth: u32,
    numbers: HashTable<u32>,
}

/// A part of more numbers is split: it fills 512 buckets.
const LARGEST_PART: usize = 448;
/// The bits of a hash that choose the part; a part itself looks at the lowest and the highest.
const FIRST_BIT: u32 = 20;

impl Default for Table {
    fn default() -> Self {
        Table {
            directory: vec![0],
            depth: 0,
            parts: vec![Part::default()],
            len: 0,
        }
    }
}

impl Table {
    /// A table of numbers with their hashes, all different.
    pub(super) fn of(numbers: &[(u64, u32)]) -> Self {
        // At first their places stand for the numbers, as these alone do not tell their hashes.
        let mut table = Table::default();
        let hash_of = |place: u32| numbers.get(place as usize).map_or(0, |&(hash, _)| hash);
        for place in 0..numbers.len() as u32 {
            table.insert(hash_of(place), place, hash_of);
        }
        let parts = table.parts.iter_mut();
        for place in parts.flat_map(|part| part.numbers.iter_mut()) {
            if let Some(&(_, number)) = numbers.get(*place as usize) {
                *place = number;
            }
        }
        table
    }

    fn place(&self, hash: u64) -> usize {
        (hash >> FIRST_BIT) as usize & ((1 << self.depth) - 1)
    }

    fn part_of(&self, hash: u64) -> usize {
        let part = self.directory.get(self.place(hash));
        part.copied().unwrap_or_default() as usize
    }

    pub(super) fn find(&self, hash: u64, is: impl FnMut(u32) -> bool) -> Option<u32> {
        let part = self.parts.get(self.part_of(hash))?;
        part.numbers.find(hash, by_value(is)).copied()
    }

    pub(super) fn find_mut(&mut self, hash: u64, is: impl FnMut(u32) -> bool) -> Option<&mut u32> {
        let part = self.part_of(hash);
        self.parts
            .get_mut(part)?
            .numbers
            .find_mut(hash, by_value(is))
    }

    /// Adds a number that is not there; `hash_of` gives the hash of any number that is.
    pub(super) fn insert(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        let is_full = |part: &Part| part.numbers.len() >= LARGEST_PART;
        if self.parts.get(self.part_of(hash)).is_some_and(is_full) {
            self.split(self.part_of(hash), &hash_of);
        }
        let part = self.part_of(hash);
        if let Some(part) = self.parts.get_mut(part) {
            let numbers = &mut part.numbers;
            numbers.insert_unique(hash, number, |&number| hash_of(number));
            self.len += 1;
        }
    }

    pub(super) fn remove(&mut self, hash: u64, is: impl FnMut(u32) -> bool) {
        let part = self.part_of(hash);
        let numbers = self.parts.get_mut(part).map(|part| &mut part.numbers);
        if let Some(Ok(found)) = numbers.map(|numbers| numbers.find_entry(hash, by_value(is))) {
            found.remove();
            self.len -= 1;
        }
    }

    fn split(&mut self, number: usize, hash_of: &impl Fn(u32) -> u64) {
        let Some(part) = self.parts.get_mut(number) else {
            return;
        };
        if part.depth == self.depth {
            // Hashes that agree in ever more bits are not worth a directory of more places than there are numbers.
            if self.directory.len() > self.len {
                return;
            }
            self.directory.extend_from_within(..);
            self.depth += 1;
        }
        let bit = 1 << part.depth;
        part.depth += 1;
        let (mut stay, mut leave) = (HashTable::new(), HashTable::new());
        let mut beginning = 0;
        for &number in &part.numbers {
            let hash = hash_of(number);
            beginning = (hash >> FIRST_BIT) as usize & (bit - 1);
            let goes = (hash >> FIRST_BIT) as usize & bit != 0;
            let numbers = if goes { &mut leave } else { &mut stay };
            numbers.insert_unique(hash, number, |&number| hash_of(number));
        }
        part.numbers = stay;
        let depth = part.depth;
        let new = self.parts.len() as u32;
        let places = self.directory.iter_mut().skip(beginning | bit);
        for place in places.step_by(bit << 1) {
            *place = new;
        }
        self.parts.push(Part {
            depth,
            numbers: leave,
        });
    }
}

fn by_value(mut is: impl FnMut(u32) -> bool) -> impl FnMut(&u32) -> bool {
    move |&number| is(number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Alike in all bits but a few, for the worst.
    fn hash(number: u32, bits: u32) -> u64 {
        (u64::from(number) << FIRST_BIT) & ((1 << bits) - 1) | 5
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn what_was_put_in_is_found(
            changes in prop::collection::vec((any::<bool>(), 0..3000_u32), 0..6000),
            bits in FIRST_BIT..40,
        ) {
            let (mut table, mut expected) = (Table::default(), BTreeSet::new());
            for (adds, number) in changes {
                let hashed = hash(number, bits);
                if adds && expected.insert(number) {
                    table.insert(hashed, number, |number| hash(number, bits));
                } else if !adds && expected.remove(&number) {
                    table.remove(hashed, |found| found == number);
                }
            }
            prop_assert_eq!(table.len, expected.len());
            prop_assert!(table.directory.len() <= 2 * table.len.max(3000));
            for number in 0..3000 {
                let found = table.find(hash(number, bits), |found| found == number);
                prop_assert_eq!(found.is_some(), expected.contains(&number));
            }
        }
    }
}
