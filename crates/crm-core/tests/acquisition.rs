//! The cases of tests/vectors/acquisition.json and the laws of the customer equity test.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

mod vectors;

use crm_core::Result;
use crm_core::clv::acquisition::{
    EquityModel, EquityPlan, ResponseCurve, Spending, customer_equity, optimal_retention_spend,
};
use crm_core::clv::group::renewal_value;
use crm_core::kernels::Kernel;
use crm_core::units::{Money, Probability, Rate, decimal, nearest_f64};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use vectors::{check, run_kernel};

fn number(argument: &'static str, value: &Value) -> Result<Decimal> {
    decimal(argument, value.as_f64().unwrap())
}

fn curve(value: &Value) -> Result<ResponseCurve> {
    let ceiling = Probability::new(number("ceiling", &value["ceiling"])?)?;
    ResponseCurve::new(ceiling, number("steepness", &value["steepness"])?)
}

fn model(arguments: &Map<String, Value>) -> Result<EquityModel> {
    Ok(EquityModel {
        margin: Money::new(number("margin", &arguments["margin"])?),
        discount_rate: Rate::new(number("discount_rate", &arguments["discount_rate"])?)?,
        acquisition: curve(&arguments["acquisition"])?,
        retention: curve(&arguments["retention"])?,
    })
}

fn shown(plan: &EquityPlan) -> Value {
    let spending = |s: &Spending| {
        json!({
            "spend": s.spend.to_f64(),
            "rate": s.rate.to_f64(),
            "marginal_value": nearest_f64(s.marginal_value),
            "corner": s.corner,
        })
    };
    json!({
        "acquisition": spending(&plan.acquisition),
        "retention": spending(&plan.retention),
        "customer_value": plan.customer_value.to_f64(),
        "equity": plan.equity.to_f64(),
        "outlay": plan.outlay.to_f64(),
        "budget_value": nearest_f64(plan.budget_value),
    })
}

fn run(function: &str, arguments: &Map<String, Value>) -> Vec<Result<Value>> {
    let amount = |name: &'static str| number(name, &arguments[name]).map(Money::new);
    let plan = || match function {
        "equity_at" => {
            model(arguments)?.at(amount("acquisition_spend")?, amount("retention_spend")?)
        }
        _ if arguments.contains_key("budget") => {
            model(arguments)?.optimum_within(amount("budget")?)
        }
        _ => model(arguments)?.optimum(),
    };
    match function {
        "equity_at" | "equity_optimum" => vec![plan().map(|plan| shown(&plan))],
        kernel => run_kernel(Kernel::find(kernel).unwrap(), arguments),
    }
}

#[test]
fn vectors() {
    check(include_str!("../../../tests/vectors/acquisition.json"), run);
}

fn hundredths(from: i64, to: i64) -> impl Strategy<Value = Decimal> {
    (from..=to).prop_map(|h| Decimal::new(h, 2))
}

fn any_curve() -> impl Strategy<Value = ResponseCurve> {
    (hundredths(1, 100), hundredths(1, 100)).prop_map(|(ceiling, steepness)| {
        ResponseCurve::new(Probability::new(ceiling).unwrap(), steepness).unwrap()
    })
}

fn any_model() -> impl Strategy<Value = EquityModel> {
    let rate = hundredths(1, 50).prop_map(|r| Rate::new(r).unwrap());
    (hundredths(0, 20_000), rate, any_curve(), any_curve()).prop_map(
        |(margin, discount_rate, acquisition, retention)| EquityModel {
            margin: Money::new(margin),
            discount_rate,
            acquisition,
            retention,
        },
    )
}

/// What a maximum that is found to some 20 digits may lack.
const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

fn near(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(Decimal::ONE)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_curve_goes_through_its_judgement_and_rises_to_its_ceiling(
        spend in hundredths(1, 10_000),
        parts in (1_i64..100, 1_i64..100),
        ceiling in hundredths(1, 100),
    ) {
        let ceiling = Probability::new(ceiling).unwrap();
        let rate = ceiling.value() * Decimal::from(parts.0) / Decimal::from(100);
        let curve = ResponseCurve::through(Money::new(spend), Probability::new(rate).unwrap(), ceiling).unwrap();
        prop_assert!(near(curve.rate(Money::new(spend)).unwrap().value(), rate));
        let more = curve.rate(Money::new(spend * Decimal::from(1 + parts.1))).unwrap();
        prop_assert!(more.value() > rate && more <= ceiling);
        prop_assert_eq!(curve.rate(Money::ZERO).unwrap(), Probability::ZERO);
    }

    #[test]
    fn equity_is_acquisition_times_margin_and_renewals_less_spends(
        margin in hundredths(-10_000, 10_000),
        rates in (hundredths(0, 100), hundredths(0, 99)),
        spends in (hundredths(0, 1000), hundredths(0, 1000)),
        discount in hundredths(0, 50),
    ) {
        let [acquired, kept] = [rates.0, rates.1].map(|r| Probability::new(r).unwrap());
        let (margin, discount) = (Money::new(margin), Rate::new(discount).unwrap());
        let equity = customer_equity(margin, acquired, Money::new(spends.0), kept, Money::new(spends.1), discount);
        let renewals = renewal_value(margin, kept, discount, Rate::ZERO).unwrap();
        let spread = Decimal::ONE + discount.value() - kept.value();
        let expected = rates.0 * (margin.value() + renewals.value() - spends.1 / spread) - spends.0;
        prop_assert!(near(equity.unwrap().value(), expected));
    }

    /// Pfeifer 2005: at the optimum a further customer costs as much to win, and to keep, as a customer is worth.
    #[test]
    fn marginal_costs_equal_the_value_of_a_customer_at_the_optimum(model in any_model()) {
        let best = model.optimum().unwrap();
        let value = best.customer_value.value();
        if best.acquisition.corner {
            prop_assert!(best.acquisition.marginal_value <= Decimal::ZERO);
        } else {
            let slope = model.acquisition.slope(best.acquisition.spend).unwrap();
            prop_assert!(near(Decimal::ONE / slope, value));
        }
        if best.retention.corner {
            prop_assert!(best.retention.marginal_value <= TOLERANCE);
        } else {
            let slope = model.retention.slope(best.retention.spend).unwrap();
            prop_assert!(near(Decimal::ONE / slope, value));
        }
    }

    #[test]
    fn no_other_spends_are_better(model in any_model(), factors in (hundredths(0, 300), hundredths(0, 300))) {
        let best = model.optimum().unwrap();
        let base = |spend: Money| if spend == Money::ZERO { Decimal::ONE } else { spend.value() };
        let spends = (base(best.acquisition.spend) * factors.0, base(best.retention.spend) * factors.1);
        let other = model.at(Money::new(spends.0), Money::new(spends.1)).unwrap();
        prop_assert!(other.equity.value() <= best.equity.value() + TOLERANCE);
    }

    #[test]
    fn no_other_division_of_a_budget_is_better(
        model in any_model(),
        part in hundredths(1, 130),
        place in hundredths(0, 100),
        used in hundredths(50, 100),
    ) {
        let free = model.optimum().unwrap();
        let outlay = if free.outlay == Money::ZERO { Decimal::ONE } else { free.outlay.value() };
        let budget = outlay * part;
        let best = model.optimum_within(Money::new(budget)).unwrap();
        prop_assert!(best.outlay.value() <= budget + TOLERANCE);
        prop_assert!(best.equity <= free.equity && best.equity >= Money::ZERO);
        let spend = Money::new(budget * used * place);
        let rate = model.acquisition.rate(spend).unwrap().value();
        let rest = (budget * used - spend.value()).max(Decimal::ZERO);
        if let Some(kept) = rest.checked_div(rate).filter(|kept| *kept < Decimal::from(1_000_000)) {
            let other = model.at(spend, Money::new(kept)).unwrap();
            prop_assert!(other.equity.value() <= best.equity.value() + TOLERANCE);
        }
    }

    /// The condition of Lagrange: a unit of budget adds as much by way of either spend that is not at a corner.
    #[test]
    fn both_spends_are_worth_the_multiplier(model in any_model(), part in hundredths(30, 95)) {
        let free = model.optimum().unwrap();
        prop_assume!(free.outlay > Money::ZERO);
        let best = model.optimum_within(Money::new(free.outlay.value() * part)).unwrap();
        let multiplier = best.budget_value;
        prop_assert!(multiplier >= Decimal::ZERO);
        if !best.acquisition.corner {
            let slope = model.acquisition.slope(best.acquisition.spend).unwrap();
            let cost = Decimal::ONE + slope * best.retention.spend.value();
            prop_assert!(near(best.acquisition.marginal_value, multiplier * cost));
        }
        if !best.retention.corner {
            let owed = multiplier * best.acquisition.rate.value();
            prop_assert!((best.retention.marginal_value - owed).abs() <= TOLERANCE * owed.max(Decimal::ONE));
        }
    }

    #[test]
    fn more_margin_never_keeps_less(
        margins in (hundredths(0, 20_000), hundredths(0, 20_000)),
        curve in any_curve(),
        rate in hundredths(1, 50),
    ) {
        let rate = Rate::new(rate).unwrap();
        let spend = |margin| optimal_retention_spend(Money::new(margin), &curve, rate).unwrap();
        let (low, high) = (margins.0.min(margins.1), margins.0.max(margins.1));
        prop_assert!(spend(low).value() <= spend(high).value() + TOLERANCE);
    }
}

#[test]
fn curves_are_read_as_they_are_written() {
    let ceiling = Probability::try_from(0.4).unwrap();
    let curve = ResponseCurve::new(ceiling, Decimal::new(14, 2)).unwrap();
    let text = serde_json::to_string(&curve).unwrap();
    assert_eq!(serde_json::from_str::<ResponseCurve>(&text).unwrap(), curve);
    assert!(serde_json::from_str::<ResponseCurve>(&text.replace("0.14", "-0.14")).is_err());
}
