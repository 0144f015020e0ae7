//! The cases of tests/vectors/loyalty.json, and laws of loyalty.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its case fails"
)]

mod vectors;

use crm_core::Result;
use crm_core::clv::Timing;
use crm_core::kernels::Kernel;
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, Ledger, LedgerBuilder, TimeColumn};
use crm_core::loyalty::attitude::conditions;
use crm_core::loyalty::bonds::Bonds;
use crm_core::loyalty::dirichlet::Dirichlet;
use crm_core::loyalty::profit::{LoyaltyProfit, tenure_years};
use crm_core::loyalty::promoter::net_promoter_score;
use crm_core::loyalty::wallet::{size_of_prize, wallet_allocation};
use crm_core::loyalty::{Clue, Evidence, Known, LatentAttachment, LoyaltyRules, classify, explain};
use crm_core::units::{Date, Label, Language, Money, Probability, Rate};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vectors::{check, numbers, run_kernel};

fn number(arguments: &Map<String, Value>, name: &str) -> f64 {
    arguments[name].as_f64().unwrap()
}

fn list(arguments: &Map<String, Value>, name: &str) -> Vec<f64> {
    numbers(&arguments[name])
}

fn money(value: &Value) -> Money {
    Money::try_from(value.as_f64().unwrap()).unwrap()
}

/// The rows of each clue, NaN where nothing is known.
fn evidence(arguments: &Map<String, Value>) -> Vec<Vec<f64>> {
    let of = |clue: &Clue| {
        let column = arguments["evidence"][clue.name()].as_array().unwrap();
        column
            .iter()
            .map(|v| v.as_f64().unwrap_or(f64::NAN))
            .collect()
    };
    Clue::ALL.iter().map(of).collect()
}

fn rules(arguments: &Map<String, Value>) -> LoyaltyRules {
    LoyaltyRules {
        latent: serde_json::from_value::<LatentAttachment>(arguments["latent"].clone()).unwrap(),
        ..LoyaltyRules::default()
    }
}

fn columns(known: &[Vec<f64>]) -> Evidence<'_> {
    let mut all = Evidence::UNKNOWN;
    for (&clue, column) in Clue::ALL.iter().zip(known) {
        all = all.with(clue, column.as_slice());
    }
    all
}

fn classified(arguments: &Map<String, Value>) -> Result<Value> {
    let known = evidence(arguments);
    let verdicts = classify(known[0].len(), columns(&known), rules(arguments))?;
    let shown = verdicts.iter().map(|verdict| {
        let contradictions: Vec<&str> = verdict.contradictions().map(Label::name).collect();
        json!({
            "outcome": verdict.outcome.name(),
            "best": verdict.best.name(),
            "fit": verdict.fit,
            "next": verdict.next.name(),
            "margin": verdict.margin,
            "known": [verdict.known.0, verdict.known.1],
            "contradictions": contradictions,
        })
    });
    Ok(shown.collect())
}

fn explained(arguments: &Map<String, Value>) -> Result<Value> {
    let known = evidence(arguments);
    let language: Language = serde_json::from_value(arguments["language"].clone()).unwrap();
    let verdict = classify(1, columns(&known), rules(arguments))?[0];
    let mut row = Known([f64::NAN; Clue::COUNT]);
    for (value, column) in row.0.iter_mut().zip(&known) {
        *value = column[0];
    }
    Ok(json!(explain(&verdict, row, rules(arguments), language)))
}

fn profit(profit: &LoyaltyProfit) -> Result<Value> {
    let years = profit.years()?;
    let shown = years.iter().map(|year| {
        json!({
            "year": year.year,
            "acquisition": year.acquisition.to_f64(),
            "effects": year.effects.map(Money::to_f64),
            "total": year.total.to_f64(),
            "cumulative": year.cumulative.to_f64(),
        })
    });
    let last = years[years.len() - 1].cumulative;
    let ties = profit
        .component_flows()
        .present_values(Rate::try_from(0.0)?, Timing::Start)?;
    assert_eq!(ties.total()?.round(9), last.round(9));
    Ok(json!({"years": shown.collect::<Vec<_>>(), "break_even_year": profit.break_even_year()?}))
}

fn ledger(arguments: &Map<String, Value>) -> Ledger {
    let days: Vec<i32> = list(arguments, "day").iter().map(|d| *d as i32).collect();
    let customers: Vec<i64> = list(arguments, "customer")
        .iter()
        .map(|c| *c as i64)
        .collect();
    let (amounts, costs) = (list(arguments, "amount"), list(arguments, "cost"));
    let mut builder = LedgerBuilder::new();
    builder
        .push(&Chunk {
            customers: CustomerColumn::Integers(&customers),
            times: TimeColumn::Dates(&days),
            amounts: AmountColumn::Floats(&amounts),
            costs: Some(AmountColumn::Floats(&costs)),
        })
        .unwrap();
    builder.finish().unwrap()
}

fn end(arguments: &Map<String, Value>) -> Date {
    Date::from_days(arguments["observation_end"].as_i64().unwrap() as i32).unwrap()
}

fn one(function: &str, arguments: &Map<String, Value>) -> Result<Value> {
    match function {
        "loyalty_classify" => classified(arguments),
        "loyalty_explain" => explained(arguments),
        "loyalty_conditions" => {
            let (behaviour, cuts) = (list(arguments, "behaviour"), list(arguments, "cuts"));
            let attitude = list(arguments, "attitude");
            let found = conditions(&attitude, behaviour.as_slice().into(), [cuts[0], cuts[1]])?;
            Ok(found.into_iter().map(Label::name).collect())
        }
        "net_promoter_score" => {
            let confidence = Probability::try_from(number(arguments, "confidence"))?;
            net_promoter_score(&list(arguments, "answers"), confidence).map(|nps| json!(nps))
        }
        "wallet_allocation" => wallet_allocation(&list(arguments, "ratings")).map(|s| json!(s)),
        "size_of_prize" => size_of_prize(
            &list(arguments, "ratings"),
            number(arguments, "category_spend"),
        )
        .map(|prizes| json!(prizes)),
        "dirichlet_fit" => {
            let model = Dirichlet::fit(
                number(arguments, "penetration"),
                number(arguments, "purchases_per_buyer"),
                list(arguments, "shares"),
                &list(arguments, "penetrations"),
            )?;
            let (mean, exponent) = (model.mean(), model.exponent());
            Ok(json!({"mean": mean, "exponent": exponent, "diversity": model.diversity()}))
        }
        "dirichlet_norms" => {
            let [mean, exponent, diversity] =
                ["mean", "exponent", "diversity"].map(|name| number(arguments, name));
            let model = Dirichlet::new(mean, exponent, diversity, list(arguments, "shares"))?;
            model
                .norms(number(arguments, "periods"))
                .map(|norms| json!(norms))
        }
        "bond_strength" => {
            let strengths: [f64; 10] = list(arguments, "strengths").try_into().unwrap();
            Bonds::new(strengths).map(|bonds| json!(bonds.strength()))
        }
        "loyalty_profit" => {
            let effects = arguments["effects"].as_array().unwrap();
            let effect = |i: usize| effects[i].as_array().unwrap().iter().map(money).collect();
            let cost = money(&arguments["acquisition_cost"]);
            profit(&LoyaltyProfit::new(cost, std::array::from_fn(effect))?)
        }
        "tenure_years" => tenure_years(&ledger(arguments), end(arguments)).map(|y| json!(y)),
        _ => {
            let cost = money(&arguments["acquisition_cost"]);
            profit(&LoyaltyProfit::from_ledger(
                &ledger(arguments),
                end(arguments),
                cost,
            )?)
        }
    }
}

fn run(function: &str, arguments: &Map<String, Value>) -> Vec<Result<Value>> {
    match Kernel::find(function) {
        Ok(kernel) => run_kernel(kernel, arguments),
        Err(_) => vec![one(function, arguments)],
    }
}

#[test]
fn vectors_of_loyalty() {
    check(include_str!("../../../tests/vectors/loyalty.json"), run);
}

proptest! {
    /// More evidence for the best category never makes another one of it.
    #[test]
    fn stronger_evidence_keeps_the_verdict(values in prop::array::uniform8(0.0..1.0_f64), more in 0.0..1.0_f64) {
        let mut known = values;
        known[Clue::Alternatives as usize] = 3.0;
        known[Clue::Constraint as usize] = 0.0;
        let evidence = |known: [f64; 8]| Evidence(known.map(Into::into));
        let first = classify(1, evidence(known), LoyaltyRules::default()).unwrap()[0];
        prop_assert!((0.0..=1.0).contains(&first.fit) && first.margin >= 0.0 && first.best != first.next);
        let driver = match first.best.name() {
            "inertia" => Clue::SwitchingEffort,
            "convenience" => Clue::Convenience,
            "incentive" => Clue::RewardShare,
            "price" => Clue::PromotionShare,
            _ => return Ok(()),
        } as usize;
        known[driver] += (1.0 - known[driver]) * more;
        let second = classify(1, evidence(known), LoyaltyRules::default()).unwrap()[0];
        prop_assert_eq!(second.best, first.best);
        prop_assert!(second.margin >= first.margin);
    }

    /// Brands with more share have more buyers, who buy more often and are more loyal: double jeopardy.
    #[test]
    fn small_brands_suffer_twice(mean in 0.1..20.0_f64, exponent in 0.1..5.0_f64, diversity in 0.1..5.0_f64) {
        let model = Dirichlet::new(mean, exponent, diversity, vec![0.01, 0.05, 0.2, 0.4]).unwrap();
        let norms = model.norms(1.0).unwrap();
        for pair in norms.windows(2) {
            prop_assert!(pair[0].penetration < pair[1].penetration);
            prop_assert!(pair[0].purchases_per_buyer < pair[1].purchases_per_buyer);
            prop_assert!(pair[0].share_of_requirements < pair[1].share_of_requirements);
            prop_assert!(pair[0].repeat_rate < pair[1].repeat_rate);
        }
        prop_assert!(norms.iter().all(|n| (0.0..1.0).contains(&n.sole_buyers) && n.repeat_rate > 0.0));
    }
}
