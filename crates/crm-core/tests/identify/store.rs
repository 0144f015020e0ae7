//! A store of profiles: incremental matching, merges, erasure, state.

use crm_core::ErrorKind;
use crm_core::idic::identify::store::{ClusterId, ProfileStore, RecordId};
use crm_core::idic::identify::{AgreementLevel, LinkageModel, cluster};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::people::{columns, options, person, records, schema};

const COUNT: usize = 200;

pub(crate) fn texts(person: &[String; 4]) -> [&str; 4] {
    person.each_ref().map(String::as_str)
}

/// Persons 0 to 199, and 0 to 49 once more without their phone.
pub(crate) fn store() -> ProfileStore {
    let again = |i| {
        let mut row = person(i);
        row[3].clear();
        row
    };
    let rows = (0..COUNT).map(person).chain((0..50).map(again));
    let records = records(&columns(rows));
    let model = LinkageModel::train(&schema(), &records, &options()).unwrap();
    let pairs = model.score(&records, 0.5).unwrap().pairs;
    let clusters = cluster(&model, &records, &pairs, 0.5).unwrap();
    ProfileStore::from_clusters(model, 0.5, &records, &clusters).unwrap()
}

pub(crate) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn an_incoming_record_joins_its_customer() {
    let mut store = store();
    assert_eq!(store.len(), COUNT + 50);
    assert_eq!(
        store.cluster(RecordId(COUNT as u64 + 7)).unwrap(),
        ClusterId(7)
    );
    let mut row = person(120);
    row[1].push('x');
    let likely = store.matches(&texts(&row), 0.5).unwrap();
    assert_eq!(
        likely.iter().map(|m| m.record).collect::<Vec<_>>(),
        [RecordId(120)]
    );
    let added = store.add(&texts(&row)).unwrap();
    assert_eq!(
        (added.record, added.cluster),
        (RecordId(250), ClusterId(120))
    );
    assert_eq!(added.matched, Some(likely[0]));
    assert_eq!(added.doubtful, None);
    assert_eq!(
        store.members(ClusterId(120)),
        [RecordId(120), RecordId(250)]
    );
    let fresh = store
        .add(&["zoe", "quandt", "2001-01-01", "13999999999"])
        .unwrap();
    assert_eq!((fresh.cluster, fresh.matched), (ClusterId(250), None));
    let again = store.add(&["zoe", "quandt", "2001-01-01", ""]).unwrap();
    assert_eq!(again.cluster, ClusterId(250));
}

/// Between links and non-links lie possible links: they are told and not made.
#[test]
fn a_possible_link_is_told_and_not_made() {
    let mut store = store();
    // Two customers have this name; nothing else is known.
    let mut row = person(120);
    row[2].clear();
    row[3].clear();
    let likely = store.matches(&texts(&row), 1e-6).unwrap();
    let best = likely[0];
    let clusters = [likely[0], likely[1]].map(|each| each.cluster);
    assert_eq!(clusters, [ClusterId(120), ClusterId(141)]);
    assert!(best.probability < 0.5, "{}", best.probability);
    let unlisted = store.clone().add(&texts(&row)).unwrap();
    assert_eq!((unlisted.matched, unlisted.doubtful), (None, None));
    store.set_review_threshold(best.probability).unwrap();
    let mut read = ProfileStore::from_bytes(&store.to_bytes()).unwrap();
    for store in [&mut store, &mut read] {
        let added = store.add(&texts(&row)).unwrap();
        assert_eq!((added.matched, added.doubtful), (None, Some(best)));
        assert_eq!(added.cluster, unlisted.cluster);
        store.merge(best.cluster, added.cluster).unwrap();
        assert_eq!(store.cluster(added.record).unwrap(), best.cluster);
    }
    for wrong in [0.0, 0.500_001, f64::NAN] {
        let error = store.set_review_threshold(wrong).unwrap_err();
        let told = (error.kind(), error.argument());
        assert_eq!(told, (ErrorKind::OutOfRange, "review_threshold"));
    }
}

#[test]
fn an_explanation_adds_up_and_shows_no_value() {
    let store = store();
    let row = person(9);
    let why = store.explain(&texts(&row), RecordId(9)).unwrap();
    assert!(
        why.fields
            .iter()
            .all(|field| field.level == AgreementLevel::Exact)
    );
    let bits: f64 = why
        .fields
        .iter()
        .map(|field| field.weight + field.term_frequency)
        .sum();
    assert!((why.prior + bits - why.weight).abs() < 1e-9);
    let likely = store.matches(&texts(&row), 0.5).unwrap();
    assert!(
        likely
            .iter()
            .any(|m| m.record == RecordId(9) && m.weight == why.weight)
    );
    let shown = format!("{store:?} {why:?} {likely:?}");
    for value in row.iter().filter(|value| value.len() > 6) {
        assert!(!shown.contains(value.as_str()), "{value}");
    }
    assert!(shown.contains("<personal>"));
}

/// What is given up early could not have been likely enough: the same records are found as by explaining each.
#[test]
fn matches_are_all_that_are_likely_enough() {
    let store = store();
    for i in [0, 7, 50, 133] {
        let mut row = person(i);
        row[i % 4].push('7');
        for least in [1e-9, 0.01, 0.5, 0.999] {
            let found = store.matches(&texts(&row), least).unwrap();
            let found: Vec<(u64, f64)> = found.iter().map(|m| (m.record.0, m.weight)).collect();
            let loose = store.matches(&texts(&row), 1e-300).unwrap();
            let expected: Vec<(u64, f64)> = loose
                .iter()
                .map(|m| (m.record, store.explain(&texts(&row), m.record).unwrap()))
                .filter(|(_, why)| why.probability >= least)
                .map(|(record, why)| (record.0, why.weight))
                .collect();
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_merge_can_be_taken_back() {
    let mut store = store();
    let before = store.to_bytes();
    let merge = store.merge(ClusterId(60), ClusterId(7)).unwrap();
    assert_eq!(store.members(ClusterId(60)), [7, 60, 207].map(RecordId));
    assert!(store.members(ClusterId(7)).is_empty());
    assert_eq!(
        store.merge(ClusterId(60), ClusterId(7)).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        store
            .merge(ClusterId(60), ClusterId(60))
            .unwrap_err()
            .kind(),
        ErrorKind::OutOfRange
    );
    let mut reopened = ProfileStore::from_bytes(&store.to_bytes()).unwrap();
    for store in [&mut store, &mut reopened] {
        assert_eq!(store.undo(merge).unwrap(), ClusterId(7));
        assert_eq!(store.members(ClusterId(7)), [7, 207].map(RecordId));
        assert_eq!(store.undo(merge).unwrap_err().kind(), ErrorKind::NotFound);
    }
    let opened = ProfileStore::from_bytes(&before).unwrap();
    assert!(
        (0..250)
            .all(|r| opened.cluster(RecordId(r)).unwrap() == store.cluster(RecordId(r)).unwrap())
    );
}

#[test]
fn what_was_saved_goes_on_alike() {
    let mut store = store();
    let mut opened = ProfileStore::from_bytes(&store.to_bytes()).unwrap();
    assert_eq!(opened.to_bytes(), store.to_bytes());
    for i in [3, 55, 199, 500] {
        let row = person(i);
        assert_eq!(
            opened.add(&texts(&row)).unwrap(),
            store.add(&texts(&row)).unwrap()
        );
    }
    assert_eq!(opened.to_bytes(), store.to_bytes());
}

/// The values of the customer, as they came and as they are compared, are nowhere in the bytes.
#[test]
fn an_erased_customer_leaves_no_trace() {
    let mut store = store();
    let (row, others) = (
        ["Xanthippe", "Quandt-Özil", "2001-12-31", "139 9999 9999"],
        store.to_bytes().len(),
    );
    let added = store.add(&row).unwrap();
    let traces = [
        "Xanthippe",
        "xanthippe",
        "quandt",
        "20011231",
        "13999999999",
        "9999",
    ];
    let bytes = store.to_bytes();
    assert_eq!(
        traces.map(|trace| contains(&bytes, trace)),
        [false, true, true, true, true, true]
    );
    store.merge(ClusterId(4), added.cluster).unwrap();
    let erasure = store.erase(ClusterId(4)).unwrap();
    assert_eq!(erasure.records, [4, 204, 250]);
    assert_eq!(erasure.values, [3, 3, 3, 2]);
    assert_eq!(erasure.merges, 1);
    assert!(erasure.index_entries >= 3);
    let bytes = store.to_bytes();
    for trace in traces
        .into_iter()
        .chain([person(4)[3].as_str(), &person(4)[2].replace('-', "")])
    {
        assert!(!contains(&bytes, trace), "{trace}");
    }
    assert!(bytes.len() < others + 100);
    assert!(store.matches(&row, 0.01).unwrap().is_empty());
    assert!(store.matches(&texts(&person(4)), 0.5).unwrap().is_empty());
    assert_eq!(
        store.erase(ClusterId(4)).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        store.cluster(RecordId(4)).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    // Numbers are never given again, and the index holds what the records left hold.
    let next = store.add(&row).unwrap();
    assert_eq!((next.record, next.cluster), (RecordId(251), ClusterId(251)));
    let opened = ProfileStore::from_bytes(&store.to_bytes()).unwrap();
    for i in 0..COUNT {
        let row = person(i);
        assert_eq!(
            opened.matches(&texts(&row), 0.5).unwrap(),
            store.matches(&texts(&row), 0.5).unwrap()
        );
    }
}

#[test]
fn what_is_refused() {
    let mut store = store();
    assert_eq!(
        store.add(&["ann"]).unwrap_err().kind(),
        ErrorKind::LengthMismatch
    );
    assert_eq!(
        store.matches(&["", "", "", ""], 0.0).unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
    assert!(store.matches(&["", "", "", ""], 0.5).unwrap().is_empty());
    assert_eq!(
        store
            .explain(&["", "", "", ""], RecordId(999))
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
    let bytes = store.to_bytes();
    let other_version = [&bytes[..8], &[9], &bytes[9..]].concat();
    let error = ProfileStore::from_bytes(&other_version).unwrap_err();
    assert!(error.to_string().contains("version 9"), "{error}");
    for cut in [0, 7, 16, 47, 48, bytes.len() - 1] {
        let error = ProfileStore::from_bytes(&bytes[..cut]).unwrap_err();
        assert_eq!(
            (error.kind(), error.argument()),
            (ErrorKind::Unreadable, "state")
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A changed byte is found by the checksum; with a checksum that fits, what cannot be is refused, and nothing panics.
    #[test]
    fn corrupt_states_are_errors(places in prop::collection::vec((0.0_f64..1.0, 1_u8..), 1..4)) {
        thread_local!(static STATE: Vec<u8> = store().to_bytes());
        let mut bytes = STATE.with(Clone::clone);
        let whole = bytes.clone();
        for (place, change) in places {
            let place = (place * bytes.len() as f64) as usize;
            bytes[place] ^= change;
        }
        if bytes != whole {
            prop_assert_eq!(ProfileStore::from_bytes(&bytes).unwrap_err().kind(), ErrorKind::Unreadable);
        }
        let checksum = Sha256::digest(&bytes[48..]);
        bytes[16..48].copy_from_slice(&checksum);
        if let Err(error) = ProfileStore::from_bytes(&bytes) {
            prop_assert_eq!(error.kind(), ErrorKind::Unreadable);
        }
    }
}
