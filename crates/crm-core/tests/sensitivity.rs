//! The cases of tests/vectors/sensitivity.json and the laws of tornado tables.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

mod vectors;

use crm_core::Result;
use crm_core::clv::sensitivity::{
    Change, ChangeKind, CustomerModel, Factor, Tornado, kernel_tornado, tornado,
};
use crm_core::kernels::{Domain, KERNELS, Kernel};
use crm_core::units::{Money, Probability, Rate, decimal, nearest_f64};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use vectors::{check, run_kernel};

fn shown(table: &Tornado) -> Value {
    let rows = table.sensitivities.iter().map(|row| {
        json!({
            "name": row.name,
            "base": nearest_f64(row.base),
            "low": nearest_f64(row.low),
            "high": nearest_f64(row.high),
            "clipped_low": row.clipped_low,
            "clipped_high": row.clipped_high,
            "value_low": nearest_f64(row.value_low),
            "value_high": nearest_f64(row.value_high),
            "swing": nearest_f64(row.swing),
            "elasticity": row.elasticity.map(nearest_f64),
        })
    });
    let rows: Vec<Value> = rows.collect();
    json!({"base_value": nearest_f64(table.base_value), "sensitivities": rows})
}

fn run(function: &str, arguments: &Map<String, Value>) -> Vec<Result<Value>> {
    if function != "kernel_tornado" {
        return run_kernel(Kernel::find(function).unwrap(), arguments);
    }
    let number = |value: &Value| decimal("number", value.as_f64().unwrap());
    let kernel = Kernel::find(arguments["kernel"].as_str().unwrap()).unwrap();
    let value = |name: &str| number(&arguments["values"][name]);
    let changes = arguments["factors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|factor| {
            let change = Change {
                kind: serde_json::from_value(factor["kind"].clone()).unwrap(),
                amount: number(&factor["amount"]).unwrap(),
            };
            (factor["name"].as_str().unwrap(), change)
        });
    let changes: Vec<_> = changes.collect();
    let values: Result<Vec<Decimal>> = kernel.arguments.iter().map(|a| value(a.name)).collect();
    vec![kernel_tornado(kernel, &values.unwrap(), &changes).map(|table| shown(&table))]
}

#[test]
fn vectors() {
    check(include_str!("../../../tests/vectors/sensitivity.json"), run);
}

fn hundredths(from: i64, to: i64) -> impl Strategy<Value = Decimal> {
    (from..=to).prop_map(|h| Decimal::new(h, 2))
}

fn change() -> impl Strategy<Value = Change> {
    let kind = prop_oneof![Just(ChangeKind::Relative), Just(ChangeKind::Absolute)];
    (kind, hundredths(0, 300)).prop_map(|(kind, amount)| Change { kind, amount })
}

fn domain() -> impl Strategy<Value = Domain> {
    prop_oneof![
        Just(Domain::Finite),
        Just(Domain::NonNegative),
        Just(Domain::Probability),
        Just(Domain::Count)
    ]
}

/// The error of the difference quotient, about the square of its step.
const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// x^a y^b has the elasticities a and b everywhere.
    #[test]
    fn a_power_has_its_exponents_as_elasticities(
        bases in (hundredths(1, 1000), hundredths(1, 1000)),
        exponents in (0_u64..4, 0_u64..4),
        change in change(),
    ) {
        let factor = |name, base| Factor { name, base, change, domain: Domain::Finite };
        let power = |x: Decimal, n: u64| (0..n).fold(Decimal::ONE, |p, _| p * x);
        let factors = [factor("x", bases.0), factor("y", bases.1)];
        let table = tornado(&factors, |v| Ok(power(v[0], exponents.0) * power(v[1], exponents.1))).unwrap();
        for row in &table.sensitivities {
            let exponent = Decimal::from(if row.name == "x" { exponents.0 } else { exponents.1 });
            prop_assert!((row.elasticity.unwrap() - exponent).abs() <= TOLERANCE);
            prop_assert_eq!(row.factor, usize::from(row.name == "y"));
        }
    }

    #[test]
    fn ends_are_in_the_domain_around_the_base_and_clipped_only_at_a_bound(
        whole in 0_i64..3,
        domain in domain(),
        change in change(),
    ) {
        let base = match domain {
            Domain::Probability => Decimal::new(whole * 5, 1),
            _ => Decimal::from(whole),
        };
        let factor = Factor { name: "x", base, change, domain };
        let table = tornado(&[factor], |v| Ok(v[0])).unwrap();
        let row = &table.sensitivities[0];
        prop_assert!(domain.contains_exact(row.low) && domain.contains_exact(row.high));
        prop_assert!(row.low <= base && base <= row.high);
        prop_assert!(!row.clipped_low || row.low == Decimal::ZERO);
        prop_assert!(!row.clipped_high || row.high == Decimal::ONE);
        if !row.clipped_low && domain != Domain::Count {
            let distance = match change.kind {
                ChangeKind::Relative => base * change.amount,
                ChangeKind::Absolute => change.amount,
            };
            prop_assert_eq!(row.low, base - distance);
        }
    }

    #[test]
    fn the_widest_swing_comes_first(slopes in prop::collection::vec(hundredths(-500, 500), 1..8)) {
        let factor = |base: &Decimal| Factor {
            name: "x",
            base: *base,
            change: Change::absolute(Decimal::ONE),
            domain: Domain::Finite,
        };
        let factors: Vec<Factor<'_>> = slopes.iter().map(factor).collect();
        let table = tornado(&factors, |v| Ok(v.iter().zip(&slopes).map(|(x, s)| x * s).sum())).unwrap();
        let widths: Vec<Decimal> = table.sensitivities.iter().map(|row| row.swing.abs()).collect();
        prop_assert!(widths.is_sorted_by(|a, b| a >= b));
        for row in &table.sensitivities {
            prop_assert_eq!(row.swing, slopes[row.factor] * Decimal::TWO);
        }
    }
}

/// Every argument of every kernel can be a factor.
#[test]
fn every_kernel_has_a_table() {
    let mut tables = 0;
    for kernel in KERNELS {
        let value = |domain| match domain {
            Domain::Count => Decimal::from(5),
            Domain::Probability | Domain::PositiveProbability => Decimal::new(4, 1),
            Domain::Rate => Decimal::new(1, 1),
            _ => Decimal::new(3, 1),
        };
        // The whole of a share, which comes after its part, has room for a larger part.
        let arguments = (0..).zip(kernel.arguments);
        let values: Vec<Decimal> = arguments
            .map(|(place, argument)| match argument.domain {
                Domain::NonNegative | Domain::Positive => {
                    value(argument.domain) + Decimal::new(place, 2)
                }
                domain => value(domain),
            })
            .collect();
        let Ok(base) = kernel.evaluate_exact(&values) else {
            continue;
        };
        let change = Change::relative(Decimal::new(1, 2));
        let changes: Vec<_> = kernel.arguments.iter().map(|a| (a.name, change)).collect();
        let table = kernel_tornado(kernel, &values, &changes).unwrap();
        assert_eq!(table.base_value, base, "{}", kernel.name);
        assert_eq!(table.sensitivities.len(), kernel.arguments.len());
        tables += 1;
    }
    assert!(tables * 2 > KERNELS.len(), "{tables} tables");
}

#[test]
fn a_customer_model_moves_its_seven_factors_and_what_is_asked_for() {
    let model = CustomerModel {
        margin: Money::from(100),
        retention: Probability::try_from(0.8).unwrap(),
        discount_rate: Rate::try_from(0.1).unwrap(),
        growth: Rate::ZERO,
        periods: 10,
        referral_rate: Decimal::new(5, 2),
        referred_value: Money::from(200),
        maintenance_cost: Money::from(12),
        marketing_cost: Money::from(8),
        acquisition_cost: Money::from(90),
    };
    let change = Change::relative(Decimal::new(1, 1));
    let table = model.tornado(change, &[]).unwrap();
    let mut names: Vec<&str> = table
        .sensitivities
        .iter()
        .map(|row| row.name.as_str())
        .collect();
    let mut seven = CustomerModel::FACTORS.to_vec();
    names.sort_unstable();
    seven.sort_unstable();
    assert_eq!(names, seven);
    assert_eq!(table.base_value, model.value().unwrap().value());

    let others = [
        ("growth", Change::absolute(Decimal::new(2, 2))),
        ("margin", change),
    ];
    let table = model.tornado(change, &others).unwrap();
    let growth = table
        .sensitivities
        .iter()
        .find(|row| row.name == "growth")
        .unwrap();
    assert_eq!(
        (growth.low, growth.high),
        (Decimal::new(-2, 2), Decimal::new(2, 2))
    );
    assert_eq!(growth.elasticity, None);
    assert_eq!(table.sensitivities.len(), 8);
}
