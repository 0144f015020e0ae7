//! Whose records are whose, which are left out, erased, out of date.

use crm_core::ErrorKind;
use crm_core::idic::identify::{Provenance, Schema};
use crm_core::idic::pipeline::{
    CustomerHistory, CustomerRecords, Idic, IdicOptions, IdicStage, Outcome, Prepared,
    RecordSource, Round,
};
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, TimeColumn};
use crm_core::units::Language;

use crate::world::{PEOPLE, finished, now, options, round, schema, world};

#[test]
fn what_no_record_knows_is_left_out_and_counted_where_asked() {
    let world = world();
    let options = IdicOptions {
        skip_unknown: true,
        ..options()
    };
    let mut idic = Idic::new(schema(), options).unwrap();
    idic.identify(&world.records()).unwrap();
    let customers = ["A1", "nobody", "A1", "A2"];
    idic.differentiate(&CustomerHistory {
        log: vec![Chunk {
            customers: CustomerColumn::Texts(&customers.as_slice()),
            times: TimeColumn::Dates(&[1, 2, 3, 4]),
            amounts: AmountColumn::Minor {
                units: &[100, 5000, 20, -30],
                scale: 2,
            },
            costs: None,
        }],
        ..CustomerHistory::default()
    })
    .unwrap();
    let found = idic.differentiation().unwrap();
    assert_eq!(
        (found.counts().transactions, found.counts().left_out),
        (3, 1)
    );
    let row = |key: &str| {
        let customer = idic.customer_of(key).unwrap();
        let customers = idic.identity().unwrap().customers();
        customers.binary_search(&customer).unwrap()
    };
    assert_eq!(found.current()[row("A1")], 1.2);
    assert_eq!(found.current()[row("A2")], -0.3);
}

#[test]
fn a_customer_is_erased_with_every_trace() {
    let world = world();
    let mut idic = finished(&world);
    let customer = idic.customer_of("B8").unwrap();
    let plan = *idic
        .plans()
        .unwrap()
        .iter()
        .find(|plan| plan.customer == customer)
        .unwrap();
    let row = world.keys.iter().position(|key| key == "B8").unwrap();
    let person = world.keys.iter().position(|key| key == "A8").unwrap();
    let traces = [
        "\"B8\"",
        "\"A8\"",
        &world.mobiles[row],
        &world.emails[person],
        &world.names[row].to_lowercase(),
    ];
    let holds = |bytes: &[u8], trace: &str| {
        bytes
            .windows(trace.len())
            .any(|part| part == trace.as_bytes())
    };
    let before = idic.to_bytes().unwrap();
    for trace in traces {
        assert!(holds(&before, trace), "{trace} is there before");
    }
    let erased = idic.erase(customer).unwrap();
    assert_eq!((erased.profile.records.len(), erased.keys), (2, 2));
    assert!(erased.decisions >= 1);
    assert_eq!(idic.stage(), IdicStage::Prepare);
    let after = idic.to_bytes().unwrap();
    for trace in traces {
        assert!(!holds(&after, trace), "{trace} is gone");
    }
    assert_eq!(idic.customer_of("A8"), None);
    let outcome = Outcome {
        decision: plan.decision,
        at: now(),
        contact: None,
        reward: 1.0,
    };
    assert_eq!(
        idic.learn(&[outcome]).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        idic.erase(customer).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn a_later_record_joins_its_customer_or_is_a_new_one() {
    let world = world();
    let mut idic = finished(&world);
    let known = idic.customer_of("A1").unwrap();
    idic.next_round();
    let keys = ["C1", "C2"];
    let names = [world.names[2].as_str(), "Zacharias Quartermain"];
    let mobiles = [world.mobiles[2].as_str(), "13999999999"];
    let emails = [world.emails[2].as_str(), "zq@example.net"];
    let key = idic.customer_of(&world.keys[2]);
    idic.identify(&CustomerRecords {
        sources: vec![RecordSource {
            keys: &keys.as_slice(),
            fields: vec![&names.as_slice(), &mobiles.as_slice(), &emails.as_slice()],
        }],
        ..CustomerRecords::default()
    })
    .unwrap();
    assert_eq!(idic.customer_of("C1"), key);
    assert_eq!(idic.customer_of("A1"), Some(known), "numbers stay");
    let identity = idic.identity().unwrap();
    assert_eq!(identity.counts().joined, 1);
    assert_eq!(identity.customers().last().copied(), idic.customer_of("C2"));
    assert_eq!(identity.len(), PEOPLE + 1);
}

#[test]
fn keys_are_needed_and_differ() {
    let world = world();
    let identify = |keys: &Vec<String>| {
        let source = RecordSource {
            keys,
            fields: world.records().sources[0].fields.clone(),
        };
        let round = Round::<Prepared>::new(schema(), options()).unwrap();
        let records = CustomerRecords {
            sources: vec![source],
            ..CustomerRecords::default()
        };
        round.identify(&records).map(drop).unwrap_err()
    };
    let mut keys = world.keys.clone();
    keys[3] = String::new();
    assert_eq!(
        (identify(&keys).kind(), identify(&keys).row()),
        (ErrorKind::Missing, Some(3))
    );
    keys[3] = keys[1].clone();
    assert_eq!(
        (identify(&keys).kind(), identify(&keys).row()),
        (ErrorKind::OutOfRange, Some(3))
    );
    assert!(!identify(&keys).to_string().contains(&keys[1]));
    assert_eq!(
        identify(&keys[1..].to_vec()).kind(),
        ErrorKind::LengthMismatch
    );
}

#[test]
fn what_is_out_of_date_is_named_and_later_records_refresh_it() {
    let world = world();
    let day = |days: i64| now().seconds() - 86_400 * days;
    let mut fields = schema().fields().to_vec();
    fields[1].half_life = Some(100.0);
    let schema = Schema::new(fields).unwrap();
    let mut idic = Idic::new(schema, options()).unwrap();
    let times = vec![day(150); world.keys.len()];
    let records = CustomerRecords {
        provenance: Provenance {
            times: Some(&times),
            trust: None,
        },
        ..world.records()
    };
    round(&mut idic, &world, &records, now()).unwrap();
    let row = |idic: &Idic| {
        let customer = idic.customer_of("A3").unwrap();
        idic.identity()
            .unwrap()
            .customers()
            .binary_search(&customer)
            .unwrap()
    };
    assert_eq!(idic.stale(row(&idic)).unwrap(), [false, true, false]);
    assert_eq!(
        idic.interaction().unwrap().counts().stale,
        [0, PEOPLE as u64, 0]
    );
    let reasons = idic.reasons(row(&idic), Language::En).unwrap();
    assert!(
        reasons
            .identity
            .ends_with("Out of date: mobile (freshness 0.78)."),
        "{}",
        reasons.identity
    );
    idic.next_round();
    let place = world.keys.iter().position(|key| key == "A3").unwrap();
    let (names, mobiles) = (
        vec![world.names[place].clone()],
        vec![world.mobiles[place].clone()],
    );
    let (keys, emails, recent) = (vec!["C3"], vec![""], [day(1)]);
    let later = CustomerRecords {
        sources: vec![RecordSource {
            keys: &keys,
            fields: vec![&names, &mobiles, &emails],
        }],
        provenance: Provenance {
            times: Some(&recent),
            trust: None,
        },
    };
    round(&mut idic, &world, &later, now()).unwrap();
    assert_eq!(idic.customer_of("C3"), idic.customer_of("A3"));
    assert_eq!(idic.stale(row(&idic)).unwrap(), [false; 3]);
    assert_eq!(
        idic.interaction().unwrap().counts().stale,
        [0, PEOPLE as u64 - 1, 0]
    );
}
