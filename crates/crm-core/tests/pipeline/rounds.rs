//! What must hold of every round.

use crm_core::idic::pipeline::{
    ChoiceQuestion, CustomerHistory, CustomerRecords, Idic, IdicOptions, Interactions, KeyedTexts,
    NeedsOptions,
};
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, TimeColumn};
use crm_core::lifecycle::Stage;
use crm_core::units::Language;
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
