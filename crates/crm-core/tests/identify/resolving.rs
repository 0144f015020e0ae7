//! Laws of resolution.

use crm_core::ErrorKind;
use crm_core::idic::identify::normalise::{CallingCode, date, email, phone};
use crm_core::idic::identify::{
    AgreementLevel, Blocking, BlockingKey, Clusters, LinkageModel, Provenance, Schema, ScoredPair,
    Side, Survivorship, TrainingOptions, cluster, golden_records, link_one_to_one, possible_links,
    precision_recall, probability_of_weight,
};

use crate::people::{options, people, records, resolved, schema};

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

/// What is not linked, and not too unlikely, is listed.
#[test]
fn possible_links_are_of_two_clusters() {
    let clusters = Clusters {
        of_record: vec![0, 1, 2, 0, 2],
        count: 3,
        split: 0,
    };
    let pair = |a, b, weight| ScoredPair { a, b, weight };
    // A probability of 1/5 is a weight of log₂ 1/4.
    let pairs = [
        pair(0, 3, 5.0),
        pair(0, 4, 3.0),
        pair(1, 3, -2.0),
        pair(1, 4, -2.001),
    ];
    let found = possible_links(&clusters, &pairs, 0.2).unwrap();
    assert_eq!(found, [pair(0, 4, 3.0), pair(1, 3, -2.0)]);
    let refused = |pairs: &[ScoredPair], threshold| {
        let error = possible_links(&clusters, pairs, threshold).unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let out = ErrorKind::OutOfRange;
    assert_eq!(
        refused(&pairs, 0.0),
        (out, "review_threshold".to_owned(), None)
    );
    assert_eq!(
        refused(&pairs, f64::NAN),
        (out, "review_threshold".to_owned(), None)
    );
    assert_eq!(
        refused(&[pair(0, 5, 1.0)], 0.2),
        (out, "pairs".to_owned(), Some(0))
    );
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
    let clusters = Clusters {
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
