//! How satisfied are the customers, and what should be improved first? A survey in nine steps, with generated answers.
#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use crm_core::Result;
use crm_core::satisfaction::process::{
    Action, ActionStatus, AnswerColumn, Cleaning, Definition, Estimation, Fieldwork, Frame,
    Improvement, Outcomes, QuestionnaireDesign, Reporting, SampleDesign,
};
use crm_core::satisfaction::structural::{Resampling, SurveySimulation, Wording, presets};
use crm_core::survey::size::Target;
use crm_core::units::Label;

fn main() -> Result<()> {
    // 1 to 4: the questions of the ACSI, asked of so many that the index is known to 2.5 points; half of them answer.
    let customers = Wording::new(
        "Customers who bought in the last year",
        "过去一年内购买过的顾客",
    );
    let plan = Definition::new(Wording::new("Spring survey", "春季调查"), presets::acsi())
        .define()?
        .population(Frame {
            units: Some(12_000),
            ..Frame::new(customers)
        })?
        .sample(SampleDesign {
            response_rate: 0.5,
            ..SampleDesign::new(Target::Mean(20.0), 2.5)
        })?;
    println!(
        "{} invited for {} answers",
        plan.invitations(),
        plan.answers()
    );
    let questionnaire = plan.questionnaire(QuestionnaireDesign::default())?;

    // 5: what came back.
    let survey = SurveySimulation {
        respondents: 250,
        seed: 1,
        missing: 0.02,
        ..SurveySimulation::new(presets::acsi())
    };
    let columns = survey.run()?.into_iter().map(AnswerColumn);
    let names: Vec<String> = questionnaire.columns().map(str::to_owned).collect();
    let responses = questionnaire.survey(Fieldwork {
        first_day: None,
        last_day: None,
        outcomes: Outcomes {
            complete: 250,
            refusal: 41,
            non_contact: 193,
            ..Outcomes::default()
        },
        strata: Vec::new(),
        clusters: Vec::new(),
        answers: names.into_iter().zip(columns).collect(),
    })?;
    println!(
        "response rate {:.1}%",
        100.0 * responses.rates().response.rate
    );

    // 6 and 7: do the questions measure one thing each, and what do they say?
    let tables = responses.tabulate(Cleaning::default())?;
    for scale in tables.scales() {
        let alpha = &scale.reliability;
        println!(
            "{:<14}alpha {:.2} ({:.2} to {:.2})",
            scale.construct, alpha.alpha, alpha.alpha_lower, alpha.alpha_upper
        );
    }
    let resampling = Resampling {
        resamples: 1000,
        seed: 1,
    };
    let index = tables.index(Estimation::new(resampling))?;

    // 8 and 9: what to improve first, and what that brings.
    let report = index.report(Reporting::default())?;
    let (lower, upper) = report.interval();
    println!(
        "index {:.1} ({lower:.1} to {upper:.1})",
        report.index().index
    );
    for each in report.drivers() {
        println!(
            "{:<14}importance {:.2}, performance {:.1}: {}",
            each.driver.construct,
            each.driver.importance,
            each.driver.performance,
            each.quadrant.name()
        );
    }
    let construct = report
        .drivers()
        .first()
        .map(|first| first.driver.construct.clone());
    let plan = report.improve(Improvement {
        actions: vec![Action {
            construct: construct.unwrap_or_default(),
            what: Wording::new("Answer every question within a day", "一日内答复所有问题"),
            rise: 4.0,
            owner: "service".to_owned(),
            due: None,
            cost: None,
            status: ActionStatus::Planned,
        }],
    })?;
    println!(
        "4 points more of the first: index {:.1}",
        plan.expected_index()
    );
    Ok(())
}
