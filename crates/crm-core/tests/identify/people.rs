//! Records that the tests resolve.

use crm_core::idic::identify::{
    Field, FieldKind, LinkageModel, Records, Schema, ScoredPair, TrainingOptions,
};
use crm_core::ledger::TextColumn;

const GIVEN: [&str; 12] = [
    "anna", "bruno", "clara", "david", "elena", "felix", "greta", "henrik", "irene", "jakob",
    "karla", "lukas",
];
const FAMILY: [&str; 10] = [
    "abendroth",
    "brinkmann",
    "czerny",
    "dombrowski",
    "eichhorn",
    "friedrichsen",
    "guttenberg",
    "hallstein",
    "isenburg",
    "jankowski",
];

/// A customer: given name, family name, birthday, mobile.
pub(crate) fn person(i: usize) -> [String; 4] {
    // SplitMix64 (Steele, Lea & Flood 2014).
    let mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    let part = |shift: u64, bound: u64| (mixed >> shift) % bound;
    [
        GIVEN[part(0, 12) as usize].to_owned(),
        FAMILY[part(8, 10) as usize].to_owned(),
        format!(
            "19{:02}-{:02}-{:02}",
            part(16, 90) + 10,
            part(24, 12) + 1,
            part(29, 28) + 1
        ),
        format!("138{:08}", part(34, 100_000_000)),
    ]
}

/// Records column by column.
pub(crate) fn columns(rows: impl IntoIterator<Item = [String; 4]>) -> [Vec<String>; 4] {
    let mut columns: [Vec<String>; 4] = Default::default();
    for row in rows {
        columns
            .iter_mut()
            .zip(row)
            .for_each(|(column, value)| column.push(value));
    }
    columns
}

/// Customers 0 to `count` − 1 once each, then every second one again with a slip in one field.
pub(crate) fn people(count: usize) -> [Vec<String>; 4] {
    let again = |i: usize| {
        let mut row = person(i);
        match i / 2 % 5 {
            0 => row[0].push('x'),
            1 => row[1].insert(2, 'q'),
            2 => row[3] = String::new(),
            3 => row.swap(0, 1),
            _ => row[2] = String::new(),
        }
        row
    };
    columns(
        (0..count)
            .map(person)
            .chain((0..count).step_by(2).map(again)),
    )
}

pub(crate) fn schema() -> Schema {
    let fields = vec![
        Field::new("given", FieldKind::Name),
        Field::new("family", FieldKind::Name),
        Field::new("born", FieldKind::Date),
        Field::new("mobile", FieldKind::Phone),
    ];
    Schema::new(fields).unwrap().swappable(0, 1).unwrap()
}

pub(crate) fn records(columns: &[Vec<String>; 4]) -> Records {
    let chunk: Vec<&dyn TextColumn> = columns
        .iter()
        .map(|column| column as &dyn TextColumn)
        .collect();
    Records::read(&schema(), &[chunk]).unwrap()
}

pub(crate) fn options() -> TrainingOptions {
    TrainingOptions {
        random_pairs: 20_000,
        ..TrainingOptions::default()
    }
}

pub(crate) fn resolved(records: &Records) -> (LinkageModel, Vec<ScoredPair>) {
    let model = LinkageModel::train(&schema(), records, &options()).unwrap();
    let pairs = model.score(records, 0.01).unwrap().pairs;
    (model, pairs)
}
