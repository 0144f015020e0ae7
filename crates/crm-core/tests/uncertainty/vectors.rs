//! The cases of tests/vectors/uncertainty.json.

use crm_core::Result;
use crm_core::clv::switching::estimate::{TransitionCounts, TransitionPosterior};
use crm_core::clv::switching::uncertainty::{
    Gradient, InputDoubts, Lever, LeverInput, MatrixEstimate, MonteCarlo, Ranking, StandardError,
    Summary, Valuation,
};
use crm_core::clv::switching::{ShareRule, Shares, TransitionMatrix};
use serde_json::{Value, json};

use crate::arguments::{discounting, horizon, table, vector};
use crate::cases::check;

/// One number, or a list.
fn column(value: &Value) -> Vec<f64> {
    value
        .as_f64()
        .map_or_else(|| vector(value), |one| vec![one])
}

fn valuation(arguments: &Value) -> Result<Valuation> {
    let contribution = column(&arguments["contribution"]);
    let contribution = match *contribution.as_slice() {
        [one] => one.into(),
        ref list => list.into(),
    };
    let (discounting, horizon) = (discounting(arguments)?, horizon(&arguments["horizon"]));
    if !arguments["shares"][0].is_array() {
        let purchases = arguments["purchases"].as_f64().unwrap();
        let shares = Shares::new(vector(&arguments["shares"]))?;
        return Valuation::new(&shares, purchases, contribution, discounting, horizon);
    }
    let shares = table(&arguments["shares"]);
    let purchases = column(&arguments["purchases"]);
    let purchases = match *purchases.as_slice() {
        [one] => one.into(),
        ref list => list.into(),
    };
    let rule: ShareRule = serde_json::from_value(arguments["rule"].clone()).unwrap();
    Valuation::of_portfolio(
        shares[0].len(),
        &shares.concat(),
        purchases,
        rule,
        contribution,
        discounting,
        horizon,
    )
}

fn rows(values: &[f64], brands: usize) -> Vec<&[f64]> {
    values.chunks(brands).collect()
}

fn gradient_as_json(gradient: &Gradient) -> Value {
    let brands = gradient.shares.len();
    json!({
        "value": gradient.value,
        "transition": rows(&gradient.transition, brands),
        "transition_along_simplex": rows(&gradient.transition_along_simplex, brands),
        "discount_rate": gradient.discount_rate,
        "purchases_per_period": gradient.purchases_per_period,
        "shares": gradient.shares,
        "purchases": gradient.purchases,
        "contribution": gradient.contribution,
    })
}

fn levers_as_json(levers: &[Lever], brands: usize) -> Value {
    let of = |input, brand, next_brand| {
        let mut found = levers.iter().filter(|lever| {
            (lever.input, lever.brand, lever.next_brand) == (input, brand, next_brand)
        });
        let lever = found.next().unwrap();
        assert!(found.next().is_none() && lever.effect == lever.base * lever.derivative);
        lever.derivative
    };
    let all = || 0..brands;
    let row = |a| -> Vec<f64> {
        all()
            .map(|b| of(LeverInput::Transition, Some(a), Some(b)))
            .collect()
    };
    let each = |input| -> Vec<f64> { all().map(|a| of(input, Some(a), None)).collect() };
    json!({
        "derivatives": {
            "transition": all().map(row).collect::<Vec<_>>(),
            "share": each(LeverInput::Share),
            "contribution": each(LeverInput::Contribution),
            "purchases": of(LeverInput::Purchases, None, None),
            "discount_rate": of(LeverInput::DiscountRate, None, None),
        },
        "elasticity_sizes": levers.iter().map(|lever| lever.elasticity.abs()).collect::<Vec<_>>(),
    })
}

fn run(function: &str, arguments: &Value) -> Result<Value> {
    match function {
        "switching_gradient" | "portfolio_gradient" => {
            let valuation = valuation(arguments)?;
            let matrix = TransitionMatrix::new(&table(&arguments["transition_matrix"]))?;
            let weights = vector(&arguments["weights"]);
            Ok(gradient_as_json(&valuation.gradient(&matrix, &weights)?))
        }
        "switching_levers" => {
            let matrix = TransitionMatrix::new(&table(&arguments["transition_matrix"]))?;
            let weights = vector(&arguments["weights"]);
            Ok(levers_as_json(
                &valuation(arguments)?.levers(&matrix, &weights)?,
                weights.len(),
            ))
        }
        "switching_standard_error" => {
            let (valuation, weights) = (valuation(arguments)?, vector(&arguments["weights"]));
            let error =
                valuation.standard_error(&estimate(arguments)?, &weights, &doubts(arguments))?;
            Ok(error_as_json(&error))
        }
        "switching_ranking" => {
            let (valuation, weights) = (valuation(arguments)?, vector(&arguments["weights"]));
            Ok(ranking_as_json(
                &valuation.ranking(&estimate(arguments)?, &weights)?,
            ))
        }
        "switching_simulation" => {
            let (valuation, doubts) = (valuation(arguments)?, doubts(arguments));
            let drawn = valuation.simulate(&posterior(arguments)?, &doubts, how(arguments))?;
            let probabilities = vector(&arguments["probabilities"]);
            let summary = drawn.summary(&vector(&arguments["weights"]), &probabilities)?;
            Ok(summary_as_json(&summary))
        }
        "switching_bands" => {
            let (valuation, doubts) = (valuation(arguments)?, doubts(arguments));
            let (weights, probabilities) = (
                vector(&arguments["weights"]),
                vector(&arguments["probabilities"]),
            );
            let posterior = posterior(arguments)?;
            let bands = valuation.bands(
                &posterior,
                &doubts,
                how(arguments),
                &weights,
                &probabilities,
            )?;
            let periods: Vec<Value> = bands.periods.iter().map(summary_as_json).collect();
            Ok(json!({ "periods": periods }))
        }
        other => panic!("no such function: {other}"),
    }
}

fn posterior(arguments: &Value) -> Result<TransitionPosterior> {
    TransitionPosterior::new(&table(&arguments["parameters"]))
}

fn estimate(arguments: &Value) -> Result<MatrixEstimate> {
    if arguments["counts"].is_array() {
        MatrixEstimate::from_counts(&TransitionCounts::new(&table(&arguments["counts"]))?)
    } else {
        Ok(MatrixEstimate::from_posterior(&posterior(arguments)?))
    }
}

fn doubts(arguments: &Value) -> InputDoubts {
    InputDoubts {
        discount_rate_sd: arguments["discount_rate_sd"].as_f64().unwrap_or(0.0),
        shares_known_by: arguments["shares_known_by"].as_f64(),
        contribution_sd: match &arguments["contribution_sd"] {
            Value::Null => Vec::new(),
            list => vector(list),
        },
    }
}

fn how(arguments: &Value) -> MonteCarlo {
    MonteCarlo {
        draws: u32::try_from(arguments["draws"].as_u64().unwrap()).unwrap(),
        seed: arguments["seed"].as_u64().unwrap(),
    }
}

fn error_as_json(error: &StandardError) -> Value {
    json!({
        "value": error.value,
        "standard_error": error.standard_error,
        "row_variance": error.row_variance,
        "discount_rate_variance": error.discount_rate_variance,
        "shares_variance": error.shares_variance,
        "contribution_variance": error.contribution_variance,
    })
}

fn ranking_as_json(ranking: &Ranking) -> Value {
    let rows = ranking.rows.iter().map(|row| {
        json!({
            "brand": row.brand,
            "variance": row.variance,
            "variance_share": row.variance_share,
            "known_by": row.known_by,
            "variance_reduction": row.variance_reduction,
            "error_reduction": row.error_reduction,
        })
    });
    let entries = ranking.entries.iter().map(|entry| {
        json!({
            "from": entry.from,
            "to": entry.to,
            "variance": entry.variance,
            "variance_share": entry.variance_share,
            "elasticity": entry.elasticity,
            "elasticity_along_simplex": entry.elasticity_along_simplex,
        })
    });
    json!({
        "standard_error": ranking.standard_error,
        "rows": rows.collect::<Vec<_>>(),
        "entries": entries.collect::<Vec<_>>(),
    })
}

fn summary_as_json(summary: &Summary) -> Value {
    json!({
        "mean": summary.mean,
        "standard_deviation": summary.standard_deviation,
        "quantiles": summary.quantiles,
    })
}

#[test]
fn vectors() {
    let text = include_str!("../../../../tests/vectors/uncertainty.json");
    check(text, |function, arguments| {
        vec![run(function, &Value::Object(arguments.clone()))]
    });
}
