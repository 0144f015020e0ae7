//! What is learned of outcomes.

use crm_core::ErrorKind;
use crm_core::idic::interact::choice::ChooserOptions;
use crm_core::idic::interact::contact::ContactOutcome;
use crm_core::idic::interact::policy::{ContactPolicy, ContactRefusal};
use crm_core::idic::pipeline::{
    ActionRefusal, CustomerHistory, CustomerRecords, Idic, IdicOptions, Interactions, Outcome,
};
use crm_core::units::Moment;

use crate::world::{PEOPLE, finished, now, options, round, schema, world};

#[test]
fn outcomes_are_learned_once_and_contacts_count_in_the_next_round() {
    let world = world();
    let mut idic = finished(&world);
    let plans = idic.plans().unwrap();
    let acted: Vec<_> = plans.iter().filter(|plan| plan.action == 1).collect();
    assert!(acted.len() > 20);
    let outcome = |decision, contact, reward| Outcome {
        decision,
        at: now(),
        contact: Some(contact),
        reward,
    };
    let outcomes: Vec<Outcome> = acted
        .iter()
        .map(|plan| match plan.offer {
            Some(1) => outcome(plan.decision, ContactOutcome::Purchased, 8.0),
            _ => outcome(plan.decision, ContactOutcome::Declined, 0.0),
        })
        .collect();
    let before = idic.to_bytes().unwrap();
    let wrong = [outcomes[0], outcomes[0]];
    let error = idic.learn(&wrong).unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::NotFound, Some(1)));
    assert_eq!(idic.to_bytes().unwrap(), before, "nothing was learned");
    let logged = idic.learn(&outcomes).unwrap();
    assert_eq!(logged.len(), outcomes.len());
    for (row, plan) in logged.iter().zip(&acted) {
        assert_eq!(
            (row.customer, row.probability),
            (plan.customer, plan.probability)
        );
    }
    assert_eq!(idic.chooser().observations()[1], outcomes.len() as u64);
    assert_eq!(
        idic.learn(&outcomes[..1]).unwrap_err().kind(),
        ErrorKind::NotFound
    );

    idic.next_round();
    let none = CustomerRecords::default();
    let later = "2026-01-20T10:00:00".parse().unwrap();
    round(&mut idic, &world, &none, later).unwrap();
    let again = idic.plans().unwrap();
    assert_eq!(again.len(), plans.len());
    let capped = Some(ActionRefusal::Contact(ContactRefusal::FrequencyCap));
    for (row, plan) in plans.iter().enumerate() {
        assert_eq!(again[row].customer, plan.customer, "numbers stay");
        let refusal = idic.interaction().unwrap().refusals(row)[0];
        assert_eq!(
            refusal == capped,
            plan.action == 1,
            "a contact of 15 days ago counts"
        );
    }
}

/// An offer that is always taken becomes worth more, one that never is, less.
#[test]
fn better_decisions_come_of_outcomes() {
    let world = world();
    let options = IdicOptions {
        contact: ContactPolicy::default(),
        choice: ChooserOptions {
            noise: 5.0,
            ..ChooserOptions::default()
        },
        ..options()
    };
    let mut idic = Idic::new(schema(), options).unwrap();
    let mut at = now();
    let mut shares = Vec::new();
    for number in 0..6 {
        let none = CustomerRecords::default();
        let records = if number == 0 { world.records() } else { none };
        round(&mut idic, &world, &records, at).unwrap();
        let plans = idic.plans().unwrap();
        let count = |action| plans.iter().filter(|plan| plan.action == action).count();
        shares.push(count(1) as f64 / PEOPLE as f64);
        // The newsletter earns 20, all else nothing; the voucher is never taken.
        let outcomes: Vec<Outcome> = plans
            .iter()
            .map(|plan| Outcome {
                decision: plan.decision,
                at,
                contact: match (plan.action, plan.offer) {
                    (0, _) => None,
                    (_, Some(1)) => Some(ContactOutcome::Purchased),
                    _ => Some(ContactOutcome::Declined),
                },
                reward: if plan.action == 1 { 20.0 } else { 0.0 },
            })
            .collect();
        idic.learn(&outcomes).unwrap();
        if number == 5 {
            let rates = |offer| {
                let made = plans.iter().filter(move |plan| plan.offer == Some(offer));
                let rates: Vec<f64> = made.map(|plan| plan.acceptance).collect();
                rates
            };
            assert!(rates(1).iter().all(|&rate| rate > 0.8), "{:?}", rates(1));
            assert!(rates(0).is_empty() || rates(0).iter().all(|&rate| rate < 0.1));
        }
        idic.next_round();
        at = Moment::from_seconds(at.seconds() + 86_400).unwrap();
    }
    assert!(shares[0] < 0.75 && shares[5] > 0.9, "{shares:?}");
}

#[test]
fn a_round_that_asks_nothing_uses_what_was_learned_of_answers() {
    let world = world();
    let mut idic = finished(&world);
    idic.next_round();
    idic.identify(&CustomerRecords::default()).unwrap();
    idic.differentiate(&CustomerHistory {
        needs: None,
        ..world.history()
    })
    .unwrap();
    idic.interact(&Interactions::none(now())).unwrap();
    idic.customize().unwrap();
    assert!(
        idic.plans()
            .unwrap()
            .iter()
            .all(|plan| plan.needs.is_none())
    );
}
