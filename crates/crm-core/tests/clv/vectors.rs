//! The cases of tests/vectors/clv.json.

use crm_core::Result;
use crm_core::clv::Timing;
use crm_core::clv::components::{Component, ComponentFlows, word_of_mouth_effect};
use crm_core::clv::group::{
    migration_value, renewal_curve_value, retention_curve_value, retention_curve_values_into,
};
use crm_core::clv::individual::{
    DatedFlow, Discounting, InternalRate, Payback, RateOutcome, internal_rate_of_return,
    internal_rates_into, payback, paybacks_into, present_value, present_value_dated,
    present_value_varying, present_values_dated_into, present_values_into,
};
use crm_core::clv::reading::{Reading, historic_value, splits_into};
use crm_core::kernels::Kernel;
use crm_core::units::{Date, Label, Money, Probability, Rate, Share, decimal, nearest_f64};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::cases::{check, numbers, run_kernel};

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
    check(include_str!("../../../../tests/vectors/clv.json"), run);
}
