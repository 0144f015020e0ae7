//! The cases of tests/vectors/indicators.json, and laws of composite indices.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::Result;
use crm_core::capability::ahp::{PairwiseMatrix, RandomIndex};
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, TimeColumn};
use crm_core::units::{Date, Label, Language};
use crm_core::value::cuts::Direction;
use crm_core::value::disciplines::discipline_profile;
use crm_core::value::index::{CompositeIndex, IndicatorColumn, Normalisation, Weighting, Weights};
use crm_core::value::indicators::{
    Contacts, Indicator, IndicatorGroup, IndicatorTable, IndicatorUnit, Invoices,
    contact_indicators, financial_indicators, transaction_indicators,
};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use vectors::check;

type Arguments = Map<String, Value>;

/// Null is NaN.
fn column(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

fn read<T: DeserializeOwned>(arguments: &Arguments, name: &str) -> T {
    serde_json::from_value(arguments[name].clone()).unwrap()
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

fn composite_index(a: &Arguments) -> Result<Value> {
    let table = |value: &Value| value.as_array().unwrap().iter().map(column).collect();
    let columns: Vec<Vec<f64>> = table(&a["indicators"]);
    let lower: Vec<u8> = read(a, "lower_is_better");
    let names: Vec<String> = (0..columns.len())
        .map(|j| format!("indicators[{j}]"))
        .collect();
    let indicators: Vec<IndicatorColumn<'_>> = columns
        .iter()
        .zip(&names)
        .zip(&lower)
        .map(|((values, name), lower)| IndicatorColumn {
            name,
            values,
            direction: Direction::ALL[usize::from(*lower)],
        })
        .collect();
    let given = a["weights"].as_array().map(|_| column(&a["weights"]));
    let weights = match read(a, "weighting") {
        Weighting::Given => Weights::Given(given.as_deref().unwrap()),
        Weighting::Entropy => Weights::Entropy,
        Weighting::Critic => Weights::Critic,
    };
    let index = CompositeIndex::fit(&indicators, read(a, "normalisation"), weights)?;
    assert_eq!(index.weighting(), read(a, "weighting"));
    let others: Vec<Vec<f64>> = match &a["others"] {
        Value::Null => columns.clone(),
        others => table(others),
    };
    let contributions = index.contributions(&slices(&others))?;
    let scores = index.scores(&slices(&others))?;
    for (row, score) in scores.iter().enumerate() {
        let mut terms = contributions.iter().map(|column| column[row]);
        let first = terms.next().unwrap();
        assert_eq!(terms.fold(first, |sum, term| sum + term), *score);
    }
    Ok(json!({"weights": index.weights(), "scores": scores, "contributions": contributions}))
}

fn columns_of(table: &IndicatorTable) -> Value {
    let columns = table.columns().iter();
    columns
        .map(|(indicator, values)| (indicator.name().to_owned(), json!(values)))
        .collect()
}

fn transactions(a: &Arguments) -> Result<Value> {
    let (customers, days): (Vec<i64>, Vec<i32>) = (read(a, "customer"), read(a, "day"));
    let costs = a["cost"].as_array().map(|_| column(&a["cost"]));
    let mut builder = LedgerBuilder::new();
    builder.push(&Chunk {
        customers: CustomerColumn::Integers(&customers),
        times: TimeColumn::Dates(&days),
        amounts: AmountColumn::Floats(&column(&a["amount"])),
        costs: costs.as_deref().map(AmountColumn::Floats),
    })?;
    let end = Date::from_days(read(a, "observation_end"))?;
    Ok(columns_of(&transaction_indicators(
        &builder.finish()?,
        end,
    )?))
}

fn payments(a: &Arguments) -> Result<Value> {
    let customer: Vec<u32> = read(a, "customer");
    let [amount, issued, due, paid] =
        ["amount", "issued", "due", "paid"].map(|name| column(&a[name]));
    let invoices = Invoices {
        customer: &customer,
        amount: &amount,
        issued: &issued,
        due: &due,
        paid: &paid,
    };
    let found = financial_indicators(invoices, read(a, "customers"), read(a, "as_of"))?;
    Ok(columns_of(&found))
}

fn contacts(a: &Arguments) -> Result<Value> {
    let (customer, kind): (Vec<u32>, Vec<_>) = (read(a, "customer"), read(a, "kind"));
    let contacts = Contacts {
        customer: &customer,
        kind: &kind,
    };
    Ok(columns_of(&contact_indicators(
        contacts,
        read(a, "customers"),
    )?))
}

fn disciplines(a: &Arguments) -> Result<Value> {
    let items: Vec<_> = read(a, "items");
    let found = discipline_profile(&items, &column(&a["ratings"]), read(a, "standard"))?;
    let mut found = json!(found);
    for flag in found["keeps_up"].as_array_mut().unwrap() {
        *flag = json!(u8::from(flag.as_bool().unwrap()));
    }
    Ok(found)
}

#[test]
fn vectors() {
    check(
        include_str!("../../../tests/vectors/indicators.json"),
        |function, arguments| {
            vec![match function {
                "composite_index" => composite_index(arguments),
                "transaction_indicators" => transactions(arguments),
                "financial_indicators" => payments(arguments),
                "contact_indicators" => contacts(arguments),
                _ => disciplines(arguments),
            }]
        },
    );
}

#[test]
fn weights_of_comparisons_in_pairs() {
    let (profit, arrears) = ([120.0, 40.0, 80.0], [0.0, 0.5, 0.1]);
    let indicators = [
        IndicatorColumn {
            name: "profit",
            values: &profit,
            direction: Direction::HigherIsBetter,
        },
        IndicatorColumn {
            name: "arrears",
            values: &arrears,
            direction: Direction::LowerIsBetter,
        },
    ];
    let judged = PairwiseMatrix::from_upper(2, &[3.0]).unwrap();
    let weights = judged.priorities(RandomIndex::default()).unwrap().weights;
    let given = Weights::Given(&weights);
    let index = CompositeIndex::fit(&indicators, Normalisation::MinMax, given).unwrap();
    assert_eq!(index.weights(), [0.75, 0.25]);
}

/// Every indicator that a log gives has a direction, and every text is there in both languages.
#[test]
fn catalogue() {
    for &indicator in Indicator::ALL {
        for language in [Language::En, Language::Zh] {
            assert!(!indicator.definition(language).is_empty());
        }
        let trait_of_customer = matches!(
            indicator.group(),
            IndicatorGroup::Firm | IndicatorGroup::Person
        );
        assert!(indicator.direction().is_some() || trait_of_customer);
        assert!(indicator.direction().is_none() || indicator.unit() != IndicatorUnit::Category);
    }
    let lower = Indicator::ALL
        .iter()
        .filter(|i| i.direction() == Some(Direction::LowerIsBetter));
    assert_eq!(lower.count(), 8);
}

proptest! {
    /// Turning an indicator and its direction leaves every score as it was; another unit does, too.
    #[test]
    fn direction_and_unit_do_not_matter(
        values in prop::collection::vec((-50_i32..50, -50_i32..50), 3..40),
        normalisation in prop::sample::select(Normalisation::ALL),
        critic in any::<bool>(),
    ) {
        let a: Vec<f64> = values.iter().map(|v| f64::from(v.0)).collect();
        let b: Vec<f64> = values.iter().map(|v| f64::from(v.1)).collect();
        let turned: Vec<f64> = a.iter().map(|a| -4.0 * a).collect();
        let index = |a: &[f64], direction| -> Result<Vec<f64>> {
            let columns = [
                IndicatorColumn { name: "a", values: a, direction },
                IndicatorColumn { name: "b", values: &b, direction: Direction::HigherIsBetter },
            ];
            let weights = if critic { Weights::Critic } else { Weights::Entropy };
            CompositeIndex::fit(&columns, normalisation, weights)?.scores(&[a, &b])
        };
        match (index(&a, Direction::HigherIsBetter), index(&turned, Direction::LowerIsBetter)) {
            (Ok(one), Ok(other)) => {
                for (one, other) in one.iter().zip(&other) {
                    prop_assert!((one - other).abs() < 1e-12);
                }
            }
            (one, other) => prop_assert_eq!(one, other),
        }
    }
}
