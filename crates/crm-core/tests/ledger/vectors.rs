use super::*;

fn date(value: &Value) -> Option<Date> {
    value.as_str().map(|text| text.parse().unwrap())
}

/// Ticks of a timestamp in the form `YYYY-MM-DDTHH:MM:SS[.ffffff]`.
fn ticks(text: &str, unit: TimeUnit) -> i64 {
    let (day, clock) = text.split_once('T').unwrap();
    let day: Date = day.parse().unwrap();
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let seconds = clock
        .split(':')
        .fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap());
    let seconds = i64::from(day.days()) * 86_400 + seconds;
    match unit {
        TimeUnit::Second => seconds,
        _ => seconds * 1_000_000 + fraction.parse::<i64>().unwrap(),
    }
}

fn amounts(values: &[Value]) -> Amounts {
    if values.first().is_some_and(Value::is_string) {
        let cents = |v: &Value| v.as_str().unwrap().replace('.', "").parse().unwrap();
        Amounts::Cents(values.iter().map(cents).collect())
    } else {
        Amounts::Floats(values.iter().map(|v| v.as_f64().unwrap()).collect())
    }
}

fn log(log: &Value) -> Log {
    let ids = log["customer"].as_array().unwrap();
    let times = match log.get("date") {
        Some(dates) => {
            let dates = dates.as_array().unwrap().iter();
            Times::Dates(dates.map(|d| date(d).unwrap().days()).collect())
        }
        None => {
            let unit = match log["unit"].as_str() {
                Some("seconds") => TimeUnit::Second,
                None => TimeUnit::Microsecond,
                other => panic!("unit {other:?}"),
            };
            let zone = match log["zone"].as_str() {
                Some("utc") => TimeZone::Utc,
                None => TimeZone::Naive,
                other => panic!("zone {other:?}"),
            };
            let texts = log["timestamp"].as_array().unwrap().iter();
            let ticks = texts.map(|t| ticks(t.as_str().unwrap(), unit)).collect();
            Times::Timestamps(ticks, unit, zone)
        }
    };
    Log {
        customers: if ids.iter().all(Value::is_string) {
            Customers::Texts(ids.iter().map(|v| v.as_str().unwrap().into()).collect())
        } else {
            Customers::Integers(ids.iter().map(|v| v.as_i64().unwrap()).collect())
        },
        times,
        amounts: amounts(log["amount"].as_array().unwrap()),
        costs: log.get("cost").map(|c| amounts(c.as_array().unwrap())),
    }
}

fn period(value: &Value) -> Result<Option<Period>, Error> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Object(days) => {
            Period::days(u32::try_from(days["days"].as_u64().unwrap()).unwrap())?
        }
        Value::String(name) => match name.as_str() {
            "weeks" => Period::Weeks,
            "months" => Period::Months,
            "years" => Period::Years,
            other => panic!("period {other}"),
        },
        other => panic!("period {other}"),
    }))
}

fn returns(options: &Value) -> Returns {
    match options["returns"].as_str() {
        None => Returns::Reject,
        Some("drop") => Returns::Drop,
        Some("net") => Returns::Net,
        Some(other) => panic!("returns {other}"),
    }
}

fn summary(ledger: &Ledger, options: &Value) -> Result<Summary, Error> {
    ledger.summary(&summary_options(options)?)
}

fn summary_options(options: &Value) -> Result<SummaryOptions, Error> {
    let default = SummaryOptions::default();
    Ok(SummaryOptions {
        granularity: if options["period"] == "instant" {
            Granularity::Instant
        } else {
            period(&options["period"])?.map_or(default.granularity, Granularity::Period)
        },
        periods_per_unit: options["periods_per_unit"].as_f64().unwrap_or(1.0),
        start: date(&options["start"]),
        end: date(&options["end"]),
        returns: returns(options),
        include_first: options["include_first"].as_bool().unwrap_or(false),
        continuity_correction: options["continuity_correction"].as_bool().unwrap_or(false),
    })
}

fn run(function: &str, arguments: &Value) -> Result<Value, Error> {
    let options = &arguments["options"];
    let chunks: Vec<usize> = options["chunks"].as_array().map_or(vec![], |chunks| {
        chunks
            .iter()
            .map(|c| c.as_u64().unwrap() as usize)
            .collect()
    });
    let log = log(&arguments["log"]);
    if let "merged_summary" | "merged_holdout" = function {
        let parts = log.partials(&chunks, &summary_options(options)?)?;
        let parts: Vec<&PartialSummary> = parts.iter().collect();
        let whole = merged(&parts);
        return Ok(if function == "merged_summary" {
            summary_table(&whole.summary()?, |customer| whole.id(customer))
        } else {
            let end = date(&options["calibration_end"]).unwrap();
            holdout_table(&whole.calibration_and_holdout(end)?, |c| whole.id(c))
        });
    }
    let ledger = log.ledger(&chunks)?;
    Ok(match function {
        "calibration_and_holdout" => {
            let end = date(&options["calibration_end"]).unwrap();
            let split = ledger.calibration_and_holdout(&summary_options(options)?, end)?;
            holdout_table(&split, |customer| ledger.id(customer))
        }
        "summary" => {
            let summary = summary(&ledger, options)?;
            summary_table(&summary, |customer| ledger.id(customer))
        }
        "grouped" => {
            let summary = summary(&ledger, options)?;
            let weights = options["weights"].as_array();
            let weights: Option<Vec<f64>> =
                weights.map(|w| w.iter().map(|w| w.as_f64().unwrap()).collect());
            let grouped = match weights {
                None => summary.grouped(),
                Some(weights) => summary.grouped_with_weights(&weights)?,
            };
            serde_json::to_value(grouped).unwrap()
        }
        "period_series" => {
            let default = SeriesOptions::default();
            let series = ledger.period_series(&SeriesOptions {
                period: period(&options["period"])?.unwrap_or(default.period),
                start: date(&options["start"]),
                end: date(&options["end"]),
                returns: returns(options),
            })?;
            serde_json::to_value(series).unwrap()
        }
        "repeat_purchases" => {
            let length = options["length"].as_f64().unwrap_or(1.0);
            let repeats = ledger.repeat_purchases(&summary_options(options)?, length)?;
            serde_json::to_value(repeats).unwrap()
        }
        "totals" => {
            let totals = ledger.totals()?;
            let mut table = serde_json::to_value(&totals).unwrap();
            if let Some(exact) = totals.exact {
                table["revenue_exact"] = texts(&exact.revenue);
                table["returned_exact"] = texts(&exact.returned);
            }
            table
        }
        other => panic!("no function {other}"),
    })
}

fn summary_table<'a>(summary: &Summary, id: impl Fn(usize) -> Option<CustomerId<'a>>) -> Value {
    let mut table = serde_json::to_value(summary).unwrap();
    let ids = summary.customer.iter().map(|&c| match id(c).unwrap() {
        CustomerId::Integer(id) => json!(id),
        CustomerId::Text(id) => json!(id),
    });
    table["customer"] = ids.collect();
    table
}

fn holdout_table<'a>(
    split: &HoldoutSummary,
    id: impl Fn(usize) -> Option<CustomerId<'a>>,
) -> Value {
    let mut table = serde_json::to_value(split).unwrap();
    let summary = summary_table(&split.calibration, id);
    table
        .as_object_mut()
        .unwrap()
        .extend(summary.as_object().unwrap().clone());
    table
}

fn texts(amounts: &[Money]) -> Value {
    amounts.iter().map(Money::to_string).collect()
}

fn assert_close(found: &Value, expected: &Value, tolerance: f64, case: &str) {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{case}");
            for (found, expected) in found.iter().zip(expected) {
                assert_close(found, expected, tolerance, case);
            }
        }
        (Value::Number(found), Value::Number(expected)) => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!(
                (found - expected).abs() <= tolerance * expected.abs().max(1.0),
                "{case}: {found} is not {expected}"
            );
        }
        _ => assert_eq!(found, expected, "{case}"),
    }
}

#[test]
fn every_case() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/vectors/ledger.json"
    );
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let found = run(case["function"].as_str().unwrap(), &case["arguments"]);
        let expected = case["expected"].as_object().unwrap();
        match (found, expected.get("error")) {
            (Ok(found), None) => {
                for (column, values) in expected {
                    let case_name = format!("{name}: {column}");
                    let tolerance = case["tolerance"].as_f64().unwrap();
                    assert_close(&found[column], values, tolerance, &case_name);
                }
            }
            (Err(found), Some(kind)) => {
                assert_eq!(serde_json::to_value(found.kind()).unwrap(), *kind, "{name}");
                assert_eq!(expected["argument"], found.argument(), "{name}");
                let row = expected.get("row").and_then(Value::as_u64);
                assert_eq!(row, found.row().map(|r| r as u64), "{name}");
            }
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
}
