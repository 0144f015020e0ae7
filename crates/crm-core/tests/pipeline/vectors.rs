//! The cases of tests/vectors/pipeline.json.

use crm_core::Result;
use crm_core::idic::differentiate::cross_table;
use crm_core::idic::identify::{Field, Schema};
use crm_core::idic::interact::uplift::uplift_curve;
use crm_core::idic::pipeline::{
    ConsentChange, CustomerHistory, CustomerPlan, CustomerRecords, Idic, Interactions, Keyed,
    KeyedColumn, Outcome, RecordSource,
};
use crm_core::ledger::TextColumn;
use crm_core::units::{Label, Moment};
use serde_json::{Map, Value, json};

use crate::cases::check;

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

fn column(value: &Value) -> Vec<f64> {
    let known: Vec<Option<f64>> = serde_json::from_value(value.clone()).unwrap();
    known.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect()
}

fn code<T: Label + PartialEq>(member: Option<T>) -> i32 {
    let place = member.map(|member| T::ALL.iter().position(|known| *known == member).unwrap());
    place.map_or(-1, |place| i32::try_from(place).unwrap())
}

fn shown(plans: &[CustomerPlan]) -> Value {
    fn each<T: serde::Serialize>(plans: &[CustomerPlan], of: impl Fn(&CustomerPlan) -> T) -> Value {
        json!(plans.iter().map(of).collect::<Vec<_>>())
    }
    json!({
        "customer": each(plans, |p| p.customer),
        "current": each(plans, |p| p.current),
        "customer_type": each(plans, |p| code(p.customer_type)),
        "action": each(plans, |p| p.action),
        "expected": each(plans, |p| p.expected),
        "standard_error": each(plans, |p| p.standard_error),
        "offer": each(plans, |p| p.offer.map_or(-1, u32::cast_signed)),
        "acceptance": each(plans, |p| p.acceptance),
        "offer_value": each(plans, |p| p.offer_value),
    })
}

/// Rounds with values that are given, the state going through its bytes after each stage.
fn idic_rounds(arguments: &Map<String, Value>) -> Result<Value> {
    let fields = arguments["fields"].as_array().unwrap().iter();
    let field = |f: &Value| {
        let kind = serde_json::from_value(f["kind"].clone()).unwrap();
        Field::new(f["name"].as_str().unwrap(), kind)
    };
    let schema = Schema::new(fields.map(field).collect())?;
    let options = serde_json::from_str(arguments["options"].as_str().unwrap()).unwrap();
    let mut idic = Idic::new(schema, options)?;
    let keys = texts(&arguments["keys"]);
    let records: Vec<Vec<String>> = serde_json::from_value(arguments["records"].clone()).unwrap();
    let of_field = |field: usize| records.iter().map(|r| r[field].clone()).collect();
    let columns: Vec<Vec<String>> = (0..3).map(of_field).collect();
    let value_keys = texts(&arguments["value_keys"]);
    let (current, potential) = (
        column(&arguments["current"]),
        column(&arguments["potential"]),
    );
    let keyed = |values| KeyedColumn {
        keys: &value_keys,
        values,
    };
    let channel = serde_json::from_value(arguments["consent"].clone()).unwrap();
    let agreed = vec![
        ConsentChange {
            channel,
            is_given: true
        };
        keys.len()
    ];
    let again = |idic: &Idic| Idic::from_bytes(&idic.to_bytes().unwrap()).unwrap();
    let mut found = Vec::new();
    for (round, now) in arguments["now"].as_array().unwrap().iter().enumerate() {
        let source = RecordSource {
            keys: &keys,
            fields: columns.iter().map(|c| c as &dyn TextColumn).collect(),
        };
        idic.identify(&CustomerRecords {
            sources: if round == 0 { vec![source] } else { vec![] },
            ..CustomerRecords::default()
        })?;
        idic = again(&idic);
        idic.differentiate(&CustomerHistory {
            current: Some(keyed(&current)),
            potential: Some(keyed(&potential)),
            ..CustomerHistory::default()
        })?;
        idic = again(&idic);
        let now = Moment::from_seconds(now.as_i64().unwrap()).unwrap();
        idic.interact(&Interactions {
            consents: Keyed {
                keys: &keys,
                values: &agreed,
            },
            ..Interactions::none(now)
        })?;
        idic = again(&idic);
        idic.customize()?;
        idic = again(&idic);
        let plans = idic.plans()?;
        found.push(shown(&plans));
        let outcomes = arguments["outcomes"][round].as_array().unwrap().iter();
        let outcome = |told: &Value| {
            let customer = idic.customer_of(told["key"].as_str().unwrap());
            let plan = plans.iter().find(|plan| Some(plan.customer) == customer);
            Outcome {
                decision: plan.unwrap().decision,
                at: now,
                contact: serde_json::from_value(told["contact"].clone()).unwrap(),
                reward: told["reward"].as_f64().unwrap(),
            }
        };
        let outcomes: Vec<Outcome> = outcomes.map(outcome).collect();
        idic.learn(&outcomes)?;
        idic.next_round();
    }
    Ok(json!(found))
}

fn crossed(arguments: &Map<String, Value>) -> Result<Value> {
    let groups =
        |name: &str| -> Vec<u32> { serde_json::from_value(arguments[name].clone()).unwrap() };
    let size = |name: &str| arguments[name].as_u64().unwrap() as usize;
    let measure = column(&arguments["measure"]);
    let (first, second) = (groups("first"), groups("second"));
    let found = cross_table(
        &first,
        size("rows"),
        &second,
        size("columns"),
        Some(&measure),
    )?;
    Ok(json!({"counts": found.counts, "totals": found.totals}))
}

fn uplift(arguments: &Map<String, Value>) -> Result<Value> {
    let treated = column(&arguments["treated"]);
    let treated: Vec<bool> = treated.iter().map(|flag| *flag != 0.0).collect();
    let found = uplift_curve(
        &column(&arguments["score"]),
        &treated,
        &column(&arguments["outcome"]),
    )?;
    Ok(json!(found))
}

#[test]
fn vectors_hold() {
    let text = include_str!("../../../../tests/vectors/pipeline.json");
    check(text, |function, arguments| {
        vec![match function {
            "idic_rounds" => idic_rounds(arguments),
            "cross_table" => crossed(arguments),
            "uplift_curve" => uplift(arguments),
            other => panic!("no function {other}"),
        }]
    });
}
