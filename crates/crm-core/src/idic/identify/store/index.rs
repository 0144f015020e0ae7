use super::table::Table;

/// Marks the place of a list in the numbers of a table; without it they are records.
const LIST: u32 = 1 << 31;
/// Numbers of records are smaller.
pub(super) const RECORDS: u32 = LIST;
/// Lists begin at multiples of it, and the smallest has so much room.
const UNIT: usize = 4;

/// The records by their values of a blocking key. A record whose value no other has stands in the table itself; records that share
/// one stand side by side in a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    /// By value: a record, or a list.
    table: Table,
    lists: Lists,
}

impl Blocks {
    /// The blocks of records with their values, sorted by these.
    pub(super) fn of(sorted: &[(u64, u32)]) -> Self {
        let mut lists = Lists::default();
        let blocks = sorted.chunk_by(|a, b| a.0 == b.0);
        let blocks: Vec<(u64, u32)> = blocks
            .filter_map(|block| {
                let &(value, first) = block.first()?;
                let records = block.iter().map(|&(_, record)| record);
                let is_single = block.len() == 1;
                Some((
                    value,
                    if is_single {
                        first
                    } else {
                        lists.make(records)
                    },
                ))
            })
            .collect();
        let table = Table::of(&blocks);
        Blocks { table, lists }
    }

    /// The records with a value, where `value_of` gives that of each record.
    pub(super) fn records(&self, value: u64, value_of: impl Fn(u32) -> Option<u64>) -> Block<'_> {
        match self.entry(value, value_of) {
            None => Block::Single(None),
            Some(record) if record & LIST == 0 => Block::Single(Some(record)),
            Some(list) => Block::List(self.lists.get(list)),
        }
    }

    /// Adds a record.
    pub(super) fn add(
        &mut self,
        record: u32,
        value: u64,
        value_of: impl Fn(u32) -> Option<u64> + Copy,
    ) {
        let Some(old) = self.entry(value, value_of) else {
            let lists = &self.lists;
            let hash_of = |entry| value_of(lists.first(entry)).unwrap_or_default();
            self.table.insert(value, record, hash_of);
            return;
        };
        let new = match old & LIST {
            0 => self.lists.make([old, record].into_iter()),
            _ => self.lists.lengthened(old, record),
        };
        self.replace(value, old, new);
    }

    /// Takes a record out.
    pub(super) fn remove(
        &mut self,
        record: u32,
        value: u64,
        value_of: impl Fn(u32) -> Option<u64>,
    ) {
        match self.entry(value, value_of) {
            None => {}
            Some(entry) if entry & LIST == 0 => self.table.remove(value, |other| other == entry),
            Some(old) => {
                let records = self.lists.get(old).iter().copied();
                let left: Vec<u32> = records.filter(|&other| other != record).collect();
                self.lists.release(old);
                let new = match left.as_slice() {
                    [single] => *single,
                    several => self.lists.make(several.iter().copied()),
                };
                self.replace(value, old, new);
            }
        }
    }

    fn entry(&self, value: u64, value_of: impl Fn(u32) -> Option<u64>) -> Option<u32> {
        let is = |entry| value_of(self.lists.first(entry)) == Some(value);
        self.table.find(value, is)
    }

    fn replace(&mut self, value: u64, old: u32, new: u32) {
        if let Some(entry) = self.table.find_mut(value, |entry| entry == old) {
            *entry = new;
        }
    }
}

/// The records of a block.
#[derive(Debug, Clone, Copy)]
pub(super) enum Block<'a> {
    Single(Option<u32>),
    List(&'a [u32]),
}

impl Block<'_> {
    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Block::Single(record) => record.as_slice(),
            Block::List(records) => records,
        }
    }
}

/// Lists of records in one piece of memory, each as its length, its records, and unused room.
#[derive(Debug, Clone, Default)]
struct Lists {
    numbers: Vec<u32>,
    /// By the logarithm of their room: lists that are no longer used.
    unused: Vec<Vec<u32>>,
}

impl Lists {
    /// The first record of an entry, which may be it.
    fn first(&self, entry: u32) -> u32 {
        match entry & LIST {
            0 => entry,
            _ => self.get(entry).first().copied().unwrap_or(entry),
        }
    }

    fn get(&self, list: u32) -> &[u32] {
        let from_list = self.numbers.get(start(list)..).unwrap_or_default();
        match from_list.split_first() {
            Some((&length, records)) => records.get(..length as usize).unwrap_or_default(),
            None => &[],
        }
    }

    fn make(&mut self, records: impl ExactSizeIterator<Item = u32>) -> u32 {
        let room = room(records.len());
        let length = records.len() as u32;
        let unused = self.unused.get_mut(room.ilog2() as usize);
        let list = unused.and_then(Vec::pop).unwrap_or_else(|| {
            let start = self.numbers.len();
            self.numbers.resize(start + room, 0);
            LIST | (start / UNIT) as u32
        });
        let places = self.numbers.iter_mut().skip(start(list));
        for (place, number) in places.zip(std::iter::once(length).chain(records)) {
            *place = number;
        }
        list
    }

    /// The list with a record more: the same, or another with more room.
    fn lengthened(&mut self, list: u32, record: u32) -> u32 {
        let length = self.get(list).len();
        if room(length + 1) == room(length) {
            let start = start(list);
            for (place, number) in [(start, length as u32 + 1), (start + length + 1, record)] {
                if let Some(place) = self.numbers.get_mut(place) {
                    *place = number;
                }
            }
            return list;
        }
        let mut records = self.get(list).to_vec();
        records.push(record);
        self.release(list);
        self.make(records.into_iter())
    }

    fn release(&mut self, list: u32) {
        let class = room(self.get(list).len()).ilog2() as usize;
        if self.unused.len() <= class {
            self.unused.resize(class + 1, Vec::new());
        }
        if let Some(unused) = self.unused.get_mut(class) {
            unused.push(list);
        }
    }
}

fn start(list: u32) -> usize {
    (list & !LIST) as usize * UNIT
}

/// How many numbers a list of so many records has room for.
fn room(length: usize) -> usize {
    (length + 1).next_power_of_two().max(UNIT)
}
