//! The cases of tests/vectors/idic.json.

use crm_core::Result;
use crm_core::idic::customize::assignment::{Assignment, Offer, assign};
use crm_core::idic::customize::conjoint::{PartWorths, choice_shares, fit_choices, fit_ratings};
use crm_core::idic::differentiate::{
    ClusterOptions, ClusterScaling, category_silhouette, choose_modes, k_means, k_modes, silhouette,
};
use crm_core::idic::interact::choice::{ActionChooser, ChooserOptions};
use crm_core::idic::interact::contact::{Channel, Contact, ContactPurpose};
use crm_core::idic::interact::evaluation::{LoggedDecisions, evaluate_policy};
use crm_core::idic::interact::memory::{MemoryOptions, PreferenceMemory, Specifications};
use crm_core::idic::interact::policy::{Consent, ContactPolicy, Standing};
use crm_core::kernels::Kernel;
use crm_core::units::{Label, Moment, Probability};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::cases::{check, numbers, run_kernel};
use crate::market::slices;

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
    check(include_str!("../../../../tests/vectors/idic.json"), run);
}
