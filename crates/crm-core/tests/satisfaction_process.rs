//! Studies of satisfaction from their definition to their actions: the vectors, and what must hold of every study.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::satisfaction::process::{
    Action, ActionPlan, ActionStatus, AnswerColumn, Cleaning, Definition, Estimation, Fieldwork,
    Frame, Improvement, Outcomes, QuestionnaireDesign, Reporting, SampleDesign, StepRecord, Study,
    StudyRecord, SurveyStep,
};
use crm_core::satisfaction::structural::{Resampling, SurveySimulation, Wording, presets};
use crm_core::survey::size::Target;
use crm_core::units::{Label, Language};
use crm_core::{Error, ErrorKind, Result};
use serde_json::{Value, json};

fn numbers_of(record: &str, step: &str, pointers: &Value) -> Result<Value> {
    let record: StudyRecord = serde_json::from_str(record).unwrap();
    let study = Study::replay(record)?;
    let step: SurveyStep = serde_json::from_value(json!(step)).unwrap();
    let product = study.product(step).ok_or_else(|| Error::empty("step"))?;
    let product = serde_json::to_value(product).unwrap();
    let pointers = pointers.as_array().unwrap().iter();
    Ok(pointers
        .map(|pointer| product.pointer(pointer.as_str().unwrap()).unwrap().clone())
        .collect())
}

#[test]
fn vectors_hold() {
    let text = include_str!("../../../tests/vectors/satisfaction_process.json");
    vectors::check(text, |function, arguments| {
        assert_eq!(function, "study_numbers");
        let text = |name: &str| arguments[name].as_str().unwrap();
        vec![numbers_of(
            text("record"),
            text("step"),
            &arguments["pointers"],
        )]
    });
}

/// A study of simulated answers to the questions of the ACSI.
fn study(seed: u64) -> ActionPlan {
    let model = presets::acsi();
    let survey = SurveySimulation {
        seed,
        missing: 0.02,
        ..SurveySimulation::new(model.clone())
    };
    let columns = survey.run().unwrap().into_iter().map(AnswerColumn);
    let names = model.indicators().map(str::to_owned);
    let field = Fieldwork {
        first_day: None,
        last_day: None,
        outcomes: Outcomes {
            complete: 250,
            refusal: 50,
            ..Outcomes::default()
        },
        strata: Vec::new(),
        clusters: Vec::new(),
        answers: names.zip(columns).collect(),
    };
    let action = |construct: &str, status| Action {
        construct: construct.to_owned(),
        what: Wording::new("Answer within a day", "一日内答复"),
        rise: 4.0,
        owner: "service".to_owned(),
        due: Some("2026-06-30".parse().unwrap()),
        cost: Some(1000.0),
        status,
    };
    let actions = vec![
        action("quality", ActionStatus::Done),
        action("value", ActionStatus::Planned),
    ];
    let frame = Frame {
        units: Some(5000),
        ..Frame::new(Wording::new("Customers", "顾客"))
    };
    let resampling = Resampling {
        resamples: 200,
        seed: 3,
    };
    Definition::new(Wording::new("Spring", "春季"), model)
        .define()
        .and_then(|step| step.population(frame))
        .and_then(|step| step.sample(SampleDesign::new(Target::Mean(20.0), 2.5)))
        .and_then(|step| step.questionnaire(QuestionnaireDesign::default()))
        .and_then(|step| step.survey(field))
        .and_then(|step| step.tabulate(Cleaning::default()))
        .and_then(|step| step.index(Estimation::new(resampling)))
        .and_then(|step| step.report(Reporting::default()))
        .and_then(|step| step.improve(Improvement { actions }))
        .unwrap()
}

#[test]
fn a_study_is_stored_as_its_decisions_and_comes_back_to_the_bit() {
    let study = Study::Actions(study(1));
    let text = serde_json::to_string(&study.record()).unwrap();
    let read = Study::replay(serde_json::from_str(&text).unwrap()).unwrap();
    // Missing answers are NaN, which equals nothing: texts are compared.
    assert_eq!(serde_json::to_string(&read.record()).unwrap(), text);
    for step in SurveyStep::ALL {
        let product = |study: &Study| serde_json::to_string(&study.product(*step)).unwrap();
        assert_eq!(product(&read), product(&study));
    }
}

#[test]
fn no_step_is_left_out_or_made_twice() {
    let record = Study::Actions(study(1)).record();
    for made in 1..=9 {
        let steps = record.steps[..made].to_vec();
        let study = Study::replay(StudyRecord { steps }).unwrap();
        assert_eq!(study.step(), SurveyStep::ALL[made - 1]);
        assert_eq!(study.next_step(), SurveyStep::ALL.get(made).copied());
        for (place, step) in record.steps.iter().enumerate() {
            let found = study.clone().advance(step.clone());
            if place == made {
                assert_eq!(found.unwrap().step(), step.step());
            } else {
                assert_eq!(found.unwrap_err().kind(), ErrorKind::IllegalTransition);
            }
        }
        let products = study.products().len();
        assert_eq!(products, made);
    }
}

#[test]
fn what_is_urgent_comes_first() {
    let plan = study(1);
    let report = plan.report();
    let (lower, upper) = report.interval();
    assert!(lower < report.index().index && report.index().index < upper);
    let quadrants: Vec<_> = report.drivers().iter().map(|d| d.quadrant).collect();
    let mut sorted = quadrants.clone();
    sorted.sort_by_key(|quadrant| match quadrant.name() {
        "urgent_improvement" => 0,
        "competitive_advantage" => 1,
        "secondary_improvement" => 2,
        _ => 3,
    });
    assert_eq!(quadrants, sorted);
    let names: Vec<&str> = report
        .drivers()
        .iter()
        .map(|each| each.driver.construct.as_str())
        .collect();
    let places = plan.actions().iter().map(|each| {
        let construct = each.action.construct.as_str();
        names.iter().position(|name| *name == construct)
    });
    assert!(places.is_sorted());
}

#[test]
fn the_next_study_tells_what_became_of_the_actions() {
    let (plan, next) = (study(1), study(2));
    let followed = plan.follow_up(next.report().result()).unwrap();
    let change = next.report().index().index - plan.report().index().index;
    assert_eq!(followed.change.change, change);
    let quality = |plan: &ActionPlan| {
        let mut constructs = plan.report().result().constructs().iter();
        constructs
            .find(|each| each.construct == "quality")
            .cloned()
            .unwrap()
    };
    let found = followed
        .constructs
        .iter()
        .find(|each| each.construct == "quality");
    let found = found.unwrap();
    let (before, after) = (quality(&plan), quality(&next));
    assert_eq!(found.change.change, after.index - before.index);
    let error = before.standard_error.hypot(after.standard_error);
    assert!((found.change.standard_error - error).abs() < 1e-14);
    // One action is done, the other only planned.
    assert_eq!(found.expected, 4.0);
    let value = followed
        .constructs
        .iter()
        .find(|each| each.construct == "value");
    assert_eq!(value.unwrap().expected, 0.0);

    let all_done = plan.with_status(1, ActionStatus::Done).unwrap();
    let followed = all_done.follow_up(next.report().result()).unwrap();
    assert!((followed.expected - all_done.gain()).abs() < 1e-12);
    let error = all_done.with_status(2, ActionStatus::Done).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::NotFound, "action")
    );
}

#[test]
fn the_questionnaire_can_be_printed() {
    let plan = study(1);
    let responses = plan.report().result().tables().responses();
    let questionnaire = responses.questionnaire();
    let text = questionnaire.text(Language::Zh);
    assert!(text.starts_with("# 春季\n"));
    let model = presets::acsi();
    for question in model.questions() {
        assert!(text.contains(question.label(Language::Zh)));
    }
    assert!(questionnaire.columns().eq(model.indicators()));
}

#[test]
fn a_record_is_read_strictly() {
    let definition = StepRecord::DefineIndicators(Definition::new(
        Wording::new("Spring", "春季"),
        presets::acsi(),
    ));
    let mut value = serde_json::to_value(&definition).unwrap();
    assert_eq!(value["step"], "define_indicators");
    assert_eq!(
        serde_json::from_value::<StepRecord>(value.clone()).unwrap(),
        definition
    );
    value["targte"] = json!("loyalty");
    assert!(serde_json::from_value::<StepRecord>(value).is_err());
}
