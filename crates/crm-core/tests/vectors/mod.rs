//! Running the cases of tests/vectors/*.json.

use crm_core::kernels::{Column, Kernel};
use crm_core::units::{decimal, nearest_f64};
use crm_core::{Error, Result};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Compares every case of a file with what `run` gives for it: each of the forms that the function has.
pub(crate) fn check(text: &str, run: impl Fn(&str, &Map<String, Value>) -> Vec<Result<Value>>) {
    let file: Value = serde_json::from_str(text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let expected = &case["expected"];
        let tolerance = case["tolerance"].as_f64().unwrap();
        for result in run(
            case["function"].as_str().unwrap(),
            case["arguments"].as_object().unwrap(),
        ) {
            let holds = match &result {
                Ok(found) => agree(found, expected, tolerance),
                Err(error) => is_refused(error, expected),
            };
            assert!(holds, "{}: {result:?}, expected {expected}", case["name"]);
        }
    }
}

/// A list of numbers.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_f64().unwrap()).collect()
}

/// The exact and the columnar form of a kernel.
pub(crate) fn run_kernel(kernel: &Kernel, arguments: &Map<String, Value>) -> Vec<Result<Value>> {
    let columns: Vec<Vec<f64>> = kernel
        .arguments
        .iter()
        .map(|argument| match &arguments[argument.name] {
            Value::Array(_) => numbers(&arguments[argument.name]),
            scalar => vec![scalar.as_f64().unwrap()],
        })
        .collect();
    assert_eq!(arguments.len(), columns.len(), "{}", kernel.name);
    let rows = columns[0].len();
    let shaped = |results: Vec<f64>| match arguments[kernel.arguments[0].name] {
        Value::Array(_) => json!(results),
        _ => json!(results[0]),
    };
    let exact = || -> Result<Value> {
        let row = |row: usize| {
            let values: Result<Vec<Decimal>> = kernel
                .arguments
                .iter()
                .zip(&columns)
                .map(|(argument, column)| decimal(argument.name, column[row]))
                .collect();
            let result = kernel.evaluate_exact(&values?);
            result.map(nearest_f64).map_err(|error| error.at_row(row))
        };
        (0..rows).map(row).collect::<Result<_>>().map(shaped)
    };
    let columnar = || {
        let columns: Vec<Column<'_>> = columns.iter().map(Column::from).collect();
        let mut out = vec![0.0; rows];
        kernel.evaluate(&columns, &mut out)?;
        Ok(shaped(out))
    };
    vec![exact(), columnar()]
}

fn agree(found: &Value, expected: &Value, tolerance: f64) -> bool {
    match (found, expected) {
        (Value::Number(found), Value::Number(expected)) => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            (found - expected).abs() <= tolerance * expected.abs().max(1.0)
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found
                    .iter()
                    .zip(expected)
                    .all(|(f, e)| agree(f, e, tolerance))
        }
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected
                    .iter()
                    .all(|(k, e)| found.get(k).is_some_and(|f| agree(f, e, tolerance)))
        }
        _ => found == expected,
    }
}

fn is_refused(error: &Error, expected: &Value) -> bool {
    json!(error.kind()) == expected["error"]
        && expected["argument"] == error.argument()
        && expected["row"]
            .as_u64()
            .is_none_or(|row| error.row() == Some(row as usize))
}
