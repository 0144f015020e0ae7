//! Customers who perhaps are one: what is said of them lasts, and can be taken back.

use crm_core::ErrorKind;
use crm_core::idic::interact::contact::ContactOutcome;
use crm_core::idic::pipeline::{
    CustomerRecords, DoubtfulPair, Idic, IdicOptions, IdicStage, Outcome, RecordSource,
};

use crate::world::{World, finished, now, options, schema, world};

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
