//! What holds of any store: it finds what comparing with every record finds, its numbers stay, and any bytes are read or refused.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use crm_core::ErrorKind;
use crm_core::idic::identify::store::{ClusterId, MergeId, ProfileStore, RecordId};
use crm_core::idic::identify::{
    Blocking, BlockingKey, Clusters, Field, FieldKind, LinkageModel, Records, Schema,
    TrainingOptions,
};
use crm_core::ledger::TextColumn;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const FIELDS: usize = 6;
type Row = [String; FIELDS];

fn schema() -> Schema {
    let fields = vec![
        Field::new("given", FieldKind::Name),
        Field::new("family", FieldKind::Name),
        Field::new("born", FieldKind::Date),
        Field::new("street", FieldKind::Address),
        Field::new("mobile", FieldKind::Phone),
        Field::new("mail", FieldKind::Email),
    ];
    Schema::new(fields).unwrap().swappable(0, 1).unwrap()
}

/// Values of which many are the same, alike, missing, or those of the partner field.
fn row() -> impl Strategy<Value = Row> {
    let name = "(|an|anna|hannah|lee|leeh|王小明|王晓明|wang xiaoming)";
    let place = "(|5 long road|5 longroad|long road 5|7 long road|5 lang road|elsewhere)";
    let mail = "(|ann@a\\.org|ann@b\\.net|anne@a\\.org|tom@a\\.org)";
    (
        name,
        name,
        "(|19[89]0-0[12]-0[123])",
        place,
        "(|1381234567[1-4])",
        mail,
    )
        .prop_map(Row::from)
}

fn texts(row: &Row) -> [&str; FIELDS] {
    row.each_ref().map(String::as_str)
}

fn records(rows: &[Row]) -> Records {
    let column = |field: usize| rows.iter().map(|row| row[field].clone()).collect();
    let columns: [Vec<String>; FIELDS] = std::array::from_fn(column);
    let chunk = columns
        .iter()
        .map(|column| column as &dyn TextColumn)
        .collect();
    Records::read(&schema(), &[chunk]).unwrap()
}

fn trained(rows: &[Row], largest_block: usize) -> LinkageModel {
    let key = |fields: &[usize]| BlockingKey {
        fields: fields.to_vec(),
    };
    let options = TrainingOptions {
        random_pairs: 500,
        blocking: Blocking {
            keys: vec![key(&[0, 1]), key(&[2]), key(&[3]), key(&[4]), key(&[5])],
            largest_block,
            ..Blocking::default()
        },
        ..TrainingOptions::default()
    };
    LinkageModel::train(&schema(), &records(rows), &options).unwrap()
}

/// Every record is a customer of its own.
fn apart(rows: &[Row], largest_block: usize, threshold: f64) -> ProfileStore {
    let clusters = Clusters {
        of_record: (0..rows.len() as u32).collect(),
        count: rows.len(),
        split: 0,
    };
    let model = trained(rows, largest_block);
    ProfileStore::from_clusters(model, threshold, &records(rows), &clusters).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What a store finds for each of its records are the pairs of the batch, with their weights, if no block is too large.
    #[test]
    fn a_store_finds_what_the_batch_finds(
        rows in prop::collection::vec(row(), 2..60), least in prop::sample::select(vec![0.001, 0.3, 0.9]),
    ) {
        let store = apart(&rows, usize::MAX, 0.5);
        let pairs = store.model().score(&records(&rows), least).unwrap().pairs;
        for (number, row) in rows.iter().enumerate() {
            let found = store.matches(&texts(row), least).unwrap();
            let later = found.iter().filter(|m| m.record.0 > number as u64);
            let found: BTreeMap<u64, f64> = later.map(|m| (m.record.0, m.weight)).collect();
            let of_batch = pairs.iter().filter(|pair| pair.a as usize == number);
            let expected: BTreeMap<u64, f64> = of_batch.map(|p| (u64::from(p.b), p.weight)).collect();
            // The batch keeps weights of frequencies in single precision: what lies on the limit may be either.
            let least = (least / (1.0 - least)).log2();
            for record in found.keys().chain(expected.keys()) {
                match (found.get(record), expected.get(record)) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-5, "{} {}", a, b),
                    (a, b) => prop_assert!((a.or(b).unwrap() - least).abs() < 1e-5, "{:?} {:?}", a, b),
                }
            }
        }
    }

    /// A record that was not read with the others is found by every record that shares a key with it and weighs enough.
    #[test]
    fn a_store_finds_what_comparing_with_every_record_finds(
        rows in prop::collection::vec(row(), 2..60), incoming in row(), largest in 2_usize..20,
    ) {
        let store = apart(&rows, largest, 0.5);
        for least in [1e-6, 0.2, 0.8] {
            let found = store.matches(&texts(&incoming), least).unwrap();
            let found: BTreeSet<(u64, u64)> = found.iter().map(|m| (m.record.0, m.weight.to_bits())).collect();
            // Nothing is too unlikely to be listed here but by its blocks.
            let shares_key = store.matches(&texts(&incoming), 1e-300).unwrap();
            let explained = shares_key.iter().map(|m| (m.record.0, store.explain(&texts(&incoming), m.record).unwrap()));
            let likely = explained.filter(|(_, why)| why.probability >= least);
            let expected: BTreeSet<(u64, u64)> = likely.map(|(record, why)| (record, why.weight.to_bits())).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

/// What may happen to a store; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Change {
    Add(Row),
    Erase(usize),
    Merge(usize, usize),
    Undo(usize),
    Reopen,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => row().prop_map(Change::Add),
        1 => any::<usize>().prop_map(Change::Erase),
        2 => any::<(usize, usize)>().prop_map(|(a, b)| Change::Merge(a, b)),
        2 => any::<usize>().prop_map(Change::Undo),
        1 => Just(Change::Reopen),
    ]
}

/// The customer of each record, by a model that knows nothing of indices.
#[derive(Debug, Default)]
struct Expected {
    rows: Vec<Row>,
    customers: Vec<Option<u64>>,
    merges: Vec<Option<(u64, u64, Vec<usize>)>>,
}

impl Expected {
    fn some_customer(&self, number: usize) -> Option<u64> {
        let all: BTreeSet<u64> = self.customers.iter().flatten().copied().collect();
        all.iter().nth(number % all.len().max(1)).copied()
    }

    fn members(&self, customer: u64) -> Vec<usize> {
        let records = self.customers.iter().enumerate();
        records
            .filter(|(_, of)| **of == Some(customer))
            .map(|(record, _)| record)
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Numbers stay what they are, whatever comes, goes, is united, parted and saved; and matches are those of a store to which only
    /// came what is left.
    #[test]
    fn numbers_stay(changes in prop::collection::vec(change(), 1..60)) {
        thread_local!(static START: LazyCell<Vec<Row>> = LazyCell::new(|| {
            let given = ["an", "lee", "wang xiaoming", "hannah"];
            (0..24).map(|i| [
                given[i % 4].to_owned(), given[i / 4 % 4].to_owned(), format!("19{}0-01-0{}", 8 + i % 2, 1 + i % 3),
                format!("{i} long road"), format!("138123456{i:02}"), format!("{}{i}@a.org", given[i % 2]),
            ]).collect()
        }));
        let rows = START.with(|rows| (**rows).clone());
        let mut store = apart(&rows, 9, 0.7);
        let mut expected = Expected { customers: (0..rows.len() as u64).map(Some).collect(), rows, ..Expected::default() };
        let mut next = expected.customers.len() as u64;
        for change in changes {
            match change {
                Change::Add(row) => {
                    let added = store.add(&texts(&row)).unwrap();
                    prop_assert_eq!(added.record.0, expected.rows.len() as u64);
                    match added.matched {
                        None => prop_assert_eq!(added.cluster, ClusterId(next)),
                        Some(best) => prop_assert_eq!(Some(added.cluster.0), expected.customers[best.record.0 as usize]),
                    }
                    next = next.max(added.cluster.0 + 1);
                    expected.customers.push(Some(added.cluster.0));
                    expected.rows.push(row);
                }
                Change::Erase(number) => {
                    let Some(customer) = expected.some_customer(number) else { continue };
                    let erased = store.erase(ClusterId(customer)).unwrap();
                    let members = expected.members(customer);
                    prop_assert_eq!(erased.records, members.iter().map(|&r| r as u64).collect::<Vec<_>>());
                    members.into_iter().for_each(|record| expected.customers[record] = None);
                }
                Change::Merge(a, b) => {
                    let (Some(kept), Some(ended)) = (expected.some_customer(a), expected.some_customer(b)) else { continue };
                    if kept == ended {
                        prop_assert_eq!(store.merge(ClusterId(kept), ClusterId(ended)).unwrap_err().kind(), ErrorKind::OutOfRange);
                        continue;
                    }
                    let merge = store.merge(ClusterId(kept), ClusterId(ended)).unwrap();
                    prop_assert_eq!(merge.0, expected.merges.len() as u64);
                    let members = expected.members(ended);
                    members.iter().for_each(|&record| expected.customers[record] = Some(kept));
                    expected.merges.push(Some((kept, ended, members)));
                }
                Change::Undo(number) => {
                    let number = number % expected.merges.len().max(1);
                    let taken = expected.merges.get_mut(number).and_then(Option::take);
                    let undone = store.undo(MergeId(number as u64));
                    let Some((kept, ended, members)) = taken else {
                        prop_assert_eq!(undone.unwrap_err().kind(), ErrorKind::NotFound);
                        continue;
                    };
                    prop_assert_eq!(undone.unwrap(), ClusterId(ended));
                    for record in members {
                        if expected.customers[record] == Some(kept) {
                            expected.customers[record] = Some(ended);
                        }
                    }
                }
                Change::Reopen => {
                    let bytes = store.to_bytes();
                    store = ProfileStore::from_bytes(&bytes).unwrap();
                    prop_assert_eq!(&store.to_bytes(), &bytes);
                }
            }
        }
        prop_assert_eq!(store.len(), expected.customers.iter().flatten().count());
        for (record, customer) in expected.customers.iter().enumerate() {
            let found = store.cluster(RecordId(record as u64));
            match customer {
                None => prop_assert_eq!(found.unwrap_err().kind(), ErrorKind::NotFound),
                Some(customer) => {
                    prop_assert_eq!(found.unwrap(), ClusterId(*customer));
                    let members: Vec<_> = expected.members(*customer).iter().map(|&r| RecordId(r as u64)).collect();
                    prop_assert_eq!(store.members(ClusterId(*customer)), members);
                }
            }
        }
        // The same records in another order, each on its own, give the same weights.
        let mut other = ProfileStore::new(store.model().clone(), 1.0 - 1e-15).unwrap();
        let left = expected.rows.iter().zip(&expected.customers).filter(|(_, customer)| customer.is_some());
        let left: Vec<&Row> = left.map(|(row, _)| row).collect();
        for row in left.iter().rev() {
            other.add(&texts(row)).unwrap();
        }
        for row in left.iter().take(12) {
            let weights = |store: &ProfileStore| -> Vec<u64> {
                let found = store.matches(&texts(row), 0.05).unwrap();
                found.iter().map(|m| m.weight.to_bits()).collect()
            };
            prop_assert_eq!(weights(&store), weights(&other));
        }
    }
}

/// The bytes with the checksum that fits them.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= 48 {
        let checksum = Sha256::digest(&bytes[48..]);
        bytes[16..48].copy_from_slice(&checksum);
    }
    bytes
}

fn small() -> Vec<u8> {
    let row = |number: usize| -> Row {
        std::array::from_fn(|field| match field {
            2 => format!("1990-01-{:02}", 1 + number),
            4 => format!("138123456{number:02}"),
            5 => format!("p{number}@a.org"),
            _ => format!("name {}", number % (field + 2)),
        })
    };
    let rows: Vec<Row> = (0..12).map(row).collect();
    let mut store = apart(&rows, 5, 0.6);
    store.set_source("shop", 0.5).unwrap();
    store.merge(ClusterId(2), ClusterId(3)).unwrap();
    store.erase(ClusterId(5)).unwrap();
    store.to_bytes()
}

/// Nothing but a store is read, and nothing else happens: each length that is too large is refused before room is made for it.
#[test]
fn lengths_that_lie_are_refused() {
    let bytes = small();
    for place in 48..bytes.len() {
        for lie in [u64::MAX, u64::MAX / 2, 1 << 40, 1 << 31, 0] {
            let mut changed = bytes.clone();
            let end = (place + 8).min(bytes.len());
            changed[place..end].copy_from_slice(&lie.to_le_bytes()[..end - place]);
            if let Err(error) = ProfileStore::from_bytes(&sealed(changed)) {
                assert_eq!(error.kind(), ErrorKind::Unreadable, "{place}");
            }
        }
    }
}

#[test]
fn states_cut_short_or_continued_are_refused() {
    let bytes = small();
    for length in 0..bytes.len() {
        let cut = bytes[..length].to_vec();
        for bytes in [cut.clone(), sealed(cut)] {
            let error = ProfileStore::from_bytes(&bytes).unwrap_err();
            assert_eq!(
                (error.kind(), error.argument()),
                (ErrorKind::Unreadable, "state")
            );
        }
    }
    for more in [vec![0], vec![0xff; 9], bytes.clone()] {
        let error = ProfileStore::from_bytes(&sealed([bytes.clone(), more].concat())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// What can be read with some bytes changed works as any store: it can be asked, changed and saved.
    #[test]
    fn changed_states_are_refused_or_work(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5), row in row(),
    ) {
        thread_local!(static BYTES: LazyCell<Vec<u8>> = LazyCell::new(small));
        let mut bytes = BYTES.with(|bytes| (**bytes).clone());
        for (place, byte) in changes {
            let place = 48 + place.index(bytes.len() - 48);
            bytes[place] = byte;
        }
        match ProfileStore::from_bytes(&sealed(bytes)) {
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Unreadable),
            Ok(mut store) => {
                if let Ok(added) = store.add(&texts(&row)) {
                    store.erase(added.cluster).unwrap();
                }
                prop_assert!(ProfileStore::from_bytes(&store.to_bytes()).is_ok());
            }
        }
    }
}
