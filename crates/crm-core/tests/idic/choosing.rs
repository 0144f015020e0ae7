//! Choosers of actions: what they learn, how they draw, what they keep.

use crm_core::ErrorKind;
use crm_core::idic::interact::choice::{ActionChooser, ActionOption, ChooserOptions};
use crm_core::idic::interact::evaluation::{LoggedDecisions, evaluate_policy};
use crm_core::units::{Moment, Probability};
use serde_json::{Value, json};

use crate::market::uniform;

fn options() -> ChooserOptions {
    let action = |name: &str| ActionOption {
        name: name.into(),
        cost: 0.0,
    };
    ChooserOptions {
        actions: vec![action("call"), action("voucher"), action("visit")],
        features: vec!["a".into(), "b".into()],
        noise: 0.3,
        seed: 5,
        ..ChooserOptions::default()
    }
}

/// What each action earns on average, in this world.
fn truth(action: usize, a: f64, b: f64) -> f64 {
    [0.3, 0.1 + 0.8 * a, 0.7 - 0.6 * a + 0.2 * b, 0.2 + 0.4 * b][action]
}

#[test]
fn a_chooser_learns_what_is_best() {
    let mut chooser = ActionChooser::new(options()).unwrap();
    let mut state = 1;
    let (mut late, mut best) = (0.0, 0.0);
    let mut log = Vec::new();
    for round in 0..4000_u64 {
        let (a, b) = (uniform(&mut state), uniform(&mut state));
        let at = Moment::from_seconds(round.cast_signed() * 60).unwrap();
        let decision = chooser.decide(round % 50, &[a, b], &[true; 3], at).unwrap();
        let noise = 0.6 * (uniform(&mut state) - 0.5);
        let mean = truth(decision.action, a, b);
        chooser.reward(decision.id, mean + noise).unwrap();
        log.push((decision.action, decision.probability, mean + noise, a, b));
        if round >= 2000 {
            late += mean;
            best += (0..4)
                .map(|action| truth(action, a, b))
                .fold(f64::MIN, f64::max);
        }
    }
    assert!(late / best > 0.97, "{}", late / best);

    // The log judges the policy that always calls: its true mean is 0.1 + 0.8 / 2.
    let target: Vec<f64> = log
        .iter()
        .map(|row| f64::from(u8::from(row.0 == 1)))
        .collect();
    let column =
        |part: fn(&(usize, f64, f64, f64, f64)) -> f64| log.iter().map(part).collect::<Vec<_>>();
    let (reward, probability) = (column(|row| row.2), column(|row| row.1));
    let (of_action, of_policy) = (
        column(|row| truth(row.0, row.3, row.4)),
        column(|row| truth(1, row.3, row.4)),
    );
    let found = evaluate_policy(
        LoggedDecisions {
            reward: &reward,
            probability: &probability,
            target_probability: &target,
            expected: Some((&of_action, &of_policy)),
            largest_weight: None,
        },
        Probability::try_from(0.999).unwrap(),
    )
    .unwrap();
    let robust = found.doubly_robust.unwrap();
    for estimate in [found.inverse_propensity, found.self_normalized, robust] {
        assert!(estimate.lower < 0.5 && 0.5 < estimate.upper, "{found:?}");
    }
    assert!(robust.standard_error < found.inverse_propensity.standard_error);
}

#[test]
fn draws_come_with_their_probability() {
    let mut chooser = ActionChooser::new(options()).unwrap();
    let at = Moment::from_seconds(0).unwrap();
    let mut counts = [0_u32; 4];
    let mut first = None;
    for _ in 0..20_000 {
        let decision = chooser
            .decide(1, &[0.4, 0.6], &[true, false, true], at)
            .unwrap();
        counts[decision.action] += 1;
        let probabilities: Vec<f64> = decision.scores.iter().map(|s| s.probability).collect();
        assert_eq!(
            *first.get_or_insert_with(|| probabilities.clone()),
            probabilities
        );
    }
    let probabilities = first.unwrap();
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!((counts[2], probabilities[2]), (0, 0.0));
    for (count, p) in counts.iter().zip(&probabilities) {
        let error = (p * (1.0 - p) / 20_000.0).sqrt();
        assert!(
            (f64::from(*count) / 20_000.0 - p).abs() <= 5.0 * error,
            "{counts:?} {probabilities:?}"
        );
    }
}

#[test]
fn control_customers_get_nothing_and_stay_so() {
    let mut chooser = ActionChooser::new(ChooserOptions {
        control_share: 0.25,
        ..options()
    })
    .unwrap();
    let at = Moment::from_seconds(0).unwrap();
    let mut control = 0;
    for customer in 0..4000 {
        let decision = chooser
            .decide(customer, &[0.1, 0.2], &[true; 3], at)
            .unwrap();
        assert_eq!(decision.is_control, chooser.is_control(customer));
        if decision.is_control {
            control += 1;
            assert_eq!((decision.action, decision.probability), (0, 1.0));
        }
    }
    assert!((900..1100).contains(&control), "{control}");
}

#[test]
fn rewards_may_come_late_or_never() {
    let mut chooser = ActionChooser::new(ChooserOptions {
        reward_window: Some(7.0),
        ..options()
    })
    .unwrap();
    let day = |day: i64| Moment::from_seconds(day * 86_400).unwrap();
    let first = chooser.decide(1, &[0.0, 1.0], &[true; 3], day(0)).unwrap();
    let second = chooser.decide(2, &[0.0, 1.0], &[true; 3], day(3)).unwrap();
    assert_eq!(chooser.expire(day(7)), []);
    let expired = chooser.expire(day(8));
    assert_eq!(
        (expired.len(), expired[0].id, expired[0].reward),
        (1, first.id, 0.0)
    );
    assert_eq!(
        chooser.reward(first.id, 1.0).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(chooser.reward(second.id, 1.0).unwrap().customer, 2);
    assert_eq!(chooser.pending(), 0);
}

/// Without a constant, what is learned at x = 0 is nothing; after rewards r of features x the coefficient is Σxr / (λ + Σx²).
#[test]
fn a_chooser_without_a_constant_is_ridge_regression_through_the_origin() {
    let mut chooser = ActionChooser::new(ChooserOptions {
        features: vec!["x".into()],
        constant: false,
        ridge: 0.5,
        ..options()
    })
    .unwrap();
    let at = Moment::from_seconds(0).unwrap();
    let (mut moment, mut square) = (0.0, 0.5);
    for x in [1.0, -2.0, 0.5, 3.0] {
        let decision = chooser.decide(1, &[x], &[false; 3], at).unwrap();
        chooser.reward(decision.id, 2.0 * x + 1.0).unwrap();
        moment += x * (2.0 * x + 1.0);
        square += x * x;
    }
    let [coefficient] = chooser.coefficients(0).unwrap() else {
        panic!("one feature")
    };
    assert!((coefficient - moment / square).abs() < 1e-14);
    let why = chooser.explain(1, &[2.0], 0).unwrap();
    assert_eq!((why.constant, why.contributions.len()), (0.0, 1));
    assert!((why.mean - 2.0 * moment / square).abs() < 1e-14);
    assert!((why.standard_error - 0.3 * 2.0 / square.sqrt()).abs() < 1e-14);
    let opened: ActionChooser =
        serde_json::from_str(&serde_json::to_string(&chooser).unwrap()).unwrap();
    assert_eq!(opened, chooser);
    let none = ChooserOptions {
        features: Vec::new(),
        constant: false,
        ..options()
    };
    assert_eq!(
        ActionChooser::new(none).unwrap_err().kind(),
        ErrorKind::Empty
    );
}

#[test]
fn many_decisions_at_once_are_those_one_by_one() {
    let mut one_by_one = ActionChooser::new(ChooserOptions {
        customer_spread: 0.5,
        control_share: 0.2,
        ..options()
    })
    .unwrap();
    let at = Moment::from_seconds(0).unwrap();
    let warm = one_by_one.decide(3, &[0.1, 0.9], &[true; 3], at).unwrap();
    one_by_one.reward(warm.id, 0.7).unwrap();
    let mut at_once = one_by_one.clone();
    let customers: Vec<u64> = (0..50).map(|i| i % 7).collect();
    let mut state = 1;
    let features: Vec<f64> = (0..100).map(|_| uniform(&mut state)).collect();
    let eligible: Vec<bool> = (0..150).map(|_| uniform(&mut state) < 0.7).collect();
    let each = at_once
        .decide_each(&customers, &features, &eligible, at)
        .unwrap();
    for (row, found) in each.iter().enumerate() {
        let features = &features[2 * row..2 * row + 2];
        let eligible = &eligible[3 * row..3 * row + 3];
        let expected = one_by_one
            .decide(customers[row], features, eligible, at)
            .unwrap();
        assert_eq!(*found, expected);
    }
    assert_eq!(at_once, one_by_one);
    let before = at_once.clone();
    let error = at_once
        .decide_each(&[1, 2], &[0.0, 0.0, f64::NAN, 0.0], &[true; 6], at)
        .unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::NotFinite, Some(1)));
    assert_eq!(
        at_once
            .decide_each(&[1], &[0.0], &[true; 3], at)
            .unwrap_err()
            .kind(),
        ErrorKind::LengthMismatch
    );
    assert_eq!(at_once, before);
}

#[test]
fn a_customer_can_be_forgotten() {
    let mut chooser = ActionChooser::new(ChooserOptions {
        customer_spread: 0.5,
        ..options()
    })
    .unwrap();
    let at = Moment::from_seconds(0).unwrap();
    for customer in [77_123, 8, 77_123] {
        let decision = chooser
            .decide(customer, &[0.3, 0.2], &[true; 3], at)
            .unwrap();
        chooser.reward(decision.id, 0.5).unwrap();
        chooser
            .decide(customer, &[0.3, 0.2], &[true; 3], at)
            .unwrap();
    }
    assert!(serde_json::to_string(&chooser).unwrap().contains("77123"));
    assert!(chooser.erase(77_123) >= 3);
    assert!(!serde_json::to_string(&chooser).unwrap().contains("77123"));
    assert_eq!(chooser.erase(77_123), 0);
}

#[test]
fn a_corrupt_state_is_an_error() {
    let mut chooser = ActionChooser::new(options()).unwrap();
    chooser
        .decide(1, &[0.3, 0.2], &[true; 3], Moment::from_seconds(0).unwrap())
        .unwrap();
    let good: Value = serde_json::to_value(&chooser).unwrap();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut state = good.clone();
        change(&mut state);
        serde_json::from_value::<ActionChooser>(state)
            .unwrap_err()
            .to_string()
    };
    assert!(refused(&|s| s["version"] = json!(2)).contains("version"));
    refused(&|s| s["models"][0]["root"][0] = json!(-1.0));
    refused(&|s| {
        s["models"][0]["root"].as_array_mut().unwrap().pop();
    });
    refused(&|s| {
        s["models"].as_array_mut().unwrap().pop();
    });
    refused(&|s| s["pending"][0][1]["context"] = json!([1.0]));
    refused(&|s| s["pending"][0][0] = json!(9));
    refused(&|s| s["options"]["noise"] = json!(0.0));
    refused(&|s| s["more"] = json!(1));
    assert!(serde_json::from_value::<ActionChooser>(good).is_ok());
}
