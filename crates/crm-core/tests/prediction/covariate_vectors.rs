//! The vectors of models whose rates hang on covariates.

use crm_core::Result;
use crm_core::kernels::Column;
use crm_core::prediction::fit::FitOptions;
use crm_core::prediction::{
    CovariateColumns, CovariateHistories, CovariateModel, Covariates, GammaGamma, HistoryColumns,
    LifetimeValueColumns, LifetimeValueModel, PredictionNumbers, PurchaseModelKind,
    PurchasePrediction, Range, UncertainModel, discounted_purchases_into, expected_purchases_into,
    lifetime_value_into, log_likelihood_into, probability_alive_into,
};
use crm_core::units::Probability;
use serde_json::{Value, json};

use super::intervals::{answer, member, uncertain};
use super::vectors::{number, numbers, run_cases};

fn covariates(arguments: &Value) -> Covariates {
    serde_json::from_value(json!({
        "purchase": arguments["purchase_names"],
        "dropout": arguments["dropout_names"],
        "dropout_effect": arguments["dropout_effect"],
    }))
    .unwrap()
}

fn tables(arguments: &Value) -> [Vec<Vec<f64>>; 2] {
    ["purchase_covariates", "dropout_covariates"].map(|side| {
        let columns = arguments[side].as_array().unwrap();
        columns.iter().map(numbers).collect()
    })
}

fn run(function: &str, kind: PurchaseModelKind, arguments: &Value) -> Result<Value> {
    let tables = tables(arguments);
    let [purchase, dropout] = tables
        .each_ref()
        .map(|columns| -> Vec<Column<'_>> { columns.iter().map(Into::into).collect() });
    let columns = CovariateColumns {
        purchase: &purchase,
        dropout: &dropout,
    };
    let [x, tx, age] = ["frequency", "recency", "age"].map(|name| numbers(&arguments[name]));
    if function == "fit" {
        let weights = numbers(&arguments["weights"]);
        let covariates = covariates(arguments);
        let histories =
            CovariateHistories::new(&x, &tx, &age, Some(&weights), covariates, columns)?;
        let penalty = number(&arguments["covariate_penalty"]);
        let fit = CovariateModel::fit(kind, &histories, penalty, &FitOptions::default())?;
        assert_eq!(fit.report.estimates, fit.model.parameters());
        let intervals = fit.report.intervals(Probability::try_from(0.95)?)?;
        let errors: Vec<f64> = intervals.iter().map(|i| i.standard_error).collect();
        return Ok(json!({
            "parameters": fit.report.estimates,
            "log_likelihood": fit.report.log_likelihood,
            "standard_errors": errors,
            "status": fit.report.status,
        }));
    }
    let parameters = numbers(&arguments["parameters"]);
    let model = CovariateModel::of(kind, covariates(arguments), &parameters)?;
    let histories = HistoryColumns {
        frequency: (&x).into(),
        recency: (&tx).into(),
        age: (&age).into(),
    };
    let given = |name: &str| arguments.get(name).map_or(0.0, number).into();
    let (horizon, rate) = (given("horizon"), given("discount_rate"));
    if let "intervals" | "total" = function {
        let arguments = arguments.as_object().unwrap();
        let model = uncertain(model, arguments)?;
        let about = PredictionNumbers {
            horizon,
            discount_rate: rate,
            ..PredictionNumbers::default()
        };
        let prediction: PurchasePrediction = member(arguments, "prediction");
        let (rows, total) = (x.len(), function == "total");
        let predict = |model: &CovariateModel, out: &mut [f64]| {
            prediction.predict_into(&model.customers(columns)?, histories, about, out)
        };
        return answer(&model, prediction.range(), rows, total, arguments, predict);
    }
    if let "lifetime_value_intervals" | "lifetime_value_total" = function {
        let total = function == "lifetime_value_total";
        return lifetime_values(model, columns, total, histories, arguments);
    }
    let models = model.customers(columns)?;
    let mut out = vec![0.0; x.len()];
    match function {
        "log_likelihood" => log_likelihood_into(&models, histories, &mut out),
        "probability_alive" => probability_alive_into(&models, histories, horizon, &mut out),
        "expected_purchases" => expected_purchases_into(&models, histories, horizon, &mut out),
        "discounted_purchases" => {
            discounted_purchases_into(&models, histories, horizon, rate, &mut out)
        }
        other => panic!("no such function: {other}"),
    }?;
    Ok(json!(out))
}

fn lifetime_values(
    purchases: CovariateModel,
    covariates: CovariateColumns<'_>,
    total: bool,
    histories: HistoryColumns<'_>,
    arguments: &Value,
) -> Result<Value> {
    let [spend_frequency, mean_spend, margin] =
        ["spend_frequency", "mean_spend", "margin"].map(|name| numbers(&arguments[name]));
    let [horizon, discount_rate] =
        ["horizon", "discount_rate"].map(|name| number(&arguments[name]).into());
    let columns = LifetimeValueColumns {
        frequency: histories.frequency,
        recency: histories.recency,
        age: histories.age,
        spend_frequency: (&spend_frequency).into(),
        mean_spend: (&mean_spend).into(),
        horizon,
        discount_rate,
        margin: (&margin).into(),
    };
    let covariance = numbers(&arguments["spend_log_covariance"]);
    let [p, q, gamma] = ["p", "q", "gamma"].map(|name| number(&arguments["spend"][name]));
    let spend = UncertainModel::new(GammaGamma::new(p, q, gamma)?, &covariance)?;
    let arguments = arguments.as_object().unwrap();
    let model = LifetimeValueModel::uncertain(&uncertain(purchases, arguments)?, &spend);
    let predict = |model: &LifetimeValueModel<CovariateModel>, out: &mut [f64]| {
        lifetime_value_into(&model.customers(covariates)?, columns, out)
    };
    let rows = margin.len();
    answer(&model, Range::OneSign, rows, total, arguments, predict)
}

#[test]
fn vectors() {
    run_cases("prediction_covariates", "covariate_model_", run);
}
