//! What must hold of every round.

use crm_core::idic::identify::{Provenance, Schema};
use crm_core::idic::interact::choice::ChooserOptions;
use crm_core::idic::interact::contact::ContactOutcome;
use crm_core::idic::interact::policy::{ContactPolicy, ContactRefusal};
use crm_core::idic::pipeline::{
    ActionRefusal, Audience, ChoiceQuestion, CustomerHistory, CustomerPlan, CustomerRecords,
    Customized, Idic, IdicOptions, IdicStage, Interactions, KeyedTexts, NeedsOptions, Outcome,
    Prepared, RecordSource, Round,
};
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, TimeColumn};
use crm_core::lifecycle::Stage;
use crm_core::units::{Language, Moment};
use crm_core::{ErrorKind, Result};

use crate::world::{PEOPLE, finished, now, options, round, schema, world};

#[test]
fn a_round_leads_from_raw_records_to_actions_and_offers() {
    let world = world();
    let idic = finished(&world);
    let plans = idic.plans().unwrap();
    assert_eq!(plans.len(), PEOPLE);
    for person in (0..PEOPLE).step_by(4) {
        let one = idic.customer_of(&format!("A{person}"));
        assert_eq!(one, idic.customer_of(&format!("B{person}")), "{person}");
    }
    let spent = world.log.amount.iter().sum::<i64>() as f64 / 100.0;
    let current: f64 = plans.iter().map(|plan| plan.current).sum();
    assert!(
        (spent - current).abs() < 1e-9 * spent,
        "no transaction is lost"
    );
    assert!(idic.differentiation().unwrap().counts().is_modelled);
    assert!(
        plans
            .iter()
            .all(|plan| plan.stage.is_some() && plan.potential > 0.0)
    );
    let alone = plans.iter().filter(|plan| plan.needs.is_none()).count();
    assert_eq!(alone, 1, "who left an answer out is in no group");
    let sells = |action: usize| action > 0;
    for plan in &plans {
        assert!(!plan.is_control || !sells(plan.action));
        if plan.action == 2 {
            assert!(matches!(
                plan.stage,
                Some(Stage::Decline | Stage::Termination)
            ));
        }
        assert!(plan.offer.is_none() || sells(plan.action));
    }
    let made = &idic.customization().unwrap().counts().made;
    assert!(made[0] <= 20 && made[0] + made[1] > 0);
    let table = idic.differentiation().unwrap().value_by_needs().unwrap();
    assert_eq!(table.counts.iter().sum::<u64>(), PEOPLE as u64 - 1);
}

#[test]
fn reasons_are_in_both_languages_and_add_up() {
    let idic = finished(&world());
    for (row, plan) in idic.plans().unwrap().iter().enumerate() {
        let english = idic.reasons(row, Language::En).unwrap();
        let chinese = idic.reasons(row, Language::Zh).unwrap();
        assert!(
            english.text().is_ascii()
                || english.offer.contains('·')
                || english.standing.contains("≤")
        );
        assert!(
            chinese
                .text()
                .lines()
                .all(|line| line.chars().any(|sign| sign >= '一'))
        );
        if plan.offer == Some(1) {
            let expected = format!(
                "Offer: sample, expected to earn {:.2} = {:.3} · 8.00 − 0.00",
                plan.offer_value, plan.acceptance
            );
            assert!(english.offer.starts_with(&expected), "{}", english.offer);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_for_any_number_of_threads_and_over_a_pause_at_any_stage() {
    let world = world();
    let whole = finished(&world).to_bytes().unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    assert_eq!(pool.install(|| finished(&world)).to_bytes().unwrap(), whole);

    let mut idic = Idic::new(schema(), options()).unwrap();
    let again = |idic: &Idic| Idic::from_bytes(&idic.to_bytes().unwrap()).unwrap();
    idic = again(&idic);
    idic.identify(&world.records()).unwrap();
    let mut other = again(&idic);
    assert_eq!(other.stage(), IdicStage::Identify);
    assert_eq!(other.to_bytes().unwrap(), idic.to_bytes().unwrap());
    // The rest of the round, by the one that was saved.
    other.differentiate(&world.history()).unwrap();
    let read = again(&other);
    assert_eq!(read.to_bytes().unwrap(), other.to_bytes().unwrap());
    assert_eq!(
        read.differentiation().unwrap().classification(),
        other.differentiation().unwrap().classification(),
        "verdicts are made again to the bit"
    );

    let other = IdicOptions {
        seed: 1,
        ..options()
    };
    let mut differing = Idic::new(schema(), other).unwrap();
    round(&mut differing, &world, &world.records(), now()).unwrap();
    let actions = |idic: &Idic| idic.interaction().unwrap().actions().to_vec();
    assert_ne!(
        actions(&differing),
        actions(&finished(&world)),
        "another seed draws otherwise"
    );
}

#[test]
fn a_corrupt_state_is_an_error() {
    let bytes = finished(&world()).to_bytes().unwrap();
    let unreadable =
        |bytes: &[u8]| Idic::from_bytes(bytes).unwrap_err().kind() == ErrorKind::Unreadable;
    for length in (0..bytes.len()).step_by(9_973) {
        assert!(unreadable(&bytes[..length]));
    }
    for place in (0..bytes.len()).step_by(2_113) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        assert!(unreadable(&changed), "byte {place}");
    }
    assert!(unreadable(&[bytes.clone(), vec![0]].concat()));
    let mut newer = bytes;
    newer[8] = 2;
    let error = Idic::from_bytes(&newer).unwrap_err();
    assert!(error.to_string().contains("another version"), "{error}");
}

#[test]
fn stages_come_in_order_and_a_stage_that_fails_changes_nothing() {
    let world = world();
    let mut idic = Idic::new(schema(), options()).unwrap();
    let illegal = |result: Result<()>| result.unwrap_err().kind() == ErrorKind::IllegalTransition;
    assert!(illegal(idic.customize()));
    assert!(illegal(idic.interact(&Interactions::none(now()))));
    assert!(illegal(idic.differentiate(&CustomerHistory::default())));
    assert!(idic.plans().is_err());
    idic.identify(&world.records()).unwrap();
    assert!(illegal(idic.identify(&world.records())));
    let before = idic.to_bytes().unwrap();
    let strangers = ["nobody"];
    let error = idic
        .differentiate(&CustomerHistory {
            log: vec![Chunk {
                customers: CustomerColumn::Texts(&strangers.as_slice()),
                times: TimeColumn::Dates(&[1]),
                amounts: AmountColumn::Floats(&[1.0]),
                costs: None,
            }],
            ..CustomerHistory::default()
        })
        .unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::NotFound, Some(0)));
    assert!(
        !error.to_string().contains("nobody"),
        "a key may say who somebody is"
    );
    assert_eq!(idic.to_bytes().unwrap(), before);
    let stopped = idic.differentiate_watched(&CustomerHistory::default(), &|_| {
        std::ops::ControlFlow::Break(())
    });
    assert_eq!(stopped.unwrap(), None);
    assert_eq!(idic.to_bytes().unwrap(), before);
    idic.differentiate(&CustomerHistory::default()).unwrap();
    assert!(
        idic.differentiation()
            .unwrap()
            .current()
            .iter()
            .all(|value| value.is_nan())
    );
}

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
fn types_of_two_rounds_are_compared() {
    let world = world();
    let mut idic = finished(&world);
    assert_eq!(idic.moves().unwrap(), None);
    let kinds: Vec<_> = idic
        .plans()
        .unwrap()
        .iter()
        .map(|plan| plan.customer_type)
        .collect();
    idic.next_round();
    round(&mut idic, &world, &CustomerRecords::default(), now()).unwrap();
    let moves = idic.moves().unwrap().unwrap();
    for kind in 0..4 {
        let known = kinds
            .iter()
            .flatten()
            .filter(|known| **known as usize == kind);
        assert_eq!(
            moves.count(kind, kind),
            Some(known.count() as u64),
            "nobody has moved"
        );
    }
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
fn options_say_what_is_wrong_with_them() {
    let refused = |change: fn(&mut IdicOptions)| {
        let mut wrong = options();
        change(&mut wrong);
        let error = Idic::new(schema(), wrong).unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let out = ErrorKind::OutOfRange;
    assert_eq!(refused(|o| o.actions.clear()).0, ErrorKind::Empty);
    assert_eq!(
        refused(|o| o.threshold = 1.0),
        (out, "threshold".into(), None)
    );
    assert_eq!(
        refused(|o| o.offers[1].acceptance = 1.5),
        (out, "offers".into(), Some(1))
    );
    assert_eq!(
        refused(|o| o.actions[1].name = "newsletter".into()),
        (out, "actions".into(), Some(1))
    );
    assert_eq!(
        refused(|o| o.choice.features.push("x".into())),
        (out, "choice".into(), None)
    );
    assert_eq!(
        refused(|o| o.actions[0].cost = f64::NAN),
        (ErrorKind::NotFinite, "actions".into(), Some(0))
    );
    assert_eq!(
        refused(|o| o.offer_budget = Some(-1.0)),
        (out, "offer_budget".into(), None)
    );
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
fn a_round_is_resumed_at_the_stage_that_it_has_come_to() {
    let idic = finished(&world());
    let bytes = idic.to_bytes().unwrap();
    let round: Round<Customized> = Idic::from_bytes(&bytes).unwrap().into_round().unwrap();
    // What is not known is NaN, which equals nothing: texts are compared.
    let told = |plans: Vec<CustomerPlan>| format!("{:?}", plans);
    assert_eq!(told(round.plans().unwrap()), told(idic.plans().unwrap()));
    let hasty = idic.into_round::<Prepared>();
    assert_eq!(hasty.unwrap_err().kind(), ErrorKind::IllegalTransition);
}

#[test]
fn a_choice_without_a_constant_is_saved_and_explained() {
    let world = world();
    let mut options = options();
    options.choice.constant = false;
    let mut idic = Idic::new(schema(), options).unwrap();
    round(&mut idic, &world, &world.records(), now()).unwrap();
    let again = Idic::from_bytes(&idic.to_bytes().unwrap()).unwrap();
    assert_eq!(
        again.reasons(3, Language::En),
        idic.reasons(3, Language::En)
    );
}

#[test]
fn an_audience_of_types_and_tiers_is_kept() {
    let world = world();
    let mut options = options();
    options.actions[0].audience = Audience {
        needs: vec![1],
        ..Audience::default()
    };
    let mut idic = Idic::new(schema(), options).unwrap();
    round(&mut idic, &world, &world.records(), now()).unwrap();
    for plan in idic.plans().unwrap() {
        assert!(plan.action != 1 || plan.needs == Some(1));
    }
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

#[test]
fn answers_in_words_make_groups_of_the_best_number() {
    let world = world();
    let question = |name: &str, answers: &[&str]| ChoiceQuestion {
        name: name.to_owned(),
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
    };
    let needs = NeedsOptions {
        choices: vec![
            question("channel", &["web", "shop"]),
            question("wish", &["price", "quality"]),
        ],
        ..NeedsOptions::default()
    };
    let mut idic = Idic::new(schema(), IdicOptions { needs, ..options() }).unwrap();
    idic.identify(&world.records()).unwrap();
    // Two kinds of customers: there are no more groups to be tried than different answers.
    let kind = |person: usize| person.is_multiple_of(3);
    let of = |answers: [&'static str; 2]| -> Vec<&str> {
        (0..PEOPLE)
            .map(|person| answers[usize::from(kind(person))])
            .collect()
    };
    let (channel, wish) = (of(["web", "shop"]), of(["price", "quality"]));
    let history = CustomerHistory {
        needs: None,
        choices: Some(KeyedTexts {
            keys: &world.people,
            columns: vec![&channel, &wish],
        }),
        ..world.history()
    };
    idic.differentiate(&history).unwrap();
    idic.interact(&Interactions::none(now())).unwrap();
    idic.customize().unwrap();
    let found = idic.differentiation().unwrap().needs();
    assert_eq!(found.sizes, [2 * PEOPLE as u64 / 3, PEOPLE as u64 / 3]);
    assert_eq!(found.modes, [[0, 0], [1, 1]]);
    assert_eq!(found.tried.len(), 1);
    let reasons = idic.reasons(0, Language::En).unwrap();
    assert_eq!(
        reasons.needs,
        "Needs: group 2 of 2 (most frequent: channel shop, wish quality)."
    );
}

#[test]
fn a_log_in_which_nobody_leaves_says_so_and_leaves_the_rules() {
    let mut idic = Idic::new(
        schema(),
        IdicOptions {
            needs: NeedsOptions::default(),
            ..options()
        },
    )
    .unwrap();
    let world = world();
    idic.identify(&world.records()).unwrap();
    // Everybody buys at their own interval, up to the end.
    let (mut buyers, mut dates, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    for (person, key) in world.people.iter().enumerate() {
        let interval = 5 * (1 + person % 11);
        for (number, day) in (0..=360).step_by(interval).enumerate() {
            buyers.push(key.as_str());
            dates.push(day);
            amounts.push((10 + 9 * (person % 7) + number % 5) as f64);
        }
    }
    idic.differentiate(&CustomerHistory {
        log: vec![Chunk {
            customers: CustomerColumn::Texts(&buyers),
            times: TimeColumn::Dates(&dates),
            amounts: AmountColumn::Floats(&amounts),
            costs: None,
        }],
        ..CustomerHistory::default()
    })
    .unwrap();
    let found = idic.differentiation().unwrap();
    assert!(found.counts().is_modelled && found.counts().is_at_boundary);
    assert!(found.alive().iter().all(|p| p.is_nan()));
    assert!(found.potential().iter().all(|value| *value > 0.0));
    let verdicts = found.classification().verdicts();
    assert!(verdicts.iter().all(|verdict| verdict.stage.is_some()));
    let spread = finished(&world);
    let spread = spread.differentiation().unwrap();
    assert!(!spread.counts().is_at_boundary && spread.alive().iter().all(|p| *p < 1.0));
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
