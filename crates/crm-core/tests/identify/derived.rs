//! E-mail addresses that are made of names: people of one name have one address.

use std::collections::BTreeSet;

use crm_core::ErrorKind;
use crm_core::idic::identify::store::{ProfileStore, RecordId};
use crm_core::idic::identify::{
    AgreementLevel, Field, FieldKind, LinkageModel, Records, Schema, ScoredPair, Side, cluster,
};
use crm_core::ledger::TextColumn;

use crate::people::{options, person};

const PEOPLE: usize = 1_200;
const EXACT: usize = AgreementLevel::Exact as usize;

type Row = [String; 5];

/// Everybody once, and every third a second time, with slips and without some values.
fn rows() -> (Vec<Row>, BTreeSet<(u32, u32)>) {
    let row = |i| {
        let [given, family, born, mobile] = person(i);
        let email = format!("{given}.{family}@example.org");
        [given, family, born, mobile, email]
    };
    let again = |i: usize| {
        let mut row: Row = row(i);
        let nth = i / 3;
        match nth % 4 {
            0 => row[1].insert(2, 'q'),
            1 => row[2].clear(),
            2 => row[0] = format!("{}nickname", row[1]),
            _ => {}
        }
        if !nth.is_multiple_of(3) {
            row[3] = format!("139{:08}", 7_919 * (i + 1));
        }
        match nth % 5 {
            0 => row[4] = format!("box{nth}@example.net"),
            1 => row[4].clear(),
            _ => {}
        }
        row
    };
    let second: Vec<usize> = (0..PEOPLE).step_by(3).collect();
    let matches = (PEOPLE as u32..).zip(&second);
    let matches = matches.map(|(b, &a)| (a as u32, b)).collect();
    let rows = (0..PEOPLE).map(row);
    (
        rows.chain(second.iter().map(|&i| again(i))).collect(),
        matches,
    )
}

fn read(schema: &Schema, rows: &[Row]) -> Records {
    let fields = schema.fields().len();
    let column = |field: usize| rows.iter().map(|row| row[field].clone()).collect();
    let columns: Vec<Vec<String>> = (0..fields).map(column).collect();
    let chunk: Vec<&dyn TextColumn> = columns.iter().map(|c| c as &dyn TextColumn).collect();
    Records::read(schema, &[chunk]).unwrap()
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("given", FieldKind::Name),
        Field::new("family", FieldKind::Name),
        Field::new("born", FieldKind::Date),
        Field::new("mobile", FieldKind::Phone),
        Field::new("email", FieldKind::Email),
    ]
}

fn f1(pairs: &[ScoredPair], matches: &BTreeSet<(u32, u32)>) -> f64 {
    let right = pairs.iter().filter(|p| matches.contains(&(p.a, p.b)));
    2.0 * right.count() as f64 / (pairs.len() + matches.len()) as f64
}

/// F1 of the pairs of a probability of 0.5 or more, and the model.
fn found(schema: &Schema) -> (f64, LinkageModel) {
    let (rows, matches) = rows();
    let records = read(schema, &rows);
    let model = LinkageModel::train(schema, &records, &options()).unwrap();
    let pairs = model.score(&records, 0.5).unwrap().pairs;
    (f1(&pairs, &matches), model)
}

#[test]
fn addresses_made_of_names_are_not_taken_for_evidence_twice() {
    let (taken_twice, _) = found(&Schema::new(fields()).unwrap());
    let (left_out, _) = found(&Schema::new(fields()[..4].to_vec()).unwrap());
    let schema = Schema::new(fields()).unwrap().derived(4, &[0, 1]).unwrap();
    let (derived, model) = found(&schema);
    assert!(derived > taken_twice + 0.5 && derived > left_out - 0.002);

    // Two people of one name nearly always have one address, two of different names hardly ever.
    let of_names = model.derived()[4].unwrap();
    assert!(of_names.u[EXACT] > 0.85 && model.fields()[4].u[EXACT] < 2e-3);
    assert!(of_names.weight(AgreementLevel::Exact).abs() < 1.0);
    assert!(model.fields()[4].weight(AgreementLevel::Exact) > 8.0);
    assert!(model.derived()[..4].iter().all(Option::is_none));
}

/// Pairs are weighed in three ways: to decide quickly, one by one, and against a store.
#[test]
fn a_pair_weighs_the_same_wherever_it_is_weighed() {
    let schema = Schema::new(fields()).unwrap().derived(4, &[0, 1]).unwrap();
    let (rows, _) = rows();
    let records = read(&schema, &rows);
    let model = LinkageModel::train(&schema, &records, &options()).unwrap();
    let pairs = model.score(&records, 1e-4).unwrap().pairs;
    let mut followed = 0;
    for pair in &pairs {
        let why = model
            .explain_pair(&records, pair.a as usize, pair.b as usize)
            .unwrap();
        assert!((why.weight - pair.weight).abs() < 1e-6, "{pair:?}");
        let of_names = model.derived()[4].unwrap();
        let email = why.fields[4];
        if email.level == AgreementLevel::Exact && email.weight == of_names.weight(email.level) {
            assert_eq!(email.term_frequency, 0.0);
            followed += 1;
        }
    }
    assert!(followed > 100 && followed < pairs.len());

    let clusters = cluster(&model, &records, &pairs, 0.5).unwrap();
    let store = ProfileStore::from_clusters(model, 0.5, &records, &clusters).unwrap();
    let read = ProfileStore::from_bytes(&store.to_bytes()).unwrap();
    assert_eq!(read.to_bytes(), store.to_bytes());
    assert_eq!(read.model(), store.model());
    for row in (0..rows.len()).step_by(97) {
        let texts = rows[row].each_ref().map(String::as_str);
        let likely = read.matches(&texts, 1e-4).unwrap();
        let of_row = pairs
            .iter()
            .filter(|p| row == p.a as usize || row == p.b as usize);
        for pair in of_row {
            let other = RecordId(u64::from(pair.a + pair.b) - row as u64);
            let one = likely.iter().find(|one| one.record == other).unwrap();
            assert!((one.weight - pair.weight).abs() < 1e-6);
            assert_eq!(one.weight, read.explain(&texts, other).unwrap().weight);
        }
    }
}

#[test]
fn what_a_field_is_made_of_is_there_and_is_not_made_itself() {
    let refused = |fields: Vec<Field>, field, from: &[usize]| {
        let error = Schema::new(fields)
            .unwrap()
            .derived(field, from)
            .unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let at = |row| (ErrorKind::OutOfRange, "fields".to_owned(), Some(row));
    assert_eq!(refused(fields(), 4, &[0, 5]), at(4));
    assert_eq!(refused(fields(), 4, &[4]), at(4));
    let (out, field) = (ErrorKind::OutOfRange, "field".to_owned());
    assert_eq!(refused(fields(), 5, &[0]), (out, field, None));
    let mut chained = fields();
    chained[4].derived_from = vec![0, 1];
    assert_eq!(refused(chained, 3, &[4]), at(3));
    let mut partners = fields();
    partners[4].partner = Some(3);
    assert_eq!(refused(partners, 4, &[0]), at(4));
    let mut fixed = fields();
    fixed[4] = fixed[4]
        .clone()
        .fix(Side::Match, AgreementLevel::Exact, 0.5);
    assert_eq!(refused(fixed, 4, &[0]), at(4));
}
