//! The cases of tests/vectors/classification.json, and that the one call says what its parts say.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::Result;
use crm_core::classification::{
    Activity, Classification, ClassificationRules, Conflict, CustomerTable, Reasons, TierRule,
    classify, classify_now,
};
use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::inference::{Known, RuleOptions, infer_stages};
use crm_core::loyalty::{Clue, Evidence, LoyaltyRules, explain};
use crm_core::units::{Label, Language, Share};
use crm_core::value::tiers::Pyramid;
use crm_core::value::types::{CutMethod, CutRule};
use serde_json::{Map, Value, json};
use vectors::check;

/// Null is NaN.
fn column(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

fn whole(value: &Value) -> Vec<u32> {
    column(value).into_iter().map(|v| v as u32).collect()
}

fn cut(value: &Value) -> CutRule {
    let method: CutMethod = serde_json::from_value(value["method"].clone()).unwrap();
    method.with(value["number"].as_f64().unwrap()).unwrap()
}

fn series(value: &Value) -> PeriodSeries {
    let periods = whole(&value["periods"]);
    let rows = periods.len();
    let offsets = column(&value["offsets"]).into_iter().map(|v| v as usize);
    let observed = value["observed"].as_u64().unwrap() as u32;
    PeriodSeries::new(
        offsets.collect(),
        periods,
        vec![1; rows],
        vec![100.0; rows],
        None,
        observed,
    )
    .unwrap()
}

fn name<T: Label>(member: Option<T>) -> Value {
    member.map_or(Value::Null, |member| json!(member.name()))
}

fn answer(found: &Classification) -> Value {
    let rows = found.verdicts().iter().map(|verdict| {
        let conflicts = Conflict::ALL.iter().filter(|c| verdict.has_conflict(**c));
        json!({
            "stage": name(verdict.stage),
            "type": name(verdict.customer_type),
            "type_margin": verdict.type_margin,
            "tier": name(verdict.tier),
            "tier_margin": verdict.tier_margin,
            "loyalty": name(verdict.loyalty.and_then(|loyalty| loyalty.category())),
            "loyalty_outcome": name(verdict.loyalty.map(|loyalty| loyalty.outcome)),
            "loyalty_margin": verdict.loyalty.map(|loyalty| loyalty.margin),
            "conflicts": conflicts.map(|c| c.name()).collect::<Vec<_>>(),
        })
    });
    let (current, potential) = found.type_cuts();
    json!({
        "rows": rows.collect::<Vec<_>>(),
        "tiers": found.pyramid().map(Pyramid::thresholds),
        "current": current,
        "potential": potential,
    })
}

fn run(a: &Map<String, Value>) -> Result<Value> {
    let optional = |name: &str| a[name].as_array().map(|_| column(&a[name]));
    let (current, potential) = (optional("current"), optional("potential"));
    let clues: Vec<(Clue, Vec<f64>)> = a["clues"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, values)| (serde_json::from_value(json!(name)).unwrap(), column(values)))
        .collect();
    let mut loyalty = Evidence::UNKNOWN;
    for (clue, values) in &clues {
        loyalty = loyalty.with(*clue, values.as_slice());
    }
    let series = a["activity"].as_object().map(|_| series(&a["activity"]));
    let places: Option<Vec<Option<u32>>> = a["activity"]["places"].as_array().map(|places| {
        let place = |place: &Value| u32::try_from(place.as_i64().unwrap()).ok();
        places.iter().map(place).collect()
    });
    let table = CustomerTable {
        activity: series.as_ref().map(|series| Activity {
            series,
            known: Known::default(),
            places: places.as_deref(),
        }),
        current: current.as_deref(),
        potential: potential.as_deref(),
        loyalty,
        ..CustomerTable::new(a["customers"].as_u64().unwrap() as usize)
    };
    let shares = a["tier_shares"].as_array().map(|_| {
        let shares = column(&a["tier_shares"])
            .into_iter()
            .map(|s| Share::try_from(s).unwrap());
        TierRule::Shares(shares.collect::<Vec<_>>().try_into().unwrap())
    });
    let rules = ClassificationRules {
        tiers: shares,
        current_cut: cut(&a["current_cut"]),
        potential_cut: cut(&a["potential_cut"]),
        ..ClassificationRules::default()
    };
    let found = classify(&table, &rules)?;
    for language in [Language::En, Language::Zh] {
        for row in 0..table.customers {
            let reasons = found.reasons(&table, row, language)?;
            let conflicts = Conflict::ALL
                .iter()
                .filter(|c| found.verdicts()[row].has_conflict(**c));
            assert_eq!(reasons.conflicts.len(), conflicts.count());
            let text = reasons.text(language);
            assert!(!text.contains("NaN") && text.lines().count() >= 4, "{text}");
        }
    }
    Ok(answer(&found))
}

#[test]
fn vectors() {
    check(
        include_str!("../../../tests/vectors/classification.json"),
        |_, arguments| vec![run(arguments)],
    );
}

/// Three customers: one who buys every month, one who stopped, one who came just now.
fn example() -> PeriodSeries {
    let periods: Vec<u32> = (0..12).chain(0..4).chain([11]).collect();
    let rows = periods.len();
    PeriodSeries::new(
        vec![0, 12, 16, 17],
        periods,
        vec![1; rows],
        vec![100.0; rows],
        None,
        12,
    )
    .unwrap()
}

#[test]
fn reasons_are_those_of_the_parts() {
    let series = example();
    let activity = Activity {
        series: &series,
        known: Known::default(),
        places: Some(&[Some(1), None]),
    };
    let (attachment, repeat) = ([0.9, 0.1], [0.85, 0.9]);
    let evidence = Evidence::UNKNOWN
        .with(Clue::Attachment, &attachment[..])
        .with(Clue::RepeatPurchase, &repeat[..]);
    let table = CustomerTable {
        activity: Some(activity),
        current: Some(&[80.0, 20.0]),
        potential: Some(&[5.0, 9.0]),
        loyalty: evidence,
        ..CustomerTable::new(2)
    };
    let found = classify(&table, &ClassificationRules::default()).unwrap();
    let reasons = found.reasons(&table, 0, Language::En).unwrap();
    let stages = infer_stages(&series, Known::default(), &RuleOptions::default()).unwrap();
    assert_eq!(found.stages(), Some(&stages));
    let now = classify_now(&table, &ClassificationRules::default()).unwrap();
    assert_eq!((now.verdicts().len(), now.stages()), (2, None));
    assert_eq!(now.verdicts()[0], found.verdicts()[0]);
    let rule = format!(
        "Termination (confidence {:.2}): probably ended.",
        found.verdicts()[0].stage_confidence
    );
    assert_eq!(
        now.reasons(&table, 0, Language::En).unwrap(),
        Reasons {
            stage: rule,
            ..reasons.clone()
        }
    );
    assert!(
        reasons
            .stage
            .contains(&stages.evidence[1].describe(Language::En))
    );
    assert!(reasons.stage.starts_with("Termination (confidence "));
    assert_eq!(
        reasons.customer_type,
        "Meteor customers (50.0% of the customers to the nearest border): current value 80.00 is high (above 20.00), \
         potential value 5.00 is low (at most 5.00). Earn while it lasts: keep the service that pays, without investing in growth."
    );
    assert_eq!(
        reasons.tier,
        "Small customers (50.0% of the customers to the nearest border): current value 80.00 is at most 80.00."
    );
    let loyalty = found.verdicts()[0].loyalty.unwrap();
    let said = explain(
        &loyalty,
        evidence.of(0),
        LoyaltyRules::default(),
        Language::En,
    );
    assert_eq!(reasons.loyalty, said);
    assert_eq!(
        reasons.conflicts,
        ["has left by the log, and buys again by the evidence of loyalty"]
    );
    let chinese = found.reasons(&table, 1, Language::Zh).unwrap();
    assert_eq!(chinese.stage, "生命周期阶段未知：没有历史交易数据。");
    assert!(found.reasons(&table, 2, Language::En).is_err());
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let series = example();
    let with = |places: Option<&[Option<u32>]>| {
        let table = CustomerTable {
            activity: Some(Activity {
                series: &series,
                known: Known::default(),
                places,
            }),
            ..CustomerTable::new(2)
        };
        classify(&table, &ClassificationRules::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(with(None), "activity is of length 3: must have length 2");
    let outside = with(Some(&[Some(0), Some(3)]));
    assert_eq!(
        outside,
        "places (row 1): must be below the customers of the series, 3"
    );
    let short = CustomerTable {
        current: Some(&[1.0]),
        ..CustomerTable::new(2)
    };
    let error = classify(&short, &ClassificationRules::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "current is of length 1: must have length 2"
    );
    let infinite = CustomerTable {
        potential: Some(&[1.0, f64::INFINITY]),
        ..CustomerTable::new(2)
    };
    let error = classify(&infinite, &ClassificationRules::default()).unwrap_err();
    assert_eq!((error.argument(), error.row()), ("potential", Some(1)));
}

/// Margins by counting, of values many of which are equal or not known.
#[test]
fn margins_are_shares_of_the_customers_up_to_the_border() {
    let column = |step: usize| -> Vec<f64> {
        let value = |row: usize| match row * step % 211 {
            0..10 => f64::NAN,
            10..60 => 0.0,
            60..90 => -0.0,
            part => (part as f64 - 120.0) / 4.0,
        };
        (0..20_000).map(value).collect()
    };
    let (current, potential) = (column(7), column(13));
    let table = CustomerTable {
        current: Some(&current),
        potential: Some(&potential),
        ..CustomerTable::new(current.len())
    };
    let found = classify(&table, &ClassificationRules::default()).unwrap();
    let (Some(across), Some(up)) = found.type_cuts() else {
        panic!("there are values")
    };
    let margin = |values: &[f64], value: f64, cut: f64| {
        let known = values.iter().filter(|other| !other.is_nan());
        let between = known.clone().filter(|&&other| {
            if value > cut {
                other > cut && other <= value
            } else {
                other <= cut && other >= value
            }
        });
        between.count() as f64 / known.count() as f64
    };
    let tiers = found.pyramid().unwrap().thresholds();
    for (row, verdict) in found.verdicts().iter().enumerate().step_by(97) {
        let (now, more) = (current[row], potential[row]);
        if now.is_nan() {
            assert!(verdict.tier_margin.is_nan() && verdict.type_margin.is_nan());
            continue;
        }
        let nearest = tiers.iter().map(|&cut| margin(&current, now, cut));
        assert_eq!(verdict.tier_margin, nearest.fold(f64::INFINITY, f64::min));
        if !more.is_nan() {
            let expected = margin(&current, now, across).min(margin(&potential, more, up));
            assert_eq!(verdict.type_margin, expected);
        }
    }
}
