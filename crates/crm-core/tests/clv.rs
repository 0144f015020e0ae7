//! The cases of tests/vectors/clv.json and the laws of lifetime value.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

mod vectors;

use crm_core::clv::Timing;
use crm_core::clv::components::{
    Breakdown, Component, ComponentFlows, component_totals_into, word_of_mouth_effect,
};
use crm_core::clv::group::{
    lost_for_good, migration_value, renewal_curve_value, retention_curve_value,
    retention_curve_values_into, retention_value, retention_value_over,
};
use crm_core::clv::individual::{
    DatedFlow, Discounting, InternalRate, Payback, RateOutcome, internal_rate_between,
    internal_rate_of_return, internal_rates_into, payback, paybacks_into, present_value,
    present_value_dated, present_value_varying, present_values_dated_into, present_values_into,
};
use crm_core::clv::reading::{Reading, historic_value, splits_into};
use crm_core::kernels::{Column, Kernel};
use crm_core::units::{
    Date, Label, Language, Money, Probability, Rate, Share, decimal, nearest_f64,
};
use crm_core::{ErrorKind, Result};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use vectors::{check, numbers, run_kernel};

/// The arguments of a case.
struct Arguments<'a>(&'a Map<String, Value>);

impl Arguments<'_> {
    fn f64(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap()
    }

    fn list(&self, name: &str) -> Vec<f64> {
        numbers(&self.0[name])
    }

    fn decimal(&self, name: &'static str) -> Result<Decimal> {
        decimal(name, self.f64(name))
    }

    fn money(&self, name: &'static str) -> Result<Money> {
        Ok(Money::new(self.decimal(name)?))
    }

    fn rate(&self, name: &'static str) -> Result<Rate> {
        Rate::named(name, self.decimal(name)?)
    }

    fn count(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    fn flows(&self, name: &str) -> Vec<Money> {
        money(&self.list(name))
    }

    fn probabilities(&self, name: &str) -> Result<Vec<Probability>> {
        self.list(name)
            .into_iter()
            .map(Probability::try_from)
            .collect()
    }

    fn date(&self, name: &str) -> Result<Date> {
        self.0[name].as_str().unwrap().parse()
    }

    fn timing(&self) -> Timing {
        serde_json::from_value(self.0["timing"].clone()).unwrap()
    }
}

fn money(amounts: &[f64]) -> Vec<Money> {
    amounts
        .iter()
        .map(|f| Money::try_from(*f).unwrap())
        .collect()
}

/// The results of one function: in its exact and, where it has one, in its columnar form.
fn run(function: &str, arguments: &Map<String, Value>) -> Vec<Result<Value>> {
    let a = Arguments(arguments);
    match function {
        "present_value" => {
            let exact = || present_value(&a.flows("flows"), a.rate("discount_rate")?, a.timing());
            let columnar = || {
                let (flows, rate) = (a.list("flows"), a.f64("discount_rate"));
                let discounting = Discounting::PerCustomer(rate.into());
                table(|out| present_values_into(&flows, flows.len(), discounting, a.timing(), out))
            };
            vec![exact().map(value), columnar()]
        }
        "present_value_varying" => {
            let exact = || {
                let rates: Result<Vec<Rate>> = a
                    .list("discount_rates")
                    .into_iter()
                    .map(Rate::try_from)
                    .collect();
                present_value_varying(&a.flows("flows"), &rates?, a.timing())
            };
            let columnar = || {
                let (flows, rates) = (a.list("flows"), a.list("discount_rates"));
                let discounting = Discounting::PerPeriod(&rates);
                table(|out| present_values_into(&flows, flows.len(), discounting, a.timing(), out))
            };
            vec![exact().map(value), columnar()]
        }
        "present_value_dated" => {
            let dates = a.0["dates"].as_array().unwrap().iter();
            let dates: Vec<Date> = dates
                .map(|d| d.as_str().unwrap().parse().unwrap())
                .collect();
            let flows: Vec<DatedFlow> = dates
                .iter()
                .zip(a.flows("amounts"))
                .map(|(&date, amount)| DatedFlow { date, amount })
                .collect();
            let exact =
                || present_value_dated(&flows, a.rate("yearly_rate")?, a.date("now")?).map(value);
            let columnar = || {
                let (amounts, rate, now) =
                    (a.list("amounts"), a.f64("yearly_rate"), a.date("now")?);
                let customers = vec![0; amounts.len()];
                table(|out| present_values_dated_into(&customers, &dates, &amounts, rate, now, out))
            };
            vec![exact(), columnar()]
        }
        "payback" => vec![(|| {
            Ok(
                match payback(&a.flows("flows"), a.rate("discount_rate")?, a.timing())? {
                    Payback::After(periods) => json!(nearest_f64(periods)),
                    Payback::Never => Value::Null,
                },
            )
        })()],
        "paybacks" => vec![(|| {
            let (flows, periods) = rows(&a.0["flows"]);
            let rates = a.list("discount_rate");
            let mut out = vec![0.0; rates.len()];
            paybacks_into(&flows, periods, (&rates).into(), a.timing(), &mut out)?;
            // A file of JSON has no infinity.
            Ok(out.into_iter().map(|p| json!(p)).collect())
        })()],
        "internal_rates" => vec![(|| {
            let (flows, periods) = rows(&a.0["flows"]);
            let customers = a.0["flows"].as_array().unwrap().len();
            let mut rates = vec![0.0; customers];
            let mut outcomes = vec![RateOutcome::Missing; customers];
            internal_rates_into(&flows, periods, &mut rates, &mut outcomes)?;
            Ok(json!({"rates": rates, "outcomes": outcomes}))
        })()],
        "internal_rate_of_return" => {
            vec![
                internal_rate_of_return(&a.flows("flows")).map(|rate| match rate {
                    InternalRate::Unique(rate) => json!(rate.to_f64()),
                    InternalRate::Ambiguous { sign_changes } => {
                        json!({"sign_changes": sign_changes})
                    }
                }),
            ]
        }
        "retention_curve_value" | "renewal_curve_value" => {
            let timing = match function {
                "retention_curve_value" => Timing::Start,
                _ => Timing::End,
            };
            let exact = || {
                let (margin, curve) = (a.money("margin")?, a.probabilities("retention")?);
                let (rate, growth) = (a.rate("discount_rate")?, a.rate("growth")?);
                match timing {
                    Timing::Start => retention_curve_value(margin, &curve, rate, growth),
                    Timing::End => renewal_curve_value(margin, &curve, rate, growth),
                }
            };
            let columnar = || {
                let (curve, margin) = (a.list("retention"), a.f64("margin"));
                let (rate, growth) = (a.f64("discount_rate"), a.f64("growth"));
                let n = curve.len();
                table(|out| {
                    retention_curve_values_into(margin.into(), &curve, n, rate, growth, timing, out)
                })
            };
            vec![exact().map(value), columnar()]
        }
        "migration_value" => vec![(|| {
            let (margin, cost) = (a.money("gross_contribution")?, a.money("promotion_cost")?);
            let repurchase = a.probabilities("repurchase")?;
            migration_value(
                margin,
                cost,
                &repurchase,
                a.rate("discount_rate")?,
                a.count("years"),
            )
            .map(value)
        })()],
        "component_present_values" => vec![(|| {
            let given = a.0["flows"].as_object().unwrap();
            let flows = Component::ALL
                .iter()
                .fold(ComponentFlows::default(), |flows, c| {
                    flows.with(*c, money(&numbers(&given[c.name()])))
                });
            let breakdown = flows.present_values(a.rate("discount_rate")?, a.timing())?;
            let mut result: Map<String, Value> = Component::ALL
                .iter()
                .map(|c| (c.name().to_owned(), value(breakdown.get(*c))))
                .collect();
            result.insert("total".to_owned(), value(breakdown.total()?));
            Ok(Value::Object(result))
        })()],
        "word_of_mouth_effect" => vec![(|| {
            let effect = word_of_mouth_effect(a.count("satisfied"), a.count("unsatisfied"));
            Ok(json!(effect?))
        })()],
        "historic_value" => vec![(|| {
            historic_value(&a.flows("flows"), a.rate("rate")?, a.timing()).map(value)
        })()],
        "reading_split" => {
            let exact = || {
                let (historic, current) = (a.money("historic")?, a.money("current")?);
                let split = Reading {
                    historic,
                    current,
                    potential: a.money("potential")?,
                }
                .split()?;
                let shares = [split.historic, split.current, split.potential];
                Ok(json!(shares.map(Share::to_f64)))
            };
            let columnar = || {
                let [h, c, p] = ["historic", "current", "potential"].map(|name| a.f64(name).into());
                let mut shares = [0.0; 3];
                splits_into(h, c, p, &mut shares)?;
                Ok(json!(shares))
            };
            vec![exact(), columnar()]
        }
        kernel => run_kernel(Kernel::find(kernel).unwrap(), arguments),
    }
}

/// A row-major table and its number of columns.
fn rows(table: &Value) -> (Vec<f64>, usize) {
    let rows: Vec<Vec<f64>> = table.as_array().unwrap().iter().map(numbers).collect();
    (rows.concat(), rows[0].len())
}

fn value(amount: Money) -> Value {
    json!(amount.to_f64())
}

fn table(fill: impl FnOnce(&mut [f64]) -> Result<()>) -> Result<Value> {
    let mut out = [f64::NAN];
    fill(&mut out)?;
    Ok(json!(out[0]))
}

#[test]
fn vectors() {
    check(include_str!("../../../tests/vectors/clv.json"), run);
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn hundredths(from: i64, to: i64) -> impl Strategy<Value = Decimal> {
    (from..=to).prop_map(|h| Decimal::new(h, 2))
}

fn amount() -> impl Strategy<Value = Money> {
    hundredths(-100_000, 100_000).prop_map(Money::new)
}

fn rate() -> impl Strategy<Value = Rate> {
    hundredths(-20, 50).prop_map(|r| Rate::new(r).unwrap())
}

fn probability() -> impl Strategy<Value = Probability> {
    hundredths(0, 100).prop_map(|p| Probability::new(p).unwrap())
}

fn timing() -> impl Strategy<Value = Timing> {
    prop_oneof![Just(Timing::Start), Just(Timing::End)]
}

/// Each operation rounds at the 28th digit: what is left over after some dozens of them.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 16);

fn close(a: Money, b: Money) -> bool {
    (a.value() - b.value()).abs() <= ROUNDING * a.value().abs().max(Decimal::ONE)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn present_value_is_linear(
        flows in prop::collection::vec((amount(), amount()), 1..30),
        factor in hundredths(-1000, 1000),
        rate in rate(),
        timing in timing(),
    ) {
        let (a, b): (Vec<Money>, Vec<Money>) = flows.iter().copied().unzip();
        let mixed: Vec<Money> = flows
            .iter()
            .map(|(a, b)| a.multiply(factor).unwrap().add(*b).unwrap())
            .collect();
        let value = |flows: &[Money]| present_value(flows, rate, timing).unwrap();
        let expected = value(&a).multiply(factor).unwrap().add(value(&b)).unwrap();
        prop_assert!(close(value(&mixed), expected));
    }

    #[test]
    fn present_value_of_income_falls_with_the_rate_and_grows_with_the_flows(
        flows in prop::collection::vec(hundredths(0, 100_000).prop_map(Money::new), 1..30),
        more in hundredths(1, 1000).prop_map(Money::new),
        rates in (rate(), rate()),
        timing in timing(),
    ) {
        let (low, high) = (rates.0.min(rates.1), rates.0.max(rates.1));
        let at_low = present_value(&flows, low, timing).unwrap();
        prop_assert!(at_low >= present_value(&flows, high, timing).unwrap());
        let mut larger = flows.clone();
        larger[0] = larger[0].add(more).unwrap();
        prop_assert!(present_value(&larger, low, timing).unwrap() > at_low);
    }

    #[test]
    fn exact_and_columnar_pay_back_and_rates_agree(
        flows in prop::collection::vec(amount(), 1..12),
        rate in rate(),
        timing in timing(),
    ) {
        let table: Vec<f64> = flows.iter().map(|f| f.to_f64()).collect();
        let mut out = [0.0];
        paybacks_into(&table, table.len(), rate.to_f64().into(), timing, &mut out).unwrap();
        match payback(&flows, rate, timing).unwrap() {
            Payback::After(periods) => prop_assert!((out[0] - nearest_f64(periods)).abs() < 1e-9),
            Payback::Never => prop_assert_eq!(out[0], f64::INFINITY),
        }
        let mut outcomes = [RateOutcome::Missing];
        internal_rates_into(&table, table.len(), &mut out, &mut outcomes).unwrap();
        match internal_rate_of_return(&flows) {
            Ok(InternalRate::Unique(rate)) => {
                prop_assert_eq!(outcomes, [RateOutcome::Unique]);
                let rate = rate.to_f64();
                prop_assert!((out[0] - rate).abs() <= 1e-9 * (1.0 + rate.abs()), "{} {rate}", out[0]);
            }
            Ok(InternalRate::Ambiguous { .. }) => {
                prop_assert_eq!(outcomes, [RateOutcome::SeveralSignChanges]);
                prop_assert!(out[0].is_nan());
            }
            Err(_) => {
                prop_assert_eq!(outcomes, [RateOutcome::NoSignChange]);
                prop_assert!(out[0].is_nan());
            }
        }
    }

    #[test]
    fn exact_and_columnar_present_values_agree(
        flows in prop::collection::vec(amount(), 1..30),
        rates in prop::collection::vec(rate(), 30),
        timing in timing(),
    ) {
        let columns: Vec<f64> = flows.iter().map(|f| f.to_f64()).collect();
        let mut out = [0.0; 2];
        let both = [columns.clone(), columns].concat();
        let constant = [rates[0].to_f64(), rates[1].to_f64()];
        present_values_into(&both, flows.len(), Discounting::PerCustomer(constant.as_slice().into()), timing, &mut out)
            .unwrap();
        for (found, rate) in out.iter().zip(&rates) {
            let exact = present_value(&flows, *rate, timing).unwrap().to_f64();
            prop_assert!((found - exact).abs() <= 1e-9 * exact.abs().max(1.0));
        }
        let count = flows.len() - usize::from(timing == Timing::Start);
        let by_period: Vec<f64> = rates[..count].iter().map(|r| r.to_f64()).collect();
        present_values_into(&both, flows.len(), Discounting::PerPeriod(&by_period), timing, &mut out)
            .unwrap();
        let exact = present_value_varying(&flows, &rates[..count], timing).unwrap().to_f64();
        prop_assert!((out[1] - exact).abs() <= 1e-9 * exact.abs().max(1.0));
    }

    #[test]
    fn a_rate_of_return_makes_the_flows_worth_nothing(
        spent in hundredths(1, 100_000),
        income in prop::collection::vec(hundredths(0, 100_000).prop_map(Money::new), 1..20),
        more in hundredths(1, 100_000).prop_map(Money::new),
    ) {
        let mut flows = vec![Money::new(-spent)];
        flows.extend(income);
        flows.push(more);
        if let Ok(InternalRate::Unique(rate)) = internal_rate_of_return(&flows) {
            // A rate has 18 decimals; how far its last one moves the value is the duration.
            let step = Decimal::new(1, 18);
            let value = |rate: Decimal| {
                let rate = Rate::new(rate).unwrap();
                present_value(&flows, rate, Timing::Start).unwrap()
            };
            prop_assert!(value(rate.value() - step) >= Money::ZERO);
            prop_assert!(value(rate.value() + step) <= Money::ZERO);
        } else {
            prop_assert!(false, "one sign change has one rate");
        }
    }

    #[test]
    fn components_sum_to_the_total(
        amounts in prop::collection::vec(prop::collection::vec(amount(), 0..12), 9 * 4),
        rate in rate(),
        timing in timing(),
    ) {
        let breakdowns: Vec<Breakdown> = amounts
            .chunks(9)
            .map(|customer| {
                let flows = Component::ALL
                    .iter()
                    .zip(customer)
                    .fold(ComponentFlows::default(), |f, (c, flows)| f.with(*c, flows.clone()));
                flows.present_values(rate, timing).unwrap()
            })
            .collect();
        let mut totals = Money::ZERO;
        for breakdown in &breakdowns {
            let total = breakdown.total().unwrap();
            totals = totals.add(total).unwrap();
            let bars = breakdown.waterfall(Language::Zh).unwrap();
            prop_assert_eq!(bars[0].start, Money::ZERO);
            prop_assert_eq!(bars[8].end, total);
            prop_assert!(bars.windows(2).all(|pair| pair[0].end == pair[1].start));
            let row: Vec<f64> = Component::ALL.iter().map(|c| breakdown.get(*c).to_f64()).collect();
            let mut columnar = [0.0];
            component_totals_into(&row, &mut columnar).unwrap();
            prop_assert!((columnar[0] - total.to_f64()).abs() <= 1e-9 * total.to_f64().abs().max(1.0));
        }
        prop_assert_eq!(Breakdown::sum(&breakdowns).unwrap().total().unwrap(), totals);
    }

    #[test]
    fn a_finite_horizon_approaches_the_endless_one_from_below(
        margin in hundredths(1, 100_000).prop_map(Money::new),
        retention in probability(),
        rate in hundredths(1, 50).prop_map(|r| Rate::new(r).unwrap()),
        periods in 1_u64..60,
    ) {
        let endless = retention_value(margin, retention, rate, Rate::ZERO).unwrap();
        let over = |n| retention_value_over(margin, retention, rate, Rate::ZERO, n).unwrap();
        prop_assert!(over(periods).value() <= over(periods + 1).value() + ROUNDING);
        prop_assert!(over(periods + 1).value() <= endless.value() + ROUNDING);
        prop_assert!(close(over(20_000), endless));
    }

    #[test]
    fn the_annuity_shortcut_overstates_the_expectation(
        margin in hundredths(1, 100_000).prop_map(Money::new),
        churn in hundredths(1, 100),
        rate in hundredths(1, 50).prop_map(|r| Rate::new(r).unwrap()),
    ) {
        let churn = Probability::new(churn).unwrap();
        let shortcut = lost_for_good(margin, churn, rate).unwrap();
        let expectation = retention_value(margin, churn.complement(), rate, Rate::ZERO)
            .unwrap()
            .divide(rate.growth_factor().unwrap())
            .unwrap();
        prop_assert!(shortcut.value() + ROUNDING >= expectation.value());
    }

    #[test]
    fn a_level_retention_curve_is_geometric_retention(
        margin in amount(),
        retention in probability(),
        rate in rate(),
        growth in rate(),
        periods in 0_usize..30,
    ) {
        let curve = vec![retention; periods];
        let by_curve = retention_curve_value(margin, &curve, rate, growth).unwrap();
        let n = periods as u64 + 1;
        let geometric = retention_value_over(margin, retention, rate, growth, n).unwrap();
        prop_assert!(close(by_curve, geometric));
    }

    #[test]
    fn payback_is_where_the_running_total_turns(
        flows in prop::collection::vec(amount(), 1..20),
        timing in timing(),
    ) {
        let mut total = Money::ZERO;
        let turning = flows.iter().position(|flow| {
            total = total.add(*flow).unwrap();
            total >= Money::ZERO
        });
        match (payback(&flows, Rate::ZERO, timing).unwrap(), turning) {
            (Payback::Never, None) => {}
            (Payback::After(periods), Some(turning)) => {
                let end = Decimal::from(turning + usize::from(timing.first()));
                prop_assert!(periods <= end && periods >= end - Decimal::ONE && periods >= Decimal::ZERO);
            }
            (found, turning) => prop_assert!(false, "{found:?}, {turning:?}"),
        }
    }
}

#[test]
fn bad_input_is_refused_by_name() {
    let refused = |result: Result<()>| {
        let error = result.unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let out = &mut [0.0; 2];
    let (start, constant) = (Timing::Start, Discounting::PerCustomer(0.1.into()));
    let infinite = [1.0, 2.0, 3.0, f64::INFINITY];
    assert_eq!(
        refused(present_values_into(&infinite, 2, constant, start, out)),
        (ErrorKind::NotFinite, "flows".to_owned(), Some(1))
    );
    assert_eq!(
        refused(present_values_into(&[1.0; 3], 2, constant, start, out)),
        (ErrorKind::LengthMismatch, "flows".to_owned(), None)
    );
    assert_eq!(
        refused(present_values_into(&[], usize::MAX, constant, start, out)),
        (ErrorKind::Overflow, "flows".to_owned(), None)
    );
    let rates = Discounting::PerCustomer(Column::Values(&[0.1, -1.0]));
    assert_eq!(
        refused(present_values_into(&[1.0; 4], 2, rates, start, out)),
        (ErrorKind::OutOfRange, "discount_rate".to_owned(), Some(1))
    );
    let largest = [f64::MAX; 4];
    assert_eq!(
        refused(present_values_into(
            &largest,
            2,
            Discounting::PerCustomer((-0.9).into()),
            start,
            out
        )),
        (ErrorKind::Overflow, "present value".to_owned(), Some(0))
    );
    assert_eq!(
        refused(retention_curve_values_into(
            1.0.into(),
            &[0.5, 1.5],
            1,
            0.1,
            0.0,
            start,
            out
        )),
        (ErrorKind::OutOfRange, "retention".to_owned(), Some(1))
    );
    let today: Date = "2025-01-01".parse().unwrap();
    assert_eq!(
        refused(present_values_dated_into(
            &[0, 2],
            &[today; 2],
            &[1.0; 2],
            0.1,
            today,
            out
        )),
        (
            ErrorKind::OutOfRange,
            "customer_numbers".to_owned(),
            Some(1)
        )
    );
    let flows = [Money::new(Decimal::MAX); 2];
    let overflow = present_value(&flows, Rate::ZERO, Timing::Start).unwrap_err();
    assert_eq!(overflow.kind(), ErrorKind::Overflow);
    let no_change =
        internal_rate_between(&[Money::from(1)], Rate::ZERO, Rate::try_from(0.5).unwrap());
    assert_eq!(no_change.unwrap_err().kind(), ErrorKind::NoSolution);
    assert_eq!(
        Money::try_from(f64::NAN).unwrap_err().kind(),
        ErrorKind::NotFinite
    );
}

#[test]
fn nan_stays_in_its_row() {
    let mut out = [0.0; 2];
    let flows = [1.0, f64::NAN, 1.0, 1.0];
    present_values_into(
        &flows,
        2,
        Discounting::PerCustomer(0.0.into()),
        Timing::Start,
        &mut out,
    )
    .unwrap();
    assert!(out[0].is_nan());
    assert_eq!(out[1], 2.0);
}

#[test]
fn a_first_flow_ten_thousand_years_long_ago_is_no_panic() {
    let flows = [DatedFlow {
        date: Date::MIN,
        amount: Money::from(1),
    }];
    let error = present_value_dated(&flows, Rate::try_from(0.5).unwrap(), Date::MAX).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overflow);
}

#[test]
fn a_row_with_nan_has_neither_pay_back_nor_rate_and_infinity_is_refused() {
    let flows = [-1.0, f64::NAN, 3.0, -1.0, 0.5, 0.75];
    let (mut out, mut outcomes) = ([0.0; 2], [RateOutcome::Unique; 2]);
    paybacks_into(&flows, 3, 0.0.into(), Timing::Start, &mut out).unwrap();
    assert!(out[0].is_nan() && (out[1] - (1.0 + 0.5 / 0.75)).abs() < 1e-15);
    paybacks_into(
        &flows,
        3,
        (&[f64::NAN, 0.5][..]).into(),
        Timing::Start,
        &mut out,
    )
    .unwrap();
    assert!(out[0].is_nan() && out[1] == f64::INFINITY);
    internal_rates_into(&flows, 3, &mut out, &mut outcomes).unwrap();
    assert_eq!(outcomes, [RateOutcome::Missing, RateOutcome::Unique]);
    assert!(out[0].is_nan() && out[1] > 0.0);

    let infinite = [-1.0, 2.0, f64::INFINITY, 1.0];
    for error in [
        paybacks_into(&infinite, 2, 0.0.into(), Timing::Start, &mut out),
        internal_rates_into(&infinite, 2, &mut out, &mut outcomes),
    ] {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::NotFinite, Some(1)));
    }
    let far = [-1e-308, 1e308, -1.0, 1.0];
    let error = internal_rates_into(&far, 2, &mut out, &mut outcomes).unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::Overflow, Some(0)));
    let error = internal_rates_into(&flows, 3, &mut out, &mut outcomes[..1]).unwrap_err();
    assert_eq!(error.argument(), "outcomes");
}
