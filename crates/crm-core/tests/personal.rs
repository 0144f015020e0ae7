//! What says something of a person is in no `Debug` and in no error, wherever in `idic` and `service` it goes through.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its process fails"
)]

use std::fmt::Debug;

use crm_core::Error;
use crm_core::idic::identify::store::{ClusterId, ProfileStore, RecordId};
use crm_core::idic::identify::{
    Clusters, Field, FieldKind, LinkageModel, Personal, Provenance, Records, Schema, Survivorship,
    TrainingOptions, cluster, golden_records, infer_schema, normalise,
};
use crm_core::idic::interact::contact::{Channel, ContactPurpose};
use crm_core::idic::interact::memory::Specifications;
use crm_core::idic::pipeline::{
    ConsentChange, CustomerHistory, CustomerRecords, Idic, IdicOptions, Interactions, Keyed,
    KeyedColumn, KeyedColumns, LoyaltyColumns, NextAction, RecordSource,
};
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, TextColumn, TimeColumn};
use crm_core::loyalty::Clue;

const KEYS: [&str; 6] = ["Kq1", "Kq2", "Kq3", "Kq4", "Kq5", "Kq6"];
const NAMES: [&str; 6] = [
    "Quentin Zyxwold",
    "Quentin Zyxwold",
    "王晓玥",
    "Brunhilde Oxnard",
    "Ysolde Fjellheim",
    "Ignaz Pflug",
];
const MOBILES: [&str; 6] = [
    "13877730001",
    "13877730001",
    "13877730203",
    "13877730304",
    "13877730405",
    "call 55x",
];
const EMAILS: [&str; 6] = [
    "q.zyxwold@example.org",
    "",
    "yue@example.cn",
    "oxnard@example.org",
    "no address",
    "pf@example.org",
];

/// Parts of the values above, as given and as normalised.
const SECRETS: [&str; 14] = [
    "Kq",
    "zyxwold",
    "quentin",
    "王",
    "wangxiaoyue",
    "oxnard",
    "brunhilde",
    "ysolde",
    "fjellheim",
    "pflug",
    "77730",
    "55x",
    "yue@",
    "no address",
];

fn hides(what: &str, text: &str) {
    let text = text.to_lowercase();
    for secret in SECRETS {
        assert!(
            !text.contains(&secret.to_lowercase()),
            "{what} shows {secret}: {text}"
        );
    }
}

fn shows_nothing(what: &str, thing: &impl Debug) {
    hides(what, &format!("{thing:?}"));
    hides(what, &format!("{thing:#?}"));
}

fn says_nothing(error: &Error) {
    hides("error", &error.to_string());
    shows_nothing("error", error);
    hides("value", error.value().unwrap_or_default());
}

fn schema() -> Schema {
    Schema::new(vec![
        Field::new("name", FieldKind::Name),
        Field::new("mobile", FieldKind::Phone),
        Field::new("email", FieldKind::Email),
    ])
    .unwrap()
}

fn columns() -> Vec<&'static dyn TextColumn> {
    const COLUMNS: [&[&str]; 3] = [&NAMES, &MOBILES, &EMAILS];
    COLUMNS
        .iter()
        .map(|column| column as &dyn TextColumn)
        .collect()
}

fn training() -> TrainingOptions {
    TrainingOptions {
        random_pairs: 1_000,
        ..TrainingOptions::default()
    }
}

#[test]
fn what_identifies_is_not_shown() {
    shows_nothing("Personal", &Personal::new(NAMES));
    let schema = schema();
    let records = Records::read(&schema, &[columns()]).unwrap();
    shows_nothing("Records", &records);
    let model = LinkageModel::train(&schema, &records, &training()).unwrap();
    shows_nothing("LinkageModel", &model);
    let pairs = model.score(&records, 0.01).unwrap();
    shows_nothing("ScoredPairs", &pairs);
    shows_nothing("Explanation", &model.explain_pair(&records, 0, 1).unwrap());
    let clusters: Clusters = cluster(&model, &records, &pairs.pairs, 0.5).unwrap();
    shows_nothing("Clusters", &clusters);
    let rules = [Survivorship::Longest; 3];
    let golden = golden_records(&records, &clusters, &rules, Provenance::default()).unwrap();
    shows_nothing("GoldenRecords", &golden);
    let named: Vec<(&str, &dyn TextColumn)> = ["name", "mobile", "email"]
        .into_iter()
        .zip(columns())
        .collect();
    shows_nothing("infer_schema", &infer_schema(&named).unwrap());

    let mut store = ProfileStore::from_clusters(model, 0.5, &records, &clusters).unwrap();
    let incoming = ["Quentin Zyxwold", "13877730001", ""];
    shows_nothing("Match", &store.matches(&incoming, 0.01).unwrap());
    shows_nothing(
        "store's Explanation",
        &store.explain(&incoming, RecordId(0)).unwrap(),
    );
    shows_nothing("Added", &store.add(&incoming).unwrap());
    shows_nothing("ProfileStore", &store);
    says_nothing(&store.add(&["Quentin Zyxwold"]).unwrap_err());
    says_nothing(&store.matches(&incoming, 2.0).unwrap_err());
    says_nothing(&store.merge(ClusterId(0), ClusterId(77)).unwrap_err());
    shows_nothing("Erasure", &store.erase(ClusterId(0)).unwrap());
    let mut bytes = store.to_bytes();
    let byte = bytes.len() - 3;
    bytes[byte] ^= 1;
    says_nothing(&ProfileStore::from_bytes(&bytes).unwrap_err());
}

#[test]
fn what_cannot_be_read_is_not_repeated() {
    let china = normalise::CallingCode::CHINA;
    for (kind, value) in [
        (FieldKind::Phone, "call 55x"),
        (FieldKind::Email, "no address"),
        (FieldKind::Date, "Quentin's birthday"),
    ] {
        says_nothing(&normalise::value(kind, value, china).unwrap_err());
    }
}

#[test]
fn what_is_remembered_is_not_shown() {
    let mut wishes = Specifications::default();
    wishes.remember(
        "size",
        "Quentin Zyxwold wants 44",
        "2026-01-01".parse().unwrap(),
    );
    shows_nothing("Specifications", &wishes);
    shows_nothing("Specification", &wishes.recall("size").unwrap());
}

const VALUES: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
const GIVEN: ConsentChange = ConsentChange {
    channel: Channel::Phone,
    is_given: true,
};

fn history(keys: &dyn TextColumn) -> CustomerHistory<'_> {
    CustomerHistory {
        log: vec![Chunk {
            customers: CustomerColumn::Texts(keys),
            times: TimeColumn::Dates(&[1, 2, 3, 4, 5, 6]),
            amounts: AmountColumn::Floats(&VALUES),
            costs: None,
        }],
        potential: Some(KeyedColumn {
            keys,
            values: &VALUES,
        }),
        needs: Some(KeyedColumns {
            keys,
            columns: vec![],
        }),
        loyalty: Some(LoyaltyColumns {
            keys,
            clues: vec![(Clue::Attachment, &[0.5; 6])],
        }),
        ..CustomerHistory::default()
    }
}

fn told(keys: &dyn TextColumn) -> Interactions<'_> {
    Interactions {
        consents: Keyed {
            keys,
            values: &[GIVEN; 6],
        },
        ..Interactions::none("2026-01-05T10:00:00".parse().unwrap())
    }
}

#[test]
fn the_process_shows_nothing_at_any_stage() {
    let keys = KEYS.as_slice();
    let options = IdicOptions {
        actions: vec![NextAction::new(
            "call",
            Channel::Phone,
            ContactPurpose::Sales,
        )],
        training: training(),
        ..IdicOptions::default()
    };
    let mut idic = Idic::new(schema(), options).unwrap();
    let records = CustomerRecords {
        sources: vec![RecordSource {
            keys: &keys,
            fields: columns(),
        }],
        ..CustomerRecords::default()
    };
    shows_nothing("CustomerRecords", &records);
    let twice = ["Kq1", "Kq2", "Kq3", "Kq4", "Kq5", "Kq1"];
    let twice = twice.as_slice();
    let ambiguous = CustomerRecords {
        sources: vec![RecordSource {
            keys: &twice,
            fields: columns(),
        }],
        ..CustomerRecords::default()
    };
    says_nothing(&idic.identify(&ambiguous).unwrap_err());
    idic.identify(&records).unwrap();
    shows_nothing("Idic", &idic);

    let strangers = ["Kq1", "Kq2", "Zyxwold", "Kq4", "Kq5", "Kq6"];
    let strangers = strangers.as_slice();
    let error = idic.differentiate(&history(&strangers)).unwrap_err();
    says_nothing(&error);
    let known = history(&keys);
    shows_nothing("CustomerHistory", &known);
    idic.differentiate(&known).unwrap();
    shows_nothing("Differentiation", &idic.differentiation());

    says_nothing(&idic.interact(&told(&strangers)).unwrap_err());
    shows_nothing("Interactions", &told(&keys));
    idic.interact(&told(&keys)).unwrap();
    idic.customize().unwrap();
    shows_nothing("Idic", &idic);
    shows_nothing("CustomerPlan", &idic.plans().unwrap());
    for language in [crm_core::units::Language::En, crm_core::units::Language::Zh] {
        shows_nothing("PlanReasons", &idic.reasons(0, language).unwrap());
    }
    let mut bytes = idic.to_bytes().unwrap();
    let last = bytes.len() - 3;
    bytes.swap(last, last - 20);
    says_nothing(&Idic::from_bytes(&bytes).unwrap_err());
    let customer = idic.customer_of("Kq1").unwrap();
    shows_nothing("ErasedCustomer", &idic.erase(customer).unwrap());
}
