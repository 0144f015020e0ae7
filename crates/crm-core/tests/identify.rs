//! Laws of entity resolution.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::idic::identify::distance::{
    damerau_levenshtein, jaro, jaro_winkler, levenshtein, osa, token_set,
};
use crm_core::idic::identify::normalise::{
    self, CallingCode, address, date, email, name, phone, romanised,
};
use crm_core::idic::identify::{
    AgreementLevel, Blocking, BlockingKey, Field, FieldKind, LinkageModel, Provenance, Records,
    Schema, ScoredPair, Side, Survivorship, TrainingOptions, cluster, golden_records,
    link_one_to_one, precision_recall, probability_of_weight,
};
use crm_core::ledger::TextColumn;
use crm_core::{ErrorKind, Result};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vectors::check;

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

/// Customers 0 to `count` − 1 once each, then every second one again with a slip in one field.
fn people(count: usize) -> [Vec<String>; 4] {
    let person = |i: usize| {
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
    };
    let mut columns: [Vec<String>; 4] = Default::default();
    let mut push = |row: [String; 4]| {
        columns
            .iter_mut()
            .zip(row)
            .for_each(|(column, value)| column.push(value));
    };
    (0..count).for_each(|i| push(person(i)));
    for i in (0..count).step_by(2) {
        let mut row = person(i);
        match i / 2 % 5 {
            0 => row[0].push('x'),
            1 => row[1].insert(2, 'q'),
            2 => row[3] = String::new(),
            3 => row.swap(0, 1),
            _ => row[2] = String::new(),
        }
        push(row);
    }
    columns
}

fn schema() -> Schema {
    let fields = vec![
        Field::new("given", FieldKind::Name),
        Field::new("family", FieldKind::Name),
        Field::new("born", FieldKind::Date),
        Field::new("mobile", FieldKind::Phone),
    ];
    Schema::new(fields).unwrap().swappable(0, 1).unwrap()
}

fn records(columns: &[Vec<String>; 4]) -> Records {
    let chunk: Vec<&dyn TextColumn> = columns
        .iter()
        .map(|column| column as &dyn TextColumn)
        .collect();
    Records::read(&schema(), &[chunk]).unwrap()
}

fn options() -> TrainingOptions {
    TrainingOptions {
        random_pairs: 20_000,
        ..TrainingOptions::default()
    }
}

fn resolved(records: &Records) -> (LinkageModel, Vec<ScoredPair>) {
    let model = LinkageModel::train(&schema(), records, &options()).unwrap();
    let pairs = model.score(records, 0.01).unwrap().pairs;
    (model, pairs)
}

#[test]
fn slips_are_found() {
    let records = records(&people(400));
    let (model, pairs) = resolved(&records);
    let matches: Vec<(u32, u32)> = (0..200).map(|i| (2 * i, 400 + i)).collect();
    let found: Vec<(u32, u32)> = pairs
        .iter()
        .filter(|p| p.probability() >= 0.5)
        .map(|p| (p.a, p.b))
        .collect();
    assert_eq!(found, matches);
    let curve = precision_recall(&pairs, &matches).unwrap();
    assert!(curve.iter().any(|point| point.f1 == 1.0));
    let clusters = cluster(&model, &records, &pairs, 0.5).unwrap();
    assert_eq!(clusters.count, 400);
    assert!((0..200).all(|i| clusters.of_record[400 + i] == 2 * i as u32));
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let records = records(&people(300));
            let (model, pairs) = resolved(&records);
            let bits: Vec<u64> = pairs.iter().map(|pair| pair.weight.to_bits()).collect();
            (model, pairs, bits)
        })
    };
    assert_eq!(run(1), run(5));
}

#[test]
fn weights_add_up_to_the_explanation() {
    let records = records(&people(200));
    let (model, pairs) = resolved(&records);
    for pair in pairs {
        let why = model
            .explain_pair(&records, pair.a as usize, pair.b as usize)
            .unwrap();
        let bits: f64 = why
            .fields
            .iter()
            .map(|field| field.weight + field.term_frequency)
            .sum();
        assert!((why.prior + bits - why.weight).abs() < 1e-9);
        assert!((why.weight - pair.weight).abs() < 1e-5);
        assert_eq!(why.probability, probability_of_weight(why.weight));
    }
}

/// u of exact agreement is the share of all pairs that agree, counted here one by one, without the matches among them.
#[test]
fn agreement_at_random_is_counted() {
    let columns = people(100);
    let records = records(&columns);
    let (model, _) = resolved(&records);
    let rows = columns[1].len();
    let mut agreeing = 0.0;
    for b in 0..rows {
        agreeing += (0..b).filter(|&a| columns[1][a] == columns[1][b]).count() as f64;
    }
    let share = agreeing / (rows * (rows - 1) / 2) as f64;
    let field = model.fields()[1];
    let exact = AgreementLevel::Exact as usize;
    assert!((field.mean_frequency - share).abs() < 1e-12);
    let mixed = model.prior() * field.m[exact] + (1.0 - model.prior()) * field.u[exact];
    assert!((mixed - share).abs() < 1e-3, "{mixed} {share}");
}

#[test]
fn what_is_set_by_hand_stays() {
    let mut fields = schema().fields().to_vec();
    fields[2] = fields[2]
        .clone()
        .fix(Side::Match, AgreementLevel::Exact, 0.75)
        .fix(Side::NonMatch, AgreementLevel::Exact, 0.001);
    let schema = Schema::new(fields).unwrap();
    let options = TrainingOptions {
        prior: Some(0.002),
        ..options()
    };
    let records = records(&people(200));
    let model = LinkageModel::train(&schema, &records, &options).unwrap();
    let exact = AgreementLevel::Exact as usize;
    assert_eq!(
        (model.fields()[2].m[exact], model.fields()[2].u[exact]),
        (0.75, 0.001)
    );
    assert_eq!(model.prior(), 0.002);
    let total: f64 = model.fields()[2].m.iter().sum();
    assert!((total - 1.0).abs() < 1e-6);
}

#[test]
fn keys_given_are_the_only_ones() {
    let records = records(&people(200));
    let keys = vec![BlockingKey { fields: vec![3] }];
    let blocking = Blocking {
        keys: keys.clone(),
        ..Blocking::default()
    };
    let options = TrainingOptions {
        blocking,
        ..options()
    };
    let model = LinkageModel::train(&schema(), &records, &options).unwrap();
    assert_eq!(model.keys(), keys);
    let scored = model.score(&records, 0.01).unwrap();
    // A fifth of the second records has no phone number.
    assert_eq!(scored.compared, 80);
}

#[test]
fn one_to_one_takes_the_heaviest() {
    let columns = people(3);
    let records = records(&columns);
    let pair = |a, b, weight| ScoredPair { a, b, weight };
    let pairs = [
        pair(0, 3, 5.0),
        pair(0, 4, 7.0),
        pair(1, 3, 1.0),
        pair(1, 4, 6.0),
        pair(2, 3, -9.0),
    ];
    let linked = link_one_to_one(&records, &pairs, 0.5).unwrap();
    assert_eq!(linked, [pair(0, 4, 7.0), pair(1, 3, 1.0)]);
    assert_eq!(
        link_one_to_one(&records, &pairs, 1.0).unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
}

/// Two families that one doubtful record holds together are two clusters.
#[test]
fn a_weak_bridge_is_cut() {
    let mut columns = people(300);
    let rows = columns[0].len();
    let copy = |columns: &mut [Vec<String>; 4], row: usize| {
        columns
            .iter_mut()
            .for_each(|column| column.push(column[row].clone()));
    };
    (0..3).for_each(|_| copy(&mut columns, 1));
    (0..3).for_each(|_| copy(&mut columns, 3));
    let records = records(&columns);
    let (model, mut pairs) = resolved(&records);
    let (first, second) = (rows as u32, rows as u32 + 3);
    pairs.push(ScoredPair {
        a: first,
        b: second,
        weight: 1.0,
    });
    let clusters = cluster(&model, &records, &pairs, 0.5).unwrap();
    assert_eq!(clusters.of_record[first as usize], 1);
    assert_eq!(clusters.of_record[second as usize], 3);
    assert_eq!(clusters.split, 1);
}

#[test]
fn values_survive_by_rule() {
    let values = [
        vec!["ann".to_owned(), "anne".into(), "ann".into()],
        vec!["lee".to_owned(), String::new(), "leeds".into()],
        vec![String::new(), String::new(), String::new()],
        vec![
            "13800000001".to_owned(),
            "13800000002".into(),
            "13800000003".into(),
        ],
    ];
    let records = records(&values);
    let clusters = crm_core::idic::identify::Clusters {
        of_record: vec![0, 0, 0],
        count: 1,
        split: 0,
    };
    let golden = |rule, provenance| golden_records(&records, &clusters, &[rule; 4], provenance);
    let (times, trust) = ([3, 2, 1], [0.5, 0.9, 0.1]);
    let known = Provenance {
        times: Some(&times),
        trust: Some(&trust),
    };
    let sources = |rule| golden(rule, known).unwrap().sources.concat();
    assert_eq!(
        sources(Survivorship::MostRecent),
        [Some(0), Some(0), None, Some(0)]
    );
    assert_eq!(
        sources(Survivorship::MostTrusted),
        [Some(1), Some(0), None, Some(1)]
    );
    assert_eq!(
        sources(Survivorship::Longest),
        [Some(1), Some(2), None, Some(0)]
    );
    assert_eq!(
        sources(Survivorship::MostFrequent),
        [Some(0), Some(0), None, Some(0)]
    );
    assert_eq!(
        golden(Survivorship::Longest, known).unwrap().conflicts,
        [1, 1, 0, 1]
    );
    let error = golden(Survivorship::MostRecent, Provenance::default()).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::Missing, "times")
    );
}

#[test]
fn debug_and_errors_show_nothing_personal() {
    let columns = people(50);
    let records = records(&columns);
    let (model, pairs) = resolved(&records);
    let why = model.explain_pair(&records, 0, 50).unwrap();
    let shown = format!("{records:?} {model:?} {pairs:?} {why:?}");
    for value in columns.iter().flatten().filter(|value| value.len() > 3) {
        assert!(!shown.contains(value.as_str()), "{value}");
    }
    assert!(shown.contains("<personal>"));
    let refused = [
        (phone("+49 12", CallingCode::CHINA).unwrap_err(), "12"),
        (email("ann.lee").unwrap_err(), "ann"),
        (date("1990-02-31").unwrap_err(), "1990"),
    ];
    for (error, value) in refused {
        assert_eq!((error.kind(), error.value()), (ErrorKind::Unreadable, None));
        assert!(!error.to_string().contains(value), "{error}");
    }
}

#[test]
fn published_similarities() {
    // Winkler 1990, table 1.
    for (a, b, expected) in [
        ("MARTHA", "MARHTA", 0.961),
        ("DWAYNE", "DUANE", 0.84),
        ("DIXON", "DICKSONX", 0.813),
        ("JONES", "JOHNSON", 0.832),
    ] {
        assert!(
            (jaro_winkler(a, b) - expected).abs() <= 5e-4,
            "{a} {b} {}",
            jaro_winkler(a, b)
        );
    }
    // The bonus is given above 0.7 only.
    assert_eq!(
        jaro_winkler("abcdefgh", "abxyzuvw"),
        jaro("abcdefgh", "abxyzuvw")
    );
    assert_eq!(
        (
            osa("ca", "abc"),
            damerau_levenshtein("ca", "abc"),
            levenshtein("ca", "abc")
        ),
        (3, 2, 3)
    );
    assert_eq!(levenshtein("王小明", "王晓明"), 1);
}

#[test]
fn the_same_person_in_two_scripts() {
    let columns = [
        vec!["王小明".to_owned(), "Xiaoming Wang".into(), "李雷".into()],
        vec![String::new(); 3],
        vec![
            "1990-05-03".to_owned(),
            "1990年5月3日".into(),
            "1988-01-30".into(),
        ],
        vec![
            "13812345678".to_owned(),
            "+86 138 1234 5678".into(),
            "13911112222".into(),
        ],
    ];
    let records = records(&columns);
    let (model, _) = resolved(&records);
    let why = model.explain_pair(&records, 0, 1).unwrap();
    let levels: Vec<AgreementLevel> = why.fields.iter().map(|field| field.level).collect();
    use AgreementLevel::{Close, Exact, Missing};
    assert_eq!(levels, [Close, Missing, Exact, Exact]);
}

/// By recursion over all edits, as the definition says.
fn osa_by_definition(a: &[char], b: &[char]) -> usize {
    match (a, b) {
        ([], rest) | (rest, []) => rest.len(),
        ([a0, a_rest @ ..], [b0, b_rest @ ..]) => {
            let mut least = (osa_by_definition(a_rest, b) + 1)
                .min(osa_by_definition(a, b_rest) + 1)
                .min(osa_by_definition(a_rest, b_rest) + usize::from(a0 != b0));
            if let ([a1, a_rest @ ..], [b1, b_rest @ ..]) = (a_rest, b_rest)
                && a0 == b1
                && a1 == b0
            {
                least = least.min(osa_by_definition(a_rest, b_rest) + 1);
            }
            least
        }
    }
}

proptest! {
    #[test]
    fn distances_are_what_they_say(a in "[ab明]{0,6}", b in "[ab明]{0,6}", c in "[ab明]{0,6}") {
        let characters = |text: &str| text.chars().collect::<Vec<char>>();
        prop_assert_eq!(osa(&a, &b), osa_by_definition(&characters(&a), &characters(&b)));
        for distance in [levenshtein, osa, damerau_levenshtein] {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
        }
        prop_assert!(damerau_levenshtein(&a, &b) <= osa(&a, &b) && osa(&a, &b) <= levenshtein(&a, &b));
        prop_assert!(damerau_levenshtein(&a, &c) <= damerau_levenshtein(&a, &b) + damerau_levenshtein(&b, &c));
        for similarity in [jaro, jaro_winkler, token_set] {
            let found = similarity(&a, &b);
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert_eq!(similarity(&a, &a), 1.0);
        }
        prop_assert!(jaro_winkler(&a, &b) >= jaro(&a, &b));
    }

    #[test]
    fn what_is_normal_stays(text in "\\PC{0,20}") {
        for normalise in [name as fn(&str) -> String, address] {
            let normal = normalise(&text);
            prop_assert_eq!(normalise(&normal), normal);
        }
        if let Ok(number) = phone(&text, CallingCode::CHINA) {
            prop_assert_eq!(phone(&number, CallingCode::CHINA).unwrap(), number);
        }
        if let Ok(address) = email(&text) {
            prop_assert_eq!(email(&address).unwrap(), address);
        }
    }
}

/// The cases of tests/vectors/identify.json.
#[test]
fn vectors_of_identify() {
    let text = include_str!("../../../tests/vectors/identify.json");
    check(text, |function, arguments| vec![run(function, arguments)]);
}

fn run(function: &str, arguments: &Map<String, Value>) -> Result<Value> {
    let text = |name: &str| arguments[name].as_str().unwrap();
    Ok(match function {
        "jaro" => json!(jaro(text("a"), text("b"))),
        "jaro_winkler" => json!(jaro_winkler(text("a"), text("b"))),
        "token_set" => json!(token_set(text("a"), text("b"))),
        "levenshtein" => json!(levenshtein(text("a"), text("b"))),
        "osa" => json!(osa(text("a"), text("b"))),
        "damerau_levenshtein" => json!(damerau_levenshtein(text("a"), text("b"))),
        "pinyin" => json!(romanised(&name(text("given")))),
        "normalise" => {
            let kind = serde_json::from_value(arguments["kind"].clone()).unwrap();
            let code = arguments["calling_code"].as_u64().unwrap() as u16;
            json!(normalise::value(
                kind,
                text("given"),
                CallingCode::new(code)?
            )?)
        }
        _ => panic!("no such function: {function}"),
    })
}
