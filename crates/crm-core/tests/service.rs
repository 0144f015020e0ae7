//! The cases of tests/vectors/service.json, and laws of service.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot read its case fails"
)]

mod vectors;

use crm_core::Result;
use crm_core::kernels::Kernel;
use crm_core::service::complaint::{
    Complaint, ComplaintAction, ComplaintStep, Deadlines, TRANSITIONS, complaint_statistics,
};
use crm_core::service::warning::{calibration, fit_logistic, recalibrate};
use crm_core::service::win_back::{LossCause, LossLimits, loss_status, win_back_ranking};
use crm_core::units::{Label, Moment, Probability};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use vectors::{check, numbers, run_kernel};

fn number(arguments: &Map<String, Value>, name: &str) -> f64 {
    arguments[name].as_f64().unwrap()
}

fn list(arguments: &Map<String, Value>, name: &str) -> Vec<f64> {
    numbers(&arguments[name])
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn moment(value: &Value) -> Moment {
    Moment::from_seconds(value.as_i64().unwrap()).unwrap()
}

fn confidence(arguments: &Map<String, Value>) -> Probability {
    Probability::try_from(number(arguments, "confidence")).unwrap()
}

fn complaint(value: &Value) -> Result<Complaint> {
    let mut complaint = Complaint::received(moment(&value["received"]));
    for each in value["actions"].as_array().unwrap() {
        let action: ComplaintAction = read(&each["action"]);
        complaint.apply(action, moment(&each["at"]), each["text"].as_str())?;
    }
    Ok(complaint)
}

fn walked(arguments: &Map<String, Value>) -> Result<Value> {
    let found = complaint(&Value::Object(arguments.clone()))?;
    let stored = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Complaint>(&stored).unwrap(), found);
    let entered = found.entries().iter().map(|entry| entry.step);
    let steps = std::iter::once(ComplaintStep::Received).chain(entered);
    Ok(json!({
        "steps": steps.map(Label::name).collect::<Vec<_>>(),
        "outcome": found.outcome(),
        "seconds": found.seconds_at_steps(moment(&arguments["until"]))?,
    }))
}

fn statistics(arguments: &Map<String, Value>) -> Result<Value> {
    let complaints = arguments["complaints"].as_array().unwrap();
    let complaints: Vec<Complaint> = complaints.iter().map(|c| complaint(c).unwrap()).collect();
    let mut deadlines = Deadlines::default();
    for (step, seconds) in arguments["deadlines"].as_object().unwrap() {
        deadlines = deadlines.with(read(&json!(step)), seconds.as_u64().unwrap() as u32);
    }
    let found = complaint_statistics(
        &complaints,
        moment(&arguments["now"]),
        &deadlines,
        arguments["customers"].as_u64(),
        confidence(arguments),
    )?;
    let mut shown = json!(found);
    for rate in ["founded", "accepted", "resolved", "escalated", "in_time"] {
        shown[rate]
            .as_object_mut()
            .unwrap()
            .remove("standard_error");
    }
    let resolution = shown.as_object_mut().unwrap().remove("resolution").unwrap();
    for (name, value) in resolution.as_object().unwrap() {
        shown[name] = value.clone();
    }
    Ok(shown)
}

fn status(arguments: &Map<String, Value>) -> Result<Value> {
    let limits = LossLimits {
        lost_below: number(arguments, "lost_below"),
        active_from: number(arguments, "active_from"),
    };
    let cause: Option<LossCause> = read(&arguments["cause"]);
    loss_status(number(arguments, "p_alive"), cause, limits).map(|status| json!(status))
}

fn ranked(arguments: &Map<String, Value>) -> Result<Value> {
    let found = win_back_ranking(
        &list(arguments, "second_lifetime_value"),
        &list(arguments, "success"),
        &list(arguments, "cost"),
        arguments["budget"].as_f64(),
    )?;
    Ok(json!(found))
}

fn lost(arguments: &Map<String, Value>) -> Vec<bool> {
    read(&arguments["lost"])
}

fn logistic(arguments: &Map<String, Value>) -> Result<Value> {
    let columns: Vec<Vec<f64>> = read(&arguments["indicators"]);
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let found = fit_logistic(&columns, &lost(arguments), number(arguments, "penalty"))?;
    let mut shown = json!(found);
    shown.as_object_mut().unwrap().remove("rows");
    Ok(shown)
}

fn calibrated(arguments: &Map<String, Value>) -> Result<Value> {
    let bins = arguments["bins"].as_u64().unwrap() as usize;
    let predicted = list(arguments, "predicted");
    let found = calibration(&predicted, &lost(arguments), bins, confidence(arguments))?;
    let mut shown = json!(found);
    for bin in shown["bins"].as_array_mut().unwrap() {
        let mut rate = bin["lost"].take();
        rate.as_object_mut().unwrap().remove("standard_error");
        rate["predicted"] = bin["predicted"].clone();
        *bin = rate;
    }
    Ok(shown)
}

fn one(function: &str, arguments: &Map<String, Value>) -> Result<Value> {
    match function {
        "complaint" => walked(arguments),
        "complaint_statistics" => statistics(arguments),
        "loss_status" => status(arguments),
        "win_back_ranking" => ranked(arguments),
        "fit_logistic" => logistic(arguments),
        "calibration" => calibrated(arguments),
        "recalibrate" => {
            recalibrate(&list(arguments, "predicted"), &lost(arguments)).map(|r| json!(r))
        }
        _ => panic!("no function {function}"),
    }
}

fn run(function: &str, arguments: &Map<String, Value>) -> Vec<Result<Value>> {
    match Kernel::find(function) {
        Ok(kernel) => run_kernel(kernel, arguments),
        Err(_) => vec![one(function, arguments)],
    }
}

#[test]
fn vectors_hold() {
    check(include_str!("../../../tests/vectors/service.json"), run);
}

#[test]
fn every_step_leads_to_the_end() {
    for &start in ComplaintStep::ALL {
        let mut reached = vec![start];
        let mut next = 0;
        while let Some(&step) = reached.get(next) {
            for t in TRANSITIONS.iter().filter(|t| t.from == step) {
                if !reached.contains(&t.to) {
                    reached.push(t.to);
                }
            }
            next += 1;
        }
        assert!(reached.contains(&ComplaintStep::Closed), "{start}");
    }
    assert_eq!(ComplaintStep::Closed.actions().count(), 0);
}

#[test]
fn what_was_said_is_not_in_debug() {
    let mut complaint = Complaint::received(Moment::from_seconds(0).unwrap());
    let at = Moment::from_seconds(60).unwrap();
    complaint
        .apply(
            ComplaintAction::Record,
            at,
            Some("Anna Smith, 12 High Street"),
        )
        .unwrap();
    assert!(!format!("{complaint:?}").contains("Smith"));
    assert_eq!(
        complaint.entries()[0].text.as_deref(),
        Some("Anna Smith, 12 High Street")
    );
}

#[test]
fn a_stored_record_that_skips_a_step_is_refused() {
    let stored = r#"{"received": "2024-03-01T08:00:00", "entries": [
        {"at": "2024-03-01T09:00:00", "action": "record", "step": "recorded"},
        {"at": "2024-03-01T10:00:00", "action": "escalate", "step": "closed"}]}"#;
    let error = serde_json::from_str::<Complaint>(stored).unwrap_err();
    assert!(
        error.to_string().contains("the action leads to escalated"),
        "{error}"
    );
}

#[test]
fn nobody_cannot_complain() {
    let complaints = [Complaint::received(Moment::from_seconds(0).unwrap())];
    let now = Moment::from_seconds(1).unwrap();
    let confidence = Probability::try_from(0.95).unwrap();
    let deadlines = Deadlines::default();
    let error =
        complaint_statistics(&complaints, now, &deadlines, Some(0), confidence).unwrap_err();
    assert_eq!(error.argument(), "customers");
}

#[test]
fn deadlines_are_exact() {
    let received: Moment = "2024-03-01T08:00:00".parse().unwrap();
    let complaint = Complaint::received(received);
    let deadlines = Deadlines::default().with(ComplaintStep::Received, 3600);
    let after = |seconds| Moment::from_seconds(received.seconds() + seconds).unwrap();
    assert_eq!(complaint.overdue(after(3600), &deadlines), None);
    let late = complaint.overdue(after(3601), &deadlines).unwrap();
    assert_eq!((late.seconds, late.due), (1, after(3600)));
    assert_eq!(
        Deadlines::default()
            .with(ComplaintStep::Closed, 1)
            .limit(ComplaintStep::Closed),
        None
    );
}

#[test]
fn the_score_explains_itself() {
    let months = [1.0, 2.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let calls = [3.0, 1.0, 0.0, 2.0, 2.0, 1.0, 4.0, 3.0];
    let lost = [false, false, true, false, false, true, true, true];
    let model = fit_logistic(&[&months, &calls], &lost, 1.0).unwrap();
    let parts = model.contributions(&[7.0, 3.0], &[1.0, 3.0]).unwrap();
    assert_eq!((parts[0].0, parts[1].1), (0, 0.0));
    let risk = model.predict(&[&[1.0, 7.0], &[3.0, 3.0]]).unwrap();
    let odds = |p: f64| (p / (1.0 - p)).ln();
    assert!((odds(risk[1]) - odds(risk[0]) - parts[0].1).abs() < 1e-12);
}

proptest! {
    /// The mean of the probabilities is the share that was lost: maximum likelihood with an intercept is calibrated in the large.
    #[test]
    fn a_fit_is_calibrated_in_the_large(
        rows in prop::collection::vec((0.0..10.0_f64, 0.0..1.0_f64), 40..200),
    ) {
        let x: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let lost: Vec<bool> = rows.iter().map(|row| row.1 < 0.2 + 0.05 * row.0).collect();
        let share = lost.iter().filter(|&&lost| lost).count() as f64 / lost.len() as f64;
        prop_assume!(share > 0.1 && share < 0.9);
        if let Ok(model) = fit_logistic(&[&x], &lost, 0.0) {
            let mean = model.predict(&[&x]).unwrap().iter().sum::<f64>() / lost.len() as f64;
            prop_assert!((mean - share).abs() < 1e-9, "{mean} {share}");
        }
    }
}
