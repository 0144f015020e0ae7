//! Customers who perhaps are one: what is said of them lasts, and can be taken back.

use std::collections::BTreeMap;

use crm_core::ErrorKind;
use crm_core::idic::identify::store::ClusterId;
use crm_core::idic::interact::contact::ContactOutcome;
use crm_core::idic::pipeline::{
    CustomerRecords, Customized, DoubtfulPair, Idic, IdicOptions, IdicStage, Outcome, Prepared,
    RecordSource, Round,
};

use crate::world::{PEOPLE, World, finished, now, options, schema, world};

fn identify(idic: &mut Idic, keys: &[&str], fields: [&[&str]; 3]) {
    let fields = fields.each_ref().map(|column| column as _).to_vec();
    let source = RecordSource {
        keys: &keys,
        fields,
    };
    let records = CustomerRecords {
        sources: if keys.is_empty() {
            vec![]
        } else {
            vec![source]
        },
        ..CustomerRecords::default()
    };
    idic.identify(&records).unwrap();
}

/// In the second round somebody comes with the e-mail address of one customer and the mobile of another.
fn doubted(world: &World) -> (Idic, DoubtfulPair) {
    let options = IdicOptions {
        threshold: 0.02,
        ..options()
    };
    let mut idic = Idic::new(schema(), options).unwrap();
    idic.identify(&world.records()).unwrap();
    idic.next_round();
    let (one, two) = (world.place("A41"), world.place("A53"));
    let fields: [&[&str]; 3] = [&[""], &[&world.mobiles[two]], &[&world.emails[one]]];
    identify(&mut idic, &["C"], fields);
    let pair = *idic
        .doubtful()
        .iter()
        .find(|pair| {
            let both = [pair.customer, pair.other].map(Some);
            both.contains(&idic.customer_of("A41")) && both.contains(&idic.customer_of("A53"))
        })
        .unwrap();
    (idic, pair)
}

/// Pairs by their customers.
fn pairs(idic: &Idic) -> BTreeMap<(u64, u64), f64> {
    let key = |pair: DoubtfulPair| {
        let (a, b) = (pair.customer, pair.other);
        ((a.min(b), a.max(b)), pair.probability)
    };
    idic.doubtful().into_iter().map(key).collect()
}

fn reopened(idic: &Idic) -> Idic {
    let bytes = idic.to_bytes().unwrap();
    let read = Idic::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_bytes().unwrap(), bytes);
    read
}

#[test]
fn a_doubtful_pair_waits_for_an_answer() {
    let world = world();
    let (mut idic, pair) = doubted(&world);
    assert!(pair.probability >= 0.02 && pair.customer < pair.other);
    idic.next_round();
    let idic = reopened(&idic);
    assert!(idic.doubtful().contains(&pair), "in the next round, too");
    assert!(idic.identity().is_none() && idic.reviewed().is_empty());
}

/// Fellegi & Sunter 1969: between links and non-links lie possible links, which people look at.
#[test]
fn possible_links_are_listed_and_not_united() {
    let world = world();
    let (threshold, review_threshold) = (0.9999, 0.005);
    let of = |review_threshold| {
        let options = IdicOptions {
            threshold,
            review_threshold,
            ..options()
        };
        let mut idic = Idic::new(schema(), options).unwrap();
        idic.identify(&world.records()).unwrap();
        idic
    };
    let (strict, mut idic) = (of(None), of(Some(review_threshold)));
    let customers = |idic: &Idic| idic.identity().unwrap().of_record().to_vec();
    assert_eq!(customers(&strict), customers(&idic), "nobody is united");
    let (strict, found) = (pairs(&strict), pairs(&idic));
    assert_eq!(strict.len(), 0);
    let band = review_threshold..threshold;
    let second = (0..PEOPLE).step_by(4).map(|person| {
        let of = |source| idic.customer_of(&format!("{source}{person}")).unwrap();
        (of("A"), of("B"))
    });
    assert!(found.keys().copied().eq(second), "every second record");
    assert!(found.values().all(|p| band.contains(p)));

    // In a later round a record is possibly of two customers, and joins neither.
    let first = idic.identity().unwrap().customers().to_vec();
    let known = found;
    idic.next_round();
    let (one, two) = (world.place("A41"), world.place("A53"));
    let fields: [&[&str]; 3] = [&[""], &[&world.mobiles[two]], &[&world.emails[one]]];
    identify(&mut idic, &["C"], fields);
    let [one, two, new] = ["A41", "A53", "C"].map(|key| idic.customer_of(key).unwrap());
    assert!(first.iter().all(|&customer| customer < new));
    let mut idic = reopened(&idic);
    let found = pairs(&idic);
    assert!(band.contains(&found[&(one, new)]) && band.contains(&found[&(two, new)]));
    assert!(known.keys().all(|pair| found.contains_key(pair)));

    // Each has an answer of its own, which is remembered.
    idic.keep_apart(one, new).unwrap();
    idic.confirm(two, new).unwrap();
    let mut idic = reopened(&idic);
    assert_eq!(idic.customer_of("C"), Some(two));
    let (a, b) = (one.min(two), one.max(two));
    let left = pairs(&idic);
    assert!(!left.contains_key(&(a, b)) && !left.keys().any(|&(_, other)| other == new));
    identify(&mut idic, &["D"], fields);
    assert!(!pairs(&idic).contains_key(&(a, b)));
}

#[test]
fn what_is_reviewed_is_not_more_probable_than_a_link() {
    for wrong in [0.51, 0.0, -0.1, f64::NAN] {
        let options = IdicOptions {
            threshold: 0.5,
            review_threshold: Some(wrong),
            ..options()
        };
        let error = Idic::new(schema(), options).unwrap_err();
        let told = (error.kind(), error.argument());
        assert_eq!(told, (ErrorKind::OutOfRange, "review_threshold"), "{wrong}");
        assert!(error.value().is_some());
    }
}

/// Rounds whose stage is a type answer at their beginning; who is two may be said at any stage.
#[test]
fn rounds_are_reviewed_as_the_process_is() {
    let world = world();
    let mut process = finished(&world);
    let mut round: Round<Prepared> = {
        let mut round: Round<Customized> = finished(&world).into_round().unwrap();
        let [one, two] = ["A1", "A2"].map(|key| process.customer_of(key).unwrap());
        let said = round.keep_apart(one, two).unwrap();
        assert_eq!(said, process.keep_apart(one, two).unwrap());
        round.next_round()
    };
    process.next_round();
    let of = |key: &str| process.customer_of(key).unwrap();
    let (one, two, split) = (of("A41"), of("A53"), of("A8"));
    let said = round.confirm(one, two).unwrap();
    assert_eq!(said, process.confirm(one, two).unwrap());
    let parted = round.split(split, &["B8"]).unwrap();
    assert_eq!(parted, process.split(split, &["B8"]).unwrap());
    assert_eq!(round.undo(said.decision).unwrap(), said);
    process.undo(said.decision).unwrap();
    assert_eq!(
        round.idic().to_bytes().unwrap(),
        process.to_bytes().unwrap()
    );
    assert_eq!(process.round(), 1, "a round that has not begun is not left");
}

#[test]
fn who_is_said_to_be_two_is_listed_no_more() {
    let world = world();
    let (mut idic, pair) = doubted(&world);
    let said = idic.keep_apart(pair.other, pair.customer).unwrap();
    assert_eq!(
        (said.customer, said.other, said.is_one),
        (pair.customer, pair.other, false)
    );
    assert_eq!(idic.stage(), IdicStage::Identify, "the round goes on");
    assert!(!idic.doubtful().contains(&pair));
    assert_eq!(
        idic.keep_apart(pair.customer, pair.other).unwrap(),
        said,
        "once said is enough"
    );

    let mut idic = reopened(&idic);
    idic.next_round();
    // The same again: it is the same doubt, and has its answer.
    let (one, two) = (world.place("A41"), world.place("A53"));
    let fields: [&[&str]; 3] = [&[""], &[&world.mobiles[two]], &[&world.emails[one]]];
    identify(&mut idic, &["D"], fields);
    let of_pair = |found: &DoubtfulPair| {
        [
            found.customer.min(found.other),
            found.customer.max(found.other),
        ] == [pair.customer, pair.other]
    };
    assert!(!idic.doubtful().iter().any(of_pair));
    assert!(!idic.identity().unwrap().doubtful().iter().any(of_pair));

    let error = idic.confirm(pair.customer, pair.other).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::IllegalTransition, "decision")
    );
    assert_eq!(error.value(), Some(said.decision.to_string().as_str()));
    assert_eq!(idic.undo(said.decision).unwrap(), said);
    assert_eq!(
        idic.undo(said.decision).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!(idic.confirm(pair.customer, pair.other).unwrap().is_one);
}

#[test]
fn who_is_said_to_be_one_is_one_until_that_is_undone() {
    let world = world();
    let mut idic = finished(&world);
    let [one, two] = ["A41", "A53"].map(|key| idic.customer_of(key).unwrap());
    let plans = idic.plans().unwrap();
    let decision = plans
        .iter()
        .find(|plan| plan.customer == two)
        .unwrap()
        .decision;
    let said = idic.confirm(two, one).unwrap();
    assert_eq!(
        (said.customer, said.other, said.is_one),
        (one.min(two), one.max(two), true)
    );
    assert_eq!((idic.stage(), idic.round()), (IdicStage::Prepare, 1));

    let mut idic = reopened(&idic);
    assert_eq!(
        ["A41", "A53"].map(|key| idic.customer_of(key).unwrap()),
        [said.customer; 2]
    );
    identify(&mut idic, &[], [&[]; 3]);
    let identity = idic.identity().unwrap();
    assert!(
        !identity.customers().contains(&said.other),
        "the number has ended"
    );
    let row = identity.customers().binary_search(&said.customer).unwrap();
    assert_eq!(identity.records()[row], 2);
    // What was decided for the one who ended is learned of the one who goes on.
    let outcome = Outcome {
        decision,
        at: now(),
        contact: Some(ContactOutcome::Purchased),
        reward: 3.0,
    };
    assert_eq!(idic.learn(&[outcome]).unwrap()[0].customer, said.customer);

    for (a, b) in [(one, two), (two, one)] {
        assert_eq!(
            idic.confirm(a, b).unwrap_err().kind(),
            ErrorKind::IllegalTransition
        );
        assert_eq!(
            idic.keep_apart(a, b).unwrap_err().kind(),
            ErrorKind::IllegalTransition
        );
    }
    assert_eq!(
        idic.confirm(one, 99_999).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        idic.confirm(said.customer, said.customer)
            .unwrap_err()
            .kind(),
        ErrorKind::OutOfRange
    );
    assert_eq!(idic.reviewed(), [said]);

    idic.undo(said.decision).unwrap();
    let mut idic = reopened(&idic);
    assert_eq!(
        ["A41", "A53"].map(|key| idic.customer_of(key).unwrap()),
        [one, two]
    );
    assert!(idic.reviewed().is_empty());
    identify(&mut idic, &[], [&[]; 3]);
    assert_eq!(idic.identity().unwrap().len(), plans.len());
}

#[test]
fn what_was_said_last_is_undone_first() {
    let world = world();
    let mut idic = finished(&world);
    let mut three = ["A41", "A53", "A70"].map(|key| idic.customer_of(key).unwrap());
    three.sort_unstable();
    let first = idic.confirm(three[1], three[2]).unwrap();
    let second = idic.confirm(three[0], three[1]).unwrap();
    assert_eq!(
        idic.undo(first.decision).unwrap_err().kind(),
        ErrorKind::IllegalTransition
    );
    idic.undo(second.decision).unwrap();
    idic.undo(first.decision).unwrap();
    let again = ["A41", "A53", "A70"].map(|key| idic.customer_of(key).unwrap());
    assert!(again.iter().all(|customer| three.contains(customer)));
}

#[test]
fn a_customer_is_split() {
    let world = world();
    let mut idic = finished(&world);
    let customer = idic.customer_of("A8").unwrap();
    assert_eq!(idic.customer_of("B8"), Some(customer));
    let largest = *idic.identity().unwrap().customers().last().unwrap();
    for (keys, kind) in [
        (vec![], ErrorKind::Empty),
        (vec!["A8", "B8"], ErrorKind::OutOfRange),
        (vec!["A9"], ErrorKind::NotFound),
        (vec!["nobody"], ErrorKind::NotFound),
    ] {
        let error = idic.split(customer, &keys).unwrap_err();
        assert_eq!((error.kind(), error.argument()), (kind, "keys"));
        assert!(!error.to_string().contains("nobody"), "a key is personal");
    }
    assert_eq!(
        idic.split(99_999, &["A8"]).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(idic.stage(), IdicStage::Customize, "nothing has changed");

    let said = idic.split(customer, &["B8"]).unwrap();
    assert!(said.customer == customer && said.other > largest && !said.is_one);
    let mut idic = reopened(&idic);
    assert_eq!(idic.customer_of("A8"), Some(customer));
    assert_eq!(idic.customer_of("B8"), Some(said.other));
    assert_eq!(
        idic.confirm(customer, said.other).unwrap_err().kind(),
        ErrorKind::IllegalTransition
    );
    // A third record of the person is of one of the two, and doubts nothing.
    let row = world.place("B8");
    let fields: [&[&str]; 3] = [&[&world.names[row]], &[&world.mobiles[row]], &[""]];
    identify(&mut idic, &["C8"], fields);
    assert!(
        [customer, said.other]
            .map(Some)
            .contains(&idic.customer_of("C8"))
    );
    assert!(
        idic.doubtful()
            .iter()
            .all(|pair| (pair.customer, pair.other) != (customer, said.other))
    );
    idic.undo(said.decision).unwrap();
    assert_eq!(
        idic.confirm(said.other, customer).unwrap().customer,
        customer
    );
}

/// A key that came in two rounds names both of its records.
#[test]
fn a_split_takes_all_records_of_a_key() {
    let world = world();
    let mut idic = finished(&world);
    idic.next_round();
    let row = world.place("B8");
    let fields: [&[&str]; 3] = [&[&world.names[row]], &[&world.mobiles[row]], &[""]];
    identify(&mut idic, &["B8"], fields);
    let customer = idic.customer_of("A8").unwrap();
    assert_eq!(idic.customer_of("B8"), Some(customer));
    let records = |idic: &Idic, customer| {
        let profiles = idic.profiles().unwrap();
        profiles.members(ClusterId(customer)).len()
    };
    assert_eq!(records(&idic, customer), 3);
    let mut idic = reopened(&idic);
    let said = idic.split(customer, &["B8"]).unwrap();
    assert_eq!(
        (records(&idic, customer), records(&idic, said.other)),
        (1, 2)
    );
    idic.erase(said.other).unwrap();
    let mut idic = reopened(&idic);
    assert_eq!(idic.customer_of("B8"), None);
    let error = idic.split(customer, &["B8"]).unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::NotFound, Some(0)));
}

/// What was known of both is known of the one, and of each again.
#[test]
fn what_is_known_is_united_and_parted() {
    let world = world();
    let mut idic = finished(&world);
    let mut pair = ["A41", "A53"].map(|key| idic.customer_of(key).unwrap());
    pair.sort_unstable();
    let decision_of = |idic: &Idic, customer: u64| {
        let plans = idic.plans().unwrap();
        plans
            .iter()
            .find(|plan| plan.customer == customer)
            .unwrap()
            .decision
    };
    let outcomes = pair.map(|customer| Outcome {
        decision: decision_of(&idic, customer),
        at: now(),
        contact: Some(ContactOutcome::Purchased),
        reward: 1.0,
    });
    idic.learn(&outcomes).unwrap();
    let before = idic.clone();
    let said = idic.confirm(pair[0], pair[1]).unwrap();
    let erased = idic.clone().erase(pair[0]).unwrap();
    let apart = pair.map(|customer| before.clone().erase(customer).unwrap());
    assert_eq!(erased.contacts, apart[0].contacts + apart[1].contacts);
    assert_eq!(erased.keys, apart[0].keys + apart[1].keys);
    assert!(erased.contacts >= 1);
    idic.undo(said.decision).unwrap();
    for (customer, expected) in pair.into_iter().zip(apart) {
        let found = idic.clone().erase(customer).unwrap();
        assert_eq!(
            (found.contacts, found.keys, found.answers),
            (expected.contacts, expected.keys, expected.answers)
        );
    }
}

#[test]
fn an_erased_customer_is_in_no_decision() {
    let world = world();
    let mut idic = finished(&world);
    let [one, two] = ["A41", "A53"].map(|key| idic.customer_of(key).unwrap());
    let said = idic.confirm(one, two).unwrap();
    let apart = idic
        .keep_apart(said.customer, idic.customer_of("A70").unwrap())
        .unwrap();
    idic.erase(said.customer).unwrap();
    assert!(idic.reviewed().is_empty());
    for decision in [said.decision, apart.decision] {
        assert_eq!(idic.undo(decision).unwrap_err().kind(), ErrorKind::NotFound);
    }
    assert!(reopened(&idic).doubtful().is_empty());
}
