//! The cases of tests/vectors/pipeline.json.

use crm_core::Result;
use crm_core::idic::differentiate::cross_table;
use crm_core::idic::identify::{Field, Provenance, PseudonymKey, Schema};
use crm_core::idic::interact::uplift::uplift_curve;
use crm_core::idic::pipeline::{
    ConsentChange, CustomerHistory, CustomerPlan, CustomerRecords, Idic, Interactions, Keyed,
    KeyedColumn, KeyedTexts, Outcome, RecordSource,
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

fn process(arguments: &Map<String, Value>) -> Result<Idic> {
    let fields = arguments["fields"].as_array().unwrap().iter();
    let field = |f: &Value| {
        let kind = serde_json::from_value(f["kind"].clone()).unwrap();
        Field {
            importance: f["importance"].as_f64().unwrap_or(1.0),
            half_life: f["half_life"].as_f64(),
            ..Field::new(f["name"].as_str().unwrap(), kind)
        }
    };
    let schema = Schema::new(fields.map(field).collect())?;
    let options = serde_json::from_str(arguments["options"].as_str().unwrap()).unwrap();
    Idic::new(schema, options)
}

/// Texts that are given row by row, column by column.
fn columns(rows: &Value, count: usize) -> Vec<Vec<String>> {
    let rows: Vec<Vec<String>> = serde_json::from_value(rows.clone()).unwrap();
    let column = |place: usize| rows.iter().map(|row| row[place].clone()).collect();
    (0..count).map(column).collect()
}

/// One round, as far as groups, freshness and pseudonyms go.
fn idic_segments(arguments: &Map<String, Value>) -> Result<Value> {
    let mut idic = process(arguments)?;
    let keys = texts(&arguments["keys"]);
    let records = columns(&arguments["records"], 3);
    let times: Vec<i64> = serde_json::from_value(arguments["times"].clone()).unwrap();
    idic.identify(&CustomerRecords {
        sources: vec![RecordSource {
            keys: &keys,
            fields: records.iter().map(|c| c as &dyn TextColumn).collect(),
        }],
        provenance: Provenance {
            times: Some(&times),
            trust: None,
        },
    })?;
    let value_keys = texts(&arguments["value_keys"]);
    let (current, potential) = (
        column(&arguments["current"]),
        column(&arguments["potential"]),
    );
    let answer_keys = texts(&arguments["answer_keys"]);
    let answers = columns(&arguments["answers"], 2);
    idic.differentiate(&CustomerHistory {
        current: Some(KeyedColumn {
            keys: &value_keys,
            values: &current,
        }),
        potential: Some(KeyedColumn {
            keys: &value_keys,
            values: &potential,
        }),
        choices: Some(KeyedTexts {
            keys: &answer_keys,
            columns: answers.iter().map(|c| c as &dyn TextColumn).collect(),
        }),
        ..CustomerHistory::default()
    })?;
    let now = Moment::from_seconds(arguments["now"][0].as_i64().unwrap())?;
    idic.interact(&Interactions::none(now))?;
    idic = Idic::from_bytes(&idic.to_bytes()?)?;
    idic.customize()?;
    let plans = idic.plans()?;
    let needs = idic.differentiation().unwrap().needs();
    let table = idic.differentiation().unwrap().value_by_needs()?;
    let key: Vec<u8> = serde_json::from_value(arguments["pseudonym_key"].clone()).unwrap();
    let stale = |row| {
        idic.stale(row)
            .unwrap()
            .iter()
            .map(|&s| i32::from(s))
            .collect()
    };
    let stale: Vec<Vec<i32>> = (0..plans.len()).map(stale).collect();
    Ok(json!({
        "needs": plans.iter().map(|p| p.needs.map_or(-1, u32::cast_signed)).collect::<Vec<_>>(),
        "sizes": needs.sizes,
        "profile": needs.modes,
        "counts": table.counts,
        "totals": table.totals,
        "freshness": plans.iter().map(|p| p.freshness).collect::<Vec<_>>(),
        "stale": stale,
        "pseudonyms": idic.pseudonyms(&PseudonymKey::new(&key)?),
    }))
}

/// Rounds with values that are given, the state going through its bytes after each stage.
fn idic_rounds(arguments: &Map<String, Value>) -> Result<Value> {
    let mut idic = process(arguments)?;
    let keys = texts(&arguments["keys"]);
    let columns = columns(&arguments["records"], 3);
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
            "idic_segments" => idic_segments(arguments),
            "cross_table" => crossed(arguments),
            "uplift_curve" => uplift(arguments),
            other => panic!("no function {other}"),
        }]
    });
}
