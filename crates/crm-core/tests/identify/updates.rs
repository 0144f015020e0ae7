//! Sources, freshness, updates that contradict each other, pseudonyms.

use std::sync::LazyLock;

use crm_core::ErrorKind;
use crm_core::idic::identify::store::{
    ClusterId, CustomerProfile, Origin, ProfileStore, RecordId, SourceId, UpdateOutcome,
};
use crm_core::idic::identify::{
    Clusters, ConflictGround, DataSensitivity, Field, FieldKind, FieldVerdict, LinkageModel,
    Provenance, PseudonymKey, QualityLimits, Records, Schema, Survivorship, cluster, field_quality,
    freshness, golden_records,
};
use crm_core::ledger::TextColumn;
use crm_core::units::Moment;
use proptest::prelude::*;

use crate::people::{columns, options, people, person};
use crate::store::contains;

const NOTHING: [&str; 4] = [""; 4];

fn day(number: i64) -> Moment {
    Moment::from_seconds(number * 86_400).unwrap()
}

/// Family names that last, mobiles of which half change within 100 days.
fn schema() -> Schema {
    let mobile = Field {
        half_life: Some(100.0),
        importance: 3.0,
        ..Field::new("mobile", FieldKind::Phone)
    };
    let fields = vec![
        Field::new("given", FieldKind::Name),
        Field::new("family", FieldKind::Name),
        Field {
            half_life: Some(1000.0),
            ..Field::new("street", FieldKind::Text)
        },
        mobile,
    ];
    Schema::new(fields).unwrap()
}

fn read(schema: &Schema, columns: &[Vec<String>; 4]) -> Records {
    let chunk: Vec<&dyn TextColumn> = columns.iter().map(|c| c as &dyn TextColumn).collect();
    Records::read(schema, &[chunk]).unwrap()
}

/// 60 customers with a record each.
static CUSTOMERS: LazyLock<ProfileStore> = LazyLock::new(|| {
    let records = read(&schema(), &columns((0..60).map(person)));
    let model = LinkageModel::train(&schema(), &records, &options()).unwrap();
    let clusters = Clusters {
        of_record: (0..60).collect(),
        count: 60,
        split: 0,
    };
    ProfileStore::from_clusters(model, 0.5, &records, &clusters).unwrap()
});

/// They, a trusted shop and a list.
fn store() -> (ProfileStore, SourceId, SourceId) {
    let mut store = CUSTOMERS.clone();
    let shop = store.set_source("shop", 0.8).unwrap();
    let list = store.set_source("list", 0.2).unwrap();
    (store, shop, list)
}

fn stands(profile: &CustomerProfile, field: usize) -> &str {
    profile.fields[field].as_ref().unwrap().value.reveal()
}

const CUSTOMER: ClusterId = ClusterId(7);

fn told(
    store: &mut ProfileStore,
    field: usize,
    value: &str,
    source: SourceId,
    at: i64,
) -> UpdateOutcome {
    let mut values = NOTHING;
    values[field] = value;
    let origin = Origin {
        source,
        time: day(at),
    };
    store.update(CUSTOMER, &values, origin).unwrap().fields[field]
}

#[test]
fn a_value_of_known_origin_replaces_one_of_unknown() {
    let (mut store, _, list) = store();
    let before = store.profile(CUSTOMER, day(0)).unwrap();
    // Names do not age; of the others the age is not known, those first that matter most.
    assert_eq!(before.stale, [3, 2]);
    assert_eq!(before.freshness, (1.0 + 1.0) / 6.0);
    assert!(before.conflicts.is_empty());
    assert_eq!(
        told(&mut store, 3, "13900000001", list, 5),
        UpdateOutcome::Replaced
    );
    let profile = store.profile(CUSTOMER, day(105)).unwrap();
    assert_eq!(stands(&profile, 3), "+8613900000001");
    assert_eq!(profile.fields[3].as_ref().unwrap().freshness, Some(0.5));
    assert_eq!(profile.freshness, (1.0 + 1.0 + 3.0 * 0.5) / 6.0);
    assert_eq!(profile.stale, [2]);
    let [conflict] = profile.conflicts[..] else {
        panic!("{:?}", profile.conflicts)
    };
    assert_eq!((conflict.field, conflict.overruled), (3, RecordId(7)));
    assert_eq!(conflict.stands, RecordId(60));
    assert_eq!(conflict.ground, ConflictGround::KnownOrigin);
}

/// The shop is trusted four times as much: it stands for two half-lives.
#[test]
fn trust_wanes_by_half_lives() {
    for (later, outcome, ground) in [
        (199, UpdateOutcome::Overruled, ConflictGround::MoreTrusted),
        (201, UpdateOutcome::Replaced, ConflictGround::MoreRecent),
    ] {
        let (mut store, shop, list) = store();
        told(&mut store, 3, "13900000001", shop, 1000);
        assert_eq!(
            told(&mut store, 3, "13900000002", list, 1000 + later),
            outcome
        );
        let profile = store.profile(CUSTOMER, day(5000)).unwrap();
        assert_eq!(profile.conflicts[0].ground, ground);
    }
    // Names do not age: the more trusted source stands for ever, and of one source the later word.
    let (mut store, shop, list) = store();
    told(&mut store, 1, "Meyer", shop, 0);
    assert_eq!(
        told(&mut store, 1, "Maier", list, 9999),
        UpdateOutcome::Overruled
    );
    assert_eq!(
        told(&mut store, 1, "Mayr", shop, 1),
        UpdateOutcome::Replaced
    );
    assert_eq!(
        told(&mut store, 1, "MAYR", list, 2),
        UpdateOutcome::Confirmed
    );
    let profile = store.profile(CUSTOMER, day(9999)).unwrap();
    assert_eq!(stands(&profile, 1), "mayr");
    let grounds: Vec<ConflictGround> = profile.conflicts.iter().map(|c| c.ground).collect();

    let expected = [
        ConflictGround::MoreRecent,
        ConflictGround::MoreTrusted,
        ConflictGround::KnownOrigin,
    ];
    assert_eq!(grounds, expected);
    // A source that turns out to be wrong.
    store.set_source("shop", 0.1).unwrap();
    let profile = store.profile(CUSTOMER, day(9999)).unwrap();
    assert_eq!(stands(&profile, 1), "maier");
}

#[test]
fn of_values_told_alike_the_later_stands() {
    let (mut store, shop, _) = store();
    told(&mut store, 2, "High Street", shop, 10);
    assert_eq!(
        told(&mut store, 2, "Low Street", shop, 10),
        UpdateOutcome::Replaced
    );
    let profile = store.profile(CUSTOMER, day(10)).unwrap();
    assert_eq!(profile.conflicts[0].ground, ConflictGround::LaterRecord);
    assert_eq!(profile.fields[2].as_ref().unwrap().freshness, Some(1.0));
}

#[test]
fn updates_survive_saving_and_not_erasing() {
    let (mut store, shop, _) = store();
    told(&mut store, 3, "13977777777", shop, 12_345);
    let origin = Origin {
        source: shop,
        time: day(12_345),
    };
    let added = store
        .add_from(&["zoe", "quandt", "", "13977777777"], origin)
        .unwrap();
    store.set_origin(RecordId(7), origin).unwrap();
    let now = day(20_000);
    let mut opened = ProfileStore::from_bytes(&store.to_bytes()).unwrap();
    assert_eq!(opened.sources(), store.sources());
    assert_eq!(
        opened.profile(CUSTOMER, now).unwrap(),
        store.profile(CUSTOMER, now).unwrap()
    );
    let moment = day(12_345).seconds().to_le_bytes();
    let has_moment =
        |store: &ProfileStore| store.to_bytes().windows(8).any(|window| window == moment);
    assert!(has_moment(&opened) && contains(&opened.to_bytes(), "13977777777"));
    opened.erase(CUSTOMER).unwrap();
    if added.cluster != CUSTOMER {
        opened.erase(added.cluster).unwrap();
    }
    assert!(!has_moment(&opened) && !contains(&opened.to_bytes(), "13977777777"));
    let error = opened.profile(CUSTOMER, now).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let opened_again = ProfileStore::from_bytes(&opened.to_bytes()).unwrap();
    assert_eq!(opened_again.len(), opened.len());
    assert_eq!(
        opened_again.members(ClusterId(8)),
        opened.members(ClusterId(8))
    );
}

#[test]
fn what_updates_refuse() {
    let (mut store, shop, _) = store();
    let origin = |source, time| Origin { source, time };
    let known = origin(shop, day(100));
    let values = ["ann", "", "", ""];
    let kinds = [
        store.update(ClusterId(99), &values, known).unwrap_err(),
        store.update(CUSTOMER, &NOTHING, known).unwrap_err(),
        store.update(CUSTOMER, &["ann"], known).unwrap_err(),
        store
            .update(CUSTOMER, &values, origin(SourceId(9), day(0)))
            .unwrap_err(),
        store.set_source("list", 0.0).unwrap_err(),
        store.set_source("list", f64::NAN).unwrap_err(),
        store.set_origin(RecordId(99), known).unwrap_err(),
    ]
    .map(|error| (error.kind(), error.argument().to_owned()));
    use ErrorKind::{Empty, LengthMismatch, NotFound, OutOfRange};
    let expected = [
        (NotFound, "cluster"),
        (Empty, "values"),
        (LengthMismatch, "values"),
        (NotFound, "source"),
        (OutOfRange, "trust"),
        (OutOfRange, "trust"),
        (NotFound, "record"),
    ];
    assert_eq!(
        kinds,
        expected.map(|(kind, argument)| (kind, argument.to_owned()))
    );
    store.update(CUSTOMER, &values, known).unwrap();
    let error = store.profile(CUSTOMER, day(99)).unwrap_err();
    assert_eq!((error.kind(), error.argument()), (OutOfRange, "now"));
    let shown = format!("{:?}", store.profile(CUSTOMER, day(100)).unwrap());
    assert!(shown.contains("<personal>") && !shown.contains("ann"));
}

#[test]
fn fields_that_need_care_are_listed() {
    let mut people = people(40);
    people[2].fill("unknown".to_owned());
    let records = read(&schema(), &people);
    let times: Vec<Moment> = (0..records.len()).map(|_| day(0)).collect();
    let quality = |now| {
        let limits = QualityLimits::default();
        field_quality(&schema(), &records, Some(&times), now, limits).unwrap()
    };
    use FieldVerdict::{Stale, Useful, Useless};
    let late = quality(day(150));
    let listed: Vec<(usize, FieldVerdict)> = late.iter().map(|q| (q.field, q.verdict)).collect();
    assert_eq!(listed, [(3, Stale), (0, Useful), (1, Useful), (2, Useless)]);
    let fresh = late[0].freshness.unwrap();
    assert!((fresh - freshness(150.0, 100.0).unwrap()).abs() < 1e-12);
    assert_eq!(late[0].filled, 56.0 / 60.0);
    assert_eq!((late[3].different, late[3].filled), (1, 1.0));
    assert_eq!(quality(day(50))[0].verdict, Useful);
    let error = field_quality(
        &schema(),
        &records,
        Some(&times),
        day(-1),
        QualityLimits::default(),
    )
    .unwrap_err();
    assert_eq!(
        (error.kind(), error.row()),
        (ErrorKind::OutOfRange, Some(0))
    );
}

/// What `golden_records` decides is what a store decides of the same records.
#[test]
fn the_most_credible_value_survives() {
    let mut customers = columns((0..3).map(person));
    customers[3] = ["13900000001", "13900000002", "13900000003"]
        .map(str::to_owned)
        .to_vec();
    let records = read(&schema(), &customers);
    let clusters = Clusters {
        of_record: vec![0; 3],
        count: 1,
        split: 0,
    };
    let times = [0, 150 * 86_400, 250 * 86_400];
    let golden = |trust: [f64; 3]| {
        let provenance = Provenance {
            times: Some(&times),
            trust: Some(&trust),
        };
        golden_records(
            &records,
            &clusters,
            &[Survivorship::MostCredible; 4],
            provenance,
        )
    };
    // By weights 0.9 : 0.3 · 2^1.5 : 0.1 · 2^2.5 the second mobile; names do not age.
    assert_eq!(
        golden([0.9, 0.33, 0.1]).unwrap().sources,
        [[Some(0)], [Some(0)], [Some(0)], [Some(1)]]
    );
    let error = golden([0.9, 0.0, 0.1]).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument(), error.row()),
        (ErrorKind::OutOfRange, "trust", Some(1))
    );
}

/// Records of pseudonyms are linked by those who never saw a name.
#[test]
fn pseudonyms_link() {
    let mut fields = schema().fields().to_vec();
    fields[2].sensitivity = DataSensitivity::Sensitive;
    fields[1].sensitivity = DataSensitivity::Open;
    let schema = Schema::new(fields).unwrap().swappable(0, 1).unwrap();
    let mut people = people(200);
    people[2].fill("catholic".to_owned());
    let hidden = |key: u8| {
        let key = PseudonymKey::new(&[key; 32]).unwrap();
        assert!(!format!("{key:?}").contains('7'));
        let value = |field: usize, row: usize| {
            key.value(
                &schema.fields()[field],
                &people[field][row],
                schema.calling_code(),
            )
        };
        let rows = (0..people[0].len()).map(|row| [0, 1, 2, 3].map(|field| value(field, row)));
        columns(rows)
    };
    let hidden_people = hidden(7);
    assert_ne!(hidden_people[0], hidden(8)[0]);
    let schema = schema.pseudonymous().unwrap();
    let kinds: Vec<FieldKind> = schema.fields().iter().map(|field| field.kind).collect();
    use FieldKind::{Name, Pseudonym, Text};
    assert_eq!(kinds, [Pseudonym, Name, Text, Pseudonym]);
    for field in [0, 3] {
        let is_hidden = |value: &String| value.is_empty() || value.len() == 64;
        assert!(hidden_people[field].iter().all(is_hidden));
        let shown = hidden_people[field].concat();
        let mut values = people[field].iter().filter(|value| !value.is_empty());
        assert!(values.all(|value| !shown.contains(value.as_str())));
    }
    assert!(hidden_people[2].iter().all(String::is_empty));
    assert_eq!(hidden_people[1][0], people[1][0]);
    let records = read(&schema, &hidden_people);
    let model = LinkageModel::train(&schema, &records, &options()).unwrap();
    let pairs = model.score(&records, 0.5).unwrap().pairs;
    let clusters = cluster(&model, &records, &pairs, 0.5).unwrap();
    // Customers whose birthday was left out the second time have the same name and mobile.
    for again in (0..100).filter(|again| again % 5 == 4) {
        assert_eq!(clusters.of_record[200 + again], 2 * again as u32);
    }
    assert_eq!(
        PseudonymKey::new(&[1; 31]).unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
}

proptest! {
    /// Which value stands does not hang on the moment that is asked for, nor on the order in which values came.
    #[test]
    fn what_stands_is_the_greatest_standing(
        claims in prop::collection::vec((0_i64..2000, 0.01_f64..1.0), 1..6),
        turned in any::<bool>(),
    ) {
        let (mut store, ..) = store();
        let mut order: Vec<usize> = (0..claims.len()).collect();
        if turned {
            order.reverse();
        }
        for place in order {
            let (at, trust) = claims[place];
            let source = store.set_source(&place.to_string(), trust).unwrap();
            told(&mut store, 3, &format!("1390000000{place}"), source, at);
        }
        let standing = |now: i64, place: usize| {
            let (at, trust) = claims[place];
            trust * freshness((now - at) as f64, 100.0).unwrap()
        };
        for now in [2000, 2500] {
            let profile = store.profile(CUSTOMER, day(now)).unwrap();
            let place: usize = stands(&profile, 3)[13..].parse().unwrap();
            let best = (0..claims.len()).map(|each| standing(now, each)).fold(0.0, f64::max);
            prop_assert!(standing(now, place) >= best * (1.0 - 1e-9));
            prop_assert_eq!(profile.conflicts.len(), claims.len());
        }
    }
}
