//! The cases of tests/vectors/idic.json, and laws of the pipeline's stages.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot read its case fails"
)]

mod vectors;

use crm_core::ErrorKind;
use crm_core::Result;
use crm_core::idic::customize::assignment::{Assignment, AssignmentReason, Offer, assign};
use crm_core::idic::customize::conjoint::{
    Attribute, PartWorths, choice_shares, fit_choices, fit_ratings,
};
use crm_core::idic::differentiate::{
    ClusterOptions, ClusterScaling, category_silhouette, choose_clusters, choose_modes, k_means,
    k_modes, silhouette,
};
use crm_core::idic::interact::choice::{ActionChooser, ActionOption, ChooserOptions};
use crm_core::idic::interact::contact::{Channel, Contact, ContactPurpose};
use crm_core::idic::interact::evaluation::{LoggedDecisions, evaluate_policy};
use crm_core::idic::interact::memory::{MemoryOptions, PreferenceMemory, Specifications};
use crm_core::idic::interact::policy::{Consent, ContactPolicy, Standing};
use crm_core::kernels::Kernel;
use crm_core::units::{Label, Moment, Probability};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use vectors::{check, numbers, run_kernel};

type Arguments = Map<String, Value>;

fn number(arguments: &Arguments, name: &str) -> f64 {
    arguments[name].as_f64().unwrap()
}

fn list(arguments: &Arguments, name: &str) -> Vec<f64> {
    numbers(&arguments[name])
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn moment(value: &Value) -> Moment {
    Moment::from_seconds(value.as_i64().unwrap()).unwrap()
}

fn confidence(arguments: &Arguments) -> Probability {
    Probability::try_from(number(arguments, "confidence")).unwrap()
}

fn slices<T>(columns: &[Vec<T>]) -> Vec<&[T]> {
    columns.iter().map(Vec::as_slice).collect()
}

fn may_contact(arguments: &Arguments) -> Result<Value> {
    let policy: ContactPolicy = read(&arguments["policy"]);
    let channels: Vec<Channel> = read(&arguments["consent"]);
    let consent = channels
        .into_iter()
        .fold(Consent::default(), Consent::given);
    let contact = |value: &Value| Contact {
        at: moment(&value["at"]),
        channel: read(&value["channel"]),
        direction: read(&value["direction"]),
        purpose: read(&value["purpose"]),
        outcome: read(&value["outcome"]),
    };
    let contacts = arguments["contacts"].as_array().unwrap();
    let contacts: Vec<Contact> = contacts.iter().map(contact).collect();
    let standing = Standing {
        consent,
        contacts: &contacts,
        has_open_complaint: arguments["has_open_complaint"].as_bool().unwrap(),
    };
    let channel: Channel = read(&arguments["channel"]);
    let purpose: ContactPurpose = read(&arguments["purpose"]);
    let verdict = policy.may_contact(&standing, channel, purpose, moment(&arguments["now"]))?;
    Ok(json!(verdict.map_or_else(Label::name, |()| "allowed")))
}

fn belief(arguments: &Arguments) -> Result<Value> {
    let options = MemoryOptions {
        prior: number(arguments, "prior"),
        half_life: arguments["half_life"].as_f64(),
    };
    let choices = arguments["choices"].as_u64().unwrap() as usize;
    let mut memory = PreferenceMemory::new(choices, options)?;
    for seen in arguments["observations"].as_array().unwrap() {
        let choice = seen["choice"].as_u64().unwrap() as usize;
        memory.observe(
            choice,
            seen["weight"].as_f64().unwrap(),
            moment(&seen["at"]),
        )?;
    }
    let stored = serde_json::to_string(&memory).unwrap();
    assert_eq!(
        serde_json::from_str::<PreferenceMemory>(&stored).unwrap(),
        memory
    );
    let at = moment(&arguments["at"]);
    let found = memory.belief(at, confidence(arguments))?;
    Ok(json!({
        "parameters": memory.parameters(at),
        "probability": found.iter().map(|b| b.probability).collect::<Vec<_>>(),
        "lower": found.iter().map(|b| b.lower).collect::<Vec<_>>(),
        "upper": found.iter().map(|b| b.upper).collect::<Vec<_>>(),
    }))
}

fn remembered(arguments: &Arguments) -> Value {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut known = Specifications::default();
    let said = arguments["said"].as_array().unwrap().iter();
    let remembered: Vec<bool> = said
        .map(|each| {
            let (subject, value) = (text(&each["subject"]), text(&each["value"]));
            known.remember(&subject, &value, moment(&each["at"]))
        })
        .collect();
    let stored = serde_json::to_string(&known).unwrap();
    let mut again: Specifications = serde_json::from_str(&stored).unwrap();
    let asked: Vec<String> = read(&arguments["asked"]);
    let found: Vec<_> = asked
        .iter()
        .map(|subject| again.recall(subject).cloned())
        .collect();
    let subjects: Vec<String> = again.subjects().map(str::to_owned).collect();
    json!({
        "remembered": remembered,
        "value": found.iter().map(|f| f.as_ref().map(|f| f.value.clone())).collect::<Vec<_>>(),
        "at": found.iter().map(|f| f.as_ref().map(|f| f.at.seconds())).collect::<Vec<_>>(),
        "subjects": subjects,
        "erased": again.erase(),
    })
}

fn chosen(arguments: &Arguments) -> Result<Value> {
    let options: ChooserOptions = read(&arguments["options"]);
    let mut chooser = ActionChooser::new(options)?;
    let (mut actions, mut means, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (hour, round) in arguments["rounds"].as_array().unwrap().iter().enumerate() {
        let customer = round["customer"].as_u64().unwrap();
        let features: Vec<f64> = read(&round["features"]);
        let eligible: Vec<bool> = read(&round["eligible"]);
        let rewards: Vec<f64> = read(&round["rewards"]);
        let now = Moment::from_seconds((hour as u64).cast_signed() * 3600).unwrap();
        let decision = chooser.decide(customer, &features, &eligible, now)?;
        assert_eq!(decision.probability, 1.0);
        for (action, score) in decision.scores.iter().enumerate() {
            let why = chooser.explain(customer, &features, action)?;
            let parts =
                why.constant + why.contributions.iter().sum::<f64>() + why.leaning - why.cost;
            assert!((parts - score.mean).abs() < 1e-14);
            assert_eq!(why.standard_error, score.standard_error);
        }
        actions.push(decision.action);
        means.push(decision.scores.iter().map(|s| s.mean).collect::<Vec<_>>());
        errors.push(
            decision
                .scores
                .iter()
                .map(|s| s.standard_error)
                .collect::<Vec<_>>(),
        );
        // The state goes through its stored form in every round.
        let stored = serde_json::to_string(&chooser).unwrap();
        chooser = serde_json::from_str(&stored).unwrap();
        let reward = rewards.get(decision.action).copied().unwrap();
        chooser.reward(decision.id, reward)?;
    }
    let coefficients = (0..).map_while(|action| chooser.coefficients(action));
    Ok(json!({
        "action": actions,
        "mean": means,
        "standard_error": errors,
        "coefficients": coefficients.collect::<Vec<_>>(),
    }))
}

fn evaluated(arguments: &Arguments) -> Result<Value> {
    let (reward, probability) = (list(arguments, "reward"), list(arguments, "probability"));
    let target = list(arguments, "target_probability");
    let model: Option<(Vec<f64>, Vec<f64>)> =
        arguments["expected_of_action"].as_array().map(|_| {
            (
                list(arguments, "expected_of_action"),
                list(arguments, "expected_of_policy"),
            )
        });
    let log = LoggedDecisions {
        reward: &reward,
        probability: &probability,
        target_probability: &target,
        expected: model.as_ref().map(|(a, b)| (a.as_slice(), b.as_slice())),
        largest_weight: arguments["largest_weight"].as_f64(),
    };
    evaluate_policy(log, confidence(arguments)).map(|found| json!(found))
}

fn assigned(arguments: &Arguments) -> Result<Assignment> {
    let values: Vec<Vec<f64>> = read(&arguments["values"]);
    let forbidden = |v: &f64| if *v == -1e300 { f64::NEG_INFINITY } else { *v };
    let values: Vec<Vec<f64>> = values
        .iter()
        .map(|c| c.iter().map(forbidden).collect())
        .collect();
    let offers: Vec<Offer> = read(&arguments["offers"]);
    assign(&slices(&values), &offers, arguments["budget"].as_f64())
}

fn assignment(arguments: &Arguments) -> Result<Value> {
    let found = assigned(arguments)?;
    assert!(found.bound >= found.value - 1e-9 * found.value.abs());
    Ok(json!({"offer": found.offer, "value": found.value, "cost": found.cost}))
}

fn worths(found: &PartWorths) -> Value {
    let level = |levels: &Vec<crm_core::idic::customize::conjoint::LevelWorth>| {
        json!({
            "worth": levels.iter().map(|l| l.worth).collect::<Vec<_>>(),
            "standard_error": levels.iter().map(|l| l.standard_error).collect::<Vec<_>>(),
        })
    };
    json!({"levels": found.levels.iter().map(level).collect::<Vec<_>>(), "importance": found.importance()})
}

fn ratings(arguments: &Arguments) -> Result<Value> {
    let products: Vec<Vec<u32>> = read(&arguments["products"]);
    let attributes: Vec<_> = read(&arguments["attributes"]);
    let found = fit_ratings(&attributes, &slices(&products), &list(arguments, "ratings"))?;
    let mut shown = worths(&found.part_worths);
    shown["intercept"] = json!(found.intercept);
    shown["r_squared"] = json!(found.r_squared);
    shown["degrees_of_freedom"] = json!(found.degrees_of_freedom);
    Ok(shown)
}

fn choices(arguments: &Arguments) -> Result<Value> {
    let products: Vec<Vec<u32>> = read(&arguments["products"]);
    let attributes: Vec<_> = read(&arguments["attributes"]);
    let set: Vec<u64> = read(&arguments["set"]);
    let taken: Vec<bool> = read(&arguments["chosen"]);
    let found = fit_choices(&attributes, &slices(&products), &set, &taken)?;
    let mut shown = worths(&found.part_worths);
    shown["log_likelihood"] = json!(found.log_likelihood);
    shown["null_log_likelihood"] = json!(found.null_log_likelihood);
    Ok(shown)
}

fn columns(arguments: &Arguments) -> Vec<Vec<f64>> {
    read(&arguments["columns"])
}

fn means(arguments: &Arguments) -> Result<Value> {
    let clusters = arguments["clusters"].as_u64().unwrap() as usize;
    let scaling: ClusterScaling = read(&arguments["scaling"]);
    let columns = columns(arguments);
    let found = k_means(
        &slices(&columns),
        clusters,
        scaling,
        ClusterOptions::default(),
    )?;
    assert!(found.clustering.converged);
    Ok(json!({
        "cluster": found.clustering.cluster,
        "centers": found.centers,
        "inertia": found.inertia,
        "explained": found.explained,
    }))
}

fn modes(arguments: &Arguments) -> Result<Value> {
    let clusters = arguments["clusters"].as_u64().unwrap() as usize;
    let columns: Vec<Vec<u32>> = read(&arguments["columns"]);
    let found = k_modes(&slices(&columns), clusters, ClusterOptions::default())?;
    Ok(json!({"cluster": found.clustering.cluster, "modes": found.modes, "cost": found.cost}))
}

fn one(function: &str, arguments: &Arguments) -> Result<Value> {
    match function {
        "may_contact" => may_contact(arguments),
        "preference_belief" => belief(arguments),
        "specifications" => Ok(remembered(arguments)),
        "action_chooser" => chosen(arguments),
        "evaluate_policy" => evaluated(arguments),
        "assign" => assignment(arguments),
        "assign_bound" => assigned(arguments).map(|found| json!(found.bound)),
        "fit_ratings" => ratings(arguments),
        "fit_choices" => choices(arguments),
        "choice_shares" => {
            let utilities: Vec<Vec<f64>> = read(&arguments["utilities"]);
            choice_shares(&slices(&utilities), read(&arguments["rule"])).map(|s| json!(s))
        }
        "k_means" => means(arguments),
        "k_modes" => modes(arguments),
        "silhouette" => {
            let cluster: Vec<u32> = read(&arguments["cluster"]);
            let columns = columns(arguments);
            let scaling = read(&arguments["scaling"]);
            silhouette(&slices(&columns), &cluster, scaling).map(|s| json!(s))
        }
        "category_silhouette" => {
            let cluster: Vec<u32> = read(&arguments["cluster"]);
            let columns: Vec<Vec<u32>> = read(&arguments["columns"]);
            category_silhouette(&slices(&columns), &cluster).map(|s| json!(s))
        }
        "choose_modes" => {
            let most = arguments["most"].as_u64().unwrap() as usize;
            let columns: Vec<Vec<u32>> = read(&arguments["columns"]);
            let found = choose_modes(&slices(&columns), most, ClusterOptions::default());
            found.map(|found| json!(found))
        }
        _ => panic!("no function {function}"),
    }
}

fn run(function: &str, arguments: &Arguments) -> Vec<Result<Value>> {
    match Kernel::find(function) {
        Ok(kernel) => run_kernel(kernel, arguments),
        Err(_) => vec![one(function, arguments)],
    }
}

#[test]
fn vectors_hold() {
    check(include_str!("../../../tests/vectors/idic.json"), run);
}

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

/// A seeded source of numbers in [0, 1) for simulations.
fn uniform(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1_u64 << 53) as f64
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

/// Values that come from few traits, so that many customers want the same.
fn market(customers: usize, offers: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut state = seed;
    let taste: Vec<f64> = (0..customers).map(|_| uniform(&mut state)).collect();
    (0..offers)
        .map(|j| {
            taste
                .iter()
                .map(|t| {
                    10.0 * t * (j as f64 + 1.0) / offers as f64 + 3.0 * uniform(&mut state) - 2.0
                })
                .collect()
        })
        .collect()
}

/// The highest value of all assignments, from this customer on.
fn best_of_all(values: &[Vec<f64>], offers: &mut [Offer], budget: f64, customer: usize) -> f64 {
    if customer == values[0].len() {
        return 0.0;
    }
    let mut best = best_of_all(values, offers, budget, customer + 1);
    for offer in 0..offers.len() {
        let cost = offers[offer].cost;
        if offers[offer].capacity == Some(0) || cost > budget {
            continue;
        }
        let take = |places: Option<u64>, change: i64| places.map(|k| k.wrapping_add_signed(change));
        offers[offer].capacity = take(offers[offer].capacity, -1);
        let rest = best_of_all(values, offers, budget - cost, customer + 1);
        offers[offer].capacity = take(offers[offer].capacity, 1);
        best = best.max(values[offer][customer] + rest);
    }
    best
}

#[test]
fn a_small_assignment_is_the_best_of_all() {
    for seed in 0..40 {
        let values = market(7, 3, seed);
        let mut state = seed + 99;
        let mut offers: Vec<Offer> = (0..3)
            .map(|j| Offer {
                cost: 1.0 + 2.0 * uniform(&mut state),
                capacity: (j != 1).then_some(1 + u64::from(uniform(&mut state) < 0.5)),
            })
            .collect();
        let budget = 4.0 + 4.0 * uniform(&mut state);
        let found = assign(&slices(&values), &offers, Some(budget)).unwrap();
        let best = best_of_all(&values, &mut offers, budget, 0);
        assert!(
            (found.value - best).abs() < 1e-12,
            "{seed}: {}, {best}",
            found.value
        );
        assert!(found.bound >= best - 1e-9);
    }
}

#[test]
fn a_large_assignment_is_near_its_bound() {
    let values = market(60_000, 6, 3);
    let offers: Vec<Offer> = (0..6)
        .map(|j| Offer {
            cost: 1.0 + f64::from(j),
            capacity: (j > 1).then_some(2000),
        })
        .collect();
    let found = assign(&slices(&values), &offers, Some(70_000.0)).unwrap();
    assert!(found.gap() < 1e-3, "{}", found.gap());
    assert!(found.cost <= 70_000.0 + 1e-6);
    for (made, offer) in found.made.iter().zip(&offers) {
        assert!(offer.capacity.is_none_or(|k| *made <= k));
    }
    assert!(found.money_price > 0.0);
    let again = assign(&slices(&values), &offers, Some(70_000.0)).unwrap();
    assert_eq!(found, again);
}

#[test]
fn what_only_rust_and_c_can_say_wrongly_is_refused() {
    let values: [&[f64]; 2] = [&[1.0, 2.0], &[0.5, 0.1]];
    assert_eq!(
        assign(&values, &[Offer::default()], None)
            .unwrap_err()
            .argument(),
        "offers"
    );
    let attribute = |levels: usize| Attribute {
        name: "price".into(),
        levels: vec![String::new(); levels],
    };
    let error = fit_ratings(&[attribute(3)], &[&[0, 1, 3, 2]], &[1.0; 4]).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument(), error.row()),
        (ErrorKind::OutOfRange, "products", Some(2))
    );
    let error = fit_ratings(&[attribute(1)], &[&[0, 0]], &[1.0; 2]).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("attributes", Some(0)));
}

#[test]
fn customers_are_told_why() {
    let values = market(300, 2, 8);
    let places = [
        Offer::default(),
        Offer {
            cost: 0.0,
            capacity: Some(40),
        },
    ];
    let found = assign(&slices(&values), &places, None).unwrap();
    assert!(found.place_prices[1] > 0.0 && found.money_price == 0.0);
    for (row, (reason, offer)) in found.reason.iter().zip(&found.offer).enumerate() {
        let of_row = [values[0][row], values[1][row]];
        let best = of_row[0].max(of_row[1]);
        match reason {
            AssignmentReason::Best => assert_eq!(of_row[offer.unwrap() as usize], best),
            AssignmentReason::PlacesElsewhere => assert!(of_row[1] == best && *offer != Some(1)),
            AssignmentReason::NoGain => assert!(best <= 0.0 && offer.is_none()),
            AssignmentReason::MoneyElsewhere | AssignmentReason::NotEligible => {
                panic!("{reason:?}")
            }
        }
    }
    assert!(found.reason.contains(&AssignmentReason::PlacesElsewhere));
    let dear = [
        Offer {
            cost: 2.0,
            capacity: None,
        },
        Offer {
            cost: 3.0,
            capacity: None,
        },
    ];
    let found = assign(&slices(&values), &dear, Some(100.0)).unwrap();
    assert!(found.money_price > 0.0 && found.reason.contains(&AssignmentReason::MoneyElsewhere));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_assignment_keeps_its_limits_and_its_bound(
        customers in 1_usize..40,
        seed in 0_u64..1000,
        places in prop::collection::vec(prop::option::of(0_u64..12), 3),
        budget in prop::option::of(0.0..30.0_f64),
    ) {
        let values = market(customers, 3, seed);
        let offers: Vec<Offer> = places.iter().zip([2.0, 1.0, 0.0]).map(|(&capacity, cost)| Offer { cost, capacity }).collect();
        let found = assign(&slices(&values), &offers, budget).unwrap();
        prop_assert!(found.value <= found.bound * (1.0 + 1e-12) + 1e-12);
        prop_assert!(budget.is_none_or(|budget| found.cost <= budget + 1e-9));
        for (made, offer) in found.made.iter().zip(&offers) {
            prop_assert!(offer.capacity.is_none_or(|k| *made <= k));
        }
        for (row, offer) in found.offer.iter().enumerate() {
            prop_assert!(offer.is_none_or(|offer| values[offer as usize][row] > 0.0));
        }
    }

    #[test]
    fn clustering_does_not_depend_on_the_order_of_columns(seed in 0_u64..50) {
        let columns = market(60, 2, seed);
        let options = ClusterOptions { seed, ..ClusterOptions::default() };
        let found = k_means(&slices(&columns), 3, ClusterScaling::Standardized, options).unwrap();
        prop_assert_eq!(found.clustering.sizes.iter().sum::<u64>(), 60);
        prop_assert!(found.clustering.sizes.windows(2).all(|pair| pair[0] >= pair[1]));
        prop_assert!((0.0..=1.0).contains(&found.explained));
        let turned = [columns[1].as_slice(), columns[0].as_slice()];
        let other = k_means(&turned, 3, ClusterScaling::Standardized, options).unwrap();
        prop_assert!((found.inertia - other.inertia).abs() < 1e-9 * found.inertia);
    }
}

#[test]
fn three_groups_are_found_to_be_three() {
    let mut state = 9;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for row in 0..300 {
        let center = [(0.0, 0.0), (8.0, 1.0), (3.0, 9.0)][row % 3];
        x.push(center.0 + uniform(&mut state));
        y.push(center.1 + uniform(&mut state));
    }
    let found = choose_clusters(
        &[&x, &y],
        6,
        ClusterScaling::Standardized,
        ClusterOptions::default(),
    )
    .unwrap();
    let best = found
        .iter()
        .max_by(|a, b| a.silhouette.total_cmp(&b.silhouette))
        .unwrap();
    assert_eq!(best.clusters, 3);
}
