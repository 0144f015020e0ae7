//! The cases of tests/vectors/identify.json.

use crm_core::Result;
use crm_core::idic::identify::distance::{
    damerau_levenshtein, jaro, jaro_winkler, levenshtein, osa, token_set,
};
use crm_core::idic::identify::normalise::{self, CallingCode, name, romanised};
use serde_json::{Map, Value, json};

use crate::cases::check;

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
        _ => panic!("no such function: {function}"),
    })
}
