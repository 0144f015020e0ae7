//! Markov chains of customers: every case of `tests/vectors/migration.json`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::Result;
use crm_core::clv::migration::{
    ContactTiming, DecisionProcess, MigrationModel, RecencyChain, Rewards, SolverOptions,
    SparseTransitions, Transitions, always_a_share, always_a_share_values_into,
};
use crm_core::clv::switching::{Horizon, TransitionMatrix};
use crm_core::units::{Money, Probability, Rate};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vectors::check;

fn get<T: DeserializeOwned>(arguments: &Value, name: &str) -> T {
    serde_json::from_value(arguments[name].clone()).unwrap()
}

fn money(arguments: &Value, name: &str) -> Money {
    get(arguments, name)
}

fn rate(arguments: &Value) -> Result<Rate> {
    Rate::named("discount_rate", get::<Decimal>(arguments, "discount_rate"))
}

fn horizon(arguments: &Value) -> Horizon {
    match arguments["horizon"].as_u64() {
        Some(last) => Horizon::Periods(u32::try_from(last).unwrap()),
        None => {
            assert_eq!(arguments["horizon"], "infinite");
            Horizon::Infinite
        }
    }
}

fn transitions(arguments: &Value) -> Result<Transitions> {
    if arguments.get("row_starts").is_some() {
        let starts: Vec<usize> = get(arguments, "row_starts");
        let columns: Vec<usize> = get(arguments, "columns");
        let probabilities: Vec<f64> = get(arguments, "probabilities");
        return Ok(SparseTransitions::from_csr(&starts, &columns, &probabilities)?.into());
    }
    let rows: Vec<Vec<f64>> = get(arguments, "transition_matrix");
    Ok(TransitionMatrix::new(&rows)?.into())
}

fn model(arguments: &Value) -> Result<MigrationModel> {
    let rewards = if arguments["rewards"][0].is_array() {
        Rewards::by_period(get(arguments, "rewards"))
    } else {
        Rewards::constant(get::<Vec<f64>>(arguments, "rewards"))
    };
    let rewards = match arguments.get("reward_variance") {
        Some(_) => rewards.with_variance(get::<Vec<f64>>(arguments, "reward_variance")),
        None => rewards,
    };
    MigrationModel::new(transitions(arguments)?, rewards)
}

fn decision(arguments: &Value) -> Result<DecisionProcess> {
    let tables: Vec<Vec<Vec<f64>>> = get(arguments, "transitions");
    let rewards: Vec<Vec<f64>> = get(arguments, "rewards");
    let available: Option<Vec<Vec<bool>>> = get(arguments, "available");
    DecisionProcess::from_tables(
        rewards[0].len(),
        u32::try_from(rewards.len()).unwrap(),
        &tables.concat().concat(),
        &rewards.concat(),
        available.map(|rows| rows.concat()).as_deref(),
    )
}

fn probabilities(arguments: &Value) -> Result<Vec<Probability>> {
    let table: Vec<Decimal> = get(arguments, "repurchase");
    let checked = table
        .into_iter()
        .enumerate()
        .map(|(row, p)| Probability::named("repurchase", p).map_err(|error| error.at_row(row)));
    checked.collect()
}

fn recency(arguments: &Value) -> Result<RecencyChain> {
    RecencyChain::new(probabilities(arguments)?)
}

fn share(arguments: &Value) -> Result<Value> {
    let found = always_a_share(
        money(arguments, "margin"),
        money(arguments, "contact_cost"),
        &probabilities(arguments)?,
        rate(arguments)?,
        get(arguments, "periods"),
        get(arguments, "contact"),
    )?;
    let column = |of: fn(&crm_core::clv::migration::SharePeriod) -> f64| -> Vec<f64> {
        found.periods.iter().map(of).collect()
    };
    Ok(json!({
        "value": found.value.to_f64(),
        "expected_purchases": column(|p| Money::new(p.expected_purchases).to_f64()),
        "expected_contacts": column(|p| Money::new(p.expected_contacts).to_f64()),
        "flow": column(|p| p.flow.to_f64()),
        "present_value": column(|p| p.present_value.to_f64()),
    }))
}

fn shares(arguments: &Value) -> Result<Value> {
    let margins: Vec<f64> = get(arguments, "margin");
    let costs = match arguments["contact_cost"].as_f64() {
        Some(cost) => vec![cost; margins.len()],
        None => get(arguments, "contact_cost"),
    };
    let (table, recencies) = if arguments["repurchase"][0].is_array() {
        let rows: Vec<Vec<f64>> = get(arguments, "repurchase");
        (rows.concat(), rows[0].len())
    } else {
        let row: Vec<f64> = get(arguments, "repurchase");
        let recencies = row.len();
        (row, recencies)
    };
    let mut out = vec![0.0; margins.len()];
    always_a_share_values_into(
        (&margins).into(),
        (&costs).into(),
        &table,
        recencies,
        get(arguments, "discount_rate"),
        get(arguments, "periods"),
        get::<ContactTiming>(arguments, "contact"),
        &mut out,
    )?;
    Ok(json!(out))
}

fn run(function: &str, arguments: &Value) -> Result<Value> {
    let solver = SolverOptions::default();
    Ok(match function {
        "state_values" => {
            let found = model(arguments)?.value(rate(arguments)?, horizon(arguments))?;
            json!(found.values)
        }
        "state_moments" => {
            let found = model(arguments)?.moments(rate(arguments)?, horizon(arguments))?;
            json!({"mean": found.mean, "variance": found.variance})
        }
        "cohort_distribution" => {
            let initial: Vec<f64> = get(arguments, "initial");
            let path = transitions(arguments)?.distribution(&initial, get(arguments, "last"))?;
            json!(path.rows().collect::<Vec<_>>())
        }
        "cohort_occupancy" => {
            let initial: Vec<f64> = get(arguments, "initial");
            let (rate, horizon) = (rate(arguments)?, horizon(arguments));
            let found = transitions(arguments)?.occupancy(&initial, rate, horizon, &solver)?;
            let time = |time: f64| {
                if time.is_infinite() {
                    json!("infinite")
                } else {
                    json!(time)
                }
            };
            Value::Array(found.into_iter().map(time).collect())
        }
        "absorption" => {
            let found = transitions(arguments)?.absorption(&solver)?;
            let class =
                |class: &Option<usize>| class.map_or(-1, |class| i64::try_from(class).unwrap());
            json!({
                "recurrent_class": found.structure.recurrent_class.iter().map(class).collect::<Vec<_>>(),
                "probabilities": found.rows().collect::<Vec<_>>(),
                "expected_periods": found.expected_periods,
            })
        }
        "stationary_distribution" => {
            json!(transitions(arguments)?.stationary_distribution(&solver)?)
        }
        "policy_iteration" => {
            let start: Option<Vec<u32>> = get(arguments, "start");
            let found =
                decision(arguments)?.policy_iteration(rate(arguments)?, start.as_deref())?;
            json!({"policy": found.policy, "value": found.value, "start_value": found.start_value})
        }
        "backward_induction" => {
            let found = decision(arguments)?
                .backward_induction(rate(arguments)?, get(arguments, "last"))?;
            json!({"actions": found.rows().collect::<Vec<_>>(), "value": found.value})
        }
        "direct_mail_value" => {
            let (margin, cost) = (money(arguments, "margin"), money(arguments, "contact_cost"));
            let model = recency(arguments)?.direct_mail(margin, cost)?;
            json!(model.value(rate(arguments)?, horizon(arguments))?.values)
        }
        "contact_policy" => {
            let (margin, cost) = (money(arguments, "margin"), money(arguments, "contact_cost"));
            let decision = recency(arguments)?.contact_decision(margin, cost)?;
            let found = decision.policy_iteration(rate(arguments)?, None)?;
            json!({"policy": found.policy, "value": found.value})
        }
        "always_a_share" => share(arguments)?,
        "always_a_share_values" => shares(arguments)?,
        other => panic!("no such function: {other}"),
    })
}

#[test]
fn vectors_hold() {
    let text = include_str!("../../../tests/vectors/migration.json");
    check(text, |function, arguments| {
        vec![run(function, &Value::Object(arguments.clone()))]
    });
}
