//! The cases of tests/vectors/identify.json.

use crm_core::Result;
use crm_core::idic::identify::distance::{
    damerau_levenshtein, jaro, jaro_winkler, levenshtein, osa, token_set,
};
use crm_core::idic::identify::normalise::{self, CallingCode, name, romanised};
use crm_core::idic::identify::store::{ClusterId, Origin, ProfileStore};
use crm_core::idic::identify::{
    Clusters, Field, FieldKind, FieldQuality, LinkageModel, PseudonymKey, QualityLimits, Records,
    Schema, TrainingOptions, field_quality, freshness, hmac_sha256,
};
use crm_core::ledger::TextColumn;
use crm_core::units::{Label, Moment};
use serde_json::{Map, Value, json};

use crate::cases::{check, numbers};

#[test]
fn vectors_of_identify() {
    let text = include_str!("../../../../tests/vectors/identify.json");
    check(text, |function, arguments| vec![run(function, arguments)]);
}

fn run(function: &str, arguments: &Map<String, Value>) -> Result<Value> {
    let text = |name: &str| arguments[name].as_str().unwrap();
    Ok(match function {
        "jaro" => json!(jaro(text("a"), text("b"))),
        "jaro_winkler" => json!(jaro_winkler(text("a"), text("b"))),
        "token_set" => json!(token_set(text("a"), text("b"))),
        "levenshtein" => json!(levenshtein(text("a"), text("b"))),
        "osa" => json!(osa(text("a"), text("b"))),
        "damerau_levenshtein" => json!(damerau_levenshtein(text("a"), text("b"))),
        "pinyin" => json!(romanised(&name(text("given")))),
        "normalise" => {
            let kind = serde_json::from_value(arguments["kind"].clone()).unwrap();
            let code = arguments["calling_code"].as_u64().unwrap() as u16;
            json!(normalise::value(
                kind,
                text("given"),
                CallingCode::new(code)?
            )?)
        }
        "hmac_sha256" => json!(hex(&hmac_sha256(
            &bytes(text("key")),
            &bytes(text("message"))
        ))),
        "pseudonym" => {
            let key = PseudonymKey::new(&bytes(text("key")))?;
            let kind = serde_json::from_value(arguments["kind"].clone()).unwrap();
            json!(key.pseudonym(kind, text("given"), CallingCode::CHINA))
        }
        "freshness" => {
            let number = |name: &str| arguments[name].as_f64().unwrap();
            json!(freshness(number("age"), number("half_life"))?)
        }
        "profile" => profile(arguments)?,
        "field_quality" => quality(arguments)?,
        _ => panic!("no such function: {function}"),
    })
}

/// The quality of each field; a freshness that is not known is -1.
fn quality(arguments: &Map<String, Value>) -> Result<Value> {
    const DAY: i64 = 86_400;
    let field = |given: &Value| Field {
        importance: given["importance"].as_f64().unwrap(),
        half_life: given["half_life"].as_f64(),
        ..Field::new(
            given["name"].as_str().unwrap(),
            serde_json::from_value(given["kind"].clone()).unwrap(),
        )
    };
    let fields: Vec<Field> = arguments["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(field)
        .collect();
    let rows = arguments["rows"].as_array().unwrap();
    let column = |place: usize| {
        rows.iter()
            .map(|row| row[place].as_str().unwrap())
            .collect()
    };
    let columns: Vec<Vec<&str>> = (0..fields.len()).map(column).collect();
    let chunk = columns
        .iter()
        .map(|column| column as &dyn TextColumn)
        .collect();
    let schema = Schema::new(fields)?;
    let records = Records::read(&schema, &[chunk])?;
    let day = |day: &f64| Moment::from_seconds(*day as i64 * DAY).unwrap();
    let times: Option<Vec<Moment>> = (!arguments["days"].is_null())
        .then(|| numbers(&arguments["days"]).iter().map(day).collect());
    let number = |name: &str| arguments[name].as_f64().unwrap();
    let limits = QualityLimits {
        least_freshness: number("least_freshness"),
        least_filled: number("least_filled"),
    };
    let found = field_quality(
        &schema,
        &records,
        times.as_deref(),
        day(&number("now")),
        limits,
    )?;
    let told = |quality: &FieldQuality| {
        json!({
            "field": schema.fields()[quality.field].name,
            "filled": quality.filled,
            "unreadable": quality.unreadable,
            "different": quality.different,
            "freshness": quality.freshness.unwrap_or(-1.0),
            "verdict": quality.verdict,
        })
    };
    Ok(found.iter().map(told).collect())
}

/// Customer 0 has a record of unknown origin that says 0; then each value is told by a source of its own.
fn profile(arguments: &Map<String, Value>) -> Result<Value> {
    const DAY: i64 = 86_400;
    let field = Field {
        half_life: arguments["half_life"].as_f64(),
        ..Field::new("value", FieldKind::Code)
    };
    let schema = Schema::new(vec![field])?;
    let values: [&str; 2] = ["0", "9"];
    let records = Records::read(&schema, &[vec![&values.as_slice()]])?;
    let model = LinkageModel::train(&schema, &records, &TrainingOptions::default())?;
    let clusters = Clusters {
        of_record: vec![0, 1],
        count: 2,
        split: 0,
    };
    let mut store = ProfileStore::from_clusters(model, 0.5, &records, &clusters)?;
    let (trust, days) = (numbers(&arguments["trust"]), numbers(&arguments["days"]));
    for ((value, trust), day) in arguments["values"]
        .as_array()
        .unwrap()
        .iter()
        .zip(trust)
        .zip(days)
    {
        let source = store.set_source(&format!("source {}", store.sources().len()), trust)?;
        let time = Moment::from_seconds(day as i64 * DAY)?;
        store.update(
            ClusterId(0),
            &[value.as_str().unwrap()],
            Origin { source, time },
        )?;
    }
    let now = Moment::from_seconds(arguments["now"].as_i64().unwrap() * DAY)?;
    let known = store.profile(ClusterId(0), now)?;
    let stands = known.fields[0].as_ref().unwrap();
    let grounds: Vec<&str> = known.conflicts.iter().map(|c| c.ground.name()).collect();
    Ok(json!({"value": stands.value.reveal(), "freshness": stands.freshness, "grounds": grounds}))
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |place| u8::from_str_radix(&hex[place..place + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
