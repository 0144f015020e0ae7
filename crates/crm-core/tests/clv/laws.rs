//! The laws of lifetime value.

use crm_core::clv::Timing;
use crm_core::clv::components::{Breakdown, Component, ComponentFlows, component_totals_into};
use crm_core::clv::group::{
    lost_for_good, retention_curve_value, retention_value, retention_value_over,
};
use crm_core::clv::individual::{
    Discounting, InternalRate, Payback, RateOutcome, internal_rate_of_return, internal_rates_into,
    payback, paybacks_into, present_value, present_value_varying, present_values_into,
};
use crm_core::units::{Label, Language, Money, Probability, Rate, nearest_f64};
use proptest::prelude::*;
use rust_decimal::Decimal;

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
